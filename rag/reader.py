"""Query + what was found -> Answer, without a language model.

Each kind of question has a function that builds a draft: the sentence that answers first, then what helps. Numbers
are shown as the report wrote them; every statement carries a citation. What the draft says is checked afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile

from rag.answer import Answer, CitedFigure, Derived, Missing, Reading
from rag.cells import Plan, plan_cells
from rag.confidence import LEAST, Signs
from rag.holdings import Holdings
from rag.lookup import Cell, CellResult, Finder, Sentence, Shelf, clause_of
from rag.matching import cover, names_of, speaks_of, unit_fits, words_of
from rag.numerals import Quantity, plain, small_count
from rag.passages import sentence_spans
from rag.places import Gazetteer
from rag.question import MISSED_GOALS, IndicatorAsk, PeriodAsk, PlaceAsk, Query, content_words
from rag.types import Citation, Figure, Part, Place, Ranking, Report, Role, Status
from rag.units import comparable, same_quantity, scaled
from rag.wording import ROLE_EN, ROLE_ZH, period_zh, report_name, short_place, shown, statement, thing, years_text

CLOSE_HITS = 8  # retrieved passages among which a sentence in other words is looked for
CLOSE_ENOUGH = 0.4  # share of the question's characters that its clause must hold
PROSE_QUOTES = 6  # sentences quoted in an answer in prose
LIST_QUOTES = 12
ITEM_HEADING = 40  # an item's line up to this long is its heading, and its text follows
COUNTED_OFF_CHARS = 6000  # how far behind its announcement, or its last item, a list is looked for
SENTENCE_CHARS = 500  # a sentence in several pieces is quoted whole up to this length
ITEM_BODY = 500
HEADING_CHARS = 60
_TARGET_LEAD = re.compile(
    r"(?:今年|年度)计划(?:要求|安排|规定),|(?:预期|主要|发展|工作|奋斗|总体|经济|年度|全年|增长|计划|具体|调控|约束性)[^。;,]{0,18}?目标(?:任务)?(?:建议)?(?:初步)?(?:拟|确定|安排|定|设定|建议)?(?:是|为|如下)?\s?[:：,]?|目标(?:是|为)\s?[:：]?"
)


_COUNTED = re.compile(r"(?P<n>[一二三四五六七八九十]{1,2})是|第(?P<n2>[一二三四五六七八九十]{1,2})[,，、]|(?P<o>[①-⑳])")
_COUNTS = re.compile(
    r'[一二三四五六七八九十几]{1,2}(?:大|项|个|种|类|方面|件事|点|条)|"[两二三四五六七八九十][^"]{1,10}"|以下|如下|新的突破|(?:哪|几)(?:些|个|大|场)'
)
_MISSED = re.compile(
    r"未(?:能)?(?:实现|完成|达到|达)[^,。;]{0,12}(?:目标|计划|预期|任务)|没有(?:实现|完成|达到)[^,。;]{0,12}(?:目标|计划|预期|任务)|(?:不及|低于|未达)(?:年初)?(?:预期|目标)|(?:目标|指标|任务)[^,。;]{0,8}(?:没有完成|未完成|未实现|未达到)|(?:规划|目标|指标|任务)[^。;]{0,80}(?:未能|没有|没能)(?:如期)?(?:实现|完成|达到)"
)
_ADMITTED = re.compile(
    r"(?:存在|面临|遇到)(?:着|的|了)?[^,。;]{0,8}(?:问题|困难|不足|挑战)(?:还|也|仍|和|,|。)|(?:问题|困难|不足|短板)[^。;:]{0,30}:一是"
)
_LISTED_ON = re.compile("[二三四五六七八九十]{1,2}、")
_HOW_MANY_ASKED = re.compile(r"哪(?P<n>[两二三四五六七八九十]|\d)(?:个|大|条|种|项|点|类|方面)")
_HEADED = re.compile(
    r"\s*(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|\d+[.、]|--|第[一二三四五六七八九十]|[①-⑳])"
)

_ANNOUNCED = re.compile(r'(?P<n>[二三四五六七八九十]|(?<!\d)\d)"?(?:个|大|项)(?P<noun>[^",。;:]{2,8})(?:"|[:。]"?$)')


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


class Reader:
    """Answers queries from a shelf of reports."""

    def __init__(
        self, shelf: Shelf, holdings: Holdings, gazetteer: Gazetteer, *, min_confidence: float = LEAST
    ) -> None:
        self.shelf = shelf
        self.holdings = holdings
        self.gazetteer = gazetteer
        self.finder = Finder(shelf, holdings, min_confidence=min_confidence)
        self.reports = {r.report_id: r for r in holdings.listed}

    def read(self, query: Query, ranking: Ranking) -> Answer:
        """A draft of the answer to ``query``; ``ranking`` holds the passages retrieved for it."""
        query = self._as_told(query)
        plan = plan_cells(query, self.holdings, self.gazetteer)
        if plan.refusal is not None and plan.refusal.choices and query.periods:
            only = self._only_place(query, plan.refusal.choices)
            if only is not None:
                query = replace(query, places=(PlaceAsk(only.own, (only,)),))
                plan = plan_cells(query, self.holdings, self.gazetteer)
                note = f"问题没有说明地方，按库中唯一给出这个数字的{only.name}回答"
                plan = replace(plan, assumptions=(note, *plan.assumptions))
        draft = _Draft(self, query, plan, ranking)
        if plan.refusal is not None:
            return draft.refused()
        return draft.answer()

    def _as_told(self, query: Query) -> Query:
        """``query``, for the span as a whole where a report sums it up: 近10年获奖近80项 is no series of years."""
        recent = next((p for p in query.periods if p.kind == "recent"), None)
        each = re.search("各年|每年|逐年|历年|变化|走势|趋势|分别", query.text)
        if query.kind != "series" or recent is None or each or len(query.places) != 1:
            return query
        newest = self.holdings.newest(query.places[0].candidates[0])
        named = [int(p.period) for p in query.periods if p.kind == "year" and p.period.isdigit()]
        last = named[0] if named else newest.result_year if newest else None
        if last is None:
            return query
        span = PeriodAsk(f"{last - int(recent.period) + 1}-{last}", recent.words, "span")
        whole = replace(query, kind="lookup", periods=(span,), roles=("cumulative",))
        cells = plan_cells(whole, self.holdings, self.gazetteer).cells
        told = [figure for cell in cells for figure in self.finder.find(cell).figures]
        summed = [f for f in told if f.period == span.period and f.role == "cumulative"]
        return whole if cells and len(summed) == len(told) == len(cells) else query

    def _only_place(self, query: Query, choices: Sequence[Place]) -> Place | None:
        """The only one of ``choices`` whose reports answer all that is asked, or None: 2016年M2增速 is a nation's."""
        answering: list[Place] = []
        for place in choices:
            plan = plan_cells(replace(query, places=(PlaceAsk(place.own, (place,)),)), self.holdings, self.gazetteer)
            if plan.cells and all(self.finder.find(cell).outcome == "figure" for cell in plan.cells):
                answering.append(place)
            if len(answering) > 1:
                return None
        return answering[0] if answering else None


