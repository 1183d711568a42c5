"""Zip archives: members read one at a time, never written under their own names.

Old Chinese tools store names in GBK without saying so; archives lie about sizes; names point out of
their folder; archives hold archives. Each of these is met here once, for every format built on zip.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

from rag.corpus.files import show_name
from rag.corpus.formats import Raw, read_raw
from rag.corpus.limits import Limits
from rag.types import Skipped, SourceText

_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
_UNICODE_PATH: Final = 0x7075
_PIECE: Final = 1024 * 1024
_IN_MEMORY: Final = 32 * 1024 * 1024
_STREAMED: Final = frozenset({".csv", ".tsv", ".xlsx", ".zip"})
_DRIVE: Final = re.compile(r"^[A-Za-z]:")


class TooMuchError(Exception):
    """An archive unpacks to more than the limits allow; the message says which limit."""


def read_archive(raw: Raw, *, limits: Limits) -> Iterator[SourceText | Skipped]:
    """The reports of an archive's members, sorted by name; members that cannot be read as Skipped."""
    if raw.depth >= limits.zip_depth:
        reason = f"{raw.source}：压缩包套得太深（超过 {limits.zip_depth} 层），没有读取。"
        yield Skipped(raw.source, reason, "too_deep")
        return
    try:
        with zipfile.ZipFile(raw.stream) as archive:
            members = sorted(((member_name(info), info) for info in archive.infolist()), key=lambda pair: pair[0])
            raw.budget.members += len(members)
            if raw.budget.members > limits.zip_members:
                words = f"压缩包里的文件太多（超过 {limits.zip_members} 个），没有读取。"
                yield Skipped(raw.source, f"{raw.source}：{words}", "too_large")
                return
            seen: Counter[str] = Counter()
            for stored, info in members:
                seen[stored] += 1
                name = stored if seen[stored] == 1 else f"{stored}#{seen[stored]}"
                if info.is_dir() or name.endswith("/") or _is_hidden(name):
                    continue
                yield from _read_member(raw, archive, name, info, limits)
    except TooMuchError as error:
        yield Skipped(raw.source, f"{raw.source}：{error}", "bomb")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        reason = f"{raw.source}：压缩包已损坏（{type(error).__name__}），其余内容没有读取。"
        yield Skipped(raw.source, reason, "broken")


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name as its maker wrote it: UTF-8 where marked, else UTF-8 or GBK by what decodes."""
    marked = _unicode_path(info)
    if marked or info.flag_bits & _UTF8_NAME:
        name = marked or info.orig_filename
    else:
        try:
            stored = info.orig_filename.encode("cp437")
        except UnicodeEncodeError:
            stored = info.orig_filename.encode("utf-8", errors="replace")
        name = _decode_name(stored)
    return name.split("\x00")[0].replace("\\", "/")


def check_members(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Nothing, if the sizes that a package declares are within bounds.

    Raises:
        TooMuchError: If it holds too many members, or unpacks to too much, or at too high a ratio.
    """
    infos = archive.infolist()
    if len(infos) > limits.zip_members or sum(info.file_size for info in infos) > limits.stream_bytes:
        raise TooMuchError("解压后超过上限，没有读取。")
    for info in infos:
        _check_ratio(info, limits)


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limit: int) -> BinaryIO:
    """A seekable copy of a member's bytes, at most ``limit`` of them, in memory or a nameless file.

    Raises:
        TooMuchError: If the member holds more, whatever it declares.
    """
    copy = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        with archive.open(info) as member:
            size = _copy(member, copy, limit)
    except BaseException:
        copy.close()
        raise
    if size > limit:
        copy.close()
        raise TooMuchError(f"解压后超过上限（{limit // (1024 * 1024)} MB），没有读取。")
    copy.seek(0)
    return cast("BinaryIO", copy)


def _copy(member: IO[bytes], copy: IO[bytes], limit: int) -> int:
    size = 0
    while piece := member.read(min(_PIECE, limit + 1 - size)):
        copy.write(piece)
        size += len(piece)
        if size > limit:
            break
    return size


def _read_member(
    raw: Raw, archive: zipfile.ZipFile, name: str, info: zipfile.ZipInfo, limits: Limits
) -> Iterator[SourceText | Skipped]:
    source = f"{raw.source}/{show_name(name)}"
    refused = _refused(source, name, info)
    if refused is not None:
        yield refused
        return
    suffix = PurePosixPath(re.sub(r"#\d+$", "", name)).suffix.lower()
    left = limits.stream_bytes - raw.budget.unpacked
    limit = left if suffix in _STREAMED else min(left, limits.report_bytes)
    try:
        _check_ratio(info, limits)
        if info.file_size > limit:
            yield Skipped(source, f"{source}：解压后超过上限（{limit // (1024 * 1024)} MB），没有读取。", "too_large")
            return
        with open_member(archive, info, limit=limit) as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            raw.budget.unpacked += size
            yield from read_raw(
                replace(raw, source=source, suffix=suffix, stream=stream, size=size, depth=raw.depth + 1), limits=limits
            )
    except TooMuchError as error:
        yield Skipped(source, f"{source}：{error}", "bomb")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        yield Skipped(source, f"{source}：压缩包里的这个文件已损坏（{type(error).__name__}）。", "broken")


def _refused(source: str, name: str, info: zipfile.ZipInfo) -> Skipped | None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts:
        return Skipped(source, f"{source}：文件名指向压缩包之外，没有读取。", "unsafe_name")
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        return Skipped(source, f"{source}：是压缩包里的链接，没有读取。", "symlink")
    if info.flag_bits & _ENCRYPTED:
        return Skipped(source, f"{source}：文件设有密码，无法读取。请去掉密码后再导入。", "encrypted")
    return None


def _check_ratio(info: zipfile.ZipInfo, limits: Limits) -> None:
    if info.file_size > limits.zip_ratio_from and info.file_size > limits.zip_ratio * max(info.compress_size, 1):
        raise TooMuchError(f"压缩比异常（超过 {limits.zip_ratio} 倍），疑似压缩炸弹，没有读取。")


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith(".") and part not in {".", ".."} for part in parts)


def _decode_name(stored: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return stored.decode(encoding)
        except UnicodeDecodeError:
            continue
    return stored.decode("gb18030", errors="replace").replace("\ufffd", "□")


def _unicode_path(info: zipfile.ZipInfo) -> str:
    """The UTF-8 name from Info-ZIP's extra field, or an empty string."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if kind == _UNICODE_PATH and size > 5:
            return extra[9 : 4 + size].decode("utf-8", errors="replace")
        extra = extra[4 + size :]
    return ""
