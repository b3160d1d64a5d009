"""Banks (银行): answers person by person, and the receipts that say who was answered. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.codes import REPLY_STATE
from household.schema.column import Column, Dataset, Kind

ACCOUNT = Dataset(
    "banking.account",
    "金融资产查询答复",
    mode="reply",
    keep="history",
    columns=(
        Column("institution_code", "机构代码", Kind.TEXT, required=True, key=True),
        Column("institution", "机构名称", Kind.TEXT, required=True),
        Column(
            "id_no",
            "证件号码",
            Kind.ID_NO,
            key=True,
            personal=True,
            note="may be masked in the middle by some banks",
        ),
        Column("name", "户名", Kind.TEXT, required=True, key=True, personal=True),
        Column(
            "account_no",
            "账号",
            Kind.TEXT,
            required=True,
            key=True,
            personal=True,
            note="masked but for the last four",
        ),
        Column(
            "product",
            "账户类型",
            Kind.TEXT,
            required=True,
            note="活期 / 定期 / 大额存单 / 理财 / 基金",
            terms=(
                "活期",
                "定期",
                "大额存单",
                "理财",
                "基金",
            ),
        ),
        Column("balance", "余额", Kind.YUAN, required=True),
        Column("joint_holders", "联名人数", Kind.INT, note="empty = 1"),
        Column("large_outflow_6m", "近六个月大额支出", Kind.YUAN),
        Column("as_of", "截止日期", Kind.DATE, required=True),
    ),
)

RECEIPT_COLUMNS = (
    Column("institution_code", "机构代码", Kind.TEXT, required=True, key=True),
    Column(
        "id_no",
        "查询证件号码",
        Kind.ID_NO,
        required=True,
        key=True,
        personal=True,
        note="the number that was asked",
    ),
    Column("asked_on", "查询日期", Kind.DATE, required=True),
    Column("replied_on", "答复日期", Kind.DATE),
    Column(
        "state",
        "答复状态",
        Kind.CODE,
        required=True,
        note="code_lists.reply_state",
        codes=REPLY_STATE,
    ),
)
"""What a receipt says, whichever source was asked person by person."""

RECEIPT = Dataset(
    "banking.receipt",
    "金融资产查询回执",
    mode="bulk",
    keep="history",
    columns=RECEIPT_COLUMNS,
)

DATASETS = (
    ACCOUNT,
    RECEIPT,
)
