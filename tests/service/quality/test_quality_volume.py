"""Candidate pairs by block: what is counted is what linkage blocks on, and until somebody has counted nothing is claimed."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from household.authorisation import grants
from household.linkage.engine.blocking import block
from household.linkage.engine.records import encode
from household.linkage.known import gather_known
from household.linkage.links import alone, gather_side, subjects_of
from household.linkage.plans import plan_of
from household.linkage.sifting import sift_rows
from household.linkage.subjects import DATASETS_LINKED
from household.linkage.volume import dataset_volume
from household.roster import build_roster
from pipelines.candidate_volume import FOLDER, volumes_of
from pipelines.rerun import open_newest
from pipelines.workplace import store_root
from service.access.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

PAGE = "/quality/linkage"


def rows_of(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_volumes_are_those_of_the_blocks(county: CountyFiles):
    newest = open_newest(county.warehouse)
    extracts = newest.extracts()
    roster = build_roster(extracts, b"", newest.run.region_code)
    granted = grants(extracts, roster.applications, roster.members)
    side = gather_side(extracts, roster, gather_known(extracts, roster, granted))
    found = 0
    for dataset in DATASETS_LINKED:
        told = dataset_volume(dataset, extracts.rows(dataset), side)
        pairs = 0
        for subject in subjects_of(dataset):
            rows = alone(dataset, extracts.rows(dataset))
            sifted = sift_rows(rows, subject, side.people, side.taken["key"])
            left = encode(sifted, plan_of(dataset), "rows", "row")
            pairs += len(block(left, side.coded, plan_of(dataset)))
        assert told.pairs == pairs
        assert max(b.pairs for b in told.blocks) <= told.pairs <= sum(b.pairs for b in told.blocks)
        assert all(b.only <= b.pairs for b in told.blocks)
        found += pairs
    assert found


def test_volume_is_unknown_until_somebody_measures(
    deployment: Deployment, client_of: Callable[..., TestClient], own_county: CountyFiles
):
    steward, analyst = client_of(Role.DATA_STEWARD), client_of(Role.ANALYST)
    of_town = client_of(Role.DATA_STEWARD, regions=("990101100",))
    before = steward.get(PAGE).text
    assert "尚未测算" in before
    token = re.search(r'name="csrf_token" value="([^"]+)"', before)
    assert token is not None
    assert rows_of(steward, f"{PAGE}?csv=volume") == []
    assert "测算候选量" not in analyst.get(PAGE).text

    answer = steward.post(f"{PAGE}/volume", data={"csrf_token": token[1]})
    assert answer.status_code == 303
    assert steward.get(PAGE).text.count("尚未测算") == 0
    told = rows_of(steward, f"{PAGE}?csv=volume")
    (kept,) = volumes_of(own_county.warehouse, [own_county.outcome.run.run_id])
    pairs = sum(b.pairs for v in kept.datasets for b in v.blocks)
    assert sum(int(row["候选对数"]) for row in told) == pairs > 0
    assert all("block" not in row["分组条件"] for row in told)
    (run,) = rows_of(steward, f"{PAGE}?csv=volume_runs")
    assert int(run["候选对数"]) == sum(v.pairs for v in kept.datasets)

    assert rows_of(of_town, f"{PAGE}?csv=volume") == []
    assert "只对全区人员显示" in of_town.get(PAGE).text
    own = re.search(r'name="csrf_token" value="([^"]+)"', of_town.get("/me").text + before)
    assert own is not None
    assert of_town.post(f"{PAGE}/volume", data={"csrf_token": own[1]}).status_code in (403, 404)


def test_a_measure_that_cannot_be_read_is_none(own_county: CountyFiles):
    folder = store_root(own_county.warehouse) / FOLDER
    folder.mkdir()
    for name, text in (("a", "{"), ("b", '{"format": 9}'), ("c", '{"format": 1, "run_id": "c"}')):
        (folder / f"{name}.json").write_text(text)
    assert volumes_of(own_county.warehouse, ["a", "b", "c", "d"]) == []
