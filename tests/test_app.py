"""The page: what it shows after each step, and that it is served with the HTTP interface behind one guard."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import app
from app import SHOWN_TURNS, converse, holdings_line, listen
from rag.assistant import Assistant, build_assistant
from rag.config import Settings
from rag.errors import RagError, SettingsError
from rag.html import Turn
from rag.ingest import ingest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def library(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("资料 library")
    assert len(list(ingest([samples], settings=Settings(library=folder), jobs=1))) == 2
    return folder


@pytest.fixture(scope="module")
def assistant(library: Path) -> Iterator[Assistant]:
    made = build_assistant(Settings(library=library))
    yield made
    made.library.close()


def test_an_answer_comes_in_steps_and_the_last_one_shows_its_quotes(assistant: Assistant) -> None:
    steps = list(converse(assistant, "沈河2020年就业目标", []))
    assert len(steps) >= 3
    assert "正在" in steps[0][-1].body
    final = steps[-1][-1]
    assert final.question == "沈河2020年就业目标"
    assert "<mark>" in final.body
    assert 'href="#c-1-1"' in final.body


def test_a_later_question_leans_on_the_earlier_ones(assistant: Assistant) -> None:
    first = list(converse(assistant, "沈河区2020年社会消费品零售总额目标", []))[-1]
    second = list(converse(assistant, "那地区生产总值呢？", first))[-1]
    assert next(turn.question for turn in second) == "沈河区2020年社会消费品零售总额目标"
    assert "沈河区" in second[-1].body
    assert 'id="c-2-1"' in second[-1].body


def test_questions_asked_at_once_get_the_answers_of_questions_asked_alone(assistant: Assistant) -> None:
    questions = [
        "沈河2020年就业目标",
        "沙河口区2018年地区生产总值目标",
        "沈河区2019年新增就业",
        "沙河口区2017年新增就业",
        "养老服务有哪些安排",
        "沙河口区2018年教育方面有哪些工作",
    ] * 5
    alone = [assistant.answer(question).text for question in questions]
    with ThreadPoolExecutor(max_workers=8) as pool:
        assert list(pool.map(lambda question: assistant.answer(question).text, questions)) == alone


def test_an_empty_question_changes_nothing(assistant: Assistant) -> None:
    turns = [Turn("问", "答")]
    assert list(converse(assistant, "  \n", turns)) == [turns]


def test_old_turns_leave_the_page(assistant: Assistant) -> None:
    turns = [Turn(f"沈河区{n}", "") for n in range(SHOWN_TURNS + 5)]
    assert len(list(converse(assistant, "沈河2020年就业目标", turns))[-1]) == SHOWN_TURNS + 1


@pytest.mark.parametrize(
    ("error", "shown"),
    [(RagError("资料库坏了 <b>"), "资料库坏了 &lt;b&gt;"), (RuntimeError("sk-CANARY-123456"), "编号")],
)
def test_an_error_becomes_a_sentence_and_the_conversation_goes_on(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, error: Exception, shown: str
) -> None:
    def failing(*_: object) -> Iterator[object]:
        raise error
        yield

    monkeypatch.setattr(assistant, "stream", failing)
    last = list(converse(assistant, "就业", [Turn("问", "答")]))[-1]
    assert len(last) == 2
    assert shown in last[-1].body
    assert "CANARY" not in last[-1].body


def test_the_page_says_what_the_library_holds(assistant: Assistant) -> None:
    assert "2 份" in holdings_line(assistant)


def test_a_taken_port_is_named_and_without_one_the_next_free_one_is_used() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=str(port)):
            listen("127.0.0.1", port)
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_importing_the_page_imports_no_gradio() -> None:
    code = "import sys, app; print([m for m in ('gradio', 'torch', 'chromadb') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_what_cannot_be_served_is_named_on_one_line(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--library", str(library), "--host", "0.0.0.0"]) == 2
    told = capsys.readouterr().err
    assert "WENBAO_AUTH" in told
    assert "Traceback" not in told


@pytest.mark.slow
def test_the_page_is_served_and_stops_when_interrupted(library: Path) -> None:
    environment = {**os.environ, "WENBAO_LIBRARY": str(library), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(ROOT / "app.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert address is not None
            with urllib.request.urlopen(f"{address[0]}/", timeout=30) as reply:
                assert "问报" in reply.read().decode("utf-8")
                assert reply.headers["X-Frame-Options"] == "DENY"
            with urllib.request.urlopen(f"{address[0]}/api/reports", timeout=30) as reply:
                assert reply.status == 200
            request = urllib.request.Request(f"{address[0]}/", headers={"Host": "evil.example"})
            with pytest.raises(urllib.error.HTTPError, match="400"):
                urllib.request.urlopen(request, timeout=30)
        finally:
            process.terminate()
            process.wait(timeout=30)
