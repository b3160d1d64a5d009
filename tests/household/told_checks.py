"""What must hold of the told tables of any county. No test stands here."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

_HOLES = r"null|None|；；|：；|、、|，，|。$|；$|：$|、$|第位|÷0|第、"


def assert_every_reason_is_whole(reasons: pl.DataFrame) -> None:
    """A fail or an unknown is never without a way out, and no sentence has a hole in it."""
    unsettled = reasons.filter(pl.col("outcome") != "pass", pl.col("settles_it").is_null())
    assert unsettled.select("rule_id", "outcome", "text_zh").to_dicts() == []
    for column in ("text_zh", "settles_it"):
        assert reasons.filter(pl.col(column).str.contains(_HOLES))[column].to_list() == []
    assert reasons["text_zh"].str.contains("。").all()
    doubtful = reasons.filter(pl.col("outcome") != "unknown", pl.col("certain").not_())
    assert doubtful["settles_it"].is_not_null().all()


def assert_months_add_up(tables: dict[str, pl.DataFrame]) -> None:
    """The months of a person and kind are what was verified, to the fen."""
    keys = ["application_id", "person_ref", "kind"]
    sums = tables["income_month"].group_by(keys).agg(pl.col("adopted").sum().alias("months"))
    both = tables["income_line"].join(sums, on=keys, how="full", coalesce=True)
    assert both.filter(pl.col("verified").ne_missing(pl.col("months"))).to_dicts() == []
    assert tables["income_month"].select(keys[:2]).n_unique() > 1
    unique = [*keys, "period", "adopted_source", "labour", "employer_no"]
    assert not tables["income_month"].select(pl.struct(unique).is_duplicated().any()).item()


def assert_rooms_are_right(tables: dict[str, pl.DataFrame]) -> int:
    """The room told in words is that of the verdict's own figures, and how many rooms were looked at."""
    told = tables["verdict_reason"].join(tables["household_verdict"], on="verdict_id")
    fen = pl.lit(Decimal("0.01"))
    months = pl.col("text_zh").str.extract(r"÷(\d+)个月").cast(pl.Int64)
    line = pl.col("limit_value") * pl.col("persons_counted") * months
    in_window = told.filter(
        pl.col("rule_id").is_in(["dibao.income", "dibao_edge.income", "tekun.income"])
    ).select(
        "text_zh",
        _amount(r"核算期合计[高低]([\d.]+)元").alias("said"),
        (pl.col("income_window") - line).abs().alias("meant"),
        (pl.col("income_window") > line).alias("over"),
        pl.col("text_zh").str.contains("比标准高").alias("said_over"),
    )
    held = told.filter(pl.col("rule_id").str.contains(r"^asset\.\w+\.financial$")).select(
        "text_zh",
        _amount(r"(?:超出|尚余)([\d.]+)元$").alias("said"),
        (pl.col("financial_assets") - pl.col("financial_limit")).abs().alias("meant"),
        (pl.col("financial_assets") > pl.col("financial_limit")).alias("over"),
        pl.col("text_zh").str.contains("，超出").alias("said_over"),
    )
    looked_at = 0
    for rooms in (in_window, held):
        known = rooms.drop_nulls(["said", "meant"])
        wrong = known.filter(
            ((pl.col("said") - pl.col("meant")).abs() > fen)
            | (pl.col("over") != pl.col("said_over"))
        )
        assert wrong.to_dicts() == []
        looked_at += len(known)
    return looked_at


def _amount(pattern: str) -> pl.Expr:
    return pl.col("text_zh").str.extract(pattern).cast(pl.Decimal(18, 2))
