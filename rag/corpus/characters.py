"""Characters of a raw text set right: entities, typed escapes, tags, spaces, what cannot be seen.

Digits, punctuation and misread characters stay as they are; only what no reader can see or read
(controls, zero-width and bidi marks, U+FFFD) is taken out or shown as □.
"""

from __future__ import annotations

import html
import re
from typing import Final

GLUE: Final = "\x00"
"""A line of nothing but this stood for a zero-width line: the sentence goes on behind it."""

UNREADABLE: Final = "□"

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_BARE_SPACE_ENTITY: Final = re.compile(r"&(?:nbsp|emsp|ensp|thinsp)(?![a-zA-Z0-9;])")
# Typed, not meant: the two characters backslash and n. Before a small letter it may be a path.
_TYPED_BREAK: Final = re.compile(r"(?:\\r\\n|\\n|\\r)(?![a-z])")
_TYPED_TAB: Final = re.compile(r"\\t(?![a-z])")
_TAG: Final = re.compile(
    r"</?(?:p|br|div|span|strong|b|i|u|em|font|a|img|table|tbody|tr|td|th|h[1-6]|ul|ol|li|section|center|o:p)\b[^<>]*>",
    re.IGNORECASE,
)
_BREAKING_TAG: Final = re.compile(r"<(?:/p|br|/div|/tr|/h[1-6]|/li|/section|/table)\b", re.IGNORECASE)
_CELL_TAG: Final = re.compile(r"</t[dh]\b", re.IGNORECASE)
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_OTHER_SPACES: Final = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
# Cc without tab and line feed, Cf, tag characters, fillers that print as nothing.
_UNSEEN_CLASS: Final = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_UNSEEN: Final = re.compile(f"[{_UNSEEN_CLASS}]")
_GLUE_LINE: Final = re.compile(r"(?m)^[ \u3000\t]*[\u200b-\u200d\u2060\ufeff]+[ \u3000\t\u200b-\u200d\u2060\ufeff]*$")
_PRIVATE: Final = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_PRIVATE_INSIDE: Final = re.compile(r"(?<=[㐀-鿿\d])[\ue000-\uf8ff](?=[㐀-鿿\d])")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_WIDE: Final = re.compile(
    r"[\u1100-\u115f\u2010-\u2027\u2030-\u203b\u2103-\u2bff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)
_QUESTION_RUN: Final = re.compile(r"\?{2,}")
_ASKING: Final = frozenset("吗呢么吧嘛啊何哪谁！!?？")


def normalise_characters(text: str) -> str:
    """``text`` with entities, typed escapes and tags turned into what they mean, unseen characters out."""
    text = _decode_entities(text)
    text = _without_tags(_TYPED_TAB.sub("\t", _TYPED_BREAK.sub("\n", text)))
    text = _LINE_ENDS.sub("\n", text)
    text = _GLUE_LINE.sub("\ue0ff", text.replace("\ue0ff", ""))
    text = _UNSEEN.sub("", text).replace("\ufffd", UNREADABLE)
    text = _private_use(text)
    text = _SURROGATE.sub(UNREADABLE, text)
    return _question_marks_as_spaces(_OTHER_SPACES.sub(" ", text))


def unreadable_characters(text: str) -> int:
    """How many characters of ``text`` its source had lost already."""
    return text.count("\ufffd")


def display_width(text: str) -> int:
    """Columns that ``text`` takes where a Chinese character takes two."""
    return len(text) + len(_WIDE.findall(text))


def _decode_entities(text: str) -> str:
    # Some exports escaped twice or more: &amp;nbsp;. Each round shortens the text.
    for _ in range(8):
        if "&" not in text:
            break
        decoded = _BARE_SPACE_ENTITY.sub(" ", _ENTITY.sub(lambda found: html.unescape(found.group()), text))
        if decoded == text:
            break
        text = decoded
    return text


def _without_tags(text: str) -> str:
    """``text`` without HTML tags where it is plainly a piece of a page (three tags or more)."""
    if "<" not in text or len(_TAG.findall(text)) < 3:
        return text

    def replaced(found: re.Match[str]) -> str:
        if _BREAKING_TAG.match(found.group()):
            return "\n"
        return "\t" if _CELL_TAG.match(found.group()) else ""

    return _TAG.sub(replaced, text)


def _private_use(text: str) -> str:
    # Private-use characters are bullets and crumbs at the edges of lines, lost characters inside.
    if not _PRIVATE.search(text):
        return text
    text = text.replace("\ue0ff", GLUE)
    return _PRIVATE.sub("", _PRIVATE_INSIDE.sub(UNREADABLE, text))


def _question_marks_as_spaces(text: str) -> str:
    """``县长?? 吴?? 鹏`` as ``县长  吴  鹏``: spaces that an old export could not encode."""
    if "??" not in text:
        return text

    def replaced(found: re.Match[str]) -> str:
        before = text[found.start() - 1] if found.start() else "\n"
        asked = before in _ASKING or (before.isascii() and before.isalpha())
        return found.group() if asked else " "

    return _QUESTION_RUN.sub(replaced, text)
