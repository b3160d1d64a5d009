"""`hedui inspect`: random inspections by lot: draw, list, and prove that a record follows from its seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import polars as pl

    from casework.store import Address
    from household.inspections import Inspector

HELP = """双随机检查：按记录在案的种子随机抽取在享家庭和检查人员，事后可以核验。

\b
例：
  hedui inspect draw --warehouse 县.duckdb --share 10% --seed 20260520 --inspectors 人员.csv \\
      --by 王某 --at 2026-05-21T09:00:00 --out 检查.xlsx
  hedui inspect draw --warehouse 县.duckdb --of tekun-applications --share 30% --seed 7 \\
      --inspectors 人员.csv --by 王某 --at 2026-05-21T09:00:00 --out 特困抽查.xlsx
  hedui inspect list --warehouse 县.duckdb
  hedui inspect verify --warehouse 县.duckdb --batch J0123abcd
"""

DRAW_HELP = """抽取要检查的家庭，每户派两名检查人员，记入工作目录并写出检查表。

在享家庭按救助类型与乡镇分层；--share 为每层的比例（进一取整），--size 为总户数（每层至少两户）。
--of tekun-applications 抽取尚未确认的特困申请，县级抽查不得低于 30%。
检查人员名单为 csv 或 xlsx，列“姓名”，可另有“所在乡镇”（行政区划代码），不派往本乡镇。
检查表不含姓名与证件号码，请按家庭编号在台账中查找。
"""

INSPECTOR, TOWN = "姓名", "所在乡镇"
LIST_TODO = "请给出一列“姓名”，可另有一列“所在乡镇”"
COLUMNS = {
    "household_no": "家庭编号",
    "region_code": "行政区划代码",
    "programme": "救助类型",
    "inspector": "检查人员",
    "second_inspector": "检查人员二",
}
TO_FILL = ("检查日期", "检查情况", "结论")

warehouse_option = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)


@click.group(name="inspect", help=HELP)
def inspect() -> None:
    """Group of the commands about inspections; its help is HELP."""


@inspect.command(help=DRAW_HELP)
@warehouse_option
@click.option(
    "--of",
    "kind",
    type=click.Choice(["households", "tekun-applications"]),
    default="households",
    show_default=True,
    help="抽取在享家庭，或尚未确认的特困申请",
)
@click.option("--size", type=click.IntRange(1), help="共抽多少户")
@click.option("--share", help="每层抽取的比例，例如 30%")
@click.option(
    "--seed",
    required=True,
    type=click.IntRange(0, 2**63 - 1),
    help="随机种子，由抽取人当众给定并记录",
)
@click.option("--region", default="", help="只在这个行政区划代码之下抽取")
@click.option("--programme", help="只抽这一救助类型，例如 dibao")
@click.option(
    "--inspectors",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="检查人员名单",
)
@click.option("--by", required=True, help="抽取人，姓名或工号")
@click.option("--at", required=True, help="抽取时间，例如 2026-05-21T09:00:00")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="检查表，.xlsx 或 .csv",
)
def draw(
    *,
    warehouse: Path,
    kind: str,
    size: int | None,
    share: str | None,
    seed: int,
    region: str,
    programme: str | None,
    inspectors: Path,
    by: str,
    at: str,
    out: Path,
) -> None:
    """Draw, keep the draw, and write the sheet."""
    import polars as pl

    from casework.logs import add_log_rows, read_casework
    from command.auditing import record_door
    from household import inspections as lots
    from household.errors import InputError
    from warehouse.current import latest

    if (size is None) == (share is None):
        raise click.UsageError("请在 --size 与 --share 中给出一个")
    if out.suffix not in {".xlsx", ".csv"}:
        raise InputError(f"不能写成 {out.suffix or out.name}", "请用 .xlsx 或 .csv 结尾的文件名")
    clerk, when = _signed(by, at)
    people = read_inspectors(inspectors)
    run = latest(warehouse)
    if run is None:
        raise InputError("结果库中还没有结果", "请先运行 hedui run")
    units = _units(warehouse, run.run_id, kind).filter(
        pl.col("region_code").str.starts_with(region)
    )
    if programme is not None:
        units = units.filter(pl.col("programme") == programme)
    part = None if share is None else lots.share_of(share)
    drawn = lots.draw_units(units, lots.how_many(units, size=size, share=part, kind=kind), seed)
    sent = lots.send_inspectors(drawn, people, seed)
    said = sorted((i.name, i.region) for i in people)
    batch = lots.batch_of(run.run_id, kind, size, part, seed, region, programme, said)
    casework = _casework(warehouse)
    kept = read_casework(casework).inspection_draw
    before = kept.filter(pl.col("batch") == batch)
    if len(before):
        who, on = before.select("drawn_by", "drawn_at").row(0)
        click.echo(f"同样的抽取已于 {on} 由 {who} 记录，不再重复记入", err=True)
    else:
        told = {"batch": batch, "run_id": run.run_id, "as_of": str(run.as_of), "seed": seed}
        told |= {"drawn_by": clerk, "drawn_at": when}
        add_log_rows(casework, "inspection_draw", [told | row for row in sent.to_dicts()])
    told_of = {"rows": len(sent), "regions": [region] if region else []}
    record_door(warehouse, "inspection_sheet.export", subject_id=batch, details=told_of)
    _write_sheet(out, sent, batch=batch, seed=seed, run_id=run.run_id, as_of=run.as_of)
    for stratum, population, count in (
        sent.select("stratum", "population", "drawn").unique().sort("stratum").iter_rows()
    ):
        click.echo(f"{stratum}  {population} 户中抽 {count} 户")
    click.echo(f"批次 {batch}，种子 {seed}，共 {len(sent)} 户，检查表 {out.name}", err=True)


@inspect.command("list", help="列出抽取过的批次；给出 --batch 则列出其中的家庭。")
@warehouse_option
@click.option("--batch", help="批次")
def list_draws(*, warehouse: Path, batch: str | None) -> None:
    """Print batches, or the households of one."""
    import polars as pl

    from casework.logs import read_casework

    log = read_casework(_casework(warehouse)).inspection_draw
    if batch is not None:
        columns = ("household_no", "stratum", "inspector", "second_inspector")
        for line in _batch(log, batch).select(columns).iter_rows():
            click.echo("  ".join(line))
        return
    about = ("batch", "drawn_at", "drawn_by", "seed", "run_id", "as_of")
    batches = log.group_by(about, maintain_order=True).agg(pl.len().alias("units"))
    for row in batches.iter_rows(named=True):
        click.echo(
            f"{row['batch']}  {row['drawn_at']}  {row['drawn_by']}  种子 {row['seed']}  "
            f"{row['units']} 户  依据批次 {row['run_id']}（基准日 {row['as_of']}）"
        )
    click.echo(f"共 {log['batch'].n_unique()} 批", err=True)


@inspect.command(help="按记录的种子和当时的结果重新抽取，核验记录；不一致则以 1 退出。")
@warehouse_option
@click.option("--batch", required=True, help="批次，见 hedui inspect list")
@click.option(
    "--inspectors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="当时的检查人员名单；给出则一并核验派员",
)
def verify(*, warehouse: Path, batch: str, inspectors: Path | None) -> None:
    """Draw again from the recorded seed and compare."""
    from casework.logs import read_casework
    from household import inspections as lots
    from household.errors import InputError

    record = _batch(read_casework(_casework(warehouse)).inspection_draw, batch)
    confirmations = record["stratum"].str.starts_with(lots.WAITING_ZH).all()
    kind = lots.CONFIRMATIONS if confirmations else lots.HOUSEHOLDS
    units = _units(warehouse, record["run_id"][0], kind)
    faults = lots.faults_of(record, units)
    checked = "家庭"
    if inspectors is not None:
        checked = "家庭与派员"
        faults += _other_pairs(record, read_inspectors(inspectors))
    if faults:
        raise InputError(f"批次 {batch} 与重抽结果不一致：{'；'.join(faults)}", "请核查记录与种子")
    click.echo(
        f"批次 {batch}：按种子 {record['seed'][0]} 与批次 {record['run_id'][0]} 重抽，"
        f"{len(record)} 户的{checked}与记录一致"
    )


def read_inspectors(path: Path) -> list[Inspector]:
    """Inspectors of a list, in its order.

    Raises:
        InputError: it cannot be read, has no column 姓名, or names nobody.

    """
    from command.sheets import read_cells
    from household.errors import InputError
    from household.inspections import Inspector

    head, *lines = read_cells(path, what="检查人员名单", todo=LIST_TODO) or [[]]
    places: Mapping[str, int] = {title.strip(): place for place, title in enumerate(head)}
    if INSPECTOR not in places:
        raise InputError(f"检查人员名单 {path.name} 缺少列 {INSPECTOR}", LIST_TODO)

    def cell(line: list[str], title: str) -> str:
        place = places.get(title, len(line))
        return line[place].strip() if place < len(line) else ""

    found = [Inspector(cell(line, INSPECTOR), cell(line, TOWN)) for line in lines]
    found = [inspector for inspector in found if inspector.name]
    if not found:
        raise InputError(f"检查人员名单 {path.name} 中没有人", LIST_TODO)
    return found


def _other_pairs(record: pl.DataFrame, people: list[Inspector]) -> list[str]:
    from household.inspections import send_inspectors

    pair = ("household_no", "inspector", "second_inspector")
    drawn = record.drop("inspector", "second_inspector").sort("household_no")
    again = set(send_inspectors(drawn, people, int(record["seed"][0])).select(pair).iter_rows())
    differ = len(set(record.select(pair).iter_rows()) - again)
    return [f"{differ} 户的检查人员与按种子重派的不同"] if differ else []


def _units(warehouse: Path, run_id: str, kind: str) -> pl.DataFrame:
    """What could be drawn in a run."""
    from household import inspections as lots
    from warehouse.former import read_former

    if kind == lots.HOUSEHOLDS:
        (benefits,) = read_former(warehouse, run_id, "current_benefit")
        return lots.households_drawing(benefits)
    names = ("household_verdict", "roster_person", "current_benefit")
    verdicts, places, benefits = read_former(warehouse, run_id, *names)
    return lots.waiting_for_confirmation(verdicts, places, benefits)


def _batch(log: pl.DataFrame, batch: str) -> pl.DataFrame:
    import polars as pl

    from household.errors import InputError

    record = log.filter(pl.col("batch") == batch)
    if not len(record):
        raise InputError(f"没有批次 {batch}", "请用 hedui inspect list 查看批次")
    return record


def _signed(by: str, at: str) -> tuple[str, str]:
    import datetime as dt

    from household.errors import InputError

    if not by.strip():
        raise InputError("没有写明由谁抽取", "请给出抽取人的姓名或工号")
    try:
        return by.strip(), dt.datetime.fromisoformat(at.strip()).isoformat(timespec="seconds")
    except ValueError:
        raise InputError("抽取时间无法读取", "请写成 2026-05-21T09:00:00 的形式") from None


def _write_sheet(
    out: Path, sent: pl.DataFrame, *, batch: str, seed: int, run_id: str, as_of: dt.date
) -> None:
    import polars as pl

    from command.books import write_book
    from household.schema.codes import PROGRAMME
    from warehouse.errors import translate_os

    first: list[list[object]] = [
        ["批次", batch],
        ["种子", seed],
        ["依据批次", run_id],
        ["核对基准日", str(as_of)],
        ["户数", len(sent)],
        ["说明", "随机抽取，不是对任何家庭的怀疑；检查须两人同行，情况由双方签字。"],
    ]
    titles = pl.col("programme").replace_strict(PROGRAMME.titles, return_dtype=pl.String)
    rows = sent.sort("region_code", "household_no").with_columns(titles).select(*COLUMNS)
    lines = [[*row, *(None for _ in TO_FILL)] for row in rows.iter_rows()]
    head: list[object] = [*COLUMNS.values(), *TO_FILL]
    try:
        write_book(out, {"抽取说明": first, "检查表": [head, *lines]}, as_of=as_of)
    except OSError as error:
        raise translate_os(error, out) from error


def _casework(warehouse: Path) -> Address:
    from pipelines.workplace import casework_of

    return casework_of(warehouse)
