"""The truth of a made corpus (synthetic.linkage) in the shape in which links are judged: true pairs, what makes them hard, their groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.identity.names import INTERPUNCTS, normal_names
from household.identity.numbers import number_keys

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("hukou", "social_security", "housing", "bank", "medical")
ONE_ROW_A_PERSON = frozenset({"hukou", "medical"})
"""Registers that hold one row for a person; engines are told so."""

_SEPARATOR = "[" + INTERPUNCTS.replace("-", r"\-").replace(".", r"\.") + "]"
_HAN = r"^\p{Han}+$"
_FIELDS = ("id_no", "name", "birth_date", "phone", "address")


@dataclass(frozen=True)
class Truth:
    """What is true of one register.

    Attributes:
        pairs: row, person, hard, family (Han, interpunct, other), length (of the normal roster name), rare (a character outside GB 2312),
            number_noise, name_noise, other_noise (channels, "" for none), fields (which are filled on both sides).
        row_keys: row, row_key (Int64, the cleaned number; null if it is not valid).
        person_keys: person, person_key.
        one_row_a_person: The register holds one row for a person.
    """

    pairs: pl.DataFrame
    row_keys: pl.DataFrame
    person_keys: pl.DataFrame
    one_row_a_person: bool


def is_rare(name: str) -> bool:
    """Whether a name holds a character that GB 2312 lacks: what old systems could not write."""
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def families(names: pl.DataFrame) -> pl.DataFrame:
    """family, length and rare of `name` (roster) and `row_name` (register), row by row.

    A name is of the family `interpunct` if either side writes one, or if it is Han writing of five characters or more (both sides may have
    lost the sign); `Han` if it is Han writing otherwise.
    """
    normal = normal_names(names["name"])
    dotted = pl.any_horizontal(pl.col("name", "row_name").str.contains(_SEPARATOR))
    length = pl.col("normal").str.len_chars()
    han = pl.col("normal").str.contains(_HAN)
    rare = pl.Series([name is not None and is_rare(name) for name in normal], dtype=pl.Boolean)
    return names.with_columns(normal.alias("normal")).select(
        pl.when(dotted.fill_null(value=False) | (han & (length >= 5)))
        .then(pl.lit("interpunct"))
        .when(han)
        .then(pl.lit("Han"))
        .otherwise(pl.lit("other"))
        .alias("family"),
        pl.when(length >= 5).then(pl.lit("5+")).otherwise(length.cast(pl.String)).alias("length"),
        rare.cast(pl.String).alias("rare"),
    )


def _filled(columns: list[str]) -> pl.Expr:
    """Names of the fields filled on both sides; a field that the register lacks does not count."""
    shared = [c for c in _FIELDS if c in columns and f"row_{c}" in columns]
    both = [
        pl.when(pl.col(c).is_not_null() & pl.col(f"row_{c}").is_not_null()).then(pl.lit(c))
        for c in shared
    ]
    return pl.concat_str(both, separator="+", ignore_nulls=True)


def read_truth(corpus: Path, source: str) -> Truth:
    """The truth of one register of a corpus."""
    roster = pl.read_parquet(corpus / "roster.parquet")
    rows = pl.read_parquet(corpus / f"{source}.parquet")
    row_keys = rows.select("row", number_keys(rows["id_no"]).alias("row_key"))
    person_keys = roster.select("person", number_keys(roster["id_no"]).alias("person_key"))
    real = pl.read_parquet(corpus / "truth" / f"{source}.parquet").drop_nulls("person")
    others = [c for c in ("birth_noise", "phone_noise", "address_noise") if c in real.columns]
    sides = (
        real.join(rows.rename(lambda c: c if c == "row" else f"row_{c}"), on="row", how="left")
        .join(roster, on="person", how="left")
        .join(row_keys.rename({"row_key": "key_of_row"}), on="row", how="left")
        .join(person_keys, on="person", how="left")
    )
    other = pl.concat_str(
        [pl.when(pl.col(c) != "").then(pl.col(c)) for c in others] or [pl.lit(None, pl.String)],
        separator="+",
        ignore_nulls=True,
    )
    pairs = sides.select(
        "row",
        "person",
        (pl.col("key_of_row") == pl.col("person_key")).fill_null(value=False).not_().alias("hard"),
        pl.col("number_noise", "name_noise").fill_null(""),
        other.alias("other_noise"),
        _filled(sides.columns).alias("fields"),
    )
    return Truth(
        pairs=pl.concat([pairs, families(sides.select("name", "row_name"))], how="horizontal"),
        row_keys=row_keys,
        person_keys=person_keys,
        one_row_a_person=source in ONE_ROW_A_PERSON,
    )
