"""How many pairs linkage looks at, and by which block: what the blocks of a plan find among the rows that no number decides.

A pair that two blocks find is counted at each, and once in the sum of all: so it is seen which block finds what no other does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from household.linkage.engine.blocking import block
from household.linkage.engine.records import encode
from household.linkage.links import alone, subjects_of
from household.linkage.plans import plan_of
from household.linkage.sifting import sift_rows

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

    from household.linkage.engine.plan import Plan
    from household.linkage.engine.records import Records
    from household.linkage.links import Side

NUMBER = "number"
"""The pass by numbers: one repaired, or read where it is visible. The others are named by the forms that must be equal."""


@dataclass(frozen=True, slots=True)
class BlockVolume:
    """What one block finds in one dataset.

    Attributes:
        dataset, name: which. pairs: of a row and a person. only: of these, found by no other block.
        crowded: rows whose value so many people share that the block leaves them out.

    """

    dataset: str
    name: str
    pairs: int
    only: int
    crowded: int


@dataclass(frozen=True, slots=True)
class Volume:
    """What is looked at of one dataset.

    Attributes:
        dataset: its name. rows: that no number decides. people: on the other side. pairs: found by any block, each once.
        blocks: block by block, in the order of the plan, the numbers last.

    """

    dataset: str
    rows: int
    people: int
    pairs: int
    blocks: tuple[BlockVolume, ...]


def dataset_volume(dataset: str, rows: pl.LazyFrame, side: Side) -> Volume:
    """Count the pairs of one dataset. Nothing is scored.

    Args:
        dataset, rows: its name and core frame. side: the people, as for `links.link_dataset`.

    """
    plan = plan_of(dataset)
    found: dict[str, list[npt.NDArray[np.int64]]] = {}
    crowded: dict[str, int] = {}
    looked = before = 0  # before: places that the subjects before take, so that no two share one
    for subject in subjects_of(dataset):
        sifted = sift_rows(alone(dataset, rows), subject, side.people, side.taken["key"])
        looked += len(sifted)
        left = encode(sifted, plan, "rows", "row")
        for name, part in _passes(plan):
            pairs, lost = _pairs(left, side.coded, part)
            found.setdefault(name, []).append(pairs + before)
            crowded[name] = crowded.get(name, 0) + lost
        before += len(left) * len(side.coded)
    whole = {name: np.concatenate(parts) for name, parts in found.items()}
    every, times = np.unique(np.concatenate(list(whole.values())), return_counts=True)
    once = every[times == 1]
    return Volume(
        dataset,
        looked,
        int(side.people["person"].n_unique()),
        len(every),
        tuple(
            BlockVolume(dataset, name, len(pairs), int(np.isin(pairs, once).sum()), crowded[name])
            for name, pairs in whole.items()
        ),
    )


def _passes(plan: Plan) -> list[tuple[str, Plan]]:
    """Each block of a plan as a plan of its own."""
    blocks = [
        ("+".join(parts), replace(plan, blocks=(parts,), number=None)) for parts in plan.blocks
    ]
    return [*blocks, (NUMBER, replace(plan, blocks=()))]


def _pairs(left: Records, people: Records, plan: Plan) -> tuple[npt.NDArray[np.int64], int]:
    """The pairs of one pass, each as one number, and how many rows were left out."""
    found = block(left, people, plan)
    return found.li * len(people) + found.ri, sum(found.crowded.values())
