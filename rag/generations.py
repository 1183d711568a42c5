"""The indexes as whole generations, built aside and put in place in one step.

::

    library/index/CURRENT              the name of the generation that answers
    library/index/g00000042-5f0a1c/    one generation (rag/indexes.py); never written again
    library/index/work-1234/           one that is being built by process 1234

A reader only ever opens a finished generation, so an ingest that runs, or was killed, cannot disturb it. What was
measured of Chroma asks for this: two processes on one folder lose rows for good, and a process that reads does not see
what another one wrote until it opens the folder anew. The catalogue notes the name before and after the step, so that
a generation of another catalogue (a backup put back) is told from one that was just put in place.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.errors import IndexMissingError, IndexStaleError
from rag.indexes import VECTORS, Indexes, Synced, open_indexes, sync_indexes
from rag.storage import error_of_os

if TYPE_CHECKING:
    from rag.catalogue import Catalogue
    from rag.encoder import Encoder

INDEX_ROOM: Final = "index"
CURRENT_NAME: Final = "CURRENT"
KEPT: Final = 2  # the current generation, and the one that a reader may be asking right now


def nothing_happens(step: str) -> None:
    """The default for ``on_step``."""


def current_name(library: Path) -> str | None:
    """The name of the generation that answers, or None if there is none."""
    try:
        name = (library / INDEX_ROOM / CURRENT_NAME).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if name and Path(name).name == name else None


def settled(library: Path, catalogue: Catalogue) -> bool:
    """Whether the indexes hold all that the catalogue says, by the books alone: no index is opened."""
    name = current_name(library)
    return name is not None and name == catalogue.meta("index") and not catalogue.pending()


def open_current(library: Path, *, catalogue: Catalogue, encoder: Encoder) -> Indexes:
    """The generation that answers, open and checked; reports may wait that an ingest is just adding.

    Raises:
        IndexMissingError: If there is none.
        IndexStaleError: If another model or another catalogue made it.
        IndexUnavailableError: If its files are not what was written.
    """
    folder = _known_folder(library, catalogue)
    return open_indexes(_openable(folder), catalogue=catalogue, encoder=encoder, may_lag=True)


def build_aside(catalogue: Catalogue, *, encoder: Encoder) -> Indexes:
    """Indexes in a temporary folder, gone with the process: for a library that cannot be written."""
    folder = _temporary()
    sync_indexes(folder, catalogue=catalogue, encoder=encoder, settle=False)
    return open_indexes(folder, catalogue=catalogue, encoder=encoder, may_lag=True)


def publish(
    library: Path,
    *,
    catalogue: Catalogue,
    encoder: Encoder,
    anew: bool = False,
    on_step: Callable[[str], None] = nothing_happens,
) -> Synced:
    """Puts a generation in place that holds what the catalogue holds; the caller holds the write lock.

    It is made from a copy of the current one, or from nothing where that is not sound, not of this model, or ``anew``
    asks for it.

    Raises:
        StorageFullError: If the disk is full; the current generation is untouched.
    """
    room = library / INDEX_ROOM
    work = room / f"work-{os.getpid()}"
    with _disk_errors_named(room):
        room.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(room)
        try:
            if not anew:
                _copy_current(library, catalogue, work)
            work.mkdir(exist_ok=True)
            on_step("index-begun")
            synced = sync_indexes(work, catalogue=catalogue, encoder=encoder, settle=False)
            on_step("index-built")
            name = f"g{catalogue.generation():08d}-{secrets.token_hex(3)}"
            work.rename(room / name)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        on_step("index-named")
        catalogue.set_meta("index_next", name)
        on_step("index-announced")
        _write_current(room, name)
    on_step("index-current")
    with catalogue.transaction():
        catalogue.set_meta("index", name)
        catalogue.settle(synced.settled)
    on_step("index-settled")
    _remove_old(room, name)
    return synced


def _known_folder(library: Path, catalogue: Catalogue) -> Path:
    name = current_name(library)
    if name is None:
        raise IndexMissingError("检索索引缺失，需要用原文重建。", en="The indexes are missing and must be rebuilt.")
    if name not in {catalogue.meta("index"), catalogue.meta("index_next")}:
        raise IndexStaleError(
            "检索索引与资料库不是同一份，需要用原文重建。", en="The indexes belong to another catalogue: rebuild them."
        )
    return library / INDEX_ROOM / name


def _copy_current(library: Path, catalogue: Catalogue, work: Path) -> None:
    # Whether the copy is sound is seen by sync_indexes, which checks it before it is written to.
    with contextlib.suppress(IndexMissingError, IndexStaleError):
        folder = _known_folder(library, catalogue)
        if folder.is_dir():
            shutil.copytree(folder, work)


def _openable(folder: Path) -> Path:
    """The folder, or a copy in a temporary place where it cannot be written: Chroma notes every opening in its file."""
    stores = list((folder / VECTORS).glob("*.sqlite3"))
    if not stores or all(os.access(path, os.W_OK) for path in (folder / VECTORS, *stores)):
        return folder
    copy = _temporary() / folder.name
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    return copy


def _temporary() -> Path:
    folder = tempfile.mkdtemp(prefix="wenbao-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _write_current(room: Path, name: str) -> None:
    draft = room / f"{CURRENT_NAME}.new"
    with draft.open("w", encoding="ascii", newline="\n") as file:
        file.write(f"{name}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(room / CURRENT_NAME)


def _remove_leftovers(room: Path) -> None:
    for path in sorted(room.glob("work-*")):  # of a writer that was killed: we hold the lock, so none is at work
        shutil.rmtree(path, ignore_errors=True)


def _remove_old(room: Path, current: str) -> None:
    others = sorted(path for path in room.glob("g*-*") if path.name != current)
    for path in others[: max(0, len(others) - (KEPT - 1))]:
        shutil.rmtree(path, ignore_errors=True)  # on Windows one that is still open stays until the next time


@contextlib.contextmanager
def _disk_errors_named(room: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise error_of_os(room, error) from error
