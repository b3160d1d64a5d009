"""Requests as the file that an institution wants: the same requests give the same bytes, and nobody is dropped without being told.

A person who cannot be written in a layout (a character that the encoding lacks, a number that is too long, a name that a spreadsheet
would run) is not bent to fit: a name that was changed would be answered for somebody else. They come back as failed, with a reason code.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # it ships none

from connectors.asking.layouts.charsets import lacks, size_of, to_bytes
from connectors.asking.layouts.request_cells import (
    ENCODING,
    SIGN,
    WIDTH,
    Terms,
    request_cells,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from connectors.asking.layouts.institution import Column, Institution, Request

_CONTROL = r"[\x00-\x1f\x7f\u{2028}\u{2029}]"
_FORMULA = r"^[=+\-@＝＋－＠]"
_WHOLE = ("utf-8", "utf-8-sig", "gb18030")
"""Encodings that lack no character."""

_OF_US = ("serial", "purpose", "programme", "agreement_no", "institution_code", "remark", "text")


@dataclass(frozen=True)
class RequestFile:
    """`path` below the institution's side and `content`, null where nobody can be written; `failed`: request_id, note."""

    path: str
    content: bytes | None
    rows: int
    failed: pl.DataFrame


def request_file(
    requests: pl.DataFrame, institution: Institution, layout: Request, *, terms: Terms
) -> RequestFile:
    """The file of one batch.

    Args:
        requests: rows of household.inquiries.log.REQUEST_SCHEMA, all of one institution and batch. institution, layout: whose.
        terms: purpose and agreement.

    Returns:
        RequestFile. Rows stand in the order of request_id, so that the order of asking tells nothing.

    """
    cells, failed = request_cells(requests, layout.columns, institution, terms=terms)
    cells, unfit = without(cells, _unfit(cells, layout))
    failed = pl.concat([failed, unfit]).sort("request_id")
    batch, asked = requests["batch"].item(0), requests["asked_on"].item(0)
    path = _path(layout, institution, batch=batch, asked=asked)
    if not cells.height:
        return RequestFile(path, None, 0, failed)
    table = _numbered(cells.drop("request_id"), layout.columns)
    content = _WRITERS[layout.format](table, layout, _said(institution, batch, asked, table.height))
    return RequestFile(path, content, table.height, failed)


def _unfit(cells: pl.DataFrame, layout: Request) -> pl.Expr:
    """Reason code of every row that this format cannot carry; null for the others."""
    texts = [str(i) for i in range(len(layout.columns))]
    own = [str(i) for i, c in enumerate(layout.columns) if c.value not in _OF_US]
    bad = pl.any_horizontal(pl.col(own).str.contains(_CONTROL))
    if layout.format == "txt":
        bad |= pl.any_horizontal(pl.col(texts).str.contains(layout.delimiter, literal=True))
    if layout.format == "csv":
        bad |= pl.any_horizontal(pl.col(own).str.contains(_FORMULA))
    why = [pl.when(bad).then(pl.lit(SIGN))]
    if layout.encoding not in _WHOLE:
        lost = pl.col("request_id").is_in(_lost(cells, texts, layout.encoding).implode())
        why.append(pl.when(lost).then(pl.lit(ENCODING)))
    if layout.format == "fixed":
        measure = _Measure(layout.encoding)
        wide = [
            pl.col(str(i)).map_batches(measure, return_dtype=pl.Int64) > (c.width or 0)
            for i, c in enumerate(layout.columns)
        ]
        why.append(pl.when(pl.any_horizontal(wide)).then(pl.lit(WIDTH)))
    return pl.coalesce(why)


def _lost(cells: pl.DataFrame, texts: Sequence[str], encoding: str) -> pl.Series:
    """request_id of rows with a character that the encoding lacks."""
    suspects = cells.filter(pl.any_horizontal(pl.col(texts).str.contains(r"[^\x00-\x7f]")))
    lost = [
        row[0]
        for row in suspects.select("request_id", *texts).iter_rows()
        if lacks("".join(row[1:]), encoding)
    ]
    return pl.Series(lost, dtype=pl.String)


class _Measure:
    """Bytes of texts in an encoding; those that it lacks count what `?` counts, for they were left out already."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def __call__(self, texts: pl.Series) -> pl.Series:
        plain = texts.str.len_bytes() == texts.str.len_chars()
        sizes = texts.str.len_bytes().cast(pl.Int64)
        others = (~plain).arg_true()
        if not len(others):
            return sizes
        wide = [size_of(t, self.encoding) for t in texts.gather(others)]
        return sizes.scatter(others, wide)


def _numbered(cells: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Serial numbers from 1, once it is known who is written."""
    serial = [str(i) for i, c in enumerate(columns) if c.value == "serial"]
    count = pl.int_range(1, pl.len() + 1).cast(pl.String)
    return cells.with_columns(*(count.alias(name) for name in serial))


