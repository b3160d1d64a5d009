"""The channels of linkage in a county: each one occurs, is recorded, and does what its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from household.identity.numbers import number_keys
from synthetic import mistyping
from synthetic.county import write_county
from synthetic.glyphs import RARE_AS_HOMOPHONE, RARE_AS_PUA
from synthetic.names import RARE
from synthetic.rates import NoiseRates
from synthetic.respelling import respelt
from synthetic.transliteration import PARTS, SYLLABLES, spellings

if TYPE_CHECKING:
    from pathlib import Path

    from synthetic_counties import SmallCounty

CHANNELS = {
    "digit_dropped",
    "digit_doubled",
    "tail_cut",
    "other_x",
    "masked_otherwise",
    "placeholder",
    "variant_character",
    "other_spaces",
    "rare_as_pua",
    "rare_as_mark",
    "rare_as_homophone",
    "transliterated",
    "parts_swapped",
    "truncated",
}
NUMBER = "99010119900307123"


def whole(last: str = "7") -> pl.Series:
    return pl.Series([NUMBER + last] * 400)


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_every_channel_occurs_in_a_county(county: SmallCounty) -> None:
    assert set(county.truth["noise"]["channel"]) >= CHANNELS


def test_a_quiet_county_has_none(quiet_county: SmallCounty) -> None:
    assert quiet_county.truth["noise"].is_empty()


def test_later_channels_leave_the_older_ones_as_they_were(tmp_path: Path) -> None:
    rates = dict.fromkeys(CHANNELS, 0.0)
    write_county(tmp_path / "without", households=40, seed=3, rates=NoiseRates(**rates))
    write_county(tmp_path / "with", households=40, seed=3)
    without, both = (
        pl.read_parquet(tmp_path / name / "truth" / "noise.parquet") for name in ("without", "with")
    )
    older = both.filter(pl.col("channel").is_in(CHANNELS).not_())
    assert len(both) > len(older)
    assert older.equals(without)


@pytest.mark.parametrize(
    ("slip", "pattern"),
    [
        (mistyping.dropped_digit, r"^[0-9]{17}$"),
        (mistyping.doubled_digit, r"^[0-9]{19}$"),
        (mistyping.masked, r"^[0-9]{0,14}[*X]{4,}[0-9]{0,4}$"),
        (mistyping.other_x, r"^[0-9]{17}[^0-9X]$"),
        (mistyping.wrong_digit, r"^[0-9]{18}$"),
        (mistyping.swapped_digits, r"^[0-9]{18}$"),
        (mistyping.spaced, r"^('[0-9]{18}|[0-9]{6} [0-9]{8} [0-9]{4})$"),
    ],
)
def test_slips(slip: object, pattern: str) -> None:
    result = slip(rng(), whole())  # type: ignore[operator]
    assert result.str.contains(pattern).all()
    assert (result != whole()).all()
    assert result.n_unique() > 1


def test_a_slip_leaves_the_rest_in_place() -> None:
    for sent in mistyping.dropped_digit(rng(), whole()):
        assert sent in {(NUMBER + "7")[:at] + (NUMBER + "7")[at + 1 :] for at in range(17)}
    for sent in mistyping.doubled_digit(rng(), whole()):
        assert sent in {(NUMBER + "7")[: at + 1] + (NUMBER + "7")[at:] for at in range(17)}
    for sent in mistyping.swapped_digits(rng(), whole()):
        assert sorted(sent) == sorted(NUMBER + "7")


def test_placeholders_and_masks_are_nobody_s_number() -> None:
    for slip in (mistyping.placeholders, mistyping.masked):
        assert number_keys(slip(rng(), whole())).is_null().all()


@pytest.mark.parametrize(
    ("channel", "sent", "expected"),
    [
        ("variant_character", "李高峰", {"李髙峯"}),
        ("rare_as_homophone", "王喆", {"王哲"}),
        ("rare_as_mark", "王喆", {"王?", "王？", "王□"}),
        ("rare_as_pua", "王䶮", {"王\ue863"}),
        ("other_spaces", "王伟", {"王 伟", "王  伟", "王\u00a0伟"}),
        ("parts_swapped", "古丽·买买提", {"买买提·古丽"}),
        (
            "truncated",
            "买买提·艾合买提",
            {"买买提·", "买买提·艾", "买买提·艾合", "买买提·艾合买提"},
        ),
    ],
)
def test_respelt(channel: str, sent: str, expected: set[str]) -> None:
    assert set(respelt(rng(), pl.Series([sent] * 300), channel=channel)) == expected


def test_transliterated_changes_one_part() -> None:
    written = set(respelt(rng(), pl.Series(["阿卜杜拉·买买提"] * 300), channel="transliterated"))
    assert {"阿不都拉·买买提", "阿卜杜拉·麦麦提", "阿卜杜拉·穆罕默德"} <= written
    assert all((a == "阿卜杜拉") + (b == "买买提") >= 1 for a, b in (w.split("·") for w in written))


def test_spellings_are_of_one_group_and_never_the_part_itself() -> None:
    assert spellings("王") == ()
    for group in PARTS:
        assert len(set(group)) == len(group)
        for part in group:
            assert part not in spellings(part)
            assert set(group) - {part} <= set(spellings(part))
    assert all(len(set(group)) == len(group) for group in SYLLABLES)


def test_rare_characters_have_stand_ins() -> None:
    assert set(RARE) <= set(RARE_AS_PUA) & set(RARE_AS_HOMOPHONE)
    assert len(set(RARE_AS_PUA.values())) == len(RARE_AS_PUA)
    assert all(0xE000 <= ord(c) < 0xF900 for c in RARE_AS_PUA.values())
