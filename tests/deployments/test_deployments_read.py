"""The example deployments are sound: every source.yaml and institution of theirs reads without a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from patching import EXAMPLES, copy_example, patch

from connectors.sources.reading import examine_sources

if TYPE_CHECKING:
    from pathlib import Path

DEPLOYMENTS = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())


def test_there_are_two_examples():
    assert {"county", "prefecture"} <= set(DEPLOYMENTS)


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_an_example_reads_clean(name: str):
    sources, mistakes = examine_sources(EXAMPLES / name)
    assert not [str(mistake) for mistake in mistakes]
    assert sorted(sources) == sorted(p.name for p in (EXAMPLES / name).iterdir() if p.is_dir())


def test_patching_fails_where_there_is_nothing_to_patch_or_more_than_a_place(tmp_path: Path):
    file = copy_example("county", tmp_path / "county") / "tax" / "source.yaml"
    with pytest.raises(AssertionError, match="0 times"):
        patch(file, {"path: /srv/elsewhere": "path: /srv/here"})
    with pytest.raises(AssertionError, match="more than the place"):
        patch(file, {"overdue_hours: 1080": "overdue_hours: 1"})
    patch(file, {"path: /srv/exchange/tax": "path: /srv/here"})
    assert "path: /srv/here" in file.read_text(encoding="utf-8")
