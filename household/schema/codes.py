"""Code lists: the closed vocabularies of the contract, each code with its Chinese title.

A value may arrive as the code's name or as its title. Anything else cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes of one meaning. `titles` maps code to Chinese title; `aliases` maps further accepted titles to codes."""

    name: str
    titles: dict[str, str]
    aliases: dict[str, str] = field(default_factory=dict)

    def readings(self) -> dict[str, str]:
        """Every accepted spelling, to its code."""
        by_title = {title: code for code, title in self.titles.items()}
        return {code: code for code in self.titles} | by_title | self.aliases


PROGRAMME = CodeList(
    "programme",
    {
        "dibao": "最低生活保障",
        "dibao_edge": "最低生活保障边缘家庭",
        "single_person": "单人保",
        "tekun": "特困人员救助供养",
        "rigid": "刚性支出困难家庭",
        "temp_expenditure": "临时救助(支出型)",
        "temp_emergency": "临时救助(急难型)",
        "orphan": "孤儿基本生活费",
        "de_facto_orphan": "事实无人抚养儿童基本生活费",
        "disability_living": "困难残疾人生活补贴",
        "disability_care": "重度残疾人护理补贴",
        "old_age": "高龄津贴",
    },
    aliases={"孤儿": "orphan", "事实无人抚养儿童": "de_facto_orphan"},
)
RELATION = CodeList(
    "relation",
    {
        "self": "本人",
        "spouse": "配偶",
        "child": "子女",
        "parent": "父母",
        "grandparent": "祖父母或外祖父母",
        "grandchild": "孙子女或外孙子女",
        "sibling": "兄弟姐妹",
        "in_law": "儿媳或女婿",
        "other": "其他",
    },
)
MEMBER_ROLE = CodeList(
    "member_role",
    {
        "member": "共同生活成员",
        "obligor": "法定义务人",
        "excluded": "不计入成员",
    },
)
EXCLUDED_REASON = CodeList(
    "excluded_reason",
    {
        "prison": "服刑",
        "compulsory_rehab": "强制隔离戒毒",
        "missing": "宣告失踪",
        "clergy": "宗教教职人员",
        "other": "其他",
    },
)
URBAN_RURAL = CodeList(
    "urban_rural",
    {
        "urban": "城镇",
        "rural": "农村",
    },
)
EMPLOYMENT_STATE = CodeList(
    "employment_state",
    {
        "employed": "在业",
        "unemployed": "登记失业",
        "student": "在校",
        "unable": "无劳动能力",
        "retired": "退休",
        "farming": "务农",
        "other": "其他",
    },
)
DISABILITY_TYPE = CodeList(
    "disability_type",
    {
        "visual": "视力",
        "hearing": "听力",
        "speech": "言语",
        "physical": "肢体",
        "intellectual": "智力",
        "mental": "精神",
        "multiple": "多重",
    },
)
REPLY_STATE = CodeList(
    "reply_state",
    {
        "found": "有记录",
        "none": "无记录",
        "identity_mismatch": "身份不符",
        "no_answer": "未答复",
    },
)
TEMP_CAUSE = CodeList(
    "temp_cause",
    {
        "fire": "火灾",
        "traffic": "交通事故",
        "drowning": "溺水",
        "disaster": "自然灾害",
        "sudden_illness": "突发重病",
        "illness": "医疗支出",
        "education": "教育支出",
        "disability_care": "重残照料",
        "other": "其他",
    },
)
SEX = CodeList(
    "sex",
    {"男": "男", "女": "女"},
)
EXPENDITURE_KIND = CodeList(
    "expenditure_kind",
    {
        "living": "生活",
        "medical": "医疗",
        "education": "教育",
        "disability": "残疾康复",
        "disaster": "灾害事故",
        "other": "其他",
    },
)
OBJECTION_GROUND = CodeList(
    "objection_ground",
    {
        "not_mine": "非本人",
        "sold": "已转让",
        "wrong_amount": "金额有误",
        "closed": "已注销",
        "other": "其他",
    },
)

CODE_LISTS: dict[str, CodeList] = {
    codes.name: codes
    for codes in (
        PROGRAMME,
        RELATION,
        MEMBER_ROLE,
        EXCLUDED_REASON,
        URBAN_RURAL,
        EMPLOYMENT_STATE,
        DISABILITY_TYPE,
        REPLY_STATE,
        TEMP_CAUSE,
        SEX,
        EXPENDITURE_KIND,
        OBJECTION_GROUND,
    )
}
