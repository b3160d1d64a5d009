"""One number under two names: an alert that stands on it does not block (assessment §3; handbook §3.3 and §5.4, the 建瓯 case).

A valid number links a row whatever name it bears, and the alert is raised as the agreement asks. But a number that was mistyped into
another's is valid too, and then the rows of two people meet. Where no two rows that the alert needs bear one name, it is for review
and says what to check first. Names that the household register holds as former ones of each other are one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.codes import BLOCK, REVIEW
from household.alerts.families.absences import FUNERAL, REGISTER
from household.alerts.life.history import NAME
from household.identity.names import normal_names
from household.linkage.links import STANDS

if TYPE_CHECKING:
    from household.alerts.watch import Watch

BENEFIT, CUSTODY = "civil_affairs.benefit", "justice.custody"
OF_TWO_BENEFITS = ("U01", "U02", "U03", "U04", "U12")
"""Two benefits of one person: firm where two of the rows bear one name."""
OF_ABSENCE = ("D01", "D02", "D03")
"""Dead or held: firm where a row that says so bears a name under which the person draws or applies."""
SAID = "（所依据的各行姓名不一致，可能是证件号码录错，请先核对是否同一人）"
_ADVERSE = (REGISTER, FUNERAL, CUSTODY)
_READ = (*_ADVERSE, BENEFIT)
_SEPARATORS = r"[;；,，、/\s]+"


def doubtful(raised: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    """code, subject_kind, subject_id of the raised alerts (`raised.RAISED`) that stand on a number under two names."""
    asked = raised.filter(pl.col("code").is_in([*OF_TWO_BENEFITS, *OF_ABSENCE]))
    rows = (
        asked.select(*NAME, pl.col("persons").alias("person"), "rests_on")
        .explode("person")
        .explode("rests_on")
        .drop_nulls()
        .unnest("rests_on")
    )
    named = _one_name(rows.join(_names(watch, rows), on=["dataset", "record_key", "person"]), watch)
    return pl.concat([_benefits(named), _absences(named, watch)]).unique(maintain_order=True)


def with_doubt(raised: pl.DataFrame, shaky: pl.DataFrame) -> pl.DataFrame:
    """Raised alerts; where `doubtful` found them they say so."""
    mark = shaky.with_columns(pl.lit(SAID).alias("said"))
    marked = raised.join(mark, on=NAME, how="left", maintain_order="left")
    text = pl.concat_str("text_zh", pl.col("said").fill_null("")).alias("text_zh")
    return marked.with_columns(text).drop("said")


def stepped_down(published: pl.DataFrame, shaky: pl.DataFrame) -> pl.DataFrame:
    """Published alerts; where `doubtful` found them none blocks."""
    mark = shaky.with_columns(pl.lit(value=True).alias("shaky"))
    blocks = pl.col("shaky").fill_null(value=False) & (pl.col("severity") == BLOCK)
    severity = pl.when(blocks).then(pl.lit(REVIEW)).otherwise("severity").alias("severity")
    marked = published.join(mark, on=NAME, how="left", maintain_order="left")
    return marked.with_columns(severity).drop("shaky")


def _names(watch: Watch, rows: pl.DataFrame) -> pl.DataFrame:
    """dataset, record_key, person, name (normal form; null: none given) of the linked rows that are rested on."""
    parts = [
        watch.linked[dataset]
        .filter(STANDS)
        .select(
            pl.lit(dataset).alias("dataset"),
            pl.col("_record_key").alias("record_key"),
            "person",
            pl.col("row_name").alias("name"),
        )
        .join(mine.select("record_key", "person").unique(), on=["record_key", "person"], how="semi")
        for (dataset,), mine in rows.filter(pl.col("dataset").is_in(_READ)).group_by(["dataset"])
    ]
    schema = {"dataset": pl.String, "record_key": pl.String, "person": pl.UInt32, "name": pl.String}
    return pl.concat([pl.DataFrame(schema=schema), *parts])


def _one_name(named: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    """With former names put as the present one of the person."""
    people = named.select("person").unique()
    register = watch.linked[REGISTER].filter(STANDS).join(people, on="person", how="semi")
    former = (
        register.select("person", pl.col("row_name").alias("present"), "former_name")
        .drop_nulls()
        .with_columns(pl.col("former_name").str.replace_all(_SEPARATORS, ";").str.split(";"))
        .explode("former_name")
    )
    former = former.select(
        "person", "present", normal_names(former["former_name"]).alias("name")
    ).drop_nulls()
    former = former.unique(["person", "name"], keep="first", maintain_order=True)
    return named.join(
        former, on=["person", "name"], how="left", maintain_order="left"
    ).with_columns(pl.coalesce("present", "name").alias("name"))


def _benefits(named: pl.DataFrame) -> pl.DataFrame:
    rows = named.filter(pl.col("code").is_in(OF_TWO_BENEFITS), pl.col("dataset") == BENEFIT)
    unnamed = pl.col("name").is_null().any()
    together = pl.col("name").value_counts().struct.field("count").max() > 1
    told = rows.group_by(NAME).agg((unnamed | together).alias("firm"))
    return told.filter(pl.col("firm").not_()).select(NAME)


def _absences(named: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    rows = named.filter(pl.col("code").is_in(OF_ABSENCE))
    says = rows.filter(pl.col("dataset").is_in(_ADVERSE))
    of_benefit = rows.filter(pl.col("code") == "D02", pl.col("dataset") == BENEFIT)
    people = says.filter(pl.col("code") != "D02").select("person").unique()
    drawn = watch.linked[BENEFIT].filter(STANDS).join(people, on="person", how="semi")
    listed = watch.roster.members.join(people, on="person", how="semi")
    known = pl.concat(
        [
            drawn.select("person", pl.col("row_name").alias("name")),
            listed.select("person", pl.col("normal").alias("name")),
        ]
    ).unique()
    known = _one_name(known, watch).select("person", "name").unique()
    asked = says.select(*NAME, "person", "name")
    by_person = asked.filter(pl.col("code") != "D02").join(known, on="person", suffix="_known")
    by_benefit = asked.filter(pl.col("code") == "D02").join(
        of_benefit.select(*NAME, pl.col("name").alias("name_known")), on=NAME
    )
    pairs = pl.concat(
        [
            by_person.select(*NAME, "name", "name_known"),
            by_benefit.select(*NAME, "name", "name_known"),
        ]
    )
    same = (pl.col("name") == pl.col("name_known")).fill_null(value=True)
    told = pairs.group_by(NAME).agg(same.any().alias("firm"))
    return told.filter(pl.col("firm").not_()).select(NAME)
