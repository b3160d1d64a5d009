"""Whose turn it is: the next step of each request, reminders that are due, and what goes to the supervisor. Nothing is sent here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from datetime import date

ACTORS: dict[str, str] = {
    "centre": "核对机构",
    "institution": "被查询机构",
    "commissioner": "委托单位",
    "supervisor": "监督负责人",
}
"""Who may have to act next."""

STEPS: dict[str, tuple[str, str]] = {
    "send": ("centre", "送出查询请求"),
    "wait": ("institution", "等待机构答复"),
    "remind": ("centre", "已过答复期限，向机构催办"),
    "wait_reminded": ("institution", "已催办，等待机构答复"),
    "escalate": ("supervisor", "催办后仍未答复，提请监督负责人督办"),
    "wait_escalated": ("supervisor", "已提请督办，等待处理"),
    "ask_again": ("centre", "机构答复无法查询，核实后另行发起查询"),
    "sign_again": ("commissioner", "授权已失效，须重新取得授权"),
    "correct": ("commissioner", "身份不符，核对姓名和证件号码并更正名册后重新查询"),
    "repair": ("centre", "未能送出，更正后重新送出"),
}
"""The next step of a request: who acts, and what is to be done."""


def next_steps(states: pl.DataFrame, on: date) -> pl.DataFrame:
    """With `step` (a code of STEPS; null where nothing is left to do), `actor` and `step_zh`.

    Args:
        states: see `states.request_states`. on: the same day.
    """
    reminded = (pl.col("reminded_on") >= pl.col("remind_on")).fill_null(value=False)
    due_again = (pl.col("remind_on") <= pl.lit(on)).fill_null(value=False)
    withheld = (pl.col("note") == "withheld").fill_null(value=False)
    by_state: dict[str, pl.Expr] = {
        "prepared": pl.lit("send"),
        "asked": pl.lit("wait"),
        "late": pl.when(reminded)
        .then(pl.lit("wait_reminded"))
        .when(due_again)
        .then(pl.lit("remind"))
        .otherwise(pl.lit("wait")),
        "no_answer": pl.when(withheld)
        .then(pl.lit("sign_again"))
        .when(pl.col("taken_on").is_not_null())
        .then(pl.lit("ask_again"))
        .when(pl.col("escalated_on").is_not_null())
        .then(pl.lit("wait_escalated"))
        .otherwise(pl.lit("escalate")),
        "identity_mismatch": pl.lit("correct"),
        "failed": pl.when(withheld).then(pl.lit("sign_again")).otherwise(pl.lit("repair")),
    }
    step = pl.coalesce(
        pl.when((pl.col("state") == state) & pl.col("superseded").not_()).then(said)
        for state, said in by_state.items()
    )
    named = {
        name: step.replace_strict(
            {code: said[place] for code, said in STEPS.items()},
            default=None,
            return_dtype=pl.String,
        )
        for place, name in enumerate(("actor", "step_zh"))
    }
    return states.with_columns(step.alias("step"), **named)


def reminders_due(states: pl.DataFrame, on: date) -> pl.DataFrame:
    """Requests of which the institution is to be reminded by this day: once each. Rows of `states`, by institution."""
    return next_steps(states, on).filter(pl.col("step") == "remind")


def escalations(states: pl.DataFrame, on: date) -> pl.DataFrame:
    """The list for the supervisor, a row per institution with requests that are overdue or given up.

    Returns:
        source, institution_code, institution, late (past the due day), reminded (of these), given_up (past the day of giving up),
        escalated (of these), oldest_due_on, oldest_request_id: where to begin. Institutions with the oldest come first.
    """
    step = pl.col("step")
    overdue = next_steps(states, on).filter(
        step.is_in(("remind", "wait_reminded", "escalate", "wait_escalated"))
        | (pl.col("state") == "late")
    )
    return (
        overdue.sort("due_on", "request_id")
        .group_by("source", "institution_code", maintain_order=True)
        .agg(
            pl.col("institution").first(),
            (pl.col("state") == "late").sum().cast(pl.Int64).alias("late"),
            (step == "wait_reminded").sum().cast(pl.Int64).alias("reminded"),
            step.is_in(("escalate", "wait_escalated")).sum().cast(pl.Int64).alias("given_up"),
            (step == "wait_escalated").sum().cast(pl.Int64).alias("escalated"),
            pl.col("due_on").first().alias("oldest_due_on"),
            pl.col("request_id").first().alias("oldest_request_id"),
        )
        .sort("oldest_due_on", "source", "institution_code")
    )
