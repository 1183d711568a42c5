"""The chips of a question: each choice is a question that is read as it was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answer import Reading
from rag.assistant import Assistant, build_assistant
from rag.config import Settings
from rag.holdings import Holdings
from rag.ingest import ingest
from rag.page.chips import Chip, chips_of, understood_line
from rag.question import Query

QUESTIONS = (
    "沈河2020年就业目标",
    "沙河口区2018年地区生产总值增长目标是多少？",
    "沈河区2019年社零完成多少",
    "沙河口区2018年民生实事有哪些？",
    "沈河养老服务有哪些安排",
    "沙河口区2018年和沈河区2020年的GDP目标哪个高",
    "沈河区2020年社零目标和2019年完成情况",
    "沙河口失业率",
    "What was Shenhe's 2020 retail sales target?",
    "各区2020年GDP增长目标",
)


@pytest.fixture(scope="module")
def assistant(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(library=tmp_path_factory.mktemp("library"))
    assert len(list(ingest([samples], settings=settings, jobs=1))) == 2
    made = build_assistant(settings)
    yield made
    made.library.close()


def understood(assistant: Assistant, question: str) -> tuple[Query, Reading, tuple[Chip, ...]]:
    events = list(assistant.stream(question))
    query, reading = events[0].data, events[-1].data.reading  # type: ignore[attr-defined]
    assert isinstance(query, Query)
    holdings = Holdings.of(assistant.library.catalogue.reports())
    chips = chips_of(query, reading, holdings=holdings, gazetteer=assistant.gazetteer, lang="zh")
    return query, reading, chips


def reading_of(assistant: Assistant, question: str) -> Reading:
    return assistant.answer(question).reading


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_a_click_asks_is_read_with_that_one_thing_changed(assistant: Assistant, question: str) -> None:
    _, before, chips = understood(assistant, question)
    assert chips
    for chip in chips:
        for option in chip.options:
            now = reading_of(assistant, option.question)
            changed = {
                "place": any(option.label in place for place in now.places),
                "period": option.label.removesuffix("年") in now.periods,
                "indicator": option.label in now.indicators,
                "role": len(now.roles) == 1,
            }[chip.field]
            assert changed, (chip.field, option, now)
            assert chip.field == "place" or now.places == before.places, option
            assert chip.field == "indicator" or now.indicators == before.indicators, option
            assert chip.field == "role" or now.roles == before.roles or not before.roles, option


@pytest.mark.parametrize("question", QUESTIONS[:5])
def test_what_is_typed_into_a_chip_is_asked_too(assistant: Assistant, question: str) -> None:
    _, _, chips = understood(assistant, question)
    typed = {"place": "沙河口区", "period": "2017年", "indicator": "一般公共预算收入"}
    for chip in (chip for chip in chips if chip.field in typed):
        now = reading_of(assistant, chip.before + typed[chip.field] + chip.behind)
        assert {
            "place": now.places == ("辽宁省大连市沙河口区",),
            "period": now.periods == ("2017",),
            "indicator": now.indicators == ("一般公共预算收入",),
        }[chip.field], (chip, now)


def test_the_reading_is_said_in_a_line(assistant: Assistant) -> None:
    query, _, _ = understood(assistant, "沈河2020年就业目标")
    assert understood_line(query, "zh") == "沈河区 · 2020年 · 城镇新增就业 · 当年目标"
    assert understood_line(query, "en") == "沈河区 · 2020年 · 城镇新增就业 · target"


def test_a_place_whose_short_name_others_share_is_asked_for_in_full(assistant: Assistant) -> None:
    chips = understood(assistant, "朝阳区2020年GDP目标")[2]
    labels = {option.label for chip in chips if chip.field == "place" for option in chip.options}
    assert "吉林省长春市朝阳区" in labels


@pytest.mark.parametrize("question", ["沈河区2020年报告是什么时候作的", "你好", ""])
def test_a_question_about_no_figure_has_no_chips(assistant: Assistant, question: str) -> None:
    assert understood(assistant, question)[2] == ()
