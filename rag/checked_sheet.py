"""An answer's text laid out for checking: its units, what is exempt in them, and what they may lean on. Pure.

``Grounds`` holds what was proved before; ``Sheet`` splits the text, masks what needs no proof (verbatim quotes, markers,
list marks, titles of cited reports, phrases that the caller allows) and finds for any number or word the citations and
the mentions of period, role, place and report that govern it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answer import Answer, CitedFigure, Derived
from rag.claims import (
    MARKER,
    MASK,
    Mention,
    MentionKind,
    Said,
    Span,
    Unit,
    cells_of,
    clause_spans,
    denials,
    governing,
    marks_for,
    ordinal_end,
    quote_spans,
    read_mentions,
    read_numbers,
    split_units,
    view_of,
)  # fmt: skip
from rag.figures import parent_place
from rag.numerals import find_quantities
from rag.places import PlaceMention
from rag.proof import Reread, contradiction
from rag.types import Citation, Figure, Report

# 应在2021年报告中: a report that ought to say it, not one that does.
SHOULD = re.compile(r"(?P<what>目标|结果|完成)?(?:应在|应见)[^、,;]*$|(?:should|would) stand[^,;]*$")
QUOTE_CHARS = 6  # an unmarked stretch this long and verbatim counts as a quote


class PlaceFinder(Protocol):
    """Finds the names of places in a text; a ``Gazetteer`` is one."""

    def find_places(self, text: str) -> tuple[PlaceMention, ...]:
        """The names in ``text``, in its order."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the text of an answer may lean on, all of it proved before.

    ``barred`` are spans (report, start, end) of figures that were withheld: nothing may rest on them. ``held`` are the
    reports of the library, if known; statements about what the library holds are checked against them.
    """

    citations: dict[int, Citation]
    reports: dict[str, Reread]
    figures: tuple[CitedFigure, ...]
    related: tuple[CitedFigure, ...]
    derived: tuple[Derived, ...]
    barred: frozenset[tuple[str, int, int]] = frozenset()
    allowed: tuple[str, ...] = ()
    held: tuple[Report, ...] = ()
    places: PlaceFinder | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A figure of a cited span, as the second reading found it, and its report."""

    figure: Figure
    again: Reread


@dataclass(frozen=True, slots=True)
class Reading:
    """A unit with what is exempt masked: its mentions, its numbers, and what is wrong with its quotes."""

    unit: Unit
    view: str
    mentions: tuple[Mention, ...]
    numbers: tuple[Said, ...]
    fault: str | None = None
    quotes: bool = False

    def of(self, *kinds: MentionKind) -> list[Mention]:
        """The mentions of these kinds."""
        return [m for m in self.mentions if m.kind in kinds]


class _Mask(Protocol):
    def __call__(self, start: int, end: int) -> None: ...


