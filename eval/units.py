"""Values with units brought to one form, so that 1.68万人 and 16800人 compare equal. Decimals only, no floats.

A unit is a multiplier (万, 亿, …) and a kind. Kinds are never converted into one another: % is not 个百分点,
亿元 is not 亿美元, 亩 is not 平方米. Counting words (家, 户, 个, 件 …) are one kind, as the gold's README says;
people are another.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_MULTIPLIERS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_PHYSICAL: Final[dict[str, tuple[str, str]]] = {
    # unit: (kind, factor)
    "元": ("CNY", "1"), "块": ("CNY", "1"), "人民币": ("CNY", "1"), "元人民币": ("CNY", "1"),
    "美元": ("USD", "1"), "美金": ("USD", "1"), "港元": ("HKD", "1"), "欧元": ("EUR", "1"), "日元": ("JPY", "1"),
    "%": ("percent", "1"), "‰": ("percent", "0.1"), "成": ("percent", "10"), "百分之": ("percent", "1"),
    "百分点": ("point", "1"), "个百分点": ("point", "1"), "千分点": ("point", "0.1"), "个千分点": ("point", "0.1"),
    "倍": ("times", "1"), "番": ("doublings", "1"),
    "人": ("people", "1"), "名": ("people", "1"), "口": ("people", "1"), "口人": ("people", "1"),
    "人次": ("visits", "1"),
    "平": ("m2", "1"), "平方": ("m2", "1"), "平米": ("m2", "1"), "平方米": ("m2", "1"), "m2": ("m2", "1"),
    "平方公里": ("m2", "1000000"), "平方千米": ("m2", "1000000"), "km2": ("m2", "1000000"), "公顷": ("m2", "10000"),
    "亩": ("mu", "1"),
    "米": ("m", "1"), "延长米": ("m", "1"), "延米": ("m", "1"), "m": ("m", "1"), "公里": ("m", "1000"),
    "千米": ("m", "1000"), "km": ("m", "1000"), "厘米": ("m", "0.01"), "毫米": ("m", "0.001"),
    "吨": ("kg", "1000"), "公斤": ("kg", "1"), "千克": ("kg", "1"), "斤": ("kg", "0.5"), "克": ("kg", "0.001"),
    "吨标准煤": ("tce", "1"), "吨标煤": ("tce", "1"),
    "立方米": ("m3", "1"), "立方": ("m3", "1"), "方": ("m3", "1"), "m3": ("m3", "1"),
    "千瓦时": ("kWh", "1"), "度": ("kWh", "1"), "千瓦": ("kW", "1"), "兆瓦": ("kW", "1000"), "吉瓦": ("kW", "1000000"),
    "天": ("days", "1"), "日": ("days", "1"), "小时": ("hours", "1"), "分钟": ("minutes", "1"), "年": ("years", "1"),
    "月": ("months", "1"), "个月": ("months", "1"), "个工作日": ("workdays", "1"), "工作日": ("workdays", "1"),
    "岁": ("age", "1"), "分": ("points", "1"), "分贝": ("dB", "1"), "℃": ("celsius", "1"),
}  # fmt: skip
_MICRO: Final = "\u03bc"  # what NFKC makes of both micro signs
_NUMBER: Final = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as kind and factor: 万平方米 is m2 and 10000."""

    kind: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, or a range, in the base unit of its kind."""

    kind: str
    low: Decimal
    high: Decimal


def unit_of(written: str) -> Unit:
    """The kind and factor of a unit as a report writes it; unknown words count things ("count")."""
    text = unicodedata.normalize("NFKC", written).replace(" ", "").replace(_MICRO, "u")
    text = text.lower() if text.isascii() else text
    factor = Decimal(1)
    while text and text not in _PHYSICAL and text[0] in _MULTIPLIERS:
        factor *= _MULTIPLIERS[text[0]]
        text = text[1:]
    if "/" in text:
        above, _, below = text.partition("/")
        unit = unit_of(above)
        return Unit(f"{unit.kind}/{_below(below)}", factor * unit.factor)
    if text in _PHYSICAL:
        kind, size = _PHYSICAL[text]
        return Unit(kind, factor * Decimal(size))
    if text.startswith("u") and text.endswith("g"):
        return Unit("ug", factor)
    return Unit("ug" if text == "微克" else "count", factor)


def quantity(value: Decimal | tuple[Decimal, Decimal], unit: str) -> Quantity:
    """The value in the base unit of its kind: 1.68 and 万人 give 16800 people."""
    known = unit_of(unit)
    low, high = value if isinstance(value, tuple) else (value, value)
    return Quantity(known.kind, low * known.factor, high * known.factor)


def same_value(
    value: Decimal | tuple[Decimal, Decimal], unit: str, other: Decimal | tuple[Decimal, Decimal], other_unit: str
) -> bool:
    """Whether two values are exactly equal after conversion and of one kind."""
    return quantity(value, unit) == quantity(other, other_unit)


def is_written_as(value: Decimal | tuple[Decimal, Decimal], unit: str, text: str) -> bool:
    """Whether a short text such as "1.5万", "52856" or "6%左右" names this value.

    A text without a unit names any value of that size; one with a unit must be of the same kind.
    """
    text = unicodedata.normalize("NFKC", text)
    found = _NUMBER.search(text)
    if found is None:
        return False
    number = Decimal(found[0].replace(",", ""))
    named = re.match(r"[^\d\s左右以上内不低超约余多]*", text[found.end() :])
    known = unit_of(named[0] if named else "")
    mine = quantity(value, unit)
    if named is None or not named[0].strip("十百千万亿"):
        sizes = {mine.low, mine.high}
        raw = value if isinstance(value, tuple) else (value,)
        return number * known.factor in sizes or (known.factor == 1 and number in raw)
    return known.kind == mine.kind and number * known.factor in {mine.low, mine.high}


def _below(text: str) -> str:
    return {"m3": "m3", "立方米": "m3", "立方": "m3", "平方米": "m2", "m2": "m2", "平": "m2"}.get(text, text)