class _Draft:
    """One answer in the making."""

    def __init__(self, reader: Reader, query: Query, plan: Plan, ranking: Ranking) -> None:
        self.reader = reader
        self.query = query
        self.plan = plan
        self.ranking = ranking
        self.citations = Citations(reader.shelf)
        self.lines: list[str] = []
        self.assumptions = list(plan.assumptions)
        self.notices = list(ranking.notices)

    @property
    def en(self) -> bool:
        return self.query.lang == "en"

    def say(self, zh: str, en: str) -> str:
        return en if self.en else zh

    # -- ends ---------------------------------------------------------------------------------------

    def done(
        self,
        status: Status,
        *,
        figures: Sequence[CitedFigure] = (),
        related: Sequence[CitedFigure] = (),
        missing: Sequence[Missing] = (),
        derived: Sequence[Derived] = (),
    ) -> Answer:
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
            report = self.reader.reports[row.report_id]
            if not report.complete:
                self.notices.append(
                    self.say(
                        f"{report_name(report)}的这份文本不完整（有缺失），未见到的内容可能在缺失部分。",
                        f"The copy of {report.title} is cut short.",
                    )
                )

    def refused(self) -> Answer:
        """An answer that looks nothing up: no place, no report, not about reports."""
        refusal = self.plan.refusal
        assert refusal is not None
        self.lines.append(refusal.en if self.en else refusal.zh)
        missing = [Missing(p.name, per, "no_report") for p, per in refusal.missing]
        return self.done(refusal.status, missing=missing)

    def answer(self) -> Answer:
        kind = self.query.kind
        if kind == "about-report":
            return self.about()
        if kind == "sweep":
            return self.sweep()
        if kind == "list" and not self.plan.cells:
            return self.listed()
        if not self.plan.cells or (kind == "prose" and not self._takes_a_wrong_number_for_granted()):
            return self.prose()
        return self.cells()

    def _takes_a_wrong_number_for_granted(self) -> bool:
        """Whether a question in words, 为什么只安排8500亿元, names a number that is not the report's own."""
        if not self.query.numbers or not self.plan.places:
            return False
        set_so = re.search("定[为在成到]|(?:个|家|万|户|公里|亩|套)的目标", self.query.text) is not None
        cells = [cell for cell in self.plan.cells if cell.ask.id or set_so]
        found = [f for cell in cells for f in self.reader.finder.find(cell).figures]
        return bool(found) and not any(_says(f, number) for f in found for number in self.query.numbers)

    # -- figures ------------------------------------------------------------------------------------

    def cited(self, figure: Figure, signs: Signs | None = None) -> CitedFigure:
        report = self.reader.reports[figure.report_id]
        start, end = self._quote_span(figure)
        n = self.citations.cite(report, start, end, part=figure.part, section=figure.section)
        return CitedFigure(figure, n, signs)

    def _quote_span(self, figure: Figure) -> tuple[int, int]:
        """The sentence of a figure; of a very long one the clauses around the number."""
        start, end = figure.quote_start, figure.quote_end
        if end - start <= 260:
            return start, end
        text = self.reader.shelf.text(figure.report_id)
        clause = len(clause_of(self.reader.finder.views.plain(figure.report_id), figure))
        left = max((text.rfind(c, start, max(start, figure.start - clause - 60)) for c in "，,；;：:"), default=-1)
        stops = [i for i in (text.find(c, figure.end + 30, end) for c in "，,；;。") if i >= 0]
        return (start if left < 0 else left + 1), (min(stops) + 1 if stops else end)

    def cells(self) -> Answer:
        """Lookups and comparisons: each thing asked is looked up by itself."""
        results = self._found(self.plan.cells)
        lone = self.query.may_be_actual and self.query.kind == "lookup" and not self.query.numbers
        if lone and not any(r.outcome == "figure" for r in results):
            done = self._found([replace(cell, role="actual") for cell in self.plan.cells])
            results = done if any(r.outcome == "figure" for r in done) else results
        goals = self.query.roles == ("actual",) and re.search("提出|要求", self.query.text) is not None
        if goals and all(r.outcome == "no_report" for r in results):  # 报告提出2025年建成多少: a year still to come
            planned = self._found([replace(cell, role="plan") for cell in self.plan.cells])
            results = planned if any(r.outcome == "figure" for r in planned) else results
        if self.query.versus and len(results) == 1 and results[0].outcome == "figure":
            results += self._set_against(results[0])
        results = _without_doubles([*results, *(p for r in results for p in self._partners(r))])
        self.assumptions.extend(r.assumed for r in results)
        found = [r for r in results if r.outcome == "figure"]
        if not found and self._should_turn_to_prose(results):
            return self.prose()
        return self._told(results, found)

    def _found(self, cells: Sequence[Cell]) -> list[CellResult]:
        """What the cells came to; where none names a role, all of them in one role if only so all are told."""
        results = self._each(cells)
        loose = len(cells) > 1 and all(c.role is None for c in cells)
        if loose and len({(c.place, c.period) for c in cells}) == 1:
            roles = {r.figures[0].role if r.outcome == "figure" else None for r in results}
            for role in ("actual", "target") if len(roles) > 1 or len(_without_doubles(results)) < len(results) else ():
                alike = self._each([replace(c, role=role) for c in cells])
                if all(r.outcome == "figure" for r in alike) and len(_without_doubles(alike)) == len(alike):
                    return alike
        return results

    def _each(self, cells: Sequence[Cell]) -> list[CellResult]:
        """What each cell came to; a thing asked beside another is looked for beside its figure."""
        results: list[CellResult] = []
        for cell in cells:
            kindred = [
                r
                for r in results
                if r.outcome == "figure"
                and (r.cell.place, r.cell.period, r.cell.role) == (cell.place, cell.period, cell.role)
            ]
            beside = kindred[-1].figures[0] if kindred else None
            results.append(self.reader.finder.find(cell, beside=beside, alone=len(cells) == 1))
        told = [r.figures[0] for r in results if r.outcome == "figure"]
        if len(told) == len(results) == 2:
            return self._together(results)
        for i, result in enumerate(results):
            # 签约多少户、拆除房屋多少栋: the sentence that tells one tells both
            if result.outcome != "figure" and told:
                results[i] = self.reader.finder.in_sentence(result.cell, told[0]) or result
        return results

    def _together(self, results: list[CellResult]) -> list[CellResult]:
        """Two things asked in one breath told by one sentence, where it tells the first as well as its own does."""
        first, second = results
        told, other = first.figures[0], second.figures[0]
        asked = [(r.cell.place, r.cell.period, r.cell.role) for r in results]
        if asked[0] != asked[1] or _sentence_of(told) == _sentence_of(other):
            return results
        again = self.reader.finder.find(first.cell, beside=other)
        if again.outcome != "figure" or _sentence_of(again.figures[0]) != _sentence_of(other):
            return results
        words = words_of(first.cell.ask.words)
        as_well = cover(words, plain(again.figures[0].indicator)) >= cover(words, plain(told.indicator))
        return [again, second] if as_well else results

    def _partners(self, result: CellResult) -> Iterator[CellResult]:
        """The numbers of the other things that one ask joins, told beside the first: 多少件建议和政协提案."""
        tails = [content_words(p).replace(" ", "")[-2:] for p in re.split("[和与及、]", result.cell.ask.said)]
        if result.outcome != "figure" or len(result.figures) != 1 or len(set(tails)) < 2 or min(map(len, tails)) < 2:
            return
        own = result.figures[0]
        told = [tail for tail in tails if tail in own.indicator]
        for row in self.reader.finder.views.rows(own.report_id) if len(told) == 1 else ():
            f = row.figure
            alike = (f.quote_start, f.period, f.role, f.measure, f.unit) == (
                own.quote_start, own.period, own.role, own.measure, own.unit,
            )  # fmt: skip
            if alike and f.start != own.start and any(f.indicator.endswith(t) for t in tails if t not in told):
                yield replace(result, figures=(f,), twin=None)

    def _told(self, results: Sequence[CellResult], found: Sequence[CellResult]) -> Answer:
        """The answer that the looked-up cells make: figures, comparisons, noes and corrected premises."""
        figures: list[CitedFigure] = []
        for result in found:
            for figure in result.figures:
                if figure not in [c.figure for c in figures]:
                    figures.append(self.cited(figure, result.signs))
        self._state(figures)
        derived = self._compare(results, figures)
        related = [
            self.cited(r.twin) for r in found if r.twin is not None and r.twin not in [c.figure for c in figures]
        ]
        for c in related:
            self.lines.append(self.say("同一句中还写明：", "The same sentence also says: ") + self._state_one(c))
        missing: list[Missing] = []
        for result in results:
            if result.outcome != "figure":
                related += self._no(result, missing)
        figures = [done for c in figures for done in self._really_done(c)]
        figures, denied = self._denied(figures)
        related += denied
        self._premise(figures, results)
        self._missed(results)
        status = self._status(results, figures)
        return self.done(status, figures=figures, related=related, missing=missing, derived=derived)

    def _set_against(self, own: CellResult) -> list[CellResult]:
        """What 比全国高几个点 needs beside the place's own figure: the distance that its report tells, else the other's."""
        figure = own.figures[0]
        told = re.compile(rf"(?:高于|低于|高出|快于|慢于|超过|低)\S{{0,3}}{self.query.versus}")
        for row in self.reader.finder.views.rows(figure.report_id):
            f = row.figure
            near = f.quote_start == figure.quote_start and f.start > figure.start and f.measure == "change"
            if (
                near
                and f.period == figure.period
                and told.search(f.indicator)
                and f.indicator.startswith(figure.indicator)
            ):
                return [replace(own, figures=(f,), twin=None)]
        place = self._larger(own.cell.place)
        if place is None:
            return []
        role = figure.role if figure.role in ("target", "actual") else own.cell.role
        ask = replace(own.cell.ask, measures=(figure.measure,))
        return [self.reader.finder.find(replace(own.cell, place=place, role=role, ask=ask))]

    def _larger(self, place: Place) -> Place | None:
        """The place that 全国, 全省 or 全市 means for a smaller one, if its reports are held."""
        size = {"全国": 0, "全省": 2, "全市": 4}[self.query.versus]
        larger = self.reader.gazetteer.by_code(place.code[:size].ljust(6, "0"))
        return larger if larger is not None and larger.code != place.code else None

    def _should_turn_to_prose(self, results: Sequence[CellResult]) -> bool:
        """A question whose words were no indicator after all is answered in sentences, if it asks for no number."""
        worded = re.search(r"是什么|什么|哪些", self.query.text) and not any(
            c.ask.id or c.ask.units or c.ask.measures for c in self.plan.cells
        )
        return (
            self.query.kind == "lookup"
            and not self.query.follows
            and not self.query.numbers  # a number taken for granted is told for what it is, or that it is not found
            and (not self.plan.numeric or bool(worded))
            and all(r.outcome == "not_in_report" for r in results)
        )

    def _state_one(self, cited: CitedFigure) -> str:
        return statement(cited.figure, cited.citation, lang=self.query.lang)

    def _state(self, figures: Sequence[CitedFigure]) -> None:
        for cited in figures:
            self.lines.append(self._state_one(cited))
        if figures and len(figures) <= 3:
            for n in dict.fromkeys(c.citation for c in figures):
                self.lines.append(
                    self.say("原文：", "The report's words: ") + f"「{_clip(self.citations.rows[n - 1].quote)}」[{n}]"
                )

    def _status(self, results: Sequence[CellResult], figures: Sequence[CitedFigure]) -> Status:
        if figures:
            return "answered"
        outcomes = [r.outcome for r in results]
        noes: tuple[Status, ...] = ("no_figure", "not_in_report", "no_report")
        return next((status for status in noes if status in outcomes), "not_in_report")

    def _no(self, result: CellResult, missing: list[Missing]) -> list[CitedFigure]:
        """Says why a cell has no figure, and what comes nearest."""
        cell = result.cell
        name = _asked_name(cell.ask)
        place = short_place(cell.place.name)
        role = ROLE_ZH.get(cell.role, "") if cell.role else ""
        when = period_zh(result.period) if result.period else ""
        if result.outcome == "no_report":
            years = self.reader.holdings.years(cell.place)
            missing.append(Missing(cell.place.name, result.period, "no_report"))
            have = f"现有该地的报告：{years_text(years)}。" if years else "库中没有该地的任何报告。"
            need = self._needed(cell.role, result.period)
            self.lines.append(
                self.say(
                    f"没有能回答{place}{when}{name}{role}的报告{need}。{have}",
                    f"No report covers {cell.place.name} {result.period}; reports held: {', '.join(map(str, years)) or 'none'}.",
                )
            )
        else:
            assert result.report is not None
            missing.append(Missing(cell.place.name, result.period, "no_figure"))
            title = report_name(result.report)
            if result.said is not None:
                n = self._cite_sentence(result.said)
                quote = _excerpt(self.citations.rows[n - 1].quote, names_of(cell.ask))
                self.lines.append(
                    self.say(
                        f"{title}没有给出{when}{name}的{role or '具体'}数字，只提到：「{quote}」[{n}]。",
                        f"The report {result.report.title} sets no number for this; it says: 「{quote}」[{n}].",
                    )
                )
            elif result.unsure:
                self.lines.append(
                    self.say(
                        f"{title}里没有能确认为{when}{name}{role}的数字。",
                        "No number of the report can be confirmed as this one.",
                    )
                )
            elif result.outcome == "no_figure":
                self.lines.append(
                    self.say(f"{title}没有给出所问的{when}{name}{role}数字。", "The report gives no such number.")
                )
            else:
                self.lines.append(
                    self.say(
                        f"{title}没有提到{when}{name}{'的' + role if role else ''}，也没有给出数字。",
                        f"The report {result.report.title} does not mention it.",
                    )
                )
                self._point_to_the_closest(result)
            if not result.report.complete:
                self.lines.append(
                    self.say("注意：这份文本不完整，缺失部分可能另有说明。", "Note: this copy is cut short.")
                )
        related = [self.cited(f) for f in result.near[:2]]
        for i, c in enumerate(related):
            lead = self.say("供参考（角色或年份与所问不同）：", "For reference (other role or period): ")
            if result.unsure and i == 0:
                lead = self.say(
                    "最接近的一项（把握不足，请核对原文）：", "The nearest, not sure enough to be the answer: "
                )
            self.lines.append(lead + self._state_one(c))
        return related

    def _point_to_the_closest(self, result: CellResult) -> None:
        """Quotes the retrieved sentence nearest in meaning, for words that the report does not use: an offer, no answer."""
        ask = result.cell.ask
        if ask.id is not None or not ask.units or result.near or result.report is None:
            return
        asked = set(ask.words + ask.context) - set(" 的了")
        telling = [word for word in words_of(ask.words) if word[1] >= 1]
        best: tuple[float, Sentence] | None = None
        for hit in self.ranking.hits[:CLOSE_HITS]:
            passage = hit.passage
            if passage.report_id != result.report.report_id:
                continue
            for row in self.reader.finder.views.rows(passage.report_id):
                f = row.figure
                fits = passage.start <= f.start < passage.end and unit_fits(ask.units, f.unit) == 1.0
                if (
                    not fits
                    or result.cell.role not in (None, f.role)
                    or cover(telling, row.indicator + row.clause) < 0.2
                ):
                    continue
                likeness = len(asked & set(row.indicator + row.clause)) / len(asked) + 0.1 / hit.rank
                if likeness >= CLOSE_ENOUGH and (best is None or likeness > best[0]):
                    best = likeness, Sentence(result.report, f.quote_start, f.quote_end, f.part, f.section, likeness)
        if best is not None:
            n = self._cite_sentence(best[1])
            quote = _clip(self.citations.rows[n - 1].quote)
            self.lines.append(
                self.say(
                    f"说法不同、意思可能相近的一句，请核对：「{quote}」[{n}]",
                    f"A sentence in other words that may be meant; please check: 「{quote}」[{n}]",
                )
            )

    def _needed(self, role: Role | None, period: str) -> str:
        if not re.fullmatch(r"\d{4}", period):
            return ""
        year = int(period)
        if role == "target":
            return f"（应在{year}年报告中）"
        if role == "actual":
            return f"（应在{year + 1}年报告中）"
        return f"（目标应在{year}年报告、结果应在{year + 1}年报告中）"

    def _cite_sentence(self, said: Sentence) -> int:
        return self.citations.cite(said.report, said.start, said.end, part=said.part, section=said.section)

    def _really_done(self, cited: CitedFigure) -> list[CitedFigure]:
        """35件实事全部完成,对吗: of 35件…已完成31件 the number done answers, not the one taken for granted.

        What was left undone stands beside it where the sentence tells it.
        """
        if not (
            re.search(r"全部|全都|都|对吗|是不是|最后|了几|完成了", self.query.text)
            and any(_says(cited.figure, n) for n in self.query.numbers)
        ):
            return [cited]
        f = cited.figure
        text = self.reader.shelf.text(f.report_id)
        undone = [
            self.cited(row.figure)
            for row in self.reader.finder.views.rows(f.report_id)
            if row.figure.quote_start == f.quote_start
            and row.figure.unit == f.unit
            and re.match(r"[^,。;\d]{0,2}未(?:能|按)?(?:如期|按期|全部)?完成", text[row.figure.end :])
        ]
        for row in self.reader.finder.views.rows(f.report_id):
            other = row.figure
            same = (
                other.quote_start == f.quote_start
                and other.start > f.end
                and other.unit == f.unit
                and other.value != f.value
            )
            if same and re.search(r"完成|办结|建成|投产|投用|投放|落实", row.before + text[other.end : other.end + 8]):
                self.lines = [line for line in self.lines if f.written not in line]
                found = self.cited(other)
                self.lines.append(
                    self.say(
                        f"并非全部：{f.written}中完成的是{other.written}[{found.citation}]。",
                        f"Not all: {other.written} of {f.written} [{found.citation}].",
                    )
                )
                self.lines.append(f"原文：「{_clip(self.citations.rows[found.citation - 1].quote)}」[{found.citation}]")
                return [found, *undone]
        return [cited]

    def _denied(self, figures: Sequence[CitedFigure]) -> tuple[list[CitedFigure], list[CitedFigure]]:
        """Figures that answer, and those that only tell where a number taken for granted comes from."""
        if not self.query.numbers or len(figures) < 2:
            return list(figures), []
        first = figures[0].figure
        stray = [
            c
            for c in figures[1:]
            if any(_says(c.figure, n) for n in self.query.numbers)
            and (c.figure.period, c.figure.role) != (first.period, first.role)
            and not (len(self.query.roles) > 1 and c.figure.role in self.query.roles)
        ]
        return [c for c in figures if c not in stray], stray

    def _missed(self, results: Sequence[CellResult]) -> None:
        """Quotes the sentence that says a target was missed, where target and result are both asked for."""
        if not (
            {"target", "actual"} <= set(self.query.roles) or re.search("超额|没(?:有)?完成|未完成", self.query.text)
        ):
            return
        done = set[tuple[str, int]]()
        for result in results:
            for report in {
                r.report_id: r for r in (*self.plan.reports, *([result.report] if result.report else []))
            }.values():
                for said in self.reader.finder.views.sentences(report.report_id):
                    if (report.report_id, said.start) in done or said.part in ("plan", "livelihood", "term_plan"):
                        continue
                    if _MISSED.search(said.words) and speaks_of(result.cell.ask, said.words) >= 0.8:
                        done.add((report.report_id, said.start))
                        n = self.citations.cite(report, said.start, said.end, part=said.part, section=said.section)
                        self.lines.append(
                            self.say(
                                f"报告承认目标未完成：「{_clip(self.citations.rows[n - 1].quote)}」[{n}]",
                                f"The report says a target was missed: 「{_clip(self.citations.rows[n - 1].quote)}」[{n}]",
                            )
                        )

    # -- premises -----------------------------------------------------------------------------------

    def _premise(self, figures: Sequence[CitedFigure], results: Sequence[CellResult]) -> None:
        """Corrects numbers that the question takes for granted and the report does not bear out."""
        for number in self.query.numbers:
            if any(_says(c.figure, number) for c in figures):
                continue
            written = plain(self.query.text)[number.start : number.end].strip()
            true = self._true_home(number, results)
            if true is not None:
                cited = self.cited(true)
                f = true
                self.lines.append(
                    self.say(
                        f"问题中的“{written}”不是所问的数：它是{short_place(f.place)}{period_zh(f.period)}{thing(f)}的{ROLE_ZH[f.role]}数，并非所问的{self._asked_role()}[{cited.citation}]。",
                        f"“{written}” in the question is not that: it is the {f.period} figure ({f.role}) of {f.indicator} [{cited.citation}].",
                    )
                )
            else:
                self.lines.append(
                    self.say(
                        f"问题中的“{written}”没有得到报告证实，报告里没有这个说法。",
                        f"“{written}” is not borne out by the report.",
                    )
                )

    def _asked_role(self) -> str:
        role = self.query.roles[0] if self.query.roles else None
        return ROLE_ZH[role] if role else "数字"

    def _true_home(self, number: Quantity, results: Sequence[CellResult]) -> Figure | None:
        """The figure of the same place that the number really is; the same thing's before others'."""
        best: tuple[float, Figure] | None = None
        for result in results:
            reports = self.reader.holdings.reports(result.cell.place)
            words = words_of(result.cell.ask.words)
            for figure in (row.figure for r in reports for row in self.reader.finder.views.rows(r.report_id)):
                if not _says(figure, number):
                    continue
                near = cover(words, plain(figure.indicator)) + (
                    1.0 if result.cell.ask.id and figure.indicator_id == result.cell.ask.id else 0.0
                )
                gap = (
                    abs(int(figure.period[:4]) - int(result.period[:4]))
                    if figure.period[:4].isdigit() and result.period[:4].isdigit()
                    else 0
                )
                score = near - 0.05 * gap
                if near >= 0.15 and (best is None or score > best[0]):
                    best = (score, figure)
        return best[1] if best else None

    # -- comparisons --------------------------------------------------------------------------------

    def _compare(self, results: Sequence[CellResult], figures: Sequence[CitedFigure]) -> list[Derived]:
        """Which of two is ahead and by how much, where two comparable figures were found."""
        if (self.query.kind != "compare" and not self.query.versus) or len(figures) < 2:
            return []
        one, two = figures[0], figures[1]
        if len(figures) > 2 and not (self.query.wants_difference or self.query.wants_rank):
            return []
        if len(figures) > 2:
            return self._rank_many(figures)
        a, b = one.figure, two.figure
        if not comparable(a, b) or isinstance(a.value, tuple) or isinstance(b.value, tuple):
            return []
        apart = {a.indicator_id, b.indicator_id} - {None}
        if len(apart) > 1 and not (self.query.wants_difference or self.query.wants_rank):
            return []  # GDP目标和…投资目标: two things that nobody set against each other
        difference, unit = _difference(a, b)
        label_a, label_b = self._label(a, b)
        if difference == 0:
            self.lines.append(
                self.say(
                    f"两者相等。[{one.citation}][{two.citation}]", f"They are equal. [{one.citation}][{two.citation}]"
                )
            )
        else:
            high = a.unit.endswith(("%", "％")) or "高" in self.query.text
            word = "高" if high else "多"
            less = "少" if word == "多" else "低"
            more, fewer = (label_a, label_b) if difference > 0 else (label_b, label_a)
            amount = f"{_plain_number(abs(difference))}{unit}"
            first = f"{label_a}比{label_b}{word if difference > 0 else less}{amount}"
            self.lines.append(
                self.say(
                    f"{more}更{word}，{fewer}更{less}：{first}[{one.citation}][{two.citation}]。",
                    f"{more} is higher by {amount} [{one.citation}][{two.citation}].",
                )
            )
        if a.place == b.place and a.period == b.period and {a.role, b.role} == {"target", "actual"}:
            self._met(a, b, difference)
        formula = (
            f"{shown_number(a)} - {shown_number(b)}"
            if a.unit == b.unit
            else f"{_plain_number(scaled(a))} - {_plain_number(scaled(b))}"
        )
        return [Derived(difference, unit, formula, (one.citation, two.citation))]

    def _met(self, a: Figure, b: Figure, difference: Decimal) -> None:
        """Whether the year's result reached its target."""
        gap = -difference if a.role == "target" else difference
        percent = "个百分点" if a.unit in ("%", "％") else a.unit
        ceiling = any(w in (f.modality or "") for f in (a, b) for w in ("以内", "不超过", "控制在"))
        if gap == 0:
            self.lines.append(self.say("实际与目标持平。", "The result equals the target."))
            return
        over = gap > 0
        good = not over if ceiling else over
        self.lines.append(
            self.say(
                f"实际{'高于' if over else '低于'}目标{_plain_number(abs(gap))}{percent}，{'达到了目标' if good else '没有达到目标'}。",
                f"The result is {'above' if over else 'below'} the target by {_plain_number(abs(gap))}{percent}.",
            )
        )

    def _rank_many(self, figures: Sequence[CitedFigure]) -> list[Derived]:
        usable = [
            c for c in figures if not isinstance(c.figure.value, tuple) and comparable(c.figure, figures[0].figure)
        ]
        if len(usable) < 2:
            return []
        least = self.query.wants_rank == "least"
        best = (min if least else max)(usable, key=lambda c: scaled(c.figure))
        f = best.figure
        self.lines.append(
            self.say(
                f"其中{'最低' if least else '最高'}的是{short_place(f.place)}{period_zh(f.period)}：{shown(f)}[{best.citation}]。",
                f"The {'lowest' if least else 'highest'}: {f.place} {f.period}, {shown(f)} [{best.citation}].",
            )
        )
        return []

    def _label(self, a: Figure, b: Figure) -> tuple[str, str]:
        """What tells two figures apart: their places, else their periods and roles."""
        if a.place != b.place:
            return short_place(a.place), short_place(b.place)
        if a.indicator != b.indicator and a.period == b.period:
            return a.indicator, b.indicator
        return f"{period_zh(a.period)}{ROLE_ZH[a.role]}", f"{period_zh(b.period)}{ROLE_ZH[b.role]}"

    # -- sweeps -------------------------------------------------------------------------------------

    def sweep(self) -> Answer:
        """One row for every place in scope, and what is missing."""
        results = [self.reader.finder.find(cell) for cell in self.plan.cells]
        figures: list[CitedFigure] = []
        rows: list[str] = []
        missing = [Missing(p.name, self.plan.sweep_period, "no_report") for p in self.plan.without_reports]
        for result in results:
            name = result.cell.place.name
            if result.outcome == "figure":
                cited = self.cited(result.figures[0], result.signs)
                figures.append(cited)
                f = cited.figure
                rows.append(
                    f"| {short_place(name)} | {self._when(f.period)} | {self.say(ROLE_ZH[f.role], ROLE_EN[f.role])} | {shown(f)} | {_clip(self._clause(f), 60)} [{cited.citation}] |"
                )
            elif result.outcome == "no_report":
                missing.append(Missing(name, result.period, "no_report"))
            else:
                missing.append(Missing(name, result.period, "no_figure"))
                if result.said is not None:
                    n = self._cite_sentence(result.said)
                    rows.append(
                        f"| {short_place(name)} | {self._when(result.period)} | — | {self.say('没有数字', 'no number')} | {_clip(self.citations.rows[n - 1].quote, 60)} [{n}] |"
                    )
        self._sweep_text(rows, figures, missing)
        if not figures:
            status: Status = (
                "no_report" if not results or all(r.outcome == "no_report" for r in results) else "no_figure"
            )
        else:
            status = "answered"
        return self.done(status, figures=figures, missing=missing)

    def _clause(self, figure: Figure) -> str:
        text = self.reader.shelf.text(figure.report_id)
        left = max((text.rfind(c, figure.quote_start, figure.start) for c in "，,；;：:。"), default=-1)
        left = figure.quote_start if left < 0 else left + 1
        stops = [i for i in (text.find(c, figure.end, figure.quote_end) for c in "，,；;。") if i >= 0]
        return text[left : min(stops) if stops else figure.quote_end].replace("|", "｜").replace("\n", " ")

    def _when(self, period: str) -> str:
        return self.say(period_zh(period), period)

    def _sweep_text(self, rows: Sequence[str], figures: Sequence[CitedFigure], missing: Sequence[Missing]) -> None:
        asked = "、".join(a.words.replace(" ", "") or a.id or "" for a in self.query.indicators)
        total = len(self.plan.cells) + len(self.plan.without_reports)
        self.lines.append(
            self.say(
                f"{self.plan.sweep_label}{asked}：共{total}个地方，{len(figures)}个有数字。",
                f"{len(figures)} of {total} places give a figure.",
            )
        )
        if figures and self.query.wants_rank:
            self._rank_many(figures)
        if rows:
            head = self.say(
                "| 地方 | 时期 | 角色 | 数字 | 原文 |", "| Place | Period | Role | Number | The report's words |"
            )
            self.lines += ["", head, "|---|---|---|---|---|", *rows, ""]
        without = [m.place for m in missing if m.reason == "no_figure"]
        absent = [m.place for m in missing if m.reason == "no_report"]
        if without:
            self.lines.append(
                self.say("报告没有给出数字的地方：", "Report gives no number: ")
                + "、".join(short_place(p) for p in without)
                + "。"
            )
        if absent:
            self.lines.append(
                self.say("库中没有相应报告的地方：", "No report held: ")
                + "、".join(short_place(p) for p in absent)
                + "。"
            )

    # -- about the report ---------------------------------------------------------------------------

    def about(self) -> Answer:
        """Who, when, at which meeting, from where: from the recorded fields and their proofs."""
        lines = [
            line
            for report in self.plan.reports[:3]
            for kind in self.query.about
            for line in self._about_one(report, kind)
        ]
        self.lines.extend(dict.fromkeys(lines))
        if not self.lines:
            self.lines.append(self.say("报告文本中没有写明这一点。", "The report does not say."))
            return self.done("not_in_report")
        return self.done("answered")

    def _about_one(self, report: Report, kind: str) -> Iterable[str]:
        name = report_name(report)
        if kind == "years":
            years = self.reader.holdings.years(report.place_code)
            yield self.say(
                f"库中有{short_place(report.place)}的报告：{years_text(years)}。",
                f"Reports held of {report.place}: {', '.join(map(str, years))}.",
            )
            return
        value, field, label, label_en = {
            "speaker": (report.speaker, "speaker", "由{}作报告", "was delivered by {}"),
            "date": (_date_zh(report.delivered_on), "delivered_on", "作于{}", "was delivered on {}"),
            "meeting": (report.meeting, "meeting", "作于{}", "was delivered at {}"),
            "source": (report.source, "source", "的来源：{}", "comes from {}"),
            "title": (report.title, "title", "的标题：{}", "is titled {}"),
        }[kind]
        if not value:
            yield self.say(
                f"{name}的文本没有写明{ {'speaker': '报告人', 'date': '作报告的日期', 'meeting': '会议'}.get(kind, kind) }。",
                f"{report.title} does not state this.",
            )
            return
        proof = self.reader.shelf.report(report.report_id).evidence.get(field)
        mark = ""
        if proof is not None and proof.start is not None and proof.end is not None:
            text = self.reader.shelf.text(report.report_id)
            start, end = _line_around(text, proof.start, proof.end)
            if kind == "speaker":
                value = _office_before(text[start:end], value) + value
            mark = f"[{self.citations.cite(report, start, end, part='front')}]"
        iso = f"（{report.delivered_on}）" if kind == "date" and report.delivered_on else ""
        yield self.say(
            f"{name}{label.format(value)}{iso}{mark}。",
            f"{report.title} {label_en.format(value)}{' ' + str(report.delivered_on) if iso else ''}{mark}.",
        )

    # -- lists and prose ----------------------------------------------------------------------------

    def listed(self) -> Answer:
        """Lists: the year's main targets, the livelihood projects, the n-th item."""
        if not self.plan.reports:
            return self.prose()
        topic = self.query.topic + self.query.text
        if self.query.item is not None:
            return self._item(self.plan.reports[0], self.query.item)
        if re.search("实事|民生项目|民生工程|民心工程", topic):
            return self._livelihood(self.plan.reports[0])
        if re.search("目标|指标", topic):
            spans = [s for report in self.plan.reports[:3] for s in self._target_sentences(report)]
            if spans:
                return self._quoted(spans, self.say("主要预期目标：", "Main targets:"))
        return self.prose()

    def _target_sentences(self, report: Report) -> list[Sentence]:
        """The sentences that set the year's main targets, and those of the paragraph that go on with them."""
        text = self.reader.shelf.text(report.report_id)
        wants_term = any(p.kind in ("coming_term", "span") for p in self.query.periods)
        parts = ("term_plan",) if wants_term else ("plan", "unknown", "opening")
        ahead = [f for f in self._figures_of(report) if f.role in ("target", "plan")]
        best: list[Sentence] = []
        run: list[Sentence] = []
        for passage in self.reader.shelf.passages(report.report_id):
            if passage.part not in parts or (best and sum(s.score for s in best) >= 4):
                continue
            announced = bool(run) and text[run[-1].start : run[-1].end].rstrip().endswith(("：", ":"))
            run = run if announced else []  # 主要预期目标是： and the goals in a paragraph of their own
            for start, end in sentence_spans(text, passage.start, passage.end):
                numbers = [f for f in ahead if start <= f.start < end]
                lead = _TARGET_LEAD.search(plain(text[start:end]))
                soft = re.search(r"同步|下达|完成.{0,6}任务|持平|合理区间|稳定", text[start:end])
                goes_on = bool(run) and text[run[-1].start : run[-1].end].rstrip().endswith(("；", ";"))
                if (lead and (numbers or text[start:end].rstrip().endswith(("：", ":")))) or (
                    run and (numbers or soft or goes_on)
                ):
                    run.append(Sentence(report, start, end, passage.part, passage.section, float(len(numbers))))
                elif run:
                    break
            if sum(s.score for s in run) > sum(s.score for s in best):
                best = run
        return best

    def _figures_of(self, report: Report) -> tuple[Figure, ...]:
        return tuple(row.figure for row in self.reader.finder.views.rows(report.report_id))

    def _quoted(self, sentences: Sequence[Sentence], lead: str) -> Answer:
        figures: list[CitedFigure] = []
        self.lines.append(lead)
        for said in sentences:
            n = self._cite_sentence(said)
            self.lines.append(f"{self.citations.rows[n - 1].quote} [{n}]")
            for figure in self._figures_of(said.report):
                if said.start <= figure.start < said.end and figure.role in ("target", "plan"):
                    figures.append(CitedFigure(figure, n))
        return self.done("answered", figures=figures)

    def _livelihood(self, report: Report) -> Answer:
        passages = [p for p in self.reader.shelf.passages(report.report_id) if p.part == "livelihood"]
        if not passages:
            counted = self._deeds_counted_off(report)
            if counted:
                return self._quoted(counted, self.say(f"{report_name(report)}的民生实事：", "Livelihood projects:"))
            return self.prose()
        text = self.reader.shelf.text(report.report_id)
        spans = [(s, e) for p in passages for s, e in _lines(text, p.start, p.end)]
        sentences = [
            Sentence(report, s, e, "livelihood", passages[0].section, 0.0) for s, e in spans[: LIST_QUOTES * 3]
        ]
        return self._quoted(sentences, self.say(f"{report_name(report)}的民生实事：", "Livelihood projects:"))

    def _deeds_counted_off(self, report: Report) -> list[Sentence]:
        """The livelihood projects that one paragraph of the plan counts off: 今年抓好十件民生实事:一是…;二是…."""
        text = self.reader.shelf.text(report.report_id)
        passages = self.reader.shelf.passages(report.report_id)
        for start, end in _lines(text, 0, len(text)):
            line = plain(text[start:end])
            if not (re.search("实事", line) and re.search("[:。;]一是", line) and re.search("[。;]三是", line)):
                continue
            passage = next((p for p in passages if p.start <= start < p.end), None)
            if passage is not None and passage.part in ("plan", "unknown"):
                spans = sentence_spans(text, start, end)
                return [Sentence(report, a, b, passage.part, passage.section, 0.0) for a, b in spans]
        return []

    def _item(self, report: Report, n: int) -> Answer:
        """The n-th item of a numbered list: that of the livelihood projects, or the list the topic names."""
        text = self.reader.shelf.text(report.report_id)
        marks = _item_marks(n)
        best: tuple[float, Sentence] | None = None
        words = words_of(self.query.topic)
        for passage in self.reader.shelf.passages(report.report_id):
            for start, end in _lines(text, passage.start, passage.end):
                line = plain(text[start:end])
                inner = next((m for m in (re.search(mark, line) for mark in marks) if m), None)
                if inner is None:
                    continue
                a = start + inner.start()
                stop = re.search(_next_mark(n, inner.group()), line[inner.end() :])
                b = start + inner.end() + stop.start() if stop else self._body_end(text, end, n, inner.group())
                above = plain(
                    "".join(passage.section) + text[max(0, start - 200) : start] + text[max(start, a - 500) : a]
                )
                whole = plain(text[text.rfind("\n", 0, a) + 1 : a])
                deeds = "实事" in self.query.topic and inner.group().endswith("是") and "实事" in whole
                score = (
                    cover(words, above + whole[:80])
                    + 0.4 * deeds
                    + (0.5 if passage.part == "livelihood" else 0)
                    + (0.2 if passage.part in ("plan", "livelihood") else 0)
                )
                if best is None or score > best[0]:
                    while b > a and text[b - 1].isspace():
                        b -= 1
                    best = (score, Sentence(report, a, b, passage.part, passage.section, score))
        if best is None:
            return self.prose()
        return self._quoted([best[1], *self._detailed(best[1])], self.say(f"第{n}项：", f"Item {n}:"))

    def _detailed(self, item: Sentence) -> list[Sentence]:
        """What a table in the annex says of an item told by its title alone: 六是完善公交线网和设施."""
        text = self.reader.shelf.text(item.report.report_id)
        title = _COUNTED.sub("", plain(text[item.start : item.end]), count=1).strip('。;" ')
        if re.search(r"\d", title) or len(title) < 6:
            return []
        for start, end in _lines(text, item.end, len(text)):
            cells = [cell.strip('。;" ') for cell in plain(text[start:end]).split("\t")]
            if title in cells[:-1]:
                return [replace(item, start=start, end=end)]
        return []

    def _body_end(self, text: str, end: int, n: int, mark: str) -> int:
        """Where an item ends whose line is its heading: behind the lines that follow it, up to the next item."""
        if end - text.rfind("\n", 0, max(0, end - 1)) > ITEM_HEADING:
            return end
        body = text[end : end + ITEM_BODY]
        stop = re.search(r"\n\s*" + _next_mark(n, mark), plain(body)) or re.search(
            r"\n\s*\n|\n[一二三四五六七八九十]+、", body
        )
        cut = stop.start() if stop else body.find("\n", 1)
        return end + max(cut, 0)

    def prose(self) -> Answer:
        """The sentences that answer, whole, in the report's order."""
        sentences = (
            self._missed_goals()
            or self._problems()
            or self._counted_set()
            or self._best_sentences()
            or self._begun_alike()
        )
        if not sentences:
            if not self.plan.reports and self.plan.places:
                return self._no_prose_report()
            place = short_place(self.plan.places[0].name) if self.plan.places else ""
            what = self.query.topic.replace(" ", "")
            self.lines.append(
                self.say(
                    f"{place}的报告没有提到{'“' + what + '”' if what else '所问的内容'}。",
                    "The reports do not mention this.",
                )
            )
            return self.done("not_in_report" if self.plan.places or self.ranking.hits else "off_topic")
        one_report = len({s.report.report_id for s in sentences}) == 1
        whole = self._tells_each(sentences)
        if not whole:
            self.lines.append(
                self.say(
                    "报告提到了所问的内容，但没有找到逐项说明的原文。下面是最接近的句子：",
                    "The reports speak of it, but no passage that tells each of them was found. The nearest sentences:",
                )
            )
        for said in sentences:
            n = self._cite_sentence(said)
            lead = "" if one_report else f"{report_name(said.report)}："
            self.lines.append(f"{lead}{self.citations.rows[n - 1].quote} [{n}]")
        if one_report:
            self.lines.insert(
                0, self.say(f"{report_name(sentences[0].report)}写道：", f"{sentences[0].report.title} says:")
            )
        figures: list[CitedFigure] = []
        if re.search(r"数字|量化|指标|各(?:是)?多少", self.query.text):
            figures = [
                CitedFigure(f, self._cite_sentence(said))
                for said in sentences
                for f in self._figures_of(said.report)
                if said.start <= f.start < said.end and (not self.query.roles or f.role in self.query.roles)
            ]
        return self.done("answered" if whole else "no_figure", figures=figures)

    def _tells_each(self, sentences: Sequence[Sentence]) -> bool:
        """Whether sentences may tell all of the things asked for by their number: 哪五个关系; true where none is said."""
        match = _HOW_MANY_ASKED.search(self.query.text)
        if match is None:
            return True
        count = small_count(match.group("n"))
        texts = [plain(self.reader.shelf.text(s.report.report_id)[s.start : s.end]) for s in sentences]
        listed = max((max(t.count("、"), t.count(","), t.count(";"), t.count('"') // 2 - 1) for t in texts), default=0)
        return len(sentences) >= count or listed >= count - 1

    def _no_prose_report(self) -> Answer:
        place = self.plan.places[0]
        years = self.reader.holdings.years(place)
        self.lines.append(
            self.say(
                f"没有所问年份的{short_place(place.name)}报告。现有：{years_text(years) or '无'}。",
                f"No such report; held: {', '.join(map(str, years)) or 'none'}.",
            )
        )
        return self.done(
            "no_report", missing=[Missing(place.name, p, "no_report") for p in self.plan.periods_shown[:1] or ("",)]
        )

    def _missed_goals(self) -> list[Sentence]:
        """The sentences that say which goals were missed, where that is asked: 有哪些指标没有完成."""
        if not MISSED_GOALS.search(self.query.text) or not re.search("哪|什么", self.query.text):
            return []
        out: list[Sentence] = []
        for report in self.plan.reports[:3]:
            for said in self.reader.finder.views.sentences(report.report_id):
                if _MISSED.search(said.words) and said.part not in ("plan", "livelihood", "term_plan"):
                    out.append(Sentence(report, said.start, said.end, said.part, said.section, 1.0))
        return out[:PROSE_QUOTES]

    def _problems(self) -> list[Sentence]:
        if not re.search(r"问题|不足|困难|短板|挑战", self.query.text) or not self.plan.reports:
            return []
        rest = re.sub(
            r"承认|还有|一些|管委会|政府|指出|自身|问题|不足|困难|短板|挑战|工作|发展|存在|面临|主要|经济|社会",
            "",
            self.query.topic,
        ).strip()
        if rest:
            return []
        out: list[Sentence] = []
        for report in self.plan.reports[:2]:
            text = self.reader.shelf.text(report.report_id)
            for passage in self.reader.shelf.passages(report.report_id):
                if passage.part == "problems":
                    out += [
                        Sentence(report, s, e, passage.part, passage.section, 1.0)
                        for s, e in sentence_spans(text, passage.start, passage.end)
                    ]
            if not out:
                out = self._admitted(report)
            if out:  # of a long list the last problems by their first sentences
                return out[:LIST_QUOTES] + [s for s in out[LIST_QUOTES:] if _COUNTED.match(text, s.start)]
        return []

    def _admitted(self, report: Report) -> list[Sentence]:
        """The sentence that admits problems, in a report that has no part for them, and the rest of its paragraph."""
        text = self.reader.shelf.text(report.report_id)
        for said in self.reader.finder.views.sentences(report.report_id):
            if _ADMITTED.search(said.words) and said.part not in ("plan", "livelihood", "term_plan"):
                stop = text.find("\n", said.start)
                spans = sentence_spans(text, said.start, len(text) if stop < 0 else stop)
                return [Sentence(report, a, b, said.part, said.section, 1.0) for a, b in spans]
        return []

    def _counted_set(self) -> list[Sentence]:
        """哪“六个沙河口”, 哪三个“年”: the sentences that name each member, where a report has about that many."""
        if listed := self._listed_before() or self._quoted_alike():
            return listed
        match = re.search(
            r'"(?P<n>[两二三四五六七八九十]|\d)(?:个|大|项|种|条)?(?P<noun>(?![一二三四五六]?五")[^"]{2,10})"'
            r'|(?P<n1>[两二三四五六七八九十]|\d)(?:个|大|项|条|张)"(?P<noun1>[^"]{1,8})"'
            r"|(?P<n2>[两二三四五六七八九十]|\d)大(?P<noun2>[^\",是哪包指]{2,10})(?:是|为|包括|指|分别)*哪"
            r"|哪(?P<n3>[两二三四五六七八九十])(?:大|个|种|项)(?P<noun3>[一-鿿]{2,8})"
            r"|(?P<n4>[两二三四五六七八九十])(?:项|个|条)(?P<noun4>[一-鿿]{2,6}?)(?:分别|各|都)?(?:是什么|有哪些|指什么)",
            self.query.text,
        )
        if match is None:
            return []
        written, noun = (group for group in match.groups() if group)  # those of the form that was met
        count = small_count(written)
        bare = match.lastgroup in ("noun3", "noun4")  # 哪三大战略: 战略 names too much to look for its members
        for report in self.plan.reports:
            found = self._announced_set(report, count, noun)
            if not found and not bare:
                found = self._members(report, count, noun)
            if found:
                return found
        return []

    def _begun_alike(self) -> list[Sentence]:
        """当好哪五种角色: the sentences of one part that begin with the verb asked, if they are as many."""
        match = re.search(
            r"(?P<verb>[一-鿿]{2})哪(?P<n>[二三四五六七八九十]|\d)(?:种|个|大|类|项|方面)", self.query.text
        )
        if match is None:
            return []
        for report in self.plan.reports:
            begun: dict[tuple[str, ...], list[Sentence]] = {}
            for one, text in self._with_quotes(report):
                if re.match(rf"\W*{match.group('verb')}[^,;:]{{2,30}}", text):
                    begun.setdefault(one.section, []).append(one)
            for alike in begun.values():
                if len(alike) == small_count(match.group("n")):
                    return alike
        return []

    def _listed_before(self) -> list[Sentence]:
        """“两廊一园区”指什么, 把今年定为哪些“年”: the sentence that lists the members before the name, or each “…年”."""
        quoted = re.search(r'"(?P<name>(?!十[一二三四五六]五")[^"]{3,12})"(?!时期|期间)', self.query.text)
        each = re.search(r'哪(?:些|几个?)"(?P<noun>[^"]{1,4})"', self.query.text)
        if quoted is None and each is None:
            return []
        out: list[Sentence] = []
        for report in self.plan.reports:
            for one, text in self._with_quotes(report):
                if quoted and re.search(
                    rf'[^,。;、]{{2,20}}、(?:[^,。;、"]{{2,24}}、)*(?!打|实施|推进|抓|落实|围绕|建设)[^,。;、"]{{4,24}}"{re.escape(quoted.group("name"))}"',
                    text,
                ):
                    return [one]
                if each and re.search(
                    rf'(?:今年|{report.report_year}年)[^。;]{{0,40}}"[^"]{{2,12}}{re.escape(each.group("noun"))}"', text
                ):
                    out.append(one)
            if out:
                return out[:PROSE_QUOTES]
        return []

    def _quoted_alike(self) -> list[Sentence]:
        """“六零行动”是哪六个“零”: the sentences with as many quoted names that begin or end with the word asked for."""
        match = re.search(r'哪(?P<n>[两二三四五六七八九十])(?:个|大|种)?"(?P<noun>[^"]{1,4})"', self.query.text)
        if match is None:
            return []
        noun, count = re.escape(match["noun"]), small_count(match["n"])
        named = re.search(r'"([^"]{3,12})"', self.query.text[: match.start()])
        alike = rf'"({noun}[^"]{{1,10}}|[^"]{{1,10}}{noun})"'
        for report in self.plan.reports:
            for one, text in self._with_quotes(report):
                if len(set(re.findall(alike, text))) >= count:
                    return [one]
        for report in self.plan.reports:
            found: dict[str, Sentence] = {}
            begun = named is None
            for one, text in self._with_quotes(report):
                begun = begun or (named is not None and named.group(1) in text)
                for name in re.findall(alike, text) if begun else ():
                    found.setdefault(name, one)
                if len(found) >= count:
                    return sorted({s.start: s for s in found.values()}.values(), key=lambda s: s.start)
        return []

    def _with_quotes(self, report: Report) -> Iterator[tuple[Sentence, str]]:
        """The sentences of a report with their plain words, without blanks but with their quotation marks."""
        text = self.reader.shelf.text(report.report_id)
        for said in self.reader.finder.views.sentences(report.report_id):
            one = Sentence(report, said.start, said.end, said.part, said.section, 1.0)
            yield one, plain(text[said.start : said.end]).replace(" ", "")

    def _announced_set(self, report: Report, count: int, noun: str) -> list[Sentence]:
        """The sentence that names all members in quotation marks, or announces them and is followed by as many."""
        words = words_of(self.query.topic)  # of several sets of one name that of the words around: 绿美广东“六大行动”
        rows = sorted(self._with_quotes(report), key=lambda row: -cover(words, row[1].replace('"', "")))
        for one, text in rows:
            if re.search(rf"{re.escape(noun)}(?:是|如下|包括|有):$", text) and len(said := self._behind(one)) >= count:
                return [one, *said[:count]]  # “七五”期间的基本任务是: with a line for each
            if len(set(re.findall(rf'"[^"]{{1,12}}{re.escape(noun)}"', text))) >= count:
                return [one]
            counted = rf"(?:{_CN[count]}|{count})[个大项种条]?{re.escape(noun)}"
            told = re.search(rf"(?P<before>[^,。;:]*){counted}(?P<list>.*)", text.replace('"', ""))
            if told and told["before"].count("、") == count - 1:
                return [one]  # 深入实施一主三次、工业西进、对接京津三大战略
            if (
                told
                and told["list"][:1] in ("是", "为", ":")
                and re.split("[,;。]", told["list"])[0].count("、") >= count - 1
            ):
                return [one]  # 五大特色消费街区:东门活力时尚消费街区、…
            if told:
                behind = self._counted_off(one)
                begun = noun in told["list"] or _COUNTED.search(told["list"]) is not None  # the first stands within
                if len(behind) >= count - begun:
                    return [one, *behind]
        return []

    def _behind(self, said: Sentence) -> list[Sentence]:
        """The first sentences of the lines behind an announcement; marks that stand on lines of their own left out."""
        text = self.reader.shelf.text(said.report.report_id)
        lines = _lines(text, said.end, min(len(text), said.end + COUNTED_OFF_CHARS))
        return [_opening(said, text, a, b) for a, b in lines if b - a > 6]

    def _members(self, report: Report, count: int, noun: str) -> list[Sentence]:
        """The sentences that name each of ``count`` things called by the same noun: 法治沙河口, 活力沙河口."""
        found: dict[str, Sentence] = {}
        heads: dict[str, Sentence] = {}
        text = self.reader.shelf.text(report.report_id)
        for passage in self.reader.shelf.passages(report.report_id):
            for start, end in sentence_spans(text, passage.start, passage.end):
                said = Sentence(report, start, end, passage.part, passage.section, 1.0)
                headed = _HEADED.match(plain(text[start:end])) is not None
                for hit in re.finditer(rf"([一-鿿]{{2,4}}){re.escape(noun)}", text[start:end]):
                    if end - start <= 260 and not re.search(r"[一二三四五六七八九十]个$|两个$", hit.group(1)):
                        (heads if headed else found).setdefault(hit.group(1)[-2:], said)
        members = list((heads if len(heads) == count else found | heads).values())
        if not count <= len(members) <= count + 3:
            return []
        return sorted({s.start: s for s in members}.values(), key=lambda s: s.start)

    def _best_sentences(self) -> list[Sentence]:
        """The sentences of the retrieved passages that hold most of the question's words, in the report's order."""
        words = words_of(self.query.topic)
        if not words:
            return []
        scored: list[Sentence] = []
        for hit in self.ranking.hits:
            passage = hit.passage
            report = self.reader.reports.get(passage.report_id)
            if report is None:
                continue
            text = self.reader.shelf.text(passage.report_id)
            wanted = self._part_bonus(passage.part)
            for start, end in sentence_spans(text, passage.start, passage.end):
                share = cover(words, plain(text[start:end]).replace('"', ""))
                if share >= 0.5:
                    scored.append(
                        Sentence(report, start, end, passage.part, passage.section, share + wanted + 0.1 / hit.rank)
                    )
        if not scored:
            return []
        scored.sort(key=lambda s: (-s.score, s.report.report_id, s.start))
        top = scored[0].score
        kept = [s for s in scored if s.score >= max(0.6, top - 0.35)][:PROSE_QUOTES]
        kept = [s for one in kept for s in (*self._led_by(one), one, *self._told_behind(one))]
        kept = list({(s.report.report_id, s.start): s for s in kept}.values())
        return sorted(kept, key=lambda s: (s.report.report_id, s.start))

    def _told_behind(self, said: Sentence) -> list[Sentence]:
        """What belongs to a sentence and stands behind it: what it counts off, opens, explains, or has not ended."""
        return self._counted_off(said) or self._opened(said) or self._explained(said) or self._unended(said)

    def _explained(self, said: Sentence) -> list[Sentence]:
        """The rest of a note that explains the name asked about: “四清”指…。“两亲”指…."""
        text = self.reader.shelf.text(said.report.report_id)
        head = plain(text[text.rfind("\n", 0, said.start) + 1 : said.end]).replace('"', "")
        note = re.match(r"\W*\d{0,3}\W*(?P<name>[^:,。;]{2,24})(?::|是?指)", head)
        if note is None or note["name"] not in self.query.text.replace('"', ""):
            return []
        return self._rest_of_line(said)[:PROSE_QUOTES]

    def _unended(self, said: Sentence) -> list[Sentence]:
        """The further pieces of a sentence of which a piece is quoted: …的方针,即保计划内建设;保生产性建设."""
        text = self.reader.shelf.text(said.report.report_id)
        out: list[Sentence] = []
        for piece in self._rest_of_line(said):
            last = out[-1] if out else said
            if text[last.start : last.end].rstrip()[-1:] not in "；;" or piece.end - said.start > SENTENCE_CHARS:
                break
            out.append(piece)
        return out

    def _led_by(self, said: Sentence) -> list[Sentence]:
        """The two sentences before one that points back: 这“三条保障线”, 上述."""
        text = self.reader.shelf.text(said.report.report_id)
        if not re.match(r"这|上述|以上|此|其", text[said.start : said.end]):
            return []
        line = text.rfind("\n", 0, said.start) + 1
        before = list(sentence_spans(text, line, said.start))[-3:]
        return [replace(said, start=a, end=b) for a, b in before]

    def _opened(self, said: Sentence) -> list[Sentence]:
        """What follows a sentence that is the topic and no more, up to the next such: 高标准建设河套合作区。加快…。"""
        topic = self.query.topic.replace(" ", "")
        words = self._lead(said)
        if not words or 2 * len(topic) < len(words) or said.part in ("review", "term_review"):
            return []
        text = self.reader.shelf.text(said.report.report_id)
        begins = not text[text.rfind("\n", 0, said.start) + 1 : said.start].strip()
        rest = self._rest_of_line(said)
        body = rest if begins else takewhile(lambda s: not self._lead(s), rest)
        return list(body)[:PROSE_QUOTES]

    def _lead(self, said: Sentence) -> str:
        """The words of a sentence short and plain enough to be the topic of what follows, else ""."""
        words = plain(self.reader.shelf.text(said.report.report_id)[said.start : said.end]).strip('。 "')
        return words if len(words) <= 30 and not re.search(r"[,;\d]", words) else ""

    def _rest_of_line(self, said: Sentence) -> list[Sentence]:
        text = self.reader.shelf.text(said.report.report_id)
        end = text.find("\n", said.end)
        spans = sentence_spans(text, said.end, len(text) if end < 0 else end)
        return [replace(said, start=a, end=b) for a, b in spans]

    def _counted_off(self, said: Sentence) -> list[Sentence]:
        """What a heading or an announcement counts off behind it: …取得新的突破,一是,二是."""
        text = self.reader.shelf.text(said.report.report_id)
        words = plain(text[said.start : said.end])
        if not _COUNTS.search(words + self.query.text):
            return []
        if re.search("[:。]一、", words):  # 报告分六个部分:一、…;二、…
            return [s for s in self._rest_of_line(said) if _LISTED_ON.match(text, s.start)]
        out: list[Sentence] = []
        opened = re.search("一是|第一[,、]|①", words)  # …还存在不少问题:一是安全发展观还没有建立
        first = 2 if opened else 1
        counts = re.findall(
            r"([二三四五六七八九十])(?:大|项|个|种|类|方面|点|条|期)", words[: opened.start()] if opened else words
        )
        last = small_count(counts[-1]) if counts else LIST_QUOTES
        for start, end in sentence_spans(text, said.end, len(text)):
            counted = _COUNTED.match(text, start, end)
            if len(out) + first > last or start > (out[-1].end if out else said.end) + COUNTED_OFF_CHARS:
                break
            if counted and _ordinal(counted) == len(out) + first:
                out.append(replace(said, start=start, end=end))
            elif (not out and start - said.end > (160 if first == 1 else 800)) or _HEADED.match(plain(text[start:end])):
                break
        if len(out) > 1:
            return out[:LIST_QUOTES]
        announced = next(reversed(list(_ANNOUNCED.finditer(words))), None)
        if announced is None:
            return self._told_one_by_one(said, words)
        if said.end - said.start > 60 and not re.search('以下|如下|:[" ]*$', words):
            return []
        count, noun = small_count(announced.group("n")), announced.group("noun")
        if words.rstrip('" ').endswith(":"):
            return self._headings_of(said, noun, count) or self._dashed(said, count)
        rest = self._rest_of_line(said) or self._lines_with(said, noun, count)
        told = [(s, plain(text[s.start : s.end])) for s in rest]
        members = [s for s, own in told if noun[-4:] in own and not _ANNOUNCED.search(own)]
        begun = noun in words.partition(":")[2]  # 突出抓好“四个一批”:在建一批,…
        if len(members) == count - begun:
            return members
        return rest[:count] if len(rest) >= count else []

    def _lines_with(self, said: Sentence, noun: str, count: int) -> list[Sentence]:
        """The first sentences of the ``count`` lines behind an announcement, if each holds what it counts."""
        text = self.reader.shelf.text(said.report.report_id)
        lines = list(_lines(text, said.end, min(len(text), said.end + COUNTED_OFF_CHARS)))[:count]
        heads = [_opening(said, text, a, b) for a, b in lines]
        held = all(noun[-2:] in plain(text[h.start : h.end]) for h in heads)
        return heads if len(heads) == count and held else []

    def _dashed(self, said: Sentence, count: int) -> list[Sentence]:
        """The first sentences of the lines behind an announcement that begin with a dash, if there are as many."""
        text = self.reader.shelf.text(said.report.report_id)
        heads = [
            _opening(said, text, a, b)
            for a, b in _lines(text, said.end, min(len(text), said.end + 2 * COUNTED_OFF_CHARS))
            if re.match(r"\s*(?:-{1,2}|[·•◆●])", plain(text[a:b]))
        ]
        return heads[:count] if len(heads) >= count else []

    def _told_one_by_one(self, said: Sentence, words: str) -> list[Sentence]:
        """The rest of a paragraph that opens with a set and its first member: 建设三大片区:高规格启动…。高水平建设…."""
        opened = re.match(rf"[^:]{{0,24}}(?P<n>[{_CN[2:]}])大(?P<noun>[一-鿿]{{2,6}}):", words.strip())
        if opened is None or opened.group("noun") not in self.query.text:
            return []
        rest = self._rest_of_line(said)
        return rest if small_count(opened.group("n")) - 1 <= len(rest) <= LIST_QUOTES else []

    def _headings_of(self, said: Sentence, noun: str, count: int) -> list[Sentence]:
        """The numbered headings behind 重点实施八大行动: that end in what it counts, if there are as many."""
        text = self.reader.shelf.text(said.report.report_id)
        heads = [
            head
            for a, b in _lines(text, said.end, len(text))
            if _HEADED.match(plain(text[a:b]))
            and (head := _opening(said, text, a, b)).end - head.start <= HEADING_CHARS
            and noun in plain(text[head.start : head.end])
        ]
        ending = [h for h in heads if plain(text[h.start : h.end]).rstrip("。").endswith(noun)]
        named = ending if len(ending) >= count else heads
        return named[:count] if len(named) == count or named is ending else []

    def _part_bonus(self, part: Part) -> float:
        roles = self.query.roles
        ahead = bool({"target", "plan"} & set(roles)) or re.search(
            "规划|打算|计划|部署|安排|今后|未来", self.query.text
        )
        back = bool({"actual", "cumulative"} & set(roles))
        if ahead:
            return 0.15 if part in ("plan", "livelihood", "term_plan") else 0.0
        if back:
            return 0.15 if part in ("review", "term_review") else 0.0
        return 0.0


# -- small things ----------------------------------------------------------------------------------


def _ordinal(mark: re.Match[str]) -> int:
    """The number of a list mark: 2 for 二是, 第二, and ②."""
    return ord(mark["o"]) - ord("①") + 1 if mark["o"] else small_count(mark["n"] or mark["n2"])


def _office_before(line: str, name: str) -> str:
    """The office that a line names right before a speaker's name (代县长), or ""."""
    match = re.search(r"((?:代理|代)?(?:省长|市长|区长|县长|旗长|州长|盟长|主席|总理|主任))\s*" + re.escape(name), line)
    return match.group(1) if match else ""


def _without_doubles(results: Sequence[CellResult]) -> list[CellResult]:
    """Results less those that give the same figures again."""
    kept: list[CellResult] = []
    for result in results:
        if any(k.outcome == result.outcome == "figure" and k.figures == result.figures for k in kept):
            continue
        kept.append(result)
    return kept


_ASKED_HOW_MUCH = re.compile(
    r"(?:分别|各|总共|一共|共|大约|约|要|将|拟|是|为|有|达到?|到|完成|实现|增长|下降|提高|降低|了|的|目标|计划|预期|实际)*(?:多少|几|什么|百分之|呢|$).*"
)


def _asked_name(ask: IndicatorAsk) -> str:
    """What is asked for, in the question's own words: 数字经济占GDP比重 of 数字经济占GDP比重是多少."""
    own = _ASKED_HOW_MUCH.sub("", ask.said, count=1)
    words = ask.words.replace(" ", "")
    whole = all(word in own for word in ask.words.split()) and len(words) < len(own) <= 2 * len(words)
    if whole and re.search(re.escape(ask.words.split()[-1]) + "(?:的?(?:占?比[重例]|增[速幅]|规模|面积))?$", own):
        return own
    return re.sub(r"(?:增长)?(?:目标|计划|预期)$", "", words) or ask.id or ""


def _sentence_of(figure: Figure) -> tuple[str, int]:
    """What tells the sentence of a figure from all others."""
    return figure.report_id, figure.quote_start


def _says(figure: Figure, number: Quantity) -> bool:
    """Whether a number of the question is the figure's value in the figure's unit."""
    return same_quantity(figure.value, figure.unit, number.value, number.unit)


def _difference(a: Figure, b: Figure) -> tuple[Decimal, str]:
    assert not isinstance(a.value, tuple)
    assert not isinstance(b.value, tuple)
    percent = a.unit in ("%", "％")
    if (
        a.unit == b.unit
        or (a.unit[:1] == b.unit[:1] and a.unit[:1] in "万亿")
        or not re.match("[万亿]", a.unit + b.unit)
    ):
        return a.value - b.value, "个百分点" if percent else a.unit
    return scaled(a) - scaled(b), re.sub(r"^[万亿千百]+", "", a.unit)


def _plain_number(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return text


def shown_number(figure: Figure) -> str:
    """The bare number of a figure."""
    value = figure.value
    return f"{value[0]}-{value[1]}" if isinstance(value, tuple) else _plain_number(value)


def _clip(quote: str, limit: int = 150) -> str:
    """A quote cut at a comma or stop where it is long; what is left is verbatim."""
    flat = quote.strip()
    if len(flat) <= limit:
        return flat
    cut = max(flat.rfind(c, 0, limit) for c in "，,；;。、")
    return flat[: cut if cut > limit // 2 else limit].rstrip()


def _excerpt(quote: str, names: Sequence[str], limit: int = 150) -> str:
    """The part of a long quote that speaks of what is asked, whole clauses, verbatim."""
    if len(quote.strip()) <= limit:
        return quote.strip()
    view = plain(quote)
    at = next(
        (view.find(plain(name)) for name in sorted(names, key=len, reverse=True) if name and plain(name) in view), -1
    )
    if at < limit // 2:
        return _clip(quote, limit)
    start = max((view.rfind(c, 0, at) for c in ",;:。"), default=-1) + 1
    return _clip(quote[start:], limit)


def _date_zh(iso: str | None) -> str | None:
    if not iso:
        return None
    parts = [int(p) for p in iso.split("-")]
    return (
        f"{parts[0]}年{parts[1]}月" + (f"{parts[2]}日" if len(parts) > 2 else "") if len(parts) > 1 else f"{parts[0]}年"
    )


def _line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The line that holds a span, cut to what a reader can take in."""
    a = text.rfind("\n", 0, start) + 1
    b = text.find("\n", end)
    b = len(text) if b < 0 else b
    if b - a > 160:
        a, b = max(a, start - 40), min(b, end + 40)
    while a < b and text[a].isspace():
        a += 1
    while b > a and text[b - 1].isspace():
        b -= 1
    return a, b


def _lines(text: str, start: int, end: int) -> Iterable[tuple[int, int]]:
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


_CN = "零一二三四五六七八九十"


def _opening(said: Sentence, text: str, start: int, end: int) -> Sentence:
    """The first sentence of ``text[start:end]``, in the place of ``said``."""
    return replace(said, start=start, end=next(iter(sentence_spans(text, start, end)))[1])


def _cn(n: int) -> str:
    if n <= 10:
        return _CN[n]
    return ("十" if n < 20 else _CN[n // 10] + "十") + (_CN[n % 10] if n % 10 else "")


def _item_marks(n: int) -> tuple[str, ...]:
    circled = chr(0x2460 + n - 1) if n <= 20 else "①"
    return (
        circled,
        rf"^{n}\s?[.、](?!\d)",
        rf"^\({_cn(n)}\)",
        rf"^{_cn(n)}、",
        rf"^\({n}\)",
        rf"(?<=[。;:]){_cn(n)}是",
        rf"^{_cn(n)}是",
        rf"^第{_cn(n)}[,、]",
        rf"(?<=[。;:]){n}[.、](?!\d)",
        rf"(?<=[。;:])\({_cn(n)}\)",
        rf"(?<=[。;:]){_cn(n)}、",
    )


def _next_mark(n: int, mark: str) -> str:
    following = n + 1
    if "①" <= mark <= "⑳":
        return chr(ord(mark) + 1)
    if mark.endswith("是"):
        return rf"(?<=[。;]){_cn(following)}是"
    return rf"(?<=[。;])\s?(?:{following}[.、](?!\d)|\({_cn(following)}\)|{_cn(following)}、|\({following}\))"


__all__ = ["Citations", "Place", "Reader"]
