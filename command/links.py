"""`hedui links`: links between rows and persons as a clerk sees and decides them. Shown masked; named by link ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from command.links_explain import explain
from command.links_review import sample, score
from command.links_train import models, pin, train

if TYPE_CHECKING:
    import polars as pl

    from casework.store import Address

HELP = """人员关联的人工判定：来源的某一行是不是名册上的某个人。

系统只提出建议，由具名工作人员作出判定；判定只增不改，以后每次运行都照办。

\b
例：
  hedui links list --warehouse 县.duckdb --queue clerical
  hedui links judge --warehouse 县.duckdb --link 0123456789abcdef \\
      --answer same --clerk 王某 --reason 核对了身份证原件 --at 2026-05-20T09:30:00
  hedui links judgements --warehouse 县.duckdb
  hedui links sample --warehouse 县.duckdb --size 200 --seed 1 --out 复核
  hedui links score --warehouse 县.duckdb --answers 复核/review_a.xlsx 复核/review_b.xlsx \\
      --clerks 王某 李某 --at 2026-05-25T17:00:00

\b
判定保存在结果库旁的 .store 目录（casework.sqlite）中，是人工成果，请一并备份。
下一次 hedui run 会按新的判定重新核对并发布。
"""

LIST_HELP = """列出关联，姓名与号码已脱敏。不给 --queue 则列出全部。

\b
队列：
  clerical      尚待人工判定的 C、D 级
  wrong_number  仅号码相同，其余均不符，疑为他人号码
  conflicts     人工判定相互矛盾，两边都不采用
