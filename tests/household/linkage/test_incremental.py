"""Links that are reused are the links that would have been made: random sequences of arrivals, and what each digest is for."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from arriving_town import (
    CERTIFICATE,
    DATASETS_HERE,
    DAYS,
    EVENTS,
    NO_LINES,
    PENSION,
    Town,
)
from core_town import Someone
from judgement_log import log

from household.assess import Inputs, identify
from household.identity.numbers import number_of_key
from household.linkage import incremental, links
from household.linkage.engine.model import Model
from household.linkage.incremental import REGISTER, Source
from household.linkage.links import link_sure
from household.linkage.plans import shipped

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def few_datasets(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, *DATASETS_HERE)


def differing(town: Town) -> list[str]:
    """Datasets whose links with the shelf are not those from nothing."""
    again, anew = town.both()
    assert list(again) == list(anew)
    return [
        name
        for name in anew
        if again[name].schema != anew[name].schema or not again[name].equals(anew[name])
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_any_sequence_of_arrivals_gives_the_links_from_nothing(seed: int) -> None:
    town = Town(seed)
    assert differing(town) == []
    for step in range(3):
        happened = [town.drawn.choice(EVENTS) for _ in range(town.drawn.choice((1, 2, 4)))]
        for event in happened:
            event(town)
        told = [event.__name__ for event in happened]
        assert differing(town) == [], f"step {step}: {told}"


@pytest.fixture(scope="module")
def linked_once() -> Town:
    """A town of certificates that has been linked; every tier that is not a number's is there, or the tests below show nothing."""
    with pytest.MonkeyPatch.context() as patch:
        only(patch, CERTIFICATE)
        town = Town(4)
        assert differing(town) == []
    links_made = town.shelved[CERTIFICATE].linked
    assert {"A", "B", "C", "D"} <= set(links_made["tier"])
    assert not links_made.filter("by_number").is_empty()
    return town


