"""Names of places are matched as names: longest, with parents, aliases, former names, slips."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from rag.places import Gazetteer, PlaceMention, load_gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def names(mentions: tuple[PlaceMention, ...]) -> list[list[str]]:
    return [[p.name for p in m.candidates] for m in mentions]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("沈河2020年就业目标", ["辽宁省沈阳市沈河区"]),
        ("沈阳市沈河区", ["辽宁省沈阳市沈河区"]),
        ("辽宁省沈阳市沈河区的目标", ["辽宁省沈阳市沈河区"]),
        ("大连沙河口区2018年GDP", ["辽宁省大连市沙河口区"]),
        ("沙河口", ["辽宁省大连市沙河口区"]),
        ("沙河", ["河北省邢台市沙河市"]),
        ("高唐县", ["山东省聊城市高唐县"]),
        ("米易县和易县", ["四川省攀枝花市米易县", "河北省保定市易县"]),
        ("河北省保定市徐水县", ["河北省保定市徐水区"]),
        ("光明新区2017年", ["广东省深圳市光明区"]),
        ("襄樊市", ["湖北省襄阳市"]),
        ("大鹏新区", ["广东省深圳市大鹏新区"]),
        ("雄安新区", ["河北省雄安新区"]),
        ("浦东新区", ["上海市浦东新区"]),
        ("天津滨海新区", ["天津市滨海新区"]),
        ("云南、贵州、四川", ["云南省", "贵州省", "四川省"]),
        ("内蒙古和新疆", ["内蒙古自治区", "新疆维吾尔自治区"]),
        ("沪、浙", ["上海市", "浙江省"]),
        ("国务院2024年", ["全国"]),
        ("沈河區2020年", ["辽宁省沈阳市沈河区"]),
        ("瀋陽", ["辽宁省沈阳市"]),
        ("Shenhe District 2020", ["辽宁省沈阳市沈河区"]),
        ("jobs in Shahekou", ["辽宁省大连市沙河口区"]),
        ("Hebei Province and Inner Mongolia", ["河北省", "内蒙古自治区"]),
        ("Shenhe District, Shenyang", ["辽宁省沈阳市沈河区"]),
        ("dingxing xian", ["河北省保定市定兴县"]),
        ("Beijing's Chaoyang District", ["北京市朝阳区"]),
        ("Dapeng New District", ["广东省深圳市大鹏新区"]),
        ("Jilin Province and Jilin City", ["吉林省", "吉林省吉林市"]),
        ("Xinjiang Uygur Autonomous Region", ["新疆维吾尔自治区"]),
        ("恩施州", ["湖北省恩施土家族苗族自治州"]),
        ("代县长张三、担任县长", []),
        ("提高县域经济，创新县域机制", []),
        ("解放路与南山街道", []),
        ("会议上海拉尔区人民政府", ["内蒙古自治区呼伦贝尔市海拉尔区"]),
        ("沈阳市场", ["辽宁省沈阳市"]),
        ("保定市博野", ["河北省保定市博野县"]),
    ],
)
def test_names_in_a_text(gazetteer: Gazetteer, text: str, found: list[str]) -> None:
    assert [m.candidates[0].name for m in gazetteer.find_places(text)] == found


def test_a_short_name_inside_a_longer_is_not_found(gazetteer: Gazetteer) -> None:
    found = gazetteer.find_places("高唐县第十六届人民代表大会，米易县、沙河口区")
    assert [m.text for m in found] == ["高唐县", "米易县", "沙河口区"]


def test_a_name_of_several_places_keeps_them_all_the_most_prominent_first(gazetteer: Gazetteer) -> None:
    (mention,) = gazetteer.find_places("朝阳2020年目标")
    assert mention.candidates[0].name == "辽宁省朝阳市"
    assert {"北京市朝阳区", "吉林省长春市朝阳区"} <= {p.name for p in mention.candidates}
    (xian,) = gazetteer.find_places("西安GDP")
    assert xian.candidates[0].name == "陕西省西安市"


def test_a_parent_in_front_decides(gazetteer: Gazetteer) -> None:
    assert names(gazetteer.find_places("北京朝阳区")) == [["北京市朝阳区"]]
    assert names(gazetteer.find_places("大连中山")) == [["辽宁省大连市中山区"]]
    assert names(gazetteer.find_places("天津河北区")) == [["天津市河北区"]]


@pytest.mark.parametrize(
    "text",
    [
        "和平解放",
        "安居乐业",
        "建设新城区",
        "重大任务和政策措施",
        "培育壮大新兴产业",
        "大同小异",
        "拆迁安置",
        "新增城市绿地",
        "坚如磐石的信心",
    ],
)
def test_common_words_that_equal_a_name_are_marked_risky(gazetteer: Gazetteer, text: str) -> None:
    assert all(m.risky for m in gazetteer.find_places(text))


@pytest.mark.parametrize(
    "text", ["沈河", "定兴2021年", "盐田区", "和平区", "高阳县", "河北", "查询沈河就业目标", "帮扶田阳县发展"]
)
def test_names_that_are_names_are_not_risky(gazetteer: Gazetteer, text: str) -> None:
    (mention,) = gazetteer.find_places(text)
    assert not mention.risky


def test_spans_hold_the_words(gazetteer: Gazetteer) -> None:
    text = "请问瀋陽市沈河區2020年、Dalian和大连沙河口区"
    for mention in gazetteer.find_places(text):
        assert text[mention.start : mention.end] == mention.text
    assert [m.form for m in gazetteer.find_places(text)] == ["full", "latin", "full"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("沈河", "辽宁省沈阳市沈河区"),
        ("沈河区", "辽宁省沈阳市沈河区"),
        ("沈阳沈河区", "辽宁省沈阳市沈河区"),
        ("徐水县", "河北省保定市徐水区"),
        ("沪", "上海市"),
        ("内蒙", "内蒙古自治区"),
        ("Shenhe", "辽宁省沈阳市沈河区"),
        ("Shenhe District", "辽宁省沈阳市沈河区"),
        ("沈河區", "辽宁省沈阳市沈河区"),
        ("全国", "全国"),
        ("河北省保定市博野", "河北省保定市博野县"),
    ],
)
def test_any_form_names_the_place(gazetteer: Gazetteer, name: str, first: str) -> None:
    assert gazetteer.named(name)[0].name == first


def test_what_is_no_name_names_nothing(gazetteer: Gazetteer) -> None:
    assert gazetteer.named("某某县") == ()
    assert gazetteer.named("") == ()
    assert gazetteer.named("沈河区的目标") == ()


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("沈合区", ["辽宁省沈阳市沈河区"]),
        ("河沈区", ["辽宁省沈阳市沈河区"]),
        ("沙口河区", ["辽宁省大连市沙河口区"]),
        ("涞原县", ["河北省保定市涞源县"]),
        ("沈阳市沈合区", ["辽宁省沈阳市沈河区"]),
        ("石家状市", ["河北省石家庄市"]),
        ("安新县", []),  # it exists; 新安县 is another place
        ("新安县", []),
        ("沈河区", []),
        ("全区", []),
    ],
)
def test_one_typing_slip(gazetteer: Gazetteer, name: str, places: list[str]) -> None:
    found = [p.name for p in gazetteer.slips(name)]
    assert found[: len(places)] == places if places else found == []


def test_a_slip_is_found_within_a_question(gazetteer: Gazetteer) -> None:
    for text in ("沈合区2020年就业目标", "沈合2020年就业", "请问沈阳沈合区的目标"):
        (mention,) = gazetteer.find_slips(text)
        assert mention.candidates[0].name == "辽宁省沈阳市沈河区"
        assert mention.form == "slip"
    assert gazetteer.find_slips("全区目标是多少，各区县的情况呢") == ()


def test_parents_children_and_former_names(gazetteer: Gazetteer) -> None:
    shenhe = gazetteer.named("沈河区")[0]
    assert shenhe.parents == ("辽宁省沈阳市", "辽宁省")
    assert [p.name for p in gazetteer.ancestors(shenhe)] == ["辽宁省沈阳市", "辽宁省"]
    shenyang = gazetteer.named("沈阳市")[0]
    assert shenhe in gazetteer.children(shenyang)
    assert gazetteer.is_within(shenhe, shenyang)
    assert gazetteer.former_names(gazetteer.named("徐水区")[0]) == ("徐水县",)
    assert len(gazetteer.children(gazetteer.nation)) == 34
    assert gazetteer.by_code("nowhere") is None


def test_a_place_that_is_no_more_is_known(gazetteer: Gazetteer) -> None:
    (xuanwu,) = gazetteer.named("宣武区")
    assert xuanwu.name == "北京市宣武区"
    assert gazetteer.is_former(xuanwu)


def test_forms_of_a_place_name_it(gazetteer: Gazetteer) -> None:
    shenhe = gazetteer.named("沈河区")[0]
    for form in gazetteer.forms(shenhe):
        assert shenhe in gazetteer.named(form), form


def test_every_official_name_finds_its_place(gazetteer: Gazetteer) -> None:
    for place in gazetteer.places():
        assert place in gazetteer.named(place.name) or gazetteer.is_former(place), place.name


@pytest.mark.parametrize("text", ["", " ", "，。！", "2020", "\n", "😀", "区", "县县县", "a", "'" * 50])
def test_any_text_is_survived(gazetteer: Gazetteer, text: str) -> None:
    assert isinstance(gazetteer.find_places(text), tuple)
    assert isinstance(gazetteer.find_slips(text), tuple)
    assert isinstance(gazetteer.slips(text), tuple)


def test_loading_is_quick_and_imports_little() -> None:
    code = (
        "import sys, time; import rag.types; t = time.perf_counter(); from rag.places import load_gazetteer; "
        "load_gazetteer().find_places('沈河2020年就业目标'); print(time.perf_counter() - t); "
        "assert not {'pypinyin', 'opencc', 'rjieba'} & set(sys.modules)"
    )
    best = min(
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(3)
    )
    assert best < 0.25  # about 0.03 s on an idle machine


def test_a_long_text_is_read_in_milliseconds(gazetteer: Gazetteer) -> None:
    text = "各位代表：沈河区、高唐县和雄安新区的任务和政策，" * 2000
    start = time.perf_counter()
    gazetteer.find_places(text)
    assert time.perf_counter() - start < 2


def test_a_name_behind_and_is_read_whole(gazetteer: Gazetteer) -> None:
    told = [m.text for m in gazetteer.find_places("2021年深圳市和龙华区哪个GDP增长目标更高")]
    assert told == ["深圳市", "龙华区"]
    assert [m.text for m in gazetteer.find_places("吉林省和龙市")][-1].endswith("和龙市")
