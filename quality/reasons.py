"""Why a row is held back, and what was noticed in rows that stand: each a code and one Chinese sentence.

A sentence of a reason says what is wrong and what to do. A note never holds a row back and nothing is repaired for it.
"""

from __future__ import annotations

from household.schema.column import Kind

REQUIRED = "required"
NEGATIVE = "negative"
DUPLICATE_KEY = "duplicate_key"
SCIENTIFIC_NUMBER = "scientific_notation"
OUT_OF_RANGE = "out_of_range"

UNREADABLE: dict[Kind, str] = {
    Kind.DATE: "unreadable_date",
    Kind.MONTH: "unreadable_month",
    Kind.YUAN: "unreadable_amount",
    Kind.WAN_YUAN: "unreadable_amount",
    Kind.NUM: "unreadable_number",
    Kind.INT: "unreadable_integer",
    Kind.BOOL: "unreadable_bool",
    Kind.CODE: "unknown_code",
    Kind.REGION: "unreadable_region",
}

REASONS: dict[str, str] = {
    REQUIRED: "必填项“{title}”为空；请补填后重新报送该行",
    NEGATIVE: "“{title}”不得为负数；请核对金额或数量后重新报送该行",
    DUPLICATE_KEY: "与本文件前面的一行主键（{title}）相同，以先出现的一行为准；请删除重复行或更正主键",
    SCIENTIFIC_NUMBER: "“{title}”被表格软件改成科学记数法，末位数字已丢失；请把该列设为文本格式后重新导出",
    OUT_OF_RANGE: "“{title}”的数值超出可保存的范围；请核对单位与位数后重新报送该行",
    "unreadable_date": "“{title}”不是有效日期；请写成 2024-03-05、20240305、2024/3/5 或 2024年3月5日",
    "unreadable_month": "“{title}”不是有效年月；请写成 2024-03、202403 或 2024年3月",
    "unreadable_amount": "“{title}”不是金额；请只填数字和小数点，不带千分位、单位或符号",
    "unreadable_number": "“{title}”不是数值；请只填数字和小数点",
    "unreadable_integer": "“{title}”不是整数；请填不带小数和单位的数字",
    "unreadable_bool": "“{title}”只能填 是/否、true/false、1/0 或 Y/N；请更正",
    "unknown_code": "“{title}”的取值不在代码表内；请按代码表的代码或名称填写",
    "unreadable_region": "“{title}”不是 6、9 或 12 位区划代码；请更正",
    "stray_quote": "该行引号没有成对，无法分列；请删去多余的引号后重新报送该行",
    "nul_byte": "该行含有空字符（NUL），传输或导出时已损坏；请重新导出该行",
    "cut_character": "该行按清单 layout 切分时把一个汉字切成两半；请核对各列的字节位置",
}

NOTES: dict[str, str] = {
    "excess_precision": "小数位数过多，已四舍五入",
    "fullwidth_digits": "含全角字符，已按半角读取",
    "scientific_notation": "数值为科学记数法",
    "invalid_check_digit": "证件号码未通过校验",
    "trailing_zeros_suspect": "证件号码末尾为 000 且未通过校验，疑被表格软件改写",
    "short_number": "证件号码位数不足，疑丢失前导或末尾数字",
    "masked_number": "证件号码已脱敏",
    "other_document": "不是居民身份证号码",
    "interpunct_variant": "姓名间隔号写法不一",
    "inner_space": "姓名中间有空格",
    "term_unknown": "取值不在目录所列用语之内",
    "conditionally_missing": "按目录说明此情形应填而未填",
}


def reason_sentence(code: str, title: str) -> str:
    """The Chinese sentence of a reason code for a column title. Raises KeyError on a code that is not listed."""
    return REASONS[code].format(title=title)
