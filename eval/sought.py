"""Questions for measuring retrieval alone: gold questions with evidence, and retrieval.jsonl, put in other words.

A line of retrieval.jsonl is a question in words that the report does not use, with the quote that answers it, and an
opening that names place and report. It is asked twice: with the opening, and bare, naming neither place nor year.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from eval.evidence import spans_of
from eval.gold import GoldError, Span, json_lines, load_gold

PARAPHRASED: Final = "retrieval.jsonl"
GROUPS: Final = ("developing", "held out", "other words", "no place or year")
_OF_FILE: Final = {"opened.jsonl": "held out"}
MOST_SHARED: Final = 0.2  # share of a question's pairs of characters that its quote may hold


@dataclass(frozen=True, slots=True)
class Sought:
    """A question whose evidence is looked for. ``group`` is one of GROUPS; ``opening`` names place and report."""

    id: str
    group: str
    question: str
    evidence: tuple[Span, ...]
    history: tuple[str, ...] = ()
    opening: str = ""

    @property
    def asked(self) -> str:
        """The question as it is put."""
        return self.opening + self.question


def load_sought(path: Path) -> tuple[Sought, ...]:
    """The questions of a file that have evidence, in its order; those of retrieval.jsonl twice.

    Raises:
        GoldError: If a line cannot be used.
    """
    if path.name != PARAPHRASED:
        group = _OF_FILE.get(path.name, GROUPS[0])
        return tuple(
            Sought(f"{path.stem}/{g.id}", group, g.question, g.evidence, g.history)
            for g in load_gold(path)
            if g.evidence
        )
    found = []
    for where, item in json_lines(path):
        try:
            evidence = tuple(Span(e["doc"], e["quote"]) for e in item["evidence"])
            named = Sought(str(item["id"]), GROUPS[2], item["question"], evidence, opening=item["opening"])
        except (KeyError, TypeError) as error:
            raise GoldError(f"{where}: {type(error).__name__}: {error}") from error
        found += [named, Sought(f"{named.id}-bare", GROUPS[3], named.question, evidence)]
    return tuple(found)


def sought_problems(questions: Iterable[Sought], texts: Mapping[str, str]) -> list[str]:
    """What is wrong with questions in other words: ids twice, quotes that do not stand in the text, words shared.

    Args:
        questions: As ``load_sought`` gives them.
        texts: Document id -> its text, for the documents that are at hand; quotes of others are not looked up.
    """
    found: list[str] = []
    seen: set[str] = set()
    for one in questions:
        if one.id in seen:
            found.append(f"{one.id}: stands twice")
        seen.add(one.id)
        if not one.evidence:
            found.append(f"{one.id}: no evidence")
        for span in one.evidence:
            if span.doc in texts and not spans_of(span.quote, texts[span.doc]):
                found.append(f"{one.id}: not in {span.doc}: {span.quote}")
        if (share := shared(one.question, [span.quote for span in one.evidence])) > MOST_SHARED:
            found.append(f"{one.id}: {share:.0%} of its pairs of characters stand in the quote")
    return found


def shared(question: str, quotes: Sequence[str]) -> float:
    """The share of a question's pairs of characters that stand in one of the quotes, at most."""
    asked = _pairs(question)
    return max((len(asked & _pairs(quote)) / len(asked) for quote in quotes), default=0.0) if asked else 0.0


def _pairs(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text)
    return {pair for pair in map("".join, pairwise(plain)) if pair.isalnum()}
