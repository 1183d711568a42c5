"""Runs alone, as a process of its own: PDF bytes in, lines with their places on the page out.

A PDF can loop, or eat all memory, inside the C library that reads it; only a process can be stopped.
Nothing of this package is imported here. Reads standard input, writes one JSON object.

Output: ``{"status": "ok", "pages": [{"width", "height", "lines": [[text, x0, x1, y0, y1], …]}], "images": n}``
or ``{"status": "encrypted" | "broken" | "too_many_pages" | "memory"}``; lengths in points.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import sys
import threading
import time
from typing import Any

_TEXT_MOST = 20_000_000  # characters of all pages together


def main() -> None:
    """Reads a PDF from standard input and writes what it says to standard output."""
    memory, seconds, pages = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    _limit(memory, seconds)
    raw = sys.stdin.buffer.read()
    try:
        result = _read(raw, pages)
    except MemoryError:
        result = {"status": "memory"}
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=True).encode("ascii"))


def _limit(memory: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:
        pass
    else:
        for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, int(seconds) + 1)):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (value, value))
    threading.Thread(target=_watch, args=(memory, seconds), daemon=True).start()


def _watch(memory: int, seconds: float) -> None:
    # Where the system does not enforce a limit (Windows, macOS), this thread does.
    end = time.monotonic() + seconds
    while True:
        time.sleep(min(0.1, seconds / 4))
        if time.monotonic() > end:
            os._exit(91)
        if _resident() > memory:
            os._exit(92)


def _resident() -> int:
    """Bytes of memory that this process holds, 0 where the system does not tell."""
    if sys.platform == "win32":
        return _resident_windows()
    try:
        with pathlib.Path("/proc/self/statm").open(encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _resident_windows() -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of the Windows API."""

        _fields_ = [("cb", wintypes.DWORD), ("faults", wintypes.DWORD)] + [
            (name, ctypes.c_size_t) for name in ("peak", "now", "qpp", "qp", "qpnp", "qnp", "page", "peak_page")
        ]

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    windll: Any = getattr(ctypes, "windll")  # noqa: B009 - not there on other systems
    process = windll.kernel32.GetCurrentProcess()
    done = windll.psapi.GetProcessMemoryInfo(process, ctypes.byref(counters), counters.cb)
    return int(counters.now) if done else 0


def _read(raw: bytes, most: int) -> dict[str, Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        return {"status": "encrypted" if "password" in str(error).lower() else "broken"}
    if len(document) > most:
        return {"status": "too_many_pages", "count": len(document)}
    pages, images, total = [], 0, 0
    for i in range(len(document)):
        page = _page(document, i)
        if page is None:
            continue
        images += page.pop("images")
        total += sum(len(line[0]) for line in page["lines"])
        if total > _TEXT_MOST:
            break
        pages.append(page)
    return {"status": "ok", "pages": pages, "images": images, "count": len(document)}


def _page(document: Any, index: int) -> dict[str, Any] | None:
    import pypdfium2

    try:
        page = document[index]
        text_page = page.get_textpage()
        width, height = page.get_size()
        lines = _lines(text_page)
        images = 0 if lines else sum(1 for _ in page.get_objects(filter=[3], max_depth=3))
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return None
    return {"width": width, "height": height, "lines": lines, "images": images}


def _lines(text_page: Any) -> list[list[Any]]:
    count = text_page.count_chars()
    text = text_page.get_text_range(0, count) if count > 0 else ""
    lines: list[list[Any]] = []
    start = 0
    for piece in text.split("\n"):
        line = piece.rstrip("\r")
        inner = line.strip()
        if inner:
            first = start + line.index(inner)
            last = first + len(inner) - 1
            lines.append([inner, *_box(text_page, first, last, count)])
        start += len(piece) + 1
    return lines


def _box(text_page: Any, first: int, last: int, count: int) -> tuple[float, float, float, float]:
    try:
        left = text_page.get_charbox(min(first, count - 1))
        right = text_page.get_charbox(min(last, count - 1))
    except (ValueError, OSError, RuntimeError):
        return (0.0, 0.0, 0.0, 0.0)
    return (round(left[0], 1), round(right[2], 1), round(min(left[1], right[1]), 1), round(max(left[3], right[3]), 1))


if __name__ == "__main__":
    main()
