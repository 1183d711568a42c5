"""Numbers in Chinese text: what is one, what is none, and offsets that always hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.numerals import chinese_number, find_quantities, number_of, plain, reading_view, simplified


def seen(text: str) -> list[tuple[str, str, str | None]]:
    """(value, unit, about) of each quantity of a text."""
    view = plain(text)
    return [
        ("~".join(map(str, q.value)) if isinstance(q.value, tuple) else str(q.value), q.unit, q.about)
        for q in find_quantities(view)
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十", "10"),
        ("十五", "15"),
        ("二十", "20"),
        ("一百零八", "108"),
        ("两百", "200"),
        ("三千五百", "3500"),
        ("一万二千", "12000"),
        ("四亿零七百万", "407000000"),
        ("十二亿八千万", "1280000000"),
        ("一亿六千五百五十二万", "165520000"),
        ("八点五", "8.5"),
        ("十七点七", "17.7"),
        ("一九八三", "1983"),
        ("二零一八", "2018"),
        ("零", "0"),
    ],
)
def test_a_chinese_numeral_has_its_value(written: str, value: str) -> None:
    assert chinese_number(written) == Decimal(value)


@pytest.mark.parametrize("written", ["", "点五", "甲", "三甲", "一点百"])
def test_what_is_no_chinese_numeral_has_no_value(written: str) -> None:
    assert chinese_number(written) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [("1,234,567.8", "1234567.8"), ("9O", "90"), ("lO.5", "10.5"), ("25l", "251"), ("1 000", "1000"), ("0.3", "0.3")],
)
def test_commas_blanks_and_misread_digits_are_read(written: str, value: str) -> None:
    assert number_of(written) == Decimal(value)


def test_words_are_no_number() -> None:
    assert number_of("百") is None
    assert number_of("") is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("固定资产投资225亿元", [("225", "亿元", None)]),
        ("新增就业1.68万人", [("1.68", "万人", None)]),
        ("各类违建1868处20余万平", [("1868", "处", None), ("20", "万平", "余")]),
        ("停车泊位8.4万余个", [("8.4", "万个", "余")]),
        ("企业百余家", [("100", "家", "余")]),
        ("形成近千亿元的能力", [("1000", "亿元", None)]),
        ("增长6.2％左右", [("6.2", "%", None)]),
        ("２９．６８亿美元", [("29.68", "亿美元", None)]),
        ("浓度45微克/立方米", [("45", "微克/立方米", None)]),
        ("污水处理能力20万吨/日", [("20", "万吨/日", None)]),
        ("增长4.5%—5%", [("4.5~5", "%", None)]),
        ("增长6—6.5%", [("6~6.5", "%", None)]),
        ("提高5-6个百分点", [("5~6", "个百分点", None)]),
        ("减少8%至10%", [("8~10", "%", None)]),
        ("规模以上工业总产值12,345.67亿元", [("12345.67", "亿元", None)]),
        ("人口自然增长率10.06‰", [("10.06", "‰", None)]),
        ("增长百分之十七点七", [("17.7", "%", None)]),
        ("占百分之三到百分之五", [("3~5", "%", None)]),
        ("三分之一的企业", [("33.33", "%", None)]),
        ("翻一番", [("2", "倍", None)]),
        ("翻两番", [("4", "倍", None)]),
        ("增长1.2倍", [("1.2", "倍", None)]),
        ("综合排名第64位", [("64", "位", None)]),
        ("列全国第三位", [("3", "位", None)]),
        ("惠及300万人次", [("300", "万人次", None)]),
        ("节能3754.99吨标准煤", [("3754.99", "吨标准煤", None)]),
        ("用电215.6亿千瓦时", [("215.6", "亿千瓦时", None)]),
        ("完成率9O％", [("90", "%", None)]),
        ("补助资金25l亿元", [("251", "亿元", None)]),
        ("煤炭产量四亿零七百多万吨", [("4.07", "亿吨", "多")]),
        ("一亿五千万元", [("1.5", "亿元", None)]),
        ("增加到2万5千公里", [("2.5", "万公里", None)]),
        ("受益1亿3千多万人", [("1.3", "亿人", "多")]),
        ("2亿3500万元", [("2.35", "亿元", None)]),
        ("新建三所学校", [("3", "所", None)]),
        ("总投资10万亿元", [("10", "万亿元", None)]),
    ],
)
def test_a_quantity_is_found_as_it_is_written(text: str, wanted: list[tuple[str, str, str | None]]) -> None:
    assert seen(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "国家5A级旅游景区",
        "G107国道",
        "推广5G应用",
        "“十四五”规划",
        "第十八届人民代表大会第三次会议",
        "2019年1月9日",
        "二〇一八年",
        "12345热线",
        "96685平台",
        "“1+6”制度",
        "“3·15”活动",
        "C919和T4航站楼",
        "一心一意谋发展",
        "千方百计",
        "千家万户",
        "三个方面",
        "一批项目",
        "三甲医院",
        "三年行动计划",
        "4.7∶46.2∶49.1",
        "高东-1地块",
        "1.加快建设",
        "5月1日起",
        "十九届四中全会",
        "“放管服”改革",
        "",
    ],
)
def test_names_dates_and_talk_are_no_quantities(text: str) -> None:
    assert seen(text) == []


def test_the_span_of_a_quantity_is_what_was_written() -> None:
    text = plain("完成投资２.5亿元，增长 8.5 %左右，排名第3位")
    assert [text[q.start : q.end] for q in find_quantities(text)] == ["2.5亿元", "8.5 %", "第3位"]


def test_one_form_for_each_sign() -> None:
    assert plain("８．５％，（约）：～") == "8.5%,(约):~"
    assert plain("19·5％") == "19.5%"
    assert plain("·中国") == "·中国"


def test_traditional_characters_are_read_as_simplified() -> None:
    assert simplified("沈河區2020年生產總值增長目標") == "沈河区2020年生产总值增长目标"
    assert simplified("沈河区") == "沈河区"


def test_a_report_in_traditional_characters_is_seen_simplified_and_a_simplified_one_as_it_is() -> None:
    traditional = "現在我代表政府向大會報告從這個長產業發展點萬億與國經為們農" * 4
    assert "发展" in reading_view(traditional)
    assert len(reading_view(traditional)) == len(traditional)
    assert reading_view("干部、后来、里程") == "干部、后来、里程"


NUMBERISH = st.lists(
    st.sampled_from(
        [
            "亿元",
            "个百分点",
            "平方米",
            "百分之",
            "三分之一",
            "至",
            *"0123456789０１９.，,。-—~％%‰万亿千百十零一二三两分之点余多第位名翻番倍个元人年月OolI/ \n“”[]",
        ]
    ),
    max_size=40,
).map("".join)
ANY = st.one_of(st.text(max_size=200), NUMBERISH)


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_the_plain_form_keeps_every_offset(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)
    assert len(reading_view(text)) == len(text)
    assert len(simplified(text)) == len(text)


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_quantities_stand_in_order_and_never_overlap(text: str) -> None:
    view = plain(text)
    found = find_quantities(view)
    ends = 0
    for q in found:
        assert ends <= q.start < q.end <= len(view)
        ends = q.end
        low, high = q.value if isinstance(q.value, tuple) else (q.value, q.value)
        assert low.is_finite()
        assert high.is_finite()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="零一二两三四五六七八九十百千万亿点甲", max_size=12))
def test_reading_a_numeral_never_raises(text: str) -> None:
    value = chinese_number(text)
    assert value is None or value >= 0


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=1, max_value=99_999_999))
def test_a_number_written_out_is_read_back(number: int) -> None:
    assert chinese_number(written_out(number)) == number


def written_out(number: int) -> str:
    """A number below 10^8 in Chinese numerals."""
    if number >= 10_000:
        head, tail = divmod(number, 10_000)
        gap = "零" if 0 < tail < 1000 else ""
        return written_out(head) + "万" + gap + (written_out(tail) if tail else "")
    out, pending = "", False
    for digit, unit in zip(f"{number:04d}", "千百十 ", strict=True):
        if digit == "0":
            pending = bool(out)
            continue
        out += ("零" if pending else "") + "零一二三四五六七八九"[int(digit)] + unit.strip()
        pending = False
    return out
