"""Whether two written place names can mean one place: by name and parents, without a gazetteer."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NATION: Final = {"全国", "中国", "中华人民共和国", "国务院", "中央", "中央人民政府"}
_PARTS: Final = re.compile(
    r".+?(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市|县|区|盟|旗|(?<=.)州(?![市县区])|$)"
)
_LEVEL_WORD: Final = re.compile(r"(?<=.)(?:特别行政区|自治区|自治州|自治县|自治旗|地区|新区|省|市|县|区|盟|旗|州)$")


def same_place(name: str, other: str) -> bool:
    """Whether the shorter name's parts all stand in the longer one, in order, and the last parts agree."""
    parts, others = _parts(name), _parts(other)
    if parts == ["全国"] or others == ["全国"]:
        return parts == others
    if not parts or not others or not _same_part(parts[-1], others[-1]):
        return False
    few, many = sorted((parts[:-1], others[:-1]), key=len)
    rest = iter(many)
    return all(any(_same_part(part, candidate) for candidate in rest) for part in few)


def _parts(name: str) -> list[str]:
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    if text in _NATION:
        return ["全国"]
    return [part for part in _PARTS.findall(text) if part]


def _same_part(part: str, other: str) -> bool:
    if part == other:
        return True
    short, long = sorted((part, other), key=len)
    core, long_core = _LEVEL_WORD.sub("", short), _LEVEL_WORD.sub("", long)
    if "自治" in long or "特别行政区" in long:  # 楚雄州 is 楚雄彝族自治州, 内蒙古 is 内蒙古自治区
        return long.startswith(core) and (short == core or short.endswith(("州", "县", "旗", "区")))
    return short == core and short == long_core  # 沈河 is 沈河区; 沙河口区 is not 沙河市
