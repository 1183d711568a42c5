"""Report -> Passages: sections, parts and the period each part speaks of. Pure; loses no character.

The text is read line by line. A heading (一、 (一) 1. 第一，, or a short line that speaks of years and
work) sets the section; headings and cue words set the part; passages never cross either. The passages of a
report tile it: joined, they are its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.numerals import reading_view
from rag.types import Part, Passage, Report

PASSAGE_CHARS = 320  # a passage is closed at the first sentence end behind this many characters

_L1 = re.compile(r"^\s*(?:第[一二三四五六七八九十]{1,2}(?:部分|章)|[一二三四五六七八九十]{1,3}\s?[、.,])\s*(?=\S)")
_L2 = re.compile(r"^\s*\([一二三四五六七八九十]{1,3}\)\s*、?")
_L3 = re.compile(r"^\s*(?:\d{1,2}\s?[.、](?!\d)|\(\d{1,2}\)|[①-⑳⑴-⑽]|第[一二三四五六七八九十]{1,2}[,、])\s*(?=\S)")
_SENTENCE_END = re.compile(r'[。!?;！？；]["\'”’)）]*')
_INLINE_L1 = re.compile(r"(?<=[。!;:])\s*(?=[一二三四五六七八九十]{1,2}、(?![^。]{0,6}、[一二三四五六七八九十]、))")
_INLINE_L2 = re.compile(r"(?<=[。!;:])\s*(?=\([一二三四五六七八九十]{1,2}\))")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CN_YEAR = re.compile(r"([一二])([九零0oO])([零0oO一二三四五六七八九\d])([零0oO一二三四五六七八九\d])年")
_CN_DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"o": "0", "O": "0"}

_PLAN_NO = {"六": (1981, 1985), "七": (1986, 1990), "八": (1991, 1995), "九": (1996, 2000), "十": (2001, 2005),
            "十一": (2006, 2010), "十二": (2011, 2015), "十三": (2016, 2020), "十四": (2021, 2025),
            "十五": (2026, 2030), "十六": (2031, 2035), "一": (1953, 1957), "二": (1958, 1962),
            "三": (1966, 1970), "四": (1971, 1975), "五": (1976, 1980)}  # fmt: skip
_PLAN_NAME = re.compile(
    r'"?(?<![二三四五六七八九十第])(十[一二三四五六]|[一二三四五六七八九十])五"?(?=时期|期间|以来|规划|计划|末|开局|收官|目标|主要|发展|实施|任务|经济|头|的|这|各|成就|回顾|工作|$|\s|,|、|和|,|"|将|我)'
)

_REVIEW_WORDS = r"回顾|总结|工作情况|完成情况|执行情况|主要成就|发展成就|成绩|取得|简要回顾"
_AHEAD_WORDS = r"今后|未来|未来的|展望|奋斗目标|目标|任务|规划|蓝图|思路|安排|部署|打算|建议|要求|重点|计划"
_TERM_PAST = re.compile(
    r"过去(?:的)?(?:五|5|三|3|四|4)年|五年来|五年(?:工作|政府工作|间)(?:的)?回顾|(?:本|上一?|第\S{1,4})届(?:政府|区政府|县政府|市政府|省政府)?(?:任期)?.{0,8}(?:回顾|以来|五年|工作回顾|期间|主要工作)|任期(?:内|以来|五年)|近五年|五年的?工作|的五年$|届人大一次会议以来|次会议以来的工作|^\S{0,6}五年的?(?:主要)?(?:成就|成绩)"
)
_TERM_AHEAD = re.compile(
    r"(?:今后|未来|往后|下一个|新的)(?:的)?(?:五|5|三|3|几|一个时期)年?|新一届政府|下一届|到本世纪末|(?:本|新)届政府(?:的)?(?:总体|主要|奋斗|工作)?(?:思路|目标|任务|要求)"
)
_PROBLEMS = re.compile(
    r"(?:存在|面临|遇到|有)[^。]{0,16}(?:问题|不足|困难|挑战|差距|短板)|(?:问题|不足|困难|挑战|差距)[^。]{0,12}(?:存在|不容忽视|突出|主要是|主要表现|表现在)|(?:清醒|深知|正视|认识到|看到)[^。]{0,40}(?:问题|不足|困难|短板|差距|挑战)"
)
_LIVELIHOOD = re.compile(
    r"民生实事|实事工程|实事项目|(?:办好|实施|办理|兴办|抓好)[^。]{0,14}(?:实事|民心工程|惠民工程)|为民(?:办)?实事|民生工程|民心工程|民生福礼|惠民实事|件实事"
)
_ADMITS = re.compile(r"清醒|看到|认识到|正视|深知|不足|问题|仍|还")
_LISTED = re.compile(
    r"(?:[一二三四五六七八九十]+是|[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+[.、]|首先|其次|再次|第[一二三四五六七八九])"
)
_TURNS_AWAY = re.compile(
    r"对(?:此|于?这些|于?以上|于?上述|待)|针对|面对|以上|这些|上述|我们[将要必一应]|为此|各位|同志们|(?:在)?新的一年|(?:19|20)\d\d年|今年|今后|总之"
)
_EXPERIENCE = re.compile(r"体会|经验|启示|深切感受|深刻认识到")
_APPENDIX = re.compile(
    r"^本作品是中华人民共和国|^(?:附件|附录|附)?\s?\d?\s?[:：]?\s*(?:《?(?:政府工作报告》?)?\S{0,6}(?:有关|相关|部分)?(?:名词|名词术语|用语|词语|术语|缩略语|专业名词)[^。]{0,10}(?:解释|注释|说明|解读)|注释\s?[:：]?$|注\s?[:：]|名词解释|说明\s?[:：]$|附件[^。]{0,30}$|附[:：])"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A line or, in a text without lines, a stretch between headings: its span and its place in the report."""

    start: int
    end: int
    section: tuple[str, ...]
    part: Part
    period: str | None
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The years a report speaks of: the coming year, the past one, the past term and the coming one."""

    report_year: int | None
    result_year: int | None
    past: tuple[int, int] | None
    ahead: tuple[int, int] | None
    tells_term: bool = True  # the report looks back on a whole term somewhere

    def period_of(self, part: Part) -> str | None:
        """The period that ``part`` speaks of when nothing nearer says otherwise."""
        if part in ("plan", "livelihood"):
            if self.report_year is None:
                return None
            return str(max(self.report_year, (self.result_year or 0) + 1))
        if part in ("review", "problems", "experience"):
            return str(self.result_year) if self.result_year else None
        if part == "term_review" and self.past:
            return f"{self.past[0]}-{self.past[1]}"
        if part == "term_plan" and self.ahead:
            return f"{self.ahead[0]}-{self.ahead[1]}"
        return None


def split_report(report: Report) -> tuple[Passage, ...]:
    """The passages of ``report``, in its order; joined, they are its text."""
    clock = read_clock(report)
    blocks = read_blocks(report.text, clock)
    spans = _passage_spans(report.text, blocks)
    return tuple(
        Passage(
            passage_id=f"{report.report_id}@{start}-{end}",
            report_id=report.report_id,
            start=start,
            end=end,
            text=report.text[start:end],
            section=block.section,
            part=block.part,
            period=block.period,
        )
        for start, end, block in spans
    )


def read_clock(report: Report) -> Clock:
    """The years of ``report``: 过去五年 ends with the result year, or with an autumn session's own year where told."""
    year = report.report_year
    if year is None:
        return Clock(None, report.result_year, None, None)
    result = report.result_year if report.result_year is not None else year - 1
    return _clock_of(report.text, year, result, _in_autumn(report, year))