"""

# as household.linkage.queues, whose import takes a second; a test compares
QUEUES = ("clerical", "wrong_number", "conflicts")
ANSWER_WORDS = {"same": "同一人", "not_same": "不是", "unsure": "不确定", "conflict": "矛盾"}
CONFLICT_WORDS = {
    "clerks": "两名工作人员的结论相反；请商议后由其中一人重新判定",
    "persons": "同一行被认定为多个人；请改判其中的错误",
    "holder": "该行按号码属于另一人；若不是那人，请先把那条关联判为 not_same",
}

warehouse_option = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)


@click.group(help=HELP)
def links() -> None:
    """Group of the commands about links; its help is HELP."""


@links.command("list", help=LIST_HELP)
@warehouse_option
@click.option("--application", help="只列这份申请的成员")
@click.option("--queue", type=click.Choice(QUEUES), help="只列这个队列")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="最多几条")
def list_links(*, warehouse: Path, application: str | None, queue: str | None, limit: int) -> None:
    """Print links of the newest run, masked."""
    found = _links_told(warehouse, application).sort(
        "score", "link_id", descending=[True, False], nulls_last=True
    )
    if queue is not None:
        from household.linkage.queues import in_queue

        found = found.filter(in_queue(queue))
    for row in found.head(limit).iter_rows(named=True):
        click.echo(_line(row))
    click.echo(f"共 {len(found)} 条，列出 {min(limit, len(found))} 条", err=True)


@links.command(help="判定一条关联。后来的判定替代同一人先前的判定；理由中请勿写姓名与号码。")
@warehouse_option
@click.option("--link", "link_id", required=True, help="关联编号，见 hedui links list")
@click.option(
    "--answer",
    required=True,
    type=click.Choice(["same", "not_same", "unsure"]),
    help="是同一人、不是、不确定",
)
@click.option("--clerk", required=True, help="作出判定的工作人员，姓名或工号")
@click.option("--reason", required=True, help="依据，一句话")
@click.option("--at", required=True, help="判定时间，例如 2026-05-20T09:30:00")
def judge(*, warehouse: Path, link_id: str, answer: str, clerk: str, reason: str, at: str) -> None:
    """Add one judgement to the log."""
    from casework.judgements import add_judgements
    from household.linkage.judgements import PAIR, Judgement

    pair = _pair_of(warehouse, link_id)
    add_judgements(_casework(warehouse), [Judgement(*pair, answer, clerk, reason, at)])
    click.echo(f"已记录：{link_id} {ANSWER_WORDS[answer]}；下一次 hedui run 照此办理", err=True)
    told = _conflicts(warehouse)
    for row in told.iter_rows(named=True):
        if tuple(row[name] for name in PAIR) == pair:
            click.echo(f"注意：{CONFLICT_WORDS[row['conflict']]}", err=True)


@links.command(help="列出全部判定与其中的矛盾。")
@warehouse_option
def judgements(*, warehouse: Path) -> None:
    """Print the log, then what contradicts, then what the newest run does not know."""
    from casework.judgements import read_judgements
    from household.linkage.judgements import PAIR, link_ids, standing
    from warehouse.current import read_current

    log = read_judgements(_casework(warehouse))
    for row in log.with_columns(link_ids(log)).iter_rows(named=True):
        said = (row["judgement_id"], row["decided_at"], row["clerk"], ANSWER_WORDS[row["answer"]])
        click.echo(
            "  ".join(map(str, (*said, row["link_id"], _title(row["dataset"]), row["reason"])))
        )
    contradicting = _conflicts(warehouse)
    for row in contradicting.with_columns(link_ids(contradicting)).iter_rows(named=True):
        click.echo(f"矛盾  {row['link_id']}  {CONFLICT_WORDS[row['conflict']]}")
    known = read_current(warehouse, "person_link").select(PAIR)
    idle = standing(log).join(known, on=PAIR, how="anti")
    click.echo(
        f"判定 {len(log)} 条，矛盾 {len(contradicting)} 对；"
        f"最近一次运行中没有的 {len(idle)} 对（保留，待其出现时照办）",
        err=True,
    )


for added in (explain, sample, score, train, models, pin):
    links.add_command(added)


def _casework(warehouse: Path) -> Address:
    from pipelines.workplace import casework_of

    return casework_of(warehouse)


def _conflicts(warehouse: Path) -> pl.DataFrame:
    from casework.judgements import read_judgements
    from household.linkage.judgements import conflicts
    from warehouse.current import read_current

    return conflicts(read_judgements(_casework(warehouse)), read_current(warehouse, "person_link"))


def _links_told(warehouse: Path, application: str | None) -> pl.DataFrame:
    """Published links and judged pairs without one, with link_id, masks, `state` of the log and kind of `conflict`."""
    import polars as pl

    from casework.judgements import read_judgements
    from household.errors import InputError
    from household.linkage.queues import told_links
    from warehouse.current import reading

    with reading(warehouse) as tables:
        told = tables.frame("person_link").drop("run_id")
        people = tables.frame("person").select(
            "person_ref", "name_masked", "id_no_masked", "application_ids"
        )
    found = told_links(told, people, read_judgements(_casework(warehouse)))
    if application is not None:
        found = found.filter(pl.col("application_ids").list.contains(application))
        if not len(people.filter(pl.col("application_ids").list.contains(application))):
            raise InputError(
                f"结果库中没有申请 {application}", "请核对申请编号，或先运行 hedui run"
            )
    return found


def _pair_of(warehouse: Path, link_id: str) -> tuple[str, str, str]:
    import polars as pl

    from household.errors import InputError
    from household.linkage.judgements import PAIR

    found = _links_told(warehouse, None).filter(pl.col("link_id") == link_id).select(PAIR)
    if not len(found):
        raise InputError("结果库与判定记录中没有这条关联", "请用 hedui links list 查看关联编号")
    dataset, record_key, person_ref = found.row(0)
    return dataset, record_key, person_ref


def _line(row: dict[str, object]) -> str:
    """One link: id, tier, score, masked person, dataset, what clerks have said, note."""
    score = row["score"]
    parts = [
        row["link_id"],
        row["tier"] or "-",
        f"{score:.4f}" if isinstance(score, float) else "-",
        row["name_masked"] or "-",
        row["id_no_masked"] or "-",
        _title(str(row["dataset"])),
    ]
    if row["state"] is not None:
        parts.append(f"[判定：{ANSWER_WORDS[str(row['state'])]}]")
    if row["conflict"] is not None:
        parts.append(f"[{CONFLICT_WORDS[str(row['conflict'])]}]")
    return "  ".join(str(part) for part in (*parts, row["note"] or ""))


def _title(dataset: str) -> str:
    from household.schema.datasets import DATASETS

    return DATASETS[dataset].title_zh
