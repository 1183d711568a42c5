"""Rows of Excel workbooks (.xlsx), streamed: shared strings lie in a nameless file, not in memory."""

from __future__ import annotations

import datetime
import posixpath
import re
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Final

from rag.corpus.archives import TooMuchError, check_members
from rag.corpus.limits import Limits
from rag.corpus.tables import Row, Sheet, TableBrokenError

_REFERENCE: Final = re.compile(r"^([A-Z]{1,3})\d+$")
_DATE_FORMATS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_COLUMNS: Final = 16_384


def read_sheets(stream: BinaryIO, *, limits: Limits) -> Iterator[Sheet]:
    """The workbook's sheets in their order; a sheet's rows must be used up before the next is asked for.

    Raises:
        TableBrokenError: If the workbook is damaged, or unpacks to too much.
    """
    with _damage_named(), zipfile.ZipFile(stream) as package:
        check_members(package, limits)
        yield from _sheets(package)


@contextmanager
def _damage_named() -> Iterator[None]:
    """Turns whatever a damaged workbook raises into a TableBrokenError."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    try:
        yield
    except TooMuchError as error:
        raise TableBrokenError(str(error)) from error
    except DefusedXmlException as error:
        raise TableBrokenError("文件里有不安全的 XML 声明（实体或外部引用），视为损坏，没有读取。") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OSError, ParseError) as error:
        raise TableBrokenError(f"Excel 文件已损坏（{type(error).__name__}），无法读取。") from error


@dataclass(frozen=True, slots=True)
class _Book:
    strings: _SharedStrings
    dates: frozenset[int]  # styles whose numbers are dates
    epoch: datetime.date


class _SharedStrings:
    """The workbook's shared strings, by index, from a nameless file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the book
        self._ends = array("Q", [0])

    def add(self, text: str) -> None:
        stored = text.encode("utf-8", errors="replace")
        self._file.write(stored)
        self._ends.append(self._ends[-1] + len(stored))

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            return ""
        self._file.seek(self._ends[index])
        return self._file.read(self._ends[index + 1] - self._ends[index]).decode("utf-8")

    def close(self) -> None:
        self._file.close()


def _sheets(package: zipfile.ZipFile) -> Iterator[Sheet]:
    names = set(package.namelist())
    relations = _relations(package, names)
    sheets, epoch = _workbook(package)
    strings = _SharedStrings()
    try:
        _read_strings(package, names, strings)
        book = _Book(strings, _date_styles(package, names), epoch)
        for i, (title, relation) in enumerate(sheets):
            part = relations.get(relation, f"xl/worksheets/sheet{i + 1}.xml")
            if part in names:
                yield Sheet(f"@{title}" if i else "", _rows(package, part, book))
    finally:
        strings.close()


def _iterate(file: IO[bytes], events: Sequence[str] = ("end",)) -> Iterator[tuple[str, Any]]:
    from defusedxml.ElementTree import iterparse

    yield from iterparse(file, events=events)


def _local(tag: Any) -> str:
    return str(tag).rsplit("}", 1)[-1]


def _relations(package: zipfile.ZipFile, names: set[str]) -> Mapping[str, str]:
    part = "xl/_rels/workbook.xml.rels"
    if part not in names:
        return {}
    with package.open(part) as file:
        elements = [element for _, element in _iterate(file) if _local(element.tag) == "Relationship"]
    return {
        str(element.get("Id")): posixpath.normpath(posixpath.join("xl", str(element.get("Target")))).lstrip("/")
        if not str(element.get("Target")).startswith("/")
        else str(element.get("Target")).lstrip("/")
        for element in elements
    }


def _workbook(package: zipfile.ZipFile) -> tuple[list[tuple[str, str]], datetime.date]:
    """Titles and relation ids of the sheets, and the day from which dates are counted."""
    sheets: list[tuple[str, str]] = []
    epoch = datetime.date(1899, 12, 30)
    with package.open("xl/workbook.xml") as file:
        for _, element in _iterate(file):
            if _local(element.tag) == "sheet":
                relation = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
                sheets.append((str(element.get("name", "")), str(relation)))
            elif _local(element.tag) == "workbookPr" and element.get("date1904") in {"1", "true"}:
                epoch = datetime.date(1904, 1, 1)
    return sheets, epoch


def _read_strings(package: zipfile.ZipFile, names: set[str], strings: _SharedStrings) -> None:
    if "xl/sharedStrings.xml" not in names:
        return
    with package.open("xl/sharedStrings.xml") as file:
        root = None
        for event, element in _iterate(file, ("start", "end")):
            if root is None:
                root = element
            if event == "end" and _local(element.tag) == "si":
                strings.add(_plain_text(element))
                root.clear()


def _plain_text(element: Any) -> str:
    """Text of a string item: its runs, without the phonetic guide."""
    parts: list[str] = []
    for child in element:
        name = _local(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [piece.text or "" for piece in child if _local(piece.tag) == "t"]
    return "".join(parts).replace("_x000D_", "\n")


def _date_styles(package: zipfile.ZipFile, names: set[str]) -> frozenset[int]:
    if "xl/styles.xml" not in names:
        return frozenset()
    custom: dict[int, str] = {}
    formats: list[int] = []
    with package.open("xl/styles.xml") as file:
        for _, element in _iterate(file):
            if _local(element.tag) == "numFmt":
                custom[int(element.get("numFmtId", "0"))] = str(element.get("formatCode", ""))
            elif _local(element.tag) == "cellXfs":
                formats = [int(child.get("numFmtId", "0")) for child in element]
    return frozenset(i for i, number in enumerate(formats) if _is_date(number, custom.get(number, "")))


def _is_date(number: int, code: str) -> bool:
    plain = re.sub(r"\"[^\"]*\"|\[[^\]]*\]|\\.", "", code)
    return number in _DATE_FORMATS or bool(re.search(r"[yd]", plain, re.IGNORECASE)) or "年" in code


def _rows(package: zipfile.ZipFile, part: str, book: _Book) -> Iterator[Row]:
    # Rows are drawn by the caller, outside of read_sheets: their damage has to be named here again.
    with _damage_named(), package.open(part) as file:
        number = 0
        parent = None
        for event, element in _iterate(file, ("start", "end")):
            name = _local(element.tag)
            if event == "start":
                parent = element if name == "sheetData" else parent
            elif name == "row":
                given = str(element.get("r", ""))
                number = int(given) if given.isdigit() else number + 1
                yield Row(number, _cells(element, book))
                if parent is not None:
                    parent.clear()


def _cells(row: Any, book: _Book) -> tuple[str, ...]:
    cells: list[str] = []
    for cell in row:
        found = _REFERENCE.match(str(cell.get("r", "")))
        column = _column(found.group(1)) if found else len(cells)
        if not len(cells) <= column < _COLUMNS:
            column = len(cells)
        cells += [""] * (column - len(cells))
        cells.append(_value(cell, book))
    return tuple(cells)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: Any, book: _Book) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return next((_plain_text(child) for child in cell if _local(child.tag) == "is"), "")
    written = next((child.text or "" for child in cell if _local(child.tag) == "v"), "")
    if kind == "s":
        return book.strings[int(written)] if written.isdigit() else ""
    if kind == "n" and int(cell.get("s", "0") or 0) in book.dates:
        return _date(written, book.epoch)
    return written.removesuffix(".0") if kind == "n" else written.replace("_x000D_", "\n")


def _date(written: str, epoch: datetime.date) -> str:
    try:
        return (epoch + datetime.timedelta(days=int(float(written)))).isoformat()
    except (ValueError, OverflowError):
        return written
