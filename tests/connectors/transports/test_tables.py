"""What both dialects of a database do alike, over a snapshot that is made up: names, limits, marks, and a view that does not keep still."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from file_sources import PlainCaller, outside
from table_sources import VEHICLE_VIEW, login, source_of, taken

from connectors.errors import SourceLied, SourceRefused
from connectors.sources.declaration import Mysql
from connectors.transports.tables import Column, TableTransport, _day, view_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.transports.tables import Growth

_NAMES = ("hphm", "hpzl", "sfzmhm", "syr", "zt", "pgjz", "gxsj")


@dataclass
class MadeUp:
    """A snapshot of so many plates; `said` rows where it counts otherwise. `asked`: the marks from which it was asked to read."""

    plates: list[str]
    said: int | None = None
    asked: list[str | None] = field(default_factory=list)
    growth: Growth = "number"
    newest_of_all: str = "7"

    def columns(self, _: tuple[str, ...]) -> tuple[Column, ...]:
        return tuple(
            Column(name, "text", self.growth if name == "gxsj" else None) for name in _NAMES
        )

    def count(self, reading: Any) -> int:
        self.asked.append(reading.since)
        return len(self.plates) if self.said is None else self.said

    def newest(self, _: Any) -> str:
        return self.newest_of_all

    def clock(self) -> datetime:
        return datetime(2026, 5, 6, tzinfo=UTC)

    def page(self, _: Any, after: tuple[str, ...] | None, rows: int) -> pa.Table:
        left = [p for p in self.plates if after is None or p > after[0]][:rows]
        return pa.table({name: pa.array(left, pa.string()) for name in _NAMES})


class MadeUpTransport(TableTransport):
    """Reads that snapshot."""

    def __init__(self, snapshot: MadeUp, **limits: Any) -> None:
        spec = Mysql(kind="mysql", **login())
        super().__init__(source_of(spec, "public_security", **limits), outside(), PlainCaller())
        self.snapshot = snapshot

    @contextmanager
    def _snapshot(self) -> Iterator[Any]:
        yield self.snapshot


@pytest.mark.parametrize("view", ["jg.v_vehicle", "v_vehicle", "交管.机动车_视图", "a$1.b#2"])
def test_names_of_views(view):
    assert ".".join(view_names(view)) == view


@pytest.mark.parametrize(
    "view", ["", ".", "a.", ".a", "a.b.c", "1a", "a b", 'a"', "a`", "a;b", "a'", "a\n", "a%s", "a-b", "a\u200b", "x" * 64]
)  # fmt: skip
def test_what_is_no_name_of_a_view(view):
    with pytest.raises(SourceRefused, match=r"不是“模式[.]视图”形式的名称"):
        view_names(view)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-30", date(2026, 4, 30)),
        ("20260430", date(2026, 4, 30)),
        ("2026-04-30 23:59:59.9+08", date(2026, 4, 30)),
        (" 2026-04-30 ", date(2026, 4, 30)),
        ("2026-02-30", None),
        ("0000-00-00", None),
        ("２０２６０４３０", None),
        ("infinity", None),
        ("202604", None),
        (None, None),
    ],
)
def test_the_day_of_a_text(text, day):
    assert _day(text) == day


@pytest.mark.parametrize("said", [4, 6])
def test_a_view_that_gives_other_rows_than_it_counts_leaves_nothing(tmp_path, said):
    transport = MadeUpTransport(MadeUp(list("abcde"), said=said))
    with pytest.raises(SourceLied, match=f"计数 {said} 行，按键翻页取得 [56] 行"):
        taken(transport, VEHICLE_VIEW, tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_more_bytes_than_the_limit_leave_nothing(tmp_path):
    plates = [f"{n:030d}" for n in range(20)]
    taken(MadeUpTransport(MadeUp(plates)), VEHICLE_VIEW, tmp_path / "a.parquet")
    (tmp_path / "a.parquet").unlink()
    with pytest.raises(SourceRefused, match="超过限额 2000 字节"):
        taken(
            MadeUpTransport(MadeUp(plates), bytes_most=2000), VEHICLE_VIEW, tmp_path / "a.parquet"
        )
    assert list(tmp_path.iterdir()) == []


def test_pages_that_the_limit_does_not_allow_are_not_begun(tmp_path):
    with pytest.raises(SourceRefused, match="有 7 行，超过限额 6 行"):
        taken(
            MadeUpTransport(MadeUp(list("abcdefg")), pages_most=2),
            VEHICLE_VIEW,
            tmp_path / "a.parquet",
        )


def test_a_mark_of_another_column_is_not_read_from(tmp_path):
    spec = VEHICLE_VIEW.model_copy(update={"changed": "gxsj"})
    for by, since in (("gxsj", "5"), ("other", None)):
        snapshot = MadeUp(list("abc"))
        mark = {"by": by, "changed": "5", "within": 3}
        offer, fetched, _ = taken(
            MadeUpTransport(snapshot), spec, tmp_path / "a.parquet", before={"jg.v_vehicle": mark}
        )
        assert offer.mark["since"] == since
        assert since in snapshot.asked
        assert fetched.mark == {"by": "gxsj", "changed": "7", "within": 3}


def test_what_was_read_to_its_end_is_not_offered_again():
    spec = VEHICLE_VIEW.model_copy(update={"changed": "gxsj"})
    mark = {"by": "gxsj", "changed": "7", "within": 3}
    transport = MadeUpTransport(MadeUp(list("abc")))
    assert not list(transport.offers("vehicle", spec, {"jg.v_vehicle": mark}))
    assert list(transport.offers("vehicle", spec, {"jg.v_vehicle": {**mark, "within": 2}}))


def test_a_day_of_change_that_was_not_over_when_it_was_read_is_read_again(tmp_path):
    spec = VEHICLE_VIEW.model_copy(update={"changed": "gxsj"})
    today = outside().today
    for newest, again in ((today, True), (today - timedelta(days=1), False)):
        snapshot = MadeUp(list("abc"), growth="day", newest_of_all=newest.isoformat())
        transport = MadeUpTransport(snapshot)
        _, fetched, _ = taken(transport, spec, tmp_path / "a.parquet")
        # a row that is corrected on the very day moves neither the newest day nor the count of its rows
        offers = list(transport.offers("vehicle", spec, {"jg.v_vehicle": fetched.mark}))
        assert [offer.mark["since"] for offer in offers] == [newest.isoformat()] * again
