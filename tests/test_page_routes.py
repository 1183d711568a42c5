"""What the page fetches: evidence, downloads, uploads, corrections, removals with undo, and feedback."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from eval.command import main as measure
from eval.gold import load_gold
from rag.api import Assistants, build_api
from rag.assistant import Assistant, build_assistant
from rag.catalogue import Catalogue
from rag.config import Settings
from rag.export import COLUMNS, table_bytes
from rag.ingest import ingest
from rag.locks import write_lock
from rag.page.library import LibraryView
from rag.page.routes import add_page_routes
from rag.page.uploads import safe_name

SHENHE, SHAHEKOU = "210103-2020-f28ab4", "210204-2018-6d56ea"
HOSTILE = '<img src=x onerror="window.hit=1">.txt'


def client_of(assistant: Assistant) -> TestClient:
    api = build_api(Assistants(assistant), settings=assistant.settings)
    add_page_routes(api, LibraryView(assistant.library, assistant.gazetteer), assistant.settings)
    return TestClient(api, base_url="http://127.0.0.1:7860", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def filled(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    assert len(list(ingest([samples], settings=Settings(library=folder), jobs=1))) == 2
    return folder


@pytest.fixture
def assistant(filled: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant over a copy of the samples' library, which a test may change."""
    shutil.copytree(filled, tmp_path / "library")
    made = build_assistant(Settings(library=tmp_path / "library", upload_mb=1))
    yield made
    made.library.close()


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    with client_of(assistant) as made:
        yield made


@pytest.fixture(scope="module")
def reading(filled: Path) -> Iterator[TestClient]:
    """A client of the library that no test changes."""
    made = build_assistant(Settings(library=filled))
    with client_of(made) as client:
        yield client
    made.library.close()


def upload(client: TestClient, *files: tuple[str, bytes], lang: str = "zh") -> list[dict[str, object]]:
    reply = client.post(f"/page/upload?lang={lang}", files=[("files", file) for file in files])
    assert reply.status_code == 200, reply.text
    return [json.loads(line) for line in reply.text.splitlines()]


# -- evidence and files -----------------------------------------------------------------------------


def test_evidence_shows_the_cited_sentence_in_its_place(reading: TestClient) -> None:
    html = reading.get("/page/proof", params={"report": SHENHE, "start": 3265, "end": 3286, "at": "3269-3275"}).text
    assert "<mark>新增就业" in html
    assert "上年回顾" in html
    assert "(四)突出民生保障,惠民成果更加丰硕" in html
    assert "2020-01-09" in html
    assert 'data-text="沈阳市沈河区人民政府. 2020年沈阳市沈河区政府工作报告[R]. 2020-01-09."' in html
    english = reading.get("/page/proof", params={"report": SHENHE, "start": 3265, "end": 3286, "lang": "en"}).text
    assert "Review of the year" in english


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 3), (-1, 4), (0, 10**9)])
def test_a_span_that_the_report_lacks_is_refused(reading: TestClient, start: int, end: int) -> None:
    reply = reading.get("/page/proof", params={"report": SHENHE, "start": start, "end": end})
    assert reply.status_code == 400
    assert "引文" in reply.json()["text"]
    english = reading.get("/page/proof", params={"report": SHENHE, "start": start, "end": end, "lang": "en"})
    assert "passage" in english.json()["text"]


def test_a_whole_report_is_served_with_its_citation_marked(reading: TestClient) -> None:
    page = reading.get(f"/reports/{SHENHE}", params={"start": 3265, "end": 3286})
    assert page.text.startswith("<!doctype html>")
    assert "<mark>" in page.text
    assert reading.get("/reports/nowhere").status_code == 404


def test_our_script_and_style_are_served_and_nothing_beside_them(reading: TestClient) -> None:
    for name in ("page.js", "page.css", "talk.js", "evidence.js", "library.js", "tools.js", "find.js"):
        reply = reading.get(f"/page/static/{name}")
        assert reply.status_code == 200, name
        assert reply.headers["cache-control"] == "no-cache"
        assert "//" not in reply.text.replace("// ", "").replace("https://", "//"), f"{name} names an address"
    assert reading.get("/page/static/..%2Froutes.py").status_code == 404


def test_figures_of_an_answer_come_as_tables_like_those_of_the_command_line(reading: TestClient) -> None:
    figures = [f for f in reading.get("/api/figures", params={"place": "沈河", "indicator": "社零"}).json()][:3]
    spots = [[f["report_id"], f["start"], f["end"]] for f in figures]
    table = reading.post("/page/figures.csv", json={"figures": spots})
    assert "attachment" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["written"] for row in rows] == [f["written"] for f in figures]
    assert [row["quote"] for row in rows] == [f["quote"] for f in figures]
    sheet = load_workbook(io.BytesIO(reading.post("/page/figures.xlsx", json={"figures": spots}).content)).active
    head, *cells = sheet.iter_rows(values_only=True)
    assert [row[head.index("value")] for row in cells] == [f["value"] for f in figures]


