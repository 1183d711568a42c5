"""Ways of retrieving side by side: the questions in other words, and a small table from start to end."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from eval.command import main
from eval.gold import GoldError
from eval.lint import texts_in
from eval.ranking import COMPARED, SCOPES, WAYS, numbers_of, rank_all, table_of
from eval.run import settings_for
from eval.sought import GROUPS, PARAPHRASED, load_sought, shared, sought_problems
from eval.unseen import names_of, train_unseen
from rag.catalogue import Catalogue
from rag.encoder import PACKAGED_MODEL, is_static_model
from rag.ingest import ingest

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "eval" / "gold"
REPORT = "沈河区2020年政府工作报告"


def written(folder: Path, *items: dict[str, object]) -> Path:
    path = folder / PARAPHRASED
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    return path


def item(id_: str = "p-1", question: str = "有几个人找到了活干", quote: str = "新增就业1.68万人") -> dict[str, object]:
    return {
        "id": id_,
        "opening": "沈河2020年的报告里，",
        "question": question,
        "evidence": [{"doc": REPORT, "quote": quote}],
    }


def test_a_question_in_other_words_is_asked_with_place_and_year_and_without(tmp_path: Path) -> None:
    named, bare = load_sought(written(tmp_path, item()))
    assert (named.asked, bare.asked) == ("沈河2020年的报告里，有几个人找到了活干", "有几个人找到了活干")
    assert (named.group, bare.group) == GROUPS[2:]
    assert named.evidence == bare.evidence


def test_a_line_without_evidence_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=f"{PARAPHRASED}:1"):
        load_sought(written(tmp_path, {"id": "p-1", "question": "什么", "opening": ""}))


def test_what_a_question_shares_with_its_quote_is_counted_in_pairs() -> None:
    assert shared("新增就业", ["城镇新增就业1.68万人"]) == 1
    assert shared("新增岗位", ["城镇新增就业1.68万人"]) == pytest.approx(1 / 3)
    assert shared("找活", ["城镇新增就业"]) == 0


def test_the_lint_names_shared_words_strange_quotes_and_ids_that_stand_twice(tmp_path: Path) -> None:
    texts = {REPORT: "城镇新增就业1.68万人。"}
    good = load_sought(written(tmp_path, item()))
    assert sought_problems(good, texts) == []
    assert "stands twice" in sought_problems([*good, good[0]], texts)[0]
    copied = load_sought(written(tmp_path, item(question="城镇新增就业多少")))
    assert "pairs of characters" in sought_problems(copied, texts)[0]
    strange = load_sought(written(tmp_path, item(quote="没有这句")))
    assert "没有这句" in sought_problems(strange, texts)[0]


def test_the_questions_in_other_words_are_a_hundred_and_more_and_sound(material: Path) -> None:
    questions = load_sought(GOLD / PARAPHRASED)
    texts = texts_in(material / "corpus" / "reports", {span.doc for one in questions for span in one.evidence})
    assert sum(one.group == GROUPS[2] for one in questions) >= 100
    assert {span.doc for one in questions for span in one.evidence} == set(texts)
    assert sought_problems(questions, texts) == []


def test_the_command_lints_them_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(written(tmp_path, item()))]) == 0
    assert main(["lint", str(written(tmp_path, item(), item()))]) == 2
    assert "stands twice" in capsys.readouterr().out


def test_every_way_is_measured_in_both_scopes_and_what_it_costs(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "library", None)
    list(ingest([ROOT / "samples"], settings=settings, jobs=1))
    questions = [*load_sought(GOLD / "samples.jsonl")[:12], *load_sought(written(tmp_path, item()))]
    unseen = Path(shutil.copytree(PACKAGED_MODEL, tmp_path / "unseen"))
    found = rank_all(questions, settings, documents={}, scratch=tmp_path, unseen=unseen, say=lambda line: None)
    numbers = numbers_of(found)
    assert set(numbers) == set(SCOPES)
    for scope in SCOPES:
        assert set(numbers[scope]) == {name for name, way in WAYS.items() if scope in way.scopes}
        trained, untrained = (numbers[scope][way][GROUPS[0]]["nDCG@10"] for way in ("dense", "dense, untrained"))
        assert 0 < untrained < trained <= 1
    inside, over = (numbers[scope]["hybrid"][GROUPS[0]] for scope in SCOPES)
    assert inside["Leak@10"] == 0
    assert inside["R@20"] >= over["R@20"]
    table = table_of(found)
    assert table.count("| hybrid, no preference |") == 3 + 1
    assert table.count("| hybrid less the better single one |") == 2 * 3
    assert table.count("| hybrid, unseen less hybrid | +0.0 [+0.0, +0.0] |") == 3  # here it is a copy
    assert all(measure in table for measure in COMPARED)
    assert found.costs["lexical"].passages_s is None
    assert found.costs["dense"].passages_s
    assert found.costs["dense"].model_mb


def test_without_a_second_model_its_ways_are_left_out(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "library", None)
    list(ingest([ROOT / "samples"], settings=settings, jobs=1))
    questions = load_sought(GOLD / "samples.jsonl")[:3]
    found = rank_all(questions, settings, documents={}, scratch=tmp_path, say=lambda line: None)
    assert "unseen" not in table_of(found)


def test_the_second_model_is_trained_without_any_text_of_a_report_that_is_asked_about(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(ROOT / "samples", folder)
    copy = (folder / f"{REPORT}.txt").read_text(encoding="utf-8").replace("各位代表", "同志们")
    (folder / "又一个版本.txt").write_text(copy, encoding="utf-8")
    settings = settings_for(tmp_path / "library", None)
    list(ingest([folder], settings=settings, jobs=1))
    with Catalogue.open(settings.library) as shelf:
        assert names_of([REPORT], shelf, documents={}) == ("又一个版本.txt", f"{REPORT}.txt")
        assert names_of([], shelf, documents={}) == ()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(find_spec("datasets") is None, reason="the extra [train] is not installed")
def test_the_second_model_is_trained_on_the_other_reports(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "library", None)
    list(ingest([ROOT / "samples"], settings=settings, jobs=1))
    with Catalogue.open(settings.library) as shelf:
        made = train_unseen(
            [REPORT], shelf, documents={}, reports=ROOT / "samples", out=tmp_path / "unseen", say=lambda line: None
        )
    assert made.reports == 1
    assert f"{REPORT}.txt" in made.excluded
    assert is_static_model(tmp_path / "unseen")
