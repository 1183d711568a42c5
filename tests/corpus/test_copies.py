"""Copies of one report: the longest uncut text answers; other figures keep both."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rag.corpus.copies import containment, differing_figures, nearly_equal, same_identity, settle_copies
from rag.types import Report

WORDS = "推进项目建设改善民生保障就业扩大投资发展产业振兴乡村生态环境教育医疗养老交通水利科技创新改革开放".split()


def body(seed: int, *, sentences: int = 120, shift: int = 0) -> str:
    rng = random.Random(seed)
    alphabet = "推进项目建设改善民生保障就业扩大投资发展产业振兴乡村生态环境教育医疗养老交通水利科技创新改革开放城镇街道企业农业工业服务"
    lines = []
    for n in range(sentences):
        words = "".join(rng.choice(alphabet) for _ in range(24))
        lines.append(f"{words}完成{n + 10 + shift}.5亿元，增长{n % 9 + 1}%。")
    return "各位代表：\n" + "\n".join(lines)


def report(text: str, *, name: str, **changes: object) -> Report:
    base = Report(
        report_id=f"130626-2020-{name}", text=text, text_sha256=f"sha of {name}", title="定兴县2020年政府工作报告",
        kind="work_report", place="河北省保定市定兴县", place_code="130626", level="county", report_year=2020,
        result_year=2019, delivered_on=None, published_on=None, speaker=None, meeting=None, source=f"{name}.txt",
        source_path=f"{name}.txt", format="txt",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def test_the_longest_uncut_copy_answers() -> None:
    whole = body(1)
    a = report(whole[:-400], name="a", complete=False)
    b = report(whole, name="b")
    c = report("页眉\n" + whole[: len(whole) - 60], name="c")
    settled = {r.source: r.duplicate_of for r in settle_copies([a, b, c])}
    assert settled == {"a.txt": b.report_id, "b.txt": None, "c.txt": b.report_id}


def test_an_uncut_copy_answers_before_a_longer_cut_one() -> None:
    whole = body(2)
    cut = report(whole + "\n页脚" * 50, name="cut", complete=False)
    uncut = report(whole, name="uncut")
    assert [r.duplicate_of for r in settle_copies([cut, uncut])] == [uncut.report_id, None]


def test_a_copy_that_says_who_spoke_and_when_answers_before_a_longer_one() -> None:
    longer = report(body(7) + "\n页脚" * 50, name="longer")
    told = report(body(7), name="told", speaker="高占平", delivered_on="2020-01-09")
    assert [r.duplicate_of for r in settle_copies([longer, told])] == [told.report_id, None]


def test_other_figures_keep_both_and_both_say_so() -> None:
    a = report(body(3), name="a")
    b = report(body(3).replace("完成50.5亿元", "完成60.5亿元", 1), name="b")
    settled = settle_copies([a, b])
    assert [r.duplicate_of for r in settled] == [None, None]
    assert all("数字不同" in r.notices[-1] and "50.5" in r.notices[-1] and "60.5" in r.notices[-1] for r in settled)


def test_a_number_written_another_way_is_no_other_figure() -> None:
    assert differing_figures(body(4), body(4).replace("，增长", "， 增长").replace("10.5", "１０.５")) == ()


def test_two_sessions_of_one_year_are_two_reports() -> None:
    january = report(body(5), name="a", delivered_on="2021-01-20")
    october = report(body(6), name="b", delivered_on="2021-10-17")
    assert not same_identity(january, october)
    assert [r.duplicate_of for r in settle_copies([january, october])] == [None, None]
    undated = [replace(january, delivered_on=None), replace(october, delivered_on=None)]
    assert [r.duplicate_of for r in settle_copies(undated)] == [None, None]


def test_equal_texts_of_other_days_stay_apart() -> None:
    a = report(body(7), name="a", delivered_on="2021-01-20")
    b = report(body(7), name="b", delivered_on="2021-10-17")
    assert [r.duplicate_of for r in settle_copies([a, b])] == [None, None]


def test_a_month_agrees_with_a_day_in_it() -> None:
    a = report(body(8), name="a", delivered_on="2012-01")
    b = report(body(8)[:-30], name="b", delivered_on="2012-01-15")
    assert [r.duplicate_of for r in settle_copies([a, b])] == [None, a.report_id]


def test_other_places_years_and_unknown_places_are_never_copies() -> None:
    text = body(9)
    others = [
        report(text, name="a"),
        report(text, name="b", place_code="130633"),
        report(text, name="c", report_year=2021),
        report(text, name="d", place_code="unknown", place=""),
        report(text, name="e", report_year=None),
        report(text, name="f", kind="resolution"),
    ]
    assert all(r.duplicate_of is None for r in settle_copies(others))


def test_an_excerpt_of_a_whole_report_is_its_copy() -> None:
    whole, excerpt = report(body(10), name="a"), report(body(11)[:900], name="b", kind="partial", complete=False)
    assert settle_copies([excerpt, whole])[0].duplicate_of == whole.report_id


def test_settling_again_changes_nothing_and_clears_what_no_longer_holds() -> None:
    whole = body(12)
    a, b = report(whole, name="a"), report(whole[:-80], name="b")
    once = settle_copies([a, b])
    assert settle_copies(once) == once
    alone = settle_copies([once[1]])
    assert alone[0].duplicate_of is None
    assert alone[0].notices == ()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_order_of_reading_does_not_matter(order: tuple[int, ...]) -> None:
    whole = body(13)
    reports = [report(whole, name="a"), report(whole[:-50], name="b"), report(whole[:-500], name="c", complete=False)]
    settled = settle_copies([reports[i] for i in order])
    assert {r.source: r.duplicate_of for r in settled} == {
        "a.txt": None, "b.txt": reports[0].report_id, "c.txt": reports[0].report_id,
    }  # fmt: skip


def test_containment_lies_between_0_and_1() -> None:
    assert containment("", "") == 1.0 or containment("", "") == 0.0
    assert containment(body(14), body(14)) == 1.0
    assert containment(body(14), body(15)) < 0.2
    assert nearly_equal(body(14), body(14)[:2000])
