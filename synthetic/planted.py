"""Who is planted with which wrong on the side of the roster.

Every group is drawn from people that no other group holds.

Wrongs of the benefit ledgers are planted in `ledger_wrongs`; those that follow from the data
without planting are found in `truth_wrongs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic.draws import Array, sample

if TYPE_CHECKING:
    from synthetic.people import People
    from synthetic.roster import Roster


@dataclass(frozen=True, slots=True)
class Planted:
    """People, by the wrong that is planted with them (alert code in brackets)."""

    on_payroll: Array  # P01
    in_business: Array  # P02
    in_custody: Array  # D03
    excluded_in_custody: Array  # no wrong: in custody and declared so
    excluded_otherwise: Array  # no wrong: missing, or of the clergy
    with_car: Array  # P03
    with_premises: Array  # P04
    with_outflow: Array  # P05
    wage_understated: Array  # P06
    pension_undeclared: Array  # P07
    graduated: Array  # H02
    authorisation: Array  # A05
    ill: Array  # no wrong: dear treatment, so that spending rules apply
    disabled: Array  # no wrong: a certificate

    @property
    def people(self) -> Array:
        """Everybody on whom a wrong hangs; their rows are kept free of noise in their identity."""
        return np.unique(
            np.concatenate(
                [
                    self.on_payroll,
                    self.in_business,
                    self.in_custody,
                    self.with_car,
                    self.with_premises,
                    self.with_outflow,
                    self.wage_understated,
                    self.pension_undeclared,
                    self.graduated,
                    self.authorisation,
                ]
            )
        )


def draw_planted(rng: np.random.Generator, people: People, *, roster: Roster) -> Planted:
    """About one application in sixty for each wrong.

    At least two people a group where there are any.
    """
    lines = roster.lines_of("member")
    # a person of two applications, or dead, would carry two stories
    person = roster.line_person[lines]
    single = (roster.first_of[roster.line_application[lines]] < 0) & people.alive[person]
    twice = roster.household[roster.first_of >= 0]
    single &= ~np.isin(roster.household[roster.line_application[lines]], twice)
    lines, person = lines[single], person[single]
    share = max(2, round(len(roster.application_id) / 60))
    left = np.ones(len(person), dtype=bool)

    def take(fits: Array, count: int = share) -> Array:
        chosen = sample(rng, np.flatnonzero(fits & left), count=count)
        left[chosen] = False
        return person[chosen]

    age = people.age[person]
    grown = (age >= 20) & (age <= 58)
    applicant = roster.line_no[lines] == 1
    numbered = ~roster.newborn[lines]
    return Planted(
        pension_undeclared=take(age >= 61),
        graduated=take((age >= 22) & (age <= 26)),
        wage_understated=take(grown),
        on_payroll=take(grown),
        in_business=take(grown),
        in_custody=take(grown & ~applicant),
        excluded_in_custody=take(grown & ~applicant),
        excluded_otherwise=take(grown & ~applicant),
        with_car=take(grown),
        with_premises=take(grown),
        with_outflow=take(grown),
        authorisation=take(numbered, 3 * share),
        ill=take(age >= 16, 6 * share),
        disabled=take(age >= 6, 8 * share),
    )
