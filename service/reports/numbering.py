"""The number and the check code of a report: both follow from what it says, so that the same report has the same ones anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.reports.contents import Contents


def contents_digest(contents: Contents) -> str:
    """SHA-256 of everything that the report says, hexadecimal."""
    told = json.dumps(asdict(contents), ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(b"hedui report 1\0" + told.encode()).hexdigest()


def report_no(contents: Contents, digest: str) -> str:
    """The number of a report: HD, the reference day, and twelve signs of its contents' digest."""
    return f"HD{contents.header.as_of:%Y%m%d}-{digest[:12].upper()}"


def check_code(digest: str) -> str:
    """Sixteen signs that follow from the contents and say nothing of them, in groups of four."""
    drawn = hashlib.sha256(b"hedui check code\0" + bytes.fromhex(digest)).digest()
    code = base64.b32encode(drawn[:10]).decode()
    return "-".join(code[at : at + 4] for at in range(0, 16, 4))
