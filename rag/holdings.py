"""Which reports a library holds for whom and when, as reading needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.numerals import small_count
from rag.types import Place, Report

ANSWERING = ("work_report", "partial")


_SESSION = re.compile(
    r"第?(?P<term>[一二三四五六七八九十]{1,3})届(?:人大|人民代表大会|人代会)第?(?P<n>[一二三四五六七八九十]{1,2})次(?:会议|全会)?"
)


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a people's congress as words name it; ``start`` and ``end`` span them."""

    term: int
    n: int
    name: str  # 二届一次
    start: int
    end: int


def session_named(text: str) -> Session | None:
    """The first session that ``text`` names (第二届人民代表大会第一次会议, 二届人大一次会议), or None."""
    match = _SESSION.search(text)
    if match is None:
        return None
    term, n = (small_count(match[g]) for g in ("term", "n"))
    return Session(term, n, f"{match['term']}届{match['n']}次", match.start(), match.end())


def _session_of(report: Report) -> Session | None:
    return session_named(report.meeting or "") or session_named(report.title)


def _in_time(report: Report) -> tuple[int, int, int, str, str]:
    """Sorts reports by year, then by the session of the congress: the one before an election, the one after it."""
    session = _session_of(report)
    term, n = (session.term, session.n) if session else (0, 0)
    return report.report_year or 0, term, n, report.delivered_on or "", report.report_id


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
        ordered = {code: tuple(sorted(rows, key=_in_time)) for code, rows in sorted(by_place.items())}
        return cls(ordered, everything)

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the places with reports."""
        return frozenset(self.by_place)

    def reports(self, place: Place, *, delivered: str = "") -> tuple[Report, ...]:
        """Reports of a place, oldest first.

        With ``delivered`` those of that month (2021-10) or that session of its congress (二届一次), if there are any;
        of years with two reports the first (年初) or the last (换届).
        """
        rows = self.by_place.get(place.code, ())
        if delivered in ("年初", "换届"):
            by_year = {r.report_year: r for r in (reversed(rows) if delivered == "年初" else rows)}
            return tuple(r for r in rows if by_year[r.report_year] is r)
        if "届" in delivered:
            rows = tuple(r for r in rows if (of := _session_of(r)) and of.name == delivered) or rows
        elif delivered:
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
