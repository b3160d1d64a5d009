"""Housing and natural resources (住建 / 自然资源 / 公积金): titles and the provident fund. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

REAL_ESTATE = Dataset(
    "housing.real_estate",
    "不动产登记",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("title_no", "不动产权证号", Kind.TEXT, required=True, key=True),
        Column("unit_no", "不动产单元号", Kind.TEXT, required=True, key=True),
        Column("owner_id_no", "权利人证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("owner_name", "权利人", Kind.TEXT, required=True, personal=True),
        Column("share", "共有份额", Kind.NUM, note="0 to 1, empty = sole owner"),
        Column(
            "use",
            "用途",
            Kind.TEXT,
            required=True,
            note="住宅 / 商业 / 办公 / 车位 / 宅基地自建房 / 祖屋",
            terms=(
                "住宅",
                "商业",
                "办公",
                "车位",
                "宅基地自建房",
                "祖屋",
            ),
        ),
        Column("area", "建筑面积", Kind.NUM, required=True, note="m2"),
        Column(
            "hazard_grade",
            "危房等级",
            Kind.TEXT,
            note="A / B / C / D",
            terms=(
                "A",
                "B",
                "C",
                "D",
            ),
        ),
        Column("address", "坐落", Kind.TEXT, personal=True),
        Column("registered_on", "登记日期", Kind.DATE),
        Column(
            "status",
            "权属状态",
            Kind.TEXT,
            required=True,
            note="现势 / 历史 / 预告登记",
            terms=(
                "现势",
                "历史",
                "预告登记",
            ),
        ),
    ),
)

PROVIDENT_FUND = Dataset(
    "housing.provident_fund",
    "住房公积金",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("account_no", "公积金账号", Kind.TEXT, required=True, key=True, personal=True),
        Column("employer_uscc", "单位信用代码", Kind.USCC),
        Column("employer", "单位名称", Kind.TEXT),
        Column("base", "缴存基数", Kind.YUAN, note="monthly"),
        Column("balance", "账户余额", Kind.YUAN, required=True),
        Column("last_month", "最近缴存年月", Kind.MONTH),
        Column(
            "status",
            "账户状态",
            Kind.TEXT,
            required=True,
            note="正常 / 封存 / 销户",
            terms=(
                "正常",
                "封存",
                "销户",
            ),
        ),
    ),
)

DATASETS = (
    REAL_ESTATE,
    PROVIDENT_FUND,
)
