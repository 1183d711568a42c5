"""The year of a report: evidence from plan headings, target sentences, review headings, title and date.

The report year is the year whose plan the report sets. Each piece of evidence says a year and weighs as
much as its kind deserves (domain: plan heading, target sentence, review heading, title, date of delivery);
the year with the greatest weight counts, so that one wrong title or one slip of a heading does not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.corpus.compact import YEAR, Compact, small_number, year_number
from rag.corpus.head import Found
from rag.types import Evidence

PLAN_WORDS = (
    r"工作安排|工作的安排|主要任务|重点任务|重点工作|工作打算|工作重点|工作部署|工作计划|工作的?建议|工作任务|"
    r"目标任务|任务目标|主要目标|总体要求|工作思路|总体思路|总体部署|奋斗目标|工作目标|发展目标|预期目标|工作意见|"
    r"的任务|工作要点|总体安排|工作总体|重要工作|目标和|工作举措|主要措施|工作展望|计划安排|发展计划|建设任务|工作设想"
)
REVIEW_WORDS = (
    r"回顾|工作总结|工作情况|发展情况|完成情况|执行情况|取得的成绩|主要成绩|工作成绩|主要成就|发展成就|成效|"
    r"取得|迈出|迈上|再上|登上|实现了|完成了|进展"
)
_OPEN = r"(?:(?<=\n)|^|(?<=[。;!]))"
_NUMBER = (
    r"(?:[一二三四五六七八九十]{1,3}[、.,:]|\([一二三四五六七八九十]{1,3}\)[、.]?|第[一二三四五六]部分[:、]?|"
    r"\d{1,2}[、.](?!\d))"
)
_HEADING = re.compile(rf"{_OPEN}(?P<number>{_NUMBER})?(?P<body>[^。,;!?\n]{{0,60}})")
_HEAD_YEAR = re.compile(rf"(?<![-~至到\d])(?P<year>{YEAR})年?(?!\d|[-~至])(?:度)?")
_MAY_BE_YEAR = re.compile(r"[12]\d\d|[一二][九〇○零0Oo]")
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
    "session": 6.0,
    "estimate": 4.0,
    "opening year": 3.0,
    "term": 3.0,
    "title": 3.0,
    "body": 2.5,
    "file name": 2.0,
    "publication": 1.5,
}
_OLD = 1990  # before, the nation's reports set the plan of the year in which they were given, whatever the month
_SESSION = re.compile(
    r"(?P<term>[一二三四五六七八九十\d]{1,3})届(?:全国人民代表大会|全国人大|人大)(?:第?(?P<session>[一二三四五六七八九十\d]{1,3})次(?:会议|全会))?"
)
_SELF = re.compile(r"[向在](?:[^,。;]{0,12})第?$")  # 向第一届全国人民代表大会第二次会议提出
_SINCE = re.compile(r"(?:闭幕|召开)?(?:到(?:现在|我们|这次|本次)|以来|以后|至今)")
_EARLY_SESSIONS = {
    (1, 1): 1954, (1, 2): 1955, (1, 3): 1956, (1, 4): 1957, (1, 5): 1958,
    (2, 1): 1959, (2, 2): 1960, (2, 3): 1962, (2, 4): 1963, (3, 1): 1964, (4, 1): 1975,
}  # fmt: skip
_PAST = re.compile(
    rf"(?<![到至\d-])(?P<year>{YEAR})年"
    r"(?=,?(?:[全我][区县市省国]|实现|完成|预计|初步|底|末|我们|新增|政府|工业|农业|国民|生产|地区|财政))"
)
_OPENING_YEAR = re.compile(
    rf"(?:^|[\n。])(?:刚刚过去的|过去的|即将过去的)?(?P<year>{YEAR})年"
    r"(?:,|以来|是|我|全|区|县|市|省|政府|面对|在|工作|经济|主要)"
)
_ESTIMATE = re.compile(rf"(?P<year>{YEAR})年[^。,]{{0,15}},?预计|预计(?P<after>{YEAR})年")
_HORIZON = re.compile(r"到(?P<year>20\d[05])年")


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
    text: Compact,
    *,
    title: Found | None,
    delivered: Found | None,
    published: Found | None,
    file_name: str,
    label: str = "",
    national: bool = False,
) -> YearReading:
    """The report year of a text, weighed from all its evidence.

    Args:
        text: The whole text in compact form with line feeds.
        title: The title found in the text.
        delivered: The date of delivery found in the text.
        published: The date of publication found in the text.
        file_name: Name of the file, the weakest witness.
        label: The title of a table or page, as weak.
        national: Whether the place is the nation: its sessions tell the year.
    """
    clues = [*_heading_clues(text), *_target_clues(text)]
    if national:
        clues = [replace(c, weight=c.weight * 0.3) if c.year < _OLD else c for c in clues]
        clues += [*_session_clues(text), *_estimate_clues(text)]
    if title is not None:
        clues += _title_clues(title)
    if delivered is not None:
        clues.append(_delivery_clue(delivered, national=national))
    if published is not None:
        clues.append(_publication_clue(published))
    clues += _file_clues(file_name, origin="file name")
    if title is None:
        clues += _file_clues(label, origin="metadata")
    decided = _weigh(clues)
    if decided.year is None or decided.kind in ("file name", "publication") or _thin(decided):
        more = [*_opening_clues(text), *_body_clues(text)]
        if not any(c.kind == "plan heading" for c in clues):
            more += _term_clues(text)
        decided = _weigh([*clues, *more])
    if decided.year is None:
        decided = _weigh([*_any_year_clue(text)])
    return decided


def year_of_account(reading: YearReading) -> YearReading:
    """The year that a paper without a plan accounts for: its title's, or that of its review heading."""
    if {"plan heading", "review heading"} <= {clue.kind for clue in reading.clues}:
        return reading
    for kind, back in (("title", 0), ("review heading", 1), ("file name", 0)):
        for clue in reading.clues:
            if clue.kind == kind:
                return replace(reading, year=clue.year - back, evidence=clue.evidence, kind=kind)
    return reading


