"""A second model, trained like the packaged one but on no report that any question asks about.

Most of the developing questions ask about reports that the packaged model was trained on. Its figures on these may be
flattered by that; those of this one are not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from eval.documents import Document
from eval.evidence import Finder, Shelf

if TYPE_CHECKING:
    from rag.train import Training


def train_unseen(
    docs: Iterable[str],
    shelf: Shelf,
    *,
    documents: Mapping[str, Document],
    reports: Path,
    out: Path,
    say: Callable[[str], None],
) -> Training:
    """What was trained: the packaged model's own way, without these documents; the model is written to ``out``.

    What the packaged model was trained without is left out as well.

    Args:
        docs: Ids of the documents that are asked about.
        shelf: A library that holds them.
        documents: What documents.jsonl says, by id.
        reports: Folder of reports to learn from.
        out: Folder for the model.
        say: Called with a line for each step.
    """
    from rag.encoder import PACKAGED_MODEL
    from rag.train import train_encoder

    packaged = json.loads((PACKAGED_MODEL / "training.json").read_text(encoding="utf-8"))
    names = names_of(docs, shelf, documents=documents)
    return train_encoder([reports], out, exclude=[*packaged["excluded"], *names], say=say)


def names_of(docs: Iterable[str], shelf: Shelf, *, documents: Mapping[str, Document]) -> tuple[str, ...]:
    """The file names of these documents, and of every other text of the same place's report of the same year."""
    finder = Finder(shelf, documents)
    ids = {finder.report_id(doc) for doc in docs}
    asked = {(r.place, r.report_year) for r in shelf.reports() if r.report_id in ids}
    return tuple(sorted({Path(r.source_path).name for r in shelf.reports() if (r.place, r.report_year) in asked}))
