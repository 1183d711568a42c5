"""Sentences -> Figures: period, role and place of every number. Pure.

Period and role come from the nearest of: words of the clause, the sentence, the paragraph, the part of the report.
Where they disagree the nearer one decides, but for quoted targets (低于控制目标1.36个百分点) and comparisons
(比2012年), which say nothing of the number's own time. docs/reading.md lists the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.figures.numbers import Draft, read_drafts, with_ranks
from rag.figures.shared import share_lists, with_grades, with_nouns_behind, with_owner, with_purpose, with_subject
from rag.figures.times import Time, read_times
from rag.indicators import identify
from rag.numerals import find_quantities, small_count
from rag.passages import Clock, dated_view, read_clock, sentence_spans
from rag.types import Figure, Passage, Report, Role

_SCALES = re.compile(r"全国|全省|全市|全州|我国|全球|世界")
_NOT_PLACE_BEFORE = re.compile(
    r"(?:高于|低于|占|居|列|位|比|是|超|超过|在|为|与|较|优于|快于|排|排名|达到|领先|等|入选|获评|创|成为|服务|面向|辐射|获得|荣获|入围|进入|代表|对|向|参加|作为|接近|落后|首批|的|连续\S{0,4}年|被评为|跻身|第[一二三四五六七八九十]{1,3}[次届批轮])$"
)
_NOT_PLACE_AFTER = re.compile(
    r"^(?:第|前|平均|首|排|最|各区|唯一|率先|领先|范围|重点|之|先进|百强|文明|推广|人大|政协|性|同类|水平|十|优秀|示范|\d|总量的?第|各|一|的|政|统一|,|。|、)"
)
_REACHED = re.compile(
    r"(?:整合|精简|优化|提高|增加|增长|上升|下降|降低?|减少|扩大|提升|增|升|缩小|缩短|发展|攀升|跃升|扩展|拓展)(?:到|至)了?(?:约|近|超过|超)?$"
)
_YEARLY = re.compile(
    r"^(?!.*(?:新增|累计|完成|利用外资|投资|投入|引进|争取|新建|建成|五年|减)).*(?:生产总值|GDP|增加值|产值|产量|人均\S*收入|财政收入|预算收入|零售总额|进出口总额|总人口|存款余额|贷款余额|旅游收入|总收入|年产)$"
)
_ADDED = re.compile(
    r"新增|净增|新建|完成|投入|投资|引进|建成|改造|减少|争取|发放|培训|利用|支出|治理|修建|转移|招|帮扶|减免|解决"
)
_STATE = re.compile(
    r"(?:储备|集群规模|产业规模|率|占比|比例|余额|保有量|密度|强度|浓度|常住人口|总人口|寿命|总里程|总数|总量|(?:通车|运营|营运|营业)里程"
    r"|(?:万元|单位)\S*(?:能耗|水耗|电耗|用水量|用电量))$"
)
# 在2022年完成1708亿元高基数的情况下: a year and a number that what follows only builds on
_BASE_CLAUSE = re.compile(
    r"在(?:(?:19|20)\d\d年|去年|上年|前年|[上下]半年|[一二三四]季度)[^。;]{0,30}?(?:情况下|基础上)"
)
# 四是,城乡居民储蓄大幅度增加。一九八五年末达到1623亿元
_RISES = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}是,)?(?P<what>[一-鿿]{4,12}?)(?:有了|有)?(?:大幅度?|显著|明显|较大|较快|持续|稳步|快速|迅速|不断|继续|进一步)+的?(?:增加|增长|提高|上升)。"
)
_FASTER_THAN = re.compile("(?<=收入|总值|投资|总额)(?:增速|增长)(?:高于|快于|优于|跑赢).*$")


def read_figures(report: Report, passages: Sequence[Passage]) -> tuple[Figure, ...]:
    """All figures of a report, in its order.

    Args:
        report: Its text, place and years.
        passages: What ``split_report`` made of it.

    Returns:
        Figures whose spans lie inside their passages; quotes are whole sentences.
    """
    clock = read_clock(report)
    view = dated_view(report.text)
    figures: list[Figure] = []
    carried: Time | None = None
    subject = ""
    last_end = 0
    for passage in passages:
        if passage.part in ("front", "appendix"):
            continue
        for start, end in sentence_spans(report.text, passage.start, passage.end):
            if "\n" in view[last_end:start]:
                carried, subject = None, ""
            last_end = end
            sentence = _Sentence(view[start:end], start, passage, clock, report, carried)
            read = tuple(sentence.figures(subject))
            figures.extend(read)
            carried = sentence.carry()
            told = _RISES.fullmatch(view[start:end].strip()) if not sentence.quantities else None
            subject = next(
                (f.indicator for f in read if f.measure in ("level", "growth")), told["what"] if told else ""
            )
    return tuple(figures)


class _Sentence:
    """One sentence and what is known of it before its numbers are read."""

    def __init__(
        self, text: str, start: int, passage: Passage, clock: Clock, report: Report, carried: Time | None
    ) -> None:
        self.text = re.sub(r"^(\d{1,2})\.(?=\d{2,}(?:个|件|项|家|户|名|处|所))", lambda m: " " * len(m.group()), text)
        text = self.text
        self.start = start
        self.passage = passage
        self.clock = clock
        self.report = report
        self.carried = carried
        self.quantities = with_ranks(text, find_quantities(text))
        self.times = read_times(text, clock, passage)

    def carry(self) -> Time | None:
        """What the next sentence of the paragraph may lean on: 五年来, 到2025年 hold until another time is named."""
        told = [t for t in self.times if not t.weak]
        if not told:
            return self.carried
        last, year = told[-1], self.clock.report_year
        terms = {self._term(), self._coming_term() if self.passage.part == "plan" else ""}
        if last.kind == "span" and last.start <= 12 and last.period in terms:
            return last
        first = told[0]
        reached = last.kind == "year" and self.text[: last.start].endswith(("到", "至"))
        listed = self.text.rstrip().endswith(";") and bool(self.quantities) and last.end <= self.quantities[0].start
        ahead = re.fullmatch(r"(?:\d{4}-)?(?P<end>\d{4})", last.period)
        if listed and year and ahead and int(ahead["end"]) > year:
            return last  # 到2020年,生产总值达到4100亿元;每万人发明专利拥有量15.6件: one list
        if listed and self.passage.part in ("plan", "unknown") and last.start <= 4 and self._is_past(last):
            # in a plan: 1956年新增加的生产能力,就有142万吨;新建和修复的铁路,就有3108公里
            compared = [t.period for t in self.times if t.weak and t.kind == "year" and self._is_plain_year(t)]
            return replace(last, base=compared[-1] if compared else "")
        if reached and self.passage.part == "term_review" and first.kind == "span" and first.start <= 12:
            return first  # 五年来,…增加到2015年的78%: the paragraph is of the five years
        if self.passage.part == "plan" and last.start <= 12 and self.text.startswith("过去", last.start):
            return last  # the plan begins with a look back: 过去一年,…。国内生产总值增长10.3%
        # tells of the term
        whole = re.search(r'[比较](?:"?十?[一二三四五六七八九]五"?期?末|(?:19|20)\d\d年)', self.text)
        if (
            last.kind == "year"
            and self.passage.part == "term_review"
            and last.period == str(self.clock.result_year)
            and not (whole or (reached and last.start > 4))  # 从681亿元增长到2020年约1100亿元: the rest is of the term
        ):
            return last
        end = self.clock.ahead[1] if self.clock.ahead else 9999  # what is hoped for in 2035 is no term's goal
        each = len({t.period for t in told if t.kind == "year"}) > 2  # 其中2021年2.31万座、2022年2.92万座、…
        if last.kind == "year" and self.passage.part == "term_plan" and year and year < int(last.period[:4]) <= end:
            return None if each else last
        return None

    def _term(self) -> str:
        past = self.clock.past
        return self._coming_term() if self.passage.part == "term_plan" else f"{past[0]}-{past[1]}" if past else ""

    def _coming_term(self) -> str:
        return f"{self.clock.ahead[0]}-{self.clock.ahead[1]}" if self.clock.ahead else ""

    def figures(self, subject: str) -> Iterator[Figure]:
        """The figures of this sentence; ``subject`` is the indicator of the one before in the same paragraph."""
        drafts = share_lists(self.text, read_drafts(self.text, self.quantities))
        drafts = with_owner(self.text, with_subject(self.text, drafts, subject))
        drafts = with_purpose(self.text, with_nouns_behind(self.text, with_grades(self.text, drafts)))
        for draft in drafts:
            if draft.indicator or draft.measure == "rank":
                yield self._finish(draft)

    def _finish(self, draft: Draft) -> Figure:
        q = draft.quantity
        if draft.measure == "level" and q.unit.endswith("元"):  # 人均可支配收入增速高于经济增速、突破3万元
            draft = replace(draft, indicator=_FASTER_THAN.sub("", draft.indicator))
        period, role = self._when(draft)
        if draft.base and re.match(r"\d{4}", period) and not self._told(draft):
            period, role = self._base_year(draft, period), "actual"
        indicator = re.sub(r"(?:增速|增长)目标$|的增长速度$", "", draft.indicator) or draft.indicator
        confidence = 0.9 - 0.15 * draft.inherited - 0.2 * (self.passage.part == "unknown") - 0.3 * draft.base
        written_start = self.start + q.start
        return Figure(
            report_id=self.report.report_id,
            passage_id=self.passage.passage_id,
            place=self._place(draft),
            period=period,
            indicator=self.report_words(indicator),
            indicator_id=identify(indicator, draft.measure, q.unit),
            role=role,
            measure=draft.measure,
            value=q.value,
            unit=q.unit,
            modality=" ".join(draft.modality) or None,
            written=self.report.text[written_start : self.start + q.end],
            start=written_start,
            end=self.start + q.end,
            quote_start=self.start,
            quote_end=self.start + len(self.text),
            part=self.passage.part,
            section=self.passage.section,
            confidence=round(max(confidence, 0.1), 2),
        )

    def _base_year(self, draft: Draft, period: str) -> str:
        """The year of an old value: the one compared with, the first of 从A年到B年, else the one before the period."""
        compared = [
            t.period
            for t in self.times
            if t.weak and t.kind == "year" and t.end <= draft.quantity.start and self._is_plain_year(t)
        ]
        if compared:
            return compared[-1]
        time = self._time_of(draft)
        if time is not None and time.base:
            return time.base
        if time is not None and time.kind == "span" and self._from_to(time):
            return period[:4]
        return str(int(period[:4]) - 1)

    def _is_plain_year(self, time: Time) -> bool:
        """Whether a time is written as a year: neither 上年 nor 2002年1月1日."""
        return re.match(r"(?:19|20)\d\d年?(?!\s?\d{1,2}月)", self.text[time.start :]) is not None

    def _from_to(self, time: Time) -> bool:
        """Whether a span is written as its first and its last year: 从1980年到1985年, 2020年到2025年."""
        written = re.match(r"[\d一二三四五六七八九零]{4}年?\s?(?P<to>[-~至到])", self.text[time.start :])
        return written is not None and (written["to"] in "至到" or self.text[: time.start].endswith(("从", "由")))

    def _has_old_value(self, draft: Draft) -> bool:
        """Whether the old value stands before a new one in its clause: 钢产量由2046万吨增加到3178万吨."""
        return (
            re.search(r"[由从][^由从,;。]*[\d十百千万亿][^由从,;。]*$", self.text[: draft.quantity.start]) is not None
        )

    def report_words(self, indicator: str) -> str:
        """``indicator`` with the report's own quotation marks left out."""
        return indicator.replace('"', "").replace("计划 ", "计划").strip()

    def _year_right_before(self, draft: Draft) -> Time | None:
        """The year of comparison that owns a number: 比1958年的548亿元增长19%."""
        for time in self.times:
            if (
                time.weak
                and time.kind == "year"
                and time.end <= draft.quantity.start
                and re.fullmatch(r"(?:预计)?的?(?:约|近)?", self.text[time.end : draft.quantity.start])
            ):
                return time
        return None

    def _told(self, draft: Draft) -> bool:
        """Whether a year stands right before an old value: 由2015年的50%提高到60%."""
        before = self.text[: draft.quantity.start]
        if self.passage.part in ("review", "term_review") and re.search(r"[由从](?:上年|上一年)的?[^,]{0,6}$", before):
            return False  # the year before the one looked back on
        near = (t for t in self.times if draft.quantity.start - 8 <= t.end <= draft.quantity.start)
        return any(t.kind != "span" for t in near)  # 这两年中,钢产量由2046万吨增加到3178万吨: 2046 is of before

    # -- when ---------------------------------------------------------------------------------------

    def _when(self, draft: Draft) -> tuple[str, Role]:
        """Period and role of a number: the nearest time named before it, else that of its part."""
        part, clock = self.passage.part, self.clock
        if (draft.base or draft.measure not in ("multiple", "growth")) and (owner := self._year_right_before(draft)):
            return owner.period, "actual"
        time = self._time_of(draft)
        if draft.quoted_target and part in ("review", "term_review", "problems"):
            year = time.period if time and time.kind == "year" else str(clock.result_year or "")
            return year, "target"
        if time is None:
            return self._by_part(draft)
        if time.kind in ("span", "since"):
            ahead = clock.report_year is not None and int(time.period[-4:]) > clock.report_year
            summed = re.search("累计|以来|已", self.text[draft.segment[0] : draft.quantity.start]) is not None
            if ahead and (part in ("plan", "term_plan", "livelihood", "unknown", "opening") or not summed):
                at_end = time is self.carried and self._is_goal_at_end(
                    draft
                )  # 未来五年要实现以下目标。…GDP达到1750亿元
                return (time.period[-4:] if at_end else time.period), "plan"
            if part in ("plan", "livelihood") and not ahead and time.period[-4:] == str(clock.report_year):
                return time.period, "plan"
            if (
                draft.measure in ("level", "share")
                and _REACHED.search(draft.left)
                and (self._from_to(time) or (not ahead and self._has_old_value(draft)))
            ):
                return time.period[-4:], "actual"  # 从1980年到1985年,钢由3700万吨增加到4666万吨
            if part == "term_review" and time.period == self._term() and self._is_end_state(draft):
                return time.period[-4:], "actual"
            return time.period, "cumulative"
        role = self._role_of_year(time, draft)
        if role == "actual" and "年均" in draft.modality and re.fullmatch(r"\d{4}", time.period):
            return self._mean_span(time.period), "cumulative"
        if role == "plan" and "年均" in draft.modality and clock.report_year and re.fullmatch(r"\d{4}", time.period):
            first = clock.ahead[0] if clock.ahead else clock.report_year
            return f"{min(first, clock.report_year)}-{time.period}", "plan"
        return time.period, role

    def _role_of_year(self, time: Time, draft: Draft) -> Role:
        clock, part = self.clock, self.passage.part
        year = int(time.period[:4])
        report_year = clock.report_year
        if report_year is None:
            return self._by_part(draft)[1]
        if year > report_year:
            return "target" if part == "plan" and self.passage.period == str(year) else "plan"
        if year == report_year == clock.result_year and part not in ("plan", "livelihood"):
            return "actual"  # given at the year's end: 1982年预计达到三亿三千五百多万吨
        if year == report_year:
            if part in ("plan", "livelihood") and self._is_already(draft):
                return "actual"
            if time.kind == "part" and re.search(r"同期|已经?|又比|同比", self.text):
                return "actual"
            if (
                part in ("review", "term_review", "problems", "experience")
                and _is_done(self.text)
                and clock.past
                and clock.past[1] == report_year
            ):
                return "actual"
            return "target" if part not in ("term_review",) or not _is_done(self.text) else "actual"
        if part in ("plan", "livelihood") and time.kind == "part" and year == report_year:
            return "target"
        return "actual"

    def _by_part(self, draft: Draft) -> tuple[str, Role]:
        part, clock = self.passage.part, self.clock
        period = self.passage.period or (str(clock.result_year) if clock.result_year else "")
        yearly_mean = "年均" in draft.modality
        if part in ("plan", "livelihood") and clock.result_year and self._is_already(draft):
            return str(clock.result_year), "actual"
        if part in ("plan", "livelihood"):
            if yearly_mean and clock.ahead:
                return f"{clock.ahead[0]}-{clock.ahead[1]}", "plan"
            return period, "target"
        if part == "term_plan":
            return (period[-4:] if self._is_goal_at_end(draft) else period), "plan"
        if part == "term_review":
            return (period[-4:], "actual") if self._is_end_state(draft) else (period, "cumulative")
        if part in ("opening", "unknown", "closing"):
            return self._untold(draft)
        if clock.past and (yearly_mean or self._sums_term(draft)):
            return f"{clock.past[0]}-{clock.past[1]}", "cumulative"
        return period, "actual"

    def _is_goal_at_end(self, draft: Draft) -> bool:
        """Whether a number of a term's plan is to be reached by its end: GDP达到6000亿元以上."""
        before = self.text[draft.segment[0] : draft.quantity.start]
        reached = re.search(
            r"(?:达到?|突破|超过|(?:提高|提升|增加|增长|扩大|降低?|下降|压减)[到至])(?:约|近)?$", draft.left
        )
        summed = re.search("累计|(?<!公)共|合计|总计|年均|每年|五年|5年", before)
        added = _ADDED.search(before) or _ADDED.search(draft.indicator)
        return draft.measure in ("level", "share") and not (reached is None or summed or added)

    def _is_already(self, draft: Draft) -> bool:
        """Whether a plan tells what is so already: 关税总水平已由15.3%降到12%."""
        before = self.text[draft.segment[0] : draft.quantity.start]
        return (
            re.search(r"已(?:经)?(?:[一-鿿]{0,3}了|由|从|达|有|完成|建成|投入|形成|实现|超过)(?!的)", before)
            is not None
        )

    def _is_end_state(self, draft: Draft) -> bool:
        """Whether a number of a term's review is what was reached at its end: 由60.2%提高到65.2%, 普及率97%."""
        before = self.text[draft.segment[0] : draft.quantity.start]
        compared = re.match(
            r"[,、](?:[^,。;]{0,14}\d[\d.]*[^,。;\d]{0,6}[,、])?(?:分别|均|各)?(?:比|较)(?:19|20)\d\d年(?:底|末)?(?:的|增|提|翻|上|下|降)",
            self.text[draft.quantity.end :],
        )
        if compared and draft.measure == "level" and not re.search(r"累计|新增|(?<!公)共|年均|五年|5年", before):
            return True  # 达到880.8亿元,比2004年增长173.9%
        if draft.of_all:
            return True
        new = not draft.base and draft.measure in ("level", "share") and _REACHED.search(draft.left)
        if new and self._has_old_value(draft):
            return True  # 累计淘汰…,PM2.5浓度从2015年的74降至44.8微克/立方米
        if draft.measure == "rank" and not draft.base:
            told = self.text[draft.segment[0] : draft.quantity.end]
            return not re.search("累计|年均|连续|保持|蝉联", told)  # kept up over the years, not reached at their end
        if (
            draft.base
            or draft.measure not in ("level", "share")
            or re.search(r"累计|(?<!公)共|合计|总计|年均|每年|五年|5年|控制在|保持在|稳定在", before)
        ):
            return False
        if re.search(r"(?:已达到?|达到)(?:了|约|近)?$", draft.left) and not _ADDED.search(before):
            return True  # 参合农民达到7.3亿人
        if _YEARLY.search(draft.indicator) and not draft.right.startswith("的跨越"):
            return True  # 原煤产量达到11亿吨 after five years is that of the last one
        return _REACHED.search(draft.left) is not None or (
            _STATE.search(draft.indicator) is not None and not re.search(r"新增|新建|完成|占", draft.indicator)
        )

    def _sums_term(self, draft: Draft) -> bool:
        """Whether a number sums up a term, under a heading that looks back on the year and the term at once."""
        heading = "".join(self.passage.section)
        if not (re.search(r"(?:19|20)\d\d年", heading) and re.search('五[”"]?(?:时期|期间|以来)|五年', heading)):
            return False
        before = self.text[draft.segment[0] : draft.quantity.start]
        summed = "累计" in before
        added = re.search(r"新增|新建|建成|改造|培育|引进|打造|发放|高于|快于", before + draft.indicator) is not None
        meant = added and re.search("年均(?!浓度|值|气温|水平|降)", self.text) is not None
        return summed or meant or re.search(r"(?<!连续)(?<![\d.])(?:五|5)年[^,]{0,6}$", draft.left) is not None

    def _mean_span(self, end: str) -> str:
        """The span of a yearly mean that ends with a year: from the year behind the one compared with, else the term."""
        bases = [t for t in self.times if t.kind == "year" and t.period.isdigit() and int(t.period) < int(end)]
        if counted := re.search("(?<!前)([两三四])年平均", self.text):
            return f"{int(end) - small_count(counted[1]) + 1}-{end}"  # 两年平均每年递增
        if bases:
            first = int(bases[-1].period)
            # 从1978年的186亿元增加到2018年的9.73万亿元, 年均: as written; 从2010年…到2015年: the five years of a plan
            if self.clock.past == (first + 1, int(end)):
                return f"{first + 1}-{end}"  # 过去四年…由2018年的917亿元跃升至2022年的1427亿元, 年均
            from_to = self.text[: bases[-1].start].endswith(("从", "由")) and int(end) - first != 5
            return f"{first if from_to else first + 1}-{end}"
        past = self.clock.past
        return f"{past[0]}-{past[1]}" if past else end

    def _untold(self, draft: Draft) -> tuple[str, Role]:
        """Role and period where the part is not known: by the sentence's own verbs."""
        clock = self.clock
        wants = re.search(
            r"(?:要|将|争取|力争|计划|预期|目标|安排|预计)(?:[^,。;]{0,20}|[^。;]{0,40},[^,。;]{0,12}可(?:以?达|望达)到?)$",
            self.text[: draft.quantity.start],
        )
        done = _is_done(self.text)
        if wants and not done and clock.report_year:
            return str(clock.report_year), "target"
        return str(clock.result_year or clock.report_year or ""), "actual"

    def _time_of(self, draft: Draft) -> Time | None:
        at = draft.quantity.start
        bases = [m.span() for m in _BASE_CLAUSE.finditer(self.text) if m.end() <= at]
        before = [
            t
            for t in self.times
            if t.start < at and not t.weak and not any(start <= t.start < end for start, end in bases)
        ]
        segment = [t for t in before if t.start >= draft.segment[0]]
        before = [t for t in before if t in segment or t.kind != "part" or self._rules_on(t)]
        if segment:
            return self._with_part_year(segment[-1], segment)
        if before:
            return self._with_part_year(before[-1], before)
        if self.passage.part == "term_review" and "累计" in self.text[:at]:
            return None  # a sum over the term, whatever year was named before
        if self.passage.part == "plan" and self._wants(at) and self.carried and self._is_past(self.carried):
            return None
        if self.carried and self.passage.part in (
            "review",
            "plan",
            "opening",
            "unknown",
            "experience",
            "term_plan",
            "term_review",
        ):
            return self.carried
        return None

    def _wants(self, at: int) -> bool:
        """Whether the words before a place of the sentence look ahead: 要, 将, 力争."""
        return re.search("要|将|力争|争取|计划|预期|确保|拟", self.text[:at]) is not None

    def _is_past(self, time: Time) -> bool:
        year = self.clock.report_year
        return year is not None and time.kind == "year" and int(time.period[:4]) < year

    def _rules_on(self, time: Time) -> bool:
        """Whether a part of a year holds for the clauses behind its own: not in 改造上半年开工,新增道路8公里."""
        if re.search(r"[由从暨(]$", self.text[: time.start]):
            return False  # 由一季度的-23.1%收窄到-1.4%, 进出口总额(1-11月)
        behind = re.split("[,;。]", self.text[time.end :])[0]
        return (
            re.match(
                r"[^\d]{0,8}?(?:开工|完工|建成|投用|投入使用|通车|启动|竣工|运营|开建|封顶|动工|交付|完成[^\d]*$)",
                behind,
            )
            is None
        )

    def _with_part_year(self, last: Time, times: Sequence[Time]) -> Time:
        """``last``, with the year that stands before a part of a year (2019年…上半年)."""
        if last.kind != "part":
            return last
        year = next((t.period for t in reversed(times) if t.kind == "year"), None)
        return (
            last
            if year is None
            else replace(last, period=year[:4] + last.period[4:].replace(last.period[:4], year[:4]))
        )

    # -- where --------------------------------------------------------------------------------------

    def _place(self, draft: Draft) -> str:
        """The report's place, or its parent where 全市, 全省 or 全国 of a lower report's clause own the number."""
        segment = self.text[draft.segment[0] : draft.quantity.start]
        hits = list(_SCALES.finditer(segment))
        if not hits or draft.measure == "rank":
            return self.report.place
        hit = hits[-1]
        before, after = segment[: hit.start()], segment[hit.end() :]
        before = before[before.rfind("(") + 1 :]  # 增长20.7%(全市9.7%)
        if _NOT_PLACE_BEFORE.search(before) or _NOT_PLACE_AFTER.search(after) or len(before) > 6:
            return self.report.place
        return parent_place(self.report.place, self.report.level, hit.group())


def parent_place(place: str, level: str, word: str) -> str:
    """The place that 全市, 全省 or 全国 means in a report of ``place``: itself at its own level, else a parent."""
    if word in ("全国", "我国"):
        return "全国"
    parts: list[str] = re.findall(r".+?(?:特别行政区|自治区|自治州|自治县|新区|地区|省|市|州|盟|区|县|旗)", place)
    if word == "全省" and level in ("city", "county", "zone", "township") and parts:
        return parts[0]
    if word in ("全市", "全州") and level in ("county", "zone", "township") and len(parts) > 1:
        own_city = place.endswith("市") and level == "county"
        return place if own_city else "".join(parts[:-1])
    return place


def _is_done(text: str) -> bool:
    return bool(re.search(r"完成|实现|达到|增长|建成|新增|累计|获得|下降", text))
