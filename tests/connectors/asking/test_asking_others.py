"""Securities and insurance told whole each time, institutions asked by calls, reminders, and the real carriers."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
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
from connectors.asking.institution import Institution
from connectors.asking.reminders import remind
from connectors.asking.sending import book_requests, send
from connectors.errors import SourceRefused, SourceUnreachable
from connectors.pulling.pull_log import LIED, NOTHING, REFUSED, read_pulls
from connectors.store import Store, open_store
from household.inquiries.log import REMINDED, SENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from connectors.asking.calls import Called
    from connectors.sources.declaration import Source

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
        house,
        brokers,
        papers_for(asked, DAY),
        opener=Folders(house, outside()),
        store=store,
        inbox=inbox,
        outside=outside(),
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
            house,
            brokers,
            papers_for(known, day, revoked=revoked),
            opener=Folders(house, outside(day)),
            store=store,
            inbox=inbox,
            outside=outside(day),
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


WEB = {
    "code": "W1",
    "name": "丑银行",
    "transport": {"kind": "http", "url": "https://bank.example.cn/api"},
    "call": {
        "path": "query",
        "columns": [
            {"title": "reqNo", "value": "request_no"},
            {"title": "name", "value": "name"},
            {"title": "idNo", "value": "id_no"},
        ],
    },
    "answer": {
        "format": "json",
        "rows": "data",
        "fields": {
            "code": "state",
            "acct": "account_no",
            "kind": "product",
            "bal": "balance",
            "idNo": "id_no",
        },
        "codes": {"state": {"F": "found", "N": "none"}},
        "amounts": {"balance": "fen"},
    },
}


@dataclass
class Bank:
    """A bank that answers calls: what it says by identity number, and what it was asked."""

    says: dict[str, Any]
    asked: list[tuple[str, str]] = field(default_factory=list)
    made: int = 0

    @contextmanager
    def exchanger(self, institution: Institution) -> Iterator[Bank]:  # noqa: ARG002 - one bank only
        yield self

    def carrier(self, institution: Institution) -> Any:
        raise NotImplementedError(institution.code)

    def exchange(
        self,
        path: str,  # noqa: ARG002 - one path only
        payload: Mapping[str, object],
        *,
        idempotency_key: str,
    ) -> dict[str, Any]:
        number = str(payload["idNo"])
        self.asked.append((idempotency_key, number))
        self.made += 1
        answer = self.says[number]
        if isinstance(answer, Exception):
            raise answer
        return {"data": answer}


def found(number: str, fen: str = "145005") -> list[dict[str, str]]:
    return [{"code": "F", "acct": "****1", "kind": "活期", "bal": fen, "idNo": number}]


def none(number: str) -> list[dict[str, str | None]]:
    return [{"code": "N", "acct": None, "kind": None, "bal": None, "idNo": number}]


@dataclass
class Web:
    """A store, an inbox and one bank that is asked by calls."""

    root: Path
    poll: bool = False

    def __post_init__(self) -> None:
        (self.root / "inbox").mkdir()
        self.store: Store = open_store(self.root / "store")
        self.house: Source = source(self.root)
        page = WEB | {"call": {**WEB["call"], "poll": self.poll}}  # type: ignore[dict-item]
        self.banks = {"W1": Institution.model_validate(page)}

    def call(self, bank: Bank, *, revoked: tuple[str, ...] = ()) -> Called:
        asked = requests(["B1"]).with_columns(pl.lit("W1").alias("institution_code"))
        return call(
            self.house,
            self.banks,
            admitted(asked, DAY, revoked=revoked),
            opener=bank,
            store=self.store,
            inbox=self.root / "inbox",
            outside=outside(),
        )

    def states(self) -> dict[str, str]:
        """By identity number, what the receipts say last."""
        told: dict[str, str] = {}
        for path in sorted((self.root / "inbox" / "banking").glob("receipt_*.parquet")):
            told |= dict(pl.read_parquet(path).select("id_no", "state").iter_rows())
        return told


def test_asked_by_calls(tmp_path: Path) -> None:
    web = Web(tmp_path)
    bank = Bank({CHEN: found(CHEN), LIN: none(LIN), WANG: found("990101197001010016"), ZHAO: []})
    got = web.call(bank)
    assert (got.requests, got.answers, got.records, got.unasked) == (4, 2, 1, 1)
    assert [t.outcome for t in got.troubles] == [LIED]
    assert web.states() == {CHEN: "found", LIN: "none", WANG: "no_answer", ZHAO: "no_answer"}
    rows = pl.concat(pl.read_parquet(p) for p in tmp_path.glob("inbox/banking/account_*.parquet"))
    assert rows.select("id_no", "name", "balance", "as_of").rows() == [
        (CHEN, "陈一", "1450.05", f"{DAY}")
    ]
    ids = requests(["B1"])["request_id"].to_list()
    assert [key for key, _ in bank.asked] == ids
    assert web.call(bank).requests == 0
    assert len(bank.asked) == 4


def test_asked_again_until_answered(tmp_path: Path) -> None:
    web = Web(tmp_path, poll=True)
    web.call(Bank({CHEN: found(CHEN), LIN: none(LIN), WANG: [], ZHAO: []}))
    bank = Bank({WANG: found(WANG), ZHAO: []})
    assert web.call(bank).answers == 1
    assert [number for _, number in bank.asked] == [WANG, ZHAO]
    assert web.states()[WANG] == "found"
    events = read_book(web.store, "banking").events
    assert events.filter(pl.col("kind") == SENT)["request_id"].is_duplicated().sum() == 0


def test_a_call_that_fails_leaves_what_was_answered(tmp_path: Path) -> None:
    web = Web(tmp_path)
    down = SourceUnreachable("接口无应答", "请稍后再试")
    got = web.call(Bank({CHEN: found(CHEN), LIN: down}))
    assert (got.requests, got.answers, [t.message for t in got.troubles]) == (
        1,
        1,
        ["丑银行：接口无应答；请稍后再试"],
    )
    bank = Bank({LIN: none(LIN), WANG: none(WANG), ZHAO: none(ZHAO)})
    assert web.call(bank, revoked=("P005",)).answers == 2
    assert [number for _, number in bank.asked] == [LIN, ZHAO]
    assert web.states() == {CHEN: "found", LIN: "none", ZHAO: "none"}


def test_an_answer_in_another_shape_is_refused(tmp_path: Path) -> None:
    web = Web(tmp_path)
    got = web.call(Bank({CHEN: "<html>", LIN: none(LIN), WANG: none(WANG), ZHAO: none(ZHAO)}))
    assert [(t.outcome, t.message) for t in got.troubles] == [
        (
            REFUSED,
            "丑银行：接口答复 的 data 处不是记录的列表；请该机构按约定格式重新出具；确已改版的，先更新该机构的 yaml",
        )
    ]
    assert web.states()[CHEN] == "no_answer"


def test_reminders(tmp_path: Path) -> None:
    root = tmp_path / "site"
    root.mkdir()
    some = banks(root, "B1", "B4")
    store, house = open_store(tmp_path / "store"), source(root)
    (tmp_path / "inbox").mkdir()
    asked = requests(["B1", "B4"])
    send(
        house,
        some,
        admitted(asked),
        opener=Folders(house, outside()),
        store=store,
        inbox=tmp_path / "inbox",
        outside=outside(),
    )
    overdue = asked.filter(pl.col("id_no").is_in([CHEN, LIN]))["request_id"]
    known = book_requests(store, "banking")
    opener = Folders(house, outside(LATER), {"B4": SourceUnreachable("连接超时", "请稍后再试")})
    count, troubles = remind(
        house,
        some,
        admitted(known, LATER, revoked=["P003"]),
        overdue,
        opener=opener,
        store=store,
        outside=outside(LATER),
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
        house,
        some,
        admitted(requests(["B1"])),
        opener=Connections(house, outside()),
        store=store,
        inbox=tmp_path / "inbox",
        outside=outside(),
    )
    opener = Connections(house, outside())
    known = book_requests(store, "banking")
    collect(
        house,
        some,
        admitted(known),
        opener=opener,
        store=store,
        inbox=tmp_path / "inbox",
        outside=outside(),
    )
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
    acts: list[Callable[..., Any]] = [send, collect, call]
    for act in acts:
        with pytest.raises(SourceRefused, match="已经到期"):
            act(
                over,
                {},
                admitted(requests(["B1"])),
                opener=Folders(over, outside()),
                store=open_store(tmp_path / "s"),
                inbox=tmp_path,
                outside=outside(),
            )
