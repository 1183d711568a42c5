"""Quantities in Chinese text: numbers with their unit and the words that bound them.

Pure functions. ``plain`` makes a copy of a text in which digits, per-cent signs and punctuation have one
form each, character by character, so that offsets into the copy are offsets into the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from rag.types import Value

_PLAIN = str.maketrans(
    {
        **{chr(0xFF10 + i): str(i) for i in range(10)},
        **{chr(0xFF21 + i): chr(65 + i) for i in range(26)},
        **{chr(0xFF41 + i): chr(97 + i) for i in range(26)},
        "％": "%", "﹪": "%", "，": ",", "；": ";", "：": ":", "！": "!", "？": "?",
        "（": "(", "）": ")", "．": ".", "﹒": ".", "～": "~", "〜": "~", "－": "-", "—": "-", "–": "-",
        "―": "-", "─": "-", "\u2010": "-", "／": "/", "〇": "零", "○": "零", "Ｏ": "O", "㎡": "㎡",
        "\u3000": " ", "\xa0": " ", "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"',
    }
)  # fmt: skip


ABOUT = r"(?<![签公条节预履])约"  # 约 as a bound: no 签约, no 公约
_MIDDLE_DOT = re.compile(r"(?<=\d)[·•](?=\d)")  # 19·5％


def plain(text: str) -> str:
    """``text`` with one form for each digit, sign and mark; the same length, so offsets agree."""
    return _MIDDLE_DOT.sub(".", text.translate(_PLAIN))


_TRADITIONAL = re.compile(r"[點萬億從與國經發為這個們產業長農]")


@lru_cache(maxsize=8)  # a report is looked at by several readers, one after the other
def reading_view(text: str) -> str:
    """``text`` as its readers see it: plain, simplified where it is in traditional characters; the same length."""
    if len(_TRADITIONAL.findall(text[:4000])) > 40:
        text = simplified(text)
    return plain(text)


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def simplified(text: str) -> str:
    """``text`` in simplified characters, of the same length; only unusual characters cost anything."""
    if all(_is_common(c) for c in text):
        return text
    converted = (
        "".join(c if _is_common(c) else _converter()(c)[:1] or c for c in text)
        if len(text) > 4000
        else _converter()(text)
    )
    return converted if len(converted) == len(text) else text


def _is_common(char: str) -> bool:
    if not "\u4e00" <= char <= "\u9fff":
        return True
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


# Longest first where one is the beginning of another.
_UNITS = sorted(
    """元 美元 港元 欧元 日元 英镑 卢布 元人民币 人次 人 户次 户 户籍 家次 家 个百分点 百分点 个 所 座 处 条 项次 项 件次 件 台次
    台套 台件 台 套 辆次 辆 架次 架 艘次 艘 列 班次 班 张 名 位 对 只 头 匹 羽 株 棵 支 场次 场 次 起 宗 批次 批 栋 幢 间 门 部 份 篇 本 册 封
    款 种 类 例 单 组 块 片 眼 孔 盏 根 枚 亩次 亩 公顷 平方公里 平方千米 平方米 平米 ㎡ 平 立方米 立方 方 公里 千米 车道公里 米 海里 吨 公斤 斤 千克 克
    升 毫升 毫克 微克 千瓦时 千瓦小时 千瓦 兆瓦时 兆瓦 吉瓦 瓦 度 伏安 千伏安 标准箱 标箱 TEU 吨标准煤 吨标煤 小时 分钟 秒 天 % ‰ 倍 番 成 分 字 亿次
    门次 人年 人天 床 床位 学位 车位 泊位 道 卷 级 厂 村 乡 镇 县 校 站 点 岁 代 尾 箱 盒 筒 担 石 锭 包 卡 P EFLOPS 条次 单元 例次 网格 间次 幅 员 股 个点 个工作日 工作日 个位次 位次 个名次 名次
    师 台(套) 个(次) 件(次) 家(次) 公里/小时""".split(),
    key=lambda u: (-len(u), u),
)
_PER = r"(?:每(?:立方米|平方米|平方公里)|/(?:平方公里|平方米|立方米|人|月|年|亩|公里|吨|天|日|小时|秒|千瓦时|万人|户|公顷|升|万元|次))"
UNIT_WORDS = "|".join(map(re.escape, _UNITS))  # an alternation, longest first
_UNIT = f"(?:{UNIT_WORDS}|(?<=[亿万])度){_PER}*"
_MULT = r"(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|十)"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\s?\.\s?\d+)?)"
_MISREAD = r"(?:[0-9OolI]*[0-9][0-9OolI]*(?:\.[0-9OolI]+)?|[OolI]+\.[0-9OolI]*[0-9][0-9OolI]*)"
_MORE = r"(?:余|多|来|几)"
_DASH = r"\s?(?:-{1,2}|~|至|到)\s?"
_CN = "零一二两三四五六七八九十百千万亿"
_CN_NUM = rf"[{_CN}]+(?:点[零一二三四五六七八九]+)?"

# 5万贫困人口, 125万农民: heads counted without a unit
_PEOPLE = (
    r"(?:建档立卡|贫困|农村|城镇|城乡|农业|困难|退休|下岗|失业|流动|外来|转移|在校|高校|大中专|大|中小|中|小|留守|残疾|参保|参合|常住|户籍|各族|低保|返乡|进城|离退休|企业){0,2}"
    r"(?:人口|农民|群众|居民|市民|职工|工人|学生|儿童|老人|老年人|党员|干部|人员|青年|教师|妇女|移民|劳动力|毕业生|残疾人)(?!次)"
)
_QUANTITY = re.compile(
    rf"""(?P<compound>\d+(?:\.\d+)?亿\d+(?:\.\d+)?[千百]?{_MORE}?万|\d+万\d[千百])(?P<m0>{_MORE})?(?P<u0>{_UNIT})
    |(?P<low>{_DIGITS})(?P<lowtail>%|‰|{_MULT}?(?:个百分点(?={_DASH}{_DIGITS}个百分点))?){_DASH}(?P<high>{_DIGITS})(?P<m1a>{_MORE})?(?P<x1>{_MULT}?)(?P<m1b>{_MORE})?(?P<u1>{_UNIT})
    |(?P<heads>{_DIGITS})(?P<mh1>{_MORE})?(?P<xh>亿|千万|百万|十万|万|千)(?P<mh2>{_MORE})?(?={_PEOPLE})
    |(?P<num>{_DIGITS}|{_MISREAD})\s?(?P<m2a>{_MORE})?(?P<x2>{_MULT}?)(?P<m2b>{_MORE})?(?P<y2>(?<=万[余多来几])亿)?\s?(?P<u2>{_UNIT})
    |(?P<bare>{_DIGITS})(?P<xb>万亿|万|亿)(?P<mb>{_MORE})?(?=以上|左右|以内|[两三]个|[,。;、)]|$)
    |百分之(?P<pclow>{_CN_NUM}){_DASH}(?:百分之)?(?P<pchigh>[{_CN[:12]}]+(?:点[零一二三四五六七八九]+)?)(?![{_CN[12:]}年月家个])
    |百分之(?P<pc>{_CN_NUM}|{_DIGITS})(?P<m3>{_MORE})?
    |(?<![\d/.])(?P<top>[1-9])/(?P<bottom>[2-9]|10)(?![\d/])(?P<m5>{_MORE})?
    |(?P<den>[{_CN}]+)分之(?P<part>{_CN_NUM})
    |翻(?:了)?(?P<fan>[一两二三四五六七八九]|\d)?番
    |(?<!\d)(?P<cn>[{_CN}]*[{_CN}](?:点[零一二三四五六七八九]+)?)(?P<m4a>{_MORE})?(?P<x4>{_MULT}?)(?P<m4b>{_MORE})?(?<!千(?=[瓦克伏]))(?P<u4>{_UNIT})
    """,
    re.VERBOSE,
)
_RANK = re.compile(r"第\s?(?P<n>\d+|[一二三四五六七八九十百]+)(?P<u>位|名)(?![一-鿿]{0,3}(?:书记|代表|区长|同志))")
_CN_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_CN_MULT = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_COUNTED = re.compile(
    r"(?:所|座|条|家|台|辆|艘|栋|幢|吨|公里|亩|平方米|平方公里|公顷|斤|元|人|户|名|个|项|倍|成|处|件)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    ``value`` is the number in front of ``unit`` (1.68 for 1.68万人, 16800 never), or (low, high);
    ``start``/``end`` span what was written, unit included; ``about`` is 余, 多 or None;
    ``spelled`` tells that the number was written in Chinese numerals.
    """

    value: Value
    unit: str
    start: int
    end: int
    about: str | None = None
    spelled: bool = False
    kind: str = "amount"  # amount, fraction, fold (翻番), rank


