"""`hedui audit`: prove that the log of who looked at what is whole, and read it. Shown by ids; the log holds no personal value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command.audit_read import list_entries, person

if TYPE_CHECKING:
    from casework.audit.verify import Finding, Proof

HELP = """审计日志：谁在何时、因何查阅了哪一户，能否证明日志未被改动。

每次查阅、写入、导出、打印、被拒与登录失败都先写入日志，写不进就不给看。日志在结果库旁的 .store/audit 目录中，逐条以摘要相接。

\b
例：
  hedui audit verify --warehouse 县.duckdb --anchors 锚点
  hedui audit list --warehouse 县.duckdb --actor zhangsan --from 2026-05-01
  hedui audit person --warehouse 县.duckdb --person 人员代号
"""

VERIFY_HELP = """通读全部日志文件，逐条核对摘要与次序，并与外部锚点核对末尾。

\b
能指出：改动、删除、插入、调换、缺少文件、末尾被截去、整条链被改写（后两项要有锚点）。
崩溃留下的半行单独说明，不算篡改。不写入任何内容，也不联网，可在副本上运行（--log）。
锚点取自工作库与 --anchors（或 HEDUI_AUDIT_ANCHOR）指的目录。

\b
退出码：0 完好；1 有问题，问题逐行列出。
"""


@click.group(help=HELP)
def audit() -> None:
    """Group of the commands about the audit log; its help is HELP."""


@audit.command(help=VERIFY_HELP)
@click.option("--warehouse", type=click.Path(path_type=Path), help="结果库，DuckDB 文件")
@click.option(
    "--log",
    "copy",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="日志目录的副本；不给则用结果库旁的",
)
@click.option(
    "--anchors",
    "outside",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="外部锚点目录",
)
@click.option(
    "--starts-at",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="从第几个文件起；此前的已归档，开头须有锚点为证",
)
@click.option("--anchored-since", default="", help="只用这一时间（ISO 8601）以后的锚点")
@click.option("--record", is_flag=True, help="把核验结果也写入日志，供页面显示")
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON")
def verify(
    *,
    warehouse: Path | None,
    copy: Path | None,
    outside: Path | None,
    starts_at: int,
    anchored_since: str,
    record: bool,
    as_json: bool,
) -> None:
    """Read the whole log and say what is wrong."""
    from casework.audit.verify import verify as read_through
    from household.errors import InputError, OutsideError
    from pipelines.audit_trail import anchors_of, trail_folder

    if warehouse is None and copy is None:
        raise click.UsageError("请给出 --warehouse 或 --log")
    if record and warehouse is None:
        raise click.UsageError("--record 须同时给出 --warehouse")
    folder = copy or trail_folder(warehouse or Path())
    if not folder.is_dir():
        raise InputError("没有审计日志", "请检查结果库的位置；日志在结果库旁的 .store/audit 目录")
    anchors = [a for a in anchors_of(warehouse, outside) if a.at >= anchored_since]
    proof = read_through(folder, anchors=anchors, starts_at=starts_at)
    click.echo(json.dumps(told(proof), ensure_ascii=False, indent=2) if as_json else page(proof))
    if record and warehouse is not None:
        from casework.audit.verify import VERIFIED
        from command.auditing import record_door

        record_door(
            warehouse,
            VERIFIED,
            subject_kind="audit_log",
            outcome="done" if proof.holds else "failed",
            details={"head": proof.head.seq, "findings": len(proof.findings)},
        )
    if not proof.holds:
        raise OutsideError(
            f"审计日志有 {len(proof.findings)} 处问题", "请保留原文件并报告安全管理员"
        )


audit.add_command(list_entries)
audit.add_command(person)


def told(proof: Proof) -> dict[str, object]:
    """What a proof says, for programs."""
    return {
        "holds": proof.holds,
        "files": proof.files,
        "entries": proof.entries,
        "first": proof.first,
        "head": {"seq": proof.head.seq, "hash": proof.head.hash},
        "anchors": proof.anchors,
        "anchored": proof.anchored and {"seq": proof.anchored.seq, "at": proof.anchored.at},
        "findings": [
            {"kind": f.kind, "file": f.file, "line": f.line, "first": f.first, "last": f.last}
            for f in proof.findings
        ],
        "torn": [
            {"file": t.file, "line": t.line, "bytes": t.size, "closed": t.closed}
            for t in proof.torn
        ],
    }


def page(proof: Proof) -> str:
    """What a proof says, for people."""
    lines = [_finding(found) for found in proof.findings]
    for torn in proof.torn:
        closed = "下一次写入时已注明" if torn.closed else "下一次写入时会注明"
        lines.append(
            f"{torn.file} 第 {torn.line} 行：写入时中断留下的半行（{torn.size} 字节），{closed}；不是篡改"
        )
    lines.append(
        f"文件 {proof.files} 个，条目 {proof.entries} 条，末条 {proof.head.seq}，摘要 {proof.head.hash}"
    )
    if proof.anchored is not None:
        lines.append(f"与外部锚点相符到第 {proof.anchored.seq} 条（{proof.anchored.at}）")
    elif not proof.anchors:
        lines.append("没有外部锚点：末尾被截去或整条链被改写，无从得知")
    lines.append("完好" if proof.holds else "有问题")
    return "\n".join(lines)


def _finding(found: Finding) -> str:
    from casework.audit.verify import KINDS

    where = found.file + (f" 第 {found.line} 行" if found.line else "")
    entries = ""
    if found.first is not None:
        entries = (
            f"（第 {found.first} 条）"
            if found.last in (None, found.first)
            else f"（第 {found.first} 至 {found.last} 条）"
        )
    return f"{where}：{KINDS[found.kind]}{entries}"
