// A form that is sent says so at once, and is never dead: when no answer comes, or the network breaks,
// it stands there as it was typed and may be sent again. The one-time key in it brings the same ticket.
// Without this script the browser sends the form, with the same key.

const PATIENCE_MS = 8_000;
const UPLOAD_PATIENCE_MS = 60_000;
/** Asks the server to name where a redirect leads instead of leading there (web/gate/middleware.py). */
const BY_SCRIPT = { "Sent-By": "script" };

const timers = new WeakMap();

export function sendForms() {
  // On the window, after all who answer a form in their own way have had it.
  addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    const isUpload = form.enctype.startsWith("multipart/");
    beBusy(form, button, isUpload ? UPLOAD_PATIENCE_MS : PATIENCE_MS);
    // An upload shows the browser's own progress; a file is saved by the browser alone.
    if (isUpload || "answersFile" in form.dataset) return;
    event.preventDefault();
    send(form, button);
  });
  // The page may come back from the browser's cache as it was left.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) beReady(form);
  });
}

async function send(form, button) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  if (button?.name) body.append(button.name, button.value);
  // The button is seen to be busy before anything else is done.
  await new Promise((seen) => setTimeout(seen));
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  try {
    const answer = await fetch(address, { method: "POST", body, headers: BY_SCRIPT });
    const next = answer.headers.get("Location");
    if (next) go(next);
    else show(await answer.text());
  } catch {
    beReady(form);
    sayUnknown(form, button);
  }
}

/** Where the answer leads; an address that differs in its fragment alone would load nothing. */
function go(address) {
  const [here, there] = [new URL(location.href), new URL(address, location.href)];
  const isHere = here.pathname + here.search === there.pathname + there.search;
  if (!isHere) return location.assign(there);
  history.replaceState(null, "", there);
  location.reload();
}

/** The page that came back, such as the form with what is wrong, takes the place of this one, as it
    would if the browser had sent the form. A module runs once an address: with a fragment, again. */
function show(html) {
  const ours = document.querySelector("script[nonce]")?.nonce;
  const theirs = html.match(/<script nonce="([^"]+)"/)?.[1];
  const fresh = html.replace(/(<script type="module" src="[^"#]+)"/g, `$1#${Date.now()}"`);
  window.tourMaps = undefined;
  scrollTo(0, 0);
  document.open();
  document.write(ours && theirs ? fresh.replaceAll(theirs, ours) : fresh);
  document.close();
}

function beBusy(form, button, patience) {
  form.dataset.sent = "yes";
  form.querySelector("[data-no-answer]")?.remove();
  button?.setAttribute("aria-busy", "true");
  if (button?.dataset.busy) {
    button.dataset.ready = button.lastChild.textContent;
    button.lastChild.textContent = button.dataset.busy;
  }
  line().textContent = line().dataset.sending;
  timers.set(form, setTimeout(() => {
    beReady(form);
    sayUnknown(form, button);
  }, patience));
}

function beReady(form) {
  clearTimeout(timers.get(form));
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    if (button.dataset.ready) button.lastChild.textContent = button.dataset.ready;
  }
  line().textContent = "";
}

/** Nobody knows whether it arrived. That is said beside the button, and aloud. */
function sayUnknown(form, button) {
  if ("answersFile" in form.dataset) return;
  const words = form.querySelector("input[name=idempotency_key]") ? "unansweredOnce" : "unanswered";
  const note = document.createElement("p");
  note.className = "notice notice--warning sending__unanswered";
  note.dataset.noAnswer = "";
  note.textContent = line().textContent = line().dataset[words];
  form.querySelector("[data-no-answer]")?.remove();
  if (button?.isConnected) button.before(note);
  else form.append(note);
  note.scrollIntoView({ block: "nearest" });
}

/** The page's line for those who listen. */
function line() {
  return /** @type {HTMLElement} */ (document.querySelector("[data-unanswered]"));
}
