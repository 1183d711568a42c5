"""The whole story: understand the question, retrieve, read, check, answer. ``build_assistant`` wires it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rag.answer import Answer
from rag.cells import plan_cells
from rag.config import Settings
from rag.grounding import check_answer
from rag.holdings import Holdings
from rag.places import Gazetteer, load_gazetteer
from rag.question import Query, Understander
from rag.reader import Reader
from rag.retriever import preference_of
from rag.types import Ranking

if TYPE_CHECKING:
    from rag.library import Library

HITS = 30  # passages retrieved for answers in sentences


@dataclass(frozen=True, slots=True)
class Event:
    """A step of an answer: understood (Query), retrieved (Ranking), text (str, provisional) or answer (Answer)."""

    kind: Literal["understood", "retrieved", "text", "answer"]
    data: object


class Assistant:
    """Answers questions from one library."""

    def __init__(self, settings: Settings, library: Library, gazetteer: Gazetteer) -> None:
        self.settings = settings
        self.library = library
        self.gazetteer = gazetteer
        self._generation: int | None = None
        self._reader: Reader | None = None
        self._understander: Understander | None = None

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to ``question``; ``history`` holds the earlier questions, oldest first."""
        final: Answer | None = None
        for event in self.stream(question, history):
            if isinstance(event.data, Answer):
                final = event.data
        assert final is not None
        return final

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Event]:
        """The steps of an answer as they are made; the last one holds it."""
        clock = _Clock()
        reader, understander = self._ready()
        query = understander.understand(question, history)
        if self.settings.lang is not None:
            query = replace(query, lang=self.settings.lang)
        clock.lap("understand")
        yield Event("understood", query)
        ranking = self._retrieve(query, reader)
        clock.lap("retrieve")
        yield Event("retrieved", ranking)
        draft = reader.read(query, ranking)
        clock.lap("read")
        yield Event("text", draft.text)
        checked = check_answer(
            draft, evidence=self.library.catalogue, places=self.gazetteer, held=reader.holdings.listed
        )
        clock.lap("check")
        yield Event("answer", replace(checked.answer, timings_ms=clock.times()))

    def _ready(self) -> tuple[Reader, Understander]:
        """Reader and understander of what the library now holds."""
        self.library.refresh()
        generation = self.library.catalogue.generation()
        if self._reader is None or self._understander is None or generation != self._generation:
            holdings = Holdings.of(self.library.catalogue.reports())
            self._reader = Reader(
                self.library.catalogue, holdings, self.gazetteer, min_confidence=self.settings.min_confidence
            )
            self._understander = Understander(self.gazetteer, held=holdings.codes)
            self._generation = generation
        return self._reader, self._understander

    def _retrieve(self, query: Query, reader: Reader) -> Ranking:
        """The passages for answers in sentences, from the reports in scope, or from all where no place is named."""
        plan = plan_cells(query, reader.holdings, self.gazetteer)
        if plan.refusal is not None or not query.topic:
            return Ranking(())
        if plan.cells and query.kind != "prose" and plan.numeric:
            return Ranking(())  # figures are looked up by what they are, not by likeness
        scope = [r.report_id for r in plan.reports] if plan.places else None
        if scope is not None and not scope:
            return Ranking((), ())
        return self.library.retriever.retrieve(query.topic, report_ids=scope, prefer=preference_of(query), k=HITS)


class _Clock:
    """Milliseconds of each step."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps[name] = round((now - self._last) * 1000, 3)
        self._last = now

    def times(self) -> dict[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._start) * 1000, 3)}


def build_assistant(settings: Settings | None = None) -> Assistant:
    """An assistant over the library that ``settings`` name."""
    from rag.library import open_library

    chosen = settings or Settings.from_env()
    return Assistant(chosen, open_library(chosen), load_gazetteer())
