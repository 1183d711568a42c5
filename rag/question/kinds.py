"""A question -> the kind of answer wanted: figures, a list, prose, a comparison, facts of the report itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.numerals import UNIT_WORDS
from rag.question.query import PeriodAsk, Query
from rag.question.times import hinted_report
from rag.types import QuestionKind, Role

TARGET_WORDS = re.compile(
    r"想(?!知道|了解|问|请|查|看|比|对比|象|法|起|到)|(?<![主需只重首纪摘概简必])要(?!求|闻|素|点|么|不|是|件|紧|领|害|道|塞|员|约|命|目)|(?<!高)提到(?:每月|每年|每人|每人每年)?多少|要到多少|冲到|目标|预定|报告[里中]?预计|(?<!完成了年)(?<!完成年)计划(?!的比|的百分|投资的|总投资|进度)|预期(?!寿命|性)|打算|拟(?!利用|投资)|力争|确保|安排(?!了)|任务|指标|要求|定的?底线|想要|准备|预计要|定到|(?<![认评确])定为|(?<!稳)定在|控制在|设定|要(?=突破|超过|保持|稳定|控制|压|新|建|达|完成|增|改|拆|培|引|办|提|实|把|涨|降|压|减|安排|筹|解决|发|做|开|招|投|扩|多少|推|覆盖|下降|整治|治理|打造|种|修|启动|争取|布局|创建|组织)|将(?=新|建|达|完成|增|改|拆|培|引|办|提|实|投|推|开|安排)|会(?=新|建|达|完成|增|改)|预算安排|规划(?=建|新|多少|几)"
)
ACTUAL_WORDS = re.compile(
    r"完成(?!目标|率目标|投资(?:各|分别|是|为)*(?:多少|几|额|目标|$|和|、))|实现了?|实际(?!利用|使用|到位(?!多少|几)|吸收|外资|增长目标)|达到了|结果|成绩|执行情况|取得|做了|建成(?!几|多少)|新增了|增加了|拆除了|改造了|发放了?|办理了?|培育了|引进了|做到|干了|干成|最后\S{0,3}(?:多少|几)|跑了|结束时|年末|年底达|落实了|多少了|(?<!安排)了多少|了几|究竟|到底|惠及|表现|解决了|化解了|涨了|降了|下降了|增长了|是多少了|回顾"
)
_LIST = re.compile(
    r"[十\d]+(?:件|项)[一-鿿]{0,6}实事(?:工程|项目)?(?:是什么|是啥)|有哪些|哪些|列出|列举|都有什么|是哪几|主要(?:预期)?目标|清单|各项|分别是什么|一览|包括什么|包括哪"
)
_PROSE = re.compile(
    r"怎么样|怎么定调|怎样|如何|什么(?!时候|数|比例|水平)|措施|举措|问题|不足|困难|经验|体会|做法|思路|要求|部署|打算怎么|为什么|原因|提到|怎么说|怎么讲|介绍|规划$|安排$|情况"
)
# 哪几项目标没有完成: told in the report of the year after.
MISSED_GOALS = re.compile(r"(?:没|未)(?:有|能)?(?:达到|达成|完成|实现)")


def pairs_of(text: str, periods: Sequence[PeriodAsk]) -> tuple[tuple[str, Role], ...]:
    """Years with the role that the words behind (or right before) each ask for: 2020年目标比2019年完成数."""
    hint = str(hinted_report(text))  # 1978年的报告要求到1980年: the report's year asks for nothing
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
        target = TARGET_WORDS.search(behind) or re.search('五"?(?:规划|计划)', behind)
        actual = ACTUAL_WORDS.search(behind) or re.search("实绩|完成|[建修改种办拆招引培发投花用]了", behind)
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


def asks_difference(text: str) -> bool:
    """Whether a question asks how far two figures are apart."""
    return (
        re.search(
            r"差多少|相差|差距|(?<!提)高出?(?:了)?几|(?<!降)低(?:了)?几|(?<!提)高多少|(?<!降)低多少|多多少|(?<![至减])少多少|多出多少|(?<!减)少了多少|快多少|差几|比\S{1,20}(?:高|低|多|少|快|慢|压|减)(?:了)?(?:多少|几)",
            text,
        )
        is not None
    )


def _own_words(query: Query) -> bool:
    """Whether the question names a thing of its own beside 主要目标, 经济社会发展."""
    rest = re.sub(r"经济社会|国民经济|经济|社会|发展|主要|预期|各项|工作|哪些|全部|总体|计划|指标|\s", "", query.topic)
    return len(rest) >= 2


def kind_of(query: Query, text: str) -> QuestionKind:
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
    r'哪(?:些|几|[一二三四五六七八九十两]{1,3})?(?:个|项|大|方面|种|类|条)?"|哪(?:[一二三四五六七八九十两几]{1,3}|\d{1,2})(?:个|项|大|方面|种|类|条|场|点|件|所|家|座|张|期|城|支|块|只)(?!区|省|市|县|地)'
)
_POINTS = re.compile(
    r"\"(?:目标|任务|要求|格局|布局)?(?:分别|都|各|具体)?(?:是|指|有)的?(?:哪些|什么|啥)|哪[一二三四五六七八九十\d几]{1,3}(?:个|大|条|种)(?:方面|关系|原则|要求|坚持|角色|重点)"
)
_WHERE = re.compile(r"哪里|哪儿|什么地方")
_HOW_MANY = re.compile(
    r"多少|几[个家所条项件人户亿万名座处倍辆台套场次公平亩吨]|比例|增速|增幅|增长率|占比|排名|第几|目标|总额|总量|规模|完成|率|多[高大快长]|百分之"
)


def _kind_by_words(query: Query, text: str) -> QuestionKind:
    """The kind that the words of a question about one place and time ask for."""
    if query.item is not None or (_DEEDS.search(text) and not _ONE_OF_THEM.search(text)):
        return "list"
    if (
        re.search("叫什么|叫啥|指(?:的是)?什么", text)
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
