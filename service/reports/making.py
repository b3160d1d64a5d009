"""Making one report: contents, number, pages, seal. Who asked and whether that is recorded is the caller's affair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.reports import section_basis, section_money, section_verdict, wording
from service.reports.numbering import check_code, contents_digest, report_no
from service.reports.seal import Claims, seal
from service.reports.typeset import Page

if TYPE_CHECKING:
    from datetime import date

    from service.reports.cells import Section
    from service.reports.contents import Contents
    from service.reports.seal_keys import Signer
    from service.reports.typeset import Typesetter


@dataclass(frozen=True, slots=True)
class Printing:
    """Who prints, on which day, and how often it was printed before: from one on it is a copy."""

    by: str
    on: date
    before: int = 0

    @property
    def is_copy(self) -> bool:
        """Whether the report was printed before."""
        return self.before > 0


@dataclass(frozen=True, slots=True)
class Report:
    """A sealed report. `data`: the file. `digest`: of its contents, not of the file."""

    contents: Contents
    report_no: str
    check_code: str
    digest: str
    data: bytes


def make_report(
    contents: Contents,
    printing: Printing,
    *,
    typesetter: Typesetter,
    signer: Signer,
    digest: str | None = None,
) -> Report:
    """A report with its seal; the same contents, printing and key give the same bytes. `digest`: of the contents, where it is known."""
    digest = digest or contents_digest(contents)
    number, code = report_no(contents, digest), check_code(digest)
    pdf = typesetter.pdf(page_of(contents, printing, number=number, code=code))
    return Report(
        contents,
        number,
        code,
        digest,
        seal(pdf, claims_of(contents, number=number, code=code, digest=digest), signer=signer),
    )


def claims_of(contents: Contents, *, number: str, code: str, digest: str) -> Claims:
    """What the seal says of the report."""
    head = contents.header
    return Claims(
        report=number,
        check_code=code,
        application=head.application_id,
        run=head.run_id,
        as_of=str(head.as_of),
        contents=digest,
        verdicts=" ".join(sorted(v.verdict_id for v in contents.verdicts)),
    )


def page_of(contents: Contents, printing: Printing, *, number: str, code: str) -> Page:
    """The report as it is printed."""
    head = contents.header
    mark = f"补打第{printing.before}次·副本" if printing.is_copy else "正本"
    programmes = "、".join(wording.PROGRAMMES.get(p, p) for p in head.programmes) or "未登记"
    return Page(
        title=wording.TITLE,
        subtitle=f"{programmes}　申请编号 {head.application_id}　核对基准日 {head.as_of}",
        standing=wording.STANDING,
        commissioner=head.commissioned_by or "",
        report_no=number,
        check_code=code,
        printed=f"出具：{printing.by}　{printing.on}　{mark}",
        watermark=f"{printing.by}　{printing.on}　{number}　{mark}",
        footer=f"{mark}　{printing.by}　{printing.on}",
        as_of=head.as_of,
        sections=sections_of(contents),
    )


def sections_of(contents: Contents) -> tuple[Section, ...]:
    """All sections, in the order in which they are printed."""
    return (
        section_basis.commission(contents),
        section_basis.household(contents),
        section_basis.sources(contents),
        section_money.differences(contents),
        section_money.income(contents),
        section_money.property_(contents),
        section_money.spending(contents),
        section_money.benefits(contents),
        section_verdict.alerts(contents),
        section_verdict.conclusion(contents),
        section_verdict.notes(contents),
        section_money.evidence(contents),
    )
