"""A sentence's numbers, each with its measure, bounds and indicator from the words around it. Pure.

A number takes its indicator from the words before it in its clause (固定资产投资225亿元), else from those behind
(新建15个养老服务中心), else from the clause before (…,增长12.3%). What several numbers share is settled afterwards,
in ``shared``; period and role in ``sentences``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from rag.figures.phrases import (
    KEEP,
    LIST_MARK,
    ROUGHLY,
    bare_noun,
    clean_phrase,
    clean_right,
    ends_in_verb,
    lead_off,
    without_share,
)
from rag.numerals import Quantity
from rag.types import Measure

_MODAL = re.compile(
    rf"(?P<modal>接近或达到|达到或接近|达到或超过|不低于|不少于|不高于|不超过|不大于|不小于|不超|至少|最多|至多|控制在|稳定在|保持在|{ROUGHLY}|接近|将近|近|超过|超|突破|逾|高于|低于|大于|小于|不足|力争|确保|预计|争取)$"
)
_LINK = re.compile(
    r"(?:如今的|目前的|现在的|现有的|拟定|确定|安排|设定|预定|拟|定|调控|达到了?|达成|达|到了|到|至|为|是|共计|总计|合计|共有|共|(?<!累)计|均|都|各|分别|已|将|预计可|有望|可|实现了?|完成了?|有|了|在|等|约合|仅|只|只有|就|又|再|还|也|要|平均|每年|以|按|于|:|为:|\s)$"
)
_AFTER = re.compile(r"^(?:的)?(左右|以上|以内|以下|上下|之内|之间|或以上|及以上|\+)")

UP = r"增产|增长|递增|涨价|提价|增|上升|提升|提高|增加|上涨|涨|扩大|攀升|上浮|净增|多增|跃升|提前|上移|前移|加快|高"
DOWN = r"减产|下降|降价|降低|减少|回落|下滑|下跌|减|降|压减|缩短|削减|缩减|压缩|收窄|下调|压降|负增长|低|少|后退|减轻|降幅|跌"
_TURN = re.compile(rf"(?P<verb>{UP}|{DOWN})(?P<to>到|至|为|达到|达|成)?(?:了)?$")
_TURNED_TO = re.compile(rf"(?:{UP}|{DOWN}|调整|恢复|发展)(?:到|至|为|达到|达|成)(?:了)?$")
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
# 市政府给我县下达了2万户的改造任务
_HANDED_DOWN = re.compile(r"下达了?(?:的)?(?P<before>[^,。;#]{0,12})#(?P<behind>[^,。;]{0,20}?)(?:任务|指标|计划)")
_DIFFERENCE = re.compile(
    r"(?P<verb>高于|低于|高出|低|快于|慢于|超过|超|多于|少于|好于|优于)(?P<what>[^,。;]{0,24}?)(?:高|低|多|少|快|慢|超)?(?:出|了)?$"
)
_RANK_WORD = re.compile(
    r"(?:(?P<verb>居|列|位居|位列|排名|名列|跃居|排|稳居|保持|跃升至?|攀升至?|升至|继续|连续\S{1,4}年|均|并列|蝉联|升到|总量|增速|增幅|综合|实力)\S{0,10}?)?(?P<scope>全国|全省|全市|全区|全县|全州|世界|全球|[东西中南北华]\S{0,3}地区|各区|各县\S{0,3}|同类城市|\S{2}市|\S{2}省)(?:\S{0,8}?)(?P<written>第(?P<n>[一二三四五六七八九十]{1,3}|\d{1,3})(?![一-鿿](?<![的并且和与及]))|首位|榜首|之首)(?!产业|书记)"
)
_PEAK = re.compile(r"(?:再|均|双双)?创(?:下)?(?:历史|近年来?|同期|历年)?(?:最高|新高|最好)(?:水平|纪录|记录)?$")
_CN_RANK = {c: i for i, c in enumerate("零一二三四五六七八九十")}


@dataclass(frozen=True, slots=True)
class Draft:
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


def with_ranks(text: str, quantities: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
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


def read_drafts(text: str, quantities: Sequence[Quantity]) -> list[Draft]:
    """Each number with its own words, indicator and measure."""
    quantities = [_unit_of_list(text, quantities, i) for i in range(len(quantities))]
    quantities = [q for q in quantities if not _is_threshold(text, q)]
    segments = _segments(text, quantities)
    drafts: list[Draft] = []
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
        drafts.append(_mended(text, _read(text, Draft(q, segment, left, right), drafts, previous is not None), drafts))
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
NAMELESS = re.compile(
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
_COUNTED_VERB = re.compile(
    r"(?:新|已|力争|计划)?(?:落户|立项|严守|守住|高质量|高标准|高效率|争创|遴选|首批|首期|第[一二三四]批|两批|三批|新一批|剩余|其余)"
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


def _of_all(draft: Draft, done: Sequence[Draft]) -> Draft | None:
    """``draft`` as the number of all there are behind the number of those that came new, or None."""
    stock = _STOCK.fullmatch(draft.left.strip())
    if stock is None or not done or draft.measure not in ("level", "change"):
        return None
    new = done[-1]
    thing = _CAME_NEW.sub("", new.indicator)
    came_new = thing != new.indicator or (new.measure == "change" and re.search("[新净]增$", new.left) is not None)
    if len(thing) < 2 or not came_new or unit_kind(new.quantity.unit) != unit_kind(draft.quantity.unit):
        return None
    if draft.segment[0] - new.segment[1] > 0 or draft.named_behind:
        return None
    total = stock.group("total") or ""
    if total == "总里程":
        thing = bare_noun(thing)
    thing = thing.removesuffix("里程") if total.endswith("里程") else thing  # 新增运营里程30公里,总里程达909公里
    named = thing if total in ("总计", "累计") else thing + total
    return replace(draft, indicator=named, measure="level", inherited=True, of_all=True)


def _mended(text: str, draft: Draft, done: Sequence[Draft]) -> Draft:
    """``draft`` with a noun where its own words are none: the one before it in the sentence, a share's its whole."""
    if (of_all := _of_all(draft, done)) is not None:
        return of_all
    if draft.indicator in ("占", "占比", "所占", "比重", "所占比重"):
        subject = subject_of(done)
        return replace(draft, indicator=f"{subject}占比", inherited=True) if subject else draft
    if draft.indicator.startswith("占") and draft.measure == "share" and (subject := subject_of(done)):
        return replace(draft, indicator=subject + draft.indicator, inherited=True)  # 增加值1245亿元,占全区GDP的35%
    if draft.indicator in ("人", "人均"):  # 地区生产总值达到110亿元、人均达到4.6万元
        subject = subject_of(done)
        return replace(draft, indicator=f"人均{subject}", inherited=True) if subject else draft
    if draft.measure == "level" and _STAGE.fullmatch(verb := draft.indicator.removeprefix("今年")):
        works = _WORKS.search(_words_before(text, draft))  # 加大保障性安居工程建设力度,今年新开工700万套以上
        return replace(draft, indicator=works.group("what") + verb, inherited=True) if works else draft
    if _OF_TRADE.fullmatch(draft.indicator) and not done:  # 人民公社兴办的农村工业,1959年的产值达到100亿元
        trade = _words_before(text, draft)
        trade = re.sub("(?<=业)生产$", "", trade)  # 海洋和淡水的渔业生产,1959年的产量达到502万吨
        trade = re.sub(r"^(?:大力|加快|积极|做大|做强|发展|壮大|培育|推进|推动)+", "", trade)
        money = draft.quantity.unit.endswith(("元", "吨", "%"))
        if (
            money
            and len(trade) <= 12
            and re.search(r"(?:工业|农业|渔业|林业|牧业|产业|[一-鿿]造业|服务业|企业|集群|园区|基地|经济|市场)$", trade)
        ):
            return replace(draft, indicator=trade + draft.indicator, inherited=True)
    bare = draft.indicator in ("新增", "净增")
    alone = re.match(r"(?:以上|左右)?[,。;、]", draft.right) is not None  # and no noun behind: 新增50万亩早稻
    if bare and (subject := subject_of(done) or (_words_before(text, draft) if alone else "")):
        # 企业4742家,五年新增3698家
        subject = without_share(subject)
        named = subject if subject.startswith("新增") else draft.indicator + subject
        return replace(draft, indicator=named, inherited=True)
    if not NAMELESS.fullmatch(draft.indicator):
        return draft
    if draft.indicator == "定" and (goal := _GOAL.search(text[: draft.quantity.start])):
        return replace(draft, indicator=goal.group("what").removeprefix("今年"), measure="growth", inherited=True)
    return replace(draft, indicator=subject_of(done) or _words_before(text, draft), inherited=True)


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


