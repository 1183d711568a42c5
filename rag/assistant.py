"""The whole story: understand the question, retrieve, read, check, answer. ``build_assistant`` wires it.

With a language model two steps are longer: a question that led nowhere is read once more with its help, and a checked
answer is put in its words and checked again. Without one, or where it fails, nothing else changes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from rag.answer import Answer
from rag.cells import plan_cells
from rag.config import Settings
from rag.errors import GenerationError
from rag.generator import Deadline, Generator, Usage
from rag.grounding import Checked, check_answer
from rag.holdings import Holdings
from rag.places import Gazetteer, load_gazetteer
from rag.prompts import QUERY_SCHEMA, understand_prompt
from rag.question import Query, Understander
from rag.reader import Reader
from rag.retriever import preference_of
from rag.rewording import is_unsure, reworded
from rag.types import Ranking
from rag.writing import Writer, fallen_back, is_for_prose, offered_citations

if TYPE_CHECKING:
    from rag.library import Library

HITS = 30  # passages retrieved for answers in sentences


@dataclass(frozen=True, slots=True)
class Event:
    """A step of an answer: understood (Query), retrieved (Ranking), text (str, provisional) or answer (Answer)."""

    kind: Literal["understood", "retrieved", "text", "answer"]
    data: object


@dataclass(slots=True)
class _Found:
    """What was found so far: how the question is read, its passages, and the draft of the answer."""

    query: Query
    ranking: Ranking
    draft: Answer


@dataclass(slots=True)
class _Talk:
    """The talk with the language model about one question: until when, what it cost, and how it failed."""

    model: Generator
    deadline: Deadline
    usage: Usage = field(default_factory=Usage)
    error: GenerationError | None = None


class Assistant:
    """Answers questions from one library."""

    def __init__(self, settings: Settings, library: Library, gazetteer: Gazetteer) -> None:
        self.settings = settings
        self.library = library
        self.gazetteer = gazetteer
        self._model = Generator(settings) if settings.llm else None
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
        talk = _Talk(self._model, Deadline(self._model.timeout_s)) if self._model else None
        reader, understander = self._ready()
        query = understander.understand(question, history)
        if self.settings.lang is not None:
            query = replace(query, lang=self.settings.lang)
        clock.lap("understand")
        yield Event("understood", query)
        found = self._find(query, reader, clock)
        yield Event("retrieved", found.ranking)
        if talk is not None and is_unsure(query, found.draft):
            again = self._find_again(found, history, talk, reader, understander, clock)
            if again is not None:
                found = again
                yield Event("understood", found.query)
                yield Event("retrieved", found.ranking)
        prose = talk is not None and talk.error is None and is_for_prose(found.draft, query.lang)
        if not prose:
            yield Event("text", found.draft.text)
        answer = self._check(found.draft, reader).answer
        clock.lap("check")
        if talk is not None and talk.error is not None:
            answer = fallen_back(answer, talk.error)
        elif talk is not None and prose:
            for step in self._written(found, answer, talk, reader):
                if isinstance(step, Answer):
                    answer = step
                else:
                    yield Event("text", step)
            clock.lap("llm")
        usage = talk.usage if talk else Usage()
        first = {} if usage.first_ms is None else {"llm_first": usage.first_ms}
        yield Event("answer", replace(answer, tokens=usage.tokens(), timings_ms={**clock.times(), **first}))

    def _find(self, query: Query, reader: Reader, clock: _Clock) -> _Found:
        """The passages for a query, and the draft of its answer."""
        ranking = self._retrieve(query, reader)
        clock.lap("retrieve")
        draft = reader.read(query, ranking)
        clock.lap("read")
        return _Found(query, ranking, draft)

    def _find_again(
        self,
        found: _Found,
        history: Sequence[str],
        talk: _Talk,
        reader: Reader,
        understander: Understander,
        clock: _Clock,
    ) -> _Found | None:
        """What is found when the language model helps to read the question; None where that leads no further."""
        prompt = understand_prompt(_question(found.query), history)
        try:
            told = talk.model.fill(prompt, QUERY_SCHEMA, deadline=talk.deadline, usage=talk.usage)
        except GenerationError as error:
            talk.error = error
            return None
        finally:
            clock.lap("llm")
        query = reworded(found.query, told, understander)
        if query is None:
            return None
        again = self._find(query, reader, clock)
        if again.draft.status not in ("answered", "no_figure"):
            return None
        meant = "、".join(a.words.replace(" ", "") for a in query.indicators) or query.topic
        note = f"语言模型把所问的理解为“{meant}”。"
        again.draft = replace(again.draft, assumptions=(*again.draft.assumptions, note))
        return again

    def _written(self, found: _Found, answer: Answer, talk: _Talk, reader: Reader) -> Iterator[str | Answer]:
        """The checked answer in the language model's words: provisional text, then the answer, checked again."""
        offered = offered_citations(found.ranking, answer, self.library.catalogue)
        writer = Writer(
            talk.model,
            lambda draft, said: self._check(draft, reader, said=said),
            deadline=talk.deadline,
            usage=talk.usage,
        )
        return writer.write(_question(found.query), answer, offered)

    def _check(self, draft: Answer, reader: Reader, *, said: str | None = None) -> Checked:
        """What of a draft the reports bear out."""
        return check_answer(
            draft, evidence=self.library.catalogue, places=self.gazetteer, held=reader.holdings.listed, said=said
        )

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
        self._laps[name] = round(self._laps.get(name, 0.0) + (now - self._last) * 1000, 3)
        self._last = now

    def times(self) -> dict[str, float]:
        return {**self._laps, "total": round((time.perf_counter() - self._start) * 1000, 3)}


def _question(query: Query) -> str:
    """The question as the language model gets it: without the orders that the rules passed over."""
    return query.text if query.ordered else query.question


def build_assistant(settings: Settings | None = None) -> Assistant:
    """An assistant over the library that ``settings`` name."""
    from rag.library import open_library

    chosen = settings or Settings.from_env()
    return Assistant(chosen, open_library(chosen), load_gazetteer())
