"""A table or view of a department's database, read whole or from a mark on, out of one snapshot. Shared by PostgreSQL and MySQL.

What is asked of a view, the checks of what comes and the paging stand here; a dialect gives the snapshot (`Snapshot`). The order of the
pages is the database's own order of the key, so an index is used; that no row is skipped is held by the count in the same snapshot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol, cast

import polars as pl

from connectors.errors import FileRefused, SourceLied, SourceRefused
from connectors.intake.titles import Wording, match_titles
from connectors.transports.text_rows import TextRows
from connectors.transports.transport import Fetched, Offer, Probe
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa  # type: ignore[import-untyped]

    from connectors.outside import Outside
    from connectors.sources.declaration import DatasetSpec, Source, TableDataset
    from connectors.transports.transport import Caller, Mark

Growth = Literal["time", "day", "number"]

OVERLAP_NUMBERS = 10_000
"""How far below the mark a counting `changed` is read again; a `time` one hour, a `day` one day.

A row that was changed before the mark was taken but committed after it would otherwise be lost. What comes twice is replaced by its key.
"""

_WRITING = "（该账户能写入，请来源改为只读账户）"
_NAME = re.compile(r"[^\W\d][\w$#]{0,62}")
_DAY = re.compile(r"(?a:(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?|(\d{4})(\d{2})(\d{2}))")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of theirs. `kind`: its type as the dialect wants it. `growth`: how it may serve as `changed`; None: not."""

    name: str
    kind: str
    growth: Growth | None = None
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What is asked of one view.

    Attributes:
        view: schema and name, or the name. columns: to be kept, in their order. key: paged by. changed, as_of: as source.yaml names them.
        since: the mark of the last read; None reads everything. names: every column that the view has.
        only: columns and what they must equal, in every statement about rows.

    """

    view: tuple[str, ...]
    columns: tuple[Column, ...]
    key: tuple[Column, ...]
    changed: Column | None
    as_of: Column | None
    since: str | None
    names: tuple[str, ...]
    only: tuple[tuple[Column, str], ...] = ()

    @property
    def read(self) -> tuple[Column, ...]:
        """The columns to be kept, and the key where it is not among them."""
        return (*self.columns, *(k for k in self.key if k not in self.columns))


class Snapshot(Protocol):
    """One read-only transaction of a database; everything that it answers is of one moment."""

    def server(self) -> str:
        """Kind and version."""
        ...

    def writable(self) -> bool:
        """Whether the account could change anything."""
        ...

    def clock(self) -> datetime:
        """Their time now, with its zone."""
        ...

    def columns(self, view: tuple[str, ...]) -> tuple[Column, ...]:
        """Of a view, in its order."""
        ...

    def count(self, reading: Reading) -> int:
        """How many rows will come."""
        ...

    def days(self, reading: Reading) -> tuple[str | None, str | None, int]:
        """The least and the greatest text of `as_of` in the rows that will come, and how many have one."""
        ...

    def newest(self, reading: Reading) -> str | None:
        """The greatest `changed` of all rows, not only of those since the mark, that is not in the future of their clock."""
        ...

    def page(self, reading: Reading, after: tuple[str, ...] | None, rows: int) -> pa.Table:
        """The next rows in the order of the key as a table of String columns named as `reading.read`; null stays null."""
        ...


def view_names(view: str) -> tuple[str, ...]:
    """`schema.view` or `view` as its names. Raises SourceRefused for anything that is not plainly a name."""
    names = tuple(view.split("."))
    if len(names) > 2 or not all(_NAME.fullmatch(name) for name in names):
        raise SourceRefused("view 不是“模式.视图”形式的名称", "请在 source.yaml 中更正 view")
    return names


class TableTransport:
    """What both dialects do alike. A dialect gives `_snapshot`.

    Every call connects anew, reads in one transaction and closes, so nothing is held open at their side between two calls, and a call
    that is tried again reads the whole anew. One call of the agreement's pace is one such transaction.
    """

    def __init__(self, source: Source, outside: Outside, caller: Caller) -> None:
        self._source = source
        self._outside = outside
        self._caller = caller

    def _snapshot(self) -> AbstractContextManager[Snapshot]:
        raise NotImplementedError

    def __enter__(self) -> TableTransport:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def probe(self) -> Probe:
        """Connect and say who answers; an account that could write is remarked on, as it should not.

        Raises:
            SourceUnreachable, SourceRefused.

        """
        return self._caller.call(self._probe)

    def offers(self, subject: str, spec: DatasetSpec, taken: Mapping[str, Mark]) -> Iterator[Offer]:
        """One offer a view. A whole read is always offered; rows since a mark only when there is any that was not read.

        Raises:
            SourceUnreachable. SourceRefused: a column that is needed is not there. SourceLied: `as_of` differs between rows.

        """
        table = cast("TableDataset", spec)
        before = taken.get(table.view, {}) if table.changed else {}
        offer = self._caller.call(lambda: self._offer(subject, table, before))
        if offer is not None:
            yield offer

    def fetch(self, offer: Offer, spec: DatasetSpec, target: Path) -> Fetched:
        """Read the rows into a Parquet file of String columns named as the source names them.

        Only columns that the catalogue asks for are read, and nothing else of a person. The bytes depend on the rows alone.

        Raises:
            SourceUnreachable. SourceRefused. SourceLied: rows against the count, a key that is none, `as_of` that differs.

        """
        table = cast("TableDataset", spec)
        return self._caller.call(lambda: self._fetch(offer, table, target))

    def _probe(self) -> Probe:
        with self._snapshot() as snapshot:
            said = snapshot.server() + (_WRITING if snapshot.writable() else "")
            return Probe(said, snapshot.clock())

    def _offer(self, subject: str, spec: TableDataset, before: Mark) -> Offer | None:
        with self._snapshot() as snapshot:
            since = str(before.get("changed") or "") or None
            if before.get("by") != spec.changed:
                since = None  # the mark of another column says nothing of this one
            reading = self._reading(snapshot, subject, spec, since=since)
            mark: dict[str, object] = {}
            if reading.changed:
                mark = _moved(snapshot, reading)
                read = mark == {k: before.get(k) for k in mark}
                if read and _day_was_over(reading.changed, before):
                    return None
                mark["since"] = since
            rows = snapshot.count(reading) if reading.as_of else 0
            as_of = self._as_of(snapshot, reading, rows)
            if not reading.changed:
                mark["as_of"] = as_of.isoformat()
            region = spec.region or self._source.region
            return Offer(subject, region, as_of, "", "parquet", spec.view, mark)

    def _fetch(self, offer: Offer, spec: TableDataset, target: Path) -> Fetched:
        with self._snapshot() as snapshot:
            since = offer.mark.get("since")
            reading = self._reading(
                snapshot, offer.subject, spec, since=str(since) if since else None
            )
            said = snapshot.count(reading)
            self._hold_limit(said, spec)
            as_of = self._as_of(snapshot, reading, said, default=offer.as_of)
            mark: dict[str, object] = {"as_of": as_of.isoformat(), "rows": said}
            if reading.changed:
                mark = _moved(snapshot, reading)
                if reading.changed.growth == "day":
                    mark["read"] = self._outside.today.isoformat()
            rows = self._write(snapshot, reading, said, target)
            return Fetched(
                as_of,
                mark,
                rows=rows,
                said_rows=said,
                columns=reading.names,
                clock=snapshot.clock(),
            )

    def _reading(
        self, snapshot: Snapshot, subject: str, spec: TableDataset, *, since: str | None
    ) -> Reading:
        """What to ask, held against the columns that the view has now."""
        view = view_names(spec.view)
        columns = {c.name: c for c in snapshot.columns(view)}
        named = (n for n in (spec.changed, spec.as_of) if n is not None)
        needed = [*spec.key, *named, *spec.only]
        gone = [name for name in dict.fromkeys(needed) if name not in columns]
        if gone:
            raise _renamed(f"{spec.view} 没有列 {'、'.join(gone)}")
        dataset = DATASETS[f"{self._source.department}.{subject}"]
        try:
            titles = match_titles(
                dataset, list(columns), wording=Wording(spec.fields, spec.codes, spec.absent)
            )
        except FileRefused as error:
            raise _renamed(f"{spec.view} {error.what}") from None
        names = list(columns)
        kept = [columns[names[index]] for index in sorted(titles.position.values())]
        key = [columns[name] for name in spec.key]
        only = [(columns[name], value) for name, value in spec.only.items()]
        for column in (*kept, *key, *(column for column, _ in only)):
            if not column.readable:
                raise SourceRefused(
                    f"{spec.view} 的列 {column.name} 是二进制或空间类型，不能读成文本",
                    "请来源在视图中改为文本列",
                )
        changed = columns[spec.changed] if spec.changed else None
        if changed is not None and changed.growth is None:
            raise SourceRefused(
                f"{spec.view} 的列 {changed.name} 不是时间、日期或数字，不能用作 changed",
                "请换一列，或去掉 changed 改为整表读取",
            )
        as_of = columns[spec.as_of] if spec.as_of else None
        return Reading(
            view, tuple(kept), tuple(key), changed, as_of, since, tuple(names), tuple(only)
        )

    def _as_of(
        self, snapshot: Snapshot, reading: Reading, rows: int, *, default: date | None = None
    ) -> date:
        """The day for which the rows are true; the day of the pull where no row says one."""
        if reading.as_of is None or rows == 0:
            return default or self._outside.today
        least, greatest, known = snapshot.days(reading)
        first, last = _day(least), _day(greatest)
        if known != rows or first is None or first != last:
            raise SourceLied(
                f"{'.'.join(reading.view)} 的截止日列 {reading.as_of.name} 有空值、不是日期或各行不一",
                "请来源查明后重新提供；一次提供的数据只能有一个截止日",
            )
        return first

    def _hold_limit(self, said: int, spec: TableDataset) -> None:
        limits = self._source.limits
        most = min(limits.rows_most, limits.pages_most * limits.rows_per_page)
        if said > most:
            raise SourceRefused(
                f"{spec.view} 有 {said} 行，超过限额 {most} 行",
                "请核对视图是否放宽了范围；确需全量时在 limits 中调高 rows_most 或 pages_most",
            )

    def _write(self, snapshot: Snapshot, reading: Reading, said: int, target: Path) -> int:
        names = [c.name for c in reading.columns]
        limits = self._source.limits
        size = 0
        with TextRows(target, names) as written:
            for page in self._pages(snapshot, reading):
                size += page.nbytes
                if size > limits.bytes_most:
                    raise SourceRefused(
                        f"{'.'.join(reading.view)} 的内容超过限额 {limits.bytes_most} 字节",
                        "请核对视图；确需全量时在 limits 中调高 bytes_most",
                    )
                written.add(page.select(names))
                if written.rows > said:
                    break
            if written.rows != said:
                raise SourceLied(
                    f"{'.'.join(reading.view)} 计数 {said} 行，按键翻页取得 {written.rows} 行：键不唯一，或视图每次结果不同",
                    "请来源核对视图，key 须写明能唯一确定一行的列",
                )
        return written.rows

    def _pages(self, snapshot: Snapshot, reading: Reading) -> Iterator[pa.Table]:
        most = self._source.limits.rows_per_page
        after: tuple[str, ...] | None = None
        while True:
            page = snapshot.page(reading, after, most)
            if page.num_rows:
                after = _last_key(page, reading)
            yield page
            if page.num_rows < most:
                return


def _moved(snapshot: Snapshot, reading: Reading) -> dict[str, object]:
    """The mark as it stands in this snapshot: the newest change, and how many rows the next read would bring again.

    A row that was committed late, with a change before the newest one, alters the number and so makes the view be read again.
    """
    newest = snapshot.newest(reading)
    within = snapshot.count(replace(reading, since=newest))
    return {
        "by": reading.changed.name if reading.changed else None,
        "changed": newest,
        "within": within,
    }


def _day_was_over(changed: Column, before: Mark) -> bool:
    """Whether the newest day of change was over when it was read: on the day itself a row may change again, and neither day nor count tells."""
    newest = _day(str(before.get("changed")))
    if changed.growth != "day" or newest is None:
        return True
    return newest.isoformat() < str(before.get("read", ""))


def _last_key(page: pa.Table, reading: Reading) -> tuple[str, ...]:
    """The key of the last row. Raises SourceLied where a key of the page is null or comes twice."""
    keys = cast("pl.DataFrame", pl.from_arrow(page.select([c.name for c in reading.key])))
    again = pl.all_horizontal(pl.all() == pl.all().shift(1))
    if keys.select(pl.any_horizontal(pl.all().is_null()).any() | again.any()).item():
        raise key_is_none(reading)
    return tuple(str(value) for value in keys.row(-1))


def key_is_none(reading: Reading) -> SourceLied:
    """The error of a key that does not tell rows apart."""
    named = "、".join(c.name for c in reading.key)
    return SourceLied(
        f"{'.'.join(reading.view)} 的键（{named}）有重复或空值，翻页会漏行",
        "请来源核对，或在 key 中写明能唯一确定一行的列",
    )


def _renamed(what: str) -> SourceRefused:
    return SourceRefused(what, "来源可能改了列名；请核对后更正 source.yaml 或请来源恢复")


def _day(text: str | None) -> date | None:
    match = _DAY.fullmatch((text or "").strip())
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups() if part is not None))
    except ValueError:
        return None