def chinese_number(text: str) -> Decimal | None:
    """The value of a number written in Chinese numerals (四亿零七百万, 八点五, 一九八三), or None."""
    whole, _, fraction = text.partition("点")
    if not whole:
        return None
    if len(whole) > 1 and all(c in _CN_DIGIT for c in whole):
        number = Decimal("".join(str(_CN_DIGIT[c]) for c in whole))
    else:
        total = section = digit = 0
        for c in whole:
            if c in _CN_DIGIT:
                digit = _CN_DIGIT[c]
            elif c in "十百千":
                section += (digit or 1) * _CN_MULT[c]
                digit = 0
            elif c in "万亿":
                section += digit
                total = (total + section or 1) * _CN_MULT[c] if c == "亿" else total + (section or 1) * 10**4
                section = digit = 0
            else:
                return None
        number = Decimal(total + section + digit)
    if fraction:
        if not all(c in _CN_DIGIT for c in fraction):
            return None
        number += Decimal("0." + "".join(str(_CN_DIGIT[c]) for c in fraction))
    return number


def small_count(written: str) -> int:
    """A count of things or years as a sentence writes it, in digits or Chinese numerals (3, 三, 两); 0 where neither."""
    return int(written) if written.isdigit() else int(chinese_number(written) or 0)


