"""A report's text less page noise: pure functions, text in, text out."""

from __future__ import annotations

import html
import re
from typing import Final

_SPACES: Final = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE: Final = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\ue000-\uf8ff]")


def clean_text(text: str) -> str:
    """``text`` with one paragraph a line, no indentation, no invisible characters."""
    text = html.unescape(text)
    text = text.replace("\\r\\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    text = _INVISIBLE.sub("", text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
