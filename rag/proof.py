"""Cited text -> is it what a claim says? Citations and figures, proved again from the report's own words. Pure.

Three looks at every figure, so that no slip of one of them is shown:

1. The characters: ``written`` stands at its span, inside the quote; its value and unit are read once more.
2. A second reading: the passages that hold the citation are split and read again from the report's text, and
   place, period, role, measure, modality and indicator must come out as claimed.
3. Proofs: rules of their own, blunter than those of ``rag.figures`` and written apart from them. The period must be
   named in the sentence, its paragraph or its headings, or follow from the part and the recorded years; the role must
   fit the period, the part and the words; place, bound and direction must not speak against the words next to the
   number.

What a report's text gives is kept for the last ``KEPT`` reports, keyed by the digest of the text.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol, TypeAlias

from rag.claims import bound_classes, direction_near, last_indicator, sure_classes_near, view_of
from rag.errors import UnknownReportError
from rag.figures import parent_place, read_figures
from rag.numerals import chinese_number, find_quantities, small_count
from rag.passages import Clock, dated_view, five_year_plan, read_clock, sentence_spans, split_report
from rag.types import Citation, Figure, Passage, Report

KEPT = 128  # reports whose second reading is kept in memory


class Evidence(Protocol):
    """Gives the reports that answers cite; a ``Catalogue`` is one."""

    def report(self, report_id: str) -> Report:
        """The report with this id; raises ``UnknownReportError`` or ``KeyError`` where there is none."""


Reports: TypeAlias = Evidence | Mapping[str, Report]


def report_of(reports: Reports, report_id: str) -> Report | None:
    """The report with this id, or None."""
    if isinstance(reports, Mapping):
        return reports.get(report_id)
    try:
        return reports.report(report_id)
    except (UnknownReportError, KeyError):
        return None


# -- the second reading ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Key:
    """What a second reading depends on; two equal keys give equal readings."""

    report_id: str
    digest: str
    place: str
    level: str
    report_year: int | None
    result_year: int | None
    delivered_on: str | None
    report: Report = field(compare=False)


class Reread:
    """A report read once more from its text; passages are read when a citation asks for them."""

    def __init__(self, report: Report) -> None:
        """Split the report; nothing else yet."""
        self.report = report
        self.view = dated_view(report.text)
        self.clock: Clock = read_clock(report)
        self.passages: tuple[Passage, ...] = split_report(report)
        self._starts = [p.start for p in self.passages]
        self._read: dict[int, tuple[Figure, ...]] = {}
        self._whole: tuple[Figure, ...] | None = None

    def prepare(self, spans: Sequence[tuple[int, int]]) -> None:
        """Read the passages around all these spans at once, which costs little more than around one."""
        wanted = sorted({i for span in spans for i in self._around(*span)})
        if all(i in self._read for i in wanted):
            return
        figures = read_figures(self.report, [self.passages[i] for i in wanted])
        for i in wanted:
            passage_id = self.passages[i].passage_id
            self._read[i] = tuple(f for f in figures if f.passage_id == passage_id)

    def figures(self, start: int, end: int) -> tuple[Figure, ...]:
        """The figures whose number stands between ``start`` and ``end``, read from the passages around them."""
        self.prepare([(start, end)])
        return tuple(f for i in self._around(start, end) for f in self._read[i] if start <= f.start and f.end <= end)

    def whole(self, start: int, end: int) -> tuple[Figure, ...]:
        """The same from the whole report: dearer, for where earlier pages may say more."""
        if self._whole is None:
            self._whole = read_figures(self.report, self.passages)
        return tuple(f for f in self._whole if start <= f.start and f.end <= end)

    def passage_at(self, offset: int) -> Passage | None:
        """The passage that holds the character at ``offset``."""
        i = bisect_right(self._starts, offset) - 1
        return self.passages[i] if i >= 0 and offset < self.passages[i].end else None

    def _around(self, start: int, end: int) -> range:
        """The passages of a span, from the beginning of its paragraph on."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_left(self._starts, end, first)
        while first > 0 and self.report.text[self.passages[first].start - 1] != "\n":
            first -= 1
        return range(first, last)


@lru_cache(maxsize=256)
def digest_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def reread(report: Report) -> Reread:
    """The second reading of ``report``, kept for the next citation of it."""
    return _kept(
        _Key(
            report.report_id,
            digest_of(report.text),
            report.place,
            report.level,
            report.report_year,
            report.result_year,
            report.delivered_on,
            report,
        )
    )


