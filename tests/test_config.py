"""Settings: what the environment may say, and what happens when it says nonsense."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.config import SETTING_HELP, Settings
from rag.errors import SettingsError


def test_without_any_variable_nothing_needs_a_key_or_a_download() -> None:
    settings = Settings.from_env({})
    assert settings == Settings()
    assert (settings.llm, settings.embedding, settings.auth) == (None, None, None)
    assert settings.library == Path("data") / "library"


def test_every_variable_reaches_its_field() -> None:
    settings = Settings.from_env(
        {
            "WENBAO_LIBRARY": "甲 乙/库",
            "WENBAO_EMBEDDING": "some/model",
            "WENBAO_EMBEDDING_DEVICE": "cuda:1",
            "WENBAO_EMBEDDING_BACKEND": "ONNX",
            "WENBAO_EMBEDDING_BATCH": "8",
            "WENBAO_RERANKER": "some/reranker",
            "WENBAO_LLM": "openai:m",
            "WENBAO_LLM_BASE_URL": "http://localhost:1/v1",
            "WENBAO_LLM_API_KEY": "sk-CANARY",
            "WENBAO_LLM_TIMEOUT_S": "2.5",
            "WENBAO_AUTH": "me:secret",
            "WENBAO_LANG": "en_US.UTF-8",
            "WENBAO_MIN_CONFIDENCE": "0.7",
            "WENBAO_REPORT_MB": "5",
            "WENBAO_UNPACKED_MB": "50",
        }
    )
    assert settings == Settings(
        library=Path("甲 乙/库"),
        embedding="some/model",
        embedding_device="cuda:1",
        embedding_backend="onnx",
        embedding_batch=8,
        reranker="some/reranker",
        llm="openai:m",
        llm_base_url="http://localhost:1/v1",
        llm_api_key="sk-CANARY",
        llm_timeout_s=2.5,
        auth="me:secret",
        lang="en",
        min_confidence=0.7,
        report_mb=5,
        unpacked_mb=50,
    )


def test_every_setting_has_a_sentence_for_help() -> None:
    assert set(SETTING_HELP) == {
        "WENBAO_LIBRARY", "WENBAO_EMBEDDING", "WENBAO_LLM", "WENBAO_LLM_BASE_URL", "WENBAO_LLM_API_KEY",
        "WENBAO_LLM_TIMEOUT_S", "WENBAO_AUTH", "WENBAO_LANG", "WENBAO_MIN_CONFIDENCE", "WENBAO_REPORT_MB",
"WENBAO_UNPACKED_MB", "WENBAO_EMBEDDING_DEVICE", "WENBAO_EMBEDDING_BACKEND", "WENBAO_EMBEDDING_BATCH",
        "WENBAO_RERANKER", "WENBAO_UPLOAD_MB",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WENBAO_LLM_TIMEOUT_S", "soon"),
        ("WENBAO_LLM_TIMEOUT_S", "0"),
        ("WENBAO_LLM_TIMEOUT_S", "nan"),
        ("WENBAO_MIN_CONFIDENCE", "1.5"),
        ("WENBAO_REPORT_MB", "-3"),
        ("WENBAO_LANG", "klingon"),
        ("WENBAO_AUTH", "nocolon"),
        ("WENBAO_AUTH", ":onlypassword"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})


def test_empty_variables_count_as_unset() -> None:
    assert Settings.from_env({"WENBAO_LANG": "", "WENBAO_AUTH": " ", "WENBAO_LLM_TIMEOUT_S": ""}) == Settings()


def test_the_command_line_wins_over_the_environment() -> None:
    settings = Settings.from_env({"WENBAO_LIBRARY": "a", "WENBAO_LANG": "zh"}, library="b", lang="en")
    assert (settings.library, settings.lang) == (Path("b"), "en")


def test_no_secret_is_in_the_printed_settings_or_in_an_error() -> None:
    settings = Settings.from_env({"WENBAO_LLM_API_KEY": "sk-CANARY", "WENBAO_AUTH": "me:hidden-word"})
    assert "CANARY" not in repr(settings)
    assert "hidden-word" not in repr(settings)
    assert settings.secrets() == ("me:hidden-word", "hidden-word", "sk-CANARY")
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"WENBAO_AUTH": "hidden-word"})
    assert "hidden-word" not in caught.value.message + str(caught.value.en)


def test_an_unknown_backend_is_named() -> None:
    with pytest.raises(SettingsError, match="WENBAO_EMBEDDING_BACKEND"):
        Settings.from_env({"WENBAO_EMBEDDING_BACKEND": "abacus"})
