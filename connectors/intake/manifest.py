"""The manifest beside a file: what the sender says of it. Read and checked here; held against the file by whoever reads it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from connectors.errors import FileRefused
from connectors.intake.titles import PLAIN, Wording, fold_title

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENCODINGS = {
    **dict.fromkeys(("utf8", "utf8sig", "utf8bom", "ascii", "usascii"), "utf-8"),
    **dict.fromkeys(
        ("gb18030", "gb180302005", "gb180302022", "gbk", "gb2312", "cp936", "ansi"), "gb18030"
    ),
    "big5": "big5",
}
"""Encodings that a sender may declare (letters and digits only, lower case), to the codec that reads them."""

_TODO = "请更正清单文件后连同数据文件重新报送"


@dataclass(frozen=True, slots=True)
class Slot:
    """One column of a fixed-width file: `width` bytes from byte `start`, counted from 0."""

    name: str
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the sender declares; None where it says nothing. `digest` is the SHA-256 of the manifest's own bytes.

    `wording`: its `fields`, `codes` and `absent`. `provenance`: whence and how the file came, where we pulled it; kept, never read by.
    """

    dataset: str | None
    region: str | None
    as_of: date | None
    rows: int | None
    sha256: str | None
    encoding: str | None
    layout: tuple[Slot, ...] | None
    digest: str
    wording: Wording = PLAIN
    provenance: Mapping[str, object] = field(default_factory=dict)

    def reading(self) -> str:
        """A short name of whatever here changes how the bytes are read; empty when nothing does.

        UTF-8 and GB 18030 are tried anyway, so declaring them changes nothing.
        """
        plain = self.wording == PLAIN
        if self.encoding in (None, "utf-8", "gb18030") and self.layout is None and plain:
            return ""
        slots = [(s.name, s.start, s.width) for s in self.layout or ()]
        words = self.wording
        worded = [] if plain else [dict(words.fields), dict(words.codes), sorted(words.absent)]
        said = json.dumps([self.encoding, slots, *worded], ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:8]


def _text(said: dict[str, Any], key: str) -> str | None:
    value = said.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FileRefused(f"清单 {key} 项不是文本", _TODO)
    return str(value).strip()


def _count(said: dict[str, Any], key: str) -> int | None:
    value = said.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FileRefused(f"清单 {key} 项不是非负整数", _TODO)
    return value


def _day(said: dict[str, Any], key: str) -> date | None:
    text = _text(said, key)
    if text is None:
        return None
    digits = text.replace("-", "")
    try:
        # both written forms of ISO 8601; anything else would have to be guessed
        if re.fullmatch(r"[0-9]{8}", digits) and len(text) in (8, 10):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FileRefused(f"清单 {key} 项不是日期", _TODO)


def _layout(said: dict[str, Any]) -> tuple[Slot, ...] | None:
    value = said.get("layout")
    if value is None:
        return None
    todo = "layout 应为 {name, start, width} 的列表，start 自 0 起按字节计，请更正后重新报送"
    if not isinstance(value, list) or not value:
        raise FileRefused("清单 layout 项不是列表", todo)
    slots = []
    for entry in value:
        if not isinstance(entry, dict):
            raise FileRefused("清单 layout 有一项不是对象", todo)
        name, start, width = _text(entry, "name"), _count(entry, "start"), _count(entry, "width")
        if not name or start is None or not width:
            raise FileRefused("清单 layout 有一项缺少 name、start 或 width", todo)
        slots.append(Slot(name, start, width))
    return tuple(slots)


def _given(said: dict[str, Any], key: str, otherwise: Any) -> Any:
    return otherwise if said.get(key) is None else said[key]


def _texts(value: object, key: str) -> dict[str, str]:
    """An object of texts; an entry of fields or codes."""
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise FileRefused(f"清单 {key} 项不是“文本: 文本”的对象", _TODO)
    stripped = {k.strip(): v.strip() for k, v in value.items()}
    if len(stripped) != len(value) or "" in stripped:
        raise FileRefused(f"清单 {key} 项有空白或重复的键", _TODO)
    return stripped


def _wording(said: dict[str, Any]) -> Wording:
    """What the manifest says of columns and codes."""
    fields = _texts(_given(said, "fields", {}), "fields")
    if len({fold_title(theirs) for theirs in fields}) != len(fields):
        raise FileRefused("清单 fields 项有两个写法相同的列名", _TODO)
    told = _given(said, "codes", {})
    if not isinstance(told, dict):
        raise FileRefused("清单 codes 项不是对象", _TODO)
    absent = _given(said, "absent", [])
    if not isinstance(absent, list) or not all(isinstance(name, str) for name in absent):
        raise FileRefused("清单 absent 项不是列名的列表", _TODO)
    codes = {column.strip(): _texts(texts, "codes") for column, texts in told.items()}
    return Wording(fields, codes, tuple(absent))


def _provenance(said: dict[str, Any]) -> dict[str, object]:
    """Where somebody else's manifest says something of that name in another shape, it is no business of ours."""
    value = said.get("provenance")
    return value if isinstance(value, dict) else {}


def read_manifest(path: Path) -> Manifest:
    """Read `<file>.manifest.json`. Raises FileRefused when it is not readable JSON or an entry has the wrong shape."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"清单文件无法打开（{error.strerror}）", _TODO) from None
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise FileRefused("清单文件不是有效的 UTF-8 JSON", _TODO) from None
    if not isinstance(said, dict):
        raise FileRefused("清单文件的内容不是一个 JSON 对象", _TODO)
    encoding = _text(said, "encoding")
    if encoding is not None:
        known = ENCODINGS.get(re.sub(r"[^0-9a-z]", "", encoding.lower()))
        if known is None:
            raise FileRefused("清单 encoding 项不在受理范围", "请改用 UTF-8 或 GB 18030")
        encoding = known
    sha256 = _text(said, "sha256")
    return Manifest(
        dataset=_text(said, "dataset"),
        region=_text(said, "region"),
        as_of=_day(said, "as_of"),
        rows=_count(said, "rows"),
        sha256=sha256.lower() if sha256 else None,
        encoding=encoding,
        layout=_layout(said),
        digest=hashlib.sha256(data).hexdigest(),
        wording=_wording(said),
        provenance=_provenance(said),
    )
