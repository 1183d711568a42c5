"""An answer in the making: what it is read from, what it says so far, and its citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from rag.answer import Answer, CitedFigure, Derived, Missing, Reading
from rag.cells import Plan
from rag.confidence import Signs
from rag.holdings import Holdings
from rag.lookup import Finder, Sentence, Shelf, clause_of
from rag.numerals import Quantity
from rag.places import Gazetteer
from rag.question import Query
from rag.types import Citation, Figure, Part, Ranking, Report, Status
from rag.units import same_quantity
from rag.wording import report_name

LIST_QUOTES = 12
COUNTED = re.compile(r"(?P<n>[一二三四五六七八九十]{1,2})是|第(?P<n2>[一二三四五六七八九十]{1,2})[,，、]|(?P<o>[①-⑳])")
MISSED = re.compile(
    r"未(?:能)?(?:实现|完成|达到|达)[^,。;]{0,12}(?:目标|计划|预期|任务)|没有(?:实现|完成|达到)[^,。;]{0,12}(?:目标|计划|预期|任务)|(?:不及|低于|未达)(?:年初)?(?:预期|目标)|(?:目标|指标|任务)[^,。;]{0,8}(?:没有完成|未完成|未实现|未达到)|(?:规划|目标|指标|任务)[^。;]{0,80}(?:未能|没有|没能)(?:如期)?(?:实现|完成|达到)"
)
CN_DIGITS = "零一二三四五六七八九十"


class Citations:
    """Numbers the spans that an answer rests on; one span has one number."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.rows: list[Citation] = []

    def cite(self, report: Report, start: int, end: int, *, part: Part = "unknown", section: Sequence[str] = ()) -> int:
        """The number of the citation of this span, made if it is new."""
        for row in self.rows:
            if row.report_id == report.report_id and row.start <= start and end <= row.end:
                return row.n
        text = self.shelf.text(report.report_id)
        row = Citation(
            n=len(self.rows) + 1,
            report_id=report.report_id,
            title=report.title,
            place=report.place,
            report_year=report.report_year,
            source=report.source,
            section=tuple(section),
            part=part,
            start=start,
            end=end,
            quote=text[start:end],
            text_sha256=report.text_sha256,
        )
        self.rows.append(row)
        return row.n


class Sources:
    """What every answer is read from."""

    def __init__(self, shelf: Shelf, holdings: Holdings, gazetteer: Gazetteer, *, min_confidence: float) -> None:
        self.shelf = shelf
        self.holdings = holdings
        self.gazetteer = gazetteer
        self.finder = Finder(shelf, holdings, min_confidence=min_confidence)
        self.reports = {r.report_id: r for r in holdings.listed}


D = TypeVar("D", bound="Draft")


