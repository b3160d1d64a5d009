"""The law of a case: the packs of its region, or its own changes of them, which bind nobody else.

A case with `packs:` gets its whole chain of packs copied under a region code of its own, so that nothing of it leaks. The national
pack is copied too, or a value that a case takes away would come back by way of it.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from household.errors import PackError
from household.rules.packs import NATIONAL, Pack, Packs, read_packs
from synthetic.cases.lined import GUIDE, CaseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from household.rules.packs import Entry
    from synthetic.cases.form import Case

ASSUMED = "个案假定"
"""The citation of a value that a case assumes."""
STEM = "L"
"""How the region codes of laws of their own begin; no real code does."""
_CHANGES = ("values", "drop", "regions", "title")


@dataclass(frozen=True)
class Law:
    """Packs, nearest first."""

    packs: tuple[Pack, ...]

    @property
    def chain(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(pack.pack_id for pack in self.packs)

    @property
    def key(self) -> tuple[int, ...]:
        """What tells laws apart: the very packs they are made of."""
        return tuple(id(pack) for pack in self.packs)


class _Dumper(yaml.SafeDumper):
    """Writes exact numbers as they are."""


_Dumper.add_multi_representer(dict, lambda d, value: d.represent_dict(dict(value)))
_Dumper.add_representer(
    Decimal, lambda d, value: d.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")
)


def law_of(case: Case, packs: Packs) -> Law:
    """The packs that a case stands under: its region's, with its own changes.

    Raises:
        CaseError: a change cannot be read.
    """
    all_packs = dict(packs.packs)
    for pack_id, body in (case.packs or {}).items():
        line = case.packs.lines[pack_id] if case.packs is not None else case.line
        all_packs[pack_id] = _changed(case, line, pack_id, body, all_packs.get(pack_id))
    chain = Packs(all_packs).chain(case.region)
    return Law(tuple(all_packs[pack_id] for pack_id in chain))


def _changed(case: Case, line: int, pack_id: str, body: Any, base: Pack | None) -> Pack:
    where = f"{case.file}:{line}"
    if not isinstance(body, dict) or set(body) - set(_CHANGES):
        raise CaseError(f"{where}：packs 下只能写 {' / '.join(_CHANGES)}", GUIDE)
    told = {
        key: [{"source": ASSUMED} | dict(entry) for entry in entries]
        for key, entries in (body.get("values") or {}).items()
    }
    assumed = _read(where, pack_id, told) if told else {}
    values = dict(base.values) if base is not None else {}
    for key in body.get("drop") or ():
        if key not in values:
            raise CaseError(f"{where}：规则包 {pack_id} 中没有参数 {key}", "请更正 drop")
        del values[key]
    if base is None:
        base = Pack(pack_id, str(body.get("title") or pack_id), (), {})
    own = (pack_id,) if pack_id.isdigit() else ()
    regions = tuple(str(r) for r in body.get("regions") or ()) or base.regions or own
    return replace(base, regions=regions, values=values | dict(assumed))


def _read(where: str, pack_id: str, values: dict[str, Any]) -> Mapping[str, tuple[Entry, ...]]:
    """Values in contract form, read as strictly as any pack."""
    text = yaml.dump({"packs": {pack_id: {"values": values}}}, Dumper=_Dumper, allow_unicode=True)
    try:
        return _read_text(text).packs[pack_id].values
    except PackError as error:
        raise CaseError(f"{where}：{error.what}", error.todo) from error


@lru_cache(maxsize=256)
def _read_text(text: str) -> Packs:
    """Packs of a text; many cases assume the same."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        file.write_text(text, encoding="utf-8")
        return read_packs(file)


@dataclass(frozen=True)
class CasePacks(Packs):
    """Packs of a run in which some regions have a law of their own; there the national pack is that law's copy alone."""

    def chain(self, region: str) -> tuple[str, ...]:
        """Pack ids that apply to a region, nearest first."""
        ids = super().chain(region)
        own = region.startswith(STEM)
        return tuple(pack_id for pack_id in ids if pack_id != NATIONAL) if own else ids


def bind(laws: Sequence[Law], packs: Packs) -> tuple[Packs, list[str]]:
    """Our packs and all laws as packs of one run, and the region code of each law.

    A law's packs are bound to ever shorter beginnings of its code, nearest to the longest.
    """
    together = dict(packs.packs)
    codes: list[str] = []
    for place, law in enumerate(laws):
        stem = f"{STEM}{place:05d}"
        depth = len(law.packs)
        codes.append(stem + "-" * depth)
        for level, pack in enumerate(law.packs):
            copy = f"{stem}:{pack.pack_id}"
            together[copy] = replace(pack, pack_id=copy, regions=(stem + "-" * (depth - level),))
    return CasePacks(together, packs.documents), codes


def plain_id(pack_id: str) -> str:
    """A pack's own id, whether or not it is a copy."""
    return pack_id.rpartition(":")[2]
