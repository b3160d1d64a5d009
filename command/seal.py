"""`hedui seal`: the key that reports are sealed with. The private half is never shown."""

from __future__ import annotations

from pathlib import Path

import click

HELP = """核对章的密钥：查看指纹与公钥，交给核验报告的机构。

密钥由 HEDUI_SEAL_KEY 指定（Ed25519 或国密 SM2 私钥，PEM 文件）；未指定时首次使用自动生成，
存放在结果库旁工作目录的 keys 目录中。更换与销毁见 docs/runbooks/seal-key.md。
"""
SHOW_HELP = """显示盖章密钥的算法、指纹与公钥；公钥写到标准输出，可存成文件。

\b
例：
  hedui seal show --warehouse 县.duckdb > 核对中心公钥.pem
"""


@click.group(help=HELP)
def seal() -> None:
    """Group of the seal's commands."""


@seal.command(help=SHOW_HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
def show(*, warehouse: Path) -> None:
    """Show the public half of the key."""
    from pipelines.outside import token_bytes
    from pipelines.settings import read_settings
    from pipelines.workplace import store_root
    from service.reports.seal import fingerprint_of
    from service.reports.seal_keys import public_pem, signer_beside
    from warehouse.current import reading

    with reading(warehouse):  # a key is made for a warehouse of ours only
        signer = signer_beside(
            store_root(warehouse), read_settings().seal_key, token_bytes=token_bytes
        )
    click.echo(f"算法 {signer.algorithm}，指纹 {fingerprint_of(signer.public_key)}", err=True)
    click.echo(public_pem(signer.public_key).decode("ascii"), nl=False)
