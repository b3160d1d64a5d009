"""What is asked of a dataset as a whole: declared here, from its columns, without Great Expectations.

A check compares one measure with one bound. Blocking checks are structural truths that honest data cannot break, however
small it is; everything that honest data may do badly is a warning. How measures are taken lives in `measures.py`, how the
checks become a suite in `suites.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from household.schema.column import Column, Dataset, Kind


class Dimension(StrEnum):
    """The six dimensions of data quality under which results are published."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    UNIQUENESS = "uniqueness"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"
    ACCURACY = "accuracy"


class Severity(StrEnum):
    """Blocking shuts the gate: the dataset is treated as not delivered. A warning is published and the run goes on."""

    BLOCKING = "blocking"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the warnings. Shares (0 to 1) are of rows; `noted_share` is of cells.

    `max_age_days` is the parameter `source.max_age_days` of the rule pack in force (核对中心约定); the others are house rules.
    """

    max_age_days: int = 62
    quarantined_share: float = 0.05
    invalid_number_share: float = 0.02
    unknown_term_share: float = 0.01
    noted_share: float = 0.01
    usual_volume_share: float = 0.5
    filled_share_of_previous: float = 0.5
    ahead_share: float = 0.0
    name_conflict_share: float = 0.02
    wrong_number_share: float = 0.0


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Check:
    """One question put to one dataset; passed when `at_least` <= measure <= `at_most`.

    `check_id` is `<question>` or `<question>.<column>` and is also the measure's name.
    """

    check_id: str
    title_zh: str
    dimension: Dimension
    severity: Severity
    at_most: float | None = None
    at_least: float | None = None
    column: str | None = field(default=None)

    @property
    def question(self) -> str:
        """The check's name without its column."""
        return self.check_id.split(".", 1)[0]

    @property
    def blocking(self) -> bool:
        """Whether failing it shuts the gate."""
        return self.severity is Severity.BLOCKING


MONEY_KINDS = (Kind.YUAN, Kind.WAN_YUAN)

FORWARD_COLUMNS = frozenset(
    {"valid_to", "to_date", "to_month", "ended_on", "leaves_on", "revoked_on"}
)
"""Dates that may honestly lie after the extract that carries them."""

PERIODS = (("from_month", "to_month"), ("from_date", "to_date"), ("started_on", "ended_on"))
"""Columns between which a row holds: first the one with which it begins."""

ASKED_OF_THE_ABSENT = frozenset({"delivered", "files_readable", "ledger_balances"})
"""Questions that have an answer when nothing of a dataset could be read."""


def name_column(dataset: Dataset, id_column: str) -> str | None:
    """The column that names the person of a number: `owner_id_no` -> `owner_name`, `id_no_a` -> `name_a`; None without one.

    A former number belongs to the person named beside it now, so it has none of its own.
    """
    name = id_column.replace("id_no", "name")
    if name == id_column or id_column.startswith("former_"):
        return None
    return name if any(c.name == name for c in dataset.columns) else None


def dated_backwards(dataset: Dataset) -> tuple[Column, ...]:
    """Columns whose dates cannot honestly lie after the extract."""
    return tuple(
        c
        for c in dataset.columns
        if c.kind in (Kind.DATE, Kind.MONTH) and c.name not in FORWARD_COLUMNS
    )


def period_of(dataset: Dataset, end: str) -> str | None:
    """The column with which the period begins that the column `end` closes; None where it closes none."""
    names = {c.name for c in dataset.columns}
    return next((start for start, last in PERIODS if last == end and start in names), None)


def checks_of(dataset: Dataset, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Check, ...]:
    """Every check of a dataset, structural ones first, in declared column order."""
    return (*_structure(dataset), *_content(dataset, limits), *_delivery(dataset, limits))


def _structure(dataset: Dataset) -> list[Check]:
    validity, consistency = Dimension.VALIDITY, Dimension.CONSISTENCY
    block, none = Severity.BLOCKING, 0.0
    checks = [
        Check("columns_declared", "应有的列齐全", validity, block, none),
        Check("types_declared", "各列类型与目录一致", validity, block, none),
        Check("ledger_balances", "台账平衡:来行=接收+隔离+替代", consistency, block, none),
        Check("rows_as_ledgered", "在用行数与台账接收行数一致", consistency, block, none),
        Check("key_unique", "主键在结算后唯一", Dimension.UNIQUENESS, block, none),
    ]
    checks += [
        Check(
            f"required_present.{c.name}",
            f"必填项「{c.title_zh}」无空值",
            Dimension.COMPLETENESS,
            block,
            none,
            column=c.name,
        )
        for c in dataset.columns
        if c.required
    ]
    checks += [
        Check(
            f"money_not_negative.{c.name}",
            f"金额「{c.title_zh}」不为负(目录允许者除外)",
            validity,
            block if c.required else Severity.WARNING,
            none,
            column=c.name,
        )
        for c in dataset.columns
        if c.kind in MONEY_KINDS
    ]
    return checks


def _content(dataset: Dataset, limits: Limits) -> list[Check]:
    warn = Severity.WARNING
    checks = [
        Check(
            f"number_valid.{c.name}",
            f"「{c.title_zh}」校验有效",
            Dimension.VALIDITY,
            warn,
            limits.invalid_number_share,
            column=c.name,
        )
        for c in dataset.id_columns
    ]
    checks += [
        Check(
            f"one_name.{c.name}",
            f"「{c.title_zh}」无一号多名",
            Dimension.ACCURACY,
            warn,
            0.0,
            column=c.name,
        )
        for c in dataset.id_columns
        if name_column(dataset, c.name)
    ]
    checks += [
        Check(
            f"terms_known.{c.name}",
            f"「{c.title_zh}」用词在目录之内",
            Dimension.VALIDITY,
            warn,
            limits.unknown_term_share,
            column=c.name,
        )
        for c in dataset.columns
        if c.terms
    ]
    checks += [
        Check(
            f"period_forward.{c.name}",
            f"「{c.title_zh}」不早于起始",
            Dimension.CONSISTENCY,
            warn,
            0.0,
            column=c.name,
        )
        for c in dataset.columns
        if period_of(dataset, c.name)
    ]
    if any(not c.required for c in dataset.columns):
        checks.append(
            Check(
                "optional_filled",
                "选填项填报率未较上期骤降",
                Dimension.COMPLETENESS,
                warn,
                0.0,
            )
        )
    if dated_backwards(dataset):
        checks.append(
            Check(
                "dates_not_ahead",
                "日期不晚于提取日",
                Dimension.CONSISTENCY,
                warn,
                limits.ahead_share,
            )
        )
    checks.append(
        Check("cells_as_agreed", "单元格书写规范", Dimension.VALIDITY, warn, limits.noted_share)
    )
    return checks


def _delivery(dataset: Dataset, limits: Limits) -> list[Check]:
    warn, completeness = Severity.WARNING, Dimension.COMPLETENESS
    checks = [
        Check("delivered", "数据已送达", completeness, warn, at_least=1),
        Check("files_readable", "文件均可读取", Dimension.VALIDITY, warn, 0.0),
        Check("quarantined_share", "隔离行占比", completeness, warn, limits.quarantined_share),
        Check(
            "usual_volume",
            "来量未较上期骤降",
            completeness,
            warn,
            at_least=limits.usual_volume_share,
        ),
    ]
    if dataset.mode == "bulk":  # a reply's age is the receipt's business
        checks.append(
            Check("fresh", "提取日在时限之内", Dimension.TIMELINESS, warn, limits.max_age_days)
        )
    return checks
