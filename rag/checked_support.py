"""Free prose: each clause of a model's text must be borne out by the spans it cites. Pure.

Numbers, years, places and roles are checked elsewhere; this looks at the other words. A clause is compared with its
ground: the sentences that its markers name with their headings, and the text of the answer that was checked before.
Nearly all its characters must stand in one sentence of the ground, in the clause's order; no word of it may be new but
for synonyms; a clause with a number may use the words around that number, its indicator's names and the question's; what
the ground asserts may not be denied (nor the other way round), and what a plan announces may not be called done.
``docs/language-model.md`` says how often this is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import LCSseq

from rag.checked_sheet import Reading, Sheet, place_parts, tight
from rag.claims import MARKER, MASK, Span, clause_spans, denials, view_of
from rag.indicators import named
from rag.passages import sentence_spans
from rag.prompts import gives_orders
from rag.question import cut
from rag.types import Figure

MISSED = 0.12  # of a clause's characters so many may lack in the sentence that bears it out, in the clause's order
_NEAR = 0.1  # sentences whose share is so little below the best one's may be meant as well
_LINK = re.compile(r"https?:|www\.|</?[a-zA-Z!]|!?\[[^\]]*\]\(|```|&#|javascript:", re.IGNORECASE)
# Words with which prose leads, joins and reports; they claim nothing.
_TALK = frozenset(
    "人民政府 政府 工作报告 报告 报告期 原文 原话 文中 根据 按照 依据 其中 同时 此外 另外 而且 并且 以及 对于 关于 至于 针对 方面 提出 指出 写道 写明 明确 表示 提到 强调 显示 "
    "说明 介绍 列出 回顾 包括 包含 具体 主要 有关 相关 当地 全区 全市 全省 全县 我们 本地 目标 计划 任务 预期 规划 要求 安排 部署 打算 准备 力争 确保 争取 预计 实际 完成 实现 达到 "
    "达成 结果 情况 数字 数据 数值 指标 水平 没有 给出 提供 设定 定为 定在 累计 合计 年均 同比 上年 增长 增加 提高 提升 下降 减少 降低 左右 以上 以内 超过 不低于 不超过 供参考 "
    "参考 可作 作为 如下 以下 得到 有待 认为 需要 应当 值得 注意 不过 而是 也就是 做好 抓好 做到 工作 措施 做法 内容 事项 过去 今后 未来 当年 全年 年度 今年 去年 明年 年底 年末 期间 时期 五年 两者 二者 相等 持平 变化 "
    "高于 低于 多于 少于 相差 一是 二是 三是 四是 五是 首先 其次 再次 最后 一方面 另一方面 要达到 完成数 累计数 目标值 实际完成 写的是 说的是 这是 那是 它是 就是 也是 仍是".split()
)
_FUNCTION = frozenset(
    "这该其说称的了在到和与及或由从对把将被以等共均都各还也则就即为是并但只约近超未不拟要数中里上下年月日市区县省仍再更据作可来看值已又起出着过于而让使向且之所能会应每得按"
)
# Words that stand for one another in these texts; one of them in the ground bears out the others.
_SYNONYMS = tuple(
    frozenset(group.split())
    for group in (
        "推进 推动 加快 抓紧 促进 加大 着力 大力 全力 努力 狠抓 深化 深入 持续 不断 继续 进一步 全面 扎实 积极 稳步 切实 深入推进 加快推进 大力推进",
        "加强 强化 加大 增强 夯实", "完善 健全 优化 改进", "建设 建成 打造 建立 构建 修建 新建", "实施 开展 进行 组织 落实 执行", "扩大 拓展 拓宽 增加",
        "解决 破解 化解", "支持 扶持 鼓励 帮助", "引进 引入 吸引", "整治 治理", "改造 翻新 更新", "发展 壮大 培育", "居民 群众 百姓 市民 人民", "不足 短板 问题 困难 薄弱",
        "提升 提高 改善", "开工 动工 启动", "竣工 完工 建成", "巩固 保持 稳定", "设立 成立 建立", "发放 发给", "就业 工作岗位", "企业 公司", "学校 院校", "办法 举措 措施",
    )
)  # fmt: skip
_DONE = re.compile(r"已经?|(?<!为)了(?!解)|成功|顺利")
_SURELY_DONE = re.compile(r"实际完成|已经?完成|完成了|完成数|实际(?:[为是达])")
_GIVES = re.compile(r"给出|提到")  # 报告给出了PM2.5的数字: all talk, and yet a claim
_AHEAD = re.compile(r"[将拟]|计划|打算|准备|力争|今后")
_AHEAD_PARTS = frozenset({"plan", "livelihood", "term_plan"})
_BACK_PARTS = frozenset({"review", "term_review", "experience"})
_UNMET = re.compile(r"(?:未|没有?|不)(?:能)?(?:完成|达到|实现|达)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_HAN = re.compile(r"[一-鿿]+")


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a unit may lean on: sentences of its sources, those said before, and the headings above its sources."""

    cited: tuple[str, ...]
    said: tuple[str, ...]
    headings: str

    def nearest(self, view: str) -> list[str]:
        """The clauses that share most of a stretch's characters, the best and those near it; none where not half is shared."""
        pairs = _pairs(_HAN.findall(view))
        shares = [(_share(pairs, s[a:b]), s[a:b]) for s in (*self.cited, *self.said) for a, b in clause_spans(s)]
        best = max((share for share, _ in shares), default=0.0)
        return [clause for share, clause in shares if best >= 0.5 and share >= best - _NEAR]

    def holding(self, numbers: Sequence[str], *, said: bool = False) -> list[str]:
        """The clauses of the sources (and of what was said) in which one of these numbers stands."""
        clauses = [s[a:b] for s in (*self.cited, *(self.said if said else ())) for a, b in clause_spans(s)]
        return [c for c in clauses if any(re.search(rf"(?<![\d.]){re.escape(n)}", tight(c)) for n in numbers)]