def _read(text: str, draft: Draft, done: Sequence[Draft], follows: bool) -> Draft:
    """``draft`` with bounds, measure and indicator."""
    left, modal = _bounds(draft)
    if follows:
        left = re.sub(r"^(?:左右|以上|以内|以下|余|多|之内|\)|的)+", "", left)
        left = re.sub(r"^[村户人家镇乡][、和与及]", "", left)  # 300个村、20万人: the noun is the first number's
        if done and done[-1].named_behind:
            left = re.split(r"[、和与及]", left)[-1]
            counted = not draft.quantity.unit.endswith(("元", "%", "倍"))
            if counted and len(left) > 1 and done[-1].indicator.endswith(left) and clean_right(draft.right):
                left = ""  # 新增5个公共停车场3000个停车位
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


def _is_anothers_mean(draft: Draft) -> bool:
    """低于全国5.1张的平均水平 tells of another place: such a number is no figure."""
    above = re.search(r"(?:高于|低于|超过|优于)(?:全国|全省|全市)$", draft.left.rstrip())
    return above is not None and re.match(r"的?平均(?:水平|值|数)", draft.right) is not None


def _quotes_target(text: str, draft: Draft, left: str) -> bool:
    """Whether the words around a number call it an old target: 超额完成50微克/立方米年度目标."""
    if _QUOTED_TARGET_AFTER.match(draft.right) or _IN_TASK_CELL.match(text, draft.quantity.end):
        return True
    if re.match(r",实际", text[draft.quantity.end :]) and re.match(r"\s*(?:原)?(?:计划|定)", draft.left):
        return True  # 计划建成投产项目118个,实际建成128个
    return _QUOTED_TARGET_BEFORE.search(left) is not None and not re.search(
        r"(?:完成|占)[^,]*$|(?:超|超出|超过)(?:了)?(?:年度|全年|预期|年初|既定)*(?:目标|任务|计划)+(?:的)?$", left
    )


