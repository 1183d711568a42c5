"""A report as a reference in a paper, and a quotation with its figure: texts to copy. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.answer import Answer
from rag.config import Lang
from rag.page.markup import web_address
from rag.page.words import say
from rag.types import Figure, Report
from rag.wording import period_zh, report_name, short_place, shown, thing

TODAY: Final = "{today}"  # the page puts in the day on which it was looked at


def government(report: Report) -> str:
    """Whose report it is: 沈阳市沈河区人民政府, 国务院, …管理委员会."""
    if report.level == "national":
        return "国务院"
    if not report.place:
        return report.speaker or "佚名"
    own = re.sub(r"^.+?(?:省|自治区)(?=.)", "", report.place)
    return f"{own}管理委员会" if report.level == "zone" else f"{own}人民政府"


def reference(report: Report) -> str:
    """The report as GB/T 7714-2015 writes it: government, title, date, address.

    An address brings the day of looking, which stands as ``TODAY`` until it is copied.
    """
    date = report.delivered_on or report.published_on or (str(report.report_year) if report.report_year else "")
    title = re.sub(r"\s+", "", report.title)
    address = web_address(report.source)
    if address is None:
        return f"{government(report)}. {title}[R]. {date}.".replace(". .", ".")
    return f"{government(report)}. {title}[R/OL]. ({date})[{TODAY}]. {address}.".replace("()", "")


def quotation(report: Report, section: Sequence[str], quote: str, figure: Figure | None) -> str:
    """The cited words with their source, after what the figure is where one was chosen."""
    said = ""
    if figure is not None:
        role = say(f"role_{figure.role}", "zh")
        said = f"{short_place(figure.place)}{period_zh(figure.period)}{thing(figure)}（{role}）：{shown(figure)}。"
    where = "，".join([f"《{report_name(report)}》", *section[:2]])
    return f"{said}“{quote}”（{where}）"


def answer_markdown(answer: Answer, lang: Lang) -> str:
    """An answer as Markdown with its citations as footnotes' texts, for the export of a conversation."""
    body = _outside_tables(answer.text)
    cited = [
        f"- [{c.n}] “{_one_line(c.quote)}” — {_one_line(' › '.join([c.title, *c.section]))} "
        f"({_one_line(c.source)}, {c.start}–{c.end})"
        for c in answer.citations
    ]
    notes = [f"> {_one_line(sentence)}" for sentence in (*answer.assumptions, *answer.notices)]
    sources = [f"**{say('sources', lang)}**", "", *cited] if cited else []
    return "\n".join([f"## {_one_line(answer.question)}", "", body, "", *notes, "", *sources]).rstrip() + "\n"


def _outside_tables(text: str) -> str:
    """The answer's text with its line breaks kept by Markdown, and nothing in it that Markdown would load or run."""
    safe = [_inert(line) if line.startswith("|") else f"{_inert(line)}  " if line else "" for line in text.split("\n")]
    return "\n".join(safe)


def _inert(line: str) -> str:
    return line.replace("<", "&lt;").replace("![", "!\\[").replace("](", "]\\(")


def _one_line(text: str) -> str:
    return _inert(" ".join(text.split()))
