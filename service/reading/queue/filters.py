"""What the queue is asked: filters as they stand in an address, read leniently (an odd value is no filter) and told back the same way.

Nothing here names a person: an address may hold an application id and codes, no name and no number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from household.rules.programmes import PROGRAMMES
from household.schema.published.verdicts import SUGGESTIONS
from service.reading.household.suggestions import rule_titles
from service.reading.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ORDERS = ("margin", "oldest", "due", "alerts", "application")
CLOCKS = {"overdue": None, "due_7": 7, "due_30": 30}
ALERTS = {"b": "B", "r": "R", "any": "BRI"}
WHOSE = ("mine", "free")
AGES = ("7", "15", "30", "60")
PPM = 10_000  # millionths in one per cent
_REGION = re.compile(r"[0-9]{2,12}")
_APPLICATION = re.compile(r"[0-9A-Za-z_-]{1,40}")
_PERCENT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of the queue; empty is no filter.

    Attributes:
        region: code, with all below it. programme, suggestion: words. certain: yes or no.
        rule: its id; rule_is: fail or unknown. margin: per cent of the limit, on either side of it.
        age: at least so many days since the first clock of the application began. alert: one of ALERTS. clock: one of CLOCKS.
        application: a part of the id. whose: one of WHOSE. order: one of ORDERS.

    """

    region: str = ""
    programme: str = ""
    suggestion: str = ""
    certain: str = ""
    rule: str = ""
    rule_is: str = ""
    margin: str = ""
    age: str = ""
    alert: str = ""
    clock: str = ""
    application: str = ""
    whose: str = ""
    order: str = "margin"

    @property
    def query(self) -> str:
        """The filters as in an address, in one order, without what is not asked."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return urlencode({name: value for name, value in told.items() if value != _PLAIN[name]})

    def wanted(self, as_of: date, *, applications: tuple[str, ...] | None) -> Wanted:
        """The filters as conditions on the index.

        Args:
            as_of: of the run: ages and due days are counted from it, never from the clock on the wall.
            applications: only these (whose they are is not in the index); None: all.

        """
        days = CLOCKS.get(self.clock)
        return Wanted(
            region=self.region,
            programmes=(self.programme,) if self.programme else (),
            suggestions=(self.suggestion,) if self.suggestion else (),
            requested=True,
            certain={"yes": True, "no": False}.get(self.certain),
            applications=applications,
            application_part=self.application,
            failing=self.rule if self.rule_is != "unknown" else "",
            unknown=self.rule if self.rule_is == "unknown" else "",
            margin_within=int(Decimal(self.margin) * PPM) if self.margin else None,
            alert=ALERTS.get(self.alert, ""),
            overdue=True if self.clock == "overdue" else None,
            due_by=as_of + timedelta(days=days) if days else None,
            started_by=as_of - timedelta(days=int(self.age)) if self.age else None,
        )


_PLAIN = {f.name: f.default for f in fields(Asked)}


def read_filters(given: Mapping[str, str]) -> Asked:
    """Filters from an address or a saved view. What cannot be read is left out, so that an old view still opens."""
    rule = _one_of(given, "rule", rule_titles())
    return Asked(
        region=_matching(given, "region", _REGION),
        programme=_one_of(given, "programme", PROGRAMMES),
        suggestion=_one_of(given, "suggestion", SUGGESTIONS),
        certain=_one_of(given, "certain", ("yes", "no")),
        rule=rule,
        rule_is=_one_of(given, "rule_is", ("fail", "unknown")) if rule else "",
        margin=_percent(given),
        age=_one_of(given, "age", AGES),
        alert=_one_of(given, "alert", ALERTS),
        clock=_one_of(given, "clock", CLOCKS),
        application=_matching(given, "application", _APPLICATION),
        whose=_one_of(given, "whose", WHOSE),
        order=_one_of(given, "order", ORDERS) or ORDERS[0],
    )


def with_filter(asked: Asked, **changed: str) -> str:
    """The filters with some changed, as in an address."""
    return replace(asked, **changed).query


def _one_of(given: Mapping[str, str], name: str, known: object) -> str:
    value = given.get(name, "").strip()
    return value if value and value in known else ""  # type: ignore[operator]


def _matching(given: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    value = given.get(name, "").strip()
    return value if form.fullmatch(value) else ""


def _percent(given: Mapping[str, str]) -> str:
    value = given.get("margin", "").strip()
    try:
        return value if _PERCENT.fullmatch(value) and Decimal(value) > 0 else ""
    except InvalidOperation:
        return ""
