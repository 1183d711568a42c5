"""Query + holdings -> Plan: which places, reports and cells to look up, or why nothing can be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.holdings import Holdings
from rag.lookup import Cell
from rag.places import Gazetteer
from rag.question import MISSED_GOALS, QUESTION_CHARS, IndicatorAsk, PeriodAsk, Query
from rag.types import Place, Report, Role, Status
from rag.units import strip_multiple
from rag.wording import short_place

LONG_SERIES = 20  # years of a series that are told one by one, with or without reports
MAX_SHARED = 4  # places of one name that are each answered for; more are asked back
_NO_PROVINCE = ("71", "81", "82")  # not among the reports' provinces


@dataclass(frozen=True, slots=True)
class Refusal:
    """A question that is not looked up: its status and the sentence that says why."""

    status: Status
    zh: str
    en: str
    missing: tuple[tuple[Place, str], ...] = ()
    choices: tuple[Place, ...] = ()  # places with a report of the time asked for, where none was named


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look up for a query."""

    places: tuple[Place, ...] = ()
    reports: tuple[Report, ...] = ()  # the reports that prose, lists and questions about a report are read from
    cells: tuple[Cell, ...] = ()
    assumptions: tuple[str, ...] = ()
    refusal: Refusal | None = None
    numeric: bool = True  # the question asks for a number
    periods_shown: tuple[str, ...] = ()
    sweep_label: str = ""
    sweep_period: str = ""
    without_reports: tuple[Place, ...] = ()


def plan_cells(query: Query, holdings: Holdings, gazetteer: Gazetteer) -> Plan:
    """What to look up for ``query`` in a library with these holdings."""
    refusal = _refuse(query, holdings)
    if refusal is not None:
        return Plan(refusal=refusal)
    places, assumptions, refusal = _places(query, holdings)
    if refusal is not None:
        return Plan(places=places, refusal=refusal, assumptions=tuple(assumptions), periods_shown=_shown(query.periods))
    if query.sweep is not None and query.kind == "sweep":
        return _sweep_plan(query, holdings, gazetteer)
    hint, periods = _hint(query)
    if query.follows and any(p.carried for p in query.periods):
        periods, note = _renew(periods, places, holdings)
        assumptions += note
    reports = tuple(_reports(query, places, periods, hint, holdings))
    cells = tuple(_cells(query, places, periods, hint, holdings))
    return Plan(
        places=places,
        reports=reports,
        cells=cells,
        assumptions=tuple(assumptions),
        numeric=asks_number(query),
        periods_shown=_shown(periods),
    )


def asks_number(query: Query) -> bool:
    """Whether the question asks for a number rather than for words."""
    return bool(
        query.numbers
        or any(a.id or a.measures or a.units for a in query.indicators)
        or re.search(r"多少|几|目标|总额|总量|规模|率|数量|人数|面积|比例|金额|指标|增", query.text)
    )


def _refuse(query: Query, holdings: Holdings) -> Refusal | None:
    if len(query.question) > QUESTION_CHARS:
        return Refusal(
            "unclear",
            f"问题太长（{len(query.question)}个字符），请用不超过{QUESTION_CHARS}个字符再问一次，写明地方、年份和指标。",
            f"The question is too long ({len(query.question)} characters); please ask again in at most {QUESTION_CHARS}.",
        )
    if not re.search(r"[\w]", query.text):
        return Refusal(
            "unclear",
            "没有读到可以回答的问题。请写明地方、年份和指标，例如“沈河区2020年GDP增长目标”。",
            "No question was found. Please name a place, a year and an indicator.",
        )
    if not holdings.by_place:
        return Refusal(
            "no_report",
            "库中还没有可以回答问题的报告，请先导入报告文件。",
            "The library holds no reports yet; please ingest some first.",
        )
    return None


