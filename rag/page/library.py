"""What the library holds, as the page shows it: coverage map, list of reports, examples to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from rag.config import Lang
from rag.holdings import ANSWERING, Holdings
from rag.ingest import IngestEvent
from rag.page.markup import button, escape
from rag.page.words import say
from rag.types import Figure, Report
from rag.wording import short_place, years_text

if TYPE_CHECKING:
    from rag.catalogue import Catalogue
    from rag.library import Library
    from rag.places import Gazetteer

MOST_ROWS: Final = 60  # reports listed at once
MOST_PLACES: Final = 300  # rows of the coverage map
EXAMPLES: Final = 5
_EXAMPLE_PLACES: Final = 6  # reports whose figures are looked at for examples
_SURE: Final = 0.9


class LibraryView:
    """The library as pages need it; what is costly is kept until the library changes."""

    def __init__(self, library: Library, gazetteer: Gazetteer) -> None:
        self.library = library
        self.gazetteer = gazetteer
        self._kept: tuple[int, Holdings, tuple[str, ...]] | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue as it is now."""
        return self.library.catalogue

    def holdings(self) -> Holdings:
        """Which reports answer for whom and when."""
        return self._fresh()[1]

    def examples(self) -> tuple[str, ...]:
        """Questions that the library can answer, of several kinds."""
        return self._fresh()[2]

    def _fresh(self) -> tuple[int, Holdings, tuple[str, ...]]:
        generation = self.library.refresh()
        kept = self._kept
        if kept is None or kept[0] != generation:
            holdings = Holdings.of(self.catalogue.reports())
            kept = (generation, holdings, tuple(dict.fromkeys(examples_of(holdings, self.catalogue)))[:EXAMPLES])
            self._kept = kept
        return kept


