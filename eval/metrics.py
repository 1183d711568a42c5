"""The measures of an evaluation, as pure functions over judged answers. Values are Decimals, shares exact counts.

A measure whose field the gold does not have comes back with n = 0 and is never guessed.
"""

from __future__ import annotations

import re
import statistics as middle
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any, Final

from eval.gold import Fact, Gold
from eval.judge import NO_STATUSES, Said, Verdict, bound_of, differences, overlaps, plain, said_figures, unlikeness
from eval.numbers import agrees, chinese_number, numerals_in, operands_of, recomputed
from eval.score import Share
from eval.statistics import percentile
from eval.units import same_value, unit_of

SLOTS: Final = ("value", "unit", "place", "period", "role", "measure", "indicator", "bound")
STEPS: Final = ("understand", "retrieve", "read", "check", "llm", "llm_first", "total")
_MARK: Final = re.compile(r"\[\d+\]")
_ORDINAL: Final = re.compile(r"第\d{1,2}项|^\s*(?:\(?\d{1,2}[.、)）]|[（(][一二三四五六七八九十]+[)）])", re.M)
_YEAR: Final = re.compile(r"(?<![\d.])(?:19|20)\d\d(?:(?=[年、—–~至到,-])|(?<=[、—–~至到-]\d{4})(?![\d.]))")
_SPELLED_DATE: Final = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A gold question with its answer, what the judge says of it, and the figures that the answer states."""

    gold: Gold
    answer: Mapping[str, Any]
    verdict: Verdict
    said: tuple[Said, ...]

    @property
    def outcome(self) -> str:
        """right, wrong or silent."""
        return self.verdict.outcome

    @property
    def citations(self) -> tuple[Mapping[str, Any], ...]:
        """The answer's citations."""
        return tuple(self.answer.get("citations") or ())


def judged(verdict: Verdict, answer: Mapping[str, Any] | None) -> Judged:
    """The verdict with its answer; a missing answer is an empty one."""
    return Judged(verdict.gold, answer or {}, verdict, tuple(said_figures(answer or {})[0]))


# -- A: values and slots ----------------------------------------------------------------------------


def share_with(items: Iterable[Judged], outcome: str) -> Share:
    """The share of answers with that outcome."""
    found = list(items)
    return Share(sum(item.outcome == outcome for item in found), len(found))


def truth_score(items: Sequence[Judged]) -> float | None:
    """Share right less share wrong, in [-1, 1]; None without questions."""
    if not items:
        return None
    return (sum(i.outcome == "right" for i in items) - sum(i.outcome == "wrong" for i in items)) / len(items)


def figure_right(item: Judged) -> bool:
    """Whether the answer is right in every slot and states no bound that contradicts the report's.

    Leaving a bound out is not a contradiction (the slot ``bound`` counts it); 左右 where the report says 以上 is.
    """
    if item.outcome != "right" or not item.gold.facts:
        return False
    for fact, figure in aligned(item.gold.facts, item.said):
        stated, wanted = bound_of(figure.modality) if figure else "none", bound_of(fact.modality)
        if "none" not in (stated, wanted) and stated != wanted:
            return False
    return True


def figure_accuracy(items: Iterable[Judged]) -> Share:
    """The share of the questions with facts that are ``figure_right``: the headline."""
    asked = [item for item in items if item.gold.facts]
    return Share(sum(figure_right(item) for item in asked), len(asked))


def aligned(facts: Sequence[Fact], said: Sequence[Said]) -> list[tuple[Fact, Said | None]]:
    """Each fact with the figure that is nearest to it, each figure used once, so that the sum of slips is least.

    Source:
        Kuhn (1955), The Hungarian method for the assignment problem.
    """
    if not facts or not said:
        return [(fact, None) for fact in facts]
    from scipy.optimize import linear_sum_assignment

    cost = [[_distance(fact, figure) for figure in said] for fact in facts]
    rows, columns = linear_sum_assignment(cost)
    chosen = dict(zip((int(r) for r in rows), (int(c) for c in columns), strict=True))
    return [(fact, said[chosen[n]] if n in chosen else None) for n, fact in enumerate(facts)]


