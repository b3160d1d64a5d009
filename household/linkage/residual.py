"""Tier C: rows without a usable number, compared with people of the same name (assessment §3).

Only what the numbers left over is looked at: rows whose number is missing, masked or damaged, and, for people whose own number
is missing or damaged, rows born on their day. A row is accepted when its weights reach ACCEPT and no other person of the roster
or of the household register fits as well. Nothing accepted here decides alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.identity.names import normal_names
from household.identity.numbers import key_birth, key_sex, number_keys, number_text
from household.linkage import levels
from household.linkage.pinyin import sounds

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.linkage.known import Known
    from household.linkage.subjects import Subject
    from household.roster import Roster


def people_by_name(roster: Roster, known: Known) -> pl.DataFrame:
    """Roster people as comparison partners: person, normal, former, number (18 characters or as stated), key, birth, sex, sound."""
    people = (
        known.names.join(roster.persons.filter(pl.col("in_roster")), on="person", how="inner")
        .join(known.stated, on="person", how="left")
        .with_columns(
            pl.coalesce(number_text(pl.col("key")), pl.col("bad_numbers").list.first()).alias(
                "number"
            ),
            pl.coalesce(key_birth(pl.col("key")), pl.col("births").list.first()).alias("birth"),
            pl.coalesce(pl.col("sexes").list.first(), key_sex(pl.col("key"))).alias("sex"),
        )
        .select("person", "normal", "former", "key", "number", "birth", "sex")
    )
    return people.with_columns(sounds(people["normal"]).alias("sound"))


def rivals_by_name(extracts: Extracts, names: pl.Series) -> pl.DataFrame:
    """People of the household register who bear one of the names: normal, key, number, birth, sex."""
    register = (
        extracts.rows("public_security.population")
        .select("name", pl.col("id_no__key").alias("key"), "birth_date", "sex")
        .filter(pl.col("key").is_not_null())
        .collect()
    )
    register = register.with_columns(normal_names(register["name"]).alias("normal")).filter(
        pl.col("normal").is_in(names.unique().implode())
    )
    return register.select(
        "normal",
        "key",
        number_text(pl.col("key")).alias("number"),
        key_birth(pl.col("key")).alias("birth"),
        pl.coalesce("sex", key_sex(pl.col("key"))).alias("sex"),
    )


def residual_rows(
    extracts: Extracts, subject: Subject, people: pl.DataFrame, taken: pl.Series
) -> pl.DataFrame:
    """Rows of a dataset that the model has to look at: core frame with `row`, `normal`, `sent`, `row_birth`, `row_sex`.

    `taken` are the keys that already mean a known person; such a row is nobody else's.
    """
    key = pl.col(subject.key)
    wanted = key.is_null()
    keyless = people.filter(pl.col("key").is_null())
    if len(keyless):
        mine = key.is_in(_keys_within_a_slip(keyless["number"]).implode())
        same_day = (key // 1000 % 100_000_000).is_in(_days(keyless).implode())
        wanted = wanted | ((mine | same_day) & key.is_in(taken.implode()).not_())
    rows = (
        extracts.rows(subject.dataset).filter(wanted & pl.col(subject.name).is_not_null()).collect()
    )
    rows = rows.with_columns(normal_names(rows[subject.name]).alias("normal")).filter(
        pl.col("normal").is_not_null()
    )
    sent = pl.coalesce(number_text(key), pl.col(subject.number)).fill_null("")
    rows = rows.with_row_index("row").with_columns(sent.alias("sent"))
    inside = birth_inside(pl.col("sent"))
    stated_birth = pl.col(subject.birth) if subject.birth else pl.lit(None, dtype=pl.Date)
    stated_sex = pl.col(subject.sex) if subject.sex else pl.lit(None, dtype=pl.String)
    return rows.with_columns(
        pl.coalesce(stated_birth, inside).alias("row_birth"),
        pl.coalesce(stated_sex, key_sex(key)).alias("row_sex"),
    )


def birth_inside(number: pl.Expr) -> pl.Expr:
    """The birth date that can be read in a number of 18 characters, whatever its check digit says."""
    full = number.str.len_chars() == 18
    return pl.when(full).then(number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False))


def _days(keyless: pl.DataFrame) -> pl.Series:
    """Birth dates of people without a usable number, as stated and as their number has it, written yyyymmdd."""
    born = keyless.select(
        pl.concat_list("birth", birth_inside(pl.col("number"))).list.drop_nulls().alias("day")
    )
    return born["day"].explode().drop_nulls().dt.strftime("%Y%m%d").cast(pl.Int64).unique()


def _keys_within_a_slip(numbers: pl.Series) -> pl.Series:
    """Keys of valid numbers that differ from a damaged one by one digit or two neighbours changed about, inside its birth date.

    A slip elsewhere leaves the birth date standing, by which such rows are found anyway.
    """
    candidates = []
    for number in numbers.drop_nulls().unique().sort():
        if len(number) != 18:
            continue
        for i in range(6, 14):
            candidates += [number[:i] + digit + number[i + 1 :] for digit in "0123456789"]
            candidates.append(number[:i] + number[i + 1] + number[i] + number[i + 2 :])
    return number_keys(pl.Series(candidates, dtype=pl.String)).drop_nulls().unique()


def link_residual(
    extracts: Extracts,
    subject: Subject,
    people: pl.DataFrame,
    rivals: pl.DataFrame,
    taken: pl.Series,
) -> pl.DataFrame:
    """Rows accepted at tier C, or near enough for a clerk (tier D).

    Returns:
        The dataset's core frame with `person`, `tier`, `score` (posterior probability) and `note` (levels, weights, repair).
    """
    rows = residual_rows(extracts, subject, people, taken)
    usable = pl.col(subject.key)
    candidates = _pairs(rows, people, usable)
    scored = _score(candidates).filter(pl.col("weight") >= levels.REVIEW)
    best = scored.sort("weight", descending=True).unique(
        ["row", "person"], keep="first", maintain_order=True
    )
    facing = (
        _score(_rival_pairs(rows, rivals, best, usable))
        .group_by("row")
        .agg(pl.col("weight").max().alias("rival"))
    )
    ranked = (
        best.with_columns(
            pl.when(pl.len().over("row") > 1)
            .then(pl.col("weight").top_k(2).min().over("row"))
            .alias("second"),
            pl.col("weight").max().over("row").alias("top"),
        )
        .filter(pl.col("weight") == pl.col("top"))
        .join(facing, on="row", how="left")
    )
    runner_up = pl.max_horizontal("second", "rival")
    alone = (runner_up < pl.col("weight")).fill_null(value=True) & _nobody_else(people, rivals)
    decided = ranked.with_columns(
        pl.when(alone & (pl.col("weight") >= levels.ACCEPT))
        .then(pl.lit("C"))
        .otherwise(pl.lit("D"))
        .alias("tier"),
        pl.col("weight").map_elements(levels.probability, return_dtype=pl.Float64).alias("score"),
        pl.concat_str(
            pl.col("note"), pl.format("; runner_up={}", runner_up.round(1)), ignore_nulls=True
        ).alias("note"),
    ).select("row", "person", "tier", "score", "note")
    return (
        rows.join(decided, on="row", how="inner").rename({"normal": "row_name"}).drop("row", "sent")
    )


def _nobody_else(people: pl.DataFrame, rivals: pl.DataFrame) -> pl.Expr:
    """False for people without a usable number of whose name and birth date the register knows two or more."""
    namesakes = rivals.group_by("normal", "birth").agg(pl.col("key").n_unique().alias("fits"))
    doubtful = (
        people.filter(pl.col("key").is_null())
        .join(namesakes, on=["normal", "birth"], how="inner")
        .filter(pl.col("fits") > 1)["person"]
    )
    by_birth = pl.col("note").str.contains(
        "birth_equal"
    )  # digits that agree tell namesakes of one day apart
    return (pl.col("person").is_in(doubtful.implode()) & by_birth).not_()


def _pairs(rows: pl.DataFrame, people: pl.DataFrame, usable: pl.Expr) -> pl.DataFrame:
    """Row and person of one name, or of one sound. Two different valid numbers are two people, never a pair."""
    left = rows.select(
        "row", "normal", "sent", "row_birth", "row_sex", usable.is_not_null().alias("valid")
    )
    same = left.join(people, on="normal", how="inner").with_columns(
        pl.when("former")
        .then(levels.NAME_FORMER)
        .otherwise(levels.NAME_EQUAL)
        .alias("name_weight"),
        pl.when("former")
        .then(pl.lit("name_former"))
        .otherwise(pl.lit("name_equal"))
        .alias("name_level"),
    )
    voiced = left.with_columns(sounds(left["normal"]).alias("sound"))
    alike = (
        voiced.join(people, on="sound", how="inner", suffix="_person")
        .filter(
            pl.col("normal") != pl.col("normal_person"),
            pl.col("normal").str.len_chars() == pl.col("normal_person").str.len_chars(),
        )
        .with_columns(
            pl.lit(levels.NAME_HOMOPHONE).alias("name_weight"),
            pl.lit("name_homophone").alias("name_level"),
        )
    )
    columns = [
        "row",
        "person",
        "sent",
        "number",
        "row_birth",
        "birth",
        "row_sex",
        "sex",
        "name_weight",
        "name_level",
        "valid",
        "key",
    ]
    return pl.concat([same.select(columns), alike.select(columns)]).filter(
        (pl.col("valid") & pl.col("key").is_not_null()).not_(), _worth_comparing()
    )


def _rival_pairs(
    rows: pl.DataFrame, rivals: pl.DataFrame, best: pl.DataFrame, usable: pl.Expr
) -> pl.DataFrame:
    """The candidate rows against everybody else of their name in the household register."""
    taken = best.select("row").unique()
    mine = best.select("row", "key")
    return (
        rows.select(
            "row", "normal", "sent", "row_birth", "row_sex", usable.is_not_null().alias("valid")
        )
        .filter(pl.col("valid").not_())
        .join(taken, on="row", how="semi")
        .join(rivals, on="normal", how="inner")
        .join(mine, on=["row", "key"], how="anti")
        .with_columns(
            pl.lit(0, dtype=pl.UInt32).alias("person"),
            pl.lit(levels.NAME_EQUAL).alias("name_weight"),
            pl.lit("name_equal").alias("name_level"),
        )
        .filter(_worth_comparing())
    )


def _worth_comparing() -> pl.Expr:
    """A cheap necessary condition of every level that can reach the threshold."""
    sent, number = pl.col("sent"), pl.col("number")
    before, after = sent.str.extract(r"^([^*]*)\*"), sent.str.extract(r"\*([^*]*)$")
    masked = number.str.starts_with(before) & number.str.ends_with(after)
    head = sent.str.slice(0, 8) == number.str.slice(0, 8)
    tail = sent.str.slice(-8) == number.str.slice(-8)
    born = pl.col("row_birth") == pl.col("birth")
    whole = sent.str.contains("*", literal=True).not_()
    return pl.any_horizontal(
        [c.fill_null(value=False) for c in (masked, whole & (head | tail), born)]
    )


def _score(pairs: pl.DataFrame) -> pl.DataFrame:
    """Weights and words of each pair: row, person, key, weight, note."""
    out = []
    for pair in pairs.iter_rows(named=True):
        number = levels.compare_numbers(pair["sent"], pair["number"] or "")
        found = [number]
        if number.weight <= 0:  # digits that agree already say the birth date
            found.append(levels.compare_births(pair["row_birth"], pair["birth"]))
            found.append(levels.compare_sexes(pair["row_sex"], pair["sex"]))
        weight = pair["name_weight"] + sum(level.weight for level in found)
        words = [f"{pair['name_level']}{pair['name_weight']:+.1f}"]
        words += [f"{level.word}{level.weight:+.1f}" for level in found if level.weight]
        if number.repairs:
            words.append("repair=the number of this person")
        out.append((pair["row"], pair["person"], pair["key"], weight, " ".join(words)))
    schema = {
        "row": pl.UInt32(),
        "person": pl.UInt32(),
        "key": pl.Int64(),
        "weight": pl.Float64(),
        "note": pl.String(),
    }
    return pl.DataFrame(out, schema=schema, orient="row")