def number_of(written: str) -> Decimal | None:
    """The value of digits as written: thousands commas, inner blanks and misread O, l, I allowed."""
    digits = written.replace(",", "").replace(" ", "").translate(str.maketrans("OolI", "0011"))
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of ``text`` (as ``plain`` gives it), in order, without overlaps.

    Years, dates, list marks, names such as G107 or 5G and small counts of talk (三个方面) are left out.
    """
    found: list[Quantity] = []
    position = 0
    while match := _QUANTITY.search(text, position):
        quantity = _quantity(text, match)
        if quantity is None:
            position = _next_start(match)
            continue
        found.append(quantity)
        position = quantity.end
    found = _with_listed(text, found)
    ranks = [_rank(m) for m in _RANK.finditer(text)]
    kept = [q for q in found if not any(r.start < q.end and q.start < r.end for r in ranks)]
    return tuple(sorted(kept + ranks, key=lambda q: q.start))


# 产值分别突破70和50亿元: a number of a list that leaves its unit to the next
_LISTED = re.compile(rf"(?P<num>{_DIGITS})[和与、]$")
_SCALES = ("万", "亿", "万亿")
_OPENED = re.compile(r"(?:分别|其中)[^,。;\d]{0,12}$")


def _with_listed(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """``found`` and the numbers before them that share their unit, where 分别 or 其中 opens the list."""
    out: list[Quantity] = []
    for q in found:
        listed = _unitless(text, q) if q.kind == "amount" and q.unit not in ("%", "个") else []
        out.extend(e for e in listed if not any(p.end > e.start for p in out))
        out.append(q)
    for i in range(len(out) - 2, -1, -1):  # 1.28万亿、1.18万亿、8200亿元
        scaled = re.match(_MULT, out[i + 1].unit) or out[i + 1].unit.endswith("元")  # no count: 2500万、809项
        if out[i].unit in _SCALES and scaled and re.fullmatch("[、和与及]", text[out[i].end : out[i + 1].start]):
            out[i] = replace(out[i], unit=out[i].unit + re.sub(rf"^{_MULT}", "", out[i + 1].unit))
    return out


def _unitless(text: str, q: Quantity) -> list[Quantity]:
    """The numbers of a list right before ``q`` that leave their unit to it: 分别支出68.6、29.2、34.2亿元."""
    listed: list[Quantity] = []
    start = q.start
    while match := _LISTED.search(text[:start]):
        value = number_of(match.group("num"))
        if value is None:
            break
        start = match.start()
        listed.append(replace(q, value=value, start=start, end=match.end("num")))
    return listed[::-1] if _OPENED.search(text[:start]) else []


def _next_start(match: re.Match[str]) -> int:
    """Where to look on after a match that is no quantity: behind its number."""
    for group in ("num", "low", "cn", "compound", "heads"):
        if match.group(group) is not None:
            return max(match.start() + 1, match.end(group))
    return match.start() + 1


def _rank(match: re.Match[str]) -> Quantity:
    written = match.group("n")
    value = Decimal(written) if written.isdigit() else chinese_number(written) or Decimal(0)
    return Quantity(value, "位" if match.group("u") == "位" else "名", match.start(), match.end(), kind="rank")


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    before = text[max(0, match.start() - 1) : match.start()]
    group = match.group
    span = (match.start(), match.end())
    if group("compound"):
        return _compound(match)
    if group("low"):
        return None if _is_name(text, match, before) else _range(match)
    if group("num"):
        if _is_name(text, match, before):
            return None
        value = number_of(group("num"))
        unit = (group("x2") or "") + (group("y2") or "") + group("u2")
        about = group("m2a") or group("m2b")
        if before == "-" and value is not None:
            return Quantity(-value, unit, span[0] - 1, span[1], about)  # a printed minus
        return None if value is None else Quantity(value, unit, *span, about)
    if group("bare") or group("heads"):
        return _unnamed_unit(text, match, before)
    if group("pclow"):
        low, high = chinese_number(group("pclow")), chinese_number(group("pchigh"))
        return None if low is None or high is None else Quantity((low, high), "%", *span, None, True)
    if group("pc"):
        value = number_of(group("pc")) if group("pc")[0].isdigit() else chinese_number(group("pc"))
        return None if value is None else Quantity(value, "%", *span, group("m3"), True)
    if group("top"):
        return _slashed(text, match)
    if group("den"):
        return _fraction(match)
    if text.startswith("翻", match.start()):
        fan = group("fan") or "1"
        times = Decimal(fan) if fan.isdigit() else chinese_number(fan)
        return None if times is None else Quantity(Decimal(2) ** int(times), "倍", *span, None, True, "fold")
    return _spelled(text, match, before)


def _unnamed_unit(text: str, match: re.Match[str], before: str) -> Quantity | None:
    """300亿 at the end of a clause, and heads counted without a unit: 5万贫困人口."""
    value = number_of(match.group("bare") or match.group("heads"))
    if value is None or _is_name(text, match, before):
        return None
    about = match.group("mb") or match.group("mh1") or match.group("mh2")
    unit = match.group("xb") or match.group("xh") + "人"
    return Quantity(value, unit, match.start(), match.end(), about)


_COMPOUND = re.compile(r"(?P<high>[\d.]+)(?P<x>[亿万])(?P<low>[\d.]+)(?P<times>[千百]?)(?P<more>[余多来几]?)(?:万|$)")


def _compound(match: re.Match[str]) -> Quantity | None:
    """1亿3千多万, 2万5千: one number in two steps."""
    parts = _COMPOUND.fullmatch(match.group("compound"))
    assert parts is not None
    low = Decimal(parts["low"]) * _CN_MULT.get(parts["times"], 1)
    value = Decimal(parts["high"]) + low / 10**4
    about = parts["more"] or match.group("m0")
    return Quantity(value, parts["x"] + match.group("u0"), match.start(), match.end(), about)


def _range(match: re.Match[str]) -> Quantity | None:
    low, high = number_of(match.group("low")), number_of(match.group("high"))
    if low is None or high is None:
        return None
    tail, mult, unit = match.group("lowtail"), match.group("x1") or "", match.group("u1")
    if tail in ("%", "‰") and unit != tail:
        return None
    if tail and not tail.endswith(("%", "‰", "百分点")) and tail != mult:
        return None  # 8千-1万: two multipliers, left to the single numbers
    if high < low and not mult:
        return None
    return Quantity((low, high), mult + unit, match.start(), match.end(), match.group("m1a") or match.group("m1b"))


def _fraction(match: re.Match[str]) -> Quantity | None:
    den, part = chinese_number(match.group("den")), chinese_number(match.group("part"))
    if not den or part is None or part >= den:
        return None
    if den == 1000:
        return Quantity(part, "‰", match.start(), match.end(), None, True)
    share = (part * 100 / den).quantize(Decimal("0.01")).normalize()
    return Quantity(share, "%", match.start(), match.end(), None, True, "fraction")


def _slashed(text: str, match: re.Match[str]) -> Quantity | None:
    """占全市1/3: a share, where words say so."""
    top, bottom = Decimal(match.group("top")), Decimal(match.group("bottom"))
    if top >= bottom or not re.search(r"(?:占|近|约|达|超|超过|的|将|把)[^,。]{0,8}$", text[: match.start()]):
        return None
    share = (top * 100 / bottom).quantize(Decimal("0.01")).normalize()
    return Quantity(share, "%", match.start(), match.end(), match.group("m5"), False, "fraction")


_NAMING_UNITS = frozenset("级 代 岁 点 分 度 村 乡 镇 县 校 站 道 P 班 方 厂 师 员".split())
# A unit and the characters behind it with which it makes a name: 1小时圈, 3个月, 2人大, 平台.
_MAKES_NAME = {"小时": "圈生制办内型", "分钟": "圈生制办内型", "秒": "圈生制办内型", "天": "圈生制办内型", "平": "台安均方", "人": "大", "个": "月"}  # fmt: skip


def _is_name(text: str, match: re.Match[str], before: str) -> bool:
    """Whether the digits belong to a name, a date, a mark or a phone number."""
    if before and _starts_name(text, match, before):
        return True
    unit = match.group("u2") or match.group("u1") or ""
    after = text[match.end() : match.end() + 1]
    number = match.group("num") or match.group("high") or ""
    if unit in _NAMING_UNITS:
        return _weak_unit(text, match, unit, number, text[match.end() : match.end() + 2])
    if unit == "类" and len(number) == 1 and number <= "5" and after and after not in ",。、;":
        return True
    if text.startswith("大关", match.end()):
        return False  # 突破100万人大关
    return bool(after) and after in _MAKES_NAME.get(unit, "")


def _starts_name(text: str, match: re.Match[str], before: str) -> bool:
    """Whether what stands before the digits makes them part of a name: PM2.5, 1+6, [3], 第18, “20条”."""
    if re.search(r"GDP|GNP", text[max(0, match.start() - 3) : match.start()]):
        return False  # 全年实现GDP3464.09亿元
    if (before.isascii() and before.isalpha()) or before in "./_+&×[〔第每":
        return True  # 每50公斤提高5元: the first number only says of how much
    if before == "-" and match.start() > 1 and _joins_name(text[match.start() - 2]):
        return True
    if before != '"' or text[: match.start()].count('"') % 2 == 0:
        return False  # “四好农村路”30公里: behind a name
    return match.group("u2") in ("分钟", "小时", "公里", "米") or text[match.end() : match.end() + 1] == '"'


def _joins_name(char: str) -> bool:
    """Whether a hyphen behind ``char`` joins a name or a range, and is no printed minus (增长-2.3%)."""
    return char not in "长幅速率降为达增是"


def _weak_unit(text: str, match: re.Match[str], unit: str, number: str, after: str) -> bool:
    """Units that are more often part of a name (5A级, 3岁, 9点) than counted."""
    if match.group("x2"):
        return False  # 1.2万亩 is handled elsewhere; 3万班, 2万卡 are counts
    if unit == "度" and not after.startswith(("电", "以")):
        return True
    if unit == "岁":  # 人均预期寿命达79.3岁 is a measure, 65岁以上老年人 is not
        return not re.search(r"(?:寿命|平均年龄)[^,。;]{0,24}$", text[: match.start()])
    if unit in ("级", "代", "点", "站", "道", "P", "方", "厂", "师", "员"):
        return not (unit in ("方", "站") and "." in number)
    if unit == "分":
        return "." not in number and not re.search(
            r"(?:得分|评分|满意度|成绩|总分|考核)\S{0,6}$", text[: match.start()]
        )
    return False


def _spelled(text: str, match: re.Match[str], before: str) -> Quantity | None:
    """A quantity in Chinese numerals, if it is one and not a way of talking."""
    numeral, unit = match.group("cn"), match.group("u4")
    about = match.group("m4a") or match.group("m4b")
    written = numeral + (match.group("x4") or "")
    if unit == "度" and not re.search("[万亿]", written):
        return None  # 一度, but 发电量三千六百二十亿度
    if before in ("第", "十", "其", "之", "每", "同", "这", "那", "某", "哪", "·", "“", '"') or unit in (
        "级",
        "代",
        "点",
        "道",
        "岁",
        "方",
        "分",
        "站",
        "师",
        "员",
        "厂",
        "卡",
        "P",
    ):
        return None
    if unit in ("村", "镇", "乡", "县", "校", "户") and len(written) == 1:
        return None
    big = any(c in "百千万亿" for c in written) and (len(written) > 1 or about is not None or unit in ("亿元",))
    if all(c in "百千万亿" for c in written):
        # 近千亿元, 百余家 are figures; 万人空巷, 千家万户, 百姓 are not.
        loose = re.search(r"(?:近|超|超过|突破|过|逾|达|达到|约|新增|实现|上)$", text[: match.start()])
        if about is None and not (loose and (unit.endswith("元") or "亿" in written)):
            return None
    elif not big and about is None and "点" not in numeral and (len(numeral) > 3 or not _did(text, match, unit)):
        return None
    value = chinese_number(numeral)
    if value is None:
        return None
    mult = match.group("x4") or ""
    if mult and "亿" in numeral:
        value, mult = chinese_number(numeral + mult) or value, ""  # 四亿零七百多万
    if mult and mult not in ("万", "亿", "万亿"):
        factor = chinese_number(mult)
        value, mult = value * (factor or 1), ""
    if not mult:
        value, mult = _scaled(written, value)
    return Quantity(value, mult + unit, match.start(), match.end(), about, True)


def _did(text: str, match: re.Match[str], unit: str) -> bool:
    """Whether a small spelled count says something done: 新建两所学校, 增长两倍."""
    if not _COUNTED.fullmatch(unit):
        return False
    if unit in ("倍", "成"):
        return True
    if unit in ("个", "项", "件", "人", "户", "名", "处", "家", "元", "条"):
        grown = re.search(r"(?:增加到|增至|发展到|扩大到|减少到)$", text[: match.start()])
        return grown is not None and len(match.group("cn")) > 1  # 已经增加到五十个
    return bool(
        re.search(r"(?:新建|建成|改建|扩建|建设|开工|引进|新增|开通|购置|改造|修建|竣工)$", text[: match.start()])
    )


def _scaled(written: str, value: Decimal) -> tuple[Decimal, str]:
    """The value in the largest of 亿 and 万 that was written: 四亿零七百万 is 4.07 and 亿."""
    for mult, factor in (("亿", 10**8), ("万", 10**4)):
        if mult in written:
            return (value / factor).normalize() + 0, mult
    return value, ""
