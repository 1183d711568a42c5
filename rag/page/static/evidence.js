// The evidence beside the answer (below it on a phone): a citation in its place, the next one, the whole report.

import { $, $$, get, post, say, tell } from "./tools.js";
import { forget, jump, searchable } from "./find.js";

const narrow = matchMedia("(max-width: 900px)");
let aside, body, view, find;
let now = null; // { turn, sources, index, at, mode, opener, pointing }

export function startEvidence(root) {
  aside = $(".evidence", root);
  body = $(".report-body", aside);
  find = $(".find", aside);
  view = $(".view.ask", root);
  searchable(find, body, () => (now?.mode === "whole" ? undefined : setMode("whole")));
  narrow.addEventListener("change", () => now && put());
  body.addEventListener("click", (event) => now?.pointing && pointAt(event));
  body.addEventListener("keydown", (event) => {
    if (now?.pointing && event.key === "Enter") pointAt(event);
  });
}

export const isOpen = () => now !== null;

// Opens citation ``n`` of a turn; ``at`` is the number that was clicked, ``focus`` whether the reader goes there.
export async function open(turn, n, { at = "", focus = true, opener = null } = {}) {
  const sources = $$(".sources [data-n]", turn);
  const index = sources.findIndex((one) => one.dataset.n === `${n}`);
  if (index < 0) return;
  now = { turn, sources, index, at, mode: "excerpt", opener: opener ?? document.activeElement, pointing: null };
  put();
  await show();
  if (focus) {
    aside.focus({ preventScroll: true });
    if (narrow.matches) aside.scrollIntoView({ block: "start" });
  }
}

export function close() {
  if (!now) return;
  const { opener } = now;
  now = null;
  aside.hidden = true;
  view.classList.remove("open");
  marked(null);
  view.append(aside);
  opener?.focus?.();
}

export async function step(by) {
  const index = now.index + by;
  if (index < 0 || index >= now.sources.length) return;
  Object.assign(now, { index, at: "" });
  await show();
}

export async function setMode(mode) {
  now.mode = mode;
  await show();
}

// Lets the reader click the sentence that would have been right.
export async function point(turn, done) {
  const first = $(".sources [data-n]", turn);
  if (!first) return;
  await open(turn, first.dataset.n);
  now.pointing = done;
  await setMode("whole");
}

function put() {
  aside.hidden = false;
  view.classList.toggle("open", !narrow.matches);
  if (narrow.matches) $(".answer", now.turn).after(aside);
  else view.append(aside);
}

async function show() {
  const { report, start, end, n } = now.sources[now.index].dataset;
  const { mode, at, index, sources } = now;
  marked(n);
  forget(find, body);
  $(".number", aside).textContent = `[${n}] ${index + 1}/${sources.length}`;
  $("[data-do=previous]", aside).disabled = index === 0;
  $("[data-do=next]", aside).disabled = index === sources.length - 1;
  $$("[data-do=mode]", aside).forEach((one) => one.setAttribute("aria-pressed", one.dataset.mode === mode));
  $(".alone-link", aside).href = `/reports/${encodeURIComponent(report)}?${new URLSearchParams({ start, end, lang: document.documentElement.lang.slice(0, 2) })}`;
  $(".hint", aside).hidden = !now.pointing;
  body.classList.toggle("pointing", !!now.pointing);
  const path = mode === "whole" ? "/page/report" : "/page/proof";
  try {
    const reply = await get(path, { report, start, end, ...(at && mode === "excerpt" ? { at } : {}) });
    const html = await reply.text();
    if (now === null || now.sources[now.index].dataset.n !== n || now.mode !== mode) return; // clicked on meanwhile
    body.innerHTML = html;
  } catch (error) {
    body.textContent = error.message;
    return;
  }
  if (now.pointing) $$(".s", body).forEach((one) => Object.assign(one, { tabIndex: 0, title: say("this_sentence") }));
  const mark = $("mark", body);
  if (mode === "whole") mark?.scrollIntoView({ block: "center" });
  else body.scrollTop = mark ? Math.max(0, mark.offsetTop + mark.offsetHeight - body.offsetTop - body.clientHeight + 24) : 0;
}

function marked(n) {
  $$(".talk [data-do=proof].current").forEach((one) => one.classList.remove("current"));
  if (n !== null) $$(`[data-do=proof][data-n="${n}"]`, now.turn).forEach((one) => one.classList.add("current"));
}

async function pointAt(event) {
  const sentence = event.target.closest(".s");
  if (!sentence) return;
  const { report } = now.sources[now.index].dataset;
  const number = event.target.closest(".fig") ?? ($$(".fig", sentence).length === 1 ? $(".fig", sentence) : null);
  const spot = (text) => [report, ...text.split("-").map(Number)];
  const done = now.pointing;
  now.pointing = null;
  $(".hint", aside).hidden = true;
  body.classList.remove("pointing");
  sentence.classList.add("pointed");
  await done({ sentence: spot(sentence.dataset.at), figures: number ? [spot(number.dataset.fig)] : [] });
}

export function jumpTo(at) {
  jump(body, at);
}

export async function feedback(said) {
  try {
    const reply = await post("/page/feedback", said);
    tell((await reply.json()).html);
  } catch (error) {
    tell(error.message);
  }
}