@lru_cache(maxsize=8)  # asked for by several readers of a report, one after the other
def _clock_of(whole: str, year: int, result: int, in_autumn: bool) -> Clock:
    text = dated_view(whole)[:40000]
    end = result
    if in_autumn and re.search(rf"预计[,:]?{year}年|{year}年[^。]{{0,14}}预计|到{year}年(?:底|末)", text):
        end = year  # the term looked back on runs to the end of this year
    named = _named_plan(text[:12000], past=True, year=year)
    has_term = re.search(r"过去(?:的)?(?:五|5)年|五年来|近五年", text)
    shorter = re.findall(r"过去(?:的)?(四|三)年", text)
    if len(shorter) >= 3 and not has_term:
        past = (end - (3 if shorter[0] == "四" else 2), end)
    else:
        past = named if named and not has_term else (end - 4, end)
    ahead_named = _named_plan(text, past=False, year=year)
    heads = [line for line in text.split("\n") if len(line) <= 40 and not re.search("[,。;]", line)]
    headed = _named_plan("\n".join(heads), past=False, year=year)
    ahead = (
        headed
        if headed
        and year - 2 <= headed[0] < year
        and not _TERM_AHEAD.search("\n".join(heads))  # a report on the plan of five years, given in its second or third
        else ahead_named
        if ahead_named and not re.search(r"今后(?:的)?(?:五|5)年|未来(?:的)?(?:五|5)年", text)
        else (end + 1, end + 5)
    )
    aimed = _aimed_year(text, year)
    if aimed and end != year and re.search(r"今后(?:的)?(?:五|5)年|未来(?:的)?(?:五|5)年", text):
        ahead = (aimed - 4, aimed)
        looked_back = has_term or named or "五年" in text[:6000]
        past = (aimed - 9, aimed - 5) if looked_back and aimed - 5 == end else past
    tells_term = has_term is not None or bool(shorter) or named is not None or "届政府" in text[:6000]
    return Clock(year, result, past, ahead, tells_term)


