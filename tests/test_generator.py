"""The talk with a chat service: the real client against a real server that fails in every way there is."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from eval.scripted import ALL_FAULTS, Asked, Service
from rag.config import Settings
from rag.errors import BadReplyError, GenerationError, GenerationTimeoutError
from rag.generator import FAILURES, Deadline, Generator, Usage, failure
from rag.prompts import QUERY_SCHEMA, Prompt

KEY = "sk-CANARY-0123456789abcdef"
PROMPT = Prompt("规矩", "请写回答。")
SAID = "沈河区2019年新增就业1.68万人[1]。"
OBJECT = '{"about_reports": true, "indicators": ["新增就业"], "topic": "", "kind": "lookup", "roles": []}'
REASONS = {
    "401": "key", "404": "unknown_model", "429": "busy", "429 for long": "busy", "500": "server", "503": "server", "redirect": "redirect",
    "hang": "timeout", "drip": "timeout", "slow": "timeout", "html": "empty", "bad JSON": "not_chat", "no choices": "empty", "empty": "empty",
    "null": "empty", "cut": "cut", "length": "length", "filtered": "refusal", "endless": "length",
}  # fmt: skip
IN_WORDS = ("refusal", "English")  # whole replies, whose text tells: rag.writing turns them away


pytestmark = pytest.mark.usefixtures("model_imported")


def generator(service: Service, **changes: object) -> Generator:
    settings = Settings(llm="openai:scripted", llm_base_url=service.url, llm_api_key=KEY)
    return Generator(replace(settings, **changes), backoff_s=0.01)  # type: ignore[arg-type]


def asked_for(service: Service, *, seconds: float = 5.0, usage: Usage | None = None) -> str:
    *_, last = generator(service).write(PROMPT, deadline=Deadline(seconds), usage=usage or Usage())
    return last


def test_a_reply_comes_bit_by_bit_and_whole_at_the_end() -> None:
    usage = Usage()
    with Service(lambda asked: SAID) as service:
        told = list(generator(service).write(PROMPT, deadline=Deadline(5), usage=usage))
    assert told[-1] == SAID
    assert len(told) > 1
    assert all(SAID.startswith(text) for text in told)
    assert usage.calls == 1
    assert usage.tokens() == {"in": 100, "out": len(SAID)}
    assert usage.ms >= (usage.first_ms or 0) > 0


def test_the_request_says_what_the_settings_say() -> None:
    with Service(lambda asked: SAID) as service:
        asked_for(service)
        (asked,) = service.asked
    assert (asked.system, asked.user) == (PROMPT.system, PROMPT.user)
    assert asked.body["model"] == "scripted"
    assert asked.body["temperature"] == 0
    assert asked.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("fault", sorted(REASONS))
def test_every_failure_has_its_reason_and_ends_by_the_deadline(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Service(lambda asked: SAID, fault=fault) as service:
        began = time.monotonic()
        with pytest.raises(GenerationError) as caught:
            asked_for(service, seconds=0.7 if REASONS[fault] == "timeout" else 20)
        assert time.monotonic() - began < 20
    assert caught.value.reason == REASONS[fault]
    trace = "".join(traceback.format_exception(caught.value))
    assert KEY not in trace
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    ours = "".join(r.getMessage() for r in caplog.records if r.name.startswith("rag"))
    assert KEY not in ours


def test_the_table_of_reasons_leaves_no_fault_out() -> None:
    assert set(REASONS) | set(IN_WORDS) == set(ALL_FAULTS)
    assert set(REASONS.values()) <= set(FAILURES)


@pytest.mark.parametrize("fault", ["500", "cut", "empty", "429"])
def test_what_passes_is_tried_again(fault: str) -> None:
    with Service(lambda asked: SAID, fault=fault, faulty_calls=1) as service:
        assert asked_for(service) == SAID
        assert len(service.asked) == 2


@pytest.mark.parametrize("fault", ["401", "404", "length", "filtered", "429 for long"])
def test_what_does_not_pass_is_not_tried_again(fault: str) -> None:
    with Service(lambda asked: SAID, fault=fault) as service:
        with pytest.raises(GenerationError):
            asked_for(service)
        assert len(service.asked) == 1


def test_the_time_that_a_busy_service_asks_for_is_waited() -> None:
    with Service(lambda asked: SAID, fault="429", faulty_calls=1) as service:
        began = time.monotonic()
        asked_for(service)
        assert time.monotonic() - began >= 0.2


def test_a_service_that_takes_no_temperature_is_asked_without_one() -> None:
    with Service(lambda asked: SAID, picky=True) as service:
        made = generator(service)
        for _ in range(2):
            assert list(made.write(PROMPT, deadline=Deadline(5), usage=Usage()))[-1] == SAID
        told = [{"temperature", "stream_options"} & a.body.keys() for a in service.asked]
    assert [bool(t) for t in told] == [True, False, False]


def test_nobody_there_is_a_reason() -> None:
    settings = Settings(llm="openai:m", llm_base_url="http://127.0.0.1:9/v1", llm_api_key=KEY)
    with pytest.raises(GenerationError) as caught:
        list(Generator(settings, backoff_s=0.01).write(PROMPT, deadline=Deadline(5), usage=Usage()))
    assert caught.value.reason == "unreachable"


@pytest.mark.parametrize("name", ["nobody:model", "m", "openai"])
def test_a_provider_that_is_not_installed_is_a_reason(name: str) -> None:
    with pytest.raises(GenerationError) as caught:
        list(Generator(Settings(llm=name), backoff_s=0.01).write(PROMPT, deadline=Deadline(5), usage=Usage()))
    assert caught.value.reason == "setup"


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with Service(lambda asked: SAID, fault="redirect") as service:
        with pytest.raises(GenerationError):
            asked_for(service)
        assert [a for a in service.asked if "redirected" in a.body] == []


def test_a_key_of_the_environment_is_not_sent_to_a_server_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Service(lambda asked: SAID) as service:
        list(generator(service, llm_api_key=None).write(PROMPT, deadline=Deadline(5), usage=Usage()))
        assert KEY not in str(service.asked)


def test_an_endless_reply_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    with Service(lambda asked: SAID, fault="endless") as service, pytest.raises(BadReplyError):
        asked_for(service)
    with Service(lambda asked: SAID, fault="drip") as service, pytest.raises(GenerationTimeoutError):
        asked_for(service, seconds=0.3)
    until = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_who_stops_listening_ends_the_request() -> None:
    with Service(lambda asked: SAID * 50) as service:
        told = generator(service).write(PROMPT, deadline=Deadline(5), usage=Usage())
        next(told)
        told.close()  # type: ignore[attr-defined]
        assert len(service.asked) == 1


# -- objects ---------------------------------------------------------------------------------------


def filled(service: Service, seconds: float = 5.0) -> dict[str, object]:
    return dict(generator(service).fill(PROMPT, QUERY_SCHEMA, deadline=Deadline(seconds), usage=Usage()))


def test_an_object_comes_by_structured_output() -> None:
    with Service(lambda asked: OBJECT) as service:
        assert filled(service)["indicators"] == ["新增就业"]
        assert [a.wants_object for a in service.asked] == [True]


def test_a_model_without_structured_output_is_asked_in_words() -> None:
    with Service(lambda asked: f"好的：\n```json\n{OBJECT}\n```", structured=False) as service:
        assert filled(service)["indicators"] == ["新增就业"]
        assert [a.wants_object for a in service.asked][-1] is False


def test_a_reply_without_an_object_is_a_failure() -> None:
    with Service(lambda asked: "我不知道。", structured=False) as service, pytest.raises(GenerationError) as caught:
        filled(service)
    assert caught.value.reason == "not_chat"


@pytest.mark.parametrize("fault", ["401", "hang", "redirect"])
def test_a_failed_service_is_not_asked_a_second_way(fault: str) -> None:
    with Service(lambda asked: OBJECT, fault=fault) as service:
        with pytest.raises(GenerationError):
            filled(service, seconds=0.5)
        assert len(service.asked) == 1


# -- small things ----------------------------------------------------------------------------------


def test_each_failure_has_a_sentence_in_both_languages() -> None:
    for reason in FAILURES:
        error = failure(reason)
        assert error.message.endswith("。")
        assert error.en
        assert error.en[0].isupper()
        assert error.in_language("en") == error.en
    assert isinstance(failure("timeout"), GenerationTimeoutError)
    assert isinstance(failure("cut"), BadReplyError)


def test_a_deadline_counts_down_to_nought() -> None:
    now: Iterator[float] = iter([0.0, 3.0, 11.0])
    deadline = Deadline(10, clock=lambda: next(now))
    assert deadline.left() == 7
    assert deadline.left() == 0


def test_no_trace_of_a_prompt_goes_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracing that the environment asks for is off: the one request is the one to the service."""
    with Service(lambda asked: SAID) as service, Service(lambda asked: SAID) as tracer:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracer.url)
        asked_for(service)
        time.sleep(0.1)
        assert len(service.asked) == 1
        assert tracer.asked == []


def test_a_script_sees_what_was_asked() -> None:
    def echo(asked: Asked) -> str:
        return f"{asked.system}{asked.user}"

    with Service(echo) as service:
        assert asked_for(service) == "规矩请写回答。"
