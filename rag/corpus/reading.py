"""``read_sources``: paths in, one ``SourceText`` a report out, one ``Skipped`` with its reason else.

The way: find_files -> read_file (by format, judged by its first bytes) -> clean_text -> SourceText.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from rag.corpus import files
from rag.corpus.files import FoundFile
from rag.corpus.formats import Raw, read_raw
from rag.corpus.limits import Limits
from rag.corpus.meta import Meta, read_meta
from rag.types import Skipped, SourceText

READING_VERSION: Final = "1"  # raise when readers or cleaning change what comes out of the same file
_DEFAULT_LIMITS: Final = Limits()
_log: Final = logging.getLogger(__name__)


def find_files(
    paths: Iterable[str | os.PathLike[str]], *, limits: Limits = _DEFAULT_LIMITS
) -> Iterator[FoundFile | Skipped]:
    """Every file under ``paths`` in a fixed order, none of them read."""
    return files.find_files(paths, limits=limits)


def read_sources(
    paths: Iterable[str | os.PathLike[str]],
    *,
    meta: str | os.PathLike[str] | None = None,
    limits: Limits = _DEFAULT_LIMITS,
) -> Iterator[SourceText | Skipped]:
    """Every report in ``paths``, one at a time, in a fixed order; what cannot be read as Skipped.

    Args:
        paths: Files and folders.
        meta: A CSV file (file, place, year, source, …) whose fields go with the files it names.
        limits: Sizes and times that no file may pass.

    Raises:
        ReadError: If ``meta`` cannot be read as such a table.
    """
    given = read_meta(meta) if meta is not None else Meta()
    met: set[str] = set()
    for found in find_files(paths, limits=limits):
        if isinstance(found, Skipped):
            yield found
            continue
        for result in read_file(found, limits=limits):
            if isinstance(result, Skipped):
                met |= given.rows_for(result.source)
                yield result
            else:
                met |= given.rows_for(result.source)
                yield replace(result, fields=given.over(result.fields, result.source))
    yield from given.unmatched(met)


def read_file(found: FoundFile, *, limits: Limits = _DEFAULT_LIMITS) -> Iterator[SourceText | Skipped]:
    """The reports of one file: one for most formats, many for tables and archives.

    Nothing that a file holds can stop the reading of the next: an error nobody foresaw becomes a
    Skipped, with its trace in the log.
    """
    try:
        with found.path.open("rb") as stream:
            yield from read_raw(Raw(found.source, found.path.suffix.lower(), stream, found.size), limits=limits)
    except OSError as error:
        yield files.cannot_open(found.source, error)
    except Exception as error:  # noqa: BLE001 - the edge to files that strangers made
        _log.exception("reading %s failed", found.source)
        kind = type(error).__name__
        yield Skipped(found.source, f"{found.source}：文件内容无法解析（{kind}），已跳过。", "broken")
