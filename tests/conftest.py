"""What every test stands on: a shut network, a clean environment, the material folder and small fakes."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from rag.config import Settings
from rag.ingest import ingest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
LOOPBACK = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "testserver", "", None}

# The same examples on every run: a property that fails does so for who broke it, not for who comes next. To look for
# new ones: pytest --hypothesis-profile=explore
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("same")

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")


class NetworkShutError(OSError):
    """Raised where a test tries to leave this machine."""


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):  # a Unix socket's path
        return True
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    return host in LOOPBACK or str(host).startswith("127.")


@pytest.fixture(autouse=True, scope="session")
def shut_network() -> Iterator[None]:
    """No connection and no name look-up leaves this machine while tests run."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            raise NetworkShutError(f"a test tried to connect to {address!r}")
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_local(address):
            raise NetworkShutError(f"a test tried to connect to {address!r}")
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_local((host,)):
            raise NetworkShutError(f"a test tried to look up {host!r}")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in [key for key in os.environ if key.startswith("WENBAO_") and not key.startswith("WENBAO_TEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def material() -> Path:
    """The folder with corpus/, gold/ and samples/ beside the project; a test that needs it is skipped without it."""
    folder = Path(os.environ.get("WENBAO_TEST_MATERIAL") or ROOT / ".." / "shared").resolve()
    if not (folder / "corpus" / "manifest.jsonl").is_file():
        pytest.skip(f"no test material at {folder}: set WENBAO_TEST_MATERIAL to the folder that holds corpus/")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the two sample reports that come with the project."""
    return SAMPLES


@pytest.fixture(name="settings", scope="session")
def sample_settings(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a library of the two samples, for tests that leave it as it is."""
    made = Settings(library=tmp_path_factory.mktemp("samples") / "library")
    assert [event.kind for event in ingest([samples], settings=made, jobs=1)] == ["added", "added"]
    return made


@pytest.fixture(scope="session")
def model_imported() -> None:
    """The libraries of language models are there before a first deadline runs."""
    import langchain_openai  # noqa: F401


class FakeEncoder:
    """Deterministic unit vectors from hashed character bigrams: texts that share words lie near each other."""

    quick = True

    def __init__(self, dimension: int = 64, *, fingerprint: str = "fake-encoder") -> None:
        self.dimension = dimension
        self.fingerprint = fingerprint

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for piece in [text[i : i + 2] for i in range(len(text))] or [""]:
                digest = hashlib.blake2b(piece.encode("utf-8"), digest_size=8).digest()
                row[digest[0] % self.dimension] += 1.0 if digest[1] % 2 else -1.0
            if not row.any():
                row[0] = 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    """A fresh FakeEncoder."""
    return FakeEncoder()
