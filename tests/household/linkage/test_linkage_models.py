"""What a dataset's model is estimated from: persons enough, whatever the order of rows, and no value that is one person's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from household.errors import InputError
from household.extracts import Extracts
from household.identity.names import normal_names
from household.identity.numbers import number_keys, number_of_key
from household.linkage import models
from household.linkage.engine.model import model_text
from household.linkage.models import (
    MAIN_LEVELS,
    Population,
    check_fits,
    count_values,
    train_dataset,
    training_rows,
    weight_bits,
)
from household.linkage.plans import ESTIMATED_ACCEPT, plan_of, shipped

INCOME = "tax.income"
GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰涛明超兰霞平刚桂英华玉红波斌"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
PEOPLE = 600


def number(n: int) -> str:
    """A valid number of nobody; birth dates are spread over forty years."""
    day = date.fromordinal(date(1955, 1, 1).toordinal() + n * 24 % 14_600)
    return number_of_key(int(f"990101{day:%Y%m%d}{n % 900 + 51:03d}"))


def name(n: int) -> str:
    return SURNAMES[n % 20] + GIVEN[n // 20 % 28] + GIVEN[(n * 7 + n // 560) % 28]


def people_of(names: list[str], keys: list[int | None] | None = None) -> pl.DataFrame:
    """Lines of people; who has no key of their own is a person of that line."""
    count = len(names)
    numbers = pl.Series([number(n) for n in range(count)])
    held = number_keys(numbers) if keys is None else pl.Series(keys, dtype=pl.Int64)
    births = [date(1955, 1, 1 + n % 28) for n in range(count)]
    return pl.DataFrame(
        {
            "person": pl.Series(range(count), dtype=pl.Int64),
            "name": names,
            "former": [False] * count,
            "normal": normal_names(pl.Series(names)),
            "number": numbers,
            "key": held,
            "birth": births,
            "sex": ["男"] * count,
            "household": [f"H{n // 3}" for n in range(count)],
        }
    )


def population(count: int = PEOPLE) -> Population:
    people = people_of([name(n) for n in range(count)]).drop("birth", "sex")
    told = people.with_columns(
        pl.col("number").str.slice(6, 8).str.to_date("%Y%m%d").alias("birth"),
        pl.lit("男").alias("sex"),
    )
    return Population(told, *count_values(told, plan_of(INCOME)))


def extracts(said: list[tuple[str, str]]) -> Extracts:
    """Rows of tax.income: number and name, for the columns that linkage reads."""
    frame = pl.DataFrame(said, schema=["id_no", "name"], orient="row")
    frame = frame.with_columns(number_keys(frame["id_no"]).alias("id_no__key"))
    return Extracts(lambda _: frame.lazy(), pl.DataFrame(), date(2026, 5, 20))


def slip(text: str) -> str:
    return text[:16] + str((int(text[16]) + 1) % 10) + text[17:]


def said_of(count: int = PEOPLE) -> list[tuple[str, str]]:
    """A row of everybody; every twentieth number is damaged, of half of these the name is a homophone."""
    rows = []
    for n in range(count):
        damaged = n % 20 == 7
        heard = name(n).replace("伟", "炜") if n % 40 == 7 else name(n)
        rows.append((slip(number(n)) if damaged else number(n), heard))
    return rows


def test_below_enough_persons_nothing_is_estimated_and_months_are_no_persons() -> None:
    people = population(40)
    rows = [(number(n), name(n)) for n in range(30)] * 12
    told = train_dataset(extracts(rows), people, INCOME, enough=31)
    assert (told.rows, told.settled, told.persons) == (360, 360, 30)
    assert told.model is None
    assert train_dataset(extracts(rows), people, INCOME, enough=30).model is not None


def test_the_order_of_rows_says_nothing_and_the_same_rows_give_the_same_bytes() -> None:
    people, said = population(), said_of()
    one = train_dataset(extracts(said), people, INCOME).model
    again = train_dataset(extracts(said), people, INCOME).model
    other = train_dataset(extracts(said[::-1]), people, INCOME).model
    assert one is not None
    assert again is not None
    assert other is not None
    assert model_text(one) == model_text(again) == model_text(other)
    changed = train_dataset(extracts(said[: PEOPLE - 20]), people, INCOME).model
    assert changed is not None
    assert changed.digest != one.digest


def test_what_was_estimated_is_what_the_rows_show() -> None:
    model = train_dataset(extracts(said_of()), population(), INCOME).model
    assert model is not None
    assert model.population == PEOPLE
    assert 0.95 < model.matched <= 1.0
    assert model.accept == ESTIMATED_ACCEPT
    levels = model.levels["number"]
    slips = levels.m[levels.words.index("number_one_slip")]
    assert 0.03 < slips < 0.07  # every twentieth was damaged
    known = shipped(INCOME)
    assert weight_bits(model, "name", "name_equal") != weight_bits(known, "name", "name_equal")
    assert {field for field, level in MAIN_LEVELS if level in model.levels[field].words} == {
        "name",
        "number",
        "birth",
        "sex",
    }


def test_rows_without_a_number_or_a_name_teach_what_they_can() -> None:
    rows = training_rows(extracts([("", name(0)), ("9901", name(1)), (number(2), "")]), INCOME)
    assert len(rows) == 2
    assert rows["key"].null_count() == 2
    assert rows["row"].to_list() == [0, 1]


def test_a_value_is_kept_when_five_persons_share_it() -> None:
    names = ["王伟"] * 5 + ["李娜"] * 4 + ["张敏"] * 6
    shares, rare = count_values(people_of(names), plan_of(INCOME))
    kept = shares["name", "name"]
    assert set(kept) == {"王伟", "张敏"}
    assert kept["王伟"] == pytest.approx(4 / 15)
    assert rare["name", "name"] == pytest.approx(3 / 15)


def test_one_person_in_five_lines_is_one_person() -> None:
    """Duplicates in a register, and spellings of one name, make nobody's own name a common one."""
    key = number_keys(pl.Series([number(1)]))[0]
    others = [number_keys(pl.Series([number(n)]))[0] for n in range(2, 7)]
    frame = people_of(["欧阳伟"] * 5 + ["王伟"] * 5, [key] * 5 + others)
    shares, _ = count_values(frame, plan_of(INCOME))
    assert set(shares["name", "name"]) == {"王伟"}
    keyless = people_of(["欧阳伟"] * 5, [None] * 5).with_columns(
        pl.lit(7, dtype=pl.Int64).alias("person")
    )
    assert count_values(keyless, plan_of(INCOME))[0]["name", "name"] == {}


def test_only_the_commonest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MOST_VALUES", 1)
    shares, rare = count_values(people_of(["王伟"] * 5 + ["张敏"] * 6), plan_of(INCOME))
    assert set(shares["name", "name"]) == {"张敏"}
    assert rare["name", "name"] == pytest.approx(4 / 11)


def test_the_register_s_own_rows_are_compared_with_the_rosters_only() -> None:
    whole = population(10)
    outside = whole.people.with_columns((-1 - pl.col("person")).alias("person"))
    both = replace(whole, people=pl.concat([whole.people, outside]))
    assert len(both.facing(INCOME)) == 20
    assert both.facing("public_security.population")["person"].to_list() == list(range(10))


def test_a_model_of_another_version_is_refused() -> None:
    model = shipped(INCOME)
    assert check_fits(model, INCOME) is model
    name_levels = model.levels["name"]
    words = ("name_missing", "name_same", *name_levels.words[2:])
    strange = replace(model, levels={**model.levels, "name": replace(name_levels, words=words)})
    with pytest.raises(InputError, match="不符"):
        check_fits(strange, INCOME)
    fewer = replace(model, levels={"name": name_levels})
    with pytest.raises(InputError, match="不符"):
        check_fits(fewer, INCOME)
