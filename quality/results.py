"""The rows of `publish.quality_result`: every check of every gate, and what linkage found out about accuracy.

`run_id` is the publisher's to add.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from quality.checks import DEFAULT_LIMITS, Dimension, Limits, Severity
from quality.gate import CheckResult, GateResult

if TYPE_CHECKING:
    from collections.abc import Iterable

QUALITY_RESULT_SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "check_id": pl.String(),
    "dimension": pl.String(),
    "severity": pl.String(),
    "passed": pl.Boolean(),
    "failed_rows": pl.Int64(),
    "total_rows": pl.Int64(),
    "observed": pl.String(),
}

LINKAGE_SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "linked_rows": pl.Int64(),
    "name_conflict_rows": pl.Int64(),
    "wrong_number_rows": pl.Int64(),
}
"""Counts that linkage may hand over, one row a dataset: rows linked to a roster person at any tier; of these, rows whose
number agrees and whose name does not (tier B); and rows whose number is valid but another person's (demoted to tier C)."""


def quality_rows(
    gates: Iterable[GateResult],
    *,
    linkage: pl.DataFrame | None = None,
    ledgers: Iterable[tuple[str, CheckResult]] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> pl.DataFrame:
    """Rows of `publish.quality_result`, sorted by dataset and check.

    Args:
        gates: one result a dataset.
        linkage: counts by dataset (`LINKAGE_SCHEMA`); without it the two accuracy checks of linkage are left out.
        ledgers: answers about ledgers that are to add up (`quality.ledgers.ledger_results`).
        limits: bounds of the linkage checks.

    Returns:
        Frame of `QUALITY_RESULT_SCHEMA`. `passed` is null where a warning could not be measured (nothing to compare with).

    """
    pairs = [(gate.dataset, result) for gate in gates for result in gate.results]
    pairs += ledgers
    if linkage is not None:
        pairs += linkage_results(linkage, limits=limits)
    return pl.DataFrame(
        [
            {"dataset": dataset, **{n: getattr(result, n) for n in list(QUALITY_RESULT_SCHEMA)[1:]}}
            for dataset, result in pairs
        ],
        schema=QUALITY_RESULT_SCHEMA,
    ).sort("dataset", "check_id")


def linkage_results(
    linkage: pl.DataFrame, *, limits: Limits = DEFAULT_LIMITS
) -> list[tuple[str, CheckResult]]:
    """The accuracy checks that only linkage can answer, by dataset; both are warnings.

    Raises:
        polars.exceptions.ColumnNotFoundError: the frame lacks a column of `LINKAGE_SCHEMA`.

    """
    counted = linkage.select(list(LINKAGE_SCHEMA)).cast(LINKAGE_SCHEMA).sort("dataset")  # type: ignore[arg-type]
    found = []
    for dataset, linked, conflicts, wrong in counted.iter_rows():
        found += [
            (
                dataset,
                _share(
                    "link_name_agrees",
                    "号码相符的行姓名一致",
                    conflicts,
                    linked,
                    limits.name_conflict_share,
                ),
            ),
            (
                dataset,
                _share(
                    "link_number_own",
                    "无他人号码",
                    wrong,
                    linked,
                    limits.wrong_number_share,
                ),
            ),
        ]
    return found


def _share(check_id: str, title_zh: str, failed: int, linked: int, at_most: float) -> CheckResult:
    return CheckResult(
        check_id,
        str(Dimension.ACCURACY),
        str(Severity.WARNING),
        passed=failed <= at_most * linked if linked else None,
        failed_rows=failed,
        total_rows=linked,
        observed=f"{failed} / {linked} 行已关联记录",
        title_zh=title_zh,
    )
