"""One writer at a time: a lock of the operating system beside the library, and a note that says who holds it.

The system lets go of the lock when its process ends, however it ends, so a stale lock cannot be: only the note can be
old, and it is read by those who found the lock taken.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from rag.errors import LibraryBusyError, LibraryReadOnlyError
from rag.storage import error_of_os

LOCK_NAME: Final = "write.lock"
NOTE_NAME: Final = "writer.json"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes a library: process id, when it began (local time) and what it does."""

    pid: int
    started: str
    doing: str


@contextmanager
def write_lock(folder: Path, *, doing: str, timeout_s: float = 0.0) -> Iterator[Writer]:
    """Holds the library in ``folder`` for writing.

    Args:
        folder: The library's folder; created if missing.
        doing: What for, one word for the note: "ingest", "remove", "repair".
        timeout_s: How long to wait for another writer, in seconds.

    Raises:
        LibraryBusyError: If another process holds it; the message gives its id and when it began.
        LibraryReadOnlyError: If the folder cannot be written or its disk knows no locks.
    """
    me = Writer(os.getpid(), time.strftime("%Y-%m-%d %H:%M:%S"), doing)
    lock = FileLock(folder / LOCK_NAME, timeout=timeout_s)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise _busy(folder) from error
    except NotImplementedError as error:
        raise LibraryReadOnlyError(
            f"“{folder}”所在的磁盘不支持文件锁，不能写入。请把资料库放在本机磁盘上（--library）。",
            en=f"The disk of {str(folder)!r} knows no file locks: put the library on a local disk (--library).",
        ) from error
    except OSError as error:
        raise error_of_os(folder, error) from error
    try:
        _write_note(folder, me)
        yield me
    finally:
        (folder / NOTE_NAME).unlink(missing_ok=True)
        lock.release()


def current_writer(folder: Path) -> Writer | None:
    """The note of whoever holds the lock, or None without a readable one."""
    try:
        note = json.loads((folder / NOTE_NAME).read_text(encoding="utf-8"))
        return Writer(int(note["pid"]), str(note["started"]), str(note["doing"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_note(folder: Path, writer: Writer) -> None:
    try:
        (folder / NOTE_NAME).write_text(json.dumps(asdict(writer)), encoding="utf-8")
    except OSError as error:
        raise error_of_os(folder / NOTE_NAME, error) from error


def _busy(folder: Path) -> LibraryBusyError:
    writer = current_writer(folder)
    who = f"（PID {writer.pid}，开始于 {writer.started}）" if writer else ""
    who_en = f" (PID {writer.pid}, since {writer.started})" if writer else ""
    what = "导入" if writer is None or writer.doing == "ingest" else "写入操作"
    return LibraryBusyError(
        f"另一个{what}正在进行{who}：资料库 {folder} 一次只能由一个进程写入。请等它结束后再运行。",
        en=f"Another process is writing the library {folder}{who_en}: wait until it has finished and run again.",
    )
