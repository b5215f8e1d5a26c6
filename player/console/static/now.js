// Keeps the first page as the wall is: words from the stream each second, the picture whenever there is another one.

import { listen } from "./live.js";

const SILENT_MS = 5000; // the stream speaks each second
const LATE_MS = 2000; // a picture that takes longer is said to be on its way: the one before is of now no more

const page = document.getElementById("now");
const picture = document.getElementById("presented");
const verdict = document.getElementById("verdict");
const heading = verdict.querySelector("h1");
let said = caption().textContent; // of the picture that is of now
let wanted = new URL(picture.src || "/", location).searchParams.get("at") ?? ""; // the picture that is of now
let loading = wanted; // what was asked for last
let mark = picture.naturalWidth ? wanted : ""; // what is to be seen
let since = -Infinity; // when that was of now for the last time
let level = verdict.classList[1];
let isDark = !document.getElementById("beneath").hidden;

listen("now-in-words", show, { quiet: SILENT_MS, lost: hide });
if (wanted !== mark) arrive(picture, wanted);
describe();

// Nothing of what stood here is known any more, whatever colour it had.
function hide() {
  page.classList.add("is-lost");
  document.getElementById("picture").classList.add("is-old");
  look(""); // whom it shows may be withdrawn by now
  say(caption(), page.dataset.unseen);
  if (level === "unknown") return;
  rate("unknown");
  say(heading, page.dataset.unknown.replace("{at}", document.querySelector('[data-live="at"]').textContent));
  list(document.querySelector("[data-because]"), [], element);
  document.title = `${heading.textContent} · ${page.dataset.site}`;
  overtake();
}

function show(now) {
  page.classList.remove("is-lost");
  for (const name of ["verdict", "show", "slide", "coming", "until", "why", "at"]) {
    say(document.querySelector(`[data-live="${name}"]`), now[name] || "–");
  }
  document.title = `${now.word} · ${page.dataset.site}`; // also where the page is one tab among others
  if (now.level === "bad" && level !== "bad") overtake();
  if (now.is_dark !== isDark) overtake(now.is_dark ? "/light" : "/dark");
  isDark = now.is_dark;
  rate(now.level);
  list(document.querySelector("[data-because]"), now.because, (text) => element("p", "", text));
  list(document.querySelector("[data-photos]"), now.photos, linked);
  list(document.querySelector("[data-rows]"), now.rows, row);
  document.getElementById("last").hidden = now.is_running;
  document.getElementById("beneath").hidden = !now.is_dark;
  document.getElementById("picture").classList.toggle("is-old", !now.is_now);
  offer(now);
  picture.alt = now.alt;
  said = now.picture;
  look(now.mark);
  describe();
}

function rate(now) {
  level = now;
  verdict.className = `verdict ${now}`;
  remark(verdict.querySelector(".mark"), now);
}

// What was answered is so no more: to an order, or to any.
function overtake(order = "") {
  document.dispatchEvent(new CustomEvent("overtaken", { detail: order }));
}

function caption() {
  return document.querySelector('[data-live="picture"]');
}

// What has not come yet is not called the wall.
function describe() {
  const isLate = wanted !== mark && Date.now() - since >= LATE_MS;
  say(caption(), isLate ? page.dataset.coming : said);
}

// Buttons that order what is so already are not there; whoever has just pressed one of them goes on at its neighbour.
function offer(now) {
  const pressed = document.activeElement;
  for (const button of document.querySelectorAll("[data-held]")) button.hidden = (button.dataset.held === "yes") !== now.is_held;
  for (const form of document.querySelectorAll("[data-dark]")) form.hidden = (form.dataset.dark === "yes") !== now.is_dark;
  if (pressed?.closest("[hidden]")) pressed.closest(".buttons")?.querySelector("form:not([hidden]) button:not([hidden])").focus();
}

// The old picture stays until the new one is decoded.
async function look(now) {
  if (wanted === mark && now !== mark) since = mark ? Date.now() : -Infinity; // in an empty frame it is missed at once
  wanted = now;
  if (wanted === loading) return;
  loading = wanted;
  if (!wanted) {
    picture.hidden = true;
    mark = "";
    return;
  }
  const next = new Image();
  next.src = `/api/picture?at=${encodeURIComponent(wanted)}`;
  await arrive(next, wanted);
}

async function arrive(next, at) {
  try {
    await next.decode();
  } catch {
    if (loading === at) loading = mark; // it is asked for again with the next word
    return;
  }
  if (loading !== at) return;
  if (next !== picture) picture.src = next.src;
  picture.hidden = false;
  mark = at;
  describe();
}

function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

// Rebuilt only when something in it has changed: whoever reads it aloud, or has the focus in it, is left in peace.
function list(place, values, make) {
  const now = JSON.stringify(values);
  if (place.dataset.now === now) return;
  place.dataset.now = now;
  place.replaceChildren(...values.map(make));
}

function row(each) {
  const line = element("li", each.level);
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  shape.setAttribute("viewBox", "0 0 24 24");
  shape.setAttribute("aria-hidden", "true");
  shape.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  remark(shape, each.level);
  line.append(shape, element("span", "part", each.part), element("span", "word", each.word), element("span", "said", each.sentence));
  return line;
}

function linked(each) {
  if (each.key === null) return element("bdi", "", each.name);
  const link = element("a", "", each.name);
  link.href = `/photos/${each.key}`;
  link.dir = "auto";
  return link;
}

function remark(shape, level) {
  shape.setAttribute("class", `mark ${level}`);
  shape.querySelector("use").setAttribute("href", `#mark-${level}`);
}

function element(name, kind, text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
