"""What a request tells of a person, as texts in the institution's words, and who cannot be told. No file format is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.schema.codes import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.asking.layouts.institution import Column, Institution

EMPTY, ENCODING, WIDTH, SIGN, VALUE = "empty", "encoding", "width", "sign", "value"
FAILURES = {
    EMPTY: "没有姓名或证件号码",
    ENCODING: "含对方编码没有的字",
    WIDTH: "超过对方栏位的宽度",
    SIGN: "含分隔符、控制符或会被表格软件当作公式的开头",
    VALUE: "对方的代码表没有对应的值",
}
"""Why a person cannot be written; the code is the `note` of the failed event."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What every request to a source tells beside the person. `remark`: 催办 in a reminder."""

    purpose: str
    agreement_no: str
    remark: str = ""


def request_cells(
    requests: pl.DataFrame,
    columns: Sequence[Column],
    institution: Institution,
    *,
    terms: Terms,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Texts of the columns (named 0, 1, ... beside request_id), and who has none: request_id, note. Sorted by request_id."""
    ordered = requests.sort("request_id")
    facts = {
        "purpose": terms.purpose,
        "agreement_no": terms.agreement_no,
        "institution_code": institution.code,
        "remark": terms.remark,
        "serial": "",
    }
    cells = ordered.select(
        "request_id", *(_cell(c, facts).alias(str(i)) for i, c in enumerate(columns))
    )
    must = [str(i) for i, c in enumerate(columns) if c.value in ("name", "id_no")]
    mapped = [str(i) for i, c in enumerate(columns) if c.map]
    why = (
        pl.when(pl.any_horizontal(pl.col(must).fill_null("").str.strip_chars() == ""))
        .then(pl.lit(EMPTY))
        .when(pl.any_horizontal(pl.lit(value=False), *(pl.col(m).is_null() for m in mapped)))
        .then(pl.lit(VALUE))
    )
    return without(cells, why, fill=True)


def _cell(column: Column, facts: dict[str, str]) -> pl.Expr:
    """Text of one column; null where their code list has no such value."""
    if column.value == "text":
        return pl.lit(column.text)
    if column.value in facts:
        return pl.lit(facts[column.value])
    if column.value in ("birth", "asked_on"):
        return pl.col(column.value).dt.strftime(column.date)
    name = "request_id" if column.value == "request_no" else column.value
    told = pl.col(name)
    if column.value == "id_type":
        told = told.fill_null("居民身份证")
    if column.value == "programme" and not column.map:
        titles = dict(PROGRAMME.titles)
        return told.replace(titles)
    if column.map:
        return told.replace_strict(column.map, default=None, return_dtype=pl.String)
    return told


def without(
    cells: pl.DataFrame, why: pl.Expr, *, fill: bool = False
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for which `why` is null, and the others with their reason."""
    judged = cells.with_columns(why.alias("note"))
    failed = judged.filter(pl.col("note").is_not_null()).select("request_id", "note")
    kept = judged.filter(pl.col("note").is_null()).drop("note")
    return (kept.with_columns(pl.all().fill_null("")) if fill else kept), failed
