"""A checked answer -> the same answer in a language model's words, as far as they are true.

    prompt -> the model's text -> checked sentence by sentence -> one request to mend what failed -> checked answer

The figures, citations and status stay those that were read from the reports; only the text may become the model's.
A sentence that fails twice is replaced by the checked sentence that carries its source, or left out; what the answer
has to say (its figures, what is missing, a premise put right) is put back where the model left it out. Whatever goes
wrong, the answer is the one without a model, with a notice.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from rag.answer import Answer, CitedFigure
from rag.claims import denials, view_of
from rag.errors import GenerationError
from rag.generator import FAILURES, Deadline, Usage, failure
from rag.grounding import Checked, CheckedUnit
from rag.numerals import plain
from rag.passages import sentence_spans
from rag.prompts import Prompt, gives_orders, repair_prompt, write_prompt
from rag.types import Citation, Ranking, Report

MOST_FIGURES: Final = 6  # more are a list: it is given as it is
MOST_SOURCES: Final = 12
PASSAGES: Final = 3  # of those retrieved, offered beside the answer's own citations
PASSAGE_CHARS: Final = 400
_EVERY_S: Final = 0.1  # provisional text is passed on this often
_MENDED: Final = 8  # sentences that one request may ask for anew

Check = Callable[[Answer, str], Checked]


class Model(Protocol):
    """Gives text for a prompt; ``rag.generator.Generator`` is one."""

    name: str

    def write(self, prompt: Prompt, *, deadline: Deadline, usage: Usage) -> Iterator[str]:
        """The reply as far as it has come; the last one is whole."""
        ...


class Shelf(Protocol):
    """Gives the reports that hits come from; a ``Catalogue`` is one."""

    def report(self, report_id: str) -> Report:
        """The report with this id, with its text."""
        ...


def is_for_prose(answer: Answer, lang: str) -> bool:
    """Whether a model may put an answer in its own words: no table, no long list, nothing asked back or not found."""
    return (
        lang == "zh"
        and answer.status in ("answered", "no_figure")
        and answer.reading.kind not in ("sweep", "list", "series", "about-report")
        and len(answer.figures) <= MOST_FIGURES
        and 0 < len(answer.citations) <= MOST_SOURCES
        and "|" not in answer.text
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a model's sentences: as written, mended, replaced by the answer's own, left out."""

    kept: int = 0
    mended: int = 0
    replaced: int = 0
    dropped: int = 0


class Writer:
    """Puts one answer in a model's words."""

    def __init__(self, model: Model, check: Check, *, deadline: Deadline, usage: Usage) -> None:
        """``check`` says what of a draft is true; its second argument is text that was checked before."""
        self.model = model
        self.check = check
        self.deadline = deadline
        self.usage = usage
        self.tally = Tally()

    def write(self, question: str, base: Answer, offered: Sequence[Citation] = ()) -> Iterator[str | Answer]:
        """Provisional text again and again, then the answer.

        Args:
            question: The question without orders to the program.
            base: The answer without a model, checked.
            offered: More citations that the text may use, numbered behind those of ``base``.
        """
        sources = (*base.citations, *offered)
        prompt = write_prompt(question, base, sources)
        draft = replace(base, citations=sources, reader=self.model.name)
        try:
            text = ""
            for text in self._told(prompt):
                yield text
            _insist_on_an_answer(text)
        except GenerationError as error:
            yield fallen_back(base, error)
            return
        units = self.check(replace(draft, text=text), base.text).units
        units = self._mended(prompt, units, draft, base)
        yield self._answer(units, draft, base)

    def _told(self, prompt: Prompt) -> Iterator[str]:
        """The model's text so far, not too often; the last one is whole."""
        shown, last, text = "", 0.0, ""
        for raw in self.model.write(prompt, deadline=self.deadline, usage=self.usage):
            text = tidied(raw)
            if text != shown and time.monotonic() - last >= _EVERY_S:
                shown, last = text, time.monotonic()
                yield text
        if text != shown:
            yield text

    def _mended(
        self, prompt: Prompt, units: Sequence[CheckedUnit], draft: Answer, base: Answer
    ) -> tuple[CheckedUnit, ...]:
        """The units with those that failed written anew where the model finds other words that are true."""
        failed = [i for i, unit in enumerate(units) if unit.fault is not None][:_MENDED]
        if not failed:
            return tuple(units)
        asked = repair_prompt(prompt, [(units[i].text.strip(), units[i].fault or "") for i in failed])
        try:
            reply = ""
            for reply in self.model.write(asked, deadline=self.deadline, usage=self.usage):  # noqa: B007 - the whole one
                pass
        except GenerationError:
            return tuple(units)  # what failed is replaced or left out
        rows = _numbered(tidied(reply))
        mended = list(units)
        for row, i in enumerate(failed, 1):
            if (sentence := rows.get(row)) is not None:
                found = self.check(replace(draft, text=sentence), base.text).units
                if found and all(unit.fault is None for unit in found):
                    end = re.search(r"\s*$", units[i].text)
                    text = sentence + (end.group() if end else "")
                    mended[i] = CheckedUnit(text, tuple(n for unit in found for n in unit.marks), None)
                    self.tally = replace(self.tally, mended=self.tally.mended + 1)
        return tuple(mended)

    def _answer(self, units: Sequence[CheckedUnit], draft: Answer, base: Answer) -> Answer:
        """The answer with what is true of the units, and what it has to say besides."""
        own = [u for u in units if u.fault is None and u.text.strip()]
        if not any(u.marks for u in own):
            return replace(base, notices=(*base.notices, _NOTHING_TRUE))
        lines = _Lines(base)
        parts: list[str] = []
        replaced = dropped = 0
        for unit in units:
            if unit.fault is None:
                parts.append(unit.text)
            elif (line := lines.instead_of(unit, "".join(u.text for u in own) + "".join(parts))) is not None:
                parts.append(line + ("\n" if unit.text.endswith("\n") else ""))
                replaced += 1
            else:
                parts.append("\n" if unit.text.endswith("\n") else "")
                dropped += 1
        text = re.sub(r"\n{2,}", "\n", "".join(parts)).strip()
        for line in lines.unsaid(text):
            text = f"{text}\n{line}"
        self.tally = replace(self.tally, kept=len(own) - self.tally.mended, replaced=replaced, dropped=dropped)
        checked = self.check(replace(draft, text=text), base.text).answer
        used = {int(n) for n in re.findall(r"\[(\d+)\]", checked.text)} | {c.n for c in base.citations}
        notices = (*checked.notices, *_notices(self.tally))
        return replace(checked, citations=tuple(c for c in checked.citations if c.n in used), notices=notices)


