"""What the books of requests say on a day, for operators and supervisors; no name and no number comes out of here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.store import Store
from household.errors import InputError
from household.inquiries.escalation import escalations, next_steps, reminders_due
from household.inquiries.published_rows import TELLS_OF_PERSON, turnaround_rows
from household.inquiries.states import request_states
from household.schema.published import PUBLISHED
from pipelines.exchange import read_exchange
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipelines.roster_today import RosterToday

INSTITUTION = ["source", "institution_code"]


class Books:
    """The books of a store as they stand on a day. What was written after that day is not known yet."""

    def __init__(self, warehouse: Path, on: date, *, source: str | None = None) -> None:
        """Read them. Raises InputError where there is no working store or no such source, ConnectorError where a book is damaged."""
        root = store_root(warehouse)
        if not root.is_dir():
            raise InputError(
                f"结果库旁没有工作目录 {root.name}", "请检查 --warehouse；查询簿保存在该目录中"
            )
        exchange = read_exchange(Store(root))
        asking = exchange.inquiries.institutions["source"].unique().sort()
        if source is not None and source not in asking:
            raise InputError(
                f"没有向来源 {source} 逐人查询过", f"查询过的有 {'、'.join(asking) or '（无）'}"
            )
        mine = pl.lit(value=True) if source is None else pl.col("source") == source
        self.on = on
        self.states = request_states(exchange.inquiries, on).filter(mine)
        self.titles: dict[str, str] = dict(exchange.sources.select("source", "title").iter_rows())

    def requests(self) -> pl.DataFrame:
        """Every request in the columns of table `inquiry`, and `programme`, `step`, `overdue` (past the due day, or given up)."""
        told = next_steps(self.states, self.on).rename({"step_zh": "next_step"})
        step = pl.col("step")
        overdue = (pl.col("state") == "late") | step.is_in(("escalate", "wait_escalated"))
        columns = PUBLISHED["inquiry"].polars_schema().keys()
        return told.select(
            *columns, "programme", "step", overdue.fill_null(value=False).alias("overdue")
        )

    def overdue(self) -> pl.DataFrame:
        """`escalations`, with remind: requests of which the institution is to be reminded now."""
        due = reminders_due(self.states, self.on)
        counted = due.group_by(INSTITUTION).agg(pl.len().cast(pl.Int64).alias("remind"))
        return (
            escalations(self.states, self.on)
            .join(counted, on=INSTITUTION, how="left", maintain_order="left")
            .with_columns(pl.col("remind").fill_null(0))
        )

    def turnaround(self) -> pl.DataFrame:
        """Table `turnaround`."""
        return turnaround_rows(self.states, self.on).select(
            pl.col(name).cast(dtype)
            for name, dtype in PUBLISHED["turnaround"].polars_schema().items()
        )


def readable(requests: pl.DataFrame, people: RosterToday) -> pl.DataFrame:
    """Those of `Books.requests` that may be shown today: what was answered about a person, only through the door (assessment §2)."""
    tells = pl.col("state").is_in(TELLS_OF_PERSON)
    answered = people.door(requests.filter(tells)).passed.select("request_id")
    rest = requests.filter(tells.not_()).select("request_id")
    return requests.join(pl.concat([answered, rest]), on="request_id", how="semi")
