// The library: what is held, uploads with their progress, corrections, removals that can be undone.

import { $, get, make, post, say, send, tell } from "./tools.js";

let view, wanted, loading;

export function startLibrary(root) {
  view = $(".view.library", root);
  wanted = $(".search", view);
  wanted.addEventListener("input", () => {
    clearTimeout(loading);
    loading = setTimeout(load, 200);
  });
  const files = $("input[type=file]", view);
  files.addEventListener("change", () => upload([...files.files]).finally(() => (files.value = "")));
  const drop = $(".drop", view);
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop") upload([...event.dataTransfer.files]);
    });
  }
}

export async function load() {
  try {
    const held = await (await get("/page/library", { q: wanted.value })).json();
    $(".list", view).innerHTML = held.list;
    $(".map", view).innerHTML = held.map;
    const scroll = $(".map .scroll", view);
    if (scroll) scroll.scrollLeft = scroll.scrollWidth; // the newest years
    knownPlaces(held.places);
  } catch (error) {
    tell(error.message);
  }
}

export function knownPlaces(places) {
  $("#held-places").replaceChildren(...places.map((value) => make("option", { value })));
}

export function act(button) {
  const row = button.closest(".report");
  const { do: action } = button.dataset;
  if (action === "correct") correct(row);
  else if (action === "remove") remove(row);
  else return false;
  return true;
}

async function upload(files) {
  const most = Number($("input[type=file]", view).dataset.most);
  const told = $(".told", view);
  const size = files.reduce((sum, file) => sum + file.size, 0) / 1e6;
  if (!files.length) return;
  if (size > most) {
    told.textContent = say("too_large", { mb: Math.ceil(size), limit: most });
    return;
  }
  const form = new FormData();
  files.forEach((file) => form.append("files", file, file.name));
  const bar = $(".progress-bar", view);
  const events = $(".events", view);
  events.replaceChildren();
  bar.hidden = false;
  const fill = (part) => (bar.firstElementChild.style.width = `${Math.round(100 * part)}%`);
  try {
    await send("/page/upload", form, {
      progress: (part) => {
        fill(part);
        told.textContent = say("uploading", { percent: Math.round(100 * part) });
      },
      line: (line) => {
        if (line.html) events.insertAdjacentHTML("beforeend", line.html);
        told.innerHTML = line.done && !line.failed ? line.told : "";
        if (!told.innerHTML) told.textContent = line.told;
      },
    });
  } catch (error) {
    told.textContent = error.message;
  }
  bar.hidden = true;
  await load();
}

function correct(row) {
  if ($("form", row)) return $("form", row).remove();
  const input = (name, value, more) => make("input", { name, value, placeholder: say(name), "aria-label": say(name), maxLength: 40, ...more });
  const place = input("place", row.dataset.place);
  place.setAttribute("list", "held-places");
  const form = make(
    "form",
    { className: "correction" },
    place,
    input("year", row.dataset.year, { inputMode: "numeric", pattern: "\\d{4}" }),
    make("button", { type: "submit", className: "primary" }, say("save")),
    make("button", { type: "button", onclick: () => form.remove() }, say("cancel")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = { report: row.dataset.report, place: place.value, year: form.year.value };
    await changing(form, async () => {
      const now = await (await post("/page/correct", said)).json();
      row.outerHTML = now.html;
      tell(now.told);
      await load();
    });
  });
  row.append(form);
  place.focus();
}

async function remove(row) {
  await changing(row, async () => {
    const now = await (await post("/page/remove", { report: row.dataset.report })).json();
    row.remove();
    tell(now.told, { label: say("undo"), run: () => undo(now.undo) });
    await load();
  });
}

async function undo(key) {
  await changing($(".toast"), async () => {
    tell((await (await post("/page/undo", { undo: key })).json()).told);
    await load();
  });
}

// Runs ``what`` with the buttons of ``where`` out of use; errors are told.
async function changing(where, what) {
  const buttons = [...where.querySelectorAll("button")];
  buttons.forEach((one) => (one.disabled = true));
  try {
    await what();
  } catch (error) {
    tell(error.message);
  }
  buttons.forEach((one) => (one.disabled = false));
}
