"""All measures of a run as one JSON object and one line a question. Pure: answers, traces and texts in, numbers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eval import metrics
from eval.gold import Gold
from eval.judge import judge
from eval.lost import Trace, stage_of, stages
from eval.metrics import Judged
from eval.retrieval import Retrieval, measure_retrieval
from eval.score import Share
from eval.statistics import Interval, cluster_bootstrap, wilson

OUTCOMES: Final = ("right", "wrong", "silent")
ENOUGH_REPORTS: Final = 10  # from so many reports on, what falls on one report is drawn together


@dataclass(frozen=True, slots=True)
class Results:
    """Judged answers with their traces; ``clusters`` are in the order of ``items``."""

    items: tuple[Judged, ...]
    traces: Mapping[str, Trace]
    clusters: tuple[str, ...]
    clustered_by: str
    retrieval: Retrieval
    open_retrieval: Retrieval
    texts: Mapping[str, str]


def results_of(
    golds: Sequence[Gold],
    answers: Mapping[str, Mapping[str, Any]],
    *,
    traces: Mapping[str, Trace],
    texts: Mapping[str, str],
) -> Results:
    """Everything judged, over the whole gold: a question without an answer is wrong."""
    items = tuple(metrics.judged(judge(g, answers.get(g.id), texts=texts), answers.get(g.id)) for g in golds)
    clusters, by = clusters_of(golds)
    return Results(
        items=items,
        traces=traces,
        clusters=clusters,
        clustered_by=by,
        retrieval=measure_retrieval({q: t.scoped for q, t in traces.items()}, traces),
        open_retrieval=measure_retrieval({q: t.open for q, t in traces.items()}, traces),
        texts=texts,
    )


def clusters_of(golds: Sequence[Gold]) -> tuple[tuple[str, ...], str]:
    """The cluster of each question, and what a cluster is: ``report`` where there are ten or more, else ``group``.

    Questions without evidence stand alone, paraphrases of one question together.
    """
    docs = [gold.evidence[0].doc if gold.evidence else "" for gold in golds]
    alone = [gold.group or gold.id for gold in golds]
    if len(set(docs) - {""}) >= ENOUGH_REPORTS:
        return tuple(doc or own for doc, own in zip(docs, alone, strict=True)), "report"
    return tuple(alone), "group"


def share_interval(values: Sequence[bool], clusters: Sequence[str]) -> Interval:
    """The 95 % interval of a share: drawn by clusters; Wilson where none holds two, or where all values are equal.

    Drawing anew from equal values would give an interval of no width, which no sample can bear out.
    """
    if not values:
        return wilson(0, 0)
    n = len(set(clusters))
    if n == len(values):
        return wilson(sum(values), n)
    if len(set(values)) == 1:
        return wilson(n if values[0] else 0, n)
    return cluster_bootstrap([float(v) for v in values], clusters)


def numbers_of(results: Results) -> dict[str, Any]:
    """Every measure by name; a share is {count, n, share, interval95}, undefined ones have n = 0 and share null."""
    items = results.items
    abstention, cited = metrics.abstention(items), metrics.citations(items, texts=results.texts)
    lists, robust, traps = metrics.list_scores(items), metrics.robustness(items), metrics.trap_rate(items)
    return {
        "n": len(items),
        "clustered_by": results.clustered_by,
        "clusters": len(set(results.clusters)),
        "headline": {
            **{o: _rated(results, lambda i, o=o: i.outcome == o) for o in OUTCOMES},  # type: ignore[misc]
            "figure_accuracy": _rated(results, metrics.figure_right, keep=lambda i: bool(i.gold.facts)),
            "truth_score": metrics.truth_score(items),
            "must_pass": _rated(results, lambda i: i.outcome == "right", keep=lambda i: i.gold.must_pass),
        },
        "by_category": _by(results, lambda i: i.gold.category),
        "by_split": _by(results, lambda i: i.gold.split or ""),
        "values": {
            "slots": _shares(metrics.slot_accuracies(items, texts=results.texts)),
            "lists": {"f1": lists.f1, "exact": _share(lists.exact)},
            "render_match": _share(metrics.render_match(items)),
            "expected_status": _share(_expected_status(items)),
        },
        "wrong": {
            "causes": metrics.causes(items),
            "trap_rate": _share(traps.share),
            "traps": dict(traps.by_why),
            "premises": _shares(metrics.premises(items)),
        },
        "abstention": {
            **{name: _share(getattr(abstention, name)) for name in _ABSTENTION},
            "f1": abstention.f1,
        },
        "risk_coverage": _risk_coverage(items),
        "citations": {
            **{name: _share(getattr(cited, name)) for name in _CITATIONS},
            "gold_f1": cited.gold_f1,
            "median_chars": cited.median_chars,
        },
        "grounding": {"numbers": _share(metrics.number_grounding(items))},
        "retrieval": _retrieval(results.retrieval),
        "retrieval_open": _retrieval(results.open_retrieval),
        "lost": stages(items, results.traces),
        "robustness": {"all_right": _share(robust.all_right), "flips": _share(robust.flips)},
        "latency_ms": metrics.latency(item.answer for item in items),
        "cost": metrics.cost([item.answer for item in items]),
        "reasons": _reasons(items),
    }


def lines_of(results: Results) -> list[dict[str, Any]]:
    """One object a question: outcome, causes, stage and the measures that are the question's own."""
    return [
        {
            "id": item.gold.id,
            "category": item.gold.category,
            "split": item.gold.split,
            "must_pass": item.gold.must_pass,
            "cluster": cluster,
            "outcome": item.outcome,
            "figure_right": metrics.figure_right(item) if item.gold.facts else None,
            "status": item.verdict.status,
            "cause": metrics.cause_of(item),
            "lost": stage_of(item, results.traces.get(item.gold.id)),
            "reasons": [{"key": r.key, "detail": r.detail} for r in item.verdict.reasons],
            "bounds": [slip.detail for slip in item.verdict.modality_slips],
            "ungrounded": list(metrics.ungrounded(item)),
            "unresolved": [c.get("n") for c in item.citations if not metrics.resolves(c, results.texts)],
            "retrieval": dict(results.retrieval.by_question.get(item.gold.id, {})),
        }
        for item, cluster in zip(results.items, results.clusters, strict=True)
    ]


