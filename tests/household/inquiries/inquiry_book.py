"""A book of requests made line by line for tests, and a small roster to ask about. No test stands here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from household.inquiries.log import (
    EVENT_SCHEMA,
    INSTITUTION_SCHEMA,
    REPLY_SCHEMA,
    REQUEST_SCHEMA,
    InquiryLog,
)

SOURCE = "banking"
ASKED_ON = date(2026, 5, 11)  # a Monday; no holiday lies in the fortnight after it
TERMS = {"answer_days": 5, "remind_days": 1, "give_up_days": 5, "fresh_days": 30, "reasks": 1}


@dataclass
class Bookkeeper:
    """Writes requests, events and replies as they would stand in a book."""

    banks: tuple[str, ...] = ("B01",)
    terms: dict[str, int] = field(default_factory=dict)
    region: str = "10"
    requests: list[dict[str, Any]] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, request_id: str, *, sent: date | None = ASKED_ON, **said: Any) -> None:
        """A request, handed over on a day (None: not yet)."""
        row = {
            "request_id": request_id,
            "batch": "R1-001",
            "attempt": 1,
            "application_id": "A1",
            "person_ref": "P" + request_id,
            "programme": "dibao",
            "source": SOURCE,
            "institution_code": "B01",
            "name": "张三",
            "id_type": "居民身份证",
            "id_no": "990101198002019011",
            "birth": date(1980, 2, 1),
            "authorisation_no": "S1",
            "asked_on": sent or ASKED_ON,
        }
        self.requests.append(row | said)
        if sent:
            self.event(request_id, "sent", sent)

    def event(self, request_id: str | None, kind: str, on: date, **said: Any) -> None:
        """What became of it on our side."""
        row = {"request_id": request_id, "source": SOURCE, "institution_code": "B01", "kind": kind}
        at = f"{on}T09:00:00+08:00"
        self.events.append(row | {"batch": "R1-001", "on": on, "at": at, "by": "ops"} | said)

    def reply(
        self,
        request_id: str | None,
        state: str,
        on: date | None,
        *,
        taken: date | None = None,
        **said: Any,
    ) -> None:
        """What the institution said, taken in on the same day unless told."""
        row = {"request_id": request_id, "source": SOURCE, "institution_code": "B01"}
        more = {"state": state, "replied_on": on, "taken_on": taken or on, "rows": 1}
        self.replies.append(row | more | said)

    @property
    def log(self) -> InquiryLog:
        """The book so far."""
        banks = [
            {
                "source": SOURCE,
                "institution_code": code,
                "institution": f"示范银行{code}",
                "region": self.region,
            }
            | TERMS
            | self.terms
            for code in self.banks
        ]
        return InquiryLog(
            requests=pl.DataFrame(self.requests, schema=REQUEST_SCHEMA),
            replies=pl.DataFrame(self.replies, schema=REPLY_SCHEMA),
            events=pl.DataFrame(self.events, schema=EVENT_SCHEMA),
            institutions=pl.DataFrame(banks, schema=INSTITUTION_SCHEMA),
        )
