"""Intervals and tests: Wilson, bootstrap over clusters, exact McNemar, Holm. Every draw is seeded.

A cluster is what may fail together: the paraphrases of one question, or the questions on one report. Draws take whole
clusters, so that twenty questions on one report do not count as twenty independent ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SEED: Final = 20_250_101
RESAMPLES: Final = 10_000
FEW_CLUSTERS: Final = 50  # below this the plain percentile interval is too short, and BCa mends it
_Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval and how it was made: ``wilson``, ``percentile`` or ``bca``; ``clusters`` is 0 for wilson."""

    low: float
    high: float
    method: str
    clusters: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """Questions that only one of two runs has right, and the exact two-sided p of so uneven a split."""

    won: int
    lost: int
    p: float


def wilson(count: int, n: int) -> Interval:
    """The 95 % interval of a proportion; (0, 1) where there is nothing.

    Source:
        Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    if not 0 <= count <= n:
        raise ValueError(f"count must lie in 0..n, got {count} of {n}")
    if not n:
        return Interval(0.0, 1.0, "wilson")
    share = count / n
    middle = share + _Z95**2 / (2 * n)
    half = _Z95 * math.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    whole = 1 + _Z95**2 / n
    low, high = (middle - half) / whole, (middle + half) / whole
    return Interval(0.0 if count == 0 else max(0.0, low), 1.0 if count == n else min(1.0, high), "wilson")


def cluster_bootstrap(
    values: Sequence[float], clusters: Sequence[str], *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """The 95 % interval of the mean of ``values`` when whole clusters are drawn anew.

    Percentile, or BCa where there are fewer than 50 clusters and the draws vary.

    Args:
        values: One number a question, for example 1 for right and 0 for not.
        clusters: The cluster of each question, same length.
        resamples: How many draws.
        seed: Of the draws; the same seed gives the same interval.

    Source:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, 14.3 (BCa); Field and Welsh (2007) on clusters.
    """
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values for {len(clusters)} clusters")
    if not values:
        return Interval(0.0, 1.0, "percentile")
    sums, sizes = _by_cluster(values, clusters)
    n = len(sums)
    rng = np.random.default_rng(seed)
    picked = rng.integers(0, n, size=(resamples, n))
    means = np.sort(sums[picked].sum(axis=1) / sizes[picked].sum(axis=1))
    if n >= FEW_CLUSTERS or means[0] == means[-1]:
        low, high = (float(q) for q in np.quantile(means, [0.025, 0.975]))
        return Interval(low, high, "percentile", n)
    low, high = (float(q) for q in np.quantile(means, _bca_levels(means, sums, sizes)))
    return Interval(low, high, "bca", n)


def mcnemar(won: int, lost: int) -> Split:
    """The exact test on the questions that only one of two runs has right; p is 1 where there is none.

    Source:
        McNemar (1947); the exact form is a binomial test with one half.
    """
    if not won + lost:
        return Split(won, lost, 1.0)
    from scipy.stats import binomtest

    return Split(won, lost, float(binomtest(won, won + lost, 0.5).pvalue))


def sign_flip(
    differences: Sequence[float], clusters: Sequence[str], *, flips: int = RESAMPLES, seed: int = SEED
) -> float:
    """The two-sided p of so large a mean difference if each cluster's sign were chance; 1 where nothing differs.

    Source:
        Good (2005), Permutation, Parametric, and Bootstrap Tests of Hypotheses, 3.2, with whole clusters flipped.
    """
    if len(differences) != len(clusters):
        raise ValueError(f"{len(differences)} differences for {len(clusters)} clusters")
    sums, _ = _by_cluster(differences, clusters)
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    signs = np.random.default_rng(seed).integers(0, 2, size=(flips, len(sums))) * 2 - 1
    as_far = np.count_nonzero(np.abs(signs @ sums) >= abs(sums.sum()) - 1e-12)
    return float((as_far + 1) / (flips + 1))  # what was seen is one of the ways


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Each p as if it had been the only one: adjusted for how many there are, never above 1, in the given order.

    Source:
        Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    adjusted: dict[str, float] = {}
    running = 0.0
    for step, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: (item[1], item[0]))):
        running = max(running, min(1.0, (len(p_values) - step) * p))
        adjusted[name] = running
    return {name: adjusted[name] for name in p_values}


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least ``share`` of the values do not exceed; None where there is none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _by_cluster(values: Sequence[float], clusters: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    place = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    sums, sizes = np.zeros(len(place)), np.zeros(len(place))
    for value, name in zip(values, clusters, strict=True):
        sums[place[name]] += value
        sizes[place[name]] += 1
    return sums, sizes


def _bca_levels(
    means: NDArray[np.float64], sums: NDArray[np.float64], sizes: NDArray[np.float64]
) -> tuple[float, float]:
    """The quantiles to read so that bias and skew are made up for."""
    from scipy.stats import norm

    estimate = sums.sum() / sizes.sum()
    below = (np.count_nonzero(means < estimate) + np.count_nonzero(means <= estimate)) / 2 / len(means)
    bias = norm.ppf(min(max(below, 1 / len(means)), 1 - 1 / len(means)))
    left_out = (sums.sum() - sums) / (sizes.sum() - sizes) if len(sums) > 1 else np.zeros(1)
    gaps = left_out.mean() - left_out
    spread = float((gaps**2).sum()) ** 1.5
    skew = float((gaps**3).sum()) / (6 * spread) if spread else 0.0
    levels = []
    for z in (-_Z95, _Z95):
        moved = bias + (bias + z) / (1 - skew * (bias + z))
        levels.append(float(norm.cdf(moved)))
    return levels[0], levels[1]
