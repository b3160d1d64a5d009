"""Rule packs: law as data. Reading them strictly, and looking a value up by region and date (parameters.yaml, its head).

Lookup goes from the longest region prefix through its parents to `cn`; within a pack it takes the entry whose [from, to] holds
the day. A value that has ended without a successor is missing, not carried on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import yaml

from household.errors import PackError
from household.rules.parameters import PARAMETERS, Meaning, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NATIONAL = "cn"


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML in which numbers are exact, `on` is a word, and a repeated key is an error."""


def _exact(loader: _StrictLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    pairs = [(loader.construct_object(k, deep=True), v) for k, v in node.value]
    keys = [k for k, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise PackError(
                f"line {node.start_mark.line + 1}: the key {key!r} stands twice", "keep one of them"
            )
    return {k: loader.construct_object(v, deep=True) for k, v in pairs}


_StrictLoader.add_constructor("tag:yaml.org,2002:float", _exact)
_StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, regexp)
        for tag, regexp in resolvers
        if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated value of a parameter. Both ends belong to it; None is open."""

    value: Any
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""

    def holds(self, day: date) -> bool:
        """Whether the value is in force on a day."""
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Pack:
    """The values of one region or document. `regions` are the prefixes it is bound to."""

    pack_id: str
    title: str
    regions: tuple[str, ...]
    values: Mapping[str, tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """A value with where it came from."""

    value: Any
    pack_id: str
    source: str


@dataclass(frozen=True)
class Packs:
    """All packs of a run."""

    packs: Mapping[str, Pack]
    _chains: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _digests: dict[tuple[str, ...], str] = field(default_factory=dict, repr=False, compare=False)

    def chain(self, region: str) -> tuple[str, ...]:
        """Pack ids that apply to a region, nearest first, `cn` last."""
        if region not in self._chains:
            near = sorted(
                (
                    (len(prefix), pack.pack_id)
                    for pack in self.packs.values()
                    if pack.pack_id != NATIONAL
                    for prefix in pack.regions
                    if region.startswith(prefix)
                ),
                reverse=True,
            )
            ids = dict.fromkeys(pack_id for _, pack_id in near)
            self._chains[region] = (*ids, *([NATIONAL] if NATIONAL in self.packs else []))
        return self._chains[region]

    def find(self, key: str, region: str, day: date) -> Found | None:
        """The value in force, with its pack and citation; None when it is missing."""
        for pack_id in self.chain(region):
            for entry in self.packs[pack_id].values.get(key, ()):
                if entry.holds(day):
                    return Found(entry.value, pack_id, entry.source)
        return None

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
                for key, entries in sorted(pack.values.items())
            },
        ]
        for pack in packs
    ]
    text = json.dumps(told, ensure_ascii=False, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def read_packs(*folders: Path) -> Packs:
    """Read every `*.yaml` below the folders' `packs:` key; a pack of the same id in a later folder replaces the earlier.

    Raises:
        PackError: one line naming file, pack, parameter and what is wrong.
    """
    packs: dict[str, Pack] = {}
    for folder in folders:
        files = sorted(folder.rglob("*.yaml")) if folder.is_dir() else [folder]
        files = [file for file in files if "cases" not in file.parts[:-1]]
        if not files or not all(file.is_file() for file in files):
            raise PackError(
                f"{folder}: no rule packs (*.yaml) there", "name a folder that holds them"
            )
        here: dict[str, Pack] = {}
        for file in files:
            for pack in _read_file(file):
                if pack.pack_id in here:
                    raise PackError(
                        f"{file.name}: the pack {pack.pack_id} stands twice in {folder.name}",
                        "keep one of them",
                    )
                here[pack.pack_id] = pack
        packs |= here
    return Packs(packs)


def _read_file(file: Path) -> list[Pack]:
    try:
        text = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, ArithmeticError, OSError) as error:
        line = str(error).replace("\n", " ")
        raise PackError(f"{file.name}: cannot be read as YAML ({line})", "mend the file") from error
    except PackError as error:
        raise PackError(f"{file.name}: {error.what}", error.todo) from error
    if not isinstance(text, dict) or not isinstance(text.get("packs"), dict):
        raise PackError(
            f"{file.name}: no `packs:` mapping at its top", "see docs/howto/add-a-region.md"
        )
    return [_pack(file, str(pack_id), body) for pack_id, body in text["packs"].items()]


def _pack(file: Path, pack_id: str, body: object) -> Pack:
    if not isinstance(body, dict):
        raise PackError(
            f"{file.name}: pack {pack_id} is not a mapping", "see docs/howto/add-a-region.md"
        )
    regions = tuple(str(r) for r in body.get("regions") or ())
    if not regions and pack_id.isdigit():
        regions = (pack_id,)
    values = {
        str(key): tuple(_entry(file, pack_id, str(key), entry) for entry in entries or ())
        for key, entries in (body.get("values") or {}).items()
    }
    return Pack(pack_id, str(body.get("title") or pack_id), regions, values)


def _entry(file: Path, pack_id: str, key: str, entry: object) -> Entry:
    where = f"{file.name}: {pack_id} {key}"
    if not isinstance(entry, dict) or "value" not in entry:
        raise PackError(
            f"{where}: an entry lacks `value`", "write {value: …, from: …, to: …, source: …}"
        )
    start, end = _day(where, entry.get("from")), _day(where, entry.get("to"))
    value = entry["value"]
    known = PARAMETERS.get(key)
    if known is not None:
        value = _checked(where, known, value)
    return Entry(value, start, end, str(entry.get("source") or ""))


def _day(where: str, told: object) -> date | None:
    if told is None or type(told) is date:
        return told
    try:
        return date.fromisoformat(str(told))
    except ValueError as error:
        raise PackError(f"{where}: {told!r} is not a date", "write dates as 2026-01-31") from error


def _checked(where: str, parameter: Parameter, value: Any) -> Any:
    """The value in the type that its parameter declares."""
    wrong = PackError(
        f"{where}: {value!r} is not a {parameter.meaning.value} value",
        f"allowed: {', '.join(parameter.words)}"
        if parameter.words
        else "see docs/rules/parameters.md",
    )
    match parameter.meaning:
        case Meaning.FLAG:
            if not isinstance(value, bool):
                raise wrong
            return value
        case Meaning.WORD:
            if str(value) not in parameter.words:
                raise wrong
            return str(value)
        case Meaning.WORDS:
            if not isinstance(value, list):
                raise wrong
            return tuple(str(v) for v in value)
        case Meaning.TABLE:
            if not isinstance(value, dict):
                raise wrong
            return value
        case _:
            number = _number(value)
            if number is None or (parameter.meaning is Meaning.COUNT and number != int(number)):
                raise wrong
            places = -int(number.normalize().as_tuple().exponent)
            if places > (8 if parameter.meaning is Meaning.MONEY else 4):
                raise wrong
            return number


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