def _in_autumn(report: Report, year: int) -> bool:
    """Whether the report was given between May and October of its own year, as at a change of term."""
    if report.delivered_on and len(report.delivered_on) >= 7:
        return report.delivered_on.startswith(str(year)) and 5 <= int(report.delivered_on[5:7]) <= 10
    named = re.search(rf"{year}年(\d{{1,2}})月", report.title + report.source)
    return named is not None and 5 <= int(named.group(1)) <= 10


def _aimed_year(text: str, year: int) -> int | None:
    """The year that a term plan aims at (到2021年), where it is one of the two that end a coming term; else None."""
    named = [int(y) for y in re.findall(r"到((?:19|20)\d\d)年", text)]
    counts = {y: named.count(y) for y in (year + 4, year + 5)}
    best = max(counts, key=lambda y: (counts[y], -y))
    return best if counts[best] >= 2 and counts[best] > min(counts.values()) else None


def five_year_plan(name: str) -> tuple[int, int] | None:
    """First and last year of a five-year plan by its number (十四: 2021, 2025; 十五: 2026, 2030), or None."""
    return _PLAN_NO.get(name)


def _named_plan(text: str, *, past: bool, year: int) -> tuple[int, int] | None:
    """The five-year plan that ended by (or runs past) ``year`` and is named in a heading-like place."""
    for match in re.finditer(
        r'"?(十[一二三四五六]|[六七八九十]|(?<=")[一二三四五](?=五"))五"?(?:时期|期间|规划|计划)', text
    ):
        span = _PLAN_NO[match.group(1)]
        if past and span[1] in (year - 1, year) and span[0] < year:
            return span
        if not past and span[0] <= year <= span[1]:
            return span
    return None


def read_blocks(text: str, clock: Clock) -> tuple[Block, ...]:
    """The lines of ``text`` (and headings inside over-long lines), each with section, part and period."""
    reader = _BlockReader(clock, len(text))
    view = dated_view(text)
    lines = list(_line_spans(view))
    reader.count(view, lines)
    return tuple(reader.read(text, view, start, end) for start, end in lines)