class SupportCheck:
    """Checks what the units of one sheet say beside their numbers."""

    def __init__(self, sheet: Sheet, said: str) -> None:
        """``said``: the text of the answer that was checked before."""
        self.sheet = sheet
        self.said = said
        self.lines = tuple((_marks_in(line), s) for line in said.split("\n") for s in _sentences(view_of(line)))
        places = {part for c in sheet.grounds.citations.values() for part in place_parts(c.place)}
        self.places = sorted({p for full in places for p in (full, full[:-1]) if len(p) > 1}, key=len, reverse=True)

    def fault(self, reading: Reading) -> str | None:
        """What of a unit is not borne out, in Chinese, or None."""
        if _LINK.search(reading.unit.text):
            return "含有链接或代码"
        if gives_orders(reading.view):
            return "含有给程序的命令"
        if tight(reading.unit.text) in tight(self.said):
            return None
        led = reading.unit.lead is not None
        marks = self.sheet.marks(reading, 0) if reading.unit.marks or led else ()
        if not marks and not reading.unit.introduces and reading.numbers:
            return "没有标明出处"
        if fault := self._title_fault(reading.unit.text) or self._name_fault(reading, marks):
            return fault
        ground = self._ground(marks)
        if any(
            not ground.holding([n], said=True) and self._is_ordered(n, marks)
            for n in _shown(reading, 0, len(reading.view))
        ):
            return "只有原文里的命令有这个数字"
        if denials(reading.view.replace(MASK, " ")) and not _has_years_of(reading.view, (*ground.said, *ground.cited)):
            return "所否认的年份与原文不同"
        faults = (self._clause_fault(reading, span, ground, marks) for span in clause_spans(reading.view))
        return next((fault for fault in faults if fault), None)

    def _title_fault(self, text: str) -> str | None:
        """Whether a title in 《》 is one of the sources', or stands in them."""
        citations = self.sheet.grounds.citations.values()
        known = tight(view_of("\n".join([self.said, *(w for c in citations for w in (c.title, c.quote, c.source))])))
        titles = re.findall(r"《([^》]*)》", text)
        return next((f"没有《{title}》这份文件" for title in titles if tight(view_of(title)) not in known), None)

    def _name_fault(self, reading: Reading, marks: Sequence[int]) -> str | None:
        """Whether each number stands with a name of what it counts: its indicator, a common name, or the question's."""
        words = tight(reading.view).replace('"', "")
        asked = [tight(view_of(name)) for name in self.sheet.draft.reading.indicators if name.strip()]
        for said in reading.numbers:
            own = self._figures_of([tight(reading.view[said.start : said.end])], marks)
            named_so = any(_is_called(name, words) for name in (*(n for f in own for n in _names(f)), *asked))
            if own and not named_so and all(f.indicator and f.measure != "rank" for f in own):
                return f"没有照原文写明“{reading.view[said.start : said.end]}”是什么数"
        return None

    def _figures_of(self, numbers: Sequence[str], marks: Sequence[int]) -> list[Figure]:
        """The figures of the sources that show one of these numbers."""
        digits = [d for number in numbers for d in re.findall(r"\d[\d.]*", number)] or list(numbers)
        figures = [h.figure for n in marks for h in self.sheet.proved(n)]
        return [f for f in figures if any(d in re.findall(r"\d[\d.]*|[^\d.]+", view_of(f.written)) for d in digits)]

    def _ground(self, marks: Sequence[int]) -> _Ground:
        """What a unit with these markers may lean on, in one form for each sign."""
        citations = [self.sheet.grounds.citations[n] for n in marks]
        cited = tuple(s for c in citations for s in _sentences(view_of(c.quote)) if not gives_orders(s))
        said = tuple(words for own, words in self.lines if not own or own & set(marks) or not marks)
        return _Ground(cited, said, view_of("\n".join(h for c in citations for h in c.section)))

    def _is_ordered(self, number: str, marks: Sequence[int]) -> bool:
        """Whether a number stands in a sentence of the sources that tells programs what to do."""
        quotes = (view_of(self.sheet.grounds.citations[n].quote) for n in marks)
        return any(number in tight(s) for quote in quotes for s in _sentences(quote) if gives_orders(s))

    def _clause_fault(self, reading: Reading, span: Span, ground: _Ground, marks: Sequence[int]) -> str | None:
        view = reading.view[span[0] : span[1]]
        numbers = _shown(reading, *span)
        if numbers:
            words, around = self._named(view, numbers, ground, marks)
            content = self._content(words)
            fault = _news(words, content, around) or self._role_fault(view, numbers, ground, marks)
        else:
            content = self._content(view)
            fault = _unaligned(view, content, ground)
        if fault is not None:
            return fault
        if _gives_what_is_not(view, ground) or self._is_turned(reading, span, ground, numbers, bool(content)):
            return "肯定或否定与原文相反"
        return None if numbers else self._done_fault(view, ground.nearest(view), marks)

    def _named(self, view: str, numbers: Sequence[str], ground: _Ground, marks: Sequence[int]) -> tuple[str, str]:
        """A clause with numbers less the names of what they count, and the words that the rest of it may use."""
        figures = self._figures_of(numbers, marks)
        rest = tight(view).replace('"', "")
        meant = [f for f in figures if any(_is_called(name, rest) for name in _names(f))]
        names = [name for f in meant or figures for name in _names(f)]
        clauses = ground.holding(numbers, said=True)
        own = [c for c in clauses if any(name in tight(c).replace('"', "") for name in names)]
        words = {w for name in names for w in (name, *cut(name)) if len(w) > 1}
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, ",")
        return rest, "\n".join((*(own or clauses), *names, self.sheet.question))

    def _role_fault(self, view: str, numbers: Sequence[str], ground: _Ground, marks: Sequence[int]) -> str | None:
        """Whether a target is called done in so many words; 培训计划 in the same clause does not make that a plan."""
        roles = {f.role for f in self._figures_of(numbers, marks)}
        done = _SURELY_DONE.search(view) and not any(_SURELY_DONE.search(c) for c in ground.holding(numbers))
        return "是目标，不是实际完成的" if done and roles and roles <= {"target", "plan"} else None

    def _is_turned(self, reading: Reading, span: Span, ground: _Ground, numbers: Sequence[str], worded: bool) -> bool:
        """Whether a clause denies what its source asserts, or the other way round."""
        view = reading.view[span[0] : span[1]].replace(MASK, " ")
        denied = bool(denials(view))
        if numbers:
            if denied and not _UNMET.search(view):
                return False  # a number that is denied is checked as a number
            sources = ground.holding(numbers)
        elif worded:
            sources = ground.nearest(view)
        elif denied:  # 报告没有提出，…: it denies what stands beside it
            sources = ground.holding(_shown(reading, 0, len(reading.view))) or ground.nearest(reading.view)
        else:
            return False
        if not sources:
            return denied
        return all(bool(denials(source)) != denied for source in sources)

    def _done_fault(self, view: str, sources: Sequence[str], marks: Sequence[int]) -> str | None:
        """Whether a clause calls done what a plan announces, or planned what a review reports."""
        parts = {self.sheet.grounds.citations[n].part for n in marks}
        done, ahead = _DONE.search(view) or _SURELY_DONE.search(view), _AHEAD.search(view)
        planned = bool(parts) and parts <= _AHEAD_PARTS
        past = bool(parts) and parts <= _BACK_PARTS
        if planned and done and not any(_DONE.search(s) for s in sources):
            return "是计划，不是已经完成的"
        if past and ahead and not done and not any(_AHEAD.search(s) for s in sources):
            return "是已经完成的，不是计划"
        return None

    def _content(self, view: str) -> tuple[str, ...]:
        """The runs of Chinese characters of a clause that say something: places, talk and single characters aside."""
        bare = re.sub(r"(?<=\d)[年月日]", ",", tight(view.replace(MASK, ",")))
        for name in self.places:
            bare = bare.replace(name, ",")
        return _telling_words(bare)


