"""Ask a library the clauses of its own reports back, each number left out, and count how many it gives again.

    WENBAO_LIBRARY=data python tools/ask_back.py --questions 2000 --seed 1 --show 30

新增道路8公里 of a plan for 2023 becomes 大鹏新区2023年计划新增道路多少公里. Judged is only whether the number
comes back, so this is no gold: it finds questions cut up wrongly and names that cannot be found, by the
thousand and without reading. Clauses without a name of their own (增长12%), with several numbers or with ranks
are passed over. A number that its report tells of two things of one name counts as wrong, though either would do.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rag import Settings, build_assistant
from rag.answer import Answer
from rag.catalogue import Catalogue
from rag.types import Figure
from rag.wording import short_place

_STOPS = "，,；;。：:、？?！!\n（(）)"
_DIGITS = re.compile(r"[\d０-９％%一二三四五六七八九十百千万亿]")
_LEAD = re.compile(
    r"^(?:其中|全年|今年|去年|年内|同时|并|全[区市县省]|预计|力争|确保|要|计划|将|实现|以及|和|与|及|的|是|为)+"
)
_DEED = re.compile(r"(?:新[增建]|完成|改造|建成|培育|引进|打造|推进|投入|建设|开工|实施|创建|整治|发放|办理|拆除)")
_BARE = re.compile(r"^(?:总数|总量|数量|总?投资额?|占比|资金|金额)")


@dataclass(frozen=True)
class Asked:
    """A question made of a clause, the figure that it asks for, and what came back."""

    question: str
    figure: Figure
    answer: Answer

    @property
    def outcome(self) -> str:
        """right: the number came back for its time; wrong: others did; no: none."""
        given = [c.figure for c in self.answer.figures]
        again = [
            g for g in given if (g.value, g.unit, g.period) == (self.figure.value, self.figure.unit, self.figure.period)
        ]
        return "right" if again and len(given) <= 3 else "wrong" if given else "no"


def question_of(figure: Figure, text: str) -> str | None:
    """The clause of ``figure`` as a question, or None where it would not ask for the figure alone."""
    start, end = figure.start, figure.end
    while start > figure.quote_start and text[start - 1] not in _STOPS:
        start -= 1
    while end < figure.quote_end and text[end] not in _STOPS:
        end += 1
    before, behind = text[start : figure.start], text[figure.end : end].strip(' ”"')
    told = set(figure.indicator) - set("全国省市区县排名总数的")
    plain_time = re.fullmatch(r"\d{4}(?:-\d{4})?", figure.period)
    if plain_time is None or figure.measure == "rank" or _DIGITS.search(before + behind) or behind.startswith("的"):
        return None
    before = _LEAD.sub("", before.strip(' “”"—·'))
    named = len(told) > 1 and len(told & set(before + behind)) >= 0.7 * len(told)
    if not (named and 2 <= len(before + behind) <= 22) or _BARE.match(before):
        return None
    behind = "" if behind in ("以上", "以下", "以内", "左右") else behind
    asked = (
        "百分之几" if figure.written.startswith("百分之") else "多少" + figure.unit.replace("%", "").replace("％", "")
    )
    when = figure.period.replace("-", "年到") + "年"
    goal = "" if figure.role not in ("target", "plan") else "计划" if _DEED.match(before) else "要"
    return f"{short_place(figure.place)}{when}{goal}{before}{asked}{behind}"


def asked_back(settings: Settings, *, questions: int, seed: int) -> Iterator[Asked]:
    """That many clauses of the library's reports, drawn at random, asked one by one."""
    assistant = build_assistant(settings)
    chance = random.Random(seed)
    catalogue = Catalogue.open(settings.library)
    reports = [r for r in catalogue.reports() if r.duplicate_of is None]
    drawn = 0
    for _ in range(50 * questions):
        if drawn == questions or not reports:
            return
        report = chance.choice(reports)
        figures = [f for f in catalogue.figures([report.report_id]) if f.place == report.place]
        figure = chance.choice(figures) if figures else None
        question = question_of(figure, catalogue.text(report.report_id)) if figure else None
        if figure is not None and question is not None:
            drawn += 1
            yield Asked(question, figure, assistant.answer(question))


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the counts, and some of what did not come back."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--questions", type=int, default=500, help="how many clauses to ask (default 500)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other clauses (default 1)")
    parser.add_argument("--show", type=int, default=20, help="how many misses to print (default 20)")
    options = parser.parse_args(argv)
    counts: Counter[str] = Counter()
    for asked in asked_back(Settings.from_env(), questions=options.questions, seed=options.seed):
        counts[asked.outcome] += 1
        if asked.outcome != "right" and counts["wrong"] + counts["no"] <= options.show:
            given = "、".join(c.figure.written for c in asked.answer.figures) or asked.answer.status
            print(f"{asked.outcome}: {asked.question}  told: {asked.figure.written}  given: {given}")
    n = counts.total()
    print(
        f"{n} clauses: " + ", ".join(f"{counts[k]} {k} ({counts[k] / max(n, 1):.1%})" for k in ("right", "wrong", "no"))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
