"""`hedui export`: the published tables as files."""

from __future__ import annotations

from pathlib import Path

import click

HELP = """把最近一次发布的各张表写成文件，每张表一个。

\b
例：
  hedui export --warehouse 县.duckdb --out 结果 --format xlsx
"""


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个目录")
@click.option(
    "--format",
    "fmt",
    required=True,
    type=click.Choice(["parquet", "csv", "xlsx"]),
    help="文件格式；csv 为带 BOM 的 UTF-8",
)
def export(*, warehouse: Path, out: Path, fmt: str) -> None:
    """Write the newest run's tables."""
    from command.auditing import record_door
    from warehouse.current import latest
    from warehouse.export import export as write_tables

    run = latest(warehouse)
    if run is not None:  # where there is none, nothing leaves
        told: dict[str, object] = {"format": fmt, "households": run.applications}
        record_door(warehouse, "tables.export", subject_id=run.run_id, details=told)
    written = write_tables(warehouse, out, fmt)
    rows = sum(written.files.values())
    click.echo(f"已写出 {written.run_id} 的 {len(written.files)} 张表、{rows} 行到 {out}", err=True)
