// Keeps what is in sight of players as they are: each time the console says that it looked, the same page is asked for once more, as a
// document, and those of its parts that have changed are put in place of the old ones. Nothing is sorted anew under whoever reads.

import { listen } from "./live.js";

const MOST = 50; // rows that are asked for at once
const PATIENCE_MS = 8000;
const QUIET_MS = 12000; // the console says every five seconds that it looked
const SETTLED_MS = 200; // whoever scrolls is not asked for at every row

const place = document.querySelector("[data-live]");
const seen = new Set(); // ids of rows in sight
let asking = null;
let timer = 0;

if (place) {
  const rows = place.querySelectorAll("[data-id]");
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target.dataset.id);
    clearTimeout(timer);
    timer = setTimeout(look, SETTLED_MS); // what comes into sight may show by now who is withdrawn
  });
  rows.forEach((row) => sight.observe(row));
  listen(place.dataset.live, hear, { quiet: QUIET_MS, lost: hide });
  document.addEventListener("answered", () => look()); // what was ordered stands in the list at once
}

function hear(said) {
  const moved = document.getElementById("moved");
  if (moved && said.mark !== place.dataset.mark) moved.hidden = false;
  look();
}

// Nothing is known any more: what stands here is old, and nobody knows whom the pictures show.
function hide() {
  place.classList.add("is-lost");
}

function look() {
  if (asking || document.hidden) return;
  let address = place.dataset.fresh;
  if (place.querySelector("[data-id]")) {
    if (!seen.size) return;
    address += `?ids=${[...seen].slice(0, MOST).join(",")}`;
  }
  asking = new XMLHttpRequest();
  asking.open("GET", address);
  // A document that is read this way runs nothing of what is in it.
  asking.responseType = "document";
  asking.timeout = PATIENCE_MS;
  asking.onloadend = () => {
    const found = asking.status === 200 ? asking.response : null;
    asking = null;
    if (found?.querySelector("[data-part]")) place.classList.remove("is-lost");
    for (const part of found?.querySelectorAll("[data-part]") ?? []) renew(part);
  };
  asking.send();
}

// Only what has changed is touched: whoever reads it aloud, or has the focus in it, is left in peace, and a picture stays until the
// next one is decoded.
async function renew(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || said(old) === said(fresh)) return;
  const next = document.importNode(fresh, true);
  const [was, is] = [old.querySelector("img"), next.querySelector("img")];
  if (was && is && was.getAttribute("src") === is.getAttribute("src")) is.replaceWith(was.cloneNode());
  else if (is) await coming(is);
  if (!old.isConnected) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.className = next.className;
  old.replaceChildren(...next.childNodes);
  if (focused?.id || focused?.href) [...old.querySelectorAll("a")].find((link) => link.href === focused.href)?.focus();
}

function said(part) {
  return part.innerHTML.replaceAll(/\s+/g, " ");
}

async function coming(picture) {
  const next = new Image();
  next.src = picture.getAttribute("src");
  await next.decode().catch(() => {}); // withheld meanwhile: the next look says so
}
