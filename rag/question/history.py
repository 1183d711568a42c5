"""A question that leans on the ones before it -> the query with what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.indicators import identify
from rag.question.query import IndicatorAsk, PeriodAsk, Query


def carried_over(query: Query, before: Query) -> Query:
    """``query`` with what it leaves open taken from the one before, where it leans on it."""
    if query.stranger or not _leans(query):
        return query
    places = query.places or tuple(replace(p, carried=True) for p in before.places)
    periods = query.periods or tuple(replace(p, carried=True) for p in before.periods)
    bare = not [a for a in query.indicators if a.words and (a.id or not set(a.words.split()) <= _EMPTY_WORDS)]
    periods = tuple(_relative_to(p, before) for p in periods)
    indicators = query.indicators
    if bare:
        measures = next((a.measures for a in query.indicators if a.measures), ())
        units = next((a.units for a in query.indicators if a.units), "")
        indicators = tuple(
            replace(a, measures=measures or (() if units else a.measures), units=units or a.units)
            for a in before.indicators
        )
    elif len(query.indicators) == 1 and not (indicators[0].measures or indicators[0].units):
        earlier = [a for a in before.indicators if a.inherits or (a.id and a.id == before.indicators[0].id)]
        if len(earlier) > 1 and len({a.measures for a in earlier}) > 1:
            # 出口呢? after 进出口总额是多少,增长了多少? asks for both again
            indicators = tuple(
                replace(indicators[0], measures=a.measures, inherits=i > 0) for i, a in enumerate(earlier)
            )
        if "达到" in {mark for a in before.indicators for mark in a.marks}:  # 要达到多少, then 社零呢
            indicators = (replace(indicators[0], marks=(*indicators[0].marks, "达到")),)
        grew = [a.measures for a in before.indicators] == [("growth",)]
        if grew and re.search("投资|增加值|总值|总额|收入$", indicators[0].id or ""):
            indicators = (
                replace(indicators[0], measures=("growth",), measures_carried=True),
            )  # 固定资产投资呢? after 社零增长目标
    indicators = tuple(_of_others(a, before.indicators) for a in indicators)
    roles = query.roles or before.roles
    said = [p for p in before.periods if p.kind == "year" and p.period.isdigit()]
    terms = any(p.kind in ("past_term", "coming_term") for p in query.periods)
    same = not query.places or [p.candidates for p in query.places] == [p.candidates for p in before.places]
    hint = query.report_hint or (int(said[0].period) if terms and said and same else None)
    sweep = query.sweep or (before.sweep if not query.places else None)
    kind = query.kind
    if kind == "lookup" or (kind == "prose" and bare):
        kind = (
            before.kind
            if before.kind in ("sweep", "list", "prose", "series") and (bare or before.kind in ("sweep", "series"))
            else "lookup"
        )
    if kind == "sweep" and sweep is None:
        kind = "lookup"
    if kind == "compare" and len(places) < 2 and len(periods) < 2 and len(roles) < 2:
        places = (*tuple(replace(p, carried=True) for p in before.places), *query.places) if query.places else places
        periods = periods if query.periods or len(places) > 1 else before.periods
    return replace(
        query,
        places=places,
        periods=periods,
        indicators=indicators,
        roles=roles,
        sweep=sweep,
        kind=kind,
        item=query.item,
        report_hint=hint,
        topic=query.topic if not bare else before.topic,
        follows=True,
    )


_OTHERS = (
    ("城镇居民", re.compile("城镇|城市|城镇居民|城市居民")),
    ("农村居民", re.compile("农村|乡村|农民|农村居民|乡村居民")),
    ("全体居民", re.compile("全体|全体居民|居民")),
)


def _of_others(ask: IndicatorAsk, before: Sequence[IndicatorAsk]) -> IndicatorAsk:
    """那农民的呢? after 城镇居民人均可支配收入 asks for the same of others."""
    who = next((name for name, said in _OTHERS if ask.id is None and said.fullmatch(ask.words)), None)
    if who is None or len(before) != 1 or not re.search("居民|农民", before[0].words):
        return ask
    words = re.sub("(?:城镇|农村|城乡|全体|城市)?(?:常住)?居民|农民", who, before[0].words, count=1)
    return replace(before[0], words=words, id=identify(words), said=words)


_EMPTY_WORDS = frozenset(
    "到位 产了 产 建成 新建 开工 引进 培育 办理 发放 拆除 竣工 实施 投入 新增 添 再添 新添 增添 收 数 目标 完成 实际 五年 一共 增加 这个 那个 数字 任务 建设 提高 要求 今后 情况 具体 结果 后来".split()
)


def _relative_to(period: PeriodAsk, before: Query) -> PeriodAsk:
    """去年, 前一年 after a question about a year mean the year before that one."""
    stated = [p for p in before.periods if p.kind == "year" and p.period.isdigit()]
    shift = {"last": -1, "next": 1, "before": -2}.get(period.kind)
    if period.carried or shift is None or not stated:
        return period
    return replace(period, period=str(int(stated[-1].period) + shift), kind="year")


def _leans(query: Query) -> bool:
    """Whether a question leaves something open that an earlier one may have said."""
    if query.about and query.places:
        return False
    has_indicator = any(a.words for a in query.indicators)
    return not (query.places or query.sweep) or not has_indicator or not query.periods
