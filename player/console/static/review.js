// The review desk by keys, and what others do there meanwhile. Without this file the same forms and links do the same.
// Keys can be switched off (WCAG 2.2, 2.1.4): whoever speaks to the machine must not approve a photo by saying "a".

import { listen } from "./live.js";

const CHOICE = "review-keys";

const desk = document.getElementById("review");
const keys = document.getElementById("keys");
const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
const progress = document.getElementById("progress");

keys.checked = localStorage.getItem(CHOICE) !== "off";
document.getElementById("keys-choice").hidden = false;
keys.addEventListener("change", () => localStorage.setItem(CHOICE, keys.checked ? "on" : "off"));

document.addEventListener("keydown", (event) => {
  if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = { a: "approve", r: "reason", s: "skip", [back]: "back" }[letter(event)];
  const target = act && document.getElementById(act);
  if (!target) return;
  event.preventDefault();
  if (act === "reason") target.focus();
  else target.click();
});

// On a Hebrew or Polish keyboard the key in the same place: what is printed on it is another letter there.
function letter(event) {
  if (event.key.length > 1) return event.key;
  return /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase();
}

// What is approved is what is seen: until the picture is drawn, neither the button nor its key does anything. (Nor does the
// player take an approval of a picture that it has not given out; but only the browser knows whether it could draw it.)
const picture = desk?.querySelector("img");
for (const event of picture ? ["load", "error"] : []) picture.addEventListener(event, drawn);
drawn();

function drawn() {
  if (!picture) return;
  const isDrawn = picture.complete && picture.naturalWidth > 0;
  const unseen = document.getElementById("unseen");
  document.getElementById("approve").disabled = !isDrawn;
  unseen.textContent = unseen.dataset.failed;
  unseen.hidden = isDrawn || !picture.complete;
}

// Pressed twice, a verdict would be about a photo that is already decided.
for (const form of document.querySelectorAll("main form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("main form")) delete form.dataset.sent;
  drawn();
});

listen("review", (said) => {
  const now = `${said.waiting} ${said.number}`;
  if (progress.dataset.now !== now) look();
  progress.dataset.now = now;
});

// How far it has come, in words, and whether this very photo still waits for whoever looks. Nobody asks for that but this script, so
// it keeps nobody logged in: the browser says that it is no document (Sec-Fetch-Dest).
function look() {
  const request = new XMLHttpRequest();
  request.open("GET", desk ? `/review?at=${desk.dataset.key}` : "/review");
  request.responseType = "document";
  request.onload = () => {
    const fresh = request.response?.getElementById("progress");
    if (!fresh) return;
    progress.textContent = fresh.textContent;
    const other = request.response.getElementById("review");
    if (!desk && other) location.reload();
    if (desk && other?.dataset.mark !== desk.dataset.mark) leave();
  };
  request.send();
}

function leave() {
  const gone = document.getElementById("gone");
  gone.textContent = gone.dataset.gone;
  gone.hidden = false;
}
