"""Common indicators and what people call them; anything else is matched by its own words.

``indicator_id`` is the common name of an indicator (地区生产总值), given to figures and questions alike. The
table only makes matching better: questions may ask for any phrase of a report's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Indicator:
    """A common indicator.

    ``names`` are the words of reports, ``spoken`` those of questions only; ``never`` words that, standing
    in the same phrase, make it another indicator; ``kin`` ids that a question may mean as well.
    """

    id: str
    names: tuple[str, ...]
    spoken: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()


def _row(id_: str, names: str, spoken: str = "", never: str = "", kin: str = "") -> Indicator:
    return Indicator(id_, tuple(names.split()), tuple(spoken.split()), tuple(never.split()), tuple(kin.split()))


_PART_OF = "占 比重 人均 单位 万元 每平方公里 地均 每 亿元 能耗 电耗 用水 水耗 碳排放 用地"
TABLE: tuple[Indicator, ...] = (
    _row("人均地区生产总值", "人均地区生产总值 人均生产总值 人均GDP 人均国内生产总值 人均本地生产总值"),
    _row("单位GDP能耗", "单位GDP能耗 单位地区生产总值能耗 单位生产总值能耗 万元GDP能耗 万元生产总值能耗 万元地区生产总值能耗 万元国内生产总值能耗 单位国内生产总值能耗 单位GDP综合能耗 GDP能耗 GDP水耗、能耗 GDP水耗和能耗 单位能耗 能耗强度 万元生产总值综合能耗 单位生产总值综合能耗", "能耗"),
    _row("单位GDP水耗", "单位GDP水耗 万元GDP水耗 万元GDP用水量 单位GDP用水量 万元地区生产总值用水量 万元生产总值用水量 万元国内生产总值用水量 单位地区生产总值用水量 万元地区生产总值水耗 万元生产总值水耗 GDP水耗", "水耗", "工业 增加值"),
    _row("地区生产总值", "地区生产总值 国内生产总值 本地生产总值 县域生产总值 生产总值 GDP 经济增长 国民生产总值 区内生产总值 区域生产总值 全市生产总值 经济总量 经济增速 经济增长率 经济增长速度", "经济规模 经济增长目标 gdp", _PART_OF),
    _row("税收收入", "税收收入 税收总额 税收 各项税收 国地税收入 税收总收入", "", "占 比重 减税 人均 地均 减免 全口径"),
    _row("一般公共预算支出", "一般公共预算支出 公共财政预算支出 财政支出 公共预算支出 一般预算支出 地方财政支出", "", "占"),
    _row("一般公共预算收入", "一般公共预算收入 地方一般公共预算收入 公共财政预算收入 一般预算收入 地方财政一般预算收入 地方一般预算收入 财政一般预算收入 公共预算收入 一般公共财政预算收入 地方公共财政预算收入 公共财政收入 地方公共财政收入 地方财政收入 财政收入 地方级财政收入 地方财政预算收入 辖区财政收入 国家财政收入 全国财政收入 一般公共预算", "财收 公共预算 财政预算收入", "占 比重 税收收入占 人均 支出 资金"),
    _row("财政总收入", "财政总收入 全部财政收入 全口径财政收入 地方财政总收入 财政收入总额", "", "占 比重"),
    _row("财政赤字", "财政赤字 预算赤字 中央财政赤字 中央财政预算赤字 赤字规模 全国财政赤字", "赤字", "率"),
    _row("固定资产投资", "固定资产投资 全社会固定资产投资 固定资产投资额 固定资产投资总额 城镇固定资产投资 固投 全社会固定资产投资总额", "固定资产 投资增速 投资增长", "工业 民间 基础设施 房地产 技改 制造业 占 第三产业 项目"),
    _row("工业投资", "工业投资 工业固定资产投资", "", "占"),
    _row("民间投资", "民间投资 民间固定资产投资", "", "占"),
    _row("房地产开发投资", "房地产开发投资 房地产投资"),
    _row("社会消费品零售总额", "社会消费品零售总额 社会消费品零售额 社会消费品零售 社会商品零售总额 社零 社零总额 消费品零售总额 社会商品零售额 社消零 社会零售商品总额", "消费 零售总额 零售额 社会消费 消费品零售", "安全 者 券 质量 电商 线上 网上 网络"),
    _row("规模以上工业总产值", "规模以上工业总产值 规上工业总产值 工业总产值 全口径工业总产值 规模以上工业产值 规上工业产值 工业产值", "", "高技术 先进 战略 占 轻工业 重工业 手工业 农业"),
    _row("规模以上工业增加值", "规模以上工业增加值 规上工业增加值 工业增加值 规模以上工业企业增加值 规模工业增加值 全部工业增加值 规上工业 限额以上工业增加值", "规模以上工业 规工 工业增长 工业增速 规上", "高技术 高新技术 先进制造业 战略性 装备 总产值 利润 营业收入 占 企业利润 产值 能耗 单位 万元 用水 企业 贡献"),
    _row("服务业增加值", "服务业增加值 第三产业增加值 三产增加值 第三产业", "三产 服务业", "现代服务业 占 比重 规模以上 生产性 高技术 投资 现代 从业"),
    _row("第一产业增加值", "第一产业增加值 第一产业 一产增加值 一产 农业增加值 农林牧渔业增加值", "", "占 投资 比重"),
    _row("第二产业增加值", "第二产业增加值 第二产业 二产增加值 二产", "", "占 投资 比重"),
    _row("城镇新增就业", "城镇新增就业 新增城镇就业 新增就业 城镇新增就业人数 新增城镇就业人口 城镇新增就业人员 新增就业人数 城镇就业新增 新增就业岗位 城镇净增就业 城镇新增从业人员 城镇新增就业岗位 新增城镇就业人员 新增城镇就业岗位 新增城镇从业人员 新增从业人员", "就业 就业岗位 城镇就业 就业人数 就业目标", "残疾人 退役 妇女 再就业 占 困难 高校毕业生 失业人员 农村劳动力 转移 户籍 帮扶"),
    _row("城镇登记失业率", "城镇登记失业率 登记失业率 城镇居民登记失业率 户籍居民登记失业率 城镇失业率 城镇户籍登记失业率 户籍登记失业率", "", "调查", "失业率"),
    _row("城镇调查失业率", "城镇调查失业率 调查失业率", "", "登记", "失业率"),
    _row("失业率", "失业率", "失业", "人员 保险 补助 金", "城镇登记失业率 城镇调查失业率"),
    _row("城镇居民人均可支配收入", "城镇居民人均可支配收入 城镇居民可支配收入 城镇常住居民人均可支配收入 城镇居民收入 城市居民人均可支配收入 城镇人均可支配收入 市民人均可支配收入 城镇居民人均收入 城镇居民家庭人均可支配收入", "城镇收入 城里人收入"),
    _row("农村居民人均可支配收入", "农村居民人均可支配收入 农民人均纯收入 农民人均可支配收入 农村居民可支配收入 农村居民人均纯收入 农村常住居民人均可支配收入 农村居民收入 农民收入 农牧民人均可支配收入 农牧民人均纯收入 农民纯收入 农村人均可支配收入 农民平均每人纯收入 农民平均每人的纯收入 农民按人口平均的纯收入 农民按人口平均纯收入 农村居民人均收入 农民人均收入", "农民收入 农村收入"),
    _row("居民人均可支配收入", "居民人均可支配收入 全体居民人均可支配收入 居民可支配收入 城乡居民人均可支配收入 常住居民人均可支配收入 居民收入 全市居民人均可支配收入 全省居民人均可支配收入 城乡居民收入 全国居民人均可支配收入 人均可支配收入 城乡居民可支配收入 居民人均收入", "老百姓收入 百姓收入 群众收入 居民人均 可支配收入 老百姓的收入 人均收入", "城镇居民 农村居民 农民 寿命", "城镇居民人均可支配收入 农村居民人均可支配收入"),
    _row("居民消费价格", "居民消费价格 居民消费价格指数 居民消费价格总水平 居民消费价格涨幅 CPI 居民消费价格总指数 消费价格 居民消费品价格 物价上涨幅度", "物价 物价涨幅 物价上涨 通胀 通货膨胀 通货膨胀率 物价水平"),
    _row("商品零售价格", "商品零售价格 零售物价 全国零售物价总指数 商品零售价格总水平 零售物价总水平 零售物价上涨幅度 商品零售价格上涨幅度 商品零售物价"),
    _row("进出口总额", "进出口总额 外贸进出口总额 进出口总值 外贸进出口 货物进出口 货物进出口总额 外贸进出口额 外贸进出口总值 进出口贸易总额 进出口 进出口额 对外贸易总额 外贸总额 货物贸易进出口总额", "外贸 进出口贸易 对外贸易", "实绩 进出口企业 服务 占 跨境电商 加工 服务贸易 民营 外资企业 国有 一般贸易"),
    _row("出口总额", "出口总额 外贸出口 出口总值 出口额 外贸出口额 外贸出口总额 自营出口 货物出口 货物出口总额 出口", "", "进出口 占 代理 跨境 民营 企业"),
    _row("进口总额", "进口总额 进口总值 进口额", "进口", "进出口 占"),
    _row("实际利用外资", "实际利用外资 实际使用外资 实际吸收外资 实际利用外商直接投资 利用外资 实际外资 实际到位外资 实际使用外商直接投资 外商直接投资", "外资", "内资 合同"),
    _row("实际到位内资", "实际到位内资 引进内资 实际利用内资 内资 到位内资 引进市外资金 引进到位市外资金", "省外资金"),
    _row("粮食产量", "粮食产量 粮食总产量 粮食总产 粮食产量稳定 粮食综合生产能力 粮食", "", "播种 面积 单产 储备 收购 加工 仓容 烘干 企业 价格 直补 补贴 流通 种植"),
    _row("常住人口城镇化率", "常住人口城镇化率 城镇化率 城市化率 常住人口城市化率 城镇化水平 城市化水平", "城镇化 城市化", "户籍", "户籍人口城镇化率"),
    _row("户籍人口城镇化率", "户籍人口城镇化率"),
    _row("常住人口", "常住人口 年末常住人口 总人口 人口总量 人口规模 人口总规模 人口总数", "人口 多少人口", "城镇化 自然增长 占 贫困 流动 脱贫 农村 转移 就业 外来 户籍"),
    _row("户籍人口", "户籍人口 年末户籍人口 户籍总人口", "", "城镇化 自然增长 占 出生率 贫困 就业"),
    _row("人口自然增长率", "人口自然增长率 自然增长率 人口增长率"),
    _row("研发投入强度", "研发投入强度 研发经费投入强度 全社会研发投入占GDP比重 全社会研发投入占地区生产总值比重 研究与试验发展经费投入强度 研究与试验发展经费支出占地区生产总值比重 研究与试验发展经费支出占生产总值比重 研究与实验发展经费支出占生产总值比重 研发经费占GDP比重 研发经费支出占GDP比重 R&D经费支出占地区生产总值比重 R&D经费投入强度 全社会研发经费投入强度 研发经费占地区生产总值比重 研究与试验发展经费投入占比 全社会研发投入强度 研发投入占GDP比重 研发投入占地区生产总值比重 研究与试验发展经费投入占地区生产总值比重 研发经费投入占GDP比重", "研发强度 研发占比", ""),
    _row("研发投入", "全社会研发投入 研发投入 研发经费投入 研发经费 全社会研发经费 研究与试验发展经费", "", "强度 占"),
    _row("PM2.5", "PM2.5平均浓度 PM2.5浓度 PM2.5年均浓度 PM2.5 细颗粒物浓度 细颗粒物 细颗粒物(PM2.5)浓度 细颗粒物平均浓度 细颗粒物年均浓度", "pm2.5 pm25"),
    _row("空气质量优良天数", "空气质量优良天数 空气优良天数 优良天数 空气质量优良天数比率 空气质量优良率 空气优良率 优良天数比例 空气质量优良天数比例 空气质量达标天数 二级以上天数 空气质量二级以上天数 达标天数 优良天数比率 优良率 良好天数 空气良好天数 空气质量良好天数 优良空气 优良空气天数 优良天气 优良天气天数", "空气质量 空气优良 空气", "断面 水质 水体 地表水"),
    _row("高新技术企业", "高新技术企业 国家高新技术企业 国家级高新技术企业 高企", "国高企业 国高 国家高新企业 高新企业 国家高新", "产值 增加值 占 研发 人才"),
    _row("专利授权量", "专利授权量 专利授权 授权专利"),
    _row("金融机构存款余额", "金融机构存款余额 存款余额 本外币存款余额 各项存款余额 金融机构本外币存款余额", "存款", "贷款 居民储蓄"),
    _row("金融机构贷款余额", "金融机构贷款余额 贷款余额 本外币贷款余额 各项贷款余额", "贷款", "存款"),
    _row("森林覆盖率", "森林覆盖率"),
    _row("赤字率", "赤字率", "财政赤字率"),
)  # fmt: skip


@cache
def _by_id() -> dict[str, Indicator]:
    return {row.id: row for row in TABLE}


@cache
def _names() -> tuple[tuple[str, str, Indicator], ...]:
    """(name, id, row), longest name first, so that the most telling name decides."""
    rows = [(name, row.id, row) for row in TABLE for name in (row.id, *row.names)]
    return tuple(sorted(set(rows), key=lambda r: (-len(r[0]), r[0])))


@cache
def _spoken() -> tuple[tuple[str, str, Indicator], ...]:
    rows = [(name, row.id, row) for row in TABLE for name in (row.id, *row.names, *row.spoken)]
    return tuple(sorted(set(rows), key=lambda r: (-len(r[0]), r[0])))


def named(indicator_id: str) -> Indicator | None:
    """The row of the table with this id, or None."""
    return _by_id().get(indicator_id)


_DECOR = re.compile(
    r"^(?:社会|本区|拟|安排|预算|全[省市区县国州旗]|我[省市区县国州]|其中|预计|初步|地方|辖区|本地|实现|完成|主要|年度|全年|当年|同期|规模以上|限额以上|全社会|全部|累计|新增|人均)+"
)


# 海洋生产总值, 绿色贷款余额, 对东盟进出口: a part of the thing, and no answer for the whole
_OF_A_PART = re.compile(
    r"(?:对?(?:东盟|欧盟|中东|港澳台?|中亚)|海洋|轻|重|手|乡镇|农村|城镇|乡村|集体|国有|国营|个体|私营|三资|社办|社队|村办|绿色|制造业?|涉农|农业|营利性|能源|民营|科技|商务|专业|消费|服务业|中央级?|教育|医疗|民生类|县域|县级|电商|农产品|脱贫县|片区|合作区|开发区|产业带|示范区|园区|新城|前海|自贸区|综保区|高新区|银行)(?:的|企业|年度)?"
)


def names_a_part(before: str) -> bool:
    """Whether the words before an indicator's name make it a part of the thing: 海洋 before 生产总值."""
    return _OF_A_PART.fullmatch(before) is not None


