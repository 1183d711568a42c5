"""What kind of paper a text is, and whether the copy is whole.

A text that says itself that it stands in for a report is one (基于公开资料整理); a resolution, a plan report,
a paper of other bodies and news are known by their titles and openings; what is left and speaks as a
government to its congress is a work report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.corpus.compact import Compact
from rag.corpus.head import Found, Head
from rag.types import Evidence, ReportKind

_STAND_IN = re.compile(
    r"摘要版本|未能找到(?:完整)?(?:的)?原文|未找到(?:完整)?(?:的)?原文|原文(?:暂缺|缺失|未公开|已无法)|"
    r"(?:基于|根据|依据)[^\n。]{0,30}?(?:公开资料|公开信息|公开报道|网络资料|部分)(?:[^\n。]{0,6})(?:整理|汇编|编写|撰写)|"
    r"非(?:官方)?原文|由(?:AI|人工智能|大模型)(?:自动)?(?:生成|撰写)|并非(?:政府工作报告)?(?:原文|全文)"
)
_RESOLUTION_TITLE = re.compile(r"关于[^\n。]{0,40}工作报告的?决议|关于[^\n。]{0,30}报告的决议")
_RESOLUTION_BODY = re.compile(
    r"(?:听取|审议)(?:和审议|并审议|审议|和审查)?了?[^。]{0,50}所?作的?\s*《?政府工作报告[^。]*。"
    r".{0,600}?(?:批准|同意)这?个?(?:了|该)?[^。]{0,12}报告",
    re.DOTALL,
)
_PLAN_REPORT = re.compile(
    r"国民经济和社会发展计划(?:执行情况)?[^\n。,]{0,30}(?:计划草案|草案)[^\n。,]{0,6}报告|"
    r"预算执行情况[^\n。,]{0,40}(?:预算草案|草案)[^\n。,]{0,6}报告|计划执行情况[^\n。,]{0,30}计划(?:\(草案\)|草案)?的报告"
)
_OTHER = re.compile(
    r"法治政府建设|依法行政工作(?:情况)?的?报告|政府信息公开工作(?:年度)?报告|"
    r"人民代表大会常务委员会工作报告|人大常委会工作报告|"
    r"人民法院工作报告|人民检察院工作报告|政治协商会议[^\n]{0,20}工作报告|政协[^\n]{0,20}工作报告|审计工作报告|"
    r"党[^\n]{0,6}代表大会[^\n]{0,10}报告|环境状况[^\n]{0,20}报告|统计公报|"
    r"政府工作报告》?(?:重点工作|任务)?(?:的)?(?:任务)?(?:责任)?分(?:解|工)|解读|一图读懂"
)
_NEWS = re.compile(
    r"在(?:作)?(?:政府工作)?报告(?:中|时)?(?:说|指出|提出|强调|表示)|(?:作|做)了?政府工作报告。|"
    r"本报讯|记者[^\n]{0,12}(?:报道|讯)|会议(?:听取|开幕)"
)
_ADDRESS = re.compile(r"各位(?:人大)?代表|我代表[^。]{0,30}(?:政府|国务院|管理?委)")
_EXCERPT_TITLE = re.compile(r"节选|摘编|摘登|摘要|选登|要点")
_NEWS_CHARS = 5500  # longer ones print the report itself, without its address
_SHORT_CHARS = 3000  # no whole report of the corpus is shorter; the shortest has 5,370
# The last paragraph of a report: 各位代表！…让我们…而努力奋斗！ Thanks and worries end other parts.
_CLOSING_START = re.compile(
    r"各位代表|同志们|让我们|我们(?:坚信|相信|一定|决心|将|要)|最后|新的?一年|号召|全[省市县区国]|任务"
)
_CLOSING_END = re.compile(r"(?:奋斗|贡献|前进|胜利|篇章|献礼|召开|谢谢大家)[。!]?$")
_NOT_CLOSING = re.compile(r"感谢|敬意|困难|问题和|不足|清醒|回顾")
_MAIN_PART = re.compile(r"\n(?:[二三四五六七八][、.,]|第[二三四五六]部分)[^\n]{0,50}")
_ANNEX = re.compile(r"注释|名词|附件|附表|解释|用语|说明|一览|清单|项目表|指标|\[\d+\]|\n1[.、]")
_PLAN_PART = re.compile(r"工作|任务|安排|目标|建设|发展|政府|实施|推进|坚持")
_HAS_CONTENT = re.compile(r"工作回顾|主要工作|增长|完成|达到|新增|目标|实现|工作安排|重点工作")
_EMOJI = re.compile("[\U0001f300-\U0001faff]")


@dataclass(frozen=True, slots=True)
class KindReading:
    """The kind of a paper, whether the copy is whole, why, and what to tell the reader."""

    kind: ReportKind
    complete: bool
    evidence: Evidence | None
    notices: tuple[str, ...] = ()


def read_kind(text: Compact, *, head: Head, title: Found | None, file_name: str) -> KindReading:
    """The kind of a text and the completeness of the copy.

    Args:
        text: The whole text in compact form with line feeds.
        head: Its head.
        title: The title found in the text.
        file_name: Name of the file, asked only where the text has no title.
    """
    stand_in = _STAND_IN.search(head.lines.text)
    if stand_in:
        return KindReading(
            "stand_in",
            False,
            head.lines.evidence(stand_in.start(), stand_in.end()),
            (f"这份文件自己写明“{stand_in[0]}”，不是报告原文，只登记，不用来回答。",),
        )
    named = title.value if title else re.sub(r"\s", "", file_name)
    words = title.evidence if title else Evidence("file name", file_name)
    opening = head.plain.text[: head.head_chars + 160]
    for kind, pattern, notice in (
        ("resolution", _RESOLUTION_TITLE, "这是关于报告的决议，不是报告本身，只登记，不用来回答。"),
        ("plan_report", _PLAN_REPORT, "这是计划或预算报告，不是政府工作报告，只登记，不用来回答。"),
        ("other", _OTHER, "这不是政府工作报告，只登记，不用来回答。"),
    ):
        if pattern.search(named):
            return KindReading(kind, True, words, (notice,))  # type: ignore[arg-type]
        found = pattern.search(opening) if kind == "plan_report" and not title else None
        if found:
            return KindReading("plan_report", True, head.plain.evidence(found.start(), found.end()), (notice,))
    resolved = _RESOLUTION_BODY.search(text.text, 0, 1500)
    if resolved and not re.search(r"我代表", text.text[:1500]):
        stop = min(resolved.end(), resolved.start() + 60)
        return KindReading(
            "resolution",
            True,
            text.evidence(resolved.start(), stop),
            ("这是关于报告的决议，不是报告本身，只登记，不用来回答。",),
        )
    if _EMOJI.search(head.lines.text[:200]):
        found_emoji = _EMOJI.search(head.lines.text)
        assert found_emoji is not None
        return KindReading(
            "other",
            False,
            head.lines.evidence(found_emoji.start(), found_emoji.end()),
            ("文中有表情符号，不像政府工作报告的原文，只登记，不用来回答。",),
        )
    law = len(re.findall(r"法治政府建设|依法行政", text.text))
    if law >= 8 and not _ADDRESS.search(text.text[:3000]) and law * 400 > len(text.text) / 3:
        spot = text.text.index("法治") if "法治" in text.text else 0
        return KindReading("other", True, text.evidence(spot, spot + 2), ("这不是政府工作报告，只登记，不用来回答。",))
    reported = re.search(r"作?(?:政府)?工作报告时(?:说|指出|强调)", text.text[:600])
    if reported and len(text.text) >= _NEWS_CHARS:
        return KindReading(
            "partial",
            False,
            text.evidence(reported.start(), reported.end()),
            ("这是报刊摘登的报告，只有其中一部分。",),
        )
    if not _ADDRESS.search(text.text):
        told = list(_NEWS.finditer(text.text))
        if told and len(text.text) < _NEWS_CHARS:
            return KindReading(
                "news",
                False,
                text.evidence(told[0].start(), told[0].end()),
                ("这是关于报告的新闻，不是报告本身，只登记，不用来回答。",),
            )
    return _whole_or_part(text, named=named, words=words)


def _whole_or_part(text: Compact, *, named: str, words: Evidence) -> KindReading:
    """A work report, whole or cut, or a part of one."""
    body = text.text
    excerpt = _EXCERPT_TITLE.search(named) or re.search(r"(?<=\()(?:节选|摘编|摘登|摘要|选登)(?=\))", body[:400])
    if excerpt:
        return KindReading("partial", False, words, (f"标题写明是“{excerpt[0]}”，这份文件只有报告的一部分。",))
    end = max(0, len(body) - 40)
    if len(body) < _SHORT_CHARS and not _HAS_CONTENT.search(re.sub(r"[^\n]*[:：][^\n]{0,60}\n", "", body)):
        return KindReading("other", False, words, ("文件里没有报告的正文，只登记，不用来回答。",))
    if len(body) < _SHORT_CHARS:
        evidence = text.evidence(end, len(body)) if body else words
        return KindReading("partial", False, evidence, (f"全文只有 {len(body)} 字，这份文件只有报告的一部分。",))
    stop = _closing_end(body)
    if stop is None:
        return KindReading(
            "work_report", False, text.evidence(end, len(body)), ("这份报告的文本在结尾之前中断，后面的内容缺失。",)
        )
    return KindReading("work_report", True, text.evidence(max(0, stop - 30), stop))


def _closing_end(body: str) -> int | None:
    """Where the closing words of a whole report end, or None if the text stops before them.

    Notes, tables and lists of projects may follow them; a main part of the report may not.
    """
    if body.rstrip("\n")[-1:] in ",、;:":
        return None
    position = len(body)
    for line in reversed(body.split("\n")):
        start = position - len(line)
        if start < len(body) * 0.4:
            return None
        if _is_closing(line, last=not body[position:].strip()):
            later = _MAIN_PART.search(body, position)
            goes_on = later is not None and _PLAN_PART.search(later[0]) is not None
            return None if later and goes_on and not _is_annex(body, position, later.start()) else position
        position = start - 1
    return None


def _is_closing(line: str, *, last: bool) -> bool:
    """Whether a paragraph ends a report: it calls on the deputies and looks ahead."""
    if len(line) < 12 or _NOT_CLOSING.search(line[-30:]) or not _CLOSING_START.search(line):
        return False
    if line.endswith(("!", '!"')) or (last and re.search(r"让我们|更加紧密|紧密团结|在[^。]{0,60}领导下", line)):
        return True
    return bool(_CLOSING_END.search(line))


def _is_annex(body: str, start: int, end: int) -> bool:
    """Whether notes, tables or lists begin between two spots."""
    return bool(_ANNEX.search(body, start, end))
