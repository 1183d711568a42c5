"""The setup of the environment: one clear sentence for what it cannot do, nothing to do when it was done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(
    shutil.which("sh") is None, reason="needs a POSIX shell; on Windows README's commands serve"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder, its name with a blank and Chinese characters, with what the setup reads."""
    folder = tmp_path / "问报 project"
    (folder / "tools").mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt", "tools/setup.sh"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def fake_python(folder: Path, *, version_fits: bool, has_venv: bool) -> Path:
    """A program that answers the setup's questions like a Python of that kind."""
    path = folder / "my python"
    path.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = -V ]; then echo "Python 3.9.1"; exit 0; fi\n'
        f'case "$2" in *version_info*) exit {0 if version_fits else 1};; *venv*) exit {0 if has_venv else 1};; esac\n'
        "exit 1\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def run(project: Path, *arguments: str, python: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHON": str(python) if python else ""}
    return subprocess.run(
        ["sh", "tools/setup.sh", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_a_wrong_version_is_told_in_one_sentence(project: Path) -> None:
    done = run(project, "run", python=fake_python(project.parent, version_fits=False, has_venv=True))
    assert done.returncode == 2
    assert "3.11、3.12 或 3.13" in done.stderr
    assert "Python 3.9.1" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_python_is_told_in_one_sentence(project: Path) -> None:
    done = run(project, "run", python=project / "nowhere")
    assert done.returncode == 2
    assert "Python 3.11" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_venv_module_is_told_in_one_sentence(project: Path) -> None:
    done = run(project, "run", python=fake_python(project.parent, version_fits=True, has_venv=False))
    assert done.returncode == 2
    assert "venv" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_was_done_for_these_very_files_is_not_done_again(project: Path) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    key = subprocess.run(
        "cat pyproject.toml constraints.txt | cksum", shell=True, cwd=project, capture_output=True, encoding="utf-8"
    ).stdout
    (project / ".venv" / ".installed-dev").write_text(key, encoding="utf-8")
    fake = fake_python(project.parent, version_fits=False, has_venv=False)
    for extra in ("run", "dev"):
        assert run(project, extra, python=fake).returncode == 0
    with (project / "constraints.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert run(project, "run", python=fake).returncode == 2
