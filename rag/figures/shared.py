"""Indicators that the numbers of one sentence share or borrow. Pure.

Pairs told with 分别, lists behind one verb, level and growth of one thing, the owner or topic that a sentence names
first, the sentence before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.figures.numbers import DOWN, NAMELESS, UP, Draft, rate_measure, subject_of, unit_kind
from rag.figures.phrases import bare_noun, clean_phrase, last_verb, lead_off, split_items
from rag.types import Measure

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
_GRADE = re.compile(
    r"(?:国家|省部?|市|区|县|部|厅|[百千万]亿(?:元)?)级|[百千万]亿(?:元)?(?:级)?|[过超][百千万]亿(?:元)?|\d{2,4}千伏|\d?A级"
)


def share_lists(text: str, drafts: list[Draft]) -> list[Draft]:
    """Lists paired by 分别 (A、B分别增长8%和9%) and old values (由50%提高到60%) set right."""
    out = list(drafts)
    for i, draft in enumerate(out[:-1]):
        gap = text[draft.quantity.end : out[i + 1].quantity.start]
        before = text[: draft.quantity.start]
        if re.search(r"(?:由|从)[^,由从]*$", before) and re.match(
            rf"(?:,|[^\s,;。]{{0,10}}?)(?:{UP}|{DOWN}|调整?|整合|精简|优化|发展|拓展|扩展|扩|增|升|降|缩|提|压)\S{{0,3}}?(?:到|至|为|达到|达)|达到|转为?(?:{UP}|{DOWN})",
            gap,
        ):
            subject = clean_phrase(re.sub(r"(?:由|从)[^由从]*$", "", draft.left))
            subject = "" if NAMELESS.fullmatch(subject) else subject
            subject = subject or (draft.indicator if draft.inherited else "") or out[i + 1].indicator
            if subject.startswith("占") and draft.measure == "share":  # 研发经费2300亿元,占GDP比重从2.1%提高到2.6%
                whole = subject_of(out[:i])
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


def _mark_old(text: str, drafts: list[Draft], last: int) -> None:
    """Marks the old values before ``last`` too: 分别从609元、276元提高到631元、290元."""
    for i in range(last - 1, -1, -1):
        gap = text[drafts[i].quantity.end : drafts[i + 1].quantity.start]
        same = unit_kind(drafts[i].quantity.unit) == unit_kind(drafts[last].quantity.unit)
        if not same or not re.fullmatch(r"[、和与及]", gap) or not re.search(r"(?:由|从)", drafts[i].left + gap):
            return
        drafts[i] = replace(drafts[i], base=True)


_REACHED_THEN = re.compile(
    r"(?:到|截至)?(?:19|20)\d\d年(?:年?[底末])?(?:已经?)?(?:达到?|增加?[到至]|为)(?:了|约|近)?[\d一-十百千万亿]"
)


def with_subject(text: str, drafts: list[Draft], subject: str) -> list[Draft]:
    """Drafts whose bare 总量 or 总额 takes the name before it: GDP增长3.5%;总量达到4702亿元."""
    out: list[Draft] = []
    for draft in drafts:
        before = next((d.indicator for d in reversed(out) if d.measure in ("level", "growth")), subject)
        if before and draft.measure == "level" and _TOTAL.fullmatch(draft.indicator) and not _TOTAL.fullmatch(before):
            draft = replace(draft, indicator=before, inherited=True)
        elif subject and not out and draft.measure == "level" and not draft.indicator and _REACHED_THEN.match(text):
            draft = replace(draft, indicator=subject, inherited=True)
        elif re.fullmatch("年?总?产量?|单产|亩产", draft.indicator) and (
            crop := _SOWN.match(before) or _GROWN.search(text[: draft.quantity.start])
        ):
            draft = replace(draft, indicator=crop.group("crop") + draft.indicator)
        elif _MILEAGE.fullmatch(draft.indicator) and (lines := _LINES.findall(text[: draft.quantity.start])):
            draft = replace(draft, indicator=lines[-1] + draft.indicator)
        elif before and draft.measure == "level" and _TOTAL_OF.fullmatch(draft.indicator):
            draft = replace(draft, indicator=bare_noun(before) + draft.indicator)
        out.append(draft)
    return out


def with_grades(text: str, drafts: list[Draft]) -> list[Draft]:
    """Drafts named 国家级 alone with the noun of the next: 3个国家级和5个省级试点项目."""
    out = list(drafts)
    for i in range(len(out) - 2, -1, -1):
        nearer = _GRADE.match(out[i + 1].indicator)
        gap = text[out[i].quantity.end : out[i + 1].quantity.start]
        alone = _GRADE.fullmatch(out[i].indicator) and re.fullmatch(rf"{out[i].indicator}[、和与及]?", gap)
        if alone and nearer and nearer.end() < len(out[i + 1].indicator):
            out[i] = replace(out[i], indicator=out[i].indicator + out[i + 1].indicator[nearer.end() :])
    return out


def with_nouns_behind(text: str, drafts: list[Draft]) -> list[Draft]:
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
        first = last_verb(own.group())
        if first and last_verb(gap.group("verb")) and here.indicator in ("", own.group(), first):
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


def with_purpose(text: str, drafts: list[Draft]) -> list[Draft]:
    """Drafts of money named by a verb alone, with what is done for it: 投入1.5亿元开展800个以上民微项目."""
    out = list(drafts)
    for i in range(len(out) - 1):
        here, behind = out[i], out[i + 1]
        gap = text[here.quantity.end : behind.quantity.start]
        paid = here.quantity.unit.endswith("元") and _DEED.fullmatch(here.indicator) and here.measure == "level"
        if paid and behind.named_behind and _PAID_FOR.fullmatch(gap):
            out[i] = replace(here, indicator=behind.indicator + "投入", inherited=True)
    return out


def with_owner(text: str, drafts: list[Draft]) -> list[Draft]:
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


def _labelled(draft: Draft, label: str) -> Draft:
    bare = _BY_LAST_WORD.fullmatch(draft.indicator)
    if bare is None or not label.endswith(bare.group("word")):
        return draft
    return replace(draft, indicator=label + (bare.group("rest") or ""))


def _end_measure(draft: Draft, subject: str) -> Measure:
    if draft.quantity.unit in ("%", "‰"):
        return rate_measure(subject)
    return "level" if draft.measure in ("change", "growth") else draft.measure


_SINCE_YEAR = r"[比较](?:19|20)\d\d年(?:底|末|同期)?"


def _pair(text: str, match: re.Match[str], drafts: list[Draft]) -> None:
    """Gives the values behind 分别 the items before it, one to one."""
    behind = [d for d in drafts if d.quantity.start >= match.end()]
    run = _value_run(text, match.end(), behind)
    if len(run) < 2:
        return
    start = max((text.rfind(c, 0, match.start()) for c in ",;。:"), default=-1) + 1
    items = split_items(
        lead_off(
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
        above = split_items(lead_off(text[stop : start - 1]))
        items = above if len(above) == len(run) and not re.search(r"\d", text[stop:start]) else items
    if len(items) != len(run):
        return
    noun = clean_phrase(text[match.end() : run[0].quantity.start])
    noun = "" if re.fullmatch(rf"(?:{UP}|{DOWN}|达到|达|为|完成|实现|由|从|每月|每年|每人)*", noun) else noun
    _give(drafts, run, [item + noun if noun and noun not in item else item for item in items])
    _give_on(text, drafts, run, [item + noun if noun and noun not in item else item for item in items])


def _give_on(text: str, drafts: list[Draft], run: Sequence[Draft], names: Sequence[str]) -> None:
    """The next lists of as many values belong to the same items: 分别达到40158元、22049元,增长10.3%、19.5%."""
    last = run[-1]
    while True:
        rest = [d for d in drafts if d.quantity.start >= last.quantity.end]
        if not rest:
            return
        gap = text[last.quantity.end : rest[0].quantity.start]
        if not re.fullmatch(
            rf"(?:左右|以上|以内)?[,、]?(?:同比|分别|比上年|较上年|年均|实际|名义)*(?:{UP}|{DOWN}|调整|占)?(?:到|至|为|达到|达)?(?:不低于|约|超过)?",
            gap,
        ):
            return
        following = _value_run(text, rest[0].quantity.start, rest)
        if len(following) != len(names):
            return
        _give(drafts, following, names)
        last = following[-1]


def _give(drafts: list[Draft], run: Sequence[Draft], names: Sequence[str]) -> None:
    first = run[0]
    for name, draft in zip(names, run, strict=True):
        i = next(n for n, d in enumerate(drafts) if d.quantity == draft.quantity)
        measure = first.measure if draft.quantity.unit == first.quantity.unit else draft.measure
        if measure in ("share", "level") and draft.quantity.unit in ("%", "‰"):
            measure = rate_measure(name)
        if draft.quantity.kind == "rank":
            scope = next((w for w in ("全国", "全省", "全市", "世界", "全球") if w in first.indicator), "")
            # 营收和利润分别居全国第5、第6位
            bare = re.sub(r"(?:稳|位|跃|名)?[居列](?:全国|全省|全市|世界|全球)$", "", name)
            drafts[i] = replace(drafts[i], indicator=f"{bare}{scope}排名", inherited=False)
            continue
        verbs = tuple(m for m in first.modality if m not in ("左右", "以上", "以内", "余", "多", "超", "超过", "约"))
        modality = tuple(dict.fromkeys((*verbs, *draft.modality)))
        drafts[i] = replace(drafts[i], indicator=name, measure=measure, modality=modality, inherited=False)


def _pair_plain(text: str, drafts: list[Draft]) -> None:
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
                rf"(?:{_SINCE_YEAR}|(?<!、)同比|年均|平均|比上年|实际|名义|分别)*(?:{UP}|{DOWN}|(?:稳定|保持|控制)在)?(?:到|至|为|达到|达)?(?:不低于|约|超过)?$",
                "",
                head,
            )
            # 低保标准提高到每月815元和615元
            head = re.sub(r"(?:提高|上调|调整|增加)(?:到|至)(?:平均)?(?:每人)?每[月年]$", "", head)
            items = split_items(lead_off(head))
            told = any(d.quantity.start >= run[0].segment[0] for d in drafts[:i])  # the head holds a number of its own
            if len(items) == len(run) and not told:
                _give(drafts, run, items)
                _give_on(text, drafts, run, items)
            elif not clean_phrase(head) and (owners := _owners(drafts[:i], run)):
                _give(drafts, run, owners)  # 游客2.73亿人次、收入4140亿元,增长18.6%和23.4%
        i += max(1, len(run))


def _owners(before: Sequence[Draft], run: Sequence[Draft]) -> list[str]:
    """The indicators of the amounts right before a list of as many growths, or none."""
    amounts = list(before[-len(run) :])
    fits = len(amounts) == len(run) and run[0].measure in ("growth", "change") and run[0].quantity.unit in ("%", "倍")
    if not fits or any(d.measure != "level" or d.inherited or d.quantity.unit in ("%", "‰") for d in amounts):
        return []
    return [d.indicator for d in amounts]


def _value_run(text: str, start: int, drafts: Sequence[Draft]) -> list[Draft]:
    """The numbers behind 分别 that only 、 和 or bounds part from one another."""
    run: list[Draft] = []
    for draft in drafts:
        if not run:
            if draft.quantity.start - start > 14:
                return []
            run.append(draft)
            continue
        gap = text[run[-1].quantity.end : draft.quantity.start]
        kind = unit_kind(run[0].quantity.unit) == unit_kind(draft.quantity.unit)
        if kind and re.fullmatch(
            r"(?:左右|以上|以内|余|多)?(?:、|和|与|及|以及|,|,?\s?)?(?:约|近|超|超过|达|增长|下降|不低于)?", gap
        ):
            run.append(draft)
        else:
            break
    return run
