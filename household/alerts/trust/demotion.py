"""Rules that are mostly wrong step back: B becomes R, R becomes I, says so, and comes back by itself.

A rule steps back only where it is certain that it is below the floor: the upper limit of its precision over the last four quarters in the
region lies below it. Where the region has decided too few, the figures of everywhere are asked. What a rule is now follows from
the log of decisions alone, so nobody has to remember to take it back. Floor and least number stand in the packs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import polars as pl

from household.alerts.codes import BLOCK, CODES, INFORM, REVIEW
from household.alerts.trust.precision import NO_TALLY, Tally, county_of, window_of
from household.shares import Z

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from household.rules.packs import Packs

FLOOR, LEAST_DECIDED = "alert.precision_floor", "alert.precision_least"

NO_SUSPICION: dict[str, str] = {
    "A04": "复核是法定手续，到期与否由日期决定",
    "A05": "没有授权不得核对，与是否属实无关",
    "A06": "办理期限由法规规定，由日期决定",
    "A07": "银行是否按期答复由回执决定",
    "T03": "补办手续的期限由法规规定，由日期决定",
}
"""Rules that suspect nobody of anything, and why how often they were right has no bearing on them: they never step back."""

STEP_DOWN = {BLOCK: REVIEW, REVIEW: INFORM}
"""One step, never more. Information has no step below it."""

SEVERITY_ZH = {BLOCK: "B（先查清）", REVIEW: "R（核实）", INFORM: "I（提示）"}

NOTE_OPENS = "【级别说明："
_NOTE = f"{NOTE_OPENS}[^】]*】$"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the packs of a region say; None: nothing, then no rule steps back there."""

    floor: Decimal | None
    least: int | None


@dataclass(frozen=True, slots=True)
class RuleState:
    """Where a rule stands in a county (`region` None: everywhere, and where no county is known).

    Attributes:
        own: its tally over the window there. judged: the tally that decided, own or everywhere's.
        everywhere: whether `judged` is everywhere's in place of the county's own.
        severity: of the code; None for a code that is no longer raised. severity_now: the one that is published.

    """

    code: str
    region: str | None
    own: Tally
    judged: Tally
    everywhere: bool
    limits: Limits
    severity: str | None
    severity_now: str | None

    @property
    def demoted(self) -> bool:
        """Whether it stepped back."""
        return self.severity_now != self.severity


def limits_of(packs: Packs, region: str | None, day: date) -> Limits:
    """Floor and least number of a county on a day; of no county those of the country."""
    floor, least = (packs.find(key, region or "", day) for key in (FLOOR, LEAST_DECIDED))
    return Limits(
        None if floor is None else Decimal(str(floor.value)),
        None if least is None else int(least.value),
    )


def certainly_below(tally: Tally, floor: Decimal) -> bool:
    """Whether the upper limit of Wilson's 95 % interval lies below the floor.

    The upper limit is the p > x/n with (np - x)² = z² n p (1-p): it lies below f just when x < nf and (nf - x)² > z² n f (1-f). Exact, so
    that a rule on the limit does not hang on how a fraction was rounded.
    """
    gap = tally.decided * floor - tally.right
    return gap > 0 and gap * gap > Decimal(str(Z)) ** 2 * tally.decided * floor * (1 - floor)


def rule_states(
    tallies: pl.DataFrame, places: Iterable[tuple[str, str | None]], *, packs: Packs, as_of: date
) -> list[RuleState]:
    """Where every rule stands that anybody ever decided an alert of, sorted by code and region.

    Args:
        tallies: see `precision.tally_decisions`.
        places: code and county of the alerts there are: a rule may step back where nobody has decided yet.
        packs: floor and least number. as_of: the day.

    """
    window = window_of(as_of)
    decided = {
        (code, region): Tally(*rest)
        for code, region, period, *rest in tallies.iter_rows()
        if period == window
    }
    known = set(tallies["code"])
    wanted = set(tallies.select("code", "region_code").iter_rows())
    wanted |= {(code, region) for code, region in places if code in known}
    told = {region: limits_of(packs, region, as_of) for _, region in wanted}
    ordered = sorted(wanted, key=lambda place: (place[0], place[1] or ""))
    return [_state(code, region, decided, told[region]) for code, region in ordered]