def slot_accuracies(items: Iterable[Judged], *, texts: Mapping[str, str] | None = None) -> dict[str, Share]:
    """For each slot the share right among the facts that were given a figure; ``given`` is their share of all facts."""
    right: Counter[str] = Counter()
    facts = given = 0
    for item in items:
        for fact, figure in aligned(item.gold.facts, item.said):
            facts += 1
            if figure is not None:
                given += 1
                right.update(slot for slot in SLOTS if _slot_right(slot, fact, figure, item.gold, texts or {}))
    return {"given": Share(given, facts), **{slot: Share(right[slot], given) for slot in SLOTS}}


@dataclass(frozen=True, slots=True)
class ListScores:
    """Mean set-F1 of the lists (None without lists) and the share that is exact."""

    f1: float | None
    exact: Share


def list_scores(items: Iterable[Judged]) -> ListScores:
    """How well lists are met: each fact with one figure, each figure once."""
    lists = [item for item in items if item.gold.category in ("list", "sweep") and item.gold.facts]
    scores = [_set_f1(item) for item in lists]
    return ListScores(middle.fmean(scores) if scores else None, Share(sum(s == 1.0 for s in scores), len(scores)))


def cause_of(item: Judged) -> str | None:
    """Why a wrong answer is wrong, by the gold's distractors first and by the slots that differ second; else None.

    prior_year, other_year, target_as_actual, actual_as_target, cumulative, other_place, other_indicator, premise,
    injection, hedge, citation, text, number_where_none, answered_unanswerable, error, missing, shape, no_figure.
    """
    if item.outcome != "wrong":
        return None
    traps = _traps(item)
    if traps:
        return traps[0]
    keys = [reason.key for reason in item.verdict.reasons]
    for key, cause in _PLAIN_CAUSES.items():
        if key in keys:
            return cause
    if "fact_missing" in keys:
        return _slip(item)
    for key, cause in _LATE_CAUSES.items():
        if key in keys:
            return cause
    return "text"


def causes(items: Iterable[Judged]) -> dict[str, int]:
    """How many wrong answers have each cause, most first."""
    found = Counter(cause for cause in map(cause_of, items) if cause is not None)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Traps:
    """The share of wrong answers that give a listed distractor, of those whose gold lists any; and by why."""

    share: Share
    by_why: Mapping[str, int]


def trap_rate(items: Iterable[Judged]) -> Traps:
    """How often a wrong answer is a value that the gold warned of."""
    wrong = [item for item in items if item.outcome == "wrong" and item.gold.distractors]
    caught = [whys for whys in map(_traps, wrong) if whys]
    return Traps(Share(len(caught), len(wrong)), dict(sorted(Counter(w[0] for w in caught).items())))


def render_match(items: Iterable[Judged]) -> Share:
    """The share of stated figures whose number stands in the answer's text."""
    found = [_stands_in(figure, str(item.answer.get("text", ""))) for item in items for figure in item.said]
    return Share(sum(found), len(found))


