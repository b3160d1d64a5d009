"""Section 10, alerts: every code of the table, family by family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import alerts_applications, alerts_benefits, alerts_persons
from .alert_rows import AlertRows

if TYPE_CHECKING:
    from .register import Register
    from .suggestion import Suggestion


def alerts_of(
    register: Register, suggestions: dict[tuple[str, str], Suggestion]
) -> list[dict[str, Any]]:
    """The alerts of a world, in order of code and subject."""
    rows = AlertRows(register)
    alerts_benefits.raise_alerts(rows)
    alerts_persons.raise_alerts(rows)
    alerts_applications.raise_alerts(rows, suggestions)
    return [rows.found[key] for key in sorted(rows.found)]
