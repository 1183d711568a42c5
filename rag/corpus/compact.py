"""A text without white space, in plain digits and simplified characters, with the way back.

What names a report is broken by spaces, line ends and full-width digits (政 府 工 作 报 告, 第十六届⏎人民代表大会,
２０１０年), so patterns run over this form; ``Compact.evidence`` gives the words as the text has them.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rag.corpus.fold import fold
from rag.types import Evidence

_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("○零0OoＯ０О", "0")
_NUMBERS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}

YEAR = r"(?:(?:19|20)\d{2}|[一二][九〇○零0Oo][〇○零0Oo一二三四五六七八九\d]{2})"
"""A year in digits or characters: 2019, 二〇一九, 二0一九, 二O一九."""


@dataclass(frozen=True, slots=True)
class Compact:
    """A stretch of a text in plain form; ``offsets[i]`` is where its i-th character stands in the text."""

    raw: str
    text: str
    offsets: Sequence[int]

    def evidence(self, start: int, end: int) -> Evidence:
        """The words of the raw text behind ``text[start:end]``."""
        if end <= start:
            raise ValueError(f"no words between {start} and {end}")
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        return Evidence("text", self.raw[first:last], first, last)


def compact(raw: str, *, end: int | None = None, keep_lines: bool = False) -> Compact:
    """``raw`` (up to ``end``) in plain form; line feeds are kept only on request."""
    shown = raw if end is None else raw[:end]
    if not keep_lines:
        folded = fold(shown)
        return Compact(raw, folded.text, folded.offsets)
    parts: list[str] = []
    offsets = array("I")
    start = 0
    for line in shown.split("\n"):
        folded = fold(line)
        if folded.text:
            if parts:
                parts.append("\n")
                offsets.append(start - 1)
            parts.append(folded.text)
            count = len(folded.text)
            if isinstance(folded.offsets, range):
                offsets.extend(range(start, start + count))
            else:
                offsets.extend([start + offset for offset in folded.offsets[:count]])
        start += len(line) + 1
    return Compact(raw, "".join(parts), offsets)


@cache
def year_number(written: str) -> int | None:
    """The year that ``written`` (matched by ``YEAR``) says, or None outside 1949 to 2100."""
    digits = "".join(_DIGITS.get(c, c) for c in written)
    if not re.fullmatch(r"\d{4}", digits):
        return None
    year = int(digits)
    return year if 1949 <= year <= 2100 else None


@cache
def small_number(written: str) -> int | None:
    """A number up to 99 in digits or characters: 12, 十二, 二十一, 廿一."""
    if written.isdigit():
        return int(written)
    written = written.replace("廿", "二十").replace("卅", "三十")
    if re.fullmatch(r"[〇○零一二三四五六七八九]{2}", written):  # 二三日 in old papers
        return int("".join(_DIGITS[c] for c in written))
    match = re.fullmatch(r"([一二三四五六七八九])?(十)?([一二三四五六七八九])?", written)
    if not match or not written:
        return None
    tens = (_NUMBERS[match[1]] if match[1] else 1) if match[2] else 0
    if not match[2]:
        return _NUMBERS[match[1]] if match[1] and not match[3] else None
    return tens * 10 + (_NUMBERS[match[3]] if match[3] else 0)
