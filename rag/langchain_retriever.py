"""The retriever as LangChain's ``BaseRetriever``, for those who build with it; imported only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun

    from rag.assistant import Assistant
    from rag.config import Settings
    from rag.types import Hit, Ranking, Report


class ReportRetriever(BaseRetriever):  # type: ignore[misc] # langchain's types are not followed
    """Documents for a question: the hits that an answer would be read from, best first.

    ``page_content`` is the passage, word for word; ``metadata`` holds the fields of a citation (``report_id``,
    ``title``, ``place``, ``report_year``, ``source``, ``section``, ``part``, ``start``, ``end``, ``quote``,
    ``text_sha256``) with ``passage_id``, ``score`` and ``rank``.

    Example:
        ``ReportRetriever.from_settings(Settings.from_env()).invoke("沈河2020年就业目标")``
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Any
    """The assistant whose library is searched; it reads places and years from the question."""
    k: int = 20
    """How many documents to give."""

    @classmethod
    def from_settings(cls, settings: Settings, *, k: int = 20) -> ReportRetriever:
        """A retriever over the library that ``settings`` name."""
        from rag.assistant import build_assistant

        return cls(assistant=build_assistant(settings), k=k)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        ranking = hits_for(self.assistant, query, k=self.k)
        catalogue = self.assistant.library.catalogue
        reports = {report_id: catalogue.report(report_id) for report_id in {h.passage.report_id for h in ranking.hits}}
        return [document_of(hit, reports[hit.passage.report_id]) for hit in ranking.hits]


def hits_for(assistant: Assistant, question: str, *, k: int) -> Ranking:
    """The passages for a question, from the reports of the places and years that it names, else from all."""
    from rag.cells import plan_cells
    from rag.holdings import Holdings
    from rag.question import Understander
    from rag.retriever import preference_of

    library = assistant.library
    library.refresh()
    holdings = Holdings.of(library.catalogue.reports())
    query = Understander(assistant.gazetteer, held=holdings.codes).understand(question, ())
    plan = plan_cells(query, holdings, assistant.gazetteer)
    scope = [report.report_id for report in plan.reports] if plan.places else None
    return library.retriever.retrieve(query.topic or question, report_ids=scope, prefer=preference_of(query), k=k)


def document_of(hit: Hit, report: Report) -> Document:
    """A hit as a document, with the fields of a citation as its metadata."""
    passage = hit.passage
    return Document(
        id=passage.passage_id,
        page_content=passage.text,
        metadata={
            "passage_id": passage.passage_id,
            "report_id": passage.report_id,
            "title": report.title,
            "place": report.place,
            "report_year": report.report_year,
            "source": report.source,
            "section": list(passage.section),
            "part": passage.part,
            "start": passage.start,
            "end": passage.end,
            "quote": passage.text,
            "text_sha256": report.text_sha256,
            "score": hit.score,
            "rank": hit.rank,
        },
    )
