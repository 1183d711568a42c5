"""Runs: whole denominators, resumable after a kill, reproducible; comparing them; the page."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from eval.asking import Wenbao, ask
from eval.baselines import Piece, best_number
from eval.command import main
from eval.compare import compare, gate, load_run, render_comparison, verdict
from eval.documents import Document
from eval.evidence import Finder, spans_of
from eval.gold import Gold, GoldError, load_gold
from eval.lost import Trace
from eval.mutation import right_answer
from eval.results import clusters_of, lines_of, results_of, share_interval
from eval.retrieval import falling, leak_at, measure_retrieval, write_trec
from eval.run import Options, git_state, gold_hash, run, settings_for
from eval.table import BEGIN, END, READMES, kept_from, table, with_table

ROOT = Path(__file__).resolve().parent.parent
SAMPLES_GOLD = ROOT / "eval" / "gold" / "samples.jsonl"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from rag.ingest import ingest

    folder = tmp_path_factory.mktemp("library")
    list(ingest([ROOT / "samples"], settings=settings_for(folder, None), jobs=1))
    return folder


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve of the samples' questions, one with its quote in a report that nobody has."""
    path = tmp_path_factory.mktemp("gold") / "g.jsonl"
    lines = SAMPLES_GOLD.read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in (*lines[:9], *lines[54:55], *lines[66:68])]
    items[8]["evidence"] = [{"doc": "无此报告", "quote": "没有"}]
    items[1]["must_pass"] = True
    path.write_text("".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(library: Path, gold: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    run(Options(gold, out, "2020-01-02", baselines=True), settings_for(library, None))
    return out


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_writes_all_that_is_needed_to_do_it_again(done: Path, gold: Path) -> None:
    names = {path.name for path in done.iterdir()}
    assert names == {"answers.jsonl", "trace.jsonl", "results.jsonl", "metrics.json", "run.json", "run.trec", "qrels.trec",
                     "report.html", "report.md", "baselines"}  # fmt: skip
    numbers = json.loads((done / "metrics.json").read_text(encoding="utf-8"))
    made = numbers["made"]
    assert made["gold_sha256"] == gold_hash(gold)
    assert made["git"] == git_state()
    for key in ("corpus_sha256", "model", "rules", "code_sha256", "python", "versions", "cores", "date", "seconds"):
        assert made[key], key
    assert numbers["n"] == 12
    assert numbers["missing_documents"] == ["无此报告"]
    assert numbers["citations"]["resolve"]["count"] == numbers["citations"]["resolve"]["n"] > 0
    assert numbers["headline"]["must_pass"]["n"] == 1
    assert set(numbers["baselines"]) == {"lexical", "dense", "langchain", "right-report"}
    assert all(b["headline"]["right"]["n"] == 12 for b in numbers["baselines"].values())
    assert [line["id"] for line in read(done / "answers.jsonl")] == [g.id for g in load_gold(gold)]


def test_trec_files_are_read_by_others(done: Path) -> None:
    import ir_measures

    qrels = list(ir_measures.read_trec_qrels(str(done / "qrels.trec")))
    ranked = list(ir_measures.read_trec_run(str(done / "run.trec")))
    assert {q.relevance for q in qrels} <= {1, 2}
    assert qrels
    by_question: dict[str, list[float]] = {}
    for one in ranked:
        by_question.setdefault(one.query_id, []).append(one.score)
    assert all(a > b for scores in by_question.values() for a, b in pairwise(scores))
    numbers = json.loads((done / "metrics.json").read_text(encoding="utf-8"))
    found = ir_measures.calc_aggregate([ir_measures.R @ 5], qrels, ranked)
    assert found[ir_measures.R @ 5] == pytest.approx(numbers["retrieval"]["R@5"], abs=1e-5)


def test_a_killed_run_goes_on_where_it_was_and_asks_nothing_twice(
    library: Path, gold: Path, done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(done / "answers.jsonl")
    asked: list[str] = []

    def counted(self: Wenbao, question: str, history: object, one: Gold) -> Mapping[str, Any]:
        if len(asked) == 5:
            raise KeyboardInterrupt
        asked.append(one.id)
        return answer(self, question, history, one)  # type: ignore[arg-type]

    answer = Wenbao.answer
    monkeypatch.setattr(Wenbao, "answer", counted)
    command = ["run", str(gold), "--out", str(tmp_path), "--library", str(library), "--no-misses"]
    assert main(command) == 2
    assert len(read(tmp_path / "answers.jsonl")) == 5
    with (tmp_path / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "samples-006", "status": "answ')  # torn by the kill
    asked.clear()
    asked.extend("x" * 100)  # never 5 again
    assert main(command) == 0
    assert len(asked) == 100 + 7
    again = read(tmp_path / "answers.jsonl")
    strip = [{k: v for k, v in line.items() if k != "timings_ms"} for line in again]
    assert strip == [{k: v for k, v in line.items() if k != "timings_ms"} for line in whole]


@pytest.mark.slow
def test_a_run_survives_a_kill_at_any_moment(library: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "eval",
        "run",
        str(SAMPLES_GOLD),
        "--out",
        str(tmp_path),
        "--library",
        str(library),
    ]
    answers = tmp_path / "answers.jsonl"
    for wanted in (3, 20, 60):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        while process.poll() is None and (not answers.exists() or answers.read_bytes().count(b"\n") < wanted):
            time.sleep(0.005)
        process.kill()
        process.wait()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    assert [line["id"] for line in read(answers)] == [g.id for g in load_gold(SAMPLES_GOLD)]
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["n"] == 88


def test_a_folder_with_an_unfinished_run_of_something_else_is_not_mixed_up(
    library: Path, gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text('{"identity": {"gold_sha256": "other"}, "done": false}', encoding="utf-8")
    command = ["run", str(gold), "--out", str(tmp_path), "--library", str(library), "--no-misses"]
    assert main(command) == 2
    assert "gold_sha256" in capsys.readouterr().err
    assert main([*command, "--fresh"]) == 0


def test_a_question_that_fails_is_wrong_and_counts(library: Path, gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Wenbao(settings_for(library, None))
    monkeypatch.setattr(program.assistant, "stream", lambda *a: 1 / 0)
    golds = load_gold(gold)
    answers = {g.id: ask(program, g) for g in golds[:3]}
    assert all(a["status"] == "error" and "ZeroDivisionError" in a["text"] for a in answers.values())
    lines = lines_of(results_of(golds, answers, traces={}, texts={}))
    assert [line["outcome"] for line in lines] == ["wrong"] * len(golds)
    assert [line["lost"] for line in lines] == ["failed"] * len(golds)


def test_wrong_use_is_told_and_ends_with_2(
    tmp_path: Path, gold: Path, library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(gold), "--out", str(tmp_path / "o"), "--library", str(tmp_path / "none")]) == 2
    assert main(["compare", str(tmp_path), str(tmp_path)]) == 2
    assert "no results.jsonl" in capsys.readouterr().err
    command = ["run", str(gold), "--out", str(tmp_path), "--library", str(library), "--reader", "llm"]
    assert main(command) == 2
    assert "WENBAO_LLM" in capsys.readouterr().err


def test_scoring_imports_nothing_of_the_program_but_its_types() -> None:
    code = (
        "import sys\n"
        "import eval.metrics, eval.results, eval.compare, eval.lint, eval.statistics, eval.mutation, eval.report\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('rag', 'vectorstore') and m not in ('rag', 'rag.types')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


# -- evidence and retrieval -------------------------------------------------------------------------


def test_a_quote_is_found_wherever_it_stands_in_any_width_and_over_line_breaks() -> None:
    text = "增长６％,\n左右。又增长6%,左右。"
    assert [text[a:b] for a, b in spans_of("增长6%,左右", text)] == ["增长６％,\n左右", "增长6%,左右"]
    assert spans_of("", text) == ()
    assert spans_of("没有", text) == ()


def test_evidence_is_found_by_name_by_digest_and_by_place_and_year(library: Path) -> None:
    from rag.catalogue import Catalogue

    with Catalogue.open(library) as catalogue:
        digests = {r.source_path: f"d{n}" for n, r in enumerate(catalogue.reports())}
        documents = {
            "by digest": Document("by digest", "", "", None, "d0", ""),
            "by place": Document("by place", "", "大连市沙河口区", 2018, "x", ""),
            "gone": Document("gone", "", "大连市沙河口区", 1999, "x", ""),
        }
        finder = Finder(catalogue, documents, digest_of=digests.get)
        assert finder.report_id("沈河区2020年政府工作报告").startswith("210103-2020")  # type: ignore[union-attr]
        assert finder.report_id("by digest") == catalogue.reports()[0].report_id
        assert finder.report_id("by place").startswith("210204-2018")  # type: ignore[union-attr]
        assert finder.report_id("gone") is None
        one = next(g for g in load_gold(SAMPLES_GOLD) if g.category == "actual")
        located = finder.locate(one)
        grades = finder.grades(located)
        assert 2 in grades.values()
        assert finder.read_as(one, located) == ("right",) * len(one.facts)
        assert one.evidence[0].quote in finder.contexts(one)[0].quote


def test_measures_of_retrieval_have_hand_worked_values() -> None:
    traces = {
        "a": Trace(grades={"r1@0-9": 2, "r1@9-20": 1}, reports=("r1",)),
        "b": Trace(grades={"r2@0-9": 2}, reports=("r2",)),
        "c": Trace(),  # its evidence is not in the library: not a question of retrieval
    }
    rankings = {"a": [("r9@0-9", 1.0), ("r1@0-9", 1.0)], "b": [], "c": [("x@0-1", 1.0)]}
    found = measure_retrieval(rankings, traces)
    assert found.n == 2
    assert found.means["R@1"] == 0
    assert found.means["R@3"] == 0.25  # one of two for a, none for b
    assert found.means["RR@10"] == 0.25
    assert found.means["Success@3"] == 0.5
    assert found.means["Leak@10"] == 0.5  # b has nothing that could leak
    ideal, got = 2 / 1 + 1 / 1.584962500721156, 2 / 1.584962500721156
    assert found.means["nDCG@10"] == pytest.approx(got / ideal / 2)
    assert measure_retrieval({}, {}).n == 0
    assert leak_at([("r@1-2", 1), ("s@1-2", 1)], ("r",), 1) == 0


def test_run_files_fall_strictly_and_have_no_spaces(tmp_path: Path) -> None:
    traces = {"q 1": Trace(grades={"a b@0-1": 2}, scoped=(("a b@0-1", 0.5), ("c@0-1", 0.5)))}
    write_trec(tmp_path, {"q 1": traces["q 1"].scoped}, traces, tag="t")
    assert (tmp_path / "run.trec").read_text(encoding="utf-8") == "q_1 Q0 a_b@0-1 1 2 t\nq_1 Q0 c@0-1 2 1 t\n"
    assert (tmp_path / "qrels.trec").read_text(encoding="utf-8") == "q_1 0 a_b@0-1 2\n"
    assert falling((("x", 0.1), ("y", 0.1))) == {"x": 2.0, "y": 1.0}


def test_the_recipe_takes_the_number_nearest_to_the_questions_words_in_the_best_sentence() -> None:
    pieces = [Piece("r", 10, "2019年工业增长3%。新增就业1.68万人，零就业家庭5户。"), Piece("s", 0, "没有数字。")]
    found = best_number("沈河区2019年新增就业多少", pieces)
    assert found is not None
    piece, start, end, number = found
    assert (piece.report_id, number["value"], number["unit"]) == ("r", "1.68", "万人")
    assert (start, end) == (10 + 12, 10 + 12 + 19)
    assert best_number("x", [Piece("s", 0, "2019年没有。")]) is None


# -- intervals, comparing, the gate -----------------------------------------------------------------


def test_questions_on_one_report_are_drawn_together_once_there_are_ten() -> None:
    golds = load_gold(SAMPLES_GOLD)
    assert clusters_of(golds) == (tuple(g.id for g in golds), "group")
    many = load_gold(ROOT / "eval" / "gold" / "dev.jsonl")
    clusters, by = clusters_of(many)
    assert by == "report"
    assert len(set(clusters)) < len(many)
    assert share_interval([True] * 20, [str(n) for n in range(20)]).low < 0.9  # not an interval of no width
    assert share_interval([True, True, False, True], list("aabb")).method in ("bca", "percentile")
    assert share_interval([], []).high == 1.0


def fake_run(folder: Path, outcomes: Mapping[str, str], **fields: Any) -> Path:
    folder.mkdir()
    lines = [
        {"id": q, "category": "actual", "must_pass": q.startswith("m"), "cluster": q, "outcome": o,
         "figure_right": o == "right", "unresolved": [], "cause": None, "lost": None, **fields}
        for q, o in outcomes.items()
    ]  # fmt: skip
    (folder / "results.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def outcomes(right: int, wrong: int, silent: int = 0) -> dict[str, str]:
    each = ["right"] * right + ["wrong"] * wrong + ["silent"] * silent
    return {f"q{n}": o for n, o in enumerate(each)}


def test_a_comparison_claims_no_more_than_the_numbers_allow(tmp_path: Path) -> None:
    base = load_run(fake_run(tmp_path / "a", outcomes(360, 40)))
    for name, other, says in (
        ("same", outcomes(360, 40), "No question changed"),
        ("noise", {**outcomes(360, 40), "q0": "wrong", "q399": "right", "q398": "right"}, "No difference is shown"),
        ("worse", outcomes(300, 100), "is worse"),
        ("better", outcomes(400, 0), "is better"),
    ):
        found = compare(base, load_run(fake_run(tmp_path / name, other)))
        assert says in found.verdict, name
    worse = compare(base, load_run(tmp_path / "worse"))
    assert (worse.right.split.won, worse.right.split.lost) == (0, 60)
    assert worse.right.delta == pytest.approx(-0.15)
    assert worse.right.interval.low < -0.15 < worse.right.interval.high
    assert len(worse.lost) == 60
    assert "| right | 90.0% | 75.0% | -15.0 |" in render_comparison(worse, base, load_run(tmp_path / "worse"))
    small = compare(
        load_run(fake_run(tmp_path / "s1", outcomes(190, 10))), load_run(fake_run(tmp_path / "s2", outcomes(199, 1)))
    )
    assert small.verdict.startswith("Likely better")
    assert verdict(small.right) == small.verdict


def test_rankings_are_compared_by_their_means(tmp_path: Path) -> None:
    each = {f"q{n}": "right" for n in range(30)}
    a = load_run(fake_run(tmp_path / "a", each, retrieval={"nDCG@10": 0.5}))
    b = load_run(fake_run(tmp_path / "b", each, retrieval={"nDCG@10": 0.75}))
    found = compare(a, b)
    assert (found.retrieval["nDCG@10"].after, found.retrieval["nDCG@10"].n) == (0.75, 30)
    assert found.retrieval["nDCG@10"].p < 0.001
    assert "| nDCG@10 | 0.500 | 0.750 | +0.250 |" in render_comparison(found, a, b)


def test_comparing_uses_the_questions_that_both_ask(tmp_path: Path) -> None:
    a = load_run(fake_run(tmp_path / "a", {"q1": "right", "q2": "wrong"}))
    b = load_run(fake_run(tmp_path / "b", {"q2": "right", "q3": "right"}))
    found = compare(a, b)
    assert (found.won, found.left_out, found.right.n) == (("q2",), ("q1", "q3"), 1)
    with pytest.raises(GoldError, match="share no question"):
        compare(a, load_run(fake_run(tmp_path / "c", {"x": "right"})))


def gate_says(tmp_path: Path, name: str, base: Path, new: Mapping[str, str], **fields: Any) -> list[str]:
    found = gate(load_run(base), load_run(fake_run(tmp_path / name, new, **fields)))
    return [rule for rule, holds, _ in found.rules if not holds]


def test_the_gate_opens_for_no_change_and_shuts_for_each_harm(tmp_path: Path) -> None:
    before = {**outcomes(95, 5), "m1": "right"}
    base = fake_run(tmp_path / "base", before)
    assert gate_says(tmp_path, "same", base, before) == []
    assert gate_says(tmp_path, "better", base, {**before, "q99": "right"}) == []
    assert gate_says(tmp_path, "must", base, {**before, "m1": "silent", "q99": "right"}) == [
        "must-pass all right", "figure accuracy holds",
    ]  # fmt: skip
    assert "share wrong not up" in gate_says(tmp_path, "wrong", base, {**before, "q0": "wrong"})
    assert "figure accuracy holds" in gate_says(tmp_path, "silent", base, {**before, "q0": "silent", "q1": "silent"})
    assert "same questions" in gate_says(tmp_path, "fewer", base, outcomes(95, 4))
    assert "citations resolve" in gate_says(tmp_path, "cites", base, before, unresolved=[1])


def test_a_wrong_role_on_one_answer_in_twenty_shuts_the_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golds = load_gold(SAMPLES_GOLD)
    answers = {g.id: right_answer(g) for g in golds}
    spoilt = {q: json.loads(json.dumps(a, default=str)) for q, a in answers.items()}
    for n, one in enumerate(g for g in golds if g.facts):
        if n % 20 == 0:
            role = spoilt[one.id]["figures"][0]["role"]
            spoilt[one.id]["figures"][0]["role"] = "cumulative" if role != "cumulative" else "actual"
    for name, said in (("base", answers), ("new", spoilt)):
        folder = tmp_path / name
        folder.mkdir()
        lines = lines_of(results_of(golds, said, traces={}, texts={}))
        for line in lines:
            line["unresolved"] = []  # these answers cite no report
        (folder / "results.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")
    assert main(["gate", str(tmp_path / "base"), str(tmp_path / "base")]) == 0
    assert main(["gate", str(tmp_path / "base"), str(tmp_path / "new")]) == 2
    said = capsys.readouterr().out
    assert "FAIL  figure accuracy holds" in said
    assert "FAIL  share wrong not up" in said


# -- report and table -------------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects tags, addresses and text of a page, and that every tag is closed."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        assert tag != "script"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_is_one_file_in_two_languages_with_every_miss(done: Path) -> None:
    html = (done / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(html)
    assert page.open == []
    assert page.addresses == []
    assert "@import" not in html
    assert "url(" not in html
    text = "".join(page.text)
    misses = [line for line in read(done / "results.jsonl") if line["outcome"] != "right"]
    for line in misses:
        assert line["id"] in text
    for words in (
        "评测报告",
        "Evaluation",
        "必须答对的",
        "95 %",
        "告知正确报告的问报",
        "How it was made",
        "答错的原因",
    ):
        assert words in text
    markdown = (done / "report.md").read_text(encoding="utf-8")
    assert "| right |" in markdown
    assert "the plain LangChain recipe" in markdown
    assert all(line["id"] in markdown for line in misses)


def test_foreign_text_is_escaped(library: Path, tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>&"
    item = {"id": "x", "category": "prose", "question": bad, "answerable": True, "must_include": [[bad]], "note": bad,
            "evidence": [{"doc": bad, "quote": bad}]}  # fmt: skip
    path = tmp_path / "g.jsonl"
    path.write_text(json.dumps(item), encoding="utf-8")
    run(Options(path, tmp_path / "o", "2020-01-02"), settings_for(library, None))
    assert "<script" not in (tmp_path / "o" / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs" / "evaluation.json").read_text(encoding="utf-8"))
    return found


def test_the_readmes_tables_are_what_the_command_gives(kept: dict[str, Any]) -> None:
    for name, language in READMES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        assert with_table(text, kept, language) == text, f"{name}: run wenbao eval table"
        for one in kept["sets"]:
            assert one["gold_sha256"][:12] in table(kept, language)
            assert one["date"] in table(kept, language)


def test_the_table_is_of_the_gold_that_stands(kept: dict[str, Any]) -> None:
    for one in kept["sets"]:
        assert gold_hash(ROOT / "eval" / "gold" / one["gold"]) == one["gold_sha256"], "make eval again"


@pytest.mark.slow
def test_the_table_is_what_a_run_over_the_samples_gives(kept: dict[str, Any], library: Path, tmp_path: Path) -> None:
    run(Options(SAMPLES_GOLD, tmp_path, "2020-01-02"), settings_for(library, None))
    now, then = kept_from([tmp_path])["sets"][0], next(s for s in kept["sets"] if s["gold"] == "samples.jsonl")
    assert now["headline"] == then["headline"], "the table is old: make eval, then wenbao eval table"


def test_a_readme_without_a_place_for_the_table_is_named() -> None:
    with pytest.raises(GoldError, match="no place for the table"):
        with_table("x", {"sets": []}, "en")
    assert with_table(f"a\n{BEGIN}\nold\n{END}\nb", {"sets": []}, "en").startswith(f"a\n{BEGIN}\n| questions")
