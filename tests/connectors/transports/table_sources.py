"""Sources over databases as tests need them: a made-up agreement, their views, and what is read of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
from file_sources import PlainCaller, outside

from connectors.sources.declaration import (
    Agreement,
    Cadence,
    Limits,
    Mysql,
    Postgresql,
    SecretRef,
    Source,
    TableDataset,
)

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.transports.tables import TableTransport
    from connectors.transports.transport import Fetched, Mark, Offer

PASSWORD = "correct horse battery staple"
VEHICLES = {
    "hphm": "plate_no",
    "hpzl": "plate_type",
    "sfzmhm": "owner_id_no",
    "syr": "owner_name",
    "zt": "status",
    "pgjz": "value",
}
"""Columns of a vehicle system, as such systems name them."""
VEHICLE_VIEW = TableDataset(
    view="jg.v_vehicle", key=("hphm", "hpzl", "sfzmhm"), fields=VEHICLES, absent=("use", "model")
)


def source_of(transport: Postgresql | Mysql, department: str, **limits: Any) -> Source:
    return Source(
        name=department,
        title="测试来源",
        region="990101",
        agreement=Agreement(no="测试-1", purpose="核对", valid_from=date(2026, 1, 1)),
        cadence=Cadence(cron="0 3 * * *", overdue_hours=48),
        limits=Limits(**{"rows_per_page": 3, "timeout_seconds": 60, **limits}),
        transport=transport,
    )


def transport_of(
    kind: type[TableTransport],
    spec: Postgresql | Mysql,
    *,
    department: str = "public_security",
    attempts: int = 1,
    **limits: Any,
) -> TableTransport:
    return kind(source_of(spec, department, **limits), outside(PW=PASSWORD), PlainCaller(attempts))


def login(**changes: Any) -> dict[str, Any]:
    """The part of a declaration that both dialects have."""
    said = {"host": "127.0.0.1", "database": "jg", "user": "reader"}
    return {**said, "password": SecretRef(env="PW"), **changes}


def taken(
    transport: TableTransport,
    spec: TableDataset,
    target: Path,
    *,
    subject: str = "vehicle",
    before: dict[str, Mark] | None = None,
) -> tuple[Offer, Fetched, pl.DataFrame] | None:
    """What one pull of a view takes; None where nothing is offered."""
    with transport:
        offers = list(transport.offers(subject, spec, before or {}))
        if not offers:
            return None
        fetched = transport.fetch(offers[0], spec, target)
    return offers[0], fetched, pl.read_parquet(target)
