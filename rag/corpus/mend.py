"""Line breaks inside sentences mended; paragraphs and headings stay on lines of their own.

A break is joined where the sentence plainly goes on: the next line begins with a closing mark, the
line ends with an opening one or a comma, a number is cut in two; or where the layout says so: most
lines full to the same width (text copied from a PDF), or links torn out into lines (saved pages).
Only white space is added or taken away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag.corpus.layout import TERMINAL, Layout, layout_of
from rag.corpus.lines import Line

_CLOSING: Final = frozenset("，。；：、！？）》〉」』”’〕％%‰,;!?)]…．")
_OPENING: Final = frozenset("（《〈「『“‘(〔[【")
_QUOTE_ENDS: Final = frozenset("”’）)》」』】]〕")
_PAIRS: Final = {"“": "”", "《": "》", "（": "）", "(": ")", "【": "】", "「": "」"}
_UNITS: Final = frozenset("亿万千百元个家户人年月日％%倍吨亩米公里平所座条件项名处岁天")
_HAN: Final = "[㐀-鿿〇]"
_STARTS_ITEM: Final = re.compile(
    r"""^(?:第?[一二三四五六七八九十百]{1,4}[、.．是要]|[（(〔\[［【][一二三四五六七八九十〇○\d]{1,4}[)）〕\]］】]|[一二三四五六七八九十]+[)）]
    |\d{1,3}[、)）]|\d{1,3}[.．](?!\d)|[①-⑳⑴-⒇⒈-⒛㈠-㈩]|第[一二三四五六七八九十百]+[章节条部分篇]
    |——|—|--|--|――|－－|[●•★◆■※▲◎○□✓]|附件|附[:：]|各位代表|同志们
    |(?:标题|发文单位|发文时间|报告人|来源|来源URL|备注|正文|时间|日期)[:：]|【)""",
    re.VERBOSE,
)
_SALUTATION: Final = re.compile(r"^(?:尊敬的)?(?:各位|同志们|主席)[^。，,]{0,16}[，,:：]?$")
_INNER_SENTENCE: Final = re.compile(r"[。；！？;]")
_CAPTION: Final = re.compile(r"(?:记者|供图|摄影)[^。]{0,8}$|摄$")
_MEETING: Final = re.compile(
    r"第[一二三四五六七八九十]{1,4}届人民代表大会(?:常务委员会)?第[一二三四五六七八九十]{1,3}次会议"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The layout, and whether links were torn out of sentences into lines of their own, and which."""

    layout: Layout
    torn: bool
    links: frozenset[str]


def mend_lines(lines: Sequence[Line]) -> tuple[str, ...]:
    """Paragraphs: the lines' texts, joined where a break fell inside a sentence."""
    if not lines:
        return ()
    reading = _reading_of(lines)
    paragraphs: list[str] = [lines[0].text]
    after_link = False
    for i in range(1, len(lines)):
        above, line = lines[i - 1], lines[i]
        closed_below = i + 1 < len(lines) and _begins_closing(lines[i + 1].text)
        after_link = _is_torn_link(paragraphs[-1], line, reading, after_link=after_link, closed_below=closed_below)
        if after_link or _goes_on(paragraphs[-1], above, line, reading):
            paragraphs[-1] = _joined(paragraphs[-1], line.text)
        else:
            paragraphs.append(line.text)
    return tuple(paragraphs)


def _joined(before: str, after: str) -> str:
    latin = before[-1].isascii() and before[-1].isalpha() and after[0].isascii() and after[0].isalpha()
    return f"{before} {after}" if latin else before + after


def _goes_on(before: str, above: Line, line: Line, reading: _Reading) -> bool:
    """True if ``line`` continues the paragraph ``before``, whose last line was ``above``."""
    if "\t" in line.text or "\t" in above.text:
        return False
    if _by_marks(before, line):
        return True
    if _SALUTATION.match(before) or _SALUTATION.match(line.text):
        return False
    layout = reading.layout
    if layout.full and not _STARTS_FIELD.match(line.text):
        return _wrapped_on(before, above, line, layout)
    if _STARTS_ITEM.match(line.text) or (layout.indented and line.indent >= 2):
        return False
    if (
        _is_open_sentence(before)
        and not _CAPTION.search(before[-20:])
        and (reading.torn or _left_of(above, line, layout))
    ):
        return True
    if line.glued and _is_open(before):
        return True
    if layout.spaced and line.gap:
        return False
    return _ends_inside(before) or _number_cut(before, line.text) or _is_meeting_cut(before, line.text)