def _marks_in(line: str) -> set[int]:
    """The numbers of the markers of a line."""
    return {int(n) for n in MARKER.findall(line)}


def _names(figure: Figure) -> list[str]:
    """What a figure's indicator is called: by its report, and commonly."""
    row = named(figure.indicator_id) if figure.indicator_id else None
    names = [view_of(figure.indicator), *((row.id, *row.names) if row else ())]
    return [bare for name in names if (bare := tight(name).replace('"', ""))]


def _is_called(name: str, words: str) -> bool:
    """Whether all words of a name stand in ``words``, in whatever order: 新增和规范学位 for 学位新增和规范."""
    return all(word in words for word in cut(name))


def _gives_what_is_not(view: str, ground: _Ground) -> bool:
    """Whether a clause says that a report gives or mentions something, where the checked answer says only that not."""
    if denials(view.replace(MASK, " ")):
        return False
    clauses = [s[a:b] for s in ground.said for a, b in clause_spans(s)]
    said = [[c for c in clauses if verb in c] for verb in _GIVES.findall(view)]
    return any(same and all(denials(clause) for clause in same) for same in said)


def _has_years_of(view: str, sentences: Sequence[str]) -> bool:
    """Whether the years that a denial names are those of the sentence that is most like it."""
    letters = "".join(_HAN.findall(view))
    best = max(sentences, key=lambda s: LCSseq.normalized_similarity(letters, "".join(_HAN.findall(s))), default="")
    return Counter(_YEAR.findall(view)) <= Counter(_YEAR.findall(best))


