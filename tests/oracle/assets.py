"""Section 7, assets: financial, vehicles, homes, commercial units and businesses of the counted members."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .coverage import banks_are_silent, is_silent
from .load import order_of
from .measure import Measure
from .memory import remembered

if TYPE_CHECKING:
    from .register import Case, Scenario
    from .world import Row


@remembered
def financial(case: Case, scenario: Scenario, *, variant: str) -> Measure:
    """The greater of what was found and what was declared."""
    found, unknown = Fraction(0), is_silent(case, "securities.holding", "insurance.policy")
    counts_fund = bool(case.asset_parameter("asset.count_provident_fund", variant))
    if counts_fund and is_silent(case, "housing.provident_fund"):
        unknown = True
    declared: list[Fraction] = []
    for person in case.counted(scenario):
        unknown = unknown or banks_are_silent(case, person)
        accounts: dict[tuple[str, str], Row] = {}
        for row in case.rows(person, "banking.account", scenario):
            account = (row["institution_code"], row["account_no"])
            if account not in accounts or _later(row, accounts[account]):
                accounts[account] = row
        for row in accounts.values():
            found += Fraction(row["balance"]) / (row["joint_holders"] or 1)
        for row in case.rows(person, "securities.holding", scenario):
            found += Fraction(row["market_value"])
        for row in case.rows(person, "insurance.policy", scenario):
            if row["kind"] in ("投资型", "储蓄型"):
                if row["surrender_value"] is None:
                    unknown = True
                else:
                    found += Fraction(row["surrender_value"])
        if counts_fund:
            for row in case.rows(person, "housing.provident_fund", scenario):
                found += Fraction(row["balance"])
        if person.row["declared_deposit"] is not None:
            declared.append(Fraction(person.row["declared_deposit"]))
    return Measure(max(found, sum(declared, Fraction(0))), may_be_higher=unknown)


def _later(row: Row, than: Row) -> bool:
    later, earlier = (row["as_of"], order_of(row)[:1]), (than["as_of"], order_of(than)[:1])
    return later > earlier or (later == earlier and row["balance"] < than["balance"])


@remembered
def financial_limit(case: Case, scenario: Scenario, *, variant: str) -> Fraction | None:
    """Months of the standard for n; a head's amount instead where somebody is seriously ill and it is greater."""
    months, standard = case.asset_parameter("asset.financial_months", variant), case.standard()
    if months is None or standard is None:
        return None
    counted = case.counted(scenario)
    limit = Fraction(str(months)) * Fraction(str(standard)) * len(counted)
    per_head = case.asset_parameter("asset.financial_ill_cap_per_head", variant)
    if per_head is not None and any(person.row["seriously_ill"] for person in counted):
        limit = max(limit, Fraction(str(per_head)) * len(counted))
    return limit


@remembered
def vehicles(
    case: Case, scenario: Scenario, *, variant: str
) -> dict[tuple[str, str], Fraction | None]:
    """Each vehicle that counts, once, with its value where it is known."""
    exempt = case.asset_parameter("asset.vehicle_exempt", variant) or []
    found: dict[tuple[str, str], Fraction | None] = {}
    for person in case.counted(scenario):
        for row in case.rows(person, "public_security.vehicle", scenario):
            if row["status"] != "正常" or row["plate_type"] in exempt:
                continue
            vehicle = (row["plate_no"], row["plate_type"])
            value = None if row["value"] is None else Fraction(row["value"])
            known = found.get(vehicle)
            found[vehicle] = (
                value if known is None else max(known, value if value is not None else known)
            )
    return found


@remembered
def homes(case: Case, scenario: Scenario) -> dict[str, Fraction]:
    """Each home unit with the area that counts: whole when the members hold all of it, else their part."""
    shares: dict[str, Fraction] = {}
    areas: dict[str, Fraction] = {}
    for person in case.counted(scenario):
        for row in case.rows(person, "housing.real_estate", scenario):
            if row["use"] not in ("住宅", "宅基地自建房") or row["status"] not in (
                "现势",
                "预告登记",
            ):
                continue
            if (row["hazard_grade"] or "").strip().upper() in ("C", "D"):
                continue
            unit = row["unit_no"]
            share = Fraction(1) if row["share"] is None else Fraction(row["share"])
            shares[unit] = shares.get(unit, Fraction(0)) + share
            areas[unit] = max(areas.get(unit, Fraction(0)), Fraction(row["area"]))
    return {unit: areas[unit] * min(Fraction(1), shares[unit]) for unit in areas}


@remembered
def commercial_units(case: Case, scenario: Scenario) -> set[str]:
    """Shops and offices that stand in the register."""
    return {
        row["unit_no"]
        for person in case.counted(scenario)
        for row in case.rows(person, "housing.real_estate", scenario)
        if row["use"] in ("商业", "办公") and row["status"] == "现势"
    }


@remembered
def businesses(case: Case, scenario: Scenario, *, variant: str) -> set[str]:
    """Active entities in which a counted member has a role that counts."""
    roles = case.asset_parameter("asset.business_roles", variant)
    return {
        row["uscc"]
        for person in case.counted(scenario)
        for row in case.rows(person, "market_regulation.entity", scenario)
        if row["status"] == "存续" and (roles is None or row["role"] in roles)
    }
