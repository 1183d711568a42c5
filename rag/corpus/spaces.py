"""Spaces that fell inside sentences and numbers: 2 .7倍, 加 快建设, 1 9 9 7 年.

Only white space is taken away; names, titles and the cells of tables keep theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_HAN: Final = "[㐀-鿿〇]"
_SPACE_AT_MARK: Final = re.compile(r" +(?=[，。、；：！？）》”’」』〕％…])|(?<=[，。、；：！？（《“‘「『〔…]) +")
_HAN_DIGIT: Final = re.compile(rf"(?<={_HAN}) +(?=\d)(?!(?:19|20)\d\d年\d{{1,2}}月)|(?<=[\d％%]) +(?={_HAN})")
_HAN_HAN: Final = re.compile(rf"(?<={_HAN}) +(?={_HAN})")
_POINT: Final = re.compile(r"(?<=\d) +(?=[.．]\d)|(?<=\d[.．]) +(?=\d)|(?<=\d) +(?=[％%‰])")
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
