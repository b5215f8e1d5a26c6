// Sends what a button orders without leaving the page, and shows the answer where it is seen and heard.
// Without this file the same forms lead to a page with the same answer.

import { outWords } from "./live.js";

const FRESH_MS = 10000; // so long an answer stays, in view however far one has scrolled
const PATIENCE_MS = 9000; // the console answers within two seconds, or says that it has waited

const place = document.getElementById("answer");
let timer = 0;
let about = ""; // the order that was answered last

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-order")) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  const button = event.submitter;
  if (button?.name) fields.set(button.name, button.value);
  order(form, button, fields);
});

function order(form, button, fields) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  // A document that is read this way runs nothing of what is in it; the page's policy lets no script make markup of text.
  request.responseType = "document";
  request.timeout = PATIENCE_MS;
  const show = (how, parts) => {
    button?.removeAttribute("aria-busy");
    place.className = `answer ${how} fresh`;
    about = new URL(form.action).pathname;
    clearTimeout(timer);
    timer = setTimeout(age, FRESH_MS);
    place.replaceChildren(...parts);
    button?.closest("main section")?.scrollIntoView({ block: "nearest" }); // the answer stands over none of its buttons
  };
  const failed = () => show("refused", [document.createTextNode(place.dataset.failed)]);
  request.onload = () => {
    if (request.status === 401) return show("refused", outWords());
    const answer = request.response?.querySelector("[data-answer]");
    if (!answer) return failed();
    show(answer.dataset.answer, [...answer.children].map(copied));
    document.dispatchEvent(new CustomEvent("answered", { detail: answer.dataset.answer }));
  };
  request.onerror = request.ontimeout = failed;
  button?.setAttribute("aria-busy", "true");
  request.send(fields);
}

document.addEventListener("overtaken", ({ detail }) => {
  if (!detail || detail === about) age();
});

// What was done shows in how everything is, and an old word about it would be another one; what was not done must be read.
function age() {
  place.classList.remove("fresh");
  if (!place.classList.contains("refused")) place.replaceChildren();
}

// The answer's headline is the headline of a page of its own; here it is a line.
function copied(element) {
  const line = document.createElement("p");
  line.textContent = element.textContent;
  if (element.tagName === "H1") line.className = "first";
  for (const name of ["lang", "dir"]) if (element.hasAttribute(name)) line.setAttribute(name, element.getAttribute(name));
  return line;
}
