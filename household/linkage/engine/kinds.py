"""The kinds of field that can be compared: how each is read, compared, blocked on, and which values have frequencies of their own.

A new kind is one class here and one module with its levels; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from household.linkage.engine import addresses, dates, latin, names, numbers, plain
from household.linkage.engine.mixing import joined, mixed
from household.linkage.engine.slips import reversed_codes

if TYPE_CHECKING:
    from household.linkage.engine.levels import Comparison
    from household.linkage.engine.slips import Rows, Texts

Level8 = npt.NDArray[np.uint8]
Chance = npt.NDArray[np.float64]
Forms = Mapping[str, npt.NDArray[np.int64]]
"""Form -> one whole number a record; equal where the form is equal, 0 where there is none."""


class Kind(Protocol):
    """One kind of field."""

    comparison: Comparison

    def encode(self, columns: list[pl.Series]) -> Any:  # each kind has its own coded form
        """Coded form of the field's columns."""

    def compare(self, left: Any, li: Rows, right: Any, ri: Rows) -> tuple[Level8, Chance | None]:
        """Level of each pair, and a chance among strangers where the pair itself tells it."""

    def value(self, coded: Any, by_value: str, at: Rows) -> pl.Series:
        """The values, as text, whose frequency counts at a level with `by_value`."""

    def forms(self, coded: Any) -> Forms:
        """What records can be blocked on."""


class NameKind:
    """Names of persons. Columns: the name as sent; optionally whether it is a former one; optionally its normal form."""

    comparison = names.LEVELS

    def encode(self, columns: list[pl.Series]) -> names.Names:
        """Coded names."""
        said = len(columns) > 1 and columns[1].dtype == pl.Boolean
        former = columns[1].fill_null(value=False).to_numpy() if said else None
        return names.encode_names(columns[0], former, columns[2] if len(columns) > 2 else None)

    def compare(
        self, left: names.Names, li: Rows, right: names.Names, ri: Rows
    ) -> tuple[Level8, None]:
        """Level of each pair."""
        return names.compare_names(left, li, right, ri), None

    def value(self, coded: names.Names, by_value: str, at: Rows) -> pl.Series:
        """Normal form, folded form, or sound."""
        if by_value == "sound":
            return pl.Series(coded.numbers["sound"][at]).cast(pl.String)
        return coded.texts["normal" if by_value == "name" else by_value].gather(pl.Series(at))

    def forms(self, coded: names.Names) -> Forms:
        """name, folded, ordered, sound, first and last syllable, and the first four characters."""
        syllables, characters = coded.syllables, coded.characters
        last = mixed(reversed_codes(syllables.front, syllables.length, 2))
        return {
            "name": coded.numbers["normal"],
            "folded": coded.numbers["folded"],
            "ordered": coded.numbers["ordered"],
            "sound": coded.numbers["sound"],
            "surname": syllables.front[:, 0].astype(np.int64),
            "given": np.where(syllables.length > 1, last, 0),
            "begin": np.where(characters.length > 3, mixed(characters.front[:, :4]), 0),
        }


class NumberKind:
    """Identity numbers. Columns: the number as sent; optionally its identity key."""

    comparison = numbers.LEVELS

    def encode(self, columns: list[pl.Series]) -> numbers.Numbers:
        """Coded numbers."""
        return numbers.encode_numbers(columns[0], columns[1] if len(columns) > 1 else None)

    def compare(
        self, left: numbers.Numbers, li: Rows, right: numbers.Numbers, ri: Rows
    ) -> tuple[Level8, Chance]:
        """Level of each pair, and what chance the visible digits leave to strangers."""
        return numbers.compare_numbers(left, li, right, ri)

    def value(self, coded: numbers.Numbers, by_value: str, at: Rows) -> pl.Series:
        """Numbers have no frequencies of their own."""
        raise NotImplementedError(by_value)

    def forms(self, coded: numbers.Numbers) -> Forms:
        """Head (region, birth), tail (the last ten), the whole text of a damaged one, and whether there is none to look by."""
        whole = coded.given & ~coded.masked & (coded.text.length >= 15)
        shown = numbers.visible_bits(coded.head, coded.tail)
        enough = ~coded.masked | (shown >= numbers.FEWEST_BITS)
        front = coded.text.front
        back = reversed_codes(front, coded.text.length, 10)
        return {
            "number_head": np.where(whole, mixed(front[:, :14]), 0),
            "number_tail": np.where(whole, mixed(back), 0),
            "number_text": np.where(whole & (coded.key == 0), mixed(front[:, :18]), 0),
            "absent": 1 - (coded.given & enough).astype(np.int64),
        }


