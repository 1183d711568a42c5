"""How a question was understood, as chips that can be changed: each change is a corrected question, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from rag.answer import Reading
from rag.config import Lang
from rag.holdings import Holdings
from rag.indicators import TABLE
from rag.page.markup import escape
from rag.page.words import say
from rag.places import Gazetteer
from rag.question import Query
from rag.types import Level, Role
from rag.wording import period_zh, short_place

Field: TypeAlias = Literal["place", "period", "indicator", "role"]

MOST_OPTIONS: Final = 10
ROLES: Final[tuple[Role, ...]] = ("target", "actual", "cumulative", "plan")
_ROLE_WORDS: Final[dict[Role, str]] = {
    "target": "目标",
    "actual": "完成了多少",
    "cumulative": "累计多少",
    "plan": "目标",
}
_ROLE_SPANS: Final[dict[Role, str]] = {"cumulative": "过去五年", "plan": "今后五年"}  # longer than the year asked for
_SWEPT: Final[dict[Level, str]] = {"province": "各省", "city": "各市", "county": "各区县"}
_SPEAKING_KINDS: Final = ("list", "prose")  # what is asked is a matter, not a number


@dataclass(frozen=True, slots=True)
class Option:
    """One click: what it says, and the question that it asks."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood; what is typed instead goes between ``before`` and ``behind``."""

    field: Field
    text: str
    options: tuple[Option, ...]
    before: str = ""
    behind: str = ""


def chips_of(
    query: Query, reading: Reading, *, holdings: Holdings, gazetteer: Gazetteer, lang: Lang
) -> tuple[Chip, ...]:
    """The chips of a question; none where nothing was understood or the question is about a report itself."""
    known = reading.places or query.sweep or any(ask.id for ask in query.indicators)
    if reading.kind == "about-report" or not known:
        return ()
    return tuple(_Chips(query, reading, holdings, gazetteer, lang).all())


def understood_line(query: Query, lang: Lang) -> str:
    """What a question was understood as, before it is answered: places, periods, indicators and roles in a row."""
    places = [ask.candidates[0].own for ask in query.places if ask.candidates]
    places += [_SWEPT.get(query.sweep.level, say("all_places", lang))] if query.sweep else []
    periods = [_period_words(ask.period) or ask.words for ask in query.periods]
    indicators = [ask.id or ask.words for ask in query.indicators]
    roles = [say(f"role_{role}", lang) for role in query.roles]
    return " · ".join(part for part in (*places, *periods, *indicators, *roles) if part)


def chips_html(chips: Sequence[Chip], lang: Lang) -> str:
    """The chips as markup: each opens a menu of other readings and a field for anything else."""
    if not chips:
        return ""
    shown = "".join(_chip_html(chip, lang) for chip in chips)
    return f'<div class="chips" role="group" aria-label="{escape(say("chips", lang))}">{shown}</div>'


