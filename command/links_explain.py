"""`hedui links explain`: why a row is a person's, or is not. Values are masked, other candidates not named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.linkage.explaining import LinkStory
    from pipelines.explaining import Explained

HELP = """说明一行为什么是（或不是）某人的：规则、各项权重、其他候选人，数字可逐项相加。

\b
已有的关联（编号见 hedui links list）：
  hedui links explain --warehouse 县.duckdb --link 0123456789abcdef --svg 说明.svg
没有关联的一行与一人：
  hedui links explain --warehouse 县.duckdb --dataset human_resources.benefit \\
      --line benefit_990101_20260501.csv:2 --person P0123456789abcdef0123

\b
人员代号（--person）见结果库 person 表；命令行中请勿写姓名与号码。
按最近一次运行的行、模型与比较记录说明；设置了 HEDUI_PERSON_KEY 的，须与运行时相同。
"""


@click.command("explain", help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--link", "link_id", help="关联编号，见 hedui links list")
@click.option("--dataset", help="数据集，例如 human_resources.benefit")
@click.option("--line", metavar="FILE:LINE", help="来源文件与行号")
@click.option("--person", "person_ref", help="人员代号")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="另存瀑布图，SVG 文件")
def explain(
    *,
    warehouse: Path,
    link_id: str | None,
    dataset: str | None,
    line: str | None,
    person_ref: str | None,
    svg: Path | None,
) -> None:
    """Print one explanation."""
    from command.auditing import record_door
    from household.errors import InputError
    from household.linkage.waterfall import waterfall_svg
    from pipelines.explaining import Bench
    from pipelines.settings import DEMONSTRATION_KEY, read_settings

    key = read_settings().person_key
    bench = Bench(
        warehouse, key=DEMONSTRATION_KEY if key is None else key.get_secret_value().encode()
    )
    if link_id is not None and dataset is line is person_ref is None:
        dataset, record, person_ref = bench.link_named(link_id)
    elif link_id is None and dataset is not None and line is not None and person_ref is not None:
        record = bench.record_at(dataset, line)
    else:
        raise click.UsageError("请给出 --link，或同时给出 --dataset、--line 与 --person")
    found = bench.explain(dataset, record, person_ref)
    record_door(warehouse, "link.explain", subject_kind="person", subject_id=person_ref)
    for told in _page(found):
        click.echo(told)
    if found.moved:
        click.echo("注意：运行之后又有新的文件或判定，以上按现状计算，与已发布的不同", err=True)
    if found.anew:
        click.echo("注意：这次运行没有保留比较记录，以上用现有的全部数据重新计算", err=True)
    if svg is None:
        return
    if found.story.weights is None:
        raise InputError("没有可比较的姓名，画不出权重", "请去掉 --svg")
    picture = waterfall_svg(
        found.story.weights, title=f"{_title(dataset)}：{_verdict(found.story)}"
    )
    svg.write_text(picture, encoding="utf-8")
    click.echo(f"已写入 {svg}", err=True)


def _page(found: Explained) -> Iterator[str]:
    from household.linkage.waterfall import waterfall_text

    story = found.story
    yield f"{_title(story.dataset)}：{_verdict(story)}"
    yield ""
    yield from _sides(story)
    yield "为什么"
    yield from (f"  - {ground}" for ground in story.grounds)
    if story.weights is None:
        return
    yield ""
    yield "权重（比特：每 +1 可能性加倍，每 −1 减半）" + (
        "" if story.weighed else "，仅供参考，不是决定的依据"
    )
    yield waterfall_text(story.weights)


def _verdict(story: LinkStory) -> str:
    if story.tier is None:
        return "没有关联"
    by = "人工判定" if story.clerk else "权重" if story.weighed else "号码规则"
    score = f"，概率 {story.score:.4f}" if story.weighed and story.score is not None else ""
    return f"{story.tier} 级，由{by}决定{score}"


def _sides(story: LinkStory) -> Iterator[str]:
    for side in story.shown:
        differing = f"（{side.difference}）" if side.difference else ""
        yield f"  {side.title}：来源 {side.row}，名册 {side.person}{differing}"
    if story.shown:
        yield ""


def _title(dataset: str) -> str:
    from household.schema.datasets import DATASETS

    return DATASETS[dataset].title_zh
