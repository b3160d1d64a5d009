"""`hedui source`: what is configured, does it answer, what would be taken, take it."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from household.errors import HouseholdError

if TYPE_CHECKING:
    from datetime import datetime

    from connectors.pulling.pull_log import PullEvent
    from pipelines.pulling import Deployment

HELP = """数据来源：配置了哪些、是否应答、会取到什么、现在就取。

每个来源一个目录，其中 source.yaml 写明传输方式、周期、协议与限额；密码与密钥只写引用，不写内容。
取到的文件放入收件目录，与人工放入的文件走同一道关：台账、隔离、质量门禁。

\b
例：
  hedui source list --sources 来源 --warehouse 县.duckdb
  hedui source check --sources 来源 --inbox 收件 --warehouse 县.duckdb            只查配置，不连接
  hedui source check housing --sources 来源 --inbox 收件 --warehouse 县.duckdb    连接，列出会取什么
  hedui source pull housing --sources 来源 --inbox 收件 --warehouse 县.duckdb
  hedui source pull --all --sources 来源 --inbox 收件 --warehouse 县.duckdb
  hedui source pull public_security --dataset population --as-of 2026-03-31 \\
      --sources 来源 --inbox 收件 --warehouse 县.duckdb                           补取某一天的
"""

PULL_HELP = """取一个来源（或 --all 全部）。没有新的内容时什么也不放入收件目录，并说明这一点。

中途被打断、断线、断电，再取一次即可：不丢也不重。某个来源慢或坏，不影响其他来源。
"""

OUTCOME_WORDS = {
    "taken": "已取",
    "unchanged": "未变",
    "nothing": "无新内容",
    "failed": "未应答",
    "refused": "被拒绝",
    "lied": "内容不可信",
    "resting": "停歇中",
    "spent": "额度用完",
}
STATE_WORDS = {"closed": "正常", "open": "停歇", "half_open": "试探"}

sources_option = click.option(
    "--sources",
    "folder",
    required=True,
    envvar="HEDUI_SOURCES",
    type=click.Path(path_type=Path),
    help="部署目录，每个来源一个子目录；也可用环境变量 HEDUI_SOURCES",
)
inbox_option = click.option(
    "--inbox", required=True, type=click.Path(path_type=Path), help="收件目录"
)
warehouse_option = click.option(
    "--warehouse",
    required=True,
    type=click.Path(path_type=Path),
    help="结果库，DuckDB 文件；取数日志在它旁边的 .store 目录，结果库可以还不存在",
)
secrets_option = click.option(
    "--secrets",
    "mounts",
    envvar="HEDUI_SECRETS",
    type=click.Path(path_type=Path),
    help="密钥库挂载的目录，供 {mount: 名称} 引用；也可用环境变量 HEDUI_SECRETS",
)
json_option = click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON")


@click.group(help=HELP)
def source() -> None:
    """Group of the commands about sources; its help is HELP."""


@source.command("list", help="列出配置的来源：方式、周期、最近一次取数、是否逾期。不连接任何来源。")
@sources_option
@warehouse_option
@json_option
def list_sources(*, folder: Path, warehouse: Path, as_json: bool) -> None:
    """Print every source with its standing."""
    import polars as pl

    from connectors.pulling.declared import source_row
    from connectors.sources.reading import read_sources
    from connectors.store import Store
    from household.exchange import SOURCES_SCHEMA, Exchange
    from pipelines.exchange import pulls_of
    from pipelines.outside import outside_now
    from pipelines.workplace import store_root

    declared = [source_row(one) for one in read_sources(folder).values()]
    exchange = Exchange(
        pulls_of(Store(store_root(warehouse))), pl.DataFrame(declared, schema=SOURCES_SCHEMA)
    )
    rows = exchange.tables(outside_now().today)["source_status"]
    if as_json:
        click.echo(json.dumps(rows.to_dicts(), ensure_ascii=False, indent=2, default=str))
        return
    for row in rows.iter_rows(named=True):
        standing = (
            f"{row['overdue_since']} 起逾期"
            if row["overdue_since"]
            else STATE_WORDS[row["breaker"]]
        )
        if not row["agreement_in_force"]:
            standing = "协议不在有效期"
        told = [
            row["source"],
            row["title"],
            row["transport"],
            row["cron"],
            f"最近成功 {row['last_good_on'] or '从未'}",
            f"数据截至 {row['newest_as_of'] or '—'}",
            standing,
        ]
        click.echo("  ".join(told))
        if row["message"]:
            click.echo(f"    {row['message']}")
    click.echo(f"共 {rows.height} 个来源", err=True)


@source.command(
    help="不给 NAME：检查全部配置，不连接。给 NAME：连接它，列出会取到什么，不写入任何东西。"
)
@click.argument("name", required=False)
@sources_option
@inbox_option
@warehouse_option
@secrets_option
@json_option
def check(
    name: str | None,
    *,
    folder: Path,
    inbox: Path,
    warehouse: Path,
    mounts: Path | None,
    as_json: bool,
) -> None:
    """Check the deployment, or one source over the wire."""
    if name is None:
        _check_all(folder, as_json=as_json)
        return
    from pipelines.outside import outside_now
    from pipelines.pulling import look_at, open_deployment

    deployment = open_deployment(folder, inbox=inbox, warehouse=warehouse)
    answered, found = look_at(deployment, name, outside_now(mounts=mounts))
    offers = [(one.dataset, offer) for one in found for offer in one.offers]
    if as_json:
        said = {
            "source": name,
            "server": answered.server,
            "clock_skew_seconds": answered.skew,
            "offers": [
                {"dataset": dataset, "origin": o.origin, "as_of": str(o.as_of), "bytes": o.size}
                for dataset, o in offers
            ],
            "trouble": {one.dataset: one.trouble for one in found if one.trouble},
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        skew = "" if answered.skew is None else f"，时钟相差 {answered.skew:.0f} 秒"
        click.echo(f"{name} 有应答：{answered.server}{skew}")
        for dataset, offer in offers:
            size = "" if offer.size is None else f"  {offer.size} 字节"
            click.echo(f"  {dataset}  {offer.origin}  截至 {offer.as_of}{size}")
        click.echo(f"会取 {len(offers)} 项", err=True)
    _complain([f"{one.dataset}：{one.trouble}" for one in found if one.trouble])


@source.command(help=PULL_HELP)
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="全部来源，互不等待")
@click.option("--dataset", "subject", help="只取一个数据集，例如 population")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="只取数据截止日为这一天的（补取），取过的内容不会重复",
)
@click.option("--now", is_flag=True, help="已排除故障：不等连续失败后的停歇期，立即再取")
@sources_option
@inbox_option
@warehouse_option
@secrets_option
@click.option("--by", help="取数人（账号），记入取数日志；不给取当前系统账号")
@json_option
def pull(
    name: str | None,
    *,
    every: bool,
    subject: str | None,
    as_of: datetime | None,
    now: bool,
    folder: Path,
    inbox: Path,
    warehouse: Path,
    mounts: Path | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Pull one source or all, and say what came of it."""
    if every == (name is not None):
        raise click.UsageError("请给出一个来源的名称，或 --all")
    if every and (subject or now):
        raise click.UsageError("--dataset 与 --now 只能与一个来源的名称一起使用")
    from pipelines.outside import outside_now
    from pipelines.pulling import open_deployment, pull_each, pull_source

    # Polars has waits go on after Ctrl-C; a source may be waited for long
    signal.siginterrupt(signal.SIGINT, True)
    deployment = open_deployment(folder, inbox=inbox, warehouse=warehouse)
    outside = outside_now(by=by, mounts=mounts)
    day = as_of.date() if as_of else None
    try:
        if name is None:
            events, broken = pull_each(deployment, outside, as_of=day)
        else:
            events = pull_source(deployment, name, outside, only=subject, as_of=day, now=now)
            broken = ()
    except KeyboardInterrupt:
        raise HouseholdError("已中断，没有取完", "再取一次即可，不丢也不重") from None
    _tell(events, deployment, as_json=as_json)
    _complain([*_trouble_lines(events), *broken])


