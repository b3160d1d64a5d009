"""Bytes to text: which encoding a text file is in. Detection by statistics is not used; it guesses, and this must not."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.errors import FileRefused

UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Utf8Bytes:
    """The file's text as UTF-8 bytes without a mark, and the encoding in which it came."""

    data: bytes
    encoding: str


def find_encoding(data: bytes, declared: str | None) -> str:
    """Name of the codec that reads `data` strictly: byte-order mark, UTF-8, what the manifest declares, GB 18030.

    Raises:
        FileRefused: none of them reads it; the line of the first bad byte is named.

    """
    marked = data.startswith(UTF8_MARK)
    furthest = 0
    for codec in ("utf-8",) if marked else ("utf-8", declared, "gb18030"):
        bad = _first_bad_byte(data, codec) if codec is not None else 0
        if bad is None:
            return codec or "utf-8"
        # the codec that got furthest is most likely the right one, and its bad byte the one to look at
        furthest = max(furthest, bad)
    line = data.count(b"\n", 0, furthest) + 1
    raise FileRefused(
        f"第 {line} 行起不是有效的 UTF-8 或 GB 18030 文本",
        "请以 UTF-8 或 GB 18030 编码重新导出后报送",
    )


def to_utf8(data: bytes, declared: str | None) -> Utf8Bytes:
    """The bytes as UTF-8. Raises FileRefused as `find_encoding` does."""
    codec = find_encoding(data, declared)
    if codec == "utf-8":
        return Utf8Bytes(data.removeprefix(UTF8_MARK), codec)
    text = data.decode(codec)
    return Utf8Bytes(text.removeprefix("\ufeff").encode("utf-8"), codec)


def _first_bad_byte(data: bytes, codec: str) -> int | None:
    """Where strict decoding fails; None when it does not."""
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return None
