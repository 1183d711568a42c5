"""Page noise off: what the page said around the report, line by line.

Three zones: the head (down to the salutation or the first long paragraph), the body, the tail (behind
the last long paragraph or footnote). Controls of a page go wherever they stand; menus only from the
head; everything behind the first mark of a page's end only in the tail. Lines that prove what a
report is about (title, date, meeting, speaker, source) are kept wherever they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.corpus import noise_words as words
from rag.corpus.fold import fold_text
from rag.corpus.lines import Line

_WATERMARK_MOST: Final = 80  # characters at the end of a line
_HEAD_MOST: Final = 80  # lines: what has no salutation and no paragraph by then has no head


def key_of(text: str) -> str:
    """``text`` without white space, for patterns and comparisons."""
    return "".join(text.split())


def remove_noise(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``lines`` less what the page said around the report."""
    lines = _without_copy_tokens(lines)
    lines = _without_watermarks(lines)
    lines = _without_summary(lines)
    lines = _with_labels_joined(lines)
    lines = _without_tail(lines)
    lines = _without_menus(lines)
    return tuple(_without_controls(lines))


def is_prose(text: str) -> bool:
    """True for a line long enough, and with marks enough, to be a paragraph of a report."""
    return len(text) >= words.PROSE_LENGTH and ("。" in text or text.count("，") + text.count(",") >= 2)


def body_start(lines: Sequence[Line]) -> int:
    """Index of the first line of the body: the salutation, or else the first long paragraph."""
    for i, line in enumerate(lines[:_HEAD_MOST]):
        if words.SALUTATION.match(key_of(line.text)) or is_prose(line.text):
            return i
    return min(len(lines), _HEAD_MOST)


