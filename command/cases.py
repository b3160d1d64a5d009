"""`hedui cases`: the cases of the rule packs, run and compared; and what they cover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from household.rules.packs import Packs
    from synthetic.cases.comparing import Failure
    from synthetic.cases.coverage import Need
    from synthetic.cases.form import Case
    from synthetic.cases.running import Answer

HELP = """运行规则包的案例：每例一户人家，写明应得的建议、金额和规则结论，逐项比对。

不写案例名则全部运行；案例名可只写一部分。--packs 的目录中有案例的，运行那里的案例。

\b
例：
  hedui cases                                全部案例
  hedui cases 城市低保标准 --region 990101      名称含这几个字、在这个地区的案例
  hedui cases --packs 新规则包                 用新规则包，运行其中的案例
  hedui cases --coverage                     每条规则、每个限额、每个日期是否都有案例
"""

SHOWN = 40
KINDS = {"rule": "规则结论", "limit": "限额上下一分", "date": "日期前后"}
SIDES = {
    "below": "低一分（一个、一日）",
    "at": "恰好",
    "above": "高一分（一个、一日）",
    "earlier": "提前一日无案例察觉",
    "later": "推迟一日无案例察觉",
}


@click.command(help=HELP)
@click.argument("names", metavar="[案例]…", nargs=-1)
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path, exists=True),
    help="另加的规则包目录；同名规则包以它为准",
)
@click.option("--region", help="只运行行政区划代码以此开头的案例")
@click.option("--coverage", "covering", is_flag=True, help="列出案例覆盖的和缺少的")
def cases(
    *, names: tuple[str, ...], folder: Path | None, region: str | None, covering: bool
) -> None:
    """Run cases; leave with 1 when one does not hold or, with --coverage, when something has no case."""
    from rich.console import Console

    from household.errors import InputError
    from synthetic.cases.comparing import failures
    from synthetic.cases.running import run_trials, trials_of

    if covering and (names or region):
        raise click.UsageError("--coverage 看的是全部案例，不能与案例名或 --region 同用")
    packs, every = _read(folder)
    chosen = [case for case in every if _wanted(case, names, region)]
    if not chosen:
        raise InputError("没有符合条件的案例", "请检查案例名与 --region；不写则全部运行")
    answers = run_trials(trials_of(chosen, packs), packs)
    console = Console(width=118, highlight=False)
    failed = failures(answers)
    _print_topics(console, chosen, failed)
    _print_failures(console, failed)
    missing = _print_coverage(console, answers, packs) if covering else 0
    if failed:
        wrong = len({failure.case.name for failure in failed})
        raise InputError(f"{len(chosen)} 个案例中 {wrong} 个不符", "请核对规则包或案例中的预期")
    if missing:
        raise InputError(f"{missing} 处没有案例", "请补写案例，写法见 docs/howto/write-a-case.md")


def _read(folder: Path | None) -> tuple[Packs, list[Case]]:
    import rulepacks
    from household.rules.packs import read_packs
    from synthetic.cases.reading import case_files, read_cases

    own = Path(rulepacks.__file__).parent
    packs = read_packs(own) if folder is None else read_packs(own, folder)
    files = case_files(folder) if folder is not None else []
    return packs, read_cases(_near(file) for file in files or case_files(own))


def _near(file: Path) -> Path:
    """A file as seen from here, where it lies below."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _wanted(case: Case, names: tuple[str, ...], region: str | None) -> bool:
    named = not names or any(name in case.name for name in names)
    return named and (region is None or case.region.startswith(region))


def _print_topics(console: Console, chosen: Sequence[Case], failed: Iterable[Failure]) -> None:
    from rich.table import Table

    wrong = {failure.case.name for failure in failed}
    table = Table("文件", "主题", title_justify="left")
    table.add_column("案例", justify="right")
    table.add_column("不符", justify="right")
    for file in dict.fromkeys(case.file for case in chosen):
        here = [case for case in chosen if case.file == file]
        bad = sum(case.name in wrong for case in here)
        shown = f"[red]{bad}[/]" if bad else "0"
        table.add_row(str(file), here[0].topic, str(len(here)), shown)
    console.print(table)
    console.print(
        f"案例 {len(chosen)} 个，符合 {len(chosen) - len(wrong)} 个，不符 {len(wrong)} 个"
    )


def _print_failures(console: Console, failed: Sequence[Failure]) -> None:
    for failure in failed[:SHOWN]:
        where = f"{failure.case.file}:{failure.line}"
        console.print(f"[red]不符[/] {failure.case.name}（{where}）", markup=True)
        console.print(
            f"  {failure.subject} 的 {failure.column}：应为 {failure.expected}，得到 {failure.got}",
            markup=False,
        )
        console.print(f"  案例的理由：{failure.case.why}", markup=False)
        if failure.reason:
            console.print(f"  程序的理由：{failure.reason}", markup=False)
    if len(failed) > SHOWN:
        console.print(f"另有 {len(failed) - SHOWN} 处不符")


def _print_coverage(console: Console, answers: Sequence[Answer], packs: Packs) -> int:
    """The table of what is covered; how much is not."""
    from rich.table import Table

    from synthetic.cases.coverage import coverage, summed

    needs = coverage(answers, packs)
    table = Table("规则包", "检验", title="案例覆盖", title_justify="left")
    for heading in ("有案例", "没有案例", "不会出现"):
        table.add_column(heading, justify="right")
    for (pack_id, kind), counts in sorted(summed(needs).items()):
        table.add_row(pack_id, KINDS[kind], *(str(number) for number in counts.values()))
    console.print(table)
    wanting = [need for need in needs if need.wanting]
    for need in wanting:
        console.print(f"[red]没有案例[/] {_told(need)}")
    for reason, many in _reasons(needs).items():
        console.print(f"不会出现：{reason}（{many} 处）", markup=False)
    return len(wanting)


def _told(need: Need) -> str:
    return f"{need.pack_id} {KINDS[need.kind]} {need.subject}：{SIDES.get(need.what, need.what)}"


def _reasons(needs: Sequence[Need]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for need in needs:
        if need.state == "impossible":
            counts[need.by] = counts.get(need.by, 0) + 1
    return counts
