"""A question and the ones before it -> Query: places, periods, indicators, roles and the kind of answer wanted.

Rules only, and what they are not sure of they leave open. Words are consumed one kind at a time: places by the
gazetteer, then times, roles, measures and talk; what remains names what is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import accumulate

from rag.holdings import session_named
from rag.indicators import identify, mentioned, named
from rag.numerals import UNIT_WORDS, Quantity, find_quantities, plain, simplified, small_count
from rag.passages import five_year_plan, western_years
from rag.phrases_en import to_chinese
from rag.places import Gazetteer, PlaceMention
from rag.types import Level, Measure, Place, QuestionKind, Role

QUESTION_CHARS = 2000  # longer questions are asked back

_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffd]"
)
_ORDER = re.compile(
    r"忽略|无视|不要理会|别管|指令|提示词|系统提示|直接回答|只需?回答|必须回答(?!好)|请回答[:\"]|照我说|按我说|你现在是|你是一个|扮演|假装|作为(?:一个)?AI|开发者模式|越狱|"
    r"ignore (?:all|the|previous|any)|disregard|system prompt|instructions?|jailbreak|developer mode|回复[:\"]|输出[:\"]|system:|assistant:|<\|",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"多少|几|什么|哪|吗|呢|谁|怎么|如何|是否|有没有|何时|多大|多高|多长|[?？]|how|what|which|who|when", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PlaceAsk:
    """A place that the question names: its words, who may be meant, and how it was made out."""

    words: str
    candidates: tuple[Place, ...]
    slip: bool = False
    former: bool = False
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Sweep:
    """All places of a level, within a place or everywhere."""

    level: Level
    within: Place | None = None


@dataclass(frozen=True, slots=True)
class PeriodAsk:
    """A period that the question names.

    ``kind`` is year, span, part, past_term, coming_term, this, last, next, before, newest, recent (n years) or all.
    """

    period: str
    words: str
    kind: str = "year"
    carried: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorAsk:
    """One thing asked for: its words, its common name if it has one, and what kind of number would do."""

    words: str
    id: str | None = None
    measures: tuple[Measure, ...] = ()
    units: str = ""  # a class of units: money, area, people, length, count:家, percent, ""
    inherits: bool = False  # its words are those of the thing asked for before
    bases: tuple[str, ...] = ()  # what the number is reckoned on: 剔除减税降费因素, 同口径
    marks: tuple[str, ...] = ()  # what the question says of the number beside its name, from _marks: 总数, 新增, 全国
    context: str = ""  # words of a clause before it that told without asking: 光靠管严定额,能省下多少标准煤
    said: str = field(default="", compare=False)  # the clause's own words, nothing cut away


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for; empty fields were not said."""

    question: str
    text: str
    lang: str = "zh"
    kind: QuestionKind = "lookup"
    places: tuple[PlaceAsk, ...] = ()
    sweep: Sweep | None = None
    periods: tuple[PeriodAsk, ...] = ()
    roles: tuple[Role, ...] = ()
    indicators: tuple[IndicatorAsk, ...] = ()
    numbers: tuple[Quantity, ...] = ()  # numbers that the question takes for granted
    item: int | None = None  # 第7项
    about: tuple[str, ...] = ()  # speaker, date, meeting, source, title, years
    wants_difference: bool = False
    wants_rank: str = ""  # "most" or "least": which one is ahead
    topic: str = ""  # what is left of the question when place and time are gone, for retrieval
    follows: bool = False
    delivered: str = ""  # "2021-10", "二届一次", "年初", "换届": which report of a year with two is meant
    report_hint: int | None = None  # 2018年政府工作报告: the report meant, where other years stand beside it
    pairs: tuple[tuple[str, Role], ...] = ()  # years with the role that each is asked for
    may_be_actual: bool = False  # 安排 alone speaks of a goal as of what was done
    versus: str = ""  # 比全国高几个点: the larger place that the one asked about is set against
    ordered: bool = False  # held an instruction, which was passed over
    stranger: str = ""  # 瓦坎达市, 纽约: a place that no gazetteer of China knows
    assumptions: tuple[str, ...] = field(default=())


# -- words -----------------------------------------------------------------------------------------

VERBS_ASKED = (
    *("完成", "拆除", "建成", "开工", "竣工", "签约", "落地", "投产", "发放", "引进", "脱贫", "改造"),
    *("供应", "筹集", "新建", "出让"),
)
# deeds that may stand beside a name said whole: 推广化肥零增长技术多少万亩
_ASIDE_OF_NAME = frozenset(
    (*VERBS_ASKED, *"推广 创建 培育 推进 实施 开展 举办 提供 新增 建设 组织 落实 办理 投入 打造".split())
)

_TARGET = re.compile(
    r"想(?!知道|了解|问|请|查|看|比|对比|象|法|起|到)|(?<![主需只重首纪摘概简必])要(?!求|闻|素|点|么|不|是|件|紧|领|害|道|塞|员|约|命|目)|(?<!高)提到(?:每月|每年|每人|每人每年)?多少|要到多少|冲到|目标|预定|报告[里中]?预计|(?<!完成了年)(?<!完成年)计划(?!的比|的百分|投资的|总投资|进度)|预期(?!寿命|性)|打算|拟(?!利用|投资)|力争|确保|安排(?!了)|任务|指标|要求|定的?底线|想要|准备|预计要|定到|(?<![认评确])定为|(?<!稳)定在|控制在|设定|要(?=突破|超过|保持|稳定|控制|压|新|建|达|完成|增|改|拆|培|引|办|提|实|把|涨|降|压|减|安排|筹|解决|发|做|开|招|投|扩|多少|推|覆盖|下降|整治|治理|打造|种|修|启动|争取|布局|创建|组织)|将(?=新|建|达|完成|增|改|拆|培|引|办|提|实|投|推|开|安排)|会(?=新|建|达|完成|增|改)|预算安排|规划(?=建|新)"
)
_MAY_BE_DONE = frozenset("安排 控制在 任务 规划 拟 指标".split())  # said of a goal as of what was done
_ACTUAL = re.compile(
    r"完成(?!目标|率目标|投资(?:各|分别|是|为)*(?:多少|几|额|目标|$|和|、))|实现了?|实际(?!利用|使用|到位(?!多少|几)|吸收|外资|增长目标)|达到了|结果|成绩|执行情况|取得|做了|建成(?!几|多少)|新增了|增加了|拆除了|改造了|发放了?|办理了?|培育了|引进了|做到|干了|干成|最后\S{0,3}(?:多少|几)|跑了|结束时|年末|年底达|落实了|多少了|(?<!安排)了多少|了几|究竟|到底|惠及|表现|解决了|化解了|涨了|降了|下降了|增长了|是多少了|回顾"
)
# A name that stands like a place's at the head of a question, and is none that is known.
_STRANGER = re.compile(
    r"^(?:请问|那|在)?,?(?P<name>(?!全|我|本|各|哪|那|这|该|每|某)[一-鿿]{2,7}?(?:省|市|自治区|自治州|自治县|新区|县|区|旗)"
    r"(?<!园区|城区|社区|小区|景区|市区|地区|片区|学区|郊区|灾区|发区|新区|山区|库区|湾区|街区|厂区|牧区|林区|老区|特区|试区|范区|城市|超市|菜市|股市|楼市|都市|集市|上市|门市|县市)"
    r"|美国|英国|法国|德国|日本|韩国|朝鲜|印度|俄罗斯|加拿大|澳大利亚|巴西|意大利|西班牙|新加坡|马来西亚|泰国|越南|印尼|欧盟|纽约|伦敦|巴黎|东京|首尔|洛杉矶|旧金山|莫斯科|悉尼|柏林|迪拜)"
    r"(?=(?:19|20)\d\d|今年|去年|明年|前年|上年|的|政府|GDP|,)"
)
_PAST_TERM = re.compile(
    r"(?:过去|近|这|前|上)(?:的)?(?:五|5|四|4)年(?:间|来|里|中|内)?|(?<!\d)(?:五|5|四)年(?:来|间|里|累计|共|总共|一共)|(?<![今后未来以后下十一二三四])五年(?:的)?(?=累计|新增|新建|共|实际|总|年均|改造|完成|建|增|拆|培|筹集|下降|减少|提高|投入|帮助|招)|本届政府|上届政府|任期内?"
)
_COMING_TERM = re.compile(
    r"(?:今后|未来|往后|接下来|下一个)(?:的)?(?:五|5|几)年|下一届|新一届(?:政府)?|五年规划|五年目标"
)
_PLAN_SPAN = re.compile(
    r'(?P<open>"?)(?<![第一二三四五六七八九十百千零两])(?P<plan>十[一二三四五六]?|[一二三四五六七八九])五(?P<close>"?)'
    r"(?P<tail>时期|期间|规划|计划|末|期末|目标|以来|收官)?"
)
_YEARS = re.compile(r"(?<![\d.])(?P<a>(?:19|20)\d\d)\s?年?(?:度)?\s?(?:-{1,2}|~|至|到)\s?(?P<b>(?:19|20)\d\d)\s?年?")
_TO_YEAR = re.compile(r"(?:到|截至|至)\s?(?P<y>(?:19|20)\d\d)\s?年(?P<end>底|末)?")
_YEAR = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?:\s?年(?:度|底|末|全年)?|(?![\d.%]|\s?(?:个|家|人|户|亿|万|元|套|公里|名|件|所|处|亩|项)))"
)
_SHORT_YEAR = re.compile(r"(?<![\d.])(?P<y>[0-4]\d|9\d|8\d)年(?!来|间|代|内|以上)")
_PART = re.compile(r"(?P<h1>上半年)|(?P<h2>下半年)|(?P<q3>前三季度|1(?:-|至|到)9月份?)|第?(?P<q>[一二三四1-4])季度")
_RELATIVE = re.compile(
    r"(?P<this>今年|本年度?|当年(?!(?:计划|预计)?(?:完成)?投资))|(?P<last>去年|(?<![够赶])上一?年|前一年|头一年)|(?P<next>明年|下一年|来年)|(?P<before>前年)"
)
_RECENT = re.compile(
    r"(?:近|最近|过去|这)(?P<n>[两二三四六七八九十]|[2-9]|10)年(?:来|间)?|(?P<all>历年|逐年|各年|各年度|所有年份|这些年|多年来|历史上)"
)
_NEWEST = re.compile(r"最新(?:一份|一年)?|最近一(?:份|年|次)|现在|目前|当前")

