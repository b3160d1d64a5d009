"""One door to the readers: a file that was found, to the table of its texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.errors import ConnectorError, FileRefused
from connectors.intake.read_csv import read_csv
from connectors.intake.read_fixed import read_fixed
from connectors.intake.read_parquet import read_parquet
from connectors.intake.read_xlsx import read_xlsx
from connectors.intake.titles import PLAIN, TextTable, Wording, reworded
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.intake.inbox import Found
    from household.schema.column import Dataset


def read_table(found: Found, *, source: Path | None = None) -> TextTable:
    """Read a file to texts, whatever its format.

    Args:
        found: an entry of the inbox that was not refused by name.
        source: where the bytes are, when not in the inbox (the store's copy).

    Raises:
        FileRefused: the file cannot be read as a whole; the line says why, in Chinese.
        ConnectorError: the bytes cannot be fetched from the disk.

    """
    if found.refusal is not None or found.dataset is None:
        raise FileRefused(found.refusal or "文件不属于任何数据集", "请按交换目录重新报送")
    try:
        data = (source or found.path).read_bytes()
    except OSError as error:
        raise ConnectorError(
            f"{found.file} 无法读取（{error.strerror}）", "请检查磁盘与权限后重试"
        ) from error
    wording = found.manifest.wording if found.manifest else PLAIN
    table = _read(found, data, DATASETS[found.dataset], wording)
    return _with_remark(replace(table, frame=reworded(table.frame, wording)), wording)


def _read(found: Found, data: bytes, dataset: Dataset, wording: Wording) -> TextTable:
    """The texts as they came."""
    manifest = found.manifest
    declared = manifest.encoding if manifest else None
    if found.ext == "csv":
        return read_csv(data, dataset, declared=declared, wording=wording)
    if found.ext == "xlsx":
        return read_xlsx(data, dataset, wording=wording)
    if found.ext == "parquet":
        return read_parquet(data, dataset, wording=wording)
    if manifest is None or manifest.layout is None:
        raise FileRefused("定长文本缺少带 layout 的清单", "请随文件报送清单并写明各列 start、width")
    return read_fixed(data, dataset, layout=manifest.layout, declared=declared, wording=wording)


def _with_remark(table: TextTable, wording: Wording) -> TextTable:
    """A column that was said to be absent and came with values: it is read, and said so, for the declaration is out of date."""
    came = [c for c in wording.absent if (table.frame[c].str.strip_chars() != "").any()]
    if not came:
        return table
    remark = f"声明不提供的列有 {len(came)} 列送到，已照常读取"
    return replace(table, remarks=(*table.remarks, remark))
