"""Public security (公安): household register and vehicles. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.codes import SEX
from household.schema.column import Column, Dataset, Kind

POPULATION = Dataset(
    "public_security.population",
    "户籍人口",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("id_no", "公民身份号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("former_name", "曾用名", Kind.TEXT, personal=True),
        Column("former_id_no", "原身份号码", Kind.ID_NO, personal=True),
        Column("sex", "性别", Kind.CODE, codes=SEX),
        Column("ethnicity", "民族", Kind.TEXT, note="never an input of a rule"),
        Column("birth_date", "出生日期", Kind.DATE, personal=True),
        Column("hukou_no", "户号", Kind.TEXT, personal=True),
        Column("relation_to_head", "与户主关系", Kind.TEXT),
        Column("address", "户籍地址", Kind.TEXT, personal=True),
        Column("region_code", "行政区划代码", Kind.REGION),
        Column(
            "status",
            "户籍状态",
            Kind.TEXT,
            required=True,
            note="正常 / 死亡注销 / 迁出 / 服役注销 / 其他注销",
            terms=(
                "正常",
                "死亡注销",
                "迁出",
                "服役注销",
                "其他注销",
            ),
        ),
        Column(
            "cancelled_on", "注销日期", Kind.DATE, note="date of death where status is 死亡注销"
        ),
    ),
)

VEHICLE = Dataset(
    "public_security.vehicle",
    "机动车登记",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("plate_no", "号牌号码", Kind.TEXT, required=True, key=True, personal=True),
        Column(
            "plate_type",
            "号牌种类",
            Kind.TEXT,
            required=True,
            key=True,
            note="小型汽车 / 大型汽车 / 普通摩托车 / 轻便摩托车 / 残疾人专用车 / 拖拉机 / 新能源小型汽车",
            terms=(
                "小型汽车",
                "大型汽车",
                "普通摩托车",
                "轻便摩托车",
                "残疾人专用车",
                "拖拉机",
                "新能源小型汽车",
            ),
        ),
        Column("owner_id_no", "所有人证件号码", Kind.ID_NO, required=True, personal=True),
        Column("owner_name", "所有人", Kind.TEXT, required=True, personal=True),
        Column(
            "use",
            "使用性质",
            Kind.TEXT,
            note="非营运 / 营运 / 货运",
            terms=(
                "非营运",
                "营运",
                "货运",
            ),
        ),
        Column("model", "品牌型号", Kind.TEXT),
        Column("first_registered_on", "初次登记日期", Kind.DATE),
        Column(
            "status",
            "车辆状态",
            Kind.TEXT,
            required=True,
            note="正常 / 注销 / 报废 / 被盗抢",
            terms=(
                "正常",
                "注销",
                "报废",
                "被盗抢",
            ),
        ),
        Column("value", "评估价值", Kind.YUAN, note="empty when not valued"),
    ),
)

DATASETS = (
    POPULATION,
    VEHICLE,
)
