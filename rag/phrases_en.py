"""English questions in the words of the reports: phrases put into Chinese, the rest left as it is."""

from __future__ import annotations

import re

_PHRASES: tuple[tuple[str, str], ...] = (
    (r"gross domestic product|regional gdp|gdp", "地区生产总值"),
    (r"general public budget revenue|public budget revenue|fiscal revenue|budget revenue|government revenue|tax and fiscal revenue", "一般公共预算收入"),
    (r"public budget expenditure|fiscal expenditure|government spending", "一般公共预算支出"),
    (r"tax revenue", "税收收入"),
    (r"fixed[- ]asset investments?|investment in fixed assets", "固定资产投资"),
    (r"total retail sales(?: of (?:social )?consumer goods)?|retail sales(?: of consumer goods)?", "社会消费品零售总额"),
    (r"(?:value added|added value|output)(?: of)? (?:industrial enterprises )?above (?:the )?designated size|industrial (?:value added|added value|output)|value-added of (?:large )?industr\w+", "规模以上工业增加值"),
    (r"(?:value added|added value) of (?:the )?(?:service|tertiary) (?:sector|industry)|service sector", "服务业增加值"),
    (r"surveyed (?:urban )?unemployment rate", "城镇调查失业率"),
    (r"registered (?:urban )?unemployment rate", "城镇登记失业率"),
    (r"unemployment rate|unemployment", "失业率"),
    (r"(?:new(?:ly)?(?: created)? )?urban (?:jobs|employment)|new jobs(?: created)?|jobs created|job creation|employment|jobs", "城镇新增就业"),
    (r"(?:per capita )?disposable income of urban residents|urban (?:per capita )?(?:disposable )?income", "城镇居民人均可支配收入"),
    (r"(?:per capita )?disposable income of rural residents|rural (?:per capita )?(?:disposable )?income|farmers'? income", "农村居民人均可支配收入"),
    (r"(?:per capita )?disposable income|residents'? income|household income|personal income", "居民人均可支配收入"),
    (r"consumer price index|consumer prices?|cpi|inflation(?: rate)?", "居民消费价格"),
    (r"(?:total )?(?:foreign trade|imports? and exports?)(?: volume| value)?", "进出口总额"),
    (r"total exports?|exports?", "出口总额"),
    (r"foreign (?:direct )?investment|fdi|utilized foreign capital|foreign capital", "实际利用外资"),
    (r"grain (?:output|production|yield)", "粮食产量"),
    (r"urbani[sz]ation rate", "城镇化率"),
    (r"r&d (?:intensity|spending as a share of gdp)", "研发投入强度"),
    (r"r&d (?:spending|expenditure|investment)", "研发投入"),
    (r"energy (?:consumption|use) per unit of gdp|energy intensity", "单位GDP能耗"),
    (r"(?:permanent |resident )?population", "常住人口"),
    (r"high[- ]tech (?:enterprises|companies|firms)", "高新技术企业"),
    (r"parking (?:spaces|lots|spots)", "停车泊位"),
    (r"(?:growth|increase) (?:targets?|goals?)|targets? (?:for|of) growth", "增长目标"),
    (r"growth rate|grow(?:th|n|s)?|grew|increase[ds]?|rise|rose", "增长"),
    (r"targets?|goals?|plan(?:s|ned)?|aim(?:s|ed|ing)?(?: for)?|expected|intend(?:s|ed)?", "目标"),
    (r"actual(?:ly)?|achieved?|results?|complet(?:e|ed)|reached|realized|accomplish(?:ed)?", "实际完成"),
    (r"past five years|last five years|previous five years", "过去五年"),
    (r"(?:next|coming) five years", "今后五年"),
    (r"this year(?:'s)?", "今年"),
    (r"last year(?:'s)?|previous year(?:'s)?", "去年"),
    (r"compare[ds]?(?: to| with)?|versus|vs\.?", "对比"),
    (r"which (?:one )?is higher|which is larger|higher", "哪个更高"),
    (r"all (?:the )?provinces|every province|each province", "各省"),
    (r"all (?:the )?cities|every city|each city", "各市"),
    (r"all (?:the )?(?:districts|counties)|every (?:district|county)|each (?:district|county)", "各区县"),
    (r"government work report|work report", "政府工作报告"),
    (r"who (?:delivered|gave|presented|made|read)", "谁作的"),
    (r"when (?:was|were|did)", "什么时候"),
    (r"(?:fiscal|budget) deficit", "财政赤字"),
    (r"(?:by )?how (?:much|many|large|big|far|fast)", "多少"),
    (r"tourists?|visitors?", "游客"),
    (r"receive[ds]?|host(?:ed)?", "接待"),
    (r"numbers?", " "),
    (r"schools?", "学校"),
    (r"hospitals?", "医院"),
    (r"kindergartens?", "幼儿园"),
    (r"hospital beds?", "病床"),
    (r"tourism (?:revenue|income)", "旅游收入"),
    (r"grain", "粮食"),
    (r"roads?", "公路"),
    (r"(?:old|dilapidated) (?:residential )?(?:communities|compounds)", "老旧小区"),
    (r"affordable housing|subsidi[sz]ed housing", "保障性住房"),
    (r"pm ?2\.5", "PM2.5"),
    (r"money supply|m2", "M2"),
    (r"forest coverage(?: rate)?", "森林覆盖率"),
    (r"poverty|poor (?:people|population)", "贫困人口"),
    (r"what (?:is|was|are|were)|what's", "是多少"),
    (r"problems?|challenges?|difficulties|shortcomings", "问题"),
    (r"main (?=目标)", "主要"),
    (r"national(?=\s)|china'?s|china|nationwide", "全国"),
    (r"total|annual|in|of|the|for|by|and|did|does|do|its?|was|were|is|are|to|be|set|please|tell|me|about|report|a|an|at|on|from|that|there|year|per cent|percent|government", " "),
)  # fmt: skip
_COMPILED = tuple(
    (re.compile(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", re.IGNORECASE), zh) for pattern, zh in _PHRASES
)


def to_chinese(text: str) -> str:
    """``text`` with the phrases that reports know in Chinese; names of places stay for the gazetteer."""
    kept = re.sub(r"\b(of|in)\s+(?=[A-Z])", " ", text)
    kept = re.sub(r",? and (?=how|what|by)", ",", kept, flags=re.IGNORECASE)
    for pattern, zh in _COMPILED[:-1]:
        kept = pattern.sub(lambda m, zh=zh: " " + zh + " ", kept)  # type: ignore[misc]
    kept = _COMPILED[-1][0].sub(" ", kept)
    kept = re.sub(r"(?<![A-Za-z])[a-z]{3,}(?![A-Za-z])", " ", kept)  # words the reports do not know
    return re.sub(r"\s{2,}", " ", kept).strip()
