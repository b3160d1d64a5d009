"""The approval system (社会救助审批系统): who asks, for what, and who allowed the query. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.codes import (
    DISABILITY_TYPE,
    EMPLOYMENT_STATE,
    EXCLUDED_REASON,
    EXPENDITURE_KIND,
    MEMBER_ROLE,
    PROGRAMME,
    RELATION,
    SEX,
    TEMP_CAUSE,
    URBAN_RURAL,
)
from household.schema.column import Column, Dataset, Kind

APPLICATION = Dataset(
    "approval.application",
    "委托核对申请",
    mode="bulk",
    keep="history",
    columns=(
        Column(
            "application_id",
            "申请编号",
            Kind.TEXT,
            required=True,
            key=True,
            note="one household's request; re-sent rows replace earlier ones",
        ),
        Column(
            "programme",
            "救助类型",
            Kind.CODE,
            required=True,
            note="code_lists.programme by name or by Chinese title",
            codes=PROGRAMME,
        ),
        Column(
            "region_code",
            "行政区划代码",
            Kind.REGION,
            required=True,
            note="township or village of the application; the rule pack is looked up by its longest prefix",
        ),
        Column("urban_rural", "城乡类别", Kind.CODE, required=True, codes=URBAN_RURAL),
        Column("applied_on", "申请日期", Kind.DATE, required=True),
        Column("accepted_on", "受理日期", Kind.DATE),
        Column("commissioned_by", "委托单位", Kind.TEXT, required=True),
        Column(
            "temp_cause",
            "临时救助事由",
            Kind.CODE,
            note="required for temp_* programmes",
            codes=TEMP_CAUSE,
        ),
        Column("event_on", "急难发生日期", Kind.DATE),
        Column(
            "relieved_on", "急难缓解日期", Kind.DATE, note="starts the paperwork clock of 先行救助"
        ),
        Column(
            "paperwork_on",
            "补办手续日期",
            Kind.DATE,
            note="the day on which the papers of 先行救助 were completed; empty while they are not",
        ),
        Column("requested_amount", "申请金额", Kind.YUAN),
        Column(
            "special_class", "特殊身份", Kind.TEXT, note="建档立卡, 脱贫户, 孤儿 ... separated by ;"
        ),
        Column("payee_account", "收款账号", Kind.TEXT, personal=True),
    ),
)

MEMBER = Dataset(
    "approval.member",
    "家庭成员及法定义务人",
    mode="bulk",
    keep="history",
    columns=(
        Column("application_id", "申请编号", Kind.TEXT, required=True, key=True),
        Column("member_no", "成员序号", Kind.INT, required=True, key=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "id_type",
            "证件类型",
            Kind.TEXT,
            note="居民身份证 when empty; also 户口簿, 护照, 港澳台居民居住证, 外国人永久居留证",
        ),
        Column("id_no", "证件号码", Kind.ID_NO, personal=True, note="may be empty for a newborn"),
        Column("sex", "性别", Kind.CODE, note="男/女", codes=SEX),
        Column("birth_date", "出生日期", Kind.DATE, personal=True),
        Column("relation", "与申请人关系", Kind.CODE, required=True, codes=RELATION),
        Column(
            "role",
            "成员类别",
            Kind.CODE,
            required=True,
            note="code_lists.member_role",
            codes=MEMBER_ROLE,
        ),
        Column(
            "excluded_reason",
            "不计入原因",
            Kind.CODE,
            note="required when role is excluded",
            codes=EXCLUDED_REASON,
        ),
        Column("employment_state", "就业状况", Kind.CODE, codes=EMPLOYMENT_STATE),
        Column(
            "seriously_ill", "重病", Kind.BOOL, note="on the county's list of serious illnesses"
        ),
        Column("disability_type", "残疾类别", Kind.CODE, codes=DISABILITY_TYPE),
        Column("disability_grade", "残疾等级", Kind.INT, note="1 to 4"),
        Column("phone", "联系电话", Kind.TEXT, personal=True),
        Column("address", "居住地址", Kind.TEXT, personal=True),
        Column("obligor_household_size", "义务人家庭人数", Kind.INT, note="for role obligor"),
        Column(
            "obligor_household_income",
            "义务人家庭月收入",
            Kind.YUAN,
            note="for role obligor; declared",
        ),
        Column("declared_wage", "申报工资性收入", Kind.YUAN, note="total of the income window"),
        Column("declared_business", "申报经营净收入", Kind.YUAN, note="total of the income window"),
        Column("declared_property", "申报财产净收入", Kind.YUAN, note="total of the income window"),
        Column("declared_transfer", "申报转移净收入", Kind.YUAN, note="total of the income window"),
        Column("declared_deposit", "申报金融资产", Kind.YUAN),
    ),
)

AUTHORISATION = Dataset(
    "approval.authorisation",
    "授权书",
    mode="bulk",
    keep="history",
    columns=(
        Column("authorisation_no", "授权书编号", Kind.TEXT, required=True, key=True),
        Column("application_id", "申请编号", Kind.TEXT, required=True),
        Column(
            "id_no",
            "授权人证件号码",
            Kind.ID_NO,
            required=True,
            key=True,
            personal=True,
            note="the person whose data may be queried",
        ),
        Column(
            "signed_by",
            "签署人证件号码",
            Kind.ID_NO,
            personal=True,
            note="guardian's number where the person cannot sign",
        ),
        Column("programme", "授权救助类型", Kind.CODE, required=True, codes=PROGRAMME),
        Column("signed_on", "签署日期", Kind.DATE, required=True),
        Column("valid_to", "有效期至", Kind.DATE, note="empty while the benefit is drawn"),
        Column("revoked_on", "撤销日期", Kind.DATE),
        Column(
            "sources", "授权查询范围", Kind.TEXT, note="source codes separated by ;, empty = all"
        ),
    ),
)

EXPENDITURE = Dataset(
    "approval.expenditure",
    "刚性支出申报",
    mode="bulk",
    keep="history",
    columns=(
        Column("application_id", "申请编号", Kind.TEXT, required=True, key=True),
        Column("voucher_no", "凭证编号", Kind.TEXT, required=True, key=True),
        Column("id_no", "证件号码", Kind.ID_NO, personal=True),
        Column(
            "kind",
            "支出类别",
            Kind.CODE,
            required=True,
            note="living 生活, medical 医疗, education 教育, disability 残疾康复, disaster 灾害事故, other 其他",
            codes=EXPENDITURE_KIND,
        ),
        Column("spent_on", "发生日期", Kind.DATE, required=True),
        Column("amount", "金额", Kind.YUAN, required=True),
        Column("reimbursed", "已报销金额", Kind.YUAN),
    ),
)

OBJECTION = Dataset(
    "approval.objection",
    "异议复核申请",
    mode="bulk",
    keep="history",
    columns=(
        Column("objection_id", "异议编号", Kind.TEXT, required=True, key=True),
        Column("application_id", "申请编号", Kind.TEXT, required=True),
        Column(
            "evidence_id",
            "证据编号",
            Kind.TEXT,
            note="the line objected to, as published with the verdict",
        ),
        Column(
            "ground",
            "异议理由",
            Kind.TEXT,
            required=True,
            note="not_mine 非本人, sold 已转让, wrong_amount 金额有误, closed 已注销, other 其他",
        ),
        Column("raised_on", "提出日期", Kind.DATE, required=True),
    ),
)

DATASETS = (
    APPLICATION,
    MEMBER,
    AUTHORISATION,
    EXPENDITURE,
    OBJECTION,
)
