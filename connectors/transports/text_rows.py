"""Text columns into one Parquet file, page by page: bounded memory, columns that may still come, bytes that depend on the rows alone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa  # type: ignore[import-untyped]  # it ships none
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from connectors.store import failure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

GROUP = 50_000
_WHAT = "取数暂存文件"


class TextRows:
    """A Parquet file of text columns in the making. In its place whole when the `with` ends well; else nothing is left.

    Rows are written in groups of GROUP, however they came, so a source that cuts its pages otherwise gives the same bytes. A column that
    first appears later is null before; what was written is then written once more, group by group.

    Attributes:
        columns: names in the order of first appearance. rows: how many came.

    """

    def __init__(self, target: Path, columns: Sequence[str] = ()) -> None:
        self.columns: list[str] = list(columns)
        self.rows = 0
        self._target = target
        self._part = target.with_name(f".{target.name}.making")
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._writer: pq.ParquetWriter | None = None
        self._written: list[str] = []

    def add(self, page: pa.Table) -> None:
        """Take more rows: a table of String columns, each name once. Raises ConnectorError when the disk cannot be written."""
        known = set(self.columns)
        self.columns.extend(name for name in page.column_names if name not in known)
        self.rows += page.num_rows
        self._waiting.append(page)
        self._waiting_rows += page.num_rows
        if self._waiting_rows >= GROUP:
            self._write_groups(last=False)

    def need(self, columns: Sequence[str]) -> None:
        """Have these columns too, null throughout where no row brought them."""
        self.columns.extend(name for name in columns if name not in self.columns)

    def __enter__(self) -> TextRows:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write_groups(last=True)
                self._close()
                self._part.replace(self._target)
        except OSError as error:
            raise failure(_WHAT, error) from error
        finally:
            self._close_quietly()
            self._part.unlink(missing_ok=True)

    def _write_groups(self, *, last: bool) -> None:
        rows = self._as_columns(self._waiting)
        whole = rows.num_rows if last else rows.num_rows // GROUP * GROUP
        try:
            writer = self._open()
            for start in range(0, whole, GROUP):
                group = rows.slice(start, min(GROUP, whole - start))
                writer.write_table(group.combine_chunks(), row_group_size=GROUP)
        except OSError as error:
            raise failure(_WHAT, error) from error
        self._waiting = [rows.slice(whole)]
        self._waiting_rows = rows.num_rows - whole

    def _as_columns(self, tables: Sequence[pa.Table]) -> pa.Table:
        """The tables one after another, with every column known so far, in order."""
        schema = pa.schema([(name, pa.string()) for name in self.columns])
        return pa.concat_tables([schema.empty_table(), *tables], promote_options="default").select(
            self.columns
        )

    def _open(self) -> pq.ParquetWriter:
        """The writer for the columns known now."""
        if self._writer is not None and self._written == self.columns:
            return self._writer
        self._close()
        schema = pa.schema([(name, pa.string()) for name in self.columns])
        beside = self._part.with_name(self._part.name + "2")
        old = self._part if self._written else None
        writer = pq.ParquetWriter(beside, schema, compression="zstd", store_schema=False)
        try:
            if old is not None:
                with pq.ParquetFile(old) as written:
                    for group in range(written.num_row_groups):
                        rows = self._as_columns([written.read_row_group(group)])
                        writer.write_table(rows.combine_chunks(), row_group_size=GROUP)
            beside.replace(self._part)  # the open file goes with its name
        except BaseException:
            writer.close()
            beside.unlink(missing_ok=True)
            raise
        self._writer, self._written = writer, list(self.columns)
        return writer

    def _close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()

    def _close_quietly(self) -> None:
        with suppress(OSError):  # the file is thrown away in any case
            self._close()
