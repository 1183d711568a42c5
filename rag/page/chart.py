"""Figures side by side as bars: by year where years differ, by place where places do. Pure markup, no script.

Columns of a series and rows of a comparison are buttons: each opens the proof of its number, and says its quote and
source when it is pointed at or reached by the keyboard.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rag.answer import Answer, CitedFigure
from rag.config import Lang
from rag.page.markup import escape
from rag.page.words import say
from rag.types import Citation, Role
from rag.units import base_unit, in_base
from rag.wording import period_zh, short_place, shown, thing

CHARTED: Final = ("compare", "series", "sweep", "lookup")
ROLE_ORDER: Final[tuple[Role, ...]] = ("target", "actual", "cumulative", "plan")
_LABELLED: Final = 12  # columns that have room for their number above them
_LONG: Final = 14  # rows that stand without a scroll bar
_MOST_YEARS: Final = 60  # an axis of years has no gaps, as long as it is no longer
_TICKS: Final = 4
_TIP_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class Bar:
    """One number of a chart: ``low`` and ``high`` in the unit of the axis, equal unless the report gives a range."""

    cited: CitedFigure
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars by place or by period, in one unit."""

    what: str
    unit: str
    by: str  # "place" or "period"
    groups: tuple[tuple[str, tuple[Bar, ...]], ...]

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that occur, in their order."""
        found = {bar.cited.figure.role for _, bars in self.groups for bar in bars}
        return tuple(role for role in ROLE_ORDER if role in found)


def chart_of(answer: Answer) -> Chart | None:
    """The chart of an answer's figures, or None where there is nothing to set side by side."""
    if answer.reading.kind not in CHARTED:
        return None
    kinds: dict[tuple[str, str, str], list[CitedFigure]] = {}
    for cited in answer.figures:
        figure = cited.figure
        if figure.measure != "rank":
            key = (figure.indicator_id or figure.indicator, figure.measure, base_unit(figure.unit)[0])
            kinds.setdefault(key, []).append(cited)
    largest = max(kinds.values(), key=len, default=[])
    return _chart(largest) if len(largest) >= 2 else None


def chart_html(chart: Chart, citations: Mapping[int, Citation], lang: Lang) -> str:
    """The chart as markup.

    Args:
        chart: What to draw.
        citations: The answer's citations by number, for what a bar says when it is pointed at.
        lang: Language of its words; quotes stay as they are.
    """
    scale = _Scale.over([value for _, bars in chart.groups for bar in bars for value in (bar.low, bar.high)])
    title = say("chart_of", lang, what=chart.what, unit=chart.unit)
    legend = "".join(
        f'<span class="role role-{role}">{escape(say(f"role_{role}", lang))}</span>' for role in chart.roles
    )
    ticks = "".join(
        f'<span class="tick" style="--at:{scale.part(tick):.2f}">{_number(tick)}</span>' for tick in scale.ticks
    )
    labelled = len(chart.groups) <= _LABELLED or chart.by == "place"
    groups = "".join(
        f'<li><span class="name">{escape(name)}</span><span class="bars">'
        + "".join(_bar_html(bar, scale, citations, lang) for bar in bars)
        + "</span></li>"
        for name, bars in chart.groups
    )
    kind = f"by-{chart.by}{'' if labelled else ' many'}{' long' if len(chart.groups) > _LONG else ''}"
    return (
        f'<figure class="chart {kind}"><figcaption><strong>{escape(title)}</strong> {legend}</figcaption>'
        f'<div class="plot" style="--zero:{scale.part(0):.2f}"><div class="axis" aria-hidden="true">{ticks}</div>'
        f"<ul>{groups}</ul></div></figure>"
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """An axis from a round number to a round number, zero among them."""

    low: float
    high: float
    step: float

    @classmethod
    def over(cls, values: Sequence[float]) -> _Scale:
        low, high = min(0.0, *values), max(0.0, *values)
        rough = (high - low or 1.0) / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= rough * 0.999)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, step)

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + n * self.step for n in range(count + 1)]

    def part(self, value: float) -> float:
        """Where a value lies, in per cent of the axis."""
        return 100 * (value - self.low) / (self.high - self.low or 1.0)


