"""Gazetteer of Chinese administrative divisions: names found in text as names, never as substrings.

The table (``rag/data/places.tsv``, made by ``tools/make_gazetteer.py``) holds provinces, prefectures,
counties and districts, the zones that report like them (大鹏新区, 雄安新区, 开发区), former names linked
to today's place (徐水县 -> 徐水区), aliases (沪, 内蒙), pinyin and English spellings, and the traditional
characters of all these names. Loading takes some ten milliseconds; nothing else is imported for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, cast

from rag.types import Level, Place

Form: TypeAlias = Literal["full", "own", "short", "alias", "former", "latin", "slip"]
TABLE = Path(__file__).resolve().parent / "data" / "places.tsv"
NATION_CODE = "000000"

_LEVEL_RANK = {"national": 0, "province": 1, "city": 2, "county": 3, "zone": 4}
_FORM_RANK = {"own": 0, "short": 1, "alias": 2, "former": 3}
_HAN = re.compile(r"[\u4e00-\u9fff]")
# 山东区域 is 山东 + 区域, 沈阳市场 is 沈阳 + 市场.
_NOT_AFTER = {"区": "域间位块划别隔", "市": "场值价面"}
# 解放路, 南山街道, 河南岸, 太行山东麓: a short form inside another name. 乡村, 村级, 路网, 镇村 are words.
_INSIDE_NAME = re.compile(
    r"街道|大道|大街|大桥|社区|路(?![网径])|街|镇(?![域村级])|乡(?![村镇])|村(?![级民镇])|岸|麓|坡|半岛|隧道|桥"
)
# 黄河南岸, 沿海南北, 太湖北, 长江西段: the first half of the word stands in front.
_CUT_WORD = re.compile(r"[黄淮长沿渤太泰]$")
_DIRECTION = re.compile(r"^[河江海湖山][东南西北]$")
# 代县长, 提高县域, 创新县: in a run of text, two characters that end a word and begin another.
_COUNTY_WORD = "长级域委直里处外内人"
_FUNCTION_CHARS = "的在是和与及跟同对向到从为比给把被将问查看找讲说下、以由请,，。：:；;《》“”（）()省市州"
_SELDOM_A_PLACE = ("中央", "国家", "我国", "中国")
_AFTER_NAME = re.compile(r"人民|政府|[县区市旗]|委|人大|政协|的|第|经济|全年|今年|去年|等|有|发展")
_WORD_ENDS = ("城市", "港区", "城区")
_GAP = re.compile(r"[\s·•\-—,，]?|的|市辖|辖")
_LATIN_GAP = re.compile(r"\s*,?\s*(?:(?:of|in)\s+)?", re.IGNORECASE)
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’\-][A-Za-z]+)*")
_LATIN_LEVELS: dict[str, tuple[str, ...]] = {
    "district": ("区", "林区"),
    "county": ("县", "旗"),
    "city": ("市",),
    "municipality": ("市",),
    "province": ("省",),
    "region": ("区",),
    "newarea": ("新区",),
    "newdistrict": ("新区",),
    "autonomousregion": ("自治区",),
    "autonomouscounty": ("自治县",),
    "autonomousprefecture": ("自治州",),
    "prefecture": ("州", "地区", "盟"),
    "banner": ("旗",),
    "league": ("盟",),
    "qu": ("区",),
    "xian": ("县",),
    "shi": ("市",),
    "sheng": ("省",),
    "xinqu": ("新区",),
}
_LATIN_PEOPLES = frozenset(
    "uygur uyghur hui zhuang tibetan mongol mongolian kazakh korean yi miao dong tujia bai dai buyei manchu she".split()
)
_GLUED = ("xinqu", "sheng", "xian", "shi", "qu")
_LEVEL_END = re.compile(r"新区|自治[区州县旗]|地区|[省市区县州盟旗]")
# What ends in a level word and is no name.
_PLAIN_WORDS = frozenset(
    "地区 市区 城区 园区 社区 小区 辖区 山区 校区 片区 景区 库区 灾区 全区 全县 全市 全省 我区 我县 我市 我省 "
    "各区 各县 各市 各省 本区 本县 本市 本省 该区 该县 该市 该省 外省 外市 城市 县市 区县 市县 省市 郊区 牧区 "
    "老区 新区 特区 矿区 林区 开发区 高新区 自治区 自治州 自治县 自治旗 直辖市 副省 超市 股市 楼市 上市 入市 "
    "都市 门市 哪个区 哪个县 哪个市 哪个省 哪些区 哪些县 哪些市 哪些省 几个区 几个县 几个市".split()
)


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A name of a place in a text.

    ``text`` is the text from ``start`` to ``end``. ``candidates`` are the places of that name, the most
    prominent first (西安 is the city before the districts of 辽源 and 牡丹江). ``form`` says how the name
    was written: with a parent in front (full), as its own official name, short (沈河), as an alias (沪),
    by a former name, in Latin letters, or with a slip. ``risky``: the words may mean something else here
    (和平, 新建, 任县 in 担任县长); trust it only where the context asks for a place.
    """

    start: int
    end: int
    text: str
    candidates: tuple[Place, ...]
    form: Form
    risky: bool = False


