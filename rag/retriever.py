"""Query -> Ranking: words and vectors, fused by what they are worth.

A scope (some reports) is scored exactly: the vectors of its passages are fetched by id and multiplied with numpy.
Without a scope, Chroma's index gives the nearest vectors. The words' scores come from the lexical index either way.

Scores are added, not ranks: the words' is the share of the question that a passage holds, so that a question in other
words than the report's is left to the vectors by itself. The first passages are looked at sentence by sentence, since a
passage's own vector drowns one sentence among ten. Weights are of the development questions (docs/retrieval.md).
Where the indexes cannot serve, the vectors of a scope are made anew from the texts, and a notice says so.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.catalogue import Catalogue
from rag.encoder import Encoder
from rag.errors import IndexUnavailableError
from rag.indexes import Indexes
from rag.types import Hit, Part, Passage, Ranking, Role
from vectorstore import StoreError

if TYPE_CHECKING:
    from rag.question import Query
    from rag.reranker import Reranker

DEPTH = 100  # passages taken from each ranking before they are fused
WORDS_WEIGHT = 1.0  # of the share of the question that a passage holds
VECTORS_WEIGHT = 0.3  # of the cosine with the passage
SENTENCES_WEIGHT = 0.3  # of the best cosine with one of its sentences
OPEN_SHARE = 1 / 6  # of these two where no scope is given: a vector says nothing of place and year
PART_WEIGHT = 0.1  # of standing in a part that speaks of the role asked for
PERIOD_WEIGHT = 0.3  # of speaking of the period asked for
HEAD = 40  # passages that are looked at sentence by sentence
RERANKED = 30  # passages that a cross-encoder reads, where one is set
CACHED_ROWS = 200_000  # passages whose vectors are kept between questions: about 100 MB
QUERY_CHARS = 2_000  # a longer text tells no more about what is looked for
By: TypeAlias = Literal["hybrid", "lexical", "dense"]
_PARTS_OF: Final[Mapping[Role, tuple[Part, ...]]] = {
    "target": ("plan", "livelihood"),
    "plan": ("term_plan",),
    "actual": ("review",),
    "cumulative": ("term_review",),
}
_SENTENCE = re.compile(r"[^。！？；;\n]{6,}[。！？；;]?")
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Preference:
    """Parts and periods whose passages come a little earlier; others are not left out."""

    parts: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()

    def bonus(self, passage: Passage) -> float:
        """What is added to the score of ``passage``."""
        return PART_WEIGHT * (passage.part in self.parts) + PERIOD_WEIGHT * (passage.period in self.periods)


def preference_of(query: Query) -> Preference:
    """The parts of the roles that are asked for, and the periods; the year in 2020年的报告 is none."""
    of_report = "报告" in query.text
    return Preference(
        parts=frozenset(part for role in query.roles for part in _PARTS_OF[role]),
        periods=frozenset(p.period for p in query.periods if p.period and not of_report),
    )


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Passages with the share of the question's words that each holds, and its cosine with the question."""

    passages: tuple[Passage, ...]
    shares: NDArray[np.float32]
    cosines: NDArray[np.float32]
    trust: float = 1.0  # how much the vectors' weights count


