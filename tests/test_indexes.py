"""The indexes of a library: brought up to date from the catalogue, every harm named and mended."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FakeEncoder
from library_nouns import make_report, put

from rag.catalogue import Catalogue
from rag.errors import IndexMissingError, IndexStaleError, IndexUnavailableError
from rag.indexes import LEXICAL, VECTORS, open_indexes, rebuild_indexes, sync_indexes
from vectorstore import read_manifest, write_manifest

PLACES = ["沈河区", "沙河口区", "龙华区", "福田区", "新安县"]
EXTRA = (
    "改造老旧小区二十个，新建养老服务中心三家，新增公办学位八千个，提升城市道路四十公里，整治违法建设六万平方米，" * 3
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of five reports with its indexes, to be copied and never changed."""
    folder = tmp_path_factory.mktemp("资料 library")
    with pytest.MonkeyPatch.context() as patch, Catalogue.open(folder, writable=True) as catalogue:
        patch.setattr("vectorstore.store.SYNC_ROWS", 10)  # so that few rows are enough for index files
        for place in PLACES:
            put(catalogue, make_report(place, extra=EXTRA))
        sync_indexes(folder, catalogue=catalogue, encoder=FakeEncoder())
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "library"))


@pytest.fixture
def catalogue(folder: Path) -> Iterator[Catalogue]:
    with Catalogue.open(folder, writable=True) as opened:
        yield opened


def ids_found(folder: Path, catalogue: Catalogue) -> set[str]:
    indexes = open_indexes(folder, catalogue=catalogue, encoder=FakeEncoder())
    try:
        found = indexes.vectors.ids()
        assert len(indexes.lexical) == len(found)
        return set(found)
    finally:
        indexes.close()


def test_the_indexes_hold_what_the_catalogue_holds(folder: Path, catalogue: Catalogue) -> None:
    assert ids_found(folder, catalogue) == set(catalogue.passage_ids())
    assert catalogue.pending() == ()
    manifest = read_manifest(folder)
    assert manifest.finished
    assert manifest.passages == len(catalogue.passage_ids())
    assert manifest.canaries


def test_only_what_changed_is_written_anew(folder: Path, catalogue: Catalogue) -> None:
    assert sync_indexes(folder, catalogue=catalogue, encoder=FakeEncoder()).reports == 0
    gone = catalogue.reports()[0].report_id
    catalogue.remove(gone)
    new = put(catalogue, make_report("新华区", 2021))
    done = sync_indexes(folder, catalogue=catalogue, encoder=FakeEncoder())
    assert done.reason is None
    assert done.reports == 2
    found = ids_found(folder, catalogue)
    assert not any(i.startswith(gone) for i in found)
    assert any(i.startswith(new.report_id) for i in found)


def test_a_report_that_waits_makes_the_indexes_stale(folder: Path, catalogue: Catalogue) -> None:
    put(catalogue, make_report("新华区", 2021))
    with pytest.raises(IndexStaleError, match="1 reports"):
        open_indexes(folder, catalogue=catalogue, encoder=FakeEncoder())


def test_another_model_of_the_same_dimension_is_noticed_and_mended(folder: Path, catalogue: Catalogue) -> None:
    other = FakeEncoder(fingerprint="another")
    with pytest.raises(IndexStaleError, match="another"):
        open_indexes(folder, catalogue=catalogue, encoder=other)
    assert "another" in str(sync_indexes(folder, catalogue=catalogue, encoder=other).reason)
    open_indexes(folder, catalogue=catalogue, encoder=other).close()


def test_a_model_of_another_dimension_is_noticed_and_mended(folder: Path, catalogue: Catalogue) -> None:
    other = FakeEncoder(32, fingerprint="small")
    assert sync_indexes(folder, catalogue=catalogue, encoder=other).reports == len(PLACES)
    open_indexes(folder, catalogue=catalogue, encoder=other).close()


def test_an_interrupted_write_is_noticed_and_finished(folder: Path, catalogue: Catalogue) -> None:
    write_manifest(folder, replace(read_manifest(folder), finished=False))
    with pytest.raises(IndexMissingError):
        open_indexes(folder, catalogue=catalogue, encoder=FakeEncoder())
    assert sync_indexes(folder, catalogue=catalogue, encoder=FakeEncoder()).reason is None
    assert ids_found(folder, catalogue) == set(catalogue.passage_ids())


def test_an_interrupted_write_that_lost_rows_ends_in_a_rebuild(folder: Path, catalogue: Catalogue) -> None:
    from vectorstore import VectorStore

    with VectorStore.open(folder / VECTORS, dimension=FakeEncoder().dimension) as store:
        store.remove([catalogue.passage_ids()[3]])
    write_manifest(folder, replace(read_manifest(folder), finished=False, canaries=()))
    assert sync_indexes(folder, catalogue=catalogue, encoder=FakeEncoder()).reason
    assert ids_found(folder, catalogue) == set(catalogue.passage_ids())


def _victims(folder: Path) -> list[Path]:
    return sorted(
        p for room in (LEXICAL, VECTORS) for p in (folder / room).rglob("*") if p.is_file() and p.stat().st_size
    )


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("harm", [Path.unlink, _halve, _zero])
@pytest.mark.parametrize("pattern", ["*.idx", "*.term", "*.store", "meta.json", "*.bin", "*.pickle", "chroma.sqlite3"])
def test_harm_to_a_file_is_noticed_and_mended(
    folder: Path, catalogue: Catalogue, pattern: str, harm: Callable[[Path], None]
) -> None:
    harm(next(p for p in _victims(folder) if p.match(pattern)))
    with pytest.raises(IndexUnavailableError):
        open_indexes(folder, catalogue=catalogue, encoder=FakeEncoder())
    assert sync_indexes(folder, catalogue=catalogue, encoder=FakeEncoder()).reason
    assert ids_found(folder, catalogue) == set(catalogue.passage_ids())


@pytest.mark.parametrize("room", [LEXICAL, VECTORS])
def test_a_lost_folder_is_noticed_and_mended(folder: Path, catalogue: Catalogue, room: str) -> None:
    shutil.rmtree(folder / room)
    with pytest.raises(IndexUnavailableError):
        open_indexes(folder, catalogue=catalogue, encoder=FakeEncoder())
    assert sync_indexes(folder, catalogue=catalogue, encoder=FakeEncoder()).reason
    assert ids_found(folder, catalogue) == set(catalogue.passage_ids())


def test_an_empty_library_has_empty_indexes(tmp_path: Path) -> None:
    with Catalogue.open(tmp_path, writable=True) as catalogue:
        sync_indexes(tmp_path, catalogue=catalogue, encoder=FakeEncoder())
        assert ids_found(tmp_path, catalogue) == set()


def test_rebuilding_twice_gives_the_same(folder: Path, catalogue: Catalogue) -> None:
    assert rebuild_indexes(folder, catalogue=catalogue, encoder=FakeEncoder()).reports == len(PLACES)
    assert rebuild_indexes(folder, catalogue=catalogue, encoder=FakeEncoder()).reason == "asked for"
    assert ids_found(folder, catalogue) == set(catalogue.passage_ids())
