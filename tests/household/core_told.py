"""What the engine said of a county, to be asked about in the words of a test. No test stands here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from decimal import Decimal

    from household.assess import Assessed, Identified


@dataclass(frozen=True)
class Told:
    """What the engine said, to be asked about in the words of a test."""

    tables: dict[str, pl.DataFrame]
    identified: Identified
    assessed: Assessed

    def verdict(self, name: str, programme: str = "dibao") -> dict[str, Any]:
        """One verdict."""
        rows = self.tables["household_verdict"].filter(
            pl.col("application_id") == name, pl.col("programme") == programme
        )
        return rows.row(0, named=True)

    def suggestion(self, name: str, programme: str = "dibao") -> str:
        """One suggestion."""
        return str(self.verdict(name, programme)["suggestion"])

    def reasons(self, name: str, programme: str = "dibao") -> dict[str, dict[str, Any]]:
        """Reasons of one verdict by rule."""
        key = self.verdict(name, programme)["verdict_id"]
        rows = self.tables["verdict_reason"].filter(pl.col("verdict_id") == key)
        return {row["rule_id"]: row for row in rows.iter_rows(named=True)}

    def evidence(self, name: str, dataset: str | None = None) -> list[dict[str, Any]]:
        """Evidence of an application in order of record."""
        rows = self.tables["evidence"].filter(pl.col("application_id") == name)
        if dataset is not None:
            rows = rows.filter(pl.col("dataset") == dataset)
        return rows.sort("dataset", "record_key", "quantity").to_dicts()

    def income(self, name: str) -> dict[tuple[int, str], tuple[Decimal | None, ...]]:
        """Declared, verified and adopted by member and kind."""
        roster = self.tables["roster_person"]
        rows = self.tables["income_line"].join(roster, on=["application_id", "person_ref"])
        rows = rows.filter(pl.col("application_id") == name)
        return {
            (row["member_no"], row["kind"]): (row["declared"], row["verified"], row["adopted"])
            for row in rows.iter_rows(named=True)
        }

    def links(self, name: str, dataset: str) -> list[tuple[int, str, str | None]]:
        """Member, tier and note of the links of a dataset to persons of an application."""
        roster = self.tables["roster_person"].filter(pl.col("application_id") == name)
        rows = self.tables["person_link"].filter(pl.col("dataset") == dataset)
        joined = rows.join(roster, on="person_ref").sort("record_key", "member_no")
        return [(r["member_no"], r["tier"], r["note"]) for r in joined.iter_rows(named=True)]

    def coverage(self, name: str, member_no: int, source: str) -> set[tuple[str | None, str]]:
        """Institution and state of a person's coverage by a source."""
        roster = self.tables["roster_person"].filter(
            pl.col("application_id") == name, pl.col("member_no") == member_no
        )
        rows = self.tables["coverage"].join(roster, on=["application_id", "person_ref"])
        rows = rows.filter(pl.col("source") == source)
        return {(r["institution"], r["state"]) for r in rows.iter_rows(named=True)}

    def alerts(self, name: str) -> set[str]:
        """Codes of the open alerts whose subject is an application."""
        rows = self.tables["alert"].filter(pl.col("subject_id") == name)
        return set(rows["code"])
