"""Words -> ids: a tantivy index over rjieba's words, scored with BM25.

Texts are cut into words before they reach tantivy, which then splits at blanks only: no English stemming or word rule
ever touches Chinese. rjieba's search mode gives long words and their parts (失业率 and 失业), so that either is found.
"""

from __future__ import annotations

import errno
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vectorstore.errors import StoreDamagedError, StoreMissingError, says_no_room
from vectorstore.types import Entry, Scored

WORDS = "rjieba-search+nfkc/1"  # part of the manifest: raise the number when ``words_of`` changes
MAX_QUERY_WORDS = 256
_WRITER_HEAP_BYTES = 64_000_000
_MARK = "meta.json"


def words_of(text: str) -> list[str]:
    """The words that ``text`` is indexed and searched by, in order, repeats kept; marks and blanks left out."""
    import rjieba

    plain = unicodedata.normalize("NFKC", text).casefold()
    # The first character decides nearly always, and asking each one costs more than cutting.
    return [w for w in rjieba.cut_for_search(plain) if w[0].isalnum() or any(map(str.isalnum, w))]


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
            .build()
        )
        return cls(_with_words(tantivy.Index(schema, path=str(folder), reuse=False)), folder)

    def add(self, entries: Iterable[Entry]) -> int:
        """How many entries were handed over; readers see them after ``commit``. Remove a group before adding anew."""
        import tantivy

        writer, count = self._open_writer(), 0
        with _damage_named(self._folder):
            for entry in entries:
                document = tantivy.Document(id=entry.id, group=entry.group, words=" ".join(words_of(entry.text)))
                writer.add_document(document)
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

    def search(self, text: str, *, k: int, groups: Sequence[str] | None = None) -> tuple[Scored, ...]:
        """The ``k`` entries that share the most telling words with ``text``, best first, ties by id.

        Args:
            text: Any text; without a word it finds nothing.
            k: How many to keep, at least 1.
            groups: Search in these only; None searches everything, an empty sequence nothing.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}")
        words = list(dict.fromkeys(words_of(text)))[:MAX_QUERY_WORDS]
        if not words or (groups is not None and not groups):
            return ()
        with _damage_named(self._folder):
            searcher = self._index.searcher()
            hits = searcher.search(self._query(words, groups), limit=k, count=False).hits
            found = [Scored(id=str(searcher.doc(address)["id"][0]), score=float(score)) for score, address in hits]
        return tuple(sorted(found, key=lambda s: (-s.score, s.id)))

    def _query(self, words: Sequence[str], groups: Sequence[str] | None) -> Any:
        from tantivy import Occur, Query

        query = Query.boolean_query([(Occur.Should, Query.term_query(self._schema, "words", w, "freq")) for w in words])
        if groups is None:
            return query
        scope = Query.const_score_query(Query.term_set_query(self._schema, "group", list(groups)), 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, scope)])

    def _open_writer(self) -> Any:
        if self._writer is None:
            with _damage_named(self._folder):
                self._writer = self._index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
        return self._writer


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
