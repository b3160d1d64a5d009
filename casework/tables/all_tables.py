"""Every module of tables, so that METADATA is whole for whoever imports this. One line a module, in the order of the alphabet."""

from __future__ import annotations

from casework.tables import (
    accounts,
    audit_anchor,
    feed,
    judgements,
    logs,
    objections,
    proposals,
    quarantine_work,
    reports,
    runs,
    sealing,
    submissions,
    views,
    webhooks,
)
from casework.tables.metadata import METADATA

__all__ = [
    "METADATA",
    "accounts",
    "audit_anchor",
    "feed",
    "judgements",
    "logs",
    "objections",
    "proposals",
    "quarantine_work",
    "reports",
    "runs",
    "sealing",
    "submissions",
    "views",
    "webhooks",
]
