"""The vectors: order, paging, exactness, and damage that is named and never silent."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vectorstore import StoreDamagedError, StoreMissingError, StoreStaleError, VectorStore, check_seal, seal_of

DIMENSION = 32


def unit_rows(count: int, *, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def names(count: int) -> list[str]:
    return [f"r{n // 70:03d}@{n % 70:02d}" for n in range(count)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store of 2,500 rows, to be copied and never changed."""
    folder = tmp_path_factory.mktemp("库 with blanks") / "vectors"
    with VectorStore.create(folder, dimension=DIMENSION) as store:
        store.upsert(names(2500), unit_rows(2500), groups=["r"] * 2500)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "vectors"))


def test_vectors_come_back_in_the_order_asked_for(folder: Path) -> None:
    rows, ids = unit_rows(2500), names(2500)
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        wanted = [1700, 3, 2499, 42]
        got = store.vectors([ids[n] for n in wanted])
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, rows[wanted], atol=1e-6)


def test_an_id_that_is_not_held_is_an_error_and_never_a_shorter_answer(folder: Path) -> None:
    with VectorStore.open(folder, dimension=DIMENSION) as store, pytest.raises(StoreMissingError, match="1 of 2"):
        store.vectors(["r000@00", "nowhere"])


def test_a_search_finds_what_an_exact_scan_finds(folder: Path) -> None:
    rows, ids, queries = unit_rows(2500), names(2500), unit_rows(40, seed=1)
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        found = total = 0
        for query in queries:
            exact = {ids[n] for n in np.argsort(-(rows @ query))[:20]}
            hits = store.search(query, k=20)
            assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
            found += len(exact & {h.id for h in hits})
            total += 20
    assert found / total >= 0.95


def test_the_score_is_the_cosine(folder: Path) -> None:
    rows = unit_rows(2500)
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        best = store.search(rows[7], k=1)[0]
    assert best.id == names(8)[7]
    assert best.score == pytest.approx(1.0, abs=1e-5)


def test_upserting_replaces_and_removing_removes(folder: Path) -> None:
    new = unit_rows(1, seed=5)
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        store.upsert(["r000@00"], new, groups=["r"])
        store.remove(["r000@01", "nowhere"])
        assert len(store) == 2499
        np.testing.assert_allclose(store.vectors(["r000@00"]), new, atol=1e-6)
        assert store.search(new[0], k=1)[0].id == "r000@00"
        assert "r000@01" not in store.ids()
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        np.testing.assert_allclose(store.vectors(["r000@00"]), new, atol=1e-6)


def test_groups_are_removed_whole(folder: Path) -> None:
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        store.upsert(["x@0", "x@1"], unit_rows(2, seed=3), groups=["x", "x"])
        store.upsert(["y@0"], unit_rows(1, seed=4), groups=["y"])
        store.remove_groups(["x", "nowhere"])
        assert len(store) == 2501
        assert store.search(unit_rows(2, seed=3)[0], k=1)[0].score < 0.99
        store.remove_groups([])


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    with VectorStore.create(tmp_path / "v", dimension=DIMENSION) as store:
        assert store.search(unit_rows(1)[0], k=5) == ()
        assert store.ids() == []
        assert store.vectors([]).shape == (0, DIMENSION)


def test_vectors_of_another_length_are_refused(folder: Path) -> None:
    with pytest.raises(StoreStaleError, match="32 dimensions"):
        VectorStore.open(folder, dimension=DIMENSION + 1)
    with VectorStore.open(folder, dimension=DIMENSION) as store, pytest.raises(ValueError, match="shape"):
        store.upsert(["x"], np.zeros((1, 3), dtype=np.float32), groups=["r"])


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError):
        VectorStore.open(tmp_path, dimension=DIMENSION)


def test_canaries_of_the_same_model_pass_and_of_another_model_do_not(folder: Path) -> None:
    rows, ids = unit_rows(2500), names(2500)
    known = list(range(0, 2500, 80))
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        store.check([ids[n] for n in known], rows[known])
        with pytest.raises(StoreDamagedError, match="others now"):
            store.check([ids[n] for n in known], unit_rows(len(known), seed=9))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("harm", [Path.unlink, _truncate, _zero, _flip])
@pytest.mark.parametrize("name", ["data_level0.bin", "index_metadata.pickle", "link_lists.bin", "header.bin"])
def test_every_harm_to_an_index_file_breaks_the_seal(folder: Path, harm: object, name: str) -> None:
    seal = seal_of(folder.parent, ["vectors"])
    check_seal(folder.parent, "vectors", seal)
    victim = next(path for path in folder.rglob(name) if path.stat().st_size)
    harm(victim)  # type: ignore[operator]
    with pytest.raises(StoreDamagedError, match=r"missing or changed|1 index file"):
        check_seal(folder.parent, "vectors", seal)


def test_reading_does_not_break_the_seal(folder: Path) -> None:
    seal = seal_of(folder.parent, ["vectors"])
    with VectorStore.open(folder, dimension=DIMENSION) as store:
        store.search(unit_rows(1)[0], k=5)
        store.vectors(names(10))
    check_seal(folder.parent, "vectors", seal)
    assert len(seal) >= 4


@pytest.mark.parametrize("harm", [_truncate, _zero])
def test_a_damaged_database_is_named(folder: Path, harm: object) -> None:
    harm(folder / "chroma.sqlite3")  # type: ignore[operator]
    with pytest.raises((StoreDamagedError, StoreMissingError)), VectorStore.open(folder, dimension=DIMENSION) as store:
        store.check(names(40), unit_rows(2500)[:40])


@pytest.mark.slow
def test_more_rows_than_one_answer_may_hold_are_paged(tmp_path: Path) -> None:
    ids, rows = names(33_500), unit_rows(33_500)
    with VectorStore.create(tmp_path / "v", dimension=DIMENSION) as store:
        store.upsert(ids, rows, groups=[i[:4] for i in ids])
        assert store.ids() == sorted(ids)
        np.testing.assert_allclose(store.vectors(ids), rows, atol=1e-6)
