"""Explanations from what a run kept: every link of a county as it was published, every pair as when all is weighed anew."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from connectors.shelves.link_files import LinkShelf, RunNamed, read_list
from connectors.shelves.weighed_files import weighed_of_run
from connectors.store import open_store
from household.linkage.explaining import LinkStory, explain_link
from pipelines.explaining import Bench
from pipelines.settings import DEMONSTRATION_KEY
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

BY_WEIGHT = ("C", "D")


@pytest.fixture(scope="module")
def bench(noisy: RunCounty) -> Bench:
    found = Bench(noisy.warehouse, key=DEMONSTRATION_KEY)
    assert found.kept is not None
    return found


def told(bench: Bench, dataset: str, record: str, person: int, *, kept: bool) -> LinkStory:
    """One explanation, from what was kept or from everything."""
    assert bench.kept is not None
    return explain_link(
        bench.extracts,
        bench.roster,
        bench.known,
        dataset=dataset,
        record_key=record,
        person=person,
        models=bench.newest.model_of(dataset),
        judgements=None,
        side=bench.side,
        weighed=bench.kept.of(dataset) if kept else None,
    )


def test_every_link_by_weight_and_some_by_number_are_told_as_published(
    noisy: RunCounty, bench: Bench
) -> None:
    links = read_current(noisy.warehouse, "person_link").with_columns(
        pl.col("tier", "dataset").cast(pl.String)
    )
    weighed = links.filter(pl.col("tier").is_in(BY_WEIGHT))
    sure = links.filter(pl.col("tier").is_in(BY_WEIGHT).not_()).unique(
        ["dataset", "tier"], keep="first", maintain_order=True
    )
    assert len(weighed) > 10
    assert len(sure) > 10
    for link in pl.concat([weighed, sure]).iter_rows(named=True):
        found = bench.explain(link["dataset"], link["record_key"], link["person_ref"])
        story = found.story
        assert not found.anew
        assert (story.tier, story.score, story.note) == (link["tier"], link["score"], link["note"])
        if story.weighed:
            assert story.weights is not None
            assert story.weights.probability == link["score"]
            for step in story.weights.steps:
                assert not step.bits or f"{step.word}{step.bits:+.1f}" in link["note"]


def test_pairs_that_are_no_link_are_told_as_when_everything_is_weighed(bench: Bench) -> None:
    drawn, compared, equal = random.Random(3), 0, 0
    people = bench.roster.persons["person"].to_list()
    assert bench.kept is not None
    for dataset in bench.kept.frames:
        weighed = bench.kept.of(dataset)
        assert weighed is not None
        rows = bench.rows(dataset).select("_record_key", "_file", "_line").collect()
        near = weighed.filter(pl.col("person") >= 0).join(rows, on=["_file", "_line"])
        pairs = near.select("_record_key", "person").rows()
        compared += len(pairs)
        some = drawn.sample(pairs, min(2, len(pairs)))
        for record, person in some or [(drawn.choice(rows["_record_key"]), drawn.choice(people))]:
            one = told(bench, dataset, record, person, kept=True)
            assert one == told(bench, dataset, record, person, kept=False), dataset
            equal += 1
    assert compared > 10
    assert equal > 20, "of every dataset that is linked"


def test_a_frame_that_was_changed_and_a_run_that_is_not_listed_are_as_good_as_none(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.kept is not None
    store, digest = bench.newest.store, bench.run.input_digest
    assert weighed_of_run(store, "0" * 64) is None
    monkeypatch.setattr("connectors.shelves.weighed_files.program_digest", lambda: "another")
    assert weighed_of_run(store, digest) is None
    assert bench.kept.of("approval.member") is None
    dataset, frame = next(iter(bench.kept.frames.items()))
    file = store.root / "links" / f"{frame}.parquet"
    whole = file.read_bytes()
    try:
        file.write_bytes(whole + b"0")
        assert bench.kept.of(dataset) is None
    finally:
        file.write_bytes(whole)


def test_what_the_published_run_and_the_one_being_made_used_is_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path / "w.store")
    for number, (run, before) in enumerate((("a", None), ("b", "a"), ("x", "b"), ("c", "b"))):
        LinkShelf(store, {}).write(RunNamed(run, number, before))
    assert set(read_list(store)["runs"]) == {"b", "c"}
    kept = weighed_of_run(store, "c")
    assert kept is not None
    assert (kept.arrivals, kept.frames) == (3, {})
