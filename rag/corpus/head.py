"""What stands above a report's body: title, meeting, dates, speaker, each with its words.

Everything is read from the compact form of the text's head: what comes before 各位代表, or the first
stretch where nobody is addressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.corpus.compact import YEAR, Compact, compact, small_number, year_number
from rag.types import Evidence

_ADDRESS = re.compile(r"(?:各位(?:人大)?代表|同志们|代表们|各位委员)(?:们|、同志们)?[:,!;。]")
_HEAD_CHARS = 1500  # of a text that addresses nobody
_LONGEST_HEAD = 6000  # menus and summaries above the address
_OPENING_CHARS = 400  # 现在，我代表…向…报告工作
_NUM = r"[一二三四五六七八九十廿\d]{1,4}"
MEETING = re.compile(
    rf"(?P<place>[\u4e00-\u9fff]{{0,24}}?)(?:第?(?P<term>{_NUM})届)(?:人民代表大会|人大)(?:常务委员会)?"
    rf"(?:第?(?P<session>{_NUM})次(?:全体)?(?:会议|会))"
)
_NATIONAL_MEETING = re.compile(
    rf"(?:第?(?P<term>{_NUM})届)(?:全国人民代表大会|全国人大)(?:第?(?P<session>{_NUM})次(?:全体)?(?:会议|会))"
)
_DAY = r"(?:(?P<day>[一二三四五六七八九十廿〇○]{1,3}|\d{1,2})日)?"
DATE = re.compile(rf"(?P<year>{YEAR})年(?P<month>[一二三四五六七八九十]{{1,3}}|\d{{1,2}})月{_DAY}")
_ISO = re.compile(r"(?P<year>(?:19|20)\d{2})[-./年](?P<month>\d{1,2})[-./月](?P<day>\d{1,2})(?!\d)")
# 2011211日: the separators are lost (2011年2月11日); read only where one reading is possible.
_GLUED = re.compile(r"(?P<year>20[0-3]\d)(?P<rest>\d{2,4})日")
_PUBLISHED = re.compile(
    r"(?:发布(?:时间|日期)|发文(?:时间|日期)|公开日期|成文日期|发表时间|更新时间|上传时间|时间|日期|\n)[:]?"
    r"(?P<date>(?:19|20)\d{2}[-./年]\d{1,2}[-./月]\d{1,2})"
)
_OFFICES = (
    r"(?:国务院(?:副)?总理|总理|自治区(?:代)?主席|(?:代理?|副)?(?:省长|市长|区长|县长|州长|旗长|盟长|主席)|"
    r"(?:管委会|管理委员会|党工委)(?:副)?主任|主任|(?:代理?)?(?:专员))"
)
_NAME = r"(?:[\u4e00-\u9fff]{1,6}(?:·[\u4e00-\u9fff]{1,6}){1,2}|[\u4e00-\u9fff]{2,4}?)"
_SPEAKER = re.compile(rf"{_OFFICES}(?:[:(]代\)?)?[:]?(?P<name>{_NAME})(?=[\n。,(:]|同志|向|在|作|$)")
_SPEAKER_FIRST = re.compile(rf"日(?P<name>{_NAME}){_OFFICES}在")  # 1月15日龚正市长在…会议
_NOT_NAMES = re.compile(
    r"政府|人民|工作|报告|大会|会议|代表|主任|[县市区省]长|作了|来源|日期|时间|发布|浏览|各位|同志|现在"
)
_NO_TITLE = re.compile(r"[。;!]|现在,|作政府工作报告")
_REPORT_WORDS = re.compile(r"工作报告|的报告|情况报告|决议")


@dataclass(frozen=True, slots=True)
class Found:
    """A value read from a text, and the words that say it."""

    value: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a text: its two compact forms, and where the body begins.

    ``lines`` keeps line feeds, ``plain`` has none; both hold the head and the opening sentence.
    ``head_chars`` is the length of the head in ``plain``, ``body_start`` its end in the raw text.
    """

    lines: Compact
    plain: Compact
    head_chars: int
    body_start: int

    @property
    def above(self) -> str:
        """The head in plain form."""
        return self.plain.text[: self.head_chars]

    @property
    def opening(self) -> str:
        """The first sentences of the body in plain form."""
        return self.plain.text[self.head_chars :]


