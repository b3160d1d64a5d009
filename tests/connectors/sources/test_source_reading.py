"""source.yaml is read strictly: what is right comes whole, what is wrong is told with file, line and what to do, and no value is repeated."""

from __future__ import annotations

import pytest
from deployments import SOURCE_OF, TABLES, TRANSPORTS, line_with, put_source, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources import declaration as say
from connectors.sources.mistakes import SourceMistakesError
from connectors.sources.reading import examine_sources, read_source, read_sources
from household.errors import InputError

SECRET = "Hunter2xyz"


def mistakes_of(tmp_path, text, name="public_security"):
    put_source(tmp_path, name, text)
    return examine_sources(tmp_path)[1]


def only_line(tmp_path, text, name="public_security"):
    found = mistakes_of(tmp_path, text, name)
    assert len(found) == 1, [str(one) for one in found]
    return str(found[0])


@pytest.mark.parametrize("kind", TRANSPORTS)
def test_every_transport_reads_to_its_own_words(tmp_path, kind):
    name = f"{SOURCE_OF[kind]}-x"
    put_source(tmp_path, name, text_of(kind))
    source = read_sources(tmp_path)[name]
    assert source == read_source(tmp_path / name)
    assert (source.name, source.department, source.transport.kind) == (name, SOURCE_OF[kind], kind)
    (spec,) = source.datasets.values()
    assert type(spec) is say.DATASET_OF_KIND[kind]
    assert source.region == "990101"
    assert source.agreement.calls_per_minute == 60


WRONG = [
    ("title: 测试来源\n", "", 1, "title：缺少 title"),
    ("region: 990101", "region: 99", 2, "区划代码"),
    ("valid_from: 2026-01-01", "valid_from: 2026-02-30", 6, "不是日期"),
    ("valid_from: 2026-01-01", "valid_from: 1767225600", 6, "不是日期"),
    ("valid_to: 2026-12-31", "valid_to: 2025-12-31", 3, "valid_to 早于 valid_from"),
    ("calls_per_minute: 60", "calls_per_minute: 0", 8, "不能小于 1"),
    ("calls_per_minute: 60", "calls_per_minute: 1e3", 8, "不是整数"),
    ("calls_per_minute: 60", "calls_per_min: 60", 8, "您是否想写 calls_per_minute？"),
    ('"0 2 * * *"', '"0 25 * * *"', 9, "cron 的“时”"),
    ('"0 2 * * *"', '"0 2 * *"', 9, "五段"),
    ("kind: sftp", "kind: ftp", 10, "只能写 folder、sftp、s3、postgresql、mysql、http"),
    ("kind: sftp, ", "", 10, "缺少 kind"),
    ("host: files.example.cn", "host: 'sftp://files.example.cn:22'", 10, "不是主机名"),
    ("AAAAC3Nza", "AAAAC3Nzb", 10, "主机公钥"),
    ("password: {env: SFTP_PW}, ", "", 10, "password 或 key"),
    ("{env: SFTP_PW}", "{env: HEDUI_PW}", 10, "不以 HEDUI_ 开头"),
    ("{env: SFTP_PW}", "{env: A, mount: b}", 10, "env、file、mount 之一"),
    ("{env: SFTP_PW}", "{mount: ../b}", 10, "不含 / 与 .."),
    ("{env: SFTP_PW}", "{file: key}", 10, "绝对路径"),
    ("  vehicle:", "  vehicles:", 12, "没有数据集 vehicles；这里可写 population、vehicle"),
    ("folder: out", "view: out", 12, "不认识 view；这里可写 absent"),
    ("folder: out", "folder: a/../b", 12, "不能含 .."),
    ("{part}.csv", "{teil}.csv", 12, "占位符"),
    ("ready: .ok", "encoding: latin1", 12, "encoding 不在受理范围"),
    ("ready: .ok", "fields: {车主: owner}", 12, "没有 owner 这一列"),
    ("ready: .ok", "absent: [status]", 12, "status 是必有的列"),
    ("ready: .ok", "absent: [value, value]", 12, "重复列出"),
    ("ready: .ok", "absent: value", 12, "应为列表"),
    ("ready: .ok", "codes: {status: {A: 好}}", 12, "status 没有这个取值；可写 正常、注销"),
    ("ready: .ok", "codes: {status: {' ': 正常}}", 12, "空白的值是未知"),
    ("ready: .ok", "codes: {status: {A: ''}}", 12, "status 是必填项"),
    ("ready: .ok", "codes: {value: {A: '1'}}", 12, "不能写 codes"),
    ("ready: .ok", "layout: [{name: a, start: -1, width: 2}]", 12, "不是整数"),
    ("datasets:\n", "datasets: {}\nlimits:\n", 13, "不认识 vehicle"),
    ("title: 测试来源", "title: 测试来源\ntitle: 又一个", 2, "栏目重复出现"),
    ("title: 测试来源", "name: x\ntitle: 测试来源", 1, "这里不写此栏目"),
    ("title: 测试来源", "title: !!str 测试来源", 1, "不能用 ! 标签"),
    ("title: 测试来源", "title: a: b", 1, "冒号用法有误"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "told"), WRONG)
