"""What was asked of whom and what came back, as the core reads it: the shapes of the book of requests, and nothing that reads or writes it.

Rows are added and never changed. What stands follows from them and is worked out in `states`. The personal columns are there because an
institution answers by them; they leave this book only towards the institution and never for a published table, a log or a message.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

REQUEST_SCHEMA: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "batch": pl.String(),
    "attempt": pl.Int64(),
    "application_id": pl.String(),
    "person_ref": pl.String(),
    "programme": pl.String(),
    "source": pl.String(),
    "institution_code": pl.String(),
    "name": pl.String(),
    "id_type": pl.String(),
    "id_no": pl.String(),
    "birth": pl.Date(),
    "authorisation_no": pl.String(),
    "asked_on": pl.Date(),
}
"""One question about one person to one institution. `source`: the source's folder (`banking`, `banking-city`). `attempt`: 1, 2, ...: the
how manieth question about this person to this institution. `name`, `id_no`: as they were asked; an upgraded number where the roster has
the old one. `authorisation_no`: the paper it was asked under. `asked_on`: the day on which it was written down."""

REPLY_SCHEMA: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "source": pl.String(),
    "institution_code": pl.String(),
    "state": pl.String(),
    "replied_on": pl.Date(),
    "taken_on": pl.Date(),
    "rows": pl.Int64(),
    "note": pl.String(),
}
"""What an institution said to a request, in the order of entry. `state`: a code of reply_state. `replied_on`: the institution's day;
`taken_on`: the day it was taken in. `rows`: records that came with it. `note`: a code of REPLY_NOTES or null, never a personal value."""

REPLY_NOTES = ("withheld", "not_asked")
"""withheld: an answer came and was left out, for the person's authorisation was not live when it came. not_asked: told about somebody who
was not asked; `request_id` is then null and `rows` counts the lines."""

EVENT_SCHEMA: dict[str, pl.DataType] = {
    "request_id": pl.String(),
    "source": pl.String(),
    "institution_code": pl.String(),
    "batch": pl.String(),
    "kind": pl.String(),
    "on": pl.Date(),
    "at": pl.String(),
    "by": pl.String(),
    "note": pl.String(),
}
"""What became of a request on our side, in the order of entry. `kind`: one of EVENT_KINDS. `request_id` null: of every request of the
batch to the institution (one row a file that was handed over). `note`: withheld where an authorisation was not live any more."""

SENT, FAILED, REMINDED, ESCALATED = "sent", "failed", "reminded", "escalated"
EVENT_KINDS = (SENT, FAILED, REMINDED, ESCALATED)
"""sent: handed over. failed: could not be handed over (the person cannot be written in their layout; a refused file). reminded: a reminder
went to the institution. escalated: handed to the supervisor. A later `sent` heals an earlier `failed`, and the other way round."""

INSTITUTION_SCHEMA: dict[str, pl.DataType] = {
    "source": pl.String(),
    "institution_code": pl.String(),
    "institution": pl.String(),
    "region": pl.String(),
    "answer_days": pl.Int64(),
    "remind_days": pl.Int64(),
    "give_up_days": pl.Int64(),
    "fresh_days": pl.Int64(),
    "reasks": pl.Int64(),
}
"""Who is asked, and the agreed times. `answer_days`: working days after the hand-over. `remind_days`, `give_up_days`: working days after
the due day. `fresh_days`: calendar days for which an answer stands. `reasks`: questions again after identity mismatches, at most.
`region`: applications below it are asked."""


def _empty(schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class InquiryLog:
    """The book as frames, each in its schema and in the order of entry. Without arguments: nobody was ever asked."""

    requests: pl.DataFrame = field(default_factory=lambda: _empty(REQUEST_SCHEMA))
    replies: pl.DataFrame = field(default_factory=lambda: _empty(REPLY_SCHEMA))
    events: pl.DataFrame = field(default_factory=lambda: _empty(EVENT_SCHEMA))
    institutions: pl.DataFrame = field(default_factory=lambda: _empty(INSTITUTION_SCHEMA))
