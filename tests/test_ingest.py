"""Ingest: what it acknowledges is there, what did not change costs nothing, what changed is replaced."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEncoder
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from written_reports import PLACES, report_text, write_report

import rag.ingest as ingest_module
from rag.analysis import Given, _Readers
from rag.catalogue import Catalogue
from rag.config import Settings
from rag.errors import LibraryBusyError, StorageFullError, UnknownReportError
from rag.generations import open_current, settled
from rag.ingest import IngestEvent, ingest, remove_reports
from rag.library import open_library
from rag.locks import write_lock
from rag.types import Skipped

Ingesting = Callable[..., list[IngestEvent]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(library=tmp_path / "library")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "报告 files"


@pytest.fixture
def run(settings: Settings, files: Path) -> Ingesting:
    """Ingests the folder, or the paths given, and gives the events."""

    def running(*paths: Path, **options: Any) -> list[IngestEvent]:
        return list(ingest(paths or [files], settings=settings, encoder=FakeEncoder(), jobs=1, **options))

    return running


def kinds(events: Sequence[IngestEvent]) -> list[str]:
    return [event.kind for event in events]


def opened(settings: Settings) -> Catalogue:
    return Catalogue.open(settings.library)


def answering_ids(settings: Settings) -> set[str]:
    """Ids of the passages in the indexes, which must be those of the catalogue."""
    with opened(settings) as catalogue:
        indexes = open_current(settings.library, catalogue=catalogue, encoder=FakeEncoder())
        held = set(indexes.vectors.ids())
        assert len(indexes.lexical) == len(held)
        indexes.close()
        assert held == set(catalogue.passage_ids())
        assert settled(settings.library, catalogue)
        return held


def test_a_report_is_in_the_catalogue_when_its_event_comes(settings: Settings, files: Path) -> None:
    for place in PLACES[:3]:
        write_report(files, place)
    for event in ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1):
        assert event.kind == "added"
        with opened(settings) as reader:
            report = reader.report(str(event.report_id))
            assert report.source.split("/")[-1].startswith(report.place[3:])
            assert reader.figures([report.report_id])
    assert answering_ids(settings)


def test_unchanged_files_are_recognised_without_reading_or_writing(
    settings: Settings, files: Path, run: Ingesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [write_report(files, place) for place in PLACES[:2]]
    assert kinds(run()) == ["added", "added"]
    with opened(settings) as reader:
        generation = reader.generation()

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("an unchanged corpus was read or written")

    monkeypatch.setattr(ingest_module, "publish", fail)
    monkeypatch.setattr("rag.analysis._read", fail)
    os.utime(first[0])  # touched, not changed
    again = run()
    assert kinds(again) == ["unchanged", "unchanged"]
    assert {e.report_id for e in again} == {r.report_id for r in opened(settings).reports()}
    assert opened(settings).generation() == generation


def test_the_same_path_with_new_content_replaces(settings: Settings, files: Path, run: Ingesting) -> None:
    path = write_report(files, growth="6")
    (old,) = run()
    before = path.stat()
    write_report(files, growth="7")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # same size and time: only the content tells
    assert path.stat().st_size == before.st_size
    (new,) = run()
    assert (new.kind, new.detail) == ("replaced", old.report_id)
    with opened(settings) as reader:
        assert [r.report_id for r in reader.reports()] == [new.report_id]
        (growth,) = reader.figures(None, roles=["target"], indicator_ids=["地区生产总值"])
        assert growth.written == "7%"
    assert not any(i.startswith(f"{old.report_id}@") for i in answering_ids(settings))


def test_rules_that_changed_read_everything_again(files: Path, run: Ingesting, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(files)
    run()
    monkeypatch.setattr(ingest_module, "rules_fingerprint", lambda: "other rules")
    assert kinds(run()) == ["replaced"]
    assert kinds(run()) == ["unchanged"]


def test_what_the_user_says_overrules_and_a_changed_word_reads_again(
    settings: Settings, files: Path, run: Ingesting
) -> None:
    write_report(files)
    run()
    (event,) = run(given=Given(year="2031"))
    assert (event.kind, event.report_year) == ("replaced", 2031)
    assert kinds(run(given=Given(year="2031"))) == ["unchanged"]
    (event,) = run(given=Given(place="大连市中山区"))
    assert event.place == "辽宁省大连市中山区"


def test_equal_texts_under_two_names_are_both_listed_and_one_answers(
    settings: Settings, files: Path, run: Ingesting
) -> None:
    write_report(files, name="a.txt")
    write_report(files, name="b.txt")
    first, copy = run()
    assert (first.kind, copy.kind, copy.detail) == ("added", "duplicate", first.report_id)
    assert first.report_id != copy.report_id
    assert kinds(run()) == ["unchanged", "unchanged"]
    with opened(settings) as reader:
        assert [r.duplicate_of for r in reader.reports()] == [None, first.report_id]
    assert all(i.startswith(f"{first.report_id}@") for i in answering_ids(settings))
    remove_reports([str(first.report_id)], settings=settings, encoder=FakeEncoder())
    with opened(settings) as reader:
        (left,) = reader.reports()
        assert (left.report_id, left.duplicate_of) == (copy.report_id, None)
        assert reader.figures([left.report_id])
    assert all(i.startswith(f"{copy.report_id}@") for i in answering_ids(settings))


def test_a_longer_uncut_copy_takes_over_from_a_cut_one(settings: Settings, files: Path, run: Ingesting) -> None:
    files.mkdir()
    whole = report_text()
    (files / "a_cut.txt").write_text(whole[: len(whole) * 9 // 10], encoding="utf-8")
    (cut,) = run()
    (files / "b_whole.txt").write_text(whole, encoding="utf-8")
    events = run()
    with opened(settings) as reader:
        of = {r.report_id: r.duplicate_of for r in reader.reports()}
        assert of[str(events[1].report_id)] is None
        assert of[str(cut.report_id)] == events[1].report_id
        assert reader.figures([str(cut.report_id)]) == ()
    answering_ids(settings)


def test_one_place_in_two_years_and_one_title_in_two_places_are_kept_apart(files: Path, run: Ingesting) -> None:
    write_report(files, year=2019, name="政府工作报告.txt")
    write_report(files / "x", year=2020, name="政府工作报告.txt")
    write_report(files / "y", PLACES[1], 2020, name="政府工作报告.txt")
    assert kinds(run()) == ["added"] * 3


def test_a_file_that_can_no_longer_be_read_keeps_what_it_once_said(
    settings: Settings, files: Path, run: Ingesting
) -> None:
    path = write_report(files)
    (added,) = run()
    path.write_bytes(b"")
    (event,) = run()
    assert event.kind == "skipped"
    assert path.name in event.detail
    assert opened(settings).has(str(added.report_id))
    assert kinds(run()) == ["skipped"]
    write_report(files)
    assert kinds(run()) == ["replaced"]


def test_what_is_skipped_is_said_with_its_reason_and_the_rest_goes_on(files: Path, run: Ingesting) -> None:
    write_report(files)
    (files / "0.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (files / "empty.txt").write_bytes(b"")
    events = run()
    assert sorted(kinds(events)) == ["added", "skipped", "skipped"]
    assert all(event.detail for event in events if event.kind == "skipped")
    assert kinds(run(files / "nowhere")) == ["skipped"]


def test_a_table_row_that_is_gone_leaves_the_library(settings: Settings, files: Path, run: Ingesting) -> None:
    files.mkdir()
    rows = [f'{place},2020,"{report_text(place)}"' for place in PLACES[:3]]
    table = files / "reports.csv"
    table.write_text("place,year,full_text\n" + "\n".join(rows), encoding="utf-8")
    assert kinds(run()) == ["added"] * 3
    assert kinds(run()) == ["unchanged"] * 3
    table.write_text("place,year,full_text\n" + "\n".join(rows[:2]), encoding="utf-8")
    assert len(run()) == 2
    with opened(settings) as reader:
        assert len(reader.reports()) == 2
    answering_ids(settings)


def test_a_removed_report_comes_back_when_its_file_is_ingested_again(
    settings: Settings, files: Path, run: Ingesting
) -> None:
    write_report(files)
    (added,) = run()
    remove_reports([str(added.report_id)], settings=settings, encoder=FakeEncoder())
    assert opened(settings).reports() == ()
    assert kinds(run()) == ["added"]
    answering_ids(settings)


def test_an_unknown_id_removes_nothing(settings: Settings, files: Path, run: Ingesting) -> None:
    write_report(files)
    (added,) = run()
    with pytest.raises(UnknownReportError, match="nobody"):
        remove_reports([str(added.report_id), "nobody"], settings=settings, encoder=FakeEncoder())
    assert opened(settings).has(str(added.report_id))


def test_an_ingest_that_was_left_in_the_middle_is_made_up_for_at_the_next_opening(
    settings: Settings, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in PLACES[:4]:
        write_report(files, place)
    events = ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1)
    next(events), next(events), next(events)
    events.close()
    monkeypatch.setattr("rag.encoder.load_encoder", lambda settings: FakeEncoder())
    told: list[str] = []
    library = open_library(settings, notify=told.append)
    assert told == ["上次导入未完成，已恢复 3/4 份。其余的请再次运行原来的导入命令。"]
    assert len(library.catalogue.reports()) == 3
    library.close()
    answering_ids(settings)
    again = list(ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1))
    assert sorted(kinds(again)) == ["added", "unchanged", "unchanged", "unchanged"]


def test_the_next_ingest_makes_up_for_one_that_was_left_in_the_middle(settings: Settings, files: Path) -> None:
    for place in PLACES[:3]:
        write_report(files, place)
    events = ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1)
    next(events)
    events.close()
    again = list(ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1))
    assert again[0].kind == "notice"
    assert "已恢复 1/3 份" in again[0].detail
    assert sorted(kinds(again)) == ["added", "added", "notice", "unchanged"]
    answering_ids(settings)


def test_a_second_ingest_is_told_who_writes(settings: Settings, files: Path, run: Ingesting) -> None:
    write_report(files)
    with write_lock(settings.library, doing="ingest"), pytest.raises(LibraryBusyError) as busy:
        run()
    assert f"PID {os.getpid()}" in busy.value.message
    assert busy.value.exit_code == 75
    assert kinds(run()) == ["added"]


def test_new_reports_are_put_in_place_while_the_ingest_goes_on(
    settings: Settings, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "FIRST_PUBLISH_S", 0.0)
    monkeypatch.setattr(ingest_module, "PUBLISH_SHARE", 0)
    for place in PLACES[:4]:
        write_report(files, place)
    seen: list[int] = []
    for event in ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1):
        if event.done > 1:
            with opened(settings) as reader:
                indexes = open_current(settings.library, catalogue=reader, encoder=FakeEncoder())
                seen.append(len({i.partition("@")[0] for i in indexes.vectors.ids()}))
                indexes.close()
    assert seen == [1, 2, 3]
    answering_ids(settings)


def test_a_full_disk_keeps_what_was_acknowledged(
    settings: Settings, files: Path, run: Ingesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(files, PLACES[0])
    run()
    before = answering_ids(settings)
    write_report(files, PLACES[1])

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("rag.generations.sync_indexes", full)
        with pytest.raises(StorageFullError, match="磁盘空间不足"):
            run()
    assert len(opened(settings).reports()) == 2
    with opened(settings) as reader:
        indexes = open_current(settings.library, catalogue=reader, encoder=FakeEncoder())
        assert set(indexes.vectors.ids()) == before
        indexes.close()
    assert "unchanged" in kinds(run())
    assert len(answering_ids(settings)) > len(before)


def test_several_processes_store_what_one_stores(settings: Settings, files: Path, tmp_path: Path) -> None:
    for year in range(2010, 2024):
        write_report(files, PLACES[year % 3], year)
    other = replace(settings, library=tmp_path / "other")
    one = list(ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1))
    two = list(ingest([files], settings=other, encoder=FakeEncoder(), jobs=2))
    assert [(e.kind, e.report_id, e.source) for e in one] == [(e.kind, e.report_id, e.source) for e in two]
    assert opened(settings).figures(None) == opened(other).figures(None)


def test_a_reading_process_that_dies_costs_its_text_alone() -> None:
    readers = _Readers(2)
    try:
        dying = readers.start(partial(os._exit, 9), "bad.pdf")
        skipped = readers.result(dying)
        assert isinstance(skipped, Skipped)
        assert skipped.code == "crashed"
        assert readers.result(readers.start(partial(abs, -3), "good.txt")) == 3
    finally:
        readers.close()


def test_names_that_are_no_text_are_kept_apart_and_shown(settings: Settings, files: Path, run: Ingesting) -> None:
    files.mkdir()
    name = os.fsencode(files) + b"/\xc9\xf2\xba\xd3.txt"
    try:
        Path(os.fsdecode(name)).write_text(report_text(), encoding="utf-8")
    except OSError:
        pytest.skip("this system has no such names")
    assert kinds(run()) == ["added"]
    assert kinds(run()) == ["unchanged"]


CONTENTS = [(PLACES[0], 2020, "6"), (PLACES[0], 2020, "7"), (PLACES[1], 2020, "6"), (PLACES[0], 2021, "6")]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from("abc"), st.integers(0, len(CONTENTS) - 1)),
        st.tuples(st.just("delete"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.just("ingest"), st.just(""), st.just(0)),
        st.tuples(st.just("remove"), st.sampled_from("abc"), st.just(0)),
    ),
    max_size=10,
)


@pytest.mark.slow
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_order_of_writing_deleting_ingesting_and_removing_ends_as_a_plain_dict_says(
    steps: list[tuple[str, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("model")
    settings, files = Settings(library=base / "library"), base / "files"
    files.mkdir()
    written: dict[str, int] = {}
    known: dict[str, int] = {}

    def bring_in() -> None:
        list(ingest([files], settings=settings, encoder=FakeEncoder(), jobs=1))
        known.update(written)

    for step, name, content in [*steps, ("ingest", "", 0)]:
        path = files / f"{name}.txt"
        if step == "write":
            place, year, growth = CONTENTS[content]
            path.write_text(report_text(place, year, growth=growth), encoding="utf-8")
            written[name] = content
        elif step == "delete":
            path.unlink(missing_ok=True)
            written.pop(name, None)
        elif step == "ingest":
            bring_in()
        elif name in known:
            with opened(settings) as reader:
                ids = [r.report_id for r in reader.reports() if Path(r.source_path).stem == name]
            remove_reports(ids, settings=settings, encoder=FakeEncoder())
            del known[name]
    with opened(settings) as reader:
        stored = {Path(r.source_path).stem: reader.text(r.report_id) for r in reader.reports()}
        answering = [r for r in reader.reports() if r.duplicate_of is None]
        assert reader.problems() == ()
    expected = {name: report_text(*CONTENTS[c][:2], growth=CONTENTS[c][2]) for name, c in known.items()}
    assert {n: f"增长{CONTENTS[known[n]][2]}%左右" in text for n, text in stored.items()} == dict.fromkeys(
        expected, True
    )
    assert len(answering) == len({CONTENTS[c] for c in known.values()})
    if known:
        answering_ids(settings)
