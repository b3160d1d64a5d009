"""Many reports as one ZIP: the PDFs, a list of them as a workbook, and the digests of all. The same reports give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped]  # it ships none

from service.reports import wording
from service.reports.cells import text, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from service.reports.making import Report

SHEET, SUMS = "reports.xlsx", "SHA256SUMS"
TITLES = (
    "报告编号",
    "核验码",
    "申请编号",
    "核对项目",
    "行政区划代码",
    "核对基准日",
    "核对批次",
    "建议",
    "是否确定",
    "计入人数",
    "月人均收入（元）",
    "收入标准（元）",
    "金融资产（元）",
    "建议金额（元）",
    "文件",
    "SHA-256",
)
_UNSAFE = re.compile(r"[^0-9A-Za-z._-]")


def file_name(report: Report) -> str:
    """The name of a report's file: application and report number, nobody's name."""
    application = _UNSAFE.sub("_", report.contents.header.application_id)[:80]
    return f"{application}_{report.report_no}.pdf"


def write_zip(target: IO[bytes], reports: Iterable[Report], *, as_of: date) -> int:
    """Write reports to a ZIP as they come. Returns how many there were.

    Args:
        target: an open file. reports: in their order. as_of: the day that entries carry, so that nothing reads the clock.

    """
    stamp = (max(as_of.year, 1980), as_of.month, as_of.day, 0, 0, 0)
    with zipfile.ZipFile(target, "w") as archive:

        def put(name: str, data: bytes) -> None:
            entry = zipfile.ZipInfo(name, stamp)
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_STORED  # a PDF is compressed already
            archive.writestr(entry, data)

        return write_files(put, reports, as_of=as_of)


def write_files(
    put: Callable[[str, bytes], None], reports: Iterable[Report], *, as_of: date
) -> int:
    """Hand every PDF to `put` with its name, then the list and the digests. Returns how many reports there were."""
    sums: list[tuple[str, str]] = []
    lines: list[tuple[str, ...]] = []
    for report in reports:
        name, digest = file_name(report), sha256(report.data).hexdigest()
        put(name, report.data)
        sums.append((digest, name))
        lines += lines_of(report, name, digest)
    sheet = workbook(lines, as_of=as_of)
    put(SHEET, sheet)
    put(SUMS, sums_of([*sums, (sha256(sheet).hexdigest(), SHEET)]))
    return len(sums)


def sums_of(sums: Iterable[tuple[str, str]]) -> bytes:
    """Digests and names as `sha256sum --check` reads them."""
    return "".join(f"{digest}  {name}\n" for digest, name in sums).encode()


def lines_of(report: Report, name: str, digest: str) -> list[tuple[str, ...]]:
    """The report's lines of the list: one a suggestion on what was applied for."""
    head = report.contents.header
    return [
        (
            report.report_no,
            report.check_code,
            head.application_id,
            titled(wording.PROGRAMMES, verdict.programme),
            head.region_code,
            str(head.as_of),
            head.run_id,
            titled(wording.SUGGESTIONS, verdict.suggestion),
            "是" if verdict.certain else "否",
            text(verdict.persons_counted),
            text(verdict.income_per_capita_month),
            text(verdict.income_limit),
            text(verdict.financial_assets),
            text(verdict.amount),
            name,
            digest,
        )
        for verdict in report.contents.requested or report.contents.verdicts[:1]
    ]


def workbook(lines: Iterable[tuple[str, ...]], *, as_of: date) -> bytes:
    """The list as a workbook. Every cell is a text: no formula, no link, and no amount rounded."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    midnight = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": wording.TITLE, "created": midnight})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("核对报告")
    for at, title in enumerate(TITLES):
        sheet.write_string(0, at, title, bold)
    for number, line in enumerate(lines, start=1):
        for at, told in enumerate(line):
            sheet.write_string(number, at, told)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(TITLES) - 1, 18)
    book.close()
    return data.getvalue()