def test_each_mistake_has_its_line(tmp_path, right, wrong, line, told):
    text = text_of("sftp")
    assert right in text
    found = [str(one) for one in mistakes_of(tmp_path, text.replace(right, wrong, 1))]
    mine = [one for one in found if told in one]
    assert mine, found
    assert mine[0].startswith(f"public_security/source.yaml 第{line}行")


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "told"),
    [
        ("s3", "https://s3", "http://s3", "须用 https"),
        ("s3", "https://s3", "https://u:p@s3", "不能写用户名和密码"),
        ("http", "/share", "/share?key=1", "不能有 ?"),
        ("http", "https://api.example.cn", "http://127.0.0.1:80", None),
        ("postgresql", ", tls: {}", "", "须写 tls"),
        ("postgresql", "tls: {}", "tls: {certificate: /c.pem}", "certificate 与 key"),
        ("postgresql", "db.example.cn", "/run/postgresql", None),
        ("postgresql", "key: [id]", "key: []", "不能为空"),
        ("http", "parameters: {area", "parameters: {api_key", "密钥不能写在 parameters"),
        ("http", "total: data", "changed_parameter: since\n    total: data", "changed_until"),
    ],
)
def test_what_goes_with_what(tmp_path, kind, right, wrong, told):
    text = text_of(kind).replace(right, wrong)
    assert text != text_of(kind)
    found = mistakes_of(tmp_path, text, SOURCE_OF[kind])
    if told is None:
        assert not found
    else:
        assert told in str(found[0])
        assert len(found) == 1


def test_a_snapshot_is_never_read_in_part(tmp_path):
    text = text_of("mysql").replace(TABLES, TABLES.replace("income", "provident_fund"))
    found = only_line(tmp_path, text, "housing")
    assert "housing.provident_fund 是快照" in found
    assert f"第{line_with(text, 'changed:')}行 datasets.provident_fund.changed" in found


def test_all_mistakes_of_all_files_are_told_and_the_first_is_the_line(tmp_path):
    put_source(tmp_path, "tax", text_of("mysql").replace("kind: mysql", "kind: oracle"))
    put_source(tmp_path, "public_security", text_of("folder").replace("990101", "1"))
    with pytest.raises(SourceMistakesError, match="共 2 处错误") as caught:
        read_sources(tmp_path)
    assert [one.file for one in caught.value.mistakes] == [
        "public_security/source.yaml",
        "tax/source.yaml",
    ]
    assert "\n" not in str(caught.value)


def test_mistakes_in_the_transport_do_not_hide_those_of_the_datasets(tmp_path):
    text = text_of("sftp").replace("user: u, ", "").replace("ready:", "raedy:")
    told = [one.key for one in mistakes_of(tmp_path, text)]
    assert told == ["transport.user", "datasets.vehicle.raedy"]


def test_only_what_belongs_there_may_lie_there(tmp_path):
    folder = put_source(tmp_path, "public_security", text_of("folder"))
    for name in ("README.md", ".swp"):
        (folder / name).touch()
        (tmp_path / name).touch()
    (folder / "sample").mkdir()
    (tmp_path / ".git").mkdir()
    assert not examine_sources(tmp_path)[1]
    (folder / "source.yml").touch()
    (tmp_path / "notes.txt").touch()
    put_source(tmp_path, "police", text_of("folder"))
    (tmp_path / "tax").mkdir()
    told = [str(one) for one in examine_sources(tmp_path)[1]]
    assert [one.split("；")[0] for one in told] == [
        "notes.txt：不认识的文件",
        "police：目录名不是交换目录的来源",
        "public_security/source.yml：不认识的文件",
        "tax/source.yaml：没有 source.yaml",
    ]


def test_two_sources_may_not_bring_the_same_extract(tmp_path):
    put_source(tmp_path, "public_security", text_of("folder"))
    put_source(tmp_path, "public_security-cars", text_of("sftp"))
    (found,) = examine_sources(tmp_path)[1]
    assert str(found).startswith("public_security-cars/source.yaml 第12行 datasets.vehicle：")
    put_source(tmp_path, "public_security-cars", text_of("sftp").replace("990101", "990102"))
    assert not examine_sources(tmp_path)[1]