def _sentences(view: str) -> list[str]:
    return [view[a:b] for a, b in sentence_spans(view, 0, len(view))]


def _shown(reading: Reading, start: int, end: int) -> list[str]:
    """The numbers of a stretch as they are written."""
    return [tight(reading.view[s.start : s.end]) for s in reading.numbers if start <= s.start < end]


@lru_cache(maxsize=1024)
def _telling_words(words: str) -> tuple[str, ...]:
    """The words of a stretch that say something: talk and function words aside."""
    return tuple(w for run in _HAN.findall(words) for w in cut(run) if w not in _TALK and not set(w) <= _FUNCTION)


def _pairs(runs: Sequence[str]) -> list[str]:
    return [run[i : i + 2] for run in runs for i in range(len(run) - 1)]


def _share(pairs: Sequence[str], ground: str) -> float:
    return sum(pair in ground for pair in pairs) / len(pairs) if pairs else 1.0


def _news(view: str, content: Sequence[str], ground: str) -> str | None:
    """What a clause names that its ground does not, in Chinese, or None."""
    new = [*_new_words(content, ground), *_new_letters(view, ground)]
    return f"所引的原文里没有“{max(new, key=len)}”" if new else None


def _unaligned(view: str, content: Sequence[str], ground: _Ground) -> str | None:
    """What is wrong with a clause that no one sentence of the ground bears out in its own order, in Chinese, or None."""
    if sum(map(len, content)) < 2:
        return _news(view, content, "\n".join((*ground.cited, *ground.said)))
    sentences: Sequence[str] = (*ground.cited, *ground.said)
    if denials(view.replace(MASK, " ")):  # what is denied must be denied there, in one breath
        sentences = [s[a:b] for s in sentences for a, b in clause_spans(s) if denials(s[a:b])]
    rows = [(_missed(content, s), s) for s in sentences]
    least = min((missed for missed, _ in rows), default=sum(map(len, content)))
    if least <= MISSED * sum(map(len, content)):
        best = "\n".join(s for missed, s in rows if missed == least)
        return _news(view, content, f"{best}\n{ground.headings}")
    clauses = [s[a:b] for s in sentences for a, b in clause_spans(s)]
    if any(next(_new_words(content, clause), None) is None for clause in clauses):
        return _news(view, (), "\n".join(clauses))  # turned round, 加快转型升级 for 转型升级加快, but of one clause
    return "所引的原文里没有这个说法"


def _missed(content: Sequence[str], sentence: str) -> int:
    """How many of a clause's characters do not stand in a sentence in the same order; synonyms count as the same."""
    letters = "".join(_as_in(word, sentence) for word in content)
    return len(letters) - int(LCSseq.similarity(letters, sentence))


def _as_in(word: str, sentence: str) -> str:
    """A word, or where the sentence lacks it the synonym that it has."""
    kin = sorted({w for group in _SYNONYMS if word in group for w in group if w in sentence}, key=sentence.find)
    return kin[0] if kin and word not in sentence else word


def _new_words(content: Sequence[str], ground: str) -> Iterator[str]:
    """Words that the ground does not hold, nor a synonym of theirs."""
    for word in content:
        held = word in ground if len(word) == 1 else _share(_pairs([word]), ground) == 1
        if not held and _as_in(word, ground) == word:
            yield word


def _new_letters(view: str, ground: str) -> Iterator[str]:
    """Latin names (AI, PPP) that the ground does not hold."""
    for match in re.finditer(r"[A-Za-z]{2,}", view):
        if match.group().lower() not in ground.lower():
            yield match.group()