class _Lines:
    """The lines of the answer without a model, to take from where the model's do not hold."""

    def __init__(self, base: Answer) -> None:
        self.base = base
        self.lines = [line.strip() for line in base.text.split("\n") if line.strip()]

    def instead_of(self, unit: CheckedUnit, text: str) -> str | None:
        """The line that carries what a failed unit speaks of, unless ``text`` holds it; None where there is none."""
        numbers = set(re.findall(r"\d[\d.]*", re.sub(r"\[\d+\]", "", plain(unit.text))))

        def likeness(line: str) -> tuple[int, bool]:
            shared = numbers & set(re.findall(r"\d[\d.]*", re.sub(r"\[\d+\]", "", plain(line))))
            return len(shared), not line.startswith(_QUOTING)

        fit = [line for line in self.lines if _marks(line) & set(unit.marks)]
        best = max(fit, key=likeness, default=None)
        return None if best is None or best in text or self._says(best, text) else best

    def unsaid(self, text: str) -> Iterator[str]:
        """The lines that the answer cannot do without and that ``text`` does not say."""
        for cited in self.base.figures:
            if not _states(text, cited):
                line = next((one for one in self.lines if _states(one, cited)), None)
                if line is not None and line not in text:
                    text = f"{text}\n{line}"
                    yield line
        for line in self.lines:
            if not line.startswith(_QUOTING) and denials(view_of(_unquoted(line))) and not self._says(line, text):
                text = f"{text}\n{line}"
                yield line

    def _says(self, line: str, text: str) -> bool:
        """Whether some sentence of ``text`` says what ``line`` says: its words, its numbers, its denial."""
        bare = view_of(_unquoted(line))
        words = [bare[i : i + 2] for i in range(len(bare) - 1) if re.fullmatch("[一-鿿]{2}", bare[i : i + 2])]
        denied = bool(denials(bare))
        for a, b in sentence_spans(text, 0, len(text)):
            view = view_of(_unquoted(text[a:b]))
            numbers = set(re.findall(r"\d[\d.]*", bare)) <= set(re.findall(r"\d[\d.]*", view_of(text[a:b])))
            share = sum(w in view for w in words) / max(1, len(words))
            if bool(denials(view)) == denied and numbers and share >= _SAID:
                return True
        return False


_QUOTING: Final = ("原文：", "「")
_SAID: Final = 0.5
_NOTHING_TRUE: Final = "语言模型写的内容与原文核对不符，已改用不经语言模型的回答。"


def fallen_back(base: Answer, error: GenerationError) -> Answer:
    """The answer without a model, with a notice that says why."""
    zh, en = FAILURES.get(error.reason, FAILURES["server"])
    english = not re.search(r"[一-鿿]", base.question)
    notice = f"Answered without the language model: {en}." if english else f"{zh}，已改用不经语言模型的回答。"
    return replace(base, notices=(*base.notices, notice))


