"""The tree of errors is as its docstring draws it."""

from __future__ import annotations

import re

import rag.errors as errors
from rag.errors import LibraryBusyError, RagError, SettingsError


def drawn_tree() -> dict[str, str | None]:
    """Class name -> name of its parent, read from the drawing in the module's docstring."""
    parents: dict[str, str | None] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"\s{4}((?:│   |    )*)(?:[├└]── )?([A-Z]\w+Error)\b", line)
        if not found:
            continue
        depth = len(found[1]) // 4 + ("── " in line)
        path[depth:] = [found[2]]
        parents[found[2]] = path[depth - 1] if depth else None
    return parents


def test_the_docstring_draws_every_class_and_its_parent() -> None:
    real = {
        name: None if kind is RagError else kind.__bases__[0].__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, RagError)
    }
    assert drawn_tree() == real
    assert len(real) > 10


def test_a_busy_library_has_exit_code_75_and_what_the_user_must_mend_has_2() -> None:
    assert LibraryBusyError("忙").exit_code == 75
    assert SettingsError("不对").exit_code == 2


def test_a_message_is_chinese_unless_english_is_asked_for_and_there() -> None:
    error = SettingsError("不对", en="wrong")
    assert (str(error), error.in_language(None), error.in_language("en")) == ("不对", "不对", "wrong")
    assert SettingsError("不对").in_language("en") == "不对"
