"""Files that the page was given: kept in the library's folder under their digest, read by the one ingest flow."""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from rag.catalogue import Catalogue
from rag.config import Settings
from rag.corpus.files import show_name
from rag.encoder import Encoder
from rag.ingest import IngestEvent, file_key, ingest
from rag.storage import cannot_write
from rag.types import Report

ROOM: Final = "uploads"
UNPACKED_TIMES: Final = 10  # an upload may unpack to so many times the largest upload
_NAME_BYTES: Final = 180
_COPY_BYTES: Final = 1 << 20
# Characters that some system forbids in file names, and those that only move others about.
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def keep_upload(name: str, content: IO[bytes], *, settings: Settings) -> Path:
    """Where an uploaded file lies now: in a folder named by its digest, under a name that every system allows.

    Raises:
        StorageFullError: If the disk is full; nothing is left behind.
    """
    digest = hashlib.sha256()
    while block := content.read(_COPY_BYTES):
        digest.update(block)
    content.seek(0)
    path = settings.library / ROOM / digest.hexdigest()[:16] / safe_name(name)
    draft = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            shutil.copyfileobj(content, file, _COPY_BYTES)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise cannot_write(path, error) from error
    return path


def safe_name(name: str) -> str:
    """A file name that names no other folder, hides nothing and fits every system; its ending is kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = _FORBIDDEN.sub("_", show_name(last)).strip(". ") or "report"
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = clean, ""
    while len(stem.encode("utf-8")) > _NAME_BYTES:
        stem = stem[:-1]
    stem = f"_{stem}" if _RESERVED.match(stem) or stem.startswith("-") else stem
    return f"{stem}.{ending}" if ending else stem


def ingest_uploads(paths: Sequence[Path], *, settings: Settings, encoder: Encoder | None) -> Iterator[IngestEvent]:
    """An event for every report in the uploaded files; archives may unpack to ``UNPACKED_TIMES`` the upload's limit."""
    unpacked = min(settings.unpacked_mb, UNPACKED_TIMES * settings.upload_mb)
    yield from ingest(paths, settings=replace(settings, unpacked_mb=unpacked), encoder=encoder, jobs=1)


def forget_unread(paths: Sequence[Path], catalogue: Catalogue) -> None:
    """Deletes the uploaded files out of which no report came; why not stands in the catalogue."""
    for path in paths:
        if not catalogue.ids_from_file(file_key(path.resolve())):
            shutil.rmtree(path.parent, ignore_errors=True)


def forget_upload(report: Report, *, settings: Settings, others: Sequence[Report]) -> None:
    """Deletes the file that a removed report was uploaded in, unless another report came out of it."""
    room = settings.library.resolve() / ROOM
    folder = next((p for p in Path(report.source_path).parents if p.parent == room), None)
    if folder is None or any(Path(other.source_path).is_relative_to(folder) for other in others):
        return
    shutil.rmtree(folder, ignore_errors=True)
