"""What happens when a process is killed, a disk is full, files are spoilt or two write at once: nothing is lost.

Each test runs the command line in processes of its own, as a user does; all are slow. Seeds are fixed, so that a
failure can be run again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import FakeEncoder
from written_reports import PLACES, report_text, write_report

from rag.assistant import build_assistant
from rag.catalogue import Catalogue
from rag.config import Settings
from rag.doctor import examine
from rag.encoder import load_encoder
from rag.errors import LibraryDamagedError
from rag.generations import current_name
from rag.ingest import ingest
from rag.library import Library, open_library

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parent.parent
FILES = 6
STEPS = [
    "locked", "report-put", "report-put:4", "report-committed", "report-committed:4", "acknowledged", "acknowledged:6",
    "index-begun", "index-built", "index-named", "index-announced", "index-current", "index-settled", "finished",
]  # fmt: skip
# After these nothing is left to be made up for.
WHOLE = {"locked", "report-put", "finished"}
QUESTIONS = ["沈河区2020年GDP增长目标是多少", "沙河口区2019年新增就业", "福田区2020年重点工作有哪些", "市北区老旧小区"]
RANDOM_KILLS = 50
HARMS = 200
FLIPS = 100


def command(*typed: str) -> list[str]:
    return [sys.executable, "-m", "rag", *typed]


def environment(**more: str) -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith("WENBAO_")}, **more}


def run(*typed: str, library: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    options.setdefault("env", environment())
    return subprocess.run(
        command(*typed, "--library", str(library)),
        capture_output=True, cwd=ROOT, encoding="utf-8", check=False, timeout=300, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults") / "files"
    for place in PLACES[:FILES]:
        write_report(folder, place)
    return folder


@pytest.fixture(scope="module")
def clean(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of an ingest that nothing disturbed."""
    library = tmp_path_factory.mktemp("clean") / "library"
    done = run("ingest", str(files), library=library)
    assert done.returncode == 0, done.stderr
    return library


@pytest.fixture(scope="module")
def right_answers(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return answers(clean, tmp_path_factory.mktemp("answers"))


def answers(library: Path, folder: Path) -> list[dict[str, Any]]:
    """What a fresh process answers, without the times that it took."""
    lines = [json.dumps({"id": n, "question": q}, ensure_ascii=False) for n, q in enumerate(QUESTIONS)]
    (folder / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("ask", "--batch", str(folder / "in.jsonl"), "--out", str(folder / "out.jsonl"), library=library)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{k: v for k, v in answer.items() if k != "timings_ms"} for answer in found]


def acknowledged(output: str) -> list[str]:
    """Ids that the ingest reported as in the library."""
    return [line.split()[1] for line in output.splitlines() if line.startswith(("added", "replaced", "unchanged"))]


def assert_all_there(library: Path, ids: list[str], clean: Path) -> None:
    """Every acknowledged report is whole: text, passages and figures as in the undisturbed library."""
    if not ids:
        return
    with Catalogue.open(library) as found, Catalogue.open(clean) as right:
        for report_id in ids:
            assert found.text(report_id) == right.text(report_id)
            assert found.passages(report_id) == right.passages(report_id)
            assert found.figures([report_id]) == right.figures([report_id])


def assert_same(library: Path, clean: Path) -> None:
    """The same library as the undisturbed one, and sound."""
    with Catalogue.open(library) as found, Catalogue.open(clean) as right:
        assert found.figures(None) == right.figures(None)
        assert found.passage_ids() == right.passage_ids()
    settings = Settings(library=library)
    assert [f.sentence for f in examine(settings, load_encoder(settings)) if not f.well] == []


# -- 1, 2: killed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_nothing_acknowledged_is_lost(
    step: str, files: Path, clean: Path, right_answers: list[dict[str, Any]], tmp_path: Path
) -> None:
    library = tmp_path / "library"
    killed = run("ingest", str(files), "--jobs", "1", library=library, env=environment(FAULT_AT=step))
    assert killed.returncode == -signal.SIGKILL  # the step is reached: the test tests something
    ids = acknowledged(killed.stdout)
    assert_all_there(library, ids, clean)
    if ids:
        told = run("ask", QUESTIONS[0], library=library)
        assert told.returncode == 0
        assert ("上次导入未完成，已恢复" in told.stderr) is (step not in WHOLE)
        if step not in WHOLE:
            assert f"/{FILES} 份" in told.stderr
        settings = Settings(library=library)
        assert all(f.well for f in examine(settings, load_encoder(settings)))
    again = run("ingest", str(files), library=library)
    assert again.returncode == 0, again.stderr
    assert_same(library, clean)
    assert answers(library, tmp_path) == right_answers


