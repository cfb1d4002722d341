// Check-in at the door: scan or type, one answer a code, and a queue for when there is no network.
// A wrong code is shown and gone; nothing waits for it. Without scripts the form alone works.

const AGAIN_MS = 4000;
const RETRY_MS = 15_000;
const SHOWN = 12;
const SEEN_MS = 30_000;

const root = document.querySelector("[data-check-in]");
const words = JSON.parse(root.dataset.words);
const verdict = root.querySelector("[data-verdict]");
const form = root.querySelector("[data-code-form]");
const list = root.querySelector("[data-queue-list]");
const storeKey = `check-in:${root.dataset.checkIn}`;
const phone = phoneKey();

let queue = readQueue();
let isSending = false;

start();

function start() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = form.elements.code.value.trim();
    form.elements.code.value = "";
    form.elements.code.focus();
    if (code) take(code);
  }, true);
  if ("BarcodeDetector" in window) offerCamera();
  addEventListener("online", send);
  setInterval(send, RETRY_MS);
  // Another tab of the same phone may send what waits here.
  addEventListener("storage", ({ key: changed }) => {
    if (changed !== storeKey) return;
    queue = readQueue();
    show();
  });
  show();
  send();
  setInterval(beSeen, SEEN_MS);
  document.addEventListener("visibilitychange", beSeen);
  beSeen();
  if ("serviceWorker" in navigator) keepPage().catch(() => {});
}

/** This page opens without a network from now on: itself, and all that it was made of. */
async function keepPage() {
  await navigator.serviceWorker.register(root.dataset.worker);
  const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  const own = parts.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"));
  const wanted = [location.pathname, ...new Set(own.map((url) => url.pathname))];
  const cache = await caches.open(`door:${location.pathname}`);
  await cache.addAll(wanted);
  for (const request of await cache.keys()) {
    if (!wanted.includes(new URL(request.url).pathname)) await cache.delete(request);
  }
}

/** A code enters the queue first, so that a lost network or a closed page loses nobody. */
function take(code) {
  if (queue.some((one) => isWaiting(one) && key(one.code) === key(code))) {
    say("warning", words.twice, words.unconfirmed);
    return send();
  }
  queue = [{ code, at: new Date().toISOString(), state: "waiting" }, ...queue];
  keep();
  send();
}

/** One reservation, whether its code was typed or its address scanned. */
function key(code) {
  return code.split("/").pop().replace(/[\s-]/g, "").toUpperCase();
}

/** Oldest first. What the server cannot answer stays for later and holds nobody else back. */
async function send() {
  if (isSending) return;
  isSending = true;
  try {
    for (let next = oldestWaiting(); next; next = oldestWaiting(next)) {
      const answer = await ask(next);
      if (!answer) continue;
      Object.assign(next, answer, { state: "sent" });
      say(answer.good ? "success" : "warning", answer.text, answer.detail, answer);
      keep();
    }
  } catch (problem) {
    say("warning", problem.status ? words.signIn : words.offline, "");
    keep();
  } finally {
    isSending = false;
  }
}

function oldestWaiting(after = null) {
  const before = after ? queue.indexOf(after) : queue.length;
  return queue.slice(0, before).findLast((one) => one.state === "waiting");
}

/** The answer to one code, or nothing where the server is at fault. Throws without a network, and
    where nobody is signed in any more: then no other code would fare better. */
async function ask({ code, at }) {
  const body = new URLSearchParams({ code, at });
  const headers = { Accept: "application/json" };
  const response = await fetch(root.dataset.checkIn, { method: "POST", headers, body });
  if ([401, 403].includes(response.status)) throw Object.assign(new Error("not sent"), { status: 401 });
  return response.ok ? response.json() : null;
}

/** This phone is at the door, and hears about whom the host is asked. Silence means: no network.
    With nothing left to send, a page that is closed or put away says good-bye. */
