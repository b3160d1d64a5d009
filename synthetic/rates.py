"""How much noise of which kind a synthetic county carries.

Rates only; what a channel does stands in the noise modules.

No published error rates of resident numbers in department extracts are known to us: these are
assumptions, chosen so that every channel occurs in a county of 400 applications.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class NoiseRates:
    """Chances per row (of the rows to which a channel applies), before the dataset's own factor.

    The first group spoils numbers, the second names, the third whole values. `former_*` are of the
    rows of people who have one, `number_missing` of the columns that may be empty, `lower_x` of the
    numbers that end in X as `other_x`, `interpunct_*`, `transliterated`, `parts_swapped` and
    `truncated` of the names that hold an interpunct, `rare_as_*` of the names with a rare character.
    """

    digit_wrong: float = 0.004
    digits_swapped: float = 0.002
    fifteen_digits: float = 0.003
    lower_x: float = 0.15
    full_width: float = 0.001
    spaces_in_number: float = 0.002
    number_masked: float = 0.001
    scientific: float = 0.0006
    trailing_zeros: float = 0.0006
    other_persons_number: float = 0.0003
    number_missing: float = 0.03
    former_number: float = 0.3
    digit_dropped: float = 0.0008
    digit_doubled: float = 0.0006
    tail_cut: float = 0.0006
    other_x: float = 0.01
    masked_otherwise: float = 0.0008
    placeholder: float = 0.0006

    interpunct_variant: float = 0.25
    interpunct_missing: float = 0.08
    traditional: float = 0.004
    homophone: float = 0.003
    rare_as_pinyin: float = 0.3
    former_name: float = 0.2
    spaces_in_name: float = 0.002
    other_spaces: float = 0.001
    variant_character: float = 0.002
    rare_as_pua: float = 0.05
    rare_as_mark: float = 0.05
    rare_as_homophone: float = 0.05
    transliterated: float = 0.03
    parts_swapped: float = 0.01
    truncated: float = 0.01

    missing_required: float = 0.0008
    impossible_date: float = 0.0005
    negative_amount: float = 0.0004
    unreadable_amount: float = 0.0003
    unknown_code: float = 0.0003
    duplicate_key: float = 0.001

    def scaled(self, factor: float) -> NoiseRates:
        """All rates times a factor, none above 1."""
        return replace(
            self, **{f.name: min(1.0, getattr(self, f.name) * factor) for f in fields(self)}
        )

    def silent(self) -> NoiseRates:
        """No noise at all."""
        return self.scaled(0.0)