_TALK = re.compile(
    r"请问一下|请问|请你|麻烦|帮我|帮忙|能不能|可不可以|告诉我|告诉|说说|说一下|讲讲|查一下|查询|查查|看看|看一下|列出|列一下|列举|介绍一下|想知道|想了解|我想|了解一下|给我|总结一下|总结|概括|整理|作了|作出|做了|做出"
    r"|(?:政府工作|政府|工作)报告(?:中|里|上|提出|说)?|报告(?:中|里|上|提出|说)|这份报告|根据|按照|依据|其中|关于|有关|相关|方面的?"
    r"|是多少|有多少|多少|是什么|有什么|为什么|什么|哪些|哪个|哪几|哪一|怎么样|怎样|怎么|如何|是不是|是否|有没有|有无|几何|多大|多高|多快|多长|多远|说法|提法|表述|分布|明细|达成|预定|几个百分点|百分之几"
)
_MEASURES: tuple[tuple[str, Measure], ...] = (
    (
        r"增速|增长率|增长速度|增幅|涨幅|变化(?:了)?(?:多少|几)|(?:变动|变化|涨跌)?幅度(?=多|有多|$)|增长多少|增长几|增长目标|年均增长|年均增速|同比|增长百分|增长了?多少|(?<![上提回])升了?(?:多少|几)|涨(?:了)?(?:多少|几)|涨|增长|提速",
        "growth",
    ),
    (
        r"占比|比重|占\S{0,12}(?:比例|百分之|多少|比)|比例|百分比|覆盖率|占(?!道|地(?!区|方)|用|挖|补)(?:到|了)?",
        "share",
    ),
    (r"(?:前移|前进|挪|蹿|升)了?(?:几|多少)个?(?:位|名)", "change"),
    (r"排名|排第几|第几|名次|位次|排位|位列|排在|排几", "rank"),
    (r"几倍|多少倍|倍数|翻几番|翻番", "multiple"),
    (
        r"下降(?!到|至|为)(?:了)?(?:多少|几)?|(?<=[量额入积值款力种])增加了?(?:多少|几)|降幅|(?:变动|变化|涨跌)?幅度(?=多|有多|$)|(?:砍|减|降|压)(?:掉|下|去)?了?(?:多少|几|百分)|(?<![上提回])升了?(?:多少|几)|减少(?:了)?(?:多少|几)|降低(?:了)?(?:多少|几)|降(?:了)?(?:多少|几)|压减多少|(?<!改造)(?<!整治)(?<!优化)(?:提高|上升|提升)(?:了)?(?:多少|几)(?!元|家|个(?!百分|点))|缩短了?多少",
        "change",
    ),
)
# A unit said right behind 多少 decides; words of the thing (面积, 资金) only where none is.
_UNITS_SAID: tuple[tuple[str, str], ...] = tuple(
    (rf"(?:多少|几)[万亿千百]*(?:{unit})", units)
    for unit, units in (
        ("平方米|平米|平方公里|平(?!台|均|安)|亩|公顷", "area"),
        ("[美日欧港]?元", "money"),
        ("公里|千米|米|里", "length"),
        ("人次", "count:人次"),
        ("人口|人(?!才|家)|名|位", "people"),
        ("个?百分点", "percent"),
    )
)
_UNITS_MEANT: tuple[tuple[str, str], ...] = (
    (r"多少面积|面积|占地(?!区|方)|多少(?:土|用)?地(?!方|区|铁|下)", "area"),
    (
        r"多少钱|多少资金|投资额|金额|资金(?!融)|多少投资|花了多少|(?:多少|几)个?亿(?!斤|吨|立方|方|千瓦|人|件|度|公斤|片|次|株|美)",
        "money",
    ),
    (r"多长|里程", "length"),
    (r"人数(?!.{0,6}(?:降|增|涨|升|减))", "people"),
    (r"几个(?:百分)?点|百分之几|百分之多少", "percent"),
)
# 多少学位 asks for 学位: units that are themselves what is counted name the thing, others (标箱) only measure it.
_THINGS = frozenset("学位 床位 床 车位 泊位 村 乡 镇 县 校 站 点 厂 道 网格 单元 门 员 师 股 字 户 家 人 名 位".split())
_MEASURES_ONLY = "|".join(unit for unit in UNIT_WORDS.split("|") if unit not in _THINGS)
_UNIT_ASKED = re.compile(rf"(?:多少|几)(?:万|亿|千|百)?(?:{_MEASURES_ONLY})(?![一-鿿]*率)")
_COUNT_UNIT = re.compile(
    r"(?:多少|几)(?:万|千|百|亿)?(?P<u>家|个|所|座|处|条|项|件|台|套|辆|户|场|次|起|宗|张|间|吨|斤|公斤|立方米|千瓦|天|班|株|头|只|支(?!持|撑|付|出|援|部)|对|栋|幢|艘|架|例|份|部|门|期|盏|块|片|位|班次)(?!百分点|点)"
)

_ABOUT: tuple[tuple[str, str], ...] = (
    (
        r"谁(?:作|做|代表|讲|宣读|报告|来作|向|在)|(?:是|由)谁|报告人|哪位(?:区长|县长|市长|省长|主席|总理|领导)|(?<!工)作报告的|谁的报告|谁.{0,6}(?:作|做|宣读)|(?:区长|县长|市长|省长|总理|主席|州长|主任)(?:是谁|叫什么|名字|是哪位)",
        "speaker",
    ),
    (r"(?:什么时候|何时|哪天|哪一天|哪年哪月|几月几[日号]|几号|哪月|什么日期|日期)", "date"),
    (r"(?:哪次|哪个|什么|哪一次|第几次|哪届)(?:会议|大会|人大会|人代会)|在哪(?:次|个)会", "meeting"),
    (r"(?:来源|出处|网址|链接|哪里发布|谁发布|来自哪)", "source"),
    (r"(?:报告的?|全)(?:标题|题目)|叫什么名", "title"),
    (
        r"(?:有哪些|有几份|有多少份|都有哪|收录|收了|库里|有没有)[^,。]{0,8}(?:报告|年份|年度)|哪(?:些|几)年的?报告",
        "years",
    ),
)
_LIST = re.compile(
    r"[十\d]+(?:件|项)[一-鿿]{0,6}实事(?:工程|项目)?(?:是什么|是啥)|有哪些|哪些|列出|列举|都有什么|是哪几|主要(?:预期)?目标|清单|各项|分别是什么|一览|包括什么|包括哪"
)
_PROSE = re.compile(
    r"怎么样|怎么定调|怎样|如何|什么(?!时候|数|比例|水平)|措施|举措|问题|不足|困难|经验|体会|做法|思路|要求|部署|打算怎么|为什么|原因|提到|怎么说|怎么讲|介绍|规划$|安排$|情况"
)
_COMPARE = re.compile(
    r"相比|对比|比较|差多少|相差|差距|哪个(?:更|高|低|多|少|大|快|区|市|省|县|地)|谁(?:更|高|低|多|少|大|快)|哪(?:一)?(?:年|个|家|里|边)(?:更|最)|高多少|低多少|多多少|少多少|多出|少多少|比\S{1,14}?(?:高|低|多|少|快|慢|大|小)|还是|vs|VS|更(?:高|低|多|少|大|快)|分别"
)
_SWEEP = re.compile(
    r"(?:各|所有|全部|每个|哪些|哪几个|哪个|几个|多少个)(?P<level>省份|省市区|省区市|省(?:级)?(?!市?重点|定|属|直)|自治区|直辖市|市(?!场|民|值|级|区)|地市|地级市|城市(?!更新|管理|建设|轨道|公园|道路|绿|综合|燃气|供|生活|污水|主|快速|品质|书|低保|规划|停车|棚户|基础)|区县|县区|县市区|县(?:市)?(?!级|域)|区(?!域|间|块|别|级|属)|地区|地方)"
    r"|(?P<all>3[014]个省(?:份|区市|市区)?|全国各(?:地|省\S{0,2})|各地(?!人民|群众|干部)|三十一个省\S{0,2})"
)
# 哪些县被命名为示范区 asks for names that one report tells, not for a number of every county.
_NAMED_SET = re.compile("哪|几|多少")
# 多少个省把目标定在5%以上: said of each place, so that all are to be looked up
_SAID_OF_EACH = tuple("把 将 设 定 提出 目标 GDP 地区生产总值 增长 完成 超过 没有 经济 今年".split())
_HONOURED = re.compile(r"[^,。?]{0,4}(?:被|获|入选|入围|列为|评为|命名|创成|建成|荣获|纳入|脱贫|摘帽)")
_VERSUS = re.compile(
    r"(?:比|较|与|和|同)(全国|全省|全市)(?:的|平均|水平|增速|增幅)*(?:相比)?\S{0,2}(?:高|低|快|慢|多|少)"
)
_MOST = re.compile(r"最高|最多|最大|最快|更高|更多|更大|更快|领先|第一")
_LEAST = re.compile(r"最低|最少|最小|最慢|更低|更少|更小|更慢|垫底")
_QUALIFIER = re.compile(
    r"剔除[^,。?]{2,14}?因素|扣除[^,。?]{2,14}?因素|同口径|可比口径|可比(?=增)|名义|实际增长|不含[一-鿿]{2,6}?(?=呢|[,。?]|$|增|是|多少)"
)
_ITEM = re.compile(r"第(?P<n>\d{1,2}|[一二三四五六七八九十]{1,3})(?:项|件|条|个)")


# 不是完成数, 不分城乡: what the asker does not mean; and talk that names nothing.
_NOT_MEANT = re.compile(
    r"[,(;](?:而|并|也)?(?:不是|不单是|不光是|不要|不算|不含|不分|并非|而非)(?:说|指|问|那个)?[^,。?!;()吗呢是]{2,10}(?=[,。?!;)]|$)"
)
_FILLERS = re.compile(
    r"我(?:想)?问的是|我想知道|想比较一下|比较一下|这个数|(?:给|把|为)它|它|那会儿|那时候?(?!候)|当时的?|自己|(?<=[一-鿿])这些(?=各|都|分别|一共)"
)
_SPOKEN_PEOPLE = (
    ("农村老百姓", "农村居民"), ("乡下人", "农村居民"), ("城里老百姓", "城镇居民"),
    ("城里人", "城镇居民"), ("人均住多少", "人均居住面积多少"), ("几多", "多少"), ("咗", "了"), ("老几", "第几"),
    ("赚的钱", "利润"),
)  # fmt: skip


def tidy(question: str) -> str:
    """The question in one form: NFKC, simplified, no hidden characters, years in digits."""
    question = question.replace("”“", "”、“")
    text = _HIDDEN.sub("", unicodedata.normalize("NFKC", question.replace("\t", " ").replace("\n", "。")))
    text = re.sub('(?<=五"[计规]划) ', "", western_years(plain(simplified(text)))).strip()
    text = re.sub(r"R&D(?:投入|经费|支出)?", "研发投入", text)
    for said, meant in _SPOKEN_PEOPLE:
        text = text.replace(said, meant)
    text = re.sub("农村人(?![一-鿿]{0,2}(?:公社|口|均|才|民))", "农村居民", text)
    # 四项指标(钢、煤、粮食)各是多少
    text = re.sub(r"\(((?:[^()、\d?]{1,10}、)+[^()、\d?]{1,10})\)(?=各|分别)", lambda m: ":" + _members(m[1]), text)
    text = re.sub(r"\([^()\d?]{1,10}\)", "", text) if re.search(r"[一-鿿]", text) else text  # an aside
    text = re.sub("占(全[国省市])[和与、](全[国省市])的?(比重|比例|份额)", r"占\1\3多少,占\2\3", text)
    text = re.sub("^那么?(?=.{3})(?!曲|坡)", "", text)
    text = re.sub("平均下来,?每年", "年均", text)
    text = re.sub(r"(?<![一-鿿])平均每年|每年平均|平均每年(?=增|下|递|提)", "年均", text)
    text = re.sub("的?那个", "的", _FILLERS.sub("", _NOT_MEANT.sub("", text)))
    return re.sub(r"经济(年均|平均|每年)的?(增速|增长)", r"\1经济\2", text)


def _members(listed: str) -> str:
    """The things of a list as they are asked for: 钢、煤、粮食 are 钢产量、煤产量、粮食."""
    return "、".join(thing + "产量" if len(thing) == 1 else thing for thing in listed.split("、"))


class Understander:
    """Turns questions into queries with the names of a gazetteer."""

    def __init__(self, gazetteer: Gazetteer, *, held: frozenset[str]) -> None:
        """``held``: codes of the places that the library has reports of."""
        self.gazetteer = gazetteer
        self.held = held

    def understand(self, question: str, history: Sequence[str] = ()) -> Query:
        """The query of ``question``, with what it leaves open taken from the questions before it."""
        query = self.read(question)
        before: Query | None = None
        for earlier in history:
            past = self.read(earlier)
            before = past if before is None else _carry(past, before)
        return query if before is None else _carry(query, before)

    def read(self, question: str) -> Query:
        """The query of one question, nothing carried over."""
        text = tidy(question)[:QUESTION_CHARS]
        lang = _language(text)
        if lang == "en":
            text = to_chinese(text)
        kept, ordered = _without_orders(text)
        return _Reader(self, question, kept, lang, ordered).query()


