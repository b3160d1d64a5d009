"""Which rows stand across files: later extracts, parts, snapshots, twins, nested regions, replaced paths."""

import itertools
import shutil

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inbox_files import (
    OWNER,
    TITLES,
    VEHICLE,
    counts,
    entry,
    intake,
    put,
    put_vehicles,
    standing,
    vehicle,
    vehicles,
)

from connectors.errors import ConnectorError
from connectors.intake.inbox import survey
from connectors.intake.taking import take
from connectors.settling.settle import settle
from connectors.settling.settled import (
    LEDGER_SCHEMA,
    core_rows,
    core_schema,
    load_settled,
    quarantine_rows,
    save_settled,
)
from connectors.store import open_store
from quality.rows import examine

INCOME_TITLES = "证件号码,姓名,所得项目,税款所属期,扣缴义务人信用代码,扣缴义务人,收入额"


def income(month, amount, *, payer="示范厂"):
    return f"{OWNER},王建国,工资薪金,{month},,{payer},{amount}"


def put_income(inbox, name, *lines):
    file = f"tax/income_990101_{name}.csv"
    put(inbox, file, "\n".join([INCOME_TITLES, *lines, ""]).encode())
    return file


def incomes(inbox, store=None):
    taken, store = intake(inbox, store)
    settled = settle("tax.income", taken.arrivals, store)
    rows = core_rows(settled, store, columns=["month", "payer", "amount"]).collect()
    return settled.ledger, [str(v) for v in rows.sort("month", "payer")["amount"]]


def test_history_later_extract_wins_by_typed_key(tmp_path):
    old = put_income(tmp_path / "i", "20260401", income("2025-01", 1), income("2025-02", 2))
    new = put_income(tmp_path / "i", "20260508", income("202501", 9), income("2025年3月", 3))
    ledger, amounts = incomes(tmp_path / "i")
    assert amounts == ["9.00", "2.00", "3.00"]
    assert counts(ledger, old) == ("done", 2, 1, 0, 1)
    assert counts(ledger, new) == ("done", 2, 2, 0, 0)


def test_history_later_part_wins_by_number(tmp_path):
    first = put_income(tmp_path / "i", "20260508_2", income("2025-01", 2))
    second = put_income(tmp_path / "i", "20260508_10", income("2025-01", 10))
    ledger, amounts = incomes(tmp_path / "i")
    assert amounts == ["10.00"]
    assert counts(ledger, first) == ("done", 1, 0, 0, 1)
    assert counts(ledger, second) == ("done", 1, 1, 0, 0)


def test_empty_key_values_are_equal_and_differ_from_others(tmp_path):
    put_income(tmp_path / "i", "20260401", income("2025-01", 1, payer=""), income("2025-01", 2))
    put_income(tmp_path / "i", "20260508", income("2025-01", 9, payer=""))
    _, amounts = incomes(tmp_path / "i")
    assert sorted(amounts) == ["2.00", "9.00"]


def test_three_files_one_key_counts_every_older_row(tmp_path):
    files = [
        put_income(tmp_path / "i", d, income("2025-01", d))
        for d in ("20260401", "20260402", "20260403")
    ]
    ledger, amounts = incomes(tmp_path / "i")
    assert amounts == ["20260403.00"]
    assert [counts(ledger, f)[4] for f in files] == [1, 1, 0]


def test_snapshot_replaces_the_older_extract_of_its_region_whole(tmp_path):
    bad = f"{TITLES}\n{vehicle('A1')}\n{vehicle('A2')}\n{vehicle('', value='1')}\n".encode()
    old = "public_security/vehicle_990101_20260401.csv"
    put(tmp_path / "i", old, bad)
    one = put_vehicles(tmp_path / "i", "A2", part="_1")
    two = put_vehicles(tmp_path / "i", "A3", part="_2")
    ledger, rows = standing(tmp_path / "i")
    assert rows["plate_no"].to_list() == ["A2", "A3"]
    assert counts(ledger, old) == ("superseded", 3, 0, 1, 2)
    assert "2026-05-08" in str(entry(ledger, old)["message"])
    assert counts(ledger, one) == counts(ledger, two) == ("done", 1, 1, 0, 0)


