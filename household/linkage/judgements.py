"""Judgements: what a named person decided about a row and a person, and what follows from the log of them (assessment §3).

The log only grows. What stands is a function of it: a clerk's later answer replaces their own earlier one, two clerks who differ
are a conflict, and so is a row that is said to be of more persons than it names. A conflict is honoured by neither answer. How
what stands changes the links of a run is told in `household.linkage.honouring`; where the log is kept, in the warehouse.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from household.errors import InputError
from household.linkage.subjects import SUBJECTS

SAME, NOT_SAME, UNSURE = "same", "not_same", "unsure"
ANSWERS = (SAME, NOT_SAME, UNSURE)
CONFLICT = "conflict"
"""Besides the answers, the state of a pair that judgements contradict."""

BY_REVIEW, BY_SAMPLE = "review", "sample"
SOURCES = (BY_REVIEW, BY_SAMPLE)
"""Where a judgement comes from: daily clerical work, or the blind double review of a sample."""

PAIR = ("dataset", "record_key", "person_ref")
"""What is judged: a record, named as in the published table `person_link`, and a person."""

JUDGEMENT_SCHEMA: dict[str, pl.DataType] = {
    "judgement_id": pl.Int64(),
    "dataset": pl.String(),
    "record_key": pl.String(),
    "person_ref": pl.String(),
    "answer": pl.String(),
    "clerk": pl.String(),
    "reason": pl.String(),
    "decided_at": pl.String(),
    "source": pl.String(),
    "batch": pl.String(),
}
"""The log, a row a judgement. `judgement_id` grows with the order of entry, which is what `later` means here."""

PLACES = Counter(subject.dataset for subject in SUBJECTS)
"""How many persons a row of each dataset names."""

CLERKS_DIFFER = "clerks"
TOO_MANY_PERSONS = "persons"
HELD_BY_ANOTHER = "holder"
"""Kinds of conflict: two clerks differ; a row is said to be of more persons than it names; a row said to be one person's stands
by its number for another, of whom nobody has said that it is not theirs."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer of one clerk. Fields as in JUDGEMENT_SCHEMA; the id is given by the store."""

    dataset: str
    record_key: str
    person_ref: str
    answer: str
    clerk: str
    reason: str
    decided_at: str
    source: str = BY_REVIEW
    batch: str | None = None


def check_judgement(said: Judgement) -> Judgement:
    """The judgement in the form in which it is kept: texts trimmed, the time in ISO 8601 to the second.

    Raises:
        InputError: no such answer, source or dataset, no clerk, no reason, or a time that cannot be read. No value is quoted.

    """
    clerk, reason = said.clerk.strip(), said.reason.strip()
    if said.answer not in ANSWERS:
        raise InputError("判定结论无法识别", f"请用 {'、'.join(ANSWERS)} 之一")
    if said.source not in SOURCES or said.dataset not in PLACES:
        raise InputError(
            "判定的来源或数据集无法识别", "请从 hedui links list 或复核表取得要判定的关联"
        )
    if not clerk:
        raise InputError("没有写明由谁判定", "判定须由具名工作人员作出，请给出姓名或工号")
    if not reason:
        raise InputError("没有写明判定理由", "请用一句话写明依据，例如核对了何种证件")
    return Judgement(
        said.dataset,
        said.record_key,
        said.person_ref,
        said.answer,
        clerk,
        reason,
        _read_time(said.decided_at),
        said.source,
        said.batch,
    )


def _read_time(text: str) -> str:
    try:
        return datetime.fromisoformat(text.strip()).isoformat(timespec="seconds")
    except ValueError:
        raise InputError("判定时间无法读取", "请写成 2026-05-20T09:30:00 的形式") from None