class Draft:
    """One answer in the making."""

    def __init__(self, sources: Sources, query: Query, plan: Plan, ranking: Ranking) -> None:
        self.sources = sources
        self.query = query
        self.plan = plan
        self.ranking = ranking
        self.citations = Citations(sources.shelf)
        self.lines: list[str] = []
        self.assumptions = list(plan.assumptions)
        self.notices = list(ranking.notices)

    @property
    def en(self) -> bool:
        """Whether the question was asked in English."""
        return self.query.lang == "en"

    def say(self, zh: str, en: str) -> str:
        """The sentence in the language of the question."""
        return en if self.en else zh

    def done(
        self,
        status: Status,
        *,
        figures: Sequence[CitedFigure] = (),
        related: Sequence[CitedFigure] = (),
        missing: Sequence[Missing] = (),
        derived: Sequence[Derived] = (),
    ) -> Answer:
        """The answer with what was said so far; reports that are cut short are named in its notices."""
        self._note_incomplete()
        return Answer(
            question=self.query.question,
            text="\n".join(dict.fromkeys(line for line in self.lines if line)),
            status=status,
            figures=tuple(figures),
            related=tuple(r for r in related if r.figure not in [f.figure for f in figures]),
            missing=tuple(missing),
            derived=tuple(derived),
            citations=tuple(self.citations.rows),
            reading=Reading(
                places=tuple(dict.fromkeys(p.name for p in self.plan.places)),
                periods=tuple(dict.fromkeys(self.plan.periods_shown)),
                indicators=tuple(dict.fromkeys((a.id or a.words) for a in self.query.indicators if a.id or a.words)),
                roles=self.query.roles,
                kind=self.query.kind,
            ),
            assumptions=tuple(dict.fromkeys(a for a in self.assumptions if a)),
            notices=tuple(dict.fromkeys(self.notices)),
        )

    def _note_incomplete(self) -> None:
        for row in self.citations.rows:
            report = self.sources.reports[row.report_id]
            if not report.complete:
                self.notices.append(
                    self.say(
                        f"{report_name(report)}的这份文本不完整（有缺失），未见到的内容可能在缺失部分。",
                        f"The copy of {report.title} is cut short.",
                    )
                )

    def become(self, kind: type[D]) -> D:
        """This draft, to be finished by another kind of reading."""
        other = kind(self.sources, self.query, self.plan, self.ranking)
        other.citations, other.lines = self.citations, self.lines
        other.assumptions, other.notices = self.assumptions, self.notices
        return other

    def refused(self) -> Answer:
        """An answer that looks nothing up: no place, no report, not about reports."""
        refusal = self.plan.refusal
        assert refusal is not None
        self.lines.append(refusal.en if self.en else refusal.zh)
        missing = [Missing(p.name, per, "no_report") for p, per in refusal.missing]
        return self.done(refusal.status, missing=missing)

    def cited(self, figure: Figure, signs: Signs | None = None) -> CitedFigure:
        """``figure`` with the number of the citation that proves it, made if it is new."""
        report = self.sources.reports[figure.report_id]
        start, end = self._quote_span(figure)
        n = self.citations.cite(report, start, end, part=figure.part, section=figure.section)
        return CitedFigure(figure, n, signs)

    def _quote_span(self, figure: Figure) -> tuple[int, int]:
        """The sentence of a figure; of a very long one the clauses around the number."""
        start, end = figure.quote_start, figure.quote_end
        if end - start <= 260:
            return start, end
        text = self.sources.shelf.text(figure.report_id)
        clause = len(clause_of(self.sources.finder.views.plain(figure.report_id), figure))
        left = max((text.rfind(c, start, max(start, figure.start - clause - 60)) for c in "，,；;：:"), default=-1)
        stops = [i for i in (text.find(c, figure.end + 30, end) for c in "，,；;。") if i >= 0]
        return (start if left < 0 else left + 1), (min(stops) + 1 if stops else end)

    def cite_sentence(self, said: Sentence) -> int:
        """The number of the citation of a sentence, made if it is new."""
        return self.citations.cite(said.report, said.start, said.end, part=said.part, section=said.section)

    def words_of(self, said: Sentence) -> str:
        """The words of a sentence in plain form."""
        return self.sources.finder.views.plain(said.report.report_id)[said.start : said.end]

    def figures_of(self, report: Report) -> tuple[Figure, ...]:
        """All figures of a report, in its order."""
        return tuple(row.figure for row in self.sources.finder.views.rows(report.report_id))

    def quoted(self, sentences: Sequence[Sentence], lead: str) -> Answer:
        """The answer that quotes ``sentences`` behind ``lead``, with the targets among their figures."""
        figures: list[CitedFigure] = []
        self.lines.append(lead)
        for said in sentences:
            n = self.cite_sentence(said)
            self.lines.append(f"{self.citations.rows[n - 1].quote} [{n}]")
            for figure in self.figures_of(said.report):
                if said.start <= figure.start < said.end and figure.role in ("target", "plan"):
                    figures.append(CitedFigure(figure, n))
        return self.done("answered", figures=figures)


def says(figure: Figure, number: Quantity) -> bool:
    """Whether a number of the question is the figure's value in the figure's unit."""
    return same_quantity(figure.value, figure.unit, number.value, number.unit)


def clip(quote: str, limit: int = 150) -> str:
    """A quote cut at a comma or stop where it is long; what is left is verbatim."""
    flat = quote.strip()
    if len(flat) <= limit:
        return flat
    cut = max(flat.rfind(c, 0, limit) for c in "，,；;。、")
    return flat[: cut if cut > limit // 2 else limit].rstrip()


def lines_of(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    """The spans of the lines of ``text[start:end]``, without blanks around them; empty ones left out."""
    position = start
    for line in text[start:end].splitlines(keepends=True):
        a, b = position, position + len(line)
        position = b
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            yield a, b
