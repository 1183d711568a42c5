"""Lines of a raw text, with what their layout says about paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.corpus.characters import GLUE

_LEADING: Final = re.compile(r"^[ \u3000\t]*")
_TABS: Final = re.compile(r"[ \u3000]*\t[ \u3000\t]*")
_SPACES: Final = re.compile(r"[ \u3000]+")
_COLUMN_GAP: Final = re.compile(r"(?<=\S) {6,}(?=\S)")  # columns of a page set side by side
# Where one line holds a whole report, the indentation of its paragraphs still shows inside it.
_INNER_INDENT: Final = re.compile(r"(?<=[。！？：；”!?:;])(?:\u3000{2}| {4,})[ \u3000]*(?=\S)")
_INNER_SPACE: Final = re.compile(r"(?<=[。！？])[ \u3000]+(?=\S)")
_SENTENCE_END: Final = re.compile(r"[。！？](?=.)")
_LONG_LINE: Final = 600


@dataclass(frozen=True, slots=True)
class Line:
    """A line's text without its indentation, and its layout.

    ``indent`` counts columns (an ideographic space is two); ``gap`` the empty lines above it;
    ``glued`` says that a zero-width line stood above; ``cell`` that it began with a tab.
    """

    text: str
    indent: int = 0
    gap: int = 0
    glued: bool = False
    cell: bool = False


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of ``text`` that hold something, runs of spaces made one."""
    lines: list[Line] = []
    gap, glued = 0, False
    for raw in _split_whole_reports(text.split("\n")):
        bare = raw.replace(GLUE, "")
        stripped = _inner_spaces(bare.strip(" \u3000\t"))
        if not stripped:
            glued = glued or GLUE in raw
            gap += GLUE not in raw
            continue
        lead = _LEADING.match(bare)
        lead_text = lead.group() if lead else ""
        indent = sum(2 if ch == "\u3000" else 1 for ch in lead_text if ch != "\t")
        lines.append(Line(stripped, indent, gap, glued, "\t" in lead_text))
        gap, glued = 0, False
    return tuple(_without_common_indent(lines))


def join_table_rows(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``lines`` with the cells of flattened tables back in rows, a tab between cells.

    Pages pasted as text put each cell on a line that begins with a tab; five such lines make a table.
    """
    if sum(line.cell for line in lines) < 5:
        return tuple(replace(line, cell=False) if line.cell else line for line in lines)
    rows: list[Line] = []
    for i, line in enumerate(lines):
        if line.cell and rows:
            rows[-1] = replace(rows[-1], text=f"{rows[-1].text}\t{line.text}", cell=True)
        elif rows and rows[-1].cell and _rest_of_cell(line, lines[i + 1 : i + 2]):
            rows[-1] = replace(rows[-1], text=rows[-1].text + line.text)
        else:
            rows.append(replace(line, cell=False))
    return tuple(replace(row, cell=False) if row.cell else row for row in rows)


def _rest_of_cell(line: Line, following: Sequence[Line]) -> bool:
    # 人力⏎资源局: a name broken inside its cell, with the table going on behind it.
    if len(line.text) > 8 or line.indent or line.text[0].isdigit() or line.text.startswith("附"):
        return False
    return bool(following) and (following[0].cell or following[0].text.isdigit())


def _inner_spaces(text: str) -> str:
    return _SPACES.sub(" ", _TABS.sub("\t", _COLUMN_GAP.sub("\t", text)))


def _split_whole_reports(raw_lines: Iterable[str]) -> Iterable[str]:
    for line in raw_lines:
        if len(line) < _LONG_LINE:
            yield line
            continue
        parts = _INNER_INDENT.split(line)
        if len(parts) < 3:
            parts = _split_at_spaces(line)
        yield parts[0]
        yield from (f"\u3000\u3000{part}" for part in parts[1:])


def _split_at_spaces(line: str) -> list[str]:
    # Some sentences end with a space and most do not: those are where paragraphs ended.
    spaced = len(_INNER_SPACE.findall(line))
    ends = len(_SENTENCE_END.findall(line))
    if spaced >= 5 and spaced <= 0.6 * ends:
        return _INNER_SPACE.split(line)
    return [line]


def _without_common_indent(lines: Sequence[Line]) -> Iterable[Line]:
    # A page set 8 columns in from the left has no paragraph marks in that.
    indents = sorted(line.indent for line in lines if len(line.text) > 10)
    common = indents[len(indents) // 10] if indents else 0
    if common <= 2:
        return lines
    return (replace(line, indent=max(0, line.indent - common)) for line in lines)
