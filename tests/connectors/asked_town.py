"""A store, an inbox and folders of nine banks that are asked and answer: what tests of a whole round go through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
from nine_banks import (
    ACCOUNT,
    DAY,
    PEOPLE,
    Folders,
    admitted,
    answer_bytes,
    banks,
    outside,
    requests,
    source,
)

from connectors.asking.collecting import Collected, collect
from connectors.asking.errand import Errand
from connectors.asking.sending import Sent, book_requests, send
from connectors.intake.arrivals import read_arrivals
from connectors.intake.inbox import survey
from connectors.intake.taking import take_all
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.store import Store, open_store
from quality.rows import examine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from connectors.asking.layouts.institution import Institution

CHEN, LIN, WANG, ZHAO = PEOPLE
LATER = DAY + timedelta(days=4)


@dataclass
class Town:
    """A store, an inbox, the banks' folders, and the people asked about."""

    root: Path
    store: Store
    banks: Mapping[str, Institution]

    @property
    def site(self) -> Path:
        return self.root / "site"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    def opener(self, day: date = DAY, **broken: Exception) -> Folders:
        return Folders(source(self.site), outside(day), broken)

    def errand(self, day: date, opener: Folders | None = None) -> Errand:
        by = opener or self.opener(day)
        return Errand(source(self.site), self.banks, by, self.store, self.inbox, outside(day))

    def send(
        self,
        asked: pl.DataFrame | None = None,
        day: date = DAY,
        *,
        opener: Folders | None = None,
        revoked: Sequence[str] = (),
    ) -> Sent:
        fresh = requests(list(self.banks), day=day) if asked is None else asked
        known = book_requests(self.store, "banking")
        every = pl.concat([known, fresh.join(known, on="request_id", how="anti")])
        return send(self.errand(day, opener), admitted(every, day, revoked=revoked))

    def collect(
        self, day: date = LATER, *, opener: Folders | None = None, revoked: Sequence[str] = ()
    ) -> Collected:
        every = book_requests(self.store, "banking")
        return collect(self.errand(day, opener), admitted(every, day, revoked=revoked))

    def answers(self, code: str, rows: Sequence[Mapping[str, str]], *, name: str = "") -> None:
        """The bank puts its answer: rows by our names; the bank's receipt file is made of them where it has one."""
        bank = self.banks[code]
        folder = self.site / bank.answer.folder
        details = [r for r in rows if r.get("account_no")] if bank.receipt else rows
        target = folder / (name or _named(bank.answer.file, code))
        target.write_bytes(answer_bytes(bank.answer, details))
        if bank.answer.ready:
            target.with_name(target.name + bank.answer.ready).write_bytes(b"")
        if bank.receipt:
            counted = _counted(rows)
            receipt = folder / _named(bank.receipt.file, code)
            receipt.write_bytes(answer_bytes(bank.receipt, counted))

    def settled(self, dataset: str) -> pl.DataFrame:
        """What stands of a dataset, as the intake reads what has landed."""
        take_all(survey(self.inbox), self.store, examine=examine)
        arrivals = read_arrivals(self.store)
        assert [a.message for a in arrivals if a.state != "read"] == []
        assert sum(a.rows_quarantined for a in arrivals) == 0
        return core_rows(settle(dataset, arrivals, self.store), self.store).collect()

    def states(self) -> dict[tuple[str, str], str]:
        rows = self.settled("banking.receipt")
        return {(r["institution_code"], r["id_no"]): r["state"] for r in rows.iter_rows(named=True)}


def _named(template: str, code: str) -> str:
    name = template.replace("{institution}", code).replace("{any}", "x")
    return name.replace("{date}", f"{LATER:%Y%m%d}").replace("{batch}", f"{DAY:%Y%m%d}-001")


def _counted(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    people: dict[str, dict[str, str]] = {}
    for row in rows:
        one = people.setdefault(row["request_no"], {**row, "rows": "0", "replied_on": f"{LATER}"})
        one["rows"] = str(int(one["rows"]) + bool(row.get("account_no")))
    return list(people.values())


def numbers(code: str) -> dict[str, str]:
    """Request number by identity number."""
    return dict(requests([code]).select("id_no", "request_id").iter_rows())


def said(code: str, number: str, state: str, **account: str) -> dict[str, str]:
    """One row of an answer by our names."""
    row = {"request_no": numbers(code)[number], "id_no": number, "name": PEOPLE[number]}
    records = ACCOUNT | {"account_no": "****1001"} | account if state == "found" else account
    return row | {"state": state, "replied_on": f"{LATER}"} | records


def usual(code: str) -> list[dict[str, str]]:
    """One with an account, one with none, one with two; the fourth is not who they know (two banks cannot say so)."""
    last = "none" if code in ("B4", "B8") else "identity_mismatch"
    return [
        said(code, CHEN, "found"),
        said(code, LIN, "none"),
        said(code, WANG, "found", balance="20000.00", product="定期"),
        said(code, WANG, "found", account_no="****1002", balance="0.07"),
        said(code, ZHAO, last),
    ]


def make_town(root: Path, *codes: str) -> Town:
    found = banks(root / "site", *codes)
    if "B1" in found:
        found["B1"] = found["B1"].model_copy(update={"batch": 100})
    for code in found:
        (root / "site" / code.lower() / "in").mkdir(parents=True)
    (root / "inbox").mkdir()
    return Town(root, open_store(root / "store"), found)
