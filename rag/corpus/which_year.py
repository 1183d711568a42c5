"""The year of a report: evidence from plan headings, target sentences, review headings, title and date.

The report year is the year whose plan the report sets. Each piece of evidence says a year and weighs as
much as its kind deserves (domain: plan heading, target sentence, review heading, title, date of delivery);
the year with the greatest weight counts, so that one wrong title or one slip of a heading does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.corpus.compact import YEAR, Compact, small_number, year_number
from rag.corpus.head import Found, Head
from rag.types import Evidence

PLAN_WORDS = (
    r"工作安排|工作的安排|主要任务|重点任务|重点工作|工作打算|工作重点|工作部署|工作计划|工作的?建议|工作任务|目标任务|任务目标|"
    r"主要目标|总体要求|工作思路|总体思路|总体部署|奋斗目标|工作目标|发展目标|预期目标|工作意见|的任务|工作要点|总体安排|"
    r"工作总体|重要工作|目标和|工作举措|主要措施|工作展望|计划安排|发展计划|建设任务|工作设想"
)
REVIEW_WORDS = r"回顾|工作总结|工作情况|发展情况|完成情况|执行情况|取得的成绩|主要成绩|工作成绩|主要成就|发展成就|成效"
_OPEN = r"(?:(?<=\n)|^|(?<=[。;!]))"
_NUMBER = r"(?:[一二三四五六七八九十]{1,3}[、.,:]|\([一二三四五六七八九十]{1,3}\)[、.]?|第[一二三四五六]部分[:、]?|\d{1,2}[、.](?!\d))"
_HEADING = re.compile(rf"{_OPEN}(?P<number>{_NUMBER})?(?P<body>[^。,;!?\n]{{0,60}})")
_HEAD_YEAR = re.compile(rf"(?<![-~至到\d])(?P<year>{YEAR})年?(?!\d|[-~至])(?:度)?")
_TARGET = re.compile(
    rf"(?<![到至比在末底\d-])(?P<year>{YEAR})年(?!-|底|末|至|到)(?P<gap>[^。;\n]{{0,40}}?)"
    r"(?P<word>主要预期目标|预期目标|主要目标|奋斗目标|主要预期指标|目标任务|(?:政府)?工作的?总体(?:要求|思路)|总体要求)"
)
_SEASONED_MONTH = 11  # November and December belong to the next year's report
_WEIGHTS = {
    "plan heading": 6.0,
    "target sentence": 5.0,
    "review heading": 5.0,
    "delivery date": 4.0,
    "session": 4.0,
    "title": 3.0,
    "file name": 2.0,
    "body": 2.5,
}
_SESSION = re.compile(
    r"(?P<term>[一二三四五六七八九十\d]{1,3})届(?:全国人民代表大会|全国人大)(?:第?(?P<session>[一二三四五六七八九十\d]{1,3})次(?:会议|全会))"
)
_EARLY_SESSIONS = {
    (1, 1): 1954, (1, 2): 1955, (1, 3): 1956, (1, 4): 1957, (1, 5): 1958,
    (2, 1): 1959, (2, 2): 1960, (2, 3): 1962, (2, 4): 1963, (3, 1): 1964, (4, 1): 1975,
}  # fmt: skip
_PAST = re.compile(
    rf"(?<![到至\d-])(?P<year>{YEAR})年(?=[,]?(?:全[区县市省国]|我[区县市省国]|实现|完成|预计|初步|底|末|我们|新增|是|政府|工业|农业|国民|生产|地区|财政|末|[,]))"
)


@dataclass(frozen=True, slots=True)
class YearClue:
    """One piece of evidence: what kind it is, the report year that it says, its words."""

    kind: str
    year: int
    evidence: Evidence
    weight: float
    month: int | None = None


@dataclass(frozen=True, slots=True)
class YearReading:
    """The report year with its best evidence, or None; and every clue that was weighed."""

    year: int | None
    evidence: Evidence | None
    kind: str
    clues: tuple[YearClue, ...]

    @property
    def autumn(self) -> bool:
        """Whether it was given from August to October: a first session that looks back on its own year."""
        return any(c.kind == "delivery date" and c.month in (8, 9, 10) for c in self.clues)

    def agreeing(self, kind: str) -> bool:
        """Whether a clue of a kind says the year."""
        return any(c.kind == kind and c.year == self.year for c in self.clues)

    def contradicting(self, kind: str) -> YearClue | None:
        """The first clue of a kind that says another year."""
        return next((c for c in self.clues if c.kind == kind and c.year != self.year), None)


def read_year(
    text: Compact, *, head: Head, title: Found | None, delivered: Found | None, file_name: str, national: bool
) -> YearReading:
    """The report year of a text, weighed from all its evidence.

    Args:
        text: The whole text in compact form with line feeds.
        head: Its head.
        title: The title found in the text.
        delivered: The date of delivery found in the text.
        file_name: Name of the file, the weakest witness.
        national: Whether the place is the nation: its sessions tell the year.
    """
    clues = [*_heading_clues(text), *_target_clues(text)]
    if national:
        clues += _session_clues(text)
    if title is not None:
        clues += _title_clues(title)
    if delivered is not None:
        clues.append(_delivery_clue(delivered, clues))
    clues += _file_clues(file_name)
    decided = _weigh(clues)
    if decided.year is None or not any(c.weight >= 3 for c in decided.clues if c.kind != "file name"):
        decided = _weigh([*clues, *_body_clues(text)])
    return decided


def _weigh(clues: Sequence[YearClue]) -> YearReading:
    weights: Counter[int] = Counter()
    seen: set[tuple[str, int]] = set()
    for clue in clues:
        first = (clue.kind, clue.year) not in seen
        seen.add((clue.kind, clue.year))
        weights[clue.year] += clue.weight if first else clue.weight * 0.1
    if not weights:
        return YearReading(None, None, "", ())
    year = max(weights, key=lambda y: (weights[y], y))
    best = max((c for c in clues if c.year == year), key=lambda c: c.weight)
    return YearReading(year, best.evidence, best.kind, tuple(clues))


def _clue(kind: str, year: int, evidence: Evidence, *, share: float = 1.0) -> YearClue:
    return YearClue(kind, year, evidence, _WEIGHTS[kind] * share)


def _heading_clues(text: Compact) -> Iterator[YearClue]:
    """What headings say: 二、2018年主要工作安排 is 2018, 一、2017年工作回顾 is 2018 too."""
    for match in _HEADING.finditer(text.text):
        body, number = match["body"], match["number"]
        if not body or not re.search(r"[12]", body[:60].translate(_CHARS_TO_ONE)):
            continue
        ends_line = text.text[match.end() : match.end() + 1] in ("\n", "", "。", ":")
        if number is None and not (ends_line and len(body) <= 40):
            continue
        if number is not None and re.match(r"\d", number):
            continue
        for found in _HEAD_YEAR.finditer(body):
            year = year_number(found["year"])
            if year is None:
                continue
            rest = body[found.end() : found.end() + 34]
            word = re.search(rf"(?P<review>{REVIEW_WORDS})|(?P<plan>{PLAN_WORDS})", rest)
            bare = ends_line and re.fullmatch(r"(?:政府|全[市县区省]|我[市县区省])?(?:的?主要)?(?:的?工作)?", rest)
            if word is None and not bare:
                continue
            stop = found.end() + (word.end() if word else len(rest))
            evidence = text.evidence(match.start(), match.start("body") + stop)
            main = number is None or not number.startswith("(")
            if word is not None and word["review"]:
                yield _clue("review heading", year + 1, evidence, share=1.0 if main else 0.5)
            elif word is not None:
                yield _clue("plan heading", year, evidence, share=1.0 if main else 0.5)
            else:
                yield _bare_heading(text, match, year, evidence)


_CHARS_TO_ONE = {ord("二"): "2", ord("一"): "1"}


def _bare_heading(text: Compact, match: re.Match[str], year: int, evidence: Evidence) -> YearClue:
    """二、2019年工作 alone: a plan in the second half of the text, a review in the first."""
    if match.start() < len(text.text) * 0.2:
        return _clue("review heading", year + 1, evidence, share=0.5)
    return _clue("plan heading", year, evidence, share=0.5)


def _target_clues(text: Compact) -> Iterator[YearClue]:
    """2018年…主要预期目标: the plan's own sentence."""
    for match in _TARGET.finditer(text.text):
        year = year_number(match["year"])
        gap = match["gap"]
        if year is None or re.search(r"完成|超额|实现了|确定的|回顾|提出的|规划|五年|高于|低于", gap):
            continue
        if match.start() < len(text.text) * 0.08 and "2" not in gap:
            continue  # the opening sums up the review
        yield _clue("target sentence", year, text.evidence(match.start(), match.end()))


