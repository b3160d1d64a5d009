"""A town of a few households, made in memory: what every alert is tried on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import rulepacks
from household.alerts.alerts import raise_alerts
from household.alerts.watch import Watch
from household.assess import Inputs, assess, identify
from household.extracts import Extracts
from household.identity.numbers import number_keys, number_of_key
from household.rules.packs import Entry, Pack, Packs, read_packs
from household.schema.column import Kind
from household.schema.datasets import CATALOGUED, DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_OF = date(2026, 5, 20)
REGION = "990101001"
BORN = date(1970, 2, 1)

VALUES: dict[str, Any] = {
    "standard.urban": Decimal(700),
    "standard.rural": Decimal(600),
    "edge.multiple": Decimal("1.5"),
    "income.window_months": Decimal(12),
    "income.exclude_central_basic": True,
    "income.disposable_last_year": Decimal(30000),
    "tekun.minor_age": Decimal(18),
    "amount.rounding": "ceil_yuan",
    "asset.financial_months": Decimal(24),
    "asset.vehicle_rule": "value",
    "asset.vehicle_value_cap": Decimal(30000),
    "asset.vehicle_exempt": ("残疾人专用车",),
    "asset.home_rule": "count",
    "asset.home_max": Decimal(1),
    "asset.no_commercial": True,
    "asset.business_roles": ("法定代表人", "经营者"),
    "asset.business_review": True,
    "review.months_stable": Decimal(12),
    "review.months_unstable": Decimal(6),
    "source.max_age_days": Decimal(62),
    "source.reply_days": Decimal(15),
    "signal.wage_share": Decimal("0.8"),
    "signal.outflow": Decimal(50000),
    "signal.lookback_months": Decimal(12),
    "signal.deadline_days": Decimal(7),
    "temp.repeat_months": Decimal(12),
    "temp.paperwork_days": Decimal(10),
}

ROWS: dict[str, dict[str, Any]] = {
    "approval.application": {
        "programme": "dibao",
        "region_code": REGION,
        "urban_rural": "urban",
        "applied_on": date(2026, 5, 1),
        "commissioned_by": "示范县民政局",
    },
    "approval.member": {"relation": "other", "role": "member"},
    "civil_affairs.benefit": {
        "programme": "dibao",
        "household_no": "H1",
        "region_code": REGION,
        "from_month": date(2024, 1, 1),
        "last_reviewed_on": date(2026, 4, 1),
        "household_kind": "stable",
        "monthly_amount": Decimal("600.00"),
    },
    "civil_affairs.payment": {
        "programme": "dibao",
        "household_no": "H1",
        "region_code": REGION,
        "paid_on": date(2026, 3, 10),
        "amount": Decimal("600.00"),
    },
    "public_security.population": {"status": "正常"},
    "public_security.vehicle": {"plate_type": "小型汽车", "status": "正常"},
    "justice.custody": {"kind": "服刑", "from_date": date(2025, 1, 1)},
    "finance.payroll": {
        "employer_uscc": "91990101MA0000001X",
        "employer": "示范中学",
        "kind": "事业编",
        "from_date": date(2015, 9, 1),
    },
    "market_regulation.entity": {
        "uscc": "91990101MA0000002X",
        "entity_name": "示范商行",
        "entity_kind": "个体工商户",
        "role": "经营者",
        "status": "存续",
    },
    "housing.real_estate": {"use": "住宅", "area": Decimal(80), "status": "现势"},
    "housing.provident_fund": {"account_no": "G1", "balance": Decimal("0.00"), "status": "正常"},
    "banking.account": {
        "institution_code": "B01",
        "institution": "示范银行",
        "product": "活期",
        "balance": Decimal("0.00"),
        "as_of": AS_OF - timedelta(days=10),
    },
    "banking.receipt": {
        "institution_code": "B01",
        "asked_on": date(2026, 5, 2),
        "replied_on": date(2026, 5, 6),
        "state": "none",
    },
    "human_resources.contribution": {"scheme": "城镇职工养老", "employer": "示范纺织厂"},
    "human_resources.benefit": {"kind": "职工养老金"},
    "human_resources.employment": {
        "kind": "公益性岗位",
        "employer": "示范街道",
        "started_on": date(2025, 1, 1),
    },
    "education.enrolment": {
        "school": "示范学院",
        "stage": "本科",
        "ownership": "公办",
        "enrolled_on": date(2022, 9, 1),
        "status": "在读",
    },
    "disabled_federation.certificate": {"type": "physical", "grade": 1, "status": "有效"},
}
"""What a row has where a test does not say otherwise."""


@lru_cache
def national_matrix() -> Pack:
    """The national pack with our compatibility matrix and nothing else."""
    file = Path(rulepacks.__file__).parent / "cn" / "compatibility.yaml"
    return read_packs(file).packs["cn"]


@dataclass(frozen=True)
class Person:
    """Somebody of the town."""

    number: str
    name: str

    @property
    def born(self) -> date:
        return date.fromisoformat(f"{self.number[6:10]}-{self.number[10:12]}-{self.number[12:14]}")


@dataclass
class Town:
    """Rows by dataset; `watch` and `alerts` run the engine on them."""

    as_of: date = AS_OF
    values: dict[str, Any] = field(default_factory=lambda: dict(VALUES))
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    compatibility: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: tuple[str, ...] = ()
    serials: Iterator[int] = field(default_factory=lambda: iter(range(1, 999)))

    def person(self, born: date = BORN, *, registered: bool = True, **register: Any) -> Person:
        """A new person, on the household register unless told otherwise."""
        serial = next(self.serials)
        key = int(f"990101{born:%Y%m%d}{serial:03d}")
        name = "赵" + "".join("一二三四五六七八九十"[int(d)] for d in str(serial))
        someone = Person(number_of_key(key), name)
        if registered:
            self.add("public_security.population", someone, **register)
        return someone

    def add(self, dataset: str, someone: Person | None = None, **values: Any) -> None:
        """One row about somebody."""
        row = dict(ROWS.get(dataset, {}))
        names = {c.name for c in DATASETS[dataset].columns}
        if someone is not None:
            prefix = "owner_" if "owner_id_no" in names else ""
            row |= {f"{prefix}id_no": someone.number}
            if f"{prefix}name" in names:
                row |= {f"{prefix}name": someone.name}
        rows = self.rows.setdefault(dataset, [])
        for key in DATASETS[dataset].keys:  # a key that a test does not care about
            if key.kind is Kind.TEXT and key.name not in {*row, *values}:
                row[key.name] = f"{key.name[0].upper()}{len(rows) + 1:04d}"
        unknown = set(values) - names
        assert not unknown, f"{dataset} has no column {unknown}"
        rows.append(row | values)

    def apply(
        self, application_id: str, *people: Person, signed: bool = True, **values: Any
    ) -> None:
        """An application of people; the first is the applicant; everybody signs for everything and every bank says none."""
        self.add("approval.application", application_id=application_id, **values)
        for someone in people:
            relation = "self" if someone is people[0] else "other"
            self.join(application_id, someone, signed=signed, relation=relation)

    def join(
        self, application_id: str, someone: Person, *, signed: bool = True, **values: Any
    ) -> None:
        """A further line of a roster."""
        members = self.rows.setdefault("approval.member", [])
        number = 1 + sum(m["application_id"] == application_id for m in members)
        line = {"application_id": application_id, "member_no": number, "name": someone.name}
        self.add("approval.member", someone, **(line | values))
        if signed:
            self.sign(application_id, someone)
        answered = {r["id_no"] for r in self.rows.get("banking.receipt", [])}
        if someone.number not in answered:
            self.add("banking.receipt", someone)

    def sign(self, application_id: str, someone: Person, **values: Any) -> None:
        """An authorisation."""
        asked = next(
            a for a in self.rows["approval.application"] if a["application_id"] == application_id
        )
        paper = {
            "application_id": application_id,
            "programme": asked["programme"],
            "signed_on": date(2026, 4, 1),
            "signed_by": someone.number,
        }
        self.add("approval.authorisation", someone, **(paper | values))

    def extracts(self) -> Extracts:
        """The town as the engine takes it in."""
        frames = {
            name: core_frame(name, rows, self.as_of)
            if (rows := self.rows.get(name))
            else _nothing_of(name)
            for name in DATASETS
        }
        delivered = [n for n in (*CATALOGUED, *self.asked) if n not in self.silent]
        return Extracts(
            rows=lambda name: frames[name].lazy(),
            delivered=pl.DataFrame(
                {
                    "dataset": delivered,
                    "region_code": "990101",
                    "as_of": self.as_of - timedelta(days=10),
                }
            ),
            as_of=self.as_of,
        )

    def watch(self) -> Watch:
        """What the alerts look at."""
        entries = {key: (Entry(value),) for key, value in self.values.items()}
        own = Pack("9901", "示范", ("9901",), entries, self.compatibility)
        packs = Packs({"9901": own, "cn": national_matrix()})
        inputs = Inputs(extracts=self.extracts(), packs=packs, person_key=b"key")
        identified = identify(inputs)
        assessed = assess(inputs, identified)
        return Watch(
            extracts=inputs.extracts,
            packs=packs,
            roster=identified.roster,
            case=assessed.case,
            linked=identified.linked,
            measured=assessed.worlds.measured,
            judged=assessed.worlds.base,
            verdicts=assessed.verdicts.select("app", "programme", "suggestion"),
        )

    def alerts(self) -> Alerts:
        """Everything raised."""
        watch = self.watch()
        return Alerts(raise_alerts(watch), watch)


@dataclass(frozen=True)
class Alerts:
    """Raised alerts, to be asked about in the words of a test."""

    frame: pl.DataFrame
    seen: Watch

    def of(self, code: str) -> pl.DataFrame:
        return self.frame.filter(pl.col("code") == code)

    def subjects(self, code: str) -> set[str]:
        return set(self.of(code)["subject_id"])

    def people(self, code: str) -> set[str]:
        """Numbers of the subjects of a code about persons."""
        refs = self.seen.roster.persons.filter(
            pl.col("person_ref").is_in(list(self.subjects(code)))
        )
        return {number_of_key(key) for key in refs["key"]}

    def amount(self, code: str, subject: str | None = None) -> Decimal | None:
        """The amount at stake in yuan of a code's only alert, or that of one subject."""
        rows = self.of(code)
        if subject is not None:
            rows = rows.filter(pl.col("subject_id") == subject)
        found = rows["amount"].item()
        return None if found is None else Decimal(found) / 10**8

    def rests_on(self, code: str) -> set[str]:
        """Datasets that the alerts of a code rest on."""
        return {row["dataset"] for rows in self.of(code)["rests_on"] for row in rows}


@cache
def _nothing_of(dataset: str) -> pl.DataFrame:
    return core_frame(dataset, [], AS_OF)


def core_frame(dataset: str, rows: list[dict[str, Any]], as_of: date) -> pl.DataFrame:
    """Rows in the shape of a core frame: every declared column, identity keys, places."""
    declared = DATASETS[dataset]
    schema = declared.polars_schema()
    full = [{name: row.get(name) for name in schema} for row in rows]
    frame = pl.DataFrame(full, schema=schema)
    keys = [number_keys(frame[c.name]).alias(f"{c.name}__key") for c in declared.id_columns]
    parts = [pl.col(c.name).cast(pl.String).fill_null("") for c in declared.keys]
    return frame.with_columns(keys).with_columns(
        pl.int_range(2, len(frame) + 2, dtype=pl.Int32).alias("_line"),
        pl.concat_str(parts, separator="|").alias("_record_key"),
        pl.lit(list(DATASETS).index(dataset), dtype=pl.UInt32).alias("_file"),
        pl.lit(as_of - timedelta(days=10)).alias("_extract_as_of"),
        pl.lit("").alias("_part"),
    )
