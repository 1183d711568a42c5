"""The catalogue gives back what was stored, or says that it cannot."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from library_nouns import figures_of, make_report, passages_of, put

from rag import storage
from rag.catalogue import CATALOGUE_NAME, Catalogue, FileRecord
from rag.errors import (
    LibraryDamagedError,
    LibraryMissingError,
    LibraryReadOnlyError,
    LibraryVersionError,
    RagError,
    UnknownReportError,
)
from rag.rows import _crc
from rag.types import Report


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue.open(tmp_path / "库", writable=True)


def sql(catalogue: Catalogue, statement: str, *values: object) -> None:
    """Changes the file behind the catalogue's back."""
    other = sqlite3.connect(catalogue.path)
    other.execute(statement, values)
    other.commit()
    other.close()


def test_what_was_put_comes_back_equal(catalogue: Catalogue) -> None:
    report = put(catalogue, make_report())
    passages = passages_of(report)
    figures = figures_of(report, passages)
    again = Catalogue.open(catalogue.path.parent)
    assert again.report(report.report_id) == report
    assert again.passages(report.report_id) == passages
    assert again.figures([report.report_id]) == figures
    assert again.figures(None) == figures
    assert again.passages_by_id([p.passage_id for p in reversed(passages)]) == tuple(reversed(passages))
    assert again.passage_ids() == tuple(p.passage_id for p in passages)
    assert again.reports() == (replace(report, text="", evidence={}),)
    counts = again.counts()
    assert (counts.reports, counts.answering, counts.passages, counts.figures) == (1, 1, len(passages), len(figures))
    assert again.problems() == ()


def test_values_are_kept_as_decimals_to_the_last_digit(catalogue: Catalogue) -> None:
    report = make_report()
    passages = passages_of(report)
    odd = replace(figures_of(report, passages)[0], value=Decimal("0.10000000000000000001"), confidence=1)
    catalogue.put(report, passages, [odd])
    assert catalogue.figures(None)[0].value == Decimal("0.10000000000000000001")
    assert catalogue.figures([report.report_id])[0] == odd


def test_figures_are_filtered_the_same_way_whole_or_in_sql(catalogue: Catalogue) -> None:
    ids = [put(catalogue, make_report(year=year)).report_id for year in range(2008, 2022)]
    few, many = ids[:3], ids
    assert len(few) <= 8 < len(many)
    for conditions in (
        {},
        {"roles": ["actual"], "indicator_ids": ["GDP"]},
        {"roles": ["target"]},
        {"roles": []},
        {"indicator_words": ["投资", "就业"]},
        {"indicator_words": []},
        {"periods": ["2008", "2009"]},
        {"places": ["辽宁省沈阳市沈河区"], "periods": ["2009"]},
    ):
        whole = catalogue.figures(few, **conditions)
        filtered = [f for f in catalogue.figures(many, **conditions) if f.report_id in few]
        assert list(whole) == filtered, conditions
    assert [f.report_id for f in catalogue.figures(ids[::-1], indicator_ids=["GDP"])] == ids[::-1]


def test_generation_grows_with_each_finished_write_and_not_with_a_failed_one(catalogue: Catalogue) -> None:
    start = catalogue.generation()
    put(catalogue, make_report())
    assert catalogue.generation() == start + 1

    def fail_after_a_put() -> None:
        with catalogue.transaction():
            put(catalogue, make_report(year=2021))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_a_put()
    assert catalogue.generation() == start + 1
    assert len(catalogue.reports()) == 1
    with catalogue.transaction():
        put(catalogue, make_report(year=2021))
        put(catalogue, make_report(year=2022))
    assert catalogue.generation() == start + 2


def test_a_reader_sees_what_a_writer_added_and_removed_since(catalogue: Catalogue) -> None:
    first = put(catalogue, make_report())
    reader = Catalogue.open(catalogue.path.parent)
    assert [r.report_id for r in reader.reports()] == [first.report_id]
    reader.figures([first.report_id])
    second = put(catalogue, make_report(year=2021))
    assert [r.report_id for r in reader.reports()] == [first.report_id, second.report_id]
    catalogue.remove(first.report_id)
    assert [r.report_id for r in reader.reports()] == [second.report_id]
    with pytest.raises(UnknownReportError, match=first.report_id):
        reader.text(first.report_id)
    assert reader.figures(None, periods=["2019"]) == ()


