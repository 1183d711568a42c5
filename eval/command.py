"""The command line of the measuring: run, all, score, compare, gate, lint, documents, lock, table, add and import."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eval.asking import NO_MODEL, READERS, RETRIEVALS
from eval.gold import CATEGORIES, ROLES, GoldError, load_gold
from eval.score import judge_all, load_answers, load_texts, render, summary

if TYPE_CHECKING:
    from eval.run import Finished, Options
    from eval.safety import Failed, Played
    from rag.config import Settings

ROOT: Final = Path(__file__).resolve().parent.parent
GOLD: Final = ROOT / "eval" / "gold"
SAMPLES: Final = "samples.jsonl"
WORDINGS: Final = "paraphrases.jsonl"  # wordings of questions that samples.jsonl asks
# reports, sentences with the figures in them, and questions without an answer of their own
NO_QUESTIONS: Final = ("documents.jsonl", "sentences.jsonl", "retrieval.jsonl")
DONE, MEND = 0, 2


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 2 something that the user must mend, or a gate that is shut."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    from rag.errors import RagError

    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.do(arguments)
    except (GoldError, RagError) as error:
        sys.stderr.write(f"{error}\n")
        return MEND
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on where it was\n")
        return MEND
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wenbao eval", description="Measure answers against gold questions.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, do: Callable[[argparse.Namespace], int], about: str, example: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about, epilog=f"example: wenbao eval {example}")
        sub.set_defaults(do=do)
        return sub

    one = add("run", _run, "ask every gold question and judge", "run eval/gold/samples.jsonl --out run1")
    one.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    one.add_argument("--out", type=Path, required=True, metavar="DIR")
    one.add_argument("--library", type=Path, metavar="DIR", help="default: WENBAO_LIBRARY, else data/library")
    one.add_argument("--reports", type=Path, nargs="+", metavar="PATH", help="read these into DIR/library and ask that")
    _running(one)

    every = add("all", _all, "every gold set on what is installed", "all --out data/eval --baselines")
    every.add_argument("--out", type=Path, required=True, metavar="DIR")
    every.add_argument("--material", type=Path, metavar="DIR", help="folder with corpus/reports for the larger sets")
    every.add_argument("--test", action="store_true", help="the sealed test questions too; their misses are not shown")
    _running(every)

    ways = add(
        "retrieval", _retrieval, "ways of retrieving side by side", "retrieval --material reports --out data/retrieval"
    )
    ways.add_argument("--material", type=Path, required=True, metavar="DIR", help="folder with corpus/reports")
    ways.add_argument("--out", type=Path, required=True, metavar="DIR")
    ways.add_argument("--embedding", metavar="MODEL", help="another embedding model")
    ways.add_argument(
        "--train", action="store_true", help="also a model trained without the reports that are asked about"
    )

    score = add("score", _score, "judge answers from anywhere", "score answers.jsonl eval/gold/samples.jsonl")
    score.add_argument("answers", type=Path, metavar="ANSWERS.jsonl")
    score.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    score.add_argument("--texts", type=Path, help="folder of {report id}.txt, the texts that citations point into")
    score.add_argument("--json", type=Path, help="write the numbers to this file too")
    score.add_argument("--no-misses", action="store_true", help="print the table only")

    compare = add("compare", _compare, "two runs on the same questions", "compare run1 run2")
    compare.add_argument("before", type=Path, metavar="DIR")
    compare.add_argument("after", type=Path, metavar="DIR")

    gate = add("gate", _gate, "whether a change may go in (exit code 2: no)", "gate base new")
    gate.add_argument("base", type=Path, metavar="BASE")
    gate.add_argument("new", type=Path, metavar="NEW")

    lint = add("lint", _lint, "check a gold file", "lint eval/gold/samples.jsonl --documents samples")
    lint.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    lint.add_argument("--documents", type=Path, help="folder with the reports, in which every quote must stand")

    documents = add("documents", _documents, "write documents.jsonl beside gold", "documents gold.jsonl reports")
    documents.add_argument("gold", type=Path, nargs="+", metavar="GOLD.jsonl")
    documents.add_argument("reports", type=Path, metavar="FOLDER")
    documents.add_argument("--library", type=Path, metavar="DIR", help="take title, place and year from this library")
    documents.add_argument(
        "--out", type=Path, metavar="FILE", help="default: documents.jsonl beside the first gold file"
    )

    lock = add("lock", _lock, "seal test questions in LOCK", "lock eval/gold/test.jsonl")
    lock.add_argument("gold", type=Path, nargs="+", metavar="GOLD.jsonl")

    mutate = add("mutate", _mutate, "spoil right answers: all must be wrong", "mutate eval/gold/samples.jsonl")
    mutate.add_argument("gold", type=Path, nargs="+", metavar="GOLD.jsonl")

    table = add("table", _table, "write the READMEs' table from runs", "table data/eval/samples")
    table.add_argument("runs", type=Path, nargs="+", metavar="DIR")

    safety = add(
        "llm-safety", _safety, "what scripted models, good and lying, get past the check",
        "llm-safety eval/gold/samples.jsonl --out data/safety",
    )  # fmt: skip
    safety.add_argument("gold", type=Path, nargs="+", metavar="GOLD.jsonl")
    safety.add_argument("--out", type=Path, required=True, metavar="DIR")
    safety.add_argument(
        "--library", type=Path, metavar="DIR", help="default: the sample reports, read into DIR/library"
    )
    safety.add_argument("--only", nargs="+", default=(), metavar="SCRIPT", help="these scripts alone")
    safety.add_argument("--endpoint", action="store_true", help="ask the model of WENBAO_LLM… in place of the scripts")
    _editing(add)
    return parser


def _running(parser: argparse.ArgumentParser) -> None:
    told = "llm: the model of WENBAO_LLM; both: side by side"
    parser.add_argument("--reader", choices=(*READERS, "both"), default="extractive", help=told)
    parser.add_argument("--repeats", type=int, default=3, metavar="K", help="runs with a language model (default: 3)")
    parser.add_argument("--retrieval", choices=RETRIEVALS, default="hybrid")
    parser.add_argument("--embedding", metavar="MODEL", help="another embedding model")
    parser.add_argument("--baselines", action="store_true", help="score plain ways to answer in the same run")
    parser.add_argument("--fresh", action="store_true", help="ask again what is answered already")
    parser.add_argument("--no-misses", action="store_true", help="print the table only")


def _editing(add: Callable[[str, Callable[[argparse.Namespace], int], str, str], argparse.ArgumentParser]) -> None:
    new = add(
        "add", _add, "one item from a report and a quote",
        "add own.jsonl --report r.txt --quote 新增就业1.68万人 "
        "--place 沈河区 --period 2019 --indicator 新增就业 --value 1.68 --unit 万人",
    )  # fmt: skip
    new.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    new.add_argument(
        "--report", type=Path, required=True, metavar="FILE.txt", help="the report that the quote stands in"
    )
    new.add_argument("--quote", required=True)
    new.add_argument("--question", default="")
    for name in ("place", "period", "indicator", "value"):
        new.add_argument(f"--{name}", required=True)
    new.add_argument("--unit", default="")
    new.add_argument("--role", choices=ROLES, default="actual")
    new.add_argument("--measure", default="")
    new.add_argument("--modality", default="")
    new.add_argument("--category", choices=CATEGORIES)
    new.add_argument("--yes", action="store_true", help="do not ask to confirm")

    table = add(
        "import",
        _import,
        "items from a table (place, year, indicator, value, unit, sentence), or from the page's feedback.jsonl",
        "import t.xlsx own.jsonl",
    )
    table.add_argument("table", type=Path, metavar="TABLE.csv|xlsx|jsonl")
    table.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    table.add_argument("--documents", type=Path, help="folder with the reports, in which every sentence must stand")


# -- running ----------------------------------------------------------------------------------------


def _run(arguments: argparse.Namespace) -> int:
    from eval.run import settings_for

    library = arguments.library
    if arguments.reports:
        library = arguments.out / "library"
    settings = settings_for(library, arguments.embedding)
    if arguments.reports:
        _read(arguments.reports, settings)
    _measure(arguments, arguments.gold, arguments.out, settings)
    return DONE


def _all(arguments: argparse.Namespace) -> int:
    """Samples over the sample reports; every other set over the material's reports, where they are at hand."""
    from eval.run import settings_for

    began = time.perf_counter()
    done = []
    reports = arguments.material / "corpus" / "reports" if arguments.material else None
    for gold in gold_files(GOLD, test=arguments.test):
        on_samples = gold.name in (SAMPLES, WORDINGS)
        folder = ROOT / "samples" if on_samples else reports
        if folder is None or not folder.is_dir():
            sys.stdout.write(f"{gold.name}: left out, its reports are not at hand: give --material\n")
            continue
        name = "samples" if on_samples else "reports"
        settings = settings_for(arguments.out / f"library-{name}", arguments.embedding)
        _read([folder], settings)
        sys.stdout.write(f"\n== {gold.name}\n")
        _measure(arguments, gold, arguments.out / gold.stem, settings)
        done.append((arguments.out / gold.stem).as_posix())
    sys.stdout.write(f"\nall in {time.perf_counter() - began:.0f} s\n")
    sys.stdout.write(f"into the READMEs: python -m eval table {' '.join(done)}\n")
    return DONE