async function beSeen() {
  const isAway = document.visibilityState === "hidden" && !queue.some(isWaiting);
  const body = new URLSearchParams(isAway ? { phone, leaves: "1" } : { phone });
  if (isAway) return navigator.sendBeacon(root.dataset.seen, body);
  const response = await fetch(root.dataset.seen, { method: "POST", body }).catch(() => null);
  if (!response?.ok) return null;
  const { absent, text } = await response.json();
  const note = root.querySelector("[data-absent]");
  note.hidden = !absent;
  note.firstElementChild.textContent = text;
  return null;
}

/** A number of this phone's own, made up once. */
function phoneKey() {
  try {
    const known = localStorage.getItem("door-phone");
    if (known) return known;
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    const made = Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("");
    localStorage.setItem("door-phone", made);
    return made;
  } catch {
    return "";
  }
}

function isWaiting(one) {
  return one.state === "waiting";
}

function say(kind, text, detail, { name = "", notes = [], let_in: letIn = "" } = {}) {
  const note = document.createElement("p");
  note.className = `notice notice--${kind}`;
  const line = document.createElement("span");
  line.append(Object.assign(document.createElement("b"), { textContent: text }));
  const who = Object.assign(document.createElement("strong"), { textContent: name });
  for (const more of [name && who, detail, ...notes].filter(Boolean)) {
    line.append(document.createElement("br"), more);
  }
  note.append(line);
  verdict.replaceChildren(note);
  if (letIn) verdict.append(letInForm(letIn));
  if (navigator.vibrate) navigator.vibrate(kind === "success" ? 60 : [60, 60, 60]);
}

function letInForm(action) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  const button = document.createElement("button");
  button.className = "button button--large button--wide";
  button.textContent = words.letIn;
  form.append(button);
  return form;
}

// --- what is kept on this phone ------------------------------------------------------------

function readQueue() {
  try {
    return JSON.parse(localStorage.getItem(storeKey)) ?? [];
  } catch {
    return [];
  }
}

function keep() {
  const waiting = queue.filter(isWaiting);
  const sent = queue.filter((one) => !isWaiting(one)).slice(0, SHOWN);
  queue = [...waiting, ...sent].sort((a, b) => (a.at < b.at ? 1 : -1));
  try {
    // Of what is sent only the answer stays, not who it was.
    const kept = queue.map((one) => {
      const { at, state, text, good } = one;
      return isWaiting(one) ? one : { at, state, text, good, code: "" };
    });
    localStorage.setItem(storeKey, JSON.stringify(kept));
  } catch {
    // A full or forbidden store: the queue lives as long as this page.
  }
  show();
}

function show() {
  root.querySelector("[data-queue]").hidden = queue.length === 0;
  list.replaceChildren(...queue.map(row));
}

function row(one) {
  const item = Object.assign(document.createElement("li"), { className: "row" });
  const main = Object.assign(document.createElement("span"), { className: "row__main" });
  const time = new Date(one.at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  main.append(one.detail || one.text || shortCode(one.code));
  main.append(Object.assign(document.createElement("small"), { textContent: time }));
  const badge = document.createElement("span");
  badge.className = isWaiting(one) || !one.good ? "badge badge--cancelled" : "badge";
  badge.textContent = isWaiting(one) ? words.unconfirmed : one.text;
  item.append(main, badge);
  return item;
}

/** A reservation's address is a key: never on the screen. */
function shortCode(code) {
  return code.includes("/") ? `…${code.slice(-4)}` : code;
}

// --- the camera -------------------------------------------------------------------------------

function offerCamera() {
  const scanner = root.querySelector("[data-scanner]");
  scanner.hidden = false;
  scanner.querySelector("[data-camera]").addEventListener("click", async () => {
    try {
      await scan(scanner);
    } catch {
      say("warning", words.camera, "");
      scanner.hidden = true;
      form.elements.code.focus();
    }
  });
}

async function scan(scanner) {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const video = scanner.querySelector("[data-video]");
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  await video.play();
  scanner.classList.add("scanner--on");
  const seen = new Map();
  const look = async () => {
    const found = await detector.detect(video).catch(() => []);
    for (const { rawValue } of found) {
      if (Date.now() - (seen.get(rawValue) ?? 0) > AGAIN_MS) take(rawValue);
      seen.set(rawValue, Date.now());
    }
    setTimeout(look, 200);
  };
  look();
}
