"""Answers that a case remembers, so that a question asked of it again is not reckoned again. Nothing else lives here.

A case never changes once it stands, so that an answer kept is the answer that would be given.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from .register import Case

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def remembered(
    ask: Callable[Concatenate[Case, Asked], Answer],
) -> Callable[Concatenate[Case, Asked], Answer]:
    """The same question, answered from the case's memory where it was asked in the same words before."""

    @wraps(ask)
    def asked(case: Case, *words: Asked.args, **more: Asked.kwargs) -> Answer:
        question = (ask, words, tuple(more.items()))
        if question not in case.memory:
            case.memory[question] = ask(case, *words, **more)
        return cast("Answer", case.memory[question])

    return asked
