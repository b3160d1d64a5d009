"""Table `referral`: the lists of the run put together, with their sentences and citations."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from household.referrals.charity import left_in_need
from household.referrals.education import not_enrolled, pupils
from household.referrals.employment import without_work
from household.referrals.grounds import GROUNDS, basis_of
from household.referrals.housing import in_need_of_homes
from household.referrals.medical import high_spending, not_insured, not_subsidised
from household.referrals.supported import supported_of
from household.schema.codes import PROGRAMME
from household.schema.published.referrals import STANDING_TITLES

if TYPE_CHECKING:
    from household.alerts.watch import Watch
    from household.casework import Casework


def referral_rows(watch: Watch, casework: Casework) -> pl.DataFrame:
    """Rows of `schema.published.referrals.REFERRAL`: whom to propose to whom, each ground and subject once.

    Nobody is told of whom a source was not authorised, and nobody on a silence that a source may still break. A referral keeps its id from
    run to run.
    """
    supported = supported_of(watch)
    lists = [
        not_insured(supported),
        not_subsidised(supported),
        high_spending(supported),
        pupils(supported),
        not_enrolled(supported),
        in_need_of_homes(supported),
        without_work(supported),
        left_in_need(supported, casework.consent),
    ]
    lines = (
        pl.concat(lists)
        .join(watch.refs, on="person")
        .sort("ground", "subject_kind", "subject_id", "application_id", "record_key")
        .unique(["ground", "subject_kind", "subject_id"], keep="first", maintain_order=True)
    )
    names = lines.select("ground", "subject_kind", "subject_id").iter_rows()
    ids = [f"RF{hashlib.sha256('|'.join(name).encode()).hexdigest()[:20]}" for name in names]
    return _told(lines, watch).with_columns(pl.Series("referral_id", ids, dtype=pl.String))


def _told(lines: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    def of_ground(name: str) -> pl.Expr:
        said = {code: getattr(ground, name) for code, ground in GROUNDS.items()}
        return pl.col("ground").replace_strict(said, return_dtype=pl.String)

    standing = pl.col("standing").replace_strict(STANDING_TITLES, return_dtype=pl.String)
    programme = pl.col("programme").replace_strict(PROGRAMME.titles, return_dtype=pl.String)
    detail = pl.format("（{}）", pl.when(pl.col("detail") != "").then("detail"))
    text = pl.concat_str(
        pl.format("{}（{}）：", standing, programme),
        of_ground("text_zh"),
        detail,
        ignore_nulls=True,
    )
    return lines.join(_bases(lines, watch), on=["ground", "of_region"], nulls_equal=True).select(
        of_ground("list_name").alias("list"),
        pl.col("ground").alias("reason"),
        of_ground("title_zh").alias("reason_zh"),
        "standing",
        "programme",
        "subject_kind",
        "subject_id",
        "person_ref",
        "application_id",
        pl.col("of_region").alias("region_code"),
        "dataset",
        "record_key",
        "source_document",
        text.alias("text_zh"),
        of_ground("settles_it").alias("settles_it"),
    )


def _bases(lines: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    """ground, of_region, source_document of every pair that occurs."""
    pairs = lines.select("ground", "of_region").unique().sort("ground", "of_region")
    cited = [
        basis_of(GROUNDS[ground], region or "", watch.packs) for ground, region in pairs.iter_rows()
    ]
    return pairs.with_columns(pl.Series("source_document", cited, dtype=pl.String))
