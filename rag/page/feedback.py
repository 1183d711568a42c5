"""What readers say of answers, a line of JSON each beside the library; ``wenbao eval import`` takes it from there.

The only place where a question goes to disk, and only when its asker says so.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from rag.answer import CitedFigure
from rag.catalogue import Catalogue
from rag.errors import SettingsError
from rag.storage import cannot_write
from rag.types import Figure

FILE: Final = "feedback.jsonl"
Verdict: TypeAlias = Literal["right", "wrong", "better"]
MOST_FIGURES: Final = 200
_lock: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a report: a number that was shown, or a sentence that was pointed at."""

    report_id: str
    start: int
    end: int


def note_feedback(
    folder: Path,
    catalogue: Catalogue,
    *,
    question: str,
    history: Sequence[str],
    verdict: Verdict,
    figures: Sequence[Spot],
    sentence: Spot | None,
) -> dict[str, object]:
    """The line that was added to the feedback file.

    Args:
        folder: The library's folder.
        catalogue: Where figures and sentences are looked up.
        question: What was asked, with the questions before it in ``history``.
        history: Earlier questions, oldest first.
        verdict: ``right`` or ``wrong`` of the answer, ``better`` with the right sentence.
        figures: The numbers that the answer gave, or those of the right sentence.
        sentence: The right sentence.

    Raises:
        UnknownReportError: If a report is not in the library.
        SettingsError: If ``better`` came without a sentence, or nothing was asked.
    """
    if not question.strip() or (verdict == "better" and sentence is None):
        raise SettingsError("反馈里缺少问题或句子。", en="The feedback lacks its question or its sentence.")
    line: dict[str, object] = {
        "question": question,
        "history": list(history),
        "verdict": verdict,
        "figures": [row for spot in figures[:MOST_FIGURES] for row in _figure_rows(catalogue, spot)],
        "sentence": None if sentence is None else _sentence(catalogue, sentence),
    }
    _append(folder / FILE, line)
    return line


def figures_at(catalogue: Catalogue, spot: Spot) -> list[Figure]:
    """The figures that stand exactly there."""
    return [f for f in catalogue.figures([spot.report_id]) if (f.start, f.end) == (spot.start, spot.end)]


def _figure_rows(catalogue: Catalogue, spot: Spot) -> list[dict[str, object]]:
    rows = []
    for figure in figures_at(catalogue, spot)[:1]:
        plain = CitedFigure(figure, 0).to_json()
        del plain["citation"]
        quoted = _sentence(catalogue, Spot(spot.report_id, figure.quote_start, figure.quote_end))
        rows.append({**plain, **quoted})
    return rows


def _sentence(catalogue: Catalogue, spot: Spot) -> dict[str, object]:
    report = catalogue.report(spot.report_id)
    return {
        "report_id": report.report_id,
        "source": report.source,
        "start": spot.start,
        "end": spot.end,
        "quote": report.text[spot.start : spot.end],
        "text_sha256": report.text_sha256,
    }


def _append(path: Path, line: Mapping[str, object]) -> None:
    try:
        with _lock, path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error
