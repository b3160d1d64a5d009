"""How persons are told: who is counted, the 特困 person, the obligors, the single person, aid already given, other programmes that cover."""

from __future__ import annotations

import polars as pl

from household.rules.library import people, temporary
from household.rules.persons import TEKUN_AGE
from household.rules.programmes import NOT_COVERED, PROGRAMMES, TITLES
from household.rules.rule import Cause, answer_column, has_cause, outcome_of
from household.telling.assets import ASSETS
from household.telling.ground import COVERS, closed_column
from household.telling.incomes import HEADS, INCOMES
from household.telling.lacking import AGE, CAPABLE, OBLIGOR
from household.telling.telling import Telling, Wanted, wants
from household.telling.waiting import waiting_column
from household.telling.words import only, told, yuan_text

CERTIFICATES = waiting_column("certificate_silent")
_OF_COVERS = INCOMES | ASSETS
_PERSONS = pl.col("persons")
_LEFT_OUT = pl.format("不计入：{}", "left_out")

_HOUSEHOLD = Telling(
    told(pl.format("计入{}人", _PERSONS), _LEFT_OUT, between="；"),
    turns=pl.lit(
        "花名册成员均因死亡、在押登记不计入：查实其中任一登记有误（同名、录入错误），本项即转为通过"
    ),
    waits=(only(pl.col("no_roster"), "社会救助审批系统“家庭成员及法定义务人”未送达该申请的成员"),),
)
_ALONE = Telling(
    told(pl.format("计入{}人", _PERSONS), _LEFT_OUT, between="；"),
    turns=pl.format(
        "特困供养以一人为一户：查实其余{}人不是共同生活家庭成员，本项才转为通过", _PERSONS - 1
    ),
    waits=(HEADS,),
)


def _tekun_person() -> Telling:
    no, age = pl.col("only_no"), pl.col("only_age")
    old, young = age >= TEKUN_AGE, age < pl.col("tekun_minor_age")
    fits = (
        pl.when(old.fill_null(value=False))
        .then(pl.lit(f"，已满{TEKUN_AGE}周岁"))
        .when(young.fill_null(value=False))
        .then(pl.format("，未满{}周岁", "tekun_minor_age"))
        .when(pl.col("tekun_person"))
        .then(pl.lit("，有规定类别等级的有效残疾证"))
        .otherwise(pl.lit("，未查到规定类别等级的有效残疾证"))
    )
    how = pl.coalesce(
        pl.format("第{}位成员{}周岁{}", no, age, fits), pl.format("第{}位成员年龄不明{}", no, fits)
    )
    years = only(
        (age < TEKUN_AGE) & young.not_(),
        pl.format(f"距年满{TEKUN_AGE}周岁不足{{}}年", TEKUN_AGE - age),
    )
    return Telling(
        how,
        turns=told(
            pl.lit(
                "查实有智力、精神1至3级，肢体1至2级或视力1级的有效残疾证，或查实年龄登记有误，本项才转为通过"
            ),
            years,
        ),
        waits=(CERTIFICATES, AGE),
        more=pl.when(age.is_null())
        .then(pl.lit("查到规定类别等级的有效残疾证或年龄符合则通过，否则不通过"))
        .otherwise(pl.lit("查到规定类别等级的有效残疾证则通过，否则不通过")),
        wanted=(wants("tekun.minor_age"),),
    )


