// Searching a report that is shown: marks every place without touching the text, and steps from one to the next.

import { $, say } from "./tools.js";

const state = new WeakMap(); // root -> { ranges, now }

function rangesOf(root, wanted) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node, start: text.length });
    text += node.data.toLowerCase();
  }
  const at = (offset) => {
    let low = 0;
    let high = nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (nodes[middle].start <= offset) low = middle;
      else high = middle - 1;
    }
    return [nodes[low].node, offset - nodes[low].start];
  };
  const ranges = [];
  const needle = wanted.toLowerCase();
  for (let found = text.indexOf(needle); found >= 0 && ranges.length < 2000; found = text.indexOf(needle, found + needle.length)) {
    const range = new Range();
    range.setStart(...at(found));
    const [node, offset] = at(found + needle.length - 1);
    range.setEnd(node, offset + 1);
    ranges.push(range);
  }
  return ranges;
}

function paint(root, ranges, now) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.set("found", new Highlight(...ranges));
  CSS.highlights.set("found-now", new Highlight(...(ranges[now] ? [ranges[now]] : [])));
}

function show(form, root) {
  const { ranges, now } = state.get(root);
  paint(root, ranges, now);
  $("output", form).value = ranges.length ? say("found_of", { n: now + 1, total: ranges.length }) : say("not_found");
  ranges[now]?.startContainer.parentElement.scrollIntoView({ block: "center" });
}

function search(form, root, step) {
  const wanted = $("input", form).value.trim();
  if (!wanted) return forget(form, root);
  const before = state.get(root);
  if (before && before.wanted === wanted && before.first === root.firstChild) {
    const count = before.ranges.length;
    if (count) before.now = (before.now + step + count) % count;
  } else {
    state.set(root, { wanted, first: root.firstChild, ranges: rangesOf(root, wanted), now: 0 });
  }
  show(form, root);
}

export function forget(form, root) {
  state.delete(root);
  paint(root, [], -1);
  $("output", form).value = "";
}

// Makes ``form`` search ``root``; ``before`` may first bring the whole report.
export function searchable(form, root, before = async () => {}) {
  const run = async (step) => {
    await before();
    search(form, root, step);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(1);
  });
  $("[data-do=find-previous]", form).addEventListener("click", () => run(-1));
  $("input", form).addEventListener("input", () => $("input", form).value.trim() ? run(0) : forget(form, root));
}

export function jump(root, at) {
  const places = [...root.querySelectorAll("[data-start]")];
  const place = places.filter((one) => Number(one.dataset.start) <= at).pop() ?? places[0];
  place?.scrollIntoView({ block: "start" });
}
