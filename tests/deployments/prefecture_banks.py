"""Nine banks that answer what a county's own banking files say, each in the form of its page. No test stands here.

They know what they were sent and nothing else: requests are read from the files that came, by the page turned round.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from county_sides import sent
from nine_banks import answer_bytes
from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from connectors.asking.layouts.institution import Answer, Column, Institution, Request

Row = dict[str, str]


class Place(Protocol):
    """Where files are exchanged with a bank, as the bank sees it."""

    def names(self, folder: str) -> list[str]:
        """What lies there."""
        ...

    def read(self, path: str) -> bytes:
        """A file."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Put a file."""
        ...


@dataclass(frozen=True)
class Disk:
    """A folder: a server's own, or one of our machine."""

    root: Path

    def names(self, folder: str) -> list[str]:
        return sorted(file.name for file in (self.root / folder).iterdir())

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        (self.root / path).write_bytes(content)


@dataclass(frozen=True)
class Bucket:
    """A bucket of an object store, through boto3's own client."""

    client: Any
    bucket: str

    def names(self, folder: str) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=self.bucket, Prefix=f"{folder}/")
        return [found["Key"].rpartition("/")[2] for found in listed.get("Contents", [])]

    def read(self, path: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=self.bucket, Key=path)["Body"].read()
        return content

    def write(self, path: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=path, Body=content)


@dataclass(frozen=True)
class Ledger:
    """What banks know: a county's own answers. `states`, `accounts`: by bank and number; `known`: numbers that any bank was asked about."""

    states: dict[tuple[str, str], str]
    accounts: dict[tuple[str, str], list[Row]]
    known: frozenset[str]

    def said(self, code: str, person: Row) -> list[Row]:
        """The rows of an answer about one person; none where the county has no answer either.

        A bank that the county never asked about somebody whom it asked others about has nothing on them.
        """
        number = person["id_no"]
        state = self.states.get((code, number), "none" if number in self.known else "no_answer")
        if state == "no_answer":
            return []
        base = {**person, "state": state}
        held = self.accounts.get((code, number), []) if state == "found" else []
        return [{**base, **account} for account in held] or [base]


def read_ledger(inbox: Path) -> Ledger:
    """The banking files of a county's inbox. Some banks mask numbers in their answers: those are kept under the numbers that fit."""
    receipts = sent(inbox, "banking.receipt").to_dicts()
    states = {(r["institution_code"], r["id_no"]): r["state"] for r in receipts}
    accounts: dict[tuple[str, str], list[Row]] = {}
    for raw in sent(inbox, "banking.account").to_dicts():
        row = {name: cell or "" for name, cell in raw.items() if name not in ("institution",)}
        row["as_of"] = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", row["as_of"])
        code = row.pop("institution_code")
        shape = re.compile(re.sub(r"\*", ".", row["id_no"]))
        fits = [n for c, n in states if c == code and shape.fullmatch(n)]
        for number in fits:
            accounts.setdefault((code, number), []).append(row)
    return Ledger(states, accounts, frozenset(number for _, number in states))


