"""What a service is told when it starts. Read at the edge (`command/serve.py`); nothing here reads the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from service.access.oidc import OidcClient

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How a service behaves.

    Attributes:
        inbox: where what is submitted lands, and what runs take in; None: nothing can be submitted and no run started.
        packs, region, sources: handed to runs as they are. person_key: secret of the person references, handed to runs.
        behind_tls: cookies are sent over TLS only. trusted_proxies: addresses whose X-Forwarded-For is believed.
        session_minutes: idle time after which a session ends. session_hours: its longest life.
        second_factor: whoever signs in with a password needs one-time codes too.
        requests_a_minute: of one account or key. upload_bytes: largest body.
        dagster_url: where Dagster's read-only pages are, for links. docs_folder: Great Expectations Data Docs.
        audit_anchor: folder outside where the head of the audit log is written down. audit_digest: sha256 or sm3.
        seal_key: private key that reports are sealed with; None: one beside the warehouse. fonts: folder of fonts for reports.
        oidc: what this service is to an identity provider; None: people sign in here only.
        webhook_hosts: origins (`https://host[:port]`) that webhooks may go to; none: nowhere.
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
    second_factor: bool = False
    requests_a_minute: int = 600
    upload_bytes: int = 16 * MEBIBYTE
    dagster_url: str | None = None
    docs_folder: Path | None = None
    audit_anchor: Path | None = None
    audit_digest: str = "sha256"
    seal_key: Path | None = None
    fonts: Path | None = None
    oidc: OidcClient | None = None
    webhook_hosts: tuple[str, ...] = ()
    demonstration: bool = False
