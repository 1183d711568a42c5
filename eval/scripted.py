"""A chat service that plays scripted models: HTTP as OpenAI's chat completions speak it, streaming too.

``Service`` listens on a free port of this machine; a script gets what was asked and says what is sent back. ``FAULTS``
are services that fail in one way each. The scripts of good models and of liars are in ``eval.players``.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

PIECE_CHARS: Final = 12  # of a reply in one event of a stream
LONG_TEXT: Final = "报告提出继续推进各项工作。"
Write = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its messages, whether an object was asked for, and all of its body and headers."""

    system: str
    user: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def wants_object(self) -> bool:
        """Whether structured output or a tool call is asked for."""
        return "response_format" in self.body or "tools" in self.body


Script = Callable[[Asked], str]


@dataclass(slots=True)
class Service:
    """A chat service on this machine; ``fault`` names one of ``FAULTS``, of which ``faulty_calls`` are served so.

    Attributes:
        script: What the model says.
        fault: How the service fails; None serves every request.
        faulty_calls: How many requests fail before the service is well again; None: all.
        structured: Whether it has structured output; without, it refuses to be asked for an object.
        picky: Whether it refuses a temperature and token counts in streams, as some do.
        asked: Every request so far.
    """

    script: Script
    fault: str | None = None
    faulty_calls: int | None = None
    structured: bool = True
    picky: bool = False
    asked: list[Asked] = field(default_factory=list)
    _server: _Server | None = None

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The base URL."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def fault_now(self) -> str | None:
        """The fault that the newest request meets."""
        well = self.faulty_calls is not None and len(self.asked) > self.faulty_calls
        return None if well else self.fault


