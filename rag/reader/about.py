"""Questions about a report itself: who gave it, when, at which meeting, from where."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.answer import Answer
from rag.reader.draft import Draft
from rag.types import Report
from rag.wording import report_name, short_place, years_text


class AboutDraft(Draft):
    """Who gave a report, when, at which meeting: its recorded fields and their proofs."""

    def answer(self) -> Answer:
        """Who, when, at which meeting, from where: from the recorded fields and their proofs."""
        lines = [
            line
            for report in self.plan.reports[:3]
            for kind in self.query.about
            for line in self._about_one(report, kind)
        ]
        self.lines.extend(dict.fromkeys(lines))
        if not self.lines:
            self.lines.append(self.say("报告文本中没有写明这一点。", "The report does not say."))
            return self.done("not_in_report")
        return self.done("answered")

    def _about_one(self, report: Report, kind: str) -> Iterable[str]:
        name = report_name(report)
        if kind == "years":
            years = self.sources.holdings.years(report.place_code)
            yield self.say(
                f"库中有{short_place(report.place)}的报告：{years_text(years)}。",
                f"Reports held of {report.place}: {', '.join(map(str, years))}.",
            )
            return
        value, field, label, label_en = {
            "speaker": (report.speaker, "speaker", "由{}作报告", "was delivered by {}"),
            "date": (_date_zh(report.delivered_on), "delivered_on", "作于{}", "was delivered on {}"),
            "meeting": (report.meeting, "meeting", "作于{}", "was delivered at {}"),
            "source": (report.source, "source", "的来源：{}", "comes from {}"),
            "title": (report.title, "title", "的标题：{}", "is titled {}"),
        }[kind]
        if not value:
            yield self.say(
                f"{name}的文本没有写明{ {'speaker': '报告人', 'date': '作报告的日期', 'meeting': '会议'}.get(kind, kind) }。",
                f"{report.title} does not state this.",
            )
            return
        proof = self.sources.shelf.report(report.report_id).evidence.get(field)
        mark = ""
        if proof is not None and proof.start is not None and proof.end is not None:
            text = self.sources.shelf.text(report.report_id)
            start, end = _line_around(text, proof.start, proof.end)
            if kind == "speaker":
                value = _office_before(text[start:end], value) + value
            mark = f"[{self.citations.cite(report, start, end, part='front')}]"
        iso = f"（{report.delivered_on}）" if kind == "date" and report.delivered_on else ""
        yield self.say(
            f"{name}{label.format(value)}{iso}{mark}。",
            f"{report.title} {label_en.format(value)}{' ' + str(report.delivered_on) if iso else ''}{mark}.",
        )


def _office_before(line: str, name: str) -> str:
    """The office that a line names right before a speaker's name (代县长), or ""."""
    match = re.search(r"((?:代理|代)?(?:省长|市长|区长|县长|旗长|州长|盟长|主席|总理|主任))\s*" + re.escape(name), line)
    return match.group(1) if match else ""


def _date_zh(iso: str | None) -> str | None:
    if not iso:
        return None
    parts = [int(p) for p in iso.split("-")]
    return (
        f"{parts[0]}年{parts[1]}月" + (f"{parts[2]}日" if len(parts) > 2 else "") if len(parts) > 1 else f"{parts[0]}年"
    )


def _line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The line that holds a span, cut to what a reader can take in."""
    a = text.rfind("\n", 0, start) + 1
    b = text.find("\n", end)
    b = len(text) if b < 0 else b
    if b - a > 160:
        a, b = max(a, start - 40), min(b, end + 40)
    while a < b and text[a].isspace():
        a += 1
    while b > a and text[b - 1].isspace():
        b -= 1
    return a, b
