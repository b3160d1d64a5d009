"""Dated parameters: longest region prefix first, then its parents, then `cn`; the entry that holds the date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path


def read_packs(*files: Path) -> dict[str, Any]:
    """The packs of several documents; a pack given again under the same id replaces the earlier one."""
    packs: dict[str, Any] = {}
    for file in files:
        document = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        for name, pack in (document.get("packs") or {}).items():
            packs[str(name)] = pack
    return packs


def chain(packs: dict[str, Any], region: str) -> list[str]:
    """The packs that apply to a region, the nearest first."""
    found = []
    for name, pack in packs.items():
        if name == "cn":
            continue
        prefixes = [str(r) for r in pack.get("regions") or []] or ([name] if name.isdigit() else [])
        found += [(len(prefix), name) for prefix in prefixes if region.startswith(prefix)]
    nearest_first = [name for _, name in sorted(found, reverse=True)]
    return nearest_first + (["cn"] if "cn" in packs else [])


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def parameter(packs: dict[str, Any], key: str, *, region: str, on: date) -> Any:
    """The value in force on a day, or None when it is missing."""
    for name in chain(packs, region):
        for entry in (packs[name].get("values") or {}).get(key) or []:
            start, end = _day(entry.get("from")), _day(entry.get("to"))
            if (start is None or start <= on) and (end is None or on <= end):
                return entry["value"]
    return None
