"""Where each dataset names its people: the columns of number and name, and of sex and birth where it has them."""

from __future__ import annotations

from dataclasses import dataclass

from household.extracts import COMMISSIONER
from household.schema.column import Kind
from household.schema.datasets import DATASETS


@dataclass(frozen=True, slots=True)
class Subject:
    """One person named by a row."""

    dataset: str
    number: str
    name: str
    sex: str | None = None
    birth: str | None = None

    @property
    def key(self) -> str:
        """The column of the identity key."""
        return f"{self.number}__key"


def _subjects() -> tuple[Subject, ...]:
    found = []
    for dataset in DATASETS.values():
        if dataset.source == COMMISSIONER:
            continue
        names = {c.name for c in dataset.columns}
        for column in dataset.columns:
            if column.kind is not Kind.ID_NO or column.name.startswith("former"):
                continue
            name = column.name.replace("id_no", "name")
            if name in names:
                sex = "sex" if "sex" in names else None
                birth = "birth_date" if "birth_date" in names else None
                found.append(Subject(dataset.name, column.name, name, sex, birth))
    return tuple(found)


SUBJECTS: tuple[Subject, ...] = _subjects()
"""Every (dataset, person) pair that linkage works on. A marriage row names two; a bank's receipt names nobody but a number."""

DATASETS_LINKED: tuple[str, ...] = tuple(dict.fromkeys(s.dataset for s in SUBJECTS))
