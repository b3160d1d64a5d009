"""Characters and parts of which the corpus makes names, most frequent first."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金",
    *"韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文庞樊兰殷施洪安颜倪牛温季俞章鲁葛伍",
    *"申尤毕聂焦齐关柳邢路岳梅庄辛管祝左涂谷祁时舒耿牟卜詹单解区仇查朴盖翟华骆阮童裴凌成卫欧包游苗甘纪柴屈冉滕饶",
    "欧阳", "上官", "司马", "诸葛", "尉迟", "长孙", "皇甫", "令狐",
)  # fmt: skip
MEN = tuple(
    "伟强军勇杰涛明超刚平辉鹏飞波斌宇浩凯健俊磊洋鑫龙建国华志文峰宁亮海东荣生福德林成博晨旭帆松民云山永庆元振新春光祥义兵毅"
    "宏达利远忠贵金全兴学良清和安才根顺泽轩睿子豪嘉铭瑞翔坤阳彬权昌胜洪跃富来天世正广长喜有宝发仁方武昊然梓航锋炜哲恒立诚"
    "乐皓奇逸彦楠鸿腾岩峻靖康雄克群书树奎占柱"
)
WOMEN = tuple(
    "芳娜敏静丽艳娟霞秀英玲桂香月琴莉梅兰红玉萍蓉雪慧怡欣佳颖倩婷琳萱淑珍凤云洁晶燕瑶薇素华春美翠花莲彩荣菊爱凡妍茹晓芬"
    "莎珠巧锦黛青惠宁雅芝丹蕾菲寒娇岚婉娴瑾露瑛媛艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欢飘育滢馥筠柔竹霭凝梦思涵诗雨桐可文子若"
    "梓紫语嫣彤璐璇叶一依兴改金银存小"
)
RARE = tuple("喆翀頔犇婼祎翯垚淼彧龑㛃䶮堃燊玥珺")

UYGHUR_MEN = _words(
    "买买提 阿卜杜拉 吐尔逊 玉素甫 艾合买提 热合曼 库尔班 阿卜杜热西提 卡德尔 肉孜 伊明 尼亚孜 艾尼瓦尔 牙生 伊力亚斯 "
    "阿卜杜外力 司马义 艾山 萨吾提 依布拉音 阿卜杜热合曼 木沙 塔依尔 热西提 玉山江 艾力 阿迪力 阿卜力孜 巴拉提 吾买尔 "
    "麦麦提敏 阿卜来提 图尔贡 亚库甫 努尔麦麦提 喀斯木 达吾提 阿里木 帕尔哈提 艾克拜尔 居来提 克力木 艾海提 乌斯曼 托合提"
)
UYGHUR_WOMEN = _words(
    "古丽 阿依古丽 帕提古丽 热娜 阿米娜 米热古丽 阿依努尔 佐合热 茹仙古丽 买热木尼沙 帕提曼 迪丽拜尔 热依汗 古丽巴哈尔 "
    "祖丽皮亚 阿提古丽 再努尔 布海丽切木 图尼沙 阿孜古丽 努尔古丽 古丽娜尔 热比娅 茹克亚 阿瓦古丽 海丽切木 阿曼古丽 玛依拉 "
    "塔吉古丽 汗克孜 阿尔孜古丽 帕孜来提 祖母热 哈丽旦 苏比努尔"
)
KAZAKH_MEN = _words(
    "叶尔江 努尔兰 巴合提 木拉提 赛力克 加尔肯 阿斯哈提 达吾列提 叶尔肯 哈德勒 胡安德克 别克 波拉提 吾拉尔 沙肯 阿依登"
)
KAZAKH_WOMEN = _words(
    "阿依古丽 古丽娜孜 巴合提古丽 努尔古丽 沙吾列 阿合玛拉 加娜尔 库丽扎提 阿依波塔 玛依努尔 古丽扎 米娜瓦尔"
)
TIBETAN_MEN = _words("扎西 多吉 次仁 罗布 旺堆 边巴 丹增 索朗 达瓦 格桑 平措 巴桑 强巴 旦巴")
TIBETAN_WOMEN = _words("卓玛 央金 拉姆 白玛 德吉 曲珍 梅朵 仓决 央宗 卓嘎 格桑 次仁 措姆")
MONGOL_MEN = _words(
    "巴特尔 苏和 孟克 朝鲁 格日勒图 阿拉坦 布和 那顺 宝音 额尔敦 哈斯 乌力吉 青格勒 敖其尔"
)
MONGOL_WOMEN = _words(
    "其木格 乌兰 娜仁 萨仁 高娃 琪琪格 托娅 斯琴 乌云 阿茹娜 娜仁花 萨日娜 塔娜 图雅"
)

HAN, UYGHUR, KAZAKH, TIBETAN, MONGOL = range(5)
PEOPLES = ("han", "uyghur", "kazakh", "tibetan", "mongol")
PEOPLE_SHARES = (0.91, 0.063, 0.017, 0.006, 0.004)
"""Of households; uyghur and kazakh names (8 %) carry the interpunct, tibetan and mongol none."""
DOTTED = (UYGHUR, KAZAKH)
PARTS_OF = (
    ((), ()),
    (UYGHUR_MEN, UYGHUR_WOMEN),
    (KAZAKH_MEN, KAZAKH_WOMEN),
    (TIBETAN_MEN, TIBETAN_WOMEN),
    (MONGOL_MEN, MONGOL_WOMEN),
)
