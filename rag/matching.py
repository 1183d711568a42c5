"""How well a figure, or a sentence, answers to the words of a question. Pure.

A question's words are cut into words; each counts by how telling it is and is found in the figure's indicator,
its clause, its sentence and the headings above, in falling weight. Common indicators are matched by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.indicators import identify, named, names_a_part, suits
from rag.numerals import plain
from rag.question import IndicatorAsk, cut
from rag.types import Figure

# Words that nearly every clause has: they tell little about what is asked.
_GENERIC = frozenset(
    "新增 新建 建设 建成 改造 完成 推进 实施 项目 工程 企业 中心 服务 发展 工作 数量 总量 总数 总额 全区 全市 全省 提升 开展 开工 培育 引进 办理 发放 打造 加快 建 "
    "改建 扩建 改扩建 创建 设施 重点 任务 资金 投资 增加 扩大 启动 竣工 投用 投入使用 投入 使用 新 个 家 年均 亿元 万元 以上 组织 举办 支持 平均 累计 数 人 户 "
    "提高 下降 减少 降低 惠及 各类 各项 居民 群众 市民 城市 农村 城镇 全县 全国 经济 社会 政府 治理 管理 整治 拆除 公里 面积 规模 水平 综合 达标 配套 落实 达到 新开工 年度 计划 "
    "推动 保障 优化 完善 布局 覆盖 开通 实现 推广 处理 再 需要 一年 长度 里程 次数 家数 比例 建造 修建 铺设 种植 营造 新改建 提质 生产 规模以上 限额以上 场次 人次".split()
)
_SAME: tuple[frozenset[str], ...] = tuple(
    frozenset(row.split())
    for row in (
        "停车位 停车泊位 泊位 车位 停车场位",
        "违建 违法建设 违法建筑 违章建筑 违法建筑物",
        "学前教育 幼儿园 幼儿 学前",
        "低保 最低生活保障 最低生活保障金 低保金 生活保障金",
        "地铁 轨道交通 轨道",
        "道路 公路 路 马路",
        "老旧小区 旧小区 老小区",
        "棚改 棚户区改造 棚户区 棚户",
        "保障房 保障性住房 保障性安居工程 安居房 保障性租赁住房",
        "养老 老人 老年人 居家养老",
        "医院床位 病床 床位",
        "两岁半 2岁半",
        "厕所 公厕 卫生间 户厕",
        "垃圾 生活垃圾",
        "路灯 照明",
        "违法用地 违法占地",
        "高标准农田 良田",
        "5G基站 5g基站",
        "三公经费 三公",
        "污水 污水处理",
        "贫困户 贫困人口 脱贫",
        "树 造林 绿化 植树 营造林",
        "民企 民营企业",
        "国企 国有企业",
        "外企 外资企业",
        "社零 社会消费品零售总额",
        "规上 规模以上",
        "大学生 高校毕业生 毕业生",
        "游客 旅游人数 接待游客 旅客",
        "旅游收入 旅游总收入 旅游花费",
        "燃气管网 燃气管道 天然气管道 天然气管网",
        "公园 游园",
        "税收 税费",
        "死亡人数 死亡",
        "学位 学额",
        "小微企业 小型微型企业",
        "建议 议案",
        "提案 政协提案",
        "人大代表建议 人大建议 代表建议 议案建议",
        "实事 民生实事",
        "高铁 高速铁路",
        "高速 高速公路",
        "充电桩 充电设施",
        "一窗 综合窗口",
        "科小 科技型中小企业",
        "博士后 博士",
        "PM2.5 细颗粒物 pm2.5",
        "装机 装机容量 装机规模",
        "农民 农村居民 农牧民",
        "发电 发电量",
        "耕地 农田",
        "工资 薪酬",
        "空气 空气质量 优良天数",
        "自来水 饮水 供水",
        "贷款 信贷",
        "机关 部门",
        "执法 查处",
        "火车站 车站",
        "公交 公交车",
        "法律援助 法援",
        "合作社 农民专业合作社 农民合作社",
        "病人 患者",
        "中药材 药材",
        "粮食 粮",
        "小学 中小学 中小学校",
        "飞机场 机场",
        "光伏 光伏发电",
        "寄递 快递",
        "森林 林地",
        "煤炭 原煤 煤",
        "支出 投入",
        "污水处理 污水集中处理",
        "保障房 保障性住房",
        "通车里程 运营里程 营运里程",
        "经适房 经济适用房 经济适用住房",
        "公租房 公共租赁房 公共租赁住房",
        "医保 医疗保险 基本医疗保险",
        "新农合 新型农村合作医疗",
        "研发 研究与试验发展 研究与开发 研究开发",
        "GDP 国内生产总值 地区生产总值 生产总值",
        "低保标准 最低生活保障标准",
        "城里 城市 城镇",
        "当年计划投资 年度计划投资 年度投资 年内完成投资 当年投资 年度计划完成投资 今年计划投资 年内投资 当年完成投资 年度完成投资",
        "水果 果品",
        "三产 第三产业",
        "二产 第二产业",
        "一产 第一产业",
        "居住面积 住房面积 住房建筑面积",
        "占比 比重",
        "审批 审批时限 审批时间",
        "供地 供应用地 土地供应",
        "经费 资金",
        "孩子 儿童 少儿",
        "特困 困难",
        "扶贫 脱贫攻坚",
        "水厂 自来水厂",
        "托位 托育",
        "护理床位 养老床位",
        "文化站 文化服务中心",
        "水耗 用水 用水量 用水强度",
        "上市公司 上市企业",
        "改厕 户厕 户用厕所 户用卫生厕所",
        "存款余额 储蓄存款",
        "基建 基础设施 基础设施建设",
        "R&D 研发投入 研发",
        "民航 民用航空",
        "供暖 取暖 采暖",
        "自行车 单车",
        "利润 盈利 赚钱",
        "接待费 招待费 公务接待",
        "食用菌 蘑菇",
        "大棚 棚子 棚室",
        "直播 网络直播 带货",
        "引进 引来 招来",
        "钢 钢材 钢铁",
    )
)


@lru_cache(maxsize=4096)
def _alike(word: str) -> tuple[str, ...]:
    return tuple(w for group in _SAME if word in group for w in sorted(group) if w != word)


_KNOWN = re.compile(
    "|".join(sorted((re.escape(w) for group in _SAME for w in group if len(w) > 1), key=lambda w: (-len(w), w)))
)


def _known_cut(piece: str) -> list[str]:
    """``piece`` cut into words, those of the table of like words kept whole."""
    out: list[str] = []
    position = 0
    for match in _KNOWN.finditer(piece):
        out += cut(piece[position : match.start()]) if match.start() > position else ()
        out.append(match.group())
        position = match.end()
    return [*out, *(cut(piece[position:]) if position < len(piece) else ())]


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[tuple[str, float], ...]:
    """The words of a question's phrase with their weights."""
    out: list[tuple[str, float]] = []
    for piece in plain(text).replace('"', "").split():
        cuts = [w for w in _known_cut(piece) if w.strip() and w not in ("和", "与", "及", "的")]
        if len(piece) == 4 and any(len(w) == 1 for w in cuts):
            cuts = [piece[:2], piece[2:]]  # 治安警情 is 治安 and 警情, however the cutter takes it
        for word in cuts:
            if len(word) == 1 and len(cuts) > 1 and not word.isdigit():
                out.append((word, 0.25))
            elif word in _GENERIC:
                out.append((word, 0.3))
            else:
                out.append((word, 1.0 + 0.15 * min(len(word) - 2, 4)))
    return tuple(dict(out).items())


