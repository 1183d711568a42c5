// The conversation: kept in this browser only, asked through the page's own queue, one turn after the other.

import { $, $$, copy, download, make, post, recall, remember, say, tell } from "./tools.js";
import { close, feedback, open, point } from "./evidence.js";

const MOST_TURNS = 50;
const PATIENCE_MS = 120000;
const ECHO_MS = 8000; // so long after a stop the program may still report it as a failure
const wide = matchMedia("(min-width: 901px)");
let root, list, field, wire;
let turns = []; // { id, question, html, markdown, figures, done }
let running = null; // { turn, waiting, stepped }
let stoppedAt = -Infinity;
let editing = null; // id of the turn whose question is being changed

export function startTalk(frame, ready) {
  root = frame;
  wire = ready;
  list = $(".conversation", root);
  field = $("#question", root);
  turns = recall("talk", []).map(settled);
  draw();
  const form = $(".composer", root);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(field.value, { from: editing });
  });
  field.addEventListener("input", grow);
  if (wide.matches) field.focus({ preventScroll: true }); // on a phone that would open its keyboard
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "ArrowUp" && !field.value && turns.length) edit(turns.at(-1).id);
    if (event.key === "Escape" && editing) stopEditing();
  });
  document.addEventListener("wenbao:shown", (event) => show(event.detail));
  document.addEventListener("wenbao:failed", failed);
  addEventListener("storage", (event) => {
    if (event.key !== "wenbao:talk" || running) return;
    turns = recall("talk", []).map(settled);
    draw();
  });
}

// A turn as it is after a reload: one that was not finished then is a question that can be asked again.
function settled(turn) {
  return turn.done ? turn : { ...turn, html: note("foot", say("stopped")), markdown: "", done: true };
}

function note(kind, text) {
  return make("p", { className: kind }, text).outerHTML;
}

export const isEmpty = () => !turns.length;
export const last = () => $$(".turn", list).at(-1);

// Asks; ``from`` names a turn that this one replaces with all after it, ``before`` one whose forerunners are the history.
export function ask(question, { from = null, before = null } = {}) {
  question = question.trim();
  if (!question || running) return;
  if (from) drop(from);
  stopEditing();
  field.value = "";
  grow();
  const until = before ? turns.findIndex((turn) => turn.id === before) : turns.length;
  const history = turns.slice(0, until).map((turn) => turn.question);
  const turn = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, question, history, html: "", done: false };
  turns.push(turn);
  list.append(elementOf(turn));
  running = { turn, waiting: 0, stepped: false };
  save();
  wait();
  state();
  last().scrollIntoView({ block: "start" });
  wire.ask({ turn: turn.id, question, history, reader: recall("reader", "model") });
}

export function stop() {
  if (!running) return;
  stoppedAt = performance.now();
  wire.stop();
  finish({ html: note("foot", say("stopped")), markdown: "" });
}

export function act(button) {
  const element = button.closest(".turn");
  const turn = turns.find((one) => one.id === element?.dataset.id);
  const { do: action } = button.dataset;
  if (action === "proof") open(element, button.dataset.n, { at: button.dataset.at, opener: button });
  else if (action === "ask") ask(button.dataset.question, { before: turn?.id });
  else if (action === "retry") turn.id === turns.at(-1).id ? ask(turn.question, { from: turn.id }) : ask(turn.question, { before: turn.id });
  else if (action === "edit") edit(turn.id);
  else if (action === "copy-answer") copy(turn.markdown);
  else if (action === "link") copy(`${location.origin}${location.pathname}?${new URLSearchParams({ q: turn.question })}`);
  else if (action === "download") figuresOf(button);
  else if (action === "verdict") judge(turn, element, button);
  else return false;
  return true;
}

export function clear() {
  if (running) stop();
  close();
  const before = turns;
  put([]);
  tell(say("cleared"), { label: say("undo"), run: () => put([...before, ...turns]) });
  field.focus();
}

function put(kept) {
  turns = kept;
  save();
  draw();
}

export function exportTalk() {
  const head = `# ${say("title")}\n\n> ${say("disclaimer")}\n\n`;
  const text = head + turns.map((turn) => turn.markdown || `## ${turn.question}\n`).join("\n---\n\n");
  download(new Blob([text], { type: "text/markdown;charset=utf-8" }), "wenbao.md");
}

