"""What the documents say is so: commands, targets, settings, rooms and links."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rag.config import SETTING_HELP

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def rooms(name: str) -> dict[str, str]:
    listed = re.search(r"<!-- rooms -->\n```text\n(.*?)```\n<!-- /rooms -->", read(name), re.S)
    assert listed is not None
    return dict(line.split(maxsplit=1) for line in listed[1].splitlines())


def existing_rooms() -> set[str]:
    modules = {f"rag/{path.name}" for path in (ROOT / "rag").glob("*.py") if not path.name.startswith("__")}
    packages = {f"rag/{path.parent.name}/" for path in (ROOT / "rag").glob("*/__init__.py")}
    return modules | packages | {"app.py", "vectorstore/", "eval/", "benchmarks/", "tools/"}


@pytest.mark.parametrize("name", READMES)
def test_the_room_map_lists_every_room_and_no_other(name: str) -> None:
    assert set(rooms(name)) == existing_rooms(), f"mend the room map of {name}"


def test_both_readmes_have_the_same_commands_and_rooms() -> None:
    english, chinese = (read(name) for name in READMES)
    for language in ("powershell", "console", "python"):
        assert blocks(english, language) == blocks(chinese, language)
    without_comments = [[re.sub(r"\s*#.*", "", b) for b in blocks(text, "sh")] for text in (english, chinese)]
    assert without_comments[0] == without_comments[1]
    assert list(rooms("README.md")) == list(rooms("README.zh.md"))
    assert len(re.findall(r"^## ", english, re.M)) == len(re.findall(r"^## ", chinese, re.M))


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    for path in DOCUMENTS:
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.M):
            assert target in targets, f"{path.name} names make {target}"


def test_make_prints_a_list_of_its_targets() -> None:
    help_lines = re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.M)
    assert {"help", "run", "test", "check", "test-all"} <= set(help_lines)


def test_the_ci_runs_the_readmes_test_command() -> None:
    assert "make test" in blocks(read("README.md"), "sh")[0]
    assert re.search(r"^make test$", read(".ci/run"), re.M)


def test_every_command_that_is_named_exists_with_its_options() -> None:
    commands: dict[str, set[str]] = {}
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        typed = "\n".join(blocks(text, "sh") + blocks(text, "console") + blocks(text, "powershell"))
        for line in re.findall(r"wenbao ([a-z]+[^\n;#]*)", typed):
            name, *rest = line.split()
            commands.setdefault(name, set()).update(word for word in rest if word.startswith("--"))
    assert {"ingest", "ask", "serve"} <= set(commands)
    for name, options in sorted(commands.items()):
        done = subprocess.run(
            [sys.executable, "-m", "rag", name, "--help"], capture_output=True, text=True, encoding="utf-8", cwd=ROOT
        )
        assert done.returncode == 0, f"wenbao {name}"
        for option in options:
            assert option in done.stdout, f"wenbao {name} {option}"


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_explained(name: str) -> None:
    assert set(re.findall(r"`(WENBAO_[A-Z_]+)`", read(name))) == set(SETTING_HELP)


def test_every_link_within_the_project_leads_somewhere() -> None:
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (path.parent / link).exists(), f"{path.name} links to {link}"
        for named in re.findall(r"`((?:rag|docs|tests|eval|vectorstore|tools|benchmarks)/[\w./-]+\.\w+)`", text):
            assert (ROOT / named).exists(), f"{path.name} names {named}"


def test_the_owners_of_heavy_libraries_are_those_of_the_layers_test() -> None:
    from test_layers import OWNERS

    table = re.findall(r"^\| ([a-z_, ]+) \| (.+) \|$", read("docs/architecture.md"), re.M)
    told = {library: set(re.findall(r"`([^`]+)`", owners)) for names, owners in table for library in names.split(", ")}
    told.pop("library", None)
    for library, owners in told.items():
        assert owners <= OWNERS[library], library
