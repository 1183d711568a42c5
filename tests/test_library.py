"""Locks, generations and the opening of a library: what is wrong is noticed, told and mended from the catalogue."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEncoder
from written_reports import PLACES, write_report

import rag.library as library_module
from rag import generations
from rag.catalogue import CATALOGUE_NAME, Catalogue
from rag.config import Settings
from rag.errors import (
    IndexMissingError,
    IndexStaleError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryMissingError,
    LibraryReadOnlyError,
)
from rag.generations import build_aside, current_name, open_current, publish
from rag.ingest import ingest
from rag.library import Library, open_library
from rag.locks import current_writer, write_lock


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of three reports, to be copied and never changed."""
    base = tmp_path_factory.mktemp("built")
    for place in PLACES[:3]:
        write_report(base / "files", place)
    list(ingest([base / "files"], settings=Settings(library=base / "library"), encoder=FakeEncoder(), jobs=1))
    return base / "library"


@pytest.fixture
def settings(built: Path, tmp_path: Path) -> Settings:
    return Settings(library=Path(shutil.copytree(built, tmp_path / "资料 library")))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeEncoder], None]:
    """Sets the model that settings lead to; a FakeEncoder from the start."""

    def use(encoder: FakeEncoder) -> None:
        monkeypatch.setattr("rag.encoder.load_encoder", lambda settings: encoder)

    use(FakeEncoder())
    return use


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def opening(settings: Settings, model: Any, told: list[str]) -> Iterator[Callable[[], Library]]:
    libraries: list[Library] = []

    def opened() -> Library:
        libraries.append(open_library(settings, notify=told.append))
        return libraries[-1]

    yield opened
    for library in libraries:
        library.close()


def found(library: Library) -> list[str]:
    """What an unscoped question finds: through both indexes."""
    return [hit.passage.passage_id for hit in library.retriever.retrieve("地区生产总值增长目标", k=5).hits]


def generation_of(settings: Settings) -> Path:
    return settings.library / "index" / str(current_name(settings.library))


# -- locks ------------------------------------------------------------------------------------------


def _hold(folder: str, ready: Any) -> None:
    with write_lock(Path(folder), doing="ingest"):
        ready.set()
        time.sleep(60)


def test_the_second_writer_is_told_which_process_writes_since_when(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path), ready))
    holder.start()
    try:
        assert ready.wait(30)
        with pytest.raises(LibraryBusyError) as busy, write_lock(tmp_path, doing="ingest"):
            pass
        writer = current_writer(tmp_path)
        assert writer is not None
        assert f"PID {holder.pid}" in busy.value.message
        assert writer.started in busy.value.message
        assert "另一个导入正在进行" in busy.value.message
    finally:
        os.kill(int(holder.pid or 0), getattr(signal, "SIGKILL", signal.SIGTERM))
        holder.join()
    with write_lock(tmp_path, doing="ingest", timeout_s=5):  # the lock of a dead process is no lock
        pass


def test_a_note_that_cannot_be_read_does_no_harm(tmp_path: Path) -> None:
    with write_lock(tmp_path, doing="ingest"):
        (tmp_path / "writer.json").write_text("{", encoding="utf-8")
        with pytest.raises(LibraryBusyError, match="另一个导入正在进行"), write_lock(tmp_path, doing="ingest"):
            pass