def _chart(largest: Sequence[CitedFigure]) -> Chart | None:
    places = list(dict.fromkeys(c.figure.place for c in largest))
    periods = sorted(dict.fromkeys(c.figure.period for c in largest))
    by = "period" if len(periods) > 1 and len(places) == 1 else "place"
    unit = largest[0].figure.unit
    groups: dict[str, list[Bar]] = {}
    for cited in sorted(largest, key=_order):
        figure = cited.figure
        year = period_zh(figure.period) if len(periods) > 1 else ""
        name = _axis_period(figure.period) if by == "period" else f"{short_place(figure.place)} {year}".strip()
        groups.setdefault(name, []).append(_bar(cited, unit))
    if len(groups) < 2 and len(largest) < 2:
        return None
    if by == "period":
        groups = {year: groups.get(year, []) for year in _without_gaps(list(groups))}
    ordered = list(groups.items())
    if by == "place" and len(periods) == 1:
        ordered.sort(key=lambda group: -max(bar.high for bar in group[1]))
    first = largest[0].figure
    owner = short_place(first.place) if len(places) == 1 else ""
    when = period_zh(periods[0]) if len(periods) == 1 else ""
    return Chart(f"{owner}{when}{thing(first)}", unit, by, tuple((name, tuple(bars)) for name, bars in ordered))


def _without_gaps(names: list[str]) -> list[str]:
    """The years with those between them, so that equal distances are equal times."""
    if not all(re.fullmatch(r"\d{4}", name) for name in names) or int(names[-1]) - int(names[0]) >= _MOST_YEARS:
        return names
    return [str(year) for year in range(int(names[0]), int(names[-1]) + 1)]


def _order(cited: CitedFigure) -> tuple[str, int]:
    return cited.figure.period, ROLE_ORDER.index(cited.figure.role)


def _bar(cited: CitedFigure, unit: str) -> Bar:
    value = cited.figure.value
    pair = value if isinstance(value, tuple) else (value, value)
    low, high = (float(in_base(v, cited.figure.unit) / in_base(Decimal(1), unit)) for v in pair)
    return Bar(cited, low, high)


def _bar_html(bar: Bar, scale: _Scale, citations: Mapping[int, Citation], lang: Lang) -> str:
    figure, number = bar.cited.figure, bar.cited.citation
    ends = sorted((scale.part(0), scale.part(bar.high)))
    sure = 100 * bar.low / bar.high if 0 < bar.low < bar.high else 100
    says = shown(figure)
    citation = citations.get(number)
    tip = "" if citation is None else f"「{_clipped(citation.quote)}」{citation.title}"
    name = f"{figure.place} {period_zh(figure.period)} {say(f'role_{figure.role}', lang)} {says}"
    return (
        f'<button type="button" class="bar role-{figure.role}" data-do="proof" data-n="{number}" '
        f'data-at="{figure.start}-{figure.end}" aria-label="{escape(name)}" '
        f'style="--from:{ends[0]:.2f};--to:{ends[1]:.2f};--sure:{sure:.2f}"><span class="fill"></span>'
        f'<span class="says">{escape(says)}</span><span class="tip"><b>{escape(name)}</b>{escape(tip)}</span></button>'
    )


def _axis_period(period: str) -> str:
    return period if re.fullmatch(r"\d{4}(?:-\d{4})?", period) else period_zh(period)


def _clipped(quote: str) -> str:
    return quote if len(quote) <= _TIP_CHARS else f"{quote[:_TIP_CHARS]}…"


def _number(value: float) -> str:
    return f"{value:.10g}"
