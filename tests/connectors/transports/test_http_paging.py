"""Whatever an interface answers: rows that were checked, or one of the two errors that say what is wrong. No server here."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from http_cases import NUMBER, pages

from connectors.errors import SourceLied
from connectors.sources.declaration import Limits
from connectors.transports.http_paging import Changed, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connectors.sources.declaration import PageDataset

LIMITS = Limits(rows_most=50, pages_most=20)


def anything(draw: random.Random, depth: int = 0) -> Any:
    """Any JSON as it is read here: no numbers, they are texts."""
    leaf = draw.choice([None, True, False, "", "0", "3", "2026-05-20", NUMBER, "\ud800"])
    if depth > 2 or draw.random() < 0.4:
        return leaf
    if draw.random() < 0.5:
        return [anything(draw, depth + 1) for _ in range(draw.randrange(4))]
    return {draw.choice("ab") + NUMBER: anything(draw, depth + 1) for _ in range(3)}


def answer(draw: random.Random) -> Any:
    """An answer of the right shape but for a few places."""
    row = {"title_no": str(draw.random()), "area": draw.choice(["1.50", None, True])}
    said = {
        "meta": {"total": draw.choice("1236"), "as_of": "2026-05-20", "next": draw.choice(["c1", "c2", None])},
        "data": {"items": [dict(row) for _ in range(draw.randrange(3))]},
    }  # fmt: skip
    if draw.random() < 0.3:
        draw.choice([said["meta"], said["data"], said])[
            draw.choice(["total", "next", "items", "data", "as_of"])
        ] = anything(draw)
    return said


def outcome(ask: Callable[[Mapping[str, str]], Any], spec: PageDataset) -> tuple[str, str]:
    """How a walk ends, and what it says."""
    count, total = 0, None
    try:
        for page in walk(ask, spec, LIMITS, known=("title_no", "area")):
            count += page.rows.num_rows
            total = page.said.total
    except Changed:
        return "changed", ""
    except SourceLied as error:
        return "lied", str(error)
    assert count == total
    return "whole", ""


def test_thousands_of_answers_right_and_wrong() -> None:
    draw = random.Random(20260520)
    specs = [pages(path, as_of="meta.as_of") for path in ("pages", "cursor", "whole")]
    ends = {"whole": 0, "changed": 0, "lied": 0}
    for _ in range(2_000):
        spec = draw.choice(specs)

        def ask(step: Mapping[str, str]) -> Any:
            assert all(isinstance(v, str) and v for v in step.values())
            return answer(draw)

        end, line = outcome(ask, spec)
        ends[end] += 1
        assert NUMBER not in line
    assert min(ends.values()) > 100


def test_pages_without_rows_and_without_end() -> None:
    spec = pages("cursor", total=None)
    asked = []

    def ask(step: Mapping[str, str]) -> Any:
        asked.append(step)
        return {"meta": {"next": f"c{len(asked)}"}, "data": {"items": []}}

    with pytest.raises(SourceLied, match="翻了 100 页仍没有尽头"):
        list(walk(ask, spec, Limits(), known=()))
    assert len(asked) == 100