def _language(text: str) -> str:
    latin = len(re.findall(r"[A-Za-z]{2,}", text))
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    return "en" if latin >= 3 and latin * 2 > han else "zh"


def _without_orders(text: str) -> tuple[str, bool]:
    """The question without sentences and clauses that give orders to the program."""
    if not _ORDER.search(text):
        return text, False
    sentences = [s for s in re.split(r"(?<=[。!?;])", text) if s.strip()]
    kept = [s for s in sentences if not _ORDER.search(s)]
    if not kept:
        clauses = [c for c in re.split(r"[,。!?;:]", text) if c.strip() and not _ORDER.search(c)]
        asking = [c for c in clauses if _ASKS.search(c)]
        kept = asking or clauses
    if not kept:  # an order that follows without a stop: what stands before it
        before = re.sub(r"(?:请|并|且|,|\s)+$", "", text[: _ORDER.search(text).start()])  # type: ignore[union-attr]
        kept = [before] if len(before) >= 4 else []
    return "".join(kept).strip(), True


def _recent(match: re.Match[str]) -> PeriodAsk:
    if match.group("all"):
        return PeriodAsk("", match.group(), "all")
    return PeriodAsk(str(small_count(match.group("n"))), match.group(), "recent")


def _plan_span(match: re.Match[str]) -> PeriodAsk | None:
    name = match.group("plan")
    plan = five_year_plan(name)
    quoted = match.group("open") and match.group("close")
    if plan is None or (len(name) == 1 and not match.group("tail") and not quoted):
        return None  # 十五所学校, 三五年
    ends = match.group("tail") in ("末", "期末", "收官")
    return PeriodAsk(str(plan[1]) if ends else f"{plan[0]}-{plan[1]}", match.group(), "year" if ends else "span")


def _first_years(match: re.Match[str]) -> PeriodAsk | None:
    """“十一五”前四年."""
    plan = five_year_plan(match.group(1))
    years = {"三": 3, "四": 4}.get(match.group(2), 2)
    return plan and PeriodAsk(f"{plan[0]}-{plan[0] + years - 1}", match.group(), "span")


def _years_up_to(year: int, n: str, words: str) -> PeriodAsk:
    """截至2014年的三年里."""
    return PeriodAsk(f"{year - small_count(n) + 1}-{year}", words, "span")


_PERIOD_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], PeriodAsk | None]], ...] = (
    (re.compile(r'"?(?<!第)(十[一二三四五六]?|[一二三四五六七八九])五"?的?[前头]([两二三四])年'), _first_years),
    (
        re.compile(
            r"(?:截至|截止|到)?(?P<y>(?:19|20)\d\d)年?(?:底|末)?(?:为止)?(?:的|这|的这|前)(?P<n>[两二三四五])年(?:里|间|内|来)"
        ),
        lambda m: _years_up_to(int(m.group("y")), m.group("n"), m.group()),
    ),
    (
        re.compile(
            r"(?:截至|截止|到)(?P<y>(?:19|20)\d\d)年?(?:底|末)?(?=[^,。?\d]{2,16}?(?<!近)(?P<n>[两二三四五])年累计)"
        ),
        lambda m: _years_up_to(int(m.group("y")), m.group("n"), m.group()),
    ),
    (
        re.compile(r"(?P<y>(?:19|20)\d\d)年以来的?(?P<n>[两二三四五六七八九])年"),
        lambda m: _years_up_to(int(m.group("y")) + small_count(m.group("n")) - 1, m.group("n"), m.group()),
    ),
    (
        re.compile(r"(?P<a>(?:19|20)\d\d)年?\s?(?:、|和|与)\s?(?P<b>(?:19|20)\d\d)年?\s?两年"),
        lambda m: PeriodAsk(f"{m.group('a')}-{m.group('b')}", m.group(), "span"),
    ),
    (_YEARS, lambda m: PeriodAsk(f"{m.group('a')}-{m.group('b')}", m.group(), "span")),
    (_PAST_TERM, lambda m: PeriodAsk("", m.group(), "past_term")),
    (_COMING_TERM, lambda m: PeriodAsk("", m.group(), "coming_term")),
    (_RECENT, _recent),
    (_PLAN_SPAN, _plan_span),
    (re.compile("(?:到)?(?:本世纪末|二十世纪末|20世纪末)"), lambda m: PeriodAsk("2000", m.group())),
    (_TO_YEAR, lambda m: PeriodAsk(m.group("y"), m.group())),
    (_YEAR, lambda m: PeriodAsk(m.group("y"), m.group())),
)


