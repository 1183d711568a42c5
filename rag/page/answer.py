"""An answer as HTML: text with citations that open, figures, charts, what is missing, sources. Pure.

Reports, questions and file names are other people's text; nothing that they hold can run, load or point anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rag.answer import Answer, CitedFigure
from rag.config import Lang
from rag.page.chart import chart_html, chart_of
from rag.page.markup import button, escape, lines
from rag.page.words import say
from rag.types import Citation
from rag.wording import period_zh, short_place, shown

_MARKER: Final = re.compile(r"\[(\d{1,3})\]([。，、；：」]?)")  # with the stop behind it, which stays on its line
_RULE_LINE: Final = re.compile(r"\|[\s:|-]+\|")  # the line under a Markdown table's head
_FOLDED_FROM: Final = 3  # more notes than these are folded away
_LONG_SERIES: Final = 6  # more lines of figures than these stand below their chart
_NUMBER_COLUMN: Final = ("数字", "数值", "figure", "value")
_QUOTING: Final = ("原文：", "The report's words:", "供参考", "同一句中", "For reference")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an answer, as the reader sees it while it is made."""

    text: str
    done: bool = True


def progress_html(steps: Sequence[Step], text: str = "", *, lang: Lang) -> str:
    """What is being done, and the draft so far, which is not checked yet."""
    shown_steps = "".join(f'<li class="{"done" if step.done else "now"}">{escape(step.text)}</li>' for step in steps)
    draft = (
        f'<div class="text provisional" aria-hidden="true">{_paragraphs(text, _Marks())}</div>'
        f'<p class="foot">{escape(say("provisional", lang))}</p>'
        if text
        else ""
    )
    return f'<ol class="progress">{shown_steps}</ol>{draft}'


def error_html(message: str) -> str:
    """A sentence on what went wrong."""
    return f'<p class="error" role="alert">{escape(message)}</p>'


def answer_html(answer: Answer, *, lang: Lang, chips: str = "", steps: Sequence[Step] = ()) -> str:
    """An answer with everything that belongs to it.

    Args:
        answer: What to show.
        lang: Language of the page; the answer's own words stay as they are.
        chips: Markup of the chips that say how the question was understood.
        steps: What was done on the way.
    """
    marks = _Marks({citation.n: citation for citation in answer.citations}, answer.figures + answer.related, lang)
    pieces = (
        chips,
        f'<div class="text">{_paragraphs(answer.text, marks, _chart(answer, marks, lang))}</div>',
        _notes(say("notes", lang), (*answer.assumptions, *answer.notices)),
        _figures(answer, marks, lang),
        _missing(answer, lang),
        _sources(answer, lang),
        _foot(answer, steps, lang),
    )
    return "".join(pieces)


class _Marks:
    """Markers [n] and numbers as buttons that open their proof."""

    def __init__(
        self,
        citations: Mapping[int, Citation] | None = None,
        figures: Sequence[CitedFigure] = (),
        lang: Lang = "zh",
    ) -> None:
        self.citations = citations or {}
        self._figures = figures
        self._label = say("proof", lang)

    def text(self, text: str) -> str:
        """A line, escaped, its markers made buttons; a marker without a citation stays text."""

        def link(found: re.Match[str]) -> str:
            number = int(found[1])
            if not self._known(number):
                return found[0]
            mark = self.button(number, f"[{number}]", label=f"{self._label} {number}")
            return f'<span class="kept">{mark}{found[2]}</span>' if found[2] else mark

        return _MARKER.sub(link, escape(text))

    def number(self, number: int, text: str) -> str:
        """A number that opens its proof; without a citation it stays text."""
        if not self._known(number):
            return escape(text)
        same = [c.figure for c in self._figures if c.citation == number and c.figure.written in text]
        at = f"{same[0].start}-{same[0].end}" if same else ""
        return self.button(number, escape(text), at=at, kind="number")

    def button(self, number: int, escaped: str, *, label: str = "", at: str = "", kind: str = "cite") -> str:
        about = f' aria-label="{escape(label)}"' if label else ""
        where = f' data-at="{escape(at)}"' if at else ""
        return (
            f'<button type="button" class="{kind}" data-do="proof" data-n="{number}"{where}{about}>{escaped}</button>'
        )

    def _known(self, number: int) -> bool:
        return number in self.citations


def _paragraphs(text: str, marks: _Marks, chart: str = "") -> str:
    """The answer's lines as paragraphs, a Markdown table in it as a table, the chart before long rows or at the end."""
    blocks: list[str] = [chart] if "\n|" not in text and text.count("\n") > _LONG_SERIES else []
    chart = "" if blocks else chart
    rows: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("|") and line.rstrip().endswith("|"):
            rows.append(line)
            continue
        if rows:
            blocks += [chart, _table_of(rows, marks)]
            chart, rows = "", []
        if line.strip():
            kind = ' class="aside"' if line.startswith(_QUOTING) else ""
            blocks.append(f"<p{kind}>{marks.text(line)}</p>")
    return "".join([*blocks, chart])