def test_putting_a_report_again_replaces_all_that_was_read_from_it(catalogue: Catalogue) -> None:
    report = put(catalogue, make_report())
    catalogue.put(report, passages_of(report)[:1], [])
    assert len(catalogue.passages(report.report_id)) == 1
    assert catalogue.figures(None) == ()
    assert catalogue.counts().reports == 1


def test_puts_and_removals_are_noted_as_pending_until_settled(catalogue: Catalogue) -> None:
    first, second = put(catalogue, make_report()), put(catalogue, make_report(year=2021))
    assert set(catalogue.pending()) == {first.report_id, second.report_id}
    catalogue.settle([first.report_id, second.report_id])
    assert catalogue.pending() == ()
    catalogue.remove(first.report_id)
    assert catalogue.pending() == (first.report_id,)


def test_copies_and_other_papers_have_neither_passages_nor_figures(catalogue: Catalogue) -> None:
    for fields in ({"duplicate_of": "x"}, {"kind": "resolution"}):
        report = make_report(**fields)
        with pytest.raises(ValueError, match="has no passages"):
            catalogue.put(report, passages_of(report), [])
        catalogue.put(report, [], [])
        assert catalogue.passages(report.report_id) == ()


def test_spans_that_do_not_hold_are_refused(catalogue: Catalogue) -> None:
    report = make_report()
    passages = passages_of(report)
    figure = figures_of(report, passages)[0]
    for bad_report, bad_passages, bad_figures in (
        (replace(report, text_sha256="0" * 64), passages, []),
        (report, [replace(passages[0], text="别的")], []),
        (report, [replace(passages[0], passage_id="x@0-1")], []),
        (report, passages, [replace(figure, written="7")]),
        (report, passages, [replace(figure, quote_start=figure.end)]),
        (report, passages, [replace(figure, passage_id="x@0-1")]),
    ):
        with pytest.raises(ValueError, match=r"."):
            catalogue.put(bad_report, bad_passages, bad_figures)
    assert catalogue.reports() == ()


def test_files_and_notes_are_remembered_and_forgotten(catalogue: Catalogue) -> None:
    record = FileRecord("/a/b.txt", 3, 4, "ab", "rules 1", (("b.txt", "added", "id"),))
    assert catalogue.file("/a/b.txt") is None
    catalogue.put_file(record)
    assert catalogue.file("/a/b.txt") == record
    catalogue.forget_file("/a/b.txt")
    assert catalogue.file("/a/b.txt") is None
    catalogue.set_meta("k", "v")
    assert catalogue.meta("k") == "v"
    catalogue.clear_meta("k")
    assert catalogue.meta("k") is None


def test_reports_are_found_by_identity_and_by_text(catalogue: Catalogue) -> None:
    report = put(catalogue, make_report())
    copy = replace(report, report_id=f"{report.report_id}-2", duplicate_of=report.report_id)
    catalogue.put(copy, [], [])
    assert catalogue.same_identity("210103", 2020) == (report.report_id, copy.report_id)
    assert catalogue.same_text(report.text_sha256) == (report.report_id, copy.report_id)
    unknown = make_report(report_id="unknown-0000-abcdef", place_code="unknown", report_year=None)
    put(catalogue, unknown)
    assert catalogue.same_identity("unknown", None) == (unknown.report_id,)


