"""Which rules read a report: a digest of the code and data that turn a file into passages and figures.

A file that did not change is read again when these did. A number that somebody must remember to raise would be
forgotten; the digest cannot be.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

_ROOM: Final = Path(__file__).parent
_RULES: Final = (
    "corpus", "data", "figures", "indicators.py", "numerals.py", "passages.py", "places.py", "types.py",
)  # fmt: skip


@lru_cache(maxsize=1)
def rules_fingerprint() -> str:
    """Twelve hex digits that change when anything that reads reports does."""
    digest = hashlib.sha256()
    for name in _RULES:
        path = _ROOM / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(_ROOM).as_posix().encode("utf-8"))
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
