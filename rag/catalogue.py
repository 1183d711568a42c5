"""The truth in one SQLite file: reports, passages and figures; everything else is rebuilt from it.

* Texts are checked against their SHA-256 and every row against its CRC-32 when read: a flipped bit
  is an error that names the file, never an answer.
* Values of figures are TEXT decimals. Passages keep spans only: their text is cut from the checked
  text of the report, so the two cannot differ.
* ``pending`` lists reports whose index entries are not yet brought up to date. It is written in the
  report's own transaction, so an ingest that dies leaves behind what has to be mended.

rag/storage.py has the schema and how the file is opened, rag/rows.py the rows.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from rag.errors import LibraryDamagedError, LibraryMissingError, LibraryReadOnlyError, UnknownReportError
from rag.rows import (
    ANSWERING_KINDS,
    FIGURE_SQL,
    PASSAGE_SQL,
    REPORT_COLUMNS,
    DamagedRowError,
    check_consistent,
    figure_of,
    figure_values,
    passage_of,
    passage_span,
    passage_values,
    report_of,
    report_values,
    section_json,
    text_digest,
)
from rag.storage import CATALOGUE_NAME, OpenedFile, damaged, open_for_reading, open_for_writing, translated
from rag.types import Figure, Passage, Report

__all__ = ["ANSWERING_KINDS", "CATALOGUE_NAME", "Catalogue", "CatalogueCounts", "FileRecord"]

CACHED_TEXTS: Final = 128
CACHED_FIGURE_SETS: Final = 64
_WHOLE_SETS: Final = 8  # up to so many reports are loaded whole and kept; more are filtered in SQL
_SQL_VARIABLES: Final = 900  # below every SQLite build's limit for one statement
_REPORT_SQL: Final = f"SELECT {', '.join(REPORT_COLUMNS)}, crc FROM reports"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What is remembered of an ingested file, so that an unchanged one need not be read again.

    ``read_by`` names the rules and the given fields that read it; ``outcome`` is one
    ``(source, event, detail)`` for each report or skipped piece that came out of it.
    """

    path: str
    size: int
    mtime_ns: int
    sha256: str
    read_by: str
    outcome: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueCounts:
    """How much the catalogue holds; ``answering`` counts the reports that are read for answers."""

    reports: int
    answering: int
    passages: int
    figures: int


