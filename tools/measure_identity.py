"""Measure how many reports of a corpus get the right place and report year, with their names and without.

    python tools/measure_identity.py ../shared/corpus

Labels are the corpus's manifest with the corrections of ``tests/cases/manifest_corrections.json`` (each with
the sentence that proves it), and ``tests/cases/raw_labels.json`` for files the manifest does not tell of.
Every file is read twice: under its own name and folders, and copied to 0001.txt, 0002.docx, ….
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CASES = ROOT / "tests" / "cases"


@dataclass(frozen=True)
class Label:
    """What is right for a file, by reading it."""

    path: str
    place: str
    year: int


@dataclass(frozen=True)
class Result:
    """What was found for a file, beside what is right."""

    label: Label
    place: str
    year: int | None
    place_right: bool
    year_right: bool


def read_labels(corpus: Path) -> list[Label]:
    """The labels of reports/ and raw/, corrections applied, by path."""
    rows = [json.loads(line) for line in (corpus / "manifest.jsonl").read_text("utf-8").splitlines()]
    corrections = json.loads((CASES / "manifest_corrections.json").read_text("utf-8"))
    right = {(c["path"], c["field"]): c["value"] for c in corrections}
    labels = [
        Label(r["path"], right.get((r["path"], "place"), r["place"]), right.get((r["path"], "report_year"), r["year"]))
        for r in rows
        if r["path"].startswith("reports/")
    ]
    raw = json.loads((CASES / "raw_labels.json").read_text("utf-8"))
    return labels + [Label(r["path"], r["place"], r["report_year"]) for r in raw]


def measure(corpus: Path, labels: list[Label], *, named: bool) -> Iterator[Result]:
    """Each file's result; ``named`` keeps its name and two folders, else it is copied to 0001.txt, ….

    The files are copied in both cases, so that no folder above the corpus's own can tell anything.
    """
    from rag.corpus import read_sources
    from rag.corpus.identify import identify_report
    from rag.places import load_gazetteer
    from rag.types import Skipped

    gazetteer = load_gazetteer()
    with tempfile.TemporaryDirectory() as folder:
        for n, label in enumerate(labels, 1):
            source = corpus / label.path
            copy = Path(folder) / (label.path if named else f"{n:04d}{source.suffix}")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            found = [s for s in read_sources([Path(folder) / label.path.split("/")[0] if named else copy])]
            shutil.rmtree(Path(folder) / label.path.split("/")[0]) if named else copy.unlink()
            if len(found) != 1 or isinstance(found[0], Skipped):
                yield Result(label, "", None, False, False)
                continue
            text = found[0]
            if not named:  # a table's columns would tell what the name may not
                text = type(text)(text.source, text.format, text.text, {}, text.notices)
            report = identify_report(text, gazetteer=gazetteer)
            names = {place.name for place in gazetteer.named(label.place)}
            year = report.report_year
            yield Result(label, report.place, year, report.place in names, year == label.year)


def main() -> None:
    """Print both measures, and every miss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    corpus = parser.parse_args().corpus
    labels = read_labels(corpus)
    for named in (True, False):
        start = time.perf_counter()
        results = list(measure(corpus, labels, named=named))
        seconds = time.perf_counter() - start
        for part in ("reports/", "raw/"):
            some = [r for r in results if r.label.path.startswith(part)]
            places, years = sum(r.place_right for r in some), sum(r.year_right for r in some)
            names = "own names" if named else "0001.txt …"
            print(f"{part:9} {names:10} n={len(some)} place {places / len(some):.1%} year {years / len(some):.1%}")
        print(f"{seconds:.1f} s")
        for r in results:
            if not (r.place_right and r.year_right):
                print("  miss", r.label.path, "| right:", r.label.place, r.label.year, "| found:", r.place, r.year)


if __name__ == "__main__":
    main()
