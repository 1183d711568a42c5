"""Files -> catalogue -> lexical index and vectors: one writer, safe to interrupt at any point and to repeat.

For every file: unchanged (size and SHA-256, and the same rules and words of the user) -> nothing to do; else read ->
identify -> split -> read figures -> catalogue, in one transaction a report, and only then is the report acknowledged.
The indexes follow in batches, as finished generations (rag/indexes.py). What an ingest that died left undone stands in
the catalogue (``pending``) and is made up for by the next one, or when the library is next opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rag.analysis import Analysed, Given, Piece, analyse_files, analyse_source, default_jobs, read_report
from rag.catalogue import Catalogue, FileRecord
from rag.corpus.copies import settle_copies
from rag.corpus.files import FoundFile
from rag.corpus.limits import Limits
from rag.errors import ReadError
from rag.faults import killer_at
from rag.generations import publish, settled
from rag.locks import write_lock
from rag.rules import rules_fingerprint
from rag.types import Report, Skipped, SourceText

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.encoder import Encoder

EventKind: TypeAlias = Literal["added", "unchanged", "replaced", "duplicate", "skipped", "notice"]

UNKNOWN_PLACE: Final = "unknown"
CORRECTIONS: Final = "corrections"  # the catalogue's note of what people said of single reports
FIRST_PUBLISH_S: Final = 4.0  # readers see what was added so long after, also while the ingest goes on
PUBLISH_SHARE: Final = 20  # and again once the last time took less than a twentieth of the time since


@dataclass(frozen=True, slots=True)
class IngestEvent:
    """What became of one report or file.

    ``detail`` is the reason of what was skipped, the id that a duplicate is a copy of, the ids that were replaced, or
    the sentence of a notice; ``done`` and ``total`` count files.
    """

    kind: EventKind
    source: str
    report_id: str | None = None
    detail: str = ""
    place: str = ""
    report_year: int | None = None
    done: int = 0
    total: int = 0


def limits_of(settings: Settings) -> Limits:
    """The reading limits that the settings ask for."""
    mega = 1024 * 1024
    return replace(Limits(), report_bytes=settings.report_mb * mega, stream_bytes=settings.unpacked_mb * mega)


def ingest(
    paths: Iterable[str | os.PathLike[str]],
    *,
    settings: Settings,
    given: Given | None = None,
    encoder: Encoder | None = None,
    jobs: int | None = None,
) -> Iterator[IngestEvent]:
    """An event for every report, in the order of the files; each is in the catalogue when its event comes.

    Args:
        paths: Files and folders.
        settings: Names the library, the model and the limits.
        given: What the user said of the files.
        encoder: The model; None loads the one that the settings name, once it is needed.
        jobs: Processes to read with; None takes as many as there are processors.

    Raises:
        LibraryBusyError: If another process writes this library.
        RagError: If the library cannot be written or the disk is full; what was acknowledged stays.
    """
    run = _Run(settings, given or Given(), encoder, jobs or default_jobs())
    with write_lock(settings.library, doing="ingest"), Catalogue.open(settings.library, writable=True) as catalogue:
        run.on_step("locked")
        yield from run.events(catalogue, paths)


def remove_reports(report_ids: Sequence[str], *, settings: Settings, encoder: Encoder | None = None) -> tuple[str, ...]:
    """The ids taken out, with their passages, figures and vectors; a copy of one answers in its place.

    Raises:
        UnknownReportError: If one is not in the library; then none is taken out.
    """
    run = _Run(settings, Given(), encoder, 1)
    with write_lock(settings.library, doing="remove"), Catalogue.open(settings.library, writable=True) as catalogue:
        wanted = tuple(dict.fromkeys(report_ids))
        removed = [catalogue.report(report_id) for report_id in wanted]
        with catalogue.transaction():
            for report in removed:
                catalogue.remove(report.report_id)
                catalogue.forget_file(_file_of(report.source_path))
            for report in removed:
                settle_identity(catalogue, report)
        run.bring_up_to_date(catalogue)
    return wanted


def put_back(reports: Sequence[Report], *, settings: Settings, encoder: Encoder | None = None) -> tuple[str, ...]:
    """The ids of ``reports`` that were taken out and are in the library again, read by today's rules."""
    run = _Run(settings, Given(), encoder, 1)
    ids = []
    with write_lock(settings.library, doing="put back"), Catalogue.open(settings.library, writable=True) as catalogue:
        with catalogue.transaction():
            for report in reports:
                report_id = _free_id(catalogue, report.report_id, report.source_path)
                whole = replace(report, duplicate_of=None)
                put_analysed(catalogue, _renamed(read_report(whole), report_id, report.source_path))
                settle_identity(catalogue, whole)
                ids.append(report_id)
        run.bring_up_to_date(catalogue)
    return tuple(ids)