def test_no_cell_of_a_table_is_taken_for_a_formula() -> None:
    row = dict.fromkeys(COLUMNS) | {"indicator": "=1+1", "quote": "＝HYPERLINK\x07(1)", "value": Decimal("-1.5")}
    text = table_bytes([row], "csv").decode("utf-8-sig")
    assert "'=1+1" in text
    sheet = load_workbook(io.BytesIO(table_bytes([row], "xlsx"))).active
    cells = dict(zip(COLUMNS, next(sheet.iter_rows(min_row=2)), strict=True))
    assert (cells["indicator"].data_type, cells["indicator"].value) == ("s", "'=1+1")
    assert cells["quote"].value == "'＝HYPERLINK(1)"
    assert cells["value"].value == -1.5


@pytest.mark.parametrize(
    "body",
    ["", "[]", '{"figures": 3}', '{"figures": [["x"]]}', '{"figures": [[1, 2, 3]]}', '{"figures": [["x", true, 2]]}'],
)
def test_a_request_of_another_shape_is_refused(reading: TestClient, body: str) -> None:
    assert reading.post("/page/figures.csv", content=body).status_code == 400


# -- the library ------------------------------------------------------------------------------------


def test_the_library_is_shown_as_a_map_and_a_list_that_can_be_searched(reading: TestClient) -> None:
    held = reading.get("/page/library").json()
    assert held["map"].count('class="held"') == 2
    assert held["places"] == ["辽宁省大连市沙河口区", "辽宁省沈阳市沈河区"]
    found = reading.get("/page/library", params={"q": "沈河 2020", "lang": "en"}).json()["list"]
    assert SHENHE in found
    assert SHAHEKOU not in found
    assert "1 reports" in found


def test_an_uploaded_report_is_read_shown_and_answered_from(client: TestClient, assistant: Assistant) -> None:
    text = assistant.library.catalogue.text(SHENHE).replace("沈河区", "和平区").replace("1.68万人", "2.22万人")
    lines = upload(client, ("和平区2020年政府工作报告.txt", text.encode("utf-8")))
    assert "辽宁省沈阳市和平区" in str(lines[0]["html"])
    assert "个数字" in str(lines[0]["html"])
    assert "加入 1 份" in str(lines[-1]["told"])
    assert lines[-1]["done"] is True
    answer = client.post("/api/ask", json={"question": "和平区2019年新增就业多少"}).json()
    assert "2.22万人" in answer["text"]
    again = upload(client, ("和平区2020年政府工作报告.txt", text.encode("utf-8")))
    assert "未变 1" in str(again[-1]["told"])


def test_a_file_that_cannot_be_read_is_skipped_with_the_reason(client: TestClient, assistant: Assistant) -> None:
    lines = upload(client, ("图片.pdf", b"%PDF-1.4 nothing"), ("表.exe", b"MZ"))
    told = "".join(str(line.get("html", "")) for line in lines)
    assert told.count("event skipped") == 2
    assert "图片.pdf" in client.get("/page/library").json()["list"]
    assert list((assistant.settings.library / "uploads").rglob("*.*")) == []
    assert "跳过 2" in str(lines[-1]["told"])


def test_a_hostile_file_name_is_text(client: TestClient) -> None:
    lines = upload(client, (HOSTILE, "2020年政府工作报告".encode()))
    assert "<img" not in str(lines)


