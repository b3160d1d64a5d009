"""What a warehouse published, held against what was expected. One line a difference; none means agreement."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

    from .world import Expected, Row

# Column to the difference that rounding to the published column may make.
EXACT = ("persons_counted", "homes", "vehicles", "businesses")
ROUNDED = {
    "income_window": Fraction(1, 100),
    "income_per_capita_month": Fraction(1, 1_000_000),
    "financial_assets": Fraction(1, 100),
    "rigid_spending": Fraction(1, 100),
}
COLUMNS = {
    "household_verdict": (
        "application_id, programme, requested, suggestion, certain, amount, "
        + ", ".join((*EXACT, *ROUNDED))
    ),
    "income_line": "application_id, person_ref, kind, declared, verified, adopted",
    "coverage": "application_id, person_ref, source, institution, state",
    "evidence": "evidence_id, application_id, person_ref, dataset, record_key",
    "person_link": "dataset, record_key, person_ref, tier",
    "roster_person": "application_id, member_no, person_ref",
    "alert": "code, subject_kind, subject_id, person_refs, amount, state",
}
OWN_LEDGERS = ("civil_affairs.benefit", "civil_affairs.payment")
# Not linked as evidence of a person, or with two links a row that are told apart elsewhere.
NOT_COMPARED = ("approval.", "banking.receipt")


@dataclass
class Published:
    """The `current` views, with roster lines in place of person_ref where one is known."""

    rows: dict[str, list[Row]]
    places: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    refs: dict[tuple[str, int], str] = field(default_factory=dict)

    def place(self, row: Row) -> tuple[str, int] | None:
        """The roster line of a row that has an application and a person."""
        for place in self.places.get(row["person_ref"], []):
            if place[0] == str(row["application_id"]):
                return place
        return None


def read_published(warehouse: Path) -> Published:
    """Read the tables through `current`. Raises `duckdb.Error` when one or a column of it is not there."""
    rows = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table, columns in COLUMNS.items():
            names = [name.strip() for name in columns.split(",")]
            fetched = connection.execute(f"select {columns} from current.{table}").fetchall()
            rows[table] = [dict(zip(names, values, strict=True)) for values in fetched]
    published = Published(rows)
    for row in rows["roster_person"]:
        place = (str(row["application_id"]), int(row["member_no"]))
        published.places.setdefault(row["person_ref"], []).append(place)
        published.refs[place] = row["person_ref"]
    return published


def published_evidence(warehouse: Path) -> dict[str, tuple[str, str]]:
    """Evidence id to (dataset, record_key), for a world whose objections name published lines."""
    rows = read_published(warehouse).rows["evidence"]
    return {row["evidence_id"]: (row["dataset"], row["record_key"]) for row in rows}


def differences(expected: Expected, warehouse: Path) -> list[str]:
    """Every disagreement, table by table."""
    published = read_published(warehouse)
    return [
        *_verdicts(expected, published),
        *_income_lines(expected, published),
        *_coverage(expected, published),
        *_links(expected, published),
        *_alerts(expected, published),
    ]


def _near(got: Any, want: Any, tolerance: Fraction) -> bool:
    if got is None or want is None:
        return got is None and want is None
    return abs(Fraction(Decimal(str(got))) - Fraction(want)) <= tolerance


def _verdicts(expected: Expected, published: Published) -> list[str]:
    found = []
    rows = {
        (str(r["application_id"]), r["programme"]): r for r in published.rows["household_verdict"]
    }
    rules: dict[tuple[str, str], list[str]] = {}
    for rule in expected.rule:
        if rule["outcome"] != "pass":
            said = f"{rule['rule']}={rule['outcome']}" + (f"({rule['why']})" if rule["why"] else "")
            rules.setdefault((rule["application_id"], rule["programme"]), []).append(said)
    for want in expected.household_verdict:
        key = (want["application_id"], want["programme"])
        got = rows.pop(key, None)
        if got is None:
            found.append(f"verdict {key}: not published")
            continue
        columns: list[tuple[str, Fraction | None]] = [
            ("requested", None),
            ("suggestion", None),
            ("certain", None),
        ]
        if want["suggestion"] != "not_authorised":
            columns.append(("persons_counted", None))
            if want["persons_counted"]:
                columns += [(c, None) for c in EXACT[1:]] + list(ROUNDED.items())
            columns.append(("amount", Fraction(0)))
        for column, tolerance in columns:
            agree = (
                got[column] == want[column]
                if tolerance is None
                else _near(got[column], want[column], tolerance)
            )
            if not agree:
                why = ", ".join(rules.get(key, []))
                found.append(
                    f"verdict {key} {column}: {got[column]} for {_shown(want[column])} [{why}]"
                )
    return found + [f"verdict {key}: published, not expected" for key in rows]


def _shown(value: Any) -> Any:
    return float(value) if isinstance(value, Fraction) else value


def _income_lines(expected: Expected, published: Published) -> list[str]:
    found = []
    rows = {(published.place(r), r["kind"]): r for r in published.rows["income_line"]}
    cent = Fraction(1, 100)
    for want in expected.income_line:
        key = ((want["application_id"], want["member_no"]), want["kind"])
        got = rows.pop(key, None)
        if got is None:
            # A line of nothing need not be published.
            if want["declared"] or want["verified"]:
                found.append(f"income_line {key}: not published")
            continue
        found += [
            f"income_line {key} {column}: {got[column]} for {_shown(want[column])}"
            for column in ("declared", "verified", "adopted")
            if not _near(got[column], want[column], cent) and (got[column] or want[column])
        ]
    return found + [f"income_line {key}: published, not expected" for key in rows]


def _coverage(expected: Expected, published: Published) -> list[str]:
    found = []
    rows = {
        (published.place(r), r["source"], r["institution"] or None): r["state"]
        for r in published.rows["coverage"]
    }
    for want in expected.coverage:
        place = (want["application_id"], want["member_no"])
        got = rows.get((place, want["source"], want["institution"]))
        if got != want["state"]:
            found.append(
                f"coverage {place} {want['source']} {want['institution']}: {got} for {want['state']}"
            )
    forbidden = {((app, number), source) for app, number, source in expected.forbidden}
    found += [
        f"coverage {place} {source}: published without a live authorisation"
        for place, source, _ in rows
        if (place, source) in forbidden
    ]
    return found + [
        f"evidence {published.place(r)} {r['dataset']}: published without a live authorisation"
        for r in published.rows["evidence"]
        if (published.place(r), str(r["dataset"]).split(".")[0]) in forbidden
        and r["dataset"] not in OWN_LEDGERS
    ]


def _record(dataset: str, record_key: str) -> tuple[str, str]:
    text = unicodedata.normalize("NFKC", record_key).upper()
    return (dataset, re.sub(r"\s+", "", text))


def _links(expected: Expected, published: Published) -> list[str]:
    want: dict[tuple[str, tuple[str, str]], str] = {}
    for row in expected.person_link:
        ref = published.refs.get((row["application_id"], row["member_no"]), "nobody")
        # A person of two applications is one: the better tier stands.
        key = (ref, _record(row["dataset"], row["record_key"]))
        want[key] = min(row["tier"], want.get(key, "D"))
    found = []
    got = {
        (r["person_ref"], _record(r["dataset"], r["record_key"])): r["tier"]
        for r in published.rows["person_link"]
        if r["person_ref"] in published.places and not r["dataset"].startswith(NOT_COMPARED)
    }
    for key, tier in want.items():
        if key[1][0].startswith(NOT_COMPARED):
            continue
        if got.get(key) != tier:
            places = published.places.get(key[0])
            found.append(f"person_link {places} {key[1]}: {got.get(key)} for {tier}")
    for key, tier in got.items():
        if key not in want and tier in ("A", "B", "C"):
            found.append(f"person_link {published.places[key[0]]} {key[1]}: {tier}, not expected")
    return found


def _alerts(expected: Expected, published: Published) -> list[str]:
    by_record: dict[tuple[str, str], set[str]] = {}
    for row in published.rows["person_link"]:
        by_record.setdefault(_record(row["dataset"], row["record_key"]), set()).add(
            row["person_ref"]
        )
    open_alerts = [r for r in published.rows["alert"] if r["state"] != "closed"]
    matched: set[int] = set()
    found: list[str] = []
    unresolved: dict[str, int] = {}
    for want in expected.alert:
        refs = {published.refs[m] for m in want["members"] if m in published.refs}
        for dataset, key in want["records"]:
            refs |= by_record.get(_record(dataset, key), set())
        hits = [
            i
            for i, row in enumerate(open_alerts)
            if row["code"] == want["code"]
            and (
                bool(refs & {str(row["subject_id"]), *(row["person_refs"] or [])})
                if want["subject_kind"] == "person"
                else str(row["subject_id"]) == want["subject"]
            )
        ]
        matched.update(hits)
        name = f"alert {want['code']} {want['members'] or want['records'] or want['subject']}"
        if not hits and want["subject_kind"] == "person" and not refs:
            # Whom the warehouse gives no link: only their number can be held against it.
            unresolved[want["code"]] = unresolved.get(want["code"], 0) + 1
        elif not hits:
            found.append(f"{name}: not raised")
        elif want["code"] == "D02" and not any(
            _near(open_alerts[i]["amount"], want["amount"], Fraction(0)) for i in hits
        ):
            found.append(
                f"{name}: amount {open_alerts[hits[0]]['amount']} for {_shown(want['amount'])}"
            )
    codes = {want["code"] for want in expected.alert} | CODES
    over: dict[str, list[str]] = {}
    for i, row in enumerate(open_alerts):
        if i not in matched and row["code"] in codes:
            over.setdefault(row["code"], []).append(f"{row['subject_kind']} {row['subject_id']}")
    for code in sorted(over.keys() | unresolved.keys()):
        extra, lacking = over.get(code, []), unresolved.get(code, 0)
        if len(extra) > lacking:
            found.append(
                f"alert {code}: raised, not expected: {extra} ({len(extra)} for {lacking})"
            )
        elif len(extra) < lacking:
            found.append(
                f"alert {code}: {lacking - len(extra)} more expected of persons off the rosters"
            )
    return found


CODES = frozenset(
    [
        "D01",
        "D02",
        "D03",
        "U01",
        "U02",
        "U03",
        "U04",
        "U05",
        "U06",
        "U08",
        "U09",
        "T01",
        "T03",
        "P01",
        "P02",
        "P03",
        "P04",
        "P05",
        "P06",
        "P07",
        "P08",
        "H01",
        "H02",
        "A01",
        "A02",
        "A04",
        "A05",
        "A07",
        "O01",
        "O02",
    ]
)
