"""Units of measure: the same quantity in other units (1.68万人 = 16800人). Pure, in Decimal."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from rag.numerals import plain
from rag.types import Figure, Value

_MULTIPLES: dict[str, int] = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 100,
}
_AREA: dict[str, Decimal] = {
    "平": Decimal(1), "平方米": Decimal(1), "平米": Decimal(1), "㎡": Decimal(1),
    "平方公里": Decimal(10**6), "平方千米": Decimal(10**6), "公顷": Decimal(10**4),
}  # fmt: skip
_LENGTH: dict[str, Decimal] = {"米": Decimal(1), "公里": Decimal(1000), "千米": Decimal(1000)}
_MASS: dict[str, Decimal] = {"吨": Decimal(1000), "公斤": Decimal(1), "千克": Decimal(1), "斤": Decimal("0.5")}
_COUNTERS = frozenset(
    "家 户 个 件 处 所 座 条 项 台 套 辆 场 次 起 宗 张 间 班 株 头 只 支 对 栋 幢 艘 架 例 份 部 门 期 盏 块 片 位 名 批 种 列 枚 幅 根 箱 场次 批次 班次 件次 项次 家次".split()
)


@cache
def base_unit(unit: str) -> tuple[str, Decimal]:
    """The dimension of a unit and what one of it is in the dimension's own unit."""
    bare = plain(unit).replace("％", "%")
    factor = Decimal(1)
    for word, times in _MULTIPLES.items():
        if bare.startswith(word) and len(bare) >= len(word):
            bare, factor = bare[len(word) :], Decimal(times)
            break
    for table, name in ((_AREA, "m2"), (_LENGTH, "m"), (_MASS, "kg")):
        if bare in table:
            return name, factor * table[bare]
    if bare in ("人", "名", "位", "人口"):
        return "人", factor
    if bare in _COUNTERS:
        return "count", factor
    if bare in ("百分点", "个百分点"):
        return "百分点", factor
    return bare, factor


def in_base(value: Decimal, unit: str) -> Decimal:
    """``value`` in the own unit of its dimension."""
    return value * base_unit(unit)[1]


def scaled(figure: Figure) -> Decimal:
    """A single-valued figure in the own unit of its dimension."""
    value = figure.value[0] if isinstance(figure.value, tuple) else figure.value
    return in_base(value, figure.unit)


def comparable(a: Figure, b: Figure) -> bool:
    """Whether two figures measure in one dimension and one way."""
    one, two = base_unit(a.unit)[0], base_unit(b.unit)[0]
    return one == two and (a.measure == b.measure or {a.measure, b.measure} <= {"level", "share"})


def same_quantity(a: Value, unit_a: str, b: Value, unit_b: str) -> bool:
    """Whether two values with units are one quantity; persons and counters are told apart only from measures."""
    dim_a, dim_b = base_unit(unit_a)[0], base_unit(unit_b)[0]
    if dim_a != dim_b and {dim_a, dim_b} != {"人", "count"}:
        return False
    pair_a = a if isinstance(a, tuple) else (a, a)
    pair_b = b if isinstance(b, tuple) else (b, b)
    return all(in_base(x, unit_a) == in_base(y, unit_b) for x, y in zip(pair_a, pair_b, strict=True))


def strip_multiple(unit: str) -> str:
    """A unit without 万, 亿 in front."""
    return re.sub(r"^[万亿百十]*(?:千(?![瓦克米伏升]))?", "", unit)
