"""Table `deadline`: facts, limits, due dates, states and sentences of every clock, put together.

A step has a row where some pack of the region gives its limit on the day of the event; where none does, the place has no such limit
and there is no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.deadlines.applications import application_facts
from household.deadlines.benefits import benefit_facts
from household.deadlines.calendar import Calendar, working_calendar
from household.deadlines.clocks import CLOCKS, Clock
from household.deadlines.due import reckon, with_state
from household.deadlines.facts import facts_of
from household.deadlines.limits import with_limits
from household.deadlines.wording import sentence
from household.rules.packs import NATIONAL
from household.schema.published.deadlines import DEADLINE

if TYPE_CHECKING:
    from datetime import date

    from household.alerts.watch import Ledger, Watch
    from household.rules.packs import Packs

_ASKED = ("region_code", "read_on")


def deadline_rows(watch: Watch, ledger: Ledger, calendar: Calendar | None = None) -> pl.DataFrame:
    """Due dates of the run's applications and of the ledger's benefits.

    Args:
        watch: the run as alerts see it.
        ledger: its ledgers (`alerts.watch.read_ledger`).
        calendar: working days; by default those that the installed package knows.

    Returns:
        Rows of `schema.published.deadlines.DEADLINE`.
    """
    days = calendar or working_calendar()
    told = []
    for kind, facts in (
        ("application", application_facts(watch, ledger)),
        ("benefit", benefit_facts(watch, ledger)),
    ):
        for step, rows in facts:
            ran = _run(rows, CLOCKS[step], watch.packs, days, as_of=watch.as_of)
            told.append(_told(ran, CLOCKS[step], kind, as_of=watch.as_of))
            if step == "submit":
                filed = _run(_filings(ran), CLOCKS["file"], watch.packs, days, as_of=watch.as_of)
                told.append(_told(filed, CLOCKS["file"], kind, as_of=watch.as_of))
    # A benefit that stands twice on the ledger has one row, as it has one alert.
    order = ("deadline_id", "region_code", "programme", "started_on", "due_on", "state")
    rows = pl.concat(told).sort(order, maintain_order=True)
    return rows.unique("deadline_id", keep="first", maintain_order=True)


def _run(
    facts: pl.DataFrame, clock: Clock, packs: Packs, calendar: Calendar, *, as_of: date
) -> pl.DataFrame:
    """Facts with limit, due dates and state; without those for which the region has no limit."""
    rows = _limits(facts, clock, packs).filter(pl.col("limit_n").is_not_null())
    return with_state(reckon(rows, clock, calendar), clock, as_of)


def _limits(facts: pl.DataFrame, clock: Clock, packs: Packs) -> pl.DataFrame:
    rows = with_limits(facts, packs, key="key")
    longest = with_limits(rows.select(*_ASKED, "longest_key"), packs, key="longest_key")
    rows = rows.with_columns(longest["limit_n"].alias("longest_n"))
    if clock.preferred is None:
        return rows
    general = pl.col("programme").is_in(clock.own).not_()
    keys = pl.when(general).then(pl.lit(clock.preferred)).alias("preferred_key")
    found = with_limits(rows.select(*_ASKED, keys), packs, key="preferred_key")
    given = found["limit_n"].is_not_null()
    if clock.preferred_ends_it:
        return rows.filter(~given)
    return rows.with_columns(
        pl.when(given).then(found[name]).otherwise(name).alias(name)
        for name in ("limit_n", "pack_id", "source")
    )


def _filings(submitted: pl.DataFrame) -> pl.DataFrame:
    """Filing runs from the submission, which is not on record: from the last day on which it was due."""
    return facts_of(
        submitted,
        CLOCKS["file"],
        started_on="due_on",
        start_inferred=pl.lit(value=True),
        latest_start=pl.lit(None),
        done_from=pl.lit(None),
        done_by=pl.lit(None),
    )


def _told(rows: pl.DataFrame, clock: Clock, kind: str, *, as_of: date) -> pl.DataFrame:
    uncertain = pl.col("latest_on") > pl.col("due_on")
    inferred = pl.col("start_inferred") & pl.col("started_on").is_not_null()
    inferred |= pl.col("done_inferred") & pl.col("done_by").is_not_null()
    by_analogy = pl.col("programme").is_in(clock.by_analogy) & (pl.col("pack_id") == NATIONAL)
    source = pl.when(pl.col("source") != "").then("source")
    names = [pl.lit(clock.step), "subject_id", "refers_to"]
    columns = {
        "deadline_id": pl.concat_str(names, separator="/", ignore_nulls=True),
        "subject_kind": pl.lit(kind),
        "step": pl.lit(clock.step),
        "step_zh": pl.lit(clock.step_zh),
        "start_event": pl.lit(clock.start_zh),
        "unit": pl.lit(clock.unit.value),
        "latest_on": pl.when(uncertain).then("latest_on"),
        "done_on": pl.col("done_by"),
        "inferred": inferred,
        "source_document": pl.when(by_analogy).then(pl.format("参照 {}", source)).otherwise(source),
        "text_zh": sentence(clock, as_of),
        "settles_it": pl.when(pl.col("state") != "met").then(pl.lit(clock.settles_zh)),
    }
    return rows.select(
        columns.get(name, pl.col(name)).cast(dtype).alias(name)
        for name, dtype in DEADLINE.polars_schema().items()
    )
