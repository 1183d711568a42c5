"""Ways of retrieving, side by side: words, vectors of an untrained and of the packaged model, both; in one table.

Each question is asked inside the report that answers it and over the whole library. What is fused, weighed and
preferred is the program's own; ``hybrid, no preference`` leaves out that parts and periods asked for come earlier.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from eval.documents import Document
from eval.evidence import Finder
from eval.lost import DEPTH, Trace
from eval.retrieval import Ranking, measure_retrieval
from eval.sought import GROUPS, Sought
from eval.statistics import cluster_bootstrap

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Settings
    from rag.question import Query
    from rag.retriever import By

SCOPES: Final = ("right report", "whole library")
WAYS: Final = ("lexical", "dense, untrained", "dense", "hybrid, no preference", "hybrid")
SINGLE: Final = ("lexical", "dense")
MEASURES: Final = ("R@1", "Success@1", "R@5", "R@20", "nDCG@10", "Leak@10")
COMPARED: Final = ("R@1", "R@5", "nDCG@10")
_BY: Final[Mapping[str, By]] = {
    "lexical": "lexical", "dense, untrained": "dense", "dense": "dense", "hybrid, no preference": "hybrid",
    "hybrid": "hybrid",
}  # fmt: skip
_TIMED_PASSAGES: Final = 4_000


@dataclass(frozen=True, slots=True)
class Held:
    """A question whose evidence the library holds, as the program understands it."""

    sought: Sought
    query: Query
    trace: Trace


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way costs: passages embedded a second, milliseconds a question of one report, megabytes of the model."""

    passages_s: float | None
    question_ms: float
    model_mb: float | None


@dataclass(slots=True)
class Ranked:
    """Value of each measure by scope, way and question, and the costs by way."""

    questions: tuple[Held, ...]
    values: dict[tuple[str, str], Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)


def rank_all(
    questions: Sequence[Sought],
    settings: Settings,
    *,
    documents: Mapping[str, Document],
    scratch: Path,
    say: Callable[[str], None],
) -> Ranked:
    """Every question whose evidence the library holds, in every way and scope.

    Args:
        questions: What is looked for.
        settings: Library and model.
        documents: What documents.jsonl says, by id.
        scratch: Folder for a copy of the library with vectors of an untrained model.
        say: Called with a line for each step.
    """
    from rag.assistant import build_assistant

    assistant = build_assistant(settings)
    found = Ranked(tuple(_held(questions, assistant, documents)))
    plain = _untrained(settings, scratch)
    say("vectors of an untrained model")
    untrained = build_assistant(plain)
    with closing(assistant.library), closing(untrained.library):
        for way in WAYS:
            asked, told = (untrained, plain) if way == "dense, untrained" else (assistant, settings)
            for scope in SCOPES:
                say(f"{way}, {scope}")
                rankings, took = _rankings(found.questions, asked, way=way, scope=scope)
                traces = {held.sought.id: held.trace for held in found.questions}
                found.values[scope, way] = measure_retrieval(rankings, traces).by_question
                if scope == SCOPES[0]:
                    found.costs[way] = _cost(asked, told, way, 1000 * took / max(1, len(found.questions)))
    return found


def table_of(found: Ranked) -> str:
    """The table in Markdown: measures with 95 % intervals over clusters of reports, differences, and costs."""
    lines: list[str] = []
    for scope in SCOPES:
        lines += ["", f"## {scope}", ""]
        measures = [m for m in MEASURES if m != "Leak@10" or scope == SCOPES[1]]
        lines += [f"| questions | way | {' | '.join(measures)} |", f"|---|---|{'---|' * len(measures)}"]
        for group in _groups(found):
            for way in WAYS:
                cells = [_interval(_values(found, scope, way, group, m)) for m in measures]
                lines.append(f"| {group} ({_count(found, group)}) | {way} | {' | '.join(cells)} |")
        lines += ["", "hybrid less the better of words and vectors alone (by the same measure):", ""]
        lines += [f"| questions | {' | '.join(COMPARED)} |", f"|---|{'---|' * len(COMPARED)}"]
        for group in _groups(found):
            lines.append(
                f"| {group} ({_count(found, group)}) | "
                + " | ".join(_difference(found, scope, group, measure) for measure in COMPARED)
                + " |"
            )
    lines += ["", "## cost", "", "| way | passages embedded a second | ms a question, within a report | model, MB |"]
    lines += ["|---|---|---|---|", *(_cost_line(way, cost) for way, cost in found.costs.items())]
    return "\n".join(lines).strip() + "\n"


def numbers_of(found: Ranked) -> dict[str, Any]:
    """The same numbers for programs: scope -> way -> group -> measure -> value."""
    return {
        scope: {
            way: {
                group: {m: _mean(_values(found, scope, way, group, m)[0]) for m in MEASURES} for group in _groups(found)
            }
            for way in WAYS
        }
        for scope in SCOPES
    }


