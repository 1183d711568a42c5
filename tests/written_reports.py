"""Small report files that the real readers understand, for tests of ingest, library and command line."""

from __future__ import annotations

from pathlib import Path

PLACES = ("沈阳市沈河区", "大连市沙河口区", "深圳市龙华区", "深圳市福田区", "青岛市市北区", "杭州市西湖区")


def report_text(place: str = PLACES[0], year: int = 2020, *, growth: str = "6", jobs: str = "1.68") -> str:
    """A work report of some twenty lines; ``growth`` is its target for the coming year, ``jobs`` last year's result."""
    own = place.rpartition("市")[2]
    work = "改造老旧小区20个，新建养老服务中心3家，新增公办学位8000个，提升城市道路40公里，整治违法建设6万平方米。"
    return (
        f"{place}{year}年政府工作报告\n"
        f"——{year}年1月9日在{own}第十八届人民代表大会第三次会议上\n"
        f"{own}人民政府区长 王某某\n\n"
        f"各位代表：\n现在，我代表{own}人民政府，向大会作政府工作报告，请予审议，并请各位政协委员提出意见。\n"
        f"一、{year - 1}年工作回顾\n"
        f"{year - 1}年，全区上下团结奋斗，地区生产总值增长5.2%，新增就业{jobs}万人，城镇登记失业率控制在3%以内。\n{work}\n"
        f"二、{year}年重点工作\n"
        f"{year}年发展主要预期目标是：地区生产总值增长{growth}%左右，固定资产投资增长10%，一般公共预算收入增长2%。\n{work}\n"
        "各位代表，让我们更加紧密地团结起来，为全面建成小康社会而努力奋斗！\n"
    )


def write_report(folder: Path, place: str = PLACES[0], year: int = 2020, *, name: str = "", **numbers: str) -> Path:
    """The file that was written."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{place}{year}年政府工作报告.txt")
    path.write_text(report_text(place, year, **numbers), encoding="utf-8")
    return path