def test_a_missing_library_is_said_to_be_missing_and_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissingError, match="wenbao ingest"):
        Catalogue.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_opened_for_reading_it_refuses_to_write(catalogue: Catalogue) -> None:
    reader = Catalogue.open(catalogue.path.parent)
    with pytest.raises(LibraryReadOnlyError):
        put(reader, make_report())


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("UPDATE texts SET text = replace(text, '6%', '9%')", "text"),
        ("DELETE FROM texts", "text"),
        ("UPDATE reports SET report_year = 2021", "report"),
        ("UPDATE reports SET place = '沙河口区'", "reports"),
        ("UPDATE passages SET part = 'plan' WHERE start = 0", "passages"),
        ("DELETE FROM passages WHERE start = 0", "passages"),
        ("UPDATE figures SET value = '16' WHERE seq = 0", "figures"),
        ("UPDATE figures SET role = 'target' WHERE seq = 0", "figures"),
        ("UPDATE sections SET section = '[\"二\"]'", "figures"),
        ("DELETE FROM figures WHERE seq = 0", "figures"),
        ("DROP TABLE figures", "figures"),
    ],
)
def test_what_was_changed_behind_its_back_is_an_error_and_no_answer(
    catalogue: Catalogue, statement: str, read: str
) -> None:
    report = put(catalogue, make_report())
    sql(catalogue, statement)
    reader = Catalogue.open(catalogue.path.parent)
    calls = {
        "text": lambda: reader.text(report.report_id),
        "report": lambda: reader.report(report.report_id),
        "reports": reader.reports,
        "passages": lambda: reader.passages(report.report_id),
        "figures": lambda: reader.figures([report.report_id]),
    }
    with pytest.raises(LibraryDamagedError, match=CATALOGUE_NAME):
        calls[read]()


def everything(folder: Path) -> tuple[object, ...]:
    """All that the catalogue in ``folder`` says, as one value."""
    with Catalogue.open(folder) as reader:
        ids = [r.report_id for r in reader.reports()]
        return (
            tuple(map(reader.report, ids)),
            tuple(map(reader.passages, ids)),
            tuple(reader.figures([i]) for i in ids),
        )


