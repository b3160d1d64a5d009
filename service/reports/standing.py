"""Whether a report still stands: computed again from the newest run of a warehouse."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import polars as pl

from household.errors import InputError
from service.reading.papers import open_shelf
from service.reports.gathering import gather
from service.reports.numbering import contents_digest, report_no

if TYPE_CHECKING:
    from pathlib import Path

    from service.reports.seal import Claims
    from warehouse.current import CurrentTables


class Standing(Enum):
    """What the warehouse says of a report."""

    CURRENT = "与结果库一致：复算得到的内容摘要与报告相同"
    SAME_SUGGESTIONS = "已有更新的核对批次，但建议未变；报告已被取代，请使用新报告"
    SUPERSEDED = "已有更新的核对批次，建议已变；报告已被取代，请使用新报告"
    GONE = "结果库的最新批次中没有这份申请；报告已被取代"
    DIFFERS = (
        "批次相同，但复算得到的内容摘要与报告不同：可能缺少工作目录，或程序版本不同；请联系出具机构"
    )


def standing(claims: Claims, tables: CurrentTables, warehouse: Path) -> Standing:
    """What the newest run says of a report, computed again where it is the very run that it was made of.

    Raises:
        NotOursError, BusyError: the warehouse cannot be read.

    """
    found = tables.frame("household_verdict", application_id=claims.application)
    if found.is_empty():
        return Standing.GONE
    # A report for somebody who may see some programmes only tells of these.
    told = found.filter(pl.col("verdict_id").is_in(claims.verdicts.split()))
    if claims.run != tables.run.run_id:
        same = len(told) == len(claims.verdicts.split())
        return Standing.SAME_SUGGESTIONS if same else Standing.SUPERSEDED
    try:
        papers = (
            open_shelf(tables, warehouse).papers_of([claims.application]).get(claims.application)
        )
    except InputError:
        papers = None
    if told.is_empty():
        return Standing.DIFFERS
    contents = gather(
        tables, claims.application, papers=papers, programmes=told["programme"].to_list()
    )
    digest = contents_digest(contents)
    same = digest == claims.contents and report_no(contents, digest) == claims.report
    return Standing.CURRENT if same else Standing.DIFFERS
