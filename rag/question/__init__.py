"""A question and the ones before it -> Query: places, periods, indicators, roles and the kind of answer wanted."""

from rag.question.indicators import VERBS_ASKED, by_name, content_words, cut
from rag.question.kinds import MISSED_GOALS
from rag.question.query import IndicatorAsk, PeriodAsk, PlaceAsk, Query, Sweep
from rag.question.tidied import QUESTION_CHARS, tidy
from rag.question.understander import Understander

__all__ = [
    "MISSED_GOALS",
    "QUESTION_CHARS",
    "VERBS_ASKED",
    "IndicatorAsk",
    "PeriodAsk",
    "PlaceAsk",
    "Query",
    "Sweep",
    "Understander",
    "by_name",
    "content_words",
    "cut",
    "tidy",
]
