"""What the lines of a text together say about its paragraphs: indentation, empty lines, one full width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rag.corpus.characters import display_width
from rag.corpus.lines import Line

Measure: TypeAlias = Literal["columns", "characters"]
TERMINAL: Final = frozenset("。！？；：…!?;:")
_WIDEST: Final = 160  # columns: no hard break falls behind them
_SHORTEST: Final = {"columns": 28, "characters": 14}  # a full line of the narrowest column
_BELOW: Final = {"columns": 5, "characters": 3}  # a line ends early where a mark may not begin the next
_ABOVE: Final = {"columns": 3, "characters": 2}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text marks its paragraphs.

    ``full`` is the width of a full line where hard breaks wrap the text, else 0, measured in
    ``measure``; ``indented`` says that paragraphs begin with an indentation, ``spaced`` that empty
    lines part them.
    """

    full: int
    measure: Measure
    indented: bool
    spaced: bool

    @property
    def marked(self) -> bool:
        """True where a paragraph's beginning shows by itself."""
        return self.indented or self.spaced

    def begins(self, line: Line) -> bool:
        """True if ``line`` shows that a paragraph begins with it."""
        return (self.indented and line.indent >= 2) or (self.spaced and line.gap > 0)

    def fills(self, line: Line, *, share: float = 1.0, tight: bool = False) -> bool:
        """True if ``line`` is as wide as full lines are, or ``share`` of that.

        A line that ends a sentence must be full to the last column (as with ``tight``): short of it, more
        would have fitted.
        """
        slack = 1 if tight or line.text[-1] in TERMINAL else _BELOW[self.measure]
        return self.full > 0 and _width(line, self.measure) >= share * (self.full - slack)


def layout_of(lines: Sequence[Line]) -> Layout:
    """The layout that most lines of prose agree on; tables are left out."""
    prose = [line for line in lines if "\t" not in line.text]
    long = [line for line in prose if len(line.text) >= 12]
    indented = sum(2 <= line.indent <= 8 for line in long) >= max(3, 0.04 * len(long))
    gaps = sum(line.gap > 0 for line in long)
    full, measure = _full_width(prose)
    return Layout(full, measure, indented, spaced=3 <= gaps <= 0.85 * len(long))


def _full_width(lines: Sequence[Line]) -> tuple[int, Measure]:
    if sum(len(line.text) > _WIDEST for line in lines) > 0.05 * len(lines):
        return 0, "columns"
    measures: tuple[Measure, ...] = ("columns", "characters")
    found = [(*_cluster(lines, measure), measure) for measure in measures]
    share, full, best = max(found)
    return (full, best) if share > 0 else (0, "columns")


def _cluster(lines: Sequence[Line], measure: Measure) -> tuple[float, int]:
    """Share of the lines that are full, and the width of a full one; 0 where the text is not wrapped."""
    measured = [(_width(line, measure), line) for line in lines if len(line.text) >= 8]
    if len(measured) < 6:
        return 0.0, 0
    counts = Counter(width for width, _ in measured)
    below, above = _BELOW[measure], _ABOVE[measure]
    top = max(
        counts, key=lambda width: (sum(counts[width + d] for d in range(-below, above + 1)), counts[width], width)
    )
    full = [line for width, line in measured if top - below <= width <= top + above]
    longer = sum(width > top + above for width, _ in measured)
    cut = sum(line.text[-1] not in TERMINAL for line in full)
    wrapped = len(full) >= 0.45 * len(measured) and longer <= 0.05 * len(measured) and cut >= 0.6 * len(full)
    if not wrapped or not _SHORTEST[measure] <= top <= _WIDEST:
        return 0.0, 0
    return len(full) / len(measured), top


def _width(line: Line, measure: Measure) -> int:
    if measure == "characters" or len(line.text) > _WIDEST:
        return line.indent // 2 + len(line.text)
    return line.indent + display_width(line.text)
