"""Settings: one frozen object, and the only reader of the environment.

Every setting is an environment variable ``WENBAO_…``, with a sentence in ``SETTING_HELP`` that
``--help`` prints. Empty variables count as unset. Command-line options win over the environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from rag.confidence import LEAST
from rag.errors import SettingsError

Lang: TypeAlias = Literal["zh", "en"]
Backend: TypeAlias = Literal["torch", "onnx", "openvino"]

DEFAULT_LIBRARY = Path("data") / "library"
DEFAULT_EMBEDDING_BATCH = 32
DEFAULT_LLM_TIMEOUT_S = 30.0
DEFAULT_MIN_CONFIDENCE = LEAST
DEFAULT_REPORT_MB = 20
DEFAULT_UNPACKED_MB = 2048
DEFAULT_UPLOAD_MB = 100

SETTING_HELP: Mapping[str, str] = {
    "WENBAO_LIBRARY": "folder of the library (default: data/library under the current folder)",
    "WENBAO_EMBEDDING": "folder or sentence-transformers name of an embedding model "
    "(default: the model that comes with the package)",
    "WENBAO_EMBEDDING_DEVICE": "where another embedding model and the reranker run: cpu, cuda, mps "
    "(unset: the best there is)",
    "WENBAO_EMBEDDING_BACKEND": "what runs another embedding model: torch, or onnx or openvino where installed "
    "(default: torch)",
    "WENBAO_EMBEDDING_BATCH": "texts that another embedding model encodes together (default: 32)",
    "WENBAO_RERANKER": "folder or name of a cross-encoder that puts the first passages in order (unset: none)",
    "WENBAO_LLM": "language model as provider:model (unset: no language model)",
    "WENBAO_LLM_BASE_URL": "address of the language model's server",
    "WENBAO_LLM_API_KEY": "its key; never logged or shown",
    "WENBAO_LLM_TIMEOUT_S": "deadline for one reply in seconds (default: 30)",
    "WENBAO_AUTH": "user:password for page, API and downloads (unset: no password)",
    "WENBAO_LANG": "zh or en: language of notices, errors and answers "
    "(unset: notices in Chinese, answers in the question's language)",
    "WENBAO_MIN_CONFIDENCE": "confidence from 0 to 1 below which a lone figure is not given as the "
    f"answer (default: {LEAST:g}; higher: fewer wrong answers, more that say no)",
    "WENBAO_REPORT_MB": "largest size of one report's file in MB (default: 20)",
    "WENBAO_UNPACKED_MB": "largest unpacked size of a zip, csv or xlsx in MB (default: 2048)",
    "WENBAO_UPLOAD_MB": "most that the page takes in one upload, in MB; archives may unpack to ten times that "
    "(default: 100)",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with defaults that need no key and no download."""

    library: Path = DEFAULT_LIBRARY
    """Folder of the library."""
    embedding: str | None = None
    """Folder or name of the embedding model; None is the one that comes with the package."""
    embedding_device: str | None = None
    """Where another embedding model and the reranker run, as torch names it; None takes the best there is."""
    embedding_backend: Backend = "torch"
    """What runs another embedding model."""
    embedding_batch: int = DEFAULT_EMBEDDING_BATCH
    """Texts that another embedding model encodes together."""
    reranker: str | None = None
    """Folder or name of a cross-encoder for the first passages; None is none."""
    llm: str | None = None
    """``provider:model``; None means that answers are read without a language model."""
    llm_base_url: str | None = None
    """Address of the language model's server; None is the provider's own."""
    llm_api_key: str | None = field(default=None, repr=False)
    """Key of the language model; never printed."""
    llm_timeout_s: float = DEFAULT_LLM_TIMEOUT_S
    """Deadline for one reply, in seconds."""
    auth: str | None = field(default=None, repr=False)
    """``user:password`` for page, API and downloads; never printed."""
    lang: Lang | None = None
    """Language of notices and answers; None follows the question."""
    min_confidence: float = DEFAULT_MIN_CONFIDENCE
    """Confidence in [0, 1] below which a lone figure is shown for checking and is not given as the answer."""
    report_mb: int = DEFAULT_REPORT_MB
    """Largest size of one report's file, in megabytes."""
    unpacked_mb: int = DEFAULT_UNPACKED_MB
    """Largest unpacked size of a zip, csv or xlsx, in megabytes."""
    upload_mb: int = DEFAULT_UPLOAD_MB
    """Most that the page takes in one upload, in megabytes."""
    fault_at: str | None = None
    """Tests only: the named step of an ingest at which the process kills itself."""

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        library: Path | str | None = None,
        lang: str | None = None,
    ) -> Settings:
        """The settings that the environment asks for, with the command line's on top.

        Args:
            environ: Variables to read; None reads the process's own.
            library: ``--library``, if it was given.
            lang: ``--lang``, if it was given.

        Raises:
            SettingsError: If a value cannot be read; the message names the variable.
        """
        env = _Environment(os.environ if environ is None else environ)
        return cls(
            library=Path(library) if library else Path(env.text("WENBAO_LIBRARY") or DEFAULT_LIBRARY),
            embedding=env.text("WENBAO_EMBEDDING"),
            embedding_device=env.text("WENBAO_EMBEDDING_DEVICE"),
            embedding_backend=_checked_backend(env.text("WENBAO_EMBEDDING_BACKEND")),
            embedding_batch=int(env.number("WENBAO_EMBEDDING_BATCH", DEFAULT_EMBEDDING_BATCH, low=1, high=10_000)),
            reranker=env.text("WENBAO_RERANKER"),
            llm=env.text("WENBAO_LLM"),
            llm_base_url=env.text("WENBAO_LLM_BASE_URL"),
            llm_api_key=env.text("WENBAO_LLM_API_KEY"),
            llm_timeout_s=env.number("WENBAO_LLM_TIMEOUT_S", DEFAULT_LLM_TIMEOUT_S, low=0.1, high=3600),
            auth=_checked_auth(env.text("WENBAO_AUTH")),
            lang=_checked_lang(lang or env.text("WENBAO_LANG")),
            min_confidence=env.number("WENBAO_MIN_CONFIDENCE", DEFAULT_MIN_CONFIDENCE, low=0, high=1),
            report_mb=int(env.number("WENBAO_REPORT_MB", DEFAULT_REPORT_MB, low=1, high=100_000)),
            unpacked_mb=int(env.number("WENBAO_UNPACKED_MB", DEFAULT_UNPACKED_MB, low=1, high=1_000_000)),
            upload_mb=int(env.number("WENBAO_UPLOAD_MB", DEFAULT_UPLOAD_MB, low=1, high=10_000)),
            fault_at=env.text("FAULT_AT"),
        )

    def with_library(self, library: Path | str) -> Settings:
        """The same settings for the library in another folder."""
        return replace(self, library=Path(library))

    def secrets(self) -> tuple[str, ...]:
        """Every string that must never reach a log, an error or an export, longest first."""
        password = (self.auth or "").partition(":")[2]
        found = {s for s in (self.llm_api_key, self.auth, password) if s}
        return tuple(sorted(found, key=lambda s: (-len(s), s)))