# R&D经费支出占GDP比重, 全社会研发经费支出占生产总值的比重: its names are many
_RESEARCH_SHARE = re.compile(
    r"(?:全社会|社会)?(?:R[&\uff06]D|研发|研究与(?:试验|实验)(?:发展|开发)|研究与开发)(?:经费|投入|支出)*"
    r"(?:占|与|相当于)(?:全[省市区县]|我[省市区县]|地区|本地|国内)*(?:GDP|生产总值)(?:之比|的?比[重例]?)?"
)


# Common indicators that are counted, and units that count: 利用外资20条 are no money.
_COUNTED_IDS = frozenset(("城镇新增就业", "高新技术企业", "专利授权量", "常住人口", "户籍人口"))
_COUNTS = re.compile("[万千百]*(?:个|项|条|家|户|县|名|所|座|件)")


def identify(phrase: str, measure: str = "", unit: str = "") -> str | None:
    """The id of the common indicator that a report's phrase names, or None.

    The phrase must be the indicator, not merely hold its name: 高新技术企业 is one, 高新技术企业贷款 is none. A level
    in a unit that the indicator cannot have is none either.
    """
    id_ = _identified(phrase)
    return id_ if id_ is not None and suits(id_, measure, unit) else None


def suits(id_: str, measure: str, unit: str) -> bool:
    """Whether an indicator can have a number of this measure and unit."""
    counted = id_ in _COUNTED_IDS
    return measure != "level" or (not (_COUNTS.fullmatch(unit) and not counted) and not ("元" in unit and counted))


