"""Asking a source person by person: who is to be asked today, requests out, answers in. Wiring only; who may be asked is the door's business.

The people are those of the applications at hand, by what has arrived until now behind the gates of the newest run; the papers are held
against today.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import read_book
from connectors.asking.calls import call
from connectors.asking.carriers import Connections
from connectors.asking.collecting import Collected, collect
from connectors.asking.errand import Errand
from connectors.asking.layouts.institutions import institution_rows, read_institutions
from connectors.asking.sending import Sent, book_requests, send
from connectors.pulling.declared import declare
from connectors.pulling.pull_log import read_pulls
from connectors.sources.agreement import hold_agreement
from household.errors import InputError
from household.inquiries.needs import Needs, Round, needs
from household.inquiries.people import absent_people, people_to_ask, register_names
from household.rules.terms import terms_of
from pipelines.papers_today import take_in_papers
from pipelines.roster_today import roster_today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.asking.calls import Called
    from connectors.asking.layouts.institution import Institution
    from connectors.outside import Outside
    from connectors.sources.declaration import Source
    from household.roster import Roster
    from pipelines.pulling import Deployment
    from pipelines.roster_today import RosterToday
    from pipelines.workplace import Workplace


@dataclass(frozen=True)
class Asked:
    """What came of a round.

    Attributes:
        needs: who was to be asked and who not. sent, collected: what went out and what came back, by files and by calls together.
        arrived: counts of the files that were taken in first (`papers_today.take_in_papers`).

    """

    needs: Needs
    sent: Sent
    collected: Collected
    arrived: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """A source that is asked person by person: its declaration, its institutions by code, and these as the core knows them."""

    source: Source
    institutions: dict[str, Institution]
    rows: pl.DataFrame


def open_asking(deployment: Deployment, name: str) -> Asking:
    """Read a source and its institutions. Raises InputError: no such source, it asks nobody, or mistakes in its institutions."""
    source = deployment.source(name)
    if source.inquiries is None:
        raise InputError(f"来源 {name} 不是逐人查询的来源", "请在 source.yaml 中写明 inquiries")
    institutions = read_institutions(deployment.folder / name, source)
    return Asking(source, institutions, institution_rows({name: source}, {name: institutions}))


def connect(deployment: Deployment, source: Source, outside: Outside) -> Connections:
    """The real connections of a source, with the calls that its log counts today."""
    return Connections(source, outside, log=read_pulls(deployment.store, source.name))


def plan_source(
    work: Workplace, deployment: Deployment, name: str, outside: Outside, *, again: bool = False
) -> Needs:
    """Who would be asked today and who not, by what was taken in so far. Nothing leaves, nothing is written. Arguments, errors: `ask_source`."""
    asking = open_asking(deployment, name)
    hold_agreement(asking.source, outside.today)
    people = roster_today(work.order, outside.today).with_papers()
    return _needs(asking, people, work, deployment, again=again)


def ask_source(
    work: Workplace, deployment: Deployment, name: str, outside: Outside, *, again: bool = False
) -> Asked:
    """Send what is to be asked of a source today, and collect what has been answered.

    Args:
        work: the warehouse and its store; the newest run says which gates were shut. deployment: where the source stands. name: the source.
        outside: clock, chance, secrets and who asks. again: whether silence and failed hand-overs are asked about anew.

    Raises:
        InputError: no such source, or it asks nobody; mistakes in its institutions; nothing was ever run, or the newest run could not
            read the papers. SourceRefused: no agreement in
            force. ConnectorError: a run is in the store or another process asks this source, and nothing was sent; or our disk fails.
            Trouble with an institution is told, not raised.

    """
    asking = open_asking(deployment, name)
    declare(deployment.store, asking.source, asking.rows)
    hold_agreement(asking.source, outside.today)
    arrived = take_in_papers(work, outside)
    people = roster_today(work.order, outside.today).with_papers()
    asked = _needs(asking, people, work, deployment, again=again)
    made = _exchange(asked, asking, people, deployment=deployment, outside=outside)
    return replace(made, arrived=arrived)


def _needs(
    asking: Asking, people: RosterToday, work: Workplace, deployment: Deployment, *, again: bool
) -> Needs:
    name = asking.source.name
    return needs(
        people_to_ask(
            people.roster,
            imputing=_imputing(work, people.roster),
            absent=absent_people(people.extracts, people.roster),
        ),
        read_book(deployment.store, name).log(asking.rows),
        Round(name, f"{people.on:%Y%m%d}", people.on, again=again),
        roster=people.roster,
        papers=people.papers,
        secret=work.order.key,
        register=register_names(people.extracts),
    )


def _exchange(
    asked: Needs,
    asking: Asking,
    people: RosterToday,
    *,
    deployment: Deployment,
    outside: Outside,
) -> Asked:
    store, source = deployment.store, asking.source
    errand = Errand(
        source,
        asking.institutions,
        connect(deployment, source, outside),
        store,
        deployment.inbox,
        outside,
    )
    new = asked.admitted.passed
    known = book_requests(store, source.name)
    admitted = people.door(pl.concat([known, new.select(known.columns)]))
    sent = send(errand, admitted)
    called = call(errand, admitted)
    collected = collect(errand, people.door(book_requests(store, source.name)))
    return Asked(asked, _with_calls_out(sent, called), _with_calls_back(collected, called))


def _with_calls_out(sent: Sent, called: Called) -> Sent:
    """What was handed over, and what was called for."""
    return replace(
        sent,
        requests=sent.requests + called.requests,
        failed=pl.concat([sent.failed, called.failed]),
        troubles=(*sent.troubles, *called.troubles),
        events=(*sent.events, *called.events),
    )


def _with_calls_back(collected: Collected, called: Called) -> Collected:
    """What was collected, and what the calls were answered."""
    return replace(
        collected,
        answers=collected.answers + called.answers,
        records=collected.records + called.records,
        withheld=collected.withheld + called.withheld,
        unasked=collected.unasked + called.unasked,
    )


def _imputing(work: Workplace, roster: Roster) -> pl.Series:
    """application_id of those whose pack imputes support."""
    imputes = terms_of(work.packs, roster.applications).values.filter(
        pl.col("support_method").is_not_null()
    )
    return roster.applications.join(imputes, on="app", how="semi")["application_id"]
