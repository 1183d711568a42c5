"""An answer as HTML for the page: pure, and every character that is not ours escaped.

Reports, questions and file names are other people's text. Each piece goes through ``escape`` exactly once, and the only
links are anchors within the page, so nothing that a report holds can run, load or point anywhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rag.answer import Answer, CitedFigure
from rag.types import Citation

CONTEXT_CHARS = 160  # of the report shown before and behind a quote
_MARKER = re.compile(r"\[(\d{1,3})\]")
# Characters that turn text around or hide it are shown as their number, so that what is read is what is there.
_HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

ROLE_NAMES = {"target": "当年目标", "actual": "上年完成", "cumulative": "多年累计", "plan": "中长期目标"}
STATUS_NAMES = {
    "answered": "已回答",
    "no_figure": "报告没有给出数字",
    "not_in_report": "报告没有提到",
    "no_report": "没有这份报告",
    "unclear": "请说明得更具体",
    "off_topic": "与政府工作报告无关",
    "error": "出错了",
}
REASON_NAMES = {"no_figure": "报告没有给出数字", "no_report": "没有这份报告"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what is shown under it."""

    question: str
    body: str


def escape(text: object) -> str:
    """``text`` so that a browser shows it and does nothing else."""
    return html.escape(_HIDDEN.sub(_shown, str(text)), quote=True)


def conversation_html(turns: Sequence[Turn]) -> str:
    """The turns of a conversation, oldest first."""
    return "".join(
        f'<section class="turn"><p class="question">{escape(turn.question)}</p>'
        f'<div class="answer" aria-live="polite">{turn.body}</div></section>'
        for turn in turns
    )


def progress_html(line: str) -> str:
    """A line that says what is being done."""
    return f'<p class="progress">{escape(line)}</p>'


def error_html(message: str) -> str:
    """A sentence on what went wrong."""
    return f'<p class="error" role="alert">{escape(message)}</p>'


def provisional_html(text: str) -> str:
    """An answer that has not been checked yet."""
    return f'<p class="text provisional">{_lines(escape(text))}</p>{progress_html("正在核对出处……")}'


def answer_html(answer: Answer, text_of: Callable[[str], str], *, turn: int) -> str:
    """An answer with its figures, notices and citations, each quote shown in its place.

    Args:
        answer: What to show.
        text_of: A report's text by its id.
        turn: Number of the turn on the page, so that anchors differ.
    """
    numbers = {citation.n for citation in answer.citations}
    pieces = [
        f'<p class="text">{_with_anchors(answer.text, numbers, turn)}</p>',
        _notes("说明", (*answer.assumptions, *answer.notices)),
        _figures("数据", answer.figures, numbers, turn),
        _figures("供参考", answer.related, numbers, turn),
        _missing(answer),
        _citations(answer.citations, text_of, turn),
        f'<p class="foot">{escape(STATUS_NAMES[answer.status])} · {escape(_taken(answer))}</p>',
    ]
    return "".join(pieces)


def _shown(found: re.Match[str]) -> str:
    return f"‹U+{ord(found[0]):04X}›"


def _lines(escaped: str) -> str:
    return escaped.replace("\n", "<br>")


def _with_anchors(text: str, numbers: set[int], turn: int) -> str:
    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        return _anchor(number, turn) if number in numbers else found[0]

    return _lines(_MARKER.sub(link, escape(text)))


def _anchor(number: int, turn: int) -> str:
    return f'<a class="cite" href="#c-{turn}-{number}">[{number}]</a>'


def _notes(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    return f'<ul class="notes" aria-label="{title}">' + "".join(f"<li>{escape(s)}</li>" for s in sentences) + "</ul>"


def _figures(title: str, figures: Sequence[CitedFigure], numbers: set[int], turn: int) -> str:
    if not figures:
        return ""
    rows = "".join(
        f"<tr><td>{escape(f.figure.place)}</td><td>{escape(f.figure.period)}</td><td>{escape(f.figure.indicator)}</td>"
        f'<td>{escape(ROLE_NAMES[f.figure.role])}</td><td class="value">{escape(_value_of(f))}</td>'
        f"<td>{_anchor(f.citation, turn) if f.citation in numbers else ''}</td></tr>"
        for f in figures
    )
    head = "".join(f"<th>{name}</th>" for name in ("地区", "时期", "指标", "性质", "数值", "出处"))
    return f'<table class="figures"><caption>{title}</caption><tr>{head}</tr>{rows}</table>'


def _value_of(cited: CitedFigure) -> str:
    figure = cited.figure
    written = figure.written if figure.unit in figure.written else f"{figure.written}{figure.unit}"
    return f"{written}（{figure.modality}）" if figure.modality else written


def _missing(answer: Answer) -> str:
    lines = [f"{m.place}{m.period and f' {m.period}'}：{REASON_NAMES.get(m.reason, m.reason)}" for m in answer.missing]
    return _notes("缺少", lines)


def _citations(citations: Sequence[Citation], text_of: Callable[[str], str], turn: int) -> str:
    if not citations:
        return ""
    shown = "".join(_citation(citation, text_of, turn) for citation in citations)
    return f'<div class="citations"><h4>出处</h4>{shown}</div>'


def _citation(citation: Citation, text_of: Callable[[str], str], turn: int) -> str:
    text = text_of(citation.report_id)
    before = text[max(0, citation.start - CONTEXT_CHARS) : citation.start]
    behind = text[citation.end : citation.end + CONTEXT_CHARS]
    where = " › ".join(s for s in (citation.title, *citation.section) if s)
    dots = ("…" if citation.start > CONTEXT_CHARS else "", "…" if citation.end + CONTEXT_CHARS < len(text) else "")
    return (
        f'<blockquote class="citation" id="c-{turn}-{citation.n}"><p class="where">[{citation.n}] {escape(where)}</p>'
        f'<p class="passage">{dots[0]}{_lines(escape(before.lstrip()))}<mark>{_lines(escape(citation.quote))}</mark>'
        f"{_lines(escape(behind.rstrip()))}{dots[1]}</p>"
        f'<p class="source">{escape(citation.source)} · {citation.start}–{citation.end}</p></blockquote>'
    )


def _taken(answer: Answer) -> str:
    total: Any = answer.timings_ms.get("total")
    took = "" if total is None else f"，用时 {float(total):.0f} 毫秒"
    return ("由规则摘录" if answer.reader == "extractive" else f"由 {answer.reader} 作答") + took
