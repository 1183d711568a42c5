"""A page that is really served, and a real browser to look at it with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("serve_page.py")
REQUIRED = os.environ.get("BROWSER_TESTS") == "required"  # as in .ci/run, where none may be skipped
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def skip(reason: str) -> None:
    """Skips the test with a word, or fails it where browser tests may not be skipped."""
    (pytest.fail if REQUIRED else pytest.skip)(reason)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser without a window."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip("playwright is not installed: pip install -e '.[browser]'")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        skip("no chromium on this machine: install the package chromium to run the browser tests")
    with sync_playwright() as started:
        launched = started.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def served(library: Path, **environment: str) -> Iterator[str]:
    """The address at which the page over ``library`` is served, by a process of its own, while the block runs."""
    command = [sys.executable, str(PROGRAM), "--library", str(library), "--port", "0"]
    told = {
        **os.environ,
        **environment,
        "PYTHONPATH": str(PROGRAM.parent.parent),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=told, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found is not None
            yield found[0]
        finally:
            process.terminate()


@dataclass
class Visit:
    """One reader's visit: a page in a browser of its own, and everything that it asked for and complained of."""

    context: Any
    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        """Opens a page and waits until it can be used."""
        self.page.goto(self.address + path)
        self.ready()

    def ready(self) -> None:
        """Waits until the page can be used."""
        self.page.wait_for_selector(".wenbao.ready .welcome:not([aria-busy])", state="attached")

    def ask(self, question: str) -> Any:
        """Types a question, and returns the turn when it is answered."""
        before = self.page.locator(".turn .steps").count()
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        return self.answered(before + 1)

    def answered(self, count: int) -> Any:
        """The last of ``count`` turns, once all are answered."""
        self.page.wait_for_function(f"document.querySelectorAll('.turn:not(.running) .steps').length === {count}")
        return self.page.locator(".turn").nth(count - 1)

    def cite(self, turn: Any, n: int) -> str:
        """The text that is highlighted for citation ``n`` of a turn."""
        turn.locator(f'.answer [data-do=proof][data-n="{n}"]').first.click()
        self.page.wait_for_function(f"document.querySelector('.evidence .number').textContent.startsWith('[{n}]')")
        self.page.wait_for_selector(".evidence .report-body mark")
        return str(self.page.inner_text(".evidence mark")).replace("\n", "")


@contextmanager
def visiting(browser_: Any, address: str, *, width: int = 1280, height: int = 860, **context: Any) -> Iterator[Visit]:
    """A visit that fails the test if the page complains in its console or asks another host for anything."""
    made = browser_.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **context)
    made.set_default_timeout(15_000)
    page = made.new_page()
    visit = Visit(made, page, address)
    page.on("request", lambda request: visit.asked.append(request.url))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
    try:
        yield visit
    finally:
        made.close()
    assert visit.complaints == []
    assert all(url.startswith((address, "data:", "blob:")) for url in visit.asked)
