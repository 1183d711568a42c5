"""What is wrong with gold questions: vocabulary, quotes, answers, distractors. Each problem is a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from eval.documents import Document, find_documents
from eval.evidence import spans_of
from eval.gold import MEASURES, STATUSES, WHYS, Fact, Gold
from eval.judge import show_value
from eval.numbers import numerals_in
from eval.units import same_value, unit_of

_YEAR: Final = r"(?:19|20)\d\d"
PERIOD: Final = re.compile(
    rf"{_YEAR}(?:H[12]|Q[1-4]|-(?:0[1-9]|1[0-2]))?"
    rf"|{_YEAR}-{_YEAR}|{_YEAR}-(?:0[1-9]|1[0-2])/{_YEAR}-(?:0[1-9]|1[0-2])"
)
_SIZES: Final = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def problems(golds: Iterable[Gold], texts: Mapping[str, str]) -> list[str]:
    """Every problem of the questions, in their order.

    Args:
        golds: The questions.
        texts: Document id -> its text, for the documents that are at hand; quotes of others are not looked up.
    """
    return [f"{gold.id}: {problem}" for gold in golds for problem in _problems(gold, texts)]


def texts_in(folder: Path, docs: Iterable[str]) -> dict[str, str]:
    """The texts of the documents that the folder holds as .txt files."""
    found = find_documents(tuple(docs), folder)
    return {
        doc: path.read_text(encoding="utf-8-sig", errors="replace")
        for doc, path in found.files.items()
        if path.suffix.lower() == ".txt"
    }


def unknown_documents(golds: Iterable[Gold], documents: Mapping[str, Document]) -> list[str]:
    """The documents that documents.jsonl does not tell of; none where it is empty."""
    docs = dict.fromkeys(span.doc for gold in golds for span in gold.evidence)
    return [f"{doc}: not in documents.jsonl" for doc in docs if documents and doc not in documents]


def _problems(gold: Gold, texts: Mapping[str, str]) -> list[str]:
    found = [*_shape(gold), *_words(gold)]
    for span in gold.evidence:
        text = texts.get(span.doc)
        if text is not None and not spans_of(span.quote, text):
            found.append(f"not in {span.doc}: {span.quote}")
    for fact in gold.facts:
        if gold.evidence and not _in_a_quote(fact, gold):
            found.append(f"{show_value(fact.value)}{fact.unit} stands in none of the quotes")
        for trap in gold.distractors:
            if same_value(fact.value, fact.unit, trap.value, trap.unit):
                found.append(f"the distractor {show_value(trap.value)}{trap.unit} is the answer")
    return found


def _shape(gold: Gold) -> list[str]:
    found = []
    if not gold.question.strip():
        found.append("no question")
    if gold.answerable and not gold.facts and not gold.must_include:
        found.append("answerable without facts and without must_include: nothing to judge by")
    if not gold.answerable and gold.facts:
        found.append("unanswerable with facts")
    if (gold.category == "unanswerable") and gold.answerable:
        found.append("category unanswerable, but answerable")
    if gold.facts and not gold.evidence:
        found.append("facts without evidence")
    if gold.category == "follow-up" and not gold.history:
        found.append("follow-up without history")
    if gold.category == "target-without-number" and gold.facts:
        found.append("target-without-number with facts")
    return found


def _words(gold: Gold) -> list[str]:
    found = [f"period {f.period!r} is not written as agreed" for f in gold.facts if not PERIOD.fullmatch(f.period)]
    found += [f"unknown measure {f.measure!r}" for f in gold.facts if f.measure not in (None, *MEASURES)]
    found += [f"unknown why {d.why!r} of a distractor" for d in gold.distractors if d.why not in WHYS]
    if gold.status is not None and gold.status not in STATUSES:
        found.append(f"unknown status {gold.status!r}")
    if gold.status is not None and not gold.answerable and gold.status == "answered":
        found.append("unanswerable with status answered")
    if gold.split not in (None, "dev", "test"):
        found.append(f"unknown split {gold.split!r}")
    return found


def _in_a_quote(fact: Fact, gold: Gold) -> bool:
    """Whether every end of the value stands in one quote, whatever its writing; shares and ranks may be in words."""
    values = tuple(map(abs, fact.value if isinstance(fact.value, tuple) else (fact.value,)))
    if fact.measure in ("rank", "multiple") or unit_of(fact.unit).kind in ("times", "doublings"):
        return True  # 第一, 翻一番, 三分之一: words that only a reader can judge
    for span in gold.evidence:
        quote = re.sub(r"(?<=\d)\s+(?=[\d.])", "", unicodedata.normalize("NFKC", span.quote))  # 36.5 9亿元, 8 .8%
        stated = {n.value for n in numerals_in(quote)}
        stated |= {n.value for n in numerals_in(re.sub(r"[十百千万亿]", " ", quote))}
        unit = unicodedata.normalize("NFKC", fact.unit)
        size = _SIZES.get(unit[:1], 1)
        if all(v in stated or v * size in stated or v * unit_of(unit).factor in stated for v in values):
            return True
        if re.search(r"分之|半|两位数|\d/\d", quote):
            return True
    return False
