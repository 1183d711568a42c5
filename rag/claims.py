"""An answer's text -> what it claims: units, quotes, markers, numbers and the words that say what they are. Pure.

A unit is a sentence, a list item or a table row; it is shown whole or not at all. Of each number outside quotes this
module finds what the text says of it: bound (左右), direction (增长), and the nearest mention of period, role and
report. Nearest means: in the bracket right behind the number, else the last one before it in its unit, else the first
one behind it. ``rag.grounding`` adds the table column and the line that leads a list (…目标如下：).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from rag.indicators import TABLE
from rag.numerals import ABOUT, Quantity, find_quantities, plain, simplified
from rag.passages import Clock, five_year_plan, western_years
from rag.types import Role

UnitKind: TypeAlias = Literal["sentence", "item", "row", "header", "rule", "blank"]
Direction: TypeAlias = Literal["up", "down"]
MASK = "\x1f"  # stands in a view where a quote, a marker or another exempt stretch stood

# -- bounds and directions -------------------------------------------------------------------------

_CLASS_WORDS = {
    "about": "左右 约 大约 近 接近 将近 上下",
    "at least": "以上 不低于 不少于 不小于 至少 或以上 及以上 之上 最少",
    "over": "超 超过 突破 逾 高于 大于 多于 高出",
    "at most": "以内 不超过 不超 控制在 不高于 不大于 至多 最多 之内 以下 低于 小于 少于 不足",
    "and more": "余 多 来 几",
}
_CLASS = {word: name for name, words in _CLASS_WORDS.items() for word in words.split()}
_CLASS_EN = (
    ("about", r"about|around|approximately|roughly|nearly|almost"),
    ("at least", r"at least|no less than|not less than|a minimum of"),
    ("over", r"(?<!no )(?<!not )more than|over|above|exceeding|exceeds?|exceeded"),
    ("at most", r"at most|no more than|not more than|within|under|below|(?<!no )(?<!not )less than|up to"),
)
_BEHIND_EN = (("at least", r"or more|or above|and above|or higher"), ("at most", r"or less|or below"))
_LINKS = re.compile(
    r"(?:达到了?|达|到了|到|至|为|是|共计|总计|合计|共|均|都|各|分别|已|将|预计|可|实现了?|完成了?|有|了|在|约合|仅|只|每年|"
    r"力争|确保|争取|年均|平均|幅度|:|\s)$"
)
_BEFORE = re.compile("(?:" + "|".join(sorted((w for w in _CLASS if w not in "余多来几"), key=len, reverse=True)) + ")$")
_BEHIND = re.compile(
    r"^\s?(?:的)?(左右|以上|以内|以下|上下|之内|之上|或以上|及以上)(?!的?(?:企业|项目|工业|单位|人口|老人|规模|学历|道路))"
)
_MORE = re.compile(r"(?<=[\d百千万亿十])[余多来几](?=[万亿千百]|\D{0,6}$)")
_UP = r"增长|递增|上升|提升|提高|增加|上涨|扩大|攀升|净增|多增|growth|grew|grow|rose|rise|up|increased?"
_DOWN = r"下降|降低|减少|回落|下滑|下跌|压减|缩短|削减|缩减|压缩|收窄|下调|压降|负增长|fell|fall|down|decreased?|declined?|dropped"
_VERB = re.compile(rf"(?:(?P<down>{_DOWN})|(?P<up>{_UP}))(?:了|幅度|率)?\s?(?:by\s?)?$", re.IGNORECASE)
_VERBS = re.compile(rf"(?:(?P<down>{_DOWN})|(?P<up>{_UP}))(?!到|至|为|值|额)", re.IGNORECASE)


def bound_classes(modality: str | None) -> frozenset[str]:
    """The bounds that a modality sets: 左右, 约 and 近 are one, 以上 and 不低于 another."""
    return frozenset(_CLASS[word] for word in (modality or "").split() if word in _CLASS)


def classes_near(text: str, start: int, end: int) -> frozenset[str]:
    """The bounds that the words next to a number set.

    Args:
        text: A sentence in the form of ``plain``.
        start: Where the number begins.
        end: Where it ends, unit included.
    """
    found: set[str] = set()
    if match := _BEHIND.match(text[end : end + 8]):
        found.add(_CLASS[match.group(1)])
    if _MORE.search(text[start:end]):
        found.add("and more")
    left = text[max(0, start - 16) : start]
    moved = True
    while moved:
        moved = False
        if match := _BEFORE.search(left):
            found.add(_CLASS[match.group()])
            left, moved = left[: match.start()], True
        elif (link := _LINKS.search(left)) and link.start() > 0:
            left, moved = left[: link.start()], True
    for name, words in _CLASS_EN:
        if re.search(rf"(?<![a-z])(?:{words})\s*$", text[max(0, start - 20) : start], re.IGNORECASE):
            found.add(name)
    for name, words in _BEHIND_EN:
        if re.match(rf"\s*(?:{words})(?![a-z])", text[end : end + 14], re.IGNORECASE):
            found.add(name)
    return frozenset(found)


def sure_classes_near(text: str, start: int, end: int) -> frozenset[str]:
    """Of these bounds the ones whose words touch the number and can mean nothing else."""
    found = {_CLASS[m.group(1)] for m in [_BEHIND.match(text[end : end + 8])] if m}
    before = re.search(rf"(不低于|不少于|不超过|不高于|控制在|{ABOUT}|超过|突破)$", text[max(0, start - 4) : start])
    return frozenset(found | ({_CLASS[before.group(1)]} if before else set()))


def direction_near(text: str, start: int) -> Direction | None:
    """Whether the verb that touches a number says that something rose or fell; 提高到 says neither."""
    left = re.sub(r"(?:约|近|了|超过|超|不低于|分别|均|各|:|\s)+$", "", text[max(0, start - 14) : start])
    match = _VERB.search(left)
    return None if match is None else "down" if match.group("down") else "up"


def directions_in(text: str) -> frozenset[Direction]:
    """The directions that the verbs of ``text`` name."""
    return frozenset[Direction]("down" if m.group("down") else "up" for m in _VERBS.finditer(text))


# -- units -----------------------------------------------------------------------------------------

_STOP = re.compile(r"[。！？!?]+[」』”’\"')）]*|(?<=[^\d\s.])\.(?=\s|$)|(?<=\d)\.(?=\s+[A-Z]|\s*$)")
_MARKS = re.compile(r"(?:\s*\[\d+\])+\s*[。.]?")
MARKER = re.compile(r"\[(\d+)\]")
_ITEM = re.compile(
    r"^\s*(?:[-*•·]|(?:\d{1,2}[.、)）](?!\d))|[（(]\d{1,2}[)）]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*"
)
_OPEN = {"「": "」", "『": "』", "“": "”", "‘": "’"}
Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of an answer's text that is shown whole or not at all.

    ``lead`` is the index of the unit that introduces it (a line that ends with a colon, a heading), ``header`` that of
    the first row of its table; ``marks`` are its markers as (offset in ``text``, citation number).
    """

    start: int
    end: int
    text: str
    kind: UnitKind
    marks: tuple[tuple[int, int], ...] = ()
    lead: int | None = None
    header: int | None = None
    introduces: bool = False


