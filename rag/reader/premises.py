"""What a question takes for granted, held against what the reports say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import CitedFigure
from rag.lookup import CellResult
from rag.matching import cover, speaks_of, words_of
from rag.numerals import Quantity, plain
from rag.reader.draft import MISSED, Draft, clip, says
from rag.types import Figure
from rag.wording import ROLE_ZH, period_zh, short_place, thing


def really_done(draft: Draft, cited: CitedFigure) -> list[CitedFigure]:
    """35件实事全部完成,对吗: of 35件…已完成31件 the number done answers, not the one taken for granted.

    What was left undone stands beside it where the sentence tells it.
    """
    if not (
        re.search(r"全部|全都|都|对吗|是不是|最后|了几|完成了", draft.query.text)
        and any(says(cited.figure, n) for n in draft.query.numbers)
    ):
        return [cited]
    f = cited.figure
    text = draft.sources.shelf.text(f.report_id)
    undone = [
        draft.cited(row.figure)
        for row in draft.sources.finder.views.rows(f.report_id)
        if row.figure.quote_start == f.quote_start
        and row.figure.unit == f.unit
        and re.match(r"[^,。;\d]{0,2}未(?:能|按)?(?:如期|按期|全部)?完成", text[row.figure.end :])
    ]
    for row in draft.sources.finder.views.rows(f.report_id):
        other = row.figure
        same = (
            other.quote_start == f.quote_start
            and other.start > f.end
            and other.unit == f.unit
            and other.value != f.value
        )
        if same and re.search(r"完成|办结|建成|投产|投用|投放|落实", row.before + text[other.end : other.end + 8]):
            draft.lines = [line for line in draft.lines if f.written not in line]
            found = draft.cited(other)
            draft.lines.append(
                draft.say(
                    f"并非全部：{f.written}中完成的是{other.written}[{found.citation}]。",
                    f"Not all: {other.written} of {f.written} [{found.citation}].",
                )
            )
            draft.lines.append(f"原文：「{clip(draft.citations.rows[found.citation - 1].quote)}」[{found.citation}]")
            return [found, *undone]
    return [cited]


def part_denied(draft: Draft, figures: Sequence[CitedFigure]) -> tuple[list[CitedFigure], list[CitedFigure]]:
    """Figures that answer, and those that only tell where a number taken for granted comes from."""
    if not draft.query.numbers or len(figures) < 2:
        return list(figures), []
    first = figures[0].figure
    stray = [
        c
        for c in figures[1:]
        if any(says(c.figure, n) for n in draft.query.numbers)
        and (c.figure.period, c.figure.role) != (first.period, first.role)
        and not (len(draft.query.roles) > 1 and c.figure.role in draft.query.roles)
    ]
    return [c for c in figures if c not in stray], stray


def tell_missed(draft: Draft, results: Sequence[CellResult]) -> None:
    """Quotes the sentence that says a target was missed, where target and result are both asked for."""
    if not ({"target", "actual"} <= set(draft.query.roles) or re.search("超额|没(?:有)?完成|未完成", draft.query.text)):
        return
    done = set[tuple[str, int]]()
    for result in results:
        for report in {
            r.report_id: r for r in (*draft.plan.reports, *([result.report] if result.report else []))
        }.values():
            for said in draft.sources.finder.views.sentences(report.report_id):
                if (report.report_id, said.start) in done or said.part in ("plan", "livelihood", "term_plan"):
                    continue
                if MISSED.search(said.words) and speaks_of(result.cell.ask, said.words) >= 0.8:
                    done.add((report.report_id, said.start))
                    n = draft.citations.cite(report, said.start, said.end, part=said.part, section=said.section)
                    draft.lines.append(
                        draft.say(
                            f"报告承认目标未完成：「{clip(draft.citations.rows[n - 1].quote)}」[{n}]",
                            f"The report says a target was missed: 「{clip(draft.citations.rows[n - 1].quote)}」[{n}]",
                        )
                    )


def tell_premise(draft: Draft, figures: Sequence[CitedFigure], results: Sequence[CellResult]) -> None:
    """Corrects numbers that the question takes for granted and the report does not bear out."""
    for number in draft.query.numbers:
        if any(says(c.figure, number) for c in figures):
            continue
        written = plain(draft.query.text)[number.start : number.end].strip()
        true = _true_home(draft, number, results)
        if true is not None:
            cited = draft.cited(true)
            f = true
            draft.lines.append(
                draft.say(
                    f"问题中的“{written}”不是所问的数：它是{short_place(f.place)}{period_zh(f.period)}{thing(f)}的{ROLE_ZH[f.role]}数，并非所问的{_asked_role(draft)}[{cited.citation}]。",
                    f"“{written}” in the question is not that: it is the {f.period} figure ({f.role}) of {f.indicator} [{cited.citation}].",
                )
            )
        else:
            draft.lines.append(
                draft.say(
                    f"问题中的“{written}”没有得到报告证实，报告里没有这个说法。",
                    f"“{written}” is not borne out by the report.",
                )
            )


def _asked_role(draft: Draft) -> str:
    role = draft.query.roles[0] if draft.query.roles else None
    return ROLE_ZH[role] if role else "数字"


def _true_home(draft: Draft, number: Quantity, results: Sequence[CellResult]) -> Figure | None:
    """The figure of the same place that the number really is; the same thing's before others'."""
    best: tuple[float, Figure] | None = None
    for result in results:
        reports = draft.sources.holdings.reports(result.cell.place)
        words = words_of(result.cell.ask.words)
        for figure in (row.figure for r in reports for row in draft.sources.finder.views.rows(r.report_id)):
            if not says(figure, number):
                continue
            near = cover(words, plain(figure.indicator)) + (
                1.0 if result.cell.ask.id and figure.indicator_id == result.cell.ask.id else 0.0
            )
            gap = (
                abs(int(figure.period[:4]) - int(result.period[:4]))
                if figure.period[:4].isdigit() and result.period[:4].isdigit()
                else 0
            )
            score = near - 0.05 * gap
            if near >= 0.15 and (best is None or score > best[0]):
                best = (score, figure)
    return best[1] if best else None
