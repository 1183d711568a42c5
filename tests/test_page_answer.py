"""The page's HTML: what others wrote is text and stays text; numbers and markers open their proof."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from page_nouns import QUOTE, answer_of, figure, passage_of, report_of

from rag.answer import Answer, CitedFigure, Reading
from rag.config import Lang, Settings
from rag.ingest import IngestEvent
from rag.page.answer import Step, answer_html, error_html, progress_html
from rag.page.chart import chart_html, chart_of
from rag.page.chips import Chip, Option, chips_html
from rag.page.library import report_row, reports_html, skipped_html
from rag.page.markup import escape, web_address
from rag.page.proof import Shown, Span, proof_html, report_html
from rag.page.reference import answer_markdown, government, quotation, reference
from rag.page.shell import frame_html, head_html, report_page
from rag.page.words import LANGUAGES, WORDS, say

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
    "javascript:alert(1)",
    "${alert(1)}{{#with x}}`",
]
ALLOWED_TAGS = {
    "section", "p", "div", "ul", "ol", "li", "a", "table", "caption", "thead", "tbody", "tr", "th", "td", "h2", "h3",
    "blockquote", "mark", "br", "button", "details", "summary", "span", "b", "i", "figure", "figcaption", "strong",
    "small", "form", "input", "dl", "dt", "dd",
}  # fmt: skip


def shown(text: str, **more: object) -> Shown:
    report = report_of(text)
    start = report.text.index(QUOTE)
    number = replace(figure(text), start=start + 6, end=start + 12)
    return Shown(report, [passage_of(report)], [number], Span(start, start + len(QUOTE)), Span(start + 6, start + 12))


def rendered(text: str) -> str:
    report = report_of(text)
    chips = chips_html([Chip("place", text, (Option(text, text),), text, text)], "zh")
    return "".join(
        [
            answer_html(answer_of(text), lang="zh", chips=chips, steps=[Step(text)]),
            progress_html([Step(text, done=False)], f"{text}\n|{text}|\n", lang="en"),
            error_html(text),
            proof_html(shown(text), "zh"),
            report_html(shown(text), "en"),
            report_row(report, "zh", found=text),
            reports_html([report], "zh"),
            skipped_html([(text, text)], "zh"),
        ]
    )


@pytest.mark.parametrize("text", NASTY)
def test_what_others_wrote_never_becomes_markup(text: str) -> None:
    html = rendered(text)
    assert {tag.lower() for tag in re.findall(r"</?([a-zA-Z0-9]+)", html)} <= ALLOWED_TAGS
    for tag in re.findall(r"<[^>]*>", html):
        names = re.sub(r'="[^"]*"', "", tag)
        assert not re.search(r"\son\w+|\ssrc|javascript:", names), tag
        for style in re.findall(r'style="([^"]*)"', tag):
            assert re.fullmatch(r"(?:--[a-z]+:-?[\d.]+;?)+", style), tag
    assert all(link.startswith("/reports/") for link in re.findall(r'href="([^"]*)"', html))
    assert not re.search("[\u202a-\u202e\u200b-\u200f]", html)


@pytest.mark.parametrize("text", NASTY)
def test_a_reports_title_does_not_end_its_page(text: str) -> None:
    page = report_page(text, "", "zh")
    assert page.count("<title>") == page.count("</title>") == 1
    assert "alert(1)</script>" not in page


def test_only_addresses_of_the_web_become_links() -> None:
    linked = replace(shown("报告"), report=report_of("报告", source="https://www.example.gov.cn/a?b=1"))
    assert (
        '<a href="https://www.example.gov.cn/a?b=1" target="_blank" rel="noopener noreferrer nofollow">'
        in proof_html(linked, "zh")
    )
    for other in ("javascript:alert(1)", "http://a b", 'https://x" onclick="y', "file:///etc/passwd", "//evil.example"):
        assert web_address(other) is None


def test_markers_with_a_citation_become_buttons_and_others_stay_text() -> None:
    html = answer_html(answer_of("问题"), lang="zh")
    assert re.search(
        r'<button type="button" class="cite" data-do="proof" data-n="1" aria-label="出处 1">\[1\]</button>', html
    )
    assert 'data-n="2"' not in html
    assert "[2]" in html


def test_a_number_in_a_table_opens_its_own_proof() -> None:
    html = answer_html(answer_of("问题"), lang="zh")
    assert re.search(
        r'<td class="value"><button type="button" class="number" data-do="proof" data-n="1" data-at="0-6">', html
    )


def test_a_column_that_says_the_same_in_every_row_is_marked_for_a_phone_to_leave_out() -> None:
    told = replace(answer_of("和平区"), text="和平区写道：", related=())  # two years of one place
    html = answer_html(told, lang="zh")
    assert f'<th scope="col" class="same">{say("place", "zh")}</th>' in html
    assert f'<th scope="col">{say("period", "zh")}</th>' in html


def test_a_draft_has_nothing_to_click_since_nothing_is_proved_yet() -> None:
    html = progress_html([Step("理解")], "一[1]\n| 地方 | 数字 |\n|---|---|\n| 甲 | 3 [1] |", lang="zh")
    assert "<button" not in html
    assert "草稿" in html


@pytest.mark.parametrize("text", ["|---|", "|", "||", "| a |\n|---|", "一\n|---|\n", "| a | b |\n|---|---|\n| 1 |"])
def test_a_table_that_is_not_finished_breaks_nothing(text: str) -> None:
    assert progress_html([Step("理解")], text, lang="zh")
    assert answer_html(replace(answer_of("问"), text=text), lang="zh")


def test_a_quote_is_marked_in_its_place_and_its_number_in_the_colour_of_its_role() -> None:
    html = proof_html(shown("问题"), "zh")
    assert re.search(
        r'前文问题，<mark>城镇新增就业<span class="fig role-actual chosen"[^>]*>1\.68万人</span></mark>问题后文', html
    )
    assert "上年完成" in html
    assert "上年回顾" in html


def test_a_whole_report_keeps_every_character_and_lets_each_sentence_be_pointed_at() -> None:
    one = shown("问题")
    html = report_html(one, "zh")
    text = re.sub(r"<[^>]+>", "", html[html.index('<div class="report-text">') :])
    assert text == one.report.text.replace("\n", "")
    for start, end in re.findall(r'class="s" data-at="(\d+)-(\d+)"', html):
        assert one.report.text[int(start) : int(end)].strip()


def test_hidden_characters_are_shown_by_number() -> None:
    assert escape("a\u202eb\x00") == "a‹U+202E›b‹U+0000›"
    assert escape("行\n尾\t") == "行\n尾\t"


# -- charts -----------------------------------------------------------------------------------------


def several(*figures: object, kind: str = "series") -> Answer:
    cited = tuple(CitedFigure(f, 1) for f in figures)  # type: ignore[arg-type]
    return replace(answer_of("问"), text="甲[1]", figures=cited, reading=Reading(kind=kind))  # type: ignore[arg-type]


def test_years_become_columns_with_target_and_result_side_by_side() -> None:
    answer = several(
        figure(period="2019", role="actual", value="1.5"), figure(period="2019", role="target", value="1.2"),
        figure(period="2020", role="target", value="2"),
    )  # fmt: skip
    chart = chart_of(answer)
    assert chart is not None
    assert chart.by == "period"
    assert chart.unit == "万人"
    assert [(name, [bar.cited.figure.role for bar in bars]) for name, bars in chart.groups] == [
        ("2019", ["target", "actual"]), ("2020", ["target"]),
    ]  # fmt: skip
    html = chart_html(chart, {1: answer.citations[0]}, "zh")
    assert html.count('data-do="proof"') == 3
    assert QUOTE in html
    assert "--from:0.00;--to:100.00" in html  # 2 of 2


def test_years_without_a_figure_keep_their_room() -> None:
    chart = chart_of(several(figure(period="2016"), figure(period="2019")))
    assert chart is not None
    assert [(name, len(bars)) for name, bars in chart.groups] == [("2016", 1), ("2017", 0), ("2018", 0), ("2019", 1)]


def test_a_range_is_drawn_to_its_high_end_and_is_sure_only_to_its_low_one() -> None:
    low, high = figure().value, figure().value * 2
    html = chart_html(chart_of(several(replace(figure(), value=(low, high)), figure(period="2020"))), {}, "zh")  # type: ignore[arg-type]
    assert "--from:0.00;--to:84.00;--sure:50.00" in html


def test_places_become_rows_largest_first_in_one_unit() -> None:
    large = replace(figure(place="辽宁省沈阳市"), value=figure().value * 10_000, unit="人", written="16800人")
    chart = chart_of(several(figure(place="辽宁省大连市", value="1"), large, kind="sweep"))
    assert chart is not None
    assert [(name, round(bars[0].high, 4)) for name, bars in chart.groups] == [("沈阳市", 1.68), ("大连市", 1.0)]


def test_one_figure_and_figures_of_different_kinds_make_no_chart() -> None:
    assert chart_of(several(figure())) is None
    assert chart_of(several(figure(), replace(figure(), measure="growth", unit="%"))) is None


# -- references, words ------------------------------------------------------------------------------


def test_a_reference_names_government_title_date_and_address() -> None:
    report = replace(
        report_of("2020年沈阳市沈河区政府工作报告", source="https://a.gov.cn/1.html"),
        place="辽宁省沈阳市沈河区",
        delivered_on="2020-01-09",
    )
    assert reference(report) == (
        "沈阳市沈河区人民政府. 2020年沈阳市沈河区政府工作报告[R/OL]. (2020-01-09)[{today}]. https://a.gov.cn/1.html."
    )
    assert (
        reference(replace(report, source="a.txt"))
        == "沈阳市沈河区人民政府. 2020年沈阳市沈河区政府工作报告[R]. 2020-01-09."
    )
    assert government(replace(report, level="national")) == "国务院"


def test_a_quotation_says_what_the_figure_is() -> None:
    report = replace(report_of("题"), place="辽宁省沈阳市沈河区")
    said = quotation(report, ("一、2019年工作回顾",), QUOTE, figure())
    assert said.startswith(
        "沈河区2019年城镇新增就业（上年完成）：1.68万人。“城镇新增就业1.68万人”（《沈河区2020年政府工作报告》"
    )


def test_an_exported_answer_has_its_citations_and_nothing_that_markdown_would_load() -> None:
    told = answer_markdown(answer_of("![x](http://evil.example/a.png) <script>"), "zh")
    assert f"[1] “{QUOTE}”" in told
    assert "![" not in told.replace("!\\[", "")
    assert "<script" not in told


def test_no_language_lacks_a_word_and_braces_agree() -> None:
    for key, sentences in WORDS.items():
        assert len(sentences) == len(LANGUAGES)
        assert all(sentences), key
        braces = [sorted(re.findall(r"\{(\w+)\}", sentence)) for sentence in sentences]
        assert braces[0] == braces[1], key
        assert not re.search("[\u4e00-\u9fff]", sentences[1]), key
    assert say("took", "en", ms=3) == "3 ms"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_frame_names_the_language_model_and_never_its_key(lang: Lang) -> None:
    settings = Settings(
        llm="openai:gpt-x", llm_api_key="sk-CANARY", llm_base_url="http://secret.example", auth="a:CANARY"
    )
    html = frame_html(settings, lang) + head_html(lang)
    assert "openai:gpt-x" in html
    assert "CANARY" not in html
    assert "secret.example" not in html


def test_an_upload_says_what_became_of_a_file() -> None:
    assert say(f"event_{IngestEvent('added', 'a.txt').kind}", "en") == "added"