def examples_of(holdings: Holdings, catalogue: Catalogue) -> Iterator[str]:
    """Questions over what is held: single figures of the newest reports, then lists, series and sweeps."""
    newest = sorted(
        (rows[-1] for rows in holdings.by_place.values() if rows[-1].report_year),
        key=lambda r: (-(r.report_year or 0), r.place_code),
    )
    wanted = (("target", "{place}{year}年{what}目标是多少？"), ("actual", "{place}{year}年{what}完成了多少？"))
    for n, report in enumerate(newest[:_EXAMPLE_PLACES]):
        role, sentence = wanted[n % 2]
        figure = _telling(catalogue.figures([report.report_id]), role, report, skip=n // 2)
        if figure is not None:
            what = figure.indicator_id if figure.measure == "level" else f"{figure.indicator_id}增长"
            yield sentence.format(place=short_place(report.place), year=figure.period, what=what)
        if n == 1:
            yield from _of_many(holdings)
        if n == 0 and any(p.part == "livelihood" for p in catalogue.passages(report.report_id)):
            yield f"{short_place(report.place)}{report.report_year}年民生实事有哪些？"


def _of_many(holdings: Holdings) -> Iterator[str]:
    """A sweep and a series, where there are reports enough."""
    provinces = [rows[-1] for rows in holdings.by_place.values() if rows[-1].level == "province"]
    if len(provinces) > 2:
        year = max(r.report_year or 0 for r in provinces)
        yield f"各省{year}年地区生产总值增长目标"
    longest = max(holdings.by_place.values(), key=len, default=())
    if len(longest) > 3:
        years = [r.report_year or 0 for r in longest[-5:]]
        yield f"{short_place(longest[0].place)}{years[0]}年到{years[-1]}年每年的地区生产总值增长目标"


def _telling(figures: Sequence[Figure], role: str, report: Report, *, skip: int) -> Figure | None:
    """A well-known figure of the report's own place and year."""
    fits = [
        f
        for f in figures
        if f.role == role and f.indicator_id and f.place == report.place and f.confidence >= _SURE
        and f.measure in ("level", "growth") and f.period.isdigit()
    ]  # fmt: skip
    different = list({f.indicator_id: f for f in reversed(fits)}.values())[::-1]
    return different[skip % len(different)] if different else None


# -- coverage and list ------------------------------------------------------------------------------


def coverage_html(holdings: Holdings, lang: Lang, *, wanted: str = "") -> str:
    """Places by years: a filled cell for each report that answers, an empty one for each gap.

    Args:
        holdings: What is held.
        lang: Language of its words.
        wanted: Words that a place must hold to be shown, or one of its reports; all, if none does.
    """
    every = {rows[0].place: rows for rows in holdings.by_place.values() if rows[0].place}
    words = wanted.split()
    rows = {p: held for p, held in every.items() if any(_fits(report, words) for report in held)} or every
    years = sorted({r.report_year for of_place in rows.values() for r in of_place if r.report_year})
    if not years:
        return ""
    head = "".join(f'<th scope="col">{year}</th>' for year in years)
    body = "".join(_coverage_row(place, of_place, years, lang) for place, of_place in list(rows.items())[:MOST_PLACES])
    more = len(rows) - MOST_PLACES
    rest = f'<p class="none">{escape(say("more_places", lang, count=more))}</p>' if more > 0 else ""
    return (
        f'<p class="count">{escape(say("coverage_note", lang))}</p><div class="scroll"><table class="coverage">'
        f'<thead><tr><th scope="col">{escape(say("place", lang))}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>{rest}'
    )


def _coverage_row(place: str, reports: Sequence[Report], years: Sequence[int], lang: Lang) -> str:
    by_year: dict[int, list[Report]] = {}
    for report in reports:
        by_year.setdefault(report.report_year or 0, []).append(report)
    cells = "".join(_cell(by_year.get(year, []), place, year, lang) for year in years)
    return f'<tr><th scope="row" title="{escape(place)}">{escape(short_place(place))}</th>{cells}</tr>'


def _cell(reports: Sequence[Report], place: str, year: int, lang: Lang) -> str:
    if not reports:
        return "<td></td>"
    label = f"{place} {year}"
    first = reports[0]
    partial = " partial" if not first.complete or first.kind == "partial" else ""
    return (
        f'<td><a class="held{partial}" href="{report_address(first.report_id, lang)}" target="_blank" '
        f'title="{escape(label)}" aria-label="{escape(label)}">{len(reports) if len(reports) > 1 else ""}</a></td>'
    )


def reports_html(reports: Sequence[Report], lang: Lang, *, wanted: str = "") -> str:
    """The reports that fit what was typed, each with what can be done with it."""
    words = wanted.split()
    fitting = [r for r in reports if _fits(r, words)]
    fitting.sort(key=lambda r: (r.place_code, -(r.report_year or 0), r.report_id))
    if not fitting:
        return f'<p class="none">{escape(say("nothing_held", lang))}</p>'
    listed = "".join(report_row(report, lang) for report in fitting[:MOST_ROWS])
    more = len(fitting) - MOST_ROWS
    rest = f'<p class="none">{escape(say("more_rows", lang, count=more))}</p>' if more > 0 else ""
    count = escape(say("count_reports", lang, count=len(fitting)))
    return f'<p class="count">{count}</p><ul class="reports">{listed}</ul>{rest}'


def report_row(report: Report, lang: Lang, *, found: str = "") -> str:
    """A report of the list: what it is, and buttons to read, ask, correct and remove it."""
    place = report.place or say("unknown_place", lang)
    year = str(report.report_year or say("unknown_year", lang))
    kind = (
        say("copy_of", lang, report_id=report.duplicate_of) if report.duplicate_of else say(f"kind_{report.kind}", lang)
    )
    sure = "" if report.place and report.report_year else " unsure"
    ask = f"{short_place(report.place)}{report.report_year or ''}年" if report.place else ""
    actions = [
        f'<a href="{report_address(report.report_id, lang)}" target="_blank">{escape(say("whole", lang))}</a>',
        button(say("ask_about", lang), "ask-about", question=ask) if ask and report.kind in ANSWERING else "",
        button(say("correct", lang), "correct", report=report.report_id),
        button(say("remove", lang), "remove", report=report.report_id),
    ]
    return (
        f'<li class="report{sure}" data-report="{escape(report.report_id)}" data-place="{escape(report.place)}" '
        f'data-year="{report.report_year or ""}"><div class="about"><strong>{escape(place)} {escape(year)}</strong> '
        f'<span class="name">{escape(report.title)}</span>'
        f"<small>{escape(kind)} · {escape(report.source)}{f' · {escape(found)}' if found else ''}</small></div>"
        f'<div class="actions">{"".join(actions)}</div></li>'
    )


def report_address(report_id: str, lang: Lang) -> str:
    """Where the page serves a whole report."""
    return escape(f"/reports/{quote(report_id, safe='')}?lang={lang}")


def skipped_html(skipped: Sequence[tuple[str, str]], lang: Lang) -> str:
    """What the ingested files held that could not be read, and why."""
    if not skipped:
        return ""
    listed = "".join(f"<li>{escape(reason or source)}</li>" for source, reason in skipped[:MOST_ROWS])
    title = f"{say('event_skipped', lang)} {len(skipped)}"
    return f'<details class="skipped"><summary>{escape(title)}</summary><ul>{listed}</ul></details>'


def welcome_html(view: LibraryView, lang: Lang) -> str:
    """What an empty conversation shows: what is held, and examples made from it."""
    holdings = view.holdings()
    count = sum(len(rows) for rows in holdings.by_place.values())
    if not count:
        return f"<h2>{escape(say('welcome', lang))}</h2><p>{escape(say('empty_library', lang))}</p>"
    years = sorted({r.report_year for rows in holdings.by_place.values() for r in rows if r.report_year})
    span = years_text((years[0],)) if len(years) == 1 else f"{years[0]}—{years[-1]}" if years else ""
    line = say("welcome_line", lang, reports=count, places=len(holdings.by_place), years=span)
    tries = "".join(f"<li>{button(question, 'ask', question=question)}</li>" for question in view.examples())
    return (
        f"<h2>{escape(say('welcome', lang))}</h2><p>{escape(line)}</p>"
        f'<ul class="examples" aria-label="{escape(say("try", lang))}">{tries}</ul>'
    )


# -- what became of an upload -----------------------------------------------------------------------


def event_html(event: IngestEvent, catalogue: Catalogue, lang: Lang) -> str:
    """A line on what became of one file, with what was found in it."""
    label = say(f"event_{event.kind}", lang)
    if event.report_id is None or not catalogue.has(event.report_id):
        return f'<li class="event {event.kind}"><b>{escape(label)}</b> {escape(event.detail or event.source)}</li>'
    report = catalogue.report(event.report_id)
    passages = catalogue.passages(event.report_id)
    parts = "、".join(dict.fromkeys(say(f"part_{p.part}", lang) for p in passages if p.part != "unknown"))
    figures = len(catalogue.figures([event.report_id]))
    found = [label, say("found_in", lang, passages=len(passages), figures=figures)]
    found += [say("found_parts", lang, parts=parts)] if parts else []
    return report_row(report, lang, found=" · ".join(found))


def summary_html(counts: Mapping[str, int], lang: Lang) -> str:
    """The last line of an upload."""
    kinds = ("added", "replaced", "unchanged", "duplicate", "skipped")
    return escape(say("ingested", lang, **{kind: counts.get(kind, 0) for kind in kinds}))


def _fits(report: Report, words: Sequence[str]) -> bool:
    about = f"{report.place} {report.report_year} {report.title} {report.source} {' '.join(report.place_forms)}"
    return all(word in about for word in words)
