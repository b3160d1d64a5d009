"""Each bank's own layout, byte by byte: what goes out, what cannot be written, how answers read, and how a wrong file is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from nine_banks import DAY, PEOPLE, answer_bytes, banks, requests, source

from connectors.asking.layouts.answer_cells import moved
from connectors.asking.layouts.answer_files import read_answer
from connectors.asking.layouts.answer_names import answers_among
from connectors.asking.layouts.institutions import read_institutions
from connectors.asking.layouts.request_cells import FAILURES, Terms
from connectors.asking.layouts.request_files import RequestFile, request_file
from connectors.errors import FileRefused
from connectors.sources.mistakes import SourceMistakesError

CHEN, LIN, WANG, ZHAO = PEOPLE
NINE = banks(Path("/nowhere"))
TERMS = Terms("社会救助核对", "X-1")


def written(code: str, people: dict[str, str]) -> RequestFile:
    bank = NINE[code]
    assert bank.request is not None
    return request_file(
        requests([code], people).with_columns(pl.lit("20260430-001").alias("batch")),
        bank,
        bank.request,
        terms=TERMS,
    )


def test_delimited_with_header_and_trailer() -> None:
    file = written("B2", {CHEN: "陈一", LIN: "林二"})
    assert file.path == "b2/out/REQ20260430-001.txt"
    assert file.content == (
        "H|B2|20260430|2\n"
        "Q02100000000000000001|陈一|990101198001010014|2026-04-30\n"
        "Q02100000000000000003|林二|990101198001010030|2026-04-30\n"
        "T|2\n"
    ).encode("gb18030")


def test_csv_with_codes_serial_and_quotes() -> None:
    file = written("B1", {CHEN: '陈"一"', LIN: "林,二"})
    assert file.content is not None
    assert file.content.decode() == (
        "序号,查询编号,证件类型,证件号码,客户名称,授权书,用途\n"
        '1,Q01100000000000000001,01,990101198001010014,"陈""一""",,社会救助核对\n'
        '2,Q01100000000000000003,01,990101198001010030,"林,二",,社会救助核对\n'
    )


def test_fixed_width_counts_bytes() -> None:
    # 𠮷 lies outside the basic plane: four bytes of GB 18030
    file = written("B3", {CHEN: "𠮷一", LIN: "买买提·吐尔逊"})
    assert file.content is not None
    first, second, trailer = file.content.split(b"\n")[:3]
    assert (
        first
        == b"Q03100000000000000001"
        + "𠮷一".encode("gb18030")
        + b" " * 14
        + CHEN.encode()
        + b"19800101"
    )
    assert (len(first), len(second), trailer) == (67, 67, b"992")


def test_same_requests_same_bytes() -> None:
    for code in NINE:
        assert (
            written(code, PEOPLE).content == written(code, dict(reversed(PEOPLE.items()))).content
        )


@pytest.mark.parametrize(
    ("code", "name", "why"),
    [
        ("B9", "𠮷一", "encoding"),
        ("B6", "㛃一", "encoding"),
        ("B3", "阿卜杜热合曼·买买提吐尔逊", "width"),
        ("B2", "陈|一", "sign"),
        ("B1", "=陈一", "sign"),
        ("B5", "陈\n一", "sign"),
        ("B7", "  ", "empty"),
    ],
)
def test_who_cannot_be_written_is_told_and_not_bent(code: str, name: str, why: str) -> None:
    file = written(code, {CHEN: name, LIN: "林二"})
    assert file.failed.rows() == [(requests([code], {CHEN: name})["request_id"].item(), why)]
    assert why in FAILURES
    assert file.rows == 1
    assert file.content is not None
    assert CHEN.encode() not in file.content


def test_rare_characters_go_out_where_the_encoding_has_them() -> None:
    file = written("B7", {CHEN: "𠮷㛃", LIN: "龘\ue863"})
    assert file.failed.height == 0
    assert file.content is not None
    assert "𠮷㛃" in file.content.decode("gb18030")
    assert "龘\ue863" in file.content.decode("gb18030")


def test_gb2312_has_the_interpunct_of_names() -> None:
    file = written("B9", {CHEN: "买买提·吐尔逊", LIN: "林二"})
    assert (file.failed.height, file.rows) == (0, 2)
    assert file.content is not None
    assert "买买提·吐尔逊" in file.content.decode("gbk")