def cover(words: Sequence[tuple[str, float]], text: str) -> float:
    """Share of the words' weight found in ``text``, in [0, 1]; parts of longer words count in part."""
    total = sum(weight for _, weight in words)
    if total == 0:
        return 0.0
    return sum(weight * _found(word, text) for word, weight in words) / total


def _found(word: str, text: str) -> float:
    if word in text or word.lower() in text.lower():
        return 1.0
    if any(other in text for other in _alike(word)):
        return 0.95
    if word.endswith("产量") and ((len(word) > 2 and word[:-2] in text) or re.search("生产|总产", text)):
        return 0.9  # 钢由3700万吨增加到4666万吨, 生产碳酸锂16.9万吨
    if len(word) >= 3 and word[-1] in "量额数" and word[:-1] in text:
        return 0.95
    if len(word) < 3:
        return (
            0.4
            if len(word) == 2
            and word[0] in text
            and word[1] in text
            and abs(text.find(word[0]) - text.find(word[1])) <= 3
            else 0.0
        )
    if len(word) == 4 and (halves := (word[:2] in text) + (word[2:] in text)):
        return 0.45 if halves == 1 else 0.75  # 人大议案2件、建议383件 tells of 人大建议
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return 0.8 * sum(p in text for p in pairs) / len(pairs)


