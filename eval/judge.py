"""One answer against one gold question: right, wrong or silent, and every reason. Pure functions.

The rules are those of the gold's README, "How an answer is judged". An honest no where there is an answer
is silent; status error and a missing answer are wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from eval.gold import Distractor, Fact, Gold, Span, value_of
from eval.places import same_place
from eval.units import is_written_as, same_value

Outcome: TypeAlias = Literal["right", "wrong", "silent"]

NO_STATUSES: Final = ("no_figure", "not_in_report", "no_report", "unclear", "off_topic")
MAY_ADD_FIGURES: Final = ("list", "compare", "prose", "false-premise", "sweep")
_WORDS_OF_NONE: Final = ("未", "没", "无", "不设", "不含")
_SHARED_CHARACTERS: Final = 6  # so many characters in common make two quotes overlap where no text is at hand


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is not right: a stable key and a sentence with the values seen."""

    key: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one question; ``modality_slips`` are matched figures whose bound differs, not judged."""

    gold: Gold
    outcome: Outcome
    reasons: tuple[Reason, ...]
    status: str | None
    modality_slips: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One entry of the answer's ``figures``, with the quotes that its citation gives."""

    place: str
    period: str
    role: str
    measure: str | None
    value: Decimal | tuple[Decimal, Decimal]
    unit: str
    modality: str | None
    citation: Mapping[str, Any] | None
    raw: Mapping[str, Any]


def judge(gold: Gold, answer: Mapping[str, Any] | None, *, texts: Mapping[str, str] | None = None) -> Verdict:
    """The verdict on one answer.

    Args:
        gold: The question with its right answer.
        answer: The answer object, or None if there is no line for it.
        texts: Report id -> the text that citation offsets refer to; where a report is missing, quotes
            are compared with quotes.
    """
    if answer is None:
        return Verdict(gold, "wrong", (Reason("missing", "no answer for this question"),), None)
    status = str(answer.get("status"))
    if status == "error":
        return Verdict(gold, "wrong", (Reason("error", str(answer.get("text", ""))[:200]),), status)
    said, broken = said_figures(answer)
    if broken:
        return Verdict(gold, "wrong", broken, status)
    text = str(answer.get("text", ""))
    if not gold.answerable:
        return Verdict(gold, *_judge_unanswerable(said, status), status)
    slips: list[Reason] = []
    if gold.facts:
        reasons, slips = _judge_facts(gold, said, text, texts or {})
    elif gold.category == "target-without-number":
        reasons = _judge_without_number(gold, said, text, status)
    else:
        reasons = [*_not_included(gold, text), *_distracted(gold, said)]
    if not reasons:
        return Verdict(gold, "right", (), status, tuple(slips))
    if status in NO_STATUSES and not said:
        return Verdict(
            gold, "silent", (Reason("silent", f"status {status} where there is an answer"), *reasons), status
        )
    return Verdict(gold, "wrong", tuple(reasons), status, tuple(slips))


def _judge_unanswerable(said: Sequence[Said], status: str) -> tuple[Outcome, tuple[Reason, ...]]:
    if said:
        return "wrong", tuple(Reason("answered_unanswerable", _show(figure)) for figure in said)
    if status not in NO_STATUSES:
        return "wrong", (Reason("status", f"status {status} where the corpus holds no answer"),)
    return "right", ()


def _judge_without_number(gold: Gold, said: Sequence[Said], text: str, status: str) -> list[Reason]:
    reasons = [Reason("number_given", f"gives a number where there is none: {_show(figure)}") for figure in said]
    for group in gold.must_include:
        met = status == "no_figure" and any(word in choice for choice in group for word in _WORDS_OF_NONE)
        if not met and not holds_one(text, group):
            reasons.append(_lacks(group))
    return reasons


