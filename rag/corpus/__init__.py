"""Report files in, clean texts out: ``read_sources`` and what it needs.

One reader a format; page noise off; nothing here knows what a report is about (identify.py does).
Format libraries are imported when the first file of their format is met.
"""

from __future__ import annotations

from rag.corpus.limits import Limits
from rag.corpus.reading import READING_VERSION, find_files, read_file, read_sources

__all__ = ["READING_VERSION", "Limits", "find_files", "read_file", "read_sources"]