def _identified(phrase: str) -> str | None:
    phrase = re.sub(r"^[^()（）]{2,8}[(（]([A-Za-z][A-Za-z0-9.]{1,7})[)）]", r"\1", phrase)  # 细颗粒物(PM2.5)浓度
    phrase = re.sub(
        "^.{2,8}(?:测定|计算|统计|核算)的(?=全年|.{6})", "", phrase
    )  # 国家标准测定的全年环境空气质量优良天数
    bare = re.sub(r'["“”《》()（）\s的_]|累计|全年|当年|同期', "", phrase)
    if _RESEARCH_SHARE.fullmatch(bare):
        return "研发投入强度"
    bare = re.sub(r"^(.{2,6}?)(?:[五三]年|每年|共)*新增$", r"\1新增", bare)  # 城镇就业五年新增
    for name, id_, row in _names():
        if name not in bare:
            continue
        rest = bare.replace(name, "", 1)
        if any(word in rest for word in row.never):
            continue
        before, _, after = bare.partition(name)
        before = _DECOR.sub("", before)
        if names_a_part(before) or before.startswith("每"):
            continue
        if len(before) <= (3 if len(name) > 2 else 0) and _tail_ok(after):  # 中间品出口 is not all exports
            return id_
    return None


def _tail_ok(after: str) -> bool:
    return after == "" or bool(
        re.fullmatch(
            r"(?:总量|总额|总值|总数|人数|人员|人口|岗位|额|值|量|数|平均|日均|日均值|年平均|年均值|浓度|规模|指标|水平|增速|增幅|增长率|增长幅度|上涨幅度|涨幅|增长|年均|预期|目标|排名|全[国省市区州]|预算|稳|同比|按可比价计算|\(.*\)|年均增速|年均增长|比上年|速度|率|控制)+",
            after,
        )
    )


