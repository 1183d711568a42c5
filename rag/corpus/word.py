"""Word documents (.docx): paragraphs and tables in their order, numbers that Word counts itself, notes.

Read straight from the package: no macros, no external templates, no entities; hidden and deleted text
is left out, tables of contents too (they would repeat every heading).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rag.corpus.archives import TooMuchError, check_members, open_member
from rag.corpus.formats import Raw, finish
from rag.corpus.limits import Limits
from rag.types import Skipped, SourceText

_LEFT_OUT: Final = frozenset(
    {"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText", "tblPr", "trPr", "tcPr", "sectPr"}
)
_OFF: Final = frozenset({"0", "false", "off", "none"})
_CHINESE: Final = "〇一二三四五六七八九"
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_DEEPEST: Final = 150


def read_word(raw: Raw, *, limits: Limits) -> SourceText | Skipped:
    """The text of a Word document, a paragraph or a table row a line."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    try:
        with zipfile.ZipFile(raw.stream) as package:
            check_members(package, limits)
            document = _Document(package, limits)
            lines = [*document.lines(), *document.notes()]
    except TooMuchError as error:
        return Skipped(raw.source, f"{raw.source}：{error}", "bomb")
    except DefusedXmlException:
        reason = f"{raw.source}：文件里有不安全的 XML 声明（实体或外部引用），没有读取。"
        return Skipped(raw.source, reason, "unsafe")
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        EOFError,
        OSError,
        ValueError,
        ParseError,
        RecursionError,
    ) as error:
        reason = f"{raw.source}：Word 文件已损坏（{type(error).__name__}），无法读取。"
        return Skipped(raw.source, reason, "broken")
    if not any(line.strip() for line in lines):
        words = "没有文字（可能整篇是图片），需要先做文字识别（OCR）。"
        return Skipped(raw.source, f"{raw.source}：{words}", "scan")
    return finish(raw.source, "docx", "\n".join(lines))


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list is numbered."""

    start: int
    format: str
    text: str  # "%1、" where %1 is the count of the first level


@dataclass(slots=True)
class _Lists:
    """The document's lists and where each one's counting stands."""

    levels: Mapping[str, Mapping[int, _Level]] = field(default_factory=dict)  # abstract list -> levels
    lists: Mapping[str, str] = field(default_factory=dict)  # list -> abstract list
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def next_label(self, number: str, depth: int) -> str:
        """The number that Word prints before the next paragraph of a list; "" for bullets."""
        abstract = self.lists.get(number, "")
        levels = self.levels.get(abstract, {})
        if depth not in levels:
            return ""
        counts = self.counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        label = levels[depth].text
        for level in range(depth + 1):
            shape = levels.get(level)
            if shape is not None:
                label = label.replace(f"%{level + 1}", _number(counts.get(level, shape.start), shape.format))
        return "" if levels[depth].format in {"bullet", "none"} else label


class _Document:
    """An open package, and what its parts say."""

    def __init__(self, package: zipfile.ZipFile, limits: Limits) -> None:
        self._package = package
        self._names = {info.filename: info for info in package.infolist()}
        self._limit = 2 * limits.report_bytes
        self._style_names, self._style_lists = self._styles()
        self._lists = self._numbering()
        self._marks: list[tuple[str, str]] = []  # (part, id) of the notes in the order of their marks

    def lines(self) -> Iterator[str]:
        """Paragraphs and table rows of the body, in document order."""
        part = next((name for name in self._names if name.lower() == "word/document.xml"), "word/document.xml")
        root = self._parse(part)
        if root is None:
            raise KeyError(part)
        for body in root:
            if _local(body) == "body":
                yield from self._blocks(body, 0)

    def notes(self) -> Iterator[str]:
        """The notes that the text points to, each behind its mark."""
        texts = {part: self._notes_of(part) for part in {part for part, _ in self._marks}}
        for i, (part, note) in enumerate(self._marks, start=1):
            yield f"[{i}]{texts[part].get(note, '')}"

    def _parse(self, part: str) -> Any:
        from defusedxml.ElementTree import parse

        info = self._names.get(part)
        if info is None:
            return None
        with open_member(self._package, info, limit=self._limit) as stream:
            return parse(stream, forbid_dtd=True).getroot()

    def _blocks(self, parent: Any, depth: int) -> Iterator[str]:
        if depth > _DEEPEST:
            raise RecursionError
        for child in parent:
            name = _local(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from self._table(child, depth)
            elif name not in _LEFT_OUT:
                yield from self._blocks(child, depth + 1)

    def _table(self, table: Any, depth: int) -> Iterator[str]:
        for row in table:
            if _local(row) != "tr":
                continue
            cells = [" ".join(self._blocks(cell, depth + 1)) for cell in row if _local(cell) == "tc"]
            yield "\t".join(" ".join(cell.split()) for cell in cells)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        style = _value(_find(paragraph, "pPr", "pStyle"))
        if self._style_names.get(style, "").startswith("toc "):
            return
        boxes: list[Any] = []
        text = "".join(self._pieces(paragraph, boxes, 0))
        yield f"{self._label(paragraph, style)}{text}" if text.strip() else text
        for box in boxes:
            yield from self._blocks(box, 1)

    def _label(self, paragraph: Any, style: str) -> str:
        own = _find(paragraph, "pPr", "numPr")
        number, depth = (_value(_find(own, "numId")), _value(_find(own, "ilvl"))) if own is not None else ("", "")
        styled = self._style_lists.get(style, ("", ""))
        number, depth = number or styled[0], depth or styled[1] or "0"
        return self._lists.next_label(number, int(depth)) if number not in {"", "0"} and depth.isdigit() else ""

    def _pieces(self, element: Any, boxes: list[Any], depth: int) -> Iterator[str]:
        if depth > _DEEPEST:
            raise RecursionError
        for child in element:
            name = _local(child)
            if name in _LEFT_OUT or (name == "r" and _is_on(_find(child, "rPr", "vanish"))):
                continue
            if name == "txbxContent":
                boxes.append(child)
            elif name == "t":
                yield child.text or ""
            elif name in _CHARACTERS:
                yield _CHARACTERS[name]
            elif name in {"footnoteReference", "endnoteReference"}:
                part = "word/footnotes.xml" if name == "footnoteReference" else "word/endnotes.xml"
                self._marks.append((part, _attribute(child, "id")))
                yield f"[{len(self._marks)}]"
            else:
                yield from self._pieces(child, boxes, depth + 1)

    def _notes_of(self, part: str) -> dict[str, str]:
        root = self._parse(part)
        notes = root if root is not None else ()
        return {_attribute(note, "id"): " ".join(" ".join(self._blocks(note, 0)).split()) for note in notes}

    def _styles(self) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        names: dict[str, str] = {}
        lists: dict[str, tuple[str, str]] = {}
        root = self._parse("word/styles.xml")
        for style in root if root is not None else ():
            if _local(style) == "style":
                key = _attribute(style, "styleId")
                names[key] = _value(_find(style, "name")).lower()
                numbered = _find(style, "pPr", "numPr")
                if numbered is not None:
                    lists[key] = (_value(_find(numbered, "numId")), _value(_find(numbered, "ilvl")))
        return names, lists

    def _numbering(self) -> _Lists:
        levels: dict[str, dict[int, _Level]] = {}
        lists: dict[str, str] = {}
        root = self._parse("word/numbering.xml")
        for entry in root if root is not None else ():
            if _local(entry) == "abstractNum":
                levels[_attribute(entry, "abstractNumId")] = dict(_levels(entry))
            elif _local(entry) == "num":
                lists[_attribute(entry, "numId")] = _value(_find(entry, "abstractNumId"))
        return _Lists(levels, lists)


_CHARACTERS: Final = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "", "ptab": " "}


def _levels(abstract: Any) -> Iterator[tuple[int, _Level]]:
    for level in abstract:
        depth = _attribute(level, "ilvl")
        if _local(level) == "lvl" and depth.isdigit():
            start = _value(_find(level, "start"))
            shape = _value(_find(level, "numFmt")) or "decimal"
            yield int(depth), _Level(int(start) if start.isdigit() else 1, shape, _value(_find(level, "lvlText")))


def _number(count: int, shape: str) -> str:
    if shape.startswith(("chinese", "japaneseCounting", "taiwaneseCounting", "ideographTraditional")) and count < 100:
        tens, ones = divmod(count, 10)
        head = ("" if tens == 1 else _CHINESE[tens]) + "十" if tens else ""
        return head + (_CHINESE[ones] if ones or not tens else "")
    if shape == "ideographDigital":
        return "".join(_CHINESE[int(digit)] for digit in str(count))
    if shape.startswith("decimalEnclosedCircle") and 1 <= count <= len(_CIRCLED):
        return _CIRCLED[count - 1]
    if shape == "decimalFullWidth":
        return "".join(chr(ord("０") + int(digit)) for digit in str(count))
    if shape in {"upperLetter", "lowerLetter"} and 1 <= count <= 26:
        return chr(ord("A" if shape == "upperLetter" else "a") + count - 1)
    return str(count)


def _local(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _find(element: Any, *names: str) -> Any:
    for name in names:
        element = next((child for child in element if _local(child) == name), None) if element is not None else None
    return element


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")


def _value(element: Any) -> str:
    return _attribute(element, "val") if element is not None else ""


def _is_on(element: Any) -> bool:
    return element is not None and _value(element).lower() not in _OFF
