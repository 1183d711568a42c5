"""The command ``wenbao`` (also ``python -m rag``): reads what was typed, calls the rooms, prints what people see.

Exit codes: 0 done; 1 an error of ours, with a reference number in the log; 2 wrong use, or something that the user must
mend; 3 done, but some inputs were skipped; 75 another process is writing this library; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NoReturn

from rag.config import SETTING_HELP, Settings
from rag.errors import RagError, SettingsError
from rag.logs import new_reference, redacted, start_log
from rag.storage import cannot_write

if TYPE_CHECKING:
    from rag.assistant import Assistant

OK, INTERNAL, MEND, SKIPPED, INTERRUPTED = 0, 1, 2, 3, 130
_log: Final = logging.getLogger(__name__)
_Command = Callable[[argparse.Namespace, Settings], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code for the arguments ``argv``; None takes what was typed."""
    if argv is None:
        _insist_on_utf8()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # whatever the console or the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    typed = list(sys.argv[1:] if argv is None else argv)
    if typed[:1] == ["eval"]:
        from eval.command import main as measure

        return measure(typed[1:])
    english = _wants_english(typed)
    arguments = _parser(english).parse_args(typed)
    return _run(arguments, english=english)


def _run(arguments: argparse.Namespace, *, english: bool) -> int:
    hidden: tuple[str, ...] = ()
    log_path: Path | None = None
    try:
        settings = Settings.from_env(library=arguments.library, lang=arguments.lang)
        hidden = settings.secrets()
        english = settings.lang == "en"
        log_path = start_log(settings.library, hidden=hidden)
        command: _Command = arguments.command
        return command(arguments, settings)
    except RagError as error:
        _complain(redacted(error.in_language("en" if english else "zh"), hidden))
        return error.exit_code
    except KeyboardInterrupt:
        _complain("Interrupted." if english else "已中断。")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - whoever read us has gone
        return OK
    except Exception:  # noqa: BLE001 - the edge to people: they get a number, the log gets the trace
        reference = new_reference()
        _log.exception("reference %s", reference)
        where = log_path or "-"
        _complain(
            f"Internal error, reference {reference}; see {where}."
            if english
            else f"程序内部错误，编号 {reference}，详见日志 {where}。"
        )
        return INTERNAL


# -- commands ---------------------------------------------------------------------------------------


def _ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag.analysis import Given
    from rag.corpus.meta import Meta, read_meta
    from rag.ingest import ingest
    from rag.show import event_line, summary_line

    if arguments.year is not None and not re.fullmatch(r"(?:19|20)\d\d", arguments.year):
        raise SettingsError(
            f"--year 应为四位年份，例如 2020，而不是“{arguments.year}”。",
            en=f"--year must be a year of four digits such as 2020, not {arguments.year!r}.",
        )
    meta = read_meta(arguments.meta) if arguments.meta else Meta()
    given = Given(place=arguments.place, year=arguments.year, meta=meta)
    counts: Counter[str] = Counter()
    began = time.monotonic()
    events = ingest(arguments.paths, settings=settings, given=given, jobs=arguments.jobs)
    with _progress() as progress:
        try:
            for event in events:
                counts[event.kind] += 1
                progress("")
                _say(_event_json(event) if arguments.json else event_line(event, lang=settings.lang))
                progress(f"[{event.done}/{event.total}] {event.source}" if event.total else "")
        except KeyboardInterrupt:
            progress("")
            kept = sum(count for kind, count in counts.items() if kind not in ("skipped", "notice"))
            _complain(
                f"Interrupted; the {kept} reports listed above are kept. Run the same command again to go on."
                if settings.lang == "en"
                else f"已中断；上面列出的 {kept} 份都已入库。再次运行同一命令即可继续。"
            )
            return INTERRUPTED
    if not arguments.json:
        _say(summary_line(counts, time.monotonic() - began, lang=settings.lang))
    return SKIPPED if counts["skipped"] else OK


def _event_json(event: object) -> str:
    from dataclasses import asdict

    return json.dumps(asdict(event), ensure_ascii=False)  # type: ignore[call-overload]