class _Row(NamedTuple):
    """A line of the table."""

    own: str
    short: str
    level: str
    parent: str
    formers: tuple[str, ...]
    aliases: tuple[str, ...]
    latin: tuple[str, ...]
    flags: str


class Gazetteer:
    """The places and their names; made by ``load_gazetteer``."""

    def __init__(self, rows: dict[str, _Row], *, traditional: dict[int, str]) -> None:
        """Index the names of the rows, keyed by code."""
        self._rows = rows
        self._traditional = traditional
        self._places: dict[str, Place] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._latin: dict[str, list[str]] = {}
        self._children: dict[str, list[str]] = {}
        names = self._names
        for code, row in rows.items():
            names.setdefault(row.own, []).append(("own", code))
            if row.short != row.own:
                names.setdefault(row.short, []).append(("short", code))
            for name in row.aliases:
                names.setdefault(name, []).append(("alias", code))
            for name in row.formers:
                names.setdefault(name, []).append(("former", code))
            for spelt in row.latin:
                self._latin.setdefault(spelt, []).append(code)
            if row.parent:
                self._children.setdefault(row.parent, []).append(code)
        heads: dict[str, set[int]] = {}
        for name in names:
            if len(name) > 1:
                heads.setdefault(name[:2], set()).add(len(name))
        self._heads = {head: tuple(sorted(lengths, reverse=True)) for head, lengths in heads.items()}

    def by_code(self, code: str) -> Place | None:
        """The place of a code, or None."""
        known = self._places.get(code)
        if known is not None:
            return known
        row = self._rows.get(code)
        if row is None:
            return None
        parents = tuple(self._full_name(c) for c in self._ancestors(code) if c != NATION_CODE)
        place = Place(
            code=code,
            name=self._full_name(code),
            own=row.own,
            short=row.short,
            level=cast(Level, row.level),
            parents=parents,
            aliases=row.formers + row.aliases,
        )
        self._places[code] = place
        return place

    @property
    def nation(self) -> Place:
        """The nation itself (全国)."""
        return self._place(NATION_CODE)

    def places(self, *, level: Level | None = None) -> tuple[Place, ...]:
        """All places, or those of a level, by code."""
        return tuple(self._place(c) for c, row in self._rows.items() if level in (None, row.level))

    def children(self, place: Place) -> tuple[Place, ...]:
        """The places directly below, by code; former ones left out."""
        codes = self._children.get(place.code, [])
        return tuple(self._place(c) for c in codes if "f" not in self._rows[c].flags)

    def ancestors(self, place: Place) -> tuple[Place, ...]:
        """The places above, nearest first, the nation left out."""
        return tuple(self._place(c) for c in self._ancestors(place.code) if c != NATION_CODE)

    def is_within(self, place: Place, outer: Place) -> bool:
        """Whether ``place`` lies in ``outer`` or is it."""
        return place.code == outer.code or outer.code in self._ancestors(place.code)

    def is_former(self, place: Place) -> bool:
        """Whether the place is no more (merged into another: 宣武区)."""
        return "f" in self._rows[place.code].flags

    def former_names(self, place: Place) -> tuple[str, ...]:
        """Own names that the place had before (徐水县)."""
        return self._rows[place.code].formers

    def forms(self, place: Place) -> tuple[str, ...]:
        """Every way to write the place: own, short, full, with the nearest parent, aliases, former names."""
        row = self._rows[place.code]
        found = [place.name, row.own, row.short]
        if place.parents:
            parent = self._rows[self._ancestors(place.code)[0]]
            found += [parent.own + row.own, parent.short + row.short]
        found += [*row.formers, *row.aliases]
        return tuple(dict.fromkeys(found))

    def named(self, name: str) -> tuple[Place, ...]:
        """The places of a name in any form, most prominent first; empty if none.

        Full and own names, short forms, aliases, former names, pinyin ("Shenhe District"), traditional
        characters. The whole of ``name`` must be the name.
        """
        wanted = name.strip().translate(self._traditional)
        entries = self._names.get(wanted)
        if entries is not None:
            return self._candidates(entries)
        for mention in self.find_places(wanted):
            if mention.start == 0 and mention.end == len(wanted):
                return mention.candidates
        return ()

    def find_places(self, text: str) -> tuple[PlaceMention, ...]:
        """The names of places in a text, in its order, without overlap.

        The longest name counts (高唐县 holds no 唐县), a name after its parent is one mention with it
        (大连沙河口区), and what cannot be a name by its neighbours (黄河南岸, 解放路) is left out.
        """
        simple = text.translate(self._traditional)
        found = [*self._scan(simple), *self._scan_single(simple), *self._scan_latin(text)]
        found.sort(key=lambda m: m.start)
        joined = self._join(found, text)
        return tuple(replace(m, text=text[m.start : m.end], candidates=self._settle(m)) for m in joined)

    def slips(self, name: str) -> tuple[Place, ...]:
        """The places whose own name (or short form) is one typing slip away, likeliest first.

        One character wrong, missing, added, or two swapped; the level word must stand (沈合区 -> 沈河区).
        A name that exists is no slip: 安新县 never gives 新安县. Two-character short forms count only as
        homophones or swaps.
        """
        wanted = name.strip().translate(self._traditional)
        if len(wanted) < 2 or wanted in self._names or not all(map(_HAN.match, wanted)):
            return ()
        for mention in self.find_places(wanted)[:1]:  # 沈阳市沈合区: a slip within 沈阳市
            if mention.start == 0 and mention.end < len(wanted):
                inner = self.slips(wanted[mention.end :])
                return tuple(p for p in inner if any(self.is_within(p, c) for c in mention.candidates))
        near: list[str] = []
        for other, entries in self._names.items():
            if abs(len(other) - len(wanted)) <= 1 and _one_slip(wanted, other):
                level = any(form in ("own", "former") for form, _ in entries)
                if not level and wanted[-1] in "省市区县州盟旗" and len(other) < 3:
                    continue
                near.append(other)
        if not near:
            return ()
        sound = _sound(wanted)
        alike = [n for n in near if _sound(n) == sound]
        swapped = [n for n in near if sorted(n) == sorted(wanted)]
        rest = [n for n in near if _same_level(wanted, n)] if len(wanted) > 2 else []
        codes: list[str] = []
        for other in alike or swapped or rest:
            codes += [p.code for p in self._candidates(self._names[other]) if p.code not in codes]
        return tuple(self._place(c) for c in codes[:8])

    def find_slips(self, text: str) -> tuple[PlaceMention, ...]:
        """What looks like a place's name with one typing slip, where ``find_places`` finds nothing.

        Looks at words that end in a level word (沈合区) and at what stands before a year (沈合2020年).
        """
        simple = text.translate(self._traditional)
        taken = [(m.start, m.end) for m in self.find_places(text) if not m.risky]
        found: list[PlaceMention] = []
        for start, end in _slip_spans(simple):
            if any(s < end and start < e for s, e in taken):
                continue
            places = self.slips(simple[start:end])
            if places:
                context = [self._place(c) for c in self._codes_before(simple, start)]
                inside = tuple(p for p in places if any(self.is_within(p, c) for c in context))
                found.append(PlaceMention(start, end, text[start:end], inside or places, "slip"))
                taken.append((start, end))
        return tuple(sorted(found, key=lambda m: m.start))

    # -- inside ------------------------------------------------------------------------------------

    def _place(self, code: str) -> Place:
        place = self.by_code(code)
        assert place is not None
        return place

    def _ancestors(self, code: str) -> list[str]:
        above: list[str] = []
        parent = self._rows[code].parent
        while parent:
            above.append(parent)
            parent = self._rows[parent].parent
        return above

    def _full_name(self, code: str) -> str:
        above = [c for c in self._ancestors(code) if c != NATION_CODE]
        return "".join(self._rows[c].own for c in reversed(above)) + self._rows[code].own

    def _candidates(self, entries: Iterable[tuple[str, str]]) -> tuple[Place, ...]:
        """Places of name entries, most prominent first; former names only where no present place has it."""
        ranked = sorted(entries, key=self._rank)
        now = [c for form, c in ranked if form != "former" and "f" not in self._rows[c].flags]
        codes = now or [c for _, c in ranked]
        return tuple(self._place(c) for c in dict.fromkeys(codes))

    def _rank(self, entry: tuple[str, str]) -> tuple[int, int, str]:
        form, code = entry
        return (_LEVEL_RANK[self._rows[code].level] + 5 * (form == "former"), _FORM_RANK[form], code)

    def _scan(self, text: str) -> Iterator[PlaceMention]:
        """Names of two characters and more, leftmost and longest first."""
        heads, names = self._heads, self._names
        i, last = 0, len(text) - 1
        while i < last:
            lengths = heads.get(text[i : i + 2])
            if lengths is None:
                i += 1
                continue
            step = 1
            for length in lengths:
                entries = names.get(text[i : i + length])
                if entries is None or i + length > len(text):
                    continue
                mention = self._judge(text, i, i + length, entries)
                if mention is not None and length == 2 and text[i] in "和与同" and self._named_whole(text, i + 1):
                    continue  # 深圳市和龙华区: no 和龙
                if mention is not None:
                    yield mention
                    step = length
                    break
            i += step

    def _named_whole(self, text: str, start: int) -> bool:
        """Whether a name with its level word (龙华区) begins at ``start``."""
        lengths = self._heads.get(text[start : start + 2], ())
        found = (self._names.get(text[start : start + n]) for n in lengths if n > 2)
        return any(form == "own" for entries in found for form, _ in entries or ())

    def _judge(self, text: str, start: int, end: int, entries: Sequence[tuple[str, str]]) -> PlaceMention | None:
        """The mention of a name at its place in the text, or None where its neighbours forbid it."""
        name = text[start:end]
        form = min((f for f, _ in entries), key=_FORM_RANK.__getitem__)
        if text[end : end + 1] and text[end] in _NOT_AFTER.get(name[-1], ""):
            return None
        judge = self._judge_official if form in ("own", "former") else self._judge_short
        risky = judge(text, start, end, entries)
        if risky is None:
            return None
        codes = [c for _, c in sorted(entries, key=self._rank)]
        places = tuple(self._place(c) for c in dict.fromkeys(codes))
        return PlaceMention(start, end, name, places, cast(Form, form), risky or name in _SELDOM_A_PLACE)

    def _judge_official(self, text: str, start: int, end: int, entries: Sequence[tuple[str, str]]) -> bool | None:
        """Whether an official name is risky where it stands; None where it is no name at all."""
        name, before, following = text[start:end], text[start - 1 : start] if start else "", text[end : end + 1]
        if name in ("新建县", "新建区") and following in tuple("级域里内"):
            return None
        if len(name) == 2:
            if following == "长" and name in ("代县", "任县", "和县"):
                return None
            if before and _HAN.match(before) and before not in _FUNCTION_CHARS:
                return None if following and following in _COUNTY_WORD else True
            if name == "和县" and before and before in "市省区、":
                return True  # 省、市和县委的部署
        if name.endswith(_WORD_ENDS) and _unbounded(text, start, end):
            return True  # 新增城市绿地, 适应城市发展, 盐田港东港区
        return any("g" in self._rows[c].flags for _, c in entries)

    def _judge_short(self, text: str, start: int, end: int, entries: Sequence[tuple[str, str]]) -> bool | None:
        """Whether a short form or alias is risky where it stands; None where it is no name at all."""
        name, following = text[start:end], text[end : end + 3]
        if self._longer_name_begins(text, start + 1, end) or _INSIDE_NAME.match(following):
            return None
        if _DIRECTION.match(name) and _CUT_WORD.search(text[:start][-1:]):
            return None
        if following[:1] and following[0] in "省市区县州盟旗" and following[:2] not in _LEVEL_WORDS_AFTER:
            return True
        return all("r" in self._rows[c].flags for _, c in entries) or self._crosses_words(text, start, end, entries)

    def _crosses_words(self, text: str, start: int, end: int, entries: Sequence[tuple[str, str]]) -> bool:
        """Whether a short form such as 和政 has no boundary on either side: 任务和政策."""
        return all("w" in self._rows[c].flags for _, c in entries) and _unbounded(text, start, end)

    def _longer_name_begins(self, text: str, start: int, end: int) -> bool:
        """Whether an official name begins inside a short one: 会议上海拉尔区 is 海拉尔区, not 上海.

        Three characters are too few to tell (湖南山区), but for the words that bring a name: 会议上南山区.
        """
        for i in range(start, end):
            for length in self._heads.get(text[i : i + 2], ()):
                entries = self._names.get(text[i : i + length])
                if entries is None or i + length <= end or not any(form == "own" for form, _ in entries):
                    continue
                if length > 3 or text[max(0, start - 3) : start - 1] in ("会议", "大会"):
                    return True
        return False

    def _scan_single(self, text: str) -> Iterator[PlaceMention]:
        """Aliases of one character (沪, 粤), only where no Chinese character touches them."""
        for match in re.finditer(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?![\u4e00-\u9fff])", text):
            entries = self._names.get(match[0])
            if entries:
                codes = [c for _, c in sorted(entries, key=self._rank)]
                places = tuple(self._place(c) for c in codes)
                yield PlaceMention(match.start(), match.end(), match[0], places, "alias", risky=True)

    def _scan_latin(self, text: str) -> Iterator[PlaceMention]:
        """Pinyin and English names: "Shenhe District", "Hebei Province", "Inner Mongolia"."""
        words = list(_LATIN_WORD.finditer(text))
        i = 0
        while i < len(words):
            for count in range(min(5, len(words) - i), 0, -1):
                mention = self._judge_latin(text, words[i : i + count])
                if mention is not None:
                    yield mention
                    i += count
                    break
            else:
                i += 1

    def _judge_latin(self, text: str, words: Sequence[re.Match[str]]) -> PlaceMention | None:
        """The mention that the whole row of words makes, or None."""
        for left, right in pairwise(words):
            if text[left.end() : right.start()].strip():
                return None
        parts = [re.sub(r"['’]s$|['’\-]", "", w[0]).lower() for w in words]
        parts = parts[:1] + [p for p in parts[1:] if p not in _LATIN_PEOPLES]
        for cut in range(len(parts), 0, -1):
            key, level = "".join(parts[:cut]), "".join(parts[cut:])
            if level and level not in _LATIN_LEVELS:
                continue
            codes = self._latin.get(key, [])
            if not codes and not level:
                glued = next((g for g in _GLUED if key.endswith(g) and key[: -len(g)] in self._latin), "")
                if glued:
                    codes, level = self._latin[key[: -len(glued)]], glued
            ends = _LATIN_LEVELS.get(level, ())
            if ends:
                codes = [c for c in codes if self._rows[c].own.endswith(ends)]
            proper = words[0][0][0].isupper()
            if not codes or (not level and (len(key) < 4 or not (proper or len(key) > 5))):
                continue
            ordered = sorted(codes, key=lambda c: self._rank(("own", c)))
            places = tuple(self._place(c) for c in dict.fromkeys(ordered))
            start, end = words[0].start(), words[-1].end()
            return PlaceMention(start, end, text[start:end], places, "latin", risky=not (proper or level))
        return None

    def _join(self, mentions: Sequence[PlaceMention], text: str) -> list[PlaceMention]:
        """Mentions with parents taken together: 辽宁省 沈阳市 沈河区 is one."""
        joined: list[PlaceMention] = []
        for mention in mentions:
            if joined and joined[-1].end <= mention.start:
                merged = self._merge(joined[-1], mention, gap=text[joined[-1].end : mention.start])
                if merged is not None:
                    joined[-1] = merged
                    continue
            if not joined or joined[-1].end <= mention.start:
                joined.append(mention)
        return joined

    def _merge(self, first: PlaceMention, second: PlaceMention, *, gap: str) -> PlaceMention | None:
        """One mention for a parent and its child next to each other, or None."""
        latin = first.form == "latin" and second.form == "latin"
        if not (_LATIN_GAP if latin else _GAP).fullmatch(gap):
            return None
        inner = tuple(p for p in second.candidates if any(self._below(p, outer) for outer in first.candidates))
        if not inner and latin:
            inner = tuple(p for p in first.candidates if any(self._below(p, outer) for outer in second.candidates))
        if not inner:
            return None
        form: Form = "latin" if latin else "full"
        # 河北新华 may be 河北 and the agency, but 大连中山 is a district: a risky child stays risky
        # only below its province.
        near = any(self._rows[p.code].parent == o.code for p in inner for o in first.candidates)
        risky = second.risky and not latin and not near
        return PlaceMention(first.start, second.end, "", inner, form, risky)

    def _below(self, place: Place, outer: Place) -> bool:
        return place.code != outer.code and outer.code in self._ancestors(place.code)

    def _settle(self, mention: PlaceMention) -> tuple[Place, ...]:
        """The candidates that count: places that are no more only where nothing else is left."""
        now = []
        for place in mention.candidates:
            row = self._rows[place.code]
            if "f" not in row.flags and (mention.form == "full" or mention.text not in row.formers):
                now.append(place)
        return tuple(now) or mention.candidates

    def _codes_before(self, text: str, end: int) -> list[str]:
        """Codes of the places named before a spot of the text."""
        return [p.code for m in self.find_places(text[:end]) for p in m.candidates]


