"""Plain ways to answer, scored in the same run, so that the program's figures mean something.

- ``lexical``, ``dense``: the first ten passages of one index over the whole library, the sentence most like the
  question, and in it the number nearest to the question's words.
- ``langchain``: the usual recipe: recursive splitter, Chroma, four chunks, and the first number whose sentence shares
  most with the question.
- ``right-report``: the program itself, given a library of nothing but the reports that hold the evidence.

The first three are helped where a fair reading of the recipe leaves it open: a number gets the place of the report
that it stands in, the period that the question names, or else the report's year, and the role that the question's words
suggest. They always answer if they find a number.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from eval.asking import Program, Wenbao
from eval.documents import names_file
from eval.gold import Gold

if TYPE_CHECKING:
    from rag.library import Library
    from rag.types import Report
    from vectorstore import VectorStore

PASSAGES: Final = 10
CHUNKS: Final = 4
CHUNK_CHARS: Final = 500
OVERLAP_CHARS: Final = 50
_BATCH: Final = 5_000
_SENTENCE: Final = re.compile(r"[^。！？；\n]+[。！？；\n]?")
_NUMBER: Final = re.compile(
    r"(?P<value>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>[十百千万亿]*(?:个百分点|平方公里|平方米|立方米|公里|美元|吨|[%％‰人元户个家所处件位套张亩米名项条座辆倍天])?)"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SPAN: Final = re.compile(r"((?:19|20)\d\d)年?\s*[-—–至到~]\s*((?:19|20)\d\d)")
_ROLES: Final = (
    ("cumulative", re.compile(r"累计|五年来|过去五年|年均|期间")),
    ("plan", re.compile(r"今后五年|未来五年|五年规划|十[二三四五]五")),
    ("target", re.compile(r"目标|计划|打算|要|将|预期|安排|定为")),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a report's text at ``start``."""

    report_id: str
    start: int
    text: str


def baselines(program: Wenbao) -> Iterator[Program]:
    """Each baseline over the program's own library."""
    yield NearestNumber("lexical", program)
    yield NearestNumber("dense", program)
    with tempfile.TemporaryDirectory(prefix="wenbao-eval-", ignore_cleanup_errors=True) as folder:
        recipe = LangChainRecipe(program, Path(folder))
        yield recipe
        recipe.close()
    yield RightReport(program)


class NearestNumber:
    """One index alone, the best sentence of its first passages, and the number nearest to the question's words."""

    def __init__(self, by: str, program: Wenbao) -> None:
        self.name = by
        self._library = program.assistant.library

    def answer(self, question: str, history: Sequence[str], gold: Gold) -> Mapping[str, Any]:
        """The answer object."""
        asked = " ".join((*history, question))
        retriever = self._library.retriever
        before, retriever.by = retriever.by, cast(Any, self.name)
        try:
            hits = retriever.retrieve(asked, k=PASSAGES).hits
        finally:
            retriever.by = before
        pieces = [Piece(h.passage.report_id, h.passage.start, h.passage.text) for h in hits]
        return _answered(asked, pieces, self._library)


class LangChainRecipe:
    """Recursive splitter, Chroma, four chunks, first matching number."""

    name = "langchain"

    def __init__(self, program: Wenbao, folder: Path) -> None:
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        from vectorstore import VectorStore

        self._library = program.assistant.library
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS, separators=["\n\n", "\n", "。", "；", "，", ""],
            add_start_index=True,
        )  # fmt: skip
        self._pieces: dict[str, Piece] = {}
        for report in self._library.catalogue.reports():
            if report.duplicate_of is None:
                for chunk in splitter.create_documents([self._library.catalogue.text(report.report_id)]):
                    start = max(0, int(chunk.metadata["start_index"]))
                    piece = Piece(report.report_id, start, chunk.page_content)
                    self._pieces[f"{report.report_id}@{start}-{start + len(piece.text)}"] = piece
        encoder = self._library.encoder
        self._store: VectorStore = VectorStore.create(folder / "chroma", dimension=encoder.dimension)
        for batch in _batches(self._pieces.items(), _BATCH):
            vectors = encoder.encode_passages([piece.text for _, piece in batch])
            self._store.upsert([i for i, _ in batch], vectors, groups=[piece.report_id for _, piece in batch])

    def answer(self, question: str, history: Sequence[str], gold: Gold) -> Mapping[str, Any]:
        """The answer object."""
        asked = " ".join((*history, question))
        vector = self._library.encoder.encode_queries([asked])[0]
        pieces = [self._pieces[hit.id] for hit in self._store.search(vector, k=CHUNKS)]
        return _answered(asked, pieces, self._library)

    def close(self) -> None:
        """Releases the index."""
        self._store.close()