def _places(query: Query, holdings: Holdings) -> tuple[tuple[Place, ...], list[str], Refusal | None]:
    assumptions: list[str] = []
    found: list[Place] = []
    for ask in query.places:
        held = [c for c in ask.candidates if c.code in holdings.codes]
        if ask.slip and held:
            assumptions.append(f"“{ask.words}”按“{held[0].own}”理解")
        if ask.carried:
            assumptions.append(f"沿用上文的地方：{short_place(ask.candidates[0].name)}")
        if len(held) > MAX_SHARED:
            names = "、".join(c.name for c in held)
            return (
                tuple(held),
                assumptions,
                Refusal(
                    "unclear",
                    f"“{ask.words}”可能指：{names}。请问是哪一个？",
                    f"“{ask.words}” may be any of: {names}. Which one?",
                ),
            )
        if len(held) > 1:
            assumptions.append(f"“{ask.words}”有多个同名的地方，逐一回答：" + "、".join(c.name for c in held))
        found += held or [ask.candidates[0]]
    found = list(dict.fromkeys(found))
    if _WRITING.search(query.text):
        return tuple(found), assumptions, _off_topic()
    if found and not any(p.code in holdings.codes for p in found) and query.sweep is None:
        if query.kind != "sweep" and _is_off_topic(query):
            return tuple(found), assumptions, _off_topic()
        return tuple(found), assumptions, _no_report(query, found, holdings)
    if not found and query.sweep is None:
        return _no_place(query, holdings, assumptions)
    if not query.topic.strip() and not query.indicators and query.kind in ("lookup", "prose") and not query.periods:
        return tuple(found), assumptions, _says_nothing(holdings)
    return tuple(found), assumptions, None


# 帮我写一首关于海南大海的诗
_WRITING = re.compile(
    "(?:写|作|编|来|讲)(?:一|两|几)?(?:首|篇|个|段|副|则).{0,14}(?:诗|歌|歌词|作文|小说|故事|对联|笑话)$"
)


def _off_topic() -> Refusal:
    return Refusal(
        "off_topic",
        "这个问题不是关于政府工作报告的，无法回答。可以这样问：“沈河区2020年GDP增长目标”。",
        "This is no question about government work reports.",
    )


def _no_report(query: Query, places: Sequence[Place], holdings: Holdings) -> Refusal:
    name = "、".join(p.name for p in places)
    shared = [c for ask in query.places for c in ask.candidates]
    if len(shared) > 1 and len(query.places) == 1:
        name = "或".join(c.name for c in shared[:4])
    near = _near(places, holdings)
    period = next((p.period for p in query.periods if p.period), "")
    return Refusal(
        "no_report",
        f"库中没有{name}的政府工作报告。{near}",
        f"The library holds no report of {name}.",
        tuple((p, period) for p in places),
    )


def _near(places: Sequence[Place], holdings: Holdings) -> str:
    have = [rows[0] for rows in holdings.by_place.values()]
    names = [
        short_place(r.place) for r in have if any(r.place.startswith(p.name) or r.place in p.parents for p in places)
    ]
    if names:
        return f"相关地方的报告有：{'、'.join(names[:8])}；它们不能代替所问的地方。"
    names = [short_place(r.place) for r in have[:8]]
    return f"现有报告的地方：{'、'.join(names)}{'等' if len(have) > 8 else ''}。"


def _is_off_topic(query: Query) -> bool:
    known = any(a.id for a in query.indicators)
    return (
        not known
        and re.search(
            r"天气|股票|股价|彩票|菜谱|做饭|笑话|诗|翻译|电影|歌|足球|篮球|游戏|代码|编程|旅游攻略|怎么走|几点|星期|你是谁|你好|谢谢|再见|新闻|明星|减肥|感冒|药|爱情|星座|机票|酒店|外卖",
            query.text,
        )
        is not None
    )


