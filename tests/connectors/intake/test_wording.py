"""A source's own column names and codes, said in the manifest: applied at reading in every format, and never in silence."""

from __future__ import annotations

import io

import polars as pl
import pytest
import xlsxwriter
from inbox_files import OWNER, put, sha, standing, vehicles

from connectors.errors import FileRefused
from connectors.intake.inbox import survey
from connectors.intake.manifest import read_manifest
from connectors.intake.reading import read_table

FIELDS = {"号牌": "plate_no", " 车主 ": "owner_name", "所有人": "model"}
CODES = {"status": {"A": "正常", "E": "注销"}, "use": {"9": ""}}
HEAD = ["号牌", "号牌种类", "所有人证件号码", "车主", "车辆状态", "使用性质", "所有人"]
ROWS = [
    ["99A1", "小型汽车", OWNER, "王建国", " A ", "9", "某牌"],
    ["99A2", "小型汽车", OWNER, "王建国", "注销", "营运", None],
    ["99A3", "小型汽车", OWNER, "王建国", "E", None, "A"],
]
READ = [
    ("99A1", "王建国", "正常", "", "某牌"),
    ("99A2", "王建国", "注销", "营运", None),
    ("99A3", "王建国", "注销", None, "A"),
]
FILE = "public_security/vehicle_990101_20260508."


def as_csv(head, rows):
    lines = [head, *rows] if head else rows
    return "\n".join(",".join(c or "" for c in line) for line in lines).encode() + b"\n"


def as_xlsx(head, rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for at, line in enumerate([head, *rows]):
        sheet.write_row(at, 0, line)
    book.close()
    return out.getvalue()


def as_parquet(head, rows):
    out = io.BytesIO()
    pl.DataFrame(rows, schema=dict.fromkeys(head, pl.String), orient="row").write_parquet(out)
    return out.getvalue()


def as_fixed(_, rows):
    return b"".join(b"".join((c or "").encode().ljust(30) for c in line) + b"\n" for line in rows)


FORMATS = {"csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet, "txt": as_fixed}
LAYOUT = [{"name": name, "start": 30 * at, "width": 30} for at, name in enumerate(HEAD)]


def read(tmp_path, ext="csv", *, head=HEAD, rows=ROWS, **said):
    said = {"fields": FIELDS, "codes": CODES} | said
    if ext == "txt":
        said["layout"] = LAYOUT
    put(tmp_path, FILE + ext, FORMATS[ext](head, rows), **said)
    (found,) = survey(tmp_path)
    return read_table(found)


@pytest.mark.parametrize("ext", FORMATS)
def test_every_format_is_read_in_the_sources_words(tmp_path, ext):
    table = read(tmp_path, ext)
    cells = table.frame.select("plate_no", "owner_name", "status", "use", "model")
    if ext == "xlsx":  # its empty cells are empty texts, to the row rules the same
        cells = cells.with_columns(pl.col("use", "model").replace("", None))
        assert cells.rows() == [tuple(c or None for c in row) for row in READ]
    else:
        assert cells.rows() == READ
    assert table.unknown_columns == ()


def test_careful_reading_uses_the_same_words(tmp_path):
    rows = [[f'"{ROWS[0][0]}\n"', *ROWS[0][1:]]]
    assert read(tmp_path, rows=rows).frame["status"].to_list() == ["正常"]


@pytest.mark.parametrize("ext", ["csv", "xlsx", "parquet"])
def test_a_renamed_column_refuses_the_file(tmp_path, ext):
    head = ["号牌", "号牌种类", "所有人证件号码", "车主姓名", "车辆状态", "使用性质", "所有人"]
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, ext, head=head)
    assert str(caught.value) == (
        "映射的列 “车主”（所有人） 没有送到；来源可能改了列名；请核对后更正 fields 或请来源补送"
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"fields": {"号牌": "plate_no", "车主": "plate_no"}}, "“号牌号码”（plate_no）出现两次"),
        ({"fields": {"车主": "owner"}}, "清单 fields 写有交换目录没有的列"),
        ({"codes": {"state": {"A": "B"}}}, "清单 codes 写有交换目录没有的列"),
        ({"absent": ["state"]}, "清单 absent 写有交换目录没有的列"),
        ({"fields": {"号牌": "plate_no"}}, "缺少必有的列"),
    ],
)
def test_wording_that_does_not_fit(tmp_path, said, told):
    with pytest.raises(FileRefused, match=told):
        read(tmp_path, head=HEAD[:-1], rows=[r[:-1] for r in ROWS], **{"fields": {}} | said)


