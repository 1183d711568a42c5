"""A question within one place over all reports, against the least that it could cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measure import Result, median, percentile
from rag import Settings, build_assistant
from rag.assistant import Assistant
from rag.generations import open_current
from rag.types import Report
from rag.wording import short_place

ASKED = ("地区生产总值目标", "城镇新增就业", "一般公共预算收入增长多少", "教育方面有哪些工作")
QUESTIONS = 200
WARM_UP = 20
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one report."""

    text: str
    topic: str
    report_id: str


def measure_questions(library: Path) -> list[Result]:
    """The ratios of questions over ``library``, each asked of one place."""
    assistant = build_assistant(Settings(library=library))
    questions = questions_over(assistant.library.catalogue.reports())
    for question in questions[:WARM_UP]:
        assistant.answer(question.text)
    ours = [_milliseconds(partial(assistant.answer, question.text)) for question in questions]
    floor = _floor(assistant, questions)
    return [
        Result(
            f"a question within one place over all reports ÷ its floor, {name} of {len(questions)}",
            f"{of(ours):.1f} ms",
            f"{of(floor):.2f} ms",
            of(ours) / of(floor),
            15.0,
            "floor: embed, exact scoring of the report's vectors, lexical search, fusion",
        )
        for name, of in (("median", median), ("95th percentile", lambda values: percentile(values, 0.95)))
    ]


def questions_over(reports: Sequence[Report]) -> list[Question]:
    """Questions spread evenly over the reports that answer."""
    answering = [r for r in reports if r.kind == "work_report" and r.duplicate_of is None and r.report_year]
    picks = np.linspace(0, len(answering) - 1, QUESTIONS).astype(int)
    return [
        Question(
            f"{short_place(answering[at].place)}{answering[at].report_year}年{topic}", topic, answering[at].report_id
        )
        for at, topic in zip(picks, ASKED * (QUESTIONS // len(ASKED)), strict=True)
    ]


def _floor(assistant: Assistant, questions: Sequence[Question]) -> list[float]:
    library, catalogue = assistant.settings.library, assistant.library.catalogue
    encoder = assistant.library.encoder
    indexes = open_current(library, catalogue=catalogue, encoder=encoder)
    ids = {q.report_id: list(catalogue.passage_ids([q.report_id])) for q in questions}
    rows = {report_id: indexes.vectors.vectors(some) for report_id, some in ids.items()}

    def least(question: Question) -> None:
        vector = encoder.encode_queries([question.topic])[0]
        near = np.argsort(-(rows[question.report_id] @ vector))[:_DEPTH]
        words = indexes.lexical.search(question.topic, k=_DEPTH, groups=[question.report_id])
        scores: dict[str, float] = {}
        for ranking in ([ids[question.report_id][n] for n in near], [hit.id for hit in words]):
            for rank, passage_id in enumerate(ranking):
                scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (60 + rank)
        sorted(scores, key=scores.__getitem__)

    for question in questions[:WARM_UP]:
        least(question)
    measured = [_milliseconds(partial(least, question)) for question in questions]
    indexes.close()
    return measured


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
