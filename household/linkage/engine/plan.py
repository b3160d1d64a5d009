"""What is compared with what: the fields of two record sets, the blocks, and whether a person may stand on several rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from household.linkage.engine.kinds import KINDS

if TYPE_CHECKING:
    from household.linkage.engine.kinds import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One field that both sides have.

    Attributes:
        name: of the field, in models and explanations. kind: one of KINDS.
        rows, people: the columns that hold it on either side (see the kind for more than one; "" is a column that is not there).
    """

    name: str
    kind: str
    rows: tuple[str, ...]
    people: tuple[str, ...]

    @property
    def handling(self) -> Kind:
        """How the kind is handled."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Plan:
    """How two record sets are linked.

    Attributes:
        fields: in the order in which they are told.
        blocks: conjunctions of forms (`field.form`), each a way for a pair to be looked at: what both sides must share. A form
            after `rows:` or `people:` need only be there on that side.
        strict: sets of fields on which a row with a valid number that nobody has must agree as sent to be looked at all the same.
        once: whether a person stands on one row at most (a register), or on many (accounts, claims).
        number: the field that holds identity numbers, if any: its damaged values are blocked on by what they could have been.
        name, birth, sex: fields that a number speaks for too, so that nothing is counted twice.
    """

    fields: tuple[Field, ...]
    blocks: tuple[tuple[str, ...], ...]
    strict: tuple[tuple[str, ...], ...] = ()
    once: bool = False
    number: str | None = None
    implied: tuple[str, ...] = field(default=("birth", "sex"))

    def __getitem__(self, name: str) -> Field:
        """The field of a name."""
        return next(f for f in self.fields if f.name == name)