def _table_of(rows: Sequence[str], marks: _Marks) -> str:
    cells = [
        [cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows if not _RULE_LINE.fullmatch(row)
    ]
    if not cells:  # a draft that ends in the line under a head
        return ""
    head, *body = cells
    at = next((n for n, name in enumerate(head) if name.lower() in _NUMBER_COLUMN), -1)
    named = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    shown_rows = "".join(f"<tr>{_cells(row, at, marks)}</tr>" for row in body)
    return f'<div class="scroll"><table class="figures"><thead><tr>{named}</tr></thead><tbody>{shown_rows}</tbody></table></div>'


def _cells(row: Sequence[str], at: int, marks: _Marks) -> str:
    cited = [int(n) for n, _ in _MARKER.findall(" ".join(row))]
    return "".join(
        f'<td class="value">{marks.number(cited[0], cell)}</td>'
        if n == at and len(cited) == 1 and any(c.isdigit() for c in cell)
        else f"<td>{marks.text(cell)}</td>"
        for n, cell in enumerate(row)
    )


def _chart(answer: Answer, marks: _Marks, lang: Lang) -> str:
    chart = chart_of(answer)
    return "" if chart is None else chart_html(chart, marks.citations, lang)


def _notes(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    listed = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    if len(sentences) > _FOLDED_FROM:
        return f'<details class="notes"><summary>{escape(title)} {len(sentences)}</summary><ul>{listed}</ul></details>'
    return f'<ul class="notes" aria-label="{escape(title)}">{listed}</ul>'


def _figures(answer: Answer, marks: _Marks, lang: Lang) -> str:
    """Table and downloads of an answer's figures, as far as there are several."""
    pieces = []
    if len(answer.figures) > 1 and "\n|" not in answer.text:  # else the text holds the table
        pieces.append(_figure_table(say("figures", lang), answer.figures, marks, lang))
    if len(answer.related) > 1:
        pieces.append(_figure_table(say("related", lang), answer.related, marks, lang))
    if answer.derived:
        pieces.append(_notes(say("computed", lang), [f"{d.formula} = {d.value:f}{d.unit}" for d in answer.derived]))
    if answer.figures:
        spans = [[c.figure.report_id, c.figure.start, c.figure.end] for c in answer.figures]
        downloads = (button(say(f"download_{form}", lang), "download", form=form) for form in ("csv", "xlsx"))
        pieces.append(f'<p class="downloads" data-figures="{escape(json.dumps(spans))}">{"".join(downloads)}</p>')
    return "".join(pieces)


def _figure_table(title: str, figures: Sequence[CitedFigure], marks: _Marks, lang: Lang) -> str:
    """The figures as a table; place and period are marked where every row says the same, for a phone to leave out."""
    names = _names([f.figure.place for f in figures])
    place = _same({f.figure.place for f in figures})
    period = _same({f.figure.period for f in figures})
    plain = "".join(f'<th scope="col">{escape(say(n, lang))}</th>' for n in ("indicator", "role", "value"))
    head = (
        f'<th scope="col"{place}>{escape(say("place", lang))}</th>'
        f'<th scope="col"{period}>{escape(say("period", lang))}</th>{plain}'
    )
    rows = "".join(
        f'<tr><td title="{escape(f.figure.place)}"{place}>{escape(names[f.figure.place])}</td>'
        f"<td{period}>{escape(period_zh(f.figure.period))}</td>"
        f"<td>{escape(f.figure.indicator)}</td>"
        f'<td><span class="role role-{f.figure.role}">{escape(say(f"role_{f.figure.role}", lang))}</span></td>'
        f'<td class="value">{marks.number(f.citation, value_of(f))}</td></tr>'
        for f in figures
    )
    return (
        f'<div class="scroll"><table class="figures"><caption>{escape(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _same(values: set[str]) -> str:
    """The class of a column that says the same in every row, or ""."""
    return ' class="same"' if len(values) == 1 else ""


def _names(places: Sequence[str]) -> dict[str, str]:
    """Full name -> the short one, unless two places share it."""
    short = {place: short_place(place) for place in places}
    return {place: name if list(short.values()).count(name) == 1 else place for place, name in short.items()}


def value_of(cited: CitedFigure) -> str:
    """A figure's number as the report wrote it, with what kind of number it is: 增长 8%."""
    figure = cited.figure
    rises = "增长 " if figure.measure == "growth" else ""
    left = [word for word in (figure.modality or "").split() if word not in shown(figure)]
    return f"{rises}{shown(figure)}" + (f"（{' '.join(left)}）" if left else "")


def _missing(answer: Answer, lang: Lang) -> str:
    told = [m for m in answer.missing if answer.figures]  # alone, the answer's text says it
    return _notes(
        say("missing", lang),
        [f"{say('missing', lang)}：{m.place} {period_zh(m.period)} — {say(f'reason_{m.reason}', lang)}" for m in told],
    )


def _sources(answer: Answer, lang: Lang) -> str:
    """The citations in a row; each carries what the evidence beside the answer needs."""
    if not answer.citations:
        return ""
    listed = "".join(_source(citation, answer) for citation in answer.citations)
    return (
        f'<details class="sources" open><summary>{escape(say("sources", lang))} {len(answer.citations)}</summary>'
        f"<ol>{listed}</ol></details>"
    )


def _source(citation: Citation, answer: Answer) -> str:
    where = " › ".join(part for part in (citation.title, *citation.section) if part)
    roles = dict.fromkeys(c.figure.role for c in answer.figures + answer.related if c.citation == citation.n)
    spots = "".join(f'<i class="dot role-{role}"></i>' for role in roles)
    return (
        f'<li><button type="button" data-do="proof" data-n="{citation.n}" data-report="{escape(citation.report_id)}" '
        f'data-start="{citation.start}" data-end="{citation.end}"><b>[{citation.n}]</b> {spots}{lines(where)}</button></li>'
    )


def _foot(answer: Answer, steps: Sequence[Step], lang: Lang) -> str:
    total: Any = answer.timings_ms.get("total")
    took = [] if total is None else [say("took", lang, ms=f"{float(total):.0f}")]
    by = say("by_rules", lang) if answer.reader == "extractive" else say("by_model", lang, reader=answer.reader)
    summary = " · ".join([say(f"status_{answer.status}", lang), by, *took])
    listed = "".join(f"<li>{escape(step.text)}</li>" for step in steps)
    return f'<details class="steps"><summary>{escape(summary)}</summary><ol>{listed}</ol></details>'
