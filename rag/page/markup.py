"""The one place where text becomes markup: whatever others wrote is escaped here, once."""

from __future__ import annotations

import html
import re
from typing import Final

# Characters that turn text around or hide it are shown as their number, so that what is read is what is there.
_HIDDEN: Final = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WEB_ADDRESS: Final = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#][^\s<>\"'\\]*)?", re.IGNORECASE | re.ASCII)


def escape(text: object) -> str:
    """``text`` so that a browser shows it and does nothing else."""
    return html.escape(_HIDDEN.sub(_shown, str(text)), quote=True)


def lines(text: object) -> str:
    """``text`` escaped, its line breaks kept."""
    return escape(text).replace("\n", "<br>")


def button(label: str, action: str, **data: object) -> str:
    """A button that the page's script acts on: ``data-do`` names what it does."""
    more = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    return f'<button type="button" data-do="{escape(action)}"{more}>{escape(label)}</button>'


def web_address(text: str) -> str | None:
    """``text`` if it is the address of a page on the web and nothing else, so that it may be a link."""
    stripped = text.strip()
    return stripped if _WEB_ADDRESS.fullmatch(stripped) else None


def _shown(found: re.Match[str]) -> str:
    return f"‹U+{ord(found[0]):04X}›"
