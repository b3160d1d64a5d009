"""`hedui links train`, `models` and `pin`: a run uses what is pinned and says so, and nothing else changes a run."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner
from driven_counties import run_inbox

from command.main import hedui
from connectors.intake.arrivals import read_arrivals
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.shelves.model_files import Pin, load_model, models_folder, read_pins
from connectors.store import Store
from household.errors import InputError
from household.linkage.engine.model import COMMON_FROM, model_text
from household.linkage.plans import ESTIMATED_ACCEPT, shipped
from household.linkage.subjects import DATASETS_LINKED
from pipelines.workplace import store_root
from synthetic.county import write_county
from synthetic.rates import NoiseRates
from warehouse.current import latest, read_current

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.outcome import Outcome
    from synthetic.county import CountyTruth

INSURED = "medical_insurance.insured"
CUSTODY = "justice.custody"


def links(name: str, warehouse: Path, *more: str) -> str:
    words = ["links", name, "--warehouse", str(warehouse), *more]
    told = CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)
    return told.output


def told_json(name: str, warehouse: Path, *more: str) -> dict[str, dict[str, object]]:
    """What a command says as JSON, by dataset; the line for people behind it is left out."""
    output = links(name, warehouse, *more, "--json")
    said = json.loads(output[: output.rindex("]") + 1])
    return {row["dataset"]: row for row in said}


def files_of(warehouse: Path) -> dict[str, bytes]:
    folder = models_folder(Store(store_root(warehouse)))
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@dataclass(frozen=True)
class Taught:
    """A county of 8 times the usual noise, run with the shipped models, trained, run again, pinned, and run again."""

    county: CountyTruth
    warehouse: Path
    trained: dict[str, dict[str, object]]
    files: dict[str, bytes]
    idle: Outcome
    shipped_links: pl.DataFrame
    shipped_digest: str
    pinned: dict[str, dict[str, object]]
    outcome: Outcome


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Taught:
    folder = tmp_path_factory.mktemp("taught")
    county = write_county(folder, households=40, seed=3, rates=NoiseRates().scaled(8))
    warehouse = folder / "w.duckdb"
    first = run_inbox(county.inbox, warehouse)
    found = read_current(warehouse, "person_link")
    trained = told_json("train", warehouse)
    files = files_of(warehouse)
    idle = run_inbox(county.inbox, warehouse)
    pinned = told_json("train", warehouse, "--pin", "--dataset", INSURED, "--dataset", CUSTODY)
    outcome = run_inbox(county.inbox, warehouse)
    digest = first.run.input_digest
    return Taught(county, warehouse, trained, files, idle, found, digest, pinned, outcome)


def test_training_pins_nothing_unasked_and_changes_no_run(taught: Taught) -> None:
    assert set(taught.trained) == set(DATASETS_LINKED)
    assert not [row for row in taught.trained.values() if row["pinned"]]
    assert "current.yaml" not in taught.files
    assert not taught.idle.published
    assert taught.idle.run.input_digest == taught.shipped_digest


def test_too_few_persons_keep_the_shipped_values(taught: Taught) -> None:
    for row in taught.trained.values():
        assert (row["settled_persons"] >= 500) == row["estimated"] == (row["model"] is not None)
    assert taught.trained[INSURED]["estimated"]
    assert not taught.pinned[CUSTODY]["estimated"]
    assert not taught.pinned[CUSTODY]["pinned"]
    assert "不足 500 人，不估计，继续使用" in links("train", taught.warehouse, "--dataset", CUSTODY)


def test_training_twice_gives_the_same_bytes(taught: Taught) -> None:
    digest = taught.trained[INSURED]["model"]
    assert taught.pinned[INSURED]["model"] == digest
    run = latest(taught.warehouse)
    links("train", taught.warehouse, "--no-pin")  # after another run, on the same rows
    now = files_of(taught.warehouse)
    pins = now.pop("current.yaml")
    assert now == taught.files
    assert str(digest).encode() in pins
    assert latest(taught.warehouse) == run
    assert not run_inbox(taught.county.inbox, taught.warehouse).published


def test_a_run_uses_what_is_pinned_and_says_so(taught: Taught) -> None:
    assert taught.outcome.published
    assert taught.outcome.run.input_digest != taught.shipped_digest
    rows = {r["dataset"]: r for r in read_current(taught.warehouse, "link_model").to_dicts()}
    assert set(rows) == set(DATASETS_LINKED)
    pinned = rows.pop(INSURED)
    assert pinned["is_pinned"]
    assert pinned["model_digest"] == taught.pinned[INSURED]["model"]
    assert pinned["accept"] == ESTIMATED_ACCEPT
    assert pinned["origin"].startswith(f"estimated {INSURED} 2026-05-20 rows=")
    for dataset, row in rows.items():
        model = shipped(dataset)
        assert (row["model_digest"], row["is_pinned"]) == (model.digest, False)
        assert (row["origin"], row["accept"]) == ("shipped", model.accept)
    by_score = read_current(taught.warehouse, "person_link").filter(
        pl.col("decided_by").cast(pl.String) == "model"
    )
    told = sum(row["links_accepted"] for row in (pinned, *rows.values()))
    tiers = by_score["tier"].cast(pl.String)
    assert told >= int((tiers == "C").sum()) > 20


def test_links_by_score_are_right_with_either_model(taught: Taught) -> None:
    """No row of another person is accepted, and the pinned model loses no link that the shipped one had."""
    now = read_current(taught.warehouse, "person_link")
    for found in (taught.shipped_links, now):
        accepted = found.filter(
            pl.col("tier").cast(pl.String) == "C",
            pl.col("decided_by").cast(pl.String) == "model",
        )
        right, wrong = against_truth(taught, accepted)
        assert wrong == 0
        assert right == len(accepted) > 20
    key = ("dataset", "record_key", "person_ref")
    scores: dict[bool, set[bool]] = {True: set(), False: set()}
    for dataset, *_, before, after in (
        taught.shipped_links.join(now, on=key, how="inner")
        .filter(pl.col("decided_by").cast(pl.String) == "model")
        .select(pl.col("dataset").cast(pl.String), "score", "score_right")
        .iter_rows()
    ):
        scores[dataset == INSURED].add(before == after)
    assert scores == {True: {False}, False: {True}}  # only the pinned dataset was scored anew
    tier = pl.col("tier").cast(pl.String) == "C"
    assert len(taught.shipped_links.filter(tier).join(now.filter(tier), on=key, how="anti")) == 0


def against_truth(taught: Taught, accepted: pl.DataFrame) -> tuple[int, int]:
    """Links whose row is truly the person's, and links whose row is another's."""
    store = Store(store_root(taught.warehouse))
    log = read_arrivals(store)
    files = pl.DataFrame(
        [(a.seq, a.file) for a in log],
        schema={"_file": pl.UInt32, "file": pl.String},
        orient="row",
    )
    truth = taught.county.truth
    rows = pl.read_parquet(truth / "row_person.parquet").rename({"person": "owner"})
    people = pl.read_parquet(truth / "person.parquet").select(
        "application_id", pl.col("member_no").cast(pl.Int64), "person"
    )
    seats = read_current(taught.warehouse, "roster_person").join(
        people, on=["application_id", "member_no"], how="inner"
    )
    told = accepted.select(pl.col("dataset").cast(pl.String), "record_key", "person_ref")
    lines = pl.concat(
        core_rows(settle(dataset, log, store), store)
        .select(
            pl.lit(dataset).alias("dataset"),
            pl.col("_record_key").alias("record_key"),
            "_file",
            pl.col("_line").cast(pl.Int64).alias("line"),
        )
        .collect()
        for dataset in told["dataset"].unique()
    )
    judged = (
        told.join(lines, on=["dataset", "record_key"], how="inner")
        .join(files, on="_file", how="inner")
        .join(rows.cast({"line": pl.Int64}), on=["dataset", "file", "line"], how="inner")
        .join(seats.select("person_ref", "person").unique(), on="person_ref", how="inner")
        .group_by("dataset", "record_key", "person_ref")
        .agg((pl.col("owner") == pl.col("person")).any().alias("right"))
    )
    return int(judged["right"].sum()), int((~judged["right"]).sum())


def test_no_file_holds_a_value_of_fewer_than_five_persons(taught: Taught) -> None:
    """Names and dates as the county truly has them, everybody counted once."""
    store = Store(store_root(taught.warehouse))
    log = read_arrivals(store)
    register = core_rows(settle("public_security.population", log, store), store)
    people = register.select("id_no__key", "name", "birth_date").drop_nulls("id_no__key").collect()
    texts = "".join(text.decode() for text in taught.files.values())
    rarely = people.unique(["id_no__key", "name"]).group_by("name").len()
    rare = rarely.filter(pl.col("len") < COMMON_FROM - 1)["name"].to_list()
    assert len(rare) > 300
    assert not [name for name in rare if f"{name}:" in texts]
    assert "99010" not in texts  # no number either
    model = load_model(INSURED, str(taught.trained[INSURED]["model"]), store)
    for shares in model.frequencies.values():
        assert all(share * model.population > COMMON_FROM - 2 for share in shares.values())


def test_the_models_in_use_stand_beside_the_shipped_ones(taught: Taught) -> None:
    told = told_json("models", taught.warehouse)
    assert set(told) == set(DATASETS_LINKED)
    mine = told.pop(INSURED)
    assert mine["model"] == taught.pinned[INSURED]["model"]
    assert mine["since"] == f"R000001-20260520-{taught.shipped_digest[:8]}"
    assert not [row for row in told.values() if row["pinned"] or row["since"]]
    levels = {row["level"]: row for row in mine["levels"]}  # type: ignore[attr-defined]
    assert levels["birth_equal"]["bits"] > levels["birth_equal"]["bits_before"]
    page = links("models", taught.warehouse)
    assert f"{mine['model']}（{mine['since']} 之后的运行使用）" in page
    assert page.count("（随附）") == len(told)
    assert "出生日期相同  权重 +" in page
    shown = links("train", taught.warehouse, "--dataset", INSURED)
    assert "与现用的相同" in shown
    assert "有主比例" in shown


@pytest.fixture
def own(taught: Taught, tmp_path: Path) -> Path:
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(taught.warehouse, warehouse)
    shutil.copytree(store_root(taught.warehouse), store_root(warehouse))
    return warehouse


def test_back_to_the_shipped_model_is_back_to_the_first_run(taught: Taught, own: Path) -> None:
    assert "随附的模型" in links("pin", own, "--dataset", INSURED, "--model", "shipped")
    assert files_of(own).keys() == taught.files.keys() | {"current.yaml"}  # what was kept stays
    outcome = run_inbox(taught.county.inbox, own)
    assert outcome.published
    assert outcome.run.input_digest == taught.shipped_digest
    assert (
        read_current(own, "person_link").drop("run_id").equals(taught.shipped_links.drop("run_id"))
    )
    digest = str(taught.pinned[INSURED]["model"])
    assert f"另存有 {digest}" in links("models", own)
    links("pin", own, "--dataset", INSURED, "--model", digest)
    assert read_pins(Store(store_root(own)))[INSURED] == Pin(digest, outcome.run.run_id)


@pytest.mark.parametrize(
    ("dataset", "model", "match"),
    [
        (INSURED, "0" * 12, "没有数据集 medical_insurance.insured 的模型 000000000000"),
        (CUSTODY, "of insured", "没有数据集 justice.custody 的模型"),
        ("no.such", "shipped", "没有可关联的数据集 no.such"),
    ],
)
def test_what_is_not_there_cannot_be_pinned(
    taught: Taught, dataset: str, model: str, match: str
) -> None:
    before = files_of(taught.warehouse)
    wanted = str(taught.pinned[INSURED]["model"]) if model == "of insured" else model
    with pytest.raises(InputError, match=match):
        links("pin", taught.warehouse, "--dataset", dataset, "--model", wanted)
    assert files_of(taught.warehouse) == before


def test_a_pinned_model_that_was_changed_stops_a_run_before_anything_is_written(
    taught: Taught, own: Path
) -> None:
    store = Store(store_root(own))
    model = load_model(INSURED, read_pins(store)[INSURED].digest, store)
    file = models_folder(store) / INSURED / f"{model.digest}.yaml"
    file.write_text(model_text(shipped(INSURED)))
    before = own.read_bytes()
    with pytest.raises(InputError, match="已被改动或损坏"):
        run_inbox(taught.county.inbox, own)
    assert own.read_bytes() == before
    # the ways out that it names
    links("train", own, "--dataset", INSURED, "--pin")
    assert model_text(load_model(INSURED, model.digest, store)) == model_text(model)
    file.unlink()
    links("pin", own, "--dataset", INSURED, "--model", "shipped")
    assert read_pins(store) == {}


def test_without_a_run_there_is_nothing_to_learn_from(tmp_path: Path) -> None:
    for name, more in (
        ("train", ()),
        ("models", ()),
        ("pin", ("--dataset", INSURED, "--model", "shipped")),
    ):
        with pytest.raises(InputError, match="请先运行 hedui run"):
            links(name, tmp_path / "w.duckdb", *more)
    assert not list(tmp_path.iterdir())


def test_the_published_table_is_one_line_a_dataset_and_run(taught: Taught) -> None:
    with duckdb.connect(str(taught.warehouse), read_only=True) as connection:
        runs = connection.sql(
            "SELECT run_id, count(*), sum(is_pinned::INT) FROM publish.link_model GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert [(count, pinned) for _, count, pinned in runs] == [
        (len(DATASETS_LINKED), 0),
        (len(DATASETS_LINKED), 1),
    ]
