"""Answer -> what of it is supported: nothing wrong is shown. Pure.

    citations -> figures -> computed values -> text -> what is left, and its status

Nothing that a draft says is trusted. Citations must be verbatim; figures are read again from the cited text
(``rag.proof``), computed values are computed again (``rag.formula``), each sentence of the text must be borne out by the
spans it cites (``rag.checked_sheet``, ``checked_numbers``, ``checked_words``). What fails is withheld with a reason, together with all that rests on it; the
rest is shown as it was. A draft without fault comes back unchanged.

What an answer becomes when something is withheld:

- Figures are left, but their sentence is gone: each gets a sentence that quotes its source, and the status stays.
- Figures were given and none is left: ``no_figure``, since no number can be shown; the text says that the numbers were
  not confirmed and quotes the citations that are true. Not ``not_in_report``: the check proves nothing about the report.
- An answer in sentences of which none is left: its true citations are quoted and it stays ``answered``; without any,
  ``no_figure`` as above.
- A no (``no_figure``, ``not_in_report``, ``no_report`` …) stays that no; figures it should not have are withheld.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from rag.answer import Answer, CitedFigure, Derived, Missing
from rag.checked_numbers import NumberCheck
from rag.checked_sheet import Grounds, PlaceFinder, Reading, Sheet, place_parts
from rag.checked_support import SupportCheck
from rag.checked_words import WordsCheck
from rag.claims import Unit, UnitKind, view_of
from rag.formula import derived_fault
from rag.numerals import plain
from rag.proof import Evidence, Reports, Reread, citation_fault, figure_fault, report_of, reread
from rag.types import Citation, Report, Status

__all__ = ["Checked", "CheckedUnit", "Evidence", "PlaceFinder", "Withheld", "check_answer"]

WithheldKind: TypeAlias = Literal["citation", "figure", "related", "derived", "sentence"]
_QUOTED = 3  # true citations quoted where the sentences are gone
_QUOTE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something of a draft that is not shown: its kind, its words, and why (in Chinese)."""

    kind: WithheldKind
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedUnit:
    """A sentence, item or row of a draft's text as it stood there, its markers, and what is wrong with it, if anything."""

    text: str
    marks: tuple[int, ...]
    fault: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer that may be shown, what of its draft may not, and the units of the draft's text, which join to it."""

    answer: Answer
    withheld: tuple[Withheld, ...] = ()
    units: tuple[CheckedUnit, ...] = field(default=(), compare=False)


def check_answer(
    draft: Answer,
    *,
    evidence: Reports,
    places: PlaceFinder | None = None,
    allowed: Sequence[str] = (),
    held: Sequence[Report] = (),
    said: str | None = None,
) -> Checked:
    """What of ``draft`` its sources bear out.

    Args:
        draft: An answer, by whatever reader.
        evidence: Gives the cited reports: a catalogue, or a mapping from id to report.
        places: Finds names of places in the text; without it only the names of the cited reports, and words that
            stand like a name before a year, are known.
        allowed: Phrases of the caller's own whose numbers need no source (共31个地方).
        held: The reports of the library; statements about what it holds are checked against them.
        said: Text that was checked before, of the same question. Given, the draft is free prose: each clause of it must
            be borne out by the spans it cites or by this text, numbers or not (``rag.checked_support``).

    Returns:
        The answer less what is not supported, with a notice if anything was withheld.
    """
    return _Check(draft, evidence, places, tuple(allowed), tuple(held), said).run()