@dataclass(frozen=True, slots=True)
class Rows:
    """A report's passages and their vectors: float32, shape (n, dimension), rows of length 1."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]


class Retriever:
    """Finds passages. Safe to share between threads; sees what a finished ingest of another process added.

    Model and indexes are loaded with the first question that needs them.

    Args:
        catalogue: The truth: passages by id.
        load: Gives the model.
        open_: Opens the indexes that answer now, made by that model.
        version: Names what ``open_`` would open; they are opened anew when it changes.
        rerank: Gives the cross-encoder that puts the first passages in order; None is none.

    Attributes:
        by: Which rankings are fused: both, or for measuring the words' alone or the vectors' alone.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        load: Callable[[], Encoder],
        open_: Callable[[Encoder], Indexes],
        version: Callable[[], object],
        rerank: Callable[[], Reranker | None] = lambda: None,
    ) -> None:
        self.by: By = "hybrid"
        self._catalogue = catalogue
        self._load = load
        self._open = open_
        self._version = version
        self._load_reranker = rerank
        self._lock = threading.RLock()
        self._cache: OrderedDict[str, Rows] = OrderedDict()
        self._cached_rows = 0
        self._generation = -1
        self._opened: object = _NOTHING
        self._encoder: Encoder | None = None
        self._indexes: Indexes | None = None
        self._reranker: Reranker | None = None
        self._reranker_loaded = False
        self._trouble: str | None = None

    def retrieve(
        self,
        text: str,
        *,
        report_ids: Sequence[str] | None = None,
        parts: Sequence[str] | None = None,
        prefer: Preference = Preference(),
        k: int = 20,
    ) -> Ranking:
        """The ``k`` passages that answer ``text`` best, and a notice for every condition that left nothing.

        Args:
            text: What is looked for.
            report_ids: Look in these reports only; None looks in all.
            parts: Keep passages of these parts only; None keeps all.
            prefer: Which passages come a little earlier.
            k: How many to keep, at least 1.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        text = text[:QUERY_CHARS]
        with self._lock:
            self._refresh()
            vector = self.encoder.encode_queries([text])[0]
            if report_ids is None:
                found, notices = self._search_everything(text, vector, parts, k)
            else:
                found, notices = self._search_scope(text, vector, tuple(dict.fromkeys(report_ids)), parts, k)
            best = self._in_order(text, vector, found, prefer)[:k]
        hits = tuple(Hit(passage, score, rank) for rank, (passage, score) in enumerate(best, start=1))
        if self._trouble:
            notices = (*notices, self._trouble)
        return Ranking(hits, notices)

    def close(self) -> None:
        """Releases the indexes; the next question opens them anew."""
        with self._lock:
            if self._indexes is not None:
                self._indexes.close()
            self._indexes = None
            self._opened = _NOTHING

    @property
    def encoder(self) -> Encoder:
        """The model, loaded now if it was not yet."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder

    def _refresh(self) -> None:
        """Drops what is no longer so, and opens the indexes that answer now."""
        generation, version = self._catalogue.generation(), self._version()
        if generation != self._generation:
            self._cache.clear()
            self._cached_rows = 0
            self._generation = generation
        if version != self._opened:
            self.close()
            self._trouble = None
            try:
                self._indexes = self._open(self.encoder)
            except IndexUnavailableError as error:
                self._trouble = error.message
            self._opened = self._version()  # opening may have mended them

    def _search_everything(
        self, text: str, vector: NDArray[np.float32], parts: Sequence[str] | None, k: int
    ) -> tuple[_Candidates, tuple[str, ...]]:
        depth = max(DEPTH, 2 * k) * (1 if parts is None else 8)
        words: dict[str, float] = {}
        near: dict[str, float] = {}
        if self._indexes is not None:
            if self.by != "dense":
                words = {s.id: s.score for s in self._indexes.lexical.search(text, k=depth)}
            if self.by != "lexical":
                near = {s.id: s.score for s in self._indexes.vectors.search(vector, k=depth)}
        passages = self._catalogue.passages_by_id(dict.fromkeys([*words, *near]))
        if parts is not None:
            passages = tuple(p for p in passages if p.part in parts)
        notices = () if passages else (self._nothing(text, None, parts),)
        cosines = self._cosines(vector, passages, near)
        trust = OPEN_SHARE if self.by == "hybrid" else 1.0
        return _Candidates(passages, self._shares(text, passages, words, groups=None), cosines, trust), notices

    def _search_scope(
        self,
        text: str,
        vector: NDArray[np.float32],
        report_ids: tuple[str, ...],
        parts: Sequence[str] | None,
        k: int,
    ) -> tuple[_Candidates, tuple[str, ...]]:
        known = [i for i in report_ids if self._catalogue.has(i)]
        rows = [self._rows(i) for i in known]
        passages = [p for r in rows for p in r.passages]
        kept = np.array([parts is None or p.part in parts for p in passages], dtype=bool)
        if not kept.any():
            nothing = np.empty(0, np.float32)
            return _Candidates((), nothing, nothing), (self._nothing(text, report_ids, parts),)
        cosines = np.where(kept, np.concatenate([r.vectors for r in rows]) @ vector, -2)
        depth = max(DEPTH, k)
        place = {p.passage_id: n for n, p in enumerate(passages) if kept[n]}
        chosen: list[int] = []
        words: dict[str, float] = {}
        if self._indexes is not None and self.by != "dense":
            asked = depth if parts is None else len(passages)
            found = self._indexes.lexical.search(text, k=asked, groups=known)
            words = {s.id: s.score for s in found if s.id in place}
            chosen = [place[i] for i in words]
        if self.by != "lexical":
            chosen += [n for n in np.argsort(-cosines, kind="stable")[:depth].tolist() if kept[n]]
        chosen = list(dict.fromkeys(chosen))
        candidates = tuple(passages[n] for n in chosen)
        return _Candidates(candidates, self._shares(text, candidates, words, groups=known), cosines[chosen]), ()

    def _shares(
        self, text: str, passages: Sequence[Passage], known: Mapping[str, float], *, groups: Sequence[str] | None
    ) -> NDArray[np.float32]:
        """The share of the question's words, weighed by how rare they are, that each passage holds."""
        if self._indexes is None or self.by == "dense":
            return np.zeros(len(passages), np.float32)
        lexical = self._indexes.lexical
        unknown = [p.passage_id for p in passages if p.passage_id not in known]
        found = lexical.search(text, k=max(1, len(unknown)), groups=groups, ids=unknown)
        scores = {**known, **{s.id: s.score for s in found}}
        shares = np.array([scores.get(p.passage_id, 0.0) for p in passages], dtype=np.float32)
        return shares / np.float32(lexical.ceiling(text) or 1.0)

    def _cosines(
        self, vector: NDArray[np.float32], passages: Sequence[Passage], known: Mapping[str, float]
    ) -> NDArray[np.float32]:
        if self._indexes is None or self.by == "lexical":
            return np.zeros(len(passages), np.float32)
        unknown = [p.passage_id for p in passages if p.passage_id not in known]
        rows = self._indexes.vectors.vectors(unknown) @ vector
        cosines = {**known, **{i: float(row) for i, row in zip(unknown, rows, strict=True)}}
        return np.array([cosines[p.passage_id] for p in passages], dtype=np.float32)

    def _in_order(
        self, text: str, vector: NDArray[np.float32], found: _Candidates, prefer: Preference
    ) -> list[tuple[Passage, float]]:
        """The candidates with their scores, best first, ties by id."""
        bonus = np.array([prefer.bonus(p) for p in found.passages], dtype=np.float32)
        if self.by == "lexical":
            scores = WORDS_WEIGHT * found.shares + bonus
        else:
            likeness = found.trust * (VECTORS_WEIGHT + SENTENCES_WEIGHT) * found.cosines
            scores = WORDS_WEIGHT * found.shares + likeness + bonus
            head = np.argsort(-scores, kind="stable")[:HEAD]
            closer = self._best_sentences(vector, [found.passages[n] for n in head]) - found.cosines[head]
            scores[head] += found.trust * SENTENCES_WEIGHT * np.maximum(closer, 0)
        ordered = sorted(zip(found.passages, scores.tolist(), strict=True), key=lambda it: (-it[1], it[0].passage_id))
        return self._reranked(text, ordered) if self.by == "hybrid" else ordered

    def _best_sentences(self, vector: NDArray[np.float32], passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The best cosine of the question with a sentence of each passage; -1 where there is none, or no time."""
        best = np.full(len(passages), -1.0, dtype=np.float32)
        if self.encoder.quick:
            split = [(n, m.group()) for n, p in enumerate(passages) for m in _SENTENCE.finditer(p.text)]
            np.maximum.at(best, [n for n, _ in split], self.encoder.encode_passages([s for _, s in split]) @ vector)
        return best

    def _reranked(self, text: str, ordered: list[tuple[Passage, float]]) -> list[tuple[Passage, float]]:
        """The first passages in the cross-encoder's order, with scores that still fall; unchanged without one."""
        if not self._reranker_loaded:
            self._reranker, self._reranker_loaded = self._load_reranker(), True
        first, rest = ordered[:RERANKED], ordered[RERANKED:]
        if self._reranker is None or not first:
            return ordered
        order = np.argsort(-self._reranker.scores(text, [p.text for p, _ in first]), kind="stable")
        return [(first[n][0], score) for n, (_, score) in zip(order, first, strict=True)] + rest

    def _rows(self, report_id: str) -> Rows:
        rows = self._cache.get(report_id)
        if rows is None:
            rows = self._read_rows(report_id)
            self._cache[report_id] = rows
            self._cached_rows += len(rows.passages)
            while self._cached_rows > CACHED_ROWS and len(self._cache) > 1:
                self._cached_rows -= len(self._cache.popitem(last=False)[1].passages)
        else:
            self._cache.move_to_end(report_id)
        return rows

    def _read_rows(self, report_id: str) -> Rows:
        passages = self._catalogue.passages(report_id)
        if self._indexes is not None:
            with contextlib.suppress(StoreError):
                return Rows(passages, self._indexes.vectors.vectors([p.passage_id for p in passages]))
        return Rows(passages, self.encoder.encode_passages([p.text for p in passages]))

    def _nothing(self, text: str, report_ids: Sequence[str] | None, parts: Sequence[str] | None) -> str:
        """The sentence on what left nothing to find."""
        counts = self._catalogue.counts()
        held = f"资料库现有 {counts.answering} 份可供回答的报告。"
        if not text.strip():
            return f"没有要查找的文字。{held}"
        if counts.passages == 0:
            return "资料库里还没有可供回答的报告，请先运行 wenbao ingest 导入。"
        if report_ids is not None and not report_ids:
            return f"没有符合地区和年份的报告。{held}"
        if report_ids is not None:
            unknown = [i for i in report_ids if not self._catalogue.has(i)]
            if len(unknown) == len(report_ids):
                return f"资料库里没有编号为 {'、'.join(unknown[:3])} 的报告。{held}"
        if parts is not None:
            return f"所查的报告里没有“{'、'.join(parts)}”部分。{held}"
        return f"没有找到与问题有共同词语的段落。{held}"
