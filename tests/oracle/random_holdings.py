"""Random rows of what a household holds and spends: assets at their limits, medicine, school, vouchers."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .periods import add_months

if TYPE_CHECKING:
    from .random_people import Someone
    from .random_rows import HouseholdRows

PLATES = ("小型汽车", "小型汽车", "普通摩托车", "残疾人专用车", "拖拉机")


class HoldingRows:
    """Writes the assets and the spending of the members of a household."""

    def __init__(self, household: HouseholdRows, members: list[Someone]) -> None:
        self.household, self.members, self.rng = household, members, household.rng

    def write(self) -> None:
        """Each kind now and then."""
        if not self.members:
            return
        for share, write in (
            (0.30, self.bank),
            (0.06, self.securities),
            (0.06, self.policy),
            (0.20, self.vehicle),
            (0.40, self.homes),
            (0.10, self.business),
            (0.35, self.medical),
            (0.20, self.school),
            (0.20, self.vouchers),
        ):
            wanted = self.household.spends_much and write in (self.medical, self.bank)
            if self.household.chance(0.8 if wanted else share):
                write()

    def somebody(self) -> dict[str, Any]:
        """A member as a source writes him down."""
        number, name = self.household.people.spelled(self.rng.choice(self.members))
        return {"id_no": number, "name": name}

    def bank(self) -> None:
        """Balances that reach the limit together; joint accounts; an older statement of the same account."""
        household = self.household
        months = household.parameter("asset.financial_months") or 24
        limit = Fraction(str(months)) * household.standard() * len(self.members)
        limit = self.rng.choice(
            [limit, limit * Fraction(3, 2), Fraction(30000) * len(self.members), Fraction(900)]
        )
        holders = self.rng.choice([None, None, 2, 3])
        row: dict[str, Any] = self.somebody() | {
            "institution_code": "B01",
            "institution": "示范银行",
        }
        row |= {"account_no": f"6222********{self.rng.randrange(10000):04d}", "product": "活期"}
        row |= {"joint_holders": holders, "as_of": household.as_of - timedelta(days=20)}
        outflow = self.rng.choice([None, None, "50000", "50000.01"])
        row |= {"balance": household.near(limit * (holders or 1)), "large_outflow_6m": outflow}
        household.add("banking.account", row)
        if household.chance(0.3):
            # The same account under another spelling of the name: the later statement stands.
            old = row | {"name": f"{row['name'][0]} {row['name'][1:]}", "balance": "77777.77"}
            old |= {"as_of": household.as_of - timedelta(days=self.rng.choice([10, 90]))}
            household.add("banking.account", old)
        if household.chance(0.2):
            household.add("banking.account", row | {"balance": "66666.66"}, delivery="before")

    def securities(self) -> None:
        """A holding."""
        row: dict[str, Any] = {
            "account_no": self.household.next("S"),
            "as_of": self.household.as_of,
        }
        self.household.add(
            "securities.holding", self.somebody() | row | {"market_value": "5000.05"}
        )

    def policy(self) -> None:
        """A policy, of a kind that counts or not."""
        row: dict[str, Any] = {"policy_no": self.household.next("P"), "as_of": self.household.as_of}
        row |= {"kind": self.rng.choice(["投资型", "储蓄型", "消费型"])}
        value = self.rng.choice(["12000", "300.30", None])
        self.household.add("insurance.policy", self.somebody() | row | {"surrender_value": value})

    def vehicle(self) -> None:
        """A vehicle about the cap; sometimes with two owners; sometimes only in an extract that was replaced."""
        household = self.household
        cap = Fraction(str(household.parameter("asset.vehicle_value_cap") or 30000))
        row: dict[str, Any] = {
            "plate_no": household.next("V"),
            "plate_type": self.rng.choice(PLATES),
        }
        row |= {"status": self.rng.choice(["正常", "正常", "正常", "注销", "报废"])}
        value = None if household.chance(0.15) else household.near(self.rng.choice([cap, cap * 2]))
        delivery = "before" if household.chance(0.1) else "now"
        for person in [self.somebody()] + ([self.somebody()] if household.chance(0.2) else []):
            owner: dict[str, Any] = {
                "owner_id_no": person["id_no"],
                "owner_name": person["name"],
                "value": value,
            }
            household.add("public_security.vehicle", row | owner, delivery=delivery)

    def homes(self) -> None:
        """One to three units with shares, hazards and uses; areas about the limit of a head."""
        household = self.household
        count = self.rng.choice([1, 1, 2, 2, 3])
        for _ in range(count):
            per_head = Fraction(str(household.parameter("asset.home_area_per_head") or 45))
            unit: dict[str, Any] = {"title_no": household.next("T"), "unit_no": household.next("U")}
            unit |= {
                "use": self.rng.choice(
                    ["住宅", "住宅", "住宅", "宅基地自建房", "商业", "车位", "祖屋"]
                )
            }
            unit |= {
                "status": self.rng.choice(["现势", "现势", "现势", "现势", "预告登记", "历史"])
            }
            unit |= {"hazard_grade": self.rng.choice([None, None, None, "A", "B", "C", "D"])}
            shares: list[str | None] = self.rng.choice(
                [[None], [None], [None], ["0.5", "0.5"], ["0.5"], ["0.25", "0.25"], [None, "0.5"]]
            )
            held = Fraction(1, 2) if shares == ["0.5"] else Fraction(1)
            area = household.near(per_head * len(self.members) / count / held)
            for share in shares:
                person = self.somebody()
                owner: dict[str, Any] = {
                    "owner_id_no": person["id_no"],
                    "owner_name": person["name"],
                    "share": share,
                }
                household.add("housing.real_estate", unit | owner | {"area": area})

    def business(self) -> None:
        """An entity in which a member has a role."""
        row: dict[str, Any] = {
            "uscc": f"92880101MA{self.household.application_id[1:]}{self.rng.randrange(10)}",
            "entity_name": "商行",
        }
        row |= {"entity_kind": "个体工商户", "status": self.rng.choice(["存续", "存续", "注销"])}
        person = self.somebody()
        for role in self.rng.sample(
            ["经营者", "股东", "监事", "法定代表人"], self.rng.choice([1, 2])
        ):
            self.household.add("market_regulation.entity", row | person | {"role": role})

    def day(self) -> date:
        """A day about the edges of the spending window."""
        applied = self.household.applied_on
        start = add_months(applied, -12)
        one = timedelta(days=1)
        return self.rng.choice(
            [start - one, start, start + 90 * one, start + 200 * one, applied - one, applied]
        )

    def medical(self) -> None:
        """Settlements that reach a ratio or a threshold, and refunds."""
        household = self.household
        income = household.standard() * 24 * len(self.members)
        target = self.rng.choice(
            [
                Fraction(3000),
                Fraction(20000),
                Fraction(30000),
                income * Fraction(3, 5),
                Fraction(12000),
            ]
        )
        if household.spends_much and household.aimed_month is not None:
            ratio = Fraction(str(household.parameter("rigid.ratio") or "0.6"))
            target = household.aimed_month * 12 * ratio
        row: dict[str, Any] = self.somebody() | {
            "settlement_no": household.next("M"),
            "settled_on": self.day(),
        }
        if household.spends_much:
            row["settled_on"] = household.applied_on - timedelta(days=100)
        row |= {"total": household.near(target + 500), "basic_paid": "400", "critical_paid": "100"}
        household.add("medical_insurance.settlement", row)
        if household.chance(0.25):
            refund: dict[str, Any] = {
                "settlement_no": household.next("M"),
                "settled_on": self.day(),
                "refund_of": row["settlement_no"],
            }
            refund |= {"total": f"-{row['total']}", "basic_paid": "-400", "critical_paid": "-100"}
            household.add("medical_insurance.settlement", row | refund)

    def school(self) -> None:
        """School records, of which the latest enrolment counts."""
        person = self.somebody()
        for year in self.rng.sample([2018, 2021, 2024], self.rng.choice([1, 2])):
            row: dict[str, Any] = {
                "school": "示范学校",
                "ownership": "公办",
                "enrolled_on": date(year, 9, 1),
            }
            row |= {"stage": self.rng.choice(["小学", "高中", "本科", "研究生"])}
            row |= {"status": self.rng.choice(["在读", "在读", "休学", "毕业"])}
            row |= {
                "leaves_on": self.rng.choice(
                    [None, date(2026, 5, 19), date(2026, 5, 20), date(2027, 7, 1)]
                )
            }
            fee = self.rng.choice(["1200", "5000.50", "0", None])
            self.household.add("education.enrolment", person | row | {"public_fee": fee})

    def vouchers(self) -> None:
        """Declared spending of kinds that add and kinds that are only shown."""
        for kind in self.rng.sample(
            ["living", "medical", "education", "disability", "disaster", "other"], 2
        ):
            row: dict[str, Any] = {
                "application_id": self.household.application_id,
                "voucher_no": self.household.next("E"),
            }
            row |= {
                "kind": kind,
                "spent_on": self.day(),
                "amount": self.rng.choice(["500", "8000.08"]),
            }
            row |= {"reimbursed": self.rng.choice([None, "120.02"])}
            self.household.add("approval.expenditure", row)
