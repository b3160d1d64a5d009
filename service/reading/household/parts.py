"""The parts of a household's page as plain records. None is what is not known; it is never nought. Amounts are yuan.

Nobody's name or number stands here in clear; `record_key` is left behind where rows are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that was asked. `title`: what it asks; the rule's id where this version does not know it."""

    seq: int
    rule_id: str
    title: str
    outcome: str
    certain: bool | None
    measured: Decimal | None
    limit_value: Decimal | None
    unit: str | None
    pack_id: str | None
    source_document: str | None
    text_zh: str
    evidence_ids: tuple[str, ...]
    settles_it: str | None

    @property
    def is_settled(self) -> bool:
        """Whether it passes for certain, so that nobody need look."""
        return self.outcome == "pass" and self.certain is not False


@dataclass(frozen=True, slots=True)
class Flip:
    """A row without which something else would be suggested."""

    evidence_id: str
    otherwise: str
    certain: bool
    amount: Decimal | None
    text_zh: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for one programme, with its figures, reasons and deciding rows."""

    verdict_id: str
    programme: str
    requested: bool
    suggestion: str
    certain: bool
    persons_counted: int | None
    income_window: Decimal | None
    income_per_capita_month: Decimal | None
    income_limit: Decimal | None
    financial_assets: Decimal | None
    financial_limit: Decimal | None
    homes: int | None
    vehicles: int | None
    businesses: int | None
    rigid_spending: Decimal | None
    rigid_ratio: Decimal | None
    amount: Decimal | None
    valid_to: date | None
    digest: str
    reasons: tuple[Reason, ...] = ()
    flips: tuple[Flip, ...] = ()

    @property
    def margin(self) -> Decimal | None:
        """Limit less income, per head and month: below nought is above the limit."""
        return _apart(self.income_limit, self.income_per_capita_month)

    @property
    def financial_margin(self) -> Decimal | None:
        """Limit of financial assets less what there is."""
        return _apart(self.financial_limit, self.financial_assets)

    @property
    def to_settle(self) -> tuple[tuple[str, tuple[Reason, ...]], ...]:
        """What would settle the rules that do not pass for certain, each told once, with the rules that wait for it."""
        found: dict[str, tuple[Reason, ...]] = {}
        for reason in self.reasons:
            if reason.settles_it and not reason.is_settled:
                found[reason.settles_it] = (*found.get(reason.settles_it, ()), reason)
        return tuple(found.items())

    @property
    def weighs_spending(self) -> bool:
        """Whether the household's spending decides here."""
        return self.programme in ("rigid", "temp_expenditure")


@dataclass(frozen=True, slots=True)
class Holding:
    """A source row that bears on the household: what it is about, what it says, whether it counts."""

    evidence_id: str
    person_ref: str | None
    dataset: str
    institution: str | None
    as_of: date | None
    quantity: str
    amount: Decimal | None
    counted_amount: Decimal | None
    counted: bool
    why_not: str | None
    link_tier: str | None
    member_no: int | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert about the household or somebody of it."""

    alert_id: str
    code: str
    severity: str
    region_code: str | None
    amount: Decimal | None
    first_seen: date
    state: str
    text_zh: str
    settles_it: str | None
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit of the application."""

    deadline_id: str
    step_zh: str
    started_on: date | None
    start_event: str
    due_on: date | None
    latest_on: date | None
    done_on: date | None
    inferred: bool
    state: str
    calendar_known: bool
    source_document: str | None
    text_zh: str
    settles_it: str | None


@dataclass(frozen=True, slots=True)
class Referral:
    """A proposal to another department to look; never a finding."""

    referral_id: str
    list: str
    reason_zh: str
    standing: str
    text_zh: str
    settles_it: str | None
    member_no: int | None = None


def _apart(limit: Decimal | None, measured: Decimal | None) -> Decimal | None:
    return None if limit is None or measured is None else limit - measured