class Sheet:
    """The units of one answer's text, read."""

    def __init__(self, draft: Answer, grounds: Grounds) -> None:
        """Split the text and read each unit."""
        self.draft = draft
        self.grounds = grounds
        self.question = view_of(draft.question)
        self.asked = find_quantities(self.question)
        self._proved: dict[int, tuple[Home, ...]] = {}
        self.quotes = {n: tight(c.quote) for n, c in grounds.citations.items()}
        self.protected = list(self._protected(draft.text))
        self.units = split_units(draft.text, protected=[(a, b) for a, b, _ in self.protected])
        self.readings = tuple(self._read(unit) for unit in self.units)

    def _protected(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Where whole quotes of citations stand in the text: start, end, citation."""
        for n, citation in self.grounds.citations.items():
            quote = citation.quote.strip()
            if len(quote) < QUOTE_CHARS:
                continue
            at = text.find(quote)
            while at >= 0:
                yield at, at + len(quote), n
                at = text.find(quote, at + len(quote))

    def _read(self, unit: Unit) -> Reading:
        chars = list(view_of(unit.text))

        def mask(start: int, end: int) -> None:
            chars[start:end] = MASK * (end - start)

        for at, n in unit.marks:
            mask(at, at + len(f"[{n}]"))
        mask(0, ordinal_end(unit))
        quotes = False
        for a, b, n in self.protected:
            if unit.start <= a and b <= unit.end and (not unit.marks or n in marks_for(unit, a - unit.start)):
                mask(a - unit.start, b - unit.start)
                quotes = True
        fault, found = self._mask_quotes(unit, chars, mask)
        self._mask_cells(unit, mask)
        self._mask_names(unit, chars, mask)
        view = "".join(chars)
        mentions = read_mentions(view)
        places = self._places(view)
        skip = [(m.start, m.end) for m in mentions if m.kind != "role"]
        skip += [m.span() for name in self._numbered_names() for m in re.finditer(re.escape(name), view)]
        numbers = read_numbers(view, skip=skip)
        ordered = tuple(sorted((*mentions, *places), key=lambda m: m.start))
        return Reading(unit, view, ordered, numbers, fault, quotes or found)

    def _mask_quotes(self, unit: Unit, chars: list[str], mask: _Mask) -> tuple[str | None, bool]:
        fault, found = None, False
        for a, b in quote_spans("".join(c if chars[i] != MASK else MASK for i, c in enumerate(unit.text))):
            inner = unit.text[a + 1 : b - 1]
            if (
                not inner.strip()
                or all(c == MASK for c in chars[a + 1 : b - 1])
                or _BARE_NUMBER.fullmatch(inner.strip())
            ):
                continue  # “6.5%” is checked as a number
            if self.verbatim(inner, marks_for(unit, a) if unit.marks else tuple(self.quotes)):
                mask(a, b)
                found = True
            elif not self._known_words(inner):
                fault = "引号里的话不是引文的原话"
        return fault, found

    def verbatim(self, words: str, marks: Sequence[int]) -> bool:
        """Whether ``words`` (with …… for what is left out) stand in the quote of one of the citations."""
        pieces = [tight(p) for p in re.split(r"…+|\.{3,}", words) if p.strip()]
        for n in marks:
            at, quote = 0, self.quotes.get(n, "")
            for piece in pieces:
                at = _find_whole(piece, quote, at)
                if at < 0:
                    break
            if pieces and at > 0:
                return True
        return False

    def _known_words(self, words: str) -> bool:
        """Words in quotation marks that quote the question, a heading, a title or the reading, not the source."""
        reading = self.draft.reading
        known = [self.draft.question, *reading.indicators, *reading.places, *self.grounds.allowed]
        for citation in self.grounds.citations.values():
            known += [citation.title, citation.source, *citation.section]
        bare = tight(view_of(words))
        return bool(bare) and any(bare in tight(view_of(k)) for k in known)

    def _mask_cells(self, unit: Unit, mask: _Mask) -> None:
        """A cell of a table that is verbatim in the row's source is a quote."""
        if unit.kind != "row":
            return
        marks = [n for _, n in unit.marks] or list(self.quotes)
        for a, b in cells_of(unit.text):
            inner = MARKER.sub("", unit.text[a:b]).strip().replace("｜", "|").strip("「」“”")
            worded = len(re.findall(r"[一-鿿]", inner)) >= QUOTE_CHARS
            if worded and re.search(r"\d", inner) and self.verbatim(inner, marks):
                mask(a, b)

    def _mask_names(self, unit: Unit, chars: list[str], mask: _Mask) -> None:
        """Titles and sources of the unit's reports, and phrases that the caller allows."""
        marks = {n for _, n in unit.marks} or set(self.grounds.citations)
        cited = [c for n, c in self.grounds.citations.items() if n in marks]
        names = [name for c in cited for name in (c.title, c.source)]
        view = "".join(chars)
        for name in sorted({view_of(n) for n in (*names, *self.grounds.allowed) if n}, key=len, reverse=True):
            for match in re.finditer(rf"(?<!\d){re.escape(name)}(?!\d)", view):
                mask(*match.span())

    def proved(self, n: int) -> tuple[Home, ...]:
        """The figures of citation ``n``, read again, less those that words near by speak against."""
        if n not in self._proved:
            citation = self.grounds.citations[n]
            again = self.grounds.reports[citation.report_id]
            self._proved[n] = tuple(
                Home(f, again)
                for f in again.figures(citation.start, citation.end)
                if (f.report_id, f.start, f.end) not in self.grounds.barred and contradiction(f, again) is None
            )
        return self._proved[n]

    def marks(self, reading: Reading, start: int) -> tuple[int, ...]:
        """The citations that words at ``start`` lean on: the unit's own, else those of its lead, else all."""
        unit: Unit | None = reading.unit
        first = True
        while unit is not None:
            marks = marks_for(unit, start if first else 0)
            if marks:
                return tuple(n for n in marks if n in self.grounds.citations)
            unit = self.units[unit.lead] if unit.lead is not None else None
            first = False
        return tuple(self.grounds.citations)

    def options(
        self, kind: MentionKind, reading: Reading, start: int, end: int, *, skip: Sequence[Span] = ()
    ) -> tuple[Mention, ...]:
        """The mentions of a kind that speak of what stands at ``start``; those in ``skip`` are part of a name."""
        mentions = [m for m in reading.of(kind) if not any(a <= m.start and m.end <= b for a, b in skip)]
        unit = reading.unit
        if unit.kind == "row":
            found = self._in_table(mentions, kind, reading, start)
        else:
            found = governing(mentions, reading.view, start, end)
        lead = unit.lead
        while not found and lead is not None:
            told = [m for m in self.readings[lead].of(kind) if not m.denied and not m.weak]
            found, lead = tuple(told[-1:]), self.units[lead].lead
        return found

    def _in_table(
        self, mentions: Sequence[Mention], kind: MentionKind, reading: Reading, start: int
    ) -> tuple[Mention, ...]:
        """Own cell, then the head of the column, then the other cells of the row."""
        cells = cells_of(reading.view)
        column = next((i for i, (a, b) in enumerate(cells) if a <= start < b), None)
        if column is None:
            return tuple(mentions[:1])
        own = [m for m in mentions if cells[column][0] <= m.start < cells[column][1]]
        if own:
            return tuple(own[-1:])
        if reading.unit.header is not None:
            head = self.readings[reading.unit.header]
            spans = cells_of(head.view)
            if column < len(spans):
                above = [m for m in head.of(kind) if spans[column][0] <= m.start < spans[column][1]]
                if above:
                    return tuple(above[-1:])
        return tuple([m for m in mentions if m.start < start][-1:] or list(mentions[:1]))

    def asked_years(self) -> set[str]:
        """The years of the question and of its reading."""
        asked = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", self.question))
        for period in (*self.draft.reading.periods, *(m.period for m in self.draft.missing)):
            years = [int(y) for y in re.findall(r"(?:19|20)\d\d", period)]
            asked |= {str(y) for y in range(years[0], years[-1] + 1)} if years else set()
        return asked

    def column_head(self, reading: Reading, start: int) -> str:
        """What stands at the head of the column that holds ``start``; "" where there is no head."""
        column = next((i for i, (a, b) in enumerate(cells_of(reading.view)) if a <= start < b), None)
        if column is None or reading.unit.header is None:
            return ""
        head = self.readings[reading.unit.header].view
        spans = cells_of(head)
        return head[slice(*spans[column])] if column < len(spans) else ""

    def led(self, reading: Reading) -> list[int]:
        """The true citations of the units that a unit introduces."""
        index = self.readings.index(reading)
        return [n for u in self.units if u.lead == index for _, n in u.marks if n in self.grounds.citations]

    def _numbered_names(self) -> list[str]:
        """Proved indicators with a number of their own: 60岁以上人口, 十四五规划项目."""
        names = {view_of(c.figure.indicator) for c in (*self.grounds.figures, *self.grounds.related)}
        numbered = r"\d|[一二三四五六七八九十百千万亿]{2}"
        return sorted(n for n in names if re.search(numbered, n) and re.search(r"[一-鿿]{2}", n))

    # -- places -------------------------------------------------------------------------------------

    def _places(self, view: str) -> Iterator[Mention]:
        """The places that a view names; ``value`` holds the full names it may mean, or the word itself."""
        denied = [s for s in clause_spans(view) if any(s[0] <= a < s[1] for a, _ in denials(view))]
        found: list[Mention] = []
        for start, end, value in self._place_words(view):
            if any(m.start < end and start < m.end for m in found):
                continue
            weak = (
                re.search(
                    r"(?:比|较|高于|低于|居|列|占|排名?|与|和|同|超过|优于|快于|领先|than)\s?(?:the\s)?$", view[:start]
                )
                is not None
            )
            found.append(Mention("place", start, end, value, weak, any(a <= start < b for a, b in denied)))
        yield from found

    def _place_words(self, view: str) -> Iterator[tuple[int, int, str]]:
        for match in re.finditer(r"全国|我国|全省|全市|全州(?!县)", view):
            if not re.match(r"第|平均|前|首|排|最|各|范围|统一|重点|示范", view[match.end() : match.end() + 2]):
                yield *match.span(), match.group()
        if self.grounds.places is not None:
            for mention in self.grounds.places.find_places(view.replace(MASK, " ")):
                if not mention.risky and mention.end - mention.start > 1:
                    yield mention.start, mention.end, "\n".join(p.name for p in mention.candidates)
            return
        for form, name in self._known_forms():
            for match in re.finditer(re.escape(form), view):
                yield *match.span(), name
        for match in _SUBJECT.finditer(view):
            if not _NO_PLACE.search(match.group(1)):
                yield *match.span(1), match.group(1)

    def _known_forms(self) -> list[tuple[str, str]]:
        forms: dict[str, set[str]] = {}
        for again in self.grounds.reports.values():
            report = again.report
            parts = place_parts(report.place)
            written = {"".join(parts[i:]) for i in range(len(parts))} | set(report.place_forms)
            for form in written:
                if len(form) > 1:
                    forms.setdefault(form, set()).add(report.place)
        return [
            (form, "\n".join(sorted(names))) for form, names in sorted(forms.items(), key=lambda f: (-len(f[0]), f[0]))
        ]


_SUBJECT = re.compile(
    rf"(?:^|[|,。;:：{MASK}])\s?([一-鿿]{{2,20}}?(?:省|市|区|县|旗|州|盟))(?=(?:19|20)\d\d|在|的|:|,|\s|\||{MASK}|今年|去年|政府|过去|今后|没有|未|\(|\"|$)"
)
_BARE_NUMBER = re.compile(r"[约近超]?[\d.,，．０-９\-—~～%％]+[一-鿿％%]{0,6}")
_NO_PLACE = re.compile(
    r"(?:该|本|这个?|各|全|我|两|几|此|某|哪个?|地)\S?[省市区县旗州盟]$|地区$|城市$|城区$|社区$|园区$|示范区$|景区$"
)


def place_fits(mention: Mention, place: str, report: Report) -> bool:
    """Whether a mention means ``place``."""
    value = mention.value
    if value in ("全国", "我国", "全省", "全市", "全州"):
        return parent_place(report.place, report.level, value) == place
    if place in value.split("\n"):
        return True
    parts = place_parts(place)
    own = {parts[-1], *report.place_forms} if place == report.place and parts else set(parts[-1:])
    tail = next((form for form in sorted(own, key=len, reverse=True) if form and value.endswith(form)), None)
    if tail is None or "\n" in value:
        return False
    rest = value[: len(value) - len(tail)]
    for part in parts[:-1]:
        rest = rest.replace(part, "").replace(part[:-1], "") if len(part) > 2 else rest.replace(part, "")
    return rest == ""


def place_parts(place: str) -> list[str]:
    """The names that a full name is made of: 辽宁省, 沈阳市, 沈河区."""
    parts = re.findall(r".+?(?:特别行政区|自治区|自治州|自治县|自治旗|新区|地区|省|市|州|盟|区|县|旗)", place)
    return parts if parts and "".join(parts) == place else [place]


def tight(text: str) -> str:
    """``text`` without white space."""
    return re.sub(r"\s+", "", text)


def _find_whole(piece: str, quote: str, start: int) -> int:
    """Where ``piece`` ends in ``quote`` from ``start`` on, no number cut in two; -1 if it is not there."""
    at = quote.find(piece, start)
    while at >= 0:
        end = at + len(piece)
        cut_left = at > 0 and re.match(r"[\d.]", piece) and re.match(r"[\d.]", quote[at - 1])
        cut_right = (
            end < len(quote) and re.match(r"[\d.]", piece[-1]) and re.match(r"[\d.%％‰万亿千百余多]", quote[end])
        )
        loose = re.match(r"左右|以上|以内|以下|上下|之内|余", quote[end:]) and re.search(
            r"\d[^,，。；;、]{0,6}$", piece
        )
        if not cut_left and not cut_right and not loose:
            return end
        at = quote.find(piece, at + 1)
    return -1
