"""Judgements and samples in the store, in both databases: added whole or not at all, kept in their order, never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
import sqlalchemy as sa

from casework.errors import CaseworkError, RefusedError
from casework.judgements import add_batch, add_judgements, read_batches, read_judgements
from casework.store import exists, open_store
from household.errors import InputError
from household.linkage.judgements import Judgement, log_digest
from household.linkage.review import BATCH_SCHEMA

if TYPE_CHECKING:
    from casework.store import Address

SAID = Judgement(
    "tax.income", "99K|工资薪金", "P1", "same", "王某", "核对了身份证", "2026-05-20T09:30:00"
)


def test_no_store_is_an_empty_log_and_reading_makes_none(file: Address) -> None:
    assert read_judgements(file).is_empty()
    assert read_batches(file).is_empty()
    assert not exists(file)


def test_the_log_keeps_every_answer_in_the_order_of_entry(place: Address) -> None:
    changed = replace(SAID, answer="not_same", clerk=" 王某 ", decided_at="2020-01-01")
    assert add_judgements(place, [SAID]) == 1
    assert add_judgements(place, [changed, SAID]) == 2
    log = read_judgements(place)
    assert log["judgement_id"].to_list() == [1, 2, 3]
    assert log["answer"].to_list() == ["same", "not_same", "same"]
    assert log["clerk"].unique().to_list() == ["王某"]
    assert log["decided_at"][1] == "2020-01-01T00:00:00"
    assert log["batch"].null_count() == 3


def test_the_digest_is_that_of_the_stores_before_there_were_revisions(place: Address) -> None:
    add_judgements(place, [SAID, SAID])
    assert log_digest(read_judgements(place)) == (
        "00b3292080982f9fd0daf0344e5cc786323d3d0aed63519b218554311839f45d"
    )


@pytest.mark.parametrize("table", ["judgement", "review_pair"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET person_ref = 'P2'"])
def test_nothing_entered_can_be_changed(place: Address, table: str, change: str) -> None:
    add_judgements(place, [SAID])
    add_batch(place, a_batch())
    with (
        pytest.raises(RefusedError, match="无法读写") as refusal,
        open_store(place) as opened,
        opened.writing() as connection,
    ):
        connection.execute(sa.text(change.format(table)))
    assert "P2" not in str(refusal.value)
    assert read_judgements(place)["person_ref"].to_list() == ["P1"]


def test_replacing_a_row_is_changing_it(place: Address) -> None:
    add_judgements(place, [SAID])
    columns = "dataset, record_key, person_ref, answer, clerk, reason, decided_at, source, batch"
    said = "'tax.income', '99K', 'P2', 'same', '王某', '无', '2026-05-20T09:30:00', 'review', NULL"
    sqlite = f"INSERT OR REPLACE INTO judgement (judgement_id, {columns}) VALUES (1, {said})"
    postgresql = (
        f"INSERT INTO judgement (judgement_id, {columns}) VALUES (1, {said})"
        " ON CONFLICT (judgement_id) DO UPDATE SET person_ref = 'P2'"
    )
    with (
        pytest.raises(CaseworkError, match="无法读写"),
        open_store(place) as opened,
        opened.writing() as connection,
    ):
        connection.execute(sa.text(postgresql if place.file is None else sqlite))
    assert read_judgements(place)["person_ref"].to_list() == ["P1"]


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
    place: Address, wrong: dict[str, str]
) -> None:
    with pytest.raises(InputError) as refusal:
        add_judgements(place, [SAID, replace(SAID, **wrong)])
    assert "99K" not in str(refusal.value)
    assert read_judgements(place).is_empty()


def test_a_sample_is_kept_once(place: Address) -> None:
    add_batch(place, a_batch())
    add_batch(place, a_batch().reverse())
    assert len(read_batches(place)) == 2
    with pytest.raises(InputError, match="另一份样本"):
        add_batch(place, a_batch().with_columns(pl.lit("D").alias("tier")))


def a_batch() -> pl.DataFrame:
    rows = [
        ("S1", code, "R1", "tax.income", code, "P1", "C", "收入", "汉字短名", "C/收入", 9, 2)
        for code in ("c1", "c2")
    ]
    return pl.DataFrame(rows, schema=BATCH_SCHEMA, orient="row")
