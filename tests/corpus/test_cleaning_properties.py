"""What cleaning promises for any text."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.corpus.clean import clean_text

PIECES = st.sampled_from(
    [
        "\n", "\n\n", "　　", " ", "\t", "\r\n", "\\r\\n", "&nbsp;", "&amp;amp;nbsp;", "\u200b", "\u202e", "??", "\ue004", "\ufffd",
        "各位代表：", "政府工作报告", "一、2019年工作回顾", "（一）", "1.", "[1]", "——", "“", "”", "《", "》", "，", "。", "；", "、", "：",
        "地区生产总值增长8.5%", "城镇新增就业1.68万人", "34", "0亿元", "2 .7倍", "1O％", "收人", "坚持稳中求进工作总基调，", "全面建设小康社会",
        "首页", ">", "当前位置：", "【字体：", "大", "中", "小", "】", "打印", "分享到：", "上一篇：", "责任编辑：", "冀ICP备06016263号-1",
        "来源：", "2020年01月14日", "内容摘要：", "......", "阅读：", "172", "<p>", "</p>", "<br>", "搜索马 克 数 据 网", "vzT", "\t教育局",
        "第十八届", "人民代表大会第三次会议上", "abc", "附件1", "- 3 -",
    ]
)  # fmt: skip
PAGES = st.lists(PIECES, max_size=40).map("".join)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "预计地区生产总值增长5.2%，固定资产投资225亿元、增长12.3％。", "城镇新增就业1.68万人[1]，登记失业率3.4%以下。",
            "粮食总产519．7亿斤，是2000年的2.65倍；完成年度计划的102.8%（下同）。", "二〇二〇年，二0一九年，１２个项目，1O％的收人。",
            "改造老旧小区83个、320万平方米，惠及居民3.17万户。", "增长8%和9%，下降0.5个百分点。",
        ]
    ),
    min_size=1,
    max_size=6,
).map("".join)  # fmt: skip
BREAKS = st.sampled_from(["\n", "\n　　", "\r\n\r\n", "\\r\\n", "\n&nbsp;\n", "\n \n"])


def digits_of(text: str) -> str:
    return "".join(ch for ch in text if ch.isdigit() or ch in "％%．.Ol")


@given(PAGES)
@example("A。B\n　　C\n　　D")
@settings(max_examples=400)
def test_cleaning_twice_equals_once(raw):
    once = clean_text(raw).text
    assert clean_text(once).text == once


@given(st.text(max_size=120))
@settings(max_examples=300)
def test_cleaning_any_characters_ends_and_is_stable(raw):
    once = clean_text(raw).text
    assert clean_text(once).text == once


@given(st.text(max_size=120) | PAGES)
def test_nothing_unseen_is_left(raw):
    cleaned = clean_text(raw).text
    assert not [ch for ch in cleaned if unicodedata.category(ch) in {"Cf", "Cs"} and ord(ch) < 0xE0000]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]", cleaned)
    assert not any(line != line.strip() or not line for line in cleaned.split("\n") if cleaned)


@given(st.lists(st.tuples(SENTENCES, BREAKS), min_size=1, max_size=8))
def test_cleaning_never_alters_a_digit_of_the_report(paragraphs):
    raw = "政府工作报告\n各位代表：\n" + "".join(text + line_break for text, line_break in paragraphs)
    distinct = len({text for text, _ in paragraphs}) == len(paragraphs)
    cleaned = clean_text(raw).text
    if distinct:
        assert digits_of(cleaned) == digits_of(raw)


@given(st.lists(SENTENCES, min_size=1, max_size=8, unique=True).filter(lambda p: len("".join(p)) < 1000))
def test_paragraphs_stay_paragraphs(paragraphs):  # longer ones, of six sentences in all, may be a report said twice
    cleaned = clean_text("各位代表：\n" + "\n".join(f"　　{text}" for text in paragraphs)).text
    assert cleaned.split("\n")[1:] == paragraphs
