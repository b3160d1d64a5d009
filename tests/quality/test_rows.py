"""Row rules over whole tables: what stands, what is held back and why, what is only noticed."""

import polars as pl
import pytest

from household.identity.numbers import number_of_key
from household.schema.datasets import DATASETS
from quality.reasons import NOTES, REASONS, UNREADABLE, reason_sentence
from quality.rows import QUARANTINE_SCHEMA, examine, typed_schema
from quality.rows_masks import mask_value

OWNER = number_of_key(99010119800301101)
VALID = {
    "public_security.vehicle": {
        "plate_no": "A1",
        "plate_type": "小型汽车",
        "owner_id_no": OWNER,
        "owner_name": "王建国",
        "status": "正常",
    },
    "tax.income": {
        "id_no": OWNER,
        "name": "王建国",
        "item": "工资薪金",
        "month": "2025-01",
        "amount": "100",
    },
    "medical_insurance.settlement": {
        "settlement_no": "S1",
        "id_no": OWNER,
        "name": "王建国",
        "settled_on": "2025-01-02",
        "total": "10",
        "basic_paid": "5",
    },
    "approval.member": {
        "application_id": "X1",
        "member_no": "1",
        "name": "王建国",
        "relation": "self",
        "role": "member",
    },
    "approval.application": {
        "application_id": "X1",
        "programme": "dibao",
        "region_code": "990101001",
        "urban_rural": "城镇",
        "applied_on": "2025-01-02",
        "commissioned_by": "示范县民政局",
    },
}


def table(name, *rows, **extra):
    columns = [c.name for c in DATASETS[name].columns]
    full = [VALID[name] | row for row in rows]
    frame = pl.DataFrame(
        {c: [row.get(c) for row in full] for c in columns}, schema=dict.fromkeys(columns, pl.String)
    )
    lines = pl.int_range(2, len(rows) + 2, dtype=pl.Int32, eager=True).alias("_line")
    return frame.with_columns(lines, *(pl.Series(k, v) for k, v in extra.items()))


def outcome(name, *rows, **extra):
    return examine(DATASETS[name], table(name, *rows, **extra))


def held(examined):
    return examined.quarantined.select("line", "column", "reason_code").rows()


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_every_dataset_has_a_typed_frame(name):
    columns = [c.name for c in DATASETS[name].columns]
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String) | {"_line": pl.Int32})
    examined = examine(DATASETS[name], empty)
    assert examined.accepted.schema == pl.Schema(typed_schema(DATASETS[name]))
    assert examined.quarantined.schema == pl.Schema(QUARANTINE_SCHEMA)
    assert examined.noted == {}


def test_typed_rows_carry_key_and_origin():
    (row,) = outcome("tax.income", {"month": "202501"}).accepted.iter_rows(named=True)
    assert row["id_no__key"] == 99010119800301101
    assert row["_line"] == 2
    assert row["_record_key"] == f"{OWNER}|工资薪金|202501||"
    assert str(row["month"]) == "2025-01-01"


def test_fifteen_digits_and_letters_get_their_keys():
    old = OWNER[:6] + OWNER[8:17]
    examined = outcome(
        "approval.member",
        *({"member_no": f"{i}", "id_no": n} for i, n in enumerate([old, "G1234567", None])),
    )
    assert examined.accepted["id_no__key"].to_list() == [99010119800301101, None, None]


def test_first_bad_column_is_the_reason_and_one_row_is_held_once():
    examined = outcome(
        "public_security.vehicle",
        {"plate_no": "A1"},
        {"plate_no": "A2", "first_registered_on": "2024-02-30", "value": "x"},
        {"plate_no": "A3", "owner_name": "  ", "value": "-1"},
        {"plate_no": "A4", "owner_id_no": "9.90101E+17"},
        {"plate_no": "A1"},
        {"plate_no": "A5", "value": "-0.01"},
        {"plate_no": None, "status": None},
    )
    assert held(examined) == [
        (3, "first_registered_on", "unreadable_date"),
        (4, "owner_name", "required"),
        (5, "owner_id_no", "scientific_notation"),
        (6, "plate_no", "duplicate_key"),
        (7, "value", "negative"),
        (8, "plate_no", "required"),
    ]
    assert examined.accepted["_line"].to_list() == [2]


def test_keys_repeat_by_value_not_by_text():
    examined = outcome(
        "tax.income", {}, {"month": "2025年1月"}, {"id_no": f" {OWNER}"}, {"payer": "甲"}
    )
    assert held(examined) == [(3, "id_no", "duplicate_key"), (4, "id_no", "duplicate_key")]


def test_a_bad_row_does_not_claim_its_key():
    examined = outcome("tax.income", {"amount": "x"}, {}, {})
    assert held(examined) == [(2, "amount", "unreadable_amount"), (4, "id_no", "duplicate_key")]


def test_negative_only_as_the_catalogue_allows():
    tax = outcome("tax.income", {"amount": "-1"}, {"amount": "-1", "item": " 经营所得 "})
    assert held(tax) == [(2, "amount", "negative")]
    refund = {"total": "-1", "basic_paid": "-1", "other_paid": "-1"}
    medical = outcome(
        "medical_insurance.settlement",
        refund | {"settlement_no": "S1"},
        refund | {"settlement_no": "S2", "refund_of": "S0"},
        refund | {"settlement_no": "S3", "refund_of": " "},
    )
    assert held(medical) == [(2, "total", "negative"), (4, "total", "negative")]
    assert [str(v) for v in medical.accepted["total"]] == ["-1.00"]


