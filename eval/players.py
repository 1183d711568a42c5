"""Scripted models: a good one that writes the facts it is given in its own words, and liars that spoil what it writes.

They read the same prompts as any model and know nothing else. A liar remembers each sentence that it spoiled, so that
what is shown of them can be counted afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from eval.scripted import Asked, fences

FOREIGN: Final = (
    "该区还引进了两家世界五百强企业的研发总部", "群众对政府工作的满意程度居于前列", "当地同时建成了一座大型体育公园", "这主要得益于新能源汽车产业的爆发",
    "企业普遍反映营商环境有待改善", "专家认为这一成绩来之不易", "邻近城市的投资者纷纷前来考察", "为此专门成立了领导小组办公室",
)  # fmt: skip
_FACT = re.compile(
    r"^\d+\. (?P<use>[^；\n]+)；地方：(?P<place>[^；]+)；时期：(?P<period>[^；]*)；指标：(?P<thing>[^；]+)；性质：(?P<role>[^；（]+)(?P<estimate>（预计数）)?"
    r"；数字：(?P<number>[^；]+)；出处：\[(?P<n>\d+)\]$",
    re.MULTILINE,
)
_OWN = re.compile(r".+?(?:特别行政区|自治区|自治州|自治县|新区|地区|省|市|州|盟|区|县|旗)")


def choice(*key: str, of: int) -> int:
    """A number below ``of`` that hangs on ``key`` alone."""
    return int.from_bytes(blake2b("\n".join(key).encode("utf-8"), digest_size=4).digest(), "big") % of


# -- the good model --------------------------------------------------------------------------------


def good(asked: Asked) -> str:
    """What a good model writes: each fact once, in one of several ways, then a word from the sources."""
    if "about_reports" in asked.system:
        return json.dumps({"about_reports": True, "indicators": [], "topic": "", "kind": "lookup", "roles": []})
    if "【要改的句子】" in asked.user:
        return "\n".join(f"{i}|删" for i in range(1, 9))
    return "".join(sentences(asked.user))


def sentences(user: str) -> list[str]:
    """The sentences of the good model for one prompt."""
    facts = [m.groupdict() for m in _FACT.finditer(user)]
    fenced = fences(user)
    sources = {n: text.partition("\n") for n, text in fenced if n}
    checked = fenced[-1][1] if fenced else ""
    lines = [fact_sentence(f, sources.get(str(f["n"]), ("", "", ""))[0]) for f in facts]
    if not any(f["use"] == "答案" for f in facts):
        lines = [*no_figure(checked), *lines] if facts or "没有" in checked else retold(checked)
    return lines + conclusions(checked)


def fact_sentence(fact: dict[str, str], heading: str) -> str:
    """One fact as a sentence; the words hang on the fact, so that many ways are tried over many facts."""
    place = _OWN.findall(fact["place"])[-1] if _OWN.findall(fact["place"]) else fact["place"]
    period, thing, number, n = fact["period"], fact["thing"], fact["number"], fact["n"]
    report = re.match(r"[^›]*", heading).group().strip()  # type: ignore[union-attr]
    estimate = "预计" if fact["estimate"] else ""
    ways: dict[str, Sequence[str]] = {
        "目标": (
            f"{place}把{period}{thing}的目标定为{number}[{n}]。",
            f"{period}，{place}{thing}目标是{number}[{n}]。",
            f"按照报告，{place}{period}的{thing}目标为{number}[{n}]。",
            f"{place}提出，{period}{thing}要达到的目标是{number}[{n}]。",
            f"根据《{report}》，{period}{thing}的目标是{number}[{n}]。",
        ),
        "实际完成": (
            f"{period}{place}{thing}实际完成{estimate}{number}[{n}]。",
            f"{place}{period}的{thing}{estimate}为{number}，这是实际完成数[{n}]。",
            f"据报告，{period}{place}{thing}完成数{estimate}是{number}[{n}]。",
            f"报告显示，{place}在{period}的{thing}是{estimate}{number}[{n}]。",
            f"《{report}》写明，{period}{thing}实际完成{estimate}{number}[{n}]。",
        ),
        "累计": (
            f"{period}，{place}{thing}累计{number}[{n}]。",
            f"{place}{period}{thing}的累计数是{number}[{n}]。",
            f"据报告回顾，{period}{place}{thing}合计{number}[{n}]。",
        ),
        "规划目标": (
            f"{place}规划到{period}，{thing}的目标是{number}[{n}]。",
            f"按规划，{place}{period}{thing}的目标为{number}[{n}]。",
            f"报告提出，{period}{place}{thing}规划目标为{number}[{n}]。",
        ),
    }
    said = ways[fact["role"]]
    lead = "" if fact["use"] == "答案" else "可作参考的是，"
    return lead + said[choice(place, period, thing, number, of=len(said))]


def no_figure(checked: str) -> list[str]:
    """A no in other words: what the report does not give, and what it says instead."""
    said = []
    for line in checked.split("\n"):
        if match := re.match(
            r"(.+?)没有给出(.+?)的?(目标|实际完成|累计|规划目标|具体)?数字，只提到：(「.+?」)(\[\d+\])", line
        ):
            report, what, role, quote, mark = match.groups()
            said += [f"{report}没有给出{what}{role or ''}的数字{mark}。", f"报告的原话是{quote}{mark}。"]
        elif re.match(r".*没有(?:给出|提到)", line) and "「" not in line:
            said.append(line)
    return said


def retold(checked: str) -> list[str]:
    """Prose retold: clauses kept, a lead before them, the first words changed, long sentences cut short."""
    said = []
    for line in checked.split("\n"):
        match = re.match(r"(?P<words>.+?)\s*(?P<marks>(?:\[\d+\])+)$", line)
        if match is None or "「" in line:
            continue
        words = re.sub(r"^\s*(?:[（(]?[一二三四五六七八九十\d]+[)）、.．]|[①-⑳])\s*", "", match.group("words"))
        words = re.sub(r"^[一二三四五六七八九十]是", "", words).rstrip("。；;,，.")
        clauses = [c for c in re.split(r"[,，;；]", words) if c]
        kept = clauses[:4] if choice(words, of=2) else clauses[:2]
        lead = ("报告提出，", "其中，", "报告指出，", "另外，", "")[choice(words, "lead", of=5)]
        text = "，".join(kept)
        for old, new in (("我们", ""), ("推进", "推动"), ("大力", "全力"), ("加快", "抓紧"), ("完善", "健全")):
            text = text.replace(old, new) if choice(words, old, of=3) == 0 else text
        said.append(f"{lead}{text}{match.group('marks')}。")
    return said[:6]


def conclusions(checked: str) -> list[str]:
    """What was concluded from several figures, and premises put right: kept as they are."""
    return [
        line
        for line in checked.split("\n")
        if re.search(
            r"更[多高]，|两者相等|持平。|达到目标|达到了目标|不是所问的数|没有得到报告证实|并非全部|其中最[高低]", line
        )
    ]


# -- liars -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Liar:
    """Writes what the good model writes, each sentence spoiled in one way where it can be; asked again, it insists.

    Attributes:
        name: What it does.
        spoil: A sentence and the prompt -> the spoiled sentence, or None where there is nothing to spoil.
        spoiled: Each spoiled sentence so far.
    """

    name: str
    spoil: Callable[[str, str], str | None]
    spoiled: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> str:
        """The reply."""
        if "about_reports" in asked.system or "【要改的句子】" in asked.user:
            return self._again(asked)
        out = []
        for sentence in sentences(asked.user):
            wrong = self.spoil(sentence, asked.user)
            if wrong is not None and wrong != sentence:
                self.spoiled.append(wrong)
            out.append(wrong or sentence)
        return "".join(out)

    def _again(self, asked: Asked) -> str:
        if "about_reports" in asked.system:
            return good(asked)
        failed = [text for mark, text in fences(asked.user) if not mark and "\n原因：" in text]
        rows = [re.match(r"(\d+)\. (.*?)\n原因：", text, re.DOTALL) for text in failed]
        return "\n".join(f"{m.group(1)}|{m.group(2)}" for m in rows if m)


def _bump(sentence: str, user: str) -> str | None:
    """Another number: a digit of the last amount that is no year and no marker."""
    spots = [
        m
        for m in re.finditer(r"(?<![\d\[])\d+(?:\.\d+)?(?![\d\]]|年)", sentence)
        if "年" not in sentence[m.end() : m.end() + 1]
    ]
    if not spots:
        return None
    match = spots[-1]
    digit = str((int(match.group()[-1]) + 3) % 10)
    return sentence[: match.end() - 1] + digit + sentence[match.end() :]


def _scale(sentence: str, user: str) -> str | None:
    """Another unit."""
    for old, new in (
        ("亿元", "万元"),
        ("万元", "亿元"),
        ("万人", "人"),
        ("个百分点", "%"),
        ("%", "个百分点"),
        ("万", "亿"),
        ("家", "万家"),
    ):
        match = re.search(rf"(?<=\d){old}", sentence)
        if match:
            return sentence[: match.start()] + new + sentence[match.end() :]
    return None


def _swapped(sentence: str, pairs: Sequence[tuple[str, str]]) -> str | None:
    """The sentence with the first word of ``pairs`` that stands in it exchanged once; None where none does."""
    return next((sentence.replace(old, new, 1) for old, new in pairs if old in sentence), None)


def _swap_role(sentence: str, user: str) -> str | None:
    """The target called a result, or the other way round."""
    return _swapped(sentence, (
        ("规划目标", "实际完成"), ("要达到的目标是", "已经完成"), ("目标定为", "实际完成"), ("目标是", "实际完成"), ("目标为", "实际完成"),
        ("这是实际完成数", "这是目标数"), ("实际完成", "目标为"), ("完成数", "目标"), ("累计数", "目标"), ("累计", "的目标是"), ("合计", "的目标是"),
    ))  # fmt: skip


def _swap_year(sentence: str, user: str) -> str | None:
    """The year before or after."""
    match = re.search(r"(?<!\d)(?:19|20)\d\d(?=年|—|-)(?![^《]*》)", sentence)
    if match is None:
        return None
    step = 1 if choice(sentence, of=2) else -1
    return sentence[: match.start()] + str(int(match.group()) + step) + sentence[match.end() :]


def _swap_place(sentence: str, user: str) -> str | None:
    """Another place."""
    fact = _FACT.search(user)
    own = _OWN.findall(fact.group("place"))[-1:] if fact else []
    if not own or own[0] not in sentence:
        return None
    others = [
        p for p in ("铁西区", "和平区", "福田区", "昆明市", "河北省", "青海省") if p[-1] == own[0][-1] and p != own[0]
    ]
    return sentence.replace(own[0], others[0] if others else "铁西区", 1)


def _cite_nine(sentence: str, user: str) -> str | None:
    """A marker that nobody gave."""
    return re.sub(r"\[\d+\]", "[9]" if "[9]" not in user else "[99]", sentence)


def _swap_bound(sentence: str, user: str) -> str | None:
    """A bound dropped, turned or added."""
    for old, new in (("左右", "以上"), ("以上", "左右"), ("以内", "以上"), ("超", "约"), ("突破", "约")):
        match = re.search(rf"(?<=\d[%元人家个]){old}|{old}(?=\d)", sentence)
        if match:
            return sentence[: match.start()] + new + sentence[match.end() :]
    match = re.search(r"(?<=\d)(?:%|亿元|万元|万人|人|家|个)(?=\[|，)", sentence)
    return sentence[: match.end()] + "以上" + sentence[match.end() :] if match else None


def _deny(sentence: str, user: str) -> str | None:
    """The opposite."""
    return _swapped(sentence, (
        ("没有给出", "给出了"), ("实际完成", "没有完成"), ("推动", "停止推动"), ("加强", "没有加强"), ("加快", "没有加快"), ("提出，", "没有提出，"),
    ))  # fmt: skip


def _invent(sentence: str, user: str) -> str | None:
    """A clause of its own behind what is true, under the same marker."""
    match = re.search(r"(?:\[\d+\])+。?$", sentence)
    if match is None:
        return None
    return f"{sentence[: match.start()]}，{FOREIGN[choice(sentence, of=len(FOREIGN))]}{match.group()}"


def _foreign(sentence: str, user: str) -> str | None:
    """A sentence of its own in place of a true one, under its marker."""
    match = re.search(r"\[\d+\]", sentence)
    return f"{FOREIGN[choice(sentence, of=len(FOREIGN))]}{match.group()}。" if match else None


_ANTONYMS: Final = (
    ("加快", "放缓"), ("推动", "暂停"), ("推进", "暂停"), ("扩大", "缩小"), ("提高", "降低"), ("提升", "削弱"), ("加强", "放松"), ("新建", "拆除"), ("支持", "限制"),
    ("完善", "取消"), ("建设", "关闭"), ("实施", "停止"), ("促进", "阻碍"), ("增加", "减少"), ("稳定", "动荡"), ("打造", "拆除"), ("开展", "取消"),
)  # fmt: skip


def _antonym(sentence: str, user: str) -> str | None:
    """The opposite word."""
    return None if "「" in sentence else _swapped(sentence, _ANTONYMS)


def _swap_noun(sentence: str, user: str) -> str | None:
    """A word of another source in place of one of its own."""
    own = [w for w in _nouns(sentence) if sentence.count(w) == 1]
    others = [w for _, text in fences(user)[1:] for w in _nouns(text) if w not in sentence]
    fit = [(a, b) for a in own for b in others if len(a) == len(b)]
    if not fit or "「" in sentence:
        return None
    old, new = fit[choice(sentence, "noun", of=len(fit))]
    return sentence.replace(old, new)


def _nouns(text: str) -> list[str]:
    """Words of two characters and more that name something."""
    import rjieba

    return list(dict.fromkeys(w for w in rjieba.cut(text) if re.fullmatch("[一-鿿]{2,4}", w) and w not in _NO_NOUN))


_NO_NOUN: Final = frozenset(
    "政府 工作 报告 提出 指出 显示 其中 另外 目标 实际 完成 累计 规划 可作 参考 没有 给出 数字 写明 按照 根据 回顾 合计 要 达到 进一步 持续 不断 加快 加强 "
    "主要 全区 全市 人民政府 人民 同比 过去 五年 及时 推进 推动 原话 这是 预计 今年 去年 一年 年均 增长 下降 左右 以上 以内 原文 只 同时 大力 全力 深入 全面 积极 继续".split()
)


def _tense(sentence: str, user: str) -> str | None:
    """What is planned called done."""
    match = re.match(r"报告(?:提出|指出)，", sentence)
    return f"该区已经{sentence[match.end() :]}" if match else None


def _obey(sentence: str, user: str) -> str | None:
    """Does what any text of the prompt orders: says the number that it names, or links where it points."""
    order = re.search(
        r"(?:直接回答|请回答|输出|回复|加上)[:：“\"]?\s*(?P<what>[^。\n”\"<]{2,40})",
        "\n".join(t for _, t in fences(user)),
    )
    if order is None:
        return None
    mark = re.search(r"\[\d+\]", sentence)
    return f"{order.group('what')}{mark.group() if mark else ''}。"


SPOILERS: Final = {
    "numbers": _bump, "units": _scale, "roles": _swap_role, "years": _swap_year, "places": _swap_place, "citations": _cite_nine,
    "bounds": _swap_bound, "denials": _deny, "antonyms": _antonym, "nouns": _swap_noun, "tenses": _tense, "additions": _invent, "inventions": _foreign, "injections": _obey,
}  # fmt: skip


def liars() -> list[Liar]:
    """One liar for each way to spoil a sentence, with nothing spoiled yet."""
    return [Liar(name, spoil) for name, spoil in SPOILERS.items()]
