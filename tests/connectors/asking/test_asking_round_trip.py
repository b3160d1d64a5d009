"""Nine banks of nine layouts are asked and answer, through real folders, the book, staging and the inbox, to what the intake settles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from asked_town import CHEN, LATER, LIN, WANG, ZHAO, Town, make_town, said, usual
from nine_banks import (
    BANKS,
    DAY,
    PEOPLE,
    admitted,
    outside,
    requests,
    source,
)

from connectors.asking import book as book_pages
from connectors.asking import collecting, entering, sending
from connectors.asking.book import read_book
from connectors.asking.errand import Errand
from connectors.asking.layouts.institutions import institution_rows
from connectors.asking.sending import send
from connectors.errors import ConnectorError, SourceUnreachable
from connectors.pulling.pull_log import FAILED, LIED, REFUSED, read_pulls
from connectors.pulling.source_lock import source_held
from connectors.store import open_store
from household.errors import InputError
from household.inquiries.states import request_states

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.asking.layouts.institution import Answer


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return make_town(tmp_path, *BANKS)


def test_nine_banks_answer(town: Town) -> None:
    sent = town.send()
    assert (sent.files, sent.requests, sent.failed.height, sent.troubles) == (9, 36, 0, ())
    assert set(town.states().values()) == {"no_answer"}
    for code in BANKS:
        town.answers(code, usual(code))
    got = town.collect()
    assert got.troubles == ()
    assert (got.files, got.answers, got.records, got.unasked, got.withheld) == (10, 36, 27, 0, 0)
    states = town.states()
    assert [states[code, CHEN] for code in BANKS] == ["found"] * 9
    assert [states[code, LIN] for code in BANKS] == ["none"] * 9
    assert states["B1", ZHAO] == "identity_mismatch"
    accounts = town.settled("banking.account")
    money = (
        accounts.group_by("institution_code").agg(pl.col("balance").sum()).sort("institution_code")
    )
    assert [str(m) for m in money["balance"]] == ["21450.12"] * 9
    assert accounts["institution"].unique().sort().len() == 9
    assert set(accounts.filter(pl.col("institution_code") == "B9")["id_no"]) == {CHEN, WANG}


def test_nothing_new_says_nothing_new(town: Town) -> None:
    town.send()
    for code in BANKS:
        town.answers(code, usual(code))
    town.collect()
    landed = sorted(p.name for p in town.inbox.rglob("*"))
    again, once_more = town.collect(), town.send()
    assert (again.files, once_more.files) == (0, 0)
    assert sorted(p.name for p in town.inbox.rglob("*")) == landed


def test_only_some_have_answered(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1", "B5")
    town.send()
    town.answers("B1", usual("B1"))
    town.collect()
    assert [town.states()[code, CHEN] for code in ("B1", "B5")] == ["found", "no_answer"]


def test_broken_bank_holds_nobody_up(town: Town) -> None:
    down = SourceUnreachable("连接超时", "请稍后再试")
    sent = town.send(opener=town.opener(B3=down))
    assert (sent.files, [t.institution for t in sent.troubles]) == (8, ["B3"])
    assert sent.troubles[0].message == "丙银行：连接超时；请稍后再试"
    assert town.states()["B3", CHEN] == "no_answer"  # others answering must not make her answered
    assert town.send(day=DAY).files == 1  # what waited goes out, and nothing twice
    for code in BANKS:
        town.answers(code, usual(code))
    got = town.collect(opener=town.opener(LATER, B5=down))
    assert (got.files, [(t.institution, t.outcome) for t in got.troubles]) == (9, [("B5", FAILED)])
    assert town.states()["B5", CHEN] == "no_answer"
    assert town.collect().files == 1
    assert town.states()["B5", CHEN] == "found"


def test_what_nobody_foresaw_is_one_banks_trouble_too(town: Town) -> None:
    town.send()
    for code in BANKS:
        town.answers(code, usual(code))
    odd = town.opener(LATER, B5=RuntimeError(CHEN))
    got = town.collect(opener=odd)
    assert (got.files, [t.institution for t in got.troubles]) == (9, ["B5"])
    assert "RuntimeError" in got.troubles[0].message
    assert CHEN not in got.troubles[0].message
    assert town.collect().files == 1


def test_an_answer_that_cannot_be_read_for_a_reason_of_ours_stops_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.send()
    for code in BANKS:
        town.answers(code, usual(code))
    read = collecting.read_answer

    def odd(data: bytes, answer: Answer, *, file: str) -> pl.DataFrame:
        if answer is town.banks["B5"].answer:
            raise ZeroDivisionError(CHEN)
        return read(data, answer, file=file)

    with monkeypatch.context() as patched:
        patched.setattr(collecting, "read_answer", odd)
        got = town.collect()
    assert (got.files, [t.institution for t in got.troubles]) == (9, ["B5"])
    assert CHEN not in got.troubles[0].message
    assert town.states()["B5", CHEN] == "no_answer"
    assert town.collect().files == 1


def test_somebody_who_was_not_asked_never_enters(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1")
    stranger = "990101197001010016"
    asked = requests(["B1"], {CHEN: PEOPLE[CHEN]})
    town.send(asked)
    rows = [
        said("B1", CHEN, "found"),
        said("B1", LIN, "found"),  # a number of ours that was never given out
        said("B1", CHEN, "found", account_no="****7777") | {"id_no": stranger, "name": "钱五"},
    ]
    town.answers("B1", rows)
    got = town.collect()
    assert (got.answers, got.records, got.unasked) == (1, 1, 2)
    assert [(t.outcome, t.message) for t in got.troubles] == [
        (
            LIED,
            "甲银行：HF_B1_20260430-001_20260504.csv 第 3、4 行为本批未查询的人，未收取；请向该机构核实为何提供未经查询之人的信息",
        )
    ]
    everything = b"".join(
        p.read_bytes() for p in tmp_path.rglob("*") if "site" not in p.parts and p.is_file()
    )
    for word in (stranger, "钱五", LIN, "****7777"):
        assert word.encode() not in everything
    frames = [pl.read_parquet(p) for p in tmp_path.rglob("*.parquet")]
    texts = " ".join(str(f.to_dict(as_series=False)) for f in frames)
    assert LIN not in texts
    assert stranger not in texts
    assert read_book(town.store, "banking").replies["note"].to_list() == [None, "not_asked"]


def test_authorisation_withdrawn_before_the_answer(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1")
    town.send()
    town.answers("B1", usual("B1"))
    got = town.collect(revoked=["P005"])
    assert (got.answers, got.withheld, got.records) == (3, 1, 1)
    assert (town.states()["B1", WANG], town.states()["B1", CHEN]) == ("no_answer", "found")
    assert WANG not in town.settled("banking.account")["id_no"].to_list()
    log = read_book(town.store, "banking").log(
        institution_rows({"banking": source(town.site)}, {"banking": town.banks})
    )
    state = request_states(log, LATER).filter(pl.col("id_no") == WANG)
    assert state.select("state", "note").row(0) == ("no_answer", "withheld")


def test_authorisation_withdrawn_before_the_hand_over(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1")
    down = SourceUnreachable("连接超时", "请稍后再试")
    town.send(opener=town.opener(B1=down))
    sent = town.send(day=LATER, asked=requests(["B1"]), revoked=["P001"])
    assert (sent.requests, sent.failed["note"].to_list()) == (3, ["withheld"])
    file = next((town.site / "b1" / "out").iterdir())
    assert CHEN.encode() not in file.read_bytes()


def test_yesterdays_door_is_shut(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1")
    with pytest.raises(InputError, match="不能用于"):
        send(
            Errand(
                source(town.site), town.banks, town.opener(), town.store, town.inbox, outside(LATER)
            ),
            admitted(requests(["B1"]), DAY),
        )


def test_a_second_answer_is_a_correction(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1", "B8")
    town.send()
    for code in ("B1", "B8"):
        town.answers(code, usual(code))
    town.collect()
    better = [
        said("B1", CHEN, "found", balance="9999.00"),
        said("B1", LIN, "found", balance="1.00"),
    ]
    town.answers("B1", better)  # the same name, other bytes
    better = [said("B8", CHEN, "found", balance="8888.00")]
    town.answers("B8", better, name="20260504续.tsv")  # a further file
    got = town.collect()
    assert (got.files, got.answers) == (2, 3)
    accounts = town.settled("banking.account")
    balance = {
        (r[0], r[1], r[2]): str(r[3])
        for r in accounts.select("institution_code", "id_no", "account_no", "balance").iter_rows()
    }
    assert balance["B1", CHEN, "****1001"] == "9999.00"
    assert balance["B8", CHEN, "****1001"] == "8888.00"
    assert balance["B1", WANG, "****1002"] == "0.07"
    assert (town.states()["B1", LIN], town.states()["B1", WANG]) == ("found", "found")


def test_asked_again_with_the_right_name(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1")
    wrong = {CHEN: "陈壹"}
    town.send(requests(["B1"], wrong))
    town.answers("B1", [said("B1", CHEN, "identity_mismatch")])
    town.collect()
    assert town.states()["B1", CHEN] == "identity_mismatch"
    again = requests(["B1"], {CHEN: "陈一"}, day=LATER, attempt=2)
    town.send(again, LATER)
    assert town.states()["B1", CHEN] == "no_answer"
    # a late word about the wrong name says nothing of the right one
    town.answers("B1", [said("B1", CHEN, "none") | {"name": "陈壹"}])
    town.collect()
    assert town.states()["B1", CHEN] == "no_answer"
    answer = said("B1", CHEN, "found") | {"request_no": again["request_id"].item()}
    town.answers("B1", [answer], name=f"HF_B1_{LATER:%Y%m%d}-001_{LATER:%Y%m%d}.csv")
    town.collect()
    assert town.states()["B1", CHEN] == "found"


def test_the_same_words_may_answer_another_question(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B4")
    one = {CHEN: "陈一"}
    town.send(requests(["B4"], one))
    town.answers("B4", [said("B4", CHEN, "none")])
    town.collect()
    town.send(requests(["B4"], one, day=LATER, attempt=2), LATER)
    assert town.states()["B4", CHEN] == "no_answer"
    folder = town.site / "b4" / "in"
    same = (folder / "答复20260430-001.xlsx").read_bytes()
    (folder / f"答复{LATER:%Y%m%d}-001.xlsx").write_bytes(same)
    assert [town.collect().files for _ in range(2)] == [1, 0]
    assert town.states()["B4", CHEN] == "none"


def test_halves_wait_for_each_other(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B2")
    town.send()
    town.answers("B2", usual("B2"))
    details = town.site / "b2" / "in" / "DTL20260430-001.txt"
    kept = details.read_bytes()
    details.unlink()
    # receipts alone: who has nothing is answered, who has something is not believed until the details are there
    got = town.collect()
    assert (got.answers, [t.outcome for t in got.troubles]) == (2, [LIED])
    assert (town.states()["B2", LIN], town.states()["B2", CHEN]) == ("none", "no_answer")
    details.write_bytes(kept)
    assert town.collect().records == 3
    assert town.states()["B2", CHEN] == "found"


def test_refused_file_takes_nothing_and_comes_right(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1", "B7")
    town.send()
    town.answers("B1", usual("B1"))
    town.answers("B7", usual("B7"))
    bad = town.site / "b7" / "in" / "B7-20260430-001-x.csv"
    whole = bad.read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    got = town.collect()
    assert [(t.institution, t.outcome) for t in got.troubles] == [("B7", REFUSED)]
    assert "B7-20260430-001-{any}.csv" in got.troubles[0].message
    assert (town.states()["B1", CHEN], town.states()["B7", CHEN]) == ("found", "no_answer")
    logged = [e for e in read_pulls(town.store, "banking") if e.outcome == REFUSED]
    assert [e.message for e in logged] == [got.troubles[0].message]
    bad.write_bytes(whole)
    assert town.collect().troubles == ()
    assert town.states()["B7", CHEN] == "found"


WRITES: tuple[tuple[Any, str], ...] = (
    (sending, "add_requests"),
    (sending, "add_events"),
    (book_pages, "write_whole"),
    (collecting, "take"),
    (entering, "write_rows"),
    (entering, "write_manifest"),
    (entering, "append_pulls"),
    (entering, "land_if_free"),
)


def test_who_cannot_be_asked_at_one_bank_is_not_answered_by_the_others(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1", "B9")
    rare = {CHEN: "𠮷一"}  # a character that B9's encoding lacks
    assert town.send(requests(["B1", "B9"], rare)).failed["institution_code"].to_list() == ["B9"]
    town.answers("B1", [said("B1", CHEN, "none")])
    town.collect()
    assert [town.states()[code, CHEN] for code in ("B1", "B9")] == ["none", "no_answer"]


def test_an_answer_that_is_here_before_we_note_the_question_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = make_town(tmp_path, "B1")
    with monkeypatch.context() as patch:
        patch.setattr(sending, "add_events", killing(sending.add_events, 1, after=False))
        with pytest.raises(Killed):
            town.send()
    town.answers("B1", usual("B1"))
    town.collect()  # what was handed over is not in the book yet
    assert town.states()["B1", CHEN] == "found"
    town.send(day=LATER)
    assert town.states()["B1", CHEN] == "found"


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@pytest.mark.parametrize(("time", "after"), [(1, False), (1, True), (2, True)])
@pytest.mark.parametrize(("where", "name"), WRITES, ids=[n for _, n in WRITES])
def test_killed_anywhere_nothing_is_lost_or_doubled(
    where: Any, name: str, time: int, after: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = make_town(tmp_path, "B1", "B2")
    for code in ("B1", "B2"):
        town.answers(code, usual(code))
    with monkeypatch.context() as patch:
        patch.setattr(where, name, killing(getattr(where, name), time, after=after))
        try:
            town.send()
            town.collect()
        except Killed:
            pass
    open_store(town.store.root)  # as every process does first
    town.send()
    town.collect()
    states, accounts = town.states(), town.settled("banking.account")
    assert sorted(set(states.values())) == ["found", "identity_mismatch", "none"]
    assert len(states) == 8
    assert accounts.height == 6
    book = read_book(town.store, "banking")
    assert book.requests.height == book.requests["request_id"].n_unique() == 8
    assert book.replies.height == 8


def killing(real: Callable[..., Any], time: int, *, after: bool) -> Callable[..., Any]:
    """The function, but at its n-th call the process dies: before it does anything, or right after."""
    calls = 0

    def call(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != time:
            return real(*args, **named)
        if after:
            real(*args, **named)
        raise Killed

    return call


def test_two_processes_do_not_ask_at_once(tmp_path: Path) -> None:
    town = make_town(tmp_path, "B1")
    with source_held(town.store, "banking"), pytest.raises(ConnectorError):
        town.send()
