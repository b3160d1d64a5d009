"""The peer's model: comparisons and blocking rules of Splink for one register, as an expert user would set them.

The conditions are SQL because Splink takes them so. DuckDB's similarities count bytes, so no name in Chinese writing is given to them:
edits are counted on `code` (a byte a character) and on pinyin. Levels so rare that two million random pairs hold none of them would keep
an arbitrary u without a word; the u of the number's, phone's and address's levels is therefore counted (splink_peer.py) and fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEAR = (
    "(substr(id_text_l, 1, 14) = substr(id_text_r, 1, 14) or right(id_text_l, 8) = right(id_text_r, 8)"
    " or (substr(id_text_l, 1, 10) = substr(id_text_r, 1, 10) and right(id_text_l, 3) = right(id_text_r, 3)))"
)
"""No single edit spoils all of these: a cheap look before an edit distance is counted."""

UNSURE = "(id_key_l is null or id_key_r is null)"
"""Not two valid numbers: an edit never makes one valid number of another, the check digit sees to it."""

MASK_FITS = "(id_text_l like id_mask_r or id_text_r like id_mask_l or id_mask_l = id_mask_r)"
_SEEN = "length(replace(coalesce(id_mask_l, id_mask_r), '_', ''))"

EQUAL_NUMBER = {"number equal": "id_key_l = id_key_r"}
VALID_NUMBERS = {"valid numbers differ": "id_key_l is not null and id_key_r is not null"}
MASK_LEVELS = {
    "mask of ten fits": f"{_SEEN} >= 10 and {MASK_FITS}",
    "mask fits": MASK_FITS,
}
NEAR_LEVELS = {
    "number one edit": f"{UNSURE} and {NEAR} and levenshtein(id_text_l, id_text_r) <= 1",
    "number two edits": f"{UNSURE} and {NEAR} and levenshtein(id_text_l, id_text_r) <= 2",
    "first fourteen": f"{UNSURE} and substr(id_text_l, 1, 14) = substr(id_text_r, 1, 14)",
}
NUMBER_LEVELS = EQUAL_NUMBER | VALID_NUMBERS | MASK_LEVELS | NEAR_LEVELS
PHONE_LEVELS = {
    "phone equal": "phone_l = phone_r",
    "phone one edit": "substr(phone_l, 1, 7) = substr(phone_r, 1, 7) and levenshtein(phone_l, phone_r) <= 1"
    " or right(phone_l, 6) = right(phone_r, 6) and levenshtein(phone_l, phone_r) <= 1",
}
ADDRESS_LEVELS = {
    "address equal": "place_l = place_r and door_l = door_r",
    "place and a number": "place_l = place_r and (split_part(door_l, '-', 1) = split_part(door_r, '-', 1)"
    " or split_part(door_l, '-', -1) = split_part(door_r, '-', -1))",
    "place": "place_l = place_r",
    "numbers": "door_l = door_r and contains(door_l, '-')",
}


_PHONES = "phone_l is not null and phone_r is not null"
_PLACES = "place_l is not null and place_r is not null"
_SAME_PHONE, _SAME_ADDRESS = PHONE_LEVELS["phone equal"], ADDRESS_LEVELS["address equal"]
_NEARBY = f"({ADDRESS_LEVELS['place and a number']})"
SHARED_CONTACT = {
    "phone and address": f"{_SAME_PHONE} and {_SAME_ADDRESS}",
    "phone, address near": f"{_SAME_PHONE} and {_NEARBY}",
    "phone, address missing": f"{_SAME_PHONE} and not ({_PLACES})",
    "phone alone": _SAME_PHONE,
    "address, phone missing": f"{_SAME_ADDRESS} and not ({_PHONES})",
    "address alone": _SAME_ADDRESS,
}
CONTACT_LEVELS = SHARED_CONTACT | {
    "phone one edit": PHONE_LEVELS["phone one edit"],
    "address near, phone missing": f"{_NEARBY} and not ({_PHONES})",
    "address near": _NEARBY,
    "place alone": ADDRESS_LEVELS["place"],
    "phone differs, address missing": f"({_PHONES}) and not ({_PLACES})",
    "address differs, phone missing": f"({_PLACES}) and not ({_PHONES})",
}
"""Phone and address in one comparison, where a register has both: a household shares both, and two comparisons would count that twice."""

START: dict[str, tuple[float, float]] = {
    "name equal": (0.93, 1e-4),
    "former name": (0.005, 1e-7),
    "sound equal": (0.02, 1e-4),
    "folded equal": (0.005, 1e-6),
    "ordered equal": (0.005, 1e-6),
    "name one edit": (0.02, 1e-3),
    "sounds alike": (0.01, 1e-3),
    "beginning": (0.005, 1e-4),
    "sounds near": (0.003, 1e-2),
    "first character": (0.004, 0.03),
    "name differs": (0.003, 0.96),
    "number equal": (0.9, 1e-8),
    "valid numbers differ": (0.005, 0.9),
    "mask of ten fits": (0.02, 1e-6),
    "mask fits": (0.005, 1e-4),
    "number one edit": (0.02, 1e-8),
    "number two edits": (0.03, 1e-8),
    "first fourteen": (0.02, 1e-6),
    "number differs": (0.01, 0.1),
    "birth equal": (0.98, 5e-5),
    "day and month exchanged": (0.004, 1e-5),
    "birth one digit": (0.006, 3e-4),
    "sixty days": (0.001, 3e-3),
    "year": (0.005, 0.01),
    "birth differs": (0.004, 0.98),
    "phone equal": (0.75, 1e-6),
    "phone one edit": (0.01, 1e-7),
    "phone differs": (0.24, 1.0),
    "address equal": (0.6, 1e-6),
    "place and a number": (0.2, 1e-5),
    "place": (0.05, 1e-3),
    "numbers": (0.02, 1e-5),
    "address differs": (0.13, 1.0),
    "phone and address": (0.4, 2e-6),
    "phone, address near": (0.1, 2e-6),
    "phone, address missing": (0.02, 1e-6),
    "phone alone": (0.15, 1e-6),
    "address, phone missing": (0.1, 5e-6),
    "address alone": (0.07, 5e-6),
    "address near, phone missing": (0.02, 5e-5),
    "address near": (0.02, 5e-5),
    "place alone": (0.01, 2e-3),
    "phone differs, address missing": (0.01, 0.03),
    "address differs, phone missing": (0.04, 0.25),
    "contact differs": (0.05, 0.7),
    "sex equal": (0.999, 0.5),
    "sex differs": (0.001, 0.5),
    "county equal": (0.95, 0.15),
    "county differs": (0.05, 0.85),
}
"""m and u of every level before training. What the training never observes stays so, and not at Splink's own default, which is far off."""


