"""A county made in memory for tests of the core: each household in a region of its own, with its own law and its own silences.

One run of the engine answers for hundreds of households, so that a test module builds its county once. No test stands here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
from core_told import Told

from household.assess import Inputs, assess, identify, tell
from household.extracts import Extracts
from household.identity.numbers import number_keys, number_of_key
from household.rules.packs import Entry, Pack, Packs
from household.schema.column import Kind
from household.schema.datasets import CATALOGUED, DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterable

AS_OF = date(2026, 5, 20)
SENT = AS_OF - timedelta(days=10)
APPLIED = date(2026, 5, 10)
WINDOW = [date(2025, m, 1) for m in range(5, 13)] + [date(2026, m, 1) for m in range(1, 5)]
"""The income window of an application of APPLIED with 12 months."""

D = Decimal

VALUES: dict[str, Any] = {
    "standard.urban": D(700),
    "standard.rural": D(600),
    "income.window_months": D(12),
    "income.disposable_last_year": D(32760),
    "income.exclude_central_basic": True,
    "edge.multiple": D("1.5"),
    "tekun.minor_age": D(18),
    "amount.rounding": "ceil_yuan",
    "asset.financial_months": D(24),
    "asset.vehicle_rule": "value",
    "asset.vehicle_value_cap": D(30000),
    "asset.vehicle_exempt": ("残疾人专用车",),
    "asset.home_rule": "count",
    "asset.home_max": D(1),
    "asset.no_commercial": True,
    "asset.business_roles": ("法定代表人", "股东", "经营者"),
    "rigid.method": "ratio",
    "rigid.ratio": D("0.6"),
    "temp.class_table": {
        "A": {"who": ["tekun", "orphan"], "threshold": 300, "rate": D("0.9"), "cap": 50000},
        "B": {"who": ["dibao"], "threshold": 3000, "rate": D("0.6"), "cap": 40000},
        "C": {"who": ["low_income"], "threshold": 20000, "rate": D("0.5"), "cap": 30000},
        "D": {"who": ["other"], "threshold": 30000, "rate": D("0.3"), "cap": 20000},
    },
    "temp.low_income_multiple": D(2),
    "temp.repeat_months": D(12),
    "temp.emergency_amount_multiple": D(3),
    "source.max_age_days": D(62),
    "source.reply_days": D(15),
    "review.months_stable": D(12),
    "review.months_unstable": D(6),
    "signal.wage_share": D("0.8"),
    "signal.outflow": D(50000),
}
"""The law of a household where its test does not say otherwise."""

ROWS: dict[str, dict[str, Any]] = {
    "public_security.population": {"status": "正常"},
    "public_security.vehicle": {"plate_type": "小型汽车", "status": "正常", "value": D(20000)},
    "civil_affairs.benefit": {
        "programme": "dibao",
        "household_no": "H1",
        "from_month": date(2024, 1, 1),
        "household_kind": "stable",
        "last_reviewed_on": date(2026, 4, 1),
    },
    "civil_affairs.payment": {"paid_on": date(2026, 3, 10), "amount": D(600)},
    "civil_affairs.funeral": {"died_on": date(2026, 3, 1)},
    "justice.custody": {"kind": "服刑", "from_date": date(2025, 1, 1)},
    "market_regulation.entity": {
        "uscc": "91990101MA0000002X",
        "entity_name": "示范商行",
        "entity_kind": "个体工商户",
        "role": "经营者",
        "status": "存续",
    },
    "housing.real_estate": {"use": "住宅", "area": D(80), "status": "现势"},
    "housing.provident_fund": {"balance": D(0), "status": "正常"},
    "banking.account": {
        "institution_code": "B01",
        "institution": "示范银行",
        "product": "活期",
        "as_of": SENT,
    },
    "banking.receipt": {
        "institution_code": "B01",
        "asked_on": date(2026, 5, 12),
        "replied_on": date(2026, 5, 13),
        "state": "none",
    },
    "securities.holding": {"as_of": SENT},
    "insurance.policy": {"kind": "投资型", "as_of": SENT},
    "human_resources.contribution": {"scheme": "城镇职工养老"},
    "human_resources.benefit": {"kind": "职工养老金"},
    "human_resources.employment": {"kind": "单位就业"},
    "finance.payroll": {"kind": "事业编", "employer": "示范中学", "employer_uscc": "U9"},
    "tax.income": {"item": "工资薪金"},
    "medical_insurance.settlement": {"settled_on": date(2026, 3, 1), "basic_paid": D(0)},
    "education.enrolment": {
        "school": "示范学院",
        "stage": "本科",
        "ownership": "公办",
        "enrolled_on": date(2025, 9, 1),
        "status": "在读",
    },
    "disabled_federation.certificate": {"type": "physical", "grade": 1, "status": "有效"},
    "agriculture.farm": {"season_year": 2025},
    "approval.expenditure": {"kind": "living", "spent_on": date(2026, 3, 1)},
}
"""What a row has where a test does not say otherwise."""

GUARDIAN = number_of_key(99010119700201901)
"""A number that stands on no roster."""

_SURNAMES = "赵钱孙李周吴郑王冯陈"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def age_in_years(number: str, day: date) -> int:
    """Completed years of who has a number."""
    year, month_day = int(number[6:10]), number[10:14]
    return day.year - year - (f"{day:%m%d}" < month_day)


@dataclass(frozen=True)
class Someone:
    """A person of the county."""

    number: str
    name: str


@dataclass
class Household:
    """One application in a region of its own."""

    name: str
    region: str
    county: County
    values: dict[str, Any]
    silent: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    members: int = 0
    people: int = 0

    def someone(self, born: date = date(1980, 2, 1)) -> Someone:
        """A person who stands on no roster and no register yet."""
        self.people += 1
        key = int(f"{self.region}{born:%Y%m%d}{self.people:03d}")
        place = int(self.region) - 100000
        name = _SURNAMES[self.people % 10] + _GIVEN[place % 20] + _GIVEN[place // 20 % 20]
        return Someone(number_of_key(key), name)

    def join(
        self,
        who: Someone | None = None,
        *,
        signed: bool = True,
        registered: bool = True,
        answered: bool = True,
        **line: Any,
    ) -> Someone:
        """A line of the roster: by default a member who signed for everything, is registered, and of whom the bank knows nothing."""
        who = who or self.someone()
        self.members += 1
        place = {"member_no": self.members, "role": "member"}
        place["relation"] = "self" if self.members == 1 else "other"
        self.row("approval.member", who, **(place | {"application_id": self.name} | line))
        if signed:
            self.sign(who)
        if registered:
            self.row("public_security.population", who)
        if answered:
            self.row("banking.receipt", who)
        return who

    def sign(self, who: Someone, **paper: Any) -> None:
        """An authorisation; somebody else signs for a minor."""
        given: dict[str, Any] = {"signed_on": date(2026, 5, 1), "programme": self.programme}
        if age_in_years(who.number, given["signed_on"]) < 18:
            given["signed_by"] = GUARDIAN
        self.row("approval.authorisation", who, **(given | {"application_id": self.name} | paper))

    @property
    def programme(self) -> str:
        """What is asked for."""
        rows = self.county.rows["approval.application"]
        asked = next(row for row in rows if row["application_id"] == self.name)
        return str(asked["programme"])

    def row(self, dataset: str, who: Someone | None = None, **given: Any) -> None:
        """A row of a dataset about somebody; `_as_of` dates its extract."""
        names = {c.name for c in DATASETS[dataset].columns}
        row = dict(ROWS.get(dataset, {}))
        if "region_code" in names:
            row["region_code"] = self.region + "001"
        if who is not None:
            prefix = "owner_" if "owner_id_no" in names else ""
            row[f"{prefix}id_no"] = who.number
            if f"{prefix}name" in names:
                row[f"{prefix}name"] = who.name
        self.county.add(dataset, row | given)

    def monthly(self, who: Someone, amount: str | Decimal, **more: Any) -> None:
        """A pension of every month of the window."""
        for month in WINDOW:
            given = {"kind": "遗属待遇", "month": month, "amount": D(amount)}
            self.row("human_resources.benefit", who, **(given | more))

    def deposit(self, who: Someone, balance: str | Decimal, **more: Any) -> None:
        """An account."""
        self.row("banking.account", who, balance=D(balance), **more)

    def grant(self, who: Someone, **more: Any) -> None:
        """A one-off grant of an earlier day, for the cause `fire`."""
        given: dict[str, Any] = {"programme": "temp_emergency", "cause": "fire"}
        self.row("civil_affairs.payment", who, **(given | more))


@dataclass
class County:
    """Households and everything that was sent about them."""

    as_of: date = AS_OF
    values: dict[str, Any] = field(default_factory=lambda: dict(VALUES))
    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in DATASETS}
    )
    households: dict[str, Household] = field(default_factory=dict)

    def household(
        self,
        name: str,
        *,
        values: dict[str, Any] | None = None,
        silent: Iterable[str] = (),
        members: int = 1,
        **application: Any,
    ) -> Household:
        """A new application. A value of None leaves the parameter out."""
        assert name not in self.households, f"two households named {name}"
        region = str(100000 + len(self.households))
        law = {k: v for k, v in (self.values | (values or {})).items() if v is not None}
        home = Household(name, region, self, law, set(silent))
        self.households[name] = home
        given: dict[str, Any] = {"programme": "dibao", "urban_rural": "urban"}
        given |= {"applied_on": APPLIED, "application_id": name, "commissioned_by": "示范局"}
        home.row("approval.application", **(given | application))
        for _ in range(members):
            home.join()
        return home

    def add(self, dataset: str, row: dict[str, Any]) -> None:
        """One row; key columns that nobody cares about are filled."""
        names = {c.name for c in DATASETS[dataset].columns}
        unknown = {name for name in row if name not in names and not name.startswith("_")}
        assert not unknown, f"{dataset} has no column {unknown}"
        rows = self.rows[dataset]
        for key in DATASETS[dataset].keys:
            if key.kind is Kind.TEXT and key.name not in row:
                row[key.name] = f"{key.name[0].upper()}{len(rows) + 1:05d}"
        rows.append(row)

    def extracts(self) -> Extracts:
        """The county as the engine takes it in."""
        frames = {
            name: core_frame(name, rows) if rows else _nothing_of(name)
            for name, rows in self.rows.items()
        }
        delivered = [
            (name, home.region, SENT)
            for home in self.households.values()
            for name in (*CATALOGUED, *sorted(home.asked))
            if name not in home.silent
        ]
        schema = {"dataset": pl.String(), "region_code": pl.String(), "as_of": pl.Date()}
        return Extracts(
            rows=lambda name: frames[name].lazy(),
            delivered=pl.DataFrame(delivered, schema=schema, orient="row"),
            as_of=self.as_of,
        )

    def packs(self) -> Packs:
        """One pack a household."""
        return Packs(
            {
                home.region: Pack(
                    home.region,
                    home.name,
                    (home.region,),
                    {key: _entries(value) for key, value in home.values.items()},
                )
                for home in self.households.values()
            }
        )

    def run(self) -> Told:
        """Through the engine."""
        return run_extracts(self.extracts(), self.packs())


def _entries(value: Any) -> tuple[Entry, ...]:
    if isinstance(value, tuple) and value and isinstance(value[0], Entry):
        return value
    return (Entry(value, source="示范文件"),)


def run_extracts(extracts: Extracts, packs: Packs, **more: Any) -> Told:
    """Extracts and packs through the engine."""
    inputs = Inputs(extracts=extracts, packs=packs, person_key=b"key", **more)
    identified = identify(inputs)
    assessed = assess(inputs, identified)
    return Told(tell(inputs, identified, assessed), identified, assessed)


@cache
def _nothing_of(dataset: str) -> pl.DataFrame:
    return core_frame(dataset, [])


def core_frame(dataset: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows in the shape of a core frame: every declared column, identity keys, places."""
    declared = DATASETS[dataset]
    schema = declared.polars_schema()
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    keys = [number_keys(frame[c.name]).alias(f"{c.name}__key") for c in declared.id_columns]
    parts = [pl.col(c.name).cast(pl.String).fill_null("") for c in declared.keys]
    return frame.with_columns(keys).with_columns(
        pl.int_range(2, len(frame) + 2, dtype=pl.Int32).alias("_line"),
        pl.concat_str(parts, separator="|").alias("_record_key"),
        pl.lit(list(DATASETS).index(dataset), dtype=pl.UInt32).alias("_file"),
        pl.Series("_extract_as_of", [row.get("_as_of", SENT) for row in rows], dtype=pl.Date),
        pl.lit("").alias("_part"),
    )
