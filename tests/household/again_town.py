"""A county whose rows keep their places in their files, with a shelf for its answers, and what can happen to it. No test stands here."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from core_town import AS_OF, SENT, County, Household

from household.assess import Inputs, assess, assess_again, identify, tell
from household.extracts import FILES_SCHEMA
from household.joining import TABLES, Kept
from household.linkage.judgements import JUDGEMENT_SCHEMA, NOT_SAME
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from household.dependence import Basis
    from household.extracts import Extracts
    from household.joining import Reassessed

VEHICLE, ACCOUNT, PENSION = (
    "public_security.vehicle",
    "banking.account",
    "human_resources.benefit",
)


@dataclass
class MemoryShelf:
    """The shelf as frames in memory."""

    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    basis: Basis | None = None

    def kept(self) -> Kept | None:
        return Kept(self.basis, dict(self.frames).__getitem__) if self.basis else None

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        self.frames[name] = frame

    def close(self, basis: Basis) -> None:
        self.basis = basis


@dataclass(frozen=True)
class Round:
    """The tables of the run before, those assessed again, those from nothing, and what was assessed again."""

    before: dict[str, pl.DataFrame]
    again: dict[str, pl.DataFrame]
    anew: dict[str, pl.DataFrame]
    reassessed: Reassessed

    @property
    def differing(self) -> list[str]:
        """Tables that are not those from nothing, to the type and the order of rows."""
        assert list(self.again) == list(self.anew)
        return [
            name
            for name, table in self.anew.items()
            if self.again[name].schema != table.schema or not self.again[name].equals(table)
        ]

    @property
    def causes(self) -> dict[str, set[str]]:
        """Why each application was assessed again."""
        told = self.reassessed.again.iter_rows()
        return {name: set(said.split("；")) for name, said in told}

    @property
    def changed(self) -> set[str]:
        """Applications of now of which some published row is not as it was."""
        found: set[str] = set()
        for name in TABLES:
            rows = [_under_applications(tables, name) for tables in (self.before, self.anew)]
            for one, other in (rows, reversed(rows)):
                found |= set(one.join(other, on=one.columns, how="anti", nulls_equal=True)["of"])
        return found & set(self.anew["household_verdict"]["application_id"])


def _under_applications(tables: dict[str, pl.DataFrame], name: str) -> pl.DataFrame:
    by, table = TABLES[name], tables[name]
    if by == "application_id":
        return table.with_columns(pl.col(by).alias("of"))
    named = tables["household_verdict" if by == "verdict_id" else "evidence"]
    return table.join(named.select(by, pl.col("application_id").alias("of")).unique(), on=by)


@dataclass
class AgainTown:
    """Households in regions and packs of their own; every fourth draws a benefit, every fifth has an obligor, every fifth somebody who has
    signed for banks alone.
    """

    seed: int
    homes: int = 18
    shelf: MemoryShelf = field(default_factory=MemoryShelf)
    judged: list[tuple[str, ...]] = field(default_factory=list)
    later: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.drawn = random.Random(self.seed)
        self.county, self.heads, self.lines = County(), {}, 0
        for number in range(self.homes):
            self.settle(f"H{number:03d}")

    def settle(self, name: str) -> Household:
        """A household somewhere between plainly poor and plainly not."""
        home = self.county.household(name, members=0)
        place = len(self.county.households)
        head = self.heads[name] = home.join()
        if self.drawn.random() < 0.3:
            home.join(declared_wage=Decimal(400))
        if place % 5 == 1:
            spouse = self.heads[f"{name}/2"] = home.join(signed=False)
            home.sign(spouse, sources="banking")
        if place % 5 == 4:
            support = {"obligor_household_income": Decimal(9000), "obligor_household_size": 1}
            home.join(role="obligor", relation="child", **support)
        if place % 4 == 0:
            home.row("civil_affairs.benefit", head)
        if self.drawn.random() < 0.6:
            home.monthly(head, str(self.drawn.randrange(100, 1500)))
        home.deposit(head, str(self.drawn.randrange(100, 40000)))
        value = Decimal(self.drawn.randrange(9000, 50000))
        home.row(VEHICLE, head, plate_no=f"990A{name}", value=value)
        return home

    @property
    def names(self) -> list[str]:
        """The applications that stand, in their order."""
        return [str(a["application_id"]) for a in self.county.rows["approval.application"]]

    def home(self, name: str) -> Household:
        return self.county.households[name]

    def rows_of(self, dataset: str, name: str) -> list[dict[str, Any]]:
        """The rows of a dataset about the head of a household."""
        number = self.heads[name].number
        rows = self.county.rows[dataset]
        return [r for r in rows if number in (r.get("id_no"), r.get("owner_id_no"))]

    def extracts(self) -> Extracts:
        """As the engine takes it in: a row stands in the same line of the same file as long as it stands at all."""
        plain = self.county.extracts()
        places = {}
        for dataset, rows in self.county.rows.items():
            for row in rows:
                if "_line" not in row:
                    self.lines += 1
                    row["_line"] = self.lines
            places[dataset] = pl.Series("_line", [r["_line"] for r in rows], dtype=pl.Int32)
        files = [(name, place, f"{name}.csv", "0" * 64) for place, name in enumerate(DATASETS)]
        newer = pl.DataFrame(
            [("agriculture.farm", region, day) for region, day in self.later.items()],
            schema=plain.delivered.schema,
            orient="row",
        )
        return replace(
            plain,
            delivered=pl.concat([plain.delivered, newer]),
            rows=lambda name: plain.rows(name).with_columns(places[name]),
            files=pl.DataFrame(files, schema=FILES_SCHEMA, orient="row"),
        )

    def inputs(self) -> Inputs:
        rows = [
            (n, *said, "理由", "2026-05-20T09:00:00", "review", None)
            for n, said in enumerate(self.judged, start=1)
        ]
        log = pl.DataFrame(rows, schema=JUDGEMENT_SCHEMA, orient="row")
        return Inputs(self.extracts(), self.county.packs(), b"key", judgements=log)

    def again(self) -> Round:
        """Assess again, and from nothing."""
        inputs = self.inputs()
        who = identify(inputs)
        before = {name: frame for name, frame in self.shelf.frames.items() if name in TABLES}
        tables, reassessed = assess_again(inputs, who, self.shelf)
        return Round(before, tables, tell(inputs, who, assess(inputs, who)), reassessed)


def _account(town: AgainTown, name: str) -> None:
    row = town.rows_of(ACCOUNT, name)[0]
    row["balance"] += 7


def _vehicle_gone(town: AgainTown, name: str) -> None:
    town.county.rows[VEHICLE].remove(town.rows_of(VEHICLE, name)[0])


def _pension_found(town: AgainTown, name: str) -> None:
    home = town.home(name)
    home.row(PENSION, town.heads[name], month=date(2026, 3, 1), amount=Decimal(90))


def _not_theirs(town: AgainTown, name: str) -> None:
    theirs = town.shelf.frames["evidence"].row(
        by_predicate=(pl.col("application_id") == name) & (pl.col("dataset") == VEHICLE), named=True
    )
    who = (theirs["record_key"], theirs["person_ref"])
    town.judged.append((VEHICLE, *who, NOT_SAME, "王某"))


def _objected(town: AgainTown, name: str) -> None:
    town.county.add(
        "approval.objection",
        {"application_id": name, "ground": "other", "raised_on": AS_OF},
    )


def _revoked(town: AgainTown, name: str) -> None:
    for paper in town.county.rows["approval.authorisation"]:
        if paper["application_id"] == name:
            paper["revoked_on"] = AS_OF - timedelta(days=1)


def _another_law(town: AgainTown, name: str) -> None:
    town.home(name).values["standard.urban"] = Decimal(town.drawn.randrange(500, 900))


def _not_delivered(town: AgainTown, name: str) -> None:
    town.home(name).silent.add("tax.income")


def _bank_silent(town: AgainTown, name: str) -> None:
    town.rows_of("banking.receipt", name)[0]["state"] = "no_answer"


def _declared(town: AgainTown, name: str) -> None:
    _line_of(town, name)["declared_business"] = Decimal(town.drawn.randrange(100, 900))


def _dead_unread(town: AgainTown, name: str) -> None:
    """Somebody who has signed for banks alone, and whom a funeral shows to be dead: counted no longer, and nothing more is told."""
    town.home(name).row("civil_affairs.funeral", town.heads[f"{name}/2"])


def _moved(town: AgainTown, name: str) -> None:
    asked = next(a for a in town.county.rows["approval.application"] if a["application_id"] == name)
    asked["urban_rural"] = "rural"


def _new(town: AgainTown, name: str) -> None:
    town.settle(name)


def _withdrawn(town: AgainTown, name: str) -> None:
    rows = town.county.rows["approval.application"]
    rows.remove(next(a for a in rows if a["application_id"] == name))


def _sent_again(town: AgainTown, name: str) -> None:
    """The application stands in another line of a newer extract, and says the same."""
    for row in town.county.rows["approval.application"]:
        if row["application_id"] == name:
            row["_as_of"], row["_line"] = SENT + timedelta(days=1), 90_000 + len(town.judged)


def _of_a_stranger(town: AgainTown, name: str) -> None:
    home = town.home(name)
    home.deposit(home.someone(), "12345")


def _newer_extract(town: AgainTown, name: str) -> None:
    """A correction to somebody else's row comes in an extract of a later day, which is as fresh for this household as the former one."""
    town.later[town.home(name).region] = SENT + timedelta(days=2)


def _line_of(town: AgainTown, name: str) -> dict[str, Any]:
    rows = town.county.rows["approval.member"]
    return next(r for r in rows if r["application_id"] == name and r["member_no"] == 1)


EVENTS: dict[Callable[[AgainTown, str], None], str | None] = {
    _account: "证据行变化（金融资产查询答复）",
    _vehicle_gone: "证据行变化（机动车登记）",
    _pension_found: "证据行变化（社会保险待遇发放）",
    _not_theirs: "证据行变化（机动车登记）",
    _objected: "异议变化",
    _revoked: "授权变化",
    _another_law: "政策参数变化",
    _not_delivered: "数据送达情况变化",
    _bank_silent: "银行回执变化",
    _declared: "名册或身份登记变化",
    _dead_unread: "计入人口变化",
    _moved: "申请变化",
    _new: "新申请",
    _withdrawn: None,
    _sent_again: None,
    _of_a_stranger: None,
    _newer_extract: None,
}
"""What can happen to a household, and why it is then assessed again; None: it is not."""