function draw() {
  list.replaceChildren(...turns.map(elementOf));
  state();
}

function elementOf(turn) {
  const tool = (action, label, more = {}) => make("button", { type: "button", "data-do": action, ...more }, say(label));
  const answer = make("div", { className: "answer", "aria-live": "polite" });
  answer.innerHTML = turn.html; // made by the server, which escapes whatever others wrote
  return make(
    "section",
    { className: turn.done ? "turn" : "turn running", "data-id": turn.id },
    make("div", { className: "asked" }, make("p", { className: "question", dir: "auto" }, turn.question), tool("edit", "edit")),
    answer,
    make(
      "div",
      { className: "turn-tools" },
      tool("copy-answer", "copy"),
      tool("retry", "retry"),
      tool("link", "link"),
      make("span", { className: "verdicts" },
        tool("verdict", "right", { "data-verdict": "right" }),
        tool("verdict", "wrong", { "data-verdict": "wrong" }),
        tool("verdict", "better", { "data-verdict": "better" })),
    ),
  );
}

function show(shown) {
  if (!shown || !running || shown.turn !== running.turn.id) return;
  running.stepped = true;
  if (shown.done) finish(shown);
  else {
    wait();
    $(".answer", last()).innerHTML = shown.html;
  }
}

function finish({ html, markdown }) {
  clearTimeout(running.waiting);
  const { turn } = running;
  running = null;
  Object.assign(turn, { html, markdown, done: true });
  const element = elementOf(turn);
  last().replaceWith(element);
  save();
  state();
  const first = $(".sources [data-n]", element);
  if (first && wide.matches) open(element, first.dataset.n, { focus: false });
}

function wait() {
  clearTimeout(running.waiting);
  running.waiting = setTimeout(() => fail(say("lost")), PATIENCE_MS);
}

// A question that was turned away; the echo of an earlier stop is waited for, and is none.
function failed() {
  const run = running;
  const echo = performance.now() - stoppedAt < ECHO_MS;
  setTimeout(() => run && running === run && !run.stepped && fail(say("refused")), echo ? ECHO_MS : 0);
}

function fail(text) {
  finish({ html: note("error", text), markdown: "" });
}

function save() {
  turns = turns.slice(-MOST_TURNS);
  const kept = [...turns];
  while (!remember("talk", kept) && kept.length) kept.shift(); // full: the oldest go
}

function drop(id) {
  const at = turns.findIndex((turn) => turn.id === id);
  if (at < 0) return;
  close();
  turns = turns.slice(0, at);
  draw();
}

function edit(id) {
  editing = id;
  field.value = turns.find((turn) => turn.id === id).question;
  $(".composer", root).classList.add("editing");
  grow();
  field.focus();
}

function stopEditing() {
  editing = null;
  $(".composer", root).classList.remove("editing");
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 180)}px`;
}

function state() {
  root.classList.toggle("talking", turns.length > 0);
  $(".welcome", root).hidden = turns.length > 0;
  $(".tools", root).hidden = turns.length === 0;
  $(".stop", root).hidden = !running;
  $(".send", root).hidden = !!running;
}

async function figuresOf(button) {
  const figures = JSON.parse(button.closest("[data-figures]").dataset.figures);
  const { form } = button.dataset;
  try {
    const reply = await post(`/page/figures.${form}`, { figures });
    download(await reply.blob(), `wenbao-figures.${form}`);
  } catch (error) {
    tell(error.message);
  }
}

async function judge(turn, element, button) {
  const figures = JSON.parse($("[data-figures]", element)?.dataset.figures ?? "[]");
  const said = { question: turn.question, history: turn.history, verdict: button.dataset.verdict, figures };
  if (said.verdict === "better") return point(element, (chosen) => feedback({ ...said, ...chosen }));
  button.classList.add("chosen");
  const first = $(".sources [data-n]", element)?.dataset;
  if (said.verdict === "right" && !figures.length && first) {
    said.sentence = [first.report, Number(first.start), Number(first.end)]; // what was right is what was cited
  }
  return feedback(said);
}
