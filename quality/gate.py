"""A gate: a dataset's profile is held against its suite. Shut, the dataset counts as not delivered and the run goes on.

Gates close on doubt: a blocking question that cannot be answered, or a gate that crashes, is shut and says so. A warning
that cannot be measured is neither passed nor failed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import isnan
from typing import TYPE_CHECKING, Any

from quality import warm
from quality.checks import (
    ASKED_OF_THE_ABSENT,
    DEFAULT_LIMITS,
    Check,
    Dimension,
    Limits,
    Severity,
    checks_of,
)
from quality.measures import Measure, measure
from quality.profile import Profile
from quality.suites import build_suite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from great_expectations.core.batch_definition import BatchDefinition

    from household.schema.column import Dataset

CRASHED = "gate_ran"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to one check. `passed` is null where a warning could not be measured.

    `failed_rows` of `total_rows` count rows, or what the question is about (files, columns, numbers, regions, cells);
    null where there is nothing to count. `observed` is one line of counts, never a value of a row.
    """

    check_id: str
    dimension: str
    severity: str
    passed: bool | None
    failed_rows: int | None
    total_rows: int | None
    observed: str
    title_zh: str = ""


@dataclass(frozen=True, slots=True)
class GateResult:
    """One dataset's gate. `validation` is the JSON of the Great Expectations result, for the data docs."""

    dataset: str
    open: bool
    results: tuple[CheckResult, ...]
    crashed: str | None = None
    validation: Mapping[str, Any] | None = None

    @property
    def shut_by(self) -> tuple[str, ...]:
        """The blocking checks that failed."""
        return tuple(
            r.check_id
            for r in self.results
            if r.severity == str(Severity.BLOCKING) and r.passed is not True
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form, to hand over between steps."""
        return {
            "dataset": self.dataset,
            "open": self.open,
            "results": [{n: getattr(r, n) for n in CheckResult.__slots__} for r in self.results],
            "crashed": self.crashed,
            "validation": self.validation,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> GateResult:
        """The result that `to_dict` wrote."""
        results = tuple(CheckResult(**r) for r in data["results"])
        return cls(data["dataset"], data["open"], results, data["crashed"], data["validation"])


class GateError(Exception):
    """Great Expectations reported an exception inside a check; its text may hold values and is not repeated."""


def hold_gate(
    dataset: Dataset,
    profile: Profile | Callable[[], Profile],
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> GateResult:
    """Hold a dataset's gate.

    Args:
        dataset: the declaration.
        profile: its profile, or what takes it: then a crash of the profiling shuts the gate too.
        limits: bounds of the warnings; `max_age_days` from the rule pack in force.

    Returns:
        The gate with one result a check. Never raises: a crash is a shut gate with the result `gate_ran` failed, which
        names the kind of error and not its text.

    """
    try:
        taken = profile if isinstance(profile, Profile) else profile()
        return _held(dataset, taken, limits)
    except Exception as error:  # any doubt at all shuts this one gate, and only this one
        return _crashed(dataset, error)


def _held(dataset: Dataset, profile: Profile, limits: Limits) -> GateResult:
    checks = checks_of(dataset, limits=limits)
    if not profile.fact["files_read"]:
        checks = tuple(c for c in checks if c.check_id in ASKED_OF_THE_ABSENT)
    measured = {c.check_id: (c, measure(profile, c, limits=limits)) for c in checks}
    asked = [c for c, m in measured.values() if c.blocking or m.value is not None]
    values = {c.check_id: measured[c.check_id][1].value for c in asked}
    validation = _validate(dataset, asked, values)
    passed = {r["expectation_config"]["meta"]["check_id"]: r for r in validation["results"]}
    results = tuple(
        _result(c, m, passed[c.check_id]["success"] if c.check_id in passed else None)
        for c, m in measured.values()
    )
    shut = any(r.passed is not True for r in results if r.severity == str(Severity.BLOCKING))
    return GateResult(dataset.name, open=not shut, results=results, validation=validation)


def _result(check: Check, seen: Measure, passed: bool | None) -> CheckResult:
    return CheckResult(
        check.check_id,
        str(check.dimension),
        str(check.severity),
        passed,
        seen.failed,
        seen.total,
        seen.observed,
        check.title_zh,
    )


def _crashed(dataset: Dataset, error: Exception) -> GateResult:
    kind = type(error).__name__
    said = CheckResult(
        CRASHED,
        str(Dimension.CONSISTENCY),
        str(Severity.BLOCKING),
        passed=False,
        failed_rows=None,
        total_rows=None,
        observed=f"门禁检查自身出错({kind}), 已关闭; 本数据集按未送达处理, 请查看运行日志后重跑",
        title_zh="门禁检查已执行",
    )
    return GateResult(dataset.name, open=False, results=(said,), crashed=kind)


_ANSWERED: dict[tuple[object, ...], str] = {}
_REMEMBERED = 512


@cache
def _bench() -> BatchDefinition[Any]:
    """One ephemeral context, one pandas source, one batch definition for the whole process."""
    gx = warm.engine()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("profiles").add_dataframe_asset("measures")
    definition: BatchDefinition[Any] = asset.add_batch_definition_whole_dataframe("dataset")
    return definition


def _validate(
    dataset: Dataset, asked: list[Check], values: Mapping[str, float | None]
) -> dict[str, Any]:
    """The suite's verdict on one row of measures, as JSON without batch ids, clocks or exception texts.

    The same checks on the same measures have one answer: a process that runs again asks only about what moved.

    Raises:
        GateError: a check crashed inside Great Expectations.

    """
    question = (dataset.name, dataset.title_zh, tuple(asked), tuple(values.items()))
    if question not in _ANSWERED:
        if len(_ANSWERED) >= _REMEMBERED:
            _ANSWERED.clear()
        _ANSWERED[question] = json.dumps(_ask(dataset, asked, values), ensure_ascii=False)
    verdict: dict[str, Any] = json.loads(_ANSWERED[question])
    return verdict


def _ask(
    dataset: Dataset, asked: list[Check], values: Mapping[str, float | None]
) -> dict[str, Any]:
    """`_validate`, by Great Expectations."""
    suite = build_suite(dataset, checks=asked)
    definition = _bench()
    import pandas as pd  # noqa: PLC0415 - late, as Great Expectations is, which has loaded it by now

    row = pd.DataFrame({name: [value] for name, value in values.items()}, dtype="float64")
    batch = definition.get_batch({"dataframe": row})
    verdict = batch.validate(suite, result_format="SUMMARY").to_json_dict()  # type: ignore[no-untyped-call]
    for result in verdict["results"]:
        if _raised(result["exception_info"]) and values[_column(result)] is not None:
            raise GateError(_column(result))
    return {
        "success": verdict["success"],
        "suite_name": suite.name,
        "title_zh": dataset.title_zh,
        "statistics": verdict["statistics"],
        "results": [
            {
                "success": result["success"],
                "expectation_config": {
                    "type": result["expectation_config"]["type"],
                    "kwargs": {
                        k: v
                        for k, v in result["expectation_config"]["kwargs"].items()
                        if k != "batch_id"
                    },
                    "meta": result["expectation_config"]["meta"],
                },
                "result": {"observed_value": _observed(result)},
            }
            for result in verdict["results"]
        ],
    }


def _column(result: Mapping[str, Any]) -> str:
    return str(result["expectation_config"]["kwargs"]["column"])


def _observed(result: Mapping[str, Any]) -> float | None:
    """What Great Expectations saw; null where there was nothing to see."""
    seen = result["result"].get("observed_value")
    return None if seen is None or isinstance(seen, str) or isnan(seen) else float(seen)


def _raised(info: Mapping[str, Any]) -> bool:
    """Whether an exception was met; Great Expectations nests the flag by metric when there are several."""
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(bool(part.get("raised_exception")) for part in info.values())
