"""The published tables, declared once, one module a subject, in the order of the agreement on outputs.

`PUBLISHED` holds them all. `run` is written by the warehouse from the run's record; every other table is handed to it as a
frame. `roster_person`, `run`, `evidence_source` and `link_model` stand beside the tables that the agreement lists first.
"""

from __future__ import annotations

from household.schema.published.alert_life import ALERT_CHANGE, ALERT_LIFE
from household.schema.published.alert_quality import ALERT_PRECISION, MISS_RATE, SCREENED_PERSON
from household.schema.published.alerts import ALERT, ALERT_EVIDENCE, ALERT_MONTH
from household.schema.published.calendar import CURRENT_BENEFIT, REVIEW_CALENDAR, SCREENING
from household.schema.published.column import Held, PublishedColumn, PublishedTable
from household.schema.published.deadlines import DEADLINE
from household.schema.published.evidence import COVERAGE, EVIDENCE, EVIDENCE_SOURCE, PERSON_LINK
from household.schema.published.exchange import INQUIRY, PULL, SOURCE_STATUS, TURNAROUND
from household.schema.published.income import INCOME_MONTH
from household.schema.published.intake import INTAKE_LEDGER, QUALITY_RESULT, QUARANTINE
from household.schema.published.linkage import LINK_MODEL
from household.schema.published.people import PERSON, ROSTER_PERSON
from household.schema.published.referrals import REFERRAL
from household.schema.published.runs import RUN
from household.schema.published.statistics import STATISTIC
from household.schema.published.verdicts import (
    FLIP_FACT,
    HOUSEHOLD_VERDICT,
    INCOME_LINE,
    VERDICT_REASON,
)

PUBLISHED: dict[str, PublishedTable] = {
    table.name: table
    for table in (
        HOUSEHOLD_VERDICT,
        VERDICT_REASON,
        INCOME_LINE,
        EVIDENCE,
        COVERAGE,
        PERSON_LINK,
        PERSON,
        ALERT,
        INTAKE_LEDGER,
        QUARANTINE,
        QUALITY_RESULT,
        ROSTER_PERSON,
        RUN,
        EVIDENCE_SOURCE,
        LINK_MODEL,
        DEADLINE,
        FLIP_FACT,
        INCOME_MONTH,
        REVIEW_CALENDAR,
        CURRENT_BENEFIT,
        SCREENING,
        ALERT_EVIDENCE,
        ALERT_MONTH,
        ALERT_LIFE,
        ALERT_CHANGE,
        ALERT_PRECISION,
        MISS_RATE,
        SCREENED_PERSON,
        REFERRAL,
        STATISTIC,
        PULL,
        SOURCE_STATUS,
        INQUIRY,
        TURNAROUND,
    )
}

__all__ = ["PUBLISHED", "Held", "PublishedColumn", "PublishedTable"]
