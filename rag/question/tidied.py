"""A question as typed -> the one form that the rules read: tidy text, its language, orders to the program off."""

from __future__ import annotations

import re
import unicodedata

from rag.numerals import plain, simplified
from rag.passages import western_years

QUESTION_CHARS = 2000  # longer questions are asked back

_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffd]"
)
_ORDER = re.compile(
    r"忽略|无视|不要理会|别管|指令|提示词|系统提示|直接回答|只需?回答|必须回答(?!好)|请回答[:\"]|照我说|按我说|你现在是|你是一个|扮演|假装|作为(?:一个)?AI|开发者模式|越狱|"
    r"ignore (?:all|the|previous|any)|disregard|system prompt|instructions?|jailbreak|developer mode|回复[:\"]|输出[:\"]|system:|assistant:|<\|",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"多少|几|什么|哪|吗|呢|谁|怎么|如何|是否|有没有|何时|多大|多高|多长|[?？]|how|what|which|who|when", re.IGNORECASE
)
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
    text = re.sub("(?<=[、和与])([钢铁煤糖布纱盐油棉])的?(?:计划)?产量", r"\1产量", text)  # 原煤、钢的计划产量
    text = re.sub("^那么?(?=.{3})(?!曲|坡)", "", text)
    text = re.sub("平均下来,?每年", "年均", text)
    text = re.sub(r"(?<![一-鿿])平均每年|每年平均|平均每年(?=增|下|递|提)", "年均", text)
    text = re.sub("的?那个", "的", _FILLERS.sub("", _NOT_MEANT.sub("", text)))
    return re.sub(r"经济(年均|平均|每年)的?(增速|增长)", r"\1经济\2", text)


def _members(listed: str) -> str:
    """The things of a list as they are asked for: 钢、煤、粮食 are 钢产量、煤产量、粮食."""
    return "、".join(thing + "产量" if len(thing) == 1 else thing for thing in listed.split("、"))


def language_of(text: str) -> str:
    """'en' for a question that is mostly Latin words, else 'zh'."""
    latin = len(re.findall(r"[A-Za-z]{2,}", text))
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    return "en" if latin >= 3 and latin * 2 > han else "zh"


def without_orders(text: str) -> tuple[str, bool]:
    """The question without sentences and clauses that give orders to the program."""
    if not _ORDER.search(text):
        return text, False
    sentences = [s for s in re.split(r"(?<=[。!?;])", text) if s.strip()]
    kept = [s for s in sentences if not _ORDER.search(s)]
    if not kept:
        clauses = [c for c in re.split(r"[,。!?;:]", text) if c.strip() and not _ORDER.search(c)]
        asking = [c for c in clauses if ASKS.search(c)]
        kept = asking or clauses
    if not kept:  # an order that follows without a stop: what stands before it
        before = re.sub(r"(?:请|并|且|,|\s)+$", "", text[: _ORDER.search(text).start()])  # type: ignore[union-attr]
        kept = [before] if len(before) >= 4 else []
    return "".join(kept).strip(), True
