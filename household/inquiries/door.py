"""The door: no question about a person leaves and no answer enters without a live authorisation for that programme and source on that day.

What may be read is decided in one place (`authorisation.decide`); the door asks it and says why somebody is held back. Who sends or takes
in rows of a person holds an `Admitted`, which only the door makes. Assessment §2; 社会救助暂行办法 第五十八条.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from household.authorisation import LACKS, allowed_for, decide, is_newborn, paper_of, weigh
from household.errors import InputError
from household.extracts import SOURCE_BIT

if TYPE_CHECKING:
    from datetime import date

    from household.roster import Roster

ASKED = ("application_id", "person_ref", "programme", "source")
"""What every request says, whatever else it carries."""

REASONS: dict[str, str] = {
    "not_on_roster": "最新名册中没有此人",
    "no_paper": "没有此人对本申请的授权书",
    "programme": "授权书的救助类型与申请不符",
    "not_yet": "授权书尚未签署",
    "expired": "授权已过有效期",
    "revoked": "授权已撤销",
    "guardian": "签署时未满18周岁，须由监护人签署",
    "source": "授权范围不含此来源",
}
"""Why somebody is held back: code, and what is said of it."""

_CLOSEST = (*LACKS, "source")
"""Of several papers the one that got furthest is told of: a revoked one says more than one for another programme."""

_DOOR: Final = object()


class Admitted:
    """Requests that passed the door on one day, and those that did not. Only `admit` makes one; a part of one is made by `where`."""

    __slots__ = ("_held", "_on", "_passed")

    def __init__(
        self, passed: pl.DataFrame, held: pl.DataFrame, on: date, *, key: object = None
    ) -> None:
        if key is not _DOOR:
            raise TypeError("only household.inquiries.door.admit makes an Admitted")
        self._passed, self._held, self._on = passed, held, on

    @property
    def passed(self) -> pl.DataFrame:
        """The requests that may be sent or whose answer may be taken in, with `authorisation_no`; in the order given."""
        return self._passed.clone()

    @property
    def held(self) -> pl.DataFrame:
        """The others, with `reason` (a code of REASONS) and `reason_zh`."""
        return self._held.clone()

    @property
    def on(self) -> date:
        """The day for which this was decided."""
        return self._on

    def where(self, *predicates: pl.Expr) -> Admitted:
        """Those of them that a condition leaves; nobody is ever added."""
        return Admitted(
            self._passed.filter(*predicates), self._held.filter(*predicates), self._on, key=_DOOR
        )

    def among(self, request_ids: pl.Series) -> Admitted:
        """Those of them with one of these request_ids."""
        return self.where(pl.col("request_id").is_in(request_ids.unique().implode()))

    def held_to(self, day: date) -> Admitted:
        """Itself, if it was decided for this day. Raises InputError: what was live yesterday may be revoked today."""
        if day != self._on:
            raise InputError(
                f"授权是按 {self._on} 审查的，不能用于 {day}", "请按当日重新审查授权后再查询"
            )
        return self


def admit(requests: pl.DataFrame, *, roster: Roster, papers: pl.DataFrame, on: date) -> Admitted:
    """Let through whoever has a live authorisation, and say of the others why not.

    Args:
        requests: ASKED and any other columns; `source` is a catalogue source, or one with a dash and a word behind it.
            `authorisation_no` is set here. roster: as it stands now. papers: `authorisation.papers_of`. on: the day of asking or of taking in.

    """
    lines = _lines(roster, requests)
    granted = decide(lines, papers, on).select("app", "member_no", "granted")
    standing = lines.filter("stands").select(
        "application_id", "person_ref", "app", "member_no", pl.col("programme").alias("of_app")
    )
    department = pl.col("source").str.split("-").list.first()
    asked = (
        requests.select(*ASKED)
        .with_row_index("_row")
        .join(standing, on=["application_id", "person_ref"], how="left")
        .join(granted, on=["app", "member_no"], how="left")
        .with_columns(
            department.replace_strict(SOURCE_BIT, default=0, return_dtype=pl.Int32).alias("_bit"),
            (pl.col("programme") == pl.col("of_app")).fill_null(value=False).alias("_same"),
        )
        .with_columns(
            (allowed_for(department) & pl.col("_same")).fill_null(value=False).alias("_live")
        )
    )
    weighed = _weighed(lines, papers, on, asked)
    numbered = requests.drop("authorisation_no", strict=False).with_row_index("_row")
    columns = list(dict.fromkeys([*requests.columns, "authorisation_no"]))
    passed = numbered.join(_papers(asked, weighed), on="_row", maintain_order="left")
    return Admitted(
        passed.select(columns),
        numbered.join(_why(asked, weighed), on="_row", maintain_order="left").drop("_row"),
        on,
        key=_DOOR,
    )


def _lines(roster: Roster, requests: pl.DataFrame) -> pl.DataFrame:
    """The roster lines of the applications that are asked about, under their published names."""
    asked = requests.select("application_id").unique()
    return (
        roster.members.select(
            "app",
            "application_id",
            "member_no",
            "person",
            "relation",
            "stands",
            "birth",
            "key",
            "number",
        )
        .join(asked, on="application_id", how="semi")
        .join(roster.applications.select("app", "programme"), on="app", maintain_order="left")
        .join(roster.persons.select("person", "person_ref"), on="person", maintain_order="left")
    )


def _weighed(
    lines: pl.DataFrame, papers: pl.DataFrame, on: date, asked: pl.DataFrame
) -> pl.DataFrame:
    """_row of each request with every paper that could stand for it: authorisation_no, bits, lacks. A newborn's are the applicant's."""
    lines = lines.with_columns(paper_of("key", "number").alias("who"))
    own = weigh(lines, papers, on)
    first = (
        lines.filter(pl.col("relation") == "self").group_by("app").agg(pl.col("member_no").min())
    )
    applicants = own.join(first, on=["app", "member_no"], how="semi").drop("member_no")
    born = lines.filter(is_newborn(on)).select("app", "member_no")
    every = pl.concat([own, born.join(applicants, on="app").select(own.columns)])
    return asked.select("_row", "app", "member_no", "_bit").join(
        every, on=["app", "member_no"], how="inner"
    )


def _papers(asked: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    """_row, authorisation_no of each request that passes: the paper it stands on, the first by number where several do."""
    covers = pl.col("lacks").is_null() & ((pl.col("bits") & pl.col("_bit")) != 0)
    first = weighed.filter(covers).group_by("_row").agg(pl.col("authorisation_no").min())
    return asked.filter("_live").select("_row").join(first, on="_row", how="left")


def _why(asked: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    """_row, reason, reason_zh of each request that is held back."""
    rank = {lack: place for place, lack in enumerate(_CLOSEST)}
    closest = (
        weighed.with_columns(pl.col("lacks").fill_null("source"))
        .group_by("_row")
        .agg(pl.col("lacks").replace_strict(rank, return_dtype=pl.Int32).max().alias("closest"))
        .with_columns(
            pl.col("closest").replace_strict(dict(enumerate(_CLOSEST)), return_dtype=pl.String)
        )
    )
    reason = (
        pl.when(pl.col("app").is_null())
        .then(pl.lit("not_on_roster"))
        .when(pl.col("_same").not_())
        .then(pl.lit("programme"))
        .otherwise(pl.col("closest").fill_null("no_paper"))
    )
    return (
        asked.filter(pl.col("_live").not_())
        .join(closest, on="_row", how="left")
        .select("_row", reason.alias("reason"))
        .with_columns(
            pl.col("reason").replace_strict(REASONS, return_dtype=pl.String).alias("reason_zh")
        )
    )
