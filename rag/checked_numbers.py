"""Numbers of an answer's text: each must be a figure of a cited span, with all that the text says of it. Pure.

A number outside quotes is a figure that the second reading finds in the span that its marker names, and period, role,
place, report, bound, yearly mean, direction and indicator as the text gives them are that figure's. Exempt are counts of
the answer, computed values, numbers of the question that are denied (and these must be untrue), and numbers in a clause
that is verbatim in the source. ``NumberCheck.fault`` says in Chinese what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz import fuzz

from rag.answer import Derived
from rag.checked_sheet import SHOULD, Home, Reading, Sheet, place_fits, place_parts, tight
from rag.claims import (
    MASK,
    QUALIFIERS,
    Mention,
    Said,
    Span,
    bound_classes,
    classes_near,
    clause_at,
    clause_spans,
    denials,
    direction_near,
    directions_in,
    last_indicator,
    periods_meant,
    view_of,
)  # fmt: skip
from rag.indicators import named
from rag.numerals import Quantity, chinese_number, plain
from rag.proof import Reread, around
from rag.types import Citation, Figure, Role
from rag.units import comparable, scaled

_DIFFERS = re.compile(r"(?:多|高|大|快|少|低|小|慢|差|by)\s?$")
_THAT_IS = re.compile(r"^(?:而是|它是|这是|该数是|实际上?是|其实是|应为|是)|^\s?(?:it|this) is", re.IGNORECASE)
_UNMET = re.compile(r"未(?:能)?(?:完成|达到|实现|达)|没有?(?:完成|达到|实现|达)|not (?:met|reached|achieved)")
_MEAN = re.compile(r"年均|平均每年|每年|annual|per year|yearly", re.IGNORECASE)
_COUNTER = re.compile(r"^个?(?:地方|省份?|城市|市|县|区|区县|个?有数字|没有|数字|数据|结果|报告|places?|give|reports?)")
_COMPARED = re.compile(
    r"(?P<label>[^,。:;|]{1,30}?)(?:比(?P<other>[^,。:;]{1,30}?)|更)(?P<word>多|高|大|快|少|低|小|慢)"
)
_STOP_WORDS = re.compile(
    rf"[\s\W\d_{MASK}]+|年均|同比|比上年|增长|下降|提高|提升|增加|减少|上升|目标|计划|任务|预期|规划|完成|实现|实际|结果|达到|达|左右|以上|以内|预计|力争|确保|控制|"
    r"报告|政府|工作|原文|提出|其中|参考|角色|年份|所问|不同|同一句|还写明|供|数字|数据|可见|为|是|的|在|到|约|近|超过|超|不低于|不超过|年|底|末|过去|今后|五年|十[一二三四五]五|"
    r"方面|水平|变化|问题|这个|这一|指标|累计|合计|共|全市|全省|全国|全区|全县|该区|该市|该县|该省|分别|高于|低于|以及|和|与|及"
)
_LABELS = {"role": re.compile(r"目标|完成|累计|规划"), "period": re.compile(r"(?:19|20)\d\d")}
_ROLE_WORDS: dict[Role, tuple[str, ...]] = {
    "target": ("目标", "计划", "target"), "actual": ("完成", "实际", "result"), "cumulative": ("累计", "cumulative"), "plan": ("规划", "plan"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a text says of a number: where it stands, and the stretch around it that is verbatim."""

    reading: Reading
    start: int
    end: int
    window: Span


