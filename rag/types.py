"""The nouns of the project: frozen dataclasses, standard library only.

Spans are half-open code-point offsets into a report's cleaned text:
``report.text[passage.start:passage.end] == passage.text``. Ids are always ``str``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["target", "actual", "cumulative", "plan"]
Measure: TypeAlias = Literal["level", "growth", "share", "change", "rank", "multiple"]
Part: TypeAlias = Literal[
    "front",  # page head, title, speaker
    "opening",  # 各位代表, 现在我代表…
    "review",  # the past year
    "term_review",  # 过去五年, 十三五 looked back on
    "problems",
    "experience",  # 体会, 启示, 做法
    "term_plan",  # 今后五年, 十四五 looked forward to
    "plan",  # the coming year
    "livelihood",  # 民生实事 of the coming year
    "closing",
    "appendix",  # 名词解释, footnotes, annexes
    "unknown",
]
Level: TypeAlias = Literal["national", "province", "city", "county", "township", "zone", "unknown"]
ReportKind: TypeAlias = Literal[
    "work_report",  # 政府工作报告 and 管委会工作报告
    "partial",  # a work report of which only a part or an excerpt is held; answers, marked incomplete
    "plan_report",  # 国民经济和社会发展计划报告, 财政预算报告
    "resolution",  # 决议 on a report
    "news",  # news about a report
    "stand_in",  # a summary or stand-in, by its own words
    "other",  # any other paper (法治政府建设报告, …)
]
Status: TypeAlias = Literal["answered", "no_figure", "not_in_report", "no_report", "unclear", "off_topic", "error"]
QuestionKind: TypeAlias = Literal["lookup", "list", "compare", "series", "sweep", "prose", "about-report"]
Value: TypeAlias = Decimal | tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a field of a report has its value.

    ``origin`` is one of "text", "file name", "metadata", "user"; ``quote`` the words that say it;
    ``start`` and ``end`` their span in the report's text where origin is "text", else None.
    """

    origin: str
    quote: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer.

    ``name`` is the full official name with its parents (辽宁省沈阳市沈河区; 全国 for the nation),
    ``own`` the last part alone (沈河区), ``short`` without its level word (沈河), ``code`` the six-digit
    administrative code, or a made-up one for zones without; ``parents`` full names, nearest first.
    """

    code: str
    name: str
    own: str
    short: str
    level: Level
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceText:
    """One report's worth of cleaned text as read from a file, before anyone asks what it is about.

    ``source`` names the file (and row or member: ``a.csv#row 3``, ``b.zip/c.txt``) as shown to people;
    ``fields`` are what came with it (place, year, title, source, published_on, from CSV columns,
    ``--meta`` or the command line), by name; ``notices`` what the reader of the file had to mend.
    """

    source: str
    format: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read: its name and a Chinese sentence that says which and why."""

    source: str
    reason: str
    code: str  # stable key of the reason: empty, scan, encrypted, broken, unsupported, too_large, …


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report: what it is about, and its text. Unknown fields are None."""

    report_id: str
    text: str
    text_sha256: str
    title: str
    kind: ReportKind
    place: str  # full official name; "" if unknown
    place_code: str
    level: Level
    report_year: int | None  # the year whose plan it sets
    result_year: int | None  # the year that its review accounts for
    delivered_on: str | None  # ISO date, or ISO year-month
    published_on: str | None
    speaker: str | None
    meeting: str | None
    source: str  # file or address shown to people
    source_path: str  # key of re-ingest: same path with new content replaces
    format: str
    complete: bool = True  # False: the copy is cut short
    duplicate_of: str | None = None
    place_forms: tuple[str, ...] = ()  # short and other names the report or gazetteer gives
    evidence: Mapping[str, Evidence] = field(default_factory=dict)  # field name -> proof
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The piece we embed and cite; respects paragraphs.

    ``section`` lists the headings above, outermost first; ``period`` is what its part speaks of
    ("2019", "2015-2019") or None. ``passage_id`` is ``{report_id}@{start}-{end}``.
    """

    passage_id: str
    report_id: str
    start: int
    end: int
    text: str
    section: tuple[str, ...]
    part: Part
    period: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report with everything that says what it means (see docs/architecture.md)."""

    report_id: str
    passage_id: str
    place: str
    period: str
    indicator: str
    indicator_id: str | None
    role: Role
    measure: Measure
    value: Value
    unit: str
    modality: str | None
    written: str
    start: int  # span of ``written`` in the report's text
    end: int
    quote_start: int  # span of the sentence that proves it
    quote_end: int
    part: Part
    section: tuple[str, ...] = ()
    confidence: float = 1.0  # 0..1, measured on gold


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score (higher is better) and its rank (first is 1)."""

    passage: Passage
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """One query's hits, best first; ``notices`` name any condition that emptied it."""

    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim span of one report: ``quote == report.text[start:end]``."""

    n: int
    report_id: str
    title: str
    place: str
    report_year: int | None
    source: str
    section: tuple[str, ...]
    part: Part
    start: int
    end: int
    quote: str
    text_sha256: str
