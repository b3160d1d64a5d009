"""A few worlds small enough to reckon by hand: the calculator must give what the sum on paper gives."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from household.schema.datasets import CATALOGUED

from .calculate import expected
from .load import settle, world_from_frames, world_from_inbox
from .numbers import check_digit, differs_by_one_slip, fits_mask, name_form, valid_number
from .packs import parameter
from .periods import add_months, income_window
from .random_county import write_random_inbox
from .world import Expected, Row, World

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 5, 20)
SENT = date(2026, 5, 10)
REGION = "770101"
PACKS: dict[str, Any] = {
    "cn": {
        "values": {
            "income.window_months": [{"value": 12}],
            "income.exclude_central_basic": [{"value": True, "to": date(2025, 12, 31)}],
            "edge.multiple": [{"value": 1.5}],
            "tekun.minor_age": [{"value": 18}],
            "source.max_age_days": [{"value": 62}],
            "source.reply_days": [{"value": 15}],
            "asset.vehicle_exempt": [{"value": ["普通摩托车"]}],
            "asset.business_roles": [{"value": ["经营者"]}],
            "asset.business_review": [{"value": True}],
            "amount.rounding": [{"value": "ceil_yuan"}],
            "temp.repeat_months": [{"value": 12}],
        }
    },
    REGION: {
        "values": {
            "standard.urban": [
                {"value": 700, "to": date(2025, 12, 31)},
                {"value": 740, "from": date(2026, 1, 1)},
            ],
            "income.disposable_last_year": [{"value": 32760}],
            "income.work_cost_rate": [{"value": 0.3}],
            "asset.financial_months": [{"value": 24}],
            "asset.vehicle_rule": [{"value": "value"}],
            "asset.vehicle_value_cap": [{"value": 30000}],
            "asset.home_rule": [{"value": "count"}],
            "asset.home_max": [{"value": 1}],
            "rigid.method": [{"value": "ratio"}],
            "rigid.ratio": [{"value": 0.6}],
            "temp.emergency_amount_multiple": [{"value": 3}],
        }
    },
}


def number_of(serial: int, birth: str = "19700201") -> str:
    first17 = f"{REGION}{birth}{serial:03d}"
    return first17 + check_digit(first17)


def full(dataset: str, line: int = 2, **given: Any) -> Row:
    row: Row = {column.name: None for column in CATALOGUED[dataset].columns} | given
    key = "|".join(str(row[column.name] or "") for column in CATALOGUED[dataset].keys)
    return row | {"_record_key": key, "_file": "f", "_line": line, "_as_of": SENT, "_part": ""}


class Builder:
    """One application whose members have papers, receipts and a place in the register."""

    def __init__(self, members: int = 1, **application: Any) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in CATALOGUED}
        self.extracts = dict.fromkeys(CATALOGUED, (REGION, SENT))
        base = {"application_id": "X1", "programme": "dibao", "region_code": f"{REGION}001"}
        base |= {"urban_rural": "urban", "commissioned_by": "某局"}
        self.add("approval.application", **(base | {"applied_on": date(2026, 5, 10)} | application))
        for serial in range(1, members + 1):
            self.person(serial)

    def add(self, dataset: str, **given: Any) -> None:
        self.rows[dataset].append(full(dataset, line=len(self.rows[dataset]) + 2, **given))

    def person(self, serial: int) -> None:
        who = {"id_no": number_of(serial), "name": f"张{'一二三四五'[serial - 1]}"}
        place = {"application_id": "X1", "member_no": serial, "role": "member"}
        relation = "self" if serial == 1 else "other"
        self.add("approval.member", **who, **place, relation=relation)
        paper = {
            "application_id": "X1",
            "programme": self.rows["approval.application"][0]["programme"],
        }
        self.add(
            "approval.authorisation",
            **paper,
            authorisation_no=f"A{serial}",
            id_no=who["id_no"],
            signed_on=date(2026, 5, 8),
        )
        self.add("public_security.population", **who, status="正常")
        receipt = {"institution_code": "B01", "id_no": who["id_no"], "state": "none"}
        self.add("banking.receipt", **receipt, asked_on=SENT, replied_on=SENT)

    def of(self, dataset: str, serial: Any = 1, **given: Any) -> None:
        who = {"id_no": number_of(serial), "name": f"张{'一二三四五'[serial - 1]}"}
        if dataset == "public_security.vehicle":
            who = {"owner_id_no": who["id_no"], "owner_name": who["name"]}
        self.add(dataset, **(who | given))

    def pension(self, amount: str, serial: int = 1, **more: Any) -> None:
        for month in income_window(date(2026, 5, 10), 12):
            given = {"kind": "遗属待遇", "month": month, "amount": Fraction(amount)}
            self.of("human_resources.benefit", serial, **(given | more))

    def run(self) -> Expected:
        extracts = [(name, region, day) for name, (region, day) in self.extracts.items()]
        return expected(World(self.rows, extracts, AS_OF, PACKS))

    def verdict(self, programme: str = "dibao") -> Row:
        return next(r for r in self.run().household_verdict if r["programme"] == programme)


def test_a_household_without_anything_gets_the_standard() -> None:
    verdict = Builder(members=2).verdict()
    assert (verdict["suggestion"], verdict["certain"], verdict["amount"]) == (
        "eligible",
        True,
        1480,
    )


@pytest.mark.parametrize(
    ("monthly", "suggestion", "amount"),
    [("1479.99", "eligible", 1), ("1480", "ineligible", None), ("1480.01", "ineligible", None)],
)
def test_below_the_standard_is_strict(monthly: str, suggestion: str, amount: int | None) -> None:
    world = Builder(members=2)
    world.pension(monthly)
    verdict = world.verdict()
    assert (verdict["suggestion"], verdict["amount"]) == (suggestion, amount)


def test_an_amount_is_rounded_once() -> None:
    world = Builder(members=3)
    world.pension("1000.10")
    verdict = world.verdict()
    # 2220 - 1000.10 = 1219.90; a third of it rounded three times would give 1221.
    assert verdict["amount"] == 1220
    assert verdict["income_per_capita_month"] == Fraction("1000.10") / 3


def test_the_first_source_of_a_month_and_employer_counts_and_employers_add() -> None:
    world = Builder()
    tax = {"item": "工资薪金", "payer": "甲 厂", "month": date(2026, 4, 1), "amount": Fraction(100)}
    world.of("tax.income", **tax)
    world.of(
        "human_resources.employment",
        kind="单位就业",
        employer_uscc="U1",
        employer="甲厂",
        started_on=date(2026, 3, 31),
        monthly_wage=Fraction(150),
    )
    base = {"scheme": "城镇职工养老", "employer": "乙厂", "month": date(2026, 4, 1)}
    world.of("human_resources.contribution", **base, base=Fraction(10))
    world.of(
        "human_resources.contribution", **(base | {"employer": "灵活就业"}), base=Fraction(900)
    )
    # April: tax 100 (the register's 150 is the same employer by name) + 10; March: 150 whole. Less 30 %.
    verdict = world.verdict()
    assert verdict["income_window"] == Fraction(260) * Fraction(7, 10)


def test_a_month_without_a_value_for_central_basic_is_a_missing_parameter_where_it_turns_the_amount() -> (
    None
):
    world = Builder()
    world.pension("143", kind="居民养老金", central_basic=Fraction(143))
    # 2025-05 .. 2025-12 left out; 2026-01 .. 04 have no value: 572 counted, or nothing.
    verdict = world.verdict()
    assert verdict["income_window"] == 4 * 143
    assert (verdict["suggestion"], verdict["certain"]) == ("parameter_missing", True)
    assert world.verdict("tekun")["income_window"] == 0


def test_a_silent_source_leaves_a_limit_open_until_it_is_broken() -> None:
    world = Builder()
    del world.extracts["public_security.vehicle"]
    verdict = world.verdict()
    assert (verdict["suggestion"], verdict["certain"]) == ("data_incomplete", False)
    world.of(
        "public_security.vehicle",
        plate_no="V1",
        plate_type="小型汽车",
        status="正常",
        value=Fraction("30000.01"),
    )
    verdict = world.verdict()
    assert (verdict["suggestion"], verdict["certain"]) == ("ineligible", True)


def test_a_row_of_tier_c_never_decides_alone() -> None:
    world = Builder()
    damaged = number_of(1)[:16] + "99"
    car = {"plate_no": "V1", "plate_type": "小型汽车", "status": "正常", "value": Fraction(60000)}
    world.of("public_security.vehicle", owner_id_no=damaged, **car)
    result = world.run()
    verdict = next(r for r in result.household_verdict if r["programme"] == "dibao")
    assert (verdict["suggestion"], verdict["vehicles"]) == ("needs_review", 0)
    assert [r["tier"] for r in result.person_link if r["dataset"] == "public_security.vehicle"] == [
        "C"
    ]


def test_the_dead_are_not_counted_and_nobody_left_is_an_empty_household() -> None:
    world = Builder(members=2)
    world.of("civil_affairs.funeral", 2, record_no="F1", died_on=AS_OF)
    assert world.verdict()["persons_counted"] == 1
    world.of("justice.custody", 1, record_no="J1", kind="服刑", from_date=AS_OF)
    result = world.run()
    assert {r["suggestion"] for r in result.household_verdict} == {"ineligible"}
    assert {"D01", "D03"} <= {a["code"] for a in result.alert}


def test_without_a_live_authorisation_nothing_is_said_but_emergency_help_goes_on() -> None:
    world = Builder(members=2)
    world.rows["approval.authorisation"][1]["revoked_on"] = AS_OF
    result = world.run()
    said = {r["programme"]: r for r in result.household_verdict}
    assert said["dibao"]["suggestion"] == "not_authorised"
    emergency = said["temp_emergency"]
    assert (emergency["suggestion"], emergency["amount"]) == ("eligible", 3 * 740 * 2)
    assert emergency["income_window"] is None
    assert not [r for r in result.coverage + result.person_link if r["member_no"] == 2]
    assert [a["members"] for a in result.alert if a["code"] == "A05"] == [[("X1", 2)]]


def test_a_hand_over_month_is_no_overlap_and_two_shared_months_are() -> None:
    world = Builder()
    benefit = {
        "household_no": "H1",
        "programme": "dibao",
        "region_code": REGION,
        "urban_rural": "urban",
    }
    first = {"benefit_id": "B1", "from_month": date(2025, 1, 1), "to_month": date(2026, 3, 1)}
    world.of("civil_affairs.benefit", **benefit, **first)
    world.of("civil_affairs.benefit", **benefit, benefit_id="B2", from_month=date(2026, 3, 1))
    assert "U01" not in {a["code"] for a in world.run().alert}
    world.rows["civil_affairs.benefit"][1]["from_month"] = date(2026, 2, 1)
    assert "U01" in {a["code"] for a in world.run().alert}


def test_an_objection_without_a_line_asks_for_review_only_where_the_lines_matter() -> None:
    world = Builder()
    complaint = {"objection_id": "O1", "application_id": "X1", "ground": "other", "raised_on": SENT}
    world.add("approval.objection", **complaint)
    assert world.verdict()["suggestion"] == "eligible"
    world.pension("5000")
    assert world.verdict()["suggestion"] == "needs_review"


def test_a_snapshot_is_replaced_whole_and_history_adds_up_by_key() -> None:
    old, new = date(2026, 4, 1), date(2026, 5, 1)
    car = full("public_security.vehicle", plate_no="V1", plate_type="小型汽车", owner_id_no="1")
    gone = car | {"plate_no": "V2"}
    files = [
        (REGION, old, [car | {"_as_of": old}, gone | {"_as_of": old}]),
        (REGION, new, [car | {"_as_of": new}]),
    ]
    assert [r["_as_of"] for r in settle("public_security.vehicle", files)] == [new]
    paid = full("civil_affairs.payment", payment_no="P1", amount=Fraction(1))
    parts = [paid | {"_part": "2"}, paid | {"_part": "10", "amount": Fraction(9)}]
    history = [(REGION, old, [part | {"_as_of": old}]) for part in parts]
    assert [r["amount"] for r in settle("civil_affairs.payment", history)] == [9]


def test_names_and_numbers_have_one_normal_form() -> None:
    assert name_form("阿卜杜拉•買買提") == name_form(" 阿卜杜拉．买买提")
    assert valid_number("990101700201101") == "990101197002011014"
    assert valid_number("990101197002011015") is None
    assert fits_mask("990101********1014", "990101197002011014")
    assert not fits_mask("990101********1015", "990101197002011014")
    assert differs_by_one_slip("1234", "1324")
    assert not differs_by_one_slip("1234", "1432")


def test_a_parameter_is_read_by_prefix_and_day() -> None:
    def standard(day: date) -> Any:
        return parameter(PACKS, "standard.urban", region=f"{REGION}001", on=day)

    assert (standard(date(2025, 12, 31)), standard(date(2026, 1, 1))) == (700, 740)
    assert parameter(PACKS, "standard.urban", region="110101", on=SENT) is None
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)


def test_frames_of_the_store_give_the_same_as_the_inbox(tmp_path: Path) -> None:
    written = write_random_inbox(tmp_path, 11, applications=12, base_packs=PACKS)
    world = world_from_inbox(written.inbox, as_of=written.as_of, packs=written.packs)
    frames = {name: frame_of(name, rows) for name, rows in world.rows.items()}
    again = world_from_frames(frames, extracts=world.extracts, as_of=world.as_of, packs=world.packs)
    assert expected(again) == expected(world)


def frame_of(name: str, rows: list[Row]) -> pl.DataFrame:
    meta = {"_record_key": pl.String(), "_file": pl.String(), "_line": pl.Int32()}
    schema = (
        CATALOGUED[name].polars_schema()
        | meta
        | {"_extract_as_of": pl.Date(), "_part": pl.String()}
    )
    plain = [
        {
            column: Decimal(value.numerator) / Decimal(value.denominator)
            if isinstance(value, Fraction)
            else value
            for column, value in (row | {"_extract_as_of": row["_as_of"]}).items()
            if column in schema
        }
        for row in rows
    ]
    return pl.DataFrame(plain, schema=schema)


def test_a_random_inbox_is_the_same_for_the_same_seed_and_can_be_reckoned(tmp_path: Path) -> None:
    written = [
        write_random_inbox(tmp_path / name, 7, applications=15, base_packs=PACKS) for name in "ab"
    ]
    files = [
        {p.relative_to(w.inbox): p.read_bytes() for p in w.inbox.rglob("*.csv")} for w in written
    ]
    assert files[0]
    assert files[0] == files[1]
    world = world_from_inbox(written[0].inbox, as_of=written[0].as_of, packs=written[0].packs)
    assert len(expected(world).household_verdict) == 15 * 7