def read_head(text: str) -> Head:
    """The head of ``text``; empty where the text begins with 各位代表."""
    plain = compact(text, end=2 * _LONGEST_HEAD)
    address = _ADDRESS.search(plain.text, 0, _LONGEST_HEAD)
    chars = address.start() if address else min(len(plain.text), _HEAD_CHARS)
    stop = min(len(plain.text), chars + _OPENING_CHARS)
    raw_stop = plain.offsets[stop - 1] + 1 if stop else 0
    plain = Compact(text, plain.text[:stop], plain.offsets[:stop])
    body = plain.offsets[chars] if address else 0
    return Head(compact(text, end=raw_stop, keep_lines=True), plain, chars, body)


def iso_date(match: re.Match[str]) -> str | None:
    """The ISO date (or year and month) of a match of ``DATE``; None if there is no such day."""
    year = year_number(match["year"])
    month = small_number(match["month"])
    day = small_number(match["day"]) if match["day"] else None
    if year is None or month is None or not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    return f"{year}-{month:02d}" if day is None else f"{year}-{month:02d}-{day:02d}"


def find_meeting(head: Head) -> tuple[re.Match[str], Found] | None:
    """The people's congress session that heard the report, as written."""
    for pattern in (_NATIONAL_MEETING, MEETING):
        for match in pattern.finditer(head.plain.text):
            after = head.plain.text[match.end() : match.end() + 8]
            if re.match(r"以来|闭幕|确定|提出|通过|审议通|批准", after):
                continue
            if match.start() >= head.head_chars and not re.search(
                r"[向在][^,。;]{0,24}$", head.plain.text[: match.start("term")]
            ):
                continue
            start = match.start()
            if pattern is MEETING:
                place = match["place"]
                cut = max(place.rfind(c) for c in "在向为是日年的报告")
                start += cut + 1
            evidence = head.plain.evidence(start, match.end())
            return match, Found(head.plain.text[start : match.end()], evidence)
    return None


def find_delivered(head: Head) -> Found | None:
    """The day on which the report was given: the date at the meeting, or alone in the head."""
    text = head.plain.text
    meeting = find_meeting(head)
    spots: list[tuple[int, re.Match[str]]] = []
    of_page: set[str | None] = set()  # when the page was put up, by its own label
    for match in DATE.finditer(text, 0, head.head_chars + 60):
        label = text[max(0, match.start() - 6) : match.start()]
        of_its_own = label.endswith("(")  # (2011年1月12日 陈全国)
        if (re.search(r"时间|日期|发布|来源|更新|编辑", label) and not of_its_own) or text[
            match.end() : match.end() + 1
        ] == "电":
            of_page.add(iso_date(match))
            continue
        if iso_date(match) is None:
            continue
        rank = _rank_of_day(head, match, meeting[0] if meeting else None)
        if rank is None:
            continue
        if match["day"] is None:
            rank += 3
        if iso_date(match) in of_page and rank < 7:
            rank += 2
        if rank < 9:
            spots.append((rank, match))
    if spots:
        _, match = min(spots, key=lambda s: (s[0], s[1].start()))
        date = iso_date(match)
        assert date is not None
        return Found(date, head.plain.evidence(match.start(), match.end()))
    for match in _GLUED.finditer(text, 0, head.head_chars):
        date = _split_glued(match)
        if date and text[match.end() : match.end() + 1] == "在":
            return Found(date, head.plain.evidence(match.start(), match.end()))
    return None


def _rank_of_day(head: Head, match: re.Match[str], meeting: re.Match[str] | None) -> int | None:
    """How surely a date of the head is the day of delivery, 0 the surest, 9 hardly; None for one of the body."""
    text = head.plain.text
    distance = 999
    if meeting is not None:
        distance = min(abs(match.end() - meeting.start()), abs(match.start() - meeting.end()))
    bracketed = text[match.start() - 1 : match.start()] == "(" and re.match(
        r"[\u4e00-\u9fff]{0,4}\)", text[match.end() : match.end() + 5]
    )  # (2011年1月12日), (2011年1月12日 陈全国)
    said = bool(re.match(r"(?:上午|下午)?,?[在于]", text[match.end() : match.end() + 4]))
    if match.start() >= head.head_chars and not said:
        return None  # 本届政府1998年3月就职
    if distance <= 12:  # (…年…月…日) behind the meeting, 2009年1月8日在…会议上: no day of the page's
        return 0 if bracketed else 1 if said else 2
    signed = re.fullmatch(r"[\u4e00-\u9fff]{2,12}", text[match.end() : head.head_chars]) is not None  # …日 季允石
    if bracketed or said or signed:
        return 3
    return 4 if distance <= 80 else 9