@lru_cache(maxsize=KEPT)
def _kept(key: _Key) -> Reread:
    return Reread(key.report)


# -- citations -------------------------------------------------------------------------------------


def citation_fault(citation: Citation, report: Report | None) -> str | None:
    """Why a citation is not what it says, in Chinese, or None."""
    if report is None:
        return f"库中没有报告 {citation.report_id}"
    if digest_of(report.text) != citation.text_sha256:
        return "报告正文与引用时的不同"
    if not citation.quote.strip() or not 0 <= citation.start < citation.end <= len(report.text):
        return "引文为空或位置不对"
    if report.text[citation.start : citation.end] != citation.quote:
        return "引文与原文这一处的文字不同"
    said = (citation.place, citation.report_year, citation.title, citation.source)
    if said != (report.place, report.report_year, report.title, report.source):
        return "引文所注的地方、年份、标题或来源与报告的记录不同"
    return None


# -- figures ---------------------------------------------------------------------------------------

_COMPARED = ("place", "period", "role", "measure", "value", "unit", "modality", "indicator", "indicator_id")
_NAMES = {
    "place": "地方", "period": "时期", "role": "性质（目标或完成）", "measure": "口径", "value": "数值", "unit": "单位",
    "modality": "语气", "indicator": "指标", "indicator_id": "指标",
}  # fmt: skip


def figure_fault(figure: Figure, citation: Citation, again: Reread) -> str | None:
    """Why a figure is not proved by its citation, in Chinese, or None.

    Args:
        figure: The claim; nothing of it is trusted.
        citation: Its citation, already found true.
        again: The second reading of the citation's report.
    """
    text = again.report.text
    if figure.report_id != citation.report_id:
        return "数字与引文不是同一份报告的"
    if not citation.start <= figure.start < figure.end <= citation.end:
        return "数字不在引文之内"
    if text[figure.start : figure.end] != figure.written:
        return "数字的写法与原文这一处不同"
    found = _differs(figure, again.figures(citation.start, citation.end))
    if found is not None:
        found = _differs(figure, again.whole(citation.start, citation.end))
    return found or contradiction(figure, again)


def _differs(figure: Figure, read: tuple[Figure, ...]) -> str | None:
    """In what a claim differs from the second reading of the same characters."""
    twin = next((f for f in read if f.start == figure.start and f.end == figure.end), None)
    if twin is None:
        return "重读原文时，这一处没有读出数字"
    for name in _COMPARED:
        if getattr(twin, name) != getattr(figure, name):
            return f"重读原文时，{_NAMES[name]}不同"
    return None


@dataclass(frozen=True, slots=True)
class Around:
    """The words around a number, in one form for each sign: offsets into ``sentence`` count from its start."""

    sentence: str
    at: int  # where the number begins in the sentence
    end: int
    before: str  # the paragraph up to the sentence
    headings: str
    passage: Passage

    @property
    def clause(self) -> str:
        """What stands in the number's clause before it."""
        return re.split(r"[;:。]|(?<!\d),|,(?!\d)", self.sentence[: self.at])[-1]

    @property
    def context(self) -> str:
        """Headings, paragraph and sentence together."""
        return f"{self.headings}\n{self.before}\n{self.sentence}"


def around(figure: Figure, again: Reread) -> Around | None:
    """The words around a figure's number, or None where no sentence holds it."""
    passage = again.passage_at(figure.start)
    if passage is None:
        return None
    for start, end in sentence_spans(again.report.text, passage.start, passage.end):
        if start <= figure.start < end:
            head = again.report.text.rfind("\n", 0, start) + 1
            headings = view_of(" ".join(passage.section))
            view = again.view
            return Around(
                view[start:end], figure.start - start, figure.end - start, view[head:start], headings, passage
            )
    return None


def contradiction(figure: Figure, again: Reread) -> str | None:
    """What in the words around a figure speaks against it, in Chinese, or None."""
    near = around(figure, again)
    if near is None:
        return "数字不在任何一句之内"
    return (
        _value_fault(figure, near)
        or _indicator_fault(figure, near)
        or _period_fault(figure, near, again)
        or _role_fault(figure, near, again)
        or _place_fault(figure, near, again)
        or _bound_fault(figure, near)
        or _direction_fault(figure, near)
    )