class _Chips:
    """The chips of one question, and the corrected questions behind them."""

    def __init__(self, query: Query, reading: Reading, holdings: Holdings, gazetteer: Gazetteer, lang: Lang) -> None:
        self.query = query
        self.reading = reading
        self.holdings = holdings
        self.gazetteer = gazetteer
        self.lang = lang

    def all(self) -> Iterator[Chip]:
        yield from (self._place(name) for name in self.reading.places or ("",))
        yield from (self._period(period) for period in self.reading.periods or ("",))
        yield from (self._indicator(name) for name in self.reading.indicators)
        if self.reading.kind not in _SPEAKING_KINDS:
            yield self._role()

    def _place(self, name: str) -> Chip:
        swept = self.query.sweep
        text = short_place(name) or (_SWEPT.get(swept.level, "") if swept else "") or say("all_places", self.lang)
        others = [c.name for ask in self.query.places for c in ask.candidates if len(ask.candidates) > 1]
        held = sorted((rows[0].place for rows in self.holdings.by_place.values()), key=lambda n: -_in_common(n, name))
        names = [n for n in dict.fromkeys([*others, *held]) if n and n != name][:MOST_OPTIONS]
        options = tuple(Option(self.name_of(n), self.asked("place", name, self.name_of(n))) for n in names)
        return self._chip("place", text, options, name)

    def _period(self, period: str) -> Chip:
        codes = [c.code for n in self.reading.places for c in self.gazetteer.named(n)]
        held = sorted({y for code in codes for y in self.holdings.years(code)}, reverse=True)
        years = sorted({y for year in held for y in (year, year - 1)}, reverse=True)
        options = tuple(
            Option(f"{year}年", self.asked("period", period, str(year)))
            for year in years[:MOST_OPTIONS]
            if str(year) != period
        )
        return self._chip("period", _period_words(period) or say("any_year", self.lang), options, period)

    def _indicator(self, name: str) -> Chip:
        kin = [other for row in TABLE if row.id == name for other in row.kin]
        kin += [row.id for row in TABLE if name in row.kin]
        options = tuple(Option(other, self.asked("indicator", name, other)) for other in dict.fromkeys(kin))
        return self._chip("indicator", name, options, name)

    def _role(self) -> Chip:
        roles = self.reading.roles
        text = "、".join(say(f"role_{role}", self.lang) for role in roles) or say("any_role", self.lang)
        others = [role for role in ROLES if roles != (role,)]
        options = tuple(Option(say(f"role_{role}", self.lang), self.asked("role", "", role)) for role in others)
        return Chip("role", text, options)

    def _chip(self, field: Field, text: str, options: tuple[Option, ...], old: str) -> Chip:
        before, _, behind = self.asked(field, old, "\0").partition("\0")
        return Chip(field, text, options, before, behind)

    def name_of(self, place: str) -> str:
        """The shortest name that means this place and no other."""
        short = short_place(place)
        return short if len(self.gazetteer.named(short)) == 1 else place

    def asked(self, field: Field, old: str, new: str) -> str:
        """The question with one thing changed: its own words where they can be exchanged, else said plainly anew."""
        plain_kind = self.reading.kind not in _SPEAKING_KINDS
        if field == "role" or (plain_kind and min(len(self.reading.places), len(self.reading.periods)) < 2):
            return self._plainly(field, old, new)
        return self._exchanged(field, old, new) or self._plainly(field, old, new)

    def _exchanged(self, field: Field, old: str, new: str) -> str:
        """The question as typed, the old words replaced; empty where they do not stand in it once."""
        words = {
            "place": [a.words for a in self.query.places if any(c.name == old for c in a.candidates)],
            "period": [a.words for a in self.query.periods if a.period == old],
            "indicator": [a.words for a in self.query.indicators if old in (a.id, a.words)],
        }.get(field, [])
        said = _period_words(new) if field == "period" else new
        for word in words:
            if word and self.query.question.count(word) == 1:
                return self.query.question.replace(word, said)
        return ""

    def _plainly(self, field: Field, old: str, new: str) -> str:
        reading = _changed(self.reading, field, old, new)
        places = "和".join(new if p == new else self.name_of(p) for p in reading.places)
        if not places and self.query.sweep is not None:
            within = self.query.sweep.within
            places = (self.name_of(within.name) if within else "") + _SWEPT.get(self.query.sweep.level, "各地")
        longer = [_ROLE_SPANS[role] for role in reading.roles if role in _ROLE_SPANS] if field == "role" else []
        periods = "和".join(longer or [_period_words(period) for period in reading.periods])
        grows = all(ask.measures == ("growth",) for ask in self.query.indicators)
        indicators = "和".join(reading.indicators) + ("增长" if grows and reading.indicators else "")
        if reading.kind in _SPEAKING_KINDS:
            return f"{places}{periods}{indicators}有哪些{'安排' if 'target' in reading.roles else ''}"
        return f"{places}{periods}{indicators}{'和'.join(_ROLE_WORDS[role] for role in reading.roles)}"


def _changed(reading: Reading, field: Field, old: str, new: str) -> Reading:
    def with_new(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if value == old else value for value in values) if old else (new,)

    if field == "place":
        return replace(reading, places=with_new(reading.places))
    if field == "period":
        return replace(reading, periods=with_new(reading.periods))
    if field == "indicator":
        return replace(reading, indicators=with_new(reading.indicators))
    return replace(reading, roles=tuple(role for role in ROLES if role == new))


def _in_common(one: str, other: str) -> int:
    """How many characters two full names begin with in common: places of one city stand together."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _period_words(period: str) -> str:
    """A period as a question says it; what a reader types (2019, 2019年) is left as it is."""
    if span := re.fullmatch(r"(\d{4})-(\d{4})", period):
        return f"{span[1]}年到{span[2]}年"
    return period_zh(period) if re.fullmatch(r"\d{4}(?:[HQ]\d|-\d{2}/\d{4}-\d{2})?", period) else period


def _chip_html(chip: Chip, lang: Lang) -> str:
    label = say("year" if chip.field == "period" else chip.field, lang)
    options = "".join(
        f'<li><button type="button" data-do="ask" data-question="{escape(option.question)}">'
        f"{escape(option.label)}</button></li>"
        for option in chip.options
    )
    typed = "" if chip.field == "role" else _typed_html(chip, label, lang)
    menu = f"<ul>{options}</ul>{typed}" if options else typed
    return (
        f'<details class="chip chip-{chip.field}"><summary><span class="what">{escape(label)}</span> '
        f'{escape(chip.text)}</summary><div class="menu">{menu}</div></details>'
    )


def _typed_html(chip: Chip, label: str, lang: Lang) -> str:
    lists = {"place": "held-places", "indicator": "common-indicators"}
    known = f' list="{lists[chip.field]}"' if chip.field in lists else ' inputmode="numeric"'
    return (
        f'<form class="typed" data-before="{escape(chip.before)}" data-behind="{escape(chip.behind)}">'
        f'<input aria-label="{escape(label)}" placeholder="{escape(say("other", lang))}" maxlength="80"{known}>'
        f'<button type="submit">{escape(say("ask_again", lang))}</button></form>'
    )
