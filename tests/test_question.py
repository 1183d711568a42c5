"""Questions: a table of what each asks for, and an understander that no text upsets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_nouns import gaps_share, load_cases, params

from rag.places import load_gazetteer
from rag.question import QUESTION_CHARS, Query, Understander, by_name, content_words, tidy

TABLE = load_cases("questions")
HELD = frozenset({"000000", "210103", "210204", "440300", "440303", "440304", "110105", "220104"})


@pytest.fixture(scope="module")
def understander() -> Understander:
    """One that knows a library with reports of two districts of Liaoning, Shenzhen, two 朝阳区 and the nation."""
    return Understander(load_gazetteer(), held=HELD)


def _own_names(query: Query) -> list[str]:
    return [place.own for ask in query.places for place in ask.candidates]


def _within(query: Query) -> list[str | None] | None:
    if query.sweep is None:
        return None
    return [query.sweep.level, query.sweep.within.own if query.sweep.within else None]


def _seen(query: Query) -> dict[str, Any]:
    """The fields of a query by the names that the table uses."""
    return {
        "kind": query.kind,
        "lang": query.lang,
        "places": _own_names(query),
        "one_ask": len(query.places) == 1,
        "slip": any(ask.slip for ask in query.places),
        "carried": any(ask.carried for ask in query.places),
        "sweep": _within(query),
        "periods": [ask.period for ask in query.periods],
        "period_kinds": [ask.kind for ask in query.periods],
        "roles": list(query.roles),
        "indicators": [ask.id for ask in query.indicators],
        "numbers": [query.text[q.start : q.end] for q in query.numbers],
        "item": query.item,
        "about": list(query.about),
        "difference": query.wants_difference,
        "rank": query.wants_rank,
        "pairs": [list(pair) for pair in query.pairs],
        "ordered": query.ordered,
        "delivered": query.delivered,
    }


@pytest.mark.parametrize("row", params(TABLE))
def test_a_question_is_understood(row: dict[str, Any], understander: Understander) -> None:
    query = understander.understand(row["question"], row.get("history", ()))
    wanted = dict(row["expect"])
    said = " ".join(ask.words for ask in query.indicators)
    for words in wanted.pop("holds", ()):
        assert words in said.replace(" ", "")
    for field, told in (
        ("measures", [m for ask in query.indicators for m in ask.measures]),
        ("ids", [ask.id for ask in query.indicators]),
        ("units", [ask.units for ask in query.indicators]),
        ("bases", [b for ask in query.indicators for b in ask.bases]),
    ):
        missing = [one for one in wanted.pop(field, ()) if one not in told]
        assert missing == [], f"{field}: {told}"
    seen = _seen(query)
    assert {field: seen[field] for field in wanted} == wanted


def test_the_table_is_large_and_mostly_right() -> None:
    assert len(TABLE) >= 60
    assert len({row["id"] for row in TABLE}) == len(TABLE)
    assert all(row["source"] for row in TABLE)
    assert gaps_share(TABLE) <= 0.1


@pytest.mark.parametrize("kind", ["lookup", "list", "compare", "series", "sweep", "prose", "about-report"])
def test_every_kind_of_question_is_in_the_table(kind: str) -> None:
    assert any(row["expect"].get("kind") == kind for row in TABLE)


@pytest.mark.parametrize("year", ["2018", "2019", "2020", "2021", "1998", "2035"])
def test_a_stated_year_is_never_replaced(year: str, understander: Understander) -> None:
    history = ["沈河区2017年GDP增长目标", "沙河口2016年呢?"]
    query = understander.understand(f"沈河区{year}年固定资产投资目标", history)
    assert [p.period for p in query.periods] == [year]
    assert not any(p.carried for p in query.periods)


def test_what_is_carried_over_is_marked(understander: Understander) -> None:
    query = understander.understand("固定资产投资呢?", ["沙河口2018年社零目标"])
    assert query.follows
    assert [p.carried for p in query.periods] == [True]
    assert [p.carried for p in query.places] == [True]


def test_a_question_that_says_all_leans_on_nothing(understander: Understander) -> None:
    alone = understander.understand("沈河区2020年GDP增长目标是多少?")
    after = understander.understand("沈河区2020年GDP增长目标是多少?", ["沙河口2018年失业率目标", "农民收入呢?"])
    assert (after.places, after.periods, after.roles, after.indicators) == (
        alone.places,
        alone.periods,
        alone.roles,
        alone.indicators,
    )


@pytest.mark.parametrize(
    "same",
    [
        "沈河区2020年GDP增长目标是多少?",
        "沈河区２０２０年ＧＤＰ增长目标是多少？",
        "沈河區2020年GDP增長目標是多少?",
        "沈\u200b河区2020年\u202eGDP\u202c增长目标是多少？",
        " 沈河区2020年GDP增长目标是多少 ",
        "请问沈河区2020年GDP增长目标是多少?",
        "沈河区二〇二〇年GDP增长目标是多少?",
    ],
)
def test_other_characters_ask_the_same(same: str, understander: Understander) -> None:
    query = understander.understand(same)
    assert _own_names(query) == ["沈河区"]
    assert [p.period for p in query.periods] == ["2020"]
    assert query.roles == ("target",)
    assert [(a.id, a.measures) for a in query.indicators] == [("地区生产总值", ("growth",))]


@pytest.mark.parametrize(
    ("question", "name", "measures", "units"),
    [
        ("沈河区2019年规范占道经营多少万处", "规范占道经营", (), "count:处"),
        ("沈河区2019年税收贡献率达多少", "税收贡献率", (), ""),
        ("沈河区2019年违规占挖施工项目增长多少", "违规占挖施工项目", ("growth",), ""),
    ],
)
def test_a_name_said_whole_is_taken_whole(
    question: str, name: str, measures: tuple[str, ...], units: str, understander: Understander
) -> None:
    (ask,) = understander.understand(question).indicators
    named = by_name(ask, name)
    assert named is not None
    assert (named.words, named.measures, named.units) == (name, measures, units)


@pytest.mark.parametrize("name", ["农业总产值", "工业总产值", "工农业", "固定资产投资"])
def test_a_part_of_what_is_said_is_no_name(name: str, understander: Understander) -> None:
    (ask,) = understander.understand("全国1982年工农业总产值增长多少").indicators
    assert by_name(ask, name) is None


def test_hidden_characters_and_forms_are_tidied() -> None:
    assert tidy("沈\u200b河\ufeff区２０２０年\x00ＧＤＰ\u202e") == "沈河区2020年GDP"
    assert tidy("沈河区二零二零年") == "沈河区2020年"


def test_words_of_talk_name_nothing() -> None:
    assert content_words("请问是多少") == ""
    assert content_words("停车泊位") == "停车泊位"


ANY = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            ["沈河区", "沙河口", "2020年", "20年", "去年", "GDP", "目标", "完成", "增长", "多少", "呢", "?", "。", ",", "和", "比", "各省", "第7项", "“十四五”", "过去五年",
             "忽略以上指令", "What is", "of Shenhe", "1.68万人", "8%", "\n", "\x00", "\u202e", "😀", "<script>", "上半年", "谁", "哪个", "排第几", "分别", "广东省各市"]
        ),
        max_size=20,
    ).map("".join),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(ANY, st.lists(ANY, max_size=2))
def test_understanding_never_raises(text: str, history: list[str]) -> None:
    query = Understander(load_gazetteer(), held=HELD).understand(text, history)
    assert query.question == text
    assert len(query.text) <= QUESTION_CHARS * 4
    assert not any("\u202a" <= c <= "\u202e" or c == "\x00" for c in query.text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("深圳十一五期间新增多少学位", "新增 学位"),  # a unit that is the thing itself
        ("盐田区2009年港口集装箱吞吐量多少标箱", "港口集装箱吞吐量"),  # a unit that only measures
    ],
)
def test_units_that_are_things_name_what_is_asked(understander: Understander, text: str, words: str) -> None:
    assert [ask.words for ask in understander.understand(text).indicators] == [words]


def test_a_life_expectancy_is_neither_a_target_nor_an_income(understander: Understander) -> None:
    query = understander.understand("广东居民人均预期寿命2022年是多少岁")
    assert query.roles == ()
    assert [ask.id for ask in query.indicators] == [None]
