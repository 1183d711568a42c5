"""Values compare after conversion, and never across kinds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eval.places import same_place
from eval.units import is_written_as, same_value


@pytest.mark.parametrize(
    ("value", "unit", "other", "other_unit"),
    [
        ("1.68", "万人", "16800", "人"),
        ("20", "万平", "200000", "平方米"),
        ("20", "万㎡", "20", "万平方米"),
        ("1.5", "平方公里", "1500000", "平"),
        ("131", "户", "131", "家"),
        ("100", "个", "100", ""),
        ("4.07", "亿吨", "40700", "万吨"),
        ("225", "亿元", "2250000", "万元"),
        ("3", "％", "3", "%"),
        ("5", "‰", "0.5", "%"),
        ("45", "微克/立方米", "45", "μg/m³"),
        ("3", "成", "30", "%"),
        ("1.5", "个百分点", "1.5", "百分点"),
        ("12", "公里", "12000", "米"),
        ("0.85", "万元/人", "8500", "元/人"),
    ],
)
def test_equal_after_conversion(value: str, unit: str, other: str, other_unit: str) -> None:
    assert same_value(Decimal(value), unit, Decimal(other), other_unit)


@pytest.mark.parametrize(
    ("value", "unit", "other", "other_unit"),
    [
        ("5", "%", "25", "%"),
        ("6.2", "%", "62", "%"),
        ("2", "%", "2", "个百分点"),
        ("2", "亿元", "2", "亿美元"),
        ("2", "亿元", "2", "万元"),
        ("1.7", "万人", "1.68", "万人"),
        ("30", "亩", "30", "平方米"),
        ("45", "微克/立方米", "45", "微克"),
        ("3", "人", "3", "人次"),
        ("3", "天", "3", "个"),
    ],
)
def test_unequal_or_of_another_kind(value: str, unit: str, other: str, other_unit: str) -> None:
    assert not same_value(Decimal(value), unit, Decimal(other), other_unit)


def test_ranges_are_equal_at_both_ends_only() -> None:
    span = (Decimal("4.5"), Decimal(5))
    assert same_value(span, "%", (Decimal("4.50"), Decimal(5)), "%")
    assert not same_value(span, "%", Decimal("4.5"), "%")
    assert not same_value(span, "%", (Decimal(4), Decimal(5)), "%")


@pytest.mark.parametrize(
    ("value", "unit", "text", "named"),
    [
        ("1.68", "万人", "1.68万人", True),
        ("1.68", "万人", "1.68万", True),
        ("16800", "人", "1.68万", True),
        ("52856", "元", "52856", True),
        ("6", "%", "6%左右", True),
        ("3", "%", "3%以内", True),
        ("16", "%", "6%", False),
        ("6", "个", "6%", False),
        ("6", "%", "同步", False),
        ("79.3", "亿元", "79.3亿元", True),
        ("79.3", "亿美元", "79.3亿元", False),
    ],
)
def test_a_short_text_names_a_value(value: str, unit: str, text: str, named: bool) -> None:
    assert is_written_as(Decimal(value), unit, text) is named


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("沈河区", "辽宁省沈阳市沈河区"),
        ("沈阳市沈河区", "辽宁省沈阳市沈河区"),
        ("河北省曲阳县", "河北省保定市曲阳县"),
        ("市北区", "山东省青岛市市北区"),
        ("内蒙古", "内蒙古自治区"),
        ("云南省楚雄州元谋县", "云南省楚雄彝族自治州元谋县"),
        ("北京", "北京市"),
        ("全国", "中国"),
        ("深圳市大鹏新区", "广东省深圳市大鹏新区"),
        ("杭州市", "浙江省杭州市"),
    ],
)
def test_names_of_one_place(one: str, other: str) -> None:
    assert same_place(one, other)
    assert same_place(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("唐县", "河北省唐山市高唐县"),
        ("易县", "四川省攀枝花市米易县"),
        ("沙河口区", "河北省沙河市"),
        ("沈河区", "沈阳市"),
        ("沈阳市", "辽宁省沈阳市沈河区"),
        ("北京市朝阳区", "辽宁省朝阳市"),
        ("吉林省长春市朝阳区", "北京市朝阳区"),
        ("全国", "辽宁省"),
        ("", "沈河区"),
    ],
)
def test_names_of_two_places(one: str, other: str) -> None:
    assert not same_place(one, other)
    assert not same_place(other, one)
