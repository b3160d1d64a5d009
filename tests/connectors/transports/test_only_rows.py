"""A view that holds several counties' rows, in Debian's PostgreSQL and MariaDB: counts, days, marks and pages are of ours alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import mysql_jg as my
import postgresql_jg as pg
import pytest
from table_sources import VEHICLE_VIEW, taken

from connectors.errors import SourceRefused
from connectors.pulling.landed import mapping_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connectors.sources.declaration import TableDataset

ODD = "O'Brien\\ %s"


@pytest.fixture(params=["postgresql", "mysql"])
def there(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any, Callable[..., Any]]]:
    """The dialect's helpers, their side with empty tables, and what opens ours."""
    helpers = {"postgresql": pg, "mysql": my}[request.param]
    server = request.getfixturevalue(f"{request.param}_jg")
    with helpers.emptied(server) as owner:
        yield helpers, owner, helpers.opener(server)


def settlements(kind: Any, **said: Any) -> TableDataset:
    return kind.SETTLEMENT.model_copy(update=said)  # type: ignore[no-any-return]


def only(kind: Any, **columns: str) -> TableDataset:
    return settlements(kind, only=columns)


def read(opened: Callable[..., Any], spec: TableDataset, tmp_path: Path, **said: Any) -> Any:
    transport = opened("medical_insurance", rows_per_page=2)
    return taken(transport, spec, tmp_path / "a.parquet", subject="settlement", **said)


def test_days_and_pages_are_of_our_rows(there, tmp_path):
    kind, owner, opened = there
    for number in range(100, 105):
        kind.settled(owner, number, xh=7, tjr="2026-05-01")
    for number in (103_000, 99, 500):
        kind.settled(owner, number, xh=8, tjr="2026-04-01")
    spec = settlements(kind, only={"xh": "7"}, as_of="tjr")
    offer, fetched, rows = read(opened, spec, tmp_path)
    assert offer.as_of == date(2026, 5, 1), "the others' day would have been another"
    assert (fetched.rows, fetched.said_rows) == (5, 5)
    assert sorted(rows["settlement_no"]) == [str(n) for n in range(100, 105)]
    both = spec.model_copy(update={"only": {"xh": "7", "settlement_no": "102"}})
    assert read(opened, both, tmp_path)[2]["settlement_no"].to_list() == ["102"]


def test_the_mark_is_of_our_rows(there, tmp_path):
    kind, owner, opened = there
    kind.settled(owner, 1, xh=7, gxsj="2026-05-01 10:00:00")
    kind.settled(owner, 2, xh=8, gxsj="2026-05-02 10:00:00")
    spec = settlements(kind, only={"xh": "7"}, changed="gxsj")
    _, fetched, _ = read(opened, spec, tmp_path)
    assert str(fetched.mark["changed"]).startswith("2026-05-01 10:00:00")
    before = {spec.view: fetched.mark}
    kind.settled(owner, 3, xh=8, gxsj="2026-05-03 10:00:00")
    assert read(opened, spec, tmp_path, before=before) is None, "what others change is no news"
    kind.settled(owner, 4, xh=7, gxsj="2026-05-03 10:00:00")
    again = read(opened, spec, tmp_path, before=before)[2]["settlement_no"].to_list()
    assert again == ["1", "4"], "since a while before the mark, and never 2 or 3"


def test_a_value_is_never_part_of_the_statement(there, tmp_path):
    kind, owner, opened = there
    for number, name in enumerate((ODD, "x' OR 'a'='a", "张三")):
        kind.settled(owner, number, name=name)
    rows = read(opened, only(kind, name=ODD), tmp_path)[2]
    assert rows["name"].to_list() == [ODD]
    assert read(opened, only(kind, name="' OR ''='"), tmp_path)[1].rows == 0


@pytest.mark.parametrize("value", ["七", "7 OR 1=1"])
def test_a_value_of_another_kind_is_refused(there, tmp_path, value):
    kind, owner, opened = there
    kind.settled(owner, 1, xh=7)
    with pytest.raises(SourceRefused, match="only") as caught:
        read(opened, only(kind, xh=value), tmp_path)
    assert value not in str(caught.value)


def test_a_column_that_is_not_there_is_told(there, tmp_path):
    kind, _, opened = there
    with pytest.raises(SourceRefused, match="没有列 xzqh"):
        read(opened, only(kind, xzqh="990101"), tmp_path)


def test_other_rows_are_another_agreement_about_the_data():
    ours = VEHICLE_VIEW.model_copy(update={"only": {"xzqh": "990101"}})
    assert mapping_digest(ours) != mapping_digest(VEHICLE_VIEW)