def _split_glued(match: re.Match[str]) -> str | None:
    """The only date that digits without separators can mean, or None."""
    rest = match["rest"]
    readings = []
    for cut in (1, 2):
        month, day = rest[:cut], rest[cut:]
        if not month or not day or month.startswith("0") or day.startswith("0"):
            continue
        if int(month) <= 6 and int(day) <= 31:  # congresses meet in spring
            readings.append(f"{match['year']}-{int(month):02d}-{int(day):02d}")
    return readings[0] if len(readings) == 1 else None


def find_published(head: Head) -> Found | None:
    """The day on which the page was published, by its label."""
    text = head.lines.text
    for match in _PUBLISHED.finditer(text, 0, head.head_chars + 400):
        inner = _ISO.match(match["date"])
        start = match.start("date")
        if inner is None or text[match.end() : match.end() + 2].startswith(("在", "日在", "日)")):
            continue
        month, day = int(inner["month"]), int(inner["day"])
        if 1 <= month <= 12 and 1 <= day <= 31 and text[match.start()] != "\n":
            iso = f"{inner['year']}-{month:02d}-{day:02d}"
            return Found(iso, head.lines.evidence(start, match.end("date")))
    return None


def find_speaker(head: Head) -> Found | None:
    """Who gave the report."""
    text = head.lines.text
    stop = next((i for i in (text.find("各位代表"), text.find("同志们")) if i >= 0), len(text))
    labelled = re.search(r"报告人:(?P<line>[^\n]{2,30})", text[:stop])
    spots = [labelled["line"]] if labelled else []
    for match in (*_SPEAKER.finditer(text[:stop]), *_SPEAKER_FIRST.finditer(text[:stop])):
        name = match["name"]
        if not _NOT_NAMES.search(name):
            return Found(name, head.lines.evidence(match.start("name"), match.end("name")))
    if spots and re.fullmatch(r"[\u4e00-\u9fff·]{2,5}", spots[0]) and not _NOT_NAMES.search(spots[0]):
        assert labelled is not None
        return Found(spots[0], head.lines.evidence(labelled.start("line"), labelled.end("line")))
    last = re.search(r"\n(?P<name>[\u4e00-\u9fff]{2,4})\n*(?:\([^()\n]{6,20}\)\n*)?$", text[:stop])
    if last and not _NOT_NAMES.search(last["name"]):
        return Found(last["name"], head.lines.evidence(last.start("name"), last.end("name")))
    return None


def find_title(head: Head) -> Found | None:
    """The line of the head that names the report; the fullest of them."""
    best: tuple[int, int, Found] | None = None
    text = head.lines.text
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        body = re.sub(r"^标题:", "", line)
        offset = start + len(line) - len(body)
        stop = body.find("各位代表")
        if stop > 0:
            body = body[:stop]
        if not 4 <= len(body) <= 70 or not _REPORT_WORDS.search(body) or _NO_TITLE.search(body):
            continue
        rank = 2 * bool(re.search(YEAR, body)) + 2 * ("政府工作报告" in body or "管" in body) + (len(body) > 8)
        rank += 3 * line.startswith("标题:")
        if best is None or rank > best[0]:
            proof = head.lines.evidence(offset, offset + len(body))
            best = (rank, start, Found(_tidy_title(proof.quote), proof))
    return best[2] if best else None


def _tidy_title(quote: str) -> str:
    """A title line without white space, table borders and what runs on behind it."""
    title = re.sub(r"\s+", "", quote).strip("|")
    title = re.sub(r"^(?:文件名称|标题|名称)[|:：]+", "", title)
    first = re.search(r"工作报告(?:[(（][^()（）]{1,12}[)）])?", title)
    if first and "工作报告" in title[first.end() :] and len(title) > 30:
        return title[: first.end()]
    return title
