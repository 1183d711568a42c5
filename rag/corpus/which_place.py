"""The place of a report: who speaks, at whose congress, under what title; else what the body speaks of.

Names are matched as names by the gazetteer. The opening may only say 我代表区人民政府; then the level word
(区) tells what kind of place to look for and the body tells which: its own name stands there most often.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.corpus.compact import Compact
from rag.corpus.head import MEETING, Found, Head
from rag.places import Gazetteer, PlaceMention
from rag.types import Evidence, Place

_SPEAKS_FOR = re.compile(
    r"(?<!各位)(?<!人大)(?<!全体)(?:代表|受)(?P<who>[^,。;:!]{0,24}?)(?P<body>人民政府|人民委员会|政府|管理委员会|管委会|革命委员会|国务院|党工委)"
)
_ISSUER = re.compile(
    r"(?:发文单位|发文机关|发布机构|公开责任部门):(?P<who>[^\n:]{2,30}?)(?:人民政府|政府|管委会|管理委员会)"
)
_OFFICER = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{2,20}?)(?:人民政府|管委会|管理委员会)?代?"
    r"(?:省长|市长|区长|县长|州长|旗长|盟长|主席|主任)"
)
_WEIGHTS = {
    "speaks for": 6.0,
    "meeting": 6.0,
    "issuer": 4.0,
    "officer": 4.0,
    "title": 3.0,
    "file name": 2.0,
    "label": 2.5,
    "folder": 1.0,
    "body": 5.0,
}
_LEVEL_WORDS = {
    "省": ("province",),
    "自治区": ("province",),
    "市": ("province", "city", "county"),
    "区": ("county", "zone"),
    "县": ("county",),
    "旗": ("county",),
    "州": ("city",),
    "盟": ("city",),
    "新区": ("zone", "county"),
}
_SHORT_CHARS = 1500  # in so short a text one mention is enough
_APART = ("71", "81", "82")  # named in every national report, the place of none
_ENDS = {word: word[-1] for word in _LEVEL_WORDS}


@dataclass(frozen=True, slots=True)
class PlaceClue:
    """One piece of evidence for a place: its kind, the places that the words may mean, the words."""

    kind: str
    places: tuple[Place, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """The place with its best evidence, or None; every clue; what else it might have been."""

    place: Place | None
    evidence: Evidence | None
    kind: str
    clues: tuple[PlaceClue, ...] = ()
    rivals: tuple[Place, ...] = ()

    def contradicting(self, kind: str, gazetteer: Gazetteer) -> PlaceClue | None:
        """The first clue of a kind that cannot mean the place."""
        place = self.place
        if place is None:
            return None
        return next(
            (
                c
                for c in self.clues
                if c.kind == kind
                and not any(
                    p.code == place.code or gazetteer.is_within(p, place) or gazetteer.is_within(place, p)
                    for p in c.places
                )
            ),
            None,
        )


def read_place(
    text: Compact, *, head: Head, title: Found | None, source: str, labels: Sequence[str] = (), gazetteer: Gazetteer
) -> PlaceReading:
    """The place that a text reports on, weighed from all its evidence.

    Args:
        text: The whole text in compact form.
        head: Its head.
        title: The title found in the text.
        source: Name of the file with its folders, the weakest witness.
        labels: The place that a table gives and the title of a table or page, weak witnesses too.
        gazetteer: The places known.
    """
    clues = list(_head_clues(head, title=title, gazetteer=gazetteer))
    clues += _source_clues(source, gazetteer)
    for label in filter(None, labels):
        clues += _named_in(label, kind="label", evidence=Evidence("metadata", label), gazetteer=gazetteer)
    mentions = gazetteer.find_places(text.text)
    tally = _tally(mentions)
    level_word = _level_word(head)
    if not level_word and not clues and "国" in _spoken_levels(text.text):
        level_word = "国"
    speakers = [c for c in clues if c.kind in ("speaks for", "meeting")]
    if level_word == "国" or any(c.places[0].level == "national" for c in speakers):
        nation = gazetteer.nation
        own = next((c for c in clues if c.places[0].level == "national"), None)
        evidence = own.evidence if own else Evidence("text", "", None, None)
        return PlaceReading(nation, evidence, own.kind if own else "speaks for", tuple(clues))
    scores: dict[str, float] = defaultdict(float)
    for clue in clues:
        fitting = [p for p in clue.places if _fits(p, level_word)] or list(clue.places)
        for fit in fitting:
            scores[fit.code] += _WEIGHTS[clue.kind] * _context_share(fit, fitting, tally, gazetteer)
    for code, share in _body_clue(text, tally=tally, level_word=level_word, gazetteer=gazetteer).items():
        scores[code] += _WEIGHTS["body"] * share
    if not scores:
        return PlaceReading(None, None, "", tuple(clues))
    ordered = sorted(scores, key=lambda c: (-scores[c], c))
    place = gazetteer.by_code(ordered[0])
    assert place is not None
    evidence, kind = _best_evidence(place, clues=clues, text=text, mentions=mentions)
    township = _township(head, place, title=title)
    if township is not None:
        return PlaceReading(township[0], township[1], "speaks for", tuple(clues))
    close = [c for c in ordered[1:4] if scores[c] > 0.7 * scores[ordered[0]]]
    rivals = tuple(p for c in close if (p := gazetteer.by_code(c)) is not None)
    return PlaceReading(place, evidence, kind, tuple(clues), rivals)


def _township(head: Head, above: Place, *, title: Found | None) -> tuple[Place, Evidence] | None:
    """The township that speaks, below the county found, or None: 我代表镇人民政府, 安丘市官庄镇第十九届…."""
    speaks = _SPEAKS_FOR.search(head.plain.text)
    if speaks is None or not re.search(r"(?:镇|乡|街道|苏木)$", speaks["who"]):
        return None
    if above.level not in ("county", "city", "zone"):
        return None
    spots = [(speaks["who"], speaks.start("who"))]
    spots += [(m["place"], m.start("place")) for m in MEETING.finditer(head.plain.text, 0, head.head_chars)]
    for words, start in spots:
        tail = words.rsplit(above.own, 1)[-1]
        name = re.search(r"(?:[在日]|^)(?P<own>[\u4e00-\u9fff]{2,8}(?:镇|乡|街道|苏木))$", tail)
        if name:
            own = name["own"]
            code = above.code + "T" + hashlib.sha256(own.encode("utf-8")).hexdigest()[:3]
            parents = (above.name, *above.parents)
            stop = start + len(words)
            place = Place(code, above.name + own, own, re.sub(r"(?:镇|乡|街道|苏木)$", "", own), "township", parents)
            return place, head.plain.evidence(stop - len(own), stop)
    return None


def _head_clues(head: Head, *, title: Found | None, gazetteer: Gazetteer) -> Iterator[PlaceClue]:
    """Who speaks, at whose congress, who issues, under what title."""
    plain = head.plain
    for match in _SPEAKS_FOR.finditer(plain.text):
        if match["body"] == "国务院":
            yield PlaceClue("speaks for", (gazetteer.nation,), plain.evidence(match.start(), match.end()))
        else:
            yield from _clue_of("speaks for", match["who"], plain, match.start("who"), gazetteer)
        break
    for match in MEETING.finditer(plain.text, 0, head.head_chars + 200):
        after = plain.text[match.end() : match.end() + 6]
        if match.start() > head.head_chars and re.match(r"(?:以来|确定|提出|通过|审议)", after):
            continue
        if match["place"].endswith("全国") or re.match(r"全国", plain.text[match.end("term") + 1 :]):
            yield PlaceClue("meeting", (gazetteer.nation,), plain.evidence(match.start(), match.end()))
            break
        found = list(_clue_of("meeting", match["place"], plain, match.start("place"), gazetteer))
        if found:
            yield found[0]
            break
    national = re.search(r"届全国人民代表大会第?[^。,]{1,5}次会议", plain.text[: head.head_chars + 120])
    if national:
        yield PlaceClue("meeting", (gazetteer.nation,), plain.evidence(national.start(), national.end()))
    lines = head.lines
    issuer = _ISSUER.search(lines.text, 0, len(lines.text))
    if issuer:
        yield from _clue_of("issuer", issuer["who"], lines, issuer.start("who"), gazetteer)
    for officer in _OFFICER.finditer(lines.text, 0, head.head_chars):
        found = list(_clue_of("officer", officer["who"], lines, officer.start("who"), gazetteer))
        if found:
            yield found[0]
            break
    if title is not None:
        words = title.evidence.quote
        yield from _named_in(words, kind="title", evidence=title.evidence, gazetteer=gazetteer)


def _clue_of(kind: str, words: str, form: Compact, start: int, gazetteer: Gazetteer) -> Iterator[PlaceClue]:
    """A clue from the last place that the words name, if it stands at their end."""
    mentions = gazetteer.find_places(words)
    if not mentions:
        return
    last = mentions[-1]
    if len(words) - last.end > 4 or (last.form == "short" and last.risky and len(words) - last.end > 0):
        return
    yield PlaceClue(kind, last.candidates, form.evidence(start + last.start, start + last.end))


def _named_in(words: str, *, kind: str, evidence: Evidence, gazetteer: Gazetteer) -> Iterator[PlaceClue]:
    """A clue from the innermost place named in a title or file name."""
    mentions = [m for m in gazetteer.find_places(words) if not (m.risky and m.form in ("alias", "latin"))]
    if not mentions:
        return
    official = [m for m in mentions if m.form in ("full", "own", "former")] or mentions
    rank = {"national": 0, "province": 1, "city": 2, "county": 3, "zone": 3}
    deepest = max(official, key=lambda m: rank.get(m.candidates[0].level, 0))
    yield PlaceClue(kind, deepest.candidates, evidence)


def _source_clues(source: str, gazetteer: Gazetteer) -> Iterator[PlaceClue]:
    """What the file is called, and the folder that it lies in."""
    parts = re.split(r"[/\\#]", source)
    name = re.sub(r"\.\w{2,5}$", "", parts[-1]) if parts else ""
    for member in parts[-2:] if parts[-1].startswith("row") else [name]:
        yield from _named_in(member, kind="file name", evidence=Evidence("file name", member), gazetteer=gazetteer)
    for folder in reversed(parts[:-1]):
        found = list(_named_in(folder, kind="folder", evidence=Evidence("file name", folder), gazetteer=gazetteer))
        if found:
            yield found[0]
            return


def _tally(mentions: Iterable[PlaceMention]) -> dict[str, float]:
    """How often each place is named: official names count double, risky ones half.

    Where a place is only ever named by a risky word (合作, never 合作市), each counts little.
    """
    tally: dict[str, float] = defaultdict(float)
    risky: dict[str, int] = defaultdict(int)
    for mention in mentions:
        official = mention.form in ("full", "own", "former")
        for place in mention.candidates:
            if mention.risky:
                risky[place.code] += 1
            else:
                tally[place.code] += 2.0 if official else 1.0
    for code, count in risky.items():
        tally[code] += count * (0.5 if code in tally else 0.15)
    return tally


def _level_word(head: Head) -> str:
    """The level word of who speaks: 我代表区人民政府 gives 区, 国务院 gives 国; "" if nobody does."""
    match = _SPEAKS_FOR.search(head.plain.text)
    if not match:
        return ""
    if match["body"] == "国务院":
        return "国"
    if match["body"] in ("管理委员会", "管委会", "党工委"):
        return "新区"
    who = re.sub(r"第?[一二三四五六七八九十\d]+届$", "", match["who"])
    for word in ("自治区", "新区", "省", "市", "区", "县", "旗", "州", "盟"):
        if who.endswith(word):
            return word
    return ""


def _fits(place: Place, level_word: str) -> bool:
    if not level_word or level_word == "国":
        return True
    return place.level in _LEVEL_WORDS[level_word] and place.own.endswith(_ENDS[level_word])


def _context_share(place: Place, rivals: Sequence[Place], tally: Mapping[str, float], gazetteer: Gazetteer) -> float:
    """1 for the only candidate; among several, by how often the text names each one's parents."""
    if len(rivals) == 1:
        return 1.0

    def weight(p: Place) -> float:
        return 0.1 + sum(tally.get(a.code, 0.0) for a in gazetteer.ancestors(p))

    best = max(weight(p) for p in rivals)
    return 0.3 + 0.7 * weight(place) / best