class _Check:
    """One answer on its way through the checks."""

    def __init__(
        self,
        draft: Answer,
        evidence: Reports,
        places: PlaceFinder | None,
        allowed: tuple[str, ...],
        held: tuple[Report, ...],
        said: str | None,
    ) -> None:
        self.said = said
        self.draft = draft
        self.evidence = evidence
        self.places = places
        self.allowed = allowed
        self.held = held
        self.withheld: list[Withheld] = []
        self.reports: dict[str, Reread] = {}

    def run(self) -> Checked:
        citations = self._citations()
        figures, related = self._figures(citations)
        derived = self._derived(figures)
        grounds = Grounds(
            citations,
            self.reports,
            figures,
            related,
            derived,
            self._barred(figures, related),
            self.allowed,
            self.held,
            self.places,
        )
        text = _Text(self.draft, grounds, self.said)
        self.withheld.extend(text.withheld)
        if not self.withheld:
            same = tuple(citations.values()) == self.draft.citations
            kept = self.draft if same else replace(self.draft, citations=tuple(citations.values()))
            return Checked(kept, units=text.checked)
        answer = replace(
            self.draft,
            figures=figures,
            related=related,
            derived=derived,
            citations=tuple(citations.values()),
            missing=(*self.draft.missing, *self._missing(figures)),
        )
        return Checked(self._finished(answer, text), tuple(self.withheld), text.checked)

    # -- structure ----------------------------------------------------------------------------------

    def _citations(self) -> dict[int, Citation]:
        """The citations that are true, by number; section and part are set as the report's text gives them."""
        kept: dict[int, Citation] = {}
        for citation in self.draft.citations:
            report = report_of(self.evidence, citation.report_id)
            fault = citation_fault(citation, report)
            if fault is None and (citation.n in kept or citation.n < 1):
                fault = "引文的编号重复"
            if fault is not None or report is None:
                self.withheld.append(Withheld("citation", f"[{citation.n}] {citation.quote[:60]}", fault or ""))
                continue
            again = self.reports.setdefault(citation.report_id, reread(report))
            passage = again.passage_at(citation.start)
            if passage is not None and (citation.section, citation.part) != (passage.section, passage.part):
                citation = replace(citation, section=passage.section, part=passage.part)
            kept[citation.n] = citation
        for report_id, again in self.reports.items():
            again.prepare([(c.start, c.end) for c in kept.values() if c.report_id == report_id])
        return kept

    def _figures(self, citations: dict[int, Citation]) -> tuple[tuple[CitedFigure, ...], tuple[CitedFigure, ...]]:
        """The figures and the related ones that are proved."""
        kept: dict[str, list[CitedFigure]] = {"figure": [], "related": []}
        rows: list[tuple[WithheldKind, CitedFigure]] = [("figure", c) for c in self.draft.figures]
        rows += [("related", c) for c in self.draft.related]
        for kind, cited in rows:
            fault = self._figure_fault(cited, citations)
            if fault is None and kind == "figure" and self.draft.status != "answered":
                fault = "没有答案的回答里不应有数字"
            if fault is None:
                kept[kind].append(cited)
            else:
                f = cited.figure
                self.withheld.append(Withheld(kind, f"{f.place} {f.period} {f.indicator} {f.role} {f.written}", fault))
        return tuple(kept["figure"]), tuple(kept["related"])

    def _figure_fault(self, cited: CitedFigure, citations: dict[int, Citation]) -> str | None:
        citation = citations.get(cited.citation)
        if citation is None:
            return "数字的引文不成立"
        return figure_fault(cited.figure, citation, self.reports[citation.report_id])

    def _derived(self, figures: Sequence[CitedFigure]) -> tuple[Derived, ...]:
        kept: list[Derived] = []
        for derived in self.draft.derived:
            fault = derived_fault(derived, figures)
            if fault is None:
                kept.append(derived)
            else:
                self.withheld.append(Withheld("derived", f"{derived.formula} = {derived.value}{derived.unit}", fault))
        return tuple(kept)

    def _barred(
        self, figures: Sequence[CitedFigure], related: Sequence[CitedFigure]
    ) -> frozenset[tuple[str, int, int]]:
        """Spans of the figures that were withheld, unless a proved one stands there too."""

        def spans(rows: Sequence[CitedFigure]) -> set[tuple[str, int, int]]:
            return {(c.figure.report_id, c.figure.start, c.figure.end) for c in rows}

        proved = spans((*figures, *related))
        return frozenset(spans((*self.draft.figures, *self.draft.related)) - proved)

    def _missing(self, figures: Sequence[CitedFigure]) -> tuple[Missing, ...]:
        """Places and periods that were asked for and whose figure is gone."""
        asked = self.draft.reading
        have = {(c.figure.place, c.figure.period) for c in figures} | {(m.place, m.period) for m in self.draft.missing}
        gone: list[Missing] = []
        for cited in self.draft.figures:
            f = cited.figure
            known = (not asked.places or f.place in asked.places) and (not asked.periods or f.period in asked.periods)
            if cited not in figures and known and (f.place, f.period) not in have:
                gone.append(Missing(f.place, f.period, "no_figure"))
        return tuple(dict.fromkeys(gone))

    # -- the end ------------------------------------------------------------------------------------

    def _finished(self, answer: Answer, text: _Text) -> Answer:
        """``answer`` with the text that is left and the status that is true of it."""
        english = not re.search(r"[一-鿿]", self.draft.question)
        status: Status = answer.status
        lost = answer.status == "answered" and bool(self.draft.figures) and not answer.figures
        lines = [text.kept(numbers=not lost)]
        if lost:
            status = "no_figure"
        elif answer.status == "answered" and answer.figures:
            lines += [_stated(c, answer.citations, english) for c in text.unsaid(answer.figures)]
        elif answer.status == "answered" and not text.bears_out():
            lost = not answer.citations
            status = "no_figure" if lost else status
            lines = [] if lost else [_quoted(c) for c in answer.citations[:_QUOTED]]
        if lost:
            lines = [_UNPROVED[english], *lines, *(_quoted(c) for c in answer.citations[:_QUOTED])]
        shown = "\n".join(line for line in lines if line.strip()).strip()
        notice = _NOTICE[english].format(len(self.withheld))
        return replace(answer, status=status, text=shown or _EMPTY[english], notices=(*answer.notices, notice))


