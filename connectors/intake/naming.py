"""How a file of the inbox is named, and in which order files speak. Nothing is opened here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from connectors.errors import FileRefused

EXTENSIONS = ("csv", "xlsx", "parquet", "txt")
MANIFEST_SUFFIX = ".manifest.json"
LANDING_SUFFIX = ".part"
"""Ends the name, begun with a dot, of a file that is being put into the inbox."""
_PATTERN = re.compile(
    r"(?P<subject>[a-z_]+?)_(?P<region>[0-9]{12}|[0-9]{9}|[0-9]{6})_(?P<as_of>[0-9]{8})"
    r"(?:_(?P<part>[^.\x00-\x1f\ud800-\udfff]+))?\.(?P<ext>csv|xlsx|parquet|txt)"
)
_TODO = "请按“数据集_区划代码(6/9/12位)_日期(yyyymmdd)[_分卷].csv|xlsx|parquet|txt”命名后重新报送"


@dataclass(frozen=True, slots=True)
class FileName:
    """The parts of a well-formed name; `part` is empty when the extract came in one file."""

    subject: str
    region: str
    as_of: date
    part: str
    ext: str


def parse_name(name: str) -> FileName:
    """Split a file name. Raises FileRefused when it does not follow the pattern or names an impossible day."""
    match = _PATTERN.fullmatch(name)
    if match is None:
        raise FileRefused("文件名不符合报送命名规则", _TODO)
    digits = match["as_of"]
    try:
        as_of = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise FileRefused(f"文件名中的日期 {digits} 不存在", _TODO) from None
    return FileName(match["subject"], match["region"], as_of, match["part"] or "", match["ext"])


def arrival_order(as_of: date, part: str, file: str) -> tuple[date, str, str]:
    """Sort key by which a later file wins over an earlier one: date, then part (by number), then path."""
    return as_of, part.zfill(6), file