class NumberCheck:
    """Checks the numbers of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        """Keep the sheet."""
        self.sheet = sheet

    def fault(self, reading: Reading, said: Said) -> str | None:
        """What is wrong with a number of a unit, in Chinese, or None."""
        if self._is_count(reading, said) or self._is_item(reading, said):
            return None
        derived = self._derived_of(said)
        if derived and _DIFFERS.search(reading.view[: said.start]):
            return self._comparison_fault(reading, said, derived)
        marks = self.sheet.marks(reading, said.start)
        homes = [h for n in marks for h in self.sheet.proved(n) if _is_same(reading.view, said, h.figure)]
        given = [c for c in (*self.sheet.grounds.figures, *self.sheet.grounds.related) if c.citation in marks]
        spans = {(c.figure.report_id, c.figure.start) for c in given}
        own = [h for h in homes if (h.figure.report_id, h.figure.start) in spans]
        homes = own or homes
        if self._denies(reading, said, homes):
            return self._denial_fault(reading, said, homes)
        faults: list[str] = []
        for home in homes:
            claim = self._claim(reading, said, home)
            fault = self._claim_fault(claim, home)
            if fault is None and given and not own and not self._is_named(claim, home):
                fault = "这个数字不是答案给出的数字，也没有说明是什么"
            if fault is None:
                return self._superlative_fault(reading, home)
            faults.append(fault)
        if derived:
            return self._comparison_fault(reading, said, derived)
        if self._stands_as_it_is(reading, said, marks):
            return None
        shown = reading.view[said.start : said.end]
        return faults[0] if faults else f"“{shown}”不在所引的原文里"

    def _is_count(self, reading: Reading, said: Said) -> bool:
        """A count of the answer itself: 共31个地方，29个有数字."""
        if reading.unit.marks:
            return False
        view = reading.view
        number = re.match(r"\d+", view[said.start : said.end])
        if number is None:
            return False
        behind = view[said.start + number.end() : said.start + number.end() + 24]
        n, have = int(number.group()), len(self.sheet.grounds.figures)
        total = have + len(self.sheet.draft.missing)
        if re.match(r"^\s?个?(?:地方)?有数字|^ of \d+ places", behind):
            return n == have
        if _COUNTER.match(behind.strip()) and re.search(r"共(?:有|计)?\s?$|\bof $", view[: said.start]):
            return n in (
                total,
                len({m.place for m in self.sheet.draft.missing} | {f.figure.place for f in self.sheet.grounds.figures}),
            )
        return False

    def _is_item(self, reading: Reading, said: Said) -> bool:
        """第7项 of a question that asks for the seventh item, and ordinals that only count what the text says."""
        words = reading.view[said.start : said.end + 1]
        match = re.match(r"第(\d+|[一二三四五六七八九十]+)(.?)", words)
        if match is None:
            return (
                re.match(r"(?:Item )$", reading.view[max(0, said.start - 5) : said.start]) is not None
                and words.strip(": ") in self.sheet.question
            )
        number = _ordinal(match.group(1))
        asked = [_ordinal(m) for m in re.findall(r"第(\d+|[一二三四五六七八九十]+)", self.sheet.question)]
        at_start = not reading.view[: said.start].strip(f" \n{MASK}") or reading.view[said.start - 1] in "。；;"
        return (number in asked and match.group(2) in "项条个件点大") or (at_start and match.group(2) in ",，、:是")

    def _derived_of(self, said: Said) -> list[Derived]:
        """The computed values that a number may be."""
        q = said.quantity
        return [
            d
            for d in self.sheet.grounds.derived
            if q is not None and q.value == abs(d.value) and q.unit == plain(d.unit)
        ]

    def _denies(self, reading: Reading, said: Said, homes: Sequence[Home]) -> bool:
        """Whether the number's clause denies it, and not only quotes a denial of the source."""
        a, b = clause_at(reading.view, said.start)
        words = [d for d in denials(reading.view) if a <= d[0] < b]
        if not words or _UNMET.search(reading.view[a:b]):
            return False
        for home in homes:
            window = self._claim(reading, said, home).window
            if any(window[0] <= d[0] and d[1] <= window[1] for d in words):
                return False
        return True

    def _denial_fault(self, reading: Reading, said: Said, homes: Sequence[Home]) -> str | None:
        """A denied number must be one of the question, and must not be what the source says."""
        view, q = reading.view, said.quantity
        token = re.search(r"\d[\d.,]*", view[said.start : said.end])
        if q is not None:
            in_question = any((a.value, a.unit) == (q.value, q.unit) for a in self.sheet.asked)
        else:
            whole = [(a.start, a.end) for a in self.sheet.asked]
            same = re.finditer(rf"(?<![\d.]){re.escape(token.group())}(?![\d.])", self.sheet.question) if token else ()
            in_question = any(not any(s <= m.start() < e for s, e in whole) for m in same)
            in_question = in_question or (token is None and view[said.start : said.end] in self.sheet.question)
        if not in_question:
            return "否认的数字不是问题里的数字"
        a, b = clause_at(view, said.start)
        told = {m.kind for m in reading.mentions if a <= m.start < b and m.kind in ("period", "role")}
        answers = {(c.figure.report_id, c.figure.start) for c in self.sheet.grounds.figures}
        for home in homes:
            fits = self._claim_fault(self._claim(reading, said, home), home) is None
            if fits and (len(told) == 2 or (home.figure.report_id, home.figure.start) in answers):
                return "否认了原文里有的数字"
        return self._true_home_fault(reading, said, homes)

    def _true_home_fault(self, reading: Reading, said: Said, homes: Sequence[Home]) -> str | None:
        """它是2019年的实际完成数: what a denied number is said to be must be what it is."""
        for a, b in clause_spans(reading.view):
            if a <= said.start or not _THAT_IS.match(reading.view[a:b].strip()):
                continue
            if any(a <= s.start < b for s in reading.numbers) or any(a <= d[0] < b for d in denials(reading.view)):
                continue
            clause = replace(
                reading, view=reading.view[:b], mentions=tuple(m for m in reading.mentions if a <= m.start < b)
            )
            if not clause.mentions:
                continue
            mean = _MEAN.search(reading.view[a:b]) is not None
            turned = directions_in(reading.view[a:b])
            yearly = [
                h
                for h in homes
                if ("年均" in (h.figure.modality or "").split()) == mean and _turns_like(turned, h.figure)
            ]
            faults = [self._claim_fault(_Claim(clause, b, b, (b, b)), home, bare=True) for home in yearly]
            if None not in faults:
                return faults[0] if faults else "所说的出处里没有这个数字"
        return None

    def _stands_as_it_is(self, reading: Reading, said: Said, marks: Sequence[int]) -> bool:
        """A number that no figure holds, but whose clause is verbatim in a cited quote, or a name such as 5G."""
        view = reading.view
        token = view[said.start : said.end]
        a, b = clause_at(view, said.start)
        clause = tight(view[a:b].replace(MASK, "")).strip(",，。;；:：、!?！？|")
        if said.quantity is None and re.search(r"[A-Za-z]", token):
            known = [
                self.sheet.question,
                *self.sheet.draft.reading.indicators,
                *(c.quote for n, c in self.sheet.grounds.citations.items() if n in marks),
            ]
            return any(
                re.search(rf"(?<![A-Za-z\d.]){re.escape(token)}(?![A-Za-z\d])", view_of(k), re.IGNORECASE)
                for k in known
            )
        if re.match(r"第|[零一二两三四五六七八九]", token) and said.quantity is None:
            name = view[said.start : said.end + 1]  # 第二产业, 第一台: a name, not a rank
            return re.search(r"[一-鿿]$", name) is not None and any(
                name in view_of(self.sheet.grounds.citations[n].quote) for n in marks
            )
        if len(re.findall(r"[一-鿿]", clause)) < 3:
            return False
        for n in marks:
            citation = self.sheet.grounds.citations[n]
            again = self.sheet.grounds.reports[citation.report_id]
            inside = [
                f
                for r, s, e in self.sheet.grounds.barred
                if r == citation.report_id
                for f in [(s, e)]
                if citation.start <= s < citation.end
            ]
            if (
                _stands_whole(clause, tight(view_of(citation.quote)))
                and not inside
                and self._label_fits(reading, said, citation, again)
            ):
                return True
        return False

    def _label_fits(self, reading: Reading, said: Said, citation: Citation, again: Reread) -> bool:
        """Whether what leads a verbatim clause agrees with the part of the report that it stands in."""
        passage = again.passage_at(citation.start)
        if passage is None:
            return False
        ahead = passage.part in ("plan", "livelihood", "term_plan")
        for mention in self.sheet.options("role", reading, said.start, said.end):
            if ("target" in mention.value) != ahead:
                return False
        for mention in self.sheet.options("period", reading, said.start, said.end):
            meant = periods_meant(mention.value, again.clock)
            if passage.period not in meant and mention.value[:4] not in view_of(citation.quote):
                return False
        return all(
            place_fits(m, again.report.place, again.report)
            for m in self.sheet.options("place", reading, said.start, said.end)
        )

    # -- what is said of a number -------------------------------------------------------------------

    def _claim(self, reading: Reading, said: Said, home: Home) -> _Claim:
        return _Claim(reading, said.start, said.end, _window(reading.view, said, home))

    def _claim_fault(self, claim: _Claim, home: Home, *, bare: bool = False) -> str | None:
        """In what the text's words about a number differ from the figure; ``bare``: it is not written there."""
        figure, reading = home.figure, claim.reading
        named = _occurrences(view_of(figure.indicator), reading.view)
        said = {
            kind: [
                m
                for m in self.sheet.options(kind, reading, claim.start, claim.end, skip=named)
                if not _inside(m, claim.window)
            ]
            for kind in ("period", "role", "place", "report")
        }
        if said["period"] and not any(
            figure.period in periods_meant(m.value, home.again.clock) for m in said["period"]
        ):
            return f"“{reading.view[claim.start : claim.end]}”的时期与原文不同"
        if said["role"] and not any(figure.role in m.value.split() for m in said["role"]):
            return f"“{reading.view[claim.start : claim.end]}”是目标还是完成，与原文不同"
        if said["place"] and not any(place_fits(m, figure.place, home.again.report) for m in said["place"]):
            return f"“{reading.view[claim.start : claim.end]}”的地方与原文不同"
        reports = [m for m in said["report"] if not SHOULD.search(reading.view[max(0, m.start - 6) : m.start])]
        if reports and not any(m.value == str(home.again.report.report_year) for m in reports):
            return "所说的报告年份与引文不同"
        return None if bare else self._measure_fault(claim, home) or self._indicator_fault(claim, home)

    def _measure_fault(self, claim: _Claim, home: Home) -> str | None:
        """Bound, yearly mean and direction: as the report has them next to the number."""
        figure, view = home.figure, claim.reading.view
        near = around(figure, home.again)
        if near is None:
            return "原文里没有这一句"
        shown = view[claim.start : claim.end]
        said = classes_near(view, claim.start, claim.end)
        if said != bound_classes(figure.modality) and said != classes_near(near.sentence, near.at, near.end):
            return f"“{shown}”的语气与原文不同"
        a, b = clause_at(view, claim.start)
        before = self._subject_words(claim)
        mean = "年均" in (figure.modality or "").split()
        told_mean = _MEAN.search(view[a:b] + before) or _MEAN.search(view[claim.window[0] : claim.window[1]])
        if (mean and not told_mean) or (
            not mean and _MEAN.search(view[a:b] + before) and not _MEAN.search(near.sentence)
        ):
            return f"“{shown}”是不是年均数，与原文不同"
        touching = direction_near(view, claim.start)
        if touching is not None and touching == direction_near(near.sentence, near.at):
            return None
        rose = figure.measure == "growth" or (figure.measure == "change" and not _falls(figure))
        fell = figure.measure == "change" and _falls(figure)
        words = directions_in(before.replace(view_of(figure.indicator), ""))
        if (touching == "up" and not rose) or (touching == "down" and not fell):
            return f"“{shown}”的升降与原文不同"
        if ("up" in words and fell and "down" not in words) or ("down" in words and rose and "up" not in words):
            return f"“{shown}”的升降与原文不同"
        return None

    def _subject_words(self, claim: _Claim) -> str:
        """What the unit says before a number, from the number before it on; nothing where all of it is verbatim."""
        view = claim.reading.view
        earlier = [s.end for s in claim.reading.numbers if s.end <= claim.start and s.quantity is not None]
        stops = [view.rfind(c, 0, claim.start) + 1 for c in "；;。"]
        start = max([0, *earlier, *stops])
        words = view[start : claim.start]
        if claim.reading.unit.kind == "row":
            return f"{self.sheet.column_head(claim.reading, claim.start)} {words.replace('|', ' ')}"
        return "" if claim.window[0] <= start + len(words) - len(words.lstrip(f" ,，、{MASK}")) else words

    def _indicator_fault(self, claim: _Claim, home: Home) -> str | None:
        """Another indicator named next to a number, or none of its words, makes the claim another one."""
        figure = home.figure
        words = self._subject_words(claim)
        bare = view_of(figure.indicator).replace('"', "")
        told_words = words.replace('"', "")
        best = max((n for n in self._names_cited(claim.reading, claim.start) if n in told_words), key=len, default="")
        if bare and bare in told_words and len(bare) >= len(best):
            return None
        if len(best) > 1 and best != bare and bare not in best:
            return "所说的是另一个指标的数字"
        near = around(figure, home.again)
        context = "" if near is None else near.context
        told = last_indicator(words)
        if told is not None and figure.indicator_id is not None:
            row = named(told)
            kin = {told, *(row.kin if row else ())}
            if figure.indicator_id not in kin and told not in (*(r.kin if (r := named(figure.indicator_id)) else ()),):
                return "所说的指标与原文不同"
        told_right = told is not None and told == figure.indicator_id
        lost = [w for w in QUALIFIERS.findall(bare) if w not in words]
        if any(w not in f"{bare} {'' if near is None else near.clause}" for w in QUALIFIERS.findall(words)) or (
            words and lost and not told_right
        ):
            return "所说的范围与原文不同"
        if (
            len(bare) >= 5
            and len(words) >= len(bare)
            and not told_right
            and 80 <= fuzz.partial_ratio(bare, words) < 100
        ):
            return "所说的指标与原文只差几个字"
        content = _content(words)
        if content and not any(pair in context or pair in bare for pair in content):
            return None if told_right else "所说的指标不在原文这一处"
        return None

    def _is_named(self, claim: _Claim, home: Home) -> bool:
        """Whether the words before a number name what its figure counts; a number without a name could be any."""
        words = self._subject_words(claim).replace('"', "")
        if not words.strip():
            return claim.start - claim.window[0] >= 2
        bare = view_of(home.figure.indicator).replace('"', "")
        return (
            bare in words
            or last_indicator(words) == (home.figure.indicator_id or "")
            or any(p in bare for p in _content(words))
        )

    def _names_cited(self, reading: Reading, start: int) -> set[str]:
        """The indicators of all figures that a number at ``start`` may come from."""
        homes = [h for n in self.sheet.marks(reading, start) for h in self.sheet.proved(n)]
        return {view_of(h.figure.indicator).replace('"', "") for h in homes}

    def _superlative_fault(self, reading: Reading, home: Home) -> str | None:
        """其中最高的是: it must be the highest of the answer's figures."""
        match = re.search(r"(最高|最多|最大|最快|highest|largest)|(最低|最少|最小|最慢|lowest|smallest)", reading.view)
        rivals = [
            c.figure
            for c in self.sheet.grounds.figures
            if not isinstance(c.figure.value, tuple) and comparable(c.figure, home.figure)
        ]
        if match is None or len(rivals) < 2 or isinstance(home.figure.value, tuple):
            return None
        best = (max if match.group(1) else min)(scaled(f) for f in rivals)
        return None if scaled(home.figure) == best else "所说的最高或最低与各个数字不符"

    def _comparison_fault(self, reading: Reading, said: Said, candidates: Sequence[Derived]) -> str | None:
        """甲比乙多1.2万人: its sources are named, it has no bound, and the words do not turn the difference round."""
        marks = {n for _, n in reading.unit.marks}
        if classes_near(reading.view, said.start, said.end):
            return "算出来的数没有左右、以上这类限定"
        for derived in candidates:
            if marks and not set(derived.citations) <= marks:
                continue
            pair = [c.figure for c in self.sheet.grounds.figures if c.citation in derived.citations]
            singles = [f for f in pair if not isinstance(f.value, tuple)]
            if (
                len(pair) != 2
                or len(singles) != 2
                or all(_ordered(m, singles) for m in _COMPARED.finditer(reading.view))
            ):
                return None
        return "比较的高低、对象或出处与数字不符"


