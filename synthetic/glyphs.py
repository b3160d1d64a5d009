"""Characters that stand for others in registers: variant forms, and stand-ins of rare characters.

Written down for the generator; the product's tables (OpenCC, pypinyin, its own) are not used here.
"""

from __future__ import annotations

VARIANTS = dict(
    zip(
        "峰群高真青清静德惠凌珍富吴温恒晋升户教彦黄录吕俞奂即郎朗于游杰勇强梁国华",
        "峯羣髙眞靑淸靜徳恵淩珎冨呉溫恆晉昇戶敎彥黃彔呂兪奐卽郞朗於遊傑勈強樑囯崋",
        strict=True,
    )
)
VARIANTS = {plain: other for plain, other in VARIANTS.items() if plain != other}

_RARE = (
    ("喆", "ZHE", "哲"), ("翀", "CHONG", "冲"), ("頔", "DI", "迪"), ("犇", "BEN", "奔"), ("婼", "RUO", "若"), ("祎", "YI", "怡"),
    ("翯", "HE", "鹤"), ("垚", "YAO", "尧"), ("淼", "MIAO", "苗"), ("彧", "YU", "玉"), ("龑", "YAN", "岩"), ("㛃", "JIE", "洁"),
    ("䶮", "YAN", "严"), ("堃", "KUN", "坤"), ("燊", "SHEN", "深"), ("玥", "YUE", "月"), ("珺", "JUN", "君"),
)  # fmt: skip
RARE_AS_PINYIN = {character: pinyin for character, pinyin, _ in _RARE}
RARE_AS_HOMOPHONE = {character: alike for character, _, alike in _RARE}
RARE_AS_PUA = {character: chr(0xE000 + 7 * at) for at, (character, *_) in enumerate(_RARE)} | {
    "䶮": "\ue863"  # the place GB 18030-2000 gave it
}
