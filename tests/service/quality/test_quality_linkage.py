"""The linkage page: what waits and since when, what judged samples say (as the command line does), and how it was in earlier runs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner

from casework.judgements import add_batch, add_judgements
from command.links_review import score
from household.linkage.judgements import NOT_SAME, PAIR, SAME, Judgement
from household.linkage.review import draw_sample, review_frame
from service.access.roles import Role
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

AT = "2026-05-20T09:30:00"


def rows_of(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture
def steward(client_of: Callable[..., TestClient]) -> TestClient:
    return client_of(Role.DATA_STEWARD)


def said(pair: dict[str, str], clerk: str, answer: str, batch: str | None = None) -> Judgement:
    source = "review" if batch is None else "sample"
    return Judgement(*(pair[c] for c in PAIR), answer, clerk, "核对了证件", AT, source, batch)


def test_what_waits_is_counted_with_its_age_and_leaves_when_judged(
    deployment: Deployment, steward: TestClient, county: CountyFiles
):
    people = read_current(county.warehouse, "person").filter(
        pl.col("application_ids").list.len() > 0
    )
    links = read_current(county.warehouse, "person_link").with_columns(
        pl.col("dataset", "tier", "decided_by").cast(pl.String)
    )
    open_ = links.filter(
        pl.col("tier").is_in(["C", "D"]),
        pl.col("person_ref").is_in(people["person_ref"].implode()),
    )
    assert len(open_) > 3
    before = {row["队列"]: row for row in rows_of(steward, "/quality/linkage?csv=backlog")}
    clerical = before["待人工复核"]
    assert int(clerical["等待"]) == len(open_)
    assert (clerical["最早见于"], clerical["最久（天）"]) == ("2026-05-20", "0")
    assert int(clerical["7 天以内"]) == len(open_)
    assert before["判定矛盾"]["最久（天）"] == ""  # nothing waits, so nothing has an age

    one, other = open_.rows(named=True)[:2]
    add_judgements(
        deployment.casework,
        [said(one, "张核", SAME), said(other, "张核", SAME), said(other, "李核", NOT_SAME)],
    )
    after = {row["队列"]: row for row in rows_of(steward, "/quality/linkage?csv=backlog")}
    assert int(after["待人工复核"]["等待"]) == len(open_) - 2
    assert int(after["判定矛盾"]["等待"]) == 1
    page = steward.get("/quality/linkage").text
    assert "已两人判定 1 对，相反 1 对" in page
    assert one["record_key"] not in page


def test_samples_say_what_the_command_line_says(
    deployment: Deployment, steward: TestClient, own_county: CountyFiles, monkeypatch
):
    links = read_current(own_county.warehouse, "person_link").with_columns(
        pl.col("dataset", "tier", "decided_by").cast(pl.String)
    )
    people = read_current(own_county.warehouse, "roster_person").select("person_ref").unique()
    frame = review_frame(links, people.with_columns(pl.lit("汉字短名").alias("family")))
    drawn = draw_sample(frame, size=30, seed=5, run_id=own_county.outcome.run.run_id)
    add_batch(deployment.casework, drawn)
    (unread,) = {
        (row["估计值"], row["两人一致率"])
        for row in rows_of(steward, "/quality/linkage?csv=link_samples")
    }
    assert unread == ("", "")  # nobody has read it: unknown, not nought
    batch = str(drawn["batch"][0])
    answers = [
        said(pair, clerk, NOT_SAME if at == 7 or (at == 9 and clerk == "李核") else SAME, batch)
        for at, pair in enumerate(drawn.rows(named=True))
        for clerk in ("张核", "李核")
    ]
    add_judgements(deployment.casework, answers)
    monkeypatch.setattr("command.links_review._casework", lambda _: deployment.casework)
    told = CliRunner().invoke(
        score, ["--warehouse", str(own_county.warehouse), "--batch", batch, "--json"]
    )
    by_command = json.loads(told.stdout)
    page = {row["指标"]: row for row in rows_of(steward, "/quality/linkage?csv=link_samples")}
    precision = page["准确率（A、B、C 级）"]
    assert float(precision["估计值"]) == pytest.approx(by_command["precision"]["value"], abs=1e-6)
    assert float(precision["区间下限"]) == pytest.approx(by_command["precision"]["low"], abs=1e-6)
    assert 0 < float(precision["区间下限"]) < float(precision["估计值"]) < 1
    assert float(precision["两人一致率"]) == by_command["observed_agreement"] < 1
    assert float(page["准确率（A 级）"]["估计值"]) == pytest.approx(
        by_command["precision_by_tier"]["A"]["value"], abs=1e-6
    )


def test_scores_are_a_histogram_without_gaps(steward: TestClient, county: CountyFiles):
    told = rows_of(steward, "/quality/linkage?csv=scores")
    steps = sorted({float(row["得分起"]) for row in told})
    assert steps == pytest.approx([at / 20 for at in range(6, 20)])  # the lowest threshold is 0.33
    links = read_current(county.warehouse, "person_link")
    scored = links.filter(pl.col("decided_by").cast(pl.String) == "model")
    assert sum(int(row["关联"]) for row in told) == len(scored)


def test_drift_shows_every_run(steward: TestClient, county: CountyFiles):
    (row,) = rows_of(steward, "/quality/linkage?csv=by_run")
    tiers = read_current(county.warehouse, "person_link")["tier"].cast(pl.String)
    assert [int(row[f"{tier} 级"]) for tier in "ABCD"] == [int((tiers == t).sum()) for t in "ABCD"]
    assert rows_of(steward, "/quality/linkage?csv=link_changes") == []
