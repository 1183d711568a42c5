"""The page: what it shows after each step, and that it is served with the HTTP interface behind one guard."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import app
from app import listen
from rag.answer import Answer
from rag.api import Assistants
from rag.assistant import Assistant, Event, build_assistant
from rag.catalogue import Catalogue
from rag.config import Settings
from rag.errors import RagError, SettingsError
from rag.ingest import ingest
from rag.page.conversation import converse
from rag.page.library import LibraryView, welcome_html

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def library(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("资料 library")
    assert len(list(ingest([samples], settings=Settings(library=folder), jobs=1))) == 2
    return folder


@pytest.fixture(scope="module")
def assistant(library: Path) -> Iterator[Assistant]:
    made = build_assistant(Settings(library=library))
    yield made
    made.library.close()


@pytest.fixture(scope="module")
def view(assistant: Assistant) -> LibraryView:
    return LibraryView(assistant.library, assistant.gazetteer)


def test_an_answer_comes_in_steps_and_the_last_one_has_its_citations(assistant: Assistant, view: LibraryView) -> None:
    steps = list(converse(assistant, "沈河2020年就业目标", [], view=view, lang="zh"))
    assert len(steps) >= 3
    assert "理解为：沈河区 · 2020年 · 城镇新增就业 · 当年目标" in steps[0].html
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    assert 'data-report="210103-2020-f28ab4"' in steps[-1].html
    assert "“做好城镇失业人员再就业" in steps[-1].markdown
    assert "报告没有给出数字" in steps[-1].html


def test_a_later_question_leans_on_the_earlier_ones(assistant: Assistant, view: LibraryView) -> None:
    history = ["沈河区2020年社会消费品零售总额目标"]
    assert "沈河区" in list(converse(assistant, "那地区生产总值呢？", history, view=view, lang="zh"))[-1].html


def test_the_english_page_says_everything_but_the_reports_words_in_english(
    assistant: Assistant, view: LibraryView
) -> None:
    english = Assistants(assistant).of(lang="en")
    html = list(converse(english, "沈河2020年就业目标", [], view=view, lang="en"))[-1].html
    text = re.sub(r"「[^」]*」|<[^>]*>", " ", html)
    assert "The report gives no number" in text
    assert "Read by rules" in text


def test_an_assistant_is_made_once_for_each_language_and_reader(assistant: Assistant) -> None:
    assistants = Assistants(assistant)
    assert assistants.of(lang=None) is assistant
    assert assistants.of(lang="en") is assistants.of(lang="en", by_rules=True)
    assert assistants.of(lang="en").settings.lang == "en"


def test_questions_asked_at_once_get_the_answers_of_questions_asked_alone(assistant: Assistant) -> None:
    questions = [
        "沈河2020年就业目标",
        "沙河口区2018年地区生产总值目标",
        "沈河区2019年新增就业",
        "沙河口区2017年新增就业",
        "养老服务有哪些安排",
        "沙河口区2018年教育方面有哪些工作",
    ] * 5
    alone = [assistant.answer(question).text for question in questions]
    with ThreadPoolExecutor(max_workers=8) as pool:
        assert list(pool.map(lambda question: assistant.answer(question).text, questions)) == alone


def test_an_empty_question_shows_nothing(assistant: Assistant, view: LibraryView) -> None:
    assert list(converse(assistant, "  \n", [], view=view, lang="zh")) == []


@pytest.mark.parametrize(
    ("error", "shown"),
    [(RagError("资料库坏了 <b>"), "资料库坏了 &lt;b&gt;"), (RuntimeError("sk-CANARY-123456"), "编号")],
)
def test_an_error_becomes_a_sentence_and_the_conversation_goes_on(
    assistant: Assistant, view: LibraryView, monkeypatch: pytest.MonkeyPatch, error: Exception, shown: str
) -> None:
    def failing(*_: object) -> Iterator[object]:
        raise error
        yield

    monkeypatch.setattr(assistant, "stream", failing)
    last = list(converse(assistant, "就业", [], view=view, lang="zh"))[-1]
    assert last.done
    assert shown in last.html
    assert "CANARY" not in last.html


def test_drafts_are_shown_no_more_often_than_can_be_read(
    assistant: Assistant, view: LibraryView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chatty(*_: object) -> Iterator[Event]:
        for n in range(1000):
            yield Event("text", f"草稿{n}")
        yield Event("answer", Answer(question="问", text="完", status="answered"))

    monkeypatch.setattr(assistant, "stream", chatty)
    steps = list(converse(assistant, "就业", [], view=view, lang="zh"))
    assert len(steps) < 100
    assert "草稿0" in steps[0].html
    assert "完" in steps[-1].html


def test_examples_are_questions_that_the_library_answers(assistant: Assistant, view: LibraryView) -> None:
    examples = view.examples()
    assert len(examples) >= 2
    assert {assistant.answer(example).status for example in examples} <= {"answered", "no_figure"}
    assert all(example in welcome_html(view, "zh") for example in examples)


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    Catalogue.open(tmp_path, writable=True).close()
    empty = build_assistant(Settings(library=tmp_path))
    assert "wenbao ingest" in welcome_html(LibraryView(empty.library, empty.gazetteer), "zh")
    empty.library.close()


def test_a_taken_port_is_named_and_without_one_the_next_free_one_is_used() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=str(port)):
            listen("127.0.0.1", port)
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_importing_the_page_imports_no_gradio() -> None:
    code = "import sys, app; print([m for m in ('gradio', 'torch', 'chromadb') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_what_cannot_be_served_is_named_on_one_line(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--library", str(library), "--host", "0.0.0.0"]) == 2
    told = capsys.readouterr().err
    assert "WENBAO_AUTH" in told
    assert "Traceback" not in told
