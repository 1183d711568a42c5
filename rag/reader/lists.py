"""Lists of a report: the year's main targets, the livelihood projects, one item by its number."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.answer import Answer
from rag.lookup import Sentence
from rag.matching import cover, words_of
from rag.numerals import plain
from rag.passages import sentence_spans
from rag.reader.draft import CN_DIGITS, COUNTED, LIST_QUOTES, Draft, lines_of
from rag.reader.prose import ProseDraft
from rag.types import Figure, Report
from rag.wording import report_name

ITEM_HEADING = 40  # an item's line up to this long is its heading, and its text follows
ITEM_BODY = 500
_TARGET_LEAD = re.compile(
    r"(?:今年|年度)计划(?:要求|安排|规定),|(?:预期|主要|发展|工作|奋斗|总体|经济|年度|全年|增长|计划|具体|调控|约束性)[^。;,]{0,18}?目标(?:任务)?(?:建议)?(?:初步)?(?:拟|确定|安排|定|设定|建议)?(?:是|为|如下)?\s?[:：,]?|目标(?:是|为)\s?[:：]?"
)
_MAIN_GOALS = frozenset(
    "地区生产总值 城镇新增就业 城镇调查失业率 城镇登记失业率 居民消费价格 一般公共预算收入 固定资产投资 社会消费品零售总额 进出口总额 居民人均可支配收入 粮食产量 单位GDP能耗".split()
)
# 用心用情办好“十件民生实事”。(1)…(2)…
_OPENS_DEEDS = re.compile(r'[一二三四五六七八九十\d]{1,3}(?:件|项)[一-鿿]{0,6}实事(?:项目|工程|计划)?"?[:。]')


class ListDraft(Draft):
    """The year's main targets, the livelihood projects, the n-th item."""

    def answer(self) -> Answer:
        """Lists: the year's main targets, the livelihood projects, the n-th item."""
        if not self.plan.reports:
            return self.become(ProseDraft).answer()
        topic = self.query.topic + self.query.text
        if self.query.item is not None:
            return self._item(self.plan.reports[0], self.query.item)
        if re.search("实事|民生项目|民生工程|民心工程", topic):
            return self._livelihood(self.plan.reports[0])
        if re.search("目标|指标", topic):
            spans = [s for report in self.plan.reports[:3] for s in self._target_sentences(report)]
            spans = spans or [s for report in self.plan.reports[:1] for s in self._goals_unannounced(report)]
            if spans:
                return self.quoted(spans, self.say("主要预期目标：", "Main targets:"))
        return self.become(ProseDraft).answer()

    def _target_sentences(self, report: Report) -> list[Sentence]:
        """The sentences that set the year's main targets, and those of the paragraph that go on with them."""
        text = self.sources.shelf.text(report.report_id)
        wants_term = any(p.kind in ("coming_term", "span") for p in self.query.periods)
        parts = ("term_plan",) if wants_term else ("plan", "unknown", "opening")
        ahead = [f for f in self.figures_of(report) if f.role in ("target", "plan")]
        best: list[Sentence] = []
        run: list[Sentence] = []
        for passage in self.sources.shelf.passages(report.report_id):
            if passage.part not in parts or (best and sum(s.score for s in best) >= 4):
                continue
            announced = bool(run) and text[run[-1].start : run[-1].end].rstrip().endswith(("：", ":"))
            run = run if announced else []  # 主要预期目标是： and the goals in a paragraph of their own
            for start, end in sentence_spans(text, passage.start, passage.end):
                numbers = [f for f in ahead if start <= f.start < end]
                lead = _TARGET_LEAD.search(plain(text[start:end]))
                soft = re.search(r"同步|下达|完成.{0,6}任务|持平|合理区间|稳定", text[start:end])
                goes_on = bool(run) and text[run[-1].start : run[-1].end].rstrip().endswith(("；", ";"))
                if (lead and (numbers or text[start:end].rstrip().endswith(("：", ":")))) or (
                    run and (numbers or soft or goes_on)
                ):
                    run.append(Sentence(report, start, end, passage.part, passage.section, float(len(numbers))))
                elif run:
                    break
            if sum(s.score for s in run) > sum(s.score for s in best):
                best = run
        return best

    def _goals_unannounced(self, report: Report) -> list[Sentence]:
        """The sentences of one line that set three main goals and more, where no words announce them as such."""
        text = self.sources.shelf.text(report.report_id)
        by_line: dict[int, list[Figure]] = {}
        for f in self.figures_of(report):
            if f.role == "target" and f.part == "plan" and f.indicator_id in _MAIN_GOALS:
                by_line.setdefault(text.rfind("\n", 0, f.start), []).append(f)
        line, goals = max(by_line.items(), key=lambda item: len({f.indicator_id for f in item[1]}), default=(0, []))
        if len({f.indicator_id for f in goals}) < 3:
            return []
        stop = text.find("\n", line + 1)
        spans = sentence_spans(text, goals[0].quote_start, len(text) if stop < 0 else stop)
        return [Sentence(report, a, b, "plan", goals[0].section, 1.0) for a, b in spans][:LIST_QUOTES]

    def _livelihood(self, report: Report) -> Answer:
        passages = [p for p in self.sources.shelf.passages(report.report_id) if p.part == "livelihood"]
        if not passages:
            counted = self._deeds_counted_off(report)
            if counted:
                return self.quoted(counted, self.say(f"{report_name(report)}的民生实事：", "Livelihood projects:"))
            return self.become(ProseDraft).answer()
        text = self.sources.shelf.text(report.report_id)
        spans = [(s, e) for p in passages for s, e in lines_of(text, p.start, p.end)]
        sentences = [
            Sentence(report, s, e, "livelihood", passages[0].section, 0.0) for s, e in spans[: LIST_QUOTES * 3]
        ]
        return self.quoted(sentences, self.say(f"{report_name(report)}的民生实事：", "Livelihood projects:"))

    def _deeds_counted_off(self, report: Report) -> list[Sentence]:
        """The livelihood projects that one paragraph of the plan counts off: 今年抓好十件民生实事:一是…;二是…."""
        text = self.sources.shelf.text(report.report_id)
        passages = self.sources.shelf.passages(report.report_id)
        for start, end in lines_of(text, 0, len(text)):
            line = plain(text[start:end])
            if not (re.search("实事", line) and re.search("[:。;]一是", line) and re.search("[。;]三是", line)):
                continue
            passage = next((p for p in passages if p.start <= start < p.end), None)
            if passage is not None and passage.part in ("plan", "unknown"):
                spans = sentence_spans(text, start, end)
                return [Sentence(report, a, b, passage.part, passage.section, 0.0) for a, b in spans]
        return []

    def _item(self, report: Report, n: int) -> Answer:
        """The n-th item of a numbered list: that of the livelihood projects, or the list the topic names."""
        text = self.sources.shelf.text(report.report_id)
        marks = _item_marks(n)
        best: tuple[float, Sentence] | None = None
        words = words_of(self.query.topic)
        for passage in self.sources.shelf.passages(report.report_id):
            for start, end in lines_of(text, passage.start, passage.end):
                line = plain(text[start:end])
                inner = next((m for m in (re.search(mark, line) for mark in marks) if m), None)
                if inner is None:
                    continue
                a = start + inner.start()
                stop = re.search(_next_mark(n, inner.group()), line[inner.end() :])
                b = start + inner.end() + stop.start() if stop else self._body_end(text, end, n, inner.group())
                above = plain(
                    "".join(passage.section) + text[max(0, start - 200) : start] + text[max(start, a - 500) : a]
                )
                whole = plain(text[text.rfind("\n", 0, a) + 1 : a])
                deeds = "实事" in self.query.topic and inner.group().endswith("是") and "实事" in whole
                bracketed = "实事" in self.query.topic and inner.group().startswith("(")
                opened = bracketed and _OPENS_DEEDS.search(plain(text[max(0, a - 1500) : a]))
                score = (
                    cover(words, above + whole[:80])
                    + 0.4 * deeds
                    + 0.6 * bool(opened)
                    + (0.5 if passage.part == "livelihood" else 0)
                    + (0.2 if passage.part in ("plan", "livelihood") else 0)
                )
                if best is None or score > best[0]:
                    while b > a and text[b - 1].isspace():
                        b -= 1
                    best = (score, Sentence(report, a, b, passage.part, passage.section, score))
        if best is None:
            return self.become(ProseDraft).answer()
        return self.quoted([best[1], *self._detailed(best[1])], self.say(f"第{n}项：", f"Item {n}:"))

    def _detailed(self, item: Sentence) -> list[Sentence]:
        """What a table in the annex says of an item told by its title alone: 六是完善公交线网和设施."""
        text = self.sources.shelf.text(item.report.report_id)
        title = COUNTED.sub("", plain(text[item.start : item.end]), count=1).strip('。;" ')
        if re.search(r"\d", title) or len(title) < 6:
            return []
        for start, end in lines_of(text, item.end, len(text)):
            cells = [cell.strip('。;" ') for cell in plain(text[start:end]).split("\t")]
            if title in cells[:-1]:
                return [replace(item, start=start, end=end)]
        return []

    def _body_end(self, text: str, end: int, n: int, mark: str) -> int:
        """Where an item ends whose line is its heading: behind the lines that follow it, up to the next item."""
        if end - text.rfind("\n", 0, max(0, end - 1)) > ITEM_HEADING:
            return end
        body = text[end : end + ITEM_BODY]
        stop = re.search(r"\n\s*" + _next_mark(n, mark), plain(body)) or re.search(
            r"\n\s*\n|\n[一二三四五六七八九十]+、", body
        )
        cut = stop.start() if stop else body.find("\n", 1)
        return end + max(cut, 0)


