"""Line breaks and spaces inside sentences mended; paragraphs and headings stay on lines of their own.

A break is joined where the sentence plainly goes on: the next line begins with a closing mark, the
line ends with an opening one or a comma, a number is cut in two; or where the layout says so: most
lines full to the same width (text copied from a PDF), or links torn out into lines (saved pages).
Only white space is added or taken away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag.corpus.characters import display_width
from rag.corpus.lines import Line

_CLOSING: Final = frozenset("，。；：、！？）》〉」』”’〕％%‰,;!?)]…．")
_OPENING: Final = frozenset("（《〈「『“‘(〔[【")
_TERMINAL: Final = frozenset("。！？；：…!?;:")
_QUOTE_ENDS: Final = frozenset("”’）)》」』】]〕")
_PAIRS: Final = {"“": "”", "《": "》", "（": "）", "(": ")", "【": "】", "「": "」"}
_UNITS: Final = frozenset("亿万千百元个家户人年月日％%倍吨亩米公里平所座条件项名处岁天")
_HAN: Final = "[㐀-鿿〇]"
_STARTS_ITEM: Final = re.compile(
    r"""^(?:第?[一二三四五六七八九十百]{1,4}[、.．是要]|[（(〔\[［【][一二三四五六七八九十〇○\d]{1,4}[)）〕\]］】]|[一二三四五六七八九十]+[)）]
    |\d{1,3}[、)）]|\d{1,3}[.．](?!\d)|[①-⑳⑴-⒇⒈-⒛㈠-㈩]|第[一二三四五六七八九十百]+[章节条部分篇]
    |——|—|--|--|――|－－|[●•★◆■※▲◎○□✓]|附件|附[:：]|各位代表|同志们|(?:标题|发文单位|发文时间|报告人|来源|来源URL|备注|正文|时间|日期)[:：]|【)""",
    re.VERBOSE,
)
_SALUTATION: Final = re.compile(r"^(?:尊敬的)?(?:各位|同志们|主席)[^。，,]{0,16}[，,:：]?$")
_INNER_SENTENCE: Final = re.compile(r"[。；！？;]")
_CAPTION: Final = re.compile(r"(?:记者|供图|摄影)[^。]{0,8}$|摄$")
_WIDEST: Final = 160  # columns
_MEETING: Final = re.compile(
    r"第[一二三四五六七八九十]{1,4}届人民代表大会(?:常务委员会)?第[一二三四五六七八九十]{1,3}次会议"
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the lines together say: width of full lines in columns, or 0; torn links; indented paragraphs."""

    width: int
    torn: bool
    links: frozenset[str]  # texts of links seen torn out of a sentence somewhere
    indented: bool
    spaced: bool  # empty lines between paragraphs


def mend_lines(lines: Sequence[Line]) -> tuple[str, ...]:
    """Paragraphs: the lines' texts, joined where a break fell inside a sentence."""
    if not lines:
        return ()
    layout = _layout_of(lines)
    paragraphs: list[str] = [lines[0].text]
    after_link = False
    for i in range(1, len(lines)):
        above, line = lines[i - 1], lines[i]
        closed_below = i + 1 < len(lines) and _begins_closing(lines[i + 1].text)
        after_link = _is_torn_link(paragraphs[-1], line, layout, after_link=after_link, closed_below=closed_below)
        if after_link or _goes_on(paragraphs[-1], above, line, layout):
            paragraphs[-1] = _joined(paragraphs[-1], line.text)
        else:
            paragraphs.append(line.text)
    return tuple(paragraphs)


def _joined(before: str, after: str) -> str:
    latin = before[-1].isascii() and before[-1].isalpha() and after[0].isascii() and after[0].isalpha()
    return f"{before} {after}" if latin else before + after


