"""The gold that comes with the project: linted, sealed, its reports named, and items made by hand or from tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.command import GOLD, gold_files, main
from eval.documents import find_documents, load_documents, manifest_about
from eval.gold import gold_of, load_gold
from eval.lint import problems, texts_in
from eval.lock import lock_problems, write_lock
from eval.mutation import mutation_test

ROOT = Path(__file__).resolve().parent.parent
EVERY = gold_files(GOLD, test=True)
ITEM: dict[str, Any] = {
    "id": "q1", "category": "actual", "question": "沈河区2019年新增就业", "answerable": True,
    "facts": [{"place": "沈河区", "period": "2019", "indicator": "新增就业", "role": "actual", "measure": "level",
               "value": 1.68, "unit": "万人"}],
    "evidence": [{"doc": "r", "quote": "新增就业1.68万人"}],
}  # fmt: skip


ON_SAMPLES = ("samples.jsonl", "paraphrases.jsonl")


@pytest.mark.parametrize("path", EVERY, ids=lambda p: p.stem)
def test_gold_is_without_fault(path: Path) -> None:
    golds = load_gold(path)
    documents = load_documents(path)
    assert problems(golds, {}) == []
    named = documents or {"沈河区2020年政府工作报告": None, "沙河口区2018年政府工作报告": None}
    if path.name != "samples.jsonl":
        assert {span.doc for gold in golds for span in gold.evidence} <= set(named)


def test_every_quote_stands_in_its_report_as_far_as_the_reports_are_at_hand(material: Path) -> None:
    for path in EVERY:
        golds = load_gold(path)
        folder = ROOT / "samples" if path.name in ON_SAMPLES else material / "corpus" / "reports"
        texts = texts_in(folder, {span.doc for gold in golds for span in gold.evidence})
        assert texts, f"no report of {path.name} in {folder}"
        assert problems(golds, texts) == []


def test_documents_are_the_files_that_they_name(material: Path) -> None:
    documents = load_documents(GOLD / "dev.jsonl")
    found = find_documents(tuple(documents), material / "corpus" / "reports")
    assert {d.id: d.sha256 for d in found.documents} == {
        id_: d.sha256 for id_, d in documents.items() if id_ not in found.missing
    }
    assert all(d.title and d.place and d.year and d.file for d in documents.values())


def test_test_questions_are_sealed_and_of_other_reports() -> None:
    assert lock_problems(GOLD) == []
    # Questions over every province have all of them in their evidence.
    sides = [
        {
            span.doc
            for name in names
            for gold in load_gold(GOLD / name)
            for span in gold.evidence
            if gold.category not in ("sweep", "compare")
        }
        for names in (("dev.jsonl", "opened.jsonl"), ("test.jsonl",))
    ]
    assert all(sides)
    assert not sides[0] & sides[1]


def test_there_are_three_hundred_questions_of_every_category_and_sixty_that_must_pass() -> None:
    golds = [gold for path in EVERY for gold in load_gold(path)]
    assert len(golds) >= 300
    assert len({gold.category for gold in golds}) == 14
    assert sum(gold.must_pass for gold in golds) >= 60
    assert len({span.doc for gold in golds for span in gold.evidence}) >= 20


@pytest.mark.parametrize(
    "path", [pytest.param(p, marks=[pytest.mark.slow] if p.stem == "dev" else []) for p in EVERY], ids=lambda p: p.stem
)
def test_every_mutant_of_a_right_answer_is_wrong(path: Path) -> None:
    found = mutation_test(load_gold(path))
    assert found.unfit == ()
    assert found.survivors == ()
    assert found.total > (500 if len(load_gold(path)) < 80 else 1000)
    assert set(found.counts) >= {"digit", "unit", "year", "role", "place"}
    assert "number where none" in found.counts or path.stem == "paraphrases"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facts": [{**ITEM["facts"][0], "period": "2019年"}]}, "period '2019年'"),
        ({"facts": [{**ITEM["facts"][0], "measure": "amount"}]}, "measure 'amount'"),
        ({"facts": [{**ITEM["facts"][0], "value": 1.69}]}, "stands in none of the quotes"),
        ({"distractors": [{"value": 16800, "unit": "人", "why": "prior_year"}]}, "is the answer"),
        ({"distractors": [{"value": 2, "unit": "人", "why": "bad luck"}]}, "why 'bad luck'"),
        ({"evidence": [{"doc": "r", "quote": "新增就业1.68万人口"}]}, "not in r"),
        ({"facts": []}, "nothing to judge by"),
        ({"answerable": False}, "unanswerable with facts"),
        ({"category": "follow-up"}, "without history"),
        ({"status": "fine"}, "status 'fine'"),
        ({"split": "train"}, "split 'train'"),
        ({"question": " "}, "no question"),
        ({"evidence": []}, "facts without evidence"),
    ],
)
def test_lint_names_what_is_wrong(change: dict[str, Any], says: str) -> None:
    texts = {"r": "开头。新增就业1.68万\n人,结尾"}  # a quote is found over line breaks
    assert problems([gold_of(ITEM)], texts) == []
    found = problems([gold_of({**ITEM, **change})], texts)
    assert any(says in problem for problem in found), found


def write(path: Path, *items: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items), encoding="utf-8")
    return path


def test_a_changed_test_file_breaks_its_seal(tmp_path: Path) -> None:
    path = write(tmp_path / "test.jsonl", ITEM)
    assert lock_problems(tmp_path) == ["test.jsonl: a test file that LOCK does not seal"]
    write_lock([path])
    assert lock_problems(tmp_path) == []
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert lock_problems(tmp_path) == []  # what another system does to line ends
    write(path, {**ITEM, "question": "?"})
    assert "not the file" in lock_problems(tmp_path)[0]
    path.unlink()
    assert "not there" in lock_problems(tmp_path)[0]


def test_documents_are_written_from_a_folder_and_what_is_missing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = tmp_path / "corpus" / "reports"
    (reports / "a").mkdir(parents=True)
    (reports / "a" / "r.txt").write_text("新增就业1.68万人", encoding="utf-8")
    write(
        tmp_path / "corpus" / "manifest.jsonl",
        {"path": "reports/a/r.txt", "title": "报告", "place": "沈河区", "year": 2020},
    )
    other = {**ITEM, "id": "q2", "evidence": [{"doc": "gone", "quote": "新增就业1.68万人"}]}
    gold = write(tmp_path / "g.jsonl", {**ITEM, "evidence": [{"doc": "a/r", "quote": "新增就业1.68万人"}]}, other)
    assert main(["documents", str(gold), str(reports)]) == 0
    assert "not found: gone" in capsys.readouterr().out
    found = load_documents(gold)["a/r"]
    assert (found.title, found.place, found.year, found.file) == ("报告", "沈河区", 2020, "r.txt")
    assert manifest_about(tmp_path / "corpus")["reports/a/r.txt"].title == "报告"
    assert main(["lint", str(gold), "--documents", str(reports)]) == 2
    assert "gone: not in documents.jsonl" in capsys.readouterr().out


def test_an_item_is_added_after_its_quote_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "r.txt"
    report.write_text("开头。新增就业1.68万人,结尾", encoding="utf-8")
    gold = tmp_path / "own.jsonl"
    command = ["add", str(gold), "--report", str(report), "--place", "沈河区", "--period", "2019", "--indicator", "新增就业",
               "--value", "1.68", "--unit", "万人"]  # fmt: skip
    assert main([*command, "--quote", "新增就业1.69万人", "--yes"]) == 2
    assert "not in r" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert main([*command, "--quote", "新增就业1.68万人"]) == 2
    assert not gold.exists()
    monkeypatch.setattr("builtins.input", lambda question: "y")
    for _ in range(2):
        assert main([*command, "--quote", "新增就业1.68万人"]) == 0
    one, two = load_gold(gold)
    assert (one.id, two.id, one.question) == ("own-001", "own-002", "沈河区2019年新增就业是多少？")
    assert str(one.facts[0].value) == "1.68"


@pytest.mark.parametrize("form", ["utf-8-sig", "gb18030", "xlsx"])
def test_a_table_kept_by_hand_becomes_gold(tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ["地区", "年份", "指标", "数值", "单位", "原文", "角色"],
        ["沈河区", 2020, "地区生产总值增速", 6, "%", "地区生产总值增长6%左右", "目标"],
        ["沈河区", 2019, "新增就业", 1.68, "万人", "新增就业1.68万人", ""],
        ["沈河区", 2019, "新增就业", "很多", "万人", "新增就业1.68万人", ""],
        ["沈河区", 2019, "新增就业", 1.7, "万人", "新增就业1.68万人", ""],
    ]
    if form == "xlsx":
        from openpyxl import Workbook

        table = tmp_path / "手工.xlsx"
        book = Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(table)
    else:
        table = tmp_path / "手工.csv"
        table.write_bytes("\n".join(",".join(map(str, row)) for row in rows).encode(form))
    gold = tmp_path / "own.jsonl"
    assert main(["import", str(table), str(gold)]) == 2
    said = capsys.readouterr().out
    assert "2 items added" in said
    assert "手工-003: '很多' is no number" in said
    assert "手工-004: 1.7万人 stands in none of the quotes" in said
    target, actual = load_gold(gold)
    assert (target.question, target.facts[0].role) == ("沈河区2020年地区生产总值增速目标是多少？", "target")
    assert (str(actual.facts[0].value), actual.facts[0].unit, actual.facts[0].period) == ("1.68", "万人", "2019")
    assert main(["import", str(table), str(gold)]) == 2
    assert "already" in capsys.readouterr().err


def test_a_table_without_the_columns_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "t.csv"
    table.write_text("place,year\n沈河区,2020\n", encoding="utf-8")
    assert main(["import", str(table), str(tmp_path / "g.jsonl")]) == 2
    assert "no column for indicator, value, unit, sentence" in capsys.readouterr().err