def _body_clue(text: Compact, *, tally: Mapping[str, float], level_word: str, gazetteer: Gazetteer) -> dict[str, float]:
    """Share (0 to 1) of the body's support for each place: how often it is named, with its parents.

    Where nobody says for whom he speaks, the levels that the text speaks of itself at weigh as well.
    """
    levels = {level_word: 1.0} if level_word else _spoken_levels(text.text)
    support: dict[str, float] = {}
    for code, count in tally.items():
        place = gazetteer.by_code(code)
        if place is None or place.level == "national" or place.code[:2] in _APART:
            continue
        share = max((w for word, w in levels.items() if _fits(place, word)), default=0.0)
        if share:
            above = sum(tally.get(a.code, 0.0) for a in gazetteer.ancestors(place))
            support[code] = count * (1.0 + min(above, 20) / 10) * (share if level_word else 0.25 + 0.75 * share)
    top = max(support.values(), default=0.0)
    if top < (2 if len(text.text) > _SHORT_CHARS else 1):
        return {}
    best = sorted(support.items(), key=lambda s: (-s[1], s[0]))[:5]
    return {code: value / top for code, value in best}


def _spoken_levels(text: str) -> dict[str, float]:
    """How much (0 to 1) the text speaks of itself at each level word; 国 alone for the nation.

    全市 stands in district reports too, but a government thanks its own congress: 在区人大、区政协的监督支持下.
    """
    counts = Counter(m[1] for m in re.finditer(r"[全我]([省市区县州旗盟])", text))
    for match in re.finditer(r"(自治区|新区|自治州|全国|[省市区县州旗盟国])(?:人大|政协)(?!代表)", text):
        counts[match[1]] += 3
    counts["新区"] += len(re.findall(r"新区(?:党工委|管委会|成立|各|居民)", text))
    counts["州"] += counts.pop("自治州", 0)
    if counts["自治区"] >= 6:
        counts["自治区"] += counts["区"]
    national = counts.pop("全国", 0) + counts.pop("国", 0) + len(re.findall(r"我国|国务院", text))
    top = max(counts.values(), default=0)
    if national > 2 * top + 8:
        return {"国": 1.0}
    return {word: count / top for word, count in counts.items() if count > 0} if top else {}


def _best_evidence(
    place: Place, *, clues: Sequence[PlaceClue], text: Compact, mentions: Sequence[PlaceMention]
) -> tuple[Evidence, str]:
    """The strongest clue that names the place; else its first mention in the body."""
    own = [c for c in clues if any(p.code == place.code for p in c.places)]
    textual = [c for c in own if c.evidence.origin == "text"]
    for group in (textual, []):
        if group:
            best = max(group, key=lambda c: _WEIGHTS[c.kind])
            return best.evidence, best.kind
    for mention in sorted(mentions, key=lambda m: (m.risky, m.form == "short", m.start)):
        if any(p.code == place.code for p in mention.candidates):
            return text.evidence(mention.start, mention.end), "body"
    if own:
        best = max(own, key=lambda c: _WEIGHTS[c.kind])
        return best.evidence, best.kind
    return Evidence("text", place.own), "body"
