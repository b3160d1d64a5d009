"""Characters that stand for others in the corpus: traditional forms, and those alike in sound.

Written down for the corpus; the product's tables (OpenCC, pypinyin, its own) are not used here.
"""

from __future__ import annotations

from synthetic.misspelling import TRADITIONAL as COUNTY_TRADITIONAL

TRADITIONAL = COUNTY_TRADITIONAL | dict(
    zip(
        "韦贾邹龚邓严齐关庄涂单区仇华骆阮兰齐张汤鲁颜倪刚辉凯磊鑫义云庆兴达远贵学顺泽轩铭坤权胜跃来长宝发锋诚奇岩献书树敏娟琼霞莲爱晓颖倩莎锦宁娇岚娴玛艺浏纯毓泽冰诗语叶个银丽静",
        "韋賈鄒龔鄧嚴齊關莊塗單區仇華駱阮蘭齊張湯魯顏倪剛輝凱磊鑫義雲慶興達遠貴學順澤軒銘坤權勝躍來長寶發鋒誠奇巖獻書樹敏娟瓊霞蓮愛曉穎倩莎錦寧嬌嵐嫻瑪藝瀏純毓澤冰詩語葉個銀麗靜",
        strict=True,
    )
)
TRADITIONAL = {plain: other for plain, other in TRADITIONAL.items() if plain != other}

_ALIKE = (
    "伟玮炜维卫", "军君钧均俊", "勇永咏泳", "杰洁捷婕", "涛韬桃", "明铭鸣名", "超朝", "刚钢岗", "平萍苹屏", "辉晖慧惠会",
    "飞菲霏", "鹏朋蓬", "波博勃", "斌彬滨宾", "宇雨语羽", "浩皓昊", "凯恺楷", "健建剑", "磊蕾垒", "洋阳扬杨", "鑫欣新心昕",
    "龙隆", "国果", "华桦骅", "志智至治", "文雯纹", "峰锋丰枫", "宁凝", "亮靓", "海亥", "东冬", "生升声", "荣容蓉", "福富",
    "德得", "林琳霖", "成诚承城", "晨辰琛", "旭绪", "帆凡", "松嵩", "云芸耘", "山珊杉", "庆清青卿", "元源媛园", "振镇震",
    "春椿", "光广", "祥翔", "义艺怡毅", "兵冰", "宏红洪鸿", "达大", "利丽莉立", "远苑", "忠中仲", "贵桂", "金锦今", "全泉权",
    "兴星", "学雪", "良梁", "和河禾", "安岸", "才财", "根耕", "顺舜", "泽择", "轩宣萱", "睿瑞", "子梓紫", "豪毫", "嘉佳家",
    "坤昆", "昌长", "胜圣", "跃悦月玥", "芳方", "娜那", "敏闵民", "静婧靖净", "艳燕彦妍", "娟涓", "霞侠", "秀绣", "英瑛莺",
    "玲灵凌", "香湘", "琴芹勤", "梅玫", "玉钰育", "婷亭庭", "颖影莹", "倩茜", "淑书", "凤奉", "晶京", "瑶遥尧", "素愫",
    "彩采", "菊聚", "爱艾", "晓小", "巧俏", "珠朱", "芝枝知", "丹单", "娇姣", "岚兰", "婉晚", "思斯", "诗施", "依一伊", "希西",
)  # fmt: skip


def _turned(by: int) -> dict[str, str]:
    """Each character to another of its group, `by` places on."""
    return {
        character: group[(at + 1 + by % (len(group) - 1)) % len(group)]
        for group in _ALIKE
        for at, character in enumerate(group)
    }


HOMOPHONES = tuple(_turned(by) for by in range(4))
"""Four tables, so that a character has several that sound like it."""