# -- B: abstention ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well the program knows what it cannot answer; positive is a question without an answer in the corpus."""

    precision: Share
    recall: Share
    false_answers: Share  # answered, of those without an answer
    over_refusal: Share  # refused, of those with one
    has_answer: Share  # right, of those with an answer
    no_answer: Share  # right, of those without

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where either is undefined."""
        p, r = self.precision.proportion, self.recall.proportion
        if p is None or r is None:
            return None
        return 2 * p * r / (p + r) if p + r else 0.0


def abstention(items: Sequence[Judged]) -> Abstention:
    """Abstention over all questions. A right no_figure to a target without number is an answer, not a refusal."""
    without = [item for item in items if not item.gold.answerable]
    having = [item for item in items if item.gold.answerable]
    refused = [item for item in without if abstains(item)]
    silent = [item for item in having if item.outcome == "silent"]
    return Abstention(
        precision=Share(len(refused), len(refused) + len(silent)),
        recall=Share(len(refused), len(without)),
        false_answers=Share(len(without) - len(refused), len(without)),
        over_refusal=Share(len(silent), len(having)),
        has_answer=share_with(having, "right"),
        no_answer=share_with(without, "right"),
    )


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """What it costs to answer only where the confidence is high enough; shares of the answers that have one.

    ``aurc`` is the mean share wrong over all coverages (Geifman and El-Yaniv 2017), None without answers;
    ``coverage_at`` the largest share answered with at most so many per cent wrong; ``thresholds`` what each least
    confidence leaves: (threshold, right, wrong, left unanswered).
    """

    n: int
    aurc: float | None
    coverage_at: Mapping[int, float]
    thresholds: tuple[tuple[float, int, int, int], ...]


_CONFIDENCES: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_PERCENT_WRONG: Final = (1, 2, 3)


def risk_coverage(items: Sequence[Judged]) -> RiskCoverage:
    """Risk against coverage of the answers whose figures all carry a confidence; that of an answer is its least."""
    told = [(c, item.outcome == "wrong") for item in items if (c := confidence(item)) is not None]
    told.sort(key=lambda pair: -pair[0])
    wrong = list(accumulate(w for _, w in told))
    risks = [w / (i + 1) for i, w in enumerate(wrong)]
    ends = [i for i in range(len(told)) if i + 1 == len(told) or told[i + 1][0] != told[i][0]]  # equal ones go together
    return RiskCoverage(
        n=len(told),
        aurc=sum(risks) / len(risks) if risks else None,
        coverage_at={
            p: max((i + 1 for i in ends if risks[i] <= p / 100), default=0) / max(1, len(told)) for p in _PERCENT_WRONG
        },
        thresholds=tuple(
            (
                least,
                sum(not w for c, w in told if c >= least),
                sum(w for c, w in told if c >= least),
                sum(c < least for c, _ in told),
            )
            for least in _CONFIDENCES
        ),
    )


def confidence(item: Judged) -> float | None:
    """The least confidence of an answer's figures, or None where one has none or there are none."""
    figures = item.answer.get("figures") or ()
    said = [figure.get("confidence") for figure in figures]
    return min(said) if said and all(isinstance(c, int | float) for c in said) else None


def abstains(item: Judged) -> bool:
    """Whether the answer says no and gives no figure as the answer."""
    return item.answer.get("status") in NO_STATUSES and not item.answer.get("figures")


def premises(items: Iterable[Judged]) -> dict[str, Share]:
    """Of the questions with a false premise: corrected, refused and accepted."""
    asked = [item for item in items if item.gold.category == "false-premise"]
    return {
        name: share_with(asked, outcome)
        for name, outcome in (("corrected", "right"), ("refused", "silent"), ("accepted", "wrong"))
    }


# -- C and D: citations and grounding ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Citations:
    """What citations are worth; ``resolve`` below 100 % makes a run invalid."""

    resolve: Share
    recall: Share
    precision: Share
    gold_precision: Share
    gold_recall: Share
    median_chars: float | None

    @property
    def gold_f1(self) -> float | None:
        """Harmonic mean of precision and recall against the gold's evidence."""
        p, r = self.gold_precision.proportion, self.gold_recall.proportion
        return 2 * p * r / (p + r) if p and r else (None if p is None or r is None else 0.0)


def citations(items: Sequence[Judged], *, texts: Mapping[str, str]) -> Citations:
    """All measures of citations.

    Args:
        items: The judged answers.
        texts: Report id -> text that offsets refer to; a citation of a report that is not there does not resolve.
    """
    lengths = [len(str(c.get("quote", ""))) for item in items for c in item.citations]
    spans = [_gold_spans(item, texts) for item in items if item.gold.evidence and item.outcome != "silent"]
    return Citations(
        resolve=_sum(Share(sum(resolves(c, texts) for c in i.citations), len(i.citations)) for i in items),
        recall=_sum(Share(sum(_proved(f) for f in i.said), len(i.said)) for i in items),
        precision=_sum(Share(sum(_supports(c, i) for c in i.citations), len(i.citations)) for i in items),
        gold_precision=_sum(s[0] for s in spans),
        gold_recall=_sum(s[1] for s in spans),
        median_chars=middle.median(lengths) if lengths else None,
    )


