"""How our engine is told what the registers of the made corpus hold: fields, blocks, and who stands once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.linkage.engine.plan import Field, Plan

if TYPE_CHECKING:
    from pathlib import Path

_FIELDS = {
    "name": ("name", ("name", "former"), ("name", "former")),
    "number": ("number", ("id_no",), ("id_no",)),
    "birth": ("birth", ("birth_date", "id_no"), ("birth_date", "id_no")),
    "sex": ("sex", ("sex", "id_no"), ("sex", "id_no")),
    "phone": ("phone", ("phone",), ("phone",)),
    "address": ("address", ("address",), ("address",)),
    "region": ("region", ("county",), ("county",)),
}
_HELD = {
    "hukou": ("name", "number", "birth", "sex", "address", "region"),
    "social_security": ("name", "number", "phone", "birth", "sex", "region"),
    "housing": ("name", "number", "birth", "sex", "phone", "address", "region"),
    "bank": ("name", "number", "birth", "sex", "phone", "region"),
    "medical": ("name", "number", "birth", "sex", "phone", "address", "region"),
}
_NUMBER_ONLY = frozenset({"housing", "bank"})
"""Registers that state neither birth date nor sex: what stands inside the number is all there is."""
_STRICT = {
    "hukou": (("name", "birth"),),
    "social_security": (("name", "birth"), ("name", "phone")),
    "housing": (("name", "phone"), ("name", "address")),
    "bank": (("name", "phone"),),
    "medical": (("name", "birth"), ("name", "phone")),
}
ONCE = frozenset({"hukou", "medical"})
_BLOCKS = (
    ("name.sound", "birth.birth"),
    ("name.folded", "birth.birth"),
    ("name.ordered", "birth.birth"),
    ("name.name", "birth.year"),
    ("name.name", "birth.day"),
    ("name.surname", "birth.birth", "sex.sex"),
    ("name.given", "birth.birth"),
    ("name.begin", "birth.birth"),
    ("name.sound", "phone.phone"),
    ("name.surname", "phone.phone"),
    ("name.given", "phone.phone"),
    ("name.folded", "phone.phone"),
    ("name.sound", "address.address"),
    ("name.surname", "address.address"),
    ("name.given", "address.address"),
    ("name.name", "address.place"),
    ("name.name", "region.region", "rows:number.absent"),
    ("name.folded", "region.region", "rows:number.absent"),
    ("name.ordered", "region.region", "rows:number.absent"),
    ("name.name", "region.region", "people:number.absent"),
    ("name.ordered", "phone.phone"),
    ("birth.birth", "phone.phone"),
    ("birth.birth", "address.address"),
    ("number.number_text",),
    ("number.number_head", "name.surname"),
    ("number.number_tail", "name.surname"),
)


def plan_of(source: str) -> Plan:
    """The plan of a register."""
    held = _HELD[source]
    blocks = [b for b in _BLOCKS if all(part.split(":")[-1].split(".")[0] in held for part in b)]
    if source not in _NUMBER_ONLY:
        blocks = [b for b in blocks if "region.region" not in b]
    return Plan(
        fields=tuple(_field(name, source) for name in held),
        blocks=tuple(blocks),
        strict=_STRICT[source],
        once=source in ONCE,
        number="number",
    )


def _field(name: str, source: str) -> Field:
    kind, rows, people = _FIELDS[name]
    return Field(
        name,
        kind,
        ("", "id_no") if name in {"birth", "sex"} and source in _NUMBER_ONLY else rows,
        people,
    )


def read_rows(corpus: Path, source: str) -> pl.DataFrame:
    """Lines of a register: a row that gives a former name has a line for that as well."""
    rows = pl.read_parquet(corpus / f"{source}.parquet")
    return _with_former(rows)


def read_people(corpus: Path) -> pl.DataFrame:
    """Lines of the roster."""
    return _with_former(pl.read_parquet(corpus / "roster.parquet"))


def _with_former(records: pl.DataFrame) -> pl.DataFrame:
    if "former_name" not in records.columns:
        return records.with_columns(pl.lit(value=False).alias("former"))
    named = records.filter(pl.col("former_name").is_not_null())
    former = named.with_columns(
        pl.col("former_name").alias("name"), pl.lit(value=True).alias("former")
    )
    present = records.with_columns(pl.lit(value=False).alias("former"))
    return pl.concat([present, former]).drop("former_name")