def _old_target(draft: Draft, left: str, modal: tuple[str, ...], done: Sequence[Draft]) -> Draft | None:
    """The quoted target of the thing counted before, or None where it has words of its own."""
    before = next((d for d in reversed(done) if d.indicator), None)
    if not _QUOTED_TARGET_AFTER.match(draft.right) or before is None or len(clean_phrase(left)) >= 4:
        return None
    same = before.quantity.unit == draft.quantity.unit
    kept = tuple(m for m in modal if m not in ("高于", "低于", "超过", "超"))
    measure = before.measure if same else "level"
    return replace(draft, indicator=subject_of(done), measure=measure, modality=kept, inherited=True)


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


def _read_plain(text: str, draft: Draft, left: str, done: Sequence[Draft], follows: bool) -> Draft:
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
        indicator = (own or subject_of(done)) + "完成年度目标"
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


def _bounds(draft: Draft) -> tuple[str, tuple[str, ...]]:
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
                rf"(?:{ROUGHLY}|近|了|超过|超|不低于|在|达|为|率|幅度|达到|分别|均|都|各|平均|:|\s|左右|仅)$",
                "",
                left,
            )
            if not re.search(r"(?:到|至|为|达到|达)$", left)
            else left
        )
        if previous != left:
            continue
    return left


_BETTERED = re.compile("(?:改造|整治|优化|改建)(?:提升|提高)|提升改造")  # deeds whose noun is told before


