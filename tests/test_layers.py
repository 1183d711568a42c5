"""Imports go one way, and each heavy library has one owner. Read from the syntax tree, so nothing is imported."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("app.py", "rag", "vectorstore", "eval")
MAY_IMPORT = {
    "app": {"app", "rag"},
    "eval": {"eval", "rag"},
    "rag": {"rag", "vectorstore"},
    "vectorstore": {"vectorstore"},
}
# The command line is an edge: it starts the page and the measuring, each imported when asked for.
# A baseline of the measuring builds an index of its own, the plain way.
EDGES = {"rag/cli.py": {"app", "eval"}, "eval/baselines.py": {"vectorstore"}}
OWNERS = {
    "chromadb": {"vectorstore/store.py"},
    "tantivy": {"vectorstore/lexical.py"},
    "sentence_transformers": {"rag/encoder.py", "rag/reranker.py", "rag/train.py"},
    "torch": {"rag/encoder.py", "rag/train.py"},
    "accelerate": {"rag/train.py"},
    "datasets": {"rag/train.py"},
    "transformers": {"rag/train.py"},
    "gradio": {"app.py"},
    "langchain": {"rag/generator.py"},
    "langchain_core": {"rag/generator.py", "rag/langchain_retriever.py"},
    "langchain_openai": {"rag/generator.py"},
    "langsmith": {"rag/generator.py"},
    "openai": {"rag/generator.py"},
    "pickle": set(),
}
# Inside rag: nouns and settings know nobody; what is pure imports no room that does input or output.
NOUNS = {"rag/types.py", "rag/errors.py"}
IO_ROOMS = {"rag.catalogue", "rag.ingest", "rag.retriever", "rag.assistant", "rag.cli", "rag.api", "rag.generator"}
PURE = {
    "rag/passages.py",
    *(f"rag/figures/{name}.py" for name in ("times", "phrases", "numbers", "shared", "sentences")),
    "rag/grounding.py",
    "rag/numerals.py",
}


def source_files() -> list[Path]:
    found = [ROOT / "app.py"] if (ROOT / "app.py").exists() else []
    for room in ROOMS[1:]:
        found += sorted((ROOT / room).rglob("*.py"))
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports_of(path: Path, *, at_module_level: bool = False) -> list[str]:
    """Dotted names that the file imports; type-checking blocks do not count."""
    found: list[str] = []

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                continue
            if at_module_level and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Import):
                found.extend(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: write the import in full"
                found.append(child.module or "")
                found.extend(f"{child.module}.{alias.name}" for alias in child.names)
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    name = name_of(path)
    room = name.split("/")[0].removesuffix(".py")
    allowed = MAY_IMPORT[room] | EDGES.get(name, set())
    wrong = {top for top in (i.split(".")[0] for i in imports_of(path)) if top in MAY_IMPORT and top not in allowed}
    assert not wrong, f"{name} imports {sorted(wrong)}"


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_each_heavy_library_has_one_owner(path: Path) -> None:
    used = {i.split(".")[0] for i in imports_of(path)} & OWNERS.keys()
    wrong = {library for library in used if name_of(path) not in OWNERS[library]}
    assert not wrong, f"{name_of(path)} imports {sorted(wrong)}, which belong to {[OWNERS[w] for w in sorted(wrong)]}"


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_no_module_needs_one_operating_system_to_be_imported(path: Path) -> None:
    only_unix = {"fcntl", "resource", "pwd", "grp", "termios", "tty"}
    assert not only_unix & {i.split(".")[0] for i in imports_of(path, at_module_level=True)}


def test_nouns_import_no_room_and_pure_steps_do_no_input_or_output() -> None:
    for name in sorted(NOUNS | PURE):
        if (ROOT / name).exists():
            imported = imports_of(ROOT / name)
            forbidden = {"rag", "vectorstore"} if name in NOUNS else IO_ROOMS | {"vectorstore"}
            wrong = [i for i in imported if i in forbidden or i.split(".")[0] in forbidden & {"vectorstore", "rag"}]
            assert not wrong, f"{name} imports {wrong}"


def test_only_the_settings_read_the_environment() -> None:
    may = {"rag/config.py"}
    for path in source_files():
        if name_of(path) in may:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"os.getenv", "os.environ.get"}, f"{name_of(path)} reads the environment: {called}"