def test_what_is_answered_and_an_extract_of_the_same_do_not_replace_each_other(tmp_path):
    head = text_of("folder").split("datasets:")[0]
    asked = put_source(tmp_path, "securities", head + "inquiries: {answer_days: 5}\n")
    (asked / "institutions").mkdir()
    bulk = head + "datasets:\n  holding:\n    pattern: 'h_{as_of}.csv'\n"
    put_source(tmp_path, "securities-depository", bulk)
    told = [str(one) for one in examine_sources(tmp_path)[1]]
    assert ["两处会互相覆盖" in one for one in told] == [True], told
    put_source(tmp_path, "securities-depository", bulk.replace("990101", "990102"))
    assert not examine_sources(tmp_path)[1]


def test_inquiries_and_institutions_go_together(tmp_path):
    text = text_of("sftp").split("datasets:")[0] + "inquiries: {answer_days: 5}\n"
    folder = put_source(tmp_path, "banking", text)
    assert "没有 institutions 目录" in str(examine_sources(tmp_path)[1][0])
    (folder / "institutions").mkdir()
    assert read_source(folder).inquiries.answer_days == 5
    put_source(tmp_path, "banking", text_of("mysql").split("datasets:")[0] + "inquiries: {}\n")
    assert "数据库只读" in str(examine_sources(tmp_path)[1][0])
    put_source(tmp_path, "banking", text.split("inquiries:")[0])
    told = [str(one) for one in examine_sources(tmp_path)[1]]
    assert "datasets 与 inquiries 都没有写" in told[0]
    assert "没有写 inquiries" in told[1]


@pytest.mark.parametrize(
    "place",
    [
        "password: {0}",
        "password: '{0}'",
        "password: *{0}",
        "password: &{0} x",
        "password: !{0} x",
        "password: [{0}]",
        "password: {{{0}: x}}",
        "password: {{env: '{0}'}}",
        "password: {{env: {{{0}: 1}}}}",
        "password: {{mount: 'a/{0}'}}",
        "password: '{0}",
        "password: {{env: X}}, host: 'u:{0}@h'",
        "pass word {0}: x",
        "token: {0}",
    ],
)
def test_a_secret_in_the_wrong_place_is_never_repeated(tmp_path, place):
    text = text_of("sftp").replace("password: {env: SFTP_PW}", place.format(SECRET))
    put_source(tmp_path, "public_security", text)
    with pytest.raises(SourceMistakesError) as caught:
        read_sources(tmp_path)
    told = "".join(str(one) for one in caught.value.mistakes)
    assert SECRET not in told + str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_literal_password_is_told_how_to_be_referenced(tmp_path):
    text = text_of("sftp").replace("{env: SFTP_PW}", SECRET)
    told = only_line(tmp_path, text)
    assert "transport.password：密码或密钥不能直接写在这里；请改为引用，例如 {env: " in told


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# nothing\n",
        b"- a\n",
        b"a: 1\n---\nb: 2\n",
        b"\xff\xfe\x00",
        "标题: 一".encode("gb18030"),
        b"[" * 5000,
        b"a: " * 3000,
        b'"\\UFFFFFFFF": 1',
        b"a: &a [*a, *a]",
        b"<<: {title: x}",
        b"? [a, b]\n: c",
        b"title: " + b"x" * 200_000,
        b"\x00",
        b"%YAML 9.9\n---\na: 1\n",
    ],
)
def test_what_is_no_declaration_is_one_clear_refusal(tmp_path, data):
    folder = put_source(tmp_path, "tax", "")
    (folder / "source.yaml").write_bytes(data)
    with pytest.raises(SourceMistakesError) as caught:
        read_source(folder)
    assert all("\n" not in str(one) for one in caught.value.mistakes)


def test_no_such_folder(tmp_path):
    for read in (read_sources, read_source, examine_sources):
        with pytest.raises(InputError):
            read(tmp_path / "none")


PIECES = [
    *"{}[]:,&*!|>%@`\"'#?-\n\t ~=",
    "<<:",
    "null",
    "kind:",
    "\u00a0",
    "\0",
    "9" * 30,
    "- ",
    "_",
]


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(sorted(TRANSPORTS)),
    cuts=st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 40), st.sampled_from(PIECES)),
        min_size=1,
        max_size=4,
    ),
)
def test_broken_files_never_raise_anything_else(tmp_path_factory, kind, cuts):
    text = text_of(kind)
    for at, length, piece in cuts:
        text = text[: at % len(text)] + piece + text[at % len(text) + length :]
    folder = put_source(tmp_path_factory.getbasetemp() / "broken", SOURCE_OF[kind], text)
    try:
        assert isinstance(read_source(folder), say.Source)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both ends are right
