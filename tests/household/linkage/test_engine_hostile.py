"""What nobody should send, and somebody will: the engine takes it, in bounded time, and links nobody by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from engine_cases import COLUMNS, FIELDS, WHOLE, level, people, plan, rows

from household.errors import InputError
from household.linkage.engine import blocking
from household.linkage.engine.dates import encode_dates
from household.linkage.engine.kinds import KINDS
from household.linkage.engine.linking import Links, link, train
from household.linkage.engine.model import shipped_model

HOW = plan()
REGISTER = plan(once=True)
MODEL = shipped_model(HOW, population=1000)
ZHANG = {
    "name": "张晓伟", "number": WHOLE, "birth": "1990-03-07", "sex": "男", "phone": "13800010002",
    "address": "示范县文明路12号", "region": "990101",
}  # fmt: skip


def linked(left: pl.DataFrame, right: pl.DataFrame) -> Links:
    """Linked once and many times over, and by a model of its own; probabilities must be probabilities."""
    found = link(left, right, HOW, MODEL)
    for links in (found, link(left, right, REGISTER, MODEL)):
        probability = links.scored["probability"]
        assert probability.is_finite().all()
        assert probability.is_between(0, 1).all()
    if len(left) and len(right):
        own = train(left, right, HOW, household=None, origin="hostile")
        assert link(left, right, HOW, own).scored["odds"].is_finite().all()
    return found


def test_empty_sides() -> None:
    for left, right in ((rows(), people()), (rows(ZHANG), people()), (rows(), people(ZHANG))):
        assert len(linked(left, right).best()) == 0


@pytest.mark.parametrize("side", ["rows", "people", "both"])
def test_a_model_of_empty_sides_is_the_shipped_one_or_refused(side: str) -> None:
    left = rows() if side != "people" else rows(ZHANG)
    right = people() if side != "rows" else people(ZHANG)
    try:
        model = train(left, right, HOW, household=None, origin="empty")
    except InputError:
        return
    assert np.isfinite([model.prior, model.relative_prior]).all()


def test_one_row_and_one_person() -> None:
    assert linked(rows(ZHANG), people(ZHANG)).best().select("row", "person").rows() == [(0, 100)]


def test_nothing_but_nulls() -> None:
    assert len(linked(rows({}, {}), people({}, {}, {})).best()) == 0


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_all_empty(column: str) -> None:
    left = rows(ZHANG, ZHANG | {"number": None}).with_columns(pl.lit(None, pl.String).alias(column))
    found = linked(left, people(ZHANG)).best()
    assert found.filter(row=0)["person"].to_list() in ([100], [])
    blank = left.with_columns(pl.lit("").alias(column))
    assert linked(blank, people(ZHANG)).best().rows() == found.rows()


@pytest.mark.parametrize("column", ["name", "birth"])
def test_a_column_of_nulls_without_a_type(column: str) -> None:
    left = rows(ZHANG | {"number": None}).with_columns(pl.lit(None).alias(column))
    assert left.schema[column] == pl.Null
    linked(left, people(ZHANG))


@pytest.mark.parametrize("column", ["number", "sex", "phone", "address", "region"])
def test_a_column_of_nulls_without_a_type_is_one_of_nulls(column: str) -> None:
    left = rows(ZHANG).with_columns(pl.lit(None).alias(column))
    linked(left, people(ZHANG))


def test_a_side_that_does_not_say_which_names_are_former() -> None:
    named = replace(FIELDS["name"], rows=("name", ""), people=("name", "former"))
    how = replace(HOW, fields=(named, *HOW.fields[1:]))
    right = people(ZHANG | {"number": None}).with_columns(pl.lit(value=False).alias("former"))
    found = link(rows(ZHANG), right, how, MODEL)
    assert found.best()["person"].to_list() == [100]


def test_all_rows_identical() -> None:
    found = linked(rows(*[ZHANG | {"number": None}] * 200), people(ZHANG))
    assert len(found.best()) == 200
    assert found.best()["probability"].n_unique() == 1


def test_all_people_identical() -> None:
    found = linked(rows(ZHANG | {"number": None}), people(*[ZHANG] * 200))
    assert found.best()["probability"].to_list() < [1 / 200]
    assert found.scored["probability"].sum() <= 1 + 1e-9


CROWD = 100_000


def test_a_hundred_thousand_rows_of_one_name() -> None:
    """No pair is made of them, which bounds time and memory; that nothing was made is told."""
    left = pl.DataFrame({"row": pl.int_range(CROWD, eager=True)}).with_columns(
        pl.lit("张伟").alias("name"),
        *(pl.lit(None, pl.String).alias(c) for c in COLUMNS if c not in {"name", "region"}),
        pl.lit("990101").alias("region"),
    )
    how = plan(
        blocks=(("name.name",), ("name.sound", "region.region"), ("name.sound", "birth.birth"))
    )
    links = link(left, people(ZHANG | {"name": "张伟"}, {"name": "张伟"}), how, MODEL)
    assert links.crowded == {"name.name": CROWD, "name.sound+region.region": CROWD}
    assert len(links.pairs) == len(links.best()) == 0
    few = link(left.head(blocking.MOST_PAIRS), people(ZHANG | {"name": "张伟"}), how, MODEL)
    assert not few.crowded
    assert len(few.pairs) == blocking.MOST_PAIRS


def test_no_block_makes_more_pairs_than_stated() -> None:
    crowd = 2000
    left = rows(*[{"name": "张伟", "region": "990101"}] * crowd)
    right = people(*[{"name": "张伟", "region": "990101"}] * crowd)
    how = plan(blocks=(("name.name",), ("region.region",), ("name.sound", "region.region")))
    links = link(left, right, how, MODEL)
    assert len(links.pairs) == 0
    assert links.crowded == dict.fromkeys(
        ("name.name", "region.region", "name.sound+region.region"), crowd
    )


def test_a_valid_number_that_a_crowd_bears_makes_no_more_pairs_than_stated() -> None:
    rowful = [{"name": "张伟", "number": WHOLE}] * 1300
    links = link(rows(*rowful), people(*[{"name": "李四", "number": WHOLE}] * 50), HOW, MODEL)
    assert len(links.pairs) <= blocking.MOST_PAIRS
    assert links.crowded


def test_fillers_of_a_number_bring_nobody_together() -> None:
    fillers = ["0" * 18, "9" * 18, "123456789012345678", "无", "-", "*" * 18, "X" * 18]
    names = ["张伟", "李四", "王芳", "赵敏", "钱进", "孙丽", "周杰"]
    left = rows(*({"name": n, "number": f} for n, f in zip(names, fillers, strict=True)))
    right = people(*({"name": n, "number": f} for n, f in zip(names[1:], fillers, strict=False)))
    assert len(linked(left, right).pairs) == 0


ODD_NAMES = {
    "nul": "张\0晓伟",
    "only_nul": "\0\0",
    "line_feed": "张\n晓伟",
    "tab_and_return": "张\t晓\r\n伟",
    "only_spaces": " \u3000\u00a0",
    "only_signs": "···---",
    "brackets": "(((（（",
    "zero_width": "\u200b\u200d\ufeff",
    "right_to_left": "\u202e张晓伟\u202c",
    "combining": "张\u0301晓\u0301伟",
    "emoji": "张👨‍👩‍👧伟",
    "beyond_the_planes": "\U0010ffff\U000f0000",
    "noncharacters": "\ufffe\uffff",
    "replacement": "�晓伟",
    "surrogates_replaced": "张\ud800伟".encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    ),
    "arabic": "محمد",
    "formula": '=CMD("x")',
    "quotes": "'; DROP--\"",
    "regular_expression": ".*[(张",
    "turkish": "İstanbul",
    "ligature": "ﷺ" * 20,
}


@pytest.mark.parametrize("case", ODD_NAMES)
def test_an_odd_name_equals_itself_and_no_other(case: str) -> None:
    name = ODD_NAMES[case]
    assert level("name", name, name) in {"name_equal", "name_missing"}
    assert level("name", name, "欧阳修文") not in {"name_equal", "name_folded", "name_homophone"}


def test_odd_names_are_taken() -> None:
    odd = [{"name": name, "birth": "1990-03-07"} for name in ODD_NAMES.values()]
    linked(rows(*odd, ZHANG), people(*odd, ZHANG))


@pytest.mark.parametrize("case", ["nul", "line_feed", "tab_and_return", "right_to_left"])
def test_what_cannot_be_seen_in_a_name_is_not_there(case: str) -> None:
    assert level("name", ODD_NAMES[case], "张晓伟") == "name_equal"


def test_polars_does_not_hold_half_a_character() -> None:
    with pytest.raises((UnicodeEncodeError, pl.exceptions.PolarsError, TypeError)):
        pl.Series(["张\ud800伟"], dtype=pl.String)


MEGABYTE = 1_000_000


@pytest.mark.parametrize("sign", ["张", "阿", "X", "·", " ", "(", "1", "?", "買"])
def test_a_name_of_a_megabyte(sign: str) -> None:
    size = MEGABYTE // len(sign.encode("utf-8"))
    name = "阿依" + sign * size
    assert level("name", name, name) in {"name_equal", "name_missing"}
    assert level("name", name, "张晓伟") != "name_equal"


@pytest.mark.parametrize("text", ["9" * 6, "*", "X", "9901*", "９", "阿", " "])
def test_a_number_of_a_megabyte(text: str) -> None:
    number = "99" + text * (MEGABYTE // len(text.encode("utf-8")))
    assert level("number", number, WHOLE) != "number_equal"
    assert (
        len(link(rows({"name": "李四", "number": number}), people(ZHANG), HOW, MODEL).best()) == 0
    )


@pytest.mark.parametrize("kind", ["phone", "address", "birth", "sex", "region", "code"])
def test_any_field_of_a_megabyte(kind: str) -> None:
    for text in ("1" * MEGABYTE, "路" * (MEGABYTE // 3), "12号-" * (MEGABYTE // 6)):
        assert level(kind, text, "13800010002") != f"{kind}_equal"


ODD_NUMBERS = (
    "9901\0119900307001", "990101199003070015\n", "٩" * 18, "99010119900307001５", "1E+17", "9.E+17", "9.9010E+99", "-990101199003070015",
    "990101199013400018", "990101000001010010", "99010199991231001X", "****", "*1*2*3*4*", "X99010119900307001", "#", "9" * 21, "é" * 9,
    "六六六六六六", "99010119900307001\u0301", "9 9 0 1 0 1 1 9 9 0 0 3 0 7 0 0 1 5",
)  # fmt: skip


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_an_odd_number_is_read_alike_from_either_side(number: str) -> None:
    for other in (WHOLE, WHOLE[:17], "", None):
        level("number", number, other)  # asserts it


def test_odd_numbers_are_taken() -> None:
    odd = [{"name": "张伟", "number": number} for number in ODD_NUMBERS]
    linked(rows(*odd, ZHANG), people(*odd, ZHANG))


def test_dates_at_the_ends_of_time() -> None:
    odd = [date(1, 1, 1), date(9999, 12, 31), None]
    assert encode_dates(pl.Series(odd)).tolist() == [10101, 99991231, 0]
    far = pl.Series([-800_000, -719_528, 0, 10_000_000], dtype=pl.Int32).cast(pl.Date)
    kind = KINDS["birth"]
    coded = kind.encode([far])
    at = np.arange(len(far))
    codes, _ = kind.compare(coded, at, coded, at)
    assert {kind.comparison.words[c] for c in codes} <= {"birth_equal", "birth_missing"}
    for text in ("0000-00-00", "0000-01-01", "9999-99-99", "-1990-03-07", "1990-02-30", "0" * 50):
        level("birth", text, "1990-03-07")


def test_probabilities_of_a_wild_model_stay_probabilities() -> None:
    wild = replace(MODEL, matched=1e-6, related=1e-6, population=2**40)
    found = link(rows(ZHANG | {"number": None}), people(ZHANG), HOW, wild).scored
    assert found["probability"].is_between(0, 1).all()


def _strange(seed: int) -> dict[str, Any]:
    texts = [*ODD_NAMES.values(), *ODD_NUMBERS, None, "", "1990-03-07", "男", "13800010002", "张伟"]
    rng = np.random.default_rng(seed)
    return {c: texts[int(rng.integers(len(texts)))] for c in COLUMNS}


def test_anything_in_any_column() -> None:
    linked(rows(*map(_strange, range(150))), people(*map(_strange, range(1000, 1150))))
