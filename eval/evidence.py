"""Where the gold's quotes stand in a library: spans, passages that hold them, and figures read from them.

Quotes are found by their text, so that neither cleaning nor another cutting of passages spoils the gold.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from eval.documents import Document, is_of, names_file
from eval.gold import Fact, Gold
from eval.judge import Said, differences
from rag.types import Figure, Passage, Report

if TYPE_CHECKING:
    from eval.sought import Sought

WHOLE: Final = 0.9  # share of a quote in a passage from which on the passage holds it
PART: Final = 0.3  # and from which on it holds a part of it
ANSWERING: Final = ("work_report", "partial")


class Shelf(Protocol):
    """What is asked of a library's catalogue."""

    def reports(self) -> tuple[Report, ...]:
        """Every report."""
        ...

    def text(self, report_id: str) -> str:
        """A report's text."""
        ...

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        """A report's passages."""
        ...

    def figures(self, report_ids: Sequence[str] | None) -> tuple[Figure, ...]:
        """Figures of these reports."""
        ...


@dataclass(frozen=True, slots=True)
class Located:
    """A quote of the gold in the library: its report (None if that is not held) and every span where it stands."""

    doc: str
    quote: str
    group: str
    report_id: str | None
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Context:
    """A quote of the gold with what stands around it in its report; empty around where the report is not held."""

    doc: str
    before: str
    quote: str
    after: str


class Finder:
    """Finds the gold's quotes in one library; answers for each document are kept.

    Args:
        shelf: The catalogue.
        documents: What documents.jsonl says, by id.
        digest_of: Source path -> digest of the file that a report was read from, or None.
    """

    def __init__(
        self,
        shelf: Shelf,
        documents: Mapping[str, Document] | None = None,
        *,
        digest_of: Callable[[str], str | None] = lambda path: None,
    ) -> None:
        self._shelf = shelf
        self._documents = documents or {}
        self._digest_of = digest_of
        self._reports = shelf.reports()
        self._ids: dict[str, str | None] = {}

    def report_id(self, doc: str) -> str | None:
        """The report that answers for the document, a copy's original in its place; None if it is not held."""
        if doc not in self._ids:
            self._ids[doc] = self._find(doc)
        return self._ids[doc]

    def locate(self, gold: Gold | Sought) -> tuple[Located, ...]:
        """Each quote of the question's evidence."""
        found = []
        for number, span in enumerate(gold.evidence):
            report_id = self.report_id(span.doc)
            spans = spans_of(span.quote, self._shelf.text(report_id)) if report_id else ()
            found.append(Located(span.doc, span.quote, span.group or f"#{number}", report_id, spans))
        return tuple(found)

    def contexts(self, gold: Gold, *, chars: int = 90) -> tuple[Context, ...]:
        """Each quote of the evidence with the characters around its first place."""
        found = []
        for one in self.locate(gold):
            if one.report_id is None or not one.spans:
                found.append(Context(one.doc, "", one.quote, ""))
                continue
            text, (start, end) = self._shelf.text(one.report_id), one.spans[0]
            found.append(
                Context(one.doc, text[max(0, start - chars) : start], text[start:end], text[end : end + chars])
            )
        return tuple(found)

    def grades(self, located: Iterable[Located]) -> dict[str, int]:
        """Passage id -> 2 where it holds a whole quote, 1 where it holds a part."""
        grades: dict[str, int] = {}
        for one in located:
            for passage in self._shelf.passages(one.report_id) if one.report_id else ():
                held = max((_share_held(span, passage) for span in one.spans), default=0.0)
                grade = 2 if held >= WHOLE else 1 if held >= PART else 0
                if grade > grades.get(passage.passage_id, 0):
                    grades[passage.passage_id] = grade
        return grades

    def read_as(self, gold: Gold, located: Sequence[Located]) -> tuple[str, ...]:
        """For each fact how the library read it: ``right``, ``misread: role, period`` or ``unread``."""
        ids = tuple(dict.fromkeys(one.report_id for one in located if one.report_id))
        figures = self._shelf.figures(ids) if ids and gold.facts else ()
        near = [f for f in figures if any(_touches(f, one) for one in located)]
        return tuple(_read_as(fact, near) for fact in gold.facts)

    def _find(self, doc: str) -> str | None:
        answering = [r for r in self._reports if r.kind in ANSWERING]
        named = [r for r in answering if names_file(doc, r.source_path)]
        document = self._documents.get(doc)
        if document is not None and not named:
            named = [r for r in answering if self._digest_of(r.source_path) == document.sha256]
            named = named or [r for r in answering if is_of(document, r.place, r.report_year)]
        originals = [r.duplicate_of or r.report_id for r in named]
        return originals[0] if originals else None


def spans_of(quote: str, text: str) -> tuple[tuple[int, int], ...]:
    """Every half-open span of ``text`` that reads as ``quote``, spaces and widths aside."""
    wanted, _ = _folded(quote)
    whole, origin = _folded(text)
    found: list[tuple[int, int]] = []
    at = whole.find(wanted) if wanted else -1
    while at >= 0:
        found.append((origin[at], origin[at + len(wanted) - 1] + 1))
        at = whole.find(wanted, at + 1)
    return tuple(found)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text in one width and case without spaces, and where each of its characters comes from."""
    characters: list[str] = []
    origin: list[int] = []
    for number, c in enumerate(text):
        for folded in unicodedata.normalize("NFKC", c).lower():
            if not folded.isspace():
                characters.append(folded)
                origin.append(number)
    return "".join(characters), origin


def _share_held(span: tuple[int, int], passage: Passage) -> float:
    shared = min(span[1], passage.end) - max(span[0], passage.start)
    return max(0, shared) / (span[1] - span[0])


def _touches(figure: Figure, located: Located) -> bool:
    return figure.report_id == located.report_id and any(
        figure.start < end and start < figure.end for start, end in located.spans
    )


def _read_as(fact: Fact, figures: Sequence[Figure]) -> str:
    slips = sorted((differences(fact, _said(figure)) for figure in figures), key=len)
    if slips and not slips[0]:
        return "right"
    same_value = [s for s in slips if "value" not in s]
    return f"misread: {', '.join(same_value[0])}" if same_value else "unread"


def _said(figure: Figure) -> Said:
    return Said(
        place=figure.place,
        period=figure.period,
        role=figure.role,
        measure=figure.measure,
        value=figure.value,
        unit=figure.unit,
        modality=figure.modality,
        citation=None,
        raw={},
    )
