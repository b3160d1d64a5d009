"""All alerts of a run, and what becomes of them from run to run."""

from __future__ import annotations

import polars as pl

from household.alerts.absences import dead_but_present, held_but_present, paid_after_death
from household.alerts.accounts import holder_is_nobody_here, shared_account
from household.alerts.authority import not_authorised, unanswered
from household.alerts.citing import cite
from household.alerts.double_benefits import double_benefits
from household.alerts.history import NAME, carry_over
from household.alerts.holdings import (
    homes_beyond_rule,
    in_business,
    large_outflows,
    on_public_payroll,
    vehicles_beyond_rule,
)
from household.alerts.income_signals import (
    pension_not_declared,
    post_not_declared,
    wage_below_bases,
)
from household.alerts.members import child_left_out, on_two_rosters, studies_past_the_end
from household.alerts.omissions import possibly_left_out, single_person_not_offered
from household.alerts.reviews import review_overdue
from household.alerts.temporary import granted_too_soon, papers_overdue
from household.alerts.watch import Watch

__all__ = ["Watch", "carry_over", "raise_alerts"]


def raise_alerts(watch: Watch) -> pl.DataFrame:
    """Everything that a person should look at.

    Returns:
        `raised.RAISED` with person_refs and evidence_ids: at most one row a code and subject, sorted by them.

    """
    ledger = watch.ledger
    families = [
        dead_but_present(watch, ledger),
        paid_after_death(watch, ledger),
        held_but_present(watch, ledger),
        double_benefits(watch, ledger),
        on_two_rosters(watch),
        granted_too_soon(watch, ledger),
        papers_overdue(watch),
        on_public_payroll(watch, ledger),
        in_business(watch, ledger),
        vehicles_beyond_rule(watch),
        homes_beyond_rule(watch),
        large_outflows(watch, ledger),
        wage_below_bases(watch),
        pension_not_declared(watch),
        post_not_declared(watch),
        child_left_out(watch),
        studies_past_the_end(watch, ledger),
        shared_account(ledger),
        holder_is_nobody_here(watch, ledger),
        review_overdue(watch, ledger),
        not_authorised(watch),
        unanswered(watch, ledger),
        possibly_left_out(watch),
        single_person_not_offered(watch),
    ]
    raised = pl.concat(families).sort(NAME)
    cited = cite(raised, watch.roster.persons, watch.case.applications, watch.evidence)
    return raised.join(cited, on=NAME, how="left", maintain_order="left")