def _line_spans(view: str) -> Iterator[tuple[int, int]]:
    """Spans of lines, their line end included; over-long lines are cut at inner headings."""
    position = 0
    for line in view.splitlines(keepends=True):
        end = position + len(line)
        cuts = {position}
        if len(line) > 400:
            cuts |= {position + m.end() for m in _INLINE_L1.finditer(line) if m.end() < len(line)}
            cuts |= {position + m.end() for m in _INLINE_L2.finditer(line) if m.end() < len(line)}
        ordered = [*sorted(cuts), end]
        yield from ((a, b) for a, b in pairwise(ordered) if a < b)
        position = end


class _BlockReader:
    """Walks the lines of one report and carries section and part from line to line."""

    def __init__(self, clock: Clock, length: int) -> None:
        self.clock = clock
        self.length = max(1, length)
        self.path: list[tuple[int, str]] = []
        self.base: Part = "front"  # the part that the last top heading set
        self.part: Part = "front"
        self.seen_plan = False
        self.seen_review = False
        self.ended_at = length
        self.troubled = False  # inside a list of problems
        self.fresh = False  # right behind a heading
        self.listing = False  # behind a line that announces problems: each paragraph is one

    def count(self, view: str, lines: Sequence[tuple[int, int]]) -> None:
        """Finds where the speech ends and its appendix begins."""
        for start, end in lines:
            line = view[start:end].strip()
            if start > 0.5 * self.length and len(line) < 60 and _APPENDIX.search(line):
                self.ended_at = start
                return

    def read(self, text: str, view: str, start: int, end: int) -> Block:
        stripped = view[start:end].strip()
        if start >= self.ended_at:
            return self._read_appendix(start, end, stripped, text[start:end].strip())
        level, title = heading_of(stripped)
        if level is not None:
            self._enter(level, title, stripped, text[start:end].strip()[: len(title)])
        elif stripped:
            self._hear(stripped)
        alone = level is not None and len(stripped) - len(title) < 12
        part = self._local_part(stripped, alone)
        return Block(start, end, self._section(), part, self._period(part), alone)

    def _read_appendix(self, start: int, end: int, line: str, shown: str) -> Block:
        """A line behind the speech: notes, or an annex that lists the year's livelihood projects."""
        opens = start == self.ended_at
        if len(line) < 60 and (opens or _APPENDIX.search(line) or _LIVELIHOOD.search(line)):
            self.path = [(1, shown)]
            livelihood = _LIVELIHOOD.search(line) and not re.search(r"解释|注释|名词", line)
            back = livelihood and re.search(r"完成|办理|进展|落实|情况", line)
            self.part = "appendix" if not livelihood else "review" if back else "livelihood"
            return Block(start, end, self._section(), self.part, self._period(self.part), True)
        return Block(start, end, self._section(), self.part, self._period(self.part))

    def _section(self) -> tuple[str, ...]:
        return tuple(title for _, title in self.path)

    def _period(self, part: Part) -> str | None:
        """The period of ``part``: the next year where its heading plans that one (1981年国民经济计划, said in 1980)."""
        year = self.clock.report_year
        if part == "plan" and year and self.path and self.path[0][0] <= 1:
            told = re.findall(r"(?:19|20)\d\d(?=年)", self.path[0][1])
            if told == [str(year + 1)] and re.search("计划|任务|安排|工作", self.path[0][1]):
                return str(year + 1)
        return self.clock.period_of(part)

    def _enter(self, level: int, title: str, line: str, shown: str) -> None:
        while self.path and self.path[-1][0] >= level:
            self.path.pop()
        below = bool(self.path) and self.path[0][0] == 0
        self.path.append((level, shown))
        self.fresh = level <= 1
        self.troubled = self.listing = False
        part = part_of_heading(title, self.clock, level=level, before=self.base)
        if below and level == 1 and not re.search(r'年|届|实事|问题|体会|回顾|成就|五"?时期', title):
            part = None  # 一、 under a bare heading only says more of it
        if level == 2 and part is not None and not _may_open(part, self.base):
            part = None  # 以“十二五”规划为统领 under the review is still the review
        if level <= 1:
            if part is None:
                part = self.base if below else self._next_part()
            self.base = part
        if part is not None and (level <= 1 or part != "plan" or self.base in ("front", "opening", "unknown")):
            self.part = part
        elif level == 2 and self.part in ("problems", "experience"):
            self.part = self.base
        self._note(self.part)
        if len(line) > len(title) + 12:
            self._hear(line[len(title) :].lstrip("。;: "))

    def _next_part(self) -> Part:
        """What an untold top heading (二、坚持扩大内需) holds: after the review, the plan."""
        if self.base in ("review", "problems", "experience") or self.seen_plan:
            return "plan"
        if self.base == "term_review":
            return "term_plan" if not self.seen_review and self.clock.report_year is None else "plan"
        if self.base in ("term_plan", "livelihood"):
            return self.base if self.base == "term_plan" else "plan"
        return self.base if self.base not in ("front", "opening") else "unknown"

    def _note(self, part: Part) -> None:
        self.seen_plan = self.seen_plan or part == "plan"
        self.seen_review = self.seen_review or part in ("review", "term_review")

    def _hear(self, line: str) -> None:
        """Lets the first words of a paragraph move the part on."""
        head = line[:90]
        if self.part == "front" and re.search(r"各位代表|现在,?我(?:代表|受)|请予审议|同志们[:,]", head):
            self.part = self.base = "opening"
        moved = _moved_part(head, self.part, self.base, self.clock)
        first, self.fresh = self.fresh, False
        of_plan = re.match(r'(?:19|20)\d\d年是"?十.五', head) is not None
        if first and of_plan and (self.part, moved) == ("term_review", "review"):
            return  # 2010年是“十一五”规划的最后一年 opens what the heading announced, the review of the five years
        if moved is not None:
            if moved == "plan" or self.base in ("front", "opening", "unknown") or self._announced(moved):
                self.base = moved
            self.part = moved
            self._note(moved)

    def _announced(self, part: Part) -> bool:
        """Whether the bare heading above names the year accounted for beside its term: “十三五”时期成绩及2020年工作回顾."""
        year = str(self.clock.result_year)
        return part == "review" and bool(self.path) and self.path[0][0] == 0 and year in self.path[0][1]

    def _local_part(self, line: str, alone: bool) -> Part:
        """The part of this one line: problems and closings hold for a paragraph only."""
        if alone or self.part not in ("review", "term_review", "experience"):
            self.troubled = self.listing = False
            return self.part
        head = re.sub(r"^(?:各位代表|同志们)[!,:。]?\s*", "", line)[:70]
        if _PROBLEMS.search(head) and _ADMITS.search(head) and not _LISTED.match(head):
            self.troubled = line.endswith(":") or len(line) < 160
            self.listing = line.endswith(":")
            return "problems"
        if self.troubled and _LISTED.match(head):
            return "problems"
        if self.listing and not _TURNS_AWAY.match(head):  # …还面临不少困难: and a paragraph for each
            return "problems"
        self.troubled = self.listing = False
        return self.part