_ABSTENTION: Final = ("precision", "recall", "false_answers", "over_refusal", "has_answer", "no_answer")
_CITATIONS: Final = ("resolve", "recall", "precision", "gold_precision", "gold_recall")


def _rated(
    results: Results, right: Callable[[Judged], bool], *, keep: Callable[[Judged], bool] = lambda item: True
) -> dict[str, Any]:
    pairs = [(right(i), c) for i, c in zip(results.items, results.clusters, strict=True) if keep(i)]
    values = [value for value, _ in pairs]
    interval = share_interval(values, [cluster for _, cluster in pairs])
    share = Share(sum(values), len(values))
    return {
        "count": share.count,
        "n": share.n,
        "share": share.proportion,
        "interval95": [interval.low, interval.high],
        "interval_by": interval.method,
    }


def _risk_coverage(items: Sequence[Judged]) -> dict[str, Any]:
    found = metrics.risk_coverage(items)
    return {
        "n": found.n,
        "aurc": found.aurc,
        **{f"coverage_at_{p}_percent_wrong": share for p, share in found.coverage_at.items()},
        "thresholds": [
            {"min_confidence": least, "right": right, "wrong": wrong, "unanswered": left}
            for least, right, wrong, left in found.thresholds
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "count": share.count,
        "n": share.n,
        "share": share.proportion,
        "interval95": list(share.interval()) if share.n else None,
    }


def _shares(shares: Mapping[str, Share]) -> dict[str, Any]:
    return {name: _share(share) for name, share in shares.items()}


def _by(results: Results, key: Callable[[Judged], str]) -> dict[str, Any]:
    names = list(dict.fromkeys(key(item) for item in results.items))
    return {
        name: {
            "n": sum(key(i) == name for i in results.items),
            **{o: sum(key(i) == name and i.outcome == o for i in results.items) for o in OUTCOMES},
            "right_interval95": _rated(results, lambda i: i.outcome == "right", keep=lambda i, n=name: key(i) == n)[  # type: ignore[misc]
                "interval95"
            ],
        }
        for name in names
        if name
    }


def _expected_status(items: Sequence[Judged]) -> Share:
    asked = [item for item in items if item.gold.status is not None]
    return Share(sum(item.verdict.status == item.gold.status for item in asked), len(asked))


def _retrieval(found: Retrieval) -> dict[str, Any]:
    return {"n": found.n, **{name: round(value, 6) for name, value in found.means.items()}}


def _reasons(items: Sequence[Judged]) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        for reason in item.verdict.reasons:
            found[reason.key] = found.get(reason.key, 0) + 1
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
