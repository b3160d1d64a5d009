"""What the tests of the linkage engine share: levels of two values by kind, small plans, small sides. No test stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from household.identity.numbers import number_of_key
from household.linkage.engine.kinds import KINDS
from household.linkage.engine.plan import Field, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE = number_of_key(99010119900307001)
"""A valid number; its holder is a man born on 7 March 1990."""

ENDS_IN_X = number_of_key(99010119900307004)
"""A valid number whose check character is X; a woman's, of the same day."""

assert ENDS_IN_X.endswith("X")

FIELDS = {
    "name": Field("name", "name", ("name",), ("name",)),
    "number": Field("number", "number", ("number",), ("number",)),
    "birth": Field("birth", "birth", ("birth", "number"), ("birth", "number")),
    "sex": Field("sex", "sex", ("sex", "number"), ("sex", "number")),
    "phone": Field("phone", "phone", ("phone",), ("phone",)),
    "address": Field("address", "address", ("address",), ("address",)),
    "region": Field("region", "region", ("region",), ("region",)),
}
BLOCKS = (
    ("name.sound", "birth.birth"),
    ("name.name", "birth.year"),
    ("name.surname", "phone.phone"),
    ("birth.birth", "phone.phone"),
    ("number.number_text",),
    ("number.number_head", "name.surname"),
)
COLUMNS = ("name", "number", "birth", "sex", "phone", "address", "region")

Value = str | None | tuple[Any, ...]


def columns_of(kind: str, values: Sequence[Value]) -> list[pl.Series]:
    """The columns of a kind: a text each, or a tuple for kinds of several columns."""
    if not isinstance(values[0], tuple):
        return [pl.Series(values, dtype=pl.String)]
    of = {"name": (pl.String, pl.Boolean, pl.String), "number": (pl.String, pl.Int64)}
    types = of.get(kind, (pl.String, pl.String))
    return [
        pl.Series([value[place] for value in values], dtype=types[place])  # type: ignore[index]
        for place in range(len(values[0]))
    ]


def levels(kind: str, pairs: Sequence[tuple[Value, Value]]) -> list[str]:
    """The level of each pair of values. Which side a value stands on must make no difference."""
    handling = KINDS[kind]
    left = handling.encode(columns_of(kind, [one for one, _ in pairs]))
    right = handling.encode(columns_of(kind, [other for _, other in pairs]))
    at = np.arange(len(pairs), dtype=np.int64)
    codes, chances = handling.compare(left, at, right, at)
    turned, again = handling.compare(right, at, left, at)
    assert codes.tolist() == turned.tolist()
    if chances is not None and again is not None:
        np.testing.assert_allclose(chances, again)
    return [handling.comparison.words[code] for code in codes]


def level(kind: str, one: Value, other: Value) -> str:
    """The level of one pair of values."""
    (word,) = levels(kind, [(one, other)])
    return word


def chance(one: str, other: str) -> float:
    """How often strangers agree in what is visible of two numbers so far, by the places alone."""
    handling = KINDS["number"]
    left, right = (handling.encode([pl.Series([text], dtype=pl.String)]) for text in (one, other))
    at = np.zeros(1, dtype=np.int64)
    _, chances = handling.compare(left, at, right, at)
    assert chances is not None
    return float(chances[0])


def plan(
    *fields: str,
    blocks: tuple[tuple[str, ...], ...] | None = None,
    once: bool = False,
) -> Plan:
    """A plan of some fields, with the blocks that those fields allow; all of them where none is named."""
    held = fields or tuple(FIELDS)
    possible = [b for b in BLOCKS if all(part.split(".")[0] in held for part in b)]
    return Plan(
        fields=tuple(FIELDS[name] for name in held),
        blocks=tuple(possible) if blocks is None else blocks,
        once=once,
        number="number" if "number" in held else None,
    )


def side(owner: str, *lines: dict[str, Any], start: int = 0) -> pl.DataFrame:
    """Lines of one side; `owner` (row or person) counts from `start` where a line does not say whose it is."""
    schema = {owner: pl.Int64(), **dict.fromkeys(COLUMNS, pl.String())}
    filled = [{owner: start + place} | line for place, line in enumerate(lines)]
    return pl.DataFrame([{name: f.get(name) for name in schema} for f in filled], schema=schema)


def rows(*lines: dict[str, Any]) -> pl.DataFrame:
    """Rows, counted from 0."""
    return side("row", *lines)


def people(*lines: dict[str, Any]) -> pl.DataFrame:
    """People, counted from 100, so that nobody takes a row for a person."""
    return side("person", *lines, start=100)
