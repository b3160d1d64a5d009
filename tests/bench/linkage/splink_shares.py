"""u of the levels that a random sample hardly ever holds, counted for the peer on the pairs where they can occur.

Two million random pairs of 100,000 people and 500,000 rows hold about none with equal or nearly equal numbers, or with one phone number;
Splink then keeps a default without a word. The counts are part of its training, and of the time of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from splink_model import (
    ADDRESS_LEVELS,
    EQUAL_NUMBER,
    MASK_LEVELS,
    NEAR_LEVELS,
    PHONE_LEVELS,
    SHARED_CONTACT,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_NEAR_JOINS = (
    "substr(l.id_text, 1, 14) = substr(r.id_text, 1, 14)",
    "right(l.id_text, 8) = right(r.id_text, 8)",
    "substr(l.id_text, 1, 10) = substr(r.id_text, 1, 10) and right(l.id_text, 3) = right(r.id_text, 3)",
)
_EQUAL_JOIN = ("l.id_key = r.id_key",)
_BIRTH_JOIN = "l.birth = r.birth"
_FORMER = {"former name": "former_l = name_r or former_r = name_l"}
_APART = "(l.id_key is null or r.id_key is null or l.id_key <> r.id_key)"
_COLUMNS = ("id_key", "id_text", "id_mask", "name", "former", "phone", "place", "door")
_MASKED_ROWS, _PEOPLE = 200, 20_000

STRANGERS = (
    "l.sound <> r.sound and right(l.name, 1) <> right(r.name, 1)"
    " and coalesce(l.former <> r.name, true) and coalesce(r.former <> l.name, true)"
)
"""Pairs that are surely of different people, by the name alone."""


def _sides(sql: str) -> str:
    """A level's condition with its columns as a plain join names them."""
    for side in "lr":
        for column in _COLUMNS:
            sql = sql.replace(f"{column}_{side}", f"{side}.{column}")
    return sql


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.sql(sql).fetchall()[0][0])


def _levels(
    con: duckdb.DuckDBPyConnection, levels: Mapping[str, str], pairs: str, where: str
) -> dict[str, int]:
    """Pairs on each level, of the pairs (a person, b row) that `pairs` selects and `where` keeps."""
    cases = " ".join(f"when {_sides(sql)} then '{label}'" for label, sql in levels.items())
    counted = con.sql(
        f"select case {cases} end as level, count(*) as pairs from ({pairs}) p"
        " join people l on l.unique_id = p.a join rows r on r.unique_id = p.b"
        f" where {where} group by 1"
    ).fetchall()
    return dict(counted)


def _joined(
    con: duckdb.DuckDBPyConnection,
    levels: Mapping[str, str],
    joins: Sequence[str],
    *,
    where: str,
    total: int,
) -> dict[str, float]:
    """Share of `total` pairs that fall on each level, counted on the pairs of the joins; that of half a pair where there is none."""
    pairs = " union ".join(
        f"select l.unique_id as a, r.unique_id as b from people l join rows r on {join}"
        for join in joins
    )
    found = _levels(con, levels, pairs, where)
    return {label: max(found.get(label, 0), 0.5) / total for label in levels}


def _masked(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Of masks: some masked rows against some people, the first by a hash. Masks of the roster, ten times rarer, are left out."""
    some = (
        "select l.unique_id as a, r.unique_id as b from"
        f" (select unique_id from people order by hash(unique_id) limit {_PEOPLE}) l,"
        " (select unique_id from rows where id_mask is not null"
        f" order by hash(unique_id) limit {_MASKED_ROWS}) r"
    )
    looked_at = max(_one(con, f"select count(*) from ({some})"), 1)
    masked = _one(con, "select count(id_mask) from rows") / max(
        _one(con, "select count(*) from rows"), 1
    )
    found = _levels(con, MASK_LEVELS, some, STRANGERS)
    return {label: max(found.get(label, 0), 0.5) / looked_at * masked for label in MASK_LEVELS}


def _contact(columns: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Levels of a shared phone or address, and the joins on which they stand."""
    phone, address = "l.phone = r.phone", "l.place = r.place and l.door = r.door"
    if "phone" in columns and "place" in columns:
        return SHARED_CONTACT, (phone, address)
    if "phone" in columns:
        return {"phone equal": PHONE_LEVELS["phone equal"]}, (phone,)
    return {"address equal": ADDRESS_LEVELS["address equal"]}, (address,)


def counted_shares(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> dict[str, float]:
    """u by level, of the tables `people` and `rows`.

    A number holds the date of birth. Where that is compared by itself, near numbers are counted among pairs with the same date, lest the
    date count twice.
    """
    con.execute("set disabled_optimizers = 'join_order'")  # it crosses both sides, then looks
    try:
        return _counted(con, columns)
    finally:
        con.execute("reset disabled_optimizers")


def _counted(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> dict[str, float]:
    total = _one(con, "select (select count(*) from people) * (select count(*) from rows)")
    where, near, near_total = STRANGERS, STRANGERS, total
    if "birth" in columns:
        where += " and substr(l.birth, 1, 4) <> substr(r.birth, 1, 4)"
        near += f" and {_BIRTH_JOIN}"
        near_total = _one(con, f"select count(*) from people l join rows r on {_BIRTH_JOIN}")
    shares = _joined(con, EQUAL_NUMBER, _EQUAL_JOIN, where=where, total=total)
    shares |= _joined(con, NEAR_LEVELS, _NEAR_JOINS, where=near, total=max(near_total, 1))
    shares |= _masked(con)
    joins: tuple[str, ...] = ("l.former = r.name", "l.name = r.former")
    shares |= _joined(con, _FORMER, joins, where=f"{_APART} and l.name <> r.name", total=total)
    apart = f"{_APART} and {where}"
    levels, joins = _contact(columns)
    shares |= _joined(con, levels, joins, where=apart, total=total)
    if "phone" in columns:
        shares["phone one edit"] = 1e-7  # eleven places, ten digits, some 1e9 numbers in use
    return shares
