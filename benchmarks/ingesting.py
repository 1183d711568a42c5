"""Whole ingest against a bare Chroma upsert of the same passages, and ingesting again what is unchanged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.measure import ROOT, Result, megabytes, seconds_of
from rag.catalogue import Catalogue
from rag.config import Settings
from rag.encoder import load_encoder
from rag.types import Passage

_BATCH = 5_000


def measure_ingest(reports: Path, library: Path, *, also: Path) -> list[Result]:
    """The ratios of ingesting ``reports`` and ``also`` into ``library``, which is left for the other benchmarks."""
    settings = Settings(library=library)
    first, told = _ingest_command(reports, also, library)
    again, _ = _ingest_command(reports, also, library)
    memory = _peak_megabytes()
    with Catalogue.open(library) as catalogue:
        counts = catalogue.counts()
        passages = [p for report in catalogue.reports() for p in catalogue.passages(report.report_id)]
    bare = _bare_chroma(passages, library.parent / "bare", settings)
    return [
        Result(
            "whole ingest ÷ bare Chroma upsert of the same passages with documents",
            f"{first:.1f} s ({told}{counts.passages} passages, {counts.figures} figures)",
            f"{bare:.1f} s",
            first / bare,
            1.0,
            f"{megabytes(library):.0f} MB on disk; Chroma alone {megabytes(library.parent / 'bare'):.0f} MB{memory}",
        ),
        Result(
            "ingest of the unchanged reports ÷ first ingest", f"{again:.2f} s", f"{first:.1f} s", again / first, 0.05
        ),
    ]


def _ingest_command(reports: Path, also: Path, library: Path) -> tuple[float, str]:
    """Seconds of the whole command, from its start, and what it says of its work and its memory."""
    command = [sys.executable, "-m", "rag", "--library", str(library), "ingest", "--json", str(reports), str(also)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False, cwd=ROOT)
    took = time.perf_counter() - began
    if done.returncode not in (0, 3):  # 3: some inputs were skipped
        raise RuntimeError(done.stderr)
    kinds = Counter(json.loads(line).get("kind") for line in done.stdout.splitlines() if line.startswith("{"))
    told = "".join(f"{count} {kind}, " for kind, count in sorted(kinds.items(), key=str))
    return took, told


def _peak_megabytes() -> str:
    """The largest process that was waited for, where the system tells."""
    try:
        import resource
    except ImportError:  # Windows
        return ""
    return f"; {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB of memory in the largest process"


def _bare_chroma(passages: list[Passage], folder: Path, settings: Settings) -> float:
    """Seconds that Chroma alone takes with texts, vectors and seven keys, vectors given, in batches of 5,000."""
    import chromadb

    shutil.rmtree(folder, ignore_errors=True)
    client = chromadb.PersistentClient(
        path=str(folder), settings=chromadb.config.Settings(anonymized_telemetry=False, is_persistent=True)
    )
    collection = client.create_collection("bare", embedding_function=None)
    vectors = load_encoder(settings).encode_passages([p.text for p in passages])
    keys = [
        {
            "report_id": p.report_id,
            "start": p.start,
            "end": p.end,
            "part": p.part,
            "period": p.period or "",
            "section": " > ".join(p.section),
            "place_code": p.report_id.partition("-")[0],
        }
        for p in passages
    ]

    def upsert() -> None:
        for at in range(0, len(passages), _BATCH):
            some = passages[at : at + _BATCH]
            collection.upsert(
                ids=[p.passage_id for p in some],
                embeddings=vectors[at : at + _BATCH],
                documents=[p.text for p in some],
                metadatas=keys[at : at + _BATCH],
            )

    took = seconds_of(upsert)
    client.close()
    return took
