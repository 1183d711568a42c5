"""Ways of retrieving, side by side: words, vectors of an untrained and of a trained model, both; in one table.

Each question is asked inside the report that answers it and over the whole library. What is fused, weighed and
preferred is the program's own; ``hybrid, no preference`` leaves out that parts and periods asked for come earlier.
``unseen`` ways use a model that was trained like the packaged one, but on no report that is asked about.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
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

INSIDE, OVER = "right report", "whole library"
SCOPES: Final = (INSIDE, OVER)
PACKAGED, UNTRAINED, UNSEEN = "packaged", "untrained", "unseen"


@dataclass(frozen=True, slots=True)
class Way:
    """By what passages are found, with which model, whether some are preferred, and in which scopes it is measured."""

    by: By
    model: str = PACKAGED
    prefers: bool = True
    scopes: tuple[str, ...] = SCOPES


WAYS: Final[Mapping[str, Way]] = {
    "lexical": Way("lexical"),
    "dense, untrained": Way("dense", UNTRAINED),
    "dense": Way("dense"),
    "dense, unseen": Way("dense", UNSEEN, scopes=(INSIDE,)),
    "hybrid, no preference": Way("hybrid", prefers=False, scopes=(INSIDE,)),
    "hybrid": Way("hybrid"),
    "hybrid, unseen": Way("hybrid", UNSEEN, scopes=(INSIDE,)),
}
SINGLE: Final[Mapping[str, tuple[str, ...]]] = {
    "hybrid": ("lexical", "dense"),
    "hybrid, unseen": ("lexical", "dense, unseen"),
}
MEASURES: Final = ("R@1", "R@5", "R@20", "nDCG@10", "Leak@10")
COMPARED: Final = MEASURES[:-1]
_TIMED_PASSAGES: Final = 4_000


@dataclass(frozen=True, slots=True)
class Held:
    """A question whose evidence the library holds, as the program understands it."""

    sought: Sought
    query: Query
    trace: Trace


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way costs: milliseconds a question of one report, passages embedded a second, megabytes of the model."""

    question_ms: float
    passages_s: float | None
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
    unseen: Path | None = None,
    say: Callable[[str], None],
) -> Ranked:
    """Every question whose evidence the library holds, in every way and scope.

    Args:
        questions: What is looked for.
        settings: Library and model.
        documents: What documents.jsonl says, by id.
        scratch: Folder for copies of the library with vectors of other models.
        unseen: A model that has seen no report that is asked about; without it these ways are left out.
        say: Called with a line for each step.
    """
    from rag.assistant import build_assistant
    from rag.encoder import PACKAGED_MODEL, write_random_model

    write_random_model(PACKAGED_MODEL, scratch / UNTRAINED, rng=np.random.default_rng(0))
    told = {PACKAGED: settings, UNTRAINED: _with_model(settings, scratch, UNTRAINED, scratch / UNTRAINED)}
    if unseen is not None:
        told[UNSEEN] = _with_model(settings, scratch, UNSEEN, unseen)
    with ExitStack() as opened:
        assistants = {name: build_assistant(each) for name, each in told.items()}
        for assistant in assistants.values():
            opened.callback(assistant.library.close)
        found = Ranked(tuple(_held(questions, assistants[PACKAGED], documents)))
        traces = {held.sought.id: held.trace for held in found.questions}
        speeds = {name: _passages_s(assistant) for name, assistant in assistants.items()}
        for name, way in WAYS.items():
            for scope in way.scopes if way.model in assistants else ():
                say(f"{name}, {scope}")
                rankings, took = _rankings(found.questions, assistants[way.model], way=way, scope=scope)
                found.values[scope, name] = measure_retrieval(rankings, traces).by_question
                if scope == INSIDE:
                    question_ms = 1000 * took / max(1, len(found.questions))
                    vectors = (None, None) if way.by == "lexical" else (speeds[way.model], _megabytes(told[way.model]))
                    found.costs[name] = Cost(question_ms, *vectors)
    return found


