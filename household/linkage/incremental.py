"""Linking again only what can have changed. The result is that of `links.link_rows`, frame by frame.

What a number says of a row hangs on that row and on the people who have or had the number. So a row keeps its links by number
while its file stands and nothing changed about those people, whatever else arrived. Links by name and date are made anew for all
rows of a dataset that no number decides, as soon as one of them, one of the people, the register or the model changed: how many
share a block, and who is found elsewhere, hangs on all of them. Those rows are few and are kept, so they need not be sought again.

Judgements are no part of this: they are honoured afterwards, every time.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

import polars as pl

from household.linkage.links import (
    PLACE,
    Linked,
    Models,
    Side,
    alone,
    gather_side,
    in_order,
    link_close,
    link_sure,
    model_of,
    once_a_row,
    subjects_of,
)
from household.linkage.plans import plan_of
from household.linkage.sifting import sift_rows
from household.linkage.subjects import DATASETS_LINKED, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from importlib.resources.abc import Traversable

    from household.extracts import Extracts
    from household.linkage.engine.model import Model
    from household.linkage.known import Known
    from household.roster import Roster

REGISTER = "public_security.population"
"""Where rivals are read from."""

_LIBRARIES = ("polars", "numpy", "rapidfuzz", "pypinyin", "opencc", "python-stdnum")


@dataclass(frozen=True)
class Source:
    """The rows of one dataset by file.

    Attributes:
        files: `_file` -> a text that is equal only for equal rows, in the order of the core frame.
        dropped: _file, _line of rows in these files that do not stand. rows: the standing rows of some of the files, lazily.
    """

    files: Mapping[int, str]
    dropped: pl.DataFrame
    rows: Callable[[Collection[int]], pl.LazyFrame]


@dataclass(frozen=True)
class Basis:
    """What links hang on beside their rows.

    Attributes:
        people: digest of `told`. register: digest of the register's rows. model: its digest. program: see `program_digest`.
        told: see `tell_people`.
    """

    people: str
    register: str
    model: str
    program: str
    told: pl.DataFrame = field(compare=False)


@dataclass(frozen=True)
class Kept:
    """The links of one dataset as they were last made, and on what they hang.

    Attributes:
        files, dropped: as in `Source`. links: every link, in the order of a linked frame, with PLACE. left: core frame of the rows
            that no number decides. weighed: what weighing made of them (`weighed.WEIGHED`), for explanations.
        single: whether nobody stands twice on a row of `links`.
    """

    files: Mapping[int, str]
    dropped: pl.DataFrame
    basis: Basis
    links: pl.DataFrame
    left: pl.DataFrame
    weighed: pl.DataFrame
    single: bool

    @property
    def linked(self) -> pl.DataFrame:
        """The linked frame."""
        return self.links.drop(PLACE) if self.single else once_a_row(self.links)


class Shelf(Protocol):
    """Where rows are found by file, and links from one run to the next."""

    def source(self, dataset: str) -> Source:
        """The rows of a dataset."""

    def kept(self, dataset: str) -> Kept | None:
        """What was kept of a dataset, if it can be read."""

    def keep(self, dataset: str, links: Kept) -> None:
        """Keep these links in the place of the former ones."""


def link_again(
    extracts: Extracts, roster: Roster, known: Known, models: Models | None, *, shelf: Shelf
) -> Linked:
    """All links of a run: those that still hold from the shelf, the others made anew and kept there.

    A dataset of which nothing stands (not delivered, or behind a shut gate) leaves what is kept of it as it is.

    Args:
        extracts, roster, known, models: as for `links.link_rows`.
    """
    side = gather_side(extracts, roster, known)
    told = tell_people(roster, side)
    people = people_digest(told)
    register = source_digest(shelf.source(REGISTER))
    linked = {}
    for dataset in DATASETS_LINKED:
        model = model_of(dataset, models)
        basis = Basis(people, register, model.digest, program_digest(), told)
        source, kept = shelf.source(dataset), shelf.kept(dataset)
        made = link_source(dataset, source, side, model=model, basis=basis, kept=kept)
        if source.files and made is not kept:
            shelf.keep(dataset, made)
        linked[dataset] = made.linked
    return linked


def link_source(
    dataset: str, source: Source, side: Side, *, model: Model, basis: Basis, kept: Kept | None
) -> Kept:
    """The links of one dataset. `kept` is returned itself where all of it still holds.

    Args:
        source: the dataset's rows. model, basis: what `kept` may differ from. kept: the former links, or None.
    """
    kept = kept if kept is not None and kept.basis.program == basis.program else None
    if kept is not None and _stands_whole(kept, source) and kept.basis == basis:
        return kept
    holding = _standing_files(kept, source)
    sure, left = [], []
    if kept is not None and holding:
        again = _again(dataset, source.rows(holding), side, before=kept.basis, now=basis)
        sure += _sure_again(_in_files(kept.links, source, chosen=holding), again)
        left += [_in_files(kept.left, source, chosen=holding), *_left_again(again)]
    rest = [file for file in source.files if file not in holding]
    if rest or not holding:
        rows, subjects = source.rows(rest), subjects_of(dataset)
        sure += [link_sure(rows, subject, side.known) for subject in subjects]
        left += [_sift(rows, subject, side, people=side.people) for subject in subjects]
    sure_links = pl.concat(sure)
    candidates = _as_delivered(pl.concat(left), source)
    asked = _beside_sure(candidates, sure_links, source) if plan_of(dataset).once else candidates
    close = link_close(dataset, asked.lazy(), side, model=model)
    links = in_order(pl.concat([sure_links, close.links]))
    return Kept(
        files=dict(source.files),
        dropped=source.dropped,
        basis=basis,
        links=links,
        left=candidates.join(close.seen, on=["_file", "_line"], how="semi", maintain_order="left"),
        weighed=close.weighed,
        single=once_a_row(links).height == links.height,
    )


def tell_people(roster: Roster, side: Side) -> pl.DataFrame:
    """What is told of every person, so that two runs can be compared: by `person`, which is a number of one run, and by `pid`.

    Returns:
        person, pid, told (a digest of every line about them), keys (every number that means them).
    """
    frames = (
        roster.persons.select("person", "key", "in_roster"),
        side.known.numbers,
        side.known.names,
        side.known.stated,
        side.people,
        side.taken,
    )
    lines = pl.concat(
        frame.select("person", pl.format("{}{}", pl.lit(at), _as_text(frame)).alias("line"))
        for at, frame in enumerate(frames)
    )
    said = lines.group_by("person").agg(pl.col("line").sort().str.join("\n"))
    keys = side.known.numbers.group_by("person").agg(pl.col("key").sort().alias("keys"))
    people = (
        roster.persons.select("person", "pid")
        .join(said, on="person", how="left")
        .join(keys, on="person", how="left")
        .sort("person")
    )
    digests = [hashlib.sha256(line.encode()).hexdigest() for line in people["line"]]
    return people.select("person", "pid", pl.Series("told", digests, dtype=pl.String), "keys")


def people_digest(told: pl.DataFrame) -> str:
    """Digest of a frame of `tell_people`."""
    lines = told.select(pl.format("{} {}\n", "person", "told"))
    return hashlib.sha256("".join(lines.to_series()).encode()).hexdigest()


def source_digest(source: Source) -> str:
    """Digest of what stands of a dataset, whatever numbers its files have."""
    digest = hashlib.sha256()
    for file, said in source.files.items():
        lines = source.dropped.filter(pl.col("_file") == file)["_line"].sort()
        digest.update(f"{said}\0{','.join(map(str, lines))}\n".encode())
    return digest.hexdigest()


@cache
def program_digest() -> str:
    """Digest of all that decides links and is no input: this package and what it compares with. Another program links anew."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for file in _files_below(files("household")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _files_below(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files_below(entry)
        elif entry.is_file():
            yield entry


