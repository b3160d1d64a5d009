"""Rule packs of a run: reading their folders, one over another. What they hold stands in `lookup`, strict reading in `reading`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from household.errors import PackError
from household.rules.compatibility import with_matrices, with_pairs
from household.rules.lookup import NATIONAL, Entry, Found, Pack, Packs
from household.rules.mistakes import Mistake, PackMistakesError
from household.rules.reading import read_file
from household.rules.relations import relation_mistakes

if TYPE_CHECKING:
    from pathlib import Path

    from household.rules.citing import Document
    from household.rules.reading import Told

__all__ = ["NATIONAL", "Entry", "Found", "Pack", "Packs", "examine_packs", "read_packs"]

STATEMENTS = "statements.yaml"
_NOT_PACKS = "cases"


def read_packs(*folders: Path) -> Packs:
    """Read every `*.yaml` of the folders (or the files named); folders named `cases` and files named `statements.yaml` are left out.

    A pack of the same id in a later folder replaces the earlier one's values whole. A pack with `regions` and no `values` only binds the
    earlier one to regions and keeps its values. Documents add up. So do pairs of programmes: a pair given for a pack that is there
    replaces that pair with all its dates, and a pack that gives none keeps those of the earlier one.

    Raises:
        PackError: a folder holds no packs. PackMistakesError: the first mistake as one line, and all of them as `mistakes`.
    """
    packs, mistakes = examine_packs(*folders)
    if mistakes:
        raise PackMistakesError(mistakes)
    return packs


def examine_packs(*folders: Path) -> tuple[Packs, tuple[Mistake, ...]]:
    """What the folders say and every mistake in it; with a mistake the packs are what could be read.

    Raises:
        PackError: a folder holds no packs.
    """
    packs: dict[str, Pack] = {}
    documents: dict[str, Document] = {}
    mistakes: list[Mistake] = []
    for folder in folders:
        told = {name: read_file(file, name) for name, file in pack_files(folder).items()}
        for one in told.values():
            mistakes += one.mistakes
            documents |= one.documents
        mistakes += _twice(told)
        for one in told.values():
            for pack in one.packs:
                packs[pack.pack_id] = with_pairs(pack, packs.get(pack.pack_id))
        mistakes += with_matrices(packs, told.values())
        for one in told.values():
            for pack_id, regions in one.bindings.items():
                if pack_id in packs:
                    packs[pack_id] = replace(packs[pack_id], regions=regions)
                else:
                    todo = "请给出 values，或检查规则包编号"
                    what = "只写了 regions，而没有可绑定的规则包"
                    mistakes.append(Mistake(one.places[pack_id], what, todo, pack_id))
    found = Packs(packs, documents)
    return found, tuple(mistakes or relation_mistakes(found))


def pack_files(folder: Path) -> dict[str, Path]:
    """The YAML files of a folder by the name that messages give them, in order.

    Raises:
        PackError: there is none.
    """
    if folder.is_dir():
        files = {
            file.relative_to(folder).as_posix(): file
            for file in sorted(folder.rglob("*.yaml"))
            if file.name != STATEMENTS and _NOT_PACKS not in file.relative_to(folder).parts[:-1]
        }
    else:
        files = {folder.name: folder} if folder.is_file() else {}
    if not files:
        raise PackError(f"{folder} 中没有规则包（*.yaml）", "请检查 --packs，给出规则包所在目录")
    return files


def _twice(told: dict[str, Told]) -> list[Mistake]:
    """Packs that stand in two files of one folder."""
    first: dict[str, str] = {}
    mistakes = []
    for one in told.values():
        for pack in one.packs:
            if pack.pack_id in first:
                what = f"在 {first[pack.pack_id]} 已经出现"
                mistakes.append(
                    Mistake(one.places[pack.pack_id], what, "请只保留一个", pack.pack_id)
                )
            first.setdefault(pack.pack_id, one.places[pack.pack_id])
    return mistakes