@pytest.fixture
def town(linked_once: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    only(monkeypatch, CERTIFICATE)
    again = copy.deepcopy(linked_once)
    again.remade.clear()
    return again


def only(patch: pytest.MonkeyPatch, *datasets: str) -> None:
    for module in (links, incremental):
        patch.setattr(module, "DATASETS_LINKED", datasets)


def test_what_is_not_concerned_is_not_linked_again(town: Town) -> None:
    town.both()
    assert town.remade == []
    town.arrive(PENSION)
    town.both()
    assert town.remade == []
    town.arrive(CERTIFICATE)
    town.both()
    assert town.remade == [CERTIFICATE]


def test_rows_that_stood_before_are_not_asked_for_numbers_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def sure(rows: pl.LazyFrame, *given: Any) -> pl.DataFrame:
        asked.extend(rows.collect()["_file"].unique())
        return link_sure(rows, *given)

    monkeypatch.setattr(incremental, "link_sure", sure)
    town.arrive(CERTIFICATE)
    assert differing(town) == []
    assert asked == [town.arrivals]


def test_of_a_changed_person_only_rows_with_their_numbers_are_asked_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def sure(rows: pl.LazyFrame, *given: Any) -> pl.DataFrame:
        asked.extend(rows.collect()["id_no__key"])
        return link_sure(rows, *given)

    monkeypatch.setattr(incremental, "link_sure", sure)
    key = town.shelved[CERTIFICATE].linked.filter("by_number")["id_no__key"][0]
    line = next(
        line for line in town.county.rows["approval.member"] if line["id_no"] == number_of_key(key)
    )
    line["name"] = "欧阳变更"
    assert differing(town) == []
    assert set(asked) == {key}


def test_a_dataset_behind_a_shut_gate_is_there_again_when_it_opens(town: Town) -> None:
    files = town.files.pop(CERTIFICATE)
    assert differing(town) == []
    assert town.remade == []
    town.files[CERTIFICATE] = files
    assert differing(town) == []
    assert town.remade == []


def test_another_program_links_anew(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "program_digest", lambda: "another")
    town.both()
    assert town.remade == [CERTIFICATE]


def everybody_renamed(town: Town) -> None:
    for line in town.county.rows["approval.member"]:
        line["name"] = "欧阳变更"


def register_silent(town: Town) -> None:
    town.files[REGISTER] = {}


def much_is_asked(town: Town) -> None:
    town.models[CERTIFICATE] = replace(shipped(CERTIFICATE), accept=0.999999)


def certificates_again(town: Town) -> None:
    for file, rows in town.files[CERTIFICATE].items():
        town.files[CERTIFICATE][file] = list(reversed(rows))


def certificates_replaced(town: Town) -> None:
    town.dropped[CERTIFICATE] = {(f, n) for f in town.files[CERTIFICATE] for n in range(2, 8)}


def blind(town: Town, **seen: Any) -> Callable[[str], Source]:
    source = town.source
    return lambda dataset: replace(source(dataset), **seen)


def no_people(patch: pytest.MonkeyPatch, _: Town) -> None:
    patch.setattr(incremental, "people_digest", lambda *_: "the same")


def nobody_changed(patch: pytest.MonkeyPatch, _: Town) -> None:
    again = incremental._again
    patch.setattr(
        incremental,
        "_again",
        lambda *of, **on: replace(again(*of, **on), keys=pl.Series(dtype=pl.Int64)),
    )


def no_register(patch: pytest.MonkeyPatch, _: Town) -> None:
    patch.setattr(incremental, "source_digest", lambda *_: "the same")


def no_model(patch: pytest.MonkeyPatch, _: Town) -> None:
    patch.setattr(Model, "digest", "the same")


def no_bytes(patch: pytest.MonkeyPatch, town: Town) -> None:
    source = town.source
    patch.setattr(
        town, "source", lambda d: replace(source(d), files=dict.fromkeys(source(d).files, "same"))
    )


def no_dropped(patch: pytest.MonkeyPatch, town: Town) -> None:
    patch.setattr(town, "source", blind(town, dropped=NO_LINES))


@pytest.mark.parametrize(
    ("event", "blindness"),
    [
        (everybody_renamed, no_people),
        (everybody_renamed, nobody_changed),
        (register_silent, no_register),
        (much_is_asked, no_model),
        (certificates_again, no_bytes),
        (certificates_replaced, no_dropped),
    ],
)
def test_every_digest_is_needed(
    event: Callable[[Town], None],
    blindness: Callable[[pytest.MonkeyPatch, Town], None],
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without one of them the comparison above finds stale links; with it, none."""
    seeing = copy.deepcopy(town)
    event(seeing)
    assert differing(seeing) == []
    blindness(monkeypatch, town)
    town.both()
    event(town)
    assert differing(town) == [CERTIFICATE]


@pytest.mark.parametrize("number", [None, "99010119000101****", "99010119750505111"])
def test_a_row_that_stood_aside_is_looked_at_when_somebody_loses_their_number(
    town: Town, number: str | None
) -> None:
    born, own, other = date(1975, 5, 5), 99010119750505111, 99019919750505555
    who = Someone(number_of_key(own), "欧阳一二")
    town.county.household("loses", members=0).join(who, registered=False, birth_date=born)
    for file, key in ((98, other), (99, own)):
        given = {"id_no": number_of_key(key), "name": who.name, "birth_date": born}
        town.files[CERTIFICATE][file] = [town.row(CERTIFICATE) | given]
    assert differing(town) == []
    assert set(town.shelved[CERTIFICATE].left["_file"]).isdisjoint({98, 99})
    town.county.rows["approval.member"][-1]["id_no"] = number
    assert differing(town) == []
    assert {98, 99} <= set(town.shelved[CERTIFICATE].left["_file"])


def test_of_two_equal_claims_the_one_that_stands_first_counts(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, REGISTER)
    home = town.county.household("twice", members=0)
    home.join(
        Someone(town.born().number, "欧阳一二"), registered=False, id_no=None, birth_date=DAYS[0]
    )
    claim = {"id_no": None, "name": "欧阳一二", "birth_date": DAYS[0]}
    town.files[REGISTER] = {8: [town.row(REGISTER) | claim]}
    assert differing(town) == []
    assert town.shelved[REGISTER].linked["_file"].to_list() == [8]
    town.files[REGISTER] = {9: [town.row(REGISTER) | claim], **town.files[REGISTER]}
    assert differing(town) == []
    assert town.shelved[REGISTER].linked["_file"].to_list() == [9]


def test_judgements_are_honoured_on_links_that_are_reused(town: Town) -> None:
    extracts = town.extracts()
    inputs = Inputs(extracts, town.county.packs(), b"key", shelf=town)
    found = identify(inputs)
    assert town.remade == []
    persons = found.roster.persons
    told = found.linked[CERTIFICATE].filter(tier="A").join(persons, on="person").row(0, named=True)
    said = log((CERTIFICATE, told["_record_key"], told["person_ref"], "not_same", "甲"))
    judged = identify(replace(inputs, judgements=said)).linked[CERTIFICATE]
    assert town.remade == []
    link = judged.filter(_record_key=told["_record_key"], person=told["person"])
    assert link["tier"].to_list() == ["D"]
    assert identify(inputs).linked[CERTIFICATE].equals(found.linked[CERTIFICATE])
