"""The page's frame: header, conversation, evidence, library and settings, empty; the script fills them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rag.config import Lang, Settings
from rag.indicators import TABLE
from rag.page.markup import button, escape
from rag.page.words import WORDS, say

STATIC: Final = Path(__file__).parent / "static"
ADDRESSES: Final[Mapping[Lang, str]] = {"zh": "/", "en": "/en/"}
ACCEPTED: Final = ".txt,.md,.html,.htm,.pdf,.docx,.csv,.tsv,.xlsx,.zip"
_LANGUAGE_NAMES: Final[Mapping[Lang, str]] = {"zh": "中文", "en": "English"}
# What the script says by itself; all else comes from the server in the page's language.
_SCRIPT_WORDS: Final = (
    "stopped", "lost", "refused", "cleared", "copied", "retry", "edit", "copy", "link", "save", "cancel", "right", "wrong", "better",
    "better_hint", "not_found", "found_of", "uploading", "too_large", "undo", "correct", "place", "year", "question",
    "title", "disclaimer", "evidence", "this_sentence",
)  # fmt: skip


def head_html(lang: Lang) -> str:
    """What goes into the document's head: our style and script, by the digest of what they hold."""
    return (
        f'<link rel="stylesheet" href="{_static("page.css")}">'
        f'<script type="module" src="{_static("page.js")}"></script>'
        f'<script type="application/json" id="wenbao-words">{_script_words(lang)}</script>'
        '<meta name="color-scheme" content="light dark">'
    )


def frame_html(settings: Settings, lang: Lang) -> str:
    """The whole frame of the page."""
    pieces = (
        f'<div id="wenbao" class="wenbao"><a class="skip" href="#question">{escape(say("skip", lang))}</a>',
        _header(lang),
        '<div class="views">',
        _ask_view(lang),
        _library_view(settings, lang),
        "</div>",
        _settings_dialog(settings, lang),
        f'<datalist id="held-places"></datalist><datalist id="common-indicators">{_indicator_options()}</datalist>',
        '<div class="toast" role="status" aria-live="polite"></div></div>',
    )
    return "".join(pieces)


def report_page(title: str, body: str, lang: Lang) -> str:
    """A page of its own for one report, to read, search and print."""
    return (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'{head_html(lang)}</head><body class="alone"><main id="wenbao" class="wenbao"><article class="whole">'
        f'{search_html(lang)}<div class="report-body">{body}</div></article>'
        f'<p class="disclaimer">{escape(say("disclaimer", lang))}</p></main></body></html>'
    )


def search_html(lang: Lang) -> str:
    """The field that searches the report below it."""
    label = escape(say("search_report", lang))
    return (
        f'<form class="find" role="search"><input type="search" aria-label="{label}" placeholder="{label}" maxlength="80">'
        '<output aria-live="polite"></output>'
        f'<button type="button" data-do="find-previous" aria-label="{escape(say("previous", lang))}">↑</button>'
        f'<button type="submit" aria-label="{escape(say("next", lang))}">↓</button></form>'
    )


def _header(lang: Lang) -> str:
    tabs = "".join(
        f'<button type="button" data-do="view" data-view="{view}" aria-pressed="{"true" if view == "ask" else "false"}">'
        f"{escape(say(view, lang))}</button>"
        for view in ("ask", "library")
    )
    other: Lang = "en" if lang == "zh" else "zh"
    return (
        f'<header class="top"><h1><span class="logo" aria-hidden="true">问</span>{escape(say("title", lang))}'
        f"<small>{escape(say('tagline', lang))}</small></h1><nav>{tabs}"
        f'<a class="switch" href="{ADDRESSES[other]}" lang="{other}" data-do="language" data-lang="{other}">{_LANGUAGE_NAMES[other]}</a>'
        f'<button type="button" data-do="settings" aria-haspopup="dialog">{escape(say("settings", lang))}</button>'
        "</nav></header>"
    )


def _ask_view(lang: Lang) -> str:
    return (
        '<section class="view ask" data-view="ask"><div class="talk">'
        f'<div class="conversation" role="log" aria-label="{escape(say("conversation", lang))}"></div>'
        '<div class="welcome" aria-busy="true"></div>'
        f"{_composer(lang)}</div>{_evidence(lang)}</section>"
    )


