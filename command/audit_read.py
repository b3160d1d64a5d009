"""`hedui audit list` and `hedui audit person`: the log as an auditor reads it, and who looked at one person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from casework.audit.entry import Line
    from casework.audit.reading import Found

LIST_HELP = """列出日志，新的在前。时间按北京时间显示；查日志本身也会记入日志。"""
PERSON_HELP = """列出一个人的查阅记录：谁在何时、因何看过此人所在的家庭，以及整批、整区的查阅与导出。

人员代号见各张表的 person_ref；不要在这里写姓名或证件号码。
"""

warehouse_option = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
limit_option = click.option(
    "--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="最多几条"
)
json_option = click.option("--json", "as_json", is_flag=True, help="每行一个 JSON 对象")


@click.command("list", help=LIST_HELP)
@warehouse_option
@click.option("--actor", default="", help="账号")
@click.option("--application", default="", help="申请编号")
@click.option("--person", "person_ref", default="", help="人员代号；只列指名到人的条目")
@click.option("--action", default="", help="动作，例如 household.read，也可只写前一段 household")
@click.option("--outcome", type=click.Choice(["done", "denied", "failed"]), help="结果")
@click.option("--from", "since", default="", help="起，日期或 ISO 8601 时间（北京时间）")
@click.option("--to", "until", default="", help="止，日期含当日")
@limit_option
@json_option
def list_entries(
    *,
    warehouse: Path,
    actor: str,
    application: str,
    person_ref: str,
    action: str,
    outcome: str | None,
    since: str,
    until: str,
    limit: int,
    as_json: bool,
) -> None:
    """Print entries that answer."""
    from casework.audit.reading import Where, newest
    from pipelines.audit_trail import trail_folder

    if application and person_ref:
        raise click.UsageError("--application 与 --person 只能给一个")
    where = Where(
        actor,
        action,
        outcome or "",
        application or person_ref,
        _instant(since),
        _instant(until, end=True),
    )
    kind = "application" if application else "person"
    _look(warehouse, "audit.list", kind, application or person_ref)
    _print(newest(trail_folder(warehouse), where, limit=limit), as_json=as_json)


@click.command(help=PERSON_HELP)
@warehouse_option
@click.option("--person", "person_ref", required=True, help="人员代号")
@limit_option
@json_option
def person(*, warehouse: Path, person_ref: str, limit: int, as_json: bool) -> None:
    """Print who looked at one person."""
    from household.errors import InputError
    from pipelines.audit_trail import trail_folder
    from service.reading.access_ledger import belonging_of, ledger_of
    from warehouse.current import reading

    with reading(warehouse) as tables:
        belonging = belonging_of(tables, person_ref)
    if belonging is None:
        raise InputError(
            "结果库中没有这个人员代号", "请核对代号；已不在册的人可用 hedui audit list --person"
        )
    _look(warehouse, "audit.ledger", "person", person_ref)
    found = ledger_of(trail_folder(warehouse), belonging, limit=limit)
    if not as_json:
        click.echo(f"指名到此人或其申请（{'、'.join(belonging.applications)}）：")
    _print(found.direct, as_json=as_json)
    if not as_json:
        click.echo("整批、整区的查阅与导出（其中可能有此人）：")
    _print(found.wide, as_json=as_json)


def line_told(line: Line) -> str:
    """One entry in one line: number, time, outcome, who, what, about whom, why, from where, details."""
    entry = line.entry
    who = "·".join(part for part in (entry.actor_id or "未登录", entry.role) if part)
    about = f"{entry.subject_kind} {entry.subject_id}".strip()
    details = json.dumps(dict(entry.details), ensure_ascii=False) if entry.details else ""
    parts = (
        f"{line.seq}",
        local_time(entry.at),
        who,
        entry.action,
        "" if entry.outcome == "done" else f"[{entry.outcome}]",
        about,
        entry.reason and f"理由：{entry.reason}",
        entry.address,
        details,
    )
    return "  ".join(part for part in parts if part)


def local_time(at: str) -> str:
    """An instant of the log in Beijing time, or as it stands where it is none."""
    from connectors.outside import SHANGHAI

    try:
        return datetime.fromisoformat(at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return at


def _instant(text: str, *, end: bool = False) -> str:
    """A day or a time of Beijing as ISO 8601 UTC; the end of a day is the next one's beginning."""
    from connectors.outside import SHANGHAI

    if not text:
        return ""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("请写成 2026-05-20 或 2026-05-20T09:30:00") from None
    if found.time() == time() and "T" not in text and " " not in text and end:
        found += timedelta(days=1)
    if found.tzinfo is None:
        found = found.replace(tzinfo=SHANGHAI)
    return found.astimezone(UTC).isoformat(timespec="seconds")


def _look(warehouse: Path, action: str, kind: str, subject: str) -> None:
    """Reading the log is recorded as well; but where the log is broken it must still be readable, for that is when it is needed."""
    from casework.audit.errors import AuditUnavailable
    from command.auditing import record_door

    try:
        record_door(warehouse, action, subject_kind=kind if subject else "", subject_id=subject)
    except AuditUnavailable as error:
        click.echo(f"注意：这次查阅未能记入日志（{error.what}）", err=True)


def _print(found: Found, *, as_json: bool) -> None:
    for line in found.lines:
        click.echo(json_told(line) if as_json else line_told(line))
    if found.damaged:
        click.echo(f"有 {found.damaged} 行不完好，请用 hedui audit verify 查明", err=True)
    if not as_json:
        more = "，还有更早的" if found.more else ""
        click.echo(f"共列出 {len(found.lines)} 条{more}", err=True)


def json_told(line: Line) -> str:
    """One entry as one JSON object."""
    from dataclasses import asdict

    told = {"seq": line.seq} | asdict(line.entry) | {"details": dict(line.entry.details)}
    return json.dumps(told, ensure_ascii=False)
