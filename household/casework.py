"""What people decided, as the core reads it: the logs of the casework store as frames, and one digest over them.

Only shapes live here. Rows are added and never changed; what stands follows from a log and is worked out where it is used: alerts in
`alerts.life`, samples in `alerts.trust.misses`, consent in `referrals.consent`. Judgements of links are older and stand in `linkage.judgements`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields

import polars as pl

EVENT_SCHEMA: dict[str, pl.DataType] = {
    "event_id": pl.Int64(),
    "alert_id": pl.String(),
    "code": pl.String(),
    "subject_kind": pl.String(),
    "subject_id": pl.String(),
    "region_code": pl.String(),
    "facts_digest": pl.String(),
    "action": pl.String(),
    "outcome": pl.String(),
    "amount_fen": pl.Int64(),
    "direction": pl.String(),
    "clerk": pl.String(),
    "second_clerk": pl.String(),
    "reason": pl.String(),
    "decided_at": pl.String(),
}
"""Decisions on alerts. `facts_digest`, code, subject and region are those of the alert when it was decided; amount in fen, null where
none was settled; `direction` over: paid too much, under: too little. `event_id` grows with the order of entry."""

SAMPLE_SCHEMA: dict[str, pl.DataType] = {
    "batch": pl.String(),
    "person_ref": pl.String(),
    "region_code": pl.String(),
    "run_id": pl.String(),
    "as_of": pl.String(),
    "seed": pl.Int64(),
    "stratum": pl.String(),
    "population": pl.Int64(),
    "drawn": pl.Int64(),
}
"""People without an open alert who were drawn for review; `population` and `drawn` are those of the stratum."""

SAMPLE_ANSWER_SCHEMA: dict[str, pl.DataType] = {
    "answer_id": pl.Int64(),
    "batch": pl.String(),
    "person_ref": pl.String(),
    "answer": pl.String(),
    "code": pl.String(),
    "clerk": pl.String(),
    "reason": pl.String(),
    "decided_at": pl.String(),
}
"""What a reviewer found: missed (something an alert should have told; `code` where one fits), clean or unsure."""

CONSENT_SCHEMA: dict[str, pl.DataType] = {
    "consent_id": pl.Int64(),
    "person_ref": pl.String(),
    "purpose": pl.String(),
    "given": pl.Int64(),
    "paper_no": pl.String(),
    "valid_to": pl.String(),
    "clerk": pl.String(),
    "decided_at": pl.String(),
}
"""Consent on file: 1 given, 0 withdrawn; the newest row of a person and purpose stands until valid_to (null: until withdrawn)."""

DRAW_SCHEMA: dict[str, pl.DataType] = {
    "batch": pl.String(),
    "household_no": pl.String(),
    "region_code": pl.String(),
    "programme": pl.String(),
    "stratum": pl.String(),
    "population": pl.Int64(),
    "drawn": pl.Int64(),
    "inspector": pl.String(),
    "second_inspector": pl.String(),
    "run_id": pl.String(),
    "as_of": pl.String(),
    "seed": pl.Int64(),
    "drawn_by": pl.String(),
    "drawn_at": pl.String(),
}
"""Random inspections (双随机): which household, by which two inspectors, drawn with which seed."""

LOGS: dict[str, dict[str, pl.DataType]] = {
    "alert_event": EVENT_SCHEMA,
    "alert_sample": SAMPLE_SCHEMA,
    "alert_sample_answer": SAMPLE_ANSWER_SCHEMA,
    "consent": CONSENT_SCHEMA,
    "inspection_draw": DRAW_SCHEMA,
}
"""Every log by the name of its table in the store."""


def _empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=LOGS[name])


@dataclass(frozen=True)
class Casework:
    """The logs, each in its schema of LOGS and in the order of entry. Without arguments: nothing was ever decided."""

    alert_event: pl.DataFrame = field(default_factory=lambda: _empty("alert_event"))
    alert_sample: pl.DataFrame = field(default_factory=lambda: _empty("alert_sample"))
    alert_sample_answer: pl.DataFrame = field(default_factory=lambda: _empty("alert_sample_answer"))
    consent: pl.DataFrame = field(default_factory=lambda: _empty("consent"))
    inspection_draw: pl.DataFrame = field(default_factory=lambda: _empty("inspection_draw"))

    def digest(self) -> str:
        """SHA-256 over all rows; empty where there is none, so that a county without casework keeps the digests of its runs."""
        told = {one.name: getattr(self, one.name).rows() for one in fields(self)}
        told = {name: rows for name, rows in told.items() if rows}
        if not told:
            return ""
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
