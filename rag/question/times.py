"""Words of a question -> the periods that they name."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.numerals import small_count
from rag.passages import five_year_plan
from rag.question.query import PeriodAsk

_PAST_TERM = re.compile(
    r"(?:过去|近|这|前|上)(?:的)?(?:五|5|四|4)年(?:间|来|里|中|内)?|(?<!\d)(?:五|5|四)年(?:来|间|里|累计|共|总共|一共)|(?<![今后未来以后下十一二三四])五年(?:的)?(?=累计|新增|新建|共|实际|总|年均|改造|完成|建|增|拆|培|筹集|下降|减少|提高|投入|帮助|招)|本届政府|上届政府|任期内?"
)
_COMING_TERM = re.compile(
    r"(?:今后|未来|往后|接下来|下一个)(?:的)?(?:五|5|几)年|下一届|新一届(?:政府)?|五年规划|五年目标"
)
_PLAN_SPAN = re.compile(
    r'(?P<open>"?)(?<![第一二三四五六七八九十百千零两])(?P<plan>十[一二三四五六]?|[一二三四五六七八九])五(?P<close>"?)'
    r"(?P<tail>时期|期间|规划|计划|末|期末|目标|以来|收官)?"
)
_YEARS = re.compile(r"(?<![\d.])(?P<a>(?:19|20)\d\d)\s?年?(?:度)?\s?(?:-{1,2}|~|至|到)\s?(?P<b>(?:19|20)\d\d)\s?年?")
_TO_YEAR = re.compile(r"(?:到|截至|至)\s?(?P<y>(?:19|20)\d\d)\s?年(?P<end>底|末)?")
_YEAR = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?:\s?年(?:度|年?(?:底|末)[之以]?前|底|末|全年)?|(?![\d.%]|\s?(?:个|家|人|户|亿|万|元|套|公里|名|件|所|处|亩|项)))"
)
_RECENT = re.compile(
    r"(?:近|最近|过去|这)(?P<n>[两二三四六七八九十]|[2-9]|10)年(?:来|间)?|(?P<all>历年|逐年|各年|各年度|所有年份|这些年|多年来|历史上)"
)


def _recent(match: re.Match[str]) -> PeriodAsk:
    if match.group("all"):
        return PeriodAsk("", match.group(), "all")
    return PeriodAsk(str(small_count(match.group("n"))), match.group(), "recent")


def _plan_span(match: re.Match[str]) -> PeriodAsk | None:
    name = match.group("plan")
    plan = five_year_plan(name)
    quoted = match.group("open") and match.group("close")
    if plan is None or (len(name) == 1 and not match.group("tail") and not quoted):
        return None  # 十五所学校, 三五年
    ends = match.group("tail") in ("末", "期末", "收官")
    return PeriodAsk(str(plan[1]) if ends else f"{plan[0]}-{plan[1]}", match.group(), "year" if ends else "span")


def _first_years(match: re.Match[str]) -> PeriodAsk | None:
    """“十一五”前四年."""
    plan = five_year_plan(match.group(1))
    years = {"三": 3, "四": 4}.get(match.group(2), 2)
    return plan and PeriodAsk(f"{plan[0]}-{plan[0] + years - 1}", match.group(), "span")


def _years_up_to(year: int, n: str, words: str) -> PeriodAsk:
    """截至2014年的三年里."""
    return PeriodAsk(f"{year - small_count(n) + 1}-{year}", words, "span")


PERIOD_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], PeriodAsk | None]], ...] = (
    (re.compile(r'"?(?<!第)(十[一二三四五六]?|[一二三四五六七八九])五"?的?[前头]([两二三四])年'), _first_years),
    (
        re.compile(
            r"(?:截至|截止|到)?(?P<y>(?:19|20)\d\d)年?(?:底|末)?(?:为止)?(?:的|这|的这|前)(?P<n>[两二三四五])年(?:里|间|内|来)"
        ),
        lambda m: _years_up_to(int(m.group("y")), m.group("n"), m.group()),
    ),
    (
        re.compile(
            r"(?:截至|截止|到)(?P<y>(?:19|20)\d\d)年?(?:底|末)?(?=[^,。?\d]{2,16}?(?<!近)(?P<n>[两二三四五])年累计)"
        ),
        lambda m: _years_up_to(int(m.group("y")), m.group("n"), m.group()),
    ),
    (
        re.compile(r"(?P<y>(?:19|20)\d\d)年以来的?(?P<n>[两二三四五六七八九])年"),
        lambda m: _years_up_to(int(m.group("y")) + small_count(m.group("n")) - 1, m.group("n"), m.group()),
    ),
    (
        re.compile(r"(?P<a>(?:19|20)\d\d)年?\s?(?:、|和|与)\s?(?P<b>(?:19|20)\d\d)年?\s?两年"),
        lambda m: PeriodAsk(f"{m.group('a')}-{m.group('b')}", m.group(), "span"),
    ),
    (_YEARS, lambda m: PeriodAsk(f"{m.group('a')}-{m.group('b')}", m.group(), "span")),
    (_PAST_TERM, lambda m: PeriodAsk("", m.group(), "past_term")),
    (_COMING_TERM, lambda m: PeriodAsk("", m.group(), "coming_term")),
    (_RECENT, _recent),
    (_PLAN_SPAN, _plan_span),
    (re.compile("(?:到)?(?:本世纪末|二十世纪末|20世纪末)"), lambda m: PeriodAsk("2000", m.group())),
    (_TO_YEAR, lambda m: PeriodAsk(m.group("y"), m.group())),
    (_YEAR, lambda m: PeriodAsk(m.group("y"), m.group())),
)


def added_up(periods: tuple[PeriodAsk, ...], text: str) -> tuple[PeriodAsk, ...]:
    """到2019年近三年累计 is one span, not three years one by one."""
    recent = next((p for p in periods if p.kind == "recent"), None)
    year = next((p for p in periods if p.kind == "year" and p.period.isdigit()), None)
    if recent is None or year is None or not re.search("累计|一共|总共|共|年均", text):
        return periods
    first = int(year.period) - int(recent.period) + 1
    return (PeriodAsk(f"{first}-{year.period}", recent.words, "span"),)


def goal_of_plan(periods: tuple[PeriodAsk, ...], text: str) -> tuple[PeriodAsk, ...]:
    """“十二五”目标2015年达到多少 asks for the last year of the span alone."""
    spans = [p for p in periods if p.kind == "span" and re.search(r'五"?(?:时期|期间)?(?:的|规划)*目标', text)]
    if len(periods) == 2 and spans and any(p.kind == "year" and p.period == spans[0].period[-4:] for p in periods):
        return tuple(p for p in periods if p.kind == "year")
    return periods


def hinted_report(text: str) -> int | None:
    """The year of the report that a question names, or None: 1984年国务院政府工作报告对1997年以后的香港."""
    told = re.search(r"((?:19|20)\d\d)年[^。?!\d]{0,14}(?:提出|换届|提的|说)[^。?!\d]{0,10}到(?:19|20)\d\d年", text)
    if told:
        return int(told.group(1))
    if re.search(r"(?:19|20)\d\d年?(?:和|与|、|跟)(?:19|20)\d\d年", text):
        return None  # 2005年和2014年国务院报告的目标: of both
    match = re.search(r"((?:19|20)\d\d)(?:年|(?=\s))(?:初)?(?:的)?[^,。?!\d]{0,6}?(?:政府工作报告|工作报告|报告)", text)
    return int(match.group(1)) if match else None
