"""One thing asked of one place, time and role -> the figures that say it, or the kind of no it is.

A cell is looked up in all reports of its place: a figure carries its own period and role, so the 2019 result is
found in the 2020 report and a target that a later report quotes is still that year's target.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, Protocol

from rag.confidence import LEAST, Signs, confidence_of
from rag.holdings import Holdings
from rag.matching import Match, cover, match_figure, speaks_of, unit_fits, words_of
from rag.numerals import plain, reading_view
from rag.passages import sentence_spans
from rag.question import VERBS_ASKED, IndicatorAsk, PeriodAsk, by_name
from rag.types import Figure, Part, Passage, Place, Report, Role
from rag.units import strip_multiple

_MONEY_ASKED = re.compile(
    r"(?:投资|医药费|资金|产值|收入|支出|税收|成交额|销售额|零售额|贷款|存款|财力|(?<!研发)投入)$"
)
_HANDED_DOWN = re.compile(
    r"(?:完成|达到)[^,。;]{0,8}(?:下达|市定|省定|上级|国家)[^,。;]{0,6}(?:任务|指标|目标)|(?:市定|省定)(?:任务|目标|指标)"
)
_RATE_ASKED = re.compile(r"(?:率|比重|占比|比例|覆盖面)$")
_AS_BEFORE = re.compile(
    "(?:保持|维持|相当于|同|与|和)(?:在)?(?:去年|上年)的?(?:水平|规模|大体|基本)?(?:相当|持平|水平|规模)"
)
Outcome = Literal["figure", "no_figure", "not_in_report", "no_report"]
LOOK_AHEAD: tuple[Part, ...] = ("plan", "livelihood", "term_plan")
_SOFT = re.compile(
    r"同步|持平|提质|质升|稳规模|稳份额|高于|下达|完成.{0,8}任务|做好|基本|稳定|稳步|稳中|高于|快于|不低于|合理区间|协调|较快|力争|确保|推进|加大|持续|进一步|落实|控制|保持|降低|提高|改善|扩大|增加|促进"
)


# The sentence that sets the year's main goals says what is asked of each of them.
_SETS_GOALS = re.compile(r"(?:主要|预期|发展|调控)(?:预期|发展|调控)*目标(?:建议)?(?:是|为|:|安排)")
# 没有提出全年经济增速具体目标
_SETS_NONE = re.compile(r"(?:没有|不再?|未)(?:提出|设定?|设置|确定)[^,。;]{0,16}(?:目标|指标)")


class Shelf(Protocol):
    """What reading needs of a catalogue."""

    def text(self, report_id: str) -> str:
        """The text of a report."""
        ...

    def report(self, report_id: str) -> Report:
        """A report whole, with the evidence of its fields."""
        ...

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        """The passages of a report, in its order."""
        ...

    def figures(self, report_ids: Sequence[str] | None) -> tuple[Figure, ...]:
        """Figures of the reports named."""
        ...


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing asked: of a place, for a period, in a role (None: not said)."""

    place: Place
    period: PeriodAsk | None
    role: Role | None
    ask: IndicatorAsk
    hint: int | None = None  # the report year that the question names beside a span
    delivered: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure that may answer a cell, with how well it does."""

    figure: Figure
    match: Match
    score: float  # of the words alone
    before: str = ""  # the words right before the number
    rank: float = 0.0  # the score with time, role, measure, unit and the figure beside it weighed in


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a report that speaks of what is asked."""

    report: Report
    start: int
    end: int
    part: Part
    section: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class CellResult:
    """What a cell came to.

    ``period`` is what the question's period was resolved to (2020, 2013-2017); ``said`` the sentence that speaks of
    it without a number; ``near`` figures of the same thing in another role or period, nearest first; ``twin`` the
    other measure of the same clause (the growth beside a level).
    """

    cell: Cell
    outcome: Outcome
    period: str
    figures: tuple[Figure, ...] = ()
    said: Sentence | None = None
    near: tuple[Figure, ...] = ()
    twin: Figure | None = None
    report: Report | None = None  # the report that should hold it
    assumed: str = ""
    signs: Signs | None = None  # how the first figure was found
    unsure: bool = False  # a figure was found, the first of ``near``, and is not sure enough to be the answer


NEEDED_MATCH = 0.7  # match that a figure of a report's own wording needs
SURE_MATCH = 0.88  # a match of words below it is looked for in reports of other years too
TERM_CHARS = 600  # a report that reviews or plans a term spends more words on it
OWN_NAME = 0.85  # confidence of a figure that its own clause names
NEAR_YEARS = 6  # a report tells of years as far back, and sets goals as far ahead


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with the words around it, ready to be matched."""

    figure: Figure
    indicator: str
    sentence: str
    clause: str
    above: str
    before: str  # the words right before the number


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a report in plain form, with its place."""

    start: int
    end: int
    words: str
    part: Part
    section: tuple[str, ...]


