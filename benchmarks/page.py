"""``python -m benchmarks.page [ADDRESS]``: many conversations at once with a page that is served, against one alone.

Each conversation speaks the page's own way: it puts a question in Gradio's queue and reads the steps of its answer to
the last one. Without an address, a page over the sample reports is served for the run. What is printed stands in
docs/page.md.
"""

from __future__ import annotations

import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import ROOT

CONVERSATIONS = 30
TURNS = 4
ALONE = 3  # conversations for the figures of one alone
QUESTIONS = (
    "沈河2020年就业目标",
    "那2019年呢？",
    "沙河口区2018年和沈河区2020年的GDP目标哪个高",
    "沈河区2020年养老服务有哪些安排",
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One answer: seconds to its first step and to its last, and the answer as Markdown."""

    first_s: float
    last_s: float
    markdown: str


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 if every question was answered."""
    if arguments:
        print(report(arguments[0]))
        return 0
    with _samples_served() as address:
        print(report(address))
    return 0


def report(address: str) -> str:
    """The measured lines for the page at ``address``."""
    event = _event_number(address)
    converse(address, event)  # the first questions load what is loaded when first asked for
    alone = [spoken for _ in range(ALONE) for spoken in converse(address, event)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CONVERSATIONS) as pool:
        many = [spoken for one in pool.map(lambda _: converse(address, event), range(CONVERSATIONS)) for spoken in one]
    lines = [_line("one alone", alone), _line(f"{CONVERSATIONS} at once", many)]
    return "\n".join([*lines, f"{len(many)} answers in {time.perf_counter() - began:.1f} s, all of them complete"])


def converse(address: str, event: int) -> list[Spoken]:
    """The times of one conversation, question by question, each with those before it as its history."""
    session = secrets.token_hex(6)
    return [_ask(address, event, session, question, QUESTIONS[:n]) for n, question in enumerate(QUESTIONS[:TURNS])]


def _ask(address: str, event: int, session: str, question: str, history: Sequence[str]) -> Spoken:
    turn = secrets.token_hex(4)
    said = {"turn": turn, "question": question, "history": list(history), "reader": ""}
    began = time.perf_counter()
    _post(f"{address}/gradio_api/queue/join", {
        "data": [], "event_data": said, "fn_index": event, "trigger_id": event, "session_hash": session,
    })  # fmt: skip
    first = None
    with urllib.request.urlopen(f"{address}/gradio_api/queue/data?session_hash={session}", timeout=120) as stream:
        for message in _messages(stream):
            if message["msg"] in ("process_generating", "process_completed") and first is None:
                first = time.perf_counter() - began
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise RuntimeError(f"no answer to {question}: {message}")
                return Spoken(first or 0.0, time.perf_counter() - began, message["output"]["data"][0]["markdown"])
    raise RuntimeError(f"the answer to {question} broke off")


def _messages(stream: Any) -> Iterator[dict[str, Any]]:
    for line in stream:
        if line.startswith(b"data:"):
            yield json.loads(line[5:])


def _post(address: str, said: object) -> Any:
    request = urllib.request.Request(address, json.dumps(said).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.loads(reply.read())


def _event_number(address: str) -> int:
    """The number under which Gradio knows the page's asking."""
    with urllib.request.urlopen(f"{address}/config", timeout=60) as reply:
        config = json.loads(reply.read())
    return next(int(d["id"]) for d in config["dependencies"] if any(target[1] == "asked" for target in d["targets"]))


def _line(name: str, spoken: Sequence[Spoken]) -> str:
    firsts, lasts = sorted(s.first_s for s in spoken), sorted(s.last_s for s in spoken)
    at = int(0.95 * (len(spoken) - 1))
    return (
        f"{name}: first step {statistics.median(firsts) * 1000:.0f} ms (95 %: {firsts[at] * 1000:.0f}), "
        f"whole answer {statistics.median(lasts) * 1000:.0f} ms (95 %: {lasts[at] * 1000:.0f}), n = {len(spoken)}"
    )


@contextmanager
def _samples_served() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="wenbao-page-", ignore_cleanup_errors=True) as library:
        wenbao = [sys.executable, "-m", "rag", "--library", library]
        subprocess.run([*wenbao, "ingest", str(ROOT / "samples")], check=True, stdout=subprocess.DEVNULL)
        command = [*wenbao, "serve", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT) as server:
            assert server.stdout is not None
            yield server.stdout.readline().partition("：")[2].partition("（")[0]
            server.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