def _goes_on(before: str, above: Line, line: Line, layout: _Layout) -> bool:
    """True if ``line`` continues the paragraph ``before``, whose last line was ``above``."""
    if "\t" in line.text or "\t" in above.text:
        return False
    if _by_marks(before, line):
        return True
    if _STARTS_ITEM.match(line.text) or _SALUTATION.match(before) or _SALUTATION.match(line.text):
        return False
    if layout.indented and line.indent >= 2:
        return False
    if layout.torn and _is_open_sentence(before) and not _CAPTION.search(before[-20:]):
        return True
    if line.glued and _is_open(before):
        return True
    if layout.spaced and line.gap:
        return False
    if layout.indented and not line.indent and above.indent >= 2 and _is_open_sentence(before):
        return True
    if _ends_inside(before) or _number_cut(before, line.text) or _is_meeting_cut(before, line.text):
        return True
    return bool(layout.width) and _is_full(above, layout.width)


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
    if before[-1] in _TERMINAL or before[-1] in _QUOTE_ENDS:
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


def _is_full(above: Line, width: int) -> bool:
    return display_width(above.text) + above.indent >= width - 4


def _is_open(before: str) -> bool:
    return before[-1] not in _TERMINAL and before[-1] not in _QUOTE_ENDS


def _is_open_sentence(before: str) -> bool:
    """True where ``before`` holds a whole sentence and the beginning of another: no heading does."""
    return _is_open(before) and bool(_INNER_SENTENCE.search(before))


def _is_meeting_cut(before: str, after: str) -> bool:
    """``在昆都仑区第十六届⏎人民代表大会第一次会议上``: one title in two lines."""
    found = _MEETING.search(before[-30:] + after[:30])
    cut = min(len(before), 30)
    return found is not None and found.start() < cut < found.end()


def _is_torn_link(before: str, line: Line, layout: _Layout, *, after_link: bool, closed_below: bool) -> bool:
    """True for a link torn out of its sentence (扎扎实实⏎保障改善⏎民生), and for what follows it."""
    if "\t" in line.text or not _is_open(before) or _CAPTION.search(before[-20:]):
        return False
    if _STARTS_ITEM.match(line.text) or _SALUTATION.match(line.text) or _SALUTATION.match(before):
        return False
    if not layout.torn:  # an unfinished second sentence, or a comma below, is rare enough to prove it alone
        return after_link or ((_is_open_sentence(before) or closed_below) and _looks_torn(before, line))
    return after_link or before in layout.links or line.text in layout.links or _looks_torn(before, line)


def _looks_torn(before: str, line: Line) -> bool:
    sentence = bool(_INNER_SENTENCE.search(before)) or (
        len(before) >= 16 and "，" in before and not _STARTS_ITEM.match(before)
    )
    return sentence and _is_open(before) and len(line.text) <= 10 and _is_open(line.text) and not line.indent


def _layout_of(lines: Sequence[Line]) -> _Layout:
    texts = [line for line in lines if "\t" not in line.text]
    long = [line for line in texts if len(line.text) >= 12]
    indented = sum(line.indent >= 2 for line in long) >= max(3, 0.2 * len(long))
    gaps = sum(line.gap > 0 for line in long)
    spaced = 3 <= gaps <= 0.85 * len(long)
    links = _torn_links(texts)
    torn = len(links) + _torn_breaks(texts) >= 3
    return _Layout(_full_width(texts), torn, frozenset(links) if torn else frozenset(), indented, spaced)