def _counts_new(draft: Draft, left: str, turn: re.Match[str]) -> bool:
    """新增20个公园, 增加500个公办学位, 减少30处摊点: a count of what stands behind, no change of what stood before."""
    if draft.quantity.unit in ("%", "‰", "倍", "成") or draft.quantity.unit.endswith("百分点") or turn.group("to"):
        return False
    if turn.group("verb") in ("增产", "减产"):
        return bool(clean_right(draft.right))  # 就能增产十万吨食糖
    if re.search(r"(?:新增|净增|新增加)$", left):
        return not clean_phrase(re.sub(r"(?:新增|净增|新增加)$", "", left)) or left.endswith("新增")
    if re.search(r"(?:改造|优化|整治|改建|扩建|新建|打造|完善|更新|巩固|拓宽|维修)(?:提升|提高|提速)$", left):
        bare = re.match("[,。;、]|$", draft.right) is not None and _BETTERED.fullmatch(left)
        return bool(bare) or bool(clean_right(draft.right))  # 改造提升4座水厂; 新建高标准农田3万亩,改造提升6万亩
    alone = not left[: turn.start()].strip(' ",、') and turn.group("verb") in ("增加", "扩大", "减少", "降", "压减")
    return alone and bool(clean_right(re.sub(r"^(?:余|多|以上|左右|以内|的)+", "", draft.right)))


def _read_turn(text: str, draft: Draft, left: str, turn: re.Match[str], done: Sequence[Draft]) -> Draft:
    """增长, 下降, 提高到 …: growth, change or, with 到, a level."""
    q, verb = draft.quantity, turn.group("verb")
    named = left[: turn.start()]
    if verb != "降幅" and turn.group("to") in ("到", "至", "为", "达到", "达", "成"):
        named = _without_base(named)
        if q.unit in ("%", "‰"):
            return _read_share(text, draft, named, done)
        return _named(text, draft, named, done)
    falls = re.fullmatch(DOWN, verb) is not None
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
        subject = bare or subject_of(done)
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


def _read_difference(draft: Draft, left: str, match: re.Match[str], done: Sequence[Draft]) -> Draft:
    """低于控制目标1.36个百分点: a distance, never the target itself."""
    what = re.sub(r"^(?:出|了)|(?:高|低|多|少|快|慢|超)(?:出|了)?$", "", match.group("what"))
    subject = clean_phrase(left[: match.start()]) or subject_of(done)
    word = match.group("verb")
    return replace(
        draft,
        measure="change",
        indicator=f"{subject}{word}{what}",
        modality=tuple(dict.fromkeys((word, *draft.modality))),
        quoted_target=False,
        inherited=not clean_phrase(left[: match.start()]),
    )


def _read_share(text: str, draft: Draft, left: str, done: Sequence[Draft]) -> Draft:
    """A per cent without growth: a named rate, a share, or X% of a set."""
    named = clean_phrase(left)
    right = draft.right
    scope = re.fullmatch(r"[、,和与]?占?(全国|全省|全市|全区|世界|全球)的?", left.strip())
    if scope and done and (before := re.search(r"占(?:全国|全省|全市|全区|世界|全球)$", done[-1].indicator)):
        named = done[-1].indicator[: before.start()] + "占" + scope.group(1)  # 占全市的33.7%、全国的18.2%
        return replace(draft, measure="share", indicator=named, inherited=True)
    if done and done[-1].measure == "change" and re.fullmatch(r"[,、]?即(?:为|是)?", left.strip()):
        return replace(draft, measure="growth", indicator=subject_of(done), inherited=True)  # 增产2200万吨,即7.8%
    if re.match(
        r"^(?:以上|以下|左右|以内)?的(?:正|高|较高|较快|中高|平均)?(?:增长|增速|增幅|速度(?:增长|递增))", right
    ):
        # 地区生产总值确保6%以上的增长; 一般公共预算收入达到…的1.6倍,保持了年均9.3%的高增速
        subject = "" if named else subject_of(done) or _words_before(text, draft)
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
        return replace(draft, measure="growth", indicator=subject_of(done), inherited=True)
    if not named:
        of = clean_right(re.sub(r"^(?:以上|以下|左右|以内)", "", right), whole=True)
        own = re.fullmatch(r"[,;]?(?:实现|推动|确保|力争|使|让)", draft.left.strip()) and len(of) >= 4
        listed = done and done[-1].named_behind and re.fullmatch(r"(?:以上|左右)?[、和与及]?", left.strip())
        if of and (not done or own or listed) and not draft.quoted_target:
            return replace(draft, measure="share", indicator=of, named_behind=True)
        subject = subject_of(done) or _words_before(text, draft)
        measure = rate_measure(subject)
        if draft.quoted_target and not _SHARE_NAME.search(subject):
            measure = "growth"  # 生产总值增速高于全省,但没有完成12.5%的预期目标
        return replace(draft, measure=measure, indicator=subject or of, inherited=True)
    return replace(draft, measure=rate_measure(named), indicator=named)


