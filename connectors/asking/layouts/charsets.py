"""Encodings of institutions, where Python's codecs and what is in use differ.

GB2312: Python's codec puts another sign (U+30FB) where everybody writes the interpunct of names (U+00B7), so half the names of some peoples
could not be written. Here GB2312 is that part of GBK whose bytes are GB2312's; files that are called so are read as GBK, which contains it.
"""

from __future__ import annotations

GB2312 = "gb2312"
_FIRST = 0xA1


def to_bytes(text: str, encoding: str) -> bytes:
    """The bytes of a text. Raises UnicodeEncodeError where the encoding lacks a character."""
    if encoding != GB2312:
        return text.encode(encoding)
    data = text.encode("gbk")
    at = 0
    for place, character in enumerate(text):
        size = 1 if character < "\x80" else 2
        if any(byte < _FIRST for byte in data[at : at + size]) and size > 1:
            raise UnicodeEncodeError(GB2312, text, place, place + 1, "not in GB2312")
        at += size
    return data


def to_text(data: bytes, encoding: str) -> str:
    """The text of bytes. Raises UnicodeDecodeError."""
    return data.decode("gbk" if encoding == GB2312 else encoding)


def lacks(text: str, encoding: str) -> bool:
    """Whether the encoding lacks a character of the text."""
    try:
        to_bytes(text, encoding)
    except UnicodeEncodeError:
        return True
    return False


def size_of(text: str, encoding: str) -> int:
    """Bytes of a text; a character that the encoding lacks counts as one of its wide ones."""
    return sum(len(to_bytes(c, encoding)) if not lacks(c, encoding) else 2 for c in text)