def split_units(text: str, *, protected: Sequence[Span] = ()) -> tuple[Unit, ...]:
    """The units of an answer's text, in order; joined, they are the text.

    Args:
        text: The answer's text.
        protected: Spans in which no sentence ends (quotes found verbatim).
    """
    units: list[Unit] = []
    lead: int | None = None
    header: int | None = None
    after_blank = False
    lines = text.splitlines(keepends=True)
    position = 0
    for i, line in enumerate(lines):
        kind = _line_kind(line, lines[i + 1] if i + 1 < len(lines) else "")
        if kind == "header":
            header = len(units)
        if kind in ("sentence", "item"):
            header = None
            below_items = lead is not None and any(u.kind in ("item", "row") for u in units[lead + 1 :])
            lead = None if kind == "sentence" and (after_blank or below_items) else lead
        whole = kind not in ("sentence", "item")
        for start, end in [(0, len(line))] if whole else _sentence_spans(line, position, protected):
            piece = line[start:end]
            introduces = not whole and _introduces(piece)
            if introduces and kind == "sentence":
                lead = None
            marks = tuple(_marks(piece, position + start, protected))
            rows = header if kind == "row" else None
            units.append(Unit(position + start, position + end, piece, kind, marks, lead, rows, introduces))
            lead = len(units) - 1 if introduces else lead
        after_blank = kind == "blank"
        position += len(line)
    return tuple(units)


