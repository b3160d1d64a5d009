"""Cases through the engine: all cases of a day in one run, and what came out of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from household.assess import Inputs, assess, identify
from household.evidence import counted_lines, decisive, evidence_of
from household.extracts import Extracts
from household.identity.numbers import number_keys
from household.linkage.links import STANDS
from household.published_rows import as_declared
from household.reasons import reasons
from household.rules.programmes import all_rules
from household.rules.rule import Cause, cause_of, outcome_of
from household.schema.datasets import CATALOGUED, DATASETS
from synthetic.cases.households import Filed, file_case
from synthetic.cases.laws import Law, bind, law_of, plain_id
from synthetic.cases.lined import CaseError
from synthetic.cases.usual import AGE_OF_EXTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from household.assess import Assessed
    from household.rules.packs import Packs
    from synthetic.cases.form import Case

_KEY = b"cases"
MOST = 5000
"""Cases of one run; people are numbered for fewer than ten thousand."""
_WORDS = {1: "pass", -1: "fail", 0: "unknown"}
_CAUSES = {
    Cause.PARAMETER: "parameter_missing",
    Cause.REVIEW: "needs_review",
    Cause.DATA: "data_incomplete",
}


@dataclass(frozen=True)
class Trial:
    """A case under a law. `own_law`: the law is not just that of its region."""

    case: Case
    law: Law
    own_law: bool


@dataclass(frozen=True)
class Answer:
    """What came out of a trial.

    Attributes:
        verdicts: programme -> row of `household_verdict`.
        rules: rule id -> row of `verdict_reason` (its `outcome` as published); rules that were not asked are absent.
        causes: rule id -> why it is unknown, as expectations name it.
        facts_schema: the columns of the run's measured facts.
    """

    trial: Trial
    verdicts: dict[str, dict[str, Any]]
    rules: dict[str, dict[str, Any]]
    causes: dict[str, frozenset[str]]
    facts_schema: dict[str, pl.DataType]


def trials_of(cases: Iterable[Case], packs: Packs) -> list[Trial]:
    """Each case under its own law."""
    return [Trial(case, law_of(case, packs), case.packs is not None) for case in cases]


def run_trials(trials: Sequence[Trial], packs: Packs) -> list[Answer]:
    """Answers in the order of the trials. One run of the engine for each day of a run."""
    answers: dict[int, Answer] = {}
    numbered = sorted(enumerate(trials), key=lambda one: one[1].case.as_of)
    for as_of, group in groupby(numbered, lambda one: one[1].case.as_of):
        day = list(group)
        for first in range(0, len(day), MOST):
            together = day[first : first + MOST]
            found = _run([trial for _, trial in together], packs, as_of)
            answers |= dict(zip((place for place, _ in together), found, strict=True))
    return [answers[place] for place in range(len(trials))]


def _run(trials: list[Trial], packs: Packs, as_of: date) -> list[Answer]:
    """One run: cases in their own region, but those with a law of their own in a region that is made for it."""
    laws = {trial.law.key: trial.law for trial in trials if trial.own_law}
    bound, codes = bind(list(laws.values()), packs)
    code_of = dict(zip(laws, codes, strict=True))
    regions = [code_of[trial.law.key] if trial.own_law else trial.case.region for trial in trials]
    _nobody_twice(trials)
    filed = Filed()
    deliveries: dict[tuple[object, ...], str] = {}
    delivered: list[tuple[str, str, date]] = []
    names = []
    for serial, (trial, region) in enumerate(zip(trials, regions, strict=True)):
        names.append(f"X{serial:05d}")
        case = trial.case
        alike = (region, case.silent, tuple(sorted(case.stale.items())))
        if alike not in deliveries:  # cases to which the same was delivered share a township
            deliveries[alike] = f"{region}.{len(deliveries):05d}"
            delivered += _delivered(case, deliveries[alike])
        file_case(filed, case, application=names[-1], region=deliveries[alike], serial=serial)
    schema = {"dataset": pl.String(), "region_code": pl.String(), "as_of": pl.Date()}
    frames = {name: _frame(name, rows, as_of) for name, rows in filed.rows.items()}
    extracts = Extracts(
        rows=lambda name: frames[name].lazy(),
        delivered=pl.DataFrame(delivered, schema=schema, orient="row"),
        as_of=as_of,
    )
    return _answers(Inputs(extracts=extracts, packs=bound, person_key=_KEY), trials, names)


def _nobody_twice(trials: list[Trial]) -> None:
    """Two cases must not share a person: the rows of one would be the other's as well."""
    seen: dict[str, Case] = {}
    for case in (trial.case for trial in trials):
        for person in case.people:
            number = person.fields.get("id_no")
            if number is not None and seen.setdefault(number, case) is not case:
                raise CaseError(
                    f"{case.file}:{person.line}：号码与 {seen[number].where} 的案例相同",
                    "请不写 id，由程序编号",
                )


