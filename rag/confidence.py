"""How sure it is that a figure is the one asked for: a logistic model over how it was found, fitted on gold. Pure.

``tools/fit_confidence.py`` fits the weights and prints what they are worth on questions held out; ``docs/reading.md``
has the figures.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Signs:
    """How a figure was found. Shares are in [0, 1]."""

    words: float  # match of the question's words with the figure's name, clause and sentence
    named: bool  # the common name is the one asked for
    focus: float  # share of the figure's own name that the question said
    margin: float  # rank ahead of the best figure with another value; 1 where there is none
    role_said: bool  # the question named the role
    goal_unsaid: bool  # a goal, where the question named no role
    beside: bool  # found in the sentence of another figure of the answer
    own_name: bool  # named by its own clause, not by the one before
    of_holder: bool  # told by the report that should hold it
    unit_said: bool  # the question named a unit, and it is that
    measure_said: bool
    spans_years: bool
    before_1984: bool


# Below this a lone figure in a report's own words is shown for checking and is no answer. Of 1,083 questions at their
# first run that is seven figures, four of them wrong; docs/reading.md has what other values cost.
LEAST = 0.86

# One weight for each field of Signs, in its order, and the constant. Written by tools/fit_confidence.py.
WEIGHTS = (0.487, -0.239, 1.125, 0.923, 0.113, -0.412, 0.402, 0.490, 0.702, 0.121, 1.273, 0.211, -0.918)
CONSTANT = -0.004


def confidence_of(signs: Signs) -> float:
    """The chance in [0, 1] that the figure is the one asked for."""
    total = CONSTANT + sum(w * float(x) for w, x in zip(WEIGHTS, astuple(signs), strict=True))
    return 1 / (1 + math.exp(-total))