def _as_text(frame: pl.DataFrame) -> pl.Expr:
    """Every line of a frame as one text that is equal only for equal lines."""
    return pl.struct(pl.exclude("person")).struct.json_encode() if len(frame) else pl.lit("")


@dataclass(frozen=True)
class _Again:
    """What of the standing rows must be looked at again.

    Attributes:
        dataset, rows: its rows in the files that stand. side: the people as they are now. keys: numbers, old and new, of people of whom anything
            differs. persons: who of them there is now. present: person, now: the numbers of persons in the run before and in this.
    """

    dataset: str
    rows: pl.LazyFrame
    side: Side
    keys: pl.Series
    persons: pl.Series
    present: pl.DataFrame

    @cached_property
    def touched(self) -> pl.DataFrame:
        """Standing rows with a number of a changed person."""
        theirs = [pl.col(s.key).is_in(self.keys.implode()) for s in subjects_of(self.dataset)]
        return self.rows.filter(pl.any_horizontal(theirs)).collect()

    @property
    def keyless(self) -> pl.DataFrame:
        """Changed people who have no usable number now."""
        changed = pl.col("person").is_in(self.persons.implode())
        return self.side.people.filter(pl.col("key").is_null() & changed)


def _again(dataset: str, rows: pl.LazyFrame, side: Side, *, before: Basis, now: Basis) -> _Again:
    old, new = before.told, now.told
    if before.people == now.people:
        old = new = new.clear()
    on = ["pid", "told"]
    gone, come = old.join(new, on=on, how="anti"), new.join(old, on=on, how="anti")
    keys = pl.concat([gone, come])["keys"].explode().drop_nulls().unique()
    present = now.told.select("pid", now="person")
    present = before.told.select("pid", "person").join(present, on="pid", how="inner")
    return _Again(dataset, rows, side, keys, come["person"], present.select("person", "now"))


