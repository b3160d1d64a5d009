"""Sources: what arrived when, how much against the usual, who answered, what the checks found, and how often the source itself was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from casework.quarantine_work import issue_id
from household.schema.datasets import DATASETS, SOURCE_TITLES
from household.shares import wilson
from service.reading.quality.areas import area, asked_in, hide, sees_all, serves, told_rows
from service.reading.quality.check_titles import check_title

if TYPE_CHECKING:
    from service.access.actor import Scope
    from warehouse.current import CurrentTables

ANSWERED = ("found", "none")
USUAL_FROM = 2
"""Earlier extracts that it takes to call a number of rows usual."""

_SOURCE_OF = {name: dataset.source for name, dataset in DATASETS.items()}


_ROWS = ("rows_in", "rows_accepted", "rows_quarantined")


def extracts(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """One row a dataset, region and as_of that arrived.

    Columns: source, dataset, region_code, as_of, files, rows_in, rows_accepted, rows_quarantined (null: not known of one of them, or
    the extract holds more than the area), refused.
    """
    told = pl.when(told_rows(scope, whole=sees_all(tables, scope)))
    return _arrived(tables, scope).with_columns(told.then(pl.col(c)).alias(c) for c in _ROWS)


def _arrived(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """The columns of `extracts`, all rows counted."""
    ledger = tables.frame("intake_ledger").filter(pl.col("dataset").is_not_null())
    regions = [r for r in ledger["region_code"].unique() if serves(scope, r)]
    return (
        ledger.filter(
            pl.col("region_code").is_in(regions) | pl.col("region_code").is_null(),
            pl.col("state") != "duplicate",
        )
        .group_by("dataset", "region_code", "as_of")
        .agg(
            pl.len().alias("files"),
            *(_whole(name) for name in _ROWS),
            (pl.col("state") == "refused").sum().alias("refused"),
        )
        .with_columns(
            pl.col("dataset").replace_strict(_SOURCE_OF, default=None).alias("source"),
        )
        .sort("source", "dataset", "region_code", "as_of", nulls_last=True)
    )


def wall(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """One row a source of the catalogue.

    Columns: source, title, light (good | look | bad | silent), newest_as_of, age_days, overdue_since, rows_newest, rows_usual,
    gates_shut, checks_failed, rows_quarantined, answered_share, stale_share, median_working_days, p95_working_days, waiting, late. Null: not known.
    odd: a dataset's newest extract is far from its own usual number of rows. refused: files later than what was taken, or of its day.
    Rows of a source that holds more than the area, and how institutions answer everywhere, are null to who does not see all: the light
    is that of the whole.
    """
    arrived, whole = _arrived(tables, scope), sees_all(tables, scope)
    told = pl.DataFrame(
        {"source": list(SOURCE_TITLES), "title": list(SOURCE_TITLES.values())},
        schema={"source": pl.String, "title": pl.String},
    )
    for part in (
        _newest(arrived, tables),
        _refused(arrived),
        _usual(arrived),
        _checks(tables),
        _answers(tables, scope),
        _turnaround(tables),
        _due(tables, scope),
    ):
        told = told.join(part, on="source", how="left", maintain_order="left")
    told = told.with_columns(_light().alias("light"))
    if whole:
        return told
    wider = arrived.filter(scope.rows().not_())["source"].unique()
    own = pl.col("source").is_in(wider.implode()).not_()
    return hide(told, *_TIMES).with_columns(
        pl.when(own).then(pl.col(c)).alias(c)
        for c in ("rows_newest", "rows_usual", "rows_quarantined")
    )


def _taken(arrived: pl.DataFrame) -> pl.DataFrame:
    """Extracts of which a file was taken, with `newest`: what came and was refused hides nothing that stands."""
    return arrived.filter(pl.col("files") > pl.col("refused")).with_columns(
        (pl.col("as_of") == pl.col("as_of").max().over("dataset", "region_code")).alias("newest")
    )


def _newest(arrived: pl.DataFrame, tables: CurrentTables) -> pl.DataFrame:
    """Of the newest extract of each dataset and region: the oldest of these days is what the source is as good as."""
    return (
        _taken(arrived)
        .filter("newest")
        .group_by("source")
        .agg(
            pl.col("as_of").min().alias("newest_as_of"),
            (pl.lit(tables.run.as_of) - pl.col("as_of").min()).dt.total_days().alias("age_days"),
            _whole("rows_in").alias("rows_newest"),
            _whole("rows_quarantined"),
        )
    )


def _refused(arrived: pl.DataFrame) -> pl.DataFrame:
    """Files refused of the newest extract that was taken, or of one after it."""
    places = ["dataset", "region_code"]
    stands = _taken(arrived).filter("newest").select(*places, pl.col("as_of").alias("stands"))
    return (
        arrived.join(stands, on=places, how="left", nulls_equal=True)
        .filter(pl.col("stands").is_null() | (pl.col("as_of") >= pl.col("stands")))
        .group_by("source")
        .agg(pl.col("refused").sum())
    )


def _whole(name: str) -> pl.Expr:
    """A sum that is unknown where one of its parts is."""
    return pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)


def _usual(arrived: pl.DataFrame) -> pl.DataFrame:
    """Whether a dataset's newest extract is far from the median of its earlier ones, and these medians summed over the source.

    The sum is unknown where a dataset has too few earlier extracts: beside the rows of all datasets it would mislead.
    """
    earlier, rows = pl.col("newest").not_() & pl.col("rows_in").is_not_null(), pl.col("rows_in")
    known = earlier.sum() >= USUAL_FROM
    datasets = (
        _taken(arrived)
        .group_by("source", "dataset", "region_code")
        .agg(
            pl.when(known).then(rows.filter(earlier).median()).alias("usual"),
            rows.filter("newest").first().alias("now"),
        )
        .with_columns(
            ((pl.col("now") * 2 < pl.col("usual")) | (pl.col("now") > pl.col("usual") * 2))
            .fill_null(value=False)
            .alias("odd")
        )
    )
    return datasets.group_by("source").agg(
        _whole("usual").round(0).cast(pl.Int64).alias("rows_usual"), pl.col("odd").any()
    )


def _checks(tables: CurrentTables) -> pl.DataFrame:
    return (
        tables.frame("quality_result")
        .with_columns(
            pl.col("dataset").replace_strict(_SOURCE_OF, default=None).alias("source"),
        )
        .group_by("source")
        .agg(
            (pl.col("passed").not_() & (pl.col("severity") == "blocking"))
            .sum()
            .alias("gates_shut"),
            pl.col("passed").not_().sum().alias("checks_failed"),
        )
    )


def _answers(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    lines = tables.ask("quality_coverage", **asked_in(scope))
    answered = pl.col("lines").filter(pl.col("state").is_in(ANSWERED)).sum()
    stale = pl.col("lines").filter(pl.col("state") == "stale").sum()
    every = pl.col("lines").sum()
    return lines.group_by("source").agg(
        (answered / every).alias("answered_share"), (stale / every).alias("stale_share")
    )


def _turnaround(tables: CurrentTables) -> pl.DataFrame:
    """Of all institutions of a source, the slowest: a household waits for its last bank."""
    if not tables.holds("turnaround"):
        return pl.DataFrame(schema={"source": pl.String} | dict.fromkeys(_TIMES, pl.Int64))
    return (
        tables.frame("turnaround")
        .group_by("source")
        .agg(
            pl.col("median_working_days").max(),
            pl.col("p95_working_days").max(),
            pl.col("waiting").sum(),
            pl.col("late").sum(),
        )
    )


_TIMES = ("median_working_days", "p95_working_days", "waiting", "late")


def _due(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    if not tables.holds("source_status"):
        return pl.DataFrame(schema={"source": pl.String, "overdue_since": pl.Date})
    status = tables.frame("source_status")
    regions = [r for r in status["region_code"].unique() if serves(scope, r)]
    # A configured source is named for the source of the catalogue that it feeds, with what tells several apart after a dash.
    return (
        status.filter(pl.col("region_code").is_in(regions) | pl.col("region_code").is_null())
        .with_columns(pl.col("source").str.split("-").list.first())
        .group_by("source")
        .agg(pl.col("overdue_since").min())
    )


def _light() -> pl.Expr:
    silent = pl.col("newest_as_of").is_null()
    bad = (pl.col("gates_shut") > 0).fill_null(value=False) | pl.col("overdue_since").is_not_null()
    look = (
        (pl.col("checks_failed") > 0).fill_null(value=False)
        | (pl.col("rows_quarantined") > 0).fill_null(value=False)
        | (pl.col("late") > 0).fill_null(value=False)
        | (pl.col("refused") > 0).fill_null(value=False)
        | pl.col("odd").fill_null(value=False)
    )
    return (
        pl.when(silent)
        .then(pl.lit("silent"))
        .when(bad)
        .then(pl.lit("bad"))
        .when(look)
        .then(pl.lit("look"))
        .otherwise(pl.lit("good"))
    )


def dimensions(tables: CurrentTables, source: str) -> pl.DataFrame:
    """run_id, dimension, checks, passed, share passed, of one source, over the runs that are kept."""
    rows = tables.ask("quality_checks_by_run")
    return (
        rows.filter(pl.col("dataset").is_in(_datasets(source)))
        .group_by("run_id", "dimension")
        .agg(pl.col("checks").sum(), pl.col("passed").sum())
        .with_columns((pl.col("passed") / pl.col("checks")).alias("share"))
        .sort("run_id", "dimension")
    )


def failing(tables: CurrentTables, scope: Scope, source: str) -> pl.DataFrame:
    """The checks of one source that did not pass, those that shut a gate first, each with its `title` (null: of an earlier version).

    What was counted is null to who does not see all: a check is of a whole dataset.
    """
    rows = tables.frame("quality_result").filter(
        pl.col("dataset").is_in(_datasets(source)), pl.col("passed").not_()
    )
    rows = rows.sort("severity", "dataset", "check_id").drop("run_id", "passed")
    asked = rows.select("dataset", "check_id").iter_rows()
    titles = [check_title(dataset, check_id) for dataset, check_id in asked]
    rows = rows.with_columns(pl.Series("title", titles, dtype=pl.String))
    if sees_all(tables, scope):
        return rows
    return hide(rows, "failed_rows", "total_rows", "observed")


def masked_samples(
    tables: CurrentTables, scope: Scope, source: str, *, most: int = 20
) -> pl.DataFrame:
    """Some quarantined cells of one source as they are published, masked, with their issue: one of each file, column and reason first."""
    files = tables.frame("intake_ledger").filter(pl.col("dataset").is_in(_datasets(source)))
    files = files.filter(told_rows(scope, whole=sees_all(tables, scope)))
    found = (
        tables.frame("quarantine")
        .join(files.select("file", "dataset", "region_code").unique("file"), on="file")
        .with_columns(pl.int_range(pl.len()).over("file", "column", "reason_code").alias("nth"))
        .sort("nth", "file", "line", nulls_last=True)
        .head(most)
    )
    about = found.select("dataset", "region_code", "column", "reason_code").iter_rows()
    issues = [issue_id(d, r, column=column, reason_code=reason) for d, r, column, reason in about]
    return found.select(
        pl.Series("issue_id", issues, dtype=pl.String),
        *("file", "line", "column", "reason_zh", "value_masked"),
    )


def status(tables: CurrentTables, scope: Scope, source: str) -> pl.DataFrame:
    """How the configured sources that feed one of the catalogue stand: last tried, last good, newest, overdue since, failures, agreement.

    Columns of `source_status`. None where the source is sent and not fetched.
    """
    if not tables.holds("source_status"):
        return pl.DataFrame()
    rows = tables.frame("source_status").drop("run_id")
    serving = [serves(scope, region) for region in rows["region_code"]]
    fed = pl.col("source").str.split("-").list.first() == source
    return rows.filter(fed, pl.Series(serving, dtype=pl.Boolean))


def overturned(
    tables: CurrentTables, scope: Scope, source: str
) -> tuple[int, int, tuple[float, float] | None]:
    """Of the area's decided alerts that rest on rows of the source: how many found the source itself wrong, of how many, and the 95 % interval.

    No interval where nothing was decided: nothing is known then.
    """
    rows = tables.ask("quality_blame", **area(scope))
    rows = rows.filter(pl.col("dataset").is_in(_datasets(source)))
    decided = int(rows["alerts"].sum())
    wrong = int(rows.filter(pl.col("outcome") == "source_error")["alerts"].sum())
    return wrong, decided, wilson(wrong, decided) if decided else None


def _datasets(source: str) -> list[str]:
    return [name for name, found in _SOURCE_OF.items() if found == source]
