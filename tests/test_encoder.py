"""The embedding model: evaluated with numpy as with sentence-transformers, unit rows, named failures."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from rag.config import Backend, Settings
from rag.encoder import PACKAGED_MODEL, StaticEncoder, is_static_model, load_encoder
from rag.errors import EncoderError
from rag.ingest import ingest
from rag.library import open_library
from rag.reranker import load_reranker
from rag.retriever import RERANKED

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


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small transformer model with random weights and prompts, in the sentence-transformers format."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    folder = tmp_path_factory.mktemp("transformer")
    bert = folder / "bert"
    save_random_bert(bert)
    layers = Transformer(str(bert))
    prompts = {"query": "为这个句子生成表示以用于检索相关文章：", "document": "文章："}
    model = SentenceTransformer(modules=[layers, Pooling(32)], prompts=prompts, device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_transformer_model_is_used_with_its_own_prompts_and_in_batches(transformer: Path) -> None:
    from sentence_transformers import SentenceTransformer

    settings = Settings(embedding=str(transformer), embedding_device="cpu", embedding_batch=2)
    loaded = load_encoder(settings)
    assert (loaded.dimension, loaded.quick) == (32, False)
    theirs = SentenceTransformer(str(transformer), local_files_only=True, device="cpu")
    queries, passages = loaded.encode_queries(TEXTS), loaded.encode_passages(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1.0, atol=1e-5)
    for rows, prompt in ((queries, "为这个句子生成表示以用于检索相关文章："), (passages, "文章：")):
        plain = theirs.encode(TEXTS, prompt=prompt, normalize_embeddings=True, convert_to_numpy=True)
        np.testing.assert_allclose(rows, plain, atol=1e-4)
    assert not np.allclose(queries, passages, atol=1e-3)
    one_by_one = np.concatenate([loaded.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(passages, one_by_one, atol=1e-4)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_other_prompts_are_another_model(transformer: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(transformer, tmp_path / "other"))
    config = folder / "config_sentence_transformers.json"
    written = json.loads(config.read_text(encoding="utf-8"))
    written["prompts"]["query"] = "query: "
    config.write_text(json.dumps(written), encoding="utf-8")
    first, second = (load_encoder(Settings(embedding=str(path))) for path in (transformer, folder))
    assert first.fingerprint == load_encoder(Settings(embedding=str(transformer))).fingerprint
    assert first.fingerprint != second.fingerprint


BACKENDS: dict[Backend, str] = {"onnx": "optimum.onnxruntime", "openvino": "optimum.intel"}


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backend_that_is_not_installed_is_named(transformer: Path, backend: Backend) -> None:
    if installed(BACKENDS[backend]):
        pytest.skip(f"{BACKENDS[backend]} is installed")
    with pytest.raises(EncoderError, match="WENBAO_EMBEDDING") as told:
        load_encoder(Settings(embedding=str(transformer), embedding_backend=backend))
    assert "optimum" in told.value.en.casefold()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backend_gives_the_vectors_of_torch(transformer: Path, tmp_path: Path, backend: Backend) -> None:
    if not installed(BACKENDS[backend]):
        pytest.skip(f"{BACKENDS[backend]} is not installed")
    torch_ = load_encoder(Settings(embedding=str(transformer), embedding_device="cpu"))
    loaded = load_encoder(Settings(embedding=str(transformer), embedding_backend=backend))
    np.testing.assert_allclose(loaded.encode_passages(TEXTS), torch_.encode_passages(TEXTS), atol=1e-3)
    np.testing.assert_allclose(loaded.encode_queries(TEXTS), torch_.encode_queries(TEXTS), atol=1e-3)

    folder = Path(shutil.copytree(transformer, tmp_path / "other weights"))
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x00\x00\x80\x3f")
    other = load_encoder(Settings(embedding=str(folder), embedding_backend=backend))
    assert len({torch_.fingerprint, loaded.fingerprint, other.fingerprint}) == 3


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_library_is_built_and_asked_with_a_transformer_model_and_a_reranker(
    transformer: Path, cross_encoder: Path, samples: Path, tmp_path: Path
) -> None:
    settings = Settings(
        library=tmp_path / "library",
        embedding=str(transformer),
        embedding_device="cpu",
        reranker=str(cross_encoder),
    )
    assert [event.kind for event in ingest([samples], settings=settings)] == ["added", "added"]
    library = open_library(settings)
    scope = [report.report_id for report in library.catalogue.reports()]
    hits = library.retriever.retrieve("城镇新增就业", report_ids=scope, k=100).hits
    first = [hit.passage.text for hit in hits[:RERANKED]]
    reranker = load_reranker(settings)
    assert reranker is not None
    scores = reranker.scores("城镇新增就业", first)
    assert list(scores) == sorted(scores, reverse=True)
    assert any("城镇新增就业" in text for text in first)
    library.close()


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small cross-encoder with random weights."""
    from sentence_transformers import CrossEncoder

    folder = tmp_path_factory.mktemp("cross-encoder")
    save_random_bert(folder / "bert")
    CrossEncoder(str(folder / "bert"), num_labels=1, device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_cross_encoder_gives_a_score_a_passage(cross_encoder: Path) -> None:
    loaded = load_reranker(Settings(reranker=str(cross_encoder), embedding_device="cpu"))
    assert loaded is not None
    scores = loaded.scores(TEXTS[0], TEXTS)
    assert scores.shape == (len(TEXTS),)
    assert len(set(scores.tolist())) > 1
    np.testing.assert_allclose(loaded.scores(TEXTS[0], TEXTS[::-1])[::-1], scores, atol=1e-4)
    assert loaded.scores("就业", []).shape == (0,)


def test_without_a_name_there_is_no_reranker() -> None:
    assert load_reranker(Settings()) is None


@pytest.mark.slow
def test_a_reranker_that_is_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="WENBAO_RERANKER"):
        load_reranker(Settings(reranker="no-such-owner/no-such-reranker"))


def installed(module: str) -> bool:
    """Whether a module of a package that may itself be missing can be imported."""
    return find_spec(module.partition(".")[0]) is not None and find_spec(module) is not None


def save_random_bert(folder: Path) -> None:
    """Saves a BERT of two small layers with random weights and a vocabulary of the test's characters."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True)
    characters = sorted(set("".join(TEXTS)) | set("为这个句子生成表示以用于检索相关文章："))
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=128).save_pretrained(str(folder))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(str(folder))