def heading_of(line: str) -> tuple[int | None, str]:
    """Level and title of a heading line, or (None, ""); a run-on heading ends at its first stop.

    Level 0 is a bare line that names years and work; 1 to 3 are 一、 (一) and 1.
    """
    for level, pattern in ((1, _L1), (2, _L2), (3, _L3)):
        match = pattern.match(line)
        if match:
            return _title(line, match.end(), level)
    if 4 <= len(line) <= 44 and not re.search(r"[。;,:!?]$", line) and _is_bare_heading(line):
        return 0, line
    if line.startswith("--") and len(line) < 60 and not re.search(r"[。;]$|会议|大会|^-+\d{4}年", line):
        return 3, line
    return None, ""


def _is_bare_heading(line: str) -> bool:
    """A short line without mark or stop that names years and work: 2024年工作回顾, 今后五年的主要任务."""
    if re.search(
        r"(?:代表大会|人民政府|会议上|来源|时间|发布|日期|作者|标题|责任编辑|点击|查阅|转载|www|http)|^\(.*\)$|^\d{4}年政府工作报告$|政府工作报告$|的报告$",
        line,
    ):
        return False
    years = re.search(r"(?:19|20)\d\d年|届政府|五年|五\"[计规]划|今年|十[二三四五]五|去年|一年", line)
    return bool(
        (years and re.search(_REVIEW_WORDS + "|" + _AHEAD_WORDS + "|主要工作|工作", line)) or _LIVELIHOOD.search(line)
    )


