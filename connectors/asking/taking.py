"""One matched answer into the book, through the door: who may not be read today is left out, and the reply says only that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import add_answer
from connectors.asking.carriers import Trouble
from connectors.pulling.pull_log import LIED
from household.inquiries.log import REPLY_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from connectors.asking.layouts.institution import Institution
    from connectors.asking.matching import Matched
    from connectors.sources.declaration import Source
    from connectors.store import Store
    from household.inquiries.door import Admitted

_LINES = 5


@dataclass(frozen=True)
class Taken:
    """What one answer came to; counts, and the trouble with its lines."""

    files: int
    answers: int
    records: int
    withheld: int
    unasked: int
    troubles: tuple[Trouble, ...]


def take(
    source: Source,
    institution: Institution,
    matched: Matched,
    admitted: Admitted,
    *,
    file: str,
    digests: Mapping[str, str],
    store: Store,
    today: date,
) -> Taken:
    """Write one answer into the book. Hold the source.

    Args:
        source, institution: whose. matched: what it says. admitted: today's door. file: as a log may show it.
        digests: by name, of the files that it came in. store, today: as ever.

    Raises:
        InputError: `admitted` is of another day. ConnectorError: the book cannot be written.

    """
    passed = admitted.held_to(today).passed.select("request_id").unique()
    entered = matched.answers.join(passed, on="request_id", how="semi")
    withheld = matched.answers.join(passed, on="request_id", how="anti").with_columns(
        pl.lit("no_answer").alias("state"), pl.lit(0, dtype=pl.Int64).alias("rows")
    )
    records = matched.records.join(passed, on="request_id", how="semi")
    told = [
        entered.with_columns(pl.lit(None, dtype=pl.String).alias("note")),
        withheld.with_columns(pl.lit("withheld").alias("note")),
    ]
    if matched.unasked:
        told.append(_strangers(len(matched.unasked), today))
    replies = pl.concat(
        [t.select("request_id", "state", "replied_on", "rows", "note") for t in told]
    )
    replies = replies.with_columns(
        pl.lit(source.name).alias("source"),
        pl.lit(institution.code).alias("institution_code"),
        pl.lit(today).alias("taken_on"),
    ).select(pl.col(name).cast(dtype) for name, dtype in REPLY_SCHEMA.items())
    add_answer(store, source.name, replies, records, institution=institution.code, files=digests)
    return Taken(
        files=len(digests),
        answers=entered.height,
        records=records.height,
        withheld=withheld.height,
        unasked=len(matched.unasked),
        troubles=tuple(_troubles(institution, matched, file)),
    )


def _strangers(lines: int, today: date) -> pl.DataFrame:
    """The row that says that somebody was told about who was not asked: how many lines, and nothing else."""
    return pl.DataFrame(
        {
            "request_id": [None],
            "state": [None],
            "replied_on": [today],
            "rows": [lines],
            "note": ["not_asked"],
        },
        schema={
            "request_id": pl.String,
            "state": pl.String,
            "replied_on": pl.Date,
            "rows": pl.Int64,
            "note": pl.String,
        },
    )


def _troubles(institution: Institution, matched: Matched, file: str) -> list[Trouble]:
    said = [
        (matched.unasked, "为本批未查询的人", "，未收取；请向该机构核实为何提供未经查询之人的信息"),
        (matched.unsure, "可能属于不止一人的查询", "，未收取；请该机构按查询编号重新出具"),
        (
            matched.torn,
            "自相矛盾（有无记录、笔数与明细不符）",
            "，按未答复处理；请该机构更正后重新出具",
        ),
    ]
    troubles = [
        Trouble(
            institution.code, LIED, f"{institution.name}：{file} {_lines(lines)}{what}{todo}", file
        )
        for lines, what, todo in said
        if lines
    ]
    if matched.misdated:
        what = f"{matched.misdated} 人的答复日期早于查询日或晚于收取日"
        message = f"{institution.name}：{file} 中 {what}，以收取日计；请该机构核对时钟与日期"
        troubles.append(Trouble(institution.code, LIED, message, file))
    return troubles


def _lines(lines: tuple[int, ...]) -> str:
    shown = "、".join(str(n) for n in lines[:_LINES])
    more = f"等共 {len(lines)} 行" if len(lines) > _LINES else "行"
    return f"第 {shown} {more}"
