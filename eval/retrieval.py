"""Measures of retrieval: TREC run and qrels, ir-measures for what is standard, leaks by hand.

Grades are 2 for a passage that holds a whole quote of the gold and 1 for one that holds a part; any grade is relevant.
A question whose evidence is in the library counts even where nothing was retrieved.
"""

from __future__ import annotations

import statistics as middle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eval.lost import Trace

CUTS: Final = (1, 3, 5, 10, 20)
LEAK_CUT: Final = 10
Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Means over ``n`` questions by measure name (``R@5``, ``nDCG@10`` …), and the values of each question."""

    n: int
    means: Mapping[str, float]
    by_question: Mapping[str, Mapping[str, float]]


def measure_retrieval(rankings: Mapping[str, Ranking], traces: Mapping[str, Trace]) -> Retrieval:
    """R@1..20, Success@1..20, nDCG@10, RR@10 and Leak@10 over the questions whose evidence the library holds.

    Args:
        rankings: Question id -> passages, best first.
        traces: Question id -> what is relevant and which reports hold it.
    """
    grades = {q: dict(t.grades) for q, t in traces.items() if t.grades}
    if not grades:
        return Retrieval(0, {}, {})
    by_question: dict[str, dict[str, float]] = {q: {} for q in grades}
    run = {q: falling(rankings.get(q, ())) for q in grades}
    for metric in _calculated(grades, run):
        by_question[metric.query_id][str(metric.measure)] = float(metric.value)
    for q, values in by_question.items():
        leak = leak_at(rankings.get(q, ()), traces[q].reports, LEAK_CUT)
        if leak is not None:
            values[f"Leak@{LEAK_CUT}"] = leak
    names = list(dict.fromkeys(name for values in by_question.values() for name in values))
    means = {name: middle.fmean(v[name] for v in by_question.values() if name in v) for name in names}
    return Retrieval(len(grades), means, by_question)


def leak_at(ranking: Ranking, reports: Iterable[str], k: int) -> float | None:
    """The share of the first ``k`` passages that are of other reports than the evidence; None without passages."""
    wanted = set(reports)
    first = [passage_id.rpartition("@")[0] for passage_id, _ in ranking[:k]]
    return sum(report not in wanted for report in first) / len(first) if first else None


def falling(ranking: Ranking) -> dict[str, float]:
    """Passage id -> score, strictly falling, so that no tool breaks ties its own way."""
    return {passage_id: float(len(ranking) - n) for n, (passage_id, _) in enumerate(ranking)}


def write_trec(folder: Path, rankings: Mapping[str, Ranking], traces: Mapping[str, Trace], *, tag: str) -> None:
    """Writes ``run.trec`` and ``qrels.trec``; ids are without spaces, scores fall strictly."""
    run = [
        f"{_id(q)} Q0 {_id(passage_id)} {rank} {score:g} {tag}\n"
        for q, ranking in rankings.items()
        for rank, (passage_id, score) in enumerate(falling(ranking).items(), start=1)
    ]
    qrels = [
        f"{_id(q)} 0 {_id(passage_id)} {grade}\n" for q, t in traces.items() for passage_id, grade in t.grades.items()
    ]
    (folder / "run.trec").write_text("".join(run), encoding="utf-8", newline="\n")
    (folder / "qrels.trec").write_text("".join(qrels), encoding="utf-8", newline="\n")


def _calculated(grades: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> Iterable[Any]:
    import ir_measures
    from ir_measures import RR, R, Success, nDCG

    asked = [*(R @ k for k in CUTS), *(Success @ k for k in CUTS), nDCG @ 10, RR @ 10]
    # A question without any passage is left out by some providers: it gets one that is relevant to nothing.
    full = {q: ranking or {"-": 0.0} for q, ranking in run.items()}
    found: Iterable[Any] = ir_measures.iter_calc(asked, grades, full)
    return found


def _id(text: str) -> str:
    return "_".join(text.split())
