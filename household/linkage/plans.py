"""How the engine is told what a dataset's rows and the people of the rosters hold, and with which parameters it starts.

Only what §3 of the assessment lets decide is compared: name, number, birth date, sex. Telephones and addresses would find more,
and would find relatives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from household.linkage.engine.model import shipped_model
from household.linkage.engine.plan import Field, Plan

if TYPE_CHECKING:
    from household.linkage.engine.model import Model

ONCE = frozenset({"public_security.population"})
"""Registers in which a person stands on one row. Accounts, claims and benefits may have many."""

_FIELDS = (
    Field("name", "name", ("name", "former", "normal"), ("name", "former", "normal")),
    Field("number", "number", ("number", "key"), ("number", "key")),
    Field("birth", "birth", ("birth", "number"), ("birth", "number")),
    Field("sex", "sex", ("sex", "number"), ("sex", "number")),
)
_BLOCKS = (
    ("name.sound", "birth.birth"),
    ("name.folded", "birth.birth"),
    ("name.ordered", "birth.birth"),
    ("name.surname", "birth.birth", "sex.sex"),
    ("name.given", "birth.birth"),
    ("number.number_text",),
    ("number.number_head", "name.surname"),
    ("number.number_tail", "name.surname"),
)
ROW_COLUMNS = ("row", "name", "former", "normal", "number", "key", "birth", "sex")
"""Columns that the rows of a plan have: `former` false, `normal` the normal name, `key` the identity key, `birth` a Date."""

ACCEPT, REVIEW = 0.65, 0.33
"""Shipped thresholds. The shipped weights are wide: a name and a birth date among the people of a township come to 0.93, a
homophone and a birth date to 0.65 (0.79 with the sex), a name alone to 0.05. An estimated model has narrower ones."""

ESTIMATED_ACCEPT, ESTIMATED_REVIEW = 0.95, 0.2


def plan_of(dataset: str) -> Plan:
    """The plan of a dataset."""
    return Plan(fields=_FIELDS, blocks=_BLOCKS, once=dataset in ONCE, number="number")


def shipped(dataset: str) -> Model:
    """The model of a dataset as long as none was estimated."""
    model = shipped_model(plan_of(dataset), population=8192)
    return replace(model, accept=ACCEPT, review=REVIEW)
