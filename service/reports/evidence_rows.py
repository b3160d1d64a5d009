"""The evidence of one application, sorted into the sections of a report."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from household.schema.published.verdicts import INCOME_KINDS
from service.reports.contents import EvidenceRow, Summed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

PROPERTY = ("financial", "vehicle", "home", "commercial", "business_entity")
SPENDING = ("voucher", "medical", "education")
AWAY = ("custody", "death")
"""What is found of somebody who is not there to be counted."""


def rows_of(frame: pl.DataFrame, places: Mapping[str, int]) -> tuple[EvidenceRow, ...]:
    """Published rows as the report tells them. The record key, which is personal, is left behind."""
    told = [
        EvidenceRow(
            r["evidence_id"],
            places.get(r["person_ref"]),
            r["dataset"],
            r["institution"],
            r["as_of"],
            r["quantity"],
            r["amount"],
            r["counted_amount"],
            r["counted"],
            r["why_not"],
            r["link_tier"],
        )
        for r in frame.iter_rows(named=True)
    ]
    return tuple(sorted(told, key=_order))


def about(rows: Iterable[EvidenceRow], quantities: tuple[str, ...]) -> tuple[EvidenceRow, ...]:
    """The rows of some quantities, in the order of these."""
    found = [row for row in rows if row.quantity in quantities]
    return tuple(sorted(found, key=lambda row: (quantities.index(row.quantity), _order(row))))


def income_left_out(rows: Iterable[EvidenceRow]) -> tuple[EvidenceRow, ...]:
    """Rows of income that did not count."""
    return tuple(row for row in rows if row.quantity in INCOME_KINDS and not row.counted)


def is_away(row: EvidenceRow) -> bool:
    """Whether the row says of somebody that he is in custody or dead."""
    return row.counted and row.quantity in AWAY


def why_away(rows: Iterable[EvidenceRow]) -> tuple[str, ...]:
    """What was found of somebody who is not there to be counted: quantities of AWAY."""
    return tuple(sorted({row.quantity for row in rows if is_away(row)}))


def summed(rows: Iterable[EvidenceRow]) -> tuple[Summed, ...]:
    """Rows of one person, dataset and reason as one. A source that gives no amounts is not one that gives noughts."""
    groups: dict[tuple[int, str, str], list[EvidenceRow]] = {}
    for row in rows:
        key = (row.member_no or 0, row.dataset, row.why_not or "")
        groups.setdefault(key, []).append(row)
    return tuple(_sum(group) for _, group in sorted(groups.items()))


def _sum(group: list[EvidenceRow]) -> Summed:
    amounts = [row.amount for row in group if row.amount is not None]
    days = [row.as_of for row in group if row.as_of is not None]
    first = group[0]
    return Summed(
        first.member_no,
        first.dataset,
        first.why_not,
        len(group),
        min(days, default=None),
        max(days, default=None),
        sum(amounts, Decimal(0)) if amounts else None,
    )


def _order(row: EvidenceRow) -> tuple[int, str, str, str]:
    return (
        row.member_no or 0,
        row.dataset,
        row.as_of.isoformat() if row.as_of else "",
        row.evidence_id,
    )
