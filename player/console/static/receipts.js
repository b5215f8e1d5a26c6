// Lets a receipt go on while one looks: off the wall, then the last byte gone.

import { listen } from "./live.js";

const section = document.getElementById("receipts");
const waits = () => section.querySelector(".waits");

if (waits()) {
  const end = listen("receipts-in-words", (receipts) => {
    for (const receipt of receipts) fill(document.getElementById(receipt.id), receipt);
    if (!waits()) end(); // there is nothing more to come
  });
}

function fill(list, receipt) {
  for (const step of list?.querySelectorAll(".waits") ?? []) {
    const { text, level, is_done } = receipt[step.dataset.step];
    const words = step.querySelector("span");
    if (words.textContent === text) continue;
    step.className = is_done ? "done" : "waits";
    step.querySelector(".mark").setAttribute("class", `mark ${level}`);
    step.querySelector("use").setAttribute("href", `#mark-${level}`);
    words.textContent = text;
  }
}
