"""Which reports a library holds for whom and when, as reading needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.types import Place, Report

ANSWERING = ("work_report", "partial")


@dataclass(frozen=True, slots=True)
class Holdings:
    """The reports that may answer, by place; oldest first."""

    by_place: dict[str, tuple[Report, ...]]
    listed: tuple[Report, ...] = field(default=())  # everything, other papers and copies too

    @classmethod
    def of(cls, reports: Iterable[Report]) -> Holdings:
        """Holdings of all reports of a catalogue."""
        everything = tuple(reports)
        by_place: dict[str, list[Report]] = {}
        for report in everything:
            if report.kind in ANSWERING and report.duplicate_of is None and report.place_code:
                by_place.setdefault(report.place_code, []).append(report)
        ordered = {
            code: tuple(sorted(rows, key=lambda r: (r.report_year or 0, r.delivered_on or "", r.report_id)))
            for code, rows in sorted(by_place.items())
        }
        return cls(ordered, everything)

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the places with reports."""
        return frozenset(self.by_place)

    def reports(self, place: Place, *, delivered: str = "") -> tuple[Report, ...]:
        """Reports of a place, oldest first; with ``delivered`` (2021-10) those of that month, if there are any."""
        rows = self.by_place.get(place.code, ())
        if delivered:
            rows = tuple(r for r in rows if (r.delivered_on or "").startswith(delivered)) or rows
        return rows

    def newest(self, place: Place) -> Report | None:
        """The newest report of a place, or None."""
        rows = [r for r in self.by_place.get(place.code, ()) if r.report_year]
        return rows[-1] if rows else None

    def years(self, place: Place | str) -> tuple[int, ...]:
        """The report years held of a place, or of the place with that code, ascending."""
        code = place if isinstance(place, str) else place.code
        return tuple(sorted({r.report_year for r in self.by_place.get(code, ()) if r.report_year}))
