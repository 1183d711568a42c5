"""``wenbao ask`` from a cold start, against a bare process that imports the same libraries and opens the store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import ROOT, Result, median, seconds_of
from rag.generations import INDEX_ROOM, current_name

ROUNDS = 7
QUESTION = "沈河2020年教育方面有哪些工作"  # in sentences, so that words and vectors are needed
FORBIDDEN = ("torch", "sentence_transformers", "transformers", "gradio", "langchain", "langchain_core", "openai")
_BARE = """
import json, sqlite3, sys
import numpy, tokenizers, safetensors.numpy, rjieba, tantivy, chromadb
client = chromadb.PersistentClient(path=sys.argv[1], settings=chromadb.config.Settings(anonymized_telemetry=False))
collection = client.get_collection("passages", embedding_function=None)
ids = collection.get(limit=70, include=[])["ids"]
collection.get(ids=ids, include=["embeddings"])
"""
_IMPORTED = """
import sys
from rag.cli import main
main(["ask", sys.argv[2], "--library", sys.argv[1]])
sys.stderr.write(",".join(sorted({m.partition(".")[0] for m in sys.modules})))
"""


def measure_cold_start(library: Path) -> list[Result]:
    """The ratio of a first question to the bare process, run in turns; both with warm file caches."""
    vectors = library / INDEX_ROOM / str(current_name(library)) / "vectors"
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(seconds_of(lambda: _run("-m", "rag", "ask", QUESTION, "--library", str(library))))
        bare.append(seconds_of(lambda: _run("-c", _BARE, str(vectors))))
    imported = set(_run("-c", _IMPORTED, str(library), QUESTION).stderr.split(","))
    heavy = [name for name in FORBIDDEN if name in imported]
    return [
        Result(
            "wenbao ask from a cold start ÷ a bare process that imports the same libraries and opens the store",
            f"{median(ours):.2f} s",
            f"{median(bare):.2f} s",
            median(ours) / median(bare),
            2.0,
            f"also imported: {', '.join(heavy)}"
            if heavy
            else "imports neither torch nor gradio nor a language model's library",
        )
    ]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
        env=environment,
    )
