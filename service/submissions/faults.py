"""What may be said of a row that is handed in, beyond the row rules of intake: codes, Chinese sentences, and which of them refuse the row.

A sentence never quotes a value. Codes are stable: the approval system's programs read them.
"""

from __future__ import annotations

from typing import Final

from household.schema.datasets import DATASETS
from quality.reasons import REASONS

REFUSING: Final[dict[str, str]] = {
    "unsuitable_id": "“{title}”过长、含有空格或符号，或形似证件号码；请更正编号",
    "unavailable_id": "该申请编号不可用；请核对编号",
    "unavailable_number": "“{title}”不可用；请核对编号",
    "out_of_scope": "申请的行政区划或救助类型不在您的权限范围内；请由有权限的机构报送",
    "application_unknown": "申请编号不在本次委托中，也不在已有的申请中；请连同申请一并报送",
    "application_refused": "同一申请的申请信息被退回，本行未受理；请更正后一并重新报送",
    "household_held": "同一申请有家庭成员行被退回，为免少算人口，整户未受理；请更正后一并重新报送",
    "evidence_unknown": "该申请没有这一证据编号；请按核对结果中的证据编号填写，或留空表示对整户提出异议",
    "unknown_field": "该行含有交换目录外的字段；请按接口说明的字段名报送",
    "not_text": '“{title}”须为文本；金额等请用字符串给出，如 "1200.50"',
    "too_long": "“{title}”过长；请核对内容",
    "number_stored": "“{title}”以数字保存，第 16 位起已被表格软件改成 0；请把该列设为文本格式后重新填写",
    "trailing_zeros": "“{title}”末尾为 000 且未通过校验，疑被表格软件改写；请把该列设为文本格式后重新填写",
    "formula": "“{title}”是公式，不予计算；请复制后以“值”粘贴",
    "cell_error": "“{title}”是表格软件的错误值；请更正",
    "merged_cell": "该行含合并单元格，除左上角外没有内容；请取消合并并逐行填写",
}
NOTICES: Final[dict[str, str]] = {
    "fullwidth_digits": "“{title}”含全角字符，已按半角读取",
    "inner_spaces": "“{title}”中有空格，读取时已忽略",
    "lower_case_x": "“{title}”末位为小写 x，已按大写读取",
    "id_stored_as_number": "“{title}”以数字保存（15 位，未丢失）；建议把该列设为文本格式",
    "trailing_zeros_suspect": "“{title}”末尾为 000 且未通过校验，疑被表格软件改写；请核对",
    "invalid_check_digit": "“{title}”未通过校验位检查；照原样受理，可能无法与来源数据匹配",
    "short_number": "“{title}”位数不足；照原样受理，可能无法与来源数据匹配",
    "other_document": "“{title}”不是居民身份证号码；照原样受理",
    "cause_missing": "临时救助应填“{title}”",
    "reason_missing": "不计入成员应填“{title}”",
    "no_members": "本次委托没有该申请的家庭成员",
    "paper_missing": "没有此人的授权书：无授权不核对，不会查询此人",
    "paper_expired": "此人的授权书已过有效期：无授权不核对，不会查询此人",
    "paper_revoked": "此人的授权书已撤销：无授权不核对，不会查询此人",
    "paper_not_yet": "此人的授权书签署日期在今日之后：此前不会查询此人",
    "paper_programme": "此人的授权书是为另一救助类型签署的：不会为本申请查询此人",
    "paper_guardian": "未成年人的授权书须由监护人签署：不会查询此人",
    "paper_expires_soon": "授权书将在 30 日内到期",
    "unlisted_ground": "异议理由不在目录所列用语之内；照原样受理",
}
UNASKED: Final = (
    "paper_missing",
    "paper_expired",
    "paper_revoked",
    "paper_not_yet",
    "paper_programme",
    "paper_guardian",
)
"""Notices on a member who will not be asked about."""


def refuses(code: str) -> bool:
    """Whether a row with this fault is refused."""
    return code not in NOTICES


def fault_sentence(code: str, dataset: str, column: str) -> str:
    """The Chinese sentence of a fault. Raises KeyError for a code that is not listed."""
    declared = DATASETS[dataset]
    title = declared[column].title_zh if column else "、".join(c.title_zh for c in declared.keys)
    told = NOTICES.get(code) or REFUSING.get(code) or REASONS[code]
    return told.format(title=title)