# -- small things ----------------------------------------------------------------------------------


def _stands_whole(clause: str, quote: str) -> bool:
    """Whether ``clause`` is a whole clause of ``quote``, from mark to mark."""
    return re.search(rf"(?:^|[,。;:、!?\"(]){re.escape(clause)}(?:[,。;:、!?\")]|$)", quote) is not None


def _ordinal(words: str) -> Decimal | None:
    return Decimal(words) if words.isdigit() else chinese_number(words)


def _inside(mention: Mention, window: Span) -> bool:
    return window[0] <= mention.start and mention.end <= window[1]


def _occurrences(words: str, view: str) -> list[Span]:
    """Where ``words`` stand in a view."""
    return [m.span() for m in re.finditer(re.escape(words), view)] if words else []


def _falls(figure: Figure) -> bool:
    verb = re.search(r"(?:下降|降低|减少|回落|下滑|压减|缩短|压缩|收窄|减|降|低于)(?:率|幅度?)?$", figure.indicator)
    return bool(verb or re.search(r"降|减|落|跌|缩|压|收窄|少|低|慢", figure.modality or ""))


def _turns_like(said: frozenset[str], figure: Figure) -> bool:
    """Whether the directions that words name are the figure's, as far as both name one."""
    if figure.measure not in ("growth", "change") or len(said) != 1:
        return True
    falls = figure.measure == "change" and _falls(figure)
    return said == {"down" if falls else "up"}


