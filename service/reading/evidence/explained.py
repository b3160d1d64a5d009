"""Why a row is held to be a person's: the newest run's own explanation, made again. Slow on a large county: one at a time, and only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.errors import InputError
from household.linkage.subjects import DATASETS_LINKED
from household.schema.datasets import DATASETS
from service.reading.evidence.row import find_row
from service.reading.household.whole import visible_verdicts

if TYPE_CHECKING:
    from pipelines.explaining import Explained
    from service.access.actor import Scope
    from service.reading.explanations import Explanations
    from warehouse.current import CurrentTables


def row_and_person(
    tables: CurrentTables, scope: Scope, application: str, *, evidence_id: str
) -> tuple[str, str, str] | None:
    """Dataset, record key and person of a piece of evidence; None where it is not to be seen or names nobody."""
    if visible_verdicts(tables, scope, application) is None:
        return None
    found = find_row(tables, application, evidence_id)
    if found is None or not found["person_ref"]:
        return None
    return found["dataset"], found["record_key"], found["person_ref"]


def explain(
    explanations: Explanations, asked: tuple[str, str, str], *, tables: CurrentTables
) -> Explained:
    """The explanation of a row and a person.

    Args:
        explanations: of the application. asked: from `row_and_person`. tables: of the run.

    Raises:
        InputError: the store is gone, the rows of this dataset are not linked, or another key than the run's. BusyError: too many wait.

    """
    dataset = DATASETS[asked[0]]
    if dataset.name not in DATASETS_LINKED:
        raise InputError(
            f"“{dataset.title_zh}”的行由申请或证件号码直接归属，没有匹配过程", "请看来源行的内容"
        )
    return explanations.explain(tables, asked)