def link_ids(pairs: pl.DataFrame) -> pl.Series:
    """Names of pairs for screens and command lines: 16 hexadecimal digits of SHA-256 over dataset, record key and person reference.

    A record key may hold an identity number and is never shown. The digest cannot be turned back by trying numbers, because the
    person reference in it is itself a keyed digest.

    Args:
        pairs: dataset, record_key, person_ref.

    """
    told = ["\x1f".join(pair).encode() for pair in pairs.select(PAIR).iter_rows()]
    return pl.Series(
        "link_id", [hashlib.sha256(pair).hexdigest()[:16] for pair in told], dtype=pl.String
    )


def log_digest(log: pl.DataFrame) -> str:
    """SHA-256 over the whole log; empty text where nothing was ever judged, so that older runs keep their digests."""
    if not len(log):
        return ""
    rows = log.sort("judgement_id").select(list(JUDGEMENT_SCHEMA)).rows()
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def standing(log: pl.DataFrame) -> pl.DataFrame:
    """What stands of the log, a row a pair.

    Returns:
        dataset, record_key, person_ref, `state` (an answer, or conflict), `conflict` (its kind, else null), `judgement_id` (the
        newest that speaks for the state) and `clerks` (who has answered, sorted). Who is unsure contradicts nobody.

    """
    latest = log.sort("judgement_id").unique([*PAIR, "clerk"], keep="last", maintain_order=True)
    answer, number = pl.col("answer"), pl.col("judgement_id")
    pairs = latest.group_by(PAIR).agg(
        (answer == SAME).any().alias("same"),
        (answer == NOT_SAME).any().alias("not_same"),
        pl.coalesce(number.filter(answer != UNSURE).max(), number.max()).alias("judgement_id"),
        pl.col("clerk").sort().alias("clerks"),
    )
    differ = pl.col("same") & pl.col("not_same")
    alone = pl.col("same") & pl.col("not_same").not_()
    places = pl.col("dataset").replace_strict(PLACES, return_dtype=pl.UInt32)
    too_many = alone & (pl.col("same").sum().over("dataset", "record_key") > places)
    kind = (
        pl.when(differ)
        .then(pl.lit(CLERKS_DIFFER))
        .when(too_many)
        .then(pl.lit(TOO_MANY_PERSONS))
        .otherwise(pl.lit(None, dtype=pl.String))
    )
    state = (
        pl.when(differ | too_many)
        .then(pl.lit(CONFLICT))
        .when("same")
        .then(pl.lit(SAME))
        .when("not_same")
        .then(pl.lit(NOT_SAME))
        .otherwise(pl.lit(UNSURE))
    )
    told = pairs.with_columns(state.alias("state"), kind.alias("conflict"))
    return told.select(*PAIR, "state", "conflict", "judgement_id", "clerks").sort(PAIR)


def conflicts(log: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Pairs on which judgements contradict each other, or a link by number of another person.

    Args:
        log: JUDGEMENT_SCHEMA.
        links: published `person_link` rows of a run.

    Returns:
        The columns of `standing`, for pairs in conflict only.

    """
    states = standing(log)
    told = states.filter(pl.col("conflict").is_not_null())
    cleared = states.filter(pl.col("state") == NOT_SAME).select(PAIR)
    by_rule = (
        links.filter(pl.col("tier").is_in(["A", "B"]), pl.col("decided_by") == "rule")
        .join(cleared, on=PAIR, how="anti")
        .select("dataset", "record_key", pl.col("person_ref").alias("holder"))
    )
    # where a row names two persons, the published link does not say which of them it is
    single = [name for name, places in PLACES.items() if places == 1]
    held = (
        states.filter(pl.col("state") == SAME, pl.col("dataset").is_in(single))
        .join(by_rule, on=["dataset", "record_key"], how="inner")
        .filter(pl.col("holder") != pl.col("person_ref"))
        .unique(PAIR, maintain_order=True)
        .with_columns(pl.lit(CONFLICT).alias("state"), pl.lit(HELD_BY_ANOTHER).alias("conflict"))
    )
    return pl.concat([told, held.select(told.columns)]).sort(PAIR)
