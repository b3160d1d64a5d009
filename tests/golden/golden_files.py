"""From the written town to an inbox of csv files as the departments send them. No test stands here."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from household.identity.numbers import number_of_key
from household.schema.datasets import CATALOGUED

TOWN = Path(__file__).with_name("town.yaml")
REGION = "990101"
SENT = "20260510"
MONTHS = [f"2025-{m:02d}" for m in range(5, 13)] + [f"2026-{m:02d}" for m in range(1, 5)]
OF_THE_TEST = {"born", "signed", "valid_to", "bank"}
GIVEN_ANYWAY: dict[str, dict[str, Any]] = {
    "banking.account": {
        "institution_code": "B01",
        "institution": "示范银行",
        "product": "活期",
        "as_of": "2026-05-08",
    },
    "civil_affairs.benefit": {"region_code": REGION, "household_kind": "stable"},
    "civil_affairs.payment": {"region_code": REGION},
}
Rows = dict[str, list[dict[str, Any]]]


def read_town() -> list[dict[str, Any]]:
    """The households as written."""
    households: list[dict[str, Any]] = yaml.safe_load(TOWN.read_text(encoding="utf-8"))
    return households


def rows_of_town(town: list[dict[str, Any]]) -> Rows:
    """Rows by dataset."""
    rows: Rows = {name: [] for name in CATALOGUED}
    for place, home in enumerate(town, start=1):
        _household(rows, home, place)
    return rows


def _household(rows: Rows, home: dict[str, Any], place: int) -> None:
    application = {
        "application_id": home["id"],
        "programme": home.get("programme", "dibao"),
        "region_code": REGION + "001",
        "urban_rural": home.get("urban_rural", "urban"),
        "applied_on": "2026-05-10",
        "commissioned_by": "示范县民政局",
        "temp_cause": home.get("temp_cause"),
    }
    rows["approval.application"].append(application)
    people: list[dict[str, str]] = []
    for number, line in enumerate(home.get("members", [{}]), start=1):
        people.append(_member(rows, application, line, (place, number)))
    for member, amount, *central in home.get("pension", []):
        for month in MONTHS:
            paid = {"kind": "居民养老金", "month": month, "amount": amount}
            given = {"central_basic": central[0]} if central else {}
            rows["human_resources.benefit"].append(people[member - 1] | paid | given)
    for dataset, member, values in home.get("rows", []):
        _add(rows, dataset, people[member - 1] if member else {}, values, application)


def _member(
    rows: Rows, application: dict[str, Any], line: dict[str, Any], place: tuple[int, int]
) -> dict[str, str]:
    born = line.get("born", date(1980, 2, 1))
    number = number_of_key(int(f"{REGION}{born:%Y%m%d}{place[0] * 10 + place[1]:03d}"))
    given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
    name = "赵钱孙李"[place[1]] + given[place[0] % 20] + given[place[0] // 20]
    who = {"id_no": number, "name": name}
    rows["approval.member"].append(
        who
        | {k: v for k, v in line.items() if k not in OF_THE_TEST}
        | {
            "application_id": application["application_id"],
            "member_no": place[1],
            "relation": "self" if place[1] == 1 else "other",
            "role": "member",
        }
    )
    if line.get("signed", True):
        rows["approval.authorisation"].append(
            {
                "authorisation_no": f"AU{place[0]:03d}{place[1]}",
                "application_id": application["application_id"],
                "id_no": number,
                "programme": application["programme"],
                "signed_on": "2026-05-06",
                "valid_to": line.get("valid_to"),
            }
        )
    rows["public_security.population"].append(who | {"status": "正常"})
    rows["banking.receipt"].append(
        {
            "institution_code": "B01",
            "id_no": number,
            "asked_on": "2026-05-11",
            "replied_on": None if line.get("bank") else "2026-05-12",
            "state": line.get("bank", "none"),
        }
    )
    return who


def _add(
    rows: Rows,
    dataset: str,
    who: dict[str, str],
    values: dict[str, Any],
    application: dict[str, Any],
) -> None:
    columns = {c.name for c in CATALOGUED[dataset].columns}
    given = GIVEN_ANYWAY.get(dataset, {}) | values
    if given.pop("number", None) == "damaged":
        last = "1" if who["id_no"][-1] != "1" else "2"
        who = who | {"id_no": who["id_no"][:17] + last}
    prefix = "owner_" if "owner_id_no" in columns else ""
    named = {f"{prefix}{key}": value for key, value in who.items()}
    serial = f"{application['application_id']}{len(rows[dataset]):03d}"
    keys = {c.name: serial for c in CATALOGUED[dataset].keys if c.kind.value == "text"}
    row = keys | {k: v for k, v in named.items() if k in columns} | given
    if "application_id" in columns:
        row["application_id"] = application["application_id"]
    unknown = set(row) - columns
    assert not unknown, f"{dataset} has no column {unknown}"
    rows[dataset].append(row)


def write_inbox(inbox: Path, rows: Rows) -> None:
    """One csv a dataset, empty ones too: what is held of nobody is said so."""
    for name, lines in rows.items():
        dataset = CATALOGUED[name]
        file = inbox / dataset.source / f"{dataset.subject}_{REGION}_{SENT}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(column.title_zh for column in dataset.columns)
            for line in lines:
                writer.writerow(
                    "" if line.get(c.name) is None else line[c.name] for c in dataset.columns
                )
