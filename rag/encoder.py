"""Texts -> unit vectors: the model that comes with the package, or any sentence-transformers model.

The packaged model is a sentence-transformers ``StaticEmbedding``: a vector a token, averaged. It is evaluated here with
numpy and tokenizers alone, since importing torch would cost a question five seconds; a test holds both ways together.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import EncoderError

if TYPE_CHECKING:
    from rag.config import Backend, Settings

Vectors = NDArray[np.float32]

PACKAGED_MODEL = Path(__file__).parent / "model"
_BATCH_TEXTS = 1024
_SHOWN_TEXTS = 500  # from so many texts on, a transformer model shows how far it is; on a terminal only
_MODULES, _TOKENIZER, _WEIGHTS = "modules.json", "tokenizer.json", "model.safetensors"


class Encoder(Protocol):
    """What turns texts into vectors. Rows have length 1, so that a dot product is the cosine."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors could; stored with every index."""
        ...

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        ...

    @property
    def quick(self) -> bool:
        """Whether a few hundred sentences can be encoded while a question waits."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions: float32, shape (len(texts), dimension), rows of length 1."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: float32, shape (len(texts), dimension), rows of length 1."""
        ...


def load_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name; without one, the model that comes with the package.

    Raises:
        EncoderError: If the model cannot be loaded.
    """
    if settings.embedding is None:
        return StaticEncoder(PACKAGED_MODEL)
    folder = Path(settings.embedding).expanduser()
    if is_static_model(folder):
        return StaticEncoder(folder)
    return SentenceEncoder(
        str(folder) if folder.is_dir() else settings.embedding,
        local=folder.is_dir(),
        device=settings.embedding_device,
        backend=settings.embedding_backend,
        batch_texts=settings.embedding_batch,
    )


def is_static_model(folder: Path) -> bool:
    """Whether ``folder`` holds a StaticEmbedding and nothing behind it, so that numpy can evaluate it."""
    try:
        modules = json.loads((folder / _MODULES).read_text(encoding="utf-8"))
        only = len(modules) == 1 and str(modules[0]["type"]).rpartition(".")[2] == "StaticEmbedding"
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return only and (folder / _TOKENIZER).is_file() and (folder / _WEIGHTS).is_file()


class StaticEncoder:
    """A StaticEmbedding model, evaluated with numpy."""

    quick = True

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load as load_tensors
        from tokenizers import Tokenizer

        try:
            tokenizer, weights = (folder / _TOKENIZER).read_bytes(), (folder / _WEIGHTS).read_bytes()
            self._tokenizer: Any = Tokenizer.from_buffer(tokenizer)
            self._rows: Vectors = load_tensors(weights)["embedding.weight"].astype(np.float32, copy=False)
        except Exception as error:
            raise _unusable(str(folder), error) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        digest = hashlib.sha256(tokenizer + weights).hexdigest()[:16]
        self._fingerprint = f"static-{digest}-{self.dimension}"
        # A text without any token (only marks) gets the vector of the unknown token, so that every row has length 1.
        self._unknown: int = self._tokenizer.token_to_id("[UNK]") or 0

    @property
    def fingerprint(self) -> str:
        """Hash of the tokenizer's and the weights' files."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._rows.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; the model makes no difference between these and passages."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: the mean of their tokens' rows, brought to length 1."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = list(texts[start : start + _BATCH_TEXTS])
            out[start : start + len(batch)] = self._means(batch)
        return out

    def _means(self, texts: list[str]) -> Vectors:
        sums = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, encoding in zip(sums, self._tokenizer.encode_batch_fast(texts, add_special_tokens=False), strict=True):
            self._rows[encoding.ids or [self._unknown]].sum(axis=0, out=row)  # reduceat takes ten times as long
        return _unit(sums)


def write_random_model(model: Path, out: Path, *, rng: np.random.Generator) -> None:
    """Writes the static model of a folder to another one with random rows: what it is worth untrained."""
    from safetensors.numpy import load as load_tensors
    from safetensors.numpy import save_file

    out.mkdir(parents=True, exist_ok=True)
    for name in (_MODULES, _TOKENIZER):
        (out / name).write_bytes((model / name).read_bytes())
    shape = load_tensors((model / _WEIGHTS).read_bytes())["embedding.weight"].shape
    save_file({"embedding.weight": rng.normal(size=shape).astype(np.float32)}, out / _WEIGHTS)


class SentenceEncoder:
    """Any sentence-transformers model; importing it takes seconds, so only those who set one pay for it.

    Args:
        name: A folder, or a name that sentence-transformers knows.
        local: Whether ``name`` is a folder, so that nobody is asked for more files.
        device: Where it runs, as torch names it; None takes the best there is. On a GPU it runs in half precision.
        backend: ``torch``, or ``onnx`` or ``openvino`` where these are installed.
        batch_texts: Texts that are encoded together.
    """

    quick = False

    def __init__(
        self,
        name: str,
        *,
        local: bool,
        device: str | None = None,
        backend: Backend = "torch",
        batch_texts: int = 32,
    ) -> None:
        self._name = name
        self._batch_texts = batch_texts
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(
                name, local_files_only=local, trust_remote_code=False, device=device, backend=backend
            )
            if backend == "torch" and self._model.device.type == "cuda":
                self._model.half()
        except Exception as error:
            raise _unusable(name, error) from error
        self._dimension = int(self._model.get_embedding_dimension() or self._encode(["维"], "encode_query").shape[1])
        self._fingerprint = f"sentence-{_digest_of(self._model, name)}-{self._dimension}"

    @property
    def fingerprint(self) -> str:
        """Hash of the model's modules, prompts and weights."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, with the model's own prompt for them."""
        return self._encode(texts, "encode_query")

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, with the model's own prompt for them."""
        return self._encode(texts, "encode_document")

    def _encode(self, texts: Sequence[str], how: str) -> Vectors:
        try:
            encode = getattr(self._model, how)
            rows = encode(
                list(texts),
                batch_size=self._batch_texts,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=len(texts) >= _SHOWN_TEXTS and sys.stderr.isatty(),
            )
        except Exception as error:
            raise _unusable(self._name, error) from error
        return _unit(np.asarray(rows, dtype=np.float32).reshape(len(texts), -1))


def _unit(rows: Vectors) -> Vectors:
    """``rows`` brought to length 1; a row of zeros becomes the first axis."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)
    unit[(lengths == 0).ravel(), 0] = 1.0
    return unit


def _digest_of(model: Any, name: str) -> str:
    digest = hashlib.sha256(repr(model).encode("utf-8") + json.dumps(model.prompts, sort_keys=True).encode("utf-8"))
    weights = model.state_dict()
    for key, tensor in sorted(weights.items()):
        digest.update(key.encode("utf-8"))
        digest.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
    if not weights:  # ONNX and OpenVINO keep theirs to themselves: the model's files stand for them
        digest.update(name.encode("utf-8"))
        for path in sorted(path for path in Path(name).rglob("*") if path.is_file()):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _unusable(name: str, error: Exception) -> EncoderError:
    return EncoderError(
        f"向量模型“{name}”无法使用（{error}）。请检查 WENBAO_EMBEDDING：应为模型文件夹，"
        "或 sentence-transformers 的模型名；不设置时使用随程序附带的模型。",
        en=f"The embedding model {name!r} cannot be used ({error}). Check WENBAO_EMBEDDING: a model's folder or a "
        "sentence-transformers name; unset, the model that comes with the package is used.",
    )
