"""What a question asks for: the nouns that understanding gives and retrieval and reading take."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.numerals import Quantity
from rag.types import Level, Measure, Place, QuestionKind, Role


@dataclass(frozen=True, slots=True)
class PlaceAsk:
    """A place that the question names: its words, who may be meant, and how it was made out."""

    words: str
    candidates: tuple[Place, ...]
    slip: bool = False
    former: bool = False
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Sweep:
    """All places of a level, within a place or everywhere."""

    level: Level
    within: Place | None = None


@dataclass(frozen=True, slots=True)
class PeriodAsk:
    """A period that the question names.

    ``kind`` is year, span, part, past_term, coming_term, this, last, next, before, newest, recent (n years) or all.
    """

    period: str
    words: str
    kind: str = "year"
    carried: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorAsk:
    """One thing asked for: its words, its common name if it has one, and what kind of number would do."""

    words: str
    id: str | None = None
    measures: tuple[Measure, ...] = ()
    units: str = ""  # a class of units: money, area, people, length, count:家, percent, ""
    inherits: bool = False  # its words are those of the thing asked for before
    bases: tuple[str, ...] = ()  # what the number is reckoned on: 剔除减税降费因素, 同口径
    marks: tuple[str, ...] = ()  # what the question says of the number beside its name, from _marks: 总数, 新增, 全国
    measures_carried: bool = (
        False  # the measures are those of the question before, and any will do where they lead nowhere
    )
    context: str = ""  # words of a clause before it that told without asking: 光靠管严定额,能省下多少标准煤
    said: str = field(default="", compare=False)  # the clause's own words, nothing cut away


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for; empty fields were not said."""

    question: str
    text: str
    lang: str = "zh"
    kind: QuestionKind = "lookup"
    places: tuple[PlaceAsk, ...] = ()
    sweep: Sweep | None = None
    periods: tuple[PeriodAsk, ...] = ()
    roles: tuple[Role, ...] = ()
    indicators: tuple[IndicatorAsk, ...] = ()
    numbers: tuple[Quantity, ...] = ()  # numbers that the question takes for granted
    item: int | None = None  # 第7项
    about: tuple[str, ...] = ()  # speaker, date, meeting, source, title, years
    wants_difference: bool = False
    wants_rank: str = ""  # "most" or "least": which one is ahead
    topic: str = ""  # what is left of the question when place and time are gone, for retrieval
    follows: bool = False
    delivered: str = ""  # "2021-10", "二届一次", "年初", "换届": which report of a year with two is meant
    report_hint: int | None = None  # 2018年政府工作报告: the report meant, where other years stand beside it
    pairs: tuple[tuple[str, Role], ...] = ()  # years with the role that each is asked for
    may_be_actual: bool = False  # 安排 alone speaks of a goal as of what was done
    versus: str = ""  # 比全国高几个点: the larger place that the one asked about is set against
    ordered: bool = False  # held an instruction, which was passed over
    stranger: str = ""  # 瓦坎达市, 纽约: a place that no gazetteer of China knows
    assumptions: tuple[str, ...] = field(default=())
