"""The page as it is served: behind one guard, for many at once, and through Gradio's own client."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import served

from benchmarks import page
from rag.assistant import Assistant, build_assistant
from rag.config import Settings
from rag.ingest import ingest
from rag.page.reference import answer_markdown


@pytest.fixture(scope="module")
def assistant(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = Settings(library=tmp_path_factory.mktemp("library"))
    assert len(list(ingest([samples], settings=settings, jobs=1))) == 2
    made = build_assistant(settings)
    yield made
    made.library.close()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the program puts what is temporary."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def address(assistant: Assistant, scratch: Path) -> Iterator[str]:
    with served(assistant.settings.library, TMPDIR=str(scratch), GRADIO_TEMP_DIR=str(scratch)) as found:
        yield found


def status_of(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_the_page_is_served_under_the_guard(address: str, path: str) -> None:
    with urllib.request.urlopen(address + path, timeout=30) as reply:
        assert ("问报" if path == "/" else "Wenbao") in reply.read().decode("utf-8")
        assert reply.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
    request = urllib.request.Request(address + path, headers={"Host": "evil.example"})
    assert status_of(request) == 400


def test_thirty_conversations_at_once_get_the_answers_of_one_alone(address: str, assistant: Assistant) -> None:
    event = page._event_number(address)
    asked = enumerate(page.QUESTIONS)
    alone = [answer_markdown(assistant.answer(question, page.QUESTIONS[:n]), "zh") for n, question in asked]
    with ThreadPoolExecutor(30) as pool:
        conversations = list(pool.map(lambda _: page.converse(address, event), range(30)))
    assert [[spoken.markdown for spoken in conversation] for conversation in conversations] == [alone] * 30


def test_a_question_leaves_no_trace_on_the_disk(address: str, assistant: Assistant, scratch: Path) -> None:
    canary = "沈河区2020年金丝雀四十二目标"
    page._ask(address, page._event_number(address), "session", canary, [canary])
    urllib.request.urlopen(f"{address}/?q={quote(canary)}", timeout=30).close()
    folders = (assistant.settings.library, scratch)
    written = [path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert written
    assert not any("金丝雀".encode() in content or quote("金丝雀").encode() in content for content in written)


CLIENT = """
import json, sys
from gradio_client import Client
client = Client(sys.argv[1], verbose=False)
said = [("那2019年呢？", ["沈河2020年就业目标"], "zh"), ("沈河2020年就业目标", [], "en")]
print(json.dumps([client.predict(*one, api_name="/ask") for one in said]))
"""


def test_the_same_is_had_through_gradios_own_client(address: str, assistant: Assistant) -> None:
    command = [sys.executable, "-c", CLIENT, address]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    chinese, english = json.loads(told.splitlines()[-1])
    expected = assistant.answer("那2019年呢？", ["沈河2020年就业目标"])
    assert chinese | {"timings_ms": {}} == json.loads(json.dumps(expected.to_json())) | {"timings_ms": {}}
    assert "report" in english["text"].lower()


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=README.md",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=http://evil.example/",
        "/monitoring",
    ],
)
def test_gradio_hands_out_no_files_and_fetches_nothing(address: str, path: str) -> None:
    assert status_of(urllib.request.Request(address + path)) in (400, 403, 404)