def _sure_again(links: pl.DataFrame, again: _Again) -> list[pl.DataFrame]:
    """Links by number of the standing rows: the former ones under the persons' present numbers, those of changed people anew."""
    sure = []
    for place, subject in enumerate(subjects_of(again.dataset)):
        theirs = pl.col(subject.key).is_in(again.keys.implode())
        own = links.filter("by_number", theirs.not_(), pl.col(PLACE) == place)
        found = own.join(again.present, on="person", how="inner")
        sure.append(found.with_columns(person="now").drop("now"))
        if len(again.keys):
            rows = again.touched.lazy().filter(theirs)
            sure.append(link_sure(rows, subject, again.side.known))
    return sure


def _left_again(again: _Again) -> list[pl.DataFrame]:
    """Standing rows that changed people may leave over: with a number of theirs, or like somebody who has none. More than that do no harm."""
    left = [again.touched] if len(again.keys) else []
    if len(again.keyless):
        for subject in subjects_of(again.dataset):
            numbered = again.rows.filter(pl.col(subject.key).is_not_null())
            left.append(_sift(numbered, subject, again.side, people=again.keyless))
    return left


def _sift(
    rows: pl.LazyFrame, subject: Subject, side: Side, *, people: pl.DataFrame
) -> pl.DataFrame:
    """Rows that the model has to look at, as a core frame."""
    found = sift_rows(alone(subject.dataset, rows), subject, people, side.taken["key"])
    return found.select(rows.collect_schema().names())


def _stands_whole(kept: Kept, source: Source) -> bool:
    """Whether the very rows stand that stood."""
    same = dict(kept.files) == dict(source.files) and list(kept.files) == list(source.files)
    order = ["_file", "_line"]
    return same and kept.dropped.sort(order).equals(source.dropped.sort(order))


def _standing_files(kept: Kept | None, source: Source) -> list[int]:
    """Files that stood before and of which no row stands that did not."""
    if kept is None:
        return []
    back = kept.dropped.join(source.dropped, on=["_file", "_line"], how="anti")["_file"]
    returned = set(back.to_list())
    return [
        f for f, said in source.files.items() if kept.files.get(f) == said and f not in returned
    ]


def _in_files(rows: pl.DataFrame, source: Source, *, chosen: Collection[int]) -> pl.DataFrame:
    """Rows of some of the files that stand still."""
    inside = rows.filter(pl.col("_file").is_in(list(chosen)))
    return inside.join(source.dropped, on=["_file", "_line"], how="anti", maintain_order="left")


def _as_delivered(rows: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Rows once each, in the order of the core frame."""
    at = {file: place for place, file in enumerate(source.files)}
    place = pl.col("_file").replace_strict(at, return_dtype=pl.Int64)
    once = rows.unique(["_file", "_line"], keep="first", maintain_order=True)
    return once.sort(place, "_line")


def _beside_sure(left: pl.DataFrame, sure: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The rows left over, and those that have a person's number: who has a row by number has theirs."""
    return _as_delivered(pl.concat([left, sure.select(left.columns)]), source)
