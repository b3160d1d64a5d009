"""`hedui alerts sample` and `hedui alerts score`: people without an alert are drawn for review, and what the reviewers found is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from casework.store import Address
    from household.alerts.trust.sample_answers import Line

SAMPLE_HELP = """从没有预警的在享人员与申请成员中随机抽取一份样本，写成复核表，用来估计漏报率。

按在享待遇（或县区）分层；同一次运行、同一样本量、同一 --seed 抽出的样本相同，抽样记录保存备查。
复核表中姓名与号码已脱敏；由复核人逐人查阅原始材料或入户，填写“结论”，有遗漏的写明预警代码或理由。

\b
例：
  hedui alerts sample --warehouse 县.duckdb --size 200 --seed 1 --out 抽样
  hedui alerts score --warehouse 县.duckdb --answers 抽样/sample.xlsx \\
      --clerk 王某 --at 2026-05-25T17:00:00
"""

SCORE_HELP = """读入填好的复核表，记录结论，给出各层与总体的漏报率及其 95% 置信区间。

有一行不能采用则全部不记录。不给 --answers、只给 --batch，则按已记录的结论重新计算；都不给则列出全部批次。
"""

COLUMNS = {
    "batch": "批次",
    "person_ref": "人员代号",
    "name_masked": "姓名（脱敏）",
    "id_no_masked": "证件号码（脱敏）",
    "region_code": "行政区划",
    "programme": "在享待遇",
    "benefit_id": "待遇编号",
    "application_id": "申请编号",
    "answer": "结论",
    "code": "预警代码",
    "reason": "理由",
}
ASKED = ("answer", "code", "reason")
"""What the reviewer fills in."""

WHAT = "复核表"
TODO = "请使用 hedui alerts sample 写出的复核表"

warehouse_option = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)


@click.command(help=SAMPLE_HELP)
@warehouse_option
@click.option("--size", required=True, type=click.IntRange(1), help="共抽多少人")
@click.option("--seed", required=True, type=int, help="随机种子，由抽样人给定并记录")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个目录")
@click.option(
    "--by",
    type=click.Choice(["programme", "county"]),
    default="programme",
    show_default=True,
    help="按在享待遇或按县区分层",
)
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    show_default=True,
    help="文件格式",
)
def sample(*, warehouse: Path, size: int, seed: int, out: Path, by: str, fmt: str) -> None:
    """Draw a sample, keep it, and write its sheet."""
    from command.auditing import record_door
    from household.alerts.trust.screened import draw_people, without_alert
    from warehouse.current import reading
    from warehouse.errors import translate_os

    with reading(warehouse) as tables:
        benefits, places = tables.frame("current_benefit"), tables.frame("roster_person")
        people = tables.frame("screened_person")
        frame = without_alert(
            people, tables.frame("alert"), benefits=benefits, places=places, by=by
        )
        masked, run = tables.frame("person"), tables.run
    drawn = draw_people(frame, size=size, seed=seed, run_id=run.run_id, as_of=run.as_of, by=by)
    _keep(warehouse, drawn)
    names = masked.select("person_ref", "name_masked", "id_no_masked")
    shown = (
        drawn.join(names, on="person_ref", how="left")
        .join(_listed(benefits, "programme", "benefit_id"), on="person_ref", how="left")
        .join(_listed(places, "application_id"), on="person_ref", how="left")
    )
    persons = drawn["person_ref"].unique().sort().to_list()
    record_door(
        warehouse,
        "alert_sample.export",
        subject_id=run.run_id,
        details={"rows": len(drawn), "persons": persons},
    )
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(out / f"sample.{fmt}", shown.sort("stratum", "person_ref"), as_of=run.as_of)
    except OSError as error:
        raise translate_os(error, out) from error
    strata = drawn.select("stratum", "population", "drawn").unique().sort("stratum")
    for stratum, population, many in strata.iter_rows():
        click.echo(f"{stratum_title(stratum)}  {population} 人中抽 {many} 人")
    click.echo(
        f"批次 {drawn['batch'][0]}，{len(drawn)} 人，已写出 {out / f'sample.{fmt}'}", err=True
    )


@click.command(help=SCORE_HELP)
@warehouse_option
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="填好的复核表",
)
@click.option("--clerk", help="复核人，姓名或工号")
@click.option("--at", help="复核完成的时间，例如 2026-05-25T17:00:00")
@click.option("--batch", help="只看这一批次，见 hedui alerts sample")
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON")
def score(
    *,
    warehouse: Path,
    answers: Path | None,
    clerk: str | None,
    at: str | None,
    batch: str | None,
    as_json: bool,
) -> None:
    """Enter answers, if any, and print what the samples say."""
    import polars as pl

    from casework.logs import read_casework
    from command.alerts_precision import misses_page, print_pages
    from household.alerts.trust.misses import miss_rows
    from household.errors import InputError

    if answers is not None:
        if clerk is None or at is None:
            raise click.UsageError("给出 --answers 时，还须给出 --clerk 与 --at")
        batch = enter_answers(warehouse, answers, clerk=clerk, at=at)
    told = miss_rows(read_casework(_casework(warehouse)))
    if batch is not None:
        told = told.filter(pl.col("batch") == batch)
    if not len(told):
        raise InputError("没有这样的抽样批次", "请核对 --batch，或先用 hedui alerts sample 抽样")
    if as_json:
        click.echo(json.dumps(told.to_dicts(), ensure_ascii=False, indent=2, default=str))
    else:
        print_pages([misses_page(told)])


def enter_answers(warehouse: Path, sheet: Path, *, clerk: str, at: str) -> str | None:
    """Add the answers of a sheet to the log, all or none; what its clerk has already said is not entered again.

    Returns:
        The batch of the sheet; None where it holds lines of several.

    Raises:
        InputError: a sheet that cannot be read, or holds lines that cannot be taken. Lines are named, values are not.

    """
    from casework.logs import add_log_rows, read_casework
    from household.alerts.trust.sample_answers import check_answers, without_repeats

    file = _casework(warehouse)
    logs = read_casework(file)
    lines = read_lines(sheet)
    drawn = set(logs.alert_sample.select("batch", "person_ref").iter_rows())
    rows = check_answers(lines, drawn, clerk=clerk, at=at)
    new = without_repeats(rows, logs.alert_sample_answer)
    add_log_rows(file, "alert_sample_answer", new)
    click.echo(f"记录 {len(new)} 人的结论；下一次 hedui run 一并发布", err=True)
    batches = {line.batch for line in lines}
    return batches.pop() if len(batches) == 1 else None


def read_lines(path: Path) -> list[Line]:
    """The lines of a filled sheet. Raises InputError where it is no such sheet."""
    from command.sheets import read_cells
    from household.alerts.trust.sample_answers import Line
    from household.errors import InputError

    head, *lines = read_cells(path, what=WHAT, todo=TODO) or [[]]
    wanted = [COLUMNS[name] for name in ("batch", "person_ref", *ASKED)]
    missing = [title for title in wanted if title not in head]
    if missing:
        raise InputError(f"{WHAT} {path.name} 缺少列 {'、'.join(missing)}", TODO)
    places = [head.index(title) for title in wanted]
    return [
        Line(number, *(line[at].strip() if at < len(line) else "" for at in places))
        for number, line in enumerate(lines, start=2)
        if any(cell.strip() for cell in line)
    ]


def stratum_title(stratum: str) -> str:
    """What a stratum is called: a programme's title, or the code of a county."""
    from household.alerts.trust.screened import NO_PROGRAMME, NO_REGION
    from household.schema.codes import PROGRAMME

    others = {NO_PROGRAMME: "未享受待遇的申请成员", NO_REGION: "行政区划不详"}
    return PROGRAMME.titles.get(stratum) or others.get(stratum, stratum)


