"""Question and passages -> scores by a cross-encoder: slower and finer than vectors, off unless a model is set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import EncoderError

if TYPE_CHECKING:
    from rag.config import Settings


class Reranker(Protocol):
    """What reads a question and a passage together."""

    def scores(self, text: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """How well each passage answers ``text``: float32, shape (len(passages),), higher is better."""
        ...


def load_reranker(settings: Settings) -> Reranker | None:
    """The cross-encoder that the settings name; None where they name none.

    Raises:
        EncoderError: If the model cannot be loaded.
    """
    if settings.reranker is None:
        return None
    folder = Path(settings.reranker).expanduser()
    return CrossEncoderReranker(
        str(folder) if folder.is_dir() else settings.reranker,
        local=folder.is_dir(),
        device=settings.embedding_device,
        batch_texts=settings.embedding_batch,
    )


class CrossEncoderReranker:
    """Any sentence-transformers ``CrossEncoder``.

    Args:
        name: A folder, or a name that sentence-transformers knows.
        local: Whether ``name`` is a folder, so that nobody is asked for more files.
        device: Where it runs, as torch names it; None takes the best there is.
        batch_texts: Passages that are read together.
    """

    def __init__(self, name: str, *, local: bool, device: str | None = None, batch_texts: int = 32) -> None:
        self._name = name
        self._batch_texts = batch_texts
        try:
            from sentence_transformers import CrossEncoder

            self._model: Any = CrossEncoder(name, local_files_only=local, trust_remote_code=False, device=device)
        except Exception as error:
            raise _unusable(name, error) from error
        if self._model.num_labels != 1:
            raise _unusable(name, ValueError(f"{self._model.num_labels} labels instead of one score"))

    def scores(self, text: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """How well each passage answers ``text``: float32, shape (len(passages),), higher is better."""
        pairs = [(text, passage) for passage in passages]
        try:
            found = self._model.predict(pairs, batch_size=self._batch_texts, show_progress_bar=False)
        except Exception as error:
            raise _unusable(self._name, error) from error
        return np.asarray(found, dtype=np.float32).reshape(len(passages))


def _unusable(name: str, error: Exception) -> EncoderError:
    return EncoderError(
        f"重排模型“{name}”无法使用（{error}）。请检查 WENBAO_RERANKER：应为模型文件夹，"
        "或 sentence-transformers 的 CrossEncoder 模型名；不设置时不用重排。",
        en=f"The reranker {name!r} cannot be used ({error}). Check WENBAO_RERANKER: a model's folder or the name of a "
        "sentence-transformers CrossEncoder; unset, there is none.",
    )
