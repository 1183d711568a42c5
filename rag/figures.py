"""Report text -> Figures: every number with its indicator, measure, role, period, place and bounds. Pure.

A sentence is read from left to right. A number takes its indicator from the words before it in its clause
(固定资产投资225亿元), else from those behind (新建15个养老服务中心), else from the clause before (…,增长12.3%).
Its period and role come from the nearest of: words of the clause, the sentence, the paragraph, the part of the
report. Where they disagree the nearer one decides, but for quoted targets (低于控制目标1.36个百分点) and
comparisons (比2012年), which say nothing of the number's own time. docs/reading.md lists the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from rag.indicators import identify
from rag.numerals import ABOUT, Quantity, find_quantities, small_count
from rag.passages import Clock, dated_view, five_year_plan, read_clock, sentence_spans
from rag.types import Figure, Measure, Part, Passage, Report, Role

_BOUND_BEFORE = r"约|大约|近|将近|接近|超|超过|突破|逾|过|不低于|不少于|不高于|不超过|不超|不大于|不小于|高于|低于|大于|小于|至少|最多|控制在|稳定在|保持在|压减到|力争|确保|预计|计划|预期|争取|达到或超过|同比|可比|年均|剔除|不足|至多|只|仅"
_ABOUT = f"大约|{ABOUT}"
_MODAL = re.compile(
    rf"(?P<modal>接近或达到|达到或接近|达到或超过|不低于|不少于|不高于|不超过|不大于|不小于|不超|至少|最多|至多|控制在|稳定在|保持在|{_ABOUT}|接近|将近|近|超过|超|突破|逾|高于|低于|大于|小于|不足|力争|确保|预计|争取)$"
)
_LINK = re.compile(
    r"(?:如今的|目前的|现在的|现有的|拟定|确定|安排|设定|预定|拟|定|调控|达到了?|达成|达|到了|到|至|为|是|共计|总计|合计|共有|共|(?<!累)计|均|都|各|分别|已|将|预计可|有望|可|实现了?|完成了?|有|了|在|等|约合|仅|只|只有|就|又|再|还|也|要|平均|每年|以|按|于|:|为:|\s)$"
)
_AFTER = re.compile(r"^(?:的)?(左右|以上|以内|以下|上下|之内|之间|或以上|及以上|\+)")
_LAG = re.compile(r"^[^,。;]{0,6}?(左右|以上|以内)(?=[,。;、]|$)")

_UP = r"增产|增长|递增|涨价|提价|增|上升|提升|提高|增加|上涨|涨|扩大|攀升|上浮|净增|多增|跃升|提前|上移|前移|加快|高"
_DOWN = r"减产|下降|降价|降低|减少|回落|下滑|下跌|减|降|压减|缩短|削减|缩减|压缩|收窄|下调|压降|负增长|低|少|后退|减轻|降幅|跌"
_TURN = re.compile(rf"(?P<verb>{_UP}|{_DOWN})(?P<to>到|至|为|达到|达|成)?(?:了)?$")
_TURNED_TO = re.compile(rf"(?:{_UP}|{_DOWN}|调整|恢复|发展)(?:到|至|为|达到|达|成)(?:了)?$")
_RATE_NAME = re.compile(
    r"(?<!自然)(?P<verb>增速|增幅|增长率|增长速度|涨幅|降幅|增长|增速目标|增长目标|升幅|增长幅度|下降率|降低率)(?:的)?(?:预期|预期目标|目标|计划|指标|调控目标)?$"
)
_LEVEL_RATE = re.compile(
    r"失业率|城镇化率|城市化率|自然增长率|出生率|死亡率|负债率|债务率|利率|赤字率|税率|不良率|不良贷款率|汇率|价格指数|消费价格|CPI|PM2|强度$|恩格尔系数|基尼系数"
)
_SHARE_NAME = re.compile(r"(?:率|比例|比重|占比|覆盖面|满意度|贡献度|份额|集中度|比|度|面)$")
_DONE_SHARE = re.compile(
    r"(?:完成|超额完成|实现|为|占|达)(?:了)?(?:年度|全年|年初|市|省|区|县|预算|调整|预期|计划|目标|任务|既定|下达|考核|进度|的)*(?:计划|目标|任务|预算|指标|预期)(?:任务|数|值|目标|指标|进度)?的?$"
)

# First words of a clause that name nothing: links, times, places and verbs of doing.
_LEAD = frozenset(
    "提出 今明两年 明年 尽管 虽然 但 建议 两年 三年 四年 拟 拟安排 预算 的 其中 同时 此外 另外 并且 并 以及 及 和 与 而且 特别是 尤其是 预计 初步 测算 统计 据 全年 年内 年底 年底前 今年 当年 去年 上年 年末 目前 截至 力争 确保 努力 争取 计划 继续 实现 "
    "完成 超额 超额完成 累计 共 总共 一共 合计 全部 均 都 已 将 要 再 又 还 也 全市 全区 全县 全省 全国 全州 全旗 我市 我区 我县 我省 我国 辖区 我们 使 让 把 对 向 为 给 在 从 由 以 用 按 等 到 达到 达 有 是 约 近 "
    "超 超过 突破 一年 来 一年来 五年 五年来 过去 期间 每年 平均 本年度 本届 政府 保持 推动 推进 促进 带动 拉动 支持 引导 组织 开展 加快 加大 加强 大力 积极 全面 深入 扎实 着力 稳步 有序 启动 实施 落实 建立 设立 "
    "打造 培育 引进 引入 吸引 建成 建设 新建 改建 扩建 改扩建 新改 新改扩建 新改建 改 扩 新 修建 完善 提供 发放 投入 安排 筹集 获批 获得 荣获 入选 通过 办理 受理 解决 化解 处置 清理 创建 认定 评选 举办 承办 召开 签约 "
    "落地 开工 竣工 投产 入驻 集聚 聚集 拥有 形成 覆盖 惠及 服务 帮助 援助 招聘 招录 选派 派出 资助 补助 救助 奖励 收到 查处 破获 抓获 更新 购置 配备 增设 设置 安装 铺设 栽植 种植 修复 治理 供应 收储 整备 整理 释放 腾出 增加 扩大 "
    "提升 提高 优化 推出 出台 制定 编制 修订 发布 推广 应用 投放 布局 储备 谋划 策划 招引 引育 孵化 新培育 新引进 新认定 新建成 新开工 新增加 新开通 新设立 新设 发展 保障 达成 提速 推行 用好 落地 开设 开行 开通 接待 整合 "
    "评定 获评 新签约 支出 安置 , 、 ) 个 成功 持续 不断 进一步 首次 先后 陆续 相继 顺利 圆满 较好 城区 率先 至 比 较 上 了 着 只 仅 各 分别 新招引 引 招 培 抓好 做好 办好 强化 深化 创新 巩固 拓展 统筹 健全 构建 探索 试点 试行 "
    "高效 精准 切实 主动 率 被 列 名列 位居 实行 执行 严格 依法 集中 重点 规划 着手 初步 统计 今 年 月 日 底 末".split()
)
# Verbs that are part of what is counted and stay in the indicator when nothing else is left.
_KEEP = re.compile(
    r"^(?:新?签约|新增|净增|拆除|减免|减税|转移|脱贫|搬迁|清退|淘汰|关停|压减|植树|造林|改造|拆迁|征收|销售|培训|帮扶|救助|发放|盘活|整治|查处|破获)"
)
_TRAIL = re.compile(
    rf'(?:["\s,、:;(]|的|了|达到|达|为|是|有|共有|共|{_ABOUT}|近|超过|超|突破|实现|完成|分别|均|都|各|已|将|预计|同比|比上年|较上年|比去年|较去年|年均|可比|持续|始终|保持|稳定|不断|进一步|稳步|快速|高速|较快|平稳|逐步|大幅|明显|实际|名义|累计|总计|合计|力争|确保|左右|等|不低于|不少于|控制在|稳定在|保持在|超额|可望|有望|到(?:19|20)\d\d年(?:底|末)?|(?:但)?(?:没有|没|未能|尚未)|必须|应当|按可比(?:价格?|口径)(?:计算)?|扣除价格因素|突破性|历史性|首次|再|又|已经|提高到|增加到|增长到|上升到|下降到|降到|降至|升至|增至|扩大到|由|从|至|到|在|以|每年|也|就|则|增长|递增|增速|增幅|上升|下降|提高|提升|增加|减少|降低|高达|回落|上涨|同口径|同口径对比?|同口径增长|全口径|(?<=投资|收入|产值|总值)计划|净|(?<![占之])比|较|逾|平均|(?<=[一-鿿])每年都?要|年度|按|预定|继续|仍|依然|迈上|站上|跨上|跨过|越过|跨越|稳定|设定|拟定|确定|安排|目标设定|圆满|全面|顺利|全部|基本|(?:(?:提高|上调|调整|增加|达)(?:到|至))?(?:平均)?每人?每?[月年]|接近或|达到或|跃上|登上|踏上|一举|历史性地)$'
)
_NO_NOUN = re.compile(
    r"^(?:年|年均|增长|增加|增速|下降|减少|同比|大关|关口|新?台阶|目标|水平|规模|行列|以上|左右|的平均|(?:稳|均|位|跃|仍|继续|持续)*[居列](?:全|世|首|前|同).*)$"
)
_RIGHT_STOP = re.compile(
    r"[,。;:!?()]|以及|并|用于|使|从而|进一步|全部|顺利|均|分别|已|正在|得到|实现|完成|达到|开工|竣工|投产|投入|签约|落地|建成|获批|入选|入驻|通过|获得|获评|上线|启用|运营|交付|取得|陆续|相继|发放|,"
)
_YEAR_TOKEN = re.compile(
    r"(?P<cmp>比|较|是|为|相当于|对比|与|同|以|自|从|由|在)?(?P<pre>到|至|截至|截止|力争|预计)?\s?(?P<y1>(?:19|20)\d\d)(?:年?\s?[-~至到]\s?(?P<y2>(?:19|20)?\d\d))?\s?年?(?P<post>底|末|初|以来|起|间|期间|同期|同比)?(?P<nian>)"
)
_COMPARES = frozenset("比 较 是 为 相当于 对比 与 同 以".split())  # words before a year that only compare with it
_RELATIVE = re.compile(
    r"(?P<cmp>比|较|是|为|相当于|与|同|和|由|从)?(?P<word>今年|去年|上年|前年|明年|本年度|当年|过去的?一年)(?P<post>同期|底|末|以来)?"
)
_SPAN_WORD = re.compile(
    r'(?P<y1>(?:19|20)\d\d)年?[、和](?P<y2>(?:19|20)\d\d)年?(?:这)?两年|今明两年|过去(?:的)?(?:五|5)年|五年来|近五年|五年间|这五年|五年(?:累计|共|间|来)?|本届政府(?:任期)?(?:以来|期间|五年)?|任期(?:内|以来)|"?(?P<plan>十[一二三四五]?|[六七八九]|(?<=")[一二三四五](?=五"))五"?(?:(?:计划 )?(?:时期|期间|以来|前?[一二三四]年)|计划 (?=安排|在|规定|要求))|今后(?:的)?(?:五|5)年|未来(?:的)?(?:五|5)年|(?:近|过去|前|这)(?P<n>[两二三四]|[2-4])年(?:来|间)?|(?<!提前)(?P<m>[两三四]|[2-4])年(?:来|间|累计|平均|(?=新增|共|完成|建成|改造|解决|拆除)|(?<!连续..)(?=增长|增加|提高|下降|减少))'
    r"|(?:(?<=[,。;:])|^)(?:近|过去)(?P<d>1\d|[6-9]|20|十)年(?:来|间)?(?=[^最新首]{1,10}\d)"
)
_YEARS_AHEAD = re.compile(
    r"(?:利用|通过|力争|争取|计划|规划|拟|再?用)+(?:大约|约)?(?P<n>[两三四五2-5])年(?:左右)?(?:的)?(?:时间|内|左右)"
)
_COMING_YEARS = re.compile(r"(?:未来|今后)(?:的)?(?P<n>[两三四六七八九十2-46-9])年")
_PLAN_END = re.compile(r'到?"?(?P<plan>十[一二三四五六]|[六七八九十])五"?(?:规划)?期?末|到(?:本世纪末|20\d\d年)')
# 是自2012年分区以来首次突破20%: the year is that of no number
_NEVER_SINCE = re.compile(r"年?[^,。;、\d]{0,12}以来的?(?:首次|首|最|历史|新高|第一|再次|单)")
# 2015年启动城市更新改革试点以来
_SINCE_BEGUN = re.compile(
    r"年?(?![^,。;]*新中国)[^,。;、\d]{0,12}(?:启动|实施|成立|开展|推行|建立|开始|出台|组建|挂牌|设立)[^,。;、\d]{0,16}以来"
)
_PART_YEAR = re.compile(
    r"(?P<h1>上半年)|(?P<h2>下半年)|(?P<q3>前三季度|1-9月|1至9月)|第?(?P<q>[一二三四1-4])季度|(?<!\d)1(?:-|至|到)(?P<m>\d{1,2})月"
)
_PARENT_OF = {
    "全国": "national",
    "全省": "province",
    "全自治区": "province",
    "全市": "city",
    "全州": "city",
    "全盟": "city",
    "我国": "national",
}
_SCALES = re.compile(r"全国|全省|全市|全州|我国|全球|世界")
_NOT_PLACE_BEFORE = re.compile(
    r"(?:高于|低于|占|居|列|位|比|是|超|超过|在|为|与|较|优于|快于|排|排名|达到|领先|等|入选|获评|创|成为|服务|面向|辐射|获得|荣获|入围|进入|代表|对|向|参加|作为|接近|落后|首批|的|连续\S{0,4}年|被评为|跻身)$"
)
_NOT_PLACE_AFTER = re.compile(
    r"^(?:第|前|平均|首|排|最|各区|唯一|率先|领先|范围|重点|之|先进|百强|文明|推广|人大|政协|性|同类|水平|十|优秀|示范|\d|总量的?第|各|一|的|政|统一|,|。|、)"
)
_QUOTED_TARGET_BEFORE = re.compile(
    r"(?:年度|全年|预期|年初|控制|计划|既定|考核|任务|规划|原定|预定)(?:的)?(?:目标|指标|任务|计划|要求)(?:值|数)?(?:是|为|的|\()?$"
)
_QUOTED_TARGET_AFTER = re.compile(
    r"^(?:以内|左右|以上|以下)?的?(?:年度|全年|预期|年初|控制|计划|既定|考核|规划|原定|预定)(?:的|发展|增长)*(?:目标|指标|任务|计划|要求)"
)
# 发掘1万个就业岗位<tab>超额完成,发掘2.82万个: a row of a table, what was to be done and what was
_IN_TASK_CELL = re.compile(
    r"[^\t]*\t(?:[^\t]{0,30}(?:牵头|负责|主办|协办|办理)[^\t]{0,30}\t)?\s*(?:已|超额|提前|按期|按时|如期|全部|全面|基本|实际)*(?:完成|建成|实施|开工|启动|新增)"
)
_REACHED = re.compile(
    r"(?:整合|精简|优化|提高|增加|增长|上升|下降|降低?|减少|扩大|提升|增|升|缩小|缩短|发展|攀升|跃升|扩展|拓展)(?:到|至)了?(?:约|近|超过|超)?$"
)
_YEARLY = re.compile(
    r"^(?!.*(?:新增|累计|完成|利用外资|投资|投入|引进|争取|新建|建成|五年|减)).*(?:生产总值|GDP|增加值|产值|产量|人均\S*收入|财政收入|预算收入|零售总额|进出口总额|总人口|存款余额|贷款余额|旅游收入|总收入|年产)$"
)
_ADDED = re.compile(
    r"新增|净增|新建|完成|投入|投资|引进|建成|改造|减少|争取|发放|培训|利用|支出|治理|修建|转移|招|帮扶|减免|解决"
)
_STATE = re.compile(
    r"(?:储备|率|占比|比例|余额|保有量|密度|强度|浓度|常住人口|总人口|寿命|总里程|总数|总量|(?:通车|运营|营运|营业)里程"
    r"|(?:万元|单位)\S*(?:能耗|水耗|电耗|用水量|用电量))$"
)
# 在2022年完成1708亿元高基数的情况下: a year and a number that what follows only builds on
_BASE_CLAUSE = re.compile(
    r"在(?:(?:19|20)\d\d年|去年|上年|前年|[上下]半年|[一二三四]季度)[^。;]{0,30}?(?:情况下|基础上)"
)
# 市政府给我县下达了2万户的改造任务
_HANDED_DOWN = re.compile(r"下达了?(?:的)?(?P<before>[^,。;#]{0,12})#(?P<behind>[^,。;]{0,20}?)(?:任务|指标|计划)")
_DIFFERENCE = re.compile(
    r"(?P<verb>高于|低于|高出|低|快于|慢于|超过|超|多于|少于|好于|优于)(?P<what>[^,。;]{0,24}?)(?:高|低|多|少|快|慢|超)?(?:出|了)?$"
)
_RANK_WORD = re.compile(
    r"(?:(?P<verb>居|列|位居|位列|排名|名列|跃居|排|稳居|保持|跃升至?|攀升至?|升至|继续|连续\S{1,4}年|均|并列|蝉联|升到|总量|增速|增幅|综合|实力)\S{0,10}?)?(?P<scope>全国|全省|全市|全区|全县|全州|世界|全球|[东西中南北华]\S{0,3}地区|各区|各县\S{0,3}|同类城市|\S{2}市|\S{2}省)(?:\S{0,8}?)(?P<written>第(?P<n>[一二三四五六七八九十]{1,3}|\d{1,3})(?![一-鿿](?<![的并且和与及]))|首位|榜首|之首)(?!产业|书记)"
)
_TOTAL = re.compile(r"(?:经济)?(?:总量|总额|总规模)")
_TOTAL_OF = re.compile(
    r"总(?:里程|面积|长度|装机|容量|人数|数|数量)"
)  # takes the noun of the number before: 高速公路总里程
# 建成沿黄高速公路等项目,通车总里程突破1万公里: of the roads named before
_MILEAGE = re.compile(r"(?:新增|净增)?(?:通车|运营|营运|营业)(?:总?里程)")
_LINES = re.compile("高速公路|高速铁路|高铁|城际铁路|铁路|轨道交通|地铁|公路|绿道")
_SOWN = re.compile(r"(?P<crop>.{1,8}?)(?:播种|种植)面积")  # 粮食播种面积1.1亿亩、产量825亿斤
_GROWN = re.compile(
    r"(?:^|[,;。]|个(?=粮食))(?P<crop>[一-鿿]{2,4}?)(?:生产|种植|喜|按人口|连续[^,。;]{0,4}增产|再?获丰收)[^。;]*,"
)  # 粮食生产实现“九连增”,2012年总产649.3亿斤
# A trade, a park or a product as the subject of a sentence, and the names that are its own there.
_OWNER = re.compile(
    r"(?:全年|其中)?,?(?P<who>(?!规模以上|规上|工业|农业|服务业|建筑业|限额以上)[一-鿿]{2,8}?(?:业|产业|产品|园区|集团|开发区|高新区|工业园|保税区|综保区))(?:累计)?(?:实现|完成)"
)
_OF_OWNER = re.compile(r"出口|产值|利润|利税|税收|营业收入|主营业务收入")
# 非常规天然气发展方面,…力争产量突破200亿立方米、投资超120亿元
_TOPIC = re.compile(r"\s*在?(?P<who>(?!其他|这|各|另|一|两|下)[一-鿿]{2,12}?)(?:建设|发展|工作|领域)?方面[,:]")
_OF_TOPIC = re.compile(r"产量|投资|产值|总产值|规模|总规模|收入|装机|增加值|出口")
# 12、民生投入:全年投入97.4亿元: the label names what the clause calls by its last word alone.
_LABEL = re.compile(r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）]?[、.]?)?(?P<label>[一-鿿]{2,10}):")
_BY_LAST_WORD = re.compile(
    r"(?:全年|累计|实际|共|年度|本年|全区|全市|全省|全县)*(?P<word>投入|收入|支出|产值|投资|总量|总额|规模|出口|进口|产量|面积|完成)(?P<rest>占.*)?"
)
# 地区生产总值连跨两个万亿元台阶
_STEP = re.compile(
    r"(?<=[一-鿿]{2})(?:接连|连续|首次|成功|[连再又])?(?:跨上?|迈上|登上|站上|跃上|越过|突破)[^,。;]{0,10}(?:台阶|大关|关口)$"
)
_PEAK = re.compile(r"(?:再|均|双双)?创(?:下)?(?:历史|近年来?|同期|历年)?(?:最高|新高|最好)(?:水平|纪录|记录)?$")
_CN_RANK = {c: i for i, c in enumerate("零一二三四五六七八九十")}


@dataclass(frozen=True, slots=True)
class _Time:
    """A period that words of a sentence name, from ``start`` on; ``weak`` ones name a base of comparison."""

    start: int
    end: int
    period: str
    kind: str  # year, span, since, part
    weak: bool = False
    base: str = ""  # the year that it is compared with: 1986年同1978年相比


@dataclass(frozen=True, slots=True)
class _Draft:
    """A number on its way to a figure; offsets count from the start of the sentence."""

    quantity: Quantity
    segment: tuple[int, int]
    left: str
    right: str
    indicator: str = ""
    measure: Measure = "level"
    modality: tuple[str, ...] = ()
    inherited: bool = False
    quoted_target: bool = False
    base: bool = False  # the old value in 由50%提高到60%
    named_behind: bool = False  # its indicator stands behind it: 新建15个养老服务中心
    of_all: bool = False  # tells of all there are, behind those that came new: 新增公园141座、累计达到973座


# 四是,城乡居民储蓄大幅度增加。一九八五年末达到1623亿元
_RISES = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}是,)?(?P<what>[一-鿿]{4,12}?)(?:有了|有)?(?:大幅度?|显著|明显|较大|较快|持续|稳步|快速|迅速|不断|继续|进一步)+的?(?:增加|增长|提高|上升)。"
)


_FASTER_THAN = re.compile("(?<=收入|总值|投资|总额)(?:增速|增长)(?:高于|快于|优于|跑赢).*$")


def read_figures(report: Report, passages: Sequence[Passage]) -> tuple[Figure, ...]:
    """All figures of a report, in its order.

    Args:
        report: Its text, place and years.
        passages: What ``split_report`` made of it.

    Returns:
        Figures whose spans lie inside their passages; quotes are whole sentences.
    """
    clock = read_clock(report)
    view = dated_view(report.text)
    figures: list[Figure] = []
    carried: _Time | None = None
    subject = ""
    last_end = 0
    for passage in passages:
        if passage.part in ("front", "appendix"):
            continue
        for start, end in sentence_spans(report.text, passage.start, passage.end):
            if "\n" in view[last_end:start]:
                carried, subject = None, ""
            last_end = end
            sentence = _Sentence(view[start:end], start, passage, clock, report, carried)
            read = tuple(sentence.figures(subject))
            figures.extend(read)
            carried = sentence.carry()
            told = _RISES.fullmatch(view[start:end].strip()) if not sentence.quantities else None
            subject = next(
                (f.indicator for f in read if f.measure in ("level", "growth")), told["what"] if told else ""
            )
    return tuple(figures)


class _Sentence:
    """One sentence and what is known of it before its numbers are read."""

    def __init__(
        self, text: str, start: int, passage: Passage, clock: Clock, report: Report, carried: _Time | None
    ) -> None:
        self.text = re.sub(r"^(\d{1,2})\.(?=\d{2,}(?:个|件|项|家|户|名|处|所))", lambda m: " " * len(m.group()), text)
        text = self.text
        self.start = start
        self.passage = passage
        self.clock = clock
        self.report = report
        self.carried = carried
        self.quantities = _with_ranks(text, find_quantities(text))
        self.times = _times(text, clock, passage)

    def carry(self) -> _Time | None:
        """What the next sentence of the paragraph may lean on: 五年来, 到2025年 hold until another time is named."""
        told = [t for t in self.times if not t.weak]
        if not told:
            return self.carried
        last, year = told[-1], self.clock.report_year
        if last.kind == "span" and last.start <= 12 and last.period == self._term():
            return last
        first = told[0]
        reached = last.kind == "year" and self.text[: last.start].endswith(("到", "至"))
        listed = self.text.rstrip().endswith(";") and bool(self.quantities) and last.end <= self.quantities[0].start
        ahead = re.fullmatch(r"(?:\d{4}-)?(?P<end>\d{4})", last.period)
        if listed and year and ahead and int(ahead["end"]) > year:
            return last  # 到2020年,生产总值达到4100亿元;每万人发明专利拥有量15.6件: one list
        if listed and self.passage.part in ("plan", "unknown") and last.start <= 4 and self._is_past(last):
            # in a plan: 1956年新增加的生产能力,就有142万吨;新建和修复的铁路,就有3108公里
            compared = [t.period for t in self.times if t.weak and t.kind == "year" and self._is_plain_year(t)]
            return replace(last, base=compared[-1] if compared else "")
        if reached and self.passage.part == "term_review" and first.kind == "span" and first.start <= 12:
            return first  # 五年来,…增加到2015年的78%: the paragraph is of the five years
        if self.passage.part == "plan" and last.start <= 12 and self.text.startswith("过去", last.start):
            return last  # the plan begins with a look back: 过去一年,…。国内生产总值增长10.3%
        # tells of the term
        whole = re.search(r'[比较](?:"?十?[一二三四五六七八九]五"?期?末|(?:19|20)\d\d年)', self.text)
        if (
            last.kind == "year"
            and self.passage.part == "term_review"
            and last.period == str(self.clock.result_year)
            and not whole
        ):
            return last
        end = self.clock.ahead[1] if self.clock.ahead else 9999  # what is hoped for in 2035 is no term's goal
        each = len({t.period for t in told if t.kind == "year"}) > 2  # 其中2021年2.31万座、2022年2.92万座、…
        if last.kind == "year" and self.passage.part == "term_plan" and year and year < int(last.period[:4]) <= end:
            return None if each else last
        return None

    def _term(self) -> str:
        span = self.clock.ahead if self.passage.part == "term_plan" else self.clock.past
        return f"{span[0]}-{span[1]}" if span else ""

    def figures(self, subject: str) -> Iterator[Figure]:
        """The figures of this sentence; ``subject`` is the indicator of the one before in the same paragraph."""
        drafts = _share_lists(self.text, _drafts(self.text, self.quantities))
        drafts = _with_owner(self.text, _with_subject(self.text, drafts, subject))
        drafts = _with_purpose(self.text, _with_nouns_behind(self.text, _with_grades(self.text, drafts)))
        for draft in drafts:
            if draft.indicator or draft.measure == "rank":
                yield self._finish(draft)

    def _finish(self, draft: _Draft) -> Figure:
        q = draft.quantity
        if draft.measure == "level" and q.unit.endswith("元"):  # 人均可支配收入增速高于经济增速、突破3万元
            draft = replace(draft, indicator=_FASTER_THAN.sub("", draft.indicator))
        period, role = self._when(draft)
        if draft.base and re.match(r"\d{4}", period) and not self._told(draft):
            period, role = self._base_year(draft, period), "actual"
        indicator = re.sub(r"(?:增速|增长)目标$", "", draft.indicator) or draft.indicator
        confidence = 0.9 - 0.15 * draft.inherited - 0.2 * (self.passage.part == "unknown") - 0.3 * draft.base
        written_start = self.start + q.start
        return Figure(
            report_id=self.report.report_id,
            passage_id=self.passage.passage_id,
            place=self._place(draft),
            period=period,
            indicator=self.report_words(indicator),
            indicator_id=identify(indicator, draft.measure, q.unit),
            role=role,
            measure=draft.measure,
            value=q.value,
            unit=q.unit,
            modality=" ".join(draft.modality) or None,
            written=self.report.text[written_start : self.start + q.end],
            start=written_start,
            end=self.start + q.end,
            quote_start=self.start,
            quote_end=self.start + len(self.text),
            part=self.passage.part,
            section=self.passage.section,
            confidence=round(max(confidence, 0.1), 2),
        )

    def _base_year(self, draft: _Draft, period: str) -> str:
        """The year of an old value: the one compared with, the first of 从A年到B年, else the one before the period."""
        compared = [
            t.period
            for t in self.times
            if t.weak and t.kind == "year" and t.end <= draft.quantity.start and self._is_plain_year(t)
        ]
        if compared:
            return compared[-1]
        time = self._time_of(draft)
        if time is not None and time.base:
            return time.base
        if time is not None and time.kind == "span" and self._from_to(time):
            return period[:4]
        return str(int(period[:4]) - 1)

    def _is_plain_year(self, time: _Time) -> bool:
        """Whether a time is written as a year: neither 上年 nor 2002年1月1日."""
        return re.match(r"(?:19|20)\d\d年?(?!\s?\d{1,2}月)", self.text[time.start :]) is not None

    def _from_to(self, time: _Time) -> bool:
        """Whether a span is written as its first and its last year: 从1980年到1985年, 2020年到2025年."""
        written = re.match(r"[\d一二三四五六七八九零]{4}年?\s?(?P<to>[-~至到])", self.text[time.start :])
        return written is not None and (written["to"] in "至到" or self.text[: time.start].endswith(("从", "由")))

    def _has_old_value(self, draft: _Draft) -> bool:
        """Whether the old value stands before a new one in its clause: 钢产量由2046万吨增加到3178万吨."""
        return (
            re.search(r"[由从][^由从,;。]*[\d十百千万亿][^由从,;。]*$", self.text[: draft.quantity.start]) is not None
        )

    def report_words(self, indicator: str) -> str:
        """``indicator`` with the report's own quotation marks left out."""
        return indicator.replace('"', "").replace("计划 ", "计划").strip()

    def _year_right_before(self, draft: _Draft) -> _Time | None:
        """The year of comparison that owns a number: 比1958年的548亿元增长19%."""
        for time in self.times:
            if (
                time.weak
                and time.kind == "year"
                and time.end <= draft.quantity.start
                and re.fullmatch(r"的?(?:约|近)?", self.text[time.end : draft.quantity.start])
            ):
                return time
        return None

    def _told(self, draft: _Draft) -> bool:
        """Whether a year stands right before an old value: 由2015年的50%提高到60%."""
        before = self.text[: draft.quantity.start]
        if self.passage.part in ("review", "term_review") and re.search(r"[由从](?:上年|上一年)的?[^,]{0,6}$", before):
            return False  # the year before the one looked back on
        near = (t for t in self.times if draft.quantity.start - 8 <= t.end <= draft.quantity.start)
        return any(t.kind != "span" for t in near)  # 这两年中,钢产量由2046万吨增加到3178万吨: 2046 is of before

    # -- when ---------------------------------------------------------------------------------------

    def _when(self, draft: _Draft) -> tuple[str, Role]:
        """Period and role of a number: the nearest time named before it, else that of its part."""
        part, clock = self.passage.part, self.clock
        if draft.measure not in ("multiple", "growth") and (owner := self._year_right_before(draft)):
            return owner.period, "actual"
        time = self._time_of(draft)
        if draft.quoted_target and part in ("review", "term_review", "problems"):
            year = time.period if time and time.kind == "year" else str(clock.result_year or "")
            return year, "target"
        if time is None:
            return self._by_part(draft)
        if time.kind in ("span", "since"):
            ahead = clock.report_year is not None and int(time.period[-4:]) > clock.report_year
            summed = re.search("累计|以来|已", self.text[draft.segment[0] : draft.quantity.start]) is not None
            if ahead and (part in ("plan", "term_plan", "livelihood", "unknown", "opening") or not summed):
                return time.period, "plan"
            if part in ("plan", "livelihood") and not ahead and time.period[-4:] == str(clock.report_year):
                return time.period, "plan"
            if (
                draft.measure in ("level", "share")
                and _REACHED.search(draft.left)
                and (self._from_to(time) or (not ahead and self._has_old_value(draft)))
            ):
                return time.period[-4:], "actual"  # 从1980年到1985年,钢由3700万吨增加到4666万吨
            if part == "term_review" and time.period == self._term() and self._is_end_state(draft):
                return time.period[-4:], "actual"
            return time.period, "cumulative"
        role = self._role_of_year(time, draft)
        if role == "actual" and "年均" in draft.modality and re.fullmatch(r"\d{4}", time.period):
            return self._mean_span(time.period), "cumulative"
        if role == "plan" and "年均" in draft.modality and clock.report_year and re.fullmatch(r"\d{4}", time.period):
            first = clock.ahead[0] if clock.ahead else clock.report_year
            return f"{min(first, clock.report_year)}-{time.period}", "plan"
        return time.period, role

    def _role_of_year(self, time: _Time, draft: _Draft) -> Role:
        clock, part = self.clock, self.passage.part
        year = int(time.period[:4])
        report_year = clock.report_year
        if report_year is None:
            return self._by_part(draft)[1]
        if year > report_year:
            return "target" if part == "plan" and self.passage.period == str(year) else "plan"
        if year == report_year:
            if part in ("plan", "livelihood") and self._is_already(draft):
                return "actual"
            if time.kind == "part" and re.search(r"同期|已经?|又比|同比", self.text):
                return "actual"
            if (
                part in ("review", "term_review", "problems", "experience")
                and _is_done(self.text)
                and clock.past
                and clock.past[1] == report_year
            ):
                return "actual"
            return "target" if part not in ("term_review",) or not _is_done(self.text) else "actual"
        if part in ("plan", "livelihood") and time.kind == "part" and year == report_year:
            return "target"
        return "actual"

    def _by_part(self, draft: _Draft) -> tuple[str, Role]:
        part, clock = self.passage.part, self.clock
        period = self.passage.period or (str(clock.result_year) if clock.result_year else "")
        yearly_mean = "年均" in draft.modality
        if part in ("plan", "livelihood") and clock.result_year and self._is_already(draft):
            return str(clock.result_year), "actual"
        if part in ("plan", "livelihood"):
            if yearly_mean and clock.ahead:
                return f"{clock.ahead[0]}-{clock.ahead[1]}", "plan"
            return period, "target"
        if part == "term_plan":
            return (period[-4:] if self._is_goal_at_end(draft) else period), "plan"
        if part == "term_review":
            return (period[-4:], "actual") if self._is_end_state(draft) else (period, "cumulative")
        if part in ("opening", "unknown", "closing"):
            return self._untold(draft)
        if clock.past and (yearly_mean or self._sums_term(draft)):
            return f"{clock.past[0]}-{clock.past[1]}", "cumulative"
        return period, "actual"

    def _is_goal_at_end(self, draft: _Draft) -> bool:
        """Whether a number of a term's plan is to be reached by its end: GDP达到6000亿元以上."""
        before = self.text[draft.segment[0] : draft.quantity.start]
        reached = re.search(
            r"(?:达到?|突破|超过|(?:提高|提升|增加|增长|扩大|降低?|下降|压减)[到至])(?:约|近)?$", draft.left
        )
        summed = re.search("累计|(?<!公)共|合计|总计|年均|每年|五年|5年", before)
        added = _ADDED.search(before) or _ADDED.search(draft.indicator)
        return draft.measure in ("level", "share") and not (reached is None or summed or added)

    def _is_already(self, draft: _Draft) -> bool:
        """Whether a plan tells what is so already: 关税总水平已由15.3%降到12%."""
        before = self.text[draft.segment[0] : draft.quantity.start]
        return (
            re.search(r"已(?:经)?(?:[一-鿿]{0,3}了|由|从|达|有|完成|建成|投入|形成|实现|超过)(?!的)", before)
            is not None
        )

    def _is_end_state(self, draft: _Draft) -> bool:
        """Whether a number of a term's review is what was reached at its end: 由60.2%提高到65.2%, 普及率97%."""
        before = self.text[draft.segment[0] : draft.quantity.start]
        compared = re.match(
            r"[,、](?:[^,。;]{0,14}\d[\d.]*[^,。;\d]{0,6}[,、])?(?:分别|均|各)?(?:比|较)(?:19|20)\d\d年(?:底|末)?(?:的|增|提|翻|上|下|降)",
            self.text[draft.quantity.end :],
        )
        if compared and draft.measure == "level" and not re.search(r"累计|新增|(?<!公)共|年均|五年|5年", before):
            return True  # 达到880.8亿元,比2004年增长173.9%
        if draft.of_all:
            return True
        new = not draft.base and draft.measure in ("level", "share") and _REACHED.search(draft.left)
        if new and self._has_old_value(draft):
            return True  # 累计淘汰…,PM2.5浓度从2015年的74降至44.8微克/立方米
        if draft.measure == "rank" and not draft.base:
            told = self.text[draft.segment[0] : draft.quantity.end]
            return not re.search("累计|年均|连续|保持|蝉联", told)  # kept up over the years, not reached at their end
        if (
            draft.base
            or draft.measure not in ("level", "share")
            or re.search(r"累计|(?<!公)共|合计|总计|年均|每年|五年|5年|控制在|保持在|稳定在", before)
        ):
            return False
        if re.search(r"(?:已达到?|达到)(?:了|约|近)?$", draft.left) and not _ADDED.search(before):
            return True  # 参合农民达到7.3亿人
        if _YEARLY.search(draft.indicator) and not draft.right.startswith("的跨越"):
            return True  # 原煤产量达到11亿吨 after five years is that of the last one
        return _REACHED.search(draft.left) is not None or (
            _STATE.search(draft.indicator) is not None and not re.search(r"新增|新建|完成|占", draft.indicator)
        )

    def _sums_term(self, draft: _Draft) -> bool:
        """Whether a number sums up a term, under a heading that looks back on the year and the term at once."""
        heading = "".join(self.passage.section)
        if not (re.search(r"(?:19|20)\d\d年", heading) and re.search('五[”"]?(?:时期|期间|以来)|五年', heading)):
            return False
        before = self.text[draft.segment[0] : draft.quantity.start]
        summed = "累计" in before
        added = re.search(r"新增|新建|建成|改造|培育|引进|打造|发放|高于|快于", before + draft.indicator) is not None
        meant = added and re.search("年均(?!浓度|值|气温|水平|降)", self.text) is not None
        return summed or meant or re.search(r"(?<!连续)(?<![\d.])(?:五|5)年[^,]{0,6}$", draft.left) is not None

    def _mean_span(self, end: str) -> str:
        """The span of a yearly mean that ends with a year: from the year behind the one compared with, else the term."""
        bases = [t for t in self.times if t.kind == "year" and t.period.isdigit() and int(t.period) < int(end)]
        if bases:
            first = int(bases[-1].period)
            # 从1978年的186亿元增加到2018年的9.73万亿元, 年均: as written; 从2010年…到2015年: the five years of a plan
            from_to = self.text[: bases[-1].start].endswith(("从", "由")) and int(end) - first != 5
            return f"{first if from_to else first + 1}-{end}"
        past = self.clock.past
        return f"{past[0]}-{past[1]}" if past else end

    def _untold(self, draft: _Draft) -> tuple[str, Role]:
        """Role and period where the part is not known: by the sentence's own verbs."""
        clock = self.clock
        wants = re.search(
            r"(?:要|将|争取|力争|计划|预期|目标|安排|预计)(?:[^,。;]{0,20}|[^。;]{0,40},[^,。;]{0,12}可(?:以?达|望达)到?)$",
            self.text[: draft.quantity.start],
        )
        done = _is_done(self.text)
        if wants and not done and clock.report_year:
            return str(clock.report_year), "target"
        return str(clock.result_year or clock.report_year or ""), "actual"

    def _time_of(self, draft: _Draft) -> _Time | None:
        at = draft.quantity.start
        bases = [m.span() for m in _BASE_CLAUSE.finditer(self.text) if m.end() <= at]
        before = [
            t
            for t in self.times
            if t.start < at and not t.weak and not any(start <= t.start < end for start, end in bases)
        ]
        segment = [t for t in before if t.start >= draft.segment[0]]
        before = [t for t in before if t in segment or t.kind != "part" or self._rules_on(t)]
        if segment:
            return self._with_part_year(segment[-1], segment)
        if before:
            return self._with_part_year(before[-1], before)
        if self.passage.part == "term_review" and "累计" in self.text[:at]:
            return None  # a sum over the term, whatever year was named before
        if self.passage.part == "plan" and self._wants(at) and self.carried and self._is_past(self.carried):
            return None
        if self.carried and self.passage.part in (
            "review",
            "plan",
            "opening",
            "unknown",
            "experience",
            "term_plan",
            "term_review",
        ):
            return self.carried
        return None

    def _wants(self, at: int) -> bool:
        """Whether the words before a place of the sentence look ahead: 要, 将, 力争."""
        return re.search("要|将|力争|争取|计划|预期|确保|拟", self.text[:at]) is not None

    def _is_past(self, time: _Time) -> bool:
        year = self.clock.report_year
        return year is not None and time.kind == "year" and int(time.period[:4]) < year

    def _rules_on(self, time: _Time) -> bool:
        """Whether a part of a year holds for the clauses behind its own: not in 改造上半年开工,新增道路8公里."""
        if re.search(r"[由从暨(]$", self.text[: time.start]):
            return False  # 由一季度的-23.1%收窄到-1.4%, 进出口总额(1-11月)
        behind = re.split("[,;。]", self.text[time.end :])[0]
        return (
            re.match(
                r"[^\d]{0,8}?(?:开工|完工|建成|投用|投入使用|通车|启动|竣工|运营|开建|封顶|动工|交付|完成[^\d]*$)",
                behind,
            )
            is None
        )

    def _with_part_year(self, last: _Time, times: Sequence[_Time]) -> _Time:
        """``last``, with the year that stands before a part of a year (2019年…上半年)."""
        if last.kind != "part":
            return last
        year = next((t.period for t in reversed(times) if t.kind == "year"), None)
        return (
            last
            if year is None
            else replace(last, period=year[:4] + last.period[4:].replace(last.period[:4], year[:4]))
        )

    # -- where --------------------------------------------------------------------------------------

    def _place(self, draft: _Draft) -> str:
        """The report's place, or its parent where 全市, 全省 or 全国 of a lower report's clause own the number."""
        segment = self.text[draft.segment[0] : draft.quantity.start]
        hits = list(_SCALES.finditer(segment))
        if not hits or draft.measure == "rank":
            return self.report.place
        hit = hits[-1]
        before, after = segment[: hit.start()], segment[hit.end() :]
        before = before[before.rfind("(") + 1 :]  # 增长20.7%(全市9.7%)
        if _NOT_PLACE_BEFORE.search(before) or _NOT_PLACE_AFTER.search(after) or len(before) > 6:
            return self.report.place
        return parent_place(self.report.place, self.report.level, hit.group())


