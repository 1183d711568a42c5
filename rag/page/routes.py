"""What the page's script fetches: evidence, whole reports, downloads, the library and feedback.

Everything lies behind the guard of ``rag/api.py``; bodies are checked here, ids in the catalogue, text in ``markup``.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import UploadFile

from rag.api import UPLOAD_PATH
from rag.config import Lang, Settings
from rag.errors import RagError, SettingsError
from rag.export import figure_row, table_bytes
from rag.ingest import correct_report, put_back, remove_reports
from rag.logs import new_reference
from rag.page.feedback import Spot, figures_at, note_feedback
from rag.page.library import (
    LibraryView,
    coverage_html,
    event_html,
    report_row,
    reports_html,
    skipped_html,
    summary_html,
    welcome_html,
)
from rag.page.proof import Shown, Span, proof_html, report_html
from rag.page.shell import report_page
from rag.page.uploads import forget_unread, forget_upload, ingest_uploads, keep_upload
from rag.page.words import say
from rag.types import Report

STATIC: Final = Path(__file__).parent / "static"
MOST_FILES: Final = 1_000
MOST_FIGURES: Final = 2_000
_log: Final = logging.getLogger(__name__)
_UNDOABLE: Final = 20  # removals that can be undone
_MIME: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def add_page_routes(api: FastAPI, view: LibraryView, settings: Settings) -> None:
    """Adds everything that the page fetches to ``api``."""
    api.mount("/page/static", _Static(directory=STATIC), name="static")
    api.include_router(_reading_routes(view), include_in_schema=False)
    api.include_router(_library_routes(view, settings), include_in_schema=False)


def _reading_routes(view: LibraryView) -> APIRouter:
    """Evidence, whole reports, and figures as files."""
    router = APIRouter()

    @router.get("/page/proof")
    def proof(report: str, start: int, end: int, at: str = "", lang: Lang = "zh") -> Response:
        return HTMLResponse(proof_html(_shown(view, report, Span(start, end), _span(at)), lang))

    @router.get("/page/report")
    def whole(report: str, start: int = 0, end: int = 0, lang: Lang = "zh") -> Response:
        cited = Span(start, end) if end > start else None
        return HTMLResponse(report_html(_shown(view, report, cited), lang))

    @router.get("/reports/{report_id}")
    def alone(report_id: str, start: int = 0, end: int = 0, lang: Lang = "zh") -> Response:
        shown = _shown(view, report_id, Span(start, end) if end > start else None)
        return HTMLResponse(report_page(shown.report.title, report_html(shown, lang), lang))

    @router.post("/page/figures.{form}")
    async def figures(form: Literal["csv", "xlsx"], request: Request) -> Response:
        spots = _spots(await _body(request), "figures", most=MOST_FIGURES)
        content = await run_in_threadpool(_table, view, spots, form)
        disposition = {"Content-Disposition": f'attachment; filename="wenbao-figures.{form}"'}
        return Response(content, media_type=_MIME[form], headers=disposition)

    @router.post("/page/feedback")
    async def feedback(request: Request, lang: Lang = "zh") -> Response:
        said = await _body(request)
        sentences = _spots({"one": [said["sentence"]]}, "one", most=1) if said.get("sentence") else ()
        await run_in_threadpool(
            note_feedback,
            view.library.settings.library,
            view.catalogue,
            question=_text(said, "question"),
            history=_texts(said, "history"),
            verdict=_one_of(said, "verdict", ("right", "wrong", "better")),
            figures=_spots(said, "figures", most=MOST_FIGURES),
            sentence=next(iter(sentences), None),
        )
        return JSONResponse({"html": say("thanks", lang)})

    return router


def _library_routes(view: LibraryView, settings: Settings) -> APIRouter:
    """What is held, and changing it: upload, correct, remove, put back."""
    router = APIRouter()
    removed = _Removed()

    @router.get("/page/welcome")
    def welcome(lang: Lang = "zh") -> Response:
        return HTMLResponse(welcome_html(view, lang))

    @router.get("/page/library")
    def library(q: str = "", lang: Lang = "zh") -> Response:
        holdings = view.holdings()
        wanted = q.strip()[:100]
        skipped = skipped_html(view.catalogue.skipped(), lang) if not wanted else ""
        return JSONResponse(
            {
                "map": coverage_html(holdings, lang, wanted=wanted),
                "list": reports_html(holdings.listed, lang, wanted=wanted) + skipped,
                "places": sorted({rows[0].place for rows in holdings.by_place.values()}),
            }
        )

    @router.post(UPLOAD_PATH)
    async def upload(request: Request, lang: Lang = "zh") -> Response:
        async with request.form(max_files=MOST_FILES) as form:
            files = [part for _, part in form.multi_items() if isinstance(part, UploadFile) and part.filename]
            paths = [
                await run_in_threadpool(keep_upload, part.filename or "", part.file, settings=settings)
                for part in files
            ]
        if not paths:
            raise SettingsError("没有收到文件。", en="No file came in.")
        return StreamingResponse(_ingested(view, paths, settings, lang), media_type="application/x-ndjson")

    @router.post("/page/correct")
    async def correct(request: Request, lang: Lang = "zh") -> Response:
        said = await _body(request)
        report_id, place, year = _text(said, "report"), _text(said, "place"), _text(said, "year")
        if year and not re.fullmatch(r"(?:19|20)\d\d", year):
            raise SettingsError(f"年份“{year}”应为四位数字，例如 2020。", en=f"{year!r} is no year such as 2020.")
        now = await run_in_threadpool(_correct, view, settings, report_id, place.strip(), year)
        return JSONResponse(
            {
                "html": report_row(now, lang),
                "told": say("corrected", lang, place=now.place, year=now.report_year or ""),
            }
        )

    @router.post("/page/remove")
    async def remove(request: Request, lang: Lang = "zh") -> Response:
        said = await _body(request)
        taken = await run_in_threadpool(_take_out, view, settings, _text(said, "report"))
        told = say("removed", lang, title=taken.title)
        return JSONResponse({"undo": removed.keep(taken), "told": told})

    @router.post("/page/undo")
    async def undo(request: Request, lang: Lang = "zh") -> Response:
        key = _text(await _body(request), "undo")
        report = removed.report(key)
        if report is None:
            return JSONResponse({"told": say("gone", lang)})
        await run_in_threadpool(_put_back, view, settings, report)
        removed.forget(key)  # only now: a library that was busy is asked again
        return JSONResponse({"told": say("undone", lang)})

    return router


class _Static(StaticFiles):
    """Our script and style; a browser asks whether they changed before it uses what it kept."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """The file, to be asked for again."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


