"""Names of table columns, matched loosely: 省份, Province and ``place`` are one field."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = {
    "file": "file filename file_name path 文件 文件名 文件名称 文件路径",
    "place": "place province city county district region area location placename 地区 地方 地名 省份 省 城市 市 区县 县区 县 "
    "行政区 行政区划 所在地 地区名称 省市 单位 发文单位",
    "year": "year reportyear 年份 年 年度 报告年份 报告年度",
    "title": "title name subject headline 标题 题目 报告标题 报告名称 名称",
    "source": "source sourceurl url link href address 来源 来源url 链接 网址 出处 来源链接 来源网址 原文链接",
    "published_on": "publishdate publishedon published publishtime pubdate date 发布日期 发布时间 发文时间 日期 时间 公布日期 发表时间",
    "text": "fulltext text content body article 正文 内容 全文 文本 报告内容 报告正文 报告全文 正文内容 原文",
    "speaker": "speaker reporter 报告人 作报告人",
    "level": "level 级别 层级",
}
_FIELDS: Final = {name: field for field, names in _NAMES.items() for name in names.split()}


def field_of(column: str) -> str | None:
    """The field that a column's name stands for (file, place, year, title, source, text), or None."""
    key = re.sub(r"[\s_\-:：()（）\[\]【】*·.﻿]+", "", column).lower()
    return _FIELDS.get(key)
