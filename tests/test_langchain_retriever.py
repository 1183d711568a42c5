"""The LangChain adapter: the same hits as documents, imported only when asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from rag.config import Settings


@pytest.fixture(scope="module")
def retriever(settings: Settings) -> Iterator[object]:
    from rag import ReportRetriever

    made = ReportRetriever.from_settings(settings, k=5)
    yield made
    made.assistant.library.close()


def test_it_is_a_langchain_retriever_whose_documents_carry_citations(retriever: object) -> None:
    from langchain_core.retrievers import BaseRetriever

    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke("沈河2020年就业目标")
    assert 1 <= len(documents) <= 5
    assert [d.metadata["rank"] for d in documents] == list(range(1, len(documents) + 1))
    for document in documents:
        about = document.metadata
        assert about["place"] == "辽宁省沈阳市沈河区"  # the question names the place, so no other report is read
        assert about["report_year"] == 2020
        text = retriever.assistant.library.catalogue.text(about["report_id"])  # type: ignore[attr-defined]
        assert text[about["start"] : about["end"]] == about["quote"] == document.page_content
        assert about["text_sha256"]
        assert document.id == about["passage_id"]
    assert any("城镇新增就业" in document.page_content for document in documents)


def test_a_question_without_a_place_searches_everything(retriever: object) -> None:
    documents = retriever.invoke("养老服务中心")  # type: ignore[attr-defined]
    assert {d.metadata["report_year"] for d in documents} == {2018, 2020}


def test_importing_rag_imports_no_langchain() -> None:
    code = "import sys, rag; rag.Settings; print([m for m in sys.modules if m.startswith(('langchain', 'chromadb', 'torch'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


def test_an_unknown_export_is_an_attribute_error() -> None:
    import rag

    with pytest.raises(AttributeError, match="nothing_like_this"):
        _ = rag.nothing_like_this