class _Removed:
    """The reports taken out last, so that a removal can be undone while the program runs."""

    def __init__(self) -> None:
        self._reports: OrderedDict[str, Report] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, report: Report) -> str:
        """The key under which it can be had again."""
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._reports[key] = report
            while len(self._reports) > _UNDOABLE:
                self._reports.popitem(last=False)
        return key

    def report(self, key: str) -> Report | None:
        """The report under that key."""
        return self._reports.get(key)

    def forget(self, key: str) -> None:
        """Lets go of what is in the library again."""
        with self._lock:
            self._reports.pop(key, None)


def _shown(view: LibraryView, report_id: str, cited: Span | None, at: Span | None = None) -> Shown:
    catalogue = view.catalogue
    report = catalogue.report(report_id)
    whole = Span(0, len(report.text))
    if cited is not None and not (cited.start < cited.end and whole.holds(cited.start, cited.end)):
        raise SettingsError("这段引文不在报告里。", en="The report has no such passage.")
    figures = sorted(catalogue.figures([report_id]), key=lambda f: (f.start, f.end))
    return Shown(report, catalogue.passages(report_id), figures, cited, at)


def _table(view: LibraryView, spots: Sequence[Spot], form: Literal["csv", "xlsx"]) -> bytes:
    rows = []
    for spot in spots:
        report = view.catalogue.report(spot.report_id)
        rows += [figure_row(figure, report) for figure in figures_at(view.catalogue, spot)[:1]]
    return table_bytes(rows, form)


