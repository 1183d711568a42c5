"""``python -m benchmarks``: runs every benchmark and writes docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.asking import measure_questions
from benchmarks.ingesting import measure_ingest
from benchmarks.measure import ROOT, MaterialMissingError, Result, reports_folder
from benchmarks.starting import measure_cold_start

OUT = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Each line is a ratio to a floor, or to the obvious stack, measured in the same run: ratios hold elsewhere, seconds
do not. Written by `make bench`; the reports are those of the material folder, which is not part of the project.

"""


def main() -> int:
    """Exit code: 0 if every benchmark ran, whatever it showed."""
    try:
        reports = reports_folder()
    except MaterialMissingError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="wenbao-bench-", ignore_cleanup_errors=True) as scratch:
        library = Path(scratch) / "library"
        samples = ROOT / "samples"
        results = measure_ingest(reports, library, also=samples)
        results += measure_questions(library)
        results += measure_cold_start(library)
    text = HEAD + table(results) + f"\n{where()}\n"
    OUT.write_text(text, encoding="utf-8", newline="\n")
    print(text)
    return 0


def table(results: Sequence[Result]) -> str:
    """The results as a Markdown table."""
    rows = [
        f"| {r.name} | {r.ours} | {r.against} | **{r.ratio:.3g}** | {r.aim:g} | {'yes' if r.met else 'no'} | {r.note} |"
        for r in results
    ]
    head = ["| what | ours | against | ratio | aim at most | met | |", "|---|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def where() -> str:
    """The machine, in a line."""
    cores = os.cpu_count()
    return f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {cores} cores."


if __name__ == "__main__":
    sys.exit(main())
