"""Questions -> Queries. Rules only, and what they are not sure of they leave open.

Words are consumed one kind at a time: places by the gazetteer, then times, roles, measures and talk; what remains
names what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.holdings import session_named
from rag.numerals import Quantity, find_quantities, small_count
from rag.phrases_en import to_chinese
from rag.places import Gazetteer, PlaceMention
from rag.question.history import carried_over
from rag.question.indicators import asking_clauses, closed_up, content_words, distinct, of_parts, read_clauses, units_of
from rag.question.kinds import ACTUAL_WORDS, TARGET_WORDS, asks_difference, kind_of, pairs_of
from rag.question.query import IndicatorAsk, PeriodAsk, PlaceAsk, Query, Sweep
from rag.question.tidied import ASKS, QUESTION_CHARS, language_of, tidy, without_orders
from rag.question.times import PERIOD_WORDS, added_up, goal_of_plan, hinted_report
from rag.types import Level, Measure, Place, Role

_MAY_BE_DONE = frozenset("安排 控制在 任务 规划 拟 指标".split())  # said of a goal as of what was done
# A name that stands like a place's at the head of a question, and is none that is known.
_STRANGER = re.compile(
    r"^(?:请问|那|在)?,?(?P<name>(?!全|我|本|各|哪|那|这|该|每|某)[一-鿿]{2,7}?(?:省|市|自治区|自治州|自治县|新区|县|区|旗)"
    r"(?<!园区|城区|社区|小区|景区|市区|地区|片区|学区|郊区|灾区|发区|新区|山区|库区|湾区|街区|厂区|牧区|林区|老区|特区|试区|范区|城市|超市|菜市|股市|楼市|都市|集市|上市|门市|县市)"
    r"|美国|英国|法国|德国|日本|韩国|朝鲜|印度|俄罗斯|加拿大|澳大利亚|巴西|意大利|西班牙|新加坡|马来西亚|泰国|越南|印尼|欧盟|纽约|伦敦|巴黎|东京|首尔|洛杉矶|旧金山|莫斯科|悉尼|柏林|迪拜)"
    r"(?=(?:19|20)\d\d|今年|去年|明年|前年|上年|的|政府|GDP|,)"
)
_SHORT_YEAR = re.compile(r"(?<![\d.])(?P<y>[0-4]\d|9\d|8\d)年(?!来|间|代|内|以上)")
_PART = re.compile(r"(?P<h1>上半年)|(?P<h2>下半年)|(?P<q3>前三季度|1(?:-|至|到)9月份?)|第?(?P<q>[一二三四1-4])季度")
_RELATIVE = re.compile(
    r"(?P<this>今年|本年度?|当年(?!(?:计划|预计)?(?:完成)?投资))|(?P<last>去年|(?<![够赶])上一?年|前一年|头一年)|(?P<next>明年|下一年|来年)|(?P<before>前年)"
)
_NEWEST = re.compile(r"最新(?:一份|一年)?|最近一(?:份|年|次)|现在|目前|当前")

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
            before = past if before is None else carried_over(past, before)
        return query if before is None else carried_over(query, before)

    def read(self, question: str) -> Query:
        """The query of one question, nothing carried over."""
        text = tidy(question)[:QUESTION_CHARS]
        lang = language_of(text)
        if lang == "en":
            text = to_chinese(text)
        kept, ordered = without_orders(text)
        return _Reader(self, question, kept, lang, ordered).query()


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
        periods = goal_of_plan(added_up(self._periods(), self.text), self.text)
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
        apart = asks_difference(self.text) and not base
        if apart and re.search("增速|增幅|涨幅|增长", self.text):
            indicators = tuple(replace(a, measures=a.measures or ("growth",)) for a in indicators)
        if apart:
            indicators = tuple(a for a in indicators if not a.inherits)  # 高多少个百分点 asks for no figure of its own
        pairs = pairs_of(self.text, periods)
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
            report_hint=hinted_report(self.text),
            pairs=pairs,
            versus=versus.group(1) if versus else "",
            may_be_actual=roles == ("target",)
            and {m.group() for m in TARGET_WORDS.finditer(self.rest)} <= _MAY_BE_DONE,
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
        return replace(query, kind=kind_of(query, self.text))

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
        for pattern, read in PERIOD_WORDS:
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
                r"这?(?<![\d.])(?:[两二三四五六七八九十]|[2-9]|10)年(?:来|间|里|内)?(?!级|制|期|均)", self.rest
            ):
                self.take(*match.span())  # “十四五”五年: the span again
            again = {"past_term": "这|五|5", "recent": "这"}  # 从1964年到1974年这十年
            found = [(at, ask) for at, ask in found if not re.match(again.get(ask.kind, "$^"), ask.words)]
        self._years_ahead(found)
        self._relative(found)
        if any(ask.kind == "coming_term" for _, ask in found):
            found = [(at, ask) for at, ask in found if ask.kind != "past_term"]  # 新一届政府任期内
        return self._parts([ask for _, ask in sorted(found, key=lambda p: p[0])])

    def _years_ahead(self, found: list[tuple[int, PeriodAsk]]) -> None:
        """2020年报告提出用三年时间建多少: the span from that year on, in place of the year."""
        match = re.search(
            r"(?:用|利用|在|力争|计划|打算|通过)*(?<![\d.])([两三四2-4])年(?:的)?(?:时间|之?内)"
            r"|(?:用|起(?:的)?)([两三四2-4])年"
            r"|(?:今后|未来)(?:的)?([两三四六七八九十2-46-9])年(?:里|间|内)?",
            self.rest,
        )
        years = [ask for _, ask in found if ask.kind == "year" and ask.period.isdigit()]
        if match is None or len(found) != 1 or len(years) != 1:
            return
        self.take(*match.span())
        n = small_count(next(filter(None, match.groups())))
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
            r"(?:比|较)\s*(?:上年|去年|上一年|前一年|头一年|(?:19|20)\d\d年)(?:同期|预计数?)?(?!的?(?:目标|计划|完成|实际|结果|任务))(?P<verb>[^,。?!目标计划]{0,4}?(?:增加|减少|提高|下降|增长|上升|回落|降低|多|少|增|减|高|低|升|降|涨))",
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
            if p.kind == "year" and own is not None and p is not own and len(periods) > 1 and hinted_report(self.text):
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
        target = TARGET_WORDS.search(text) is not None
        actual = ACTUAL_WORDS.search(text) is not None
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
            (target or re.search("目标|提出", self.text))
            and not actual
            and re.search(r'五"?(?:(?:规划|计划)?期?末|(?:时期|期间)?(?:的|规划)*目标(?:19|20)\d\d年)', self.text)
        ):
            return ("plan",)  # “十四五”末(2025年)的目标: that of the five-year plan, not that of its last year
        term_goal = re.search(
            r"提出[^,。]{0,4}到(?:19|20)\d\d年|(?:今后|未来)的?(?:五|5)年.*到(?:19|20)\d\d年", self.text
        )
        if term_goal and "year" in kinds:
            return ("plan",)
        if re.search("(?:年|月)(?:底|末)[之以]?前(?![^,。?]*了)", self.text):
            return ("target",)  # 2021年底前建设多少公里
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
        clauses = asking_clauses(closed_up(self.rest))
        asks = read_clauses(clauses, told_numbers=bool(self.taken_numbers))
        if len(asks) > 1 and not asks[0].words:  # 还剩多少户、多少贫困人口
            asks[0] = replace(asks[1], measures=asks[0].measures, units=asks[0].units)
        asks = of_parts(clauses) or asks
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
        if len(asks) == len(numbers) == 1 and not (asks[0].units or asks[0].measures or ASKS.search(self.text)):
            asks = [replace(asks[0], units=units_of("多少" + numbers[0].unit))]  # 为什么只计划引进42家首店
        return tuple(distinct(asks))


def _overlaps(mention: PlaceMention, others: Sequence[PlaceMention]) -> bool:
    return any(mention.start < o.end and o.start < mention.end for o in others)


def _most_likely(candidates: tuple[Place, ...]) -> tuple[Place, ...]:
    """Of places that share a short name, those of the highest level: 吉林 is the province first."""
    order = {"national": 0, "province": 1, "city": 2, "county": 3, "zone": 3}
    best = min(order.get(c.level, 9) for c in candidates)
    return tuple(c for c in candidates if order.get(c.level, 9) == best) if best <= 1 else candidates
