"""Human resources and social security (人社): contributions, benefits, employment. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

CONTRIBUTION = Dataset(
    "human_resources.contribution",
    "社会保险缴费",
    mode="bulk",
    keep="history",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "scheme",
            "险种",
            Kind.TEXT,
            required=True,
            key=True,
            note="城镇职工养老 / 城乡居民养老 / 失业 / 工伤",
            terms=(
                "城镇职工养老",
                "城乡居民养老",
                "失业",
                "工伤",
            ),
        ),
        Column("month", "缴费年月", Kind.MONTH, required=True, key=True),
        Column("employer_uscc", "单位信用代码", Kind.USCC, key=True),
        Column(
            "employer",
            "单位名称",
            Kind.TEXT,
            key=True,
            note="empty or 灵活就业 for the self-employed",
        ),
        Column("base", "缴费基数", Kind.YUAN, required=True),
    ),
)

BENEFIT = Dataset(
    "human_resources.benefit",
    "社会保险待遇发放",
    mode="bulk",
    keep="history",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "kind",
            "待遇类别",
            Kind.TEXT,
            required=True,
            key=True,
            note="职工养老金 / 居民养老金 / 失业保险金 / 工伤待遇 / 遗属待遇",
            terms=(
                "职工养老金",
                "居民养老金",
                "失业保险金",
                "工伤待遇",
                "遗属待遇",
            ),
        ),
        Column("month", "发放年月", Kind.MONTH, required=True, key=True),
        Column("amount", "发放金额", Kind.YUAN, required=True),
        Column(
            "central_basic",
            "其中中央基础养老金",
            Kind.YUAN,
            note="the part that rules may exclude until a date",
        ),
    ),
)

EMPLOYMENT = Dataset(
    "human_resources.employment",
    "就业登记",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "kind",
            "登记类型",
            Kind.TEXT,
            required=True,
            note="单位就业 / 公益性岗位 / 灵活就业 / 失业登记",
            terms=(
                "单位就业",
                "公益性岗位",
                "灵活就业",
                "失业登记",
            ),
        ),
        Column("employer_uscc", "单位信用代码", Kind.USCC, key=True),
        Column("employer", "单位名称", Kind.TEXT, key=True),
        Column("started_on", "开始日期", Kind.DATE, required=True, key=True),
        Column("ended_on", "结束日期", Kind.DATE),
        Column("monthly_wage", "月工资", Kind.YUAN),
    ),
)

DATASETS = (
    CONTRIBUTION,
    BENEFIT,
    EMPLOYMENT,
)
