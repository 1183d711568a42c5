// Where the page begins: waits for its frame and for the wire to the program, then listens to clicks and keys.

import { $, $$, copy, get, lang, recall, remember } from "./tools.js";
import { close, isOpen, jumpTo, open, setMode, startEvidence, step } from "./evidence.js";
import { jump, searchable } from "./find.js";
import * as library from "./library.js";
import * as talk from "./talk.js";

const OTHER = { zh: "/", en: "/en/" };

theme(recall("theme", "auto"));
document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
if (document.body.classList.contains("alone")) startAlone();
else if (elsewhere()) location.replace(OTHER[recall("lang", lang)] + location.search);
else whenReady(start);

function elsewhere() {
  const chosen = recall("lang", lang);
  return chosen !== lang && chosen in OTHER;
}

function whenReady(begin) {
  const watching = new MutationObserver(look);
  function look() {
    if (!window.wenbaoWire || !$("#wenbao .toast")) return;
    watching.disconnect();
    document.removeEventListener("wenbao:ready", look);
    begin();
  }
  watching.observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("wenbao:ready", look);
  look();
}

async function start() {
  const root = $("#wenbao");
  startEvidence(root);
  talk.startTalk(root, window.wenbaoWire);
  library.startLibrary(root);
  settings(root);
  root.addEventListener("click", (event) => clicked(event, root));
  root.addEventListener("submit", typed);
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    $$("details.chip[open]").forEach((one) => one.contains(event.target) || (one.open = false));
  });
  root.classList.add("ready");
  link();
  const welcome = $(".welcome", root);
  welcome.innerHTML = await (await get("/page/welcome")).text();
  welcome.removeAttribute("aria-busy");
  if (!talk.isEmpty()) talk.last().scrollIntoView({ block: "start" });
}

function link() {
  const question = new URLSearchParams(location.search).get("q");
  if (!question) return;
  history.replaceState(null, "", location.pathname);
  talk.ask(question);
}

function startAlone() {
  const body = $(".report-body");
  searchable($(".find"), body);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do=jump]");
    if (button) jump(body, Number(button.dataset.at));
  });
  $("mark")?.scrollIntoView({ block: "center" });
}

function clicked(event, root) {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const { do: action } = button.dataset;
  if (action === "view") show(root, button.dataset.view);
  else if (action === "settings") $("dialog.settings", root).showModal();
  else if (action === "language") remember("lang", button.dataset.lang);
  else if (action === "stop") talk.stop();
  else if (action === "clear") talk.clear();
  else if (action === "export") talk.exportTalk();
  else if (action === "copy") copy(button.dataset.text);
  else if (action === "close") close();
  else if (action === "previous") step(-1);
  else if (action === "next") step(1);
  else if (action === "mode") setMode(button.dataset.mode);
  else if (action === "jump") jumpTo(Number(button.dataset.at));
  else if (action === "ask-about") begin(root, button.dataset.question);
  else if (!talk.act(button)) library.act(button);
}

// A chip's own field: what was typed, put between the words of the corrected question.
function typed(event) {
  const form = event.target.closest("form.typed");
  if (!form) return;
  event.preventDefault();
  const said = $("input", form).value.trim();
  if (!said) return;
  const before = form.closest(".turn").dataset.id;
  talk.ask(form.dataset.before + said + form.dataset.behind, { before });
}

function begin(root, text) {
  show(root, "ask");
  const field = $("#question", root);
  field.value = text;
  field.focus();
}

function show(root, name) {
  $$(".view", root).forEach((view) => (view.hidden = view.dataset.view !== name));
  $$("[data-do=view]", root).forEach((tab) => tab.setAttribute("aria-pressed", tab.dataset.view === name));
  if (name === "library") library.load();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  const chip = $("details.chip[open]");
  if (event.key === "Escape" && chip) {
    chip.open = false;
    $("summary", chip).focus();
    return;
  }
  if (event.key === "Escape" && isOpen()) return close();
  if (event.target.matches("input, textarea, select")) return;
  if (event.key === "/") {
    event.preventDefault();
    $("#question").focus();
  } else if (/^[1-9]$/.test(event.key)) {
    const turn = event.target.closest(".turn") ?? talk.last();
    if (turn) open(turn, event.key);
  } else if (isOpen() && event.key === "ArrowLeft") step(-1);
  else if (isOpen() && event.key === "ArrowRight") step(1);
}

function settings(root) {
  const dialog = $("dialog.settings", root);
  for (const name of ["reader", "theme"]) {
    const chosen = recall(name, name === "theme" ? "auto" : "model");
    const radios = $$(`input[name=${name}]`, dialog);
    (radios.find((one) => one.value === chosen) ?? radios.at(-1)).checked = true;
    radios.forEach((one) => one.addEventListener("change", () => {
      remember(name, one.value);
      if (name === "theme") theme(one.value);
    }));
  }
}

function theme(name) {
  const dark = name === "dark" || (name !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.body.classList.toggle("dark", dark);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme(recall("theme", "auto")));