def _title_clues(title: Found) -> Iterator[YearClue]:
    """The year in the title, unless it belongs to a date."""
    for match in re.finditer(rf"(?P<year>{YEAR})年?(?!年?[\d一二三四五六七八九十]{{1,2}}月)", title.value):
        year = year_number(match["year"])
        if year is not None:
            yield _clue("title", year, title.evidence)
            return


def _delivery_clue(delivered: Found, clues: Sequence[YearClue]) -> YearClue:
    year, month = int(delivered.value[:4]), int(delivered.value[5:7])
    late = month >= _SEASONED_MONTH and year >= 1990
    return replace(_clue("delivery date", year + late, delivered.evidence), month=month)


def _file_clues(file_name: str) -> Iterator[YearClue]:
    years = [int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", file_name)]
    for year in dict.fromkeys(y for y in years if 1949 <= y <= 2100):
        yield _clue("file name", year, Evidence("file name", file_name), share=1.0 if len(set(years)) == 1 else 0.6)


def session_year(term: int, session: int) -> int | None:
    """The year in which a session of the National People's Congress met."""
    if (term, session) in _EARLY_SESSIONS:
        return _EARLY_SESSIONS[(term, session)]
    if term >= 5 and 1 <= session <= 5:
        return 1978 + 5 * (term - 5) + session - 1
    return None


def _session_clues(text: Compact) -> Iterator[YearClue]:
    """The session that the opening names; 以来 and 闭幕 mean the one before."""
    for match in _SESSION.finditer(text.text, 0, 2500):
        term, session = small_number(match["term"]), small_number(match["session"])
        year = session_year(term, session) if term and session else None
        if year is None:
            continue
        after = text.text[match.end() : match.end() + 14]
        if re.match(r"(?:闭幕)?(?:到现在|以来|以后|至今)", after):
            year = session_year(term + 1, 1) if "五年" in after and term else session_year(term, session + 1)  # type: ignore[operator]
            if year is None:
                continue
            yield _clue("session", year, text.evidence(match.start(), match.end()), share=0.8)
            return
        if re.search(r"决议|通过|批准|决定|选举|确定|提出", after) or re.search(r"根据|按照", text.text[match.start() - 8 : match.start()]):
            continue
        yield _clue("session", year, text.evidence(match.start(), match.end()))
        return


def _body_clues(text: Compact) -> Iterator[YearClue]:
    """The last year of which the first half of the text tells results: the report is of the next."""
    half = len(text.text) * 6 // 10
    counts: Counter[int] = Counter()
    where: dict[int, re.Match[str]] = {}
    for match in _PAST.finditer(text.text, 0, half):
        year = year_number(match["year"])
        if year is not None:
            counts[year] += 1
            where.setdefault(year, match)
    if not counts:
        return
    top = max(counts.values())
    year = max(y for y, n in counts.items() if n >= max(1, top * 0.3))
    match = where[year]
    yield _clue("body", year + 1, text.evidence(match.start(), match.end()))