def _said(institution: Institution, batch: str, asked: date, count: int) -> dict[str, str]:
    return {
        "institution": institution.code,
        "batch": batch,
        "asked_on": f"{asked:%Y%m%d}",
        "count": str(count),
    }


def _path(layout: Request, institution: Institution, *, batch: str, asked: date) -> str:
    name = layout.file.format(**_said(institution, batch, asked, 0))
    return f"{layout.folder.strip('/')}/{name}".lstrip("/")


def _lines(table: pl.DataFrame, layout: Request, said: dict[str, str]) -> bytes:
    """Delimited text, header and trailer around it."""
    names = [c.title for c in layout.columns]
    cells = [pl.col(c) for c in table.columns]
    if layout.format == "csv":
        cells = [_quoted(c, layout.delimiter) for c in cells]
        names = (
            pl.Series(names)
            .to_frame("t")
            .select(_quoted(pl.col("t"), layout.delimiter))["t"]
            .to_list()
        )
    titles = [layout.delimiter.join(names)] if layout.titles else []
    rows = table.select(pl.concat_str(cells, separator=layout.delimiter)).to_series()
    return _framed([*titles, rows.str.join("\n").item()], layout, said)


def _quoted(cell: pl.Expr, delimiter: str) -> pl.Expr:
    """A csv cell (RFC 4180), in quotes where it holds the delimiter or a quote."""
    needs = cell.str.contains(delimiter, literal=True) | cell.str.contains('"', literal=True)
    return pl.when(needs).then(pl.format('"{}"', cell.str.replace_all('"', '""'))).otherwise(cell)


def _fixed(table: pl.DataFrame, layout: Request, said: dict[str, str]) -> bytes:
    """Fixed width, padded with spaces to bytes."""
    measure = _Measure(layout.encoding)
    padded = [
        _padded(table[str(i)], (c.width or 0) - measure(table[str(i)])).alias(str(i))
        for i, c in enumerate(layout.columns)
    ]
    rows = pl.DataFrame(padded).select(pl.concat_str(pl.all())).to_series()
    return _framed([rows.str.join("\n").item()], layout, said)


def _padded(texts: pl.Series, missing: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"text": texts, "missing": missing})
    most = int(missing.max() or 0)  # type: ignore[arg-type]  # a number column's
    spaces = pl.lit(" " * most).str.slice(0, pl.col("missing"))
    return frame.select(pl.concat_str("text", spaces)).to_series()


def _framed(body: list[str], layout: Request, said: dict[str, str]) -> bytes:
    header = [layout.header.format(**said)] if layout.header else []
    trailer = [layout.trailer.format(**said)] if layout.trailer else []
    text = "\n".join([*header, *body, *trailer]) + "\n"
    return to_bytes(text, layout.encoding)


def _sheet(table: pl.DataFrame, layout: Request, said: dict[str, str]) -> bytes:
    """A workbook of texts: nothing in it is a number, a date or a formula."""
    data = io.BytesIO()
    asked = datetime.strptime(said["asked_on"], "%Y%m%d")  # noqa: DTZ007 - a workbook's property has no zone
    options = {"in_memory": True, "constant_memory": False}
    book = xlsxwriter.Workbook(data, options)
    book.set_properties({"created": asked})
    sheet = book.add_worksheet()
    for at, column in enumerate(layout.columns):
        sheet.write_string(0, at, column.title)
    for line, row in enumerate(table.iter_rows(), start=1):
        for at, text in enumerate(row):
            sheet.write_string(line, at, text)
    book.close()
    return data.getvalue()


def _json(table: pl.DataFrame, layout: Request, said: dict[str, str]) -> bytes:
    titles = [c.title for c in layout.columns]
    rows = [dict(zip(titles, row, strict=True)) for row in table.iter_rows()]
    told = {
        "institution": said["institution"],
        "batch": said["batch"],
        "asked_on": said["asked_on"],
        "count": int(said["count"]),
        "requests": rows,
    }
    return to_bytes(json.dumps(told, ensure_ascii=False), layout.encoding)


_WRITERS = {"csv": _lines, "txt": _lines, "fixed": _fixed, "xlsx": _sheet, "json": _json}