def _retrieval(arguments: argparse.Namespace) -> int:
    """One table over every gold set but the sealed one, on a library of the samples and the material's reports."""
    from eval.documents import load_documents
    from eval.ranking import rank_all, table_of, write_numbers
    from eval.run import settings_for
    from eval.sought import PARAPHRASED, load_sought
    from eval.unseen import train_unseen
    from rag.catalogue import Catalogue

    settings = settings_for(arguments.out / "library", arguments.embedding)
    reports = arguments.material / "corpus" / "reports"
    _read([ROOT / "samples", reports], settings)
    files = [*gold_files(GOLD), GOLD / PARAPHRASED]
    sought = [one for path in files if path.name != WORDINGS for one in load_sought(path)]
    documents = load_documents(GOLD / PARAPHRASED)
    unseen = None
    if arguments.train:
        unseen = arguments.out / "unseen"
        with Catalogue.open(settings.library) as shelf:
            docs = [span.doc for one in sought for span in one.evidence]
            train_unseen(docs, shelf, documents=documents, reports=reports, out=unseen, say=_progress)
    found = rank_all(sought, settings, documents=documents, scratch=arguments.out, unseen=unseen, say=_progress)
    _progress("")
    table = table_of(found)
    (arguments.out / "retrieval.md").write_text(table, encoding="utf-8", newline="\n")
    write_numbers(arguments.out / "retrieval.json", found)
    sys.stdout.write(table)
    return DONE