def parent_place(place: str, level: str, word: str) -> str:
    """The place that 全市, 全省 or 全国 means in a report of ``place``: itself at its own level, else a parent."""
    if word in ("全国", "我国"):
        return "全国"
    parts: list[str] = re.findall(r".+?(?:特别行政区|自治区|自治州|自治县|新区|地区|省|市|州|盟|区|县|旗)", place)
    if word == "全省" and level in ("city", "county", "zone", "township") and parts:
        return parts[0]
    if word in ("全市", "全州") and level in ("county", "zone", "township") and len(parts) > 1:
        own_city = place.endswith("市") and level == "county"
        return place if own_city else "".join(parts[:-1])
    return place


def _is_done(text: str) -> bool:
    return bool(re.search(r"完成|实现|达到|增长|建成|新增|累计|获得|下降", text))


# -- numbers and their words -----------------------------------------------------------------------


def _with_ranks(text: str, quantities: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    """The quantities and, where no number stands, ranks in words: 全市第一, 居全省首位."""
    ranks: list[Quantity] = []
    for match in (*_RANK_WORD.finditer(text), *_RANK_BARE.finditer(text)):
        start, end = match.span("written")
        if any(q.start < end and start < q.end for q in (*quantities, *ranks)):
            continue
        n = match.groupdict().get("n")
        value = 1 if n is None else int(n) if n.isdigit() else _rank_value(n)
        ranks.append(Quantity(Decimal(value), "位", start, end, None, True, "rank"))
        while more := _RANK_MORE.match(text, end):  # 分别居全国第二、第七、第九
            start, end = more.span("written")
            n = more.group("n")
            ranks.append(
                Quantity(Decimal(int(n) if n.isdigit() else _rank_value(n)), "位", start, end, None, True, "rank")
            )
    return tuple(sorted((*quantities, *ranks), key=lambda q: q.start))


_RANK_MORE = re.compile(
    r"[、和与](?P<written>第(?P<n>[一二三四五六七八九十]{1,3}|\d{1,3}))(?!产业|位|名|批|季度|人|届|次)"
)
_RANK_BARE = re.compile(
    r"(?:稳居|位居|位列|排名|名列|跃居|排在|排)(?P<written>第(?P<n>[一二三四五六七八九十]{1,3}|\d{1,3}))(?!产业|位|名|批|季度|人|届|次)"
)


def _rank_value(n: str) -> int:
    tens, mark, ones = n.partition("十")
    if not mark:
        return _CN_RANK[n[0]]
    return (_CN_RANK[tens] if tens else 1) * 10 + (_CN_RANK[ones] if ones else 0)


def _segments(text: str, quantities: Sequence[Quantity]) -> list[tuple[int, int]]:
    """Spans between commas, stops, colons and brackets; commas inside numbers do not count."""
    inside = {i for q in quantities for i in range(q.start, q.end)}
    cuts = [0] + [i + 1 for i, c in enumerate(text) if c in ",;:。!?\t" and i not in inside] + [len(text)]
    return [(a, b) for a, b in pairwise(cuts) if b > a]


def _drafts(text: str, quantities: Sequence[Quantity]) -> list[_Draft]:
    """Each number with its own words, indicator and measure."""
    quantities = [_unit_of_list(text, quantities, i) for i in range(len(quantities))]
    quantities = [q for q in quantities if not _is_threshold(text, q)]
    segments = _segments(text, quantities)
    drafts: list[_Draft] = []
    for i, q in enumerate(quantities):
        segment = next(s for s in segments if s[0] <= q.start < s[1])
        previous = quantities[i - 1] if i and quantities[i - 1].end > segment[0] else None
        following = quantities[i + 1] if i + 1 < len(quantities) and quantities[i + 1].start < segment[1] else None
        if (
            previous
            and text.count("(", segment[0], previous.start) > text.count(")", segment[0], previous.start)
            and ")" in text[previous.end : q.start]
        ):
            # 收入在去年任务(5.55亿元)的基础上增长8.1%: what stands in brackets parts no words
            previous = None
            left = re.sub(r"\([^()]*\)", "", text[segment[0] : q.start])
        else:
            left = text[previous.end if previous else segment[0] : q.start]
        right = re.sub(r"^\([户间个次]\)", "", text[q.end : following.start if following else segment[1]])
        if following and re.search(r"[、和与及]", right.strip("、")):
            right = re.split(r"[、和与及]", right.strip("、"))[0]
        left = _ASIDE.sub("", left)
        if (basis := _RECKONED.search(text[: segment[0]])) is not None:
            left = "按" + basis.group("basis") + re.sub("^可(?=达)", "", left)
        drafts.append(_mended(text, _read(text, _Draft(q, segment, left, right), drafts, previous is not None), drafts))
    return drafts


# (按可比口径,可达839.8亿元、增长32.3%): both are reckoned so
_RECKONED = re.compile(r"\(按(?P<basis>(?:可比|同)口径)(?:计算)?,[^()。;]*$")
# 同比(下同), 新(改)建: brackets that add nothing to a name
_ASIDE = re.compile(
    r"\((?:按)?(?:(?:19|20)\d\d年|现行?|当年)(?:不变|可比)?价(?:格)?(?:计算)?\)|\(下同\)|\((?:改|扩|续|新)建?\)|(?<=[县省市区])\([市区县、]{1,5}\)"
)
_WORKS = re.compile(
    r"^(?:加大|加快|推进|抓好|继续|实施|加强)*(?P<what>[一-鿿]{2,12}?(?:工程|住房|项目|公路|道路|学校))(?:建设)?(?:力度|步伐|进度)?$"
)
# How far a work has come: behind the thing's own name, or alone (保障房开工21.7万套、竣工9万套、供应9.1万套).
_STAGE = re.compile(
    r"(?:建设筹集|筹集|筹建|基本建成|新开工|开工建设|开工|建成|竣工|完工|交付|投产|改造|新建|在建|续建|新立项|立项|供应|分配|入住|投运)$"
)
# What is left where a clause has no noun of its own.
_NAMELESS = re.compile(
    r"(?:连续|先后|依次|接连)?(?:实现了?|突破|跨越|跨上|迈上)+了?\d+|其?中?(?:(?:增加|上升|下降|提高|降低|发展|扩大|减少)?(?:到|至))?(?:19|20)\d\d年(?:底|末)?(?:的)?|上半年|下半年|[前一二三四]{1,2}季度|实际(?:建成|完成|达到|投产|实现)?|(?:上升|增加|下降|提高|扩大|减少|降低|增长|升|降)?(?:到|至)|就|则|即[从由]?|[从由]|中|定|同|其余|以上|其中|全?年|这?[五四三5]年(?:来|间)?(?:累计)?"
)


# 拟发行1400亿元长期建设国债, 发放190万元居家养老服务补助: the money's name stands behind it.
_PAYS = re.compile(
    r"(?:拟|再|共|全年|累计|计划|继续|特别是|同时|为[一-鿿]{2,6}|[一-鿿]{0,4}企业)*"
    r"(?P<verb>增发|发行|发放|减免|兑现|追回|退还|归还|偿还|投放|下达|争取|争取到|募集|收缴|追缴|清偿|偿付|拨付|下拨|垫付)了?"
)
_PAID = re.compile(
    r"(?:资金|基金|补助|补贴|补助金|贷款|国债|债券|债务|专项债|费|费用|金|券|款|款物|物资|税|税款|租金|房租|奖励|红包|津贴|工资|欠薪|扶持|保费)$"
)
_PLAN_SPAN = re.compile(
    r'"?(?:十[一二三四五六]?|[一二三四五六七八九])五"?(?:(?:规划|计划 )?(?:时期|期间|以来|末|规划期|前[一二三四]年)+|计划 (?:安排|规定|在这方面)*)的?(?:累计)?(?=[一-鿿"(]|$)'
)
_LIST_MARK = re.compile(r"^\s*(?:\(\d{1,2}\)|\d{1,3}[.、](?!\d))\s*")  # (3)推动, 21.安排
_COUNTED_VERB = re.compile(
    r"(?:新|已|力争|计划)?(?:落户|立项|严守|守住|高质量|高标准|高效率|争创|遴选|首批|首期|第[一二三四]批|两批|三批|新一批|剩余|其余)"
)
_GRADE = re.compile(
    r"(?:国家|省部?|市|区|县|部|厅|[百千万]亿(?:元)?)级|[百千万]亿(?:元)?(?:级)?|[过超][百千万]亿(?:元)?|\d{2,4}千伏|\d?A级"
)


# 新增公园141座、累计达到973座: what stands behind tells of all there are, not of those that came new.
_STOCK = re.compile(
    r"[,、和与]?(?:目前|现|已|全[省市区县国])*(?:(?P<total>总数|总量|总规模|保有量|总里程|总计|累计)?(?:数)?(?:已|就)?(?:达到?|增至|增加到|突破|超过|超)(?:约|近|超过?|到)?|累计|总计|总数|总量|保有量|总里程)"
)
_CAME_NEW = re.compile(
    r"^(?:预计|累计|五年|全年|共)*(?:新增加?|净增加?|新?登记|新设立?)(?:的|各类)*|(?:预计|累计|五年|全年|共|全[省市区县])*(?:新增|净增)$"
)


# 今年经济增长速度的宏观调控目标,定为百分之八至九
_GOAL = re.compile(r"(?P<what>[一-鿿]{2,10}?(?:增长|上涨))(?:速度|率|幅度)?的?[一-鿿]{0,6}目标,?(?:拟|确)?定为?$")
_OF_TRADE = re.compile(r"(?:年|总)?(?:产值|产量|营业收入|营收|销售额|销售收入|交易额|利润|利税|增加值)")


def _of_all(draft: _Draft, done: Sequence[_Draft]) -> _Draft | None:
    """``draft`` as the number of all there are behind the number of those that came new, or None."""
    stock = _STOCK.fullmatch(draft.left.strip())
    if stock is None or not done or draft.measure not in ("level", "change"):
        return None
    new = done[-1]
    thing = _CAME_NEW.sub("", new.indicator)
    came_new = thing != new.indicator or (new.measure == "change" and re.search("[新净]增$", new.left) is not None)
    if len(thing) < 2 or not came_new or _unit_kind(new.quantity.unit) != _unit_kind(draft.quantity.unit):
        return None
    if draft.segment[0] - new.segment[1] > 0 or draft.named_behind:
        return None
    total = stock.group("total") or ""
    if total == "总里程":
        thing = _bare_noun(thing)
    named = thing if total in ("总计", "累计") else thing + total
    return replace(draft, indicator=named, measure="level", inherited=True, of_all=True)


def _mended(text: str, draft: _Draft, done: Sequence[_Draft]) -> _Draft:
    """``draft`` with a noun where its own words are none: the one before it in the sentence, a share's its whole."""
    if (of_all := _of_all(draft, done)) is not None:
        return of_all
    if draft.indicator in ("占", "占比", "所占", "比重", "所占比重"):
        subject = _subject(done)
        return replace(draft, indicator=f"{subject}占比", inherited=True) if subject else draft
    if draft.indicator.startswith("占") and draft.measure == "share" and (subject := _subject(done)):
        return replace(draft, indicator=subject + draft.indicator, inherited=True)  # 增加值1245亿元,占全区GDP的35%
    if draft.indicator in ("人", "人均"):  # 地区生产总值达到110亿元、人均达到4.6万元
        subject = _subject(done)
        return replace(draft, indicator=f"人均{subject}", inherited=True) if subject else draft
    if draft.measure == "level" and _STAGE.fullmatch(verb := draft.indicator.removeprefix("今年")):
        works = _WORKS.search(_words_before(text, draft))  # 加大保障性安居工程建设力度,今年新开工700万套以上
        return replace(draft, indicator=works.group("what") + verb, inherited=True) if works else draft
    if _OF_TRADE.fullmatch(draft.indicator) and not done:  # 人民公社兴办的农村工业,1959年的产值达到100亿元
        trade = _words_before(text, draft)
        trade = re.sub(r"^(?:大力|加快|积极|做大|做强|发展|壮大|培育|推进|推动)+", "", trade)
        money = draft.quantity.unit.endswith(("元", "吨", "%"))
        if (
            money
            and len(trade) <= 12
            and re.search(r"(?:工业|农业|产业|[一-鿿]造业|服务业|企业|集群|园区|基地|经济|市场)$", trade)
        ):
            return replace(draft, indicator=trade + draft.indicator, inherited=True)
    bare = draft.indicator in ("新增", "净增")
    alone = re.match(r"(?:以上|左右)?[,。;、]", draft.right) is not None  # and no noun behind: 新增50万亩早稻
    if bare and (subject := _subject(done) or (_words_before(text, draft) if alone else "")):
        # 企业4742家,五年新增3698家
        subject = _without_share(subject)
        named = subject if subject.startswith("新增") else draft.indicator + subject
        return replace(draft, indicator=named, inherited=True)
    if not _NAMELESS.fullmatch(draft.indicator):
        return draft
    if draft.indicator == "定" and (goal := _GOAL.search(text[: draft.quantity.start])):
        return replace(draft, indicator=goal.group("what").removeprefix("今年"), measure="growth", inherited=True)
    return replace(draft, indicator=_subject(done) or _words_before(text, draft), inherited=True)


def _unit_of_list(text: str, quantities: Sequence[Quantity], i: int) -> Quantity:
    """The number with the unit that its list shares: 9.4个和8.1个百分点."""
    q = quantities[i]
    if q.unit != "个" or i + 1 == len(quantities) or not quantities[i + 1].unit.endswith("百分点"):
        return q
    between = text[q.end : quantities[i + 1].start]
    return (
        replace(q, unit=quantities[i + 1].unit) if re.fullmatch(r"[、,]?(?:和|与)?(?:下降|提高|上升)?", between) else q
    )


def _is_threshold(text: str, q: Quantity) -> bool:
    """Whether the number only says which things are counted: 总投资10亿元以上项目50个."""
    if q.unit in ("%", "‰", "倍", "成") or q.kind == "rank" or q.unit.endswith("百分点"):
        return False
    if not re.search(r"(?:元|亩|平|㎡|平方米|公里|米|吨|人|瓦|斤)$", q.unit):
        return False
    behind = text[q.end : q.end + 12]
    if q.unit.endswith("元") and re.search(r"(?:发行|增发|争取|申报)了?$", text[: q.start]):
        return False  # 发行5亿元以上专项债券
    others = re.search(r"\d", re.split("[,。;]", text[q.end :])[0])
    deed = r"(?:完成|新建|铺设|新增|修建|改造|整治)了?$" + (
        "" if q.unit.endswith("元") else "|(?:提供|释放|供应|筹集)了?$"
    )
    if others is None and re.search(deed, text[: q.start]):
        return False  # 完成10公里以上“四好农村路”建设, 新建200公里以上污水管网
    return bool(
        re.match(r"(?:以上|以下|以内|级以上|级)(?:的)?(?!的?(?:目标|任务|左右))[一-鿿\"]{2,}", behind)
    ) and not re.match(r"(?:以上|以下|以内)(?:的)?(?:,|。|;|、|和|并|且|比|同比|增长|其中)", behind)


def _read(text: str, draft: _Draft, done: Sequence[_Draft], follows: bool) -> _Draft:
    """``draft`` with bounds, measure and indicator."""
    left, modal = _bounds(draft)
    if follows:
        left = re.sub(r"^(?:左右|以上|以内|以下|余|多|之内|\)|的)+", "", left)
        left = re.sub(r"^[村户人家镇乡][、和与及]", "", left)  # 300个村、20万人: the noun is the first number's
        if done and done[-1].named_behind:
            left = re.split(r"[、和与及]", left)[-1]
    draft = replace(draft, modality=modal)
    if draft.quantity.kind == "rank":
        return _read_rank(text, draft, done)
    if _is_anothers_mean(draft):
        return draft
    if handed := _HANDED_DOWN.search(draft.left + "#" + draft.right):
        named = clean_phrase(handed.group("before")) or handed.group("behind").strip('的" ')
        return replace(draft, indicator=named, quoted_target=True)
    if _quotes_target(text, draft, left):
        draft = replace(draft, quoted_target=True)
        old = _old_target(draft, left, modal, done)
        if old is not None:
            return old
    difference = _DIFFERENCE.search(left)
    if difference and _is_distance(draft.quantity.unit, difference):
        return _read_difference(draft, left, difference, done)
    bare = _strip_links(left)
    turn = _TURN.search(bare)
    if turn and _counts_new(draft, bare, turn):
        return _read_level(text, draft, left, done, follows)
    if turn:
        return _read_turn(text, draft, bare, turn, done)
    return _read_plain(text, draft, left, done, follows)


def _is_anothers_mean(draft: _Draft) -> bool:
    """低于全国5.1张的平均水平 tells of another place: such a number is no figure."""
    above = re.search(r"(?:高于|低于|超过|优于)(?:全国|全省|全市)$", draft.left.rstrip())
    return above is not None and re.match(r"的?平均(?:水平|值|数)", draft.right) is not None


def _quotes_target(text: str, draft: _Draft, left: str) -> bool:
    """Whether the words around a number call it an old target: 超额完成50微克/立方米年度目标."""
    if _QUOTED_TARGET_AFTER.match(draft.right) or _IN_TASK_CELL.match(text, draft.quantity.end):
        return True
    if re.match(r",实际", text[draft.quantity.end :]) and re.match(r"\s*(?:原)?(?:计划|定)", draft.left):
        return True  # 计划建成投产项目118个,实际建成128个
    return _QUOTED_TARGET_BEFORE.search(left) is not None and not re.search(
        r"(?:完成|占)[^,]*$|(?:超|超出|超过)(?:了)?(?:年度|全年|预期|年初|既定)*(?:目标|任务|计划)+(?:的)?$", left
    )


def _old_target(draft: _Draft, left: str, modal: tuple[str, ...], done: Sequence[_Draft]) -> _Draft | None:
    """The quoted target of the thing counted before, or None where it has words of its own."""
    before = next((d for d in reversed(done) if d.indicator), None)
    if not _QUOTED_TARGET_AFTER.match(draft.right) or before is None or len(clean_phrase(left)) >= 4:
        return None
    same = before.quantity.unit == draft.quantity.unit
    kept = tuple(m for m in modal if m not in ("高于", "低于", "超过", "超"))
    measure = before.measure if same else "level"
    return replace(draft, indicator=_subject(done), measure=measure, modality=kept, inherited=True)


def _is_distance(unit: str, difference: re.Match[str]) -> bool:
    """Whether a number says how far two things are apart: 低于控制目标1.36个百分点."""
    if unit.endswith("百分点"):
        return True
    what = difference.group("what")
    if difference.group("verb") in ("超", "超过") and re.search(
        r"(?:年度|全年|预期|年初|既定)\S{0,4}(?:目标|任务|计划)的?$", what
    ):
        return unit == "%"
    compared = re.search(r"目标|任务|平均|水平|全国|全省|全市|预期|计划", what)
    return compared is not None and difference.group("verb") in ("高于", "低于", "高出", "快于", "慢于")


def _read_plain(text: str, draft: _Draft, left: str, done: Sequence[_Draft], follows: bool) -> _Draft:
    """A number without a verb of change before it: a named growth, a completion, a multiple, a share or an amount."""
    q = draft.quantity
    bare = _strip_links(left)
    rate = _RATE_NAME.search(bare)
    if rate and q.unit in ("%", "倍", "‰"):
        measure: Measure = "change" if rate.group("verb").startswith(("降", "下降")) else "growth"
        extra = ("下降",) if measure == "change" else ()
        return _named(
            text, replace(draft, measure=measure, modality=draft.modality + extra), bare[: rate.start()], done
        )
    if _DONE_SHARE.search(left) and q.unit in ("%", "成"):
        own = clean_phrase(_DONE_SHARE.sub("", left))
        indicator = (own or _subject(done)) + "完成年度目标"
        return replace(draft, measure="share", indicator=indicator, inherited=not own)
    if q.unit == "倍" or q.kind == "fold":
        return _named(
            text,
            replace(draft, measure="multiple"),
            re.sub(r"(?:是|为|比|较|相当于|等[于於]|达到?)[^,]*$", "", left),
            done,
        )
    if q.unit in ("%", "‰", "成"):
        return _read_share(text, draft, left, done)
    return _read_level(text, draft, left, done, follows)


def _bounds(draft: _Draft) -> tuple[str, tuple[str, ...]]:
    """The words before the number less its bounds, and the bounds in the report's order."""
    left, found = draft.left.rstrip(), list[str]()
    moved = True
    while moved:
        moved = False
        if match := _MODAL.search(left):
            found.insert(0, match.group("modal"))
            left, moved = left[: match.start()].rstrip(), True
        elif (link := _LINK.search(left)) and len(left) > 1 and not _TURNED_TO.search(left):
            left, moved = left[: link.start()].rstrip(), True
    if re.search(r"年均(?:增长|递增|增速|增幅|实际增长|增)?$", left) or re.search(
        r"(?:年均|平均每年|每年平均|年平均)(?!浓度|值|气温|水平|降)", draft.left[-10:]
    ):
        found.insert(0, "年均")
    for word in ("预计", "力争", "确保", "争取"):
        if word in draft.left and word not in found:
            found.insert(0, word)
    if re.search(r"约占|大约占", draft.left) and "约" not in found:
        found.insert(0, "约")
    basis = re.search(
        r"剔[除出][^,]{2,16}?(?:因素|影响)|扣除[^,]{2,16}?因素|不含[一-鿿]{2,6}?(?=增长|下降|提高)|同口径|可比口径|按可比(?:价格|口径)|(?<!按)可比(?=增长|增)",
        draft.left,
    )
    if basis:
        found.insert(0, basis.group())
    if draft.quantity.about:
        found.append(draft.quantity.about)
    if after := _AFTER.match(draft.right):
        found.append(after.group(1))
    return left, tuple(dict.fromkeys(found))


def _strip_links(left: str) -> str:
    previous = None
    while previous != left and not left.endswith("自然增长率"):
        previous = left
        left = (
            re.sub(
                rf"(?:{_ABOUT}|近|了|超过|超|不低于|在|达|为|率|幅度|达到|分别|均|都|各|平均|:|\s|左右|仅)$",
                "",
                left,
            )
            if not re.search(r"(?:到|至|为|达到|达)$", left)
            else left
        )
        if previous != left:
            continue
    return left


def _counts_new(draft: _Draft, left: str, turn: re.Match[str]) -> bool:
    """新增20个公园, 增加500个公办学位, 减少30处摊点: a count of what stands behind, no change of what stood before."""
    if draft.quantity.unit in ("%", "‰", "倍", "成") or draft.quantity.unit.endswith("百分点") or turn.group("to"):
        return False
    if turn.group("verb") in ("增产", "减产"):
        return bool(clean_right(draft.right))  # 就能增产十万吨食糖
    if re.search(r"(?:新增|净增|新增加)$", left):
        return not clean_phrase(re.sub(r"(?:新增|净增|新增加)$", "", left)) or left.endswith("新增")
    if re.search(r"(?:改造|优化|整治|改建|扩建|新建|打造|完善|更新|巩固|拓宽|维修)(?:提升|提高|提速)$", left):
        return bool(clean_right(draft.right))  # 改造提升4座水厂
    alone = not left[: turn.start()].strip(' ",、') and turn.group("verb") in ("增加", "扩大", "减少", "降", "压减")
    return alone and bool(clean_right(re.sub(r"^(?:余|多|以上|左右|以内|的)+", "", draft.right)))


def _read_turn(text: str, draft: _Draft, left: str, turn: re.Match[str], done: Sequence[_Draft]) -> _Draft:
    """增长, 下降, 提高到 …: growth, change or, with 到, a level."""
    q, verb = draft.quantity, turn.group("verb")
    named = left[: turn.start()]
    if verb != "降幅" and turn.group("to") in ("到", "至", "为", "达到", "达", "成"):
        named = _without_base(named)
        if q.unit in ("%", "‰"):
            return _read_share(text, draft, named, done)
        return _named(text, draft, named, done)
    falls = re.fullmatch(_DOWN, verb) is not None
    named = re.sub(r"(?:同比|环比|可比|同口径|可比口径|按可比价格?(?:计算)?)$", "", named)
    named = (
        re.sub(r"(?:(?<!可)比|较|与)[^,]{0,14}?(?:同期|年|底|末|水平|时|相比)?(?:相比)?$", "", named)
        if re.search(r"(?:(?<!可)比|较)[^,]{0,14}$", named)
        else named
    )
    bare = clean_phrase(named)
    if falls:
        return _named(text, replace(draft, measure="change", modality=(verb, *draft.modality)), named, done)
    if verb in ("提高", "提升", "上升", "增加", "扩大", "高", "加快", "攀升", "净增") or q.unit.endswith("百分点"):
        subject = bare or _subject(done)
        if (
            q.unit.endswith("百分点")
            or (q.unit == "%" and _SHARE_NAME.search(subject))
            or q.unit not in ("%", "倍", "‰")
        ):
            if (
                not bare
                and not _is_comparison(left)
                and not q.unit.endswith("百分点")
                and draft.right.strip(",。;、 ")
                and not done
            ):
                return _read_level(text, draft, "", done, False)
            return _named(text, replace(draft, measure="change"), named, done)
        return _named(text, replace(draft, measure="growth"), named, done)
    if q.unit in ("%", "倍", "‰", "成"):
        return _named(text, replace(draft, measure="growth"), named, done)
    return _named(text, replace(draft, measure="change"), named, done)


def _is_comparison(left: str) -> bool:
    return bool(re.search(r"同比|比上年|较上年|比去年|较去年|环比|比\S{2,8}(?:增|多|提高)", left))


def _without_base(named: str) -> str:
    """The subject of 由X提高到Y: what stands before 由, 从."""
    return re.sub(r"(?:由|从)[^由从]*$", "", named)


def _read_difference(draft: _Draft, left: str, match: re.Match[str], done: Sequence[_Draft]) -> _Draft:
    """低于控制目标1.36个百分点: a distance, never the target itself."""
    what = re.sub(r"^(?:出|了)|(?:高|低|多|少|快|慢|超)(?:出|了)?$", "", match.group("what"))
    subject = clean_phrase(left[: match.start()]) or _subject(done)
    word = match.group("verb")
    return replace(
        draft,
        measure="change",
        indicator=f"{subject}{word}{what}",
        modality=tuple(dict.fromkeys((word, *draft.modality))),
        quoted_target=False,
        inherited=not clean_phrase(left[: match.start()]),
    )


def _read_share(text: str, draft: _Draft, left: str, done: Sequence[_Draft]) -> _Draft:
    """A per cent without growth: a named rate, a share, or X% of a set."""
    named = clean_phrase(left)
    right = draft.right
    scope = re.fullmatch(r"[、,和与]?占?(全国|全省|全市|全区|世界|全球)的?", left.strip())
    if scope and done and (before := re.search(r"占(?:全国|全省|全市|全区|世界|全球)$", done[-1].indicator)):
        named = done[-1].indicator[: before.start()] + "占" + scope.group(1)  # 占全市的33.7%、全国的18.2%
        return replace(draft, measure="share", indicator=named, inherited=True)
    if done and done[-1].measure == "change" and re.fullmatch(r"[,、]?即(?:为|是)?", left.strip()):
        return replace(draft, measure="growth", indicator=_subject(done), inherited=True)  # 增产2200万吨,即7.8%
    if re.match(
        r"^(?:以上|以下|左右|以内)?的(?:正|高|较高|较快|中高|平均)?(?:增长|增速|增幅|速度(?:增长|递增))", right
    ):
        # 地区生产总值确保6%以上的增长; 一般公共预算收入达到…的1.6倍,保持了年均9.3%的高增速
        subject = "" if named else _subject(done) or _words_before(text, draft)
        if named or subject:
            return replace(draft, measure="growth", indicator=named or subject, inherited=not named)
    if re.match(r"^(?:以上|以下|左右|以内|余)?的", right) and not re.search(r"占|率$|比重$|比例$", named):
        of = clean_right(re.sub(r"^(?:以上|以下|左右|以内|余)?的", "", right), whole=True)
        if of and not _QUOTED_TARGET_AFTER.match(right):
            return replace(draft, measure="share", indicator=of)
    if (
        not named
        and done
        and done[-1].measure == "growth"
        and re.search(r"力争|争取|努力", left + "".join(draft.modality))
    ):
        return replace(draft, measure="growth", indicator=_subject(done), inherited=True)
    if not named:
        of = clean_right(re.sub(r"^(?:以上|以下|左右|以内)", "", right), whole=True)
        own = re.fullmatch(r"[,;]?(?:实现|推动|确保|力争|使|让)", draft.left.strip()) and len(of) >= 4
        listed = done and done[-1].named_behind and re.fullmatch(r"(?:以上|左右)?[、和与及]?", left.strip())
        if of and (not done or own or listed) and not draft.quoted_target:
            return replace(draft, measure="share", indicator=of, named_behind=True)
        subject = _subject(done) or _words_before(text, draft)
        measure = _rate_measure(subject)
        if draft.quoted_target and not _SHARE_NAME.search(subject):
            measure = "growth"  # 生产总值增速高于全省,但没有完成12.5%的预期目标
        return replace(draft, measure=measure, indicator=subject or of, inherited=True)
    return replace(draft, measure=_rate_measure(named), indicator=named)


def _rate_measure(named: str) -> Measure:
    if re.search(r"(?:涨幅|增幅|增速|(?<!自然)增长率|增长速度|(?:增长|上涨)幅度)$", named):
        return "growth"
    if "占" in named:
        return "share"
    return "level" if _LEVEL_RATE.search(named) else "share"


_RANK_ALONE = re.compile(
    r"(?:继续|仍|均|双双|首次|持续|连续[\d一二两三四五六七八九十]{1,2}[年次届])*(?:位|稳|跃)?(?:居(?!民)|列|保持)(?:在)?[^,。;\d]{0,14}"
)


def _read_rank(text: str, draft: _Draft, done: Sequence[_Draft]) -> _Draft:
    left = re.sub(
        r"(?:综合)?(?:由|从|上升|跃升|攀升|提升|前移|升|跃|排名|位居|位列|名列|跃居|稳居|居|列|排|上升至?|攀升至?|跃升至?|升至|保持|继续|均|连续\S{1,4}年|蝉联|位次|至|到)*(?:全国|全省|全市|全区|全县|全州|世界|全球|各区|\S{0,4}地区)?(?:各区|各县|同类城市|设区市|地级市|百强区|百强县)?$",
        "",
        draft.left,
    )
    if _RANK_ALONE.fullmatch(draft.left.strip("、, ")):
        left = ""  # 出口总额增长13.5%、连续29年居内地城市首位
    scope = re.search(r"(?:全国|全省|全市|世界|全球|百强区|百强县|百强|\S{2}地区)\S*$", draft.left)
    before = _without_share(_subject(done))  # 上市企业109家,占全市的37%,居全国第二
    named = clean_phrase(left) or before or _words_before(text, draft)
    place = re.findall(r"全国|全省|全市|全区|世界|全球", draft.left + q_written(text, draft))
    label = (
        named
        if "排名" in named or not named
        else named + (place[-1] if place and place[-1] not in named else "") + "排名"
    )
    label = re.sub(
        r"(?:虽|均|稳|位|跃|高|名|连续[一二三四五六七八九十\d]{1,3}[年次])*[居列](?=(?:全国|全省|全市|世界|全球|内地)[^排]*排名$)",
        "",
        label,
    )
    label = re.sub(r"(全国|全省|全市|世界|全球)(?=\1排名$)", "", label)  # 利润居全国第6位
    return replace(
        draft,
        measure="rank",
        indicator=label or clean_phrase(draft.left) or (scope.group() if scope else "排名"),
        inherited=not clean_phrase(left),
    )


def q_written(text: str, draft: _Draft) -> str:
    """The characters of a number as they stand in its sentence."""
    return text[draft.quantity.start : draft.quantity.end]


def _read_level(text: str, draft: _Draft, left: str, done: Sequence[_Draft], follows: bool) -> _Draft:
    """An amount or a count: its name stands before it, else behind it, else in the clause before."""
    named = clean_phrase(left)
    parted = re.match(r"(?:余|多|以上|左右)?、", draft.right) is not None  # 竣工5万套、供应4万套
    right = "" if parted else clean_right(re.sub(r"^(?:余|多|以上|左右|以内|的)+", "", draft.right))
    if right and (paid := _PAYS.fullmatch(named)) and _PAID.search(right):
        return replace(draft, indicator=paid.group("verb") + right, named_behind=True)
    verb_only = not named
    if right and _counts_right(draft, left, named):
        kept = _KEEP.match(left.strip(' "的,、')) if verb_only else None
        return replace(draft, indicator=_kept(kept) + right, named_behind=True)
    fall = re.match(r"(削减|减少|缩减|压减|压缩|增产|减产)(?=[一-鿿]{2})", named)
    if fall:
        modality = tuple(dict.fromkeys((fall.group(1), *draft.modality)))
        modality = draft.modality if fall.group(1) == "增产" else modality
        return replace(draft, indicator=named.removeprefix(fall.group(1)), measure="change", modality=modality)
    if named:
        return replace(draft, indicator=named)
    if right:
        kept = _KEEP.match(left.strip(' "的,、'))
        return replace(draft, indicator=_kept(kept) + right, named_behind=True)
    bare = _LIST_MARK.sub("", left).strip(' ",、的')
    bare = re.sub(rf"(?:{_ABOUT}|近|超过|超|达|到|为|共|了)+$", "", bare)
    if _KEEP.match(bare):
        return replace(draft, indicator=bare)
    subject = _subject(done)
    verb = _STAGE.search(left.strip(' ",、的'))
    if subject and verb:
        return replace(draft, indicator=_STAGE.sub("", subject) + verb.group(), inherited=True)
    return replace(draft, indicator=subject or bare or _words_before(text, draft), inherited=bool(subject))


_RATE_OF = re.compile(r"(?:^|[,;:。])(?P<of>[^,;:。\d]{2,14}?)(?:增速|增幅)")


def _rate_before(text: str, draft: _Draft) -> str:
    """Whose rate an earlier clause told, for one without a name: GDP增速一季度-9.9%,…全年增速达到2%."""
    told = _RATE_OF.findall(text[: draft.segment[0]]) if re.search("增速|增幅", draft.left) else []
    return clean_phrase(told[-1]) if told else ""


def _words_before(text: str, draft: _Draft) -> str:
    """The noun phrase of the clause before, which has no number: 农村居民人均纯收入,考虑价格因素,增长4.3%."""
    end = draft.segment[0]
    for _ in range(2):
        start = max((text.rfind(c, 0, max(0, end - 1)) for c in ",;:。"), default=-1) + 1
        words = re.sub(
            r"(?:比|较)(?:上年|去年|上一年|同期).*$|(?:高于|低于|快于|好于).*$", "", text[start:end].rstrip(",;: ")
        )
        words = re.sub(r"(?<=[一-鿿]{2})[从自]\d{1,2}月份?.*$", "", words)  # 外贸出口从7月份开始大幅度回升
        words = re.sub(r"(?<=指数)(?:达到?|为)?[\d.]+$", "", words)  # 空气质量综合指数5.94,同比下降13.16%
        phrase = clean_phrase(_PEAK.sub("", words))
        if (
            2 <= len(phrase) <= (26 if phrase.endswith(("比重", "占比", "比例", "率")) else 16)
            and not re.search(r"\d", phrase)
            and not phrase.startswith(("考虑", "剔除", "扣除", "按"))
        ):
            return phrase
        end = start
        if end <= 0:
            break
    return ""


def _kept(verb: re.Match[str] | None) -> str:
    """The verb in front that is part of what is counted."""
    words = verb.group() if verb else ""
    return words if words in ("新增", "净增", "拆除", "淘汰", "压减", "改造") else ""


def _counts_right(draft: _Draft, left: str, named: str) -> bool:
    """Whether the counted noun stands behind the number: 新建15个养老服务中心, 亿元以上的109个项目."""
    if re.search("(?:安排|带动|促进|帮助|吸纳|实现)$", draft.left) and re.match(
        "(?:再?就业|脱贫)(?:[,。;]|$)", draft.right
    ):
        return True  # 在全民所有制单位安排700多万人就业
    right = draft.right
    if re.match(r"^(?:余|多|以上|左右)?[,。;、!?)]|^\s*$", right):
        return False
    if not named or re.search(r"(?:等|和|与|及|以及)$", draft.left.rstrip()) or _COUNTED_VERB.fullmatch(named):
        return True
    if re.search(r"(?:周边|周围|沿线|境内|城区|县城)$", named):
        return True  # 县城周边6个小区
    behind = re.sub(r"^(?:余|多|以上|左右|以内)", "", right)  # 新增60条以上公交线路
    if re.match(r",|。|;|、|和|与|及|同比|增长|占|较|比|以上|左右|以内", behind):
        return False
    unit = re.sub(r"^[万亿千百十]+", "", draft.quantity.unit)
    if unit.endswith("元") or unit in ("%", "人次"):
        # 投入2.3亿元新建学校: money stays with what stands before it.
        return False
    ends_verb = re.search(
        r"(?:建成|新建|改建|扩建|改造|完成|实施|推进|引进|培育|新增|打造|建设|开展|组织|举办|出台|办理|整治|拆除|发放|提供|设立|启动|签约|落地|落实|推动|选派|招聘|创建|获得|荣获|处置|化解|查处|优化|开通|改善|惠及|服务|覆盖|为|对|向|在|将|把|从|给|涉及|共有|拥有|现有|建立|形成|认定|入选|引入|集聚|安排|投入|购置|新培育|达|保障|支持|发展|谋划|推动|储备|归集|筹集|筹措|开行|开通|争取|申报|获批|列入|纳入|实施|承接|创建|评选|命名|评定|培训|培养|救助|帮助|资助|奖励)$",
        left.rstrip(),
    )
    return bool(ends_verb) or len(named) <= 1 or _ends_in_verb(left.rstrip(' "'))


@lru_cache(maxsize=65536)
def _last_verb(words: str) -> str:
    """The verb that ``words`` end with, or nothing."""
    import rjieba

    if built := re.search(r"[新改扩续]+建成?$", words):
        return built.group()
    word, kind = rjieba.tag(words)[-1]
    return word if kind in ("v", "vn") and len(word) > 1 else ""


@lru_cache(maxsize=65536)
def _ends_in_verb(words: str) -> bool:
    """Whether the last word is a verb by the tagger: 遴选3个示范园区."""
    import rjieba

    tagged = rjieba.tag(words[-8:])
    return (
        bool(tagged)
        and tagged[-1][1] == "v"
        and len(tagged[-1][0]) > 1
        and not tagged[-1][0].endswith(
            ("就业", "投资", "收入", "支出", "消费", "出口", "进口", "贷款", "存款", "补助", "补贴", "培训")
        )
    )


def _named(text: str, draft: _Draft, left: str, done: Sequence[_Draft]) -> _Draft:
    """``draft`` named by the words before it, else by the subject of the clause before."""
    named = clean_phrase(left)
    if draft.measure == "growth" and re.fullmatch(r"(?:年均)?(?:国民|全[省市国]|总体)?经济", named):
        named = "经济增长"
    if named and not re.fullmatch(r"其中|同时|比|较|上年|同期|年|(?:五|5)年来?", named):
        return replace(draft, indicator=named)
    subject = _subject(done, draft.quantity.unit) or _rate_before(text, draft) or _words_before(text, draft)
    if draft.quantity.unit in ("%", "倍"):  # 债款收入占本年收入的2.5%,比上年增长8.9%: the income grows, not its share
        subject = _without_share(subject)
    return replace(draft, indicator=subject, inherited=True)


def _subject(done: Sequence[_Draft], unit: str = "") -> str:
    """The indicator of the number before, which …,增长12.3% belongs to."""
    for draft in reversed(done):
        if (
            draft.named_behind
            and draft is done[-1]
            and unit
            and unit != draft.quantity.unit
            and draft.measure == "level"
        ):
            return ""  # 300个村、20万人实现脱贫: the villages are not what the people are counted of
        if draft.indicator and draft.measure != "rank":
            return re.sub(r"(?:高于|低于|完成年度目标).*$", "", draft.indicator)
    return ""


def _without_share(indicator: str) -> str:
    """What a share is of: 债款收入 of 债款收入占本年收入."""
    return re.sub(r"(?<=..)占(?!比|地).*$", "", indicator)


def clean_phrase(words: str) -> str:
    """The noun phrase at the end of ``words``: lists, verbs, adverbs and links around it left out."""
    whole = re.search(r"(?:均|都|双双|合计|共)(?:同比|实现|达到?|超过?|完成|保持|增长|提高)*\s?$", words) is not None
    phrase = _LIST_MARK.sub("", words).strip(' ",、')
    phrase = re.sub(r"\([^)]*\)?$", "", phrase) if phrase.count("(") != phrase.count(")") else phrase
    previous = None
    while previous != phrase:
        previous = phrase
        phrase = _TRAIL.sub("", phrase)
    phrase = re.sub("按新?(?:国标|标准)(?:统计?|计算|评价)?$", "", phrase)  # 优良天数按新国标统计达288天
    phrase = phrase if whole else _last_item(phrase)
    if yearly := re.search(r"(?:当年|年度|年内|今年|本年)(?:计划|预计)?(?:完成)?投资$|^年投资$", phrase):
        return yearly.group()
    phrase = re.sub(r"\[\d{1,3}\]|在[^,]{0,30}基础上$|^(?:的|高基数)*(?:基础上|情况下)", "", phrase)
    phrase = re.sub(r"^(?:用|利用)?(?:[两三四五2-5]年的?)?时间(?=新建|建|完成|改|实现|[一-鿿]*建)", "", phrase)
    phrase = _STEP.sub("", phrase)
    phrase = re.sub(r"^近?\d{1,2}年(?:来|以来|间)", "", phrase)  # 近17年来GDP增速
    phrase = re.sub(
        r"^.*近[\d两三四五六七八九十]{1,2}年来?(?=全|累计)(?:累计)?", "", phrase
    )  # 罗湖近5年全社会固定资产投资
    phrase = re.sub(r"^(?:未来|今后)的?[两三四五六七八九十2-9]年内?(?:还)?(?:要|将)?(?=[一-鿿]{2})", "", phrase)
    phrase = re.sub(r"(?<=[一-鿿]{2})(?<!连续)(?<!今明)(?:这|过去)?[五四三两2-5]年(?:来|间)?(?:累计|共)?$", "", phrase)
    phrase = re.sub(r"^(?:这|过去)?[五四三5]年(?:来|间)?(?:累计|共)?(?=[一-鿿]{2})(?!计划|规划|制|级|期)", "", phrase)
    phrase = re.sub(r"(?:已|且)?(?:连续|保持)[\d一二两三四五六七八九十]{1,3}年(?:以上)?$", "", phrase)
    phrase = re.sub(r"(?:比|较)?(?:19|20)\d\d年的?$", "", phrase)
    phrase = re.sub(r"^(?:19|20)\d\d年?两年(?:共|一共)?", "", phrase)
    phrase = re.sub(r"^.*?(?:(?:19|20)\d\d年(?:底|末)?|截至\S{1,6}?[底末日])", "", phrase) or phrase
    phrase = re.sub(r"^.{0,8}?(?:提出|确定|要求|明确)的?(?:今年|去年)(?=[一-鿿]{2})", "", phrase)
    if re.fullmatch(r"(?:剔除|扣除|不含|不考虑)\S{2,16}?(?:因素|影响|后)?|[一-鿿]{1,10}以来", phrase):
        return ""
    # 认定落地项目 are not all projects
    kind = re.search(r"新?(?:认定|落地|签约|开工|竣工|投产|入库|储备|谋划)+项目$", phrase)
    if phrase == "建议":  # 人大议案2件、建议383件: here no verb
        both = re.search("[一-鿿]{0,6}议案[、和及]建议$", words.rstrip())
        return both.group() if both else phrase
    phrase = re.sub("(?<=..)在$", "", _lead_off(phrase).strip(' "、,的'))
    if kind and phrase == "项目":
        return kind.group()
    if plan := _PLAN_SPAN.match(phrase):
        phrase = _lead_off(phrase[plan.end() :])
    return re.sub(r"(?<=[一-鿿]{2})\((?:包括|含|其中|占|指|即|按|[^()]*占)[^()]*\)$", "", phrase)


def _last_item(phrase: str) -> str:
    """What follows the last 、 outside quotation marks, where a list of finished items stands before."""
    depth_open = phrase.count('"') % 2 == 1
    cut = max(phrase.rfind("、"), phrase.rfind(":"))
    if cut < 0 or depth_open:
        return phrase
    tail = phrase[cut + 1 :]
    items = re.split("[、:]", phrase)
    alike = len(tail) >= 3 and items[-2].endswith(tail[-1]) and 2 < len(items[-2]) <= 10 and ":" not in phrase
    if alike and re.match("新增|新建|引进", items[0]):
        return phrase  # 新增品牌首店、旗舰店、新概念店100家以上: one number of all of them
    # 南塔、原山东庙等2个街道: a list of names that the number sums up stays whole.
    return phrase if re.search(r"等\S{0,4}$", phrase) and len(tail) < 12 else tail if len(tail) >= 2 else phrase


def clean_right(words: str, *, whole: bool = False) -> str:
    """The noun phrase at the start of ``words``, up to a verb or stop."""
    words = words.lstrip(" 、的")
    stop = re.search(r"[,。;:!?()]", words) if whole else _RIGHT_STOP.search(words)
    phrase = words[: stop.start()] if stop else words
    if not whole:
        phrase = re.split(r"(?<=[一-鿿])(?:和|与|及|、)(?=$)", phrase)[0]
    phrase = re.sub(
        r"(?:和|与|及|、|共|总计|合计|实现|各|达|投资|分别|占|其中|超|近|约|新增|新建|为|计|累计|约合|全面|如期|顺利|全部|圆满|基本)+$",
        "",
        phrase,
    )
    phrase = phrase.replace("实现", "").strip(' "的、')
    return "" if _NO_NOUN.match(phrase) else phrase


# -- lists -----------------------------------------------------------------------------------------


def _share_lists(text: str, drafts: list[_Draft]) -> list[_Draft]:
    """Lists paired by 分别 (A、B分别增长8%和9%) and old values (由50%提高到60%) set right."""
    out = list(drafts)
    for i, draft in enumerate(out[:-1]):
        gap = text[draft.quantity.end : out[i + 1].quantity.start]
        before = text[: draft.quantity.start]
        if re.search(r"(?:由|从)[^,由从]*$", before) and re.match(
            rf"(?:,|[^\s,;。]{{0,10}}?)(?:{_UP}|{_DOWN}|调整?|整合|精简|优化|发展|拓展|扩展|扩|增|升|降|缩|提|压)\S{{0,3}}?(?:到|至|为|达到|达)|达到|转为?(?:{_UP}|{_DOWN})",
            gap,
        ):
            subject = clean_phrase(re.sub(r"(?:由|从)[^由从]*$", "", draft.left))
            subject = "" if _NAMELESS.fullmatch(subject) else subject
            subject = subject or (draft.indicator if draft.inherited else "") or out[i + 1].indicator
            if subject.startswith("占") and draft.measure == "share":  # 研发经费2300亿元,占GDP比重从2.1%提高到2.6%
                whole = _subject(out[:i])
                subject = subject if re.search(r"^占|大关|台阶", whole) else whole + subject
            out[i] = replace(
                draft, indicator=subject or draft.indicator, base=True, measure=_end_measure(draft, subject)
            )
            if subject:
                out[i + 1] = replace(out[i + 1], indicator=subject, measure=_end_measure(out[i + 1], subject))
                for k in range(i + 2, len(out)):  # …增至2375.3亿元,年均增长6.2%: what took its noun from the new value
                    if out[k].inherited and out[k].indicator == drafts[i + 1].indicator:
                        out[k] = replace(out[k], indicator=subject)
            if gap.startswith("转"):  # 由下降2.3%转为增长8.5%: two changes, no old and new share
                out[i] = replace(out[i], measure=draft.measure)
                out[i + 1] = replace(out[i + 1], measure=drafts[i + 1].measure)
            _mark_old(text, out, i)
    _pair_plain(text, out)
    for match in re.finditer("分别", text):
        _pair(text, match, out)
    return out


def _mark_old(text: str, drafts: list[_Draft], last: int) -> None:
    """Marks the old values before ``last`` too: 分别从609元、276元提高到631元、290元."""
    for i in range(last - 1, -1, -1):
        gap = text[drafts[i].quantity.end : drafts[i + 1].quantity.start]
        same = _unit_kind(drafts[i].quantity.unit) == _unit_kind(drafts[last].quantity.unit)
        if not same or not re.fullmatch(r"[、和与及]", gap) or not re.search(r"(?:由|从)", drafts[i].left + gap):
            return
        drafts[i] = replace(drafts[i], base=True)


_REACHED_THEN = re.compile(
    r"(?:到|截至)?(?:19|20)\d\d年(?:年?[底末])?(?:已经?)?(?:达到?|增加?[到至]|为)(?:了|约|近)?[\d一-十百千万亿]"
)


def _with_subject(text: str, drafts: list[_Draft], subject: str) -> list[_Draft]:
    """Drafts whose bare 总量 or 总额 takes the name before it: GDP增长3.5%;总量达到4702亿元."""
    out: list[_Draft] = []
    for draft in drafts:
        before = next((d.indicator for d in reversed(out) if d.measure in ("level", "growth")), subject)
        if before and draft.measure == "level" and _TOTAL.fullmatch(draft.indicator) and not _TOTAL.fullmatch(before):
            draft = replace(draft, indicator=before, inherited=True)
        elif subject and not out and draft.measure == "level" and not draft.indicator and _REACHED_THEN.match(text):
            draft = replace(draft, indicator=subject, inherited=True)
        elif re.fullmatch("总?产量?|单产|亩产", draft.indicator) and (
            crop := _SOWN.match(before) or _GROWN.search(text[: draft.quantity.start])
        ):
            draft = replace(draft, indicator=crop.group("crop") + draft.indicator)
        elif _MILEAGE.fullmatch(draft.indicator) and (lines := _LINES.findall(text[: draft.quantity.start])):
            draft = replace(draft, indicator=lines[-1] + draft.indicator)
        elif before and draft.measure == "level" and _TOTAL_OF.fullmatch(draft.indicator):
            draft = replace(draft, indicator=_bare_noun(before) + draft.indicator)
        out.append(draft)
    return out


def _bare_noun(indicator: str) -> str:
    """What is counted, without the verb before it and the measure behind it: 新增高铁运营里程 gives 高铁."""
    noun = re.sub(r"^(?:新增|净增|新建成?|新开通|新改建|改扩建|建成|完成|开通)+", "", indicator)
    return re.sub(r"(?:通车|运营|建设)?(?:总?里程|总?面积|长度|装机|容量|人数|数量?)$", "", noun) or noun


def _with_grades(text: str, drafts: list[_Draft]) -> list[_Draft]:
    """Drafts named 国家级 alone with the noun of the next: 3个国家级和5个省级试点项目."""
    out = list(drafts)
    for i in range(len(out) - 2, -1, -1):
        nearer = _GRADE.match(out[i + 1].indicator)
        gap = text[out[i].quantity.end : out[i + 1].quantity.start]
        alone = _GRADE.fullmatch(out[i].indicator) and re.fullmatch(rf"{out[i].indicator}[、和与及]?", gap)
        if alone and nearer and nearer.end() < len(out[i + 1].indicator):
            out[i] = replace(out[i], indicator=out[i].indicator + out[i + 1].indicator[nearer.end() :])
    return out


def _with_nouns_behind(text: str, drafts: list[_Draft]) -> list[_Draft]:
    """Drafts of two deeds on one thing, each with its verb and the noun: 新建103个、修缮60个农村互助幸福院."""
    out = list(drafts)
    for i in range(len(out) - 1):
        here, behind = out[i], out[i + 1]
        gap = re.fullmatch(
            r"(?:[、和与及]|以及)(?P<verb>[一-鿿]{2,4})", text[here.quantity.end : behind.quantity.start]
        )
        own = re.search(r"[一-鿿]{2,4}$", here.left)
        if not (gap and own and behind.named_behind and here.quantity.unit == behind.quantity.unit):
            continue
        first = _last_verb(own.group())
        if first and _last_verb(gap.group("verb")) and here.indicator in ("", own.group(), first):
            noun = behind.indicator
            out[i] = replace(here, indicator=first + noun, measure="level", named_behind=True)
            out[i + 1] = replace(behind, indicator=gap.group("verb") + noun.removeprefix(gap.group("verb")))
    return out


_DEED = re.compile(
    "(?:投入|安排|统筹|落实|筹措|拨付)?(?:资金)?(?:开展|实施|支持|建设|用于|新建|改造|整治|投入|安排|推进|资助|扶持|补贴)?"
)


_PAID_FOR = re.compile(
    "(?:以上|左右|以内)?,?(?:全力|用于|来)?(?:开展|实施|支持|建设|办好|完成|建成|新建|改造|扶持|资助|推进|整治|办理)了?"
)


def _with_purpose(text: str, drafts: list[_Draft]) -> list[_Draft]:
    """Drafts of money named by a verb alone, with what is done for it: 投入1.5亿元开展800个以上民微项目."""
    out = list(drafts)
    for i in range(len(out) - 1):
        here, behind = out[i], out[i + 1]
        gap = text[here.quantity.end : behind.quantity.start]
        paid = here.quantity.unit.endswith("元") and _DEED.fullmatch(here.indicator) and here.measure == "level"
        if paid and behind.named_behind and _PAID_FOR.fullmatch(gap):
            out[i] = replace(here, indicator=behind.indicator + "投入", inherited=True)
    return out


def _with_owner(text: str, drafts: list[_Draft]) -> list[_Draft]:
    """Drafts whose bare 出口 or 利润 takes the trade it belongs to: 软件业实现产值291亿元,出口5.9亿美元."""
    drafts = [
        replace(d, indicator="旅游" + d.indicator)
        if re.fullmatch(r"(?:综合|总)?收入", d.indicator)
        and any("游客" in b.indicator or "旅游" in b.indicator for b in drafts[:i])
        else d
        for i, d in enumerate(drafts)
    ]
    if label := _LABEL.match(text):
        drafts = [_labelled(d, label.group("label")) for d in drafts]
    owner, topic = _OWNER.match(text), _TOPIC.match(text)
    named = owner or topic
    if named is None:
        return drafts
    own = _OF_OWNER if owner else _OF_TOPIC
    return [
        replace(d, indicator=named.group("who") + d.indicator)
        if d.quantity.start > named.end() and own.fullmatch(d.indicator)
        else d
        for d in drafts
    ]


def _labelled(draft: _Draft, label: str) -> _Draft:
    bare = _BY_LAST_WORD.fullmatch(draft.indicator)
    if bare is None or not label.endswith(bare.group("word")):
        return draft
    return replace(draft, indicator=label + (bare.group("rest") or ""))


def _end_measure(draft: _Draft, subject: str) -> Measure:
    if draft.quantity.unit in ("%", "‰"):
        return _rate_measure(subject)
    return "level" if draft.measure in ("change", "growth") else draft.measure


_SINCE_YEAR = r"[比较](?:19|20)\d\d年(?:底|末|同期)?"


def _pair(text: str, match: re.Match[str], drafts: list[_Draft]) -> None:
    """Gives the values behind 分别 the items before it, one to one."""
    behind = [d for d in drafts if d.quantity.start >= match.end()]
    run = _value_run(text, match.end(), behind)
    if len(run) < 2:
        return
    start = max((text.rfind(c, 0, match.start()) for c in ",;。:"), default=-1) + 1
    items = split_items(
        _lead_off(
            re.sub(
                rf"^.*?(?<![比较])(?:19|20)\d\d年(?:底|末)?|(?:{_SINCE_YEAR}|同比|比上年|较上年|力争|预计|将|已|年均|确保)+$",
                "",
                text[start : match.start()],
            )
        )
    )
    if len(items) != len(run):
        again = text[match.end() : run[0].quantity.start]
        items = split_items(clean_phrase(again)) if len(split_items(clean_phrase(again))) == len(run) else items
    if len(items) != len(run) and start > 0 and not clean_phrase(text[start : match.start()]):
        earlier = [d for d in drafts if d.quantity.end <= start][-len(run) :]
        items = [d.indicator for d in earlier] if len(earlier) == len(run) else items
    if len(items) != len(run) and start > 0:
        stop = max((text.rfind(c, 0, start - 1) for c in ",;。:"), default=-1) + 1
        above = split_items(_lead_off(text[stop : start - 1]))
        items = above if len(above) == len(run) and not re.search(r"\d", text[stop:start]) else items
    if len(items) != len(run):
        return
    noun = clean_phrase(text[match.end() : run[0].quantity.start])
    noun = "" if re.fullmatch(rf"(?:{_UP}|{_DOWN}|达到|达|为|完成|实现|由|从|每月|每年|每人)*", noun) else noun
    _give(drafts, run, [item + noun if noun and noun not in item else item for item in items])
    _give_on(text, drafts, run, [item + noun if noun and noun not in item else item for item in items])


def _give_on(text: str, drafts: list[_Draft], run: Sequence[_Draft], names: Sequence[str]) -> None:
    """The next lists of as many values belong to the same items: 分别达到40158元、22049元,增长10.3%、19.5%."""
    last = run[-1]
    while True:
        rest = [d for d in drafts if d.quantity.start >= last.quantity.end]
        if not rest:
            return
        gap = text[last.quantity.end : rest[0].quantity.start]
        if not re.fullmatch(
            rf"(?:左右|以上|以内)?[,、]?(?:同比|分别|比上年|较上年|年均|实际|名义)*(?:{_UP}|{_DOWN}|调整|占)?(?:到|至|为|达到|达)?(?:不低于|约|超过)?",
            gap,
        ):
            return
        following = _value_run(text, rest[0].quantity.start, rest)
        if len(following) != len(names):
            return
        _give(drafts, following, names)
        last = following[-1]


def _give(drafts: list[_Draft], run: Sequence[_Draft], names: Sequence[str]) -> None:
    first = run[0]
    for name, draft in zip(names, run, strict=True):
        i = next(n for n, d in enumerate(drafts) if d.quantity == draft.quantity)
        measure = first.measure if draft.quantity.unit == first.quantity.unit else draft.measure
        if measure in ("share", "level") and draft.quantity.unit in ("%", "‰"):
            measure = _rate_measure(name)
        if draft.quantity.kind == "rank":
            scope = next((w for w in ("全国", "全省", "全市", "世界", "全球") if w in first.indicator), "")
            # 营收和利润分别居全国第5、第6位
            bare = re.sub(r"(?:稳|位|跃|名)?[居列](?:全国|全省|全市|世界|全球)$", "", name)
            drafts[i] = replace(drafts[i], indicator=f"{bare}{scope}排名", inherited=False)
            continue
        verbs = tuple(m for m in first.modality if m not in ("左右", "以上", "以内", "余", "多", "超", "超过", "约"))
        modality = tuple(dict.fromkeys((*verbs, *draft.modality)))
        drafts[i] = replace(drafts[i], indicator=name, measure=measure, modality=modality, inherited=False)


def _pair_plain(text: str, drafts: list[_Draft]) -> None:
    """Lists paired without 分别: 一般贸易和民营企业进出口年均增长8.6%和11.6%."""
    i = 0
    while i < len(drafts):
        run = _value_run(text, drafts[i].quantity.start, drafts[i:])
        joined = len(run) >= 2 and all(
            re.fullmatch(r"(?:左右|以上|以内)?(?:、|和|与|及)(?:不低于|约)?", text[a.quantity.end : b.quantity.start])
            for a, b in pairwise(run)
        )
        if joined and run[0].measure != "rank":
            segment = text[run[0].segment[0] : run[0].quantity.start]
            head = re.sub(r"(?:由|从)(?:(?:19|20)\d\d年)?的?$", "", segment)
            head = re.sub(
                rf"(?:{_SINCE_YEAR}|(?<!、)同比|年均|平均|比上年|实际|名义|分别)*(?:{_UP}|{_DOWN}|(?:稳定|保持|控制)在)?(?:到|至|为|达到|达)?(?:不低于|约|超过)?$",
                "",
                head,
            )
            # 低保标准提高到每月815元和615元
            head = re.sub(r"(?:提高|上调|调整|增加)(?:到|至)(?:平均)?(?:每人)?每[月年]$", "", head)
            items = split_items(_lead_off(head))
            told = any(d.quantity.start >= run[0].segment[0] for d in drafts[:i])  # the head holds a number of its own
            if len(items) == len(run) and not told:
                _give(drafts, run, items)
                _give_on(text, drafts, run, items)
            elif not clean_phrase(head) and (owners := _owners(drafts[:i], run)):
                _give(drafts, run, owners)  # 游客2.73亿人次、收入4140亿元,增长18.6%和23.4%
        i += max(1, len(run))


def _owners(before: Sequence[_Draft], run: Sequence[_Draft]) -> list[str]:
    """The indicators of the amounts right before a list of as many growths, or none."""
    amounts = list(before[-len(run) :])
    fits = len(amounts) == len(run) and run[0].measure in ("growth", "change") and run[0].quantity.unit in ("%", "倍")
    if not fits or any(d.measure != "level" or d.inherited or d.quantity.unit in ("%", "‰") for d in amounts):
        return []
    return [d.indicator for d in amounts]


_BARE_MEASURE = re.compile(r"总?(?:面积|人数|数量|规模|长度|里程|金额|总量|水平|能力)")
# Words that lead a clause as verbs, and name what is measured where a bare measure follows.
_MEASURED = frozenset(
    "城区 规划 建设 种植 改造 绿化 服务 供应 保障 储备 治理 修复 栽植 应用 覆盖 培训 救助 投资 发展 收储 整备 开工 竣工 投产 整治".split()
)


def _lead_off(words: str) -> str:
    """``words`` without the leading words that name nothing; a verb that is all there is stays if it counts."""
    rest = re.sub(r"^[—\-\s\"①-⑳⑴-⒇]+|^\d{1,2}[.、](?!\d)", "", words)
    rest = re.sub(r"^[一二三四五六七八九十]{1,2}是|^全[国省市区州县旗]性(?:的)?", "", rest)
    if rest.startswith("全部财政收入"):
        return rest  # the name of an indicator
    taken: list[str] = []
    for token in cut_words(rest):
        if token not in _LEAD and token.strip(' "'):
            break
        behind = rest[rest.find(token) + len(token) :]
        if not behind.strip() and _KEEP.match(rest):
            break
        taken.append(token)
        rest = behind
    if rest.strip() == "房" and taken:  # 保障房, 人才房 cut into two words
        rest = taken.pop() + rest
    if _BARE_MEASURE.fullmatch(rest.strip()):  # 城区规划面积 is measured by 城区规划, not by 面积 alone
        while taken and taken[-1] in _MEASURED:
            rest = taken.pop() + rest
    return rest.strip() if len(rest.strip()) >= 2 or not _KEEP.match(words) else words


@lru_cache(maxsize=65536)
def cut_words(text: str) -> tuple[str, ...]:
    """The words of ``text``."""
    import rjieba

    return tuple(rjieba.cut(text))


def _value_run(text: str, start: int, drafts: Sequence[_Draft]) -> list[_Draft]:
    """The numbers behind 分别 that only 、 和 or bounds part from one another."""
    run: list[_Draft] = []
    for draft in drafts:
        if not run:
            if draft.quantity.start - start > 14:
                return []
            run.append(draft)
            continue
        gap = text[run[-1].quantity.end : draft.quantity.start]
        kind = _unit_kind(run[0].quantity.unit) == _unit_kind(draft.quantity.unit)
        if kind and re.fullmatch(
            r"(?:左右|以上|以内|余|多)?(?:、|和|与|及|以及|,|,?\s?)?(?:约|近|超|超过|达|增长|下降|不低于)?", gap
        ):
            run.append(draft)
        else:
            break
    return run


def _unit_kind(unit: str) -> str:
    return "%" if unit in ("%", "‰", "个百分点", "百分点", "倍") else "n"


def split_items(words: str) -> list[str]:
    """The items of a list, each with the words they share: 城镇、农村居民收入 gives 城镇居民收入, 农村居民收入."""
    words = re.sub(r"(?:等\S{0,8})$", "", words.strip(' ",、'))
    sectors = re.match(r"^一、?二、?三(?:次)?(产业?)(.+)$", words)
    if sectors:
        return [n + sectors.group(1) + sectors.group(2) for n in "一二三"]
    both = re.match(r"^(城乡)(.+)$", words)
    if both and not re.search(r"[、和与及]", words):
        return ["城镇" + both.group(2), "农村" + both.group(2)]
    items = [w.strip('" ') for w in re.split(r"、|和(?!平|谐)|与|以及|及(?!时)", words) if w.strip('" ')]
    if len(items) < 2:
        return items
    if items[0].endswith("申请量") and items[1] == "授权量":
        items[1] = items[0].removesuffix("申请量") + items[1]  # 专利申请量和授权量分别达到
    shared = re.match(r"(?:万元|单位)(?:GDP|生产总值|地区生产总值|国内生产总值|工业增加值)|人均(?=.{2})", items[0])
    if shared and all(len(item) <= 4 and not item.startswith(shared.group()) for item in items[1:]):
        return [items[0], *[shared.group() + item for item in items[1:]]]
    last, others = items[-1], items[:-1]
    if len(items) == 2 and len(last) <= 3 and len(others[0]) >= len(last) + 3 and last[-1] == others[0][-1]:
        own = cut_words(others[0])[-1]
        if len(own) == len(last):  # 对外承包工程业务合同额、营业额
            return [others[0], others[0].removesuffix(own) + last]
    tail = cut_words(last)[-1] if cut_words(last) else ""
    if last.endswith("率") and len(tail) == 1 and len(cut_words(last)) > 1:
        tail = cut_words(last)[-2] + tail
    if (
        max(len(o) for o in others) >= 3
        and tail != last
        and re.search(r"(?:率|量|值|面积|人数)$", tail)
        and not any(o.endswith(tail[-1]) for o in others)
    ):
        return [o + tail for o in others] + [last]
    short = max(len(o) for o in others)
    if (
        len(last) >= short + 3
        and not last[0].isascii()
        and short <= 4
        and len({len(o) for o in others}) == 1
        and not others[0].endswith(("收入", "总额", "投资", "值"))
    ):
        shared = re.search("人均", last[len(others[0]) :]) if short >= 4 else None
        suffix = last[len(others[0]) + shared.start() :] if shared else _whole_words(last, len(others[0]))
        return [o + suffix for o in others] + [last]
    return items


def _whole_words(words: str, skip: int) -> str:
    """``words`` behind the first ``skip`` characters and the short word that these end in: 产量 of 天然气产量."""
    at = 0
    for word in cut_words(words):
        at += len(word)
        if at >= skip:
            return words[at:] if skip > 1 and len(word) <= 3 and at < len(words) else words[skip:]
    return words[skip:]


# -- times -----------------------------------------------------------------------------------------


def _times(text: str, clock: Clock, passage: Passage) -> list[_Time]:
    """The periods that a sentence names, in its order."""
    found: list[_Time] = []
    base_year = _base_year(clock, passage.part)
    for match in _SPAN_WORD.finditer(text):
        span = _span_of(match, clock, passage.part)
        if span:
            weak = re.search(r"(?:比|较|是|相当于|高于|多于|超过)$", text[: match.start()].rstrip('"')) is not None
            found.append(_Time(match.start(), match.end(), span, "span", weak))
    for match in _PLAN_END.finditer(text):
        if match.group("plan"):
            plan = five_year_plan(match.group("plan"))
            if plan:
                base = re.search(r"(?:比|较|是|为|相当于|达到?)$", text[: match.start()].rstrip('"')) is not None
                # 达到“十二五”末的1.6倍, 较“十三五”期末增长36.2%
                times = (
                    re.match(r'"?(?:的[\d.]+倍|[一-鿿]{0,3}(?:增|提|减|降|翻|多|少|高|低))', text[match.end() :])
                    is not None
                )
                found.append(_Time(match.start(), match.end(), str(plan[1]), "year", weak=base and times))
        elif "世纪末" in match.group() and clock.report_year and clock.report_year < 2000:
            found.append(_Time(match.start(), match.end(), "2000", "year"))
    if clock.report_year:
        planned = passage.part in ("plan", "term_plan", "livelihood")
        for match in [*_COMING_YEARS.finditer(text), *(_YEARS_AHEAD.finditer(text) if planned else ())]:
            years = small_count(match.group("n"))
            found.append(
                _Time(match.start(), match.end(), f"{clock.report_year}-{clock.report_year + years - 1}", "span")
            )
    found.extend(_year_times(text, clock))
    found.extend(_relative_times(text, clock, passage.part))
    if base_year:
        found.extend(_part_years(text, base_year))
    titles = [m.span() for m in re.finditer("《[^《》]*》", text)]
    kept: list[_Time] = []
    for time in sorted(found, key=lambda t: (t.start, -t.end)):
        if (kept and time.start < kept[-1].end) or any(a < time.start < b for a, b in titles):
            continue
        kept.append(time)
    return kept


def _base_year(clock: Clock, part: Part) -> int | None:
    if part in ("plan", "livelihood", "term_plan"):
        return clock.report_year
    return clock.result_year


def _span_of(match: re.Match[str], clock: Clock, part: Part) -> str | None:
    words = match.group()
    if match.group("y1"):
        return f"{match.group('y1')}-{match.group('y2')}"
    if words == "今明两年":
        return f"{clock.report_year}-{clock.report_year + 1}" if clock.report_year else None
    if match.group("plan"):
        plan = five_year_plan(match.group("plan"))
        if plan is None:
            return None
        if first := re.search(r"前([一二三四])年$", words):
            return f"{plan[0]}-{plan[0] + '一二三四'.index(first.group(1))}"
        # 十四五以来 of an unfinished plan ends with the year accounted for.
        if "以来" in words and clock.result_year and plan[0] <= clock.result_year < plan[1]:
            return f"{plan[0]}-{clock.result_year}" if clock.result_year > plan[0] else None
        return f"{plan[0]}-{plan[1]}"
    if words.startswith(("今后", "未来")):
        return f"{clock.ahead[0]}-{clock.ahead[1]}" if clock.ahead else None
    n = match.group("n") or match.group("m") or match.group("d")
    if n:
        years = {"两": 2, "二": 2, "三": 3, "四": 4, "十": 10}.get(n) or int(n)
        end = clock.result_year
        return f"{end - years + 1}-{end}" if end and part not in ("plan", "term_plan", "livelihood") else None
    if part in ("term_plan", "plan", "livelihood") and re.fullmatch(r"五年(?:累计|共|间|来)?", words):
        return f"{clock.ahead[0]}-{clock.ahead[1]}" if clock.ahead and part == "term_plan" else None
    if words == "五年" and part not in ("term_review", "opening"):
        return None
    return f"{clock.past[0]}-{clock.past[1]}" if clock.past else None


def _year_times(text: str, clock: Clock) -> Iterator[_Time]:
    for match in _YEAR_TOKEN.finditer(text):
        behind = text[match.end() : match.end() + 2]
        if "年" not in match.group() and not behind.startswith("年"):
            continue
        if match.start("y1") and text[match.start("y1") - 1].isdigit():
            continue
        y1 = int(match.group("y1"))
        if match.group("y2"):
            y2 = int(match.group("y2")) if len(match.group("y2")) == 4 else y1 // 100 * 100 + int(match.group("y2"))
            if y2 > y1:
                yield _Time(match.start(), match.end(), f"{y1}-{y2}", "span")
                continue
        begun = match.group("cmp") in (None, "自", "从") and _SINCE_BEGUN.match(text, match.end())
        if (match.group("post") in ("以来", "起") or begun) and clock.result_year and y1 < clock.result_year:
            yield _Time(match.start(), match.end(), f"{y1}-{clock.result_year}", "since")
            continue
        compared = match.group("cmp") in _COMPARES and not match.group("pre")
        # 由2012年的90.2%提升到97.5%, 1990年不变价: the year is that of the old value, or of prices, alone
        base = match.group("cmp") in ("由", "从") and re.match(r"的|\d", behind)
        same = match.group("post") == "同期" or behind.startswith(
            ("同期", "《", "度《", "不变", "可比", "价格", "价)", "远景")
        )
        never_since = _NEVER_SINCE.match(text, match.end()) is not None
        weak = bool(compared or same or base or never_since)
        yield _Time(match.start("y1"), match.end(), str(y1), "year", weak)


def _relative_times(text: str, clock: Clock, part: Part) -> Iterator[_Time]:
    if clock.report_year is None:
        return
    offsets = {"今年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1, "过去一年": -1, "过去的一年": -1}
    for match in _RELATIVE.finditer(text):
        word = match.group("word")
        if word not in offsets:
            continue
        compared, behind = match.group("cmp"), text[match.end() :]
        if compared in ("由", "从"):  # 从去年的2.1%提高到2.3%
            compares = re.match(r"的|\d", behind) is not None
        elif compared in ("与", "同", "和"):  # 与去年大体持平
            compares = re.match(r"(?:的?[^,。;、\d]{0,6})(?:持平|相当|相同|相比|一样)", behind) is not None
        else:
            compares = compared is not None
        weak = compares or match.group("post") == "同期" or (word == "上年" and part not in ("plan",))
        if re.match(r"(?:出台|制定|确定|提出|安排|下达|部署|启动|发布)的", behind):
            weak = True  # 继续执行去年出台的政策,新增减税降费约5000亿元
        if re.match(r"[^,。;]{0,24}基础上", behind):
            weak = True  # 在去年任务的基础上增长8.1%
        if word == "今年" and part in ("term_review",) and clock.past and clock.past[1] == clock.report_year:
            weak = False
        year = clock.report_year + offsets[word]
        if (
            compared == "比"
            and word == "今年"
            and part == "plan"
            and re.match("(?:的|预计)*(?:增|提高|减|下降)", behind)
        ):
            yield _Time(match.start("word"), match.end(), str(year + 1), "year")  # 比今年增长4%, in an autumn report
            continue
        yield _Time(match.start("word"), match.end(), str(year), "year", weak)


def _part_years(text: str, year: int) -> Iterator[_Time]:
    if _PART_YEAR.search(text):
        for match in re.finditer("全年", text):
            yield _Time(match.start(), match.end(), str(year), "year")
    for match in _PART_YEAR.finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        if before in ("比", "较") and before:
            continue
        if re.match(r"底?前", text[match.end() : match.end() + 2]):
            continue
        if match.group("h1"):
            period = f"{year}H1"
        elif match.group("h2"):
            period = f"{year}H2"
        elif match.group("q3"):
            period = f"{year}-01/{year}-09"
        elif match.group("q"):
            n = match.group("q")
            period = f"{year}Q{n if n.isdigit() else '一二三四'.index(n) + 1}"
        else:
            month = int(match.group("m"))
            if not 2 <= month <= 11:
                continue
            period = f"{year}-01/{year}-{month:02d}"
        yield _Time(match.start(), match.end(), period, "part")
