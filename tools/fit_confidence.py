"""Fit the weights of rag/confidence.py on gold, and print what they are worth on reports held out.

    WENBAO_LIBRARY=data python tools/fit_confidence.py eval/gold/dev.jsonl --wrong 0.035

Every figure of an answer is one case; it is right where it is a fact of the gold. The folds hold whole reports out.
``--wrong`` is the share of wrong figures at first runs of new questions (docs/reading.md): gold that was studied
has fewer, so that the constant is moved by the difference of the log odds (King and Zeng 2001). Needs scikit-learn,
which comes with sentence-transformers. Prints the two lines to put into rag/confidence.py.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from eval.gold import load_gold
from eval.judge import match_facts, said_figures
from rag import Settings, build_assistant
from rag.confidence import Signs

FOLDS = 8


def cases(gold: Path) -> tuple[list[list[float]], list[bool], list[str]]:
    """The signs of every figure looked up, whether it is wrong, and the report that its question is about."""
    assistant = build_assistant(Settings.from_env())
    signs: list[list[float]] = []
    wrong: list[bool] = []
    reports: list[str] = []
    for question in load_gold(gold):
        answer = assistant.answer(question.question, question.history)
        said, _ = said_figures(answer.to_json())
        right = set(match_facts(question.facts, said).values()) if question.facts else set()
        for n, cited in enumerate(answer.figures):
            if cited.signs is not None and answer.reading.kind != "sweep":
                signs.append([float(x) for x in astuple(cited.signs)])
                wrong.append(n not in right)
                reports.append(question.evidence[0].doc if question.evidence else question.id)
    return signs, wrong, reports


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--wrong", type=float, default=None, help="share of wrong figures at first runs")
    options = parser.parse_args(arguments)
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    signs, wrong, reports = cases(options.gold)
    model = LogisticRegression(C=0.5, max_iter=1000)
    held_out = cross_val_predict(model, signs, wrong, groups=reports, cv=GroupKFold(FOLDS), method="predict_proba")[
        :, 1
    ]
    print(f"{len(wrong)} figures, {sum(wrong)} wrong; area under the curve {roc_auc_score(wrong, held_out):.3f}")
    worst = sorted(zip(held_out, wrong, strict=True), reverse=True)
    for n in (20, 50, 100, 200):
        print(f"of the {n} least sure {sum(w for _, w in worst[:n])} are wrong")
    model.fit(signs, wrong)
    share = sum(wrong) / len(wrong)
    first = options.wrong if options.wrong is not None else share
    shift = math.log(first / (1 - first)) - math.log(share / (1 - share))
    for field, weight in zip(fields(Signs), model.coef_[0], strict=True):
        print(f"{field.name:14} {-weight:+.3f}")
    print(f"WEIGHTS = ({', '.join(f'{-w:.3f}' for w in model.coef_[0])})")
    print(f"CONSTANT = {-(model.intercept_[0] + shift):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