def offered_citations(ranking: Ranking, base: Answer, shelf: Shelf) -> tuple[Citation, ...]:
    """Citations of the best passages of the answer's own reports that it does not cite yet, cut at a sentence's end."""
    reports = {c.report_id for c in base.citations}
    found: list[Citation] = []
    n = max(c.n for c in base.citations)
    for hit in ranking.hits:
        passage = hit.passage
        taken = [c for c in (*base.citations, *found) if c.report_id == passage.report_id]
        if gives_orders(passage.text):
            continue
        if passage.report_id not in reports or any(c.start < passage.end and passage.start < c.end for c in taken):
            continue
        report = shelf.report(passage.report_id)
        ends = [
            b for _, b in sentence_spans(report.text, passage.start, passage.end) if b - passage.start <= PASSAGE_CHARS
        ]
        if not ends:
            continue
        start = passage.start + len(passage.text) - len(passage.text.lstrip())
        end = start + len(report.text[start : ends[-1]].rstrip())
        found.append(
            Citation(
                n + len(found) + 1, report.report_id, report.title, report.place, report.report_year, report.source,
                passage.section, passage.part, start, end, report.text[start:end], report.text_sha256,
            )
        )  # fmt: skip
        if len(found) == PASSAGES:
            break
    return tuple(found)


# -- a model's text --------------------------------------------------------------------------------

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL | re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_FOREIGN = re.compile(r"\w+://\S+|<[^>]*>")  # says nothing of the language; it is not shown anyway
_MARKS = re.compile(r"[\[［【〔]\s*\^?(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]］】〕]")
_DECLINES = re.compile(
    r"^(?:(?:很|非常)?抱歉|对不起|我(?:无法|不能)|作为(?:一个)?(?:AI|人工智能|语言模型)"
    r"|I(?:'m| am) sorry|I can(?:no|')t|As an AI)",
    re.IGNORECASE,
)


def tidied(raw: str) -> str:
    """A model's text without its thoughts and fences, with its markers in one form: 【1，2】 is [1][2]."""
    text = _PICTURE.sub("", _THOUGHT.sub("", raw)).replace("```", "")
    text = _MARKS.sub(lambda m: "".join(f"[{int(n)}]" for n in re.findall(r"\d+", m.group(1))), text)
    text = re.sub(r"^\s*(?:#+|>|[-*•])\s+", "", text, flags=re.MULTILINE).replace("**", "")
    return text.strip()


def _insist_on_an_answer(text: str) -> None:
    """Raises where the text declines, or is in another language than Chinese."""
    if not text:
        raise failure("empty")
    if _DECLINES.match(text):
        raise failure("refusal")
    letters = re.findall(r"[^\W\d_]", _FOREIGN.sub("", _unquoted(text)))
    if letters and len(re.findall("[一-鿿]", "".join(letters))) < len(letters) / 2:
        raise failure("language")


def _numbered(reply: str) -> dict[int, str]:
    """The mended sentences by number; 删 means that there is none."""
    rows: dict[int, str] = {}
    for match in re.finditer(r"^\s*(\d{1,2})\s*[|｜.、:：]\s*(.+?)\s*$", reply, re.MULTILINE):
        if not re.match(r"删", match.group(2)):
            rows.setdefault(int(match.group(1)), match.group(2))
    return rows


def _notices(tally: Tally) -> tuple[str, ...]:
    failed = tally.mended + tally.replaced + tally.dropped
    if not failed:
        return ()
    told = [(tally.mended, "重写后通过"), (tally.replaced, "换成了核对过的句子"), (tally.dropped, "没有显示")]
    ends = "，".join(f"{n}句{what}" for n, what in told if n)
    return (f"语言模型写的{failed}句与原文核对不符：{ends}。",)


def _marks(line: str) -> set[int]:
    return {int(n) for n in re.findall(r"\[(\d+)\]", line)}


def _unquoted(line: str) -> str:
    return re.sub(r"「[^」]*」|“[^”]*”", "", re.sub(r"\[\d+\]", "", line))


def _states(text: str, cited: CitedFigure) -> bool:
    """Whether a sentence of ``text`` gives a figure with its marker."""
    written = plain(cited.figure.written)
    return any(written in plain(text[a:b]) and cited.citation in _marks(text[a:b]) for a, b in _marked_sentences(text))


def _marked_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Sentences with the markers behind their stops."""
    spans = list(sentence_spans(text, 0, len(text)))
    for (a, b), after in zip(spans, [*spans[1:], None], strict=True):
        tail = re.match(r"(?:\s*\[\d+\])+", text[after[0] : after[1]]) if after else None
        yield a, b + (tail.end() if tail else 0)
