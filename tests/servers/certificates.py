"""Certificates of a day for servers on loopback: good, expired, for another name; and the authority that signed them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path

EXPIRED = datetime.now(UTC) - timedelta(days=2)


class Authority:
    """An authority, and its certificate in a file."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._ca = trustme.CA()
        self._folder = folder
        self.pem = folder / f"{name}.pem"
        self._ca.cert_pem.write_to_path(self.pem)

    def issue(self, name: str, *hosts: str, not_after: datetime | None = None) -> tuple[Path, Path]:
        """Certificate and key for these hosts, in files of that name."""
        made = self._ca.issue_cert(*hosts, not_after=not_after)
        certificate, key = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        key.write_bytes(made.private_key_pem.bytes())
        return certificate, key