def correct_report(
    report_id: str,
    *,
    place: str | None = None,
    year: str | None = None,
    settings: Settings,
    encoder: Encoder | None = None,
) -> Report:
    """The report as it is after a person said of what place or year it is; a later ingest of its file keeps to that.

    Raises:
        UnknownReportError: If there is no such report.
        ReadError: If it cannot be read so.
    """
    run = _Run(settings, Given(place=place, year=year), encoder, 1)
    with write_lock(settings.library, doing="correct"), Catalogue.open(settings.library, writable=True) as catalogue:
        old = catalogue.report(report_id)
        with catalogue.transaction():
            said = _corrections(catalogue).get(old.source_path, {}) | run.given.of(old.source)
            new_id = _reread(catalogue, old, said)
            _remember_correction(catalogue, old.source_path, said)
            _rename_in_record(catalogue, _file_of(old.source_path), report_id, new_id)
        run.bring_up_to_date(catalogue)
        return catalogue.report(new_id)


def settle_identity(catalogue: Catalogue, report: Report) -> None:
    """Decides anew which reports of ``report``'s identity answer and which are copies, and stores what changed."""
    known = report.place_code != UNKNOWN_PLACE and report.report_year is not None
    ids = (
        catalogue.same_identity(report.place_code, report.report_year)
        if known
        else catalogue.same_text(report.text_sha256)
    )
    before = [catalogue.report(report_id) for report_id in ids]
    for old, new in zip(before, settle_copies(before) if known else _copies_of_first(before), strict=True):
        if new.duplicate_of != old.duplicate_of:
            put_analysed(catalogue, read_report(new))
        elif new != old:
            report_id = new.report_id
            passages, figures = catalogue.passages(report_id), catalogue.figures([report_id])
            catalogue.put(new, passages, figures, read_by=catalogue.read_by(report_id))


def put_analysed(catalogue: Catalogue, analysed: Analysed) -> None:
    """Stores a report that today's rules have read."""
    catalogue.put(analysed.report, analysed.passages, analysed.figures, read_by=rules_fingerprint())


