"""A formula in words -> its value and unit, from operands that are figures. Pure.

``1.68万人 - 1.5万人``, ``(225 - 200) / 200 × 100``, ``沈河区131家 − 100家 = 31家``: numbers, + − × ÷ and brackets; other
words are labels. An operand is a figure of the answer, with its unit or without, or one of the constants 1, 100, 10000
and, as a divisor, the number of operands. Units are reckoned too: 万人 − 万人 is 万人, % − % is 个百分点.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DecimalException, localcontext
from typing import TypeAlias

from rag.answer import CitedFigure, Derived
from rag.numerals import number_of, plain
from rag.units import base_unit

_TOKEN = re.compile(
    r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>[^\s\d+\-×*÷/()=]*)|(?P<op>[+\-×*÷/()])|(?P<word>[^\s\d+\-×*÷/()=]+)|\s+"
)
_SIGNS = str.maketrans({"−": "-", "＋": "+", "＊": "*", "＝": "=", "／": "/", "x": "×", "X": "×"})
_CONSTANTS = (Decimal(1), Decimal(100), Decimal(10000))
_POINTS = ("个百分点", "百分点")
Unit: TypeAlias = str | None


class _FormulaError(Exception):
    """The formula cannot be read, or its operands are no figures of the answer."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """A value with its unit; None is a bare number, "ratio" one unit over itself, "ratio%" a hundred times that."""

    value: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    amount: _Amount | None = None


def derived_fault(derived: Derived, figures: Sequence[CitedFigure]) -> str | None:
    """Why a computed number is not what its formula gives, in Chinese, or None.

    Args:
        derived: The claim, with its formula.
        figures: Figures of the answer that have been proved; the operands must be among them.
    """
    try:
        with localcontext() as context:
            context.prec = 40
            amount = _value(derived, figures)
            step = Decimal(1).scaleb(min(0, int(derived.value.as_tuple().exponent)))
            near = abs(_in_unit(amount, derived.unit).quantize(step, ROUND_HALF_UP) - derived.value)
    except _FormulaError as error:
        return str(error)
    except (DecimalException, RecursionError):
        return "算式算不出来"
    return None if near == 0 else "算式的结果与所说的数不同"


def _value(derived: Derived, figures: Sequence[CitedFigure]) -> _Amount:
    sides = plain(derived.formula).translate(_SIGNS).split("=")
    if len(sides) > 2 or not derived.citations:
        raise _FormulaError("算式读不懂，或没有注明出处")
    operands = [f for f in figures if f.citation in derived.citations]
    tokens = _tokens(sides[0], operands)
    if sides[-1] is not sides[0]:
        shown = re.search(r"-?\s?\d[\d,]*(?:\.\d+)?", sides[1])
        if shown is None or number_of(shown.group()) != derived.value:
            raise _FormulaError("算式右边与所说的数不同")
    parser = _Parser(tokens)
    amount = parser.sum()
    if parser.position != len(tokens):
        raise _FormulaError("算式读不懂")
    return amount


def _tokens(text: str, operands: Sequence[CitedFigure]) -> list[_Token]:
    tokens: list[_Token] = []
    used = 0
    numbers = [m for m in _TOKEN.finditer(text) if m.group("number")]
    figures = [_figure_of(m, operands) for m in numbers]
    count = Decimal(sum(f is not None for f in figures))
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _FormulaError("算式里有读不懂的符号")
        position = match.end()
        if match.group("op"):
            tokens.append(_Token(match.group("op")))
        elif match.group("number"):
            amount = figures[used]
            used += 1
            if amount is None:
                value = number_of(match.group("number"))
                divides = bool(tokens) and tokens[-1].text in ("/", "÷") and value == count
                if match.group("unit") or value is None or not (value in _CONSTANTS or divides):
                    raise _FormulaError(f"算式里的 {match.group().strip()} 不是答案里的数字")
                amount = _Amount(value, None)
            tokens.append(_Token("number", amount))
    if not count:
        raise _FormulaError("算式里没有答案里的数字")
    return tokens


def _figure_of(match: re.Match[str], operands: Sequence[CitedFigure]) -> _Amount | None:
    value, unit = number_of(match.group("number")), match.group("unit")
    for cited in operands:
        figure = cited.figure
        if value is None or not isinstance(figure.value, Decimal):
            continue
        own = plain(figure.unit)
        if figure.value == value and (not unit or unit == own):
            return _Amount(value, own)
        if figure.value * _scale(own) == value and unit in ("", _named(own)) and _scale(_named(own)) == 1:
            return _Amount(value, _named(own))  # 16800 for 1.68万人
    return None


def _in_unit(amount: _Amount, unit: str) -> Decimal:
    """The amount in ``unit``, where it can be."""
    wanted = plain(unit)
    if amount.unit == wanted or (amount.unit in _POINTS and wanted in _POINTS):
        return amount.value
    if amount.unit == "ratio" and wanted in ("倍", "%"):
        return amount.value * (100 if wanted == "%" else 1)
    if amount.unit == "ratio%" and wanted == "%":
        return amount.value
    if amount.unit is not None and _alike(amount.unit, wanted):
        return amount.value * _scale(amount.unit) / _scale(wanted)
    raise _FormulaError("算式结果的单位不对")


def _named(unit: str) -> str:
    """A unit without its multiple: 万人 and 人 are 人."""
    return re.sub(r"^(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?![瓦克米])|百)(?=.)", "", unit)


def _alike(a: str, b: str) -> bool:
    """Whether two units measure the same; counting words are told apart (家 is not 户)."""
    return _named(a) == _named(b) or (base_unit(a)[0] == base_unit(b)[0] and base_unit(a)[0] not in ("count", "人"))


def _scale(unit: str) -> Decimal:
    return base_unit(unit)[1]


class _Parser:
    """Sums of products of numbers and brackets."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def sum(self) -> _Amount:
        amount = self.product()
        while self._next() in ("+", "-"):
            sign = self._take().text
            amount = _add(amount, self.product(), sign)
        return amount

    def product(self) -> _Amount:
        amount = self.atom()
        while self._next() in ("×", "*", "÷", "/"):
            sign = self._take().text
            amount = _multiply(amount, self.atom()) if sign in "×*" else _divide(amount, self.atom())
        return amount

    def atom(self) -> _Amount:
        if self._next() == "(":
            self._take()
            amount = self.sum()
            if self._next() != ")":
                raise _FormulaError("算式的括号不成对")
            self._take()
            return amount
        token = self._take()
        if token.amount is None:
            raise _FormulaError("算式读不懂")
        return token.amount

    def _next(self) -> str:
        return self.tokens[self.position].text if self.position < len(self.tokens) else ""

    def _take(self) -> _Token:
        if self.position >= len(self.tokens):
            raise _FormulaError("算式不完整")
        self.position += 1
        return self.tokens[self.position - 1]


