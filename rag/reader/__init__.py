"""Query + what was found -> Answer, without a language model.

Each kind of question has a draft of its own (``lookups``, ``sweeps``, ``lists``, ``prose``, ``about``): the sentence
that answers first, then what helps. Numbers are shown as the report wrote them; every statement carries a citation.
What the draft says is checked afterwards.
"""

from rag.reader.reader import Reader

__all__ = ["Reader"]