def mentioned(question: str) -> tuple[tuple[str, str], ...]:
    """(id, words) of the common indicators that a question names, in its order; longest names win."""
    taken: list[tuple[int, int, str, str]] = []
    other: list[tuple[int, int, str]] = []  # longer names of an indicator that the words around make another
    folded = question.lower()
    for name, id_, row in _spoken():
        start = folded.find(name.lower())
        while start >= 0:
            end = start + len(name)
            if _is_other(question, start, end, name, row):
                other.append((start, end, id_))
            elif (
                not any(start < b and a < end for a, b, _, _ in taken)
                and not any(a <= start and end <= b and id_ == of for a, b, of in other)
                and (name in row.names or name == id_ or _stands_alone(question, start, end))
            ):
                taken.append((start, end, id_, question[start:end]))
            start = folded.find(name.lower(), end)
    spoken = {i for i, (_, _, id_, words) in enumerate(taken) if not _is_name(id_, words)}
    if len(spoken) < len(taken) and "空气" in question:  # 空气里PM2.5: the air is where, not what
        taken = [t for i, t in enumerate(taken) if i not in spoken or t[3] not in ("空气", "空气质量")]
    return tuple((id_, words) for _, _, id_, words in sorted(taken))


# What may stand behind a spoken word that means a common indicator: 就业目标, but not 就业驿站.
_MAY_FOLLOW = re.compile(
    r"$|[^一-鿿]|目标|任务|指标|预期|计划|增|涨|降|下|上|提高|回落|多|几|是|的|了|有|人数|人|数(?!字|据|智)|情|怎|如|和|与|及|跟|完成|完|要|预计|定|达|规模|总|水平|方面|一共|累计|今|去|年|同比|比|究竟|到底|呢|吗|实际|打算|能|会|占|率|额|收入|排|第|各|分别|控制|保持|突破|超|想|做|呈|为|在|到|由|从|再|还|也|都|大|高|低|快|慢|变|表现|新|又|应|最|未|没|不|好|里|天|优|达标"
)