def test_killed_while_indexes_are_replaced_the_old_ones_answer(files: Path, clean: Path, tmp_path: Path) -> None:
    library = Path(shutil.copytree(clean, tmp_path / "library"))
    before = current_name(library)
    write_report(tmp_path / "more", "杭州市西湖区", 2021)
    for step in ("index-begun", "index-built", "index-named", "index-announced"):
        env = environment(FAULT_AT=step)
        assert run("ingest", str(tmp_path / "more"), library=library, env=env).returncode == -signal.SIGKILL
        assert current_name(library) == before
        (tmp_path / "more").touch()
    assert run("ask", QUESTIONS[2], library=library).returncode == 0
    assert current_name(library) != before


def test_killed_at_random_times_nothing_acknowledged_is_lost(files: Path, clean: Path, tmp_path: Path) -> None:
    rng = random.Random(20)
    began = time.monotonic()
    assert run("ingest", str(files), library=tmp_path / "timed").returncode == 0
    whole = time.monotonic() - began
    killed = caught_between = 0
    for n in range(RANDOM_KILLS):
        library = tmp_path / f"library{n}"
        jobs = rng.choice(["1", "2"])
        typed = command("ingest", str(files), "--jobs", jobs, "--library", str(library))
        process = subprocess.Popen(
            typed, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
        )
        time.sleep(rng.uniform(0.1, whole))
        process.kill()
        output = process.communicate()[0].decode("utf-8")
        killed += process.returncode == -signal.SIGKILL
        whole_lines = output[: output.rfind("\n") + 1]
        ids = acknowledged(whole_lines)
        caught_between += 0 < len(ids) < FILES
        assert_all_there(library, ids, clean)
        if n % 5 == 0:
            assert run("ingest", str(files), library=library).returncode == 0
            assert_same(library, clean)
        shutil.rmtree(library, ignore_errors=True)
    assert killed > RANDOM_KILLS // 2


def test_reading_processes_end_with_the_ingest_that_was_killed(files: Path, tmp_path: Path) -> None:
    many = tmp_path / "many"
    for year in range(1990, 2024):
        write_report(many, PLACES[year % FILES], year)
    typed = command("ingest", str(many), "--jobs", "2", "--library", str(tmp_path / "library"))
    process = subprocess.Popen(typed, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    assert process.stdout is not None
    process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        pytest.skip("this system does not list child processes")
    readers = children.read_text(encoding="ascii").split()
    assert readers
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(is_alive(int(pid)) for pid in readers):
        time.sleep(0.2)
    assert not [pid for pid in readers if is_alive(int(pid))]


def is_alive(pid: int) -> bool:
    try:
        return "(python" in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8") and ") Z " not in Path(
            f"/proc/{pid}/stat"
        ).read_text(encoding="utf-8")
    except OSError:
        return False


# -- 3: no room ---------------------------------------------------------------------------------------


def limited_to(size: int) -> Callable[[], None]:
    """For a child process: no file may grow beyond ``size`` bytes."""

    def limit() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit on Windows")
