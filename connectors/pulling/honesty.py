"""What a source says, held against what came. Each check raises SourceLied with one line that names the contradiction, never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.errors import SourceLied, SourceUnreachable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from connectors.pulling.columns import Came
    from connectors.transports.transport import Fetched
    from household.schema.column import Dataset

SHRUNK_BELOW = 2
"""An extract with less than one part in so many of the rows of the one before it is remarked on: it may be true, so it is taken."""
SHRUNK_FROM = 20
"""Rows (or bytes) of the earlier extract from which shrinking says anything."""

_ASK = "请与来源单位核实后再次取数"


def clock_skew(said: datetime | None, now: datetime, *, limit: int) -> float | None:
    """Seconds that their clock is ahead of ours; None where they do not say.

    Raises:
        SourceLied: more than `limit` apart: days and watermarks that hang on their clock cannot be believed.

    """
    if said is None:
        return None
    skew = (said - now).total_seconds()
    if abs(skew) > limit:
        way = "快" if skew > 0 else "慢"
        raise SourceLied(
            f"来源时钟比本机{way} {abs(skew):.0f} 秒，超过 {limit} 秒的限度",
            "请双方校准时钟，或按协议调整 clock_skew_seconds",
        )
    return skew


def check_as_of(as_of: date, *, today: date, newest: date | None, strict: bool) -> str:
    """Hold an extract's day against today and the newest one taken for its region.

    Args:
        as_of: of the extract. today: in Asia/Shanghai. newest: taken before; None when none was.
        strict: a step back is refused (a live view of a snapshot cannot grow older); else it is a late or corrected older extract.

    Returns:
        A remark; empty when there is nothing to say.

    Raises:
        SourceLied: a day to come, or a step back where that is refused.

    """
    if as_of > today:
        raise SourceLied(f"来源数据日期 {as_of} 晚于今天 {today}", _ASK)
    if newest is None or as_of >= newest:
        return ""
    if strict:
        raise SourceLied(f"来源数据日期倒退：本次 {as_of}，已取到 {newest}", _ASK)
    return f"补送或更正较早日期的数据（已取到 {newest}）"


def check_said(fetched: Fetched, *, sha256: str, rows: int | None) -> None:
    """Hold the digest and the row count that the source tells against the bytes that came. `rows` None: only the intake can count.

    Raises:
        SourceLied: they differ.

    """
    if fetched.said_sha256 is not None and fetched.said_sha256 != sha256:
        raise SourceLied("文件的 SHA-256 与来源清单不符，可能传输不完整或已被改动", _ASK)
    counted = rows if rows is not None else fetched.rows
    if fetched.rows is not None and rows is not None and fetched.rows != rows:
        raise SourceLied(f"取数写出 {fetched.rows} 行，文件内 {rows} 行", "请再次取数")
    if fetched.said_rows is not None and counted is not None and fetched.said_rows != counted:
        raise SourceLied(f"来源写明 {fetched.said_rows} 行，实际取到 {counted} 行", _ASK)


def check_size(size: int, *, offered: int | None) -> None:
    """Hold the bytes that came against the listing.

    Raises:
        SourceUnreachable: another size than listed; it was being written. SourceLied: empty.

    """
    if offered is not None and size != offered:
        raise SourceUnreachable(
            f"文件列出时 {offered} 字节，取到 {size} 字节，可能仍在写入",
            "来源写完后下次取数自动重取",
        )
    if size == 0:
        raise SourceLied("来源文件为空（0 字节）", "请来源单位重新导出；确无数据时应保留列名一行")


def check_most(size: int, most: int) -> None:
    """Hold a size in bytes against the limit. Raises SourceLied."""
    if size > most:
        raise SourceLied(
            f"来源文件 {size} 字节，超过 {most} 字节的限度", "确属正常时请调高 bytes_most"
        )


def check_manifest(
    said: Mapping[str, object], *, dataset: str, region: str, as_of: date, ours: str
) -> None:
    """Hold the source's own manifest against what its file is called. `ours`: the dataset's name without the source.

    Raises:
        SourceLied: it tells of another dataset, region or day.

    """
    expected = (
        ("dataset", {dataset, ours}),
        ("region", {region}),
        ("as_of", {as_of.isoformat(), f"{as_of:%Y%m%d}"}),
    )
    for key, values in expected:
        told = said.get(key)
        if told not in (None, "") and str(told).strip() not in values:
            raise SourceLied(f"来源清单的 {key} 与文件名不一致", "请联系来源单位更正清单或文件名")


def check_columns(
    dataset: Dataset,
    came: Came,
    *,
    before: Collection[str],
    unknown_before: int,
    absent: Collection[str],
    sparse: bool,
) -> None:
    """Refuse an extract that has lost columns since the last one: a renamed column would read as a fact that nobody knows any more.

    Args:
        dataset: the declaration. came: of this extract. before, unknown_before: catalogue columns of the last one, and how many others.
        absent: as source.yaml says. sparse: a few rows may leave columns out (JSON); then only when others came in their place.

    Raises:
        SourceLied: columns that came last time are missing, required or not; all are named, new titles are counted.

    """
    gone = [c for c in dataset.columns if c.name in before and c.name not in came.columns]
    gone = [c for c in gone if c.name not in absent]
    new = came.unknown - unknown_before
    if gone and (new > 0 or not sparse):
        listed = "、".join(f"“{c.title_zh}”（{c.name}）" for c in gone)
        others = f"，新出现 {new} 个目录外的列" if new > 0 else ""
        raise SourceLied(
            f"上次送到的列 {listed} 本次没有{others}",
            "来源可能改了列名；请核对后在 source.yaml 的 fields 写明新列名，确已停供的写入 absent",
        )


def shrunk(now: int, before: int, *, unit: str) -> str:
    """A remark when an extract collapsed against the one before it; empty when it did not.

    Args:
        now, before: rows (or bytes, where only the intake can count rows). unit: its Chinese name.

    """
    if before < SHRUNK_FROM or now * SHRUNK_BELOW >= before:
        return ""
    return f"本次 {now} {unit}，不足上次 {before} {unit}的一半，请与来源单位核实"
