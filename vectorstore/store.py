"""Ids -> vectors: a Chroma collection that holds ids, vectors and one short key, never texts.

What was measured of Chroma and is answered here: more than 32,766 rows in one answer fail, so reads are paged; a batch
holds 5,461 records at most; ``add`` ignores an id that exists, so rows are upserted; the default distance is l2, and
the default ``ef_search`` misses neighbours; a filter in ``where`` is slower than scanning everything and inexact, so
none is ever sent (scoped questions get their ids' vectors and are scored exactly); a lost index file gives no error, so
known ids are asked for at opening (``check``).
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import StoreDamagedError, StoreMissingError, StoreStaleError, says_no_room
from vectorstore.types import Scored

T = TypeVar("T")

BATCH_ROWS = 5_000  # Chroma refuses more than 5,461 records in one call
PAGE_ROWS = 30_000  # and fails on more than 32,766 rows in one answer
EF_SEARCH = 400  # see docs/decisions/ef-search.md for what smaller values miss
EF_CONSTRUCTION = 100
MAX_NEIGHBORS = 16
SYNC_ROWS = 1_000  # rows between two writings of the index; what is not yet written is read again at every opening
SAME_SCORE = 0.9995  # a text's score with itself, less rounding
_COLLECTION = "passages"
_MARK = "chroma.sqlite3"
_LENGTH_TOLERANCE = 1e-3


class VectorStore:
    """A folder of unit vectors by id. Any number may read; one writes, which the caller sees to.

    A process that reads does not see what another one wrote after its first query: close and open again.
    """

    def __init__(self, client: Any, collection: Any, dimension: int, *, folder: Path) -> None:
        self._client = client
        self._collection = collection
        self._dimension = dimension
        self._folder = folder

    @classmethod
    def open(cls, folder: Path, *, dimension: int) -> VectorStore:
        """The store in ``folder``.

        Args:
            folder: Where it was created.
            dimension: Length of the vectors that the caller's model makes.

        Raises:
            StoreMissingError: If there is none.
            StoreStaleError: If its vectors have another length.
            StoreDamagedError: If it cannot be opened.
        """
        if not (folder / _MARK).is_file():
            raise StoreMissingError(f"no vector store in {folder}")
        with _damage_named(folder):
            client = _client_for(folder)
            try:
                collection = client.get_collection(_COLLECTION, embedding_function=None)
                held = int((collection.metadata or {}).get("dimension", -1))
            except BaseException:
                client.close()
                raise
        if held != dimension:
            client.close()
            raise StoreStaleError(
                f"the vectors in {folder} have {held} dimensions, the model makes {dimension}: rebuild them"
            )
        return cls(client, collection, dimension, folder=folder)

    @classmethod
    def create(cls, folder: Path, *, dimension: int) -> VectorStore:
        """A new, empty store in ``folder``, which must not hold one."""
        folder.mkdir(parents=True, exist_ok=True)
        space = {
            "space": "cosine",
            "ef_search": EF_SEARCH,
            "ef_construction": EF_CONSTRUCTION,
            "max_neighbors": MAX_NEIGHBORS,
            "sync_threshold": SYNC_ROWS,
            "batch_size": min(SYNC_ROWS, 100),
        }
        with _damage_named(folder):
            client = _client_for(folder)
            try:
                collection = client.create_collection(
                    _COLLECTION,
                    embedding_function=None,
                    metadata={"dimension": dimension},
                    configuration={"hnsw": space},
                )
            except BaseException:
                client.close()
                raise
        return cls(client, collection, dimension, folder=folder)

    def close(self) -> None:
        """Releases files and memory; the store is not used afterwards."""
        self._client.close()

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Number of ids held."""
        with _damage_named(self._folder):
            return int(self._collection.count())

    def upsert(self, ids: Sequence[str], vectors: NDArray[np.float32], *, groups: Sequence[str]) -> None:
        """Writes one row an id; an id that exists gets the new vector.

        Args:
            ids: Row names, without repeats.
            vectors: float32, shape (len(ids), dimension), rows of length 1.
            groups: Short key of each row, to remove rows by.
        """
        if vectors.shape != (len(ids), self._dimension) or len(groups) != len(ids):
            raise ValueError(
                f"vectors of shape {vectors.shape}, {len(groups)} groups, {len(ids)} ids, dimension {self._dimension}"
            )
        with _damage_named(self._folder):
            for start in range(0, len(ids), BATCH_ROWS):
                stop = start + BATCH_ROWS
                keys = [{"group": group} for group in groups[start:stop]]
                self._collection.upsert(ids=list(ids[start:stop]), embeddings=vectors[start:stop], metadatas=keys)

    def remove_groups(self, groups: Iterable[str]) -> None:
        """Takes the rows of these groups out; a group that is not held is passed over."""
        with _damage_named(self._folder):
            for batch in _batches(groups, BATCH_ROWS):
                self._collection.delete(where={"group": {"$in": batch}})

    def remove(self, ids: Iterable[str]) -> None:
        """Takes these ids out; one that is not held is passed over."""
        with _damage_named(self._folder):
            for batch in _batches(ids, BATCH_ROWS):
                self._collection.delete(ids=batch)

    def ids(self) -> list[str]:
        """Every id held, sorted."""
        found: list[str] = []
        with _damage_named(self._folder):
            while page := self._collection.get(include=[], limit=PAGE_ROWS, offset=len(found))["ids"]:
                found.extend(page)
        return sorted(found)

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of these ids, in their order: float32, shape (len(ids), dimension), rows of length 1.

        Raises:
            StoreMissingError: If an id is not held.
            StoreDamagedError: If a row is not of length 1, as every row was when it was written.
        """
        rows = np.empty((len(ids), self._dimension), dtype=np.float32)
        place = {id_: n for n, id_ in enumerate(ids)}
        seen = 0
        with _damage_named(self._folder):
            for batch in _batches(place, PAGE_ROWS):
                page = self._collection.get(ids=batch, include=["embeddings"])
                if page["ids"]:
                    rows[[place[id_] for id_ in page["ids"]]] = page["embeddings"]
                seen += len(page["ids"])
        if seen != len(place):
            raise StoreMissingError(f"{len(place) - seen} of {len(place)} vectors asked for are not in {self._folder}")
        _check_lengths(rows, self._folder)
        return rows

    def search(self, vector: NDArray[np.float32], *, k: int) -> tuple[Scored, ...]:
        """The ``k`` ids whose vectors lie nearest, best first, ties by id; the score is the cosine.

        Approximate: see ``EF_SEARCH`` for how many of an exact scan's ids it finds.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        with _damage_named(self._folder):
            held = int(self._collection.count())
            if held == 0:
                return ()
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=min(k, held, PAGE_ROWS), include=["distances"]
            )
        hits = [Scored(id=i, score=1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]
        return tuple(sorted(hits, key=lambda s: (-s.score, s.id)))

    def check(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Nothing, if these known ids are found with their own vectors, both by id and by searching.

        Args:
            ids: Canaries: ids that are known to be held.
            vectors: Their vectors as the model makes them now; float32, shape (len(ids), dimension).

        Raises:
            StoreMissingError: If an id is not held.
            StoreDamagedError: If a stored vector is another one, or searching with it misses it.
        """
        if not ids:
            return
        stored = self.vectors(ids)
        strangers = [i for i, row in zip(ids, np.einsum("ij,ij->i", stored, vectors), strict=True) if row < SAME_SCORE]
        if strangers:
            raise StoreDamagedError(
                f"{len(strangers)} known vectors in {self._folder} are others now, as {strangers[0]}"
            )
        with _damage_named(self._folder):
            found = self._collection.query(query_embeddings=stored, n_results=1, include=["distances"])
        # A text that stands in several reports is found under any of its ids: the score tells, not the id.
        missed = [i for i, d in zip(ids, found["distances"], strict=True) if not d or 1.0 - float(d[0]) < SAME_SCORE]
        if missed:
            raise StoreDamagedError(
                f"{len(missed)} of {len(ids)} known vectors in {self._folder} are not found, as {missed[0]}"
            )


def _client_for(folder: Path) -> Any:
    import chromadb

    settings = chromadb.config.Settings(anonymized_telemetry=False, is_persistent=True, allow_reset=False)
    return chromadb.PersistentClient(path=str(folder), settings=settings)


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def _check_lengths(rows: NDArray[np.float32], folder: Path) -> None:
    lengths = np.linalg.norm(rows, axis=1)
    if not np.all(np.abs(lengths - 1.0) < _LENGTH_TOLERANCE):  # also where a length is not a number
        raise StoreDamagedError(f"vectors in {folder} are not of length 1: their file was changed")


@contextmanager
def _damage_named(folder: Path) -> Iterator[None]:
    """Turns what Chroma raises on files that it cannot use, its Rust panics too, into our own errors."""
    try:
        yield
    except (OSError, ValueError, TypeError):
        raise
    except BaseException as error:
        if says_no_room(error):
            raise OSError(errno.ENOSPC, f"no space left while writing {folder}") from error
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise StoreDamagedError(f"the vectors in {folder} cannot be used: {error}") from error
        raise
