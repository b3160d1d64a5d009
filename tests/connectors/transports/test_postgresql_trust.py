"""Against Debian's PostgreSQL: who is connected to and as whom, and one clear line for whatever is not as agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from file_sources import PlainCaller, outside
from postgresql_jg import emptied, opener, vehicles
from servers.certificates import EXPIRED, Authority
from servers.processes import own_port
from table_sources import PASSWORD, VEHICLE_VIEW, login, source_of, taken

from connectors.errors import SourceRefused, SourceUnreachable
from connectors.sources.declaration import Postgresql, SecretRef, Tls
from connectors.transports.postgresql import PostgresqlTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg
    from servers.postgresql import PostgresqlServer


@pytest.fixture
def server(postgresql_jg: PostgresqlServer) -> PostgresqlServer:
    return postgresql_jg


@pytest.fixture
def owner(server: PostgresqlServer) -> Iterator[psycopg.Connection]:
    with emptied(server) as connection:
        yield connection


@pytest.fixture
def open_source(server: PostgresqlServer) -> Callable[..., PostgresqlTransport]:
    return opener(server)


def test_the_probe_names_the_server_tells_its_time_and_remarks_on_an_account_that_can_write(
    owner, open_source
):
    said = open_source().probe()
    assert said.server.startswith("PostgreSQL-15.")
    assert said.clock.tzinfo is not None
    assert abs((owner.execute("SELECT now()").fetchone()[0] - said.clock).total_seconds()) < 5
    assert "写入" not in said.server
    assert "写入" in open_source(user="writer").probe().server


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"password": SecretRef(env="WRONG")}, "账户或口令不正确"),
        ({"password": None}, "账户或口令不正确"),
        ({"user": "no_such_user"}, "账户或口令不正确"),
        ({"database": "nowhere"}, "数据库不存在"),
        ({"user": "tls_only"}, "不允许本机以该账户（或不加密）连接"),
        ({"user": "nobody_admitted"}, "不允许本机"),
    ],
)  # fmt: skip
def test_a_refused_connection_is_one_line_without_a_secret(server, changes, what):
    spec = Postgresql(kind="postgresql", **login(**{"port": server.port, **changes}))
    source = source_of(spec, "public_security")
    with pytest.raises(SourceRefused, match=what) as refused:
        PostgresqlTransport(source, outside(PW=PASSWORD, WRONG="guess"), PlainCaller()).probe()
    said = str(refused.value)
    assert "\n" not in said
    assert not any(word in said for word in (PASSWORD, "guess", "127.0.0.1", "no_such_user", "FATAL"))  # fmt: skip


def test_nobody_there_may_be_tried_again(open_source):
    with own_port() as nobody_s, pytest.raises(SourceUnreachable, match="连接不上"):
        open_source(port=nobody_s).probe()


def test_encrypted_only_to_whom_our_authority_signed(server, open_source, tmp_path, monkeypatch):
    trusted = Tls(ca=server.authority.pem)
    assert open_source(user="tls_only", tls=trusted).probe().server.startswith("PostgreSQL")
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("PGPASSWORD", "other")
    assert open_source(user="tls_only", tls=trusted).probe()
    monkeypatch.undo()
    other = Authority(tmp_path, "other")
    with pytest.raises(SourceRefused, match="不是受信任的机构签发"):
        open_source(tls=Tls(ca=other.pem)).probe()
    try:
        server.show(server.authority.issue("old", "127.0.0.1", not_after=EXPIRED))
        with pytest.raises(SourceRefused, match="证书已过期"):
            open_source(tls=trusted).probe()
        server.show(server.authority.issue("elsewhere", "db.invalid"))
        with pytest.raises(SourceRefused, match="证书与 host 不符"):
            open_source(tls=trusted).probe()
    finally:
        server.show(server.authority.issue("server", "127.0.0.1", "localhost"))


def test_a_certificate_of_ours_is_shown_and_its_key_stays_off_the_disk(
    server, open_source, tmp_path
):
    certificate, key = server.authority.issue("client", "client")
    key.chmod(0o600)
    tls = Tls(ca=server.authority.pem, certificate=certificate, key=SecretRef(file=key))
    with open_source(tls=tls)._snapshot() as snapshot:
        row = snapshot._connection.execute(
            "SELECT ssl, client_serial IS NOT NULL FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone()
    assert row == (True, True)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"view": "jg.v_gone"}, "jg.v_gone 没有这个视图"),
        ({"view": "nowhere.v_vehicle"}, "没有这个"),
        ({"view": "jg.secret"}, "无权读取"),
        ({"key": ("hphm", "renamed")}, "没有列 renamed"),
        ({"changed": "renamed"}, "没有列 renamed"),
        ({"as_of": "renamed"}, "没有列 renamed"),
        ({"changed": "syr"}, "不能用作 changed"),
        ({"key": ("extra",)}, "二进制"),
        ({"fields": {"hphm": "plate_no"}}, "缺少必有的列"),
        ({"fields": {"xin_lie": "plate_no"}}, "xin_lie.*没有送到"),
        ({"view": 'jg."; DROP TABLE jg.vehicle; --'}, "不是“模式.视图”形式"),
        ({"view": "a.b.c"}, "不是“模式.视图”形式"),
    ],
)  # fmt: skip
def test_a_view_that_is_not_as_agreed_is_refused_before_a_row_is_read(
    owner, open_source, tmp_path, changes, what
):
    vehicles(owner, "a")
    spec = VEHICLE_VIEW.model_copy(update=changes)
    with pytest.raises(SourceRefused, match=what) as refused:
        taken(open_source(), spec, tmp_path / "a.parquet")
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_statement_past_its_time_is_cancelled_and_may_be_tried_again(
    owner, open_source, tmp_path
):
    vehicles(owner, "a")
    slow = VEHICLE_VIEW.model_copy(update={"view": "jg.slow"})
    with pytest.raises(SourceUnreachable, match=r"jg\.slow 查询超过时限"):
        # a limit that what comes before the view keeps on a busy machine too
        taken(open_source(timeout_seconds=3), slow, tmp_path / "a.parquet")
