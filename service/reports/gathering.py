"""From the published tables of one run to what a report says of one application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from household.errors import InputError
from household.evidence import NOT_COUNTED_PERSON
from household.rules.programmes import PROGRAMMES
from service.reports import evidence_rows
from service.reports.contents import (
    AlertLine,
    Answer,
    Authorisation,
    Contents,
    Flip,
    Header,
    IncomeLine,
    IncomePeriod,
    Person,
    Reason,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from service.reading.papers import Papers
    from service.reports.contents import EvidenceRow
    from warehouse.current import CurrentTables
    from warehouse.record import RunRecord

_RANK = {"B": 0, "R": 1, "I": 2}
_VERDICT_FIELDS = (
    "verdict_id",
    "digest",
    "programme",
    "requested",
    "suggestion",
    "certain",
    "persons_counted",
    "income_window",
    "income_per_capita_month",
    "income_limit",
    "financial_assets",
    "financial_limit",
    "homes",
    "vehicles",
    "businesses",
    "rigid_spending",
    "rigid_ratio",
    "amount",
    "valid_to",
)


def gather(
    tables: CurrentTables,
    application: str,
    *,
    papers: Papers | None,
    alerts: pl.DataFrame | None = None,
    programmes: Collection[str] | None = None,
) -> Contents:
    """What a report says of an application.

    Args:
        tables: the run.
        application: its id.
        papers: of the application, None where the store is not there or does not hold them.
        alerts: the run's table `alert`, where many applications are gathered; None reads it.
        programmes: suggestions on these only, where the reader may see no others; None: on all.

    Raises:
        InputError: the run does not know the application.

    """
    verdicts = tables.frame("household_verdict", application_id=application)
    if programmes is not None:
        verdicts = verdicts.filter(pl.col("programme").cast(pl.String).is_in(list(programmes)))
    if verdicts.is_empty():
        raise InputError(f"结果库中没有申请 {application}", "请核对申请编号，或先运行 hedui run")
    roster = tables.frame("roster_person", application_id=application).sort("member_no")
    listed = list(roster.select("member_no", "person_ref").iter_rows())
    # Somebody may stand on the roster twice; what is found about him is told at his first place.
    places: dict[str, int] = {ref: no for no, ref in reversed(listed)}
    evidence = evidence_rows.rows_of(tables.frame("evidence", application_id=application), places)
    own: dict[int | None, list[EvidenceRow]] = {}
    for row in evidence:
        own.setdefault(row.member_no, []).append(row)
    coverage = _coverage(tables.frame("coverage", application_id=application), places)
    told = _verdicts(tables, verdicts, evidence={e.evidence_id: e for e in evidence})
    header = _header(tables.run, verdicts, papers)
    about = _alerts_about(
        tables.frame("alert") if alerts is None else alerts, application, places=places
    )
    near = (pl.col("subject_id") == application) | pl.col("region_code").str.starts_with(
        header.region_code
    )
    here = about.filter(near)
    return Contents(
        header=header,
        authorisations=_authorisations(papers) if papers else (),
        people=tuple(
            _person(tables, ref, no, papers=papers, evidence=own.get(places[ref], []))
            for no, ref in listed
        ),
        coverage=coverage,
        income=_income(tables.frame("income_line", application_id=application), places),
        periods=_periods(tables.frame("income_month", application_id=application), places),
        income_left_out=evidence_rows.summed(evidence_rows.income_left_out(evidence)),
        holdings=evidence_rows.about(evidence, evidence_rows.PROPERTY),
        spending=evidence_rows.about(evidence, evidence_rows.SPENDING),
        benefits=evidence_rows.about(evidence, ("drawing",)),
        grants=evidence_rows.summed(evidence_rows.about(evidence, ("grant",))),
        cited=_cited(told, evidence),
        alerts=_alerts(here),
        alerts_elsewhere=len(about) - len(here),
        verdicts=told,
    )


def _header(run: RunRecord, verdicts: pl.DataFrame, papers: Papers | None) -> Header:
    asked = verdicts.filter("requested")
    first = (asked if len(asked) else verdicts).row(0, named=True)
    return Header(
        application_id=first["application_id"],
        region_code=first["region_code"],
        programmes=tuple(asked["programme"].cast(pl.String).to_list()),
        as_of=first["as_of"],
        run_id=run.run_id,
        program_version=run.program_version,
        pack_ids=tuple(first["pack_ids"]),
        pack_digest=first["pack_digest"],
        input_digest=run.input_digest,
        commissioned_by=papers.commissioned_by if papers else None,
        applied_on=papers.applied_on if papers else None,
        accepted_on=papers.accepted_on if papers else None,
        papers_read=papers is not None,
    )


def _authorisations(papers: Papers) -> tuple[Authorisation, ...]:
    return tuple(
        Authorisation(
            g.authorisation_no,
            g.member_no,
            g.programme,
            g.signed_on,
            g.valid_to,
            g.revoked_on,
            g.sources,
        )
        for g in papers.grants
    )


def _person(
    tables: CurrentTables,
    person_ref: str,
    member_no: int,
    *,
    papers: Papers | None,
    evidence: Sequence[EvidenceRow],
) -> Person:
    found = tables.frame("person", person_ref=person_ref)
    masked: Mapping[str, Any] = found.row(0, named=True) if len(found) else {}
    paper = papers.members.get(member_no) if papers else None
    return Person(
        member_no,
        person_ref,
        masked.get("name_masked"),
        masked.get("id_no_masked"),
        paper.relation if paper else None,
        paper.role if paper else None,
        paper.excluded_reason if paper else None,
        paper.declared_deposit if paper else None,
        left_out=any(row.why_not == NOT_COUNTED_PERSON for row in evidence),
        because=evidence_rows.why_away(evidence),
    )


def _coverage(rows: pl.DataFrame, places: Mapping[str, int]) -> tuple[Answer, ...]:
    """Rows of the same source, institution and state stand together, with the span of their dates."""
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        key = (row["source"], row["institution"] or "", row["state"])
        found.setdefault(key, []).append(row)
    return tuple(
        Answer(
            source,
            institution or None,
            state,
            tuple(sorted({places[r["person_ref"]] for r in group if r["person_ref"] in places})),
            _span([r["asked_on"] for r in group]),
            _span([r["replied_on"] for r in group]),
            _span([r["as_of"] for r in group]),
        )
        for (source, institution, state), group in sorted(found.items())
    )


def _span(days: Sequence[date | None]) -> tuple[date, date] | None:
    known = [day for day in days if day is not None]
    return (min(known), max(known)) if known else None


def _income(rows: pl.DataFrame, places: Mapping[str, int]) -> tuple[IncomeLine, ...]:
    lines = (
        IncomeLine(
            places.get(r["person_ref"]), r["kind"], r["declared"], r["verified"], r["adopted"]
        )
        for r in rows.iter_rows(named=True)
    )
    return tuple(sorted(lines, key=lambda line: (line.member_no or 0, line.kind)))


def _periods(rows: pl.DataFrame, places: Mapping[str, int]) -> tuple[IncomePeriod, ...]:
    sums = rows.group_by("person_ref", "kind", "period").agg(pl.col("adopted").sum())
    lines = (
        IncomePeriod(places.get(r["person_ref"]), r["kind"], r["period"], r["adopted"])
        for r in sums.iter_rows(named=True)
    )
    return tuple(sorted(lines, key=lambda p: (p.member_no or 0, p.kind, p.period)))


def _alerts_about(
    alerts: pl.DataFrame, application: str, *, places: Mapping[str, int]
) -> pl.DataFrame:
    """Open alerts about the application, or about somebody on its roster."""
    ours = pl.col("person_refs").list.set_intersection(list(places)).list.len() > 0
    about = (pl.col("subject_id") == application) | ours
    return alerts.filter(about, pl.col("state").cast(pl.String) == "open")


def _alerts(rows: pl.DataFrame) -> tuple[AlertLine, ...]:
    lines = [
        AlertLine(
            r["alert_id"],
            r["code"],
            r["severity"],
            r["first_seen"],
            r["amount"],
            r["text_zh"],
            r["settles_it"],
        )
        for r in rows.iter_rows(named=True)
    ]
    return tuple(sorted(lines, key=lambda a: (_RANK.get(a.severity, 9), a.code, a.alert_id)))


def _verdicts(
    tables: CurrentTables, rows: pl.DataFrame, *, evidence: Mapping[str, EvidenceRow]
) -> tuple[Verdict, ...]:
    order = {name: at for at, name in enumerate(PROGRAMMES)}
    told = []
    for row in rows.iter_rows(named=True):
        figures = {name: row[name] for name in _VERDICT_FIELDS}
        if row["requested"]:
            figures["reasons"] = _reasons(
                tables.frame("verdict_reason", verdict_id=row["verdict_id"])
            )
            figures["flips"] = _flips(
                tables.frame("flip_fact", verdict_id=row["verdict_id"]), evidence
            )
        told.append(Verdict(**figures))
    return tuple(
        sorted(told, key=lambda v: (not v.requested, order.get(v.programme, 99), v.verdict_id))
    )


def _reasons(rows: pl.DataFrame) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            r["seq"],
            r["rule_id"],
            r["outcome"],
            r["certain"],
            r["pack_id"],
            r["source_document"],
            r["text_zh"],
            r["settles_it"],
            tuple(r["evidence_ids"]),
        )
        for r in rows.sort("seq").iter_rows(named=True)
    )


def _flips(rows: pl.DataFrame, evidence: Mapping[str, EvidenceRow]) -> tuple[Flip, ...]:
    told = []
    for r in rows.sort("evidence_id").iter_rows(named=True):
        about = evidence.get(r["evidence_id"])
        told.append(
            Flip(
                r["evidence_id"],
                about.member_no if about else None,
                about.dataset if about else None,
                r["otherwise"],
                r["text_zh"],
            )
        )
    return tuple(told)


def _cited(
    verdicts: tuple[Verdict, ...], evidence: Sequence[EvidenceRow]
) -> tuple[EvidenceRow, ...]:
    """The rows that reasons of what was applied for stand on, and those that say why somebody is not counted."""
    named = {one for v in verdicts for reason in v.reasons for one in reason.evidence_ids}
    named |= {flip.evidence_id for v in verdicts for flip in v.flips}
    return tuple(row for row in evidence if row.evidence_id in named or evidence_rows.is_away(row))
