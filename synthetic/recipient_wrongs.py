"""Wrongs of people who draw, in what others hold about them: registers, certificates, schools and payments.

Their benefits are drawn by `ledger_wrongs`; here the other tables are made to fit the story. Grants beyond local limits are made whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.benefits import grants_of, household_numbers
from synthetic.draws import choose, codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthetic.draws import Array
    from synthetic.ledger_wrongs import LedgerWrongs
    from synthetic.people import People

TOWNSHIP, COUNTY = "乡镇", "县"
TOWNSHIP_LIMIT_FEN, YEARLY_CAP_FEN = 2_000_000, 5_000_000
"""As the county's own pack says (`local_rules`)."""


def fit_tables(
    tables: Mapping[str, pl.DataFrame], people: People, wrongs: LedgerWrongs
) -> dict[str, pl.DataFrame]:
    """Tables in which H04, H05 and H06 are true of their people: no school, a cancelled certificate, no line on the register."""
    certificate, school = "disabled_federation.certificate", "education.enrolment"
    register = "public_security.population"
    cancelled, grown, unknown = (wrongs.people_of(code) for code in ("H05", "H04", "H06"))
    certificates = _without(tables[certificate], np.r_[cancelled, grown])
    withdrawn = pl.DataFrame(
        {
            "_p": cancelled,
            "certificate_no": people.number.gather(cancelled) + "42",
            "type": pl.Series(["physical"]).gather(np.zeros(len(cancelled), dtype=np.int64)),
            "grade": np.full(len(cancelled), 2),
            "valid_to": np.full(len(cancelled), people.as_of + 900),
            "status": pl.Series(["注销"]).gather(np.zeros(len(cancelled), dtype=np.int64)),
        }
    )
    return {
        certificate: pl.concat([certificates, withdrawn.cast(certificates.schema)]),
        school: _without(tables[school], grown),
        register: _without(tables[register], unknown),
    }


def _without(rows: pl.DataFrame, person: Array) -> pl.DataFrame:
    return rows.filter(pl.col("_p").is_in(pl.Series(person).implode()).not_())


def fit_payments(payments: pl.DataFrame, people: People, wrongs: LedgerWrongs) -> pl.DataFrame:
    """Payments in which O04 and U13 are true: half of the month before the last; two payments of a benefit that nobody has."""
    short = pl.Series(wrongs.people_of("O04")).implode()
    halved = (people.as_of.astype("datetime64[M]") - 2).astype("datetime64[D]").item()
    in_short = pl.col("_p").is_in(short) & (pl.col("paid_on").dt.truncate("1mo") == halved)
    half = pl.when(in_short).then(pl.col("amount") // 2).otherwise("amount").alias("amount")
    ghosts = payments.filter(
        pl.col("_p").is_in(pl.Series(wrongs.people_of("U13")).implode()),
        pl.col("benefit_id").is_not_null(),
    )
    last = ghosts.filter(pl.col("paid_on").rank("ordinal", descending=True).over("_p") <= 2)
    last = last.with_columns(
        benefit_id=unknown_benefits(last["_p"].to_numpy()),
        payment_no=codes("FX", np.arange(len(last)), width=9),
    )
    return pl.concat([payments.with_columns(half), last])


def unknown_benefits(person: Array) -> pl.Series:
    """Benefit numbers that no ledger holds."""
    return codes("DX", person, width=8)


def grants_beyond(rng: np.random.Generator, people: People, wrongs: LedgerWrongs) -> pl.DataFrame:
    """Payments in which T02, T04 and T05 are true of the households of their people, with who approved them."""
    illness = [
        ("T02", 10_000_00, 100, COUNTY),
        ("T02", 10_000_00, 90, TOWNSHIP),
        ("T04", TOWNSHIP_LIMIT_FEN + 500_000, 60, TOWNSHIP),
        ("T05", YEARLY_CAP_FEN // 2 + 100_000, 110, COUNTY),
    ]
    parts = [
        _grants(rng, people, wrongs.heads[code], cause="illness", days=days).with_columns(
            amount=pl.lit(fen, dtype=pl.Int64), approval_level=pl.lit(level)
        )
        for code, fen, days, level in illness
    ]
    parts.append(
        _grants(rng, people, wrongs.heads["T05"], cause="education", days=20).with_columns(
            amount=pl.lit(YEARLY_CAP_FEN // 2 + 100_000, dtype=pl.Int64),
            approval_level=pl.lit(COUNTY),
        )
    )
    return pl.concat(parts)


def _grants(
    rng: np.random.Generator, people: People, person: Array, *, cause: str, days: int
) -> pl.DataFrame:
    """A grant each, paid so many days ago for what happened 120 days ago."""
    count = len(person)
    household = people.households.household[person]
    paid = np.full(count, people.as_of - days)
    rows = grants_of(
        rng,
        people,
        person=person,
        household=household,
        paid=paid,
        cause=choose(rng, [cause], count=count),
    )
    return rows.with_columns(event_on=pl.lit(people.as_of - 120).cast(rows.schema["event_on"]))


def grant_wrongs(wrongs: LedgerWrongs, people: People) -> dict[str, tuple[pl.Series, Array]]:
    """Household numbers and people by code of the grants beyond limits; two grants for one event are also T01."""
    told = {
        code: (household_numbers(people.households.household[person]), person)
        for code, person in wrongs.heads.items()
    }
    return told | {"T01": told["T02"]}
