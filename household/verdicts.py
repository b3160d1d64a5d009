"""Verdict rows: a suggestion with the figures it rests on, its packs, and a digest of all that (assessment §9, outputs §3)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from household.linkage.links import STANDS
from household.money import yuan, yuan_six
from household.rules.library.assets import financial_limit
from household.rules.library.income import EDGE_LINE, STANDARD, YEARLY
from household.rules.programmes import VARIANT

if TYPE_CHECKING:
    from household.case import CaseFile

_LIMIT: dict[str, pl.Expr] = {
    "dibao": STANDARD,
    "dibao_edge": EDGE_LINE,
    "single_person": EDGE_LINE,
    "tekun": STANDARD,
    "rigid": pl.when(pl.col("rigid_method") == "deduction").then(STANDARD).otherwise(YEARLY // 12),
    "temp_expenditure": YEARLY // 12,
    "temp_emergency": pl.lit(None, dtype=pl.Int128),
}
_FIGURES = (
    "income_window",
    "income_per_capita_month",
    "income_limit",
    "financial_assets",
    "financial_limit",
    "homes",
    "vehicles",
    "businesses",
    "rigid_spending",
    "rigid_ratio",
)


def verdict_rows(
    case: CaseFile, base: pl.DataFrame, suggestions: pl.DataFrame, signed: pl.DataFrame
) -> pl.DataFrame:
    """Published verdicts with `app`, one row per application and programme.

    Args:
        base: judged frame of what stands. suggestions: see `suggestion.suggest`.
        signed: app, all_signed, roster_members: whether everybody whom the pack asks for has signed for everything, and how many members the
            roster has.
    """
    frames = [_figures(base, programme) for programme in VARIANT]
    rows = (
        pl.concat(frames)
        .join(suggestions, on=["app", "programme"])
        .join(signed.select("app", "all_signed", "roster_members"), on="app")
        .join(
            case.applications.select(
                "app", "application_id", "region_code", pl.col("programme").alias("asked")
            ),
            on="app",
        )
    )
    # Without everybody's signature the figures are those of a part of the household: none is better than a wrong one.
    withheld = pl.col("all_signed").not_() | (pl.col("suggestion") == "not_authorised")
    emergency = (
        (pl.col("programme") == "temp_emergency")
        & pl.col("all_signed").not_()
        & (pl.col("persons_counted") > 0)
    )
    rows = rows.with_columns(
        *(pl.when(withheld.not_()).then(name).alias(name) for name in _FIGURES),
        pl.when(emergency)
        .then("roster_members")
        .otherwise("persons_counted")
        .alias("persons_counted"),
        (pl.col("programme") == pl.col("asked")).alias("requested"),
        yuan(pl.col("amount")).alias("amount"),
        pl.lit(case.as_of).alias("as_of"),
        pl.lit(None, dtype=pl.Date).alias("valid_to"),
    )
    digests = row_digests(
        rows.select(
            "application_id",
            "programme",
            "requested",
            "region_code",
            "pack_digest",
            "as_of",
            "suggestion",
            "certain",
            "persons_counted",
            *_FIGURES,
            "amount",
        )
    )
    return rows.with_columns(digests.alias("digest")).with_columns(
        ("V" + pl.col("digest").str.slice(0, 20)).alias("verdict_id")
    )


def _figures(base: pl.DataFrame, programme: str) -> pl.DataFrame:
    income = pl.col("income_central_out" if programme == "tekun" else "income")
    heads = pl.col("persons").cast(pl.Int128) * pl.col("income_window_months").cast(pl.Int128)
    variant = VARIANT[programme]
    # Rounded half up to the sixth place from the exact quotient, in one step.
    per_head = (income * 2 + heads * 100) // (heads * 200) * 100
    return base.select(
        "app",
        pl.lit(programme).alias("programme"),
        "pack_ids",
        "pack_digest",
        pl.col("persons").alias("persons_counted"),
        yuan(income).alias("income_window"),
        pl.when(heads > 0).then(yuan_six(per_head)).alias("income_per_capita_month"),
        yuan_six(_LIMIT[programme]).alias("income_limit"),
        yuan(pl.col(f"{variant}_financial")).alias("financial_assets"),
        yuan(financial_limit(variant)).alias("financial_limit"),
        "homes",
        pl.col(f"{variant}_vehicles").alias("vehicles"),
        pl.col(f"{variant}_businesses").alias("businesses"),
        yuan(pl.col("spending")).alias("rigid_spending"),
        pl.when(income > 0)
        .then(yuan_six(pl.col("spending") * 10**8 // income))
        .alias("rigid_ratio"),
    )


def row_digests(rows: pl.DataFrame) -> pl.Series:
    """SHA-256 of each row's values, whatever run it stands in."""
    texts = rows.select(
        pl.concat_str(
            [pl.col(c).cast(pl.String).fill_null("∅") for c in rows.columns], separator="\x1f"
        )
    ).to_series()
    return pl.Series([hashlib.sha256(text.encode()).hexdigest() for text in texts], dtype=pl.String)


def signatures(case: CaseFile, counted: pl.DataFrame) -> pl.DataFrame:
    """app, members_signed, obligors_signed, all_signed, roster_members: who has signed for every source (assessment §2).

    `all_signed` asks for the obligors too where the pack imputes their support.

    An obligor whom a source shows to be dead signs nothing and is not waited for.
    """
    stands = STANDS & pl.col("why_not").is_null() & (pl.col("quantity") == "death")
    unread = case.unread_absences.filter(pl.col("quantity") == "death").select("app", "person")
    dead = pl.concat(
        [case.lines["absence"].filter(stands).select("app", "person"), unread]
    ).unique()
    members = counted.group_by("app").agg(pl.col("full").all().alias("members_signed"))
    obligors = (
        case.seats.filter(pl.col("role") == "obligor")
        .join(dead, on=["app", "person"], how="anti")
        .group_by("app")
        .agg(pl.col("full").all().alias("obligors_signed"))
    )
    roster = (
        case.seats.filter(pl.col("role") == "member")
        .group_by("app")
        .agg(pl.len().cast(pl.Int64).alias("roster_members"))
    )
    return (
        case.applications.select("app")
        .join(members, on="app", how="left")
        .join(obligors, on="app", how="left")
        .join(roster, on="app", how="left")
        .with_columns(
            pl.col("members_signed").fill_null(value=True),  # nobody counted: nobody to sign
            pl.col("obligors_signed").fill_null(value=True),
            pl.col("roster_members").fill_null(0),
        )
        .join(case.terms.values.select("app", "support_method"), on="app")
        .with_columns(
            (
                pl.col("members_signed")
                & (pl.col("obligors_signed") | pl.col("support_method").is_null())
            ).alias("all_signed")
        )
        .drop("support_method")
    )


def authorised_for(signed: pl.DataFrame) -> pl.DataFrame:
    """App and `authorised:<programme>`: obligors are asked for 特困, and elsewhere only where their support is imputed."""
    needed = {
        "tekun": pl.col("members_signed") & pl.col("obligors_signed"),
        "temp_emergency": pl.lit(value=True),  # only the commissioning body's own ledgers
    }
    return signed.select(
        "app",
        "all_signed",
        "roster_members",
        *(
            needed.get(programme, pl.col("all_signed")).alias(f"authorised:{programme}")
            for programme in VARIANT
        ),
    )
