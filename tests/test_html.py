"""The page's HTML: what others wrote is text and stays text."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from rag.answer import Answer, CitedFigure, Missing
from rag.html import Turn, answer_html, conversation_html, error_html, escape, provisional_html
from rag.types import Citation, Figure

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "![x](http://evil.example/a.png)",
    "[点这里](javascript:alert(1))",
    "<iframe src=//evil.example></iframe>",
    "'onmouseover='alert(1)",
    "\u202e倒过来\u200b",
    "<a href=http://evil.example>x</a>",
    "</mark></p></blockquote><svg/onload=alert(1)>",
    "&lt;script&gt;",
]
ALLOWED_TAGS = {
    "section", "p", "div", "ul", "li", "a", "table", "caption", "tr", "th", "td", "h4", "blockquote", "mark", "br",
}  # fmt: skip


def make_answer(text: str) -> tuple[Answer, str]:
    """An answer in which every string that others write is ``text``, and the report's text."""
    report = f"前文{text}，城镇新增就业1.68万人{text}后文"
    start = report.index("城镇")
    citation = Citation(
        n=1,
        report_id="r",
        title=text,
        place=text,
        report_year=2020,
        source=text,
        section=(text, text),
        part="review",
        start=start,
        end=start + len("城镇新增就业1.68万人"),
        quote="城镇新增就业1.68万人",
        text_sha256="0",
    )
    figure = Figure(
        report_id="r",
        passage_id="r@0-9",
        place=text,
        period="2019",
        indicator=text,
        indicator_id=None,
        role="actual",
        measure="level",
        value=Decimal("1.68"),
        unit="万人",
        modality=text,
        written="1.68万人",
        start=0,
        end=1,
        quote_start=0,
        quote_end=1,
        part="review",
    )
    answer = Answer(
        question=text,
        text=f"{text}是1.68万人[1][2]。",
        status="answered",
        figures=(CitedFigure(figure, 1),),
        related=(CitedFigure(figure, 1),),
        missing=(Missing(text, text, "no_report"),),
        citations=(citation,),
        assumptions=(text,),
        notices=(text,),
        timings_ms={"total": 1.0},
    )
    return answer, report


def rendered(text: str) -> str:
    answer, report = make_answer(text)
    body = answer_html(answer, lambda report_id: report, turn=3)
    return conversation_html([Turn(text, body)]) + error_html(text) + provisional_html(text)


@pytest.mark.parametrize("text", NASTY)
def test_what_others_wrote_never_becomes_markup(text: str) -> None:
    shown = rendered(text)
    assert {tag.lower() for tag in re.findall(r"</?([a-zA-Z0-9]+)", shown)} <= ALLOWED_TAGS
    for tag in re.findall(r"<[^>]*>", shown):
        assert not re.search(r"\son\w+\s*=|javascript:|style=|src=", tag), tag
    assert set(re.findall(r'href="([^"]*)"', shown)) == {"#c-3-1"}
    assert not re.search("[\u202a-\u202e\u200b-\u200f]", shown)


def test_markers_with_a_citation_become_anchors_and_others_stay_text() -> None:
    shown = rendered("问题")
    assert '<a class="cite" href="#c-3-1">[1]</a>' in shown
    assert "[2]" in shown
    assert "#c-3-2" not in shown
    assert 'id="c-3-1"' in shown


def test_a_quote_is_marked_in_its_place() -> None:
    assert "前文问题，<mark>城镇新增就业1.68万人</mark>问题后文" in rendered("问题")


def test_hidden_characters_are_shown_by_number() -> None:
    assert escape("a\u202eb\x00") == "a‹U+202E›b‹U+0000›"
    assert escape("行\n尾\t") == "行\n尾\t"


def test_values_are_shown_as_the_report_wrote_them() -> None:
    assert "1.68万人（问题）" in rendered("问题")
    assert "上年完成" in rendered("问题")
