"""Who there is: the household itself, the 特困 person, the single person, the obligors."""

from __future__ import annotations

import polars as pl

from household.rules.rule import FAIL, NOT_APPLICABLE, PASS, Cause, Rule, unknown, unruled

_persons = pl.col("persons")
_BOTH = unknown(Cause.PARAMETER | Cause.DATA)
_CAPABLE = pl.col("obligors_capable") > 0
_FOR_SURE = pl.col("obligors_capable") > pl.col("obligors_hinging")
_CERTIFICATE_SILENT, _N_SILENT = pl.col("certificate_silent"), pl.col("n_silent")
_NO_LINE = pl.col("obligors_unruled") | (_CERTIFICATE_SILENT & pl.col("obligors_hinging_unruled"))
_heads = _persons.cast(pl.Int128)

HOUSEHOLD = Rule(
    "household.empty",
    "家庭是否有计入人口",
    # A roster of which nothing arrived is silence, not an empty household.
    pl.when(_persons > 0)
    .then(PASS)
    .when(pl.col("no_roster"))
    .then(unknown(Cause.DATA))
    .otherwise(FAIL),
    "absence",
    unit="人",
    measured=_heads,
    law="民发〔2021〕57号 第七条",
)
ALONE = Rule(
    "tekun.alone",
    "是否只有一名计入人口",
    pl.when(pl.col("n_silent"))
    .then(unknown(Cause.DATA))
    .when(_persons == 1)
    .then(PASS)
    .otherwise(FAIL),
    "absence",
    unit="人",
    measured=_heads,
    limit=pl.lit(1, dtype=pl.Int128),
    law="民发〔2021〕43号 第四条",
)
TEKUN_PERSON = Rule(
    "tekun.person",
    "是否年满60周岁、未成年或属规定的残疾类别等级",
    pl.when(_persons != 1)
    .then(NOT_APPLICABLE)
    .when(pl.col("tekun_person"))
    .then(PASS)
    .when(pl.col("certificate_silent") | pl.col("age_unknown"))
    .then(unknown(Cause.DATA))
    .when(pl.col("tekun_age_unruled"))
    .then(unknown(Cause.PARAMETER))
    .otherwise(FAIL),
    "certificate",
    parameters=("tekun.minor_age",),
    law="民发〔2021〕43号 第五条",
)
OBLIGORS = Rule(
    "tekun.obligors",
    "是否没有具备履行能力的法定义务人",
    # Silence can only take capability away: a death or a custody not seen would, and a certificate where the income would pass.
    pl.when(_CAPABLE & (_N_SILENT | (_CERTIFICATE_SILENT & _FOR_SURE.not_())))
    .then(pl.when(_NO_LINE).then(_BOTH).otherwise(unknown(Cause.DATA)))
    .when(_CAPABLE)
    .then(FAIL)
    .when(pl.col("obligors_unruled"))
    .then(unruled(pl.col("obligors_unknown") | _N_SILENT))
    .when(pl.col("obligors_unknown"))
    .then(unknown(Cause.DATA))
    .otherwise(PASS),
    "obligor",
    unit="人",
    measured=pl.col("obligors_capable").cast(pl.Int128),
    limit=pl.lit(0, dtype=pl.Int128),
    parameters=("income.disposable_last_year",),
    law="民发〔2021〕43号 第八条",
)
SINGLE_PERSON = Rule(
    "single_person.person",
    "计入人口中是否有重度残疾、三级智力精神残疾或重病人员",
    pl.when(pl.col("single_person_found"))
    .then(PASS)
    .when(pl.col("certificate_silent"))
    .then(unknown(Cause.DATA))
    .otherwise(FAIL),
    "certificate",
    law="民发〔2021〕57号 第八条",
)
