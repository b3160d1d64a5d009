"""Institutions that are overdue: reminded in their own layout, and handed to the supervisor. Wiring only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import add_events, read_book
from connectors.asking.errand import Errand
from connectors.asking.handing import event_rows
from connectors.asking.reminders import remind
from connectors.asking.sending import book_requests
from connectors.pulling.declared import read_declared
from connectors.pulling.source_lock import source_held
from household.inquiries.escalation import next_steps, reminders_due
from household.inquiries.log import ESCALATED
from household.inquiries.states import request_states
from pipelines.asking import connect, open_asking
from pipelines.papers_today import take_in_papers
from pipelines.roster_today import roster_today
from pipelines.workplace import Workplace

if TYPE_CHECKING:
    from connectors.asking.carriers import Trouble
    from connectors.outside import Outside
    from connectors.store import Store
    from pipelines.pulling import Deployment
    from pipelines.settings import Order

NO_FILE = "机构以接口查询，不发催办文件，请另行催办"


@dataclass(frozen=True)
class Reminded:
    """What came of reminding: requests that were due, those that were reminded of, and the trouble with institutions."""

    due: int
    requests: int
    troubles: tuple[Trouble, ...]


def remind_source(order: Order, deployment: Deployment, name: str, outside: Outside) -> Reminded:
    """Remind the institutions of a source of what is overdue, each once, and note it.

    About whoever has no live authorisation today nothing is repeated; institutions that are asked by calls get no file.

    Args:
        order: warehouse and key. deployment: where the source stands. name: the source. outside: clock, secrets and who reminds.

    Raises:
        InputError, SourceRefused, ConnectorError: as `asking.ask_source`.

    """
    asking = open_asking(deployment, name)
    states = request_states(read_book(deployment.store, name).log(asking.rows), outside.today)
    due = reminders_due(states, outside.today)
    if not due.height:
        return Reminded(0, 0, ())
    take_in_papers(Workplace(order), outside)
    people = roster_today(order, outside.today)
    requests, troubles = remind(
        Errand(
            asking.source,
            asking.institutions,
            connect(deployment, asking.source, outside),
            deployment.store,
            deployment.inbox,
            outside,
        ),
        people.door(book_requests(deployment.store, name)),
        due["request_id"],
    )
    return Reminded(due.height, requests, troubles)


def escalate(store: Store, source: str, outside: Outside) -> pl.DataFrame:
    """Note that what was given up is in the supervisor's hands, each request once.

    Args:
        store: the working store. source: its folder. outside: the day, and the named person who hands over.

    Returns:
        source, institution_code, institution, requests; one row an institution, none where there was nothing.

    Raises:
        ConnectorError: the source is held by another process, or the store cannot be written.

    """
    _, institutions = read_declared(store)
    with source_held(store, source):
        log = read_book(store, source).log(institutions.filter(pl.col("source") == source))
        states = request_states(log, outside.today)
        given_up = next_steps(states, outside.today).filter(pl.col("step") == "escalate")
        events = [
            event_rows(
                source,
                str(code),
                outside,
                batch=str(batch),
                kind=ESCALATED,
                requests=rows.select("request_id", pl.lit(None, dtype=pl.String).alias("note")),
            )
            for (code, batch), rows in sorted(
                given_up.partition_by("institution_code", "batch", as_dict=True).items()
            )
        ]
        if events:
            add_events(store, source, pl.concat(events))
    return (
        given_up.group_by("source", "institution_code")
        .agg(pl.col("institution").first(), pl.len().cast(pl.Int64).alias("requests"))
        .sort("institution_code")
    )