def _value_fault(figure: Figure, near: Around) -> str | None:
    """The number read once more: its own characters give its value and unit."""
    here = [q for q in find_quantities(near.sentence) if q.start <= near.at < q.end or near.at <= q.start < near.end]
    if not here:
        n = re.fullmatch(
            r"第(\d{1,3}|[一二三四五六七八九十]{1,3})|[首榜][位首]|之首", near.sentence[near.at : near.end]
        )
        if n is None or figure.measure != "rank":
            return "数字的写法读不出数值"
        place = n.group(1)
        value = 1 if place is None else int(place) if place.isdigit() else chinese_number(place)
        return None if figure.value == value else "数值与写法不同"
    q = here[0]
    shared = q.unit == "个" and figure.unit.endswith("百分点")
    if q.value != figure.value or not (q.unit == figure.unit or shared):
        return "数值或单位与写法不同"
    return None


def _indicator_fault(figure: Figure, near: Around) -> str | None:
    """At least half of the indicator's characters stand in the sentence, its paragraph or its headings."""
    letters = re.findall(r"[一-鿿A-Za-z0-9]", view_of(figure.indicator))
    if not letters:
        return None if figure.measure == "rank" else "没有指标"
    held = sum(c in near.context for c in letters)
    if held * 2 < len(letters):
        return "指标的文字不在原文这一处"
    if figure.measure in ("rank", "multiple"):
        return None
    raw = _own_stretch(near)
    own = _telling(raw)
    if "".join(letters) in raw or (figure.indicator_id and last_indicator(raw) == figure.indicator_id):
        return None
    alien = sum(c in letters for c in own) * 4 <= len(own) and sum(c in own for c in letters) * 3 < len(letters)
    return "指标是别的分句的" if alien and (len(own) > 2 or (own and len(letters) <= 2)) else None


# Words that say nothing of what is counted: …,同比增长12.3% leans on the clause before.
_SAYS_NOTHING = re.compile(
    r"在?过去的?[一二三四五六七八九十\d]{1,2}年(?:中|来|里|间)?|没有|没能|未能|尚未|[比较是]\"?十?[一二三四五六七八九]五\"?(?:规划|计划)?(?:时期|期间|末)?|比(?:去年|上年)预算|(?:剔除|扣除|不含|按)[^,。]{2,16}?(?:因素|影响|口径|价格)(?:后|外)?|[\W\d_A-Za-z]+|其中|同比|环比|比上年|较上年|上年|去年|今年|全年|当年|年均|平均|累计|合计|总计|分别|增长|递增|增加|增幅|增速|提高|提升|上升|下降|降低|减少|"
    r"回落|上涨|达到|达成|实现|完成|保持|稳定|控制|超过|突破|高于|低于|接近|左右|以上|以内|以下|约|近|超|逾|至|到|为|是|的|了|在|由|从|比|较|占|和|与|及|同期|末|底|"
    r"年初|年末|年底|预计|力争|确保|争取|计划|已|均|都|共|各|可|再|又|也|仅|只|至少|不低于|不少于|不超过|全市|全区|全县|全省|全国|我市|我区|我县|我省|按|可比|口径|要|扩大|基础上|基数|"
    r"剔除|因素|扣除|价格|名义|实际|首次|历史|连续|年|个|月|日|任务|目标|预期|排名|位居|位列|名列|总量|总数|总额"
)


def _own_stretch(near: Around) -> str:
    """What the clause says right around the number, from the number before it on; "" where it shares its words."""
    if re.search(r"分别|双双|各|均|都", near.clause):
        return ""
    first = re.match(r"(?:以上|以下|左右|以内|多|余)?[、和与及]\s?(?:不低于|约|超)?\d", near.sentence[near.end :])
    # 调解成功率、仲裁结案率达75%、95%: the nouns of the list stand before
    stops = r"[,;:。!?]" if first else r"[,;:。!?、]"
    before = re.split(stops, near.sentence[: near.at])[-1]
    last = find_quantities(before)
    before = before[last[-1].end :] if last else before
    behind = re.sub(r"^\([户间个次]\)", "", near.sentence[near.end :])  # 7万套(间)保障性租赁住房
    behind = re.split(r"[,;:。!?、(\d]|并|而|且", behind)[0]
    return f"{before} {behind}"


def _telling(words: str) -> str:
    """The characters of ``words`` that say what is counted."""
    return "".join(w for w in _SAYS_NOTHING.sub(" ", words).split() if len(w) >= 2)


