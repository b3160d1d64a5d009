"""Links kept in the store from one run to the next: what a run may reuse, what it may not, and what a killed run leaves."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from connectors.errors import ConnectorError
from connectors.intake.inbox import survey
from connectors.intake.taking import take_all
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows, save_settled
from connectors.shelves import link_files
from connectors.shelves.link_files import LinkShelf
from connectors.store import Store, open_store
from household.assess import identify
from household.authorisation import grants
from household.extracts import Extracts
from household.linkage import incremental, links
from household.linkage.incremental import REGISTER, link_again
from household.linkage.known import gather_known
from household.linkage.links import link_rows
from household.roster import build_roster
from household.schema.datasets import DATASETS
from pipelines import assessing
from pipelines.assessing import identify_people
from pipelines.gating import settled_datasets
from pipelines.identities import load_identified
from pipelines.settings import Order
from pipelines.workplace import Workplace
from quality.rows import examine
from synthetic.county import write_county

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AS_OF = date(2026, 5, 20)
ACCOUNT, CERTIFICATE = "banking.account", "disabled_federation.certificate"
HERE = (REGISTER, CERTIFICATE, ACCOUNT)


@dataclass
class Place:
    """An inbox and the store that it is taken into."""

    inbox: Path
    store: Store

    def link(self) -> tuple[list[str], dict[str, pl.DataFrame]]:
        """A run of the links with the shelf: which datasets were linked again, and all links; they are those from nothing."""
        log = take_all(survey(self.inbox), self.store, examine=examine).arrivals
        settled = {name: settle(name, log, self.store) for name in DATASETS}
        delivered = pl.concat([s.extracts for s in settled.values()])
        extracts = Extracts(lambda name: core_rows(settled[name], self.store), delivered, AS_OF)
        roster = build_roster(extracts, b"key")
        granted = grants(extracts, roster.applications, roster.members)
        known = gather_known(extracts, roster, granted)
        shelf = Watched(self.store, settled)
        linked = dict(link_again(extracts, roster, known, None, shelf=shelf))
        shelf.write()
        assert same(linked, link_rows(extracts, roster, known))
        return shelf.remade, linked

    @property
    def kept(self) -> list[Path]:
        return sorted((self.store.root / "links").glob("*.parquet"))

    @property
    def named(self) -> set[str]:
        said = json.loads((self.store.root / "links" / "current.json").read_bytes())["datasets"]
        return {digest for entry in said.values() for digest in entry["frames"].values()}


class Watched(LinkShelf):
    """A shelf that tells what was kept anew."""

    remade: list[str]

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.remade = []

    def keep(self, dataset: str, links: incremental.Kept) -> None:
        self.remade.append(dataset)
        super().keep(dataset, links)


def same(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> bool:
    return list(one) == list(other) and all(
        one[name].schema == other[name].schema and one[name].equals(other[name]) for name in one
    )


def hold_back(inbox: Path, rows: int) -> bytes:
    """Take the last rows out of the accounts. Returns them as a file."""
    file = max((inbox / "banking").glob("account_*.csv"))
    head, *lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([head, *lines[:-rows]]))
    return b"".join([head, *lines[-rows:]])


def send_accounts(inbox: Path, data: bytes) -> None:
    file = max((inbox / "banking").glob("account_*.csv"))
    file.with_name(file.name.replace("_2.csv", "_3.csv")).write_bytes(data)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_county(tmp_path_factory.mktemp("county"), households=12, seed=11).inbox


@pytest.fixture(scope="module")
def linked_once(
    county: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, bytes, dict[str, pl.DataFrame]]:
    """A store after one run, the accounts that have not come yet, and the links of the run."""
    folder = tmp_path_factory.mktemp("linked")
    shutil.copytree(county, folder / "in")
    late = hold_back(folder / "in", 12)
    with pytest.MonkeyPatch.context() as patch:
        few_datasets(patch)
        remade, linked = Place(folder / "in", open_store(folder / "s")).link()
    assert remade == list(HERE)
    return folder, late, linked


def few_datasets(patch: pytest.MonkeyPatch) -> None:
    for module in (links, incremental):
        patch.setattr(module, "DATASETS_LINKED", HERE)


@pytest.fixture
def place(
    linked_once: tuple[Path, bytes, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    few_datasets(monkeypatch)
    shutil.copytree(linked_once[0], tmp_path / "p")
    return Place(tmp_path / "p" / "in", open_store(tmp_path / "p" / "s"))


def test_nothing_is_linked_again_and_a_new_extract_links_its_dataset(
    place: Place, linked_once: tuple[Path, bytes, dict[str, pl.DataFrame]]
) -> None:
    remade, linked = place.link()
    assert remade == []
    assert same(linked, linked_once[2])
    send_accounts(place.inbox, linked_once[1])
    remade, linked = place.link()
    assert remade == [ACCOUNT]
    assert len(linked[ACCOUNT]) > len(linked_once[2][ACCOUNT])
    assert {file.stem for file in place.kept} == place.named


@pytest.mark.parametrize("harm", ["damaged", "missing", "cut", "swapped"])
def test_a_frame_that_is_not_what_was_kept_is_not_used(place: Place, harm: str) -> None:
    largest = max(place.kept, key=lambda file: file.stat().st_size)
    other = min(place.kept, key=lambda file: file.stat().st_size)
    data = largest.read_bytes()
    spoilt = {
        "damaged": data[:100] + bytes([data[100] ^ 1]) + data[101:],
        "cut": data[: len(data) // 2],
        "swapped": other.read_bytes(),
    }
    largest.unlink() if harm == "missing" else largest.write_bytes(spoilt[harm])
    remade, _ = place.link()
    assert remade
    assert place.link()[0] == []


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"format": 0, "datasets": {}}'])
def test_a_list_that_cannot_be_read_is_none(place: Place, text: bytes) -> None:
    (place.store.root / "links" / "current.json").write_bytes(text)
    assert place.link()[0] == list(HERE)
    assert {file.stem for file in place.kept} == place.named


def test_a_run_that_is_killed_before_its_list_leaves_the_former_one(
    place: Place,
    linked_once: tuple[Path, bytes, dict[str, pl.DataFrame]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = place.named
    whole = link_files.write_whole

    def killed(target: Path, *given: object) -> None:
        if target.name == "current.json":
            raise ConnectorError("full", "")
        whole(target, *given)  # type: ignore[arg-type]

    send_accounts(place.inbox, linked_once[1])
    with monkeypatch.context() as patch:
        patch.setattr(link_files, "write_whole", killed)
        with pytest.raises(ConnectorError):
            place.link()
    assert place.named == before
    assert before < {file.stem for file in place.kept}
    assert place.link()[0] == [ACCOUNT]
    assert {file.stem for file in place.kept} == place.named


def test_kept_files_are_for_their_owner_only(place: Place) -> None:
    assert {file.stat().st_mode & 0o777 for file in place.kept} == {0o600}


def settled_work(order: Order) -> Workplace:
    """A run as far as step core, without its gates."""
    work = Workplace(order)
    take_all(survey(order.inbox), work.store, examine=examine)
    for name in DATASETS:
        save_settled(settle(name, work.log, work.store), work.store)
        work.sign(f"core/{name}")
    return work


def test_a_run_links_only_what_a_new_extract_can_change(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And hands over the links that there are from nothing."""
    shutil.copytree(county, tmp_path / "in")
    late = hold_back(tmp_path / "in", 12)
    order = Order(tmp_path / "in", tmp_path / "w.duckdb", AS_OF)
    identify_people(settled_work(order))
    send_accounts(order.inbox, late)
    remade = []
    keep = LinkShelf.keep

    def watched(self: LinkShelf, dataset: str, links: incremental.Kept) -> None:
        remade.append(dataset)
        keep(self, dataset, links)

    monkeypatch.setattr(LinkShelf, "keep", watched)
    work = settled_work(order)
    counts = identify_people(work)
    assert remade == [ACCOUNT]
    handed = load_identified(work.store).linked
    assert counts["linked_rows"] == sum(map(len, handed.values()))
    anew = identify(assessing._inputs(work, settled_datasets(work))).linked
    assert same(dict(sorted(anew.items())), handed)
