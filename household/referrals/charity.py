"""Whose need remains after every programme, and who has agreed to be named to a charity (国发〔2014〕47号; 2018年实施意见 六)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.money import RATE
from household.referrals.consent import consenting
from household.referrals.lines import LINE
from household.rules.rule import Outcome

if TYPE_CHECKING:
    from household.referrals.supported import Supported

ADULT = 18
HEAVY = ("rigid.ratio", "rigid.deducted", "temp_expenditure.threshold")
"""Rules that say, when they pass, that spending weighs on the household."""
DATASET = "approval.application"


def left_in_need(supported: Supported, consent: pl.DataFrame) -> pl.DataFrame:
    """Counted adults with consent on file of applications whose need remains (LINE). Without consent nobody is told in any form.

    Args:
        supported: the run's supported people. consent: the log (`casework.CONSENT_SCHEMA`).

    """
    watch = supported.watch
    agreed = consenting(consent, watch.as_of).join(watch.refs, on="person_ref")
    members = (
        watch.measured.counted.join(agreed, on="person")
        .filter((pl.col("age") >= ADULT).fill_null(value=False))
        .join(
            watch.case.applications.select(
                "app",
                "application_id",
                pl.col("_record_key").alias("record_key"),
                pl.col("region_code").alias("of_region"),
                "programme",
            ),
            on="app",
        )
    )
    told = []
    for ground, standing, apps in (
        ("charity.aid_capped", "suggested", _capped(supported)),
        ("charity.not_eligible", "refused", _refused(supported)),
    ):
        rows = members.join(apps, on="app", how="semi").sort("app", "member_no")
        told.append(
            rows.unique("person", keep="first", maintain_order=True)
            .with_columns(
                pl.lit(ground).alias("ground"),
                pl.lit("person").alias("subject_kind"),
                pl.col("person_ref").alias("subject_id"),
                pl.lit(standing).alias("standing"),
                pl.lit(DATASET).alias("dataset"),
                pl.lit(None, dtype=pl.String).alias("detail"),
            )
            .select(pl.col(name).cast(dtype) for name, dtype in LINE.items())
        )
    return pl.concat(told)


def _asked(supported: Supported, suggestion: str) -> pl.DataFrame:
    """Judged rows of the applications whose programme asked for has a suggestion."""
    watch = supported.watch
    asked = (
        watch.verdicts.filter(pl.col("suggestion") == suggestion)
        .join(
            watch.case.applications.select("app", "programme"), on=["app", "programme"], how="semi"
        )
        .select("app", pl.col("programme").alias("asked_for"))
    )
    return watch.judged.join(asked, on="app")


def _capped(supported: Supported) -> pl.DataFrame:
    """app: 支出型临时救助 suggested, of which the cap or ceiling cuts something off."""
    judged = _asked(supported, "eligible").filter(pl.col("asked_for") == "temp_expenditure")
    share = (pl.col("spending") - pl.col("class_threshold")) * pl.col("class_rate").cast(pl.Int128)
    ceiling = pl.col("standard_urban") * pl.col("temp_ceiling_multiple_temp_expenditure") // RATE
    return judged.filter(share > pl.min_horizontal("class_cap", ceiling) * RATE).select("app")


def _refused(supported: Supported) -> pl.DataFrame:
    """app: what was asked for is surely not given, nobody counted draws a benefit, and rigid spending reaches ratio or threshold."""
    judged = _asked(supported, "ineligible").filter(pl.col("persons") > 0)
    passed = int(Outcome.PASS)
    heavy = pl.any_horizontal(
        *((pl.col(f"answer:{name}") == passed).fill_null(value=False) for name in HEAVY)
    )
    drawing = supported.everybody.filter(pl.col("standing") == "drawing").select("app").unique()
    return judged.filter(heavy).join(drawing, on="app", how="anti").select("app")
