"""Answers set against requests: what each request was answered, its records, and the lines that belong to nobody who was asked.

Nothing is believed that contradicts itself: `found` without a record, `none` with one, two states, a count that is not met. Such a request
stays unanswered, which is silence and never "nothing held".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.attaching import attach
from connectors.asking.layouts.institution import ACCOUNT_OF, COUNTED, REPLIED, STATE
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from datetime import date

    from connectors.asking.layouts.institution import Institution

FOUND = "found"
ANSWERS_SCHEMA: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "state": pl.String(),
    "replied_on": pl.Date(),
    "rows": pl.Int64(),
}
_WRITTEN = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日")


@dataclass(frozen=True)
class Matched:
    """What a file of answers says of those who were asked.

    Attributes:
        answers: ANSWERS_SCHEMA, one row a request. records: request_id and the account dataset's columns, String.
        unasked: lines about somebody who was not asked here. unsure: lines that could be of more than one request.
        torn: lines of requests whose answer contradicts itself. misdated: requests whose day of answer cannot be; the day of taking stands.

    """

    answers: pl.DataFrame
    records: pl.DataFrame
    unasked: tuple[int, ...]
    unsure: tuple[int, ...]
    torn: tuple[int, ...]
    misdated: int = 0


def match(
    details: pl.DataFrame,
    receipts: pl.DataFrame | None,
    asked: pl.DataFrame,
    *,
    institution: Institution,
    department: str,
    answered: date | None,
    today: date,
) -> Matched:
    """Match a file of answers (and its file of receipts) with what was asked.

    Args:
        details: `answer_files.read_answer` of the answer. receipts: of the receipt file, where the institution sends one.
        asked: rows of REQUEST_SCHEMA that this institution was asked (of this batch, where the file names one), in the order of asking.
        institution, department: who answers, and the catalogue's source. answered: the day in the file's name. today: the day of taking.

    """
    by_number = institution.matched_by == "request_no"
    dataset, record = ACCOUNT_OF[department]
    rows = attach(details, asked, by_number=by_number)
    said = rows if receipts is None else attach(receipts, asked, by_number=by_number)
    sides = [rows] if receipts is None else [rows, said]
    unasked = _lines_of(sides, pl.col("request_id").is_null() & pl.col("unsure").not_())
    records = rows.filter(pl.col("request_id").is_not_null(), _is_record(rows, record))
    answers, torn = _answers(
        said.drop_nulls("request_id"), records, asked, record=record, answered=answered, today=today
    )
    broken = torn.select("request_id")
    kept = records.join(answers, on="request_id", how="semi")
    return Matched(
        answers=answers.select(ANSWERS_SCHEMA.keys()),
        records=_filled(kept, answers, asked, institution=institution, dataset=dataset),
        unasked=unasked,
        unsure=_lines_of(sides, pl.col("unsure")),
        torn=_lines_of(
            [s.join(broken, on="request_id", how="semi") for s in sides], pl.lit(value=True)
        ),
        misdated=int(answers["misdated"].sum()),
    )


def _is_record(rows: pl.DataFrame, record: str) -> pl.Expr:
    """Whether a line is a record: it names an account or policy."""
    return pl.col(record).is_not_null() if record in rows.columns else pl.lit(value=False)


def _lines_of(sides: list[pl.DataFrame], which: pl.Expr) -> tuple[int, ...]:
    lines = pl.concat([side.filter(which).select("_line") for side in sides])
    return tuple(lines["_line"].unique().sort())


def _answers(
    said: pl.DataFrame,
    records: pl.DataFrame,
    asked: pl.DataFrame,
    *,
    record: str,
    answered: date | None,
    today: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row a request that was answered soundly (ANSWERS_SCHEMA, asked_on, misdated), and the requests whose answer is not sound."""
    empty = pl.when(_is_record(said, record)).then(pl.lit(FOUND)).otherwise(pl.lit("none"))
    state = pl.col(STATE) if STATE in said.columns else empty
    told = pl.col(COUNTED) if COUNTED in said.columns else pl.lit(None, dtype=pl.String)
    day = _day(pl.col(REPLIED)) if REPLIED in said.columns else pl.lit(None, dtype=pl.Date)
    one = said.group_by("request_id").agg(
        state.n_unique().alias("states"),
        state.first().alias("state"),
        day.max().alias("replied_on"),
        told.n_unique().alias("counts"),
        told.first().alias("told"),
    )
    held = records.group_by("request_id").agg(pl.len().cast(pl.Int64).alias("rows"))
    every = one.join(held, on="request_id", how="full", coalesce=True).with_columns(
        pl.col("rows").fill_null(0)  # a count of lines, not a fact
    )
    sound = (
        (pl.col("states") == 1)
        & ((pl.col("state") == FOUND) == (pl.col("rows") > 0))
        & (pl.col("told").is_null() | (pl.col("told") == pl.col("rows").cast(pl.String)))
        & (pl.col("counts") == 1)
    ).fill_null(value=False)
    days = asked.select("request_id", "asked_on").unique("request_id", keep="last")
    place = pl.coalesce("replied_on", pl.lit(answered, dtype=pl.Date))
    possible = (place >= pl.col("asked_on")) & (place <= pl.lit(today))
    answers = (
        every.filter(sound)
        .join(days, on="request_id", how="left")
        .with_columns(
            possible.not_().fill_null(value=False).alias("misdated"),
            pl.when(possible).then(place).otherwise(pl.lit(today)).alias("replied_on"),
        )
        .sort("request_id")
    )
    return answers, every.filter(sound.not_())


def _day(texts: pl.Expr) -> pl.Expr:
    return pl.coalesce(*(texts.str.strptime(pl.Date, form, strict=False) for form in _WRITTEN))


def _filled(
    records: pl.DataFrame,
    answers: pl.DataFrame,
    asked: pl.DataFrame,
    *,
    institution: Institution,
    dataset: str,
) -> pl.DataFrame:
    """Records in the account dataset's columns: what the institution sends as sent, who was asked where it does not say, its own name."""
    person = asked.select(
        "request_id", pl.col("name").alias("_asked_name"), pl.col("id_no").alias("_asked_no")
    ).unique("request_id", keep="last")
    rows = records.join(person, on="request_id", how="left", maintain_order="left").join(
        answers.select("request_id", pl.col("replied_on").cast(pl.String).alias("_day")),
        on="request_id",
        how="left",
        maintain_order="left",
    )
    own = {
        "institution_code": pl.lit(institution.code),
        "institution": pl.lit(institution.name),
        "id_no": _or(rows, "id_no", "_asked_no"),
        "name": _or(rows, "name", "_asked_name"),
        "as_of": _or(rows, "as_of", "_day"),
    }
    absent = pl.lit(None, dtype=pl.String)
    columns = [
        own.get(c.name, pl.col(c.name) if c.name in rows.columns else absent).alias(c.name)
        for c in DATASETS[dataset].columns
    ]
    return rows.select("request_id", *columns)


def _or(rows: pl.DataFrame, name: str, otherwise: str) -> pl.Expr:
    return pl.coalesce(name, otherwise) if name in rows.columns else pl.col(otherwise)
