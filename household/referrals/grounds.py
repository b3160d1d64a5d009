"""The grounds of a referral as data: which list, what is said, what would settle it, and the documents that ask for it.

Only these tables live here. Articles of the national regulation are chapters five to ten of 社会救助暂行办法; what a region adds is cited
by the id of its pack, so that a county is told its own document beside the national one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from household.rules.lookup import Packs


@dataclass(frozen=True, slots=True)
class Ground:
    """One kind of referral.

    Attributes:
        code: its name for ever, `<list>.<what>`.
        title_zh: short title. text_zh: what the records show. settles_it: what whoever receives it would do first.
        law: the national citation.

    """

    code: str
    title_zh: str
    text_zh: str
    settles_it: str
    law: str

    @property
    def list_name(self) -> str:
        """The list it belongs to."""
        return self.code.split(".")[0]


_TABLE = (
    Ground(
        "medical.not_insured", "未见正常参保", "医保参保登记中未见该人正常参保的记录",
        "核实是否在外地参保或未参保；未参保的协助参保，并按规定资助", "社会救助暂行办法 第二十九条",
    ),
    Ground(
        "medical.not_subsidised", "未见资助参保", "该人参加居民医保，参保登记载明未享受资助参保",
        "核实对象类别；符合条件的补办资助参保", "社会救助暂行办法 第二十九条",
    ),
    Ground(
        "medical.spending", "自付医疗费用较高", "该人近十二个月经各项保障支付后的自付医疗费用超过当地起付线",
        "核实费用是否已纳入医疗救助；未纳入的按规定受理", "社会救助暂行办法 第二十九条",
    ),
    Ground(
        "education.aid", "在读学生", "该人学籍为在读", "核实是否已享受学生资助；未享受的按学段纳入资助",
        "社会救助暂行办法 第三十三条",
    ),
    Ground(
        "education.not_enrolled", "适龄未见在读学籍", "该儿童处于义务教育年龄，本地学籍中未见在读记录",
        "核实是否在外地就读、延缓入学或失学；失学的劝返复学，不能入校的安排送教", "社会救助暂行办法 第三十三条",
    ),
    Ground(
        "housing.unsafe_only", "仅有C、D级危房", "家庭登记的住房均为C级或D级危房",
        "核实住房安全等级与居住情况；符合条件的纳入危房改造或住房保障", "社会救助暂行办法 第三十七条",
    ),
    Ground(
        "housing.no_home", "未见住房登记", "不动产登记中未见家庭成员的住房",
        "核实实际居住情况（未登记的自建房、借住、租住）；符合条件的纳入住房保障", "社会救助暂行办法 第三十七条",
    ),
    Ground(
        "employment.registered", "登记失业", "该人在法定劳动年龄内，有失业登记",
        "核实就业意愿与需求；提供岗位信息、培训或公益性岗位", "社会救助暂行办法 第四十二条",
    ),
    Ground(
        "employment.no_record", "未见就业记录", "该人在法定劳动年龄内，未见就业、缴费、经营与务农记录",
        "核实是否就业、就业意愿与需求；有需求的提供就业服务", "社会救助暂行办法 第四十二条",
    ),
    Ground(
        "employment.zero_job_family", "零就业家庭", "家庭中有劳动能力的成员均未见就业记录",
        "核实家庭就业情况；确属零就业的采取措施至少帮扶一人就业", "社会救助暂行办法 第四十三条",
    ),
    Ground(
        "charity.aid_capped", "临时救助已达上限", "支出型临时救助的建议金额受上限限制，仍有支出未覆盖",
        "与本人联系，了解尚未解决的支出", "国发〔2014〕47号; 社会救助暂行办法 第五十二条",
    ),
    Ground(
        "charity.not_eligible", "支出较大而不符合救助条件", "家庭刚性支出达到规定的比例或起付线，所申请的救助不符合条件",
        "与本人联系，了解实际困难", "国发〔2014〕47号; 社会救助暂行办法 第五十二条",
    ),
)  # fmt: skip

GROUNDS: dict[str, Ground] = {row.code: row for row in _TABLE}
"""Every ground, list by list."""

_XINJIANG = "新疆贯彻社会救助暂行办法的实施意见"
_REFORM = "关于进一步改革完善社会救助制度的实施意见"
_WAYS_2018 = "2018年实施意见 五"

LOCAL: dict[str, dict[str, str]] = {
    "65": {
        "medical": f"{_XINJIANG} 二（三）",
        "education": f"{_XINJIANG} 二（四）",
        "housing": f"{_XINJIANG} 二（五）",
        "employment": f"{_XINJIANG} 二（六）",
        "charity": f"{_XINJIANG} 二（八）",
    },
    "15": {
        "medical": _WAYS_2018,
        "education": _WAYS_2018,
        "housing": _WAYS_2018,
        "employment": _WAYS_2018,
        "charity": "2018年实施意见 六",
    },
    "50": {
        "medical": "渝民发〔2019〕19号 二（三）",
        "education": "渝民发〔2019〕19号 二（三）",
        "housing": "渝民发〔2019〕19号 二（三）",
        "employment": "渝民发〔2019〕19号 二（三）",
        "charity": "渝民发〔2019〕19号 二（六）",
    },
    "ar-004": {
        "medical": f"{_REFORM} 增强兜底功能（六）",
        "education": f"{_REFORM} 特色创新发展（二）",
        "housing": f"{_REFORM} 增强兜底功能（六）",
        "employment": f"{_REFORM} 特色创新发展（二）",
        "charity": f"{_REFORM} 统筹社会救助体系（二）",
    },
}
"""Pack id -> list -> what the region's own document says of it."""


def basis_of(ground: Ground, region: str, packs: Packs) -> str:
    """The citations of a ground for a region: the nearest region's own document, then the national one."""
    for pack_id in packs.chain(region):
        if pack_id in LOCAL:
            return f"{LOCAL[pack_id][ground.list_name]}; {ground.law}"
    return ground.law
