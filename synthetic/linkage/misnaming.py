"""How names come out of a register: other signs, other characters, other spellings, other order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.glyphs import RARE_AS_HOMOPHONE, RARE_AS_PINYIN, RARE_AS_PUA, VARIANTS
from synthetic.linkage.channels import Channels, Column
from synthetic.linkage.glyphs import HOMOPHONES, TRADITIONAL
from synthetic.linkage.naming import GIVEN, PARTS, joined_parts
from synthetic.linkage.pools import DOTTED, HAN
from synthetic.mistyping import one_of
from synthetic.transliteration import spellings

if TYPE_CHECKING:
    from synthetic.draws import Array
    from synthetic.linkage.population import Population
    from synthetic.linkage.rates import Rates

ALL = ("name_missing", "spaces_in_name", "note", "former_name")
HAN_ONLY = ("traditional", "variant", "homophone", "character_wrong")
RARE_ONLY = ("rare_pinyin", "rare_pua", "rare_mark", "rare_homophone")
PARTS_ONLY = ("transliterated", "parts_swapped", "truncated", "father_missing")
DOTTED_ONLY = ("interpunct_variant", "interpunct_missing")
CHANNELS = (*ALL, *HAN_ONLY, *RARE_ONLY, *PARTS_ONLY, *DOTTED_ONLY)
INTERPUNCT_SIGNS = tuple(
    {"·": sign} for sign in ("•", "‧", "・", "．", ".", "∙", "･", "‐", " ", " · ", "。")
)
RARE_AS_LETTERS = (
    RARE_AS_PINYIN,
    {character: pinyin.lower() for character, pinyin in RARE_AS_PINYIN.items()},
    {character: pinyin.capitalize() for character, pinyin in RARE_AS_PINYIN.items()},
)
RARE_AS_MARKS = tuple(dict.fromkeys(RARE_AS_PINYIN, mark) for mark in "?？□*■")
NOTES = ("(户主)", "（已故）", "1", "(曾用名)", "（本人）")
LIMITS = (4, 5, 6, 8, 10)
_SPELLINGS = tuple(spellings(part) for part in PARTS)


def sent_names(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> tuple[pl.Series, Channels]:
    """Names as the register holds them, for the true person of each row, and what hit them.

    A row whose name a channel would not change carries none.
    """
    true = population.names.text.gather(person)
    channels = _hits(rng, population, person, rates=rates)
    column = Column(true)
    for channel in CHANNELS:
        rows = channels.rows(channel)
        if not len(rows):
            continue
        names = true.gather(rows)
        written = _written(rng, population, names, channel=channel, person=person[rows])
        changed = written.ne_missing(names).to_numpy()
        channels.drop(rows[~changed])
        column.put(rows[changed], written.filter(pl.Series(changed)))
    return column.done(), channels


def _hits(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> Channels:
    """Channels by kind of name."""
    names = population.names
    people, rare = names.people[person], names.rare[person]
    dotted = np.isin(people, DOTTED)
    channels = Channels(len(person), CHANNELS)
    for rows, own in (
        (np.flatnonzero((people == HAN) & ~rare), HAN_ONLY),
        (np.flatnonzero(rare), RARE_ONLY),
        (np.flatnonzero(dotted), (*DOTTED_ONLY, *PARTS_ONLY)),
        (np.flatnonzero((people != HAN) & ~dotted), PARTS_ONLY),
    ):
        channels.draw(rng, rows, names=(*ALL, *own), rates=rates)
    renamed = channels.rows("former_name")
    never = names.former.gather(person[renamed]).is_null().to_numpy()
    channels.drop(renamed[never])
    return channels


def _written(
    rng: np.random.Generator,
    population: Population,
    names: pl.Series,
    *,
    channel: str,
    person: Array,
) -> pl.Series:
    """What one channel makes of the names."""
    count = len(names)
    match channel:
        case "name_missing":
            result = names.clear(count)
        case "former_name":
            result = population.names.former.gather(person)
        case "spaces_in_name":
            result = names.str.slice(0, 1) + one_of(rng, (" ", "　", "  "), count=count)
            result = result + names.str.slice(1)
        case "note":
            result = names + one_of(rng, NOTES, count=count)
        case "homophone" | "character_wrong":
            result = _another_character(rng, names, channel=channel)
        case "interpunct_variant":
            result = _replaced(rng, names, tables=INTERPUNCT_SIGNS)
        case "rare_mark":
            result = _replaced(rng, names, tables=RARE_AS_MARKS)
        case "rare_pinyin":
            result = _replaced(rng, names, tables=RARE_AS_LETTERS)
        case "truncated":
            result = _truncated(rng, names)
        case "transliterated" | "parts_swapped" | "father_missing":
            result = _other_parts(rng, population, channel=channel, person=person)
        case _:
            result = names.str.replace_many(_REPLACED[channel])
    return result


_REPLACED = {
    "traditional": TRADITIONAL,
    "variant": VARIANTS,
    "rare_pua": RARE_AS_PUA,
    "rare_homophone": RARE_AS_HOMOPHONE,
    "interpunct_missing": {"·": ""},
}


def _another_character(rng: np.random.Generator, names: pl.Series, *, channel: str) -> pl.Series:
    """One given character (the last, or the last but one) by one that sounds alike, or by any."""
    length = names.str.len_chars().to_numpy().astype(np.int64)
    at = length - 1 - ((length > 2) & (rng.random(len(names)) < 0.5))
    parts = pl.DataFrame({"name": names, "at": at})
    head = parts.select(pl.col("name").str.slice(0, pl.col("at")))["name"]
    tail = parts.select(pl.col("name").str.slice(pl.col("at") + 1))["name"]
    old = parts.select(pl.col("name").str.slice(pl.col("at"), 1))["name"]
    if channel == "character_wrong":
        return head + one_of(rng, GIVEN, count=len(names)) + tail
    step = rng.integers(0, len(HOMOPHONES), len(names))
    column = Column(old)
    for turn, table in enumerate(HOMOPHONES):
        rows = np.flatnonzero(step == turn)
        column.put(rows, old.gather(rows).replace(table))
    return head + column.done() + tail


def _replaced(
    rng: np.random.Generator, names: pl.Series, *, tables: tuple[dict[str, str], ...]
) -> pl.Series:
    """Characters replaced by one of several tables, another one for each name."""
    which = rng.integers(0, len(tables), len(names))
    column = Column(names)
    for at, table in enumerate(tables):
        rows = np.flatnonzero(which == at)
        column.put(rows, names.gather(rows).str.replace_many(table))
    return column.done()


def _truncated(rng: np.random.Generator, names: pl.Series) -> pl.Series:
    """What a field of a few characters keeps; a name that fits stays whole."""
    limit = pl.Series(LIMITS).gather(rng.integers(0, len(LIMITS), len(names)))
    frame = pl.DataFrame({"name": names, "limit": limit})
    return frame.select(pl.col("name").str.slice(0, pl.col("limit")))["name"]


def _other_parts(
    rng: np.random.Generator, population: Population, *, channel: str, person: Array
) -> pl.Series:
    """Parts spelt otherwise, in the other order, or the own name alone."""
    names = population.names
    own, father, people = names.own[person], names.father[person], names.people[person]
    if channel == "parts_swapped":
        two = father >= 0
        return joined_parts(np.where(two, father, own), np.where(two, own, -1), people=people)
    if channel == "father_missing":
        return joined_parts(own, np.full(len(own), -1), people=people)
    text = joined_parts(own, father, people=people).to_list()
    chosen = rng.random((len(own), 3))
    return pl.Series(
        [
            _respelt(name, int(a), int(b), draws=draws)
            for name, a, b, draws in zip(text, own, father, chosen, strict=True)
        ],
        dtype=pl.String,
    )


def _respelt(name: str, own: int, father: int, *, draws: Array) -> str:
    """The own part, the father's or both in another spelling, as the draws (of 0 to 1) say."""
    both = draws[0] < 0.2
    result = name
    for at, part, wanted in (
        (1, own, both or draws[0] < 0.6 or father < 0),
        (2, father, both or draws[0] >= 0.6),
    ):
        others = _SPELLINGS[part] if part >= 0 else ()
        if wanted and others:
            other = others[int(draws[at] * len(others))]
            old = PARTS[part]
            result = (
                other + result[len(old) :] if at == 1 else result[: len(result) - len(old)] + other
            )
    return result