def _corrections(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """What people said of single reports, by source path."""
    known = json.loads(catalogue.meta(CORRECTIONS) or "{}")
    return {str(path): dict(said) for path, said in known.items()}


def _remember_correction(catalogue: Catalogue, source_path: str, said: Mapping[str, str]) -> None:
    known = _corrections(catalogue) | {source_path: dict(said)}
    catalogue.set_meta(CORRECTIONS, json.dumps(known, ensure_ascii=False))


def _corrected(report: Report, said: Mapping[str, str]) -> Piece:
    """A report read anew, with what a person said of it over what its text says."""
    source = SourceText(report.source, report.format, report.text, fields={"title": report.title})
    piece = analyse_source(source, said)
    if isinstance(piece, Skipped):
        return piece
    kept = replace(
        piece.report,
        title=report.title,
        delivered_on=report.delivered_on,
        published_on=report.published_on,
        source=report.source,
        source_path=report.source_path,
        complete=report.complete,
        notices=report.notices,
    )
    return replace(piece, report=kept)


def _reread(catalogue: Catalogue, old: Report, said: Mapping[str, str]) -> str:
    """The id of ``old`` after it was read anew with what was said, in place of what was stored."""
    piece = _corrected(old, said)
    if isinstance(piece, Skipped):
        raise ReadError(piece.reason)
    catalogue.remove(old.report_id)
    new_id = _free_id(catalogue, piece.report.report_id, old.source_path)
    put_analysed(catalogue, _renamed(piece, new_id, old.source_path))
    settle_identity(catalogue, old)
    settle_identity(catalogue, piece.report)
    return new_id


def _rename_in_record(catalogue: Catalogue, path: str, old: str, new: str) -> None:
    """Lets what is remembered of a file name a report by its new id, so that the file still counts as unchanged."""
    record = catalogue.file(path)
    if record is not None:
        outcome = tuple((source, new if i == old else i, detail) for source, i, detail in record.outcome)
        catalogue.put_file(replace(record, outcome=outcome))


def _copies_of_first(reports: Sequence[Report]) -> tuple[Report, ...]:
    """Equal texts of which nobody knows what they are about: the first one answers."""
    first = reports[0].report_id if reports else None
    return tuple(replace(report, duplicate_of=None if n == 0 else first) for n, report in enumerate(reports))


class _Run:
    """One ingest: what it was told, and the index writer that it opens when there is something to write."""

    def __init__(self, settings: Settings, given: Given, encoder: Encoder | None, jobs: int) -> None:
        self.settings = settings
        self.given = given
        self.jobs = jobs
        self.limits = limits_of(settings)
        self.on_step: Callable[[str], None] = killer_at(settings.fault_at)
        self._encoder = encoder
        self._published_at = time.monotonic()
        self._publish_s = 0.0
        self._done = self._total = self._acknowledged = 0

    def events(self, catalogue: Catalogue, paths: Iterable[str | os.PathLike[str]]) -> Iterator[IngestEvent]:
        """The events of the whole run."""
        from rag.corpus.reading import find_files

        notice = unfinished_notice(catalogue)
        if notice:
            yield IngestEvent("notice", "", detail=notice)
        found = list(find_files(paths, limits=self.limits))
        self._total = len(found)
        met: set[str] = set()
        for event in self._each(catalogue, _without_repeats(found)):
            met |= self.given.meta.rows_for(event.source)
            yield event
        for skipped in self.given.meta.unmatched(met):
            yield IngestEvent("skipped", skipped.source, detail=skipped.reason)
        self.bring_up_to_date(catalogue)
        self.on_step("finished")

    def bring_up_to_date(self, catalogue: Catalogue) -> None:
        """Makes the indexes hold what the catalogue says, if they do not, and closes the books on this run."""
        if not settled(self.settings.library, catalogue):
            self._publish(catalogue)
        if catalogue.meta("ingest") is not None:
            catalogue.clear_meta("ingest")

    def _each(self, catalogue: Catalogue, found: Sequence[FoundFile | Skipped]) -> Iterator[IngestEvent]:
        """Events of the files; those that changed are read ahead in other processes, in the order of all."""
        plans = [_plan(catalogue, one, self._read_by(one), self.limits) for one in found]
        changed = analyse_files(
            [p.found for p in plans if p.found is not None], given=self.given, limits=self.limits, jobs=self.jobs
        )
        for plan in plans:
            if plan.found is None:
                yield from self._counted(plan.events)
            else:
                yield from self._store_file(catalogue, plan, next(changed))
            self._done += 1

    def _read_by(self, one: FoundFile | Skipped) -> str:
        said = json.dumps(self.given.of(one.source), sort_keys=True)
        about = f"{rules_fingerprint()} {self.limits} {said}"
        return hashlib.sha256(about.encode("utf-8")).hexdigest()[:16]

    def _store_file(self, catalogue: Catalogue, plan: _Plan, pieces: Iterator[Piece]) -> Iterator[IngestEvent]:
        assert plan.found is not None
        key = file_key(plan.found.path)
        before = catalogue.ids_from_file(key)
        stored: list[IngestEvent] = []
        kept: list[str] = []
        piece = next(pieces, None)
        while piece is not None:
            following = next(pieces, None)
            with catalogue.transaction():
                event = self._store(catalogue, piece, key=key, name=plan.found.source, before=before)
                stored.append(event)
                if event.report_id is not None:
                    kept.append(event.report_id)
                if following is None:  # with the last piece, so that a file is known whole or not at all
                    self._drop_missing(catalogue, before, kept)
                    catalogue.put_file(plan.record(stored))
                self._acknowledged += event.report_id is not None
                self._note_progress(catalogue)
                self.on_step("report-put")
            self.on_step("report-committed")
            yield from self._counted([event])
            self.on_step("acknowledged")
            self._follow(catalogue)
            piece = following
        if not stored:  # an empty table or archive
            with catalogue.transaction():
                self._drop_missing(catalogue, before, kept)
                catalogue.put_file(plan.record(stored))

    def _store(self, catalogue: Catalogue, piece: Piece, *, key: str, name: str, before: Sequence[str]) -> IngestEvent:
        if isinstance(piece, Skipped):
            return IngestEvent("skipped", piece.source, detail=piece.reason)
        path = key + piece.report.source_path.removeprefix(name)
        said = _corrections(catalogue).get(path)
        if said is not None:
            piece = _corrected(piece.report, said | self.given.of(piece.report.source))
            if isinstance(piece, Skipped):
                return IngestEvent("skipped", piece.source, detail=piece.reason)
        report = piece.report
        report_id = _free_id(catalogue, report.report_id, path)
        put_analysed(catalogue, _renamed(piece, report_id, path))
        settle_identity(catalogue, report)
        now = catalogue.report(report_id)
        old = [i for i in before if _path_of(catalogue, i) == path]
        event = IngestEvent(
            "replaced" if old else "added", report.source_path, report_id, " ".join(old), now.place, now.report_year
        )
        return event if now.duplicate_of is None else replace(event, kind="duplicate", detail=now.duplicate_of)

    def _drop_missing(self, catalogue: Catalogue, before: Sequence[str], kept: Sequence[str]) -> None:
        # A file that can no longer be read takes nothing with it: what it once said stays until it says otherwise.
        for report_id in before if kept else ():
            if report_id not in kept and catalogue.has(report_id):
                report = catalogue.report(report_id)
                catalogue.remove(report_id)
                settle_identity(catalogue, report)

    def _note_progress(self, catalogue: Catalogue) -> None:
        note = {
            "pid": os.getpid(),
            "stored": self._acknowledged,
            "total": max(self._total - self._done - 1, 0) + self._acknowledged,
        }
        catalogue.set_meta("ingest", json.dumps(note))

    def _counted(self, events: Iterable[IngestEvent]) -> Iterator[IngestEvent]:
        for event in events:
            yield replace(event, done=self._done + 1, total=self._total)

    def _follow(self, catalogue: Catalogue) -> None:
        """Puts a new generation of the indexes in place, if it is time to."""
        since = time.monotonic() - self._published_at
        if since < max(FIRST_PUBLISH_S, PUBLISH_SHARE * self._publish_s):
            return
        self._publish(catalogue)

    def _publish(self, catalogue: Catalogue) -> None:
        if self._encoder is None:
            from rag.encoder import load_encoder

            self._encoder = load_encoder(self.settings)
        began = time.monotonic()
        publish(self.settings.library, catalogue=catalogue, encoder=self._encoder, on_step=self.on_step)
        self._published_at = time.monotonic()
        self._publish_s = self._published_at - began


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do with one file: the events that are known already, or the file to read and how to remember it."""

    events: tuple[IngestEvent, ...] = ()
    found: FoundFile | None = None
    sha256: str = ""
    read_by: str = ""

    def record(self, stored: Sequence[IngestEvent]) -> FileRecord:
        """What the catalogue remembers of the file."""
        assert self.found is not None
        outcome = tuple((e.source, e.report_id or "", e.detail) for e in stored)
        return FileRecord(
            file_key(self.found.path), self.found.size, self.found.mtime_ns, self.sha256, self.read_by, outcome
        )


def _plan(catalogue: Catalogue, one: FoundFile | Skipped, read_by: str, limits: Limits) -> _Plan:
    if isinstance(one, Skipped):
        return _Plan((IngestEvent("skipped", one.source, detail=one.reason),))
    try:
        sha256 = one.sha256() if one.size <= limits.stream_bytes else ""
    except OSError:
        sha256 = ""  # the reader says why it cannot be opened
    record = catalogue.file(file_key(one.path))
    same = record is not None and sha256 and (record.size, record.sha256, record.read_by) == (one.size, sha256, read_by)
    if record is None or not same or not all(catalogue.has(i) for _, i, _ in record.outcome if i):
        return _Plan(found=one, sha256=sha256, read_by=read_by)
    return _Plan(
        tuple(
            IngestEvent("unchanged", source, report_id) if report_id else IngestEvent("skipped", source, detail=detail)
            for source, report_id, detail in record.outcome
        )
    )


def unfinished_notice(catalogue: Catalogue) -> str | None:
    """The sentence on an ingest that died, or None: how many of its reports are in the library."""
    note = catalogue.meta("ingest")
    if note is None:
        return None
    try:
        known = json.loads(note)
        stored, total = int(known["stored"]), int(known["total"])
    except (ValueError, KeyError, TypeError):
        return "上次导入未完成，请再次运行原来的导入命令。"
    rest = "" if stored >= total else "其余的请再次运行原来的导入命令。"
    return f"上次导入未完成，已恢复 {stored}/{total} 份。{rest}"


def _without_repeats(found: Sequence[FoundFile | Skipped]) -> list[FoundFile | Skipped]:
    by_key: dict[str, FoundFile | Skipped] = {}
    for one in found:
        key = file_key(one.path) if isinstance(one, FoundFile) else f"\0{one.source}\0{one.code}"
        by_key.setdefault(key, one)
    return list(by_key.values())


def file_key(path: Path) -> str:
    """The path as the catalogue keeps it: bytes that are no UTF-8 are written out, so that any name can be kept."""
    return os.fsencode(path).decode("utf-8", "backslashreplace") if os.name == "posix" else str(path)


def _file_of(source_path: str) -> str:
    """The file that a report's path lies in; rows and members are cut off where the file itself exists."""
    path = Path(source_path.partition("#row ")[0])
    while not path.exists() and path.parent != path:
        path = path.parent
    return str(path) if path.is_file() else source_path.partition("#row ")[0]


def _path_of(catalogue: Catalogue, report_id: str) -> str:
    return catalogue.report(report_id).source_path if catalogue.has(report_id) else ""


def _free_id(catalogue: Catalogue, report_id: str, path: str) -> str:
    """``report_id``, or with -2, -3 … behind it where another file's report has it already."""
    number, candidate = 1, report_id
    while catalogue.has(candidate) and catalogue.report(candidate).source_path != path:
        number += 1
        candidate = f"{report_id}-{number}"
    return candidate


def _renamed(analysed: Analysed, report_id: str, path: str) -> Analysed:
    old = analysed.report.report_id
    report = replace(analysed.report, report_id=report_id, source_path=path)
    if report_id == old:
        return Analysed(report, analysed.passages, analysed.figures)
    passages = tuple(
        replace(p, report_id=report_id, passage_id=p.passage_id.replace(old, report_id, 1)) for p in analysed.passages
    )
    figures = tuple(
        replace(f, report_id=report_id, passage_id=f.passage_id.replace(old, report_id, 1)) for f in analysed.figures
    )
    return Analysed(report, passages, figures)
