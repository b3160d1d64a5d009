"""How near a case comes to a limit: one fen or one unit below it, at it, above it. Measured from what came out, not from what was meant.

Each measure looks at one answer and tells (parameter, subject, distance in the smallest step). What the coverage asks for stands
in `coverage`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from household.periods import add_months
from household.rules.persons import ELDER_DIBAO_OBLIGOR, MINOR, OLD_OBLIGOR, TEKUN_AGE
from household.rules.programmes import all_rules
from synthetic.cases.households import BORN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from typing import Any

    from synthetic.cases.running import Answer

FEN = Decimal("0.01")
UNIT = Decimal(1)
MONTHS = Decimal(12)
Distance = tuple[str, str, Decimal, Decimal]
"""Parameter (or a constant of the law), subject, how far over it, and the smallest step."""

RULES = {rule.rule_id: rule for rule in all_rules()}
CONSTANTS = ("age.tekun", "age.extra_minor", "age.obligor_old", "age.obligor_dibao")
"""Ages that the law itself fixes; no pack gives them."""


def in_force(answer: Answer, key: str) -> tuple[Any, str] | None:
    """The value of a parameter for an answer's application, and the pack that gives it."""
    for pack in answer.trial.law.packs:
        for entry in pack.values.get(key, ()):
            if entry.holds(answer.trial.case.applied_on):
                return entry.value, pack.pack_id
    return None


def distances(answer: Answer) -> Iterator[Distance]:
    """Every distance that an answer shows, of what the case expects something about."""
    told = {expected.subject for expected in answer.trial.case.expect}
    for measure in _MEASURES:
        for key, subject, over, step in measure(answer):
            if subject in told:
                yield key, subject, over, step


def position(over: Decimal, step: Decimal) -> str | None:
    """below, at or above, where it is no farther than one step."""
    if abs(over) > step:
        return None
    return "at" if over == 0 else "below" if over < 0 else "above"


def _value(answer: Answer, key: str) -> Decimal | None:
    found = in_force(answer, key)
    return None if found is None else Decimal(found[0])


def _compared(row: dict[str, Any]) -> bool:
    """Whether a reason gives two figures; one that may not be read gives none."""
    return row["measured"] is not None and row["limit_value"] is not None


def _standard_key(answer: Answer) -> str:
    return f"standard.{answer.trial.case.application.get('urban_rural', 'urban')}"


def _heads(answer: Answer) -> int:
    return int(answer.verdicts["dibao"]["persons_counted"] or 0)


_MONTHLY = {
    "dibao.income": (),
    "dibao_edge.income_floor": (),
    "dibao_edge.income": ("edge.multiple",),
    "tekun.income": (),
    "rigid.income_floor": (),
    "rigid.deducted": (),
}
_YEARLY = ("rigid.income", "temp_expenditure.income")


def _income(answer: Answer) -> Iterator[Distance]:
    """What the household's window holds over the limit of the window, to the fen."""
    for rule_id in (*_MONTHLY, *_YEARLY):
        row = answer.rules.get(rule_id)
        if row is None or not _compared(row):
            continue
        over = (row["measured"] - row["limit_value"]) * _heads(answer) * MONTHS
        keys: tuple[str, ...] = ("income.disposable_last_year",)
        if rule_id in _MONTHLY:
            keys = (_standard_key(answer), *_MONTHLY[rule_id])
        for key in keys:
            yield key, rule_id, over.quantize(FEN), FEN


def _first_given(answer: Answer, rule_id: str, name: str) -> str:
    """The parameter of a rule that is in force under one name: edge's own, else the plain one."""
    keys = [key for key in RULES[rule_id].parameters if key.endswith(f".{name}")]
    return next((key for key in keys if in_force(answer, key) is not None), keys[-1])


