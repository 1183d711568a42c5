"""Tests only: ends the process at a named step of an ingest, as kill -9 would (``FAULT_AT=step`` or ``step:3``)."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable


def killer_at(fault_at: str | None) -> Callable[[str], None]:
    """What to call at every step: nothing happens, but at the n-th ``fault_at`` the process dies without clean-up."""
    wanted, _, count = (fault_at or "").partition(":")
    seen: Counter[str] = Counter()

    def at(step: str) -> None:
        seen[step] += 1
        if step == wanted and seen[step] == int(count or 1):
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    return at
