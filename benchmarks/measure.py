"""What every benchmark uses: a result, the settings of a scratch library, and simple statistics."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Result:
    """One ratio: what was measured, what it was measured against, and the aim (the ratio is to be at most that)."""

    name: str
    ours: str
    against: str
    ratio: float
    aim: float
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the aim is met."""
        return self.ratio <= self.aim


class MaterialMissingError(Exception):
    """The reports to measure with are not there."""


def reports_folder() -> Path:
    """The folder of real reports: ``WENBAO_TEST_MATERIAL``/corpus/reports.

    Raises:
        MaterialMissingError: If it is not there.
    """
    folder = Path(os.environ.get("WENBAO_TEST_MATERIAL") or ROOT / ".." / "shared").resolve() / "corpus" / "reports"
    if not folder.is_dir():
        raise MaterialMissingError(f"no reports at {folder}: set WENBAO_TEST_MATERIAL to the folder that holds corpus/")
    return folder


def seconds_of(work: Callable[[], object]) -> float:
    """How long ``work`` takes on the wall clock, in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def megabytes(folder: Path) -> float:
    """Size of everything under ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
