"""What takes a parameter besides the rules, and what its absence means (assessment §8). Told in the rule book, computed with nowhere."""

from __future__ import annotations

from enum import StrEnum

from household.rules.parameters import PARAMETERS, Reader


class Absence(StrEnum):
    """What it means that no pack gives a value for a region and day."""

    MISSING = "missing"
    NEEDED = "needed"
    OFF = "off"
    INHERITED = "inherited"
    UNREAD = "unread"  # nothing is computed with it


_MEASURE = ("measure: income",)
_SUPPORT = ("measure: support from obligors",)
_FINANCIAL = ("measure: financial assets",)

OTHER_USES: dict[str, tuple[str, ...]] = {
    "standard.urban": (
        "the standard of urban applications",
        "amount: temp_expenditure",
        "amount: temp_emergency",
        "alert: T02",
        "alert: T04",
    ),
    "standard.rural": ("amount: dibao",),
    "income.window_months": _MEASURE,
    "income.exclude_central_basic": _MEASURE,
    "income.work_cost_rate": _MEASURE,
    "income.farm_yuan_per_mu": _MEASURE,
    "support.method": _SUPPORT,
    "support.line_multiple": _SUPPORT,
    "support.rate": _SUPPORT,
    "edge.multiple": ("alert: O01",),
    "rigid.strict": ("how rigid.ratio compares",),
    "extra.rate": ("amount: dibao",),
    "tekun.minor_age": ("alert: H03", "alert: H04"),
    "extra.elder_age": ("amount: dibao", "alert: H03", "calendar: turns_elder"),
    "amount.rounding": ("amount: every programme",),
    "temp.class_table": ("amount: temp_expenditure",),
    "temp.low_income_multiple": ("class of temporary assistance",),
    "temp.class_of_jdlk": ("class of temporary assistance",),
    "temp.skip_economic_test": ("temp_expenditure: who is free of the economic test",),
    "temp.repeat_months": ("alert: T01", "alert: T04"),
    "temp.ceiling_multiple.temp_emergency": ("amount: temp_emergency", "alert: T02"),
    "temp.ceiling_multiple.temp_expenditure": ("amount: temp_expenditure", "alert: T02"),
    "temp.special_case_cap": ("alert: T02",),
    "temp.township_limit": ("alert: T04",),
    "temp.township_limit_multiple": ("alert: T04",),
    "temp.yearly_cap": ("alert: T05",),
    "child.de_facto_basic": ("alert: U07",),
    "temp.emergency_amount_multiple": ("amount: temp_emergency",),
    "temp.paperwork_days": ("alert: T03", "deadline: papers"),
    "source.max_age_days": (
        "coverage: how old a whole extract may be",
        *(f"alert: {code}" for code in ("H04", "H05", "O05")),
    ),
    "source.reply_days": ("alert: A07",),
    "signal.wage_share": ("alert: P06",),
    "signal.outflow": ("alert: P05",),
    "signal.lookback_months": ("alert: P09",),
    "signal.deadline_days": ("alert: A06",),
    "alert.precision_floor": ("alerts: severity of a rule",),
    "alert.precision_least": ("alerts: severity of a rule",),
    "review.months_stable": ("alert: A04", "deadline: review"),
    "review.months_unstable": ("alert: A04", "deadline: review"),
    **{
        f"deadline.{step}{unit}{own}": (f"deadline: {step}",)
        for step, unit, own in (
            ("start_investigation", "_wd", ""),
            ("start_verification", "_wd", ""),
            ("township_opinion", "_wd", ".tekun"),
            *(("publicity", "_days", own) for own in ("", ".tekun")),
            *(("county_decision", "_wd", own) for own in ("", ".tekun")),
            *(("refusal_notice", "_wd", own) for own in ("", ".tekun")),
            *(("whole", "_wd", own) for own in ("", ".rigid")),
            ("recheck", "_wd", ""),
            ("death_review", "_months", ""),
        )
    },
    "deadline.whole_special_wd": ("deadline: whole",),
    "deadline.whole_special_wd.rigid": ("deadline: whole",),
    "deadline.delegated_whole_wd": ("deadline: whole", "deadline: county_decision"),
    "temp.deadline_wd.temp_emergency": ("deadline: aid_paid",),
    "temp.deadline_wd.temp_expenditure": ("deadline: aid_paid",),
    "temp.emergency_hours": ("deadline: first_aid",),
    "temp.submit_by_day": ("deadline: submit",),
    "temp.file_wd": ("deadline: file",),
    "rigid.valid_months": ("deadline: rigid_validity",),
    "taper.max_months": ("calendar: taper_end",),
    "asset.business_roles": ("alert: P02",),
    **{f"{prefix}asset.count_provident_fund": _FINANCIAL for prefix in ("", "edge.", "rigid.")},
    **{
        f"{prefix}asset.vehicle_exempt": ("measure: vehicles",)
        for prefix in ("", "edge.", "rigid.")
    },
}
"""Parameter -> steps other than rules that read it."""

_OFF = frozenset(
    {
        "income.work_cost_rate",
        "income.farm_yuan_per_mu",
        "support.method",
        "asset.count_provident_fund",
        "asset.financial_ill_cap_per_head",
        "asset.no_commercial",
        "asset.business_review",
        "rigid.strict",
        "extra.rate",
        "extra.elder_age",
        "temp.ceiling_multiple.temp_emergency",
        "temp.ceiling_multiple.temp_expenditure",
        "temp.skip_economic_test",
        "temp.class_of_jdlk",
        # Without them there is no amount and no alert, and no rule asks (assessment §9 and §10).
        "temp.emergency_amount_multiple",
        "temp.paperwork_days",
        "temp.special_case_cap",
        "temp.township_limit",
        "temp.township_limit_multiple",
        "temp.yearly_cap",
        "child.de_facto_basic",
        "signal.lookback_months",
        "signal.deadline_days",
        # Without them the place has no such due date; what the country has for everybody is not among them.
        "deadline.delegated_whole_wd",
        "temp.deadline_wd.temp_emergency",
        "temp.deadline_wd.temp_expenditure",
        "temp.emergency_hours",
        "temp.submit_by_day",
        "temp.file_wd",
        # Without them no rule of alerts steps back.
        "alert.precision_floor",
        "alert.precision_least",
    }
)

# Another value has to call for them first: the method, the rule `value`, a household above `home_max`.
_NEEDED = frozenset(
    {
        "support.line_multiple",
        "support.rate",
        "rigid.ratio",
        "asset.vehicle_value_cap",
        "asset.home_area_per_head",
    }
)


def absence_of(key: str) -> Absence:
    """What the absence of a parameter means."""
    if PARAMETERS[key].reads is Reader.PEOPLE:
        return Absence.UNREAD
    if key.startswith(("edge.asset.", "rigid.asset.")):
        return Absence.INHERITED
    if key in _NEEDED:
        return Absence.NEEDED
    return Absence.OFF if key in _OFF else Absence.MISSING
