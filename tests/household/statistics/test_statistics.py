"""What is counted as what: by hand-counted rows; sums that are not known; what a page hides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from household.money import units_of
from household.schema.published import PUBLISHED
from household.statistics.applications import application_measures, source_measures
from household.statistics.masking import HIDDEN_ZH, WITHHELD_ZH, masked, shown
from household.statistics.measures import MEASURES, SMALL
from household.statistics.recipients import alert_measures, ledger_measures
from household.statistics.tally import tally

AS_OF = date(2026, 5, 20)
MAY = 2026 * 12 + 4


def counted(frames: list[pl.DataFrame], measure: str, level: str = "county") -> dict[Any, Any]:
    """(programme, cause, month, region) -> (count, of_count, amount) of one measure and level."""
    rows = pl.concat(frames).filter(pl.col("measure") == measure, pl.col("region_level") == level)
    return {
        (r["programme"], r["cause"], r["month_no"], r["region_code"]): (
            r["count"],
            r["of_count"],
            r["amount"],
        )
        for r in rows.iter_rows(named=True)
    }


def run(**parts: Any) -> Any:
    """The run as far as a measure looks at it."""
    return cast("Any", SimpleNamespace(as_of=AS_OF, **parts))


def test_rows_are_summed_by_county_and_township_and_what_is_not_known_stays_so() -> None:
    rows = pl.DataFrame(
        {
            "region_code": ["990101001", "990101001003", "990101002", "990102", None],
            "amount": [5, 7, None, 1, 2],
        },
        schema_overrides={"amount": pl.Int128},
    )
    told = [tally(rows, "paid", month=MAY, amount=pl.col("amount"))]
    assert counted(told, "paid", "township") == {
        (None, None, MAY, "990101001"): (2, None, 12),
        (None, None, MAY, "990101002"): (1, None, None),
    }
    assert counted(told, "paid") == {
        (None, None, MAY, "990101"): (3, None, None),
        (None, None, MAY, "990102"): (1, None, 1),
        (None, None, MAY, None): (1, None, 2),
    }


def test_a_share_counts_the_part_and_the_whole() -> None:
    rows = pl.DataFrame({"region_code": ["990101"] * 4, "ok": [True, False, None, True]})
    told = [tally(rows, "verified", counts=pl.col("ok"), of=pl.col("ok").is_not_null())]
    assert counted(told, "verified") == {(None, None, None, "990101"): (2, 3, None)}


def ledger(benefits: list[tuple[Any, ...]], payments: list[tuple[Any, ...]]) -> Any:
    running = pl.DataFrame(
        benefits,
        schema={"person": pl.UInt32, "of_region": pl.String, "programme": pl.String,
                "from_no": pl.Int32, "to_no": pl.Int32},
        orient="row",
    )  # fmt: skip
    paid = pl.DataFrame(
        payments,
        schema={"of_region": pl.String, "programme": pl.String, "cause": pl.String,
                "paid_on": pl.Date, "paid": pl.Int128},
        orient="row",
    )  # fmt: skip
    return run(ledger=SimpleNamespace(benefits=running, payments=paid))


def test_a_person_counts_once_a_month_and_nobody_identified_counts_each() -> None:
    town = "990101001"
    told = ledger_measures(
        ledger(
            [
                (1, town, "dibao", MAY - 1, None),
                (1, town, "dibao", MAY - 5, None),
                (1, town, "old_age", MAY - 5, MAY - 1),
                (None, town, "dibao", MAY, None),
                (None, town, "dibao", MAY, None),
                (2, town, "dibao", MAY + 1, None),
            ],
            [],
        )
    )
    found = counted(told, "recipients")
    region = "990101"
    assert found["dibao", None, MAY, region] == (3, None, None)
    assert found[None, None, MAY, region] == (3, None, None)
    assert found["old_age", None, MAY - 1, region] == (1, None, None)
    assert ("old_age", None, MAY, region) not in found
    assert found[None, None, MAY - 1, region] == (1, None, None)
    assert min(month for _, _, month, _ in found) == MAY - 5


def test_grants_stand_by_cause_apart_from_payments() -> None:
    region, day = "990101001", date(2026, 5, 3)
    told = ledger_measures(
        ledger(
            [],
            [
                (region, "dibao", None, day, 100),
                (region, "temp_expenditure", "illness", day, 40),
                (region, "temp_expenditure", "illness", day, 2),
                (region, "temp_emergency", None, day, 5),
            ],
        )
    )
    assert counted(told, "paid") == {("dibao", None, MAY, "990101"): (1, None, 100)}
    assert counted(told, "grants") == {
        ("temp_expenditure", "illness", MAY, "990101"): (2, None, 42),
        ("temp_emergency", None, MAY, "990101"): (1, None, 5),
    }


def test_suggestions_rates_and_objections() -> None:
    suggested = ["eligible", "ineligible", "ineligible", "data_incomplete", "not_authorised"]
    ids = [f"S{n}" for n in range(len(suggested))]
    applications = pl.DataFrame(
        {
            "application_id": ids,
            "region_code": "990101001",
            "programme": "dibao",
            "applied_on": date(2026, 4, 30),
            "accepted_on": [date(2026, 5, 1), *[None] * 4],
        },
        schema_overrides={"accepted_on": pl.Date},
    )
    verdicts = pl.DataFrame(
        {"application_id": ids, "programme": "dibao", "requested": True,
         "region_code": "990101001", "suggestion": suggested}
    )  # fmt: skip
    others = verdicts.with_columns(requested=pl.lit(value=False))
    objections = pl.DataFrame(
        {
            "application_id": ["S0", "S0", "S1", "S2"],
            "evidence_id": ["E1", "E9", None, "E9"],
            "ground": ["sold", "sold", "other", "sold"],
            "raised_on": [date(2026, 5, 2)] * 3 + [date(2026, 5, 21)],
        }
    )
    seen = run(
        case=SimpleNamespace(applications=applications),
        extracts=SimpleNamespace(rows=lambda _: objections.lazy()),
    )
    tables = {
        "household_verdict": pl.concat([verdicts, others]),
        "evidence": pl.DataFrame({"evidence_id": ["E1"]}),
    }
    told = application_measures(seen, tables)
    april, region = MAY - 1, "990101"
    assert counted(told, "applications_accepted") == {
        ("dibao", None, MAY, region): (1, None, None),
        ("dibao", None, april, region): (4, None, None),
    }
    assert counted(told, "suggestions")["dibao", "ineligible", april, region] == (2, None, None)
    assert counted(told, "verified") == {("dibao", None, april, region): (3, 5, None)}
    assert counted(told, "refused") == {("dibao", None, april, region): (2, 3, None)}
    assert counted(told, "objections")["dibao", "sold", MAY, region] == (2, None, None)
    assert counted(told, "objections_changed") == {("dibao", "sold", MAY, region): (1, 2, None)}


def test_sources_found_answered_and_in_time() -> None:
    lines = [
        # state, asked, replied
        ("tax", "found", None, None),
        ("tax", "none", None, None),
        ("tax", "stale", None, None),
        ("banking", "found", date(2026, 5, 1), date(2026, 5, 16)),
        ("banking", "none", date(2026, 5, 1), date(2026, 5, 17)),  # a day late
        ("banking", "identity_mismatch", date(2026, 5, 1), date(2026, 5, 2)),
        ("banking", "no_answer", date(2026, 5, 4), None),  # the 16th day: late
        ("banking", "no_answer", date(2026, 5, 5), None),  # not due yet
    ]
    coverage = pl.DataFrame(
        [("S1", *line) for line in lines],
        schema=["application_id", "source", "state", "asked_on", "replied_on"],
        orient="row",
        infer_schema_length=None,
    )
    applications = pl.DataFrame({"app": [0], "application_id": ["S1"], "region_code": ["990101"]})
    values = pl.DataFrame({"app": [0], "source_reply_days": [15]})
    terms = SimpleNamespace(values=values)
    told = source_measures(
        run(case=SimpleNamespace(applications=applications, terms=terms)), coverage
    )
    tax, bank = (None, "tax", MAY, "990101"), (None, "banking", MAY, "990101")
    assert counted(told, "detected") == {tax: (1, 2, None), bank: (1, 2, None)}
    assert counted(told, "complete") == {tax: (2, 3, None), bank: (2, 5, None)}
    assert counted(told, "answered_in_time") == {tax: (2, 3, None), bank: (2, 4, None)}


def test_what_was_settled_stands_both_ways() -> None:
    alerts = pl.DataFrame(
        {"code": ["D02", "D02", "P02"], "state": ["open", "closed", "explained"],
         "region_code": "990101001", "first_seen": AS_OF, "amount": [Decimal(9), Decimal(1), None]},
        schema_overrides={"amount": pl.Decimal(18, 2)},
    )  # fmt: skip
    decided = [
        ("D02", "person_error", "over", Decimal(9), False),
        ("O04", "under_payment", "under", Decimal(5), False),
        ("D02", "no_issue", None, None, False),
        ("D02", "fraud", "over", Decimal(100), True),  # its facts have changed: open again
    ]
    lives = pl.DataFrame(
        [(*row, "990101001", "2026-05-19T09:00:00") for row in decided],
        schema={"code": pl.String, "outcome": pl.String, "direction": pl.String,
                "amount": pl.Decimal(18, 2), "stale": pl.Boolean, "region_code": pl.String,
                "decided_at": pl.String},
        orient="row",
    )  # fmt: skip
    tables = {"alert": alerts, "alert_life": lives, "referral": PUBLISHED["referral"].empty()}
    told = alert_measures(run(), tables)
    key = (None, "D02", MAY, "990101")
    assert counted(told, "alerts") == {
        key: (1, None, units_of(9)),
        (None, "P02", MAY, "990101"): (1, None, None),
    }
    assert counted(told, "alerts_confirmed")[key] == (1, None, None)
    assert counted(told, "over_paid") == {key: (1, None, units_of(9))}
    under = counted(told, "under_paid")
    assert list(under.values()) == [(1, None, units_of(5))]


def statistic(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows (level, region, count, of_count, amount) of one measure."""
    schema = PUBLISHED["statistic"].polars_schema()
    full = [
        {"measure": "paid", "region_level": level, "region_code": region, "month": "2026-05",
         "count": count, "of_count": of, "amount": amount}
        for level, region, count, of, amount in rows
    ]  # fmt: skip
    return pl.DataFrame(full, schema=schema)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((5, 9, 7), ["5", "9", "7"]),
        ((2, 9, 7), [HIDDEN_ZH, "9", WITHHELD_ZH]),
        ((2, 1, 7), [HIDDEN_ZH, HIDDEN_ZH, "7"]),
        ((SMALL, 9, 7), ["3", "9", "7"]),
    ],
)
def test_small_counts_are_hidden_with_the_one_that_gives_them_away(
    counts: tuple[int, ...], hidden: list[str]
) -> None:
    towns = [("township", f"99010100{n}", c, None, Decimal(c)) for n, c in enumerate(counts)]
    told = shown(masked(statistic([*towns, ("county", "990101", 21, None, Decimal(21))])))
    assert told["count"].to_list() == [*hidden, "21"]
    for count, amount in told.select("count", "amount").iter_rows():
        assert (amount == WITHHELD_ZH) == (count in {HIDDEN_ZH, WITHHELD_ZH})


def test_shares_are_rounded_half_up_and_of_few_are_hidden() -> None:
    rows = [("county", "990101", 1, 2, None), ("county", "990102", 9, 16, None),
            ("county", "990103", 0, 5, None)]  # fmt: skip
    told = shown(masked(statistic(rows)))
    assert told["share"].to_list() == [None, "56.3%", "0.0%"]
    assert told["of_count"].to_list() == [None, "16", "5"]


def test_every_measure_is_told_in_words() -> None:
    for measure in MEASURES.values():
        assert measure.title_zh
        assert ("÷" in measure.formula_zh) == measure.share, measure.code
