"""Figures of all reports as rows, for people who go on in a spreadsheet or a program.

A row is a figure as the interface contract writes it, with its quote, offsets and source. Cells that a spreadsheet
would take for a formula get an apostrophe in front; numbers stay numbers.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import IO, Final, Literal, TypeAlias

from rag.answer import number_json
from rag.catalogue import Catalogue
from rag.errors import SettingsError
from rag.storage import cannot_write
from rag.types import Figure, Report

Format: TypeAlias = Literal["csv", "json"]
Cell: TypeAlias = str | int | float | Decimal | None

ROLES: Final = ("target", "actual", "cumulative", "plan")
COLUMNS: Final = (
    "place", "period", "indicator", "indicator_id", "role", "measure", "value", "value_high", "unit", "modality",
    "written", "quote", "report_id", "title", "report_year", "source", "section", "part", "start", "end",
    "quote_start", "quote_end", "text_sha256", "confidence",
)  # fmt: skip
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "\uff20")
_NO_CELL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REPORTS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figures to write; None takes all.

    ``places`` are full names, ``indicator`` is a common name, what people call it, or words of the report's own phrase.
    """

    places: tuple[str, ...] | None = None
    periods: tuple[str, ...] | None = None
    roles: tuple[str, ...] | None = None
    indicator: str | None = None


def wanted_figures(
    *, place: str | None = None, period: str | None = None, indicator: str | None = None, role: str | None = None
) -> Wanted:
    """What the options of ``wenbao figures`` ask for; several values are parted by commas.

    Raises:
        SettingsError: If a place or a role is not known.
    """
    return Wanted(
        places=None if place is None else tuple(n for one in _parted(place) for n in _full_names(one)),
        periods=None if period is None else _parted(period),
        roles=None if role is None else tuple(_known_role(one) for one in _parted(role)),
        indicator=indicator.strip() if indicator and indicator.strip() else None,
    )


def figure_rows(catalogue: Catalogue, wanted: Wanted) -> Iterator[dict[str, Cell | list[str]]]:
    """A row for each figure wanted, by place code, year and place in the text; see ``COLUMNS``."""
    reports = [r for r in catalogue.reports() if r.duplicate_of is None]
    for at in range(0, len(reports), _REPORTS_AT_ONCE):
        some = {report.report_id: report for report in reports[at : at + _REPORTS_AT_ONCE]}
        for figure in _figures_of(catalogue, tuple(some), wanted):
            report = some[figure.report_id]
            yield figure_row(figure, replace(report, text=catalogue.text(figure.report_id)))


def report_json(report: Report) -> dict[str, object]:
    """A report without its text, as plain values."""
    plain = {field.name: getattr(report, field.name) for field in fields(report) if field.name != "text"}
    plain["place_forms"], plain["notices"] = list(report.place_forms), list(report.notices)
    return plain | {"evidence": {name: asdict(proof) for name, proof in report.evidence.items()}}