@dataclass
class Bank:
    """One bank. `silent_about`: numbers it says nothing of. `asked`: numbers that it was asked about. `answered`: files it is done with."""

    page: Institution
    ledger: Ledger
    place: Place | None = None
    silent_about: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)

    def answer_files(self, day: date) -> int:
        """Answer every request file that is new; how many."""
        request, place = self.page.request, self.place
        if request is None or place is None:
            return 0
        pattern = _pattern(request.file, self.page.code)
        found = [n for n in place.names(request.folder) if pattern.fullmatch(n)]
        names = [n for n in found if n not in self.answered]
        self.answered.update(names)
        for name in names:
            people = list(people_of(request, place.read(f"{request.folder}/{name}")))
            self.asked += [person["id_no"] for person in people]
            rows = [row for person in people for row in self._said(person)]
            batch = pattern.fullmatch(name)["batch"]  # type: ignore[index]  # it was matched above
            self._hand_over(rows, place, batch=batch, day=day)
        return len(names)

    def speak_up(self) -> None:
        """Keep silence no longer: what was answered in part is answered anew."""
        self.silent_about = frozenset()
        self.answered.clear()

    def _said(self, person: Row) -> list[Row]:
        if person["id_no"] in self.silent_about:
            return []
        return self.ledger.said(self.page.code, person)

    def _hand_over(self, rows: list[Row], place: Place, *, batch: str, day: date) -> None:
        answer, receipt = self.page.answer, self.page.receipt
        if receipt is not None:
            told: dict[str, Row] = {}
            for row in rows:
                one = told.setdefault(row["request_no"], {**row, "rows": "0"})
                one["rows"] = str(int(one["rows"]) + ("account_no" in row))
            said = [{**row, "replied_on": f"{day}"} for row in told.values()]
            self._put(receipt, said, place, batch=batch, day=day)
            rows = [row for row in rows if "account_no" in row]
        if answer.empty_account is not None:
            # such a form cannot say that somebody is not who he says: the bank says nothing of him
            rows = [row for row in rows if row["state"] != "identity_mismatch"]
        self._put(answer, rows, place, batch=batch, day=day)

    def _put(self, form: Answer, rows: list[Row], place: Place, *, batch: str, day: date) -> None:
        said = {"institution": self.page.code, "batch": batch, "date": f"{day:%Y%m%d}", "any": "-1"}
        path = f"{form.folder}/{form.file.format(**said)}"
        place.write(path, answer_bytes(form, rows))
        if form.ready is not None:
            place.write(path + form.ready, b"")

    def answer_call(self, said: dict[str, str]) -> list[dict[str, str | None]] | None:
        """What a call is answered; None: not answered yet."""
        call = self.page.call
        assert call is not None
        person = _by_value(call.columns, said)
        self.asked.append(person["id_no"])
        rows = self._said(person)
        if not rows:
            return None
        items: list[dict[str, str | None]] = json.loads(answer_bytes(self.page.answer, rows))[
            "data"
        ]["items"]
        return items


def people_of(layout: Request, data: bytes) -> Iterator[Row]:
    """Whom a request file asks about, by what its columns tell."""
    titles = [column.title for column in layout.columns]
    if layout.format == "json":
        for one in json.loads(data)["requests"]:
            yield _by_value(layout.columns, one)
        return
    if layout.format == "xlsx":
        first, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()  # fmt: skip
        assert first == titles
        yield from (_by_value(layout.columns, dict(zip(titles, row, strict=True))) for row in rows)
        return
    lines = data.rstrip(b"\n").split(b"\n")
    lines = lines[layout.header is not None : len(lines) - (layout.trailer is not None)]
    if layout.format == "fixed":
        for line in lines:
            cells, at = [], 0
            for column in layout.columns:
                assert column.width is not None
                cells.append(line[at : at + column.width].decode(layout.encoding).strip())
                at += column.width
            yield _by_value(layout.columns, dict(zip(titles, cells, strict=True)))
        return
    texts = [line.decode(layout.encoding) for line in lines]
    split = [line.split(layout.delimiter) for line in texts]
    if layout.format == "csv":
        split = list(csv.reader(texts, delimiter=layout.delimiter))
    for row in split[layout.titles :]:
        yield _by_value(layout.columns, dict(zip(titles, row, strict=True)))


def _by_value(columns: tuple[Column, ...], said: dict[str, str]) -> Row:
    told = {column.value: said[column.title] for column in columns}
    return {name: told[name] for name in ("request_no", "name", "id_no") if name in told}


def _pattern(template: str, code: str) -> re.Pattern[str]:
    """Names of request files, with their batch."""
    places = {"institution": code, "asked_on": "[0-9]{8}", "batch": "(?P<batch>[0-9]+-[0-9]+)"}
    pieces = re.split(r"(\{[a-z_]+\})", template)
    return re.compile(
        "".join(places[p[1:-1]] if p.startswith("{") else re.escape(p) for p in pieces)
    )
