"""Asking the program under test: one answer object a question, whatever happens, and what happened inside."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from eval.evidence import Finder
from eval.gold import Gold, GoldError
from eval.lost import DEPTH, Trace

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Settings
    from rag.question import Query
    from rag.retriever import By

READERS: Final = ("extractive", "llm")
NO_MODEL: Final = "a language model is to be asked, but WENBAO_LLM, which names it, is not set"
RETRIEVALS: Final = ("hybrid", "lexical", "dense")


class Program(Protocol):
    """Anything that answers questions with answer objects; ``name`` is a folder's name too."""

    name: str

    def answer(self, question: str, history: Sequence[str], gold: Gold) -> Mapping[str, Any]:
        """The answer object; ``gold`` is for programs that are told the right report."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer object with its id, and how the question was understood (None if that failed)."""

    answer: Mapping[str, Any]
    query: Query | None = None


def ask(program: Program, gold: Gold) -> dict[str, Any]:
    """The program's answer object with the question's id; one with status error if it fails."""
    began = time.perf_counter()
    try:
        answer = dict(program.answer(gold.question, gold.history, gold))
    except Exception as error:  # noqa: BLE001 - a question that fails counts as wrong and costs itself alone
        return {"id": gold.id, "status": "error", "text": f"{type(error).__name__}: {error}"[:500]}
    answer.setdefault("timings_ms", {"total": round((time.perf_counter() - began) * 1000, 3)})
    return {"id": gold.id, **answer}


class Wenbao:
    """The program itself, in this process.

    Args:
        settings: Library and model.
        retrieval: Which rankings are fused: ``hybrid`` (the default), ``lexical`` or ``dense``.
        reader: ``extractive``, which asks no language model, or ``llm``, which asks the one that is set.

    Raises:
        GoldError: If the reader is ``llm`` and no model is set.
    """

    name = "wenbao"

    def __init__(self, settings: Settings, *, retrieval: By = "hybrid", reader: str = "extractive") -> None:
        from rag.assistant import build_assistant

        if reader == "llm" and not settings.llm:
            raise GoldError(NO_MODEL)
        self.assistant: Assistant = build_assistant(settings if reader == "llm" else replace(settings, llm=None))
        self.assistant.library.retriever.by = retrieval
        self.query: Query | None = None

    def answer(self, question: str, history: Sequence[str], gold: Gold) -> Mapping[str, Any]:
        """The answer object; how the question was understood stays in ``query``."""
        from rag.answer import Answer

        self.query = None
        final: Answer | None = None
        for event in self.assistant.stream(question, history):
            if event.kind == "understood":
                self.query = event.data  # type: ignore[assignment]
            if isinstance(event.data, Answer):
                final = event.data
        if final is None:
            raise RuntimeError("the stream ended without an answer")
        return final.to_json()

    def trace(self, gold: Gold, finder: Finder) -> Trace:
        """What happened to the question that was answered last: evidence, what was read of it, both rankings."""
        located = finder.locate(gold)
        grades = finder.grades(located)
        topic = (self.query.topic if self.query else "") or gold.question
        scope = self._scope()
        return Trace(
            missing_docs=tuple(dict.fromkeys(one.doc for one in located if one.report_id is None)),
            read_as=finder.read_as(gold, located),
            grades=grades,
            scoped=self._ranking(topic, scope) if grades else (),
            open=self._ranking(gold.question, None) if grades else (),
            reports=tuple(dict.fromkeys(one.report_id for one in located if one.report_id)),
        )

    def _scope(self) -> tuple[str, ...] | None:
        """The reports that the question is read to mean; None for all."""
        from rag.cells import plan_cells
        from rag.holdings import Holdings

        if self.query is None:
            return None
        holdings = Holdings.of(self.assistant.library.catalogue.reports())
        plan = plan_cells(self.query, holdings, self.assistant.gazetteer)
        return tuple(r.report_id for r in plan.reports) if plan.places else None

    def _ranking(self, text: str, scope: Sequence[str] | None) -> tuple[tuple[str, float], ...]:
        from rag.retriever import Preference, preference_of

        prefer = preference_of(self.query) if self.query else Preference()
        hits = self.assistant.library.retriever.retrieve(text, report_ids=scope, prefer=prefer, k=DEPTH).hits
        return tuple((hit.passage.passage_id, round(float(hit.score), 6)) for hit in hits)