_LEVEL_WORDS_AFTER = frozenset(
    "区域 区间 区位 区块 区划 市场 市民 市区 市值 市价 县域 县城 县级 区级 市级 省级 省内 市内 县内 区内 "
    "市政 县政 区政 省政 区县 市县 省市 县市 市委 县委 区委 省委 市长 县长 区长 省长 区的 县的 市的".split()
)


def _unbounded(text: str, start: int, end: int) -> bool:
    """Whether Chinese characters that end no word touch a name on both sides."""
    before, after = text[start - 1] if start else "", text[end] if end < len(text) else ""
    if not before or not after or not _HAN.match(before) or not _HAN.match(after):
        return False
    return before not in _FUNCTION_CHARS and after not in _FUNCTION_CHARS and not _AFTER_NAME.match(text, end)


def _one_slip(a: str, b: str) -> bool:
    """Whether one substitution, insertion, deletion or swap of neighbours turns ``a`` into ``b``."""
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        if len(wrong) == 1:
            return True
        if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
            return False
        i, j = wrong
        return a[i] == b[j] and a[j] == b[i]
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _same_level(a: str, b: str) -> bool:
    """Whether both names end in the same level word, or neither has one."""
    if a[-1] in "省市区县州盟旗":
        return a[-1] == b[-1]
    return b[-1] not in "省市区县州盟旗"


