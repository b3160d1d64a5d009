"""What a check asks, in words: the titles that the gates declare."""

from __future__ import annotations

from functools import cache

from household.schema.datasets import DATASETS
from quality.checks import checks_of
from quality.ledgers import LEDGER_CHECKS


def check_title(dataset: str, check_id: str) -> str | None:
    """The title of a check of a dataset; None of one that this version does not ask."""
    return _titles(dataset).get(check_id) if dataset in DATASETS else None


@cache
def _titles(dataset: str) -> dict[str, str]:
    declared = {check.check_id: check.title_zh for check in checks_of(DATASETS[dataset])}
    return LEDGER_CHECKS | declared
