"""What a report says, as plain values: no layout, no file, nothing that is not in the published tables or the working store.

None is what is not known; it is never nought. Amounts are yuan. Nobody's name or number stands here in clear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Header:
    """Which application, of which run, under which rules. `commissioned_by` to `accepted_on`: None also where the papers could not be read."""

    application_id: str
    region_code: str
    programmes: tuple[str, ...]
    as_of: date
    run_id: str
    program_version: str
    pack_ids: tuple[str, ...]
    pack_digest: str
    input_digest: str
    commissioned_by: str | None
    applied_on: date | None
    accepted_on: date | None
    papers_read: bool


@dataclass(frozen=True, slots=True)
class Authorisation:
    """One authorisation. `member_no`: None where its number is nobody's on the roster; `sources`: what it is for, None: all."""

    number: str
    member_no: int | None
    programme: str | None
    signed_on: date | None
    valid_to: date | None
    revoked_on: date | None
    sources: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the roster, masked as published.

    Attributes:
        relation, role, excluded_reason, declared_deposit: as the application says; None where the papers could not be read.
        left_out: the run did not count him, as his evidence says. because: `custody`, `death`: what was found about him.

    """

    member_no: int
    person_ref: str
    name_masked: str | None
    id_no_masked: str | None
    relation: str | None
    role: str | None
    excluded_reason: str | None
    declared_deposit: Decimal | None
    left_out: bool
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one source or institution answered about some people. Dates: earliest and latest of them, None: none known."""

    source: str
    institution: str | None
    state: str
    members: tuple[int, ...]
    asked: tuple[date, date] | None
    replied: tuple[date, date] | None
    as_of: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """Income of one person and kind over the window."""

    member_no: int | None
    kind: str
    declared: Decimal | None
    verified: Decimal | None
    adopted: Decimal | None

    @property
    def apart(self) -> Decimal | None:
        """Verified less declared; None where one of them is not known."""
        if self.declared is None or self.verified is None:
            return None
        return self.verified - self.declared


@dataclass(frozen=True, slots=True)
class IncomePeriod:
    """What counted of one person and kind in a month, a year or the window."""

    member_no: int | None
    kind: str
    period: str
    adopted: Decimal


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row of a source that bears on the household."""

    evidence_id: str
    member_no: int | None
    dataset: str
    institution: str | None
    as_of: date | None
    quantity: str
    amount: Decimal | None
    counted_amount: Decimal | None
    counted: bool
    why_not: str | None
    link_tier: str | None


@dataclass(frozen=True, slots=True)
class Summed:
    """Rows that are told together: how many, of which days, and their sum where the source gives amounts."""

    member_no: int | None
    dataset: str
    why_not: str | None
    rows: int
    first: date | None
    last: date | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One open alert about the household or somebody of it."""

    alert_id: str
    code: str
    severity: str
    first_seen: date
    amount: Decimal | None
    text_zh: str
    settles_it: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that was asked."""

    seq: int
    rule_id: str
    outcome: str
    certain: bool | None
    pack_id: str | None
    source_document: str | None
    text_zh: str
    settles_it: str | None
    evidence_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """A row of a source without which something else would be suggested."""

    evidence_id: str
    member_no: int | None
    dataset: str | None
    otherwise: str
    text_zh: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A suggestion with its figures; reasons and flip facts only of what was applied for."""

    verdict_id: str
    digest: str
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
    reasons: tuple[Reason, ...] = ()
    flips: tuple[Flip, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a report says of one application. `alerts_elsewhere`: of other areas about these people, told as a number only."""

    header: Header
    authorisations: tuple[Authorisation, ...]
    people: tuple[Person, ...]
    coverage: tuple[Answer, ...]
    income: tuple[IncomeLine, ...]
    periods: tuple[IncomePeriod, ...]
    income_left_out: tuple[Summed, ...]
    holdings: tuple[EvidenceRow, ...]
    spending: tuple[EvidenceRow, ...]
    benefits: tuple[EvidenceRow, ...]
    grants: tuple[Summed, ...]
    cited: tuple[EvidenceRow, ...]
    alerts: tuple[AlertLine, ...]
    alerts_elsewhere: int
    verdicts: tuple[Verdict, ...]

    @property
    def requested(self) -> tuple[Verdict, ...]:
        """The suggestions on what was applied for."""
        return tuple(v for v in self.verdicts if v.requested)
