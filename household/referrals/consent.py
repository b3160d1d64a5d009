"""Consent on file to be named to a charity: what stands of the log on a day, and what may be entered into it.

民政部 asks for it (2018年实施意见 六: 在征得救助对象同意的前提下). The newest entry of a person and purpose stands; a withdrawal ends it at once.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

CHARITY = "charity"
_LONG_NUMBER = re.compile(r"[0-9０-９]{15}")


def consenting(log: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """person_ref of whoever's newest entry gives consent that still holds on the day.

    Args:
        log: `casework.CONSENT_SCHEMA`. as_of: today.

    """
    newest = log.filter(pl.col("purpose") == CHARITY).sort("consent_id")
    newest = newest.unique("person_ref", keep="last", maintain_order=True)
    until = pl.col("valid_to")
    holds = until.is_null() | (until >= as_of.isoformat())
    return newest.filter(pl.col("given") == 1, holds).select("person_ref").sort("person_ref")


def consent_entry(
    *, person_ref: str, given: bool, paper_no: str, valid_to: str | None, clerk: str, at: str
) -> Mapping[str, object]:
    """One row for the log, checked and in its form.

    Raises:
        InputError: no paper or no clerk is named, a long number stands in the paper's number, or a day cannot be read. No value is quoted.

    """
    paper, by = paper_no.strip(), clerk.strip()
    if not paper:
        raise InputError("没有写明同意书编号", "转介慈善组织须有书面同意，请给出纸质同意书的编号")
    if _LONG_NUMBER.search(paper):
        raise InputError("同意书编号像是证件号码", "请写同意书自己的编号，不写证件号码")
    if not by:
        raise InputError("没有写明由谁登记", "请给出工作人员的姓名或工号")
    return {
        "person_ref": person_ref,
        "purpose": CHARITY,
        "given": int(given),
        "paper_no": paper,
        "valid_to": None if valid_to is None else _day(valid_to),
        "clerk": by,
        "decided_at": _instant(at),
    }


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise InputError("有效期无法读取", "请写成 2026-12-31 的形式") from None


def _instant(text: str) -> str:
    try:
        return datetime.fromisoformat(text.strip()).isoformat(timespec="seconds")
    except ValueError:
        raise InputError("登记时间无法读取", "请写成 2026-05-20T09:30:00 的形式") from None
