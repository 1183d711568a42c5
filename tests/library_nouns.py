"""Small reports with passages and figures for tests of the library, made without any of the readers."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.rows import text_digest
from rag.types import Evidence, Figure, Passage, Report

CLAUSES = ("地区生产总值增长6%左右", "固定资产投资225亿元", "城镇新增就业1.68万人", "失业率4.5%—5%")


def make_report(name: str = "沈河区", year: int = 2020, *, extra: str = "", **fields: object) -> Report:
    """A report of a few sentences; ``extra`` makes its text another one."""
    text = f"{name}{year}年政府工作报告\n一、{year - 1}年工作回顾\n" + "，".join(CLAUSES) + f"。\n{extra}完。"
    digest = text_digest(text)
    known: dict[str, object] = {
        "report_id": f"210103-{year}-{digest[:6]}",
        "text": text,
        "text_sha256": digest,
        "title": f"{name}{year}年政府工作报告",
        "kind": "work_report",
        "place": f"辽宁省沈阳市{name}",
        "place_code": "210103",
        "level": "county",
        "report_year": year,
        "result_year": year - 1,
        "delivered_on": f"{year}-01-06",
        "published_on": None,
        "speaker": None,
        "meeting": None,
        "source": f"{name}{year}.txt",
        "source_path": f"/reports/{name}{year}.txt",
        "format": "txt",
        "place_forms": (name, name[:-1]),
        "evidence": {"place": Evidence("text", name, 0, len(name))},
        "notices": ("一条说明",),
    }
    return Report(**{**known, **fields})  # type: ignore[arg-type]


def passages_of(report: Report) -> tuple[Passage, ...]:
    """One passage a line."""
    found = []
    for line in re.finditer(r"[^\n]+\n?", report.text):
        start, end = line.span()
        found.append(
            Passage(
                passage_id=f"{report.report_id}@{start}-{end}",
                report_id=report.report_id,
                start=start,
                end=end,
                text=report.text[start:end],
                section=(f"一、{report.result_year}年工作回顾",),
                part="review",
                period=str(report.result_year),
            )
        )
    return tuple(found)


def figures_of(report: Report, passages: tuple[Passage, ...]) -> tuple[Figure, ...]:
    """One figure a clause of ``CLAUSES``; the last one is a range."""
    found = []
    values = (Decimal("6"), Decimal("225"), Decimal("1.68"), (Decimal("4.5"), Decimal("5")))
    for clause, value in zip(CLAUSES, values, strict=True):
        at = report.text.index(clause)
        number = re.search(r"[\d.%—]+", clause)
        assert number is not None
        home = next(p for p in passages if p.start <= at < p.end)
        found.append(
            Figure(
                report_id=report.report_id,
                passage_id=home.passage_id,
                place=report.place,
                period=str(report.result_year),
                indicator=clause[: number.start()],
                indicator_id="GDP" if "生产" in clause else None,
                role="actual",
                measure="growth" if "增长" in clause else "level",
                value=value,
                unit="%",
                modality="左右" if "左右" in clause else None,
                written=number[0],
                start=at + number.start(),
                end=at + number.end(),
                quote_start=at,
                quote_end=at + len(clause),
                part="review",
                section=home.section,
                confidence=0.9,
            )
        )
    return tuple(found)


def put(catalogue: object, report: Report) -> Report:
    """Stores the report with its passages and figures, and gives it back."""
    passages = passages_of(report)
    catalogue.put(report, passages, figures_of(report, passages))  # type: ignore[attr-defined]
    return report
