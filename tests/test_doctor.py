"""The doctor finds what is wrong, says it in words, mends it, and leaves a sound library alone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEncoder
from written_reports import PLACES, write_report

from rag import doctor
from rag.catalogue import CATALOGUE_NAME, Catalogue
from rag.config import Settings
from rag.doctor import back_up, examine, repair
from rag.errors import LibraryBusyError, LibraryDamagedError
from rag.generations import current_name, open_current
from rag.ingest import ingest
from rag.locks import write_lock


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("built")
    for place in PLACES[:3]:
        write_report(base / "files", place)
    write_report(base / "files", PLACES[0], name="又一份.txt")
    list(ingest([base / "files"], settings=Settings(library=base / "library"), encoder=FakeEncoder(), jobs=1))
    return base / "library"


@pytest.fixture
def settings(built: Path, tmp_path: Path) -> Settings:
    return Settings(library=Path(shutil.copytree(built, tmp_path / "library")))


def complaints(settings: Settings, encoder: FakeEncoder | None = None) -> list[str]:
    return [f.sentence for f in examine(settings, encoder or FakeEncoder()) if not f.well]


def changed(settings: Settings, statement: str) -> None:
    other = sqlite3.connect(settings.library / CATALOGUE_NAME)
    other.execute(statement)
    other.commit()
    other.close()


def index_folder(settings: Settings) -> Path:
    return settings.library / "index" / str(current_name(settings.library))


def test_a_sound_library_is_called_so_with_its_numbers(settings: Settings) -> None:
    findings = list(examine(settings, FakeEncoder()))
    assert all(finding.well for finding in findings)
    assert "4 份（可供回答 3 份）" in findings[0].sentence
    assert "词语索引和向量完好" in findings[1].sentence


HARMS: dict[str, tuple[Callable[[Settings], Any], str]] = {
    "index gone": (lambda s: shutil.rmtree(s.library / "index"), "缺失"),
    "vectors gone": (lambda s: shutil.rmtree(index_folder(s) / "vectors"), "索引"),
    "lexical file zeroed": (lambda s: next(index_folder(s).rglob("*.idx")).write_bytes(b"\0" * 99), "索引损坏"),
    "waiting": (lambda s: changed(s, "INSERT INTO pending SELECT report_id FROM reports LIMIT 1"), "没有进入索引"),
    "unfinished": (
        lambda s: changed(s, """INSERT INTO meta VALUES ('ingest', '{"stored": 3, "total": 9}')"""),
        "已恢复 3/9 份",
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_each_harm_is_said_in_words_and_mended(settings: Settings, harm: str) -> None:
    do, words = HARMS[harm]
    do(settings)
    assert words in " ".join(complaints(settings))
    repair(settings, FakeEncoder(), tell=lambda sentence: None)
    assert complaints(settings) == []


def test_vectors_of_another_model_are_found_even_under_its_name(settings: Settings) -> None:
    class Turned(FakeEncoder):
        def encode_passages(self, texts: Any) -> Any:
            return -super().encode_passages(texts)

    assert complaints(settings, Turned())
    repair(settings, Turned(), tell=lambda sentence: None)
    assert complaints(settings, Turned()) == []


def test_reports_that_old_rules_read_are_read_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "rules_fingerprint", lambda: "newer rules")
    monkeypatch.setattr("rag.ingest.rules_fingerprint", lambda: "newer rules")
    assert "旧规则" in " ".join(complaints(settings))
    told: list[str] = []
    repair(settings, FakeEncoder(), tell=told.append)
    assert "重读 3 份" in told[0]
    assert complaints(settings) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE figures SET value = '99' WHERE seq = 0",
        "DELETE FROM passages WHERE start = 0",
        "UPDATE reports SET report_year = 1999 WHERE report_no = 1",
        "DROP TABLE figures",
        "DROP INDEX figures_by_place",
    ],
)
def test_what_is_left_of_a_damaged_catalogue_is_saved(settings: Settings, statement: str) -> None:
    with Catalogue.open(settings.library) as catalogue:
        before = {report.report_id: catalogue.text(report.report_id) for report in catalogue.reports()}
        figures = catalogue.figures(None)
    changed(settings, statement)
    if not complaints(settings):
        assert statement.startswith("DROP INDEX")  # nothing that was stored is gone
        return
    told: list[str] = []
    repair(settings, FakeEncoder(), tell=told.append)
    assert complaints(settings) == []
    assert "抢救出" in told[0]
    assert (settings.library / f"{CATALOGUE_NAME}.damaged").exists()
    with Catalogue.open(settings.library) as catalogue:
        after = {report.report_id: catalogue.text(report.report_id) for report in catalogue.reports()}
        assert after.items() <= before.items()
        assert len(after) >= len(before) - ("UPDATE reports" in statement)
        if len(after) == len(before):
            assert catalogue.figures(None) == figures


def test_a_report_whose_text_was_changed_is_lost_and_said_so(settings: Settings) -> None:
    changed(settings, "UPDATE texts SET text = replace(text, '6%', '9%') WHERE report_no = 2")
    assert "不一致" in " ".join(complaints(settings))
    told: list[str] = []
    repair(settings, FakeEncoder(), tell=told.append)
    assert "另有 1 份无法读出" in told[0]
    with Catalogue.open(settings.library) as catalogue:
        assert len(catalogue.reports()) == 3
    assert complaints(settings) == []


def test_where_nothing_can_be_saved_the_file_is_named_and_left(settings: Settings) -> None:
    path = settings.library / CATALOGUE_NAME
    path.write_bytes(b"nothing of a catalogue" * 999)
    assert CATALOGUE_NAME in complaints(settings)[0]
    with pytest.raises(LibraryDamagedError, match=CATALOGUE_NAME):
        repair(settings, FakeEncoder(), tell=lambda sentence: None)
    assert path.read_bytes().startswith(b"nothing of a catalogue")
    assert not (settings.library / "saved").exists()


def test_a_backup_put_back_gives_the_same_library(settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "backups" / "one.sqlite")
    with Catalogue.open(settings.library) as catalogue:
        figures = catalogue.figures(None)
    (settings.library / CATALOGUE_NAME).write_bytes(b"x" * 9999)
    shutil.copyfile(tmp_path / "backups" / "one.sqlite", settings.library / CATALOGUE_NAME)
    repair(settings, FakeEncoder(), tell=lambda sentence: None)
    assert complaints(settings) == []
    with Catalogue.open(settings.library) as catalogue:
        assert catalogue.figures(None) == figures
        open_current(settings.library, catalogue=catalogue, encoder=FakeEncoder()).close()


def test_while_another_process_writes_nothing_is_mended(settings: Settings) -> None:
    changed(settings, """INSERT INTO meta VALUES ('ingest', '{"stored": 3, "total": 9}')""")
    with write_lock(settings.library, doing="ingest"):
        assert complaints(settings) == []
        with pytest.raises(LibraryBusyError):
            repair(settings, FakeEncoder(), tell=lambda sentence: None)
