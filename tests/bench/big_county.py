"""A large warehouse out of a small one: a synthetic county is run once, and every household then stands in it many times.

Counts of reasons, evidence, coverage and income lines per household, their texts and their spread are therefore those of a real run. Ids
that hash in reality are hashed again for every copy, so that the rows of one household lie scattered in tables sorted by such ids.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import duckdb

from household.schema.published import PUBLISHED, Held, PublishedColumn, PublishedTable
from pipelines.drive import drive
from pipelines.settings import Order
from synthetic.county import write_county
from warehouse.ddl import define_warehouse, quote_name

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 5, 20)
HOUSEHOLDS = 400
ONCE = {
    "run", "intake_ledger", "quarantine", "quality_result", "link_model", "screening", "alert_precision",
    "miss_rate", "statistic", "pull", "source_status", "turnaround",
}  # fmt: skip
"""Tables that are about the run or the county: a larger county has hardly more of them."""
HASHED = {"verdict_id", "evidence_id", "person_ref", "alert_id", "referral_id", "evidence_ids", "person_refs"}  # fmt: skip
NUMBERED = {"benefit_id", "deadline_id", "calendar_id", "record_key", "digest", "facts_digest"}


def small_county(folder: Path) -> Path:
    """Run a synthetic county once; its warehouse, kept in the folder."""
    made = folder / "small.duckdb"
    if not made.exists():
        county = write_county(folder / "small", households=HOUSEHOLDS, seed=7)
        drive(Order(county.inbox, made, AS_OF))
    return made


def big_county(
    folder: Path, copies: int, *, only: frozenset[str] = frozenset(), row_group: int = 122_880
) -> Path:
    """A warehouse with that many copies of the small one, kept in the folder. `only`: the tables that are large; all where empty."""
    large = "_".join(sorted(only)) or "whole"
    made = folder / f"big_{copies}_{large}_{row_group}.duckdb"
    if made.exists():
        return made
    building = made.with_suffix(".building")
    building.unlink(missing_ok=True)
    config = {"threads": 2, "memory_limit": "4GB", "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=config) as connection:
        connection.execute(
            f"ATTACH '{building}' AS big (ROW_GROUP_SIZE {row_group}, STORAGE_VERSION 'latest')"
        )
        connection.execute(f"ATTACH '{small_county(folder)}' AS small (READ_ONLY)")
        connection.execute("USE big")
        for statement in define_warehouse():
            connection.execute(statement)
        for table in PUBLISHED.values():
            wanted = table.name not in ONCE and (not only or table.name in only)
            connection.execute(_filled(table, copies if wanted else 1))
        connection.execute(_counted(copies))
    building.rename(made)
    return made


def run_again(path: Path, share: float) -> None:
    """A second run of the same rows, in which a share of the verdicts come to another amount."""
    with duckdb.connect(str(path), config={"threads": 2, "memory_limit": "4GB"}) as connection:
        for table in PUBLISHED.values():
            name = f"publish.{quote_name(table.name)}"
            told = {"run_id": "run_id || '+'"}
            if table.name == "run":
                told |= {"sequence": "sequence + 1", "input_digest": "input_digest || '+'"}
            if table.name == "household_verdict":
                of = f"hash(verdict_id) % 1000 < {round(share * 1000)}"
                told |= {"amount": f"CASE WHEN {of} THEN coalesce(amount, 0) + 1 ELSE amount END"}
            columns = ", ".join(told.get(c.name, quote_name(c.name)) for c in table.all_columns)
            connection.execute(f"INSERT INTO {name} SELECT {columns} FROM {name}")


def _filled(table: PublishedTable, copies: int) -> str:
    columns = ", ".join(_copied(c) for c in table.all_columns)
    order = ", ".join(f"{quote_name(name)} NULLS FIRST" for name in table.sort_by)
    made = f"SELECT {columns} FROM small.publish.{quote_name(table.name)}, range({copies}) AS r(k)"
    if table.beside:
        other, key = PUBLISHED[table.beside], quote_name(table.key[0])
        lead = ", ".join(f"other.{quote_name(name)}" for name in other.sort_by)
        made = f"SELECT own.* FROM ({made}) AS own JOIN publish.{quote_name(other.name)} AS other USING ({key})"
        order = f"{lead}, " + ", ".join(f"own.{quote_name(n)} NULLS FIRST" for n in table.sort_by)
    return f"INSERT INTO publish.{quote_name(table.name)} {made} ORDER BY {order}"


def _copied(column: PublishedColumn) -> str:
    name = quote_name(column.name)
    again = "left({0}, 2) || left(md5({0} || '/' || k), 20)"
    application = "left({0}, 6) || lpad(k::VARCHAR, 4, '0') || substr({0}, 7)"
    if column.name in HASHED:
        made = again
    elif column.name in {"application_id", "application_ids"}:
        made = application
    elif column.name == "subject_id":
        made = f"CASE WHEN {{0}} LIKE 'SQ%' THEN {application} WHEN {{0}} LIKE 'P%' THEN {again} ELSE {{0}} || '/' || k END"
    elif column.name in NUMBERED:
        made = "{0} || '/' || k"
    else:
        return name
    if column.held is Held.TEXTS:
        return f"CASE WHEN k = 0 THEN {name} ELSE list_transform({name}, lambda e: {made.format('e')}) END AS {name}"
    return f"CASE WHEN k = 0 THEN {name} ELSE {made.format(name)} END AS {name}"


def _counted(copies: int) -> str:
    counts = ("applications", "verdicts", "persons", "evidence_rows", "alerts_open", "eligible", "ineligible", "needs_review", "data_incomplete")  # fmt: skip
    return "UPDATE publish.run SET " + ", ".join(f"{c} = {c} * {copies}" for c in counts)
