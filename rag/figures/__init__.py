"""Report text -> Figures: every number with its indicator, measure, role, period, place and bounds. Pure.

A sentence is read from left to right: the times it names (``times``), each number with the words around it
(``numbers``, ``phrases``), what numbers share (``shared``), then period, role and place (``sentences``).
"""

from rag.figures.phrases import split_items
from rag.figures.sentences import parent_place, read_figures

__all__ = ["parent_place", "read_figures", "split_items"]
