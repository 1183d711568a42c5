"""Many verdicts as a table by category with intervals, and every miss with what one needs to find its cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldError, json_lines
from eval.judge import Verdict, judge, show_value
from eval.statistics import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """How many of ``n`` questions, with a 95 % Wilson interval as proportions."""

    count: int
    n: int

    @property
    def proportion(self) -> float | None:
        """The share in [0, 1]; None where there is no question."""
        return self.count / self.n if self.n else None

    def interval(self) -> tuple[float, float]:
        """The Wilson interval at 95 %; (0, 1) where there is no question."""
        found = wilson(self.count, self.n)
        return (found.low, found.high)


def load_answers(path: Path) -> dict[str, Mapping[str, Any]]:
    """Answer objects by id; a line without an id raises GoldError."""
    found: dict[str, Mapping[str, Any]] = {}
    for where, item in json_lines(path):
        if "id" not in item:
            raise GoldError(f"{where}: an answer without an id")
        found[str(item["id"])] = item
    return found


def load_texts(folder: Path) -> dict[str, str]:
    """Report id -> text, from one ``{report id}.txt`` each."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}


def judge_all(
    golds: Sequence[Gold], answers: Mapping[str, Mapping[str, Any]], *, texts: Mapping[str, str] | None = None
) -> tuple[Verdict, ...]:
    """A verdict for every gold question, in gold order; a question without an answer is wrong."""
    return tuple(judge(gold, answers.get(gold.id), texts=texts) for gold in golds)


def share_of(verdicts: Iterable[Verdict], outcome: str) -> Share:
    """The share of verdicts with that outcome."""
    found = list(verdicts)
    return Share(sum(v.outcome == outcome for v in found), len(found))


def render(verdicts: Sequence[Verdict], answers: Mapping[str, Mapping[str, Any]], *, misses: bool = True) -> str:
    """The table, the causes, what is reported only, and each miss: a text for people."""
    lines = ["", *_table(verdicts), "", *_causes(verdicts), *_aside(verdicts)]
    if misses:
        for verdict in verdicts:
            if verdict.outcome != "right":
                lines += ["", *_miss(verdict, answers.get(verdict.gold.id))]
    return "\n".join(lines) + "\n"


def summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The same numbers for programs."""
    out: dict[str, Any] = {"n": len(verdicts), "outcomes": {v.gold.id: v.outcome for v in verdicts}}
    for outcome in ("right", "wrong", "silent"):
        share = share_of(verdicts, outcome)
        out[outcome] = {"count": share.count, "proportion": share.proportion, "interval95": share.interval()}
    out["truth_score"] = (out["right"]["count"] - out["wrong"]["count"]) / len(verdicts) if verdicts else None
    out["by_category"] = {
        category: {
            o: sum(v.outcome == o and v.gold.category == category for v in verdicts)
            for o in ("right", "wrong", "silent")
        }
        for category in _categories(verdicts)
    }
    out["reasons"] = dict(Counter(r.key for v in verdicts for r in v.reasons).most_common())
    return out


def _table(verdicts: Sequence[Verdict]) -> list[str]:
    lines = [f"{'category':24}{'n':>5}{'right':>7}{'wrong':>7}{'silent':>7}   right, 95 %"]
    for category in [*_categories(verdicts), "all"]:
        some = [v for v in verdicts if category in ("all", v.gold.category)]
        right, wrong, silent = (share_of(some, outcome) for outcome in ("right", "wrong", "silent"))
        low, high = right.interval()
        shown = "n=0" if right.proportion is None else f"{right.proportion:6.1%} [{low:.1%}, {high:.1%}]"
        lines.append(f"{category:24}{len(some):>5}{right.count:>7}{wrong.count:>7}{silent.count:>7}   {shown}")
    return lines


def _causes(verdicts: Sequence[Verdict]) -> list[str]:
    causes = Counter(reason.key for v in verdicts if v.outcome != "right" for reason in v.reasons)
    return [f"{count:>5}  {key}" for key, count in sorted(causes.items(), key=lambda c: (-c[1], c[0]))]


def _aside(verdicts: Sequence[Verdict]) -> list[str]:
    slips = [(v, slip) for v in verdicts for slip in v.modality_slips]
    lines = [f"modality differs in {len(slips)} matched figures (reported, not judged)"]
    lines += [f"  {v.gold.id}: {slip.detail}" for v, slip in slips]
    expected = [v for v in verdicts if v.gold.status is not None]
    agreed = sum(v.status == v.gold.status for v in expected)
    return [*lines, f"status as expected: {agreed} of {len(expected)}" if expected else "status as expected: n=0"]


def _miss(verdict: Verdict, answer: Mapping[str, Any] | None) -> list[str]:
    gold, said = verdict.gold, answer or {}
    lines = [f"[{verdict.outcome}] {gold.id} {gold.category}: {gold.question}"]
    lines += [f"  after: {question}" for question in gold.history]
    lines += [f"  why: {reason.key}: {reason.detail}" for reason in verdict.reasons]
    lines += [
        f"  gold: {f.place} {f.period} {f.indicator} {f.role} {f.measure} {show_value(f.value)}{f.unit}"
        f" {f.modality or ''}"
        for f in gold.facts
    ]
    lines += [f"  gold text: {' / '.join(group)}" for group in gold.must_include]
    lines += [f"  evidence: {span.doc}: {span.quote}" for span in gold.evidence[:4]]
    lines += [f"  note: {gold.note}"] * bool(gold.note)
    lines += [f"  said ({verdict.status}): {str(said.get('text', '')).strip()[:400]}"]
    for figure in (said.get("figures") or ())[:12]:
        value = figure.get("value")
        lines.append(
            f"  figure: {figure.get('place')} {figure.get('period')} {figure.get('indicator')} {figure.get('role')}"
            f" {figure.get('measure')} {value}{figure.get('unit') or ''} {figure.get('modality') or ''}"
        )
    return lines


def _categories(verdicts: Sequence[Verdict]) -> list[str]:
    return list(dict.fromkeys(v.gold.category for v in verdicts))
