"""Drawing a stratified sample that anybody with its seed can draw again: how many of each stratum, and which.

Chance is a keyed order: units are put in the order of a digest of seed and name, so that the same seed draws the same sample from the
same units, whatever their order.
"""

from __future__ import annotations

import hashlib
from math import sqrt
from typing import TYPE_CHECKING

import polars as pl

from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LEAST = 2
"""Units drawn of every stratum that has as many: a stratum that nobody looks at is one about which nothing is known."""


def allocate(populations: Mapping[str, int], size: int, *, what: str, unit: str) -> dict[str, int]:
    """How many of each stratum: LEAST of each, the rest in proportion to the square root of the stratum (Bankier 1988).

    The root keeps small strata from vanishing beside the large ones.

    Args:
        populations: stratum -> units there are. size: units to draw, all of them when there are fewer.
        what, unit: what is drawn and its measure word, in Chinese, for the errors.

    Raises:
        InputError: the size is below LEAST a stratum, or there is nothing to draw from.

    """
    if not populations:
        raise InputError(f"没有可抽取的{what}", "请先运行 hedui run，再抽取样本")
    least = {name: min(n, LEAST) for name, n in populations.items()}
    if size < sum(least.values()):
        raise InputError(
            f"样本量 {size} 太小，{len(populations)} 层至少需要 {sum(least.values())} {unit}",
            "请增大 --size",
        )
    shares = dict(least)
    rest = min(size, sum(populations.values())) - sum(shares.values())
    for _ in range(rest):  # one at a time to the stratum that is furthest behind its share
        open_strata = [name for name in sorted(populations) if shares[name] < populations[name]]
        neediest = max(open_strata, key=lambda name: sqrt(populations[name]) / (shares[name] + 1))
        shares[neediest] += 1
    return shares


def draw_strata(
    frame: pl.DataFrame, shares: Mapping[str, int], *, by: str, seed: int
) -> pl.DataFrame:
    """The rows that are drawn, by stratum and lot.

    Args:
        frame: with `stratum` and the column `by`, which names each row.
        shares: stratum -> how many.
        by: the name that the lot hangs on.
        seed: whoever gives it can draw the same rows again.

    """
    lots = pl.Series("lot", lots_of(frame[by], seed), dtype=pl.String)
    share = pl.col("stratum").replace_strict(dict(shares), return_dtype=pl.Int64)
    ordered = frame.with_columns(lots).sort("stratum", "lot")
    return ordered.filter(pl.int_range(pl.len()).over("stratum") < share).drop("lot")


def lots_of(names: Iterable[str], seed: int) -> list[str]:
    """The lot of each name."""
    return [digest(f"{seed}|{name}") for name in names]


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
