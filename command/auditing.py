"""The audit entry of a command that puts personal data into a file or another system: written before anything leaves, or nothing leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "command_line"
"""What stands as the role: whoever has an account on the machine and may read the warehouse."""
ADDRESS = "local"


def record_door(
    warehouse: Path,
    action: str,
    *,
    subject_kind: str = "run",
    subject_id: str = "",
    outcome: str = "done",
    reason: str = "",
    details: dict[str, object] | None = None,
) -> int:
    """Write down what is about to leave by the command line; returns the entry's number.

    Args:
        warehouse: whose log. action: dotted, its last part one of `casework.audit.harvest.READS` where personal data is seen:
            `tables.export`, `report.print`, `link_sample.export`.
        subject_kind, subject_id: about what: ("application", id), ("run", run_id). outcome: done, denied, failed. reason: why, if it was asked.
        details: ids and counts: `rows`, `files`, `applications` (a list of ids), `regions`.

    Raises:
        AuditUnavailable: it could not be written: let nothing out.

    """
    from casework.audit.entry import Entry
    from pipelines.audit_trail import open_trail
    from pipelines.outside import outside_now

    outside = outside_now()
    with open_trail(warehouse, now=outside.now) as trail:
        return trail.record(
            Entry(
                action,
                actor_id=outside.by,
                role=ROLE,
                outcome=outcome,
                subject_kind=subject_kind,
                subject_id=subject_id,
                reason=reason,
                address=ADDRESS,
                details=details or {},
            )
        )
