"""Models as files: exact there and back, named by what they hold, nobody's own values in them, one line where they are broken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import yaml
from engine_cases import people, plan, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from household.errors import InputError
from household.linkage.engine.kinds import KINDS
from household.linkage.engine.linking import train
from household.linkage.engine.model import (
    Model,
    model_text,
    read_model,
    rounded,
    shipped_levels,
    shipped_model,
    with_thresholds,
)

if TYPE_CHECKING:
    from pathlib import Path


def same(one: Model, other: Model) -> bool:
    """Whether two models are equal in every parameter, to the last bit."""
    fields = (
        "matched",
        "related",
        "population",
        "accept",
        "review",
        "origin",
        "frequencies",
        "rare",
    )
    return (
        all(getattr(one, name) == getattr(other, name) for name in fields)
        and list(one.levels) == list(other.levels)
        and all(
            held.words == other.levels[name].words
            and all(
                np.array_equal(getattr(held, part), getattr(other.levels[name], part))
                for part in "mur"
            )
            for name, held in one.levels.items()
        )
    )


def told(**more: object) -> Model:
    return replace(shipped_model(plan()), **more)  # type: ignore[arg-type]


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)
_SHARES = st.floats(1e-12, 1.0, exclude_min=True)


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(_TEXT, _SHARES, max_size=5),
    st.floats(1e-6, 10.0),
    _TEXT,
)
def test_a_model_reads_as_it_was_written(
    shares: dict[str, float], matched: float, origin: str
) -> None:
    model = rounded(
        told(
            frequencies={("name", "name"): shares},
            rare={("name", "name"): 1e-5},
            matched=matched,
            origin=origin,
        )
    )
    assert same(rounded(model), model)
    assert rounded(model).digest == model.digest
    assert model.origin == origin
    assert set(model.frequencies["name", "name"]) == set(shares)


@pytest.mark.parametrize(
    "value", ["null", "true", "1e3", "19900307", "~", "a: b", "- x", "y" * 2000, "阿·依", "𠮷"]
)
def test_values_that_look_like_something_else_stay_text(value: str) -> None:
    model = told(frequencies={("name", "name"): {value: 0.5}}, rare={("name", "name"): 0.1})
    assert list(rounded(model).frequencies["name", "name"]) == [value]


def test_a_file_holds_what_was_written(tmp_path: Path) -> None:
    model = rounded(told(matched=1 / 3, frequencies={("name", "name"): {"张伟": 1 / 7}}))
    path = tmp_path / "model.yaml"
    path.write_text(model_text(model), encoding="utf-8")
    assert same(read_model(path), model)


def test_equal_models_have_one_name_and_others_have_another() -> None:
    assert told().digest == told().digest
    names = {
        told().digest,
        told(matched=0.5).digest,
        with_thresholds(told(), accept=0.9, review=0.2).digest,
        told(frequencies={("name", "name"): {"张伟": 0.5}}).digest,
        told(frequencies={("name", "name"): {"张伟": 0.25}}).digest,
    }
    assert len(names) == 5
    assert all(len(name) == 12 and int(name, 16) >= 0 for name in names)


def test_the_order_in_which_values_were_counted_does_not_count() -> None:
    one = told(frequencies={("name", "name"): {"张伟": 0.5, "李四": 0.25}})
    other = told(frequencies={("name", "name"): {"李四": 0.25, "张伟": 0.5}})
    assert one.digest == other.digest


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_shipped_probabilities_are_probabilities(kind: str) -> None:
    held = shipped_levels(kind)
    for part in (held.m, held.u, held.r):
        assert part[0] == 1.0
        assert part[1:].sum() == pytest.approx(1.0)
        assert (part > 0).all()
    assert held.m[1] > held.u[1]
    assert held.m[-1] < held.u[-1]


def test_priors_are_the_odds_of_a_pair_taken_at_random() -> None:
    model = told(matched=0.5, related=2.0, population=1024)
    assert model.prior == -11.0
    assert model.relative_prior == -9.0


TEXT = model_text(told())
BROKEN = {
    "empty": "",
    "no_mapping": "- 1\n- 2\n",
    "no_yaml": "levels: [1, 2\n",
    "a_word_for_a_number": TEXT.replace("matched: 1.0", "matched: many"),
    "no_levels": "\n".join(line for line in TEXT.splitlines() if not line.startswith(("levels", "  "))),
    "rare_without_a_field": yaml.safe_dump(yaml.safe_load(TEXT) | {"rare": {"name": 0.1}}),
    "tag_of_another_language": "!!python/object/apply:os.getcwd []\n",
    "null_levels": yaml.safe_dump(yaml.safe_load(TEXT) | {"levels": None}),
    "levels_of_no_mapping": yaml.safe_dump(yaml.safe_load(TEXT) | {"levels": [1]}),
    "rare_of_no_mapping": yaml.safe_dump(yaml.safe_load(TEXT) | {"rare": 3}),
    "a_field_without_levels": yaml.safe_dump(yaml.safe_load(TEXT) | {"levels": {"name": {}}}),
    "two_probabilities": yaml.safe_dump(
        yaml.safe_load(TEXT) | {"levels": {"name": {"name_missing": [1.0, 1.0]}}}
    ),
}  # fmt: skip


def _refused(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_model(path)
    line = str(caught.value)
    assert "\n" not in line
    assert path.name in line
    assert str(path.parent) not in line
    return line


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_clear_line(case: str, tmp_path: Path) -> None:
    _refused(tmp_path / "model.yaml", BROKEN[case])


UNREADABLE = {
    "levels_of_another_programme": TEXT.replace("name_homophone", "name_rhyme"),
    "nobody_belongs": TEXT.replace("matched: 1.0", "matched: 0.0"),
    "no_people": TEXT.replace("population: 8192", "population: 0"),
    "no_probability": yaml.safe_dump(
        yaml.safe_load(TEXT) | {"levels": {"sex": {"sex_missing": [1.0, 1.0, 1.0], "sex_equal": [-1.0, 0.5, 0.5], "sex_differs": [2.0, 0.5, 0.5]}}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_is_no_model_of_this_programme_is_one_clear_line(
    case: str, tmp_path: Path
) -> None:
    _refused(tmp_path / "model.yaml", UNREADABLE[case])


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.yaml"):
        read_model(tmp_path / "missing.yaml")


def test_a_file_that_is_no_text_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match=r"model\.yaml"):
        read_model(path)


def test_a_value_is_kept_from_five_people_on() -> None:
    """Five people of one name make it common; four do not, however many rows bear it."""
    names = ["王伟"] * 5 + ["李娜"] * 4 + ["赵敏"]
    standing = people(*({"name": name} for name in names))
    arrived = rows(*({"name": name} for name in ["李娜"] * 9 + ["赵敏"] * 9))
    model = train(arrived, standing, plan(), household=None, origin="test")
    assert set(model.frequencies["name", "name"]) == {"王伟"}
    assert "李娜" not in model_text(model)
    assert model.rare["name", "name"] > 0
