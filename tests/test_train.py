"""Training: what the model learns from, and a tiny model made from start to end."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path

import pytest

from rag.encoder import StaticEncoder, is_static_model
from rag.errors import ReadError
from rag.train import build_tokenizer, make_pairs, sentences_of, train_encoder

REPORT = [
    "一是就业稳定增加,城镇新增就业1.68万人。",
    "二是居民收入持续增长,居民人均可支配收入增长7%。",
    "三是改造老旧小区。",
]


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
    pairs = make_pairs([REPORT], rng=random.Random(1))
    assert (REPORT[0], REPORT[1]) in pairs
    assert ("老百姓收入", REPORT[1]) in pairs
    assert any(pair.anchor in REPORT[0] and len(pair.anchor) < len(REPORT[0]) for pair in pairs)
    assert pairs == make_pairs([REPORT], rng=random.Random(1))


def test_without_reports_there_is_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        train_encoder([tmp_path], tmp_path / "out")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="the extra [train] is not installed")
def test_a_model_is_trained_from_the_samples_and_leaves_out_what_was_excluded(samples: Path, tmp_path: Path) -> None:
    made = train_encoder([samples], tmp_path / "m", exclude=["沙河口"])
    assert made.reports == 1
    assert is_static_model(tmp_path / "m")
    assert StaticEncoder(tmp_path / "m").dimension == made.dimension
    assert json.loads((tmp_path / "m" / "training.json").read_text(encoding="utf-8"))["excluded"] == ["沙河口"]
