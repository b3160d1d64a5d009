"""Why a row is a person's, or is not: made again on demand by the very steps that decided, so that tier, score and note are theirs.

What is told names nobody: values are masked, places that differ are told by position, other candidates by their odds alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from household.errors import InputError
from household.identity.names import normal_names
from household.identity.numbers import number_text
from household.linkage.by_number import link_by_number
from household.linkage.engine.explaining import Explanation, Seen, explain_candidate, explain_two
from household.linkage.grounds import grounds_by_number, grounds_by_weight, grounds_of_no_link
from household.linkage.honouring import SAID, honour
from household.linkage.judgements import standing
from household.linkage.links import alone, gather_side, model_of, subjects_of
from household.linkage.plans import plan_of
from household.linkage.residual import (
    Scored,
    link_residual,
    people_lines,
    rival_lines,
    score_residual,
)
from household.linkage.side_by_side import Shown, show_pair
from household.linkage.subjects import SUBJECTS, Subject
from household.linkage.weighed import weigh_again

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.linkage.engine.model import Model
    from household.linkage.known import Known
    from household.linkage.links import Models, Side
    from household.roster import Roster


@dataclass(frozen=True, slots=True)
class LinkStory:
    """One row and one person.

    Attributes:
        dataset: of the row. tier, score, note: as published; null where there is no link. clerk: whether a clerk decided.
        shown: what stands on both sides, masked. grounds: why, in Chinese sentences, the decisive one last.
        weights: what the fields say, in bits; None where the row has no name to compare.
        weighed: whether the weights decided. By number they are told for comparison only.
    """

    dataset: str
    tier: str | None
    score: float | None
    note: str | None
    clerk: bool
    shown: tuple[Shown, ...]
    grounds: tuple[str, ...]
    weights: Explanation | None
    weighed: bool


@dataclass(frozen=True)
class Place:
    """One person's place on the rows of a dataset, as linking saw it: a marriage row has two.

    Attributes:
        scored: the rows among their candidates. linked: links of these rows. rivals: people of the register who were born with one of them.
    """

    subject: Subject
    scored: Scored
    linked: pl.DataFrame
    rivals: pl.DataFrame

    @property
    def seen(self) -> Seen:
        """What the engine scored."""
        s = self.scored
        return Seen(s.table, s.left, s.right, s.pairs, s.compared, s.weights)


def explain_link(
    extracts: Extracts,
    roster: Roster,
    known: Known,
    *,
    dataset: str,
    record_key: str,
    person: int,
    models: Models | None = None,
    judgements: pl.DataFrame | None = None,
    side: Side | None = None,
    weighed: pl.DataFrame | None = None,
) -> LinkStory:
    """Explain a link, or why there is none.

    Args:
        extracts, roster, known, models, judgements: those of the run. dataset, record_key: the row. person: as in `roster.persons`.
        side: the people of the run, where the caller has them.
        weighed: what the run kept of this row's weighing (`weighed.WEIGHED`; lines of other rows do no harm). None: the whole dataset
            is weighed anew, which comes to the same.

    Raises:
        InputError: no such row, no such person, or a dataset whose rows are not linked. No value is quoted.
    """
    model = model_of(dataset, models)
    rows = _rows_of(extracts, dataset, record_key)
    own = people_lines(_alone(roster, person), known)
    if not len(own):
        raise InputError(
            "没有这个人，或此人没有姓名", "请从 hedui links list 取得关联编号或人员代号"
        )
    side = side or gather_side(extracts, roster, known)
    places = [
        _place(side, subject, at, rows=rows, own=own, model=model, weighed=weighed)
        for at, subject in enumerate(subjects_of(dataset))
    ]
    judgements = _of_record(judgements, dataset, record_key)
    link = _decided(roster, known, places=places, rows=rows, judgements=judgements)
    mine = link.filter(pl.col("person") == person).sort("tier", nulls_last=True)
    told = mine.row(0, named=True) if len(mine) else None
    place, ruled = _place_of(places, person, rows=rows, own=own, model=model)
    row = _line_of(rows, place.subject)
    weights, shown = _weights(place, row, own, person=person, record_key=record_key, model=model)
    if ruled is not None and ruled["by_number"]:
        grounds = grounds_by_number(ruled, known)
    elif ruled is not None and weights is not None:
        grounds = grounds_by_weight(
            ruled, weights, place.scored, model=model, own=own, rivals=place.rivals
        )
    else:
        grounds = grounds_of_no_link(
            row, own, place.scored, taken=side.taken, weights=weights, model=model
        )
    if ruled is None and not roster.persons.filter(person=person, in_roster=True).height:
        grounds = ("此人只在救助台账上，不在名册上：只按有效号码关联",)
    said = _said(judgements, roster, dataset=dataset, record_key=record_key, person=person)
    return LinkStory(
        dataset=dataset,
        tier=None if told is None else told["tier"],
        score=None if told is None else told["score"],
        note=None if told is None else told["note"],
        clerk=False if told is None else told["clerk"],
        shown=shown,
        grounds=(*grounds, *said),
        weights=weights,
        weighed=ruled is not None and not ruled["by_number"],
    )


def _place(
    side: Side,
    subject: Subject,
    at: int,
    *,
    rows: pl.DataFrame,
    own: pl.DataFrame,
    model: Model,
    weighed: pl.DataFrame | None,
) -> Place:
    """What the number and the weights say of one person named by the rows."""
    if weighed is None:
        scored = score_residual(
            side.extracts,
            subject,
            side.people,
            side.rivals,
            taken=side.taken,
            model=model,
            own=side.coded,
        )
    else:
        scored = weigh_again(weighed, rows, subject, side.people, place=at, model=model)
    candidates = scored.table.filter(pl.col("person") >= 0)["person"].unique()
    theirs = side.people.filter(pl.col("person").is_in(candidates.implode()))
    asked = pl.concat([theirs, own])
    born = asked.filter(pl.col("key").is_null())["birth"].drop_nulls().unique()
    rivals = rival_lines(side.extracts, side.people, born=born)
    residual = link_residual(scored, model, asked, rivals).with_columns(by_number=False)
    record = alone(subject.dataset, rows.lazy())
    by_number = link_by_number(record, side.known, subject).with_columns(by_number=True)
    linked = pl.concat([by_number, residual.select(by_number.columns)])
    linked = linked.join(rows.select("_file", "_line"), on=["_file", "_line"], how="semi")
    return Place(subject, scored, linked, rivals)


def _of_record(
    judgements: pl.DataFrame | None, dataset: str, record_key: str
) -> pl.DataFrame | None:
    """Judgements of one record: what stands of it hangs on no other."""
    return None if judgements is None else judgements.filter(dataset=dataset, record_key=record_key)


def _rows_of(extracts: Extracts, dataset: str, record_key: str) -> pl.DataFrame:
    if dataset not in {subject.dataset for subject in SUBJECTS}:
        raise InputError(f"数据集 {dataset} 不与人员关联", "请给出来源部门的数据集")
    rows = extracts.rows(dataset).filter(pl.col("_record_key") == record_key).collect()
    if not len(rows):
        raise InputError("该数据集现有的行中没有这一行", "它可能已被新文件替换，请先运行 hedui run")
    return rows


def _alone(roster: Roster, person: int) -> Roster:
    """A roster of one person, who counts as standing on it."""
    one = roster.persons.filter(pl.col("person") == person).with_columns(in_roster=pl.lit(True))
    return replace(roster, persons=one)


def _decided(
    roster: Roster,
    known: Known,
    *,
    places: list[Place],
    rows: pl.DataFrame,
    judgements: pl.DataFrame | None,
) -> pl.DataFrame:
    """The record's links as a run has them: settled as `links.link_rows` does, then as clerks decided."""
    linked = pl.concat([place.linked for place in places])
    best = linked.sort("_file", "_line", "person", "tier").unique(
        ["_file", "_line", "person"], keep="first", maintain_order=True
    )
    dataset = places[0].subject.dataset
    return honour(
        {dataset: best},
        judgements,
        extracts=alone(dataset, rows.lazy()),
        persons=roster.persons,
        names=known.names,
    )[dataset]


