"""Opening a library: catalogue, indexes and model, checked against one another and mended where that is possible.

The catalogue is the truth. What an ingest that died left undone is made up for when the library is opened; indexes that
are missing, stale, damaged or made by another model are rebuilt when the first question needs them, in place where the
folder can be written and in a temporary one where it cannot. Every mending is told in a sentence.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.catalogue import Catalogue
from rag.errors import (
    IndexMissingError,
    IndexUnavailableError,
    LibraryBusyError,
    LibraryReadOnlyError,
    RagError,
    StorageFullError,
)
from rag.generations import INDEX_ROOM, build_aside, current_name, open_current, publish, settled
from rag.ingest import unfinished_notice
from rag.locks import write_lock
from rag.retriever import Preference, Retriever
from rag.types import Ranking
from vectorstore.errors import StoreError

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.encoder import Encoder
    from rag.indexes import Indexes
    from rag.reranker import Reranker

BUSY_WAIT_S: Final = 10.0  # for a writer that may be putting in place the very indexes that are missing
_log: Final = logging.getLogger(__name__)


class MendingRetriever(Retriever):
    """A retriever whose indexes are mended when they turn out to be damaged while it is in use."""

    def retrieve(
        self,
        text: str,
        *,
        report_ids: Sequence[str] | None = None,
        parts: Sequence[str] | None = None,
        prefer: Preference = Preference(),  # noqa: B008 - frozen
        k: int = 20,
    ) -> Ranking:
        """As :meth:`Retriever.retrieve`; a first failure of the indexes opens them anew, with every check."""
        try:
            return super().retrieve(text, report_ids=report_ids, parts=parts, prefer=prefer, k=k)
        except (StoreError, IndexUnavailableError) as error:
            _log.warning("the indexes failed in use: %s", error)
            with contextlib.suppress(StoreError):
                self.close()
        return super().retrieve(text, report_ids=report_ids, parts=parts, prefer=prefer, k=k)


class Library:
    """What an assistant asks: the catalogue and the retriever, both of the newest state. Safe to share between threads.

    ``notices`` are sentences on what was mended or is not as it should be, in the order in which they came.
    """

    def __init__(self, settings: Settings, *, notify: Callable[[str], None] | None = None) -> None:
        self.settings = settings
        self.notices: list[str] = []
        self._notify = notify
        self._lock = threading.RLock()
        self._open()

    @property
    def encoder(self) -> Encoder:
        """The embedding model, loaded when first asked for."""
        return self.retriever.encoder

    def refresh(self) -> int:
        """The catalogue's generation; whatever another process changed since is seen from now on."""
        with self._lock:
            if _file_number(self.catalogue.path) != self._file_number:  # a backup was put back
                self.close()
                self._open()
            return self.catalogue.generation()

    def close(self) -> None:
        """Releases files and memory."""
        self.retriever.close()
        self.catalogue.close()

    def _open(self) -> None:
        self.catalogue = Catalogue.open(self.settings.library)
        self._file_number = _file_number(self.catalogue.path)
        self.retriever = MendingRetriever(
            self.catalogue,
            load=self._load_encoder,
            open_=self._open_indexes,
            version=lambda: current_name(self.settings.library),
            rerank=self._load_reranker,
        )
        self._finish_what_died()

    def _load_encoder(self) -> Encoder:
        from rag.encoder import load_encoder

        return load_encoder(self.settings)

    def _load_reranker(self) -> Reranker | None:
        from rag.reranker import load_reranker

        return load_reranker(self.settings)

    def _finish_what_died(self) -> None:
        """Brings the indexes up to date after an ingest that was killed; one that runs is left alone."""
        folder = self.settings.library
        unfinished = unfinished_notice(self.catalogue)
        if unfinished is None and (settled(folder, self.catalogue) or not self.catalogue.counts().reports):
            return
        try:
            with write_lock(folder, doing="repair"), Catalogue.open(folder, writable=True) as writable:
                if not settled(folder, writable):
                    if not writable.pending():  # else there is something to add, and nothing wrong
                        missing = current_name(folder) is None
                        self._tell(f"检索索引{'缺失' if missing else '与资料库不是同一份'}，正在用原文重建。")
                    publish(folder, catalogue=writable, encoder=self.encoder)
                if unfinished is not None:
                    writable.clear_meta("ingest")
                    self._tell(unfinished)
        except LibraryBusyError:
            _log.info("an ingest is running; its reports are answered from the catalogue")
        except (LibraryReadOnlyError, StorageFullError) as error:
            if unfinished is not None:
                self._tell(unfinished)
            _log.warning("the indexes could not be brought up to date: %s", error)

    def _open_indexes(self, encoder: Encoder) -> Indexes:
        """The indexes that answer now, mended if they cannot."""
        folder = self.settings.library
        try:
            return open_current(folder, catalogue=self.catalogue, encoder=encoder)
        except IndexUnavailableError as error:
            _log.warning("the indexes cannot be used: %s", error.in_language("en"))
            self._tell(_what_is_wrong(error, folder, encoder))
        try:
            return self._rebuilt(encoder)
        except (LibraryReadOnlyError, LibraryBusyError, StorageFullError) as error:
            _log.warning("the indexes are built aside: %s", error)
            return build_aside(self.catalogue, encoder=encoder)

    def _rebuilt(self, encoder: Encoder) -> Indexes:
        folder = self.settings.library
        with write_lock(folder, doing="repair", timeout_s=BUSY_WAIT_S):
            try:  # the writer that we waited for may have mended them
                return open_current(folder, catalogue=self.catalogue, encoder=encoder)
            except IndexUnavailableError:
                with Catalogue.open(folder, writable=True) as writable:
                    publish(folder, catalogue=writable, encoder=encoder, anew=True)
            return open_current(folder, catalogue=self.catalogue, encoder=encoder)

    def _tell(self, sentence: str) -> None:
        self.notices.append(sentence)
        if self._notify is not None:
            self._notify(sentence)


def open_library(settings: Settings, *, notify: Callable[[str], None] | None = None) -> Library:
    """The library that the settings name.

    Args:
        settings: Names the folder and the model.
        notify: Is given each sentence on what was mended, as it happens.

    Raises:
        LibraryMissingError: If there is none in the folder.
        LibraryDamagedError: If the catalogue cannot be read.
        LibraryVersionError: If another release wrote it.
    """
    return Library(settings, notify=notify)


def _what_is_wrong(error: RagError, folder: Path, encoder: Encoder) -> str:
    if isinstance(error, IndexMissingError):
        return "检索索引缺失，正在用原文重建。"
    if _built_by_another_model(folder, encoder):
        return "向量模型已变更，需要重建：正在用原文重建索引。"
    return "索引损坏，正在用原文重建。"


def _built_by_another_model(folder: Path, encoder: Encoder) -> bool:
    from vectorstore import StoreError, read_manifest

    try:
        manifest = read_manifest(folder / INDEX_ROOM / (current_name(folder) or ""))
    except StoreError:
        return False
    return (manifest.encoder, manifest.dimension) != (encoder.fingerprint, encoder.dimension)


def _file_number(path: Path) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 - called at every question
    except OSError:
        return -1
