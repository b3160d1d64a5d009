"""A source row column by column: Chinese titles, values masked by what the declarations call personal, groups that may be asked for in clear."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from household.schema.column import Kind
from household.schema.datasets import DATASETS
from household.schema.masking import mask_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.schema.column import Column

IDENTITY, ACCOUNT, CONTACT, HEALTH, DOCUMENT = (
    "identity",
    "account",
    "contact",
    "health",
    "document",
)
GROUPS = (IDENTITY, ACCOUNT, CONTACT, HEALTH, DOCUMENT)
"""What may be asked for in clear, one at a time."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of a row. `value`: masked, None where the source gave none. `group`: under which its clear value may be asked for."""

    name: str
    title_zh: str
    value: str | None
    group: str | None


def masked_columns(dataset: str, row: Mapping[str, object]) -> tuple[Shown, ...]:
    """Every declared column of a typed row, masked.

    Args:
        dataset: name in the catalogue. row: values by column name; what the declarations do not know is left out.

    """
    told = []
    for column in DATASETS[dataset].columns:
        clear = clear_text(column, row.get(column.name))
        masked = None if clear is None else mask_cell(clear, column)
        hidden = masked is not None and masked != clear
        told.append(
            Shown(column.name, column.title_zh, masked, group_of(column) if hidden else None)
        )
    return tuple(told)


def clear_columns(
    dataset: str, row: Mapping[str, object], group: str
) -> tuple[tuple[str, str], ...]:
    """Titles and clear values of the columns of one group that the masked row hides. For whoever asked with a reason, once."""
    hidden = {one.name for one in masked_columns(dataset, row) if one.group == group}
    return tuple(
        (column.title_zh, clear_text(column, row[column.name]) or "")
        for column in DATASETS[dataset].columns
        if column.name in hidden
    )


def clear_text(column: Column, value: object) -> str | None:
    """A typed value as text: codes by their titles, months without a day, yes and no in words; None for none."""
    if value is None or value == "":
        return None
    if column.codes is not None:
        return column.codes.titles.get(str(value), str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.kind is Kind.MONTH and isinstance(value, date):
        return value.isoformat()[:7]
    return _seen(str(value))


def _seen(text: str) -> str:
    """Characters that cannot be seen, or that turn the direction of writing, told by their numbers: a trick is to be seen as one."""
    return "".join(f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in _UNSEEN else c for c in text)


def group_of(column: Column) -> str:
    """Under which group a hidden column is asked for."""
    if "account_no" in column.name or column.name.endswith("_account"):
        return ACCOUNT
    if column.name in ("phone", "address"):
        return CONTACT
    if column.name == "disease_code":
        return HEALTH
    if column.kind is Kind.ID_NO or (column.personal and not column.name.endswith("_no")):
        return IDENTITY
    return DOCUMENT
