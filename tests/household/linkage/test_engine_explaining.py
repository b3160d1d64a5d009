"""Explanations of the engine: every sum checks to 1e-9 against what was decided, and what was never looked at says so."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest

from household.identity.names import normal_names
from household.identity.numbers import check_digit, number_keys
from household.linkage.engine.deciding import AGAIN, candidates
from household.linkage.engine.explaining import (
    BY_NUMBER,
    Explanation,
    Seen,
    explain_all,
    explain_candidate,
    explain_two,
    look_again,
    see_pairs,
)
from household.linkage.engine.linking import Links, link
from household.linkage.engine.scoring import compare, weigh
from household.linkage.plans import plan_of, shipped
from household.linkage.waterfall import COLUMNS, bars_of, waterfall_svg, waterfall_text

PLAN = replace(plan_of("any"), once=True)
MODEL = shipped("any")
SCHEMA = {"name": pl.String(), "number": pl.String(), "birth": pl.Date(), "sex": pl.String()}
GIVEN = "伟芳娜敏静丽强磊军洋"


def number_of(serial: int) -> str:
    first = f"99010119{70 + serial % 30}0{1 + serial % 9}{10 + serial % 18}{serial:03d}"
    return first + check_digit(first)


def lines(owner: str, told: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Lines of the plan: name, number, birth, sex, each of an owner of its own."""
    frame = pl.DataFrame(told, schema=SCHEMA, orient="row").with_row_index(owner)
    return frame.with_columns(
        normal_names(frame["name"]).alias("normal"),
        pl.lit(value=False).alias("former"),
        number_keys(frame["number"]).alias("key"),
        pl.col(owner).cast(pl.Int64),
    )


