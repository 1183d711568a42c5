"""A question that the rules could not place, read with a language model's help into the same Query. Pure.

The model is asked only where the rules led nowhere, and only for what they leave open: what is asked for, its role, the
kind of answer. Places, periods and numbers are those that the rules read from the question's own words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from rag.answer import Answer
from rag.question import IndicatorAsk, Query, Understander
from rag.types import QuestionKind, Role

_MOST: Final = 3  # things asked for at once
_WORD_CHARS: Final = 20
_ROLES: Final = ("target", "actual", "cumulative", "plan")


def is_unsure(query: Query, draft: Answer) -> bool:
    """Whether the rules' reading of a question, alone or in its conversation, led nowhere."""
    if query.stranger or query.lang != "zh" or query.kind in ("sweep", "about-report"):
        return False
    known = any(ask.id for ask in query.indicators)
    return not known and draft.status in ("not_in_report", "unclear", "off_topic")


def reworded(query: Query, found: Mapping[str, Any], understander: Understander) -> Query | None:
    """``query`` with what it left open taken from a model's reading; None where that says nothing new.

    Args:
        query: The rules' reading.
        found: An object of ``rag.prompts.QUERY_SCHEMA``, as far as the model kept to it.
        understander: Reads the indicators that the model names as it reads those of questions.
    """
    if found.get("about_reports") is False:
        return None
    asks = _indicators(found, query, understander)
    topic = _words(found.get("topic"))
    if not asks and not topic:
        return None
    roles = tuple(cast("Role", r) for r in _strings(found.get("roles")) if r in _ROLES)
    kind = found.get("kind")
    may = query.kind in ("lookup", "prose", "list") and kind in ("lookup", "prose", "list")
    new = replace(
        query,
        indicators=asks or query.indicators,
        topic=topic or query.topic,
        roles=query.roles or roles[:1],
        kind=cast("QuestionKind", kind) if may else query.kind,
    )
    return None if new == query else new


def _indicators(found: Mapping[str, Any], query: Query, understander: Understander) -> tuple[IndicatorAsk, ...]:
    """The things that a model says are asked for, with the measures and units that the question's own words give."""
    measures = next((a.measures for a in query.indicators if a.measures), ())
    units = next((a.units for a in query.indicators if a.units), "")
    asks: list[IndicatorAsk] = []
    for words in _strings(found.get("indicators"))[:_MOST]:
        read = understander.read(f"{_words(words)}是多少").indicators
        asks += [replace(a, measures=measures or a.measures, units=units or a.units) for a in read if a.words]
    return tuple(dict.fromkeys(asks))


def _strings(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _words(value: object) -> str:
    """Chinese words of a model's string; numbers and years are not its to give."""
    if not isinstance(value, str):
        return ""
    words = [re.sub(r"[^一-鿿A-Za-z]", "", word)[:_WORD_CHARS] for word in re.split(r"[\s,，、;；]+", value)]
    return " ".join(word for word in words if len(word) > 1)