def _start(level: Any, label: str, shares: Mapping[str, float]) -> Any:
    """A level with its start values; with its counted u, which the sampling then leaves alone, if there is one."""
    m, u = START[label]
    if label in shares:
        return level.configure(m_probability=m, u_probability=shares[label], fix_u_probability=True)
    return level.configure(m_probability=m, u_probability=u)


def _custom(label: str, sql: str, shares: Mapping[str, float]) -> Any:
    return _start(cll.CustomLevel(sql, label), label, shares)


def _exact(column: str, shares: Mapping[str, float], *, frequency: bool = True) -> Any:
    level = cll.ExactMatchLevel(column, term_frequency_adjustments=frequency)
    return _start(level, f"{column} equal", shares)


def _levels(levels: Mapping[str, str], shares: Mapping[str, float]) -> list[Any]:
    return [_custom(label, sql, shares) for label, sql in levels.items()]


def _null(missing: str) -> Any:
    return cll.CustomLevel(missing, "missing").configure(is_null_level=True)


def _either_null(column: str) -> Any:
    return _null(f"{column}_l is null or {column}_r is null")


def _name(shares: Mapping[str, float]) -> Any:
    """Exact and by frequency; former name; sound, spelling, order of parts, by frequency; an edit; sounds alike; one begins the other; surname."""
    shorter = "least(length(name_l), length(name_r))"
    levels = {
        "name one edit": f"{shorter} >= 3 and levenshtein(code_l, code_r) <= 1",
        "sounds alike": "jaro_winkler_similarity(sound_l, sound_r) >= 0.93",
        "beginning": f"{shorter} >= 4"
        " and (starts_with(name_l, name_r) or starts_with(name_r, name_l))",
        "sounds near": "jaro_winkler_similarity(sound_l, sound_r) >= 0.85",
        "first character": "substr(name_l, 1, 1) = substr(name_r, 1, 1)",
    }
    alike = [
        _exact(column, shares).configure(disable_tf_exact_match_detection=True)
        for column in ("sound", "folded", "ordered")
    ]
    return cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            _either_null("name"),
            _exact("name", shares),
            _custom("former name", "former_l = name_r or former_r = name_l", shares),
            *alike,
            *_levels(levels, shares),
            _start(cll.ElseLevel(), "name differs", shares),
        ],
    )