def test_snapshot_bad_rows_stay_in_quarantine(tmp_path):
    old = "public_security/vehicle_990101_20260401.csv"
    put(tmp_path / "i", old, f"{TITLES}\n{vehicle('')}\n".encode())
    put_vehicles(tmp_path / "i", "A2")
    taken, store = intake(tmp_path / "i")
    held = quarantine_rows(settle(VEHICLE.name, taken.arrivals, store), store)
    assert held.select("file", "line", "column").rows() == [(old, 2, "plate_no")]


def test_refused_newest_extract_replaces_nothing(tmp_path):
    old = put_vehicles(tmp_path / "i", "A1", day="20260401")
    new = "public_security/vehicle_990101_20260508.csv"
    put(tmp_path / "i", new, "号牌号码\nA1\n".encode())
    ledger, rows = standing(tmp_path / "i")
    assert rows["plate_no"].to_list() == ["A1"]
    assert entry(ledger, old)["state"] == "done"
    assert entry(ledger, new)["state"] == "refused"


def test_nested_regions_stand_side_by_side_but_share_keys(tmp_path):
    town = put_vehicles(tmp_path / "i", "A1", "A2", region="990101001", day="20260401")
    county = put_vehicles(tmp_path / "i", "A1", "A3")
    ledger, rows = standing(tmp_path / "i")
    assert rows["plate_no"].to_list() == ["A1", "A2", "A3"]
    assert counts(ledger, town) == ("done", 2, 1, 0, 1)
    assert counts(ledger, county) == ("done", 2, 2, 0, 0)


def test_identical_file_changes_nothing(tmp_path):
    first = put_vehicles(tmp_path / "i", "A1", day="20260401")
    later = put_vehicles(tmp_path / "i", "A1")
    elsewhere = put_vehicles(tmp_path / "i", "A1", region="990102")
    taken, store = intake(tmp_path / "i")
    settled = settle(VEHICLE.name, taken.arrivals, store)
    assert counts(settled.ledger, first) == ("done", 1, 1, 0, 0)
    for twin in (later, elsewhere):
        assert counts(settled.ledger, twin) == ("duplicate", 0, 0, 0, 0)
        assert first in str(entry(settled.ledger, twin)["message"])
    days = settled.extracts.select("region_code", pl.col("as_of").cast(pl.String)).rows()
    assert sorted(days) == [("990101", "2026-04-01"), ("990101", "2026-05-08")], (
        "sent again unchanged: the extract still stands on the later day, and says nothing of another region"
    )


def test_bytes_that_come_back_after_others_are_news(tmp_path):
    put_vehicles(tmp_path / "i", "A1", day="20260301")
    put_vehicles(tmp_path / "i", "A2", day="20260401")
    back = put_vehicles(tmp_path / "i", "A1")
    ledger, rows = standing(tmp_path / "i")
    assert rows["plate_no"].to_list() == ["A1"]
    assert entry(ledger, back)["state"] == "done"


def test_an_unchanged_part_is_not_taken_for_an_unchanged_whole(tmp_path):
    put_vehicles(tmp_path / "i", "A1", day="20260401")
    put_vehicles(tmp_path / "i", "A1", part="_1")
    put_vehicles(tmp_path / "i", "A2", part="_2")
    _, rows = standing(tmp_path / "i")
    assert sorted(rows["plate_no"].to_list()) == ["A1", "A2"]


def test_empty_table_of_two_regions_is_two_extracts(tmp_path):
    a = put_vehicles(tmp_path / "i")
    b = put_vehicles(tmp_path / "i", region="990102")
    c = put_vehicles(tmp_path / "i", region="990102", day="20260509")
    taken, store = intake(tmp_path / "i")
    settled = settle(VEHICLE.name, taken.arrivals, store)
    assert [entry(settled.ledger, f)["state"] for f in (a, b, c)] == ["done", "done", "duplicate"]
    assert sorted(settled.extracts["region_code"]) == ["990101", "990102", "990102"]


