"""Every measure against a value worked out by hand on a few answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import metrics
from eval.gold import gold_of
from eval.judge import judge
from eval.lost import Trace, stage_of, stages
from eval.metrics import Judged
from eval.numbers import agrees, chinese_number, numerals_in, recomputed
from eval.score import Share

TEXT = "二、回顾。新增就业1.68万人,登记失业率2.85%。三、目标。地区生产总值增长6%左右。"
QUOTE = "新增就业1.68万人,登记失业率2.85%。"
FACT = {
    "place": "沈河区", "period": "2019", "indicator": "新增就业", "role": "actual", "measure": "level",
    "value": Decimal("1.68"), "unit": "万人",
}  # fmt: skip


def item(*figures: dict[str, Any], answer: dict[str, Any] | None = None, **gold: Any) -> Judged:
    """A judged answer with these figures; ``gold`` and ``answer`` replace fields."""
    asked = gold_of(
        {
            "id": "q", "category": "actual", "question": "沈河区新增就业多少", "answerable": True, "facts": [FACT],
            "evidence": [{"doc": "沈河区2020年政府工作报告", "quote": QUOTE}], **gold,
        }
    )  # fmt: skip
    start = TEXT.index(QUOTE)
    said = {
        "id": "q", "status": "answered", "text": "新增就业1.68万人[1]。", "figures": list(figures),
        "citations": [{"n": 1, "report_id": "r", "place": "沈河区", "start": start, "end": start + len(QUOTE),
                       "quote": QUOTE, "section": []}],
        **(answer or {}),
    }  # fmt: skip
    return metrics.judged(judge(asked, said), said)


def figure(**changes: Any) -> dict[str, Any]:
    return {**FACT, "place": "辽宁省沈阳市沈河区", "modality": None, "written": "1.68万人", "citation": 1, **changes}


RIGHT = item(figure())
WRONG_ROLE = item(figure(role="target"))
SILENT = item(answer={"status": "no_figure", "citations": []})
NO = item(
    answer={"status": "no_report", "citations": [], "text": "没有报告。"}, answerable=False, facts=[], evidence=[]
)
INVENTED = item(figure(), answerable=False, facts=[], evidence=[])


def counts(share: Share) -> tuple[int, int]:
    return share.count, share.n


def test_shares_and_truth_score_count_every_question() -> None:
    items = [RIGHT, WRONG_ROLE, SILENT, NO]
    assert [counts(metrics.share_with(items, o)) for o in ("right", "wrong", "silent")] == [(2, 4), (1, 4), (1, 4)]
    assert metrics.truth_score(items) == 0.25
    assert metrics.truth_score([]) is None
    assert counts(metrics.figure_accuracy(items)) == (1, 3)


def test_a_contradicting_bound_is_no_right_figure_and_a_dropped_one_only_a_slot() -> None:
    about = [{**FACT, "modality": "以上"}]
    contradicting, dropped = item(figure(modality="左右"), facts=about), item(figure(), facts=about)
    assert (contradicting.outcome, metrics.figure_right(contradicting)) == ("right", False)
    assert metrics.figure_right(dropped)
    assert counts(metrics.slot_accuracies([contradicting, dropped])["bound"]) == (0, 2)


def test_slots_are_counted_over_the_facts_that_got_a_figure() -> None:
    slots = metrics.slot_accuracies([RIGHT, WRONG_ROLE, SILENT, item(figure(value=9, unit="%", indicator="别的"))])
    assert counts(slots["given"]) == (3, 4)
    assert counts(slots["role"]) == (2, 3)
    assert counts(slots["value"]) == (2, 3)
    assert counts(slots["unit"]) == (2, 3)
    assert counts(slots["indicator"]) == (2, 3)
    assert counts(slots["place"]) == (3, 3)


def test_two_facts_of_one_value_are_told_apart_by_name_and_bound() -> None:
    facts = [{**FACT, "indicator": "甲", "modality": "左右"}, {**FACT, "indicator": "乙", "modality": "以上"}]
    said = [figure(indicator="乙", modality="以上"), figure(indicator="甲", modality="左右")]
    both = item(*said, facts=facts, category="list")
    assert metrics.figure_right(both)
    assert both.verdict.modality_slips == ()


def test_lists_are_scored_as_sets() -> None:
    facts = [FACT, {**FACT, "value": Decimal(5), "unit": "个"}]
    half = item(figure(), figure(value=7, unit="个"), facts=facts, category="list")
    whole = item(figure(), figure(value=5, unit="个"), facts=facts, category="list")
    found = metrics.list_scores([half, whole, RIGHT])
    assert found.f1 == pytest.approx(0.75)  # 2*1/(2+2) and 1
    assert counts(found.exact) == (1, 2)
    assert metrics.list_scores([RIGHT]).f1 is None


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"role": "target"}, "target_as_actual"),
        ({"period": "2018"}, "prior_year"),
        ({"period": "2020"}, "other_year"),
        ({"period": "2015-2019", "role": "cumulative"}, "cumulative"),
        ({"place": "辽宁省大连市沙河口区"}, "other_place"),
        ({"value": 9}, "other_indicator"),
        ({"citation": None}, "citation"),
    ],
)
def test_a_wrong_answer_has_the_cause_that_its_figure_shows(changes: dict[str, Any], cause: str) -> None:
    assert metrics.cause_of(item(figure(**changes))) == cause


def test_other_causes_have_their_names_and_a_trap_comes_first() -> None:
    trap = [{"value": 1.5, "unit": "万人", "why": "other_place"}]
    caught = item(figure(value=1.5), distractors=trap)
    assert metrics.cause_of(caught) == "other_place"
    assert metrics.cause_of(item(figure(), figure(value=3), figure(value=4))) == "hedge"
    assert metrics.cause_of(INVENTED) == "answered_unanswerable"
    assert metrics.cause_of(item(answer={"status": "error"})) == "error"
    assert metrics.cause_of(metrics.judged(judge(RIGHT.gold, None), None)) == "missing"
    assert metrics.cause_of(item(answer={"text": "x"})) == "no_figure"
    assert metrics.cause_of(RIGHT) is None
    assert metrics.cause_of(SILENT) is None
    free = item(figure(value=9), distractors=trap)
    traps = metrics.trap_rate([caught, free, WRONG_ROLE, RIGHT])
    assert (counts(traps.share), traps.by_why) == ((1, 2), {"other_place": 1})
    assert metrics.causes([caught, WRONG_ROLE, WRONG_ROLE]) == {"target_as_actual": 2, "other_place": 1}


def test_abstention_counts_refusals_against_what_has_no_answer() -> None:
    found = metrics.abstention([RIGHT, WRONG_ROLE, SILENT, NO, NO, INVENTED])
    assert counts(found.precision) == (2, 3)
    assert counts(found.recall) == (2, 3)
    assert found.f1 == pytest.approx(2 / 3)
    assert counts(found.false_answers) == (1, 3)
    assert counts(found.over_refusal) == (1, 3)
    assert (counts(found.has_answer), counts(found.no_answer)) == ((1, 3), (2, 3))
    assert metrics.abstention([RIGHT]).f1 is None


def test_risk_falls_with_coverage_where_the_wrong_are_the_least_sure() -> None:
    items = [item(figure(confidence=c)) for c in (0.99, 0.98, 0.97)] + [item(figure(role="target", confidence=0.6))]
    found = metrics.risk_coverage([*items, SILENT, NO, RIGHT])  # the last three carry no confidence
    assert found.n == 4
    assert found.aurc == pytest.approx((0 + 0 + 0 + 1 / 4) / 4)
    assert found.coverage_at[1] == pytest.approx(3 / 4)
    assert found.thresholds[0] == (0.0, 3, 1, 0)
    assert (0.7, 3, 0, 1) in found.thresholds
    both = item(figure(confidence=0.9), figure(role="target", confidence=0.7))
    assert metrics.confidence(both) == 0.7
    assert metrics.risk_coverage([SILENT]).aurc is None


def test_answers_equally_sure_are_answered_together() -> None:
    items = [item(figure(confidence=0.9)), item(figure(role="target", confidence=0.9))]
    assert metrics.risk_coverage(items).coverage_at[1] == 0


def test_a_right_no_figure_to_a_target_without_number_is_no_refusal() -> None:
    one = item(
        answer={"status": "no_figure", "text": "未提出数字。"}, category="target-without-number", facts=[],
        must_include=[["未"]],
    )  # fmt: skip
    assert one.outcome == "right"
    assert counts(metrics.abstention([one]).precision) == (0, 0)


def test_false_premises_are_corrected_refused_or_accepted() -> None:
    found = metrics.premises(
        [item(figure(), category="false-premise"), item(figure(role="target"), category="false-premise"), RIGHT]
    )
    assert {name: counts(share) for name, share in found.items()} == {
        "corrected": (1, 2), "refused": (0, 2), "accepted": (1, 2),
    }  # fmt: skip


def test_a_citation_resolves_only_if_the_text_holds_the_quote_at_that_very_place() -> None:
    texts = {"r": TEXT}
    good = RIGHT.citations[0]
    assert metrics.resolves(good, texts)
    for change in ({"start": 0}, {"end": 3}, {"quote": "x"}, {"report_id": "s"}, {"start": None}, {"end": 10**6}):
        assert not metrics.resolves({**good, **change}, texts), change


def test_citations_are_measured_against_answer_and_gold() -> None:
    idle = {"n": 2, "report_id": "r", "place": "沈河区", "start": 0, "end": 5, "quote": "二、回顾。", "section": []}
    two = item(figure(), answer={"citations": [*RIGHT.citations, idle]})
    unproved = item(figure(value=1.69, written="1.69万人"))
    found = metrics.citations([two, unproved, NO], texts={"r": TEXT})
    assert counts(found.resolve) == (3, 3)
    assert counts(found.recall) == (1, 2)
    assert counts(found.precision) == (2, 3)
    assert counts(found.gold_recall) == (2, 2)
    assert counts(found.gold_precision) == (2, 2)  # the idle one carries no figure of the answer
    assert found.median_chars == len(QUOTE)


def test_numbers_of_an_answer_are_grounded_in_what_it_cites() -> None:
    said = {"text": "1. 2019年新增就业1.68万人[1]，比上年多0.18万人，另有33户。", "derived": [
        {"value": Decimal("0.18"), "unit": "万人", "formula": "1.68 - 1.5", "citations": [1]},
    ]}  # fmt: skip
    loose = item(figure(), answer=said)
    assert metrics.ungrounded(loose) == ("0.18万", "33")  # 1.5 is cited nowhere
    quote = QUOTE + "上年为1.5万人。"
    held = item(figure(), answer={**said, "citations": [{**RIGHT.citations[0], "quote": quote}]})
    assert metrics.ungrounded(held) == ("33",)
    assert counts(metrics.number_grounding([held])) == (2, 3)
    assert metrics.ungrounded(item(figure(), answer=said, question="另有33户吗")) == ("0.18万",)


def test_a_stated_figure_must_stand_in_the_text() -> None:
    assert counts(metrics.render_match([RIGHT, item(figure(value=1.7, written="1.7万人"))])) == (1, 2)
    assert counts(metrics.render_match([item(figure(value=16800, unit="人"))])) == (1, 1)


def test_paraphrases_flip_or_hold() -> None:
    group = {"group": "g"}
    found = metrics.robustness([item(figure(), **group), item(figure(role="plan"), **group), item(figure(), group="h"),
                                item(figure(), group="h"), item(figure(), group="alone"), RIGHT])  # fmt: skip
    assert (counts(found.all_right), counts(found.flips)) == ((1, 2), (1, 2))


def test_latency_is_by_step_and_n_says_how_many() -> None:
    found = metrics.latency([{"timings_ms": {"read": 2, "total": 4}}, {"timings_ms": {"read": 1, "total": 9}}, {}])
    assert found["read"] == {"p50": 1.0, "p95": 2.0, "p99": 2.0, "n": 2.0}
    assert found["check"]["n"] == 0


@pytest.mark.parametrize(
    ("trace", "one", "stage"),
    [
        (Trace(missing_docs=("d",)), SILENT, "not ingested"),
        (Trace(read_as=("unread",)), SILENT, "not read"),
        (Trace(read_as=("misread: role",)), WRONG_ROLE, "misread"),
        (Trace(read_as=("right",)), SILENT, "wrongly refused"),
        (Trace(read_as=("right",)), WRONG_ROLE, "not selected"),
        (Trace(read_as=("right",)), item(figure(citation=None)), "not proved"),
        (Trace(grades={"r@0-5": 2}), item(facts=[], must_include=[["x"]], category="prose"), "not retrieved"),
        (Trace(grades={"a": 2}, scoped=(("a", 1.0),)), item(facts=[], must_include=[["x"]]), "not selected"),
        (None, INVENTED, "invented"),
        (None, item(answer={"status": "error"}), "failed"),
        (None, RIGHT, None),
    ],
)
def test_a_miss_is_lost_at_the_first_stage_that_failed(trace: Trace | None, one: Judged, stage: str | None) -> None:
    assert stage_of(one, trace) == stage


def test_stages_are_listed_in_the_order_of_the_way() -> None:
    found = stages([INVENTED, SILENT, SILENT, RIGHT], {"q": Trace(read_as=("unread",))})
    assert list(found.items()) == [("not read", 2), ("invented", 1)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.68万人，5.5％", ["16800", "5.5"]),
        ("百分之六点五和三成", ["6.5", "30"]),
        ("四亿零七百万吨", ["407000000"]),
        ("三十万亿元", ["30000000000000"]),
        ("4·3％", ["4.3"]),
        ("1,234.5亿元", ["123450000000"]),
        ("没有", []),
    ],
)
def test_numerals_are_read_with_their_multipliers(text: str, values: list[str]) -> None:
    assert [n.value for n in numerals_in(text)] == [Decimal(v) for v in values]


def test_formulas_are_arithmetic_and_nothing_else() -> None:
    assert recomputed("(1.68 - 1.5) ÷ 1.5 × 100") == Decimal("12.00")
    assert recomputed("1.68 - 1.5 = 0.18") == Decimal("0.18")
    for bad in ("__import__('os')", "1/0", "a+1", "2**9", ""):
        assert recomputed(bad) is None
    assert agrees(Decimal("12.3456"), Decimal("12.3"))
    assert not agrees(Decimal("12.3556"), Decimal("12.3"))
    assert chinese_number("二〇二〇") == 2020


@given(st.text(max_size=80))
def test_any_text_can_be_searched_for_numbers(text: str) -> None:
    for n in numerals_in(text):
        assert n.end > n.start
    item(figure(), answer={"text": text})
    metrics.ungrounded(item(figure(), answer={"text": text}))