def _marks(piece: str, offset: int, protected: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The markers of a piece; a [9] inside a quote is a footnote mark of the report."""
    held = [(a - offset, b - offset) for a, b in protected]
    held += quote_spans(piece)
    for match in MARKER.finditer(piece):
        if not any(a <= match.start() < b for a, b in held):
            yield match.start(), int(match.group(1))


def _line_kind(line: str, following: str) -> UnitKind:
    bare = line.strip()
    if not bare:
        return "blank"
    if bare.startswith("|"):
        if re.fullmatch(r"[\s|:\-]+", bare):
            return "rule"
        return "header" if re.fullmatch(r"\s*\|[\s|:\-]+", following) else "row"
    return "item" if _ITEM.match(line) else "sentence"


def _introduces(piece: str) -> bool:
    bare = MARKER.sub("", piece).strip().rstrip("*")
    return bare.endswith(("：", ":")) or bare.startswith("#")


def _sentence_spans(line: str, offset: int, protected: Sequence[Span]) -> Iterator[Span]:
    """Spans of the sentences of a line; stops inside quotes do not count, markers behind a stop belong to it."""
    held = [(a - offset, b - offset) for a, b in protected if a < offset + len(line) and offset < b]
    held += [(a, b) for a, b in quote_spans(line) if not any(c < b and a < d for c, d in held)]
    start = 0
    for match in _STOP.finditer(line):
        if match.start() < start or any(a < match.end() < b or a <= match.start() < b - 1 for a, b in held):
            continue
        end = match.end()
        if marks := _MARKS.match(line, end):
            end = marks.end()
        while end < len(line) and line[end].isspace():
            end += 1
        yield start, end
        start = end
    if start < len(line):
        yield start, len(line)


def quote_spans(text: str) -> Iterator[Span]:
    """Spans of what stands in quotation marks, marks included; the outermost pair counts."""
    i = 0
    while i < len(text):
        close = _OPEN.get(text[i])
        if close is not None:
            end = _closing(text, i, close)
        elif text[i] == '"':
            end = text.find('"', i + 1) + 1
        else:
            i += 1
            continue
        if end > 0:
            yield i, end
            i = end
        else:
            i += 1


def _closing(text: str, start: int, close: str) -> int:
    """The end of the quote that opens at ``start``, marks of its kind inside it counted; 0 if it never closes."""
    depth = 0
    for i in range(start, len(text)):
        if text[i] == text[start]:
            depth += 1
        elif text[i] == close:
            depth -= 1
            if depth == 0:
                return i + 1
    return text.find(close, start) + 1


def marks_for(unit: Unit, start: int) -> tuple[int, ...]:
    """The markers that words at ``start`` lean on: the next run of them behind, else the last one before."""
    runs: list[list[tuple[int, int]]] = []
    for at, n in unit.marks:
        if runs and re.fullmatch(r"\[\d+\][\s、,，]*", unit.text[runs[-1][-1][0] : at]):
            runs[-1].append((at, n))
        else:
            runs.append([(at, n)])
    behind = next((run for run in runs if run[0][0] >= start), None)
    return tuple(n for _, n in behind or (runs[-1] if runs else []))


def ordinal_end(unit: Unit) -> int:
    """Where the list mark at the beginning of a unit ends (0 if there is none)."""
    match = _ITEM.match(unit.text) if unit.kind == "item" else None
    return match.end() if match else 0


def cells_of(view: str) -> list[Span]:
    """Spans of the cells of a table row."""
    bars = [i for i, c in enumerate(view) if c == "|"]
    return [(a + 1, b) for a, b in pairwise(bars)]


# -- mentions --------------------------------------------------------------------------------------

MentionKind: TypeAlias = Literal["period", "role", "report", "date", "place"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a text that say when, what or where: ``kind`` names the question, ``value`` the answer.

    ``weak`` marks a base of comparison (比2019年); ``denied`` that it stands in a clause that denies.
    """

    kind: MentionKind
    start: int
    end: int
    value: str
    weak: bool = False
    denied: bool = False


_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s?年\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?|(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)"
    r"|(?<![\d年])(\d{1,2})\s?月\s?(\d{1,2})\s?日"
)
_MONTHS = re.compile(r"(?<![\d.])((?:19|20)\d\d)\s?年\s?(1)\s?月?\s?(?:-|~|至|到)\s?(\d{1,2})\s?月")
_YEARS = re.compile(
    r"(?<![\d.])((?:19|20)\d\d)\s?年?\s?(?:-|~|至|到|\bto\b|\band\b)\s?((?:19|20)\d\d|\d\d)(?![\d.%/])(?!\s?月)\s?年?"
)
_YEAR = re.compile(r"(?<![\d.A-Za-z])((?:19|20)\d\d)(?![\d%]|\.\d)(?:\s?年)?(?:底|末|度)?")
_PART = re.compile(r"^\s?(?:(上半年|H1(?!\d))|(下半年|H2(?!\d))|(前三季度)|第?([一二三四1-4])季度|Q([1-4]))")
_RELATIVE = re.compile(
    r"(?P<now>今年|本年度|this year)|(?P<last>去年|上年|last year)|(?P<next>明年|next year)"
    r"|(?P<past>过去(?:的)?[五5]年|[五5]年来|近[五5]年|past five years|last five years)"
    r"|(?P<ahead>今后(?:的)?[五5]年|未来(?:的)?[五5]年|next five years|coming five years)"
    r"|\"?(?<![二三四五六七八九百千零第])(?P<plan>十[一二三四五六]?)五(?=\"|时期|期间|规划|期末|末|以来|前[一二三四]年|$|,|:|的)\"?(?P<end>(?:期|规划期)?末)?"
)
_REPORT_BEHIND = re.compile(
    r"^\s?(?:的|那份|这份|该)?(?:份)?(?:国务院|省|市|区|县|旗|州)?(?:人民)?(?:政府|管委会)?(?:工作)?报告(?!期|数)"
    r"|^(?:'s)?\s(?:government\s)?(?:work\s)?report",
    re.IGNORECASE,
)
_WEAK_BEFORE = re.compile(
    r"(?:比|较|高于|低于|高出|多于|少于|超过|快于|慢于|相比|对比|与|同|从|由|相对于|than|from|versus|vs\.?|against)\s?(?:the\s)?$",
    re.IGNORECASE,
)
_TARGETS = re.compile(
    r"目标|计划|任务|预期(?!性)|规划|(?<![a-z])(?:targets?|goals?|plan(?:s|ned)?|aims?)(?![a-z])", re.IGNORECASE
)
_ACTUALS = re.compile(
    r"实际完成|完成情况|完成数|完成值|完成|实绩|实现|实际|结果|成绩|(?<![a-z])(?:actual(?:ly)?|results?|achieved|completed|reached|realized)(?![a-z])",
    re.IGNORECASE,
)
_TARGET_ROLES: tuple[Role, ...] = ("plan", "target")
_ACTUAL_ROLES: tuple[Role, ...] = ("actual", "cumulative")
# 好于预期, 完成目标的103%, 目标完成情况, 实际利用外资: words that name both roles or neither.
_NO_ROLE = re.compile(
    r"(?:好于|高于|低于|超出?|优于|不及|快于)(?:年初)?预期|预期性"
    r"|(?:超额)?(?:完成|实现|达到|达成)(?:了|年初|年度|全年|既定|预期|当年|确定|\d{4}年)*(?:目标|任务|计划)(?:的\d|数)?"
    r"|(?:目标|任务|计划)(?:任务|是否|均|已|已经|全部|全面)?(?:完成|实现)(?:情况|率|度|进度|了)"
    r"|实际(?:利用|使用|到位|吸收|增长|外资)|计划生育|计划单列|五年计划|规划纲要|目标任务|完成投资|完成率|实现率|计划总投资|规划面积|规划展览|成果|计划报告"
)
_DENY = re.compile(
    r"不是|并非|并不|不等于|而非|有误|不对|不符|不正确|不成立|没有|未(?!来|央|必|成年)|不存在|不属实|查不到|无法|尚无|并无|n't|\bnot\b(?! (?:less|more|lower|higher|fewer))"
    r"|\bno\b(?! (?:less|more|lower|higher|fewer))|\bnever\b|wrong|incorrect|without|rather than",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[，；;。！？!?|\n:：]|(?<!\d),|,(?!\d)|(?=而是)|(?=\bbut\b)|(?=\binstead\b)")


@lru_cache(maxsize=2048)
def view_of(text: str) -> str:
    """``text`` with one form for each sign and digit, years in digits, simplified characters; offsets agree."""
    return western_years(plain(simplified(text)))


def clause_spans(view: str) -> list[Span]:
    """Spans of the clauses of a view."""
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(view)), len(view)]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


