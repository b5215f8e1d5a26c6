// Plays the running show: as HLS where a browser can, else piece by piece into a MediaSource. Pieces that the player throws away,
// because somebody was withdrawn, are thrown away here too: a playlist with another start begins anew, with nothing of the old. One
// piece that does not come is asked for again: whether what is there may be seen still, the playlist alone says.

const BEHIND_S = 3; // more than that behind the newest piece, and it is caught up with
const KEPT_S = 6; // of what has been seen
const AGAIN_MS = 1000; // a piece is a second long
const PATIENCE_MS = 3000; // for an answer: of a player that says nothing, nobody knows what may be seen
const MISSED = 3; // pieces in a row that do not come: then it is begun anew

const video = document.getElementById("show");
const words = document.getElementById("state");
const address = video.dataset.playlist;
let source, buffer, start;
let done = new Set();
let missed = 0;

const isNative = !("MediaSource" in window) && video.canPlayType("application/vnd.apple.mpegurl");

function say(text) {
  words.textContent = text;
}

// What is in the buffer may show somebody who was withdrawn: none of it is to be seen any more.
function drop() {
  if (video.src.startsWith("blob:")) URL.revokeObjectURL(video.src);
  video.removeAttribute("src");
  video.load();
  source = buffer = start = undefined;
  done = new Set();
  missed = 0;
}

// Asks for what stands at a URL, and gives what `read` makes of the answer; one that does not come to its end is a failure.
async function ask(url, read) {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), PATIENCE_MS);
  try {
    return await read(await fetch(url, { cache: "no-store", signal: over.signal }));
  } finally {
    clearTimeout(timer);
  }
}

function piece(name) {
  return ask(new URL(name, new URL(address, location)), async (answer) => {
    if (!answer.ok) throw new Error(answer.status);
    return new Uint8Array(await answer.arrayBuffer());
  });
}

// The profile stands in the box avcC, after its version (ISO/IEC 14496-15, 5.3.3).
function codecOf(bytes) {
  const at = bytes.findIndex((_, i) => bytes[i] === 97 && bytes[i + 1] === 118 && bytes[i + 2] === 99 && bytes[i + 3] === 67);
  return `avc1.${[...bytes.slice(at + 5, at + 8)].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
}

function settled(work) {
  return new Promise((resolve, reject) => {
    buffer.addEventListener("updateend", resolve, { once: true });
    buffer.addEventListener("error", reject, { once: true });
    work();
  });
}

async function begin(name) {
  drop();
  const bytes = await piece(name);
  source = new MediaSource();
  const opened = new Promise((resolve) => source.addEventListener("sourceopen", resolve, { once: true }));
  video.src = URL.createObjectURL(source);
  await opened;
  buffer = source.addSourceBuffer(`video/mp4; codecs="${codecOf(bytes)}"`);
  await settled(() => buffer.appendBuffer(bytes));
  start = name;
}

async function follow(text) {
  const name = text.match(/#EXT-X-MAP:URI="([^"]+)"/)[1];
  const names = text.split("\n").filter((line) => line && !line.startsWith("#"));
  if (name !== start) {
    await begin(name);
    names.slice(0, -2).forEach((each) => done.add(each)); // the newest two are enough to begin with
  }
  const asked = performance.now();
  let isBehind = false;
  for (const each of names.filter((one) => !done.has(one))) {
    isBehind = performance.now() - asked > AGAIN_MS; // on a slow line the playlist is asked between pieces
    if (isBehind) break;
    const bytes = await piece(each).catch(() => null);
    if (!bytes) {
      missed += 1;
      if (missed >= MISSED) throw new Error("no piece comes");
      break;
    }
    missed = 0;
    await settled(() => buffer.appendBuffer(bytes));
    done.add(each);
  }
  done = new Set(names.filter((one) => done.has(one)));
  await keepUp();
  return isBehind;
}

// Stays near the newest, over what never came, and keeps little of what was seen.
async function keepUp() {
  const parts = buffer.buffered;
  if (parts.length) {
    const [first, newest, end] = [parts.start(0), parts.start(parts.length - 1), parts.end(parts.length - 1)];
    if (video.currentTime < first || end - video.currentTime > BEHIND_S) video.currentTime = Math.max(newest, end - 1.5);
    if (video.currentTime - KEPT_S > first) await settled(() => buffer.remove(first, video.currentTime - KEPT_S));
  }
  if (video.paused) play();
}

// Not waited for: where nothing to play ever comes, that is for ever, and whoever waits does not ask what may be seen still.
function play() {
  video.play().catch(() => {});
}

// Where the browser plays it by itself, only what is thrown away is looked after here.
function lend(text) {
  const name = text.match(/#EXT-X-MAP:URI="([^"]+)"/)[1];
  if (name === start) return;
  drop();
  start = name;
  video.src = address;
  play();
}

async function look() {
  let isBehind = false;
  try {
    const [status, text] = await ask(address, async (answer) => [answer.status, answer.ok ? await answer.text() : ""]);
    if (status === 401 || status === 403) {
      drop();
      say(words.dataset.out);
      return;
    }
    if (text) {
      isBehind = await (isNative ? lend(text) : follow(text));
      say("");
    } else {
      drop();
      say(words.dataset.wait);
    }
  } catch {
    drop();
    say(words.dataset.wait);
  }
  setTimeout(look, isBehind ? 0 : AGAIN_MS);
}

look();
