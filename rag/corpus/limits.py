"""How much of a file we are willing to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep a bad file from taking the machine down; sizes in bytes, times in seconds."""

    report_bytes: int = 20 * 1024 * 1024  # one report: a text file, a page, a CSV row, a zip member
    stream_bytes: int = 2 * 1024 * 1024 * 1024  # csv, xlsx and zip are streamed, up to this unpacked
    zip_members: int = 100_000  # members of one archive, nested ones counted
    zip_depth: int = 3  # archives inside archives
    zip_ratio: int = 100  # unpacked to packed, judged above ``zip_ratio_from``
    zip_ratio_from: int = 4 * 1024 * 1024  # short repetitive texts pack better than 100:1, harmlessly
    child_seconds: float = 30.0  # wall clock for one PDF, in its own process
    child_bytes: int = 1024 * 1024 * 1024  # memory of that process
    pdf_pages: int = 2_000
    folder_depth: int = 40


@dataclass(slots=True)
class Budget:
    """What one file has unpacked so far, in all its layers: the only thing here that changes."""

    unpacked: int = 0  # bytes
    members: int = 0
