"""The periods that words of a sentence name: years, spans, parts of a year, and words such as 去年. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.numerals import small_count
from rag.passages import Clock, five_year_plan
from rag.types import Part, Passage

_YEAR_TOKEN = re.compile(
    r"(?P<cmp>比|较|是|为|相当于|对比|与|同|以|自|从|由|在)?(?P<pre>到|至|截至|截止|力争|预计)?\s?(?P<y1>(?:19|20)\d\d)(?:年?\s?[-~至到]\s?(?P<y2>(?:19|20)?\d\d))?\s?年?(?P<post>底|末|初|以来|起|间|期间|同期|同比)?(?P<nian>)"
)
_COMPARES = frozenset("比 较 是 为 相当于 对比 与 同 以".split())  # words before a year that only compare with it
_RELATIVE = re.compile(
    r"(?P<cmp>比|较|是|为|相当于|与|同|和|由|从)?(?P<word>今年|去年|上年|前年|明年|本年度|当年|过去的?一年)(?P<post>同期|底|末|以来)?"
)
_SPAN_WORD = re.compile(
    r'(?P<y1>(?:19|20)\d\d)年?[、和](?P<y2>(?:19|20)\d\d)年?(?:这)?两年|今明两年|过去(?:的)?(?:五|5)年|五年来|近五年|五年间|这五年|五年(?:累计|共|间|来)?|本届政府(?:任期)?(?:以来|期间|五年)?|任期(?:内|以来)|"?(?P<plan>十[一二三四五]?|[六七八九]|(?<=")[一二三四五](?=五"))五"?(?:(?:计划 )?(?:时期|期间|以来|前?[一二三四]年)|计划 (?=安排|在|规定|要求))|今后(?:的)?(?:五|5)年|未来(?:的)?(?:五|5)年|(?:近|过去|前|这)(?P<n>[两二三四]|[2-4])年(?:来|间)?|(?<!提前)(?P<m>[两三四]|[2-4])年(?:来|间|累计|平均|(?=新增|共|完成|建成|改造|解决|拆除)|(?<!连续..)(?=增长|增加|提高|下降|减少))'
    r"|(?:(?<=[,。;:])|^)(?:近|过去)(?P<d>1\d|[6-9]|20|十)年(?:来|间)?(?=[^最新首]{1,10}\d)"
)
_YEARS_AHEAD = re.compile(
    r"(?:利用|通过|力争|争取|计划|规划|拟|再?用)+(?:大约|约)?(?P<n>[两三四五2-5])年(?:左右)?(?:的)?(?:时间|内|左右)"
)
_COMING_YEARS = re.compile(r"(?:未来|今后)(?:的)?(?P<n>[两三四六七八九十2-46-9])年")
_PLAN_END = re.compile(r'到?"?(?P<plan>十[一二三四五六]|[六七八九十])五"?(?:规划)?期?末|到(?:本世纪末|20\d\d年)')
# 是自2012年分区以来首次突破20%: the year is that of no number
_NEVER_SINCE = re.compile(r"年?[^,。;、\d]{0,12}以来的?(?:首次|首|最|历史|新高|第一|再次|单)")
# 2015年启动城市更新改革试点以来
_SINCE_BEGUN = re.compile(
    r"年?(?![^,。;]*新中国)[^,。;、\d]{0,12}(?:启动|实施|成立|开展|推行|建立|开始|出台|组建|挂牌|设立)[^,。;、\d]{0,16}以来"
)
_PART_YEAR = re.compile(
    r"(?P<h1>上半年)|(?P<h2>下半年)|(?P<q3>前三季度|1-9月|1至9月)|第?(?P<q>[一二三四1-4])季度|(?<!\d)1(?:-|至|到)(?P<m>\d{1,2})月"
)


@dataclass(frozen=True, slots=True)
class Time:
    """A period that words of a sentence name, from ``start`` on; ``weak`` ones name a base of comparison."""

    start: int
    end: int
    period: str
    kind: str  # year, span, since, part
    weak: bool = False
    base: str = ""  # the year that it is compared with: 1986年同1978年相比


def read_times(text: str, clock: Clock, passage: Passage) -> list[Time]:
    """The periods that a sentence names, in its order."""
    found: list[Time] = []
    base_year = _base_year(clock, passage.part)
    for match in _SPAN_WORD.finditer(text):
        span = _span_of(match, clock, passage.part)
        if span:
            weak = re.search(r"(?:比|较|是|相当于|高于|多于|超过)$", text[: match.start()].rstrip('"')) is not None
            found.append(Time(match.start(), match.end(), span, "span", weak))
    for match in _PLAN_END.finditer(text):
        if match.group("plan"):
            plan = five_year_plan(match.group("plan"))
            if plan:
                base = re.search(r"(?:比|较|是|为|相当于|达到?)$", text[: match.start()].rstrip('"')) is not None
                # 达到“十二五”末的1.6倍, 较“十三五”期末增长36.2%
                times = (
                    re.match(r'"?(?:的[\d.]+倍|[一-鿿]{0,3}(?:增|提|减|降|翻|多|少|高|低))', text[match.end() :])
                    is not None
                )
                found.append(Time(match.start(), match.end(), str(plan[1]), "year", weak=base and times))
        elif "世纪末" in match.group() and clock.report_year and clock.report_year < 2000:
            found.append(Time(match.start(), match.end(), "2000", "year"))
    if clock.report_year:
        planned = passage.part in ("plan", "term_plan", "livelihood")
        for match in [*_COMING_YEARS.finditer(text), *(_YEARS_AHEAD.finditer(text) if planned else ())]:
            years = small_count(match.group("n"))
            found.append(
                Time(match.start(), match.end(), f"{clock.report_year}-{clock.report_year + years - 1}", "span")
            )
    found.extend(_year_times(text, clock))
    found.extend(_relative_times(text, clock, passage.part))
    found.extend(_within_year(text, clock, passage.part))
    if base_year:
        found.extend(_part_years(text, base_year))
    titles = [m.span() for m in re.finditer("《[^《》]*》", text)]
    kept: list[Time] = []
    for time in sorted(found, key=lambda t: (t.start, -t.end)):
        if (kept and time.start < kept[-1].end) or any(a < time.start < b for a, b in titles):
            continue
        kept.append(time)
    return kept


def _base_year(clock: Clock, part: Part) -> int | None:
    if part in ("plan", "livelihood", "term_plan"):
        return clock.report_year
    return clock.result_year


def _span_of(match: re.Match[str], clock: Clock, part: Part) -> str | None:
    words = match.group()
    if match.group("y1"):
        return f"{match.group('y1')}-{match.group('y2')}"
    if words == "今明两年":
        return f"{clock.report_year}-{clock.report_year + 1}" if clock.report_year else None
    if match.group("plan"):
        plan = five_year_plan(match.group("plan"))
        if plan is None:
            return None
        if first := re.search(r"前([一二三四])年$", words):
            return f"{plan[0]}-{plan[0] + '一二三四'.index(first.group(1))}"
        # 十四五以来 of an unfinished plan ends with the year accounted for.
        if "以来" in words and clock.result_year and plan[0] <= clock.result_year < plan[1]:
            return f"{plan[0]}-{clock.result_year}" if clock.result_year > plan[0] else None
        return f"{plan[0]}-{plan[1]}"
    if words.startswith(("今后", "未来")):
        return f"{clock.ahead[0]}-{clock.ahead[1]}" if clock.ahead else None
    n = match.group("n") or match.group("m") or match.group("d")
    if n:
        years = {"两": 2, "二": 2, "三": 3, "四": 4, "十": 10}.get(n) or int(n)
        end = clock.result_year
        return f"{end - years + 1}-{end}" if end and part not in ("plan", "term_plan", "livelihood") else None
    if part in ("term_plan", "plan", "livelihood") and re.fullmatch(r"五年(?:累计|共|间|来)?", words):
        return f"{clock.ahead[0]}-{clock.ahead[1]}" if clock.ahead and part == "term_plan" else None
    if words == "五年" and part not in ("term_review", "opening"):
        return None
    return f"{clock.past[0]}-{clock.past[1]}" if clock.past else None


def _year_times(text: str, clock: Clock) -> Iterator[Time]:
    for match in _YEAR_TOKEN.finditer(text):
        behind = text[match.end() : match.end() + 2]
        if "年" not in match.group() and not behind.startswith("年"):
            continue
        if match.start("y1") and text[match.start("y1") - 1].isdigit():
            continue
        y1 = int(match.group("y1"))
        if match.group("y2"):
            y2 = int(match.group("y2")) if len(match.group("y2")) == 4 else y1 // 100 * 100 + int(match.group("y2"))
            if y2 > y1:
                yield Time(match.start(), match.end(), f"{y1}-{y2}", "span")
                continue
        begun = match.group("cmp") in (None, "自", "从") and _SINCE_BEGUN.match(text, match.end())
        if (match.group("post") in ("以来", "起") or begun) and clock.result_year and y1 < clock.result_year:
            yield Time(match.start(), match.end(), f"{y1}-{clock.result_year}", "since")
            continue
        compared = match.group("cmp") in _COMPARES and not match.group("pre")
        # 由2012年的90.2%提升到97.5%, 1990年不变价: the year is that of the old value, or of prices, alone
        base = match.group("cmp") in ("由", "从") and re.match(r"的|\d", behind)
        same = match.group("post") == "同期" or behind.startswith(
            ("同期", "《", "度《", "不变", "可比", "价格", "价)", "远景")
        )
        never_since = _NEVER_SINCE.match(text, match.end()) is not None
        weak = bool(compared or same or base or never_since)
        yield Time(match.start("y1"), match.end(), str(y1), "year", weak)


def _relative_times(text: str, clock: Clock, part: Part) -> Iterator[Time]:
    if clock.report_year is None:
        return
    offsets = {"今年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1, "过去一年": -1, "过去的一年": -1}
    for match in _RELATIVE.finditer(text):
        word = match.group("word")
        if word not in offsets:
            continue
        compared, behind = match.group("cmp"), text[match.end() :]
        if compared in ("由", "从"):  # 从去年的2.1%提高到2.3%
            compares = re.match(r"(?:预计)?的|\d", behind) is not None
        elif compared in ("与", "同", "和"):  # 与去年大体持平
            compares = re.match(r"(?:的?[^,。;、\d]{0,6})(?:持平|相当|相同|相比|一样)", behind) is not None
        else:
            compares = compared is not None
        weak = compares or match.group("post") == "同期" or (word == "上年" and part not in ("plan",))
        if re.match(r"(?:出台|制定|确定|提出|安排|下达|部署|启动|发布)的", behind):
            weak = True  # 继续执行去年出台的政策,新增减税降费约5000亿元
        if re.match(r"[^,。;]{0,24}基础上", behind):
            weak = True  # 在去年任务的基础上增长8.1%
        if word == "今年" and part in ("term_review",) and clock.past and clock.past[1] == clock.report_year:
            weak = False
        year = clock.report_year + offsets[word]
        if (
            compared == "比"
            and word == "今年"
            and part == "plan"
            and re.match("(?:的|预计)*(?:增|提高|减|下降)", behind)
        ):
            yield Time(match.start("word"), match.end(), str(year + 1), "year")  # 比今年增长4%, in an autumn report
            continue
        yield Time(match.start("word"), match.end(), str(year), "year", weak)


def _within_year(text: str, clock: Clock, part: Part) -> Iterator[Time]:
    """年内 in a term's plan: the report's own year."""
    if part == "term_plan" and clock.report_year:
        for match in re.finditer(r"(?<![\d一二两三四五六七八九十几多数])年内", text):
            yield Time(match.start(), match.end(), str(clock.report_year), "year")


def _part_years(text: str, year: int) -> Iterator[Time]:
    if _PART_YEAR.search(text):
        for match in re.finditer("全年", text):
            yield Time(match.start(), match.end(), str(year), "year")
    for match in _PART_YEAR.finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        if before in ("比", "较") and before:
            continue
        if re.match(r"底?前", text[match.end() : match.end() + 2]):
            continue
        if match.group("h1"):
            period = f"{year}H1"
        elif match.group("h2"):
            period = f"{year}H2"
        elif match.group("q3"):
            period = f"{year}-01/{year}-09"
        elif match.group("q"):
            n = match.group("q")
            period = f"{year}Q{n if n.isdigit() else '一二三四'.index(n) + 1}"
        else:
            month = int(match.group("m"))
            if not 2 <= month <= 11:
                continue
            period = f"{year}-01/{year}-{month:02d}"
        yield Time(match.start(), match.end(), period, "part")