_STRONG_YEAR = re.compile(
    r"(?<![\d.])((?:19|20)\d\d)\s?年(?:底|末)?(?!\d|以来|起|同期|同比|底前|前|版|《|度《|间|%|号|工程|行动|型|基准|不变价|可比)"
)
_BASE_BEFORE = re.compile(
    r"(?:比|较|由|从|自|是|为|相当于|与|同|于|以|超过?|高于|低于|对|在|达到?了?|恢复到|按|\"|《)\s?$"
)
_TERM_WORDS = re.compile(r"五年|5年|本届|届政府|任期|换届|[三四两]年|[234]年")
_NOW_WORDS = re.compile(r"今年|本年|新的一年|当年|年内|全年|年底|年度")


def _years(period: str) -> list[int]:
    return [int(y) for y in re.findall(r"(?:19|20)\d\d", period)]


def _named_years(text: str) -> set[int]:
    """All years that ``text`` names, those inside spans (2016-20年) included."""
    named = {
        int(y)
        for y in re.findall(
            r"(?<![\d.])(?:19|20)\d\d(?=\s?年|\s?[-~至到]\s?\d)|(?<=[-~至到])(?:19|20)\d\d(?=\s?年)", text
        )
    }
    for first, last in re.findall(r"(?<!\d)((?:19|20)\d\d)\s?年?\s?[-~至到]\s?(\d\d)(?!\d)", text):
        named.add(int(first) // 100 * 100 + int(last))
    return named


def _plans_named(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the five-year plans that ``text`` names."""
    for match in re.finditer(r'"?(十[一二三四五六]?|[六七八九])五(?=["时期规末以前计头收开关的后各来目发]|$)', text):
        span = five_year_plan(match.group(1))
        if span:
            yield span


def _period_fault(figure: Figure, near: Around, again: Reread) -> str | None:
    """The period is named near by, or follows from the part and the report's years; the clause names no other."""
    years = _years(figure.period)
    if not years:
        return None if not figure.period else "时期不成其为时期"
    before = len(years) == 1 and _is_old_value(near) and _year_known(years[0] + 1, figure, near, again)
    if not before and not all(_year_known(y, figure, near, again) for y in (years[0], years[-1])):
        return "时期在原文这一处没有依据"
    strong = [
        int(m.group(1))
        for m in _STRONG_YEAR.finditer(near.clause)
        if not _BASE_BEFORE.search(near.clause[: m.start()]) and not re.match(r"\s?[-~至到]", near.clause[m.end() :])
    ]
    if len(years) == 1 and _only_a_base(years[0], near, again.clock):
        return f"{years[0]}年在这一处只是比较的基期"
    if _is_old_value(near) and not _may_be_old(figure, near):
        return "这一处是变化之前的数"
    if (
        not strong
        and len(years) == 1
        and years[0] <= (again.clock.report_year or 0)
        and (goal := _goal_year(near, again.clock))
    ):
        return f"这一处说的是到{goal}年"
    if len(strong) == 1 and strong[0] not in range(years[0], years[-1] + 1) and not _TERM_WORDS.search(near.clause):
        return f"这一处说的是{strong[0]}年"
    return None


def _goal_year(near: Around, clock: Clock) -> int | None:
    """The later year that a sentence opens its goals with (到2025年，…), where nothing nearer names a time."""
    said = list(
        re.finditer(r"(?:^|[,;:。])\s?(?:力争|争取|确保|预计)?到((?:19|20)\d\d)年(?:底|末)?,", near.sentence[: near.at])
    )
    if not said or clock.report_year is None or int(said[-1].group(1)) <= clock.report_year:
        return None
    between = near.sentence[said[-1].end() : near.at]
    told = (
        _named_years(between)
        or _NOW_WORDS.search(between)
        or _TERM_WORDS.search(between)
        or re.search(r"[。;]|已|目前|由|从", between)
    )
    return None if told else int(said[-1].group(1))


def _only_a_base(year: int, near: Around, clock: Clock) -> bool:
    """Whether a sentence names ``year`` only to compare with it (是2011年的1.86倍), and no more is said of it."""
    if year in (clock.result_year, clock.report_year) or year in _named_years(f"{near.headings}\n{near.before}"):
        return False
    mentions = list(re.finditer(rf"(?<!\d){year}(?=\s?年)", near.sentence))
    return bool(mentions) and all(
        re.search(r"(?:比|较|是|为|相当于|与|同)\s?$", near.sentence[: m.start()]) for m in mentions
    )


def _is_old_value(near: Around) -> bool:
    """Whether the number is what something was before it changed: 从4500多公里增加到近1万公里."""
    behind = re.match(
        r"[^,;。]{0,14}?(?:增|升|提|扩|降|减|缩|调|拓)[^,;。\d]{0,3}(?:到|至|为)", near.sentence[near.end :]
    )
    return behind is not None and re.search(r"(?:由|从)[^,;。]{0,16}$", near.clause) is not None


def _may_be_old(figure: Figure, near: Around) -> bool:
    """Whether a claim speaks of the time before: a result, of a year before the one that its part speaks of."""
    years, part = _years(figure.period), _years(near.passage.period or "")
    return figure.role == "actual" and "-" not in figure.period and bool(years) and (not part or years[0] < part[-1])


def _year_known(year: int, figure: Figure, near: Around, again: Reread) -> bool:
    """Whether words, part or recorded years speak of ``year``."""
    clock, part, context = again.clock, near.passage.part, near.context
    named = _named_years(context)
    if year in named or ("年均" in (figure.modality or "") and year - 1 in named):
        return True
    if (year == 2000 and "世纪末" in context) or (
        "今明两年" in near.sentence and clock.report_year in (year, year - 1)
    ):
        return True
    if any(year in plan for plan in _plans_named(context)):
        return True
    spans = [s for s in (clock.past, clock.ahead) if s]
    if "-" in figure.period and any(year in s for s in spans):
        return part in ("term_review", "term_plan") or bool(_TERM_WORDS.search(context)) or "年均" in near.sentence
    if "-" in figure.period and year in _recent_starts(near.sentence, clock):
        return True
    if "-" in figure.period and year in _coming_ends(near.sentence, clock):
        return True
    if part == "term_review" and clock.past and year in clock.past:
        return True  # the term's first year, from an old value on, or its last
    if year == clock.result_year:
        looks_ahead = part in ("plan", "livelihood", "term_plan")
        back = r"去年|上年|目前|已|截至|现|以来|由|从|年度目标|实际|过去的?一年"
        return not looks_ahead or bool(re.search(back, near.context))
    if year == clock.report_year:
        looks_back = part in ("review", "problems", "experience", "term_review")
        return not looks_back or bool(_NOW_WORDS.search(near.sentence))
    if clock.report_year is not None and year == clock.report_year + 1:
        headed = part == "plan" and year in _named_years("".join(near.passage.section[:1]))
        at_the_end = part == "plan" and clock.result_year == clock.report_year  # given as its own year ended
        return headed or at_the_end or bool(re.search(r"明年|下一年|来年", context))
    if clock.result_year is not None and year == clock.result_year - 1:
        return bool(re.search(r"前年|由|从|上年|去年", near.sentence))
    return bool(clock.ahead and year == clock.ahead[1] and (part == "term_plan" or _TERM_WORDS.search(context)))


def _coming_ends(sentence: str, clock: Clock) -> set[int]:
    """The first and last years of 用三年时间 and the like, from the report's own year on."""
    if clock.report_year is None:
        return set()
    counted = re.findall(
        r"(?:利用|通过|力争|争取|计划|规划|拟|用|未来|今后)(?:大约|约)?(?:的)?([两三四五六七八九2-9])年", sentence
    )
    years = {small_count(n) for n in counted}
    return {clock.report_year + n - 1 for n in years} | ({clock.report_year} if years else set())


def _recent_starts(sentence: str, clock: Clock) -> set[int]:
    """The years that 近三年, 两年来 or 三年累计 begin with."""
    if clock.result_year is None:
        return set()
    numbers = re.findall(
        r"(?:近|过去|前|这|连续|的|,|^)([两二三四十]|[2-46-9]|1\d|20)年|([两二三四]|[2-4])年(?:来|间|共?累计|[增减提下])",
        sentence,
    )
    counts = {"两": 2, "二": 2, "三": 3, "四": 4, "十": 10}
    return {clock.result_year + 1 - (counts.get(n) or int(n)) for n in (a or b for a, b in numbers)}


_TASK_ROW = re.compile(
    r"[^\t]*\t[^\t]{0,8}(?:完成|建成|实施)"
)  # what was to be done, before the cell that tells what was
_WANTED = re.compile(r"目标|任务|计划|预期|指标|要求|力争|确保|争取|安排|规划|预算")
_PAST = re.compile(
    r"去年|上年|前年|已|截至|目前|现有|现|以来|过去|累计|完成了|实现了|达到了|由|从|实际|同期|比|基数|今年|全年|期间|近|了|获|原|荣|"
    r"(?:19|20)\d\d"
)


def _role_fault(figure: Figure, near: Around, again: Reread) -> str | None:
    """The role fits the period, the part and the words."""
    years, clock, part = _years(figure.period), again.clock, near.passage.part
    year = clock.report_year
    if year is None or not years:
        return None
    first, last = years[0], years[-1]
    span = "-" in figure.period and "/" not in figure.period
    ahead_part = part in ("plan", "livelihood", "term_plan")
    back_part = part in ("review", "term_review", "problems", "experience")
    if figure.role == "actual":
        late = clock.past is not None and clock.past[1] >= year
        if span or last > year or (last == year and not late and not _PAST.search(near.context)):
            return "这一处不是完成数"
        if ahead_part and not _PAST.search(near.context):
            return "这一处在计划部分，不是完成数"
    elif figure.role == "target":
        wanted = bool(_WANTED.search(near.sentence)) or _TASK_ROW.match(near.sentence, near.end) is not None
        named = wanted or bool(_NOW_WORDS.search(near.sentence)) or last in _named_years(near.sentence)
        planned = last in _named_years("".join(near.passage.section[:1])) or clock.result_year == year
        headed = part == "plan" and last == year + 1 and planned
        if span or (last > year and not headed) or (last < year and not wanted):
            return "这一处不是当年目标"
        if back_part and not named:
            return "这一处在回顾部分，不是目标"
    elif figure.role == "plan":
        if last < year or (last == year and not span and not any(last in p for p in _plans_named(near.context))):
            return "这一处不是今后几年的规划"
        if (
            back_part
            and last not in _named_years(near.context)
            and not list(_plans_named(near.context))
            and not re.search(r"今后|未来", near.context)
        ):
            return "这一处在回顾部分，不是规划"
    elif not span or first == last or last > year:
        return "这一处不是几年的累计"
    return None


_SCALE_FIRST = re.compile(
    r"^\s?(?:其中|同时|预计)?,?(全国|全省|全市)(?!第|前|平均|首|排|最|各|唯|率|领|范围|重点|之|先|百强|文明|推广|人大|政协|性|同|水平|十|优|示|\d|一|"
    r"的|政|统|,|。|、|两会|劳模|劳动|青|三八|五一|模范|卫生|双拥|科普|党|标|试点|县|市|区|乡|村|中|农|社|工|脱|所|知|民|法|人|电|质|义|生|产粮|著|绿|节|水|旅|"
    r"体|文|科|教|公|综|平|现|创|红|休|特|园|森|美|环|信|食|药|安|粮|重|试|碳|蔬|果|茶|花|名|大|小|新|老|高|上|下|率先|大型|万|经济|开放)"
)


def _place_fault(figure: Figure, near: Around, again: Reread) -> str | None:
    """The place is the report's own or a parent that the sentence names, and the clause begins with no other."""
    report = again.report
    if figure.place != report.place:
        named = re.findall(r"全国|我国|全省|全自治区|全市|全州|全盟", near.sentence)
        parents = {parent_place(report.place, report.level, word) for word in named}
        return None if figure.place in parents else "地方在原文这一处没有依据"
    if figure.measure == "rank":
        return None
    match = _SCALE_FIRST.match(near.clause)
    if match and parent_place(report.place, report.level, match.group(1)) != report.place:
        return f"这一处说的是{match.group(1)}"
    return None


def _bound_fault(figure: Figure, near: Around) -> str | None:
    """The words next to the number bound it as the modality says."""
    missing = sure_classes_near(near.sentence, near.at, near.end) - bound_classes(figure.modality)
    return "语气与原文这一处不同" if missing else None


def _direction_fault(figure: Figure, near: Around) -> str | None:
    """下降 next to the number makes it a change, 增长 no level and no fall."""
    word = direction_near(near.sentence, near.at)
    fallen = bool(re.search(r"降|减|落|跌|缩|压|收窄|少|低", f"{figure.modality or ''}{figure.indicator[-2:]}"))
    if word == "down" and (figure.measure == "growth" or (figure.measure == "change" and not fallen)):
        return "升降与原文这一处不同"
    if word == "up" and figure.measure == "change" and fallen:
        return "升降与原文这一处不同"
    return None
