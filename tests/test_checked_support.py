"""Free prose is borne out by what it cites: sentences of a model, with numbers or without, true and false."""

from __future__ import annotations

from typing import Any

import pytest
from grounding_nouns import cite_words, sample_reports
from reading_nouns import gaps_share, load_cases, params

from rag.answer import Answer
from rag.grounding import Checked, check_answer
from rag.places import load_gazetteer

CASES = load_cases("support")


def checked(row: dict[str, Any], *, said: str | None = "") -> Checked:
    citations = tuple(cite_words(quote, n) for n, (_, quote) in enumerate(row["cites"], 1))
    draft = Answer(row["question"], row["text"], "answered", citations=citations, reader="some model")
    held = tuple(sample_reports().values())
    return check_answer(draft, evidence=sample_reports(), places=load_gazetteer(), held=held, said=said)


@pytest.mark.parametrize("row", params(CASES))
def test_a_sentence_is_shown_if_its_source_says_so(row: dict[str, Any]) -> None:
    faults = [(unit.text, unit.fault) for unit in checked(row).units if unit.fault]
    assert (not faults) is row["shown"], faults


def test_most_true_sentences_in_free_words_are_shown_and_every_false_one_is_known() -> None:
    true = [row for row in CASES if row["shown"]]
    false = [row for row in CASES if not row["shown"]]
    assert len(true) >= 20
    assert len(false) >= 20
    assert gaps_share(true) <= 0.25
    assert gaps_share(false) <= 0.1


def test_units_join_to_the_text_and_name_their_markers() -> None:
    row = {**CASES[0], "text": "传统商贸业转型升级加速推进[1]。\n天上有七个太阳[1]。"}
    units = checked(row).units
    assert "".join(unit.text for unit in units) == row["text"]
    assert [unit.marks for unit in units] == [(1,), (1,)]
    assert [unit.fault is None for unit in units] == [True, False]


def test_a_draft_of_our_own_needs_no_support() -> None:
    row = {**CASES[0], "text": "天上有太阳[1]。"}
    assert checked(row, said=None).withheld == ()
    assert checked(row).withheld != ()


def test_what_was_said_before_needs_no_other_source() -> None:
    row = {**CASES[0], "text": "沈河区2020年政府工作报告没有给出就业的目标数字。"}
    assert checked(row).withheld != ()
    assert checked(row, said=row["text"]).withheld == ()
