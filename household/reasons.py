"""Reasons: every rule of every suggestion told in words, with its figures, its citation, its evidence and what would settle it.

A reason never names a person. It says what was asked, what came out, how far from the limit it is, and who could change it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.money import yuan_six
from household.rules.library.people import HOUSEHOLD
from household.rules.programmes import PROGRAMMES
from household.rules.rule import Cause, Rule, answer_column, cause_of, outcome_of
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.rules.worlds import Worlds

TOPIC_QUANTITIES: dict[str, tuple[str, ...]] = {
    "income": ("wage", "business", "property", "transfer"),
    "financial": ("financial",),
    "vehicle": ("vehicle",),
    "home": ("home",),
    "commercial": ("commercial",),
    "business_entity": ("business_entity",),
    "spending": ("medical", "education", "voucher"),
    "absence": ("death", "custody"),
    "certificate": ("disability",),
    "obligor": ("drawing", "disability"),
    "grant": ("grant",),
}
"""Which quantities bear on a rule's topic."""

_TOPIC_DATASETS: dict[str, tuple[str, ...]] = {
    "income": (
        "tax.income",
        "finance.payroll",
        "human_resources.employment",
        "human_resources.contribution",
        "human_resources.benefit",
        "agriculture.farm",
    ),
    "financial": ("securities.holding", "insurance.policy", "housing.provident_fund"),
    "vehicle": ("public_security.vehicle",),
    "home": ("housing.real_estate",),
    "commercial": ("housing.real_estate",),
    "business_entity": ("market_regulation.entity",),
    "spending": ("medical_insurance.settlement", "education.enrolment"),
    "absence": ("public_security.population", "civil_affairs.funeral", "justice.custody"),
    "certificate": ("disabled_federation.certificate",),
    "obligor": ("disabled_federation.certificate",),
    "grant": (),
}
_HEADCOUNT = ("public_security.population", "civil_affairs.funeral", "justice.custody")
_OUTCOME_ZH = {1: "通过", 0: "待定", -1: "不通过"}
_OUTCOME = {1: "pass", 0: "unknown", -1: "fail"}
_MONEY_UNITS = ("元", "元/人月")
_COUNT_UNITS = ("人", "辆", "套", "处", "个")


def reasons(
    case: CaseFile, worlds: Worlds, verdicts: pl.DataFrame, decisive: pl.DataFrame
) -> pl.DataFrame:
    """Rows of `verdict_reason` for every verdict.

    Args:
        verdicts: app, programme, verdict_id, suggestion.
        decisive: see `evidence.decisive`.
    """
    evidence = _evidence_by_topic(decisive)
    silence = _silence_by_topic(case)
    frames = []
    for programme, rules in PROGRAMMES.items():
        mine = verdicts.filter(pl.col("programme") == programme).select(
            "app", "verdict_id", "suggestion"
        )
        for seq, rule in enumerate((HOUSEHOLD, *rules), start=1):
            frames.append(
                _told(case, worlds, rule, mine=mine, seq=seq, evidence=evidence, silence=silence)
            )
    return pl.concat(frames).sort("verdict_id", "seq")


def _told(
    case: CaseFile,
    worlds: Worlds,
    rule: Rule,
    *,
    mine: pl.DataFrame,
    seq: int,
    evidence: pl.DataFrame,
    silence: pl.DataFrame,
) -> pl.DataFrame:
    answer = answer_column(rule)
    asked = worlds.base.filter(answer.is_not_null()).select(
        "app",
        "term",
        outcome_of(answer).alias("outcome"),
        cause_of(answer).alias("cause"),
        _shown(rule.measured, rule.unit).alias("measured"),
        _shown(rule.limit, rule.unit).alias("limit_value"),
    )
    asked = asked.join(mine, on="app", how="inner")
    topic = evidence.filter(pl.col("topic") == rule.topic).select("app", "evidence_ids")
    waiting = silence.filter(pl.col("topic") == rule.topic).select("app", "waiting")
    asked = (
        asked.join(topic, on="app", how="left")
        .join(waiting, on="app", how="left")
        .join(_differing(worlds, rule), on="app", how="left")
        .join(
            _cited(case, rule),
            on=["app"] if "standard" in rule.parameters else ["term"],
            how="left",
        )
    )
    # An application that may not be read says so, and gives no figures.
    hidden = pl.col("suggestion") == "not_authorised"
    differs = pl.col("differs").fill_null(value=False)
    outcome = pl.col("outcome")
    return asked.select(
        "verdict_id",
        pl.lit(seq, dtype=pl.Int64).alias("seq"),
        pl.lit(rule.rule_id).alias("rule_id"),
        pl.when(hidden)
        .then(pl.lit("unknown"))
        .otherwise(outcome.replace_strict(_OUTCOME, return_dtype=pl.String))
        .alias("outcome"),
        ((outcome != 0) & differs.not_() & hidden.not_()).alias("certain"),
        pl.when(hidden.not_()).then("measured").alias("measured"),
        "limit_value",
        pl.lit(rule.unit or None, dtype=pl.String).alias("unit"),
        "pack_id",
        pl.coalesce(
            pl.when(pl.col("source") != "").then("source"),
            pl.lit(rule.law or None, dtype=pl.String),
        ).alias("source_document"),
        pl.when(hidden)
        .then(pl.lit(f"{rule.question_zh}：未获授权，未读取数据"))
        .otherwise(_sentence(rule))
        .alias("text_zh"),
        pl.when(hidden.not_()).then("evidence_ids").fill_null([]).alias("evidence_ids"),
        pl.when(hidden)
        .then(pl.lit("补齐全部应授权人员的授权书"))
        .otherwise(_settles(rule, differs))
        .alias("settles_it"),
    )


