"""A source with nine banks of nine layouts, people who are asked about, their papers, and banks that answer. Region 99 does not exist."""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # it ships none

from connectors.asking.layouts.institutions import read_institutions
from connectors.outside import SHANGHAI, Outside
from connectors.sources.declaration import Source
from connectors.transports.folder import FolderTransport
from household.inquiries.door import Admitted, admit
from household.inquiries.log import REQUEST_SCHEMA
from household.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connectors.asking.layouts.institution import Answer, Institution

DAY = date(2026, 4, 30)
BANKS = tuple(f"B{n}" for n in range(1, 10))
PEOPLE = {
    "990101198001010014": "陈一",
    "990101198001010030": "林二",
    "990101198001010057": "王三",
    "990101198001010110": "赵四",
}
ACCOUNT = {"product": "活期", "balance": "1450.05", "as_of": "2026-04-29"}


def outside(day: date = DAY) -> Outside:
    """A world in which it is ten in the morning, nothing takes time and chance is a half."""
    return Outside(
        now=lambda: datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI),
        sleep=lambda _: None,
        chance=lambda: 0.5,
        by="tester",
    )


def source(root: Path, name: str = "banking") -> Source:
    """The source that all nine belong to; its transport is a folder."""
    return Source.model_validate(
        {
            "name": name,
            "title": "银行",
            "region": "990101",
            "agreement": {"no": "X-1", "purpose": "社会救助核对", "valid_from": "2026-01-01"},
            "cadence": {"cron": "0 6 * * *", "overdue_hours": 48},
            "transport": {"kind": "folder", "path": str(root)},
            "inquiries": {},
        }
    )


def banks(root: Path, *codes: str) -> dict[str, Institution]:
    """The institutions as their pages say; all nine when none is named."""
    found = read_institutions(Path(__file__).parent / "asking", source(root))
    return {code: found[code] for code in codes or BANKS}


def requests(
    codes: Sequence[str] = BANKS,
    people: Mapping[str, str] | None = None,
    *,
    day: date = DAY,
    attempt: int = 1,
) -> pl.DataFrame:
    """A request about each person to each bank, as a round makes them (REQUEST_SCHEMA)."""
    rows = [
        {
            "request_id": f"Q{int(code[1:]):02d}{attempt}{int(number[14:17]):017d}",
            "batch": f"{day:%Y%m%d}",
            "attempt": attempt,
            "application_id": f"A{number[14:17]}",
            "person_ref": f"P{number[14:17]}",
            "programme": "dibao",
            "source": "banking",
            "institution_code": code,
            "name": name,
            "id_type": None,
            "id_no": number,
            "birth": date(1980, 1, 1),
            "authorisation_no": None,
            "asked_on": day,
        }
        for code in codes
        for number, name in (people or PEOPLE).items()
    ]
    return pl.DataFrame(rows, schema=REQUEST_SCHEMA)


def admitted(
    asked: pl.DataFrame, day: date = DAY, *, revoked: Sequence[str] = (), sources: str = "banking"
) -> Admitted:
    """The door over requests, everybody having signed on the first of the year; `revoked`: person_refs who have withdrawn since."""
    people = asked.unique("person_ref", keep="last", maintain_order=True).with_row_index("app")
    number = pl.col("id_no")
    key = number.str.slice(0, 17).cast(pl.Int64)
    members = people.select(
        "app",
        "application_id",
        pl.lit(1, dtype=pl.Int64).alias("member_no"),
        pl.col("app").alias("person"),
        pl.lit("self").alias("relation"),
        pl.lit(value=True).alias("stands"),
        "birth",
        key.alias("key"),
        number.alias("number"),
    )
    roster = Roster(
        people.select("app", "application_id", "programme"),
        members,
        people.select(pl.col("app").alias("person"), "person_ref"),
    )
    gone = pl.col("person_ref").is_in(list(revoked))
    papers = people.select(
        pl.format("S{}", "application_id").alias("authorisation_no"),
        "application_id",
        number.alias("id_no"),
        key.alias("id_no__key"),
        pl.lit(None, dtype=pl.String).alias("signed_by"),
        pl.lit(None, dtype=pl.Int64).alias("signed_by__key"),
        "programme",
        pl.lit(date(2026, 1, 1)).alias("signed_on"),
        pl.lit(None, dtype=pl.Date).alias("valid_to"),
        pl.when(gone).then(pl.lit(day)).alias("revoked_on"),
        pl.lit(sources).alias("sources"),
    )
    return admit(asked, roster=roster, papers=papers, on=day)


