"""Figures asked for -> looked up one by one, told together; every kind of no has its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answer import Answer, CitedFigure, Missing
from rag.lookup import Cell, CellResult, Sentence
from rag.matching import cover, names_of, unit_fits, words_of
from rag.numerals import plain
from rag.question import IndicatorAsk, content_words
from rag.reader.comparisons import compare
from rag.reader.draft import Draft, clip
from rag.reader.premises import part_denied, really_done, tell_missed, tell_premise
from rag.reader.prose import ProseDraft
from rag.types import Figure, Place, Role, Status
from rag.wording import ROLE_ZH, period_zh, report_name, short_place, statement, years_text

CLOSE_HITS = 8  # retrieved passages among which a sentence in other words is looked for
CLOSE_ENOUGH = 0.4  # share of the question's characters that its clause must hold
_ASKED_HOW_MUCH = re.compile(
    r"(?:分别|各|总共|一共|共|大约|约|要|将|拟|是|为|有|达到?|到|完成|实现|增长|下降|提高|降低|了|的|目标|计划|预期|实际)*(?:多少|几|什么|百分之|呢|$).*"
)
_COUNTED_IN = frozenset("个 座 处 所 家 条 项 套 台 间".split())  # 多少座超充站、V2G示范站: 11个, 4座


class LookupDraft(Draft):
    """Figures: each thing asked is looked up by itself, and what was found told together."""

    def answer(self) -> Answer:
        """Lookups and comparisons: each thing asked is looked up by itself."""
        results = self._found(self.plan.cells)
        lone = self.query.may_be_actual and self.query.kind == "lookup" and not self.query.numbers
        handed = any(r.said and "下达" in self.words_of(r.said) for r in results)  # 完成市下达的任务: a goal, no number
        if lone and not handed and not any(r.outcome == "figure" for r in results):
            done = self._found([replace(cell, role="actual") for cell in self.plan.cells])
            results = done if any(r.outcome == "figure" for r in done) else results
        goals = self.query.roles == ("actual",) and re.search("提出|要求", self.query.text) is not None
        if goals and all(r.outcome == "no_report" for r in results):  # 报告提出2025年建成多少: a year still to come
            planned = self._found([replace(cell, role="plan") for cell in self.plan.cells])
            results = planned if any(r.outcome == "figure" for r in planned) else results
        if self.query.versus and len(results) == 1 and results[0].outcome == "figure":
            results += self._set_against(results[0])
        results = _without_doubles([*results, *(p for r in results for p in self._partners(r))])
        self.assumptions.extend(r.assumed for r in results)
        found = [r for r in results if r.outcome == "figure"]
        if not found and self._should_turn_to_prose(results):
            return self.become(ProseDraft).answer()
        return self._told(results, found)

    def _found(self, cells: Sequence[Cell]) -> list[CellResult]:
        """What the cells came to; where none names a role, all of them in one role if only so all are told."""
        results = self._each(cells)
        loose = len(cells) > 1 and all(c.role is None for c in cells)
        if loose and len({(c.place, c.period) for c in cells}) == 1:
            roles = {r.figures[0].role if r.outcome == "figure" else None for r in results}
            for role in ("actual", "target") if len(roles) > 1 or len(_without_doubles(results)) < len(results) else ():
                alike = self._each([replace(c, role=role) for c in cells])
                if all(r.outcome == "figure" for r in alike) and len(_without_doubles(alike)) == len(alike):
                    return alike
        return results

    def _each(self, cells: Sequence[Cell]) -> list[CellResult]:
        """What each cell came to; a thing asked beside another is looked for beside its figure."""
        results: list[CellResult] = []
        for cell in cells:
            kindred = [
                r
                for r in results
                if r.outcome == "figure"
                and (r.cell.place, r.cell.period, r.cell.role) == (cell.place, cell.period, cell.role)
            ]
            beside = kindred[-1].figures[0] if kindred else None
            results.append(self.sources.finder.find(cell, beside=beside, alone=len(cells) == 1))
        told = [r.figures[0] for r in results if r.outcome == "figure"]
        if len(told) == len(results) == 2:
            return self._together(results)
        for i, result in enumerate(results):
            # 签约多少户、拆除房屋多少栋: the sentence that tells one tells both
            if result.outcome != "figure" and told:
                results[i] = self.sources.finder.in_sentence(result.cell, told[0]) or result
        return results

    def _together(self, results: list[CellResult]) -> list[CellResult]:
        """Two things asked in one breath told by one sentence, where it tells the first as well as its own does."""
        first, second = results
        told, other = first.figures[0], second.figures[0]
        asked = [(r.cell.place, r.cell.period, r.cell.role) for r in results]
        if asked[0] != asked[1] or _sentence_of(told) == _sentence_of(other):
            return results
        again = self.sources.finder.find(first.cell, beside=other)
        if again.outcome != "figure" or _sentence_of(again.figures[0]) != _sentence_of(other):
            return results
        words = words_of(first.cell.ask.words)
        as_well = cover(words, plain(again.figures[0].indicator)) >= cover(words, plain(told.indicator))
        return [again, second] if as_well else results

    def _partners(self, result: CellResult) -> Iterator[CellResult]:
        """The numbers of the other things that one ask joins, told beside the first: 多少件建议和政协提案."""
        tails = [content_words(p).replace(" ", "")[-2:] for p in re.split("[和与及、]", result.cell.ask.said)]
        if result.outcome != "figure" or len(result.figures) != 1 or len(set(tails)) < 2 or min(map(len, tails)) < 2:
            return
        own = result.figures[0]
        told = [tail for tail in tails if tail in own.indicator]
        for row in self.sources.finder.views.rows(own.report_id) if len(told) == 1 else ():
            f = row.figure
            alike = (f.quote_start, f.period, f.role, f.measure) == (own.quote_start, own.period, own.role, own.measure)
            alike = alike and (f.unit == own.unit or {f.unit, own.unit} <= _COUNTED_IN)
            if alike and f.start != own.start and any(f.indicator.endswith(t) for t in tails if t not in told):
                yield replace(result, figures=(f,), twin=None)

    def _told(self, results: Sequence[CellResult], found: Sequence[CellResult]) -> Answer:
        """The answer that the looked-up cells make: figures, comparisons, noes and corrected premises."""
        figures: list[CitedFigure] = []
        for result in found:
            for figure in result.figures:
                if figure not in [c.figure for c in figures]:
                    figures.append(self.cited(figure, result.signs))
        self._state(figures)
        derived = compare(self, results, figures)
        related = [
            self.cited(r.twin) for r in found if r.twin is not None and r.twin not in [c.figure for c in figures]
        ]
        for c in related:
            self.lines.append(self.say("同一句中还写明：", "The same sentence also says: ") + self._state_one(c))
        missing: list[Missing] = []
        for result in results:
            if result.outcome != "figure":
                related += self._no(result, missing)
        figures = [done for c in figures for done in really_done(self, c)]
        figures, denied = part_denied(self, figures)
        related += denied
        tell_premise(self, figures, results)
        tell_missed(self, results)
        status = self._status(results, figures)
        return self.done(status, figures=figures, related=related, missing=missing, derived=derived)

    def _set_against(self, own: CellResult) -> list[CellResult]:
        """What 比全国高几个点 needs beside the place's own figure: the distance that its report tells, else the other's."""
        figure = own.figures[0]
        told = re.compile(rf"(?:高于|低于|高出|快于|慢于|超过|低)\S{{0,3}}{self.query.versus}")
        for row in self.sources.finder.views.rows(figure.report_id):
            f = row.figure
            near = f.quote_start == figure.quote_start and f.start > figure.start and f.measure == "change"
            if (
                near
                and f.period == figure.period
                and told.search(f.indicator)
                and f.indicator.startswith(figure.indicator)
            ):
                return [replace(own, figures=(f,), twin=None)]
        place = self._larger(own.cell.place)
        if place is None:
            return []
        role = figure.role if figure.role in ("target", "actual") else own.cell.role
        ask = replace(own.cell.ask, measures=(figure.measure,))
        return [self.sources.finder.find(replace(own.cell, place=place, role=role, ask=ask))]

    def _larger(self, place: Place) -> Place | None:
        """The place that 全国, 全省 or 全市 means for a smaller one, if its reports are held."""
        size = {"全国": 0, "全省": 2, "全市": 4}[self.query.versus]
        larger = self.sources.gazetteer.by_code(place.code[:size].ljust(6, "0"))
        return larger if larger is not None and larger.code != place.code else None

    def _should_turn_to_prose(self, results: Sequence[CellResult]) -> bool:
        """A question whose words were no indicator after all is answered in sentences, if it asks for no number."""
        worded = re.search(r"是什么|什么|哪些", self.query.text) and not any(
            c.ask.id or c.ask.units or c.ask.measures for c in self.plan.cells
        )
        return (
            self.query.kind == "lookup"
            and not self.query.follows
            and not self.query.numbers  # a number taken for granted is told for what it is, or that it is not found
            and (not self.plan.numeric or bool(worded))
            and all(r.outcome == "not_in_report" for r in results)
        )

    def _state_one(self, cited: CitedFigure) -> str:
        return statement(cited.figure, cited.citation, lang=self.query.lang)

    def _state(self, figures: Sequence[CitedFigure]) -> None:
        for cited in figures:
            self.lines.append(self._state_one(cited))
        if figures and len(figures) <= 3:
            for n in dict.fromkeys(c.citation for c in figures):
                self.lines.append(
                    self.say("原文：", "The report's words: ") + f"「{clip(self.citations.rows[n - 1].quote)}」[{n}]"
                )

    def _status(self, results: Sequence[CellResult], figures: Sequence[CitedFigure]) -> Status:
        if figures:
            return "answered"
        outcomes = [r.outcome for r in results]
        noes: tuple[Status, ...] = ("no_figure", "not_in_report", "no_report")
        return next((status for status in noes if status in outcomes), "not_in_report")

    def _no(self, result: CellResult, missing: list[Missing]) -> list[CitedFigure]:
        """Says why a cell has no figure, and what comes nearest."""
        cell = result.cell
        name = _asked_name(cell.ask)
        place = short_place(cell.place.name)
        role = ROLE_ZH.get(cell.role, "") if cell.role else ""
        when = period_zh(result.period) if result.period else ""
        if result.outcome == "no_report":
            years = self.sources.holdings.years(cell.place)
            missing.append(Missing(cell.place.name, result.period, "no_report"))
            have = f"现有该地的报告：{years_text(years)}。" if years else "库中没有该地的任何报告。"
            need = self._needed(cell.role, result.period)
            self.lines.append(
                self.say(
                    f"没有能回答{place}{when}{name}{role}的报告{need}。{have}",
                    f"No report covers {cell.place.name} {result.period}; reports held: {', '.join(map(str, years)) or 'none'}.",
                )
            )
        else:
            assert result.report is not None
            missing.append(Missing(cell.place.name, result.period, "no_figure"))
            title = report_name(result.report)
            if result.said is not None:
                n = self.cite_sentence(result.said)
                quote = _excerpt(self.citations.rows[n - 1].quote, names_of(cell.ask))
                self.lines.append(
                    self.say(
                        f"{title}没有给出{when}{name}的{role or '具体'}数字，只提到：「{quote}」[{n}]。",
                        f"The report {result.report.title} sets no number for this; it says: 「{quote}」[{n}].",
                    )
                )
            elif result.unsure:
                self.lines.append(
                    self.say(
                        f"{title}里没有能确认为{when}{name}{role}的数字。",
                        "No number of the report can be confirmed as this one.",
                    )
                )
            elif result.outcome == "no_figure":
                self.lines.append(
                    self.say(f"{title}没有给出所问的{when}{name}{role}数字。", "The report gives no such number.")
                )
            else:
                self.lines.append(
                    self.say(
                        f"{title}没有提到{when}{name}{'的' + role if role else ''}，也没有给出数字。",
                        f"The report {result.report.title} does not mention it.",
                    )
                )
                self._point_to_the_closest(result)
            if not result.report.complete:
                self.lines.append(
                    self.say("注意：这份文本不完整，缺失部分可能另有说明。", "Note: this copy is cut short.")
                )
        related = [self.cited(f) for f in result.near[:2]]
        for i, c in enumerate(related):
            lead = self.say("供参考（角色或年份与所问不同）：", "For reference (other role or period): ")
            if result.unsure and i == 0:
                lead = self.say(
                    "最接近的一项（把握不足，请核对原文）：", "The nearest, not sure enough to be the answer: "
                )
            self.lines.append(lead + self._state_one(c))
        return related

    def _point_to_the_closest(self, result: CellResult) -> None:
        """Quotes the retrieved sentence nearest in meaning, for words that the report does not use: an offer, no answer."""
        ask = result.cell.ask
        if ask.id is not None or not ask.units or result.near or result.report is None:
            return
        asked = set(ask.words + ask.context) - set(" 的了")
        telling = [word for word in words_of(ask.words) if word[1] >= 1]
        best: tuple[float, Sentence] | None = None
        for hit in self.ranking.hits[:CLOSE_HITS]:
            passage = hit.passage
            if passage.report_id != result.report.report_id:
                continue
            for row in self.sources.finder.views.rows(passage.report_id):
                f = row.figure
                fits = passage.start <= f.start < passage.end and unit_fits(ask.units, f.unit) == 1.0
                if (
                    not fits
                    or result.cell.role not in (None, f.role)
                    or cover(telling, row.indicator + row.clause) < 0.2
                ):
                    continue
                likeness = len(asked & set(row.indicator + row.clause)) / len(asked) + 0.1 / hit.rank
                if likeness >= CLOSE_ENOUGH and (best is None or likeness > best[0]):
                    best = likeness, Sentence(result.report, f.quote_start, f.quote_end, f.part, f.section, likeness)
        if best is not None:
            n = self.cite_sentence(best[1])
            quote = clip(self.citations.rows[n - 1].quote)
            self.lines.append(
                self.say(
                    f"说法不同、意思可能相近的一句，请核对：「{quote}」[{n}]",
                    f"A sentence in other words that may be meant; please check: 「{quote}」[{n}]",
                )
            )

    def _needed(self, role: Role | None, period: str) -> str:
        if not re.fullmatch(r"\d{4}", period):
            return ""
        year = int(period)
        if role == "target":
            return f"（应在{year}年报告中）"
        if role == "actual":
            return f"（应在{year + 1}年报告中）"
        return f"（目标应在{year}年报告、结果应在{year + 1}年报告中）"


def _without_doubles(results: Sequence[CellResult]) -> list[CellResult]:
    """Results less those that give the same figures again."""
    kept: list[CellResult] = []
    for result in results:
        if any(k.outcome == result.outcome == "figure" and k.figures == result.figures for k in kept):
            continue
        kept.append(result)
    return kept


def _asked_name(ask: IndicatorAsk) -> str:
    """What is asked for, in the question's own words: 数字经济占GDP比重 of 数字经济占GDP比重是多少."""
    own = _ASKED_HOW_MUCH.sub("", ask.said, count=1)
    words = ask.words.replace(" ", "")
    whole = all(word in own for word in ask.words.split()) and len(words) < len(own) <= 2 * len(words)
    if whole and re.search(re.escape(ask.words.split()[-1]) + "(?:的?(?:占?比[重例]|增[速幅]|规模|面积))?$", own):
        return own
    return re.sub(r"(?:增长)?(?:目标|计划|预期)$", "", words) or ask.id or ""


def _sentence_of(figure: Figure) -> tuple[str, int]:
    """What tells the sentence of a figure from all others."""
    return figure.report_id, figure.quote_start


def _excerpt(quote: str, names: Sequence[str], limit: int = 150) -> str:
    """The part of a long quote that speaks of what is asked, whole clauses, verbatim."""
    if len(quote.strip()) <= limit:
        return quote.strip()
    view = plain(quote)
    at = next(
        (view.find(plain(name)) for name in sorted(names, key=len, reverse=True) if name and plain(name) in view), -1
    )
    if at < limit // 2:
        return clip(quote, limit)
    start = max((view.rfind(c, 0, at) for c in ",;:。"), default=-1) + 1
    return clip(quote[start:], limit)