def _delivered(case: Case, village: str) -> list[tuple[str, str, date]]:
    sent = case.as_of - AGE_OF_EXTRACTS
    return [
        (name, village, case.stale.get(name, sent))
        for name in CATALOGUED
        if name not in case.silent
    ]


def _frame(dataset: str, rows: list[dict[str, Any]], as_of: date) -> pl.DataFrame:
    """Rows in the shape of a core frame (`extracts.Extracts`)."""
    declared = DATASETS[dataset]
    schema = declared.polars_schema()
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    keys = [number_keys(frame[c.name]).alias(f"{c.name}__key") for c in declared.id_columns]
    parts = [pl.col(c.name).cast(pl.String).fill_null("") for c in declared.keys]
    return frame.with_columns(keys).with_columns(
        pl.int_range(2, len(frame) + 2, dtype=pl.Int32).alias("_line"),
        pl.concat_str(parts, separator="|").alias("_record_key"),
        pl.lit(list(DATASETS).index(dataset), dtype=pl.UInt32).alias("_file"),
        pl.lit(as_of - AGE_OF_EXTRACTS, dtype=pl.Date).alias("_extract_as_of"),
        pl.lit("").alias("_part"),
    )


def _answers(inputs: Inputs, trials: list[Trial], names: list[str]) -> list[Answer]:
    identified = identify(inputs)
    assessed = assess(inputs, identified)
    told = _told(assessed)
    verdicts: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in names}
    owner: dict[str, str] = {}
    for row in told["household_verdict"].iter_rows(named=True):
        row["pack_ids"] = [plain_id(pack_id) for pack_id in row["pack_ids"]]
        verdicts[row["application_id"]][row["programme"]] = row
        owner[row["verdict_id"]] = row["application_id"]
    rules: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in names}
    for row in told["verdict_reason"].iter_rows(named=True):
        row["pack_id"] = row["pack_id"] and plain_id(row["pack_id"])
        known = rules[owner[row["verdict_id"]]].setdefault(row["rule_id"], row)
        if row["certain"] and not known["certain"]:
            rules[owner[row["verdict_id"]]][row["rule_id"]] = row
    causes = _causes(assessed.worlds.base, assessed.case.applications)
    schema = dict(assessed.worlds.measured.facts.schema)
    return [
        Answer(trial, verdicts[name], rules[name], causes[name], schema)
        for trial, name in zip(trials, names, strict=True)
    ]


def _told(assessed: Assessed) -> dict[str, pl.DataFrame]:
    """The two tables of `assess.tell` that expectations are about; alerts, deadlines and the rest would take as long again."""
    case, measured = assessed.case, assessed.worlds.measured
    settled = counted_lines(case, case.lines.where(STANDS), measured.counted)
    evidence = evidence_of(case, assessed.named, measured.counted, settled)
    tables = {
        "household_verdict": assessed.verdicts,
        "verdict_reason": reasons(case, assessed.worlds, assessed.verdicts, decisive(evidence)),
    }
    return {name: as_declared(name, frame) for name, frame in tables.items()}


def _causes(base: pl.DataFrame, applications: pl.DataFrame) -> dict[str, dict[str, frozenset[str]]]:
    """Application -> rule -> the causes of an unknown answer."""
    ids = [rule.rule_id for rule in all_rules()]
    frame = base.join(applications.select("app", "application_id"), on="app").select(
        "application_id",
        *(
            pl.when(outcome_of(pl.col(f"answer:{i}")) == 0)
            .then(cause_of(pl.col(f"answer:{i}")))
            .alias(i)
            for i in ids
        ),
    )
    return {
        row["application_id"]: {
            i: frozenset(word for bit, word in _CAUSES.items() if row[i] & int(bit))
            for i in ids
            if row[i] is not None
        }
        for row in frame.iter_rows(named=True)
    }
