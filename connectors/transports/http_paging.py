"""Pages one after another until the source's own end, each held against what came before. No connection and no file here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.errors import SourceLied
from connectors.transports.http_json import TODO, count_at, day_at, rows_at, text_at, text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    import pyarrow as pa  # type: ignore[import-untyped]  # it ships none

    from connectors.sources.declaration import Limits, PageDataset

T = TypeVar("T")

EMPTY_MOST = 100
"""So many pages without a row, one after another, are no way to an end."""
_ENDLESS = "请与对方核对翻页方式；确有这么多时请调大 limits"


class Changed(Exception):  # noqa: N818 - what happened
    """The data changed while it was being read: it is to be read again from the first page."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the source says of the whole, total and day the same on every page. None where source.yaml does not say where that stands.

    `until` may be each page's own time; the first page's holds, so that what changed while the pages were read comes again next time.
    """

    total: int | None
    as_of: date | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page, read and checked."""

    rows: pa.Table
    said: Said


def said_of(answer: object, spec: PageDataset) -> Said:
    """What an answer says of the whole. Raises SourceLied where it does not say what source.yaml promises."""
    until = None if spec.changed_until is None else text_at(answer, spec.changed_until)
    if spec.changed_until is not None and not until:
        raise SourceLied(f"回答中 {spec.changed_until} 没有写明截至何时", TODO)
    return Said(
        total=None if spec.total is None else count_at(answer, spec.total),
        as_of=None if spec.as_of is None else day_at(answer, spec.as_of),
        until=until,
    )


def parameters_of(spec: PageDataset, limits: Limits, *, since: str | None) -> dict[str, str]:
    """The parameters of every page: those of source.yaml, the page's size, and since when rows are wanted."""
    given = dict(spec.parameters)
    if spec.paging is not None and spec.paging.size_parameter is not None:
        given[spec.paging.size_parameter] = str(limits.rows_per_page)
    if spec.changed_parameter is not None and since is not None:
        given[spec.changed_parameter] = since
    return given


def first_parameters(spec: PageDataset) -> dict[str, str]:
    """What asks for the first page: nothing where a cursor is followed."""
    if spec.paging is None or spec.paging.cursor is not None:
        return {}
    return {spec.paging.parameter: str(spec.paging.first)}


def is_last(answer: object, spec: PageDataset) -> bool:
    """Whether nothing follows an answer with no rows."""
    return spec.paging is None or spec.paging.cursor is None or not _cursor(answer, spec)


def walk(
    ask: Callable[[Mapping[str, str]], Any],
    spec: PageDataset,
    limits: Limits,
    *,
    known: Collection[str],
) -> Iterator[Page]:
    """Every page in order.

    The end: with a cursor, an answer without one. With page numbers, as many rows as `total` says, or a page without rows; a short page
    is no end, since a source may cap its pages.

    Args:
        ask: an answer for the parameters that tell pages apart. known: column names that may stand in an error.

    Raises:
        Changed: total or day are other than on the first page.
        SourceLied: a page twice, a cursor twice, more pages or rows than agreed, rows other than `total`, or no rows to be read.

    """
    step = first_parameters(spec)
    first: Said | None = None
    pages, cursors = set[bytes](), set[str]()
    count = number = empty = 0
    while True:
        number += 1
        answer = ask(step)
        said = said_of(answer, spec)
        first = first or said
        if (said.total, said.as_of) != (first.total, first.as_of):
            raise Changed
        rows = text_table(rows_at(answer, spec.rows), known=known)
        empty = 0 if rows.num_rows else empty + 1
        if not empty:
            _hold(
                _digest(rows), pages, what=f"{_called(spec)} 第 {number} 页与前面某页的内容完全一样"
            )
        count += rows.num_rows
        if count > limits.rows_most:
            raise SourceLied(
                f"{_called(spec)} 给出的行数超过约定的最多 {limits.rows_most} 行", _ENDLESS
            )
        yield Page(rows, first)
        following = _following(answer, spec, number=number, empty=empty > 0)
        if following is None or _is_enough(spec, count, said.total):
            break
        if not _by_number(spec):
            [cursor] = following.values()
            what = f"{_called(spec)} 第 {number} 页的翻页标记前面已经给过"
            _hold(cursor, cursors, what=what)
        if number >= limits.pages_most or empty >= EMPTY_MOST:
            raise SourceLied(f"{_called(spec)} 翻了 {number} 页仍没有尽头", _ENDLESS)
        step = following
    if first.total is not None and count != first.total:
        raise SourceLied(
            f"{_called(spec)} 自称共 {first.total} 行，实际给出 {count} 行",
            "请与对方核对后再次取数",
        )


def _called(spec: PageDataset) -> str:
    return f"接口 {spec.path}"


def _is_enough(spec: PageDataset, count: int, total: int | None) -> bool:
    """Whether the rows that are promised are here. A cursor is followed to its end all the same, unless there are too many already."""
    return total is not None and (count > total or (count == total and _by_number(spec)))


def _by_number(spec: PageDataset) -> bool:
    return spec.paging is not None and spec.paging.cursor is None


def _following(
    answer: object, spec: PageDataset, *, number: int, empty: bool
) -> dict[str, str] | None:
    """What asks for the next page; None where there is none."""
    if spec.paging is None:
        return None
    if spec.paging.cursor is None:
        return None if empty else {spec.paging.parameter: str(spec.paging.first + number)}
    cursor = _cursor(answer, spec)
    return {spec.paging.parameter: cursor} if cursor else None


def _cursor(answer: object, spec: PageDataset) -> str | None:
    assert spec.paging is not None
    assert spec.paging.cursor is not None
    return text_at(answer, spec.paging.cursor)


def _hold(seen: T, among: set[T], *, what: str) -> None:
    """Remember what must not come twice."""
    if seen in among:
        raise SourceLied(what, "对方的翻页在原地打转，请与对方核对翻页参数；未取任何数据")
    among.add(seen)


def _digest(rows: pa.Table) -> bytes:
    """Of the cells of a page, whatever else its answer says (time, page number)."""
    made = hashlib.sha256(repr(rows.column_names).encode())
    for column in rows.columns:
        for chunk in column.chunks:
            for part in chunk.buffers():
                made.update(b"-" if part is None else part)
    return made.digest()