def _no_place(
    query: Query, holdings: Holdings, assumptions: list[str]
) -> tuple[tuple[Place, ...], list[str], Refusal | None]:
    """No place was named: the only place that fits is assumed, prose searches everything, else it is asked back."""
    held = holdings.by_place
    if query.stranger and not _is_off_topic(query):
        return (
            (),
            assumptions,
            Refusal(
                "no_report",
                f"没有找到名为“{query.stranger}”的地方，库中没有它的政府工作报告。{_near((), holdings)}",
                f"No place named {query.stranger} is known; the library holds no report of it.",
            ),
        )
    if not query.topic.strip() and not query.indicators and query.kind in ("lookup", "prose"):
        return (), assumptions, _says_nothing(holdings)
    years = {int(p.period[:4]) for p in query.periods if p.kind in ("year", "part") and p.period[:4].isdigit()}
    years |= {query.report_hint} if query.report_hint else set()
    ahead = query.roles == ("target",)
    back = query.roles == ("actual",)
    fitting = [
        code
        for code, rows in held.items()
        if not years
        or any((not back and r.report_year in years) or (not ahead and r.result_year in years) for r in rows)
    ]
    if not fitting:  # 1985年: no report of the year is held, and one place alone has reports from before and since
        fitting = [code for code, rows in held.items() if _spans_years(rows, years)]
    known = any(a.id for a in query.indicators) or query.kind in ("list", "about-report")
    if _is_off_topic(query) or (not query.indicators and not known and not query.periods):
        return (), assumptions, _off_topic()
    if len(fitting) == 1:
        rows = held[fitting[0]]
        assumptions.append(f"问题没有说明地方，按库中唯一相符的{rows[0].place}回答")
        return (_as_place(rows[0]),), assumptions, None
    if query.kind == "prose" or (not known and not asks_number(query)):
        return (), assumptions, None
    if len(held) <= MAX_SHARED and fitting:
        places = tuple(_as_place(held[c][0]) for c in fitting)
        assumptions.append("问题没有说明地方，对库中每个地方分别回答")
        return places, assumptions, None
    if not known and not asks_number(query):
        return (), assumptions, None
    names = "、".join(short_place(held[c][0].place) for c in (fitting or list(held))[:8])
    return (
        (),
        assumptions,
        Refusal(
            "unclear",
            f"请问是哪个地方？库中有：{names}{'等' if len(held) > 8 else ''}。",
            f"Which place? The library holds reports of {names} and others.",
            choices=tuple(_as_place(held[c][0]) for c in fitting),
        ),
    )


def _spans_years(reports: Sequence[Report], years: set[int]) -> bool:
    """Whether reports of a place are held from before each of ``years`` and from since."""
    held = [r.report_year for r in reports if r.report_year is not None]
    return bool(held) and bool(years) and min(held) <= min(years) and max(years) <= max(held)


def _says_nothing(holdings: Holdings) -> Refusal:
    """A place or a year alone is no question."""
    names = "、".join(short_place(rows[0].place) for rows in list(holdings.by_place.values())[:8])
    return Refusal(
        "unclear",
        f"请写明想问的内容，例如“沈河区2020年GDP增长目标”。库中有这些地方的报告：{names}{'等' if len(holdings.by_place) > 8 else ''}。",
        "Please say what you would like to know: a place, a year and an indicator.",
    )


def _as_place(report: Report) -> Place:
    return Place(report.place_code, report.place, short_place(report.place), short_place(report.place), report.level)


def _shown(periods: Iterable[PeriodAsk]) -> tuple[str, ...]:
    return tuple(p.period or p.words for p in periods)


