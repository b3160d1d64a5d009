"""What is kept of a weighing explains as the weighing itself did: places, former names, faint candidates, rows of the register."""

from __future__ import annotations

import random

import polars as pl
import pytest
from arriving_town import DATASETS_HERE, MARRIAGE, Town, certificate_file, number_mended, renamed

from household.authorisation import grants
from household.linkage import incremental, links
from household.linkage.explaining import explain_link
from household.linkage.incremental import link_again
from household.linkage.known import gather_known
from household.linkage.links import gather_side
from household.linkage.weighed import WEIGHED
from household.roster import build_roster


@pytest.fixture(autouse=True)
def few_datasets(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (links, incremental):
        monkeypatch.setattr(module, "DATASETS_LINKED", DATASETS_HERE)


def test_a_row_is_explained_from_what_was_kept_as_from_everything() -> None:
    town, drawn = Town(2), random.Random(2)
    for event in (certificate_file, renamed, number_mended):
        event(town)
    number = town.people[0].number
    slipped = number[:15] + str((int(number[15]) + 1) % 10) + number[16:]
    pair = {"name_a": "欧阳某", "id_no_b": slipped, "name_b": town.people[0].name}
    town.files[MARRIAGE][99] = [town.row(MARRIAGE) | pair]
    extracts = town.extracts()
    roster = build_roster(extracts, b"key")
    known = gather_known(extracts, roster, grants(extracts, roster.applications, roster.members))
    link_again(extracts, roster, known, town.models, shelf=town)
    side, kinds = gather_side(extracts, roster, known), set()
    for dataset in DATASETS_HERE:
        weighed = town.shelved[dataset].weighed
        assert dict(weighed.schema) == WEIGHED
        rows = extracts.rows(dataset).select("_record_key", "_file", "_line").collect()
        beside = weighed.join(rows, on=["_file", "_line"])
        near = beside.filter(pl.col("person") >= 0)
        kinds |= {"register"} if (weighed["person"] < 0).any() else set()
        kinds |= {"faint"} if near["rank"].null_count() else set()
        kinds |= {"another line"} if (near["nth"] > 0).any() else set()
        kinds |= {"nobody"} if weighed["person"].null_count() else set()
        kinds |= (
            {"second place"} if dataset == MARRIAGE and (weighed["_place"] > 0).any() else set()
        )
        pairs = near.select("_record_key", "person").unique(maintain_order=True).rows()
        some = drawn.sample(pairs, min(4, len(pairs)))
        some.append((drawn.choice(rows["_record_key"]), int(drawn.choice(side.people["person"]))))
        for record, person in some:
            one, other = (
                explain_link(
                    extracts,
                    roster,
                    known,
                    dataset=dataset,
                    record_key=record,
                    person=person,
                    models=town.models,
                    side=side,
                    weighed=kept,
                )
                for kept in (weighed, None)
            )
            assert one == other, dataset
    assert {"faint", "nobody", "second place"} <= kinds


def test_what_is_kept_of_unchanged_rows_is_kept_as_it_is() -> None:
    town = Town(4)
    town.both()
    before = {name: kept.weighed for name, kept in town.shelved.items()}
    town.both()
    assert town.remade == []
    assert all(town.shelved[name].weighed is frame for name, frame in before.items())