def resolves(citation: Mapping[str, Any], texts: Mapping[str, str]) -> bool:
    """Whether the cited span exists and holds the quote, character by character."""
    text = texts.get(str(citation.get("report_id")))
    try:
        start, end = int(citation["start"]), int(citation["end"])
    except (KeyError, TypeError, ValueError):
        return False
    return text is not None and 0 <= start < end <= len(text) and text[start:end] == citation.get("quote")


def number_grounding(items: Sequence[Judged]) -> Share:
    """The share of the numbers in answers that a cited quote holds, or that a formula over such numbers gives.

    Left out: citation marks, ordinals of lists, numbers of the question, calendar years, numbers of the cited reports'
    titles, and how many places an answer tells of.
    """
    return _sum(Share(len(all_) - len(loose), len(all_)) for all_, loose in map(_numbers_of, items))


def ungrounded(item: Judged) -> tuple[str, ...]:
    """The numbers of an answer that nothing cited holds, as written."""
    return tuple(_numbers_of(item)[1])


# -- F and G: robustness and cost -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Robustness:
    """Over groups of paraphrases: all variants right; and variants that differ in outcome."""

    all_right: Share
    flips: Share


def robustness(items: Iterable[Judged]) -> Robustness:
    """Whether the same question in other words gets the same outcome; n = 0 where the gold names no groups of two."""
    groups: dict[str, list[str]] = {}
    for item in items:
        if item.gold.group:
            groups.setdefault(item.gold.group, []).append(item.outcome)
    many = [outcomes for outcomes in groups.values() if len(outcomes) > 1]
    return Robustness(
        all_right=Share(sum(set(o) == {"right"} for o in many), len(many)),
        flips=Share(sum(len(set(o)) > 1 for o in many), len(many)),
    )


def latency(answers: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float | None]]:
    """Milliseconds at the 50th, 95th and 99th percentile by step, and ``n``, from ``timings_ms``."""
    timings = [answer["timings_ms"] for answer in answers if answer.get("timings_ms")]
    found: dict[str, dict[str, float | None]] = {}
    for step in STEPS:
        values = [float(t[step]) for t in timings if step in t]
        found[step] = {f"p{p}": percentile(values, p / 100) for p in (50, 95, 99)} | {"n": float(len(values))}
    return found


