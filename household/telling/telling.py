"""What there is to say of one rule's answer. The modules beside this one say it for each family of rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from household.rules.parameters import PARAMETERS
from household.rules.rule import Cause
from household.telling.words import named, only, told

NOTHING = pl.lit(None, dtype=pl.String)


@dataclass(frozen=True)
class Wanted:
    """A parameter that an answer needs: its key, when it is lacking, and its name in words."""

    key: str
    lacking: pl.Expr
    name: pl.Expr


@dataclass(frozen=True)
class Telling:
    """Expressions over `ground`, each a text or null.

    Attributes:
        how: what was measured and against what, and how far it is from there.
        turns: what would have to be otherwise for a fail to be a pass.
        waits: who or what an unknown answer waits for.
        more: how much more would turn an answer that waits.
        review: what a person has to look at.
        wanted: the parameters that may be lacking.
    """

    how: pl.Expr = NOTHING
    turns: pl.Expr = NOTHING
    waits: tuple[str | pl.Expr, ...] = ()
    more: pl.Expr = NOTHING
    review: pl.Expr = NOTHING
    wanted: tuple[Wanted, ...] = field(default_factory=tuple)


def wants(key: str, column: str | None = None, *, when: pl.Expr | None = None) -> Wanted:
    """A parameter that is lacking when its column is null (and a condition holds)."""
    lacking = pl.col(column or PARAMETERS[key].column).is_null()
    lacking = lacking if when is None else lacking & when
    return Wanted(key, lacking, pl.lit(named(PARAMETERS[key])))


STANDARD = Wanted("standard", pl.col("standard").is_null(), pl.col("text:standard_key"))
"""The one that is asked for: of towns or of the country."""

WINDOW = wants("income.window_months")
_IMPUTED = pl.col("support_unruled")
SUPPORT = (
    wants("support.line_multiple", when=_IMPUTED),
    wants("support.rate", when=_IMPUTED),
    Wanted("standard", _IMPUTED & pl.col("standard").is_null(), pl.col("text:standard_key")),
)


def settled_by(telling: Telling, cause: pl.Expr) -> pl.Expr:
    """What would settle an unknown answer, by its causes (bits)."""

    def because(bit: Cause) -> pl.Expr:
        return (cause & int(bit)) != 0

    lacking = NOTHING
    if telling.wanted:
        each = (only(want.lacking, want.name) for want in _distinct(telling.wanted))
        lacking = told(*each, between="、")
    return told(
        only(because(Cause.REVIEW), telling.review),
        only(because(Cause.PARAMETER), pl.format("缺少参数：{}；{}", lacking, "text:where")),
        only(
            because(Cause.DATA),
            pl.format("待补充或答复：{}", told(*telling.waits) if telling.waits else NOTHING),
        ),
        only(because(Cause.DATA) & ((cause & int(Cause.PARAMETER)) == 0), telling.more),
    )


def _distinct(wanted: tuple[Wanted, ...]) -> list[Wanted]:
    """Each parameter once, though two sums may want it."""
    seen: dict[str, Wanted] = {}
    for want in wanted:
        seen.setdefault(want.key, want)
    return list(seen.values())
