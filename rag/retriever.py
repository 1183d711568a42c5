"""Query -> Ranking: words and vectors, fused.

A scope (some reports) is scored exactly: the vectors of its passages are fetched by id and multiplied with numpy.
Without a scope, Chroma's index gives the nearest vectors. The words' ranking comes from the lexical index either way.
Where the indexes cannot serve, the vectors of a scope are made anew from the texts, and a notice says so.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rag.catalogue import Catalogue
from rag.encoder import Encoder
from rag.errors import IndexUnavailableError
from rag.indexes import Indexes
from rag.types import Hit, Passage, Ranking
from vectorstore import StoreError

DEPTH = 100  # passages taken from each ranking before they are fused
RANK_OFFSET = 20  # reciprocal rank fusion: how slowly the weight of a rank falls
WORDS_WEIGHT = 1.0
VECTORS_WEIGHT = 0.8
CACHED_ROWS = 200_000  # passages whose vectors are kept between questions: about 100 MB
QUERY_CHARS = 2_000  # a longer text tells no more about what is looked for
By: TypeAlias = Literal["hybrid", "lexical", "dense"]
_NOTHING = object()


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
    ) -> None:
        self.by: By = "hybrid"
        self._catalogue = catalogue
        self._load = load
        self._open = open_
        self._version = version
        self._lock = threading.RLock()
        self._cache: OrderedDict[str, Rows] = OrderedDict()
        self._cached_rows = 0
        self._generation = -1
        self._opened: object = _NOTHING
        self._encoder: Encoder | None = None
        self._indexes: Indexes | None = None
        self._trouble: str | None = None

    def retrieve(
        self,
        text: str,
        *,
        report_ids: Sequence[str] | None = None,
        parts: Sequence[str] | None = None,
        k: int = 20,
    ) -> Ranking:
        """The ``k`` passages that answer ``text`` best, and a notice for every condition that left nothing.

        Args:
            text: What is looked for.
            report_ids: Look in these reports only; None looks in all.
            parts: Keep passages of these parts only; None keeps all.
            k: How many to keep, at least 1.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        text = text[:QUERY_CHARS]
        with self._lock:
            self._refresh()
            if report_ids is None:
                scores, notices = self._search_everything(text, parts, k)
            else:
                scores, notices = self._search_scope(text, tuple(dict.fromkeys(report_ids)), parts, k)
            best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]
            passages = {p.passage_id: p for p in self._catalogue.passages_by_id([i for i, _ in best])}
        kept = [(passages[i], score) for i, score in best if i in passages]
        hits = tuple(Hit(passage, score, rank) for rank, (passage, score) in enumerate(kept, start=1))
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
        self, text: str, parts: Sequence[str] | None, k: int
    ) -> tuple[Mapping[str, float], tuple[str, ...]]:
        depth = max(DEPTH, 2 * k) * (1 if parts is None else 8)
        words: list[str] = []
        near: list[str] = []
        if self._indexes is not None:
            words = [s.id for s in self._indexes.lexical.search(text, k=depth)]
            vector = self.encoder.encode_queries([text])[0]
            near = [s.id for s in self._indexes.vectors.search(vector, k=depth)]
        if parts is not None:
            wanted = set(parts)
            found = self._catalogue.passages_by_id(dict.fromkeys(words + near))
            keep = {p.passage_id for p in found if p.part in wanted}
            words, near = [i for i in words if i in keep], [i for i in near if i in keep]
        notices = () if words or near else (self._nothing(text, None, parts),)
        return self._fuse(words, near), notices

    def _search_scope(
        self, text: str, report_ids: tuple[str, ...], parts: Sequence[str] | None, k: int
    ) -> tuple[Mapping[str, float], tuple[str, ...]]:
        known = [i for i in report_ids if self._catalogue.has(i)]
        rows = [self._rows(i) for i in known]
        wanted = None if parts is None else set(parts)
        ids = [p.passage_id for r in rows for p in r.passages if wanted is None or p.part in wanted]
        if not ids:
            return {}, (self._nothing(text, report_ids, parts),)
        depth = max(DEPTH, k)
        vector = self.encoder.encode_queries([text])[0]
        cosines = np.concatenate([r.vectors @ vector for r in rows])
        if wanted is not None:
            cosines = cosines[[p.part in wanted for r in rows for p in r.passages]]
        near = [ids[n] for n in np.argsort(-cosines, kind="stable")[:depth]]
        words: list[str] = []
        if self._indexes is not None:
            allowed = set(ids)
            asked = depth if wanted is None else sum(len(r.passages) for r in rows)
            words = [s.id for s in self._indexes.lexical.search(text, k=asked, groups=known) if s.id in allowed][:depth]
        return self._fuse(words, near), ()

    def _fuse(self, words: Sequence[str], near: Sequence[str]) -> dict[str, float]:
        return _fused(() if self.by == "dense" else words, () if self.by == "lexical" else near)

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


def _fused(words: Sequence[str], near: Sequence[str]) -> dict[str, float]:
    """Reciprocal rank fusion of two rankings of ids."""
    scores: dict[str, float] = {}
    for weight, ranking in ((WORDS_WEIGHT, words), (VECTORS_WEIGHT, near)):
        for rank, passage_id in enumerate(ranking, start=1):
            scores[passage_id] = scores.get(passage_id, 0.0) + weight / (RANK_OFFSET + rank)
    return scores
