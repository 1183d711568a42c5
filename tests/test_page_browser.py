"""The page in a real browser: asks, shows quotes in place, runs nothing that others wrote, calls nobody."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.ingest import ingest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
NASTY = '<img src="http://evil.example/x.png" onerror="window.hit=1"><script>window.hit=1</script> 沈河2020年就业目标'


@pytest.fixture(scope="module")
def address(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    library = tmp_path_factory.mktemp("library")
    assert len(list(ingest([samples], settings=Settings(library=library), jobs=1))) == 2
    environment = {**os.environ, "WENBAO_LIBRARY": str(library), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(ROOT / "app.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, encoding="utf-8") as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found is not None
        yield found[0]
        process.terminate()


@pytest.fixture
def page(address: str) -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1100, "height": 900})
        opened.asked = []
        opened.failed = []
        opened.on("request", lambda request: opened.asked.append(request.url))
        opened.on("pageerror", lambda error: opened.failed.append(str(error)))
        opened.goto(address)
        opened.wait_for_selector("#question textarea")
        yield opened
        browser.close()


def ask(page: object, question: str, turn: int) -> None:
    page.fill("#question textarea", question)  # type: ignore[attr-defined]
    page.press("#question textarea", "Enter")  # type: ignore[attr-defined]
    page.wait_for_function(f"document.querySelectorAll('#conversation .foot').length >= {turn}")  # type: ignore[attr-defined]


def test_a_question_is_answered_and_its_mark_leads_to_the_quote(page: object, address: str) -> None:
    ask(page, "沈河2020年就业目标", 1)
    assert "没有" in page.inner_text(".answer .text")  # type: ignore[attr-defined]
    page.click("a.cite >> nth=0")  # type: ignore[attr-defined]
    page.wait_for_function("location.hash === '#c-1-1'")  # type: ignore[attr-defined]
    assert "城镇新增就业" in page.inner_text("#c-1-1 mark")  # type: ignore[attr-defined]
    ask(page, "那2019年呢？", 2)
    assert "1.68万人" in page.inner_text("#conversation section:nth-of-type(2)")  # type: ignore[attr-defined]
    assert not page.failed  # type: ignore[attr-defined]


def test_nothing_that_was_typed_runs_or_is_loaded(page: object, address: str) -> None:
    ask(page, NASTY, 1)
    assert page.evaluate("window.hit") is None  # type: ignore[attr-defined]
    assert page.evaluate("document.querySelectorAll('#conversation img, #conversation script').length") == 0  # type: ignore[attr-defined]
    assert all(url.startswith((address, "data:", "blob:")) for url in page.asked)  # type: ignore[attr-defined]
    assert NASTY in page.inner_text(".question")  # type: ignore[attr-defined]


def test_the_conversation_can_be_cleared_and_a_reload_starts_anew(page: object) -> None:
    ask(page, "沈河2020年就业目标", 1)
    page.click("#clear")  # type: ignore[attr-defined]
    page.wait_for_function("document.querySelectorAll('#conversation .turn').length === 0")  # type: ignore[attr-defined]
    ask(page, "沙河口区2018年GDP目标", 1)
    page.reload()  # type: ignore[attr-defined]
    page.wait_for_selector("#question textarea")  # type: ignore[attr-defined]
    assert page.evaluate("document.querySelectorAll('#conversation .turn').length") == 0  # type: ignore[attr-defined]