def _birth(shares: Mapping[str, float]) -> Any:
    """Exact, by frequency; day and month exchanged; one digit; within 60 days; the year."""
    levels = {
        "day and month exchanged": "substr(birth_l, 1, 4) = substr(birth_r, 1, 4)"
        " and substr(birth_l, 6, 2) = substr(birth_r, 9, 2)"
        " and substr(birth_l, 9, 2) = substr(birth_r, 6, 2)",
        "birth one digit": "levenshtein(birth_l, birth_r) <= 1",
        "sixty days": "abs(datediff('day', try_cast(birth_l as date), try_cast(birth_r as date)))"
        " <= 60",
        "year": "substr(birth_l, 1, 4) = substr(birth_r, 1, 4)",
    }
    return cl.CustomComparison(
        output_column_name="birth",
        comparison_levels=[
            _either_null("birth"),
            _exact("birth", shares),
            *_levels(levels, shares),
            _start(cll.ElseLevel(), "birth differs", shares),
        ],
    )


def _graded(name: str, null: Any, levels: Mapping[str, str], shares: Mapping[str, float]) -> Any:
    """A comparison of custom levels and the rest."""
    rest = _start(cll.ElseLevel(), f"{name} differs", shares)
    return cl.CustomComparison(
        output_column_name=name, comparison_levels=[null, *_levels(levels, shares), rest]
    )


def _equal(column: str, shares: Mapping[str, float], *, frequency: bool) -> Any:
    rest = _start(cll.ElseLevel(), f"{column} differs", shares)
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[_either_null(column), _exact(column, shares, frequency=frequency), rest],
    )


def comparisons(columns: Sequence[str], shares: Mapping[str, float]) -> list[Any]:
    """Comparisons of the columns that both tables have.

    Args:
        columns: Columns common to both tables.
        shares: Level -> counted u.
    """
    no_number = "id_text_l is null and id_mask_l is null or id_text_r is null and id_mask_r is null"
    made = [_name(shares), _graded("number", _null(no_number), NUMBER_LEVELS, shares)]
    if "birth" in columns:
        made.append(_birth(shares))
    if "sex" in columns:
        made.append(_equal("sex", shares, frequency=False))
    if "phone" in columns and "place" in columns:
        nothing = _null(f"not ({_PHONES}) and not ({_PLACES})")
        made.append(_graded("contact", nothing, CONTACT_LEVELS, shares))
    elif "phone" in columns:
        made.append(_graded("phone", _either_null("phone"), PHONE_LEVELS, shares))
    elif "place" in columns:
        made.append(_graded("address", _either_null("place"), ADDRESS_LEVELS, shares))
    if "county" in columns:
        made.append(_equal("county", shares, frequency=True))
    return made


def blocking_rules(columns: Sequence[str]) -> list[Any]:
    """Rules of which each brings true pairs that the others miss, for a bearable number of others.

    Measured on a corpus of 100,000 × 500,000: name and birth date is within sound and birth date; former names, and an address in a
    register with birth dates, brought next to nothing. A name alone is a rule where there is no birth date.
    """
    rules = [
        block_on("id_key"),
        block_on("substr(id_text, 1, 14)"),
        block_on("right(id_text, 10)"),
    ]
    if "birth" in columns:
        rules += [
            block_on("name", "right(coalesce(id_text, id_mask), 4)"),
            block_on("sound", "birth"),
            block_on("folded", "birth"),
            block_on("ordered", "birth"),
            block_on("birth", "substr(name, 1, 1)"),
            block_on("birth", "right(name, 1)"),
            block_on("sound", "county"),
        ]
    else:
        rules += [
            block_on("name"),
            CustomRule("l.former = r.name"),
            block_on("sound", "county"),
            block_on("folded", "county"),
        ]
        if "place" in columns:
            rules.append(block_on("place", "door"))
    if "phone" in columns:
        rules.append(block_on("phone"))
    return rules


def training_rules(columns: Sequence[str]) -> list[Any]:
    """Two rules of which neither uses what the other trains."""
    other = "birth" if "birth" in columns else "phone"
    return [block_on("id_key"), block_on("name", other)]


def settings(columns: Sequence[str], shares: Mapping[str, float]) -> SettingsCreator:
    """Everything but what is learned."""
    return SettingsCreator(
        link_type="link_only",
        comparisons=comparisons(columns, shares),
        blocking_rules_to_generate_predictions=blocking_rules(columns),
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
        max_iterations=25,
    )
