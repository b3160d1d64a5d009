"""Civil affairs (民政): its own ledgers, funerals and marriages. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.codes import PROGRAMME, TEMP_CAUSE, URBAN_RURAL
from household.schema.column import Column, Dataset, Kind

BENEFIT = Dataset(
    "civil_affairs.benefit",
    "救助对象在享台账",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("benefit_id", "待遇编号", Kind.TEXT, required=True, key=True),
        Column("household_no", "家庭编号", Kind.TEXT, required=True),
        Column("id_no", "证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("is_head", "是否户主", Kind.BOOL),
        Column(
            "programme",
            "救助类型",
            Kind.CODE,
            required=True,
            note="dibao, dibao_edge, single_person, tekun, rigid, orphan, de_facto_orphan, disability_living, disability_care, old_age",
            codes=PROGRAMME,
        ),
        Column("urban_rural", "城乡类别", Kind.CODE, codes=URBAN_RURAL),
        Column("region_code", "行政区划代码", Kind.REGION, required=True),
        Column("from_month", "起始年月", Kind.MONTH, required=True),
        Column("to_month", "终止年月", Kind.MONTH, note="empty while drawn"),
        Column(
            "last_reviewed_on",
            "最近复核日期",
            Kind.DATE,
            note="empty when never reviewed since from_month",
        ),
        Column(
            "household_kind",
            "家庭类别",
            Kind.TEXT,
            note="stable 收入稳定 / unstable 收入不稳定或有劳动能力; sets the review cycle, empty = unstable",
        ),
        Column("monthly_amount", "月保障金额", Kind.YUAN),
        Column("account_no", "发放账号", Kind.TEXT, personal=True),
        Column("account_holder", "发放户名", Kind.TEXT, personal=True),
    ),
)

PAYMENT = Dataset(
    "civil_affairs.payment",
    "救助资金发放明细",
    mode="bulk",
    keep="history",
    columns=(
        Column("payment_no", "发放编号", Kind.TEXT, required=True, key=True),
        Column("benefit_id", "待遇编号", Kind.TEXT, note="empty for one-off grants"),
        Column("household_no", "家庭编号", Kind.TEXT),
        Column("id_no", "证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "programme",
            "救助类型",
            Kind.CODE,
            required=True,
            note="as above, and temp_emergency, temp_expenditure",
            codes=PROGRAMME,
        ),
        Column("paid_on", "发放日期", Kind.DATE, required=True),
        Column("amount", "金额", Kind.YUAN, required=True),
        Column("cause", "事由", Kind.CODE, note="code_lists.temp_cause", codes=TEMP_CAUSE),
        Column("event_on", "事件日期", Kind.DATE),
        Column("approved_by", "审批单位", Kind.TEXT),
        Column(
            "approval_level",
            "审批层级",
            Kind.TEXT,
            note="乡镇 / 县",
            terms=(
                "乡镇",
                "县",
            ),
        ),
        Column("region_code", "行政区划代码", Kind.REGION, required=True),
        Column("account_no", "收款账号", Kind.TEXT, personal=True),
        Column("account_holder", "收款户名", Kind.TEXT, personal=True),
    ),
)

FUNERAL = Dataset(
    "civil_affairs.funeral",
    "殡葬火化",
    mode="bulk",
    keep="history",
    columns=(
        Column("record_no", "火化编号", Kind.TEXT, required=True, key=True),
        Column("id_no", "证件号码", Kind.ID_NO, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("died_on", "死亡日期", Kind.DATE, required=True),
        Column("cremated_on", "火化日期", Kind.DATE),
    ),
)

MARRIAGE = Dataset(
    "civil_affairs.marriage",
    "婚姻登记",
    mode="bulk",
    keep="history",
    columns=(
        Column("record_no", "登记编号", Kind.TEXT, required=True, key=True),
        Column("id_no_a", "甲方证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name_a", "甲方姓名", Kind.TEXT, required=True, personal=True),
        Column("id_no_b", "乙方证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name_b", "乙方姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "kind",
            "登记类型",
            Kind.TEXT,
            required=True,
            note="结婚 / 离婚",
            terms=(
                "结婚",
                "离婚",
            ),
        ),
        Column("registered_on", "登记日期", Kind.DATE, required=True),
    ),
)

DATASETS = (
    BENEFIT,
    PAYMENT,
    FUNERAL,
    MARRIAGE,
)
