"""PDF files with a text layer: read in a process of their own, lines put back into paragraphs.

A line goes on where it reaches the right edge of its page's text and the next one is not indented;
page numbers and running heads go.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rag.corpus.decode import chinese_share
from rag.corpus.formats import Raw, finish
from rag.corpus.limits import Limits
from rag.types import Skipped, SourceText

_CHILD: Final = Path(__file__).with_name("pdf_child.py")
_PAGE_NUMBER: Final = re.compile(
    r"^[-—–―－·•\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/共,，]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–―－·•\s]*$"
)
_SCAN_CHARS: Final = 15  # characters a page under which there is no text layer to speak of
_REASONS: Final = {
    "encrypted": "文件设有密码，无法读取。请去掉密码后再导入。",
    "broken": "PDF 已损坏，无法解析。请重新下载后再导入。",
    "too_many_pages": "页数太多，不像一篇报告，没有读取。请拆分后再导入。",
    "memory": "解析所需内存超过上限，已中止。请另存一份或转为 .docx 后再导入。",
    "timeout": "在限定时间内没有读完，已中止。请另存一份或转为 .docx 后再导入。",
    "scan": "是扫描件，没有可读的文字，需要先做文字识别（OCR）。",
    "garbled": "文字层是乱码（字体没有编码表），需要先做文字识别（OCR）。",
}


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a page and its box: left and right, bottom and top edge, in points."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float


def read_pdf(raw: Raw, *, limits: Limits) -> SourceText | Skipped:
    """The text layer of a PDF as paragraphs; Skipped with the reason where there is none to read."""
    result = _run_child(raw.stream.read(), limits)
    status = str(result["status"])
    if status != "ok":
        code = {"too_many_pages": "too_large", "memory": "too_large"}.get(status, status)
        return Skipped(raw.source, f"{raw.source}：{_REASONS[status]}", code)
    pages = [[PdfLine(*line) for line in page["lines"]] for page in result["pages"]]
    characters = sum(len(line.text) for page in pages for line in page)
    if characters < _SCAN_CHARS * max(int(result["count"]), 1):
        return Skipped(raw.source, f"{raw.source}：{_REASONS['scan']}", "scan")
    paragraphs = join_lines(pages)
    if _is_garbled("".join(paragraphs[:200])):
        return Skipped(raw.source, f"{raw.source}：{_REASONS['garbled']}", "garbled")
    empty = sum(not page for page in pages)
    notices = (f"有 {empty} 页没有文字（可能是图片），这些页的内容没有读到。",) if empty else ()
    return finish(raw.source, "pdf", "\n".join(f"\u3000\u3000{text}" for text in paragraphs), notices=notices)


def _run_child(content: bytes, limits: Limits) -> Mapping[str, Any]:
    arguments = [str(limits.child_bytes), str(limits.child_seconds), str(limits.pdf_pages)]
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-X", "utf8", str(_CHILD), *arguments],
            input=content,
            capture_output=True,
            timeout=limits.child_seconds + 2,
            check=False,
            creationflags=flags,
        )
    except subprocess.TimeoutExpired:
        return {"status": "timeout"}
    if done.returncode == 0:
        return dict(json.loads(done.stdout))
    if done.returncode in {91, -24, -9}:  # the child's own clock, SIGXCPU, SIGKILL
        return {"status": "timeout"}
    if done.returncode == 92 or b"MemoryError" in done.stderr:
        return {"status": "memory"}
    return {"status": "broken"}


def join_lines(pages: Sequence[Sequence[PdfLine]]) -> list[str]:
    """Paragraphs of all pages, without page numbers and running heads."""
    placed = [_Placed(line, *_edges(page)) for page in _without_margins(pages) for line in page]
    full = [place for place in placed if place.full]
    ends = sum(place.line.text[-1] in "。！？；：!?;:" for place in full)
    wrapped = ends < 0.7 * len(full)  # else every line is a paragraph of its own
    paragraphs: list[str] = []
    open_line = False
    for place in placed:
        if open_line and not place.indented:
            paragraphs[-1] = _joined(paragraphs[-1], place.line.text)
        else:
            paragraphs.append(place.line.text)
        open_line = wrapped and place.full
    return paragraphs


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line, and its page's left and right edge and size of characters."""

    line: PdfLine
    left: float
    right: float
    size: float

    @property
    def indented(self) -> bool:
        return self.line.x0 > self.left + 1.2 * self.size

    @property
    def full(self) -> bool:
        return self.line.x1 >= self.right - 1.6 * self.size


def _joined(before: str, after: str) -> str:
    latin = before[-1].isascii() and before[-1].isalpha() and after[0].isascii() and after[0].isalpha()
    return f"{before} {after}" if latin else before + after


def _edges(page: Sequence[PdfLine]) -> tuple[float, float, float]:
    """Left and right edge of a page's text, and the size of its characters."""
    sizes = sorted((line.x1 - line.x0) / max(len(line.text), 1) for line in page if len(line.text) >= 5)
    size = sizes[len(sizes) // 2] if sizes else 12.0
    lefts = Counter(round(line.x0 / 2) * 2 for line in page if len(line.text) >= 5)
    common = [x for x, count in lefts.items() if count >= max(2, 0.15 * len(page))]
    left = float(min(common)) if common else min((line.x0 for line in page), default=0.0)
    rights = sorted(line.x1 for line in page)
    right = rights[int(0.9 * (len(rights) - 1))] if rights else 0.0
    return left, right, size


def _without_margins(pages: Sequence[Sequence[PdfLine]]) -> list[list[PdfLine]]:
    """Pages without their numbers, and without a first or last line that many pages share."""
    edges = Counter(_edge_key(line) for page in pages if len(page) > 2 for line in (page[0], page[-1]))
    running = {key for key, count in edges.items() if key and count >= max(3, 0.4 * len(pages))}
    kept: list[list[PdfLine]] = []
    for page in pages:
        last = len(page) - 1
        kept.append(
            [
                line
                for i, line in enumerate(page)
                if not (
                    i in {0, 1, last - 1, last}
                    and (_PAGE_NUMBER.match(line.text) or (i in {0, last} and _edge_key(line) in running))
                )
            ]
        )
    return kept


def _edge_key(line: PdfLine) -> str:
    return re.sub(r"[\d\s]+", "", line.text)


def _is_garbled(text: str) -> bool:
    """True where the text layer does not say what the page shows: private-use or rare characters only."""
    if not text:
        return False
    private = sum("\ue000" <= ch <= "\uf8ff" or ch == "\ufffd" for ch in text)
    han = sum("\u4e00" <= ch <= "\u9fff" for ch in text)
    controls = sum(ch < " " and ch not in "\n\t" for ch in text)
    if private + controls > 0.2 * len(text):
        return True
    return han >= 60 and chinese_share(text) < 0.15
