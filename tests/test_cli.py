"""The command line: what is typed, what is printed, which code comes back."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from written_reports import PLACES, report_text, write_report

from eval.players import good
from eval.scripted import Service
from rag import cli
from rag.catalogue import Catalogue
from rag.config import SETTING_HELP
from rag.export import COLUMNS, safe_cell
from rag.locks import write_lock
from rag.logs import redacted

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("ingest", "reports", "remove", "ask", "figures", "serve", "doctor", "train")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the two samples."""
    folder = tmp_path_factory.mktemp("cli") / "资料 库"
    assert cli.main(["ingest", str(ROOT / "samples"), "--library", str(folder), "--jobs", "1"]) == 0
    return folder


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    yield
    for room in ("rag", "vectorstore", "eval", "app"):
        for handler in list(logging.getLogger(room).handlers):
            logging.getLogger(room).removeHandler(handler)
            handler.close()
        logging.getLogger(room).propagate = True


@pytest.fixture
def wenbao(library: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command on the library of the samples: exit code, standard output, standard error."""

    def run(*typed: str, on: Path = library) -> tuple[int, str, str]:
        try:
            code = cli.main([*typed, "--library", str(on)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


Wenbao = Callable[..., tuple[int, str, str]]


# -- help and use -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_of_every_command_has_an_example(command: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help", "--lang", lang])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"{'Example' if lang == 'en' else '例'}: wenbao {command}" in said
    assert "--library" in said


def test_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert all(name in said for name in SETTING_HELP)


@pytest.mark.parametrize(
    "typed",
    [[], ["nonsense"], ["ask"], ["ask", "a", "b"], ["remove"], ["ingest"], ["ask", "x", "--batch", "y"],
     ["figures", "--format", "pdf"], ["reports", "--lang", "klingon"], ["figures", "--role", "hero"],
     ["figures", "--place", "不存在的地方"], ["reports", "--text", "nobody"], ["remove", "nobody"],
     ["ingest", "x", "--year", "20年"], ["ingest", "x", "--meta", "nowhere.csv"],
     ["ask", "--batch", "nowhere.jsonl", "--out", "x.jsonl"], ["ask", "--batch", "nowhere.jsonl"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use_ends_with_2_and_a_sentence(typed: list[str], wenbao: Wenbao) -> None:
    code, out, err = wenbao(*typed)
    assert (code, out) == (2, "")
    assert len(err) > 5
    assert "Traceback" not in err


def test_the_library_may_be_named_before_the_command(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--library", str(library), "--lang", "en", "reports"]) == 0
    assert "2 reports." in capsys.readouterr().out


def test_a_library_that_is_not_there_is_not_made(wenbao: Wenbao, tmp_path: Path) -> None:
    for typed in (["reports"], ["ask", "沈河2020年就业目标"], ["figures"], ["remove", "x"], ["doctor"]):
        code, _, err = wenbao(*typed, on=tmp_path / "none")
        assert code == 2
        assert "wenbao ingest" in err
    assert not (tmp_path / "none").exists()


# -- ingest -----------------------------------------------------------------------------------------


def test_ingest_prints_a_line_for_each_and_3_where_something_was_skipped(wenbao: Wenbao, tmp_path: Path) -> None:
    write_report(tmp_path / "files")
    code, out, _ = wenbao("ingest", str(tmp_path / "files"), on=tmp_path / "library")
    assert code == 0
    assert out.splitlines()[0].startswith("added ")
    (tmp_path / "files" / "空.txt").write_bytes(b"")
    code, out, err = wenbao("ingest", str(tmp_path / "files"), on=tmp_path / "library")
    assert code == 3
    assert [line.split()[0] for line in out.splitlines()[:2]] == ["unchanged", "skipped"]
    assert "空.txt" in out
    assert err == ""  # no progress where nobody looks
    code, out, _ = wenbao("ingest", str(tmp_path / "files"), "--json", on=tmp_path / "library")
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["unchanged", "skipped"]


def test_ingest_says_in_english_what_is_asked_in_english(wenbao: Wenbao, tmp_path: Path) -> None:
    write_report(tmp_path / "files")
    _, out, _ = wenbao("ingest", str(tmp_path / "files"), "--lang", "en", on=tmp_path / "library")
    assert "Done in" in out


def test_place_year_and_meta_overrule(wenbao: Wenbao, tmp_path: Path) -> None:
    path = write_report(tmp_path)
    wenbao("ingest", str(path), "--place", "大连市中山区", "--year", "2031", on=tmp_path / "library")
    _, out, _ = wenbao("reports", on=tmp_path / "library")
    assert "辽宁省大连市中山区  2031" in out
    (tmp_path / "meta.csv").write_text(
        f"file,place,year\n{path.name},杭州市西湖区,2033\nnone.txt,x,1\n", encoding="utf-8"
    )
    code, out, _ = wenbao("ingest", str(path), "--meta", str(tmp_path / "meta.csv"), on=tmp_path / "library")
    assert code == 3
    assert "none.txt" in out
    _, out, _ = wenbao("reports", on=tmp_path / "library")
    assert "浙江省杭州市西湖区  2033" in out


def test_a_busy_library_ends_with_75_and_names_the_writer(wenbao: Wenbao, tmp_path: Path) -> None:
    path = write_report(tmp_path)
    wenbao("ingest", str(path), on=tmp_path / "library")
    report_id = Catalogue.open(tmp_path / "library").reports()[0].report_id
    with write_lock(tmp_path / "library", doing="ingest"):
        for typed in (["ingest", str(path)], ["remove", report_id]):
            code, _, err = wenbao(*typed, on=tmp_path / "library")
            assert code == 75
            assert str(os.getpid()) in err


def test_a_file_in_the_librarys_place_is_named(wenbao: Wenbao, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, _, err = wenbao("ingest", str(ROOT / "samples"), on=tmp_path / "file")
    assert code == 2
    assert "file" in err


# -- reports ----------------------------------------------------------------------------------------


def test_reports_lists_covers_and_shows_evidence(wenbao: Wenbao) -> None:
    code, out, _ = wenbao("reports")
    assert code == 0
    assert "辽宁省沈阳市沈河区  2020" in out
    _, out, _ = wenbao("reports", "--coverage")
    assert out.splitlines()[0].split() == ["地区", "2018", "2020"]
    _, out, _ = wenbao("reports", "--coverage", "--json")
    assert list(json.loads(out)) == ["辽宁省沈阳市沈河区", "辽宁省大连市沙河口区"]
    _, out, _ = wenbao("reports", "--json")
    first, _ = json.loads(out)
    assert first["evidence"]["place"]["quote"]
    assert "text" not in first


def test_the_text_that_is_printed_is_the_one_that_offsets_refer_to(wenbao: Wenbao, library: Path) -> None:
    with Catalogue.open(library) as catalogue:
        for report in catalogue.reports():
            code, out, _ = wenbao("reports", "--text", report.report_id)
            assert code == 0
            assert out == catalogue.text(report.report_id)


# -- ask --------------------------------------------------------------------------------------------


def test_ask_answers_with_citations_and_ends_with_0(wenbao: Wenbao) -> None:
    code, out, _ = wenbao("ask", "沈河区2020年GDP增长目标是多少")
    assert code == 0
    assert "6%" in out
    assert "[1]" in out
    code, out, _ = wenbao("ask", "今天沈阳天气怎么样")
    assert code == 0
    assert out.strip()


def test_ask_json_is_one_object_whose_quotes_stand_in_the_text(wenbao: Wenbao, library: Path) -> None:
    _, out, _ = wenbao("ask", "那2019年实际完成了多少?", "--history", "沈河区2020年GDP增长目标是多少", "--json")
    answer = json.loads(out)
    assert answer["figures"][0]["period"] == "2019"
    with Catalogue.open(library) as catalogue:
        for citation in answer["citations"]:
            text = catalogue.text(citation["report_id"])
            assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_explain_prints_the_steps_and_keeps_json_whole(wenbao: Wenbao) -> None:
    _, out, _ = wenbao("ask", "沈河区2020年GDP增长目标是多少", "--explain")
    assert out.index("== 理解") < out.index("== 检索") < out.index("== 核对后")
    _, out, err = wenbao("ask", "沈河区2020年GDP增长目标是多少", "--explain", "--json")
    assert json.loads(out)["status"] == "answered"
    assert "== 理解" in err


def test_a_batch_answers_every_line_in_order_and_a_bad_line_costs_itself_alone(wenbao: Wenbao, tmp_path: Path) -> None:
    lines = [
        '{"id": 1, "question": "沈河区2020年GDP增长目标是多少"}',
        "not json",
        '{"id": "三", "question": ""}',
        "",
        '{"id": 4}',
        '{"id": 5, "question": 7}',
        '{"id": 6, "question": "x", "history": "y"}',
        "[" * 100_000,
        '{"id": 7, "question": "沙河口呢", "history": ["沈河区2020年GDP增长目标是多少"]}',
    ]
    (tmp_path / "in.jsonl").write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    code, _, _ = wenbao("ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out" / "o.jsonl"))
    assert code == 0
    written = (tmp_path / "out" / "o.jsonl").read_bytes()
    answers = [json.loads(line) for line in written.decode("utf-8").splitlines()]
    assert [a["id"] for a in answers] == [1, None, "三", 4, 5, 6, None, 7]
    assert [a["status"] == "error" for a in answers] == [False, True, False, True, True, True, True, False]
    assert all(a["text"] for a in answers)
    assert b"\r" not in written


def test_a_question_that_breaks_us_is_an_error_object_with_a_reference_in_the_log(
    wenbao: Wenbao, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.assistant import Assistant

    def fail(self: object, question: str, history: object = ()) -> None:
        raise ZeroDivisionError("sk-CANARY1234567890")

    monkeypatch.setattr(Assistant, "answer", fail)
    monkeypatch.setenv("WENBAO_LLM_API_KEY", "hidden-key")
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "q"}', encoding="utf-8")
    assert wenbao("ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "o.jsonl"))[0] == 0
    answer = json.loads((tmp_path / "o.jsonl").read_text(encoding="utf-8"))
    assert answer["status"] == "error"
    code, _, err = wenbao("ask", "q")
    assert code == 1
    assert "编号" in err
    log = (library / "wenbao.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log
    assert "CANARY" not in log + err + answer["text"]
    reference = err.split("编号 ")[1].split("，")[0]
    assert reference in log


def test_batch_and_its_output_are_not_the_same_file(wenbao: Wenbao, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": 1, "question": "q"}', encoding="utf-8")
    assert wenbao("ask", "--batch", str(path), "--out", str(path))[0] == 2
    assert path.read_text(encoding="utf-8") == '{"id": 1, "question": "q"}'


# -- figures ----------------------------------------------------------------------------------------


def test_figures_are_rows_whose_quotes_and_spans_hold(wenbao: Wenbao, library: Path) -> None:
    code, out, _ = wenbao("figures")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert tuple(rows[0]) == COLUMNS
    with Catalogue.open(library) as catalogue:
        assert len(rows) == catalogue.counts().figures > 100
        for row in rows:
            text = catalogue.text(row["report_id"])
            assert text[int(row["start"]) : int(row["end"])] == row["written"].removeprefix("'")
            assert text[int(row["quote_start"]) : int(row["quote_end"])] == row["quote"].removeprefix("'")
            Decimal(row["value"])


@pytest.mark.parametrize("indicator", ["GDP", "地区生产总值", "gdp"])
def test_figures_are_filtered_by_place_period_role_and_any_name_of_the_indicator(
    wenbao: Wenbao, indicator: str
) -> None:
    typed = ["figures", "--place", "沈河", "--period", "2020", "--role", "target,plan", "--indicator", indicator]
    _, out, _ = wenbao(*typed, "--format", "json")
    (row,) = json.loads(out)
    assert (row["written"], row["value"], row["modality"]) == ("6%", 6, "左右")
    _, out, _ = wenbao("figures", "--place", "沈河,沙河口", "--indicator", "停车", "--format", "json")
    assert all("停车" in row["indicator"] for row in json.loads(out))


def test_figures_go_to_a_file_that_excel_opens(wenbao: Wenbao, tmp_path: Path) -> None:
    code, out, _ = wenbao("figures", "--out", str(tmp_path / "数据.csv"))
    assert code == 0
    assert "数据.csv" in out
    assert (tmp_path / "数据.csv").read_bytes().startswith(b"\xef\xbb\xbfplace,")
    wenbao("figures", "--format", "json", "--out", str(tmp_path / "f.json"))
    assert json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    code, _, err = wenbao("figures", "--out", str(tmp_path))
    assert code == 2
    assert "无法写入" in err


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "\uff20x"])
def test_a_cell_that_a_spreadsheet_takes_for_a_formula_is_guarded(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-5, Decimal("-5.2"), 0, None, 1.5])
def test_numbers_stay_numbers(value: Any) -> None:
    assert safe_cell(value) == value


def test_plain_text_stays_as_it_is() -> None:
    assert safe_cell("增长6%左右") == "增长6%左右"
    assert safe_cell(["一、回顾", "(一)"]) == "一、回顾 > (一)"


# -- edges ------------------------------------------------------------------------------------------


def test_an_error_of_ours_ends_with_1_and_a_reference(wenbao: Wenbao, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr("rag.show.report_lines", fail)
    code, _, err = wenbao("reports")
    assert code == 1
    assert "编号" in err
    assert "a slip" not in err
    code, _, err = wenbao("reports", "--lang", "en")
    assert "reference" in err


def test_ctrl_c_ends_politely(wenbao: Wenbao, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.show.report_lines", interrupt)
    code, _, err = wenbao("reports")
    assert code == 130
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "text",
    [
        "key sk-CANARY-abcdef123 in it",
        "Authorization: Bearer CANARY.abc.def",
        "https://me:CANARYpass@host/v1",
        "?api_key=CANARY123&x=1",
        "my CANARY-own-secret",
    ],
)
def test_secrets_are_blacked_out(text: str) -> None:
    assert "CANARY" not in redacted(text, ["CANARY-own-secret"])


def test_what_is_no_secret_is_left_alone() -> None:
    for text in ("ask: 沈河2020年就业目标", "task-force of 2020", "http://localhost:8000/v1", "risk-free"):
        assert redacted(text, []) == text


ENVIRONMENTS: list[dict[str, str]] = [
    {"LC_ALL": "C", "PYTHONUTF8": "0"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "POSIX"},
    {"LANG": "zh_CN.GB18030", "LC_ALL": "zh_CN.GB18030", "PYTHONIOENCODING": "gbk"},
    {"LC_ALL": "tr_TR.ISO-8859-9", "PYTHONUTF8": "0"},
    {"LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONIOENCODING": "ascii", "TZ": "Etc/GMT+12"},
    {},
]


@pytest.mark.slow
@pytest.mark.parametrize("settings", ENVIRONMENTS, ids=str)
def test_output_is_the_same_utf8_in_every_locale(settings: dict[str, str], library: Path, tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    path = write_report(tmp_path / "文件夹", name="报告.txt")
    typed = ["ask", "沈河区2020年GDP增长目标是多少", "--json", "--library", str(library)]

    def run(*arguments: str) -> bytes:
        command = [sys.executable, "-m", "rag", *arguments]
        done = subprocess.run(command, capture_output=True, cwd=ROOT, env={**kept, **settings}, check=False)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout

    answer = json.loads(run(*typed).decode("utf-8"))
    assert answer["question"] == "沈河区2020年GDP增长目标是多少"
    assert "6%左右" in answer["text"]
    said = run("ingest", str(path), "--library", str(tmp_path / "库")).decode("utf-8")
    assert "报告.txt" in said
    assert "\ufffd" not in said


def test_an_answer_says_who_wrote_it(library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    question = ["ask", "沈河区2019年新增就业多少人", "--library", str(library)]
    with Service(good) as service:
        for name, value in (
            ("LLM", "openai:scripted"),
            ("LLM_BASE_URL", service.url),
            ("LLM_API_KEY", "sk-CANARY12345"),
        ):
            monkeypatch.setenv(f"WENBAO_{name}", value)
        assert cli.main(question) == 0
        assert cli.main([*question, "--explain"]) == 0
    told = capsys.readouterr().out
    assert told.count("由语言模型 scripted 撰写，逐句与原文核对过。") == 2
    assert told.count("== 初稿 ==") == 1
    assert "sk-CANARY12345" not in told


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error(library: Path) -> None:
    command = f'"{sys.executable}" -m rag figures --library "{library}" | head -c 100'
    done = subprocess.run(["sh", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_a_path_of_odd_characters_is_read_and_shown_harmlessly(wenbao: Wenbao, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    for name in ("-n.txt", "<img src=x onerror=alert(1)>.txt", "😀.txt", "a\u202eb.txt", "=cmd.txt"):
        (folder / name).write_text(report_text(PLACES[0], 2020, growth=str(len(name))), encoding="utf-8")
    code, out, _ = wenbao("ingest", str(folder), on=tmp_path / "library")
    assert code == 0
    assert "\u202e" not in out
