"""The page: Gradio under FastAPI. Questions go through Gradio's queue and come back in steps, citations beside them.

``python app.py`` (or ``wenbao serve``) serves it on this machine. No retrieval, reading or prompt logic stands here,
and no markup: the page calls ``Assistant.stream`` and shows what ``rag/page`` makes of it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from rag.api import Assistants, build_api
from rag.config import Lang, Settings
from rag.errors import SettingsError
from rag.page.conversation import converse
from rag.page.library import LibraryView
from rag.page.routes import add_page_routes
from rag.page.shell import ADDRESSES, STATIC, frame_html, head_html
from rag.page.words import say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.assistant import Assistant

DEFAULT_PORT: Final = 7860
PORTS_TRIED: Final = 20
AT_ONCE: Final = 8
WAITING: Final = 64  # questions in the queue before new ones are told to come back
NEVER: Final = str(10**9)  # Gradio would sum up its events with pandas after each one


def build_demo(assistants: Assistants, view: LibraryView, page_lang: Lang) -> Any:
    """The page in one language as Gradio blocks, not yet served."""
    os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_ANALYTICS_CACHE_FREQUENCY": NEVER}
    import gradio as gr

    def asked(event: Any) -> Iterator[dict[str, object]]:
        said = dict(event._data)
        assistant = assistants.of(lang=_answer_lang(assistants, page_lang), by_rules=not said.get("reader"))
        history = [str(earlier) for earlier in said.get("history") or ()]
        for shown in converse(assistant, str(said.get("question", "")), history, view=view, lang=page_lang):
            yield {"turn": said.get("turn"), **shown.to_json()}

    asked.__annotations__ = {"event": gr.EventData}  # how Gradio knows that it is to be given one

    def ask(question: str, history: list[str] | None = None, lang: str | None = None) -> dict[str, Any]:
        """The answer object for a question; history holds the earlier questions, lang is zh, en or nothing."""
        chosen: Lang | None = "en" if lang == "en" else "zh" if lang == "zh" else assistants.settings.lang
        return assistants.of(lang=chosen).answer(question, history or []).to_json()

    with gr.Blocks(title=say("title", page_lang), analytics_enabled=False, delete_cache=(3600, 3600)) as demo:
        gr.HTML(frame_html(assistants.settings, page_lang), apply_default_css=False, js_on_load=None, elem_id="frame")
        wire = gr.HTML(
            {}, html_template="", js_on_load=(STATIC / "wire.js").read_text(encoding="utf-8"), visible="hidden"
        )
        running = wire.asked(
            asked, None, wire, show_progress="hidden", trigger_mode="multiple", api_visibility="private"
        )
        running.failure(None, js="() => document.dispatchEvent(new Event('wenbao:failed'))", api_visibility="private")
        wire.halted(None, cancels=[running], api_visibility="private")
        gr.api(ask, api_name="ask")
    demo.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING, api_open=False)
    return demo


def build_app(
    assistant: Assistant, *, settings: Settings, host: str = "127.0.0.1", without_password: bool = False
) -> FastAPI:
    """Page and HTTP interface as one application, guarded.

    Args:
        assistant: Who answers.
        settings: Password, language, limits.
        host: The address that is served.
        without_password: Serve an address that others reach although no password is set.
    """
    assistants = Assistants(assistant)
    api = build_api(assistants, settings=settings, host=host, without_password=without_password)
    view = LibraryView(assistant.library, assistant.gazetteer)
    add_page_routes(api, view, settings)
    import gradio as gr

    for lang in ("en", "zh"):  # the root last: it takes every path that is left
        gr.mount_gradio_app(
            api,
            build_demo(assistants, view, lang),
            path=ADDRESSES[lang].rstrip("/"),
            head=head_html(lang),
            show_error=False,
            footer_links=[],
            run_history=False,
            max_file_size="1mb",  # files come in at an address of our own
            ssr_mode=False,
            mcp_server=False,
            enable_monitoring=False,
            pwa=False,
        )
    return api


def serve(
    settings: Settings, *, host: str = "127.0.0.1", port: int | None = None, without_password: bool = False
) -> None:
    """Serves the page until it is interrupted; its address is printed once it can be opened.

    Args:
        settings: Library, language, password.
        host: Address to serve; others than this machine's own need WENBAO_AUTH, or ``without_password``.
        port: Port to serve; None takes the first free one from 7860.
        without_password: Let everyone who reaches the address read, upload and remove.

    Raises:
        SettingsError: If the port is taken, or the host needs a password.
    """
    import uvicorn

    from rag.assistant import build_assistant

    app = build_app(build_assistant(settings), settings=settings, host=host, without_password=without_password)
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"问报已启动：http://{shown}:{listener.getsockname()[1]}（按 Ctrl+C 停止）\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
    with listener, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens on ``port``; without one, on the first free port from 7860.

    Raises:
        SettingsError: If there is none.
    """
    wanted = range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED) if port is None else [port]
    for candidate in wanted:
        try:
            return socket.create_server((host, candidate), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError:
            continue
    raise SettingsError(
        f"端口 {wanted[0]} 用不了（可能已被占用），请用 --port 换一个。",
        en=f"Port {wanted[0]} cannot be used, it may be taken: choose another with --port.",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of ``python app.py``, which is ``wenbao serve`` under another name."""
    from rag.cli import main as command_line

    return command_line(["serve", *(sys.argv[1:] if arguments is None else arguments)])


def _answer_lang(assistants: Assistants, lang: Lang) -> Lang | None:
    """On the English page answers are English; on the Chinese one they follow the settings, else the question."""
    return "en" if lang == "en" else assistants.settings.lang


if __name__ == "__main__":
    sys.exit(main())