@dataclass(frozen=True, slots=True)
class _Environment:
    """Typed reading of variables; empty counts as unset."""

    values: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.values.get(name, "").strip() or None

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        raw = self.text(name)
        if raw is None:
            return default
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise SettingsError(
                f"设置 {name} 的值“{raw}”不对：应为 {low:g} 到 {high:g} 之间的数字。",
                en=f"{name} is {raw!r}: it must be a number from {low:g} to {high:g}.",
            )
        return value


def _checked_lang(raw: str | None) -> Lang | None:
    if raw is None:
        return None
    base = re.split(r"[-_.]", raw.strip().lower())[0]
    if base == "zh":
        return "zh"
    if base == "en":
        return "en"
    raise SettingsError(
        f"语言“{raw}”不认识：请用 zh 或 en（WENBAO_LANG 或 --lang）。",
        en=f"Unknown language {raw!r}: use zh or en (WENBAO_LANG or --lang).",
    )


def _checked_backend(raw: str | None) -> Backend:
    for backend in get_args(Backend):
        if raw is None or raw.lower() == backend:
            return backend  # type: ignore[no-any-return]
    raise SettingsError(
        f"设置 WENBAO_EMBEDDING_BACKEND 的值“{raw}”不对：请用 torch、onnx 或 openvino。",
        en=f"WENBAO_EMBEDDING_BACKEND is {raw!r}: use torch, onnx or openvino.",
    )


def _checked_auth(raw: str | None) -> str | None:
    if raw is None:
        return None
    user, colon, password = raw.partition(":")
    if not (user and colon and password):
        raise SettingsError(
            "设置 WENBAO_AUTH 应写成“用户名:密码”，两边都不能为空（此处不显示其内容）。",
            en="WENBAO_AUTH must be user:password, neither empty (its content is not shown).",
        )
    return raw
