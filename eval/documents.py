"""Which report a gold's ``doc`` is: documents.jsonl beside a larger gold set, and how it is made from a folder.

A document is named by title, place, report year, the digest of its file and the file's usual name, since the reports
themselves stay where they are. What is missing is reported, never a failure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from eval.gold import Gold, json_lines
from eval.places import same_place

SUFFIXES: Final = (".txt", ".md", ".html", ".htm", ".pdf", ".docx")
DOCUMENTS: Final = "documents.jsonl"


@dataclass(frozen=True, slots=True)
class Document:
    """A report that gold questions quote. ``sha256`` is the digest of its file's bytes, ``file`` its usual name."""

    id: str
    title: str
    place: str
    year: int | None
    sha256: str
    file: str


@dataclass(frozen=True, slots=True)
class Found:
    """The documents that a folder holds, with their files, and the ids of those that it does not."""

    documents: tuple[Document, ...]
    files: Mapping[str, Path]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a report from elsewhere: a manifest of the folder, or the library that read it."""

    title: str
    place: str
    year: int | None


def load_documents(gold: Path) -> dict[str, Document]:
    """The documents.jsonl beside a gold file, by id; empty without one.

    Raises:
        GoldError: If a line of it is no JSON object.
    """
    path = gold.with_name(DOCUMENTS)
    if not path.is_file():
        return {}
    rows = (item for _, item in json_lines(path))
    return {
        str(r["id"]): Document(
            id=str(r["id"]),
            title=str(r.get("title") or ""),
            place=str(r.get("place") or ""),
            year=int(r["year"]) if r.get("year") else None,
            sha256=str(r.get("sha256") or ""),
            file=str(r.get("file") or ""),
        )
        for r in rows
    }


def docs_of(golds: Iterable[Gold]) -> tuple[str, ...]:
    """The ids of the documents that the questions quote, in order, each once."""
    return tuple(dict.fromkeys(span.doc for gold in golds for span in gold.evidence))


def find_documents(docs: Sequence[str], folder: Path, *, about: Mapping[str, About] | None = None) -> Found:
    """The documents of a folder that bear these ids: the path below it, or a file name in it, without the ending.

    Args:
        docs: Ids, as ``doc`` of the evidence says.
        folder: Where the reports lie.
        about: File path below the folder -> what is known of it; without it the title is the file's name.
    """
    by_name: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            by_name.setdefault(path.relative_to(folder).as_posix().removesuffix(path.suffix), path)
            by_name.setdefault(path.stem, path)
    files = {doc: by_name[doc] for doc in docs if doc in by_name}
    documents = []
    for doc, path in files.items():
        known = (about or {}).get(path.relative_to(folder).as_posix()) or About(path.stem, "", None)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        documents.append(Document(doc, known.title, known.place, known.year, digest, path.name))
    return Found(tuple(documents), files, tuple(doc for doc in docs if doc not in files))


def manifest_about(folder: Path) -> dict[str, About]:
    """What a manifest.jsonl in the folder or above says of its files, by their path below the folder; else nothing."""
    for base in (folder, *folder.resolve().parents[:2]):
        path = base / "manifest.jsonl"
        if path.is_file():
            inside = folder.resolve().relative_to(base.resolve()).as_posix()
            prefix = "" if inside == "." else f"{inside}/"
            found = {}
            for _, row in json_lines(path):
                name = str(row.get("path", ""))
                if name.startswith(prefix):
                    year = int(row["year"]) if row.get("year") else None
                    about = About(str(row.get("title") or ""), str(row.get("place") or ""), year)
                    found[name.removeprefix(prefix)] = about
            return found
    return {}


def library_about(folder: Path, reports: Iterable[tuple[str, About]]) -> dict[str, About]:
    """What a library says of the folder's files, by their path below the folder, from (source path, about) pairs."""
    base = folder.resolve()
    inside = ((Path(source), about) for source, about in reports)
    return {path.relative_to(base).as_posix(): about for path, about in inside if path.is_relative_to(base)}


def write_documents(documents: Iterable[Document], path: Path) -> None:
    """Writes documents.jsonl, sorted by id."""
    rows = sorted(documents, key=lambda d: d.id)
    lines = [json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def names_file(doc: str, source_path: str) -> bool:
    """Whether the id is the path's end, without the file's ending."""
    name = source_path.replace("\\", "/")
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name == doc or name.endswith(f"/{doc}")


def is_of(document: Document, place: str, year: int | None) -> bool:
    """Whether a report of that place and year can be the document."""
    return bool(document.place) and document.year == year and same_place(document.place, place)
