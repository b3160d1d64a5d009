"""A page of the dashboard looked at for one region or programme: the actor's own area, made narrower, never wider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from household.rules.programmes import PROGRAMMES
from service.access.actor import EVERYTHING, Actor, Scope, acting


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, at what. `region`, `programme`: as asked for, empty for all; `scope`: what of it is the actor's."""

    actor: Actor
    region: str
    programme: str
    scope: Scope

    @property
    def query(self) -> str:
        """What an address adds to show the same; empty where nothing is narrowed."""
        told = {"region": self.region, "programme": self.programme}
        return urlencode({name: value for name, value in told.items() if value})


def viewing(
    actor: Annotated[Actor, Depends(acting)],
    region: Annotated[str, Query(pattern=r"^\d{0,12}$")] = "",
    programme: Annotated[str, Query(pattern=r"^[a-z_]{0,30}$")] = "",
) -> View:
    """The actor's area within a region (a code, with all below it) and a programme; a dependency of pages."""
    known = programme if programme in PROGRAMMES else ""
    return View(actor, region, known, narrowed(actor.scope, region, known))


def narrowed(scope: Scope, region: str, programme: str) -> Scope:
    """What two areas have in common. Nothing in common is an area that holds nothing."""
    regions, programmes = scope.regions, scope.programmes
    if region:
        within = tuple(code for code in regions if code.startswith(region))
        regions = (region,) if scope.covers(region) else within
    if programme:
        held = EVERYTHING in programmes or programme in programmes
        programmes = (programme,) if held else ()
    return Scope(regions, programmes)
