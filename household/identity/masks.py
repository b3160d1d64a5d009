"""Numbers of which some characters are hidden, in one form: what a mask looks like, whoever wrote it.

`990101********1234`, `9901***********234X` and `990101198*******12` have 18 places. A mask of any other length (`9901****1234`)
says how the number begins and ends, not where: it is set against the left and the right edge. Comparing what can be seen is the
business of `linkage.engine.numbers`.
"""

from __future__ import annotations

import polars as pl

from household.identity.numbers import normal_number

PLACES = 18

_MASKED = r"^([0-9]{0,17})([*#_?]{2,18}|[X]{3,18})([0-9]{0,17}[0-9X]?)$"
_BETWEEN = r"^[0-9*]{17}[0-9X*]$"
_SEEN = "[0-9]"


def plain_mask(expr: pl.Expr) -> pl.Expr:
    """Normal form of masked numbers: each sign of hiding a `*`, 18 places where head and tail fit into them; null for others.

    A tail of X's only (`9901XXXXXXXXXXXXXX`) is hidden, one X after digits is a check character.
    """
    text = normal_number(expr).str.replace_all(r"[×✱●•]", "*")
    shaped = text.str.contains(_MASKED)
    head = text.str.extract(_MASKED, 1)
    tail = text.str.extract(_MASKED, 3)
    hidden = pl.lit(PLACES) - head.str.len_bytes() - tail.str.len_bytes()
    filled = pl.concat_str(head, pl.lit("*").repeat_by(hidden.clip(0, PLACES)).list.join(""), tail)
    whole = text.str.contains(_BETWEEN) & text.str.contains("*", literal=True)
    whole = whole & text.str.contains(_SEEN)
    return (
        pl.when(whole)
        .then(text)
        .when(shaped & (hidden >= 2) & ((head != "") | (tail != "")))
        .then(filled)
    )
