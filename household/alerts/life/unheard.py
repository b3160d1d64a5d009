"""Alerts that a run could not look for: what they rested on was not delivered, or lies outside the region of the run.

Nothing was found because nothing could be looked for. Such an alert keeps its state, its rows and its amount until it is heard of again;
it is neither closed nor raised (assessment §8: unknown is a value).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.schema.datasets import DATASETS
from household.schema.published.alerts import ALERT, ALERT_EVIDENCE, ALERT_MONTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.extracts import Extracts

PREVIOUS = {table.name: table for table in (ALERT, ALERT_EVIDENCE, ALERT_MONTH)}
"""Tables of the run before that a run needs to know what became of its alerts."""
SAID = "（所依据的数据本次未送达或不在本次范围，未能复查，沿用上次结果）"


def unheard(
    previous: Mapping[str, pl.DataFrame], extracts: Extracts, region: str | None
) -> pl.DataFrame:
    """alert_id of the previous alerts of which this run cannot say whether they still stand.

    Args:
        previous: tables of PREVIOUS by name; a missing one is empty.
        extracts: of this run. region: the region that it is limited to, or None.

    """
    alerts, evidence = (of_run_before(previous, name) for name in ("alert", "alert_evidence"))
    silent = sorted(set(DATASETS) - set(extracts.delivered["dataset"]))
    on_silent = evidence.filter(pl.col("dataset").is_in(silent)).select("alert_id")
    elsewhere = alerts.filter(
        pl.col("subject_kind").is_in(["application", "person"]),
        pl.col("region_code").str.starts_with(region or "").not_(),
    ).select("alert_id")
    return pl.concat([on_silent, elsewhere]).unique().sort("alert_id")


def of_run_before(previous: Mapping[str, pl.DataFrame], name: str) -> pl.DataFrame:
    """A table of PREVIOUS in its declared columns; empty where there was none."""
    table = PREVIOUS[name]
    found = previous.get(name)
    return table.empty() if found is None else found.select(list(table.polars_schema()))


def carried(
    told: pl.DataFrame, previous: Mapping[str, pl.DataFrame], name: str, *, kept: pl.DataFrame
) -> pl.DataFrame:
    """Rows of this run and, of the alerts `kept` (alert_id), those of the run before; in declared order."""
    table = PREVIOUS[name]
    former = of_run_before(previous, name).join(kept, on="alert_id", how="semi")
    return pl.concat([told, former.cast(told.schema)]).sort(table.sort_by)


def kept_alerts(published: pl.DataFrame, raised: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """alert_id of published alerts that stand although this run did not raise them, because it could not look."""
    name = ["code", "subject_kind", "subject_id"]
    gone = published.filter(pl.col("state") != "closed").join(raised, on=name, how="anti")
    return gone.join(ids, on="alert_id", how="semi").select("alert_id")
