"""SourceText -> Report, Passages, Figures: the pure middle of an ingest, alone or in several processes.

read (rag/corpus) -> identify -> split -> read figures. Rules that fail on a text nobody foresaw cost that text, not the
ingest: it becomes a Skipped with a reference number, and the trace is in the log.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Generic, TypeAlias, TypeVar

from rag.corpus.files import FoundFile
from rag.corpus.limits import Limits
from rag.corpus.meta import Meta
from rag.logs import new_reference
from rag.rows import ANSWERING_KINDS
from rag.types import Figure, Passage, Report, Skipped, SourceText

STREAMED: Final = frozenset({".csv", ".tsv", ".xlsx", ".zip"})  # many reports in one file: never held whole
_POOL_FROM_FILES: Final = 12  # fewer are read sooner than processes start
_AHEAD: Final = 8  # pieces a process that may wait for the writer
_log: Final = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Analysed:
    """A report with everything that is read from it."""

    report: Report
    passages: tuple[Passage, ...]
    figures: tuple[Figure, ...]


Piece: TypeAlias = Analysed | Skipped


@dataclass(frozen=True, slots=True)
class Given:
    """What the user said of the files: for all of them, and by file in a ``--meta`` table."""

    place: str | None = None
    year: str | None = None
    meta: Meta = field(default_factory=Meta)

    def of(self, source: str) -> dict[str, str]:
        """The user's own words on one source; the command line wins over the table."""
        said = {name: value for name, value in self.meta.over({}, source).items() if name != "given_by"}
        said |= {name: value for name, value in (("place", self.place), ("year", self.year)) if value}
        return said


def read_report(report: Report) -> Analysed:
    """The passages and figures of a report; none of a copy or of a paper that is no report."""
    from rag.figures import read_figures
    from rag.passages import split_report

    if report.kind not in ANSWERING_KINDS or report.duplicate_of is not None:
        return Analysed(report, (), ())
    passages = split_report(report)
    return Analysed(report, passages, read_figures(report, passages))


def analyse_source(source: SourceText, said: Mapping[str, str]) -> Piece:
    """The report that a text is, with passages and figures; Skipped if the rules fail on it."""
    from rag.corpus.identify import identify_report
    from rag.places import load_gazetteer

    try:
        if said.get("source"):
            source = replace(source, fields={**source.fields, "source": said["source"]})
        return read_report(identify_report(source, gazetteer=load_gazetteer(), given=said))
    except Exception:  # noqa: BLE001 - the edge to texts that strangers wrote
        reference = new_reference()
        _log.exception("reference %s: reading %s failed", reference, source.source)
        reason = f"{source.source}：读取时出现内部错误（编号 {reference}，详见日志），已跳过。"
        return Skipped(source.source, reason, "internal")


def analyse_file(found: FoundFile, *, said: Mapping[str, str], limits: Limits) -> list[Piece]:
    """All pieces of a file that is not streamed."""
    return [_analysed(piece, said) for piece in _read(found, limits)]


def analyse_files(files: Iterable[FoundFile], *, given: Given, limits: Limits, jobs: int) -> Iterator[Iterator[Piece]]:
    """The pieces of each file, file by file in the order given; take one file's pieces before the next file.

    Args:
        files: Files to read.
        given: What the user said of them.
        limits: Sizes and times that no file may pass.
        jobs: Processes to read with; 1 reads here.
    """
    waiting = deque(files)
    if jobs <= 1 or len(waiting) < _POOL_FROM_FILES:
        for found in waiting:
            yield (_analysed(piece, given.of(piece.source)) for piece in _read(found, limits))
        return
    readers = _Readers(jobs)
    try:
        started: deque[tuple[FoundFile, _Task[list[Piece]] | None]] = deque()
        while waiting or started:
            while waiting and len(started) < readers.ahead:
                found = waiting.popleft()
                read = partial(analyse_file, found, said=given.of(found.source), limits=limits)
                task = None if found.path.suffix.lower() in STREAMED else readers.start(read, found.source)
                started.append((found, task))
            found, task = started.popleft()
            yield readers.streamed(found, given=given, limits=limits) if task is None else _pieces(readers, task)
    finally:
        readers.close()


def _pieces(readers: _Readers, task: _Task[list[Piece]]) -> Iterator[Piece]:
    result = readers.result(task)
    yield from [result] if isinstance(result, Skipped) else result


@dataclass(slots=True)
class _Task(Generic[T]):
    """A call that runs, or waits to run, in another process."""

    call: Callable[[], T]
    source: str
    future: Future[T]


class _Readers:
    """Processes that read; one that is killed (out of memory, a crash in a library) costs its text alone."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool = _pool(jobs)
        self.ahead = jobs * _AHEAD

    def start(self, call: Callable[[], T], source: str) -> _Task[T]:
        """Hands a call to the processes."""
        try:
            return _Task(call, source, self._pool.submit(call))
        except BrokenExecutor:
            self._begin_again()
            return _Task(call, source, self._pool.submit(call))

    def result(self, task: _Task[T]) -> T | Skipped:
        """What the call gave; if its process died, it is tried once more, alone, before it is given up."""
        try:
            return task.future.result()
        except (BrokenExecutor, CancelledError):
            _log.warning("a reading process died; trying %s alone", task.source)
        with _pool(1) as alone:
            try:
                return alone.submit(task.call).result()
            except BrokenExecutor:
                reason = f"{task.source}：读取时进程意外终止（可能是内存不足），已跳过。"
                return Skipped(task.source, reason, "crashed")

    def streamed(self, found: FoundFile, *, given: Given, limits: Limits) -> Iterator[Piece]:
        """The pieces of a file that is never held whole: read here, analysed in the processes, in order."""
        started: deque[_Task[Piece]] = deque()
        for piece in _read(found, limits):
            started.append(self.start(partial(_analysed, piece, given.of(piece.source)), piece.source))
            if len(started) >= self.ahead:
                yield self.result(started.popleft())
        while started:
            yield self.result(started.popleft())

    def close(self) -> None:
        """Ends the processes; what was not begun is given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin_again(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = _pool(self._jobs)


def default_jobs() -> int:
    """How many processes to read with: the processors this process may use, at most 8."""
    try:
        return min(8, len(os.sched_getaffinity(0)))
    except AttributeError:  # Windows and macOS
        return min(8, os.cpu_count() or 1)


def _analysed(piece: SourceText | Skipped, said: Mapping[str, str]) -> Piece:
    return piece if isinstance(piece, Skipped) else analyse_source(piece, said)


def _read(found: FoundFile, limits: Limits) -> Iterator[SourceText | Skipped]:
    from rag.corpus.reading import read_file

    return read_file(found, limits=limits)


def _pool(jobs: int) -> ProcessPoolExecutor:
    import multiprocessing

    # Spawned on every system alike: a forked copy of a process with threads (Chroma, tantivy) may hang.
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """In a reading process: ends it when the ingest that started it is gone, however that ended."""
    import multiprocessing
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the ingest's to answer
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
