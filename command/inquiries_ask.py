"""`hedui inquiries ask`: one round with the institutions of a source. What is told is counts; nobody is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command.inquiries_list import book_option
from command.source import inbox_option, json_option, secrets_option, sources_option

if TYPE_CHECKING:
    import polars as pl

    from household.inquiries.needs import Needs
    from pipelines.asking import Asked

HELP = """问一个来源的各机构：送出今天该问的，收取已答复的。可以每天运行，不会重复查询。

送出的请求在得到答复之前按未答复计；收到的答复与回执放入收件目录，由下一次 hedui run 核对。
某个机构慢或坏，不影响其他机构；中途被打断，再运行一次即可。

\b
例：
  hedui inquiries ask banking --sources 来源 --inbox 收件 --warehouse 县.duckdb
  hedui inquiries ask banking --again --sources 来源 --inbox 收件 --warehouse 县.duckdb
"""


@click.command(help=HELP)
@click.argument("name")
@click.option("--again", is_flag=True, help="对未答复的、未能送出的再问一轮")
@click.option("--dry-run", is_flag=True, help="只说会问什么；什么也不送出，什么也不写")
@sources_option
@inbox_option
@book_option
@secrets_option
@click.option("--packs", type=click.Path(path_type=Path), help="另外的规则包目录，与运行时相同")
@click.option("--by", help="查询人（账号），记入查询簿；不给取当前系统账号")
@json_option
def ask(
    *,
    name: str,
    again: bool,
    dry_run: bool,
    folder: Path,
    inbox: Path,
    warehouse: Path,
    mounts: Path | None,
    packs: Path | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Ask, or say what would be asked."""
    from pipelines.asking import ask_source, plan_source
    from pipelines.outside import outside_now
    from pipelines.pulling import open_deployment
    from pipelines.settings import Order, read_settings
    from pipelines.workplace import Workplace

    outside = outside_now(by=by, mounts=mounts)
    order = Order(inbox, warehouse, outside.today, packs, None, read_settings().person_key)
    deployment = open_deployment(folder, inbox=inbox, warehouse=warehouse)
    work = Workplace(order)
    if dry_run:
        planned = plan_source(work, deployment, name, outside, again=again)
        _tell(_planned(name, planned), as_json=as_json)
        click.echo(
            "只是预演：什么也没有送出，什么也没有写；收件目录中尚未收下的名册与授权不在内", err=True
        )
        return
    asked = ask_source(work, deployment, name, outside, again=again)
    _tell(_planned(name, asked.needs) | _done(asked), as_json=as_json)
    complain([t.message for t in (*asked.sent.troubles, *asked.collected.troubles)])


def complain(lines: list[str]) -> None:
    """Each trouble once, on a line of its own, and exit code 1 if there is any."""
    for line in dict.fromkeys(lines):
        click.echo(f"hedui: {' '.join(line.split())}", err=True)
    if lines:
        raise SystemExit(1)


def _planned(name: str, planned: Needs) -> dict[str, Any]:
    """Who is to be asked and who is not, as counts."""
    passed = planned.admitted.passed
    return {
        "source": name,
        "to_ask": passed.height,
        "persons": passed["person_ref"].n_unique(),
        "by_institution": _counts(passed, "institution_code"),
        "held_at_the_door": _counts(planned.held, "reason_zh"),
        "not_asked": _counts(planned.left_out, "reason_zh"),
    }


def _done(asked: Asked) -> dict[str, Any]:
    """What went out and what came back, as counts."""
    from connectors.asking.handing import WITHHELD
    from connectors.asking.layouts.request_cells import FAILURES

    words = FAILURES | {WITHHELD: "送出前授权已失效"}
    sent, back = asked.sent, asked.collected
    failed = _counts(sent.failed, "note")
    return {
        "papers_taken_in": asked.arrived.get("new", 0),
        "papers_refused": asked.arrived.get("refused", 0),
        "sent_files": sent.files,
        "sent_requests": sent.requests,
        "failed": {words.get(note, note): count for note, count in failed.items()},
        "answer_files": back.files,
        "answers": back.answers,
        "records": back.records,
        "withheld": back.withheld,
        "unasked_lines": back.unasked,
        "waiting_files": back.waiting,
        "troubles": len(sent.troubles) + len(back.troubles),
    }


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    """How many rows say what, the most frequent first."""
    import polars as pl

    counted = frame.group_by(column).agg(pl.len().alias("rows"))
    return dict(counted.sort("rows", column, descending=[True, False]).iter_rows())


def _tell(said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    if said.get("papers_taken_in"):
        refused = said["papers_refused"]
        click.echo(
            f"先收下    {said['papers_taken_in']} 份新到的名册、授权等文件"
            + (f"，拒收 {refused} 份，原因见下一次运行" if refused else "")
        )
    asked = _listed(said["by_institution"])
    click.echo(f"应查询    {said['to_ask']} 件，{said['persons']} 人{asked}")
    for title, name, unit in (
        ("未获授权", "held_at_the_door", "人次"),
        ("暂不查询", "not_asked", "件"),
    ):
        click.echo(f"{title}  {sum(said[name].values())} {unit}{_listed(said[name])}")
    if "sent_files" not in said:
        return
    failed = said["failed"]
    click.echo(f"送出      {said['sent_files']} 份文件，{said['sent_requests']} 件查询")
    click.echo(f"未能送出  {sum(failed.values())} 件{_listed(failed)}")
    click.echo(
        f"收到      {said['answer_files']} 份文件，{said['answers']} 件答复，{said['records']} 条记录"
    )
    for name, words in (
        ("withheld", "件答复因授权已失效未收取"),
        ("unasked_lines", "行是未查询之人的，未收取"),
        ("waiting_files", "份文件在等另一半（回执或明细）"),
    ):
        if said[name]:
            click.echo(f"          {said[name]} {words}")


def _listed(counts: dict[str, int]) -> str:
    return "：" + "，".join(f"{what} {count}" for what, count in counts.items()) if counts else ""
