"""What the reader of an answer sees: sentences in Chinese, and the same in English on request. Pure."""

from __future__ import annotations

import re

from rag.types import Figure, Report, Role

ROLE_ZH: dict[Role, str] = {"target": "目标", "actual": "实际完成", "cumulative": "累计", "plan": "规划目标"}
ROLE_EN: dict[Role, str] = {"target": "target", "actual": "result", "cumulative": "cumulative", "plan": "plan goal"}
MEASURE_EN = {
    "level": "",
    "growth": "growth",
    "change": "change",
    "share": "share",
    "rank": "rank",
    "multiple": "multiple",
}
_BEFORE = (
    "不低于",
    "不少于",
    "不超过",
    "不高于",
    "控制在",
    "稳定在",
    "保持在",
    "突破",
    "超过",
    "超",
    "约",
    "近",
    "逾",
    "接近",
    "至少",
    "高于",
    "低于",
    "大于",
    "小于",
)
_AFTER = ("左右", "以上", "以内", "以下", "之内")


def shown(figure: Figure) -> str:
    """The number as the report wrote it, with the words that bound it: 超650亿元, 6%左右."""
    words = (figure.modality or "").split()
    before = "".join(w for w in words if w in _BEFORE and w not in figure.written)
    after = "".join(w for w in words if w in _AFTER and w not in figure.written)
    return before + figure.written + after


def short_place(place: str) -> str:
    """The last part of a full name: 辽宁省沈阳市沈河区 gives 沈河区."""
    parts = re.findall(r".+?(?:特别行政区|自治区|自治州|自治县|新区|地区|省|市|州|盟|区|县|旗)", place)
    return parts[-1] if parts and "".join(parts) == place else place


def thing(figure: Figure) -> str:
    """What a figure counts, with its measure: 地区生产总值增长."""
    name = figure.indicator
    words = (figure.modality or "").split()
    basis = next((w for w in words if re.match(r"剔除|扣除|同口径|可比", w)), "")
    mean = "年均" if "年均" in words else ""
    if figure.measure == "growth":
        return (
            f"{name}{'（' + basis + '）' if basis else ''}{mean}增长"
            if not re.search(r"增长|增速|增幅$", name)
            else name + mean
        )
    if figure.measure == "change":
        verb = next(
            (w for w in words if re.match(r"下降|降低|减少|回落|降|减|压减|压缩|削减|缩短|缩减|高于|低于|高出", w)), ""
        )
        return name + mean + (verb if verb and verb not in name else "" if verb else "变化（提高/增加）")
    return name + mean


def period_zh(period: str) -> str:
    """A period for readers: 2019H1 is 2019年上半年, 2013-2017 is 2013—2017年."""
    if match := re.fullmatch(r"(\d{4})H([12])", period):
        return f"{match.group(1)}年{'上' if match.group(2) == '1' else '下'}半年"
    if match := re.fullmatch(r"(\d{4})Q([1-4])", period):
        return f"{match.group(1)}年{'一二三四'[int(match.group(2)) - 1]}季度"
    if match := re.fullmatch(r"(\d{4})-(\d{2})/\d{4}-(\d{2})", period):
        return f"{match.group(1)}年{int(match.group(2))}至{int(match.group(3))}月"
    if re.fullmatch(r"\d{4}-\d{4}", period):
        return f"{period.replace('-', '—')}年"
    return f"{period}年" if period else ""


def statement(figure: Figure, n: int, *, lang: str = "zh") -> str:
    """One sentence that says a figure with its place, period and role, ending in its marker."""
    estimate = "预计" in (figure.modality or "").split() and figure.role == "actual"
    if lang == "en":
        measure = MEASURE_EN[figure.measure]
        role = "estimated result" if estimate else ROLE_EN[figure.role]
        return f"{figure.place}, {figure.period}, {figure.indicator}{' (' + measure + ')' if measure else ''}, {role}: {shown(figure)} [{n}]."
    role_zh = "实际（预计数）" if estimate else ROLE_ZH[figure.role]
    return f"{short_place(figure.place)}{period_zh(figure.period)}{thing(figure)}（{role_zh}）：{shown(figure)}[{n}]。"


def report_name(report: Report) -> str:
    """A report by place and year: 沈河区2020年政府工作报告."""
    year = f"{report.report_year}年" if report.report_year else ""
    return f"{short_place(report.place) or report.title}{year}政府工作报告"


def years_text(years: tuple[int, ...]) -> str:
    """Years in short: 2018、2020—2022年."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return "、".join(str(r[0]) if len(r) == 1 else f"{r[0]}—{r[-1]}" for r in runs) + "年" if runs else ""
