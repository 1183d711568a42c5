"""What a language model's reading may add to the rules' reading of a question, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from rag.answer import Answer
from rag.places import load_gazetteer
from rag.question import Understander
from rag.rewording import is_unsure, reworded

READING = {"about_reports": True, "indicators": [], "topic": "", "kind": "lookup", "roles": []}


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander(load_gazetteer(), held=frozenset({"210103"}))


def draft(status: Any) -> Answer:
    return Answer("问", "答", status)


def test_indicators_are_read_as_those_of_questions_are(understander: Understander) -> None:
    query = understander.read("沈河区2019年大伙儿的饭碗多了多少人")
    found = reworded(query, {**READING, "indicators": ["城镇新增就业", "GDP"]}, understander)
    assert found is not None
    assert [a.id for a in found.indicators] == ["城镇新增就业", "地区生产总值"]
    assert {a.units for a in found.indicators} == {"people"}


def test_places_periods_and_numbers_stay_the_rules(understander: Understander) -> None:
    query = understander.read("沈河区2019年大伙儿的饭碗多了1.68万个吗")
    told = {
        **READING,
        "indicators": ["沙河口区2017年新增就业1.5万人"],
        "topic": "大连2017年 就业",
        "place": "大连市",
        "year": 2017,
    }
    found = reworded(query, told, understander)
    assert found is not None
    assert (found.places, found.periods, found.numbers, found.sweep) == (
        query.places, query.periods, query.numbers, query.sweep,
    )  # fmt: skip
    assert not any(char.isdigit() for ask in found.indicators for char in ask.words)
    assert not any(char.isdigit() for char in found.topic)


def test_a_role_that_the_question_says_is_kept(understander: Understander) -> None:
    query = understander.read("沈河区2020年饭碗目标")
    assert query.roles == ("target",)
    found = reworded(query, {**READING, "indicators": ["新增就业"], "roles": ["actual"]}, understander)
    assert found is not None
    assert found.roles == ("target",)


@pytest.mark.parametrize(
    "told",
    [
        {**READING, "about_reports": False, "indicators": ["新增就业"]},
        READING,
        {},
        {"indicators": "新增就业", "topic": 3, "roles": None, "kind": ["x"]},
        {"indicators": [1, None], "topic": "2020 99%"},
    ],
)
def test_a_reading_that_says_nothing_or_is_no_reading_changes_nothing(
    told: dict[str, Any], understander: Understander
) -> None:
    assert reworded(understander.read("沈河区2019年饭碗"), told, understander) is None


@pytest.mark.parametrize(
    ("question", "status", "unsure"),
    [
        ("沈河区2019年大伙儿的饭碗多了多少", "not_in_report", True),
        ("沈河区2019年大伙儿的饭碗多了多少", "answered", False),
        ("沈河区2019年新增就业多少人", "not_in_report", False),
        ("各省2025年饭碗", "not_in_report", False),
        ("瓦坎达市2020年饭碗", "not_in_report", False),
        ("How many new bread bowls in Shenhe 2019", "not_in_report", False),
    ],
)
def test_the_model_is_asked_only_where_the_rules_led_nowhere(
    question: str, status: str, unsure: bool, understander: Understander
) -> None:
    assert is_unsure(understander.read(question), draft(status)) is unsure
