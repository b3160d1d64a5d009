"""A town whose extracts arrive file by file, with a shelf for its links, and what can happen to it. No test stands here."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
from core_town import AS_OF, ROWS, County, Someone, core_frame

from household.authorisation import grants
from household.identity.numbers import number_of_key
from household.linkage.incremental import REGISTER, Kept, Source, link_again
from household.linkage.known import gather_known
from household.linkage.links import link_rows
from household.linkage.plans import shipped
from household.roster import build_roster
from household.schema.column import Kind
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from household.extracts import Extracts
    from household.linkage.engine.model import Model

MARRIAGE, PENSION = "civil_affairs.marriage", "human_resources.benefit"
CERTIFICATE = "disabled_federation.certificate"
DATASETS_HERE = (REGISTER, PENSION, CERTIFICATE, MARRIAGE)
"""A register where everybody stands once, one of numbers and names only, one with birth dates, one of two persons a row."""

DAYS = (date(1980, 2, 1), date(1980, 2, 11), date(1991, 7, 3))
NAMES = ("王伟", "王玮", "王芳", "李伟", "李芳", "李方", "张伟", "欧阳芳")
NO_LINES = pl.DataFrame(schema={"_file": pl.UInt32(), "_line": pl.Int32()})


@dataclass
class Town:
    """A county in files, with a shelf: what the engine is given, and what it is given to remember."""

    seed: int
    files: dict[str, dict[int, list[dict[str, Any]]]] = field(default_factory=dict)
    dropped: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    shelved: dict[str, Kept] = field(default_factory=dict)
    remade: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.drawn = random.Random(self.seed)
        self.county, self.arrivals, self.records = County(), 0, 0
        self.people: list[Someone] = []
        for number in range(24):
            self.ask(f"H{number:03d}")
        for dataset in DATASETS_HERE:
            for _ in range(2):
                self.arrive(dataset)

    def born(self) -> Someone:
        day = self.drawn.choice(DAYS)
        number = number_of_key(int(f"990101{day:%Y%m%d}{self.drawn.randrange(1000):03d}"))
        return Someone(number, self.drawn.choice(NAMES))

    def ask(self, name: str) -> None:
        """A household of one or two, now and then with a number that is none."""
        home = self.county.household(name, members=0)
        for _ in range(self.drawn.choice((1, 1, 2))):
            who = self.born()
            self.people.append(who)
            day = date.fromisoformat(who.number[6:14])
            number = self.spoilt(who.number, usual=6)
            home.join(who, registered=False, answered=False, id_no=number, birth_date=day)

    def spoilt(self, number: str, *, usual: int) -> str | None:
        """A number as somebody might send it: mostly right."""
        slip = number[:15] + str((int(number[15]) + 1) % 10) + number[16:]
        hidden = number[:14] + "****"
        tail = "*" * 14 + number[14:]
        return self.drawn.choice([number] * usual + [slip, hidden, tail, ""]) or None

    def row(self, dataset: str) -> dict[str, Any]:
        """A row about one of the people, or about nobody."""
        self.records += 1
        given = dict(ROWS.get(dataset, {}))
        names = {column.name for column in DATASETS[dataset].columns}
        for key in DATASETS[dataset].keys:
            if key.kind is Kind.TEXT:
                given.setdefault(key.name, f"R{self.records}")
        numbers = [n for n in names if n.endswith("id_no") and not n.startswith("former")]
        for column in numbers:
            who = self.drawn.choice(self.people) if self.drawn.random() < 0.8 else self.born()
            name = self.drawn.choice([who.name] * 5 + list(NAMES))
            given |= {
                column: self.spoilt(who.number, usual=3),
                column.replace("id_no", "name"): name,
            }
            if "birth_date" in names and self.drawn.random() < 0.7:
                given["birth_date"] = self.drawn.choice(DAYS)
        if dataset == REGISTER and self.drawn.random() < 0.2:
            given |= {"former_id_no": self.born().number, "former_name": self.drawn.choice(NAMES)}
        dates = {"month": date(2026, 4, 1), "registered_on": date(2020, 1, 1)}
        return {name: value for name, value in (dates | given).items() if name in names}

    def arrive(self, dataset: str) -> None:
        """Another file."""
        self.arrivals += 1
        rows = [self.row(dataset) for _ in range(self.drawn.randrange(8, 24))]
        self.files.setdefault(dataset, {})[self.arrivals] = rows

    def frame(self, dataset: str, file: int) -> pl.DataFrame:
        gone = [line for at, line in self.dropped.get(dataset, ()) if at == file]
        frame = core_frame(dataset, self.files[dataset][file])
        frame = frame.with_columns(pl.lit(file, dtype=pl.UInt32).alias("_file"))
        return frame.filter(pl.col("_line").is_in(gone).not_())

    def rows(self, dataset: str, chosen: Collection[int]) -> pl.LazyFrame:
        parts = [
            self.frame(dataset, file) for file in self.files.get(dataset, {}) if file in chosen
        ]
        return pl.concat([core_frame(dataset, []), *parts]).lazy()

    def extracts(self) -> Extracts:
        told = self.county.rows

        def rows(dataset: str) -> pl.LazyFrame:
            if dataset in DATASETS_HERE:
                return self.rows(dataset, list(self.files.get(dataset, {})))
            return core_frame(dataset, told[dataset]).lazy()

        return replace(self.county.extracts(), rows=rows, as_of=AS_OF)

    def source(self, dataset: str) -> Source:
        said = {
            file: hashlib.sha256(repr(rows).encode()).hexdigest()
            for file, rows in self.files.get(dataset, {}).items()
        }
        lines = sorted(self.dropped.get(dataset, ()))
        dropped = pl.DataFrame(lines, schema=NO_LINES.schema, orient="row") if lines else NO_LINES
        return Source(said, dropped, lambda chosen: self.rows(dataset, chosen))

    def kept(self, dataset: str) -> Kept | None:
        return self.shelved.get(dataset)

    def keep(self, dataset: str, links: Kept) -> None:
        self.shelved[dataset] = links
        self.remade.append(dataset)

    def both(self) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
        """Links with the shelf and from nothing."""
        extracts = self.extracts()
        roster = build_roster(extracts, b"key")
        known = gather_known(
            extracts, roster, grants(extracts, roster.applications, roster.members)
        )
        self.remade.clear()
        again = link_again(extracts, roster, known, self.models, shelf=self)
        return dict(again), link_rows(extracts, roster, known, self.models)


def new_file(town: Town) -> None:
    town.arrive(town.drawn.choice(DATASETS_HERE))


def register_file(town: Town) -> None:
    town.arrive(REGISTER)


def certificate_file(town: Town) -> None:
    town.arrive(CERTIFICATE)


def sent_again(town: Town) -> None:
    """The same place, other rows."""
    dataset = town.drawn.choice(DATASETS_HERE)
    for file in town.files[dataset]:
        town.files[dataset][file] = [town.row(dataset) for _ in town.files[dataset][file]]
        return


def withdrawn(town: Town) -> None:
    dataset = town.drawn.choice(DATASETS_HERE)
    for file in list(town.files[dataset])[:1]:
        del town.files[dataset][file]
        town.dropped[dataset] = {d for d in town.dropped.get(dataset, ()) if d[0] != file}


def renumbered_files(town: Town) -> None:
    """Files in another order: later ones win otherwise, and what stands stands elsewhere."""
    dataset = town.drawn.choice(DATASETS_HERE)
    town.files[dataset] = dict(reversed(town.files[dataset].items()))


def some_rows_replaced(town: Town) -> None:
    dataset = town.drawn.choice(DATASETS_HERE)
    lines = [(f, i + 2) for f, rows in town.files[dataset].items() for i in range(len(rows))]
    town.dropped[dataset] = set(town.drawn.sample(lines, len(lines) // 4))


def all_rows_back(town: Town) -> None:
    for dataset in DATASETS_HERE:
        town.dropped[dataset] = set()


def new_household(town: Town) -> None:
    """Its persons stand between the others: everybody's number of a run moves."""
    town.ask(f"A{len(town.county.households):03d}")


def household_gone(town: Town) -> None:
    rows = town.county.rows["approval.application"]
    if rows:
        rows.pop(town.drawn.randrange(len(rows)))


def number_mended(town: Town) -> None:
    line = town.drawn.choice(town.county.rows["approval.member"])
    line["id_no"] = town.spoilt(town.drawn.choice(town.people).number, usual=2)


def renamed(town: Town) -> None:
    town.drawn.choice(town.county.rows["approval.member"])["name"] = town.drawn.choice(NAMES)


def other_birth(town: Town) -> None:
    town.drawn.choice(town.county.rows["approval.member"])["birth_date"] = town.drawn.choice(DAYS)


def pinned(town: Town) -> None:
    dataset = town.drawn.choice(DATASETS_HERE)
    model = shipped(dataset)
    town.models[dataset] = replace(model, accept=town.drawn.choice((0.4, 0.9, 0.999)))


EVENTS: tuple[Callable[[Town], None], ...] = (
    new_file,
    register_file,
    sent_again,
    withdrawn,
    renumbered_files,
    some_rows_replaced,
    all_rows_back,
    new_household,
    household_gone,
    number_mended,
    renamed,
    other_birth,
    pinned,
)
