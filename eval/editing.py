"""New gold items: one by one from a report and a quote, or many from a table that a researcher keeps by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any, Final

from eval.gold import GoldError, gold_of, json_lines
from eval.lint import problems

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "place": ("place", "地区", "地点", "城市", "区县"),
    "period": ("period", "year", "时期", "年份", "年度"),
    "indicator": ("indicator", "指标", "指标名称"),
    "value": ("value", "数值", "值"),
    "unit": ("unit", "单位"),
    "sentence": ("sentence", "quote", "原文", "原句", "句子"),
    "role": ("role", "角色", "类型"),
    "measure": ("measure", "口径"),
    "modality": ("modality", "界限词"),
    "doc": ("doc", "report", "file", "报告", "文件"),
    "question": ("question", "问题"),
}
NEEDED: Final = ("place", "period", "indicator", "value", "unit", "sentence")
ROLE_NAMES: Final = {"目标": "target", "实绩": "actual", "完成": "actual", "累计": "cumulative", "规划": "plan"}
_ASKED: Final = {"target": "目标", "plan": "规划目标", "cumulative": "累计", "actual": ""}


def item_of(row: Mapping[str, str], *, id_: str, question: str = "") -> dict[str, Any]:
    """A gold item from a row with ``NEEDED`` fields; the question is made from them unless it is given.

    Raises:
        GoldError: If a field is missing or the value is no number.
    """
    missing = [name for name in NEEDED if not row.get(name, "").strip() and name != "unit"]
    if missing:
        raise GoldError(f"{id_}: {', '.join(missing)} missing: each row needs {', '.join(NEEDED)}")
    role = ROLE_NAMES.get(row.get("role", "").strip(), row.get("role", "").strip()) or "actual"
    period = re.sub(r"年$", "", row["period"].strip()).removesuffix(".0")
    fact: dict[str, Any] = {
        "place": row["place"].strip(), "period": period, "indicator": row["indicator"].strip(), "role": role,
        "measure": row.get("measure", "").strip() or None, "value": _value(row["value"], id_),
        "unit": row.get("unit", "").strip(),
    }  # fmt: skip
    if row.get("modality", "").strip():
        fact["modality"] = row["modality"].strip()
    doc = row.get("doc", "").strip() or f"{fact['place']}{period}"
    made = f"{fact['place']}{period}年{fact['indicator']}{_ASKED.get(role, '')}是多少？"
    return {
        "id": id_, "category": role, "question": question or row.get("question", "").strip() or made, "history": [],
        "answerable": True, "facts": [fact], "must_include": [], "must_not_include": [],
        "evidence": [{"doc": doc, "quote": row["sentence"].strip()}], "note": "",
    }  # fmt: skip


def feedback_items(path: Path) -> Iterator[dict[str, Any]]:
    """Gold candidates from the feedback that readers left on the page: what they called right, or pointed to as right.

    Raises:
        GoldError: If the file cannot be read or a line is not as the page writes it.
    """
    for number, (where, line) in enumerate(json_lines(path), start=1):
        if line.get("verdict") == "wrong":
            continue  # says what is not the answer, not what is
        try:
            yield _feedback_item(line, f"{path.stem}-{number:03}")
        except (KeyError, TypeError, AttributeError) as error:
            raise GoldError(f"{where}: no line of feedback: {type(error).__name__}: {error}") from error


def _feedback_item(line: Mapping[str, Any], id_: str) -> dict[str, Any]:
    figures, sentence, history = line["figures"], line.get("sentence"), list(line.get("history", ()))
    names = ("place", "period", "indicator", "role", "measure", "value", "unit", "modality")
    facts = [{name: figure[name] for name in names if figure.get(name) is not None} for figure in figures]
    quoted = [*figures, *([sentence] if sentence else [])]
    evidence = {(PurePosixPath(q["source"]).stem, q["quote"]): None for q in quoted}
    kind = "follow-up" if history else "prose" if not facts else facts[0]["role"] if len(facts) == 1 else "compare"
    return {
        "id": id_, "category": kind, "question": line["question"], "history": history,
        "answerable": True, "facts": facts, "must_include": [] if facts else [q["quote"] for q in quoted],
        "must_not_include": [], "evidence": [{"doc": doc, "quote": quote} for doc, quote in evidence],
        "note": "from a reader's feedback",
    }  # fmt: skip


def checked(item: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    """What is wrong with an item, its shape and vocabulary included."""
    try:
        gold = gold_of(json.loads(to_line(item), parse_float=Decimal, parse_int=Decimal))
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        return [f"{item.get('id')}: {type(error).__name__}: {error}"]
    return problems([gold], texts)


def append_items(path: Path, items: Sequence[Mapping[str, Any]]) -> None:
    """Adds items to a gold file, which is made if it is not there.

    Raises:
        GoldError: If an id stands in it already.
    """
    held = {str(item.get("id")) for _, item in json_lines(path)} if path.exists() else set()
    twice = [str(item["id"]) for item in items if item["id"] in held]
    if twice:
        raise GoldError(f"{path}: holds {', '.join(twice[:5])} already")
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    gap = "\n" if before and not before.endswith("\n") else ""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(gap + "".join(to_line(item) + "\n" for item in items))


def next_id(path: Path, stem: str) -> str:
    """The first free id such as ``own-007``."""
    held = {str(item.get("id")) for _, item in json_lines(path)} if path.exists() else set()
    number = 1
    while f"{stem}-{number:03}" in held:
        number += 1
    return f"{stem}-{number:03}"


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV or XLSX file by our column names, whatever language its head is in.

    Raises:
        GoldError: If it cannot be read or lacks a column.
    """
    table = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    if not table:
        raise GoldError(f"{path}: empty")
    head = [cell.strip().lower() for cell in table[0]]
    place = {name: head.index(alias) for name, aliases in COLUMNS.items() for alias in aliases[::-1] if alias in head}
    missing = [name for name in NEEDED if name not in place]
    if missing:
        raise GoldError(f"{path}: no column for {', '.join(missing)}: the first row must name {', '.join(NEEDED)}")
    for row in table[1:]:
        if any(cell.strip() for cell in row):
            yield {name: row[n] if n < len(row) else "" for name, n in place.items()}


def to_line(item: Mapping[str, Any]) -> str:
    """The item as a line of JSON, numbers as plain numbers."""
    return json.dumps(item, ensure_ascii=False, default=_plain)


def _csv(path: Path) -> list[list[str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GoldError(f"{path}: cannot be read: {error}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(data.decode(encoding))))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise GoldError(f"{path}: neither UTF-8 nor GB18030")


def _xlsx(path: Path) -> list[list[str]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        raise GoldError(f"{path}: cannot be read as XLSX: {error}") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    finally:
        book.close()


def _value(written: str, id_: str) -> Any:
    parts = re.split(r"\s*[~～—–]\s*|(?<=\d)\s*-\s*(?=\d)", written.strip().replace(",", ""))
    try:
        numbers = [Decimal(part) for part in parts]
    except ArithmeticError as error:
        raise GoldError(f"{id_}: {written!r} is no number") from error
    return numbers[0] if len(numbers) == 1 else numbers


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
