"""Names of persons and employers: the normal form in which they are compared. The original text is always kept elsewhere.

The normal form is NFKC, without white space, upper case, without any of the interpunct variants (民委发〔2016〕33号 wants one,
U+00B7; in practice there are many, and none), simplified (OpenCC t2s), with leftovers of the GB 18030-2005 private-use area and
common variant characters mapped to their standard forms.
"""

from __future__ import annotations

from functools import cache

import opencc
import polars as pl

INTERPUNCTS = "·•‧∙・．.·●᛫⋅｡ㆍ｡。‐‑-"
"""Every sign seen between the parts of a name, in exports of real systems."""

VARIANTS = {"髙": "高", "於": "于", "恵": "惠", "禕": "祎", "峯": "峰"} | {
    # GB 18030-2005 private use -> the code points of GB 18030-2022
    "\ue81e": "\u9fb4",
    "\ue826": "\u9fb5",
    "\ue82b": "\u9fb6",
    "\ue82c": "\u9fb7",
    "\ue832": "\u9fb8",
    "\ue843": "\u9fb9",
    "\ue854": "\u9fba",
    "\ue864": "\u9fbb",
}
_IGNORED = r"[\s" + INTERPUNCTS.replace("-", r"\-").replace(".", r"\.") + "]+"


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplified(texts: pl.Series) -> pl.Series:
    """Traditional to simplified, in one call for the whole series (OpenCC works on running text)."""
    if not len(texts):
        return texts
    joined = "\n".join(texts.to_list())
    return pl.Series(texts.name, _converter().convert(joined).split("\n"), dtype=pl.String)


def normal_names(names: pl.Series) -> pl.Series:
    """Normal forms of personal names, row by row; null and empty become null."""
    distinct = names.drop_nulls().unique()
    folded = (
        distinct.to_frame("sent")
        .with_columns(
            pl.col("sent")
            .str.replace_all(
                _IGNORED, ""
            )  # before and after: NFKC makes other characters of some interpuncts
            .str.normalize("NFKC")
            .str.replace_all(_IGNORED, "")
            .str.to_uppercase()
            .alias("name")
        )
        .with_columns(pl.col("name").replace("", None))
    )
    folded = folded.drop_nulls("name")
    folded = folded.with_columns(_simplified(folded["name"]).alias("name")).with_columns(
        pl.col("name").str.replace_many(list(VARIANTS), list(VARIANTS.values()))
    )
    return (
        names.to_frame("sent")
        .join(folded, on="sent", how="left", maintain_order="left")["name"]
        .alias(names.name)
    )


def normal_employer(expr: pl.Expr) -> pl.Expr:
    """Normal form of an employer's or payer's name: NFKC, without white space, upper case; empty becomes null."""
    text = expr.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_uppercase()
    return pl.when(text != "").then(text)
