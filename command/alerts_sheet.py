"""`hedui alerts decide-sheet`: many decisions in one spreadsheet, written empty, read back filled, kept all or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from household.alerts.life.decisions import Said

HELP = """批量处理预警：写出待处理预警的处理表，填好后一次提交。

\b
例：
  hedui alerts decide-sheet --warehouse 县.duckdb --out 处理.xlsx --code A01
  hedui alerts decide-sheet --warehouse 县.duckdb --file 处理.xlsx --clerk 王某 --at 2026-05-20T17:00:00

\b
处理方式填 说明、属实、排除、办结、重新打开；处理结论填 无问题、数据来源错误、系统差错、本人差错、骗取、少发。
处理方式留空的行不处理。有一行不能记录，全部不记录，并逐行说明原因。
写表之后事实有变的预警不予记录，请重新写表。表中没有姓名与号码，理由中也请勿填写。
"""

ALERT, FACTS, ACTION, OUTCOME = "预警编号", "事实摘要", "处理方式", "处理结论"
AMOUNT, DIRECTION, SECOND, REASON = "核定金额", "多发或少发", "复核人", "理由"
FILLED = (ACTION, OUTCOME, AMOUNT, DIRECTION, SECOND, REASON)
TOLD = {
    "alert_id": ALERT,
    "facts_digest": FACTS,
    "code": "代码",
    "severity": "级别",
    "subject_kind": "对象类别",
    "subject_id": "对象编号",
    "region_code": "行政区划代码",
    "amount": "涉及金额",
    "first_seen": "首次发现",
    "text_zh": "说明",
    "settles_it": "如何查清",
}
WHAT = "处理表"
TODO = f"请使用 hedui alerts decide-sheet --out 写出的表，只填写 {'、'.join(FILLED)}"
DIGITS = 16
"""Of the digest of facts in the sheet: enough to tell facts apart."""
MARK = "F"
"""Before the digits: a spreadsheet program would take some of them for a number, and round it."""


@click.command("decide-sheet", help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="写出处理表，.xlsx 或 .csv"
)
@click.option("--code", "codes", multiple=True, help="只写这个代码的预警，可给多次")
@click.option("--region", help="只写这个行政区划代码之下的预警")
@click.option(
    "--file", "file", type=click.Path(path_type=Path, dir_okay=False), help="提交填好的处理表"
)
@click.option("--clerk", help="作出处理的工作人员，姓名或工号（提交时必填）")
@click.option("--at", help="处理时间（提交时必填），例如 2026-05-20T17:00:00")
def decide_sheet(
    *,
    warehouse: Path,
    out: Path | None,
    codes: tuple[str, ...],
    region: str | None,
    file: Path | None,
    clerk: str | None,
    at: str | None,
) -> None:
    """Write a sheet, or enter a filled one."""
    if (out is None) == (file is None):
        raise click.UsageError("请给出 --out（写表）或 --file（提交）之一")
    if out is not None:
        _write(warehouse, out, codes=codes, region=region)
    elif file is not None:
        if clerk is None or at is None:
            raise click.UsageError("提交处理表时请给出 --clerk 与 --at")
        _enter(warehouse, file, clerk=clerk, at=at)


def _write(warehouse: Path, out: Path, *, codes: tuple[str, ...], region: str | None) -> None:
    import polars as pl

    from command.alerts_list import by_urgency
    from command.auditing import record_door
    from command.sheets import write_cells
    from household.alerts.life.decisions import ACTIONS, DIRECTION_WORDS, OUTCOMES
    from pipelines.deciding import Desk
    from warehouse.current import reading
    from warehouse.errors import translate_os

    rows = Desk(warehouse).alerts.filter(pl.col("life") == "open")
    if codes:
        rows = rows.filter(pl.col("code").is_in([code.upper() for code in codes]))
    if region is not None:
        rows = rows.filter(pl.col("region_code").str.starts_with(region))
    with reading(warehouse) as tables:
        as_of, run_id = tables.run.as_of, tables.run.run_id
    titles = [*TOLD.values(), *FILLED]
    choices = {ACTION: ACTIONS, OUTCOME: OUTCOMES, DIRECTION: DIRECTION_WORDS}
    cells = [titles, *([*_told(row), *("" for _ in FILLED)] for row in _rows(by_urgency(rows)))]
    places = {titles.index(title): list(words.values()) for title, words in choices.items()}
    told = {"rows": len(rows), "regions": [] if region is None else [region]}
    record_door(warehouse, "alert_sheet.export", subject_id=run_id, details=told)
    try:
        write_cells(out, cells, title=WHAT, as_of=as_of, choices=places)
    except OSError as error:
        raise translate_os(error, out) from error
    click.echo(f"已写入 {out}：{len(rows)} 条待处理预警", err=True)


def _rows(alerts: pl.DataFrame) -> list[Mapping[str, object]]:
    return list(alerts.iter_rows(named=True))


def _told(row: Mapping[str, object]) -> list[str]:
    shown = dict(row) | {"facts_digest": MARK + str(row["facts_digest"])[:DIGITS]}
    return ["" if shown[name] is None else str(shown[name]) for name in TOLD]


def _enter(warehouse: Path, file: Path, *, clerk: str, at: str) -> None:
    from pipelines.deciding import Desk

    said, lines = read_decisions(file, clerk=clerk, at=at)
    count = Desk(warehouse).decide(said, lines=lines)
    click.echo(f"已记录 {count} 条处理；下一次 hedui run 照此发布", err=True)


def read_decisions(file: Path, *, clerk: str, at: str) -> tuple[list[Said], list[int]]:
    """The decisions of a filled sheet and the lines on which they stand. Lines without an action are passed over.

    Raises:
        InputError: the file cannot be read, or is no such sheet. Words are checked with the decisions, so that all wrong lines are told.

    """
    from command.sheets import read_cells
    from household.alerts.life.decisions import ACTIONS, DIRECTION_WORDS, OUTCOMES, Said
    from household.errors import InputError

    head, *table = read_cells(file, what=WHAT, todo=TODO) or [[]]
    missing = [title for title in (ALERT, FACTS, *FILLED) if title not in head]
    if missing:
        raise InputError(f"{WHAT} {file.name} 缺少列 {'、'.join(missing)}", TODO)
    at_place = {title: place for place, title in enumerate(head)}
    said, lines = [], []
    for number, line in enumerate(table, start=2):
        cell = {title: line[p].strip() if p < len(line) else "" for title, p in at_place.items()}
        if not any(cell[title] for title in FILLED):
            continue
        one = Said(
            cell[ALERT],
            _code(cell[ACTION], ACTIONS) or "",
            clerk,
            cell[REASON],
            at,
            outcome=_code(cell[OUTCOME], OUTCOMES),
            amount=cell[AMOUNT] or None,
            direction=_code(cell[DIRECTION], DIRECTION_WORDS),
            second=cell[SECOND] or None,
            facts_digest=cell[FACTS].removeprefix(MARK),
        )
        said.append(one)
        lines.append(number)
    return said, lines


def _code(word: str, words: Mapping[str, str]) -> str | None:
    """The code of a Chinese word; a code, or what is neither, as it stands."""
    return {title: code for code, title in words.items()}.get(word, word) or None
