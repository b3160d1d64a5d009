"""The corpus of linkage: its truth fits its texts, its rates are the stated ones, its bytes the seed's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pytest

from household.identity.numbers import number_keys
from synthetic.linkage import SOURCES, write_corpus
from synthetic.linkage.fields import ADDRESS, BIRTH, PHONE
from synthetic.linkage.misnaming import CHANNELS as NAME_CHANNELS
from synthetic.linkage.numbering import CHANNELS as NUMBER_CHANNELS
from synthetic.linkage.numbering import HARD
from synthetic.linkage.rates import REGISTERS, ROSTER, Rates
from synthetic.linkage.registers import FIELDS, ONE_ROW_EACH
from synthetic.mistyping import PLACEHOLDERS

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE, ROWS = 4_000, 20_000
NOISE = {
    "number_noise": NUMBER_CHANNELS,
    "name_noise": NAME_CHANNELS,
    "birth_noise": BIRTH,
    "phone_noise": PHONE,
    "address_noise": ADDRESS,
    "sex_noise": ("sex_wrong",),
    "county_noise": ("county_elsewhere",),
}


@dataclass(frozen=True)
class Corpus:
    folder: Path
    roster: pl.DataFrame
    people: pl.DataFrame
    sent: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]

    def pairs(self, source: str) -> pl.DataFrame:
        """Rows of people on the roster, with the channels and the true name and number."""
        truth = self.truth[source].drop_nulls("person")
        true = self.people.select("person", "people", "true_id_no", "true_name")
        return truth.join(self.sent[source], on="row").join(true, on="person")


def read_corpus(folder: Path) -> Corpus:
    def table(name: str) -> pl.DataFrame:
        return pl.read_parquet(folder / f"{name}.parquet")

    return Corpus(
        folder,
        table("roster"),
        table("truth/roster"),
        {source: table(source) for source in SOURCES},
        {source: table(f"truth/{source}") for source in SOURCES},
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, people=PEOPLE, rows=ROWS, seed=3)
    return read_corpus(folder)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.parquet"))}


def test_shapes(corpus: Corpus) -> None:
    assert corpus.roster["person"].to_list() == list(range(PEOPLE))
    assert corpus.roster.schema["person"] == corpus.roster.schema["household"] == pl.UInt32
    for source in SOURCES:
        assert corpus.sent[source].columns == ["row", *FIELDS[source]]
        assert corpus.sent[source]["row"].to_list() == list(range(ROWS))
        assert corpus.truth[source]["row"].to_list() == list(range(ROWS))
        assert set(corpus.truth[source].columns) >= {"row", "person", "name_noise", "number_noise"}
    sizes = corpus.roster.group_by("household").len()["len"]
    assert 2 < sizes.mean() < 3.5  # type: ignore[operator]


@pytest.mark.parametrize("source", SOURCES)
def test_coverage(corpus: Corpus, source: str) -> None:
    persons = corpus.truth[source]["person"].drop_nulls()
    assert len(persons) == round(REGISTERS[source].coverage * PEOPLE)
    assert persons.max() < PEOPLE  # type: ignore[operator]
    assert persons.is_duplicated().any() == (source not in ONE_ROW_EACH)


@pytest.mark.parametrize("field", NOISE)
def test_every_channel_occurs_and_no_other(corpus: Corpus, field: str) -> None:
    seen = {c for t in corpus.truth.values() if field in t.columns for c in t[field].unique()}
    assert seen == {"", *NOISE[field]}


@pytest.mark.parametrize("source", SOURCES)
def test_rates_are_the_stated_ones(corpus: Corpus, source: str) -> None:
    everywhere = (*HARD, "full_width", "spaces_in_number", "birth_missing", "phone_missing")
    everywhere += ("phone_form", "phone_old", *ADDRESS, "sex_wrong")
    truth = corpus.truth[source]
    for field, channels in NOISE.items():
        for channel in set(channels) & set(everywhere) if field in truth.columns else ():
            chance = getattr(REGISTERS[source], channel)
            spread = math.sqrt(ROWS * chance * (1 - chance))
            count = (truth[field] == channel).sum()
            assert abs(count - ROWS * chance) < 4.5 * spread + 1, (source, channel)


def test_rates_of_channels_that_apply_to_some(corpus: Corpus) -> None:
    dotted = corpus.pairs("medical").filter(pl.col("true_name").str.contains("·", literal=True))
    share = len(dotted) / len(corpus.pairs("medical"))
    assert 0.05 < share < 0.11
    rates = REGISTERS["medical"]
    for channel in ("interpunct_variant", "interpunct_missing"):
        chance = getattr(rates, channel)
        spread = math.sqrt(len(dotted) * chance)
        assert abs((dotted["name_noise"] == channel).sum() - len(dotted) * chance) < 4.5 * spread
    not_dotted = corpus.pairs("medical").join(dotted, on="row", how="anti")
    assert not not_dotted["name_noise"].str.contains("interpunct").any()


@pytest.mark.parametrize("source", SOURCES)
def test_rows_without_noise_are_the_true_person_s(corpus: Corpus, source: str) -> None:
    pairs = corpus.pairs(source)
    clean = pairs.filter(pl.col("number_noise") == "")
    assert (clean["id_no"] == clean["true_id_no"]).all()
    assert number_keys(clean["id_no"]).is_not_null().all()
    assert clean["id_no"].str.starts_with("99").all()
    named = pairs.filter(pl.col("name_noise") == "")
    assert (named["name"] == named["true_name"]).all()
    hit = pairs.filter(pl.col("number_noise") != "")
    assert hit["id_no"].ne_missing(hit["true_id_no"]).all()
    hit = pairs.filter(pl.col("name_noise") != "")
    assert hit["name"].ne_missing(hit["true_name"]).all()


@pytest.mark.parametrize(
    ("channel", "pattern"),
    [
        ("masked", r"^[0-9]{0,14}(\*{4,}|X{4,})[0-9]{0,4}X?$"),
        ("digit_wrong", r"^[0-9]{17}[0-9X]$"),
        ("digits_swapped", r"^[0-9]{17}[0-9X]$"),
        ("digit_dropped", r"^[0-9]{16}[0-9X]$"),
        ("digit_doubled", r"^[0-9]{18}[0-9X]$"),
        ("tail_lost", r"^([0-9]{15}000|[0-9]\.[0-9]{5}E\+17|[0-9]{14})$"),
        ("fifteen_digits", r"^[0-9]{15}$"),
        ("x_form", r"^[0-9]{17}[^0-9X]$"),
        ("full_width", r"^[０-９]{17}[０-９Ｘ]$"),
        ("spaces_in_number", r"^('[0-9]{17}[0-9X]|[0-9]{6} [0-9]{8} [0-9]{3}[0-9X])$"),
        ("placeholder", "^(" + "|".join(PLACEHOLDERS) + ")$"),
        ("other_persons_number", r"^[0-9]{17}[0-9X]$"),
    ],
)
def test_number_channels_do_what_they_say(corpus: Corpus, channel: str, pattern: str) -> None:
    for source in SOURCES:
        rows = corpus.pairs(source).filter(pl.col("number_noise") == channel)
        assert rows["id_no"].str.contains(pattern).all()
        keys, true = number_keys(rows["id_no"]), number_keys(rows["true_id_no"])
        if channel in {"other_persons_number", "tail_lost"}:
            # "…000" passes the check once in eleven
            assert keys.ne_missing(true).all()
        elif channel in {"fifteen_digits", "full_width", "spaces_in_number"}:
            assert (keys == true).all()
        elif channel in HARD:
            assert keys.is_null().all()


def test_a_wrong_digit_is_one_and_a_swap_is_of_neighbours(corpus: Corpus) -> None:
    def places(row: dict[str, str]) -> list[int]:
        pair = zip(row["id_no"], row["true_id_no"], strict=True)
        return [at for at, (a, b) in enumerate(pair) if a != b]

    rows = pl.concat(corpus.pairs(s).select("number_noise", "id_no", "true_id_no") for s in SOURCES)
    wrong = rows.filter(pl.col("number_noise") == "digit_wrong").to_dicts()
    assert {len(places(row)) for row in wrong} == {1}
    assert {places(row)[0] for row in wrong} == set(range(17))
    for row in rows.filter(pl.col("number_noise") == "digits_swapped").to_dicts():
        first, second = places(row)
        assert second == first + 1
        assert row["id_no"][first] == row["true_id_no"][second]
    for row in rows.filter(pl.col("number_noise") == "digit_dropped").to_dicts():
        assert row["id_no"] in {
            row["true_id_no"][:at] + row["true_id_no"][at + 1 :] for at in range(18)
        }
    for row in rows.filter(pl.col("number_noise") == "digit_doubled").to_dicts():
        true = row["true_id_no"]
        assert row["id_no"] in {true[:at] + true[at] + true[at:] for at in range(18)}


@pytest.mark.parametrize(
    ("channel", "check"),
    [
        ("spaces_in_name", lambda name, true: name.replace("　", "").replace(" ", "") == true),
        ("interpunct_missing", lambda name, true: name == true.replace("·", "")),
        ("truncated", lambda name, true: true.startswith(name)),
        ("note", lambda name, true: name.startswith(true)),
        ("parts_swapped", lambda name, true: sorted(name) == sorted(true)),
        ("father_missing", lambda name, true: true.startswith(name)),
        ("transliterated", lambda name, true: ("·" in name) == ("·" in true)),
        ("homophone", lambda name, true: sum(a != b for a, b in zip(name, true, strict=True)) == 1),
        ("character_wrong", lambda name, true: len(name) == len(true)),
        ("rare_pinyin", lambda name, true: name != true and name.isascii() is False),
        ("rare_pua", lambda name, _: any(0xE000 <= ord(c) < 0xF900 for c in name)),
        ("traditional", lambda name, true: len(name) == len(true)),
    ],
)
def test_name_channels_do_what_they_say(corpus: Corpus, channel: str, check: object) -> None:
    seen = 0
    for source in SOURCES:
        rows = corpus.pairs(source).filter(pl.col("name_noise") == channel)
        for name, true in rows.select("name", "true_name").rows():
            assert check(name, true), (name, true)  # type: ignore[operator]
            seen += 1
    assert seen


@pytest.mark.parametrize("source", SOURCES)
def test_a_hard_share_remains(corpus: Corpus, source: str) -> None:
    keys = corpus.roster.select("person", number_keys(corpus.roster["id_no"]).alias("key"))
    pairs = corpus.pairs(source).join(keys, on="person")
    agree = number_keys(pairs["id_no"]).eq(pairs["key"]).fill_null(value=False)
    assert 0.06 < 1 - agree.mean() < 0.20  # type: ignore[operator]


def test_another_person_s_number_is_often_a_relative_s(corpus: Corpus) -> None:
    roster = corpus.people.join(corpus.roster.select("person", "household"), on="person")
    homes = roster.select("household", pl.col("true_id_no").alias("id_no"))
    rows = pl.concat(corpus.pairs(s).select("number_noise", "id_no", "person") for s in SOURCES)
    rows = rows.filter(pl.col("number_noise") == "other_persons_number")
    own = rows.join(roster.select("person", "household"), on="person")
    kin = own.join(homes, on=["household", "id_no"])
    assert 0.25 < len(kin) / len(own) < 0.6


def test_strangers_are_kin_and_namesakes_too(corpus: Corpus) -> None:
    rows = corpus.sent["hukou"].hstack(corpus.truth["hukou"].drop("row"))
    strangers = rows.filter(pl.col("person").is_null())
    namesakes = strangers.join(corpus.people, left_on="name", right_on="true_name", how="semi")
    assert len(namesakes) > 0.01 * len(strangers)
    homes = corpus.roster.filter(pl.col("address").str.len_chars() > 20).select("address")
    assert len(strangers.join(homes, on="address", how="semi")) > 10


def test_without_errors_there_is_no_noise(tmp_path: Path) -> None:
    write_corpus(tmp_path, people=300, rows=1500, seed=1, errors=0.0)
    corpus = read_corpus(tmp_path)
    for source in SOURCES:
        noise = corpus.truth[source].select(pl.col("^.*_noise$") != "")
        assert not noise.select(pl.any_horizontal(pl.all()).any()).item()
        pairs = corpus.pairs(source)
        assert (pairs["id_no"] == pairs["true_id_no"]).all()


def test_errors_scale_every_chance() -> None:
    assert Rates(digit_wrong=0.01).scaled(2.0).digit_wrong == 0.02
    assert Rates(phone_missing=0.6).scaled(2.0).phone_missing == 1.0
    assert ROSTER.scaled(3.0).coverage == ROSTER.coverage


def test_twice_the_errors_are_about_twice_the_hard_rows(tmp_path: Path, corpus: Corpus) -> None:
    write_corpus(tmp_path, people=PEOPLE, rows=ROWS, seed=3, errors=2.0, sources=["medical"])
    twice = pl.read_parquet(tmp_path / "truth" / "medical.parquet")["number_noise"]
    once = corpus.truth["medical"]["number_noise"]
    assert 1.8 < twice.is_in(HARD).mean() / once.is_in(HARD).mean() < 2.2  # type: ignore[operator]


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_corpus(tmp_path / name, people=400, rows=2000, seed=5)
    write_corpus(tmp_path / "three", people=400, rows=2000, seed=6)
    write_corpus(tmp_path / "part", people=400, rows=2000, seed=5, sources=["bank"])
    one, three, part = (bytes_of(tmp_path / n) for n in ("one", "three", "part"))
    assert len(one) == 2 * (1 + len(SOURCES))
    assert bytes_of(tmp_path / "two") == one
    assert part.items() <= one.items()
    assert all(three[name] != content for name, content in one.items())


@pytest.mark.parametrize(
    "wrong", [{"people": 0}, {"rows": 0}, {"errors": -1.0}, {"sources": ["pension"]}]
)
def test_impossible_arguments(tmp_path: Path, wrong: dict[str, object]) -> None:
    arguments = {"people": 10, "rows": 50, "seed": 1} | wrong
    with pytest.raises(ValueError, match="must be positive"):
        write_corpus(tmp_path, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(("people", "rows"), [(1, 1), (1, 50), (200, 100), (50, 60)])
def test_odd_sizes(tmp_path: Path, people: int, rows: int) -> None:
    write_corpus(tmp_path, people=people, rows=rows, seed=2)
    corpus = read_corpus(tmp_path)
    assert len(corpus.roster) == people
    assert {len(table) for table in corpus.sent.values()} == {rows}