@pytest.mark.parametrize("kilobytes", [4, 40, 90, 120, 180, 250, 400, 700, 1500])
def test_with_no_room_for_a_file_it_says_so_and_a_retry_succeeds(
    kilobytes: int, files: Path, clean: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    first = run("ingest", str(files), library=library, preexec_fn=limited_to(kilobytes * 1024))
    assert first.returncode in (0, 2), first.stderr
    if first.returncode:
        assert "磁盘空间不足，未写入" in first.stderr
    assert_all_there(library, acknowledged(first.stdout), clean)
    assert run("ingest", str(files), library=library).returncode == 0
    assert_same(library, clean)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes a disk of so many kilobytes, where this user may."""
    mounted: list[Path] = []

    def mount(kilobytes: int) -> Path:
        point = tmp_path / f"disk{kilobytes}"
        point.mkdir()
        if shutil.which("mount") is None or os.geteuid() != 0:
            pytest.skip("this user may not mount a disk")
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(point)], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip("this user may not mount a disk")
        mounted.append(point)
        return point

    yield mount
    for point in mounted:
        subprocess.run(["umount", str(point)], check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
@pytest.mark.parametrize("kilobytes", [64, 160, 300, 500, 800, 1200, 2000, 4000])
def test_on_a_full_disk_it_says_so_and_a_retry_with_room_succeeds(
    kilobytes: int, files: Path, clean: Path, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(kilobytes)
    first = run("ingest", str(files), library=disk / "library")
    assert first.returncode in (0, 2), first.stderr
    if first.returncode:
        assert "磁盘空间不足，未写入" in first.stderr
    if (disk / "library" / "catalogue.sqlite").exists():
        assert_all_there(disk / "library", acknowledged(first.stdout), clean)
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    assert run("ingest", str(files), library=disk / "library").returncode == 0
    assert_same(disk / "library", clean)


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
def test_an_export_and_a_batch_without_room_leave_what_was_there(
    clean: Path, small_disk: Callable[[int], Path], tmp_path: Path
) -> None:
    disk = small_disk(16)
    (disk / "f.csv").write_text("before", encoding="utf-8")
    done = run("figures", "--out", str(disk / "f.csv"), library=clean)
    assert done.returncode == 2
    assert "磁盘空间不足，未写入" in done.stderr
    assert (disk / "f.csv").read_text(encoding="utf-8") == "before"
    lines = [json.dumps({"id": n, "question": QUESTIONS[0]}, ensure_ascii=False) for n in range(50)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("ask", "--batch", str(tmp_path / "in.jsonl"), "--out", str(disk / "o.jsonl"), library=clean)
    assert done.returncode == 2
    assert "磁盘空间不足" in done.stderr


# -- 5, 6: two processes --------------------------------------------------------------------------------


def test_of_two_ingests_at_once_the_second_is_told_and_nothing_is_missing(tmp_path: Path) -> None:
    many = tmp_path / "many"
    for year in range(1995, 2024):
        write_report(many, PLACES[year % FILES], year)
    library = tmp_path / "library"
    typed = command("ingest", str(many), "--library", str(library))
    first = subprocess.Popen(typed, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert first.stdout is not None
    first.stdout.readline()
    second = run("ingest", str(many), library=library)
    assert second.returncode == 75
    assert "另一个导入正在进行" in second.stderr
    assert str(first.pid) in second.stderr
    first.communicate(timeout=300)
    assert first.returncode == 0
    settings = Settings(library=library)
    assert all(f.well for f in examine(settings, load_encoder(settings)))
    opened = open_library(settings)
    for report in opened.catalogue.reports():  # every passage is found by its own words, in all of the library
        for passage in opened.catalogue.passages(report.report_id):
            if len(passage.text) > 30:
                hits = opened.retriever.retrieve(passage.text, k=60).hits
                assert passage.text in {hit.passage.text for hit in hits}
    opened.close()


def test_a_page_that_is_open_finds_what_a_command_adds_within_seconds(clean: Path, tmp_path: Path) -> None:
    library = Path(shutil.copytree(clean, tmp_path / "library"))
    opened = open_library(Settings(library=library))
    text = "在全区建成氢能公交加注枢纽"
    assert not any(text in hit.passage.text for hit in opened.retriever.retrieve(text, k=20).hits)
    content = report_text("杭州市西湖区", 2021).replace("改造老旧小区20个", text)
    (tmp_path / "new.txt").write_text(content, encoding="utf-8")
    assert run("ingest", str(tmp_path / "new.txt"), library=library).returncode == 0
    deadline = time.monotonic() + 5
    found = False
    while not found and time.monotonic() < deadline:
        opened.refresh()
        found = any(text in hit.passage.text for hit in opened.retriever.retrieve(text, k=20).hits)
    assert found
    opened.close()


# -- 8: spoilt indexes ----------------------------------------------------------------------------------


def remove(path: Path, rng: random.Random) -> None:
    path.unlink()


def zero(path: Path, rng: random.Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def cut(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: rng.randrange(path.stat().st_size)])


def flip(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice([1, 3, 40])):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(bytes(content))


def test_spoilt_index_files_never_give_a_wrong_answer(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.store.SYNC_ROWS", 10)  # so that few rows are enough for index files
    encoder = FakeEncoder()
    monkeypatch.setattr("rag.encoder.load_encoder", lambda settings: encoder)
    built = tmp_path / "built"
    list(ingest([files], settings=Settings(library=built), encoder=encoder, jobs=1))
    right = ranking(open_library(Settings(library=built)))
    rng = random.Random(8)
    mended = 0
    for n in range(HARMS):
        library = Path(shutil.copytree(built, tmp_path / f"spoilt{n}"))
        folder = library / "index" / str(current_name(library))
        victims = sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size)
        victim, harm = rng.choice(victims), rng.choice([remove, zero, cut, flip])
        harm(victim, rng)
        told: list[str] = []
        opened = open_library(Settings(library=library), notify=told.append)
        assert ranking(opened) == right, f"{harm.__name__} {victim.relative_to(folder)}"
        opened.close()
        mended += bool(told)
        shutil.rmtree(library)
    assert mended > HARMS // 2


def ranking(library: Library) -> list[list[tuple[str, float]]]:
    """What unscoped questions find, with scores."""
    return [
        [(hit.passage.passage_id, round(hit.score, 6)) for hit in library.retriever.retrieve(question, k=10).hits]
        for question in QUESTIONS
    ]


# -- 9: a spoilt catalogue --------------------------------------------------------------------------------


def test_a_flipped_bit_of_the_catalogue_is_an_error_or_changes_no_answer(clean: Path, tmp_path: Path) -> None:
    library = Path(shutil.copytree(clean, tmp_path / "library"))
    path = library / "catalogue.sqlite"
    content = path.read_bytes()
    right = answered_here(library)
    rng = random.Random(9)
    refused = 0
    for _ in range(FLIPS):
        spoilt = bytearray(content)
        at = rng.randrange(len(spoilt))
        spoilt[at] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(spoilt))
        try:
            assert answered_here(library) == right, f"byte {at}"
        except LibraryDamagedError:
            refused += 1
    assert refused > FLIPS // 10


def answered_here(library: Path) -> list[dict[str, Any]]:
    """What this process answers, without the times that it took."""
    assistant = build_assistant(Settings(library=library))
    try:
        found = [assistant.answer(question).to_json() for question in QUESTIONS]
    finally:
        assistant.library.close()
    return [{k: v for k, v in answer.items() if k != "timings_ms"} for answer in found]


# -- 32: a disk that cannot be written --------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="bind mounts are Linux's")
def test_a_read_only_disk_answers_and_says_why_it_does_not_take_more(
    files: Path, clean: Path, right_answers: list[dict[str, Any]], tmp_path: Path
) -> None:
    point = tmp_path / "read-only"
    shutil.copytree(clean, tmp_path / "source" / "library")
    point.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "--bind", str(tmp_path / "source"), str(point)], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("this user may not mount a disk")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(point)], check=True)
        assert answers(point / "library", tmp_path) == right_answers
        assert run("reports", library=point / "library").returncode == 0
        refused = run("ingest", str(files), library=point / "library")
        assert refused.returncode == 2
        assert "权限" in refused.stderr
        assert run("doctor", library=point / "library").returncode == 0
    finally:
        subprocess.run(["umount", str(point)], check=False)