def _full_width(lines: Sequence[Line]) -> int:
    """Columns of a full line where the text is wrapped by hard breaks, else 0."""
    widths = [_width(line) for line in lines if len(line.text) >= 8]
    if len(widths) < 6 or sum(width > _WIDEST for width in widths) > 0.05 * len(widths):
        return 0
    candidates = Counter(width // 2 * 2 for width in widths)
    top = max(candidates, key=lambda width: (sum(candidates[width + d] for d in (-4, -2, 0, 2)), width))
    full = [line for line in lines if top - 5 <= _width(line) <= top + 3]
    longer = sum(width > top + 3 for width in widths)
    cut = sum(line.text[-1] not in _TERMINAL for line in full)
    wrapped = len(full) >= 0.45 * len(widths) and longer <= 0.05 * len(widths) and cut >= 0.6 * len(full)
    return top if wrapped and 30 <= top <= _WIDEST else 0


def _width(line: Line) -> int:
    # No hard break falls behind 160 columns: longer lines need not be measured.
    return line.indent + (display_width(line.text) if len(line.text) <= _WIDEST else len(line.text))


def _torn_links(lines: Sequence[Line]) -> list[str]:
    """The short lines that plainly stand inside a sentence begun above them."""
    return [
        line.text
        for above, line in pairwise(lines)
        if _looks_torn(above.text, line) and not _STARTS_ITEM.match(line.text)
    ]


def _torn_breaks(lines: Sequence[Line]) -> int:
    """How many lines begin with a mark that can only close what stands above."""
    return sum(line.glued or _begins_closing(line.text) for line in lines[1:])


# ---------------------------------------------------------------- spaces inside lines

_SPACE_AT_MARK: Final = re.compile(r" +(?=[，。、；：！？）》”’」』〕％…])|(?<=[，。、；：！？（《“‘「『〔…]) +")
_HAN_DIGIT: Final = re.compile(rf"(?<={_HAN}) +(?=\d)(?!(?:19|20)\d\d年\d{{1,2}}月)|(?<=[\d％%]) +(?={_HAN})")
_HAN_HAN: Final = re.compile(rf"(?<={_HAN}) +(?={_HAN})")
_POINT: Final = re.compile(r"(?<=\d) +(?=[.．]\d)|(?<=\d[.．]) +(?=\d)|(?<=\d) +(?=[％%‰])")
_SPACED_POINT: Final = re.compile(r"(?<=\d) ?([.．]) ?(?=\d)")
_YEAR: Final = re.compile(r"(?<!\d)(1|2|19|20|1 9|2 0|19\d|20\d) (\d|\d\d|\d\d\d|\d \d)(?=年)")
_SINGLE_DIGITS: Final = re.compile(r"(?<![\d.．])\d(?: \d){2,}(?![\d])")
_DIGIT_DIGIT: Final = re.compile(r"(?<=\d) (?=\d)")
_QUOTED: Final = re.compile(r"“[^”]{0,30}”")
_DATE_TIME: Final = re.compile(r"\d[-/:年月日．.]\d{1,2} \d{1,2}:\d\d")


def mend_spaces(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """``paragraphs`` without the spaces that fell inside sentences and numbers.

    Spaces of names, titles and tables (short lines, cells) stay. Between two Chinese characters, and
    between two digits, a space goes only where the whole text is strewn with them.
    """
    prose = [text for text in paragraphs if _is_sentence(text)]
    found = [len(_HAN_HAN.findall(text)) for text in prose]
    strewn = sum(found) >= 10 and sum(count > 0 for count in found) >= 0.2 * len(prose)
    digits_strewn = sum(len(_DIGIT_DIGIT.findall(_QUOTED.sub("", text))) for text in prose) >= 3
    return tuple(
        _mend_paragraph(text, strewn=strewn, digits=digits_strewn) if _is_sentence(text) else text
        for text in paragraphs
    )


def _is_sentence(text: str) -> bool:
    return len(text) >= 24 and any(mark in text for mark in "。，；,;") and "\t" not in text


def _mend_paragraph(text: str, *, strewn: bool, digits: bool) -> str:
    if " " not in text:
        return text
    text = _SPACE_AT_MARK.sub("", text)
    text = _POINT.sub("", text)
    text = _YEAR.sub(lambda found: found.group().replace(" ", ""), text)
    text = _SINGLE_DIGITS.sub(lambda found: found.group().replace(" ", ""), text)
    if digits and not _DATE_TIME.search(text):
        text = _outside_quotes(text, _DIGIT_DIGIT)
    text = _HAN_DIGIT.sub("", text)
    return _HAN_HAN.sub("", text) if strewn else text


def _outside_quotes(text: str, pattern: re.Pattern[str]) -> str:
    parts: list[str] = []
    at = 0
    for quoted in _QUOTED.finditer(text):
        parts += [pattern.sub("", text[at : quoted.start()]), quoted.group()]
        at = quoted.end()
    return "".join([*parts, pattern.sub("", text[at:])])
