"""Words of an answer's text: reports, years, dates, places, speakers and denials must be those of the sources. Pure.

Also what is nearly a quote: a unit that repeats the source with a few characters changed is not shown.
``WordsCheck.fault`` says in Chinese what is wrong with a unit; its numbers are checked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from rag.checked_sheet import SHOULD, Reading, Sheet, place_fits, place_parts, tight
from rag.claims import (
    MARKER,
    MASK,
    QUALIFIERS,
    Mention,
    cells_of,
    clause_at,
    clause_spans,
    denials,
    last_indicator,
    marks_for,
    ordinal_end,
    periods_meant,
    view_of,
)  # fmt: skip
from rag.proof import Reread

_ALTERED_CHARS = 16  # a shorter stretch with a number is no quote that somebody changed
_ALTERED_WORDS = 10  # one without
_ALTERED = 80  # likeness (per cent) from which on it is one
_LABEL = re.compile(
    r"[（(][^（()）]{1,8}[）)][：:]|(?:target|result|cumulative|goal):"
)  # 增长（目标）：6%, a statement
_LIBRARY = re.compile(r"现有|库中|报告有|有报告|收录|共有\S{0,6}报告|reports? held|library")
_ORDINAL_HEAD = re.compile(r"\(?[\d一二三四五六七八九十①-⑳]{1,3}[.、)]?")


class WordsCheck:
    """Checks the words of one sheet's units."""

    def __init__(self, sheet: Sheet) -> None:
        """Keep the sheet."""
        self.sheet = sheet

    def fault(self, reading: Reading) -> str | None:
        """What is wrong with the words of a unit, in Chinese, or None."""
        checks = (
            self._report_fault, self._equal_fault, self._year_fault, self._date_fault, self._where_fault, self._no_fault, self._who_fault,
            self._lead_fault,
        )  # fmt: skip
        return next((fault for check in checks if (fault := check(reading))), None)

    def alters_quote(self, reading: Reading) -> bool:
        """Whether a unit, or a cell of a row, is a quote with some characters changed, or one with another's marker."""
        unit = reading.unit
        if not unit.marks:
            return False
        kept = list(unit.text)
        for match in (*MARKER.finditer(unit.text), *re.finditer(r"「[^」]*」|『[^』]*』", unit.text)):
            kept[match.start() : match.end()] = MASK * (match.end() - match.start())
        for a, b, n in self.sheet.protected:
            if unit.start <= a and b <= unit.end and n in marks_for(unit, a - unit.start):
                kept[a - unit.start : b - unit.start] = MASK * (b - a)
        for a, b in cells_of(unit.text) if unit.kind == "row" else [(ordinal_end(unit), len(unit.text))]:
            words = tight("".join(kept[a:b])).replace(MASK, "")
            own = [n for _, n in unit.marks]
            if (
                len(words) >= 4
                and any(words == q for n, q in self.sheet.quotes.items() if n not in own)
                and not self.sheet.verbatim(words, own)
            ):
                return True
            if self.sheet.verbatim(words, own) or len(words) < _ALTERED_WORDS or _LABEL.search(words):
                continue
            told = re.sub(r"^[^：:]{1,30}[：:]", "", words)  # 全国2017年政府工作报告：…
            forms = {_letters(form) for form in (words, told) if len(form) >= _ALTERED_WORDS}
            cited = [(_letters(quote), n in own) for n, quote in self.sheet.quotes.items()]
            if any(_nearly(form, quote, own=mine) for form in sorted(forms) for quote, mine in cited):
                return True
        mark = tight(view_of(unit.text[: ordinal_end(unit)]))
        rest = tight("".join(kept[ordinal_end(unit) :])).replace(MASK, "")
        if re.match(r"[\d(一二三四五六七八九十①-⑳]", mark) and len(rest) >= _ALTERED_CHARS:
            quotes = [view_of(q) for q in self.sheet.quotes.values()]
            return any(
                view_of(rest) in q and not q.startswith(mark) and _ORDINAL_HEAD.match(q) and q.find(view_of(rest)) < 8
                for q in quotes
            )
        return False

    def _equal_fault(self, reading: Reading) -> str | None:
        """两者相等: a computed difference of nought, with both its sources."""
        if not re.search(r"两者相等|两者相同|are equal", reading.view):
            return None
        marks = {n for _, n in reading.unit.marks}
        derived = self.sheet.grounds.derived
        return None if any(d.value == 0 and marks == set(d.citations) for d in derived) else "所说的相等没有依据"

    def _lead_fault(self, reading: Reading) -> str | None:
        """主要预期目标：before quotes that are none: a lead must fit something of what it leads."""
        told = [m for m in reading.of("role", "period") if not m.denied and not m.weak]
        below = self.sheet.led(reading)
        if not reading.unit.introduces or reading.unit.marks or not told or not below:
            return None
        for mention in told:
            if not any(self._heads(mention, n) for n in below):
                return "引语所说的时期或性质与下文不符"
        return None

    def _heads(self, mention: Mention, n: int) -> bool:
        """Whether a period or role that a lead names is that of a figure or of the part of a citation."""
        citation = self.sheet.grounds.citations[n]
        again = self.sheet.grounds.reports[citation.report_id]
        meant = periods_meant(mention.value, again.clock)
        if mention.kind == "role":
            ahead = citation.part in ("plan", "livelihood", "term_plan")
            by_part = citation.part != "unknown" and ("target" in mention.value.split()) == ahead
            return by_part or any(h.figure.role in mention.value.split() for h in self.sheet.proved(n))
        return again.clock.period_of(citation.part) in meant or any(
            h.figure.period in meant for h in self.sheet.proved(n)
        )

    def _cited_reports(self, reading: Reading) -> list[Reread]:
        marks = [n for _, n in reading.unit.marks if n in self.sheet.grounds.citations]
        cited = (
            [self.sheet.grounds.citations[n] for n in marks] if marks else list(self.sheet.grounds.citations.values())
        )
        return list({c.report_id: self.sheet.grounds.reports[c.report_id] for c in cited}.values())

    def _report_fault(self, reading: Reading) -> str | None:
        """沈河区2020年政府工作报告: the report must be the one cited, or the one that the answer could not lean on."""
        for mention in reading.of("report"):
            if should := SHOULD.search(reading.view[max(0, mention.start - 24) : mention.start]):
                if self._should_not(reading, mention, should.group("what")):
                    return "所说的报告年份没有依据"
                continue
            places = [m for m in reading.of("place") if m.end <= mention.start and mention.start - m.end <= 4]
            if not self._is_right_report(reading, mention, places[-1:]):
                return "所说的报告不是引文的报告"
        return None

    def _should_not(self, reading: Reading, mention: Mention, what: str | None) -> bool:
        """Whether a report that ought to hold what is asked is of the wrong year, or is there after all."""
        asked = [m for m in reading.of("period") if m.end <= mention.start and re.fullmatch(r"\d{4}", m.value)]
        shift = self._shift(reading, what)
        if asked and shift is not None and int(asked[-1].value) + shift != int(mention.value):
            return True
        return self._is_held(mention, reading.of("place")[:1]) or mention.value not in self._report_years(what)

    def _shift(self, reading: Reading, what: str | None) -> int | None:
        """How many years after what is asked the report lies that should hold it: none for targets, one for results."""
        roles = {m.value for m in reading.of("role") if m.denied}
        told = what or ("" if len(roles) != 1 else "目标" if "target" in roles.pop() else "结果")
        return {"目标": 0, "结果": 1, "完成": 1}.get(told)

    def _is_right_report(self, reading: Reading, mention: Mention, places: Sequence[Mention]) -> bool:
        """Whether a report that a unit names is one that it cites, leads to, or rightly says nothing of."""
        unit = reading.unit
        below = self.sheet.led(reading)
        marks = [n for _, n in unit.marks if n in self.sheet.grounds.citations] or below
        if not marks and (mention.denied or not self.sheet.grounds.citations):
            known = mention.value in self._report_years() or not self._report_years()
            return known and (not self.sheet.grounds.held or self._is_held(mention, places))
        cited = [self.sheet.grounds.citations[n].report_id for n in marks] or list(self.sheet.grounds.reports)
        reports = [self.sheet.grounds.reports[i].report for i in cited]
        return any(
            str(r.report_year) == mention.value and all(place_fits(p, r.place, r) for p in places) for r in reports
        )

    def _is_held(self, mention: Mention, places: Sequence[Mention]) -> bool:
        """Whether the library holds the report of that year and place, as far as it is known."""
        asked = self.sheet.draft.reading.places
        for report in self.sheet.grounds.held:
            there = all(place_fits(p, report.place, report) for p in places[-1:]) and (places or report.place in asked)
            if str(report.report_year) == mention.value and there:
                return True
        return False

    def _report_years(self, what: str | None = None) -> set[str]:
        """The years of the reports that should answer the question: its own for targets, for results the next one."""
        reading = self.sheet.draft.reading
        asked = self.sheet.asked_years()
        later = {str(int(y) + 1) for y in asked}
        if any("-" in p for p in (*reading.periods, *(m.period for m in self.sheet.draft.missing))):
            return asked | later | {str(int(min(asked)) - 1)}  # a term's goals stand in the report before it, too
        if (
            reading.kind == "about-report"
            or what == "目标"
            or (reading.roles and set(reading.roles) <= {"target", "plan"})
        ):
            return asked
        return later if what in ("结果", "完成") else asked | later

    def _year_fault(self, reading: Reading) -> str | None:
        """Each year that is named is one of the reports, the question, the reading or the cited words."""
        years = {y for m in reading.of("period") for y in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", m.value)}
        if _LIBRARY.search(reading.view):
            return None if self._library_ok(reading) else "所说的馆藏年份与报告库不同"
        if not years:
            return None
        if SHOULD.search(reading.view):
            years -= self._report_years()
        known = (
            self.sheet.asked_years()
            if re.search(r"共\d+个地方|\d+ of \d+ places", reading.view)
            else self._known_years(reading)
        )
        unknown = years - known
        return f"{min(unknown)}年在原文和问题里都没有依据" if unknown else None

    def _library_ok(self, reading: Reading) -> bool:
        """Years of reports that the library is said to hold; unknown holdings are taken on trust."""
        if not self.sheet.grounds.held:
            return True
        spans = [re.findall(r"\d{4}", m.value) for m in reading.of("period") if not m.denied]
        counted = [str(y) for s in spans if s for y in range(int(s[0]), int(s[-1]) + 1)]
        said = set(counted)
        if len(counted) > len(said):
            return False
        mentions = reading.of("place")
        asked = set(self.sheet.draft.reading.places)
        have = {
            str(r.report_year)
            for r in self.sheet.grounds.held
            if any(place_fits(m, r.place, r) for m in mentions) or (not mentions and (not asked or r.place in asked))
        }
        whole = len(mentions) + (not mentions) * len(asked) == 1 and said and "等" not in reading.view
        return said == have if whole else said <= have

    def _known_years(self, reading: Reading) -> set[str]:
        draft = self.sheet.draft
        words = [
            self.sheet.question,
            *draft.reading.periods,
            *(m.period for m in draft.missing),
            *self.sheet.grounds.allowed,
        ]
        words += [c.figure.period for c in (*self.sheet.grounds.figures, *self.sheet.grounds.related)]
        for again in self._cited_reports(reading):
            report, clock = again.report, again.clock
            words += [
                str(report.report_year),
                str(report.result_year),
                report.delivered_on or "",
                report.published_on or "",
            ]
            words += [f"{span[0]} {span[1]}" for span in (clock.past, clock.ahead) if span]
        marks = [n for _, n in reading.unit.marks] or list(self.sheet.grounds.citations)
        for n in marks:
            if n in self.sheet.grounds.citations:
                citation = self.sheet.grounds.citations[n]
                words += [view_of(citation.quote), view_of(" ".join(citation.section))]
                words += [h.figure.period for h in self.sheet.proved(n)]
        return set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", " ".join(words)))

    def _date_fault(self, reading: Reading) -> str | None:
        """Dates are those of the reports, or stand in a cited quote."""
        for mention in reading.of("date"):
            reports = [again.report for again in self._cited_reports(reading)]
            if not reading.unit.marks:
                reports += [r for r in self.sheet.grounds.held if r.place in self.sheet.draft.reading.places]
                if not reports and self.sheet.draft.reading.kind == "about-report":
                    continue
            recorded = [d for r in reports for d in (r.delivered_on, r.published_on) if d]
            marks = [n for _, n in reading.unit.marks if n in self.sheet.grounds.citations] or list(
                self.sheet.grounds.citations
            )
            quotes = [tight(view_of(self.sheet.grounds.citations[n].quote)) for n in marks]
            if any(tight(reading.view[mention.start : mention.end]) in quote for quote in quotes):
                continue
            month = re.fullmatch(r"((?:19|20)\d\d)-(\d\d)", mention.value)
            if (
                month
                and month.group(1) in self._known_years(reading)
                and any(f"{int(month.group(2))}月" in quote for quote in quotes)
            ):
                continue
            if reading.unit.marks and not any(re.search(r"月|\d-\d|\d/\d|\d\.\d", quote) for quote in quotes):
                return "引文里没有日期"
            if not any(
                d == mention.value or d.endswith(mention.value) or d.startswith(mention.value) for d in recorded
            ):
                return "日期与报告的记录不同"
        return None

    def _where_fault(self, reading: Reading) -> str | None:
        """Words that cite a report speak of its place."""
        grounds = self.sheet.grounds
        library = bool(grounds.held) and _LIBRARY.search(reading.view) is not None and not denials(reading.view)
        for mention in reading.of("place"):
            if mention.weak or mention.value in ("全国", "我国", "全省", "全市", "全州"):
                continue
            words = reading.view[mention.start : mention.end]
            if library:
                if not any(place_fits(mention, r.place, r) for r in grounds.held):
                    return f"库中没有“{words}”的报告"
            elif not self._belongs(mention, words, reading):
                return f"“{words}”不是所引报告的地方"
        return None

    def _belongs(self, mention: Mention, words: str, reading: Reading) -> bool:
        """Whether a place is that of a cited report, stands in its quote, or (without a marker) is asked for."""
        sheet, grounds = self.sheet, self.sheet.grounds
        marks = [n for _, n in reading.unit.marks if n in grounds.citations]
        reports = [again.report for again in self._cited_reports(reading)]
        if any(place_fits(mention, r.place, r) for r in reports):
            return True
        if any(words in view_of(grounds.citations[n].quote) for n in marks or grounds.citations):
            return True
        names = mention.value.split("\n")
        if mention.denied and words in sheet.question:
            return True
        known = {c.figure.place for c in (*grounds.figures, *grounds.related) if not marks or c.citation in marks}
        if not marks:
            known |= {*sheet.draft.reading.places, *(m.place for m in sheet.draft.missing)}
            if words in sheet.question or any(place_parts(name)[-1] in sheet.question for name in names):
                return True
        return any(place in names or place.endswith(mention.value) for place in known) or not (
            marks or known or reports
        )

    def _no_fault(self, reading: Reading) -> str | None:
        """没有给出2020年的目标: what is denied must be what was asked."""
        numbers = [s.start for s in reading.numbers if not re.match(r"[A-Za-z]", reading.view[s.start : s.end])]
        told = [m for m in reading.mentions if m.denied and not m.weak]
        told = [m for m in told if not any(a <= n < b for n in numbers for a, b in [clause_at(reading.view, m.start)])]
        asked = self.sheet.draft.reading
        periods = {
            y
            for p in (*asked.periods, *(m.period for m in self.sheet.draft.missing))
            for y in re.findall(r"(?:19|20)\d\d", p)
        }
        periods |= set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", self.sheet.question))
        for mention in told:
            years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", mention.value)
            if mention.kind == "period" and periods and years and not set(years) <= periods:
                return "否认的时期不是所问的时期"
            if mention.kind == "role" and asked.roles and not set(mention.value.split()) & set(asked.roles):
                return "否认的不是所问的（目标或完成）"
        if self._misplaced(reading):
            return "所说的时期不在那份报告里"
        for a, b in clause_spans(reading.view):
            if not any(a <= d[0] < b for d in denials(reading.view)) or any(a <= n < b for n in numbers):
                continue
            named_here = last_indicator(reading.view[a:b])
            wanted = " ".join((self.sheet.question, *asked.indicators))
            ids = {last_indicator(w) for w in (self.sheet.question, *asked.indicators)} - {None}
            if named_here is not None and ids and named_here not in ids:
                return "否认的不是所问的指标"
            if any(w not in wanted for w in QUALIFIERS.findall(reading.view[a:b])):
                return "否认的不是所问的指标"
        return None

    def _misplaced(self, reading: Reading) -> bool:
        """Whether a denial looks for a year's target or result in another year's report."""
        denied = [m for m in reading.mentions if m.denied]
        reports = [m for m in denied if m.kind == "report"]
        periods = [m for m in denied if m.kind == "period" and re.fullmatch(r"\d{4}", m.value)]
        roles = {m.value for m in denied if m.kind == "role"}
        if len(reports) != 1 or len(periods) != 1 or len(roles) != 1:
            return False
        year, period = int(reports[0].value), int(periods[0].value)
        ahead = "target" in roles.pop()
        results = {
            r.result_year
            for r in self.sheet.grounds.held
            if r.report_year == year and r.place in self.sheet.draft.reading.places
        }
        return period < year if ahead else period not in (results - {None} or {year - 1})

    def _who_fault(self, reading: Reading) -> str | None:
        """由某某作报告: the speaker is the one recorded."""
        match = re.search(
            r"由([^，。,\s]{2,12}?)(?:同志|代表[^作]{0,12})?作(?:政府工作)?报告|delivered by (\S{2,30}?)(?:\s?\x1f|\.|$)",
            reading.view,
        )
        if match is None:
            return None
        name = match.group(1) or match.group(2)
        reports = [again.report for again in self._cited_reports(reading)]
        if not reading.unit.marks:
            reports += [r for r in self.sheet.grounds.held if r.place in self.sheet.draft.reading.places]
        marks = [n for _, n in reading.unit.marks if n in self.sheet.grounds.citations]
        if marks:
            proved = any(tight(name) in self.sheet.quotes[n] for n in marks)
        else:
            proved = not reports or any(name == r.speaker for r in reports)
        return None if proved else "报告人与记录或引文不同"


# -- small things ----------------------------------------------------------------------------------


def _letters(words: str) -> str:
    """``words`` in one form for each sign, without marks between them."""
    return re.sub(r"[^\w%‰.]", "", view_of(words))


def _nearly(words: str, quote: str, *, own: bool) -> bool:
    """Whether ``words`` are a stretch of ``quote`` with something changed inside; additions at an end do not count."""
    if quote in words or words in quote:
        return not own and min(len(quote), len(words)) >= _ALTERED_WORDS  # verbatim, with another's marker
    if len(words) >= len(quote) - 4 or re.search(r"\d", words):
        return fuzz.ratio(words, quote) >= _ALTERED and _changed_inside(words, quote, (True, True))
    found = fuzz.partial_ratio_alignment(words, quote, score_cutoff=_ALTERED)
    if found is None:
        return False
    edges = (found.dest_start == 0, found.dest_end == len(quote))
    return _changed_inside(words, quote[found.dest_start : found.dest_end], edges)


def _changed_inside(words: str, source: str, edges: tuple[bool, bool]) -> bool:
    """Whether something of ``source`` was changed: between stretches that both share, or its own first or last words."""
    blocks = list(Levenshtein.opcodes(words, source))
    shared = [i for i, b in enumerate(blocks) if b.tag == "equal" and b.src_end - b.src_start >= 3]
    if len(shared) != 1:
        return len(shared) > 1
    head, tail = blocks[: shared[0]], blocks[shared[0] + 1 :]
    return any(edge and any(b.tag == "replace" for b in side) for edge, side in zip(edges, (head, tail), strict=True))
