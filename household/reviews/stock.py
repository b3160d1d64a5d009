"""Who draws today, and with what they could be screened: by county, dataset and state. Unknown is never zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.watch import by_region
from household.delivery import ANSWERED, BY_RECEIPT, FRESH, RECEIPT_OF, delivery_states
from household.extracts import OWN_LEDGERS
from household.money import yuan
from household.receipts import BANKING
from household.schema.datasets import DATASETS
from household.schema.published.calendar import CURRENT_BENEFIT, SCREENING

if TYPE_CHECKING:
    from household.alerts.watch import Watch

COUNTY_DIGITS = 6
RECEIPT, ACCOUNT = RECEIPT_OF[BANKING], "banking.account"
STATE_ZH = {
    "answered": "已有报送，可以比对",
    "stale": "报送已超过规定天数，比对结果不完整",
    "not_delivered": "没有报送，未能比对",
    "no_answer": "银行未查询或未全部答复，未能比对",
}
_ASKED_ZH = "机构未查询或未全部答复，未能比对"
_NO_NUMBER = "证件号码为空或无法通过校验，无法与其他来源比对"
_NOBODY = "未能确定待遇属于何人"


def current_benefits(watch: Watch) -> pl.DataFrame:
    """Rows of `current_benefit`: every benefit that runs in the month of as_of, screened or not."""
    people = watch.roster.persons.select("person", "person_ref", "key")
    running = watch.ledger.benefits.filter("running").join(people, on="person", how="left")
    why_not = (
        pl.when(pl.col("id_no__key").is_null())
        .then(pl.lit(_NO_NUMBER))
        .when(pl.col("person").is_null())
        .then(pl.lit(_NOBODY))
    )
    return (
        running.with_columns(
            yuan(pl.col("monthly")).alias("monthly_amount"), why_not.alias("why_not")
        )
        .with_columns(pl.col("why_not").is_null().alias("screened"))
        .select(list(CURRENT_BENEFIT.polars_schema()))
        .sort(CURRENT_BENEFIT.sort_by)
        .unique(["benefit_id", "region_code"], keep="first", maintain_order=True)
    )


def screening(watch: Watch, stock: pl.DataFrame) -> pl.DataFrame:
    """Rows of `screening`: of those that can be screened, how many by county, dataset and state of the source.

    An extract serves a benefit whose region it is or contains (as assessment §8 has it for applications).
    """
    screened = stock.filter("screened").select(
        "region_code",
        pl.col("region_code").str.slice(0, COUNTY_DIGITS).alias("county"),
        pl.col("person_ref")
        .rank("dense")
        .alias("person"),  # a number is counted faster than a text
        "person_ref",
    )
    regions = screened.select("region_code").unique().sort("region_code")
    states, by_receipt = _bulk_states(watch, regions), pl.col("state").is_in(BY_RECEIPT)
    told = [
        _counted(screened.join(of_one, on="region_code"), dataset)
        for (dataset,), of_one in states.filter(by_receipt.not_()).group_by(
            "dataset", maintain_order=True
        )
    ]
    for (dataset,), of_one in states.filter(by_receipt).group_by("dataset", maintain_order=True):
        mine = screened.join(of_one.select("region_code"), on="region_code", how="semi")
        receipt = RECEIPT_OF[DATASETS[str(dataset)].source]
        told.append(_counted(mine.join(_asked(watch, mine, receipt), on="person"), dataset))
    told.append(_counted(screened.join(_asked(watch, screened, RECEIPT), on="person"), ACCOUNT))
    of_bank = pl.col("dataset") == ACCOUNT
    sentence = (
        pl.when((pl.col("state") == "no_answer") & of_bank.not_())
        .then(pl.lit(_ASKED_ZH))
        .otherwise(pl.col("state").replace_strict(STATE_ZH, return_dtype=pl.String))
    )
    return (
        pl.concat(told)
        .with_columns(sentence.alias("text_zh"))
        .select(list(SCREENING.polars_schema()))
        .sort(SCREENING.sort_by)
    )


def _counted(rows: pl.DataFrame, dataset: object) -> pl.DataFrame:
    """Benefits (rows with state, as_of) by county and state."""
    return rows.group_by(pl.col("county").alias("region_code"), "state").agg(
        pl.lit(str(dataset)).first().alias("dataset"),
        pl.col("as_of").min(),
        pl.len().cast(pl.Int64).alias("benefits"),
        pl.col("person").n_unique().cast(pl.Int64).alias("persons"),
    )


def _bulk_states(watch: Watch, regions: pl.DataFrame) -> pl.DataFrame:
    """region_code, dataset, state, as_of of the datasets that come whole."""
    places = regions.with_row_index("app")
    days = by_region(
        watch, places["region_code"], key="source.max_age_days", convert=int, dtype=pl.Int64()
    )
    terms = places.join(days, left_on="region_code", right_on="of_region", how="left").select(
        "app", pl.col("value_of_region").alias("source_max_age_days")
    )
    states = delivery_states(watch.extracts, terms, places).join(places, on="app")
    state = pl.when(pl.col("state") == FRESH).then(pl.lit("answered")).otherwise("state")
    told = states.filter(pl.col("dataset").is_in([*OWN_LEDGERS, RECEIPT]).not_()).select(
        "region_code", "dataset", state.alias("state"), as_of="extract_as_of"
    )
    return told.sort("dataset", "region_code")


def _asked(watch: Watch, screened: pl.DataFrame, receipt: str) -> pl.DataFrame:
    """person, state, as_of: institutions are asked one by one, and only when each that was asked has answered is there an answer."""
    receipts = watch.extracts.rows(receipt).select("id_no__key", "state", "_extract_as_of")
    answers = (
        receipts.filter(pl.col("id_no__key").is_not_null())
        .group_by("id_no__key")
        .agg(pl.col("state").is_in(ANSWERED).all().alias("all"), pl.col("_extract_as_of").max())
        .filter("all")
        .collect()
        .join(watch.roster.persons, left_on="id_no__key", right_on="key")
        .select("person_ref", pl.col("_extract_as_of").alias("as_of"), answered=pl.lit(value=True))
    )
    people = screened.select("person", "person_ref").unique()
    answered = pl.col("answered").fill_null(value=False)
    state = pl.when(answered).then(pl.lit("answered")).otherwise(pl.lit("no_answer"))
    found = people.join(answers, on="person_ref", how="left")
    return found.select("person", state.alias("state"), "as_of")