def _financial(answer: Answer) -> Iterator[Distance]:
    standard = _value(answer, _standard_key(answer))
    for rule_id, row in answer.rules.items():
        if not rule_id.endswith(".financial") or not _compared(row):
            continue
        months = _first_given(answer, rule_id, "financial_months")
        given = _value(answer, months)
        plain = None if given is None or standard is None else given * standard * _heads(answer)
        ill = _first_given(answer, rule_id, "financial_ill_cap_per_head")
        key = months if row["limit_value"] == plain else ill
        yield key, rule_id, row["measured"] - row["limit_value"], FEN


def _homes(answer: Answer) -> Iterator[Distance]:
    areas = [
        row.fields.get("area", Decimal(80))
        for row in answer.trial.case.rows
        if row.dataset == "housing.real_estate" and row.fields.get("use", "住宅") == "住宅"
    ]
    for rule_id, row in answer.rules.items():
        if not rule_id.endswith(".home") or not _compared(row):
            continue
        over = row["measured"] - row["limit_value"]
        yield _first_given(answer, rule_id, "home_max"), rule_id, over, UNIT
        key = _first_given(answer, rule_id, "home_area_per_head")
        per_head = _value(answer, key)
        if per_head is not None and over > 0:
            yield key, rule_id, sum(areas, Decimal(0)) - per_head * _heads(answer), FEN


def _vehicles(answer: Answer) -> Iterator[Distance]:
    values = [
        row.fields["value"]
        for row in answer.trial.case.rows
        if row.dataset == "public_security.vehicle" and row.fields.get("value") is not None
    ]
    for rule_id in answer.rules:
        if rule_id.endswith(".vehicle") and values:
            key = _first_given(answer, rule_id, "vehicle_value_cap")
            cap = _value(answer, key)
            if cap is not None:
                yield key, rule_id, max(values) - cap, FEN


def _ratio(answer: Answer) -> Iterator[Distance]:
    ratio, row = _value(answer, "rigid.ratio"), answer.verdicts["rigid"]
    if ratio is not None and row["income_window"]:
        over = row["rigid_spending"] - ratio * row["income_window"]
        yield "rigid.ratio", "rigid.ratio", over, FEN


def class_table(answer: Answer) -> dict[str, dict[str, Any]]:
    """The table of classes in force, empty when there is none."""
    found = in_force(answer, "temp.class_table")
    return {} if found is None else dict(found[0])


def _classes(answer: Answer) -> Iterator[Distance]:
    """Threshold, cap and ceiling of temporary assistance for spending."""
    row = answer.rules.get("temp_expenditure.threshold")
    verdict = answer.verdicts["temp_expenditure"]
    if row is None or not _compared(row):
        return
    spending = row["measured"]
    urban = _value(answer, "standard.urban")
    times = _value(answer, "temp.ceiling_multiple.temp_expenditure")
    for name, one in class_table(answer).items():
        if Decimal(one["threshold"]) != row["limit_value"]:
            continue
        yield f"temp.class_table:{name}", row["rule_id"], spending - row["limit_value"], FEN
        if one.get("rate") is None or verdict["amount"] is None:
            continue
        paid = Decimal(one["rate"]) * (spending - Decimal(one["threshold"]))
        cap = Decimal(one["cap"])
        ceiling = None if times is None or urban is None else times * urban
        if ceiling is None or cap <= ceiling:
            yield f"temp.class_table:{name}.cap", "temp_expenditure", paid - cap, FEN
        else:
            yield (
                "temp.ceiling_multiple.temp_expenditure",
                "temp_expenditure",
                paid - ceiling,
                FEN,
            )


def _low_income(answer: Answer) -> Iterator[Distance]:
    multiple = _value(answer, "temp.low_income_multiple")
    standard = _value(answer, _standard_key(answer))
    income = answer.verdicts["temp_expenditure"]["income_window"]
    if multiple is not None and standard is not None and income is not None:
        over = income - multiple * standard * _heads(answer) * MONTHS
        yield "temp.low_income_multiple", "temp_expenditure.threshold", over, FEN


