"""Which line of an answer is whose, and which answers are not believed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from nine_banks import DAY, PEOPLE, banks, requests

from connectors.asking.attaching import attach
from connectors.asking.matching import Matched, match

CHEN, LIN, WANG, ZHAO = PEOPLE
LATER = date(2026, 5, 4)
NINE = banks(Path("/nowhere"))


def lines(*rows: dict[str, str | None]) -> pl.DataFrame:
    told = [
        {"_line": n, "request_no": None, "id_no": None, "name": None} | r
        for n, r in enumerate(rows, 2)
    ]
    return pl.DataFrame(
        told,
        schema_overrides={"_line": pl.Int32}
        | dict.fromkeys(("request_no", "id_no", "name"), pl.String),
    )


def whose(
    people: dict[str, str], *, by_number: bool, **said: str | None
) -> tuple[str | None, bool]:
    """The identity number of the person a line is taken to be about, and whether that is unsure."""
    asked = requests(["B1"], people)
    got = attach(lines(said), asked, by_number=by_number)
    number = dict(asked.select("request_id", "id_no").iter_rows())
    return number.get(got["request_id"].item()), got["unsure"].item()


CHEN_NO = requests(["B1"], {CHEN: "陈一"})["request_id"].item()


@pytest.mark.parametrize(
    ("said", "is_hers"),
    [
        ({}, True),
        ({"id_no": CHEN}, True),
        ({"id_no": f" {CHEN[:6]} {CHEN[6:]}"}, True),
        (
            {"id_no": CHEN, "name": "陈壹"},
            True,
        ),  # her whole number settles it; linkage looks at the name
        ({"id_no": LIN}, False),
        ({"id_no": "990101********0014"}, True),
        ({"id_no": "9901************14"}, True),
        ({"id_no": "9901****0014"}, True),
        ({"id_no": "990101********0030"}, False),
        ({"id_no": "990101********0014", "name": "陈一"}, True),
        ({"id_no": "990101********0014", "name": "林二"}, False),
        ({"id_no": "990101********0014", "name": "陈*"}, True),
        ({"name": "＊一"}, True),
        ({"name": "陈●"}, True),
        ({"name": "林*"}, False),
        ({"name": "陈一"}, True),
        ({"name": "林二"}, False),
        ({"id_no": "X123"}, False),
    ],
)
def test_our_number_is_hers_only_when_nothing_speaks_against_it(
    said: dict[str, str], is_hers: bool
) -> None:
    found, unsure = whose({CHEN: "陈一", LIN: "林二"}, by_number=True, request_no=CHEN_NO, **said)
    assert (found == CHEN, unsure) == (is_hers, False)


@pytest.mark.parametrize(
    ("number", "name", "found"),
    [
        (CHEN, "陈一", CHEN),
        (CHEN, " 陈 一 ", CHEN),
        (CHEN, "陳一", CHEN),
        (CHEN, "林二", None),
        (LIN, "陈一", None),
        ("990101********0014", "陈一", CHEN),
        ("990101********0030", "陈一", None),
        (None, "陈一", None),
        (CHEN, None, None),
        ("990101197001010016", "陈一", None),
    ],
)
def test_number_and_name_both(number: str | None, name: str | None, found: str | None) -> None:
    people = {CHEN: "陈一", LIN: "林二"}
    assert whose(people, by_number=False, id_no=number, name=name) == (found, False)


def test_old_and_new_number_are_one_person() -> None:
    old = CHEN[:6] + CHEN[8:17]  # fifteen digits of the nineteen hundreds
    assert whose({CHEN: "陈一"}, by_number=False, id_no=old, name="陈一") == (CHEN, False)
    assert whose({CHEN: "陈一"}, by_number=True, request_no=CHEN_NO, id_no=old) == (CHEN, False)


def test_a_masked_number_that_fits_two_is_nobodys() -> None:
    twins = {CHEN: "陈一", LIN: "陈一"}
    assert whose(twins, by_number=False, id_no="990101198001010***", name="陈一") == (None, True)


def test_the_last_question_is_meant() -> None:
    first = requests(["B8"], {CHEN: "陈一"})
    again = requests(["B8"], {CHEN: "陈一"}, day=LATER, attempt=2)
    got = attach(lines({"id_no": CHEN, "name": "陈一"}), pl.concat([first, again]), by_number=False)
    assert got["request_id"].item() == again["request_id"].item()


def answered(
    code: str, rows: list[dict[str, Any]], receipts: list[dict[str, Any]] | None = None
) -> Matched:
    def table(said: list[dict[str, Any]], page: Any) -> pl.DataFrame:
        names = list(page.fields.values())
        told = [{n: r.get(n) for n in names} | {"_line": at} for at, r in enumerate(said, 2)]
        return pl.DataFrame(told, schema={"_line": pl.Int32} | dict.fromkeys(names, pl.String))

    bank = NINE[code]
    return match(
        table(rows, bank.answer),
        table(receipts, bank.receipt) if receipts is not None else None,
        requests([code]),
        institution=bank,
        department="banking",
        answered=None,
        today=LATER,
    )


def no(code: str, number: str = CHEN) -> str:
    return str(requests([code], {number: ""})["request_id"].item())


def test_contradictions_are_silence() -> None:
    cases: list[list[dict[str, Any]]] = [
        [{"state": "found"}],  # found, and nothing to show
        [{"state": "none", "account_no": "1"}],
        [{"state": "found", "account_no": "1"}, {"state": "none"}],
        [{"state": "none"}, {"state": "identity_mismatch"}],
    ]
    for said in cases:
        got = answered("B1", [r | {"request_no": no("B1")} for r in said])
        assert (got.answers.height, got.records.height, len(got.torn)) == (0, 0, len(said))
    fine = answered("B1", [{"request_no": no("B1"), "state": "no_answer"}])
    assert fine.answers["state"].to_list() == ["no_answer"]


def test_receipts_and_details_hold_each_other() -> None:
    request = no("B2")
    detail = {"request_no": request, "account_no": "1"}
    for count, details in (("2", [detail]), ("1", []), ("0", [detail])):
        got = answered("B2", details, [{"request_no": request, "state": "found", "rows": count}])
        assert (got.answers.height, got.records.height) == (0, 0)
    assert answered("B2", [detail], []).torn == (2,)  # details that no receipt vouches for
    whole = answered("B2", [detail], [{"request_no": request, "state": "found", "rows": "1"}])
    assert whole.answers.select("state", "rows").row(0) == ("found", 1)


@pytest.mark.parametrize(
    ("day", "stands", "wrong"),
    [
        ("2026-05-02", date(2026, 5, 2), 0),
        ("20260502", date(2026, 5, 2), 0),
        ("2026年5月2日", date(2026, 5, 2), 0),
        (None, LATER, 0),
        ("2026-05-05", LATER, 1),  # tomorrow
        ("2026-04-29", LATER, 1),  # before we asked
        ("昨天", LATER, 0),
    ],
)
def test_days_that_cannot_be(day: str | None, stands: date, wrong: int) -> None:
    row = {"request_no": no("B9"), "state": "none", "replied_on": day}
    got = answered("B9", [row])
    assert got.answers["replied_on"].to_list() == [stands]
    assert got.misdated == wrong
    assert DAY < LATER


def test_what_the_bank_does_not_say_of_the_person_is_whom_we_asked() -> None:
    row = {
        "request_no": no("B9"),
        "state": "found",
        "account_no": "1",
        "balance": "1.00",
        "product": "活期",
    }
    got = answered("B9", [row])
    assert got.records.select("institution_code", "institution", "id_no", "name", "as_of").row(
        0
    ) == (
        "B9",
        "壬银行",
        CHEN,
        PEOPLE[CHEN],
        f"{LATER}",
    )
    masked = {
        "request_no": no("B7"),
        "state": "found",
        "account_no": "1",
        "id_no": "990101********0014",
    }
    assert answered("B7", [masked]).records["id_no"].item() == "990101********0014"
