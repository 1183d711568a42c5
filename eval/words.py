"""What the report calls things, in Chinese and English."""

from __future__ import annotations

from typing import Final

CATEGORIES: Final = {
    "target": "目标", "actual": "实绩", "cumulative": "累计", "plan": "规划", "target-without-number": "没有数字的目标",
    "list": "列举", "prose": "叙述", "compare": "比较", "sweep": "各地一览", "follow-up": "追问", "unanswerable": "无答案",
    "false-premise": "前提有误", "wording": "换个说法", "injection": "诱导",
}  # fmt: skip
OUTCOMES: Final = {"right": "答对", "wrong": "答错", "silent": "未答"}
STAGES: Final = {
    "not ingested": ("报告不在库中", "report not in the library"),
    "not retrieved": ("没有检索到", "evidence not retrieved"),
    "not read": ("数字没有读出", "figure not read from the text"),
    "misread": ("数字读错角色、时期或地区", "figure read in another role, period or place"),
    "wrongly refused": ("读出了却说没有", "read, but the answer said no"),
    "not selected": ("读出了却答了别的", "read, but something else was given"),
    "not proved": ("数字对，出处或措辞不合", "figures right, citation or wording not"),
    "invented": ("本无答案却作答", "an answer where there is none"),
    "failed": ("出错", "an error"),
}
CAUSES: Final = {
    "prior_year": ("用了更早年份", "an earlier year"),
    "other_year": ("用了别的年份", "another year"),
    "target_as_actual": ("把目标当完成", "a target given as result"),
    "actual_as_target": ("把完成当目标", "a result given as target"),
    "cumulative": ("累计与当年混淆", "total over years mixed up"),
    "other_place": ("别的地区", "another place"),
    "other_indicator": ("别的指标", "another indicator"),
    "premise": ("接受了错误前提", "a false premise accepted"),
    "injection": ("被诱导", "an injection followed"),
    "hedge": ("给了多个答案", "several answers given"),
    "citation": ("出处不对", "citation elsewhere"),
    "text": ("缺少应有的话", "words asked for are missing"),
    "number_where_none": ("本无数字却给出", "a number where there is none"),
    "answered_unanswerable": ("本无答案却作答", "an answer where there is none"),
    "no_figure": ("没有给出数字", "no figure given"),
    "error": ("出错", "an error"),
    "missing": ("没有答案", "no answer"),
    "shape": ("格式不合", "not written as agreed"),
}
SLOTS: Final = {
    "given": ("给出数字", "figure given"), "value": ("数值", "value"), "unit": ("单位", "unit"), "place": ("地区", "place"),
    "period": ("时期", "period"), "role": ("角色", "role"), "measure": ("口径", "measure"), "indicator": ("指标", "indicator"),
    "bound": ("界限词", "bound"),
}  # fmt: skip
STEPS: Final = {
    "understand": "读懂问题",
    "retrieve": "检索",
    "read": "阅读",
    "check": "核对",
    "llm": "语言模型",
    "llm_first": "模型的头几个字",
    "total": "合计",
}
BASELINES: Final = {
    "lexical": ("只用词语检索，取最近的数字", "words only, nearest number"),
    "dense": ("只用向量检索，取最近的数字", "vectors only, nearest number"),
    "langchain": ("LangChain 通用做法", "the plain LangChain recipe"),
    "right-report": ("告知正确报告的问报", "wenbao, told the right report"),
}
