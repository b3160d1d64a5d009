"""The text of a PDF as a reader program takes it out. No test stands here."""

from __future__ import annotations

import io
import re

import pypdf


def pages(data: bytes) -> list[str]:
    """The text of each page; a file that is not quite right is refused."""
    reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
    return [page.extract_text() for page in reader.pages]


def squeezed(data: bytes) -> str:
    """All text without any space or line end: cells break lines where they like."""
    return re.sub(r"\s+", "", "".join(pages(data)))
