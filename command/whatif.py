"""`hedui whatif`: the newest run's households under changed rule packs. Nothing is published; the warehouse stays as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from command.whatif_parameters import Section
    from pipelines.whatif import WhatIf

HELP = """政策试算：用改动过的规则包，对最近一次运行的全部申请重新核算，看谁受益、谁受损、每月多少钱。

只试算，不发布；结果库不变。同样的人、同样的数据、同样的基准日，不同的只有规则包。

\b
例：
  hedui whatif --warehouse 县.duckdb --pack 新标准 --merge
  hedui whatif --warehouse 县.duckdb --pack 新规则包 --out 试算结果
  hedui whatif --warehouse 县.duckdb --packs 本地规则 --pack 本地规则新稿 --json

\b
规则包的写法与 hedui run --packs 相同，同名的整个替换；加 --merge 则只替换其中写到的参数，其余不变。
参数按每份申请的申请日取值：要看对现有申请的影响，改动的值不写 from 和 to。
"""


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option(
    "--pack", required=True, type=click.Path(path_type=Path), help="改动过的规则包，目录或文件"
)
@click.option("--merge", is_flag=True, help="只替换 --pack 中写到的参数，其余不变")
@click.option(
    "--packs", type=click.Path(path_type=Path), help="最近一次运行时 --packs 给出的目录，如果给过"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="把明细、汇总、图和网页写到此目录",
)
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出一个 JSON 摘要")
def whatif(
    *, warehouse: Path, pack: Path, merge: bool, packs: Path | None, out: Path | None, as_json: bool
) -> None:
    """Try packs over the newest run; print what would change."""
    from command.whatif_page import sections_of
    from pipelines.settings import read_settings
    from pipelines.whatif import try_packs

    key = read_settings().person_key
    found = try_packs(warehouse, pack, beside=packs, person_key=key, merge=merge)
    sections = sections_of(found)
    files: list[str] = []
    if out is not None:
        from command.auditing import record_door
        from command.whatif_files import write_whatif

        record_door(warehouse, "whatif.export", subject_id=found.run.run_id)
        files = [str(file) for file in write_whatif(found, sections, out)]
    if as_json:
        click.echo(json.dumps(_said(found, files), ensure_ascii=False, indent=2))
    else:
        _print(sections)
    if files:
        click.echo(f"已写出 {len(files)} 个文件到 {out}，网页 {files[-1]}", err=True)


def _print(sections: list[Section]) -> None:
    from rich.console import Console

    console = Console(width=118)
    for section in sections:
        console.print(f"[bold]{section.title}[/]", *section.lines, sep="\n", highlight=False)
        if section.columns:
            console.print(_table(section))
        console.print()


def _table(section: Section) -> Table:
    from rich.box import Box
    from rich.markup import escape
    from rich.table import Table

    # Only ASCII: a terminal that shows Chinese may draw other lines two columns wide.
    ruled = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
    table = Table(box=ruled, pad_edge=False)
    for column in section.columns:
        numeric = column.startswith("#")
        table.add_column(
            column.lstrip("#"), justify="right" if numeric else "left", overflow="fold"
        )
    for row in section.rows:
        table.add_row(*map(escape, row))
    return table


def _said(found: WhatIf, files: list[str]) -> dict[str, Any]:
    """The JSON summary; money as text, exact."""
    from command.whatif_page import notices
    from household.comparison import totals
    from household.schema.compared import DIRECTIONS

    asked = found.summary.filter("requested")
    ways = dict(totals(asked, ["direction"]).select("direction", "applications").iter_rows())
    return {
        "run_id": found.run.run_id,
        "as_of": found.run.as_of.isoformat(),
        "reproduced": found.reproduced,
        "notices": notices(found),
        "parameters": [
            {
                "pack": c.pack_id,
                "key": c.key,
                "before": _entries(c.before),
                "after": _entries(c.after),
            }
            for c in found.parameters
        ],
        "requested": {
            **{way: ways.get(way, 0) for way in DIRECTIONS},
            **_plain(totals(asked).row(0, named=True)),
        },
        "by_programme": [_plain(r) for r in totals(asked, ["programme"]).iter_rows(named=True)],
        "by_region": [_plain(r) for r in totals(asked, ["region_code"]).iter_rows(named=True)],
        "changes": found.changes.height,
        "files": files,
    }


def _entries(entries: tuple[Any, ...]) -> list[Any]:
    return [
        e
        if isinstance(e, str)
        else {"value": _text(e.value), "from": _text(e.valid_from), "to": _text(e.valid_to)}
        for e in entries
    ]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> Any:
    """A value as JSON holds it without losing a digit."""
    match value:
        case None | bool() | int() | str():
            return value
        case dict():
            return {str(name): _text(one) for name, one in value.items()}
        case list() | tuple():
            return [_text(one) for one in value]
        case _:
            return str(value)
