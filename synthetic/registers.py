"""The registers of a life: population, funerals, marriages, custody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.schema.codes import SEX
from synthetic.draws import Array, blank_where, choose, codes, days_before, happens
from synthetic.households import FATHER, HEAD, SPOUSE
from synthetic.names import PEOPLES

if TYPE_CHECKING:
    from synthetic.people import People

SONS_AND_DAUGHTERS = ("女", "子")
_OTHER_RELATIONS = {
    0: ("户主", "户主"),
    1: ("妻", "夫"),
    4: ("母", "父"),
    5: ("母", "父"),
    6: ("孙女", "孙子"),
}


def population_rows(rng: np.random.Generator, people: People) -> pl.DataFrame:
    """public_security.population.

    Everybody, some moved away or in service, the dead whom the register knows.
    """
    everyone = people.everyone
    count = len(everyone)
    male, slot = people.male, people.households.slot
    titles = [_OTHER_RELATIONS.get(s, SONS_AND_DAUGHTERS) for s in range(7)]
    relation = pl.Series([title for pair in titles for title in pair]).gather(slot * 2 + male)
    registered_dead = people.death_in % 2 == 1
    status = choose(
        rng,
        ["正常", "迁出", "服役注销", "其他注销"],
        count=count,
        weights=(0.989, 0.008, 0.002, 0.001),
    )
    left = days_before(rng, people.as_of, least=40, most=2000, count=count)
    # the register knows some deaths without their day
    dated = happens(rng, count, chance=0.97)
    died = blank_where(~(registered_dead & dated), people.died)
    frame = pl.DataFrame(
        {
            "_p": everyone,
            "former_name": people.former_name,
            "former_id_no": people.former_number,
            "sex": pl.Series(list(SEX.titles)[::-1]).gather(male),
            "ethnicity": pl.Series(PEOPLES).gather(people.ethnicity),
            "birth_date": people.birth,
            "hukou_no": hukou_numbers(people.households.household),
            "relation_to_head": relation,
            "address": home_addresses(people),
            "region_code": codes("990101", 100 + people.town, width=3),
            "status": status,
            "died": died,
            "left": left,
            "dead": registered_dead,
        }
    )
    return frame.with_columns(
        pl.when("dead").then(pl.lit("死亡注销")).otherwise("status").alias("status"),
        pl.when("dead")
        .then("died")
        .when(pl.col("status") != "正常")
        .then("left")
        .alias("cancelled_on"),
    ).drop("died", "left", "dead")


def hukou_numbers(household: Array) -> pl.Series:
    """Hukou book numbers of household positions."""
    return codes("HK", household, width=7)


def home_addresses(people: People) -> pl.Series:
    """Registered address: town and number of the household."""
    number = pl.Series(people.households.household + 1).cast(pl.String)
    return "示范县第" + pl.Series(people.town + 1).cast(pl.String) + "镇," + number + "号"


def funeral_rows(rng: np.random.Generator, people: People) -> pl.DataFrame:
    """civil_affairs.funeral: the dead whom the funeral house knows; a few without a number."""
    dead = np.flatnonzero(people.death_in >= 2)
    died = people.died[dead]
    cremated = died + rng.integers(1, 6, len(dead))
    return pl.DataFrame(
        {
            "_p": dead,
            "record_no": codes("HH", np.arange(len(dead)), width=6),
            "died_on": died,
            "cremated_on": np.minimum(cremated, people.as_of - 13),
        }
    )


def marriage_rows(rng: np.random.Generator, people: People) -> pl.DataFrame:
    """civil_affairs.marriage.

    Couples of one household (`_p` and `_p_b`), and divorces between heads who live alone.
    """
    slot, size = people.households.slot, people.households.size[people.households.household]
    wives = np.flatnonzero(slot == SPOUSE)
    wives = wives[happens(rng, len(wives), chance=0.55)]
    mothers = np.flatnonzero((slot == FATHER + 1) & (np.roll(slot, 1) == FATHER))
    mothers = mothers[happens(rng, len(mothers), chance=0.4)]
    second = np.r_[wives, mothers]
    divorced = np.flatnonzero(
        (slot == HEAD) & (size <= 2) & (people.age >= 28) & (people.age <= 60)
    )
    divorced = divorced[happens(rng, len(divorced), chance=0.06)]
    half = len(divorced) // 2
    first = np.r_[second - 1, divorced[:half]]
    second = np.r_[second, divorced[half : 2 * half]]
    count = len(first)
    kind = np.arange(count) >= count - half
    youngest = np.maximum(people.birth[first], people.birth[second])
    at_age = youngest + rng.integers(20 * 366, 31 * 366, count)
    return pl.DataFrame(
        {
            "_p": first,
            "_p_b": second,
            "record_no": codes("JH", np.arange(count), width=7),
            "kind": pl.Series(["结婚", "离婚"]).gather(kind.astype(np.int64)),
            "registered_on": np.minimum(at_age, people.as_of - 15),
        }
    )


def custody_rows(
    rng: np.random.Generator, people: People, *, planted: Array, apart: Array
) -> pl.DataFrame:
    """justice.custody: held or released people.

    The `planted` are held on the date of the county; of those `apart` nobody else was ever held: another story hangs on them.
    """
    men = people.adults(20, 62)
    held = men[happens(rng, len(men), chance=np.where(people.male[men] == 1, 0.004, 0.0006))]
    person = np.r_[np.setdiff1d(held, np.union1d(planted, apart)), planted]
    count = len(person)
    since = days_before(rng, people.as_of, least=60, most=2000, count=count)
    released = since + rng.integers(40, 1500, count)
    is_planted = np.arange(count) >= count - len(planted)
    running = (released >= people.as_of - 15) | is_planted
    return pl.DataFrame(
        {
            "_p": person,
            "record_no": codes("SY", np.arange(count), width=6),
            "kind": choose(rng, ["服刑", "强制隔离戒毒"], count=count, weights=(0.8, 0.2)),
            "from_date": since,
            "to_date": blank_where(running, released),
        }
    )