def gold_files(folder: Path, *, test: bool = False) -> list[Path]:
    """The gold sets of a folder, samples first; those for the final test only with ``test``."""
    found = sorted(path for path in folder.glob("*.jsonl") if path.name not in NO_QUESTIONS)
    return sorted(
        (path for path in found if test or not path.name.startswith("test")), key=lambda path: path.name != SAMPLES
    )


def _measure(arguments: argparse.Namespace, gold: Path, out: Path, settings: Settings) -> None:
    """One gold set by the reader asked for; with a language model again and again, and the readers side by side."""
    from eval.run import run

    options = _options(arguments, gold, out)
    if arguments.reader == "extractive":
        finished = run(options, settings, say=_progress)
        _progress("")
        sys.stdout.write(f"{out / 'report.html'}\n")
        _report(finished, arguments)
        return
    from eval.readers import render, run_readers

    both = arguments.reader == "both"
    readers, _ = run_readers(options, settings, repeats=arguments.repeats, both=both, say=_progress)
    _progress("")
    sys.stdout.write(f"{out / 'readers.html'}\n{render(readers)}")


def _options(arguments: argparse.Namespace, gold: Path, out: Path) -> Options:
    from eval.run import Options

    return Options(
        gold=gold,
        out=out,
        date=time.strftime("%Y-%m-%d"),
        reader=arguments.reader,
        retrieval=arguments.retrieval,
        baselines=arguments.baselines,
        fresh=arguments.fresh,
    )


def _report(finished: Finished, arguments: argparse.Namespace) -> None:
    from eval.report import baseline_table

    answers = {item.gold.id: item.answer for item in finished.results.items}
    verdicts = [item.verdict for item in finished.results.items]
    sealed = finished.numbers["made"]["gold"].startswith("test")
    sys.stdout.write(render(verdicts, answers, misses=not (arguments.no_misses or sealed)))
    if finished.numbers.get("baselines"):
        sys.stdout.write("\n".join(["", *baseline_table(finished.numbers), ""]))


def _read(paths: Sequence[Path], settings: Settings) -> None:
    from rag.ingest import ingest

    for number, _ in enumerate(ingest(paths, settings=settings), start=1):
        _progress(f"reading [{number}]")
    _progress("")


