"""How much of what every register covers, and how much noise it carries: rates only.

All are stated assumptions. No measured error rates of resident numbers or names in department
extracts are published; these are set so that an exact join of cleaned numbers finds 84 to 92 in a
hundred true pairs, as the design of linkage supposes. Measure on several seeds and `errors`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Rates:
    """Chances of one register (or of the roster), per row to which a channel applies.

    `coverage` is the mean number of rows per person of the roster. Of one field at most one
    channel hits a row; where the chances of a field's channels add up to more than CEILING (large
    `errors`), they are scaled down to it. `fifteen_digits` is of numbers issued before 1999,
    `x_form` of numbers that end in X, `interpunct_*` to `truncated` of names of several parts,
    `rare_*` of names with a rare character, `former_name` of people who have one.
    """

    coverage: float = 1.0

    number_missing: float = 0.02
    placeholder: float = 0.005
    masked: float = 0.005
    digit_wrong: float = 0.012
    digits_swapped: float = 0.006
    digit_dropped: float = 0.004
    digit_doubled: float = 0.002
    tail_lost: float = 0.008
    other_persons_number: float = 0.004
    fifteen_digits: float = 0.02
    x_form: float = 0.12
    full_width: float = 0.004
    spaces_in_number: float = 0.006

    name_missing: float = 0.0005
    spaces_in_name: float = 0.004
    traditional: float = 0.005
    variant: float = 0.003
    homophone: float = 0.009
    character_wrong: float = 0.002
    note: float = 0.001
    former_name: float = 0.15
    rare_pinyin: float = 0.12
    rare_pua: float = 0.08
    rare_mark: float = 0.10
    rare_homophone: float = 0.08
    interpunct_variant: float = 0.18
    interpunct_missing: float = 0.10
    transliterated: float = 0.12
    parts_swapped: float = 0.015
    truncated: float = 0.03
    father_missing: float = 0.015

    birth_missing: float = 0.004
    birth_swapped: float = 0.003
    birth_digit: float = 0.004
    birth_year_only: float = 0.003
    birth_lunar: float = 0.002
    sex_wrong: float = 0.001

    phone_missing: float = 0.12
    phone_old: float = 0.10
    phone_relative: float = 0.04
    phone_agent: float = 0.01
    phone_digit: float = 0.005
    phone_form: float = 0.05

    address_missing: float = 0.02
    address_stale: float = 0.12
    address_form: float = 0.45
    address_truncated: float = 0.01
    county_elsewhere: float = 0.01

    def scaled(self, errors: float) -> Rates:
        """The same coverage with every chance times `errors`, none above 1.

        How an address is written is a habit, not an error: more errors do not raise its chance.
        """
        chances = {
            f.name: min(1.0, getattr(self, f.name) * errors)
            for f in fields(self)
            if f.name != "coverage"
        }
        chances["address_form"] = self.address_form * min(1.0, errors)
        return replace(self, **chances)


CEILING = 0.9

_NAMES = tuple(
    f.name
    for f in fields(Rates)
    if f.name in {"variant", "transliterated", "parts_swapped", "father_missing", "truncated"}
    or f.name.startswith(("name_", "spaces_in_name", "trad", "homo", "char", "note", "former"))
    or f.name.startswith(("rare_", "interpunct_"))
)


def _names(factor: float) -> dict[str, float]:
    """The chances of the names' channels, as many times as careful or careless a register is."""
    default = Rates()
    return {name: min(1.0, getattr(default, name) * factor) for name in _NAMES}


ROSTER = Rates(
    number_missing=0.005, placeholder=0.001, masked=0.002, digit_wrong=0.006, digits_swapped=0.003,
    digit_dropped=0.001, digit_doubled=0.001, tail_lost=0.002, other_persons_number=0.001,
    fifteen_digits=0.01, birth_missing=0.002, phone_missing=0.06, phone_old=0.03,
    address_form=0.25, address_stale=0.04, county_elsewhere=0.002, **_names(0.35),
)  # fmt: skip
REGISTERS = {
    "hukou": Rates(
        coverage=0.97, number_missing=0.015, placeholder=0.004, masked=0.002, digit_wrong=0.012,
        digits_swapped=0.006, digit_dropped=0.004, digit_doubled=0.002, tail_lost=0.006,
        other_persons_number=0.003, birth_missing=0.001, address_stale=0.06, **_names(0.55),
    ),
    "social_security": Rates(
        coverage=0.73, number_missing=0.025, placeholder=0.005, masked=0.010, digit_wrong=0.014,
        tail_lost=0.010, **_names(1.0),
    ),
    "housing": Rates(
        coverage=0.45, number_missing=0.060, placeholder=0.012, masked=0.015, digit_wrong=0.018,
        digits_swapped=0.007, digit_dropped=0.005, tail_lost=0.012, other_persons_number=0.006,
        phone_missing=0.15, phone_old=0.12, address_stale=0.25, **_names(1.3),
    ),
    "bank": Rates(
        coverage=1.65, number_missing=0.010, placeholder=0.003, masked=0.045, digit_wrong=0.008,
        digits_swapped=0.004, digit_dropped=0.002, digit_doubled=0.001, tail_lost=0.006,
        other_persons_number=0.003, phone_missing=0.06, phone_old=0.15, county_elsewhere=0.08,
        **_names(0.8),
    ),
    "medical": Rates(
        coverage=0.94, number_missing=0.045, placeholder=0.008, masked=0.006, digit_wrong=0.014,
        phone_relative=0.08, phone_agent=0.03, county_elsewhere=0.03, **_names(1.1),
    ),
}  # fmt: skip
