"""Money: what banks answer for the people asked about, securities and insurance policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, amounts, choose, choose_index, codes, days_before, happens

if TYPE_CHECKING:
    from synthetic.people import People

INSTITUTIONS = {
    "B001": "示范农商银行",
    "B002": "示范银行",
    "B003": "农业银行示范支行",
    "B004": "工商银行示范支行",
    "B005": "邮政储蓄银行",
    "B006": "城市商业银行",
    "B007": "村镇银行",
    "B008": "建设银行示范支行",
}
PRODUCTS = ("活期", "定期", "大额存单", "理财", "基金")
PRODUCT_WEIGHTS = (0.6, 0.25, 0.03, 0.08, 0.04)
MASKING = ("B004", "B007")  # these banks answer with masked document numbers
SILENT_SHARE = 0.004
MISMATCH_SHARE = 0.002
UNASKED_SHARE = 0.006
PLANTED_OUTFLOW_YUAN = 68_000
ASKED_DAYS_AGO = 40


def account_rows(
    rng: np.random.Generator, people: People, *, asked: Array, planted: Array
) -> pl.DataFrame:
    """banking.account of the `asked`; `_bank` is the position of the institution.

    The `planted` moved a large sum out.
    """
    has = happens(rng, len(asked), chance=np.where(people.age[asked] >= 16, 0.85, 0.12))
    holders = np.r_[asked[has], asked[has][happens(rng, int(has.sum()), chance=0.4)], planted]
    count = len(holders)
    bank = choose_index(rng, len(INSTITUTIONS), count=count, weights=(5, 2, 3, 2, 3, 1, 1, 1.5))
    outflow = np.where(
        happens(rng, count, chance=0.07), amounts(rng, 9000.0, spread=0.8, count=count), -1
    )
    is_planted = np.arange(count) >= count - len(planted)
    outflow = np.where(is_planted, PLANTED_OUTFLOW_YUAN * 100, outflow)
    joint = np.where(happens(rng, count, chance=0.03), 2, 0)
    as_of = np.full(count, people.as_of - 22)
    frame = pl.DataFrame(
        {
            "_p": holders,
            "_bank": bank,
            "institution_code": pl.Series(list(INSTITUTIONS)).gather(bank),
            "institution": pl.Series(list(INSTITUTIONS.values())).gather(bank),
            "account_no": "62" + pl.Series(bank).cast(pl.String) + "00000******"
            + pl.Series(np.arange(count) * 7 % 10_000).cast(pl.String).str.zfill(4),
            "product": choose(rng, PRODUCTS, count=count, weights=PRODUCT_WEIGHTS),
            "balance": amounts(rng, 3200.0, spread=1.35, count=count),
            "joint_holders": pl.Series(joint).replace(0, None),
            "large_outflow_6m": pl.Series(outflow).replace(-1, None),
            "as_of": as_of,
        }
    )  # fmt: skip
    return frame.unique(["_p", "institution_code", "account_no"], maintain_order=True)


def receipt_rows(
    rng: np.random.Generator, people: People, *, asked: Array, accounts: pl.DataFrame
) -> pl.DataFrame:
    """banking.receipt.

    One answer a person asked and institution, in step with the accounts (row `_at` = person x
    bank).
    """
    banks = len(INSTITUTIONS)
    kept = asked[~happens(rng, len(asked), chance=UNASKED_SHARE)]
    person, bank = np.repeat(kept, banks), np.tile(np.arange(banks), len(kept))
    held = np.zeros((len(people), banks), dtype=bool)
    held[accounts["_p"].to_numpy(), accounts["_bank"].to_numpy()] = True
    count = len(person)
    roll = rng.random(count)
    silent = roll < SILENT_SHARE
    mismatch = ~silent & (roll < SILENT_SHARE + MISMATCH_SHARE)
    state = pl.select(
        pl.when(pl.Series(silent))
        .then(pl.lit("no_answer"))
        .when(pl.Series(mismatch))
        .then(pl.lit("identity_mismatch"))
        .when(pl.Series(held[person, bank]))
        .then(pl.lit("found"))
        .otherwise(pl.lit("none"))
        .alias("state")
    )["state"]
    asked_on = np.full(count, people.as_of - ASKED_DAYS_AGO)
    replied = asked_on + rng.integers(1, 12, count)
    return pl.DataFrame(
        {
            "_p": person,
            "_bank": bank,
            "institution_code": pl.Series(list(INSTITUTIONS)).gather(bank),
            "asked_on": asked_on,
            "replied_on": np.where(silent, np.datetime64("NaT", "D"), replied),
            "state": state,
        }
    )


def answered_accounts(accounts: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """The accounts of which a receipt says found: a silent or mismatching bank delivers none."""
    found = receipts.filter(pl.col("state") == "found").select("_p", "_bank")
    return accounts.join(found, on=["_p", "_bank"], how="semi", maintain_order="left")


def masked_numbers(accounts: pl.DataFrame) -> pl.DataFrame:
    """Document numbers of the masking banks with the eight digits of birth and sequence hidden."""
    hidden = pl.col("id_no").str.slice(0, 6) + "********" + pl.col("id_no").str.slice(14, 4)
    masks = pl.col("institution_code").is_in(MASKING)
    return accounts.with_columns(pl.when(masks).then(hidden).otherwise("id_no").alias("id_no"))


def holding_rows(rng: np.random.Generator, people: People, *, poor: Array) -> pl.DataFrame:
    """securities.holding: a few adults hold shares or funds."""
    adults = people.adults(20, 80)
    owner = adults[happens(rng, len(adults), chance=np.where(poor[adults], 0.006, 0.013))]
    count = len(owner)
    return pl.DataFrame(
        {
            "_p": owner,
            "account_no": codes("A", np.arange(count), width=9),
            "market_value": amounts(rng, 9000.0, spread=0.9, count=count),
            "as_of": np.full(count, people.as_of - 13),
        }
    )


def policy_rows(rng: np.random.Generator, people: People, *, poor: Array) -> pl.DataFrame:
    """insurance.policy: investment, savings and term policies."""
    adults = people.adults(20, 80)
    owner = adults[happens(rng, len(adults), chance=np.where(poor[adults], 0.015, 0.03))]
    count = len(owner)
    kind = choose(rng, ["投资型", "储蓄型", "消费型"], count=count, weights=(0.2, 0.45, 0.35))
    value = pl.Series(amounts(rng, 6000.0, spread=0.7, count=count))
    return pl.DataFrame(
        {
            "_p": owner,
            "policy_no": codes("BD", np.arange(count), width=9),
            "kind": kind,
            "surrender_value": value,
            "as_of": days_before(rng, people.as_of, least=13, most=40, count=count),
        }
    ).with_columns(pl.when(kind != "消费型").then("surrender_value").alias("surrender_value"))
