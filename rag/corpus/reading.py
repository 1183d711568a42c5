"""``read_sources``: paths in, one ``SourceText`` a report out, one ``Skipped`` with its reason else.

    find_files -> read_file (by format) -> clean -> SourceText
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from rag.corpus.clean import clean_text
from rag.corpus.decode import decode_bytes
from rag.corpus.files import FoundFile, find_files as _find_files
from rag.corpus.limits import Limits
from rag.types import Skipped, SourceText

READING_VERSION: Final = "1"  # raise when readers or cleaning change what comes out of the same file
_DEFAULT_LIMITS: Final = Limits()


def find_files(
    paths: Iterable[str | os.PathLike[str]], *, limits: Limits = _DEFAULT_LIMITS
) -> Iterator[FoundFile | Skipped]:
    """Every file under ``paths`` in a fixed order, without reading any."""
    return _find_files(paths, limits=limits)


def read_sources(
    paths: Iterable[str | os.PathLike[str]],
    *,
    meta: str | os.PathLike[str] | None = None,
    limits: Limits = _DEFAULT_LIMITS,
) -> Iterator[SourceText | Skipped]:
    """Every report in ``paths``, one at a time, in a fixed order; what cannot be read as Skipped.

    Args:
        paths: Files and folders.
        meta: A CSV file (file, place, year, source) whose fields go with the files it names.
        limits: Sizes and times that no file may pass.
    """
    for found in find_files(paths, limits=limits):
        if isinstance(found, Skipped):
            yield found
        else:
            yield from read_file(found, limits=limits)


def read_file(found: FoundFile, *, limits: Limits = _DEFAULT_LIMITS) -> Iterator[SourceText | Skipped]:
    """The reports of one file: one for most formats, many for tables and archives."""
    name = found.source
    if found.size > limits.report_bytes:
        megabytes = limits.report_bytes // (1024 * 1024)
        yield Skipped(name, f"{name}：文件超过上限（{megabytes} MB），没有读取。", "too_large")
        return
    raw = found.path.read_bytes()
    decoded = decode_bytes(raw)
    text = clean_text(decoded.text)
    if not text:
        yield Skipped(name, f"{name}：文件是空的，没有可读的文字。", "empty")
        return
    yield SourceText(source=name, format=found.path.suffix.lstrip(".").lower() or "txt", text=text)
