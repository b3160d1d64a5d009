"""Deciding on alerts: the newest run and the log of decisions side by side, and adding to the log. Nothing is published here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from casework.errors import BusyError
from casework.logs import add_events, read_casework
from household.alerts.life.decisions import Said, check_event
from household.alerts.life.states import lives_now
from household.casework import EVENT_SCHEMA
from household.errors import InputError
from pipelines.workplace import casework_of
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from casework.store import Place
    from household.casework import Casework

ATTEMPTS = 5
"""How often decisions are checked anew when somebody else has decided meanwhile."""


class Desk:
    """The alerts of a warehouse as they are now: the newest run, and what was decided since.

    Raises:
        NotOursError, BusyError, RefusedError: as `warehouse.current.reading` and `casework.store.open_store`.

    """

    def __init__(self, warehouse: Path, *, casework: Place | None = None) -> None:
        self.warehouse = warehouse
        self._casework = casework_of(warehouse) if casework is None else casework

    @cached_property
    def casework(self) -> Casework:
        """All logs, as they were when this was first asked."""
        return read_casework(self._casework)

    @cached_property
    def published(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The newest run's `alert` and `alert_life`."""
        with reading(self.warehouse) as tables:
            return tables.frame("alert"), tables.frame("alert_life")

    @cached_property
    def alerts(self) -> pl.DataFrame:
        """`states.lives_now` of all published alerts."""
        alerts, lives = self.published
        return lives_now(alerts, lives, self.casework.alert_event)

    def decide(self, decisions: Sequence[Said], *, lines: Sequence[int] | None = None) -> int:
        """Add decisions to the log, each on top of those before it, all or none. Returns how many.

        Args:
            decisions: in their order.
            lines: where they stand in a sheet, so that a refusal names the line.

        Raises:
            InputError: one of them is refused; of a sheet the first refused lines are told.
            BusyError: others keep deciding at the same time.

        """
        for _ in range(ATTEMPTS):
            log = read_casework(self._casework).alert_event
            rows = self._checked(decisions, lines, log)
            if add_events(self._casework, rows, after=_newest(log)):
                return len(rows)
        raise BusyError("其他人正在处理预警", "请稍后再试")

    def _checked(
        self, decisions: Sequence[Said], lines: Sequence[int] | None, log: pl.DataFrame
    ) -> list[dict[str, object]]:
        asked = pl.col("alert_id").is_in(sorted({said.alert_id for said in decisions}))
        alerts, lives = (frame.filter(asked) for frame in self.published)
        newest = _newest(log)
        rows: list[dict[str, object]] = []
        wrong: list[tuple[int, InputError]] = []
        for place, said in enumerate(decisions):
            try:
                row = check_event(said, self._now(alerts, lives, log, said.alert_id))
            except InputError as refusal:
                if lines is None:
                    raise
                wrong.append((lines[place], refusal))
                continue
            rows.append(row)
            entered = {"event_id": newest + len(rows), **row}
            log = pl.concat([log, pl.DataFrame([entered], schema=EVENT_SCHEMA)])
        if wrong:
            raise _refused(wrong)
        return rows

    @staticmethod
    def _now(
        alerts: pl.DataFrame, lives: pl.DataFrame, log: pl.DataFrame, alert_id: str
    ) -> dict[str, object]:
        one = pl.col("alert_id") == alert_id
        found = lives_now(alerts.filter(one), lives.filter(one), log.filter(one))
        if not len(found):
            raise InputError(
                "最近一次运行的结果中没有这条预警", "请用 hedui alerts list 查看预警编号"
            )
        return found.row(0, named=True)


def _newest(log: pl.DataFrame) -> int:
    """The number of the newest decision; 0 where there is none."""
    return int(log["event_id"][-1]) if len(log) else 0


def _refused(wrong: list[tuple[int, InputError]]) -> InputError:
    """One line for a sheet: how many lines are refused, and the first few of them."""
    told = "；".join(f"第 {line} 行：{refusal.what}" for line, refusal in wrong[:5])
    more = f"；另有 {len(wrong) - 5} 行" if len(wrong) > 5 else ""
    return InputError(
        f"处理表中 {len(wrong)} 行不能记录，全部未记录：{told}{more}", "请改正这些行后重新提交"
    )