class _Reader:
    """Reads one tidy question; ``rest`` is the question with what was understood blanked out."""

    def __init__(self, owner: Understander, question: str, text: str, lang: str, ordered: bool) -> None:
        self.owner = owner
        self.question = question
        self.text = text
        self.rest = text
        self.lang = lang
        self.ordered = ordered
        self.assumptions: list[str] = []
        self.taken_numbers: tuple[Quantity, ...] = ()

    def take(self, start: int, end: int) -> None:
        self.rest = self.rest[:start] + " " * (end - start) + self.rest[end:]

    def query(self) -> Query:
        places = self._places()
        if self.lang == "en":  # words that are neither names of places nor of indicators: How, Port
            self.rest = re.sub(r"(?<![A-Za-z])[A-Z]?[a-z]{2,}(?![A-Za-z])", lambda m: " " * len(m.group()), self.rest)
        sweep = self._sweep(places)
        if sweep is not None:
            places = tuple(p for p in places if sweep.within is None or sweep.within not in p.candidates)
        set_goal = re.search("目标|计划|预期", self.text) is not None  # then 实际增长 is what was reached
        bases = tuple(m.group() for m in _QUALIFIER.finditer(self.rest) if not (set_goal and m.group() == "实际增长"))
        for match in list(
            re.finditer(r"按(?:照)?(?:可比|同)口径(?:计算|算)?,?|不含[一-鿿]{2,6}?(?=呢|[,。?]|$)", self.rest)
        ):
            self.take(*match.span())
        delivered = self._delivered()
        base = self._base_of_comparison()
        periods = _goal_of_plan(_added_up(self._periods(), self.text), self.text)
        if any(p.kind == "coming_term" for p in periods) and re.search(r"到(?:19|20)\d\d年", self.text):
            periods = tuple(p for p in periods if p.kind != "coming_term")  # 今后五年目标:到2021年
        asked = tuple(p for p in periods if p.period != delivered[:4])
        if re.fullmatch(r"\d{4}-\d{2}", delivered) and any(p.kind == "year" for p in asked):
            periods = asked  # 2016年10月报告把2021年的目标定为…: the report's own year is not asked about
        item = self._item()
        about = self._about()
        self.taken_numbers = numbers = self._numbers()
        roles = self._roles(periods, base)
        topic = self._topic()
        indicators = self._indicators(bases, base)
        apart = _wants_difference(self.text) and not base
        if apart and re.search("增速|增幅|涨幅|增长", self.text):
            indicators = tuple(replace(a, measures=a.measures or ("growth",)) for a in indicators)
        if apart:
            indicators = tuple(a for a in indicators if not a.inherits)  # 高多少个百分点 asks for no figure of its own
        pairs = _pairs(self.text, periods)
        if pairs:  # 2023年实际多少名,2024年目标又是多少名: one thing, asked of two years
            indicators = tuple(
                a
                for i, a in enumerate(indicators)
                if not (i and a.words and indicators[0].words != a.words and indicators[0].words.endswith(a.words))
                and not (a.inherits and (a.measures, a.units) == (indicators[i - 1].measures, indicators[i - 1].units))
            )
        versus = _VERSUS.search(self.text) if len(places) == 1 else None
        query = Query(
            delivered=delivered,
            report_hint=_report_hint(self.text),
            pairs=pairs,
            versus=versus.group(1) if versus else "",
            may_be_actual=roles == ("target",) and {m.group() for m in _TARGET.finditer(self.rest)} <= _MAY_BE_DONE,
            question=self.question,
            text=self.text,
            lang=self.lang,
            places=places,
            sweep=sweep,
            periods=periods,
            roles=roles,
            indicators=indicators,
            numbers=numbers,
            item=item,
            about=about,
            stranger="" if places or sweep else self._stranger(),
            wants_difference=apart,
            wants_rank="most" if _MOST.search(self.text) else "least" if _LEAST.search(self.text) else "",
            topic=topic,
            ordered=self.ordered,
            assumptions=tuple(self.assumptions),
        )
        return replace(query, kind=_kind(query, self.text))

    # -- places -------------------------------------------------------------------------------------

    def _places(self) -> tuple[PlaceAsk, ...]:
        mentions = list(self.owner.gazetteer.find_places(self.text))
        held = self.owner.held
        sure = [m for m in mentions if not m.risky or any(c.code in held for c in m.candidates)]
        if any(self._is_held(m) for m in sure):
            sure = [m for m in sure if self._is_held(m) or m.form not in ("short", "alias")]
        sure = [
            m
            for m in sure
            if not (m.form in ("short", "alias") and all(c.code.startswith(("71", "81", "82")) for c in m.candidates))
        ]
        if not any(self._is_held(m) for m in sure):
            sure += [
                m for m in self.owner.gazetteer.find_slips(self.text) if not _overlaps(m, sure) and self._is_held(m)
            ]
        if not sure:
            sure = list(self._held_names())
        asks: list[PlaceAsk] = []
        for mention in sorted(sure, key=lambda m: m.start):
            if mention.text in ("全国", "我国", "中国") and self._means_scale(mention):
                continue
            if asks and not self._joins(mention, sure):
                continue
            if self._is_topic(mention):
                continue
            candidates = tuple(c for c in mention.candidates if c.code in held) or mention.candidates
            if mention.form == "short" and len(candidates) > 1:
                candidates = _most_likely(candidates)
            self.take(mention.start, mention.end)
            ask = PlaceAsk(mention.text, candidates, slip=mention.form == "slip", former=mention.form == "former")
            if not any(a.candidates == ask.candidates for a in asks):
                asks.append(ask)
        return tuple(asks)

    def _stranger(self) -> str:
        match = _STRANGER.match(self.text)
        return match.group("name") if match else ""

    def _held_names(self) -> list[PlaceMention]:
        """Short names of places with reports that the gazetteer does not take for names by themselves (大鹏)."""
        found: list[PlaceMention] = []
        for code in sorted(self.owner.held):
            place = self.owner.gazetteer.by_code(code)
            if place is None or len(place.short) < 2:
                continue
            at = self.text.find(place.short)
            if at >= 0:
                found.append(PlaceMention(at, at + len(place.short), place.short, (place,), "short"))
        return sorted(found, key=lambda m: (m.start, -len(m.text)))[:1]

    def _is_held(self, mention: PlaceMention) -> bool:
        return any(c.code in self.owner.held for c in mention.candidates)

    def _means_scale(self, mention: PlaceMention) -> bool:
        """全国 in 全国各省 or 在全国排第几 is no place asked about."""
        after = self.text[mention.end : mention.end + 4]
        before = self.text[max(0, mention.start - 3) : mention.start]
        return bool(
            re.match(r"各|所有|\d+个|范围|第|排|百强|前|平均|领先|首|一共有", after)
            or re.search(r"在|居|占|列|比|高于|低于|中", before[-1:])
            or re.search("占全[省市区][和与、]$", self.text[: mention.start])
        )

    def _is_topic(self, mention: PlaceMention) -> bool:
        """A place that a report speaks about (1988年政府工作报告对海南岛…), or part of another name."""
        before = self.text[max(0, mention.start - 6) : mention.start]
        return bool(re.search(r"报告(?:里|中)?(?:对|给|就|关于|向|把)$", before)) or self.text.startswith(
            "生产建设兵团", mention.end
        )

    def _joins(self, mention: PlaceMention, mentions: Sequence[PlaceMention]) -> bool:
        """Whether a later place is asked about too (A和B谁更高), or only part of the topic (对接雄安)."""
        if not self._is_held(mention) and not _COMPARE.search(self.text):
            return bool(re.match(r"[\s,、和与跟及以]*$", self.text[mentions[0].end : mention.start]))
        earlier = [m for m in mentions if m.end <= mention.start]
        gap = self.text[earlier[-1].end : mention.start] if earlier else ""
        if re.fullmatch(r"[\s,、和与跟及以比同]*(?:还是|相比|对比)?[\s]*", gap):
            return True
        if re.search(r"(?:和|与|及|,|、)$", self.text[: mention.start]) and re.match(
            r"(?:19|20)\d\d", self.text[mention.end :]
        ):
            return True  # A2020年GDP目标和B2018年投资目标: two questions in one
        return _COMPARE.search(self.text) is not None and re.search(r"和|与|跟|比|、|还是|,|vs", gap) is not None

    def _sweep(self, places: Sequence[PlaceAsk]) -> Sweep | None:
        match = _SWEEP.search(self.rest)
        if match is None:
            return None
        counted = re.match("(?:几|多少)个", match.group()) is not None
        behind = self.rest[match.end() :].strip(" ,。?!的")
        if counted and not (behind.startswith(_SAID_OF_EACH) and not self.rest[: match.start()].endswith("有")):
            return None  # 全国有多少个县达到…, 试点扩大到多少个县, 多少个省级试点: a count that one report tells
        if places and re.match(r"[里中]?(?:能|可以)?(?:排|居|位)", self.rest[match.end() :].lstrip()):
            return None  # 在全国各区里排第几
        named = _HONOURED.match(self.rest, match.end()) or re.search(
            r"(?:指|包括|包含|叫)的?是?$", self.rest[: match.start()]
        )
        if named and _NAMED_SET.match(match.group()):
            return None
        within = places[0].candidates[0] if places and places[0].candidates[0].level in ("province", "city") else None
        word = match.group("level") or "省"
        if match.group("level") in ("地区", "地方") and not within:
            return None if re.match(r"哪", match.group()) and places else self._taken_sweep(match, "province", within)
        if len(places) > 1:
            return None
        if word.startswith(("省", "自治区", "直辖市")):
            level: Level = "province"
        elif word.startswith(("市", "地市", "地级市", "城市")):
            level = "city"
        elif word in ("地区", "地方"):
            level = "city" if within and within.level == "province" else "county"
        else:
            level = "county"
        if match.group("level") == "区" and re.match(r"各区|哪", match.group()) and not within and places:
            within = None
        return self._taken_sweep(match, level, within)

    def _taken_sweep(self, match: re.Match[str], level: Level, within: Place | None) -> Sweep:
        self.take(*match.span())
        return Sweep(level, within)

    # -- times --------------------------------------------------------------------------------------

    def _periods(self) -> tuple[PeriodAsk, ...]:
        """The periods that the question names, each kind of words consumed before the next is looked for."""
        found: list[tuple[int, PeriodAsk]] = []
        for pattern, read in _PERIOD_WORDS:
            for match in list(pattern.finditer(self.rest)):
                ask = read(match)
                if ask is None:
                    continue
                self.take(*match.span())
                if ask.kind != "year" or not any(p.period == ask.period for _, p in found):
                    found.append((match.start(), ask))
        if not found:
            for match in list(_SHORT_YEAR.finditer(self.rest)):
                two = int(match.group("y"))
                found.append((match.start(), PeriodAsk(str(2000 + two if two < 50 else 1900 + two), match.group())))
                self.take(*match.span())
        if any(ask.kind == "span" for _, ask in found):
            for match in re.finditer(
                r"这?(?<![\d.])(?:[两二三四五]|[2-5])年(?:来|间|里|内)?(?!级|制|期|均)", self.rest
            ):
                self.take(*match.span())  # “十四五”五年: the span again
            found = [(at, ask) for at, ask in found if ask.kind != "past_term" or not re.match("这|五|5", ask.words)]
        self._years_ahead(found)
        self._relative(found)
        if any(ask.kind == "coming_term" for _, ask in found):
            found = [(at, ask) for at, ask in found if ask.kind != "past_term"]  # 新一届政府任期内
        return self._parts([ask for _, ask in sorted(found, key=lambda p: p[0])])

    def _years_ahead(self, found: list[tuple[int, PeriodAsk]]) -> None:
        """2020年报告提出用三年时间建多少: the span from that year on, in place of the year."""
        match = re.search(
            r"(?:用|利用|在|力争|计划|打算|通过)*(?<![\d.])([两三四2-4])年(?:的)?(?:时间|之?内)"
            r"|(?:今后|未来)(?:的)?([两三四六七八九十2-46-9])年(?:里|间|内)?",
            self.rest,
        )
        years = [ask for _, ask in found if ask.kind == "year" and ask.period.isdigit()]
        if match is None or len(found) != 1 or len(years) != 1:
            return
        self.take(*match.span())
        n = small_count(match.group(1) or match.group(2))
        first = int(years[0].period)
        found[0] = (found[0][0], PeriodAsk(f"{first}-{first + n - 1}", years[0].words + match.group(), "span"))

    def _delivered(self) -> str:
        """Which report is meant: that of a month (2021年10月的报告: 2021-10), of a session (二届一次), 年初 or 换届."""
        session = session_named(self.rest)
        if session is not None:
            self.take(session.start, session.end)
            return session.name
        match = re.search(r"(?P<y>(?:19|20)\d\d)\s?年(?P<m>\d{1,2})月(?:份)?(?:\d{1,2}[日号])?", self.rest)
        if match is None:
            which = re.search(
                r"年初(?:的|那份|的那份)?(?:政府工作)?报告|换届(?:后)?(?:的|那份|的那份)?(?:政府工作)?报告", self.text
            )
            return which.group()[:2] if which else ""
        self.take(match.start("m"), match.end())
        near = self.text[match.end() : match.end() + 12]
        named = re.search(r"报告|换届|大会|人代会|会议", near) is not None
        return f"{match.group('y')}-{int(match.group('m')):02d}" if named else ""

    def _base_of_comparison(self) -> tuple[Measure, ...]:
        """The measures asked for by 比上年多了几天, whose year is no period of the question."""
        match = re.search(
            r"(?:比|较)\s*(?:上年|去年|上一年|前一年|头一年|(?:19|20)\d\d年)(?:同期|预计数?)?(?!的?(?:目标|计划|完成|实际|结果|任务))(?P<verb>[^,。?!目标计划]{0,4}?(?:多|少|增|减|高|低|升|降|涨|提高|下降|增长|上升|回落))",
            self.rest,
        )
        if match is None or not re.search(r"多少|几|多大|百分", self.rest[match.start() :]):
            return ()
        years = re.findall(r"(?:19|20)\d\d", self.text)
        apart = re.search("[多少高低]$", match.group("verb")) and re.search(r"(?:19|20)\d\d", match.group())
        if apart and re.search("目标|计划", self.text) and len(set(years)) == 2:
            return ()  # 新增就业目标,2014年比2013年多多少: the goals of two years
        if re.search(r"(?:19|20)\d\d年?的?(?:目标|计划)$", self.text[: match.start()].rstrip()):
            return ()  # 2015年的目标比2010年高多少: two figures
        self.take(match.start(), match.end())
        return ("growth",) if re.search("增长|涨|增幅|增速", match.group("verb")) else ("change", "growth")

    def _relative(self, found: list[tuple[int, PeriodAsk]]) -> None:
        """去年, 今年 and 最新: relative to a year that was said, else left for the reports to tell."""
        stated = [p for _, p in found if p.kind == "year"]
        for match in list(_RELATIVE.finditer(self.rest)):
            kind = str(match.lastgroup)
            if kind == "this" and stated:
                self.take(*match.span())  # 今年(2020年)
                continue
            if stated and kind in ("last", "next", "before"):
                # 2020年目标比上年…: relative to the year that was said
                shift = {"last": -1, "next": 1, "before": -2}[kind]
                found.append((match.start(), PeriodAsk(str(int(stated[0].period) + shift), match.group(), "year")))
            else:
                found.append((match.start(), PeriodAsk("", match.group(), kind)))
            self.take(*match.span())
        for match in list(_NEWEST.finditer(self.rest)):
            if not found:
                found.append((match.start(), PeriodAsk("", match.group(), "newest")))
            self.take(*match.span())

    def _parts(self, periods: list[PeriodAsk]) -> tuple[PeriodAsk, ...]:
        match = _PART.search(self.rest)
        if match is None:
            return tuple(periods)
        self.take(*match.span())
        suffix = "H1" if match.group("h1") else "H2" if match.group("h2") else ""
        if match.group("q"):
            q = match.group("q")
            suffix = f"Q{q if q.isdigit() else '一二三四'.index(q) + 1}"
        out: list[PeriodAsk] = []
        years = [p for p in periods if p.kind == "year" and p.words.strip() in self.text[: match.start()]]
        own = max(years, key=lambda p: self.text.find(p.words.strip()), default=None)
        for p in periods or [PeriodAsk("", "", "this")]:
            if p.kind == "year" and own is not None and p is not own and len(periods) > 1 and _report_hint(self.text):
                out.append(p)  # 1986年报告讲,1984年四季度: the quarter is that of the year before it
            elif p.kind == "year":
                period = f"{p.period}-01/{p.period}-09" if match.group("q3") else p.period + suffix
                out.append(PeriodAsk(period, p.words + match.group(), "part"))
            else:
                out.append(replace(p, words=p.words + match.group(), period=suffix or "-09"))
        return tuple(out)

    # -- the rest -----------------------------------------------------------------------------------

    def _item(self) -> int | None:
        match = _ITEM.search(self.rest)
        if match is None or re.search(r"排|位", self.rest[: match.start()][-3:]):
            return None
        value = small_count(match.group("n"))
        self.take(*match.span())
        return value or None

    def _about(self) -> tuple[str, ...]:
        kinds = tuple(kind for pattern, kind in _ABOUT if re.search(pattern, self.text))
        report_said = re.search(r"报告|讲话|人代会|人大|大会", self.text) is not None
        if not kinds or not (report_said or "speaker" in kinds):
            return ()
        if re.search(r"开始|启动|实施|完成", self.text) and kinds == ("date",):
            return ()
        if kinds == ("date",) and not re.search(
            r"(?:报告|讲话).{0,16}(?:作|做|发表|召开|提请|宣读|发布|时候|哪天|日期|何时)|(?:哪天|何时|什么时候|日期).{0,12}(?:报告|作|召开|开)",
            self.text,
        ):
            return ()
        return kinds

    def _numbers(self) -> tuple[Quantity, ...]:
        """Numbers with units in the question; thresholds of a name (亿元以上项目) are part of the name."""
        found = tuple(
            q
            for q in find_quantities(self.rest)
            if q.kind != "rank"
            and not (
                re.fullmatch(r"[万千百]*(?:米|公里|分钟|小时)", q.unit)
                and not re.search("定[为在成到]$|要达到?到?$", self.text[: q.start])  # 5公里绿道 is a name
            )
            and not re.match(r"(?:以上|以下)(?:的)?(?!了)[一-鿿]", self.text[q.end : q.end + 4])
            and not (
                self.text[: q.start].endswith(("超", "超过", "过")) and re.match("的?[一-鿿]{2}", self.text[q.end :])
            )
            and q.unit not in ("个点", "岁", "点")
            and (q.unit != "项" or re.search("实事|全部|任务", self.text))
            and self.rest[: q.start].count('"') % 2 == 0  # “五张答卷” is a name
        )
        for q in found:
            self.take(q.start, q.end)
        return found

    def _roles(self, periods: Sequence[PeriodAsk], base: tuple[Measure, ...]) -> tuple[Role, ...]:
        kinds = {p.kind for p in periods}
        text = re.sub(r'"[^"]*"', " ", self.rest)  # “两个确保” sets no goal
        target = _TARGET.search(text) is not None
        actual = _ACTUAL.search(text) is not None
        both = re.search(
            r"够上?\S{0,6}目标|(?:目标|计划|任务)\S{0,14}[,、](?:那|而)?(?:最后|最终|结果|实际|到底)|(?:目标|任务|指标)(?:的)?(?:完成|实现|达成|落实)(?:了|情况|得|没|率|吗|怎)?|完成(?:了)?(?:年度|全年|年初)?(?:的)?(?:目标|计划|任务)(?:了|吗|没)|是否完成|比(?:年度|全年|年初|预期|计划)*目标(?:高|低|多|少|快|慢)|(?:超过|达到|高于|低于|完成|实现)了?\S{0,12}目标(?!是|为|定|多少)|(?:完成|实际|结果|实绩)\S{0,8}(?:和|与|跟|比|,|、)\S{0,10}目标|目标\S{0,8}(?:和|与|跟|比|,|、)\S{0,10}(?:完成|实际|结果|实绩)",
            self.text,
        )
        if both:
            return ("target", "actual")
        set_by_plan = re.search(r'五"?(?:规划|计划)(?!期|时)', self.text) is not None and self.lang == "zh"
        if set_by_plan and "span" in kinds and not actual:
            return ("target",)
        if (
            (target or "目标" in self.text)
            and not actual
            and re.search(r'五"?(?:(?:规划|计划)?期?末|(?:时期|期间)?(?:的|规划)*目标(?:19|20)\d\d年)', self.text)
        ):
            return ("plan",)  # “十四五”末(2025年)的目标: that of the five-year plan, not that of its last year
        term_goal = re.search(
            r"提出[^,。]{0,4}到(?:19|20)\d\d年|(?:今后|未来)的?(?:五|5)年.*到(?:19|20)\d\d年", self.text
        )
        if term_goal and "year" in kinds:
            return ("plan",)
        if "past_term" in kinds:
            return ("cumulative",)
        if "coming_term" in kinds:
            return ("plan",)
        if re.search(r"累计|年均|总共|一共|共(?:有|计)?(?:多少|几)", text) and not target and "span" in kinds:
            return ("cumulative",)
        if target and not (
            actual
            and re.search(
                r"实际(?!利用|使用|吸收|外资|增长目标)|完成了多少|完成多少|实现了多少|[涨降升增减]了(?:多少|几)", text
            )
            and not re.search(r"打算|计划|目标|要|拟|准备|预期|力争|争取|确保", text)
        ):
            return ("target",)
        if actual or (
            base and re.search(r"了(?:多少|几|百分)|是多少|[年期]的?(?:增长|上涨|下降|上升|回落)", self.text)
        ):
            return ("actual",)
        return ()

    def _topic(self) -> str:
        return content_words(self.rest)

    def _indicators(self, bases: tuple[str, ...], base: tuple[Measure, ...]) -> tuple[IndicatorAsk, ...]:
        clauses = _asking_clauses(_closed_up(self.rest))
        asks = _read_clauses(clauses, told_numbers=bool(self.taken_numbers))
        if len(asks) > 1 and not asks[0].words:  # 还剩多少户、多少贫困人口
            asks[0] = replace(asks[1], measures=asks[0].measures, units=asks[0].units)
        asks = _of_parts(clauses) or asks
        if base and not asks:
            asks = [IndicatorAsk("", None, base)]  # 比上一年降了多少? after another question
        elif base:
            first = re.search(r"多少|几", self.text[: self.text.find("比") if "比" in self.text else None]) is not None
            rate = asks[-1].inherits and "百分之" in self.text  # 比上年增长百分之几 asks for one thing
            if first and not asks[-1].measures and not rate:
                asks.append(replace(asks[-1], measures=base, units="", inherits=True))
            else:
                counted = asks[-1].units if re.fullmatch("money|count:.+", asks[-1].units) else ""  # 多了多少元
                measures: tuple[Measure, ...] = ("growth",) if rate and "growth" in base else base
                asks[-1] = replace(asks[-1], measures=("change",) if counted else measures, units=counted)
        asks = [a for a in asks if a.words or a.measures or a.units]
        if {a.words for a in asks if a.words} == {"投资"}:
            asks = [replace(a, id="固定资产投资") for a in asks]
        if not any(a.words for a in asks) and "投资" in self.rest:
            asks = [IndicatorAsk("投资", "固定资产投资", tuple(m for a in asks for m in a.measures))]
        if bases and asks:
            asks.append(replace(asks[0], bases=bases))
        numbers = self.taken_numbers
        if len(asks) == len(numbers) == 1 and not (asks[0].units or asks[0].measures or _ASKS.search(self.text)):
            asks = [replace(asks[0], units=_units_of("多少" + numbers[0].unit))]  # 为什么只计划引进42家首店
        return tuple(_distinct(asks))


