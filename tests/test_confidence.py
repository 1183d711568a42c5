"""Confidence: a chance, higher with every sign that speaks for a figure."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.confidence import WEIGHTS, Signs, confidence_of

POOR = Signs(0.6, False, 0.0, 0.0, False, True, False, False, False, False, False, False, True)
SHARES, FLAGS = st.floats(0, 1), st.booleans()
ANY = st.builds(Signs, SHARES, FLAGS, SHARES, SHARES, *[FLAGS] * 9)


def test_there_is_a_weight_for_every_sign() -> None:
    assert len(WEIGHTS) == len(fields(Signs))


@given(ANY)
def test_confidence_is_a_chance(signs: Signs) -> None:
    assert 0 < confidence_of(signs) < 1


@pytest.mark.parametrize("better", [{"words": 1.0}, {"focus": 1.0}, {"margin": 1.0}, {"of_holder": True}])
def test_signs_that_speak_for_a_figure_raise_it(better: dict[str, float]) -> None:
    assert confidence_of(replace(POOR, **better)) > confidence_of(POOR)  # type: ignore[arg-type]


def test_a_goal_given_where_no_role_was_asked_is_less_sure() -> None:
    assert confidence_of(replace(POOR, goal_unsaid=False)) > confidence_of(POOR)
