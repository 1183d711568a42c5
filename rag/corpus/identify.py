"""What a text is about: ``identify_report(source, gazetteer=...) -> Report``.

    compact forms -> head (title, meeting, dates, speaker) -> place -> kind -> year -> fields of the user

The text is believed before file names and titles (two reports of one place may be filed under one year, titles
carry the year of upload, labels match a place by substring); what the user says is believed before all. Where
they contradict each other the report says so in its notices.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from rag.corpus.compact import compact
from rag.corpus.head import (
    Found,
    Head,
    find_delivered,
    find_meeting,
    find_published,
    find_speaker,
    find_title,
    read_head,
)
from rag.corpus.kinds import KindReading, read_kind
from rag.corpus.which_place import PlaceReading, read_place
from rag.corpus.which_year import YearReading, read_year, year_of_account
from rag.places import Gazetteer
from rag.types import Evidence, Place, Report, SourceText

_UNKNOWN_CODE = "unknown"
_STRONG = (
    "speaks for", "meeting", "plan heading", "target sentence", "review heading", "delivery date", "session"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Given:
    """What came with the text; ``sure`` where the user said it (that overrules), else a label."""

    place: str
    year: int | None
    title: str
    sure_place: bool
    sure_year: bool


def identify_report(source: SourceText, *, gazetteer: Gazetteer, given: Mapping[str, str] | None = None) -> Report:
    """The report that a text is: place, years, dates, speaker, kind, each with its evidence.

    Args:
        source: The cleaned text with its file's name and the fields that came with it. Fields are
            labels (a column of a table, a page's title): believed like a file's name, not before the
            text; with ``given_by`` "meta" among them the user wrote them, and they overrule the text.
        gazetteer: The places known.
        given: What the user said for this run (``--place``, ``--year``); it overrules all else.

    Returns:
        The report. Unknown fields are None, an unknown place is "" with code "unknown".
    """
    said = _given(source.fields, given or {})
    head = read_head(source.text)
    lines = compact(source.text, keep_lines=True)
    title, delivered = find_title(head), find_delivered(head)
    name = file_title(source.source)
    place = read_place(
        lines, head=head, title=title, source=source.source, labels=(said.place, said.title), gazetteer=gazetteer
    )
    place = _with_given_place(place, said, gazetteer)
    national = place.place is not None and place.place.level == "national"
    year = read_year(
        lines,
        title=title,
        delivered=delivered,
        published=find_published(head),
        file_name=name,
        label=said.title,
        national=national,
    )
    kind = read_kind(lines, head=head, title=title, file_name=said.title or name)
    if kind.kind == "other":
        year = year_of_account(year)
    year = _with_given_year(year, said)
    return _report(
        source, head=head, title=title, delivered=delivered, place=place, year=year, kind=kind, said=said,
        gazetteer=gazetteer,
    )  # fmt: skip


def file_title(source: str) -> str:
    """The last part of a source without its ending: ``b.zip/沈河区2020年.txt`` gives 沈河区2020年."""
    last = re.split(r"[/\\]", re.sub(r"#row \d+$", "", source))[-1]
    return re.sub(r"\.\w{2,5}$", "", last)


def _given(fields: Mapping[str, str], given: Mapping[str, str]) -> _Given:
    user = fields.get("given_by") == "meta"
    words = given.get("year") or fields.get("year") or ""
    match = re.search(r"(?:19|20)\d{2}", words)
    return _Given(
        place=(given.get("place") or fields.get("place") or "").strip(),
        year=int(match[0]) if match else None,
        title=re.sub(r"\s+", "", fields.get("title", "")),
        sure_place=user or bool(given.get("place")),
        sure_year=user or bool(given.get("year")),
    )


def _with_given_place(reading: PlaceReading, said: _Given, gazetteer: Gazetteer) -> PlaceReading:
    """The reading with the place that came with the text, where that decides."""
    if not said.place:
        return reading
    named = gazetteer.named(said.place)
    origin = "user" if said.sure_place else "metadata"
    if not named:
        if not said.sure_place:
            return reading
        place = Place(_made_up_code(said.place), said.place, said.place, said.place, "unknown")
        return replace(reading, place=place, evidence=Evidence(origin, said.place), kind=origin, rivals=())
    if reading.place is not None and any(p.code == reading.place.code for p in named):
        if not said.sure_place:
            return replace(reading, rivals=())
        return replace(reading, evidence=Evidence(origin, said.place), kind=origin, rivals=())
    if not said.sure_place and reading.kind in _STRONG:
        return reading
    among = [p for p in named if any(p.code == c.code for clue in reading.clues for c in clue.places)]
    return replace(reading, place=(among or [*named])[0], evidence=Evidence(origin, said.place), kind=origin, rivals=())


def _made_up_code(name: str) -> str:
    return "x" + hashlib.sha256(name.encode("utf-8")).hexdigest()[:5]


def _with_given_year(reading: YearReading, said: _Given) -> YearReading:
    """The reading with the year that came with the text, where that decides."""
    if said.year is None or (not said.sure_year and reading.kind in _STRONG):
        return reading
    origin = "user" if said.sure_year else "metadata"
    return replace(reading, year=said.year, evidence=Evidence(origin, str(said.year)), kind=origin)


def _report(
    source: SourceText,
    *,
    head: Head,
    title: Found | None,
    delivered: Found | None,
    place: PlaceReading,
    year: YearReading,
    kind: KindReading,
    said: _Given,
    gazetteer: Gazetteer,
) -> Report:
    """The report put together, with evidence and notices."""
    sha = hashlib.sha256(source.text.encode("utf-8")).hexdigest()
    meeting = find_meeting(head)
    speaker, published = find_speaker(head), find_published(head)
    found: dict[str, Found | None] = {
        "delivered_on": delivered, "published_on": published, "speaker": speaker,
        "meeting": meeting[1] if meeting else None, "title": title,
    }  # fmt: skip
    evidence = {name: f.evidence for name, f in found.items() if f is not None}
    for name, proof in (("place", place.evidence), ("report_year", year.evidence), ("kind", kind.evidence)):
        if proof is not None:
            evidence[name] = proof
    where = place.place
    code = where.code if where else _UNKNOWN_CODE
    published_on = published.value if published else _iso_or_none(source.fields.get("published_on", ""))
    if published is None and published_on:
        evidence["published_on"] = Evidence("metadata", source.fields["published_on"])
    result_year = _result_year(year, source.text)
    return Report(
        report_id=f"{code}-{year.year or 0:04d}-{sha[:6]}",
        text=source.text,
        text_sha256=sha,
        title=_title(source, title, place=where, year=year.year, evidence=evidence),
        kind=kind.kind,
        place=where.name if where else "",
        place_code=code,
        level=where.level if where else "unknown",
        report_year=year.year,
        result_year=result_year,
        delivered_on=delivered.value if delivered else None,
        published_on=published_on,
        speaker=speaker.value if speaker else None,
        meeting=meeting[1].value if meeting else None,
        source=source.fields.get("source") or source.source,
        source_path=source.source,
        format=source.format,
        complete=kind.complete,
        place_forms=_forms(where, gazetteer),
        evidence=evidence,
        notices=(*source.notices, *_notices(place, year, kind=kind, said=said, gazetteer=gazetteer)),
    )


def _forms(place: Place | None, gazetteer: Gazetteer) -> tuple[str, ...]:
    if place is None:
        return ()
    if gazetteer.by_code(place.code) is None:
        return tuple(dict.fromkeys((place.name, place.own, place.short)))
    return gazetteer.forms(place)


def _result_year(year: YearReading, text: str) -> int | None:
    """The year that the review accounts for: the one before the report year, or that year where it is all but over.

    The national reports of 1981 and 1982 were given at the year's end: they look back on 今年 and plan for 明年.
    """
    if year.year is None:
        return None
    autumn = any(c.kind == "delivery date" and c.year == year.year for c in year.clues) and year.autumn
    at_the_end = text.count("明年") >= 3 and text.count("今年") > 2 * text.count("去年")
    return year.year if autumn or at_the_end else year.year - 1


def _title(
    source: SourceText, found: Found | None, *, place: Place | None, year: int | None, evidence: dict[str, Evidence]
) -> str:
    """The title in the text if it tells the report from others; else the table's, the file's, or one made up."""
    if found is not None and re.search(r"[\d一二〇]{4}年|[省市区县州旗盟]", found.value):
        return found.value
    for origin, words in (("metadata", source.fields.get("title", "")), ("file name", file_title(source.source))):
        if re.search(r"报告|决议", words):
            evidence["title"] = Evidence(origin, words)
            return words
    if place is None:
        return found.value if found else file_title(source.source)
    return f"{place.own if place.level != 'national' else '国务院'}{f'{year}年' if year else ''}政府工作报告"


def _iso_or_none(words: str) -> str | None:
    match = re.match(r"\s*((?:19|20)\d{2})[-./年](\d{1,2})[-./月](\d{1,2})", words)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def _notices(
    place: PlaceReading, year: YearReading, *, kind: KindReading, said: _Given, gazetteer: Gazetteer
) -> tuple[str, ...]:
    """Chinese sentences about what is missing or contradicts itself."""
    told = list(kind.notices)
    where = place.place
    if where is None:
        told.append("没有认出这份文件是哪个地方的，请用 --place 指定。")
    elif place.kind == "user":
        if _differs(place, gazetteer):
            told.append(f"地点按您指定的“{where.name}”，与正文所写不同。")
    else:
        for kind_of, label in (("title", "标题"), ("file name", "文件名")):
            clue = place.contradicting(kind_of, gazetteer)
            if clue is not None:
                told.append(f"{label}“{clue.evidence.quote}”写的是{clue.places[0].own}，按正文认作{where.name}。")
        if said.place and not any(p.code == where.code for p in gazetteer.named(said.place)):
            told.append(f"表格里写的地点是“{said.place}”，按正文认作{where.name}。")
        if place.rivals:
            names = "、".join(p.name for p in place.rivals)
            told.append(f"地点认作{where.name}，但也可能是{names}，请核对，必要时用 --place 指定。")
    if year.year is None:
        told.append("没有认出这份报告的年份，请用 --year 指定。")
        return tuple(told)
    for kind_of, label in (("title", "标题"), ("file name", "文件名")):
        clue_of_year = year.contradicting(kind_of)
        if clue_of_year is not None and (kind_of == "title" or not year.agreeing(kind_of)):
            words = clue_of_year.evidence.quote
            told.append(f"{label}“{words}”写的是{clue_of_year.year}年，按{_reason(year)}认作{year.year}年的报告。")
    if said.year is not None and said.year != year.year and not said.sure_year:
        told.append(f"表格里写的年份是{said.year}年，按{_reason(year)}认作{year.year}年的报告。")
    return tuple(told)


def _differs(place: PlaceReading, gazetteer: Gazetteer) -> bool:
    return any(place.contradicting(kind, gazetteer) for kind in ("speaks for", "meeting"))


def _reason(year: YearReading) -> str:
    """Why the year was taken, for the reader."""
    if year.kind == "user":
        return "您的指定"
    if year.evidence is not None and year.evidence.origin == "text":
        return f"正文“{re.sub(chr(10), ' ', year.evidence.quote)[:40]}”"
    return "文件名"
