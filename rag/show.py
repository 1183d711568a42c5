"""What the command line prints for people: answers, the steps of one, lists of reports, and what became of files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Final

from rag.answer import Answer
from rag.config import Lang
from rag.ingest import IngestEvent
from rag.types import Citation, Ranking, Report

_KINDS: Final = {
    "work_report": "政府工作报告",
    "partial": "节选",
    "plan_report": "计划或预算报告",
    "resolution": "决议",
    "news": "新闻",
    "stand_in": "代用文本",
    "other": "其他文件",
}
_EXPLAINED_HITS: Final = 10
_HIT_CHARS: Final = 60


def answer_text(answer: Answer, *, lang: Lang | None = None) -> str:
    """An answer with its citations and notices, as lines for a terminal."""
    english = lang == "en"
    lines = [answer.text.rstrip(), ""]
    lines += [line for citation in answer.citations for line in _citation_lines(citation)]
    for label, sentences in (
        ("Assumed" if english else "说明", answer.assumptions),
        ("Note" if english else "提示", answer.notices),
    ):
        lines += [f"{label}: {sentence}" if english else f"{label}：{sentence}" for sentence in sentences]
    if answer.reader != "extractive":
        written = "Written by {}, each clause checked." if english else "由语言模型 {} 撰写，逐句与原文核对过。"
        lines.append(written.format(answer.reader))
    return "\n".join(lines).rstrip() + "\n"


def explained(kind: str, data: object) -> Iterator[str]:
    """Lines on one step of an answer, for ``--explain``."""
    if kind == "understood":
        yield "== 理解 =="
        yield from _fields(data)
    elif kind == "retrieved" and isinstance(data, Ranking):
        yield f"== 检索：{len(data.hits)} 段 =="
        for hit in data.hits[:_EXPLAINED_HITS]:
            text = " ".join(hit.passage.text.split())[:_HIT_CHARS]
            yield f"  {hit.rank:>2}  {hit.score:.4f}  {hit.passage.passage_id}  {hit.passage.part}  {text}"
        yield from (f"  {notice}" for notice in data.notices)
    elif kind == "text":
        yield "== 初稿 =="
        yield f"  {data}"
    elif kind == "read" and isinstance(data, Answer):
        yield f"== 考虑的数据：{len(data.figures)} 条作答，{len(data.related)} 条参考 =="
        yield from _figure_lines(data)
    elif kind == "checked":
        withheld = getattr(data, "withheld", ())
        yield f"== 核对：{len(withheld)} 处未通过，不予显示 =="
        yield from (f"  {one}" for one in withheld)
    elif isinstance(data, Answer):
        yield f"== 核对后：{data.status} =="
        yield from _figure_lines(data)
        yield "  用时（毫秒）" + "  ".join(f"{step} {ms}" for step, ms in data.timings_ms.items())
        yield ""
    else:
        yield f"== {kind} =="
        yield from _fields(data)


def _figure_lines(answer: Answer) -> Iterator[str]:
    for name, figures in (("figures", answer.figures), ("related", answer.related)):
        for cited in figures:
            shown = {key: value for key, value in cited.to_json().items() if value is not None}
            yield f"  {name} " + "  ".join(f"{key}={value}" for key, value in shown.items())


def report_lines(reports: Sequence[Report]) -> Iterator[str]:
    """A line for each report: id, place, year, kind and what is to be known of it."""
    width = max((len(report.report_id) for report in reports), default=0)
    for report in reports:
        about = [
            report.place or "地区未知",
            str(report.report_year or "年份未知"),
            _KINDS.get(report.kind, report.kind),
            "" if report.complete else "不完整",
            f"{report.duplicate_of} 的副本" if report.duplicate_of else "",
            report.source,
        ]
        yield f"{report.report_id:<{width}}  " + "  ".join(filter(None, about))


def coverage_json(reports: Sequence[Report]) -> dict[str, dict[str, list[str]]]:
    """Place -> year -> ids of the reports that answer; unknown places and years are left out."""
    found: dict[str, dict[str, list[str]]] = {}
    for report in reports:
        answers = report.duplicate_of is None and report.kind in ("work_report", "partial")
        if answers and report.place and report.report_year is not None:
            found.setdefault(report.place, {}).setdefault(str(report.report_year), []).append(report.report_id)
    return {place: dict(sorted(years.items())) for place, years in found.items()}


def coverage_lines(coverage: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[str]:
    """A table of places by years: how many reports answer for each, a dot for none."""
    years = sorted({year for of_place in coverage.values() for year in of_place})
    width = max((display_width(place) for place in coverage), default=4)
    yield padded("地区", width) + "".join(f" {year}" for year in years)
    for place, of_place in coverage.items():
        cells = "".join(f" {len(of_place[year]) if year in of_place else '·':>4}" for year in years)
        yield padded(place, width) + cells


def event_line(event: IngestEvent, *, lang: Lang | None = None) -> str:
    """What became of one report; the first word is the same in every language."""
    english = lang == "en"
    about = "  ".join(filter(None, [event.report_id, event.place, str(event.report_year or ""), event.source]))
    if event.kind == "duplicate":
        return f"duplicate of {event.detail}  {about}"
    if event.kind == "skipped":
        return f"skipped    {event.detail or event.source}"
    if event.kind == "notice":
        return f"notice     {event.detail}"
    replaced = event.detail if event.kind == "replaced" and event.detail != event.report_id else ""
    ending = f"  ({'instead of' if english else '替换'} {replaced})" if replaced else ""
    return f"{event.kind:<9}  {about}{ending}"


def summary_line(counts: Mapping[str, int], seconds: float, *, lang: Lang | None = None) -> str:
    """The last line of an ingest."""
    added, same, new, copies, skipped = (
        counts.get(kind, 0) for kind in ("added", "unchanged", "replaced", "duplicate", "skipped")
    )
    if lang == "en":
        counted = f"added {added}, unchanged {same}, replaced {new}, copies {copies}, skipped {skipped}"
        return f"Done in {seconds:.1f} s: {counted}."
    return f"完成，用时 {seconds:.1f} 秒：加入 {added}，未变 {same}，替换 {new}，副本 {copies}，跳过 {skipped}。"


def display_width(text: str) -> int:
    """Columns that a text takes on a terminal: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def padded(text: str, width: int) -> str:
    """``text`` with blanks behind it up to ``width`` columns."""
    return text + " " * max(0, width - display_width(text))


def _citation_lines(citation: Citation) -> Iterator[str]:
    where = " › ".join([citation.title or citation.report_id, *citation.section])
    yield f"[{citation.n}] {where}（{citation.source}，{citation.report_id}，第 {citation.start}–{citation.end} 字）"
    yield f"    “{citation.quote}”"


def _fields(data: object) -> Iterator[str]:
    if not is_dataclass(data) or isinstance(data, type):
        yield f"  {data}"
        return
    for field in fields(data):
        value = getattr(data, field.name)
        if value not in (None, "", (), False):
            yield f"  {field.name}: {value}"
