"""Two states of the law side by side: which parameters differ, where that reaches, and a pack with some of its values replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from household.rules.lookup import Packs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from household.rules.lookup import Entry, Pack

REGIONS = "regions"
"""Stands for a parameter where a pack is bound to other regions than before."""


@dataclass(frozen=True, slots=True)
class PackChange:
    """One parameter of one pack that is not what it was.

    Attributes:
        pack_id, key: which; key is REGIONS where the pack is bound otherwise, or a pair of programmes (`compatibility.pair_key`).
        before, after: its dated values; empty where it has none. For REGIONS the prefixes.
    """

    pack_id: str
    key: str
    before: tuple[Entry, ...] | tuple[str, ...]
    after: tuple[Entry, ...] | tuple[str, ...]


def pack_changes(before: Packs, after: Packs) -> list[PackChange]:
    """Every difference that an answer may hang on, by pack and parameter. Titles and citations alone are none."""
    found: list[PackChange] = []
    for pack_id in sorted({*before.packs, *after.packs}):
        old, new = before.packs.get(pack_id), after.packs.get(pack_id)
        bound = (old.regions if old else (), new.regions if new else ())
        if bound[0] != bound[1]:
            found.append(PackChange(pack_id, REGIONS, *bound))
        was, now = _values(old), _values(new)
        for key in sorted({*was, *now}):
            told = was.get(key, ()), now.get(key, ())
            if _said(told[0]) != _said(told[1]):
                found.append(PackChange(pack_id, key, *told))
    return found


def regions_reached(
    changes: Iterable[PackChange], regions: Iterable[str], *, before: Packs, after: Packs
) -> list[str]:
    """Those of the regions to which a changed pack applies, before or after."""
    changed = {change.pack_id for change in changes}
    return [
        region
        for region in sorted(set(regions))
        if changed & {*before.chain(region), *after.chain(region)}
    ]


def in_force_otherwise(
    changes: Iterable[PackChange],
    places: Iterable[tuple[str, date]],
    *,
    before: Packs,
    after: Packs,
) -> bool:
    """Whether a changed parameter has another value for some region on some day."""
    keys = {change.key for change in changes} - {REGIONS}
    bound = any(change.key == REGIONS for change in changes)
    for region, day in places:
        if bound and before.chain(region) != after.chain(region):
            return True
        for key in keys:
            was, now = before.find(key, region, day), after.find(key, region, day)
            if (was and was.value) != (now and now.value):
                return True
    return False


def overlay(packs: Packs, changed: Packs) -> Packs:
    """The packs with the values that `changed` gives put in place of theirs, parameter by parameter; all else stays.

    A parameter is replaced with all its dates: what was in force at other times is to be written again.
    """
    merged = dict(packs.packs)
    for pack_id, new in changed.packs.items():
        old = merged.get(pack_id)
        merged[pack_id] = new if old is None else _merged(old, new)
    return Packs(merged, {**packs.documents, **changed.documents})


def _merged(old: Pack, new: Pack) -> Pack:
    default = (new.pack_id,) if new.pack_id.isdigit() else ()
    regions = old.regions if new.regions in ((), default) else new.regions
    pairs = {**old.compatibility, **new.compatibility}
    return replace(old, regions=regions, values={**old.values, **new.values}, compatibility=pairs)


def _values(pack: Pack | None) -> Mapping[str, tuple[Entry, ...]]:
    return {} if pack is None else pack.dated


def _said(entries: Iterable[Entry]) -> list[tuple[object, ...]]:
    return [(entry.value, entry.valid_from, entry.valid_to) for entry in entries]