class DateKind:
    """Birth dates. Columns: Date or text; optionally a number whose birth date counts where none is stated."""

    comparison = dates.LEVELS

    def encode(self, columns: list[pl.Series]) -> dates.Days:
        """Days, and where they were read."""
        stated = dates.encode_dates(columns[0])
        if len(columns) < 2:
            return dates.Days(stated, np.zeros(len(stated), dtype=bool))
        inside = dates.encode_dates(numbers.inside(columns[1])["birth"])
        return dates.Days(np.where(stated != 0, stated, inside), (stated == 0) & (inside != 0))

    def compare(
        self, left: dates.Days, li: Rows, right: dates.Days, ri: Rows
    ) -> tuple[Level8, None]:
        """Level of each pair."""
        return dates.compare_dates(left, li, right, ri), None

    def value(self, coded: dates.Days, by_value: str, at: Rows) -> pl.Series:
        """The date."""
        del by_value
        return pl.Series(coded.days[at]).cast(pl.String)

    def forms(self, coded: dates.Days) -> Forms:
        """birth, its year, and its month and day."""
        return {"birth": coded.days, "year": coded.days // 10_000, "day": coded.days % 10_000}


class SexKind:
    """Sexes. Columns: as stated; optionally a number whose sex counts where none is stated."""

    comparison = plain.SEX

    def encode(self, columns: list[pl.Series]) -> plain.Sexes:
        """Sexes, and where they were read."""
        stated = plain.encode_sexes(columns[0])
        if len(columns) < 2:
            return plain.Sexes(stated, np.zeros(len(stated), dtype=bool))
        inside = plain.encode_sexes(numbers.inside(columns[1])["sex"])
        return plain.Sexes(np.where(stated != 0, stated, inside), (stated == 0) & (inside != 0))

    def compare(
        self, left: plain.Sexes, li: Rows, right: plain.Sexes, ri: Rows
    ) -> tuple[Level8, None]:
        """Level of each pair."""
        return plain.compare_sexes(left, li, right, ri), None

    def value(self, coded: plain.Sexes, by_value: str, at: Rows) -> pl.Series:
        """No frequencies."""
        raise NotImplementedError(by_value)

    def forms(self, coded: plain.Sexes) -> Forms:
        """The sex."""
        return {"sex": coded.sexes}


class RegionKind:
    """Six-digit region codes (GB/T 2260)."""

    comparison = plain.REGION

    def encode(self, columns: list[pl.Series]) -> npt.NDArray[np.int64]:
        """The code, 0 where there is none."""
        return plain.encode_regions(columns[0])

    def compare(
        self, left: npt.NDArray[np.int64], li: Rows, right: npt.NDArray[np.int64], ri: Rows
    ) -> tuple[Level8, None]:
        """Level of each pair."""
        return plain.compare_regions(left, li, right, ri), None

    def value(self, coded: npt.NDArray[np.int64], by_value: str, at: Rows) -> pl.Series:
        """No frequencies."""
        raise NotImplementedError(by_value)

    def forms(self, coded: npt.NDArray[np.int64]) -> Forms:
        """The region."""
        return {"region": coded}


class PhoneKind:
    """Telephone numbers."""

    comparison = plain.PHONE

    def encode(self, columns: list[pl.Series]) -> Texts:
        """Digits."""
        return plain.encode_phones(columns[0])

    def compare(self, left: Texts, li: Rows, right: Texts, ri: Rows) -> tuple[Level8, None]:
        """Level of each pair."""
        return plain.compare_phones(left, li, right, ri), None

    def value(self, coded: Texts, by_value: str, at: Rows) -> pl.Series:
        """The number."""
        del by_value
        return pl.Series(self.forms(coded)["phone"][at]).cast(pl.String)

    def forms(self, coded: Texts) -> Forms:
        """The number as such."""
        places = np.where(coded.front == 0, 0, coded.front.astype(np.int64) - 47)
        powers = 11 ** np.arange(places.shape[1], dtype=np.int64)
        return {"phone": places @ powers}


class AddressKind:
    """Addresses."""

    comparison = addresses.LEVELS

    def encode(self, columns: list[pl.Series]) -> addresses.Addresses:
        """Place and numbers."""
        return addresses.encode_addresses(columns[0])

    def compare(
        self, left: addresses.Addresses, li: Rows, right: addresses.Addresses, ri: Rows
    ) -> tuple[Level8, None]:
        """Level of each pair."""
        return addresses.compare_addresses(left, li, right, ri), None

    def value(self, coded: addresses.Addresses, by_value: str, at: Rows) -> pl.Series:
        """Place and numbers as one text."""
        del by_value
        return coded.value.gather(pl.Series(at))

    def forms(self, coded: addresses.Addresses) -> Forms:
        """address: place and numbers; place."""
        place, door = coded.place, coded.numbers
        return {"address": joined([place, door]), "place": place}


KINDS: dict[str, Kind] = {
    "name": NameKind(),
    "number": NumberKind(),
    "birth": DateKind(),
    "sex": SexKind(),
    "region": RegionKind(),
    "phone": PhoneKind(),
    "address": AddressKind(),
    "latin": latin.LatinKind(),
    "code": latin.CodeKind(),
}
"""Kind of field -> how it is handled."""