def _read_clauses(clauses: Sequence[str], *, told_numbers: bool) -> list[IndicatorAsk]:
    """What the clauses ask for; one without words of its own asks for more of the thing before."""
    asks: list[IndicatorAsk] = []
    told = False  # the clause before named a thing without asking
    for clause in clauses:
        before = asks[-1] if told and asks else None
        for ask in _read_clause(clause):
            scope = ask.measures == ("rank",) and ask.words in ("全国", "全省", "全市", "世界", "全球")
            if ask.words == "年度投资" and asks and asks[-1].words and "投资" not in asks[0].words:
                words = asks[-1].words + " 年度投资"  # 重点项目多少个?计划总投资和当年完成投资各多少?
                asks.append(replace(asks[-1], words=words, measures=(), units="money", marks=(), inherits=True))
            elif (not ask.words or scope or _BARE.fullmatch(ask.words)) and asks:
                each = re.search("各(?!是|为|有|占|多少|几)", clause) is not None
                told_money = re.search("投资|金额", ask.words) and not ask.measures and not each
                money = "money" if told_money else ""  # 8个项目,投资多少
                units = ask.units or money
                words = _with_stage(asks[-1].words, ask.words)
                if (
                    words != asks[-1].words
                    and re.search("各|分别", clause)
                    and not (asks[-1].units or asks[-1].measures)
                ):
                    asks[-1] = replace(asks[-1], units=units)  # 公共住房建设筹集和供应目标分别是多少套
                inherited = replace(
                    asks[-1], words=words, measures=ask.measures, units=units, marks=ask.marks, inherits=True
                )
                if told and ask.units and not (ask.measures or asks[-1].measures or asks[-1].units):
                    asks[-1] = replace(inherited, inherits=False)  # 民生实事里发掘就业岗位,最后做到多少个?
                else:
                    asks.append(inherited)
            elif before is not None and asks[-1] is before and ask.words and before.words and not before.id:
                asks[-1] = replace(ask, context=before.words)
            elif ask.words or not asks:
                asks.append(ask)
        told = (
            not told_numbers and not _ASKS.search(clause) and not re.search("目标|计划(?!生育)|情况|增速|增幅", clause)
        )
    return asks


# 再建(多少个) after 建了5G基站: the verb alone asks for the noun named before.
_BARE = re.compile(
    r"总量|总额|总规模|金额|数额|总值|(?:总|计划)?投资额?|"
    r"(?:再|还|又|继续|接着|新|最后|总共|一共|\s)*(?:新建|新增|增加|改造|建成|完成|拆除|取消|下放|承接|淘汰|关停|引进|培育|发放|解决|投入|提高|减少|下降|建设|治理|整治|增添|供应|筹集|供给|出让|投放|添|建|改|修|办|拆|种|增|减|招|引|培|发|投|花|用|做)+"
)


def _with_stage(words: str, verb: str) -> str:
    """The thing that ``words`` name with another verb: 公共住房建设筹集 and 供应 gives 公共住房供应."""
    stage = re.search(r"(?<=[一-鿿]{2})(?:建设|筹集|新建|改造|开工|竣工|供应|分配)+$", words)
    if stage is None or verb not in VERBS_ASKED or verb in stage.group():
        return words
    return words[: stage.start()] + verb


def _closed_up(rest: str) -> str:
    """The question without the gaps that times left between a noun's words: 农村居民2024年人均可支配收入."""
    rest = re.sub("及(?:其)?相关(?=产业)", "", rest)  # 文化及相关产业 is one trade
    return re.sub(r"(?<=[一-鿿])\s{4,}的?(?=[一-鿿])", "", rest)


def _of_parts(clauses: Sequence[str]) -> list[IndicatorAsk]:
    """财政赤字,中央和地方各多少: the parts are asked for, not the whole."""
    if len(clauses) != 2 or _ASKS.search(clauses[0]):
        return []
    parts = re.match(r"\s*([一-鿿]{1,4})(?:和|与|、)([一-鿿]{1,4}?)(?:各|分别)", clauses[1])
    whole = content_words(clauses[0])
    if parts is None or not whole or re.search("目标|计划|完成|实际|结果|增速|总量", "".join(parts.groups())):
        return []
    return [IndicatorAsk(part + whole, None) for part in parts.groups()]


def _distinct(asks: Sequence[IndicatorAsk]) -> list[IndicatorAsk]:
    kept: list[IndicatorAsk] = []
    for ask in asks:
        if ask not in kept:
            kept.append(ask)
    return kept


def _overlaps(mention: PlaceMention, others: Sequence[PlaceMention]) -> bool:
    return any(mention.start < o.end and o.start < mention.end for o in others)


def _most_likely(candidates: tuple[Place, ...]) -> tuple[Place, ...]:
    """Of places that share a short name, those of the highest level: 吉林 is the province first."""
    order = {"national": 0, "province": 1, "city": 2, "county": 3, "zone": 3}
    best = min(order.get(c.level, 9) for c in candidates)
    return tuple(c for c in candidates if order.get(c.level, 9) == best) if best <= 1 else candidates


def _asking_clauses(text: str) -> list[str]:
    """The clauses that ask; statements before the question only lend it their place and year."""
    sentences = [s for s in re.split(r"(?<=[。!?;])", text) if s.strip(" 。!?;")]
    asking = [s for s in sentences if _ASKS.search(s) or len(sentences) == 1] or sentences[-1:]
    if len(sentences) > len(asking) and not any(content_words(s) for s in asking):
        asking = sentences
    asking = [s.rstrip(" 。!?;") for s in asking]
    clauses = [c for s in asking for c in re.split(r"[,:]", s) if c.strip()]
    return [c for c in clauses if not _REACHED.fullmatch(c.strip())] or clauses


# 完成了吗, 达标没有: asks about the goal already named, and names nothing.
_REACHED = re.compile(
    r"(?:那|最后|最终|到底|是否|有没有|是不是|任务|目标|指标|都|算)*(?:超额)?(?:没|未)?(?:完成|达标|达成|达到|实现|做到|兑现)(?:了|任务|目标|指标|预期)*(?:没有|没|吗|否|不)?"
)


