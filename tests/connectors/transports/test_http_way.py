"""The whole way of one interface: pulled, landed, taken in by the same intake as any file; the next day, and the day it lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl
from http_cases import NUMBER, World, pages, source
from inbox_files import intake
from servers.http_pages import http_server

from connectors.outside import SHANGHAI
from connectors.pulling.pull import pull_from
from connectors.store import open_store
from connectors.transports.opening import open_transport

if TYPE_CHECKING:
    from pathlib import Path

SPEC = pages(
    fields={"cert_no": "title_no", "unit": "unit_no", "holder_no": "owner_id_no", "holder": "owner_name",
            "kind": "use", "size": "area", "state": "status"},
    codes={"use": {"01": "住宅"}, "status": {"1": "现势"}},
    absent=["share", "hazard_grade", "address", "registered_on"],
)  # fmt: skip


def house(number: int, area: str = "89.50") -> str:
    return (
        f'{{"cert_no":45000000000000000{number},"unit":"0{number}","holder_no":"{NUMBER}","holder":"甲",'
        f'"kind":"01","size":{area},"state":"1"}}'
    )


def test_from_pages_to_rows(tmp_path: Path) -> None:
    store, inbox = open_store(tmp_path / "store"), tmp_path / "inbox"
    outside = replace(World().outside(), now=lambda: datetime.now(SHANGHAI))
    with http_server() as interface:
        interface.wants, interface.etag, interface.page_size = "hmac", '"v1"', 2
        interface.rows = [house(n) for n in range(5)]
        plain = source(interface.url, wants="hmac", attempts=2, backoff_seconds=0)
        ours = plain.model_copy(update={"datasets": {"real_estate": SPEC}})

        def pulled() -> list[tuple[str, int | None, str]]:
            events = pull_from(ours, store, inbox, outside, opening=open_transport)
            return [(e.outcome, e.rows, e.message) for e in events]

        assert pulled() == [("taken", 5, "")]
        assert pulled() == [("nothing", None, "")]
        interface.etag = '"v2"'
        assert pulled() == [("unchanged", 5, "")]
        interface.etag, interface.always = '"v3"', "html"
        [(outcome, _, message)] = pulled()
        assert outcome == "lied"
        assert "返回的是网页" in message
        interface.always, interface.rows[0] = "", house(0, "90.00")
        assert pulled() == [("taken", 5, "")]
    taken, _ = intake(inbox, store)
    [arrival] = taken.fresh
    assert (arrival.rows_in, arrival.rows_read) == (5, 5)
    rows = pl.concat([pl.read_parquet(p) for p in (store.root / "rows").rglob("*.parquet")])
    assert sorted(rows["title_no"]) == [f"45000000000000000{n}" for n in range(5)]
    assert rows["unit_no"].to_list() == ["00", "01", "02", "03", "04"]
    assert [str(a) for a in rows["area"]][:2] == ["90.000000", "89.500000"]
    assert rows["use"].unique().to_list() == ["住宅"]