@dataclass(frozen=True, slots=True)
class Match:
    """How a figure answers: ``score`` in [0, 1] for the words, ``kinship`` of its name, ``focus`` of its phrase."""

    score: float
    named: bool  # the common name is the one asked for
    focus: float  # how much of the figure's own phrase the question said
    weak: bool = False  # only the sentence speaks of it, not the clause


def match_figure(ask: IndicatorAsk, figure: Figure, *, indicator: str, clause: str, sentence: str, above: str) -> Match:
    """How well a figure answers to what is asked; all words of the report in plain form.

    Args:
        ask: What the question asks for.
        figure: A figure of a report.
        indicator: Its indicator.
        clause: The words between the numbers around it.
        sentence: The sentence that holds it.
        above: Headings and the words that lead the paragraph.
    """
    focus = _focus(ask, indicator)
    if ask.id is not None:
        if figure.indicator_id == ask.id:
            return Match(1.0, True, focus)
        row = named(ask.id)
        if row is not None and figure.indicator_id in row.kin:
            return Match(0.93, True, focus)
        if "、" in indicator and any(identify(item) == ask.id for item in indicator.split("、")):
            return Match(0.95, True, focus)  # 全社会研发经费投入、高技术制造业增加值年均增长10%
        if (
            row is not None
            and (indicator in row.spoken or any(_stands(name, indicator) for name in row.names))
            and not any(w in indicator for w in row.never)
            and figure.indicator_id is None
            and suits(ask.id, figure.measure, figure.unit)
        ):
            return Match(0.7 + 0.1 * focus, False, focus)
        return Match(0.0, False, focus)
    words = words_of(ask.words)
    counted = indicator if len(indicator) > 3 else clause  # 体育产业、增加值突破1000亿元: the name alone tells nothing
    if not words or _other_kind(ask.words, counted, figure.unit):
        return Match(0.0, False, focus)
    c_ind, c_clause = cover(words, indicator), cover(words, clause)
    near = max(c_ind, c_clause)
    if near < 0.8 and _told_elsewhere(ask.words, clause, sentence):
        return Match(0.0, False, focus)
    if (made := _MADE_OF.fullmatch(ask.words)) and not any(
        w in sentence + above for w in (made.group(1), made.group(1)[:2], *_alike(made.group(1)))
    ):
        return Match(0.0, False, focus)  # 总产量 of grain is no 钢产量
    c_sent = max(cover(words, sentence), near)
    bare = len(indicator) <= 4 and figure.indicator_id is None and not indicator.endswith("投资")
    if bare and c_sent >= 0.9 and ask.words.replace(" ", "").endswith(indicator):
        near = max(near, 0.8)  # 推动新能源汽车产业提质扩量,…力争产量突破120万辆
    c_above = max(cover(words, sentence + above), near)
    if near < 0.2:
        return Match(0.6 if c_sent >= 0.95 else 0.0, False, focus, weak=True)
    score = 0.38 * near + 0.12 * c_ind + 0.3 * c_sent + 0.2 * c_above + 0.06 * _same_tail(ask.words, indicator)
    return Match(round(min(score, 1.0), 4), False, focus)


def _told_elsewhere(words: str, clause: str, sentence: str) -> bool:
    """Whether the very thing asked is spoken of in another clause: 二氧化硫排放总量与上年持平,化学需氧量排放总量下降8%."""
    asked = words.replace(" ", "")
    at = sentence.find(asked) if len(asked) >= 4 else -1
    if at < 0 or asked in clause:
        return False
    told = re.split("[,;。]", sentence[at + len(asked) :])[0]
    return (
        re.search("[0-9]|分之", told) is None
        and re.search("持平|平均|同步|保持|完成|赶上|[高低优快慢]于|以上|以内", told) is not None
    )


_MADE_OF = re.compile("([一-鿿]{1,3}?)总?(?:产量|产值|播种面积|种植面积|出栏量?)")
# What is counted of a thing; a figure of one is no answer to another.
_MADE = re.compile("产量|生产")
_KINDS = (
    _MADE,
    *map(re.compile, ("销量|销售量", "上牌", "保有", "产值|生产总值", "增加值", "零售额", "利润", "出口", "税收")),
)


