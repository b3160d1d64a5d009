"""The standing words of the report: titles of codes, and the sentences that stand in every one."""

from __future__ import annotations

from household.schema.codes import EXCLUDED_REASON, MEMBER_ROLE, PROGRAMME, RELATION
from household.schema.datasets import DATASETS, SOURCE_TITLES
from household.schema.published.verdicts import SUGGESTION_TITLES

PROGRAMMES = PROGRAMME.titles
RELATIONS = RELATION.titles
ROLES = MEMBER_ROLE.titles
EXCLUDED = EXCLUDED_REASON.titles
SOURCES = SOURCE_TITLES
SUGGESTIONS = SUGGESTION_TITLES
DATASET_TITLES = {name: dataset.title_zh for name, dataset in DATASETS.items()}
KINDS = {
    "wage": "工资性收入",
    "business": "经营净收入",
    "property": "财产净收入",
    "transfer": "转移净收入",
}
QUANTITIES = {
    "financial": "金融资产",
    "vehicle": "机动车",
    "home": "住房",
    "commercial": "商业办公用房",
    "business_entity": "经营主体",
    "voucher": "支出凭证",
    "medical": "医疗支出",
    "education": "教育支出",
    "drawing": "在享待遇",
    "grant": "已发救助金",
    "death": "死亡信息",
    "custody": "服刑羁押信息",
    "disability": "残疾证",
} | KINDS
STATES = {
    "found": "有记录",
    "none": "无记录",
    "identity_mismatch": "身份不符",
    "no_answer": "未答复",
    "stale": "数据过期",
    "not_delivered": "未送达",
}
SILENT = ("identity_mismatch", "no_answer", "stale", "not_delivered")
"""States in which nothing is known of the person."""
OUTCOMES = {"pass": "通过", "fail": "不通过", "unknown": "待定"}
SEVERITIES = {"B": "先查清", "R": "核实", "I": "提示"}

TITLE = "社会救助家庭经济状况核对报告"
STANDING = (
    "本报告供审核确认机关参考，不作为唯一依据；只核对不认定，是否给予救助由审核确认机关决定。"
)
MASKED = "姓名与证件号码已脱敏；成员序号与申请名册一致，请凭申请编号与序号对照纸质材料。"
SILENCE = (
    "未答复、未送达、数据过期与身份不符均不等于“无记录”，也不构成对申请人不利的结论；"
    "相应项目按待定处理，收到答复后重新核对。"
)
NOTES = (
    STANDING,
    "核对结果来自有关部门和金融机构提供的数据，反映基准日前各来源“数据截至”日的情况；“—”表示未知，不表示零。",
    "申报与核实不一致只是线索，不等于隐瞒或虚报；认定前应当听取申请人说明。",
    "匹配等级：A 证件号码有效且姓名一致；B 证件号码有效，姓名不同或缺失；C 没有可用的证件号码或要素互相矛盾，可能不是本人，须人工确认，不单独作为依据。",
    "本报告任何一个字节被改动，核验即不通过；核验方法：hedui verify --report 文件。以电子文件为准，纸质件凭报告编号与核验码查询。",
)
OBJECTION = (
    "申请人对本报告内容有异议的，可以向受理申请的乡镇人民政府（街道办事处）提出，指明证据编号，"
    "说明理由（非本人、已转让、金额有误、已注销或者其他）并附证明材料；由原经办人员以外的人员复核，"
    "复核后出具新的报告，原报告保留备查。"
)
