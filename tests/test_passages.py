"""Passages: nothing is lost, headings of every style set section and part, parts tell their period."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_nouns import make_report

from rag.passages import (
    Clock,
    five_year_plan,
    heading_of,
    part_of_heading,
    read_clock,
    sentence_spans,
    split_report,
    western_years,
)
from rag.types import Part, Passage

OPENING = "政府工作报告\n——2020年1月9日在区第十八届人民代表大会第三次会议上\n区长 王某某\n各位代表：\n现在，我代表区人民政府，向大会报告工作，请予审议。\n"
REVIEW, PLAN = "新增就业1.5万人，改造老旧小区20个。\n", "新增就业1.6万人，改造老旧小区30个。\n"
CLOSING = "各位代表，让我们更加紧密地团结起来，为实现全年目标而努力奋斗！\n"


def passages_of(text: str, year: int = 2020, **fields: object) -> tuple[Passage, ...]:
    return split_report(make_report(text, year=year, **fields))


def part_at(text: str, words: str, year: int = 2020) -> tuple[Part, str | None]:
    """Part and period of the passage that holds the first ``words``."""
    at = text.index(words)
    home = next(p for p in passages_of(text, year) if p.start <= at < p.end)
    return home.part, home.period


@pytest.mark.parametrize(
    ("review", "plan"),
    [
        ("一、2019年工作回顾\n", "二、2020年重点工作\n"),
        ("一、2019年工作回顾。", "二、2020年工作安排。"),
        ("第一部分 2019年工作回顾\n", "第二部分 2020年工作安排\n"),
        ("一、二〇一九年工作回顾\n", "二、二〇二〇年主要任务\n"),
        ("2019年工作回顾\n", "2020年重点工作\n"),
        ("一、过去一年工作回顾\n", "二、今年工作总体要求和主要目标\n"),
        ("一、去年工作回顾\n", "二、今年的主要任务\n"),
        ("一．２０１９年工作回顾\n", "二．２０２０年工作安排\n"),
        ("一、2019年主要工作完成情况\n", "二、2020年经济社会发展总体思路和主要目标\n"),
    ],
)
def test_headings_of_many_styles_part_review_from_plan(review: str, plan: str) -> None:
    text = OPENING + review + REVIEW + plan + PLAN + CLOSING
    assert part_at(text, "新增就业1.5万人") == ("review", "2019")
    assert part_at(text, "新增就业1.6万人") == ("plan", "2020")


def test_a_report_on_one_line_is_parted_at_its_headings() -> None:
    filler = "全区上下团结奋斗，各项工作取得新的进步。" * 12
    text = f"各位代表：现在，我代表区人民政府报告工作。一、2019年工作回顾{filler}新增就业1.5万人。二、2020年重点工作{filler}新增就业1.6万人。"
    assert part_at(text, "新增就业1.5万人") == ("review", "2019")
    assert part_at(text, "新增就业1.6万人") == ("plan", "2020")


def test_term_review_and_term_plan_have_their_spans() -> None:
    text = (
        OPENING + "一、过去五年工作回顾\n新增就业8万人。\n二、今后五年的奋斗目标和主要任务\n新增就业9万人。\n"
        "三、2020年工作安排\n新增就业1.6万人。\n" + CLOSING
    )
    assert part_at(text, "新增就业8万人") == ("term_review", "2015-2019")
    assert part_at(text, "新增就业9万人") == ("term_plan", "2020-2024")
    assert part_at(text, "新增就业1.6万人") == ("plan", "2020")


def test_a_five_year_plan_by_name_has_its_years() -> None:
    text = (
        OPENING + "一、“十三五”时期和2020年工作回顾\n新增就业8万人。\n二、“十四五”时期的主要目标\n新增就业9万人。\n"
        "三、2021年工作安排\n新增就业1.6万人。\n"
    )
    assert part_at(text, "新增就业9万人", 2021) == ("term_plan", "2021-2025")
    assert part_at(text, "新增就业1.6万人", 2021) == ("plan", "2021")


def test_problems_hold_for_their_paragraph_and_the_plan_goes_on() -> None:
    text = (
        OPENING
        + "一、2019年工作回顾\n"
        + REVIEW
        + "同时，我们也清醒地认识到，发展中还存在一些问题和不足：一是产业层次不高；二是民生短板较多。\n"
        "二、2020年重点工作\n" + PLAN
    )
    assert part_at(text, "产业层次不高")[0] == "problems"
    assert part_at(text, "新增就业1.5万人")[0] == "review"
    assert part_at(text, "新增就业1.6万人")[0] == "plan"


def test_a_heading_of_term_and_year_opens_the_year_where_a_paragraph_turns_to_it() -> None:
    text = (
        OPENING
        + "“十二五”时期主要成绩及2015年工作回顾\n五年来，新增就业7万人。\n"
        + "各位代表！刚刚过去的2015年，是“十二五”收官之年，一年来，我们主要做了以下工作：\n"
        + "一、经济稳中有进\n"
        + REVIEW
        + "2016年重点工作\n"
        + PLAN
    )
    assert part_at(text, "新增就业7万人", 2016)[0] == "term_review"
    assert part_at(text, "新增就业1.5万人", 2016) == ("review", "2015")


@pytest.mark.parametrize(
    "heading",
    [
        "三、2020年民生实事\n",
        "三、2020年十件民生实事\n",
        "三、2020年为民办实事项目\n",
        "2020年区政府涉及民生的实事工程\n",
    ],
)
def test_livelihood_projects_are_a_part_of_their_own(heading: str) -> None:
    text = (
        OPENING
        + "一、2019年工作回顾\n"
        + REVIEW
        + "二、2020年重点工作\n"
        + PLAN
        + heading
        + "1.新建15个居家养老服务中心。\n2.建设7个居民之家。\n"
    )
    assert part_at(text, "居家养老服务中心") == ("livelihood", "2020")


def test_the_head_of_the_page_is_front_and_the_notes_are_an_appendix() -> None:
    text = (
        OPENING
        + "一、2019年工作回顾\n"
        + REVIEW * 8
        + "二、2020年重点工作\n"
        + PLAN * 8
        + "名词解释\n1.一网通办：指90%的事项网上办理。\n"
    )
    assert part_at(text, "第十八届人民代表大会")[0] == "front"
    assert part_at(text, "指90%的事项")[0] == "appendix"


def test_the_section_lists_the_headings_above_outermost_first() -> None:
    text = (
        OPENING
        + "一、2019年工作回顾\n（一）经济运行\n"
        + REVIEW
        + "（二）民生保障\n新建学校三所，新增学位2000个。\n二、2020年重点工作\n"
        + PLAN
    )
    at = text.index("新建学校")
    home = next(p for p in passages_of(text) if p.start <= at < p.end)
    assert home.section == ("一、2019年工作回顾", "（二）民生保障")
    last = next(p for p in passages_of(text) if "1.6万人" in p.text)
    assert last.section == ("二、2020年重点工作",)


def test_a_run_on_heading_ends_at_its_first_stop() -> None:
    level, title = heading_of("(一)坚持稳中求进,加快实现高质量发展。落实“六稳”工作要求,把项目作为动力。")
    assert (level, title) == (2, "(一)坚持稳中求进,加快实现高质量发展")


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、2019年工作回顾", 1),
        ("十一、民生实事", 1),
        ("(一)经济运行", 2),
        ("(十二)其他工作", 2),
        ("1.强化招商引资工作", 3),
        ("(3)推进项目建设", 3),
        ("①建成公园", 3),
        ("2024年工作回顾", 0),
        ("今后五年的主要任务", 0),
        ("2020年1月9日在区第十八届人民代表大会第三次会议上", None),
        ("2020年政府工作报告", None),
        ("预计地区生产总值同比增长5.2%。", None),
        ("1.68万人实现就业", None),
        ("一心一意谋发展", None),
        ("", None),
    ],
)
def test_a_line_is_a_heading_or_none(line: str, level: int | None) -> None:
    assert heading_of(line)[0] == level


CLOCK = Clock(2020, 2019, (2015, 2019), (2020, 2024))


@pytest.mark.parametrize(
    ("title", "before", "part"),
    [
        ("一、2019年工作回顾", "opening", "review"),
        ("二、2020年重点工作", "review", "plan"),
        ("一、过去五年工作回顾", "opening", "term_review"),
        ("二、今后五年的奋斗目标", "review", "term_plan"),
        ("一、2019年及过去五年工作回顾", "opening", "term_review"),
        ("三、存在的问题和不足", "review", "problems"),
        ("三、几点体会", "review", "experience"),
        ("三、2020年民生实事", "plan", "livelihood"),
        ("二、坚持扩大内需", "plan", None),
    ],
)
def test_a_heading_tells_its_part(title: str, before: Part, part: Part | None) -> None:
    assert part_of_heading(title, CLOCK, level=1, before=before) == part


def test_the_past_term_ends_with_the_result_year() -> None:
    clock = read_clock(make_report(OPENING + "五年来，我们团结奋斗。"))
    assert (clock.past, clock.ahead) == ((2015, 2019), (2020, 2024))


def test_the_past_term_of_an_autumn_session_ends_with_that_year_where_the_text_runs_to_its_end() -> None:
    text = "五年来，我们团结奋斗。到2016年底，建成10所学校。"
    assert read_clock(make_report(text, year=2016, delivered_on="2016-10-20")).past == (2012, 2016)
    assert read_clock(make_report("五年来，我们团结奋斗。", year=2016, delivered_on="2016-10-20")).past == (2011, 2015)


def test_a_report_without_year_has_no_periods() -> None:
    report = make_report(OPENING + "一、工作回顾\n" + REVIEW, report_year=None, result_year=None)
    assert {p.period for p in split_report(report)} == {None}


@pytest.mark.parametrize(
    ("name", "span"),
    [("一", (1953, 1957)), ("十", (2001, 2005)), ("十四", (2021, 2025)), ("十五", (2026, 2030)), ("百", None)],
)
def test_a_five_year_plan_has_first_and_last_year_by_its_number(name: str, span: tuple[int, int] | None) -> None:
    assert five_year_plan(name) == span


def test_years_in_chinese_numerals_are_written_in_digits_of_the_same_length() -> None:
    assert western_years("二零一八年和一九八三年") == "2018年和1983年"
    assert western_years("二0一九年") == "2019年"
    assert western_years("十二年") == "十二年"


def test_sentences_end_at_stops_semicolons_and_line_ends() -> None:
    text = " 一是加快发展；二是保障民生。\n“办好实事。”新增就业1.5万人！ "
    assert [text[a:b] for a, b in sentence_spans(text, 0, len(text))] == [
        "一是加快发展；",
        "二是保障民生。",
        "“办好实事。”",
        "新增就业1.5万人！",
    ]


def test_long_paragraphs_are_cut_at_sentence_ends() -> None:
    sentence = "全区上下团结奋斗，持续推进老旧小区改造和养老服务中心建设，群众的获得感不断增强。"
    text = OPENING + "一、2019年工作回顾\n" + sentence * 60 + "\n"
    long = [p for p in passages_of(text) if sentence in p.text]
    assert len(long) > 3
    assert all(len(p.text) < 1000 for p in long)
    assert all(p.text.rstrip().endswith("。") for p in long)


def test_the_samples_are_tiled_by_their_passages(samples: Path) -> None:
    for path in sorted(samples.glob("*.txt")):
        report = make_report(path.read_text(encoding="utf-8"), year=2020 if "2020" in path.name else 2018)
        assert "".join(p.text for p in split_report(report)) == report.text


LINES = st.sampled_from(
    ["一、2019年工作回顾", "二、2020年重点工作", "（一）经济运行", "1.加快发展。", "各位代表：", "过去五年，我们团结奋斗。", "今后五年的目标", "存在的问题：",
     "名词解释", "三、民生实事", "新增就业1.5万人。", "\n", "\r\n", "  ", "\u3000", "增长8%" * 60, "全区上下" * 200, "。；！", "十四五", "①②"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=400), st.lists(LINES, max_size=25).map("\n".join), st.lists(LINES, max_size=25).map("".join)
)


@settings(max_examples=250, deadline=None)
@given(TEXTS, st.sampled_from([1954, 2003, 2020, 2026]))
def test_splitting_loses_nothing(text: str, year: int) -> None:
    report = make_report(text, year=year)
    passages = split_report(report)
    assert "".join(p.text for p in passages) == text
    position = 0
    for p in passages:
        assert p.start == position < p.end
        assert text[p.start : p.end] == p.text
        assert p.passage_id == f"{report.report_id}@{p.start}-{p.end}"
        position = p.end
    assert position == len(text)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_sentences_stand_in_order_and_hold_all_that_is_no_blank(text: str) -> None:
    spans = list(sentence_spans(text, 0, len(text)))
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_years_keep_every_offset(text: str) -> None:
    assert len(western_years(text)) == len(text)


def test_a_term_looked_back_on_does_not_end_in_the_year_that_is_planned() -> None:
    text = "过去五年，比2004年增长一倍。今后五年，到2015年生产总值翻一番。"
    assert read_clock(make_report(text, year=2010)).past == (2005, 2009)


def test_the_second_half_of_a_double_heading_plans_the_term() -> None:
    text = (
        "政府工作报告\n各位代表：\n一、2025年工作回顾\n各项工作完成。\n二、“十四五”时期发展成就和“十五五”时期主要目标任务\n"
        "“十四五”时期，经济年均增长4.8%。\n"
        "根据《中共广西壮族自治区委员会关于制定国民经济和社会发展第十五个五年规划的建议》，我们编制了纲要草案。提出经济年均增长5%。\n"
        "三、2026年重点工作\n今年增长5%。\n"
    )
    parts = {p.part for p in split_report(make_report(text, year=2026)) if "年均增长5%" in p.text}
    assert parts == {"term_plan"}


def test_a_plan_under_a_heading_of_the_next_year_is_that_years() -> None:
    text = (
        "各位代表：\n一、今年上半年工作回顾\n工业增长。\n二、1981年国民经济计划的任务和主要指标\n粮食产量34250万吨。\n"
    )
    passage = next(p for p in split_report(make_report(text, year=1980)) if "34250" in p.text)
    assert (passage.part, passage.period) == ("plan", "1981")


def test_the_second_year_of_a_government_is_a_year_and_no_term() -> None:
    text = (
        OPENING
        + "一、2019年工作回顾\n2019年是本届政府履职的第二年。\n"
        + REVIEW
        + "二、2020年重点工作\n"
        + PLAN
        + CLOSING
    )
    assert part_at(text, "新增就业1.5万人") == ("review", "2019")


def test_a_year_named_inside_the_review_of_five_years_opens_no_review_of_the_year() -> None:
    text = (
        OPENING
        + "一、“十三五”时期经济社会发展取得显著成就\n（一）经济平稳较快发展。2020年全区生产总值完成205亿元。\n（二）结构优化。新增就业7万人。\n"
        + "二、2021年重点工作\n"
        + PLAN
    )
    assert part_at(text, "新增就业7万人", 2021) == ("term_review", "2016-2020")


def test_problems_announced_by_a_colon_hold_until_the_next_heading() -> None:
    text = (
        OPENING
        + "一、2019年工作回顾\n"
        + REVIEW
        + "我们清醒地认识到，发展还面临不少困难和问题：\n增长任务艰巨。\n公共服务不足。\n对此，我们将努力改进。\n二、2020年重点工作\n"
        + PLAN
    )
    assert part_at(text, "公共服务不足")[0] == "problems"
    assert part_at(text, "努力改进")[0] == "review"
    assert part_at(text, "新增就业1.6万人") == ("plan", "2020")


@pytest.mark.parametrize(
    "words",
    [
        "随着2020年工作的完成，“十三五”规划圆满收官。五年来，我们干成了许多大事。",
        "各位代表！2020年是“十三五”规划收官之年。五年来，我们牢记嘱托、感恩奋进。",
        "这些成绩来之不易，是全区上下五年来共同奋斗的结果。\n——这是民生福利实现历史性提升的五年。",
    ],
)
def test_a_paragraph_may_turn_from_the_year_to_the_five_years(words: str) -> None:
    text = (
        OPENING
        + "一、2020年工作和“十三五”发展回顾\n2020年，改造小区20个。\n"
        + words
        + "新增学位4.3万座，是“十二五”时期的3.7倍，义务教育质量居全省区县前列，群众满意度持续提升，获评全国义务教育质量监测结果应用实验区，群众的获得感更加充实。\n"
    )
    assert part_at(text, "改造小区", 2021)[0] == "review"
    assert part_at(text, "新增学位", 2021) == ("term_review", "2016-2020")


def test_a_paragraph_may_turn_to_any_five_year_plan_that_is_over() -> None:
    text = (
        OPENING
        + "一、“九五”回顾\n过去的一年，是实施“九五”计划的最后一年，圆满完成了任务。\n"
        + "“九五”时期，是承前启后的一个重要时期。\n新增高速公路1168公里。\n二、2001年的工作\n"
        + PLAN
        + CLOSING
    )
    assert part_at(text, "圆满完成了任务", 2001) == ("review", "2000")
    assert part_at(text, "新增高速公路1168公里", 2001) == ("term_review", "1996-2000")