def _wrapped_on(before: str, above: Line, line: Line, layout: Layout) -> bool:
    """True if a text wrapped at one width goes on in ``line``."""
    if layout.begins(line):
        return False
    item = bool(_STARTS_ITEM.match(line.text))
    open_end = _is_open(before) or before[-1] in _QUOTE_ENDS
    heading = before == above.text and bool(_STARTS_ITEM.match(before)) and "。" not in before
    if layout.fills(above, tight=heading and not layout.marked):
        return layout.marked or open_end or not item
    if item:
        return False
    if layout.marked and open_end and layout.fills(above, share=0.6) and not _STARTS_ITEM.match(before):
        return True
    return _ends_inside(before) or _number_cut(before, line.text) or _is_meeting_cut(before, line.text)


_STARTS_FIELD: Final = re.compile(r"^(?:标题|发文单位|发文时间|报告人|来源|来源URL|备注|正文|时间|日期)[:：]")


def _left_of(above: Line, line: Line, layout: Layout) -> bool:
    # Where paragraphs are indented, a line that is not, below one that is, is the rest of it.
    return layout.indented and not line.indent and above.indent >= 2 and not (layout.spaced and line.gap)


def _by_marks(before: str, line: Line) -> bool:
    return _begins_closing(line.text) or (before[-1] in _OPENING and len(line.text) < 400)


def _begins_closing(text: str) -> bool:
    if text[0] in ".．":
        return text[1:2].isdigit()
    return text[0] in _CLOSING and not _STARTS_ITEM.match(text)


def _ends_inside(before: str) -> bool:
    """True where ``before`` ends in the middle: at a comma, or inside quotes or brackets just opened."""
    if before[-1] in "，、,":
        return len(before) >= 12
    if before[-1] in TERMINAL or before[-1] in _QUOTE_ENDS:
        return False
    tail = before[-40:]
    return any(tail.rfind(opening) > tail.rfind(closing) for opening, closing in _PAIRS.items())


def _number_cut(before: str, after: str) -> bool:
    """``全县生产总值34⏎0亿元``: a number in a sentence, cut; lone numbers of tables stay apart."""
    if not (before[-1].isdigit() or (before[-1] in ".．" and before[-2:-1].isdigit())):
        return False
    if len(before) < 15 or not re.search(_HAN, before) or re.fullmatch(r"[\d.,%％]+", after):
        return False
    return after[0].isdigit() or after[0] in _UNITS


def _is_open(before: str) -> bool:
    return before[-1] not in TERMINAL and before[-1] not in _QUOTE_ENDS


def _is_open_sentence(before: str) -> bool:
    """True where ``before`` holds a whole sentence and the beginning of another: no heading does."""
    return _is_open(before) and bool(_INNER_SENTENCE.search(before))


def _is_meeting_cut(before: str, after: str) -> bool:
    """``在昆都仑区第十六届⏎人民代表大会第一次会议上``: one title in two lines."""
    found = _MEETING.search(before[-30:] + after[:30])
    cut = min(len(before), 30)
    return found is not None and found.start() < cut < found.end()


def _is_torn_link(before: str, line: Line, reading: _Reading, *, after_link: bool, closed_below: bool) -> bool:
    """True for a link torn out of its sentence (扎扎实实⏎保障改善⏎民生), and for what follows it."""
    if "\t" in line.text or not _is_open(before) or _CAPTION.search(before[-20:]):
        return False
    if _STARTS_ITEM.match(line.text) or _SALUTATION.match(line.text) or _SALUTATION.match(before):
        return False
    if not reading.torn:  # an unfinished second sentence, or a comma below, is rare enough to prove it alone
        return after_link or ((_is_open_sentence(before) or closed_below) and _looks_torn(before, line))
    return after_link or before in reading.links or line.text in reading.links or _looks_torn(before, line)


def _looks_torn(before: str, line: Line) -> bool:
    clause = len(before) >= 16 and "，" in before and not _STARTS_ITEM.match(before)
    sentence = clause or bool(_INNER_SENTENCE.search(before))
    return sentence and _is_open(before) and len(line.text) <= 10 and _is_open(line.text) and not line.indent


def _reading_of(lines: Sequence[Line]) -> _Reading:
    layout = layout_of(lines)
    prose = [line for line in lines if "\t" not in line.text]
    links = [
        line.text
        for above, line in pairwise(prose)
        if _looks_torn(above.text, line) and not _STARTS_ITEM.match(line.text)
    ]
    breaks = sum(line.glued or _begins_closing(line.text) for line in prose[1:])
    torn = not layout.full and len(links) + breaks >= 3
    return _Reading(layout, torn, frozenset(links) if torn else frozenset())
