"""Why an index cannot serve; whoever called rebuilds it from the catalogue.

::

    StoreError                  the index cannot be used as it is
    ├── StoreMissingError       it is not there, or only in part
    ├── StoreStaleError         it was built by another model, another release or from other passages
    └── StoreDamagedError       its files do not hold what was written

Messages are English: they go to the log. What a reader sees is said by the caller (``rag/errors.py``). A full disk
stays the ``OSError`` it is.
"""

from __future__ import annotations


class StoreError(Exception):
    """Root: the index cannot be used as it is."""


class StoreMissingError(StoreError):
    """The index is not there, or lacks ids that it should hold."""


class StoreStaleError(StoreError):
    """The index was built by another model, another release or from other passages."""


class StoreDamagedError(StoreError):
    """The index's files do not hold what was written."""


# How SQLite (778: a write that failed), Rust and the systems say that there was no room.
_NO_ROOM = ("disk is full", "No space left", "File too large", "os error 28", "os error 27", "(code: 778)")


def says_no_room(error: BaseException) -> bool:
    """Whether a library's error means that the disk is full or a file may not grow."""
    return any(sign in str(error) for sign in _NO_ROOM)