def write_figures(
    rows: Iterable[Mapping[str, Cell | list[str]]], *, form: Format, out: Path | None, to: IO[str]
) -> int:
    """How many rows were written, to the file ``out`` or else to ``to``.

    A file is put in place whole or not at all; CSV gets the mark by which Excel knows UTF-8.

    Raises:
        StorageFullError: If the disk is full; a file of that name is untouched.
    """
    if out is None:
        return _write(rows, form, to)
    draft = out.with_name(f"{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        encoding = "utf-8-sig" if form == "csv" else "utf-8"
        with draft.open("w", encoding=encoding, newline="") as file:
            count = _write(rows, form, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise cannot_write(out, error) from error
    return count


def table_bytes(rows: Iterable[Mapping[str, Cell | list[str]]], form: Literal["csv", "xlsx"]) -> bytes:
    """The rows as a file: CSV with the mark by which Excel knows UTF-8, or a workbook whose numbers are numbers."""
    if form == "csv":
        text = io.StringIO(newline="")
        _write_csv(rows, text)
        return text.getvalue().encode("utf-8-sig")
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("figures")
    sheet.freeze_panes = "A2"
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([_sheet_value(row[name]) for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe_cell(value: object) -> Cell:
    """A cell that no spreadsheet takes for a formula: numbers as they are, lists joined, text guarded."""
    if value is None or isinstance(value, int | float | Decimal):
        return value
    text = " > ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write(rows: Iterable[Mapping[str, Cell | list[str]]], form: Format, to: IO[str]) -> int:
    return _write_csv(rows, to) if form == "csv" else _write_json(rows, to)


def _write_csv(rows: Iterable[Mapping[str, Cell | list[str]]], to: IO[str]) -> int:
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        count += 1
        writer.writerow([safe_cell(row[name]) for name in COLUMNS])
        to.write(line.getvalue())
        line.seek(0)
        line.truncate()
    to.write(line.getvalue())
    return count


def _write_json(rows: Iterable[Mapping[str, Cell | list[str]]], to: IO[str]) -> int:
    count = 0
    to.write("[")
    for count, row in enumerate(rows, start=1):
        to.write("\n" if count == 1 else ",\n")
        to.write(json.dumps({name: _json_value(value) for name, value in row.items()}, ensure_ascii=False))
    to.write("\n]\n")
    return count


def _sheet_value(value: object) -> Cell:
    """A workbook's cell: text guarded as in CSV, without the characters that no workbook may hold."""
    safe = safe_cell(value)
    return _NO_CELL.sub("", safe) if isinstance(safe, str) else safe


def _json_value(value: object) -> object:
    return number_json(value) if isinstance(value, Decimal) else value


def figure_row(figure: Figure, report: Report) -> dict[str, Cell | list[str]]:
    """A figure as ``COLUMNS`` name it, with its quote from the report's text."""
    low, high = figure.value if isinstance(figure.value, tuple) else (figure.value, None)
    return {
        "place": figure.place,
        "period": figure.period,
        "indicator": figure.indicator,
        "indicator_id": figure.indicator_id,
        "role": figure.role,
        "measure": figure.measure,
        "value": low,
        "value_high": high,
        "unit": figure.unit,
        "modality": figure.modality,
        "written": figure.written,
        "quote": report.text[figure.quote_start : figure.quote_end],
        "report_id": report.report_id,
        "title": report.title,
        "report_year": report.report_year,
        "source": report.source,
        "section": list(figure.section),
        "part": figure.part,
        "start": figure.start,
        "end": figure.end,
        "quote_start": figure.quote_start,
        "quote_end": figure.quote_end,
        "text_sha256": report.text_sha256,
        "confidence": figure.confidence,
    }


def _figures_of(catalogue: Catalogue, report_ids: Sequence[str], wanted: Wanted) -> list[Figure]:
    some = catalogue.figures(report_ids, roles=wanted.roles, periods=wanted.periods, places=wanted.places)
    if wanted.indicator is None:
        return list(some)
    common = _common_names(wanted.indicator)
    if common:  # 地区生产总值 asks for that indicator, and not for 单位地区生产总值能耗 as well
        return [f for f in some if f.indicator_id in common or f.indicator == wanted.indicator]
    return [f for f in some if wanted.indicator in f.indicator]


def _common_names(indicator: str) -> tuple[str, ...]:
    from rag.indicators import identify, mentioned

    known = identify(indicator)
    spoken = [id_ for id_, name in mentioned(indicator) if name == indicator]
    return tuple(dict.fromkeys([*([known] if known else []), *spoken]))


def _full_names(place: str) -> tuple[str, ...]:
    from rag.places import load_gazetteer

    found = load_gazetteer().named(place)
    if not found:
        raise SettingsError(
            f"不认识地名“{place}”。请用全称或通用简称，例如 沈河区、辽宁省沈阳市沈河区、全国。",
            en=f"Unknown place {place!r}: use its full or common short name, such as 沈河区 or 全国.",
        )
    return tuple(dict.fromkeys(candidate.name for candidate in found))


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise SettingsError(
            f"不认识角色“{role}”：请用 {'、'.join(ROLES)}（目标、实绩、累计、规划）。",
            en=f"Unknown role {role!r}: use {', '.join(ROLES)}.",
        )
    return role


def _parted(values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in values.replace("，", ",").split(",") if one.strip()))