def _write(path: Path, rows: pl.DataFrame, *, as_of: dt.date) -> None:
    from command.sheets import write_cells
    from household.alerts.trust.sample_answers import WORDS

    cells = [list(COLUMNS.values())]
    for row in rows.iter_rows(named=True):
        drawing = [stratum_title(str(one)) for one in row["programme"] or []]
        told = row | {"programme": drawing}
        cells.append(["" if name in ASKED else _text(told[name]) for name in COLUMNS])
    choices = {list(COLUMNS).index("answer"): list(WORDS)}
    write_cells(path, cells, title="抽样复核", as_of=as_of, choices=choices)


def _listed(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """person_ref and, of each column, the person's values."""
    import polars as pl

    values = (pl.col(name).cast(pl.String).unique().sort() for name in columns)
    return rows.drop_nulls("person_ref").group_by("person_ref").agg(*values)


def _text(value: object) -> str:
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)


def _keep(warehouse: Path, drawn: pl.DataFrame) -> None:
    """Keep a sample; the same one drawn again is kept once."""
    import polars as pl

    from casework.logs import add_log_rows, read_casework
    from household.errors import InputError

    file, name = _casework(warehouse), drawn["batch"][0]
    kept = read_casework(file).alert_sample.filter(pl.col("batch") == name).sort("person_ref")
    if not len(kept):
        add_log_rows(file, "alert_sample", list(drawn.iter_rows(named=True)))
    elif not kept.equals(drawn):
        raise InputError(f"批次 {name} 已有另一份样本", "请换一个 --seed")


def _casework(warehouse: Path) -> Address:
    from pipelines.workplace import casework_of

    return casework_of(warehouse)
