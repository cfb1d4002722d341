// Asking for reminders, after a tap and never before, and saying honestly how things stand.
//
// [data-push] holds data-vapid-key and data-worker; with data-about, data-key and data-subscribe it
// is the page of a reservation or a plan, with data-test and data-removal that of this browser.
// Inside it [data-push-state] names the states in which a part is shown: ask, on, testing, tested,
// off, lost, blocked, unsupported, ios, failed; a button without a state, [data-push-ask], is shown while
// asking makes sense.

import { forget, move, remember, told } from "./told.js";

const isSupported =
  "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const isAppleMobile =
  /iP(hone|ad|od)/.test(navigator.userAgent) ||
  (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

const root = document.querySelector("[data-push]");
if (root) start();

async function start() {
  on("[data-push-ask]", ask);
  on("[data-push-again]", again);
  on("[data-push-test]", test);
  on("[data-push-stop]", stop);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.type === "push") root.dataset.pushLast = data.tag;
    if (data?.type === "open") {
      location.replace(data.url);
      location.reload();
    }
  });
  await settle(current);
}

function on(selector, act) {
  for (const button of root.querySelectorAll(selector)) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      await settle(act);
      button.disabled = false;
    });
  }
}

/** Do something and show the state it ends in; whatever goes wrong is shown as such. */
async function settle(act) {
  try {
    show(await act());
  } catch {
    show("failed");
  }
}

function show(state) {
  root.dataset.state = state;
  for (const part of root.querySelectorAll("[data-push-state]")) {
    part.hidden = !part.dataset.pushState.split(" ").includes(state);
  }
  const canAsk = ["ask", "off", "failed"].includes(state);
  for (const button of root.querySelectorAll("[data-push-ask]")) button.hidden = !canAsk;
}

/** How things stand, with the server told again: browsers lose and renew subscriptions silently. */
async function current() {
  if (!isSupported) return isAppleMobile ? "ios" : "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const registration = await navigator.serviceWorker.register(root.dataset.worker);
  const before = await registration.pushManager.getSubscription();
  if (!before || Notification.permission !== "granted") {
    return told() && !root.dataset.subscribe ? "lost" : "ask";
  }
  const subscription = await withOurKey(registration, before);
  await move(subscription);
  if (!root.dataset.subscribe) return "on";
  return (await tellServer(subscription, { resync: true })) ? "on" : "ask";
}

/** The tap: permission, subscription, server. */
async function ask() {
  const subscription = await allowed();
  if (typeof subscription === "string") return subscription;
  await move(subscription);
  return (await tellServer(subscription, {})) ? "on" : "failed";
}

/** The tap where a subscription was lost: what was told before is told again. */
async function again() {
  const subscription = await allowed();
  if (typeof subscription === "string") return subscription;
  if (await move(subscription)) return "on";
  forget();
  return "ask";
}

/** The subscription that the reader allows, or the state that this ends in. */
async function allowed() {
  if (!isSupported) return isAppleMobile ? "ios" : "unsupported";
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "blocked" : "ask";
  await navigator.serviceWorker.register(root.dataset.worker);
  const registration = await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  return before ? withOurKey(registration, before) : subscribe(registration);
}

function subscribe(registration) {
  const applicationServerKey = bytes(root.dataset.vapidKey);
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

/** A subscription to another VAPID key would only be refused: subscribe again. */
async function withOurKey(registration, subscription) {
  const theirs = new Uint8Array(subscription.options.applicationServerKey ?? []);
  const ours = bytes(root.dataset.vapidKey);
  if (theirs.length === ours.length && theirs.every((byte, i) => byte === ours[i])) {
    return subscription;
  }
  await subscription.unsubscribe();
  return subscribe(registration);
}

async function tellServer(subscription, options) {
  // A form that stops what is about this browser says which one it is.
  for (const field of root.querySelectorAll("[data-push-endpoint]")) field.value = subscription.endpoint;
  const answer = await post(root.dataset.subscribe, {
    [root.dataset.about]: root.dataset.key,
    subscription: { ...subscription.toJSON(), ...options },
  });
  if (answer.ok) remember(subscription.endpoint);
  return answer.ok;
}

async function test() {
  const subscription = await existing();
  if (!subscription) return "off";
  const answer = await post(root.dataset.test, { endpoint: subscription.endpoint });
  if (answer.ok) return (await answer.json()).queued ? "testing" : "tested";
  // Only an unknown browser is off; one that tried too often is told so, not that it has nothing.
  return answer.status === 404 ? "off" : "failed";
}

async function stop() {
  const subscription = await existing();
  if (subscription) {
    await post(root.dataset.removal, { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  forget();
  return "off";
}

async function existing() {
  const registration = await navigator.serviceWorker.getRegistration();
  return registration?.pushManager.getSubscription();
}

function post(url, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
