"""Step core: which rows of a dataset stand, whether its gate is open, and what that leaves for the rest of the run."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from connectors.settling.settle import DONE, settle
from connectors.settling.settled import Settled, core_rows, load_settled, save_settled
from connectors.store import write_whole
from household.schema.datasets import DATASETS
from quality.checks import Limits
from quality.gate import GateResult, hold_gate
from quality.profile import Profile, profile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.workplace import Workplace

MAX_AGE = "source.max_age_days"


def settle_dataset(work: Workplace, dataset: str) -> GateResult:
    """Settle a dataset, hold its gate and hand both over. Behind a shut gate nothing of the dataset counts as delivered.

    Raises:
        ConnectorError: the store cannot be read or written.

    """
    declared = DATASETS[dataset]
    settled = settle(dataset, work.log, work.store)
    taken: list[Profile] = []

    def count() -> Profile:
        taken.append(
            profile(
                declared,
                core_rows(settled, work.store),
                ledger=settled.ledger,
                as_of=work.order.as_of,
                noted=_noted(work, settled),
                previous=_previous(work).get(dataset),
            )
        )
        return taken[0]

    gate = hold_gate(declared, count, limits=limits_of(work))
    save_settled(settled if gate.open else withhold(settled, gate), work.store)
    _write_json(_gate_file(work, dataset), gate.to_dict())
    _write_json(_profile_file(work, dataset), taken[0].to_dict() if taken else None)
    work.sign(f"core/{dataset}")
    return gate


def settled_datasets(work: Workplace) -> dict[str, Settled]:
    """Every dataset as step core left it, behind shut gates too.

    Raises:
        InputError: step core has not run on this input.

    """
    for dataset in DATASETS:
        work.require(f"core/{dataset}")
    return {dataset: load_settled(dataset, work.store) for dataset in DATASETS}


def held_gates(work: Workplace) -> list[GateResult]:
    """The gates as step core held them, in the catalogue's order. Of what nobody is expected to send only where something came."""
    return [
        GateResult.from_dict(json.loads(_gate_file(work, dataset).read_text(encoding="utf-8")))
        for dataset, declared in DATASETS.items()
        if not declared.beyond or len(load_settled(dataset, work.store).ledger)
    ]


def withhold(settled: Settled, gate: GateResult) -> Settled:
    """The outcome of settling with nothing delivered. Its ledger keeps every count and says which check shut the gate."""
    note = f"质量门禁未通过（{'、'.join(gate.shut_by)}），本数据集本次按未送达处理"
    said = pl.concat_str(
        pl.col("message").replace("", None), pl.lit(note), separator="；", ignore_nulls=True
    )
    ledger = settled.ledger.with_columns(
        pl.when(pl.col("state") == DONE).then(said).otherwise("message").alias("message")
    )
    return replace(settled, pieces=(), extracts=settled.extracts.clear(), ledger=ledger)


def limits_of(work: Workplace) -> Limits:
    """Bounds of the warnings, with the age that the national pack allows on the day of the run."""
    age = work.packs.find(MAX_AGE, "", work.order.as_of)
    return Limits() if age is None else Limits(max_age_days=int(age.value))


def keep_profiles(work: Workplace, run_id: str) -> None:
    """Keep this run's profiles for the next one to compare with; those of runs that are neither it nor the newest go."""
    profiles = {
        dataset: json.loads(_profile_file(work, dataset).read_text(encoding="utf-8"))
        for dataset in DATASETS
    }
    folder = work.store.root / "profiles"
    _write_json(folder / f"{run_id}.json", profiles)
    wanted = {run_id, work.previous.run_id if work.previous else run_id}
    for file in folder.glob("*.json"):
        if file.stem not in wanted:
            file.unlink(missing_ok=True)


def _previous(work: Workplace) -> dict[str, Profile]:
    """The profiles of the newest published run; none where they were not kept."""
    if work.previous is None:
        return {}
    file = work.store.root / "profiles" / f"{work.previous.run_id}.json"
    if not file.exists():
        return {}
    kept = json.loads(file.read_text(encoding="utf-8"))
    return {dataset: Profile.from_dict(said) for dataset, said in kept.items() if said}


def _noted(work: Workplace, settled: Settled) -> Counter[tuple[str, str]]:
    """How often each column was written oddly, over the files that stand."""
    standing = {piece.file_index for piece in settled.pieces}
    noted: Counter[tuple[str, str]] = Counter()
    for arrival in work.log:
        if arrival.seq in standing:
            noted.update({(column, note): rows for column, note, rows in arrival.noted})
    return noted


def _gate_file(work: Workplace, dataset: str) -> Path:
    return work.store.run / "gates" / f"{dataset}.json"


def _profile_file(work: Workplace, dataset: str) -> Path:
    return work.store.run / "profiles" / f"{dataset}.json"


def _write_json(target: Path, said: object) -> None:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    write_whole(target, partial(_write_text, text=text))


def _write_text(path: Path, *, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def count_checks(gates: Iterable[GateResult]) -> Counter[str]:
    """How many checks passed, warned, shut a gate, or had nothing to measure."""
    found: Counter[str] = Counter(passed=0, warned=0, shut=0, unmeasured=0)
    for gate in gates:
        for result in gate.results:
            if result.passed:
                found["passed"] += 1
            elif result.check_id in gate.shut_by:
                found["shut"] += 1
            else:
                found["unmeasured" if result.passed is None else "warned"] += 1
    return found
