"""Two runs on the same questions: differences with intervals, exact tests, a verdict in words, and a gate for CI."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eval.gold import GoldError, json_lines
from eval.statistics import Interval, Split, cluster_bootstrap, holm, mcnemar, sign_flip

MARGIN: Final = 0.01  # figure accuracy may seem to fall by one point at most
ALPHA: Final = 0.05
FEW: Final = 300  # below so many questions nothing under five points is claimed
SMALL: Final = 0.05
RESULTS: Final = "results.jsonl"
MEANS: Final = ("nDCG@10", "R@5", "Leak@10")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its folder, one line a question, and the hash of its gold (None if not known)."""

    folder: Path
    lines: Mapping[str, Mapping[str, Any]]
    gold_sha256: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """The change of a share from one run to the other, over ``n`` questions, with its exact test."""

    before: float
    after: float
    n: int
    interval: Interval
    split: Split

    @property
    def delta(self) -> float:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MeanChange:
    """The change of a mean such as nDCG@10, over the ``n`` questions that both runs have it for."""

    before: float
    after: float
    n: int
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs differ in; ``left_out`` are questions that only one of them asks."""

    right: Change
    wrong: Change
    figures: Change | None
    retrieval: Mapping[str, MeanChange]
    by_category: Mapping[str, float]  # p of each category, adjusted for how many there are
    won: tuple[str, ...]
    lost: tuple[str, ...]
    left_out: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a change may go in: each rule with whether it holds and the numbers seen."""

    rules: tuple[tuple[str, bool, str], ...]

    @property
    def open(self) -> bool:
        """Whether every rule holds."""
        return all(holds for _, holds, _ in self.rules)


def load_run(folder: Path) -> Run:
    """A run's results.

    Raises:
        GoldError: If the folder holds no finished run.
    """
    path = folder / RESULTS
    if not path.is_file():
        raise GoldError(f"{folder}: no {RESULTS} of a finished run: make one with eval run GOLD --out {folder}")
    try:
        made = json.loads((folder / "metrics.json").read_text(encoding="utf-8")).get("made", {})
    except (OSError, ValueError):
        made = {}
    return Run(folder, {str(item["id"]): item for _, item in json_lines(path)}, made.get("gold_sha256"))


def compare(before: Run, after: Run) -> Comparison:
    """What changed on the questions that both runs ask.

    Raises:
        GoldError: If they share no question.
    """
    shared = [q for q in before.lines if q in after.lines]
    if not shared:
        raise GoldError(f"{before.folder} and {after.folder} share no question")
    pairs = [(before.lines[q], after.lines[q]) for q in shared]
    right = change(pairs, _is("right"))
    categories = list(dict.fromkeys(str(b["category"]) for b, _ in pairs))
    tests = {c: change([p for p in pairs if p[0]["category"] == c], _is("right")).split.p for c in categories}
    with_figures = [p for p in pairs if p[0].get("figure_right") is not None and p[1].get("figure_right") is not None]
    return Comparison(
        right=right,
        wrong=change(pairs, _is("wrong")),
        figures=change(with_figures, lambda line: bool(line["figure_right"])) if with_figures else None,
        retrieval={name: found for name in MEANS if (found := _mean_change(pairs, name)) is not None},
        by_category=holm(tests),
        won=tuple(str(b["id"]) for b, a in pairs if a["outcome"] == "right" != b["outcome"]),
        lost=tuple(str(b["id"]) for b, a in pairs if b["outcome"] == "right" != a["outcome"]),
        left_out=tuple(sorted(before.lines.keys() ^ after.lines.keys())),
        verdict=verdict(right),
    )


def change(
    pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], holds: Callable[[Mapping[str, Any]], bool]
) -> Change:
    """The change of the share for which ``holds`` is true, paired by question, drawn by cluster."""
    before, after = [holds(b) for b, _ in pairs], [holds(a) for _, a in pairs]
    n = len(pairs)
    differences = [float(a) - float(b) for a, b in zip(after, before, strict=True)]
    split = mcnemar(sum(d > 0 for d in differences), sum(d < 0 for d in differences))
    interval = cluster_bootstrap(differences, [str(b["cluster"]) for b, _ in pairs])
    return Change(sum(before) / n if n else 0.0, sum(after) / n if n else 0.0, n, interval, split)


def verdict(right: Change) -> str:
    """What the numbers allow to be said of the share right, in a sentence."""
    won, lost, p = right.split.won, right.split.lost, right.split.p
    seen = f"{right.delta * 100:+.1f} points over {right.n} questions ({won} won, {lost} lost, p = {p:.3f})"
    low, high = right.interval.low * 100, right.interval.high * 100
    if not won + lost:
        return f"No question changed its outcome: {seen}. That does not show that the two are equal elsewhere."
    if p >= ALPHA:
        return (
            f"No difference is shown: {seen}. The change may lie anywhere from {low:+.1f} to {high:+.1f} points; "
            "too few questions differ to tell."
        )
    word = "better" if right.delta > 0 else "worse"
    if right.n < FEW and abs(right.delta) < SMALL:
        return f"Likely {word}, but below {FEW} questions nothing under {SMALL:.0%} is claimed: {seen}."
    return f"The second run is {word}: {seen}, 95 % interval {low:+.1f} to {high:+.1f} points."


