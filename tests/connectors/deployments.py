"""Deployments for tests: source.yaml texts of every transport, written below a folder. Region 99 does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AGREEMENT = """\
title: 测试来源
region: 990101
agreement:
  no: T-1
  purpose: 核对
  valid_from: 2026-01-01
  valid_to: 2026-12-31
  calls_per_minute: 60
cadence: {cron: "0 2 * * *", overdue_hours: 36}
"""
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3"
FILES = "datasets:\n  vehicle: {folder: out, pattern: 'CL_{as_of}_{part}.csv', ready: .ok}\n"
TABLES = "datasets:\n  income: {view: share.income, key: [id], changed: updated_at}\n"
PAGES = """\
datasets:
  income:
    path: /v1/income
    rows: data.items
    paging: {parameter: cursor, cursor: data.next}
    total: data.total
    parameters: {area: "990101"}
"""
TRANSPORTS = {
    "folder": "transport: {kind: folder, path: /srv/in}\n" + FILES,
    "sftp": f"transport: {{kind: sftp, host: files.example.cn, user: u, password: {{env: SFTP_PW}}, host_key: {HOST_KEY}}}\n"
    + FILES,
    "s3": "transport: {kind: s3, endpoint: 'https://s3.example.cn', bucket: b, access_key: {env: A}, secret_key: {mount: b}}\n"
    + FILES,
    "postgresql": "transport: {kind: postgresql, host: db.example.cn, database: d, user: u, password: {env: P}, tls: {}}\n"
    + TABLES,
    "mysql": "transport: {kind: mysql, host: 127.0.0.1, port: 3307, database: d, user: u}\n"
    + TABLES,
    "http": "transport: {kind: http, url: 'https://api.example.cn/share', auth: {kind: hmac, key_id: k, secret: {file: /etc/k}}}\n"
    + PAGES,
}
SOURCE_OF = {
    **dict.fromkeys(("folder", "sftp", "s3"), "public_security"),
    **dict.fromkeys(("postgresql", "mysql", "http"), "tax"),
}


def text_of(kind: str) -> str:
    return AGREEMENT + TRANSPORTS[kind]


def put_source(folder: Path, name: str, text: str) -> Path:
    """Write a source's folder and return it."""
    path = folder / name
    path.mkdir(parents=True, exist_ok=True)
    (path / "source.yaml").write_text(text, encoding="utf-8")
    return path


def line_with(text: str, part: str) -> int:
    """The number of the first line that holds a piece of text."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)
