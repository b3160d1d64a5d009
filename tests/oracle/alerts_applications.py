"""Alerts about applications: T03, P03, P04, H01, O01, O02."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .authorisation import live_sources
from .numbers import birth_inside, name_form, valid_number
from .periods import age_on
from .register import BASE
from .temporary import household_draws

if TYPE_CHECKING:
    from .alert_rows import AlertRows
    from .register import Case
    from .suggestion import Suggestion

# Drawing only these does not mean that somebody already helps.
NOT_HELP_ENOUGH = {"old_age", "disability_living", "disability_care"}


def raise_alerts(rows: AlertRows, suggestions: dict[tuple[str, str], Suggestion]) -> None:
    """Every family of this module."""
    for case in rows.register.cases:
        late_paperwork(rows, case)
        child_left_off(rows, case)
        answers = {
            programme: {
                r.rule: r.outcome for r in suggestions[case.application_id, programme].rules
            }
            for programme in ("dibao", "dibao_edge")
        }
        dibao = answers["dibao"]
        if dibao.get("asset.vehicle") == "fail":
            raise_for(rows, "P03", case)
        if "fail" in (dibao.get("asset.home"), dibao.get("asset.commercial")):
            raise_for(rows, "P04", case)
        left_out(rows, case, below_edge=answers["dibao_edge"].get("income.below_edge") == "pass")
        single = suggestions[case.application_id, "single_person"].suggestion == "eligible"
        asked = case.application["programme"] == "single_person"
        if single and not asked and "single_person" not in household_draws(case, BASE):
            raise_for(rows, "O02", case)


def raise_for(rows: AlertRows, code: str, case: Case) -> None:
    """An alert whose subject is the application."""
    rows.add(code, "application", case.application_id, persons=case.counted())


def late_paperwork(rows: AlertRows, case: Case) -> None:
    """T03: the papers of emergency help are due some days after the relief."""
    days, relieved = case.parameter("temp.paperwork_days"), case.application["relieved_on"]
    if case.application["programme"] != "temp_emergency" or relieved is None or days is None:
        return
    due = relieved + timedelta(days=days)
    done = case.application["paperwork_on"]
    if due < rows.as_of and (done is None or done > due):
        raise_for(rows, "T03", case)


def child_left_off(rows: AlertRows, case: Case) -> None:
    """H01: a grown child in the applicant's household register who is not on the roster."""
    if not case.roster or "public_security" not in live_sources(case, case.applicant):
        return
    numbers = {
        row["hukou_no"] for row in case.rows(case.applicant, "public_security.population", BASE)
    }
    on_roster = {person.key for person in case.roster}
    names = {name for person in case.roster for name in person.names}
    for row in rows.register.world.rows["public_security.population"]:
        if not row["hukou_no"] or row["hukou_no"] not in numbers or row["status"] != "正常":
            continue
        if row["relation_to_head"] not in ("子", "女"):
            continue
        valid = valid_number(row["id_no"])
        birth = birth_inside(valid) if valid else row["birth_date"]
        if birth is None or age_on(birth, rows.as_of) < 18:
            continue
        key = rows.register.key_of(row["id_no"])
        if (key is None or key not in on_roster) and name_form(row["name"]) not in names:
            raise_for(rows, "H01", case)


def left_out(rows: AlertRows, case: Case, *, below_edge: bool) -> None:
    """O01: poor, with a sick, severely disabled or unemployed member, and nobody helps."""
    if not below_edge or household_draws(case, BASE) - NOT_HELP_ENOUGH:
        return
    for person in case.counted():
        if (
            person.row["seriously_ill"]
            or any(c["grade"] in (1, 2) for c in case.certificates(person, BASE))
            or any(
                row["kind"] == "失业登记"
                and row["started_on"] <= rows.as_of
                and (row["ended_on"] is None or row["ended_on"] > rows.as_of)
                for row in case.rows(person, "human_resources.employment", BASE)
            )
        ):
            raise_for(rows, "O01", case)
