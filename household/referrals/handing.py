"""What is handed to whom: receiver, purpose and the columns that the purpose needs, as data. A list shows nothing else of a person."""

from __future__ import annotations

from dataclasses import dataclass

NAME, NUMBER, PHONE, ADDRESS = "name", "number", "phone", "address"
"""Personal columns, fetched in clear only when a list is written."""

TITLES: dict[str, str] = {
    "referral_id": "转介编号",
    NAME: "姓名",
    NUMBER: "证件号码",
    PHONE: "联系电话",
    ADDRESS: "居住地址",
    "region_code": "行政区划代码",
    "reason_zh": "事由",
    "text_zh": "说明",
    "settles_it": "建议核实",
}


@dataclass(frozen=True, slots=True)
class Handover:
    """One list as it is handed over.

    Attributes:
        receiver_zh: the department. purpose_zh: what it may be used for. columns: keys of TITLES, in order.

    """

    receiver_zh: str
    purpose_zh: str
    columns: tuple[str, ...]


_TOLD = ("region_code", "reason_zh", "text_zh", "settles_it")

HANDOVERS: dict[str, Handover] = {
    "medical": Handover(
        "医疗保障部门",
        "核实参保与资助参保情况，依规给予医疗救助",
        ("referral_id", NAME, NUMBER, *_TOLD),
    ),
    "education": Handover(
        "教育部门",
        "核实就学情况，落实学生资助与控辍保学",
        ("referral_id", NAME, NUMBER, *_TOLD),
    ),
    "housing": Handover(
        "住房城乡建设部门",
        "核实住房情况，落实危房改造与住房保障",
        ("referral_id", NAME, NUMBER, ADDRESS, *_TOLD),
    ),
    "employment": Handover(
        "人力资源社会保障部门",
        "核实就业情况，提供就业援助",
        ("referral_id", NAME, NUMBER, PHONE, *_TOLD),
    ),
    # a charity needs to find the person, and neither the number nor what the household draws
    "charity": Handover(
        "慈善组织",
        "经本人同意，联系本人并了解尚未解决的困难",
        ("referral_id", NAME, PHONE, ADDRESS, "reason_zh", "settles_it"),
    ),
}
"""List -> how it is handed over."""

FEEDBACK_ZH = "办理情况"
"""The empty column in which the receiver answers."""

DUTIES_ZH = (
    "本名单由核对系统依据登记数据提出，只核对不认定：所列情形须由接收单位核实，不能据此认定或减损任何人的权益。",
    "名单含个人信息，仅限上述用途使用，不得转交他人；办理完毕后反馈办理情况并按规定销毁。",
)
