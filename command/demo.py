"""`hedui demo`: a made-up county, and a whole run over it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import click

from household.errors import InputError

AS_OF = date(2026, 5, 20)
MARK = "demo.json"
EXAMPLE = "SQ2026000001"  # every county has a first application
WAREHOUSE = "county.duckdb"

HELP = """造一个虚拟县（人、地名、银行都是虚构的），写成收件目录，并完整运行一次。

\b
例：
  hedui demo
  hedui demo --households 2000 --seed 7 --out 大一些
"""

QUERIES = """可以试试（用 duckdb 命令行，或任何能连 DuckDB 的工具）：
  SELECT programme, suggestion, count(*) FROM current.household_verdict WHERE requested GROUP BY ALL ORDER BY ALL;
  SELECT application_id, rule_id, outcome, text_zh FROM current.verdict_reason JOIN current.household_verdict USING (verdict_id) WHERE requested AND outcome <> 'pass' LIMIT 20;
  SELECT code, severity, text_zh, settles_it FROM current.alert WHERE state = 'open' ORDER BY code LIMIT 20;"""


@click.command(help=HELP)
@click.option(
    "--households",
    type=click.IntRange(1, 200_000),
    default=400,
    show_default=True,
    metavar="N",
    help="申请数；每份申请约二十个人",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="S",
    help="同样的种子造出同样的县",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="写到哪个目录",
)
def demo(*, households: int, seed: int, out: Path) -> None:
    """Write a county and run it."""
    from command.run import carry_out
    from command.summary import summary_lines
    from pipelines.settings import Order, read_settings

    key = read_settings().person_key
    _make_county(out, households=households, seed=seed)
    outcome, _ = carry_out(Order(out / "inbox", out / WAREHOUSE, AS_OF, None, None, key))
    click.echo("\n".join(summary_lines(outcome)), err=True)
    click.echo(
        f"收件目录 {out / 'inbox'}；真实情况（只有演示才有）{out / 'truth'}\n"
        f"看一户人家：hedui show --warehouse {out / WAREHOUSE} --application {EXAMPLE}\n{QUERIES}",
        err=True,
    )


def _make_county(out: Path, *, households: int, seed: int) -> None:
    """Write the county, after clearing away what another demo left there.

    Raises:
        InputError: the folder holds something that no demo made.

    """
    mark = out / MARK
    wanted = {"households": households, "seed": seed}
    if mark.is_file():
        made = json.loads(mark.read_text(encoding="utf-8"))
        if made == wanted:
            return
        for folder in ("inbox", "truth", "packs", f"{Path(WAREHOUSE).stem}.store"):
            shutil.rmtree(out / folder, ignore_errors=True)
        (out / WAREHOUSE).unlink(missing_ok=True)
        mark.unlink()
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} 不是空目录", "请用 --out 另选一个目录")
    from synthetic.county import write_county

    click.echo(f"正在造一个 {households} 份申请的虚拟县（种子 {seed}）", err=True)
    out.mkdir(parents=True, exist_ok=True)
    # the mark comes first: a demo that was cut short is cleared away by the next one
    mark.write_text(json.dumps(wanted | {"whole": False}), encoding="utf-8")
    county = write_county(out, households=households, seed=seed, as_of=AS_OF)
    mark.write_text(json.dumps(wanted), encoding="utf-8")
    click.echo(f"{county.people} 人，{county.files} 个文件，{county.rows} 行", err=True)
