"""Encodings: the same text out of each, and an honest no where the characters are lost."""

from __future__ import annotations

import os

import pytest

from rag.corpus import read_sources
from rag.corpus.decode import decode_bytes, mend_mojibake
from rag.types import Skipped

TEXT = (
    "政府工作报告\n——2020年1月9日在沈河区第十八届人民代表大会第三次会议上\n各位代表：\n"
    "现在，我代表沈河区人民政府向大会报告工作，请予审议。预计地区生产总值同比增长5.2％，城镇新增就业1.68万人。\n"
    "坚持稳中求进工作总基调，统筹推进稳增长、促改革、调结构、惠民生、防风险各项工作，经济社会发展取得新成绩。\n"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_a_report_reads_the_same_in_every_encoding(tmp_path, encoding):
    (tmp_path / "报告.txt").write_bytes(TEXT.encode(encoding))
    (tmp_path / "标准.txt").write_text(TEXT, encoding="utf-8")
    first, second = read_sources([tmp_path])
    assert first.text == second.text
    assert "�" not in first.text


def test_big5_reads_as_traditional_characters():
    text = (
        "現在，我代表南開區人民政府，向大會作政府工作報告，請予審議，並請區政協委員提出意見。社會消費品零售額增長20%。"
    )
    assert decode_bytes(text.encode("big5")).text == text


def test_a_file_pasted_from_two_encodings_reads_line_by_line():
    raw = TEXT.encode("utf-8") + TEXT.encode("gb18030")
    decoded = decode_bytes(raw)
    assert decoded.encoding == "mixed"
    assert decoded.text == TEXT + TEXT


def test_single_damaged_bytes_do_not_change_the_encoding():
    raw = TEXT.encode("utf-8")
    decoded = decode_bytes(raw[:150] + b"\xff" + raw[150:])
    assert decoded.encoding == "utf-8"
    assert "城镇新增就业1.68万人" in decoded.text


def test_binary_data_is_no_text():
    assert not decode_bytes(os.urandom(4000)).plausible


def test_english_and_empty_texts_are_left_alone():
    assert decode_bytes(b"The government work report of 2020.").text == "The government work report of 2020."
    assert decode_bytes(b"").text == ""
    assert mend_mojibake("Ein kurzer Satz über Grüße.").repaired is False


@pytest.mark.parametrize(
    "garbled", [TEXT.encode("gb18030").decode("latin-1"), TEXT.encode("utf-8").decode("latin-1")], ids=["gbk", "utf-8"]
)
def test_text_once_read_as_western_is_turned_back(garbled):
    mended = mend_mojibake(garbled)
    assert mended is not None
    assert mended.repaired
    assert mended.text == TEXT


def test_text_that_lost_its_characters_is_refused_with_a_reason(tmp_path):
    (tmp_path / "乱码.txt").write_text((TEXT * 3).encode("utf-8").decode("gb18030", errors="replace"), encoding="utf-8")
    (result,) = read_sources([tmp_path])
    assert isinstance(result, Skipped)
    assert result.code == "garbled"
    assert "乱码" in result.reason
