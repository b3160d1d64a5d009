"""Market regulation (市场监管): roles and holdings in entities. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

ENTITY = Dataset(
    "market_regulation.entity",
    "市场主体任职及出资",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("uscc", "统一社会信用代码", Kind.USCC, required=True, key=True),
        Column("entity_name", "主体名称", Kind.TEXT, required=True),
        Column(
            "entity_kind",
            "主体类型",
            Kind.TEXT,
            required=True,
            note="企业 / 个体工商户 / 农民专业合作社",
            terms=(
                "企业",
                "个体工商户",
                "农民专业合作社",
            ),
        ),
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "role",
            "角色",
            Kind.TEXT,
            required=True,
            key=True,
            note="法定代表人 / 股东 / 监事 / 经营者 / 成员",
            terms=(
                "法定代表人",
                "股东",
                "监事",
                "经营者",
                "成员",
            ),
        ),
        Column("capital", "认缴出资额", Kind.WAN_YUAN),
        Column("share", "出资比例", Kind.NUM, note="0 to 1"),
        Column(
            "status",
            "主体状态",
            Kind.TEXT,
            required=True,
            note="存续 / 吊销 / 注销",
            terms=(
                "存续",
                "吊销",
                "注销",
            ),
        ),
        Column("established_on", "成立日期", Kind.DATE),
        Column("region_code", "行政区划代码", Kind.REGION),
    ),
)

DATASETS = (ENTITY,)
