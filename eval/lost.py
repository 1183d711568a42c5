"""Where each miss was lost on the way from file to answer. Pure; the first stage that failed is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from eval.metrics import Judged

STAGES: Final = (
    "not ingested",  # a report that the answer needs is not in the library
    "not retrieved",  # no passage of the evidence among the first 20 (answers in sentences only)
    "not read",  # no figure was read from the evidence
    "misread",  # it was read in another role, period or place
    "wrongly refused",  # it was there, and the answer said no
    "not selected",  # it was there, and the answer gave something else
    "not proved",  # the figures are right, the citation or the words asked for are not
    "invented",  # an answer where the corpus holds none
    "failed",  # an error, or no answer object
)
DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Trace:
    """What happened to one question inside: evidence held, what was read from it, and the rankings (ids, best first).

    ``scoped`` is the ranking over the reports that the question was read to mean, ``open`` over the whole library.
    """

    missing_docs: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()
    grades: Mapping[str, int] = field(default_factory=dict)
    scoped: tuple[tuple[str, float], ...] = ()
    open: tuple[tuple[str, float], ...] = ()
    reports: tuple[str, ...] = ()  # those that hold the evidence


def stage_of(item: Judged, trace: Trace | None) -> str | None:
    """The stage that lost a question which is not right; None for one that is."""
    if item.outcome == "right":
        return None
    keys = {reason.key for reason in item.verdict.reasons}
    if keys & {"missing", "error", "shape"}:
        return "failed"
    if not item.gold.answerable or "number_given" in keys:
        return "invented"
    if trace is not None and trace.missing_docs:
        return "not ingested"
    if trace is not None and item.gold.facts:
        if "unread" in trace.read_as:
            return "not read"
        if any(one.startswith("misread") for one in trace.read_as):
            return "misread"
    elif trace is not None and trace.grades and not _retrieved(trace):
        return "not retrieved"
    if item.outcome == "silent":
        return "wrongly refused"
    unproved = bool(keys) and keys <= {"evidence", "must_include"} and bool(item.gold.facts)
    return "not proved" if unproved else "not selected"


def stages(items: Iterable[Judged], traces: Mapping[str, Trace]) -> dict[str, int]:
    """How many questions each stage lost, in the order of the way."""
    found = Counter(stage for stage in (stage_of(i, traces.get(i.gold.id)) for i in items) if stage is not None)
    return {stage: found[stage] for stage in STAGES if found[stage]}


def _retrieved(trace: Trace) -> bool:
    ranking: Sequence[tuple[str, float]] = trace.scoped[:DEPTH]
    return any(passage_id in trace.grades for passage_id, _ in ranking)
