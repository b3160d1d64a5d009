"""`hedui packs`: the rule packs of a run, checked: every mistake with file and line, and what nobody gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from household.rules.gaps import Gap
    from household.rules.packs import Pack, Packs
    from household.rules.statements import Statement

HELP = """规则包：检查参数、起止日、依据与相互关系。

\b
例：
  hedui packs check                          检查自带的规则包
  hedui packs check --packs 本地规则            连同本地规则包一起检查
  hedui packs check --packs 本地规则 --gaps     并列出规则需要而无人规定的参数
"""

CHECK_HELP = """检查规则包，错误一行一条：文件、行号、规则包、参数、错在哪里、怎样更正。

\b
退出码：0 没有错误；1 有错误。缺失的参数不是错误：影响结论时建议为参数缺失。
"""


@click.group(help=HELP)
def packs() -> None:
    """Group of the commands about packs; its help is HELP."""


@packs.command(help=CHECK_HELP)
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path, exists=True),
    help="另外的规则包目录；同名的替换自带的",
)
@click.option("--gaps", "with_gaps", is_flag=True, help="列出每个规则包缺失的参数及起止日")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="只列这一天缺失的参数，例如 2026-05-20",
)
def check(*, folder: Path | None, with_gaps: bool, day: datetime | None) -> None:
    """Read the packs; leave with 1 when something in them is wrong."""
    import rulepacks
    from household.errors import InputError
    from household.rules.mistakes import PackMistakesError
    from household.rules.packs import examine_packs
    from household.rules.statements import loose_statements, read_statements

    folders = [Path(rulepacks.__file__).parent, *([folder] if folder else [])]
    found, mistakes = examine_packs(*folders)
    statements: tuple[Statement, ...] = ()
    try:
        statements = read_statements(*(one for one in folders if one.is_dir()))
        mistakes += tuple(loose_statements(statements, found))
    except PackMistakesError as error:
        mistakes += error.mistakes
    for line in _counted(found, statements):
        click.echo(line)
    for mistake in mistakes:
        click.echo(f"错误 {mistake}")
    if mistakes:
        raise InputError(f"规则包有 {len(mistakes)} 处错误", "请逐条更正后重新检查")
    if with_gaps or day is not None:
        for line in _missing(found, day.date() if day else None):
            click.echo(line)
    click.echo("没有错误", err=True)


def _counted(packs: Packs, statements: tuple[Statement, ...]) -> Iterator[str]:
    """One line a pack."""
    from household.rules.citing import unregistered
    from household.rules.gaps import gaps

    for pack in packs.packs.values():
        entries = [entry for told in pack.values.values() for entry in told]
        pairs = [entry for told in pack.compatibility.values() for entry in told]
        cited = {entry.source for entry in (*entries, *pairs)}
        loose = {p for one in cited for p in unregistered(one, packs.documents.values())}
        told = [
            f"{len(pack.values)} 个参数 {len(entries)} 个取值",
            f"{sum(one.pack_id == pack.pack_id for one in statements)} 条条文",
            f"缺 {sum(_lasting(found) for found in gaps(packs, pack).values())} 个参数",
        ]
        if pairs:
            told.insert(1, f"{len(pack.compatibility)} 对待遇的并存关系")
        if loose and not pack.fictional:
            told.append(f"未登记的依据 {'、'.join(sorted(loose))}")
        regions = "、".join(pack.regions) or _unbound(pack)
        yield f"规则包 {pack.pack_id} {pack.title}（{regions}）：{'，'.join(told)}"


def _unbound(pack: Pack) -> str:
    return "全国" if pack.pack_id == "cn" else "未绑定区划"


def _lasting(found: tuple[Gap, ...]) -> bool:
    """Whether something is missing other than before the first value."""
    return any(not gap.before_the_first for gap in found)


def _missing(packs: Packs, day: date | None) -> Iterator[str]:
    """One line a gap."""
    from household.rules.gaps import gaps
    from household.rules.parameters import PARAMETERS

    for pack in packs.packs.values():
        for key, found in gaps(packs, pack).items():
            told = [gap.text_zh for gap in found if day is None or gap.holds(day)]
            if told:
                title = PARAMETERS[key].title_zh
                yield f"缺失 规则包 {pack.pack_id} 参数 {key}（{title}）：{'、'.join(told)}"
