"""A question from a cold start imports what it needs and nothing else, and opens no connection."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.config import Settings
from rag.ingest import ingest

HEAVY = {"torch", "sentence_transformers", "transformers", "gradio", "langchain", "langchain_core", "openai", "pandas"}
CODE = """
import socket, sys, json

def refuse(*a, **k):
    raise OSError("a connection was tried")

socket.socket.connect = socket.socket.connect_ex = refuse
from rag.cli import main
code = main(["ask", sys.argv[1], "--library", sys.argv[2], "--json"])
json.dump({"code": code, "modules": sorted({m.partition(".")[0] for m in sys.modules})}, sys.stderr)
"""


@pytest.fixture(scope="module")
def library(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    assert len(list(ingest([samples], settings=Settings(library=folder), jobs=1))) == 2
    return folder


@pytest.mark.parametrize("question", ["沈河2020年就业目标", "沙河口区2018年教育方面有哪些工作", "养老服务有哪些安排"])
def test_a_question_imports_nothing_heavy_and_connects_to_nothing(library: Path, question: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LANG": "C"}  # whatever the console says, UTF-8 comes out
    done = subprocess.run(
        [sys.executable, "-c", CODE, question, str(library)], capture_output=True, encoding="utf-8", env=environment
    )
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] == 0
    assert not HEAVY & set(told["modules"])
    answer = json.loads(done.stdout)
    assert answer["citations"]