def test_a_disk_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(self: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr("rag.locks.FileLock.acquire", no_locks)
    with pytest.raises(LibraryReadOnlyError, match="不支持文件锁"), write_lock(tmp_path, doing="ingest"):
        pass


# -- generations ------------------------------------------------------------------------------------


def test_a_publication_that_fails_leaves_the_current_generation_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_name(settings.library)

    def stop(step: str) -> None:
        if step == "index-built":
            raise RuntimeError(step)

    with Catalogue.open(settings.library, writable=True) as catalogue:
        catalogue.remove(catalogue.reports()[0].report_id)
        with pytest.raises(RuntimeError):
            publish(settings.library, catalogue=catalogue, encoder=FakeEncoder(), on_step=stop)
        assert current_name(settings.library) == before
        assert not list((settings.library / "index").glob("work-*"))
        assert catalogue.pending()
        publish(settings.library, catalogue=catalogue, encoder=FakeEncoder())
        assert current_name(settings.library) != before
        assert not catalogue.pending()


def test_old_generations_and_leftovers_are_cleared_away(settings: Settings) -> None:
    room = settings.library / "index"
    (room / "work-999").mkdir()
    with Catalogue.open(settings.library, writable=True) as catalogue:
        for _ in range(3):
            publish(settings.library, catalogue=catalogue, encoder=FakeEncoder())
    names = [path.name for path in room.iterdir() if path.is_dir()]
    assert len(names) == generations.KEPT
    assert current_name(settings.library) in names


def test_a_generation_of_another_catalogue_is_not_believed(settings: Settings) -> None:
    with Catalogue.open(settings.library, writable=True) as catalogue:
        catalogue.set_meta("index", "g00000001-other")
        catalogue.clear_meta("index_next")
        with pytest.raises(IndexStaleError):
            open_current(settings.library, catalogue=catalogue, encoder=FakeEncoder())


@pytest.mark.parametrize("content", ["", "../../elsewhere", "g1\0", "g-not-there", "\xff"])
def test_a_spoilt_pointer_is_no_generation(settings: Settings, content: str) -> None:
    (settings.library / "index" / "CURRENT").write_text(content, encoding="latin-1")
    with Catalogue.open(settings.library) as catalogue, pytest.raises((IndexMissingError, IndexStaleError)):
        open_current(settings.library, catalogue=catalogue, encoder=FakeEncoder())


def test_indexes_built_aside_answer_and_change_nothing(settings: Settings) -> None:
    before = sorted(path.name for path in settings.library.iterdir())
    with Catalogue.open(settings.library) as catalogue:
        indexes = build_aside(catalogue, encoder=FakeEncoder(fingerprint="other"))
        assert set(indexes.vectors.ids()) == set(catalogue.passage_ids())
        indexes.close()
    assert sorted(path.name for path in settings.library.iterdir()) == before


# -- opening ----------------------------------------------------------------------------------------


def test_a_sound_library_says_nothing_and_is_not_rebuilt(
    opening: Callable[[], Library], settings: Settings, told: list[str]
) -> None:
    before = current_name(settings.library)
    assert found(opening())
    assert told == []
    assert current_name(settings.library) == before


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda folder: shutil.rmtree(folder.parent), "缺失"),
        (lambda folder: shutil.rmtree(folder), "缺失"),
        (lambda folder: shutil.rmtree(folder / "vectors"), "缺失"),
        (lambda folder: (folder / "manifest.json").write_text("{", encoding="utf-8"), "损坏"),
        (lambda folder: next((folder / "lexical").glob("*.term")).write_bytes(b"\0" * 50), "损坏"),
        (lambda folder: next((folder / "vectors").rglob("*.sqlite3")).write_bytes(b"not sqlite" * 99), "损坏"),
    ],
)
def test_harm_to_the_indexes_is_told_and_mended_before_an_answer(
    opening: Callable[[], Library],
    settings: Settings,
    told: list[str],
    harm: Callable[[Path], object],
    sentence: str,
) -> None:
    right = found(opening())
    harm(generation_of(settings))
    assert found(opening()) == right
    assert len(told) == 1
    assert sentence in told[0]
    assert "原文重建" in told[0]
    told.clear()
    assert found(opening()) == right  # mended for good
    assert told == []


@pytest.mark.parametrize(
    "harm", [lambda path: path.unlink(), lambda path: path.write_bytes(bytes(path.stat().st_size))]
)
def test_indexes_that_are_spoilt_while_they_are_in_use_are_mended(
    opening: Callable[[], Library], settings: Settings, harm: Callable[[Path], object]
) -> None:
    library = opening()
    right = found(library)
    for path in (settings.library / "index").rglob("*"):
        if path.is_file() and path.name != "CURRENT":
            harm(path)
    for _ in range(2):
        library.refresh()
        assert found(library) == right


def test_another_model_is_told_and_its_vectors_are_made(
    opening: Callable[[], Library], model: Callable[[FakeEncoder], None], told: list[str]
) -> None:
    right = found(opening())
    model(FakeEncoder(fingerprint="another of the same dimension"))
    assert found(opening()) == right
    assert told == ["向量模型已变更，需要重建：正在用原文重建索引。"]