class Catalogue:
    """Reports, passages and figures in one SQLite file. Safe to share between threads.

    Open with :meth:`open`. That there is one writer at a time is the ingest lock's business.
    """

    def __init__(self, opened: OpenedFile, path: Path, *, writable: bool) -> None:
        self.path = path
        self.writable = writable
        self._connection: sqlite3.Connection = opened.connection
        self._temporary: tempfile.TemporaryDirectory[str] | None = opened.temporary
        self._lock = threading.RLock()
        self._in_transaction = False
        self._data_version = -1
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._figure_sets: OrderedDict[str, tuple[Figure, ...]] = OrderedDict()
        self._numbers: dict[str, int] = {}
        self._sections: dict[str, int] = {}
        self._listed: tuple[Report, ...] | None = None

    @classmethod
    def open(cls, folder: Path | str, *, writable: bool = False) -> Self:
        """The catalogue in ``folder``; created there if ``writable`` and missing.

        Raises:
            LibraryMissingError: If there is none and it may not be created.
            LibraryDamagedError: If the file is no catalogue or is malformed.
            LibraryVersionError: If a newer release wrote it, or an older one and it may not be written.
            LibraryReadOnlyError: If ``writable`` and the folder cannot be written.
        """
        path = Path(folder) / CATALOGUE_NAME
        if writable:
            return cls(open_for_writing(path), path, writable=True)
        if not path.is_file():
            raise LibraryMissingError(
                f"“{folder}”里还没有资料库。请先运行 wenbao ingest 加报告文件夹，或用 --library 指定资料库。",
                en=f"No library in {str(folder)!r}: run wenbao ingest PATH first, or name its folder with --library.",
            )
        return cls(open_for_reading(path), path, writable=False)

    def close(self) -> None:
        """Closes the file; the catalogue cannot be used afterwards."""
        with self._lock:
            self._connection.close()
            if self._temporary is not None:
                self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- reading ------------------------------------------------------------------------------

    def generation(self) -> int:
        """A number that grows with every finished write; equal numbers mean an unchanged catalogue."""
        noted = self.meta("generation") or "0"
        if not noted.isdecimal():
            raise damaged(self.path, "记录的版本号不是数字")
        return int(noted)

    def meta(self, name: str) -> str | None:
        """The value kept under ``name``, or None."""
        rows = self._rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def reports(self) -> tuple[Report, ...]:
        """Every report without its text and evidence (``text`` is ""), by place code, year and id."""
        self._forget_if_changed()
        listed = self._listed
        if listed is None:
            rows = self._rows(f"{_REPORT_SQL} ORDER BY place_code, report_year, report_id")
            with self._checked():
                listed = tuple(report_of(row, text="", with_evidence=False) for row in rows)
            self._listed = listed
        return listed

    def report(self, report_id: str) -> Report:
        """One report, whole, with its evidence and its checked text.

        Raises:
            UnknownReportError: If the library has no such report.
            LibraryDamagedError: If its text or its row is not what was written.
        """
        row = self._report_row(report_id)
        text = self.text(report_id)
        with self._checked():
            return report_of(row, text=text, with_evidence=True)

    def has(self, report_id: str) -> bool:
        """Whether the library holds a report of that id."""
        return self._number(report_id) is not None

    def text(self, report_id: str) -> str:
        """The text that every span of the report refers to, checked against its SHA-256."""
        self._forget_if_changed()
        cached = self._recall(self._texts, report_id)
        if cached is not None:
            return cached
        rows = self._rows(
            "SELECT t.text, r.text_sha256 FROM reports r JOIN texts t USING (report_no) WHERE r.report_id = ?",
            (report_id,),
        )
        if not rows:
            self._report_row(report_id)  # raises its own error if the report itself is unknown
            raise damaged(self.path, f"报告 {report_id} 的原文不见了")
        text, digest = rows[0]
        if not isinstance(text, str) or text_digest(text) != digest:
            raise damaged(self.path, f"报告 {report_id} 的原文与存入时不一致")
        self._keep(self._texts, report_id, text, limit=CACHED_TEXTS)
        return text

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        """The report's passages in its own order; none for copies and papers that are no report."""
        expected = self._count(report_id, "n_passages")
        sql = f'{PASSAGE_SQL} WHERE p.report_no = ? ORDER BY p.start, p."end"'
        rows = self._rows(sql, (self._number(report_id),))
        if len(rows) != expected:
            raise damaged(self.path, f"报告 {report_id} 应有 {expected} 个段落，只剩 {len(rows)} 个")
        text = self.text(report_id) if rows else ""
        with self._checked():
            return tuple(passage_of(report_id, text, row) for row in rows)

    def passages_by_id(self, ids: Iterable[str]) -> tuple[Passage, ...]:
        """The passages of ``ids`` in the order given; ids that the library lacks are left out."""
        found: list[Passage] = []
        sql = f'{PASSAGE_SQL} WHERE p.report_no = ? AND p.start = ? AND p."end" = ?'
        for span in map(passage_span, ids):
            number = self._number(span.report_id) if span else None
            if span is None or number is None:
                continue
            for row in self._rows(sql, (number, span.start, span.end)):
                text = self.text(span.report_id)
                with self._checked():
                    found.append(passage_of(span.report_id, text, row))
        return tuple(found)

    def passage_ids(self, report_ids: Sequence[str] | None = None) -> tuple[str, ...]:
        """Ids of the passages of ``report_ids`` (None: of all), by report and place in it."""
        sql = 'SELECT r.report_id, p.start, p."end" FROM passages p JOIN reports r USING (report_no)'
        rows = self._scoped_rows(sql, (), report_ids, order='ORDER BY r.report_id, p.start, p."end"')
        return tuple(f"{report_id}@{start}-{end}" for report_id, start, end in rows)

    def figures(
        self,
        report_ids: Sequence[str] | None,
        *,
        roles: Sequence[str] | None = None,
        indicator_ids: Sequence[str] | None = None,
        periods: Sequence[str] | None = None,
        places: Sequence[str] | None = None,
        indicator_words: Sequence[str] | None = None,
    ) -> tuple[Figure, ...]:
        """Figures of the reports named (None: of all), in the order of reports and of their texts.

        Args:
            report_ids: Reports to look in, in the order wanted; None looks in all, by id.
            roles: Keep these roles only.
            indicator_ids: Keep figures with one of these common names only.
            periods: Keep these periods only.
            places: Keep figures of these places (full names) only.
            indicator_words: Keep figures whose indicator phrase holds one of these strings only.
        """
        wanted = _Wanted(roles, indicator_ids, periods, places, indicator_words)
        if report_ids is not None and len(report_ids) <= _WHOLE_SETS:
            sets = (self._figure_set(report_id) for report_id in report_ids)
            return tuple(figure for figures in sets for figure in figures if wanted.keeps(figure))
        where, values = wanted.sql()
        rows = self._scoped_rows(FIGURE_SQL + where, values, report_ids, order="ORDER BY r.report_id, f.seq")
        with self._checked():
            found = tuple(map(figure_of, rows))
        if report_ids is None:
            return found
        rank = {report_id: n for n, report_id in enumerate(report_ids)}
        return tuple(sorted(found, key=lambda figure: rank[figure.report_id]))

    def counts(self) -> CatalogueCounts:
        """How many reports, passages and figures there are, by the sums noted when they were stored."""
        row = self._rows(
            "SELECT count(*), total(n_passages > 0), total(n_passages), total(n_figures) FROM reports",
        )[0]
        return CatalogueCounts(*map(int, row))

    def same_identity(self, place_code: str, report_year: int | None) -> tuple[str, ...]:
        """Ids of the reports of one place and report year, in the order they came."""
        sql = "SELECT report_id FROM reports WHERE place_code = ? AND report_year IS ? ORDER BY report_no"
        return tuple(row[0] for row in self._rows(sql, (place_code, report_year)))

    def same_text(self, text_sha256: str) -> tuple[str, ...]:
        """Ids of the reports whose text has that digest, in the order they came."""
        sql = "SELECT report_id FROM reports WHERE text_sha256 = ? ORDER BY report_no"
        return tuple(row[0] for row in self._rows(sql, (text_sha256,)))

    def ids_from_file(self, path: str) -> tuple[str, ...]:
        """Ids of the reports that came from the file of that key, its rows (``#row 3``) and members included."""
        sql = (
            "SELECT report_id FROM reports WHERE source_path = ?1"
            " OR (source_path > ?1 || '#' AND source_path < ?1 || '$')"
            " OR (source_path > ?1 || '/' AND source_path < ?1 || '0') ORDER BY report_no"
        )
        return tuple(row[0] for row in self._rows(sql, (path,)))

    def file(self, path: str) -> FileRecord | None:
        """What is remembered of the file of that key, or None."""
        rows = self._rows("SELECT path, size, mtime_ns, sha256, read_by, outcome FROM files WHERE path = ?", (path,))
        if not rows:
            return None
        name, size, mtime_ns, sha256, read_by, outcome = rows[0]
        try:
            pieces = tuple((source, event, detail) for source, event, detail in json.loads(outcome))
        except (ValueError, TypeError):
            return None  # not as it was written: the file is read again
        return FileRecord(name, size, mtime_ns, sha256, read_by, pieces)

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """``(source, reason)`` of everything that the ingested files held and that could not be read, by source."""
        records = (self.file(path) for (path,) in self._rows("SELECT path FROM files WHERE outcome LIKE '%\"\"%'"))
        return tuple(sorted((s, why) for r in records if r for s, report_id, why in r.outcome if not report_id))

    def read_by(self, report_id: str) -> str:
        """The rules that read the report, by their fingerprint."""
        return str(self._report_row(report_id)[REPORT_COLUMNS.index("read_by")])

    def read_by_others(self, rules: str) -> tuple[str, ...]:
        """Ids of the answering reports that other rules than these have read."""
        sql = "SELECT report_id FROM reports WHERE n_passages > 0 AND read_by != ? ORDER BY report_id"
        return tuple(row[0] for row in self._rows(sql, (rules,)))

    def pending(self) -> tuple[str, ...]:
        """Ids of reports, or of removed ones, whose entries in the indexes are not up to date."""
        return tuple(row[0] for row in self._rows("SELECT report_id FROM pending ORDER BY report_id"))

    def problems(self) -> tuple[str, ...]:
        """Sentences on everything that is not as it was written; none for a sound catalogue. Slow."""
        found = [f"SQLite：{row[0]}" for row in self._rows("PRAGMA integrity_check(20)") if row[0] != "ok"]
        for (report_id,) in self._rows("SELECT report_id FROM reports ORDER BY report_id"):
            try:
                self.report(report_id)
                self.passages(report_id)
                self._figure_set(report_id)
            except LibraryDamagedError as error:
                found.append(error.message)
        return tuple(found)

    # -- writing ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction around several writes: all of them are kept or none is."""
        with self._lock:
            if self._in_transaction:
                yield
                return
            if not self.writable:
                raise LibraryReadOnlyError(
                    f"资料库 {self.path} 是只读打开的，没有写入。",
                    en=f"The library {self.path} was opened for reading only; nothing was written.",
                )
            self._in_transaction = True
            try:
                with translated(self.path):
                    yield from self._commit_or_roll_back()
            finally:
                self._in_transaction = False
                self._forget()

    def _commit_or_roll_back(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute(
                "INSERT INTO meta VALUES ('generation', '1')"
                " ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
            )
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def put(self, report: Report, passages: Sequence[Passage], figures: Sequence[Figure], *, read_by: str = "") -> None:
        """Stores a report with everything read from it, in place of one of the same id.

        Args:
            report: The report; its passages and figures are none if it is a copy or no report.
            passages: What it was split into.
            figures: What was read from it.
            read_by: The rules that did, by their fingerprint.

        Raises:
            ValueError: If a span or an id does not belong to the report, or a copy or another kind
                of paper comes with passages or figures.
        """
        check_consistent(report, passages, figures)
        with self.transaction():
            values = report_values(report, n_passages=len(passages), n_figures=len(figures), read_by=read_by)
            number = self._insert_report(values, report.text, number=self._erase(report.report_id))
            rows: list[tuple[Any, ...]] = []
            for passage in passages:
                section = section_json(passage.section)
                *before, crc = passage_values(passage, section=section)
                rows.append((number, *before, self._section_number(section), crc))
            self._insert("passages", rows)
            rows = []
            for seq, figure in enumerate(figures):
                section = section_json(figure.section)
                *before, crc = figure_values(figure, section=section)
                rows.append((number, seq, *before, self._section_number(section), crc))
            self._insert("figures", rows)
            self._note_pending(report.report_id)

    def remove(self, report_id: str) -> None:
        """Takes a report out with its passages and figures.

        Raises:
            UnknownReportError: If the library has no such report.
        """
        with self.transaction():
            self._report_row(report_id)
            self._erase(report_id)
            self._note_pending(report_id)

    def put_file(self, record: FileRecord) -> None:
        """Remembers what came out of a file, in place of what was remembered before."""
        outcome = json.dumps(record.outcome, ensure_ascii=False)
        row = (record.path, record.size, record.mtime_ns, record.sha256, record.read_by, outcome)
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget_file(self, path: str) -> None:
        """Forgets a file, so that the next ingest reads it again."""
        self._write("DELETE FROM files WHERE path = ?", (path,))

    def set_meta(self, name: str, value: str) -> None:
        """Keeps ``value`` under ``name``."""
        self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def clear_meta(self, name: str) -> None:
        """Keeps nothing under ``name`` any more."""
        self._write("DELETE FROM meta WHERE name = ?", (name,))

    def settle(self, report_ids: Iterable[str]) -> None:
        """Notes that the indexes hold what the catalogue says of these reports."""
        with self.transaction():
            for report_id in report_ids:
                self._write("DELETE FROM pending WHERE report_id = ?", (report_id,))

    def backup(self, target: Path) -> None:
        """Writes a consistent copy of the catalogue to ``target``, also while another process writes."""
        with self._lock, translated(target):
            copy = sqlite3.connect(target)
            try:
                self._connection.backup(copy)
            finally:
                copy.close()

    def compact(self) -> None:
        """Gives the space of removed reports back to the disk."""
        with self._lock, translated(self.path):
            self._connection.execute("VACUUM")

    # -- inner: statements --------------------------------------------------------------------

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock, translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _write(self, sql: str, values: Sequence[object]) -> None:
        with self.transaction():
            self._connection.execute(sql, values)

    def _insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _scoped_rows(
        self, sql: str, values: Sequence[object], report_ids: Sequence[str] | None, *, order: str
    ) -> list[Any]:
        if report_ids is None:
            return self._rows(f"{sql} {order}", values)
        joint = "AND" if " WHERE " in sql else "WHERE"
        numbers = [number for number in map(self._number, report_ids) if number is not None]
        rows: list[Any] = []
        for at in range(0, len(numbers), _SQL_VARIABLES):
            some = numbers[at : at + _SQL_VARIABLES]
            scope = f"{joint} r.report_no IN ({', '.join('?' * len(some))})"
            rows += self._rows(f"{sql} {scope} {order}", (*values, *some))
        return rows

    def _report_row(self, report_id: str) -> Sequence[Any]:
        rows: list[Sequence[Any]] = self._rows(f"{_REPORT_SQL} WHERE report_id = ?", (report_id,))
        if not rows:
            raise UnknownReportError(
                f"资料库里没有编号为“{report_id}”的报告。用 wenbao reports 可查看全部编号。",
                en=f"The library has no report {report_id!r}: wenbao reports lists all ids.",
            )
        return rows[0]

    def _count(self, report_id: str, column: str) -> int:
        return int(self._report_row(report_id)[REPORT_COLUMNS.index(column)])

    def _number(self, report_id: str) -> int | None:
        self._forget_if_changed()
        number = self._numbers.get(report_id)
        if number is None:
            rows = self._rows("SELECT report_no FROM reports WHERE report_id = ?", (report_id,))
            if not rows:
                return None
            number = self._numbers[report_id] = int(rows[0][0])
        return number

    def _figure_set(self, report_id: str) -> tuple[Figure, ...]:
        self._forget_if_changed()
        cached = self._recall(self._figure_sets, report_id)
        if cached is not None:
            return cached
        expected = self._count(report_id, "n_figures")
        rows = self._rows(f"{FIGURE_SQL} WHERE f.report_no = ? ORDER BY f.seq", (self._number(report_id),))
        if len(rows) != expected:
            raise damaged(self.path, f"报告 {report_id} 应有 {expected} 条数据，只剩 {len(rows)} 条")
        with self._checked():
            figures = tuple(map(figure_of, rows))
        self._keep(self._figure_sets, report_id, figures, limit=CACHED_FIGURE_SETS)
        return figures

    def _insert_report(self, values: Sequence[object], text: str, *, number: int | None) -> int:
        marks = ", ".join("?" * (len(values) + 1))
        columns = f"report_no, {', '.join(REPORT_COLUMNS)}, crc"
        cursor = self._connection.execute(f"INSERT INTO reports ({columns}) VALUES ({marks})", (number, *values))
        report_no = int(cursor.lastrowid or 0)
        self._insert("texts", [(report_no, text)])
        return report_no

    def _erase(self, report_id: str) -> int | None:
        rows = self._rows("SELECT report_no FROM reports WHERE report_id = ?", (report_id,))
        if not rows:
            return None
        number = int(rows[0][0])
        for table in ("figures", "passages", "texts", "reports"):
            self._connection.execute(f"DELETE FROM {table} WHERE report_no = ?", (number,))
        return number

    def _section_number(self, section: str) -> int:
        number = self._sections.get(section)
        if number is None:
            self._connection.execute("INSERT OR IGNORE INTO sections (section) VALUES (?)", (section,))
            rows = self._rows("SELECT section_no FROM sections WHERE section = ?", (section,))
            number = self._sections[section] = int(rows[0][0])
        return number

    def _note_pending(self, report_id: str) -> None:
        self._connection.execute("INSERT OR IGNORE INTO pending VALUES (?)", (report_id,))

    @contextlib.contextmanager
    def _checked(self) -> Iterator[None]:
        try:
            yield
        except DamagedRowError as error:
            raise damaged(self.path, str(error)) from error

    # -- inner: caches ------------------------------------------------------------------------

    def _forget_if_changed(self) -> None:
        version = int(self._rows("PRAGMA data_version")[0][0])
        if version != self._data_version:
            self._forget()
            self._data_version = version

    def _forget(self) -> None:
        with self._lock:
            self._texts.clear()
            self._figure_sets.clear()
            self._numbers.clear()
            self._sections.clear()
            self._listed = None

    def _recall(self, cache: OrderedDict[str, T], key: str) -> T | None:
        with self._lock:
            value = cache.get(key)
            if value is not None:
                cache.move_to_end(key)
            return value

    def _keep(self, cache: OrderedDict[str, T], key: str, value: T, *, limit: int) -> None:
        with self._lock:
            cache[key] = value
            while len(cache) > limit:
                cache.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The conditions of :meth:`Catalogue.figures`, as SQL and as a test on a figure."""

    roles: Sequence[str] | None
    indicator_ids: Sequence[str] | None
    periods: Sequence[str] | None
    places: Sequence[str] | None
    indicator_words: Sequence[str] | None

    def keeps(self, figure: Figure) -> bool:
        return (
            (self.roles is None or figure.role in self.roles)
            and (self.indicator_ids is None or figure.indicator_id in self.indicator_ids)
            and (self.periods is None or figure.period in self.periods)
            and (self.places is None or figure.place in self.places)
            and (self.indicator_words is None or any(word in figure.indicator for word in self.indicator_words))
        )

    def sql(self) -> tuple[str, tuple[str, ...]]:
        tests: list[str] = []
        values: list[str] = []
        columns = {
            "role": self.roles, "indicator_id": self.indicator_ids, "period": self.periods, "place": self.places,
        }  # fmt: skip
        for column, wanted in columns.items():
            if wanted is not None:
                tests.append(f"f.{column} IN ({', '.join('?' * len(wanted))})")
                values += wanted
        if self.indicator_words is not None:
            tests.append(f"({' OR '.join(['instr(f.indicator, ?) > 0'] * len(self.indicator_words)) or 'FALSE'})")
            values += self.indicator_words
        return (f" WHERE {' AND '.join(tests)}" if tests else "", tuple(values))