def rate_measure(named: str) -> Measure:
    """What a percentage behind these words measures by its name: growth (增速), level or share."""
    if re.search(r"(?:涨幅|增幅|增速|(?<!自然)增长率|增长速度|(?:增长|上涨)幅度)$", named):
        return "growth"
    if "占" in named:
        return "share"
    return "level" if _LEVEL_RATE.search(named) else "share"


_RANK_ALONE = re.compile(
    r"(?:继续|仍|均|双双|首次|持续|连续[\d一二两三四五六七八九十]{1,2}[年次届])*(?:位|稳|跃)?(?:居(?!民)|列|保持)(?:在)?[^,。;\d]{0,14}"
)


def _read_rank(text: str, draft: Draft, done: Sequence[Draft]) -> Draft:
    left = re.sub(
        r"(?:综合)?(?:由|从|上升|跃升|攀升|提升|前移|升|跃|排名|位居|位列|名列|跃居|稳居|居|列|排|上升至?|攀升至?|跃升至?|升至|保持|继续|均|连续\S{1,4}年|蝉联|位次|至|到)*(?:全国|全省|全市|全区|全县|全州|世界|全球|各区|\S{0,4}地区)?(?:各区|各县|同类城市|设区市|地级市|百强区|百强县)?$",
        "",
        re.sub(
            r"在?全[国省市区县州](?:[\d一二三四五六七八九十]{0,3}个?[一-鿿]{0,4}?[省市区县])[中里](?:排名|排|位居|位列|居|列)*$",
            "",
            draft.left,
        ),  # 生产总值3206.57亿元,在全市各区中排名第一
    )
    if _RANK_ALONE.fullmatch(draft.left.strip("、, ")):
        left = ""  # 出口总额增长13.5%、连续29年居内地城市首位
    scope = re.search(r"(?:全国|全省|全市|世界|全球|百强区|百强县|百强|\S{2}地区)\S*$", draft.left)
    before = without_share(subject_of(done))  # 上市企业109家,占全市的37%,居全国第二
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


def q_written(text: str, draft: Draft) -> str:
    """The characters of a number as they stand in its sentence."""
    return text[draft.quantity.start : draft.quantity.end]


def _read_level(text: str, draft: Draft, left: str, done: Sequence[Draft], follows: bool) -> Draft:
    """An amount or a count: its name stands before it, else behind it, else in the clause before."""
    named = "" if _BETTERED.fullmatch(left) else clean_phrase(left)
    parted = re.match(r"(?:余|多|以上|左右)?、", draft.right) is not None  # 竣工5万套、供应4万套
    right = "" if parted else clean_right(re.sub(r"^(?:余|多|以上|左右|以内|的)+", "", draft.right))
    if right and (paid := _PAYS.fullmatch(named)) and _PAID.search(right):
        return replace(draft, indicator=paid.group("verb") + right, named_behind=True)
    verb_only = not named
    if right and _counts_right(draft, left, named):
        kept = KEEP.match(left.strip(' "的,、')) if verb_only else None
        return replace(draft, indicator=_kept(kept) + right, named_behind=True)
    fall = re.match(r"(削减|减少|缩减|压减|压缩|增产|减产)(?=[一-鿿]{2})", named)
    if fall:
        modality = tuple(dict.fromkeys((fall.group(1), *draft.modality)))
        modality = draft.modality if fall.group(1) == "增产" else modality
        return replace(draft, indicator=named.removeprefix(fall.group(1)), measure="change", modality=modality)
    if named:
        return replace(draft, indicator=named)
    if right:
        kept = KEEP.match(left.strip(' "的,、'))
        return replace(draft, indicator=_kept(kept) + right, named_behind=True)
    bare = LIST_MARK.sub("", left).strip(' ",、的')
    if _BETTERED.fullmatch(bare) and (subject := subject_of(done)):
        return replace(draft, indicator=subject + bare, inherited=True)
    bare = re.sub(rf"(?:{ROUGHLY}|近|超过|超|达|到|为|共|了)+$", "", bare)
    if KEEP.match(bare):
        return replace(draft, indicator=bare)
    subject = subject_of(done)
    verb = _STAGE.search(left.strip(' ",、的'))
    if subject and verb:
        return replace(draft, indicator=_STAGE.sub("", subject) + verb.group(), inherited=True)
    return replace(draft, indicator=subject or bare or _words_before(text, draft), inherited=bool(subject))


