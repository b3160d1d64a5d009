"""What a service is told when it starts. Read at the edge (`command/serve.py`); nothing here reads the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How a service behaves.

    Attributes:
        inbox: where what is submitted lands, and what runs take in; None: nothing can be submitted and no run started.
        packs, region, sources: handed to runs as they are. person_key: secret of the person references, handed to runs.
        behind_tls: cookies are sent over TLS only. trusted_proxies: addresses whose X-Forwarded-For is believed.
        session_minutes: idle time after which a session ends. session_hours: its longest life.
        requests_a_minute: of one account or key. upload_bytes: largest body.
        dagster_url: where Dagster's read-only pages are, for links. docs_folder: Great Expectations Data Docs.
        demonstration: made-up people only; every page says so.

    """

    inbox: Path | None = None
    packs: Path | None = None
    region: str | None = None
    sources: Path | None = None
    person_key: bytes | None = field(default=None, repr=False)
    behind_tls: bool = False
    trusted_proxies: tuple[str, ...] = ()
    session_minutes: int = 30
    session_hours: int = 10
    requests_a_minute: int = 600
    upload_bytes: int = 16 * MEBIBYTE
    dagster_url: str | None = None
    docs_folder: Path | None = None
    demonstration: bool = False
