// What this browser remembers of being told: the endpoint that the server knows. Browsers lose a
// subscription without a word; whoever opens any page hears of it, once.

const TOLD = "push-told";
const SAID = "push-lost-said";
const RENEWALS = "/api/v1/push-subscriptions/renewals";

/** The endpoint that the server was given last, or nothing. */
export function told() {
  return read(TOLD);
}

export function remember(endpoint) {
  write(TOLD, endpoint);
}

export function forget() {
  write(TOLD, "");
}

/** The server tells `subscription` all that it told the one before. False where it knew none. */
export async function move(subscription) {
  const before = told();
  if (!before || before === subscription.endpoint) return Boolean(before);
  const answer = await fetch(RENEWALS, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ endpoint: before, subscription: subscription.toJSON() }),
  });
  if (answer.ok) remember(subscription.endpoint);
  return answer.ok;
}

/** On any page but those that show how things stand. */
export async function sayIfLost() {
  if (!told() || !("serviceWorker" in navigator) || document.querySelector("[data-push]")) return;
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  if (subscription && Notification.permission === "granted") {
    await move(subscription);
  } else if (read(SAID) !== told()) {
    write(SAID, told());
    const words = document.querySelector("template[data-push-lost]");
    if (words) document.querySelector("main").prepend(words.content.cloneNode(true));
  }
}

/** Nothing is remembered where the browser keeps nothing. */
function read(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // As above.
  }
}
