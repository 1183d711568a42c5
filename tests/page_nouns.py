"""Answers and reports that the tests of the page show, every foreign string of them given."""

from __future__ import annotations

from decimal import Decimal

from rag.answer import Answer, CitedFigure, Derived, Missing, Reading
from rag.rows import text_digest
from rag.types import Citation, Figure, Passage, Report

QUOTE = "城镇新增就业1.68万人"


def figure(
    text: str = "", *, place: str = "", period: str = "2019", role: str = "actual", value: str = "1.68", start: int = 0
) -> Figure:
    """A figure of report r, every string that others write being ``text``."""
    return Figure(
        report_id="r",
        passage_id="r@0-9",
        place=place or text or "辽宁省沈阳市沈河区",
        period=period,
        indicator=text or "城镇新增就业",
        indicator_id=None,
        role=role,  # type: ignore[arg-type]
        measure="level",
        value=Decimal(value),
        unit="万人",
        modality=text or None,
        written=f"{value}万人",
        start=start,
        end=start + len(value) + 2,
        quote_start=0,
        quote_end=1,
        part="review",
    )


def report_of(text: str, *, source: str = "") -> Report:
    """A report whose every string holds ``text``."""
    whole = f"前文{text}，{QUOTE}{text}后文。\n第二段{text}。"
    return Report(
        report_id="r",
        text=whole,
        text_sha256=text_digest(whole),
        title=text,
        kind="work_report",
        place=text,
        place_code="210103",
        level="county",
        report_year=2020,
        result_year=2019,
        delivered_on=text,
        published_on=text,
        speaker=text,
        meeting=text,
        source=source or text,
        source_path=text,
        format="txt",
        duplicate_of=None,
    )


def passage_of(report: Report) -> Passage:
    """The whole report as one passage under headings of its title."""
    end = len(report.text)
    return Passage(f"r@0-{end}", "r", 0, end, report.text, (report.title, report.title), "review", "2019")


def answer_of(text: str) -> Answer:
    """An answer in which every string that others write is ``text``."""
    start = report_of(text).text.index("城镇")
    citation = Citation(
        n=1,
        report_id="r",
        title=text,
        place=text,
        report_year=2020,
        source=text,
        section=(text, text),
        part="review",
        start=start,
        end=start + len(QUOTE),
        quote=QUOTE,
        text_sha256="0",
    )
    figures = tuple(CitedFigure(figure(text, period=year), 1) for year in ("2018", "2019"))
    return Answer(
        question=text,
        text=f"{text}是1.68万人[1][2]。\n| 地方 | 数字 | 原文 |\n|---|---|---|\n| {text} | 1.68万人 | {text} [1] |",
        status="answered",
        figures=figures,
        related=figures,
        missing=(Missing(text, text, "no_report"),),
        derived=(Derived(Decimal("1"), text, text, (1,)),),
        citations=(citation,),
        reading=Reading(kind="series"),
        assumptions=(text,),
        notices=(text,),
        reader=text,
        timings_ms={"total": 1.0},
    )
