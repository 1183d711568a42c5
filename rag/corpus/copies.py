"""Copies of one report: which text answers, which are listed as its duplicates, which differ in figures.

One identity is place + report year + kind + day of delivery. Nearly equal texts of one identity are copies: the
longest uncut one answers. Texts of one identity whose figures differ are both kept, and both say so. Nothing
is compared across places or years.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.corpus.fold import fold_text
from rag.types import Report

_SHINGLE = 9  # characters
_CONTAINED = 0.85  # share of the shorter text's shingles found in the longer
_READ_KINDS = ("work_report", "partial")  # an excerpt of a report is a copy of it
_CONTEXT = 10  # characters in front of a number that say which number it is
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SHOWN = 3  # figures named in a notice


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that two texts of one report give differently: the words in front, and both numbers."""

    words: str
    first: str
    second: str


def same_identity(a: Report, b: Report) -> bool:
    """Whether two reports have one identity: place, year, kind, and no two different days of delivery."""
    if not a.place_code or a.place_code == "unknown" or a.report_year is None:
        return False
    if (a.place_code, a.report_year, _kind(a)) != (b.place_code, b.report_year, _kind(b)):
        return False
    if a.delivered_on is None or b.delivered_on is None:
        return True
    return a.delivered_on.startswith(b.delivered_on) or b.delivered_on.startswith(a.delivered_on)


def settle_copies(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The same reports in the same order, each with ``duplicate_of`` set or cleared, and notices.

    Args:
        reports: Reports that may be copies of one another; those of one place and year together.

    Returns:
        Of each text the uncut copy that says who spoke and when, then the longest, keeps ``duplicate_of`` None;
        copies name its id, and so do excerpts of a report that is there whole. Texts of one identity with other
        figures are kept, with a notice in both; so are texts with little in common (two sessions in one year).
    """
    groups: dict[tuple[str, int | None, str], list[int]] = defaultdict(list)
    for i, report in enumerate(reports):
        groups[(report.place_code, report.report_year, _kind(report))].append(i)
    settled = [replace(r, duplicate_of=None, notices=_without_copy_notices(r.notices)) for r in reports]
    for members in groups.values():
        if len(members) > 1:
            _settle_group(settled, members)
    return tuple(settled)


def nearly_equal(a: str, b: str) -> bool:
    """Whether the shorter text is nearly all found in the longer, figures aside."""
    return containment(a, b) >= _CONTAINED


def containment(a: str, b: str) -> float:
    """Share of the shorter text's shingles that the longer one has; numbers count as equal."""
    first, second = _shingles(a), _shingles(b)
    shorter, longer = sorted((first, second), key=len)
    return len(shorter & longer) / len(shorter) if shorter else 0.0


def differing_figures(a: str, b: str) -> tuple[Difference, ...]:
    """Numbers that stand behind the same words in both texts and are not the same, in the order of ``a``.

    Only words that stand once in each text count, so that 增长 alone pairs nothing.
    """
    first, second = _figures(_spoken(a)), _figures(_spoken(b))
    return tuple(
        Difference(words, number, second[words])
        for words, number in first.items()
        if words in second and _value(number) != _value(second[words])
    )


def _spoken(text: str) -> str:
    """The text from 各位代表 on; what stands above (dates of pages, addresses) is no figure of the report."""
    start = text.find("各位代表", 0, len(text) // 3)
    return text[max(0, start) :]


def _settle_group(settled: list[Report], members: Sequence[int]) -> None:
    """Decide within one place, year and kind; best copy first."""
    order = sorted(members, key=lambda i: _worth(settled[i]))
    kept: list[int] = []
    for i in order:
        report = settled[i]
        for k in kept:
            best = settled[k]
            if not same_identity(best, report):
                continue
            excerpt = best.complete and report.kind == "partial"
            if excerpt or report.text_sha256 == best.text_sha256 or nearly_equal(best.text, report.text):
                other = differing_figures(best.text, report.text)
                if not other:
                    settled[i] = replace(report, duplicate_of=best.report_id, notices=(*report.notices, _copy_of(best)))
                    break
                settled[k] = replace(best, notices=(*best.notices, _differs_from(report, other, swap=False)))
                report = replace(report, notices=(*report.notices, _differs_from(best, other, swap=True)))
                settled[i] = report
        else:
            kept.append(i)


def _kind(report: Report) -> str:
    return "work_report" if report.kind in _READ_KINDS else report.kind


def _worth(report: Report) -> tuple[bool, bool, int, int, str]:
    """Sort key: uncut, whole, saying who spoke and when, and long ones come first; then by id."""
    untold = (report.speaker is None) + (report.delivered_on is None)
    return (not report.complete, report.kind == "partial", untold, -len(report.text), report.report_id)


_COPY_NOTICES = ("同一篇报告的副本", "同一篇报告还有")


def _without_copy_notices(notices: Sequence[str]) -> tuple[str, ...]:
    return tuple(n for n in notices if not n.startswith(_COPY_NOTICES))


def _copy_of(best: Report) -> str:
    return f"同一篇报告的副本，回答时用 {best.report_id}（{best.source}）。"


def _differs_from(other: Report, differences: Sequence[Difference], *, swap: bool) -> str:
    pairs = [(d.words[-8:], *((d.second, d.first) if swap else (d.first, d.second))) for d in differences[:_SHOWN]]
    shown = "；".join(f"“{words}”{own} 与 {others}" for words, own, others in pairs)
    return (
        f"同一篇报告还有另一份文本 {other.report_id}（{other.source}），"
        f"有 {len(differences)} 处数字不同：{shown}。两份都保留。"
    )


def _shingles(text: str) -> set[int]:
    """Hashes of the text's shingles, numbers made one sign and marks left out."""
    plain = re.sub(r"\d+", "0", re.sub(r"[^\w]|_", "", fold_text(text)))
    return {hash(plain[i : i + _SHINGLE]) for i in range(max(1, len(plain) - _SHINGLE + 1))}


def _figures(text: str) -> dict[str, str]:
    """Number by the words in front of it, for words that stand once."""
    plain = fold_text(text)
    found: dict[str, str] = {}
    repeated: set[str] = set()
    for match in _NUMBER.finditer(plain):
        words = plain[max(0, match.start() - _CONTEXT) : match.start()]
        if match.end() == len(plain):  # a copy cut within a number
            continue
        if len(words) < _CONTEXT or re.search(r"\d", words[-2:]) or re.search(r"[\[(〔]$", words):
            continue
        if words in found:
            repeated.add(words)
        found[words] = match[0]
    return {w: n for w, n in found.items() if w not in repeated}


def _value(number: str) -> str:
    """A number without thousands marks and trailing zeros behind the point."""
    plain = number.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
