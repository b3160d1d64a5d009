"""What a comparison can come to: levels, each with a word, a Chinese phrase and its shipped probabilities.

m is how often the level is seen between two records of one person, u between two of strangers, r between two of relatives
(Fellegi and Sunter 1969, with a third class). The shipped values are stated assumptions, wide enough to be safe where nothing
could be estimated; `estimate` learns them from the data and a model file pins what it learnt.
"""

from __future__ import annotations

from dataclasses import dataclass

MISSING = 0
"""Code of the level that every comparison has first: nothing to compare, weight 0."""


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison.

    Attributes:
        word: stable name in models, notes and tests. zh: the same for people.
        m, u, r: shipped probabilities among records of one person, of strangers, of relatives.
        by_value: the value whose own frequency takes u's place (term-frequency adjustment), if any. less: the value whose
            frequency is taken off it, where an equal value would have been another level. beside: the level that pairs are at
            which could have been at this one: a pair's own chance is a share of the two together.
        agrees: whether the level speaks for one person as far as this field can.
    """

    word: str
    zh: str
    m: float
    u: float
    r: float
    by_value: str | None = None
    less: str | None = None
    beside: str | None = None
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """The levels of one kind of field. `levels[0]` is the missing one."""

    levels: tuple[Level, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Words of the levels by code."""
        return tuple(level.word for level in self.levels)

    def code(self, word: str) -> int:
        """Code of a word."""
        return self.words.index(word)


def missing(word: str, zh: str) -> Level:
    """The level of nothing to compare: it says nothing for or against."""
    return Level(word, zh, 1.0, 1.0, 1.0)
