"""A run: every gold question asked and judged, resumable after a kill, with all that is needed to do it again.

``answers.jsonl`` and ``trace.jsonl`` grow by a line a question and are flushed, so that a kill costs one question.
``run.json`` says what was asked of what; a folder that holds a run of something else is not mixed up with this one.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from eval.asking import Program, Wenbao, ask
from eval.documents import docs_of, load_documents
from eval.evidence import Context, Finder
from eval.gold import Gold, GoldError, json_lines, load_gold
from eval.lost import Trace
from eval.metrics import Judged
from eval.report import html_report, markdown_report
from eval.results import Results, lines_of, numbers_of, results_of
from eval.retrieval import write_trec
from eval.score import load_answers

if TYPE_CHECKING:
    from rag.catalogue import Catalogue
    from rag.config import Settings
    from rag.retriever import By

ANSWERS: Final = "answers.jsonl"
TRACES: Final = "trace.jsonl"
RUN: Final = "run.json"
METRICS: Final = "metrics.json"
RESULTS: Final = "results.jsonl"
BASELINES: Final = "baselines"
ROOT: Final = Path(__file__).resolve().parent.parent
_LIBRARIES: Final = (
    "wenbao", "chromadb", "tantivy", "rjieba", "numpy", "scipy", "ir-measures", "tokenizers", "langchain", "torch",
)  # fmt: skip
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run asks of what. ``date`` is an ISO date, taken by the caller."""

    gold: Path
    out: Path
    date: str
    reader: str = "extractive"
    retrieval: By = "hybrid"
    baselines: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that is done: its results, its numbers as in metrics.json, and those of the baselines by name."""

    results: Results
    numbers: Mapping[str, Any]
    golds: tuple[Gold, ...]


def run(options: Options, settings: Settings, *, say: Say = lambda line: None) -> Finished:
    """Asks every question that has no answer yet, judges all, and writes numbers and TREC files.

    Raises:
        GoldError: If the gold cannot be used, or the folder holds an unfinished run of something else.
        RagError: If the library cannot be opened.
    """
    golds = load_gold(options.gold)
    program = Wenbao(settings, retrieval=options.retrieval, reader=options.reader)
    catalogue = program.assistant.library.catalogue
    identity = _identity(options, program)
    _prepare(options, identity, golds, say=say)
    documents = load_documents(options.gold)
    finder = Finder(catalogue, documents, digest_of=lambda path: _digest_of(catalogue, path))
    _name_missing(golds, finder, say)
    began = time.perf_counter()
    _ask_all(golds, program, finder, options.out, say=say)
    seconds = time.perf_counter() - began
    results = _judged(options.out, golds, catalogue)
    numbers = {
        **numbers_of(results),
        "missing_documents": [doc for doc in docs_of(golds) if finder.report_id(doc) is None],
        "made": {**identity, **environment(), "date": options.date, "seconds": round(seconds, 1)},
    }
    if options.baselines:
        numbers["baselines"] = _baselines(options, program, golds, say=say)
    write_trec(options.out, {q: t.scoped for q, t in results.traces.items()}, results.traces, tag=options.retrieval)
    write_json(options.out / METRICS, numbers)
    _write_lines(options.out / RESULTS, lines_of(results))
    _write_reports(options.out, numbers, results, finder)
    _write_run(options.out, identity, done=True)
    return Finished(results, numbers, golds)


def environment() -> dict[str, Any]:
    """Versions, machine and state of the code, as metrics.json keeps them."""
    versions: dict[str, str | None] = {}
    for name in _LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "versions": versions,
        "git": git_state(),
        "peak_memory_mb": _peak_memory_mb(),
    }


def git_state() -> str | None:
    """The commit that is checked out, with ``+`` if tracked files differ from it; None outside a checkout."""
    try:
        sha = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return sha.strip() + ("+" if changed.strip() else "")


def gold_hash(path: Path) -> str:
    """The SHA-256 of a gold file, line ends aside."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def read_traces(path: Path) -> dict[str, Trace]:
    """The traces of a run by question."""
    found = {}
    for _, item in json_lines(path):
        found[str(item["id"])] = Trace(
            missing_docs=tuple(item["missing_docs"]),
            read_as=tuple(item["read_as"]),
            grades={p: int(g) for p, g in item["grades"].items()},
            scoped=tuple((p, float(s)) for p, s in item["scoped"]),
            open=tuple((p, float(s)) for p, s in item["open"]),
            reports=tuple(item["reports"]),
        )
    return found


