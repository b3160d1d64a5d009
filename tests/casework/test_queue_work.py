"""Saved views and who has taken what, in both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from casework.assignments import ASKED_AT_ONCE, Assignments, assign
from casework.store import open_store
from casework.views import MOST_VIEWS, drop_view, save_view, views_for
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.store import Address, CaseworkStore

AT = "2026-05-20T01:00:00.000000+00:00"


@pytest.fixture
def store(place: Address) -> Iterator[CaseworkStore]:
    with open_store(place, create=place.file is not None) as opened:
        yield opened


def test_the_newest_hand_over_stands(store: CaseworkStore):
    many = [f"SQ{n:06d}" for n in range(ASKED_AT_ONCE + 7)]
    assert assign(store, many, to="A1", by="A1", at=AT) == len(many)
    assert assign(store, many, to="A1", by="A1", at=AT) == 0
    assert assign(store, many[:3], to="A2", by="A9", at=AT) == 3
    assert assign(store, many[2:5], to=None, by="A9", at=AT) == 3
    held = Assignments(store)
    assert held.everything() == {
        **dict.fromkeys(many[:2], "A2"),
        **dict.fromkeys(many[5:], "A1"),
    }
    assert held.of(many) == held.everything()
    assert held.of([many[0], many[2], many[9], "nobody"]) == {many[0]: "A2", many[9]: "A1"}
    assert held.of([]) == {}
    assert held.held_by("A2") == tuple(many[:2])
    assert held.held_by("A1") == tuple(many[5:])


def test_views_are_kept_by_name_and_told_own_first(store: CaseworkStore):
    save_view(store, "A9", "逾期", query="clock=overdue", shared=True, at=AT)
    save_view(store, "A8", "不共享", query="", shared=False, at=AT)
    save_view(store, "A1", " 近线 ", query="margin=5", shared=False, at=AT)
    save_view(store, "A1", "近线", query="margin=9", shared=False, at=AT)
    found = views_for(store, "A1")
    assert [(v.name, v.query, v.shared) for v in found] == [
        ("近线", "margin=9", False),
        ("逾期", "clock=overdue", True),
    ]
    assert not drop_view(store, "A1", found[1].view_id)
    assert drop_view(store, "A1", found[0].view_id)
    assert [v.name for v in views_for(store, "A1")] == ["逾期"]


@pytest.mark.parametrize(
    ("name", "query"), [("", ""), ("  ", ""), ("名" * 41, ""), ("a\nb", ""), ("名", "x" * 1001)]
)
def test_odd_views_are_refused(store: CaseworkStore, name: str, query: str):
    with pytest.raises(InputError):
        save_view(store, "A1", name, query=query, shared=False, at=AT)


def test_nobody_keeps_views_without_end(store: CaseworkStore):
    for number in range(MOST_VIEWS):
        save_view(store, "A1", str(number), query="", shared=False, at=AT)
    with pytest.raises(InputError):
        save_view(store, "A1", "one more", query="", shared=False, at=AT)
    save_view(store, "A1", "0", query="margin=1", shared=False, at=AT)
    assert len(views_for(store, "A1")) == MOST_VIEWS
