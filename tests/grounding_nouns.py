"""Right answers about the two sample reports, made from the gold, and ways to make them wrong one thing at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from rag.answer import Answer, CitedFigure, Reading
from rag.claims import quote_spans
from rag.corpus import read_sources
from rag.corpus.identify import identify_report
from rag.figures import read_figures
from rag.passages import split_report
from rag.places import load_gazetteer
from rag.types import Citation, Figure, Report, Role, SourceText

ROOT = Path(__file__).resolve().parent.parent
ROLE_WORDS: dict[Role, str] = {"target": "目标", "actual": "实际完成", "cumulative": "累计", "plan": "规划目标"}
OTHER_ROLE: dict[Role, Role] = {"target": "actual", "actual": "target", "cumulative": "target", "plan": "actual"}


@cache
def sample_reports() -> dict[str, Report]:
    """The two sample reports by id."""
    gazetteer = load_gazetteer()
    sources = read_sources([ROOT / "samples"])
    reports = [identify_report(s, gazetteer=gazetteer) for s in sources if isinstance(s, SourceText)]
    assert len(reports) == 2
    return {r.report_id: r for r in reports}


@cache
def sample_figures() -> tuple[Figure, ...]:
    """All figures of the two reports."""
    return tuple(f for r in sample_reports().values() for f in read_figures(r, split_report(r)))


def cite(report: Report, start: int, end: int, n: int) -> Citation:
    """A true citation of a span."""
    passage = next(p for p in split_report(report) if p.start <= start < p.end)
    return Citation(
        n, report.report_id, report.title, report.place, report.report_year, report.source, passage.section, passage.part,
        start, end, report.text[start:end], report.text_sha256,
    )  # fmt: skip


def cite_words(words: str, n: int) -> Citation:
    """A true citation of words that stand in one of the samples."""
    report = next(r for r in sample_reports().values() if words in r.text)
    start = report.text.index(words)
    return cite(report, start, start + len(words), n)


# -- answers from gold -----------------------------------------------------------------------------


@cache
def gold_answers() -> tuple[Answer, ...]:
    """An answer for each gold item whose facts are all among the figures, in four ways of putting it."""
    rows = [json.loads(line) for line in (ROOT / "eval/gold/samples.jsonl").read_text(encoding="utf-8").splitlines()]
    answers: list[Answer] = []
    for row in rows:
        figures = [figure_of(fact) for fact in row["facts"]]
        if row["facts"] and all(figures):
            answers.append(answer_of(row["question"], [f for f in figures if f], style=len(answers) % 4))
    return tuple(answers)


def figure_of(fact: dict[str, Any]) -> Figure | None:
    """The figure that a gold fact means."""
    for f in sample_figures():
        same = (f.period, f.role, f.unit) == (fact["period"], fact["role"], fact["unit"])
        if same and f.place.endswith(fact["place"]) and f.value == Decimal(str(fact["value"])):
            return f
    return None


def answer_of(question: str, said: Sequence[Figure], *, style: int = 0, **fields: Any) -> Answer:
    """A right answer that gives the figures ``said``, each with its sentence as citation."""
    reports = sample_reports()
    spans = list(dict.fromkeys((f.report_id, f.quote_start, f.quote_end) for f in said))
    citations = tuple(cite(reports[i], a, b, n) for n, (i, a, b) in enumerate(spans, 1))
    cited = tuple(CitedFigure(f, spans.index((f.report_id, f.quote_start, f.quote_end)) + 1) for f in said)
    lines = [STYLES[style](c, reports[c.figure.report_id].report_year or 0) for c in cited]
    if style == 2:
        lines = ["| 地方 | 时期 | 指标 | 性质 | 数字 |", "|---|---|---|---|---|", *lines]
    quotes = [f"原文：「{c.quote}」[{c.n}]" for c in citations]
    reading = Reading(
        places=tuple(dict.fromkeys(f.place for f in said)),
        periods=tuple(dict.fromkeys(f.period for f in said)),
        indicators=tuple(dict.fromkeys(f.indicator for f in said)),
        roles=tuple(dict.fromkeys(f.role for f in said)),
    )
    made = Answer(question, "\n".join([*lines, *quotes]), "answered", cited, citations=citations, reading=reading)
    return replace(made, **fields)


def own(figure: Figure) -> str:
    return re.split("[省市]", figure.place)[-1]


def when(figure: Figure) -> str:
    return figure.period.replace("-", "—") + "年"


def bounded(figure: Figure) -> str:
    """The number with the bounds that stand next to it in the report."""
    words = (figure.modality or "").split()
    before = "".join(
        w for w in words if w in ("控制在", "超", "超过", "突破", "约", "近", "不低于") and w not in figure.written
    )
    return (
        before + figure.written + "".join(w for w in words if w in ("左右", "以上", "以内") and w not in figure.written)
    )


def what(figure: Figure) -> str:
    words = (figure.modality or "").split()
    mean = "年均" if "年均" in words else ""
    verb = next((w for w in words if w in ("下降", "降低", "减少", "压减", "高于", "低于")), "")
    return figure.indicator + mean + ("增长" if figure.measure == "growth" else verb)


def _label(cited: CitedFigure, _: int) -> str:
    f = cited.figure
    return f"{own(f)}{when(f)}{what(f)}（{ROLE_WORDS[f.role]}）：{bounded(f)}[{cited.citation}]。"


def _sentence(cited: CitedFigure, year: int) -> str:
    f = cited.figure
    return f"根据{own(f)}{year}年政府工作报告，{when(f)}{what(f)}的{ROLE_WORDS[f.role]}数是{bounded(f)}。[{cited.citation}]"


def _row(cited: CitedFigure, _: int) -> str:
    f = cited.figure
    return f"| {own(f)} | {when(f)} | {what(f)} | {ROLE_WORDS[f.role]} | {bounded(f)} [{cited.citation}] |"


def _item(cited: CitedFigure, _: int) -> str:
    f = cited.figure
    return f"{own(f)}{when(f)}的{ROLE_WORDS[f.role]}：\n- {what(f)}：{bounded(f)}[{cited.citation}]"


STYLES = (_label, _sentence, _row, _item)


# -- mutants ---------------------------------------------------------------------------------------


def wrong_figures(f: Figure) -> Iterator[tuple[str, Figure]]:
    """``f`` with one thing changed: each is false."""
    low, high = f.value if isinstance(f.value, tuple) else (f.value, f.value)
    yield "digit", replace(f, value=(low, high + 1) if low != high else low + 1)
    yield "digit", replace(f, value=low * 10)
    yield (
        "unit",
        replace(f, unit={"%": "个百分点", "万人": "人", "亿元": "万元", "家": "户"}.get(f.unit, f.unit + "次")),
    )
    roles: tuple[Role, ...] = ("target", "actual", "cumulative", "plan")
    for role in roles:
        if role != f.role:
            yield "role", replace(f, role=role)
    for year in re.findall(r"\d{4}", f.period):
        for step in (-1, 1):
            yield "year", replace(f, period=f.period.replace(year, str(int(year) + step)))
    yield "year", replace(f, period=f"{int(f.period[:4]) - 4}-{f.period[:4]}")
    yield "place", replace(f, place=f.place[:-3] + "和平区")
    yield "place", replace(f, place=re.match(".+市", f.place)[0])  # type: ignore[index]
    yield "measure", replace(f, measure="level" if f.measure == "growth" else "growth")
    for modality in ("左右", "以上", "以内", "超", "余", "不低于", "年均", None):
        if modality != f.modality:
            yield "bound", replace(f, modality=modality)
    yield "written", replace(f, written=_bumped(f.written))
    yield "offset", replace(f, start=f.start + 1, end=f.end + 1)
    yield "offset", replace(f, start=f.start - 1)
    yield "offset", replace(f, end=f.end + 1)
    yield "indicator", replace(f, indicator="森林蓄积量", indicator_id=None)
    yield "indicator", replace(f, indicator_id="赤字率")
    yield "report", replace(f, report_id="000000-1999-abcdef")


def wrong_citations(c: Citation) -> Iterator[tuple[str, Citation]]:
    """``c`` with one thing changed: each is false."""
    yield "quote", replace(c, quote=c.quote[:-1] + "某")
    yield "quote", replace(c, quote=c.quote[1:])
    yield "quote", replace(c, quote="", end=c.start)
    if re.search(r"\d", c.quote):
        yield "quote", replace(c, quote=_bumped(c.quote))
    yield "offset", replace(c, start=c.start + 1)
    yield "offset", replace(c, end=c.end - 1)
    yield "offset", replace(c, start=c.start + 3, end=c.end + 3)
    yield "offset", replace(c, start=-1)
    yield "digest", replace(c, text_sha256="0" * 64)
    yield "report", replace(c, report_id="000000-1999-abcdef")
    yield "place", replace(c, place="辽宁省沈阳市和平区")
    yield "year", replace(c, report_year=(c.report_year or 0) + 1)
    yield "title", replace(c, title=c.title + "2")
    yield "source", replace(c, source="b.txt")


SWAPS = (
    ("unit", r"(?<=\d)%(?!以内)", "个百分点"), ("unit", r"(?<=\d)%", ""), ("unit", "万人", "亿人"), ("unit", "万人", "万户"),
    ("unit", r"(?<=\d)亿元", "万元"), ("unit", r"(?<=\d)万元", "亿元"), ("unit", r"(?<=\d)家", "万家"), ("unit", r"(?<=\d)个(?!百)", "万个"),
    ("role", r"规划目标", "实际完成"), ("role", r"(?<!规划)目标", "实际完成"), ("role", r"(?<!规划)目标", "完成"), ("role", "实际完成", "目标"), ("role", "累计", "目标"),
    ("place", "沈河区", "沙河口区"), ("place", "沙河口区", "沈河区"), ("place", "沈河区", "和平区"), ("place", "沙河口区", "大连市"),
    ("bound", "左右", "以上"), ("bound", "左右", ""), ("bound", r"(?<=\d.)以上|(?<=\d..)以上", "左右"), ("bound", r"(?<=\d.)以上|(?<=\d..)以上", ""),
    ("bound", "以内", "以上"), ("bound", r"超(?=\d)", "约"), ("bound", r"超(?=\d)", ""), ("bound", r"(?<=[：是])(?=[\d.]+[^左余多]{1,3}(?:\[|。))", "约"),
    ("bound", r"(?<=\d)余", ""), ("direction", "增长", "下降"), ("direction", "下降", "增长"), ("mean", "年均增长", "增长"),
    ("marker", r"\[1\]", "[9]"),
)  # fmt: skip


def wrong_texts(text: str) -> Iterator[tuple[str, str, str]]:
    """``text`` with one thing changed: the kind, the text, and the line that must not be shown."""
    for match in re.finditer(r"\d", text):
        if not re.match(r"\[\d", text[match.start() - 1 :]):
            yield "digit", *_changed(text, match.start(), match.end(), str((int(match.group()) + 1) % 10))
    for match in re.finditer(r"(?<![\d.])(?:19|20)\d\d(?!\d)", text):
        for step in (-1, 1):
            yield "year", *_changed(text, match.start(), match.end(), str(int(match.group()) + step))
    for kind, old, new in SWAPS:
        for match in re.finditer(old, text):
            yield kind, *_changed(text, match.start(), match.end(), new)
    for start, end in quote_spans(text):
        if end - start > 10:
            yield "quote", *_changed(text, start + 4, start + 5, "某")
            yield "quote", *_changed(text, start + 4, start + 5, "")


def _changed(text: str, start: int, end: int, new: str) -> tuple[str, str]:
    mutant = text[:start] + new + text[end:]
    head = mutant.rfind("\n", 0, start) + 1
    stop = mutant.find("\n", start)
    return mutant, mutant[head : len(mutant) if stop < 0 else stop].strip()


def _bumped(words: str) -> str:
    """``words`` with their first digit one higher."""
    return (
        re.sub(r"\d", lambda m: str((int(m[0]) + 1) % 10), words, count=1) if re.search(r"\d", words) else words + "万"
    )
