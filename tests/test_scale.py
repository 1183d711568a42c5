"""Past the number of rows that Chroma gives in one answer, everything is still found."""

from __future__ import annotations

import pytest
from library_nouns import make_report, passages_of

from rag.catalogue import Catalogue
from rag.config import Settings
from rag.generations import open_current, publish
from rag.library import open_library

REPORTS, LINES = 340, 100  # with its head, a report has a few passages more
WORDS = "老旧小区 养老服务 公办学位 城市道路 违法建设 停车泊位 污水管网 产业园区 企业融资 社区医院 文化场馆 农田水利".split()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(library=tmp_path_factory.mktemp("large"))
    with Catalogue.open(settings.library, writable=True) as catalogue, catalogue.transaction():
        for number in range(REPORTS):
            lines = [
                f"推进第{number}号{WORDS[(number + n) % len(WORDS)]}和第{n}处{WORDS[n % len(WORDS)]}。"
                for n in range(LINES)
            ]
            report = make_report("沈河区", 1700 + number, extra="\n".join(lines) + "\n")
            catalogue.put(report, passages_of(report), ())
    return settings


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_more_passages_than_one_answer_of_chroma_holds_are_written_checked_and_found(library: Settings) -> None:
    opened = open_library(library)  # builds the indexes
    ids = opened.catalogue.passage_ids()
    assert len(ids) > 32_766
    indexes = open_current(library.library, catalogue=opened.catalogue, encoder=opened.encoder)
    assert indexes.vectors.ids() == sorted(ids)
    assert indexes.vectors.vectors(ids).shape == (len(ids), opened.encoder.dimension)
    assert len(indexes.lexical) == len(ids)
    indexes.close()

    hits = opened.retriever.retrieve("第339号养老服务", k=5).hits
    assert any("第339号" in hit.passage.text for hit in hits)
    every = [report.report_id for report in opened.catalogue.reports()]
    assert len(opened.retriever.retrieve("社区医院", report_ids=every, k=40_000).hits) > 100
    with Catalogue.open(library.library, writable=True) as writable:
        writable.remove(every[0])
        assert publish(library.library, catalogue=writable, encoder=opened.encoder).reason is None
    assert not any(h.passage.report_id == every[0] for h in opened.retriever.retrieve("社区医院", k=1000).hits)
    opened.close()
