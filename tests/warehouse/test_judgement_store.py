"""The casework store: append-only, private, and one clear line when it is locked, damaged or a stranger's."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from household.errors import InputError, OutsideError
from household.linkage.judgements import Judgement
from household.linkage.review import BATCH_SCHEMA
from warehouse.casework import casework_file, open_casework
from warehouse.errors import BusyError, NotOursError
from warehouse.judgements import add_batch, add_judgements, read_batches, read_judgements

if TYPE_CHECKING:
    from pathlib import Path

SAID = Judgement(
    "tax.income", "99K|工资薪金", "P1", "same", "王某", "核对了身份证", "2026-05-20T09:30:00"
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return casework_file(tmp_path / "county.store")


def test_no_store_is_an_empty_log_and_reading_makes_none(store: Path) -> None:
    assert read_judgements(store).is_empty()
    assert read_batches(store).is_empty()
    assert not store.exists()


def test_the_log_keeps_every_answer_in_the_order_of_entry(store: Path) -> None:
    changed = replace(SAID, answer="not_same", clerk=" 王某 ", decided_at="2020-01-01")
    assert add_judgements(store, [SAID]) == 1
    assert add_judgements(store, [changed, SAID]) == 2
    log = read_judgements(store)
    assert log["judgement_id"].to_list() == [1, 2, 3]
    assert log["answer"].to_list() == ["same", "not_same", "same"]
    assert log["clerk"].unique().to_list() == ["王某"]
    assert log["decided_at"][1] == "2020-01-01T00:00:00"
    assert log["batch"].null_count() == 3


@pytest.mark.parametrize("table", ["judgement", "review_pair"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET person_ref = 'P2'"])
def test_nothing_entered_can_be_changed(store: Path, table: str, change: str) -> None:
    add_judgements(store, [SAID])
    add_batch(store, a_batch())
    stranger = sqlite3.connect(store)  # whoever asks, with whatever program
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(change.format(table))
    stranger.close()


def test_replacing_a_row_is_changing_it(store: Path) -> None:
    add_judgements(store, [SAID])
    with (
        pytest.raises(Exception, match="无法读写"),
        open_casework(store) as connection,
    ):
        connection.execute(
            "INSERT OR REPLACE INTO judgement SELECT 1, dataset, record_key, 'P2', answer,"
            " clerk, reason, decided_at, source, batch FROM judgement"
        )
    assert read_judgements(store)["person_ref"].to_list() == ["P1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "perhaps"},
        {"clerk": "  "},
        {"reason": ""},
        {"decided_at": "yesterday"},
        {"dataset": "no.such"},
        {"source": "model"},
    ],
)
def test_an_incomplete_judgement_is_refused_and_none_of_its_company_is_kept(
    store: Path, wrong: dict[str, str]
) -> None:
    with pytest.raises(InputError) as refusal:
        add_judgements(store, [SAID, replace(SAID, **wrong)])
    assert "99K" not in str(refusal.value)
    assert read_judgements(store).is_empty()


def test_the_file_is_for_its_owner_only(store: Path) -> None:
    add_judgements(store, [SAID])
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.parent.stat().st_mode) == 0o700


def test_a_locked_store_is_refused_in_one_line_and_readers_go_on(store: Path) -> None:
    add_judgements(store, [SAID])
    with open_casework(store) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert len(read_judgements(store)) == 1
        with (
            pytest.raises(BusyError, match="正被另一个程序写入") as refusal,
            open_casework(store, wait=0.01) as late,
        ):
            late.execute("BEGIN IMMEDIATE")
    assert isinstance(refusal.value, OutsideError)
    assert "\n" not in str(refusal.value)


def test_a_damaged_store_is_told_and_left_as_it_is(store: Path) -> None:
    store.parent.mkdir()
    store.write_bytes(b"not a database" * 100)
    with pytest.raises(NotOursError, match="已损坏"):
        read_judgements(store)
    with pytest.raises(NotOursError, match="已损坏"):
        add_judgements(store, [SAID])
    assert store.read_bytes() == b"not a database" * 100


def test_a_stranger_s_database_is_refused(store: Path) -> None:
    store.parent.mkdir()
    stranger = sqlite3.connect(store)
    stranger.execute("CREATE TABLE theirs (x)")
    stranger.close()
    with pytest.raises(NotOursError, match="不是本程序的文件"):
        add_judgements(store, [SAID])


def test_a_later_version_s_store_is_refused(store: Path) -> None:
    add_judgements(store, [SAID])
    later = sqlite3.connect(store)
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(NotOursError, match="另一版本"):
        read_judgements(store)


def test_a_sample_is_kept_once(store: Path) -> None:
    add_batch(store, a_batch())
    add_batch(store, a_batch().reverse())
    assert len(read_batches(store)) == 2
    with pytest.raises(InputError, match="另一份样本"):
        add_batch(store, a_batch().with_columns(pl.lit("D").alias("tier")))


def a_batch() -> pl.DataFrame:
    rows = [
        ("S1", code, "R1", "tax.income", code, "P1", "C", "收入", "汉字短名", "C/收入", 9, 2)
        for code in ("c1", "c2")
    ]
    return pl.DataFrame(rows, schema=BATCH_SCHEMA, orient="row")