def _is_same(view: str, said: Said, figure: Figure) -> bool:
    """Whether a number of the text is the figure's: same value in the same unit, or the same characters."""
    q: Quantity | None = said.quantity
    token = tight(view[said.start : said.end])
    if token == tight(view_of(figure.written)):
        return True
    if q is not None:
        if isinstance(figure.value, tuple) and _bare_range(token, figure.unit) != _bare_range(
            tight(view_of(figure.written)), figure.unit
        ):
            return False
        return (
            q.value == figure.value
            and q.unit == view_of(figure.unit)
            and (q.kind == "rank") == (figure.measure == "rank")
        )
    if figure.measure != "rank":
        return False
    match = re.match(r"第(\d+|[一二三四五六七八九十]+)", token)
    return figure.value == (_ordinal(match.group(1)) if match else 1) and (
        match is not None or token in ("首位", "榜首", "之首")
    )


def _bare_range(token: str, unit: str) -> str:
    """A range without its unit, which may stand once or twice: 5%-6% and 5-6% are one."""
    return re.sub(r"-+|~|至|到", "-", token.replace(view_of(unit), ""))


def _window(view: str, said: Said, home: Home) -> Span:
    """How far the text around a number is, to the letter, the report's text around the figure."""
    source, figure = home.again.view, home.figure
    if source[figure.start : figure.end] != view[said.start : said.end]:
        return said.start, said.end
    a, b, c, d = said.start, said.end, figure.start, figure.end
    while a > 0 and c > 0 and view[a - 1] == source[c - 1] and view[a - 1] not in f"{MASK}\n":
        a, c = a - 1, c - 1
    while b < len(view) and d < len(source) and view[b] == source[d] and view[b] not in f"{MASK}\n":
        b, d = b + 1, d + 1
    return a, b