def _judge_facts(
    gold: Gold, said: Sequence[Said], text: str, texts: Mapping[str, str]
) -> tuple[list[Reason], list[Reason]]:
    pairs = match_facts(gold.facts, said)
    reasons: list[Reason] = []
    slips: list[Reason] = []
    for number, fact in enumerate(gold.facts):
        if number not in pairs:
            reasons.append(Reason("fact_missing", _why_missing(fact, said)))
            continue
        figure = said[pairs[number]]
        if gold.evidence and not _cited(figure, gold.evidence, texts):
            reasons.append(Reason("evidence", f"the citation does not overlap the evidence: {_show(figure)}"))
        if bound_of(fact.modality) != bound_of(figure.modality):
            slips.append(
                Reason("modality", f"{figure.modality!r} where the gold has {fact.modality!r}: {_show(figure)}")
            )
    extra = [figure for number, figure in enumerate(said) if number not in pairs.values()]
    if gold.category not in MAY_ADD_FIGURES and len(extra) > len(gold.facts):
        reasons.append(Reason("hedging", f"{len(extra)} figures beside the {len(gold.facts)} asked for"))
    reasons += _distracted(gold, extra)
    reasons += _not_included(gold, text)
    return reasons, slips


def match_facts(facts: Sequence[Fact], said: Sequence[Said]) -> dict[int, int]:
    """Fact number -> figure number: a largest set of pairs, each figure used once; likelier figures are tried first."""
    fits = [[n for n, figure in enumerate(said) if fact_fits(fact, figure)] for fact in facts]
    for one, figures in zip(facts, fits, strict=True):  # two growths of 6% are told apart by name and bound
        figures.sort(key=lambda n, one=one: unlikeness(one, said[n]))  # type: ignore[misc]
    taken: dict[int, int] = {}

    def place(fact: int, seen: list[int]) -> bool:
        for figure in fits[fact]:
            if figure in seen:
                continue
            seen.append(figure)
            if figure not in taken or place(taken[figure], seen):
                taken[figure] = fact
                return True
        return False

    for fact in range(len(facts)):
        place(fact, [])
    return {fact: figure for figure, fact in taken.items()}


def fact_fits(fact: Fact, figure: Said) -> bool:
    """Whether place, period, role, value and unit agree; target and plan are one role where the period is the same."""
    return not differences(fact, figure)


def holds_one(text: str, choices: Sequence[str]) -> bool:
    """Whether the text holds one of the strings; spaces and widths do not count, and 5% is not in 25%."""
    whole = plain(text)
    for choice in map(plain, choices):
        before = r"(?<![\d.])" if choice[:1].isdigit() else ""
        after = r"(?!\.?\d)" if choice[-1:].isdigit() else ""
        if re.search(before + re.escape(choice) + after, whole):
            return True
    return False


def overlaps(citation: Mapping[str, Any], span: Span, texts: Mapping[str, str]) -> bool:
    """Whether a citation's span shares a character with the quote, wherever the quote stands in its report.

    Without the report's text the two quotes are compared: one holds the other, or they share a run of
    characters, spaces and widths aside.
    """
    if not _same_document(citation, span.doc):
        return False
    text = texts.get(str(citation.get("report_id")))
    quote = plain(span.quote)
    if text is not None:
        start, end = int(citation.get("start", 0)), int(citation.get("end", 0))
        first, last = len(plain(text[:start])), len(plain(text[:end]))
        whole = plain(text)
        at = whole.find(quote)
        while quote and at >= 0:
            if at < last and first < at + len(quote):
                return True
            at = whole.find(quote, at + 1)
        if quote and quote in whole:
            return False
    return _share_a_run(plain(str(citation.get("quote", ""))), quote)


def bound_of(modality: str | None) -> str:
    """The bound that a modality states: about, at least, above, at most, more, below, or none."""
    words = (modality or "").split()
    for bound, members in _BOUNDS.items():
        if any(member in word for word in words for member in members):
            return bound
    return "none"


_BOUNDS: Final = {
    "at least": ("以上", "不低于", "不少于", "不小于", "至少"),
    "at most": ("以内", "不超过", "控制在", "以下", "不高于", "不大于"),
    "about": ("左右", "约", "近", "上下"),
    "above": ("超", "突破", "高于"),
    "more": ("余", "多"),
    "below": ("低于",),
}


def unlikeness(fact: Fact, figure: Said) -> int:
    """How little name and bound speak for a figure being the fact, from 0; neither decides whether it fits."""
    names = {plain(name) for name in (fact.indicator, *fact.accept)}
    said = {plain(str(figure.raw.get(key) or "")) for key in ("indicator", "indicator_id")}
    return 2 * (not names & said) + (bound_of(fact.modality) != bound_of(figure.modality))