def _thin(reading: YearReading) -> bool:
    """Whether all the text says for the year is weaker than one clear heading."""
    return sum(c.weight for c in reading.clues if c.year == reading.year and c.kind != "file name") < 4


def _weigh(clues: Sequence[YearClue]) -> YearReading:
    weights: dict[int, float] = defaultdict(float)
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
        if not body or not _MAY_BE_YEAR.search(body):
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
            if re.search(r"确定|完成|通过|提出|会议|截至|比", body[: found.start()]):
                continue  # 较好完成了二次会议确定的1994年的工作任务
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


def _bare_heading(text: Compact, match: re.Match[str], year: int, evidence: Evidence) -> YearClue:
    """三、2019年主要工作 alone: a plan under 二 or 三 or late in the text, a review at its begin."""
    number = match["number"] or ""
    early = match.start() < len(text.text) * 0.2
    if early and not number.startswith(("二", "三")):
        return _clue("review heading", year + 1, evidence, share=0.5)
    return _clue("plan heading", year, evidence, share=1.0 if number.startswith(("二", "三", "四")) else 0.5)


def _target_clues(text: Compact) -> Iterator[YearClue]:
    """2018年…主要预期目标: the plan's own sentence."""
    for match in _TARGET.finditer(text.text):
        year = year_number(match["year"])
        gap = match["gap"]
        if year is None or re.search(r"完成|超额|实现了|确定的|回顾|提出的|规划|五年|高于|低于", gap):
            continue
        if re.search(r"(?:确定|提出|通过|下达)的|完成了?", text.text[max(0, match.start() - 8) : match.start()]):
            continue
        if match.start() < len(text.text) * 0.08 and "2" not in gap:
            continue  # the opening sums up the review
        # 2020年实现"翻两番、三步走"奋斗目标: a far goal, no plan of that year
        far = match["word"] == "奋斗目标" or re.search(r"翻[一两]番|小康|现代化|远景|倍", gap)
        yield _clue("target sentence", year, text.evidence(match.start(), match.end()), share=0.2 if far else 1.0)


def _title_clues(title: Found) -> Iterator[YearClue]:
    """The year in the title, unless it belongs to a date."""
    for match in re.finditer(rf"(?P<year>{YEAR})年?(?!年?[\d一二三四五六七八九十]{{1,2}}月)", title.value):
        year = year_number(match["year"])
        if year is not None:
            yield _clue("title", year, title.evidence)
            return


def _delivery_clue(delivered: Found, *, national: bool) -> YearClue:
    year, month = int(delivered.value[:4]), int(delivered.value[5:7])
    late = month >= _SEASONED_MONTH and not (national and year < _OLD)
    return replace(_clue("delivery date", year + late, delivered.evidence), month=month)


def _publication_clue(published: Found) -> YearClue:
    year, month = int(published.value[:4]), int(published.value[5:7])
    return _clue("publication", year + (month >= _SEASONED_MONTH), published.evidence)


