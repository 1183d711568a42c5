"""Which reader a file needs, judged by its first bytes before its name; and what we do not read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from rag.corpus.clean import clean_text
from rag.corpus.decode import decode_bytes, mend_mojibake
from rag.corpus.limits import Budget, Limits
from rag.types import Skipped, SourceText

_SUFFIXES: Final = {
    ".txt": "txt",
    ".text": "txt",
    "": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".shtml": "html",
    ".xhtml": "html",
    ".csv": "csv",
    ".tsv": "csv",
    ".tmx": "tmx",
}
_MAGIC: Final = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "image"),
    (b"MIME-Version:", "mhtml"),
    (b"SQLite format 3", "database"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_UNREAD: Final = {
    "rtf": ("unsupported", "是 RTF 文件，请另存为 .docx 或 PDF 后再导入。"),
    "archive": ("unsupported", "是压缩文件，请解压或改用 .zip 后再导入。"),
    "image": ("scan", "是图片，没有可读的文字，需要先做文字识别（OCR）。"),
    "mhtml": ("unsupported", "是网页归档（MHTML），请另存为 .html 或 .txt 后再导入。"),
    "database": ("unsupported", "是数据库文件，不是报告。"),
    "program": ("unsupported", "是程序文件，不是报告。"),
    "pptx": ("unsupported", "是演示文稿，请另存为 PDF 后再导入。"),
    "ofd": ("unsupported", "是 OFD 版式文件，请另存为 .docx 或 PDF 后再导入。"),
    "xls": ("unsupported", "是旧版 Excel 文件（.xls），请另存为 .xlsx 或 .csv 后再导入。"),
    "word": ("unsupported", "是旧版 Word 或 WPS 文件，请另存为 .docx 或 PDF 后再导入。"),
    "odt": ("unsupported", "是 OpenDocument 文件，请另存为 .docx 或 PDF 后再导入。"),
}
_BY_NAME: Final = {
    ".doc": "word", ".wps": "word", ".wpt": "word", ".dot": "word", ".ofd": "ofd", ".xls": "xls", ".et": "xls",
    ".rtf": "rtf", ".ppt": "pptx", ".pptx": "pptx", ".dps": "pptx", ".rar": "archive", ".7z": "archive",
    ".gz": "archive", ".tar": "archive", ".jpg": "image", ".jpeg": "image", ".png": "image", ".tif": "image",
    ".tiff": "image", ".gif": "image", ".bmp": "image", ".mht": "mhtml", ".mhtml": "mhtml", ".odt": "odt",
}  # fmt: skip
_HTML_HEAD: Final = re.compile(
    rb"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_STREAMED: Final = frozenset({"csv", "xlsx", "zip"})
_MOST_LINES: Final = 50_000  # no report has a tenth of it
_LEAST_WORDS: Final = 2  # a text of one character or less says nothing


@dataclass(frozen=True, slots=True)
class Raw:
    """A file, or an archive's member, to be read: its name for people, its suffix, its bytes.

    ``stream`` is seekable and stands at the beginning; ``size`` is in bytes. ``budget`` counts what
    was unpacked so far for the file that the user named; ``depth`` is 1 inside an archive.
    """

    source: str
    suffix: str
    stream: BinaryIO
    size: int
    depth: int = 0
    budget: Budget = field(default_factory=Budget)


def read_raw(raw: Raw, *, limits: Limits) -> Iterator[SourceText | Skipped]:
    """The reports of one file or member, by the format that its bytes show."""
    if raw.size == 0:
        yield _empty(raw.source)
        return
    kind = format_of(raw)
    if kind in _UNREAD:
        code, words = _UNREAD[kind]
        yield Skipped(raw.source, f"{raw.source}：{words}", code)
        return
    limit = limits.stream_bytes if kind in _STREAMED else limits.report_bytes
    if raw.size > limit:
        yield Skipped(raw.source, f"{raw.source}：文件超过上限（{_size(limit)}），没有读取。", "too_large")
        return
    yield from _read_as(kind, raw, limits)


def _read_as(kind: str, raw: Raw, limits: Limits) -> Iterator[SourceText | Skipped]:
    # Imported when the first file of a format is met: each brings a library of its own.
    match kind:
        case "txt" | "md":
            yield _read_text(kind, raw)
        case "html":
            from rag.corpus.pages import read_page

            yield read_page(raw)
        case "pdf":
            from rag.corpus.pdf import read_pdf

            yield read_pdf(raw, limits=limits)
        case "docx":
            from rag.corpus.word import read_word

            yield read_word(raw, limits=limits)
        case "csv" | "xlsx":
            from rag.corpus.tables import read_table

            yield from read_table(kind, raw, limits=limits)
        case "tmx":
            from rag.corpus.memories import read_memory

            yield read_memory(raw)
        case "zip":
            from rag.corpus.archives import read_archive

            yield from read_archive(raw, limits=limits)
        case "encrypted":
            yield Skipped(raw.source, f"{raw.source}：文件设有密码，无法读取。请去掉密码后再导入。", "encrypted")
        case "broken":
            yield Skipped(raw.source, f"{raw.source}：文件已损坏，无法打开。请重新下载后再导入。", "broken")
        case _:
            words = "支持 .txt .md .html .pdf .docx .csv .xlsx .zip。"
            yield Skipped(
                raw.source, f"{raw.source}：不支持的格式（{raw.suffix or '无扩展名'}），{words}", "unsupported"
            )


def format_of(raw: Raw) -> str:
    """Key of the format that ``raw`` is in; its stream stands at the beginning afterwards."""
    head = raw.stream.read(4096)
    raw.stream.seek(0)
    magic = next((kind for mark, kind in _MAGIC if head.startswith(mark)), None)
    if magic is None and b"%PDF-" in head[:1024]:
        magic = "pdf"
    if magic == "zip":
        return _package_of(raw)
    if magic == "ole":
        return _ole_of(raw)
    if magic == "image" and head.startswith(b"BM") and raw.suffix in _SUFFIXES:
        magic = None  # a text may well begin with these two letters
    if magic == "program" and raw.suffix in _SUFFIXES and b"\x00" not in head:
        magic = None
    if magic is not None:
        return magic
    return _format_by_name(raw.suffix, head)


def _format_by_name(suffix: str, head: bytes) -> str:
    if suffix in {".pdf", ".docx", ".xlsx", ".zip"}:
        return "broken"  # the name promises what the first bytes do not show
    named = _SUFFIXES.get(suffix)
    if named in {"txt", "md", None} and _HTML_HEAD.match(head.lstrip(b"\xef\xbb\xbf")):
        return "html"
    return named or _BY_NAME.get(suffix, "unknown")


def _package_of(raw: Raw) -> str:
    try:
        with zipfile.ZipFile(raw.stream) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return "broken"
    finally:
        raw.stream.seek(0)
    marks = (
        ("word/document.xml", "docx"),
        ("xl/workbook.xml", "xlsx"),
        ("ppt/presentation.xml", "pptx"),
        ("OFD.xml", "ofd"),
    )
    for mark, kind in marks:
        if mark in names:
            return kind
    if "[Content_Types].xml" in names and raw.suffix in {".docx", ".xlsx"}:
        return raw.suffix[1:]
    return "odt" if "META-INF/manifest.xml" in names and "content.xml" in names else "zip"


def _ole_of(raw: Raw) -> str:
    """An OLE container is an old Office file, or a new one behind a password."""
    head = raw.stream.read(1024 * 1024)
    raw.stream.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in head:
        return "encrypted"
    if raw.suffix in {".xls", ".et"} or "Workbook".encode("utf-16-le") in head:
        return "xls"
    return "pptx" if "PowerPoint Document".encode("utf-16-le") in head else "word"


def _read_text(kind: str, raw: Raw) -> SourceText | Skipped:
    decoded = decode_bytes(raw.stream.read())
    if not decoded.plausible:
        words = "不是文本文件，或已损坏，无法辨认其中的文字。"
        return Skipped(raw.source, f"{raw.source}：{words}", "not_text")
    text = strip_markdown(decoded.text) if kind == "md" else decoded.text
    return finish(raw.source, kind, text)


def finish(
    source: str, kind: str, text: str, *, fields: Mapping[str, str] | None = None, notices: tuple[str, ...] = ()
) -> SourceText | Skipped:
    """``text`` cleaned and named; Skipped where nothing, or nothing readable, is left of it."""
    if text.count("\n") > _MOST_LINES:
        return Skipped(source, f"{source}：行数太多（超过 {_MOST_LINES} 行），不像一篇报告，没有读取。", "too_large")
    mended = mend_mojibake(text)
    if mended is None:
        words = "文字是乱码，无法还原。请换用 UTF-8 或 GB18030 编码的文件。"
        return Skipped(source, f"{source}：{words}", "garbled")
    cleaned = clean_text(mended.text)
    if len(cleaned.text) < _LEAST_WORDS:
        return _empty(source)
    repaired = ("原文编码有误，已自动还原，请核对个别文字。",) if mended.repaired else ()
    return SourceText(source, kind, cleaned.text, dict(fields or {}), (*notices, *repaired, *cleaned.notices))


def _empty(source: str) -> Skipped:
    return Skipped(source, f"{source}：文件是空的，没有可读的文字。", "empty")


def _size(limit: int) -> str:
    megabytes = limit / (1024 * 1024)
    return f"{megabytes / 1024:g} GB" if megabytes >= 1024 else f"{megabytes:g} MB"


_IMAGE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK: Final = re.compile(r"(?<!!)\[([^\]]+)\]\((?:[^()\s]|\([^)]*\))*(?:\s+\"[^\"]*\")?\)")
_HEADING: Final = re.compile(r"(?m)^#{1,6}\s+(.*?)\s*#*$")
_EMPHASIS: Final = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_RULE: Final = re.compile(
    r"(?m)^[ \t]*(?:[-*_][ \t]*){3,}$|^[ \t]*```.*$|^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*\|?[ \t]*$"
)
_TABLE_ROW: Final = re.compile(r"(?m)^[ \t]*\|(.+)\|[ \t]*$")
_QUOTE: Final = re.compile(r"(?m)^[ \t]*>[ \t]?")


def strip_markdown(text: str) -> str:
    """``text`` without Markdown's marks: headings, emphasis, links, images, tables."""
    text = _RULE.sub("", text.replace("\r\n", "\n"))
    text = _TABLE_ROW.sub(lambda row: "\t".join(cell.strip() for cell in row.group(1).split("|")), text)
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    return _QUOTE.sub("", _EMPHASIS.sub(r"\2", _HEADING.sub(r"\1", text)))