def _check_all(folder: Path, *, as_json: bool) -> None:
    """Every mistake of every source.yaml on its own line."""
    from connectors.sources.reading import examine_sources

    sources, mistakes = examine_sources(folder)
    if as_json:
        said = {"sources": sorted(sources), "mistakes": [str(m) for m in mistakes]}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        sound = [
            s
            for s in sources.values()
            if not any(m.file.startswith(f"{s.name}/") for m in mistakes)
        ]
        for one in sound:
            subjects = "、".join(one.datasets) or "只查询，不取数"
            click.echo(f"{one.name}  {one.title}  {one.transport.kind}  {subjects}")
        click.echo(f"{len(sound)} 个来源可用", err=True)
    _complain([str(mistake) for mistake in mistakes])


def _is_trouble(event: PullEvent) -> bool:
    return event.outcome in ("failed", "refused", "lied", "resting", "spent")


def _trouble_lines(events: tuple[PullEvent, ...]) -> list[str]:
    """One line a trouble, whatever it kept from being taken: a wrong password is one, not one for each dataset."""
    kept_from: dict[tuple[str, str], list[str]] = {}
    for event in filter(_is_trouble, events):
        subject = event.dataset.partition(".")[2]
        thing = " ".join(word for word in (f"{event.source}.{subject}", event.origin) if word)
        kept_from.setdefault((event.source, event.message), []).append(thing)
    return [f"{'、'.join(dict.fromkeys(of))}：{said}" for (_, said), of in kept_from.items()]


def _tell(events: tuple[PullEvent, ...], deployment: Deployment, *, as_json: bool) -> None:
    if as_json:
        keep = ("dataset", "outcome", "message", "origin", "file", "rows", "size", "region")
        said = [
            {**{k: getattr(e, k) for k in keep}, "as_of": str(e.as_of) if e.as_of else None}
            for e in events
        ]
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for event in events:
        if _is_trouble(event):
            continue
        rows = "" if event.rows is None else f"{event.rows} 行"
        told = (
            OUTCOME_WORDS[event.outcome],
            event.dataset,
            event.origin,
            event.file,
            rows,
            event.message,
        )
        click.echo("  ".join(cell for cell in told if cell))
    taken = sum(e.outcome == "taken" for e in events)
    if not taken and any(map(_is_trouble, events)):
        return  # the trouble's own line says it
    waiting = sum(not (deployment.inbox / e.file).exists() for e in events if e.outcome == "taken")
    late = f"，其中 {waiting} 份待当前运行结束后放入收件目录" if waiting else ""
    click.echo(f"取得 {taken} 份{late}", err=True)


def _complain(lines: list[str]) -> None:
    """Each trouble on a line of its own, and exit code 1 if there is any."""
    for line in lines:
        click.echo(f"hedui: {' '.join(line.split())}", err=True)
    if lines:
        raise SystemExit(1)
