"""The sections of the console: what the bar at the top offers, and who sees it."""

from __future__ import annotations

from dataclasses import dataclass

from service.access.roles import Permission


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the bar. `key`: its title in the words, `sections.<key>`."""

    key: str
    path: str
    permission: Permission


SECTIONS: tuple[Section, ...] = (
    Section("queue", "/queue", Permission.QUEUE_READ),
    Section("alerts", "/alerts", Permission.ALERT_READ),
    Section("links", "/links", Permission.LINK_REVIEW),
    Section("objections", "/objections", Permission.OBJECTION_READ),
    Section("batches", "/batches", Permission.BATCH_SUBMIT),
    Section("runs", "/runs", Permission.RUN_READ),
    Section("reports", "/reports", Permission.REPORT_CHECK),
    Section("quality", "/quality", Permission.QUALITY_READ),
    Section("audit", "/audit", Permission.AUDIT_READ),
    Section("accounts", "/accounts", Permission.ACCOUNT_MANAGE),
    Section("proposals", "/proposals", Permission.PROPOSAL_DECIDE),
)