def test_unknown_is_never_zero():
    examined = outcome("public_security.vehicle", {}, {"plate_no": "A2", "value": "0"})
    assert [v if v is None else str(v) for v in examined.accepted["value"]] == [None, "0.00"]


def test_broken_rows_come_first():
    examined = outcome("tax.income", {}, {"amount": "x"}, _broken=[None, "stray_quote"])
    assert held(examined) == [(3, "", "stray_quote")]


def test_date_values_in_month_columns():
    name = "tax.income"
    rows = (
        {"month": "2025-01-31"},
        {"month": "2025-02-28", "payer": "甲"},
        {"month": "2025-03-01", "payer": "乙"},
    )
    examined = outcome(name, *rows, _dated_month=[True, True, False])
    assert [str(m) for m in examined.accepted["month"]] == ["2025-01-01", "2025-02-01"]
    assert held(examined) == [(4, "month", "unreadable_month")]
    assert "2025-01-31" in examined.accepted["_record_key"][0]


def test_text_is_kept_as_sent_but_for_its_edges():
    examined = outcome(
        "public_security.vehicle", {"model": "　ＡＢ c "}, {"plate_no": "A2", "model": " "}
    )
    assert examined.accepted["model"].to_list() == ["ＡＢ c", None]


def test_conditional_requirements_are_noted_and_stand():
    member = outcome(
        "approval.member",
        {"role": "excluded"},
        {"member_no": "2", "role": "不计入成员", "excluded_reason": "prison"},
    )
    assert member.accepted.height == 2
    assert member.noted == {("excluded_reason", "conditionally_missing"): 1}
    application = outcome("approval.application", {"programme": "temp_emergency"})
    assert application.noted == {("temp_cause", "conditionally_missing"): 1}


def test_what_is_noticed_is_counted_and_never_repaired():
    bad_check = OWNER[:17] + ("0" if OWNER[17] != "0" else "1")
    rows = [
        {"id_no": bad_check},
        {"id_no": OWNER[:6] + "********" + OWNER[14:]},
        {"id_no": "990101198003011000"},
        {"id_no": OWNER[1:]},
        {"id_no": "G1234567"},
        {"name": "古丽•买买提", "payer": "1"},
        {"name": "王 建国", "payer": "2"},
        {"item": "稿酬", "amount": "1.005"},
    ]
    examined = outcome("tax.income", *rows)
    assert examined.noted == {
        ("amount", "excess_precision"): 1,
        ("id_no", "invalid_check_digit"): 1,
        ("id_no", "masked_number"): 1,
        ("id_no", "other_document"): 1,
        ("id_no", "short_number"): 1,
        ("id_no", "trailing_zeros_suspect"): 1,
        ("item", "term_unknown"): 1,
        ("name", "inner_space"): 1,
        ("name", "interpunct_variant"): 1,
    }
    assert examined.accepted["id_no"][0] == bad_check
    assert examined.accepted["id_no__key"][:5].to_list() == [None] * 5
    assert examined.accepted["name"][5] == "古丽•买买提"
    assert "姓名间隔号写法不一 1 处" in examined.remark


def test_accepted_and_held_are_all_rows():
    rows = [
        {"id_no": i, "amount": a, "payer": f"{k}"}
        for k, (i, a) in enumerate([(OWNER, "1"), (None, "1"), (OWNER, "x"), ("1E+17", None)])
    ]
    examined = outcome("tax.income", *rows, *rows)
    assert examined.accepted.height + examined.quarantined.height == 8
    lines = [*examined.accepted["_line"], *examined.quarantined["line"]]
    assert sorted(lines) == list(range(2, 10))


def test_no_personal_value_is_shown():
    phone = "13900001111"
    examined = outcome(
        "public_security.vehicle",
        {"plate_no": "A1", "owner_id_no": "9.90101E+17"},
        {"plate_no": "A2", "value": OWNER},
        {"plate_no": "A3", "value": "王建国"},
        {"plate_no": "A4", "first_registered_on": f"电话{phone}"},
        {"plate_no": "A5"},
        {"plate_no": "A5"},
        {"plate_no": "A6", "first_registered_on": "2024年2月30日"},
    )
    shown = " ".join(v or "" for v in examined.quarantined["value_masked"])
    for secret in (OWNER, "王建国", "建国", phone, OWNER[6:14]):
        assert secret not in shown
    assert "2024年2月30日" in shown


@pytest.mark.parametrize(
    ("column", "text", "shown"),
    [
        ("owner_id_no", OWNER, "990***10"),
        ("owner_id_no", "123", "1*"),
        ("owner_name", "王建国", "王*"),
        ("plate_no", "990A1234", "990***34"),
        ("value", "1,200", "1,200"),
        ("value", "1" * 60, "111***11"),
        ("first_registered_on", "2024-02-30", "2024-02-30"),
        ("first_registered_on", "昨天登记的", "昨*"),
        ("value", "", None),
        ("value", None, None),
    ],
)
def test_masks(column, text, shown):
    assert mask_value(DATASETS["public_security.vehicle"][column], text) == shown


def test_every_reason_is_a_sentence_that_says_what_to_do():
    assert set(UNREADABLE.values()) <= REASONS.keys()
    for code in REASONS:
        sentence = reason_sentence(code, "列名")
        assert "；" in sentence
        assert "{" not in sentence
    with pytest.raises(KeyError):
        reason_sentence("no_such_reason", "x")


def test_every_note_has_its_words():
    assert all(words and "{" not in words for words in NOTES.values())
