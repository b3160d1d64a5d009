"""`hedui referrals`: lists for other departments and, with consent on file, for charities. Shown without names; in clear only in the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import polars as pl

    from casework.store import Address
    from warehouse.record import RunRecord

HELP = """转介名单：向医保、教育、住房、就业部门提示，经本人同意的转介慈善组织。

名单只是提示，由接收单位核实；未经授权的数据不用，数据缺失不作为列入的理由。

\b
例：
  hedui referrals list --warehouse 县.duckdb --list medical
  hedui referrals export --warehouse 县.duckdb --list medical --out 转介
  hedui referrals consent --warehouse 县.duckdb --person P0123456789abcdef0123 --given \\
      --paper TY-2026-001 --clerk 王某 --at 2026-05-20T09:30:00
"""

EXPORT_HELP = """写出一个部门的名单，含姓名等原文，只有用途所需的列；首页写明用途与依据。

文件权限为仅本人可读。慈善名单只列同意书仍然有效的人，撤回的立即不再写出。
"""

LISTS = ("medical", "education", "housing", "employment", "charity")

warehouse_option = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
region_option = click.option("--region", default="", help="只要这个行政区划代码之下的")


@click.group(help=HELP)
def referrals() -> None:
    """Group of the commands about referrals; its help is HELP."""


@referrals.command("list", help="列出转介，不显示姓名与号码。")
@warehouse_option
@click.option("--list", "name", type=click.Choice(LISTS), help="哪一份名单")
@region_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="最多几条")
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON")
def list_referrals(
    *, warehouse: Path, name: str | None, region: str, limit: int, as_json: bool
) -> None:
    """Print referrals of the newest run."""
    _, rows = _referrals(warehouse, name, region)
    shown = rows.drop("run_id", "record_key").head(limit)
    if as_json:
        click.echo(json.dumps(shown.to_dicts(), ensure_ascii=False, indent=2))
        return
    columns = ("referral_id", "reason_zh", "region_code", "subject_id", "text_zh")
    for row in shown.select(columns).iter_rows():
        click.echo("  ".join("-" if cell is None else cell for cell in row))
    counts = rows.group_by("list", "reason_zh").len().sort("list", "reason_zh")
    told = "、".join(f"{reason} {count}" for _, reason, count in counts.iter_rows())
    click.echo(f"共 {len(rows)} 条，列出 {len(shown)} 条（{told or '无'}）", err=True)


@referrals.command("export", help=EXPORT_HELP)
@warehouse_option
@click.option("--list", "name", required=True, type=click.Choice(LISTS), help="哪一份名单")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个目录")
@region_option
@click.option(
    "--only-drawing", is_flag=True, help="只要在享对象及其家庭成员，不含建议符合而尚未确认的"
)
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    show_default=True,
    help="文件格式",
)
def export(
    *, warehouse: Path, name: str, out: Path, region: str, only_drawing: bool, fmt: str
) -> None:
    """Write one list in clear."""
    import polars as pl

    from command.auditing import record_door
    from command.books import open_folder, write_book
    from household.schema.published.referrals import LIST_TITLES
    from pipelines.handing_over import people_in_clear
    from pipelines.reviewing import Shelf
    from warehouse.current import reading
    from warehouse.errors import translate_os

    run, rows = _referrals(warehouse, name, region)
    if only_drawing:
        rows = rows.filter(pl.col("standing").is_in(["drawing", "household"]))
    if name == "charity":
        rows = _still_consenting(warehouse, rows, run)
    with reading(warehouse) as tables:
        places, links = tables.frame("roster_person"), tables.frame("person_link")
    people = people_in_clear(Shelf(warehouse), rows["person_ref"].unique(), places, links)
    told = rows.join(people, on="person_ref", how="inner", maintain_order="left")
    target = out / f"转介_{LIST_TITLES[name]}_{run.run_id}.{fmt}"
    persons = told["person_ref"].unique().sort().to_list()
    record_door(
        warehouse,
        "referral_list.export",
        subject_id=run.run_id,
        details={"list": name, "rows": len(told), "persons": persons},
    )
    try:
        open_folder(out)
        files = write_book(target, _sheets(name, told, run), as_of=run.as_of)
    except OSError as error:
        raise translate_os(error, out) from error
    missing = len(rows) - len(told)
    unknown = f"；另有 {missing} 条在工作目录中找不到人员，未写出" if missing else ""
    click.echo(
        f"已写出 {len(told)} 条、{told['person_ref'].n_unique()} 人到 {'、'.join(f.name for f in files)}"
        f"（内含个人信息原文，仅限所载用途）{unknown}",
        err=True,
    )


@referrals.command(help="登记或撤回一人对转介慈善组织的书面同意。以最后一次登记为准。")
@warehouse_option
@click.option("--person", required=True, help="人员代号，见 hedui show 或转介名单")
@click.option("--given/--withdrawn", "given", required=True, default=None, help="同意，或撤回同意")
@click.option("--paper", required=True, help="同意书编号")
@click.option("--valid-to", help="有效期至，例如 2026-12-31；不给则直到撤回")
@click.option("--clerk", required=True, help="登记的工作人员，姓名或工号")
@click.option("--at", required=True, help="登记时间，例如 2026-05-20T09:30:00")
def consent(
    *,
    warehouse: Path,
    person: str,
    given: bool,
    paper: str,
    valid_to: str | None,
    clerk: str,
    at: str,
) -> None:
    """Add one row to the log of consent."""
    import polars as pl

    from casework.logs import add_log_rows
    from household.errors import InputError
    from household.referrals.consent import consent_entry
    from warehouse.current import read_current

    row = consent_entry(
        person_ref=person, given=given, paper_no=paper, valid_to=valid_to, clerk=clerk, at=at
    )
    known = read_current(warehouse, "person").filter(pl.col("person_ref") == person)
    if not len(known):
        raise InputError("结果库中没有这个人员代号", "请核对人员代号，或先运行 hedui run")
    add_log_rows(_casework(warehouse), "consent", [row])
    said = "同意" if given else "撤回同意"
    click.echo(
        f"已登记：{person} {said}；下一次 hedui run 照此办理，导出慈善名单时立即照此办理", err=True
    )


def _referrals(warehouse: Path, name: str | None, region: str) -> tuple[RunRecord, pl.DataFrame]:
    import polars as pl

    from warehouse.current import reading

    with reading(warehouse) as tables:
        rows, run = tables.frame("referral"), tables.run
    if name is not None:
        rows = rows.filter(pl.col("list") == name)
    if region:
        rows = rows.filter(pl.col("region_code").str.starts_with(region))
    return run, rows


def _still_consenting(warehouse: Path, rows: pl.DataFrame, run: RunRecord) -> pl.DataFrame:
    """Without those who have withdrawn since the run."""
    from casework.logs import read_casework
    from household.referrals.consent import consenting

    agreed = consenting(read_casework(_casework(warehouse)).consent, run.as_of)
    return rows.join(agreed, on="person_ref", how="semi", maintain_order="left")


def _sheets(name: str, told: pl.DataFrame, run: RunRecord) -> dict[str, list[list[object]]]:
    """Purpose and basis first, then the list."""
    from household.referrals.handing import DUTIES_ZH, FEEDBACK_ZH, HANDOVERS, TITLES
    from household.schema.published.referrals import LIST_TITLES

    handover = HANDOVERS[name]
    first: list[list[object]] = [
        ["名单", LIST_TITLES[name]],
        ["接收单位", handover.receiver_zh],
        ["用途", handover.purpose_zh],
        ["核对基准日", str(run.as_of)],
        ["运行编号", run.run_id],
        ["条数", len(told)],
        ["人数", told["person_ref"].n_unique()],
    ]
    first[3:3] = [["依据", basis] for basis in told["source_document"].unique().sort()]
    first += [["要求", duty] for duty in DUTIES_ZH]
    head: list[object] = [*(TITLES[column] for column in handover.columns), FEEDBACK_ZH]
    lines = [[*row, None] for row in told.select(handover.columns).iter_rows()]
    return {"用途与依据": first, "名单": [head, *lines]}


def _casework(warehouse: Path) -> Address:
    from pipelines.workplace import casework_of

    return casework_of(warehouse)
