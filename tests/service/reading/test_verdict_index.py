"""The index of verdicts answers as a plain look through the published tables would, whoever asks first and whatever is swapped."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.access.actor import Scope
from service.reading import index as indexing
from service.reading.index import ORDERS, Indexes, Wanted
from warehouse.current import CurrentTables, read_current
from warehouse.live import LiveWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served_counties import CountyFiles

ALL = Scope(("*",))
WANTED = st.builds(
    Wanted,
    region=st.sampled_from(["", "99", "990101", "990101105", "11"]),
    programmes=st.sampled_from([(), ("dibao",), ("tekun", "dibao"), ("none_such",)]),
    suggestions=st.sampled_from([(), ("eligible",), ("ineligible", "data_incomplete"), ("x",)]),
    requested=st.sampled_from([None, True, False]),
    certain=st.sampled_from([None, True, False]),
    failing=st.sampled_from(["", "cn.dibao.income", "none.such"]),
    alert=st.sampled_from(["", "B", "BR", "I", "Z"]),
    overdue=st.sampled_from([None, True, False]),
)
SCOPES = st.sampled_from(
    [ALL, Scope(()), Scope(("990101",), ("dibao", "unheard_of")), Scope(("990101105", "990102"))]
)


@pytest.fixture(scope="module")
def live(county: CountyFiles) -> Iterator[LiveWarehouse]:
    opened = LiveWarehouse(county.warehouse)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def plain(county: CountyFiles) -> pl.DataFrame:
    """Every verdict with what filters ask, worked out without the index."""

    def read(name: str) -> pl.DataFrame:
        return read_current(county.warehouse, name)

    roster = read("roster_person")
    alerts = read("alert").filter(pl.col("state") == "open")
    of_people = alerts.explode("person_refs").join(
        roster, left_on="person_refs", right_on="person_ref"
    )
    own = alerts.filter(pl.col("subject_kind") == "application")
    touched = pl.concat(
        [
            of_people.select("application_id", "alert_id", "severity"),
            own.select(pl.col("subject_id").alias("application_id"), "alert_id", "severity"),
        ]
    ).unique()
    overdue = read("deadline").filter(pl.col("state") == "overdue", pl.col("application_id") != "")
    failed = read("verdict_reason").filter(pl.col("outcome") == "fail")
    return (
        read("household_verdict")
        .join(
            touched.group_by("application_id").agg("severity"),
            on="application_id", how="left", maintain_order="left",
        )
        .join(
            failed.group_by("verdict_id").agg("rule_id"),
            on="verdict_id", how="left", maintain_order="left",
        )
        .with_columns(
            pl.col("application_id").is_in(overdue["application_id"].implode()).alias("overdue")
        )
    )  # fmt: skip


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wanted=WANTED, scope=SCOPES, order=st.sampled_from(sorted(ORDERS)))
def test_it_finds_what_a_plain_look_finds(live, plain, wanted, scope, order):
    with Indexes(live).reading() as (tables, index):
        found = index.positions(wanted, scope, tables=tables, order=order)
        ids = index.rows(found)["verdict_id"].to_list()
        whole = index.verdicts(tables, found)
    expected = [
        row["verdict_id"]
        for row in plain.iter_rows(named=True)
        if row["region_code"].startswith(wanted.region)
        and (not wanted.programmes or row["programme"] in wanted.programmes)
        and (not wanted.suggestions or row["suggestion"] in wanted.suggestions)
        and wanted.requested in (None, row["requested"])
        and wanted.certain in (None, row["certain"])
        and (not wanted.failing or wanted.failing in (row["rule_id"] or []))
        and (not wanted.alert or set(wanted.alert) & set(row["severity"] or []))
        and wanted.overdue in (None, row["overdue"])
        and scope.covers(row["region_code"], row["programme"])
        and ("*" in scope.programmes or row["requested"])
    ]
    assert sorted(ids) == sorted(expected)
    if order == "application":
        assert ids == expected
    assert whole["verdict_id"].to_list() == ids


def test_unknown_stands_last_and_the_rest_in_order(live):
    with Indexes(live).reading() as (tables, index):
        margins = index.rows(index.positions(Wanted(), ALL, tables=tables, order="margin"))
        oldest = index.rows(
            index.positions(Wanted(), ALL, tables=tables, order="oldest"),
            "deadlines",
            tables=tables,
        )
    known = margins["margin_ppm"].drop_nulls().abs()
    assert known.is_sorted()
    assert 0 < known.len() < margins.height
    assert margins["margin_ppm"][known.len() :].is_null().all()
    assert oldest["started_on"].drop_nulls().is_sorted()


def test_the_margin_is_exact(live, county):
    verdicts = read_current(county.warehouse, "household_verdict")
    with Indexes(live).reading() as (_, index):
        for row, margin in zip(
            verdicts.iter_rows(named=True), index.frame["margin_ppm"], strict=True
        ):
            income, limit = row["income_per_capita_month"], row["income_limit"]
            if income is None or not limit:
                assert margin is None
            else:
                exact = (limit - income) * 1_000_000 / limit
                assert 0 <= exact - margin < 1


def test_many_who_ask_first_build_it_once(live, monkeypatch):
    built = []
    base = indexing.base

    def counted(tables: CurrentTables) -> pl.DataFrame:
        built.append(1)
        return base(tables)

    monkeypatch.setattr(indexing, "base", counted)
    indexes, found = Indexes(live), []
    threads = [threading.Thread(target=lambda: found.append(indexes.warm())) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(built), len({id(one) for one in found})) == (1, 1)


def test_rows_that_are_elsewhere_in_the_file_are_found_all_the_same(live):
    with Indexes(live).reading() as (tables, index):
        index.frame = index.frame.with_columns((pl.col("row") + 1).alias("row"))
        page = index.positions(Wanted(), ALL, tables=tables)[3:9]
        assert index.verdicts(tables, page)["verdict_id"].to_list() == (
            index.frame["verdict_id"][3:9].to_list()
        )


def test_what_is_kept_for_the_next_is_bounded(live, monkeypatch):
    monkeypatch.setattr(indexing, "KEPT_BYTES", 2000)
    with Indexes(live).reading() as (tables, index):
        whole = index.positions(Wanted(), ALL, tables=tables).estimated_size()
        base_bytes = index.bytes - whole
        for day in range(30):
            wanted = Wanted(started_by=dt.date(2026, 1, 1) + dt.timedelta(day * 5))
            index.positions(wanted, ALL, tables=tables)
        kept = index.bytes - base_bytes - index.part("deadlines", tables).estimated_size()
    assert kept <= max(2000, whole)
