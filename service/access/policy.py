"""What a route says about who may use it: a mark on its endpoint that the gate reads. No mark, no entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from service.access.roles import Permission

Endpoint = TypeVar("Endpoint", bound="Callable[..., Any]")
_MARK = "__hedui_policy__"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may use a route, and how the audit log calls it.

    Attributes:
        permission: what the actor must hold; None: the public may (sign-in page, style sheets, health).
        action: the word of the audit log, like `household.read`. Empty: not written down, because nothing of a person is shown.
        subject: kind of the subject and the path parameter that names it, like ("application", "application_id").

    """

    permission: Permission | None
    action: str = ""
    subject: tuple[str, str] | None = None


def permits(
    permission: Permission, action: str = "", *, subject: tuple[str, str] | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint: whoever holds `permission` may use it. Stands below the router's own decorator, next to the function."""
    return _mark(Policy(permission, action, subject))


def public(action: str = "") -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint that anybody may use; nothing of a person is ever behind it."""
    return _mark(Policy(None, action))


def policy_of(endpoint: object) -> Policy | None:
    """The mark of an endpoint; None where there is none, which closes it."""
    found = getattr(endpoint, _MARK, None)
    return found if isinstance(found, Policy) else None


def _mark(policy: Policy) -> Callable[[Endpoint], Endpoint]:
    def marked(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, policy)
        return endpoint

    return marked
