"""The digest of the rules covers all code that reads reports."""

from __future__ import annotations

import ast
from pathlib import Path

from rag.rules import _ROOM, _RULES, rules_fingerprint

# What a rule may import without being read by it: how errors are worded changes no figure.
NO_RULES = {"rag.errors"}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("rag"):
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("rag")}
    return found


def test_every_module_that_a_rule_imports_is_a_rule() -> None:
    covered = {name.removesuffix(".py") for name in _RULES}
    for name in _RULES:
        path = _ROOM / name
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for module in imported(file) - NO_RULES:
                room = module.split(".")[1] if "." in module else ""
                assert room in covered, f"{file.name} imports {module}: name it in rag/rules.py"


def test_the_digest_is_short_and_stays() -> None:
    first = rules_fingerprint()
    rules_fingerprint.cache_clear()
    assert rules_fingerprint() == first
    assert len(first) == 12
