"""In which form each dataset is sent: format, encoding, habits of writing, parts.

A table of decisions, chosen so that every form of the contract occurs somewhere in the county.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from synthetic.spelling import MIXED, Style

REGION = "990101"
EXTRACT_DAYS = 12  # the extracts are that many days older than the date of the county


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file of a dataset: how it is written, and under which name it is sent."""

    ext: str = "csv"  # csv | xlsx | parquet | txt
    separator: str = ","
    encoding: str = "utf-8"  # utf-8 | utf-8-sig | gb18030
    style: Style = field(default_factory=Style)
    manifest: bool = False
    typed: bool = False  # parquet with catalogue types, xlsx with dates and numbers as such
    extra_column: str = ""
    part: str = ""
    region: str = REGION
    days_ago: int = EXTRACT_DAYS

    def resent(self, *, days_ago: int) -> Delivery:
        """The same department's extract of another day."""
        return replace(self, days_ago=days_ago)


_ISO = Style()
_SLASH = Style(date="slash", month="dash", boolean="digit")
_HAN = Style(date="han", month="han", code="title")
_COMPACT = Style(date="compact", month="compact", boolean="letter")

DELIVERIES: dict[str, tuple[Delivery, ...]] = {
    "approval.application": (Delivery(style=Style(code=MIXED)),),
    "approval.member": (Delivery(encoding="gb18030", style=Style(date="slash", code=MIXED)),),
    "approval.authorisation": (Delivery(),),
    "approval.expenditure": (Delivery(encoding="gb18030", separator="\t", style=_HAN),),
    "approval.objection": (Delivery(encoding="utf-8-sig", style=Style(code="title")),),
    "public_security.population": (
        Delivery(separator="|", encoding="gb18030", style=_COMPACT, manifest=True),
    ),
    "public_security.vehicle": (
        Delivery(style=_SLASH),
        Delivery(style=_SLASH, encoding="utf-8-sig"),
    ),
    "human_resources.contribution": (Delivery(ext="parquet", style=_ISO),),
    "human_resources.benefit": (Delivery(separator="\t", encoding="gb18030", style=_COMPACT),),
    "human_resources.employment": (Delivery(encoding="gb18030", style=_SLASH),),
    "housing.real_estate": (Delivery(encoding="gb18030", style=Style(titles="spaced")),),
    "housing.provident_fund": (Delivery(style=Style(month="han")),),
    "banking.account": (
        Delivery(encoding="gb18030", part="1"),
        Delivery(style=_COMPACT, part="2"),
    ),
    "banking.receipt": (Delivery(),),
    "medical_insurance.settlement": (
        Delivery(separator="|", encoding="gb18030", style=_COMPACT, manifest=True),
    ),
    "medical_insurance.insured": (Delivery(ext="parquet"),),
    "tax.income": (
        Delivery(ext="parquet", typed=True, part="1", manifest=True),
        Delivery(part="2", manifest=True),
    ),
    "market_regulation.entity": (Delivery(separator="|", encoding="utf-8-sig"),),
    "securities.holding": (Delivery(ext="xlsx"),),
    "insurance.policy": (Delivery(ext="txt", encoding="gb18030", style=_HAN, manifest=True),),
    "disabled_federation.certificate": (Delivery(ext="xlsx", style=Style(code="title")),),
    "education.enrolment": (Delivery(style=Style(date="han", titles="en")),),
    "civil_affairs.benefit": (Delivery(style=Style(boolean="word", month="han", code=MIXED)),),
    "civil_affairs.payment": (Delivery(encoding="gb18030", style=_SLASH),),
    "civil_affairs.funeral": (Delivery(ext="xlsx", typed=True),),
    "civil_affairs.marriage": (Delivery(style=Style(date=MIXED)),),
    "justice.custody": (Delivery(style=_HAN),),
    "finance.payroll": (Delivery(ext="xlsx", typed=True),),
    "agriculture.farm": (
        Delivery(encoding="gb18030", style=Style(titles="wide"), extra_column="备注"),
    ),
}