def _file_clues(file_name: str, *, origin: str) -> Iterator[YearClue]:
    years = [int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", file_name)]
    for year in dict.fromkeys(y for y in years if 1949 <= y <= 2100):
        yield _clue("file name", year, Evidence(origin, file_name), share=1.0 if len(set(years)) == 1 else 0.6)


def session_year(term: int, session: int) -> int | None:
    """The year in which a session of the National People's Congress met."""
    if (term, session) in _EARLY_SESSIONS:
        return _EARLY_SESSIONS[(term, session)]
    if term >= 5 and 1 <= session <= 5:
        return 1978 + 5 * (term - 5) + session - 1
    return None


def _session_clues(text: Compact) -> Iterator[YearClue]:
    """The session that the opening names; 以来 and 闭幕 mean the one before."""
    opening = text.text[:2500]
    for match in _SESSION.finditer(opening):
        after, before = opening[match.end() : match.end() + 14], opening[max(0, match.start() - 14) : match.start()]
        own = bool(_SELF.search(before)) and not _SINCE.match(after)
        own = own or (match.start() <= 2 and re.match(r"听取|审议|[^,。]{0,20}关于", after) is not None)
        term = small_number(match["term"])
        session = small_number(match["session"]) if match["session"] else (1 if own and "向" in before else None)
        if term is None or session is None or not (own or _SINCE.match(after)):
            continue
        if own:
            year, share = session_year(term, session), 1.0
        elif session == 1 and re.search("五年", opening[:600]):
            year, share = session_year(term + 1, 1), 0.6
        else:
            year, share = session_year(term, session + 1), 0.6
        if year is not None:
            yield _clue("session", year, text.evidence(match.start(), match.end()), share=share)
            return


def _estimate_clues(text: Compact) -> Iterator[YearClue]:
    """一九八二年预计达到…: the running year, in the nation's old reports."""
    for match in _ESTIMATE.finditer(text.text):
        year = year_number(match["year"] or match["after"])
        if year is not None and year < _OLD:
            yield _clue("estimate", year, text.evidence(match.start(), match.end()))


def _opening_clues(text: Compact) -> Iterator[YearClue]:
    """2022年是…极为重要的一年, the first sentence of the review: the report is of the next year."""
    match = _OPENING_YEAR.search(text.text, 0, max(1200, len(text.text) // 10))
    year = year_number(match["year"]) if match else None
    if match and year is not None:
        yield _clue("opening year", year + 1, text.evidence(match.start("year"), match.end()))


def _term_clues(text: Compact) -> Iterator[YearClue]:
    """A first session in autumn looks back and ahead five years and sets no year's plan.

    Five-year plans end in years with 0 and 5: 未来五年 with 到2025年, after results up to 2018, is 2021.
    """
    ahead = re.search(rf"\n(?:{_NUMBER})?[^。,\n]{{0,8}}(?:今后|未来)五年[^。\n]{{0,30}}(?=\n|[。:])", text.text)
    if ahead is None:
        return
    past = [
        (year, m)
        for m in re.finditer(rf"(?<![到至\d-])(?P<year>{YEAR})年", text.text[: ahead.start()])
        if (year := year_number(m["year"])) is not None
    ]
    last, where = max(past, key=lambda p: p[0]) if past else (None, None)
    ends = {int(m["year"]): m for m in reversed(list(_HORIZON.finditer(text.text)))}
    for end in sorted(ends):
        if last is None or 0 <= end - 4 - last <= 3:
            yield _clue("term", end - 4, text.evidence(ends[end].start(), ends[end].end()))
            return
    if last is not None and where is not None:
        yield _clue("term", last + 1, text.evidence(where.start(), where.end()), share=0.8)


def _body_clues(text: Compact) -> Iterator[YearClue]:
    """The year of which the first third of the text tells most results: the report is of the next."""
    counts: Counter[int] = Counter()
    where: dict[int, re.Match[str]] = {}
    for match in _PAST.finditer(text.text, 0, len(text.text) * 35 // 100):
        year = year_number(match["year"])
        if year is not None:
            counts[year] += 1
            where.setdefault(year, match)
    if not counts:
        return
    top = max(counts.values())
    year = max(y for y, n in counts.items() if n * 2 > top)
    match = where[year]
    yield _clue("body", year + 1, text.evidence(match.start(), match.end()))


def _any_year_clue(text: Compact) -> Iterator[YearClue]:
    """Where nothing else is said: the year after the last that is often named."""
    years = [(year, m) for m in re.finditer(rf"(?P<year>{YEAR})年", text.text) if (year := year_number(m["year"]))]
    counts = Counter(year for year, _ in years)
    if not counts:
        return
    top = max(counts.values())
    last = max(y for y, n in counts.items() if n * 3 > top)
    match = next(m for year, m in years if year == last)
    yield _clue("body", last + 1, text.evidence(match.start(), match.end()), share=0.4)
