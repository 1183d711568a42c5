"""A form of a text for matching, beside the text, with a map back to its offsets.

The text itself keeps every full-width digit and every traditional character; two texts match when
their folded forms do: NFKC, traditional to simplified, punctuation of one kind, no white space.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_SAME_MARK: Final = {
    '"': "“”„‟「」『』﹁﹂﹃﹄〝〞＂«»",
    "'": "‘’‚‛＇`´",
    "-": "—–―‒−－─━﹣‐‑‒﹘",
    "~": "～〜∼˜",
    "·": "•・‧∙⋅･",
    "[": "〔【［〖﹝",
    "]": "〕】］〗﹞",
    "%": "％﹪٪",
    ":": "：∶︰﹕",
}
_MARKS: Final = {ch: mark for mark, chars in _SAME_MARK.items() for ch in chars}
# NFKC would make figures of these: a circled 5 behind a number is a footnote, ½ becomes 1⁄2.
_KEPT: Final = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳¹⁰⁴⁵⁶⁷⁸⁹½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞")
# Traditional by the table, yet at home in simplified text too: 乾县, 藉, 宫商角徵羽, 瞭望.
_BOTH_SCRIPTS: Final = frozenset("乾藉徵瞭著")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and where its characters came from.

    ``offsets[i]`` is the index in the raw text of the character behind ``text[i]``; one more entry
    at the end holds the raw text's length. Offsets never fall.
    """

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The raw text's span behind ``text[start:end]``; empty spans stay empty.

        Raises:
            ValueError: If the span does not lie inside the folded text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"span {start}-{end} outside of a folded text of {len(self.text)} characters")
        raw_start = self.offsets[start]
        return raw_start, (self.offsets[end - 1] + 1 if end > start else raw_start)

    def index(self, raw: int) -> int:
        """The first index of the folded text that comes from raw offset ``raw`` or later."""
        return bisect_left(self.offsets, raw, 0, len(self.text))


def fold(text: str) -> Folded:
    """``text`` in its form for matching, with the offsets to go back."""
    forms = _FORMS
    pieces = [forms[ch] for ch in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and all(pieces):
        return Folded(folded, range(len(text) + 1))
    offsets = array("I", [i for i, piece in enumerate(pieces) for _ in piece])
    offsets.append(len(text))
    return Folded(folded, offsets)


def fold_text(text: str) -> str:
    """The folded form alone, for keys and comparisons."""
    forms = _FORMS
    return "".join([forms[ch] for ch in text])


class _Forms(dict[str, str]):
    """Character to folded form, filled as characters are met; a form depends on its character alone."""

    def __missing__(self, ch: str) -> str:
        form = self[ch] = _form(ch)
        return form


def _form(ch: str) -> str:
    if ch in _MARKS:
        return _MARKS[ch]
    if ch in _KEPT:
        return ch
    normal = unicodedata.normalize("NFKC", ch)
    return "".join(_plain(part) for part in normal)


def _plain(ch: str) -> str:
    if ch.isspace() or unicodedata.category(ch) in {"Cf", "Cc"}:
        return ""
    if ch in _MARKS:
        return _MARKS[ch]
    return _simplified(ch)


def _simplified(ch: str) -> str:
    if ch < "㐀" or ch in _BOTH_SCRIPTS or _at_home_in_simplified(ch):
        return ch
    return _traditional().get(ch, ch)


def _at_home_in_simplified(ch: str) -> bool:
    # GB2312 holds the simplified characters and next to no traditional ones: for most texts the
    # table of traditional characters need not be read at all.
    try:
        ch.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return ch not in "於後夥摺菸甯麽"


@cache
def _traditional() -> Mapping[str, str]:
    """Traditional character to its first simplified one, as OpenCC lists them; one to one."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {old: new.split()[0] for old, new in pairs if len(old) == 1}


_FORMS: Final = _Forms()
