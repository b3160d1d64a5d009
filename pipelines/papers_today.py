"""What decides who may be asked today, taken in before anybody is asked: rosters, papers, and who died or is held.

A revocation that arrived this morning holds a question back today, though no run was made since. The next run finds the files in the log.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from connectors.errors import StoreHeld
from connectors.store import when_free
from pipelines.intake import take_in

if TYPE_CHECKING:
    from connectors.outside import Outside
    from pipelines.workplace import Workplace

PAPERS = (
    "approval.application",
    "approval.member",
    "approval.authorisation",
    "public_security.population",
    "civil_affairs.funeral",
    "justice.custody",
)
"""Datasets that say who is at hand, who signed, and who is not to be asked about any more."""


def take_in_papers(work: Workplace, outside: Outside) -> dict[str, int]:
    """Take in, by the strict intake, what lies in the inbox of PAPERS. What was taken in before costs nothing.

    Args:
        work: the warehouse's store and the inbox. outside: waits a moment where a pull is landing.

    Returns:
        Counts as `intake.take_in`. A file that is refused, or rows that are quarantined, leave what stood before: the run's gates tell.

    Raises:
        StoreHeld: a run is in the store; nobody is asked meanwhile, for what it is taking in is not known yet.
        ConnectorError: the store cannot be written. InputError: the inbox cannot be read.

    """
    counts: Counter[str] = Counter()
    try:
        for dataset in PAPERS:
            counts.update(when_free(partial(take_in, work, dataset), sleep=outside.sleep))
    except StoreHeld:
        raise StoreHeld(
            "工作库正被另一个进程使用（可能正在运行），今日收到的授权与撤销尚不能核实，没有送出查询",
            "请等它结束后再运行",
        ) from None
    return dict(counts)