def _place_of(
    places: list[Place], person: int, *, rows: pl.DataFrame, own: pl.DataFrame, model: Model
) -> tuple[Place, dict[str, object] | None]:
    """The place on the row that is in question, and its link before any clerk: the best tier, else where the two are most alike."""
    found = [
        (link["tier"], at, link)
        for at, place in enumerate(places)
        for link in place.linked.filter(pl.col("person") == person).iter_rows(named=True)
    ]
    if found:
        _, at, link = min(found, key=lambda one: one[:2])
        return places[at], link
    if len(places) == 1:
        return places[0], None
    plan = plan_of(places[0].subject.dataset)

    def likeness(place: Place) -> float:
        line = _line_of(rows, place.subject)
        if line["normal"][0] is None:
            return float("-inf")
        return explain_two(line, own, plan, model)[0].odds

    return max(places, key=likeness), None


def _line_of(rows: pl.DataFrame, subject: Subject) -> pl.DataFrame:
    """The first of the rows as the engine takes it (`plans.ROW_COLUMNS`)."""
    row = rows.head(1)
    key = pl.col(subject.key)
    return row.select(
        pl.lit(0, dtype=pl.Int64).alias("row"),
        "_record_key",
        pl.col(subject.name).alias("name"),
        pl.lit(value=False).alias("former"),
        normal_names(row[subject.name]).alias("normal"),
        pl.coalesce(number_text(key), subject.number).alias("number"),
        key.alias("key"),
        (pl.col(subject.birth) if subject.birth else pl.lit(None, dtype=pl.Date)).alias("birth"),
        (pl.col(subject.sex) if subject.sex else pl.lit(None, dtype=pl.String)).alias("sex"),
    )


def _weights(
    place: Place,
    row: pl.DataFrame,
    own: pl.DataFrame,
    *,
    person: int,
    record_key: str,
    model: Model,
) -> tuple[Explanation | None, tuple[Shown, ...]]:
    """The weights that decided, where they did; else those of the two by themselves."""
    if row["normal"][0] is None:
        return None, ()
    plan, seen = plan_of(place.subject.dataset), place.seen
    aside, both = explain_two(row, own, plan, model)
    line = int(both.pairs.ri[both.table["pair"][0]])
    shown = show_pair(row, own.slice(line, 1))
    looked_at = place.scored.rows.filter(pl.col("_record_key") == record_key)["row"]
    for number in looked_at:
        found = explain_candidate(seen, row=number, person=person, plan=plan, model=model)
        if found is not None:
            return replace(found, shared=aside.shared), shown
    return aside, shown


def _said(
    judgements: pl.DataFrame | None, roster: Roster, *, dataset: str, record_key: str, person: int
) -> tuple[str, ...]:
    """What clerks have decided about the two."""
    if judgements is None or not len(judgements):
        return ()
    ref = roster.persons.filter(pl.col("person") == person)["person_ref"][0]
    states = standing(judgements).filter(dataset=dataset, record_key=record_key, person_ref=ref)
    return tuple(
        f"{SAID[state].split(' ', 1)[1]}（判定 {number}）：人工判定先于号码与权重"
        for state, number in states.select("state", "judgement_id").iter_rows()
    )
