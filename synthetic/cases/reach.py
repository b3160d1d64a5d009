"""Which answers a rule can give at all under a pack: the engine's own judge, asked about thousands of made-up households.

So that nobody keeps a list of impossible answers: where an asset rule cannot fail because businesses only ask for review, or cannot
pass because no standard is given, this finds it out from the rules and packs themselves.
"""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl

from household.money import FEN
from household.rules.judge import judge
from household.rules.programmes import all_rules
from household.rules.rule import Cause, cause_of, outcome_of
from household.rules.terms import ASSET_PREFIXES, terms_of
from synthetic.cases.laws import Law, bind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.case import CaseFile
    from household.rules.packs import Packs

DRAWS = 300
"""Households made up for each pack, standard and stretch of time."""
_SILENCES = (
    "n_silent",
    "income_silent",
    "holdings_silent",
    "fund_silent",
    "vehicle_silent",
    "home_silent",
    "entity_silent",
    "spending_silent",
    "certificate_silent",
)
_NOUGHT, _SO = 0.15, 0.2
"""How often an amount is nought, and a flag is set."""
_DRAWN: tuple[list[str], ...] = ([], [], ["dibao"], ["tekun"], ["orphan"])


def laws_of(packs: Packs) -> dict[str, Law]:
    """Pack id -> the packs of a region of its own; a pack that is bound to no region is read as it would be bound."""
    return {
        pack_id: Law(tuple(packs.packs[one] for one in packs.chain_of(pack_id)))
        for pack_id in packs.packs
    }


def turning_days(law: Law) -> list[date]:
    """The days on which some value of a law begins, or the day after it ends; and one before them all."""
    days = set()
    for pack in law.packs:
        for entries in pack.values.values():
            for entry in entries:
                if entry.valid_from is not None and entry.valid_from > date.min:
                    days.add(entry.valid_from)
                if entry.valid_to is not None and entry.valid_to < date.max:
                    days.add(entry.valid_to + timedelta(days=1))
    days.add(min(days, default=date(2026, 1, 1)) - timedelta(days=1))
    return sorted(days)


def reachable(
    packs: Packs, facts_schema: Mapping[str, pl.DataType]
) -> dict[str, dict[str, frozenset[str]]]:
    """Pack id -> rule id -> the answers that some household can get: pass, fail, unknown, parameter_missing; none is `not_asked`.

    `facts_schema`: the columns of measured facts.
    """
    laws = laws_of(packs)
    bound, codes = bind(list(laws.values()), packs)
    asked = [
        (pack_id, code, day, kind)
        for (pack_id, law), code in zip(laws.items(), codes, strict=True)
        for day in turning_days(law)
        for kind in ("urban", "rural")
        for _ in range(DRAWS)
    ]
    columns = ["pack", "region_code", "applied_on", "urban_rural"]
    applications = pl.DataFrame(asked, schema=columns, orient="row").with_row_index("app")
    terms = terms_of(bound, applications)
    facts = _made_up(len(applications), facts_schema, terms.values)
    ground = terms.values.join(facts.select("app", *_SILENCES, "no_roster"), on="app")
    case = cast("CaseFile", SimpleNamespace(terms=terms))
    judged = judge(case, ground, facts.drop(*_SILENCES, "no_roster"))
    judged = judged.join(applications.select("app", "pack"), on="app")
    return {
        str(pack_id): {rule.rule_id: _answers(frame, rule.rule_id) for rule in all_rules()}
        for (pack_id,), frame in judged.group_by("pack")
    }


def _answers(frame: pl.DataFrame, rule_id: str) -> frozenset[str]:
    answer = pl.col(f"answer:{rule_id}")
    found = frame.select(
        outcome_of(answer).alias("outcome"),
        ((cause_of(answer) & int(Cause.PARAMETER)) != 0).alias("parameter"),
    ).unique()
    words: set[str] = set()
    for outcome, parameter in found.iter_rows():
        words.add({1: "pass", 0: "unknown", -1: "fail", None: "not_asked"}[outcome])
        if parameter:
            words.add("parameter_missing")
    return frozenset(words)


def _made_up(rows: int, schema: Mapping[str, pl.DataType], terms: pl.DataFrame) -> pl.DataFrame:
    """Random figures of so many households, with nothing that contradicts the law in force."""
    draw = np.random.default_rng(20260520)
    columns: dict[str, Any] = {"app": pl.Series(range(rows), dtype=pl.UInt32)}
    amounts = [name for name, dtype in schema.items() if dtype == pl.Int128]
    flags = [name for name, dtype in schema.items() if dtype == pl.Boolean]
    for name, dtype in schema.items():
        if name in amounts:
            fen = np.where(draw.random(rows) < _NOUGHT, 0, 10 ** (draw.random(rows) * 8 + 1))
            columns[name] = pl.Series(fen.astype(np.int64)).cast(pl.Int128)
        elif dtype == pl.Int64:
            columns[name] = pl.Series(draw.integers(0, 4, rows))
        elif name == "drawn":
            chosen = [_DRAWN[i] for i in draw.integers(0, len(_DRAWN), rows)]
            columns[name] = pl.Series(chosen, dtype=pl.List(pl.String()))
    for name in (*flags, *_SILENCES, "no_roster"):
        columns[name] = pl.Series(draw.random(rows) < _SO)
    frame = pl.DataFrame(columns).with_columns(pl.col(*amounts) * FEN)
    return _consistent(frame, terms)


def _consistent(frame: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """A parameter is wanting only where it is; what a vehicle is worth is asked only of a vehicle."""
    wanting: Mapping[str, pl.Expr] = {
        "obligors_unruled": pl.col("income_disposable_last_year").is_null(),
        "tekun_age_unruled": pl.col("tekun_minor_age").is_null(),
        "support_unruled": pl.col("support_method").is_not_null()
        & pl.any_horizontal(pl.col("standard", "support_line_multiple", "support_rate").is_null()),
    }
    needed = terms.select("app", *(e.alias(f"{n}:may") for n, e in wanting.items()))
    return frame.join(needed, on="app").select(
        *(
            pl.col(c)
            for c in frame.columns
            if c not in wanting
            and c not in {f"{v}_{w}" for v in ASSET_PREFIXES for w in ("over_cap", "unvalued")}
        ),
        *((pl.col(n) & pl.col(f"{n}:may")).alias(n) for n in wanting),
        *(
            (pl.col(f"{v}_{what}") & (pl.col(f"{v}_vehicles") > 0)).alias(f"{v}_{what}")
            for v in ASSET_PREFIXES
            for what in ("over_cap", "unvalued")
        ),
    )
