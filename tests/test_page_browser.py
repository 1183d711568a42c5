"""The page in a real browser: ask, see the proof, correct, upload, remove, export; nothing foreign runs, nobody is called."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Visit, browser, served, visiting
from openpyxl import load_workbook
from serve_page import SLOW
from written_reports import report_text

from rag.config import Settings
from rag.ingest import ingest

sys.path.insert(0, str(Path(__file__).parent / "corpus"))
from corpus_makers import pdf_of_lines

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

HOSTILE = '<img src="http://evil.example/x.png" onerror="window.hit=1"><script>window.hit=1</script>'


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as launched:
        yield launched


@pytest.fixture(scope="module")
def library(chromium: Any, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    assert len(list(ingest([samples], settings=Settings(library=folder), jobs=1))) == 2
    return folder


@pytest.fixture(scope="module")
def address(library: Path) -> Iterator[str]:
    with served(library) as found:
        yield found


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Visit]:
    with visiting(chromium, address) as made:
        made.open()
        yield made


# -- ask --------------------------------------------------------------------------------------------


def test_each_citation_of_an_answer_opens_its_sentence_highlighted(visit: Visit) -> None:
    turn = visit.ask("沈河2020年就业目标")
    assert "没有给出" in turn.locator(".text").inner_text()
    assert "城镇新增就业工作" in visit.cite(turn, 1)
    assert "重点工作" in visit.page.inner_text(".evidence .where")
    assert "1.68万人" in visit.cite(turn, 2)
    assert "上年回顾" in visit.page.inner_text(".evidence .where")
    visit.page.click(".evidence [data-do=previous]")
    visit.page.wait_for_function("document.querySelector('.evidence mark').textContent.includes('城镇新增就业工作')")


def test_a_follow_up_leans_on_what_was_asked_before(visit: Visit) -> None:
    visit.ask("沈河区2020年社会消费品零售总额目标")
    turn = visit.ask("那地区生产总值呢？")
    assert "6%" in turn.locator(".text").inner_text()


def test_one_click_corrects_a_wrong_reading_and_asks_again(visit: Visit) -> None:
    turn = visit.ask("沈河2020年就业目标")
    turn.locator(".chip-role summary").click()
    turn.locator(".chip-role button", has_text="上年完成").click()
    again = visit.answered(2)
    assert again.locator(".question").inner_text() == "沈河区2020年城镇新增就业完成了多少"
    turn.locator(".chip-period summary").click()
    turn.locator(".chip-period input").fill("2019年")
    turn.locator(".chip-period form button").click()
    assert visit.answered(3).locator(".question").inner_text() == "沈河区2019年城镇新增就业目标"


def test_an_answer_can_be_stopped_and_its_question_edited_and_asked_again(visit: Visit) -> None:
    visit.page.fill("#question", SLOW)
    visit.page.press("#question", "Enter")
    visit.page.wait_for_selector(".turn.running .provisional")
    visit.page.click("[data-do=stop]")
    assert "已停止" in visit.page.inner_text(".turn .answer")
    visit.page.hover(".turn")
    visit.page.click("[data-do=edit]")
    assert visit.page.input_value("#question") == SLOW
    visit.page.fill("#question", "沈河2020年就业目标")
    visit.page.press("#question", "Enter")
    turn = visit.answered(1)
    visit.page.wait_for_timeout(300)  # nothing more of the answer that was stopped
    assert visit.page.locator(".turn").count() == 1
    turn.locator("[data-do=retry]").click()
    assert "没有给出" in visit.answered(1).locator(".text").inner_text()
    for count in (2, 3):  # at once after a stop
        visit.page.fill("#question", SLOW)
        visit.page.press("#question", "Enter")
        visit.page.wait_for_selector(".turn.running .provisional")
        visit.page.click("[data-do=stop]")
        visit.page.fill("#question", "沈河2020年就业目标")
        visit.page.press("#question", "Enter")
        visit.answered(count)
        assert "没有给出" in visit.page.locator(".turn").last.locator(".text").inner_text()


@pytest.mark.parametrize("status", [503, 500])
def test_a_question_that_is_turned_away_says_so_and_can_be_asked_again(visit: Visit, status: int) -> None:
    visit.page.route("**/queue/join**", lambda route: route.fulfill(status=status, json={"detail": "Queue is full."}))
    visit.page.fill("#question", "沈河2020年就业目标")
    visit.page.press("#question", "Enter")
    visit.page.wait_for_selector(".turn .answer .error")
    visit.page.unroute("**/queue/join**")
    visit.page.click(".turn [data-do=retry]")
    assert "没有给出" in visit.answered(1).locator(".text").inner_text()
    visit.complaints.clear()  # the browser notes the refusal itself


def test_the_conversation_survives_a_reload_is_exported_and_cleared(visit: Visit) -> None:
    visit.ask("沈河2020年就业目标")
    visit.page.reload()
    visit.ready()
    assert "1.68万人" in visit.page.inner_text(".turn .answer")
    assert "城镇新增就业" in visit.cite(visit.page.locator(".turn").last, 1)
    with visit.page.expect_download() as download:
        visit.page.click("[data-do=export]")
    told = Path(download.value.path()).read_text(encoding="utf-8")
    assert "## 沈河2020年就业目标" in told
    assert re.search(r"- \[1\] “做好城镇失业人员.*沈河区2020年政府工作报告\.txt, \d+–\d+\)", told)
    visit.page.click("[data-do=clear]")
    assert visit.page.locator(".turn").count() == 0
    visit.page.click(".toast button")
    assert visit.page.locator(".turn").count() == 1
    visit.page.click("[data-do=clear]")
    visit.page.reload()
    visit.ready()
    assert visit.page.locator(".turn").count() == 0


def test_a_link_carries_a_question_and_examples_can_be_asked(visit: Visit) -> None:
    visit.open("/?q=沈河2020年就业目标")
    assert "没有给出" in visit.answered(1).locator(".text").inner_text()
    visit.page.click("[data-do=clear]")
    example = visit.page.locator(".examples button").first
    question = example.inner_text()
    example.click()
    assert visit.answered(1).locator(".question").inner_text() == question


# -- proof and figures ------------------------------------------------------------------------------


def test_the_whole_report_can_be_read_and_searched_beside_the_answer(visit: Visit) -> None:
    visit.cite(visit.ask("沈河2020年就业目标"), 1)
    visit.page.fill(".evidence .find input", "就业")
    visit.page.wait_for_function("/^1 \\/ \\d+$/.test(document.querySelector('.evidence .find output').value)")
    visit.page.press(".evidence .find input", "Enter")
    visit.page.wait_for_function("document.querySelector('.evidence .find output').value.startsWith('2 /')")
    with visit.context.expect_page() as opened:
        visit.page.click(".alone-link")
    assert "城镇新增就业工作" in opened.value.inner_text("mark")


def test_reference_and_quotation_are_copied_with_one_click(chromium: Any, address: str) -> None:
    with visiting(chromium, address, permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.open()
        turn = visit.ask("沈河区2019年社会消费品零售总额")
        turn.locator(".answer .cite").first.click()
        visit.page.click(".evidence [data-do=copy] >> nth=0")
        assert visit.page.evaluate("navigator.clipboard.readText()").startswith(
            "沈阳市沈河区人民政府. 2020年沈阳市沈河区"
        )
        visit.page.click(".evidence [data-do=copy] >> nth=1")
        visit.page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('1153亿元'))")


def test_several_figures_make_a_table_and_a_chart_whose_numbers_open_and_download(visit: Visit) -> None:
    turn = visit.ask("沙河口区2018年和沈河区2020年的GDP目标哪个高")
    assert turn.locator(".chart .bar").count() == 2
    assert turn.locator("table.figures tbody tr").count() == 2
    turn.locator("table.figures .number").nth(1).click()
    visit.page.wait_for_function("document.querySelector('.evidence .fig.chosen')?.textContent === '6%'")
    turn.locator(".chart .bar").first.hover()
    assert "地区生产总值增长7%" in turn.locator(".chart .tip").first.inner_text()
    with visit.page.expect_download() as table:
        turn.locator("[data-form=csv]").click()
    rows = list(csv.DictReader(io.StringIO(Path(table.value.path()).read_text(encoding="utf-8-sig"))))
    assert [(row["value"], row["unit"]) for row in rows] == [("7", "%"), ("6", "%")]
    with visit.page.expect_download() as book:
        turn.locator("[data-form=xlsx]").click()
    sheet = load_workbook(io.BytesIO(Path(book.value.path()).read_bytes())).active
    assert sheet.max_row == 3


def test_feedback_is_one_click_and_the_right_sentence_can_be_pointed_to(visit: Visit, library: Path) -> None:
    turn = visit.ask("沈河2020年就业目标")
    turn.locator("[data-verdict=right]").click()
    visit.page.wait_for_selector(".toast.shown")
    turn.locator("[data-verdict=better]").click()
    visit.page.locator(".evidence .pointing .s", has_text="新增就业1.68万人").locator(".fig", has_text="1.68").click()
    visit.page.wait_for_selector(".evidence .s.pointed")
    visit.page.wait_for_function("document.querySelector('.toast').textContent.includes('已记下')")
    kept = (library / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = [(line["verdict"], [f["written"] for f in line["figures"]]) for line in map(json.loads, kept)]
    assert verdicts[-2:] == [("right", []), ("better", ["1.68万人"])]
    assert "城镇新增就业工作" in json.loads(kept[-2])["sentence"]["quote"]


# -- the library ------------------------------------------------------------------------------------


def test_an_uploaded_pdf_is_answered_from_corrected_removed_and_put_back(visit: Visit) -> None:
    pdf = pdf_of_lines(report_text("深圳市龙华区", 2021, jobs="3.21").splitlines())
    visit.page.click("[data-do=view][data-view=library]")
    visit.page.wait_for_selector(".coverage .held")
    files = [
        {"name": "龙华区2021年政府工作报告.pdf", "mimeType": "application/pdf", "buffer": pdf},
        {"name": f"{HOSTILE[:60]}.exe".replace("/", "_"), "mimeType": "text/plain", "buffer": b"x"},
    ]
    visit.page.set_input_files(".upload input", files)
    row = visit.page.locator(".events .report")
    row.wait_for()
    assert "广东省深圳市龙华区 2021" in row.inner_text()
    assert "个数字" in row.inner_text()
    visit.page.wait_for_function("document.querySelector('.told').textContent.includes('加入 1 份')")
    assert "<img" in visit.page.inner_text(".events .skipped") or "_img" in visit.page.inner_text(".events .skipped")
    visit.page.click("[data-do=view][data-view=ask]")
    assert "3.21万人" in visit.ask("龙华区2020年新增就业多少").locator(".text").inner_text()

    visit.page.click("[data-do=view][data-view=library]")
    held = visit.page.locator(".list .report", has_text="龙华区")
    held.locator("[data-do=correct]").click()
    held.locator("[name=year]").fill("2022")
    held.locator("[type=submit]").click()
    visit.page.wait_for_function("document.querySelector('.list').textContent.includes('龙华区 2022')")
    held.locator("[data-do=remove]").click()
    visit.page.click(".toast button")
    visit.page.wait_for_function("document.querySelector('.toast').textContent.includes('已放回')")
    held.locator("[data-do=remove]").click()
    visit.page.wait_for_function("!document.querySelector('.list').textContent.includes('龙华区')")
    visit.page.click("[data-do=view][data-view=ask]")
    assert "没有" in visit.ask("龙华区2020年新增就业多少").locator(".text").inner_text()


def test_what_a_report_and_its_file_say_is_shown_as_text(visit: Visit) -> None:
    text = report_text("深圳市福田区", 2021).replace("城镇登记失业率", f"{HOSTILE}城镇登记失业率")
    visit.page.click("[data-do=view][data-view=library]")
    name = f"福田区2021 {HOSTILE[:40]}.txt".replace("/", "_")
    visit.page.set_input_files(".upload input", [{"name": name, "mimeType": "text/plain", "buffer": text.encode()}])
    visit.page.locator(".events .report").wait_for()
    visit.page.wait_for_function("document.querySelector('.told').textContent.includes('完成')")
    visit.page.click("[data-do=view][data-view=ask]")
    turn = visit.ask("福田区2020年城镇登记失业率")
    assert HOSTILE[:30] in visit.cite(turn, 1)
    visit.page.click(".evidence [data-mode=whole]")
    visit.page.wait_for_selector(".evidence .report-text")
    visit.ask(f"{HOSTILE} 沈河2020年就业目标")
    assert HOSTILE in visit.page.locator(".question").last.inner_text()
    assert visit.page.evaluate("window.hit") is None
    assert visit.page.locator(".wenbao img, .wenbao script").count() == 0


# -- settings, screens, keys ------------------------------------------------------------------------


def test_the_language_is_switched_and_remembered(visit: Visit) -> None:
    visit.page.click("header [data-do=language]")
    visit.page.wait_for_url("**/en/")
    visit.ready()
    assert visit.page.evaluate("document.documentElement.lang") == "en"
    turn = visit.ask("沈河2020年就业目标")
    assert "Right" in turn.inner_text()
    shown = re.sub("「[^」]*」", "", visit.page.inner_text(".wenbao .top") + visit.page.inner_text(".composer"))
    assert not re.search("[\u4e00-\u9fff]", shown.replace("中文", "").replace("问", ""))
    visit.page.goto(f"{visit.address}/")
    visit.page.wait_for_url("**/en/")
    visit.ready()
    visit.page.click("header [data-do=language]")
    visit.page.wait_for_function("location.pathname === '/'")


def test_the_theme_can_be_chosen_and_no_key_is_shown(visit: Visit) -> None:
    visit.page.click("[data-do=settings]")
    visit.page.check("input[name=theme][value=dark]")
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert "WENBAO_LLM" in visit.page.inner_text("dialog.settings")
    visit.page.reload()
    visit.ready()
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_on_a_phone_the_evidence_stands_below_the_answer_and_nothing_runs_out_of_sight(
    chromium: Any, address: str
) -> None:
    with visiting(chromium, address, width=390, height=844, has_touch=True) as visit:
        visit.open()
        turn = visit.ask("沙河口区2018年和沈河区2020年的GDP目标哪个高")
        visit.cite(turn, 1)
        assert turn.locator(".evidence").count() == 1
        below = visit.page.evaluate(
            "document.querySelector('.evidence').getBoundingClientRect().top"
            " >= document.querySelector('.turn .answer').getBoundingClientRect().bottom - 1"
        )
        assert below
        for view in ("ask", "library"):
            visit.page.click(f"[data-do=view][data-view={view}]")
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_everything_can_be_done_with_the_keyboard(visit: Visit) -> None:
    press = visit.page.keyboard.press
    visit.page.keyboard.type("沈河2020年就业目标")  # the field has the focus from the start
    press("Enter")
    turn = visit.answered(1)
    press("Tab")  # away from the field, where digits are digits
    press("1")
    visit.page.wait_for_function("document.activeElement.classList.contains('evidence')")
    press("ArrowRight")
    visit.page.wait_for_function("document.querySelector('.evidence .number').textContent.startsWith('[2]')")
    press("Escape")
    assert visit.page.is_hidden(".evidence")
    press("/")
    assert visit.page.evaluate("document.activeElement.id") == "question"
    turn.locator(".chip-role summary").focus()
    press("Enter")
    press("Tab")
    press("Enter")
    assert visit.answered(2).locator(".question").inner_text() == "沈河区2020年城镇新增就业完成了多少"
    reached = set()
    for _ in range(60):
        press("Tab")
        reached.add(visit.page.evaluate("document.activeElement.dataset?.do ?? document.activeElement.id"))
    assert {"question", "proof", "copy-answer", "retry", "verdict", "view", "settings", "language"} <= reached


# -- apart, locked, sound ---------------------------------------------------------------------------


def test_two_readers_do_not_see_one_another(chromium: Any, address: str) -> None:
    with visiting(chromium, address) as first, visiting(chromium, address) as second:
        first.open()
        second.open()
        first.ask("沈河2020年就业目标")
        turn = second.ask("那2019年呢？")
        assert "请写明" in turn.locator(".answer").inner_text()
        assert second.page.locator(".turn").count() == 1


def test_a_password_guards_page_queue_and_downloads(chromium: Any, library: Path) -> None:
    with served(library, WENBAO_AUTH="reader:right") as address:
        wrong = chromium.new_context(http_credentials={"username": "reader", "password": "wrong"})
        paths = ("/", "/en/", "/gradio_api/info", "/config", "/api/reports", "/page/static/page.js", "/page/library")
        assert {wrong.request.get(address + path).status for path in paths} == {401}
        posts = ("/page/upload", "/page/remove", "/page/figures.csv", "/gradio_api/queue/join", "/gradio_api/upload")
        assert {wrong.request.post(address + path, data="{}").status for path in posts} == {401}
        wrong.close()
        right = {"username": "reader", "password": "right"}
        with visiting(chromium, address, http_credentials=right) as visit:
            visit.open()
            assert "没有给出" in visit.ask("沈河2020年就业目标").locator(".text").inner_text()
            assert "城镇新增就业" in visit.cite(visit.page.locator(".turn").last, 1)


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_finds_no_serious_problem_in_our_markup(chromium: Any, address: str, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with visiting(chromium, address, color_scheme=theme) as visit:
        visit.open()
        turn = visit.ask("沙河口区2018年和沈河区2020年的GDP目标哪个高")
        visit.cite(turn, 1)
        found = axe.run(visit.page, context="#wenbao").response["violations"]
        visit.page.click("[data-do=view][data-view=library]")
        visit.page.wait_for_selector(".coverage")
        found += axe.run(visit.page, context="#wenbao").response["violations"]
        visit.page.click("[data-do=settings]")
        found += axe.run(visit.page, context="#wenbao").response["violations"]
    grave = {(v["id"], v["nodes"][0]["html"][:150]) for v in found if v["impact"] in ("serious", "critical")}
    assert grave == set()
