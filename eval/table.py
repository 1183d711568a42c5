"""The latest results for the READMEs: kept in docs/evaluation.json, written between two marks, dated and hashed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from eval import words
from eval.gold import GoldError
from eval.run import METRICS, write_json

KEPT: Final = Path("docs") / "evaluation.json"
READMES: Final[Mapping[str, str]] = {"README.md": "en", "README.zh.md": "zh"}
BEGIN: Final = "<!-- evaluation -->"
END: Final = "<!-- /evaluation -->"
_HEADLINE: Final = ("right", "wrong", "silent", "figure_accuracy", "must_pass", "truth_score")


def kept_from(folders: Sequence[Path]) -> dict[str, Any]:
    """What docs/evaluation.json keeps of finished runs, one a folder.

    Raises:
        GoldError: If a folder holds no finished run.
    """
    sets = []
    for folder in folders:
        try:
            numbers = json.loads((folder / METRICS).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise GoldError(f"{folder}: no {METRICS} of a finished run: {error}") from error
        made = numbers["made"]
        sets.append(
            {
                "gold": made["gold"],
                "gold_sha256": made["gold_sha256"],
                "date": made["date"],
                "n": numbers["n"],
                "reports": made["reports"],
                "headline": {name: numbers["headline"][name] for name in _HEADLINE},
                "resolve": numbers["citations"]["resolve"],
                "baselines": {
                    name: {key: found["headline"][key] for key in ("right", "wrong", "figure_accuracy")}
                    for name, found in numbers.get("baselines", {}).items()
                },
            }
        )
    return {"sets": sets}


def write_tables(root: Path, kept: Mapping[str, Any]) -> None:
    """Writes docs/evaluation.json and the table of each README.

    Raises:
        GoldError: If a README has no place for the table.
    """
    write_json(root / KEPT, kept)
    for name, language in READMES.items():
        path = root / name
        path.write_text(with_table(path.read_text(encoding="utf-8"), kept, language), encoding="utf-8", newline="\n")


def with_table(text: str, kept: Mapping[str, Any], language: str) -> str:
    """The text with the table between its marks."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise GoldError(f"no place for the table: put {BEGIN} and {END} on lines of their own")
    block = f"{BEGIN}\n{table(kept, language)}{END}"
    return re.sub(rf"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, text, flags=re.S)


def table(kept: Mapping[str, Any], language: str) -> str:
    """The table and the line below it, as Markdown."""
    chinese = language == "zh"
    heads = ("题集", "题数", "答对", "答错", "未答", "数字全对（95 %）") if chinese else (
        "questions", "n", "right", "wrong", "silent", "figures right (95 %)",
    )  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|---|---|"]
    for one in kept["sets"]:
        head = one["headline"]
        counts = " | ".join(_percent(head[o]) for o in ("right", "wrong", "silent"))
        lines.append(f"| {one['gold']} | {one['n']} | {counts} | {_with_interval(head['figure_accuracy'])} |")
        for name, found in one["baselines"].items():
            label = words.BASELINES.get(name, (name, name))[0 if chinese else 1]
            shares = f"{_percent(found['right'])} | {_percent(found['wrong'])} | "
            lines.append(f"| · {label} | | {shares}| {_with_interval(found['figure_accuracy'])} |")
    stamps = [f"{one['gold']} {one['date']} sha256 {one['gold_sha256'][:12]}" for one in kept["sets"]]
    stamp = "由 `make eval` 得出" if chinese else "Made by `make eval`"
    return "\n".join([*lines, "", f"{stamp}: {'; '.join(stamps)}.", ""])


def _percent(share: Mapping[str, Any]) -> str:
    return "n=0" if not share["n"] else f"{share['share'] * 100:.1f} %"


def _with_interval(share: Mapping[str, Any]) -> str:
    if not share["n"]:
        return "n=0"
    low, high = share["interval95"]
    return f"{_percent(share)} [{low * 100:.1f}, {high * 100:.1f}]"