def _add(a: _Amount, b: _Amount, sign: str) -> _Amount:
    factor = 1 if sign == "+" else -1
    units = {a.unit, b.unit}
    if units == {"%"} and sign == "-":
        return _Amount(a.value - b.value, "个百分点")
    if a.unit == b.unit:
        return _Amount(a.value + factor * b.value, a.unit)
    if a.unit == "%" and b.unit in _POINTS:
        return _Amount(a.value + factor * b.value, "%")
    if a.unit is None and b.unit == "%" and a.value == 1:
        return _Amount(1 + factor * b.value / 100, "ratio")
    if units == {None, "ratio"}:
        return _Amount(a.value + factor * b.value, "ratio")
    counted = a.unit and b.unit and base_unit(a.unit)[0] == base_unit(b.unit)[0]
    if a.unit and b.unit and (counted or _alike(a.unit, b.unit)):  # 100家 - 131户: counting words, told by the first
        return _Amount(a.value + factor * b.value * _scale(b.unit) / _scale(a.unit), a.unit)
    raise _FormulaError("算式里相加减的单位不同")


def _multiply(a: _Amount, b: _Amount) -> _Amount:
    if a.unit is None or b.unit is None:
        unit = a.unit or b.unit
        hundred = Decimal(100) in (a.value if a.unit is None else None, b.value if b.unit is None else None)
        return _Amount(a.value * b.value, "ratio%" if unit == "ratio" and hundred else unit)
    if "ratio" in (a.unit, b.unit):
        return _Amount(a.value * b.value, b.unit if a.unit == "ratio" else a.unit)
    if "%" in (a.unit, b.unit):
        return _Amount(a.value * b.value / 100, b.unit if a.unit == "%" else a.unit)
    raise _FormulaError("算式里的单位不能相乘")


def _divide(a: _Amount, b: _Amount) -> _Amount:
    if b.value == 0:
        raise _FormulaError("算式除以零")
    if b.unit is None:
        return _Amount(a.value / b.value, a.unit)
    if a.unit is not None and _alike(a.unit, b.unit):
        return _Amount(a.value * _scale(a.unit) / (b.value * _scale(b.unit)), "ratio")
    if b.unit == "ratio" and a.unit is not None:
        return _Amount(a.value / b.value, a.unit)
    if b.unit == "%" and a.unit is not None:
        return _Amount(a.value * 100 / b.value, a.unit)
    raise _FormulaError("算式里的单位不能相除")
