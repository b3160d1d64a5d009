"""A batch as it is told to whoever sent it: the state of each row with what was found, how far its files are, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from casework.submissions import (
    REFUSED,
    UNCHANGED,
    areas_of,
    batch_faults,
    batch_files,
    batch_rows,
    newest_batches,
    read_batch,
)
from service.submissions.content import APPLICATION
from service.submissions.faults import UNASKED, fault_sentence, refuses
from service.submissions.handing_in import land_waiting

if TYPE_CHECKING:
    from casework.submissions import Batch, BatchRow, Fault, HandedFile
    from service.access.actor import Actor
    from service.deployment import Deployment
    from service.reading.index import Indexes

WAITING, LANDED, TAKEN, NOTHING = "waiting", "landed", "taken", "nothing"
"""A batch's files: a run is in the store; in the inbox; read by a run; it has none."""


@dataclass(frozen=True, slots=True)
class TellFault:
    """One finding: the column (empty: the row), its code, and the Chinese sentence."""

    column: str
    code: str
    sentence: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class TellRow:
    """One row with its findings."""

    row: BatchRow
    faults: tuple[TellFault, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it was taken; a row that came before with the same content was."""
        return self.row.state != REFUSED

    @property
    def unchanged(self) -> bool:
        """Whether it stood already, so that nothing had to be put into the inbox."""
        return self.row.state == UNCHANGED

    @property
    def unasked(self) -> bool:
        """Whether nobody may be asked about this person."""
        return any(fault.code in UNASKED for fault in self.faults)


@dataclass(frozen=True, slots=True)
class TellFile:
    """A file, how the newest run's ledger has it (None: not yet)."""

    file: HandedFile
    state: str | None


@dataclass(frozen=True, slots=True)
class TellBatch:
    """A whole batch. `progress`: WAITING, LANDED, TAKEN or NOTHING. `run_id`: the run whose ledger was asked."""

    batch: Batch
    rows: tuple[TellRow, ...]
    progress: str
    run_id: str
    files: tuple[TellFile, ...] = field(default=())

    @property
    def applications(self) -> tuple[str, ...]:
        """The applications of which a row was taken, in their order."""
        return tuple(dict.fromkeys(r.row.application_id for r in self.rows if r.accepted))


def tell_rows(rows: list[BatchRow], faults: list[Fault]) -> tuple[TellRow, ...]:
    """Rows with their findings."""
    found: dict[tuple[str, int], list[TellFault]] = {}
    for fault in faults:
        told = TellFault(
            fault.column,
            fault.code,
            fault_sentence(fault.code, fault.dataset, fault.column),
            refuses(fault.code),
        )
        found.setdefault((fault.dataset, fault.line), []).append(told)
    return tuple(TellRow(row, tuple(found.get((row.dataset, row.line), ()))) for row in rows)


def tell_batch(deployment: Deployment, actor: Actor, batch_id: str) -> TellBatch | None:
    """One batch; None where there is none, or it is not the actor's and lies beyond its area."""
    store = deployment.casework
    batch = read_batch(store, batch_id)
    if batch is None or not _may_see(actor, batch, areas_of(store, [batch_id]).get(batch_id)):
        return None
    left = land_waiting(deployment)
    files = batch_files(store, batch_id)
    told, run_id = _in_ledger(deployment, files)
    if not files:
        progress = NOTHING
    elif batch_id in left:
        progress = WAITING
    else:
        progress = TAKEN if all(f.state is not None for f in told) else LANDED
    rows = tell_rows(batch_rows(store, batch_id), batch_faults(store, batch_id))
    return TellBatch(batch, rows, progress, run_id, told)


def tell_batches(
    deployment: Deployment, actor: Actor, *, before: int | None = None
) -> tuple[list[Batch], int | None]:
    """The newest batches that the actor may see, and the number below which there may be more (None: no more)."""
    found = newest_batches(deployment.casework, before=before)
    areas = areas_of(deployment.casework, [b.batch_id for b in found])
    seen = [b for b in found if _may_see(actor, b, areas.get(b.batch_id))]
    return seen, (found[-1].batch_no if found else None)


def verdicts_of(
    indexes: Indexes, actor: Actor, told: TellBatch
) -> dict[str, tuple[str, bool] | None]:
    """What the newest run suggests for the applications of a batch: suggestion and whether it is certain; None: nothing yet."""
    found: dict[str, tuple[str, bool] | None] = {}
    with indexes.reading() as (_, index):
        for one in told.applications:
            rows = index.of_application(one, actor.scope).filter("requested")
            rows = rows.with_columns(pl.col("suggestion").cast(pl.String))
            pairs = rows.select("suggestion", "certain").rows()
            found[one] = pairs[0] if pairs else None
    return found


def _may_see(actor: Actor, batch: Batch, areas: set[tuple[str, str]] | None) -> bool:
    """Its sender may; others where all that was taken lies in their area, and something was."""
    if batch.account_id == actor.account_id:
        return True
    return bool(areas) and all(actor.scope.covers(*area) for area in areas or ())


def _in_ledger(deployment: Deployment, files: list[HandedFile]) -> tuple[tuple[TellFile, ...], str]:
    with deployment.warehouse.borrowed() as tables:
        run_id = tables.run.run_id
        told = []
        for one in files:
            rows = tables.frame("intake_ledger", columns=["state", "sha256"], file=one.file)
            states = rows.filter(pl.col("sha256") == one.sha256)["state"].cast(pl.String)
            told.append(TellFile(one, states[0] if len(states) else None))
    return tuple(told), run_id


def applications_in(rows: tuple[TellRow, ...]) -> int:
    """How many applications of which the application row was taken."""
    return sum(1 for r in rows if r.row.dataset == APPLICATION and r.accepted)
