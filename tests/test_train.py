"""Training: what the model learns from, and a tiny model made from start to end."""

from __future__ import annotations

import json
import random
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.sought import load_sought
from rag.corpus import read_sources
from rag.encoder import PACKAGED_MODEL, StaticEncoder, is_static_model, write_random_model
from rag.errors import ReadError
from rag.train import build_tokenizer, digest_of, make_pairs, sentences_of, train_encoder
from rag.types import SourceText

GOLD = Path(__file__).resolve().parent.parent / "eval" / "gold"
HELD_OUT = ("opened.jsonl", "retrieval.jsonl", "test.jsonl")

REPORT = [
    "一是就业稳定增加,城镇新增就业1.68万人。",
    "二是居民收入持续增长,居民人均可支配收入增长7%。",
    "三是改造老旧小区和背街小巷。",
]
TEXT = "\n".join(REPORT)


def test_sentences_keep_their_order_and_short_ones_are_left_out() -> None:
    assert sentences_of("各位代表：\n一、回顾。\n全年地区生产总值增长6%左右。城镇新增就业2万人！") == [
        "全年地区生产总值增长6%左右。",
        "城镇新增就业2万人！",
    ]


def test_a_token_is_one_or_two_characters_and_never_a_number() -> None:
    tokenizer = build_tokenizer(REPORT * 30)
    tokens = tokenizer.encode("城镇新增就业1.68万人,２０２０居民").tokens
    assert {len(token) for token in tokens} <= {1, 2}
    assert not any(c.isdigit() for token in tokens for c in token)


def test_pairs_hold_neighbours_clauses_and_spoken_words_and_depend_on_the_seed_alone() -> None:
    pairs = make_pairs([TEXT], rng=random.Random(1))
    assert ("neighbours", REPORT[0], REPORT[1]) in pairs
    assert ("spoken", "老百姓收入", REPORT[1]) in pairs
    assert any(p.kind == "clause" and p.anchor in REPORT[0] and p.anchor not in p.positive for p in pairs)
    assert pairs == make_pairs([TEXT], rng=random.Random(1))
    assert pairs != make_pairs([TEXT], rng=random.Random(2))


def test_a_few_words_belong_to_the_passage_around_them_without_these_words() -> None:
    topics = [pair for pair in make_pairs([TEXT] * 20, rng=random.Random(0)) if pair.kind == "topic"]
    assert len(topics) == 60
    for pair in topics:
        assert any(all(word in sentence for word in pair.anchor.split()) for sentence in REPORT)
        assert not any(word in pair.positive for word in pair.anchor.split())


def test_some_words_are_asked_as_questions_and_some_in_traditional_characters() -> None:
    pairs = make_pairs([TEXT] * 50, rng=random.Random(0))
    assert any(pair.kind == "question" and pair.anchor.endswith("有多少") for pair in pairs)
    assert any(pair.kind == "traditional" and "業" in pair.anchor and "业" not in pair.anchor for pair in pairs)


def test_a_heading_belongs_to_what_stands_under_it() -> None:
    text = "（一）保障和改善民生\n城镇新增就业1.68万人。\n二、抓好农业生产。粮食稳产增产。\n"
    pairs = [p for p in make_pairs([text], rng=random.Random(0)) if p.kind == "heading"]
    assert {p.anchor for p in pairs} == {"保障和改善民生", "抓好农业生产"}
    assert all("就业" in p.positive for p in pairs if p.anchor == "保障和改善民生")


def test_without_reports_there_is_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        train_encoder([tmp_path], tmp_path / "out")


def test_no_report_of_a_place_to_be_tested_with_was_trained_on() -> None:
    """Whoever is asked about in the sets for testing: the packaged model has not seen their reports."""
    excluded = training()["excluded"]
    asked = [span.doc for name in HELD_OUT for one in load_sought(GOLD / name) for span in one.evidence]
    assert len(asked) > 200
    seen = {doc for doc in asked if not any(word in f"{doc.rpartition('/')[2]}.txt" for word in excluded)}
    assert not seen


def test_no_text_of_a_place_to_be_tested_with_is_among_the_texts_that_were_trained_on(material: Path) -> None:
    trained = training()
    texts = {s.source: s.text for s in read_sources([material / "corpus" / "reports"]) if isinstance(s, SourceText)}
    held_out = {name: t for name, t in texts.items() if any(w in Path(name).name for w in trained["excluded"])}
    assert len(held_out) > 60
    assert {digest_of(text) for text in held_out.values()}.isdisjoint(trained["text_sha256"])
    assert {digest_of(text) for text in texts.values()} >= set(trained["text_sha256"])


def training() -> dict[str, Any]:
    """How the packaged model was made."""
    made: dict[str, Any] = json.loads((PACKAGED_MODEL / "training.json").read_text(encoding="utf-8"))
    return made


needs_train = pytest.mark.skipif(find_spec("datasets") is None, reason="the extra [train] is not installed")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@needs_train
def test_a_model_is_trained_from_the_samples_and_leaves_out_what_was_excluded(samples: Path, tmp_path: Path) -> None:
    made = train_encoder([samples], tmp_path / "m", exclude=["沙河口"])
    assert made.reports == 1
    assert is_static_model(tmp_path / "m")
    assert StaticEncoder(tmp_path / "m").dimension == made.dimension
    assert json.loads((tmp_path / "m" / "training.json").read_text(encoding="utf-8"))["excluded"] == ["沙河口"]
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert "沙河口" in card
    assert str(made.pairs) in card


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@needs_train
def test_the_same_seed_trains_the_same_model_and_training_helps(samples: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        train_encoder([samples], tmp_path / name, seed=seed)
    a, b, c = (StaticEncoder(tmp_path / name) for name in "abc")
    assert a.fingerprint == b.fingerprint
    assert a.fingerprint != c.fingerprint

    write_random_model(tmp_path / "a", tmp_path / "random", rng=np.random.default_rng(0))
    sentences = [s for p in sorted(samples.glob("*.txt")) for s in sentences_of(p.read_text(encoding="utf-8"))][:200]
    halves = [(s[: len(s) // 2], s[len(s) // 2 :]) for s in sentences]

    def found(encoder: StaticEncoder) -> float:
        first, second = (encoder.encode_passages(list(half)) for half in zip(*halves, strict=True))
        return float(np.mean(np.argmax(first @ second.T, axis=1) == np.arange(len(halves))))

    assert found(a) > found(StaticEncoder(tmp_path / "random"))
