"""Prompt -> text, through any chat model that LangChain reaches; whatever goes wrong ends within the deadline.

A client of a chat service takes a cut stream, a reply that hit its length limit or no text at all for success, and a
slow drip of bytes outlives any timeout of its own. So the reply is read in a thread of its own, against one deadline
on the wall clock, and only a reply that says ``stop`` is a reply. Every failure becomes a ``GenerationError`` with a
reason of ``FAILURES``; nothing that the service sent, which may echo a key, is part of it or of the log.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from rag.config import Settings
from rag.errors import BadReplyError, GenerationError, GenerationTimeoutError
from rag.logs import redacted
from rag.prompts import Prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

TRIES: Final = 3
BACKOFF_S: Final = 0.5  # doubled with each try
REPLY_CHARS: Final = 8_000  # a longer reply has no end; answers are a tenth of it

# reason -> why the reader gets the answer without a model, in Chinese and English
FAILURES: Final[Mapping[str, tuple[str, str]]] = {
    "timeout": ("语言模型没有在规定时间内答完", "the language model did not finish in time"),
    "key": ("语言模型的服务不接受所给的密钥", "the language model's service refused the key"),
    "busy": ("语言模型的服务正忙或额度已用完", "the language model's service is busy or the quota is used up"),
    "server": ("语言模型的服务出错", "the language model's service failed"),
    "unknown_model": ("语言模型的服务没有这个模型或地址", "the service has no such model or address"),
    "rejected": ("语言模型的服务不接受这个请求", "the language model's service rejected the request"),
    "unreachable": ("连不上语言模型的服务", "the language model's service cannot be reached"),
    "redirect": ("语言模型的服务要转到别的地址，没有跟随", "the service redirects elsewhere, which is not followed"),
    "not_chat": ("语言模型的地址给出的不是模型的回复", "the address gave something that is no reply of a model"),
    "empty": ("语言模型没有给出内容", "the language model gave no text"),
    "cut": ("语言模型的回复中断了", "the language model's reply was cut off"),
    "length": ("语言模型的回复超过了长度限制", "the language model's reply hit its length limit"),
    "refusal": ("语言模型拒绝回答", "the language model refused to answer"),
    "language": ("语言模型没有用问题的语言回答", "the language model answered in another language"),
    "setup": (
        "语言模型没有装好或名称不对（请检查 WENBAO_LLM，并安装它的 LangChain 包）",
        "the language model is not set up (check WENBAO_LLM and install its LangChain package)",
    ),
}
_PASSING: Final = ("busy", "server", "unreachable", "not_chat", "empty", "cut")  # worth another try
_ENDS_WELL: Final = ("stop", "end_turn")
_TOO_LONG: Final = ("length", "max_tokens", "model_length")
_WITHHELD: Final = ("content_filter", "refusal", "safety", "sensitive")
_log: Final = logging.getLogger(__name__)


class Deadline:
    """A moment on the wall clock that an answer must not outlive."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``seconds`` from now."""
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds until then, at least 0."""
        return max(0.0, self._end - self._clock())


@dataclass(slots=True)
class Usage:
    """What an answer cost so far; tokens are counted where the service tells them."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    ms: float = 0.0
    first_ms: float | None = None  # until the first characters of the first reply

    def tokens(self) -> dict[str, int]:
        """Tokens read and written; empty where the service told none."""
        return {"in": self.tokens_in, "out": self.tokens_out} if self.tokens_in or self.tokens_out else {}


@dataclass(frozen=True, slots=True)
class _Piece:
    """What the reading thread hands over: more text, how the reply ended, its tokens, an object, or a failure."""

    text: str = ""
    finish: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    parsed: Mapping[str, Any] | None = None
    failure: GenerationError | None = None
    over: bool = False


