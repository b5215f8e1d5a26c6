// Corners by hand: dragged, or moved with the arrow keys as on the wall (Shift 10 pixels, Alt a tenth). What is let go is kept.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const RESTS_MS = 600; // a key that is held moves thirty times a second; one of them is kept, and it is one line of the history
const MOST_UNDONE = 100;

const form = document.getElementById("shape");
const plan = form.querySelector("svg");
const kept = document.getElementById("kept");
const undo = document.getElementById("undo");
const past = [];
let timer = 0;
let sending = false;
let again = false;
let before = places();

function places() {
  return [1, 2, 3, 4].map((n) => [Number(form[`x${n}`].value), Number(form[`y${n}`].value)]);
}

function place(n, x, y) {
  form[`x${n}`].value = (Math.round(x * 10) / 10).toString();
  form[`y${n}`].value = (Math.round(y * 10) / 10).toString();
  draw();
}

function draw() {
  const all = places();
  plan.querySelector("polygon").setAttribute("points", all.map((each) => each.join(",")).join(" "));
  for (const handle of plan.querySelectorAll(".handle")) {
    handle.setAttribute("transform", `translate(${all[handle.dataset.corner - 1].join(" ")})`);
  }
}

for (const handle of plan.querySelectorAll(".handle")) {
  const n = handle.dataset.corner;
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("held");
    const [x, y] = places()[n - 1];
    const start = under(event);
    const move = (moved) => {
      const now = under(moved);
      place(n, x + now.x - start.x, y + now.y - start.y);
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.classList.remove("held");
      keep();
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end, { once: true });
  });
  handle.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const by = event.shiftKey ? 10 : event.altKey ? 0.1 : 1;
    const [x, y] = places()[n - 1];
    place(n, x + step[0] * by, y + step[1] * by);
    clearTimeout(timer);
    timer = setTimeout(keep, RESTS_MS);
  });
}

form.addEventListener("input", draw);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  keep();
});
undo.hidden = true; // here it goes back by what was done on this page, step by step
undo.addEventListener("submit", (event) => {
  event.preventDefault();
  const corners = past.pop();
  if (!corners) return;
  corners.forEach(([x, y], i) => place(i + 1, x, y));
  keep({ is_undo: true });
});

function under(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(plan.getScreenCTM().inverse());
}

// One at a time, and the last one always: each answer names the calibration that the next one follows.
function keep({ is_undo = false } = {}) {
  clearTimeout(timer);
  const now = places();
  if (JSON.stringify(now) === JSON.stringify(before)) return;
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  const fields = new URLSearchParams(new FormData(form));
  request.onloadend = () => {
    sending = false;
    const number = request.response?.querySelector("#shape [name=number]");
    if (request.status === 200 && number) {
      if (!is_undo) past.push(before);
      if (past.length > MOST_UNDONE) past.shift();
      before = now;
      form.number.value = number.value;
      say("ok", kept.dataset.kept);
    } else {
      const refused = request.response?.querySelector("[data-answer]");
      say("refused", refused ? [...refused.children].map((each) => each.textContent).join(" ") : form.dataset.failed);
      if (!again) before.forEach(([x, y], i) => place(i + 1, x, y)); // as it is on the wall
    }
    undo.hidden = past.length === 0;
    if (again) {
      again = false;
      keep();
    }
  };
  request.send(fields);
}

function say(how, text) {
  kept.className = `answer ${how}`;
  kept.textContent = text;
}
