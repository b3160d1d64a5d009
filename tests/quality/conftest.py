"""Every test of the gates asks Great Expectations anew: what a process remembers of equal questions is for runs."""

from __future__ import annotations

import pytest

from quality import data_docs, gate


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_ANSWERED", {})
    monkeypatch.setattr(data_docs, "_DRAWN", {})