@dataclass(slots=True)
class _Reply:
    """A reply as far as it has come."""

    text: str = ""
    finish: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    parsed: Mapping[str, Any] | None = None
    pieces: int = 0

    def add(self, piece: _Piece) -> None:
        self.text += piece.text
        self.finish = piece.finish or self.finish
        self.tokens_in = max(self.tokens_in, piece.tokens_in)
        self.tokens_out = max(self.tokens_out, piece.tokens_out)
        self.parsed = piece.parsed or self.parsed
        self.pieces += 1


@dataclass(slots=True)
class _Call:
    """One request under way, and how to end it from outside."""

    model: BaseChatModel
    close: Callable[[], None]
    stopped: threading.Event = field(default_factory=threading.Event)

    def end(self) -> None:
        self.stopped.set()
        self.close()


class Generator:
    """Asks the language model that the settings name."""

    def __init__(self, settings: Settings, *, backoff_s: float = BACKOFF_S) -> None:
        """Nothing is imported and nobody is asked before the first request."""
        self.settings = settings
        self.name = (settings.llm or "").partition(":")[2] or settings.llm or ""
        self.timeout_s = settings.llm_timeout_s
        self._backoff_s = backoff_s
        self._plain = False  # the service refuses what is optional: temperature, token counts in streams

    def write(self, prompt: Prompt, *, deadline: Deadline, usage: Usage) -> Iterator[str]:
        """The reply as far as it has come, again and again; the last one is whole.

        Raises:
            GenerationError: If there is no whole reply before the deadline; ``reason`` says why.
        """
        yield from self._tried(lambda: self._read(prompt, None, deadline, usage), deadline)

    def fill(self, prompt: Prompt, schema: Mapping[str, Any], *, deadline: Deadline, usage: Usage) -> Mapping[str, Any]:
        """An object of ``schema`` (a JSON schema with a title): by structured output, else read from the reply's text.

        Raises:
            GenerationError: If there is none before the deadline.
        """
        try:
            reply = self._last(lambda: self._read(prompt, schema, deadline, usage), deadline)
            if (found := _object_in(reply)) is not None:
                return found
        except GenerationError as error:
            if error.reason not in ("rejected", "not_chat", "empty", "cut"):
                raise
        found = _object_in(self._last(lambda: self._read(prompt, None, deadline, usage), deadline))
        if found is None:
            raise failure("not_chat")
        return found

    def _last(self, read: Callable[[], Iterator[str]], deadline: Deadline) -> str:
        text = ""
        for text in self._tried(read, deadline):  # noqa: B007 - only the whole reply counts
            pass
        return text

    def _tried(self, read: Callable[[], Iterator[str]], deadline: Deadline) -> Iterator[str]:
        """The reply of the first try that has one; what may pass is tried again while there is time."""
        for tried in range(1, TRIES + 1):
            try:
                yield from read()
            except GenerationError as error:
                rejected = error.reason == "rejected" and not self._plain
                wait = 0.0 if rejected else max(self._backoff_s * 2 ** (tried - 1), error.retry_after_s)
                if tried == TRIES or not (rejected or error.reason in _PASSING) or wait >= deadline.left():
                    raise
                self._plain = self._plain or rejected
                time.sleep(wait)
            else:
                return

    def _read(
        self, prompt: Prompt, schema: Mapping[str, Any] | None, deadline: Deadline, usage: Usage
    ) -> Iterator[str]:
        """One request: the text so far with each piece that comes."""
        began = time.perf_counter()
        call = self._open(deadline)
        usage.calls += 1
        reply = _Reply()
        try:
            for piece in self._pieces(call, prompt, schema, deadline):
                reply.add(piece)
                if piece.text:
                    usage.first_ms = usage.first_ms or round((time.perf_counter() - began) * 1000, 3)
                    yield reply.text
                if len(reply.text) > REPLY_CHARS:
                    raise failure("length")
            if reply.parsed is not None:
                yield json.dumps(reply.parsed, ensure_ascii=False)
            else:
                _insist_on_a_whole(reply)
        finally:
            call.end()
            usage.tokens_in += reply.tokens_in
            usage.tokens_out += reply.tokens_out
            usage.ms = round(usage.ms + (time.perf_counter() - began) * 1000, 3)

    def _pieces(
        self, call: _Call, prompt: Prompt, schema: Mapping[str, Any] | None, deadline: Deadline
    ) -> Iterator[_Piece]:
        """What the reading thread hands over, until the reply is over or the deadline has come."""
        queue: SimpleQueue[_Piece] = SimpleQueue()
        reader = threading.Thread(
            target=_receive, args=(call, prompt, schema, queue, self.settings.secrets()), daemon=True
        )
        reader.start()
        while True:
            try:
                piece = queue.get(timeout=max(deadline.left(), 0.001))
            except Empty:
                raise failure("timeout") from None
            if piece.failure is not None:
                raise piece.failure
            if piece.over:
                return
            yield piece
            if deadline.left() == 0:
                raise failure("timeout")

    def _open(self, deadline: Deadline) -> _Call:
        """A chat model for one request, with a connection of its own that can be closed under it."""
        settings = self.settings
        if deadline.left() <= 0:
            raise failure("timeout")
        try:
            from langchain.chat_models import init_chat_model
        except ImportError:
            raise failure("setup") from None
        options: dict[str, Any] = {"timeout": deadline.left() + 1, "max_retries": 0}
        if not self._plain:
            options["temperature"] = 0
        if settings.llm_base_url:
            options["base_url"] = settings.llm_base_url
        if settings.llm_api_key or settings.llm_base_url:
            # a server without a key gets a word in its place, never a key of the environment that is another's
            options["api_key"] = settings.llm_api_key or "none"
        close: Callable[[], None] = _nothing
        if (settings.llm or "").startswith("openai:"):
            from openai import DefaultAsyncHttpxClient, DefaultHttpxClient

            client = DefaultHttpxClient(follow_redirects=False, verify=_trusted())
            close = client.close
            options |= {
                "http_client": client,
                "http_async_client": DefaultAsyncHttpxClient(verify=_trusted()),  # never used; made dearly if not given
                "use_responses_api": False,
                "stream_usage": not self._plain,
            }
        try:
            return _Call(init_chat_model(settings.llm, **options), close)
        except Exception as error:  # noqa: BLE001 - any provider's own complaint about its settings
            close()
            _log.warning("language model %s: %s", settings.llm, redacted(str(error)[:300], settings.secrets()))
            raise failure("setup") from None


