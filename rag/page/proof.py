"""The report's own text at a citation, and a whole report to read and search, as HTML. Pure.

Offsets count code points of the report's text, as everywhere; the page's script hands them back as it got them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.config import Lang
from rag.page.markup import button, escape, web_address
from rag.page.reference import quotation, reference
from rag.page.words import say
from rag.passages import sentence_spans
from rag.types import Figure, Passage, Report
from rag.wording import period_zh, shown, thing

CONTEXT_CHARS: Final = 160  # of the report around a citation, at least
_STOPS: Final = re.compile(r"[。！？；\n]")
_HEADING_CHARS: Final = 40
_OPEN_NUMBERS: Final = 6  # more numbers of a sentence than these are folded away


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of a report's text."""

    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        """Whether ``start`` to ``end`` lies within."""
        return self.start <= start and end <= self.end


@dataclass(frozen=True, slots=True)
class Shown:
    """A report with what is read from it, and the citation in it that is looked at."""

    report: Report
    passages: Sequence[Passage]
    figures: Sequence[Figure]
    cited: Span | None = None
    at: Span | None = None  # the number that was clicked

    @property
    def passage(self) -> Passage | None:
        """The passage in which the citation begins."""
        if self.cited is None:
            return None
        return next((p for p in self.passages if p.start <= self.cited.start < p.end), None)

    def figures_in(self, span: Span) -> list[Figure]:
        """The figures that stand in a stretch, in the order of the text."""
        return sorted((f for f in self.figures if span.holds(f.start, f.end)), key=lambda f: (f.start, f.end))


def proof_html(shown_: Shown, lang: Lang) -> str:
    """A citation in its place: what the report is, where in it the sentence stands, and the sentence, highlighted."""
    report, cited = shown_.report, shown_.cited or Span(0, 0)
    around = _around(report.text, cited)
    dots = ("…" if around.start else "", "…" if around.end < len(report.text) else "")
    passage = f"{dots[0]}{_text_html(shown_, around, lang)}{dots[1]}"
    pieces = (
        _title(report, lang),
        _where(shown_, lang),
        f'<blockquote class="passage">{passage}</blockquote>',
        _numbers(shown_.figures_in(cited), lang),
        _facts(report, lang),
        _copies(shown_, lang),
    )
    return "".join(pieces)


def report_html(shown_: Shown, lang: Lang) -> str:
    """A whole report with its headings as a way in, each number marked with its role, each sentence by itself."""
    paragraphs = "".join(_paragraph(shown_, span, lang) for span in _paragraph_spans(shown_.report.text))
    head = _title(shown_.report, lang) + _facts(shown_.report, lang)
    return f'{head}{_outline(shown_)}<div class="report-text">{paragraphs}</div>'


def _title(report: Report, lang: Lang) -> str:
    cut = "" if report.complete else f'<p class="warning">{escape(say("incomplete", lang))}</p>'
    return f'<h2 class="title">{escape(report.title)}</h2>{cut}'


def _where(shown_: Shown, lang: Lang) -> str:
    """In which part of the report the citation stands, of which years that part speaks, and under which headings."""
    passage = shown_.passage
    if passage is None:
        return ""
    part = f'<span class="part part-{passage.part}">{escape(say(f"part_{passage.part}", lang))}</span>'
    about = f" {escape(period_zh(passage.period))}" if passage.period else ""
    headings = " › ".join(escape(heading) for heading in passage.section)
    return f'<p class="where">{part}{about} {headings}</p>'


def _facts(report: Report, lang: Lang) -> str:
    """Place, year, dates and source of the report."""
    unknown = say("unknown", lang)
    rows = [
        ("place", escape(report.place or unknown)),
        ("report_year", escape(report.report_year or unknown)),
        ("delivered", escape(report.delivered_on or unknown)),
        *([("published", escape(report.published_on))] if report.published_on else []),
        ("source", _source(report)),
    ]
    listed = "".join(f"<div><dt>{escape(say(name, lang))}</dt><dd>{value}</dd></div>" for name, value in rows)
    return f'<dl class="facts">{listed}</dl>'


def _source(report: Report) -> str:
    address = web_address(report.source)
    if address is None:
        return escape(report.source)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">{escape(address)}</a>'