_RATE_OF = re.compile(r"(?:^|[,;:。])(?P<of>[^,;:。\d]{2,14}?)(?:增速|增幅)")


def _rate_before(text: str, draft: Draft) -> str:
    """Whose rate an earlier clause told, for one without a name: GDP增速一季度-9.9%,…全年增速达到2%."""
    told = _RATE_OF.findall(text[: draft.segment[0]]) if re.search("增速|增幅", draft.left) else []
    return clean_phrase(told[-1]) if told else ""


def _words_before(text: str, draft: Draft) -> str:
    """The noun phrase of the clause before, which has no number: 农村居民人均纯收入,考虑价格因素,增长4.3%."""
    end = draft.segment[0]
    for _ in range(2):
        start = max((text.rfind(c, 0, max(0, end - 1)) for c in ",;:。"), default=-1) + 1
        words = re.sub(
            r"(?:比|较)(?:上年|去年|上一年|同期).*$|(?:高于|低于|快于|好于).*$", "", text[start:end].rstrip(",;: ")
        )
        if re.search(r"(?:以上|以下)的[一-鿿]{2,4}$", words) and len(words) <= 28:
            return lead_off(words)  # 集体分配平均每人在300元以上的大队,1979年有1622个
        words = re.sub(r"(?<=[一-鿿]{2})[从自]\d{1,2}月份?.*$", "", words)  # 外贸出口从7月份开始大幅度回升
        words = re.sub(r"(?<=指数)(?:达到?|为)?[\d.]+$", "", words)  # 空气质量综合指数5.94,同比下降13.16%
        phrase = clean_phrase(_PEAK.sub("", words))
        if len(phrase) > 16 and "、" in phrase and re.search("等[一-鿿]{2,8}$", phrase):
            phrase = phrase[phrase.rindex("、") + 1 :]  # 自行车、收音机等主要日用品,增长50%以上
        if (
            2 <= len(phrase) <= (26 if phrase.endswith(("比重", "占比", "比例", "率")) else 16)
            and not re.search(r"\d|百分之|[一二三四五六七八九十百千]{3,}万?[个户人名家]", phrase)
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


def _counts_right(draft: Draft, left: str, named: str) -> bool:
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
    if re.search(r"[一-鿿]{3}的$", draft.left) and re.fullmatch("[个项件家户名所条座处]", draft.quantity.unit):
        return bool(clean_right(right))  # 人代会票选的20项民生实事
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
    return bool(ends_verb) or len(named) <= 1 or ends_in_verb(left.rstrip(' "'))


def _named(text: str, draft: Draft, left: str, done: Sequence[Draft]) -> Draft:
    """``draft`` named by the words before it, else by the subject of the clause before."""
    named = clean_phrase(left)
    if draft.measure == "growth" and re.fullmatch(r"(?:年均)?(?:国民|全[省市国]|总体)?经济", named):
        named = "经济增长"
    if named and not re.fullmatch(r"其中|同时|比|较|上年|同期|年|(?:五|5)年来?", named):
        return replace(draft, indicator=named)
    subject = subject_of(done, draft.quantity.unit) or _rate_before(text, draft) or _words_before(text, draft)
    if draft.quantity.unit in ("%", "倍"):  # 债款收入占本年收入的2.5%,比上年增长8.9%: the income grows, not its share
        subject = without_share(subject)
    return replace(draft, indicator=subject, inherited=True)


def subject_of(done: Sequence[Draft], unit: str = "") -> str:
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


def unit_kind(unit: str) -> str:
    """'%' for proportions, points and multiples, 'n' for amounts: numbers of one kind are told in one run."""
    return "%" if unit in ("%", "‰", "个百分点", "百分点", "倍") else "n"
