"""Explanations for pages: made from one bench a run, of the rows that are asked for, one at a time, and never of what was before."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from servers.waiting import PATIENCE

from casework.errors import BusyError
from casework.judgements import add_judgements
from household.linkage.judgements import PAIR, Judgement, link_ids
from pipelines.explaining import Bench
from pipelines.settings import DEMONSTRATION_KEY
from service.access.roles import Role
from service.reading import explanations as module
from service.reading.explanations import AT_ONCE, Explanations
from warehouse.current import CurrentTables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

Pair = tuple[str, str, str]


@pytest.fixture
def pairs(deployment: Deployment) -> list[Pair]:
    """Links of the county: two by number, two by weight."""
    with deployment.warehouse.borrowed() as tables:
        links = tables.frame("person_link").sort(PAIR)
    return [
        (row[0], row[1], row[2])
        for tier in ("A", "C")
        for row in links.filter(tier=tier).select(PAIR).head(2).iter_rows()
    ]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Bench]:
    """Every bench that is made."""
    made: list[Bench] = []

    def make(*args: Any, **more: Any) -> Bench:
        made.append(Bench(*args, **more))
        return made[-1]

    monkeypatch.setattr(module, "Bench", make)
    return made


def test_threads_share_one_bench_and_are_told_what_the_command_line_is(
    deployment: Deployment, pairs: list[Pair], built: list[Bench]
):
    explanations = Explanations(deployment)

    def ask(pair: Pair) -> Any:
        with deployment.warehouse.borrowed() as tables:
            return explanations.explain(tables, pair)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(ask, pairs))
    assert len(built) == 1
    alone = Bench(deployment.warehouse.path, key=DEMONSTRATION_KEY)
    for pair, found in zip(pairs, told, strict=True):
        again = alone.explain(*pair)
        assert (found.story.tier, found.story.score, found.story.grounds) == (
            again.story.tier,
            again.story.score,
            again.story.grounds,
        )
        assert found.published == again.published
        assert found.published is not None
        assert not found.moved


def test_a_page_reads_the_link_that_it_shows_and_no_other(
    deployment: Deployment,
    client_of: Callable[..., TestClient],
    pairs: list[Pair],
    monkeypatch: pytest.MonkeyPatch,
):
    asked: list[dict[str, str]] = []
    frame = CurrentTables.frame

    def watched(self: CurrentTables, name: str, **more: Any) -> Any:
        if name == "person_link":
            asked.append(more)
        return frame(self, name, **more)

    with deployment.warehouse.borrowed() as tables:
        links = tables.frame("person_link")
        link = dict(zip(links.select(PAIR).iter_rows(), link_ids(links), strict=True))[pairs[2]]
    monkeypatch.setattr(CurrentTables, "frame", watched)
    page = client_of(Role.ANALYST).get(f"/links/{link}")
    assert page.status_code == 200
    assert asked == [{"record_key": pairs[2][1]}]


def test_a_judgement_is_told_at_once_and_a_new_run_has_its_own_bench(
    deployment: Deployment, own_county: CountyFiles, pairs: list[Pair], built: list[Bench]
):
    explanations = Explanations(deployment)
    with deployment.warehouse.borrowed() as tables:
        assert explanations.explain(tables, pairs[0]).story.tier == "A"
        said = Judgement(*pairs[0], "not_same", "clerk", "核对了证件", "2026-05-21T09:30:00")
        add_judgements(deployment.casework, [said])
        found = explanations.explain(tables, pairs[0])
        assert (found.story.tier, found.moved) == ("D", True)
    assert len(built) == 1
    own_county.run_again()
    with deployment.warehouse.borrowed() as tables:
        found = explanations.explain(tables, pairs[0])
        assert built[-1].run.run_id == tables.run.run_id
    assert found.published is not None
    assert (found.story.tier, found.published["tier"], found.moved) == ("D", "D", False)
    assert len(built) == 2


def grow(log: Path) -> None:
    """Another event in the log of arrivals."""
    with log.open("ab") as grown:
        grown.write(log.read_bytes().splitlines(keepends=True)[-1])


def test_files_that_have_come_change_nothing_of_what_the_run_decided(
    deployment: Deployment, pairs: list[Pair], built: list[Bench]
):
    explanations = Explanations(deployment)
    with deployment.warehouse.borrowed() as tables:
        before = explanations.explain(tables, pairs[3])
        grow(built[0].newest.store.arrivals)
        assert explanations.explain(tables, pairs[3]) == before
        assert Explanations(deployment).explain(tables, pairs[3]) == before
    assert not before.anew
    assert len(built) == 2


def test_of_an_older_run_everything_is_weighed_anew_and_the_page_says_so(
    deployment: Deployment,
    client_of: Callable[..., TestClient],
    pairs: list[Pair],
    built: list[Bench],
):
    explanations = Explanations(deployment)
    with deployment.warehouse.borrowed() as tables:
        kept = [explanations.explain(tables, pair) for pair in pairs]
        listed = built[0].newest.store.root / "links" / "current.json"
        listed.write_text(json.dumps(json.loads(listed.read_bytes()) | {"runs": {}}))
        explanations = Explanations(deployment)
        anew = [explanations.explain(tables, pair) for pair in pairs]
        grow(built[1].newest.store.arrivals)
        explanations.explain(tables, pairs[0])
        links = tables.frame("person_link")
        link = dict(zip(links.select(PAIR).iter_rows(), link_ids(links), strict=True))[pairs[2]]
    assert len(built) == 3, "what has come since may count"
    assert all(one.anew for one in anew)
    assert [one.story for one in anew] == [one.story for one in kept]
    assert "没有保留比较记录" in client_of(Role.ANALYST).get(f"/links/{link}").text


def test_too_many_at_once_are_refused_and_afterwards_it_goes_on(
    deployment: Deployment, pairs: list[Pair], built: list[Bench], monkeypatch: pytest.MonkeyPatch
):
    explanations = Explanations(deployment)
    inside, go = threading.Event(), threading.Event()
    explain = Bench.explain

    def slow(self: Bench, *args: Any, **more: Any) -> Any:
        inside.set()
        assert go.wait(10 * PATIENCE)
        return explain(self, *args, **more)

    monkeypatch.setattr(Bench, "explain", slow)
    refused: list[BusyError] = []
    full = threading.Event()

    def ask() -> None:
        with deployment.warehouse.borrowed() as tables:
            try:
                explanations.explain(tables, pairs[0])
            except BusyError as error:
                refused.append(error)
                full.set()

    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        waiting = [pool.submit(ask) for _ in range(AT_ONCE + 1)]
        assert inside.wait(PATIENCE)
        assert full.wait(PATIENCE), "one too many is told at once, not queued"
        go.set()
        for one in waiting:
            one.result(timeout=PATIENCE)
    assert [error.todo for error in refused] == ["请稍后再试"]
    ask()
    assert len(refused) == 1
    assert len(built) == 1