class RightReport:
    """The program with a library of nothing but the reports of the evidence; all reports where there is none."""

    name = "right-report"

    def __init__(self, program: Wenbao) -> None:
        self._program = program
        self._reports = program.assistant.library.catalogue.reports()

    def answer(self, question: str, history: Sequence[str], gold: Gold) -> Mapping[str, Any]:
        """The answer object."""
        from rag.assistant import Assistant

        assistant = self._program.assistant
        docs = {span.doc for span in gold.evidence}
        held = [r for r in self._reports if any(names_file(doc, r.source_path) for doc in docs)]
        if not held:
            return assistant.answer(question, history).to_json()
        ids = {r.duplicate_of or r.report_id for r in held}
        narrow = _Narrow(assistant.library, [r for r in self._reports if r.report_id in ids])
        told = Assistant(assistant.settings, cast("Library", narrow), assistant.gazetteer)
        return told.answer(question, history).to_json()


class _Narrow:
    """A library that holds some reports only: what it lists, and where it looks."""

    def __init__(self, library: Library, reports: Sequence[Report]) -> None:
        self._library = library
        self._reports = tuple(reports)
        self.catalogue = _NarrowCatalogue(library.catalogue, self._reports)
        self.retriever = self

    def refresh(self) -> int:
        return self._library.refresh()

    def retrieve(self, text: str, *, report_ids: Sequence[str] | None = None, **wanted: Any) -> Any:
        ids = [r.report_id for r in self._reports] if report_ids is None else report_ids
        return self._library.retriever.retrieve(text, report_ids=ids, **wanted)


class _NarrowCatalogue:
    def __init__(self, catalogue: Any, reports: tuple[Report, ...]) -> None:
        self._catalogue = catalogue
        self._reports = reports

    def reports(self) -> tuple[Report, ...]:
        return self._reports

    def figures(self, report_ids: Sequence[str] | None, **wanted: Any) -> Any:
        ids = [r.report_id for r in self._reports] if report_ids is None else report_ids
        return self._catalogue.figures(ids, **wanted)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)


# -- the recipe's reading ---------------------------------------------------------------------------


def _answered(asked: str, pieces: Iterable[Piece], library: Library) -> dict[str, Any]:
    found = best_number(asked, pieces)
    if found is None:
        return {"status": "not_in_report", "text": "没有找到。", "figures": [], "citations": []}
    piece, start, end, number = found
    report, text = library.catalogue.report(piece.report_id), library.catalogue.text(piece.report_id)
    quote = text[start:end]
    value, unit = number["value"].replace(",", ""), number["unit"]
    figure = {
        "place": report.place, "period": _period(asked, report.report_year), "indicator": quote[:30],
        "role": _role(asked), "measure": None, "value": Decimal(value), "unit": unit, "modality": None,
        "written": number[0], "citation": 1,
    }  # fmt: skip
    citation = {
        "n": 1, "report_id": report.report_id, "title": report.title, "place": report.place,
        "report_year": report.report_year, "source": report.source, "section": [], "part": "unknown",
        "start": start, "end": end, "quote": quote, "text_sha256": report.text_sha256,
    }  # fmt: skip
    return {"status": "answered", "text": f"{quote}[1]", "figures": [figure], "citations": [citation]}


def best_number(asked: str, pieces: Iterable[Piece]) -> tuple[Piece, int, int, re.Match[str]] | None:
    """The piece, the sentence's span in its report and the number; the first of equals, None without a number."""
    grams = _bigrams(asked)
    best: tuple[float, Piece, re.Match[str], re.Match[str]] | None = None
    for piece in pieces:
        for sentence in _SENTENCE.finditer(piece.text):
            numbers = [n for n in _NUMBER.finditer(sentence[0]) if not _is_year(n, sentence[0])]
            if not numbers:
                continue
            score = len(grams & _bigrams(sentence[0])) / max(1, len(grams))
            if best is None or score > best[0]:
                best = (score, piece, sentence, _nearest(grams, sentence[0], numbers))
    if best is None:
        return None
    _, piece, sentence, number = best
    return piece, piece.start + sentence.start(), piece.start + sentence.end(), number


def _nearest(grams: set[str], sentence: str, numbers: Sequence[re.Match[str]]) -> re.Match[str]:
    """The number that stands nearest behind or before a word of the question."""
    spots = [i for i in range(len(sentence) - 1) if sentence[i : i + 2] in grams]
    return min(numbers, key=lambda n: (min((abs(n.start() - s) for s in spots), default=0), n.start()))


def _is_year(number: re.Match[str], sentence: str) -> bool:
    return bool(_YEAR.fullmatch(number["value"])) and sentence[number.end() : number.end() + 1] == "年"


def _bigrams(text: str) -> set[str]:
    plain = re.sub(r"[\s\W]|(?:19|20)\d\d年?", "", unicodedata.normalize("NFKC", text))
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def _period(asked: str, report_year: int | None) -> str:
    span = _SPAN.search(asked)
    if span:
        return f"{span[1]}-{span[2]}"
    years = _YEAR.findall(asked)
    return years[-1] if years else str(report_year or "")


def _role(asked: str) -> str:
    return next((role for role, words in _ROLES if words.search(asked)), "actual")


def _batches(items: Iterable[tuple[str, Piece]], size: int) -> Iterator[list[tuple[str, Piece]]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