_STOP = frozenset(
    "涉及 进去 预定 包括 同比增加 同比增长 同比减少 同比下降 定调 拿到 投下去 下来 新评 评上 新评上 定到 数字 还是 幅度 变动 多不多 计划数 完成数 数少 数多 实际水平 只有 这么 那么 才 仅 仅仅 当初 微克 控制目标 那定 高出 多出 低出 超出 守住 守 底线 定 做到 做到了 用上 用上了 平均值 拟 每月 每人 每户 谋划 至少 最多 换届 那份 这份 年初 年底 一份 前一年 头一年 一年 最后 当时 这五年 总数 各是 各有 内容 是什么 大小 报告里 剩 还剩 实绩 平均每年 平均 每年 压在 控在 压到 两块 两项 两类 两个 几块 定得 定的 定了 提的 全部 承认 砸 掏 领域 冲到 冲 提到 多了 少了 总投资额 目标 计划 预期 打算 力争 确保 任务 完成 实现 达到 实际 结果 成绩 预计 安排 准备 想要 要 拟 累计 年均 控制 区间 下达 年度 全年 全区 全市 全县 "
    "全省 我区 我市 我县 我省 辖区 当地 政府 主要 年底 年末 年内 想 比 较 上年 往年 相比 对比 比较 相差 差 差距 更 更多 更高 更少 更低 更大 更小 最高 最低 "
    "最多 最少 最大 最小 谁 高 低 快 慢 去 来 约 超 超过 不低于 多 少 左右 以上 以内 为 给 向 对 于 从 到 被 以 至 里 中 间 内 那 那么 这 这个 该 其 它 "
    "一个 一下 每 另外 还有 以及 并且 同时 目前 现在 定 做 落实 取得 做到 如期 顺利 成功 预算 和 与 及 跟 或 吗 呢 吧 啊 呀 嘛 么 了 的 之 是 有 在 把 将 "
    "会 能 可以 应该 还 又 也 就 才 只 都 各 所 被 由 作为 数 值 量 率 度 个 项 年 月 日 时候 时 几 多少 什么 哪 哪些 哪个 怎么 怎么样 怎样 如何 说 讲 写 提 "
    "增速 增长率 增幅 涨幅 排名 排 名次 占 占比 比重 比例 增长 涨 下降 降低 提高 面积 金额 投资额 人数 同比 惠及 提供 存在 出 共 总 总共 一共 究竟 到底 要求 "
    "情况 变化 数据 水平 规模 报告 工作报告 政府工作报告 年份 第 今天 请 查 看 大概 大约 具体 分别 各自 是否 上 下 不 没 没有 过 着 而 但 如果 因为 所以 于是 "
    "减了 增了 降了 最终 终于 才能 需要 必须 得 让 使 打 涨了 定为 定在 设定 制定 提出 提到 提及 明确 规定 公布 介绍 个点 点 百分点 百分之 发布 期间 时期 总额度 个多 余".split()
)


@cache
def cut(text: str) -> tuple[str, ...]:
    """The words of ``text``."""
    import rjieba

    words: list[str] = []
    for word in rjieba.cut(text):
        if (
            word in ("率", "额", "量", "值", "度")
            and words
            and len(words[-1]) > 1
            and re.match(r"[\u4e00-\u9fff]", words[-1][-1])
        ):
            words[-1] += word
        elif word in ("以上", "以下") and words and words[-1] in ("规模", "限额"):
            words[-1] += word  # 规模以上工业企业 are not all industrial firms
        elif word == "投资" and words and words[-1] == "总":
            words[-1] += word  # 总投资 of a project is no investment of the place
        elif word == "上" and words and words[-1] in ("四", "规", "限"):
            words[-1] += word  # 四上企业, 规上工业
        else:
            words.append(word)
    return tuple(words)


def _strip_talk(text: str) -> str:
    return _TALK.sub(" ", text)


# 名次往前挪了几位
_PLACES_MOVED = re.compile(
    r"(?:名次|位次|排名|排位)?(?:(?:往前|向前|前)(?:移|挪|进|蹿|升)|挪|蹿|跃升|上升|提升|升)了?(?:几|多少)个?(?:位次|名次|位|名)"
)


def _measures_of(piece: str) -> tuple[Measure, ...]:
    """The measures that a piece of a clause asks for; a rank alone where it asks for one."""
    measures = tuple(dict.fromkeys(m for pattern, m in _MEASURES if re.search(pattern, piece)))
    return ("rank",) if "rank" in measures and not _PLACES_MOVED.search(piece) else measures


def _units_of(piece: str) -> str:
    """The class of units that a piece of a clause asks for."""
    counted = _COUNT_UNIT.search(piece)
    return (
        next((u for pattern, u in _UNITS_SAID if re.search(pattern, piece)), "")
        or ("count:" + counted.group("u") if counted else "")
        or next((u for pattern, u in _UNITS_MEANT if re.search(pattern, piece)), "")
    )


@lru_cache(maxsize=4096)
def _without_name(said: str, name: str) -> str | None:
    """What a clause says beside a name that it says whole, or None where that names something too."""
    start = said.find(name)
    left = said[:start] + " " + said[start + len(name) :]
    bounds = {0, *accumulate(map(len, cut(said)))}  # 农业总产值 is no word of 工农业总产值
    whole = {start, start + len(name)} <= bounds and set(content_words(left).split()) <= _ASIDE_OF_NAME
    return left if whole else None


def _around(said: str, name: str) -> str:
    """``name`` with the words before and behind it."""
    before, _, behind = said.partition(name)
    return " ".join(filter(None, (content_words(before), name, content_words(behind))))


def by_name(ask: IndicatorAsk, name: str, measure: Measure = "level") -> IndicatorAsk | None:
    """``ask`` with a report's own name for its words, where its clause says that name whole, with a deed at most.

    Words of the name ask for nothing but its own ``measure``: 规范占道经营多少处 asks for no share.
    """
    if len(name) < 4 or name not in ask.said:
        return None
    left = _without_name(ask.said, name)
    if left is None:
        return None
    unasked = set(_measures_of(ask.said)) - {*_measures_of(left), measure}
    return replace(
        ask,
        words=_around(ask.said, name),
        id=identify(name),
        measures=tuple(m for m in ask.measures if m not in unasked),
        units=_units_of(left) if ask.units == _units_of(ask.said) else ask.units,
    )


# how far a figure is from another of its sentence
_FROM_ANOTHER = re.compile(
    r"(?P<how>高于|低于|快于|慢于|优于|好于|领先)(?P<than>[^,。?]{2,16}?)了?(?:多少|几)个?(?:百分)?点"
)


def _read_clause(clause: str) -> list[IndicatorAsk]:
    """What one clause asks for: often one thing, several where 和 or 、 join them."""
    if apart := _FROM_ANOTHER.search(clause):  # 县域经济增速高于全省多少个百分点
        words = content_words(clause[: apart.start()]) + apart.group("how") + apart.group("than").strip()
        return [IndicatorAsk(words, None, ("change",), "percent")]
    asks: list[IndicatorAsk] = []
    pieces = _pieces(clause)
    shared = (
        pieces[-1] if len(pieces) > 1 and re.search("(?:各|分别|都|均)(?:[增降涨升减]|下|上|提|回)", pieces[-1]) else ""
    )
    each = len(pieces) > 1 and re.search("各(?:是|为|有)?(?:多少|几)", pieces[-1])
    counted = _units_of(pieces[-1]) if each else ""  # 人大建议和政协提案各多少件
    for piece in pieces:
        measures = _measures_of(piece)
        if "贡献率" in piece:
            measures = tuple(m for m in measures if m != "growth")
        if not measures and shared and not _ASKS.search(piece):
            measures = _measures_of(shared)  # 死亡人数和受伤人数各下降了多少
        units = _units_of(piece) or ("" if measures or _ASKS.search(piece) else counted)
        said = re.sub(r'[\s"]', "", piece)
        if "share" in measures and units in ("people", "money", "area") and not _UNIT_ASKED.search(piece):
            units = ""  # 占农村总人数多少, 资金占支出的比重 ask for a share, no head count and no money
        if measures and _PLACES_MOVED.search(piece):
            piece, measures, units = _PLACES_MOVED.sub(" ", piece), ("change",), "places"
        scoped = measures in (("rank",), ("multiple",)) or re.search("占全[国省市]的?(?:比[重例]|份额|多少)", piece)
        scope = re.search(r"全国|全省|全市|世界|全球", piece) if scoped else None
        marks = ((scope.group(),) if scope else ()) + _marks(piece)
        if "growth" in measures and (units == "money" or units.startswith("count:")):
            measures = ("change",)  # 津贴涨多少钱
        common = mentioned(piece)
        words = content_words(piece)
        if common:
            asks += _asks_by_name(piece, common, IndicatorAsk("", None, measures, units, marks=marks, said=said))
        elif words and not re.fullmatch("全国|全省|全市", words):
            asks.append(IndicatorAsk(words, None, measures, units, marks=marks, said=said))
        elif measures or units:
            asks.append(IndicatorAsk("", None, measures, units, marks=marks))
        elif re.search(r"(?:总数|总量|一共|累计|总共|达到).{0,4}(?:多少|几)", piece):
            asks.append(IndicatorAsk("", None, marks=("总数",)))
    return asks


def _asks_by_name(piece: str, common: Sequence[tuple[str, str]], ask: IndicatorAsk) -> Iterator[IndicatorAsk]:
    """``ask`` for each common indicator that a piece names, by its longest name there."""
    by_id: dict[str, str] = {}
    for id_, said in common:
        by_id[id_] = said if len(said) > len(by_id.get(id_, "")) else by_id[id_]
    for id_, said in by_id.items():
        phrase = _phrase_around(piece, said) or said
        same = phrase == said or identify(phrase) == id_
        yield replace(ask, words=phrase, id=id_ if same else None, measures=_told_measures(ask.measures, said))


# 哪几项目标没有完成: told in the report of the year after.
MISSED_GOALS = re.compile(r"(?:没|未)(?:有|能)?(?:达到|达成|完成|实现)")


def _marks(piece: str) -> tuple[str, ...]:
    """What a clause says of the number beside its name: a total, a rise, the end of the year, the verb that asks."""
    verb = re.search(rf"({'|'.join(VERBS_ASKED)})了?(?:多少|几)", piece)
    return (
        *(
            ("总数",)
            if re.search(
                r"总数|总量|保有量|(?:增至|增加[到至])(?=多少|几)|共有|一共有|总共达到|总共有|总(?=里程|面积|规模|长度|装机|人数)",
                piece,
            )
            else ()
        ),
        *(("增减",) if re.search(r"(?:增加|减少|增|减|多|少)了(?:多少|几)(?!家|个|所|人|户)", piece) else ()),
        *(("年底",) if "年底" in piece else ()),
        *(("达到",) if re.search("达到?(?:了)?多少(?!个?百分)", piece) else ()),
        *(("新增",) if re.search("新增|净增", piece) else ()),
        *(("年均",) if re.search("年均|平均每年|每年平均", piece) else ()),
        *((verb.group(1),) if verb else ()),
    )


def _told_measures(measures: tuple[Measure, ...], said: str) -> tuple[Measure, ...]:
    """Measures that the clause asks for beyond what the indicator's own name holds (自然增长率)."""
    if re.search(r"率|比重|强度|占", said):
        return (
            tuple(m for m in measures if m not in ("growth", "share")) if not {"change"} & set(measures) else measures
        )
    return measures


