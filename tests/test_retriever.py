"""The retriever: exact within a scope, fused, and never silently empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder
from library_nouns import make_report, put
from numpy.typing import NDArray

from rag.catalogue import Catalogue
from rag.encoder import Encoder
from rag.errors import IndexStaleError
from rag.indexes import Indexes, open_indexes, sync_indexes
from rag.question import PeriodAsk, Query
from rag.reranker import Reranker
from rag.retriever import PART_WEIGHT, PERIOD_WEIGHT, RERANKED, Preference, Retriever, preference_of
from rag.types import Report

THEMES = {
    "沈河区": "改造老旧小区二十个。",
    "沙河口区": "新建养老服务中心三家。",
    "龙华区": "粮食产量稳定在四万吨。",
}


class Library:
    """A catalogue with indexes in one folder, and what a retriever needs of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalogue = Catalogue.open(folder, writable=True)
        self.version = 0
        self.broken = False
        self.opened = 0
        self.reranker: Reranker | None = None

    def add(self, *args: object, **fields: object) -> Report:
        report = put(self.catalogue, make_report(*args, **fields))  # type: ignore[arg-type]
        sync_indexes(self.folder, catalogue=self.catalogue, encoder=FakeEncoder())
        self.version += 1
        return report

    def open(self, encoder: Encoder) -> Indexes:
        self.opened += 1
        if self.broken:
            raise IndexStaleError("检索索引不可用。")
        return open_indexes(self.folder, catalogue=self.catalogue, encoder=encoder)

    def retriever(self) -> Retriever:
        return Retriever(
            self.catalogue,
            load=FakeEncoder,
            open_=self.open,
            version=lambda: self.version,
            rerank=lambda: self.reranker,
        )


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path)
    for name, extra in THEMES.items():
        made.add(name, extra=extra)
    yield made
    made.catalogue.close()


@pytest.fixture
def retriever(library: Library) -> Iterator[Retriever]:
    made = library.retriever()
    yield made
    made.close()


def ids(library: Library) -> dict[str, str]:
    return {report.place_forms[0]: report.report_id for report in library.catalogue.reports()}


def test_hits_are_ranked_from_one_and_scores_fall(retriever: Retriever) -> None:
    hits = retriever.retrieve("养老服务中心").hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert "养老服务中心" in hits[0].passage.text


def test_a_scope_is_kept(library: Library, retriever: Retriever) -> None:
    scope = [ids(library)["沈河区"]]
    hits = retriever.retrieve("养老服务中心", report_ids=scope).hits
    assert {hit.passage.report_id for hit in hits} == set(scope)


def test_a_scope_is_scored_over_all_of_its_passages(library: Library, retriever: Retriever) -> None:
    scope = sorted(ids(library).values())
    hits = retriever.retrieve("老旧小区", report_ids=scope, k=100).hits
    assert {hit.passage.passage_id for hit in hits} == set(library.catalogue.passage_ids(scope))


def test_parts_are_kept_and_an_emptied_condition_is_named(library: Library, retriever: Retriever) -> None:
    assert retriever.retrieve("老旧小区", parts=["review"]).hits
    for scope in (None, sorted(ids(library).values())):
        ranking = retriever.retrieve("老旧小区", report_ids=scope, parts=["plan"])
        assert ranking.hits == ()
        assert "plan" in ranking.notices[0]


def test_an_empty_scope_and_unknown_reports_are_named(retriever: Retriever) -> None:
    assert "没有符合" in retriever.retrieve("就业", report_ids=[]).notices[0]
    ranking = retriever.retrieve("就业", report_ids=["999999-2020-abcdef"])
    assert ranking.hits == ()
    assert "999999-2020-abcdef" in ranking.notices[0]


@pytest.mark.parametrize("text", ["", "　", "😀", "\x00\x1b", "x" * 50_000, "'; DROP TABLE reports; --", "<b>就业</b>"])
def test_any_question_is_answered_with_hits_or_a_notice(library: Library, retriever: Retriever, text: str) -> None:
    for scope in (None, [ids(library)["沈河区"]]):
        ranking = retriever.retrieve(text, report_ids=scope)
        assert ranking.hits or ranking.notices


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    library = Library(tmp_path / "empty")
    sync_indexes(library.folder, catalogue=library.catalogue, encoder=FakeEncoder())
    ranking = library.retriever().retrieve("就业")
    assert ranking.hits == ()
    assert "wenbao ingest" in ranking.notices[0]
    library.catalogue.close()


def test_what_was_added_later_is_found_once_it_is_in_place(library: Library, retriever: Retriever) -> None:
    retriever.retrieve("森林覆盖率")
    new = library.add("福田区", extra="森林覆盖率稳步提高。")
    assert library.opened == 1
    assert retriever.retrieve("森林覆盖率").hits[0].passage.report_id == new.report_id
    assert library.opened == 2
    retriever.retrieve("森林覆盖率")
    assert library.opened == 2