def gate(base: Run, new: Run) -> Gate:
    """Must-pass all right, figure accuracy not shown to fall by over a point, share wrong not up, same questions.

    A question that the new run lacks is a rule broken, never one left out.
    """
    missing = [q for q in base.lines if q not in new.lines]
    same_gold = base.gold_sha256 == new.gold_sha256 or None in (base.gold_sha256, new.gold_sha256)
    must = [line for line in new.lines.values() if line.get("must_pass")]
    failed = [str(line["id"]) for line in must if line["outcome"] != "right"]
    unresolved = [str(line["id"]) for line in new.lines.values() if line.get("unresolved")]
    found = compare(base, new)
    figures = found.figures
    low = figures.interval.low if figures else 0.0
    return Gate(
        (
            (
                "same questions",
                not missing and same_gold,
                f"{len(missing)} of {len(base.lines)} missing" + ("" if same_gold else "; the gold differs"),
            ),
            (
                "must-pass all right",
                not failed,
                f"{len(must) - len(failed)} of {len(must)} {' '.join(failed[:10])}".strip(),
            ),
            ("citations resolve", not unresolved, f"{len(unresolved)} answers with one that does not"),
            (
                "figure accuracy holds",
                low >= -MARGIN,
                f"change {figures.delta * 100:+.1f} points, lower bound {low * 100:+.1f}, at least {-MARGIN * 100:+.1f}"
                if figures
                else "n=0",
            ),
            (
                "share wrong not up",
                found.wrong.delta <= 0,
                f"{found.wrong.before:.1%} before, {found.wrong.after:.1%} after, of {found.wrong.n}",
            ),
        )
    )


def render_comparison(found: Comparison, before: Run, after: Run) -> str:
    """The comparison for a terminal or a pull request, in Markdown."""
    lines = [f"# {before.folder} → {after.folder}", "", found.verdict, ""]
    lines += ["| measure | before | after | change | 95 % | won | lost | p |", "|---|---|---|---|---|---|---|---|"]
    for name, one in (("right", found.right), ("wrong", found.wrong), ("figure accuracy", found.figures)):
        lines.append(f"| {name} | n=0 | | | | | | |" if one is None else _row(name, one))
    for name, mean in found.retrieval.items():
        interval = f"{mean.interval.low:+.3f} … {mean.interval.high:+.3f}"
        change = f"{mean.after - mean.before:+.3f}"
        lines.append(f"| {name} | {mean.before:.3f} | {mean.after:.3f} | {change} | {interval} | | | {mean.p:.4f} |")
    lines += [
        "",
        f"Intervals: bootstrap over {found.right.interval.clusters} clusters; p: exact McNemar, of means sign flips.",
    ]
    clear = {c: p for c, p in found.by_category.items() if p < ALPHA}
    lines.append(
        "Categories that differ (Holm): " + (", ".join(f"{c} p={p:.3f}" for c, p in clear.items()) or "none") + "."
    )
    if found.left_out:
        lines.append(f"Left out, since only one run asks them: {len(found.left_out)}.")
    lines += ["", f"## Won ({len(found.won)})", "", *(f"- {q}" for q in found.won)]
    lines += ["", f"## Lost ({len(found.lost)})", ""]
    lines += [
        f"- {q}: {after.lines[q]['outcome']}, {after.lines[q].get('cause') or after.lines[q].get('lost')}"
        for q in found.lost
    ]
    return "\n".join(lines) + "\n"


def render_gate(found: Gate) -> str:
    """The gate's rules, a line each, and what they come to."""
    lines = [f"{'pass' if holds else 'FAIL'}  {rule}: {seen}" for rule, holds, seen in found.rules]
    return "\n".join([*lines, "gate open" if found.open else "gate shut"]) + "\n"


def _mean_change(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], name: str) -> MeanChange | None:
    both = [(b, a) for b, a in pairs if name in (b.get("retrieval") or {}) and name in (a.get("retrieval") or {})]
    if not both:
        return None
    before, after = [float(b["retrieval"][name]) for b, _ in both], [float(a["retrieval"][name]) for _, a in both]
    differences = [new - old for new, old in zip(after, before, strict=True)]
    clusters = [str(b["cluster"]) for b, _ in both]
    return MeanChange(
        before=sum(before) / len(both),
        after=sum(after) / len(both),
        n=len(both),
        interval=cluster_bootstrap(differences, clusters),
        p=sign_flip(differences, clusters),
    )


def _row(name: str, one: Change) -> str:
    interval = f"{one.interval.low * 100:+.1f} … {one.interval.high * 100:+.1f}"
    return (
        f"| {name} | {one.before:.1%} | {one.after:.1%} | {one.delta * 100:+.1f} | {interval} "
        f"| {one.split.won} | {one.split.lost} | {one.split.p:.4f} |"
    )


def _is(outcome: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda line: line["outcome"] == outcome