def said_figures(answer: Mapping[str, Any]) -> tuple[list[Said], tuple[Reason, ...]]:
    """The entries of ``figures``; none, with the reason, if one is not written as agreed."""
    citations = {str(c.get("n")): c for c in answer.get("citations") or ()}
    said: list[Said] = []
    for raw in answer.get("figures") or ():
        try:
            said.append(
                Said(
                    place=str(raw["place"]),
                    period=str(raw["period"]),
                    role=str(raw["role"]),
                    measure=raw.get("measure"),
                    value=value_of(raw["value"]),
                    unit=str(raw.get("unit") or ""),
                    modality=raw.get("modality"),
                    citation=citations.get(str(raw.get("citation"))),
                    raw=raw,
                )
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            return [], (Reason("shape", f"a figure is not written as agreed ({error!r}): {str(raw)[:200]}"),)
    return said, ()


def differences(fact: Fact, figure: Said) -> list[str]:
    """The slots in which a figure is not the fact: of place, period, role and value."""
    found = []
    if not same_place(fact.place, figure.place):
        found.append("place")
    if _period(fact.period) != _period(figure.period):
        found.append("period")
    if fact.role != figure.role and {fact.role, figure.role} != {"target", "plan"}:
        found.append("role")
    if not same_value(fact.value, fact.unit, figure.value, figure.unit):
        found.append("value")
    return found


def _why_missing(fact: Fact, said: Sequence[Said]) -> str:
    wanted = f"{fact.place} {fact.period} {fact.indicator} {fact.role} {show_value(fact.value)}{fact.unit}"
    near = sorted(((differences(fact, figure), figure) for figure in said), key=lambda pair: len(pair[0]))
    if not near:
        return f"{wanted}: no figures given"
    wrong, figure = near[0]
    if not wrong:
        return f"{wanted}: its only figure serves another fact"
    return f"{wanted}: nearest figure differs in {', '.join(wrong)}: {_show(figure)}"


def _cited(figure: Said, evidence: Sequence[Span], texts: Mapping[str, str]) -> bool:
    return figure.citation is not None and any(overlaps(figure.citation, span, texts) for span in evidence)


def _distracted(gold: Gold, extra: Sequence[Said]) -> list[Reason]:
    reasons = []
    for figure in extra:
        for distractor in gold.distractors:
            if _is(figure, distractor):
                reasons.append(Reason(f"distractor:{distractor.why}", _show(figure)))
        for text in gold.must_not_include:
            if is_written_as(figure.value, figure.unit, text):
                reasons.append(Reason("distractor", f"{_show(figure)} is {text!r}, a wrong value that stands near by"))
    return reasons


def _is(figure: Said, distractor: Distractor) -> bool:
    return same_value(figure.value, figure.unit, distractor.value, distractor.unit)


def _not_included(gold: Gold, text: str) -> list[Reason]:
    return [_lacks(group) for group in gold.must_include if not holds_one(text, group)]


def _lacks(group: Sequence[str]) -> Reason:
    return Reason("must_include", f"the text holds none of {' / '.join(group)}")


def _same_document(citation: Mapping[str, Any], doc: str) -> bool:
    # Only a document that is plainly another place's is refused: a report may be ingested under any name, file
    # names lie (a path's label least of all), and place and period of a figure are judged on their own.
    named = re.fullmatch(r"(\w+?)[省市区县州盟旗]?(?:19|20)\d\d年政府工作报告", doc)
    place = str(citation.get("place", ""))
    return named is None or not place or place == "全国" or named[1] in place


def _share_a_run(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if not short:
        return False
    size = min(_SHARED_CHARACTERS, len(short))
    return any(short[i : i + size] in long for i in range(len(short) - size + 1))


def _period(period: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", period)).replace("–", "-").replace("—", "-")


def plain(text: str) -> str:
    """The text without spaces, in one width and case."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def show_value(value: Decimal | tuple[Decimal, Decimal]) -> str:
    """A value as people read it: 1.68, or 4.5~5."""
    return "~".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _show(figure: Said) -> str:
    raw = figure.raw
    return (
        f"{figure.place} {figure.period} {raw.get('indicator')} {figure.role} {figure.measure} "
        f"{show_value(figure.value)}{figure.unit}"
    )
