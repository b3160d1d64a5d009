"""Which errors Dagster tries again, and what of an error is ever written down."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from household.errors import InputError, OutsideError
from pipelines.guard import guarded
from pipelines.settings import Order
from pipelines.trouble import TROUBLE
from pipelines.workplace import Workplace

if TYPE_CHECKING:
    from pathlib import Path


def workplace(tmp_path: Path, *, retries: int) -> Workplace:
    return Workplace(Order(tmp_path, tmp_path / "w.duckdb", date(2026, 5, 20)), retries=retries)


def test_an_outside_reason_is_tried_again(tmp_path: Path) -> None:
    work = workplace(tmp_path, retries=3)
    with pytest.raises(dg.RetryRequested) as asked, guarded(work):
        raise OutsideError("磁盘已满", "请清理")
    assert asked.value.max_retries == 3
    assert isinstance(work.trouble, OutsideError)


@pytest.mark.parametrize(
    ("error", "retries"), [(InputError("坏文件", "请重报"), 3), (OutsideError("忙", "请等"), 0)]
)
def test_the_rest_ends_the_run_in_one_line(
    tmp_path: Path, error: InputError | OutsideError, retries: int
) -> None:
    work = workplace(tmp_path, retries=retries)
    with pytest.raises(dg.Failure) as failed, guarded(work):
        raise error
    assert failed.value.description == str(error)
    assert not failed.value.allow_retries


def test_another_error_keeps_its_text_to_itself(tmp_path: Path) -> None:
    work, number = workplace(tmp_path, retries=3), "99010119000101019X"
    with pytest.raises(dg.Failure) as failed, guarded(work):
        raise ValueError(number)
    written = (work.store.root / TROUBLE).read_text("utf-8")
    assert "ValueError" in written
    assert "test_pipelines_guard.py" in written
    for said in (str(failed.value.description), written):
        assert number not in said
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
