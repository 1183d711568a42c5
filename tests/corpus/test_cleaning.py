"""What cleaning does to pages in the wild: a table of short cases, and whole reports that stand twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.corpus.clean import clean_text

CASES = json.loads((Path(__file__).parent.parent / "cases" / "cleaning.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cleaning(case):
    assert clean_text(case["raw"]).text == case["clean"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cleaning_the_clean_text_changes_nothing(case):
    assert clean_text(case["clean"]).text == case["clean"]


def report_of(paragraphs: int) -> list[str]:
    return [
        "政府工作报告",
        "各位代表：",
        "现在，我代表区人民政府，向大会报告工作，请予审议，并请区政协委员和列席人员提出意见。",
        *(
            f"第{i}项工作扎实推进，完成投资{i}.5亿元、增长{i}%，新建改造项目{i * 3}个，惠及群众{i * 7}万人。"
            for i in range(1, paragraphs)
        ),
    ]


def test_a_report_that_stands_twice_is_kept_once_and_said():
    lines = report_of(60)
    cleaned = clean_text("\n".join([*lines, "首页", "政务公开", "2019年01月31日", *lines, "冀ICP备06016263号-1"]))
    assert cleaned.text.count("第33项工作") == 1
    assert cleaned.text.split("\n")[: len(lines)] == lines
    assert any("两遍" in notice for notice in cleaned.notices)


def test_the_second_copy_may_be_broken_into_other_paragraphs():
    lines = report_of(60)
    cleaned = clean_text("\n".join([*lines, "", lines[2] + "".join(lines[3:])]))
    assert cleaned.text.split("\n") == lines


def test_what_only_the_second_copy_holds_is_kept():
    lines = report_of(60)
    extra = "附件：民生实事共十件，其中新建养老服务中心39个、幼儿园5所，改造老旧小区83个，由各街道负责实施。"
    cleaned = clean_text("\n".join([*lines, *lines, extra]))
    assert cleaned.text.split("\n") == [*lines, extra]


def test_two_reports_with_one_opening_are_both_kept():
    first = report_of(60)
    second = [
        *first[:3],
        *(line.replace("扎实推进", "全面铺开").replace("亿元", "万元").replace("个，", "处，") for line in first[3:]),
    ]
    cleaned = clean_text("\n".join([*first, *second]))
    assert cleaned.text.count("第33项工作") == 2
    assert not cleaned.notices


def test_a_whole_report_in_one_line_keeps_the_paragraphs_that_show():
    paragraphs = report_of(40)[2:]
    assert clean_text("　　".join(paragraphs)).text.split("\n") == paragraphs


def test_lost_characters_are_counted_in_a_notice():
    assert clean_text("二\ufffd\ufffd三五年远景目标").notices == ("原文有 2 个字已无法辨认，以“□”代替。",)
