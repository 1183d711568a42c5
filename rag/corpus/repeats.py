"""A whole report that stands twice in one file: once is enough.

Compared by runs of characters, not by lines: the second copy may be broken into other paragraphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.corpus.fold import fold_text
from rag.corpus.lines import Line

_RUN: Final = 16
_OPENING: Final = 40
_QUICK: Final = 12
_LEAST: Final = 1000  # characters of a first copy: nothing shorter is a whole report


@dataclass(frozen=True, slots=True)
class Unrepeated:
    """Lines, and whether a second copy of the report was taken out of them."""

    lines: tuple[Line, ...]
    repeated: bool


def remove_repeat(lines: Sequence[Line]) -> Unrepeated:
    """``lines`` without a second copy of the report, if most of one stands there.

    Lines of the second copy that the first does not hold are kept.
    """
    if not _any_opening_again(lines):
        return Unrepeated(tuple(lines), repeated=False)
    keys = [fold_text(line.text) for line in lines]
    second = _start_of_second(keys)
    if second is None:
        return Unrepeated(tuple(lines), repeated=False)
    runs = _runs("".join(keys[:second]))
    first = set(keys[:second])
    covered = [key in first or _covered(key, runs) >= 0.8 for key in keys[second:]]
    total = sum(len(key) for key in keys[second:])
    same = sum(len(key) for key, known in zip(keys[second:], covered, strict=True) if known)
    if same < 0.7 * total or total < 0.25 * sum(len(key) for key in keys[:second]):
        return Unrepeated(tuple(lines), repeated=False)
    kept = (line for line, known in zip(lines[second:], covered, strict=True) if not known)
    return Unrepeated((*lines[:second], *kept), repeated=True)


def _any_opening_again(lines: Sequence[Line]) -> bool:
    """A quick look: True if two long lines begin with the same words, as copies of one report do."""
    openings = [line.text[:_QUICK] for line in lines if len(line.text) >= _OPENING]
    return len(set(openings)) < len(openings)


def _start_of_second(keys: Sequence[str]) -> int | None:
    """Index of the line where a long opening is said again, with most of a report before it."""
    total = sum(len(key) for key in keys)
    openings: dict[str, int] = {}
    before = 0
    for i, key in enumerate(keys):
        if len(key) >= _OPENING:
            opening = key[:_OPENING]
            first = openings.setdefault(opening, i)
            if first < i and before >= max(_LEAST, 0.3 * total) and _goes_on_alike(keys, first, i):
                return _with_title(keys, first, i)
        before += len(key)
    return None


def _goes_on_alike(keys: Sequence[str], first: int, second: int) -> bool:
    # One sentence said twice is rhetoric; what follows must agree as well.
    ahead_first = "".join(keys[first : first + 12])[:600]
    ahead_second = "".join(keys[second : second + 12])[:600]
    runs = _runs(ahead_first)
    return len(ahead_second) >= 200 and _covered(ahead_second, runs) >= 0.7


def _with_title(keys: Sequence[str], first: int, second: int) -> int:
    """``second`` moved up over the title and salutation that are repeated with it."""
    heads = set(keys[:first])
    while second - 1 > first and keys[second - 1] in heads:
        second -= 1
    return second


def _runs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + _RUN] for i in range(len(text) - _RUN + 1))


def _covered(key: str, runs: frozenset[str]) -> float:
    """Share of ``key`` whose runs stand in the first copy; 0 for what is too short to tell."""
    if len(key) < _RUN:
        return 0.0
    starts = range(0, len(key) - _RUN + 1, 4)
    return sum(key[i : i + _RUN] in runs for i in starts) / len(starts)
