"""The prefecture of docs/howto/deployments, as it stands there: every transport real, nine banks asked, held against the same county carried in."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import CliRunner, Result
from county_sides import carried_instead, carry_rest, forget
from driven_counties import run_inbox
from polars.testing import assert_frame_equal
from prefecture_sides import SECRETS, Prefecture, answers_to, every_row, prefecture

import pipelines.outside
from command.main import hedui
from connectors.asking.book import read_book
from connectors.outside import Outside
from connectors.sources.reading import read_sources
from connectors.store import Store
from pipelines.workplace import store_root
from synthetic.county import write_county
from synthetic.rates import NoiseRates
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ASKED, LATER = date(2026, 5, 20), date(2026, 5, 22)
SILENT = ("B003", "B006", "B009")
FOUND_OUT = ("household_verdict", "verdict_reason", "income_line")


@dataclass
class Desk:
    """The operator's desk."""

    made: Prefecture
    said: list[str] = field(default_factory=list)
    chance: Callable[[], float] = random.Random(6).random

    @property
    def inbox(self) -> Path:
        return self.made.root / "inbox"

    @property
    def warehouse(self) -> Path:
        return self.made.root / "prefecture.duckdb"

    def outside(self, *, by: str | None = None, mounts: Path | None = None) -> Outside:
        return Outside(self.made.clock.now, lambda _: None, self.chance, by or "clerk", {}, mounts)

    def source(self, *arguments: str) -> Result:
        made = self.made
        places = ["--sources", made.sources, "--inbox", self.inbox, "--warehouse", self.warehouse]
        secrets = ["--secrets", made.mounts] if arguments != ("check",) else []
        words = ["source", *arguments, *map(str, [*places, *secrets])]
        result = CliRunner().invoke(hedui, words)
        self.said.append(result.output)
        return result

    def run(self) -> dict[str, pl.DataFrame]:
        """What a run on this day found out."""
        day = str(self.made.clock.day)
        words = ["run", "--inbox", self.inbox, "--warehouse", self.warehouse, "--as-of", day]
        result = CliRunner().invoke(hedui, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        self.said.append(result.output)
        return tables(self.warehouse)

    def ask(self) -> dict[str, Any]:
        """A round: what is to be asked goes out, what was answered comes in; its counts."""
        made = self.made
        places = ["--sources", made.sources, "--inbox", self.inbox, "--warehouse", self.warehouse]
        words = ["inquiries", "ask", "banking", "--json", *places, "--secrets", made.mounts]
        result = CliRunner().invoke(hedui, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        self.said.append(result.output)
        counts: dict[str, Any] = json.loads(result.stdout)
        return counts


def tables(warehouse: Path) -> dict[str, pl.DataFrame]:
    """What was found out about households, and who answered."""
    read = {name: read_current(warehouse, name) for name in (*FOUND_OUT, "coverage")}
    return {name: frame.drop("run_id", strict=False) for name, frame in read.items()}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("prefecture")
    county = write_county(root / "made", households=25, seed=3, rates=NoiseRates().silent()).inbox
    with pytest.MonkeyPatch.context() as patched:
        for name in ("INBOX", "WAREHOUSE", "AS_OF", "PACKS", "REGION", "PERSON_KEY", "SOURCES", "SECRETS"):  # fmt: skip
            patched.delenv(f"HEDUI_{name}", raising=False)
        with prefecture(root, county, ASKED, patched) as made:
            desk = Desk(made)
            patched.setattr(pipelines.outside, "outside_now", desk.outside)
            desk.inbox.mkdir()
            yield desk


@dataclass(frozen=True)
class Out:
    """The first day: applications come, and the banks are asked about them before anybody else has answered."""

    checked: Result
    approval: Result
    asked: dict[str, Any]


@pytest.fixture(scope="module")
def out(desk: Desk) -> Out:
    checked, approval = desk.source("check"), desk.source("pull", "approval")
    desk.run()
    silent = numbers_of(desk.made, half(desk.made))
    for code in SILENT:
        desk.made.banks[code].silent_about = silent
    return Out(checked, approval, desk.ask())


def half(made: Prefecture) -> set[str]:
    """Every other application."""
    return set(every_row(made.county, "approval.application")["application_id"].sort()[::2])


def numbers_of(made: Prefecture, applications: set[str]) -> frozenset[str]:
    """The numbers on their rosters."""
    members = every_row(made.county, "approval.member")
    return frozenset(
        members.filter(pl.col("application_id").is_in(applications))["id_no"].drop_nulls()
    )


def applications_of(made: Prefecture, numbers: frozenset[str]) -> set[str]:
    """The applications on whose roster one of these numbers is."""
    members = every_row(made.county, "approval.member")
    return set(members.filter(pl.col("id_no").is_in(numbers))["application_id"])


@dataclass(frozen=True)
class Back:
    """Two days later: everything pulled (and again), what the banks have answered taken in, a run; at last the rest of the answers."""

    pulled: Result
    again: Result
    asked: dict[str, Any]
    found_out: dict[str, pl.DataFrame]
    rest: dict[str, Any]
    log: pl.DataFrame


@pytest.fixture(scope="module")
def back(desk: Desk, out: Out) -> Back:
    assert out.asked["troubles"] == 0
    desk.made.begin(LATER)
    banks = desk.made.banks
    carry_rest(desk.made.county, desk.inbox, pulled=set(read_sources(desk.made.sources)))
    pulled, again = desk.source("pull", "--all"), desk.source("pull", "--all")
    for bank in banks.values():
        bank.answer_files(LATER)
    asked, found_out = desk.ask(), desk.run()
    log = read_current(desk.warehouse, "pull")
    for code in SILENT:
        banks[code].speak_up()
        banks[code].answer_files(LATER)
    return Back(pulled, again, asked, found_out, desk.ask(), log)


@pytest.fixture(scope="module")
def by_hand(desk: Desk, back: Back) -> dict[str, pl.DataFrame]:
    """The same county carried into an inbox: extracts of the day where systems are live, and of the banks' answers those to what was asked."""
    made = desk.made
    carried = shutil.copytree(made.county, made.root / "carried")
    for name, source in read_sources(made.sources).items():
        if source.transport.kind in ("http", "mysql", "postgresql"):
            for subject, spec in source.datasets.items():
                rows = every_row(made.county, f"{name}.{subject}").drop(spec.absent)
                forget(carried, f"{name}.{subject}")
                carried_instead(carried, f"{name}.{subject}", rows, as_of=f"{LATER:%Y%m%d}")
    for subject, rows in answers_to(made).items():
        forget(carried, f"banking.{subject}")
        carried_instead(carried, f"banking.{subject}", rows, as_of=f"{LATER:%Y%m%d}")
    run_inbox(carried, made.root / "by_hand.duckdb", as_of=LATER)
    return tables(made.root / "by_hand.duckdb")


def test_every_source_reads_and_all_it_has_is_taken_once(desk: Desk, out: Out, back: Back):
    assert "9 个来源可用" in out.checked.output, out.checked.output
    assert out.approval.exit_code == 0, out.approval.output
    assert back.pulled.exit_code == 0, back.pulled.output
    assert back.again.exit_code == 0, back.again.output
    assert "取得 0 份" in back.again.output
    taken = back.log.filter(pl.col("outcome") == "taken")
    declared = read_sources(desk.made.sources)
    datasets = {f"{source.department}.{s}" for source in declared.values() for s in source.datasets}
    assert set(taken["dataset"]) == datasets | {"banking.account", "banking.receipt"}
    assert set(taken["transport"]) == {"http", "mysql", "postgresql", "s3", "sftp"}
    ledger = read_current(desk.warehouse, "intake_ledger")
    told = taken.join(ledger, on=["file", "sha256"], how="left")
    assert told.height == taken.height
    assert told.filter(pl.col("state").is_null() | (pl.col("state") == "refused")).is_empty()


def test_all_nine_are_asked_about_the_same_people_and_nobody_without_a_paper(desk: Desk, out: Out):
    asked = {code: set(bank.asked) for code, bank in desk.made.banks.items()}
    assert len(asked) == 9
    assert len({frozenset(numbers) for numbers in asked.values()}) == 1
    persons = out.asked["persons"]
    assert out.asked["sent_files"] == 8
    assert out.asked["sent_requests"] == out.asked["to_ask"] == 9 * persons
    assert {"授权已撤销", "没有此人对本申请的授权书"} <= set(out.asked["held_at_the_door"])
    papers = every_row(desk.made.county, "approval.authorisation")
    withdrawn = papers.filter(pl.col("revoked_on").is_not_null())["id_no"]
    held = set(withdrawn) - set(papers.filter(pl.col("revoked_on").is_null())["id_no"])
    assert held
    assert not held & asked["B001"]


def test_a_call_is_made_again_under_its_own_key_until_it_is_answered(
    desk: Desk, out: Out, back: Back
):
    assert back.rest["troubles"] == 0
    bank, calls = desk.made.banks["B009"], Counter(desk.made.interfaces["B009"].calls)
    waited = len(set(bank.asked) & numbers_of(desk.made, half(desk.made)))
    assert 0 < waited < len(calls) == out.asked["persons"]
    assert Counter(calls.values()) == {3: waited, 1: len(calls) - waited}


def test_where_everybody_answered_it_is_the_county_carried_in(
    desk: Desk, back: Back, by_hand: dict[str, pl.DataFrame]
):
    silent = applications_of(desk.made, numbers_of(desk.made, half(desk.made)))
    heard = pl.col("application_id").is_in(silent).not_()
    mine, theirs = back.found_out["household_verdict"], by_hand["household_verdict"]
    assert mine.filter(heard)["application_id"].n_unique() > 5
    assert {"eligible", "ineligible"} <= set(mine.filter(heard)["suggestion"])
    assert_frame_equal(mine.filter(heard), theirs.filter(heard))
    ids = mine.filter(heard).select("verdict_id")
    for name in ("verdict_reason", "income_line"):
        one, other = back.found_out[name], by_hand[name]
        if name == "verdict_reason":
            one, other = (f.join(ids, on="verdict_id", how="semi") for f in (one, other))
        else:
            one, other = one.filter(heard), other.filter(heard)
        assert one.height
        assert_frame_equal(one, other)


def test_silence_is_waited_for_and_never_eligible(
    desk: Desk, back: Back, by_hand: dict[str, pl.DataFrame]
):
    silent = pl.col("application_id").is_in(half(desk.made))
    key = ["application_id", "programme"]
    weighs = pl.col("rule_id").str.ends_with(
        ".financial"
    )  # some programmes are decided without what banks say
    full, mine = by_hand["household_verdict"].filter(silent), back.found_out["household_verdict"]
    banks_matter = by_hand["verdict_reason"].filter(weighs).select("verdict_id")
    eligible = full.filter(pl.col("suggestion") == "eligible")
    of_banks = eligible.join(banks_matter, on="verdict_id", how="semi").select(key)
    of_others = eligible.join(banks_matter, on="verdict_id", how="anti").select(key)
    waiting = mine.join(of_banks, on=key, how="semi")
    assert waiting.height == of_banks.height > 3
    assert set(waiting["suggestion"]) == {"data_incomplete"}
    still = mine.filter(silent, pl.col("suggestion") == "eligible").select(key)
    assert_frame_equal(still, of_others, check_row_order=False)
    reasons = back.found_out["verdict_reason"].join(waiting, on="verdict_id", how="semi")
    named = [pl.col("settles_it").str.contains(f"银行机构{code}（") for code in SILENT]
    assert set(reasons.filter(named)["verdict_id"]) == set(waiting["verdict_id"])
    certain = mine.filter(silent, pl.col("suggestion") == "ineligible").select(key)
    assert certain.height > 3
    assert set(full.join(certain, on=key, how="semi")["suggestion"]) == {"ineligible"}


def test_late_answers_are_taken_and_nobody_is_asked_again(desk: Desk, back: Back):
    assert (back.rest["sent_files"], back.rest["to_ask"]) == (0, 0)
    assert back.rest["answers"] > 0
    replies = read_book(Store(store_root(desk.warehouse)), "banking").replies
    for code, bank in desk.made.banks.items():
        heard = replies.filter(
            pl.col("institution_code") == code, pl.col("request_id").is_not_null()
        )
        told = {n for n in bank.asked if bank.ledger.said(code, {"id_no": n})}
        unsaid = {n for n in told if bank.ledger.states.get((code, n)) == "identity_mismatch"}
        most = len(
            told - unsaid if code == "B004" else told
        )  # its workbook has no word for a mismatch
        assert heard["request_id"].n_unique() == most


def test_no_line_shows_a_secret_or_a_person(desk: Desk, back: Back):
    said = "\n".join(desk.said)
    members = every_row(desk.made.county, "approval.member")
    assert "取得" in said
    assert back.again.output in said
    for word in {*SECRETS.values(), *members["id_no"].drop_nulls(), *members["name"]}:
        assert word not in said
    names = "\n".join(str(file.relative_to(desk.inbox)) for file in desk.inbox.rglob("*"))
    for number in members["id_no"].drop_nulls():
        assert number not in names
