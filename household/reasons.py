"""Reasons: every rule of every suggestion told in words, with its figures, its citation, its evidence and what would settle it.

A reason never names a person. It says what was asked, what came out, how far from the limit it is, and who could change it. What is said of
each rule stands in `household.telling`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.rules.answers import shown
from household.rules.library.people import HOUSEHOLD
from household.rules.programmes import PROGRAMMES, all_rules
from household.rules.rule import Cause, answer_column, cause_of, has_cause, outcome_of
from household.telling.assets import ASSETS
from household.telling.doubts import CENTRAL, OUTCOMES_ZH, doubt_words, in_doubt, turned
from household.telling.ground import ground
from household.telling.incomes import INCOMES
from household.telling.people import PEOPLE
from household.telling.signing import MEMBERS, OBLIGORS
from household.telling.spendings import SPENDINGS
from household.telling.telling import settled_by
from household.telling.topics import evidence_column, topic_of
from household.telling.words import only, told

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.rules.rule import Rule
    from household.rules.worlds import Worlds
    from household.telling.telling import Telling

TELLINGS: dict[str, Telling] = INCOMES | ASSETS | PEOPLE | SPENDINGS
"""What is said of each rule."""

_OUTCOME = {1: "pass", 0: "unknown", -1: "fail"}
_CENTRAL = "核算期部分月份未规定中央基础养老金是否计入收入（income.exclude_central_basic），{}随之不同：请在规则包中规定"
_TURNS, _PAYS = _CENTRAL.format("本项"), _CENTRAL.format("金额")
_PAYING = ("dibao.income", "rigid.deducted", "temp_expenditure.threshold")
"""The rules beside which it is told that an amount waits for a parameter."""


def reasons(
    case: CaseFile, worlds: Worlds, verdicts: pl.DataFrame, decisive: pl.DataFrame
) -> pl.DataFrame:
    """Rows of `verdict_reason` for every verdict, in no order.

    Args:
        verdicts: app, programme, verdict_id, suggestion, persons_counted, all_signed (see `verdicts.verdict_rows`).
        decisive: see `evidence.decisive`.
    """
    rules = all_rules()
    frame = ground(case, worlds, decisive, rules)
    said = _said(case, frame, rules)
    rows = []
    for programme, asked in PROGRAMMES.items():
        mine = frame.select(
            "app", _signatures(programme).alias("signatures"), f"{CENTRAL}:asked"
        ).join(
            verdicts.filter(pl.col("programme") == programme).select(
                "app", "verdict_id", "suggestion", "persons_counted", "all_signed"
            ),
            on="app",
            how="left",
            maintain_order="left",
        )
        rows += [
            _rows(rule, said[rule.rule_id], mine, seq=seq)
            for seq, rule in enumerate((HOUSEHOLD, *asked), start=1)
        ]
    return pl.concat(rows).collect()


def _said(case: CaseFile, frame: pl.DataFrame, rules: tuple[Rule, ...]) -> dict[str, pl.DataFrame]:
    """What each rule says of every application, row by row beside `frame`; `outcome` is null where it is not asked."""
    asked = pl.collect_all([frame.lazy().select(_answered(rule)) for rule in rules])
    words = _settled(frame, list(zip(rules, asked, strict=True)))
    told_rules = {}
    for rule, answers in zip(rules, asked, strict=True):
        cited = _cited(case, rule)
        on = ["app"] if "app" in cited.columns else ["term"]
        told_rules[rule.rule_id] = answers.join(
            cited, on=on, how="left", maintain_order="left"
        ).with_columns(words[rule.rule_id])
    return told_rules


def _answered(rule: Rule) -> list[pl.Expr]:
    answer = answer_column(rule)
    return [
        pl.col("term"),
        pl.col("app"),
        outcome_of(answer).alias("outcome"),
        shown(rule.measured, rule.unit).alias("measured"),
        shown(rule.limit, rule.unit).alias("limit_value"),
        _sentence(rule).alias("text_zh"),
        in_doubt(rule).alias("doubtful"),
        turned(rule, CENTRAL).alias("central"),
        pl.col(evidence_column(topic_of(rule))).alias("evidence_ids"),
    ]


def _sentence(rule: Rule) -> pl.Expr:
    said = outcome_of(answer_column(rule)).replace_strict(OUTCOMES_ZH, return_dtype=pl.String)
    so_far = pl.when(has_cause(answer_column(rule), Cause.DATA)).then(pl.lit("按已到数据，"))
    how = pl.format("。{}{}", so_far.otherwise(pl.lit("")), TELLINGS[rule.rule_id].how)
    return pl.format(f"{rule.question_zh}：{{}}{{}}", said, how.fill_null(""))


def _settled(frame: pl.DataFrame, asked: list[tuple[Rule, pl.DataFrame]]) -> dict[str, pl.Series]:
    """What would settle each answer, by rule. Most answers pass and need no words: each part is put into words only where it is said."""
    wanted: list[tuple[str, pl.Series, pl.Expr]] = []
    for rule, answers in asked:
        telling, outcome = TELLINGS[rule.rule_id], answers["outcome"]
        cause = cause_of(answer_column(rule))
        wanted += [
            (rule.rule_id, answers["doubtful"], doubt_words(rule)),
            (rule.rule_id, outcome == 0, settled_by(telling, cause)),
            (rule.rule_id, outcome == -1, telling.turns),
            (rule.rule_id, answers["central"], pl.lit(_TURNS)),
        ]
    wanted = [(rule_id, rows.fill_null(value=False), words) for rule_id, rows, words in wanted]
    wanted = [(rule_id, rows, words) for rule_id, rows, words in wanted if rows.any()]
    found = [
        frame.lazy().filter(rows).select(words.alias("said")).collect() for _, rows, words in wanted
    ]
    parts: dict[str, list[pl.Series]] = {rule.rule_id: [] for rule, _ in asked}
    silent = pl.Series([None], dtype=pl.String).new_from_index(0, len(frame))
    for (rule_id, rows, _), words in zip(wanted, found, strict=True):
        parts[rule_id].append(silent.clone().scatter(rows.arg_true(), words["said"]))
    return {
        rule_id: pl.select(told(*map(pl.lit, said)) if said else pl.lit(silent))
        .to_series()
        .alias("settles_it")
        for rule_id, said in parts.items()
    }


def _rows(rule: Rule, said: pl.DataFrame, mine: pl.DataFrame, *, seq: int) -> pl.LazyFrame:
    """The rows of one rule and programme. `mine`: app, verdict_id, suggestion, persons_counted, signatures, central_out:asked, in the frame's order."""
    if rule is HOUSEHOLD:
        said = _of_roster(said, mine)
    rows = pl.concat([mine, said.drop("app")], how="horizontal").lazy()
    # An application that may not be read says so, and gives no figures.
    hidden = pl.col("suggestion") == "not_authorised"
    amount_waits = only(
        (pl.col("suggestion") == "parameter_missing")
        & pl.col(f"{CENTRAL}:asked")
        & (pl.col("outcome") == 1)
        & pl.col("central").not_(),
        _PAYS if rule.rule_id in _PAYING else pl.lit(None, dtype=pl.String),
    )
    sure = (pl.col("outcome") != 0) & pl.col("doubtful").not_() & pl.col("central").not_()
    return rows.filter(pl.col("outcome").is_not_null()).select(
        "verdict_id",
        pl.lit(seq, dtype=pl.Int64).alias("seq"),
        pl.lit(rule.rule_id).alias("rule_id"),
        pl.when(hidden)
        .then(pl.lit("unknown"))
        .otherwise(pl.col("outcome").replace_strict(_OUTCOME, return_dtype=pl.String))
        .alias("outcome"),
        (sure & hidden.not_()).alias("certain"),
        pl.when(hidden.not_()).then("measured").alias("measured"),
        "limit_value",
        pl.lit(rule.unit or None, dtype=pl.String).alias("unit"),
        "pack_id",
        pl.coalesce(
            only(pl.col("source") != "", pl.col("source")),
            pl.lit(rule.law or None, dtype=pl.String),
        ).alias("source_document"),
        pl.when(hidden)
        .then(pl.lit(f"{rule.question_zh}：待定。未获授权，未读取数据"))
        .otherwise("text_zh")
        .alias("text_zh"),
        pl.when(hidden.not_()).then("evidence_ids").fill_null([]).alias("evidence_ids"),
        pl.when(hidden)
        .then("signatures")
        .otherwise(told("settles_it", amount_waits))
        .alias("settles_it"),
    )


def _of_roster(said: pl.DataFrame, mine: pl.DataFrame) -> pl.DataFrame:
    """Aid in an emergency counts the roster where not everybody signed, as its verdict does: nothing is told of who is not counted."""
    unsigned = mine["all_signed"].not_()
    heads = mine.select(shown(pl.col("persons_counted").cast(pl.Int128), HOUSEHOLD.unit))
    text = mine.select(
        pl.format(
            f"{HOUSEHOLD.question_zh}：通过。花名册{{}}人；未获全部授权，按花名册计",
            "persons_counted",
        )
    )
    passed = unsigned & (said["outcome"] == 1)
    return said.with_columns(
        heads.to_series().alias("measured"),
        said["text_zh"].zip_with(passed.fill_null(value=False).not_(), text.to_series()),
    )


def _signatures(programme: str) -> pl.Expr:
    """Obligors are asked for 特困, and elsewhere only where their support is imputed (assessment §2)."""
    obligors = pl.col(OBLIGORS)
    if programme != "tekun":
        obligors = only(pl.col("support_method").is_not_null(), obligors)
    return pl.format("补齐授权书：{}", told(MEMBERS, obligors, between="、"))


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