def damaged(number: str, way: int) -> str | None:
    ways = (None, number[:6] + "*" * 8 + number[14:], number[:16] + "9" + number[17:], number[:17])
    return (*ways, number[:14] + "000" + number[17], number)[way]


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    told = []
    for serial in range(120):
        number = number_of(serial)
        name = "王李张"[serial % 3] + GIVEN[serial % 10] + GIVEN[serial // 12]
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        told.append((name, number, born, "男" if serial % 2 else "女"))
    return lines("person", told)


@pytest.fixture(scope="module")
def rows(people: pl.DataFrame) -> pl.DataFrame:
    told = []
    for place, (name, number, born, sex) in enumerate(people.select(list(SCHEMA)).iter_rows()):
        known = born if place % 4 else None
        told.append((name, damaged(number, place % 6), known, sex if place % 5 else None))
        if place % 10 == 0:  # a second row of somebody who should have one
            told.append((name, None, born, sex))
    return lines("row", told)


@pytest.fixture(scope="module")
def links(rows: pl.DataFrame, people: pl.DataFrame) -> Links:
    return link(rows, people, PLAN, MODEL)


@pytest.fixture(scope="module")
def seen(links: Links) -> Seen:
    return look_again(links, PLAN, MODEL)


def of(row: int, frame: pl.DataFrame, owner: str) -> pl.DataFrame:
    return frame.filter(pl.col(owner) == row)


def check_sums(found: Explanation) -> None:
    strangers = found.prior + sum(step.bits for step in found.steps)
    relatives = found.prior - found.relative_prior + sum(s.relative_bits for s in found.steps)
    assert abs(strangers - found.strangers) < 1e-9
    assert abs(relatives - found.relatives) < 1e-9
    odds = -np.log2(2.0**-strangers + 2.0**-relatives) + found.again * AGAIN
    assert abs(odds - found.odds) < 1e-9
    drawn = found.prior + sum(step.bits for step in found.steps) + found.kin + found.again * AGAIN
    assert abs(drawn - found.odds) < 1e-9
    assert found.kin <= 1e-12


def test_every_candidate_is_explained_and_adds_up(links: Links, seen: Seen) -> None:
    assert len(links.scored) > 80
    told = explain_all(seen, PLAN)
    assert len(told) == len(links.scored) * len(PLAN.fields)
    sums = told.group_by("row", "person", maintain_order=True).agg(
        (pl.col("bits").sum() + MODEL.prior).alias("strangers"),
        (pl.col("relative_bits").sum() + MODEL.prior - MODEL.relative_prior).alias("relatives"),
    )
    met = sums.join(links.scored, on=["row", "person"], how="inner")
    assert len(met) == len(links.scored)
    alone = -np.log2(2.0 ** -met["strangers"].to_numpy() + 2.0 ** -met["relatives"].to_numpy())
    again = (met["odds"].to_numpy() - alone) / AGAIN
    assert np.abs(again - again.round()).max() * -AGAIN < 1e-9
    assert set(again.round()) >= {0.0, 1.0}


def test_one_candidate_is_explained_as_it_was_decided(links: Links, seen: Seen) -> None:
    told = explain_all(seen, PLAN)
    weighed = 0
    for decided in links.scored.iter_rows(named=True):
        row, person = decided["row"], decided["person"]
        found = explain_candidate(seen, row=row, person=person, plan=PLAN, model=MODEL)
        assert found is not None
        check_sums(found)
        for name in ("odds", "probability", "rank", "runner_up", "runner_up_odds"):
            assert getattr(found, name) == decided[name]
        mine = told.filter(pl.col("row") == row, pl.col("person") == person)
        assert mine["bits"].to_list() == [step.bits for step in found.steps]
        weighed += sum(step.bits != 0 for step in found.steps)
    assert weighed > 200
    assert explain_candidate(seen, row=0, person=10**6, plan=PLAN, model=MODEL) is None


def test_looking_again_finds_the_weights_that_decided(links: Links, seen: Seen) -> None:
    every = compare(links.rows, links.people, links.pairs, PLAN, MODEL)
    first = weigh(every, MODEL).odds[links.scored["pair"].to_numpy()]
    assert np.abs(first - seen.weights.odds[seen.table["pair"].to_numpy()]).max() < 1e-9


def test_probability_is_the_odds_beside_all_others_and_nobody(links: Links, seen: Seen) -> None:
    every = compare(links.rows, links.people, links.pairs, PLAN, MODEL)
    odds = candidates(links.pairs, weigh(every, MODEL).odds, links.rows, links.people)
    plain = seen.table.filter((pl.col("rank") == 1).and_(pl.col("probability") < 0.9))
    checked = 0
    for decided in plain.iter_rows(named=True):
        found = explain_candidate(
            seen, row=decided["row"], person=decided["person"], plan=PLAN, model=MODEL
        )
        assert found is not None
        mine = seen.table.filter(row=decided["row"])
        alike = odds.filter(row=decided["row"])
        if found.again or len(mine) != len(alike):
            continue
        if not np.allclose(mine["odds"].sort(), alike["odds"].sort(), rtol=0, atol=1e-9):
            continue
        whole = 1 + (2.0 ** alike["odds"]).sum()
        assert abs(2.0**found.odds / whole - found.probability) < 1e-9
        without = np.log2(whole - 2.0**found.odds)
        assert abs(found.rivalry + without) < 1e-6
        checked += 1
    assert checked > 3


def test_a_second_row_counts_against(seen: Seen) -> None:
    found = [
        explain_candidate(seen, row=row, person=person, plan=PLAN, model=MODEL)
        for row, person in seen.table.select("row", "person").iter_rows()
    ]
    again = [one for one in found if one is not None and one.again]
    assert again
    assert "另有一行" in waterfall_text(again[0])


def test_two_that_share_no_block_are_explained_and_say_so() -> None:
    row = lines("row", [("欧阳文", None, date(1950, 1, 1), "男")])
    person = lines("person", [("王伟", number_of(1), None, "女")])
    found, _ = explain_two(row, person, PLAN, MODEL)
    check_sums(found)
    assert (found.shared, found.probability, found.rank, found.candidates) == ((), None, None, 0)
    assert found.odds < MODEL.prior
    assert found.steps[0].word == "name_unlike"


def test_two_are_explained_by_the_blocks_that_they_share(people: pl.DataFrame) -> None:
    number = people["number"][7]
    whole = of(7, people, "person")
    masked = lines("row", [("无名氏", number[:14] + "**" + number[16:], None, None)])
    assert explain_two(masked, whole, PLAN, MODEL)[0].shared == (BY_NUMBER,)
    named = lines("row", [(people["name"][7], None, people["birth"][7], None)])
    found = explain_two(named, whole, PLAN, MODEL)[0]
    assert "name.sound+birth.birth" in found.shared
    assert BY_NUMBER not in found.shared


def test_what_the_number_says_is_told_and_not_counted(people: pl.DataFrame) -> None:
    name, number, born, sex = people.select(list(SCHEMA)).row(7)
    slipped = number[:16] + str((int(number[16]) + 2) % 10) + number[17]
    row = lines("row", [(name, slipped, born, sex)])
    found = explain_two(row, of(7, people, "person"), PLAN, MODEL)[0]
    birth = next(step for step in found.steps if step.field == "birth")
    assert (birth.word, birth.bits, birth.counted) == ("birth_equal", 0.0, True)
    assert "不重复计" in waterfall_text(found)


def test_of_several_names_the_one_that_speaks_most_counts(people: pl.DataFrame) -> None:
    person = of(7, people, "person")
    other = person.with_columns(
        pl.lit("欧阳文").alias("name"), pl.lit("欧阳文").alias("normal"), former=pl.lit(True)
    )
    row = lines("row", [("欧阳文", None, person["birth"][0], None)])
    found, both = explain_two(row, pl.concat([person, other]), PLAN, MODEL)
    assert len(both.pairs) == 2
    assert found.steps[0].word == "name_former"


def test_settled_links_have_weights_on_demand(
    links: Links, rows: pl.DataFrame, people: pl.DataFrame
) -> None:
    assert len(links.settled) > 10
    every = see_pairs(rows, people, links.settled, PLAN, MODEL)
    told = explain_all(every, PLAN)
    assert len(told) == len(links.settled) * len(PLAN.fields)
    number = told.filter(pl.col("field") == "number")
    assert set(number["word"].cast(pl.String)) == {"number_equal"}
    assert every.table["odds"].min() > 5


def test_the_text_fits_a_terminal_and_the_bars_chain(seen: Seen) -> None:
    for row, person in seen.table.select("row", "person").head(40).iter_rows():
        found = explain_candidate(seen, row=row, person=person, plan=PLAN, model=MODEL)
        assert found is not None
        told = waterfall_text(found).splitlines()
        assert told[0].startswith("先验")
        assert told[-1].startswith("概率")
        for line in told:
            wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
            assert wide <= COLUMNS
        bars = bars_of(found)
        terms = [bar for bar in bars if not bar.total]
        assert all(a.end == b.start for a, b in pairwise(terms))
        assert [bar.label for bar in bars[:6]] == [
            "先验", "姓名", "证件号码", "出生日期", "性别", "亲属折减",
        ]  # fmt: skip
        figures = [float(x) for x in re.findall(r"[+-][0-9]+\.[0-9]{2}(?=  )", "\n".join(told))]
        assert figures == [round(bar.bits, 2) for bar in bars]


def test_the_picture_is_self_contained_and_whole(seen: Seen) -> None:
    row, person = seen.table.select("row", "person").row(0)
    found = explain_candidate(seen, row=row, person=person, plan=PLAN, model=MODEL)
    assert found is not None
    picture = waterfall_svg(found, title="为什么 <&>")
    tree = ET.fromstring(picture)
    space = "{http://www.w3.org/2000/svg}"
    assert tree.findtext(f"{space}title") == "为什么 <&>"
    assert {node.tag.removeprefix(space) for node in tree.iter()} == {
        "svg", "title", "style", "rect", "text", "line",
    }  # fmt: skip
    assert not re.search(r"url\(|href|@import|https?://(?!www\.w3\.org/2000/svg)", picture)
    bars = tree.findall(f"{space}rect")[1:]
    assert len(bars) == len(bars_of(found))
    width = float(tree.attrib["width"])
    for bar in bars:
        assert 0 <= float(bar.attrib["x"]) <= float(bar.attrib["x"]) + float(
            bar.attrib["width"]
        ) <= width  # fmt: skip