def write_json(path: Path, content: object) -> None:
    """Writes an object for people and programs: UTF-8, indented."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=_plain) + "\n", encoding="utf-8")


# -- asking -----------------------------------------------------------------------------------------


def _prepare(options: Options, identity: Mapping[str, Any], golds: Sequence[Gold], *, say: Say) -> None:
    """Makes the folder fit for this run: what is done stays, a line that a kill tore is dropped."""
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    before = _read_run(out)
    same = before is not None and before.get("identity") == dict(identity)
    if before is not None and not same and not before.get("done") and not options.fresh:
        differ = [k for k, v in identity.items() if (before.get("identity") or {}).get(k) != v]
        raise GoldError(
            f"{out}: holds an unfinished run of something else ({', '.join(differ)} differ): "
            "give another --out, or --fresh to start over"
        )
    if before is None or not same or options.fresh:
        for name in (ANSWERS, TRACES):
            (out / name).unlink(missing_ok=True)
    asked = {gold.id for gold in golds}
    done = _whole_lines(out / ANSWERS).keys() & _whole_lines(out / TRACES).keys() & asked
    for name in (ANSWERS, TRACES):
        _keep_lines(out / name, done)
    if done:
        say(f"{len(done)} of {len(golds)} questions are answered already")
    _write_run(out, identity, done=False)


def _ask_all(golds: Sequence[Gold], program: Wenbao, finder: Finder, out: Path, *, say: Say) -> None:
    done = _whole_lines(out / ANSWERS)
    with _appending(out / ANSWERS) as answers, _appending(out / TRACES) as traces:
        for number, gold in enumerate(golds, start=1):
            if gold.id not in done:
                _append(answers, ask(program, gold))
                _append(traces, {"id": gold.id, **asdict(_traced(program, gold, finder))})
            say(f"[{number}/{len(golds)}] {gold.id}")


def _traced(program: Wenbao, gold: Gold, finder: Finder) -> Trace:
    try:
        return program.trace(gold, finder)
    except Exception as error:  # noqa: BLE001 - a look inside that fails must not cost the answer
        sys.stderr.write(f"{gold.id}: no trace: {type(error).__name__}: {error}\n")
        return Trace()


def _baselines(options: Options, program: Wenbao, golds: Sequence[Gold], *, say: Say) -> dict[str, Any]:
    from eval.baselines import baselines

    found = {}
    for baseline in baselines(program):
        folder = options.out / BASELINES / baseline.name
        folder.mkdir(parents=True, exist_ok=True)
        found[baseline.name] = _baseline(baseline, golds, folder, program, say=say)
    return found


def _baseline(baseline: Program, golds: Sequence[Gold], folder: Path, program: Wenbao, *, say: Say) -> dict[str, Any]:
    path = folder / ANSWERS
    path.unlink(missing_ok=True)
    with _appending(path) as answers:
        for number, gold in enumerate(golds, start=1):
            _append(answers, ask(baseline, gold))
            say(f"{baseline.name} [{number}/{len(golds)}]")
    (folder / TRACES).write_text("", encoding="utf-8")
    results = _judged(folder, golds, program.assistant.library.catalogue)
    numbers = numbers_of(results)
    write_json(folder / METRICS, numbers)
    _write_lines(folder / RESULTS, lines_of(results))
    return {key: numbers[key] for key in ("headline", "abstention", "citations", "wrong")}


def _write_reports(out: Path, numbers: Mapping[str, Any], results: Results, finder: Finder) -> None:
    def contexts(item: Judged) -> Sequence[Context]:
        return finder.contexts(item.gold)

    page = html_report(numbers, results, contexts=contexts)
    (out / "report.html").write_text(page, encoding="utf-8", newline="\n")
    text = markdown_report(numbers, results, contexts=contexts)
    (out / "report.md").write_text(text, encoding="utf-8", newline="\n")


def _judged(folder: Path, golds: Sequence[Gold], catalogue: Catalogue) -> Results:
    answers = load_answers(folder / ANSWERS)
    return results_of(golds, answers, traces=read_traces(folder / TRACES), texts=_texts_of(answers.values(), catalogue))


def _texts_of(answers: Iterable[Mapping[str, Any]], catalogue: Catalogue) -> dict[str, str]:
    ids = dict.fromkeys(str(c.get("report_id")) for a in answers for c in a.get("citations") or ())
    return {report_id: catalogue.text(report_id) for report_id in ids if catalogue.has(report_id)}


def _name_missing(golds: Sequence[Gold], finder: Finder, say: Say) -> None:
    missing = [doc for doc in docs_of(golds) if finder.report_id(doc) is None]
    if missing:
        say(f"{len(missing)} reports of the gold are not in the library: {'; '.join(missing[:5])}")


# -- what a run is ----------------------------------------------------------------------------------


def _identity(options: Options, program: Wenbao) -> dict[str, Any]:
    """What must be the same for two halves of a run to be one."""
    from rag.rules import rules_fingerprint

    library = program.assistant.library
    return {
        "gold": options.gold.name,
        "gold_sha256": gold_hash(options.gold),
        "corpus_sha256": corpus_hash(library.catalogue),
        "reports": len(library.catalogue.reports()),
        "model": library.encoder.fingerprint,
        "rules": rules_fingerprint(),
        "code_sha256": code_hash(),
        "reader": options.reader,
        **({"llm": program.assistant.settings.llm} if options.reader == "llm" else {}),
        "retrieval": options.retrieval,
    }


def corpus_hash(catalogue: Catalogue) -> str:
    """The digest of the texts that the library holds, whatever their order."""
    texts = sorted(report.text_sha256 for report in catalogue.reports())
    return hashlib.sha256("\n".join(texts).encode("ascii")).hexdigest()


def code_hash() -> str:
    """The digest of the program's own source."""
    digest = hashlib.sha256()
    for room in ("rag", "vectorstore"):
        for path in sorted((ROOT / room).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode("utf-8") + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _digest_of(catalogue: Catalogue, path: str) -> str | None:
    record = catalogue.file(path)
    return record.sha256 if record else None


def _peak_memory_mb() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


# -- files ------------------------------------------------------------------------------------------


def _read_run(out: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((out / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _write_run(out: Path, identity: Mapping[str, Any], *, done: bool) -> None:
    write_json(out / RUN, {"identity": dict(identity), "done": done})


def _whole_lines(path: Path) -> dict[str, str]:
    """Id -> line for every line that is whole; the last one may have been torn by a kill."""
    found = {}
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else ():
        try:
            found[str(json.loads(line)["id"])] = line
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _keep_lines(path: Path, ids: Iterable[str]) -> None:
    kept, wanted = _whole_lines(path), set(ids)
    aside = path.with_suffix(".part")
    aside.write_text(
        "".join(f"{line}\n" for id_, line in kept.items() if id_ in wanted), encoding="utf-8", newline="\n"
    )
    aside.replace(path)


def _appending(path: Path) -> IO[str]:
    return path.open("a", encoding="utf-8", newline="\n")


def _append(file: IO[str], item: Mapping[str, Any]) -> None:
    file.write(json.dumps(item, ensure_ascii=False, default=_plain) + "\n")
    file.flush()
    os.fsync(file.fileno())


def _write_lines(path: Path, items: Iterable[Mapping[str, Any]]) -> None:
    lines = [json.dumps(item, ensure_ascii=False, default=_plain) + "\n" for item in items]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def settings_for(library: Path | None, embedding: str | None) -> Settings:
    """The settings of the environment with the command line's on top."""
    from rag.config import Settings

    settings = Settings.from_env(library=library)
    return replace(settings, embedding=embedding) if embedding else settings
