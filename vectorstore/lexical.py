"""Words -> ids: a tantivy index over characters and pairs of characters, scored with BM25.

Texts are cut before they reach tantivy, which then splits at blanks only: no English stemming or word rule ever touches
Chinese. Characters and their pairs find more than the words of a dictionary do (docs/retrieval.md has the figures),
most of all where a question is put in other words than the report's.
"""

from __future__ import annotations

import errno
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vectorstore.errors import StoreDamagedError, StoreMissingError, says_no_room
from vectorstore.types import Entry, Scored

WORDS = "characters-and-pairs+nfkc/2"  # part of the manifest: raise the number when ``words_of`` or a field changes
MAX_QUERY_WORDS = 256
_K1 = 1.2  # tantivy's own, of BM25: how fast a word that is repeated counts for less
_RUN = re.compile(r"[㐀-鿿豈-﫿]+|[^\W_㐀-鿿豈-﫿]+")  # Chinese characters, or letters and digits of others
_WRITER_HEAP_BYTES = 64_000_000
_MARK = "meta.json"


def words_of(text: str) -> list[str]:
    """What ``text`` is indexed and searched by, repeats kept: Chinese characters and their pairs, other words whole."""
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "㐀" <= run[0] <= "鿿" or "豈" <= run[0] <= "﫿":
            found += run
            found += [run[at : at + 2] for at in range(len(run) - 1)]
        else:
            found.append(run)
    return found


class LexicalIndex:
    """A folder of words. Any number may read; one writes, which the caller sees to."""

    def __init__(self, index: Any, folder: Path) -> None:
        self._index = index
        self._schema = index.schema
        self._folder = folder
        self._writer: Any = None

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """The index in ``folder``.

        Raises:
            StoreMissingError: If there is none.
            StoreDamagedError: If it cannot be opened.
        """
        import tantivy

        if not (folder / _MARK).is_file():
            raise StoreMissingError(f"no lexical index in {folder}")
        with _damage_named(folder):
            return cls(_with_words(tantivy.Index.open(str(folder))), folder)

    @classmethod
    def create(cls, folder: Path) -> LexicalIndex:
        """A new, empty index in ``folder``, which must not hold one."""
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        schema = (
            tantivy.SchemaBuilder()
            .add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
            .add_text_field("group", tokenizer_name="raw", index_option="basic")
            .add_text_field("words", tokenizer_name="blanks", index_option="freq")
            .add_text_field("about", tokenizer_name="blanks", index_option="basic")
            .build()
        )
        return cls(_with_words(tantivy.Index(schema, path=str(folder), reuse=False)), folder)

    def add(self, entries: Iterable[Entry]) -> int:
        """How many entries were handed over; readers see them after ``commit``. Remove a group before adding anew."""
        import tantivy

        writer, count = self._open_writer(), 0
        with _damage_named(self._folder):
            for entry in entries:
                words, about = (" ".join(words_of(text)) for text in (entry.text, entry.about))
                writer.add_document(tantivy.Document(id=entry.id, group=entry.group, words=words, about=about))
                count += 1
        return count

    def remove_groups(self, groups: Iterable[str]) -> None:
        """Takes all entries of these groups out, with the next ``commit``; entries added after this call stay."""
        writer = self._open_writer()
        with _damage_named(self._folder):
            for group in groups:
                writer.delete_documents_by_term("group", group)

    def commit(self) -> None:
        """Makes what was added and removed durable, and visible to every reader that reloads."""
        if self._writer is not None:
            with _damage_named(self._folder):
                self._writer.commit()
            self.reload()

    def reload(self) -> None:
        """Lets later searches see what was committed, here or by another process."""
        with _damage_named(self._folder):
            self._index.reload()

    def close(self) -> None:
        """Drops what was not committed and waits until the files are at rest."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with _damage_named(self._folder):
                writer.rollback()
                writer.wait_merging_threads()

    def __len__(self) -> int:
        """Number of entries that readers see."""
        with _damage_named(self._folder):
            return int(self._index.searcher().num_docs)

    def ceiling(self, text: str) -> float:
        """The score that no entry's own words can pass in a search for ``text``; 0 without a word.

        A score divided by it says how much of the question an entry holds, which scores alone do not: they grow with
        the number of words that are asked for.
        """
        with _damage_named(self._folder):
            searcher = self._index.searcher()
            held = int(searcher.num_docs)
            counts = [int(searcher.doc_freq("words", word)) for word in _asked(text)]
        return sum((_K1 + 1) * math.log1p((held - count + 0.5) / (count + 0.5)) for count in counts)

    def search(
        self, text: str, *, k: int, groups: Sequence[str] | None = None, ids: Sequence[str] | None = None
    ) -> tuple[Scored, ...]:
        """The ``k`` entries that share the most telling words with ``text``, best first, ties by id.

        Args:
            text: Any text; without a word it finds nothing.
            k: How many to keep, at least 1.
            groups: Search in these only; None searches everything, and what entries are about too; an empty sequence
                nothing.
            ids: Score these entries only; None scores all, an empty sequence none.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        words = _asked(text)
        if not words or (groups is not None and not groups) or (ids is not None and not ids):
            return ()
        with _damage_named(self._folder):
            searcher = self._index.searcher()
            hits = searcher.search(self._query(words, groups, ids), limit=k, count=False).hits
            found = [Scored(id=str(searcher.doc(address)["id"][0]), score=float(score)) for score, address in hits]
        return tuple(sorted(found, key=lambda s: (-s.score, s.id)))

    def _query(self, words: Sequence[str], groups: Sequence[str] | None, ids: Sequence[str] | None) -> Any:
        from tantivy import Occur, Query

        terms = [Query.term_query(self._schema, "words", w, "freq") for w in words]
        if groups is None:
            terms += [Query.term_query(self._schema, "about", w, "basic") for w in words]
        query = Query.boolean_query([(Occur.Should, term) for term in terms])
        limits = [
            Query.const_score_query(Query.term_set_query(self._schema, field, list(allowed)), 0.0)
            for field, allowed in (("group", groups), ("id", ids))
            if allowed is not None
        ]
        if not limits:
            return query
        return Query.boolean_query([(Occur.Must, query), *((Occur.Must, limit) for limit in limits)])

    def _open_writer(self) -> Any:
        if self._writer is None:
            with _damage_named(self._folder):
                self._writer = self._index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
        return self._writer


def _asked(text: str) -> list[str]:
    return list(dict.fromkeys(words_of(text)))[:MAX_QUERY_WORDS]


def _with_words(index: Any) -> Any:
    from tantivy import TextAnalyzerBuilder, Tokenizer

    index.register_tokenizer("blanks", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    return index


@contextmanager
def _damage_named(folder: Path) -> Iterator[None]:
    """Turns what tantivy raises on files that it cannot use, its Rust panics too, into our own errors."""
    try:
        yield
    except OSError:
        raise
    except BaseException as error:
        if says_no_room(error):
            raise OSError(errno.ENOSPC, f"no space left while writing {folder}") from error
        if isinstance(error, ValueError | RuntimeError | KeyError) or type(error).__name__ == "PanicException":
            raise StoreDamagedError(f"the lexical index in {folder} cannot be used: {error}") from error
        raise