def _state(
    code: str, region: str | None, decided: Mapping[tuple[str, str | None], Tally], limits: Limits
) -> RuleState:
    own = decided.get((code, region), NO_TALLY)
    enough = limits.least is None or own.decided >= limits.least
    judged = own if enough else decided.get((code, None), NO_TALLY)
    severity = CODES[code].severity if code in CODES else None
    now = severity
    if severity is not None and _steps_back(code, judged, limits):
        now = STEP_DOWN.get(severity, severity)
    elsewhere = region is not None and not enough
    return RuleState(code, region, own, judged, elsewhere, limits, severity, now)


def _steps_back(code: str, judged: Tally, limits: Limits) -> bool:
    if code in NO_SUSPICION or limits.floor is None or limits.least is None:
        return False
    return judged.decided >= limits.least and certainly_below(judged, limits.floor)


def places_of(alerts: pl.DataFrame) -> list[tuple[str, str | None]]:
    """Code and county of published alerts, each once."""
    return list(alerts.select("code", county_of(pl.col("region_code"))).unique().iter_rows())


def demote(alerts: pl.DataFrame, states: Iterable[RuleState], as_of: date) -> pl.DataFrame:
    """Published alerts with the severity that their rule has now, and a note where it stepped back.

    Args:
        alerts: rows of table `alert`; those that are shown once more from the run before may bear that run's severity and note.
        states: see `rule_states`. as_of: the day.

    """
    own = {code: kind.severity for code, kind in CODES.items()}
    stepped = [state for state in states if state.demoted]
    now = pl.DataFrame(
        [(s.code, s.region, s.severity_now, note_of(s, as_of)) for s in stepped],
        schema={"code": pl.String, "county": pl.String, "now": pl.String, "note": pl.String},
        orient="row",
    )
    plain = alerts.with_columns(
        pl.when(pl.col("text_zh").str.contains(NOTE_OPENS, literal=True))
        .then(pl.col("code").replace_strict(own, default=pl.col("severity")))
        .otherwise("severity")
        .alias("severity"),
        pl.col("text_zh").str.replace(_NOTE, ""),
        county_of(pl.col("region_code")).alias("county"),
    )
    joined = plain.join(
        now, on=["code", "county"], how="left", nulls_equal=True, maintain_order="left"
    )
    noted = pl.concat_str("text_zh", "note", ignore_nulls=True)
    return joined.with_columns(
        pl.coalesce("now", "severity").alias("severity"), noted.alias("text_zh")
    ).select(alerts.columns)


def note_of(state: RuleState, as_of: date) -> str:
    """What an alert of a rule that stepped back says of it."""
    return f"{NOTE_OPENS}{_grounds(state, as_of)}；仍请照常核实】"


def told_of(state: RuleState, as_of: date) -> str:
    """What the window says of a rule, for the table of precision."""
    if state.code in NO_SUSPICION:
        return f"不因准确率调整级别：{NO_SUSPICION[state.code]}"
    if state.limits.floor is None or state.limits.least is None:
        return "规则包未给出准确率下限，级别不作调整"
    if state.demoted:
        return _grounds(state, as_of)
    where = "全部地区" if state.everywhere else _place(state)
    if state.judged.decided < state.limits.least:
        return f"{where}近四个季度仅办结 {state.judged.decided} 件，不足 {state.limits.least} 件，级别不作调整"
    if _steps_back(state.code, state.judged, state.limits):
        return f"{_figures(state, where, as_of)}；级别已是最低，不再下调"
    return f"{where}近四个季度办结 {state.judged.decided} 件，准确率的区间上限不低于下限 {percent(state.limits.floor)}，级别不变"


def _grounds(state: RuleState, as_of: date) -> str:
    where = "本地区办结不足，按全部地区计，" if state.everywhere else _place(state)
    now, before = SEVERITY_ZH[state.severity_now or ""], SEVERITY_ZH[state.severity or ""]
    return f"{_figures(state, where, as_of)}，级别由{before}调为{now}"


def _figures(state: RuleState, where: str, as_of: date) -> str:
    limits = state.judged.limits
    assert limits is not None
    assert state.limits.floor is not None
    return (
        f"本规则{where}近四个季度（{window_of(as_of)}）办结 {state.judged.decided} 件，"
        f"查实 {state.judged.right} 件，准确率的 95% 区间上限 {percent(limits[1])} 低于下限 {percent(state.limits.floor)}"
    )


def _place(state: RuleState) -> str:
    return "在本地区" if state.region is not None else "在全部地区"


def percent(share: float | Decimal) -> str:
    """A share in percent with one decimal; cut rather than rounded, so that what is below a floor is not shown on it."""
    hundred = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)
    return f"{hundred}%"
