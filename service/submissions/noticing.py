"""What is noticed in rows that stand: numbers that look damaged, conditions of the catalogue's notes. Nothing is repaired."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import polars as pl

from casework.submissions import Fault
from connectors.intake.titles import LINE
from household.schema.codes import OBJECTION_GROUND
from service.submissions.content import APPLICATION, MEMBER, OBJECTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.submissions.content import Sheet

_FULL = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_ZEROS = re.compile(r"[0-9]{15}000")
_SHORT = re.compile(r"[0-9]{10,17}")


def notice(sheet: Sheet, typed: pl.DataFrame) -> list[Fault]:
    """Notices about rows that stand. `typed`: accepted rows of `quality.rows.examine`."""
    name = sheet.dataset.name
    found = []
    for column in sheet.dataset.id_columns:
        sent = sheet.frame.select(LINE, pl.col(column.name).alias("sent"))
        keyed = typed.select(LINE, pl.col(f"{column.name}__key").alias("key"))
        rows = sent.join(keyed, on=LINE, how="inner").filter(pl.col("sent").is_not_null())
        for line, text, key in rows.select(LINE, "sent", "key").iter_rows():
            found += [
                Fault(name, line, column.name, code) for code in number_notices(text, valid=key)
            ]
    found += [Fault(name, line, column, code) for line, column, code in _conditions(name, typed)]
    return found


def number_notices(text: str, *, valid: object) -> Iterator[str]:
    """What a number looks like. `valid`: its identity key, None where it is no valid number."""
    trimmed = text.strip()
    if not trimmed:
        return
    folded = unicodedata.normalize("NFKC", trimmed)
    if folded != trimmed:
        yield "fullwidth_digits"
    if re.search(r"\s", trimmed) or trimmed != text:
        yield "inner_spaces"
    if folded.endswith("x"):
        yield "lower_case_x"
    if valid is None:
        plain = re.sub(r"[\s'`]+", "", folded.upper())
        if _ZEROS.fullmatch(plain):
            yield "trailing_zeros_suspect"
        elif _FULL.fullmatch(plain):
            yield "invalid_check_digit"
        elif _SHORT.fullmatch(plain):
            yield "short_number"
        else:
            yield "other_document"


def _conditions(name: str, typed: pl.DataFrame) -> Iterator[tuple[int, str, str]]:
    if name == APPLICATION:
        temporary = pl.col("programme").str.starts_with("temp_") & pl.col("temp_cause").is_null()
        yield from ((line, "temp_cause", "cause_missing") for line in _lines(typed, temporary))
    elif name == MEMBER:
        unsaid = (pl.col("role") == "excluded") & pl.col("excluded_reason").is_null()
        yield from ((line, "excluded_reason", "reason_missing") for line in _lines(typed, unsaid))
    elif name == OBJECTION:
        listed = list(OBJECTION_GROUND.readings())
        strange = pl.col("ground").is_in(listed).not_()
        yield from ((line, "ground", "unlisted_ground") for line in _lines(typed, strange))


def _lines(typed: pl.DataFrame, where: pl.Expr) -> list[int]:
    return typed.filter(where)[LINE].to_list()