def failure(reason: str, *, retry_after_s: float = 0.0) -> GenerationError:
    """The error for one of ``FAILURES``."""
    zh, en = FAILURES[reason]
    kind = GenerationError
    if reason == "timeout":
        kind = GenerationTimeoutError
    elif reason in ("empty", "cut", "length", "refusal", "language", "not_chat"):
        kind = BadReplyError
    return kind(f"{zh}。", en=f"{en[0].upper()}{en[1:]}.", reason=reason, retry_after_s=retry_after_s)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates of the system and of certifi, read once: that takes longer than a request to this machine."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _nothing() -> None:
    """There is nothing to close."""


# -- the reading thread ----------------------------------------------------------------------------


def _receive(
    call: _Call,
    prompt: Prompt,
    schema: Mapping[str, Any] | None,
    queue: SimpleQueue[_Piece],
    hidden: tuple[str, ...],
) -> None:
    """Reads one reply into ``queue``; a failure goes there too, without the exception that told of it."""
    from langsmith import tracing_context

    try:
        messages = [("system", prompt.system), ("human", prompt.user)]
        with tracing_context(enabled=False):  # prompts go to the service that was named and nowhere else
            if schema is None:
                for chunk in call.model.stream(messages):
                    queue.put(_piece_of(chunk))
                    if call.stopped.is_set():
                        return
            else:
                found = call.model.with_structured_output(dict(schema), include_raw=True).invoke(messages)
                queue.put(_parsed_piece(found))
    except Exception as error:  # noqa: BLE001 - each provider has errors of its own
        if not call.stopped.is_set():
            told = _failure_of(error)
            _log.warning(
                "language model: %s: %s", told.reason, redacted(f"{type(error).__name__}: {error}"[:300], hidden)
            )
            queue.put(_Piece(failure=told))
    queue.put(_Piece(over=True))


