"""The tool that asks a library's own clauses back."""

from __future__ import annotations

from types import ModuleType

import pytest
from reading_nouns import make_report
from tool_nouns import load_tool

from rag.figures import read_figures
from rag.passages import split_report


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    return load_tool("ask_back")


@pytest.mark.parametrize(
    ("clause", "question"),
    [
        ("新增道路8公里。", "沈河区2020年计划新增道路多少公里"),
        ("森林覆盖率达到46%以上。", "沈河区2020年要森林覆盖率达到多少"),
        ("改造老旧小区20个,惠及居民3万户。", "沈河区2020年计划改造老旧小区多少个"),
        ("推动30个学校和5个医院建设。", None),
        ("增长12%。", None),
    ],
)
def test_a_clause_becomes_a_question(tool: ModuleType, clause: str, question: str | None) -> None:
    report = make_report(f"各位代表：\n二、2020年重点工作\n{clause}\n", year=2020)
    figures = read_figures(report, split_report(report))
    assert (tool.question_of(figures[0], report.text) if figures else None) == question
