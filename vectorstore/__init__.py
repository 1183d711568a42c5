"""The two rebuildable indexes beside the catalogue: vectors (Chroma) and words (tantivy).

They know ids, vectors, texts and a group key, nothing of reports. Both can be rebuilt from the catalogue at any time,
so every doubt about them ends in a ``StoreError`` and a rebuild, never in a guess.
"""

from __future__ import annotations

from vectorstore.errors import StoreDamagedError, StoreError, StoreMissingError, StoreStaleError
from vectorstore.lexical import LexicalIndex
from vectorstore.manifest import Manifest, check_seal, read_manifest, seal_of, write_manifest
from vectorstore.store import VectorStore
from vectorstore.types import Entry, Scored

__all__ = [
    "Entry",
    "LexicalIndex",
    "Manifest",
    "Scored",
    "StoreDamagedError",
    "StoreError",
    "StoreMissingError",
    "StoreStaleError",
    "VectorStore",
    "check_seal",
    "read_manifest",
    "seal_of",
    "write_manifest",
]
