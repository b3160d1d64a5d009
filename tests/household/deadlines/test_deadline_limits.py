"""A clock runs as long as the nearest pack said on the day of the event, and carries that pack's citation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from household.deadlines.limits import with_limits
from household.rules.packs import Entry, Pack, Packs

KEY, OTHER = "deadline.whole_wd", "temp.file_wd"


def entry(value: int, source: str, start: date | None = None, end: date | None = None) -> Entry:
    return Entry(Decimal(value), start, end, source)


PACKS = Packs(
    {
        "cn": Pack("cn", "全国", (), {KEY: (entry(30, "国家文件"),)}),
        "99": Pack(
            "99",
            "某省",
            ("99",),
            {KEY: (entry(25, "省文件", date(2026, 1, 1), date(2026, 3, 31)),)},
        ),
        "9901": Pack(
            "9901", "某市", ("9901",), {OTHER: (entry(5, "市文件", end=date(2025, 12, 31)),)}
        ),
    }
)


def looked_up(*rows: tuple[str, date | None, str | None]) -> list[tuple[object, ...]]:
    schema = {"region_code": pl.String(), "read_on": pl.Date(), "key": pl.String()}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("place")
    found = with_limits(frame, PACKS, key="key")
    assert found["place"].to_list() == list(range(len(rows))), "the order of the rows is kept"
    return found.select("limit_n", "pack_id", "source").rows()


def test_the_nearest_pack_on_the_day() -> None:
    country, province = (30, "cn", "国家文件"), (25, "99", "省文件")
    found = looked_up(
        ("990101001", date(2026, 4, 1), KEY),
        ("990101001", date(2026, 3, 31), KEY),
        ("990101001", date(2026, 1, 1), KEY),
        ("990101001", date(2025, 12, 31), KEY),
        ("880101001", date(2026, 2, 1), KEY),
    )
    assert found == [country, province, province, country, country]


def test_a_value_that_ended_is_missing_and_not_carried_on() -> None:
    found = looked_up(
        ("990101", date(2025, 12, 31), OTHER),
        ("990101", date(2026, 1, 1), OTHER),
        ("990201", date(2025, 1, 1), OTHER),
    )
    assert found == [(5, "9901", "市文件"), (None,) * 3, (None,) * 3]


def test_what_is_not_asked_for_has_no_limit() -> None:
    assert looked_up(("990101", date(2026, 2, 1), None)) == [(None,) * 3]
    assert looked_up(("990101", None, KEY)) == [(None,) * 3]
    assert looked_up() == []


def test_it_says_what_the_packs_say_on_every_day() -> None:
    """The periods against one look-up a day."""
    days = pl.date_range(date(2025, 12, 1), date(2026, 4, 30), eager=True).to_list()
    asked = [
        (region, day, key)
        for region in ("990101", "980101")
        for day in days
        for key in (KEY, OTHER)
    ]
    for (region, day, key), row in zip(asked, looked_up(*asked), strict=True):
        found = PACKS.find(key, region, day)
        assert row == ((None,) * 3 if found is None else (found.value, found.pack_id, found.source))