@dataclass
class Folders:
    """An Opener of folders (`connectors.asking.carriers`). `broken`: banks that fail, with what they raise. `put`: names handed over."""

    source: Source
    world: Outside
    broken: dict[str, Exception] = field(default_factory=dict)
    put: list[str] = field(default_factory=list)
    made: int = 0

    @contextmanager
    def carrier(self, institution: Institution) -> Iterator[Any]:
        if institution.code in self.broken:
            raise self.broken[institution.code]
        with FolderTransport(self.source, self.world, _Plain()) as folder:
            yield _Noting(folder, self.put)

    def exchanger(self, institution: Institution) -> Any:
        raise NotImplementedError(institution.code)


class _Plain:
    def call(self, what: Callable[[], Any]) -> Any:
        return what()


class _Noting:
    """Carries and notes what was put."""

    def __init__(self, carrier: FolderTransport, put: list[str]) -> None:
        self._carrier, self._put = carrier, put
        self.names, self.get = carrier.names, carrier.get

    def put(self, content: bytes, path: str) -> None:
        self._carrier.put(content, path)
        self._put.append(path)


def answer_bytes(answer: Answer, rows: Sequence[Mapping[str, str]]) -> bytes:
    """A bank's file: rows by our names, written as the bank's page says it writes. Independent of the code that reads it."""
    said = [
        {theirs: _theirs(answer, ours, row) for theirs, ours in answer.fields.items()}
        for row in rows
    ]
    count = str(len(rows))
    top = [answer.header.replace("{count}", count)] if answer.header else []
    end = [answer.trailer.replace("{count}", count)] if answer.trailer else []
    if answer.format == "json":
        return json.dumps(
            {"data": {"total": len(rows), "items": said}}, ensure_ascii=False
        ).encode()
    if answer.format == "xlsx":
        return _book(list(answer.fields), said)
    if answer.format == "fixed":
        lines = [_fixed(answer, row) for row in said]
        frame = [t.encode(answer.encoding) for t in (*top, *end)]
        return b"\n".join([*frame[: len(top)], *lines, *frame[len(top) :]]) + b"\n"
    titles = list(answer.columns or answer.fields)
    body = [answer.delimiter.join(row[t] for t in titles) for row in said]
    names = [answer.delimiter.join(titles)] if answer.titles else []
    return "\r\n".join([*top, *names, *body, *end, ""]).encode(answer.encoding)


def _theirs(answer: Answer, ours: str, row: Mapping[str, str]) -> str:
    value = row.get(ours, "")
    back = {our: their for their, our in answer.codes.get(ours, {}).items()}
    if answer.dates and ours in ("as_of", "replied_on") and value:
        return date.fromisoformat(value).strftime(answer.dates)
    if answer.amounts.get(ours) == "fen" and value:
        return value.replace(".", "").lstrip("0") or "0"
    if answer.amounts.get(ours) == "wan_yuan" and value:
        whole, _, cents = value.partition(".")
        digits = whole.zfill(5) + cents
        return f"{digits[: len(digits) - 4 - len(cents)]}.{digits[len(digits) - 4 - len(cents) :]}"
    if answer.format == "fixed" and ours == "as_of":
        return value.replace("-", "")
    return back.get(value, value)


def _fixed(answer: Answer, row: Mapping[str, str]) -> bytes:
    line = b""
    for slot in answer.layout:
        line += row[slot.name].encode(answer.encoding).ljust(slot.width)
    return line


def _book(titles: list[str], rows: list[dict[str, str]]) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, title in enumerate(titles):
        sheet.write_string(0, at, title)
        for line, row in enumerate(rows, start=1):
            sheet.write_string(line, at, row[title])
    book.close()
    return data.getvalue()
