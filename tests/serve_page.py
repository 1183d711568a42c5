"""Serves the page like ``python app.py``, but answers one question slowly, so that tests can stop the answer."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

import app
from rag.answer import Answer
from rag.assistant import Assistant, Event

SLOW = "请慢慢回答"
answer_now = Assistant.stream


def stream(self: Assistant, question: str, history: Sequence[str] = ()) -> Iterator[Event]:
    """The steps of an answer; of the slow one, a hundred."""
    if question != SLOW:
        yield from answer_now(self, question, history)
        return
    for n in range(100):
        yield Event("text", f"第{n}步")
        time.sleep(0.1)
    yield Event("answer", Answer(question=question, text="慢慢答完了", status="answered"))


if __name__ == "__main__":
    Assistant.stream = stream  # type: ignore[method-assign]
    sys.exit(app.main())
