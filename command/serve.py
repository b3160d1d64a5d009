"""`hedui serve`: the API and the pages of one warehouse, until it is stopped."""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from errno import errorcode
from pathlib import Path
from typing import TYPE_CHECKING

import click

from household.errors import InputError

if TYPE_CHECKING:
    from service.deployment import Deployment
    from service.settings import ServiceSettings

LOOPBACK = ("127.0.0.1", "::1", "localhost")

HELP = """启动接口与网页：审批系统的 REST 接口、核对员的网页、数据质量看板。

\b
例：
  hedui serve --warehouse demo/county.duckdb --inbox demo/inbox --demo     演示，自动建立各角色的账号
  hedui serve --warehouse 县.duckdb --inbox 收件 --host 10.0.0.5 --behind-tls

\b
账号：hedui accounts add；业务系统的密钥：hedui keys add。
默认只在本机 127.0.0.1 上提供；对外提供时请放在 TLS 反向代理之后，并加 --behind-tls。
新的运行发布后自动换上，不必重启；停止用 Ctrl+C 或 SIGTERM。
"""


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--host", default="127.0.0.1", show_default=True, help="在哪个地址上提供")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口")
@click.option(
    "--inbox", type=click.Path(path_type=Path), help="收件目录；不给则不能批量委托，也不能启动运行"
)
@click.option("--packs", type=click.Path(path_type=Path), help="另外的规则包目录，交给运行")
@click.option("--region", metavar="CODE", help="运行时只核对此区划及其下的申请")
@click.option(
    "--behind-tls", is_flag=True, help="在 TLS 反向代理之后：会话 Cookie 只经加密连接发送"
)
@click.option("--trusted-proxy", multiple=True, metavar="IP", help="相信它转告的客户端地址，可多次")
@click.option("--second-factor", is_flag=True, help="口令之外还须动态码：未设置者登录后先设置")
@click.option("--dagster-url", help="Dagster 只读页面的地址，用于链接")
@click.option(
    "--demo", is_flag=True, help="演示：各角色建立一个账号并显示口令；只用于虚构数据，只在本机"
)
def serve(
    *,
    warehouse: Path,
    host: str,
    port: int,
    inbox: Path | None,
    packs: Path | None,
    region: str | None,
    behind_tls: bool,
    trusted_proxy: tuple[str, ...],
    second_factor: bool,
    dagster_url: str | None,
    demo: bool,
) -> None:
    """Serve until stopped."""
    if demo and host not in LOOPBACK:
        raise click.BadParameter("演示账号只能在本机使用", param_hint="--demo")
    from command.identity_provider import oidc_client
    from pipelines.outside import outside_now, token_bytes
    from pipelines.settings import read_settings
    from pipelines.workplace import casework_of
    from service.feed.destinations import listed
    from service.feed.running import feeding
    from service.opening import opened
    from service.outside import Outside
    from service.settings import ServiceSettings

    environment = read_settings()
    key = environment.person_key
    settings = ServiceSettings(
        inbox=inbox or environment.inbox,
        packs=packs or environment.packs,
        region=region or environment.region,
        sources=environment.sources,
        person_key=None if key is None else key.get_secret_value().encode(),
        behind_tls=behind_tls,
        trusted_proxies=trusted_proxy,
        second_factor=second_factor,
        dagster_url=dagster_url,
        oidc=oidc_client(environment),
        seal_key=environment.seal_key,
        fonts=environment.fonts,
        audit_anchor=environment.audit_anchor,
        audit_digest=environment.audit_digest,
        webhook_hosts=listed(environment.webhook_hosts),
        demonstration=demo,
    )
    outside = Outside(outside_now().now, token_bytes)
    with opened(
        warehouse, casework_of(warehouse), outside=outside, settings=settings
    ) as deployment:
        _tell_accounts(deployment, settings)
        with feeding(deployment):
            _listen(deployment, host, port)


def _tell_accounts(deployment: Deployment, settings: ServiceSettings) -> None:
    from casework.accounts import all_accounts
    from service.access.demonstration import make_accounts

    if settings.demonstration:
        for title, login, password in make_accounts(deployment):
            click.echo(f"  {title}  账号 {login}  口令 {password}", err=True)
    elif not all_accounts(deployment.casework):
        click.echo(
            "还没有账号：请用 hedui accounts add 建立第一个（角色 system_administrator）", err=True
        )


def _listen(deployment: Deployment, host: str, port: int) -> None:
    import threading

    import uvicorn

    from service.access.correlation import log_to_stderr
    from service.app import create_app
    from service.warming import warm

    log_to_stderr()
    listener = _bound(
        host, port
    )  # by uvicorn itself it would be a traceback's worth of log and an exit code of its own

    shown = f"[{host}]" if ":" in host else host
    click.echo(f"http://{shown}:{port}/  （接口说明 /api/v1/openapi.json）", err=True)
    # No access log: who looked at what stands in the audit log, which can be verified.
    application = create_app(deployment)
    # A large county takes a second or more to be indexed: not the first visitor's second.
    warming = threading.Thread(target=warm, args=(application,), daemon=True)
    warming.start()
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    # Whoever stops it asked for that: once the last request is answered everything is closed in order, and it is no failure.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    warming.join()  # Python that ends while a thread is inside the database is aborted


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises InputError where the address is somebody else's, or none of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise InputError(
            f"不能在 {host} 端口 {port} 上提供（{errorcode.get(error.errno or 0, '地址无法解析')}）",
            "端口可能已被占用：请用 --port 换一个，或检查 --host 是否本机地址",
        ) from error
