// Says how far the reading through the journal is, while it goes on.

import { listen } from "./live.js";

const place = document.getElementById("verified");
const button = place.querySelector("[data-verify]");

if (button?.hidden) {
  const end = listen("verification", (found) => {
    for (const name of ["word", "sentence"]) place.querySelector(`[data-live="${name}"]`).textContent = found[name];
    place.querySelector(".mark").setAttribute("class", `mark ${found.level}`);
    place.querySelector("use").setAttribute("href", `#mark-${found.level}`);
    button.hidden = found.is_running;
    if (!found.is_running) end();
  });
}