@pytest.mark.slow
def test_a_flipped_byte_anywhere_is_an_error_or_makes_no_difference(tmp_path: Path) -> None:
    with Catalogue.open(tmp_path / "sound", writable=True) as catalogue:
        for year in range(2015, 2021):
            put(catalogue, make_report(year=year))
    sound = everything(tmp_path / "sound")
    content = (tmp_path / "sound" / CATALOGUE_NAME).read_bytes()
    caught = 0
    for at in range(0, len(content), max(1, len(content) // 600)):
        folder = tmp_path / "flipped"
        folder.mkdir(exist_ok=True)
        flipped = content[:at] + bytes([content[at] ^ 0x15]) + content[at + 1 :]
        (folder / CATALOGUE_NAME).write_bytes(flipped)
        try:
            assert everything(folder) == sound, f"byte {at} of {len(content)}"
        except RagError:
            caught += 1
    assert caught > 50


@pytest.mark.parametrize("spoil", [b"", b"not a database at all, but a text of some length" * 9, b"\0" * 8192])
def test_a_file_that_is_no_catalogue_is_named(tmp_path: Path, spoil: bytes) -> None:
    (tmp_path / CATALOGUE_NAME).write_bytes(spoil)
    with pytest.raises(LibraryDamagedError, match=CATALOGUE_NAME):
        Catalogue.open(tmp_path)


def test_another_programs_database_is_not_touched(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / CATALOGUE_NAME)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    before = (tmp_path / CATALOGUE_NAME).read_bytes()
    for writable in (False, True):
        with pytest.raises(LibraryDamagedError):
            Catalogue.open(tmp_path, writable=writable)
    assert (tmp_path / CATALOGUE_NAME).read_bytes() == before


def test_a_newer_format_is_refused_with_a_sentence(catalogue: Catalogue) -> None:
    sql(catalogue, "PRAGMA user_version = 99")
    for writable in (False, True):
        with pytest.raises(LibraryVersionError, match="99"):
            Catalogue.open(catalogue.path.parent, writable=writable)


def test_an_older_format_is_migrated_when_written_and_refused_when_only_read(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = put(catalogue, make_report())
    catalogue.close()
    monkeypatch.setattr(storage, "SCHEMA_VERSION", 2)
    monkeypatch.setattr(storage, "MIGRATIONS", {1: lambda c: c.execute("ALTER TABLE files ADD COLUMN note TEXT")})
    with pytest.raises(LibraryVersionError, match="doctor --repair"):
        Catalogue.open(catalogue.path.parent)
    with Catalogue.open(catalogue.path.parent, writable=True) as migrated:
        assert migrated.report(report.report_id) == report
    with Catalogue.open(catalogue.path.parent) as reader:
        assert reader._rows("SELECT note FROM files") == []
        assert reader._rows("PRAGMA user_version") == [(2,)]


def read_only(folder: Path) -> bool:
    """Takes the right to write away; says whether that has an effect for this user."""
    for path in [*folder.iterdir(), folder]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return not os.access(folder, os.W_OK)


def test_a_read_only_folder_is_read_and_refuses_to_be_written(catalogue: Catalogue) -> None:
    report = put(catalogue, make_report())
    catalogue.close()
    if not read_only(catalogue.path.parent):
        pytest.skip("this user may write everywhere")
    with Catalogue.open(catalogue.path.parent) as reader:
        assert reader.report(report.report_id) == report
    with pytest.raises(LibraryReadOnlyError), Catalogue.open(catalogue.path.parent, writable=True) as writer:
        put(writer, make_report(year=2021))


def crashed(catalogue: Catalogue, target: Path) -> Report:
    """Copies the file and its journal from the middle of a write, as kill -9 would leave them."""
    report = put(catalogue, make_report())
    catalogue._connection.execute("PRAGMA cache_size=1")  # spills, so that the file itself is half written
    target.mkdir()
    with contextlib.suppress(RuntimeError), catalogue.transaction():
        for year in range(1990, 2020):
            put(catalogue, make_report(year=year, extra="长" * 5000))
        for path in catalogue.path.parent.iterdir():
            shutil.copyfile(path, target / path.name)
        raise RuntimeError
    journal = target / f"{CATALOGUE_NAME}-journal"
    assert journal.stat().st_size > 0
    return report


def test_a_write_that_was_killed_is_rolled_back_at_the_next_opening(catalogue: Catalogue, tmp_path: Path) -> None:
    report = crashed(catalogue, tmp_path / "crashed")
    with Catalogue.open(tmp_path / "crashed") as reader:
        assert [r.report_id for r in reader.reports()] == [report.report_id]
        assert reader.problems() == ()


def test_a_killed_write_in_a_read_only_folder_is_rolled_back_in_a_copy(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = crashed(catalogue, tmp_path / "crashed")
    before = {path.name: path.read_bytes() for path in (tmp_path / "crashed").iterdir()}
    if not read_only(tmp_path / "crashed"):
        connect = storage._connect

        def refusing(path: Path, mode: str) -> sqlite3.Connection:
            # This user may write everywhere: SQLite says "ro" what it would say of such a folder.
            return connect(path, "ro" if path.parent == tmp_path / "crashed" else mode)

        monkeypatch.setattr(storage, "_connect", refusing)
    with Catalogue.open(tmp_path / "crashed") as reader:
        assert [r.report_id for r in reader.reports()] == [report.report_id]
    assert {path.name: path.read_bytes() for path in (tmp_path / "crashed").iterdir()} == before


def test_a_backup_is_a_whole_catalogue(catalogue: Catalogue, tmp_path: Path) -> None:
    report = put(catalogue, make_report())
    (tmp_path / "copy").mkdir()
    catalogue.backup(tmp_path / "copy" / CATALOGUE_NAME)
    with Catalogue.open(tmp_path / "copy") as copy:
        assert copy.report(report.report_id) == report


def test_the_check_sum_of_a_row_is_the_same_in_every_python() -> None:
    assert _crc(("沈河区", None, 6, 2**40, 0.9, "")) == 3143723209


def test_a_folder_with_chinese_spaces_and_marks_in_its_name_works(tmp_path: Path) -> None:
    folder = tmp_path / "资料 库#1?50%"
    with Catalogue.open(folder, writable=True) as catalogue:
        report = put(catalogue, make_report())
    with Catalogue.open(folder) as reader:
        assert reader.has(report.report_id)
        assert not reader.has("x")