# Words of which a thing is one or the other: 学前教育学位 are no 基础教育学位.
_SISTERS = tuple(
    tuple(group.split())
    for group in (
        "学前教育 基础教育 义务教育 高中 职业教育 高等教育",
        "幼儿园 小学 初中 高中",
        "高等学校 中等学校 初等学校",
        "国家级 省级 市级 县级",
        "公办 民办",
        "进口 出口",
        "绿道 碧道",
        "新建 改造 拆除",
        "新开工 建成 竣工",
        "水稻 小麦 玉米 大豆 棉花 油料",
        "国有 民营 外资",
        "供水 供热 供气 排水 污水 雨水",
        "存款 贷款",
        "学位 床位 车位 厕位",
        "养老 托育 托幼 托位 殡葬",
        "铁路 公路 航空 水路 港口 机场",
        "高速公路 农村公路 国道 省道 断头路",
        "建议 提案",
        "蔬菜 水果 粮食 油料 肉类 禽蛋 牛奶 中药材",
        "生猪 肉牛 肉羊 奶牛",
        "风电 光伏 水电 火电 核电 抽水蓄能",
        "PM2.5 PM10 二氧化硫 氮氧化物 化学需氧量 氨氮 臭氧",
        "出生率 死亡率 自然增长率",
        "森林 草原 湿地",
        "工业 农业 建筑业 服务业",
        "城镇 农村",
        "医院 学校 图书馆 博物馆 体育馆",
        "失业保险 养老保险 医疗保险 工伤保险 生育保险",
        "党员 团员",
        "文化产业 体育产业 旅游产业 文旅产业",
        "第一产业 第二产业 第三产业",
        "国内游客 入境游客 境外游客 过夜游客",
    )
)