class Views:
    """Reports made ready for matching; the last ones used are kept. One generation of a library only."""

    def __init__(self, shelf: Shelf, *, keep: int = 96) -> None:
        self._shelf = shelf
        self.plain = lru_cache(maxsize=keep)(self._plain)
        self.rows = lru_cache(maxsize=keep)(self._rows)
        self.sentences = lru_cache(maxsize=keep)(self._sentences)

    def _plain(self, report_id: str) -> str:
        """The text of a report in plain form, simplified where it is in traditional characters; the same length."""
        return reading_view(self._shelf.text(report_id))

    def _rows(self, report_id: str) -> tuple[Row, ...]:
        """The figures of a report with the words around them."""
        view = self.plain(report_id)
        return tuple(_row_of(view, figure) for figure in self._shelf.figures([report_id]))

    def _sentences(self, report_id: str) -> tuple[Said, ...]:
        """The sentences of a report."""
        text, view = self._shelf.text(report_id), self.plain(report_id)
        return tuple(
            Said(start, end, view[start:end].replace('"', ""), passage.part, passage.section)
            for passage in self._shelf.passages(report_id)
            for start, end in sentence_spans(text, passage.start, passage.end)
        )


def _row_of(view: str, figure: Figure) -> Row:
    sentence = view[figure.quote_start : figure.quote_end].replace('"', "")
    above = _headings(figure.section[-2:]) + view[max(0, figure.quote_start - 60) : figure.quote_start]
    before = view[max(figure.quote_start, figure.start - 14) : figure.start]
    return Row(figure, plain(figure.indicator), sentence, clause_of(view, figure), above, before)


@lru_cache(maxsize=1024)
def _headings(section: tuple[str, ...]) -> str:
    return plain("".join(section))


