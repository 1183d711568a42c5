"""The catalogue's SQLite file: its schema, opening it safely, and SQLite's errors as our own.

Choices that surprised us, with the case behind each:

* Rollback journal (TRUNCATE) and ``synchronous=FULL``, no WAL: a library on a read-only disk or a
  network folder can be opened, one file is a whole backup, and a report that was acknowledged
  survives both kill -9 and a power cut (DELETE does not flush the unlink of its journal).
  Readers wait for a commit, some milliseconds, instead of never.
* A killed writer leaves a hot journal. Where the folder can be written the next opening rolls it
  back; where it cannot, a copy in a temporary folder is rolled back and read.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rag.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryReadOnlyError,
    LibraryVersionError,
    RagError,
    SettingsError,
    StorageFullError,
)

CATALOGUE_NAME: Final = "catalogue.sqlite"
SCHEMA_VERSION: Final = 1
APPLICATION_ID: Final = 0x77656E62  # "wenb"
BUSY_TIMEOUT_S: Final = 30.0

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reports (
    report_no INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL UNIQUE,
    text_sha256 TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
    place TEXT NOT NULL, place_code TEXT NOT NULL, level TEXT NOT NULL,
    report_year INTEGER, result_year INTEGER, delivered_on TEXT, published_on TEXT,
    speaker TEXT, meeting TEXT, source TEXT NOT NULL, source_path TEXT NOT NULL, format TEXT NOT NULL,
    complete INTEGER NOT NULL, duplicate_of TEXT,
    place_forms TEXT NOT NULL, evidence TEXT NOT NULL, notices TEXT NOT NULL, extra TEXT,
    n_passages INTEGER NOT NULL, n_figures INTEGER NOT NULL, read_by TEXT NOT NULL, crc INTEGER NOT NULL
);
CREATE INDEX reports_by_identity ON reports (place_code, report_year);
CREATE INDEX reports_by_path ON reports (source_path);
CREATE INDEX reports_by_text ON reports (text_sha256);
CREATE TABLE texts (report_no INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE sections (section_no INTEGER PRIMARY KEY, section TEXT NOT NULL UNIQUE);
CREATE TABLE passages (
    report_no INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    part TEXT NOT NULL, period TEXT, extra TEXT, section_no INTEGER NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (report_no, start, "end")
) WITHOUT ROWID;
CREATE TABLE figures (
    report_no INTEGER NOT NULL, seq INTEGER NOT NULL,
    passage_start INTEGER NOT NULL, passage_end INTEGER NOT NULL,
    place TEXT NOT NULL, period TEXT NOT NULL, indicator TEXT NOT NULL, indicator_id TEXT,
    role TEXT NOT NULL, measure TEXT NOT NULL, value TEXT NOT NULL, value_high TEXT,
    unit TEXT NOT NULL, modality TEXT, written TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, quote_start INTEGER NOT NULL, quote_end INTEGER NOT NULL,
    part TEXT NOT NULL, confidence REAL NOT NULL, extra TEXT, section_no INTEGER NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (report_no, seq)
) WITHOUT ROWID;
CREATE INDEX figures_by_indicator ON figures (indicator_id, role, period);
CREATE INDEX figures_by_place ON figures (place, period, role);
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL,
    read_by TEXT NOT NULL, outcome TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pending (report_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

# One function for each step from schema version N to N + 1; each runs inside one transaction.
MIGRATIONS: Final[Mapping[int, Callable[[sqlite3.Connection], None]]] = {}


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A connection to the catalogue, and the temporary folder that its copy lives in, if it is one."""

    connection: sqlite3.Connection
    temporary: tempfile.TemporaryDirectory[str] | None = None


def open_for_writing(path: Path) -> OpenedFile:
    """The catalogue at ``path``, created or migrated to this release's schema."""
    with translated(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise error_of_os(path.parent, error) from error
        connection = _connect(path, "rwc")
        try:
            connection.execute("PRAGMA journal_mode=TRUNCATE")
            connection.execute("PRAGMA synchronous=FULL")
            _create_or_migrate(connection, path)
        except BaseException:
            connection.close()
            raise
        return OpenedFile(connection)


def open_for_reading(path: Path) -> OpenedFile:
    """The catalogue at ``path``; nothing of it is changed, but for the roll-back of a killed write."""
    with translated(path):
        for mode in ("rw", "ro"):  # only "rw" can roll back what a killed writer left behind
            try:
                return OpenedFile(_connect_checked(path, path, mode))
            except sqlite3.OperationalError as error:
                if not _is_write_refusal(error):
                    raise
        return _rolled_back_copy(path)


def _rolled_back_copy(path: Path) -> OpenedFile:
    # A hot journal in a folder that cannot be written: roll back a copy, never the original.
    temporary = tempfile.TemporaryDirectory(prefix="wenbao-", ignore_cleanup_errors=True)
    copy = Path(temporary.name) / path.name
    shutil.copyfile(path, copy)
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists():
        shutil.copyfile(journal, copy.with_name(journal.name))
    return OpenedFile(_connect_checked(copy, path, "rw"), temporary)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,  # transactions are begun and ended in plain sight
        check_same_thread=False,  # the catalogue holds a lock around every statement
    )
    connection.execute("PRAGMA cache_size=-32000")
    return connection


