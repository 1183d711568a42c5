r"""Write ``rag/data/places.tsv``, the gazetteer that comes with the package.

Run by hand when the table of divisions is renewed; nothing imports it. It reads unpacked packages:

    npm pack china-division          # present table of divisions, and development zones (MIT)
    pip download --no-binary :all: GB2260   # former names, 2002 to 2013 (BSD)
    python tools/make_gazetteer.py --division china-division/package/dist \
        --gb2260 GB2260-0.4.1/gb2260

Besides, pypinyin and opencc (both used at build time only) give the pinyin and the traditional
characters, and ``tools/gazetteer_supplement.tsv`` what no package knows: zones, aliases, spellings,
former names with another short form.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import runpy
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "rag" / "data" / "places.tsv"
PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|"
    "景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|毛难|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|"
    "德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
# 双江拉祜族佤族布朗族傣族自治县: the peoples in front of 自治 are no part of the short form. 蒙古, 哈萨克,
# 柯尔克孜, 塔吉克, 锡伯 and 维吾尔 also stand without 族.
AUTONOMOUS = re.compile(
    rf"(?P<short>.{{2,}}?)(?:(?:(?:{PEOPLES})族)+|蒙古族?|鄂温克族|东乡族|哈萨克族?|柯尔克孜|塔吉克|锡伯|维吾尔|壮族)?"
    r"自治(?P<level>区|州|县|旗)$"
)
LEVEL_WORDS = ("特别行政区", "地区", "林区", "特区", "矿区", "新区", "省", "市", "区", "县", "盟", "旗")
GENERIC_OWN = frozenset(
    "东区 西区 南区 北区 城区 郊区 矿区 新区 城中区 市中区 市郊区 新城区 城北区 城东区 城西区 向阳区 前进区".split()
)
SKIPPED_ROWS = re.compile(r"市辖区$|^县$|^市$|直辖县级|直辖行政|行政单位$")


@dataclass
class Row:
    """One place while the table is being made."""

    code: str
    own: str
    level: str
    parent: str  # code, "" for provinces and the nation
    short: str = ""
    formers: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    latin: list[str] = field(default_factory=list)
    flags: str = ""


def short_form(own: str) -> str:
    """The name without its level word: 沈河区 -> 沈河, 内蒙古自治区 -> 内蒙古, 唐县 -> 唐县."""
    match = AUTONOMOUS.match(own)
    if match:
        return match["short"]
    if own in GENERIC_OWN:
        return own
    people = re.match(rf"(.{{2,}}?)(?:{PEOPLES})族区$", own)
    if people:
        return people[1]
    for word in LEVEL_WORDS:
        if own.endswith(word) and len(own) - len(word) >= 2:
            return own[: -len(word)]
    return own


def zone_short(own: str, city_short: str) -> tuple[str, list[str]]:
    """Short form and aliases of a development zone: 保定高新技术产业开发区 -> 保定高新区."""
    names = [own]
    stripped = re.sub(r"^(河北|山西|内蒙古|吉林|安徽|河南|湖南)(?=.{5,})", "", own)
    if stripped != own and not own.startswith("吉林"):
        names.append(stripped)
    if city_short and not any(city_short in n for n in names):
        names.append(city_short + own)
    more = []
    for name in names:
        brief = re.sub(r"市?(高新|火炬高|高新站高新)技术(产业)?(开发区|园区)$", "高新区", name)
        brief = re.sub(r"市?经济(技术)?开发区$", "经开区", brief)
        if brief != name:
            more.append(brief)
    every = list(dict.fromkeys(names + more))[1:]
    return (every[-1] if more else own), every


def present_rows(dist: Path) -> dict[str, Row]:
    """All divisions of the present table, by six-digit code."""
    rows: dict[str, Row] = {}
    with (dist / "provinces.csv").open(encoding="utf-8") as f:
        for r in csv.DictReader(f):
            rows[r["code"] + "0000"] = Row(r["code"] + "0000", r["name"], "province", "000000")
    with (dist / "cities.csv").open(encoding="utf-8") as f:
        for r in csv.DictReader(f):
            if not SKIPPED_ROWS.search(r["name"]) and r["name"] != "市辖区":
                rows[r["code"] + "00"] = Row(r["code"] + "00", r["name"], "city", r["provinceCode"] + "0000")
    with (dist / "areas.csv").open(encoding="utf-8") as f:
        for r in csv.DictReader(f):
            code, name = r["code"], r["name"]
            if SKIPPED_ROWS.search(name) or code in rows:
                continue
            parent = r["cityCode"] + "00"
            if parent not in rows:
                parent = r["provinceCode"] + "0000"
            zone = code[4] in "78" and code[2:4] not in ("90",) and _is_zone(name)
            if name == rows[parent].own:  # 东莞市, 中山市, 儋州市, 嘉峪关市: counted once, as cities
                continue
            name = re.sub(r"管委会$", "", name)
            rows[code] = Row(code, name, "zone" if zone else "county", parent)
    for province, cities in json.loads((dist / "HK-MO-TW.json").read_text("utf-8")).items():
        code = {"香港特别行政区": "810000", "澳门特别行政区": "820000", "台湾省": "710000"}[province]
        rows[code] = Row(code, province, "province", "000000")
        if code == "710000":
            for m, city in enumerate(cities, 1):
                rows[f"71{m:02d}00"] = Row(f"71{m:02d}00", city, "city", code)
            continue
        districts = [d for ds in cities.values() for d in ds]
        for m, name in enumerate(districts, 1):
            own = re.sub(r"（.*）", "", name)
            rows[f"{code[:4]}{m:02d}"] = Row(f"{code[:4]}{m:02d}", own, "county", code)
    return rows


def _is_zone(name: str) -> bool:
    words = r"开发区|园区|管理区|新区$|新城$|示范区|实验区|食品区|聚集区|风景名胜区|管委会|产业园|行政委员会"
    return bool(re.search(words, name))


def add_former(rows: dict[str, Row], gb2260: Path) -> list[Row]:
    """Link the names of the revisions 2002 to 2013 to the present rows; return the rows of places gone."""
    data = runpy.run_path(str(gb2260 / "data.py"))["data"]
    old: dict[str, list[str]] = defaultdict(list)
    for key in sorted(data, key=lambda k: (k is None, str(k))):
        for code, name in data[key].items():
            if name not in old[str(code)]:
                old[str(code)].append(name)
    by_short: dict[tuple[str, str], list[Row]] = defaultdict(list)
    names_now: dict[tuple[str, str], Row] = {}
    for row in rows.values():
        if row.level in ("city", "county"):
            by_short[(row.code[:2], short_form(row.own))].append(row)
            names_now[(row.code[:2], row.own)] = row
    gone: list[Row] = []
    for code, names in sorted(old.items()):
        for name in names:
            if SKIPPED_ROWS.search(name) or code.endswith("0000") or name == "晋城市市辖区":
                continue
            _link_former(code, name, rows=rows, by_short=by_short, names_now=names_now, gone=gone)
    return gone


def _link_former(
    code: str,
    name: str,
    *,
    rows: dict[str, Row],
    by_short: dict[tuple[str, str], list[Row]],
    names_now: dict[tuple[str, str], Row],
    gone: list[Row],
) -> None:
    """Give one former name to the place that bears another now, or note a place that is no more."""
    now = rows.get(code)
    if now is not None and now.own == name:
        return
    elsewhere = names_now.get((code[:2], name))
    if elsewhere is not None:  # its code was given to another place since (海南, 洛龙区), or it moved
        same_city = elsewhere.code[:4] == code[:4] or code[:2] == "46" or elsewhere.level == "city"
        if same_city or now is None:
            return
    if now is not None and _renamed(now):
        now.formers.append(name)
        return
    # 邯郸县 is no former name of 邯郸市: a county's heir is a county, a prefecture's a prefecture.
    heirs = by_short.get((code[:2], short_form(name)), [])
    heirs = [r for r in heirs if r.code.endswith("00") == code.endswith("00")]
    near = [r for r in heirs if r.code[:4] == code[:4]]
    heir = near or (heirs if len(heirs) == 1 else [])
    if heir and short_form(name) != name:
        if name not in heir[0].formers and name != heir[0].own:
            heir[0].formers.append(name)
    else:
        gone.append(Row(code, name, "city" if code.endswith("00") else "county", "", flags="f"))


GIVEN_AWAY = frozenset("410307 232701 530800 469025 469026 469027 469028 469030 500110 500111".split())


def _renamed(now: Row) -> bool:
    """Whether older names of the row's code were its own; False where the code was another place's."""
    return now.code not in GIVEN_AWAY


def supplement(rows: dict[str, Row], gone: list[Row]) -> tuple[set[str], set[str]]:
    """Apply gazetteer_supplement.tsv; return the short forms that it calls risky and crossing."""
    full = {full_name(rows, r): r for r in rows.values()}
    risky: set[str] = set()
    crossing: set[str] = set()
    zones: dict[str, int] = defaultdict(int)
    for line in (HERE / "gazetteer_supplement.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        kind, *cells = line.split("\t")
        if kind == "risky":
            risky.update(cells)
            continue
        if kind == "crossing":
            crossing.update(cells)
            continue
        cells += [""] * (4 - len(cells))
        if kind == "zone":
            own, short, parent, aliases = cells[:4]
            top = full[parent]
            if f"{parent}{own}" in full:
                row = full[f"{parent}{own}"]
            else:
                zones[top.code[:4]] += 1
                code = f"{top.code[:4]}Z{zones[top.code[:4]]}"
                row = rows[code] = Row(code, own, "zone", top.code)
                full[f"{parent}{own}"] = row
            row.short = short
            row.aliases += [a for a in aliases.split("|") if a]
        elif kind == "former":
            own, target = cells[:2]
            if target not in full:
                print("no such place:", target)
                continue
            row = full[target]
            gone[:] = [g for g in gone if not (g.own == own and g.code[:2] == row.code[:2])]
            if own not in row.formers and own != row.own:
                row.formers.append(own)
        elif kind in ("alias", "latin"):
            if cells[0] not in full:
                print("no such place:", cells[0])
                continue
            getattr(full[cells[0]], "aliases" if kind == "alias" else "latin").extend(cells[1].split("|"))
    return risky, crossing


def full_name(rows: dict[str, Row], row: Row) -> str:
    """The name with its parents in front."""
    if row.code == "000000":
        return row.own
    parent = rows.get(row.parent)
    return row.own if parent is None or parent.code == "000000" else full_name(rows, parent) + row.own


def finish(rows: dict[str, Row], *, risky: set[str], crossing: set[str]) -> None:
    """Fill in short forms, made-up aliases, pinyin and the risky mark."""
    from pypinyin import Style, lazy_pinyin

    owns = {r.own for r in rows.values()}
    shorts: dict[str, int] = defaultdict(int)
    for row in rows.values():
        if row.level == "zone" and not row.short:
            parent = rows[row.parent]
            row.short, more = zone_short(row.own, short_form(parent.own))
            row.aliases += more
        row.short = row.short or short_form(row.own)
        shorts[row.short] += 1
    for row in rows.values():
        if row.code == "000000":
            continue
        # 河南蒙古族自治县 is never called 河南; 东乡族自治县 and 鄂温克族自治旗 are named for their people.
        named = {"河南蒙古族自治县": "河南县", "东乡族自治县": "东乡", "鄂温克族自治旗": "鄂温克"}
        row.short = named.get(row.own, row.short)
        match = AUTONOMOUS.match(row.own)
        if match and row.level in ("city", "county"):
            brief = (row.short if match["short"].endswith("族") else match["short"]) + match["level"]
            if brief not in owns:
                row.aliases.append(brief)
        if row.level != "zone" or row.own.endswith("新区"):
            spelt = "".join(lazy_pinyin(row.short, style=Style.NORMAL)).lower().replace("ü", "v")
            row.latin.append(_mend_spelling(row.short, spelt) if not row.latin else spelt)
        row.latin = list(dict.fromkeys(row.latin))
        row.aliases = [a for a in dict.fromkeys(row.aliases) if a not in (row.own, row.short)]
        if row.level != "province" and (row.short in risky or row.own in GENERIC_OWN):
            row.flags += "r"
        if row.own in GENERIC_OWN:
            row.flags += "g"
        if row.short in crossing and row.level in ("county", "zone"):
            row.flags += "w"


def _mend_spelling(short: str, spelt: str) -> str:
    """The usual reading where pypinyin, word by word, takes another: 长 is chang, 都 is du in names."""
    wrong = {"长": ("zhang", "chang"), "都": ("dou", "du"), "重": ("zhong", "chong"), "朝": ("zhao", "chao")}
    if "长子" in short:
        return spelt
    for char, (bad, good) in wrong.items():
        if char in short:
            spelt = spelt.replace(bad, good, 1)
    return spelt


def traditional_map(rows: dict[str, Row]) -> str:
    """Traditional characters of the names, each with its simplified one, as one string of pairs."""
    from opencc import OpenCC

    names = [n for r in rows.values() for n in (r.own, r.short, *r.formers, *r.aliases)]
    here = set("".join(names)) | set("年级专盟乡镇")
    pairs: dict[str, str] = {}
    for variant in ("s2t", "s2tw", "s2hk"):
        convert = OpenCC(variant).convert
        for char in sorted(here):
            for form in {convert(char)}:
                if len(form) == 1 and form != char and form not in here:
                    pairs[form] = char
        for name in names:
            form = convert(name)
            if len(form) == len(name):
                for a, b in zip(form, name, strict=True):
                    if a != b and a not in here:
                        pairs[a] = b
    pairs["瀋"] = "沈"
    return "".join(f"{a}{b}" for a, b in sorted(pairs.items()))


def main() -> None:
    """Read the packages, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--division", type=Path, required=True)
    parser.add_argument("--gb2260", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    rows = present_rows(args.division)
    rows["000000"] = Row(
        "000000",
        "全国",
        "national",
        "",
        short="全国",
        aliases=["国务院", "中华人民共和国", "中央政府", "中央人民政府", "中国", "我国", "中央", "国家"],
        latin=["china", "national", "prc", "zhongguo", "quanguo", "statecouncil"],
    )
    gone = add_former(rows, args.gb2260)
    risky, crossing = supplement(rows, gone)
    for row in gone:
        city = row.code[:4] + "00"
        row.parent = city if city in rows and row.level == "county" else row.code[:2] + "0000"
        code = row.code if row.code not in rows else row.code[:5] + "F"
        while code in rows:
            code = code[:5] + chr(ord(code[5]) + 1)
        row.code = code
        rows[code] = row
    finish(rows, risky=risky, crossing=crossing)
    lines = [
        "# Places of China; made by tools/make_gazetteer.py, sources and licences in README.md beside this file.",
        "# traditional characters, each followed by its simplified form:",
        "#trad\t" + traditional_map(rows),
        "# code, own name, short form, level, code of the parent, former names, aliases, spellings, flags",
        "# (r: the short form is a common word, g: so is the own name, w: it stands across words, f: no more)",
    ]
    for code in sorted(rows, key=lambda c: (rows[c].level != "national", c)):
        r = rows[code]
        lists = ["|".join(names) for names in (r.formers, r.aliases, r.latin)]
        lines.append("\t".join([r.code, r.own, r.short, r.level, r.parent, *lists, r.flags]))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(len(rows), "places,", sum("f" in r.flags for r in rows.values()), "of them no more")


if __name__ == "__main__":
    main()
