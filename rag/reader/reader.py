"""A query and what was found for it -> the answer, by what reads its kind of question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answer import Answer
from rag.cells import plan_cells
from rag.confidence import LEAST
from rag.holdings import Holdings
from rag.lookup import Shelf
from rag.places import Gazetteer
from rag.question import PeriodAsk, PlaceAsk, Query
from rag.reader.about import AboutDraft
from rag.reader.draft import Draft, Sources, says
from rag.reader.lists import ListDraft
from rag.reader.lookups import LookupDraft
from rag.reader.prose import ProseDraft
from rag.reader.sweeps import SweepDraft
from rag.types import Place, Ranking


class Reader:
    """Answers queries from a shelf of reports."""

    def __init__(
        self, shelf: Shelf, holdings: Holdings, gazetteer: Gazetteer, *, min_confidence: float = LEAST
    ) -> None:
        self.sources = Sources(shelf, holdings, gazetteer, min_confidence=min_confidence)

    @property
    def holdings(self) -> Holdings:
        """Which reports are held for whom and when."""
        return self.sources.holdings

    def read(self, query: Query, ranking: Ranking) -> Answer:
        """A draft of the answer to ``query``; ``ranking`` holds the passages retrieved for it."""
        query = self._as_told(query)
        plan = plan_cells(query, self.sources.holdings, self.sources.gazetteer)
        if plan.refusal is not None and plan.refusal.choices and query.periods:
            only = self._only_place(query, plan.refusal.choices)
            if only is not None:
                query = replace(query, places=(PlaceAsk(only.own, (only,)),))
                plan = plan_cells(query, self.sources.holdings, self.sources.gazetteer)
                note = f"问题没有说明地方，按库中唯一给出这个数字的{only.name}回答"
                plan = replace(plan, assumptions=(note, *plan.assumptions))
        draft = Draft(self.sources, query, plan, ranking)
        if plan.refusal is not None:
            return draft.refused()
        return self._answered(draft)

    def _as_told(self, query: Query) -> Query:
        """``query``, for the span as a whole where a report sums it up: 近10年获奖近80项 is no series of years."""
        recent = next((p for p in query.periods if p.kind == "recent"), None)
        each = re.search("各年|每年|逐年|历年|变化|走势|趋势|分别", query.text)
        if query.kind != "series" or recent is None or each or len(query.places) != 1:
            return query
        newest = self.sources.holdings.newest(query.places[0].candidates[0])
        named = [int(p.period) for p in query.periods if p.kind == "year" and p.period.isdigit()]
        last = named[0] if named else newest.result_year if newest else None
        if last is None:
            return query
        span = PeriodAsk(f"{last - int(recent.period) + 1}-{last}", recent.words, "span")
        whole = replace(query, kind="lookup", periods=(span,), roles=("cumulative",))
        cells = plan_cells(whole, self.sources.holdings, self.sources.gazetteer).cells
        told = [figure for cell in cells for figure in self.sources.finder.find(cell).figures]
        summed = [f for f in told if f.period == span.period and f.role == "cumulative"]
        return whole if cells and len(summed) == len(told) == len(cells) else query

    def _only_place(self, query: Query, choices: Sequence[Place]) -> Place | None:
        """The only one of ``choices`` whose reports answer all that is asked, or None: 2016年M2增速 is a nation's."""
        answering: list[Place] = []
        for place in choices:
            plan = plan_cells(
                replace(query, places=(PlaceAsk(place.own, (place,)),)), self.sources.holdings, self.sources.gazetteer
            )
            if plan.cells and all(self.sources.finder.find(cell).outcome == "figure" for cell in plan.cells):
                answering.append(place)
            if len(answering) > 1:
                return None
        return answering[0] if answering else None

    def _answered(self, draft: Draft) -> Answer:
        """The draft finished by what reads its kind of question."""
        kind = draft.query.kind
        if kind == "about-report":
            return draft.become(AboutDraft).answer()
        if kind == "sweep":
            return draft.become(SweepDraft).answer()
        if kind == "list" and not draft.plan.cells:
            return draft.become(ListDraft).answer()
        if not draft.plan.cells or (kind == "prose" and not self._takes_a_wrong_number_for_granted(draft)):
            return draft.become(ProseDraft).answer()
        return draft.become(LookupDraft).answer()

    def _takes_a_wrong_number_for_granted(self, draft: Draft) -> bool:
        """Whether a question in words, 为什么只安排8500亿元, names a number that is not the report's own."""
        if not draft.query.numbers or not draft.plan.places:
            return False
        set_so = re.search("定[为在成到]|(?:个|家|万|户|公里|亩|套)的目标", draft.query.text) is not None
        cells = [cell for cell in draft.plan.cells if cell.ask.id or set_so]
        found = [f for cell in cells for f in self.sources.finder.find(cell).figures]
        return bool(found) and not any(says(f, number) for f in found for number in draft.query.numbers)
