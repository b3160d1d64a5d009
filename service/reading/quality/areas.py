"""An actor's area as the fixed statements of the warehouse take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.access.actor import EVERYTHING

if TYPE_CHECKING:
    from service.access.actor import Scope


def area(scope: Scope) -> dict[str, object]:
    """The values `$everything` and `$regions`."""
    return {"everything": EVERYTHING in scope.regions, "regions": list(scope.regions)}


def serves(scope: Scope, region_code: str | None) -> bool:
    """Whether an extract of this region tells the actor something: it is of the area, holds it, or names no region."""
    if region_code is None or scope.covers(region_code):
        return True
    return any(code.startswith(region_code) for code in scope.regions)