def test_an_upload_past_the_limit_and_one_without_files_are_refused(client: TestClient) -> None:
    assert client.post("/page/upload", files=[("files", ("a.txt", b"x" * 2_100_000))]).status_code == 413
    assert client.post("/page/upload", data={"files": "text"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("C:\\x\\沈河.pdf", "沈河.pdf"), ("a\x00b.txt", "ab.txt"),
        ("CON.txt", "_CON.txt"), ("-rf.txt", "_-rf.txt"), ("...", "report"), ("", "report"),
        ("<img src=x>.txt", "_img src=x_.txt"), ("好" * 300 + ".docx", "好" * 60 + ".docx"), (".hidden", "hidden"),
    ],
)  # fmt: skip
def test_the_names_of_uploads_are_harmless(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_a_correction_by_hand_holds_and_a_later_ingest_keeps_to_it(
    client: TestClient, assistant: Assistant, samples: Path
) -> None:
    reply = client.post("/page/correct", json={"report": SHENHE, "place": "沈阳市和平区", "year": "2021"})
    assert reply.json()["told"] == "已更正为 辽宁省沈阳市和平区 2021。"
    assert "和平区" in client.post("/api/ask", json={"question": "和平区2020年新增就业"}).json()["text"]
    assert [e.kind for e in ingest([samples], settings=assistant.settings, jobs=1)] == ["unchanged", "unchanged"]
    file = next(samples.glob("沈河*.txt"))
    folder = samples.parent / "samples"
    with Catalogue.open(assistant.settings.library, writable=True) as catalogue:
        catalogue.forget_file(str(file.resolve()))  # as when the rules that read it have changed
    events = list(ingest([folder], settings=assistant.settings, jobs=1))
    assert {(e.place, e.report_year) for e in events if e.kind == "replaced"} == {("辽宁省沈阳市和平区", 2021)}


@pytest.mark.parametrize("year", ["20", "二〇二〇", "20200", "9999"])
def test_a_year_that_is_none_is_refused(client: TestClient, year: str) -> None:
    assert client.post("/page/correct", json={"report": SHENHE, "place": "", "year": year}).status_code == 400


def test_a_removed_report_can_be_put_back(client: TestClient) -> None:
    question = {"question": "沈河2020年就业目标"}
    before = client.post("/api/ask", json=question).json()
    removed = client.post("/page/remove", json={"report": SHENHE}).json()
    assert "沈河区" in removed["told"]
    assert client.post("/api/ask", json=question).json()["status"] == "no_report"
    assert client.post("/page/undo", json={"undo": removed["undo"]}).json()["told"] == "已放回。"
    after = client.post("/api/ask", json=question).json()
    assert (after["text"], after["citations"]) == (before["text"], before["citations"])
    assert "无法撤销" in client.post("/page/undo", json={"undo": removed["undo"]}).json()["told"]


def test_a_library_that_is_busy_says_so_and_nothing_is_lost(client: TestClient, assistant: Assistant) -> None:
    removed = client.post("/page/remove", json={"report": SHENHE}).json()
    with write_lock(assistant.settings.library, doing="ingest"):
        assert client.post("/page/undo?lang=en", json={"undo": removed["undo"]}).status_code == 503
        lines = upload(client, ("a.txt", b"x"), lang="en")
        assert lines[-1]["failed"] is True
    assert client.post("/page/undo", json={"undo": removed["undo"]}).json()["told"] == "已放回。"
    assert upload(client, ("b.txt", b"y"))[-1].get("failed") is None


def test_a_removed_upload_leaves_no_file(client: TestClient, assistant: Assistant) -> None:
    upload(client, ("沈河.txt", assistant.library.catalogue.text(SHENHE).replace("沈河", "和平").encode()))
    room = assistant.settings.library / "uploads"
    assert len(list(room.rglob("*.txt"))) == 1
    report = next(r for r in client.get("/api/reports").json() if "和平" in r["place"])
    client.post("/page/remove", json={"report": report["report_id"]})
    assert list(room.rglob("*.txt")) == []


# -- feedback ---------------------------------------------------------------------------------------


def test_feedback_is_kept_with_its_figures_and_nothing_else_is(client: TestClient, assistant: Assistant) -> None:
    file = assistant.settings.library / "feedback.jsonl"
    client.post("/api/ask", json={"question": "沈河2020年就业目标"})
    assert not file.exists()
    figure = client.get("/api/figures", params={"place": "沈河", "indicator": "城镇新增就业", "role": "actual"}).json()[
        0
    ]
    said = {
        "question": "沈河去年就业", "history": ["在吗"], "verdict": "better",
        "figures": [[SHENHE, figure["start"], figure["end"]]], "sentence": [SHENHE, 3265, 3286],
    }  # fmt: skip
    assert client.post("/page/feedback", json=said).json()["html"]
    line = json.loads(file.read_text(encoding="utf-8"))
    assert (line["question"], line["history"], line["verdict"]) == ("沈河去年就业", ["在吗"], "better")
    assert line["figures"][0]["written"] == "1.68万人"
    assert line["sentence"]["quote"] == "新增就业1.68万人,零就业家庭动态为零。"


def test_feedback_becomes_gold_candidates(
    client: TestClient, assistant: Assistant, samples: Path, tmp_path: Path
) -> None:
    answer = client.post("/api/ask", json={"question": "沈河区2020年社零目标和2019年完成情况"}).json()
    spots = []
    for figure in answer["figures"]:
        citation = answer["citations"][figure["citation"] - 1]
        start = citation["start"] + citation["quote"].index(figure["written"], citation["quote"].index("社会消费品"))
        spots.append([SHENHE, start, start + len(figure["written"])])
    for said in (
        {"question": answer["question"], "verdict": "right", "figures": spots},
        {"question": "沈河2020年就业目标", "verdict": "better", "figures": [], "sentence": [SHENHE, 8414, 8456]},
        {"question": "沈河2020年就业目标", "verdict": "wrong", "figures": []},
    ):
        assert client.post("/page/feedback", json=said).status_code == 200
    own = tmp_path / "own.jsonl"
    feedback = str(assistant.settings.library / "feedback.jsonl")
    assert measure(["import", feedback, str(own), "--documents", str(samples)]) == 0
    first, second = load_gold(own)
    assert [(fact.role, str(fact.value), fact.unit) for fact in first.facts] == [
        ("target", "8", "%"),
        ("actual", "1153", "亿元"),
    ]
    assert first.evidence[0].doc == "沈河区2020年政府工作报告"
    assert second.must_include


@pytest.mark.parametrize(
    "said",
    [{"verdict": "right"}, {"question": "问", "verdict": "maybe"}, {"question": "问", "verdict": "better"},
     {"question": 1, "verdict": "right"}, {"question": "问", "verdict": "right", "history": "x"}],
)  # fmt: skip
def test_feedback_of_another_shape_is_refused(client: TestClient, said: dict[str, object]) -> None:
    assert client.post("/page/feedback", json=said).status_code == 400