# -- asking -----------------------------------------------------------------------------------------


def _held(questions: Iterable[Sought], assistant: Assistant, documents: Mapping[str, Document]) -> Iterable[Held]:
    from rag.holdings import Holdings
    from rag.question import Understander

    catalogue = assistant.library.catalogue
    finder = Finder(catalogue, documents)
    understander = Understander(assistant.gazetteer, held=Holdings.of(catalogue.reports()).codes)
    for sought in questions:
        located = finder.locate(sought)
        reports = tuple(dict.fromkeys(one.report_id for one in located if one.report_id))
        grades = finder.grades(located)
        if len(reports) == 1 and grades:  # several reports are no one "right report"
            query = understander.understand(sought.asked, sought.history)
            yield Held(sought, query, Trace(grades=grades, reports=reports))


def _rankings(
    questions: Sequence[Held], assistant: Assistant, *, way: str, scope: str
) -> tuple[dict[str, Ranking], float]:
    """The rankings by question, and the seconds that they took once every report had been asked."""
    from rag.retriever import Preference, preference_of

    retriever = assistant.library.retriever
    retriever.by = _BY[way]

    def ranking(held: Held) -> Ranking:
        inside = scope == SCOPES[0]
        hits = retriever.retrieve(
            (inside and held.query.topic) or held.sought.asked,
            report_ids=held.trace.reports if inside else None,
            prefer=Preference() if way == "hybrid, no preference" else preference_of(held.query),
            k=DEPTH,
        ).hits
        return [(hit.passage.passage_id, hit.score) for hit in hits]

    found = {held.sought.id: ranking(held) for held in questions}
    began = time.perf_counter()
    for held in questions if scope == SCOPES[0] else ():
        ranking(held)
    return found, time.perf_counter() - began


def _untrained(settings: Settings, scratch: Path) -> Settings:
    """The settings of a copy of the library, with the packaged model's vocabulary and random rows."""
    from rag.encoder import PACKAGED_MODEL, write_random_model

    model, library = scratch / "untrained", scratch / "library-untrained"
    write_random_model(PACKAGED_MODEL, model, rng=np.random.default_rng(0))
    if not library.exists():
        shutil.copytree(settings.library, library)
    return replace(settings, library=library, embedding=str(model))


def _cost(assistant: Assistant, settings: Settings, way: str, question_ms: float) -> Cost:
    from rag.encoder import PACKAGED_MODEL

    if way == "lexical":
        return Cost(None, question_ms, None)
    catalogue = assistant.library.catalogue
    texts = [p.text for p in catalogue.passages_by_id(catalogue.passage_ids()[:_TIMED_PASSAGES])]
    began = time.perf_counter()
    assistant.library.encoder.encode_passages(texts)
    took = time.perf_counter() - began
    folder = Path(settings.embedding) if settings.embedding else PACKAGED_MODEL
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else None
    return Cost(len(texts) / took, question_ms, size / 1e6 if size is not None else None)


# -- measures ---------------------------------------------------------------------------------------


def _groups(found: Ranked) -> list[str]:
    return [group for group in GROUPS if _count(found, group)]


def _count(found: Ranked, group: str) -> int:
    return sum(held.sought.group == group for held in found.questions)


def _values(found: Ranked, scope: str, way: str, group: str, measure: str) -> tuple[list[float], list[str]]:
    """The values of a group's questions, and the cluster of each: the report that answers it."""
    values, clusters = [], []
    for held in found.questions:
        each = found.values[scope, way].get(held.sought.id, {})
        if held.sought.group == group:
            values.append(each.get(measure, 0.0))
            clusters.append(held.trace.reports[0])
    return values, clusters


def _difference(found: Ranked, scope: str, group: str, measure: str) -> str:
    both, clusters = _values(found, scope, "hybrid", group, measure)
    alone = max((_values(found, scope, way, group, measure)[0] for way in SINGLE), key=_mean)
    changes = [a - b for a, b in zip(both, alone, strict=True)]
    bounds = cluster_bootstrap(changes, clusters)
    return f"{100 * _mean(changes):+.1f} [{100 * bounds.low:+.1f}, {100 * bounds.high:+.1f}]"


def _interval(found: tuple[list[float], list[str]]) -> str:
    values, clusters = found
    bounds = cluster_bootstrap(values, clusters)
    return f"{_mean(values):.3f} [{bounds.low:.2f}, {bounds.high:.2f}]"


def _cost_line(way: str, cost: Cost) -> str:
    rate = "" if cost.passages_s is None else f"{cost.passages_s:,.0f}"
    size = "" if cost.model_mb is None else f"{cost.model_mb:.1f}"
    return f"| {way} | {rate} | {cost.question_ms:.1f} | {size} |"


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def write_numbers(path: Path, found: Ranked) -> None:
    """Writes the numbers as JSON."""
    path.write_text(json.dumps(numbers_of(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