def _title(line: str, mark_end: int, level: int) -> tuple[int | None, str]:
    stop = re.search(r"[。;:!?]|\s{2,}", line[mark_end:])
    title = line if stop is None else line[: mark_end + stop.start()]
    if len(title) > 70:
        comma = title.find(",", mark_end)
        if level == 1 and comma < 0:
            return None, ""
        title = title[: comma if 0 < comma <= 70 else 60]
    return level, title.strip()


def part_of_heading(title: str, clock: Clock, *, level: int, before: Part) -> Part | None:
    """What part a heading opens, or None where it tells nothing."""
    past, ahead = _looks_back(title), _looks_ahead(title)
    named = _named_part(title, level=level, before=before, past=past)
    if named is not None or level > 2:
        return named
    if _TERM_AHEAD.search(title) and not past:
        return "term_plan"
    if _TERM_PAST.search(title) and not re.search(r"今后|未来", title):
        return "term_review"
    years = [int(y) for y in _YEAR.findall(western_years(title))]
    dated = _dated_part(title, years, clock, level=level, past=past, ahead=ahead)
    if dated is not None:
        return dated
    if past and level <= 1 and before not in ("plan", "term_plan", "livelihood"):
        return "review"
    told_back = before in ("review", "term_review", "problems", "experience", "plan")
    if re.search(r"今年|新的一年|下一步" + ("|当前" if told_back else ""), title) and (ahead or level == 1):
        return "plan"
    if level <= 1 and ahead and before in ("review", "term_review", "problems", "experience", "plan"):
        return "plan"
    return None


def _named_part(title: str, *, level: int, before: Part, past: bool) -> Part | None:
    """The part that a heading names outright: livelihood projects, problems, what was learnt."""
    if _LIVELIHOOD.search(title) and level <= 1 and before in ("plan", "term_plan", "livelihood") and not past:
        return "livelihood"
    if re.search(r"民生实事|实事项目", title) and level == 1 and not past:
        return "livelihood"
    looking_back = before in ("review", "term_review", "problems") and level <= 2
    if looking_back and re.search(r"(?:问题|困难|不足|挑战)", title) and len(title) < 24:
        return "problems"
    return "experience" if looking_back and _EXPERIENCE.search(title) else None


def _dated_part(title: str, years: Sequence[int], clock: Clock, *, level: int, past: bool, ahead: bool) -> Part | None:
    """The part that the years or five-year plans of a heading tell, or None."""
    if clock.report_year is None:
        return None
    told = clock.report_year in years
    plan_name = _PLAN_NAME.search(title)
    if plan_name:
        span = _PLAN_NO[plan_name.group(1)]
        if past and span[1] <= clock.report_year:
            year_first = clock.result_year in years and title.find(str(clock.result_year)) < plan_name.start()
            return "review" if year_first else "term_review"
        if ahead and span[1] >= clock.report_year and not told:
            return "term_plan"
        coming = clock.result_year is not None and span[0] > clock.result_year
        if coming and level <= 1 and not told and "时期" in title:
            return "term_plan"  # “十五五”时期工作的主要考虑
        if span[1] < clock.report_year and not years and re.search("期间|时期", title):
            return "term_review"  # “十五”期间国民经济和社会发展主要情况
    if not years:
        return None
    if told and (not past or (clock.result_year not in years and "回顾" not in title)):
        return "plan"
    if past and max(years) <= clock.report_year:
        return "review"
    if told:
        return "plan" if ahead else None
    return "review" if clock.result_year in years and level <= 1 else None


