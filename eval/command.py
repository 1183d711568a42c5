"""The command line of the measuring: run, score, compare and lint."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.gold import Gold, GoldError, load_gold
from eval.score import judge_all, load_answers, load_texts, render, summary


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 2 something that the user must mend."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.do(arguments)
    except GoldError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wenbao eval", description="Measure answers against gold questions.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    score = commands.add_parser(
        "score", help="judge answers", epilog="example: python -m eval score answers.jsonl eval/gold/samples.jsonl"
    )
    score.add_argument("answers", type=Path, metavar="ANSWERS.jsonl")
    score.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    score.add_argument("--texts", type=Path, help="folder of {report id}.txt, the texts that citations point into")
    score.add_argument("--json", type=Path, help="write the numbers to this file too")
    score.add_argument("--no-misses", action="store_true", help="print the table only")
    score.set_defaults(do=_score)

    run = commands.add_parser(
        "run",
        help="ask every gold question and judge",
        epilog="example: python -m eval run eval/gold/samples.jsonl --out run1",
    )
    run.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    run.add_argument("--out", type=Path, required=True, metavar="DIR")
    run.add_argument("--library", type=Path)
    run.set_defaults(do=_run)

    compare = commands.add_parser(
        "compare", help="two runs on the same questions", epilog="example: python -m eval compare run1 run2"
    )
    compare.add_argument("before", type=Path, metavar="DIR")
    compare.add_argument("after", type=Path, metavar="DIR")
    compare.set_defaults(do=_compare)

    lint = commands.add_parser(
        "lint",
        help="check a gold file",
        epilog="example: python -m eval lint eval/gold/samples.jsonl --documents samples",
    )
    lint.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    lint.add_argument("--documents", type=Path, help="folder with {doc}.txt, in which every quote must stand")
    lint.set_defaults(do=_lint)
    return parser


def _score(arguments: argparse.Namespace) -> int:
    golds, answers = load_gold(arguments.gold), load_answers(arguments.answers)
    texts = load_texts(arguments.texts) if arguments.texts else None
    verdicts = judge_all(golds, answers, texts=texts)
    sys.stdout.write(render(verdicts, answers, misses=not arguments.no_misses))
    if arguments.json:
        _write_json(arguments.json, summary(verdicts))
    return 0


def _run(arguments: argparse.Namespace) -> int:
    golds = load_gold(arguments.gold)
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    questions = [{"id": g.id, "question": g.question, "history": list(g.history)} for g in golds]
    lines = [json.dumps(question, ensure_ascii=False) for question in questions]
    (out / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    # The program is asked as anyone would: through its command line, in a process of its own.
    command = [
        sys.executable,
        "-m",
        "rag",
        "ask",
        "--batch",
        str(out / "questions.jsonl"),
        "--out",
        str(out / "answers.jsonl"),
    ]
    if arguments.library:
        command += ["--library", str(arguments.library)]
    code = subprocess.run(command, check=False).returncode
    if code:
        return code
    answers = load_answers(out / "answers.jsonl")
    verdicts = judge_all(golds, answers, texts=_texts_of(answers, arguments.library))
    report = render(verdicts, answers)
    (out / "report.txt").write_text(report, encoding="utf-8")
    _write_json(out / "scores.json", summary(verdicts))
    sys.stdout.write(report)
    return 0


def _texts_of(answers: Mapping[str, Mapping[str, Any]], library: Path | None) -> dict[str, str]:
    ids = dict.fromkeys(
        c["report_id"] for a in answers.values() for c in a.get("citations") or () if c.get("report_id")
    )
    where = ["--library", str(library)] if library else []
    texts = {}
    for report_id in ids:
        command = [sys.executable, "-m", "rag", "reports", "--text", report_id, *where]
        done = subprocess.run(command, check=False, capture_output=True)
        if done.returncode == 0:
            texts[report_id] = done.stdout.decode("utf-8")
    return texts


def _compare(arguments: argparse.Namespace) -> int:
    before, after = (_outcomes(folder) for folder in (arguments.before, arguments.after))
    shared = [question for question in before if question in after]
    if len(shared) != len(before) or len(shared) != len(after):
        sys.stderr.write(f"compared on the {len(shared)} questions that both runs answer\n")
    won = [q for q in shared if after[q] == "right" != before[q]]
    lost = [q for q in shared if before[q] == "right" != after[q]]
    chance = mcnemar(len(won), len(lost))
    sys.stdout.write(f"right before {sum(before[q] == 'right' for q in shared)}, after ")
    sys.stdout.write(f"{sum(after[q] == 'right' for q in shared)} of {len(shared)}; exact McNemar p = {chance:.4f}\n")
    sys.stdout.write("".join(f"won  {q}\n" for q in won) + "".join(f"lost {q}: {after[q]}\n" for q in lost))
    return 0


def mcnemar(won: int, lost: int) -> float:
    """Two-sided probability of a split at least as uneven as ``won`` to ``lost`` if both were equally likely."""
    n = won + lost
    tail = sum(math.comb(n, k) for k in range(min(won, lost) + 1))
    return min(1.0, float(2 * tail / 2**n))


def _outcomes(folder: Path) -> dict[str, str]:
    try:
        scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GoldError(f"{folder}: no scores.json of a run: {error}") from error
    outcomes: dict[str, str] = scores["outcomes"]
    return outcomes


def _lint(arguments: argparse.Namespace) -> int:
    golds = load_gold(arguments.gold)
    problems = [problem for gold in golds for problem in _problems(gold, arguments.documents)]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.stdout.write(f"{len(golds)} questions, {len(problems)} problems\n")
    return 2 if problems else 0


def _problems(gold: Gold, documents: Path | None) -> list[str]:
    found = []
    if gold.answerable and not gold.facts and not gold.must_include:
        found.append(f"{gold.id}: answerable without facts and without must_include: nothing to judge by")
    if not gold.answerable and gold.facts:
        found.append(f"{gold.id}: unanswerable with facts")
    for span in gold.evidence if documents else ():
        path = Path(str(documents)) / f"{span.doc}.txt"
        if path.is_file() and span.quote not in path.read_text(encoding="utf-8-sig"):
            found.append(f"{gold.id}: not in {span.doc}: {span.quote}")
    return found


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
