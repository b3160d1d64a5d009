"""An area in one word, by which a cursor and a webhook notice that what they may be told was changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.access.actor import Scope


def area_word(scope: Scope) -> str:
    """A digest of an area: the same for the same regions and programmes in whatever order."""
    told = (sorted(set(scope.regions)), sorted(set(scope.programmes)))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
