"""The sample for blind double review: which pairs it is drawn from, how many of each stratum, and which.

Drawn are links of persons on rosters on which no clerk has decided yet: accepted ones (tiers A, B, C), from which precision is
estimated, and candidates below (tier D), from which recall is. How chance is drawn stands in `household.sampling`.
"""

from __future__ import annotations

import polars as pl

from household.identity.names import INTERPUNCTS
from household.linkage.judgements import PAIR, link_ids
from household.sampling import allocate, digest, draw_strata

ACCEPTED_TIERS = ("A", "B", "C")

KINDS: dict[str, tuple[str, ...]] = {
    "人口": (
        "public_security.population",
        "civil_affairs.funeral",
        "civil_affairs.marriage",
        "justice.custody",
        "education.enrolment",
        "disabled_federation.certificate",
    ),
    "收入": (
        "human_resources.contribution",
        "human_resources.benefit",
        "human_resources.employment",
        "finance.payroll",
        "tax.income",
        "agriculture.farm",
    ),
    "财产": (
        "public_security.vehicle",
        "housing.real_estate",
        "housing.provident_fund",
        "banking.account",
        "securities.holding",
        "insurance.policy",
        "market_regulation.entity",
    ),
    "医疗与救助": (
        "medical_insurance.settlement",
        "medical_insurance.insured",
        "civil_affairs.benefit",
        "civil_affairs.payment",
    ),
}
"""Kinds of datasets, by what a wrong link there would do to a household."""

KIND_OF = {dataset: kind for kind, datasets in KINDS.items() for dataset in datasets}

HAN, LONG, OTHER = "汉字短名", "音译长名", "其他文字"
"""Families of names: up to four Han characters; five or more, or with an interpunct, as names of other languages are written in
Han characters; and names that hold other letters. They say how a name is written, not who its bearer is."""

BATCH_SCHEMA: dict[str, pl.DataType] = {
    "batch": pl.String(),
    "pair_code": pl.String(),
    "run_id": pl.String(),
    "dataset": pl.String(),
    "record_key": pl.String(),
    "person_ref": pl.String(),
    "tier": pl.String(),
    "kind": pl.String(),
    "family": pl.String(),
    "stratum": pl.String(),
    "population": pl.Int64(),
    "drawn": pl.Int64(),
}
"""A drawn sample, a row a pair. `population` and `drawn` are of its stratum: a pair stands for population / drawn pairs."""


def name_family(names: pl.Series) -> pl.Series:
    """The family of each name as written (HAN, LONG, OTHER); null of no name."""
    text = pl.col("name").str.normalize("NFKC").str.replace_all(r"\s+", "")
    dotted = text.str.contains_any(list(INTERPUNCTS))
    letters = text.str.replace_all(r"[\p{Han}]", "").str.replace_many(list(INTERPUNCTS), [""])
    family = (
        pl.when(text.is_null() | (text == ""))
        .then(pl.lit(None, dtype=pl.String))
        .when(letters != "")
        .then(pl.lit(OTHER))
        .when(dotted | (text.str.len_chars() >= 5))
        .then(pl.lit(LONG))
        .otherwise(pl.lit(HAN))
    )
    return names.alias("name").to_frame().select(family.alias("family")).to_series()


def review_frame(links: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """What a sample is drawn from.

    Args:
        links: published `person_link` rows.
        families: person_ref, family: the persons on rosters, and how their names are written.

    Returns:
        dataset, record_key, person_ref, tier, kind, family, `stratum` (tier/kind) and `population` of the stratum.

    """
    open_links = links.filter(pl.col("decided_by") != "clerk").select(
        *PAIR,
        pl.col("tier").cast(pl.String),
        pl.col("dataset").replace_strict(KIND_OF, default="其他").alias("kind"),
    )
    return (
        open_links.join(families, on="person_ref", how="inner")
        .with_columns(pl.format("{}/{}", "tier", "kind").alias("stratum"))
        .with_columns(pl.len().over("stratum").cast(pl.Int64).alias("population"))
        .select(*PAIR, "tier", "kind", "family", "stratum", "population")
    )


def draw_sample(frame: pl.DataFrame, *, size: int, seed: int, run_id: str) -> pl.DataFrame:
    """Draw a stratified sample (BATCH_SCHEMA, in the order of pair codes).

    Args:
        frame: see `review_frame`. size: pairs to draw, all of them when there are fewer.
        seed: whoever gives it can draw the same sample again. run_id: the run whose links these are.

    Raises:
        InputError: as `allocate`.

    """
    populations = dict(frame.select("stratum", "population").unique().sort("stratum").iter_rows())
    shares = allocate(populations, size, what="名册人员的关联", unit="对")
    batch = "S" + digest(f"{run_id}|{size}|{seed}")[:8]
    named = frame.with_columns(link_ids(frame))
    codes = [digest(f"{batch}|{seed}|{name}")[:10] for name in named["link_id"]]
    named = named.with_columns(pl.Series("pair_code", codes, dtype=pl.String))
    drawn = draw_strata(named, shares, by="link_id", seed=seed)
    return drawn.select(
        pl.lit(batch).alias("batch"),
        "pair_code",
        pl.lit(run_id).alias("run_id"),
        *PAIR,
        "tier",
        "kind",
        "family",
        "stratum",
        "population",
        pl.len().over("stratum").cast(pl.Int64).alias("drawn"),
    ).sort("pair_code")


def blind_order(codes: pl.Series, reader: str) -> pl.Series:
    """A place for each pair code, another for every reader, so that two readers' sheets run in different orders."""
    lots = pl.Series([digest(f"{reader}|{code}") for code in codes], dtype=pl.String)
    return lots.rank("ordinal").cast(pl.Int64).alias("place")
