"""Securities and insurance told whole each time, reminders, and the real carriers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from nine_banks import (
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

from connectors.asking.book import read_book
from connectors.asking.calls import call
from connectors.asking.carriers import Connections
from connectors.asking.collecting import collect
from connectors.asking.errand import Errand
from connectors.asking.layouts.institution import Institution
from connectors.asking.reminders import remind
from connectors.asking.sending import book_requests, send
from connectors.errors import SourceRefused, SourceUnreachable
from connectors.pulling.pull_log import NOTHING, read_pulls
from connectors.store import open_store
from household.inquiries.log import REMINDED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


CHEN, LIN, WANG, ZHAO = PEOPLE
LATER = DAY + timedelta(days=4)

BROKER = {
    "code": "S1",
    "name": "子证券",
    "request": {
        "folder": "out",
        "file": "{batch}.csv",
        "format": "csv",
        "columns": [
            {"title": "no", "value": "request_no"},
            {"title": "name", "value": "name"},
            {"title": "id", "value": "id_no"},
        ],
    },
    "answer": {
        "folder": "in",
        "file": "{batch}{any}.csv",
        "format": "csv",
        "fields": {
            "no": "request_no",
            "st": "state",
            "acct": "account_no",
            "value": "market_value",
            "day": "as_of",
        },
        "codes": {"state": {"Y": "found", "N": "none"}},
    },
}


def of_securities(codes: list[str], people: Mapping[str, str]) -> pl.DataFrame:
    return requests(["B1"], people).with_columns(
        pl.lit("securities").alias("source"), pl.lit(codes[0]).alias("institution_code")
    )


def papers_for(asked: pl.DataFrame, day: Any, *, revoked: tuple[str, ...] = ()) -> Any:
    return admitted(asked, day, revoked=revoked, sources="securities")


def landed(inbox: Path, subject: str) -> list[pl.DataFrame]:
    return [pl.read_parquet(p) for p in sorted((inbox / "securities").glob(f"{subject}_*.parquet"))]


def test_a_snapshot_is_told_whole(tmp_path: Path) -> None:
    root, inbox = tmp_path / "site", tmp_path / "inbox"
    (root / "in").mkdir(parents=True)
    inbox.mkdir()
    store = open_store(tmp_path / "store")
    brokers = {"S1": Institution.model_validate(BROKER)}
    house = source(root, "securities")
    asked = of_securities(["S1"], PEOPLE)
    send(
        Errand(house, brokers, Folders(house, outside()), store, inbox, outside()),
        papers_for(asked, DAY),
    )
    assert landed(inbox, "holding") == []
    ids = dict(asked.select("id_no", "request_id").iter_rows())

    def answer(name: str, rows: list[tuple[str, str, str]]) -> None:
        said = [
            {
                "request_no": ids[n],
                "state": s,
                "account_no": "E1" if v else "",
                "market_value": v,
                "as_of": f"{DAY}",
            }
            for n, s, v in rows
        ]
        (root / "in" / name).write_bytes(answer_bytes(brokers["S1"].answer, said))

    def take(day: Any, *revoked: str) -> None:
        known = book_requests(store, "securities")
        collect(
            Errand(house, brokers, Folders(house, outside(day)), store, inbox, outside(day)),
            papers_for(known, day, revoked=revoked),
        )

    answer("20260430-001a.csv", [(CHEN, "found", "10.00"), (LIN, "none", "")])
    take(LATER)
    answer("20260430-001b.csv", [(WANG, "found", "20.00")])
    take(LATER)  # the same day: the file of the day is replaced by one that holds both
    assert [f["id_no"].to_list() for f in landed(inbox, "holding")] == [[CHEN, WANG]]
    answer("20260430-001c.csv", [(ZHAO, "found", "30.00")])
    take(LATER + timedelta(days=1), "P001")  # the first has withdrawn
    assert landed(inbox, "holding")[-1]["id_no"].to_list() == [WANG, ZHAO]
    last = landed(inbox, "receipt")[-1]
    assert dict(last.select("id_no", "state").iter_rows()) == {CHEN: "no_answer", ZHAO: "found"}
    assert set(last["replied_on"].drop_nulls()) <= {f"{LATER}", f"{LATER + timedelta(days=1)}"}


def test_reminders(tmp_path: Path) -> None:
    root = tmp_path / "site"
    root.mkdir()
    some = banks(root, "B1", "B4")
    store, house = open_store(tmp_path / "store"), source(root)
    (tmp_path / "inbox").mkdir()
    asked = requests(["B1", "B4"])
    send(
        Errand(house, some, Folders(house, outside()), store, tmp_path / "inbox", outside()),
        admitted(asked),
    )
    overdue = asked.filter(pl.col("id_no").is_in([CHEN, LIN]))["request_id"]
    known = book_requests(store, "banking")
    opener = Folders(house, outside(LATER), {"B4": SourceUnreachable("连接超时", "请稍后再试")})
    count, troubles = remind(
        Errand(house, some, opener, store, tmp_path / "inbox", outside(LATER)),
        admitted(known, LATER, revoked=["P003"]),
        overdue,
    )
    assert (count, [t.institution for t in troubles]) == (1, ["B4"])
    assert opener.put == ["b1/out/CB_HD_B1_20260430-001.csv"]
    letter = (root / opener.put[0]).read_text(encoding="utf-8")
    assert (CHEN in letter, LIN in letter) == (True, False)
    noted = read_book(store, "banking").events.filter(pl.col("kind") == REMINDED)
    assert noted["request_id"].to_list() == [requests(["B1"], {CHEN: "陈一"})["request_id"].item()]


def test_the_real_carrier_counts_its_calls(tmp_path: Path) -> None:
    root = tmp_path / "site"
    (root / "b1" / "in").mkdir(parents=True)
    (tmp_path / "inbox").mkdir()
    house, store, some = source(root), open_store(tmp_path / "store"), banks(root, "B1")
    send(
        Errand(house, some, Connections(house, outside()), store, tmp_path / "inbox", outside()),
        admitted(requests(["B1"])),
    )
    opener = Connections(house, outside())
    known = book_requests(store, "banking")
    collect(Errand(house, some, opener, store, tmp_path / "inbox", outside()), admitted(known))
    last = read_pulls(store, "banking")[-1]
    assert (last.outcome, last.calls) == (NOTHING, opener.made)
    assert opener.made > 0


def test_no_agreement_no_question(tmp_path: Path) -> None:
    house = source(tmp_path)
    over = house.model_copy(
        update={
            "agreement": house.agreement.model_copy(update={"valid_to": DAY - timedelta(days=1)})
        }
    )
    errand = Errand(
        over, {}, Folders(over, outside()), open_store(tmp_path / "s"), tmp_path, outside()
    )
    acts: list[Callable[..., Any]] = [send, collect, call]
    for act in acts:
        with pytest.raises(SourceRefused, match="已经到期"):
            act(errand, admitted(requests(["B1"])))