def _without_copy_tokens(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``政 府 工 作 报 告vzT``: a crumb that a site hangs on lines to mark copies."""
    tokens = Counter(found.group(1) for line in lines if (found := words.LINE_TOKEN.search(line.text[-8:])))
    if not tokens:
        return tuple(lines)
    token, count = max(tokens.items(), key=lambda item: (item[1], item[0]))
    if count < 4 or count < 0.25 * len(lines):
        return tuple(lines)
    return tuple(replace(line, text=line.text.removesuffix(token)) for line in lines if line.text != token)


def _without_watermarks(lines: Sequence[Line]) -> tuple[Line, ...]:
    kept = []
    for line in lines:
        text = words.WATERMARK_START.sub("", line.text, count=1)
        found = words.WATERMARK_END.search(text, max(0, len(text) - _WATERMARK_MOST))
        if found and len(text) > len(found.group()) + 10 and words.WATERMARK_WORDS.search(found.group()):
            text = text[: found.start()]
        if text:
            kept.append(line if text == line.text else replace(line, text=text))
    return tuple(kept)


def _without_summary(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``lines`` without a summary in front that only repeats the report's opening."""
    for i, line in enumerate(lines[:40]):
        found = words.SUMMARY.match(line.text)
        if not found:
            continue
        alone = not line.text[found.end() :].strip()
        last = i + 1 if alone else i
        if last >= len(lines):
            return tuple(lines)
        summary = lines[last].text if alone else line.text[found.end() :]
        if _repeats(summary, lines[last + 1 : last + 40]):
            return (*lines[:i], *lines[last + 1 :])
    return tuple(lines)


def _repeats(summary: str, rest: Sequence[Line]) -> bool:
    cut = words.CUT_OFF.search(summary.rstrip())
    said = fold_text(summary[: cut.start()] if cut else summary)
    said = re.sub(r"&?[a-z]{0,6};?$", "", said) if cut else said
    if len(said) < 20 or not rest:
        return False
    following = fold_text("".join(line.text for line in rest))[: 3 * len(said) + 400]
    pieces = [said[k : k + 12] for k in range(0, len(said) - 11, 12)]
    return sum(piece in following for piece in pieces) >= 0.8 * len(pieces)


def _with_labels_joined(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``来源：⏎四川日报`` in one line; a count's label goes with its count."""
    start = body_start(lines)
    joined: list[Line] = []
    i = 0
    while i < len(lines):
        line = lines[i]
        following = lines[i + 1].text if i + 1 < min(start, len(lines)) else ""
        count = words.COUNT_LABEL.search(line.text) if i < start and following.isdigit() else None
        if count:
            rest = line.text[: count.start()].strip(" \t")
            joined += [replace(line, text=rest)] if rest else []
            i += 2
            continue
        if i < start and following and words.LABEL.match(key_of(line.text)) and not _is_label_like(following):
            joined.append(replace(line, text=f"{line.text}{following}"))
            i += 2
            continue
        joined.append(line)
        i += 1
    return tuple(joined)


def _is_label_like(text: str) -> bool:
    key = key_of(text)
    if len(key) > 30 or re.match(r"[^\d:：]{1,8}[:：](?!//)", key):
        return True
    return bool(words.CONTROL.match(key)) or bool(words.SALUTATION.match(key))


def _without_tail(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``lines`` without what follows the report from the first sign of a page's end on."""
    end = _body_end(lines)
    tail = range(end, len(lines))
    strong = next((i for i in tail if _is_tail_mark(lines[i].text)), len(lines))
    contacts = [i for i in tail if _is_contact(lines[i].text)]
    cut = min(strong, contacts[0] if len(contacts) >= 2 else len(lines))
    if cut == len(lines):
        return tuple(lines)
    while cut > end and _is_tail_weak(lines[cut - 1].text):
        cut -= 1
    return tuple(lines[: _start_of_links(lines, end, cut)])


def _start_of_links(lines: Sequence[Line], end: int, cut: int) -> int:
    """``cut`` moved up over a list of links: ten short lines or more, without figures or marks."""
    start = cut
    while start > end and _is_link(lines[start - 1].text):
        start -= 1
    return start if cut - start >= 10 else cut


def _is_link(text: str) -> bool:
    return len(text) <= 14 and not re.search(r"[\d。！；：:，,\t]", text)


def _is_contact(text: str) -> bool:
    return bool(words.CONTACT.match(key_of(text))) and len(text) <= 80


def _body_end(lines: Sequence[Line]) -> int:
    """Index behind the last line that is plainly the report's own, and not said before."""
    keys = [key_of(line.text) for line in lines]
    first: dict[str, int] = {}
    for i, key in enumerate(keys):
        first.setdefault(key, i)
    for i in reversed(range(len(lines))):
        repeated = len(keys[i]) >= 20 and first[keys[i]] < i
        if not repeated and _is_own_text(lines[i].text, keys[i]) and not _repeats_opening(keys[i], keys[:i]):
            return i + 1
    return 0


def _is_own_text(text: str, key: str) -> bool:
    if words.BOILERPLATE.search(key) or _is_tail_mark(text):
        return False
    if is_prose(text) or (len(text) >= 40 and text[-1] in "。！；!;"):
        return True
    return bool(words.FOOTNOTE.match(text)) and len(text) >= 16 and any(mark in text for mark in "：:，。、；")


def _repeats_opening(key: str, before: Sequence[str]) -> bool:
    # A page's hidden description says the opening once more behind everything else.
    return key.startswith(("各位代表", "现在")) and any(key[5:40] in other for other in before)


def _is_tail_mark(text: str) -> bool:
    key = key_of(text).lstrip("[【（(>＞》·•*-—|")
    return bool(words.TAIL_MARK.match(key)) and len(key) <= 120


def _is_tail_weak(text: str) -> bool:
    key = key_of(text)
    if len(key) > 60 or key[-1:] in {"。", "！"}:
        return False
    if key.isascii() and len(key) <= 20 and not any(ch.isdigit() for ch in key):
        return True
    return bool(words.TAIL_WEAK.match(key) or words.CONTROL.match(key) or words.SEPARATOR.match(key))


def _without_menus(lines: Sequence[Line]) -> tuple[Line, ...]:
    """``lines`` without breadcrumbs, and without the menu words above the last mark of a menu."""
    start = body_start(lines)
    head = list(lines[:start])
    last_menu = max((i for i, line in enumerate(head) if _is_menu_mark(line.text)), default=-1)
    crumbs = {key_of(line.text) for i, line in enumerate(head) if _is_crumb_word(head, i)}
    kept: list[Line] = []
    for i, line in enumerate(head):
        key = key_of(line.text)
        if _is_crumbs(line.text, key) or words.MENU_MARK.match(key):
            continue
        if i < last_menu and not (words.FIELD.match(key) or _proves_identity(line.text, key)):
            continue
        if _is_crumb_word(head, i) or (key in crumbs and "报告" not in key):
            continue
        if "报告" in key and any(key == key_of(other.text) for other in head[i + 1 :]):
            continue  # the page's name of the report; the report's own stands below
        kept.append(line)
    return (*kept, *lines[start:])


def _is_menu_mark(text: str) -> bool:
    key = key_of(text)
    return bool(words.MENU_MARK.match(key)) or _is_crumbs(text, key)


def _is_crumbs(text: str, key: str) -> bool:
    if is_prose(text):
        return False
    return bool(words.CRUMBS.match(key)) or (len(words.CRUMB_MARK.findall(key)) >= 2 and len(key) <= 120)


def _is_crumb_word(head: Sequence[Line], i: int) -> bool:
    # 首页⏎>⏎政务信息⏎>⏎宁夏要闻: a word beside a lone arrow.
    key = key_of(head[i].text)
    if len(key) > 12 or words.FIELD.match(key):
        return False
    before = key_of(head[i - 1].text) if i else ""
    after = key_of(head[i + 1].text) if i + 1 < len(head) else ""
    arrows = {">", ">>", "＞", "»", "›"}
    return key in arrows or before in arrows or after in arrows


def _proves_identity(text: str, key: str) -> bool:
    if len(key) <= 4:
        return False
    return len(text) <= 160 and bool(words.IDENTITY.search(text)) and not words.MENU_MARK.match(key)


def _without_controls(lines: Sequence[Line]) -> list[Line]:
    gone = [_is_control(line.text) for line in lines]
    for i, line in enumerate(lines):  # 【⏎字体：⏎大⏎中⏎小⏎】: the brackets go with what they held
        if line.text in words.LONE_BRACKET:
            gone[i] = (i > 0 and gone[i - 1]) or (i + 1 < len(lines) and gone[i + 1])
    kept = (line for line, removed in zip(lines, gone, strict=True) if not removed)
    texts = ((line, _without_inner_controls(line.text)) for line in kept)
    return [line if text == line.text else replace(line, text=text) for line, text in texts if text]


def _without_inner_controls(text: str) -> str:
    # 三项“国字号”殊荣 is no control: only lines that are no sentences have any.
    if len(text) > 100 or "。" in text or text.count("，") > 1:
        return text
    return words.INNER_CONTROL.sub("", text).strip(" \t")


def _is_control(text: str) -> bool:
    if len(text) > 60:
        return False
    key = key_of(text)
    if words.FIELD.match(key):
        return False
    return bool(words.CONTROL.match(key) or words.SEPARATOR.match(key) or words.PAGE_NUMBER.match(key))
