"""What the commands about accounts and keys share: their options, the open store and who acts, a password that is not typed in clear."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.accounts import Account
    from casework.store import CaseworkStore
    from service.outside import Outside

warehouse_option = click.option(
    "--warehouse",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="结果库，DuckDB 文件",
)
login_option = click.option("--login", required=True, help="登录名")
region_option = click.option(
    "--region", "regions", multiple=True, help="能看到的行政区划代码，含其下级；* 为全部；可多次"
)
programme_option = click.option(
    "--programme", "programmes", multiple=True, help="能看到的救助类型；不给即全部；可多次"
)
stdin_option = click.option(
    "--password-stdin", is_flag=True, help="从标准输入读口令；不给则生成一次性口令"
)


@contextmanager
def keeping(
    warehouse: Path, *, create: bool = False
) -> Iterator[tuple[CaseworkStore, Outside, str]]:
    """The open store of a warehouse, clock and chance, and who acts: the machine's account. Raises CaseworkError."""
    from casework.sealed import make_sealed
    from casework.sealing import SealError
    from casework.store import open_store
    from pipelines.outside import outside_now, token_bytes
    from pipelines.workplace import casework_of
    from service.outside import Outside

    world = outside_now()
    outside = Outside(world.now, token_bytes)
    with open_store(casework_of(warehouse), create=create) as store:
        try:
            make_sealed(store, token_bytes, at=outside.stamp)
        except (
            SealError
        ) as error:  # what needs no secret goes on: a lost key must not lock accounts
            click.echo(f"注意：{error}", err=True)
        yield store, outside, f"cli:{world.by}"


def account_called(store: CaseworkStore, login: str) -> Account:
    """The account of a login name. Raises InputError: there is none."""
    from casework.accounts import find_account, login_of
    from household.errors import InputError

    found = find_account(store, login=login_of(login))
    if found is None:
        raise InputError("没有这个登录名", "请用 hedui accounts list 查看账号")
    return found


def read_password() -> str:
    """The first line of standard input. Raises InputError: there is none."""
    from household.errors import InputError

    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise InputError("标准输入中没有口令", "请把口令作为一行送入，例如用口令管理程序的管道")
    return given


def show_once(password: str | None) -> None:
    """Print a password that was made here; it is kept nowhere."""
    if password is not None:
        click.echo(f"一次性口令：{password}")
        click.echo("只显示这一次；请当面交给使用人，首次登录须修改", err=True)