def _content(words: str) -> list[str]:
    """The pairs of characters of what is left of ``words`` when common words and places are gone."""
    kept = re.sub(r"[一-鿿]{1,12}?(?:省|市|区|县|旗|自治州|盟)", " ", words)
    pieces = [p for p in re.split(r"\s+", _STOP_WORDS.sub(" ", kept)) if len(p) >= 2 and re.search(r"[一-鿿]", p)]
    return [p[i : i + 2] for p in pieces for i in range(len(p) - 1)]


def _ordered(match: re.Match[str], pair: Sequence[Figure]) -> bool:
    """Whether 甲比乙多 or 甲更多 is true of two figures; labels that do not tell them apart make it untrue."""
    first = _labelled(match.group("label"), pair)
    second = _labelled(match.group("other"), pair) if match.group("other") else None
    if first is None or first is second or (match.group("other") and second is None):
        return False
    other = pair[1] if first is pair[0] else pair[0]
    more = match.group("word") in ("多", "高", "大", "快")
    return scaled(first) != scaled(other) and (scaled(first) > scaled(other)) == more


def _labelled(label: str, pair: Sequence[Figure]) -> Figure | None:
    """Which of two figures a label (a place, a year and role, an indicator) means; None where it does not tell."""
    label = view_of(label)
    one, two = pair
    votes: set[int] = set()
    for name in ("place", "period", "role", "indicator"):
        a, b = (_label_of(f, name) for f in (one, two))
        in_a, in_b = any(w in label for w in a), any(w in label for w in b)
        if name in _LABELS and not in_a and not in_b and _LABELS[name].search(label):
            return None  # a year or role of neither
        if a != b and in_a != in_b:
            votes.add(0 if in_a else 1)
        elif a != b and in_a and name == "role":
            return None  # 2019年实际目标
    return pair[votes.pop()] if len(votes) == 1 else None


def _label_of(figure: Figure, field: str) -> tuple[str, ...]:
    if field == "place":
        own = place_parts(figure.place)[-1]
        return (own, own[:-1]) if len(own) > 2 else (own,)
    if field == "period":
        return (figure.period, figure.period.replace("-", "—"))
    if field == "role":
        return _ROLE_WORDS[figure.role]
    return (view_of(figure.indicator),)
