"""How the same part of a Uyghur, Kazakh, Tibetan, Mongol or Yi name is spelt in Han characters.

Two tables of our own: whole parts, and syllables inside a part. They were written down from the
habits of registers (one clerk hears 阿卜杜, another 阿不都), not from any folding table of the
product: a spelling that the product does not know must be able to occur.
"""

from __future__ import annotations

PARTS: tuple[tuple[str, ...], ...] = (
    ("买买提", "麦麦提", "穆罕默德", "默罕默德", "穆哈麦提"),
    ("艾合买提", "艾合麦提", "艾海提买提", "阿合买提", "艾合迈提"),
    ("吐尔逊", "图尔荪", "吐逊", "吐尔孙", "图尔逊"),
    ("玉素甫", "玉苏甫", "尤素甫", "于苏普", "玉素普"),
    ("热合曼", "热赫曼", "热合满", "日合曼"),
    ("肉孜", "若孜", "肉则", "柔孜"),
    ("尼亚孜", "尼牙孜", "尼亚则"),
    ("卡德尔", "喀迪尔", "卡地尔", "喀德尔"),
    ("伊力亚斯", "依力亚斯", "伊利亚斯", "伊里亚斯"),
    ("艾尼瓦尔", "安尼瓦尔", "艾尼娃尔", "阿尼瓦尔"),
    ("库尔班", "库尔板", "古尔邦", "库班"),
    ("牙生", "亚森", "雅森", "亚生"),
    ("萨吾提", "沙吾提", "萨伍提"),
    ("伊明", "依明", "伊敏", "依民"),
    ("司马义", "斯马义", "斯玛依", "司马依"),
    ("热西提", "热希提", "热西丁", "热席提"),
    ("帕提古丽", "法提古丽", "帕提姑丽"),
    ("帕提曼", "法图麦", "帕提玛", "帕提麦"),
    ("阿依古丽", "阿依姑丽", "阿伊古丽", "阿依谷丽"),
    ("米热古丽", "米日古丽", "蜜热古丽"),
    ("迪丽拜尔", "地里拜尔", "迪里拜尔", "狄丽拜尔"),
    ("扎西", "札西", "扎喜", "才西"),
    ("次仁", "才让", "泽仁", "慈仁", "次任"),
    ("丹增", "旦增", "登增", "旦真"),
    ("多吉", "多杰", "朵吉"),
    ("拉姆", "拉毛", "拉母"),
    ("索朗", "索南", "锁朗"),
    ("罗布", "洛布", "诺布"),
    ("巴特尔", "巴图尔", "巴特", "巴雅特尔"),
    ("琪琪格", "其其格", "齐齐格"),
    ("托娅", "托雅", "图雅"),
    ("孟克", "蒙克", "孟和"),
    ("布和", "布赫", "宝和"),
    ("努尔兰", "努兰", "奴尔兰"),
    ("叶尔江", "也尔江", "叶儿江"),
    ("木拉提", "穆拉提", "木拉特"),
    ("达吾列提", "达吾来提", "达武列提"),
    ("沙吾列", "萨吾列", "沙吾烈"),
    ("赛力克", "塞力克", "赛里克"),
    ("别克", "毕克"),
    ("哈德勒", "卡德勒"),
    ("玉山江", "玉散江", "于山江"),
    ("祖丽皮亚", "祖力皮亚", "祖丽菲亚"),
    ("茹克亚", "肉克亚", "如克亚"),
    ("哈丽旦", "哈里旦", "哈力旦"),
    ("汗克孜", "罕克孜"),
    ("卓玛", "卓麻", "着玛"),
    ("央金", "央坚", "央吉"),
    ("白玛", "巴玛", "贝玛"),
    ("格桑", "噶桑", "尕桑"),
    ("达瓦", "达娃"),
    ("旺堆", "汪堆"),
    ("平措", "彭措", "朋措"),
    ("强巴", "降巴", "向巴"),
    ("曲珍", "曲真", "却珍"),
    ("边巴", "扁巴"),
    ("宝音", "包音"),
    ("青格勒", "庆格勒", "清格勒"),
    ("朝鲁", "楚鲁", "朝洛"),
)
"""Spellings of one part; any may be written for any other."""

SYLLABLES: tuple[tuple[str, ...], ...] = (
    ("阿卜杜", "阿不都", "阿布都", "阿卜都", "阿不杜", "阿布杜"),
    ("阿卜力", "阿不力", "阿布力"),
    ("古丽", "姑丽", "古力", "古里"),
    ("木", "穆", "姆"),
    ("依", "伊", "衣"),
    ("艾", "爱", "哎"),
    ("尔", "儿", "而"),
    ("拉", "腊"),
    ("麦", "买", "迈"),
    ("吐", "图", "土"),
    ("迪", "地", "狄"),
    ("热", "日"),
    ("提", "铁", "特"),
    ("合", "赫", "和"),
    ("甫", "普", "夫"),
    ("尼", "妮"),
    ("沙", "莎", "萨"),
    ("努", "奴"),
    ("娜", "那"),
    ("吉", "杰", "及"),
    ("仁", "任"),
    ("乌", "吾"),
)
"""Spellings of syllables, longest first; used where the whole part stands in no group."""


def spellings(part: str) -> tuple[str, ...]:
    """Other spellings of a name part, without the part itself; empty when none is known."""
    found: dict[str, None] = {}
    for group in PARTS:
        if part in group:
            found.update(dict.fromkeys(group))
    for group in SYLLABLES:
        for written in group:
            if written in part:
                found.update(dict.fromkeys(part.replace(written, other, 1) for other in group))
                break
    return tuple(other for other in found if other != part)
