// Hears what goes on, for every page that is live, and says when it does not: a page that stands still must not look as if all were
// well. A stream that breaks off is opened again by the browser; one that is refused (logged out, too many, too much to do) is not.

const AGAIN_MS = 10000; // then it is opened anew
const QUIET_MS = 20000; // the console gives a sign of life every 15 seconds

const place = document.getElementById("lost");

// Tells `hear` what is said of a topic. `lost` is called while nobody can say how it is, or whoever looks is logged out; a topic that speaks each second need not be
// waited for so long. Returns what ends it.
export function listen(topic, hear, { quiet = QUIET_MS, lost = () => {} } = {}) {
  let stream, opened, heard;
  let isOut = false; // logged out, here or in another window

  function open() {
    stream?.close();
    opened = heard = Date.now();
    const now = new EventSource(`/live?of=${topic}`);
    now.addEventListener(topic, (event) => {
      heard = Date.now();
      isOut = false;
      say();
      hear(JSON.parse(event.data));
    });
    now.addEventListener("alive", () => (heard = Date.now()));
    now.addEventListener("silent", fail);
    now.addEventListener("error", () => now.readyState === EventSource.CLOSED && turnedAway());
    stream = now;
  }

  function fail() {
    heard = -Infinity;
    say(...(isOut ? outWords() : [place.dataset.lost]));
    lost();
  }

  // A browser does not tell why a stream is refused.
  async function turnedAway() {
    fail();
    const asked = stream;
    const who = await fetch("/api/session", { cache: "no-store" })
      .then((answer) => answer.json())
      .catch(() => ({}));
    if (asked !== stream) return; // it has been opened anew
    isOut = who.name === null;
    fail();
  }

  open();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - heard >= quiet) fail();
    if (heard < opened && now - opened >= AGAIN_MS) open();
  }, 1000);
  return () => {
    clearInterval(timer);
    stream.close();
  };
}

// What whoever is logged out is told, with the way back in.
export function outWords() {
  const link = document.createElement("a");
  link.href = "/log-in";
  link.textContent = place.dataset.logIn;
  return [`${place.dataset.out} `, link];
}

// Written only when it is another text: whoever hears the page read aloud hears it once.
function say(...parts) {
  const text = parts.map((part) => part.textContent ?? part).join("");
  if (place.textContent !== text) place.replaceChildren(...parts);
}
