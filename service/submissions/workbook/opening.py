"""Whether a file is a workbook that may be read at all: by content and not by name, by its real size and not by what it declares.

Nothing is computed, fetched or run. What is refused is refused whole, in one line.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from household.errors import InputError

MOST_BYTES: Final = 16 << 20
MOST_UNPACKED: Final = 96 << 20
MOST_PARTS: Final = 400
MOST_TAGS: Final = 6_000_000
"""Tags in all sheets together: what bounds the time of reading; 10,000 households need about two million."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_TODO = "请下载模板，把数据以“值”粘贴到模板中再上传"
_UNWANTED = {
    "vbaproject": "工作簿含有宏",
    "xl/macrosheets/": "工作簿含有宏",
    "xl/externallinks/": "工作簿含有指向其他文件的链接",
    "xl/connections": "工作簿含有外部数据连接",
    "xl/querytables/": "工作簿含有外部数据连接",
    "xl/embeddings/": "工作簿嵌有其他文件",
    "xl/activex/": "工作簿含有控件",
    "xl/ctrlprops/": "工作簿含有控件",
    "customui/": "工作簿含有自定义界面",
}
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class BookRefusedError(InputError):
    """The file cannot be read as a workbook of ours. Carries no value of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet of a book: its name, whether it is shown, and the bytes of its XML."""

    name: str
    hidden: bool
    data: bytes


def open_book(data: bytes) -> list[Part]:
    """The sheets of a workbook in their order.

    Raises:
        BookRefusedError: no workbook, too large, damaged, encrypted, or with more in it than cells.

    """
    if len(data) > MOST_BYTES:
        raise BookRefusedError(f"文件超过 {MOST_BYTES >> 20} MB", "请分成几份上传")
    if data.startswith(_OLE):
        raise BookRefusedError("文件是加密的工作簿或旧式 .xls", "请去掉密码，另存为 .xlsx 后上传")
    if not data.startswith(_ZIP):
        raise BookRefusedError("文件不是 .xlsx 工作簿", _TODO)
    parts = _unpack(data)
    for name in parts:
        for sign, what in _UNWANTED.items():
            if sign in name.lower():
                raise BookRefusedError(what, _TODO)
    if _MAIN.encode() not in parts.get("[Content_Types].xml", b""):
        raise BookRefusedError(
            "文件不是普通的 .xlsx 工作簿", "请另存为“Excel 工作簿(*.xlsx)”后上传"
        )
    for name, part in parts.items():
        _refuse_declarations(name, part)
    return _sheets(parts)


def _unpack(data: bytes) -> dict[str, bytes]:
    """Every part by its path. Unpacked piece by piece, so that a lie about a size costs nothing."""
    found: dict[str, bytes] = {}
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or len({e.filename for e in entries}) < len(entries):
                raise BookRefusedError("工作簿的内部结构不正常", _TODO)
            for entry in entries:
                plain = entry.filename.replace("\\", "/")
                if plain.startswith("/") or ".." in plain.split("/") or entry.flag_bits & 1:
                    raise BookRefusedError("工作簿的内部结构不正常", _TODO)
                if entry.file_size > left:
                    raise BookRefusedError("工作簿展开后过大", "请分成几份上传")
                with archive.open(entry) as opened:
                    part = opened.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise BookRefusedError("工作簿展开后过大", "请分成几份上传")
                found[plain] = part
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise BookRefusedError("工作簿已损坏或没有传完", "请重新保存后上传") from None
    except zipfile.zlib.error:  # type: ignore[attr-defined]  # zipfile passes it through
        raise BookRefusedError("工作簿已损坏或没有传完", "请重新保存后上传") from None
    return found


def _refuse_declarations(name: str, part: bytes) -> None:
    """No document type, no entity, and no encoding in which one could be hidden."""
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    head = part[:200].lower()
    strange = part[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in part[:4]
    declared = b"encoding=" in head and b"utf-8" not in head
    if strange or declared or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise BookRefusedError("工作簿的内部结构不正常", _TODO)


def _sheets(parts: dict[str, bytes]) -> list[Part]:
    try:
        book = fromstring(parts["xl/workbook.xml"], forbid_dtd=True)
        relations = fromstring(parts["xl/_rels/workbook.xml.rels"], forbid_dtd=True)
        targets = {}
        for one in relations:
            if one.get("TargetMode") == "External":
                raise BookRefusedError("工作簿含有指向其他文件的链接", _TODO)
            targets[one.get("Id")] = _below(one.get("Target", ""))
        found = []
        for one in book.iter():
            if one.tag.rpartition("}")[2] == "sheet" and one.get(_RELATION) in targets:
                part = parts.get(targets[one.get(_RELATION)])
                if part is not None and "/worksheets/" in targets[one.get(_RELATION)]:
                    hidden = one.get("state", "visible") != "visible"
                    found.append(Part(one.get("name", ""), hidden, part))
    except (KeyError, ParseError, DefusedXmlException):
        raise BookRefusedError("工作簿已损坏或没有传完", "请重新保存后上传") from None
    if not found:
        raise BookRefusedError("工作簿里没有工作表", _TODO)
    if sum(part.data.count(b"<") for part in found) > MOST_TAGS:
        raise BookRefusedError("工作簿的行数过多", "请分成几份上传，每份不超过一万户")
    return found


def _below(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
