"""The life of an alert from run to run."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from household.alerts.life.history import carry_over
from household.alerts.raised import RAISED
from household.schema.published.alerts import ALERT

FIRST, SECOND, THIRD = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def raised(
    facts: str | None = "a", *, code: str = "D02", amount: int | None = 1234_500_000
) -> pl.DataFrame:
    schema = RAISED | {"person_refs": pl.List(pl.String()), "evidence_ids": pl.List(pl.String())}
    row: dict[str, Any] = {
        "code": code,
        "subject_kind": "benefit",
        "subject_id": "B1",
        "persons": [1],
        "region_code": "990101",
        "amount": amount,
        "facts": facts,
        "rests_on": [],
        "text_zh": "说明",
        "settles_it": "核实",
        "person_refs": ["P1"],
        "evidence_ids": ["E1"],
    }
    return pl.DataFrame([row] if facts is not None else [], schema=schema)


def decided(published: pl.DataFrame, state: str) -> pl.DataFrame:
    return published.with_columns(pl.lit(state).alias("state"))


def test_a_new_alert_is_open_and_in_the_declared_shape() -> None:
    rows = carry_over(raised(), None, FIRST)
    assert rows.schema == ALERT.polars_schema()
    row = rows.row(0, named=True)
    assert (row["state"], row["first_seen"], row["severity"]) == ("open", FIRST, "B")
    assert str(row["amount"]) == "12.35"  # half up, once
    assert len(row["facts_digest"]) == 64


def test_id_and_first_seen_are_kept() -> None:
    before = carry_over(raised(), None, FIRST)
    after = carry_over(raised(), before, SECOND)
    assert after.equals(before)
    assert (
        carry_over(raised(code="D01"), None, FIRST)["alert_id"].item() != before["alert_id"].item()
    )


def test_explained_stays_quiet_until_its_facts_change() -> None:
    before = decided(carry_over(raised(), None, FIRST), "explained")
    same = carry_over(raised(), before, SECOND)
    assert same["state"].to_list() == ["explained"]
    changed = carry_over(raised("a;b"), same, THIRD)
    assert changed["state"].to_list() == ["open"]
    assert changed["first_seen"].to_list() == [FIRST]
    assert changed["alert_id"].to_list() == before["alert_id"].to_list()


def test_an_explanation_outlives_a_run_without_the_source() -> None:
    before = decided(carry_over(raised(), None, FIRST), "explained")
    silent = carry_over(raised(None), before, SECOND)
    assert silent["state"].to_list() == ["explained"]
    assert carry_over(raised(), silent, THIRD)["state"].to_list() == ["explained"]


def test_confirmed_stays_and_is_closed_when_it_is_gone() -> None:
    before = decided(carry_over(raised(), None, FIRST), "confirmed")
    assert carry_over(raised(), before, SECOND)["state"].to_list() == ["confirmed"]
    assert carry_over(raised("b"), before, SECOND)["state"].to_list() == ["open"]
    assert carry_over(raised(None), before, SECOND)["state"].to_list() == ["closed"]


def test_closed_is_shown_once_and_comes_back_as_new() -> None:
    opened = carry_over(raised(), None, FIRST)
    closed = carry_over(raised(None), opened, SECOND)
    assert closed["state"].to_list() == ["closed"]
    assert len(carry_over(raised(None), closed, THIRD)) == 0
    again = carry_over(raised(), closed, THIRD)
    assert again.select("alert_id", "state", "first_seen").row(0) == (
        opened["alert_id"].item(),
        "open",
        THIRD,
    )


def test_the_digest_of_facts_hangs_on_the_key() -> None:
    """Facts hold names and dates; a digest without a key could be guessed back."""
    plain, keyed = (carry_over(raised(), None, FIRST, secret=s) for s in (b"", b"key"))
    assert plain["facts_digest"].item() != keyed["facts_digest"].item()
    assert plain["alert_id"].item() == keyed["alert_id"].item()