def test_unknown_code_is_told() -> None:
    bank = NINE["B1"]
    assert bank.request is not None
    asked = requests(["B1"], {CHEN: "陈一"}).with_columns(pl.lit("军官证").alias("id_type"))
    file = request_file(asked, bank, bank.request, terms=TERMS)
    assert (file.content, file.failed["note"].to_list()) == (None, ["value"])


def row(**more: str) -> dict[str, str]:
    return {
        "request_no": "Q1",
        "id_no": CHEN,
        "name": "𠮷一",
        "state": "found",
        "account_no": "****1001",
        "product": "活期",
        "balance": "1450.05",
        "as_of": "2026-04-29",
    } | more


@pytest.mark.parametrize("code", ["B1", "B3", "B4", "B5", "B7", "B8"])
def test_layouts_read_back(code: str) -> None:
    page = NINE[code].answer
    got = read_answer(answer_bytes(page, [row(), row(balance="0.07")]), page, file="f")
    assert got["name"].to_list() == ["𠮷一"] * 2
    assert [f"{b:.2f}" for b in got["balance"].cast(pl.Decimal(18, 4))] == ["1450.05", "0.07"]
    assert got["as_of"].str.replace_all("-", "").to_list() == ["20260429"] * 2
    lines = {"B3": [1, 2], "B5": [1, 2], "B7": [3, 4]}
    assert got["_line"].to_list() == lines.get(code, [2, 3])


def test_days_and_codes_in_our_words() -> None:
    page = NINE["B6"].answer
    data = "Q1|@|有|@|6222|@|陈一|@|活期|@|5.00|@|29/04/2026\nQ2|@|无|@||@||@||@||@|\n".encode(
        "gbk"
    )
    got = read_answer(data, page, file="f")
    assert got.select("state", "as_of", "account_no").rows() == [
        ("found", "2026-04-29", "6222"),
        ("none", None, None),
    ]