def test_a_report_that_the_indexes_lack_is_scored_all_the_same(library: Library, retriever: Retriever) -> None:
    retriever.retrieve("就业")
    late = put(library.catalogue, make_report("福田区", 2021))
    hits = retriever.retrieve("城镇新增就业", report_ids=[late.report_id]).hits
    assert {hit.passage.report_id for hit in hits} == {late.report_id}


def test_without_indexes_a_scope_is_scored_from_its_texts_and_the_notice_says_why(library: Library) -> None:
    scope = sorted(ids(library).values())
    sound = library.retriever()
    expected = sound.retrieve("老旧小区", report_ids=scope).hits[0].passage
    sound.close()
    library.broken = True
    ranking = library.retriever().retrieve("老旧小区", report_ids=scope)
    assert ranking.hits[0].passage == expected
    assert ranking.notices == ("检索索引不可用。",)


def test_scores_of_a_scope_are_those_of_a_scan(library: Library, retriever: Retriever) -> None:
    scope = sorted(ids(library).values())
    passages = [p for i in scope for p in library.catalogue.passages(i)]
    encoder = FakeEncoder()
    cosines = encoder.encode_passages([p.text for p in passages]) @ encoder.encode_queries(["龘龘龘龘"])[0]
    best = passages[int(np.argmax(cosines))]
    # No word is shared, so the vectors alone decide.
    assert retriever.retrieve("龘龘龘龘", report_ids=scope).hits[0].passage.text == best.text


def test_k_is_kept_and_must_be_positive(retriever: Retriever) -> None:
    assert len(retriever.retrieve("就业", k=2).hits) == 2
    with pytest.raises(ValueError, match="k must"):
        retriever.retrieve("就业", k=0)


def test_for_measuring_words_or_vectors_can_stand_alone(library: Library, retriever: Retriever) -> None:
    scope = sorted(ids(library).values())
    found = {}
    for by in ("hybrid", "lexical", "dense"):
        retriever.by = by
        hits = retriever.retrieve("粮食产量", report_ids=scope, k=100).hits
        found[by] = {h.passage.passage_id: h.score for h in hits}
    assert found["lexical"].keys() < found["dense"].keys() == found["hybrid"].keys()
    for passage_id, score in found["hybrid"].items():
        alone = found["lexical"].get(passage_id, 0.0) + found["dense"][passage_id]
        assert score == pytest.approx(alone, abs=1e-5)


def test_a_preferred_part_or_period_comes_earlier_and_nothing_is_left_out(
    library: Library, retriever: Retriever
) -> None:
    scope = [ids(library)["沈河区"]]
    plain = {h.passage.passage_id: h for h in retriever.retrieve("就业", report_ids=scope, k=100).hits}
    prefer = Preference(parts=frozenset({"plan"}), periods=frozenset({"2019"}))
    for hit in retriever.retrieve("就业", report_ids=scope, prefer=prefer, k=100).hits:
        more = PART_WEIGHT * (hit.passage.part == "plan") + PERIOD_WEIGHT * (hit.passage.period == "2019")
        assert hit.score == pytest.approx(plain[hit.passage.passage_id].score + more, abs=1e-5)


def test_what_is_preferred_follows_from_role_and_period_but_not_from_a_reports_own_year() -> None:
    year = (PeriodAsk("2019", "2019年"),)
    asked = preference_of(Query("", "2019年完成了多少", roles=("actual",), periods=year))
    assert asked == Preference(frozenset({"review"}), frozenset({"2019"}))
    assert preference_of(Query("", "2019年的报告里有什么", periods=year)) == Preference()


class LongestFirst:
    """A reranker that likes long passages."""

    def __init__(self) -> None:
        self.read = 0

    def scores(self, text: str, passages: Sequence[str]) -> NDArray[np.float32]:
        self.read = len(passages)
        return np.array([len(p) for p in passages], dtype=np.float32)


def test_a_reranker_puts_the_first_passages_in_order_and_leaves_the_rest(library: Library) -> None:
    scope = sorted(ids(library).values())
    sound = library.retriever()
    plain = [h.passage for h in sound.retrieve("老旧小区", report_ids=scope, k=100).hits]
    sound.close()
    library.reranker = LongestFirst()
    hits = library.retriever().retrieve("老旧小区", report_ids=scope, k=100).hits
    first = min(RERANKED, len(plain))
    assert library.reranker.read == first
    assert [h.passage for h in hits] == sorted(plain[:first], key=lambda p: -len(p.text)) + plain[first:]
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
