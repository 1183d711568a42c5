"""The judge, on cases worked out by hand from the gold's README, and on answers spoilt one slot at a time."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eval.command import main
from eval.gold import Gold, GoldError, gold_of, load_gold
from eval.judge import judge
from eval.score import Share, judge_all, render, summary

ROOT = Path(__file__).resolve().parent.parent
QUOTE = "新增就业1.68万人"


def gold(**changes: Any) -> Gold:
    """A question for one figure; ``changes`` replace fields of its JSON."""
    item: dict[str, Any] = {
        "id": "q1",
        "category": "actual",
        "question": "沈河区2019年新增就业",
        "answerable": True,
        "facts": [
            {"place": "沈河区", "period": "2019", "indicator": "新增就业", "role": "actual", "measure": "level",
             "value": 1.68, "unit": "万人"},
        ],
        "must_include": [],
        "must_not_include": ["1.5万人"],
        "evidence": [{"doc": "沈河区2020年政府工作报告", "quote": QUOTE}],
    }  # fmt: skip
    return gold_of({**item, **changes})


def figure(**changes: Any) -> dict[str, Any]:
    right = {
        "place": "辽宁省沈阳市沈河区", "period": "2019", "indicator": "新增就业", "indicator_id": "城镇新增就业",
        "role": "actual", "measure": "level", "value": 1.68, "unit": "万人", "modality": None, "written": "1.68",
        "citation": 1,
    }  # fmt: skip
    return {**right, **changes}


def answer(*figures: dict[str, Any], text: str = "新增就业1.68万人[1]。", status: str = "answered") -> dict[str, Any]:
    citation = {
        "n": 1, "report_id": "210103-2020-aaaaaa", "place": "辽宁省沈阳市沈河区", "report_year": 2020,
        "source": "沈河区2020年政府工作报告.txt", "start": 4, "end": 30, "quote": f"稳定就业，{QUOTE}。",
    }  # fmt: skip
    return {"id": "q1", "status": status, "text": text, "figures": list(figures), "citations": [citation]}


def outcome(one: Gold, said: dict[str, Any] | None) -> str:
    return judge(one, said).outcome


def test_the_right_figure_with_its_citation_is_right() -> None:
    assert outcome(gold(), answer(figure())) == "right"
    assert outcome(gold(), answer(figure(value="16800", unit="人"))) == "right"


@pytest.mark.parametrize(
    "change",
    [
        {"place": "辽宁省大连市沙河口区"},
        {"period": "2020"},
        {"period": "2019H1"},
        {"role": "target"},
        {"role": "cumulative"},
        {"value": 1.69},
        {"value": [1.68, 2]},
        {"unit": "亿人"},
        {"unit": "%"},
        {"citation": 2},
        {"citation": None},
    ],
    ids=str,
)
def test_one_wrong_slot_makes_the_answer_wrong(change: dict[str, Any]) -> None:
    assert outcome(gold(), answer(figure(**change))) == "wrong"


def test_target_and_plan_are_one_role_where_the_period_is_the_same() -> None:
    one = gold(
        category="target",
        facts=[{"place": "沈河区", "period": "2025", "indicator": "GDP", "role": "target", "value": 6, "unit": "%"}],
    )
    assert outcome(one, answer(figure(period="2025", role="plan", value=6, unit="%"))) == "right"
    assert outcome(one, answer(figure(period="2026", role="plan", value=6, unit="%"))) == "wrong"


def test_more_extra_figures_than_facts_is_hedging_except_where_several_are_asked_for() -> None:
    extras = [figure(), figure(value=3, unit="个"), figure(value=4, unit="个")]
    assert outcome(gold(), answer(*extras[:2])) == "right"
    assert outcome(gold(), answer(*extras)) == "wrong"
    for category in ("list", "compare", "prose", "false-premise"):
        assert outcome(gold(category=category), answer(*extras)) == "right"


def test_a_distractor_among_the_figures_is_wrong_even_beside_the_right_one() -> None:
    assert outcome(gold(), answer(figure(), figure(value=1.5))) == "wrong"
    named = gold(must_not_include=[], distractors=[{"value": 15000, "unit": "人", "why": "other_place"}])
    verdict = judge(named, answer(figure(), figure(value=1.5)))
    assert (verdict.outcome, verdict.reasons[0].key) == ("wrong", "distractor:other_place")
    assert outcome(gold(must_not_include=["1.68万人"]), answer(figure())) == "right"  # the asked figure is none


def test_a_distractor_in_the_text_only_is_context() -> None:
    assert outcome(gold(), answer(figure(), text="1.68万人[1]；沙河口区为1.5万人。")) == "right"


def test_each_fact_needs_a_figure_of_its_own() -> None:
    facts = [
        {"place": "沈河区", "period": "2019", "indicator": n, "role": "actual", "value": 15, "unit": "个"}
        for n in "甲乙"
    ]
    one = gold(category="list", facts=facts)
    assert outcome(one, answer(figure(value=15, unit="个"))) == "wrong"
    assert outcome(one, answer(figure(value=15, unit="个"), figure(value=15, unit="家"))) == "right"


def test_facts_are_matched_so_that_as_many_as_possible_fit() -> None:
    facts = [
        {"place": "沈河区", "period": "2025", "indicator": "甲", "role": "target", "value": 5, "unit": "%"},
        {"place": "沈河区", "period": "2025", "indicator": "乙", "role": "actual", "value": 5, "unit": "%"},
    ]
    one = gold(category="list", facts=facts)
    said = [
        figure(period="2025", role="target", value=5, unit="%"),
        figure(period="2025", role="actual", value=5, unit="%"),
    ]
    assert outcome(one, answer(*said)) == "right"
    assert outcome(one, answer(*reversed(said))) == "right"


def test_an_honest_no_where_there_is_an_answer_is_silent() -> None:
    for status in ("no_figure", "not_in_report", "no_report", "unclear", "off_topic"):
        assert outcome(gold(), answer(status=status, text="没有找到。")) == "silent"
    assert outcome(gold(), answer(text="没有找到。")) == "wrong"  # it says answered and gives nothing


def test_errors_and_missing_lines_are_wrong() -> None:
    assert outcome(gold(), None) == "wrong"
    assert outcome(gold(), {"id": "q1", "status": "error", "text": "x"}) == "wrong"
    assert outcome(gold(answerable=False, facts=[]), {"id": "q1", "status": "error"}) == "wrong"


def test_unanswerable_needs_no_figures_and_a_status_that_says_no() -> None:
    one = gold(category="unanswerable", answerable=False, facts=[], evidence=[])
    assert outcome(one, answer(status="no_report")) == "right"
    assert outcome(one, answer(status="answered")) == "wrong"
    assert outcome(one, answer(figure(), status="not_in_report")) == "wrong"


def test_a_target_without_number_must_be_said_and_gives_no_number() -> None:
    one = gold(category="target-without-number", facts=[], must_include=[["未", "没有"]])
    assert outcome(one, answer(text="报告未提出数量目标。", status="answered")) == "right"
    assert outcome(one, answer(text="原话如下。", status="no_figure")) == "right"
    assert outcome(one, answer(text="原话如下。", status="answered")) == "wrong"
    assert outcome(one, answer(figure(), text="未提出。", status="no_figure")) == "wrong"
    assert outcome(one, answer(text="原话如下。", status="not_in_report")) == "silent"
    together = gold(category="target-without-number", facts=[], must_include=[["同步"]])
    assert outcome(together, answer(text="与经济增长同步。", status="no_figure")) == "right"
    assert outcome(together, answer(text="原话如下。", status="no_figure")) == "silent"


def test_must_include_looks_past_spaces_and_widths_but_not_into_longer_numbers() -> None:
    one = gold(category="prose", facts=[], must_include=[["少31"], ["5％", "六成"], ["1月9日"]])
    assert outcome(one, answer(text="比去年少 31 户，占 5%，在1月9日。")) == "right"
    assert outcome(one, answer(text="比去年少310户，占5%，1月9日。")) == "wrong"
    assert outcome(one, answer(text="比去年少31户，占25%，1月9日。")) == "wrong"
    assert outcome(one, answer(text="比去年少31户，占0.5%，1月9日。")) == "wrong"
    assert outcome(one, answer(text="少31，六成，11月9日。")) == "wrong"


def test_evidence_is_looked_up_in_the_text_at_every_place_where_it_stands() -> None:
    said = answer(figure())
    report = f"开头{QUOTE}。中间。{QUOTE}。结尾"
    texts = {"210103-2020-aaaaaa": report}
    second = report.rindex(QUOTE)
    for start, end, right in ((second, second + 4, True), (2, 4, True), (0, 2, False), (13, 15, False)):
        said["citations"][0] |= {"start": start, "end": end, "quote": report[start:end]}
        assert (judge(gold(), said, texts=texts).outcome == "right") is right, (start, end)


def test_another_places_report_is_no_evidence() -> None:
    said = answer(figure())
    said["citations"][0] |= {"place": "辽宁省大连市沙河口区", "report_year": 2018}
    assert outcome(gold(), said) == "wrong"


def test_a_modality_that_differs_is_reported_and_not_judged() -> None:
    verdict = judge(gold(), answer(figure(modality="左右")))
    assert (verdict.outcome, len(verdict.modality_slips)) == ("right", 1)
    same = gold(
        facts=[
            {
                "place": "沈河区",
                "period": "2019",
                "indicator": "x",
                "role": "actual",
                "value": 1.68,
                "unit": "万人",
                "modality": "不低于",
            }
        ]
    )
    assert judge(same, answer(figure(modality="确保 以上"))).modality_slips == ()


def test_a_figure_of_another_shape_is_wrong_and_says_so() -> None:
    for broken in ({"value": "about 5"}, {"value": None}, {"value": True}):
        verdict = judge(gold(), answer(figure(**broken)))
        assert (verdict.outcome, verdict.reasons[0].key) == ("wrong", "shape")


def perfect(one: Gold) -> dict[str, Any]:
    """An answer made from the gold itself."""
    quotes = [span.quote for span in one.evidence] or [""]
    figures = [
        {"place": f.place, "period": f.period, "indicator": f.indicator, "role": f.role, "measure": f.measure,
         "value": f.value, "unit": f.unit, "modality": f.modality, "citation": 1}
        for f in one.facts
    ]  # fmt: skip
    text = "；".join(group[0] for group in one.must_include)
    status = "answered" if one.answerable else "no_report"
    citations = [{"n": 1, "report_id": "r", "place": "", "quote": quotes[0]}]
    return {"id": one.id, "status": status, "text": text, "figures": figures, "citations": citations}


def test_answers_made_from_the_gold_are_all_right_and_every_spoilt_slot_is_caught() -> None:
    golds = load_gold(ROOT / "eval" / "gold" / "samples.jsonl")
    spoilt = caught = 0
    for one in golds:
        said = perfect(one)
        assert judge(one, said).outcome == "right", one.id
        for number in range(len(said["figures"])):
            for key, value in (
                ("place", "辽宁省鞍山市铁东区"), ("period", "1999"), ("unit", "亩"), ("role", "wrong"),
                ("value", Decimal("123456789.5")), ("citation", 9),
            ):  # fmt: skip
                mutant = copy.deepcopy(said)
                mutant["figures"][number][key] = value
                spoilt += 1
                caught += judge(one, mutant).outcome != "right"
    assert (len(golds), caught) == (88, spoilt)
    assert spoilt > 400


def test_the_table_counts_each_question_once_and_names_every_miss() -> None:
    golds = [gold(), gold(id="q2"), gold(id="q3", category="target")]
    answers = {"q1": answer(figure()), "q2": answer(figure(value=9)), "q3": answer(status="no_report")}
    verdicts = judge_all(golds, answers)
    numbers = summary(verdicts)
    assert [numbers[o]["count"] for o in ("right", "wrong", "silent")] == [1, 1, 1]
    assert numbers["truth_score"] == 0
    text = render(verdicts, answers)
    assert "[wrong] q2" in text
    assert "[silent] q3" in text
    assert "q1" not in text


def test_intervals_have_hand_worked_values() -> None:
    low, high = Share(9, 10).interval()
    assert (round(low, 4), round(high, 4)) == (0.5958, 0.9821)
    assert Share(0, 0).proportion is None


def test_score_reads_files_and_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golds = load_gold(ROOT / "eval" / "gold" / "samples.jsonl")
    lines = [json.dumps(perfect(one), ensure_ascii=False, default=str) for one in golds[:44]]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    code = main(
        ["score", str(tmp_path / "a.jsonl"), str(ROOT / "eval/gold/samples.jsonl"), "--json", str(tmp_path / "s.json")]
    )
    assert code == 0
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))["right"]["count"] == 44
    assert "all                        88     44     44      0" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": 1}', '{"id": "a", "category": "x", "question": "q", "answerable": true}']
)
def test_a_broken_gold_file_names_file_and_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldError, match=r"g\.jsonl:2"):
        load_gold(path)


def test_the_samples_gold_stands_in_the_sample_reports() -> None:
    assert main(["lint", str(ROOT / "eval/gold/samples.jsonl"), "--documents", str(ROOT / "samples")]) == 0
