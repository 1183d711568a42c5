"""Checks catalogue, lexical index, vectors and model against one another, says in words what is wrong, and mends it.

The catalogue is the truth: whatever else is wrong is built anew from it. If the catalogue itself is damaged, every
report whose text is still what was stored is saved into a new one, read again, and the damaged file is kept beside it.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.analysis import read_report
from rag.catalogue import Catalogue
from rag.errors import (
    IndexUnavailableError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryVersionError,
    RagError,
)
from rag.generations import current_name, open_current, publish
from rag.ingest import put_analysed, settle_identity, unfinished_notice
from rag.locks import write_lock
from rag.rows import REPORT_COLUMNS, DamagedRowError, report_of, text_digest
from rag.rules import rules_fingerprint
from rag.types import Report

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.encoder import Encoder
    from rag.indexes import Indexes

_SHOWN: Final = 5
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: a sentence, and whether all is well."""

    sentence: str
    well: bool = True


def examine(settings: Settings, encoder: Encoder) -> Iterator[Finding]:
    """Everything that was looked at, in order; stops where nothing behind it can be looked at.

    Raises:
        LibraryMissingError: If there is no library.
    """
    try:
        catalogue = Catalogue.open(settings.library)
    except (LibraryDamagedError, LibraryVersionError) as error:
        yield Finding(error.message, well=False)
        return
    with catalogue:
        problems = catalogue.problems()
        if problems:
            yield from (Finding(problem, well=False) for problem in problems[:_SHOWN])
            yield Finding(f"资料库共有 {len(problems)} 处损坏。", well=False)
            return
        counts = catalogue.counts()
        yield Finding(
            f"资料库完好：{counts.reports} 份（可供回答 {counts.answering} 份），"
            f"{counts.passages} 个段落，{counts.figures} 条数据，原文校验无误。"
        )
        yield from _examine_books(settings.library, catalogue)
        yield from _examine_indexes(settings.library, catalogue, encoder)


def repair(settings: Settings, encoder: Encoder, *, tell: Callable[[str], None]) -> None:
    """Mends whatever ``examine`` finds; each step is told in a sentence.

    Raises:
        LibraryBusyError: If another process writes the library.
        LibraryDamagedError: If nothing of the catalogue can be read.
    """
    with write_lock(settings.library, doing="repair"):
        _mend_catalogue(settings.library, tell)
        with Catalogue.open(settings.library, writable=True) as catalogue:
            _read_again(catalogue, tell)
            if not _is_sound(settings.library, catalogue, encoder):
                tell("正在用原文重建索引。")
                publish(settings.library, catalogue=catalogue, encoder=encoder, anew=True)
            if unfinished_notice(catalogue) is not None:
                catalogue.clear_meta("ingest")
            catalogue.compact()


