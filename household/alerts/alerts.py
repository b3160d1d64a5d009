"""All alerts of a run, and what becomes of them from run to run."""

from __future__ import annotations

import polars as pl

from household.alerts.evidence.citing import cite
from household.alerts.families.absences import dead_but_present, held_but_present, paid_after_death
from household.alerts.families.accounts import holder_is_nobody_here, shared_account
from household.alerts.families.ages import reached_an_age
from household.alerts.families.authority import not_authorised, unanswered
from household.alerts.families.certificates import certificate_no_longer_fits, subsidy_not_drawn
from household.alerts.families.double_benefits import double_benefits
from household.alerts.families.due_soon import deadline_near
from household.alerts.families.excluded import away_but_present
from household.alerts.families.holdings import (
    homes_beyond_rule,
    in_business,
    large_outflows,
    on_public_payroll,
    vehicles_beyond_rule,
)
from household.alerts.families.income_signals import (
    pension_not_declared,
    post_not_declared,
    wage_below_bases,
)
from household.alerts.families.ledgers import not_on_register, paid_without_benefit
from household.alerts.families.look_back import parted_with
from household.alerts.families.members import child_left_out, on_two_rosters, studies_past_the_end
from household.alerts.families.obligors import obligor_capable_now
from household.alerts.families.omissions import (
    possibly_left_out,
    single_person_not_offered,
    spending_not_offered,
)
from household.alerts.families.reviews import review_overdue
from household.alerts.families.schooling import fee_paying_school, grown_and_out_of_school
from household.alerts.families.temporary import granted_too_soon, papers_overdue
from household.alerts.families.temporary_limits import (
    beyond_township,
    beyond_yearly_cap,
    paid_by_several,
)
from household.alerts.families.underpaid import paid_too_little
from household.alerts.life.history import NAME, carry_over
from household.alerts.watch import Watch

__all__ = ["Watch", "carry_over", "raise_alerts"]


def raise_alerts(watch: Watch, deadlines: pl.DataFrame | None = None) -> pl.DataFrame:
    """Everything that a person should look at.

    Args:
        watch: the run.
        deadlines: rows of table `deadline`; None: no due date is looked at (A06).

    Returns:
        `raised.RAISED` with person_refs and evidence_ids: at most one row a code and subject, sorted by them.

    """
    ledger = watch.ledger
    after_death = paid_after_death(watch, ledger)
    families = [
        dead_but_present(watch, ledger),
        after_death,
        paid_without_benefit(watch, ledger, told=after_death),
        held_but_present(watch, ledger),
        obligor_capable_now(watch, ledger),
        away_but_present(watch, ledger),
        double_benefits(watch, ledger),
        on_two_rosters(watch),
        not_on_register(watch, ledger),
        granted_too_soon(watch, ledger),
        paid_by_several(watch, ledger),
        beyond_township(watch, ledger),
        beyond_yearly_cap(watch, ledger),
        papers_overdue(watch),
        on_public_payroll(watch, ledger),
        in_business(watch, ledger),
        vehicles_beyond_rule(watch),
        homes_beyond_rule(watch),
        large_outflows(watch, ledger),
        wage_below_bases(watch),
        pension_not_declared(watch),
        post_not_declared(watch),
        parted_with(watch),
        fee_paying_school(watch, ledger),
        child_left_out(watch),
        studies_past_the_end(watch, ledger),
        reached_an_age(watch, ledger),
        grown_and_out_of_school(watch, ledger),
        certificate_no_longer_fits(watch, ledger),
        shared_account(ledger),
        holder_is_nobody_here(watch, ledger),
        review_overdue(watch, ledger),
        not_authorised(watch),
        *([] if deadlines is None else [deadline_near(watch, deadlines)]),
        unanswered(watch, ledger),
        possibly_left_out(watch),
        single_person_not_offered(watch),
        spending_not_offered(watch, ledger),
        paid_too_little(watch, ledger),
        subsidy_not_drawn(watch, ledger),
    ]
    raised = pl.concat(families).sort(NAME)
    cited = cite(raised, watch.roster.persons, watch.case.applications, watch.evidence)
    return raised.join(cited, on=NAME, how="left", maintain_order="left")
