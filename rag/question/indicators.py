"""Clauses of a question -> the things asked for, each with its measure and unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import accumulate

from rag.indicators import identify, mentioned, named
from rag.numerals import UNIT_WORDS
from rag.question.query import IndicatorAsk
from rag.question.tidied import ASKS
from rag.types import Measure

VERBS_ASKED = (
    *("完成", "拆除", "建成", "开工", "竣工", "签约", "落地", "投产", "发放", "引进", "脱贫", "改造"),
    *("供应", "筹集", "新建", "出让"),
)
# deeds that may stand beside a name said whole: 推广化肥零增长技术多少万亩
_ASIDE_OF_NAME = frozenset(
    (*VERBS_ASKED, *"推广 创建 培育 推进 实施 开展 举办 提供 新增 建设 组织 落实 办理 投入 打造".split())
)

_TALK = re.compile(
    r"请问一下|请问|请你|麻烦|帮我|帮忙|能不能|可不可以|告诉我|告诉|说说|说一下|讲讲|查一下|查询|查查|看看|看一下|列出|列一下|列举|介绍一下|想知道|想了解|我想|了解一下|给我|总结一下|总结|概括|整理|作了|作出|做了|做出"
    r"|(?:政府工作|政府|工作)报告(?:中|里|上|提出|说)?|报告(?:中|里|上|提出|说)|这份报告|认为(?!是)|根据|按照|依据|其中|关于|有关|相关|方面的?"
    r"|是多少|有多少|多少|是什么|有什么|有哪些|为什么|什么|哪些|哪个|哪几|哪一|怎么样|怎样|怎么|如何|是不是|是否|有没有|有无|几何|多大|多高|多快|多长|多远|说法|提法|表述|分布|明细|达成|预定|几个百分点|百分之几"
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


def read_clauses(clauses: Sequence[str], *, told_numbers: bool) -> list[IndicatorAsk]:
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
            not told_numbers and not ASKS.search(clause) and not re.search("目标|计划(?!生育)|情况|增速|增幅", clause)
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


def closed_up(rest: str) -> str:
    """The question without the gaps that times left between a noun's words: 农村居民2024年人均可支配收入."""
    rest = re.sub("及(?:其)?相关(?=产业)", "", rest)  # 文化及相关产业 is one trade
    return re.sub(r"(?<=[一-鿿])\s{4,}的?(?=[一-鿿])", "", rest)


def of_parts(clauses: Sequence[str]) -> list[IndicatorAsk]:
    """财政赤字,中央和地方各多少: the parts are asked for, not the whole."""
    if len(clauses) != 2 or ASKS.search(clauses[0]):
        return []
    parts = re.match(r"\s*([一-鿿]{1,4})(?:和|与|、)([一-鿿]{1,4}?)(?:各|分别)", clauses[1])
    whole = content_words(clauses[0])
    if parts is None or not whole or re.search("目标|计划|完成|实际|结果|增速|总量", "".join(parts.groups())):
        return []
    return [IndicatorAsk(part + whole, None) for part in parts.groups()]


def distinct(asks: Sequence[IndicatorAsk]) -> list[IndicatorAsk]:
    """``asks`` without those that ask the same again, in order."""
    kept: list[IndicatorAsk] = []
    for ask in asks:
        if ask not in kept:
            kept.append(ask)
    return kept


def asking_clauses(text: str) -> list[str]:
    """The clauses that ask; statements before the question only lend it their place and year."""
    sentences = [s for s in re.split(r"(?<=[。!?;])", text) if s.strip(" 。!?;")]
    asking = [s for s in sentences if ASKS.search(s) or len(sentences) == 1] or sentences[-1:]
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


def units_of(piece: str) -> str:
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
        units=units_of(left) if ask.units == units_of(ask.said) else ask.units,
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
    counted = units_of(pieces[-1]) if each else ""  # 人大建议和政协提案各多少件
    for piece in pieces:
        measures = _measures_of(piece)
        if "贡献率" in piece:
            measures = tuple(m for m in measures if m != "growth")
        if not measures and shared and not ASKS.search(piece):
            measures = _measures_of(shared)  # 死亡人数和受伤人数各下降了多少
        units = units_of(piece) or ("" if measures or ASKS.search(piece) else counted)
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
    if "减税降费" in clause and re.search("各|分别", clause):
        return [clause.replace("减税降费", word) for word in ("减税", "降费")]
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
        r"(?P<before>.*?)(?P<one>(?:建设|筹集|新建|开工)+)(?:、|和|与)(?P<other>(?:供应|分配|建成|竣工|改造提升|改造|改建|扩建|修缮)+)(?P<what>[一-鿿]{2,12}?)(?P<how>(?:各|分别).*)",
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
    first = content_words(parts[0]) if len(parts) > 1 and not ASKS.search(parts[0]) else ""
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
            r"(?:投资|里程|面积|产量|产值|收入|支出|规模|增加值|人数|人次|用地|能力|花费|消费|接待量?|税收|利润)$",
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
    return bool(_measures_of(piece) or units_of(piece))


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
    text = re.sub(r"(?:按)?(?:同|可比)口径(?=增减|[增降升])|增减", " ", text)
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
