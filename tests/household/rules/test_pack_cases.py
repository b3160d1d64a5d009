"""Every case of every pack holds: suggestions, amounts, figures and the answers of rules, as their officers wrote them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pack_cases import OWN, answers, cases

from household.rules.programmes import PROGRAMMES
from synthetic.cases.comparing import failures
from synthetic.cases.form import SUGGESTIONS
from synthetic.cases.reading import case_files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("file", case_files(OWN), ids=lambda f: f"{f.parts[-3]}/{f.stem}")
def test_the_cases_of_a_file_hold(file: Path) -> None:
    here = [answer for answer in answers() if answer.trial.case.file == file]
    assert here
    assert not [str(failure) for failure in failures(here)]


def test_every_pack_has_cases_of_its_own() -> None:
    with_cases = {case.file.parts[-3] for case in cases()}
    assert with_cases == {file.parent.name for file in OWN.glob("*/pack.yaml")}


def test_every_case_says_why_in_chinese() -> None:
    """An officer reads the reason, not the figures alone."""
    mute = [c.where for c in cases() if not any("一" <= sign <= "鿿" for sign in c.why)]
    assert not mute


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_programme_is_seen_with_every_suggestion(programme: str) -> None:
    """The order of precedence (assessment §9) is shown for each programme that can give the suggestion at all."""
    seen = Counter(
        expected.columns["suggestion"]
        for case in cases()
        for expected in case.expect
        if expected.subject == programme and "suggestion" in expected.columns
    )
    wanted = set(SUGGESTIONS)
    if (
        programme == "temp_emergency"
    ):  # asks only the commissioner's own ledgers, which need no signature
        wanted.discard("not_authorised")
    assert wanted <= set(seen)