def _obligors() -> Telling:
    able = pl.col(CAPABLE)
    per_head = yuan_text(pl.col("income_disposable_last_year") // 12)
    how = told(
        pl.when(pl.col("obligors_capable") > 0)
        .then(pl.format("未见{}不具备履行能力的情形", able))
        .otherwise(pl.lit("未查到具备履行能力的法定义务人")),
        only(
            pl.col("obligors_capable") > 0,
            pl.format("人均收入线{}元/月（上年人均可支配收入÷12）", per_head),
        ),
        between="，",
    )
    what = "享受特困供养，或年满60周岁享受低保，或年满70周岁、重度残疾（含三级智力精神）且家庭人均收入低于该线，或死亡、在押"
    return Telling(
        how,
        turns=pl.format("逐一查实{}属于无履行能力情形（" + what + "），本项才转为通过", able),
        waits=(HEADS, CERTIFICATES, OBLIGOR),
        more=only(
            pl.col("obligors_capable") > 0,
            pl.format("未送达数据中没有{}死亡、在押或重度残疾的记录，则不通过", able),
        ),
        wanted=(wants("income.disposable_last_year", when=pl.col("obligors_unruled")),),
    )


def _single_person() -> Telling:
    kinds = "1至2级残疾、三级智力或精神残疾的有效残疾证，或重病"
    return Telling(
        pl.when(pl.col("single_person_found"))
        .then(pl.format("第{}位成员符合", "single_person_no"))
        .otherwise(pl.lit("未查到符合的成员")),
        turns=pl.lit(f"查实任一计入成员有{kinds}，本项才转为通过"),
        waits=(CERTIFICATES,),
        more=pl.lit(f"查到任一计入成员有{kinds}则通过，否则不通过"),
    )


def _not_covered() -> Telling:
    """Which of the two programmes covers the household, and what the answers of their rules wait for."""
    covering: list[pl.Expr] = []
    undecided: list[pl.Expr] = []
    waits: list[pl.Expr] = []
    wanted: dict[str, Wanted] = {}
    for name in COVERS:
        rules = PROGRAMMES[name]
        outcomes = [outcome_of(answer_column(rule)) for rule in rules]
        passed = pl.all_horizontal((o == 1) | o.is_null() for o in outcomes)
        covering.append(only(passed, f"{TITLES[name]}各项条件均通过"))
        questions: list[pl.Expr] = []
        for rule in rules:
            answer, telling = answer_column(rule), _OF_COVERS[rule.rule_id]
            here = pl.col(closed_column(name)).not_() & (outcome_of(answer) == 0)
            questions.append(only(here, f"“{rule.question_zh}”"))
            silent = here & has_cause(answer, Cause.DATA)
            waits += [
                only(silent, w if isinstance(w, pl.Expr) else pl.col(w)) for w in telling.waits
            ]
            for want in telling.wanted:
                lacking = want.lacking & here & has_cause(answer, Cause.PARAMETER)
                if want.key in wanted:
                    lacking |= wanted[want.key].lacking
                wanted[want.key] = Wanted(want.key, lacking, want.name)
        undecided.append(pl.format(f"{TITLES[name]}的{{}}", told(*questions, between="")))
    still_open = told(*undecided, between="，")
    each = pl.concat_list(waits).list.drop_nulls().list.unique(maintain_order=True)
    return Telling(
        pl.coalesce(
            told(*covering, between="，"),
            pl.format("取决于尚待定的{}", still_open),
            pl.lit("低保、低保边缘均有条件不通过"),
        ),
        turns=pl.lit(
            "已符合低保或低保边缘条件，按该类别核对；其中任一条件经核实不成立，本项才转为通过"
        ),
        waits=(each.list.join("；"),),
        review=pl.format("先由工作人员查清{}", still_open),
        wanted=tuple(wanted.values()),
    )


def _same_cause() -> Telling:
    months = pl.col("temp_repeat_months")
    again = pl.col("granted_on").dt.offset_by(pl.format("{}mo", months))
    found = pl.format("同一事由最近一次于{}发放，间隔期{}个月", "granted_on", months)
    return Telling(
        pl.when(pl.col("grant_found"))
        .then(pl.coalesce(found, pl.lit("间隔期内有同一事由的发放记录")))
        .otherwise(pl.lit("间隔期内无同一事由的发放记录")),
        turns=told(
            pl.lit("查实该次救助不属同一事由或未发放，本项才转为通过"),
            pl.format("{}之后再申请则不受此限", again),
        ),
        wanted=(wants("temp.repeat_months"),),
    )


PEOPLE: dict[str, Telling] = {
    people.HOUSEHOLD.rule_id: _HOUSEHOLD,
    people.ALONE.rule_id: _ALONE,
    people.TEKUN_PERSON.rule_id: _tekun_person(),
    people.OBLIGORS.rule_id: _obligors(),
    people.SINGLE_PERSON.rule_id: _single_person(),
    NOT_COVERED.rule_id: _not_covered(),
    **{rule.rule_id: _same_cause() for rule in temporary.SAME_CAUSE.values()},
}
