"""What came of a run, for people and programs: counts and places, never a personal value. Read from what is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from household.joining import nothing_again
from household.schema.datasets import DATASETS
from household.schema.published.verdicts import SUGGESTIONS
from pipelines.publishing import DATA_DOCS
from warehouse.current import reading

if TYPE_CHECKING:
    from pathlib import Path

    from household.joining import Reassessed
    from pipelines.workplace import Workplace
    from warehouse.record import RunRecord

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """The newest run of a warehouse after `hedui run`.

    Attributes:
        published: whether this call published it; False when there was nothing new.
        run: its record. files: ledger state to number of files. alerts: code to open alerts.
        shut: dataset to the checks that shut its gate. warnings: checks that warned.
        refused: path below the inbox and the reason, of every refused file.
        reassessed: which applications this call assessed again, and why.

    """

    published: bool
    warehouse: Path
    data_docs: Path
    run: RunRecord
    files: dict[str, int]
    alerts: dict[str, int]
    shut: dict[str, list[str]]
    warnings: int
    refused: list[tuple[str, str]]
    reassessed: Reassessed

    @property
    def suggestions(self) -> dict[str, int]:
        """Suggestions of the programmes asked for, by kind."""
        return {name: getattr(self.run, name) for name in SUGGESTIONS}

    def to_dict(self) -> dict[str, Any]:
        """The JSON summary."""
        run = self.run
        return {
            "published": self.published,
            "run_id": run.run_id,
            "as_of": run.as_of.isoformat(),
            "region": run.region_code,
            "input_digest": run.input_digest,
            "packs_digest": run.packs_digest,
            "program_version": run.program_version,
            "person_key_is_default": run.person_key_is_default,
            "files": {"total": run.files, **self.files},
            "rows": {
                "in": run.rows_in,
                "accepted": run.rows_accepted,
                "quarantined": run.rows_quarantined,
                "superseded": run.rows_superseded,
            },
            "applications": run.applications,
            "reassessed": {
                "count": self.reassessed.again.height,
                "of": self.reassessed.applications,
                "because": self.reassessed.because,
                "applications": self.reassessed.again.head(SHOWN).to_dicts(),
                "not_shown": max(0, self.reassessed.again.height - SHOWN),
            },
            "persons": run.persons,
            "verdicts": run.verdicts,
            "suggestions": self.suggestions,
            "alerts_open": run.alerts_open,
            "alerts": self.alerts,
            "gates_shut": [
                {"dataset": name, "title": DATASETS[name].title_zh, "checks": checks}
                for name, checks in self.shut.items()
            ],
            "quality_warnings": self.warnings,
            "refused": [{"file": f, "message": m} for f, m in self.refused[:SHOWN]],
            "refused_not_shown": max(0, len(self.refused) - SHOWN),
            "warehouse": str(self.warehouse),
            "data_docs": str(self.data_docs),
        }


def read_outcome(work: Workplace, *, published: bool) -> Outcome:
    """The newest run as published. Raises WarehouseError."""
    with reading(work.order.warehouse) as tables:
        ledger = tables.frame("intake_ledger")
        alerts = tables.frame("alert").filter(pl.col("state").cast(pl.String) == "open")
        failed = tables.frame("quality_result").filter(~pl.col("passed"))
        run = tables.run
    severity = failed["severity"].cast(pl.String)
    shut = failed.filter(severity == "blocking").group_by("dataset").agg("check_id").sort("dataset")
    refused = ledger.filter(pl.col("state").cast(pl.String) == "refused").sort("file")
    return Outcome(
        published=published,
        warehouse=work.order.warehouse,
        data_docs=work.store.root / DATA_DOCS / "index.html",
        run=run,
        files=_counts(ledger, "state"),
        alerts=_counts(alerts, "code"),
        shut=dict(shut.iter_rows()),
        warnings=int((severity == "warning").sum()),
        refused=[(f, m or "") for f, m in refused.select("file", "message").iter_rows()],
        reassessed=work.reassessed or nothing_again(run.applications),
    )


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counted = frame.group_by(pl.col(column).cast(pl.String)).len().sort(column)
    return dict(counted.iter_rows())
