"""What the parts of one running service share. Made once at the edge, handed to `create_app`, never global."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.settings import ServiceSettings

if TYPE_CHECKING:
    from casework.audit.log import AuditLog
    from casework.store import CaseworkStore
    from service.outside import Outside
    from warehouse.live import LiveWarehouse


@dataclass(frozen=True)
class Deployment:
    """One service: the warehouse that it reads, the store that it writes, the log that sees every look, clock and chance."""

    warehouse: LiveWarehouse
    casework: CaseworkStore
    audit: AuditLog
    outside: Outside
    settings: ServiceSettings = field(default_factory=ServiceSettings)
