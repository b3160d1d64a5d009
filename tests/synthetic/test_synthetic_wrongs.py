"""The seeded wrongs are in the files: recomputed from what was sent, without noise, by the wording of the agreement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from synthetic_reading import columns_of, dataset_of, read_file

if TYPE_CHECKING:
    from synthetic_counties import SmallCounty

AS_OF = date(2026, 5, 20)


def rows_of(county: SmallCounty, dataset: str) -> pl.DataFrame:
    """All rows of the standing files of a dataset as text, by column name, with the true person."""
    parts = []
    files = county.truth["file"].filter(pl.col("dataset") == dataset, pl.col("state") == "done")
    for entry in files.to_dicts():
        titles, rows = read_file(
            county.inbox,
            entry["file"],
            encoding=entry["encoding"],
            separator=entry["separator"],
        )
        at = columns_of(titles, dataset_of(entry["file"]))
        frame = pl.DataFrame(
            [[row[i] or None for i in at.values()] for row in rows],
            schema=dict.fromkeys(at, pl.String),
            orient="row",
        ).with_columns(line=pl.int_range(2, len(rows) + 2, dtype=pl.Int32))
        people = county.truth["row_person"].filter(pl.col("file") == entry["file"])
        parts.append(frame.join(people.select("line", "person"), on="line", how="left"))
    return pl.concat(parts)


def subjects(county: SmallCounty, code: str) -> set[str]:
    return set(county.truth["wrong"].filter(pl.col("code") == code)["subject"])


def test_paid_after_death_with_its_amounts(quiet_county: SmallCounty) -> None:
    population = rows_of(quiet_county, "public_security.population")
    funeral = quiet_county.truth["person"].select("person", "died").unique("person").drop_nulls()
    assert set(population.filter(status="死亡注销")["person"]) <= set(funeral["person"])
    payments = rows_of(quiet_county, "civil_affairs.payment").join(funeral, on="person")
    late = payments.filter(
        pl.col("benefit_id").is_not_null(),
        pl.col("paid_on").str.to_date("%Y/%m/%d").dt.truncate("1mo")
        > pl.col("died").dt.truncate("1mo"),
    )
    paid: dict[str, Decimal] = {}
    for benefit, amount in late.select("benefit_id", "amount").rows():
        paid[benefit] = paid.get(benefit, Decimal(0)) + Decimal(amount)
    seeded = quiet_county.truth["wrong"].filter(pl.col("code") == "D02")
    assert len(seeded) >= 1
    assert dict(seeded.select("subject", "amount").rows()) == paid


def running_pairs(county: SmallCounty) -> dict[int, list[tuple[str, str, str, str]]]:
    """Benefits (programme, side, from, to) of the people who have several."""
    benefits = rows_of(county, "civil_affairs.benefit")
    names = {"最低生活保障": "dibao", "特困人员救助供养": "tekun", "城镇": "urban", "农村": "rural"}
    months = [
        (pl.col(name) + "1日").str.to_date("%Y年%m月%d日").dt.strftime("%Y-%m").fill_null("9999-12")
        for name in ("from_month", "to_month")
    ]
    fields = benefits.select("person", pl.col("programme", "urban_rural").replace(names), *months)
    by_person: dict[int, list[tuple[str, str, str, str]]] = {}
    for person, *row in fields.rows():
        by_person.setdefault(person, []).append((row[0], row[1], row[2], row[3]))
    return {person: rows for person, rows in by_person.items() if len(rows) > 1}


def test_overlapping_dibao_and_hand_overs(quiet_county: SmallCounty) -> None:
    found: dict[str, set[str]] = {"U01": set(), "U02": set(), "U03": set()}
    hand_overs = 0
    for person, rows in running_pairs(quiet_county).items():
        for at, one in enumerate(rows):
            for two in rows[at + 1 :]:
                first, last = max(one[2], two[2]), min(one[3], two[3])
                kinds = {one[0], two[0]}
                if kinds not in ({"dibao"}, {"dibao", "tekun"}) or first > last:
                    continue
                if first == last and {one[3], two[3]} & {first}:
                    hand_overs += 1
                    continue
                code = "U03" if len(kinds) == 2 else "U02" if one[1] != two[1] else "U01"
                found[code].add(str(person))
    assert hand_overs >= 1
    for code, people in found.items():
        assert people
        assert people == subjects(quiet_county, code)


def test_late_paperwork(quiet_county: SmallCounty) -> None:
    rows = rows_of(quiet_county, "approval.application").filter(pl.col("relieved_on").is_not_null())
    late = set()
    for application, relieved, papers in rows.select(
        "application_id", "relieved_on", "paperwork_on"
    ).rows():
        waited = (AS_OF - date.fromisoformat(relieved)).days
        took = (date.fromisoformat(papers) - date.fromisoformat(relieved)).days if papers else None
        if waited > 10 and (took is None or took > 10):
            late.add(application)
    assert late
    assert late == subjects(quiet_county, "T03")


def test_every_seeded_code_occurs(county: SmallCounty) -> None:
    codes = set(county.truth["wrong"]["code"])
    assert {f"U0{n}" for n in (1, 2, 3, 4, 5, 6, 8, 9)} <= codes
    assert {"D01", "D02", "D03", "T01", "T03", "A01", "A02", "A04", "A05", "A07"} <= codes
    assert {"P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "H01", "H02"} <= codes


def test_people_with_a_wrong_carry_no_noise_in_their_identity(county: SmallCounty) -> None:
    planted = county.truth["wrong"].filter(
        pl.col("code").is_in(["D02", "U01", "U02", "U03", "P03", "P06", "T01"])
    )["person"]
    touched = county.truth["noise"].join(county.truth["row_person"], on=["file", "line"])
    assert not set(planted) & set(touched["person"])
