"""The seal of test questions: LOCK holds the digest of each, so that none is changed without a trace."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from eval.gold import GoldError
from eval.run import gold_hash

LOCK: Final = "LOCK"


def read_lock(folder: Path) -> dict[str, str]:
    """File name -> digest, as LOCK says; empty without one.

    Raises:
        GoldError: If a line of it is not a digest and a name.
    """
    path = folder / LOCK
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name:
            raise GoldError(f"{path}:{number}: not a SHA-256, two spaces and a file name: {line!r}")
        found[name] = digest
    return found


def write_lock(files: Iterable[Path]) -> Path:
    """LOCK beside the files, with their digests added to those that it holds."""
    paths = list(files)
    folder = paths[0].parent
    digests = {**read_lock(folder), **{path.name: gold_hash(path) for path in paths}}
    path = folder / LOCK
    path.write_text("".join(f"{d}  {n}\n" for n, d in sorted(digests.items())), encoding="utf-8", newline="\n")
    return path


def lock_problems(folder: Path) -> list[str]:
    """Sealed files that are gone or changed, and test files that are not sealed."""
    locked = read_lock(folder)
    found = []
    for name, digest in locked.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{name}: sealed in {LOCK}, but not there")
        elif gold_hash(path) != digest:
            found.append(f"{name}: not the file that {LOCK} seals; if the change is meant: eval lock {path}")
    return found + [
        f"{p.name}: a test file that {LOCK} does not seal" for p in tests_in(folder) if p.name not in locked
    ]


def tests_in(folder: Path) -> list[Path]:
    """The gold files that are for the final test, by name."""
    return sorted(folder.glob("test*.jsonl"))
