"""`hedui links sample` and `hedui links score`: a sample for two readers who do not know of each other, and what their answers say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import polars as pl

    from casework.store import Address
    from household.shares import Estimate

SAMPLE_HELP = """抽取一份供双人盲审的样本，写成两份顺序不同的复核表。

按匹配等级与数据类别分层，抽取尚无人工判定的关联（A、B、C 级用来估计准确率，D 级用来估计召回率）。
同一批结果、同一样本量、同一 --seed 抽出的样本相同。

复核表含姓名与证件号码的原文，文件权限为仅本人可读；用毕请按规定销毁，不得外传。
"""

SCORE_HELP = """读入两份填好的复核表，并入判定记录，给出一致性、准确率与召回率及其 95% 置信区间。

不给 --answers、只给 --batch，则按目前的判定记录重新计算（例如商议改判之后）。
"""

READERS = ("a", "b")
LIMITS = (
    "召回率只在系统提出过的关联中计算：系统从未提出的（姓名、号码、出生日期均对不上的）本人记录看不见，"
    "因此是上限；人工已判定过的关联不在抽样范围内。"
)
DEFAULT_REASON = "双人盲审"


@click.command(help=SAMPLE_HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--size", required=True, type=click.IntRange(1), help="共抽多少对")
@click.option("--seed", required=True, type=int, help="随机种子，由抽样人给定并记录")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个目录")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    show_default=True,
    help="文件格式",
)
def sample(*, warehouse: Path, size: int, seed: int, out: Path, fmt: str) -> None:
    """Draw a sample, keep it, and write two sheets."""
    import polars as pl

    from casework.judgements import add_batch
    from command.auditing import record_door
    from command.review_sheets import write_sheet
    from household.linkage.review import blind_order, draw_sample, review_frame
    from household.schema.datasets import DATASETS
    from pipelines.reviewing import Shelf, roster_people, side_by_side
    from warehouse.current import reading
    from warehouse.errors import translate_os

    with reading(warehouse) as tables:
        told, places = tables.frame("person_link"), tables.frame("roster_person")
        run = tables.run
    told = told.with_columns(pl.col("dataset", "tier", "decided_by").cast(pl.String))
    shelf = Shelf(warehouse)
    people = roster_people(shelf, places)
    frame = review_frame(told, people.select("person_ref", "family"))
    batch = draw_sample(frame, size=size, seed=seed, run_id=run.run_id)
    titles = {name: dataset.title_zh for name, dataset in DATASETS.items()}
    rows = side_by_side(shelf, batch, people).with_columns(
        pl.col("dataset").replace_strict(titles).alias("title")
    )
    add_batch(_casework(warehouse), batch)
    told_of = {"rows": len(rows), "persons": batch["person_ref"].unique().sort().to_list()}
    record_door(warehouse, "link_sample.export", subject_id=str(batch["batch"][0]), details=told_of)
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for reader in READERS:
            ordered = rows.with_columns(blind_order(rows["pair_code"], reader)).sort("place")
            write_sheet(out / f"review_{reader}.{fmt}", ordered, as_of=run.as_of)
    except OSError as error:
        raise translate_os(error, out) from error
    for stratum, population, drawn in (
        batch.select("stratum", "population", "drawn").unique().sort("stratum").iter_rows()
    ):
        click.echo(f"{stratum}  {population} 对中抽 {drawn} 对，权重 {population / drawn:.2f}")
    click.echo(
        f"批次 {batch['batch'][0]}，{len(batch)} 对，已写出 {out} 中的两份复核表；"
        "内含个人信息原文，仅供两名复核人各自独立填写",
        err=True,
    )


@click.command(help=SCORE_HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option(
    "--answers",
    nargs=2,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="两份填好的复核表",
)
@click.option("--clerks", nargs=2, help="两名复核人，与复核表的次序一致")
@click.option("--at", help="复核完成的时间，例如 2026-05-25T17:00:00")
@click.option("--batch", help="批次，见 hedui links sample；给出 --answers 时不必给")
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON")
def score(
    *,
    warehouse: Path,
    answers: tuple[Path, Path] | None,
    clerks: tuple[str, str] | None,
    at: str | None,
    batch: str | None,
    as_json: bool,
) -> None:
    """Import answers, if any, and print what the sample says."""
    import polars as pl

    from casework.judgements import read_batches, read_judgements
    from household.errors import InputError

    casework = _casework(warehouse)
    if answers is not None:
        if clerks is None or at is None:
            raise click.UsageError("给出 --answers 时，还须给出 --clerks 与 --at")
        batch = import_answers(casework, answers, clerks=clerks, at=at)
    if batch is None:
        raise click.UsageError("请给出 --answers 或 --batch")
    drawn = read_batches(casework).filter(pl.col("batch") == batch)
    if not len(drawn):
        raise InputError(f"没有批次 {batch}", "请核对批次，或先用 hedui links sample 抽样")
    told = _told(drawn, read_judgements(casework))
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _page(told))


def import_answers(
    casework: Address, answers: tuple[Path, Path], *, clerks: tuple[str, str], at: str
) -> str:
    """Add the answers of two sheets to the log, all or none, and return the batch.

    An answer that its clerk has already given in this batch is not entered again.

    Raises:
        InputError: one reader twice, a sheet that cannot be read, or of no or of another batch.

    """
    import polars as pl

    from casework.judgements import add_judgements, read_batches, read_judgements
    from command.review_sheets import read_sheet
    from household.errors import InputError
    from household.linkage.judgements import BY_SAMPLE, PAIR, Judgement

    if clerks[0].strip() == clerks[1].strip():
        raise InputError("两名复核人相同", "双人盲审须由两人各自独立完成")
    sheets = [read_sheet(path) for path in answers]
    batches = read_batches(casework)
    codes = {line.pair_code for sheet in sheets for line in sheet}
    of_sheets = batches.filter(pl.col("pair_code").is_in(list(codes)))
    names = of_sheets["batch"].unique().to_list()
    if len(names) != 1 or len(of_sheets) != len(codes):
        raise InputError(
            "复核表中的复核号不属于同一批次，或不是从这个结果库抽取的",
            "请使用 hedui links sample 写出的两份复核表，勿改动复核号",
        )
    pairs = {row["pair_code"]: row for row in of_sheets.iter_rows(named=True)}
    log = read_judgements(casework).filter(pl.col("batch") == names[0])
    given = set(log.select(*PAIR, "clerk", "answer").iter_rows())
    said = []
    for clerk, sheet in zip((c.strip() for c in clerks), sheets, strict=True):
        for line in sheet:
            if line.answer is None:
                continue
            row = pairs[line.pair_code]
            dataset, record_key, person_ref = (str(row[name]) for name in PAIR)
            if (dataset, record_key, person_ref, clerk, line.answer) in given:
                continue
            said.append(
                Judgement(
                    dataset,
                    record_key,
                    person_ref,
                    line.answer,
                    clerk,
                    line.remark or DEFAULT_REASON,
                    at,
                    BY_SAMPLE,
                    names[0],
                )
            )
    add_judgements(casework, said)
    return str(names[0])


def _told(drawn: pl.DataFrame, log: pl.DataFrame) -> dict[str, object]:
    """What a sample says, for people and programs."""
    from household.linkage.sample_score import score_sample

    scored = score_sample(drawn, log)
    agreement = scored.agreement
    return {
        "batch": scored.batch,
        "run_id": scored.run_id,
        "pairs": scored.pairs,
        "not_read_twice": scored.not_read_twice,
        "read_by_two": agreement.pairs if agreement else 0,
        "observed_agreement": agreement.observed if agreement else None,
        "kappa": agreement.kappa if agreement else None,
        "to_be_settled": list(scored.to_be_settled),
        "precision": _numbers(scored.precision),
        "precision_by_tier": _each(scored.by_tier),
        "precision_by_name_family": _each(scored.by_family),
        "true_among_candidates": _numbers(scored.below),
        "recall": _numbers(scored.recall),
        "cannot_see": LIMITS,
    }


def _each(found: dict[str, Estimate | None]) -> dict[str, dict[str, float] | None]:
    return {name: _numbers(estimate) for name, estimate in found.items()}


def _numbers(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {
        "value": round(estimate.value, 6),
        "low": round(estimate.low, 6),
        "high": round(estimate.high, 6),
        "read": estimate.read,
        "population": round(estimate.population, 2),
    }


def _page(told: dict[str, object]) -> str:
    drawn = f"批次 {told['batch']}（{told['run_id']}），{told['pairs']} 对"
    agreed = f"一致率 {_share(told['observed_agreement'])}，Kappa {_share(told['kappa'])}"
    lines = [
        f"{drawn}，其中 {told['not_read_twice']} 对尚未由两人作答",
        f"两人独立作答 {told['read_by_two']} 对，{agreed}",
        _said("准确率", told["precision"]),
    ]
    for title, name in (("等级", "precision_by_tier"), ("姓名", "precision_by_name_family")):
        found = told[name]
        assert isinstance(found, dict)
        lines += [_said(f"  {title} {part}", one) for part, one in found.items()]
    lines += [
        _said("D 级中确为本人的比例", told["true_among_candidates"]),
        _said("召回率", told["recall"]),
        str(told["cannot_see"]),
    ]
    settle = told["to_be_settled"]
    assert isinstance(settle, list)
    if settle:
        lines.append(
            f"两人结论相反 {len(settle)} 对，请商议后由其中一人用 hedui links judge 重新判定："
        )
        lines += [f"  {link}" for link in settle]
    return "\n".join(lines)


def _said(title: str, found: object) -> str:
    if not isinstance(found, dict):
        return f"{title}：无法估计（没有两人一致作答的关联）"
    return (
        f"{title}：{found['value']:.4f}，95% 区间 {found['low']:.4f} 至 {found['high']:.4f}"
        f"（已读 {found['read']:.0f} 对，代表约 {found['population']:.0f} 对）"
    )


def _share(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else "无法计算"


def _casework(warehouse: Path) -> Address:
    from pipelines.workplace import casework_of

    return casework_of(warehouse)
