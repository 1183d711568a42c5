"""The nouns of the two indexes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to be indexed: its id, the group that it is deleted and searched with, and its words' source.

    ``about`` says what the group is about; its words count where no group is given to search in.
    """

    id: str
    group: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """An id with its score; higher is better, and only scores of one search compare."""

    id: str
    score: float
