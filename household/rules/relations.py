"""What documents say of two parameters together, checked along every chain of packs on every day on which something changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any

from household.rules.mistakes import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from household.rules.lookup import Entry, Packs

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between parameters.

    Attributes:
        keys: what it speaks of; it holds where one of them is missing. holds: values in that order -> whether they agree.
        what: what is wrong when they do not. law: the document that says so.
    """

    keys: tuple[str, ...]
    holds: Callable[..., bool]
    what: str
    law: str


def _within(rate: Decimal, allowed: tuple[Decimal, Decimal]) -> bool:
    return allowed[0] <= rate <= allowed[1]


def _equal(one: Decimal, other: Decimal) -> bool:
    return one == other


def _care(care: Decimal, share: Decimal, wage: Decimal) -> bool:
    return care >= share * wage


RELATIONS = (
    Relation(
        ("extra.rate", "extra.rate_range"),
        _within,
        "分类施保增发比例不在规定的范围之内",
        "关于进一步改革完善社会救助制度的实施意见",
    ),
    Relation(
        ("single_person.income_multiple", "edge.multiple"),
        _equal,
        "参照单人户的收入倍数与低保边缘家庭的收入倍数不一致",
        "关于进一步改革完善社会救助制度的实施意见",
    ),
    Relation(
        ("tekun.care_full", "tekun.full_care_min_wage_share", "wage.minimum"),
        _care,
        "特困全护理照料标准低于最低工资的规定比例",
        "关于进一步改革完善社会救助制度的实施意见",
    ),
)


def relation_mistakes(packs: Packs) -> Iterator[Mistake]:
    """Every relation that some chain breaks, and every region code to which two bound packs give one parameter at once."""
    yield from _same_region(packs)
    told: set[tuple[str, ...]] = set()
    for pack_id in packs.packs:
        chain = packs.chain_of(pack_id)
        for relation in RELATIONS:
            for mistake in _broken(packs, chain, relation):
                if (mistake.place, mistake.what) not in told:
                    told.add((mistake.place, mistake.what))
                    yield mistake


def _broken(packs: Packs, chain: tuple[str, ...], relation: Relation) -> Iterator[Mistake]:
    entries = [
        (key, pack_id, entry)
        for key in relation.keys
        for pack_id in chain
        for entry in packs.packs[pack_id].values.get(key, ())
    ]
    for day in changes(entry for _, _, entry in entries):
        found = [packs.find_in(key, chain, day) for key in relation.keys]
        values = [one.value for one in found if one is not None]
        if len(values) < len(relation.keys) or relation.holds(*values):
            continue
        near = min((one for one in found if one is not None), key=lambda f: chain.index(f.pack_id))
        key = relation.keys[found.index(near)]
        place = next(
            entry.place
            for name, pack_id, entry in entries
            if (name, pack_id) == (key, near.pack_id) and entry.holds(day)
        )
        said = "，".join(
            f"{name} 为 {_plain(value)}" for name, value in zip(relation.keys, values, strict=True)
        )
        since = "" if day == date.min else f"{day} 起"
        todo = f"依据{relation.law}，请更正其中之一"
        yield Mistake(place, f"{since}{relation.what}（{said}）", todo, near.pack_id, key)
        return


def changes(entries: Iterable[Entry]) -> list[date]:
    """The days on which what these entries say may change, the beginning of time first."""
    days = {date.min}
    for entry in entries:
        if entry.valid_from is not None:
            days.add(entry.valid_from)
        if entry.valid_to is not None and entry.valid_to < date.max:
            days.add(entry.valid_to + _ONE)
    return sorted(days)


def _same_region(packs: Packs) -> Iterator[Mistake]:
    for one, other in combinations(packs.packs.values(), 2):
        # a pack bound to the very code of another's id goes before it: that is an order, not a clash
        shared = sorted((set(one.regions) & set(other.regions)) - {one.pack_id, other.pack_id})
        for key in one.dated.keys() & other.dated.keys() if shared else ():
            clash = next(
                (
                    second
                    for first in one.dated[key]
                    for second in other.dated[key]
                    if any(
                        first.holds(day) and second.holds(day) for day in changes((first, second))
                    )
                ),
                None,
            )
            if clash is not None:
                what = f"与规则包 {one.pack_id} 绑定同一区划 {shared[0]}，又给出同一参数"
                yield Mistake(clash.place, what, "请只在一个规则包中给出", other.pack_id, key)


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return "～".join(format(one, "f") for one in value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