def clause_at(view: str, at: int) -> Span:
    """Span of the clause that holds ``at``."""
    return next(((a, b) for a, b in clause_spans(view) if a <= at < b), (0, len(view)))


def denials(view: str) -> list[Span]:
    """Spans of the words that deny something."""
    return [m.span() for m in _DENY.finditer(view)]


def read_mentions(view: str) -> tuple[Mention, ...]:
    """The periods, roles, reports and dates that a view names, in its order."""
    denied = [span for span in clause_spans(view) if _DENY.search(view[span[0] : span[1]])]
    found = sorted((*_times(view), *_role_words(view)), key=lambda m: m.start)
    return tuple(replace(m, denied=any(a <= m.start < b for a, b in denied)) for m in found)


def _times(view: str) -> Iterator[Mention]:
    """Periods, reports and dates; where two overlap the first of them, months before days before years, counts."""
    taken: list[Span] = []
    for mention in (*_months_and_dates(view), *_spans(view), *_single_years(view), *_relatives(view)):
        if not any(a < mention.end and mention.start < b for a, b in taken):
            taken.append((mention.start, mention.end))
            yield mention


def _is_weak(view: str, start: int) -> bool:
    return _WEAK_BEFORE.search(view[max(0, start - 12) : start]) is not None


def _months_and_dates(view: str) -> Iterator[Mention]:
    for match in _MONTHS.finditer(view):
        year = match.group(1)
        said = f"{year}-01/{year}-{int(match.group(3)):02d}"
        yield Mention("period", *match.span(), said, _is_weak(view, match.start()))
    for match in _DATE.finditer(view):
        yield Mention("date", *match.span(), _iso(match))