def test_two_files_that_claim_one_part_are_both_taken_and_told(tmp_path):
    a = put_vehicles(tmp_path / "i", "A1", "A2", part="_1")
    b = "down/public_security/vehicle_990101_20260508_1.csv"
    put(tmp_path / "i", b, vehicles("A2", "A3"))
    ledger, rows = standing(tmp_path / "i")
    assert rows["plate_no"].to_list() == ["A1", "A2", "A3"]
    assert all("同一分卷" in str(entry(ledger, f)["message"]) for f in (a, b))
    assert counts(ledger, b)[4] == 1, "the later path wins"


def test_same_path_with_other_bytes_replaces_the_older_ones(tmp_path):
    file = put_vehicles(tmp_path / "i", "A1", "A2")
    standing(tmp_path / "i")
    put(tmp_path / "i", file, f"{TITLES}\n{vehicle('A3')}\n{vehicle('')}\n".encode())
    ledger, rows = standing(tmp_path / "i")
    assert rows["plate_no"].to_list() == ["A3"]
    assert ledger["state"].to_list() == ["superseded", "done"]
    assert ledger["rows_superseded"].to_list() == [2, 0]
    assert counts(ledger, file) == ("done", 2, 1, 1, 0)


def test_a_path_may_go_back_to_its_first_bytes(tmp_path):
    file = put_vehicles(tmp_path / "i", "A1")
    _, store = intake(tmp_path / "i")
    put(tmp_path / "i", file, vehicles("A2"))
    intake(tmp_path / "i", store)
    put(tmp_path / "i", file, vehicles("A1"))
    ledger, rows = standing(tmp_path / "i", store)
    assert rows["plate_no"].to_list() == ["A1"]
    assert sorted(ledger["state"]) == ["done", "superseded"]


def test_same_path_refused_later_keeps_what_stood(tmp_path):
    file = put_vehicles(tmp_path / "i", "A1")
    _, store = intake(tmp_path / "i")
    put(tmp_path / "i", file, "号牌号码\nA1\n".encode())
    ledger, rows = standing(tmp_path / "i", store)
    assert rows["plate_no"].to_list() == ["A1"]
    assert ledger["state"].to_list() == ["done", "refused"]


def test_core_rows_say_where_they_come_from(tmp_path):
    file = put_vehicles(tmp_path / "i", "A1", part="_7")
    taken, store = intake(tmp_path / "i")
    settled = settle(VEHICLE.name, taken.arrivals, store)
    core = core_rows(settled, store).collect()
    assert core.schema == pl.Schema(core_schema(VEHICLE.name))
    (row,) = core.iter_rows(named=True)
    assert (row["_part"], str(row["_extract_as_of"]), row["_line"]) == ("7", "2026-05-08", 2)
    assert settled.ledger.filter(pl.col("_file") == row["_file"])["file"].to_list() == [file]
    assert row["_record_key"] == "A1|小型汽车"
    assert row["owner_id_no__key"] == int(OWNER[:17])


def test_dataset_that_never_came_is_empty_and_typed(tmp_path):
    store = open_store(tmp_path / "w.store")
    settled = settle("tax.income", [], store)
    assert core_rows(settled, store).collect().schema == pl.Schema(core_schema("tax.income"))
    assert settled.ledger.is_empty()
    assert settled.ledger.schema == pl.Schema(LEDGER_SCHEMA)
    assert quarantine_rows(settled, store).is_empty()


def test_outcome_survives_the_hand_over(tmp_path):
    put_income(
        tmp_path / "i", "20260401", income("2025-01", 1), income("2025-02", 2), income("2025-13", 1)
    )
    put_income(tmp_path / "i", "20260508", income("2025-01", 9))
    taken, store = intake(tmp_path / "i")
    settled = settle("tax.income", taken.arrivals, store)
    save_settled(settled, store)
    back = load_settled("tax.income", store)
    assert (back.dataset, back.pieces, back.held) == (settled.dataset, settled.pieces, settled.held)
    for name in ("dropped", "ledger", "extracts"):
        assert getattr(back, name).equals(getattr(settled, name))
    assert core_rows(back, store).collect().equals(core_rows(settled, store).collect())


