"""The HTTP side: questions, reports, texts and figures as JSON, and the guard before everything that is served.

The guard lets in only requests that name a host which is served here (a page elsewhere cannot reach a local program by
renaming it), from this page or from no page at all, with the password where one is set; and it keeps others from
framing the page or loading anything from outside.
"""

from __future__ import annotations

import base64
import hmac
import io
import ipaddress
import json
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from rag.assistant import Assistant
from rag.config import Lang, Settings
from rag.errors import LibraryBusyError, LibraryMissingError, RagError, SettingsError, UnknownReportError
from rag.export import figure_rows, wanted_figures, write_figures
from rag.logs import new_reference

if TYPE_CHECKING:
    from rag.library import Library

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000
MAX_HISTORY = 50
UPLOAD_PATH = "/page/upload"  # the one address that takes more than MAX_BODY_BYTES
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
# Gradio's page needs scripts and styles in its own HTML; nothing is loaded from elsewhere.
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_ASK_BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["question"],
                    "properties": {
                        "question": {"type": "string"},
                        "history": {"type": "array", "items": {"type": "string"}, "description": "earlier questions"},
                        "lang": {"type": "string", "enum": ["zh", "en"]},
                    },
                }
            }
        },
    }
}


def build_api(
    assistants: Assistants, *, settings: Settings, host: str = "127.0.0.1", without_password: bool = False
) -> FastAPI:
    """The HTTP interface over ``assistants``, guarded; a page may be mounted on it.

    Args:
        assistants: Who answers.
        settings: Password, language and limits.
        host: The address that is served.
        without_password: Serve an address that others reach although no password is set.

    Raises:
        SettingsError: If others can reach ``host`` and neither a password is set nor ``without_password`` said.
    """
    api = FastAPI(
        title="wenbao",
        description="Government work reports: questions, reports, texts and figures.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    library = assistants.library

    @api.post("/api/ask", openapi_extra=dict(_ASK_BODY), summary="The answer to a question")
    async def ask(request: Request) -> Response:
        asked = _asked(await request.body())
        assistant = assistants.of(lang=asked.lang or assistants.settings.lang)
        answer = await run_in_threadpool(assistant.answer, asked.question, asked.history)
        return JSONResponse(answer.to_json())

    @api.get("/api/reports", summary="What the library holds, without the texts")
    def reports() -> Response:
        return JSONResponse([report_json(r) for r in library.catalogue.reports()])

    @api.get("/api/reports/{report_id}/text", summary="A report's text, the one that offsets count in")
    def text(report_id: str) -> Response:
        return PlainTextResponse(library.catalogue.text(report_id))

    @api.get("/api/figures", summary="Figures over all reports, with their quotes")
    def figures(
        place: str | None = None,
        period: str | None = None,
        indicator: str | None = None,
        role: str | None = None,
        format: Literal["json", "csv"] = "json",  # noqa: A002 - the name that callers write
    ) -> Response:
        wanted = wanted_figures(place=place, period=period, indicator=indicator, role=role)
        written = io.StringIO(newline="")
        write_figures(figure_rows(library.catalogue, wanted), form=format, out=None, to=written)
        if format == "csv":  # the mark by which Excel knows UTF-8
            return PlainTextResponse(f"\ufeff{written.getvalue()}", media_type="text/csv; charset=utf-8")
        return PlainTextResponse(written.getvalue(), media_type="application/json")

    @api.exception_handler(RagError)
    async def ours(request: Request, error: RagError) -> Response:
        return _error_response(_status_of(error), error.in_language(request.query_params.get("lang") or settings.lang))

    @api.exception_handler(Exception)
    async def theirs(request: Request, error: Exception) -> Response:
        reference = new_reference()
        log.error("%s %s %s", reference, request.method, request.url.path, exc_info=error)
        return _error_response(500, f"程序出错，编号 {reference}，详情见日志。")

    hosts = _hosts_of(host, settings, without_password=without_password)
    uploads = settings.upload_mb * 1_000_000 + MAX_BODY_BYTES
    api.add_middleware(Guard, hosts=hosts, auth=settings.auth, upload_bytes=uploads)
    return api


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came in."""

    question: str
    history: tuple[str, ...] = ()
    lang: Lang | None = None


class Assistants:
    """One library's assistants by language and reader, each made when first asked for."""

    def __init__(self, assistant: Assistant) -> None:
        self._base = assistant
        self._made: dict[Settings, Assistant] = {assistant.settings: assistant}

    @property
    def settings(self) -> Settings:
        """The settings that the program was started with."""
        return self._base.settings

    @property
    def library(self) -> Library:
        """The library that all of them answer from."""
        return self._base.library

    def of(self, *, lang: Lang | None, by_rules: bool = False) -> Assistant:
        """Who answers in ``lang`` (None: in the question's), without a language model if ``by_rules``."""
        base = self._base
        wanted = replace(base.settings, lang=lang, llm=None if by_rules else base.settings.llm)
        if wanted not in self._made:
            self._made[wanted] = Assistant(wanted, base.library, base.gazetteer)
        return self._made[wanted]


def _asked(body: bytes) -> Asked:
    """The question of a request's body.

    Raises:
        SettingsError: If the body is not what the interface asks for.
    """
    try:
        said = json.loads(body.decode("utf-8"))
        question, history, lang = said["question"], said.get("history") or [], said.get("lang") or None
        fits = isinstance(question, str) and isinstance(history, list) and all(isinstance(h, str) for h in history)
        if not fits or lang not in (None, "zh", "en"):
            raise ValueError(lang)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SettingsError(
            '请求应为 JSON：{"question": "…", "history": ["…"], "lang": "zh" 或 "en"}，其中 question 必填。',
            en='The body must be JSON: {"question": "…", "history": ["…"], "lang": "zh" or "en"}.',
        ) from error
    return Asked(question, tuple(history[-MAX_HISTORY:]), lang)


def report_json(report: Any) -> dict[str, object]:
    """A report without its text, as plain values."""
    return {name: value for name, value in asdict(report).items() if name not in ("text", "evidence")}


def _status_of(error: RagError) -> int:
    if isinstance(error, UnknownReportError):
        return 404
    if isinstance(error, LibraryBusyError | LibraryMissingError):
        return 503
    return 400 if isinstance(error, SettingsError) else 500


def _error_response(status: int, message: str) -> JSONResponse:
    return JSONResponse({"status": "error", "text": message}, status_code=status)


def _hosts_of(host: str, settings: Settings, *, without_password: bool) -> Callable[[str], bool]:
    """Whether a request may ask for a host of that name; any may where a password guards everything."""
    if is_loopback(host):
        return frozenset((*LOCAL_HOSTS, host)).__contains__
    if settings.auth is not None:
        return lambda name: True
    if not without_password:
        raise SettingsError(
            f"地址 {host} 可从本机之外访问，必须先设密码：WENBAO_AUTH=用户名:密码。只在本机使用请去掉 --host；"
            "确实要对所有人开放，请加 --without-password。",
            en=f"The address {host} can be reached from other machines: set WENBAO_AUTH=user:password first, "
            "or leave --host out; --without-password opens it to everyone.",
        )
    own = frozenset((*LOCAL_HOSTS, host, socket.gethostname().lower()))
    return lambda name: name in own or _is_address(name)  # a name of elsewhere may be another page's trick


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Guard:
    """Lets through what may come in, and puts the headers on everything that goes out."""

    def __init__(self, app: Any, *, hosts: Callable[[str], bool], auth: str | None, upload_bytes: int) -> None:
        self._app = app
        self._hosts = hosts
        self._upload_bytes = upload_bytes
        self._auth = None if auth is None else base64.b64encode(auth.encode("utf-8"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or says why not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        most = self._upload_bytes if scope["path"] == UPLOAD_PATH else MAX_BODY_BYTES
        refusal = self._refusal(headers, scope.get("method", "GET"), most)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
            return
        await self._app(scope, _limited(receive, most), _with_headers(send))

    def _refusal(self, headers: Mapping[bytes, bytes], method: str, most: int) -> tuple[int, str] | None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not self._hosts(_name_of(host)):
            return 400, "请求的主机名不是本程序的地址。The host asked for is not served here."
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and origin != "null" and urlsplit(origin).netloc.lower() != host.lower():
            return 403, "不接受来自其他网页的请求。Requests from other pages are refused."
        if origin == "null" and method not in ("GET", "HEAD"):
            return 403, "不接受来自其他网页的请求。Requests from other pages are refused."
        length = headers.get(b"content-length", b"0")
        if self._auth is not None and not _has_password(headers, self._auth):
            return 401, "需要用户名和密码。User name and password are needed."
        if not length.isdigit() or int(length) > most:
            return 413, f"请求超过上限（{most // 1000} KB）。The request is larger than {most // 1000} KB."
        return None

    async def _refuse(self, refusal: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
        status, message = refusal
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        response = _error_response(status, message)
        if status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="wenbao", charset="UTF-8"'
        await response(scope, receive, _with_headers(send))


def _name_of(host: str) -> str:
    """A Host header without its port; IPv6 addresses keep their brackets."""
    name = host.lower().strip()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def _has_password(headers: Mapping[bytes, bytes], expected: bytes) -> bool:
    kind, _, given = headers.get(b"authorization", b"").partition(b" ")
    return kind.lower() == b"basic" and hmac.compare_digest(given.strip(), expected)


def _limited(receive: Receive, most: int) -> Receive:
    """``receive`` that breaks off a body which grows past the limit without having said so."""
    taken = 0

    async def limited() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if taken > most else message

    return limited


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            ours = {name.lower().encode("latin-1"): value.encode("latin-1") for name, value in HEADERS.items()}
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in ours]
            message = {**message, "headers": [*kept, *ours.items()]}
        await send(message)

    return sending