def _cn(n: int) -> str:
    if n <= 10:
        return CN_DIGITS[n]
    return ("十" if n < 20 else CN_DIGITS[n // 10] + "十") + (CN_DIGITS[n % 10] if n % 10 else "")


def _item_marks(n: int) -> tuple[str, ...]:
    circled = chr(0x2460 + n - 1) if n <= 20 else "①"
    return (
        circled,
        rf"^{n}\s?[.、](?!\d)",
        rf"^\({_cn(n)}\)",
        rf"^{_cn(n)}、",
        rf"^\({n}\)",
        rf"(?<=[。;:]){_cn(n)}是",
        rf"^{_cn(n)}是",
        rf"^第{_cn(n)}[,、]",
        rf"(?<=[。;:]){n}[.、](?!\d)",
        rf"(?<=[。;:])\({_cn(n)}\)",
        rf"(?<=[。;:])\({n}\)",
        rf"(?<=[。;:]){_cn(n)}、",
    )


def _next_mark(n: int, mark: str) -> str:
    following = n + 1
    if "①" <= mark <= "⑳":
        return chr(ord(mark) + 1)
    if mark.endswith("是"):
        return rf"(?<=[。;]){_cn(following)}是"
    return rf"(?<=[。;])\s?(?:{following}[.、](?!\d)|\({_cn(following)}\)|{_cn(following)}、|\({following}\))"
