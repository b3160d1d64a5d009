"""What the packs of a run hold, and looking a value up by region and day (parameters.yaml, its head). No reading, no checking here.

Lookup goes from the longest region prefix through its parents to `cn`; within a pack it takes the entry whose [from, to] holds
the day. A value that has ended without a successor is missing, not carried on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from household.rules.citing import Citation, cited_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from household.rules.citing import Document

NATIONAL = "cn"
INVENTED = "99"
"""Region codes that belong to nobody begin so."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated value of a parameter. Both ends belong to it; None is open. `place` is its file and line, where it was read from one."""

    value: Any
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    place: str = field(default="", compare=False)

    def holds(self, day: date) -> bool:
        """Whether the value is in force on a day."""
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Pack:
    """The values of one region or document. `regions` are the prefixes it is bound to.

    `compatibility` is its part of the matrix of programmes, in the same form: see `compatibility.pair_key` and `Pairing`.
    """

    pack_id: str
    title: str
    regions: tuple[str, ...]
    values: Mapping[str, tuple[Entry, ...]]
    compatibility: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)

    @property
    def dated(self) -> dict[str, tuple[Entry, ...]]:
        """Everything that it says by day: parameters and pairs of programmes."""
        return {**self.values, **self.compatibility}

    @property
    def fictional(self) -> bool:
        """Whether it is bound to invented regions only, or, bound to none, has such an id. Such a pack needs no citations."""
        return all(code.startswith(INVENTED) for code in self.regions or (self.pack_id,))


@dataclass(frozen=True, slots=True)
class Found:
    """A value with where it came from: its pack, its citation as written, and the registered documents that this names."""

    value: Any
    pack_id: str
    source: str
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Packs:
    """All packs of a run, and the documents that they cite by id."""

    packs: Mapping[str, Pack]
    documents: Mapping[str, Document] = field(default_factory=dict)
    _chains: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _digests: dict[tuple[str, ...], str] = field(default_factory=dict, repr=False, compare=False)
    _cited: dict[str, tuple[Citation, ...]] = field(default_factory=dict, repr=False, compare=False)

    def chain(self, region: str) -> tuple[str, ...]:
        """Pack ids that apply to a region, nearest first, `cn` last.

        Of two for one code, a pack that somebody bound to it comes before the pack that bears it as its id.
        """
        if region not in self._chains:
            near = sorted(
                (
                    (len(prefix), pack.pack_id != prefix, pack.pack_id)
                    for pack in self.packs.values()
                    if pack.pack_id != NATIONAL
                    for prefix in pack.regions
                    if region.startswith(prefix)
                ),
                reverse=True,
            )
            ids = dict.fromkeys(pack_id for _, _, pack_id in near)
            self._chains[region] = (*ids, *([NATIONAL] if NATIONAL in self.packs else []))
        return self._chains[region]

    def bound(self, region: str) -> bool:
        """Whether some pack of its own applies to a region, beside `cn`. Where none does, nearly every local value is missing."""
        return any(pack_id != NATIONAL for pack_id in self.chain(region))

    def chain_of(self, pack_id: str) -> tuple[str, ...]:
        """The chain in which a pack is read: its first region's, or, bound to none, as it would be bound: itself, then `cn`."""
        regions = self.packs[pack_id].regions
        ids = self.chain(regions[0]) if regions else (pack_id, NATIONAL)
        return tuple(one for one in dict.fromkeys(ids) if one in self.packs)

    def find(self, key: str, region: str, day: date) -> Found | None:
        """The value in force, with its pack and citation; None when it is missing."""
        return self.find_in(key, self.chain(region), day)

    def find_in(self, key: str, chain: Iterable[str], day: date) -> Found | None:
        """The value in force along a chain of pack ids; None when it is missing."""
        for pack_id in chain:
            pack = self.packs[pack_id]
            for entry in pack.values.get(key) or pack.compatibility.get(key, ()):
                if entry.holds(day):
                    return Found(entry.value, pack_id, entry.source, self.cites(entry.source))
        return None

    def cites(self, source: str) -> tuple[Citation, ...]:
        """The registered documents that a citation names, with the article of each."""
        if source not in self._cited:
            self._cited[source] = cited_in(source, self.documents.values())
        return self._cited[source]

    def digest(self, region: str) -> str:
        """SHA-256 over everything that the packs of a region say."""
        chain = self.chain(region)
        if chain not in self._digests:
            self._digests[chain] = _digest(self.packs[pack_id] for pack_id in chain)
        return self._digests[chain]

    def digest_all(self) -> str:
        """SHA-256 over every pack."""
        return _digest(self.packs[pack_id] for pack_id in sorted(self.packs))


def _digest(packs: Iterable[Pack]) -> str:
    told = [
        [
            pack.pack_id,
            pack.regions,
            {
                key: [(e.value, e.valid_from, e.valid_to, e.source) for e in entries]
                for key, entries in sorted(pack.dated.items())
            },
        ]
        for pack in packs
    ]
    text = json.dumps(told, ensure_ascii=False, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
