"""The page: questions in, streamed answers out, each citation shown in its place.

``python app.py`` (or ``wenbao serve``) serves it on this machine. No retrieval, reading or prompt logic stands here:
the page calls ``Assistant.stream`` and shows what comes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rag import html
from rag.answer import Answer
from rag.api import build_api
from rag.config import Settings
from rag.errors import RagError, SettingsError
from rag.logs import new_reference

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.assistant import Assistant, Event

log = logging.getLogger(__name__)

DEFAULT_PORT = 7860
PORTS_TRIED = 20
SHOWN_TURNS = 50  # older turns leave the page, not the history that a follow-up leans on
QUESTION_CHARS = 2_000
AT_ONCE = 8

TITLE = "问报"
EXAMPLES = (
    "沈河2020年就业目标",
    "沙河口区2018年地区生产总值目标是多少？",
    "沈河区2019年社会消费品零售总额增长多少？",
    "沙河口区2018年民生实事有哪些？",
)

CSS = """
.turn {border-top: 1px solid var(--border-color-primary); padding: .8em 0}
.question {font-weight: 600; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 .4em}
.question::before {content: "问 "; color: var(--primary-600)}
.text {font-size: 1.05em; line-height: 1.75; overflow-wrap: anywhere; margin: .3em 0}
.provisional {opacity: .6}
.progress, .foot, .source {color: var(--body-text-color-subdued); font-size: .85em; margin: .2em 0}
.error {color: #b42318}
.notes {color: var(--body-text-color-subdued); font-size: .92em; margin: .3em 0; padding-left: 1.2em}
.figures {border-collapse: collapse; margin: .5em 0; width: 100%; font-size: .92em}
.figures caption {text-align: left; font-weight: 600; padding: .2em 0}
.figures th, .figures td {border: 1px solid var(--border-color-primary); padding: .25em .5em; text-align: left}
.figures .value {white-space: nowrap}
.citations h4 {margin: .6em 0 .2em}
.citation {border-left: 3px solid var(--border-color-primary); margin: .4em 0; padding: .1em .8em}
.citation:target {border-left-color: var(--primary-600); background: var(--background-fill-secondary)}
.citation .where {font-weight: 600; font-size: .92em; margin: .2em 0}
.citation .passage {line-height: 1.7; margin: .2em 0; overflow-wrap: anywhere}
.cite {padding: 0 !important; margin: 0 .1em}
.citation mark {background: #fff2a8; color: #1a1a1a}
"""


def build_demo(assistant: Assistant) -> Any:
    """The page as Gradio blocks, not yet served."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    def ask(question: str, turns: list[html.Turn]) -> Iterator[tuple[str, str, list[html.Turn]]]:
        for now in converse(assistant, question, turns):
            yield "", html.conversation_html(now), now

    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as demo:
        turns = gr.State([])
        gr.HTML(
            f"<h1>{TITLE}</h1><p>向政府工作报告提问：每个答案都附原文出处。{html.escape(holdings_line(assistant))}</p>"
        )
        conversation = gr.HTML("", elem_id="conversation")
        question = gr.Textbox(
            label="问题",
            placeholder="例如：沈河2020年就业目标",
            lines=1,
            max_length=QUESTION_CHARS,
            autofocus=True,
            elem_id="question",
        )
        with gr.Row():
            send = gr.Button("提问", variant="primary", elem_id="send")
            stop = gr.Button("停止", elem_id="stop")
            clear = gr.Button("清空对话", elem_id="clear")
        gr.Examples([[example] for example in EXAMPLES], inputs=[question], label="例子")
        asked = gr.on(
            [question.submit, send.click],
            ask,
            [question, turns],
            [question, conversation, turns],
            show_progress="hidden",
        )
        stop.click(None, cancels=[asked])
        clear.click(lambda: ("", "", []), None, [question, conversation, turns])
        demo.load(lambda: ("", []), None, [conversation, turns])
    demo.queue(default_concurrency_limit=AT_ONCE, max_size=64, api_open=False)
    return demo


def converse(assistant: Assistant, question: str, turns: Sequence[html.Turn]) -> Iterator[list[html.Turn]]:
    """The conversation after each step of an answer; whatever goes wrong becomes a sentence on the page."""
    question = question.strip()[:QUESTION_CHARS]
    if not question:
        yield list(turns)
        return
    earlier = list(turns)[-SHOWN_TURNS:]
    history = [turn.question for turn in earlier]
    try:
        for event in assistant.stream(question, history):
            body = body_of(event, assistant, turn=len(earlier) + 1)
            if body:
                yield [*earlier, html.Turn(question, body)]
    except RagError as error:
        yield [*earlier, html.Turn(question, html.error_html(error.in_language(assistant.settings.lang)))]
    except Exception as error:  # an edge: the reader gets a sentence and a number, the log the rest
        reference = new_reference()
        log.error("%s while answering", reference, exc_info=error)
        yield [*earlier, html.Turn(question, html.error_html(f"程序出错，编号 {reference}，详情见日志。"))]


def body_of(event: Event, assistant: Assistant, *, turn: int) -> str:
    """What the page shows of a step of an answer."""
    if event.kind == "understood":
        return html.progress_html("正在查找……")
    if event.kind == "text":
        return html.provisional_html(str(event.data))
    if event.kind == "answer" and isinstance(event.data, Answer):
        return html.answer_html(event.data, assistant.library.catalogue.text, turn=turn)
    return ""


def holdings_line(assistant: Assistant) -> str:
    """A sentence on what the library holds."""
    counts = assistant.library.catalogue.counts()
    return f"资料库现有 {counts.answering} 份报告。" if counts.answering else "资料库还是空的，请先运行 wenbao ingest。"


def build_app(assistant: Assistant, *, settings: Settings, host: str = "127.0.0.1") -> FastAPI:
    """Page and HTTP interface as one application, guarded."""
    api = build_api(assistant, settings=settings, host=host)
    demo = build_demo(assistant)
    import gradio as gr

    gr.mount_gradio_app(
        api,
        demo,
        path="",
        css=CSS,
        show_error=False,
        footer_links=[],
        run_history=False,
        max_file_size="1mb",
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
    )
    return api


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int | None = None) -> None:
    """Serves the page until it is interrupted; its address is printed once it can be opened.

    Args:
        settings: Library, language, password.
        host: Address to serve; others than this machine's own need WENBAO_AUTH.
        port: Port to serve; None takes the first free one from 7860.

    Raises:
        SettingsError: If the port is taken, or the host needs a password.
    """
    import uvicorn

    from rag.assistant import build_assistant

    app = build_app(build_assistant(settings), settings=settings, host=host)
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


if __name__ == "__main__":
    sys.exit(main())