def _around(text: str, cited: Span) -> Span:
    """The citation with whole sentences before and behind it."""
    left = max(0, cited.start - CONTEXT_CHARS)
    before = [m.end() for m in _STOPS.finditer(text, left, cited.start)]
    start = before[0] if left and before else left
    start += len(text[start : cited.start]) - len(text[start : cited.start].lstrip())
    right = _STOPS.search(text, min(len(text), cited.end + CONTEXT_CHARS))
    return Span(start, min(right.end() if right else len(text), cited.end + 2 * CONTEXT_CHARS))


def _text_html(shown_: Shown, span: Span, lang: Lang) -> str:
    """A stretch of the report, the citation marked, each of its numbers in the colour of its role."""
    cited = shown_.cited
    if cited is None or cited.end <= span.start or span.end <= cited.start:
        return _numbered(shown_, span, lang)
    start, end = max(span.start, cited.start), min(span.end, cited.end)
    return (
        f"{_numbered(shown_, Span(span.start, start), lang)}<mark>{_numbered(shown_, Span(start, end), lang)}</mark>"
        f"{_numbered(shown_, Span(end, span.end), lang)}"
    )


def _numbered(shown_: Shown, span: Span, lang: Lang) -> str:
    text, pieces, done = shown_.report.text, [], span.start
    for figure in shown_.figures_in(span):
        if figure.start < done:  # two readings of one number: the first is shown
            continue
        chosen = shown_.at is not None and shown_.at.holds(figure.start, figure.end)
        says = f"{period_zh(figure.period)} {say(f'role_{figure.role}', lang)}：{thing(figure)}"
        pieces += [
            _plain(text[done : figure.start]),
            f'<span class="fig role-{figure.role}{" chosen" if chosen else ""}" '
            f'data-fig="{figure.start}-{figure.end}" title="{escape(says)}">'
            f"{_plain(text[figure.start : figure.end])}</span>",
        ]
        done = figure.end
    return "".join(pieces) + _plain(text[done : span.end])


def _plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _numbers(figures: Sequence[Figure], lang: Lang) -> str:
    """The numbers of the cited sentence, each with what it is, so that the colours have words."""
    if not figures:
        return ""
    rows = "".join(
        f'<li><span class="role role-{f.role}">{escape(say(f"role_{f.role}", lang))}</span> '
        f"{escape(period_zh(f.period))} {escape(thing(f))} <b>{escape(shown(f))}</b></li>"
        for f in figures
    )
    is_open = " open" if len(figures) <= _OPEN_NUMBERS else ""
    return f'<details class="numbers"{is_open}><summary>{escape(say("in_quote", lang))} {len(figures)}</summary><ul>{rows}</ul></details>'


def _copies(shown_: Shown, lang: Lang) -> str:
    cited = shown_.cited
    if cited is None:
        return ""
    report = shown_.report
    chosen = shown_.at or cited
    figures = [f for f in shown_.figures_in(chosen)] if shown_.at else []
    section = shown_.passage.section if shown_.passage else ()
    quoted = quotation(report, section, report.text[cited.start : cited.end], figures[0] if figures else None)
    return (
        '<p class="copies">'
        + button(say("cite_reference", lang), "copy", text=reference(report))
        + button(say("cite_quote", lang), "copy", text=quoted)
        + "</p>"
    )


def _outline(shown_: Shown) -> str:
    """The report's headings, each leading to its place; the part that begins there gives the colour."""
    seen: dict[str, Passage] = {}
    for passage in shown_.passages:
        if passage.section:
            seen.setdefault(passage.section[0], passage)
    links = "".join(
        f'<li><button type="button" data-do="jump" data-at="{p.start}" class="part part-{p.part}">'
        f"{escape(heading[:_HEADING_CHARS])}</button></li>"
        for heading, p in seen.items()
    )
    return f'<ol class="outline">{links}</ol>' if links else ""


def _paragraph_spans(text: str) -> Iterator[Span]:
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield Span(at, at + len(line))
        at += len(line) + 1


def _paragraph(shown_: Shown, span: Span, lang: Lang) -> str:
    text = shown_.report.text[span.start : span.end].strip()
    heading = any(text == p.section[-1] for p in shown_.passages if p.section and abs(p.start - span.start) < 200)
    tag = "h3" if heading else "p"
    sentences = "".join(
        f'<span class="s" data-at="{start}-{end}">{_text_html(shown_, Span(start, end), lang)}</span>'
        for start, end in sentence_spans(shown_.report.text, span.start, span.end)
    )
    return f'<{tag} data-start="{span.start}">{sentences}</{tag}>'
