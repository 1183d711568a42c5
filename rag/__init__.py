"""Answers with citations from government work reports.

``build_assistant(Settings())`` wires everything; ``Assistant.answer(question)`` is the whole story. What is heavy is
imported when first asked for, so that ``import rag`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.assistant import Assistant, build_assistant
    from rag.config import Settings
    from rag.langchain_retriever import ReportRetriever

__all__ = ["Assistant", "ReportRetriever", "Settings", "build_assistant"]

_HOMES = {
    "Assistant": "rag.assistant",
    "ReportRetriever": "rag.langchain_retriever",
    "Settings": "rag.config",
    "build_assistant": "rag.assistant",
}


def __getattr__(name: str) -> object:
    """The exported object, from its own module, imported now."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
