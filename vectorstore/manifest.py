"""What built the indexes, and whether their files are still those that were written.

``manifest.json`` is marked unfinished before a writer's first change and written anew after its last, so a reader who
finds it unfinished knows that a write is going on, or was cut short.
The seal holds each index file's size and CRC-32: a damaged vector file gives no error in Chroma, only worse hits.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from vectorstore.errors import StoreDamagedError, StoreMissingError, StoreStaleError

MANIFEST_NAME = "manifest.json"
LAYOUT = 1  # raised when the files of either index change their meaning
_SEALED = {".bin", ".pickle", ".idx", ".store", ".term", ".pos", ".fast", ".fieldnorm", ".del"}
_CHUNK_BYTES = 1 << 20
SETTLING_S = 0.3  # files that differ are looked at once more after this long


@dataclass(frozen=True, slots=True)
class Manifest:
    """What built the indexes. Two manifests that differ in a compared field mean a rebuild."""

    encoder: str
    """Fingerprint of the model that made the vectors."""
    dimension: int
    words: str
    """How the lexical index splits texts into words."""
    splitter: str
    """What cut the passages; any string that changes when the cutting does."""
    generation: int
    """The catalogue's generation that the indexes hold."""
    passages: int
    """How many ids each index holds."""
    canaries: tuple[str, ...] = ()
    """Ids that are asked for when the indexes are opened."""
    seal: Mapping[str, str] = field(default_factory=dict)
    """Index file, relative to the library folder -> its size and CRC-32."""
    finished: bool = True
    """False while a writer is at work, and for ever after one that was cut short."""
    layout: int = LAYOUT


_COMPARED = ("layout", "encoder", "dimension", "words", "splitter")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the indexes in ``folder``.

    Raises:
        StoreMissingError: If there is none: nothing was built, or a write was cut short.
        StoreDamagedError: If it cannot be read.
        StoreStaleError: If another release wrote it in another layout.
    """
    path = folder / MANIFEST_NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["layout"] != LAYOUT:
            raise StoreStaleError(
                f"{path} has layout {raw['layout']}, this release needs {LAYOUT}: rebuild the indexes"
            )
        known = {f.name: raw[f.name] for f in fields(Manifest)}
        return Manifest(**known | {"canaries": tuple(raw["canaries"])})
    except FileNotFoundError as error:
        raise StoreMissingError(f"no {path}: the indexes were not finished, rebuild them") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreDamagedError(f"{path} cannot be read ({error}): rebuild the indexes") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Puts ``manifest`` in place in one step, so that a reader sees the old one or the new one."""
    path = folder / MANIFEST_NAME
    draft = path.with_name(f"{MANIFEST_NAME}.new")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(asdict(manifest), file, ensure_ascii=False, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def differences(found: Manifest, wanted: Manifest) -> tuple[str, ...]:
    """What built ``found`` otherwise than ``wanted``, in words; empty if they agree."""
    return tuple(
        f"{name}: the indexes have {getattr(found, name)!r}, wanted is {getattr(wanted, name)!r}"
        for name in _COMPARED
        if getattr(found, name) != getattr(wanted, name)
    )


def seal_of(folder: Path, rooms: Sequence[str]) -> dict[str, str]:
    """Size and CRC-32 of every file under ``folder``/room whose content stays as written, by relative name."""
    return {
        path.relative_to(folder).as_posix(): _sum_of(path) for room in rooms for path in _sealed_files(folder / room)
    }


def check_seal(folder: Path, room: str, seal: Mapping[str, str]) -> None:
    """Nothing, if the files of ``room`` are those that were sealed.

    Raises:
        StoreDamagedError: If one is missing or differs; the message names up to three.
    """
    expected = {name: value for name, value in seal.items() if name.startswith(f"{room}/")}
    wrong = _differing(folder, expected)
    if wrong:  # a store that another handle is just closing writes the same bytes again
        time.sleep(SETTLING_S)
        wrong = _differing(folder, expected)
    if wrong:
        raise StoreDamagedError(f"{len(wrong)} index files are missing or changed: {', '.join(sorted(wrong)[:3])}")


def _differing(folder: Path, expected: Mapping[str, str]) -> list[str]:
    return [
        name for name, value in expected.items() if not (folder / name).is_file() or _sum_of(folder / name) != value
    ]


def _sealed_files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix in _SEALED and path.is_file())
    # Chroma's .bin files mean nothing, and change when they are opened, before the first list of ids is written.
    return [path for path in found if path.suffix != ".bin" or path.with_name("index_metadata.pickle").is_file()]


def _sum_of(path: Path) -> str:
    value = size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            value = zlib.crc32(chunk, value)
            size += len(chunk)
    return f"{size}:{value:08x}"
