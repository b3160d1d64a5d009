"""Which route will answer, found before anything of it runs. A request that no route of this list takes never reaches the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Match

from service.access.policy import Policy, policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.routing import BaseRoute
    from starlette.types import Scope


@dataclass(frozen=True, slots=True)
class Found:
    """The route that takes a request.

    Attributes:
        policy: None where it has none, which closes it. parameters: of its path. path: its pattern, for the log.
        allowed: methods that the path knows, where it does not know this one; empty where it does.

    """

    policy: Policy | None
    parameters: Mapping[str, Any]
    path: str
    allowed: tuple[str, ...] = ()


class Routes:
    """The routes of an application, those of included routers one by one with their whole paths.

    They are listed again when one is added to the application; one that is added unseen is not found, and so closed.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes
        self._listed: tuple[int, tuple[RouteContext, ...]] = (-1, ())

    def find(self, scope: Scope) -> Found | None:
        """The first route that takes the request, as the router itself chooses; None where there is none."""
        allowed: set[str] = set()
        path = ""
        for route in self._all():
            match, child = route.matches(scope)
            if match is Match.FULL:
                policy = policy_of(route.endpoint) or policy_of(route.original_route)
                pattern = str(route.path_format or route.path)
                return Found(policy, child.get("path_params", {}), pattern)
            if match is Match.PARTIAL:
                allowed |= route.methods or set()
                path = path or str(route.path_format)
        return Found(None, {}, path, tuple(sorted(allowed))) if allowed else None

    def _all(self) -> tuple[RouteContext, ...]:
        count = len(self._routes)
        if self._listed[0] != count:
            self._listed = (count, tuple(iter_route_contexts(self._routes)))
        return self._listed[1]
