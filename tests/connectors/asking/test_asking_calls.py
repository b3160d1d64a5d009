"""Institutions that are asked by calls: asked once, asked again until answered, and each call's trouble its own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from nine_banks import (
    DAY,
    PEOPLE,
    admitted,
    outside,
    requests,
    source,
)

from connectors.asking import calls
from connectors.asking.book import read_book
from connectors.asking.calls import call
from connectors.asking.errand import Errand
from connectors.asking.layouts.institution import Institution
from connectors.errors import SourceUnreachable
from connectors.pulling.pull_log import LIED, REFUSED
from connectors.store import Store, open_store
from household.inquiries.log import SENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pytest

    from connectors.asking.calls import Called
    from connectors.sources.declaration import Source

CHEN, LIN, WANG, ZHAO = PEOPLE
LATER = DAY + timedelta(days=4)

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
            Errand(self.house, self.banks, bank, self.store, self.root / "inbox", outside()),
            admitted(asked, DAY, revoked=revoked),
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
    again = web.call(bank, revoked=("P005",))
    assert (again.answers, again.withheld) == (2, 0)
    assert again.failed.select("institution_code", "note").rows() == [("W1", "withheld")]
    assert [number for _, number in bank.asked] == [LIN, ZHAO]
    # who could not be asked before she withdrew is silence, not answered
    assert web.states() == {CHEN: "found", LIN: "none", WANG: "no_answer", ZHAO: "none"}


def test_what_nobody_foresaw_leaves_what_was_answered(tmp_path: Path) -> None:
    web = Web(tmp_path)
    got = web.call(Bank({CHEN: found(CHEN), LIN: KeyError(LIN)}))
    assert (got.answers, len(got.troubles)) == (1, 1)
    assert "KeyError" in got.troubles[0].message
    assert LIN not in got.troubles[0].message


def test_an_answer_that_cannot_be_taken_is_one_institutions_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(*_: object, **__: object) -> None:
        raise RuntimeError(CHEN)

    web = Web(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(calls, "match", odd)
        got = web.call(Bank({CHEN: found(CHEN), LIN: [], WANG: [], ZHAO: []}))
    assert (got.requests, got.answers) == (4, 0)
    assert ["RuntimeError" in t.message for t in got.troubles] == [True]
    assert set(web.states().values()) == {"no_answer"}  # they were asked, and that is noted


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
