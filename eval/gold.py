"""Gold questions from a JSONL file, checked when read. The scorer's room imports nothing of the program it scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

CATEGORIES: Final = (
    "target", "actual", "cumulative", "plan", "target-without-number", "list", "prose", "compare", "sweep",
    "follow-up", "unanswerable", "false-premise", "wording", "injection",
)  # fmt: skip
ROLES: Final = ("target", "actual", "cumulative", "plan")
MEASURES: Final = ("level", "growth", "share", "change", "rank", "multiple")
STATUSES: Final = ("answered", "no_figure", "not_in_report", "no_report", "unclear", "off_topic")
WHYS: Final = (
    "prior_year", "target_as_actual", "actual_as_target", "cumulative", "other_place", "other_indicator", "premise",
    "injection",
)  # fmt: skip


class GoldError(Exception):
    """A gold file, an answers file or a line of one cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a right answer. ``value`` is a number or (low, high)."""

    place: str
    period: str
    indicator: str
    role: str
    measure: str | None
    value: Decimal | tuple[Decimal, Decimal]
    unit: str
    modality: str | None = None
    accept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim quote of the document ``doc``; spans of one ``group`` can stand for each other."""

    doc: str
    quote: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Distractor:
    """A wrong value that stands near by, and why one might take it."""

    value: Decimal | tuple[Decimal, Decimal]
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Gold:
    """A question with its answer and supporting spans; fields as the gold's README says."""

    id: str
    category: str
    question: str
    history: tuple[str, ...]
    answerable: bool
    facts: tuple[Fact, ...]
    must_include: tuple[tuple[str, ...], ...]
    must_not_include: tuple[str, ...]
    evidence: tuple[Span, ...]
    note: str = ""
    group: str | None = None
    status: str | None = None
    distractors: tuple[Distractor, ...] = ()
    must_pass: bool = False
    split: str | None = None


def load_gold(path: Path) -> tuple[Gold, ...]:
    """The questions of a gold file, in its order.

    Raises:
        GoldError: If a line is no JSON object, lacks a field, or an id stands twice.
    """
    found: dict[str, Gold] = {}
    for where, item in json_lines(path):
        try:
            gold = gold_of(item)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise GoldError(f"{where}: {type(error).__name__}: {error}") from error
        if gold.id in found:
            raise GoldError(f"{where}: id {gold.id!r} stands twice")
        found[gold.id] = gold
    if not found:
        raise GoldError(f"{path}: no gold questions in it")
    return tuple(found.values())


def json_lines(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """``(file:line, object)`` for each line that is not empty; numbers come as Decimal.

    Raises:
        GoldError: If the file cannot be read or a line is no JSON object.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: cannot be read: {error}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line, parse_float=Decimal, parse_int=Decimal)
        except ValueError as error:
            raise GoldError(f"{path}:{number}: no JSON: {error}") from error
        if not isinstance(item, dict):
            raise GoldError(f"{path}:{number}: not a JSON object")
        found.append((f"{path}:{number}", item))
    return found


def gold_of(item: Mapping[str, Any]) -> Gold:
    """A gold question from its JSON object; a missing or unknown value raises KeyError or ValueError."""
    if item["category"] not in CATEGORIES:
        raise ValueError(f"unknown category {item['category']!r}")
    return Gold(
        id=str(item["id"]),
        category=item["category"],
        question=item["question"],
        history=tuple(item.get("history", ())),
        answerable=bool(item["answerable"]),
        facts=tuple(_fact_of(fact) for fact in item.get("facts", ())),
        must_include=tuple(
            (group,) if isinstance(group, str) else tuple(group) for group in item.get("must_include", ())
        ),
        must_not_include=tuple(item.get("must_not_include", ())),
        evidence=tuple(Span(e["doc"], e["quote"], e.get("group")) for e in item.get("evidence", ())),
        note=item.get("note", ""),
        group=item.get("group"),
        status=item.get("status"),
        distractors=tuple(
            Distractor(value_of(d["value"]), d.get("unit") or "", d.get("why", "")) for d in item.get("distractors", ())
        ),
        must_pass=bool(item.get("must_pass", False)),
        split=item.get("split"),
    )


def _fact_of(fact: Mapping[str, Any]) -> Fact:
    if fact["role"] not in ROLES:
        raise ValueError(f"unknown role {fact['role']!r}")
    return Fact(
        place=fact["place"],
        period=str(fact["period"]),
        indicator=fact["indicator"],
        role=fact["role"],
        measure=fact.get("measure"),
        value=value_of(fact["value"]),
        unit=fact.get("unit") or "",
        modality=fact.get("modality"),
        accept=tuple(fact.get("accept", ())),
    )


def value_of(raw: object) -> Decimal | tuple[Decimal, Decimal]:
    """A JSON number, numeric string or pair of them as Decimal; anything else raises ValueError."""
    if isinstance(raw, list | tuple):
        low, high = raw
        return (_decimal(low), _decimal(high))
    return _decimal(raw)


def _decimal(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise ValueError(f"{raw!r} is no number")
    try:
        value = Decimal(str(raw).replace(",", ""))
    except ArithmeticError as error:
        raise ValueError(f"{raw!r} is no number") from error
    if not value.is_finite():
        raise ValueError(f"{raw!r} is no finite number")
    return value
