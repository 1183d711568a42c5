"""Reports, shelves and tables of cases for tests of reading: numbers, figures, questions and answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rag.figures import read_figures
from rag.passages import split_report
from rag.rows import text_digest
from rag.types import Figure, Level, Part, Passage, Report

CASES = Path(__file__).parent / "cases"
PLACES: Mapping[str, tuple[str, str, Level]] = {
    "county": ("辽宁省沈阳市沈河区", "210103", "county"),
    "city": ("广东省深圳市", "440300", "city"),
    "province": ("云南省", "530000", "province"),
    "national": ("全国", "000000", "national"),
}


def load_cases(name: str) -> list[dict[str, Any]]:
    """The rows of ``tests/cases/{name}.json``; numbers come as Decimal."""
    text = (CASES / f"{name}.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return rows


def params(rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    """A parameter for each row, by its id; rows with a known gap may fail, and say why."""
    return [
        pytest.param(
            row,
            id=row["id"],
            marks=[pytest.mark.xfail(strict=False, reason=row["known_gap"])] if "known_gap" in row else [],
        )
        for row in rows
    ]


def gaps_share(rows: Sequence[Mapping[str, Any]]) -> float:
    """The share of rows that are known to fail."""
    return sum("known_gap" in row for row in rows) / len(rows)


def make_report(text: str, *, where: str = "county", year: int = 2020, **fields: Any) -> Report:
    """A work report of ``year`` with this text."""
    place, code, level = PLACES[where]
    digest = text_digest(text)
    known: dict[str, Any] = {
        "report_id": f"{code}-{year}-{digest[:6]}",
        "text": text,
        "text_sha256": digest,
        "title": f"{place}{year}年政府工作报告",
        "kind": "work_report",
        "place": place,
        "place_code": code,
        "level": level,
        "report_year": year,
        "result_year": year - 1,
        "delivered_on": None,
        "published_on": None,
        "speaker": None,
        "meeting": None,
        "source": f"{place}{year}.txt",
        "source_path": f"/reports/{place}{year}.txt",
        "format": "txt",
    }
    return Report(**{**known, **fields})


def part_period(part: Part, year: int) -> str | None:
    """What a part of the report of ``year`` speaks of."""
    if part in ("plan", "livelihood"):
        return str(year)
    if part in ("review", "problems", "experience"):
        return str(year - 1)
    return {"term_review": f"{year - 5}-{year - 1}", "term_plan": f"{year}-{year + 4}"}.get(part)


def figures_of_text(text: str, *, part: Part, year: int = 2020, where: str = "county") -> tuple[Figure, ...]:
    """The figures of a text that stands alone in one part of a report."""
    report = make_report(text, where=where, year=year)
    passage = Passage(
        f"{report.report_id}@0-{len(text)}", report.report_id, 0, len(text), text, (), part, part_period(part, year)
    )
    return read_figures(report, (passage,))


class Shelf:
    """Reports with their passages and figures in memory: what reading needs of a catalogue."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self.held = {report.report_id: report for report in reports}
        self._passages = {key: split_report(report) for key, report in self.held.items()}
        self._figures = {key: read_figures(report, self._passages[key]) for key, report in self.held.items()}

    def reports(self) -> tuple[Report, ...]:
        return tuple(self.held.values())

    def report(self, report_id: str) -> Report:
        return self.held[report_id]

    def text(self, report_id: str) -> str:
        return self.held[report_id].text

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        return self._passages[report_id]

    def figures(
        self,
        report_ids: Sequence[str] | None = None,
        *,
        roles: Sequence[str] | None = None,
        indicator_ids: Sequence[str] | None = None,
        periods: Sequence[str] | None = None,
    ) -> tuple[Figure, ...]:
        wanted = self.held if report_ids is None else report_ids
        return tuple(
            figure
            for report_id in wanted
            for figure in self._figures[report_id]
            if (roles is None or figure.role in roles)
            and (indicator_ids is None or figure.indicator_id in indicator_ids)
            and (periods is None or figure.period in periods)
        )