def _hint(query: Query) -> tuple[int | None, tuple[PeriodAsk, ...]]:
    """The report year that is named beside a span or term, and the periods that are asked for."""
    spans = [p for p in query.periods if p.kind == "span"]
    terms = [p for p in query.periods if p.kind in ("past_term", "coming_term")]
    years = [p for p in query.periods if p.kind == "year"]
    if query.delivered[:4].isdigit() and len(years) == 1 and not spans and not terms:
        return int(query.delivered[:4]), tuple(query.periods)
    if spans:
        ends = [p for p in years if any(p.period == s.period[-4:] for s in spans)]
        if query.numbers and re.search("年均|累计", query.text):
            ends = []  # 2020年GDP达到3300亿元,“十三五”年均增长多少: the year is that of the number
        others = [p for p in years if p not in ends]
        kept = tuple(dict.fromkeys(replace(p, words="") for p in (ends or spans)))
        return (int(others[0].period) if others else query.report_hint), kept
    if terms:
        return (int(years[0].period) if years else query.report_hint), (terms[0],)
    if query.report_hint and len(years) > 1:
        return query.report_hint, tuple(p for p in query.periods if p.period != str(query.report_hint))
    return None, tuple(p for p in query.periods)


def _renew(
    periods: tuple[PeriodAsk, ...], places: Sequence[Place], holdings: Holdings
) -> tuple[tuple[PeriodAsk, ...], list[str]]:
    """A year carried over from the conversation may give way to the newest report of a place that lacks it."""
    notes: list[str] = []
    out: list[PeriodAsk] = []
    for p in periods:
        years = {y for place in places for r in holdings.reports(place) for y in (r.report_year, r.result_year) if y}
        if p.carried and p.kind == "year" and p.period[:4].isdigit() and years and int(p.period[:4]) not in years:
            newest = max(years)
            notes.append(f"上文的{p.period}年没有这个地方的报告，改用最新一份（{newest}年）")
            out.append(replace(p, period=str(newest)))
        else:
            if p.carried and p.period:
                notes.append(f"沿用上文的时间：{p.period}")
            out.append(p)
    return tuple(out), notes


def _reports(
    query: Query, places: Sequence[Place], periods: Sequence[PeriodAsk], hint: int | None, holdings: Holdings
) -> Iterable[Report]:
    """The reports that words are read from: those of the year and role asked for, newest where none is said."""
    for place in places:
        rows = holdings.reports(place, delivered=query.delivered)
        years = (
            [hint]
            if hint
            else [int(p.period[:4]) for p in periods if p.kind in ("year", "part") and p.period[:4].isdigit()]
        )
        ends = [int(p.period[-4:]) for p in periods if p.kind == "span"]
        if not rows:
            continue
        newest = rows[-1]
        for p in periods:
            if p.kind == "last" and newest.report_year and not years:
                years = [newest.report_year - 1]
        if years:
            for year in years:
                yield from _of_year(query, rows, year)
        elif ends:
            near = [r for r in rows if r.report_year and abs(r.report_year - ends[0]) <= 5]
            ahead = "target" in query.roles or "plan" in query.roles
            setting = [r for r in near if ahead and (r.report_year or 0) <= ends[0] - 3][-2:]
            yield from setting or [*near[-2:], *(r for r in near[:-2] if r.report_year == ends[0] - 4)]
        elif query.kind == "prose" and not periods and not re.search(r"问题|不足|困难|短板", query.text):
            yield from reversed(rows)
        else:
            yield newest


def _of_year(query: Query, rows: Sequence[Report], year: int) -> list[Report]:
    plan = [r for r in rows if r.report_year == year]
    result = [r for r in rows if r.result_year == year]
    if MISSED_GOALS.search(query.text) and "报告" not in query.text:
        return result or plan  # what was missed is told when the year is over
    if (
        query.kind == "about-report"
        or "target" in query.roles
        or "plan" in query.roles
        or query.item is not None
        or query.kind == "list"
    ):
        return plan
    looks_back = "actual" in query.roles or re.search(
        r"问题|不足|困难|工作中|成绩|成就|做了|取得|回顾|完成", query.text
    )
    looks_ahead = re.search(r"规划|打算|安排|部署|计划|重点|实事|将|要(?!求)|报告", query.text)
    if looks_back and not looks_ahead:
        return result or plan
    return plan or result if looks_ahead else [*plan, *[r for r in result if r not in plan]]


