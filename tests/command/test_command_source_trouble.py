"""`hedui source pull` when a real source fails: one clear line, nothing half-taken, and the next pull is a clean one."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncssh
import polars as pl
import pytest
from servers.certificates import EXPIRED
from servers.http_pages import SECRET as HTTP_SECRET
from servers.http_pages import http_server, papers
from servers.mariadb import mariadb_server
from servers.postgresql import postgresql_server
from servers.s3 import ACCESS, s3_server
from servers.s3 import SECRET as S3_SECRET
from servers.sshd import PASSWORD as SFTP_PASSWORD
from servers.sshd import asyncssh_server
from troubled_desk import Desk, assert_nothing_shown, assert_one_line
from troubled_sides import (
    CAR,
    MAKE_TABLE,
    NEW,
    NUMBER,
    OLD,
    OPTIONAL,
    PASSWORD,
    REQUIRED,
    S3,
    TITLES,
    Http,
    Said,
    Sftp,
    Side,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from servers.http_pages import Papers

LONG = [(f"990L{n:06d}", *CAR) for n in range(30_000)]
HTML = f"<html><body>请登录 {NUMBER}</body></html>".encode()


# --- real servers, one each for all tests ---------------------------------------------------------


@pytest.fixture(scope="module")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sftp]:
    root = tmp_path_factory.mktemp("sftp")
    with asyncssh_server(root) as server:
        yield Sftp(server)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_server() as server:
        yield S3(server)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    with postgresql_server(tmp_path_factory.mktemp("pg")) as server:
        with server.connect() as owner:
            owner.execute("CREATE DATABASE jg_db")
            owner.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
        with server.connect("jg_db") as owner:
            owner.execute(MAKE_TABLE)
            yield Table("postgresql", server, owner)


@pytest.fixture(scope="module")
def mysql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    with mariadb_server(tmp_path_factory.mktemp("mariadb")) as server:
        with server.connect() as owner, owner.cursor() as cursor:
            cursor.execute("CREATE DATABASE jg_db CHARACTER SET utf8mb4")
            cursor.execute(f"CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
        with server.connect("jg_db") as owner, owner.cursor() as cursor:
            cursor.execute(MAKE_TABLE)
            yield Table("mysql", server, owner)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def http(shown: Papers) -> Iterator[Http]:
    with http_server(**shown.server()) as interface:
        yield Http(interface, shown.ca)


@pytest.fixture
def side(request: pytest.FixtureRequest) -> Side:
    """The server that the case names, with OLD in it and nothing wrong with it."""
    found: Side = request.getfixturevalue(request.param)
    found.has(OLD)
    return found


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SFTP_PW": SFTP_PASSWORD,
        "S3_PW": ACCESS,
        "S3_SECRET": S3_SECRET,
        "DB_PW": PASSWORD,
        "HTTP_PW": HTTP_SECRET,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def new_desk(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[[str], Desk]:
    return lambda name: Desk(tmp_path / name, capfd, caplog)


@pytest.fixture
def desk(new_desk: Callable[[str], Desk]) -> Desk:
    return new_desk("desk")


# --- what goes wrong ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spoiler:
    """What a way to spoil a source may use."""

    desk: Desk
    side: Any
    patch: pytest.MonkeyPatch
    shown: Papers


@contextmanager
def wrong_secret(at: Spoiler) -> Iterator[None]:
    """A password that was changed at their side and not at ours."""
    with at.patch.context() as patch:
        for name in ("SFTP_PW", "S3_PW", "DB_PW", "HTTP_PW"):
            patch.setenv(name, "canary-that-is-wrong")
        yield


@contextmanager
def missing_secret(at: Spoiler) -> Iterator[None]:
    with at.patch.context() as patch:
        patch.delenv("DB_PW")
        yield


@contextmanager
def other_host_key(at: Spoiler) -> Iterator[None]:
    """Another server answers at the same address."""
    good = at.side.server.host_key
    at.side.server.host_key = (
        asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    )
    at.desk.agree(at.side)
    yield
    at.side.server.host_key = good
    at.desk.agree(at.side)


@contextmanager
def expired_in_the_database(at: Spoiler) -> Iterator[None]:
    issue, names = at.side.server.authority.issue, ("127.0.0.1", "localhost")
    at.side.server.show(issue("expired", *names, not_after=EXPIRED))
    try:
        yield
    finally:
        at.side.server.show(issue("renewed", *names))


@contextmanager
def expired_on_the_web(at: Spoiler) -> Iterator[None]:
    with http_server(**at.shown.server("expired")) as expired:
        at.side.url = expired.url
        at.desk.agree(at.side)
        yield
    at.side.url = ""
    at.desk.agree(at.side)


@contextmanager
def dropped(at: Spoiler) -> Iterator[None]:
    """The line breaks in the middle of a file."""
    at.side.has(LONG)
    at.side.server.faults.read, at.side.server.faults.drop_after = 0, 500_000
    yield
    assert at.side.server.faults.drop_after is None


@contextmanager
def cut_by_the_store(at: Spoiler) -> Iterator[None]:
    at.side.has(LONG)
    at.side.server.cut_at = 500_000
    yield
    assert at.side.server.cut_at is None


def misbehaving(
    wrong: str, path: str = "pages"
) -> Callable[[Spoiler], AbstractContextManager[None]]:
    @contextmanager
    def spoil(at: Spoiler) -> Iterator[None]:
        at.side.path = path
        at.desk.agree(at.side)
        at.side.interface.always = wrong
        yield
        at.side.interface.always = ""

    return spoil


def cut_file(ext: str) -> Callable[[Spoiler], AbstractContextManager[None]]:
    """A file that is whole at the transport and was cut before it."""

    @contextmanager
    def spoil(at: Spoiler) -> Iterator[None]:
        frame = pl.DataFrame(NEW, schema=list(TITLES), orient="row")
        made = io.BytesIO()
        frame.write_parquet(made) if ext == "parquet" else frame.write_excel(made)
        whole = made.getvalue()
        at.side.put(whole[: len(whole) * 2 // 3], ext)
        yield
        at.side.put(whole, ext)

    return spoil


@contextmanager
def page_for_a_file(at: Spoiler) -> Iterator[None]:
    at.side.put(HTML)
    yield
    at.side.has(OLD)


@contextmanager
def page_for_a_bucket(at: Spoiler) -> Iterator[None]:
    at.side.server.page = HTML
    yield
    at.side.server.page = None


AT_THE_DOOR = (wrong_secret, missing_secret, other_host_key, expired_in_the_database, expired_on_the_web)  # fmt: skip
"""What `hedui source check` meets too."""
CASES = {
    "wrong password, sftp": ("sftp", wrong_secret, "口令"),
    "wrong password, postgresql": ("postgresql", wrong_secret, "口令不正确"),
    "wrong password, mariadb": ("mysql", wrong_secret, "口令不正确"),
    "wrong client secret": ("http", wrong_secret, "client_id 与密钥"),
    "wrong access key": ("s3", wrong_secret, "访问密钥"),
    "no password": ("postgresql", missing_secret, "DB_PW"),
    "changed host key": ("sftp", other_host_key, "host_key"),
    "expired certificate, https": ("http", expired_on_the_web, "过期"),
    "expired certificate, postgresql": ("postgresql", expired_in_the_database, "已过期"),
    "expired certificate, mariadb": ("mysql", expired_in_the_database, "已过期"),
    "truncated, sftp": ("sftp", dropped, "中断"),
    "truncated, s3": ("s3", cut_by_the_store, "中断"),
    "truncated, http": ("http", misbehaving("cut"), "没有传完"),
    "truncated json": ("http", misbehaving("half"), "不是完整的 JSON"),
    "truncated parquet": ("sftp", cut_file("parquet"), "不完整"),
    "truncated xlsx": ("sftp", cut_file("xlsx"), "不完整"),
    "html instead of json": ("http", misbehaving("html"), "网页"),
    "html instead of csv": ("sftp", page_for_a_file, "网页"),
    "html instead of a bucket": ("s3", page_for_a_bucket, "网页"),
    "endless pagination": ("http", misbehaving("endless", "cursor"), "没有尽头"),
    "pagination in a circle": ("http", misbehaving("circle", "cursor"), "前面"),
    "a page repeated": ("http", misbehaving("repeat"), "前面某页"),
}


@pytest.mark.parametrize(
    ("side", "spoiled", "word"),
    [pytest.param(*case, id=name) for name, case in CASES.items()],
    indirect=["side"],
)
def test_trouble_takes_nothing_and_the_next_pull_is_right(
    side: Side,
    spoiled: Callable[[Spoiler], AbstractContextManager[None]],
    word: str,
    *,
    new_desk: Callable[[str], Desk],
    monkeypatch: pytest.MonkeyPatch,
    shown: Papers,
) -> None:
    desk, clean = new_desk("desk"), new_desk("clean")
    desk.agree(side, limits={"pages_most": 20})
    with spoiled(Spoiler(desk, side, monkeypatch, shown)):
        assert_one_line(desk.pull(side.name), word)
        if spoiled in AT_THE_DOOR:
            assert_one_line(desk.source("check", side.name, *desk.places), word)
        assert desk.taken() == {}
        assert desk.staged() == []
        assert_nothing_shown(desk.logs(), drivers=False)
    mended = desk.pull(side.name)
    assert (mended.code, mended.lines) == (0, ["取得 1 份"])
    clean.agree(side, limits={"pages_most": 20})
    assert clean.pull(side.name).code == 0
    assert desk.taken() == clean.taken() != {}


@pytest.mark.parametrize("side", ["sftp", "postgresql", "mysql", "http"], indirect=True)
@pytest.mark.parametrize("place", [REQUIRED, OPTIONAL])
def test_a_column_renamed_overnight(
    side: Side, place: int, new_desk: Callable[[str], Desk]
) -> None:
    desk, clean = new_desk("desk"), new_desk("clean")
    desk.agree(side)
    assert desk.pull(side.name).code == 0
    before = desk.taken()
    side.rename(place)

    told = desk.pull(side.name)

    assert_one_line(told, "列", "source.yaml")
    assert desk.taken() == before
    for one in (desk, clean):
        one.agree(side, fields=side.renamed(place))
        assert one.pull(side.name).code == 0
    assert desk.landed() == clean.landed()
    assert desk.taken().items() >= before.items() - desk.landed().items() - before.items()


@pytest.mark.parametrize("side", ["sftp"], indirect=True)
def test_a_wrong_password_is_one_line_however_many_datasets_it_keeps_away(
    side: Side, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.agree(side, also={"population": {}})
    monkeypatch.setenv("SFTP_PW", "canary-that-is-wrong")
    assert_one_line(desk.pull(side.name), f"{side.name}.vehicle、{side.name}.population：")


@pytest.mark.parametrize("side", ["sftp"], indirect=True)
def test_who_has_mended_it_need_not_wait_for_the_rest_to_end(
    side: Side, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.agree(side, limits={"breaker_failures": 2})
    with monkeypatch.context() as patch:
        patch.setenv("SFTP_PW", "canary-that-is-wrong")
        for _ in range(2):
            assert_one_line(desk.pull(side.name), "不接受登录")
    assert_one_line(desk.pull(side.name), "连续 2 次取数失败", "--now")
    assert desk.taken() == {}
    mended = desk.pull(side.name, "--now")
    assert (mended.code, mended.lines) == (0, ["取得 1 份"])
    assert desk.pull(side.name).code == 0


@pytest.mark.parametrize(
    ("side", "changes"),
    [
        ("postgresql", {"password": "canary-written-out"}),
        ("postgresql", {"host": "postgresql://reader:canary-in-a-dsn@127.0.0.1/jg"}),
        ("http", {"url": "https://reader:canary-in-an-address@127.0.0.1/data"}),
        ("sftp", {"host_key": "canary-that-is-no-key"}),
        ("http", {"auth": {"kind": "oauth2", "client_secret": "canary-written-out"}}),
    ],
    indirect=["side"],
)
def test_a_secret_written_out_is_not_repeated(
    side: Side, changes: dict[str, Any], desk: Desk
) -> None:
    transport = {**side.transport(), **changes}
    side_with_it = Said(side.name, transport, side.dataset())
    desk.agree(side_with_it)
    assert_one_line(desk.pull(side.name), "source.yaml 第")
    assert desk.taken() == {}
    assert "canary" not in desk.source("check", *desk.places).out