BROKEN: list[tuple[str, Any, str]] = [
    ("B1", lambda d: d.replace("余额".encode(), "金额".encode(), 1), "缺少约定的列 “余额”"),
    ("B1", lambda d: d.replace(b"****1001", b"****1001,9", 1), "第 2 行有 9 列，应为 8 列"),
    ("B1", lambda d: d.replace(b",0,", b",7,", 1), "第 2 行的答复状态不在约定的代码表内"),
    ("B1", lambda d: d[:-3] + b"\xff\n", "不是约定的 utf-8 编码"),
    ("B1", lambda d: d.replace(b"****1001", b'"****1001', 1), "第 2 行的引号没有成对"),
    ("B2", lambda d: d.replace(b"T|1", b"T|2"), "写明 2 行，实际 1 行"),
    ("B2", lambda d: d.replace(b"T|1\r\n", b""), "尾行不合约定，文件可能没有传完"),
    ("B3", lambda d: d.replace(b"991", b"992"), "写明 2 行，实际 1 行"),
    ("B3", lambda d: d.replace(b"****1001", b"****100", 1), "第 1 行长 86 字节，应为 87 字节"),
    ("B4", lambda d: d[: len(d) // 2], "工作簿已损坏"),
    ("B5", lambda d: d[:-5], "不是有效的 JSON"),
    ("B5", lambda d: d.replace(b'"total": 1', b'"total": 3'), "写明 3 行，实际 1 行"),
    ("B5", lambda d: d.replace(b'"bal"', b'"balance"'), "第 1 条没有“bal”"),
    ("B5", lambda d: b"<html>" + d, "不是有效的 JSON"),
    ("B5", lambda d: d.replace(b'"bal"', b'"bal": "0", "bal"'), "不是有效的 JSON"),
    ("B7", lambda d: d.replace("答复;1".encode("gb18030"), b"x"), "首行不合约定"),
    ("B8", lambda d: d[:0], "没有列名行"),
]


@pytest.mark.parametrize(("code", "spoil", "said"), BROKEN)
def test_wrong_layout_is_refused_whole(code: str, spoil: Any, said: str) -> None:
    page = NINE[code].answer
    data = answer_bytes(page, [row()])
    read_answer(data, page, file="f")
    with pytest.raises(FileRefused) as refused:
        read_answer(spoil(data), page, file="约定文件")
    assert said in refused.value.what
    assert refused.value.what.startswith("约定文件")
    for word in (CHEN, "𠮷", "1001", "1450"):
        assert word not in str(refused.value)


@pytest.mark.parametrize(
    ("sent", "places", "read"),
    [
        ("145005", -2, "1450.05"),
        ("7", -2, "0.07"),
        ("-7", -2, "-0.07"),
        ("100.5", -2, "1.005"),
        ("1,450.05", 0, "1450.05"),
        ("１２．５", 0, "12.5"),
        ("2.00001", 4, "20000.1"),
        ("0.000001", 4, "0.01"),
        ("3", 4, "30000"),
        ("900000000000000001", -2, "9000000000000000.01"),
        ("1.5e3", -2, "1.5e3"),
        ("12,34", 4, "12,34"),
        ("无", 4, "无"),
    ],
)
def test_amounts_are_moved_exactly(sent: str, places: int, read: str) -> None:
    assert pl.select(moved(pl.lit(sent), places)).item() == read


def test_names_of_answer_files() -> None:
    listed = [
        "B7-20260430-001-甲.csv",
        "B7-20260430-001-001.csv",
        "B8-20260430-001-x.csv",
        ".B7-1-001-x.csv.part",
        "B7.csv",
    ]
    found = answers_among(listed, NINE["B7"].answer, NINE["B7"])
    assert [(n.batch, n.shown) for n in found] == [
        ("20260430-001", "B7-20260430-001-{any}.csv")
    ] * 2
    dated = answers_among(["20260504x.tsv", "20261301.tsv"], NINE["B8"].answer, NINE["B8"])
    assert [n.day for n in dated] == [date(2026, 5, 4)]
    assert not answers_among(["1-001.csv"], NINE["B9"].answer, NINE["B9"])
    assert answers_among(["1-001.csv", "1-001.csv.ok"], NINE["B9"].answer, NINE["B9"])


def mistakes(tmp_path: Path, text: str, name: str = "B1.yaml") -> list[str]:
    (tmp_path / "institutions").mkdir()
    (tmp_path / "institutions" / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceMistakesError) as wrong:
        read_institutions(tmp_path, source(tmp_path))
    return [str(m) for m in wrong.value.mistakes]


PAGE = (Path(__file__).parent / "institutions" / "B1.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{batch}.csv", "all.csv", "第4行 request：file 须含 {batch}"),
        ("state: {", "stat: {", "answer：state 须在 codes 中写明"),
        ("余额: balance", "余额: money", "answer.fields.余额：映射到目录中没有的列"),
        ("余额: balance, ", "", "没有映射到必有的列 余额"),
        (
            "format: csv\n  fields",
            "format: csv\n  encoding: EBCDIC\n  fields",
            "answer.encoding：编码应为",
        ),
        ("查询编号: request_no, ", "", "按 request_no 匹配，fields 须有 request_no"),
        ("value: purpose", "value: phone", "columns[7].value：只能写"),
        ("name: 甲银行", "name: 甲银行\ncode: B1", "这里不写此栏目"),
        (
            "name: 甲银行",
            'name: 甲银行\ntransport: {kind: http, url: "https://bank.example.cn"}',
            "transport.kind：request 不能经由 http；请在此写明 kind 为 folder、sftp、s3",
        ),
    ],
)
def test_mistakes_in_a_page_are_told_with_their_line(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    assert old in PAGE
    found = mistakes(tmp_path, PAGE.replace(old, new))
    assert any(said in one for one in found), found
    assert all(one.startswith("banking/institutions/B1.yaml 第") for one in found)


def test_a_source_answered_by_institutions_takes_no_extract(tmp_path: Path) -> None:
    asked = source(tmp_path).model_copy(update={"datasets": {"account": None}})
    with pytest.raises(SourceMistakesError, match="不再整批收取"):
        read_institutions(Path(__file__).parent, asked)


def test_nobody_to_ask(tmp_path: Path) -> None:
    with pytest.raises(SourceMistakesError, match="没有任何机构"):
        read_institutions(tmp_path, source(tmp_path))
    bulk = source(tmp_path).model_copy(update={"inquiries": None})
    assert read_institutions(tmp_path, bulk) == {}


def test_day_of_the_request() -> None:
    assert f"{DAY:%Y%m%d}" in written("B3", PEOPLE).path
