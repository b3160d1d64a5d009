"""Which role or area is more than another: what one administrator may do alone, and what takes two people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.access.actor import EVERYTHING, Scope
from service.access.roles import GRANTS, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casework.accounts import Account

PLAIN = (Role.ANALYST, Role.DATA_STEWARD, Role.SERVICE)
"""Roles that an account may begin with by one administrator's word, as long as it sees nothing."""


def raises(former: str, role: str) -> bool:
    """Whether a role may anything that the former one may not."""
    return not GRANTS[Role(role)] <= GRANTS[Role(former)]


def widens(former: Scope, scope: Scope) -> bool:
    """Whether an area or the programmes hold anything that the former ones do not."""
    return not (
        _all_within(scope.regions, former) and _no_more(scope.programmes, former.programmes)
    )


def within(scope: Scope, account: Account, payload: Mapping[str, object]) -> bool:
    """Whether all that an account may see, or is to see by a proposal, lies within the area of a supervisor."""
    regions = [*account.regions, *_texts(payload.get("regions"))]
    programmes = [*account.programmes, *_texts(payload.get("programmes"))]
    return _all_within(regions, scope) and _no_more(programmes, scope.programmes)


def _all_within(regions: Iterable[str], scope: Scope) -> bool:
    return all(Scope(scope.regions).covers(code) for code in regions)


def _no_more(programmes: Iterable[str], former: Iterable[str]) -> bool:
    held = set(former)
    return EVERYTHING in held or set(programmes) <= held


def _texts(found: object) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else []
