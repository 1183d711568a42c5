"""``--meta FILE.csv``: place, year and source for many files, matched by file name."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from rag.corpus.columns import field_of
from rag.corpus.decode import decode_bytes
from rag.errors import ReadError
from rag.types import Skipped

_ROW_OR_MEMBER: Final = re.compile(r"#row \d+(?:@.*)?$")


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    file: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Meta:
    """The rows of a ``--meta`` table; empty without one."""

    name: str = ""
    rows: tuple[_Row, ...] = ()

    def rows_for(self, source: str) -> Set[str]:
        """Keys of the rows that name ``source``: by its whole path, its end, its name or its stem."""
        return {row.file for row in self.rows if _names(row.file, source)}

    def over(self, fields: Mapping[str, str], source: str) -> Mapping[str, str]:
        """``fields`` with those of the matching rows laid over them; the longest name wins."""
        matching = sorted((row for row in self.rows if _names(row.file, source)), key=lambda row: len(row.file))
        given = {name: value for row in matching for name, value in row.fields.items()}
        return {**fields, **given, "given_by": "meta"} if given else fields

    def unmatched(self, met: Set[str]) -> Iterator[Skipped]:
        """A sentence for each row whose file was not among the files read."""
        for row in self.rows:
            if row.file not in met:
                source = f"{self.name}#row {row.number}"
                reason = f"{source}：说明表提到的文件“{row.file}”不在这次导入的文件里。请检查文件名。"
                yield Skipped(source, reason, "meta_unmatched")


def read_meta(path: str | os.PathLike[str]) -> Meta:
    """The table in ``path``: a CSV with a column for the file's name and one or more fields.

    Raises:
        ReadError: If the file cannot be read, has no column for file names, or no rows.
    """
    name = Path(path).name
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise ReadError(
            f"说明表 {name} 无法打开（{error.strerror}）。请检查 --meta 的路径。",
            en=f"Cannot open the meta table {name}: {error.strerror}. Check the path given to --meta.",
        ) from error
    return _parse(name, decode_bytes(raw).text)


def _parse(name: str, text: str) -> Meta:
    table = list(csv.reader(io.StringIO(text.replace("\x00", ""), newline="")))
    header = [field_of(cell) for cell in table[0]] if table else []
    if "file" not in header:
        raise ReadError(
            f"说明表 {name} 没有“文件”（file）这一列。第一行应是列名：file,place,year,source。",
            en=f"The meta table {name} has no column named file. Its first line must be: file,place,year,source.",
        )
    rows = tuple(_rows(header, table[1:]))
    if not rows:
        raise ReadError(f"说明表 {name} 里没有内容。", en=f"The meta table {name} has no rows.")
    return Meta(name, rows)


def _rows(header: list[str | None], table: Iterable[list[str]]) -> Iterator[_Row]:
    for number, cells in enumerate(table, start=2):
        named = {key: cell.strip() for key, cell in zip(header, cells, strict=False) if key and cell.strip()}
        file = named.pop("file", "").replace("\\", "/").strip("/")
        if file:
            yield _Row(number, file, named)


def _names(file: str, source: str) -> bool:
    whole = _ROW_OR_MEMBER.sub("", source)
    path = PurePosixPath(whole)
    return file in {source, whole, path.name, path.stem} or whole.endswith(f"/{file}")