@lru_cache(maxsize=1024)
def _sisters(words: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """For each kind that the words ask for alone: its names, and those of its sisters."""
    out = []
    for group in _SISTERS:
        asked = [w for w in group if w in words]
        if len(asked) == 1:
            out.append(((asked[0], *_alike(asked[0])), tuple(w for w in group if w != asked[0])))
    return tuple(out)


def _other_kind(words: str, indicator: str, unit: str) -> bool:
    """Whether the figure counts something else of the same thing: cars made, cars sold, cars on the road."""
    if "工农业" in words and "工农业" not in indicator and re.search("[工农]业", indicator):
        return True  # both together, not one of the two
    for own, sisters in _sisters(words):
        if not any(w in indicator for w in own) and any(w in indicator for w in sisters):
            return True
    asked = _kind_asked(words)
    if asked is None or asked.search(indicator):
        return False
    if asked is _MADE and unit in ("个", "项", "家", "户", "人", "万人", "座", "所", "条"):
        return True  # no unit of what is made: 新能源汽车充换电设施等10个项目
    return any(kind.search(indicator) for kind in _KINDS)


@lru_cache(maxsize=1024)
def _kind_asked(words: str) -> re.Pattern[str] | None:
    """The kind that a question's words end with, if they name one."""
    return next((kind for kind in _KINDS if re.search(rf"(?:{kind.pattern})(?:数|量|额|总额)?$", words)), None)


def _same_tail(words: str, indicator: str) -> float:
    """1 where the last four characters or more of both agree: 达标小区覆盖率 and 分类达标小区覆盖率."""
    said = words.replace(" ", "")
    n = 0
    while n < min(len(said), len(indicator)) and said[-1 - n] == indicator[-1 - n]:
        n += 1
    return min(n, 5) / 5 if n >= 3 else 0.0


def _stands(name: str, indicator: str) -> bool:
    before, found, _ = indicator.partition(name)
    return bool(found) and len(indicator) <= len(name) + 6 and not names_a_part(re.sub("(?:实际|合同)$", "", before))


def _focus(ask: IndicatorAsk, indicator: str) -> float:
    """Share of the indicator's character pairs that the question's words hold too."""
    row = named(ask.id) if ask.id else None
    if row is not None and indicator in (*row.names, row.id):
        return 1.0 if indicator == plain(ask.words) else 0.95 if indicator == row.id else 0.9
    pairs = [indicator[i : i + 2] for i in range(len(indicator) - 1)]
    if not pairs:
        return 0.0
    spread = _spread(ask.words, ask.id or "")
    return sum(p in spread for p in pairs) / len(pairs) * min(1.0, len(indicator) / 4)


@lru_cache(maxsize=1024)
def _spread(words: str, id_: str) -> str:
    """A question's words, their common name and the words like them, in one string."""
    return plain(words) + id_ + "".join(w for word, _ in words_of(words) for w in _alike(word))


def names_of(ask: IndicatorAsk) -> tuple[str, ...]:
    """The words by which a sentence may speak of what is asked."""
    return (ask.words.replace(" ", ""), *(_names(ask.id) if ask.id else ()))


def _names(indicator_id: str) -> tuple[str, ...]:
    row = named(indicator_id)
    return (row.id, *row.names) if row else ()


def speaks_of(ask: IndicatorAsk, sentence: str) -> float:
    """How surely a sentence speaks of what is asked, number or not, in [0, 1]."""
    text = plain(sentence).replace('"', "")
    if ask.id is not None:
        row = named(ask.id)
        names = names_of(ask)
        direct = [n for n in names if n and n in text]
        if any(len(n) == 4 and re.search(rf"{n[:2]}[^,。;]{{2,8}}[和与、]{n[2:]}", text) for n in names):
            return 1.0  # 粮食播种面积和产量 speaks of 粮食产量
        if direct:
            longest = max(direct, key=len)
            around = text[max(0, text.find(longest) - 6) : text.find(longest) + len(longest) + 6]
            around = (
                re.split(r"(?<=.{2})[和与、]", around[: around.find(longest)])[-1]
                + re.split("[和与、]", around[around.find(longest) :])[0]
            )  # what a list names beside it makes it no other thing
            if row is None or not any(w in around for w in row.never if w not in longest):
                return 1.0 + 0.15 * bool(
                    re.search(
                        re.escape(longest)
                        + r"[^,。;]{0,10}(?:[有略稳]|提质|质升|小幅|适度|明显|保持|稳定|同步|持平|与经济|[高快]于经济|[高快]于GDP)",
                        text,
                    )
                )
        if row is not None and any(n in text for kin in row.kin for n in _names(kin)):
            return 0.9
        spoken = next((w for w in (row.spoken if row else ()) if len(w) > 1 and w in text), None)
        if spoken is not None:
            return 0.85 if re.search(re.escape(spoken) + r"[^,。;]{0,8}(?:保持|稳|同步|增长)", text) else 0.6
        return 0.55 if direct else 0.0
    return cover(words_of(ask.words), text)


_UNIT_TESTS: dict[str, str] = {
    "money": r"元|英镑$",
    "area": r"平|亩|公顷|㎡",
    "length": r"^(?!.*平).*(?:公里|千米|米$|海里)",
    "people": r"人|名|位",
    "places": r"(?:位|名)次?$",
    "percent": r"%|‰|百分点|成$",
}
_COUNTERS = re.compile(
    r"(?:家|个|户|件|处|所|座|条|项|台|套|辆|场|次|起|宗|张|间|班|株|头|只|支|对|栋|幢|艘|架|例|份|部|门|期|盏|块|片|位|名|人|批|种|列|天|吨|斤|公斤|立方米|千瓦|床|学位|泊位|车位|对|枚|幅|根|箱|籍)$"
)


def unit_fits(units: str, unit: str) -> float:
    """Whether a number's unit is of the class asked for: 1 yes, 0.6 it may be, 0 no."""
    if not units:
        return 1.0
    bare = re.sub(r"^[万亿百十]*(?:千(?![瓦克米伏升]))?", "", plain(unit))
    if units.startswith("count:"):
        asked = units.removeprefix("count:")
        if bare == asked or bare.startswith(asked):
            return 1.0
        if asked in ("吨", "斤", "公斤", "立方米", "千瓦", "天", "人次"):
            return 1.0 if asked in bare else 0.0
        return 0.6 if _COUNTERS.search(bare) and not bare.endswith(("吨", "斤", "立方米", "千瓦", "天")) else 0.0
    if units == "money" and unit in ("亿", "万亿"):
        return 0.6  # 一般公共预算收入超10亿
    return 1.0 if re.search(_UNIT_TESTS[units], bare) else 0.0