def table_of(found: Ranked) -> str:
    """The table in Markdown: measures with 95 % intervals over clusters of reports, differences, and costs."""
    lines: list[str] = []
    for scope in SCOPES:
        lines += ["", f"## {scope}", ""]
        measures = MEASURES if scope == OVER else COMPARED
        lines += [f"| questions | way | {' | '.join(measures)} |", f"|---|---|{'---|' * len(measures)}"]
        for group in _groups(found):
            for way in _ways(found, scope):
                cells = [_interval(_values(found, scope, way, group, m)) for m in measures]
                lines.append(f"| {group} ({_count(found, group)}) | {way} | {' | '.join(cells)} |")
        lines += ["", "In points:", "", f"| questions | difference | {' | '.join(COMPARED)} |"]
        lines += [f"|---|---|{'---|' * len(COMPARED)}", *_differences(found, scope)]
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
            for way in _ways(found, scope)
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
    questions: Sequence[Held], assistant: Assistant, *, way: Way, scope: str
) -> tuple[dict[str, Ranking], float]:
    """The rankings by question, and the seconds that they took once every report had been asked."""
    from rag.retriever import Preference, preference_of

    retriever = assistant.library.retriever
    retriever.by = way.by

    def ranking(held: Held) -> Ranking:
        inside = scope == INSIDE
        hits = retriever.retrieve(
            (inside and held.query.topic) or held.sought.asked,
            report_ids=held.trace.reports if inside else None,
            prefer=preference_of(held.query) if way.prefers else Preference(),
            k=DEPTH,
        ).hits
        return [(hit.passage.passage_id, hit.score) for hit in hits]

    found = {held.sought.id: ranking(held) for held in questions}
    began = time.perf_counter()
    for held in questions if scope == INSIDE else ():
        ranking(held)
    return found, time.perf_counter() - began


def _with_model(settings: Settings, scratch: Path, name: str, model: Path) -> Settings:
    """The settings of a copy of the library that another model is used with."""
    library = scratch / f"library-{name}"
    if not library.exists():
        shutil.copytree(settings.library, library)
    return replace(settings, library=library, embedding=str(model))


def _passages_s(assistant: Assistant) -> float:
    catalogue = assistant.library.catalogue
    texts = [p.text for p in catalogue.passages_by_id(catalogue.passage_ids()[:_TIMED_PASSAGES])]
    began = time.perf_counter()
    assistant.library.encoder.encode_passages(texts)
    return len(texts) / (time.perf_counter() - began)


def _megabytes(settings: Settings) -> float | None:
    from rag.encoder import PACKAGED_MODEL

    folder = Path(settings.embedding) if settings.embedding else PACKAGED_MODEL
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6 if folder.is_dir() else None


# -- measures ---------------------------------------------------------------------------------------


def _ways(found: Ranked, scope: str) -> list[str]:
    return [way for way in WAYS if (scope, way) in found.values]


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


def _differences(found: Ranked, scope: str) -> Iterable[str]:
    """Rows: both less the better one alone, by the same measure, and the unseen model less the packaged one."""
    ways = _ways(found, scope)
    for group in _groups(found):
        pairs = [(f"{way} less the better single one", way, SINGLE[way]) for way in ways if way in SINGLE]
        if "hybrid, unseen" in ways:
            pairs.append(("hybrid, unseen less hybrid", "hybrid, unseen", ("hybrid",)))
        for told, way, others in pairs:
            cells = [_difference(found, scope, group, measure, way, others) for measure in COMPARED]
            yield f"| {group} ({_count(found, group)}) | {told} | {' | '.join(cells)} |"


def _difference(found: Ranked, scope: str, group: str, measure: str, way: str, others: Iterable[str]) -> str:
    this, clusters = _values(found, scope, way, group, measure)
    best = max((_values(found, scope, other, group, measure)[0] for other in others), key=_mean)
    changes = [a - b for a, b in zip(this, best, strict=True)]
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
