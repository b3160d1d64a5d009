"""`hedui links train`, `models` and `pin`: the parameters of linkage, estimated, shown beside the shipped ones, and put to use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from household.linkage.engine.model import Model
    from pipelines.modelling import InUse, Trained

TRAIN_HELP = """用最近一次运行的数据，逐个数据集估计关联模型的参数（不需要人工标注）。

只估计、保存并列出，不改变任何结果；加 --pin 才会从下一次 hedui run 起启用。
号码与姓名均与某人相符的人员不足时不估计，继续使用原有的模型。

\b
例：
  hedui links train --warehouse 县.duckdb
  hedui links train --warehouse 县.duckdb --dataset tax.income --pin
"""

MODELS_HELP = """列出各数据集使用的关联模型：摘要、何时启用、主要权重（与随附模型并列）。

权重的单位是位（以 2 为底的对数）：+10 表示相符使同一人的可能性增为约一千倍。
"""

PIN_HELP = """启用一个已保存的模型，或用 shipped 换回随附的模型；从下一次 hedui run 起生效。

\b
例：
  hedui links pin --warehouse 县.duckdb --dataset tax.income --model 0123456789ab
  hedui links pin --warehouse 县.duckdb --dataset tax.income --model shipped
"""

_warehouse = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
_json = click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON")


@click.command(help=TRAIN_HELP)
@_warehouse
@click.option("--dataset", "datasets", multiple=True, help="只估计这个数据集，可重复；不给则全部")
@click.option("--pin/--no-pin", default=False, show_default=True, help="估计后是否启用")
@_json
def train(*, warehouse: Path, datasets: tuple[str, ...], pin: bool, as_json: bool) -> None:
    """Estimate models and print them beside those in use."""
    from household.linkage.models import ENOUGH
    from pipelines.modelling import train_warehouse

    told = []
    for one in train_warehouse(warehouse, datasets, pin=pin):
        told.append(one)
        if not as_json:
            click.echo("\n".join(_trained_lines(one, ENOUGH)))
    if as_json:
        click.echo(_dumped([_trained_dict(one) for one in told]))
    estimated = sum(one.digest is not None for one in told)
    use = "已启用，下一次 hedui run 起生效" if pin else "均已保存、未启用"
    click.echo(f"估计了 {estimated} 个数据集（共 {len(told)} 个），{use}", err=True)


@click.command(help=MODELS_HELP)
@_warehouse
@_json
def models(*, warehouse: Path, as_json: bool) -> None:
    """Print which model each dataset uses, and how it differs from the shipped one."""
    from pipelines.modelling import models_in_use

    told = models_in_use(warehouse)
    if as_json:
        click.echo(_dumped([_in_use_dict(one) for one in told]))
        return
    for one in told:
        click.echo("\n".join(_in_use_lines(one)))


@click.command(help=PIN_HELP)
@_warehouse
@click.option("--dataset", required=True, help="数据集，例如 tax.income")
@click.option("--model", required=True, help="模型摘要（12 位），或 shipped")
def pin(*, warehouse: Path, dataset: str, model: str) -> None:
    """Pin a kept model or the shipped one."""
    from pipelines.modelling import pin_model

    now = pin_model(warehouse, dataset, model)
    whose = "随附的模型" if now.since is None else "模型"
    click.echo(f"{_title(dataset)}：从下一次 hedui run 起使用{whose} {now.digest}", err=True)


def _trained_lines(one: Trained, enough: int) -> list[str]:
    told = one.training
    head = (
        f"{_title(told.dataset)} {told.dataset}：{told.rows} 行，"
        f"其中号码与姓名均符 {told.settled} 行（{told.persons} 人）"
    )
    if told.model is None or one.digest is None:
        return [f"{head}；不足 {enough} 人，不估计，继续使用 {one.before_digest}"]
    state = "已启用" if one.pinned else "未启用"
    if one.digest == one.before_digest:
        state = "与现用的相同"
    return [
        f"{head}；有主比例 {told.model.matched:.4f}；模型 {one.digest}（{state}，原为 {one.before_digest}）",
        *(
            f"  {row['title']}  m {row['m']:.3g}  u {row['u']:.3g}"
            f"  权重 {row['bits']:+.1f}（原 {row['bits_before']:+.1f}）"
            for row in _weights(told.model, one.before)
        ),
    ]


def _trained_dict(one: Trained) -> dict[str, object]:
    told = one.training
    model = told.model
    return {
        "dataset": told.dataset,
        "rows": told.rows,
        "settled_rows": told.settled,
        "settled_persons": told.persons,
        "estimated": model is not None,
        "model": one.digest,
        "before": one.before_digest,
        "pinned": one.pinned,
        "matched": None if model is None else model.matched,
        "population": None if model is None else model.population,
        "levels": [] if model is None else _weights(model, one.before),
    }


def _in_use_lines(one: InUse) -> list[str]:
    others = [digest for digest in one.kept if digest != one.digest]
    kept = f"；另存有 {'、'.join(others)}" if others else ""
    head = f"{_title(one.dataset)} {one.dataset}：{one.digest}"
    if one.since is None:
        return [f"{head}（随附）{kept}"]
    lines = [f"{head}（{one.since} 之后的运行使用）{kept}"]
    lines += [
        f"  {row['title']}  权重 {row['bits']:+.1f}（随附 {row['bits_before']:+.1f}）"
        for row in _weights(one.model, _shipped(one.dataset))
    ]
    return lines


def _in_use_dict(one: InUse) -> dict[str, object]:
    return {
        "dataset": one.dataset,
        "model": one.digest,
        "pinned": one.since is not None,
        "since": one.since,
        "origin": one.model.origin,
        "kept": list(one.kept),
        "levels": _weights(one.model, _shipped(one.dataset)),
    }


def _weights(model: Model, before: Model) -> list[dict[str, str | float]]:
    """The main levels of a model beside those of another: title, m, u, bits, bits_before."""
    from household.linkage.engine.kinds import KINDS
    from household.linkage.models import MAIN_LEVELS, weight_bits

    rows: list[dict[str, str | float]] = []
    for field, word in MAIN_LEVELS:
        comparison = KINDS[field].comparison
        code = comparison.code(word)
        rows.append(
            {
                "level": word,
                "title": comparison.levels[code].zh,
                "m": float(model.levels[field].m[code]),
                "u": float(model.levels[field].u[code]),
                "bits": round(weight_bits(model, field, word), 3),
                "bits_before": round(weight_bits(before, field, word), 3),
            }
        )
    return rows


def _shipped(dataset: str) -> Model:
    from household.linkage.plans import shipped

    return shipped(dataset)


def _title(dataset: str) -> str:
    from household.schema.datasets import DATASETS

    return DATASETS[dataset].title_zh


def _dumped(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)