@lru_cache(maxsize=4096)
def _sound(name: str) -> str:
    """Pinyin of a name without tones."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))


def _slip_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans that might be a misspelt name, the longest first at each level word."""
    for match in _LEVEL_END.finditer(text):
        end = match.end()
        for start in range(max(0, end - 7), end - 2):
            word = text[start:end]
            if all(map(_HAN.match, word)) and word not in _PLAIN_WORDS and word[-2:] not in _PLAIN_WORDS:
                yield start, end
    for match in re.finditer(r"(?:^|(?<![\u4e00-\u9fff]))([\u4e00-\u9fff]{2,5})(?=\d{2})", text):
        yield match.start(1), match.end(1)


def _read_table(path: Path) -> tuple[dict[str, _Row], dict[int, str]]:
    """Rows by code, and the map of traditional characters."""
    rows: dict[str, _Row] = {}
    traditional: dict[int, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            if line.startswith("#trad\t"):
                pairs = line[6:]
                traditional = {ord(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}
            continue
        code, own, short, level, parent, formers, aliases, latin, flags = line.split("\t")
        rows[code] = _Row(
            own,
            short,
            level,
            parent,
            tuple(formers.split("|")) if formers else (),
            tuple(aliases.split("|")) if aliases else (),
            tuple(latin.split("|")) if latin else (),
            flags,
        )
    return rows, traditional


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer that comes with the package; read once a process."""
    rows, traditional = _read_table(TABLE)
    return Gazetteer(rows, traditional=traditional)