def _may_open(part: Part, base: Part) -> bool:
    """Whether a heading of the second level may open ``part`` inside a part of the report."""
    if base in ("plan", "livelihood"):
        return part in ("livelihood", "term_review")  # “十五”期间主要情况 opens a plan of the next five years
    if base == "review":
        return part in ("review", "term_review", "problems", "experience")
    return True


def _looks_back(title: str) -> bool:
    return bool(re.search(_REVIEW_WORDS + r"|过去一年|一年来|去年", title)) and not re.search(r"今后|未来|展望", title)


def _looks_ahead(title: str) -> bool:
    return bool(re.search(_AHEAD_WORDS + r"|主要工作|重点工作|今年工作|政府工作", title))


@lru_cache(maxsize=8)  # as reading_view
def dated_view(text: str) -> str:
    """``text`` as ``reading_view`` gives it, with its years in digits; the same length."""
    return western_years(reading_view(text))


_NTH_PLAN = re.compile("第(十?[一二三四五六七八九十])个五年(计划|规划)")


def western_years(text: str) -> str:
    """``text`` with years in Chinese numerals (二〇一八年) in digits, five-year plans by number; the same length."""
    dated = _CN_YEAR.sub(lambda m: "".join("1" if g == "一" else _CN_DIGITS.get(g, g) for g in m.groups()) + "年", text)
    return _NTH_PLAN.sub(r'"\1五"\2 ', dated)  # 第一个五年计划 is the “一五”计划


def _moved_part(head: str, part: Part, base: Part, clock: Clock) -> Part | None:
    """The part that a paragraph's first words open, or None where they leave it as it is."""
    head = re.sub(r"^(?:各位代表|同志们)[!,:。]?\s*", "", western_years(head))
    result, year = clock.result_year, clock.report_year
    if part == "term_plan":
        return _moved_from_term_plan(head, year)
    if part in ("front", "opening", "unknown", "term_review", "review", "experience", "problems"):
        # 2010年全市生产总值完成… inside a review of five years is what they came to, and opens no review of the year
        of_year = "很|极|注定|是|以来|我" if base == "term_review" else "很|极|注定|是|,|以来|,我|全"
        if (
            re.match(
                rf"(?:刚刚)?过去的?(?:的)?一年|刚刚过去的{result}年|(?:[^,。]{{1,6}}的)?{result}年,?(?:{of_year})|一年来|去年",
                head,
            )
            and part != "review"
        ):
            return "review"
        if part != "front" and re.match(r'根据.{0,50}(?:制定|编制).{0,24}五"?年?规划.{0,8}建议', head):
            return "term_plan"  # the second half of “十四五”成就和“十五五”目标任务
        coming = re.match(r'"?(十[一二三四五六])五"?时期(?=是|,|经济|我)', head)
        if (
            coming
            and year
            and part != "front"
            and _PLAN_NO[coming.group(1)][0] >= year - 1
            and _PLAN_NO[coming.group(1)][1] > year
        ):
            return "term_plan"
        if re.match(
            r'(?:回顾)?(?:过去|这|近|回首)?(?:的)?(?:五|5)年(?:来|间|,|是|前|里)?|"?(?:十[一二三四]?|[六七八九])五"?(?:时期|期间|以来)(?!.{0,20}(?:目标|规划纲要))|(?:本|上)届政府(?:任期|五年|四年|以来|任职|履职(?!的?第)|工作)|.{0,12}届政府(?:任期|成立以来|履职(?!的?第))|任期|一是[^。]{4,50}。五年来|[^。]{10,50}。五年来,|-{0,2}这是[^。,]{4,30}的五年',
            head,
        ):
            if re.match(r"(?:今后|未来)", head) or (
                (m := re.match(r'"?(十[一二三四]?|[六七八九])五', head))
                and year
                and _PLAN_NO[m.group(1)][1] > (year or 0)
            ):
                return None
            if part == "review" and not clock.tells_term:
                return None
            return "term_review" if part in ("front", "opening", "unknown", "review", "term_review") else None
        if re.match(r"(?:今后|未来)(?:五|5|几|三|3)年", head) and part != "review":
            return "term_plan"
        if re.search(
            rf"^.{{0,24}}(?:今年|{year}年|新的一年).{{0,40}}(?:预期目标|主要目标|总体要求|总体思路|工作思路|主要任务|重点工作|目标是)",
            head,
        ) and not re.search(r"完成|超额|回顾", head[:40]):
            return "plan"
        if (
            base in ("front", "opening", "unknown")
            and re.match(rf"(?:今年|{year}年)(?:是|,|我们|全)", head)
            and part in ("review", "term_review", "problems", "experience")
        ):
            return "plan"
    return None


