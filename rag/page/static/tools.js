// What every part of the page uses: words, requests, storage, a word to the reader.

const words = JSON.parse(document.getElementById("wenbao-words").textContent);
export const lang = words.lang;

export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// An element with attributes and children; strings become text, never markup.
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("data-") || name.startsWith("aria-")) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

function address(path, parameters = {}) {
  const query = new URLSearchParams({ ...parameters, lang });
  return `${path}?${query}`;
}

async function checked(reply) {
  if (reply.ok) return reply;
  const told = await reply.json().catch(() => ({}));
  throw new Error(told.text || `${reply.status}`);
}

export async function get(path, parameters) {
  return checked(await fetch(address(path, parameters)));
}

export async function post(path, said) {
  return checked(await fetch(address(path), { method: "POST", body: JSON.stringify(said) }));
}

// Sends files with progress; ``line`` gets each line of JSON that comes back as it comes.
export function send(path, form, { progress, line }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let read = 0;
    const take = () => {
      const end = request.responseText.lastIndexOf("\n") + 1;
      request.responseText.slice(read, end).split("\n").filter(Boolean).forEach((text) => line(JSON.parse(text)));
      read = Math.max(read, end);
    };
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onprogress = () => request.status === 200 && take();
    request.onerror = () => reject(new Error(say("lost")));
    request.onload = () => {
      if (request.status === 200) {
        take();
        resolve();
      } else {
        let told = {};
        try { told = JSON.parse(request.responseText); } catch { /* no JSON: the number of the status is told */ }
        reject(new Error(told.text || `${request.status}`));
      }
    };
    request.open("POST", address(path));
    request.send(form);
  });
}

export function remember(key, value) {
  try {
    localStorage.setItem(`wenbao:${key}`, JSON.stringify(value));
    return true;
  } catch {
    return false; // full, or not allowed: the page goes on without
  }
}

export function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`wenbao:${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

let clearing;
export function tell(text, action) {
  const toast = $(".toast");
  toast.replaceChildren(text);
  if (action) toast.append(make("button", { type: "button", onclick: action.run }, action.label));
  toast.classList.add("shown");
  clearTimeout(clearing);
  clearing = setTimeout(() => toast.classList.remove("shown"), action ? 15000 : 2500);
}

export async function copy(text) {
  const day = new Date();
  const today = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => `${n}`.padStart(2, "0")).join("-");
  const filled = text.replaceAll("{today}", today);
  try {
    await navigator.clipboard.writeText(filled);
  } catch { // not a secure address, or not allowed: the old way
    const field = make("textarea", { value: filled, className: "offscreen" });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  tell(say("copied"));
}

export function download(content, name) {
  const link = make("a", { href: URL.createObjectURL(content), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