class _Text:
    """The units of a draft's text that may be shown."""

    def __init__(self, draft: Answer, grounds: Grounds, said: str | None) -> None:
        self.draft = draft
        self.grounds = grounds
        self.withheld: list[Withheld] = []
        self.sheet = Sheet(replace(draft, text="") if _is_refusal(draft) else draft, grounds)
        numbers, words = NumberCheck(self.sheet), WordsCheck(self.sheet)
        support = None if said is None else SupportCheck(self.sheet, said)
        faults = [_unit_fault(reading, grounds, numbers, words, support) for reading in self.sheet.readings]
        self.checked = tuple(
            CheckedUnit(unit.text, tuple(n for _, n in unit.marks), fault)
            for unit, fault in zip(self.sheet.units, faults, strict=True)
        )
        self.shown = [fault is None for fault in faults]
        for unit, fault in zip(self.sheet.units, faults, strict=True):
            if fault is not None:
                self.withheld.append(Withheld("sentence", unit.text.strip(), fault))
            elif any(n not in grounds.citations for _, n in unit.marks):
                self.withheld.append(Withheld("sentence", unit.text.strip(), "有的出处标记没有对应的引文，已去掉"))
        self._drop_bare_leads(faults)

    def _drop_bare_leads(self, faults: Sequence[str | None]) -> None:
        """Leads and table heads of which nothing is left below go too."""
        units = self.sheet.units
        for i in reversed(range(len(units))):
            if units[i].kind == "header" or units[i].introduces:
                below = [j for j, u in enumerate(units) if i in (u.lead, u.header)]
                if below and not any(self.shown[j] for j in below) and any(faults[j] for j in below):
                    self.shown[i] = False
        for i, unit in enumerate(units):
            if unit.kind == "rule":
                self.shown[i] = i > 0 and self.shown[i - 1]

    def kept(self, *, numbers: bool = True) -> str:
        """The text that is left, dead markers taken out; without ``numbers`` only units that show none of their own."""
        if not self.sheet.units:
            return self.draft.text
        parts: list[str] = []
        for unit, reading, shown in zip(self.sheet.units, self.sheet.readings, self.shown, strict=True):
            if shown and (numbers or not (reading.numbers or unit.introduces or unit.kind in _TABLE)):
                parts.append(self._without_dead_marks(unit))
        return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()

    def _without_dead_marks(self, unit: Unit) -> str:
        """The text of a unit less its markers that name no citation; [9] inside a quote is the report's own."""
        text = unit.text
        for at, n in reversed(unit.marks):
            if n not in self.grounds.citations:
                text = text[:at] + text[at + len(f"[{n}]") :]
        return text

    def bears_out(self) -> bool:
        """Whether a unit that is left leans on a citation, or none ever did."""
        rows = list(zip(self.sheet.units, self.shown, strict=True))
        return any(u.marks and s for u, s in rows) or not any(u.marks or not s for u, s in rows)

    def unsaid(self, figures: Sequence[CitedFigure]) -> list[CitedFigure]:
        """The figures that a dropped unit spoke of and no unit that is left does."""
        rows = list(zip(self.sheet.units, self.shown, strict=True))
        left = [u for u, s in rows if s and u.kind != "blank"]
        gone = " ".join(view_of(u.text) for u, s in rows if not s)

        def says(cited: CitedFigure) -> bool:
            written = plain(cited.figure.written)
            return any(written in plain(u.text) and cited.citation in [n for _, n in u.marks] for u in left)

        unsaid = [c for c in figures if not says(c)]
        nothing = len(unsaid) == len(figures)
        return [c for c in unsaid if nothing or plain(c.figure.written) in gone]