def _moved_from_term_plan(head: str, year: int | None) -> Part | None:
    """The part that a paragraph opens inside the plan of a term: what the last plan came to, or the year's own goals."""
    over = re.match(r'"?(十[一二三四五六]|[六七八九十])五"?时期', head)
    if year and over and _PLAN_NO[over.group(1)][1] < year:
        return "term_review"  # the plan of the coming five years begins with what the last came to
    goals = "预期目标|主要目标|主要任务|重点工作|目标是|目标为|要|计划"
    return "plan" if re.search(rf"^.{{0,20}}(?:今年|{year}年).{{0,40}}(?:{goals})", head) else None


def _passage_spans(text: str, blocks: Sequence[Block]) -> list[tuple[int, int, Block]]:
    """Passage spans that tile ``text``: blocks of one section and part joined or cut to size."""
    spans: list[tuple[int, int, Block]] = []
    for group in _groups(blocks):
        first = next((b for b in group if not b.heading), group[-1])
        spans.extend((a, b, first) for a, b in _cut(text, group[0].start, group[-1].end))
    return spans


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Runs of blocks that one passage may hold: a heading joins what follows, short lines join up."""
    run: list[Block] = []
    for block in blocks:
        size = block.end - run[0].start if run else 0
        same = (
            bool(run)
            and run[-1].part == block.part
            and (
                run[-1].section == block.section
                or (run[-1].heading and block.section[: len(run[-1].section)] == run[-1].section)
            )
        )
        only_headings = all(b.heading or b.end - b.start <= 1 for b in run)
        if run and same and (only_headings or size <= PASSAGE_CHARS):
            run.append(block)
        else:
            if run:
                yield run
            run = [block]
    if run:
        yield run


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts a long stretch at sentence ends, each piece about ``PASSAGE_CHARS`` long."""
    position = start
    while end - position > PASSAGE_CHARS * 3 // 2:
        stop = _SENTENCE_END.search(text, position + PASSAGE_CHARS * 3 // 4, end)
        cut = stop.end() if stop else end
        if cut - position > PASSAGE_CHARS * 3:
            comma = max(text.rfind(m, position + PASSAGE_CHARS // 2, position + PASSAGE_CHARS * 2) for m in "，,、 \n")
            cut = comma + 1 if comma > 0 else min(cut, position + PASSAGE_CHARS * 2)
        if end - cut < 40:
            break
        yield position, cut
        position = cut
    if position < end:
        yield position, end


def sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences between ``start`` and ``end``, blanks at both ends left out."""
    position = start
    while position < end:
        stop = re.compile(r'[。!?！？；;\n]["\'”’)）]*').search(text, position, end)
        cut = stop.end() if stop else end
        a, b = position, cut
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            yield a, b
        position = cut
