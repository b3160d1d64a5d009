"""`hedui report`: the verification report of one application as a PDF, or of many as a ZIP or into a folder. All are sealed."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from household.schema.codes import PROGRAMME
from household.schema.published.verdicts import SUGGESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.reports.press import Maker, Press
    from warehouse.current import CurrentTables

HELP = """出具核对报告：一份申请一个 PDF，或把许多份写成一个 ZIP（PDF、Excel 清单、SHA256SUMS）。

报告加盖电子核对章，任何一个字节被改动，hedui verify 即不通过。再次出具同一份报告的，标注“补打·副本”。
每次出具都记入审计日志与打印登记。

\b
例：
  hedui report --warehouse 县.duckdb --application SQ2026000001 --out SQ2026000001.pdf
  hedui report --warehouse 县.duckdb --region 990101 --programme dibao --out 报告.zip
  hedui report --warehouse 县.duckdb --list 申请编号.txt --out 报告
"""

FEW = 20
ENTRY_IDS = 500
"""Applications that one entry of the audit log names."""


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--application", "applications", multiple=True, help="申请编号，可给多次")
@click.option(
    "--list",
    "listed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="申请编号清单，一行一个",
)
@click.option("--region", help="这个行政区划代码之下的全部申请")
@click.option("--programme", type=click.Choice(list(PROGRAMME.titles)), help="只要申请这一类的")
@click.option("--suggestion", type=click.Choice(SUGGESTIONS), help="只要得到这一建议的")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="写到哪里：一份写 .pdf，多份写 .zip 或目录",
)
def report(
    *,
    warehouse: Path,
    applications: tuple[str, ...],
    listed: Path | None,
    region: str | None,
    programme: str | None,
    suggestion: str | None,
    out: Path,
) -> None:
    """Print one report or many."""
    from warehouse.current import reading

    chosen_by = {"region": region, "programme": programme, "suggestion": suggestion}
    if not applications and listed is None and not any(chosen_by.values()):
        raise click.UsageError(
            "请用 --application、--list、--region、--programme 或 --suggestion 说明出具哪些报告"
        )
    with reading(warehouse) as tables:
        named = [*applications, *(_lines(listed) if listed else ())]
        wanted = _wanted(tables, named, chosen_by)
        press, maker = _press(warehouse)
        _record(warehouse, wanted, out)
        if len(wanted) == 1 and out.suffix.lower() != ".zip" and not out.is_dir():
            _write_one(press, tables, wanted[0], maker=maker, out=out)
        else:
            _write_many(press, tables, wanted, maker=maker, out=out)


def _lines(listed: Path) -> list[str]:
    text = listed.read_text(encoding="utf-8-sig", errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _wanted(
    tables: CurrentTables, named: Sequence[str], chosen_by: dict[str, str | None]
) -> list[str]:
    """The applications, each once: those named in their order, or those chosen. Raises InputError: one is not there, or none is."""
    from household.errors import InputError
    from service.reports.press import chosen

    if not named:
        rows = chosen(tables, **chosen_by)
        wanted = rows["application_id"].unique(maintain_order=True).to_list()
        if not wanted:
            raise InputError("没有符合条件的申请", "请放宽条件，或先运行 hedui run")
        return wanted
    if any(chosen_by.values()):
        raise click.UsageError("已给出申请编号，不能再按地区、类型或建议筛选")
    known = _known(tables, named)
    missing = [one for one in named if one not in known]
    if missing:
        raise InputError(
            f"结果库中没有申请 {missing[0]}" + (f" 等{len(missing)}份" if missing[1:] else ""),
            "请核对申请编号，或先运行 hedui run",
        )
    return list(dict.fromkeys(named))


def _known(tables: CurrentTables, named: Sequence[str]) -> set[str]:
    """Those that the run knows. A few are asked for one by one, so that the county is not read for one household."""
    if len(named) > FEW:
        return set(tables.frame("household_verdict", columns=("application_id",))["application_id"])
    rows = (tables.frame("household_verdict", application_id=one) for one in named)
    return {one for one, found in zip(named, rows, strict=True) if len(found)}


def _press(warehouse: Path) -> tuple[Press, Maker]:
    from pipelines.outside import outside_now, token_bytes
    from pipelines.settings import read_settings
    from pipelines.workplace import casework_of
    from service.reports.press import Maker, press_for

    settings, outside = read_settings(), outside_now()
    press = press_for(
        warehouse,
        casework_of(warehouse),
        fonts=settings.fonts,
        seal_key=settings.seal_key,
        token_bytes=token_bytes,
    )
    at = outside.now().isoformat(timespec="seconds")
    return press, Maker(outside.by, outside.by, outside.today, at)


def _record(warehouse: Path, wanted: Sequence[str], out: Path) -> None:
    """Write down what will leave, before anything does."""
    from command.auditing import record_door

    for start in range(0, len(wanted), ENTRY_IDS):
        some = list(wanted[start : start + ENTRY_IDS])
        one = len(wanted) == 1
        record_door(
            warehouse,
            "report.print",
            subject_kind="application" if one else "batch",
            subject_id=some[0] if one else out.suffix.removeprefix(".") or "folder",
            details={"applications": some, "reports": len(some), "of": len(wanted)},
        )


def _write_one(
    press: Press, tables: CurrentTables, application: str, *, maker: Maker, out: Path
) -> None:
    from command.private_files import write_private

    made = press.print_one(tables, application, maker=maker)
    write_private(out, made.data)
    click.echo(f"已出具 {made.report_no}，核验码 {made.check_code}：{out}", err=True)


def _write_many(
    press: Press, tables: CurrentTables, wanted: Sequence[str], *, maker: Maker, out: Path
) -> None:
    from command.private_files import write_private
    from service.reports.batch import write_files, write_zip

    reports = press.print_many(tables, wanted, maker=maker)
    if out.suffix.lower() == ".zip":
        with _building(out) as file:
            count = write_zip(file, reports, as_of=tables.run.as_of)
    else:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)

        def put(name: str, data: bytes) -> None:
            write_private(out / name, data)

        count = write_files(put, reports, as_of=tables.run.as_of)
    click.echo(f"已出具 {count} 份报告：{out}", err=True)


@contextmanager
def _building(out: Path) -> Iterator[IO[bytes]]:
    """A file that takes its place when it is whole; a former one stands until then."""
    building = out.with_name(f".{out.name}.building")
    try:
        handle = os.open(building, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w+b") as file:
            yield file
        building.replace(out)
    finally:
        building.unlink(missing_ok=True)
