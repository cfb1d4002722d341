// Check-in at the door: scan or type, one answer a code, and a queue for when there is no network.
// A wrong code is shown and gone; nothing waits for it. Without scripts the form alone works.

const AGAIN_MS = 4000;
const RETRY_MS = 15_000;
const SHOWN = 12;

const root = document.querySelector("[data-check-in]");
const words = JSON.parse(root.dataset.words);
const verdict = root.querySelector("[data-verdict]");
const form = root.querySelector("[data-code-form]");
const list = root.querySelector("[data-queue-list]");
const storeKey = `check-in:${root.dataset.checkIn}`;

let queue = readQueue();
let isSending = false;

start();

function start() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // The page's own guard against double sending must not hold the next code back.
    event.stopImmediatePropagation();
    const code = form.elements.code.value.trim();
    form.elements.code.value = "";
    form.elements.code.focus();
    if (code) take(code);
  }, true);
  if ("BarcodeDetector" in window) offerCamera();
  addEventListener("online", send);
  setInterval(send, RETRY_MS);
  show();
  send();
}

/** A code enters the queue first, so that a lost network or a closed page loses nobody. */
function take(code) {
  queue = [{ code, at: new Date().toISOString(), state: "waiting" }, ...queue];
  keep();
  send();
}

async function send() {
  if (isSending) return;
  isSending = true;
  try {
    for (let next = oldestWaiting(); next; next = oldestWaiting()) {
      const answer = await ask(next);
      Object.assign(next, answer, { state: "sent" });
      say(answer.good ? "success" : "warning", answer.text, answer.detail);
      keep();
    }
  } catch (problem) {
    say("warning", problem.status === 401 ? words.signIn : words.offline, "");
    keep();
  } finally {
    isSending = false;
  }
}

function oldestWaiting() {
  return queue.findLast((one) => one.state === "waiting");
}

async function ask({ code, at }) {
  const body = new URLSearchParams({ code, at });
  const headers = { Accept: "application/json" };
  const response = await fetch(root.dataset.checkIn, { method: "POST", headers, body });
  if (!response.ok) throw Object.assign(new Error("not sent"), { status: response.status });
  return response.json();
}

function say(kind, text, detail) {
  const note = document.createElement("p");
  note.className = `notice notice--${kind}`;
  const line = document.createElement("span");
  line.append(Object.assign(document.createElement("b"), { textContent: text }));
  if (detail) line.append(document.createElement("br"), detail);
  note.append(line);
  verdict.replaceChildren(note);
  if (navigator.vibrate) navigator.vibrate(kind === "success" ? 60 : [60, 60, 60]);
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
  const waiting = queue.filter((one) => one.state === "waiting");
  const sent = queue.filter((one) => one.state !== "waiting").slice(0, SHOWN);
  queue = [...waiting, ...sent].sort((a, b) => (a.at < b.at ? 1 : -1));
  try {
    // Of what is sent only the answer stays, not who it was.
    const kept = queue.map((one) => (one.state === "waiting" ? one : { ...one, code: "", detail: "" }));
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
  const isWaiting = one.state === "waiting";
  const badge = document.createElement("span");
  badge.className = isWaiting || !one.good ? "badge badge--cancelled" : "badge";
  badge.textContent = isWaiting ? words.unconfirmed : one.text;
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
