"""What was last declared of a source, kept beside its log: so that a run can tell who is overdue without being given the deployment.

Written whenever a source is pulled or asked. No secret, address or account stands in it.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from connectors.errors import ConnectorError
from connectors.pulling.pull_log import exchange_folder
from connectors.store import EXCHANGE, write_whole
from household.exchange import SOURCES_SCHEMA
from household.inquiries.log import INSTITUTION_SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.sources.declaration import Source
    from connectors.store import Store

_FILE = "declared.json"


def declare(store: Store, source: Source, institutions: pl.DataFrame | None = None) -> None:
    """Keep what is declared of a source, when it differs from what is kept.

    Args:
        store: the working store. source: as read. institutions: INSTITUTION_SCHEMA of those it asks; None keeps what is kept.

    Raises:
        ConnectorError: the disk cannot be written.

    """
    target = exchange_folder(store, source.name) / _FILE
    kept = _kept(target) if target.exists() else {}
    asked = kept.get("institutions", []) if institutions is None else institutions.rows()
    said = {"source": source_row(source), "institutions": [list(row) for row in asked]}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=date.isoformat)
    if text != json.dumps(kept, ensure_ascii=False, sort_keys=True):
        write_whole(target, lambda path: _write(path, text))


def read_declared(store: Store) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every source that was ever pulled or asked (SOURCES_SCHEMA), and their institutions (INSTITUTION_SCHEMA), by name. Raises ConnectorError."""
    sources: list[dict[str, Any]] = []
    institutions: list[list[Any]] = []
    for file in sorted((store.root / EXCHANGE).glob(f"*/{_FILE}")):
        said = _kept(file)
        row = dict(said["source"])
        for name in ("agreement_from", "agreement_to"):
            row[name] = date.fromisoformat(row[name]) if row[name] else None
        sources.append(row)
        institutions += said["institutions"]
    return (
        pl.DataFrame(sources, schema=SOURCES_SCHEMA),
        pl.DataFrame(institutions, schema=INSTITUTION_SCHEMA, orient="row"),
    )


def source_row(source: Source) -> dict[str, Any]:
    """What is declared of a source, as a row of SOURCES_SCHEMA."""
    return {
        "source": source.name,
        "title": source.title,
        "region": source.region,
        "transport": source.transport.kind,
        "cron": source.cadence.cron,
        "overdue_hours": source.cadence.overdue_hours,
        "agreement_no": source.agreement.no,
        "agreement_from": source.agreement.valid_from,
        "agreement_to": source.agreement.valid_to,
        "breaker_failures": source.limits.breaker_failures,
        "datasets": [f"{source.department}.{subject}" for subject in source.datasets],
    }


def _kept(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(said, dict):
            return said
    except (OSError, ValueError):
        pass
    raise ConnectorError(
        f"来源 {file.parent.name} 的登记 {file.name} 损坏", "请删除该文件，下次取数时会重新写入"
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
