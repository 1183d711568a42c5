"""The log: English lines in a file beside the library, with every secret blacked out.

What people see on page and screen is not logged here; errors of ours are, under the reference number that people see.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

LOG_NAME: Final = "wenbao.log"
_ROOMS: Final = ("rag", "vectorstore", "eval", "app")
_LOG_BYTES: Final = 1_000_000
_BLACK: Final = "[…]"
# Keys and passwords by their look, for those that did not come from our settings.
_LOOKS_SECRET: Final = re.compile(
    r"\b(?:sk|pk|rk|xai|gsk|AIza)[-_][A-Za-z0-9_\-]{6,}|(?<=Bearer )[^\s\"']+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?<=api_key=)[^\s&\"',)]+|(?<=api-key: )[^\s\"',)]+"
)


def new_reference() -> str:
    """A short number that stands in the log and in what the reader is told."""
    return secrets.token_hex(4)


def redacted(text: str, hidden: Sequence[str] = ()) -> str:
    """``text`` without the secrets in ``hidden`` and without what looks like a key."""
    for secret in hidden:
        if len(secret) >= 3:
            text = text.replace(secret, _BLACK)
    return _LOOKS_SECRET.sub(_BLACK, text)


class RedactingFormatter(logging.Formatter):
    """Formats as usual, traces included, then blacks secrets out of the whole line."""

    def __init__(self, hidden: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")
        self._hidden = tuple(hidden)

    def format(self, record: logging.LogRecord) -> str:
        """The line as it goes to the file."""
        return redacted(super().format(record), self._hidden)


def start_log(folder: Path, *, hidden: Sequence[str] = ()) -> Path:
    """The file that our rooms log to from now on: in ``folder`` where that can be written, else in a temporary place.

    Args:
        folder: The library's folder.
        hidden: Secrets of the settings.
    """
    path = (folder if _can_write(folder) else Path(tempfile.gettempdir())) / LOG_NAME
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8", delay=True, errors="backslashreplace"
    )
    handler.setFormatter(RedactingFormatter(hidden))
    handler.handleError = lambda record: None  # type: ignore[method-assign]  # a full disk must not stop an answer
    for room in _ROOMS:
        logger = logging.getLogger(room)
        for old in list(logger.handlers):
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return path


def _can_write(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    try:
        with (folder / LOG_NAME).open("a", encoding="utf-8"):
            return True
    except OSError:
        return False
