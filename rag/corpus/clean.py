"""A report's text less noise and broken lines: ``clean_text``, pure, text in, text out.

    characters -> lines -> table rows -> second copy -> page noise -> broken lines -> spaces

One paragraph a line, a single line feed between them, no indentation; cells of a table are parted by
tabs. Digits, punctuation, ％, footnote marks and misread characters stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rag.corpus.characters import UNREADABLE, normalise_characters, unreadable_characters
from rag.corpus.lines import join_table_rows, read_lines
from rag.corpus.mend import mend_lines
from rag.corpus.noise import remove_noise
from rag.corpus.repeats import remove_repeat
from rag.corpus.spaces import mend_spaces

_ROUNDS: Final = 6  # each round only takes away; the second is nearly always the last


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and Chinese sentences about what had to be mended."""

    text: str
    notices: tuple[str, ...] = ()


def clean_text(raw: str) -> Cleaned:
    """``raw`` as a report to be read and quoted; cleaning the result again changes nothing."""
    notices = []
    if lost := unreadable_characters(raw):
        notices.append(f"原文有 {lost} 个字已无法辨认，以“{UNREADABLE}”代替。")
    text, repeated = _clean_once(raw)
    for _ in range(_ROUNDS):
        again, repeated_again = _clean_once(text)
        repeated = repeated or repeated_again
        if again == text:
            break
        text = again
    if repeated:
        notices.append("文件里同一篇报告出现了两遍，只保留一遍。")
    return Cleaned(text, tuple(notices))


def _clean_once(text: str) -> tuple[str, bool]:
    once = remove_repeat(join_table_rows(read_lines(normalise_characters(text))))
    return "\n".join(mend_spaces(mend_lines(remove_noise(once.lines)))), once.repeated
