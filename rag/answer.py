"""The answer object: what a question gets, for every caller the same.

``Answer.to_json`` gives the fields of the interface contract; figures are written there with plain numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rag.confidence import Signs, confidence_of
from rag.types import Citation, Figure, QuestionKind, Role, Status, Value


@dataclass(frozen=True, slots=True)
class CitedFigure:
    """A figure of an answer and the number of the citation whose quote holds it."""

    figure: Figure
    citation: int
    signs: Signs | None = None
    """How the figure was found for the question; None where it was not looked up, as in lists."""

    @property
    def confidence(self) -> float | None:
        """The chance in [0, 1] that the figure is the one asked for, as measured on gold; None where not looked up."""
        return None if self.signs is None else confidence_of(self.signs)

    def to_json(self) -> dict[str, object]:
        """The figure as the contract writes it."""
        f, sure = self.figure, self.confidence
        return {
            "place": f.place,
            "period": f.period,
            "indicator": f.indicator,
            "indicator_id": f.indicator_id,
            "role": f.role,
            "measure": f.measure,
            "value": number_json(f.value),
            "unit": f.unit,
            "modality": f.modality,
            "written": f.written,
            "citation": self.citation,
            "confidence": None if sure is None else round(sure, 3),
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """A place or period that was asked for and has no figure; ``reason`` is no_figure or no_report."""

    place: str
    period: str
    reason: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A computed number; its operands are figures of the same answer, by their citations."""

    value: Decimal
    unit: str
    formula: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the question was understood, in words for a person."""

    places: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    kind: QuestionKind = "lookup"


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to one question. ``text`` holds markers [1], [2] that name citations."""

    question: str
    text: str
    status: Status
    figures: tuple[CitedFigure, ...] = ()
    related: tuple[CitedFigure, ...] = ()
    missing: tuple[Missing, ...] = ()
    derived: tuple[Derived, ...] = ()
    citations: tuple[Citation, ...] = ()
    reading: Reading = field(default_factory=Reading)
    assumptions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    reader: str = "extractive"
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)
    """What a language model read ("in") and wrote ("out"), where its service tells it; empty without one."""

    def to_json(self) -> dict[str, object]:
        """The answer as plain values, ready for ``json.dumps``."""
        return {
            "question": self.question,
            "text": self.text,
            "status": self.status,
            "figures": [f.to_json() for f in self.figures],
            "related": [f.to_json() for f in self.related],
            "missing": [{"place": m.place, "period": m.period, "reason": m.reason} for m in self.missing],
            "derived": [
                {"value": number_json(d.value), "unit": d.unit, "formula": d.formula, "citations": list(d.citations)}
                for d in self.derived
            ],
            "citations": [citation_json(c) for c in self.citations],
            "reading": {
                "places": list(self.reading.places),
                "periods": list(self.reading.periods),
                "indicators": list(self.reading.indicators),
                "roles": list(self.reading.roles),
                "kind": self.reading.kind,
            },
            "assumptions": list(self.assumptions),
            "notices": list(self.notices),
            "reader": self.reader,
            "timings_ms": dict(self.timings_ms),
            "tokens": dict(self.tokens),
        }


def citation_json(citation: Citation) -> dict[str, object]:
    """A citation as plain values."""
    return {
        "n": citation.n,
        "report_id": citation.report_id,
        "title": citation.title,
        "place": citation.place,
        "report_year": citation.report_year,
        "source": citation.source,
        "section": list(citation.section),
        "part": citation.part,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "text_sha256": citation.text_sha256,
    }


def number_json(value: Value) -> int | float | list[int | float]:
    """A value as JSON numbers: an int where it is whole, a list for a range."""
    if isinstance(value, tuple):
        return [_plain(value[0]), _plain(value[1])]
    return _plain(value)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
