"""Which questions are to go out today: a request per person and institution, none twice, and none without the door.

Nobody is asked about again while a question is open or an answer is fresh; after an identity mismatch only under another name, and not more
often than agreed; after silence or a failed hand-over only in a round that somebody orders.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.inquiries.door import Admitted, admit
from household.inquiries.log import REQUEST_SCHEMA, InquiryLog
from household.inquiries.people import UNASKABLE
from household.inquiries.states import ANSWERED, OPEN, request_states

if TYPE_CHECKING:
    from datetime import date

    from household.roster import Roster

UNASKED: dict[str, str] = {
    "open": "已在查询中，等待答复",
    "fresh": "已有有效期内的答复",
    "not_corrected": "身份不符，姓名尚未更正",
    "reasks_spent": "身份不符，已达协议约定的重新查询次数",
    "next_round": "未答复或未送出，待发起新一轮查询",
}
"""Why an institution is not asked about somebody today: code, and what is said of it."""

_PAIR = ("institution_code", "person_ref")
_REGISTER = "public_security"


@dataclass(frozen=True)
class Round:
    """One round of asking a source's institutions.

    Attributes:
        source: its folder. batch: the round's name, as it stands in requests and file names. on: the day.
        again: whether silence and failed hand-overs are asked about anew.
    """

    source: str
    batch: str
    on: date
    again: bool = False


@dataclass(frozen=True)
class Needs:
    """What a round asks and what it does not.

    Attributes:
        admitted: the requests, in REQUEST_SCHEMA, through the door. held: who was held back there: application_id, person_ref, programme,
            source, reason, reason_zh. left_out: who is not asked about, and why: application_id, person_ref, source, institution_code
            (null: none can be asked), reason (UNASKED or UNASKABLE), reason_zh.
    """

    admitted: Admitted
    held: pl.DataFrame
    left_out: pl.DataFrame


def needs(
    people: pl.DataFrame,
    log: InquiryLog,
    round_: Round,
    *,
    roster: Roster,
    papers: pl.DataFrame,
    secret: bytes,
    register: pl.DataFrame | None = None,
) -> Needs:
    """Work out a round.

    Args:
        people: see `people.people_to_ask`. log: the book so far, with the institutions of the source. round_: which round.
        roster, papers: for the door, as they stand today. secret: of person references; request numbers are made with it.
        register: see `people.register_names`; a name from it is used only after a mismatch, and only with a live authorisation for it.
    """
    claims = people.with_columns(pl.lit(round_.source).alias("source"))
    door = admit(
        claims.filter(pl.col("unaskable").is_null()), roster=roster, papers=papers, on=round_.on
    )
    seats = _official(door.passed, register, roster=roster, papers=papers, on=round_.on)
    pairs = _pairs(seats, log, round_).with_columns(_action(round_).alias("reason"))
    asked = _requests(pairs.filter(pl.col("reason").is_null()), round_, secret)
    held = door.held.select(
        "application_id", "person_ref", "programme", "source", "reason", "reason_zh"
    )
    left_out = pl.concat([_unaskable(claims), _unasked(pairs)])
    return Needs(admit(asked, roster=roster, papers=papers, on=round_.on), held, left_out)


def _official(
    seats: pl.DataFrame,
    register: pl.DataFrame | None,
    *,
    roster: Roster,
    papers: pl.DataFrame,
    on: date,
) -> pl.DataFrame:
    """With `official`: the register's name, where there is one and the register may be read about the person."""
    if register is None:
        return seats.with_columns(pl.lit(None, dtype=pl.String).alias("official"))
    known = seats.join(register, on="key", how="inner")
    may = admit(
        known.with_columns(pl.lit(_REGISTER).alias("source")), roster=roster, papers=papers, on=on
    ).passed.select("application_id", "person_ref", "official")
    return seats.join(may, on=["application_id", "person_ref"], how="left", maintain_order="left")


def _pairs(seats: pl.DataFrame, log: InquiryLog, round_: Round) -> pl.DataFrame:
    """Each person with each institution of the source once, under the first application by number, and what was asked there before."""
    institutions = log.institutions.filter(pl.col("source") == round_.source).drop("source")
    once = (
        seats.join(institutions, how="cross")
        .filter(pl.col("region_code").str.starts_with(pl.col("region")))
        .sort("application_id")
        .unique(_PAIR, keep="first", maintain_order=True)
    )
    return once.join(_history(log, round_), on=list(_PAIR), how="left", maintain_order="left")


