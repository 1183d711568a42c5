"""The manifest: written in one step, compared by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vectorstore import Manifest, StoreDamagedError, StoreMissingError, StoreStaleError, read_manifest, write_manifest
from vectorstore.manifest import MANIFEST_NAME, differences

MADE = Manifest(
    encoder="static/1",
    dimension=128,
    words="w/1",
    splitter="s/1",
    generation=7,
    passages=3,
    canaries=("a@0", "b@1"),
    seal={"lexical/x.idx": "12:0000000a"},
)


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_manifest(tmp_path, MADE)
    assert read_manifest(tmp_path) == MADE
    assert [p.name for p in tmp_path.iterdir()] == [MANIFEST_NAME]


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"layout": 1}', "\x00"])
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(StoreDamagedError):
        read_manifest(tmp_path)


def test_a_manifest_of_another_layout_is_stale(tmp_path: Path) -> None:
    write_manifest(tmp_path, replace(MADE, layout=99))
    with pytest.raises(StoreStaleError, match="99"):
        read_manifest(tmp_path)


def test_differences_name_what_built_the_indexes_otherwise() -> None:
    assert differences(MADE, replace(MADE, generation=8, canaries=())) == ()
    told = differences(MADE, replace(MADE, encoder="other", splitter="s/2"))
    assert len(told) == 2
    assert "'static/1'" in told[0]
    assert "'other'" in told[0]
