"""Many questions from a file: one answer object a line, in the same order; a line that fails costs that line alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.errors import RagError
from rag.logs import new_reference, redacted

if TYPE_CHECKING:
    from rag.assistant import Assistant

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the input: its id, the question and the earlier questions, oldest first."""

    id: Any
    question: str
    history: tuple[str, ...] = ()


class LineError(ValueError):
    """A line that holds no question; ``id`` is its id if it has one."""

    def __init__(self, message: str, *, id_: object = None) -> None:
        super().__init__(message)
        self.id = id_


def answer_lines(lines: Iterable[str], assistant: Assistant) -> Iterator[dict[str, object]]:
    """An answer object, with its id, for each line that is not empty."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield answer_line(line, assistant, number=number)


def answer_line(line: str, assistant: Assistant, *, number: int) -> dict[str, object]:
    """The answer object for one line; ``{"id", "status": "error", "text"}`` if it cannot be answered."""
    asked: Asked | None = None
    try:
        asked = read_line(line)
        answer = assistant.answer(asked.question, asked.history)
        return {"id": asked.id, **answer.to_json()}
    except LineError as error:
        return {"id": error.id, "status": "error", "text": f"第 {number} 行不是可用的问题：{error}"}
    except RagError as error:
        text = error.in_language(assistant.settings.lang)
    except Exception:  # noqa: BLE001 - a line that fails costs that line alone
        reference = new_reference()
        _log.exception("reference %s: answering line %d failed", reference, number)
        text = f"内部错误，编号 {reference}，详见日志。"
    return {
        "id": asked.id if asked else None,
        "status": "error",
        "text": redacted(text, assistant.settings.secrets()),
        "question": asked.question if asked else "",
    }


def read_line(line: str) -> Asked:
    """The question that a line of JSON holds.

    Raises:
        LineError: If it is no JSON object with a question.
    """
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"不是 JSON（{error}）。") from error
    if not isinstance(item, dict):
        raise LineError('应为 {"id": …, "question": …, "history": []}。')
    id_, question, history = item.get("id"), item.get("question"), item.get("history") or []
    if not isinstance(question, str):
        raise LineError("缺少文字形式的 question。", id_=id_)
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise LineError("history 应为由问题组成的列表。", id_=id_)
    return Asked(id_, question, tuple(history))
