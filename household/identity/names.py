"""Names of persons and employers: the normal form in which they are compared. The original text is always kept elsewhere.

The normal form is NFKC, without white space and signs that cannot be seen, upper case, without any of the interpunct variants
(民委发〔2016〕33号 wants one, U+00B7; in practice there are many, and none), simplified (OpenCC t2s), with leftovers of the
GB 18030-2005 private-use area and variant glyphs mapped to their standard forms (`tables/variant_characters.yaml`). Spellings by
sound, homophones, pinyin, order and cut names are no matter of the normal form: `folding` and `sounds` have forms for them.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import opencc
import polars as pl

from household.identity.tables.reading import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

INTERPUNCTS = "·•‧∙・．.●᛫⋅｡ㆍ･。˙﹒⸱‐‑‒–—－-"
"""Every sign seen between the parts of a name, in exports of real systems."""


def _variants() -> dict[str, str]:
    table = read_table("variant_characters")
    private = {chr(int(str(a), 16)): chr(int(str(b), 16)) for a, b in table["private_use"].items()}
    return {**table["glyphs"], **table["radicals"], **private}


VARIANTS: Mapping[str, str] = MappingProxyType(_variants())
"""Variant glyphs, radical signs and private-use leftovers, and the characters that stand for them."""

_SEPARATORS = INTERPUNCTS.replace("-", r"\-").replace(".", r"\.")
_UNSEEN = r"\s\p{Cc}\p{Cf}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}"
"""White space, control and format characters (NUL, zero width, direction marks), variation selectors."""
_IGNORED = f"[{_UNSEEN}{_SEPARATORS}]+"
_PLAIN = r"^[\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}]+$"
"""Names that are characters of the basic planes and nothing else: NFKC, case and spaces change nothing in them."""


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplified(texts: pl.Series) -> pl.Series:
    """Traditional to simplified, in one call for the whole series (OpenCC works on running text). No text holds a line feed."""
    joined = texts.str.join("\n").item() or ""
    return pl.Series(texts.name, [_converter().convert(joined)]).str.split("\n").explode()


def _cleaned(name: pl.Expr) -> pl.Expr:
    """NFKC and upper case, without what is ignored: before and after, for NFKC makes other characters of some signs."""
    return (
        name.str.replace_all(_IGNORED, "")
        .str.normalize("NFKC")
        .str.replace_all(_IGNORED, "")
        .str.to_uppercase()
    )


def normal_names(names: pl.Series) -> pl.Series:
    """Normal forms of personal names, row by row; null and empty become null."""
    if not len(names):
        return names.cast(pl.String)
    plain = names.str.contains(_PLAIN).fill_null(value=False)
    texts = names.fill_null("")
    others = (~plain).arg_true()
    if len(others):
        cleaned = texts.gather(others).to_frame("name").select(_cleaned(pl.col("name")))["name"]
        texts = texts.scatter(others, cleaned)
    return (
        _simplified(texts)
        .to_frame("name")
        .select(pl.col("name").str.replace_many(list(VARIANTS), list(VARIANTS.values())))["name"]
        .replace("", None)
        .alias(names.name)
    )


def name_parts(sent: pl.Series) -> pl.Series:
    """Parts of names as sent, each in normal form, cut at the interpuncts; null stays null, a name without signs is one part.

    Returns:
        List(String) series of the same length; no part is empty.
    """
    parts = (
        sent.to_frame("name")
        .select(pl.col("name").str.normalize("NFKC").str.extract_all(f"[^{_SEPARATORS}]+"))
        .to_series()
        .to_frame("part")
        .with_row_index("row")
    )
    exploded = parts.explode("part", empty_as_null=True)
    exploded = exploded.with_columns(normal_names(exploded["part"]).alias("part"))
    return (
        exploded.group_by("row", maintain_order=True)
        .agg(pl.col("part").drop_nulls())
        .with_columns(pl.when(sent.is_not_null()).then("part").alias(sent.name))
        .get_column(sent.name)
    )


def normal_employer(expr: pl.Expr) -> pl.Expr:
    """Normal form of an employer's or payer's name: NFKC, without white space, upper case; empty becomes null."""
    text = expr.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_uppercase()
    return pl.when(text != "").then(text)
