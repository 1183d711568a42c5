"""The embedding model: evaluated with numpy as with sentence-transformers, unit rows, named failures."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.config import Settings
from rag.encoder import PACKAGED_MODEL, StaticEncoder, is_static_model, load_encoder
from rag.errors import EncoderError

TEXTS = [
    "沈河2020年就业目标",
    "城镇新增就业1.68万人,城镇登记失业率控制在3%以内。",
    "ＧＤＰ增长６％左右",
    "What was the GDP growth target of Shenhe?",
    "罕见字：龘靐齉",
    "一、2019年工作回顾\n\n各位代表：",
]


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder(PACKAGED_MODEL)


def test_rows_have_length_one_whatever_the_text(encoder: StaticEncoder) -> None:
    rows = encoder.encode_passages([*TEXTS, "", "。。。", "2020", "\x00", "😀" * 100, "长" * 50_000])
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS) + 6, encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(encoder: StaticEncoder) -> None:
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)


def test_a_text_has_one_vector_alone_and_among_others(encoder: StaticEncoder) -> None:
    together = encoder.encode_passages(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(encoder.encode_queries([text])[0], row, atol=1e-6)


def test_numbers_and_full_width_forms_do_not_change_a_vector(encoder: StaticEncoder) -> None:
    same = encoder.encode_queries(["GDP增长6%左右", "ＧＤＰ增长７.5％左右"])
    assert same[0] @ same[1] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("said", "meant", "other"),
    [
        ("老百姓收入", "居民人均可支配收入增长7%。", "改造老旧小区20个。"),
        ("就业岗位", "城镇新增就业1.2万人。", "粮食总产量稳定。"),
        ("外贸", "进出口总额完成300亿元。", "城镇登记失业率3%以内。"),
        ("看病", "建设社区卫生服务中心和医院。", "规模以上工业增加值增长8%。"),
    ],
)
def test_a_spoken_word_lies_nearer_to_what_it_means(encoder: StaticEncoder, said: str, meant: str, other: str) -> None:
    question = encoder.encode_queries([said])[0]
    near, far = encoder.encode_passages([meant, other])
    assert question @ near > question @ far


def test_the_packaged_model_is_small_and_plain() -> None:
    assert is_static_model(PACKAGED_MODEL)
    assert sum(path.stat().st_size for path in PACKAGED_MODEL.iterdir()) < 5_000_000
    assert {path.suffix for path in PACKAGED_MODEL.iterdir()} <= {".json", ".safetensors", ".md"}
    made = json.loads((PACKAGED_MODEL / "training.json").read_text(encoding="utf-8"))
    assert made["excluded"]


def test_encoding_imports_neither_torch_nor_sentence_transformers() -> None:
    code = (
        "import sys; from rag.encoder import load_encoder; from rag.config import Settings;"
        "load_encoder(Settings()).encode_queries(['就业']);"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers', 'chromadb', 'gradio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_another_model_has_another_fingerprint(tmp_path: Path, encoder: StaticEncoder) -> None:
    folder = Path(shutil.copytree(PACKAGED_MODEL, tmp_path / "别的 model"))
    assert load_encoder(Settings(embedding=str(folder))).fingerprint == encoder.fingerprint
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x00\x00\x80\x3f")
    assert load_encoder(Settings(embedding=str(folder))).fingerprint != encoder.fingerprint


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED_MODEL, tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(EncoderError, match="WENBAO_EMBEDDING"):
        load_encoder(Settings(embedding=str(folder)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_numpy_and_sentence_transformers_give_the_same_vectors(encoder: StaticEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(PACKAGED_MODEL), local_files_only=True, device="cpu")
    long = ["".join(TEXTS) * 20]
    theirs = model.encode([*TEXTS, *long], normalize_embeddings=True, convert_to_numpy=True)
    np.testing.assert_allclose(encoder.encode_passages([*TEXTS, *long]), theirs, atol=1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_model_that_numpy_cannot_evaluate_goes_through_sentence_transformers(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    plain = StaticEmbedding.load(str(PACKAGED_MODEL), local_files_only=True)
    SentenceTransformer(modules=[plain, Normalize()], device="cpu").save(str(tmp_path / "m"), create_model_card=False)
    assert not is_static_model(tmp_path / "m")
    loaded = load_encoder(Settings(embedding=str(tmp_path / "m")))
    assert type(loaded).__name__ == "SentenceEncoder"
    assert loaded.dimension == StaticEncoder(PACKAGED_MODEL).dimension
    assert loaded.fingerprint != StaticEncoder(PACKAGED_MODEL).fingerprint
    np.testing.assert_allclose(
        loaded.encode_queries(TEXTS), StaticEncoder(PACKAGED_MODEL).encode_queries(TEXTS), atol=1e-5
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_model_name_that_is_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="WENBAO_EMBEDDING"):
        load_encoder(Settings(embedding="no-such-owner/no-such-model"))
