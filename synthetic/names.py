"""Names of a county's people.

Mostly Han, about one household in twelve with names of several parts and an interpunct.

Lists and how names are drawn from them. Rare characters stand among the given names on purpose; how
names get misspelt stands in `misspelling`.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.draws import Array, choose_index, happens

COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛")
SURNAMES = (
    *"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜",
    *"范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文",
    *COMPOUND_SURNAMES,
)
SURNAME_WEIGHTS = tuple(1.0 / (rank + 4) for rank in range(len(SURNAMES)))

MALE = tuple(
    "伟强磊军洋勇杰涛超明刚平辉鹏飞鑫波斌宇浩凯健俊帆博晨旭建国文华志松峰龙宁亮海东生荣福德"
)
FEMALE = tuple(
    "芳娜敏静丽艳娟霞秀英玲桂香月琴莉梅兰红玉萍蓉雪慧怡欣佳颖倩婷琳萱淑珍凤云洁晶燕瑶薇素"
)
RARE = tuple("喆翀頔犇婼祎翯垚淼彧龑㛃䶮")
RARE_SHARE = 0.008

MINORITY_SHARE = 0.08
_UYGHUR_MEN = (
    "阿卜杜拉",
    "买买提",
    "艾合买提",
    "吐尔逊",
    "玉素甫",
    "热合曼",
    "卡德尔",
    "艾尼瓦尔",
    "伊力亚斯",
    "阿迪力",
    "库尔班",
    "阿卜杜热西提",
    "阿卜杜外力",
    "艾山江",
    "牙生",
)
_UYGHUR_WOMEN = (
    "古丽",
    "阿依努尔",
    "热娜",
    "迪丽拜尔",
    "米热古丽",
    "阿米娜",
    "佐合热",
    "帕提古丽",
    "阿提古丽",
    "茹仙古丽",
    "买热木尼沙",
)
_KAZAKH_MEN = ("叶尔江", "努尔兰", "巴合提", "加尔肯", "阿斯哈提", "赛力克", "木拉提", "达吾列提")
_KAZAKH_WOMEN = ("阿依古丽", "古丽娜孜", "巴合提古丽", "努尔古丽", "沙吾列", "阿合玛拉")
_TIBETAN_MEN = ("扎西", "多吉", "次仁", "罗布", "旺堆", "边巴", "丹增", "索朗")
_TIBETAN_WOMEN = ("卓玛", "央金", "拉姆", "白玛", "德吉", "曲珍", "梅朵", "仓决")
_MONGOL_MEN = ("巴特尔", "苏和", "孟克", "朝鲁", "格日勒图", "阿拉坦", "布和", "那顺")
_MONGOL_WOMEN = ("其木格", "乌兰", "娜仁", "萨仁", "高娃", "琪琪格", "托娅", "斯琴")

PEOPLES = ("汉族", "维吾尔族", "哈萨克族", "藏族", "蒙古族")
_PEOPLE_WEIGHTS = (1 - MINORITY_SHARE, MINORITY_SHARE * 0.7, MINORITY_SHARE * 0.12)
PEOPLE_WEIGHTS = (*_PEOPLE_WEIGHTS, MINORITY_SHARE * 0.1, MINORITY_SHARE * 0.08)
_GIVEN = (
    ((), ()),
    (_UYGHUR_MEN, _UYGHUR_WOMEN),
    (_KAZAKH_MEN, _KAZAKH_WOMEN),
    (_TIBETAN_MEN, _TIBETAN_WOMEN),
    (_MONGOL_MEN, _MONGOL_WOMEN),
)


def draw_names(
    rng: np.random.Generator, *, people: Array, male: Array, surname: Array, father: Array
) -> pl.Series:
    """Names, one a person.

    Args:
        rng: The county's generator.
        people: Position in PEOPLES a person.
        male: 1 for men, 0 for women.
        surname: Position in SURNAMES; who is of one family shares it.
        father: A number that members of one family share: it names the father in two-part names.

    """
    names = han_names(rng, male=male, surname=surname)
    for position in range(1, len(PEOPLES)):
        rows = np.flatnonzero(people == position)
        if len(rows):
            names = names.scatter(
                rows, _two_parts(rng, position, male=male[rows], father=father[rows])
            )
    return names


def han_names(rng: np.random.Generator, *, male: Array, surname: Array) -> pl.Series:
    """Surname and a given name of one or two characters, now and then a rare one."""
    count = len(male)
    first, second = (
        pl.select(
            pl.when(pl.Series(male == 1))
            .then(pl.Series(MALE).gather(rng.integers(0, len(MALE), count)))
            .otherwise(pl.Series(FEMALE).gather(rng.integers(0, len(FEMALE), count)))
            .alias("character")
        )["character"]
        for _ in range(2)
    )
    rare = pl.Series(RARE).gather(rng.integers(0, len(RARE), count))
    is_rare = pl.Series(happens(rng, count, chance=RARE_SHARE))
    is_double = pl.Series(happens(rng, count, chance=0.72))
    return pl.select(
        (
            pl.Series(SURNAMES).gather(surname)
            + pl.when(is_double).then(first).otherwise(pl.lit(""))
            + pl.when(is_rare).then(rare).otherwise(second)
        ).alias("name")
    )["name"]


def _two_parts(rng: np.random.Generator, position: int, *, male: Array, father: Array) -> pl.Series:
    """Own name, interpunct U+00B7, father's name."""
    men, women = _GIVEN[position]
    count = len(male)
    own = pl.select(
        pl.when(pl.Series(male == 1))
        .then(pl.Series(men).gather(choose_index(rng, len(men), count=count)))
        .otherwise(pl.Series(women).gather(choose_index(rng, len(women), count=count)))
        .alias("own")
    )["own"]
    return own + "·" + pl.Series(men).gather(father % len(men))
