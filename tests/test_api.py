"""The HTTP interface and its guard, over the samples and the real assistant."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from rag.api import Assistants, build_api, is_loopback
from rag.assistant import Assistant, build_assistant
from rag.config import Settings
from rag.errors import SettingsError
from rag.ingest import ingest

QUESTION = "沈河2020年就业目标"


@pytest.fixture(scope="module")
def assistant(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(library=tmp_path_factory.mktemp("library"))
    assert [e.kind for e in ingest([samples], settings=settings, jobs=1)] == ["added", "added"]
    made = build_assistant(settings)
    yield made
    made.library.close()


@pytest.fixture(scope="module")
def api(assistant: Assistant) -> FastAPI:
    return build_api(Assistants(assistant), settings=assistant.settings)


@pytest.fixture
def client(api: FastAPI) -> Iterator[TestClient]:
    with TestClient(api, base_url="http://127.0.0.1:7860", raise_server_exceptions=False) as made:
        yield made


def test_a_question_gets_the_answer_object(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": QUESTION, "history": []})
    assert reply.status_code == 200
    answer = reply.json()
    assert answer["status"] == "no_figure"
    assert answer["figures"] == []
    assert 1 <= len(answer["citations"]) <= 3
    for citation in answer["citations"]:
        text = client.get(f"/api/reports/{citation['report_id']}/text").text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_the_answers_language_can_be_chosen(client: TestClient) -> None:
    english = client.post("/api/ask", json={"question": QUESTION, "lang": "en"}).json()["text"]
    chinese = client.post("/api/ask", json={"question": QUESTION, "lang": "zh"}).json()["text"]
    assert english != chinese
    assert "report" in english.lower()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"question": 1}', b'{"question": "x", "history": "y"}',
     b'{"question": "x", "history": [1]}', b'{"question": "x", "lang": "fr"}', b"\xff\xfe", b"[" * 100_000],
)  # fmt: skip
def test_a_body_of_another_shape_is_refused_in_a_sentence(client: TestClient, body: bytes) -> None:
    reply = client.post("/api/ask", content=body)
    assert reply.status_code == 400
    assert "JSON" in reply.json()["text"]


@pytest.mark.parametrize(
    "question", ["", "😀", "\x00", "'; DROP TABLE reports; --", "<script>alert(1)</script>", "问" * 50_000]
)
def test_any_question_gets_an_answer_object(client: TestClient, question: str) -> None:
    reply = client.post("/api/ask", json={"question": question})
    assert reply.status_code == 200
    assert reply.json()["status"] in {"unclear", "off_topic", "not_in_report", "no_report", "no_figure", "answered"}
    assert reply.json()["text"]


def test_reports_are_listed_without_their_texts(client: TestClient) -> None:
    listed = client.get("/api/reports").json()
    assert {r["report_year"] for r in listed} == {2018, 2020}
    assert all("text" not in r and r["place"] and r["text_sha256"] for r in listed)


def test_an_unknown_report_is_not_found(client: TestClient) -> None:
    assert client.get("/api/reports/nowhere/text").status_code == 404
    assert client.get("/api/reports/..%2F..%2Fetc%2Fpasswd/text").status_code == 404


def test_figures_come_with_their_quotes_and_can_be_chosen(client: TestClient) -> None:
    rows = client.get("/api/figures", params={"place": "沈河", "indicator": "城镇新增就业", "role": "actual"}).json()
    assert [(r["period"], r["value"], r["unit"]) for r in rows] == [("2019", 1.68, "万人")]
    text = client.get(f"/api/reports/{rows[0]['report_id']}/text").text
    assert rows[0]["quote"] in text
    assert text[rows[0]["start"] : rows[0]["end"]] == rows[0]["written"]


def test_figures_come_as_a_table_too_and_unknown_names_are_refused(client: TestClient) -> None:
    table = client.get("/api/figures", params={"place": "沈河区", "format": "csv"})
    assert table.content.startswith("\ufeffplace,period,indicator".encode())
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    for wrong in ({"place": "亚特兰蒂斯"}, {"role": "wish"}):
        reply = client.get("/api/figures", params=wrong)
        assert reply.status_code == 400
        assert next(iter(wrong.values())) in reply.json()["text"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "", "[::2]:7860"])
def test_another_host_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/api/reports", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "LOCALHOST", "[::1]:7860"])
def test_this_machines_own_names_are_served(client: TestClient, host: str) -> None:
    assert client.get("/api/reports", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1:7861", "null"])
def test_a_question_from_another_page_is_refused(client: TestClient, origin: str) -> None:
    assert client.post("/api/ask", json={"question": QUESTION}, headers={"Origin": origin}).status_code == 403


def test_a_question_from_this_page_is_answered(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": QUESTION}, headers={"Origin": "http://127.0.0.1:7860"})
    assert reply.status_code == 200


def test_the_interface_describes_itself(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    assert {"/api/ask", "/api/reports", "/api/reports/{report_id}/text", "/api/figures"} == set(told["paths"])
    assert told["paths"]["/api/ask"]["post"]["requestBody"]["required"] is True


def test_a_body_past_the_limit_is_refused(client: TestClient) -> None:
    assert client.post("/api/ask", content=b"x" * 1_000_001).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    assert client.post("/api/ask", content=endless()).status_code >= 400


def test_every_reply_forbids_framing_and_loading_from_outside(client: TestClient) -> None:
    for reply in (
        client.get("/api/reports"),
        client.get("/nowhere"),
        client.get("/", headers={"Host": "evil.example"}),
    ):
        assert reply.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_password_guards_everything(assistant: Assistant) -> None:
    settings = Settings(library=assistant.settings.library, auth="读者:密码:冒号")
    right = base64.b64encode("读者:密码:冒号".encode()).decode()
    with TestClient(build_api(Assistants(assistant), settings=settings, host="0.0.0.0")) as client:
        for path in ("/api/reports", "/", "/api/figures", "/nowhere"):
            reply = client.get(path)
            assert reply.status_code == 401
            assert "Basic" in reply.headers["www-authenticate"]
        wrong = base64.b64encode("读者:密码".encode()).decode()
        assert client.get("/api/reports", headers={"Authorization": f"Basic {wrong}"}).status_code == 401
        assert client.get("/api/reports", headers={"Authorization": f"Basic {right}"}).status_code == 200


def test_other_machines_are_served_only_behind_a_password(assistant: Assistant) -> None:
    with pytest.raises(SettingsError, match="WENBAO_AUTH"):
        build_api(Assistants(assistant), settings=assistant.settings, host="0.0.0.0")
    opened = build_api(Assistants(assistant), settings=assistant.settings, host="0.0.0.0", without_password=True)
    with TestClient(opened, base_url="http://192.168.1.4:7860") as client:
        assert client.get("/api/reports").status_code == 200
        assert client.get("/api/reports", headers={"Host": "evil.example"}).status_code == 400
    assert is_loopback("::1")
    assert not is_loopback("192.168.1.4")
    assert not is_loopback("example.org")


def test_an_unforeseen_error_gets_a_number_and_no_details(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("sk-CANARY-secret-path")

    monkeypatch.setattr("rag.api.figure_rows", broken)
    api = build_api(Assistants(assistant), settings=assistant.settings)
    with TestClient(api, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        reply = client.get("/api/figures")
    assert reply.status_code == 500
    assert "CANARY" not in reply.text
    assert "编号" in reply.json()["text"]
