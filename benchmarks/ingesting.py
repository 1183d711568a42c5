"""Whole ingest against a bare Chroma upsert of the same passages, and ingesting again what is unchanged."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from benchmarks.measure import Result, megabytes, seconds_of
from rag.catalogue import Catalogue
from rag.config import Settings
from rag.encoder import load_encoder
from rag.ingest import ingest
from rag.types import Passage

_BATCH = 5_000


def measure_ingest(reports: Path, library: Path, *, also: Path) -> list[Result]:
    """The ratios of ingesting ``reports`` and ``also`` into ``library``, which is left for the other benchmarks."""
    settings = Settings(library=library)
    events: Counter[str] = Counter()

    def work() -> None:
        events.update(event.kind for event in ingest([reports, also], settings=settings))

    first = seconds_of(work)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(events.items()))
    events.clear()
    again = seconds_of(work)
    with Catalogue.open(library) as catalogue:
        counts = catalogue.counts()
        passages = [p for report in catalogue.reports() for p in catalogue.passages(report.report_id)]
    bare = _bare_chroma(passages, library.parent / "bare", settings)
    return [
        Result(
            "whole ingest ÷ bare Chroma upsert of the same passages with documents",
            f"{first:.1f} s ({told}; {counts.passages} passages, {counts.figures} figures)",
            f"{bare:.1f} s",
            first / bare,
            1.0,
            f"{megabytes(library):.0f} MB on disk; Chroma alone {megabytes(library.parent / 'bare'):.0f} MB",
        ),
        Result(
            "ingest of the unchanged reports ÷ first ingest", f"{again:.2f} s", f"{first:.1f} s", again / first, 0.05
        ),
    ]


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
