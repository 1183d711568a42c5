"""The lexical index: Chinese words, groups, and damage that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from vectorstore import Entry, LexicalIndex, StoreDamagedError, StoreMissingError
from vectorstore.lexical import words_of

ENTRIES = [
    Entry("a@0", "a", "城镇登记失业率控制在3%以内,新增就业1.68万人。"),
    Entry("a@1", "a", "地区生产总值增长６％左右,社会消费品零售总额增长8%。"),
    Entry("b@0", "b", "城镇新增就业2万人,城镇登记失业率2.5%。"),
    Entry("b@1", "b", "改造老旧小区20个,新建养老服务中心3家。"),
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex.create(tmp_path / "词语 index")
    made.add(ENTRIES)
    made.commit()
    return made


def ids(index: LexicalIndex, text: str, **how: object) -> list[str]:
    return [hit.id for hit in index.search(text, k=10, **how)]  # type: ignore[arg-type]


def test_words_are_characters_and_their_pairs_and_whole_words_of_other_letters_without_marks() -> None:
    assert words_of("失业率3%以内。") == ["失", "业", "率", "失业", "业率", "3", "以", "内", "以内"]
    assert words_of("PM2.5和5G网络") == ["pm2", "5", "和", "5g", "网", "络", "网络"]
    assert words_of("　，。！？\n") == []


def test_full_width_and_ascii_forms_are_one_word() -> None:
    assert words_of("ＧＤＰ增长６％") == words_of("gdp增长6%")


def test_a_search_finds_by_word_and_ranks_the_best_first(index: LexicalIndex) -> None:
    assert set(ids(index, "失业率")) == {"a@0", "b@0"}
    assert ids(index, "老旧小区改造")[0] == "b@1"
    assert ids(index, "gdp 海洋") == []


def test_a_share_of_the_ceiling_tells_how_much_of_a_question_an_entry_holds(index: LexicalIndex) -> None:
    for text in ("失业率", "失业率和海洋渔业资源"):
        assert 0 < index.search(text, k=1)[0].score < index.ceiling(text)
    held, half = (index.search(t, k=1)[0].score / index.ceiling(t) for t in ("失业率", "失业率和海洋渔业资源"))
    assert held > 2 * half
    assert index.ceiling("。。") == 0


def test_only_the_entries_named_are_scored_and_as_in_any_search(index: LexicalIndex) -> None:
    everywhere = {hit.id: hit.score for hit in index.search("就业", k=10)}
    assert {hit.id: hit.score for hit in index.search("就业", k=10, ids=["b@0", "b@1"])} == {"b@0": everywhere["b@0"]}
    assert ids(index, "就业", ids=[]) == []


def test_what_a_group_is_about_counts_in_a_search_of_everything_alone(tmp_path: Path) -> None:
    made = LexicalIndex.create(tmp_path / "about")
    made.add(
        [
            Entry("a@0", "a", "城镇新增就业1.68万人,失业率3%。", "沈河区 2019年"),
            Entry("b@0", "b", "城镇新增就业", "福田区"),
        ]
    )
    made.commit()
    assert ids(made, "沈河新增就业")[0] == "a@0"
    assert ids(made, "沈河新增就业", groups=["a", "b"])[0] == "b@0"


def test_groups_limit_a_search_and_an_empty_scope_finds_nothing(index: LexicalIndex) -> None:
    assert ids(index, "就业", groups=["b"]) == ["b@0"]
    assert ids(index, "就业", groups=["a", "b"]) == ids(index, "就业")
    assert ids(index, "就业", groups=["nowhere"]) == []
    assert ids(index, "就业", groups=[]) == []


def test_a_scope_changes_no_score(index: LexicalIndex) -> None:
    everywhere = {hit.id: hit.score for hit in index.search("就业", k=10)}
    for hit in index.search("就业", k=10, groups=["a"]):
        assert hit.score == pytest.approx(everywhere[hit.id])


@pytest.mark.parametrize("text", ["", "。。。", "😀", "\x00", '" OR 1=1 AND (', "*", "words:就业", "a:b^2~"])
def test_any_text_can_be_searched(index: LexicalIndex, text: str) -> None:
    index.search(text, k=3)


def test_a_question_of_fifty_thousand_characters_is_searched(index: LexicalIndex) -> None:
    assert "b@0" in ids(index, "城镇新增就业目标是多少" * 5000)


def test_removed_groups_are_gone_and_can_be_added_anew(index: LexicalIndex) -> None:
    index.remove_groups(["a"])
    index.add([Entry("a@9", "a", "新增就业9万人")])
    index.commit()
    assert len(index) == 3
    assert sorted(ids(index, "就业")) == ["a@9", "b@0"]


def test_what_was_not_committed_is_not_kept(index: LexicalIndex) -> None:
    index.add([Entry("c@0", "c", "新增就业1人")])
    index.close()
    assert len(LexicalIndex.open(index._folder)) == 4


def test_a_reader_sees_what_another_one_committed_after_reloading(index: LexicalIndex) -> None:
    reader = LexicalIndex.open(index._folder)
    index.add([Entry("c@0", "c", "海洋")])
    index.commit()
    reader.reload()
    assert ids(reader, "海洋") == ["c@0"]


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError, match="no lexical index"):
        LexicalIndex.open(tmp_path)


def test_a_damaged_index_is_named(index: LexicalIndex) -> None:
    index.close()
    (index._folder / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreDamagedError):
        LexicalIndex.open(index._folder)


def test_a_lost_segment_is_named(index: LexicalIndex) -> None:
    index.close()
    for path in index._folder.glob("*.idx"):
        path.unlink()
    with pytest.raises(StoreDamagedError):
        LexicalIndex.open(index._folder).search("就业", k=3)
