"""Steps link and mart: who is who, what follows for every household, and the hand-offs between them as Parquet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from connectors.settling.settle import DONE, REFUSED, settle_strays
from connectors.settling.settled import core_rows, quarantine_rows, receipt_places
from connectors.shelves.assessed_files import AssessedShelf
from connectors.shelves.link_files import LinkShelf, RunNamed
from connectors.store import write_rows
from household.alerts.life.unheard import PREVIOUS
from household.assess import Inputs, assess_again, identify
from household.extracts import FILES_SCHEMA, REFUSED_SCHEMA, Extracts
from household.joining import TABLES
from household.linkage.by_number import NAME_CONFLICT, ONLY_NUMBER
from household.linkage.honouring import count_idle
from household.pull_checks import trouble_rows
from household.schema.published import PUBLISHED
from pipelines.gating import held_gates, limits_of, settled_datasets
from pipelines.identities import linked_files, load_identified, save_identified
from pipelines.modelling import link_model_rows
from quality.ledgers import ledger_results
from quality.results import LINKAGE_SCHEMA, quality_rows
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connectors.settling.settled import Settled
    from pipelines.workplace import Workplace


def identify_people(work: Workplace) -> dict[str, int]:
    """Rosters, authorisations and links, handed over as Parquet.

    Returns counts: applications, persons, linked rows, judgements, and judged pairs that are no link of this run.
    """
    settled = settled_datasets(work)
    shelf = LinkShelf(work.store, settled)
    who = identify(replace(_inputs(work, settled), shelf=shelf))
    before = None if work.previous is None else work.previous.input_digest
    shelf.write(RunNamed(work.digest, len(work.log), before))
    save_identified(who, work.store)
    work.sign("link")
    return {
        "applications": who.roster.applications.height,
        "persons": who.roster.persons.height,
        "linked_rows": sum(rows.height for rows in who.linked.values()),
        "judgements": work.judgements.height,
        "judgements_idle": count_idle(work.judgements, who.linked, who.roster.persons),
    }


def assess_households(work: Workplace) -> dict[str, pl.DataFrame]:
    """Everything published about households and people, handed over as Parquet, and returned for counting.

    Only applications that hang on something new are assessed again; `work.reassessed` says which.
    """
    work.require("link")
    inputs = replace(_inputs(work, settled_datasets(work)), previous=_previous(work))
    who = load_identified(work.store)
    shelf = AssessedShelf(work.store)
    tables, work.reassessed = assess_again(inputs, who, shelf)
    tables["link_model"] = link_model_rows(who.linked, work.models, work.pins)
    for name in TABLES:
        shelf.hand_over(name, _table_file(work, name))
    rest = {name: table for name, table in tables.items() if name not in TABLES}
    save_tables(work, "verdicts", rest)
    return tables


def account_for_intake(work: Workplace) -> dict[str, pl.DataFrame]:
    """The ledger of every file that ever arrived, and every quarantined row."""
    settled = settled_datasets(work)
    ledger = pl.concat([*(s.ledger for s in settled.values()), settle_strays(work.log)])
    quarantine = pl.concat(quarantine_rows(s, work.store) for s in settled.values())
    tables = {
        "intake_ledger": _declared("intake_ledger", ledger),
        "quarantine": _declared("quarantine", quarantine),
    }
    save_tables(work, "intake", tables)
    return tables


def account_for_quality(work: Workplace) -> dict[str, pl.DataFrame]:
    """Every check's answer, with what linkage found out, whether ledgers add up and whether sources answer. A warning that could not be measured has no answer to publish."""
    work.require("link")
    ledgers = ledger_results(_inputs(work, settled_datasets(work)).extracts)
    rows = quality_rows(
        held_gates(work), linkage=_linkage(work), ledgers=ledgers, limits=limits_of(work)
    )
    answered = pl.concat(
        [rows.filter(pl.col("passed").is_not_null()), trouble_rows(work.exchange, work.order.as_of)]
    )
    tables = {"quality_result": _declared("quality_result", answered)}
    save_tables(work, "quality", tables)
    return tables


def save_tables(work: Workplace, part: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Hand tables over to publishing."""
    for name, table in tables.items():
        write_rows(table, _table_file(work, name))
    work.sign(f"mart/{part}")


def load_tables(work: Workplace) -> dict[str, pl.DataFrame]:
    """All tables of the run but `run` itself.

    Raises:
        InputError: a step before has not run on this input.

    """
    for part in ("verdicts", "intake", "quality"):
        work.require(f"mart/{part}")
    names = [name for name in PUBLISHED if name != "run"]
    return {name: pl.read_parquet(_table_file(work, name)) for name in names}


def _table_file(work: Workplace, name: str) -> Path:
    return work.store.run / "tables" / f"{name}.parquet"


def _previous(work: Workplace) -> dict[str, pl.DataFrame]:
    """What the newest published run said about alerts; a warehouse of an earlier version lacks some of it."""
    if work.previous is None:
        return {}
    with reading(work.order.warehouse) as tables:
        return {name: tables.frame(name).drop("run_id") for name in PREVIOUS if tables.holds(name)}


def _inputs(work: Workplace, settled: Mapping[str, Settled]) -> Inputs:
    files = pl.concat(s.ledger.select(list(FILES_SCHEMA)) for s in settled.values())
    extracts = Extracts(
        rows=lambda dataset: core_rows(settled[dataset], work.store),
        delivered=pl.concat(s.extracts for s in settled.values()),
        as_of=work.order.as_of,
        files=files,
        refused=pl.concat(refused_files(s.ledger) for s in settled.values()),
        receipts=receipt_places(settled),
    )
    order = work.order
    return Inputs(
        extracts,
        work.packs,
        order.key,
        region=order.region,
        judgements=work.judgements,
        casework=work.casework,
        exchange=work.exchange,
        models=work.models,
    )


def refused_files(ledger: pl.DataFrame) -> pl.DataFrame:
    """Files with refused rows, and files refused whole for which nothing better came under the same path (`extracts.REFUSED_SCHEMA`)."""
    newest = ledger.unique("file", keep="last", maintain_order=True)
    lacking = (pl.col("state") == DONE) & (pl.col("rows_quarantined") > 0)
    whole = pl.col("state") == REFUSED
    found = newest.filter(lacking | whole).with_columns(whole.alias("whole"))
    return found.select(list(REFUSED_SCHEMA))


def _linkage(work: Workplace) -> pl.DataFrame:
    """Counts of links by dataset (LINKAGE_SCHEMA)."""
    return pl.DataFrame(
        [
            (file.stem, *pl.scan_parquet(file).select(_link_counts()).collect().row(0))
            for file in linked_files(work.store)
        ],
        schema=LINKAGE_SCHEMA,
        orient="row",
    )


def _link_counts() -> list[pl.Expr]:
    """Linked rows; of these, with another name; and with a number that is another person's."""
    note = pl.col("note").fill_null("")
    return [
        pl.len().alias("linked"),
        note.str.contains(NAME_CONFLICT, literal=True).sum().alias("conflicts"),
        note.str.contains(ONLY_NUMBER, literal=True).sum().alias("strangers"),
    ]


def _declared(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a published table in its types."""
    return frame.select(pl.col(c).cast(t) for c, t in PUBLISHED[name].polars_schema().items())
