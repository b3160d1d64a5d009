"""Model files: named by what they hold, never changed, and refused in one line when they are not what their name says."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from connectors.shelves.model_files import (
    Pin,
    keep_model,
    kept_digests,
    load_model,
    models_folder,
    pins_digest,
    read_pins,
    write_pins,
)
from connectors.store import Store, open_store
from household.errors import InputError
from household.linkage.engine.model import model_text
from household.linkage.plans import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from household.linkage.engine.model import Model

INCOME = "tax.income"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "county.store")


def a_model(matched: float = 0.9) -> Model:
    shares = {("name", "name"): {"王伟": 0.01, "no": 0.002, "1.0": 0.001}}
    return replace(
        shipped(INCOME), matched=matched, frequencies=shares, rare={("name", "name"): 1e-4}
    )


def test_a_model_is_kept_under_its_digest_and_read_as_it_was(store: Store) -> None:
    model = a_model()
    digest = keep_model(model, INCOME, store)
    assert digest == model.digest
    read = load_model(INCOME, digest, store)
    assert model_text(read) == model_text(model)
    assert read.frequencies["name", "name"]["no"] == 0.002
    assert kept_digests(INCOME, store) == [digest]
    assert kept_digests("banking.account", store) == []
    file = models_folder(store) / INCOME / f"{digest}.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_model_that_is_kept_is_not_written_again(store: Store) -> None:
    digest = keep_model(a_model(), INCOME, store)
    file = models_folder(store) / INCOME / f"{digest}.yaml"
    before = file.stat()
    assert keep_model(a_model(), INCOME, store) == digest
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert keep_model(a_model(0.8), INCOME, store) != digest
    assert len(kept_digests(INCOME, store)) == 2


def test_changed_bytes_are_refused(store: Store) -> None:
    digest = keep_model(a_model(), INCOME, store)
    file = models_folder(store) / INCOME / f"{digest}.yaml"
    file.write_text(file.read_text().replace("matched: 0.9", "matched: 0.8"))
    with pytest.raises(InputError, match="已被改动或损坏") as refusal:
        load_model(INCOME, digest, store)
    assert "\n" not in str(refusal.value)
    assert keep_model(a_model(), INCOME, store) == digest  # estimated again, it is whole again
    assert load_model(INCOME, digest, store).matched == 0.9


@pytest.mark.parametrize("digest", ["0" * 12, "../../current", "", "0123456789AB"])
def test_a_model_that_is_not_there_is_refused(store: Store, digest: str) -> None:
    keep_model(a_model(), INCOME, store)
    with pytest.raises(InputError, match="没有数据集"):
        load_model(INCOME, digest, store)


def test_a_model_of_another_version_is_refused(store: Store) -> None:
    model = a_model()
    digest = keep_model(replace(model, levels={"name": model.levels["name"]}), INCOME, store)
    with pytest.raises(InputError, match="重新估计"):
        load_model(INCOME, digest, store)


def test_pins_are_read_as_written_and_no_store_has_none(store: Store, tmp_path: Path) -> None:
    assert read_pins(Store(tmp_path / "nowhere.store")) == {}
    assert not (tmp_path / "nowhere.store").exists()
    pins = {"tax.income": Pin("0" * 12, "R000001"), "banking.account": Pin("1" * 12, "R000002")}
    write_pins(pins, store)
    assert read_pins(store) == pins
    write_pins({}, store)
    assert read_pins(store) == {}


@pytest.mark.parametrize(
    "text",
    [
        "- a",
        "tax.income: 3",
        "tax.income: {model: 000000000000}",
        "tax.income: {model: 000000000000, since: R1}",  # a number, not a text
        "no.such: {model: '000000000000', since: R1}",
        "tax.income: {model: ../../x, since: R1}",
        "{",
        "\x00",
    ],
)
def test_a_list_of_pins_that_is_not_understood_is_refused(store: Store, text: str) -> None:
    folder = models_folder(store)
    folder.mkdir()
    (folder / "current.yaml").write_text(text)
    with pytest.raises(InputError, match="current"):
        read_pins(store)


def test_the_digest_of_pins_says_which_models_and_not_since_when() -> None:
    pins = {"tax.income": Pin("0" * 12, "R1"), "banking.account": Pin("1" * 12, "R1")}
    turned = dict(reversed(pins.items()))
    later = pins | {"tax.income": Pin("0" * 12, "R2")}
    other = pins | {"tax.income": Pin("2" * 12, "R1")}
    assert pins_digest({}) == ""
    assert pins_digest(pins) == pins_digest(turned) == pins_digest(later) != pins_digest(other)
