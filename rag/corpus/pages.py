"""Saved web pages (.html): the article out of its page, as lines for the cleaner.

Scripts, forms, navigation and blocks of links go; what stays is cleaned like any text. Standard meta
tags of Chinese government sites (ArticleTitle, PubDate, ContentSource) come along as fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rag.corpus.decode import decode_bytes
from rag.corpus.formats import Raw, finish
from rag.types import Skipped, SourceText

_GONE: Final = "script, style, noscript, template, iframe, object, embed, svg, math, form, button, select, textarea, nav, footer, aside, audio, video, canvas, head"
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])", re.I
)
_CHROME: Final = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|breadcrumb|crumb|crumbs|share|bdshare|footer|foot|sidebar|pagination|pager|related|recommend|hotnews|toolbar|copyright)(?:$|[-_\s\d])",
    re.I,
)
_BLOCKS: Final = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tbody tfoot thead tr ul".split()
)
_TITLES: Final = ("ArticleTitle", "title", "og:title")
_DATES: Final = ("PubDate", "publishdate", "article:published_time", "date", "others")
_PUBLISHERS: Final = ("ContentSource", "source")
_SAVED_FROM: Final = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_DATE: Final = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_WIDE_CELL: Final = 400  # characters: a cell that holds this much is layout, not a figure


def read_page(raw: Raw) -> SourceText | Skipped:
    """The article of a saved web page, with the title, date and source that its meta tags give."""
    from selectolax.lexbor import LexborHTMLParser

    decoded = decode_bytes(raw.stream.read())
    if not decoded.plausible:
        return Skipped(raw.source, f"{raw.source}：网页已损坏，无法辨认其中的文字。", "not_text")
    tree = LexborHTMLParser(decoded.text.replace("\x00", ""))
    saved = _SAVED_FROM.search(decoded.text[:4096])
    fields = _meta_fields(tree, address=saved.group(1) if saved else "")
    for node in tree.css(_GONE):
        node.decompose()
    if tree.body is None:
        return finish(raw.source, "html", "", fields=fields)
    _drop_chrome(tree)
    text = "\n".join(line for line in _Writer().lines(tree.body))
    return finish(raw.source, "html", text, fields=fields)


def _meta_fields(tree: Any, *, address: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for node in tree.css("meta"):
        key = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        content = (node.attributes.get("content") or "").strip()
        if key and content:
            named.setdefault(key, content)
    fields = {}
    title_node = tree.css_first("title")
    title = _first(named, _TITLES) or _report_title(title_node.text(strip=True) if title_node else "")
    date = _DATE.search(_first(named, _DATES))
    canonical = tree.css_first("link[rel=canonical]")
    address = address or _first(named, ("og:url",)) or ((canonical.attributes.get("href") or "") if canonical else "")
    publisher = _first(named, _PUBLISHERS)
    if title:
        fields["title"] = title
    if date:
        fields["published_on"] = date.group()
    if address.startswith(("http://", "https://")):
        fields["source"] = address
    if publisher:
        fields["publisher"] = publisher
    return {**fields, "given_by": "page"} if fields else {}


def _report_title(words: str) -> str:
    """The part of a browser's title that names a report; the rest is the site's name."""
    return next((part.strip() for part in re.split(r"[_|]| - |——", words) if "报告" in part), "")


def _first(named: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((named[key.lower()] for key in keys if key.lower() in named), "")


def _drop_chrome(tree: Any) -> None:
    """Takes hidden nodes out, and the page's own furniture where it holds little text."""
    body_length = max(len(tree.body.text()), 1)
    for node in tree.css("[style], [hidden], [class], [id], [role]"):
        attributes = node.attributes
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            node.decompose()
            continue
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        furniture = bool(_CHROME.search(names)) or attributes.get("role") in {"navigation", "search", "banner"}
        if furniture and len(node.text()) < 0.2 * body_length:
            node.decompose()


@dataclass(slots=True)
class _Line:
    text: str = ""
    linked: int = 0  # characters inside links


class _Writer:
    """Turns a tree into lines: blocks end lines, cells are parted by tabs, lines of links are left out."""

    def __init__(self) -> None:
        self._done: list[_Line] = []
        self._line = _Line()

    def lines(self, root: Any) -> Iterator[str]:
        """The text of ``root``, a line a block."""
        self._walk(root)
        self._end()
        for line in self._done:
            if not _is_links(line):
                yield line.text

    def _walk(self, root: Any) -> None:
        # An explicit stack: pages can be nested deeper than Python likes to recurse.
        stack: list[tuple[Any, bool, bool]] = [(root, False, False)]
        while stack:
            node, linked, closing = stack.pop()
            name = node.tag or ""
            if closing:
                self._close(name, node)
            elif name == "-text":
                self._write(_SPACE.sub(" ", node.text_content or ""), linked=linked)
            elif not name.startswith(("-", "_", "!")):
                self._open(name)
                inside = linked or name == "a"
                stack.append((node, linked, True))
                stack.extend((child, inside, False) for child in reversed(list(node.iter(include_text=True))))

    def _open(self, name: str) -> None:
        if name in _BLOCKS or name == "br":
            self._end()

    def _close(self, name: str, node: Any) -> None:
        if name in {"td", "th"}:
            if len(node.text()) > _WIDE_CELL:
                self._end()
            elif self._line.text or self._done:
                self._line.text = f"{self._line.text.rstrip(' ')}\t"
        elif name in _BLOCKS:
            self._end()

    def _write(self, text: str, *, linked: bool) -> None:
        if text == " " and not self._line.text:
            return
        self._line.text += text
        self._line.linked += len(text.strip()) if linked else 0

    def _end(self) -> None:
        text = self._line.text.rstrip(" \t")
        if text.strip():
            self._done.append(_Line(text, self._line.linked))
        self._line = _Line()


def _is_links(line: _Line) -> bool:
    """True for a short line that is nothing but links: a menu, a list of other pages."""
    own = len(_SPACE.sub("", line.text)) - line.linked
    return line.linked > 0 and own <= 0.2 * line.linked + 2 and len(line.text) < 120 and "。" not in line.text