def _stands_alone(question: str, start: int, end: int) -> bool:
    """Whether a spoken word is a word of the question and no part of another: 失业 is none in 失业保险金."""
    bounds = {0, *accumulate(map(len, _cut(question)))}
    return start in bounds and end in bounds and _MAY_FOLLOW.match(question, end) is not None


@lru_cache(maxsize=256)
def _cut(text: str) -> tuple[str, ...]:
    import rjieba

    return tuple(rjieba.cut(text))


def _is_name(id_: str, words: str) -> bool:
    """Whether reports themselves use these words for the indicator."""
    return words.lower() in {n.lower() for n in (id_, *_by_id()[id_].names)}


# 税收贡献率, 对GDP增长的贡献率, 税收对财政收入贡献达多少
_CONTRIBUTES = re.compile(r"(?:的|增长|对[^,。?和与、]{2,14}?)*(?:的)?贡献")


def _is_other(question: str, start: int, end: int, name: str, row: Indicator) -> bool:
    """Whether the words around a name make it another indicator."""
    if question.startswith("占", end) and "占" not in name:
        return True  # 财政赤字占国内生产总值的比重 is no deficit
    if _CONTRIBUTES.match(question, end):
        return True
    around = question[max(0, start - 4) : start] + question[end : end + 4]
    wider = question[max(0, start - 3) : end + 3]
    return any(word in around or (word not in name and word in wider) for word in row.never)
