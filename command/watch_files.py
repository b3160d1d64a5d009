"""A look as files for an analyst: what changed and what falls due, each as a workbook and as CSV. Record keys stay out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.published import Held, PublishedColumn, PublishedTable

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from pipelines.watching import Look

FORMATS = ("xlsx", "csv")

CHANGED = PublishedTable(
    "预警变化",
    "预警变化",
    "differences from the last look; titles are what an analyst reads",
    (
        PublishedColumn("级别", "级别", Held.TEXT),
        PublishedColumn("代码", "代码", Held.TEXT),
        PublishedColumn("名称", "名称", Held.TEXT),
        PublishedColumn("变化", "变化", Held.TEXT),
        PublishedColumn("在享", "在享", Held.FLAG),
        PublishedColumn("预警编号", "预警编号", Held.TEXT),
        PublishedColumn("对象类别", "对象类别", Held.TEXT),
        PublishedColumn("对象编号", "对象编号", Held.TEXT),
        PublishedColumn("人员代号", "人员代号", Held.TEXTS),
        PublishedColumn("行政区划", "行政区划", Held.TEXT),
        PublishedColumn("原状态", "原状态", Held.TEXT),
        PublishedColumn("现状态", "现状态", Held.TEXT),
        PublishedColumn("原涉及金额", "原涉及金额", Held.MONEY),
        PublishedColumn("现涉及金额", "现涉及金额", Held.MONEY),
        PublishedColumn("首次发现", "首次发现", Held.DATE),
        PublishedColumn("说明", "说明", Held.TEXT),
        PublishedColumn("如何查清", "如何查清", Held.TEXT),
    ),
)
DUE = PublishedTable(
    "到期事项",
    "到期事项",
    "the calendar as far as it was asked for",
    (
        PublishedColumn("到期日", "到期日", Held.DATE),
        PublishedColumn("事项", "事项", Held.TEXT),
        PublishedColumn("状态", "状态", Held.TEXT),
        PublishedColumn("新告知", "新告知", Held.FLAG),
        PublishedColumn("对象类别", "对象类别", Held.TEXT),
        PublishedColumn("对象编号", "对象编号", Held.TEXT),
        PublishedColumn("人员代号", "人员代号", Held.TEXT),
        PublishedColumn("救助类型", "救助类型", Held.TEXT),
        PublishedColumn("行政区划", "行政区划", Held.TEXT),
        PublishedColumn("政策依据", "政策依据", Held.TEXT),
        PublishedColumn("说明", "说明", Held.TEXT),
    ),
)
ALERT_STATES = {"open": "待处理", "explained": "已说明", "confirmed": "已查实", "closed": "已关闭"}
DATE_STATES = {
    "due": "未到期",
    "provisional": "暂定",
    "overdue": "已到期未办",
    "unrecorded": "已过，未登记",
}


def write_look(look: Look, out: Path) -> list[Path]:
    """Write `watch_changes_<run>` and `watch_due_<run>`; a look without news writes nothing, so that no earlier list is lost.

    Raises:
        NoRoomError, WarehouseError: the folder cannot be written.
    """
    if not look.has_news:
        return []
    from warehouse.errors import translate_os
    from warehouse.export import write_table

    files = []
    sheets = (("watch_changes", CHANGED, _changed(look)), ("watch_due", DUE, _due(look)))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, table, rows in sheets:
            for fmt in FORMATS:
                target = out / f"{name}_{look.run.run_id}.{fmt}"
                write_table(target, fmt, rows, table=table, as_of=look.run.as_of)
                files.append(target)
    except OSError as error:
        raise translate_os(error, out) from error
    return files


def _changed(look: Look) -> pl.DataFrame:
    import polars as pl

    from command.watch_told import SUBJECTS
    from household.alerts.codes import CODES
    from household.alerts.life.changes import CHANGE_WORDS

    titles = {code: kind.title_zh for code, kind in CODES.items()}
    return look.changes.select(
        pl.lit(look.run.run_id).alias("run_id"),
        pl.col("severity").alias("级别"),
        pl.col("code").alias("代码"),
        pl.col("code").replace_strict(titles, default=None, return_dtype=pl.String).alias("名称"),
        _words("change", CHANGE_WORDS).alias("变化"),
        pl.col("about_recipients").alias("在享"),
        pl.col("alert_id").alias("预警编号"),
        _words("subject_kind", SUBJECTS).alias("对象类别"),
        pl.col("subject_id").alias("对象编号"),
        pl.col("person_refs").alias("人员代号"),
        pl.col("region_code").alias("行政区划"),
        _words("state_before", ALERT_STATES).alias("原状态"),
        _words("state_now", ALERT_STATES).alias("现状态"),
        pl.col("amount_before").alias("原涉及金额"),
        pl.col("amount_now").alias("现涉及金额"),
        pl.col("first_seen").alias("首次发现"),
        pl.col("text_zh").alias("说明"),
        pl.col("settles_it").alias("如何查清"),
    )


def _due(look: Look) -> pl.DataFrame:
    import polars as pl

    from command.watch_told import SUBJECTS
    from household.schema.codes import PROGRAMME

    return look.due.select(
        pl.lit(look.run.run_id).alias("run_id"),
        pl.col("on_date").alias("到期日"),
        pl.col("kind_zh").alias("事项"),
        _words("state", DATE_STATES).alias("状态"),
        pl.col("newly").alias("新告知"),
        _words("subject_kind", SUBJECTS).alias("对象类别"),
        pl.col("subject_id").alias("对象编号"),
        pl.col("person_ref").alias("人员代号"),
        _words("programme", PROGRAMME.titles).alias("救助类型"),
        pl.col("region_code").alias("行政区划"),
        pl.col("source_document").alias("政策依据"),
        pl.col("text_zh").alias("说明"),
    )


def _words(column: str, words: dict[str, str]) -> pl.Expr:
    import polars as pl

    return pl.col(column).replace_strict(words, default=None, return_dtype=pl.String)
