from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from core_frames import AS_OF, core, ledger, line, number

from household.schema.datasets import DATASETS
from quality.profile import Profile, profile

POPULATION = DATASETS["public_security.population"]
VEHICLE = DATASETS["public_security.vehicle"]
MEMBER = DATASETS["approval.member"]
SETTLEMENT = DATASETS["medical_insurance.settlement"]
INCOME = DATASETS["tax.income"]
CONTRIBUTION = DATASETS["human_resources.contribution"]


def taken(dataset: Any, frame: pl.DataFrame, **given: Any) -> Profile:
    lines = ledger(line(dataset, len(frame)))
    return profile(dataset, frame.lazy(), ledger=lines, as_of=AS_OF, **given)


def counts(profile: Profile, column: str) -> dict[str, Any]:
    return profile.columns.row(by_predicate=pl.col("column") == column, named=True)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_every_dataset_has_one_line_a_column_and_sound_data_counts_nothing_wrong(
    dataset: Any,
) -> None:
    found = taken(dataset, core(dataset))
    assert found.columns["column"].to_list() == [c.name for c in dataset.columns]
    assert found.columns["present"].all()
    assert found.columns["typed"].all()
    for count in ("nulls", "out_of_terms", "invalid", "negative", "ahead", "shared_numbers"):
        assert found.columns[count].sum() == 0, count
    assert found.fact["key_repeats"] == 0
    assert found.fact["rows"] == 4


def test_empty_text_and_null_are_both_missing() -> None:
    found = taken(POPULATION, core(POPULATION, name=[None, "", "甲", "乙"]))
    assert counts(found, "name")["nulls"] == 2


def test_numbers_are_told_apart_into_valid_masked_invalid_and_absent() -> None:
    wrong = number(1)[:17] + ("0" if number(1)[17] != "0" else "1")
    ids = [number(0), wrong, "990101********1234", None]
    found = taken(MEMBER, core(MEMBER, 4, id_no=ids, id_type=[None] * 4))
    got = counts(found, "id_no")
    assert (got["numbers"], got["invalid"], got["masked"]) == (3, 1, 1)


def test_another_documents_number_is_not_an_invalid_one() -> None:
    found = taken(
        MEMBER,
        core(
            MEMBER,
            3,
            id_no=["E12345678", "E12345679", "E1234567X"],
            id_type=["护照", "居民身份证", None],
        ),
    )
    got = counts(found, "id_no")
    assert (got["numbers"], got["invalid"]) == (2, 2)


def test_one_number_under_two_names_is_counted_in_normal_form() -> None:
    ids = [number(0), number(0), number(1), number(1), number(2)]
    names = ["买买提·艾力", "买买提艾力", "张三", "李四", "王五"]
    found = taken(CONTRIBUTION, core(CONTRIBUTION, 5, id_no=ids, name=names))
    got = counts(found, "id_no")
    assert (got["shared_numbers"], got["keyed_numbers"]) == (1, 3)


def test_terms_outside_the_list_are_counted_and_empty_ones_are_not() -> None:
    found = taken(VEHICLE, core(VEHICLE, 3, use=["非营运", "自用", None]))
    assert counts(found, "use")["out_of_terms"] == 1


def test_dates_after_the_extract_are_counted_unless_they_look_forward() -> None:
    late = [date(2026, 4, 30), date(2026, 5, 1), None]
    found = taken(POPULATION, core(POPULATION, 3, cancelled_on=late))
    assert counts(found, "cancelled_on")["ahead"] == 1
    certificate = DATASETS["disabled_federation.certificate"]
    found = taken(certificate, core(certificate, 1, valid_to=[date(2035, 1, 1)]))
    assert counts(found, "valid_to")["ahead"] is None


def test_refunds_and_business_income_may_be_negative() -> None:
    money = [Decimal("-1.00"), Decimal("-1.00")]
    found = taken(SETTLEMENT, core(SETTLEMENT, 2, total=money, refund_of=["S1", None]))
    assert counts(found, "total")["negative"] == 1
    found = taken(INCOME, core(INCOME, 2, amount=money, item=["经营所得", "工资薪金"]))
    assert counts(found, "amount")["negative"] == 1


def test_repeated_keys_are_counted_with_null_equal_to_null() -> None:
    same = {key: [None, None, None] for key in ("employer_uscc", "employer")}
    found = taken(CONTRIBUTION, core(CONTRIBUTION, 3, id_no=[number(0)] * 3, **same))
    assert found.fact["key_repeats"] == 2


def test_a_dropped_or_retyped_column_is_seen_and_the_rest_is_still_counted() -> None:
    frame = core(VEHICLE).drop("status", "_part").with_columns(pl.col("value").cast(pl.Float64))
    found = taken(VEHICLE, frame)
    assert counts(found, "status")["present"] is False
    assert counts(found, "status")["nulls"] is None
    assert (counts(found, "value")["present"], counts(found, "value")["typed"]) == (True, False)
    assert counts(found, "value")["negative"] is None
    assert found.fact["hand_off_missing"] == 1
    assert counts(found, "owner_name")["nulls"] == 0


def test_without_a_key_column_the_key_cannot_be_told_unique() -> None:
    assert taken(VEHICLE, core(VEHICLE).drop("plate_no")).fact["key_repeats"] is None


def test_fill_rates_of_the_run_before_are_remembered() -> None:
    before = taken(VEHICLE, core(VEHICLE, 4, model=["甲", "乙", "丙", None]))
    found = taken(VEHICLE, core(VEHICLE), previous=before)
    assert counts(found, "model")["previous_filled_share"] == 0.75
    assert counts(taken(VEHICLE, core(VEHICLE)), "model")["previous_filled_share"] is None


def test_notes_are_listed_most_frequent_first() -> None:
    noted = {("name", "inner_space"): 2, ("id_no", "lost_zero"): 5, ("use", "term_unknown"): 0}
    found = taken(VEHICLE, core(VEHICLE), noted=noted)
    assert found.fact["noted"] == 7
    assert found.fact["noted_text"] == "id_no lost_zero 5; name inner_space 2"


def test_notes_with_a_check_of_their_own_are_not_counted_twice() -> None:
    noted = {("owner_id_no", "masked_number"): 5, ("use", "term_unknown"): 1}
    assert taken(VEHICLE, core(VEHICLE), noted=noted).fact["noted"] == 0


def test_survives_json() -> None:
    found = taken(VEHICLE, core(VEHICLE), noted={("name", "inner_space"): 2})
    again = Profile.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again.columns.equals(found.columns)
    assert again.facts.equals(found.facts)
    assert again.facts.schema == found.facts.schema


def test_an_empty_core_frame_is_profiled() -> None:
    found = profile(
        VEHICLE, core(VEHICLE).clear().lazy(), ledger=ledger(line(VEHICLE, 0)), as_of=AS_OF
    )
    assert found.fact["rows"] == 0
    assert found.fact["key_repeats"] == 0
    assert found.fact["quarantined_share"] is None


def test_a_period_that_ends_before_it_begins_is_counted() -> None:
    benefit = DATASETS["civil_affairs.benefit"]
    begins = [date(2026, 3, 1)] * 4
    ends = [date(2026, 2, 1), date(2026, 3, 1), None, date(2026, 4, 1)]
    found = taken(benefit, core(benefit, from_month=begins, to_month=ends))
    assert counts(found, "to_month")["backwards"] == 1
    assert counts(found, "from_month")["backwards"] is None