class _Server(ThreadingHTTPServer):
    owner: Service
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.closing = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing is printed: clients that leave early are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Nothing is printed."""

    def do_GET(self) -> None:
        """Where a redirect leads: the request is kept, so that a test sees who followed."""
        self.server.owner.asked.append(Asked("", "", {"redirected": self.path}, dict(self.headers)))
        self.send_error(404)

    def do_POST(self) -> None:
        """One chat completion."""
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
        said = {m["role"]: str(m["content"]) for m in body.get("messages", ())}
        asked = Asked(said.get("system", ""), said.get("user", ""), body, dict(self.headers))
        self.server.owner.asked.append(asked)
        fault = self.server.owner.fault_now()
        with suppress(BrokenPipeError, ConnectionResetError):
            if fault is not None and fault in _STATUS:
                self._refuse(*_STATUS[fault])
            elif self.server.owner.picky and {"temperature", "stream_options"} & asked.body.keys():
                self._refuse(400, {}, "temperature is not supported with this model")
            elif asked.wants_object and not self.server.owner.structured:
                self._refuse(400, {}, "response_format is not supported")
            elif fault is not None:
                FAULTS[fault](self, asked)
            else:
                self._complete(asked, self.server.owner.script(asked))

    def _refuse(self, status: int, headers: Mapping[str, str], message: str) -> None:
        # as real services do, the message repeats the key that was sent
        told = f"{message} ({self.headers.get('authorization')})"
        content = json.dumps({"error": {"message": told, "type": "error", "code": status}}).encode("utf-8")
        self._head(status, "application/json", {"content-length": str(len(content)), **headers})
        self.wfile.write(content)

    def _head(self, status: int, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        for name, value in (headers or {}).items():
            self.send_header(name, value.format(port=self.server.server_address[1]))
        self.end_headers()

    def _complete(self, asked: Asked, text: str, *, finish: str | None = "stop") -> None:
        """A whole reply, streamed where that was asked for."""
        if asked.body.get("stream"):
            self._head(200, "text/event-stream")
            for event in events(text, finish=finish, usage=bool(asked.body.get("stream_options"))):
                self.wfile.write(event)
            return
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        content = json.dumps({**_SHELL, "object": "chat.completion", "choices": [choice], "usage": _usage(text)})
        self._head(200, "application/json")
        self.wfile.write(content.encode("utf-8"))

    # -- faults -------------------------------------------------------------------------------------

    def hang(self, asked: Asked) -> None:
        """Nothing comes."""
        self.server.closing.wait(60)

    def drip(self, asked: Asked) -> None:
        """A byte now and then, so that no timeout between two reads ever ends it."""
        self._head(200, "text/event-stream")
        while not self.server.closing.wait(0.05):
            self.wfile.write(b":")
            self.wfile.flush()

    def slow(self, asked: Asked) -> None:
        """A true event now and then, for ever."""
        self._head(200, "text/event-stream")
        while not self.server.closing.wait(0.05):
            self.wfile.write(_event({"content": "报"}))
            self.wfile.flush()

    def html(self, asked: Asked) -> None:
        """A login page with status 200."""
        self._head(200, "text/html")
        self.wfile.write("<html><body><h1>请登录</h1><p>增长99%</p></body></html>".encode())

    def bad_json(self, asked: Asked) -> None:
        """An event that is no JSON."""
        self._head(200, "text/event-stream" if asked.body.get("stream") else "application/json")
        self.wfile.write(b'data: {"choices": [{"delta": {"content": "6\n\n')

    def no_choices(self, asked: Asked) -> None:
        """A reply without any choice."""
        self._head(200, "text/event-stream")
        self.wfile.write(b"data: " + json.dumps({**_SHELL, "choices": []}).encode() + b"\n\ndata: [DONE]\n\n")

    def empty(self, asked: Asked) -> None:
        """A reply without a character."""
        self._complete(asked, "")

    def null(self, asked: Asked) -> None:
        """A reply whose content is null."""
        self._head(200, "text/event-stream")
        self.wfile.write(_event({"role": "assistant", "content": None}) + _event({}, "stop") + b"data: [DONE]\n\n")

    def cut(self, asked: Asked) -> None:
        """The connection ends in the middle of a sentence, without a reason."""
        self._head(200, "text/event-stream")
        for event in list(events(self.server.owner.script(asked), finish=None))[:3]:
            self.wfile.write(event)

    def length(self, asked: Asked) -> None:
        """The reply ends at the limit of its length."""
        self._complete(asked, self.server.owner.script(asked)[:20], finish="length")

    def filtered(self, asked: Asked) -> None:
        """The service withheld the reply."""
        self._complete(asked, "", finish="content_filter")

    def refusal(self, asked: Asked) -> None:
        """The model declines in words."""
        self._complete(asked, "抱歉，我无法回答这个问题。")

    def english(self, asked: Asked) -> None:
        """The model answers in English."""
        self._complete(asked, "The report says that the number of new jobs was high in that year [1].")

    def endless(self, asked: Asked) -> None:
        """The reply has no end."""
        self._head(200, "text/event-stream")
        while not self.server.closing.is_set():
            self.wfile.write(_event({"content": LONG_TEXT * 20}))
            time.sleep(0.001)


FAULTS: Final[Mapping[str, Callable[[Any, Asked], None]]] = {
    "hang": _Handler.hang, "drip": _Handler.drip, "slow": _Handler.slow, "html": _Handler.html,
    "bad JSON": _Handler.bad_json,
    "no choices": _Handler.no_choices, "empty": _Handler.empty, "null": _Handler.null, "cut": _Handler.cut,
    "length": _Handler.length, "filtered": _Handler.filtered, "refusal": _Handler.refusal, "English": _Handler.english,
    "endless": _Handler.endless,
}  # fmt: skip
_STATUS: Final[Mapping[str, tuple[int, Mapping[str, str], str]]] = {
    "401": (401, {}, "invalid api key"),
    "404": (404, {}, "model not found"),
    "429": (429, {"retry-after": "0.2"}, "rate limit"),
    "429 for long": (429, {"retry-after": "3600"}, "rate limit"),
    "500": (500, {}, "internal error"),
    "503": (503, {}, "overloaded"),
    "redirect": (302, {"location": "http://localhost:{port}/elsewhere"}, "moved"),
}
ALL_FAULTS: Final = (*_STATUS, *FAULTS)
_SHELL: Final = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}


def events(text: str, *, finish: str | None = "stop", usage: bool = False) -> Iterator[bytes]:
    """The events of a streamed reply."""
    for i in range(0, len(text), PIECE_CHARS):
        yield _event({"role": "assistant", "content": text[i : i + PIECE_CHARS]})
    if finish:
        yield _event({}, finish)
        if usage:
            yield b"data: " + json.dumps({**_SHELL, "choices": [], "usage": _usage(text)}).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"


def _event(delta: Mapping[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": dict(delta), "finish_reason": finish}
    return b"data: " + json.dumps({**_SHELL, "choices": [choice]}).encode("utf-8") + b"\n\n"


def _usage(text: str) -> dict[str, int]:
    return {"prompt_tokens": 100, "completion_tokens": len(text), "total_tokens": 100 + len(text)}


def fences(user: str) -> list[tuple[str, str]]:
    """What a prompt fences: (number of the source or "", text)."""
    return [
        (match.group("n") or "", match.group("text"))
        for match in re.finditer(
            r"<资料 (?P<mark>[0-9a-f]{8})(?: \[(?P<n>\d+)\])?>\n(?P<text>.*?)\n</资料 (?P=mark)>", user, re.DOTALL
        )
    ]
