"""Tables with one report a row: CSV and Excel, streamed, header names matched loosely."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from rag.corpus.columns import field_of
from rag.corpus.decode import decode_bytes
from rag.corpus.formats import Raw, finish
from rag.corpus.limits import Limits
from rag.types import Skipped, SourceText

_HEADER_ROWS: Final = 10  # titles and notes may stand above the header
_PIECE: Final = 1024 * 1024
_TEXT_LENGTH: Final = 200  # characters from which a nameless column may hold reports
_NO_TEXT: Final = (
    "没有找到存放报告正文的列。表格需一行一篇报告，列名如 place,year,title,full_text（地区、年份、标题、正文）。"
)
_CELL_MOST: Final = 32_767  # what a cell of Excel can hold


@dataclass(frozen=True, slots=True)
class Row:
    """A row as people see it: its number in the table, counted from 1 with the header, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file: a label for sources ("" for the only or first one) and its rows."""

    label: str
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class _Header:
    fields: tuple[str | None, ...]  # field of each column
    text: int  # column of the reports' texts


class TableBrokenError(Exception):
    """A table cannot be read on; the message is a Chinese sentence without the file's name."""


def read_table(kind: str, raw: Raw, *, limits: Limits) -> Iterator[SourceText | Skipped]:
    """One report a row; rows without a text, or with too long a one, as Skipped."""
    found = False
    try:
        for sheet in _sheets(kind, raw, limits):
            for result in _read_sheet(kind, raw.source, sheet, limits):
                found = True
                yield result
    except TableBrokenError as error:
        yield Skipped(raw.source, f"{raw.source}：{error}", "broken")
        return
    if not found:
        yield Skipped(raw.source, f"{raw.source}：{_NO_TEXT}", "no_text_column")


def _sheets(kind: str, raw: Raw, limits: Limits) -> Iterator[Sheet]:
    if kind == "csv":
        yield Sheet("", _csv_rows(raw.stream, raw.size, limits))
        return
    from rag.corpus.excel import read_sheets

    yield from read_sheets(raw.stream, limits=limits)


def _read_sheet(kind: str, source: str, sheet: Sheet, limits: Limits) -> Iterator[SourceText | Skipped]:
    header: _Header | None = None
    above: list[Row] = []
    for row in sheet.rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        if header is None:
            above.append(row)
            header = _header_of(above)
            if header is None:
                if len(above) > _HEADER_ROWS:
                    return
                continue
            if above[-1] is row and not _is_data(row, header):
                continue
        yield _read_row(kind, f"{source}#row {row.number}{sheet.label}", row, header, limits)


def _header_of(rows: Sequence[Row]) -> _Header | None:
    """The header, once a row names a column of texts, or names others above a column that holds some."""
    for row in rows:
        fields = tuple(field_of(cell) for cell in row.cells)
        if "text" in fields:
            return _Header(fields, fields.index("text"))
    last = rows[-1]
    longest = max(range(len(last.cells)), key=lambda i: len(last.cells[i]), default=0)
    if len(rows) >= 2 and len(last.cells[longest]) >= _TEXT_LENGTH:
        named = max(rows[:-1], key=lambda row: sum(field_of(cell) is not None for cell in row.cells))
        fields = tuple(field_of(cell) for cell in named.cells)
        if sum(field is not None for field in fields) >= 2:
            return _Header(fields, longest)
    return None


def _is_data(row: Row, header: _Header) -> bool:
    return len(row.cells) > header.text and field_of(row.cells[header.text]) is None


def _read_row(kind: str, source: str, row: Row, header: _Header, limits: Limits) -> SourceText | Skipped:
    text = row.cells[header.text] if header.text < len(row.cells) else ""
    if not text.strip():
        return Skipped(source, f"{source}：这一行没有正文。", "empty")
    if len(text.encode("utf-8", errors="replace")) > limits.report_bytes:
        return Skipped(source, f"{source}：这一行的正文超过上限，没有读取。", "too_large")
    fields = {
        name: cell.strip()
        for i, (name, cell) in enumerate(zip(header.fields, row.cells, strict=False))
        if name and i != header.text and name != "text" and cell.strip()
    }
    notices = ("正文达到 Excel 单元格的长度上限，可能被截断。",) if len(text) == _CELL_MOST else ()
    return finish(source, kind, text, fields={**fields, "given_by": "table"} if fields else {}, notices=notices)


# ---------------------------------------------------------------- CSV


def _csv_rows(stream: BinaryIO, size: int, limits: Limits) -> Iterator[Row]:
    encoding = _encoding_of(stream, size, limits)
    csv.field_size_limit(limits.report_bytes)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        first = text.readline(_PIECE).removeprefix("\ufeff")
        delimiter = _delimiter_of(first)
        lines = _lines(first if not first.startswith("sep=") else "", text)
        number = 0
        for cells in csv.reader(lines, delimiter=delimiter):
            number += 1
            yield Row(number, tuple(cells))
    except csv.Error as error:
        raise TableBrokenError(f"表格在第 {number + 1} 行之后无法继续读取（引号未闭合或单元格过长）。") from error
    finally:
        text.detach()


def _lines(first: str, text: io.TextIOWrapper) -> Iterator[str]:
    # In pieces, so that a file without line ends does not come into memory whole.
    if first:
        yield first.replace("\x00", "")
    while piece := text.readline(_PIECE):
        yield piece.replace("\x00", "")


def _delimiter_of(line: str) -> str:
    if line.startswith("sep="):
        return line[4:5] or ","
    return max(
        ",\t;|",
        key=lambda mark: (
            sum(field_of(cell.strip(' "\r\n')) is not None for cell in line.split(mark)),
            line.count(mark),
        ),
    )


def _encoding_of(stream: BinaryIO, size: int, limits: Limits) -> str:
    """Codec of a CSV file; a big one is read through once, in pieces, to see whether it is UTF-8."""
    if size <= limits.report_bytes:
        encoding = decode_bytes(stream.read()).encoding
        stream.seek(0)
        return "gb18030" if encoding == "mixed" else encoding
    head = stream.read(4)
    stream.seek(0)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(_PIECE):
            decoder.decode(piece)
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        stream.seek(0)
    return "utf-8"
