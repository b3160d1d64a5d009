"""Mistakes in files of rule packs: each one line with file, line, pack, parameter, what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from household.errors import PackError


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake.

    Attributes:
        place: file and line (`500112/pack.yaml 第7行`). pack, key: whose parameter; empty where neither is meant.
        what: what is wrong. todo: what to do.
    """

    place: str
    what: str
    todo: str
    pack: str = ""
    key: str = ""

    @property
    def where(self) -> str:
        """Place, pack and parameter."""
        pack = f"规则包 {self.pack}" if self.pack else ""
        key = f"参数 {self.key}" if self.key else ""
        told = " ".join(f"{pack} {key}".split())
        return f"{self.place}：{told}" if told else self.place

    def __str__(self) -> str:
        return f"{self.where}：{self.what}；{self.todo}"


class PackMistakesError(PackError):
    """Every mistake found in the files; the line told is the first one's, and says how many there are."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        first = mistakes[0]
        more = len(mistakes) - 1
        rest = f"（共 {more + 1} 处错误，hedui packs check 列出全部）" if more else ""
        super().__init__(f"{first.where}：{first.what}", first.todo + rest)
        self.mistakes = mistakes
