"""From sections to the bytes of a PDF/A-2b, by Typst, with a Chinese font of this machine. The same sections give the same bytes."""

from __future__ import annotations

import io
import json
import re
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno
import typst

from household.errors import InputError
from service.reports.fonts import check_fonts
from service.reports.printable import printable

if TYPE_CHECKING:
    from datetime import date

    from service.reports.cells import Section

LAYOUT = Path(__file__).with_name("report.typ")
STANDARD = "a-2b"
FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "SimSun",
    "SimHei",
)
"""Fonts with Chinese, the better covered first."""

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed. `printed`: the line on who printed it when; `watermark`: the same, short, behind the text."""

    title: str
    subtitle: str
    standing: str
    commissioner: str
    report_no: str
    check_code: str
    printed: str
    watermark: str
    footer: str
    as_of: date
    sections: tuple[Section, ...]


class Typesetter:
    """Typst with its fonts loaded once. One compilation at a time: safe to share among threads.

    Raises:
        InputError: no Chinese font, or the folder of fonts is none.
    """

    def __init__(self, fonts: Path | None = None) -> None:
        check_fonts(fonts)
        found = typst.Fonts(
            include_embedded_fonts=False, font_paths=[str(fonts)] if fonts is not None else []
        )
        held = set(found.families())
        self.families = [name for name in FAMILIES if name in held][:1]
        if not self.families:
            raise InputError(
                "没有可用的中文字体，无法出具报告",
                "Debian/Ubuntu：sudo apt-get install fonts-noto-cjk；或把字体文件放进 HEDUI_FONTS 所指的目录",
            )
        self._lock = threading.Lock()
        self._typst = typst.Compiler(
            str(LAYOUT), root=str(LAYOUT.parent), font_paths=found, ignore_system_fonts=True
        )

    def pdf(self, page: Page) -> bytes:
        """The page as PDF/A-2b. What no font can show is printed by its code point."""
        unshown: frozenset[str] = frozenset()
        for _ in range(_ROUNDS):
            try:
                pdf: bytes = self._compiled(page, unshown, format="pdf", pdf_standards=STANDARD)
            except typst.TypstError as error:
                missing = _missing(error.diagnostic)
                if not missing - unshown:
                    raise
                unshown |= missing
            else:
                return pdf
        plain: bytes = self._compiled(page, unshown, format="pdf")
        return plain

    def png(self, page: Page, *, ppi: int = 96) -> list[bytes]:
        """The pages as pictures, for a preview."""
        pictures = self._compiled(page, frozenset(), format="png", ppi=ppi)
        told: list[bytes] = pictures if isinstance(pictures, list) else [pictures]
        return told

    def _compiled(self, page: Page, unshown: frozenset[str], **how: Any) -> Any:
        told = _said(asdict(page) | {"fonts": self.families, "as_of": str(page.as_of)}, unshown)
        midnight = datetime(page.as_of.year, page.as_of.month, page.as_of.day, tzinfo=UTC)
        with self._lock:
            return self._typst.compile(
                sys_inputs={
                    "report": json.dumps(told, ensure_ascii=False),
                    "qr": _code(page.report_no, page.check_code),
                },
                timestamp=int(midnight.timestamp()),
                **how,
            )


def _said(value: Any, unshown: frozenset[str]) -> Any:
    if isinstance(value, str):
        return printable(value, unshown)
    if isinstance(value, dict):
        return {name: _said(one, unshown) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_said(one, unshown) for one in value]
    return value


def _missing(diagnostic: str) -> frozenset[str]:
    """The characters that Typst has no glyph for. Letters of a text that combine are named together."""
    texts = (_ESCAPE.sub(lambda e: chr(int(e[1], 16)), t) for t in _MISSING.findall(diagnostic))
    return frozenset(c for text in texts for c in text)


def _code(report_no: str, check_code: str) -> str:
    """The QR code as SVG: number and check code, no address and nobody's data."""
    drawn = io.BytesIO()
    segno.make(f"{report_no} {check_code}", error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, omitsize=True, border=2
    )
    return drawn.getvalue().decode()