def _ingested(view: LibraryView, paths: Sequence[Path], settings: Settings, lang: Lang) -> Iterator[str]:
    """A line of JSON for each step of reading uploaded files; errors become the last line.

    The reading has a thread of its own: the library's lock belongs to the thread that took it, and a reader who closes
    the page does not break off the upload.
    """
    lines: SimpleQueue[str | None] = SimpleQueue()

    def read() -> None:
        try:
            for line in _ingest_lines(view, paths, settings, lang):
                lines.put(line)
        except RagError as error:
            lines.put(_line(told=error.in_language(lang), done=True, failed=True))
        except Exception:  # noqa: BLE001 - an edge: the reader gets a sentence and a number, the log the rest
            reference = new_reference()
            _log.exception("%s while reading an upload", reference)
            lines.put(_line(told=say("internal", lang, reference=reference), done=True, failed=True))
        finally:
            lines.put(None)

    threading.Thread(target=read, name="upload", daemon=True).start()
    yield from iter(lines.get, None)


def _ingest_lines(view: LibraryView, paths: Sequence[Path], settings: Settings, lang: Lang) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for event in ingest_uploads(paths, settings=settings, encoder=view.library.encoder):
        counts[event.kind] += 1
        now = say("reading_files", lang, done=event.done, total=event.total, name=event.source)
        if event.done == event.total:
            now = say("indexing", lang)
        yield _line(html=event_html(event, view.catalogue, lang), told=now)
    forget_unread(paths, view.catalogue)
    yield _line(told=summary_html(counts, lang), done=True)


# These run in a thread: the first of them loads the embedding model.


def _correct(view: LibraryView, settings: Settings, report_id: str, place: str, year: str) -> Report:
    encoder = view.library.encoder
    return correct_report(report_id, place=place or None, year=year or None, settings=settings, encoder=encoder)


def _put_back(view: LibraryView, settings: Settings, report: Report) -> None:
    put_back([report], settings=settings, encoder=view.library.encoder)


def _take_out(view: LibraryView, settings: Settings, report_id: str) -> Report:
    report = view.catalogue.report(report_id)
    remove_reports([report_id], settings=settings, encoder=view.library.encoder)
    forget_upload(report, settings=settings, others=view.catalogue.reports())
    return report


def _line(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


# -- what came in -----------------------------------------------------------------------------------


async def _body(request: Request) -> dict[str, Any]:
    try:
        said = json.loads((await request.body()).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _wrong("body") from error
    if not isinstance(said, dict):
        raise _wrong("body")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise _wrong(name)
    return value


def _texts(said: dict[str, Any], name: str) -> list[str]:
    values = said.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _wrong(name)
    return values


def _one_of(said: dict[str, Any], name: str, allowed: tuple[Any, ...]) -> Any:
    if said.get(name) not in allowed:
        raise _wrong(name)
    return said[name]


def _spots(said: dict[str, Any], name: str, *, most: int) -> tuple[Spot, ...]:
    values = said.get(name) or []
    if not isinstance(values, list) or len(values) > most:
        raise _wrong(name)
    try:
        spots = tuple(Spot(report_id, start, end) for report_id, start, end in values)
    except (TypeError, ValueError) as error:
        raise _wrong(name) from error
    if not all(isinstance(s.report_id, str) and type(s.start) is int and type(s.end) is int for s in spots):
        raise _wrong(name)
    return spots


def _span(text: str) -> Span | None:
    start, dash, end = text.partition("-")
    return Span(int(start), int(end)) if dash and start.isdecimal() and end.isdecimal() else None


def _wrong(name: str) -> SettingsError:
    return SettingsError(f"请求里的 {name} 不对。", en=f"The request's {name} is not as it should be.")