def _composer(lang: Lang) -> str:
    label = escape(say("question", lang))
    return (
        '<form class="composer"><div class="field">'
        f'<textarea id="question" rows="1" maxlength="2000" aria-label="{label}" aria-describedby="keys" '
        f'placeholder="{escape(say("placeholder", lang))}" enterkeyhint="send" autocomplete="off"></textarea>'
        f'<button type="submit" class="primary send">{escape(say("send", lang))}</button>'
        f'<button type="button" class="stop" data-do="stop" hidden>{escape(say("stop", lang))}</button></div>'
        f'<p class="small"><span>{escape(say("disclaimer", lang))}</span>'
        f'<span class="tools" hidden>{button(say("export", lang), "export")}{button(say("clear", lang), "clear")}</span></p>'
        f'<p class="small" id="keys">{escape(say("keys", lang))}</p></form>'
    )


def _evidence(lang: Lang) -> str:
    steps = "".join(
        f'<button type="button" data-do="{name}" aria-label="{escape(say(name, lang))}">{sign}</button>'
        for name, sign in (("previous", "←"), ("next", "→"))
    )
    modes = "".join(
        f'<button type="button" data-do="mode" data-mode="{mode}" aria-pressed="{"true" if mode == "excerpt" else "false"}">'
        f"{escape(say(mode, lang))}</button>"
        for mode in ("excerpt", "whole")
    )
    return (
        f'<aside class="evidence" aria-label="{escape(say("evidence", lang))}" tabindex="-1" hidden>'
        f'<div class="bar-top"><strong class="number"></strong>{steps}<span class="modes">{modes}</span>'
        f'<a class="alone-link" target="_blank" rel="noopener">{escape(say("open_page", lang))}</a>'
        f'<button type="button" data-do="close" aria-label="{escape(say("close", lang))}">×</button></div>'
        f'<p class="hint" hidden>{escape(say("better_hint", lang))}</p>{search_html(lang)}'
        '<div class="report-body" aria-live="polite" tabindex="0"></div></aside>'
    )


def _library_view(settings: Settings, lang: Lang) -> str:
    search = escape(say("search_library", lang))
    return (
        '<section class="view library" data-view="library" hidden>'
        f'<h2>{escape(say("upload", lang))}</h2><form class="upload"><label class="drop">'
        f'<input type="file" multiple accept="{ACCEPTED}" data-most="{settings.upload_mb}">'
        f"<span>{escape(say('choose_files', lang))}</span>"
        f"<small>{escape(say('upload_hint', lang, mb=settings.upload_mb))}</small></label>"
        '<div class="progress-bar" hidden><div></div></div><p class="told" role="status" aria-live="polite"></p>'
        '<ul class="reports events"></ul></form>'
        f'<h2>{escape(say("coverage", lang))}</h2><div class="map"></div>'
        f"<h2>{escape(say('reports', lang))}</h2>"
        f'<input type="search" class="search" aria-label="{search}" placeholder="{search}" maxlength="80">'
        '<div class="list"></div></section>'
    )


def _settings_dialog(settings: Settings, lang: Lang) -> str:
    readers = [("", say("reader_rules", lang))]
    if settings.llm:
        readers.insert(0, ("model", say("reader_model", lang, model=settings.llm)))
    themes = [(name, say(f"theme_{name}", lang)) for name in ("auto", "light", "dark")]
    none = "" if settings.llm else f"<p>{escape(say('reader_none', lang))}</p>"
    languages = "".join(
        f'<a href="{ADDRESSES[code]}" lang="{code}" data-do="language" data-lang="{code}"'
        f"{' aria-current=true' if code == lang else ''}>{name}</a> "
        for code, name in _LANGUAGE_NAMES.items()
    )
    return (
        f'<dialog class="settings" aria-label="{escape(say("settings", lang))}"><form method="dialog">'
        f"<h2>{escape(say('settings', lang))}</h2>"
        f"{_choices('reader', say('reader', lang), readers)}{none}"
        f"<fieldset><legend>{escape(say('language', lang))}</legend>{languages}</fieldset>"
        f"{_choices('theme', say('theme', lang), themes)}"
        f'<p class="privacy">{escape(say("privacy", lang))} {escape(say("disclaimer", lang))}</p>'
        f'<button type="submit" class="primary">{escape(say("close", lang))}</button></form></dialog>'
    )


def _choices(name: str, legend: str, choices: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<label><input type="radio" name="{name}" value="{escape(value)}"> {escape(label)}</label>'
        for value, label in choices
    )
    return f"<fieldset><legend>{escape(legend)}</legend>{listed}</fieldset>"


def _indicator_options() -> str:
    return "".join(f'<option value="{escape(row.id)}"></option>' for row in TABLE)


def _script_words(lang: Lang) -> str:
    words = {key: WORDS[key][0 if lang == "zh" else 1] for key in _SCRIPT_WORDS} | {"lang": lang}
    return json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")


def _static(name: str) -> str:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/page/static/{name}?{digest}"
