"""Bodies and answers of the API for what is handed in, declared from the columns of the exchange catalogue.

The shape of a body is strict; its cells are not: a cell that cannot be read refuses its row, never the batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    create_model,
)

from household.schema.column import Kind
from household.schema.datasets import DATASETS
from service.submissions.content import (
    APPLICATION,
    AUTHORISATION,
    EXPENDITURE,
    MEMBER,
    OBJECTION,
)

if TYPE_CHECKING:
    from household.schema.column import Column

MOST_APPLICATIONS = 1000
MOST_PARTS = 200
Cell = StrictStr | StrictInt | StrictBool | StrictFloat | None

_EXAMPLES = {
    Kind.DATE: "2026-05-20",
    Kind.YUAN: "1200.50",
    Kind.INT: "2",
    Kind.BOOL: "true",
    Kind.REGION: "990101001",
    Kind.ID_NO: "990101199001011230",
}


def _field(column: Column) -> Any:
    """A field whose description holds everything that the declaration says."""
    told = [column.note] if column.note else []
    if column.codes is not None:
        told.append("、".join(f"{code} {title}" for code, title in column.codes.titles.items()))
    if column.required:
        told.append("必填：缺少时该行退回")
    example = _EXAMPLES.get(column.kind)
    if column.codes is not None:
        example = next(iter(column.codes.titles))
    return Field(
        default=None,
        title=column.title_zh,
        description="；".join(told) or column.title_zh,
        examples=None if example is None else [example],
    )


class _Row(BaseModel):
    """A row. Fields outside the catalogue refuse it."""

    model_config = ConfigDict(extra="allow")


def _model(name: str, dataset: str, *, without: str = "", **more: Any) -> type[_Row]:
    columns = [c for c in DATASETS[dataset].columns if c.name != without]
    fields: dict[str, Any] = {c.name: (Cell, _field(c)) for c in columns}
    made: type[_Row] = create_model(
        name, __base__=_Row, __doc__=DATASETS[dataset].title_zh, **fields, **more
    )
    return made


def _parts(model: type[_Row], title: str) -> Any:
    return (
        list[model],  # type: ignore[valid-type]  # made here, from the declarations
        Field(default_factory=list, title=title, max_length=MOST_PARTS),
    )


MemberRow = _model("Member", MEMBER, without="application_id")
AuthorisationRow = _model("Authorisation", AUTHORISATION, without="application_id")
ExpenditureRow = _model("Expenditure", EXPENDITURE, without="application_id")
ApplicationRow = _model(
    "Application",
    APPLICATION,
    members=_parts(MemberRow, "家庭成员及法定义务人"),
    authorisations=_parts(AuthorisationRow, "授权书"),
    expenditures=_parts(ExpenditureRow, "刚性支出申报"),
)
ObjectionRow = _model("Objection", OBJECTION)


class Applications(BaseModel):
    """Applications, each with its people, papers and declared spending."""

    model_config = ConfigDict(extra="forbid")
    applications: Annotated[
        list[ApplicationRow],  # type: ignore[valid-type]
        Field(min_length=1, max_length=MOST_APPLICATIONS, title="委托核对申请"),
    ]


class Objections(BaseModel):
    """Objections to lines of results, or to whole results."""

    model_config = ConfigDict(extra="forbid")
    objections: Annotated[
        list[ObjectionRow],  # type: ignore[valid-type]
        Field(min_length=1, max_length=MOST_APPLICATIONS, title="异议复核申请"),
    ]


class FaultAnswer(BaseModel):
    """What was found wrong with a cell, or with the whole row where `column` is empty. No value is quoted."""

    row: int
    column: str
    reason_code: str
    reason: str


class RowAnswer(BaseModel):
    """What became of one row. `place`: where it stands in the body, like `applications[0].members[2]`.

    `unchanged`: the same row stood already, nothing was put into the inbox for it.
    """

    place: str
    dataset: str
    row: int
    state: Literal["accepted", "refused"]
    unchanged: bool
    errors: list[FaultAnswer]
    notices: list[FaultAnswer]


class BatchAnswer(BaseModel):
    """What became of a batch. It is taken into account by the next run; until then its applications have no new verdict."""

    batch_id: str
    kind: Literal["applications", "objections"]
    received_at: str
    total: int
    accepted: int
    refused: int
    unchanged: int
    rows: list[RowAnswer]


class BatchState(BatchAnswer):
    """A batch and how far it is: `waiting` for a run to end, `landed` in the inbox, `taken` by a run, `nothing` to take.

    `applications`: those of which a row was taken and that the newest run knows.
    """

    progress: Literal["waiting", "landed", "taken", "nothing"]
    run_id: str
    applications: list[str]
