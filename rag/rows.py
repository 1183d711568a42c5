"""Reports, passages and figures as rows of the catalogue, and back; each row carries its CRC-32.

Fields that a noun gains later travel in ``extra`` (JSON, only where they differ from their default),
so that a new field needs no new schema.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import marshal
import re
import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from rag.types import Evidence, Figure, Passage, Report

ANSWERING_KINDS: Final = ("work_report", "partial")

REPORT_COLUMNS: Final = (
    "report_id", "text_sha256", "title", "kind", "place", "place_code", "level", "report_year", "result_year",
    "delivered_on", "published_on", "speaker", "meeting", "source", "source_path", "format", "complete",
    "duplicate_of", "place_forms", "evidence", "notices", "extra", "n_passages", "n_figures", "read_by",
)  # fmt: skip
PASSAGE_SQL: Final = (
    'SELECT p.start, p."end", p.part, p.period, p.extra, s.section, p.crc'
    " FROM passages p LEFT JOIN sections s USING (section_no)"
)
FIGURE_SQL: Final = (
    "SELECT r.report_id, f.passage_start, f.passage_end, f.place, f.period, f.indicator, f.indicator_id, f.role,"
    ' f.measure, f.value, f.value_high, f.unit, f.modality, f.written, f.start, f."end", f.quote_start,'
    " f.quote_end, f.part, f.confidence, f.extra, s.section, f.crc"
    " FROM figures f JOIN reports r USING (report_no) LEFT JOIN sections s USING (section_no)"
)
_REPORT_FIELDS: Final = frozenset(REPORT_COLUMNS) | {"text"}
_PASSAGE_FIELDS: Final = frozenset({"passage_id", "report_id", "start", "end", "text", "section", "part", "period"})
_FIGURE_FIELDS: Final = frozenset({
    "report_id", "passage_id", "place", "period", "indicator", "indicator_id", "role", "measure", "value", "unit",
    "modality", "written", "start", "end", "quote_start", "quote_end", "part", "section", "confidence",
})  # fmt: skip
_LATER_FIELDS: Final = {
    noun: tuple(field for field in dataclasses.fields(noun) if field.name not in known)
    for noun, known in ((Report, _REPORT_FIELDS), (Passage, _PASSAGE_FIELDS), (Figure, _FIGURE_FIELDS))
}
_PASSAGE_ID: Final = re.compile(r"(.+)@(\d+)-(\d+)", re.DOTALL)


class DamagedRowError(Exception):
    """A row is not what was written; the catalogue turns this into an error that names its file."""


@dataclasses.dataclass(frozen=True, slots=True)
class PassageSpan:
    """What a passage id says: the report and the half-open span in its text."""

    report_id: str
    start: int
    end: int


def passage_span(passage_id: str) -> PassageSpan | None:
    """The report and span that a passage id names, or None if it is no passage id."""
    found = _PASSAGE_ID.fullmatch(passage_id)
    return PassageSpan(found[1], int(found[2]), int(found[3])) if found else None


def text_digest(text: str) -> str:
    """SHA-256 of a report's text in UTF-8, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_consistent(report: Report, passages: Sequence[Passage], figures: Sequence[Figure]) -> None:
    """Raises ValueError unless every id and span belongs to the report."""
    answering = report.kind in ANSWERING_KINDS and report.duplicate_of is None
    if not answering and (passages or figures):
        raise ValueError(f"{report.report_id}: a copy or a {report.kind} has no passages or figures")
    if text_digest(report.text) != report.text_sha256:
        raise ValueError(f"{report.report_id}: text_sha256 is not the digest of its text")
    ids = set()
    for passage in passages:
        if passage.passage_id != f"{report.report_id}@{passage.start}-{passage.end}":
            raise ValueError(f"passage id {passage.passage_id!r} does not name its span")
        if report.text[passage.start : passage.end] != passage.text:
            raise ValueError(f"{passage.passage_id}: its text is not the report's at its span")
        ids.add(passage.passage_id)
    for figure in figures:
        if figure.report_id != report.report_id or figure.passage_id not in ids:
            raise ValueError(f"a figure names the passage {figure.passage_id!r}, which is not the report's")
        if report.text[figure.start : figure.end] != figure.written:
            raise ValueError(f"{figure.passage_id}: {figure.written!r} does not stand at {figure.start}-{figure.end}")
        if not 0 <= figure.quote_start <= figure.start <= figure.end <= figure.quote_end <= len(report.text):
            raise ValueError(f"{figure.passage_id}: the quote of {figure.written!r} does not hold it")


def report_values(report: Report, *, n_passages: int, n_figures: int, read_by: str) -> tuple[Any, ...]:
    """A report as ``REPORT_COLUMNS`` and the CRC; its text is kept apart."""
    values = {name: getattr(report, name, None) for name in REPORT_COLUMNS}
    values |= {
        "complete": int(report.complete),
        "place_forms": _json(report.place_forms),
        "notices": _json(report.notices),
        "evidence": _json({name: dataclasses.astuple(proof) for name, proof in report.evidence.items()}),
        "extra": _extra_json(report),
        "n_passages": n_passages,
        "n_figures": n_figures,
        "read_by": read_by,
    }
    row = tuple(values[name] for name in REPORT_COLUMNS)
    return (*row, _crc(row))


