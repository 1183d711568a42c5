"""One figure of every place in scope, with the places that lack it named."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Answer, CitedFigure, Missing
from rag.reader.comparisons import tell_first
from rag.reader.draft import Draft, clip
from rag.types import Figure, Status
from rag.wording import ROLE_EN, ROLE_ZH, period_zh, short_place, shown


class SweepDraft(Draft):
    """One figure of every place in scope."""

    def answer(self) -> Answer:
        """One row for every place in scope, and what is missing."""
        results = [self.sources.finder.find(cell) for cell in self.plan.cells]
        figures: list[CitedFigure] = []
        rows: list[str] = []
        missing = [Missing(p.name, self.plan.sweep_period, "no_report") for p in self.plan.without_reports]
        for result in results:
            name = result.cell.place.name
            if result.outcome == "figure":
                cited = self.cited(result.figures[0], result.signs)
                figures.append(cited)
                f = cited.figure
                rows.append(
                    f"| {short_place(name)} | {self._when(f.period)} | {self.say(ROLE_ZH[f.role], ROLE_EN[f.role])} | {shown(f)} | {clip(self._clause(f), 60)} [{cited.citation}] |"
                )
            elif result.outcome == "no_report":
                missing.append(Missing(name, result.period, "no_report"))
            else:
                missing.append(Missing(name, result.period, "no_figure"))
                if result.said is not None:
                    n = self.cite_sentence(result.said)
                    rows.append(
                        f"| {short_place(name)} | {self._when(result.period)} | — | {self.say('没有数字', 'no number')} | {clip(self.citations.rows[n - 1].quote, 60)} [{n}] |"
                    )
        self._sweep_text(rows, figures, missing)
        if not figures:
            status: Status = (
                "no_report" if not results or all(r.outcome == "no_report" for r in results) else "no_figure"
            )
        else:
            status = "answered"
        return self.done(status, figures=figures, missing=missing)

    def _clause(self, figure: Figure) -> str:
        text = self.sources.shelf.text(figure.report_id)
        left = max((text.rfind(c, figure.quote_start, figure.start) for c in "，,；;：:。"), default=-1)
        left = figure.quote_start if left < 0 else left + 1
        stops = [i for i in (text.find(c, figure.end, figure.quote_end) for c in "，,；;。") if i >= 0]
        return text[left : min(stops) if stops else figure.quote_end].replace("|", "｜").replace("\n", " ")

    def _when(self, period: str) -> str:
        return self.say(period_zh(period), period)

    def _sweep_text(self, rows: Sequence[str], figures: Sequence[CitedFigure], missing: Sequence[Missing]) -> None:
        asked = "、".join(a.words.replace(" ", "") or a.id or "" for a in self.query.indicators)
        total = len(self.plan.cells) + len(self.plan.without_reports)
        self.lines.append(
            self.say(
                f"{self.plan.sweep_label}{asked}：共{total}个地方，{len(figures)}个有数字。",
                f"{len(figures)} of {total} places give a figure.",
            )
        )
        if figures and self.query.wants_rank:
            tell_first(self, figures)
        if rows:
            head = self.say(
                "| 地方 | 时期 | 角色 | 数字 | 原文 |", "| Place | Period | Role | Number | The report's words |"
            )
            self.lines += ["", head, "|---|---|---|---|---|", *rows, ""]
        without = [m.place for m in missing if m.reason == "no_figure"]
        absent = [m.place for m in missing if m.reason == "no_report"]
        if without:
            self.lines.append(
                self.say("报告没有给出数字的地方：", "Report gives no number: ")
                + "、".join(short_place(p) for p in without)
                + "。"
            )
        if absent:
            self.lines.append(
                self.say("库中没有相应报告的地方：", "No report held: ")
                + "、".join(short_place(p) for p in absent)
                + "。"
            )
