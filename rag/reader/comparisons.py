"""Figures set side by side -> differences, ranks and whether a goal was met, with their operands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rag.answer import CitedFigure, Derived
from rag.lookup import CellResult
from rag.reader.draft import Draft
from rag.types import Figure
from rag.units import comparable, scaled
from rag.wording import ROLE_ZH, period_zh, short_place, shown


def compare(draft: Draft, results: Sequence[CellResult], figures: Sequence[CitedFigure]) -> list[Derived]:
    """Which of two is ahead and by how much, where two comparable figures were found."""
    if (draft.query.kind != "compare" and not draft.query.versus) or len(figures) < 2:
        return []
    one, two = figures[0], figures[1]
    if len(figures) > 2 and not (draft.query.wants_difference or draft.query.wants_rank):
        return []
    if len(figures) > 2:
        tell_first(draft, figures)
        return []
    a, b = one.figure, two.figure
    if not comparable(a, b) or isinstance(a.value, tuple) or isinstance(b.value, tuple):
        return []
    apart = {a.indicator_id, b.indicator_id} - {None}
    if len(apart) > 1 and not (draft.query.wants_difference or draft.query.wants_rank):
        return []  # GDP目标和…投资目标: two things that nobody set against each other
    difference, unit = _difference(a, b)
    label_a, label_b = _label(draft, a, b)
    if difference == 0:
        draft.lines.append(
            draft.say(
                f"两者相等。[{one.citation}][{two.citation}]", f"They are equal. [{one.citation}][{two.citation}]"
            )
        )
    else:
        high = a.unit.endswith(("%", "％")) or "高" in draft.query.text
        word = "高" if high else "多"
        less = "少" if word == "多" else "低"
        more, fewer = (label_a, label_b) if difference > 0 else (label_b, label_a)
        amount = f"{_plain_number(abs(difference))}{unit}"
        first = f"{label_a}比{label_b}{word if difference > 0 else less}{amount}"
        draft.lines.append(
            draft.say(
                f"{more}更{word}，{fewer}更{less}：{first}[{one.citation}][{two.citation}]。",
                f"{more} is higher by {amount} [{one.citation}][{two.citation}].",
            )
        )
    if a.place == b.place and a.period == b.period and {a.role, b.role} == {"target", "actual"}:
        _met(draft, a, b, difference)
    formula = (
        f"{shown_number(a)} - {shown_number(b)}"
        if a.unit == b.unit
        else f"{_plain_number(scaled(a))} - {_plain_number(scaled(b))}"
    )
    return [Derived(difference, unit, formula, (one.citation, two.citation))]


def _met(draft: Draft, a: Figure, b: Figure, difference: Decimal) -> None:
    """Whether the year's result reached its target."""
    gap = -difference if a.role == "target" else difference
    percent = "个百分点" if a.unit in ("%", "％") else a.unit
    ceiling = any(w in (f.modality or "") for f in (a, b) for w in ("以内", "不超过", "控制在"))
    if gap == 0:
        draft.lines.append(draft.say("实际与目标持平。", "The result equals the target."))
        return
    over = gap > 0
    good = not over if ceiling else over
    draft.lines.append(
        draft.say(
            f"实际{'高于' if over else '低于'}目标{_plain_number(abs(gap))}{percent}，{'达到了目标' if good else '没有达到目标'}。",
            f"The result is {'above' if over else 'below'} the target by {_plain_number(abs(gap))}{percent}.",
        )
    )


def tell_first(draft: Draft, figures: Sequence[CitedFigure]) -> None:
    """Adds the sentence that names the highest of figures that can be compared, or the lowest where that is asked."""
    usable = [c for c in figures if not isinstance(c.figure.value, tuple) and comparable(c.figure, figures[0].figure)]
    if len(usable) < 2:
        return
    least = draft.query.wants_rank == "least"
    best = (min if least else max)(usable, key=lambda c: scaled(c.figure))
    f = best.figure
    draft.lines.append(
        draft.say(
            f"其中{'最低' if least else '最高'}的是{short_place(f.place)}{period_zh(f.period)}：{shown(f)}[{best.citation}]。",
            f"The {'lowest' if least else 'highest'}: {f.place} {f.period}, {shown(f)} [{best.citation}].",
        )
    )


def _label(draft: Draft, a: Figure, b: Figure) -> tuple[str, str]:
    """What tells two figures apart: their places, else their periods and roles."""
    if a.place != b.place:
        return short_place(a.place), short_place(b.place)
    if a.indicator != b.indicator and a.period == b.period:
        return a.indicator, b.indicator
    return f"{period_zh(a.period)}{ROLE_ZH[a.role]}", f"{period_zh(b.period)}{ROLE_ZH[b.role]}"


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