def _spans(view: str) -> Iterator[Mention]:
    for match in _YEARS.finditer(view):
        first, last = match.groups()
        last = last if len(last) == 4 else first[:2] + last
        if last > first:
            yield Mention("period", *match.span(), f"{first}-{last}", _is_weak(view, match.start()))


def _single_years(view: str) -> Iterator[Mention]:
    amounts = [(q.start, q.end) for q in find_quantities(view)]
    for match in _YEAR.finditer(view):
        if "年" not in match.group() and any(a <= match.start() < b for a, b in amounts):
            continue  # 2000亩
        behind = view[match.end() : match.end() + 24]
        if report := _REPORT_BEHIND.match(behind):
            yield Mention("report", match.start(), match.end() + report.end(), match.group(1))
        elif part := _PART.match(behind):
            said = _part_of(part, match.group(1))
            yield Mention("period", match.start(), match.end() + part.end(), said, _is_weak(view, match.start()))
        else:
            yield Mention("period", *match.span(), match.group(1), _is_weak(view, match.start()))


def _relatives(view: str) -> Iterator[Mention]:
    for match in _RELATIVE.finditer(view):
        yield Mention("period", *match.span(), match.group(), _is_weak(view, match.start()))


def _iso(match: re.Match[str]) -> str:
    full, iso, bare = match.group(1, 2, 3), match.group(4, 5, 6), match.group(7, 8)
    year, month, day = full if full[0] else iso if iso[0] else ("", *bare)
    return "-".join((year, f"{int(month):02d}", *([f"{int(day):02d}"] if day else [])))


def _part_of(match: re.Match[str], year: str) -> str:
    first, second, nine, cn, q = match.groups()
    if first or second:
        return f"{year}H{1 if first else 2}"
    if nine:
        return f"{year}-01/{year}-09"
    return f"{year}Q{q or (cn if cn.isdigit() else '一二三四'.index(cn) + 1)}"


def _role_words(view: str) -> Iterator[Mention]:
    blank = _NO_ROLE.sub(lambda m: MASK * len(m.group()), view)
    for match in _TARGETS.finditer(blank):
        yield Mention("role", *match.span(), " ".join(_TARGET_ROLES))
    for match in _ACTUALS.finditer(blank):
        if not _wanted(blank, match.start()):
            yield Mention("role", *match.span(), " ".join(_ACTUAL_ROLES))


def _wanted(view: str, at: int) -> bool:
    """Whether a verb such as 完成 is wanted and not done: 力争完成, 要实现, 计划完成, expected to be completed."""
    left = view[clause_at(view, at)[0] : at]
    if left.endswith("("):
        return False  # a label: 地区生产总值（完成）
    return (
        re.search(r"力争|确保|争取|(?<![主重需首必])要|将|拟|计划|预期|安排|提出|目标(?:是|为)|to be |will ", left)
        is not None
    )


