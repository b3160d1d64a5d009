"""A look as it is told: on the screen and as JSON. Counts, published texts and references; nothing personal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from command.tables import table as _table
from command.tables import words as _words

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

    from pipelines.outcome import Outcome
    from pipelines.watching import Look

SHOWN = 15
"""Rows of a list on the screen; files and JSON have all of them."""

NAMED = 5
"""Silent sources that the sentence below the table names."""

STATES = {
    "due": "未到期",
    "provisional": "暂定",
    "overdue": "[red]已到期未办[/]",
    "unrecorded": "[yellow]已过，未登记[/]",
}
SCREENED = {
    "answered": "可比对",
    "stale": "过期",
    "not_delivered": "未送达",
    "no_answer": "银行未答复",
}


def page(look: Look, outcome: Outcome, *, days: int) -> list[RenderableType]:
    """What the screen shows, part by part."""
    parts: list[RenderableType] = [_head(look, outcome), *_stock(look)]
    if not look.has_news:
        return [*parts, "[bold]与上次观察相比没有变化，也没有新到期的事项。[/]"]
    parts += [_counts(look), *_changes(look), *_due(look, days)]
    return [*parts, "[dim]以上是请人核实的线索，不是结论；由工作人员决定如何处理。[/]"]


def _head(look: Look, outcome: Outcome) -> str:
    ran = "有新的内容，已发布" if outcome.published else "没有新的内容"
    since = f"与 {look.since[1]} 的观察（{look.since[0]}）比较" if look.since else "首次观察"
    line = (
        f"[bold]在享对象监测[/]  基准日 {look.run.as_of}  批次 {look.run.run_id}（{ran}）  {since}"
    )
    if look.since and look.since[1] > look.run.as_of:
        line += "\n[yellow]注意：基准日早于上次观察，变化是倒着看的[/]"
    if look.run.person_key_is_default:
        line += "\n[yellow]人员代号使用演示密钥；正式使用请设置环境变量 HEDUI_PERSON_KEY[/]"
    return line


def _stock(look: Look) -> list[RenderableType]:
    """Whom was looked at, and what could not be looked at."""
    import polars as pl

    from household.schema.codes import PROGRAMME

    benefits = look.benefits
    parts: list[RenderableType] = []
    page = _table("在享待遇", "区县", "救助类型", "#待遇", "#人数", "#其中无法比对")
    grouped = (
        benefits.group_by(pl.col("region_code").str.slice(0, 6).alias("county"), "programme")
        .agg(
            pl.len().alias("benefits"),
            pl.col("person_ref").drop_nulls().n_unique().alias("persons"),
            pl.col("screened").not_().sum().alias("unscreened"),
        )
        .sort("county", "programme")
    )
    for county, programme, *numbers in grouped.iter_rows():
        page.add_row(county, PROGRAMME.titles[programme], *map(str, numbers))
    people = benefits["person_ref"].drop_nulls().n_unique()
    page.add_row(
        "合计", "", str(len(benefits)), str(people), str(int((~benefits["screened"]).sum()))
    )
    parts.append(page)
    return [*parts, *_screening(look.screening)]


def _screening(rows: pl.DataFrame) -> list[RenderableType]:
    """Every source with its day; who could not be looked for in it. Silence is no all-clear."""
    import polars as pl

    from household.schema.datasets import DATASETS

    page = _table(
        "比对来源（人数）", "来源", "数据截止", *(f"#{word}" for word in SCREENED.values())
    )
    by_dataset: dict[str, dict[str, int]] = {}
    for dataset, state, persons in rows.select("dataset", "state", "persons").iter_rows():
        counts = by_dataset.setdefault(dataset, dict.fromkeys(SCREENED, 0))
        counts[state] += persons
    days = dict(rows.group_by("dataset").agg(pl.col("as_of").min()).iter_rows())
    for dataset in DATASETS:
        if dataset in by_dataset:
            counts = by_dataset[dataset]
            numbers = (str(counts[state] or ".") for state in SCREENED)
            page.add_row(DATASETS[dataset].title_zh, _words(days[dataset]), *numbers)
    silent = [
        DATASETS[name].title_zh
        for name in DATASETS
        if name in by_dataset and sum(by_dataset[name].values()) > by_dataset[name]["answered"]
    ]
    if not silent:
        return [page]
    named = "、".join(silent[:NAMED]) + (f"等 {len(silent)} 个来源" if len(silent) > NAMED else "")
    return [page, f"[yellow]未能全部比对：{named}。没有比对不等于没有问题。[/]"]


def counts_of(changes: pl.DataFrame) -> dict[str, int]:
    """Kind of change to number, in the order of their words."""
    from household.alerts.life.changes import CHANGE_WORDS

    found = dict(changes.group_by("change").len().iter_rows())
    return {kind: found.get(kind, 0) for kind in CHANGE_WORDS}


def _counts(look: Look) -> RenderableType:
    from household.alerts.life.changes import CHANGE_WORDS

    page = _table("预警变化", "对象", *(f"#{word}" for word in CHANGE_WORDS.values()))
    for title, rows in (("在享对象", look.of_recipients), ("申请（未在享）", look.of_applications)):
        page.add_row(title, *(str(n or ".") for n in counts_of(rows).values()))
    return page


def _changes(look: Look) -> list[RenderableType]:
    """The gravest changes about recipients."""
    from household.alerts.codes import CODES
    from household.alerts.life.changes import CHANGE_WORDS

    rows = look.of_recipients
    if rows.is_empty():
        return []
    page = _table("在享对象的变化", "级别", "代码", "变化", "预警编号", "区划", "#涉及金额", "内容")
    for row in rows.head(SHOWN).iter_rows(named=True):
        known = CODES.get(row["code"])
        page.add_row(
            row["severity"],
            row["code"],
            CHANGE_WORDS[row["change"]],
            row["alert_id"],
            _words(row["region_code"]),
            _words(row["amount_now"] if row["change"] != "closed" else row["amount_before"]),
            known.title_zh if known else row["text_zh"],
        )
    return [page, *_rest(len(rows))]


def _due(look: Look, days: int) -> list[RenderableType]:
    """How much falls due by kind, and the first of what is new."""
    import polars as pl

    from household.reviews.kinds import KINDS

    page = _table(
        f"到期事项（今后 {days} 天）", "事项", "#未到期", "#已过未办或未登记", "#其中新告知"
    )
    passed = pl.col("state").is_in(["overdue", "unrecorded"])
    counts = look.due.group_by("kind").agg(
        passed.not_().sum().alias("ahead"), passed.sum().alias("passed"), pl.col("newly").sum()
    )
    by_kind = {kind: numbers for kind, *numbers in counts.iter_rows()}
    for kind, words in KINDS.items():
        if kind in by_kind:
            page.add_row(words.title_zh, *(str(n or ".") for n in by_kind[kind]))
    new = look.due.filter("newly")
    if new.is_empty():
        return [page]
    listed = _table("新告知的到期事项", "到期日", "状态", "对象", "编号", "区划", "说明")
    for row in new.head(SHOWN).iter_rows(named=True):
        listed.add_row(
            str(row["on_date"]),
            STATES[row["state"]],
            SUBJECTS[row["subject_kind"]],
            row["subject_id"],
            _words(row["region_code"]),
            row["text_zh"],
        )
    return [page, listed, *_rest(len(new))]


SUBJECTS = {"benefit": "待遇", "person": "人员", "application": "申请", "household": "家庭"}


def _rest(number: int) -> list[RenderableType]:
    if number <= SHOWN:
        return []
    return [f"[dim]另有 {number - SHOWN} 条；用 --out 写成文件，或用 --json 看全部[/]"]


def as_dict(look: Look, *, days: int) -> dict[str, Any]:
    """Everything for programs."""
    import polars as pl

    benefits = look.benefits
    stock = benefits.group_by("region_code", "programme").agg(
        pl.len().alias("benefits"), pl.col("person_ref").drop_nulls().n_unique().alias("persons")
    )
    since = {"run_id": look.since[0], "as_of": str(look.since[1])} if look.since else None
    return {
        "run_id": look.run.run_id,
        "as_of": str(look.run.as_of),
        "since": since,
        "news": look.has_news,
        "screened": {
            "benefits": len(benefits),
            "persons": benefits["person_ref"].drop_nulls().n_unique(),
            "not_screened": int((~benefits["screened"]).sum()),
            "by_programme": _plain(stock.sort("region_code", "programme")),
            "sources": _plain(look.screening),
        },
        "counts": {
            "recipients": counts_of(look.of_recipients),
            "applications": counts_of(look.of_applications),
        },
        "changes": _plain(look.changes),
        "days": days,
        "due": _plain(look.due.drop("record_key")),
    }


def _plain(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON holds them: days and money as texts."""
    import polars as pl
    import polars.selectors as cs

    return rows.with_columns((cs.date() | cs.decimal()).cast(pl.String)).to_dicts()