def back_up(settings: Settings, target: Path) -> None:
    """Writes a consistent copy of the catalogue, from which everything else can be rebuilt."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with Catalogue.open(settings.library) as catalogue:
        catalogue.backup(target)


def _examine_books(folder: Path, catalogue: Catalogue) -> Iterator[Finding]:
    unfinished = unfinished_notice(catalogue)
    pending = catalogue.pending()
    if unfinished is not None and _is_being_written(folder):
        yield Finding("另一个进程正在写入这个资料库，索引随后更新。")
    elif unfinished is not None:
        yield Finding(unfinished, well=False)
    elif pending:
        yield Finding(f"有 {len(pending)} 份报告还没有进入索引。", well=False)
    others = catalogue.read_by_others(rules_fingerprint())
    if others:
        yield Finding(f"有 {len(others)} 份报告是用旧规则读的，例如 {others[0]}。", well=False)


def _examine_indexes(folder: Path, catalogue: Catalogue, encoder: Encoder) -> Iterator[Finding]:
    if not catalogue.counts().reports:
        return
    try:
        indexes = open_current(folder, catalogue=catalogue, encoder=encoder)
    except IndexUnavailableError as error:
        yield Finding(error.message, well=False)
        return
    with contextlib.closing(indexes):
        wrong = _differences(indexes, catalogue, encoder)
        if wrong:
            yield from (Finding(sentence, well=False) for sentence in wrong)
        else:
            yield Finding(
                f"词语索引和向量完好：各 {len(indexes.lexical)} 条，与资料库一致；向量模型 {encoder.fingerprint}。"
            )


def _differences(indexes: Indexes, catalogue: Catalogue, encoder: Encoder) -> list[str]:
    expected, held = set(catalogue.passage_ids()), set(indexes.vectors.ids())
    waiting = tuple(f"{report_id}@" for report_id in catalogue.pending())
    found = []
    for ids, what in ((expected - held, "缺少"), (held - expected, "多出")):
        unexplained = sorted(one for one in ids if not one.startswith(waiting))
        if unexplained:
            found.append(f"向量{what} {len(unexplained)} 个段落，例如 {unexplained[0]}。")
    if not found and len(indexes.lexical) != len(held):
        found.append(f"词语索引有 {len(indexes.lexical)} 条，向量有 {len(held)} 条，两者不一致。")
    return found or _vectors_that_differ(indexes, catalogue, encoder)


def _vectors_that_differ(indexes: Indexes, catalogue: Catalogue, encoder: Encoder) -> list[str]:
    """A sentence if any stored vector is not the one that the model makes of the passage now."""
    for report in catalogue.reports():
        passages = catalogue.passages(report.report_id)
        if not passages or report.report_id in catalogue.pending():
            continue
        made = encoder.encode_passages([passage.text for passage in passages])
        stored = indexes.vectors.vectors([passage.passage_id for passage in passages])
        cosines = (made * stored).sum(axis=1)
        if float(cosines.min()) < 0.999:
            return [f"报告 {report.report_id} 的向量与现在的模型算出的不一致。"]
    return []


def _is_sound(folder: Path, catalogue: Catalogue, encoder: Encoder) -> bool:
    if not catalogue.counts().reports and current_name(folder) is None:
        return True
    return not catalogue.pending() and all(f.well for f in _examine_indexes(folder, catalogue, encoder))


def _is_being_written(folder: Path) -> bool:
    try:
        with write_lock(folder, doing="repair"):
            return False
    except LibraryBusyError:
        return True
    except RagError:
        return False


def _read_again(catalogue: Catalogue, tell: Callable[[str], None]) -> None:
    others = catalogue.read_by_others(rules_fingerprint())
    if others:
        tell(f"正在用现在的规则重读 {len(others)} 份报告。")
    for report_id in others:
        put_analysed(catalogue, read_report(catalogue.report(report_id)))


def _mend_catalogue(folder: Path, tell: Callable[[str], None]) -> None:
    path = folder / "catalogue.sqlite"
    try:
        with Catalogue.open(folder, writable=True) as catalogue:
            if not catalogue.problems():
                return
    except LibraryDamagedError as error:
        _log.warning("the catalogue is damaged: %s", error)
    saved = folder / "saved"
    shutil.rmtree(saved, ignore_errors=True)  # of a repair that was cut short
    with Catalogue.open(saved, writable=True) as rescued:
        lost = 0
        for report in _readable(path):
            if report is None:
                lost += 1
                continue
            put_analysed(rescued, read_report(replace(report, duplicate_of=None)))
            settle_identity(rescued, report)
        kept = rescued.counts().reports
    if not kept:
        shutil.rmtree(saved, ignore_errors=True)
        raise LibraryDamagedError(
            f"资料库文件已损坏，没有一份报告可以抢救：{path}。请从备份恢复，或删除资料库文件夹后重新导入。",
            en=f"The library file {path} is damaged and no report can be saved: restore a backup or ingest again.",
        )
    damaged = path.with_name(f"{path.name}.damaged")
    path.replace(damaged)
    (saved / path.name).replace(path)
    shutil.rmtree(saved, ignore_errors=True)
    lost_too = f"，另有 {lost} 份无法读出，请重新导入其文件" if lost else ""
    tell(f"资料库文件已损坏：抢救出 {kept} 份报告{lost_too}。损坏的文件留在 {damaged}。")


def _readable(path: Path) -> Iterator[Report | None]:
    """Each report of a damaged catalogue whose text is still what was stored; None for one that is lost."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    columns = ", ".join(f"r.{column}" for column in REPORT_COLUMNS)
    with contextlib.closing(connection):
        try:
            numbers = [row[0] for row in connection.execute("SELECT report_no FROM reports NOT INDEXED")]
        except sqlite3.Error:
            return
        for number in numbers:
            sql = f"SELECT {columns}, r.crc, t.text FROM reports r JOIN texts t USING (report_no) WHERE r.report_no = ?"
            try:
                found = connection.execute(sql, (number,)).fetchone() or [None]
                text = str(found[-1])
                report = report_of(found[:-1], text=text, with_evidence=True)
            except (sqlite3.Error, DamagedRowError, ValueError, TypeError, IndexError):
                yield None
                continue
            yield report if text_digest(text) == report.text_sha256 else None
