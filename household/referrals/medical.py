"""Who should be insured, subsidised or helped with medical costs (社会救助暂行办法 第五章)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.linkage.links import STANDS
from household.money import AMOUNT
from household.referrals.lines import of_people

if TYPE_CHECKING:
    from household.referrals.supported import Supported

INSURED = "medical_insurance.insured"
IN_FORCE = "正常"
RESIDENT = "居民"
NOT_FUNDED = "无"
SUBSIDISED = ("dibao", "single_person", "tekun", "orphan", "de_facto_orphan", "dibao_edge")
"""Programmes whose people the register can call subsidised (its 资助参保类别)."""

_ILL = pl.when("ill").then(pl.lit("申报有重病"))


def not_insured(supported: Supported) -> pl.DataFrame:
    """Supported people without an insurance in force, where the register has answered for them (LINE).

    Somebody may be insured elsewhere: it is a reason to ask.
    """
    asked = supported.knowable(supported.people, INSURED)
    rows = supported.rows(INSURED, "status", people=asked)
    insured = rows.filter(pl.col("status") == IN_FORCE).select("person").unique()
    lapsed = (
        rows.sort("record_key")
        .unique("person", keep="first", maintain_order=True)
        .select("person", "record_key", "status")
    )
    people = asked.join(insured, on="person", how="anti").join(lapsed, on="person", how="left")
    said = pl.when(pl.col("status").is_not_null()).then(pl.format("参保状态为{}", "status"))
    return of_people(
        "medical.not_insured",
        people,
        supported.watch.refs,
        dataset=INSURED,
        record_key=pl.col("record_key"),
        detail=pl.concat_str(said, _ILL, separator="，", ignore_nulls=True),
    )


def not_subsidised(supported: Supported) -> pl.DataFrame:
    """Supported people in the residents' scheme whose row says that nobody paid for them (LINE). An empty field says nothing."""
    people = supported.people.filter(pl.col("programme").is_in(SUBSIDISED))
    rows = supported.rows(INSURED, "status", "scheme", "funded_as", people=people).filter(
        pl.col("status") == IN_FORCE, pl.col("scheme") == RESIDENT
    )
    unfunded = pl.col("funded_as") == NOT_FUNDED
    only = (
        rows.group_by("person")
        .agg(
            unfunded.fill_null(value=False).all().alias("never"),
            pl.col("record_key").sort().first(),
        )
        .filter("never")
    )
    return of_people(
        "medical.not_subsidised",
        people.join(only, on="person"),
        supported.watch.refs,
        dataset=INSURED,
        record_key=pl.col("record_key"),
        detail=_ILL,
    )


def high_spending(supported: Supported) -> pl.DataFrame:
    """Counted members whose own share of medical costs in the spending window is above the threshold of their class (LINE).

    Refunds count where they were settled. Without a class table, or with an unsure class, nobody is listed.
    """
    watch = supported.watch
    lines = watch.case.lines["medical"].filter(STANDS, pl.col("why_not").is_null())
    spent = lines.sort("value", "record_key", descending=[True, False]).group_by("app", "person")
    own = spent.agg(pl.col("value").sum().cast(AMOUNT).alias("spent"), pl.col("record_key").first())
    limits = watch.judged.filter(pl.col("class_unknown").not_()).select("app", "class_threshold")
    above = own.join(limits, on="app").filter(pl.col("spent") > pl.col("class_threshold"))
    people = supported.everybody.filter(pl.col("standing").is_not_null()).join(
        above.select("app", "person", "record_key"), on=["app", "person"]
    )
    return of_people(
        "medical.spending",
        people,
        watch.refs,
        dataset="medical_insurance.settlement",
        record_key=pl.col("record_key"),
        detail=_ILL,
    )