class Finder:
    """Looks cells up in a shelf."""

    def __init__(self, shelf: Shelf, holdings: Holdings, *, min_confidence: float = LEAST) -> None:
        self.shelf = shelf
        self.holdings = holdings
        self.min_confidence = min_confidence
        self.views = Views(shelf)

    def find(self, cell: Cell, *, beside: Figure | None = None, alone: bool = False) -> CellResult:
        """The figures that answer ``cell``, or why there are none; those of the sentence of ``beside`` come first.

        Where it is ``alone`` all that is asked, a figure that is not sure enough is no answer and the first of ``near``.
        One of several parts is left to its fellows, without it the answer would be told in part; and what has a common
        name, or the very name that is asked for, is told by that name, not by words that are like it.
        """
        found = self._found(cell, beside)
        named = bool(found.figures) and plain(found.figures[0].indicator) == cell.ask.words
        own_words = alone and cell.ask.id is None and not named
        if not own_words or found.signs is None or confidence_of(found.signs) >= self.min_confidence:
            return found
        near = (found.figures[0], *found.near)
        return replace(found, outcome="no_figure", figures=(), near=near, twin=None, unsure=True)

    def _found(self, cell: Cell, beside: Figure | None) -> CellResult:
        """What the words of ``cell`` bring, else its words with those that stand before the question."""
        ask = cell.ask
        ways = [ask]
        if ask.context:
            both = replace(ask, words=f"{ask.words} {ask.context}", context="")
            repeated = ask.words in ask.context.split()  # “三农”支出,2005年实际支出多少
            ways = [*([] if repeated else [ask]), both, replace(ask, words=ask.context, context="")]
        if ask.measures_carried:  # its report may set an amount where the one asked before grows
            ways.append(replace(ask, measures=()))
        results = (replace(self._find(replace(cell, ask=way), beside), cell=cell) for way in ways)
        first = next(results)
        return first if first.outcome == "figure" else next((r for r in results if r.outcome == "figure"), first)

    def _find(self, cell: Cell, beside: Figure | None) -> CellResult:
        reports = self.holdings.reports(cell.place, delivered=cell.delivered)
        if not reports:
            return CellResult(cell, "no_report", cell.period.period if cell.period else "")
        window = _window(cell, self._of_term(cell, reports))
        good: list[Candidate] = []
        fitting: list[Candidate] = []
        acceptable: list[Candidate] = []
        rows: list[Row] = []
        for pool in window.pools():
            rows = [row for r in pool for row in self.views.rows(r.report_id) if row.figure.place == r.place]
            timely = [row for row in rows if window.fits(row.figure)]
            cell = replace(cell, ask=_named_whole(cell.ask, timely))
            fitting = self._matched(cell.ask, timely)
            inherits = beside is not None and cell.ask.inherits
            near_by = [row.figure for row in timely if not _is_long_growth(row.figure, row.before)]
            own = _ranked(cell, self._beside(cell, beside, near_by), window, beside) if beside and inherits else []
            acceptable = _ranked(cell, self._acceptable(cell, fitting), window, beside)
            good = own or _best(cell, acceptable) or good
            sure = bool(good) and (good[0].match.named or good[0].match.score >= SURE_MATCH)
            grows = "达到" in cell.ask.marks and good and good[0].figure.measure == "growth"  # 到2025年GDP达到多少
            if sure and not grows and not (window.role is None and good[0].figure.role == "target"):
                break  # a target alone: a later report may tell the result; a poor match: one of another year may be better
        holder = window.holder
        together = beside is not None and good and good[0].figure.quote_start == beside.quote_start
        if good and not together and self._doubtful(cell, good[0], window):
            good = []
        others = [] if good else [row for row in rows if not window.fits(row.figure)]
        near = _nearest(cell, self._matched(cell.ask, others), window)
        if good:
            twin = _twin(good[0], [row.figure for row in rows]) if not cell.ask.measures else None
            return CellResult(
                cell, "figure", window.label, tuple(c.figure for c in good), None, near, twin,
                next((r for r in window.reports if r.report_id == good[0].figure.report_id), holder), window.assumed,
                _signs(cell, good[0], acceptable, window, beside),
            )  # fmt: skip
        off_measure = tuple(
            c.figure for c in sorted(fitting, key=lambda c: -c.score)[:2] if c.match.named or c.match.score >= 0.8
        )
        if holder is None:
            return CellResult(cell, "no_report", window.label, (), None, off_measure + near, None, None, window.assumed)
        said = self._said(cell, holder, window)
        outcome: Outcome = "no_figure" if said is not None or off_measure else "not_in_report"
        return CellResult(cell, outcome, window.label, (), said, (off_measure + near)[:2], None, holder, window.assumed)

    def in_sentence(self, cell: Cell, beside: Figure) -> CellResult | None:
        """The only number of the unit asked for in the sentence of ``beside`` whose name the question says, or None."""
        ask = cell.ask
        words = ask.words.split()
        units = ask.units or ("percent" if "share" in ask.measures else "")
        figures = sorted((row.figure for row in self.views.rows(beside.report_id)), key=lambda f: f.start)
        fits = [
            f
            for f in figures
            if (f.quote_start, f.period, f.role) == (beside.quote_start, beside.period, beside.role)
            and f.start != beside.start
            and unit_fits(units, f.unit) == 1.0
            and _measure_fits(ask, f)
        ]
        following = next((f for f in figures if f.start > beside.start), None)
        if len(fits) > 1 and following in fits:
            fits = [following]  # 124个重点项目,力争完成投资40亿元;…27个省市重点项目,完成投资14亿元
        if not units or len(fits) != 1:
            return None
        name = fits[0].indicator
        shares = any(w[i : i + 3] in name for w in words for i in range(len(w) - 2))
        if not shares and not any(w in name or name in w for w in words):
            return None
        report = next((r for r in self.holdings.listed if r.report_id == beside.report_id), None)
        window = _Window("", cell.role, (), report)
        found = _ranked(cell, [Candidate(fits[0], Match(0.75, False, 0.0), 0.75)], window, beside)[0]
        signs = _signs(cell, found, (), window, beside)
        return CellResult(cell, "figure", beside.period, (fits[0],), report=report, signs=signs)

    def _of_term(self, cell: Cell, reports: tuple[Report, ...]) -> tuple[Report, ...]:
        """For 今后五年 and 过去五年 without a year the reports that tell of a term at length, else all."""
        kind = cell.period.kind if cell.period is not None else ""
        part = {"past_term": "term_review", "coming_term": "term_plan"}.get(kind)
        if part is None or cell.hint is not None:
            return reports
        told = [
            r
            for r in reports
            if sum(p.end - p.start for p in self.shelf.passages(r.report_id) if p.part == part) >= TERM_CHARS
        ]
        return tuple(told) or reports

    @staticmethod
    def _beside(cell: Cell, beside: Figure, figures: Sequence[Figure]) -> list[Candidate]:
        """The next number of the class asked for in the sentence of ``beside``: 项目100个,投资额超650亿元.

        One before it where it belongs to it: 总投资168.2亿元的44个项目; 税收增长30.3%,达1325亿元.
        """
        sentence = (beside.report_id, beside.quote_start)
        together = [f for f in figures if (f.report_id, f.quote_start) == sentence and f.start != beside.start]
        same: list[Figure] = []
        if cell.ask.units == "money":
            same = [f for f in together if 0 <= beside.start - f.end <= 1 and f.indicator.endswith("投资")]
        if cell.ask.measures:
            same += [f for f in together if f.indicator == beside.indicator and f.measure in cell.ask.measures]
        same += [f for f in together if f.start > beside.start and f not in same]
        if "总数" in cell.ask.marks:
            same = [f for f in same if strip_multiple(f.unit) == strip_multiple(beside.unit)]
        if cell.ask.units.startswith("count:"):
            same = [f for f in same if f.unit.endswith(cell.ask.units.removeprefix("count:"))]
        fits = [f for f in same if unit_fits(cell.ask.units, f.unit) == 1.0 and _measure_fits(cell.ask, f)]
        if "年度投资" in cell.ask.words:  # 计划总投资111.8亿元,当年完成投资26.9亿元
            fits = [f for f in fits if re.search("当年|年度|年内|今年|^年投资", f.indicator)]
        own = [f for f in fits if f.indicator == beside.indicator]
        if cell.ask.measures and not own:
            return []
        return [Candidate((own or fits)[0], Match(0.75, False, 0.0), 0.75)] if fits else []

    def _doubtful(self, cell: Cell, best: Candidate, window: _Window) -> bool:
        """Whether a sentence that speaks of the very thing without a number outweighs a figure of its kin.

        Two cases taught this: 居民收入与经济增长同步 beside a number for farmers' incomes only, and a year's result
        that its report words in a way we could not read, beside the same year's old target.
        """
        ask = cell.ask
        kin = ask.id is not None and best.figure.indicator_id not in (ask.id, None)
        other_role = (
            window.role is None
            and best.figure.role in ("target", "plan")
            and window.holder is not None
            and best.figure.report_id != window.holder.report_id
        )
        of_span = (
            window.role == "target"
            and best.figure.role == "plan"
            and (
                "-" in best.figure.period
                or (window.holder is not None and best.figure.report_id != window.holder.report_id)
            )
        )  # an older plan's goal for the year, where the year's own report has words of its own
        holder = window.holder
        told_since = holder is not None and holder.report_year != holder.result_year  # the result's own report is held
        # 增长多少 asks for a result, and so does the bare name of an indicator: the goal stands beside it, as a help
        asks_result = best.figure.measure in ask.measures or ask.id is not None
        if other_role and told_since and asks_result and not ask.inherits:
            return True
        if not (kin or other_role or of_span) or window.holder is None or "-" in window.label:
            return False
        said = self._said(cell, window.holder, replace(window, role="actual") if other_role else window)
        if said is not None and (said.report.report_id, said.start) == (best.figure.report_id, best.figure.quote_start):
            return False  # the sentence that speaks of it is the figure's own
        of_year = "-" not in best.figure.period
        own_words = other_role and not best.match.named and best.match.score >= 0.95
        if said is not None and (of_span or own_words) and of_year and self._gives_number(ask, said):
            return False  # it tells another period's number, and says nothing of this one
        return said is not None and said.score >= (0.9 if other_role else 1.0)

    def _gives_number(self, ask: IndicatorAsk, said: Sentence) -> bool:
        rows = (r for r in self.views.rows(said.report.report_id) if r.figure.quote_start == said.start)
        return any(c.match.named or c.match.score >= SURE_MATCH for c in self._matched(ask, tuple(rows)))

    @staticmethod
    def _matched(ask: IndicatorAsk, rows: Sequence[Row]) -> list[Candidate]:
        out: list[Candidate] = []
        for row in rows:
            if ask.id is None and not _may_match(ask.words, row.sentence + row.above):
                continue
            match = match_figure(
                ask, row.figure, indicator=row.indicator, clause=row.clause, sentence=row.sentence, above=row.above
            )
            if match.score < 0.55:
                continue
            score = match.score + 0.16 * match.focus + 0.03 * row.figure.confidence
            if ask.context:
                score += 0.1 * cover(words_of(ask.context), row.sentence + row.above)
            out.append(Candidate(row.figure, match, score, row.before))
        return out

    def _acceptable(self, cell: Cell, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Candidates of a fitting unit and measure whose words match well enough to stand as the answer."""
        out: list[Candidate] = []
        ask = cell.ask
        own = "percent" if _RATE_ASKED.search(ask.words) else "money" if _MONEY_ASKED.search(ask.words) else ""
        units = ask.units or (own if ask.id is None and not ask.measures else "")
        if ask.words.endswith("天数") and not (units or ask.measures):
            units = "count:天"  # days, no share of them
        wants_money = units == "money" and not ask.units
        counted = ask.measures == ("change",) and (units == "money" or units.startswith("count:"))  # 多了多少元
        told = counted or units == "places" or not (set(ask.measures) - {"share"})  # a growth has its own unit
        for c in candidates:
            fit = unit_fits(units, c.figure.unit) if told else 1.0
            if fit == 0.0 or not _measure_fits(ask, c.figure):
                continue
            if wants_money and c.figure.measure == "level" and not re.search("元|%|％", c.figure.unit):
                continue  # 启动区完成投资多少 asks for no number of projects
            needed = 0.68 if ask.id is not None else NEEDED_MATCH - 0.05 * (fit == 1.0 and bool(units))
            if c.match.weak and not (units and fit == 1.0 and self._alone(c, candidates, units)):
                continue
            lone = bool(units) and fit == 1.0 and c.match.score >= 0.6 and self._alone(c, candidates, units)
            if c.match.score < needed and not c.match.weak and not lone:
                continue
            unasked = (0.4 if "年度投资" in ask.words else 0.15) * bool(
                re.search(r"^(?:计划|估算)|总投资", c.figure.indicator) and "总投资" not in ask.words
            )
            out.append(replace(c, score=c.score + 0.16 * fit - unasked))
        return out

    @staticmethod
    def _alone(one: Candidate, candidates: Sequence[Candidate], units: str) -> bool:
        """Whether a number is the only one of its class of units in its sentence."""
        f = one.figure
        same = [
            c
            for c in candidates
            if (c.figure.report_id, c.figure.quote_start) == (f.report_id, f.quote_start)
            and unit_fits(units, c.figure.unit) == 1.0
        ]
        return len(same) == 1

    def _said(self, cell: Cell, report: Report, window: _Window) -> Sentence | None:
        """The sentence of the right part that speaks of what is asked without giving it a number."""
        parts = window.parts
        text = self.shelf.text(report.report_id)
        best: Sentence | None = None
        goals = -1  # where the sentence that sets the year's goals begins
        for said in self.views.sentences(report.report_id):
            if _SETS_GOALS.search(said.words):
                goals = said.start
            if parts and said.part not in parts:
                continue
            score = speaks_of(cell.ask, said.words)
            if score < 0.8:
                continue
            score += (
                0.15 * bool(_HANDED_DOWN.search(said.words))
                + 0.1 * bool(_SOFT.search(said.words))
                + 0.06 * ("目标" in said.words)
                + 0.12 * bool(_AS_BEFORE.search(said.words))
                + 0.9 * bool(_SETS_NONE.search(said.words))
                + 0.35 * (goals >= 0 and "\n" not in text[goals : said.start])
                - 0.0004 * (said.end - said.start)
            )
            if best is None or score > best.score + 1e-9:
                best = Sentence(report, said.start, said.end, said.part, said.section, score)
        return best


def _named_whole(ask: IndicatorAsk, rows: Sequence[Row]) -> IndicatorAsk:
    """``ask`` by the longest name of a figure that the question says whole, else as it was read."""
    own = ask.said if not ask.inherits else ""  # what inherits its words asks for more than its clause names
    said = {(row.indicator, row.figure.measure) for row in rows if row.indicator in own}
    names = (by_name(ask, *name) for name in sorted(said, key=lambda name: (-len(name[0]), name)))
    return next((named for named in names if named is not None), ask)


def _may_match(words: str, text: str) -> bool:
    """A cheap first look: some two characters of the question, or words like its own, stand in the text."""
    bare = words.replace(" ", "")
    return (
        any(bare[i : i + 2] in text for i in range(len(bare) - 1))
        or len(bare) < 2
        or cover(words_of(words), text) > 0.3
    )


def clause_of(view: str, figure: Figure) -> str:
    """The words around a figure's number in a plain text, up to commas; with the clause before where it has none."""
    start, end = figure.quote_start, figure.quote_end
    left = max((view.rfind(c, start, figure.start) for c in ",;:。"), default=-1)
    left = start if left < 0 else left + 1
    stops = [i for i in (view.find(c, figure.end, end) for c in ",;。、") if i >= 0]
    right = min(stops) if stops else end
    if figure.start - left < 4:
        before = max((view.rfind(c, start, max(start, left - 1)) for c in ",;:。"), default=-1)
        left = start if before < 0 else before + 1
    return view[left:right].replace('"', "")


def _measure_fits(ask: IndicatorAsk, figure: Figure) -> bool:
    if not ask.measures:
        return figure.measure not in ("rank", "multiple")
    if figure.measure in ask.measures:
        return True
    if "change" in ask.measures:
        return figure.measure in ("change", "growth") and not (
            figure.measure == "growth" and "growth" not in ask.measures and "降" in ask.words
        )
    if "growth" in ask.measures:
        if figure.measure == "multiple" and figure.written.startswith("翻"):
            return True
        if figure.measure == "level" and figure.indicator.endswith("指数") and figure.unit in ("%", "％"):
            return True
        return figure.measure == "change" and figure.unit in ("%", "％", "‰", "倍")
    if "share" in ask.measures:
        return figure.measure == "level" and figure.unit in ("%", "％", "‰")
    if "multiple" in ask.measures:
        return figure.unit == "倍"
    return False


def _ranked(cell: Cell, candidates: Sequence[Candidate], window: _Window, beside: Figure | None) -> list[Candidate]:
    """Candidates with their ranks, best first."""
    ranked = [replace(c, rank=_rank(cell, c, window, beside)) for c in candidates]
    return sorted(ranked, key=lambda c: (-c.rank, c.figure.report_id, c.figure.start))


def _best(cell: Cell, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The answer among acceptable candidates: one value, or level and growth of one target sentence."""
    if not ranked:
        return []
    first = _exact(ranked)
    if cell.ask.measures or first.figure.role not in ("target", "plan"):
        return [first]
    twins = [
        c
        for c in ranked[1:]
        if c.figure.quote_start == first.figure.quote_start
        and c.figure.report_id == first.figure.report_id
        and _level_and_rate(c.figure, first.figure)
        and c.figure.indicator == first.figure.indicator
        and c.match.score >= first.match.score - 0.05
    ]
    return [first, *twins[:1]]


def _signs(cell: Cell, found: Candidate, others: Sequence[Candidate], window: _Window, beside: Figure | None) -> Signs:
    """How the figure of a cell was found, for its confidence."""
    f, match = found.figure, found.match
    rivals = [c.rank for c in others if (c.figure.value, c.figure.unit) != (f.value, f.unit)]
    holder = window.holder.report_id if window.holder is not None else ""
    return Signs(
        words=match.score,
        named=match.named,
        focus=match.focus,
        margin=min(1.0, max(0.0, found.rank - max(rivals))) if rivals else 1.0,
        role_said=window.role is not None,
        goal_unsaid=window.role is None and f.role in ("target", "plan"),
        beside=beside is not None and (f.report_id, f.quote_start) == (beside.report_id, beside.quote_start),
        own_name=f.confidence >= OWN_NAME,
        of_holder=f.report_id == holder,
        unit_said=bool(cell.ask.units) and unit_fits(cell.ask.units, f.unit) == 1.0,
        measure_said=bool(cell.ask.measures),
        spans_years="-" in f.period,
        before_1984=f.period[:4] < "1984",
    )


def _level_and_rate(a: Figure, b: Figure) -> bool:
    """Whether two figures are an amount and by how many per cent it changes: 53亿元,下降3.6%."""
    kinds = {a.measure, b.measure}
    return kinds == {"level", "growth"} or (
        kinds == {"level", "change"} and [f.unit for f in (a, b) if f.measure == "change"] == ["%"]
    )


def _exact(ranked: Sequence[Candidate]) -> Candidate:
    """The best candidate, or the exact number that follows it: 突破4000亿元、达到4211亿元."""
    first = ranked[0]
    if not re.search("突破|超过|超|迈上|站上", (first.figure.modality or "") + first.before):
        return first
    f = first.figure
    for c in ranked[1:]:
        g = c.figure
        same = (g.report_id, g.quote_start, g.indicator, g.measure, g.unit, g.period) == (f.report_id, f.quote_start, f.indicator, f.measure, f.unit, f.period)  # fmt: skip
        if same and 0 < g.start - f.end <= 8 and re.search(r"达到?$", c.before.rstrip()):
            return c
    return first


def _rank(cell: Cell, candidate: Candidate, window: _Window, beside: Figure | None) -> float:
    figure, score = candidate.figure, candidate.score
    if beside is not None and abs(figure.start - beside.start) < 1:
        score -= 0.3  # another number is asked for
    elif beside is not None and (figure.report_id, figure.quote_start) == (beside.report_id, beside.quote_start):
        score += 0.15 + 0.05 * (
            0 < figure.start - beside.end <= 12 and figure.measure == beside.measure
        )  # 普通高中30所、新增学位6万个: the next one
    if not cell.ask.units and re.search(r"金$|经费|补贴|补助|资金|收入$|支出$", cell.ask.words) and "元" in figure.unit:
        score += 0.06
    score += window.preference(figure)
    if not cell.ask.measures:
        score += {"level": 0.05, "share": 0.04, "growth": 0.03, "change": -0.06}.get(figure.measure, 0.0)
    score += _told_bonus(cell.ask, candidate)
    score += 0.4 * (cell.role == "plan" and figure.role == "plan")  # a five-year plan's goal for its last year
    # the exact number, where one is told
    score -= 0.015 * bool(re.search("突破|超过?$|稳定在|保持在", figure.modality or ""))
    if _DRAWN_IN.search(candidate.before) and not _DRAWN_IN.search(cell.ask.said):
        score -= 0.2  # 城市更新带动固定资产投资103亿元 is no investment of the place
    if figure.confidence < 0.7 and re.search("[由从](?:(?:平均)?每[人户亩月年天])*$", candidate.before.rstrip()):
        score -= 0.25  # an old value: 由78%提高到90%, 从每人每月2295元提高到2375元
    if not cell.ask.units and _MONEY_ASKED.search(cell.ask.words):
        score += 0.12 if figure.unit.endswith("元") else -0.15 * (figure.measure == "level")
    has_basis = bool(figure.modality and re.search("剔除|扣除|同口径|可比|不含", figure.modality))
    score += 0.1 if bool(cell.ask.bases) == has_basis else -0.1
    if _is_long_growth(figure, candidate.before):
        score -= 0.2  # 比“十五”末增长74%, where the year's own growth is told too
    if figure.modality and "年均" in figure.modality and window.label and "-" not in window.label:
        score -= 0.2
    return score


_FROM_LONG_AGO = re.compile(r'[比较同](?:"?十[一二三四]?五"?(?:期?末)|(?:19|20)\d\d年)')


def _is_long_growth(figure: Figure, before: str) -> bool:
    """Whether a growth is one over years: 比“十五”末增长74%."""
    return figure.measure == "growth" and _FROM_LONG_AGO.search(before) is not None


_DRAWN_IN = re.compile("带动|拉动|撬动")


def _told_bonus(ask: IndicatorAsk, candidate: Candidate) -> float:
    """What the question says of the number beside its name counts: a total, a scope, a verb, the year's end."""
    figure, told, bonus = candidate.figure, ask.marks, 0.0
    if "总数" in told:
        bonus += 0.15 * bool(
            re.search(r"总数|总量|总计|累计|达到|增至|共有|拥有|总(?:里程|面积|规模)", candidate.before)
        ) - 0.1 * bool(re.match("新增|新建", figure.indicator))
    scope = next((w for w in told if w.startswith(("全", "世"))), None)
    if scope and figure.measure in ("rank", "multiple", "share"):
        bonus += 0.2 if scope in candidate.before[-8:] or scope in figure.written else -0.1
    if "达到" in told and not ask.measures:
        bonus += 0.1 * (figure.measure in ("level", "share")) - 0.1 * (figure.measure == "growth")
    verb = next((w for w in told if w in VERBS_ASKED), None)
    if verb and candidate.before.rstrip("了约近超过 ").endswith(verb):
        bonus += 0.12 * (unit_fits(ask.units, figure.unit) == 1.0)  # 42项实事完成38项: 完成了几项
    if "年均" in told and figure.measure in ("growth", "change"):
        bonus += 0.12 if "年均" in (figure.modality or "") else -0.06
    came_new = re.search("新增|净增", figure.indicator + candidate.before[-6:]) is not None
    if "新增" in told:
        bonus += 0.06 if came_new else -0.08  # those that came new, not all there are
    elif came_new and figure.measure == "level":
        bonus -= 0.02
    if "增减" in told and figure.measure == "change":
        bonus += 0.12  # 外汇储备增加了多少亿美元
    if "年底" in told:
        bonus += 0.12 * ("年底" in candidate.before) - 0.12 * bool(
            re.search(r"\d月", figure.indicator + candidate.before)
        )
    return bonus


def _nearest(cell: Cell, others: Sequence[Candidate], window: _Window) -> tuple[Figure, ...]:
    """The same thing in another role or period, the nearest in time first."""
    good = [
        c for c in others if (c.match.named or c.match.score >= 0.85) and c.figure.measure not in ("rank", "multiple")
    ]
    year = int(window.label[:4]) if window.label[:4].isdigit() else None

    def distance(c: Candidate) -> tuple[float, float, str, int]:
        own = int(c.figure.period[:4]) if c.figure.period[:4].isdigit() else 0
        gap = abs(own - year) if year else 0
        fits = unit_fits(cell.ask.units, c.figure.unit) * _measure_fits(cell.ask, c.figure)
        return (
            gap + (0 if fits else 1.5) + (0.6 if "-" in c.figure.period else 0),
            -c.score,
            c.figure.report_id,
            c.figure.start,
        )

    return tuple(c.figure for c in sorted(good, key=distance)[:1])


def _twin(found: Candidate, figures: Sequence[Figure]) -> Figure | None:
    """The other measure of the same thing in the same sentence: the growth beside a level."""
    one = found.figure
    for other in figures:
        if other.report_id == one.report_id and other.quote_start == one.quote_start and other is not one:
            same = other.indicator == one.indicator and other.period == one.period and other.role == one.role
            if same and {one.measure, other.measure} == {"level", "growth"} and 0 < other.start - one.end < 24:
                return other
    return None


# -- time and role ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Window:
    """Which figures are of the time and role asked for, and which report should hold them."""

    label: str
    role: Role | None
    reports: tuple[Report, ...]
    holder: Report | None
    years: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    any_span: str = ""  # "past" or "coming": any span of the holder's that lies there
    assumed: str = ""
    up_to: bool = False  # asked of the years up to one: 到2021年年均增长多少
    set_before: bool = False  # a five-year plan's goal: the holder is the report that set the plan

    def pools(self) -> tuple[tuple[Report, ...], ...]:
        """Reports to look in, the likely ones first: those of the year and the next, of the span, or the holder."""
        if self.any_span and self.holder is not None:
            return ((self.holder,),)
        said = [int(p[:4]) for p in self.years] + [int(y) for s in self.spans for y in (s[:4], s[-4:])]
        if not said:
            return (self.reports,)
        low, high = min(said), max(said) + 1
        likely = tuple(r for r in self.reports if r.report_year is None or low <= r.report_year <= high)
        if not likely:
            return (self.reports,)
        near = range(low - NEAR_YEARS, high + NEAR_YEARS + 1)
        wider = tuple(r for r in self.reports if r not in likely and r.report_year in near)
        if self.holder is None:  # no report of the year itself: an older one may have looked so far ahead
            wider = tuple(r for r in self.reports if r not in likely and r.report_year and r.report_year <= high)
        if self.holder is not None and self.set_before:
            return ((self.holder,), likely, (*likely, *wider))
        return (likely, (*likely, *wider)) if wider else (likely,)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the report in which the role asked for is said."""
        if self.role == "target":
            return ("plan", "livelihood", "term_plan", "unknown", "opening")
        if self.role == "plan":
            return ("term_plan", "plan", "unknown")
        if self.role == "actual":
            return ("review", "term_review", "problems", "experience", "unknown", "opening", "livelihood")
        if self.role == "cumulative":
            return ("term_review", "review", "unknown", "opening")
        return ()

    def fits(self, figure: Figure) -> bool:
        """Whether a figure is of the time and role asked for."""
        role, period = figure.role, figure.period
        if self.any_span:
            if self.holder is None or figure.report_id != self.holder.report_id:
                return False
            if self.any_span == "past":  # a sum over the term, or what was reached at its end
                return (role == "cumulative" and "-" in period) or (role == "actual" and figure.part == "term_review")
            return role == "plan"
        if self.spans and (period in self.spans or (role == "plan" and period in {s[-4:] for s in self.spans})):
            return (
                self.role in (None, role)
                or {self.role, role} <= {"plan", "target"}
                or {self.role, role} == {"actual", "cumulative"}
            )
        if role == "plan" and any(period.endswith("-" + year) for year in self.years):
            # a yearly mean up to the year asked for; a sum over five years is no year's goal
            mean = figure.measure not in ("level", "share") or "年均" in (figure.modality or "")
            return self.role == "plan" or (
                mean and self.role in (None, "target") and (self.holder is not None or self.up_to)
            )
        if period in self.years:
            if self.role is None:
                return role in ("actual", "target", "plan")
            if self.role in ("target", "plan"):
                return role in ("target", "plan")
            return role == self.role
        return False

    def preference(self, figure: Figure) -> float:
        """A little for the role that a bare year most likely means, and for the report of that year."""
        bonus = 0.05 if figure.period in self.years else 0.2 if figure.period in self.spans else 0.0
        if self.role is None:
            bonus += {"actual": 0.06, "cumulative": 0.04, "target": 0.03}.get(figure.role, 0.0)
        if self.role == "target" and figure.role == "target":
            bonus += 0.04
        if self.role == "plan" and figure.role == "plan":
            bonus += 0.04
        if self.holder is not None and figure.report_id == self.holder.report_id:
            bonus += 0.06
        return bonus


def _window(cell: Cell, reports: Sequence[Report]) -> _Window:
    period, role = cell.period, cell.role
    dated = [r for r in reports if r.report_year is not None]
    newest = dated[-1] if dated else reports[-1]
    every = tuple(reports)
    if period is None or period.kind in ("newest", "all", "recent"):
        return _newest_window(cell, every, newest, said=period is not None)
    if period.kind in ("past_term", "coming_term"):
        return _term_window(cell, every, newest)
    if period.kind == "span":
        return _span_window(cell, every, newest)
    if cell.hint is not None:
        dated = [r for r in dated if r.report_year == cell.hint] or dated
        every = tuple(dated) or every
    year = _resolved_year(period, newest)
    if year is None:
        return _newest_window(cell, every, newest, said=False)
    assumed = ""
    if period.kind in ("this", "last", "next", "before"):
        assumed = f"“{period.words}”按{newest.place}最新一份报告（{newest.report_year}年）理解为{year}年"
    label = period.period if period.kind == "part" else str(year)
    setters = [r for r in dated if role == "plan" and r.report_year and year - 5 <= r.report_year <= year - 3]
    role = "target" if role == "plan" else role
    if role == "cumulative":
        role = None
    # what a five-year plan wants of its last year stands in the report that sets the plan
    holder = min(setters, key=lambda r: abs(year - 4 - (r.report_year or 0)), default=_holder(dated, year, role))
    if holder is None and cell.hint is not None and dated and dated[-1].report_year == cell.hint:
        holder = dated[-1]  # 2003年的报告预计到2005年
    return _Window(
        label,
        role,
        every,
        holder,
        years=(label,),
        assumed=assumed,
        up_to=period.words.startswith("到"),
        set_before=bool(setters),
    )


def _resolved_year(period: PeriodAsk, newest: Report) -> int | None:
    if period.kind in ("year", "part") and period.period[:4].isdigit():
        return int(period.period[:4])
    if newest.report_year is None:
        return None
    result = newest.result_year or newest.report_year - 1
    return {"this": newest.report_year, "last": result, "next": newest.report_year + 1, "before": result - 1}.get(
        period.kind
    )


def _holder(reports: Sequence[Report], year: int, role: Role | None) -> Report | None:
    """The report that should state something of ``year`` in ``role``."""
    plan = [r for r in reports if r.report_year == year]
    result = [r for r in reports if (r.result_year if r.result_year is not None else (r.report_year or 0) - 1) == year]
    if role == "target":
        return plan[-1] if plan else None
    if role == "actual":
        return result[-1] if result else None
    either = result or plan
    return either[-1] if either else None


def _newest_window(cell: Cell, reports: tuple[Report, ...], newest: Report, *, said: bool) -> _Window:
    year = newest.report_year
    if year is None:
        return _Window("", cell.role, reports, newest)
    if cell.role == "cumulative":
        return _term_window(cell, reports, newest)
    result = newest.result_year if newest.result_year is not None else year - 1
    note = "" if said else f"问题没有说明年份，按{newest.place}最新一份报告（{year}年）回答"
    if cell.role in ("target", "plan"):
        return _Window(str(year), "target", reports, newest, years=(str(year),), assumed=note)
    if cell.role == "actual":
        return _Window(str(result), "actual", reports, newest, years=(str(result),), assumed=note)
    return _Window(f"{result}", None, (newest,), newest, years=(str(result), str(year)), assumed=note)


def _term_window(cell: Cell, reports: tuple[Report, ...], newest: Report) -> _Window:
    past = cell.role == "cumulative" or (cell.period is not None and cell.period.kind == "past_term")
    side = "past" if past else "coming"
    hinted = [r for r in reports if cell.hint is not None and cell.hint in (r.report_year, r.result_year)]
    exact = [r for r in hinted if r.report_year == cell.hint]
    pool = exact or hinted or [r for r in reports if r.report_year is not None] or [newest]
    holder = pool[-1]
    if cell.hint is not None and not hinted:
        return _Window(str(cell.hint), cell.role, reports, None, any_span=side)
    role: Role = "cumulative" if past else "plan"
    note = (
        ""
        if hinted or len(reports) == 1
        else f"按{holder.place}{holder.report_year}年报告理解“{cell.period.words if cell.period else '过去五年'}”"
    )
    return _Window("", role, reports, holder, any_span=side, assumed=note)


def _span_window(cell: Cell, reports: tuple[Report, ...], newest: Report) -> _Window:
    assert cell.period is not None
    span = cell.period.period
    end = int(span[-4:])
    ahead = cell.role in ("target", "plan") or (newest.report_year is not None and int(span[:4]) >= newest.report_year)
    inside = [
        r
        for r in reports
        if r.report_year is not None
        and (r.report_year <= end if ahead else (r.result_year or r.report_year - 1) >= end)
    ]
    if cell.role is None:
        inside = [r for r in reports if r.report_year is not None and abs(r.report_year - end) <= 5]
    setters = [r for r in inside if ahead and r.report_year == int(span[:4])]  # the report that sets the plan
    holder = (setters or inside)[0 if setters or not ahead else -1] if inside else None
    spans: tuple[str, ...] = (span,)
    if "growth" in cell.ask.measures and "年均" in cell.ask.marks and span[:4].isdigit():
        # 2015年到2020年年均: the mean of the five years after 2015, and the other way round
        spans = (span, f"{int(span[:4]) + 1}-{end}", f"{int(span[:4]) - 1}-{end}")
    role: Role | None = "plan" if ahead else None if cell.role == "actual" else cell.role
    return _Window(span, role, reports, holder, spans=spans)
