"""What a text is about: place, years, dates, speaker, kind; the text is believed before names and labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tool_nouns import load_tool

from rag.corpus import read_sources
from rag.corpus.identify import identify_report
from rag.places import Gazetteer, load_gazetteer
from rag.types import Report, SourceText

ROOT = Path(__file__).resolve().parents[2]
CASES = json.loads((ROOT / "tests" / "cases" / "identify_cases.json").read_text("utf-8"))
HEAD = "政府工作报告\n——2020年1月9日在定兴县第十七届人民代表大会第五次会议上\n县长 某某\n各位代表：\n"
BODY = (
    "现在，我代表县人民政府，向大会报告工作，请予审议。\n一、2019年工作回顾\n"
    + "2019年，全县地区生产总值完成一百亿元，增长6%，城镇新增就业3000人，各项工作取得新成效。\n" * 60
    + "二、2020年重点工作\n"
    + "2020年，我们要推进项目建设，确保完成目标任务，城镇新增就业3000人以上，保障和改善民生。\n" * 40
)
CLOSING = "各位代表！让我们更加紧密地团结起来，为建设美丽定兴而努力奋斗！\n"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def identified(text: str, *, file: str = "0001.txt", fields: dict[str, str] | None = None, **given: str) -> Report:
    source = SourceText(file, "txt", text, fields or {})
    return identify_report(source, gazetteer=load_gazetteer(), given=given or None)


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_heads_as_pages_write_them(case: dict[str, Any]) -> None:
    report = identified(case["text"], file=case["file"])
    assert (report.place, report.report_year) == (case["place"], case["year"])
    for field in ("delivered_on", "published_on", "speaker", "meeting", "level"):
        if field in case:
            assert getattr(report, field) == case[field]
    if "notice" in case:
        assert any(case["notice"] in notice for notice in report.notices)


@pytest.mark.parametrize("case", CASES, ids=[c["why"] for c in CASES])
def test_evidence_quotes_the_text_at_its_span(case: dict[str, Any]) -> None:
    report = identified(case["text"], file=case["file"])
    assert {"place", "report_year"} <= set(report.evidence)
    for proof in report.evidence.values():
        if proof.origin == "text":
            assert report.text[proof.start : proof.end] == proof.quote
        else:
            assert proof.start is None


def test_a_whole_report_is_whole() -> None:
    report = identified(HEAD + BODY + CLOSING)
    assert (report.kind, report.complete) == ("work_report", True)
    assert (report.report_year, report.result_year) == (2020, 2019)
    assert report.report_id == f"130626-2020-{report.text_sha256[:6]}"
    assert {"定兴县", "定兴"} <= set(report.place_forms)
    assert report.title == "定兴县2020年政府工作报告"
    assert report.notices == ()


@pytest.mark.parametrize(
    "tail", ["2020年，我们要推进项目建设，确保完成目标", "完成投资50亿元，", "一是推进项目建设。二是改善民生。"]
)
def test_a_copy_that_stops_before_the_closing_is_cut(tail: str) -> None:
    report = identified(HEAD + BODY + tail)
    assert (report.kind, report.complete) == ("work_report", False)
    assert any("中断" in notice for notice in report.notices)


def test_a_report_given_at_the_years_end_looks_back_on_its_own_year() -> None:
    said = "今年全县地区生产总值预计增长6%，比去年快。今年各项工作取得新成效，今年就业增加。" * 20
    ahead = "明年的计划要求地区生产总值增长7%。明年要推进项目建设。明年城镇新增就业3000人。\n" * 4
    at_the_end = identified(HEAD + "一、今年的工作\n" + said + "\n二、明年的任务\n" + ahead + CLOSING)
    assert (at_the_end.report_year, at_the_end.result_year) == (2020, 2020)
    assert identified(HEAD + BODY + CLOSING).result_year == 2019


def test_notes_behind_the_closing_do_not_make_it_cut() -> None:
    notes = "名词解释\n1.“放管服”：指简政放权、放管结合、优化服务。\n2.三资：指资金、资产、资源。\n"
    assert identified(HEAD + BODY + CLOSING + notes).complete


def test_a_closing_of_the_review_does_not_end_a_report_whose_plan_is_cut() -> None:
    thanks = "各位代表！让我们向为定兴发展作出贡献的人们致敬，继续为定兴的美好明天努力奋斗！\n"
    text = HEAD + BODY.replace("二、2020年重点工作\n", thanks + "二、2020年重点工作\n")
    assert not identified(text).complete


def test_an_excerpt_says_so() -> None:
    report = identified("定兴县2020年政府工作报告（节选）\n" + BODY + CLOSING)
    assert (report.kind, report.complete) == ("partial", False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "标题：某市政府工作报告\n备注：未能找到完整原文，此处为基于公开资料整理的摘要版本\n一、经济发展\n全市生产总值增长。",
            "stand_in",
        ),
        (
            "标题：高阳县2008年政府工作报告\n来源URL：基于公开资料整理\n正文：\n一、2007年工作回顾\n全县生产总值增长。",
            "stand_in",
        ),
        (
            "第十一届全国人民代表大会第一次会议听取并审议了国务院总理所作的政府工作报告。会议认为，过去五年成就瞩目，决定批准这个报告。",
            "resolution",
        ),
        (
            "关于定兴县2021年国民经济和社会发展计划执行情况与2022年国民经济和社会发展计划草案的报告\n各位代表：\n受县政府委托，报告如下。\n一、2021年计划执行情况\n",
            "plan_report",
        ),
        ("关于2021年财政预算执行情况和2022年财政预算草案的报告\n各位代表：\n受县政府委托，报告如下。", "plan_report"),
        ("深圳市某区2019年法治政府建设工作报告\n一、2019年法治政府建设情况\n推进依法行政。", "other"),
        ("某县人大常委会工作报告\n各位代表：\n我受县人大常委会委托，报告工作。一、过去一年的工作", "other"),
        (
            "本报讯 （记者 某某）2月19日，涪城区人大开幕，区长某某作了政府工作报告。他在报告中说，2018年生产总值增长9.3%。",
            "news",
        ),
        ("🌟沧源2024年工作报告📜\n尊敬的各位领导：全年GDP同比增长8.5%。", "other"),
        ("标题：政府工作报告\n发文单位：保定市人民政府\n正文：\n[内容来源：http://example.org/1]", "other"),
    ],
)
def test_what_is_no_report_is_told_apart(text: str, kind: str) -> None:
    report = identified(text)
    assert report.kind == kind
    assert report.notices


def test_the_command_line_overrules_the_text() -> None:
    report = identified(HEAD + BODY + CLOSING, place="易县", year="2021")
    assert (report.place, report.report_year) == ("河北省保定市易县", 2021)
    assert report.evidence["place"].origin == report.evidence["report_year"].origin == "user"
    assert any("与正文所写不同" in notice for notice in report.notices)


def test_a_place_that_nobody_knows_is_taken_from_the_user() -> None:
    report = identified("各位代表：\n我代表管委会报告工作。\n一、2019年工作回顾\n完成投资。", place="云雾新城")
    assert report.place == "云雾新城"
    assert report.level == "unknown"
    assert report.place_code.startswith("x")


def test_a_meta_table_is_the_users_word() -> None:
    fields = {"place": "易县", "year": "2021", "given_by": "meta"}
    assert identified(HEAD + BODY, fields=fields).place == "河北省保定市易县"


def test_a_tables_label_does_not_overrule_the_text_and_says_so() -> None:
    fields = {"place": "易县", "year": "2018", "given_by": "table"}
    report = identified(HEAD + BODY + CLOSING, fields=fields)
    assert (report.place, report.report_year) == ("河北省保定市定兴县", 2020)
    assert sum("表格里写的" in notice for notice in report.notices) == 2


def test_a_tables_label_fills_what_the_text_does_not_say() -> None:
    fields = {"place": "易县", "year": "2018", "given_by": "table"}
    report = identified("各位代表：\n现在报告工作。\n一、工作回顾\n生产总值完成一百亿元，增长6%。", fields=fields)
    assert (report.place, report.report_year) == ("河北省保定市易县", 2018)
    assert report.evidence["place"].origin == "metadata"


def test_a_title_with_another_year_is_named() -> None:
    report = identified("2018年定兴县政府工作报告\n" + HEAD + BODY + CLOSING)
    assert report.report_year == 2020
    assert any("标题" in notice and "2018" in notice for notice in report.notices)


def test_two_identical_texts_have_one_id_and_other_texts_another() -> None:
    assert identified(HEAD + BODY).report_id == identified(HEAD + BODY, file="b.txt").report_id
    assert identified(HEAD + BODY).report_id != identified(HEAD + BODY + CLOSING).report_id


def test_nothing_known_is_said_to_be_unknown() -> None:
    report = identified("今天天气很好，适合出门散步。")
    assert (report.place, report.place_code, report.level, report.report_year) == ("", "unknown", "unknown", None)
    assert report.report_id.startswith("unknown-0000-")
    assert any("--place" in notice for notice in report.notices)


@hypothesis_settings(max_examples=60, deadline=None)
@hypothesis_given(st.text(max_size=300))
def test_any_text_is_identified_without_an_error(text: str) -> None:
    report = identified(text)
    assert report.text == text
    for proof in report.evidence.values():
        if proof.origin == "text" and proof.start is not None:
            assert text[proof.start : proof.end] == proof.quote


@hypothesis_settings(max_examples=60, deadline=None)
@hypothesis_given(
    st.lists(
        st.sampled_from(
            [
                *"一二2019年月日、。：，\n　（）第届次会议上在向",
                "各位代表",
                "政府工作报告",
                "定兴县",
                "全国人民代表大会",
                "１９",
            ]
        ),
        max_size=60,
    )
)
def test_any_pile_of_report_words_is_identified_without_an_error(words: list[str]) -> None:
    identified("".join(words))


def test_the_corrections_are_proved_by_their_files(material: Path) -> None:
    corrections = json.loads((ROOT / "tests" / "cases" / "manifest_corrections.json").read_text("utf-8"))
    labels = json.loads((ROOT / "tests" / "cases" / "raw_labels.json").read_text("utf-8"))
    for entry in [*corrections, *labels[:6]]:
        (source,) = read_sources([material / "corpus" / entry["path"]])
        assert isinstance(source, SourceText)
        for name in ("proof", "place_proof", "year_proof"):
            assert entry.get(name, "") in source.text


@pytest.mark.parametrize("named", [True, False], ids=["own names", "0001.txt"])
def test_place_and_year_of_every_ninth_report(material: Path, named: bool) -> None:
    module = load_tool("measure_identity")
    labels = module.read_labels(material / "corpus")[::9]
    missed = [
        r for r in module.measure(material / "corpus", labels, named=named) if not (r.place_right and r.year_right)
    ]
    assert missed == []


@pytest.mark.slow
@pytest.mark.parametrize("named", [True, False], ids=["own names", "0001.txt"])
def test_place_and_year_are_right_in_98_of_100_reports(material: Path, named: bool) -> None:
    module = load_tool("measure_identity")
    results = list(module.measure(material / "corpus", module.read_labels(material / "corpus"), named=named))
    for part in ("reports/", "raw/"):
        some = [r for r in results if r.label.path.startswith(part)]
        assert sum(r.place_right for r in some) >= 0.98 * len(some)
        assert sum(r.year_right for r in some) >= 0.98 * len(some)


@pytest.mark.parametrize("folder", ["negatives/city", "negatives/county", "negatives/national"])
def test_negatives_are_never_read_as_reports(material: Path, folder: str) -> None:
    for source in read_sources([material / "corpus" / folder]):
        assert isinstance(source, SourceText)
        report = identify_report(SourceText("0001.txt", "txt", source.text), gazetteer=load_gazetteer())
        assert report.kind in ("stand_in", "resolution", "other"), source.source
