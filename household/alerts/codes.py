"""The alert codes as data: severity, subject, the sentence a reader sees and what would settle it (assessment §10).

Only this table lives here. A sentence names nobody and holds no figure: who and how much stand in columns of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

BLOCK, REVIEW, INFORM = "B", "R", "I"
"""B: settle it before anything is paid; R: a person looks; I: worth knowing."""


@dataclass(frozen=True, slots=True)
class AlertCode:
    """One kind of alert.

    Attributes:
        code: its name for ever.
        severity: B, R or I.
        subject_kind: what `subject_id` names: application, benefit, household or person.
        title_zh: short title.
        text_zh: what was found.
        settles_it: what would settle it.

    """

    code: str
    severity: str
    subject_kind: str
    title_zh: str
    text_zh: str
    settles_it: str


_TABLE = (
    AlertCode(
        "D01", BLOCK, "person", "死亡人员仍在保或在册", "登记显示该人已死亡，仍列为共同生活成员或仍在享待遇",
        "向村（居）或户籍、殡葬登记单位核实是否死亡；属实的停发待遇、调整人数，不属实的请登记单位更正",
    ),
    AlertCode(
        "D02", BLOCK, "benefit", "死亡次月后仍发放", "待遇领取人死亡当月之后仍有发放记录",
        "核实死亡日期与发放记录；属实的停发并追回死亡次月起的发放金额",
    ),
    AlertCode(
        "D03", BLOCK, "person", "在押人员列为成员或在享待遇", "该人核对日在押或被强制隔离戒毒，仍列为共同生活成员或仍在享待遇",
        "向司法行政部门核实起止日期；属实的不计入共同生活成员并停发待遇",
    ),
    AlertCode(
        "D04", BLOCK, "person", "特困人员的义务人具备履行能力", "该人在享特困供养，申请所列法定义务人按现有数据具备履行义务能力",
        "核实义务人的收入、健康与在世情况，是否有不能履行的情形；属实的按程序终止特困供养，告知可申请的其他救助",
    ),
    AlertCode(
        "D05", REVIEW, "person", "不计入人员又列为成员或在享待遇", "该人在一份申请中因失踪或宗教教职不计入共同生活成员，又列为另一户成员或在享待遇",
        "核实该人实际下落与共同生活的家庭；更正其中一份名册，失踪情形属实的停发待遇",
    ),
    AlertCode(
        "U01", BLOCK, "person", "重复享受低保", "同一人有两份低保待遇在同一月份内并存",
        "核实两份待遇的起止月份；属实的保留一份并追回重叠月份金额",
    ),
    AlertCode(
        "U02", BLOCK, "person", "同时享受城乡低保", "同一人的城镇低保与农村低保在同一月份内并存",
        "核实户籍与居住地，保留一份待遇并追回重叠月份金额",
    ),
    AlertCode(
        "U03", BLOCK, "person", "低保与特困并存", "同一人的低保与特困供养待遇在同一月份内并存",
        "核实对象类别，保留其中一项并追回重叠月份金额",
    ),
    AlertCode(
        "U04", BLOCK, "person", "特困与儿童生活费并存", "同一人的特困供养与孤儿或事实无人抚养儿童生活费在同一月份内并存",
        "由本人或监护人选择一项，另一项停发并追回重叠月份金额",
    ),
    AlertCode(
        "U05", REVIEW, "person", "特困与残疾人补贴并存", "同一人的特困供养与残疾人两项补贴在同一月份内并存",
        "核实补贴类别，属重复的停发补贴并追回重叠月份金额",
    ),
    AlertCode(
        "U06", REVIEW, "person", "孤儿生活费与残疾人生活补贴并存", "同一人的孤儿基本生活费与困难残疾人生活补贴在同一月份内并存",
        "保留孤儿基本生活费，停发生活补贴并追回重叠月份金额（护理补贴可以并存）",
    ),
    AlertCode(
        "U07", REVIEW, "person", "事实无人抚养儿童生活费全额发放并有其他待遇", "同一人全额领取事实无人抚养儿童基本生活费，同一月份内又有低保或困难残疾人生活补贴",
        "核实应否补足差额发放；属重复的停发生活补贴或改为差额，并追回重叠月份金额",
    ),
    AlertCode(
        "U08", BLOCK, "person", "单人保与低保并存", "单人保对象本人或其家庭同时有低保待遇",
        "核实按单人还是按户保障，保留一项并追回重叠月份金额",
    ),
    AlertCode(
        "U09", REVIEW, "person", "一人列入多户", "同一人在近一年内被列为成员不同的两户申请的共同生活成员",
        "核实实际共同生活的家庭（含离婚、再婚、迁户情形），更正其中一份申请的成员",
    ),
    AlertCode(
        "U12", BLOCK, "person", "不得并存的待遇并存", "同一人有两份按规定不得并存的待遇在同一月份内并存",
        "核实两份待遇的类别与起止月份；属实的保留一份并追回重叠月份金额",
    ),
    AlertCode(
        "U13", REVIEW, "benefit", "发放与待遇台账不符", "有发放记录，而待遇台账无此待遇或发放月份不在其起止年月之内",
        "核实台账是否漏登或该行被退回、起止年月是否有误、是否为补发；均不是的停发并核实是否追回",
    ),
    AlertCode(
        "T01", BLOCK, "household", "同一事由重复临时救助", "同一户同一事由的两次临时救助间隔不足规定月数",
        "核实两次救助是否为同一事由、有无再次救助的理由；无理由的追回后一次",
    ),
    AlertCode(
        "T02", REVIEW, "household", "同一事件多头救助超过限额", "同一户同一事件由两个以上层级或单位发放临时救助，合计超过当地限额",
        "核实各笔救助是否为同一事件、有无一事一议的决定；无依据的核实超出部分是否追回",
    ),
    AlertCode(
        "T03", REVIEW, "application", "先行救助手续逾期", "急难情况缓解后未在规定天数内补齐手续",
        "补办审核手续并登记补办日期",
    ),
    AlertCode(
        "T04", REVIEW, "household", "乡镇审批超过限额", "乡镇审批的临时救助超过乡镇审批限额",
        "核实审批权限与事由；应由县级审批的补办审核确认，同一事件分次审批的说明理由",
    ),
    AlertCode(
        "T05", BLOCK, "household", "全年临时救助超过限额", "同一户一个自然年内的临时救助合计超过全年累计限额",
        "核实各笔救助的事由与审批；无特殊决定的停止再发并核实超出部分",
    ),
    AlertCode(
        "P01", REVIEW, "person", "财政供养人员", "该人核对日在财政供养名册上（不含退休）",
        "核实在职情况与收入；财政供养身份本身不构成排除理由，以收入财产为准",
    ),
    AlertCode(
        "P02", REVIEW, "person", "存续经营主体", "该人在存续的经营主体中担任规定角色",
        "核实是否本人、是否实际经营及收益；已停业的提供注销或停业证明，被冒名的申请撤销登记",
    ),
    AlertCode(
        "P03", REVIEW, "application", "机动车超出规定", "家庭名下机动车不符合当地规定",
        "核实车辆归属、用途与价值；已转让的提供过户凭证",
    ),
    AlertCode(
        "P04", REVIEW, "application", "房产超出规定", "家庭名下房产不符合当地规定",
        "核实房产归属、用途与面积；已转让的提供不动产登记凭证",
    ),
    AlertCode(
        "P05", REVIEW, "person", "大额支出", "银行账户近半年大额支出超过提示线",
        "由本人说明支出用途并提供凭证，核实是否为规避核对而转移财产",
    ),
    AlertCode(
        "P06", REVIEW, "person", "申报工资低于缴费基数", "申报工资明显低于社会保险或公积金缴费基数推算的工资",
        "核实实际工资（工资条、银行流水或单位证明）；单位虚报基数的由单位说明",
    ),
    AlertCode(
        "P07", REVIEW, "person", "未申报养老金或失业保险金", "核算期内领取养老金或失业保险金而未申报转移性收入",
        "核实领取记录并补充申报",
    ),
    AlertCode(
        "P08", REVIEW, "person", "未申报公益性岗位工资", "核算期内有公益性岗位工资而未申报工资性收入",
        "核实岗位协议与工资发放记录并补充申报",
    ),
    AlertCode(
        "P09", REVIEW, "person", "申请前财产或婚姻变动", "申请前规定月数内有离婚登记、财产转让所得或不动产转出，核实是否影响家庭财产与成员的认定",
        "由本人说明变动原因、价款去向与财产分割，并提供协议或凭证；与核对无关的登记说明即可",
    ),
    AlertCode(
        "P10", INFORM, "person", "就读民办学校", "该人在民办小学、初中或高中就读，可作为家庭支出的辅助参考",
        "了解学费由谁负担、有无减免或资助；就读民办学校本身不构成排除理由",
    ),
    AlertCode(
        "H01", REVIEW, "application", "同户成年子女未列入", "申请人同一户口簿上的成年子女未列入名册",
        "核实该子女是否共同生活或应列为法定义务人；已分户或失联的说明情况",
    ),
    AlertCode(
        "H02", REVIEW, "person", "预计毕业日期已过", "学籍状态为在读，但预计离校日期已过",
        "向学校核实是否毕业、休学或延期；毕业的重新核定共同生活成员与就学支出",
    ),
    AlertCode(
        "H03", INFORM, "person", "到达规定年龄", "待遇领取人上次复核后到达与待遇类别有关的年龄，核实待遇类别与标准是否需要调整",
        "复核待遇类别、分类施保与可申请的其他待遇，并登记复核日期",
    ),
    AlertCode(
        "H04", REVIEW, "person", "特困未成年人成年后不在规定学段", "该人成年前开始享受特困供养，现已成年，学籍数据中没有义务教育、高中或中职在读记录",
        "核实是否仍在规定学段就读（含外地就读）、是否因残疾仍符合条件；均不符合的按程序终止并告知可申请的其他救助",
    ),
    AlertCode(
        "H05", REVIEW, "person", "残疾人证失效或等级变化", "待遇以残疾为条件，而残疾人证已注销、过期或等级不再符合",
        "核实是否已换领新证或重新评定；已换证的登记新证，确不符合的调整或停发待遇",
    ),
    AlertCode(
        "H06", REVIEW, "person", "户籍登记查无此人", "在享待遇人员的证件号码不在当地户籍登记中（含曾用号码）",
        "核实证件号码、户籍所在地是否迁移；号码有误的更正台账，查无此人的核实待遇",
    ),
    AlertCode(
        "A01", REVIEW, "household", "多户共用收款账户", "该户的收款账户在同一月份还为其他户收款",
        "核实账户归属；代管的提供书面代管协议，否则改发至本户账户",
    ),
    AlertCode(
        "A02", REVIEW, "household", "账户户名不是本户人员", "收款账户的户名不是该户待遇人员的现用名或曾用名",
        "核实账户归属；代管的提供书面代管协议，否则改发至本户账户",
    ),
    AlertCode(
        "A04", REVIEW, "benefit", "复核逾期", "待遇在享，距上次复核已超过规定月数",
        "按规定复核并登记复核日期",
    ),
    AlertCode(
        "A05", BLOCK, "person", "授权缺失或不完整", "该人须经授权方可核对，现有授权缺失、失效或未覆盖全部来源",
        "补签覆盖全部来源的授权书；未成年人由监护人签署",
    ),
    AlertCode(
        "A06", INFORM, "application", "办理期限临近", "该申请有法定办理环节即将到期",
        "在到期日前办结该环节并登记办理日期",
    ),
    AlertCode(
        "A07", INFORM, "person", "银行未按期答复", "有银行未答复或超过答复期限",
        "催办该银行答复，或重新发出查询",
    ),
    AlertCode(
        "O01", INFORM, "application", "可能应助未助", "家庭收入低于边缘家庭线，有重病、重残或失业成员，而未享受任何救助待遇",
        "主动上门了解情况，告知可申请的救助项目",
    ),
    AlertCode(
        "O02", INFORM, "application", "可按单人保受理", "该家庭有成员符合单人保条件，而未申请也未享受",
        "告知并征求该家庭意见，可按单人保受理",
    ),
    AlertCode(
        "O03", INFORM, "application", "停保后支出仍高", "家庭成员的低保近一年内停发，按现有数据符合支出型救助条件，而未申请",
        "告知并征求该家庭意见，可按刚性支出困难家庭或支出型临时救助受理",
    ),
    AlertCode(
        "O04", REVIEW, "benefit", "少发待遇", "待遇在享，近几次集中发放中该待遇实发合计少于月保障金额应发合计",
        "核实是否漏发、退汇、抵扣或金额登记有误；属少发的补发",
    ),
    AlertCode(
        "O05", INFORM, "person", "可能应享未享残疾人补贴", "该人在享社会救助并持有一级或二级残疾人证，而未享受残疾人两项补贴",
        "告知困难残疾人生活补贴与重度残疾人护理补贴的申请条件；确不需要长期照护或已享受同类待遇的登记原因",
    ),
)  # fmt: skip

CODES: dict[str, AlertCode] = {row.code: row for row in _TABLE}
"""Every code of the first release, in the contract's order of families."""