def _progress(line: str) -> None:
    """Shows a line that the next one writes over; on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line[:100]}")
        sys.stderr.flush()


def _safety(arguments: argparse.Namespace) -> int:
    """The scripts over the gold, services that fail, and reports with orders in them; or a real model over the gold."""
    from eval import safety
    from eval.run import settings_for, write_json

    arguments.out.mkdir(parents=True, exist_ok=True)
    samples = ROOT / "samples"
    settings = settings_for(arguments.library or arguments.out / "library", None)
    if arguments.library is None:
        _read([samples], settings)
    golds = [gold for path in arguments.gold for gold in load_gold(path)]
    rows: list[Played] = []
    faults: list[Failed] = []

    def keep() -> None:  # after each script, since a whole set takes long
        write_json(arguments.out / "safety.json", safety.as_json(rows, faults))
        table = safety.render(rows, faults)
        (arguments.out / "safety.md").write_text(table, encoding="utf-8", newline="\n")

    if arguments.endpoint:
        if not settings.llm:
            raise GoldError(NO_MODEL)
        rows.append(safety.play_endpoint(golds, settings, say=_progress))
    else:
        for row in safety.all_scripts(golds, settings, only=arguments.only, say=_progress):
            rows.append(row)
            keep()
        if not arguments.only or "poison" in arguments.only:
            rows.append(_poisoned(arguments.out, settings))
        faults += [] if arguments.only else safety.all_faults(golds[0], settings)
    _progress("")
    keep()
    sys.stdout.write(safety.render(rows, faults))
    return DONE


def _poisoned(out: Path, settings: Settings) -> Played:
    """The obedient model over sample reports that have orders in them."""
    from eval import safety
    from eval.players import liars

    poisoned = settings.with_library(out / "library-poisoned")
    _read(safety.poisoned(ROOT / "samples", out / "poisoned"), poisoned)
    obedient = next(liar for liar in liars() if liar.name == "injections")
    return safety.play("poisoned reports", obedient, load_gold(GOLD / SAMPLES), poisoned, say=_progress)


# -- judging and comparing --------------------------------------------------------------------------


def _score(arguments: argparse.Namespace) -> int:
    golds, answers = load_gold(arguments.gold), load_answers(arguments.answers)
    texts = load_texts(arguments.texts) if arguments.texts else None
    verdicts = judge_all(golds, answers, texts=texts)
    sys.stdout.write(render(verdicts, answers, misses=not arguments.no_misses))
    strangers = len(answers.keys() - {gold.id for gold in golds})
    if strangers:
        sys.stderr.write(f"{strangers} answers are to questions that the gold does not ask\n")
    if arguments.json:
        _write_json(arguments.json, {**summary(verdicts), "measures": _measures(arguments, texts or {})})
    return DONE


def _measures(arguments: argparse.Namespace, texts: dict[str, str]) -> dict[str, Any]:
    from eval.results import numbers_of, results_of

    golds, answers = load_gold(arguments.gold), load_answers(arguments.answers)
    return numbers_of(results_of(golds, answers, traces={}, texts=texts))


def _compare(arguments: argparse.Namespace) -> int:
    from eval.compare import compare, load_run, render_comparison

    before, after = load_run(arguments.before), load_run(arguments.after)
    sys.stdout.write(render_comparison(compare(before, after), before, after))
    return DONE


def _gate(arguments: argparse.Namespace) -> int:
    from eval.compare import gate, load_run, render_gate

    found = gate(load_run(arguments.base), load_run(arguments.new))
    sys.stdout.write(render_gate(found))
    return DONE if found.open else MEND


def _mutate(arguments: argparse.Namespace) -> int:
    from eval.mutation import mutation_test

    alive = 0
    for path in arguments.gold:
        found = mutation_test(load_gold(path))
        alive += len(found.survivors)
        kinds = ", ".join(f"{kind} {count}" for kind, count in found.counts.items())
        sys.stdout.write(f"{path.name}: {found.total - len(found.survivors)} of {found.total} caught ({kinds})\n")
        sys.stdout.write("".join(f"  not caught: {one}\n" for one in found.survivors[:20]))
        sys.stdout.write("".join(f"  right answer not right: {one}\n" for one in found.unfit))
    return MEND if alive else DONE


# -- gold -------------------------------------------------------------------------------------------


def _lint(arguments: argparse.Namespace) -> int:
    from eval.documents import docs_of, load_documents
    from eval.lint import problems, texts_in, unknown_documents
    from eval.lock import lock_problems
    from eval.sought import PARAPHRASED

    if arguments.gold.name == PARAPHRASED:
        return _lint_sought(arguments)
    golds = load_gold(arguments.gold)
    docs = docs_of(golds)
    texts = texts_in(arguments.documents, docs) if arguments.documents else {}
    found = problems(golds, texts) + unknown_documents(golds, load_documents(arguments.gold))
    found += [p for p in lock_problems(arguments.gold.parent) if p.startswith(f"{arguments.gold.name}:")]
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    if arguments.documents and len(texts) < len(docs):
        sys.stdout.write(
            f"{len(docs) - len(texts)} of {len(docs)} reports are not at hand: their quotes are not checked\n"
        )
    sys.stdout.write(f"{len(golds)} questions, {len(found)} problems\n")
    return MEND if found else DONE


def _lint_sought(arguments: argparse.Namespace) -> int:
    from eval.lint import texts_in
    from eval.sought import load_sought, sought_problems

    questions = load_sought(arguments.gold)
    docs = dict.fromkeys(span.doc for one in questions for span in one.evidence)
    texts = texts_in(arguments.documents, docs) if arguments.documents else {}
    found = sought_problems(questions, texts)
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    sys.stdout.write(f"{len(questions)} questions, {len(found)} problems\n")
    return MEND if found else DONE


def _documents(arguments: argparse.Namespace) -> int:
    from eval.documents import (
        DOCUMENTS,
        About,
        docs_of,
        find_documents,
        library_about,
        load_documents,
        manifest_about,
        write_documents,
    )  # fmt: skip

    docs = docs_of([gold for path in arguments.gold for gold in load_gold(path)])
    about = manifest_about(arguments.reports)
    if arguments.library:
        from rag.catalogue import Catalogue

        with Catalogue.open(arguments.library) as catalogue:
            rows = [(r.source_path, About(r.title, r.place, r.report_year)) for r in catalogue.reports()]
        about |= library_about(arguments.reports, rows)
    found = find_documents(docs, arguments.reports, about=about)
    out = arguments.out or arguments.gold[0].with_name(DOCUMENTS)
    told = load_documents(out.with_name("gold.jsonl")) if out.name == DOCUMENTS else {}
    told |= {document.id: document for document in found.documents}  # what another folder gave stays
    write_documents(told.values(), out)
    missing = [doc for doc in found.missing if doc not in told]
    sys.stdout.write("".join(f"not found: {doc}\n" for doc in missing))
    sys.stdout.write(f"{len(told)} documents in {out}, {len(missing)} not found\n")
    return DONE


def _lock(arguments: argparse.Namespace) -> int:
    from eval.lock import write_lock

    for path in arguments.gold:
        load_gold(path)
        sys.stdout.write(f"{path.name} sealed in {write_lock([path])}\n")
    return DONE


def _table(arguments: argparse.Namespace) -> int:
    from eval.table import KEPT, READMES, kept_from, write_tables

    write_tables(ROOT, kept_from(arguments.runs))
    sys.stdout.write(f"wrote {KEPT.as_posix()} and the tables of {', '.join(READMES)}\n")
    return DONE


def _add(arguments: argparse.Namespace) -> int:
    from eval.editing import append_items, checked, item_of, next_id, to_line

    doc = arguments.report.stem
    row = {name: getattr(arguments, name) for name in ("place", "period", "indicator", "value", "unit", "role")}
    row |= {"measure": arguments.measure, "modality": arguments.modality, "sentence": arguments.quote, "doc": doc}
    item = item_of(row, id_=next_id(arguments.gold, arguments.gold.stem), question=arguments.question)
    if arguments.category:
        item["category"] = arguments.category
    try:
        text = arguments.report.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{arguments.report}: cannot be read as UTF-8 text: {error}") from error
    found = checked(item, {doc: text})
    sys.stdout.write(json.dumps(json.loads(to_line(item)), ensure_ascii=False, indent=1) + "\n")
    if found:
        sys.stdout.write("".join(f"{problem}\n" for problem in found))
        return MEND
    if not arguments.yes and not _confirmed(f"add this to {arguments.gold}? [y/N] "):
        sys.stdout.write("not added\n")
        return MEND
    append_items(arguments.gold, [item])
    return DONE


def _import(arguments: argparse.Namespace) -> int:
    from eval.editing import append_items, checked, feedback_items, item_of, rows_of
    from eval.lint import texts_in

    items: list[Mapping[str, Any]] = []
    found: list[str] = []
    if arguments.table.suffix.lower() == ".jsonl":
        items += feedback_items(arguments.table)
    else:
        for number, row in enumerate(rows_of(arguments.table), start=1):
            try:
                items.append(item_of(row, id_=f"{arguments.table.stem}-{number:03}"))
            except GoldError as error:
                found.append(str(error))
    docs = [span["doc"] for item in items for span in item["evidence"]]
    texts = texts_in(arguments.documents, docs) if arguments.documents else {}
    good = []
    for item in items:
        wrong = checked(item, texts)
        found += wrong
        good += [] if wrong else [item]
    append_items(arguments.gold, good)
    sys.stdout.write("".join(f"left out: {problem}\n" for problem in found))
    sys.stdout.write(f"{len(good)} items added to {arguments.gold}, {len(found)} problems\n")
    return MEND if found else DONE


def _confirmed(question: str) -> bool:
    with suppress(EOFError):
        return input(question).strip().lower() in ("y", "yes", "是")
    return False


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