def _connect_checked(path: Path, named: Path, mode: str) -> sqlite3.Connection:
    connection = _connect(path, mode)
    try:
        connection.execute("PRAGMA query_only=ON")
        _check_version(connection, named)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_or_migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall():
            _create(connection)
        version = _known_version(connection, path)
        for step in range(version, SCHEMA_VERSION):
            MIGRATIONS[step](connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _create(connection: sqlite3.Connection) -> None:
    for statement in _SCHEMA.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = _known_version(connection, path)
    if version < SCHEMA_VERSION:
        raise LibraryVersionError(
            f"资料库 {path} 是旧格式（{version}，现为 {SCHEMA_VERSION}）。请先运行 wenbao doctor --repair 升级。",
            en=f"The library {path} has the old format {version}, not {SCHEMA_VERSION}: run wenbao doctor --repair.",
        )


def _known_version(connection: sqlite3.Connection, path: Path) -> int:
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application != APPLICATION_ID:
        raise LibraryDamagedError(
            f"文件 {path} 不是问报的资料库，或者已损坏。请检查 --library，或从备份恢复该文件。",
            en=f"The file {path} is no library of wenbao, or is damaged: check --library or restore it from a backup.",
        )
    if version > SCHEMA_VERSION or version < 1:
        raise LibraryVersionError(
            f"资料库 {path} 由更新的版本写成（格式 {version}，本版本只认识到 {SCHEMA_VERSION}）。请升级 wenbao。",
            en=f"The library {path} has format {version}, newer than this release's {SCHEMA_VERSION}: upgrade wenbao.",
        )
    return version


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what SQLite raises inside into one of our errors that names ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        raise error_of_sqlite(path, error) from error


def error_of_sqlite(path: Path, error: sqlite3.Error) -> RagError | sqlite3.Error:
    """Our error for one of SQLite's; slips of our own (wrong SQL) come back as they are."""
    extended = getattr(error, "sqlite_errorcode", 0)
    primary = extended & 0xFF
    if extended in {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}:
        return damaged(path, "磁盘上有一部分读不出来")
    if primary in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return storage_full(path)
    if primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return read_only(path)
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LibraryBusyError(
            f"资料库 {path} 正被另一个进程占用，请稍后重试。", en=f"The library {path} is busy: try again later."
        )
    if isinstance(error, sqlite3.DatabaseError) and primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(path, "SQLite 无法读取")
    # A damaged schema shows as wrong SQL, a damaged string as an undecodable one.
    if "no such" in str(error) or "decode" in str(error):
        return damaged(path, "内部结构不完整")
    return error


def error_of_os(path: Path, error: OSError) -> RagError | OSError:
    """Our error for a failed file operation; one that we have no words for comes back as it is."""
    if error.errno in {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}:
        return storage_full(path)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return read_only(path)
    if isinstance(error, FileExistsError | NotADirectoryError):
        return LibraryReadOnlyError(
            f"“{path}”是一个文件，不能用作资料库文件夹。请用 --library 指定一个文件夹。",
            en=f"{str(path)!r} is a file and cannot be the library's folder: name a folder with --library.",
        )
    return error


def cannot_write(path: Path, error: OSError) -> RagError:
    """Our error for a file that the user named and that cannot be written."""
    known = error_of_os(path, error)
    if isinstance(known, RagError):
        return known
    why = error.strerror or type(error).__name__
    return SettingsError(
        f"无法写入“{path}”（{why}）。请换一个文件名或文件夹。",
        en=f"Cannot write {str(path)!r} ({why}): name another file.",
    )


def damaged(path: Path, what: str) -> LibraryDamagedError:
    """The error for a catalogue that is not as it was written; ``what`` says in what way."""
    return LibraryDamagedError(
        f"资料库文件已损坏：{what}（{path}）。请运行 wenbao doctor --repair 抢救，或从备份恢复该文件后重试。",
        en=f"The library file {path} is damaged: run wenbao doctor --repair, or restore it from a backup.",
    )


def storage_full(path: Path) -> StorageFullError:
    """The error for a write that found no room."""
    return StorageFullError(
        f"磁盘空间不足，未写入（{path}）。此前已确认的报告都在；腾出空间后重新运行即可。",
        en=f"The disk is full, nothing was written ({path}). What was acknowledged is safe: free space and run again.",
    )


def read_only(path: Path) -> LibraryReadOnlyError:
    """The error for a write where none is allowed."""
    return LibraryReadOnlyError(
        f"没有写入权限，或无法打开：{path}。请检查文件夹权限，或用 --library 另选文件夹。",
        en=f"Cannot write or open {path}: check the folder's permissions, or choose another with --library.",
    )


def _is_write_refusal(error: sqlite3.Error) -> bool:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
