"""Numbers in Chinese text with their multipliers, as Decimals; the scorer's own reading, shared with nobody."""

from __future__ import annotations

import ast
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

_DIGITS: Final = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_STEPS: Final = {"十": 10, "百": 100, "千": 1000}
_GROUPS: Final = {"万": 10**4, "亿": 10**8}
_SIZES: Final = {**_STEPS, **_GROUPS}
_MIDDLE_DOT: Final = re.compile(r"(?<=\d)[·・](?=\d)")
_NUMERAL: Final = re.compile(
    r"(?P<arabic>\d+(?:,\d{3})*(?:\.\d+)?)(?P<size>[十百千万亿]*)"
    r"|百分之(?P<percent>[〇零一二三四五六七八九十百点]+)"
    r"|(?P<tenths>[一二三四五六七八九])成"
    r"|(?P<chinese>[〇零一二两三四五六七八九十百千万亿]{2,})"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it stands in a text (NFKC, half-open span) and what it comes to; None if it cannot be read."""

    written: str
    value: Decimal | None
    start: int
    end: int
    chinese: bool


def numerals_in(text: str) -> tuple[Numeral, ...]:
    """The numerals of ``text`` after NFKC, left to right: 1.68万 is 16800, 百分之六 is 6, 三成 is 30, 4·3 is 4.3."""
    plain = _MIDDLE_DOT.sub(".", unicodedata.normalize("NFKC", text))
    return tuple(Numeral(m[0], _value(m), m.start(), m.end(), m["arabic"] is None) for m in _NUMERAL.finditer(plain))


def chinese_number(text: str) -> Decimal | None:
    """The value of a Chinese number such as 四亿零七百万, 二〇二〇 or 六点五; None if it is none."""
    if "点" in text:
        whole, _, rest = text.partition("点")
        digits = "".join(str(_DIGITS.get(c, "x")) for c in rest)
        head = chinese_number(whole)
        return head + Decimal(f"0.{digits}") if head is not None and digits.isdigit() else None
    if text and all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total = group = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _STEPS:
            group += (digit or 1) * _STEPS[c]
            digit = 0
        elif c == "万" and (group or digit):
            total += (group + digit) * _GROUPS[c]
            group = digit = 0
        elif c == "亿" and (total or group or digit):
            total = (total + group + digit) * _GROUPS[c]
            group = digit = 0
        else:
            return None
    return Decimal(total + group + digit)


def recomputed(formula: str) -> Decimal | None:
    """What a formula of numbers, + - * / and brackets comes to; None if it is anything else."""
    plain = unicodedata.normalize("NFKC", formula).partition("=")[0].replace("×", "*").replace("÷", "/")
    plain = plain.replace("−", "-").replace("%", "").replace(",", "").strip()
    try:
        with localcontext() as context:
            context.prec = 40
            return _computed(ast.parse(plain, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError):
        return None


def operands_of(formula: str) -> tuple[Decimal, ...]:
    """The numbers that stand in a formula."""
    return tuple(Decimal(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", formula.partition("=")[0]))


def agrees(exact: Decimal, written: Decimal) -> bool:
    """Whether ``written`` is ``exact``, rounded to the digits that ``written`` has."""
    exponent = written.as_tuple().exponent
    unit = Decimal(1).scaleb(int(exponent)) if isinstance(exponent, int) else Decimal(1)
    return abs(exact - written) <= unit / 2


def _value(match: re.Match[str]) -> Decimal | None:
    if match["arabic"]:
        value = Decimal(match["arabic"].replace(",", ""))
        for c in match["size"]:
            value *= _SIZES[c]
        return value
    if match["percent"]:
        return chinese_number(match["percent"])
    if match["tenths"]:
        return Decimal(10 * _DIGITS[match["tenths"]])
    return chinese_number(match["chinese"])


def _computed(node: ast.expr) -> Decimal:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Decimal(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_computed(node.operand)
    if isinstance(node, ast.BinOp):
        left, right = _computed(node.left), _computed(node.right)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
    raise ValueError(f"not arithmetic: {ast.dump(node)[:60]}")
