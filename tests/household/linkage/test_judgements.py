"""What stands of a log of judgements, and what contradicts."""

from __future__ import annotations

import polars as pl
import pytest
from judgement_log import log

from household.errors import InputError
from household.linkage.judgements import (
    PAIR,
    Judgement,
    check_judgement,
    conflicts,
    link_ids,
    log_digest,
    standing,
)

BENEFIT, MARRIAGE, VEHICLE = (
    "human_resources.benefit",
    "civil_affairs.marriage",
    "public_security.vehicle",
)


def states(*said: tuple[str, ...]) -> dict[tuple[str, str], tuple[str, str | None]]:
    told = standing(log(*said))
    return {
        (r["record_key"], r["person_ref"]): (r["state"], r["conflict"]) for r in told.to_dicts()
    }


def test_a_clerk_s_later_answer_replaces_their_own() -> None:
    pair = (VEHICLE, "k", "P1")
    assert states((*pair, "same", "王"), (*pair, "not_same", "王")) == {
        ("k", "P1"): ("not_same", None)
    }


def test_two_clerks_who_differ_are_a_conflict_until_one_answers_anew() -> None:
    pair = (VEHICLE, "k", "P1")
    both = [(*pair, "same", "王"), (*pair, "not_same", "李")]
    assert states(*both) == {("k", "P1"): ("conflict", "clerks")}
    assert states(*both, (*pair, "not_same", "王")) == {("k", "P1"): ("not_same", None)}
    assert states(*both, (*pair, "same", "李")) == {("k", "P1"): ("same", None)}


@pytest.mark.parametrize("answer", ["same", "not_same"])
def test_who_is_unsure_contradicts_nobody(answer: str) -> None:
    pair = (VEHICLE, "k", "P1")
    assert states((*pair, answer, "王"), (*pair, "unsure", "李")) == {("k", "P1"): (answer, None)}


def test_a_row_of_one_person_cannot_be_two_persons() -> None:
    two = [(VEHICLE, "k", "P1", "same", "王"), (VEHICLE, "k", "P2", "same", "李")]
    assert set(states(*two).values()) == {("conflict", "persons")}
    apart = [two[0], (VEHICLE, "other", "P2", "same", "李")]
    assert set(states(*apart).values()) == {("same", None)}


def test_a_marriage_row_can_be_two_persons_and_not_three() -> None:
    three = [(MARRIAGE, "k", f"P{n}", "same", "王") for n in range(3)]
    assert set(states(*three[:2]).values()) == {("same", None)}
    assert set(states(*three).values()) == {("conflict", "persons")}


def test_the_number_told_is_of_the_judgement_that_speaks_for_the_state() -> None:
    pair = (VEHICLE, "k", "P1")
    told = standing(log((*pair, "same", "王"), (*pair, "unsure", "李")))
    assert told["judgement_id"].to_list() == [1]
    assert told["clerks"].to_list() == [["李", "王"]]


def test_the_order_of_rows_in_the_frame_is_nothing() -> None:
    said = log(
        (VEHICLE, "k", "P1", "same", "王"),
        (VEHICLE, "k", "P1", "not_same", "王"),
        (VEHICLE, "j", "P2", "same", "王"),
    )
    assert standing(said).equals(standing(said.reverse()))
    assert log_digest(said) == log_digest(said.reverse())


def test_every_judgement_changes_the_digest_and_none_has_none() -> None:
    assert log_digest(log()) == ""
    one = log((VEHICLE, "k", "P1", "same", "王"))
    two = log((VEHICLE, "k", "P1", "same", "王"), (VEHICLE, "k", "P1", "same", "王"))
    assert len({"", log_digest(one), log_digest(two)}) == 3


def test_link_ids_tell_pairs_apart_and_tell_nothing() -> None:
    pairs = pl.DataFrame(
        [(VEHICLE, "99K|a", "P1"), (VEHICLE, "99K", "aP1"), (BENEFIT, "99K|a", "P1")],
        schema=list(PAIR),
        orient="row",
    )
    names = link_ids(pairs)
    assert names.n_unique() == 3
    assert names.str.contains(r"^[0-9a-f]{16}$").all()
    assert names.equals(link_ids(pairs))


def test_an_error_never_quotes_what_was_judged() -> None:
    with pytest.raises(InputError) as refusal:
        check_judgement(Judgement(VEHICLE, "99X", "P1", "yes", "王", "r", "2026-05-20T09:00:00"))
    assert "99X" not in str(refusal.value)


def test_a_row_held_by_another_s_number_is_listed_until_that_is_denied() -> None:
    links = pl.DataFrame(
        {
            "dataset": [VEHICLE],
            "record_key": ["k"],
            "person_ref": ["P2"],
            "tier": ["A"],
            "decided_by": ["rule"],
        }
    )
    said = [(VEHICLE, "k", "P1", "same", "王")]
    found = conflicts(log(*said), links)
    assert found.select("person_ref", "conflict").rows() == [("P1", "holder")]
    denied = log(*said, (VEHICLE, "k", "P2", "not_same", "王"))
    assert conflicts(denied, links).is_empty()
    assert conflicts(log((VEHICLE, "k", "P2", "same", "王")), links).is_empty()