def _history(log: InquiryLog, round_: Round) -> pl.DataFrame:
    """Per pair: the newest request (last_*), how many there were, the demographics asked so far, and mismatches since the last answer."""
    of_source = InquiryLog(
        *(
            frame.filter(pl.col("source") == round_.source)
            for frame in (log.requests, log.replies, log.events, log.institutions)
        )
    )
    states = request_states(of_source, round_.on).with_columns(
        pl.format("{}\x1f{}", pl.col("name"), pl.col("id_no")).alias("_asked_as")
    )
    state, attempt = pl.col("state"), pl.col("attempt")
    answered = attempt.filter(state.is_in(ANSWERED)).max()
    since = answered.is_null() | (attempt > answered)
    return (
        states.sort("attempt")
        .group_by(_PAIR, maintain_order=True)
        .agg(
            attempt.max().alias("last_attempt"),
            state.last().alias("last_state"),
            pl.col("note").last().alias("last_note"),
            pl.col("name").last().alias("last_name"),
            pl.col("answered_on").last().alias("last_answer"),
            pl.col("_asked_as"),
            ((state == "identity_mismatch") & since).sum().alias("mismatches"),
        )
    )


def _asked_as(name: str) -> pl.Expr:
    """Whether the institution was asked about the person under this name and today's number already."""
    # without a name there is nothing to ask under; it counts as asked
    as_now = pl.format("{}\x1f{}", pl.col(name), pl.col("id_no"))
    return pl.col("_asked_as").list.contains(as_now) | as_now.is_null()


def _action(round_: Round) -> pl.Expr:
    """Why a pair is not asked about today (UNASKED), or null: it is."""
    last = pl.col("last_state")
    age = (pl.lit(round_.on) - pl.col("last_answer")).dt.total_days()
    fresh = last.is_in(ANSWERED) & (age <= pl.col("fresh_days")).fill_null(value=False)
    mismatch = last == "identity_mismatch"
    spent = pl.col("mismatches") > pl.col("reasks")
    corrected = _asked_as("name").not_() | _asked_as("official").not_()
    # what was held back for want of a paper is asked about as soon as there is one
    withheld = (pl.col("last_note") == "withheld").fill_null(value=False)
    unheard = last.is_in(("failed", "no_answer")) & withheld.not_()
    waits = unheard & _asked_as("name") & pl.lit(not round_.again)
    return (
        pl.when(last.is_null())
        .then(None)
        .when(last.is_in(OPEN))
        .then(pl.lit("open"))
        .when(fresh)
        .then(pl.lit("fresh"))
        .when(mismatch & corrected.not_())
        .then(pl.lit("not_corrected"))
        .when(mismatch & spent)
        .then(pl.lit("reasks_spent"))
        .when(waits)
        .then(pl.lit("next_round"))
    )


def _requests(pairs: pl.DataFrame, round_: Round, secret: bytes) -> pl.DataFrame:
    """REQUEST_SCHEMA of the pairs that are asked about; the paper is the door's to name."""
    # the roster's name; the register's after the roster's was refused, or where it was the one that was known
    refused = (pl.col("last_state") == "identity_mismatch") & _asked_as("name")
    proved = pl.col("last_state").is_in(ANSWERED) & (pl.col("last_name") == pl.col("official"))
    by_register = (refused | proved).fill_null(value=False) & pl.col("official").is_not_null()
    asked = pairs.sort("institution_code", "application_id", "person_ref").with_columns(
        pl.when(by_register).then("official").otherwise("name").alias("name"),
        (pl.col("last_attempt") + 1).fill_null(1).alias("attempt"),
        pl.lit(round_.batch).alias("batch"),
        pl.lit(round_.on).alias("asked_on"),
        pl.lit(None, dtype=pl.String).alias("authorisation_no"),
    )
    said = asked.select(
        pl.concat_str(
            [pl.lit(round_.source), "institution_code", "person_ref", "attempt"], separator="\x1f"
        )
    ).to_series()
    return asked.with_columns(request_ids(said, secret)).select(
        pl.col(name).cast(dtype) for name, dtype in REQUEST_SCHEMA.items()
    )


def request_ids(said: pl.Series, secret: bytes) -> pl.Series:
    """Request numbers: a keyed digest (HMAC-SHA-256) of source, institution, person reference and attempt; it says nothing without the key."""
    return pl.Series(
        "request_id",
        ["Q" + hmac.digest(secret, text.encode(), "sha256").hex()[:20] for text in said],
        dtype=pl.String,
    )


def _unasked(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.filter(pl.col("reason").is_not_null()).select(
        "application_id",
        "person_ref",
        "source",
        "institution_code",
        "reason",
        pl.col("reason").replace_strict(UNASKED, return_dtype=pl.String).alias("reason_zh"),
    )


def _unaskable(claims: pl.DataFrame) -> pl.DataFrame:
    return claims.filter(pl.col("unaskable").is_not_null()).select(
        "application_id",
        "person_ref",
        "source",
        pl.lit(None, dtype=pl.String).alias("institution_code"),
        pl.col("unaskable").alias("reason"),
        pl.col("unaskable").replace_strict(UNASKABLE, return_dtype=pl.String).alias("reason_zh"),
    )