def _piece_of(message: BaseMessage) -> _Piece:
    """Text, end and tokens of a message or of a part of one, whichever provider made it."""
    meta: Mapping[str, Any] = message.response_metadata or {}
    finish = next((str(meta[k]) for k in ("finish_reason", "done_reason", "stop_reason") if meta.get(k)), "")
    used: Mapping[str, Any] = getattr(message, "usage_metadata", None) or {}
    if message.additional_kwargs.get("refusal"):
        finish = "refusal"
    return _Piece(
        text=str(message.text),
        finish=finish.lower(),
        tokens_in=int(used.get("input_tokens") or 0),
        tokens_out=int(used.get("output_tokens") or 0),
    )


def _parsed_piece(found: Any) -> _Piece:
    """What structured output gave: its object, else its text for others to read."""
    piece = _piece_of(found["raw"])
    parsed = found.get("parsed")
    return _Piece(
        text="" if isinstance(parsed, Mapping) else piece.text,
        finish=piece.finish,
        tokens_in=piece.tokens_in,
        tokens_out=piece.tokens_out,
        parsed=parsed if isinstance(parsed, Mapping) else None,
    )


def _insist_on_a_whole(reply: _Reply) -> None:
    """Raises unless the service says that the reply is whole, and there is one."""
    if reply.finish in _TOO_LONG:
        raise failure("length")
    if reply.finish in _WITHHELD:
        raise failure("refusal")
    if not reply.finish and reply.text.strip():
        raise failure("cut")
    if not reply.text.strip():
        raise failure("empty")
    if reply.finish not in _ENDS_WELL:
        raise failure("cut")


def _failure_of(error: BaseException) -> GenerationError:
    """The failure that an exception of some provider's client means, by its status and the names of its classes."""
    chain = list(_chain(error))
    status = next((s for e in chain if (s := _status_of(e)) is not None), None)
    if status is not None:
        return _failure_of_status(status, chain)
    names = " ".join(t.__name__ for e in chain for t in type(e).__mro__)
    if re.search(r"Timeout", names):
        return failure("timeout")
    if re.search(r"JSONDecode|ValidationError|UnicodeDecode|AttributeError|TypeError|KeyError|IndexError", names):
        return failure("not_chat")
    if re.search(r"RemoteProtocol|ReadError|IncompleteRead|ConnectionReset", names):
        return failure("cut")
    if re.search(r"Connect|Protocol|OSError|gaierror|SSL", names):
        return failure("unreachable")
    if "No generation chunks" in str(error) or "No generations" in str(error):
        return failure("empty")
    return failure("server")


def _failure_of_status(status: int, chain: list[BaseException]) -> GenerationError:
    if status in (401, 403):
        return failure("key")
    if status == 404:
        return failure("unknown_model")
    if status == 429:
        return failure("busy", retry_after_s=_retry_after(chain))
    if 300 <= status < 400:
        return failure("redirect")
    if status in (408, 504):
        return failure("server")
    return failure(
        "rejected" if status < 500 else "server", retry_after_s=_retry_after(chain) if status >= 500 else 0.0
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what caused it."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def _status_of(error: BaseException) -> int | None:
    """The HTTP status that an exception tells of."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status >= 300:
            return status
    return None


def _retry_after(chain: list[BaseException]) -> float:
    """The seconds of the Retry-After header; 0 where there is none or it is a date."""
    for error in chain:
        headers = getattr(getattr(error, "response", None), "headers", None)
        raw = headers.get("retry-after") if headers is not None else None
        if raw is not None and re.fullmatch(r"\d+(?:\.\d+)?", raw.strip()):
            return float(raw)
    return 0.0


def _object_in(text: str) -> Mapping[str, Any] | None:
    """The first JSON object of a reply, whatever stands around it; None where there is none."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            found, _ = decoder.raw_decode(text, match.start())
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return None
