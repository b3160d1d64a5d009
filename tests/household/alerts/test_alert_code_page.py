"""The page of alert codes is the one that the declarations write."""

from __future__ import annotations

from pathlib import Path

from household.alerts.basis import BASIS
from household.alerts.code_page import code_page
from household.alerts.codes import CODES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "alert-codes.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == code_page(), "run make docs"


def test_every_code_says_what_it_rests_on():
    assert set(BASIS) == set(CODES)
