"""Masks show enough to find the row and never enough to know the person."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from household.schema import masking
from household.schema.column import Kind
from household.schema.datasets import DATASETS

NUMBER = "990101198502011234"
COLUMNS = [c for d in DATASETS.values() for c in d.columns]
PERSONAL = [c for c in COLUMNS if c.personal or c.kind is Kind.ID_NO]


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (masking.mask_id_no, NUMBER, "990*************34"),
        (masking.mask_id_no, " 99010119850201123X ", "990*************3X"),
        (masking.mask_id_no, "990101850201123", "990**********23"),
        (masking.mask_id_no, "G123456", "G******"),
        (masking.mask_id_no, "", "*"),
        (masking.mask_name, "张三丰", "张＊"),
        (masking.mask_name, "买买提·吐尔逊", "买＊"),
        (masking.mask_name, "张", "＊"),
        (masking.mask_name, "", "＊"),
        (masking.mask_account, "6217000012345678", "****5678"),
        (masking.mask_account, "12345678", "****"),
        (masking.mask_phone, "13800001234", "138******34"),
        (masking.mask_address, "示范县东街村三组12号", "示范县＊"),
        (masking.mask_address, "东街", "东＊"),
        (masking.mask_birth_date, "1985-02-01", "1985-**-**"),
        (masking.mask_birth_date, "二月一日", "＊"),
        (masking.mask_open, "小型汽车", "小型汽车"),
        (masking.mask_open, f"转自{NUMBER}", "转自990*************34"),
        (masking.mask_open, "１３８００００１２３４", "138******34"),
        (masking.mask_open, "字" * 50, "字" * 39 + "…"),
    ],
)
def test_masks(mask: object, value: str, shown: str) -> None:
    assert callable(mask)
    assert mask(value) == shown


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("public_security.population:name", "张三丰", "张＊"),
        ("public_security.population:birth_date", "1985/2/30", "1985-**-**"),
        ("public_security.population:hukou_no", "99010100012345", "990*********45"),
        ("banking.account:account_no", "6217000012345678", "****5678"),
        ("civil_affairs.payment:account_holder", "张三丰", "张＊"),
        ("approval.member:phone", "13800001234", "138******34"),
        ("approval.member:address", "示范县东街村三组12号", "示范县＊"),
        ("tax.income:amount", "12,34.5元", "12,34.5元"),
        ("tax.income:amount", "张三丰", "张＊"),
        ("tax.income:amount", NUMBER, "990*************34"),
        ("tax.income:month", "2026年13月", "2026年13月"),
        ("civil_affairs.payment:paid_on", "20261345", "20261345"),
        ("approval.application:programme", "低保户", "低保户"),
        ("market_regulation.entity:entity_name", "示范粮油店", "示范粮油店"),
    ],
)
def test_a_cell_is_masked_by_its_declaration(column: str, value: str, shown: str) -> None:
    dataset, name = column.split(":")
    assert masking.mask_cell(value, DATASETS[dataset][name]) == shown


@pytest.mark.parametrize("column", COLUMNS, ids=lambda c: c.name)
def test_no_column_shows_an_identity_number_or_a_telephone(column: object) -> None:
    for value in (NUMBER, "13800001234", f"x{NUMBER}y", NUMBER[:17] + "X"):
        assert value not in masking.mask_cell(value, column)  # type: ignore[arg-type]
        assert "19850201" not in masking.mask_cell(value, column)  # type: ignore[arg-type]


@given(st.text(min_size=2, max_size=60), st.sampled_from(PERSONAL))
def test_a_personal_cell_never_shows_more_than_five_characters(value: str, column: object) -> None:
    shown = masking.mask_cell(value, column)  # type: ignore[arg-type]
    kept = shown.replace("*", "").replace("＊", "").replace("-", "")
    assert len(kept) <= 5
    assert len(value.strip()) < 2 or shown != value.strip() or set(shown) <= set("*＊-")


def test_series_keep_nulls_and_equal_the_single_mask() -> None:
    values = pl.Series("v", ["张三丰", None, ""])
    assert masking.mask_names(values).to_list() == ["张＊", None, "＊"]
    assert masking.mask_id_numbers(pl.Series([NUMBER, None])).to_list() == [
        masking.mask_id_no(NUMBER),
        None,
    ]
    column = DATASETS["approval.member"]["phone"]
    shown = masking.mask_series(pl.Series(["13800001234"]), column)
    assert shown.to_list() == ["138******34"]
