"""Intervals and tests, each against a value worked out by hand or a second, naive way."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.statistics import cluster_bootstrap, holm, mcnemar, percentile, sign_flip, wilson


def test_wilson_has_its_hand_worked_values() -> None:
    nine = wilson(9, 10)
    assert (round(nine.low, 4), round(nine.high, 4)) == (0.5958, 0.9821)
    assert wilson(0, 300).high == pytest.approx(0.0126, abs=1e-4)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def test_mcnemar_is_the_exact_binomial_test_on_what_only_one_has_right() -> None:
    for won, lost in product(range(7), range(7)):
        n = won + lost
        tail = sum(math.comb(n, k) for k in range(min(won, lost) + 1))
        assert mcnemar(won, lost).p == pytest.approx(min(1.0, 2 * tail / 2**n)), (won, lost)


def test_holm_multiplies_by_how_many_are_left_and_never_falls() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_sign_flips_count_how_often_chance_is_as_far_off() -> None:
    exact = sum(abs(sum(signs)) >= 5 for signs in product((-1, 1), repeat=5)) / 32
    assert sign_flip([0.1] * 5, list("abcde")) == pytest.approx(exact, abs=0.01)
    assert sign_flip([0.0, 0.0], ["a", "b"]) == 1.0
    assert sign_flip([0.1, -0.1], ["a", "b"]) == 1.0
    assert sign_flip([0.1] * 20, ["a"] * 20) == 1.0  # one cluster tells nothing
    assert sign_flip([0.1] * 20, [str(n) for n in range(20)]) < 0.001


def test_drawing_single_questions_gives_about_the_interval_that_the_normal_law_gives() -> None:
    values = [1.0] * 80 + [0.0] * 20
    found = cluster_bootstrap(values, [str(n) for n in range(100)])
    assert found.method == "percentile"
    assert found.low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.012)
    assert found.high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.012)
    assert cluster_bootstrap(values, [str(n) for n in range(100)]) == found


def test_questions_that_fail_together_widen_the_interval() -> None:
    values = [1.0] * 480 + [0.0] * 120
    alone = cluster_bootstrap(values, [str(n) for n in range(600)])
    together = cluster_bootstrap(values, [str(n // 10) for n in range(600)])
    assert together.clusters == 60
    assert together.high - together.low > 2.5 * (alone.high - alone.low)


def test_few_clusters_are_corrected_for_bias_and_skew() -> None:
    values, clusters = [1.0] * 18 + [0.0] * 2, [str(n) for n in range(20)]
    found = cluster_bootstrap(values, clusters)
    assert found.method == "bca"
    assert found.low < 0.75  # the plain percentile interval ends at 0.75 here
    assert 0.9 < found.high <= 1.0
    assert cluster_bootstrap([1.0, 1.0], ["a", "b"]).low == 1.0
    with pytest.raises(ValueError, match="2 values for 1 clusters"):
        cluster_bootstrap([1.0, 1.0], ["a"])


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from("abcdefgh")), min_size=1, max_size=30))
def test_an_interval_stays_in_0_to_1_and_in_order(pairs: list[tuple[float, str]]) -> None:
    found = cluster_bootstrap([v for v, _ in pairs], [c for _, c in pairs], resamples=200)
    assert 0.0 <= found.low <= found.high <= 1.0


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert percentile([], 0.5) is None