def _reports(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag.catalogue import Catalogue
    from rag.export import report_json
    from rag.show import coverage_json, coverage_lines, report_lines

    with Catalogue.open(settings.library) as catalogue:
        if arguments.text is not None:
            sys.stdout.write(catalogue.text(arguments.text))
            sys.stdout.flush()
            return OK
        reports = catalogue.reports()
        if arguments.coverage:
            coverage = coverage_json(reports)
            _say(_pretty(coverage)) if arguments.json else _say_all(coverage_lines(coverage))
        elif arguments.json:
            _say(_pretty([report_json(catalogue.report(report.report_id)) for report in reports]))
        else:
            _say_all(report_lines(reports))
            _say(f"{len(reports)} reports." if settings.lang == "en" else f"共 {len(reports)} 份。")
    return OK


def _remove(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag.catalogue import Catalogue
    from rag.ingest import remove_reports

    Catalogue.open(settings.library).close()  # a library that is not there is not to be made
    for report_id in remove_reports(arguments.ids, settings=settings):
        _say(f"removed    {report_id}")
    return OK


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    if (arguments.batch is None) == (arguments.question is None):
        raise SettingsError(
            "请给出一个问题，或用 --batch 文件 --out 文件 成批提问（二者取一）。",
            en="Give one question, or --batch FILE --out FILE (one of the two).",
        )
    if arguments.batch is not None:
        return _ask_batch(arguments, settings)
    assistant = _assistant(settings)
    if arguments.explain:
        return _ask_explained(arguments, assistant)
    answer = assistant.answer(arguments.question, tuple(arguments.history))
    if arguments.json:
        _say(_pretty(answer.to_json()))
    else:
        from rag.show import answer_text

        sys.stdout.write(answer_text(answer, lang=settings.lang))
    return INTERNAL if answer.status == "error" else OK


def _ask_explained(arguments: argparse.Namespace, assistant: Assistant) -> int:
    from rag.answer import Answer
    from rag.show import answer_text, explained

    answer: Answer | None = None
    # With --json the steps go to standard error, so that what is on standard output stays one object.
    to = sys.stderr if arguments.json else sys.stdout
    text: object = None
    for event in assistant.stream(arguments.question, tuple(arguments.history)):
        if event.kind == "text":
            text = event.data  # a language model's comes bit by bit: the whole of it is a step
            continue
        if isinstance(event.data, Answer):
            answer = event.data
            to.writelines(f"{line}\n" for line in explained("text", text))
        to.writelines(f"{line}\n" for line in explained(event.kind, event.data))
    if answer is None:
        raise RuntimeError("the assistant ended without an answer")
    if arguments.json:
        _say(_pretty(answer.to_json()))
    else:
        sys.stdout.write(answer_text(answer, lang=assistant.settings.lang))
    return INTERNAL if answer.status == "error" else OK


def _ask_batch(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag.batch import answer_lines

    if arguments.out is None:
        raise SettingsError("--batch 要与 --out 一起使用。", en="--batch needs --out.")
    source, target = Path(arguments.batch), Path(arguments.out)
    if source.exists() and target.exists() and source.samefile(target):
        raise SettingsError("--out 不能就是 --batch 的文件。", en="--out must not be the file of --batch.")
    lines = _lines_of(source)
    assistant = _assistant(settings)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="\n") as out, _progress() as progress:
            for number, answer in enumerate(answer_lines(lines, assistant), start=1):
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
                out.flush()
                progress(f"[{number}]")
    except OSError as error:
        raise cannot_write(target, error) from error
    return OK


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"读不了问题文件“{path}”（{error}）：应为 UTF-8 的 JSONL 文件。",
            en=f"Cannot read the questions in {str(path)!r} ({error}): it must be a JSONL file in UTF-8.",
        ) from error


def _figures(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag.catalogue import Catalogue
    from rag.export import figure_rows, wanted_figures, write_figures

    wanted = wanted_figures(
        place=arguments.place, period=arguments.period, indicator=arguments.indicator, role=arguments.role
    )
    out = Path(arguments.out) if arguments.out else None
    with Catalogue.open(settings.library) as catalogue:
        count = write_figures(figure_rows(catalogue, wanted), form=arguments.format, out=out, to=sys.stdout)
    if out is not None:
        _say(f"{count} figures in {out}." if settings.lang == "en" else f"共 {count} 条数据，已写入 {out}。")
    return OK


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from app import serve
    from rag.catalogue import Catalogue

    if not (settings.library / "catalogue.sqlite").exists():
        Catalogue.open(settings.library, writable=True).close()  # an empty page says how to fill it
    serve(settings, host=arguments.host, port=arguments.port, without_password=arguments.without_password)
    return OK


def _doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag.doctor import back_up, examine, repair
    from rag.encoder import load_encoder

    if arguments.backup:
        back_up(settings, Path(arguments.backup))
        _say(f"已备份到 {arguments.backup}。恢复时把它放回 {settings.library / 'catalogue.sqlite'} 即可。")
        return OK
    encoder = load_encoder(settings)
    findings = list(examine(settings, encoder))
    _say_all(f"{'✓' if finding.well else '✗'} {finding.sentence}" for finding in findings)
    if all(finding.well for finding in findings):
        return OK
    if not arguments.repair:
        _say("运行 wenbao doctor --repair 可以修复。")
        return MEND
    repair(settings, encoder, tell=_say)
    after = list(examine(settings, encoder))
    _say_all(f"{'✓' if finding.well else '✗'} {finding.sentence}" for finding in after)
    return OK if all(finding.well for finding in after) else MEND


def _train(arguments: argparse.Namespace, settings: Settings) -> int:
    from rag.train import train_encoder

    train_encoder(arguments.reports, Path(arguments.out), exclude=arguments.exclude, say=_say)
    return OK


# -- arguments --------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the reader's language and where help is."""

    english = False

    def error(self, message: str) -> NoReturn:
        """Ends with exit code 2."""
        hint = f"{self.prog} --help"
        said = f"Wrong use: {message}\nSee {hint}" if _Parser.english else f"用法不对：{message}\n说明见 {hint}"
        self.exit(MEND, f"{said}\n")


def _parser(english: bool) -> argparse.ArgumentParser:
    _Parser.english = english

    def t(chinese: str, in_english: str) -> str:
        return in_english if english else chinese

    def common(default: object) -> _Parser:
        options = _Parser(add_help=False)
        options.add_argument(
            "--library",
            metavar="DIR",
            default=default,
            help=t("资料库文件夹（默认：WENBAO_LIBRARY，否则 data/library）", SETTING_HELP["WENBAO_LIBRARY"]),
        )
        options.add_argument(
            "--lang", metavar="zh|en", default=default, help=t("提示和答案的语言", "language of notices and answers")
        )
        return options

    parser = _Parser(
        prog="wenbao",
        parents=[common(None)],
        description=t("向政府工作报告提问，得到带原文出处的答案。", "Ask government work reports; answers cite them."),
        epilog=t("设置（环境变量）：", "Settings (environment):")
        + "\n"
        + "\n".join(f"  {name}\n      {sentence}" for name, sentence in SETTING_HELP.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="name", required=True, metavar=t("命令", "COMMAND"), parser_class=_Parser)

    def add(name: str, command: _Command, about: str, example: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=about,
            description=about,
            epilog=f"{t('例', 'Example')}: {example}",
            parents=[common(argparse.SUPPRESS)],  # where it is not said again, the one before the command holds
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(command=command)
        return sub

    ingest = add(
        "ingest", _ingest, t("把报告文件读入资料库", "read report files into the library"), "wenbao ingest samples"
    )
    ingest.add_argument("paths", nargs="+", metavar="PATH", help=t("文件、文件夹或压缩包", "files, folders, archives"))
    ingest.add_argument("--place", help=t("这些文件的地区，以此为准", "place of these files; overrules what is found"))
    ingest.add_argument("--year", help=t("这些文件的报告年份，以此为准", "report year; overrules what is found"))
    ingest.add_argument(
        "--meta", metavar="FILE.csv", help=t("列出 file,place,year,source 的表", "table: file,place,year,source")
    )
    ingest.add_argument("--json", action="store_true", help=t("每份一行 JSON", "a line of JSON for each report"))
    ingest.add_argument(
        "--jobs", type=int, metavar="N", help=t("用几个进程读（默认按处理器数）", "processes to read with")
    )

    reports = add(
        "reports", _reports, t("列出资料库里的报告", "list what the library holds"), "wenbao reports --coverage"
    )
    reports.add_argument(
        "--json", action="store_true", help=t("输出 JSON，含每项的依据", "JSON, with the evidence of each field")
    )
    reports.add_argument("--coverage", action="store_true", help=t("地区 × 年份", "places by years"))
    reports.add_argument(
        "--text", metavar="ID", help=t("输出一份报告的原文（引用位置所指）", "print the text that offsets refer to")
    )

    remove = add("remove", _remove, t("移除报告", "take reports out"), "wenbao remove 210103-2020-f28ab4")
    remove.add_argument("ids", nargs="+", metavar="ID")

    ask = add("ask", _ask, t("提问", "ask a question"), "wenbao ask 沈河2020年就业目标")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="Q",
        help=t("此前问过的问题，可多次", "an earlier question; repeatable"),
    )
    ask.add_argument("--json", action="store_true", help=t("输出答案对象", "print the answer object"))
    ask.add_argument("--explain", action="store_true", help=t("显示每一步", "print each step"))
    ask.add_argument(
        "--batch", metavar="IN.jsonl", help=t("成批提问，每行一个对象", "many questions, one object a line")
    )
    ask.add_argument("--out", metavar="OUT.jsonl", help=t("成批提问的答案写到这里", "where the answers of --batch go"))

    figures = add(
        "figures",
        _figures,
        t("导出数据", "export figures"),
        "wenbao figures --place 沈河 --role target --out figures.csv",
    )
    figures.add_argument("--place", help=t("地区，可用逗号并列", "places, parted by commas"))
    figures.add_argument("--period", help=t("时期，如 2020 或 2013-2017", "periods such as 2020 or 2013-2017"))
    figures.add_argument("--indicator", help=t("指标", "indicator"))
    figures.add_argument("--role", help="target, actual, cumulative, plan")
    figures.add_argument("--format", choices=("csv", "json"), default="csv")
    figures.add_argument(
        "--out", metavar="F", help=t("写到文件（默认输出到屏幕）", "file to write (default: standard output)")
    )

    serve = add("serve", _serve, t("打开网页", "serve the page"), "wenbao serve --port 7860")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int)
    serve.add_argument(
        "--without-password",
        action="store_true",
        help=t("没有密码也对其他机器开放", "serve other machines although no password is set"),
    )

    doctor = add("doctor", _doctor, t("检查和修复资料库", "check and mend the library"), "wenbao doctor --repair")
    doctor.add_argument("--repair", action="store_true", help=t("修复", "mend what is wrong"))
    doctor.add_argument("--backup", metavar="FILE", help=t("备份到文件", "write a consistent copy"))

    commands.add_parser("eval", help=t("评测（python -m eval）", "measure answers (python -m eval)"), add_help=False)
    train = add("train", _train, t("训练向量模型", "train the embedding model"), "wenbao train reports --out model")
    train.add_argument("reports", nargs="+", metavar="REPORTS")
    train.add_argument("--exclude", action="append", default=[], metavar="WORD")
    train.add_argument("--out", required=True, metavar="DIR")
    return parser


def _wants_english(typed: Sequence[str]) -> bool:
    if "--lang" in typed[:-1]:
        return typed[typed.index("--lang") + 1].lower().startswith("en")
    given = next((one.partition("=")[2] for one in typed if one.startswith("--lang=")), None)
    try:
        return (given or Settings.from_env().lang or "").lower().startswith("en")
    except SettingsError:
        return False


# -- the console ------------------------------------------------------------------------------------


def _insist_on_utf8() -> None:
    """Starts Python again in UTF-8 mode where the locale would spoil arguments and file names."""
    if sys.platform != "win32" and sys.getfilesystemencoding().lower() not in ("utf-8", "utf8"):
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that is written over; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda line: None
        return

    def show(line: str) -> None:
        from rag.show import display_width

        while display_width(line) > 78:
            line = line[:-1]
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        show("")


def _assistant(settings: Settings) -> Assistant:
    from rag.assistant import Assistant
    from rag.library import open_library
    from rag.places import load_gazetteer

    return Assistant(settings, open_library(settings, notify=_complain), load_gazetteer())


def _say(line: str, to: IO[str] | None = None) -> None:
    out = to or sys.stdout
    out.write(f"{line}\n")
    out.flush()


def _say_all(lines: Iterator[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
