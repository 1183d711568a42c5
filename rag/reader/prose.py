"""Questions in words -> the sentences that answer, whole, in the report's order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from rag.answer import Answer, CitedFigure, Missing
from rag.lookup import Sentence
from rag.matching import cover, unit_fits, words_of
from rag.numerals import plain, small_count
from rag.passages import sentence_spans
from rag.question import MISSED_GOALS
from rag.reader.draft import CN_DIGITS, COUNTED, LIST_QUOTES, MISSED, Draft, lines_of
from rag.types import Part, Report
from rag.wording import report_name, short_place, years_text

PROSE_QUOTES = 6  # sentences quoted in an answer in prose
COUNTED_OFF_CHARS = 6000  # how far behind its announcement, or its last item, a list is looked for
SENTENCE_CHARS = 500  # a sentence in several pieces is quoted whole up to this length
HEADING_CHARS = 60
_COUNTS = re.compile(
    r'[一二三四五六七八九十几]{1,2}(?:大|项|个|种|类|方面|件事|点|条)|"[两二三四五六七八九十][^"]{1,10}"|以下|如下|新的突破|(?:哪|几)(?:些|个|大|场)'
)
_ADMITTED = re.compile(
    r"(?:存在|面临|遇到)(?:着|的|了)?[^,。;]{0,8}(?:问题|困难|不足|挑战)(?:还|也|仍|和|,|。)|(?:问题|困难|不足|短板)[^。;:]{0,30}:一是"
)
_LISTED_ON = re.compile("[二三四五六七八九十]{1,2}、")
_HOW_MANY_ASKED = re.compile(r"哪(?P<n>[两二三四五六七八九十]|\d)(?:个|大|条|种|项|点|类|方面|件|张|期|城)")
_HEADED = re.compile(
    r"\s*(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、|\d+[.、]|--|第[一二三四五六七八九十]|[①-⑳])"
)
_ANNOUNCED = re.compile(r'(?P<n>[二三四五六七八九十]|(?<!\d)\d)"?(?:个|大|项)(?P<noun>[^",。;:]{2,8})(?:"|[:。]"?$)')


class ProseDraft(Draft):
    """Sentences that answer, whole, in the report's order."""

    def answer(self) -> Answer:
        """The sentences that answer, whole, in the report's order."""
        sentences = (
            self._missed_goals()
            or self._problems()
            or self._noted()
            or self._counted_set()
            or self._best_sentences()
            or self._begun_alike()
        )
        if not sentences:
            if not self.plan.reports and self.plan.places:
                return self._no_prose_report()
            place = short_place(self.plan.places[0].name) if self.plan.places else ""
            what = self.query.topic.replace(" ", "")
            self.lines.append(
                self.say(
                    f"{place}的报告没有提到{'“' + what + '”' if what else '所问的内容'}。",
                    "The reports do not mention this.",
                )
            )
            return self.done("not_in_report" if self.plan.places or self.ranking.hits else "off_topic")
        one_report = len({s.report.report_id for s in sentences}) == 1
        whole = self._tells_each(sentences)
        if not whole:
            self.lines.append(
                self.say(
                    "报告提到了所问的内容，但没有找到逐项说明的原文。下面是最接近的句子：",
                    "The reports speak of it, but no passage that tells each of them was found. The nearest sentences:",
                )
            )
        for said in sentences:
            n = self.cite_sentence(said)
            lead = "" if one_report else f"{report_name(said.report)}："
            self.lines.append(f"{lead}{self.citations.rows[n - 1].quote} [{n}]")
        if one_report:
            self.lines.insert(
                0, self.say(f"{report_name(sentences[0].report)}写道：", f"{sentences[0].report.title} says:")
            )
        every = re.search(r"数字|量化|指标|各(?:是)?多少", self.query.text) is not None
        units = {a.units for a in self.query.indicators if a.units}  # 新建多少个大型项目,具体包括哪些
        figures = [
            CitedFigure(f, self.cite_sentence(said))
            for said in (sentences if every or units else ())
            for f in self.figures_of(said.report)
            if said.start <= f.start < said.end
            and (not self.query.roles or f.role in self.query.roles)
            and (every or any(unit_fits(u, f.unit) == 1.0 and f.indicator in self.query.text for u in units))
        ]
        return self.done("answered" if whole else "no_figure", figures=figures)

    def _tells_each(self, sentences: Sequence[Sentence]) -> bool:
        """Whether sentences may tell all of the things asked for by their number: 哪五个关系; true where none is said."""
        match = _HOW_MANY_ASKED.search(self.query.text)
        if match is None:
            return True
        count = small_count(match.group("n"))
        texts = [plain(self.sources.shelf.text(s.report.report_id)[s.start : s.end]) for s in sentences]
        listed = max((max(t.count("、"), t.count(","), t.count(";"), t.count('"') // 2 - 1) for t in texts), default=0)
        return len(sentences) >= count or listed >= count - 1

    def _no_prose_report(self) -> Answer:
        place = self.plan.places[0]
        years = self.sources.holdings.years(place)
        self.lines.append(
            self.say(
                f"没有所问年份的{short_place(place.name)}报告。现有：{years_text(years) or '无'}。",
                f"No such report; held: {', '.join(map(str, years)) or 'none'}.",
            )
        )
        return self.done(
            "no_report", missing=[Missing(place.name, p, "no_report") for p in self.plan.periods_shown[:1] or ("",)]
        )

    def _missed_goals(self) -> list[Sentence]:
        """The sentences that say which goals were missed, where that is asked: 有哪些指标没有完成."""
        if not MISSED_GOALS.search(self.query.text) or not re.search("哪|什么", self.query.text):
            return []
        out: list[Sentence] = []
        for report in self.plan.reports[:3]:
            for said in self.sources.finder.views.sentences(report.report_id):
                if MISSED.search(said.words) and said.part not in ("plan", "livelihood", "term_plan"):
                    out.append(Sentence(report, said.start, said.end, said.part, said.section, 1.0))
        return out[:PROSE_QUOTES]

    def _problems(self) -> list[Sentence]:
        if not re.search(r"问题|不足|困难|短板|挑战", self.query.text) or not self.plan.reports:
            return []
        rest = re.sub(
            r"承认|还有|一些|管委会|政府|指出|自身|问题|不足|困难|短板|挑战|工作|发展|存在|面临|主要|经济|社会",
            "",
            self.query.topic,
        ).strip()
        if rest:
            return []
        out: list[Sentence] = []
        for report in self.plan.reports[:2]:
            text = self.sources.shelf.text(report.report_id)
            for passage in self.sources.shelf.passages(report.report_id):
                if passage.part == "problems":
                    out += [
                        Sentence(report, s, e, passage.part, passage.section, 1.0)
                        for s, e in sentence_spans(text, passage.start, passage.end)
                    ]
            if not out:
                out = self._admitted(report)
            if out:  # of a long list the last problems by their first sentences
                return out[:LIST_QUOTES] + [s for s in out[LIST_QUOTES:] if COUNTED.match(text, s.start)]
        return []

    def _admitted(self, report: Report) -> list[Sentence]:
        """The sentence that admits problems, in a report that has no part for them, and the rest of its paragraph."""
        text = self.sources.shelf.text(report.report_id)
        for said in self.sources.finder.views.sentences(report.report_id):
            if _ADMITTED.search(said.words) and said.part not in ("plan", "livelihood", "term_plan"):
                stop = text.find("\n", said.start)
                spans = sentence_spans(text, said.start, len(text) if stop < 0 else stop)
                return [Sentence(report, a, b, said.part, said.section, 1.0) for a, b in spans]
        return []

    def _counted_set(self) -> list[Sentence]:
        """哪“六个沙河口”, 哪三个“年”: the sentences that name each member, where a report has about that many."""
        if listed := self._listed_before() or self._quoted_alike():
            return listed
        match = re.search(
            r'"(?P<n>[两二三四五六七八九十]|\d)(?:个|大|项|种|条)?(?P<noun>(?![一二三四五六]?五")[^"]{2,10})"'
            r'|(?P<n1>[两二三四五六七八九十]|\d)(?:个|大|项|条|张)"(?P<noun1>[^"]{1,8})"'
            r"|(?P<n2>[两二三四五六七八九十]|\d)大(?P<noun2>[^\",是哪包指]{2,10})(?:是|为|包括|指|分别)*哪"
            r"|哪(?P<n3>[两二三四五六七八九十])(?:大|个|种|项)(?P<noun3>[一-鿿]{2,8})"
            r'|"(?P<n5>[两二三四五六七八九十])(?P<noun5>(?!五)[一-鿿])"'
            r"|(?P<n4>[两二三四五六七八九十])(?:项|个|条)(?P<noun4>[一-鿿]{2,6}?)(?:分别|各|都)?(?:是什么|有哪些|指什么)",
            self.query.text,
        )
        if match is None:
            return []
        written, noun = (group for group in match.groups() if group)  # those of the form that was met
        count = small_count(written)
        bare = match.lastgroup in ("noun3", "noun4")  # 哪三大战略: 战略 names too much to look for its members
        for report in self.plan.reports:
            found = self._announced_set(report, count, noun)
            if not found and not bare:
                found = self._members(report, count, noun)
            if found:
                return found
        return []

    def _begun_alike(self) -> list[Sentence]:
        """当好哪五种角色: the sentences of one part that begin with the verb asked, if they are as many."""
        match = re.search(
            r"(?P<verb>[一-鿿]{2})哪(?P<n>[二三四五六七八九十]|\d)(?:种|个|大|类|项|方面)", self.query.text
        )
        if match is None:
            return []
        for report in self.plan.reports:
            begun: dict[tuple[str, ...], list[Sentence]] = {}
            for one, text in self._with_quotes(report):
                if re.match(rf"\W*{match.group('verb')}[^,;:]{{2,30}}", text):
                    begun.setdefault(one.section, []).append(one)
            for alike in begun.values():
                if len(alike) == small_count(match.group("n")):
                    return alike
        return []

    def _listed_before(self) -> list[Sentence]:
        """“两廊一园区”指什么, 把今年定为哪些“年”: the sentence that lists the members before the name, or each “…年”."""
        quoted = re.search(r'"(?P<name>(?!十[一二三四五六]五")[^"]{3,12})"(?!时期|期间)', self.query.text)
        each = re.search(r'哪(?:些|几个?)"(?P<noun>[^"]{1,4})"', self.query.text)
        if quoted is None and each is None:
            return []
        out: list[Sentence] = []
        for report in self.plan.reports:
            for one, text in self._with_quotes(report):
                if quoted and re.search(
                    rf'[^,。;、]{{2,20}}、(?:[^,。;、"]{{2,24}}、)*(?!打|实施|推进|抓|落实|围绕|建设)[^,。;、"]{{4,24}}"{re.escape(quoted.group("name"))}"',
                    text,
                ):
                    return [one]
                if each and re.search(
                    rf'(?:今年|{report.report_year}年)[^。;]{{0,40}}"[^"]{{2,12}}{re.escape(each.group("noun"))}"', text
                ):
                    out.append(one)
            if out:
                return out[:PROSE_QUOTES]
        return []

    def _quoted_alike(self) -> list[Sentence]:
        """“六零行动”是哪六个“零”: the sentences with as many quoted names that begin or end with the word asked for."""
        match = re.search(r'哪(?P<n>[两二三四五六七八九十])(?:个|大|种)?"(?P<noun>[^"]{1,4})"', self.query.text)
        if match is None:
            return []
        noun, count = re.escape(match["noun"]), small_count(match["n"])
        named = re.search(r'"([^"]{3,12})"', self.query.text[: match.start()])
        alike = rf'"({noun}[^"]{{1,10}}|[^"]{{1,10}}{noun})"'
        for report in self.plan.reports:
            for one, text in self._with_quotes(report):
                if len(set(re.findall(alike, text))) >= count:
                    return [one]
        for report in self.plan.reports:
            found: dict[str, Sentence] = {}
            begun = named is None
            for one, text in self._with_quotes(report):
                begun = begun or (named is not None and named.group(1) in text)
                for name in re.findall(alike, text) if begun else ():
                    found.setdefault(name, one)
                if len(found) >= count:
                    return sorted({s.start: s for s in found.values()}.values(), key=lambda s: s.start)
        return []

    def _with_quotes(self, report: Report) -> Iterator[tuple[Sentence, str]]:
        """The sentences of a report with their plain words, without blanks but with their quotation marks."""
        text = self.sources.shelf.text(report.report_id)
        for said in self.sources.finder.views.sentences(report.report_id):
            one = Sentence(report, said.start, said.end, said.part, said.section, 1.0)
            yield one, plain(text[said.start : said.end]).replace(" ", "")

    def _announced_set(self, report: Report, count: int, noun: str) -> list[Sentence]:
        """The sentence that names all members in quotation marks, or announces them and is followed by as many."""
        words = words_of(self.query.topic)  # of several sets of one name that of the words around: 绿美广东“六大行动”
        rows = sorted(self._with_quotes(report), key=lambda row: -cover(words, row[1].replace('"', "")))
        for one, text in rows:
            if re.search(rf"{re.escape(noun)}(?:是|如下|包括|有):$", text) and len(said := self._behind(one)) >= count:
                return [one, *said[:count]]  # “七五”期间的基本任务是: with a line for each
            if len(set(re.findall(rf'"[^"]{{1,12}}{re.escape(noun)}"', text))) >= count:
                return [one]
            if _names_alike(text.replace('"', ""), count, noun):
                return [one]
            counted = rf"(?:{CN_DIGITS[count]}|{count})[个大项种条]?{re.escape(noun)}"
            told = re.search(rf"(?P<before>[^,。;:]*){counted}(?P<list>.*)", text.replace('"', ""))
            if told and told["before"].count("、") == count - 1 and not told["before"].endswith(("是", "的", "着")):
                return [one]  # 深入实施一主三次、工业西进、对接京津三大战略
            if (
                told
                and told["list"][:1] in ("是", "为", ":")
                and re.split("[,;。]", told["list"])[0].count("、") >= count - 1
            ):
                return [one]  # 五大特色消费街区:东门活力时尚消费街区、…
            if told:
                behind = self._counted_off(one)
                begun = noun in told["list"] or COUNTED.search(told["list"]) is not None  # the first stands within
                if len(behind) >= count - begun:
                    return [one, *behind]
        return []

    def _behind(self, said: Sentence) -> list[Sentence]:
        """The first sentences of the lines behind an announcement; marks that stand on lines of their own left out."""
        text = self.sources.shelf.text(said.report.report_id)
        lines = lines_of(text, said.end, min(len(text), said.end + COUNTED_OFF_CHARS))
        return [_opening(said, text, a, b) for a, b in lines if b - a > 6]

    def _members(self, report: Report, count: int, noun: str) -> list[Sentence]:
        """The sentences that name each of ``count`` things called by the same noun: 法治沙河口, 活力沙河口."""
        found: dict[str, Sentence] = {}
        heads: dict[str, Sentence] = {}
        text = self.sources.shelf.text(report.report_id)
        for passage in self.sources.shelf.passages(report.report_id):
            for start, end in sentence_spans(text, passage.start, passage.end):
                said = Sentence(report, start, end, passage.part, passage.section, 1.0)
                headed = _HEADED.match(plain(text[start:end])) is not None
                for hit in re.finditer(rf"([一-鿿]{{2,4}}){re.escape(noun)}", text[start:end]):
                    if end - start <= 260 and not re.search(r"[一二三四五六七八九十]个$|两个$", hit.group(1)):
                        (heads if headed else found).setdefault(hit.group(1)[-2:], said)
        members = list((heads if len(heads) == count else found | heads).values())
        if not count <= len(members) <= count + 3:
            return []
        return sorted({s.start: s for s in members}.values(), key=lambda s: s.start)

    def _best_sentences(self) -> list[Sentence]:
        """The sentences of the retrieved passages that hold most of the question's words, in the report's order."""
        words = words_of(self.query.topic)
        if not words:
            return []
        scored: list[Sentence] = []
        for hit in self.ranking.hits:
            passage = hit.passage
            report = self.sources.reports.get(passage.report_id)
            if report is None:
                continue
            text = self.sources.shelf.text(passage.report_id)
            wanted = self._part_bonus(passage.part)
            for start, end in sentence_spans(text, passage.start, passage.end):
                share = cover(words, plain(text[start:end]).replace('"', ""))
                if share >= 0.5:
                    scored.append(
                        Sentence(report, start, end, passage.part, passage.section, share + wanted + 0.1 / hit.rank)
                    )
        if not scored:
            return []
        scored.sort(key=lambda s: (-s.score, s.report.report_id, s.start))
        top = scored[0].score
        kept = [s for s in scored if s.score >= max(0.6, top - 0.35)][:PROSE_QUOTES]
        kept = [s for one in kept for s in (*self._led_by(one), one, *self._told_behind(one))]
        kept = list({(s.report.report_id, s.start): s for s in kept}.values())
        return sorted(kept, key=lambda s: (s.report.report_id, s.start))

    def _told_behind(self, said: Sentence) -> list[Sentence]:
        """What belongs to a sentence and stands behind it: what it counts off, opens, explains, or has not ended."""
        return self._counted_off(said) or self._opened(said) or self._explained(said) or self._unended(said)

    def _explained(self, said: Sentence) -> list[Sentence]:
        """The rest of a note that explains the name asked about: “四清”指…。“两亲”指…."""
        text = self.sources.shelf.text(said.report.report_id)
        head = plain(text[text.rfind("\n", 0, said.start) + 1 : said.end]).replace('"', "")
        note = re.match(r"\W*\d{0,3}\W*(?P<name>[^:,。;]{2,24})(?::|是?指)", head)
        if note is None or note["name"] not in self.query.text.replace('"', ""):
            return []
        return self._rest_of_line(said)[:PROSE_QUOTES]

    def _unended(self, said: Sentence) -> list[Sentence]:
        """The further pieces of a sentence of which a piece is quoted: …的方针,即保计划内建设;保生产性建设."""
        text = self.sources.shelf.text(said.report.report_id)
        out: list[Sentence] = []
        for piece in self._rest_of_line(said):
            last = out[-1] if out else said
            if text[last.start : last.end].rstrip()[-1:] not in "；;" or piece.end - said.start > SENTENCE_CHARS:
                break
            out.append(piece)
        return out

    def _led_by(self, said: Sentence) -> list[Sentence]:
        """The two sentences before one that points back: 这“三条保障线”, 上述."""
        text = self.sources.shelf.text(said.report.report_id)
        if not re.match(r"这|上述|以上|此|其", text[said.start : said.end]):
            return []
        line = text.rfind("\n", 0, said.start) + 1
        before = list(sentence_spans(text, line, said.start))[-3:]
        return [replace(said, start=a, end=b) for a, b in before]

    def _opened(self, said: Sentence) -> list[Sentence]:
        """What follows a sentence that is the topic and no more, up to the next such: 高标准建设河套合作区."""
        topic = self.query.topic.replace(" ", "")
        words = self._lead(said)
        if not words or 2 * len(topic) < len(words) or said.part in ("review", "term_review"):
            return []
        text = self.sources.shelf.text(said.report.report_id)
        begins = not text[text.rfind("\n", 0, said.start) + 1 : said.start].strip()
        rest = self._rest_of_line(said)
        body = rest if begins else takewhile(lambda s: not self._lead(s), rest)
        return list(body)[:PROSE_QUOTES]

    def _lead(self, said: Sentence) -> str:
        """The words of a sentence short and plain enough to be the topic of what follows, else ""."""
        words = plain(self.sources.shelf.text(said.report.report_id)[said.start : said.end]).strip('。 "')
        return words if len(words) <= 30 and not re.search(r"[,;\d]", words) else ""

    def _rest_of_line(self, said: Sentence) -> list[Sentence]:
        text = self.sources.shelf.text(said.report.report_id)
        end = text.find("\n", said.end)
        spans = sentence_spans(text, said.end, len(text) if end < 0 else end)
        return [replace(said, start=a, end=b) for a, b in spans]

    def _counted_off(self, said: Sentence) -> list[Sentence]:
        """What a heading or an announcement counts off behind it: …取得新的突破,一是,二是."""
        text = self.sources.shelf.text(said.report.report_id)
        words = plain(text[said.start : said.end])
        if not _COUNTS.search(words + self.query.text):
            return []
        if re.search("[:。]一、", words):  # 报告分六个部分:一、…;二、…
            return [s for s in self._rest_of_line(said) if _LISTED_ON.match(text, s.start)]
        opened = re.search("一是|第一[,、]|①", words)  # …还存在不少问题:一是安全发展观还没有建立
        counts = re.findall(
            r"([二三四五六七八九十])(?:大|项|个|种|类|方面|点|条|期)", words[: opened.start()] if opened else words
        )
        last = small_count(counts[-1]) if counts else LIST_QUOTES
        out = self._counted_from(said, 2 if opened else 1, last)
        if len(out) > 1:
            return out[:LIST_QUOTES]
        announced = next(reversed(list(_ANNOUNCED.finditer(words))), None)
        if announced is None:
            return self._told_one_by_one(said, words) or self._numbered_behind(said, words, last)
        if said.end - said.start > 60 and not re.search('以下|如下|:[" ]*$', words):
            return []
        count, noun = small_count(announced.group("n")), announced.group("noun")
        if words.rstrip('" ').endswith(":"):
            return self._headings_of(said, noun, count) or self._dashed(said, count)
        rest = self._rest_of_line(said) or self._lines_with(said, noun, count)
        told = [(s, plain(text[s.start : s.end])) for s in rest]
        members = [s for s, own in told if noun[-4:] in own and not _ANNOUNCED.search(own)]
        begun = noun in words.partition(":")[2]  # 突出抓好“四个一批”:在建一批,…
        if len(members) == count - begun:
            return members
        return rest[:count] if len(rest) >= count else []

    def _counted_from(self, said: Sentence, first: int, last: int) -> list[Sentence]:
        """The sentences behind one that are counted from ``first`` to ``last``: 一是…, 二是…."""
        text = self.sources.shelf.text(said.report.report_id)
        out: list[Sentence] = []
        spans = iter(sentence_spans(text, said.end, len(text)))
        for start, end in spans:
            counted = COUNTED.match(text, start, end)
            if len(out) + first > last or start > (out[-1].end if out else said.end) + COUNTED_OFF_CHARS:
                break
            if counted and _ordinal(counted) == len(out) + first:
                # 一是 alone on its line, and what it counts on the next
                whole = next(spans, (start, end))[1] if len(text[start:end].strip()) <= 3 else end
                out.append(replace(said, start=start, end=whole))
            elif (not out and start - said.end > (160 if first == 1 else 800)) or _HEADED.match(plain(text[start:end])):
                break
        return out

    def _lines_with(self, said: Sentence, noun: str, count: int) -> list[Sentence]:
        """The first sentences of the ``count`` lines behind an announcement, if each holds what it counts."""
        text = self.sources.shelf.text(said.report.report_id)
        lines = list(lines_of(text, said.end, min(len(text), said.end + COUNTED_OFF_CHARS)))[:count]
        heads = [_opening(said, text, a, b) for a, b in lines]
        held = all(noun[-2:] in plain(text[h.start : h.end]) for h in heads)
        return heads if len(heads) == count and held else []

    def _dashed(self, said: Sentence, count: int) -> list[Sentence]:
        """The first sentences of the lines behind an announcement that begin with a dash, if there are as many."""
        text = self.sources.shelf.text(said.report.report_id)
        heads = [
            _opening(said, text, a, b)
            for a, b in lines_of(text, said.end, min(len(text), said.end + 2 * COUNTED_OFF_CHARS))
            if re.match(r"\s*(?:-{1,2}|[·•◆●])", plain(text[a:b]))
        ]
        return heads[:count] if len(heads) >= count else []

    def _told_one_by_one(self, said: Sentence, words: str) -> list[Sentence]:
        """The rest of a paragraph that opens with a set and its first member: 建设三大片区:高规格启动…。高水平建设…."""
        opened = re.match(rf"[^:]{{0,24}}(?P<n>[{CN_DIGITS[2:]}])大(?P<noun>[一-鿿]{{2,6}}):", words.strip())
        if opened is None or opened.group("noun") not in self.query.text:
            return []
        rest = self._rest_of_line(said)
        return rest if small_count(opened.group("n")) - 1 <= len(rest) <= LIST_QUOTES else []

    def _numbered_behind(self, said: Sentence, words: str, most: int) -> list[Sentence]:
        """The openings of the lines numbered 一、, 二、 behind an announcement: 采取以下的措施:, 重点是做三件事:."""
        text = self.sources.shelf.text(said.report.report_id)
        if not words.rstrip('" ').endswith(":") and not re.search("(?:以下|如下)[一-鿿]{0,6}。$", words.rstrip('" ')):
            return []
        out: list[Sentence] = []
        for a, b in lines_of(text, said.end, min(len(text), said.end + COUNTED_OFF_CHARS)):
            marked = re.match(rf"\s*[(（]?([{CN_DIGITS[1:]}]{{1,2}})[、)）]", text[a:b])
            if marked and small_count(marked[1]) == len(out) + 1 <= most:
                out.append(_opening(said, text, a, b))
            elif not out:
                return []
        return out if len(out) > 1 else []

    def _noted(self) -> list[Sentence]:
        """The note that explains a quoted name, with the rest of its line: 3.两令一书：任务令、嘉奖令、批评书."""
        quoted = re.search('"([^"]{3,14})"', self.query.text)
        if quoted is None or not re.search("指|是什么|是哪|包括|哪些|含义|意思", self.query.text[quoted.end() :]):
            return []
        note = re.compile(rf'\W*(?:\d{{1,3}}[.、\])]?)?\W*{re.escape(quoted[1])}"?(?::|是?指)')
        for report in self.plan.reports:
            for one, text in self._with_quotes(report):
                if note.match(text):
                    return [one, *self._rest_of_line(one)][:PROSE_QUOTES]
        return []

    def _headings_of(self, said: Sentence, noun: str, count: int) -> list[Sentence]:
        """The numbered headings behind 重点实施八大行动: that end in what it counts, if there are as many."""
        text = self.sources.shelf.text(said.report.report_id)
        heads = [
            head
            for a, b in lines_of(text, said.end, len(text))
            if _HEADED.match(plain(text[a:b]))
            and (head := _opening(said, text, a, b)).end - head.start <= HEADING_CHARS
            and noun in plain(text[head.start : head.end])
        ]
        ending = [h for h in heads if plain(text[h.start : h.end]).rstrip("。").endswith(noun)]
        named = ending if len(ending) >= count else heads
        return named[:count] if len(named) == count or named is ending else []

    def _part_bonus(self, part: Part) -> float:
        roles = self.query.roles
        ahead = bool({"target", "plan"} & set(roles)) or re.search(
            "规划|打算|计划|部署|安排|今后|未来", self.query.text
        )
        back = bool({"actual", "cumulative"} & set(roles))
        if ahead:
            return 0.15 if part in ("plan", "livelihood", "term_plan") else 0.0
        if back:
            return 0.15 if part in ("review", "term_review") else 0.0
        return 0.0


def _names_alike(text: str, count: int, noun: str) -> bool:
    """Whether a sentence names so many things that end, or begin, alike: …制造城、…滨海城、…幸福城; 务必…、务必…."""
    own = re.escape(noun)
    ending = rf"(?:[^,。;、]{{2,14}}{own}(?:、|和|与|以及)){{{count - 1}}}[^,。;、]{{2,14}}{own}"
    beginning = rf"(?:{own}[^,。;、]{{2,14}}[、,]){{{count - 1}}}{own}[^,。;、]{{2,}}"
    return re.search(ending, text) is not None or (
        (len(noun) > 1 or count > 3) and re.search(beginning, text) is not None
    )


def _ordinal(mark: re.Match[str]) -> int:
    """The number of a list mark: 2 for 二是, 第二, and ②."""
    return ord(mark["o"]) - ord("①") + 1 if mark["o"] else small_count(mark["n"] or mark["n2"])


def _opening(said: Sentence, text: str, start: int, end: int) -> Sentence:
    """The first sentence of ``text[start:end]``, in the place of ``said``."""
    return replace(said, start=start, end=next(iter(sentence_spans(text, start, end)))[1])
