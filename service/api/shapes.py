"""Models of the API made from the declarations of the published tables: what is declared once there is described here by itself.

Money and shares are texts of exact decimals, days are ISO texts, null is unknown or does not apply and never nought. Columns that are
personal data are left out.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from household.schema.published import PUBLISHED, Held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from household.schema.published import PublishedColumn, PublishedTable

_TYPES: dict[Held, Any] = {
    Held.TEXT: str,
    Held.TEXTS: list[str],
    Held.MONEY: Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$")],
    Held.EXACT: Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{6}$")],
    Held.SCORE: float,
    Held.COUNT: int,
    Held.FLAG: bool,
    Held.DATE: dt.date,
}
_EXAMPLES: dict[Held, Any] = {
    Held.MONEY: "1280.50",
    Held.EXACT: "612.416667",
    Held.COUNT: 3,
    Held.FLAG: True,
    Held.DATE: "2026-05-20",
}
_MADE_UP = {
    "verdict_id": "V2f1c0a9be77d41c05a13",
    "application_id": "SQ990101-000123",
    "region_code": "990101001",
    "person_ref": "P0a1b2c3d4e5f60718293",
    "alert_id": "A6c2d9f00b1e84a7739f0",
    "evidence_id": "E91c0d2b7f3a5e6480c1d",
    "run_id": "R000000007",
    "rule_id": "cn.dibao.income",
}
"""Examples of ids that belong to nobody."""


class Model(BaseModel):
    """Base of the API's models: a member that is not described is a mistake."""

    model_config = ConfigDict(extra="forbid")


def Word(words: Iterable[str]) -> Any:  # noqa: N802 - stands where a type stands
    """One of these words, as the type of a query's member."""
    return Annotated[
        str, AfterValidator(_one_of(tuple(words))), Field(json_schema_extra={"enum": list(words)})
    ]


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def checked(word: str) -> str:
        if word not in words:
            raise ValueError("not one of the words")
        return word

    return checked


def model_of(
    name: str,
    *,
    title: str = "",
    only: tuple[str, ...] = (),
    further: dict[str, Any] | None = None,
    run: bool = False,
) -> type[Model]:
    """The model of a published table.

    Args:
        name: of the table. title: of the model, where one table has several. only: these columns; all where empty.
        further: members beside the columns, as `create_model` takes them. run: with the run's id.

    """
    table = PUBLISHED[name]
    members = {c.name: _member(c) for c in shown_columns(table, only=only, run=run)}
    made: Any = create_model(  # type: ignore[call-overload]
        title or "".join(part.capitalize() for part in name.split("_")),
        __base__=Model,
        __doc__=f"{table.title_zh}: {table.note}",
        **members,
        **(further or {}),
    )
    found: type[Model] = made
    return found


def shown_columns(
    table: PublishedTable, *, only: tuple[str, ...] = (), run: bool = False
) -> tuple[PublishedColumn, ...]:
    """The columns that the API shows: none that is personal data."""
    columns = table.all_columns if run else table.columns
    return tuple(c for c in columns if not c.personal and (not only or c.name in only))


def told(
    name: str, rows: pl.DataFrame, *, only: tuple[str, ...] = (), run: bool = False
) -> list[dict[str, Any]]:
    """Rows of a published table as the model of `model_of` has them, ready for JSON."""
    columns = shown_columns(PUBLISHED[name], only=only, run=run)
    as_text = (Held.MONEY, Held.EXACT, Held.DATE)
    return rows.select(
        pl.col(c.name).cast(c.dtype).cast(pl.String) if c.held in as_text else pl.col(c.name)
        for c in columns
    ).to_dicts()


def told_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same of rows by column name."""
    columns = [(c.name, _SHOWN_AS.get(c.held)) for c in shown_columns(PUBLISHED[name])]
    return [
        {
            name: row[name] if shown is None or row[name] is None else shown(row[name])
            for name, shown in columns
        }
        for row in rows
    ]


_SHOWN_AS: dict[Held, Callable[[Any], str]] = {
    Held.MONEY: lambda amount: f"{amount:.2f}",
    Held.EXACT: lambda figure: f"{figure:.6f}",
    Held.DATE: dt.date.isoformat,
}


def _member(column: PublishedColumn) -> tuple[Any, Any]:
    kind: Any = Literal[column.values] if column.values else _TYPES[column.held]
    if column.values and column.held is Held.TEXTS:
        kind = list[kind]
    example = _MADE_UP.get(column.name, _EXAMPLES.get(column.held))
    shown = None if example is None or column.values else [example]
    return (
        kind if column.required else kind | None,
        Field(title=column.title_zh, description=column.note or None, examples=shown),
    )
