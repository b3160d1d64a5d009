"""Mistakes in the files of a deployment: one line each with file, line, entry, what is wrong and what to do. No value is repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from household.errors import InputError

GUIDE = "写法见 docs/source-yaml.md"
_SHOWN = re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff]{1,40}")


def shown(key: str) -> str:
    """A key as a line may show it; what looks like no key may be a value in the wrong place."""
    return key if _SHOWN.fullmatch(key) else "（写法异常的栏目）"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake.

    Attributes:
        file: below the deployment's folder. line: from 1; 0 where the file as a whole is meant. key: the entry, with dots.
        what: what is wrong. todo: what to do.

    """

    file: str
    line: int
    key: str
    what: str
    todo: str = GUIDE

    @property
    def where(self) -> str:
        """File, line and entry."""
        line = f" 第{self.line}行" if self.line else ""
        return f"{self.file}{line}{f' {self.key}' if self.key else ''}"

    def __str__(self) -> str:
        return f"{self.where}：{self.what}；{self.todo}"


class SourceMistakesError(InputError):
    """Every mistake found in the files; the line told is the first one's, and says how many there are."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        first = mistakes[0]
        rest = f"（共 {len(mistakes)} 处错误）" if len(mistakes) > 1 else ""
        super().__init__(f"{first.where}：{first.what}", first.todo + rest)
        self.mistakes = mistakes
