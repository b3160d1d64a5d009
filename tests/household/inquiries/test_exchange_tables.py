"""The published account of the exchange: deliveries, sources, checks; what is news and what is not; nothing about who may not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from core_town import AS_OF, County
from inquiry_book import Bookkeeper

from household.authorisation import grants
from household.exchange import PULLS_SCHEMA, SOURCES_SCHEMA, TABLES, Exchange
from household.inquiries.published_rows import readable_inquiries
from household.pull_checks import SCHEMA, trouble_rows
from household.roster import build_roster
from household.schema.published import PUBLISHED

NINE = datetime(2026, 5, 18, 9, tzinfo=timezone(timedelta(hours=8)))
ESTATE, FUND = "housing.real_estate", "housing.provident_fund"


@dataclass
class Pulls:
    """Writes a log of pulls."""

    datasets: tuple[str, ...] = (ESTATE,)
    overdue_hours: int = 30
    rows: list[dict[str, Any]] = field(default_factory=list)

    def event(self, outcome: str, at: datetime = NINE, **said: Any) -> None:
        row: dict[str, Any] = dict.fromkeys(PULLS_SCHEMA, "")
        row |= {"rows": None, "size": None, "as_of": None, "calls": 1, "by": "ops"}
        row |= {"source": "housing", "dataset": ESTATE, "origin": "v", "transport": "postgresql"}
        if outcome == "taken":
            row |= {"file": "housing/f.parquet", "sha256": "ab", "rows": 5, "as_of": at.date()}
        row |= {"seq": len(self.rows) + 1, "outcome": outcome, "at": at.isoformat()}
        self.rows.append(row | said)

    @property
    def exchange(self) -> Exchange:
        source = {
            "source": "housing",
            "title": "不动产登记",
            "region": "990101",
            "transport": "postgresql",
            "cron": "0 2 * * *",
            "overdue_hours": self.overdue_hours,
            "agreement_no": "X1",
            "agreement_from": date(2026, 1, 1),
            "agreement_to": date(2026, 12, 31),
            "breaker_failures": 3,
            "datasets": list(self.datasets),
        }
        return Exchange(
            pulls=pl.DataFrame(self.rows, schema=PULLS_SCHEMA),
            sources=pl.DataFrame([source], schema=SOURCES_SCHEMA),
        )

    def status(self, on: date = date(2026, 5, 18)) -> dict[str, Any]:
        return self.exchange.tables(on)["source_status"].row(0, named=True)

    def checks(self, on: date = date(2026, 5, 18)) -> dict[tuple[str, str], tuple[bool, str]]:
        rows = trouble_rows(self.exchange, on)
        assert rows.schema == pl.Schema(SCHEMA)
        told = rows.select("dataset", "check_id", "passed", "observed").iter_rows()
        return {(dataset, check): (passed, said) for dataset, check, passed, said in told}


def test_nothing_configured_gives_empty_tables() -> None:
    none = Exchange()
    assert none.digest(AS_OF) == ""
    for name, frame in none.tables(AS_OF).items():
        assert frame.is_empty()
        assert frame.schema == pl.Schema(PUBLISHED[name].polars_schema())
    assert trouble_rows(none, AS_OF).is_empty()


def test_a_delivery_is_told_with_both_times() -> None:
    pulls = Pulls()
    pulls.event("taken", as_of=date(2026, 4, 30), agreement="X1", region="990101")
    row = pulls.exchange.tables(AS_OF)["pull"].row(0, named=True)
    assert (row["as_of"], row["pulled_at"]) == (date(2026, 4, 30), "2026-05-18T09:00:00+08:00")
    assert (row["rows"], row["pulled_by"], row["agreement_no"]) == (5, "ops", "X1")
    assert row["message"] is None


def test_the_same_trouble_is_told_once_a_day() -> None:
    pulls = Pulls()
    for hour in range(3):
        pulls.event("failed", NINE + timedelta(hours=hour), message="没有应答")
    pulls.event("failed", NINE + timedelta(days=1), message="没有应答")
    pulls.event("refused", NINE + timedelta(days=1), message="密码被拒绝")
    for outcome in ("unchanged", "nothing", "resting", "spent"):
        pulls.event(outcome, NINE + timedelta(days=2))
    assert pulls.exchange.tables(AS_OF)["pull"]["seq"].to_list() == [1, 4, 5]


def test_a_pull_that_found_nothing_new_is_no_news() -> None:
    pulls = Pulls(overdue_hours=99)
    pulls.event("taken")
    before = pulls.exchange.digest(AS_OF)
    pulls.event("unchanged", NINE + timedelta(hours=1))
    pulls.event("nothing", NINE + timedelta(days=2))
    pulls.event("unchanged", NINE + timedelta(days=2))
    assert pulls.exchange.digest(AS_OF) == before
    assert pulls.status(AS_OF)["last_good_on"] == AS_OF  # told with the next news
    pulls.event("failed", NINE + timedelta(days=2), message="没有应答")
    assert pulls.exchange.digest(AS_OF) != before


def test_the_digest_tells_every_table_apart() -> None:
    book = Bookkeeper()
    exchanges = [Exchange(inquiries=book.log)]
    book.ask("Q1")
    exchanges.append(Exchange(inquiries=book.log))
    book.reply("Q1", "none", AS_OF)
    exchanges.append(Exchange(inquiries=book.log))
    digests = {e.digest(AS_OF) for e in exchanges}
    assert len(digests) == 3
    assert exchanges[2].digest(AS_OF) == exchanges[2].digest(AS_OF)


def test_status_of_a_source_that_answers() -> None:
    pulls = Pulls()
    pulls.event("taken", as_of=date(2026, 5, 17))
    pulls.event("nothing", NINE + timedelta(days=1))
    told = pulls.status(date(2026, 5, 19))
    assert (told["last_tried_on"], told["last_good_on"]) == (date(2026, 5, 19),) * 2
    assert (told["newest_as_of"], told["breaker"], told["failures"]) == (
        date(2026, 5, 17),
        "closed",
        0,
    )
    assert told["message"] is None
    assert told["agreement_in_force"]


def test_never_tried() -> None:
    pulls = Pulls()
    told = pulls.status()
    assert (told["last_tried_on"], told["overdue_since"], told["failures"]) == (None, None, 0)
    assert pulls.checks()[ESTATE, "pull_succeeded"] == (False, "housing：尚未取过数")
    assert pulls.checks()[ESTATE, "pull_honest"] == (True, "正常")


@pytest.mark.parametrize(
    ("hours", "later", "on", "since"),
    [
        (30, None, date(2026, 5, 19), None),  # due at 15:00 of that day: not known to have passed
        (30, None, date(2026, 5, 20), date(2026, 5, 19)),
        (30, NINE + timedelta(hours=31), date(2026, 5, 19), date(2026, 5, 19)),  # the log goes on
        (30, NINE + timedelta(hours=29), date(2026, 5, 19), None),
    ],
)
def test_overdue(hours: int, later: datetime | None, on: date, since: date | None) -> None:
    pulls = Pulls(overdue_hours=hours)
    pulls.event("taken")
    if later:
        pulls.event("nothing", later)  # an answer, and still no delivery
    assert pulls.status(on)["overdue_since"] == since
    assert pulls.checks(on)[ESTATE, "pull_on_time"][0] == (since is None)


def test_one_of_two_datasets_does_not_come() -> None:
    pulls = Pulls(datasets=(ESTATE, FUND))
    pulls.event("taken")
    on = date(2026, 5, 21)
    pulls.event("taken", NINE + timedelta(days=2, hours=20))
    assert pulls.status(on)["overdue_since"] == date(2026, 5, 19)
    checks = pulls.checks(on)
    assert checks[ESTATE, "pull_on_time"][0]
    assert not checks[FUND, "pull_on_time"][0]


def test_the_breaker_as_the_log_shows_it() -> None:
    pulls = Pulls()
    pulls.event("failed", message="没有应答")
    pulls.event("failed")
    pulls.event("refused", calls=0)  # the agreement had ended: the source was not called
    assert pulls.status()["breaker"] == "closed"
    rest = {"until": (NINE + timedelta(minutes=30)).isoformat()}
    pulls.event("failed", **rest)
    assert (pulls.status()["breaker"], pulls.status()["failures"]) == ("open", 3)
    pulls.event("resting", NINE + timedelta(minutes=29), calls=0, **rest)
    assert pulls.status()["breaker"] == "open"
    later = {"until": (NINE + timedelta(minutes=61)).isoformat()}
    pulls.event("failed", NINE + timedelta(minutes=31), **later)
    assert pulls.status()["breaker"] == "open"
    pulls.event("spent", NINE + timedelta(minutes=70), calls=0)
    assert pulls.status()["breaker"] == "half_open"
    pulls.event("lied", NINE + timedelta(minutes=71), message="行数不符")
    assert (pulls.status()["breaker"], pulls.status()["message"]) == ("closed", "行数不符")
    assert pulls.checks()[ESTATE, "pull_honest"] == (False, "housing：行数不符")


def test_a_source_that_asked_for_patience_is_open_after_one_failure() -> None:
    pulls = Pulls()
    asked = {"until": (NINE + timedelta(hours=2)).isoformat()}
    pulls.event("failed", message="过于频繁", **asked)
    assert (pulls.status()["breaker"], pulls.status()["failures"]) == ("open", 1)
    pulls.event("spent", NINE + timedelta(hours=3), calls=0)
    assert pulls.status()["breaker"] == "closed"


def test_trouble_with_one_file_is_not_healed_by_another() -> None:
    pulls = Pulls()
    pulls.event("refused", origin="a.csv", message="a 不能读")
    pulls.event("taken", origin="b.csv")
    assert pulls.checks()[ESTATE, "pull_succeeded"] == (False, "housing：a 不能读")
    assert pulls.status()["message"] == "a 不能读"
    pulls.event("taken", origin="a.csv")
    assert pulls.checks()[ESTATE, "pull_succeeded"] == (True, "正常")


def test_trouble_of_the_whole_source() -> None:
    pulls = Pulls(datasets=(ESTATE, FUND))
    pulls.event("failed", dataset="", origin="", message="没有应答")
    checks = pulls.checks()
    assert not checks[ESTATE, "pull_succeeded"][0]
    assert not checks[FUND, "pull_succeeded"][0]
    pulls.event("taken", dataset=FUND)
    assert pulls.checks()[ESTATE, "pull_succeeded"][0]


def test_yesterdays_trouble_is_over_when_today_offers_nothing() -> None:
    pulls = Pulls()
    pulls.event("failed", origin="a.csv", message="没有应答")
    pulls.event("nothing", NINE + timedelta(hours=1), origin="")
    assert pulls.checks()[ESTATE, "pull_succeeded"][0]


def test_no_personal_value_is_published() -> None:
    names = {c.name for table in TABLES for c in PUBLISHED[table].all_columns}
    assert not names & {"name", "id_no", "birth", "authorisation_no"}
    assert not any(c.personal for table in TABLES for c in PUBLISHED[table].all_columns)
    book = Bookkeeper()
    book.ask("Q1", name="某某某", id_no="990101199001011234")
    book.reply("Q1", "identity_mismatch", AS_OF)
    told = Exchange(inquiries=book.log).tables(AS_OF)
    assert told["inquiry"].height == 1
    assert not any(
        "某某某" in f.write_csv() or "9901011990" in f.write_csv() for f in told.values()
    )


def test_nothing_is_told_of_who_may_not_be_read() -> None:
    county = County()
    home = county.household("A1", members=0)
    signed = home.join()
    revoked = home.join(signed=False)
    home.sign(revoked, revoked_on=AS_OF)
    waiting = home.join(signed=False)
    roster = build_roster(county.extracts(), b"key")
    lines = roster.members.join(roster.persons, on="person").sort("member_no")
    refs = dict(
        zip((signed.number, revoked.number, waiting.number), lines["person_ref"], strict=True)
    )
    book = Bookkeeper()
    for request_id, who in (("Q1", signed), ("Q2", revoked), ("Q3", waiting)):
        book.ask(request_id, person_ref=refs[who.number])
        if who is not waiting:
            book.reply(request_id, "found", AS_OF)
    book.ask("Q4", application_id="of another region")
    told = Exchange(inquiries=book.log).tables(AS_OF)
    granted = grants(county.extracts(), roster.applications, roster.members)
    inquiry = readable_inquiries(told["inquiry"], roster, granted)
    assert dict(inquiry.select("request_id", "state").iter_rows()) == {"Q1": "found", "Q3": "late"}
    assert inquiry.columns == told["inquiry"].columns
    assert told["turnaround"]["asked"].to_list() == [4]