def test_hand_over_that_is_not_there(tmp_path):
    with pytest.raises(ConnectorError, match=r"tax\.income"):
        load_settled("tax.income", open_store(tmp_path / "w.store"))


FILES = st.lists(
    st.tuples(
        st.sampled_from(["990101", "990101001", "990102"]),
        st.sampled_from(["20260401", "20260508"]),
        st.sampled_from(["", "_1", "_2"]),
        st.lists(st.sampled_from(["A1", "A2", "A3", "", "A4"]), max_size=5),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda f: f[:3],
)
SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _outcome(store_root, found):
    store = open_store(store_root)
    log = []
    for entry_ in found:
        take(entry_, store, examine=examine, log=log)
    settled = settle(VEHICLE.name, log, store)
    core = core_rows(settled, store).collect()
    names = settled.ledger.select("_file", "file")
    rows = core.join(names, on="_file").drop("_file").sort("file", "_line")
    return settled.ledger.drop("_file"), rows, quarantine_rows(settled, store)


@SLOW
@given(FILES, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter_and_rows_are_accounted_for(tmp_path, files, random):
    shutil.rmtree(tmp_path / "i", ignore_errors=True)
    for store in ("a", "b"):
        shutil.rmtree(tmp_path / store, ignore_errors=True)
    for region, day, part, plates in files:
        put_vehicles(tmp_path / "i", *plates, region=region, day=day, part=part)
    found = survey(tmp_path / "i")
    ledger, rows, held = _outcome(tmp_path / "a", found)
    shuffled = list(found)
    random.shuffle(shuffled)
    again = _outcome(tmp_path / "b", shuffled)
    for frame, other in zip((ledger, rows, held), again, strict=True):
        assert frame.equals(other)

    accounted = ledger["rows_accepted"] + ledger["rows_quarantined"] + ledger["rows_superseded"]
    assert (ledger["rows_in"] == accounted).all()
    counted = ledger.filter(pl.col("state").is_in(["done", "superseded"]))
    sent = {f"public_security/vehicle_{r}_{d}{p}.csv": len(x) for r, d, p, x in files}
    assert dict(counted.select("file", "rows_in").iter_rows()) == {
        f: sent[f] for f in counted["file"]
    }
    assert ledger["rows_accepted"].sum() == rows.height
    assert held.height == ledger["rows_quarantined"].sum()
    assert rows.select("plate_no", "plate_type").is_unique().all()


@SLOW
@given(FILES)
def test_sending_again_changes_nothing(tmp_path, files):
    shutil.rmtree(tmp_path / "i", ignore_errors=True)
    shutil.rmtree(tmp_path / "w.store", ignore_errors=True)
    for region, day, part, plates in files:
        put_vehicles(tmp_path / "i", *plates, region=region, day=day, part=part)
    ledger, rows = standing(tmp_path / "i")
    again, same = standing(tmp_path / "i")
    assert again.equals(ledger)
    assert same.equals(rows)


def test_every_order_of_three_deliveries_settles_alike(tmp_path):
    files = [
        put_vehicles(tmp_path / "i", "A1", "A2", day="20260401"),
        put_vehicles(tmp_path / "i", "A2", "A3"),
        put_vehicles(tmp_path / "i", "A3", "A4", region="990101001"),
    ]
    found = {f.file: f for f in survey(tmp_path / "i")}
    outcomes = []
    for number, order in enumerate(itertools.permutations(files)):
        root = tmp_path / f"s{number}"
        outcomes.append(_outcome(root, [found[f] for f in order]))
    assert all(o[1].equals(outcomes[0][1]) for o in outcomes)
    assert outcomes[0][1]["plate_no"].to_list() == ["A4", "A2", "A3"]
