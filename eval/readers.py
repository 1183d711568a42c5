"""Both readers over one gold set, side by side: without a language model once, with one several times.

A model answers differently from time to time, so its runs repeat and the spread is told: the mean with the least and
the most of each share, how many questions are right every time, and how many change their outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eval.asking import NO_MODEL
from eval.compare import compare, load_run
from eval.gold import GoldError
from eval.report import STYLE
from eval.results import OUTCOMES
from eval.run import Finished, Options, Say, run, write_json
from eval.score import Share

if TYPE_CHECKING:
    from rag.config import Settings

REPEATS: Final = 3
_SHARES: Final = (*OUTCOMES, "figure_accuracy")


@dataclass(frozen=True, slots=True)
class Spread:
    """A share over repeated runs, in [0, 1]; None where it is undefined."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader over its runs.

    Attributes:
        name: ``extractive``, or the model's ``provider:model``.
        runs: How many runs.
        shares: Right, wrong, silent and figures right.
        always_right: Questions that are right in every run.
        steady: Questions whose outcome is the same in every run.
        cost: What a question costs, the mean over the runs.
        total_ms: The median time of an answer, the mean over the runs.
    """

    name: str
    runs: int
    shares: Mapping[str, Spread]
    always_right: Share
    steady: Share
    cost: Mapping[str, float]
    total_ms: float


def run_readers(
    options: Options, settings: Settings, *, repeats: int = REPEATS, both: bool = True, say: Say = lambda line: None
) -> tuple[list[Reader], list[Finished]]:
    """The readers and their finished runs, in ``extractive`` and ``llm-1`` … below the options' folder, with a page.

    Raises:
        GoldError: If no language model is set.
    """
    if not settings.llm:
        raise GoldError(NO_MODEL)
    folders = [("extractive", options.out / "extractive")] if both else []
    folders += [("llm", options.out / f"llm-{i}") for i in range(1, repeats + 1)]
    done = []
    for reader, folder in folders:
        baselines = options.baselines and reader == "extractive"
        done.append(run(replace(options, out=folder, reader=reader, baselines=baselines), settings, say=say))
    parts = [("extractive", done[:1])] if both else []
    parts.append((settings.llm or "", done[len(parts) :]))
    found = [_reader(name, runs) for name, runs in parts]
    _write(options.out, found, done, paired=both)
    return found, done


def _reader(name: str, runs: Sequence[Finished]) -> Reader:
    heads = [finished.numbers["headline"] for finished in runs]
    outcomes = list(zip(*([item.outcome for item in f.results.items] for f in runs), strict=True))
    costs = [finished.numbers["cost"] for finished in runs]
    times = [finished.numbers["latency_ms"]["total"]["p50"] or 0.0 for finished in runs]
    return Reader(
        name=name,
        runs=len(runs),
        shares={share: _spread([head[share]["share"] for head in heads]) for share in _SHARES},
        always_right=Share(sum(set(o) == {"right"} for o in outcomes), len(outcomes)),
        steady=Share(sum(len(set(o)) == 1 for o in outcomes), len(outcomes)),
        cost={key: sum(float(cost[key]) for cost in costs) / len(costs) for key in costs[0]},
        total_ms=sum(times) / len(times),
    )


def _spread(values: Sequence[float | None]) -> Spread:
    known = [v for v in values if v is not None]
    return Spread(sum(known) / len(known), min(known), max(known)) if known else Spread(None, None, None)


# -- the page --------------------------------------------------------------------------------------

_HEAD: Final = (
    "reader", "runs", "right", "wrong", "silent", "figures right", "right every time", "same every time",
    "in the model's words", "fallen back", "tokens in / out a question", "ms (median)",
)  # fmt: skip


def table(readers: Sequence[Reader]) -> list[list[str]]:
    """The readers side by side, a row each, in the columns of the page."""
    return [
        [
            r.name, str(r.runs), *(_shown(r.shares[share]) for share in _SHARES), _percent(r.always_right.proportion),
            _percent(r.steady.proportion), _percent(r.cost["in_model_words"]), _percent(r.cost["fallen_back"]),
            f"{r.cost['tokens_in']:.0f} / {r.cost['tokens_out']:.0f}", f"{r.total_ms:.0f}",
        ]
        for r in readers
    ]  # fmt: skip


def render(readers: Sequence[Reader]) -> str:
    """The readers side by side, in Markdown; shares are the mean with the least and the most over the runs."""
    rows = [list(_HEAD), ["---"] * len(_HEAD), *table(readers)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _write(out: Path, readers: Sequence[Reader], done: Sequence[Finished], *, paired: bool) -> None:
    made = done[0].numbers["made"]
    verdict = ""
    if paired:
        verdict = compare(load_run(out / "extractive"), load_run(out / "llm-1")).verdict
    title = f"{made['gold']}, {made['date']}"
    text = f"# Readers side by side: {title}\n\n{render(readers)}\n{verdict}\n"
    (out / "readers.md").write_text(text, encoding="utf-8", newline="\n")
    head = "".join(f"<th>{escape(name)}</th>" for name in _HEAD)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table(readers))
    links = " · ".join(f'<a href="{name}/report.html">{name}</a>' for name in _folders(readers, paired=paired))
    page = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n<body><main>\n<h1>Readers side by side</h1>"
        f'<p class="soft">{escape(title)}</p><div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div><p>{escape(verdict)}</p><p>{links}</p></main></body>\n</html>\n"
    )
    (out / "readers.html").write_text(page, encoding="utf-8", newline="\n")
    rows_json = [dict(zip(_HEAD, row, strict=True)) for row in table(readers)]
    write_json(out / "readers.json", {"made": made, "verdict": verdict, "readers": rows_json})


def _folders(readers: Sequence[Reader], *, paired: bool) -> list[str]:
    model = [f"llm-{i}" for i in range(1, readers[-1].runs + 1)]
    return ["extractive", *model] if paired else model


def _shown(spread: Spread) -> str:
    if spread.mean is None or spread.low is None or spread.high is None:
        return "n=0"
    if spread.low == spread.high:
        return _percent(spread.mean)
    return f"{_percent(spread.mean)} [{spread.low * 100:.1f}–{spread.high * 100:.1f}]"


def _percent(share: float | None) -> str:
    return "n=0" if share is None else f"{share * 100:.1f} %"
