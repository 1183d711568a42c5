"""A run as one self-contained HTML page, readable offline in Chinese and English, and as Markdown of the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from eval import words
from eval.evidence import Context
from eval.judge import show_value
from eval.lost import stage_of
from eval.metrics import Judged, cause_of
from eval.results import OUTCOMES, Results

STYLE: Final = Path(__file__).with_name("report.css")
Contexts = Callable[[Judged], Sequence[Context]]
_ANSWER_CHARS: Final = 900


def html_report(numbers: Mapping[str, Any], results: Results, *, contexts: Contexts) -> str:
    """The page: headline, categories, where answers are lost, every other measure, each miss, how it was made.

    Args:
        numbers: What metrics.json holds.
        results: The judged answers.
        contexts: Gives the passages of the gold's evidence for an item.
    """
    parts = [
        _head(numbers), _tiles(numbers), _categories(numbers), _losses(numbers), _baselines(numbers), _measures(numbers),
        _misses(results, contexts), _made(numbers),
    ]  # fmt: skip
    title = f"评测报告 {numbers['made']['gold']} {numbers['made']['date']}"
    return (
        '<!doctype html>\n<html lang="zh">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n"
        f"<body><main>\n{''.join(parts)}</main></body>\n</html>\n"
    )


def markdown_report(numbers: Mapping[str, Any], results: Results, *, contexts: Contexts) -> str:
    """The same for a terminal or a pull request."""
    made, head = numbers["made"], numbers["headline"]
    lines = [f"# Evaluation of {made['gold']}, {made['date']}", "", _sentence(numbers), ""]
    lines += ["| measure | share | of | 95 % |", "|---|---|---|---|"]
    for name in ("right", "wrong", "silent", "figure_accuracy", "must_pass"):
        lines.append(_md_share(name.replace("_", " "), head[name]))
    truth = head["truth_score"]
    lines.append(f"| truth score (right − wrong) | {'n=0' if truth is None else f'{truth * 100:.1f} points'} | | |")
    for name, share in (
        ("citations resolve", numbers["citations"]["resolve"]),
        ("numbers grounded", numbers["grounding"]["numbers"]),
        ("abstention precision", numbers["abstention"]["precision"]),
        ("abstention recall", numbers["abstention"]["recall"]),
        ("over-refusal", numbers["abstention"]["over_refusal"]),
    ):
        lines.append(_md_share(name, share))
    lines += [
        "",
        "## By category",
        "",
        "| category | n | right | wrong | silent | right, 95 % |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in numbers["by_category"].items():
        interval = _percents(row["right_interval95"])
        lines.append(f"| {name} | {row['n']} | {row['right']} | {row['wrong']} | {row['silent']} | {interval} |")
    lines += ["", "## Where answers are lost", ""]
    lines += [f"- {stage}: {count}" for stage, count in numbers["lost"].items()] or ["- nowhere"]
    if any((cost := numbers.get("cost") or {}).values()):
        lines += ["", "## Language model", ""]
        lines += [f"- {name.replace('_', ' ')}: {value:.3g}" for name, value in cost.items()]
    causes = numbers["wrong"]["causes"]
    lines += ["", "Causes of wrong answers: " + (", ".join(f"{c} {n}" for c, n in causes.items()) or "none") + "."]
    if numbers.get("baselines"):
        lines += ["", "## Baselines", "", *baseline_table(numbers)]
    lines += ["", f"## Misses ({sum(i.outcome != 'right' for i in results.items)})", ""]
    for item in results.items:
        if item.outcome != "right":
            lines += _md_miss(item, results, contexts)
    return "\n".join(lines).rstrip() + "\n"


def baseline_table(numbers: Mapping[str, Any]) -> list[str]:
    """The program beside the baselines, as lines of a Markdown table."""
    lines = ["| | right | wrong | figure accuracy | truth score |", "|---|---|---|---|---|"]
    for name, head in _rows_of_baselines(numbers):
        label = words.BASELINES[name][1] if name in words.BASELINES else name
        truth = head["truth_score"]
        lines.append(
            f"| {label} | {_with_interval(head['right'])} | {_with_interval(head['wrong'])} "
            f"| {_with_interval(head['figure_accuracy'])} | {'n=0' if truth is None else f'{truth * 100:+.1f}'} |"
        )
    return lines


# -- parts of the page ------------------------------------------------------------------------------


def _t(chinese: str, english: str) -> str:
    return f'<span class="zh" lang="zh">{escape(chinese)}</span><span class="en" lang="en">{escape(english)}</span>'


def _head(numbers: Mapping[str, Any]) -> str:
    made = numbers["made"]
    head = numbers["headline"]
    right, wrong, silent = (head[o]["count"] for o in OUTCOMES)
    chinese = f"{numbers['n']} 个问题：答对 {right}，答错 {wrong}，未答 {silent}。"
    resolve = numbers["citations"]["resolve"]
    warning = ""
    if resolve["n"] and resolve["count"] < resolve["n"]:
        warning = f'<p class="chip wrong">{_t("有出处与原文不符，本次评测无效。", "Some citations do not resolve: this run is invalid.")}</p>'
    if numbers.get("missing_documents"):
        n = len(numbers["missing_documents"])
        warning += f"<p>{_t(f'{n} 份报告不在库中，其问题照常计入。', f'{n} reports are not in the library; their questions count all the same.')}</p>"
    return (
        '<div class="lang"><label><input type="radio" name="lang" id="lang-zh" checked>中文</label>'
        '<label><input type="radio" name="lang" id="lang-en">English</label></div>'
        f"<h1>{_t('评测报告', 'Evaluation')}</h1>"
        f'<p class="soft">{escape(str(made["gold"]))} · {escape(str(made["date"]))} · '
        f"{escape(str(made['reader']))} · {escape(str(made['retrieval']))}</p>"
        f"<p>{_t(chinese, _sentence(numbers))}</p>{warning}"
    )


def _tiles(numbers: Mapping[str, Any]) -> str:
    head = numbers["headline"]
    truth = head["truth_score"]
    tiles = [
        _tile("答对", "right", head["right"], "right"),
        _tile("答错", "wrong", head["wrong"], "wrong"),
        _tile("未答", "silent", head["silent"]),
        _tile("数字全对", "figure accuracy", head["figure_accuracy"]),
        _tile("必须答对的", "must pass", head["must_pass"]),
        _tile("出处与原文一致", "citations resolve", numbers["citations"]["resolve"]),
        _tile("数字都有出处", "numbers grounded", numbers["grounding"]["numbers"]),
    ]
    score = "n=0" if truth is None else f"{truth * 100:.1f}"
    tiles.insert(
        3,
        f'<div class="tile">{_t("真值分", "truth score")}<b>{score}</b>'
        f"<small>{_t('答对 % 减答错 %', '% right less % wrong')}</small></div>",
    )
    note = _t(
        "未答：有答案却老实说没有。数字全对：数值、单位、地区、时期、角色、界限词和出处都对。95 %：区间。",
        "Silent: an honest no where there is an answer. Figure accuracy: value, unit, place, period, role, bound and "
        "citation all right. 95 %: interval.",
    )
    return f'<div class="tiles">{"".join(tiles)}</div><p><small>{note}</small></p>'


def _tile(chinese: str, english: str, share: Mapping[str, Any], kind: str = "") -> str:
    if not share["n"]:
        return f'<div class="tile">{_t(chinese, english)}<b>–</b><small>n=0</small></div>'
    return (
        f'<div class="tile {kind}">{_t(chinese, english)}<b>{_percent(share["share"])}</b>'
        f"<small>{share['count']}/{share['n']}</small><small>95 %: {_percents(share['interval95'])}</small></div>"
    )


def _categories(numbers: Mapping[str, Any]) -> str:
    key = "".join(f'<span><i class="{o}"></i>{_t(words.OUTCOMES[o], o)}</span>' for o in OUTCOMES)
    rows = []
    for name, row in numbers["by_category"].items():
        bar = "".join(f'<i class="{o}" style="width:{100 * row[o] / row["n"]:.2f}%"></i>' for o in OUTCOMES if row[o])
        label = f"{row['right']} / {row['wrong']} / {row['silent']}"
        rows.append(
            f"<tr><td>{_t(words.CATEGORIES.get(name, name), name)}</td>"
            f'<td class="wide"><div class="bar" role="img" aria-label="{label}">{bar}</div></td>'
            f'<td class="n">{label}</td><td class="n hide">{row["n"]}</td>'
            f'<td class="n hide">{_percents(row["right_interval95"])}</td></tr>'
        )
    return (
        f"<h2>{_t('分类别', 'By category')}</h2><div class='key'>{key}</div>"
        '<div class="scroll"><table class="cats"><thead><tr>'
        f"<th>{_t('类别', 'category')}</th><th></th><th class='n'>{_t('对 / 错 / 未答', 'right / wrong / silent')}</th>"
        f"<th class='n'>n</th><th class='n'>{_t('答对率 95 % 区间', 'right, 95 %')}</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _losses(numbers: Mapping[str, Any]) -> str:
    return (
        '<div class="two"><section>'
        f"<h2>{_t('丢在哪一步', 'Where answers are lost')}</h2>{_counts(numbers['lost'], words.STAGES)}</section><section>"
        f"<h2>{_t('答错的原因', 'Why answers are wrong')}</h2>{_counts(numbers['wrong']['causes'], words.CAUSES)}"
        "</section></div>"
    )


def _counts(counts: Mapping[str, int], names: Mapping[str, tuple[str, str]]) -> str:
    if not counts:
        return f"<p>{_t('没有。', 'None.')}</p>"
    most = max(counts.values())
    return "".join(
        f'<div class="count"><span>{_t(*names.get(name, (name, name)))}</span>'
        f'<i style="width:{100 * count / most:.1f}%"></i><b>{count}</b></div>'
        for name, count in counts.items()
    )


def _baselines(numbers: Mapping[str, Any]) -> str:
    if not numbers.get("baselines"):
        return ""
    rows = "".join(
        f"<tr><td>{_t(*words.BASELINES.get(name, (name, name)))}</td><td class='n'>{_with_interval(head['right'])}</td>"
        f"<td class='n'>{_with_interval(head['wrong'])}</td><td class='n'>{_with_interval(head['figure_accuracy'])}</td></tr>"
        for name, head in _rows_of_baselines(numbers)
    )
    return (
        f"<h2>{_t('与简单做法相比', 'Beside plain ways to answer')}</h2><div class='scroll'><table><thead><tr><th></th>"
        f"<th class='n'>{_t('答对', 'right')}</th><th class='n'>{_t('答错', 'wrong')}</th>"
        f"<th class='n'>{_t('数字全对', 'figure accuracy')}</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _measures(numbers: Mapping[str, Any]) -> str:
    values, abstention, cited = numbers["values"], numbers["abstention"], numbers["citations"]
    rows = [_row(*words.SLOTS[name], share) for name, share in values["slots"].items()]
    rows += [
        _row("列举完全正确", "lists exact", values["lists"]["exact"]),
        _row("数字写在答案正文里", "figure stands in the text", values["render_match"]),
        _row("状态与预期一致", "status as expected", values["expected_status"]),
        _row("错答等于已知陷阱", "wrong answers that are a listed trap", numbers["wrong"]["trap_rate"]),
        _row("拒答的准确率", "abstention precision", abstention["precision"]),
        _row("拒答的召回率", "abstention recall", abstention["recall"]),
        _row("本无答案却作答", "answered where there is none", abstention["false_answers"]),
        _row("过度拒答", "over-refusal", abstention["over_refusal"]),
        _row("所引句子能证明数字", "citation recall", cited["recall"]),
        _row("引用都有用", "citation precision", cited["precision"]),
        _row("引用落在标准出处", "citations on the gold's evidence", cited["gold_precision"]),
        _row("标准出处被引用", "gold's evidence cited", cited["gold_recall"]),
        _row("同义问法全部答对", "all paraphrases right", numbers["robustness"]["all_right"]),
        _row("同义问法结果不一", "paraphrases that differ", numbers["robustness"]["flips"]),
    ]
    return (
        f"<h2>{_t('各项指标', 'All measures')}</h2><div class='scroll'><table><tbody>{''.join(rows)}</tbody></table></div>"
        f"{_confidence(numbers)}{_retrieval(numbers)}{_latency(numbers)}{_cost(numbers)}"
    )


def _confidence(numbers: Mapping[str, Any]) -> str:
    found = numbers["risk_coverage"]
    if not found["n"]:
        return ""
    rows = "".join(
        f"<tr><td class='n'>{row['min_confidence']:g}</td><td class='n'>{row['right']}</td>"
        f"<td class='n'>{row['wrong']}</td><td class='n'>{row['unanswered']}</td></tr>"
        for row in found["thresholds"]
    )
    covered = "，".join(f"≤{p}%：{_percent(found[f'coverage_at_{p}_percent_wrong'])}" for p in (1, 2, 3))
    return (
        f"<h2>{_t('把握与代价', 'Confidence and what it costs')} <small>n={found['n']}</small></h2>"
        f"<p>{_t('错答率不超过下列值时能作答的比例', 'share answered with at most so many wrong')}：{covered}</p>"
        f"<div class='scroll'><table><thead><tr><th class='n'>{_t('最低把握', 'least confidence')}</th>"
        f"<th class='n'>{_t('答对', 'right')}</th><th class='n'>{_t('答错', 'wrong')}</th>"
        f"<th class='n'>{_t('不答', 'unanswered')}</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(chinese: str, english: str, share: Mapping[str, Any]) -> str:
    shown = "n=0" if not share["n"] else _percent(share["share"])
    rest = "" if not share["n"] else f"{share['count']}/{share['n']} · {_percents(share['interval95'])}"
    return f"<tr><td>{_t(chinese, english)}</td><td class='n'>{shown}</td><td class='n soft'>{rest}</td></tr>"


def _retrieval(numbers: Mapping[str, Any]) -> str:
    scoped, open_ = numbers["retrieval"], numbers["retrieval_open"]
    if not scoped["n"]:
        return ""
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td class='n'>{scoped[name]:.3f}</td><td class='n'>{open_.get(name, 0.0):.3f}</td></tr>"
        for name in scoped
        if name != "n"
    )
    return (
        f"<h2>{_t('检索', 'Retrieval')} <small>n={scoped['n']}</small></h2><div class='scroll'><table><thead><tr><th></th>"
        f"<th class='n'>{_t('在问题所指的报告里', 'in the reports meant')}</th>"
        f"<th class='n'>{_t('在整个资料库里', 'in the whole library')}</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _latency(numbers: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_t(words.STEPS.get(step, step), step)}</td>"
        + "".join(f"<td class='n'>{_number(row[p])}</td>" for p in ("p50", "p95", "p99"))
        + "</tr>"
        for step, row in numbers["latency_ms"].items()
        if row["n"]
    )
    return (
        f"<h2>{_t('用时（毫秒）', 'Time (milliseconds)')}</h2><div class='scroll'><table><thead><tr><th></th>"
        f"<th class='n'>p50</th><th class='n'>p95</th><th class='n'>p99</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cost(numbers: Mapping[str, Any]) -> str:
    """What a language model did and cost; nothing where none was asked."""
    cost = numbers.get("cost") or {}
    if not any(cost.values()):
        return ""
    own, back = _percent(cost["in_model_words"]), _percent(cost["fallen_back"])
    tokens = f"{cost['tokens_in']:.0f} / {cost['tokens_out']:.0f}"
    chinese = f"用模型的话写的答案 {own}，问过模型而未用其话的 {back}；每个问题读入/写出 {tokens} 个 token。"
    english = (
        f"Answers in the model's words {own}, asked but not in its words {back}; tokens a question in / out {tokens}."
    )
    return f"<h2>{_t('语言模型', 'Language model')}</h2><p>{_t(chinese, english)}</p>"


def _misses(results: Results, contexts: Contexts) -> str:
    missed = [item for item in results.items if item.outcome != "right"]
    found = "".join(_miss(item, results, contexts) for item in missed)
    return f"<h2>{_t('逐条失误', 'Each miss')} <small>{len(missed)}</small></h2>{found or _t('没有。', 'None.')}"


def _miss(item: Judged, results: Results, contexts: Contexts) -> str:
    gold = item.gold
    stage, cause = stage_of(item, results.traces.get(gold.id)), cause_of(item)
    rows = [(_t("此前的问题", "asked before"), escape(q)) for q in gold.history]
    rows.append((_t("答案", "answer"), escape(_said(item))))
    rows += [(_t("给出的数字", "figures given"), escape(text)) for text in _figures(item)]
    rows += [(_t("标准答案", "gold"), escape(text)) for text in gold_lines(item)]
    for one in contexts(item):
        passage = f"…{escape(one.before)}<mark>{escape(one.quote)}</mark>{escape(one.after)}…"
        rows.append((_t("原文", "passage"), f"{passage}<br><small>{escape(one.doc)}</small>"))
    if stage:
        rows.append((_t("丢在", "lost at"), _t(*words.STAGES[stage])))
    if cause:
        rows.append((_t("原因", "cause"), _t(*words.CAUSES.get(cause, (cause, cause)))))
    rows += [(_t("判定", "judge"), escape(f"{r.key}: {r.detail}")) for r in item.verdict.reasons]
    if gold.note:
        rows.append((_t("难点", "note"), escape(gold.note)))
    body = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows)
    chip = f'<span class="chip {item.outcome}">{_t(words.OUTCOMES[item.outcome], item.outcome)}</span>'
    category = _t(words.CATEGORIES.get(gold.category, gold.category), gold.category)
    return (
        f"<details><summary>{chip}{escape(gold.question)} <small>{escape(gold.id)} · {category}</small></summary>"
        f"<dl>{body}</dl></details>"
    )


def _made(numbers: Mapping[str, Any]) -> str:
    made = dict(numbers["made"])
    versions = made.pop("versions", {})
    made["versions"] = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    made["intervals"] = f"95 %; clusters by {numbers['clustered_by']}: {numbers['clusters']}"
    rows = "".join(f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>" for k, v in made.items())
    return f"<h2>{_t('如何得出', 'How it was made')}</h2><table class='made'><tbody>{rows}</tbody></table>"


# -- texts ------------------------------------------------------------------------------------------


def gold_lines(item: Judged) -> list[str]:
    """What a right answer holds, a line each."""
    gold = item.gold
    lines = [
        " ".join(
            filter(
                None, (f.place, f.period, f.indicator, f.role, f.measure, f"{show_value(f.value)}{f.unit}", f.modality)
            )
        )
        for f in gold.facts
    ]
    lines += [" / ".join(group) for group in gold.must_include]
    return lines or ["没有答案 (no answer in the corpus)"]


def _said(item: Judged) -> str:
    text = str(item.answer.get("text", "")).strip()
    return f"({item.verdict.status}) {text[:_ANSWER_CHARS]}{'…' if len(text) > _ANSWER_CHARS else ''}"


def _figures(item: Judged) -> list[str]:
    return [
        " ".join(
            filter(
                None,
                (
                    f.place,
                    f.period,
                    str(f.raw.get("indicator") or ""),
                    f.role,
                    f"{show_value(f.value)}{f.unit}",
                    f.modality,
                ),
            )
        )
        for f in item.said[:12]
    ]


def _md_miss(item: Judged, results: Results, contexts: Contexts) -> list[str]:
    lines = [f"### [{item.outcome}] {item.gold.id} ({item.gold.category}): {item.gold.question}", ""]
    lines += [f"- after: {q}" for q in item.gold.history]
    lines.append(f"- answer: {_said(item)[:400]}".replace("\n", " / "))
    lines += [f"- figure: {text}" for text in _figures(item)]
    lines += [f"- gold: {text}" for text in gold_lines(item)]
    lines += [
        f"- passage ({c.doc}): …{c.before[-40:]}**{c.quote}**{c.after[:40]}…".replace("\n", " ") for c in contexts(item)
    ]
    stage, cause = stage_of(item, results.traces.get(item.gold.id)), cause_of(item)
    lines.append(f"- lost at: {stage}" + (f"; cause: {cause}" if cause else ""))
    return [*lines, ""]


def _sentence(numbers: Mapping[str, Any]) -> str:
    head = numbers["headline"]
    right, wrong, silent = (head[o]["count"] for o in OUTCOMES)
    return f"Of {numbers['n']} questions {right} are answered right, {wrong} wrong, and {silent} with a no where there is an answer."


def _rows_of_baselines(numbers: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [("wenbao", numbers["headline"]), *((n, b["headline"]) for n, b in numbers["baselines"].items())]


def _md_share(name: str, share: Mapping[str, Any]) -> str:
    if not share["n"]:
        return f"| {name} | n=0 | | |"
    return f"| {name} | {_percent(share['share'])} | {share['count']}/{share['n']} | {_percents(share['interval95'])} |"


def _with_interval(share: Mapping[str, Any]) -> str:
    return "n=0" if not share["n"] else f"{_percent(share['share'])} [{_percents(share['interval95'])}]"


def _percent(share: float | None) -> str:
    return "n=0" if share is None else f"{share * 100:.1f} %"


def _percents(interval: Sequence[float] | None) -> str:
    return "" if interval is None else f"{interval[0] * 100:.1f}–{interval[1] * 100:.1f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
