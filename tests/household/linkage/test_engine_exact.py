"""The exact pass: a valid number on both sides, and the same name."""

from __future__ import annotations

import polars as pl

from household.linkage.engine.exact import Exact, match_exactly


def matched(
    left: list[tuple[int, int | None, str | None]], right: list[tuple[int, int | None, str | None]]
) -> Exact:
    types = {"key": pl.Int64, "name": pl.String}
    return match_exactly(
        pl.DataFrame(left, schema={"row": pl.Int64, **types}, orient="row"),
        pl.DataFrame(right, schema={"person": pl.Int64, **types}, orient="row"),
    )


def test_number_and_name_settle_a_row() -> None:
    found = matched(
        [
            (0, 5, "张伟"),
            (1, 5, "張 偉"),
            (2, 5, "李四"),
            (3, 6, "张伟"),
            (4, None, "张伟"),
            (5, 5, None),
        ],
        [(100, 5, "张伟"), (101, None, "张伟")],
    )
    assert sorted(found.settled.rows()) == [(0, 100), (1, 100)]
    assert sorted(found.named_otherwise.rows()) == [(2, 100), (5, 100)]
    assert found.unmatched.tolist() == [3]
    assert found.open.tolist() == [4]


def test_one_of_several_names_is_enough() -> None:
    found = matched([(0, 5, "张伟"), (0, 5, "旧名")], [(100, 5, "别名"), (100, 5, "旧名")])
    assert found.settled.rows() == [(0, 100)]
    assert found.named_otherwise.rows() == []


def test_a_number_that_two_people_have_stands_for_both() -> None:
    found = matched([(0, 5, "张伟")], [(100, 5, "张伟"), (101, 5, "李四")])
    assert found.settled.rows() == [(0, 100)]
    assert found.named_otherwise.rows() == [(0, 101)]


def test_missing_names_are_no_equal_names() -> None:
    found = matched([(0, 5, None), (1, 5, "")], [(100, 5, None), (101, 5, "")])
    assert (0, 100) not in found.settled.rows()
    assert len(found.settled) == 0 or found.settled.rows() == [(1, 101)]


def test_empty_sides() -> None:
    for left, right in (([], []), ([(0, 5, "张伟")], []), ([], [(100, 5, "张伟")])):
        found = matched(left, right)
        assert len(found.settled) == len(found.named_otherwise) == 0
        assert found.unmatched.tolist() == list(range(len(left)))
        assert found.open.tolist() == []
