"""How births, sex, phones, addresses and counties come out of a register."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import happens
from synthetic.linkage.channels import Channels, Column
from synthetic.linkage.places import FORMS, FULL, written
from synthetic.linkage.population import COUNTIES, relatives

if TYPE_CHECKING:
    from synthetic.draws import Array
    from synthetic.linkage.population import Population
    from synthetic.linkage.rates import Rates

BIRTH = ("birth_missing", "birth_swapped", "birth_digit", "birth_year_only", "birth_lunar")
PHONE = (
    "phone_missing",
    "phone_old",
    "phone_relative",
    "phone_agent",
    "phone_digit",
    "phone_form",
)
ADDRESS = ("address_missing", "address_stale", "address_form", "address_truncated")
AGENT_SHARE = 400
"""People per agent (a village's clerk) whose phone stands for others' phones."""
ADDRESS_LIMIT = 16


def sent_births(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> tuple[pl.Series, Channels]:
    """Days of birth as text yyyy-mm-dd."""
    birth = population.birth[person]
    true = _day_texts(birth)
    channels = Channels(len(person), BIRTH)
    channels.draw(rng, np.arange(len(person)), names=BIRTH, rates=rates)
    column = Column(true)
    for channel in BIRTH:
        rows = channels.rows(channel)
        if not len(rows):
            continue
        sent = _other_births(rng, birth[rows], channel=channel)
        changed = sent.ne_missing(true.gather(rows)).to_numpy()
        channels.drop(rows[~changed])
        column.put(rows[changed], sent.filter(pl.Series(changed)))
    return column.done(), channels


def _day_texts(days: Array) -> pl.Series:
    return pl.Series(days.astype("datetime64[D]")).dt.strftime("%Y-%m-%d")


def _other_births(rng: np.random.Generator, birth: Array, *, channel: str) -> pl.Series:
    """What one channel makes of days of birth; every result but a missing one is a real day."""
    text = _day_texts(birth)
    year, month, day = text.str.slice(0, 4), text.str.slice(5, 2), text.str.slice(8, 2)
    if channel == "birth_missing":
        return text.clear(len(text))
    if channel == "birth_year_only":
        return year + "-01-01"
    if channel == "birth_swapped":
        fits = day.cast(pl.Int8) <= 12
        return (year + "-" + day + "-" + month).zip_with(fits, text)
    if channel == "birth_lunar":
        return _day_texts(birth - rng.integers(18, 50, len(birth)))
    step = np.array([1, 10, 365, 3652])[rng.integers(0, 4, len(birth))]
    return _day_texts(birth - step * rng.integers(1, 3, len(birth)))


def sent_sexes(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> tuple[pl.Series, Channels]:
    """Sex as text, now and then the other one."""
    channels = Channels(len(person), ("sex_wrong",))
    channels.draw(rng, np.arange(len(person)), names=("sex_wrong",), rates=rates)
    male = population.male[person] == 1
    male = male ^ (channels.hit > 0)
    return pl.Series(["女", "男"]).gather(male.astype(np.uint32)), channels


def sent_phones(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> tuple[pl.Series, Channels]:
    """Phones as text: missing, earlier, a relative's, an agent's, mistyped, in another form."""
    channels = Channels(len(person), PHONE)
    channels.draw(rng, np.arange(len(person)), names=PHONE, rates=rates)
    phone = population.phone[person].copy()
    for channel in PHONE[1:5]:
        rows = channels.rows(channel)
        phone[rows] = _other_phones(rng, population, person[rows], channel=channel)
    unchanged = (channels.hit > 1) & (channels.hit < 6) & (phone == population.phone[person])
    channels.drop(np.flatnonzero(unchanged))
    column = Column(pl.Series(phone).cast(pl.String))
    gone = channels.rows("phone_missing")
    column.put(gone, pl.Series([None], dtype=pl.String).new_from_index(0, len(gone)))
    rows = channels.rows("phone_form")
    column.put(rows, _phone_forms(rng, column.texts.gather(rows)))
    return column.done(), channels


def _other_phones(
    rng: np.random.Generator, population: Population, person: Array, *, channel: str
) -> Array:
    """Numbers that are not the person's own any more, or never were."""
    found: Array
    if channel == "phone_old":
        found = population.old_phone[person]
    elif channel == "phone_relative":
        found = population.phone[relatives(rng, population, person)]
    elif channel == "phone_agent":
        found = population.phone[person // AGENT_SHARE * AGENT_SHARE]
    else:
        place = 10 ** rng.integers(0, 8, len(person))
        own = population.phone[person]
        digit = own // place % 10
        found = own + ((digit + rng.integers(1, 10, len(person))) % 10 - digit) * place
    return found


def _phone_forms(rng: np.random.Generator, phones: pl.Series) -> pl.Series:
    """The same number with country code, dashes or spaces."""
    form = rng.integers(0, 3, len(phones))
    dashed = phones.str.slice(0, 3) + "-" + phones.str.slice(3, 4) + "-" + phones.str.slice(7)
    spaced = phones.str.slice(0, 3) + " " + phones.str.slice(3, 4) + " " + phones.str.slice(7)
    return ("+86" + phones).zip_with(
        pl.Series(form == 0), dashed.zip_with(pl.Series(form == 1), spaced)
    )


def sent_addresses(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> tuple[pl.Series, Channels]:
    """Addresses as text: another form of the same place, an earlier place, cut short, missing."""
    channels = Channels(len(person), ADDRESS)
    channels.draw(rng, np.arange(len(person)), names=ADDRESS, rates=rates)
    home = population.household[person]
    stale = channels.rows("address_stale")
    home[stale] = _earlier_homes(population, home[stale])
    form = np.full(len(person), FULL)
    other = np.concatenate([channels.rows("address_form"), stale])
    form[other] = rng.integers(1, FORMS, len(other))
    column = Column(written(population.places.at(home), form))
    gone = channels.rows("address_missing")
    column.put(gone, pl.Series([None], dtype=pl.String).new_from_index(0, len(gone)))
    cut = channels.rows("address_truncated")
    column.put(cut, column.texts.gather(cut).str.slice(0, ADDRESS_LIMIT))
    return column.done(), channels


def _earlier_homes(population: Population, home: Array) -> Array:
    """The household in whose place each one lived before: always the same for one household."""
    count = len(population.places.county)
    earlier: Array = (home * 7919 + 104_729) % count
    return np.where(earlier == home, (home + 1) % count, earlier)


def sent_counties(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> tuple[pl.Series, Channels]:
    """County codes as text; now and then of another county (a branch, a hospital)."""
    channels = Channels(len(person), ("county_elsewhere",))
    channels.draw(rng, np.arange(len(person)), names=channels.names, rates=rates)
    county = population.county[person].copy()
    rows = channels.rows("county_elsewhere")
    county[rows] = np.array(COUNTIES)[rng.integers(0, len(COUNTIES), len(rows))]
    same = rows[county[rows] == population.county[person[rows]]]
    channels.drop(same)
    return pl.Series(county.astype(np.int32)).cast(pl.String), channels


def sent_former_names(
    rng: np.random.Generator, population: Population, person: Array, *, share: float
) -> pl.Series:
    """Former names; a register knows this share of them."""
    known = population.names.former.gather(person)
    return pl.select(
        pl.when(pl.Series(happens(rng, len(person), chance=share))).then(known).alias("former")
    )["former"]
