"""Forms for matching: equal where a reader sees the same words, and always with a way back."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.fold import fold, fold_text

MIXED = st.text(alphabet=st.sampled_from("增长8８％%，,“”…… 　\u200b㎡①½瀋陽区區①０１２AＡⅡ㈠\n—"), max_size=60)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("２０２０年，增长１５．３％", "2020年,增长15.3%"),
        ("政 府　工\u00a0作 报 告", "政府工作报告"),
        ("瀋陽市沈河區", "沈阳市沈河区"),
        ("“三高四新”", '"三高四新"'),
        ("「四上」企業", '"四上"企业'),
        ("320万㎡", "320万m2"),
        ("增长8%①", "增长8%①"),  # a footnote's mark must not become a digit
        ("乾县、乾安县", "乾县、乾安县"),
        ("9.2∶46.6∶44.2", "9.2:46.6:44.2"),
        ("2021—2025年", "2021-2025年"),
        ("增\u200b长\u202e8%", "增长8%"),
    ],
)
def test_what_a_reader_sees_as_the_same_folds_to_the_same(raw, folded):
    assert fold(raw).text == folded
    assert fold_text(raw) == folded


def test_a_span_of_the_folded_text_leads_back_to_the_raw_text():
    raw = "全年　城镇新增就业　１．６８ 万人，"
    folded = fold(raw)
    start = folded.text.index("1.68万人")
    assert raw[slice(*folded.span(start, start + len("1.68万人")))] == "１．６８ 万人"
    assert folded.span(start, start)[0] == folded.span(start, start)[1]


def test_a_span_outside_of_the_folded_text_is_refused():
    with pytest.raises(ValueError, match="outside"):
        fold("增长").span(0, 3)


def test_the_index_of_a_raw_offset_is_the_first_character_from_there_on():
    folded = fold("增 长…8%")
    assert folded.text == "增长...8%"
    assert folded.index(0) == 0
    assert folded.index(1) == 1
    assert folded.index(4) == 5


@given(st.text(max_size=80))
def test_every_folded_character_comes_from_the_character_at_its_offset(raw):
    folded = fold(raw)
    assert len(folded.offsets) == len(folded.text) + 1
    assert folded.offsets[-1] == len(raw)
    for ch, offset in zip(folded.text, folded.offsets, strict=False):
        assert ch in fold_text(raw[offset])
    assert all(a <= b for a, b in zip(folded.offsets, folded.offsets[1:], strict=False))


@given(MIXED)
def test_folding_twice_equals_once_and_joins_like_text(raw):
    assert fold_text(fold_text(raw)) == fold_text(raw)
    assert fold_text(raw[:7]) + fold_text(raw[7:]) == fold_text(raw)


@given(MIXED, st.data())
def test_the_raw_span_behind_a_folded_span_folds_to_it(raw, data):
    folded = fold(raw)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    behind = raw[slice(*folded.span(start, end))]
    assert folded.text[start:end] in fold_text(behind)


def test_simplified_text_does_not_load_the_table_of_traditional_characters():
    code = (
        "import sys; from rag.corpus.fold import fold; fold('沈河区2020年政府工作报告，增长8%');"
        "assert 'opencc' not in sys.modules; fold('瀋陽'); assert 'opencc' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
