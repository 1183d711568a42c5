"""Translation memories (.tmx): the Chinese side, one segment a line."""

from __future__ import annotations

from typing import Any, Final

from rag.corpus.formats import Raw, finish
from rag.types import Skipped, SourceText

_LANG: Final = ("{http://www.w3.org/XML/1998/namespace}lang", "lang")


def read_memory(raw: Raw) -> SourceText | Skipped:
    """The Chinese segments of a translation memory as one text."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    segments: list[str] = []
    try:
        for _, element in iterparse(raw.stream, events=("end",)):
            if _local(element.tag) == "tuv":
                if _language(element).startswith("zh"):
                    segments += [
                        " ".join("".join(child.itertext()).split("\n"))
                        for child in element
                        if _local(child.tag) == "seg"
                    ]
                element.clear()
    except (ParseError, DefusedXmlException, UnicodeError, LookupError) as error:
        reason = f"{raw.source}：翻译记忆文件无法解析（{type(error).__name__}）。"
        return Skipped(raw.source, reason, "broken")
    if not segments:
        return Skipped(raw.source, f"{raw.source}：翻译记忆文件里没有中文内容。", "empty")
    return finish(raw.source, "tmx", "\n".join(segments))


def _local(tag: Any) -> str:
    return str(tag).rsplit("}", 1)[-1]


def _language(element: Any) -> str:
    return next((str(element.get(name)).lower() for name in _LANG if element.get(name)), "")
