"""From declared checks to Great Expectations suites over a profile's measures: one row, one column a check.

An expectation carries its check in `meta` (check_id, dimension, severity, title_zh), so a result explains itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality import warm
from quality.checks import DEFAULT_LIMITS, Check, Limits, checks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation

    from household.schema.column import Dataset


def suite_name(dataset: str) -> str:
    """The name of a dataset's suite, which is also its page in the data docs."""
    return dataset


def build_suite(
    dataset: Dataset, *, checks: Sequence[Check] | None = None, limits: Limits = DEFAULT_LIMITS
) -> ExpectationSuite:
    """The suite of a dataset.

    Args:
        dataset: the declaration that the checks come from.
        checks: those of `checks_of(dataset)` to ask; all of them when None.
        limits: bounds of the warnings, used when `checks` is None.

    """
    asked = checks_of(dataset, limits=limits) if checks is None else checks
    suite: ExpectationSuite = warm.engine().ExpectationSuite(
        name=suite_name(dataset.name), meta={"title_zh": dataset.title_zh}
    )
    suite.expectations = [_expectation(check) for check in asked]
    return suite


def _expectation(check: Check) -> Expectation:
    """The bound of a check as an expectation on the column of that name. The maximum of the one row is the measure."""
    made: Expectation = warm.engine().expectations.ExpectColumnMaxToBeBetween(
        column=check.check_id,
        min_value=check.at_least,
        max_value=check.at_most,
        severity="critical" if check.blocking else "warning",
        notes=check.title_zh,
        meta={
            "check_id": check.check_id,
            "dimension": str(check.dimension),
            "severity": str(check.severity),
            "title_zh": check.title_zh,
        },
    )
    return made
