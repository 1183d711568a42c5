"""A test of the scorer itself: right answers made from the gold, spoilt in one slot at a time, must all be wrong."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from eval.gold import ROLES, Fact, Gold
from eval.judge import judge
from eval.units import same_value

OTHER_PLACES: Final = ("辽宁省鞍山市铁东区", "贵州省遵义市播州区", "全国")
_MULTIPLIERS: Final = ("万", "亿")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A right answer with one slot spoilt, and what was done."""

    kind: str
    what: str
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """How many mutants of each kind there were, and those that the judge did not call wrong."""

    counts: Mapping[str, int]
    survivors: tuple[str, ...]
    unfit: tuple[str, ...]  # questions whose unspoilt answer is not right: the gold contradicts itself

    @property
    def total(self) -> int:
        """All mutants."""
        return sum(self.counts.values())


def mutation_test(golds: Sequence[Gold]) -> Mutation:
    """Judges every mutant of every question with facts, and unanswerable ones that are answered all the same."""
    counts: Counter[str] = Counter()
    survivors, unfit = [], []
    for gold in golds:
        answer = right_answer(gold)
        if judge(gold, answer).outcome != "right":
            unfit.append(gold.id)
            continue
        for mutant in mutants(gold, answer):
            counts[mutant.kind] += 1
            if judge(gold, mutant.answer).outcome != "wrong":
                survivors.append(f"{gold.id} {mutant.kind}: {mutant.what}")
    return Mutation(dict(sorted(counts.items())), tuple(survivors), tuple(unfit))


def right_answer(gold: Gold) -> dict[str, Any]:
    """An answer object made from the gold itself."""
    citations = [
        {"n": n, "report_id": "", "place": "", "quote": span.quote} for n, span in enumerate(gold.evidence, start=1)
    ]
    figures = [_figure(fact, 1 if citations else None) for fact in gold.facts]
    said = [f"{f['value']}{f['unit']}" for f in figures] + [group[0] for group in gold.must_include]
    status = "answered" if gold.answerable else "no_report"
    return {"id": gold.id, "status": status, "text": "；".join(said), "figures": figures, "citations": citations}


def mutants(gold: Gold, answer: Mapping[str, Any]) -> Iterator[Mutant]:
    """The answer with one slot of one figure spoilt, each in turn."""
    for number, fact in enumerate(gold.facts):
        for kind, change in _changes(fact):
            mutant = copy.deepcopy(dict(answer))
            mutant["figures"][number] |= change
            yield Mutant(kind, f"{change}", mutant)
    if not gold.answerable or gold.category == "target-without-number":
        figure = {"place": "全国", "period": "2020", "role": "target", "value": 6, "unit": "%", "citation": None}
        yield Mutant("number where none", "6%", {**answer, "status": "answered", "figures": [figure]})


def _changes(fact: Fact) -> Iterator[tuple[str, dict[str, Any]]]:
    for value in _other_digits(fact.value):
        yield "digit", {"value": value}
    for unit in _other_units(fact):
        yield "unit", {"unit": unit}
    for period in _other_years(fact.period):
        yield "year", {"period": period}
    for role in ROLES:
        if role != fact.role and {role, fact.role} != {"target", "plan"}:  # these two are one where the period is
            yield "role", {"role": role}
    for place in OTHER_PLACES:
        if place != fact.place:
            yield "place", {"place": place}


def _other_digits(value: Decimal | tuple[Decimal, Decimal]) -> Iterator[Decimal | list[Decimal]]:
    """The value with each digit raised by one in turn, 9 becoming 0; of a range, each end."""
    if isinstance(value, tuple):
        low, high = value
        yield from ([other, high] for other in _spoilt(low))
        yield from ([low, other] for other in _spoilt(high))
    else:
        yield from _spoilt(value)


def _spoilt(value: Decimal) -> Iterator[Decimal]:
    written = f"{value:f}"
    for n, c in enumerate(written):
        if c.isdigit():
            yield Decimal(f"{written[:n]}{(int(c) + 1) % 10}{written[n + 1 :]}")


def _other_units(fact: Fact) -> Iterator[str]:
    """The unit made ten thousand times as large, and units of other kinds; none that means the same."""
    others = [f"{m}{fact.unit}" for m in _MULTIPLIERS if not fact.unit.startswith(("万", "亿", "十", "百", "千"))]
    others += [fact.unit[1:]] if fact.unit[:1] in _MULTIPLIERS else []
    others += ["个百分点" if fact.unit in ("%", "％") else "%", "亩", "亿美元"]
    for unit in others:
        if not same_value(fact.value, fact.unit, fact.value, unit):
            yield unit


def _other_years(period: str) -> Iterator[str]:
    year = int(period[:4])
    yield f"{year - 1}{period[4:]}"
    yield f"{year + 1}{period[4:]}"
    yield f"{year}H1" if len(period) == 4 else period[:4]
    if len(period) == 9 and period[5:].isdigit():
        yield f"{period[:5]}{int(period[5:]) + 1}"


def _figure(fact: Fact, citation: int | None) -> dict[str, Any]:
    value: Any = list(fact.value) if isinstance(fact.value, tuple) else fact.value
    return {
        "place": fact.place, "period": fact.period, "indicator": fact.indicator, "role": fact.role,
        "measure": fact.measure, "value": value, "unit": fact.unit, "modality": fact.modality, "citation": citation,
    }  # fmt: skip
