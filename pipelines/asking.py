"""Asking a source person by person: who is to be asked today, requests out, answers in. Wiring only; who may be asked is the door's business.

The people are those of the applications at hand as the newest run knew them, with whatever arrived since; the papers are held against today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import read_book
from connectors.asking.calls import call
from connectors.asking.carriers import Connections
from connectors.asking.collecting import Collected, collect
from connectors.asking.institutions import institution_rows, read_institutions
from connectors.asking.sending import Sent, book_requests, send
from connectors.pulling.calling import calls_on
from connectors.pulling.declared import declare
from connectors.pulling.pull_log import read_pulls
from household.authorisation import papers_of
from household.errors import InputError
from household.extracts import Extracts
from household.inquiries.door import admit
from household.inquiries.needs import Needs, Round, needs
from household.inquiries.people import absent_people, people_to_ask, register_names
from household.roster import Roster, build_roster
from household.rules.terms import terms_of
from pipelines.rerun import open_newest

if TYPE_CHECKING:
    from connectors.asking.calls import Called
    from connectors.asking.institution import Institution
    from connectors.outside import Outside
    from connectors.sources.declaration import Source
    from household.inquiries.door import Admitted
    from pipelines.pulling import Deployment
    from pipelines.workplace import Workplace


@dataclass(frozen=True)
class Asked:
    """What came of a round: who was to be asked and who not (`needs`), what went out, what came back; by files and by calls together."""

    needs: Needs
    sent: Sent
    collected: Collected


@dataclass(frozen=True)
class _People:
    """Who is who today, and what they signed."""

    extracts: Extracts
    roster: Roster
    papers: pl.DataFrame


def ask_source(
    work: Workplace, deployment: Deployment, name: str, outside: Outside, *, again: bool = False
) -> Asked:
    """Send what is to be asked of a source today, and collect what has been answered.

    Args:
        work: the warehouse and its store; the newest run says which gates were shut. deployment: where the source stands. name: the source.
        outside: clock, chance, secrets and who asks. again: whether silence and failed hand-overs are asked about anew.

    Raises:
        InputError: no such source, or it asks nobody; mistakes in its institutions; nothing was ever run. SourceRefused: no agreement in
            force. ConnectorError: the source is held by another process, or our disk fails. Trouble with an institution is told, not raised.

    """
    source = deployment.source(name)
    if source.inquiries is None:
        raise InputError(f"来源 {name} 不是逐人查询的来源", "请在 source.yaml 中写明 inquiries")
    institutions = read_institutions(deployment.folder / name, source)
    rows = institution_rows({name: source}, {name: institutions})
    store = deployment.store
    declare(store, source, rows)
    people = _people(work, outside)
    round_ = Round(name, f"{outside.today:%Y%m%d}", outside.today, again=again)
    asked = needs(
        people_to_ask(
            people.roster,
            imputing=_imputing(work, people.roster),
            absent=absent_people(people.extracts, people.roster),
        ),
        read_book(store, name).log(rows),
        round_,
        roster=people.roster,
        papers=people.papers,
        secret=work.order.key,
        register=register_names(people.extracts),
    )
    connections = Connections(
        source, outside, calls_today=calls_on(read_pulls(store, name), outside.today)
    )
    return _exchange(
        asked,
        source,
        institutions,
        people,
        deployment=deployment,
        outside=outside,
        connections=connections,
    )


def _exchange(
    asked: Needs,
    source: Source,
    institutions: dict[str, Institution],
    people: _People,
    *,
    deployment: Deployment,
    outside: Outside,
    connections: Connections,
) -> Asked:
    store, inbox, today = deployment.store, deployment.inbox, outside.today

    def door(requests: pl.DataFrame) -> Admitted:
        return admit(requests, roster=people.roster, papers=people.papers, on=today)

    new = asked.admitted.passed
    known = book_requests(store, source.name)
    admitted = door(pl.concat([known, new.select(known.columns)]))
    sent = send(
        source,
        institutions,
        admitted,
        opener=connections,
        store=store,
        inbox=inbox,
        outside=outside,
    )
    called = call(
        source,
        institutions,
        admitted,
        opener=connections,
        store=store,
        inbox=inbox,
        outside=outside,
    )
    collected = collect(
        source,
        institutions,
        door(book_requests(store, source.name)),
        opener=connections,
        store=store,
        inbox=inbox,
        outside=outside,
    )
    return Asked(asked, _with_calls_out(sent, called), _with_calls_back(collected, called))


def _with_calls_out(sent: Sent, called: Called) -> Sent:
    """What was handed over, and what was called for."""
    return replace(
        sent,
        requests=sent.requests + called.requests,
        troubles=(*sent.troubles, *called.troubles),
        events=(*sent.events, *called.events),
    )


def _with_calls_back(collected: Collected, called: Called) -> Collected:
    """What was collected, and what the calls were answered."""
    return replace(
        collected,
        answers=collected.answers + called.answers,
        records=collected.records + called.records,
        unasked=collected.unasked + called.unasked,
    )


def _people(work: Workplace, outside: Outside) -> _People:
    newest = open_newest(work.order.warehouse)
    delivered = pl.DataFrame(
        schema={"dataset": pl.String(), "region_code": pl.String(), "as_of": pl.Date()}
    )
    extracts = Extracts(rows=newest.rows, delivered=delivered, as_of=outside.today)
    roster = build_roster(extracts, work.order.key, newest.run.region_code)
    return _People(extracts, roster, papers_of(extracts))


def _imputing(work: Workplace, roster: Roster) -> pl.Series:
    """application_id of those whose pack imputes support."""
    imputes = terms_of(work.packs, roster.applications).values.filter(
        pl.col("support_method").is_not_null()
    )
    return roster.applications.join(imputes, on="app", how="semi")["application_id"]