def _pieces(clause: str) -> list[str]:
    """A clause cut where it joins things that are each asked for; 城市和农村低保标准 shares its noun."""
    short = re.search(
        r"(城市|城镇|农村|职工|居民|男|女|小学|初中|高中|一产|二产|三产)(?:、|和|与)(农村|城镇|城市|居民|职工|女|男|初中|高中|小学|二产|三产|一产)(?=[一-鿿]{2})",
        clause,
    )
    if short and re.search(r"分别|各|居民人均可支配收入", clause):
        return [clause[: short.start()] + word + clause[short.end() :] for word in short.groups()]
    both = re.search(r"城乡(?=[一-鿿]{2}).*(?:分别|各)", clause)
    listed = both is not None and re.search("[、和与及]", clause[: both.start()]) is not None
    if both and not listed and (clause[both.start() :].startswith("城乡居民") or not mentioned(clause)):
        return _town_and_country(clause)
    measured = re.fullmatch(r"(.+?)(?:、|和|与)([一-鿿]+?)((?:产业)?增加值.*|的?人均.+|的.{2,8}标准.*)", clause)
    if measured and re.search("分别|各", measured.group(3)) and not re.search("多少.*多少|几.*几", clause):
        names = [*re.split("、|和|与", measured.group(1)), measured.group(2)]
        whole = any(re.search("(?:产量|产值|收入|支出|投资|总额|企业|项目|里程|面积)", name) for name in names[:-1])
        # 金融、物流、文化产业增加值占GDP比重分别多少
        if all(1 < len(name.strip()) <= 12 for name in names) and not whole:
            return [name + measured.group(3) for name in names]
    stages = re.fullmatch(
        r"(?P<before>.*?)(?P<one>(?:建设|筹集|新建|开工)+)(?:、|和|与)(?P<other>(?:供应|分配|建成|竣工)+)(?P<what>[一-鿿]{2,12}?)(?P<how>(?:各|分别).*)",
        clause,
    )
    if stages:  # 建设筹集、供应保障性住房各多少套
        before, what, how = stages["before"], stages["what"], stages["how"]
        return [f"{before}{stages['one']}{what}{how}", f"{stages['other']}{what}{how}"]
    counts = re.fullmatch(r"(.*多少(?:户|家|个|件|处|所|亩))(多少.*)", clause)
    if counts:
        return list(counts.groups())  # 多少户多少人
    parts = [
        p
        for p in re.split(
            r"、|(?<=[一-鿿A-Za-z\d\s])(?:和|与|以及|(?<![普涉惠危波触])及|跟)(?!谐|平区|田|地区)", clause
        )
        if p.strip()
    ]
    first = content_words(parts[0]) if len(parts) > 1 and not _ASKS.search(parts[0]) else ""
    # 新建、筹集人才住房: two verbs of one thing
    if first and _BARE.fullmatch(first) and not re.search("投资|总|额", first):
        parts[:2] = ["、".join(parts[:2])]
    if len(parts) < 2 or not _each_asked(parts, clause):
        return [clause]
    return [each for part in parts for each in (_town_and_country(part) if listed else [part])]


def _town_and_country(piece: str) -> list[str]:
    """``piece`` for the towns and for the country, where it asks for both: 城乡居民人均可支配收入."""
    return [piece.replace("城乡", word, 1) for word in ("城镇", "农村")] if "城乡" in piece else [piece]


def _each_asked(parts: Sequence[str], clause: str) -> bool:
    """Whether each part of a list is a thing asked for, and not a word of the name of one."""
    if len(re.findall(r"多少|几[个所家条处座项]", clause)) >= 2:
        return True
    if len(parts) >= 3:  # 投入科技、教育、文化的国债建设资金, 教育、文化等事业费支出 are one thing
        if re.match(r"[一-鿿]{1,6}等[一-鿿]{2,}", parts[-1]) and not re.search("各|分别", clause):
            return False
        one = re.match(r"[一-鿿]{2,8}的[一-鿿]{2,}", parts[-1]) and not re.search("各|分别", clause)
        return not one
    ends = [content_words(p)[-1:] for p in parts]
    common = [bool(mentioned(p)) for p in parts]
    amounts = [
        re.search(
            r"(?:投资|里程|面积|产量|产值|收入|支出|规模|增加值|人数|人次|用地|能力|花费|消费|接待|税收|利润)$",
            content_words(p),
        )
        for p in parts
    ]
    return (
        (ends[0] in ("率", "额", "量") and len(set(ends)) == 1)
        # 学前学位和义务教育学位目标
        or (len({content_words(p)[-2:] for p in parts}) == 1 and parts[-1].endswith("目标"))
        # 铁路投资和新投产里程, 铁路建设投资、公路水运投资
        or (
            all(amounts)
            and (len({a.group() for a in amounts if a}) > 1 or re.search("投资、|支出、|收入、", clause) is not None)
        )
        or (common[0] and all(len(content_words(p)) >= 2 for p in parts[1:]))
        or (
            re.search(r"(?:率|人数|面积|金额|比重|比例)(?:目标|$|是|多少)", parts[-1]) is not None
            and content_words(parts[0]) != ""
        )
        or re.search(r"各|分别|及增速|多少[^多]*多少|和增速|及其", clause) is not None
        or sum(common) >= 2
        or all(named or _asks_how_much(p) for named, p in zip(common, parts, strict=True))
    )


def _asks_how_much(piece: str) -> bool:
    return bool(_measures_of(piece) or _units_of(piece))


# 想做到(多少), 建了(多少), 还要再压: verbs that lead to the number and name nothing.
_HOW_FAR = re.compile(
    r"(?:想要?|要|打算|计划|准备|力争|争取|预计|拟|必须|得)?(?:再)?(?:做到|建到|达到|提高到|提升到|降到|压到|控制在|稳定在|稳在|保持在|守住|守在|冲到|冲上|突破|超过|实现|完成|保证|保障)了?(?=多少|几|什么|哪|\s|$)"
    r"|不?(?:低于|高于|少于|超过|大于)(?=多少|几)"
    r"|(?<=[一-鿿\s])(?:还要?|再)+(?:压|降|涨|增|减|多|少)|(?:建|修|改|种|办|拆|招|引|培|发|投|花|用|搬|减|(?<!下)降|涨|增|卖|收)了(?!解)|(?:要|再)?(?:砍|减|降|压|省|拆)(?:掉|下|去)了?|(?<=[一-鿿]{2})砍了?(?=\s|$|多少)"
)


# Words of talk that begin a name: 数字经济, 数据中心, 主要污染物.
_COMPOUND = re.compile(
    "数[字据](?=[一-鿿]{2})(?!.{2}(?:[是为有呢和与及、]|目标|各|分别|情况|完成|实际|达到))|主要(?=污染)|最低(?=生活|工资|收购)|政府(?=债券|专项|性基金|采购|规章)|实绩(?=企业)|结果(?=互认)"
)


def content_words(text: str) -> str:
    """What a clause is about: the clause without talk, roles, measures and units."""
    text = re.sub(r"(?:居|位居|位列|列|排)(?:在|全国|全省|全市|全区|世界|全球)+第?(?:几|多少)(?:名|位)?", " ", text)
    text = re.sub(
        r"(?:在|居|位居|位列)?(?:全国|全省|全市|全区|世界|全球)?上?(?:排名|(?<!安)排|居|位列|位居)(?:第|几|多少)+(?:名|位)?|(?:全国|全省|全市|全区)?排名|(?<!安)排$",
        " ",
        text,
    )
    text = re.sub(
        r"在?全[国省市](?:各|所有)(?:区县?|县区?|市|省)(?=[里中]?\s|[里中]?$)[里中]?|全[国省市区州县旗]性(?:的)?|原(?=本|计划|定|来)|那?一届(?=\s|政府|$)|各(?=减|增|降|升|涨|下降|上升|提高|提升|回落)|计划(?=外送|外运|外销|外派)|(?<=总共)建了|整个|加起来",
        " ",
        text,
    )
    text = _HOW_FAR.sub(" ", text)
    text = re.sub(
        r"多少(?:钱|资金)|(?:降|提高|增加|减少|下降|压缩|缩短|提升|升|增|减|扩大|扩展|拓展|延长)(?:到|至)", " ", text
    )
    whose = re.search(r"(?:市|区|县|级|两级|本级)*(?:政府|社会|国有)投资", text)
    if whose:  # 政府投资 is not all investment
        rest = content_words(text[: whose.start()] + " " + text[whose.end() :])
        return f"{rest} {whose.group()}".strip()
    yearly = re.search(
        r"(?:当年|年度|年内|今年)(?:计划|要|拟|打算)?(?:完成)?投(?:资|(?=多少|几))|(?:(?<=[和与及、 ])|^)年投资", text
    )
    if yearly:
        rest = content_words(text[: yearly.start()] + " " + text[yearly.end() :])
        return f"{rest} 年度投资".strip()
    quoted = re.findall(r'"([^"]{2,20})"', text)
    if quoted:
        rest = content_words(re.sub(r'"[^"]{2,20}"', " ", text))
        return " ".join([*quoted, *([rest] if rest else [])])
    text = _UNIT_ASKED.sub(" ", _COUNT_UNIT.sub(" ", text))
    text = re.sub(r"要(?=下降|降|涨|增|达|新|建|完成|提|冲|压|减|多少|到|控|实现|$|\s|有)|(?<=[率量额数])要", " ", text)
    text = re.sub(
        r"多少[万亿千百]*(?:平方米|平方公里|公里|亩|吨|美元|元|人次|人口|人(?!才|家)|名|位|平)?|几(?:个|所|家|条|处|座|项|件|名|人|位|户)?(?:百分点|点)?|百分之(?:几|多少)",
        " ",
        text,
    )
    kept, said, at = "", _strip_talk(text), 0
    for word in cut(said):
        talk = word in _STOP and not _COMPOUND.match(said, at)
        kept += " " if talk or not re.search(r"\w", word) else word
        at += len(word)
    kept = kept.replace(" 寿命", "预期寿命") if "预期寿命" in text else kept  # no goal of 寿命, one word
    words = [w for w in re.split(r"[\s,。?!:;、\"'()\-]+", kept) if w]
    return " ".join(w for w in words if len(w) > 1)


def _phrase_around(piece: str, said: str) -> str | None:
    """The words that stand around a common name and belong to it: 第三产业固定资产投资."""
    at = piece.find(said)
    if at < 0:
        return None
    before = content_words(piece[:at]).split(" ")[-1] if piece[:at].strip() and not piece[at - 1 : at].isspace() else ""
    row = named(said)
    return said if row is not None and not before else (before + said if len(before) >= 2 else said)


def _pairs(text: str, periods: Sequence[PeriodAsk]) -> tuple[tuple[str, Role], ...]:
    """Years with the role that the words behind (or right before) each ask for: 2020年目标比2019年完成数."""
    hint = str(_report_hint(text))  # 1978年的报告要求到1980年: the report's year asks for nothing
    named = [p for p in periods if p.kind in ("year", "span") and p.words.strip() and p.words.strip() in text]
    years = [p for p in named if p.period != hint] if len(named) > 1 else named
    if len(years) < 2 or not re.search("比|差|和|与|跟|,|、", text):
        return ()
    cuts = [text.find(p.words.strip()) for p in years]
    if cuts != sorted(cuts):
        return ()
    pairs: list[tuple[str, Role | None]] = []
    ends = [*cuts[1:], len(text)]
    for i, p in enumerate(years):
        behind = text[cuts[i] : ends[i]]
        if i + 1 < len(years) and re.fullmatch("[和与跟及、,]", behind.removeprefix(p.words.strip()).strip()):
            behind = text[cuts[i] : ends[i + 1]]  # 2019年和2020年…目标: what stands behind both is asked of both
        behind = re.sub(r"(?:还|再)要?再?(?:压|降|涨|增|减|多|少|高|低).*$", "", behind)  # …的水平还要再压多少
        behind = (
            re.sub("[,、]?(?:[多少高低]|[增减]加?)了?(?:多少|几).*$", "", behind) if i else behind
        )  # …各多少,多了多少
        target = _TARGET.search(behind) or re.search('五"?(?:规划|计划)', behind)
        actual = _ACTUAL.search(behind) or re.search("实绩|完成|[建修改种办拆招引培发投花用]了", behind)
        if target and actual:
            return ()
        pairs.append((p.period, "target" if target else "actual" if actual else None))
    if not any(role for _, role in pairs):
        return ()
    if len(pairs) == 2 and [r for _, r in pairs] == [None, "target"] and pairs[0][0] < pairs[1][0]:
        own = text[cuts[0] : cuts[1]].removeprefix(years[0].words.strip())
        if re.fullmatch(r"年?的?[一-鿿]{3,}(?:和|与|、|,)", own.strip()) and re.search("各|分别", text):
            return ((pairs[0][0], "actual"), (pairs[1][0], "target"))  # 2002年失业率和2003年控制目标各是多少
    known = {role for _, role in pairs if role}
    if len(known) < 2 and all(role for _, role in pairs):
        return ()
    newest = max(year for year, _ in pairs)
    if any(role is None for _, role in pairs) and not re.search("比|差|高多少|低多少", text):
        return ()
    if known == {"target"} and any(role is None and year == newest for year, role in pairs):
        return ()
    return tuple((year, role or ("actual" if "target" in known else "target")) for year, role in pairs)


