"""Files to read, in a fixed order: folders walked, odd things named instead of followed."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.corpus.limits import Limits
from rag.types import Skipped


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file that may hold reports.

    ``path`` is where it is (symlinks resolved), ``source`` how people see it: relative to the
    folder that was asked for, with that folder's name in front, always with forward slashes.
    ``size`` in bytes and ``mtime_ns`` are what the folder said when the file was found.
    """

    path: Path
    source: str
    size: int
    mtime_ns: int

    def sha256(self) -> str:
        """Hex digest of the file's bytes, read in pieces: equal digests mean an unchanged file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def find_files(paths: Iterable[str | os.PathLike[str]], *, limits: Limits) -> Iterator[FoundFile | Skipped]:
    """Every file under ``paths``, folders sorted by name; what is no regular file becomes Skipped.

    Hidden files and folders are passed over in silence. A symlink is followed only while it stays
    inside the folder that was asked for.
    """
    for given in paths:
        path = Path(given)
        name = show_name(str(given))
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            yield Skipped(name, f"{name}：没有这个文件或文件夹。请检查路径。", "missing")
            continue
        except (OSError, ValueError) as error:
            yield cannot_open(name, error)
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(path, root=path.resolve(), shown=_folder_name(path), depth=0, limits=limits)
        else:
            yield _regular(path, path.name, mode)


def show_name(name: str) -> str:
    """``name`` as it can be shown: control and bidi characters out, broken bytes as □, at most 240 long."""
    shown = "".join(
        "□" if "\ud800" <= ch <= "\udfff" else ch
        for ch in unicodedata.normalize("NFC", name)
        if unicodedata.category(ch) not in {"Cc", "Cf", "Zl", "Zp"}
    )
    return shown if len(shown) <= 240 else f"{shown[:120]}…{shown[-100:]}"


def _folder_name(path: Path) -> str:
    return path.name or path.resolve().name


def _walk(folder: Path, *, root: Path, shown: str, depth: int, limits: Limits) -> Iterator[FoundFile | Skipped]:
    name = show_name(shown)
    if depth > limits.folder_depth:
        yield Skipped(name, f"{name}：文件夹套得太深（超过 {limits.folder_depth} 层），没有读取。", "too_deep")
        return
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        yield cannot_open(name, error)
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in {"__MACOSX", "Thumbs.db", "desktop.ini"}:
            continue
        inner = f"{shown}/{entry.name}" if shown else entry.name
        try:
            if entry.is_symlink() and (refused := _refused_link(entry, root, show_name(inner))):
                yield refused
                continue
            mode = entry.stat().st_mode
        except OSError as error:
            yield cannot_open(show_name(inner), error)
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(entry, root=root, shown=inner, depth=depth + 1, limits=limits)
        else:
            yield _regular(entry, inner, mode)


def _refused_link(entry: Path, root: Path, name: str) -> Skipped | None:
    target = entry.resolve()
    if not target.is_relative_to(root):
        return Skipped(name, f"{name}：链接指向所给文件夹之外，没有读取。", "symlink")
    if target.is_dir():  # walked where it really is; a ring of links would never end
        return Skipped(name, f"{name}：是指向文件夹的链接，没有重复读取。", "symlink")
    return None


def _regular(path: Path, source: str, mode: int) -> FoundFile | Skipped:
    name = show_name(source)
    if not stat.S_ISREG(mode):
        return Skipped(name, f"{name}：不是普通文件（管道、设备或套接字），没有读取。", "not_a_file")
    try:
        resolved = path.resolve()
        info = resolved.stat()
    except OSError as error:
        return cannot_open(name, error)
    return FoundFile(resolved, name, info.st_size, info.st_mtime_ns)


def cannot_open(name: str, error: Exception) -> Skipped:
    """The Skipped of a file that the system would not open, with the reason in words."""
    if isinstance(error, PermissionError):
        return Skipped(name, f"{name}：没有读取权限。请检查文件权限后重试。", "permission")
    detail = getattr(error, "strerror", None) or type(error).__name__
    return Skipped(name, f"{name}：无法打开（{detail}）。", "unreadable")