def test_a_reader_sees_what_another_process_added_and_removed(
    opening: Callable[[], Library], settings: Settings, tmp_path: Path
) -> None:
    library = opening()
    assert found(library)
    path = write_report(tmp_path / "more", PLACES[3], growth="77")
    (event,) = ingest([path], settings=settings, encoder=FakeEncoder(), jobs=1)
    generation = library.refresh()
    hits = library.retriever.retrieve("地区生产总值增长77%", k=3).hits
    assert str(event.report_id) in {hit.passage.report_id for hit in hits}
    assert library.refresh() == generation
    (event,) = ingest(
        [write_report(tmp_path / "more", PLACES[3], growth="66")], settings=settings, encoder=FakeEncoder()
    )
    hits = library.retriever.retrieve("地区生产总值增长66%", k=20).hits
    assert str(event.detail) not in {hit.passage.report_id for hit in hits}
    assert str(event.report_id) in {hit.passage.report_id for hit in hits}


def test_a_backup_that_is_put_back_is_seen_and_its_indexes_are_rebuilt(
    opening: Callable[[], Library], settings: Settings, told: list[str], tmp_path: Path
) -> None:
    library = opening()
    everything = found(library)
    library.catalogue.backup(tmp_path / "backup.sqlite")
    with Catalogue.open(settings.library, writable=True) as catalogue:
        catalogue.remove(catalogue.reports()[0].report_id)
        publish(settings.library, catalogue=catalogue, encoder=FakeEncoder())
    assert found(library) != everything
    shutil.copyfile(tmp_path / "backup.sqlite", tmp_path / "put back")
    (tmp_path / "put back").replace(settings.library / CATALOGUE_NAME)
    library.refresh()
    assert found(library) == everything
    assert told


def test_a_library_that_is_being_written_is_read_as_it_was(
    opening: Callable[[], Library], settings: Settings, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = found(opening())
    with write_lock(settings.library, doing="ingest"), Catalogue.open(settings.library, writable=True) as catalogue:
        catalogue.set_meta("ingest", '{"pid": 1, "stored": 1, "total": 2}')
        report = catalogue.reports()[0]
        catalogue.put(catalogue.report(report.report_id), (), ())
        assert report.report_id in catalogue.pending()
        library = opening()
        assert {i for i in right if not i.startswith(report.report_id)} <= set(found(library))
        assert told == []


def test_indexes_that_are_missing_while_another_writes_are_built_aside(
    opening: Callable[[], Library], settings: Settings, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "BUSY_WAIT_S", 0.0)
    right = found(opening())
    shutil.rmtree(settings.library / "index")
    with write_lock(settings.library, doing="ingest"):
        assert found(opening()) == right
    assert not (settings.library / "index").exists()


def test_a_library_that_cannot_be_written_answers_with_indexes_of_its_own(
    opening: Callable[[], Library], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = found(opening())
    shutil.rmtree(settings.library / "index")

    def refuse(*_: object, **__: object) -> None:
        raise LibraryReadOnlyError("没有写入权限")

    monkeypatch.setattr(library_module, "write_lock", refuse)
    assert found(opening()) == right
    assert not (settings.library / "index").exists()


def test_the_vectors_of_a_folder_that_cannot_be_written_are_read_from_a_copy(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations.os, "access", lambda path, mode: False)
    before = {p: p.read_bytes() for p in settings.library.rglob("*") if p.is_file()}
    with Catalogue.open(settings.library) as catalogue:
        indexes = open_current(settings.library, catalogue=catalogue, encoder=FakeEncoder())
        assert set(indexes.vectors.ids()) == set(catalogue.passage_ids())
        indexes.close()
    assert {p: p.read_bytes() for p in settings.library.rglob("*") if p.is_file()} == before


def test_without_a_library_the_sentence_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissingError, match="wenbao ingest"):
        open_library(Settings(library=tmp_path / "none"))


def test_a_damaged_catalogue_is_refused_and_named(settings: Settings, opening: Callable[[], Library]) -> None:
    path = settings.library / CATALOGUE_NAME
    path.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
    with pytest.raises(LibraryDamagedError, match=CATALOGUE_NAME):
        opening()


def test_an_empty_library_opens_and_finds_nothing(tmp_path: Path, model: Any) -> None:
    settings = replace(Settings(), library=tmp_path / "empty")
    Catalogue.open(settings.library, writable=True).close()
    library = open_library(settings)
    ranking = library.retriever.retrieve("就业目标", k=3)
    assert ranking.hits == ()
    assert "wenbao ingest" in " ".join(ranking.notices)
    library.close()
