"""A question on its way through ``Assistant.stream``, as the page shows it after each step."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rag.answer import Answer
from rag.config import Lang
from rag.errors import RagError
from rag.logs import new_reference
from rag.page.answer import Step, answer_html, error_html, progress_html
from rag.page.chips import chips_html, chips_of, understood_line
from rag.page.reference import answer_markdown
from rag.page.words import say
from rag.question import Query
from rag.types import Ranking

if TYPE_CHECKING:
    from rag.assistant import Assistant, Event
    from rag.page.library import LibraryView

QUESTION_CHARS: Final = 2_000
HISTORY: Final = 50  # earlier questions that a follow-up may lean on
UPDATE_S: Final = 0.12  # a draft is shown anew no more often
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows under a question now; the last one of an answer is ``done``."""

    html: str
    done: bool = False
    markdown: str = ""

    def to_json(self) -> dict[str, object]:
        """Plain values for the page's script."""
        return {"html": self.html, "done": self.done, "markdown": self.markdown}


def converse(
    assistant: Assistant, question: str, history: Sequence[str], *, view: LibraryView, lang: Lang
) -> Iterator[Shown]:
    """What to show after each step of an answer; whatever goes wrong becomes a sentence on the page.

    Args:
        assistant: Who answers.
        question: What was typed; past ``QUESTION_CHARS`` it is cut.
        history: Earlier questions, oldest first.
        view: What the library holds, for other readings of the question.
        lang: Language of the page.
    """
    question = question.strip()[:QUESTION_CHARS]
    if not question:
        return
    turn = _Turn(view, lang)
    try:
        for event in assistant.stream(question, list(history)[-HISTORY:]):
            shown = turn.after(event)
            if shown is not None:
                yield shown
    except RagError as error:
        yield Shown(error_html(error.in_language(lang)), done=True)
    except Exception as error:  # noqa: BLE001 - an edge: the reader gets a sentence and a number, the log the rest
        reference = new_reference()
        _log.error("%s while answering", reference, exc_info=error)
        yield Shown(error_html(say("internal", lang, reference=reference)), done=True)


@dataclass(slots=True)
class _Turn:
    """One answer in the making: the steps so far, and the query for its chips."""

    view: LibraryView
    lang: Lang
    steps: list[Step] = field(default_factory=list)
    query: Query | None = None
    shown_at: float = 0.0

    def after(self, event: Event) -> Shown | None:
        """What to show after a step; None leaves what is shown."""
        if isinstance(event.data, Query):
            self.query = event.data
            self.steps.append(Step(say("understood", self.lang, what=understood_line(event.data, self.lang) or "—")))
            return self._progress("searching")
        if isinstance(event.data, Ranking):
            count = len(event.data.hits)
            self.steps.append(Step(say("searched", self.lang, count=count) if count else say("looked_up", self.lang)))
            return self._progress("writing")
        if isinstance(event.data, Answer):
            return self._final(event.data)
        if event.kind == "text":
            return self._draft(str(event.data))
        return None

    def _progress(self, now: str) -> Shown:
        return Shown(progress_html([*self.steps, Step(say(now, self.lang), done=False)], lang=self.lang))

    def _draft(self, text: str) -> Shown | None:
        now = time.monotonic()
        if now - self.shown_at < UPDATE_S:
            return None
        self.shown_at = now
        steps = [*self.steps, Step(say("checking", self.lang), done=False)]
        return Shown(progress_html(steps, text, lang=self.lang))

    def _final(self, answer: Answer) -> Shown:
        self.steps.append(Step(say("checked", self.lang, count=len(answer.citations))))
        chips = ""
        if self.query is not None:
            gazetteer, holdings = self.view.gazetteer, self.view.holdings()
            chips = chips_html(
                chips_of(self.query, answer.reading, holdings=holdings, gazetteer=gazetteer, lang=self.lang), self.lang
            )
        return Shown(
            answer_html(answer, lang=self.lang, chips=chips, steps=self.steps),
            done=True,
            markdown=answer_markdown(answer, self.lang),
        )
