"""What can fall due, as data: title, sentence, and the rule where no parameter of a pack gives one.

Only this table lives here. A sentence names nobody; `{on}` is the day and `{n}` the number that a parameter gives.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewKind:
    """One kind of entry.

    Attributes:
        kind: its name for ever.
        title_zh: short title.
        text_zh: what falls due and what to look at; `{on}` and `{n}` stand for the day and the parameter's number.
        source: the document, where it is not that of a parameter.

    """

    kind: str
    title_zh: str
    text_zh: str
    source: str | None = None


_TABLE = (
    ReviewKind(
        "review_stable", "定期复核（收入稳定）", "收入稳定家庭每{n}个月复核一次，应于{on}前完成",
    ),
    ReviewKind(
        "review_unstable", "定期复核（收入不稳定）", "收入不稳定或有劳动能力的家庭每{n}个月复核一次，应于{on}前完成",
    ),
    ReviewKind(
        "death_review", "死亡后复核", "享受待遇人员死亡后{n}个月内复核并办理增减停发，应于{on}前完成",
    ),
    ReviewKind(
        "rigid_validity", "刚性支出认定有效期", "刚性支出困难家庭认定有效期{n}个月，至{on}届满，继续享受应重新申请",
    ),
    ReviewKind(
        "taper_end", "渐退期届满",
        "享受低保期间有新的就业登记；如已按渐退处理，渐退期最长{n}个月，至迟{on}届满，届时核实是否停发或调整（是否渐退没有登记）",
    ),
    ReviewKind(
        "turns_18", "年满18周岁", "当月年满18周岁，核实对象类别与就学情况是否变化；此前由监护人签署的授权，由本人重新签署",
        "民发〔2021〕57号 第七条",
    ),
    ReviewKind(
        "turns_60", "年满60周岁", "当月年满60周岁，核实是否符合特困人员等更适合的类别，避免应享未享",
        "民发〔2021〕43号",
    ),
    ReviewKind(
        "turns_elder", "达到增发年龄", "当月年满{n}周岁，达到当地增发救助金的年龄，核实是否增发",
    ),
    ReviewKind(
        "turns_80", "年满80周岁", "当月年满80周岁，核实是否可以申领高龄津贴",
    ),
    ReviewKind(
        "certificate_expires", "残疾人证到期", "登记的残疾人证有效期至{on}，提醒换证；到期未换的证件不再作为依据",
    ),
    ReviewKind(
        "authorisation_expires", "授权书到期", "授权书有效期至{on}，继续核对须重新签署", "社会救助暂行办法 第五十八条",
    ),
    ReviewKind(
        "tekun_schooling", "特困供养对象毕业",
        "年满18周岁仍在校就读的特困供养对象，学籍登记的预计毕业日期为{on}，届时核实是否继续供养", "民发〔2021〕43号 第二十四条",
    ),
    ReviewKind(
        "custody_release", "释放后核实", "登记的释放日期为{on}，届时核实是否重新计入共同生活成员或恢复待遇，避免应享未享",
        "民发〔2021〕57号 第七条",
    ),
)  # fmt: skip

KINDS: dict[str, ReviewKind] = {row.kind: row for row in _TABLE}
"""Every kind, in the order in which the calendar lists them on one day."""

STATE_ZH = {
    "due": "",
    "provisional": "；日期为暂定",
    "overdue": "；已到期，未见办理登记",
    "unrecorded": "；日期已过，是否办理没有登记",
}
"""What a state adds to the sentence."""