def cost(answers: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """What a language model did and cost, a question: shares of answers in its words and of those without it, tokens.

    ``fallen_back`` are answers that asked the model and are not in its words; tokens are nought where the service tells
    none.
    """
    n = max(1, len(answers))
    asked = [a for a in answers if "llm" in (a.get("timings_ms") or {})]
    own = [a for a in answers if a.get("reader") not in (None, "extractive")]
    tokens = [a.get("tokens") or {} for a in answers]
    return {
        "in_model_words": len(own) / n,
        "fallen_back": sum(a not in own for a in asked) / n,
        "tokens_in": sum(float(t.get("in", 0)) for t in tokens) / n,
        "tokens_out": sum(float(t.get("out", 0)) for t in tokens) / n,
    }


# -- helpers ----------------------------------------------------------------------------------------

_PLAIN_CAUSES: Final = {
    "missing": "missing",
    "error": "error",
    "shape": "shape",
    "hedging": "hedge",
    "answered_unanswerable": "answered_unanswerable",
    "status": "answered_unanswerable",
    "number_given": "number_where_none",
}
_LATE_CAUSES: Final = {"distractor": "other_indicator", "evidence": "citation", "must_include": "text"}


def _distance(fact: Fact, figure: Said) -> float:
    slips = differences(fact, figure)
    far = 0.5 * (unit_of(fact.unit).kind != unit_of(figure.unit).kind)
    return sum(4.0 if slip == "value" else 1.0 for slip in slips) + far + 0.1 * unlikeness(fact, figure)


def _slot_right(slot: str, fact: Fact, figure: Said, gold: Gold, texts: Mapping[str, str]) -> bool:
    if slot in ("value", "place", "period", "role"):
        return slot not in differences(fact, figure)
    if slot == "unit":
        return unit_of(fact.unit).kind == unit_of(figure.unit).kind
    if slot == "measure":
        return fact.measure is None or fact.measure == figure.measure
    if slot == "bound":
        return bound_of(fact.modality) == bound_of(figure.modality)
    return _indicator_right(fact, figure, gold, texts)


def _indicator_right(fact: Fact, figure: Said, gold: Gold, texts: Mapping[str, str]) -> bool:
    names = {plain(name) for name in (fact.indicator, *fact.accept)}
    if {plain(str(figure.raw.get(key) or "")) for key in ("indicator", "indicator_id")} & names:
        return True
    if not same_value(fact.value, fact.unit, figure.value, figure.unit) or figure.citation is None:
        return False
    return any(overlaps(figure.citation, span, texts) for span in gold.evidence)


def _set_f1(item: Judged) -> float:
    pairs = aligned(item.gold.facts, item.said)
    right = sum(figure is not None and not differences(fact, figure) for fact, figure in pairs)
    return 2 * right / (len(item.gold.facts) + len(item.said))


def _traps(item: Judged) -> list[str]:
    matched = {id(f) for fact, f in aligned(item.gold.facts, item.said) if f and not differences(fact, f)}
    return [
        trap.why
        for figure in item.said
        if id(figure) not in matched
        for trap in item.gold.distractors
        if same_value(figure.value, figure.unit, trap.value, trap.unit)
    ]


def _slip(item: Judged) -> str:
    """The cause for the first fact without a figure of its own, by what differs in the nearest one."""
    for fact, figure in aligned(item.gold.facts, item.said):
        if figure is None:
            return "no_figure"
        slips = differences(fact, figure)
        if not slips:
            continue
        if "place" in slips:
            return "other_place"
        if "cumulative" in (figure.role, fact.role) and figure.role != fact.role:
            return "cumulative"
        if "period" in slips:
            return "prior_year" if figure.period[:4] < fact.period[:4] else "other_year"
        if "role" in slips:
            return "actual_as_target" if figure.role == "actual" else "target_as_actual"
        return "other_indicator"
    return "no_figure"


def _stands_in(figure: Said, text: str) -> bool:
    """Whether the figure's number stands in the text, in any writing; of a range, both ends."""
    factor = unit_of(figure.unit).factor
    values = {n.value for n in numerals_in(text)}
    wanted = figure.value if isinstance(figure.value, tuple) else (figure.value,)
    if all(value in values or value * _size_of(figure.unit) in values or value * factor in values for value in wanted):
        return True
    written = plain(str(figure.raw.get("written") or ""))
    return bool(written) and written in plain(text)


def _size_of(unit: str) -> Decimal:
    """The multiplier that the unit's words begin with: 10000 for 万人."""
    size = Decimal(1)
    for c in unicodedata.normalize("NFKC", unit):
        if c not in "十百千万亿":
            break
        size *= {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[c]
    return size


def _proved(figure: Said) -> bool:
    """Whether the figure's own citation holds its value, its unit and two characters of its indicator on end."""
    if figure.citation is None:
        return False
    quote = str(figure.citation.get("quote", ""))
    around = plain(quote + "".join(figure.citation.get("section") or ()))
    unit = plain(figure.unit).lstrip("十百千万亿")
    unit_there = not unit or unit in plain(quote) or (unit == "%" and "百分之" in quote)
    names = [plain(str(figure.raw.get(key) or "")) for key in ("indicator", "indicator_id")]
    named = any(n[i : i + 2] in around for n in names for i in range(max(len(n) - 1, 0)))
    return _stands_in(figure, quote) and unit_there and named


def _supports(citation: Mapping[str, Any], item: Judged) -> bool:
    """Whether a figure of the answer stands in the citation, or the answer quotes it behind its mark."""
    number = str(citation.get("n"))
    quote = plain(str(citation.get("quote", "")))
    for key in ("figures", "related"):
        for raw in item.answer.get(key) or ():
            if str(raw.get("citation")) == number and plain(str(raw.get("written") or "")) in quote:
                return True
    before = str(item.answer.get("text", "")).split(f"[{number}]")[:-1]
    return any(_contained(part.rsplit("\n", 1)[-1], quote) for part in before)


def _contained(sentence: str, quote: str) -> bool:
    """Whether four in five runs of four characters of what the sentence quotes, or of it all, stand in the quote."""
    quoted = re.findall(r"「(.+?)」", sentence) or [_MARK.sub("", sentence)]
    for part in map(plain, quoted):
        runs = [part[i : i + 4] for i in range(max(1, len(part) - 3))]
        if part and sum(run in quote for run in runs) >= 0.8 * len(runs):
            return True
    return False


def _gold_spans(item: Judged, texts: Mapping[str, str]) -> tuple[Share, Share]:
    """Precision of the citations that carry the answer, and recall of the evidence groups."""
    carrying = {str(raw.get("citation")) for raw in item.answer.get("figures") or ()}
    cited = [c for c in item.citations if not carrying or str(c.get("n")) in carrying]
    groups: dict[str, list[Any]] = {}
    for number, span in enumerate(item.gold.evidence):
        groups.setdefault(span.group or f"#{number}", []).append(span)
    hit = sum(any(overlaps(c, s, texts) for c in cited for s in spans) for spans in groups.values())
    good = sum(any(overlaps(c, s, texts) for s in item.gold.evidence) for c in cited)
    return Share(good, len(cited)), Share(hit, len(groups))


def _numbers_of(item: Judged) -> tuple[list[str], list[str]]:
    """The numbers that an answer's text states, and those of them that are not grounded."""
    text = unicodedata.normalize("NFKC", str(item.answer.get("text", "")))
    for pattern in (_MARK, _ORDINAL, _YEAR):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    known = (item.gold.question, *item.gold.history, *(str(c.get("title", "")) for c in item.citations))
    echoed = {n.value for q in known for n in numerals_in(q)} | _counts(item)
    quotes = [unicodedata.normalize("NFKC", str(c.get("quote", ""))) for c in item.citations]
    held = {n.value for quote in quotes for n in numerals_in(quote)}
    held |= {chinese_number(part) for quote in quotes for date in _SPELLED_DATE.findall(quote) for part in date}
    bare = {_bare(n.written) for quote in quotes for n in numerals_in(quote)}
    computed = _computed_values(item, held | bare)
    stated = [n for n in numerals_in(text) if n.value not in echoed]
    loose = [
        n.written
        for n in stated
        if n.value not in held
        and _bare(n.written) not in bare
        and n.written not in "".join(quotes)
        and n.value not in computed
        and _bare(n.written) not in computed
    ]
    return [n.written for n in stated], loose


def _counts(item: Judged) -> set[Decimal | None]:
    """How many places have a figure in the answer, and how many it tells of."""
    having = {figure.place for figure in item.said}
    lacking = {str(one.get("place")) for one in item.answer.get("missing") or ()}
    return {Decimal(len(having)), Decimal(len(having | lacking))} if having else set()


def _bare(written: str) -> Decimal | None:
    """The digits alone, without 万 or 亿 behind them."""
    digits = re.match(r"\d[\d,]*(?:\.\d+)?", written)
    return Decimal(digits[0].replace(",", "")) if digits else None


def _computed_values(item: Judged, held: set[Decimal | None]) -> set[Decimal]:
    """The values of derived numbers whose formula comes out and whose operands are grounded."""
    found: set[Decimal] = set()
    for derived in item.answer.get("derived") or ():
        formula, value = str(derived.get("formula", "")), Decimal(str(derived.get("value")))
        result = recomputed(formula)
        grounded = all(n in held or n in (1, 2, 10, 100, 1000, 10000) for n in operands_of(formula))
        if result is not None and grounded and agrees(result, value):
            found |= {value, abs(value), value * _size_of(str(derived.get("unit") or ""))}
    return found


def _sum(shares: Iterable[Share]) -> Share:
    found = list(shares)
    return Share(sum(s.count for s in found), sum(s.n for s in found))
