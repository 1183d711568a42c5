"""The lexical index and the vectors of one library: opened with every check, brought up to date from the catalogue.

Both can be rebuilt from the catalogue at any time, so whatever looks wrong at opening is an ``IndexUnavailableError``,
and ``sync_indexes`` mends it. What is looked at: the manifest (finished, same model, same splitting), reports whose
entries are pending, the number of entries, the seal of the files, and canaries: known passages that must be found again
with the vector that the model gives them now.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from rag.catalogue import Catalogue
from rag.encoder import Encoder
from rag.errors import IndexMissingError, IndexStaleError, IndexUnavailableError
from rag.rows import passage_span
from rag.types import Passage, Report
from vectorstore import (
    Entry,
    LexicalIndex,
    Manifest,
    StoreDamagedError,
    StoreError,
    StoreMissingError,
    StoreStaleError,
    VectorStore,
    check_seal,
    read_manifest,
    seal_of,
    write_manifest,
)
from vectorstore.lexical import WORDS
from vectorstore.manifest import differences

LEXICAL = "lexical"
VECTORS = "vectors"
ROOMS = (LEXICAL, VECTORS)
SPLITTER = "passages/1"  # names the cutting of passages; spans that moved are seen by their ids as well
CANARIES = 24
BATCH_PASSAGES = 4_000  # passages encoded and written together
_CANARY_RANK = 10
_CANARY_CHARS = 80
_LEXICAL_CANARY_STEP = 3  # a search with a whole passage costs a millisecond, so not every canary makes one


@dataclass(frozen=True, slots=True)
class Indexes:
    """Both indexes of a library, checked and open for reading."""

    lexical: LexicalIndex
    vectors: VectorStore
    manifest: Manifest

    def close(self) -> None:
        """Releases files and memory."""
        self.lexical.close()
        self.vectors.close()


@dataclass(frozen=True, slots=True)
class Synced:
    """What bringing the indexes up to date came to.

    ``reports`` is the number of reports whose entries were written; ``reason`` says in English why everything was
    written anew, and is None where only what had changed was; ``settled`` are the ids that no longer wait.
    """

    reports: int
    passages: int
    reason: str | None
    settled: tuple[str, ...] = ()


def open_indexes(folder: Path, *, catalogue: Catalogue, encoder: Encoder, may_lag: bool = False) -> Indexes:
    """Both indexes of the library in ``folder``, after every check.

    Args:
        folder: Where they were built.
        catalogue: The truth that they were built from.
        encoder: The model that made the vectors.
        may_lag: Whether reports may wait, as they do while an ingest runs: the indexes then hold what the catalogue
            held when they were finished.

    Raises:
        IndexMissingError: If they are not there, or a write was cut short or is going on.
        IndexStaleError: If another model or splitting made them, or they hold other passages than the catalogue.
        IndexUnavailableError: If they are damaged.
    """
    with _translated():
        manifest = _fitting_manifest(folder, encoder)
        if not manifest.finished:
            raise StoreMissingError("a write was cut short, or is going on")
        if not may_lag and (pending := catalogue.pending()):
            raise StoreStaleError(f"{len(pending)} reports are not yet in the indexes, as {pending[0]}")
        _check_seals(folder, manifest)
        with contextlib.ExitStack() as opened:
            lexical = LexicalIndex.open(folder / LEXICAL)
            vectors = opened.enter_context(VectorStore.open(folder / VECTORS, dimension=encoder.dimension))
            _check_counts(lexical, vectors, manifest.passages if may_lag else catalogue.counts().passages)
            _check_canaries(lexical, vectors, catalogue.passages_by_id(manifest.canaries), encoder)
            opened.pop_all()
        return Indexes(lexical, vectors, manifest)


def sync_indexes(folder: Path, *, catalogue: Catalogue, encoder: Encoder, settle: bool = True) -> Synced:
    """What was written so that both indexes hold what the catalogue holds; the caller holds the write lock.

    Without ``settle`` the catalogue is only read, and the caller settles once the indexes are in place.

    Only reports that the catalogue notes as pending are written anew. Everything is, from the catalogue alone, where
    the indexes are missing, damaged, made by another model, or turn out to hold something else at the end. Safe to
    interrupt at any point: what was not finished is done again by the next call.

    Raises:
        IndexUnavailableError: If even new indexes do not hold what was written; the disk is at fault then.
    """
    with _translated():
        try:
            return _sync_pending(folder, catalogue, encoder, settle=settle)
        except StoreError as error:
            return _rebuild(folder, catalogue, encoder, reason=str(error), settle=settle)


def rebuild_indexes(folder: Path, *, catalogue: Catalogue, encoder: Encoder, reason: str = "asked for") -> Synced:
    """What was written: both indexes anew; the caller holds the write lock."""
    with _translated():
        return _rebuild(folder, catalogue, encoder, reason=reason, settle=True)


def _sync_pending(folder: Path, catalogue: Catalogue, encoder: Encoder, *, settle: bool) -> Synced:
    manifest = _fitting_manifest(folder, encoder)
    pending = catalogue.pending()
    if manifest.finished:  # an unfinished write left other files than were sealed; its ids are compared below
        _check_seals(folder, manifest)
    with (
        contextlib.closing(LexicalIndex.open(folder / LEXICAL)) as lexical,
        VectorStore.open(folder / VECTORS, dimension=encoder.dimension) as vectors,
    ):
        known = [p for p in catalogue.passages_by_id(manifest.canaries) if p.report_id not in set(pending)]
        _check_canaries(lexical, vectors, known, encoder)
        if not pending and manifest.finished:
            _check_counts(lexical, vectors, catalogue.counts().passages)
            return Synced(0, 0, None)
        write_manifest(folder, replace(manifest, finished=False))
        written = _write(pending, lexical, vectors, catalogue, encoder)
        _check_ids(lexical, vectors, catalogue)
        canaries = _found_canaries(lexical, vectors, catalogue, encoder)
    _finish(folder, catalogue, encoder, canaries=canaries, settled=pending if settle else ())
    return Synced(len(pending), written, None, pending)


def _rebuild(folder: Path, catalogue: Catalogue, encoder: Encoder, *, reason: str, settle: bool) -> Synced:
    for room in ROOMS:
        shutil.rmtree(folder / room, ignore_errors=True)
    write_manifest(folder, replace(_manifest_for(encoder), finished=False))
    report_ids = [r.report_id for r in catalogue.reports()]
    with (
        contextlib.closing(LexicalIndex.create(folder / LEXICAL)) as lexical,
        VectorStore.create(folder / VECTORS, dimension=encoder.dimension) as vectors,
    ):
        written = _write(report_ids, lexical, vectors, catalogue, encoder)
        _check_ids(lexical, vectors, catalogue)
        canaries = _found_canaries(lexical, vectors, catalogue, encoder)
    pending = catalogue.pending()
    _finish(folder, catalogue, encoder, canaries=canaries, settled=pending if settle else ())
    return Synced(len(report_ids), written, reason, pending)


def _write(
    report_ids: Sequence[str], lexical: LexicalIndex, vectors: VectorStore, catalogue: Catalogue, encoder: Encoder
) -> int:
    """How many passages were written, in place of whatever the indexes held of these reports."""
    lexical.remove_groups(report_ids)
    vectors.remove_groups(report_ids)
    written = 0
    with ThreadPoolExecutor(max_workers=1) as beside:  # Chroma and the tokenizer leave the other core free
        for batch in _batches(chain.from_iterable(_passages(catalogue, report_ids)), BATCH_PASSAGES):
            vectors_written = beside.submit(_write_vectors, batch, vectors, encoder)
            about = {i: _about(catalogue.report(i)) for i in dict.fromkeys(p.report_id for p in batch)}
            lexical.add(Entry(p.passage_id, p.report_id, p.text, about[p.report_id]) for p in batch)
            vectors_written.result()
            written += len(batch)
    lexical.commit()
    return written


def _about(report: Report) -> str:
    """Place and years of a report, which its passages seldom say."""
    years = [f"{year}年" for year in (report.report_year, report.result_year) if year]
    return " ".join([report.place, *report.place_forms, *years])


def _write_vectors(batch: Sequence[Passage], vectors: VectorStore, encoder: Encoder) -> None:
    rows = encoder.encode_passages([p.text for p in batch])
    vectors.upsert([p.passage_id for p in batch], rows, groups=[p.report_id for p in batch])


def _passages(catalogue: Catalogue, report_ids: Iterable[str]) -> Iterator[tuple[Passage, ...]]:
    for report_id in report_ids:
        if catalogue.has(report_id):  # a pending id may be that of a report that was taken out
            yield catalogue.passages(report_id)


def _finish(
    folder: Path, catalogue: Catalogue, encoder: Encoder, *, canaries: tuple[str, ...], settled: Sequence[str]
) -> None:
    """Settles the reports and writes the manifest; the indexes are closed, so their files are at rest."""
    if settled:
        catalogue.settle(settled)
    manifest = replace(
        _manifest_for(encoder),
        generation=catalogue.generation(),
        passages=catalogue.counts().passages,
        canaries=canaries,
        seal=seal_of(folder, ROOMS),
    )
    write_manifest(folder, manifest)


def _found_canaries(
    lexical: LexicalIndex, vectors: VectorStore, catalogue: Catalogue, encoder: Encoder
) -> tuple[str, ...]:
    """Canaries that the new indexes find; the graph misses one in some thousands, which is no damage later on."""
    candidates = catalogue.passages_by_id(_canaries_of(catalogue.passage_ids()))
    found: list[str] = []
    for passage in candidates:
        with contextlib.suppress(StoreDamagedError):
            _check_canaries(lexical, vectors, [passage], encoder)
            found.append(passage.passage_id)
    if len(found) * 2 < len(candidates):
        raise StoreDamagedError(f"only {len(found)} of {len(candidates)} known passages are found in new indexes")
    return tuple(found)


def _canaries_of(ids: Sequence[str]) -> tuple[str, ...]:
    """Ids of long passages, spread over the library; a heading's few words would not tell it from others."""
    long = [i for i in ids if (span := passage_span(i)) and span.end - span.start >= _CANARY_CHARS]
    return tuple(long[:: max(1, len(long) // CANARIES)][:CANARIES])


def _manifest_for(encoder: Encoder) -> Manifest:
    return Manifest(
        encoder=encoder.fingerprint,
        dimension=encoder.dimension,
        words=WORDS,
        splitter=SPLITTER,
        generation=-1,
        passages=0,
    )


def _fitting_manifest(folder: Path, encoder: Encoder) -> Manifest:
    manifest = read_manifest(folder)
    if told := differences(manifest, _manifest_for(encoder)):
        raise StoreStaleError("; ".join(told))
    return manifest


def _check_seals(folder: Path, manifest: Manifest) -> None:
    for room in ROOMS:
        check_seal(folder, room, manifest.seal)


def _check_counts(lexical: LexicalIndex, vectors: VectorStore, expected: int) -> None:
    found = (len(lexical), len(vectors))
    if found != (expected, expected):
        raise StoreStaleError(f"{expected} passages are to be indexed, the indexes hold {found[0]} and {found[1]}")


def _check_ids(lexical: LexicalIndex, vectors: VectorStore, catalogue: Catalogue) -> None:
    _check_counts(lexical, vectors, catalogue.counts().passages)
    if vectors.ids() != sorted(catalogue.passage_ids()):
        raise StoreStaleError("the vectors are those of other passages than the catalogue holds")


def _check_canaries(lexical: LexicalIndex, vectors: VectorStore, passages: Sequence[Passage], encoder: Encoder) -> None:
    if not passages:
        return
    vectors.check([p.passage_id for p in passages], encoder.encode_passages([p.text for p in passages]))
    for passage in passages[::_LEXICAL_CANARY_STEP]:
        hits = lexical.search(passage.text, k=_CANARY_RANK, groups=[passage.report_id])
        if passage.passage_id not in {hit.id for hit in hits}:
            raise StoreDamagedError(f"the words of {passage.passage_id} no longer find it")


def _batches(passages: Iterable[Passage], size: int) -> Iterator[list[Passage]]:
    batch: list[Passage] = []
    for passage in passages:
        batch.append(passage)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Turns the stores' errors into the program's own."""
    try:
        yield
    except StoreMissingError as error:
        raise IndexMissingError(
            f"检索索引缺失或没有写完（{error}）。请运行 wenbao doctor --repair 重建。",
            en=f"The indexes are missing or unfinished ({error}): run wenbao doctor --repair.",
        ) from error
    except StoreStaleError as error:
        raise IndexStaleError(
            f"检索索引与资料库或向量模型不符（{error}）。请运行 wenbao doctor --repair 重建。",
            en=f"The indexes do not fit the library or the model ({error}): run wenbao doctor --repair.",
        ) from error
    except StoreError as error:
        raise IndexUnavailableError(
            f"检索索引损坏（{error}）。请运行 wenbao doctor --repair 重建。",
            en=f"The indexes are damaged ({error}): run wenbao doctor --repair.",
        ) from error