def _cells(
    query: Query, places: Sequence[Place], periods: Sequence[PeriodAsk], hint: int | None, holdings: Holdings
) -> Iterable[Cell]:
    """One cell for each thing, place, period and role asked for."""
    asks = [a for a in query.indicators if a.words]
    if not asks or query.kind in ("about-report",) or (query.kind in ("prose", "list") and not any(a.id for a in asks)):
        return
    if together := _told_together(query, places, periods, asks):
        role = query.roles[0] if len(query.roles) == 1 else None
        yield from (Cell(place, period, role, ask, hint, query.delivered) for place, period, ask in together)
        return
    asks = [*asks, *_premise_asks(query, asks)]
    for place, period, role in _slots(query, places, periods, holdings):
        for ask in asks:
            yield Cell(place, period, role, ask, hint, query.delivered)


def _told_together(
    query: Query, places: Sequence[Place], periods: Sequence[PeriodAsk], asks: Sequence[IndicatorAsk]
) -> list[tuple[Place, PeriodAsk, IndicatorAsk]]:
    """A2020年GDP目标和B2018年投资目标: each place with its own year and its own indicator; else nothing."""
    if not len(places) == len(periods) == len(asks) == len(query.places) > 1:
        return []
    at = [
        query.text.find(words)
        for place, period, ask in zip(query.places, periods, asks, strict=True)
        for words in (place.words, period.words.strip(), ask.words.split(" ")[0])
    ]
    told = -1 not in at and at == sorted(at) and len(set(at)) == len(at)
    return list(zip(places, periods, asks, strict=True)) if told else []


def _premise_asks(query: Query, asks: Sequence[IndicatorAsk]) -> list[IndicatorAsk]:
    """A number taken for granted asks for the true number of its kind too."""
    out: list[IndicatorAsk] = []
    for number in query.numbers:
        if number.unit.endswith("元") and asks[0].measures and asks[0].units != "money":
            out.append(replace(asks[0], measures=(), units="money"))
        elif {"change", "growth"} & set(asks[0].measures) and not re.search("[%倍点]$", number.unit):
            out.append(replace(asks[0], measures=()))  # 粮食产量3920亿斤,比上年增加了多少
        elif asks[0].units and unit_class(number.unit) not in ("", asks[0].units) and asks[0].id is None:
            out.append(replace(asks[0], measures=(), units=unit_class(number.unit)))
    return out


def unit_class(unit: str) -> str:
    """The class of units that a counted unit asks for: 90个 asks for a count in 个; "" where it is no count."""
    bare = strip_multiple(unit)
    return f"count:{bare}" if bare in ("个", "家", "件", "所", "户", "条", "座", "处", "项", "台", "套", "张") else ""


def _slots(
    query: Query, places: Sequence[Place], periods: Sequence[PeriodAsk], holdings: Holdings
) -> Iterable[tuple[Place, PeriodAsk | None, Role | None]]:
    """Every place, period and role that is asked for, the places of a comparison with their own years."""
    roles: tuple[Role | None, ...] = query.roles or (None,)
    if query.pairs:
        by_period = {p.period: p for p in periods}
        told = [(by_period.get(year, PeriodAsk(year, year)), role) for year, role in query.pairs]
        yield from ((place, period, role) for place in places for period, role in told)
    elif query.kind == "series":
        yield from ((place, one, roles[0]) for place in places for one in _series(periods, place, holdings, roles[0]))
    elif len(places) == len(periods) > 1 and all(p.kind == "year" for p in periods):
        paired = zip(places, periods, strict=True)
        yield from ((place, one, role) for place, one in paired for role in roles)
    elif not periods and len(roles) == 2:
        yield from (slot for place in places for slot in _both_roles(place, holdings))
    else:
        yield from ((place, one, role) for place in places for one in periods or (None,) for role in roles)


def _both_roles(place: Place, holdings: Holdings) -> Iterable[tuple[Place, PeriodAsk | None, Role | None]]:
    """Target and result of one year: the newest whose result is in."""
    newest = holdings.newest(place)
    year = str(newest.result_year) if newest and newest.result_year else ""
    period = PeriodAsk(year, year) if year else None
    yield place, period, "target"
    yield place, period, "actual"


