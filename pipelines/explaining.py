"""Explanations of links as the newest run made them: its rows, its models, its weighing, read again from the store beside the warehouse.

A question costs its own row and candidates: what hangs on all rows was kept with the run. A run of which nothing was kept (an older
program's) is weighed anew, from the rows that stand now.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from casework.judgements import read_judgements
from connectors.shelves.link_files import LinkShelf
from connectors.shelves.weighed_files import weighed_of_run
from household.authorisation import allowed, grants
from household.errors import InputError
from household.extracts import OWN_LEDGERS, Extracts
from household.linkage.explaining import LinkStory, explain_link
from household.linkage.incremental import source_digest
from household.linkage.judgements import PAIR, link_ids
from household.linkage.known import gather_known
from household.linkage.links import gather_side, subjects_of
from household.linkage.residual import people_lines
from household.linkage.shown_pairs import place_lines, row_columns, show_pairs
from household.linkage.subjects import DATASETS_LINKED
from household.roster import build_roster
from household.schema.datasets import DATASETS
from pipelines.rerun import newest_of
from pipelines.workplace import casework_of
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from casework.store import Place
    from household.linkage.known import Known
    from household.linkage.links import Side
    from household.linkage.side_by_side import Shown
    from household.roster import Roster
    from warehouse.current import CurrentTables


@dataclass(frozen=True)
class Explained:
    """An explanation beside what is published.

    Attributes:
        story: made again now. published: the row of `person_link`, None where there is none.
        anew: nothing was kept of the run's weighing, so the whole dataset was weighed, as it stands now.
    """

    story: LinkStory
    published: Mapping[str, object] | None
    anew: bool = False

    @property
    def moved(self) -> bool:
        """Whether judgements (or files, where it was made anew) have come since the run, so that the next one will publish otherwise."""
        said, told = self.published, self.story
        if said is None:
            return told.tier is not None
        return (said["tier"], said["score"], said["note"]) != (told.tier, told.score, told.note)


class Bench:
    """The newest run of a warehouse, opened to be asked about. Nothing is written, and the warehouse is not kept open.

    What hangs on the run alone is made once; its published links are asked for one by one, judgements with every question. Not safe
    for threads.
    """

    def __init__(
        self,
        warehouse: Path,
        *,
        key: bytes,
        casework: Place | None = None,
        tables: CurrentTables | None = None,
    ) -> None:
        """Open it.

        Args:
            warehouse: its path. key: of the person references. casework: where judgements are kept; None: where the settings say.
            tables: of the newest run, where the caller has them open.

        Raises:
            As `open_newest`.
        """
        self._warehouse = warehouse
        with _open(warehouse, tables) as published:
            newest = newest_of(published, warehouse, ("link_model",))
        self.kept = weighed_of_run(newest.store, newest.run.input_digest)
        came = None if self.kept is None else self.kept.arrivals
        self.newest = replace(newest, log=newest.log[:came])
        self.run = newest.run
        self._the_same: dict[str, bool] = {}
        self._key = key
        self._casework = casework_of(warehouse) if casework is None else casework

    def rows(self, dataset: str) -> pl.LazyFrame:
        """The core rows of a dataset that stand; none behind a shut gate."""
        return self.newest.rows(dataset)

    @cached_property
    def extracts(self) -> Extracts:
        """What linking reads of the run; which extracts were delivered is not asked by it."""
        none = {"dataset": pl.String(), "region_code": pl.String(), "as_of": pl.Date()}
        return Extracts(rows=self.rows, delivered=pl.DataFrame(schema=none), as_of=self.run.as_of)

    @cached_property
    def roster(self) -> Roster:
        """The run's people."""
        return build_roster(self.extracts, self._key, self.run.region_code)

    @cached_property
    def granted(self) -> pl.DataFrame:
        """What may be read of them."""
        return grants(self.extracts, self.roster.applications, self.roster.members)

    @cached_property
    def known(self) -> Known:
        """Their numbers and names."""
        return gather_known(self.extracts, self.roster, self.granted)

    @cached_property
    def side(self) -> Side:
        """The same people as every dataset's rows are compared with them."""
        return gather_side(self.extracts, self.roster, self.known)

    def link_named(self, link_id: str) -> tuple[str, str, str]:
        """Dataset, record key and person of a link that is published or was judged.

        Raises:
            InputError: there is none.
        """
        judged = read_judgements(self._casework).select(PAIR).unique()
        found = judged.filter(link_ids(judged) == link_id)
        if not len(found):
            with self._published(None) as published:
                found = published.ask("links_named", link_id=link_id)
        if not len(found):
            raise InputError("结果库与判定记录中没有这条关联", "请用 hedui links list 查看关联编号")
        dataset, record_key, person_ref = found.row(0)
        return dataset, record_key, person_ref

    def record_at(self, dataset: str, place: str) -> str:
        """The record key of a line: FILE:LINE, the file by its path below the inbox, or by its name alone.

        Raises:
            InputError: no such dataset, file or line.
        """
        if dataset not in DATASETS_LINKED:
            raise InputError(
                f"没有可关联的数据集 {dataset}", f"可用的有 {'、'.join(DATASETS_LINKED)}"
            )
        file, _, line = place.rpartition(":")
        if not file or not (line.isascii() and line.isdigit()):
            raise InputError(
                "行的位置无法识别", "请写成 文件:行号，例如 benefit_990101_20260501.csv:2"
            )
        ledger = self.newest.settled(dataset).ledger
        named = ledger.filter((pl.col("file") == file) | pl.col("file").str.ends_with(f"/{file}"))
        rows = self.rows(dataset).filter(
            pl.col("_file").is_in(named["_file"].implode()), pl.col("_line") == int(line)
        )
        found = rows.select("_record_key").collect()["_record_key"].unique()
        if len(found) != 1:
            what = "没有这一行" if not len(found) else "不止一个文件有这一行"
            raise InputError(
                f"数据集 {dataset} 的有效行中{what}",
                "请核对文件名与行号（被替换或隔离的行不在其中）；文件可写收件目录下的完整路径",
            )
        return str(found[0])

    def explain(
        self,
        dataset: str,
        record_key: str,
        person_ref: str,
        *,
        tables: CurrentTables | None = None,
    ) -> Explained:
        """Explain one row and one person. `tables`: of this run, where the caller has them open.

        Raises:
            InputError: the person is not in the run, another person key, a row that may not be read for this person, or a newer run.
        """
        own = self.roster.persons.filter(person_ref=person_ref)
        if not len(own):
            raise InputError(
                "这次运行中没有这个人员代号", "请核对代号，并设置运行时所用的 HEDUI_PERSON_KEY"
            )
        person = int(own["person"][0])
        with self._published(tables) as found:
            links = found.frame("person_link", record_key=record_key)
        published = links.with_columns(pl.col("dataset", "tier", "decided_by").cast(pl.String))
        published = published.filter(dataset=dataset, person_ref=person_ref)
        if not len(published):
            self._may_read(dataset, person)
        weighed = self._weighed(dataset)
        story = explain_link(
            self.extracts,
            self.roster,
            self.known,
            dataset=dataset,
            record_key=record_key,
            person=person,
            models=self.newest.model_of(dataset),
            judgements=read_judgements(self._casework),
            side=self.side,
            weighed=weighed,
        )
        told = published.row(0, named=True) if len(published) else None
        return Explained(story, told, anew=weighed is None)

    def sides(
        self, pairs: Sequence[tuple[str, str, str]]
    ) -> dict[tuple[str, str, str], tuple[Shown, ...]]:
        """Rows and people of published or judged links side by side, masked; those that are not in the run are left out.

        Args:
            pairs: dataset, record key and person reference.
        """
        asked = pl.DataFrame(pairs, schema=dict.fromkeys(PAIR, pl.String()), orient="row")
        asked = asked.with_row_index("pair").join(self.roster.persons, on="person_ref")
        lines = [
            place_lines(rows, subject).join(asked.select("pair", "person"), on="pair")
            for (dataset,), some in asked.group_by("dataset", maintain_order=True)
            for rows in (self._rows_asked(str(dataset), some),)
            for subject in subjects_of(str(dataset))
        ]
        if not lines:
            return {}
        told = self.roster.persons.join(asked, on="person", how="semi")
        own = replace(self.roster, persons=told.with_columns(in_roster=pl.lit(value=True)))
        shown = show_pairs(pl.concat(lines), people_lines(own, self.known))
        return {pairs[at]: sides for at, sides in shown.items()}

    def _rows_asked(self, dataset: str, asked: pl.DataFrame) -> pl.DataFrame:
        """Rows of a dataset by `record_key`, with `pair` of whoever asked."""
        columns = {name for subject in subjects_of(dataset) for name in row_columns(subject)}
        rows = self.rows(dataset).select("_record_key", *sorted(columns))
        found = rows.filter(pl.col("_record_key").is_in(asked["record_key"].unique().implode()))
        named = asked.select("pair", _record_key="record_key")
        return (
            found.collect()
            .join(named, on="_record_key")
            .unique("pair", keep="first", maintain_order=True)
        )

    def _weighed(self, dataset: str) -> pl.DataFrame | None:
        """What the run kept of a dataset, if it is of the very rows that are read here."""
        if self.kept is None or dataset not in self.kept.frames:
            return None
        if dataset not in self._the_same:
            shelf = LinkShelf(self.newest.store, {dataset: self.newest.settled(dataset)})
            found = source_digest(shelf.source(dataset))
            self._the_same[dataset] = found == self.kept.sources[dataset]
        return self.kept.of(dataset) if self._the_same[dataset] else None

    @contextmanager
    def _published(self, tables: CurrentTables | None) -> Iterator[CurrentTables]:
        """The tables of this very run."""
        with _open(self._warehouse, tables) as found:
            if found.run.run_id != self.run.run_id:
                raise InputError("结果库刚刚更新", "请再试一次")
            yield found

    def _may_read(self, dataset: str, person: int) -> None:
        """What is not published may be looked at only where a grant covers it (assessment §2)."""
        covered = self.granted.filter(allowed(DATASETS[dataset].source), person=person)
        if dataset not in OWN_LEDGERS and not len(covered):
            raise InputError(
                "没有此人对该来源的有效授权，不能查看它与此人的比较",
                "请先取得授权书并运行 hedui run",
            )


def _open(warehouse: Path, tables: CurrentTables | None) -> AbstractContextManager[CurrentTables]:
    return reading(warehouse) if tables is None else nullcontext(tables)
