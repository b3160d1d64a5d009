"""Who acts: a person who signed in or a system with a key, and the area and programmes that it may see."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from starlette.requests import Request  # noqa: TC002 - the framework reads the annotation of `acting`

from service.access.roles import GRANTS, Permission, Role

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Scope:
    """Regions (codes; each with all below it) and programmes that may be seen. `*` is everything, nothing is nothing."""

    regions: tuple[str, ...]
    programmes: tuple[str, ...] = (EVERYTHING,)

    def covers(self, region_code: str | None, programme: str | None = None) -> bool:
        """Whether a row of this region (and programme, where it has one) may be seen. A row without a region: with `*` only."""
        region = EVERYTHING in self.regions or (
            region_code is not None and region_code.startswith(self.regions)
        )
        return region and self.deals_with(programme)

    def deals_with(self, programme: str | None) -> bool:
        """Whether rows of this programme, or of none, may be seen."""
        return programme is None or EVERYTHING in self.programmes or programme in self.programmes

    def rows(self, *, region: str = "region_code", programme: str | None = None) -> pl.Expr:
        """The same as a filter of a frame: columns of the region and, where rows have one, of the programme."""
        kept = pl.lit(value=False)
        if EVERYTHING in self.regions:
            kept = pl.lit(value=True)
        else:
            for code in self.regions:
                kept = kept | pl.col(region).str.starts_with(code).fill_null(value=False)
        if programme is not None and EVERYTHING not in self.programmes:
            kept = kept & pl.col(programme).is_in(list(self.programmes)).fill_null(value=True)
        return kept


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or system that was let in. `account_id` is what logs and the casework store hold; `name` is for the screen.

    `session_id` is empty for a system with a key.
    """

    account_id: str
    name: str
    role: Role
    scope: Scope
    session_id: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the role holds the permission."""
        return permission in GRANTS[self.role]


def acting(request: Request) -> Actor:
    """The actor that the gate let in; a dependency of routes that are not public."""
    actor: Actor = request.state.actor
    return actor
