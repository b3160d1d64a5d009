"""The register of printed reports: how often one was printed, and what a number or a check code belongs to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.rows import add_rows
from casework.store import at
from casework.tables.reports import REPORT_PRINTING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.store import Place

_AT_ONCE = 500
"""Numbers in one question: databases bound how many values a statement may hold."""


@dataclass(frozen=True, slots=True)
class Printing:
    """One printing. `ordinal`: 0 the original, then the copies. `made_at`: ISO 8601 in UTC. `made_by`: an account."""

    report_no: str
    ordinal: int
    check_code: str
    application_id: str
    run_id: str
    contents_digest: str
    file_sha256: str
    made_by: str
    made_at: str


def count_printings(place: Place, numbers: Sequence[str]) -> dict[str, int]:
    """How often each of these reports was printed; those never printed are left out. Raises as `open_store`."""
    counted: dict[str, int] = {}
    with at(place) as store:
        if store is None:
            return counted
        with store.reading() as connection:
            for start in range(0, len(numbers), _AT_ONCE):
                query = (
                    sa.select(REPORT_PRINTING.c.report_no, sa.func.count())
                    .where(REPORT_PRINTING.c.report_no.in_(numbers[start : start + _AT_ONCE]))
                    .group_by(REPORT_PRINTING.c.report_no)
                )
                counted |= {row[0]: row[1] for row in connection.execute(query)}
    return counted


def add_printings(place: Place, printings: Sequence[Printing]) -> None:
    """Enter printings, all or none.

    Raises:
        TakenError: somebody printed one of them meanwhile: count again. The rest as `open_store`.

    """
    add_rows(place, REPORT_PRINTING, [asdict(one) for one in printings])


def find_printings(place: Place, *, number: str = "", code: str = "") -> tuple[Printing, ...]:
    """The printings of a report by its number, its check code, or both where both are given; the original first.

    Nothing is found where neither is given. Raises as `open_store`.
    """
    wanted = []
    if number:
        wanted.append(REPORT_PRINTING.c.report_no == number)
    if code:
        wanted.append(REPORT_PRINTING.c.check_code == code)
    return _found(place, wanted) if wanted else ()


def printings_of(place: Place, application_id: str) -> tuple[Printing, ...]:
    """All printings about an application, the oldest first. Raises as `open_store`."""
    return _found(place, [REPORT_PRINTING.c.application_id == application_id])


def _found(place: Place, wanted: list[sa.ColumnElement[bool]]) -> tuple[Printing, ...]:
    columns = [REPORT_PRINTING.c[field.name] for field in fields(Printing)]
    query = sa.select(*columns).where(*wanted).order_by(REPORT_PRINTING.c.printing_id)
    with at(place) as store:
        if store is None:
            return ()
        with store.reading() as connection:
            return tuple(Printing(*row) for row in connection.execute(query))