def test_two_titles_for_one_column(tmp_path):
    with pytest.raises(FileRefused, match="出现两次"):
        read(tmp_path, head=[*HEAD, "号牌号码"], rows=[[*r, "x"] for r in ROWS])


def test_a_column_said_to_be_absent_is_read_and_remarked_on(tmp_path):
    table = read(tmp_path, absent=["use", "value"])
    assert table.remarks == ("声明不提供的列有 1 列送到，已照常读取",)
    assert table.frame["use"].to_list() == ["", "营运", None]


@pytest.mark.parametrize(
    "said",
    [
        {"fields": []},
        {"fields": {"号牌": 1}},
        {"fields": {"号牌": "plate_no", "号 牌": "model"}},
        {"codes": {"status": "A"}},
        {"codes": {"status": {"A": "正常", "A ": "注销"}}},
        {"codes": {"status": {" ": "正常"}}},
        {"absent": "value"},
        {"absent": [1]},
    ],
)
def test_a_manifest_of_the_wrong_shape(tmp_path, said):
    put(tmp_path, FILE + "csv", vehicles("A1"), **said)
    (found,) = survey(tmp_path)
    assert found.refusal.startswith(f"清单 {next(iter(said))} 项")


def test_what_others_call_provenance_is_no_reason_to_refuse(tmp_path):
    put(tmp_path, FILE + "csv", vehicles("A1"), provenance="x")
    (found,) = survey(tmp_path)
    assert found.refusal is None


def test_reading_has_another_name_when_the_words_change(tmp_path):
    def name(**said):
        path = put(tmp_path, FILE + "csv", b"", **{"dataset": "public_security.vehicle"} | said)
        return read_manifest(path.with_name(path.name + ".manifest.json")).reading()

    assert name() == ""
    assert name(provenance={"by": "x", "at": "y"}) == ""
    names = [
        name(fields={"a": "use"}),
        name(fields={"a": "model"}),
        name(codes={"use": {"a": "b"}}),
        name(codes={"use": {"a": "c"}}),
        name(absent=["use"]),
        name(absent=["use"], encoding="big5"),
    ]
    assert len(set(names)) == len(names)
    assert name(absent=["a", "b"]) == name(absent=["b", "a"])
    assert name(codes={"use": {"a": "1", "b": "2"}}) == name(codes={"use": {"b": "2", "a": "1"}})


def test_corrected_words_read_the_same_bytes_again(tmp_path):
    inbox = tmp_path / "in"
    data = as_csv(HEAD, ROWS)
    put(inbox, FILE + "csv", data, fields=FIELDS, sha256=sha(data), provenance={"by": "x"})
    ledger, plates = standing(inbox)
    assert ledger["rows_quarantined"].sum() == 0
    put(inbox, FILE + "csv", data, fields=FIELDS | {"所有人": "plate_type", "号牌种类": "model"})
    ledger, plates = standing(inbox)
    assert plates["plate_no"].to_list() == ["99A1", "99A3"]


def test_corrected_words_count_though_a_later_extract_has_the_same_bytes(tmp_path):
    inbox = tmp_path / "in"
    data = as_csv(HEAD, ROWS)
    put(inbox, FILE + "csv", data, fields=FIELDS)
    assert standing(inbox)[1]["plate_no"].to_list() == ["99A1", "99A2", "99A3"]
    later = "public_security/vehicle_990101_20260509.csv"
    put(inbox, later, data, fields=FIELDS)
    ledger, plates = standing(inbox)
    assert ledger["state"].to_list() == ["done", "duplicate"]
    put(inbox, later, data, fields={"车主": "owner_name", "号牌": "model", "所有人": "plate_no"})
    ledger, plates = standing(inbox)
    assert ledger["state"].to_list() == ["superseded", "done"]
    assert plates["plate_no"].to_list() == ["A", "某牌"]


def test_files_being_landed_are_no_entries(tmp_path):
    put(tmp_path, FILE + "csv", vehicles("A1"))
    (tmp_path / "public_security" / ".vehicle_990101_20260509.csv.part").write_bytes(b"half")
    (tmp_path / "public_security" / "half.part").write_bytes(b"half")
    assert [found.file for found in survey(tmp_path)] == [
        "public_security/half.part",
        FILE + "csv",
    ]