def _series(periods: Sequence[PeriodAsk], place: Place, holdings: Holdings, role: Role | None) -> list[PeriodAsk]:
    """The years of a series, one by one."""
    shift = 0 if role == "target" else 1
    held = [y - shift for y in holdings.years(place)]
    for p in periods:
        if p.kind == "span":
            first, last = int(p.period[:4]), int(p.period[-4:])
            if last - first > LONG_SERIES and held:  # of a century only the years near a report are told
                first, last = max(first, min(held) - 1), min(last, max(held) + 1)
            return [PeriodAsk(str(y), p.words) for y in range(first, last + 1)]
        if p.kind == "recent" and held:
            return [PeriodAsk(str(y), p.words) for y in range(held[-1] - int(p.period) + 1, held[-1] + 1)]
        if p.kind == "all":
            return [PeriodAsk(str(y), p.words) for y in held]
    return [p for p in periods if p.kind == "year"] or [PeriodAsk(str(y), "") for y in held]


def _sweep_plan(query: Query, holdings: Holdings, gazetteer: Gazetteer) -> Plan:
    """A cell for every place of the level in scope; places without reports are named."""
    sweep = query.sweep
    assert sweep is not None
    within = sweep.within
    scope = [
        p
        for code in holdings.by_place
        if (p := gazetteer.by_code(code)) is not None and _in_scope(p, sweep.level, within, gazetteer)
    ]
    without: list[Place] = []
    if sweep.level == "province" or within is not None:
        every = gazetteer.children(within) if within is not None else gazetteer.places(level="province")
        codes = {p.code for p in scope}
        without = [
            p
            for p in every
            if p.code not in codes
            and not p.code.startswith(_NO_PROVINCE)
            and _in_scope(p, sweep.level, within, gazetteer)
            and not gazetteer.is_former(p)
        ]
    hint, periods = _hint(query)
    role = query.roles[0] if query.roles else None
    asks = [a for a in query.indicators if a.words]
    level_name = {"province": "各省（自治区、直辖市）", "city": "各市", "county": "各区县", "zone": "各区县"}.get(
        sweep.level, "各地"
    )
    label = f"{short_place(within.name) if within else ''}{level_name}"
    if not asks:
        return Plan(refusal=Refusal("unclear", f"请问要查{label}的哪个指标？", "Which indicator?"))
    if not scope:
        return Plan(refusal=Refusal("no_report", f"库中没有{label}的报告。", "No such reports are held."))
    cells = tuple(
        Cell(place, period, role, ask, hint, query.delivered)
        for place in sorted(scope, key=lambda p: p.code)
        for period in (periods or (_common_year(scope, holdings, role),))
        for ask in asks
    )
    shown = _shown(periods)
    return Plan(
        places=(within,) if within else (),
        cells=cells,
        periods_shown=shown,
        sweep_label=label + (f"{shown[0]}年" if shown and shown[0].isdigit() else ""),
        sweep_period=shown[0] if shown else "",
        without_reports=tuple(without),
        assumptions=()
        if periods
        else (f"问题没有说明年份，按{cells[0].period.period if cells[0].period else ''}年回答",),
    )


def _in_scope(place: Place, level: str, within: Place | None, gazetteer: Gazetteer) -> bool:
    levels = ("county", "zone") if level == "county" else (level,)
    if place.level not in levels:
        return False
    return within is None or gazetteer.is_within(place, within)


def _common_year(places: Sequence[Place], holdings: Holdings, role: Role | None) -> PeriodAsk:
    """The newest year that most of the places have a report of."""
    counts: dict[int, int] = {}
    for place in places:
        for year in holdings.years(place):
            counts[year] = counts.get(year, 0) + 1
    best = max(sorted(counts), key=lambda y: (counts[y], y)) if counts else 0
    return PeriodAsk(str(best - (1 if role == "actual" else 0)), "")
