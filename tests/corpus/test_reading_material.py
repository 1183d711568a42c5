"""Reading the whole material: nothing skipped, nothing of the reports lost, nothing invented."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from rag.corpus import read_sources
from rag.corpus.characters import normalise_characters
from rag.corpus.clean import clean_text
from rag.corpus.decode import decode_bytes
from rag.corpus.fold import fold_text
from rag.types import Skipped, SourceText

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sources(material) -> dict[str, SourceText]:
    started = time.monotonic()
    results = list(read_sources([material / "corpus"]))
    assert time.monotonic() - started < 120
    skipped = [result for result in results if isinstance(result, Skipped)]
    assert [result.code for result in skipped] == ["unsupported"]  # manifest.jsonl
    return {result.source: result for result in results if isinstance(result, SourceText)}


@pytest.fixture(scope="module")
def manifest(material) -> list[dict]:
    lines = (material / "corpus" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def raw_text(material: Path, source: str) -> str:
    return decode_bytes((material / source).read_bytes()).text


def test_every_file_of_the_material_is_read(sources, manifest):
    missing = [row["path"] for row in manifest if not any(name.startswith(f"corpus/{row['path']}") for name in sources)]
    assert not missing


def test_each_paragraph_stands_in_its_file(material, sources):
    strange = []
    for name, source in sources.items():
        if not name.endswith(".txt"):
            continue
        raw = fold_text(normalise_characters(raw_text(material, name)).replace("?", "").replace("\x00", ""))
        strange += [(name, line) for line in source.text.split("\n") if fold_text(line.replace("?", "")) not in raw]
    assert not strange


def test_whole_reports_keep_nine_tenths_of_their_characters(material, sources):
    short = []
    for name, source in sources.items():
        if not name.startswith("corpus/reports/") or any("两遍" in notice for notice in source.notices):
            continue
        raw = re.sub(r"\\r\\n|&nbsp;|\?\?|\s", "", raw_text(material, name))
        kept = len(re.sub(r"\s", "", source.text)) / len(raw)
        if kept < 0.9:
            short.append((name, round(kept, 3)))
    assert not short


def test_the_last_words_of_each_report_are_still_its_last(material, sources):
    lost = []
    for name, source in sources.items():
        if name.startswith("corpus/reports/") and name.endswith(".txt"):
            raw = raw_text(material, name)
            closing = [
                line
                for line in raw.replace("\\r\\n", "\n").split("\n")
                if re.match(r"\s*各位代表[！!，,：:]", line) and len(line) > 60
            ]
            if closing and fold_text(closing[-1])[:60] not in fold_text(source.text):
                lost.append(name)
    assert not lost


def test_word_documents_say_what_their_text_twins_say(sources):
    different = []
    for name, source in sources.items():
        found = re.match(r"corpus/raw/docx/2025年(.+)政府工作报告\.docx", name)
        twin = next((s for n, s in sources.items() if found and n.endswith(f"/{found.group(1)}_2025.txt")), None)
        if twin is not None:
            ours, theirs = fold_text(source.text), fold_text(twin.text)
            if abs(len(ours) - len(theirs)) > 0.02 * len(theirs) or ours[200:400] not in theirs:
                different.append(name)
    assert len(different) <= 1, different


def test_no_text_holds_what_cannot_be_seen(sources):
    for source in sources.values():
        assert not re.search("[\ufffd\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00-\x08\x0b-\x1f]", source.text), (
            source.source
        )
        assert "\u3000" not in source.text
        assert "&nbsp;" not in source.text
        assert "\\r\\n" not in source.text


def test_page_noise_is_gone_from_every_text(sources):
    words = (
        "上一篇",
        "下一篇",
        "分享到：",
        "QQ空间",
        "ICP备",
        "公网安备",
        "版权所有",
        "扫一扫",
        "打印本页",
        "【字体",
        "【字号",
        "Public domain",
        "责任编辑",
    )
    noisy = {
        name: word
        for name, source in sources.items()
        for word in words
        if word in source.text and not name.endswith("README.md")
    }
    assert set(noisy) <= {"corpus/partials/city/河北/保定市_2020_report.txt"}, noisy  # a page without a report


def test_reports_that_stand_twice_are_kept_once(sources):
    doubled = [name for name, source in sources.items() if any("两遍" in notice for notice in source.notices)]
    assert len(doubled) == 16


def wrapped(text: str, width: int, mode: str) -> str:
    """``text`` broken into lines of ``width`` characters, its paragraphs shown as ``mode`` says."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest, room = paragraph, width - (2 if mode == "indented" else 0)
        start = len(lines)
        while rest:
            cut = room + (len(rest) > room and rest[room] in "，。、；：！？”）》")
            lines.append(rest[:cut])
            rest, room = rest[cut:], width
        if mode == "indented":
            lines[start] = f"　　{lines[start]}"
        elif mode == "spaced":
            lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("width", "mode", "least"),
    [(30, "indented", 0.98), (30, "spaced", 0.98), (38, "indented", 0.98), (22, "indented", 0.97), (38, "plain", 0.85)],
)
def test_reports_broken_at_one_width_find_their_paragraphs_again(sources, width, mode, least):
    whole = [s for name, s in sources.items() if name.startswith("corpus/reports/") and "\t" not in s.text][::12]
    found = total = 0
    for source in whole:
        paragraphs = source.text.split("\n")
        again = set(clean_text(wrapped(source.text, width, mode)).text.split("\n"))
        found += sum(paragraph in again for paragraph in paragraphs)
        total += len(paragraphs)
    assert found / total >= least
