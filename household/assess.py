"""The main job of the core: from settled extracts and packs to everything that a run publishes about households.

    roster -> grants -> links -> lines -> worlds -> suggestions -> verdicts, reasons, evidence, coverage, alerts

Each step is a pure function in a module of its own; this page is their order and nothing else. Up to the lines, and again from the alerts
on, a step looks at everybody; between them each application is asked alone, and only if something it hangs on differs from the run before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from household.alerts.telling import alert_tables
from household.alerts.watch import Watch
from household.authorisation import grants
from household.batches import only
from household.case import CaseFile, open_cases
from household.casework import Casework
from household.deadlines.table import deadline_rows
from household.dependence import basis_of, digested, parts_of
from household.evidence import counted_lines, decisive, evidence_of, name_lines
from household.exchange import Exchange
from household.flips.facts import flip_facts, flip_rows
from household.inquiries.published_rows import readable_inquiries
from household.joining import PARTS, TABLES, WATCHED, Reassessed, compare
from household.linkage.honouring import honour
from household.linkage.incremental import link_again
from household.linkage.known import gather_known
from household.linkage.links import STANDS, Linked, link_rows
from household.measure import Measured
from household.objections import open_objections
from household.people.standing import drawing_persons
from household.persons import link_rows_published, person_rows, readable_links, roster_rows
from household.published_rows import (
    as_declared,
    coverage_rows,
    evidence_rows,
    evidence_sources,
    income_month_rows,
    income_rows,
)
from household.reasons import reasons
from household.referrals.table import referral_rows
from household.reviews.tables import review_tables
from household.roster import Roster, build_roster
from household.rules.judge import standing
from household.rules.suggestion import suggest
from household.rules.worlds import Objections, Worlds, ask_all
from household.statistics.table import statistic_rows
from household.verdicts import authorised_for, signatures, verdict_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from household.extracts import Extracts
    from household.joining import Shelf as AnswerShelf
    from household.linkage.incremental import Shelf
    from household.linkage.known import Known
    from household.linkage.links import Models
    from household.rules.packs import Packs


@dataclass(frozen=True)
class Inputs:
    """What an assessment is made from.

    Attributes:
        extracts: settled rows, deliveries and the day. packs: the law as data.
        person_key: secret of the published person references. region: only applications below this code.
        previous: the newest published tables of `alerts.unheard.PREVIOUS` by name; empty before the first run.
        judgements: what clerks decided about links (`linkage.judgements.JUDGEMENT_SCHEMA`), or None.
        casework: the other logs of what people decided. exchange: what was pulled and asked, and when it came.
        models: dataset -> the linkage model that is pinned; a dataset without one has the shipped model.
        shelf: where links of the run before are found, so that only what can have changed is linked again; or None.
    """

    extracts: Extracts
    packs: Packs
    person_key: bytes
    region: str | None = None
    previous: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    judgements: pl.DataFrame | None = None
    casework: Casework = field(default_factory=Casework)
    exchange: Exchange = field(default_factory=Exchange)
    models: Models | None = None
    shelf: Shelf | None = None


@dataclass(frozen=True)
class Identified:
    """Who is who: the roster, what may be read, and every linked row."""

    roster: Roster
    granted: pl.DataFrame
    former_names: pl.DataFrame
    linked: Linked


@dataclass(frozen=True)
class Assessed:
    """Figures, answers and suggestions, before they are told."""

    case: CaseFile
    named: pl.DataFrame
    objections: Objections
    worlds: Worlds
    suggestions: pl.DataFrame
    verdicts: pl.DataFrame

    @cached_property
    def flips(self) -> pl.DataFrame:
        """See `flip_facts`. Worked out when first asked for: who only compares suggestions has no use for it."""
        return flip_facts(self.case, self.worlds, self.objections, self.suggestions)


def identify(inputs: Inputs) -> Identified:
    """Rosters, authorisations and links."""
    roster = build_roster(inputs.extracts, inputs.person_key, inputs.region)
    granted = grants(inputs.extracts, roster.applications, roster.members)
    known = gather_known(inputs.extracts, roster, granted)
    linked = honour(
        _link(inputs, roster, known),
        inputs.judgements,
        extracts=inputs.extracts,
        persons=roster.persons,
        names=known.names,
    )
    return Identified(roster, granted, known.former_names, linked)


def _link(inputs: Inputs, roster: Roster, known: Known) -> Linked:
    if inputs.shelf is None:
        return link_rows(inputs.extracts, roster, known, inputs.models)
    return link_again(inputs.extracts, roster, known, inputs.models, shelf=inputs.shelf)


def assess(inputs: Inputs, identified: Identified) -> Assessed:
    """Lines, worlds, suggestions."""
    return _assess(inputs, identified, _open(inputs, identified))


def tell(inputs: Inputs, identified: Identified, assessed: Assessed) -> dict[str, pl.DataFrame]:
    """The published tables about households and people, in declared columns, without run_id."""
    told = dict(_of_each(inputs, identified, assessed))
    return _tables(inputs, identified, assessed.case, told)


def assess_again(
    inputs: Inputs, identified: Identified, shelf: AnswerShelf
) -> tuple[dict[str, pl.DataFrame], Reassessed]:
    """The tables of `tell`, of which only what differs from the former run is worked out anew, and which applications these are.

    What the next run may use is left on the shelf, closed; where nothing differs the shelf is left as it is.
    """
    case = _open(inputs, identified)
    basis = basis_of(inputs.extracts.as_of, inputs.person_key)
    known = digested(case)
    parts = parts_of(known, inputs.extracts, identified.roster.persons)
    joining = compare(shelf.kept(), basis, parts)
    if joining.holds_whole:
        told = {name: joining.former(name) for name in (*TABLES, *WATCHED)}
        return _tables(inputs, identified, case, told), joining.reassessed
    shelf.keep(PARTS, parts)
    told = {}
    part = only(known, joining.reassessed.again["application_id"])
    for name, made in _of_each(inputs, identified, _assess(inputs, identified, part)):
        told[name] = joining.join(name, made)
        shelf.keep(name, told[name])
    shelf.close(basis)
    return _tables(inputs, identified, case, told), joining.reassessed


def _open(inputs: Inputs, identified: Identified) -> CaseFile:
    return open_cases(
        inputs.extracts,
        inputs.packs,
        roster=identified.roster,
        granted=identified.granted,
        former_names=identified.former_names,
        linked=identified.linked,
    )


def _assess(inputs: Inputs, identified: Identified, case: CaseFile) -> Assessed:
    named = name_lines(case.lines, case.applications, identified.roster.persons)
    objections = open_objections(inputs.extracts, case.applications, named)
    worlds = ask_all(case, standing(case), objections)
    signed = signatures(case, worlds.measured.counted)
    suggestions = suggest(worlds, authorised_for(signed))
    verdicts = verdict_rows(case, worlds.base, suggestions, signed)
    return Assessed(case, named, objections, worlds, suggestions, verdicts)


def _of_each(
    inputs: Inputs, identified: Identified, assessed: Assessed
) -> Iterator[tuple[str, pl.DataFrame]]:
    """What hangs on one application each: `joining.TABLES` as declared and `joining.WATCHED`, without numbers of a run."""
    # one by one, so that of each only its declared form stays in memory
    for name, frame in _rows_of_each(inputs, identified, assessed):
        yield name, as_declared(name, frame) if name in TABLES else frame


def _rows_of_each(
    inputs: Inputs, identified: Identified, assessed: Assessed
) -> Iterator[tuple[str, pl.DataFrame]]:
    case, measured, persons = assessed.case, assessed.worlds.measured, identified.roster.persons
    verdicts, named = assessed.verdicts, assessed.named
    yield "household_verdict", verdicts
    yield "flip_fact", flip_rows(assessed.flips, verdicts, named)
    yield "income_line", income_rows(case, measured, verdicts, persons)
    yield "income_month", income_month_rows(case, measured, verdicts, persons, named=named)
    settled = counted_lines(case, case.lines.where(STANDS), measured.counted)
    evidence = evidence_of(case, named, measured.counted, settled)
    yield "evidence", evidence_rows(evidence)
    yield "evidence_source", evidence_sources(evidence, inputs.extracts.files)
    yield "verdict_reason", reasons(case, assessed.worlds, verdicts, decisive(evidence))
    yield from _watched_of_each(assessed, persons)


def _watched_of_each(
    assessed: Assessed, persons: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    case, measured = assessed.case, assessed.worlds.measured
    apps = case.applications.select("app", "application_id")
    refs = persons.select("person", "person_ref")
    # parameters are looked up on every run, whoever is assessed
    terms = [name for name in case.terms.values.columns if name != "app"]
    for name, frame in (
        ("judged", assessed.worlds.base.drop(terms)),
        ("income", measured.income),
        ("counted", measured.counted.select("app", "person")),
    ):
        found = apps.join(frame, on="app", maintain_order="left_right").drop("app")
        if "person" in frame.columns:
            found = found.join(refs, on="person", maintain_order="left").drop("person")
        yield name, found


def _tables(
    inputs: Inputs, identified: Identified, case: CaseFile, told: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """All tables: those of `told`, and what follows from everybody together."""
    watch = _watch(inputs, identified, case, told)
    tables = {name: told[name] for name in TABLES}
    for name, frame in _of_all(inputs, identified, watch):
        tables[name] = as_declared(name, frame)
    tables["statistic"] = as_declared("statistic", statistic_rows(watch, tables))
    return tables


def _watch(
    inputs: Inputs, identified: Identified, case: CaseFile, told: Mapping[str, pl.DataFrame]
) -> Watch:
    """The run as alerts and due dates see it, whichever run its answers were worked out in."""
    apps = case.applications.select("app", "application_id")
    persons = identified.roster.persons.select("person", "person_ref")

    def numbered(frame: pl.DataFrame) -> pl.DataFrame:
        """Under the numbers of this run, by application."""
        found = apps.join(frame, on="application_id", maintain_order="left_right")
        if "person_ref" in frame.columns:
            found = found.join(persons, on="person_ref", maintain_order="left")
        return found

    judged = numbered(told["judged"]).drop("application_id")
    judged = judged.join(case.terms.values, on="app", maintain_order="left")
    seats = numbered(told["counted"]).select("app", "person")
    measured = Measured(
        facts=judged,
        income=numbered(told["income"]).drop("application_id", "person_ref"),
        counted=case.seats.join(seats, on=["app", "person"], how="semi"),
    )
    evidence = told["evidence"].select(
        "application_id", "person_ref", "dataset", "record_key", "evidence_id"
    )
    return Watch(
        extracts=inputs.extracts,
        packs=inputs.packs,
        roster=identified.roster,
        case=case,
        linked=identified.linked,
        measured=measured,
        judged=judged,
        verdicts=numbered(told["household_verdict"]).select("app", "programme", "suggestion"),
        evidence=numbered(evidence).drop("application_id", "person_ref"),
        waiting=inputs.exchange.waiting(inputs.extracts.as_of),
    )


def _of_all(
    inputs: Inputs, identified: Identified, watch: Watch
) -> Iterator[tuple[str, pl.DataFrame]]:
    """What follows from everybody together, on every run."""
    case, persons = watch.case, identified.roster.persons
    deadlines = deadline_rows(watch, watch.ledger)
    yield "deadline", deadlines
    yield from alert_tables(inputs, watch, deadlines)
    yield from review_tables(watch, deadlines)
    yield "referral", referral_rows(watch, inputs.casework)
    readable = readable_links(
        identified.linked, case.seats, drawing_persons(identified.linked, inputs.extracts.as_of)
    )
    yield "coverage", coverage_rows(case, readable, persons)
    yield "person_link", link_rows_published(readable, persons)
    yield "person", person_rows(identified.roster, watch.ledger.benefits)
    yield "roster_person", roster_rows(identified.roster)
    exchanged = inputs.exchange.tables(inputs.extracts.as_of)
    asked = readable_inquiries(exchanged["inquiry"], identified.roster, identified.granted)
    yield from (exchanged | {"inquiry": asked}).items()