def _shown(value: pl.Expr, unit: str) -> pl.Expr:
    """A measured value or limit in its unit, six places: money and ratios are held in units, counts as they are."""
    return yuan_six(value if unit not in _COUNT_UNITS else value * 10**8)


def _sentence(rule: Rule) -> pl.Expr:
    said = pl.col("outcome").replace_strict(_OUTCOME_ZH, return_dtype=pl.String)
    if not rule.unit:
        return pl.format(f"{rule.question_zh}：{{}}", said)
    measured = pl.format(f"，实测{{}}{rule.unit}", _trim(pl.col("measured"))).fill_null("")
    limit = pl.format(f"，限值{{}}{rule.unit}", _trim(pl.col("limit_value"))).fill_null("")
    return pl.format(f"{rule.question_zh}：{{}}{{}}{{}}", said, measured, limit)


def _trim(value: pl.Expr) -> pl.Expr:
    return value.cast(pl.String).str.replace(r"\.?0+$", "")


def _settles(rule: Rule, differs: pl.Expr) -> pl.Expr:
    room = (pl.col("measured") - pl.col("limit_value")).abs()
    gap = pl.lit(None, dtype=pl.String)
    if rule.unit in (*_MONEY_UNITS, *_COUNT_UNITS):
        gap = pl.format(f"与限值相差{{}}{rule.unit}；当事人可就证据行提出异议并举证", _trim(room))
    parameters = "、".join(rule.parameters) or rule.rule_id
    return (
        pl.when(differs)
        .then(pl.lit("结论取决于C级匹配行或异议行，请工作人员核实该行是否属于本人"))
        .when((pl.col("cause") & int(Cause.REVIEW)) != 0)
        .then(pl.lit("请工作人员核实经营主体是否实际经营及其收益"))
        .when((pl.col("cause") & int(Cause.PARAMETER)) != 0)
        .then(pl.lit(f"请在规则包中补充参数：{parameters}"))
        .when((pl.col("cause") & int(Cause.DATA)) != 0)
        .then(pl.coalesce("waiting", pl.lit("请补充缺失的数据项")))
        .when(pl.col("outcome") == -1)
        .then(gap)
    )


def _differing(worlds: Worlds, rule: Rule) -> pl.DataFrame:
    """app, differs: whether a world of doubtful lines answers otherwise."""
    name = f"answer:{rule.rule_id}"
    base = worlds.base.select("app", outcome_of(pl.col(name)).alias("stands"))
    parts = [
        world.select("app", outcome_of(pl.col(name)).alias("otherwise")).join(base, on="app")
        for world in (worlds.with_c, worlds.uncontested, worlds.bare)
    ]
    return (
        pl.concat(parts)
        .group_by("app")
        .agg(pl.col("otherwise").ne_missing(pl.col("stands")).any().alias("differs"))
    )


def _cited(case: CaseFile, rule: Rule) -> pl.DataFrame:
    """Pack and citation of the first of the rule's parameters that is in force."""
    cited = case.terms.cited
    if "standard" in rule.parameters:
        by_app = case.applications.select("app", "urban_rural").join(
            case.terms.values.select("app", "term"), on="app"
        )
        key = pl.concat_str(pl.lit("standard."), "urban_rural").alias("key")
        return (
            by_app.with_columns(key)
            .join(cited, on=["term", "key"], how="inner")
            .select("app", "pack_id", "source")
        )
    order = {key: place for place, key in enumerate(rule.parameters)}
    return (
        cited.filter(pl.col("key").is_in(list(order)))
        .sort("term", pl.col("key").replace_strict(order, return_dtype=pl.Int32, default=99))
        .unique("term", keep="first", maintain_order=True)
        .select("term", "pack_id", "source")
    )


def _evidence_by_topic(decisive: pl.DataFrame) -> pl.DataFrame:
    topics = pl.DataFrame(
        [
            (topic, quantity)
            for topic, quantities in TOPIC_QUANTITIES.items()
            for quantity in quantities
        ],
        schema={"topic": pl.String(), "quantity": pl.String()},
        orient="row",
    )
    return (
        decisive.join(topics, on="quantity")
        .group_by("app", "topic")
        .agg(pl.col("evidence_id").unique().sort().alias("evidence_ids"))
    )


def _silence_by_topic(case: CaseFile) -> pl.DataFrame:
    """app, topic, waiting: which deliveries and which banks are waited for."""
    needs = pl.DataFrame(
        [
            (topic, dataset, DATASETS[dataset].title_zh)
            for topic, datasets in _TOPIC_DATASETS.items()
            for dataset in dict.fromkeys((*datasets, *_HEADCOUNT))
        ],
        schema={"topic": pl.String(), "dataset": pl.String(), "title": pl.String()},
        orient="row",
    )
    late = (
        case.states.filter(pl.col("state") != "fresh")
        .join(needs, on="dataset")
        .select("app", "topic", pl.col("title").alias("who"))
    )
    unanswered = case.receipts.filter(pl.col("state").is_in(["found", "none"]).not_())
    banks = unanswered.select(
        "app",
        pl.lit("financial").alias("topic"),
        pl.format("银行机构{}", "institution_code").alias("who"),
    )
    asked = case.receipts.select("app", "person").unique()
    never = (
        case.seats.filter((pl.col("role") == "member") & pl.col("newborn").not_())
        .join(asked, on=["app", "person"], how="anti")
        .select("app", pl.lit("financial").alias("topic"), pl.lit("银行（尚未查询）").alias("who"))
    )
    return (
        pl.concat([late, banks, never])
        .group_by("app", "topic")
        .agg(pl.col("who").unique().sort().str.join("、").alias("who"))
        .select("app", "topic", pl.format("待补充或答复：{}", "who").alias("waiting"))
    )