def _added_up(periods: tuple[PeriodAsk, ...], text: str) -> tuple[PeriodAsk, ...]:
    """到2019年近三年累计 is one span, not three years one by one."""
    recent = next((p for p in periods if p.kind == "recent"), None)
    year = next((p for p in periods if p.kind == "year" and p.period.isdigit()), None)
    if recent is None or year is None or not re.search("累计|一共|总共|共|年均", text):
        return periods
    first = int(year.period) - int(recent.period) + 1
    return (PeriodAsk(f"{first}-{year.period}", recent.words, "span"),)


def _goal_of_plan(periods: tuple[PeriodAsk, ...], text: str) -> tuple[PeriodAsk, ...]:
    """“十二五”目标2015年达到多少 asks for the last year of the span alone."""
    spans = [p for p in periods if p.kind == "span" and re.search(r'五"?(?:时期|期间)?(?:的|规划)*目标', text)]
    if len(periods) == 2 and spans and any(p.kind == "year" and p.period == spans[0].period[-4:] for p in periods):
        return tuple(p for p in periods if p.kind == "year")
    return periods


def _wants_difference(text: str) -> bool:
    """Whether a question asks how far two figures are apart."""
    return (
        re.search(
            r"差多少|相差|差距|(?<!提)高出?(?:了)?几|(?<!降)低(?:了)?几|(?<!提)高多少|(?<!降)低多少|多多少|(?<![至减])少多少|多出多少|(?<!减)少了多少|快多少|差几|比\S{1,20}(?:高|低|多|少|快|慢|压|减)(?:了)?(?:多少|几)",
            text,
        )
        is not None
    )


def _report_hint(text: str) -> int | None:
    """The year of the report that a question names, or None: 1984年国务院政府工作报告对1997年以后的香港."""
    told = re.search(r"((?:19|20)\d\d)年[^。?!\d]{0,14}(?:提出|换届|提的|说)[^。?!\d]{0,10}到(?:19|20)\d\d年", text)
    if told:
        return int(told.group(1))
    if re.search(r"(?:19|20)\d\d年?(?:和|与|、|跟)(?:19|20)\d\d年", text):
        return None  # 2005年和2014年国务院报告的目标: of both
    match = re.search(r"((?:19|20)\d\d)(?:年|(?=\s))(?:初)?(?:的)?[^,。?!\d]{0,6}?(?:政府工作报告|工作报告|报告)", text)
    return int(match.group(1)) if match else None


def _own_words(query: Query) -> bool:
    """Whether the question names a thing of its own beside 主要目标, 经济社会发展."""
    rest = re.sub(r"经济社会|国民经济|经济|社会|发展|主要|预期|各项|工作|哪些|全部|总体|计划|指标|\s", "", query.topic)
    return len(rest) >= 2


def _kind(query: Query, text: str) -> QuestionKind:
    """What kind of answer is wanted."""
    years = [p for p in query.periods if p.kind in ("year", "part")]
    if query.report_hint and len(years) > 1:
        years = [p for p in years if p.period != str(query.report_hint)]
    if query.about and not any(a.id for a in query.indicators) and not query.numbers:
        return "about-report"
    if query.sweep is not None:
        return "sweep"
    if _POINTS.search(text):
        return "prose"  # 实现“十五五”目标要把握好哪五个方面
    if MISSED_GOALS.search(text) and re.search("哪[些几]|什么", text) and not re.search("多少|百分之", text):
        return "prose"
    if any(p.kind in ("all", "recent") for p in query.periods) or (
        any(p.kind == "span" and p.period[:4].isdigit() for p in query.periods)
        and (
            re.search(r"各年|(?<!平均)每年(?!平均|[要约]?增|递增|至少)|逐年|变化(?!多少|了?几)|走势|趋势|历年", text)
            # 城乡低保标准分别多少: of each, not of each year
            or ("分别" in text and not re.search("(?:城乡|[和与、]).*分别", text))
        )
    ):
        return "series"
    if len(query.places) > 1 or len(years) > 1 or len(query.roles) > 1 or query.wants_difference:
        return "compare"
    if (
        re.search(
            r"(?:主要|经济|发展|预期|各项|哪些)\S{0,8}(?:目标|指标)|(?:目标|指标)有哪些|预期目标有|有哪些目标|目标是什么$",
            text,
        )
        and not any(a.id for a in query.indicators)
        and not _own_words(query)
        and not query.numbers
        and not MISSED_GOALS.search(text)
    ):
        return "list"
    return _kind_by_words(query, text)


_DEEDS = re.compile(r"实事.*哪(?:些|几|[一二三四五六七八九十]{1,3}|\d{1,2})?[件项]?|哪(?:些|几).*实事")
_ONE_OF_THEM = re.compile("哪一[件项]|完成|按期|落实")
_WHICH = re.compile(
    r'哪(?:些|几|[一二三四五六七八九十两]{1,3})?(?:个|项|大|方面|种|类|条)?"|哪(?:[一二三四五六七八九十两几]{1,3}|\d{1,2})(?:个|项|大|方面|种|类|条|场|点|件|所|家|座)(?!区|省|市|县|地)'
)
_POINTS = re.compile(r"哪[一二三四五六七八九十\d几]{1,3}(?:个|大|条|种)(?:方面|关系|原则|要求|坚持|角色|重点)")
_WHERE = re.compile(r"哪里|哪儿|什么地方")
_HOW_MANY = re.compile(
    r"多少|几[个家所条项件人户亿万名座处倍辆台套场次公平亩吨]|比例|增速|增幅|增长率|占比|排名|第几|目标|总额|总量|规模|完成|率|多[高大快长]|百分之"
)


def _kind_by_words(query: Query, text: str) -> QuestionKind:
    """The kind that the words of a question about one place and time ask for."""
    if query.item is not None or (_DEEDS.search(text) and not _ONE_OF_THEM.search(text)):
        return "list"
    if (
        re.search("叫什么|叫啥", text)
        or _WHICH.search(text)
        or re.search("(?:指|包括|包含)的?是?哪(?:几|些)", text)
        or (_WHERE.search(text) and not re.search("多少|几", text))
    ):
        return "prose"
    counts = re.search(rf"多少[万亿千百]*(?:{UNIT_WORDS})|百分之", text) is not None  # 权责清单事项压减到多少项
    if _LIST.search(text) and not (counts or query.numbers) and not any(a.id for a in query.indicators):
        return "list" if re.search(r"实事|项目|工程|目标", text) else "prose"
    if re.search(r"哪一?年(?!的?报告)|什么时候|何时|几月", text) and not re.search("多少|百分之几", text):
        return "prose"
    if _PROSE.search(text) and not _HOW_MANY.search(text) and not (query.numbers and query.indicators):
        return "prose"
    return "lookup"


def _carry(query: Query, before: Query) -> Query:
    """``query`` with what it leaves open taken from the one before, where it leans on it."""
    if query.stranger or not _leans(query):
        return query
    places = query.places or tuple(replace(p, carried=True) for p in before.places)
    periods = query.periods or tuple(replace(p, carried=True) for p in before.periods)
    bare = not [a for a in query.indicators if a.words and (a.id or not set(a.words.split()) <= _EMPTY_WORDS)]
    periods = tuple(_relative_to(p, before) for p in periods)
    indicators = query.indicators
    if bare:
        measures = next((a.measures for a in query.indicators if a.measures), ())
        units = next((a.units for a in query.indicators if a.units), "")
        indicators = tuple(
            replace(a, measures=measures or (() if units else a.measures), units=units or a.units)
            for a in before.indicators
        )
    elif len(query.indicators) == 1 and not (indicators[0].measures or indicators[0].units):
        earlier = [a for a in before.indicators if a.inherits or (a.id and a.id == before.indicators[0].id)]
        if len(earlier) > 1 and len({a.measures for a in earlier}) > 1:
            # 出口呢? after 进出口总额是多少,增长了多少? asks for both again
            indicators = tuple(
                replace(indicators[0], measures=a.measures, inherits=i > 0) for i, a in enumerate(earlier)
            )
        grew = [a.measures for a in before.indicators] == [("growth",)]
        if grew and re.search("投资|增加值|总值|总额|收入$", indicators[0].id or ""):
            indicators = (replace(indicators[0], measures=("growth",)),)  # 固定资产投资呢? after 社零增长目标
    indicators = tuple(_of_others(a, before.indicators) for a in indicators)
    roles = query.roles or before.roles
    said = [p for p in before.periods if p.kind == "year" and p.period.isdigit()]
    terms = any(p.kind in ("past_term", "coming_term") for p in query.periods)
    same = not query.places or [p.candidates for p in query.places] == [p.candidates for p in before.places]
    hint = query.report_hint or (int(said[0].period) if terms and said and same else None)
    sweep = query.sweep or (before.sweep if not query.places else None)
    kind = query.kind
    if kind == "lookup" or (kind == "prose" and bare):
        kind = (
            before.kind
            if before.kind in ("sweep", "list", "prose", "series") and (bare or before.kind in ("sweep", "series"))
            else "lookup"
        )
    if kind == "sweep" and sweep is None:
        kind = "lookup"
    if kind == "compare" and len(places) < 2 and len(periods) < 2 and len(roles) < 2:
        places = (*tuple(replace(p, carried=True) for p in before.places), *query.places) if query.places else places
        periods = periods if query.periods or len(places) > 1 else before.periods
    return replace(
        query,
        places=places,
        periods=periods,
        indicators=indicators,
        roles=roles,
        sweep=sweep,
        kind=kind,
        item=query.item,
        report_hint=hint,
        topic=query.topic if not bare else before.topic,
        follows=True,
    )


_OTHERS = (
    ("城镇居民", re.compile("城镇|城市|城镇居民|城市居民")),
    ("农村居民", re.compile("农村|乡村|农民|农村居民|乡村居民")),
    ("全体居民", re.compile("全体|全体居民|居民")),
)


def _of_others(ask: IndicatorAsk, before: Sequence[IndicatorAsk]) -> IndicatorAsk:
    """那农民的呢? after 城镇居民人均可支配收入 asks for the same of others."""
    who = next((name for name, said in _OTHERS if ask.id is None and said.fullmatch(ask.words)), None)
    if who is None or len(before) != 1 or not re.search("居民|农民", before[0].words):
        return ask
    words = re.sub("(?:城镇|农村|城乡|全体|城市)?(?:常住)?居民|农民", who, before[0].words, count=1)
    return replace(before[0], words=words, id=identify(words), said=words)


_EMPTY_WORDS = frozenset(
    "到位 产了 产 建成 新建 开工 引进 培育 办理 发放 拆除 竣工 实施 投入 新增 添 再添 新添 增添 收 数 目标 完成 实际 五年 一共 增加 这个 那个 数字 任务 建设 提高 要求 今后 情况 具体 结果 后来".split()
)


def _relative_to(period: PeriodAsk, before: Query) -> PeriodAsk:
    """去年, 前一年 after a question about a year mean the year before that one."""
    stated = [p for p in before.periods if p.kind == "year" and p.period.isdigit()]
    shift = {"last": -1, "next": 1, "before": -2}.get(period.kind)
    if period.carried or shift is None or not stated:
        return period
    return replace(period, period=str(int(stated[-1].period) + shift), kind="year")


def _leans(query: Query) -> bool:
    """Whether a question leaves something open that an earlier one may have said."""
    if query.about and query.places:
        return False
    has_indicator = any(a.words for a in query.indicators)
    return not (query.places or query.sweep) or not has_indicator or not query.periods