def _emergency(answer: Answer) -> Iterator[Distance]:
    """Heads over those for whom the ceiling is just enough."""
    times = _value(answer, "temp.ceiling_multiple.temp_emergency")
    each = _value(answer, "temp.emergency_amount_multiple")
    heads = answer.verdicts["temp_emergency"]["persons_counted"]
    if times is not None and each is not None and heads is not None:
        over = heads - times / each
        yield "temp.ceiling_multiple.temp_emergency", "temp_emergency", over, UNIT


def _days_over(born: date, age: int, as_of: date) -> Decimal:
    """Days since the birthday of an age; negative before it."""
    return Decimal((as_of - add_months(born, age * 12)).days)


def _ages(answer: Answer) -> Iterator[Distance]:
    case = answer.trial.case
    minor, elder = _value(answer, "tekun.minor_age"), _value(answer, "extra.elder_age")
    for person in case.people:
        born = person.fields.get("birth_date", BORN)
        member = person.fields["role"] == "member"
        asked: list[tuple[str, str, Decimal | int | None]] = [
            ("tekun.minor_age", "tekun.person", minor),
            ("extra.elder_age", "dibao", elder),
            ("age.tekun", "tekun.person", TEKUN_AGE),
            ("age.extra_minor", "dibao", MINOR),
        ]
        if not member:
            asked = [
                ("age.obligor_old", "tekun.obligors", OLD_OBLIGOR),
                ("age.obligor_dibao", "tekun.obligors", ELDER_DIBAO_OBLIGOR),
            ]
        for key, subject, age in asked:
            if age is not None:
                yield key, subject, _days_over(born, int(age), case.as_of), UNIT


def _grants(answer: Answer) -> Iterator[Distance]:
    case, months = answer.trial.case, _value(answer, "temp.repeat_months")
    for row in case.rows:
        if row.dataset != "civil_affairs.payment" or months is None:
            continue
        since = add_months(case.applied_on, -int(months))
        for programme in ("temp_expenditure", "temp_emergency"):
            over = Decimal((row.fields["paid_on"] - since).days)
            yield "temp.repeat_months", f"{programme}.same_cause", over, UNIT
            over = Decimal((row.fields["paid_on"] - case.applied_on).days)
            yield "temp.repeat_months:end", f"{programme}.same_cause", over, UNIT


def _stale(answer: Answer) -> Iterator[Distance]:
    oldest, case = _value(answer, "source.max_age_days"), answer.trial.case
    for sent in case.stale.values():
        if oldest is not None:
            for expected in case.expect:
                over = Decimal((case.as_of - sent).days) - oldest
                yield "source.max_age_days", expected.subject, over, UNIT


def _obligors(answer: Answer) -> Iterator[Distance]:
    line = _value(answer, "support.line_multiple")
    standard = _value(answer, _standard_key(answer))
    yearly = _value(answer, "income.disposable_last_year")
    for person in answer.trial.case.people:
        income = person.fields.get("obligor_household_income")
        size = person.fields.get("obligor_household_size")
        if income is None or size is None:
            continue
        if line is not None and standard is not None:
            yield "support.line_multiple", "dibao", income - line * standard * size, FEN
        if yearly is not None:
            over = income - yearly * size / MONTHS
            yield "income.disposable_last_year", "tekun.obligors", over, FEN


def _window(answer: Answer) -> Iterator[Distance]:
    """Months since the first month of the window, and since its last."""
    case, months = answer.trial.case, _value(answer, "income.window_months")
    applied = case.applied_on.year * 12 + case.applied_on.month
    for row in case.rows:
        month = row.fields.get("month")
        if month is None or months is None:
            continue
        index = month.year * 12 + month.month
        yield "income.window_months", "dibao", Decimal(index - applied) + months, UNIT
        yield "income.window_months:end", "dibao", Decimal(index - applied + 1), UNIT


_MEASURES: tuple[Callable[[Answer], Iterator[Distance]], ...] = (
    _income,
    _financial,
    _homes,
    _vehicles,
    _ratio,
    _classes,
    _low_income,
    _emergency,
    _ages,
    _grants,
    _stale,
    _obligors,
    _window,
)
