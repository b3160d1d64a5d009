"""Step publish: the run's tables into the warehouse and its quality into pages. The warehouse is the last thing touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.rules.programmes import PROGRAMMES
from pipelines.assessing import load_tables
from pipelines.digest import PROGRAM_VERSION, number_run
from pipelines.gating import held_gates, keep_profiles
from quality.data_docs import build_data_docs
from quality.turnaround_page import draw_page
from warehouse.publish import publish
from warehouse.record import RunFacts, RunRecord, record_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.workplace import Workplace

DATA_DOCS = "data_docs"


def publish_run(work: Workplace) -> RunRecord | None:
    """Publish the tables that the steps before handed over.

    Returns:
        The run's record; None when the newest run was made from the same input, and nothing was published.

    Raises:
        InputError: a step before has not run on this input. WarehouseError: as `publish`.

    """
    if not work.has_news:
        return None
    tables = load_tables(work)
    record = record_run(_facts(work), tables)
    keep_profiles(work, record.run_id)
    build_data_docs(
        held_gates(work),
        work.store.root / DATA_DOCS,
        as_of=work.order.as_of,
        turnaround=_turnaround_page(tables, work),
    )
    publish(work.order.warehouse, record, tables, lock=work.lock)
    return record


def _turnaround_page(tables: Mapping[str, pl.DataFrame], work: Workplace) -> str:
    """How institutions answer, as a page; empty where nobody was ever asked."""
    if not tables["turnaround"].height:
        return ""
    titles = dict(tables["source_status"].select("source", "title").iter_rows())
    return draw_page(tables["turnaround"], as_of=work.order.as_of, titles=titles)


def _facts(work: Workplace) -> RunFacts:
    order = work.order
    sequence = work.previous.sequence + 1 if work.previous else 1
    return RunFacts(
        run_id=number_run(sequence, order.as_of.isoformat(), work.digest),
        sequence=sequence,
        as_of=order.as_of,
        region_code=order.region,
        input_digest=work.digest,
        packs_digest=work.packs.digest_all(),
        program_version=PROGRAM_VERSION,
        person_key_is_default=order.person_key is None,
    )


def count_unbalanced(ledger: pl.DataFrame) -> int:
    """Files whose rows in are not their rows accepted, quarantined and superseded."""
    accounted = pl.col("rows_accepted") + pl.col("rows_quarantined") + pl.col("rows_superseded")
    return ledger.filter(pl.col("rows_in") != accounted).height


def count_incomplete(verdicts: pl.DataFrame) -> int:
    """Applications that have not exactly one verdict of every programme."""
    told = verdicts.group_by("application_id").agg(
        pl.len().alias("verdicts"), pl.col("programme").n_unique().alias("programmes")
    )
    whole = len(PROGRAMMES)
    return told.filter((pl.col("verdicts") != whole) | (pl.col("programmes") != whole)).height