def report_of(row: Sequence[Any], *, text: str, with_evidence: bool) -> Report:
    """The report that a row of ``REPORT_COLUMNS`` and CRC holds.

    Raises:
        DamagedRowError: If the row is not what was written.
    """
    *columns, crc = row
    if _crc(columns) != crc:
        raise DamagedRowError(f"报告 {columns[0]} 的登记与存入时不一致")
    known = dict(zip(REPORT_COLUMNS, columns, strict=True))
    del known["n_passages"], known["n_figures"], known["read_by"]
    extra = known.pop("extra")
    proofs: Mapping[str, Any] = json.loads(known.pop("evidence")) if with_evidence else {}
    known.pop("evidence", None)
    known |= {
        "text": text,
        "complete": bool(known["complete"]),
        "place_forms": tuple(json.loads(known["place_forms"])),
        "notices": tuple(json.loads(known["notices"])),
        "evidence": {name: Evidence(*proof) for name, proof in proofs.items()},
    }
    return Report(**known, **_extra_fields(extra))


def passage_values(passage: Passage, *, section: str) -> tuple[Any, ...]:
    """A passage as columns after its report's number; the section's number goes before the CRC."""
    row = (passage.start, passage.end, passage.part, passage.period, _extra_json(passage))
    return (*row, _crc((*row, section)))


def passage_of(report_id: str, text: str, row: Sequence[Any]) -> Passage:
    """The passage that a row of ``PASSAGE_SQL`` holds, its text cut from the report's.

    Raises:
        DamagedRowError: If the row is not what was written.
    """
    start, end, part, period, extra, section, crc = row
    if _crc(row[:-1]) != crc or not 0 <= start <= end <= len(text):
        raise DamagedRowError(f"报告 {report_id} 的一个段落与存入时不一致")
    return Passage(
        passage_id=f"{report_id}@{start}-{end}",
        report_id=report_id,
        start=start,
        end=end,
        text=text[start:end],
        section=section_of(section),
        part=part,
        period=period,
        **_extra_fields(extra),
    )


def figure_values(figure: Figure, *, section: str) -> tuple[Any, ...]:
    """A figure as columns after report number and place in it; the section's number goes before the CRC."""
    span = passage_span(figure.passage_id)
    if span is None:
        raise ValueError(f"{figure.passage_id!r} is no passage id")
    low, high = figure.value if isinstance(figure.value, tuple) else (figure.value, None)
    row = (
        span.start, span.end, figure.place, figure.period, figure.indicator, figure.indicator_id, figure.role,
        figure.measure, str(low), None if high is None else str(high), figure.unit, figure.modality, figure.written,
        figure.start, figure.end, figure.quote_start, figure.quote_end, figure.part, float(figure.confidence),
        _extra_json(figure),
    )  # fmt: skip
    return (*row, _crc((*row, section)))


def figure_of(row: Sequence[Any]) -> Figure:
    """The figure that a row of ``FIGURE_SQL`` holds.

    Raises:
        DamagedRowError: If the row is not what was written.
    """
    (
        report_id, p_start, p_end, place, period, indicator, indicator_id, role, measure, low, high, unit, modality,
        written, start, end, quote_start, quote_end, part, confidence, extra, section, crc,
    ) = row  # fmt: skip
    if _crc(row[1:-1]) != crc:
        raise DamagedRowError(f"报告 {report_id} 的一条数据与存入时不一致")
    return Figure(
        report_id, f"{report_id}@{p_start}-{p_end}", place, period, indicator, indicator_id, role, measure,
        Decimal(low) if high is None else (Decimal(low), Decimal(high)),
        unit, modality, written, start, end, quote_start, quote_end, part, section_of(section), confidence,
        **_extra_fields(extra),
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def section_json(section: tuple[str, ...]) -> str:
    """A list of headings as the ``sections`` table keeps it."""
    return _json(section)


@lru_cache(maxsize=20_000)
def section_of(section: str) -> tuple[str, ...]:
    """The headings that ``section_json`` wrote; one tuple for equal ones."""
    return tuple(json.loads(section))


def _crc(values: Sequence[Any]) -> int:
    # Marshal's version 2 writes None, int, float and str alike in every Python since 2.5, and is four
    # times as fast as joining their reprs; a test holds the bytes.
    return zlib.crc32(marshal.dumps(tuple(values), 2))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _extra_json(noun: Report | Passage | Figure) -> str | None:
    later = _LATER_FIELDS[type(noun)]
    extra = {field.name: getattr(noun, field.name) for field in later if getattr(noun, field.name) != field.default}
    return _json(extra) if extra else None


def _extra_fields(extra: str | None) -> dict[str, Any]:
    if extra is None:
        return {}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in json.loads(extra).items()}