def periods_meant(words: str, clock: Clock) -> frozenset[str]:
    """The periods, as figures write them, that the words of a mention may mean in a report with these years."""
    match = _RELATIVE.fullmatch(words)
    if match is None:
        return frozenset((words,))
    if plan := match.group("plan"):
        span = five_year_plan(plan)
        if span is None:
            return frozenset()
        return frozenset((str(span[1]),) if match.group("end") else (f"{span[0]}-{span[1]}", str(span[1])))
    for name, span in (("past", clock.past), ("ahead", clock.ahead)):
        if match.group(name):
            return frozenset((f"{span[0]}-{span[1]}", str(span[1]))) if span else frozenset()
    if clock.report_year is None:
        return frozenset()
    shift = 0 if match.group("now") else -1 if match.group("last") else 1
    return frozenset((str(clock.report_year + shift),))


def governing(mentions: Sequence[Mention], view: str, start: int, end: int) -> tuple[Mention, ...]:
    """The mentions (all of one kind) that speak of the number at ``start``; two where a comparison leaves it open."""
    bracket = re.match(r"[^（(,;。\d]{0,6}[（(]([^）)]*)[）)]", view[end:])
    if bracket:
        inside = [m for m in mentions if end + bracket.start(1) <= m.start and m.end <= end + bracket.end(1)]
        if inside:
            return (inside[0],)
    clause = clause_at(view, start)
    heard = [m for m in mentions if not m.denied or clause[0] <= m.start < clause[1]]
    before = [m for m in heard if m.end <= start]
    if before:
        last = before[-1]
        strong = next((m for m in reversed(before) if not m.weak), None)
        return (last,) if not last.weak or strong is None else (last, strong)
    return tuple([m for m in heard if m.start >= end and not m.weak][:1])


# -- numbers ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A number of the text outside quotes: a quantity, or a bare token that must stand in the source as it is."""

    start: int
    end: int
    quantity: Quantity | None


_TOKEN = re.compile(r"[A-Za-z]*\d[\dA-Za-z.,%‰/+\-]*")
_ORDINAL = re.compile(r"第(?:\d+|[一二三四五六七八九十百]+)|首位|榜首|之首")
_SPELLED = re.compile(
    r"(?<!第)[零一二两三四五六七八九]+[十百千万亿][零一二两三四五六七八九十百千万亿点余多]*|(?<=[:,(|])\s?[十百千万亿]{1,3}[余多]?[元人亩吨家户个次项](?=(?:左右|以上|以内)?[,。;)|\s])"
)


def read_numbers(view: str, *, skip: Sequence[Span]) -> tuple[Said, ...]:
    """The numbers of a view in order; what lies in ``skip`` (years, dates) is left out."""
    found: list[Said] = []
    chars = list(view.replace('"', ",").replace(MASK, ","))  # “6.5%” may be a name elsewhere; here it is checked
    for start, end in skip:
        chars[start:end] = "," * (end - start)
    rest = "".join(chars)

    def free(start: int, end: int) -> bool:
        return not any(a < end and start < b for a, b in (*skip, *((s.start, s.end) for s in found)))

    for q in find_quantities(rest):
        if free(q.start, q.end):
            found.append(Said(q.start, q.end, q))
    for match in (*_ORDINAL.finditer(rest), *_TOKEN.finditer(rest), *_SPELLED.finditer(rest)):
        start, end = match.start(), match.start() + len(match.group().rstrip(".,-"))
        if free(start, end):
            found.append(Said(start, end, None))
    return tuple(sorted(found, key=lambda s: s.start))


# -- indicators ------------------------------------------------------------------------------------

# Words that say which things are counted: 亿元以上项目 are others than 万元以上项目.
QUALIFIERS = re.compile(r"[十百千万亿]+[元人户亩吨家](?:以上|以下|以内|左右)?|以上|以下|以内|左右")
_NAMES = tuple(
    sorted(
        ((n, row.id, row.never) for row in TABLE for n in (row.id, *row.names) if len(n) > 2),
        key=lambda r: (-len(r[0]), r[0]),
    )
)


def last_indicator(words: str) -> str | None:
    """The id of the last common indicator that ``words`` name, the longest name first."""
    best: tuple[int, int, str] | None = None
    for name, id_, never in _NAMES:
        at = words.rfind(name)
        if at < 0 or any(w in words[max(0, at - 6) : at + len(name) + 6].replace(name, "", 1) for w in never):
            continue
        end = at + len(name)
        if best is None or end > best[1] or (end == best[1] and at < best[0]):
            best = (at, end, id_)
    return best[2] if best else None
