"""Words beside a number -> the indicator they name: verbs, fillers and list marks off, lists cut into items. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.numerals import ABOUT

ROUGHLY = f"大约|{ABOUT}"

# First words of a clause that name nothing: links, times, places and verbs of doing.
_LEAD = frozenset(
    "提出 要求 今明两年 明年 尽管 虽然 但 建议 两年 三年 四年 拟 拟安排 预算 的 其中 同时 此外 另外 并且 并 以及 及 和 与 而且 特别是 尤其是 预计 初步 测算 统计 据 全年 年内 年底 年底前 今年 当年 去年 上年 年末 目前 截至 力争 确保 努力 争取 计划 继续 实现 "
    "完成 超额 超额完成 累计 共 总共 一共 合计 全部 均 都 已 将 要 再 又 还 也 全市 全区 全县 全省 全国 全州 全旗 我市 我区 我县 我省 我国 辖区 我们 使 让 把 对 向 为 给 在 从 由 以 用 按 等 到 达到 达 有 是 约 近 "
    "超 超过 突破 一年 来 一年来 五年 五年来 过去 期间 每年 平均 本年度 本届 政府 保持 推动 推进 促进 带动 拉动 支持 引导 组织 开展 加快 加大 加强 大力 积极 全面 深入 扎实 着力 稳步 有序 启动 实施 落实 建立 设立 "
    "打造 培育 引进 引入 吸引 建成 建设 新建 改建 扩建 改扩建 新改 新改扩建 新改建 改 扩 新 修建 完善 提供 发放 投入 安排 筹集 获批 获得 荣获 入选 通过 办理 受理 解决 化解 处置 清理 创建 认定 评选 举办 承办 召开 签约 "
    "落地 开工 竣工 投产 入驻 集聚 聚集 拥有 形成 覆盖 惠及 服务 帮助 援助 招聘 招录 选派 派出 资助 补助 救助 奖励 收到 查处 破获 抓获 更新 购置 配备 增设 设置 安装 铺设 栽植 种植 修复 治理 供应 收储 整备 整理 释放 腾出 增加 扩大 "
    "提升 提高 优化 推出 出台 制定 编制 修订 发布 推广 应用 投放 布局 储备 谋划 策划 招引 引育 孵化 新培育 新引进 新认定 新建成 新开工 新增加 新开通 新设立 新设 发展 保障 达成 提速 推行 用好 落地 开设 开行 开通 接待 整合 "
    "评定 获评 新签约 支出 安置 , 、 ) 个 成功 持续 不断 进一步 首次 先后 陆续 相继 顺利 圆满 较好 城区 率先 至 比 较 上 了 着 只 仅 各 分别 新招引 引 招 培 抓好 做好 办好 强化 深化 创新 巩固 拓展 统筹 健全 构建 探索 试点 试行 "
    "高效 精准 切实 主动 率 被 列 名列 位居 实行 执行 严格 依法 集中 重点 规划 着手 初步 统计 今 年 月 日 底 末".split()
)
# Verbs that are part of what is counted and stay in the indicator when nothing else is left.
KEEP = re.compile(
    r"^(?:新?签约|新增|净增|拆除|减免|减税|转移|脱贫|搬迁|清退|淘汰|关停|压减|植树|造林|改造|拆迁|征收|销售|培训|帮扶|救助|发放|盘活|整治|查处|破获)"
)
_TRAIL = re.compile(
    rf'(?:["\s,、:;(]|的|了|达到|达|为|是|有|共有|共|{ROUGHLY}|近|超过|超|突破|实现|完成|分别|均|都|各|已|将|预计|同比|比上年|较上年|比去年|较去年|年均|可比|持续|始终|保持|稳定|不断|进一步|稳步|快速|高速|较快|平稳|逐步|大幅|明显|实际|名义|累计|总计|合计|力争|确保|左右|等|不低于|不少于|控制在|稳定在|保持在|超额|可望|有望|到(?:19|20)\d\d年(?:底|末)?|(?:但)?(?:没有|没|未能|尚未)|必须|应当|按可比(?:价格?|口径)(?:计算)?|扣除价格因素|突破性|历史性|首次|再|又|已经|提高到|增加到|增长到|上升到|下降到|降到|降至|升至|增至|扩大到|由|从|至|到|在|以|每年|也|就|则|增长|递增|增速|增幅|上升|下降|提高|提升|增加|减少|降低|高达|回落|上涨|同口径|同口径对比?|同口径增长|全口径|(?<=投资|收入|产值|总值)计划|净|(?<![占之])比|较|逾|平均|(?<=[一-鿿])每年都?要|年度|按|预定|继续|仍|依然|迈上|站上|跨上|跨过|越过|跨越|稳定|设定|拟定|确定|安排|目标设定|圆满|全面|顺利|全部|基本|(?:(?:提高|上调|调整|增加|达)(?:到|至))?(?:平均)?每人?每?[月年]|接近或|达到或|跃上|登上|踏上|一举|历史性地)$'
)
_NO_NOUN = re.compile(
    r"^(?:年|年均|(?:增长|增加|下降|减少)了?|增速|同比|(?:未能|仍未|没能).*|大关|关口|新?台阶|目标|水平|规模|行列|以上|左右|的平均|(?:稳|均|位|跃|仍|继续|持续)*[居列](?:全|世|首|前|同).*)$"
)
_RIGHT_STOP = re.compile(
    r"[,。;:!?()]|以及|并|用于|使|从而|进一步|全部|顺利|均|分别|已|正在|得到|实现|完成|达到|开工|竣工|投产|投入|签约|落地|建成|获批|入选|入驻|通过|获得|获评|上线|启用|运营|交付|取得|陆续|相继|发放|,"
)
# 地区生产总值连跨两个万亿元台阶
_STEP = re.compile(
    r"(?<=[一-鿿]{2})(?:接连|连续|首次|成功|[连再又])?(?:跨上?|迈上|登上|站上|跃上|越过|突破)[^,。;]{0,10}(?:台阶|大关|关口)$"
)
_PLAN_SPAN = re.compile(
    r'"?(?:十[一二三四五六]?|[一二三四五六七八九])五"?(?:(?:规划|计划 )?(?:时期|期间|以来|末|规划期|前[一二三四]年)+|计划 (?:安排|规定|在这方面)*)的?(?:累计)?(?=[一-鿿"(]|$)'
)
LIST_MARK = re.compile(r"^\s*(?:\(\d{1,2}\)|\d{1,3}[.、](?!\d))\s*")  # (3)推动, 21.安排


@lru_cache(maxsize=65536)
def last_verb(words: str) -> str:
    """The verb that ``words`` end with, or nothing."""
    import rjieba

    if built := re.search(r"[新改扩续]+建成?$", words):
        return built.group()
    word, kind = rjieba.tag(words)[-1]
    return word if kind in ("v", "vn") and len(word) > 1 else ""


@lru_cache(maxsize=65536)
def ends_in_verb(words: str) -> bool:
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


def without_share(indicator: str) -> str:
    """What a share is of: 债款收入 of 债款收入占本年收入."""
    return re.sub(r"(?<=..)占(?!比|地).*$", "", indicator)


def clean_phrase(words: str) -> str:
    """The noun phrase at the end of ``words``: lists, verbs, adverbs and links around it left out."""
    whole = re.search(r"(?:均|都|双双|合计|共)(?:同比|实现|达到?|超过?|完成|保持|增长|提高)*\s?$", words) is not None
    phrase = LIST_MARK.sub("", words).strip(' ",、')
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
    phrase = re.sub(r"^(?:今年|去年|前)?\d{1,2}月?份?[至到~-]\d{1,2}月份?", "", phrase)  # 1至9月安排了477万人就业
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
    if re.fullmatch(
        r"(?:稳|位|跃|名|继续|均|仍|保持)+[居列处](?:在)?(?:全[国省市]|世界|全球|国内)[一-鿿]{0,8}", phrase
    ):
        return ""  # 达到5.53万亿元、稳居全国前十强、增长4.8%
    if re.fullmatch(r"(?:剔除|扣除|不含|不考虑)\S{2,16}?(?:因素|影响|后)?|[一-鿿]{1,10}以来", phrase):
        return ""
    # 认定落地项目 are not all projects
    kind = re.search(r"新?(?:认定|落地|签约|开工|竣工|投产|入库|储备|谋划)+项目$", phrase)
    if phrase == "建议":  # 人大议案2件、建议383件: here no verb
        both = re.search("[一-鿿]{0,6}议案[、和及]建议$", words.rstrip())
        return both.group() if both else phrase
    phrase = re.sub("(?<=..)在$", "", lead_off(phrase).strip(' "、,的'))
    if kind and phrase == "项目":
        return kind.group()
    if plan := _PLAN_SPAN.match(phrase):
        phrase = lead_off(phrase[plan.end() :])
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
    return phrase if re.search(r"等\S{0,8}$", phrase) and len(tail) < 12 else tail if len(tail) >= 2 else phrase


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
    phrase = re.sub("(?<=[一-鿿]{2})(?:削减|精简|减少|压减|增加)了?$", "", phrase)
    phrase = phrase.replace("实现", "").strip(' "的、')
    return "" if _NO_NOUN.match(phrase) else phrase


def bare_noun(indicator: str) -> str:
    """What is counted, without the verb before it and the measure behind it: 新增高铁运营里程 gives 高铁."""
    noun = re.sub(r"^(?:新增|净增|新建成?|新开通|新改建|改扩建|建成|完成|开通)+", "", indicator)
    return re.sub(r"(?:通车|运营|建设)?(?:总?里程|总?面积|长度|装机|容量|人数|数量?)$", "", noun) or noun


_BARE_MEASURE = re.compile(r"总?(?:面积|人数|数量|规模|长度|里程|金额|总量|水平|能力)")
# Words that lead a clause as verbs, and name what is measured where a bare measure follows.
_MEASURED = frozenset(
    "城区 规划 建设 种植 改造 绿化 服务 供应 保障 储备 治理 修复 栽植 应用 覆盖 培训 救助 投资 发展 收储 整备 开工 竣工 投产 整治".split()
)


def lead_off(words: str) -> str:
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
        if not behind.strip() and KEEP.match(rest):
            break
        taken.append(token)
        rest = behind
    if rest.strip() == "房" and taken:  # 保障房, 人才房 cut into two words
        rest = taken.pop() + rest
    if _BARE_MEASURE.fullmatch(rest.strip()):  # 城区规划面积 is measured by 城区规划, not by 面积 alone
        while taken and taken[-1] in _MEASURED:
            rest = taken.pop() + rest
    return rest.strip() if len(rest.strip()) >= 2 or not KEEP.match(words) else words


@lru_cache(maxsize=65536)
def cut_words(text: str) -> tuple[str, ...]:
    """The words of ``text``."""
    import rjieba

    return tuple(rjieba.cut(text))


def _short_pair(words: str) -> list[str]:
    """The items of a list told in one word: 一二三产, 内外资, 城乡居民收入; else none."""
    sectors = re.match(r"^一、?二、?三(?:次)?(产业?)(.+)$", words)
    if sectors:
        return [n + sectors.group(1) + sectors.group(2) for n in "一二三"]
    inward = re.match(r"^([一-鿿]{0,6})内外([资贸销需])$", words)  # 实际使用内外资分别增长10%、6.4%
    if inward:
        return [inward[1] + side + inward[2] for side in "内外"]
    both = re.match(r"^(城乡)(.+)$", words)
    if both and not re.search(r"[、和与及]", words):
        return ["城镇" + both.group(2), "农村" + both.group(2)]
    return []


def split_items(words: str) -> list[str]:
    """The items of a list, each with the words they share: 城镇、农村居民收入 gives 城镇居民收入, 农村居民收入."""
    words = re.sub(r"(?:等\S{0,8})$", "", words.strip(' ",、'))
    if told := _short_pair(words):
        return told
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
    if last.endswith("标准") and not any(o.endswith("标准") or len(o) < 4 for o in others):
        return [o + "标准" for o in others] + [last]  # 困难残疾人生活补贴、重度残疾人护理补贴标准
    return items


def _whole_words(words: str, skip: int) -> str:
    """``words`` behind the first ``skip`` characters and the short word that these end in: 产量 of 天然气产量."""
    at = 0
    for word in cut_words(words):
        at += len(word)
        if at >= skip:
            return words[at:] if skip > 1 and len(word) <= 3 and at < len(words) else words[skip:]
    return words[skip:]
