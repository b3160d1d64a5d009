"""`hedui verify`: whether a report is as it was made, whose seal it bears, and whether it still stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from service.reports.checking import Checked
    from service.reports.seal import Claims

HELP = """核验核对报告：文件是否原样、谁盖的章、是否仍然有效。只需要报告文件本身，可以离线。

退出码 0：完好；1：被改动、没有章、不是所信任的密钥，或复算结果不同（标准错误输出一行原因）。

\b
例：
  hedui verify --report SQ2026000001.pdf
  hedui verify --report SQ2026000001.pdf --key 核对中心公钥.pem
  hedui verify --report SQ2026000001.pdf --warehouse 县.duckdb     另用结果库复算
"""
TITLES = {
    "report": "报告编号",
    "check_code": "核验码",
    "application": "申请编号",
    "run": "核对批次",
    "as_of": "核对基准日",
    "contents": "内容摘要",
}


@click.command(help=HELP)
@click.option("--report", required=True, type=click.Path(path_type=Path), help="报告，PDF 文件")
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(path_type=Path),
    help="信任的公钥，PEM 文件，可给多次；也可放在 HEDUI_SEAL_TRUST 目录",
)
@click.option("--warehouse", type=click.Path(path_type=Path), help="用这个结果库复算")
def verify(*, report: Path, keys: tuple[Path, ...], warehouse: Path | None) -> None:
    """Check a report."""
    from pipelines.settings import read_settings
    from service.reports.checking import check_seal, trusted_keys

    trusted = trusted_keys(keys, read_settings().seal_trust)
    checked = check_seal(_bytes_of(report), trusted)
    click.echo("完好：核对章有效，文件自出具以来未被改动")
    for name, title in TITLES.items():
        click.echo(f"{title}：{_one_line(getattr(checked.seal.claims, name))}")
    click.echo(_key_told(checked))
    if warehouse is not None:
        _tell_standing(checked.seal.claims, warehouse)


def _bytes_of(report: Path) -> bytes:
    from household.errors import InputError

    try:
        return report.read_bytes()
    except OSError as error:
        raise InputError(
            f"报告 {report.name} 无法读取（{error.strerror}）", "请检查路径与权限"
        ) from None


def _one_line(text: str) -> str:
    """What the seal says, shown so that nothing in it can move the cursor or the lines."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _key_told(checked: Checked) -> str:
    seal = checked.seal
    told = f"盖章密钥：{seal.algorithm}，指纹 {seal.fingerprint}"
    if checked.trusted:
        return f"{told}（在所信任的公钥之中）"
    return f"{told}（密钥归属未核对：请与出具机构公布的指纹比对，或用 --key 指定公钥）"


def _tell_standing(claims: Claims, warehouse: Path) -> None:
    from household.errors import InputError
    from service.reports.standing import Standing, standing
    from warehouse.current import reading

    with reading(warehouse) as tables:
        found = standing(claims, tables, warehouse)
    if found is Standing.DIFFERS:
        what, _, todo = found.value.partition("：")
        raise InputError(what, todo)
    click.echo(found.value)