def _unit_fault(
    reading: Reading, grounds: Grounds, numbers: NumberCheck, words: WordsCheck, support: SupportCheck | None
) -> str | None:
    """What is wrong with a unit of the text, in Chinese, or None."""
    unit = reading.unit
    if unit.kind in ("blank", "rule"):
        return None
    if unit.marks and not any(n in grounds.citations for _, n in unit.marks):
        return "出处标记没有对应的引文"
    if reading.fault:
        return reading.fault
    if support is None and words.alters_quote(
        reading
    ):  # prose may keep close to its source; its words are checked below
        return "与引文相近，但文字不同，或出处标记不对"
    faults = (numbers.fault(reading, said) for said in reading.numbers)
    fault = next((fault for fault in faults if fault), None) or words.fault(reading)
    return fault or (None if support is None else support.fault(reading))


_TABLE: tuple[UnitKind, ...] = ("header", "rule", "row")
_UNPROVED = {
    False: "与原文逐项核对时，答案里的数字没有得到证实，因此不给出数字。",
    True: "Checked against the source, the numbers of the answer were not confirmed, so none is given.",
}
_EMPTY = {
    False: "与原文核对时，这个回答没有得到证实，因此不予显示。",
    True: "Checked against the source, this answer was not confirmed.",
}
_NOTICE = {
    False: "有{}处内容与原文核对不符，没有显示。",
    True: "{} statement(s) did not agree with the source and are not shown.",
}
_ROLES = {"target": "目标", "actual": "完成", "cumulative": "累计", "plan": "规划"}


def _is_refusal(draft: Answer) -> bool:
    """A question asked back or turned away in our own words: there is nothing in it to prove."""
    own = draft.reader == "extractive" and draft.status in ("unclear", "off_topic", "error")
    return own and not (draft.citations or draft.figures or draft.related or draft.derived)


def _stated(cited: CitedFigure, citations: Sequence[Citation], english: bool) -> str:
    """A sentence for a proved figure whose own sentence is gone: the source speaks for itself."""
    f = cited.figure
    quote = _quoted(next(c for c in citations if c.n == cited.citation), around=f.start)
    if english:
        return f"{f.place}, {f.period}, {f.role}: {quote}"
    period = f"{f.period}年" if re.fullmatch(r"\d{4}(?:-\d{4})?", f.period) else f.period
    return f"{place_parts(f.place)[-1]}{period}{_ROLES[f.role]}：{quote}"


def _quoted(citation: Citation, *, around: int | None = None) -> str:
    """The quote of a citation with its marker, cut where it is long; what is left is verbatim."""
    quote = citation.quote
    start = 0
    if len(quote) > _QUOTE_CHARS and around is not None:
        start = max(0, around - citation.start - _QUOTE_CHARS // 2)
    words = quote[start : start + _QUOTE_CHARS].strip()
    return f"「{words}」[{citation.n}]"
