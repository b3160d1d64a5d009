"""Policy what-if: the people and rows of the newest run, judged under its own rule packs and under changed ones. Nothing is written.

What is compared with is what was published. Judging under the run's own packs first proves that a difference is the change's alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.comparison import changes_of, compare_verdicts, summarise
from household.errors import InputError
from household.published_rows import as_declared
from household.rules.answers import ANSWERS_SCHEMA, answers_told
from household.rules.mistakes import PackMistakesError
from household.rules.pack_changes import (
    PackChange,
    in_force_otherwise,
    overlay,
    pack_changes,
    regions_reached,
)
from household.rules.packs import Packs, read_packs
from household.rules.relations import relation_mistakes
from household.schema.compared import KEY, SAME
from pipelines.rerun import MODELS, RUN_AGAIN, open_newest, people_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pydantic import SecretStr

    from household.assess import Assessed
    from warehouse.record import RunRecord

VERDICTS, REASONS = "household_verdict", "verdict_reason"
_NAMED_APART = ("run_id", "verdict_id", "digest", "pack_digest")
"""Columns of a verdict that hang on the wording of a pack as well as on its values."""
_SHOWN = 8
_COUNTY = 6  # digits of a county's code


@dataclass(frozen=True)
class WhatIf:
    """What would change.

    Attributes:
        run: the run that it is asked of. parameters: what differs between the packs.
        reproduced: whether the rule packs of today give the published suggestions. Where not, what is compared with is what was published,
            and whatever else changed in the packs since then is among the differences.
        in_force: whether a changed parameter has another value on the day of some application.
        changes, summary: see `household.schema.compared`; run_id in front.
    """

    run: RunRecord
    parameters: Sequence[PackChange]
    reproduced: bool
    in_force: bool
    changes: pl.DataFrame
    summary: pl.DataFrame

    @property
    def dropped(self) -> dict[str, int]:
        """Pack -> how many of its parameters have no value any more under the changed packs."""
        return dict(Counter(c.pack_id for c in self.parameters if c.before and not c.after))


def try_packs(
    warehouse: Path,
    changed: Path,
    *,
    beside: Path | None = None,
    person_key: SecretStr | None = None,
    merge: bool = False,
) -> WhatIf:
    """Judge the newest run's people again under changed packs, on its day and in its region.

    Args:
        warehouse: the DuckDB file, its store beside it.
        changed: a folder or file of packs. A pack replaces ours of the same id whole, as with `hedui run --packs`; with `merge` each
            parameter that it gives replaces ours, and all else stays.
        beside, person_key: packs and key that the run was given.

    Raises:
        PackError: a pack cannot be read. InputError: the store is not there or not that of the run, or no application is below a changed
            pack. WarehouseError: no run, or the file is in use. ConnectorError: the store is in use.
    """
    newest = open_newest(warehouse, (VERDICTS, REASONS, MODELS))
    order = newest.order_again(warehouse, beside, person_key)
    ours, theirs = _read_both(order.pack_folders, changed, merge=merge)
    parameters = pack_changes(ours, theirs)
    published = newest.tables[VERDICTS].with_columns(
        pl.col("programme", "suggestion").cast(pl.String)
    )
    asked = _Asked(newest.run, parameters, published, newest.tables[REASONS])
    if not parameters:
        return asked.answered(None, reproduced=True, in_force=False)
    _refuse_unreached(parameters, published["region_code"].unique(), ours=ours, theirs=theirs)
    with newest.store.held():
        people = people_of(newest, order, ours)
        reproduced = _is_reproduced(people.judged(ours), published, newest.run, ours)
        judged = people.judged(theirs)
    places = people.who.roster.applications.select("region_code", "applied_on").unique().iter_rows()
    in_force = in_force_otherwise(parameters, places, before=ours, after=theirs)
    return asked.answered(judged, reproduced=reproduced, in_force=in_force)


@dataclass(frozen=True)
class _Asked:
    """What was published, to be answered by another judgement of the same applications."""

    run: RunRecord
    parameters: Sequence[PackChange]
    verdicts: pl.DataFrame
    reasons: pl.DataFrame

    def answered(self, judged: Assessed | None, *, reproduced: bool, in_force: bool) -> WhatIf:
        """The comparison; None where the law is the same, and so is everything."""
        after = self.verdicts if judged is None else as_declared(VERDICTS, judged.verdicts)
        compared = compare_verdicts(self.verdicts, after)
        moved = compared.filter(pl.col("direction") != SAME).select(KEY)
        answers = pl.DataFrame(schema=ANSWERS_SCHEMA)
        if judged is not None:
            answers = answers_told(judged.worlds, judged.verdicts.join(moved, on=KEY, how="semi"))
        changes = changes_of(compared, self._answers(moved), answers)
        of_run = pl.lit(self.run.run_id).alias("run_id")
        return WhatIf(
            self.run,
            self.parameters,
            reproduced,
            in_force,
            changes.select(of_run, pl.all()),
            summarise(compared).select(of_run, pl.all()),
        )

    def _answers(self, moved: pl.DataFrame) -> pl.DataFrame:
        """What the rules said in the run, of those that change (ANSWERS_SCHEMA)."""
        named = self.verdicts.join(moved, on=KEY, how="semi").select("verdict_id", *KEY)
        told = self.reasons.join(named, on="verdict_id", how="inner")
        return told.select(pl.col(name).cast(dtype) for name, dtype in ANSWERS_SCHEMA.items())


def _read_both(folders: Sequence[Path], changed: Path, *, merge: bool) -> tuple[Packs, Packs]:
    """The packs of the run as they are today, and the changed ones."""
    ours = read_packs(*folders)
    if not merge:
        return ours, read_packs(*folders, changed)
    theirs = overlay(ours, read_packs(changed))
    mistakes = tuple(relation_mistakes(theirs))
    if mistakes:
        raise PackMistakesError(mistakes)
    return ours, theirs


def _refuse_unreached(
    parameters: Sequence[PackChange], regions: Iterable[str], *, ours: Packs, theirs: Packs
) -> None:
    known = sorted(set(regions))
    if regions_reached(parameters, known, before=ours, after=theirs):
        return
    packs = "、".join(dict.fromkeys(change.pack_id for change in parameters))
    places = sorted({region[:_COUNTY] for region in known})
    told = "、".join(places[:_SHOWN]) + (
        f" 等 {len(places)} 个区划" if len(places) > _SHOWN else ""
    )
    raise InputError(
        f"规则包 {packs} 所适用的区划没有申请",
        f"本结果库的申请在 {told}" if places else "本结果库中没有任何申请，请先运行 hedui run",
    )


def _is_reproduced(judged: Assessed, published: pl.DataFrame, run: RunRecord, ours: Packs) -> bool:
    """Whether these packs give what was published.

    Raises:
        InputError: they do not although they are those of the run: something else is not what it was.
    """
    columns = [name for name in published.columns if name not in _NAMED_APART]
    again = as_declared(VERDICTS, judged.verdicts).select(columns).sort(KEY)
    if again.equals(published.select(columns).sort(KEY)):
        return True
    if ours.digest_all() == run.packs_digest:
        raise InputError(
            "按同样的规则包重新核算，与已发布的建议不同：程序在那次运行之后改过",
            RUN_AGAIN,
        )
    return False
